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
/* Values in fields of a table of the plan that their branching logic hides, as far as it asks for fields of tables. Those of another
 * table are looked up by record and event. */
RMT_MUST_CHECK rmt_status rmt_check_redcap(rmt_reporter *out, const rmt_plan *plan,
                                           const rmt_named_table *tables, size_t n_tables,
                                           const rmt_named_table *table, rmt_error *err);

/* ---- the conduct of the trial: what the plan says of dates, doses, monitoring and eligibility ---- */

typedef struct {
    rmt_reporter *out;
    const rmt_plan *plan;
    const rmt_subjects *s;
    const rmt_named_table *tables;
    size_t n_tables;
} rmt_conduct;

/* All of them. */
RMT_MUST_CHECK rmt_status rmt_check_conduct(const rmt_conduct *c, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_check_dates(const rmt_conduct *c, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_check_doses(const rmt_conduct *c, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_check_monitoring(const rmt_conduct *c, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_check_eligibility(const rmt_conduct *c, rmt_error *err);
/* A finding about a participant, at the first of their rows in the subject table. */
rmt_finding rmt_subject_finding(const rmt_conduct *c, const char *code, size_t subject,
                                const char *column);
/* A finding about a row of a table of records. */
rmt_finding rmt_row_finding(const rmt_conduct *c, const char *code, const char *table,
                            const rmt_records *r, size_t row, const char *column);
/* The rows of a table of the plan, placed; visit: its column, NULL = the one of an outcome in this table, else
 * visits.visit. */
RMT_MUST_CHECK rmt_status rmt_conduct_place(rmt_records *out, const rmt_conduct *c,
                                            const char *table, const char *visit, rmt_error *err);

/* The total of a record as it is analysed: stored, or scored from its items; NaN = none. items: room for r->n_items. */
double rmt_record_total(const rmt_records *r, size_t row, double *items);
#endif
