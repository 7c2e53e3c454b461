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
/* Published means and standard deviations against the range of their scale. */
void rmt_check_summaries(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *tables,
                         size_t n_tables);
/* Vital signs in a table of the plan, by the names and units of columns. */
RMT_MUST_CHECK rmt_status rmt_check_vitals(rmt_reporter *out, const rmt_plan *plan,
                                           const rmt_named_table *table, rmt_error *err);
/* Columns that tell who a participant is, in a table that has participants. */
void rmt_check_identifiers(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *table);

/* Two participants, first < second, who answered an outcome alike at a visit; line: of the second. */
typedef struct {
    const rmt_plan_outcome *outcome;
    size_t visit, first, second, line;
} rmt_copy;
typedef struct {
    rmt_copy *pairs;
    size_t n, cap;
} rmt_copies; /* start as {0} */

/* Looks for equal answers to an outcome. Time: linear in its cells, O(n log n) in the records whose hash is met twice. */
RMT_MUST_CHECK rmt_status rmt_copies_read(rmt_copies *x, const rmt_record_check *c, rmt_error *err);
/* Reports who has somebody else's answers, once all outcomes are read. */
RMT_MUST_CHECK rmt_status rmt_copies_report(rmt_copies *x, rmt_reporter *out, const rmt_plan *plan,
                                            const rmt_subjects *s, rmt_error *err);
void rmt_copies_clear(rmt_copies *x);

/* ---- the conduct of the trial: dates, doses, monitoring, eligibility ------------------------------- */

typedef struct {
    rmt_reporter *out;
    const rmt_plan *plan;
    const rmt_subjects *s;
    const rmt_named_table *tables;
    size_t n_tables;
} rmt_conduct;

/* All of them. */
RMT_MUST_CHECK rmt_status rmt_check_conduct(const rmt_conduct *c, rmt_error *err);
/* Cells that are no dates in the columns that the plan names as dates. */
RMT_MUST_CHECK rmt_status rmt_check_date_cells(const rmt_conduct *c, rmt_error *err);
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
/* The rows of a table of the plan, placed by the column of visits of an outcome in this table, else by visits.visit. */
RMT_MUST_CHECK rmt_status rmt_conduct_place(rmt_records *out, const rmt_conduct *c,
                                            const char *table, rmt_error *err);

/* The doses; without doses.visit at no visit. */
RMT_MUST_CHECK rmt_status rmt_conduct_doses(rmt_records *out, const rmt_conduct *c, rmt_error *err);

/* Cells unlike the rest of a column whose type was inferred, and ids as spreadsheets leave them, in a table of the plan.
 * s: NULL = there are no participants. O(rows) */
RMT_MUST_CHECK rmt_status rmt_check_cells(rmt_reporter *out, const rmt_plan *plan,
                                          const rmt_subjects *s, const rmt_named_table *table);

/* ---- tables that are joined by the participant ---- */

/* A table that has several ids, and none of the subject table, is told with one finding of this code: then true. Never
 * where the check is switched off. O(rows) */
bool rmt_check_ids_apart(const rmt_conduct *c, const char *code, const char *table,
                         const rmt_records *r);

typedef struct
{ /* a row of an id that is alike: in the table of an outcome, from 1; 0 = there is none */
    uint32_t outcome, line;
} rmt_twin;

typedef struct {
    const rmt_conduct *c;
    bool *in;        /* participants for each outcome; filled at the first outcome of a table */
    bool *apart;     /* for each outcome, likewise: rmt_check_ids_apart has told of its table */
    rmt_twin *twins; /* for each participant: a record of nobody that may be theirs */
} rmt_joins;

RMT_MUST_CHECK rmt_status rmt_joins_open(rmt_joins *j, const rmt_conduct *c, rmt_error *err);
void rmt_joins_close(rmt_joins *j);
/* Takes in the table of an outcome; first: the first outcome of that table. ids: of rmt_subjects_ids, or NULL when every
 * record has its participant. True: rmt_check_ids_apart has told of the table. */
bool rmt_joins_add(rmt_joins *j, size_t first, const rmt_records *r, const char *const *ids);
/* When all outcomes are in: who has no record, in all or in one of the tables. */
void rmt_joins_report(const rmt_joins *j);
/* Rows of nobody in tables that neither outcomes nor doses are read from. */
RMT_MUST_CHECK rmt_status rmt_check_further_tables(const rmt_conduct *c, rmt_error *err);
#endif
