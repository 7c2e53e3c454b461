/* show: a study file as tables a clinician can read.
 * Memory: O(rows of the results and outcomes). Reads: any path. */
#include "rmt/grid.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/result_rows.h"
#include "rmt/stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rmt_option options[] = {
    {.name = "all",
     .letter = 'a',
     .kind = RMT_OPTION_FLAG,
     .help = "every row of the results, not only totals at the primary visits"},
};

/* What the results need said, each line once. */
typedef struct {
    char **lines;
    size_t n, cap;
} footnotes;

typedef struct {
    rmt_stage_run *run;
    rmt_text *out;
    footnotes *notes;
    bool colour, all;
} view;

/* Text of the study in at most 80 columns, further lines indented. */
static rmt_status wrapped(const view *v, const char *text, size_t indent, rmt_error *err)
{
    rmt_text visible = {0};
    rmt_status st = rmt_text_add_visible(&visible, text, err);
    if (!st) st = rmt_help_wrap(v->out, visible.s, indent, false, err);
    rmt_text_clear(&visible);
    return st;
}

static rmt_status heading(const view *v, const char *text, rmt_error *err)
{
    rmt_status st = rmt_text_addf(v->out, err, "\n%s", v->colour ? "\033[1m" : "");
    if (!st) st = wrapped(v, text, 0, err);
    if (!st) st = rmt_text_add(v->out, v->colour ? "\033[0m" : "", err);
    return st;
}

static rmt_status footnote(const view *v, const char *text, rmt_error *err)
{
    footnotes *f = v->notes;
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->lines[i], text) == 0) return RMT_OK;
    rmt_status st = rmt_mem_grow(&f->lines, &f->cap, f->n + 1, sizeof *f->lines, err);
    if (st) return st;
    f->lines[f->n] = rmt_mem_text(text, strlen(text), err);
    if (!f->lines[f->n]) return RMT_ERR_NOMEM;
    f->n++;
    return RMT_OK;
}

static void footnotes_clear(footnotes *f)
{
    for (size_t i = 0; i < f->n; i++)
        rmt_mem_free(f->lines[i]);
    rmt_mem_free(f->lines);
}

static rmt_status show_footnotes(const view *v, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (v->notes->n > 0) st = heading(v, "Notes", err);
    for (size_t i = 0; i < v->notes->n && !st; i++) {
        st = rmt_text_add(v->out, "- ", err);
        if (!st) st = wrapped(v, v->notes->lines[i], 2, err);
    }
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

/* ---- study, sources, findings, tables ------------------------------------------------------- */

static rmt_status show_study(const view *v, rmt_error *err)
{
    const rmt_plan *p = v->run->plan;
    rmt_text title = {0};
    rmt_status st;
    if (!p) return rmt_text_add(v->out, "A study file without a plan\n", err);
    const size_t width = rmt_text_utf8_width(p->study_id);
    const bool beside = width < RMT_GRID_WIDTH / 2; /* else the title goes below the id */
    if (p->study_title && (st = rmt_text_add(&title, p->study_title, err))) goto done;
    if (p->registry &&
        (st = rmt_text_addf(&title, err, "%s(%s)", title.len ? " " : "", p->registry)))
        goto done;
    if ((st = rmt_text_add(v->out, v->colour ? "\033[1m" : "", err))) goto done;
    if ((st = rmt_text_add_visible(v->out, p->study_id, err))) goto done;
    if ((st = rmt_text_add(v->out, v->colour ? "\033[0m" : "", err))) goto done;
    if ((st = rmt_text_add(v->out, !title.len ? "\n" : beside ? "  " : "\n", err))) goto done;
    if (title.len) st = wrapped(v, title.s, beside ? width + 2 : 0, err);
done:
    rmt_text_clear(&title);
    return st;
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

/* Of a file that holds several tables each has a part; only such a file has anything to tell here. */
static rmt_status show_set_aside(const view *v, rmt_error *err)
{
    static const rmt_grid_column columns[] = {{"table", false},
                                              {"rows stored", true},
                                              {"set aside", true},
                                              {"cells stored", true},
                                              {"set aside", true}};
    static const char *const names[] = {"name", "rows_stored", "rows_set_aside", "cells_stored",
                                        "cells_set_aside"};
    const rmt_table *t = NULL;
    bool any = false;
    if (!rmt_study_has(v->run->study, "/sources")) return RMT_OK;
    rmt_status st = rmt_study_get(&t, v->run->study, "/sources", err);
    for (size_t r = 0; !st && r < rmt_table_rows(t); r++)
        any = any || number(t, "cells_set_aside", r) > 0;
    if (st || !any) return st;
    return show_columns(v, "/sources", "What each table has of its file", columns, names, 5, err);
}

/* The list of findings may have been cut; the counts above are of all. */
static rmt_status show_unlisted(const view *v, rmt_error *err)
{
    static const char path[] = "/validation/counts";
    rmt_status st;
    const rmt_table *t = NULL;
    size_t found = 0, listed = 0;
    double n_found = 0, n_listed = 0;
    if (!rmt_study_has(v->run->study, path)) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, path, err)) ||
        (st = rmt_table_need(&found, t, "found", RMT_KIND_NUMBER, path, err)) ||
        (st = rmt_table_need(&listed, t, "listed", RMT_KIND_NUMBER, path, err)))
        return st;
    for (size_t i = 0; i < rmt_table_rows(t); i++) {
        n_found += rmt_table_number(t, found, i);
        n_listed += rmt_table_number(t, listed, i);
    }
    if (!(n_found > n_listed)) return RMT_OK;
    return rmt_text_addf(v->out, err,
                         "(%.0f of them are listed in /validation/issues; 'remit validate "
                         "--max-findings=N'\nlists more)\n",
                         n_listed);
}

