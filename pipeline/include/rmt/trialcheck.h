/* trialcheck.h - clinical findings: what only someone who knows trials would notice in the tables.
 * Layer: clinical. Memory: O(rows of the largest table + subjects x visits).
 *
 * Codes, severities and rules stand in the table of checks (rmt/checks.h).
 *
 * Records without any value of the outcome are nobody's fault: only unknown-subject names them.
 * Each finding names table, line (its source_line; 0 = the table as a whole), column, subject,
 * value, rule and message. */
#ifndef RMT_TRIALCHECK_H
#define RMT_TRIALCHECK_H
#include "rmt/ledger.h"
#include "rmt/plan.h"
#include "rmt/subjects.h"

/* What is found, and what is counted: tables that are appended to. */
typedef struct {
    rmt_ledger *ledger;
    /* of the functions below; NULL = not wanted */
    rmt_table *missingness, *baseline;
} rmt_trial_report;

/* Participants, records, values and missing values by outcome, visit and arm, in the order of the plan; visits at
 * which nobody has a record are left out. A value is a total that can be analysed. */
RMT_MUST_CHECK rmt_status rmt_missingness_new(rmt_table **out, rmt_error *err);
/* The arms at baseline: strata, covariates and each outcome's total, as mean and SD (n - 1) or as counts by level in
 * order of bytes. No p values: what randomisation left uneven is chance. Source: [Moher2010], item 15. */
RMT_MUST_CHECK rmt_status rmt_baseline_new(rmt_table **out, rmt_error *err);

/* Makes the checks that settings leave on. Only tables the plan names are looked at; a plan without a subject table has
 * summaries and columns alone. Order: summaries, subjects, arms, columns by their names, then tables in the order of the plan's
 * outcomes; within a table by check, then row; then answers that stand twice, and the conduct of the trial: dates, doses,
 * monitoring, eligibility. Errors: as rmt_outcomes_build. */
RMT_MUST_CHECK rmt_status rmt_trial_check(const rmt_trial_report *out, const rmt_plan *plan,
                                          const rmt_check_settings *settings,
                                          const rmt_named_table *tables, size_t n_tables,
                                          rmt_error *err);
#endif
