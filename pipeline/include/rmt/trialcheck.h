/* trialcheck.h - clinical findings: what only someone who knows trials would notice in the tables.
 * Layer: clinical. Memory: O(rows of the largest table + subjects x visits).
 *
 *   code                      severity  when
 *   trial/randomised-twice    error     two rows for one subject, or two arms
 *   trial/unknown-arm         error     an arm the plan does not name
 *   trial/arm-missing         error     a subject without an arm
 *   trial/empty-arm           error     an arm without any subject
 *   trial/arms-alike          error     without arms.order: two spellings of one arm, by the looks of it
 *   trial/no-records          warning   a subject whom no outcome's table knows
 *   trial/unknown-subject     error     a record of nobody in the subject table, or of no subject
 *   trial/unknown-visit       error     a visit label outside the schedule, or no visit
 *   trial/visit-window        warning   a time outside every window
 *   trial/duplicate-visit     error     two records of one subject, outcome and visit
 *   trial/two-baselines       error     the same at the baseline visit, or a baseline column not
 *                                       constant within the subject
 *   trial/no-baseline         warning   values of an outcome after baseline and none at baseline
 *   trial/item-out-of-range   error     an item outside its range, or no whole number
 *   trial/total-out-of-range  error     a stored total or baseline outside the score's range
 *
 * Records without any value of the outcome are nobody's fault: only unknown-subject names them.
 * Each finding names table, line (its source_line; 0 = the table as a whole), column, subject,
 * value, rule and message. */
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
