/* show: a study file as tables a clinician can read.
 * Memory: O(rows of the results). Reads: any path. */
#include "rmt/grid.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/result_rows.h"
#include "rmt/stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const rmt_option options[] = {
    {.name = "all",
     .letter = 'a',
     .kind = RMT_OPTION_FLAG,
     .help = "every row of the results, not only totals at the primary visits"},
};

typedef struct {
    rmt_stage_run *run;
    rmt_text *out;
    bool colour, all;
} view;

static rmt_status heading(const view *v, const char *text, rmt_error *err)
{
    rmt_status st;
    rmt_text visible = {0};
    if ((st = rmt_text_add_visible(&visible, text, err))) goto done;
    if ((st = rmt_text_addf(v->out, err, "\n%s", v->colour ? "\033[1m" : ""))) goto done;
    if ((st = rmt_help_wrap(v->out, visible.s, 0, true, err))) goto done;
    st = rmt_text_add(v->out, v->colour ? "\033[0m" : "", err);
done:
    rmt_text_clear(&visible);
    return st;
}

static const char *cell(const rmt_table *t, const char *column, size_t row, char *buf)
{
    size_t c = rmt_table_find(t, column);
    return c == RMT_NO_COLUMN ? "" : rmt_table_format(t, c, row, buf);
}

static double number(const rmt_table *t, const char *column, size_t row)
{
    size_t c = rmt_table_find(t, column);
    return c == RMT_NO_COLUMN || rmt_type_is_text(rmt_table_type(t, c))
               ? (double)NAN
               : rmt_table_number(t, c, row);
}

/* ---- study, sources, findings, tables
 * ------------------------------------------------------------ */

static rmt_status show_study(const view *v, rmt_error *err)
{
    const rmt_plan *p = v->run->plan;
    rmt_status st;
    if (!p) return rmt_text_add(v->out, "A study file without a plan\n", err);
    if ((st = rmt_text_add(v->out, v->colour ? "\033[1m" : "", err))) return st;
    if ((st = rmt_text_add_visible(v->out, p->study_id, err))) return st;
    if ((st = rmt_text_add(v->out, v->colour ? "\033[0m" : "", err))) return st;
    if (p->study_title) {
        if ((st = rmt_text_add(v->out, "  ", err))) return st;
        if ((st = rmt_text_add_visible(v->out, p->study_title, err))) return st;
    }
    if (p->registry) {
        if ((st = rmt_text_add(v->out, " (", err))) return st;
        if ((st = rmt_text_add_visible(v->out, p->registry, err))) return st;
        if ((st = rmt_text_add(v->out, ")", err))) return st;
    }
    return rmt_text_add(v->out, "\n", err);
}

