#include "rmt/analysis.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings ----------------------------------------------------------------------------------
 */

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
    out->from_option = rmt_options_given(options, option);
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
        return rmt_fail(err, s->from_option ? RMT_ERR_USAGE : RMT_ERR_CONFIG,
                        "no %s '%s' in this study%s%s%s", what, s->names[i],
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}

/* ---- cells
 * --------------------------------------------------------------------------------------- */

typedef enum { HOLDS_TEXT, HOLDS_NUMBERS, HOLDS_FLAGS } column_kind;

/* The file may be another program's: a column of another type is refused, not believed. */
static rmt_status find_column(size_t *out, const rmt_table *t, const char *name, column_kind kind,
                              rmt_error *err)
{
    *out = rmt_table_find(t, name);
    if (*out == RMT_NO_COLUMN)
        return rmt_fail(err, RMT_ERR_INCONSISTENT, "/outcomes has no column %s", name);
    const rmt_type type = rmt_table_type(t, *out);
    const bool fits = kind == HOLDS_TEXT ? rmt_type_is_text(type)
                      : kind == HOLDS_NUMBERS
                          ? !rmt_type_is_text(type)
                          : type == RMT_TYPE_BOOLEAN || type == RMT_TYPE_INTEGER;
    if (fits) return RMT_OK;
    return rmt_fail(err, RMT_ERR_INCONSISTENT,
                    "column %s of /outcomes is of type %s, %s are needed", name,
                    rmt_type_name(type),
                    kind == HOLDS_TEXT      ? "texts"
                    : kind == HOLDS_NUMBERS ? "numbers"
                                            : "booleans");
}

