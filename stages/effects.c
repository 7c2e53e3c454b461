/* effects: differences between arms in a continuous outcome.
 * Memory: O(rows). Reads: /outcomes (participants), /tables (published summaries, covariates).
 * Adds: /results/effects. */
#include "rmt/analysis.h"
#include "rmt/covariates.h"
#include "rmt/effect.h"
#include "rmt/mem.h"
#include "rmt/regress.h"

#include <math.h>
#include <string.h>

static const char *const needs[] = {"/tables", "/outcomes?"};
static const char *const adds[] = {"/results/effects"};

static const char *const measures[] = {"mean_difference_welch", "mean_difference_pooled",
                                       "hedges_g", "ancova"};
enum { M_WELCH, M_POOLED, M_HEDGES_G, M_ANCOVA, N_MEASURES };

static const rmt_option options[] = {
    RMT_SELECTION_OPTIONS("all", "all that have means"),
    {.name = "measure",
     .kind = RMT_OPTION_LIST,
     .placeholder = "MEASURE",
     .result = true,
     .initial = "mean_difference_welch,hedges_g,ancova",
     .choices = RMT_WORDS_MEASURE("|"),
     .help = "what to estimate; ancova is the difference adjusted for baseline"},
    {.name = "value",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "WHICH",
     .result = true,
     .initial = "change",
     .choices = RMT_WORDS_VALUE("|"),
     .help = "compare the change from baseline, or the score itself (ancova: the same either way)"},
    {.name = "adjust",
     .kind = RMT_OPTION_LIST,
     .placeholder = "COLUMN",
     .result = true,
     .help = "ancova: columns of the subject table to adjust for besides baseline; the plan's "
             "strata and "
             "text columns as factors, others as numbers"},
    {.name = "correction",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "J",
     .result = true,
     .initial = "exact",
     .choices = RMT_WORDS_CORRECTION("|"),
     .help = "hedges_g: small-sample factor J by the gamma function, or 1 - 3/(4 df - 1)"},
    {.name = "variance",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "V",
     .result = true,
     .initial = "g",
     .choices = RMT_WORDS_VARIANCE("|"),
     .help =
         "hedges_g: se^2 = 1/n1 + 1/n2 + x^2/(2(n1+n2)) with x = g (metafor's LS), or with x = the "
         "uncorrected d (the Metapsy data files)"},
    {.name = "ci",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "METHOD",
     .result = true,
     .initial = "noncentral-t",
     .choices = RMT_WORDS_CI("|"),
     .help =
         "hedges_g: interval; noncentral-t: limits of the noncentrality parameter in units of the "
         "SD, multiplied by J as g is (R's effectsize)"},
    {.name = "direction",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "SIGN",
     .result = true,
     .initial = "treatment-minus-reference",
     .choices = RMT_WORDS_DIRECTION("|"),
     .help = "sign of every difference; with the first, negative means lower in the treatment arm"},
};

