#include "rmt/summaries.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

struct rmt_comparisons {
    const rmt_table *t;
    const rmt_plan_summary *plan;
    size_t line_column;
    rmt_comparison *list;
    size_t n, cap;
    char **labels; /* formatted labels of columns that are not text; owned */
    size_t n_labels, labels_cap;
};

/* Index of a named column; RMT_NO_COLUMN when the plan names none. */
static rmt_status column(size_t *out, const rmt_comparisons *c, const char *name, rmt_error *err)
{
    *out = RMT_NO_COLUMN;
    if (!name) return RMT_OK;
    *out = rmt_table_find(c->t, name);
    if (*out != RMT_NO_COLUMN) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->plan->table, 0, name,
                       "summaries '%s' names this column, the table has none", c->plan->name);
}

/* A label as text, whatever the column's type (study 101 is an integer); "" when there is none. */
static const char *label_at(const rmt_table *t, size_t col, size_t row, char buf[RMT_NUM_BUF])
{
    return col == RMT_NO_COLUMN ? "" : rmt_table_format(t, col, row, buf);
}

/* The same, to be kept. */
static rmt_status keep_label(const char **out, rmt_comparisons *c, size_t col, size_t row,
                             rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;
    *out = label_at(c->t, col, row, buf);
    if (*out != buf) return RMT_OK;
    if ((st = rmt_mem_grow(&c->labels, &c->labels_cap, c->n_labels + 1, sizeof *c->labels, err)))
        return st;
    char *copy = rmt_mem_text(buf, strlen(buf), err);
    if (!copy) return RMT_ERR_NOMEM;
    c->labels[c->n_labels++] = copy;
    *out = copy;
    return RMT_OK;
}

static rmt_status number_at(double *out, const rmt_comparisons *c, size_t col, size_t row,
                            rmt_error *err)
{
    *out = (double)NAN;
    if (col == RMT_NO_COLUMN || rmt_table_is_missing(c->t, col, row)) return RMT_OK;
    if (rmt_type_is_text(rmt_table_type(c->t, col)))
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->plan->table, 0, rmt_table_name(c->t, col),
                           "summaries '%s' needs numbers here, the column is text", c->plan->name);
    *out = rmt_table_number(c->t, col, row);
    return RMT_OK;
}

static rmt_status whole_at(long *out, long absent, const rmt_comparisons *c, size_t col, size_t row,
                           rmt_error *err)
{
    double x = (double)NAN;
    rmt_status st = number_at(&x, c, col, row, err);
    if (st) return st;
    *out = absent;
    if (isnan(x)) return RMT_OK;
    if (x < 0 || x > 1e9 || fabs(x - floor(x)) > 0)
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->plan->table,
                           (size_t)rmt_table_integer(c->t, c->line_column, row),
                           rmt_table_name(c->t, col), "%.6g is not a count of people", x);
    *out = (long)x;
    return RMT_OK;
}

typedef struct {
    size_t arm, mean, sd, n, events, total;
} arm_columns;

static rmt_status find_arm_columns(arm_columns *a, const rmt_comparisons *c, int which,
                                   rmt_error *err)
{
    const rmt_plan_summary *p = c->plan;
    rmt_status st;
    if ((st = column(&a->arm, c, p->wide ? p->arm_w[which] : p->arm, err))) return st;
    if ((st = column(&a->mean, c, p->wide ? p->mean_w[which] : p->mean, err))) return st;
    if ((st = column(&a->sd, c, p->wide ? p->sd_w[which] : p->sd, err))) return st;
    if ((st = column(&a->n, c, p->wide ? p->n_w[which] : p->n, err))) return st;
    if ((st = column(&a->events, c, p->wide ? p->events_w[which] : p->events, err))) return st;
    return column(&a->total, c, p->wide ? p->total_w[which] : p->total, err);
}

static rmt_status read_arm(rmt_comparison *k, int which, rmt_comparisons *c, const arm_columns *a,
                           size_t row, rmt_error *err)
{
    rmt_status st;
    if ((st = keep_label(&k->arm[which], c, a->arm, row, err))) return st;
    if ((st = number_at(&k->summary[which].mean, c, a->mean, row, err))) return st;
    if ((st = number_at(&k->summary[which].sd, c, a->sd, row, err))) return st;
    if ((st = whole_at(&k->summary[which].n, 0, c, a->n, row, err))) return st;
    if ((st = whole_at(&k->count[which].events, -1, c, a->events, row, err))) return st;
    return whole_at(&k->count[which].n, 0, c, a->total, row, err);
}

