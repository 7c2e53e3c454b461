#include "rmt/summaries.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/numbers_in_text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

struct rmt_comparisons {
    const rmt_table *t;
    const rmt_plan_summary *plan;
    const char *file; /* of the table; plan and file are of use while the list is made */
    char decimal;
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
    return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, 0, name,
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

static size_t line_of(const rmt_comparisons *c, size_t row)
{
    return rmt_line_of(c->t, c->line_column, row);
}

/* A column of text where numbers are needed: the cell that made it text. */
static rmt_status refuse_text(const rmt_comparisons *c, size_t col, rmt_error *err)
{
    rmt_numbers_in_text found;
    rmt_numbers_in_text_count(&found, c->t, col, c->decimal, false);
    if (found.first_other == found.n_rows) /* a schema says that they are text */
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, 0, rmt_table_name(c->t, col),
                           "summaries '%s' needs numbers here, the column is text", c->plan->name);
    return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, line_of(c, found.first_other),
                       rmt_table_name(c->t, col), "'%s' is no number, summaries '%s' needs one",
                       rmt_table_text(c->t, col, found.first_other), c->plan->name);
}

static rmt_status number_at(double *out, const rmt_comparisons *c, size_t col, size_t row,
                            rmt_error *err)
{
    *out = (double)NAN;
    if (col == RMT_NO_COLUMN || rmt_table_is_missing(c->t, col, row)) return RMT_OK;
    if (rmt_type_is_text(rmt_table_type(c->t, col))) return refuse_text(c, col, err);
    *out = rmt_table_number(c->t, col, row);
    return RMT_OK;
}

/* -1 = not printed */
static rmt_status whole_at(long *out, const rmt_comparisons *c, size_t col, size_t row,
                           rmt_error *err)
{
    double x = (double)NAN;
    rmt_status st = number_at(&x, c, col, row, err);
    if (st) return st;
    *out = -1;
    if (isnan(x)) return RMT_OK;
    if (x < 0 || x > 1e9 || fabs(x - floor(x)) > 0)
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, line_of(c, row),
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
    if ((st = whole_at(&k->summary[which].n, c, a->n, row, err))) return st;
    if ((st = whole_at(&k->count[which].events, c, a->events, row, err))) return st;
    return whole_at(&k->count[which].n, c, a->total, row, err);
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

typedef enum { TREATMENT, CONTROL, N_ROLES } role;
static const char *const role_words[N_ROLES] = {"treatment", "control"};

/* The role of every row, in any case; a row with another word would go missing unseen. */
static rmt_status read_roles(role *roles, const rmt_comparisons *c, const label_columns *l,
                             rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    for (size_t r = 0; r < rmt_table_rows(c->t); r++) {
        const char *word = label_at(c->t, l->role, r, buf);
        roles[r] = 0;
        while (roles[r] < N_ROLES && strcasecmp(word, role_words[roles[r]]) != 0)
            roles[r]++;
        if (roles[r] < N_ROLES) continue;
        const char *near = rmt_text_nearest(word, role_words, N_ROLES);
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, line_of(c, r), c->plan->role,
                           "'%s' is neither treatment nor control%s%s%s", word,
                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}

/* The control row of the treatment in `row`. Published tables are small: a plain search is enough.
 */
static rmt_status find_control(size_t *out, const rmt_comparisons *c, const label_columns *l,
                               const role *roles, size_t row, rmt_error *err)
{
    size_t found = 0;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++)
        if (roles[r] == CONTROL && same_group(c->t, l, row, r)) {
            *out = r;
            found++;
        }
    if (found == 1) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_INCONSISTENT, c->file, line_of(c, row), c->plan->role,
                       "this treatment row has %s control row of the same study, outcome and visit",
                       found ? "more than one" : "no");
}

/* A control that nothing is compared with would be left out in silence. */
static rmt_status check_control_used(const rmt_comparisons *c, const label_columns *l,
                                     const role *roles, size_t row, rmt_error *err)
{
    for (size_t r = 0; r < rmt_table_rows(c->t); r++)
        if (roles[r] == TREATMENT && same_group(c->t, l, row, r)) return RMT_OK;
    return rmt_fail_at(
        err, RMT_ERR_INCONSISTENT, c->file, line_of(c, row), c->plan->role,
        "this control row has no treatment row of the same study, outcome and visit");
}