static const rmt_column_spec columns[] = {
    {"source", RMT_TYPE_STRING, "participants, or the plan's name of the published summaries",
     NULL},
    {"study", RMT_TYPE_STRING, "study id", NULL},
    {"outcome", RMT_TYPE_STRING, "outcome of the plan, or as published", NULL},
    {"paramcd", RMT_TYPE_STRING, "PARAMCD of /outcomes", NULL},
    {"visit", RMT_TYPE_STRING, "visit of the plan, or as published", NULL},
    {"arm", RMT_TYPE_STRING, "treatment arm", NULL},
    {"reference", RMT_TYPE_STRING, "reference arm", NULL},
    {"population", RMT_TYPE_STRING, "who is analysed", NULL},
    {"missing", RMT_TYPE_STRING, "rule for missing values", NULL},
    {"value", RMT_TYPE_STRING, "change from baseline, or score", NULL},
    {"measure", RMT_TYPE_STRING, "estimator", NULL},
    {"method", RMT_TYPE_STRING, "conventions of the estimator and its interval", NULL},
    {"adjust", RMT_TYPE_STRING, "covariates adjusted for, and of factors the levels", NULL},
    {"direction", RMT_TYPE_STRING, "sign of the difference", NULL},
    {"estimate", RMT_TYPE_NUMBER, "estimate", NULL},
    {"se", RMT_TYPE_NUMBER, "standard error", NULL},
    {"df", RMT_TYPE_NUMBER, "degrees of freedom; missing = normal distribution", NULL},
    {"statistic", RMT_TYPE_NUMBER, "t, or z where df is missing", NULL},
    {"p", RMT_TYPE_NUMBER, "two-sided p value of no difference", NULL},
    {"ci_low", RMT_TYPE_NUMBER, "lower confidence limit", NULL},
    {"ci_high", RMT_TYPE_NUMBER, "upper confidence limit", NULL},
    {"conf_level", RMT_TYPE_NUMBER, "confidence level", NULL},
    {"n_arm", RMT_TYPE_INTEGER, "participants analysed, treatment arm", NULL},
    {"mean_arm", RMT_TYPE_NUMBER, "mean of value, treatment arm", "points"},
    {"sd_arm", RMT_TYPE_NUMBER, "standard deviation (n-1), treatment arm", "points"},
    {"n_reference", RMT_TYPE_INTEGER, "participants analysed, reference arm", NULL},
    {"mean_reference", RMT_TYPE_NUMBER, "mean of value, reference arm", "points"},
    {"sd_reference", RMT_TYPE_NUMBER, "standard deviation (n-1), reference arm", "points"},
    {"unit", RMT_TYPE_STRING, "unit of estimate", NULL},
    {"note", RMT_TYPE_STRING, "why there is no estimate, or who was left out", NULL},
};
enum {
    C_SOURCE,
    C_STUDY,
    C_OUTCOME,
    C_PARAMCD,
    C_VISIT,
    C_ARM,
    C_REFERENCE,
    C_POPULATION,
    C_MISSING,
    C_VALUE,
    C_MEASURE,
    C_METHOD,
    C_ADJUST,
    C_DIRECTION,
    C_ESTIMATE,
    C_SE,
    C_DF,
    C_STATISTIC,
    C_P,
    C_CI_LOW,
    C_CI_HIGH,
    C_CONF_LEVEL,
    C_N_ARM,
    C_MEAN_ARM,
    C_SD_ARM,
    C_N_REFERENCE,
    C_MEAN_REFERENCE,
    C_SD_REFERENCE,
    C_UNIT,
    C_NOTE,
    N_COLUMNS
};

/* One analysis entry with everything decided. */
typedef struct {
    rmt_setting_names measures, adjust;
    const char *value, *direction; /* as in the rows */
    bool by_change;                /* value: the change from baseline, not the score */
    bool reversed;                 /* direction: reference minus treatment */
    rmt_hedges_options hedges;
    const char *study;
    rmt_covariates *covariates; /* of the subject table, those of adjust; NULL = none */
} settings;

/* What is being compared: the labels of a result row. */
typedef struct {
    const char *source, *study, *outcome, *paramcd, *visit, *arm, *reference, *population, *missing,
        *value;
    bool published; /* numbers as printed: a part may be absent */
} labels;

/* The rows of one contrast. */
typedef struct {
    rmt_table *out;
    const settings *s;
    const labels *l;
    size_t n_flagged;  /* values of records with validation errors */
    size_t n_prorated; /* of those compared */
} writer;

/* One of two words, the choices of an option: true for the first. */
static rmt_status read_choice(bool *first, const char **text, const char *option, const char *word,
                              const rmt_options *o, const rmt_node *entry, rmt_error *err)
{
    const char *given = NULL;
    rmt_status st = rmt_setting_text(&given, o, entry, option, err);
    if (st) return st;
    *first = strcmp(given, word) == 0;
    if (text) *text = given;
    return RMT_OK;
}

