/* overview.h - who has values, and how the arms compare at baseline: tables, no tests.
 * Layer: clinical, inside the room. */
#ifndef RMT_OVERVIEW_H
#define RMT_OVERVIEW_H
#include "records.h"

/* Strata by level; covariates by level, or by mean when they are numbers. */
RMT_MUST_CHECK rmt_status rmt_overview_subjects(rmt_table *baseline, const rmt_plan *plan,
                                                const rmt_subjects *s, rmt_error *err);
/* Values of an outcome by visit and arm, and its baseline by arm. slots: of rmt_records_slots; totals: of rmt_answers_read. */
RMT_MUST_CHECK rmt_status rmt_overview_outcome(rmt_table *missingness, rmt_table *baseline,
                                               const rmt_records *r, const rmt_slot *slots,
                                               const double *totals, rmt_error *err);
#endif
