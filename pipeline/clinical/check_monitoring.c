/* check_monitoring.c - readings that everybody has who was dosed or seen at a visit. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"

#include <string.h>

static void mark(bool *at, const rmt_conduct *c, const rmt_records *r, size_t row)
{
    const size_t n_visits = c->plan->n_visits;
    if (r->subject[row] < c->s->n && r->visit[row] < n_visits)
        at[r->subject[row] * n_visits + r->visit[row]] = true;
}

static rmt_status mark_doses(bool *seen, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_doses *d = &c->plan->trial.doses;
    rmt_records r = {0};
    rmt_status st = RMT_OK;
    if (d->table && d->visit) st = rmt_conduct_doses(&r, c, err);
    for (size_t i = 0; i < r.n_rows && !st; i++)
        mark(seen, c, &r, i);
    rmt_records_close(&r);
    return st;
}

static rmt_status mark_outcome(bool *seen, const rmt_conduct *c, const rmt_plan_outcome *o,
                               rmt_error *err)
{
    rmt_records r = {0};
    const rmt_status st = rmt_records_open(&r, c->plan, o, c->s, c->tables, c->n_tables, err);
    for (size_t i = 0; i < r.n_rows && !st; i++)
        if (r.valued[i]) mark(seen, c, &r, i);
    rmt_records_close(&r);
    return st;
}

/* Where one of these columns has a value. */
static rmt_status mark_columns(bool *at, const rmt_conduct *c, const char *table,
                               const char *const *columns, size_t n, rmt_error *err)
{
    rmt_records r = {0};
    rmt_status st = rmt_conduct_place(&r, c, table, err);
    for (size_t k = 0; k < n && !st; k++) {
        size_t column = RMT_NO_COLUMN;
        st = rmt_named_table_column(&column, r.table, table, columns[k], err);
        for (size_t i = 0; i < r.n_rows && !st; i++)
            if (!rmt_table_is_missing(r.table, column, i)) mark(at, c, &r, i);
    }
    rmt_records_close(&r);
    return st;
}

/* Everywhere somebody was dosed, or has a record of an outcome or of readings. */
static rmt_status read_seen(bool *seen, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    rmt_status st = mark_doses(seen, c, err);
    for (size_t i = 0; i < c->plan->n_outcomes && !st; i++)
        st = mark_outcome(seen, c, &c->plan->outcomes[i], err);
    for (size_t i = 0; i < t->n_monitoring && !st; i++) {
        const rmt_plan_monitoring *m = &t->monitoring[i];
        if (!m->outcome) st = mark_columns(seen, c, m->table, m->columns, m->n_columns, err);
    }
    return st;
}

static void say_missing(const rmt_conduct *c, const rmt_plan_monitoring *m, size_t subject,
                        size_t visit, const char *column)
{
    rmt_finding f = rmt_subject_finding(c, "trial/monitoring-missing", subject, column);
    f.table = m->table; /* where the reading should stand: no line has it */
    f.line = 0;
    f.value = c->plan->visits[visit].name;
    f.rule = "readings at each visit of 'at' at which somebody was seen";
    rmt_report(c->out, f, "subject %s was seen at visit %s and has no %s", f.subject, f.value,
               column ? column : m->outcome);
}

/* Readings: those of the outcome (column NULL), or of one column. */
static rmt_status check_readings(const rmt_conduct *c, const rmt_plan_monitoring *m,
                                 const bool *seen, bool *has, const char *column, rmt_error *err)
{
    const size_t n_visits = c->plan->n_visits;
    memset(has, 0, c->s->n * n_visits * sizeof *has);
    const rmt_status st =
        column ? mark_columns(has, c, m->table, &column, 1, err)
               : mark_outcome(has, c, rmt_plan_find_outcome(c->plan, m->outcome), err);
    for (size_t s = 0; s < c->s->n && !st; s++)
        for (size_t k = 0; k < m->n_at; k++) {
            const size_t slot = s * n_visits + m->at[k];
            if (seen[slot] && !has[slot]) say_missing(c, m, s, m->at[k], column);
        }
    return st;
}

rmt_status rmt_check_monitoring(const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    const size_t n = c->s->n * c->plan->n_visits;
    rmt_status st = RMT_OK;
    if (t->n_monitoring == 0 || !rmt_check_is_on(c->out->settings, "trial/monitoring-missing"))
        return RMT_OK;
    bool *seen = rmt_mem_array(n, sizeof *seen, err);
    bool *has = rmt_mem_array(n, sizeof *has, err);
    if (!seen || !has) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    if ((st = read_seen(seen, c, err))) goto done;
    for (size_t i = 0; i < t->n_monitoring && !st; i++) {
        const rmt_plan_monitoring *m = &t->monitoring[i];
        if (m->outcome) st = check_readings(c, m, seen, has, NULL, err);
        for (size_t k = 0; k < m->n_columns && !st; k++)
            st = check_readings(c, m, seen, has, m->columns[k], err);
    }
    if (!st) st = c->out->st;
done:
    rmt_mem_free(has);
    rmt_mem_free(seen);
    return st;
}