static rmt_status read_settings(settings *s, const rmt_options *o, const rmt_node *entry,
                                rmt_error *err)
{
    rmt_status st;
    bool exact, by_g, noncentral, forward;
    if ((st = rmt_setting_list(&s->measures, o, entry, "measure", err))) return st;
    if ((st = rmt_setting_check(&s->measures, "measure", measures, N_MEASURES, err))) return st;
    if ((st = rmt_setting_list(&s->adjust, o, entry, "adjust", err))) return st;
    if ((st = read_choice(&s->by_change, &s->value, "value", "change", o, entry, err))) return st;
    if ((st = read_choice(&exact, NULL, "correction", "exact", o, entry, err))) return st;
    if ((st = read_choice(&by_g, NULL, "variance", "g", o, entry, err))) return st;
    if ((st = read_choice(&noncentral, NULL, "ci", "noncentral-t", o, entry, err))) return st;
    if ((st = read_choice(&forward, &s->direction, "direction", "treatment-minus-reference", o,
                          entry, err)))
        return st;
    s->reversed = !forward;
    s->hedges.correction = exact ? RMT_J_EXACT : RMT_J_APPROXIMATE;
    s->hedges.variance = by_g ? RMT_VAR_G_LS : RMT_VAR_D_LS;
    s->hedges.ci = noncentral ? RMT_CI_NONCENTRAL_T : RMT_CI_LARGE_SAMPLE;
    return RMT_OK;
}

static rmt_status add_row(const writer *w, const char *measure, const char *method,
                          const char *adjust, rmt_error *err)
{
    const labels *l = w->l;
    const rmt_result_cell texts[] = {
        {C_SOURCE, l->source},       {C_STUDY, l->study},           {C_OUTCOME, l->outcome},
        {C_PARAMCD, l->paramcd},     {C_VISIT, l->visit},           {C_ARM, l->arm},
        {C_REFERENCE, l->reference}, {C_VALUE, l->value},           {C_POPULATION, l->population},
        {C_MISSING, l->missing},     {C_MEASURE, measure},          {C_METHOD, method},
        {C_ADJUST, adjust},          {C_DIRECTION, w->s->direction}};
    rmt_status st;
    if ((st = rmt_table_add_rows(w->out, 1, err))) return st;
    if ((st = rmt_result_texts(w->out, texts, sizeof texts / sizeof texts[0], err))) return st;
    return rmt_result_number(w->out, C_CONF_LEVEL, w->s->hedges.level, err);
}

static rmt_status set_estimate(rmt_table *out, const rmt_estimate *e, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_result_number(out, C_ESTIMATE, e->estimate, err))) return st;
    if ((st = rmt_result_number(out, C_SE, e->se, err))) return st;
    if ((st = rmt_result_number(out, C_DF, e->df, err))) return st;
    if ((st = rmt_result_number(out, C_STATISTIC, e->statistic, err))) return st;
    if ((st = rmt_result_number(out, C_P, e->p, err))) return st;
    if ((st = rmt_result_number(out, C_CI_LOW, e->ci_low, err))) return st;
    return rmt_result_number(out, C_CI_HIGH, e->ci_high, err);
}

static rmt_status set_arm(const writer *w, const rmt_arm *a, size_t n_col, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (a->n >= 0) /* not printed is not 0 */
        st = rmt_result_integer(w->out, n_col, a->n, err);
    if (st || a->n < 1) return st;
    if ((st = rmt_result_number(w->out, n_col + 1, a->mean, err))) return st;
    return a->n < 2 ? RMT_OK : rmt_result_number(w->out, n_col + 2, a->sd, err);
}

/* Ends a row: the estimate with its note ("" = none), or why there is no estimate. */
static rmt_status conclude(const writer *w, rmt_status st, const rmt_estimate *e,
                           const rmt_error *why, const char *unit, const char *note, rmt_error *err)
{
    rmt_status set;
    if ((set = rmt_result_text(w->out, C_UNIT, unit, err))) return set;
    if (st) return rmt_result_degenerate(w->out, C_ESTIMATE, C_NOTE, st, why, err);
    if ((set = rmt_result_note(w->out, C_NOTE, "", w->n_flagged, w->n_prorated, err))) return set;
    if ((set = rmt_result_note(w->out, C_NOTE, note, 0, 0, err))) return set;
    return set_estimate(w->out, e, err);
}