/* "caps5: made long, 30 rows x 4 visits"; a row of the file is so many rows of the table. */
static rmt_status show_made_long(const view *v, rmt_error *err)
{
    const rmt_table *sources = NULL, *t = NULL;
    rmt_text path = {0};
    rmt_status st = RMT_OK;
    if (!v->run->plan || !rmt_study_has(v->run->study, "/sources")) return RMT_OK;
    if ((st = rmt_study_get(&sources, v->run->study, "/sources", err))) return st;
    for (size_t r = 0; r < rmt_table_rows(sources) && !st; r++) {
        char buf[RMT_NUM_BUF];
        const char *name = cell(sources, "name", r, buf);
        const rmt_plan_table *pt = rmt_plan_find_table(v->run->plan, name);
        const double n_rows = number(sources, "rows_stored", r);
        if (!pt || !pt->wide || !(n_rows >= 1)) continue;
        path.len = 0;
        if ((st = rmt_text_addf(&path, err, "/tables/%s", name))) break;
        if (!rmt_study_has(v->run->study, path.s)) continue;
        if ((st = rmt_study_get(&t, v->run->study, path.s, err))) break;
        st = rmt_text_addf(v->out, err, "%s: made long, %.0f rows x %.0f visits\n", pt->name,
                           n_rows, (double)rmt_table_rows(t) / n_rows);
    }
    rmt_text_clear(&path);
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

/* ---- results -------------------------------------------------------------------------------- */

/* Why there is no estimate, as the statistics name it, and in words; a name that ends in '_' goes on
 * with a number. */
static const struct {
    const char *reason, *words;
} reasons[] = {
    {"n<1", "nobody to count"},
    {"n<2", "fewer than 2 in an arm"},
    {"n>1e9", "too many people"},
    {"df<1", "too few people"},
    {"df<2", "too few people"},
    {"df<=0", "too few people"},
    {"one_arm", "people in one arm only"},
    {"zero_sd", "no spread in either arm"},
    {"negative_sd", "an SD below 0"},
    {"zero_residual", "no spread left to judge by"},
    {"rank_deficient_covariate_0", "baseline alike within arms"},
    {"rank_deficient_covariate_", "a covariate adds nothing"},
    {"rank_deficient_column_", "a covariate adds nothing"},
    {"zero_events", "an arm without events"},
    {"zero_non_events", "an arm with events only"},
    {"zero_se", "events only in both arms"},
    {"zero_difference", "no difference"},
    {"negative_events", "events below 0"},
    {"events>n", "more events than people"},
    {"not_converged", "interval not found"},
    {"not_finite", "a number is missing"},
    {"overflow", "numbers too large"},
};

static const char *in_words(const char *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        const size_t n = strlen(reasons[i].reason);
        const bool open = reasons[i].reason[n - 1] == '_';
        if (open ? strncmp(reason, reasons[i].reason, n) == 0
                 : strcmp(reason, reasons[i].reason) == 0)
            return reasons[i].words;
    }
    return reason;
}

