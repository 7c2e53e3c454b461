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
#include "rmt/checks.h"
#include "rmt/plan.h"
#include "rmt/subjects.h"

/* Appends to findings (rmt_findings_new) what the checks that settings leave on find. Only tables the plan's subjects and outcomes name are
 * looked at; a plan without a subject table (summaries only) gives none. Order: subjects, arms, columns by their names, then
 * tables in the order of the plan's outcomes; within a table by check, then row. Errors: as
 * rmt_outcomes_build. */
RMT_MUST_CHECK rmt_status rmt_trial_check(rmt_table *findings, const rmt_plan *plan,
                                          const rmt_check_settings *settings,
                                          const rmt_named_table *tables, size_t n_tables,
                                          rmt_error *err);
#endif