static const char *hedges_method(const rmt_hedges_options *o)
{
    static const char *const methods[2][2][2] = {
        {{"pooled SD; exact J; variance of g; noncentral-t interval",
          "pooled SD; exact J; variance of g; large-sample interval"},
         {"pooled SD; exact J; variance of d; noncentral-t interval",
          "pooled SD; exact J; variance of d; large-sample interval"}},
        {{"pooled SD; approximate J; variance of g; noncentral-t interval",
          "pooled SD; approximate J; variance of g; large-sample interval"},
         {"pooled SD; approximate J; variance of d; noncentral-t interval",
          "pooled SD; approximate J; variance of d; large-sample interval"}}};
    return methods[o->correction == RMT_J_APPROXIMATE][o->variance == RMT_VAR_D_LS]
                  [o->ci == RMT_CI_LARGE_SAMPLE];
}

/* False for a published arm of which a part was not printed. */
static bool is_printed(const rmt_arm *arm)
{
    return arm->n >= 0 && !isnan(arm->mean) && !isnan(arm->sd);
}

/* Mean, SD and n of values[0..n), of which there may be few or none; NaN where they have no answer. */
static rmt_status arm_of_values(rmt_arm *out, const double *values, size_t n, rmt_error *err)
{
    rmt_error why = {0};
    *out = (rmt_arm){.mean = n == 1 ? values[0] : (double)NAN, .sd = (double)NAN, .n = (long)n};
    if (n < 2) return RMT_OK;
    rmt_status st = rmt_moments_of(out, values, n, &why);
    if (st == RMT_ERR_DEGENERATE) return RMT_OK; /* the estimates say so, each in its row */
    if (st && err) *err = why;
    return st;
}

/* Two or more values whose mean or variance no double holds. */
static bool is_beyond(const rmt_arm *arm)
{
    return arm->n >= 2 && (isnan(arm->mean) || isnan(arm->sd));
}

/* The measures that need only mean, SD and n of both arms. */
static rmt_status add_from_arms(const writer *w, size_t measure, const rmt_arm *treatment,
                                const rmt_arm *control, rmt_error *err)
{
    rmt_estimate e = {0};
    rmt_error why = {0};
    rmt_status st;
    const settings *s = w->s;
    const rmt_arm *first = s->reversed ? control : treatment,
                  *second = s->reversed ? treatment : control;
    const char *method = measure == M_WELCH    ? "Welch: unequal variances"
                         : measure == M_POOLED ? "Student: pooled variance"
                                               : hedges_method(&s->hedges);
    if ((st = add_row(w, measures[measure], method, "", err))) return st;
    if ((st = set_arm(w, treatment, C_N_ARM, err))) return st;
    if ((st = set_arm(w, control, C_N_REFERENCE, err))) return st;
    if (w->l->published && !(is_printed(treatment) && is_printed(control)))
        st = rmt_fail(&why, RMT_ERR_DEGENERATE, "mean, SD or n not published");
    else if (w->l->published && (treatment->n == 0 || control->n == 0))
        st = rmt_fail(&why, RMT_ERR_DEGENERATE, "n is 0");
    else if (is_beyond(treatment) || is_beyond(control))
        st = rmt_fail(&why, RMT_ERR_DEGENERATE, "overflow");
    else if (measure == M_WELCH)
        st = rmt_effect_mean_difference_welch(&e, first, second, s->hedges.level, &why);
    else if (measure == M_POOLED)
        st = rmt_effect_mean_difference_pooled(&e, first, second, s->hedges.level, &why);
    else st = rmt_effect_hedges_g(&e, first, second, &s->hedges, &why);
    return conclude(w, st, &e, &why, measure == M_HEDGES_G ? "SD" : "points", "", err);
}

/* ---- participants --------------------------------------------------------------------------- */