static bool is(const rmt_table *t, const char *column, size_t row, const char *value)
{
    char buf[RMT_NUM_BUF];
    return strcmp(cell(t, column, row, buf), value) == 0;
}

static bool same_text(const rmt_table *t, const char *a, const char *b, size_t row)
{
    char buf[RMT_NUM_BUF];
    return is(t, a, row, cell(t, b, row, buf));
}

static bool same(const rmt_table *t, const char *column, size_t a, size_t b)
{
    char buf[RMT_NUM_BUF];
    return is(t, column, a, cell(t, column, b, buf));
}

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
    const char *arm = cell(t, "arm", row, b), *reference = cell(t, "reference", row, c);
    return rmt_text_addf(out, err, "Effects, %s: %s against %s%s", cell(t, "study", row, a),
                         *arm ? arm : "treatment", *reference ? reference : "control",
                         is(t, "value", row, "score") ? ", scores at the visit" : "");
}

/* "Rates, KET-01: CAPS5TOT at week2, response (reduction30), a missing value counts as no event". */
static rmt_status rates_title(rmt_text *out, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;
    const bool loss = is(t, "event", row, "loss_of_diagnosis"),
               named = loss || same_text(t, "event", "definition", row);
    if ((st = rmt_text_addf(out, err, "Rates, %s: ", cell(t, "study", row, buf)))) return st;
    if ((st = rmt_text_addf(out, err, "%s", row_label(t, row, buf)))) return st;
    if (*cell(t, "visit", row, buf) &&
        (st = rmt_text_addf(out, err, " at %s", cell(t, "visit", row, buf))))
        return st;
    if ((st = rmt_text_addf(out, err, ", %s",
                            loss ? "loss of diagnosis" : cell(t, "event", row, buf))))
        return st;
    if (!named && *cell(t, "definition", row, buf) &&
        (st = rmt_text_addf(out, err, " (%s)", cell(t, "definition", row, buf))))
        return st;
    if (is(t, "missing", row, "nonresponder"))
        return rmt_text_add(out, ", a missing value counts as no event", err);
    if (is(t, "missing", row, "completer"))
        return rmt_text_add(out, ", only those with a value", err);
    return RMT_OK;
}

/* ---- what the rows of a block need said ------------------------------------------------------- */

typedef rmt_status block_notes(const view *v, const rmt_table *t, size_t row, rmt_error *err);

static rmt_status interval_note(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    char level[RMT_NUM_BUF], text[64 + RMT_NUM_BUF];
    rmt_num_print(level, 100 * number(t, "conf_level", row));
    snprintf(text, sizeof text, "CI: %s%% confidence interval", level);
    return *level ? footnote(v, text, err) : RMT_OK;
}

static rmt_status effects_notes(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    rmt_status st = interval_note(v, t, row, err);
    if (st) return st;
    if ((st = footnote(v, "n: people analysed, first arm + second", err))) return st;
    st = footnote(v,
                  is(t, "direction", row, "reference-minus-treatment")
                      ? "Effects are the second arm minus the first"
                      : "Effects are the first arm minus the second",
                  err);
    if (st || !is(t, "value", row, "change")) return st;
    return footnote(v, "Effects compare changes from baseline, negative = fell", err);
}

