#include "rmt/cells.h"

#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

static rmt_status find_columns(rmt_cells *c, rmt_error *err)
{
    const struct {
        size_t *col;
        const char *name;
        rmt_column_kind kind;
    } wanted[] = {
        {&c->subject, "USUBJID", RMT_KIND_TEXT}, {&c->arm, "TRT01P", RMT_KIND_TEXT},
        {&c->paramcd, "PARAMCD", RMT_KIND_TEXT}, {&c->outcome, "outcome", RMT_KIND_TEXT},
        {&c->visit, "AVISIT", RMT_KIND_TEXT},    {&c->aval, "AVAL", RMT_KIND_NUMBER},
        {&c->base, "BASE", RMT_KIND_NUMBER},     {&c->chg, "CHG", RMT_KIND_NUMBER},
        {&c->dxfl, "DXFL", RMT_KIND_WHOLE},      {&c->respfl, "RESPFL", RMT_KIND_WHOLE},
        {&c->respdef, "RESPDEF", RMT_KIND_TEXT}, {&c->remfl, "REMFL", RMT_KIND_WHOLE},
        {&c->remdef, "REMDEF", RMT_KIND_TEXT},   {&c->dxlossfl, "DXLOSSFL", RMT_KIND_WHOLE}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < sizeof wanted / sizeof wanted[0]; i++)
        st = rmt_table_need(wanted[i].col, c->t, wanted[i].name, wanted[i].kind, "/outcomes", err);
    const struct {
        size_t *col;
        const char *name;
        rmt_column_kind kind;
    } optional[] = {{&c->flagged, "FLAGGED", RMT_KIND_WHOLE},
                    {&c->dtype, "DTYPE", RMT_KIND_TEXT},
                    {&c->ablfl, "ABLFL", RMT_KIND_WHOLE}};
    for (size_t i = 0; !st && i < sizeof optional / sizeof optional[0]; i++) {
        *optional[i].col = RMT_NO_COLUMN; /* another program's /outcomes may do without */
        if (rmt_table_find(c->t, optional[i].name) != RMT_NO_COLUMN)
            st = rmt_table_need(optional[i].col, c->t, optional[i].name, optional[i].kind,
                                "/outcomes", err);
    }
    if (!st && c->dtype != RMT_NO_COLUMN && rmt_table_longest_text(c->t, c->dtype, false) == 0)
        c->dtype = RMT_NO_COLUMN; /* nothing is prorated */
    return st;
}

/* Position of name in names[0..n), or n. The search goes on from the last hit: the rows of /outcomes
 * follow the order of the lists, subject after subject. */
static size_t position(const char *const *names, size_t n, const char *name, size_t *last)
{
    for (size_t k = 0, i = *last; k < n; k++, i = i + 1 < n ? i + 1 : 0)
        if (strcmp(names[i], name) == 0) return *last = i;
    return n;
}

/* Two outcomes may use one instrument (two raters): the code alone does not tell them apart. */
static size_t param_of(const rmt_cells *c, const char *code, const char *outcome, size_t *last)
{
    const size_t n = c->n_params;
    for (size_t k = 0, i = *last; k < n; k++, i = i + 1 < n ? i + 1 : 0)
        if (strcmp(c->params[i], code) == 0 && strcmp(c->param_outcome[i], outcome) == 0)
            return *last = i;
    return n;
}

/* The parameters in order of appearance, and which one each row is of. */
static rmt_status collect_params(rmt_cells *c, size_t *param, rmt_error *err)
{
    size_t cap_a = 0, cap_b = 0, last = 0;
    rmt_status st;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++) {
        const char *code = rmt_table_text(c->t, c->paramcd, r);
        const char *outcome = rmt_table_text(c->t, c->outcome, r);
        param[r] = param_of(c, code, outcome, &last);
        if (param[r] < c->n_params) continue;
        size_t n = c->n_params + 1;
        if ((st = rmt_mem_grow(&c->params, &cap_a, n, sizeof *c->params, err))) return st;
        if ((st = rmt_mem_grow(&c->param_outcome, &cap_b, n, sizeof *c->params, err))) return st;
        c->params[c->n_params] = code;
        c->param_outcome[c->n_params] = outcome;
        last = c->n_params++;
    }
    return RMT_OK;
}