/* One contrast at one parameter and visit: [0] the arm, [1] the reference arm. */
typedef struct {
    const rmt_cells *cells;
    size_t param, visit, arms[2];
    size_t column; /* of the value compared */
} place;

/* Those in one arm who have the value; *n_prorated grows by the prorated ones. */
static rmt_status arm_at(rmt_arm *out, size_t *n_prorated, const place *at, int which,
                         rmt_error *err)
{
    const rmt_cells *c = at->cells;
    size_t n, kept = 0;
    const size_t *rows = rmt_cells_rows(c, at->param, at->visit, at->arms[which], &n);
    double *x = rmt_mem_array(n, sizeof *x, err);
    if (!x) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (!rmt_table_is_missing(c->t, at->column, rows[i])) {
            x[kept++] = rmt_table_number(c->t, at->column, rows[i]);
            *n_prorated +=
                rmt_cells_is_prorated(c, at->param, at->arms[which], rows[i], at->column == c->chg);
        }
    rmt_status st = arm_of_values(out, x, kept, err);
    rmt_mem_free(x);
    return st;
}

/* Rows of an ancova: the arm's first, then the reference arm's. */
typedef struct {
    double *y, *x;
    bool *in_treatment;
    size_t n, n_columns, n_left_out, n_prorated;
    size_t n_arm[2];
} ancova_data;

static void ancova_free(ancova_data *d)
{
    rmt_mem_free(d->y);
    rmt_mem_free(d->x);
    rmt_mem_free(d->in_treatment);
}

/* Baseline and covariates of one row into x; false when one is missing. */
static bool ancova_row(double *x, const rmt_cells *c, size_t row, const rmt_covariates *covariates)
{
    if (rmt_table_is_missing(c->t, c->base, row)) return false;
    x[0] = rmt_table_number(c->t, c->base, row);
    return !covariates ||
           rmt_covariates_of(covariates, rmt_table_text(c->t, c->subject, row), x + 1);
}

/* Complete cases of one contrast: value, baseline and every covariate there. terms gets the covariates
 * added. */
static rmt_status ancova_collect(ancova_data *d, rmt_text *terms, const place *at,
                                 const rmt_covariates *covariates, rmt_error *err)
{
    const rmt_cells *c = at->cells;
    const size_t *rows[2];
    size_t n[2];
    for (int a = 0; a < 2; a++)
        rows[a] = rmt_cells_rows(c, at->param, at->visit, at->arms[a], &n[a]);
    const size_t width = 1 + (covariates ? rmt_covariates_n(covariates) : 0);
    d->y = rmt_mem_array(n[0] + n[1], sizeof *d->y, err);
    d->in_treatment = rmt_mem_array(n[0] + n[1], sizeof *d->in_treatment, err);
    d->x = rmt_mem_array((n[0] + n[1]) * width, sizeof *d->x, err);
    if (!d->y || !d->in_treatment || !d->x) return RMT_ERR_NOMEM;
    for (int a = 0; a < 2; a++)
        for (size_t i = 0; i < n[a]; i++) {
            const size_t r = rows[a][i];
            if (rmt_table_is_missing(c->t, at->column, r)) continue;
            if (!ancova_row(d->x + d->n * width, c, r, covariates)) {
                d->n_left_out++;
                continue;
            }
            d->y[d->n] = rmt_table_number(c->t, at->column, r);
            d->in_treatment[d->n++] = a == 0;
            d->n_prorated += rmt_cells_is_prorated(c, at->param, at->arms[a], r, true);
            d->n_arm[a]++;
        }
    d->n_columns = 1;
    if (!covariates) return RMT_OK;
    double *values = d->x;
    d->x = NULL;
    rmt_status st =
        rmt_covariates_design(&d->x, &d->n_columns, terms, covariates, values, d->n, err);
    rmt_mem_free(values);
    return st;
}

