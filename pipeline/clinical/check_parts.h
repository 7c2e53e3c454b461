/* check_parts.h - the clinical checks by what they look at. trialcheck.c calls them in turn.
 * Layer: clinical, inside the room. Rules: the table of checks. */
#ifndef RMT_CHECK_PARTS_H
#define RMT_CHECK_PARTS_H
#include "reporter.h"

/* Arms against arms.ratio, in all and by stratum. */
RMT_MUST_CHECK rmt_status rmt_check_arm_ratio(rmt_reporter *out, const rmt_plan *plan,
                                              const rmt_subjects *s, rmt_error *err);
/* Dates and days of an outcome's records: windows, order, sudden changes. */
RMT_MUST_CHECK rmt_status rmt_check_times(const rmt_record_check *c, rmt_error *err);
/* What was answered: items and totals that do not go together, answers all alike, scores at the ends of the scale.
 * items_said: another outcome was told of these items already. */
RMT_MUST_CHECK rmt_status rmt_check_answers(const rmt_record_check *c, bool items_said,
                                            rmt_error *err);
/* Vital signs and identifiers, by the names of columns, in a table of the plan. */
void rmt_check_columns(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *table);
/* Values in fields that their branching logic hides, as far as the logic asks for fields of the same table. */
RMT_MUST_CHECK rmt_status rmt_check_redcap(rmt_reporter *out, const rmt_plan_table *pt,
                                           const rmt_named_table *table, rmt_error *err);

/* The total of a record as it is analysed: stored, or scored from its items; NaN = none. items: room for r->n_items. */
double rmt_record_total(const rmt_records *r, size_t row, double *items);
#endif