static rmt_status collect_arms(rmt_cells *c, const rmt_plan *plan, rmt_error *err)
{
    size_t cap = 0, last = 0;
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < plan->n_arms; i++)
        if (!(st = rmt_mem_grow(&c->arms, &cap, c->n_arms + 1, sizeof *c->arms, err)))
            c->arms[c->n_arms++] = plan->arms[i];
    if (st) return st;
    size_t declared = c->n_arms;
    for (size_t r = 0; declared == 0 && r < rmt_table_rows(c->t); r++) {
        const char *arm = rmt_table_text(c->t, c->arm, r);
        if (*arm == '\0' || position(c->arms, c->n_arms, arm, &last) < c->n_arms) continue;
        if ((st = rmt_mem_grow(&c->arms, &cap, c->n_arms + 1, sizeof *c->arms, err))) return st;
        c->arms[c->n_arms++] = arm;
    }
    if (declared == 0 && c->n_arms > 0) qsort(c->arms, c->n_arms, sizeof *c->arms, rmt_text_order);
    last = 0;
    c->reference =
        position(c->arms, c->n_arms, plan->reference_arm ? plan->reference_arm : "", &last);
    if (c->reference == c->n_arms)
        return rmt_fail(err, RMT_ERR_INCONSISTENT, "nobody is in the reference arm '%s'",
                        plan->reference_arm ? plan->reference_arm : "");
    if (declared == 0) { /* by bytes, the reference arm last: as the plan promises */
        const char *reference = c->arms[c->reference];
        for (size_t i = c->reference; i + 1 < c->n_arms; i++)
            c->arms[i] = c->arms[i + 1];
        c->arms[c->reference = c->n_arms - 1] = reference;
    }
    return RMT_OK;
}

static rmt_status collect_visits(rmt_cells *c, const rmt_plan *plan, rmt_error *err)
{
    c->visits = rmt_mem_array(plan->n_visits, sizeof *c->visits, err);
    c->visit_is_baseline = rmt_mem_array(plan->n_visits, sizeof *c->visit_is_baseline, err);
    if (!c->visits || !c->visit_is_baseline) return RMT_ERR_NOMEM;
    c->n_visits = plan->n_visits;
    for (size_t i = 0; i < plan->n_visits; i++) {
        c->visits[i] = plan->visits[i].name;
        c->visit_is_baseline[i] = plan->visits[i].baseline;
    }
    return RMT_OK;
}

/* Counting sort of the rows into cells; within a cell the order of /outcomes stays: by subject where
 * remit made it. param: of each row; becomes its cell. */
static rmt_status sort_into_cells(rmt_cells *c, size_t *param, rmt_error *err)
{
    const size_t n_rows = rmt_table_rows(c->t), n_cells = c->n_params * c->n_visits * c->n_arms;
    size_t last_visit = 0, last_arm = 0, *cell_of = param;
    size_t *next = rmt_mem_array(n_cells + 1, sizeof *next, err);
    c->starts = rmt_mem_array(n_cells + 1, sizeof *c->starts, err);
    c->rows = rmt_mem_array(n_rows, sizeof *c->rows, err);
    if (!next || !c->starts || !c->rows) {
        rmt_mem_free(next);
        return RMT_ERR_NOMEM;
    }
    for (size_t r = 0; r < n_rows; r++) {
        size_t v = position(c->visits, c->n_visits, rmt_table_text(c->t, c->visit, r), &last_visit);
        size_t a = position(c->arms, c->n_arms, rmt_table_text(c->t, c->arm, r), &last_arm);
        bool outside = v == c->n_visits || a == c->n_arms;
        cell_of[r] = outside ? n_cells : (param[r] * c->n_visits + v) * c->n_arms + a;
        if (!outside) c->starts[cell_of[r] + 1]++;
    }
    for (size_t i = 0; i < n_cells; i++)
        c->starts[i + 1] += c->starts[i];
    memcpy(next, c->starts, (n_cells + 1) * sizeof *next);
    for (size_t r = 0; r < n_rows; r++)
        if (cell_of[r] < n_cells) c->rows[next[cell_of[r]]++] = r;
    rmt_mem_free(next);
    return RMT_OK;
}

