#include "rmt/analysis.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings ----------------------------------------------------------------------------------
 */

size_t rmt_analysis_n_entries(const rmt_node *entries)
{
    size_t n = rmt_node_size(entries);
    return n > 0 ? n : 1;
}

const rmt_node *rmt_analysis_entry(const rmt_node *entries, size_t i)
{
    return rmt_node_size(entries) > 0 ? rmt_node_at(entries, i) : NULL;
}

enum { KEY_MAX = 64 };

/* The plan spells an option with '_' for '-'. */
static const char *key_of(char key[KEY_MAX], const char *option)
{
    size_t i = 0;
    for (; option[i] && i < KEY_MAX - 1; i++)
        key[i] = option[i] == '-' ? '_' : option[i];
    key[i] = '\0';
    return key;
}

static const rmt_node *planned(const rmt_node *entry, const char *option)
{
    char key[KEY_MAX];
    const rmt_node *n = rmt_node_get(entry, key_of(key, option));
    return rmt_node_is_null(n) ? NULL : n;
}

rmt_status rmt_setting_text(const char **out, const rmt_options *options, const rmt_node *entry,
                            const char *option, rmt_error *err)
{
    char key[KEY_MAX];
    *out = rmt_options_text(options, option);
    if (rmt_options_given(options, option)) return RMT_OK;
    return rmt_node_read_text(entry, key_of(key, option), out, err);
}

rmt_status rmt_setting_number(double *out, const rmt_options *options, const rmt_node *entry,
                              const char *option, rmt_error *err)
{
    char key[KEY_MAX];
    *out = rmt_options_number(options, option);
    if (rmt_options_given(options, option)) return RMT_OK;
    return rmt_node_read_number(entry, key_of(key, option), out, err);
}

static rmt_status keep_name(rmt_setting_names *s, const char *name, rmt_error *err)
{
    if (s->n == RMT_SETTING_MAX)
        return rmt_fail(err, RMT_ERR_USAGE, "more than %d names in one list", RMT_SETTING_MAX);
    s->names[s->n++] = name;
    return RMT_OK;
}

rmt_status rmt_setting_list(rmt_setting_names *out, const rmt_options *options,
                            const rmt_node *entry, const char *option, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_node *n = planned(entry, option);
    out->n = 0;
    if (n && !rmt_options_given(options, option)) {
        if (rmt_node_kind_of(n) == RMT_NODE_SCALAR) return keep_name(out, rmt_node_text(n), err);
        for (size_t i = 0; !st && i < rmt_node_size(n); i++) {
            const char *text = rmt_node_text(rmt_node_at(n, i));
            if (!text)
                return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_node_source(n), rmt_node_line(n),
                                   option, "a list of names is needed here");
            st = keep_name(out, text, err);
        }
        return st;
    }
    for (size_t i = 0; !st && i < rmt_options_list_size(options, option); i++)
        st = keep_name(out, rmt_options_list_at(options, option, i), err);
    return st;
}

bool rmt_setting_holds(const rmt_setting_names *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0) return true;
    return false;
}

