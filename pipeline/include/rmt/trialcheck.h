/* trialcheck.h - what only someone who knows trials would notice in the tables: clinical findings.
 * Layer: clinical. Memory: O(rows of the largest table + subjects x visits).
 *
 *   code                      severity  when
 *   trial/randomised-twice    error     two rows for one subject, or two arms
 *   trial/unknown-arm         error     an arm the plan does not name
 *   trial/arm-missing         error     a subject without an arm
 *   trial/empty-arm           error     an arm of the plan without any subject
 *   trial/unknown-subject     error     a record of nobody in the subject table, or a row without a
 * subject trial/unknown-visit       error     a visit label outside the schedule, or none (warning:
 * a time outside every window) trial/duplicate-visit     error     two records with values for one
 * subject, outcome and visit trial/two-baselines       error     the same at the baseline visit, or
 * a baseline column not constant within subject trial/no-baseline         warning   a subject with
 * a post-baseline value of an outcome and no baseline value trial/item-out-of-range   error     an
 * item outside its range, or no whole number trial/total-out-of-range  error     a stored total or
 * baseline outside the range of the score Each finding names table, line (its source_line; 0 = the
 * table as a whole), column, subject, value, rule, message. */
#ifndef RMT_TRIALCHECK_H
#define RMT_TRIALCHECK_H
#include "rmt/plan.h"
#include "rmt/subjects.h"

/* Appends to findings (rmt_findings_new). Only tables the plan's subjects and outcomes name are
 * looked at; a plan without a subject table (summaries only) gives none. Order: subjects, then
 * tables in the order of the plan's outcomes; within a table by check, then row. Errors: as
 * rmt_outcomes_build. */
RMT_MUST_CHECK rmt_status rmt_trial_check(rmt_table *findings, const rmt_plan *plan,
                                          const rmt_named_table *tables, size_t n_tables,
                                          rmt_error *err);
#endif