rmt_status rmt_cells_new(rmt_cells **out, const rmt_table *outcomes, const rmt_plan *plan,
                         rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t *param = rmt_mem_array(rmt_table_rows(outcomes), sizeof *param, err);
    rmt_cells *c = rmt_mem_array(1, sizeof *c, err);
    if (!param || !c) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    c->t = outcomes;
    c->plan = plan;
    if ((st = find_columns(c, err))) goto done;
    if ((st = collect_params(c, param, err))) goto done;
    if ((st = collect_visits(c, plan, err))) goto done;
    if ((st = collect_arms(c, plan, err))) goto done;
    if ((st = sort_into_cells(c, param, err))) goto done;
    *out = c;
    c = NULL;
done:
    rmt_cells_free(c);
    rmt_mem_free(param);
    return st;
}

void rmt_cells_free(rmt_cells *c)
{
    if (!c) return;
    rmt_mem_free(c->params);
    rmt_mem_free(c->param_outcome);
    rmt_mem_free(c->visits);
    rmt_mem_free(c->visit_is_baseline);
    rmt_mem_free(c->arms);
    rmt_mem_free(c->rows);
    rmt_mem_free(c->starts);
    rmt_mem_free(c);
}

const size_t *rmt_cells_rows(const rmt_cells *c, size_t param, size_t visit, size_t arm, size_t *n)
{
    size_t cell = (param * c->n_visits + visit) * c->n_arms + arm;
    *n = c->starts[cell + 1] - c->starts[cell];
    return c->rows + c->starts[cell];
}

bool rmt_cells_is_flagged(const rmt_cells *c, size_t row)
{
    return c->flagged != RMT_NO_COLUMN && rmt_table_integer(c->t, c->flagged, row) == 1 &&
           !rmt_table_is_missing(c->t, c->aval, row);
}

size_t rmt_cells_flagged(const rmt_cells *c, size_t param, size_t visit, size_t arm)
{
    size_t n, n_flagged = 0;
    const size_t *rows = rmt_cells_rows(c, param, visit, arm, &n);
    for (size_t i = 0; i < n; i++)
        n_flagged += rmt_cells_is_flagged(c, rows[i]);
    return n_flagged;
}

size_t rmt_cells_find(const rmt_cells *c, const size_t *rows, size_t n, const char *subject)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(rmt_table_text(c->t, c->subject, rows[middle]), subject);
        if (order == 0) return rows[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(rmt_table_text(c->t, c->subject, rows[i]), subject) == 0) return rows[i];
    return RMT_NO_ROW;
}

const size_t *rmt_cells_baseline(const rmt_cells *c, size_t param, size_t arm, size_t *n)
{
    *n = 0;
    for (size_t v = 0; v < c->n_visits; v++)
        if (c->visit_is_baseline[v]) return rmt_cells_rows(c, param, v, arm, n);
    return NULL;
}

bool rmt_cells_is_prorated(const rmt_cells *c, size_t param, size_t arm, size_t row,
                           bool with_baseline)
{
    size_t n;
    if (c->dtype == RMT_NO_COLUMN) return false;
    if (*rmt_table_text(c->t, c->dtype, row)) return true;
    if (!with_baseline) return false;
    const size_t *rows = rmt_cells_baseline(c, param, arm, &n);
    const size_t base = rmt_cells_find(c, rows, n, rmt_table_text(c->t, c->subject, row));
    if (base == RMT_NO_ROW || *rmt_table_text(c->t, c->dtype, base) == '\0') return false;
    /* where a column holds the baseline, the record at that visit is not it */
    return c->ablfl == RMT_NO_COLUMN || rmt_table_integer(c->t, c->ablfl, base) == 1;
}

bool rmt_cells_observed(const rmt_cells *c, size_t param, size_t visit)
{
    for (size_t a = 0; a < c->n_arms; a++) {
        size_t n;
        const size_t *rows = rmt_cells_rows(c, param, visit, a, &n);
        for (size_t i = 0; i < n; i++)
            if (!rmt_table_is_missing(c->t, c->aval, rows[i])) return true;
    }
    return false;
}

size_t rmt_cells_in_arms(const rmt_cells *c)
{
    return c->starts[c->n_params * c->n_visits * c->n_arms];
}