/* "CAPS5TOT reduction30: at least 30% reduction of the total from baseline". */
static rmt_status definition_note(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF], code[RMT_NUM_BUF];
    const rmt_plan_outcome *o =
        v->run->plan ? rmt_plan_find_outcome(v->run->plan, cell(t, "outcome", row, buf)) : NULL;
    if (!o || !o->instrument) return RMT_OK;
    const char *id = cell(t, "definition", row, buf);
    const rmt_definition *d = is(t, "event", row, "response")
                                  ? rmt_instrument_response(o->instrument, id)
                                  : rmt_instrument_remission(o->instrument, id);
    if (!d || !d->label) return RMT_OK;
    rmt_text text = {0};
    rmt_status st = rmt_text_addf(&text, err, "%s %s: %s", row_label(t, row, code), id, d->label);
    if (!st) st = footnote(v, text.s, err);
    rmt_text_clear(&text);
    return st;
}

/* Who has no percent reduction because there was nothing to reduce. */
static rmt_status zero_baseline_note(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    static const char prefix[] = "baseline "; /* "baseline 0", "baseline < 0": see rmt/outcomes.h */
    static const char *const names[] = {"PARAMCD", "AVISIT", "outcome", "RESPFL", "REMFL"};
    size_t c[5], n = 0;
    const rmt_table *o = NULL;
    char code[RMT_NUM_BUF], visit[RMT_NUM_BUF], outcome[RMT_NUM_BUF];
    rmt_status st;
    if (!is(t, "source", row, "participants") || !rmt_study_has(v->run->study, "/outcomes"))
        return RMT_OK;
    if ((st = rmt_study_get(&o, v->run->study, "/outcomes", err))) return st;
    for (size_t i = 0; i < 5; i++)
        if ((c[i] = rmt_table_find(o, names[i])) == RMT_NO_COLUMN) return RMT_OK;
    for (size_t i = 0; i < 3; i++)
        if (!rmt_type_is_text(rmt_table_type(o, c[i]))) return RMT_OK;
    const size_t flag = is(t, "event", row, "response") ? c[3] : c[4];
    const char *want[] = {cell(t, "paramcd", row, code), cell(t, "visit", row, visit),
                          cell(t, "outcome", row, outcome)};
    if (!rmt_table_has_reasons(o, flag)) return RMT_OK;
    for (size_t r = 0; r < rmt_table_rows(o); r++) {
        if (strncmp(rmt_table_reason(o, flag, r), prefix, sizeof prefix - 1) != 0) continue;
        bool here = true;
        for (size_t i = 0; i < 3 && here; i++)
            here = strcmp(rmt_table_text(o, c[i], r), want[i]) == 0;
        n += here;
    }
    if (n == 0) return RMT_OK;
    rmt_text text = {0};
    st = rmt_text_addf(
        &text, err,
        "%s at %s: %zu with a baseline of 0 or below have no percent reduction; their "
        "%s is a missing value",
        want[0], want[1], n, is(t, "event", row, "response") ? "response" : "remission");
    if (!st) st = footnote(v, text.s, err);
    rmt_text_clear(&text);
    return st;
}

/* "Diagnosis of CAPS5TOT: symptom criteria met (B-E): B 1 of 5, C 1 of 2 items at 2 or more". */
static rmt_status diagnosis_note(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF], code[RMT_NUM_BUF];
    rmt_text text = {0};
    const rmt_plan_outcome *o =
        v->run->plan ? rmt_plan_find_outcome(v->run->plan, cell(t, "outcome", row, buf)) : NULL;
    const rmt_instrument *ins = o ? o->instrument : NULL;
    if (!ins || ins->n_diagnosis == 0) return RMT_OK;
    rmt_status st = rmt_text_addf(
        &text, err, "Diagnosis of %s is the rule of its instrument%s%s:", row_label(t, row, code),
        ins->diagnosis_label ? ", " : "", ins->diagnosis_label ? ins->diagnosis_label : "");
    for (size_t i = 0; i < ins->n_diagnosis && !st; i++) {
        const rmt_criterion *k = &ins->diagnosis[i];
        st = rmt_text_addf(&text, err, "%s %s %zu of %zu items at %d or more", i ? "," : "",
                           k->name, k->min_count, k->n_items, k->present_at);
    }
    if (!st)
        st = rmt_text_add(
            &text, "; it needs no total: everybody for whom the items decide it has a value", err);
    if (!st) st = footnote(v, text.s, err);
    rmt_text_clear(&text);
    return st;
}