static rmt_status add_comparison(rmt_comparisons *c, const label_columns *l, const arm_columns a[2],
                                 size_t row, size_t control, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_mem_grow(&c->list, &c->cap, c->n + 1, sizeof *c->list, err))) return st;
    rmt_comparison *k = &c->list[c->n];
    *k = (rmt_comparison){.line = line_of(c, row)};
    if ((st = keep_label(&k->study, c, l->study, row, err))) return st;
    if ((st = keep_label(&k->outcome, c, l->outcome, row, err))) return st;
    if ((st = keep_label(&k->visit, c, l->visit, row, err))) return st;
    if ((st = read_arm(k, 0, c, &a[0], row, err))) return st;
    if ((st = read_arm(k, 1, c, &a[1], control, err))) return st;
    c->n++;
    return RMT_OK;
}

static rmt_status collect_long(rmt_comparisons *c, const label_columns *l, const arm_columns a[2],
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    role *roles = rmt_mem_array(rmt_table_rows(c->t), sizeof *roles, err);
    if (!roles) return RMT_ERR_NOMEM;
    st = read_roles(roles, c, l, err);
    for (size_t r = 0; r < rmt_table_rows(c->t) && !st; r++) {
        size_t control = r;
        if (roles[r] == CONTROL) st = check_control_used(c, l, roles, r, err);
        else if (!(st = find_control(&control, c, l, roles, r, err)))
            st = add_comparison(c, l, a, r, control, err);
    }
    rmt_mem_free(roles);
    return st;
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
    if (!c->plan->wide) return collect_long(c, &l, a, err);
    for (size_t r = 0; r < rmt_table_rows(c->t); r++)
        if ((st = add_comparison(c, &l, a, r, r, err))) return st;
    return RMT_OK;
}

/* ---- numbers that cannot be ------------------------------------------------------------------- */

/* One warning for a cell, however many analyses read it. */
static void warn(rmt_problems *notes, const rmt_comparisons *c, size_t col, size_t row,
                 const char *what, double x)
{
    const char *name = rmt_table_name(c->t, col);
    for (size_t i = 0; i < notes->n_kept; i++)
        if (notes->kept[i].line == line_of(c, row) && strcmp(notes->kept[i].column, name) == 0 &&
            strcmp(notes->kept[i].source, c->file) == 0)
            return;
    rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, c->file, line_of(c, row),
                     name, "%g: %s", x, what);
}

static double value_at(const rmt_comparisons *c, size_t col, size_t row)
{
    return col == RMT_NO_COLUMN ? (double)NAN : rmt_table_number(c->t, col, row);
}

static void warn_of_means(rmt_problems *notes, const rmt_comparisons *c, const arm_columns *a,
                          size_t row)
{
    const double sd = value_at(c, a->sd, row), n = value_at(c, a->n, row);
    if (sd < 0) warn(notes, c, a->sd, row, "an SD cannot be below 0", sd);
    if (fabs(sd) <= 0)
        warn(notes, c, a->sd, row, "an SD of 0 means that all people were alike", sd);
    if (n <= 0) warn(notes, c, a->n, row, "nobody is in this arm", n);
}

static void warn_of_counts(rmt_problems *notes, const rmt_comparisons *c, const arm_columns *a,
                           size_t row)
{
    const double events = value_at(c, a->events, row), n = value_at(c, a->total, row);
    if (n <= 0) warn(notes, c, a->total, row, "nobody is in this arm", n);
    else if (events > n) warn(notes, c, a->events, row, "more events than people", events);
}

rmt_status rmt_comparisons_warn(rmt_problems *notes, const rmt_comparisons *c, bool of_means,
                                rmt_error *err)
{
    rmt_status st;
    const int n_arms = c->plan->wide ? 2 : 1;
    for (int which = 0; which < n_arms; which++) {
        arm_columns a;
        if ((st = find_arm_columns(&a, c, which, err))) return st;
        for (size_t r = 0; r < rmt_table_rows(c->t); r++)
            (of_means ? warn_of_means : warn_of_counts)(notes, c, &a, r);
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
    const rmt_plan_table *from = rmt_plan_find_table(run->plan, summary->table);
    c->plan = summary;
    c->file = from ? from->file : summary->table;
    c->decimal = from ? from->decimal : 0;
    if ((st = rmt_text_addf(&path, err, "/tables/%s", summary->table))) goto done;
    if ((st = rmt_study_get(&c->t, run->study, path.s, err))) goto done;
    c->line_column = rmt_line_column(c->t);
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
