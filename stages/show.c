/* show: a study file as tables a clinician can read.
 * Memory: O(rows of the results). Reads: any path. */
#include "rmt/grid.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const rmt_option options[] = {
    {.name = "all", .letter = 'a', .kind = RMT_OPTION_FLAG,
     .help = "every row of the results, not only totals at the primary visits"},
};

typedef struct {
    rmt_stage_run *run;
    rmt_text *out;
    bool colour, all;
} view;

static rmt_status heading(const view *v, const char *text, rmt_error *err)
{
    return rmt_text_addf(v->out, err, "\n%s%s%s\n", v->colour ? "\033[1;4m" : "", text,
                         v->colour ? "\033[0m" : "");
}

static const char *cell(const rmt_table *t, const char *column, size_t row, char *buf)
{
    size_t c = rmt_table_find(t, column);
    return c == RMT_NO_COLUMN ? "" : rmt_table_format(t, c, row, buf);
}

static double number(const rmt_table *t, const char *column, size_t row)
{
    size_t c = rmt_table_find(t, column);
    return c == RMT_NO_COLUMN || rmt_type_is_text(rmt_table_type(t, c)) ? (double)NAN
                                                                        : rmt_table_number(t, c, row);
}

/* ---- study, sources, findings, tables ------------------------------------------------------------ */

static rmt_status show_study(const view *v, rmt_error *err)
{
    const rmt_plan *p = v->run->plan;
    rmt_status st;
    if (!p) return rmt_text_add(v->out, "A study file without a plan\n", err);
    if ((st = rmt_text_addf(v->out, err, "%s%s%s", v->colour ? "\033[1m" : "", p->study_id,
                            v->colour ? "\033[0m" : "")))
        return st;
    if (p->study_title && (st = rmt_text_addf(v->out, err, "  %s", p->study_title))) return st;
    if (p->registry && (st = rmt_text_addf(v->out, err, " (%s)", p->registry))) return st;
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
    if ((st = heading(v, "Tables in this file ('remit export FILE PATH' writes one)", err))) return st;
    for (size_t i = 0; i < rmt_study_size(v->run->study); i++)
        if ((st = rmt_text_addf(v->out, err, "%s\n", rmt_study_path(v->run->study, i)))) return st;
    return RMT_OK;
}

/* ---- results ------------------------------------------------------------------------------------- */

/* A row for the short view: a total (or published), at the outcome's primary visit where it has one. */
static bool in_short_view(const view *v, const rmt_table *t, size_t row)
{
    char buf[RMT_NUM_BUF];
    if (v->all || !v->run->plan) return true;
    if (strcmp(cell(t, "source", row, buf), "participants") != 0) return true;
    const rmt_plan_outcome *o = rmt_plan_find_outcome(v->run->plan, cell(t, "outcome", row, buf));
    if (!o) return true;
    if (o->instrument &&
        strcmp(cell(t, "paramcd", row, buf), o->instrument->scales[0].paramcd) != 0)
        return false;
    return !o->primary_visit || strcmp(cell(t, "visit", row, buf), o->primary_visit) == 0;
}

static void estimate_text(char *out, size_t size, const rmt_table *t, size_t row, bool percent)
{
    char estimate[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF];
    double scale = percent ? 100.0 : 1.0;
    int decimals = percent ? 1 : 2;
    double ci_low = number(t, "ci_low", row), ci_high = number(t, "ci_high", row);
    rmt_grid_fixed(estimate, number(t, "estimate", row) * scale, decimals);
    rmt_grid_fixed(low, ci_low * scale, decimals);
    rmt_grid_fixed(high, ci_high * scale, decimals);
    const char *unit = percent && *estimate ? "%" : "";
    if (isnan(ci_low)) snprintf(out, size, "%s%s", estimate, unit);
    else snprintf(out, size, "%s%s (%s to %s)", estimate, unit, low, high);
}

/* "Effects, KET-01: ketamine against midazolam". */
static rmt_status contrast_title(rmt_text *out, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;
    out->len = 0;
    if ((st = rmt_text_addf(out, err, "Effects, %s", cell(t, "study", row, buf)))) return st;
    if ((st = rmt_text_addf(out, err, ": %s", cell(t, "arm", row, buf)))) return st;
    return rmt_text_addf(out, err, " against %s", cell(t, "reference", row, buf));
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

/* label: paramcd for participants, the published outcome else. */
static const char *row_label(const rmt_table *t, size_t row, char *buf)
{
    const char *code = cell(t, "paramcd", row, buf);
    return *code ? code : cell(t, "outcome", row, buf);
}

static rmt_status show_effects(const view *v, size_t *n_shown, size_t *n_rows, rmt_error *err)
{
    static const rmt_grid_column columns[] = {{"outcome", false}, {"visit", false}, {"n", true},
                                              {"measure", false}, {"estimate (CI)", true}, {"p", true}};
    rmt_status st = RMT_OK;
    const rmt_table *t = NULL;
    rmt_grid *g = NULL;
    rmt_text title = {0}, next = {0};
    if (!rmt_study_has(v->run->study, "/results/effects")) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, "/results/effects", err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        char estimate[96], n[48], p[RMT_NUM_BUF], a[RMT_NUM_BUF], b[RMT_NUM_BUF], c[RMT_NUM_BUF],
            note[RMT_NUM_BUF];
        ++*n_rows;
        if (!in_short_view(v, t, r)) continue;
        ++*n_shown;
        if ((st = contrast_title(&next, t, r, err))) goto done;
        if (title.s && strcmp(title.s, next.s) != 0 && (st = write_block(v, &g, &title, err))) goto done;
        rmt_text swap = title;
        title = next;
        next = swap;
        if (!g && (st = rmt_grid_new(&g, columns, 6, err))) goto done;
        snprintf(n, sizeof n, "%s+%s", cell(t, "n_arm", r, a), cell(t, "n_reference", r, b));
        estimate_text(estimate, sizeof estimate, t, r, false);
        const char *shown = isnan(number(t, "estimate", r)) ? cell(t, "note", r, note) : estimate;
        const char *cells[] = {row_label(t, r, a),
                               cell(t, "visit", r, b),
                               n,
                               short_measure(cell(t, "measure", r, c)),
                               shown,
                               rmt_grid_p(p, number(t, "p", r))};
        if ((st = rmt_grid_add(g, cells, err))) goto done;
    }
    st = write_block(v, &g, &title, err);
done:
    rmt_text_clear(&next);
    rmt_text_clear(&title);
    rmt_grid_free(g);
    return st;
}