rmt_status rmt_setting_check(const rmt_setting_names *s, const char *what, const char *const *valid,
                             size_t n_valid, rmt_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        bool known = false;
        for (size_t k = 0; k < n_valid && !known; k++)
            known = strcmp(s->names[i], valid[k]) == 0;
        if (known) continue;
        const char *near = rmt_text_nearest(s->names[i], valid, n_valid);
        return rmt_fail(err, RMT_ERR_CONFIG, "no %s '%s' in this study%s%s%s", what, s->names[i],
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}

void rmt_setting_note_plan_keys(rmt_stage_run *run, const rmt_node *entries,
                                const rmt_option *options, size_t n_options)
{
    for (size_t o = 0; o < n_options; o++)
        for (size_t i = 0; i < rmt_node_size(entries); i++)
            if (planned(rmt_node_at(entries, i), options[o].name) &&
                run->n_plan_keys < RMT_STAGE_PLAN_KEYS) {
                run->plan_keys[run->n_plan_keys++] = options[o].name;
                break;
            }
}

/* ---- cells
 * --------------------------------------------------------------------------------------- */

static rmt_status find_column(size_t *out, const rmt_table *t, const char *name, rmt_error *err)
{
    *out = rmt_table_find(t, name);
    if (*out != RMT_NO_COLUMN) return RMT_OK;
    return rmt_fail(err, RMT_ERR_INCONSISTENT, "/outcomes has no column %s", name);
}

static rmt_status find_columns(rmt_cells *c, rmt_error *err)
{
    const struct {
        size_t *col;
        const char *name;
    } wanted[] = {{&c->subject, "USUBJID"}, {&c->arm, "TRT01P"},       {&c->paramcd, "PARAMCD"},
                  {&c->outcome, "outcome"}, {&c->scale, "scale"},      {&c->visit, "AVISIT"},
                  {&c->visit_n, "AVISITN"}, {&c->aval, "AVAL"},        {&c->base, "BASE"},
                  {&c->chg, "CHG"},         {&c->ablfl, "ABLFL"},      {&c->dxfl, "DXFL"},
                  {&c->respfl, "RESPFL"},   {&c->respdef, "RESPDEF"},  {&c->remfl, "REMFL"},
                  {&c->remdef, "REMDEF"},   {&c->dxlossfl, "DXLOSSFL"}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < sizeof wanted / sizeof wanted[0]; i++)
        st = find_column(wanted[i].col, c->t, wanted[i].name, err);
    return st;
}

/* Position of name in names[0..n), or n. The last hit is tried first: rows come in runs. */
static size_t position(const char *const *names, size_t n, const char *name, size_t *hint)
{
    if (*hint < n && strcmp(names[*hint], name) == 0) return *hint;
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return *hint = i;
    return n;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static rmt_status collect_params(rmt_cells *c, rmt_error *err)
{
    size_t cap_a = 0, cap_b = 0, cap_c = 0, hint = 0;
    rmt_status st;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++) {
        const char *code = rmt_table_text(c->t, c->paramcd, r);
        if (position(c->params, c->n_params, code, &hint) < c->n_params) continue;
        size_t n = c->n_params + 1;
        if ((st = rmt_mem_grow(&c->params, &cap_a, n, sizeof *c->params, err))) return st;
        if ((st = rmt_mem_grow(&c->param_outcome, &cap_b, n, sizeof *c->params, err))) return st;
        if ((st = rmt_mem_grow(&c->param_scale, &cap_c, n, sizeof *c->params, err))) return st;
        c->params[c->n_params] = code;
        c->param_outcome[c->n_params] = rmt_table_text(c->t, c->outcome, r);
        c->param_scale[c->n_params] = rmt_table_text(c->t, c->scale, r);
        hint = c->n_params++;
    }
    return RMT_OK;
}

static rmt_status collect_arms(rmt_cells *c, const rmt_plan *plan, rmt_error *err)
{
    size_t cap = 0, hint = 0;
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < plan->n_arms; i++)
        if (!(st = rmt_mem_grow(&c->arms, &cap, c->n_arms + 1, sizeof *c->arms, err)))
            c->arms[c->n_arms++] = plan->arms[i];
    if (st) return st;
    size_t declared = c->n_arms;
    for (size_t r = 0; declared == 0 && r < rmt_table_rows(c->t); r++) {
        const char *arm = rmt_table_text(c->t, c->arm, r);
        if (*arm == '\0' || position(c->arms, c->n_arms, arm, &hint) < c->n_arms) continue;
        if ((st = rmt_mem_grow(&c->arms, &cap, c->n_arms + 1, sizeof *c->arms, err))) return st;
        c->arms[c->n_arms++] = arm;
    }
    if (declared == 0 && c->n_arms > 0) qsort(c->arms, c->n_arms, sizeof *c->arms, by_bytes);
    hint = 0;
    c->reference =
        position(c->arms, c->n_arms, plan->reference_arm ? plan->reference_arm : "", &hint);
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

/* Counting sort of the rows into cells; within a cell the order of /outcomes stays (by subject). */
static rmt_status sort_into_cells(rmt_cells *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n_rows = rmt_table_rows(c->t);
    size_t n_cells = c->n_params * c->n_visits * c->n_arms;
    size_t *cell_of = rmt_mem_array(n_rows, sizeof *cell_of, err);
    size_t *next = NULL;
    c->starts = rmt_mem_array(n_cells + 1, sizeof *c->starts, err);
    c->rows = rmt_mem_array(n_rows, sizeof *c->rows, err);
    next = rmt_mem_array(n_cells + 1, sizeof *next, err);
    if (!cell_of || !c->starts || !c->rows || !next) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    size_t hint_p = 0, hint_v = 0, hint_a = 0;
    for (size_t r = 0; r < n_rows; r++) {
        size_t p = position(c->params, c->n_params, rmt_table_text(c->t, c->paramcd, r), &hint_p);
        size_t v = position(c->visits, c->n_visits, rmt_table_text(c->t, c->visit, r), &hint_v);
        size_t a = position(c->arms, c->n_arms, rmt_table_text(c->t, c->arm, r), &hint_a);
        bool outside = v == c->n_visits || a == c->n_arms;
        cell_of[r] = outside ? n_cells : (p * c->n_visits + v) * c->n_arms + a;
        if (!outside) c->starts[cell_of[r] + 1]++;
    }
    for (size_t i = 0; i < n_cells; i++)
        c->starts[i + 1] += c->starts[i];
    memcpy(next, c->starts, (n_cells + 1) * sizeof *next);
    for (size_t r = 0; r < n_rows; r++)
        if (cell_of[r] < n_cells) c->rows[next[cell_of[r]]++] = r;
done:
    rmt_mem_free(next);
    rmt_mem_free(cell_of);
    return st;
}

rmt_status rmt_cells_new(rmt_cells **out, const rmt_table *outcomes, const rmt_plan *plan,
                         rmt_error *err)
{
    rmt_status st;
    rmt_cells *c = rmt_mem_array(1, sizeof *c, err);
    if (!c) return RMT_ERR_NOMEM;
    c->t = outcomes;
    if ((st = find_columns(c, err))) goto done;
    if ((st = collect_params(c, err))) goto done;
    if ((st = collect_visits(c, plan, err))) goto done;
    if ((st = collect_arms(c, plan, err))) goto done;
    if ((st = sort_into_cells(c, err))) goto done;
    *out = c;
    c = NULL;
done:
    rmt_cells_free(c);
    return st;
}

void rmt_cells_free(rmt_cells *c)
{
    if (!c) return;
    rmt_mem_free(c->params);
    rmt_mem_free(c->param_outcome);
    rmt_mem_free(c->param_scale);
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

/* ---- result rows
 * ----------------------------------------------------------------------------------- */

rmt_status rmt_result_text(rmt_table *t, size_t col, const char *s, rmt_error *err)
{
    return rmt_table_set_text(t, col, rmt_table_rows(t) - 1, s ? s : "", s ? strlen(s) : 0, err);
}

rmt_status rmt_result_number(rmt_table *t, size_t col, double x, rmt_error *err)
{
    return rmt_table_set_number(t, col, rmt_table_rows(t) - 1, x, err);
}

void rmt_result_integer(rmt_table *t, size_t col, long x)
{
    rmt_table_set_integer(t, col, rmt_table_rows(t) - 1, (int32_t)x);
}