static rmt_status find_columns(rmt_cells *c, rmt_error *err)
{
    const struct {
        size_t *col;
        const char *name;
        column_kind kind;
    } wanted[] = {{&c->subject, "USUBJID", HOLDS_TEXT},   {&c->arm, "TRT01P", HOLDS_TEXT},
                  {&c->paramcd, "PARAMCD", HOLDS_TEXT},   {&c->outcome, "outcome", HOLDS_TEXT},
                  {&c->scale, "scale", HOLDS_TEXT},       {&c->visit, "AVISIT", HOLDS_TEXT},
                  {&c->aval, "AVAL", HOLDS_NUMBERS},      {&c->base, "BASE", HOLDS_NUMBERS},
                  {&c->chg, "CHG", HOLDS_NUMBERS},        {&c->dxfl, "DXFL", HOLDS_FLAGS},
                  {&c->respfl, "RESPFL", HOLDS_FLAGS},    {&c->respdef, "RESPDEF", HOLDS_TEXT},
                  {&c->remfl, "REMFL", HOLDS_FLAGS},      {&c->remdef, "REMDEF", HOLDS_TEXT},
                  {&c->dxlossfl, "DXLOSSFL", HOLDS_FLAGS}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < sizeof wanted / sizeof wanted[0]; i++)
        st = find_column(wanted[i].col, c->t, wanted[i].name, wanted[i].kind, err);
    c->flagged = RMT_NO_COLUMN; /* another program's /outcomes may do without */
    if (!st && rmt_table_find(c->t, "FLAGGED") != RMT_NO_COLUMN)
        st = find_column(&c->flagged, c->t, "FLAGGED", HOLDS_FLAGS, err);
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

/* Two outcomes may use one instrument (two raters): the code alone does not tell them apart. */
static size_t param_of(const rmt_cells *c, size_t row, size_t *hint)
{
    const char *code = rmt_table_text(c->t, c->paramcd, row);
    const char *outcome = rmt_table_text(c->t, c->outcome, row);
    for (size_t k = 0; k <= c->n_params; k++) {
        size_t i = k == 0 ? *hint : k - 1; /* the last hit first: rows come in runs */
        if (i < c->n_params && strcmp(c->params[i], code) == 0 &&
            strcmp(c->param_outcome[i], outcome) == 0)
            return *hint = i;
    }
    return c->n_params;
}

static rmt_status collect_params(rmt_cells *c, rmt_error *err)
{
    size_t cap_a = 0, cap_b = 0, cap_c = 0, hint = 0;
    rmt_status st;
    for (size_t r = 0; r < rmt_table_rows(c->t); r++) {
        if (param_of(c, r, &hint) < c->n_params) continue;
        size_t n = c->n_params + 1;
        if ((st = rmt_mem_grow(&c->params, &cap_a, n, sizeof *c->params, err))) return st;
        if ((st = rmt_mem_grow(&c->param_outcome, &cap_b, n, sizeof *c->params, err))) return st;
        if ((st = rmt_mem_grow(&c->param_scale, &cap_c, n, sizeof *c->params, err))) return st;
        c->params[c->n_params] = rmt_table_text(c->t, c->paramcd, r);
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
        size_t p = param_of(c, r, &hint_p);
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

size_t rmt_cells_flagged(const rmt_cells *c, size_t param, size_t visit, size_t arm)
{
    size_t n, n_flagged = 0;
    const size_t *rows = rmt_cells_rows(c, param, visit, arm, &n);
    for (size_t i = 0; i < n && c->flagged != RMT_NO_COLUMN; i++)
        n_flagged += rmt_table_integer(c->t, c->flagged, rows[i]) == 1 &&
                     !rmt_table_is_missing(c->t, c->aval, rows[i]);
    return n_flagged;
}

const char *rmt_cells_flagged_note(char buf[RMT_FLAGGED_NOTE], size_t n_flagged)
{
    buf[0] = '\0';
    if (n_flagged > 0)
        snprintf(buf, RMT_FLAGGED_NOTE, "%zu values of records with validation errors", n_flagged);
    return buf;
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

rmt_status rmt_result_degenerate(rmt_table *t, size_t estimate_col, size_t note_col, rmt_status st,
                                 const rmt_error *why, rmt_error *err)
{
    rmt_status set;
    if (st != RMT_ERR_DEGENERATE && st != RMT_ERR_NOCONV) {
        if (err) *err = *why;
        return st;
    }
    if ((set = rmt_result_text(t, note_col, why->msg, err))) return set;
    return rmt_table_set_reason(t, estimate_col, rmt_table_rows(t) - 1, why->msg, err);
}

/* ---- the run
 * -------------------------------------------------------------------------------------- */

/* Options the plan sets itself are not recorded with their defaults. */
static void note_plan_keys(rmt_stage_run *run, const rmt_node *entries, const rmt_analysis *a)
{
    for (size_t o = 0; o < a->n_options; o++)
        for (size_t i = 0; i < rmt_node_size(entries); i++)
            if (planned(rmt_node_at(entries, i), a->options[o].name) &&
                run->n_plan_keys < RMT_STAGE_PLAN_KEYS) {
                run->plan_keys[run->n_plan_keys++] = a->options[o].name;
                break;
            }
}

static rmt_status read_selection(rmt_selection *s, const rmt_options *o, const rmt_node *entry,
                                 rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_setting_list(&s->outcomes, o, entry, "outcome", err))) return st;
    if ((st = rmt_setting_list(&s->visits, o, entry, "visit", err))) return st;
    if ((st = rmt_setting_list(&s->summaries, o, entry, "summaries", err))) return st;
    return rmt_setting_number(&s->level, o, entry, "conf-level", err);
}

static rmt_status run_participants(const rmt_analysis *a, void *state, const rmt_cells *c,
                                   const rmt_plan *plan, const rmt_selection *s, rmt_table *out,
                                   rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_setting_check(&s->outcomes, "outcome", c->param_outcome, c->n_params, err)))
        return st;
    if ((st = rmt_setting_check(&s->visits, "visit", c->visits, c->n_visits, err))) return st;
    for (size_t p = 0; p < c->n_params; p++) {
        if (s->outcomes.n && !rmt_setting_holds(&s->outcomes, c->param_outcome[p])) continue;
        for (size_t v = 0; v < c->n_visits; v++) {
            const rmt_plan_outcome *o = rmt_plan_find_outcome(plan, c->param_outcome[p]);
            bool primary = o && o->primary_visit && strcmp(o->primary_visit, c->visits[v]) == 0;
            bool asked = s->visits.n
                             ? rmt_setting_holds(&s->visits, c->visits[v])
                             : !c->visit_is_baseline[v] && (primary || rmt_cells_observed(c, p, v));
            if (asked && (st = a->add_cell(state, c, p, v, out, err))) return st;
        }
    }
    return RMT_OK;
}

