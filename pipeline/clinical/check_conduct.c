/* check_conduct.c - the checks of the trial's conduct, and what they share. See check_parts.h. */
#include "check_parts.h"

#include <string.h>

rmt_finding rmt_subject_finding(const rmt_conduct *c, const char *code, size_t subject,
                                const char *column)
{
    const rmt_subjects *s = c->s;
    const rmt_subject *x = &s->subjects[subject];
    const size_t row = s->rows[x->first];
    rmt_finding f = rmt_finding_of_row(code, c->plan->subject_table,
                                       rmt_line_of(s->table, rmt_line_column(s->table), row), row);
    f.column = column;
    f.subject = x->id;
    return f;
}

rmt_finding rmt_row_finding(const rmt_conduct *c, const char *code, const char *table,
                            const rmt_records *r, size_t row, const char *column)
{
    rmt_finding f = rmt_finding_of_row(code, table, rmt_records_line(r, row), row);
    f.column = column;
    f.subject = r->subject[row] < c->s->n ? c->s->subjects[r->subject[row]].id : NULL;
    return f;
}

static rmt_status place(rmt_records *out, const rmt_conduct *c, const char *table,
                        const char *visit, rmt_error *err)
{
    const rmt_table *t = rmt_named_table_find(c->tables, c->n_tables, table);
    if (!t) return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, table, "there is no table %s", table);
    return rmt_records_place(out, c->plan, c->s, t, table, visit, err);
}

rmt_status rmt_conduct_place(rmt_records *out, const rmt_conduct *c, const char *table,
                             rmt_error *err)
{
    const char *visit = NULL;
    for (size_t i = 0; i < c->plan->n_outcomes && !visit; i++)
        if (strcmp(c->plan->outcomes[i].table, table) == 0) visit = c->plan->outcomes[i].visit;
    return place(out, c, table, visit ? visit : c->plan->visit_column, err);
}

rmt_status rmt_conduct_doses(rmt_records *out, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_doses *d = &c->plan->trial.doses;
    return place(out, c, d->table, d->visit, err);
}

rmt_status rmt_check_conduct(const rmt_conduct *c, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_check_date_cells(c, err)) || (st = rmt_check_dates(c, err)) ||
        (st = rmt_check_doses(c, err)) || (st = rmt_check_monitoring(c, err)))
        return st;
    return rmt_check_eligibility(c, err);
}