static rmt_status rates_notes(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    rmt_status st = interval_note(v, t, row, err);
    if (!st) st = footnote(v, "events: people with the event / people counted", err);
    if (st || is(t, "event", row, "as published")) return st;
    if (is(t, "event", row, "loss_of_diagnosis")) {
        st = footnote(v,
                      "Loss of diagnosis counts only people who had the diagnosis at baseline; of "
                      "these the missing values are treated as the heading says",
                      err);
        return st ? st : diagnosis_note(v, t, row, err);
    }
    if ((st = definition_note(v, t, row, err))) return st;
    return zero_baseline_note(v, t, row, err);
}

/* What single rows need said. */
static rmt_status row_notes(const view *v, const rmt_table *t, size_t row, rmt_error *err)
{
    char buf[RMT_NUM_BUF], way[RMT_NUM_BUF];
    rmt_status st = RMT_OK;
    const char *text = cell(t, "note", row, buf);
    if (is(t, "measure", row, "ancova")) {
        char adjust[RMT_NUM_BUF];
        const char *terms = cell(t, "adjust", row, adjust); /* "base + site" */
        rmt_text line = {0};
        if (strncmp(terms, "base", 4) == 0) terms += 4;
        st = rmt_text_addf(&line, err, "adjusted diff.: least squares, adjusted for baseline%s",
                           terms);
        if (!st) st = footnote(v, line.s, err);
        rmt_text_clear(&line);
    }
    const char *direction = cell(t, "nnt_direction", row, way);
    const bool wanted =
        strcmp(direction, RMT_NNT_BENEFIT) == 0 || strcmp(direction, RMT_NNT_HARM) == 0;
    if (!st && *direction)
        st = footnote(
            v,
            wanted ? "NNTB, NNTH: number needed to treat for one more to benefit, to be harmed; "
                     "inf is no difference"
                   : "NNT more, fewer: number needed to treat for one event more, one fewer; inf "
                     "is no difference",
            err);
    if (!st && strstr(text, "left out: baseline or covariate missing"))
        st = footnote(v, "adjusted diff. leaves out people without a baseline or covariate", err);
    if (!st && strstr(text, "records with validation errors"))
        st = footnote(v,
                      "Some results rest on records in which validation found errors; the note of "
                      "their rows says on how many",
                      err);
    if (!st && strstr(text, RMT_NOTE_PRORATED))
        st = footnote(v,
                      "Some results rest on scores prorated over missing items; the note of their "
                      "rows says on how many",
                      err);
    return st;
}

/* ---- rows ------------------------------------------------------------------------------------- */

static rmt_status write_block(const view *v, rmt_grid **g, const char *title, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (*g && rmt_grid_rows(*g) > 0 && !(st = heading(v, title, err)))
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
    const char *measure = short_measure(cell(t, "measure", row, c));
    snprintf(n, sizeof n, "%s+%s", cell(t, "n_arm", row, a), cell(t, "n_reference", row, b));
    estimate_text(estimate, t, row, false);
    const char *cells[] = {row_label(t, row, a),
                           cell(t, "visit", row, b),
                           n,
                           measure,
                           isnan(number(t, "estimate", row)) ? in_words(cell(t, "note", row, note))
                                                             : estimate,
                           rmt_grid_p(p, number(t, "p", row))};
    return rmt_grid_add(g, cells, err);
}