/* Some columns of a table as they are. */
static rmt_status show_columns(const view *v, const char *path, const char *title,
                               const rmt_grid_column *columns, const char *const *names, size_t n,
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_table *t = NULL;
    rmt_grid *g = NULL;
    char buf[8][RMT_NUM_BUF];
    const char *cells[8];
    if (!rmt_study_has(v->run->study, path)) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, path, err))) goto done;
    if (rmt_table_rows(t) == 0) goto done;
    if ((st = heading(v, title, err))) goto done;
    if ((st = rmt_grid_new(&g, columns, n, err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        for (size_t c = 0; c < n; c++)
            cells[c] = cell(t, names[c], r, buf[c]);
        if ((st = rmt_grid_add(g, cells, err))) goto done;
    }
    st = rmt_grid_write(g, v->colour, v->out, err);
done:
    rmt_grid_free(g);
    return st;
}

static rmt_status show_tables(const view *v, rmt_error *err)
{
    rmt_status st;
    if ((st = heading(v, "Tables in this file ('remit export FILE PATH' writes one)", err)))
        return st;
    for (size_t i = 0; i < rmt_study_size(v->run->study); i++)
        if ((st = rmt_text_addf(v->out, err, "%s\n", rmt_study_path(v->run->study, i)))) return st;
    return RMT_OK;
}

/* ---- results
 * ------------------------------------------------------------------------------------- */

/* A row for the short view: a total (or published), at the outcome's primary visit where it has
 * one. */
static bool in_short_view(const view *v, const rmt_table *t, size_t row)
{
    char buf[RMT_NUM_BUF];
    if (v->all || !v->run->plan) return true;
    if (strcmp(cell(t, "method", row, buf), RMT_METHOD_CLOPPER_PEARSON) == 0)
        return false; /* Wilson is enough */
    if (strcmp(cell(t, "source", row, buf), "participants") != 0) return true;
    const rmt_plan_outcome *o = rmt_plan_find_outcome(v->run->plan, cell(t, "outcome", row, buf));
    if (!o) return true;
    if (o->instrument &&
        strcmp(cell(t, "paramcd", row, buf), o->instrument->scales[0].paramcd) != 0)
        return false;
    return !o->primary_visit || strcmp(cell(t, "visit", row, buf), o->primary_visit) == 0;
}

enum { ESTIMATE_BUF = 4 * RMT_NUM_BUF }; /* three numbers and the words between */

/* Altman's notation: "NNTB 5.2 (1.9 to 8.1)", "NNTB 5.2 (NNTB 1.9 to inf to NNTH 8.1)". */
static void nnt_text(char out[ESTIMATE_BUF], const rmt_table *t, size_t row)
{
    static const struct {
        const char *direction, *shown, *limit;
    } ways[] = {{RMT_NNT_BENEFIT, "NNTB", "nnt_benefit_limit"},
                {RMT_NNT_HARM, "NNTH", "nnt_harm_limit"},
                {RMT_NNT_MORE, "more", "nnt_benefit_limit"},
                {RMT_NNT_FEWER, "fewer", "nnt_harm_limit"}};
    char estimate[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF], buf[RMT_NUM_BUF];
    const char *direction = cell(t, "nnt_direction", row, buf);
    size_t own = 0;
    while (own < 3 && strcmp(ways[own].direction, direction) != 0)
        own++;
    const size_t other = own ^ 1U; /* the same number the other way */
    const bool whole = !isnan(number(t, "ci_low", row));
    rmt_grid_fixed(estimate, number(t, "estimate", row), 1);
    rmt_grid_fixed(low, number(t, whole ? "ci_low" : ways[own].limit, row), 1);
    rmt_grid_fixed(high, number(t, whole ? "ci_high" : ways[other].limit, row), 1);
    if (whole)
        snprintf(out, ESTIMATE_BUF, "%s %s (%s to %s)", ways[own].shown, estimate, low, high);
    else if (*high)
        snprintf(out, ESTIMATE_BUF, "%s %s (%s %s to inf to %s %s)", ways[own].shown, estimate,
                 ways[own].shown, low, ways[other].shown, high);
    else snprintf(out, ESTIMATE_BUF, "%s %s (%s to inf)", ways[own].shown, estimate, low);
}

static void estimate_text(char out[ESTIMATE_BUF], const rmt_table *t, size_t row, bool percent)
{
    char estimate[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF];
    double scale = percent ? 100.0 : 1.0;
    int decimals = percent ? 1 : 2;
    double ci_low = number(t, "ci_low", row), ci_high = number(t, "ci_high", row);
    rmt_grid_fixed(estimate, number(t, "estimate", row) * scale, decimals);
    rmt_grid_fixed(low, ci_low * scale, decimals);
    rmt_grid_fixed(high, ci_high * scale, decimals);
    const char *unit = percent && *estimate ? "%" : "";
    if (*cell(t, "nnt_direction", row, low)) nnt_text(out, t, row);
    else if (isnan(ci_low)) snprintf(out, ESTIMATE_BUF, "%s%s", estimate, unit);
    else snprintf(out, ESTIMATE_BUF, "%s%s (%s to %s)", estimate, unit, low, high);
}

/* label: paramcd for participants, the published outcome else. */
static const char *row_label(const rmt_table *t, size_t row, char *buf)
{
    const char *code = cell(t, "paramcd", row, buf);
    return *code ? code : cell(t, "outcome", row, buf);
}

/* What the rows of one block have in common. */
typedef rmt_status block_title(rmt_text *out, const rmt_table *t, size_t row, rmt_error *err);

/* "Effects, KET-01: ketamine against midazolam". */
static rmt_status effects_title(rmt_text *out, const rmt_table *t, size_t row, rmt_error *err)
{
    char a[RMT_NUM_BUF], b[RMT_NUM_BUF], c[RMT_NUM_BUF];
    return rmt_text_addf(out, err, "Effects, %s: %s against %s", cell(t, "study", row, a),
                         cell(t, "arm", row, b), cell(t, "reference", row, c));
}

/* "KET-01: CAPS5TOT at week2, response (reduction30), a missing value counts as no event". */
static rmt_status rates_title(rmt_text *out, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;
    const char *rule = cell(t, "missing", row, buf);
    if ((st = rmt_text_addf(out, err, "Rates, %s: ", cell(t, "study", row, buf)))) return st;
    if ((st = rmt_text_addf(out, err, "%s", row_label(t, row, buf)))) return st;
    if (*cell(t, "visit", row, buf) &&
        (st = rmt_text_addf(out, err, " at %s", cell(t, "visit", row, buf))))
        return st;
    if ((st = rmt_text_addf(out, err, ", %s", cell(t, "event", row, buf)))) return st;
    if (strcmp(rule, "nonresponder") == 0)
        return rmt_text_addf(out, err, " (%s), a missing value counts as no event",
                             cell(t, "definition", row, buf));
    if (strcmp(rule, "completer") == 0)
        return rmt_text_addf(out, err, " (%s), only those with a value",
                             cell(t, "definition", row, buf));
    return RMT_OK;
}

static rmt_status write_block(const view *v, rmt_grid **g, const rmt_text *title, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (*g && rmt_grid_rows(*g) > 0 && !(st = heading(v, title->s, err)))
        st = rmt_grid_write(*g, v->colour, v->out, err);
    rmt_grid_free(*g);
    *g = NULL;
    return st;
}

static const char *short_measure(const char *measure)
{
    if (strcmp(measure, "mean_difference_welch") == 0) return "difference";
    if (strcmp(measure, "mean_difference_pooled") == 0) return "diff. (pooled)";
    if (strcmp(measure, "hedges_g") == 0) return "Hedges' g";
    if (strcmp(measure, "ancova") == 0) return "adjusted diff.";
    if (strcmp(measure, "risk_difference") == 0) return "difference";
    if (strcmp(measure, "risk_ratio") == 0) return "risk ratio";
    if (strcmp(measure, "odds_ratio") == 0) return "odds ratio";
    if (strcmp(measure, "nnt") == 0) return "NNT";
    if (strcmp(measure, "fisher_exact") == 0) return "Fisher's exact";
    return measure;
}

/* One result row as cells of the block's grid. */
typedef rmt_status add_result(rmt_grid *g, const rmt_table *t, size_t row, rmt_error *err);

static rmt_status add_effect(rmt_grid *g, const rmt_table *t, size_t row, rmt_error *err)
{
    char estimate[ESTIMATE_BUF], n[96], p[RMT_NUM_BUF], a[RMT_NUM_BUF], b[RMT_NUM_BUF],
        c[RMT_NUM_BUF];
    char note[RMT_NUM_BUF];
    char measure[64];
    const char *name = short_measure(cell(t, "measure", row, c));
    bool scores = strcmp(cell(t, "value", row, a), "score") == 0;
    snprintf(measure, sizeof measure, "%.40s%s", name, scores ? ", scores" : "");
    snprintf(n, sizeof n, "%s+%s", cell(t, "n_arm", row, a), cell(t, "n_reference", row, b));
    estimate_text(estimate, t, row, false);
    const char *cells[] = {row_label(t, row, a),
                           cell(t, "visit", row, b),
                           n,
                           measure,
                           isnan(number(t, "estimate", row)) ? cell(t, "note", row, note)
                                                             : estimate,
                           rmt_grid_p(p, number(t, "p", row))};
    return rmt_grid_add(g, cells, err);
}

static rmt_status add_rate(rmt_grid *g, const rmt_table *t, size_t row, rmt_error *err)
{
    char estimate[ESTIMATE_BUF], n[192], p[RMT_NUM_BUF], buf[6][RMT_NUM_BUF];
    const char *measure = cell(t, "measure", row, buf[0]);
    bool proportion = strcmp(measure, "proportion") == 0,
         test = strcmp(measure, "fisher_exact") == 0;
    if (proportion)
        snprintf(n, sizeof n, "%s/%s", cell(t, "events_arm", row, buf[1]),
                 cell(t, "n_arm", row, buf[2]));
    else
        snprintf(n, sizeof n, "%s/%s v %s/%s", cell(t, "events_arm", row, buf[1]),
                 cell(t, "n_arm", row, buf[2]), cell(t, "events_reference", row, buf[3]),
                 cell(t, "n_reference", row, buf[4]));
    estimate_text(estimate, t, row, proportion || strcmp(measure, "risk_difference") == 0);
    const char *cells[] = {proportion ? cell(t, "arm", row, buf[5]) : short_measure(measure), n,
                           isnan(number(t, "estimate", row)) && !test ? cell(t, "note", row, buf[1])
                                                                      : estimate,
                           rmt_grid_p(p, number(t, "p", row))};
    return rmt_grid_add(g, cells, err);
}

/* A results table as blocks of rows under one heading each. */
typedef struct {
    const char *path;
    const rmt_grid_column *columns;
    size_t n_columns;
    block_title *title;
    add_result *add;
} result_view;

static const rmt_grid_column effect_columns[] = {
    {"outcome", false}, {"visit", false},        {"n", true},
    {"measure", false}, {"estimate (CI)", true}, {"p", true}};
static const rmt_grid_column rate_columns[] = {
    {"measure", false}, {"events", true}, {"estimate (CI)", true}, {"p", true}};
static const result_view result_views[] = {
    {"/results/effects", effect_columns, 6, effects_title, add_effect},
    {"/results/rates", rate_columns, 4, rates_title, add_rate},
};

static rmt_status show_results(const view *v, const result_view *how, size_t *n_shown,
                               size_t *n_rows, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_table *t = NULL;
    rmt_grid *g = NULL;
    rmt_text title = {0}, next = {0};
    if (!rmt_study_has(v->run->study, how->path)) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, how->path, err))) goto done;
    *n_rows += rmt_table_rows(t);
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        if (!in_short_view(v, t, r)) continue;
        ++*n_shown;
        next.len = 0;
        if ((st = how->title(&next, t, r, err))) goto done;
        if (title.s && strcmp(title.s, next.s) != 0 && (st = write_block(v, &g, &title, err)))
            goto done;
        rmt_text swap = title;
        title = next;
        next = swap;
        if (!g && (st = rmt_grid_new(&g, how->columns, how->n_columns, err))) goto done;
        if ((st = how->add(g, t, r, err))) goto done;
    }
    st = write_block(v, &g, &title, err);
