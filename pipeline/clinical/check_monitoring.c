/* check_monitoring.c - readings that everybody has who was dosed or seen at a visit. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"

#include <string.h>

/* What there is of a participant at a visit. */
typedef struct {
    const char *table; /* of the first row with a value, else of the first; NULL = there is none */
    size_t line;
    bool has_value;
} trace;

static void mark(trace *at, const rmt_conduct *c, const char *table, const rmt_records *r,
                 size_t row, bool has_value)
{
    const size_t n_visits = c->plan->n_visits;
    if (r->subject[row] == c->s->n || r->visit[row] == n_visits) return;
    trace *x = &at[r->subject[row] * n_visits + r->visit[row]];
    if (!x->table || (has_value && !x->has_value))
        *x = (trace){table, rmt_records_line(r, row), has_value};
}

static rmt_status mark_doses(trace *seen, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_doses *d = &c->plan->trial.doses;
    rmt_records r = {0};
    rmt_status st = RMT_OK;
    if (d->table && d->visit) st = rmt_conduct_doses(&r, c, err);
    for (size_t i = 0; i < r.n_rows && !st; i++)
        mark(seen, c, d->table, &r, i, true);
    rmt_records_close(&r);
    return st;
}

static rmt_status mark_outcome(trace *seen, const rmt_conduct *c, const rmt_plan_outcome *o,
                               rmt_error *err)
{
    rmt_records r = {0};
    const rmt_status st = rmt_records_open(&r, c->plan, o, c->s, c->tables, c->n_tables, err);
    for (size_t i = 0; i < r.n_rows && !st; i++)
        mark(seen, c, o->table, &r, i, r.valued[i]);
    rmt_records_close(&r);
    return st;
}

static rmt_status mark_columns(trace *at, const rmt_conduct *c, const char *table,
                               const char *const *columns, size_t n, rmt_error *err)
{
    rmt_records r = {0};
    rmt_status st = rmt_conduct_place(&r, c, table, err);
    for (size_t k = 0; k < n && !st; k++) {
        size_t column = RMT_NO_COLUMN;
        st = rmt_named_table_column(&column, r.table, table, columns[k], err);
        for (size_t i = 0; i < r.n_rows && !st; i++)
            mark(at, c, table, &r, i, !rmt_table_is_missing(r.table, column, i));
    }
    rmt_records_close(&r);
    return st;
}

/* Everywhere somebody was dosed, or has a record of an outcome or of readings. */
static rmt_status read_seen(trace *seen, const rmt_conduct *c, rmt_error *err)
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
                        size_t visit, const char *column, const trace *at)
{
    const bool is_own = strcmp(at->table, m->table) == 0; /* another table has no such column */
    rmt_finding f =
        rmt_subject_finding(c, "trial/monitoring-missing", subject, is_own ? column : NULL);
    f.table = at->table;
    f.line = at->line;
    f.value = c->plan->visits[visit].name;
    f.rule = "readings at each visit of 'at' at which somebody was seen";
    rmt_report(c->out, f, "subject %s was seen at visit %s and has no %s", f.subject, f.value,
               column ? column : m->outcome);
}

/* Readings: those of the outcome (column NULL), or of one column. */
static rmt_status check_readings(const rmt_conduct *c, const rmt_plan_monitoring *m,
                                 const trace *seen, trace *has, const char *column, rmt_error *err)
{
    const size_t n_visits = c->plan->n_visits;
    memset(has, 0, c->s->n * n_visits * sizeof *has);
    const rmt_status st =
        column ? mark_columns(has, c, m->table, &column, 1, err)
               : mark_outcome(has, c, rmt_plan_find_outcome(c->plan, m->outcome), err);
    for (size_t s = 0; s < c->s->n && !st; s++)
        for (size_t k = 0; k < m->n_at; k++) {
            const size_t slot = s * n_visits + m->at[k];
            if (!seen[slot].has_value || has[slot].has_value) continue;
            /* best a row in which the reading should stand */
            say_missing(c, m, s, m->at[k], column, has[slot].table ? &has[slot] : &seen[slot]);
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
    trace *seen = rmt_mem_array(n, sizeof *seen, err);
    trace *has = rmt_mem_array(n, sizeof *has, err);
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