/* Rows of one event, rule and visit; they stand together. */
static bool in_one_block(const rmt_table *t, size_t a, size_t b)
{
    static const char *const columns[] = {"source", "study", "outcome",    "paramcd",
                                          "visit",  "event", "definition", "missing"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (!same(t, columns[i], a, b)) return false;
    return true;
}

/* Several arms are compared with the reference after the proportions of all: a row has to say which. */
static bool has_several_contrasts(const rmt_table *t, size_t row)
{
    if (!is(t, "source", row, "participants")) return false; /* there it follows its arms */
    size_t first = row;
    while (first > 0 && in_one_block(t, first - 1, row))
        first--;
    for (size_t r = first; r < rmt_table_rows(t) && in_one_block(t, r, row); r++)
        if (!is(t, "reference", r, "") && !same(t, "arm", r, row)) return true;
    return false;
}

static rmt_status add_rate(rmt_grid *g, const rmt_table *t, size_t row, rmt_error *err)
{
    char estimate[ESTIMATE_BUF], n[192], p[RMT_NUM_BUF], buf[6][RMT_NUM_BUF];
    const char *measure = cell(t, "measure", row, buf[0]), *arm = cell(t, "arm", row, buf[5]);
    bool proportion = strcmp(measure, "proportion") == 0,
         test = strcmp(measure, "fisher_exact") == 0;
    rmt_text name = {0};
    rmt_status st;
    if (proportion) {
        st = rmt_text_add(&name, arm, err);
        snprintf(n, sizeof n, "%s/%s", cell(t, "events_arm", row, buf[1]),
                 cell(t, "n_arm", row, buf[2]));
    } else {
        const char *word = short_measure(measure);
        const bool several = has_several_contrasts(t, row);
        st = rmt_text_addf(&name, err, "%s%s%s", word, several ? ": " : "", several ? arm : "");
        snprintf(n, sizeof n, "%s/%s v %s/%s", cell(t, "events_arm", row, buf[1]),
                 cell(t, "n_arm", row, buf[2]), cell(t, "events_reference", row, buf[3]),
                 cell(t, "n_reference", row, buf[4]));
    }
    if (st) goto done;
    estimate_text(estimate, t, row, proportion || strcmp(measure, "risk_difference") == 0);
    const bool none = isnan(number(t, test ? "p" : "estimate", row));
    const char *cells[] = {name.s, n, none ? in_words(cell(t, "note", row, buf[1])) : estimate,
                           rmt_grid_p(p, number(t, "p", row))};
    st = rmt_grid_add(g, cells, err);
done:
    rmt_text_clear(&name);
    return st;
}

/* A results table as blocks of rows under one heading each. */
typedef struct {
    const char *path;
    const rmt_grid_column *columns;
    size_t n_columns;
    block_title *title;
    block_notes *notes;
    add_result *add;
} result_view;

static const rmt_grid_column effect_columns[] = {
    {"outcome", false}, {"visit", false},        {"n", true},
    {"measure", false}, {"estimate (CI)", true}, {"p", true}};
static const rmt_grid_column rate_columns[] = {
    {"measure", false}, {"events", true}, {"estimate (CI)", true}, {"p", true}};
static const result_view result_views[] = {
    {"/results/effects", effect_columns, 6, effects_title, effects_notes, add_effect},
    {"/results/rates", rate_columns, 4, rates_title, rates_notes, add_rate},
};

/* A row to be shown, and the heading it stands under. */
typedef struct {
    char *title;
    size_t first, row; /* first: the first row of that heading */
} shown_row;

static int by_title(const void *a, const void *b)
{
    const shown_row *x = a, *y = b;
    const int order = strcmp(x->title, y->title);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int by_first(const void *a, const void *b)
{
    const shown_row *x = a, *y = b;
    return x->first != y->first ? (x->first > y->first) - (x->first < y->first)
                                : (x->row > y->row) - (x->row < y->row);
}

/* The rows of the view under their headings, these in the order of their first rows: with three arms the
 * contrasts of one visit follow each other in the table. */
static rmt_status gather(shown_row *rows, size_t *n, const view *v, const result_view *how,
                         const rmt_table *t, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text title = {0};
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        if (!in_short_view(v, t, r)) continue;
        title.len = 0;
        if ((st = how->title(&title, t, r, err))) goto done;
        rows[*n].row = r;
        rows[*n].title = rmt_mem_text(title.s, title.len, err);
        if (!rows[*n].title) {
            st = RMT_ERR_NOMEM;
            goto done;
        }
        ++*n;
    }
    if (*n > 0) qsort(rows, *n, sizeof *rows, by_title);
    for (size_t i = 0; i < *n; i++)
        rows[i].first = i > 0 && strcmp(rows[i].title, rows[i - 1].title) == 0 ? rows[i - 1].first
                                                                               : rows[i].row;
    if (*n > 0) qsort(rows, *n, sizeof *rows, by_first);
done:
    rmt_text_clear(&title);
    return st;
}

static rmt_status show_results(const view *v, const result_view *how, size_t *n_shown,
                               size_t *n_rows, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_table *t = NULL;
    rmt_grid *g = NULL;
    shown_row *rows = NULL;
    size_t n = 0;
    if (!rmt_study_has(v->run->study, how->path)) return RMT_OK;
    if ((st = rmt_study_get(&t, v->run->study, how->path, err))) goto done;
    *n_rows += rmt_table_rows(t);
    rows = rmt_mem_array(rmt_table_rows(t), sizeof *rows, err);
    if (!rows) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    if ((st = gather(rows, &n, v, how, t, err))) goto done;
    *n_shown += n;
    for (size_t i = 0; i < n; i++) {
        const size_t r = rows[i].row;
        if (!g) {
            if ((st = rmt_grid_new(&g, how->columns, how->n_columns, err))) goto done;
            if ((st = how->notes(v, t, r, err))) goto done;
        }
        if ((st = how->add(g, t, r, err))) goto done;
        if ((st = row_notes(v, t, r, err))) goto done;
        const bool last = i + 1 == n || rows[i + 1].first != rows[i].first;
        if (last && (st = write_block(v, &g, rows[i].title, err))) goto done;
    }
done:
    for (size_t i = 0; i < n; i++)
        rmt_mem_free(rows[i].title);
    rmt_mem_free(rows);
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
    static const rmt_grid_column count_columns[] = {
        {"table", false}, {"rows read", true}, {"stored", true},    {"passed over", true},
        {"cells", true},  {"missing", true},   {"unreadable", true}};
    static const char *const count_names[] = {
        "name",  "rows",          "rows_stored",     "rows_refused",
        "cells", "cells_missing", "cells_unreadable"};
    static const rmt_grid_column finding_columns[] = {
        {"severity", false}, {"code", false}, {"table", false}, {"n", true}};
    static const char *const finding_names[] = {"severity", "code", "table", "n"};
    static const rmt_grid_column provenance_columns[] = {{"stage", false}, {"command", false}};
    static const char *const provenance_names[] = {"stage", "command"};
    rmt_status st;
    size_t n_shown = 0, n_rows = 0;
    footnotes notes = {0};
    const view v = {.run = run,
                    .out = run->text,
                    .notes = &notes,
                    .colour = rmt_grid_colour_wanted(),
                    .all = rmt_options_flag(run->options, "all")};
    if ((st = show_study(&v, err))) goto done;
    if ((st = show_columns(&v, "/sources", "Sources", source_columns, source_names, 6, err)))
        goto done;
    if ((st = show_columns(&v, "/sources", "What became of them", count_columns, count_names, 7,
                           err)))
        goto done;
    if ((st = show_made_long(&v, err))) goto done;
    if ((st = show_set_aside(&v, err))) goto done;
    if ((st = show_columns(&v, "/validation/summary", "Findings", finding_columns, finding_names, 4,
                           err)))
        goto done;
    if ((st = show_unlisted(&v, err))) goto done;
    for (size_t i = 0; i < sizeof result_views / sizeof result_views[0]; i++)
        if ((st = show_results(&v, &result_views[i], &n_shown, &n_rows, err))) goto done;
    if ((st = show_footnotes(&v, err))) goto done;
    if (n_shown < n_rows &&
        (st = rmt_text_addf(v.out, err,
                            "\n%zu of %zu result rows: totals at primary visits; --all shows all\n",
                            n_shown, n_rows)))
        goto done;
    if ((st = show_columns(&v, "/provenance", "How it was made", provenance_columns,
                           provenance_names, 2, err)))
        goto done;
    st = show_tables(&v, err);
done:
    footnotes_clear(&notes);
    return st;
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
    .memory = "O(rows of the results and outcomes)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .run = run_show,
};