done:
    rmt_text_clear(&next);
    rmt_text_clear(&title);
    rmt_grid_free(g);
    return st;
}

static rmt_status run_show(rmt_stage_run *run, rmt_error *err)
{
    static const rmt_grid_column source_columns[] = {{"table", false},    {"file", false},
                                                     {"rows", true},      {"columns", true},
                                                     {"encoding", false}, {"types", false}};
    static const char *const source_names[] = {"name",    "file",     "rows",
                                               "columns", "encoding", "types"};
    static const rmt_grid_column finding_columns[] = {
        {"severity", false}, {"code", false}, {"table", false}, {"n", true}};
    static const char *const finding_names[] = {"severity", "code", "table", "n"};
    static const rmt_grid_column provenance_columns[] = {{"stage", false}, {"command", false}};
    static const char *const provenance_names[] = {"stage", "command"};
    rmt_status st;
    size_t n_shown = 0, n_rows = 0;
    const view v = {.run = run,
                    .out = run->text,
                    .colour = rmt_grid_colour_wanted(),
                    .all = rmt_options_flag(run->options, "all")};
    if ((st = show_study(&v, err))) return st;
    if ((st = show_columns(&v, "/sources", "Sources", source_columns, source_names, 6, err)))
        return st;
    if ((st = show_columns(&v, "/validation/summary", "Findings", finding_columns, finding_names, 4,
                           err)))
        return st;
    for (size_t i = 0; i < sizeof result_views / sizeof result_views[0]; i++)
        if ((st = show_results(&v, &result_views[i], &n_shown, &n_rows, err))) return st;
    if (n_shown < n_rows &&
        (st = rmt_text_addf(v.out, err,
                            "\n%zu of %zu result rows: totals at primary visits; --all shows all\n",
                            n_shown, n_rows)))
        return st;
    if ((st = show_columns(&v, "/provenance", "How it was made", provenance_columns,
                           provenance_names, 2, err)))
        return st;
    return show_tables(&v, err);
}

const rmt_stage rmt_stage_show = {
    .name = "show",
    .summary = "show a study file as tables for people",
    .description =
        "Prints the study, its sources, what validation found, effects and rates with their "
        "intervals and p "
        "values rounded for reading, how each was made, and which tables the file holds, in 80 "
        "columns.\n\n"
        "The rounded numbers are for reading only: 'remit export' gives every digit. Colour is "
        "used on a "
        "terminal only, never with NO_COLOR set.",
    .kind = RMT_STAGE_SINK,
    .memory = "O(rows of the results)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .run = run_show,
};