static rmt_status show_rates(const view *v, size_t *n_shown, size_t *n_rows, rmt_error *err)
{
    static const rmt_grid_column columns[] = {{"outcome", false}, {"visit", false},   {"event", false},
                                              {"missing", false}, {"measure", false}, {"events", true},
                                              {"estimate (CI)", true}, {"p", true}};
    rmt_status st = RMT_OK;
    const rmt_table *t = NULL;
    rmt_grid *g = NULL;
    if (!rmt_study_has(v->run->study, "/results/rates")) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, "/results/rates", err))) goto done;
    if ((st = rmt_grid_new(&g, columns, 8, err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        char buf[9][RMT_NUM_BUF], estimate[96], n[128], p[RMT_NUM_BUF], who[128];
        const char *measure = cell(t, "measure", r, buf[0]);
        bool proportion = strcmp(measure, "proportion") == 0;
        ++*n_rows;
        if (!in_short_view(v, t, r)) continue;
        if (!v->all && proportion && strncmp(cell(t, "method", r, buf[1]), "Wilson", 6) != 0) continue;
        ++*n_shown;
        if (proportion)
            snprintf(n, sizeof n, "%s/%s", cell(t, "events_arm", r, buf[2]), cell(t, "n_arm", r, buf[3]));
        else
            snprintf(n, sizeof n, "%s/%s v %s/%s", cell(t, "events_arm", r, buf[2]),
                     cell(t, "n_arm", r, buf[3]), cell(t, "events_reference", r, buf[4]),
                     cell(t, "n_reference", r, buf[5]));
        snprintf(who, sizeof who, "%s",
                 proportion ? cell(t, "arm", r, buf[6]) : short_measure(measure));
        estimate_text(estimate, sizeof estimate, t, r,
                      proportion || strcmp(measure, "risk_difference") == 0);
        bool test = strcmp(measure, "fisher_exact") == 0;
        const char *shown = isnan(number(t, "estimate", r)) && !test ? cell(t, "note", r, buf[6]) : estimate;
        const char *rule = cell(t, "missing", r, buf[7]);
        const char *cells[] = {row_label(t, r, buf[1]),
                               cell(t, "visit", r, buf[2]),
                               cell(t, "event", r, buf[3]),
                               strcmp(rule, "nonresponder") == 0 ? "as none"
                               : strcmp(rule, "completer") == 0  ? "left out"
                                                                 : rule,
                               who,
                               n,
                               shown,
                               rmt_grid_p(p, number(t, "p", r))};
        if ((st = rmt_grid_add(g, cells, err))) goto done;
    }
    if (rmt_grid_rows(g) > 0 && (st = heading(v, "Rates", err))) goto done;
    if (rmt_grid_rows(g) > 0) st = rmt_grid_write(g, v->colour, v->out, err);
done:
    rmt_grid_free(g);
    return st;
}

static rmt_status run_show(rmt_stage_run *run, rmt_error *err)
{
    static const rmt_grid_column source_columns[] = {
        {"table", false}, {"file", false}, {"rows", true}, {"columns", true}, {"encoding", false}, {"types", false}};
    static const char *const source_names[] = {"name", "file", "rows", "columns", "encoding", "types"};
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
    if ((st = show_columns(&v, "/sources", "Sources", source_columns, source_names, 6, err))) return st;
    if ((st = show_columns(&v, "/validation/summary", "Findings", finding_columns, finding_names, 4, err)))
        return st;
    if ((st = show_effects(&v, &n_shown, &n_rows, err))) return st;
    if ((st = show_rates(&v, &n_shown, &n_rows, err))) return st;
    if (n_shown < n_rows &&
        (st = rmt_text_addf(v.out, err, "\n%zu of %zu result rows: totals at primary visits; --all shows all\n",
                            n_shown, n_rows)))
        return st;
    if ((st = show_columns(&v, "/provenance", "How it was made", provenance_columns, provenance_names, 2, err)))
        return st;
    return show_tables(&v, err);
}

const rmt_stage rmt_stage_show = {
    .name = "show",
    .summary = "show a study file as tables for people",
    .description =
        "Prints the study, its sources, what validation found, effects and rates with their intervals and p "
        "values rounded for reading, how each was made, and which tables the file holds, in 80 "
        "columns. Under \"missing\", \"as none\" is the nonresponder rule (no value counts as no event), \"left "
        "out\" the completer rule.\n\n"
        "The rounded numbers are for reading only: 'remit export' gives every digit. Colour is used on a "
        "terminal only, never with NO_COLOR set.",
    .kind = RMT_STAGE_SINK,
    .memory = "O(rows of the results)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .run = run_show,
};