typedef struct {
    size_t study, outcome, visit, role;
} label_columns;

static bool same_label(const rmt_table *t, size_t col, size_t a, size_t b)
{
    char x[RMT_NUM_BUF], y[RMT_NUM_BUF];
    return strcmp(label_at(t, col, a, x), label_at(t, col, b, y)) == 0;
}

static bool same_group(const rmt_table *t, const label_columns *l, size_t a, size_t b)
{
    return same_label(t, l->study, a, b) && same_label(t, l->outcome, a, b) &&
           same_label(t, l->visit, a, b);
}

static bool has_role(const rmt_comparisons *c, const label_columns *l, size_t row, const char *role)
{
    char buf[RMT_NUM_BUF];
    return strcmp(label_at(c->t, l->role, row, buf), role) == 0;
}

/* The control row of the treatment in `row`. Published tables are small: a plain search is enough.
 */
static rmt_status find_control(size_t *out, const rmt_comparisons *c, const label_columns *l,
                               size_t row, rmt_error *err)
{
    size_t found = 0;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++)
        if (has_role(c, l, r, "control") && same_group(c->t, l, row, r)) {
            *out = r;
            found++;
        }
    if (found == 1) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->plan->table,
                       (size_t)rmt_table_integer(c->t, c->line_column, row), c->plan->role,
                       "this treatment row has %s control row of the same study, outcome and visit",
                       found ? "more than one" : "no");
}

static rmt_status collect(rmt_comparisons *c, rmt_error *err)
{
    rmt_status st;
    label_columns l;
    arm_columns a[2];
    if ((st = column(&l.study, c, c->plan->study, err))) return st;
    if ((st = column(&l.outcome, c, c->plan->outcome, err))) return st;
    if ((st = column(&l.visit, c, c->plan->visit, err))) return st;
    if ((st = column(&l.role, c, c->plan->role, err))) return st;
    for (int which = 0; which < 2; which++)
        if ((st = find_arm_columns(&a[which], c, which, err))) return st;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++) {
        size_t control = r;
        if (!c->plan->wide) {
            if (!has_role(c, &l, r, "treatment")) continue;
            if ((st = find_control(&control, c, &l, r, err))) return st;
        }
        if ((st = rmt_mem_grow(&c->list, &c->cap, c->n + 1, sizeof *c->list, err))) return st;
        rmt_comparison *k = &c->list[c->n];
        *k = (rmt_comparison){.line = (size_t)rmt_table_integer(c->t, c->line_column, r)};
        if ((st = keep_label(&k->study, c, l.study, r, err))) return st;
        if ((st = keep_label(&k->outcome, c, l.outcome, r, err))) return st;
        if ((st = keep_label(&k->visit, c, l.visit, r, err))) return st;
        if ((st = read_arm(k, 0, c, &a[0], r, err))) return st;
        if ((st = read_arm(k, 1, c, &a[1], control, err))) return st;
        c->n++;
    }
    return RMT_OK;
}

rmt_status rmt_comparisons_new(rmt_comparisons **out, rmt_stage_run *run,
                               const rmt_plan_summary *summary, rmt_error *err)
{
    rmt_status st;
    rmt_text path = {0};
    rmt_comparisons *c = rmt_mem_array(1, sizeof *c, err);
    if (!c) return RMT_ERR_NOMEM;
    c->plan = summary;
    if ((st = rmt_text_addf(&path, err, "/tables/%s", summary->table))) goto done;
    if ((st = rmt_study_get(&c->t, run->study, path.s, err))) goto done;
    if ((st = column(&c->line_column, c, RMT_LINE_COLUMN, err))) goto done;
    if ((st = collect(c, err))) goto done;
    *out = c;
    c = NULL;
done:
    rmt_text_clear(&path);
    rmt_comparisons_free(c);
    return st;
}

void rmt_comparisons_free(rmt_comparisons *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n_labels; i++)
        rmt_mem_free(c->labels[i]);
    rmt_mem_free(c->labels);
    rmt_mem_free(c->list);
    rmt_mem_free(c);
}

size_t rmt_comparisons_n(const rmt_comparisons *c)
{
    return c->n;
}

const rmt_comparison *rmt_comparisons_at(const rmt_comparisons *c, size_t i)
{
    return &c->list[i];
}