static rmt_status run_summary(const rmt_analysis *a, void *state, rmt_stage_run *run,
                              const rmt_plan_summary *summary, rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_comparisons *list = NULL;
    size_t n_left_out = 0;
    if ((st = rmt_comparisons_new(&list, run, summary, err))) return st;
    for (size_t i = 0; i < rmt_comparisons_n(list) && !st; i++) {
        bool used = true;
        st = a->add_published(state, summary, rmt_comparisons_at(list, i), &used, out, err);
        n_left_out += !used;
    }
    if (n_left_out > 0)
        rmt_problems_add(run->notes, RMT_SEVERITY_INFO, RMT_OK, summary->table, 0, NULL,
                         "%zu of %zu comparisons hold no numbers for this stage", n_left_out,
                         rmt_comparisons_n(list));
    rmt_comparisons_free(list);
    return st;
}

static rmt_status run_entry(const rmt_analysis *a, rmt_stage_run *run, const rmt_cells *cells,
                            const rmt_node *entry, rmt_table *out, rmt_error *err)
{
    rmt_status st;
    rmt_selection s;
    void *state = NULL;
    const rmt_plan *plan = run->plan;
    if ((st = read_selection(&s, run->options, entry, err))) return st;
    const char **names = rmt_mem_array(plan->n_summaries, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t k = 0; k < plan->n_summaries; k++)
        names[k] = plan->summaries[k].name;
    if ((st = rmt_setting_check(&s.summaries, "summaries", names, plan->n_summaries, err)))
        goto done;
    if ((st = a->begin(&state, run, entry, &s, err))) goto done;
    if (cells && (s.summaries.n == 0 || s.outcomes.n > 0) &&
        (st = run_participants(a, state, cells, plan, &s, out, err)))
        goto done;
    for (size_t k = 0; k < plan->n_summaries; k++) {
        const rmt_plan_summary *summary = &plan->summaries[k];
        bool asked = s.summaries.n ? rmt_setting_holds(&s.summaries, summary->name)
                                   : s.outcomes.n == 0 && a->has_numbers(summary);
        if (asked && (st = run_summary(a, state, run, summary, out, err))) goto done;
    }
done:
    rmt_mem_free(names);
    a->end(state);
    return st;
}

rmt_status rmt_analysis_run(const rmt_analysis *a, rmt_stage_run *run, const rmt_node *entries,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_table *out = NULL;
    rmt_cells *cells = NULL;
    const rmt_table *outcomes = NULL;
    const size_t n = rmt_node_size(entries);

    if ((st = rmt_table_new(&out, a->title, err))) goto done;
    if ((st = rmt_table_add_columns(out, a->columns, a->n_columns, err))) goto done;
    if (run->plan->n_outcomes > 0) {
        if ((st = rmt_stage_require(a->stage, run, "/outcomes", err))) goto done;
        if ((st = rmt_study_get(&outcomes, run->study, "/outcomes", err))) goto done;
        if ((st = rmt_cells_new(&cells, outcomes, run->plan, err))) goto done;
    }
    if (cells && cells->n_arms < 2)
        rmt_problems_add(run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "there is one arm only (%s): nothing can be compared", cells->arms[0]);
    if (n == 0 && (st = run_entry(a, run, cells, NULL, out, err))) goto done;
    for (size_t i = 0; i < n; i++)
        if ((st = run_entry(a, run, cells, rmt_node_at(entries, i), out, err))) goto done;
    note_plan_keys(run, entries, a);
    st = rmt_study_put(run->study, a->path, &out, err);
done:
    rmt_cells_free(cells);
    rmt_table_free(out);
    return st;
}