static rmt_status add_ancova(const writer *w, const place *at, rmt_error *err)
{
    rmt_status st = RMT_OK;
    ancova_data d = {0};
    rmt_estimate e = {0};
    rmt_error why = {0};
    rmt_text terms = {0}, note = {0};
    rmt_arm both[2];

    if ((st = rmt_text_add(&terms, "base", err))) goto done;
    if ((st = ancova_collect(&d, &terms, at, w->s->covariates, err))) goto done;
    if ((st = rmt_text_add(&note, "", err))) goto done;
    if (d.n_left_out &&
        (st = rmt_text_addf(&note, err, "%zu left out: baseline or covariate missing",
                            d.n_left_out)))
        goto done;
    if ((st = add_row(w, measures[M_ANCOVA], "ordinary least squares", terms.s, err))) goto done;
    for (int a = 0; a < 2; a++) {
        if ((st = arm_of_values(&both[a], d.y + (a ? d.n_arm[0] : 0), d.n_arm[a], err))) goto done;
        if ((st = set_arm(w, &both[a], a == 0 ? C_N_ARM : C_N_REFERENCE, err))) goto done;
    }
    for (size_t i = 0; i < d.n && w->s->reversed; i++)
        d.in_treatment[i] = !d.in_treatment[i];
    if (d.n_arm[0] < 2 || d.n_arm[1] < 2) st = rmt_fail(&why, RMT_ERR_DEGENERATE, "n<2");
    else st = rmt_ancova(&e, d.y, d.in_treatment, d.x, d.n, d.n_columns, w->s->hedges.level, &why);
    writer own = *w;
    own.n_prorated = d.n_prorated;
    st = conclude(&own, st, &e, &why, "points", note.s, err);
done:
    rmt_text_clear(&terms);
    rmt_text_clear(&note);
    ancova_free(&d);
    return st;
}

static rmt_status add_contrast(rmt_table *out, const settings *s, const place *at, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_cells *c = at->cells;
    const labels l = {.source = RMT_SOURCE_PARTICIPANTS,
                      .study = s->study,
                      .outcome = c->param_outcome[at->param],
                      .paramcd = c->params[at->param],
                      .visit = c->visits[at->visit],
                      .arm = c->arms[at->arms[0]],
                      .reference = c->arms[at->arms[1]],
                      .population = "all randomised",
                      .missing = "observed cases",
                      .value = s->value};
    writer w = {.out = out, .s = s, .l = &l};
    rmt_arm both[2];
    for (int a = 0; a < 2; a++) {
        if ((st = arm_at(&both[a], &w.n_prorated, at, a, err))) return st;
        w.n_flagged += rmt_cells_flagged(c, at->param, at->visit, at->arms[a]);
    }
    for (size_t m = 0; m < N_MEASURES && !st; m++) {
        if (!rmt_setting_holds(&s->measures, measures[m])) continue;
        st =
            m == M_ANCOVA ? add_ancova(&w, at, err) : add_from_arms(&w, m, &both[0], &both[1], err);
    }
    return st;
}

/* ---- the stage ------------------------------------------------------------------------------ */

static rmt_status begin(void **state, rmt_stage_run *run, const rmt_node *entry,
                        const rmt_selection *selection, rmt_error *err)
{
    rmt_status st;
    settings *s = rmt_mem_array(1, sizeof *s, err);
    if (!s) return RMT_ERR_NOMEM;
    *state = s;
    s->hedges.level = selection->level;
    s->study = run->plan->study_id;
    if ((st = read_settings(s, run->options, entry, err))) return st;
    if (s->adjust.n == 0 || !rmt_setting_holds(&s->measures, "ancova") || !run->plan->subject_table)
        return RMT_OK;
    return rmt_covariates_new(&s->covariates, run, &s->adjust, err);
}

static void end(void *state)
{
    settings *s = state;
    if (!s) return;
    rmt_covariates_free(s->covariates);
    rmt_mem_free(s);
}

static rmt_status add_cell(void *state, const rmt_cells *c, size_t param, size_t visit,
                           rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const settings *s = state;
    for (size_t a = 0; a < c->n_arms && !st; a++) {
        if (a == c->reference) continue;
        const place at = {.cells = c,
                          .param = param,
                          .visit = visit,
                          .arms = {a, c->reference},
                          .column = s->by_change ? c->chg : c->aval};
        st = add_contrast(out, s, &at, err);
    }
    return st;
}

static rmt_status add_published(void *state, const rmt_plan_summary *summary,
                                const rmt_comparison *k, bool *used, rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const settings *s = state;
    const bool counts = k->count[0].events >= 0 || k->count[1].events >= 0;
    const labels l = {.source = summary->name,
                      .study = k->study,
                      .outcome = k->outcome,
                      .paramcd = "",
                      .visit = k->visit,
                      .arm = k->arm[0],
                      .reference = k->arm[1],
                      .population = RMT_AS_PUBLISHED,
                      .missing = RMT_AS_PUBLISHED,
                      .value = RMT_AS_PUBLISHED,
                      .published = true};
    const writer w = {.out = out, .s = s, .l = &l};
    *used = !(counts && isnan(k->summary[0].mean) && isnan(k->summary[1].mean));
    for (size_t m = 0; *used && m < M_ANCOVA && !st; m++)
        if (rmt_setting_holds(&s->measures, measures[m]))
            st = add_from_arms(&w, m, &k->summary[0], &k->summary[1], err);
    return st;
}

static bool has_means(const rmt_plan_summary *summary)
{
    return summary->wide ? summary->mean_w[0] != NULL : summary->mean != NULL;
}

static rmt_status run_effects(rmt_stage_run *run, rmt_error *err)
{
    static const rmt_analysis analysis = {.stage = "effects",
                                          .path = "/results/effects",
                                          .title = "Differences between arms",
                                          .columns = columns,
                                          .n_columns = N_COLUMNS,
                                          .options = options,
                                          .n_options = sizeof options / sizeof options[0],
                                          .no_rows = "no measure is selected",
                                          .begin = begin,
                                          .end = end,
                                          .add_cell = add_cell,
                                          .add_published = add_published,
                                          .of_means = true,
                                          .has_numbers = has_means};
    return rmt_analysis_run(&analysis, run, run->plan->effects, err);
}

const rmt_stage rmt_stage_effects = {
    .name = "effects",
    .summary = "differences between arms: mean difference, Hedges' g, ANCOVA",
    .description =
        "Estimates the difference between each arm and the reference arm, per outcome, scale and "
        "visit, from participants (/outcomes) and from published means, SDs and n (the plan's "
        "`summaries`), and writes /results/effects: one row per contrast and measure with its "
        "interval, p value, denominators and conventions.\n\n"
        "mean_difference_welch: difference of means, unequal variances, t interval with Welch's "
        "df. mean_difference_pooled: the same with pooled variance. hedges_g: standardised by the "
        "pooled SD of the two arms, corrected by J. ancova: difference of arms in a linear model "
        "with baseline and --adjust; not computable from summaries, where it is left out. The "
        "plan's "
        "strata enter as factors, also where their codes are numbers, other numbers as they are, "
        "other text as a factor: the row's `adjust` says which, with the number of levels among "
        "those analysed. A column of inferred type that is text although most of its values are "
        "numbers is refused.\n\n"
        "Published rows: the role is treatment or control, in any case; another word, a treatment "
        "without its control and a control without treatment are refused. An SD not above 0 and an "
        "n of 0 are warnings with file and line. `note` says how many values rest on prorated "
        "scores or on records with validation errors.\n\n"
        "The plan's analyses.effects gives these options per analysis; an option on the command "
        "line overrides the plan in every analysis. Rows that are equal in every column stand "
        "once. A contrast without an answer (n<2, no variance) is a row whose note says why.",
    .kind = RMT_STAGE_FILTER,
    .memory = "O(rows)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .needs = needs,
    .n_needs = sizeof needs / sizeof needs[0],
    .adds = adds,
    .n_adds = sizeof adds / sizeof adds[0],
    .needs_plan = true,
    .run = run_effects,
};
