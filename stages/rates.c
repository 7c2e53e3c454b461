/* rates: how many got better, per arm and compared.
 * Memory: O(rows). Reads: /outcomes (participants), /tables (published counts). Adds:
 * /results/rates. */
#include "rmt/analysis.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/proportion.h"

#include <math.h>
#include <string.h>

static const char *const needs[] = {"/tables", "/outcomes?"};
static const char *const adds[] = {"/results/rates"};

static const char *const events[] = {RMT_WORDS_EVENT(RMT_COMMA)};
enum { E_RESPONSE, E_REMISSION, E_LOSS_OF_DIAGNOSIS, N_EVENTS };
static const char *const rules[] = {"nonresponder", "completer"};
enum { R_NONRESPONDER, R_COMPLETER, N_RULES };

static const rmt_option options[] = {
    RMT_SELECTION_OPTIONS("all that have the event", "all that have counts"),
    {.name = "event",
     .kind = RMT_OPTION_LIST,
     .placeholder = "EVENT",
     .result = true,
     .initial = RMT_WORDS_EVENT(","),
     .choices = RMT_WORDS_EVENT("|"),
     .help = "what is counted; definitions are those of the score stage"},
    {.name = "missing",
     .kind = RMT_OPTION_LIST,
     .placeholder = "RULE",
     .result = true,
     .initial = "nonresponder,completer",
     .choices = RMT_WORDS_MISSING("|"),
     .help = "nonresponder: everybody randomised counts, without a value as no event; completer: "
             "only those "
             "with a value"},
};

static const rmt_column_spec columns[] = {
    {"source", RMT_TYPE_STRING, "participants, or the plan's name of the published summaries",
     NULL},
    {"study", RMT_TYPE_STRING, "study id", NULL},
    {"outcome", RMT_TYPE_STRING, "outcome of the plan, or as published", NULL},
    {"paramcd", RMT_TYPE_STRING, "PARAMCD of /outcomes", NULL},
    {"visit", RMT_TYPE_STRING, "visit of the plan, or as published", NULL},
    {"event", RMT_TYPE_STRING, "what is counted", NULL},
    {"definition", RMT_TYPE_STRING, "definition id in the instrument file", NULL},
    {"population", RMT_TYPE_STRING, "who is in the denominator", NULL},
    {"missing", RMT_TYPE_STRING, "rule for missing values", NULL},
    {"measure", RMT_TYPE_STRING, "estimator", NULL},
    {"method", RMT_TYPE_STRING, "method of the interval or test", NULL},
    {"arm", RMT_TYPE_STRING, "treatment arm, or the arm itself for a proportion", NULL},
    {"reference", RMT_TYPE_STRING, "reference arm; missing for a proportion", NULL},
    {"events_arm", RMT_TYPE_INTEGER, "participants with the event in arm", NULL},
    {"n_arm", RMT_TYPE_INTEGER, "denominator of arm", NULL},
    {"n_missing_arm", RMT_TYPE_INTEGER, "of arm, without a value at the visit", NULL},
    {"events_reference", RMT_TYPE_INTEGER, "participants with the event in reference", NULL},
    {"n_reference", RMT_TYPE_INTEGER, "denominator of reference", NULL},
    {"n_missing_reference", RMT_TYPE_INTEGER, "of reference, without a value at the visit", NULL},
    {"estimate", RMT_TYPE_NUMBER,
     "proportion, difference (arm minus reference), ratio (arm over reference) or number "
     "needed to treat; missing for a test",
     NULL},
    {"se", RMT_TYPE_NUMBER, "standard error (of the logarithm for ratios)", NULL},
    {"statistic", RMT_TYPE_NUMBER, "z", NULL},
    {"p", RMT_TYPE_NUMBER, "two-sided p value", NULL},
    {"ci_low", RMT_TYPE_NUMBER, "lower confidence limit", NULL},
    {"ci_high", RMT_TYPE_NUMBER, "upper confidence limit", NULL},
    {"conf_level", RMT_TYPE_NUMBER, "confidence level", NULL},
    {"note", RMT_TYPE_STRING, "why there is no estimate, or how to read the interval", NULL},
};
enum {
    C_SOURCE,
    C_STUDY,
    C_OUTCOME,
    C_PARAMCD,
    C_VISIT,
    C_EVENT,
    C_DEFINITION,
    C_POPULATION,
    C_MISSING,
    C_MEASURE,
    C_METHOD,
    C_ARM,
    C_REFERENCE,
    C_EVENTS_ARM,
    C_N_ARM,
    C_N_MISSING_ARM,
    C_EVENTS_REFERENCE,
    C_N_REFERENCE,
    C_N_MISSING_REFERENCE,
    C_ESTIMATE,
    C_SE,
    C_STATISTIC,
    C_P,
    C_CI_LOW,
    C_CI_HIGH,
    C_CONF_LEVEL,
    C_NOTE,
    N_COLUMNS
};

typedef struct {
    rmt_setting_names events, missing;
    double level;
    const char *study;
} settings;

typedef struct {
    const char *source, *study, *outcome, *paramcd, *visit, *event, *definition, *population,
        *missing;
} labels;

typedef struct { /* one arm, counted */
    const char *name;
    rmt_count count;
    long n_missing;   /* -1 = not known */
    size_t n_flagged; /* values of records with validation errors */
} side;

static rmt_status read_settings(settings *s, const rmt_options *o, const rmt_node *entry,
                                rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_setting_list(&s->events, o, entry, "event", err))) return st;
    if ((st = rmt_setting_check(&s->events, "event", events, N_EVENTS, err))) return st;
    if ((st = rmt_setting_list(&s->missing, o, entry, "missing", err))) return st;
    return rmt_setting_check(&s->missing, "missing-data rule", rules, N_RULES, err);
}

static void set_side(rmt_table *out, const side *x, size_t events_col)
{
    if (x->count.events >= 0) rmt_result_integer(out, events_col, x->count.events);
    if (x->count.n > 0 || x->n_missing >= 0) rmt_result_integer(out, events_col + 1, x->count.n);
    if (x->n_missing >= 0) rmt_result_integer(out, events_col + 2, x->n_missing);
}

/* reference NULL: a row about one arm. */
static rmt_status add_row(rmt_table *out, const settings *s, const labels *l, const char *measure,
                          const char *method, const side *arm, const side *reference,
                          rmt_error *err)
{
    const struct {
        size_t col;
        const char *text;
    } texts[] = {{C_SOURCE, l->source},
                 {C_STUDY, l->study},
                 {C_OUTCOME, l->outcome},
                 {C_PARAMCD, l->paramcd},
                 {C_VISIT, l->visit},
                 {C_EVENT, l->event},
                 {C_DEFINITION, l->definition},
                 {C_POPULATION, l->population},
                 {C_MISSING, l->missing},
                 {C_MEASURE, measure},
                 {C_METHOD, method},
                 {C_ARM, arm->name},
                 {C_REFERENCE, reference ? reference->name : ""}};
    rmt_status st;
    if ((st = rmt_table_add_rows(out, 1, err))) return st;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if ((st = rmt_result_text(out, texts[i].col, texts[i].text, err))) return st;
    set_side(out, arm, C_EVENTS_ARM);
    if (reference) set_side(out, reference, C_EVENTS_REFERENCE);
    const size_t n_flagged = arm->n_flagged + (reference ? reference->n_flagged : 0);
    char note[RMT_FLAGGED_NOTE];
    if (n_flagged > 0 &&
        (st = rmt_result_text(out, C_NOTE, rmt_cells_flagged_note(note, n_flagged), err)))
        return st;
    return rmt_result_number(out, C_CONF_LEVEL, s->level, err);
}

/* Ends a row without an estimate; for a published row the reason is what was not printed. */
static rmt_status degenerate(rmt_table *out, rmt_status st, const rmt_error *why, rmt_error *err)
{
    const rmt_error unpublished = {.code = st, .msg = "events or total not published"};
    const bool absent = strcmp(why->msg, "negative_events") == 0 || strcmp(why->msg, "n<1") == 0;
    const char *event = rmt_table_text(out, C_EVENT, rmt_table_rows(out) - 1);
    const bool published = strcmp(event, "as published") == 0;
    return rmt_result_degenerate(out, C_ESTIMATE, C_NOTE, st,
                                 absent && published ? &unpublished : why, err);
}

static rmt_status set_interval(rmt_table *out, double estimate, double low, double high,
                               rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_result_number(out, C_ESTIMATE, estimate, err))) return st;
    if ((st = rmt_result_number(out, C_CI_LOW, low, err))) return st;
    return rmt_result_number(out, C_CI_HIGH, high, err);
}

static rmt_status add_proportions(rmt_table *out, const settings *s, const labels *l,
                                  const side *arm, rmt_error *err)
{
    typedef rmt_status interval(rmt_proportion *, const rmt_count *, double, rmt_error *);
    const struct {
        const char *method;
        interval *f;
    } methods[] = {{"Wilson score interval", rmt_ci_wilson},
                   {"Clopper-Pearson exact interval", rmt_ci_clopper_pearson}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < 2 && !st; i++) {
        rmt_proportion p = {0};
        rmt_error why = {0};
        if ((st = add_row(out, s, l, "proportion", methods[i].method, arm, NULL, err))) return st;
        st = methods[i].f(&p, &arm->count, s->level, &why);
        st = st ? degenerate(out, st, &why, err)
                : set_interval(out, p.estimate, p.ci_low, p.ci_high, err);
    }
    return st;
}

static rmt_status add_ratio(rmt_table *out, const settings *s, const labels *l, const char *measure,
                            const char *method,
                            rmt_status (*f)(rmt_estimate *, const rmt_count *, const rmt_count *,
                                            double, rmt_error *),
                            const side *arm, const side *reference, rmt_error *err)
{
    rmt_estimate e = {0};
    rmt_error why = {0};
    rmt_status st = add_row(out, s, l, measure, method, arm, reference, err);
    if (st) return st;
    st = f(&e, &arm->count, &reference->count, s->level, &why);
    if (st) return degenerate(out, st, &why, err);
    if ((st = set_interval(out, e.estimate, e.ci_low, e.ci_high, err))) return st;
    if ((st = rmt_result_number(out, C_SE, e.se, err))) return st;
    if ((st = rmt_result_number(out, C_STATISTIC, e.statistic, err))) return st;
    return rmt_result_number(out, C_P, e.p, err);
}

static rmt_status add_nnt(rmt_table *out, const settings *s, const labels *l, const side *arm,
                          const side *reference, rmt_error *err)
{
    rmt_nnt_result r = {0};
    rmt_error why = {0};
    rmt_text note = {0};
    char worst[RMT_NUM_BUF], best[RMT_NUM_BUF];
    rmt_status st = add_row(out, s, l, "nnt", "1/|risk difference|, Newcombe's limits inverted",
                            arm, reference, err);
    if (st) return st;
    st = rmt_nnt(&r, &arm->count, &reference->count, RMT_EVENT_DESIRED, s->level, &why);
    if (st) return degenerate(out, st, &why, err);
    /* Whether a published event is wanted is not known: say only which way it goes. */
    bool known = strcmp(l->event, "as published") != 0;
    const char *benefit = known ? "to benefit" : "for one event more",
               *harm = known ? "to harm" : "for one event less";
    if ((st = rmt_text_addf(&note, err, "number needed to treat %s",
                            r.nnt.benefit ? benefit : harm)))
        goto done;
    if (r.spans_infinity) {
        snprintf(worst, sizeof worst, "%.1f", r.worst.number);
        snprintf(best, sizeof best, "%.1f", r.best.number);
        if ((st = rmt_text_addf(&note, err, "; interval: %s %s, through infinity, %s %s", harm,
                                isinf(r.worst.number) ? "infinity" : worst, benefit,
                                isinf(r.best.number) ? "infinity" : best)))
            goto done;
        st = rmt_result_number(out, C_ESTIMATE, r.nnt.number, err);
    } else {
        double low = fmin(r.worst.number, r.best.number),
               high = fmax(r.worst.number, r.best.number);
        st = set_interval(out, r.nnt.number, low, high, err);
    }
    if (!st) st = rmt_result_text(out, C_NOTE, note.s, err);
done:
    rmt_text_clear(&note);
    return st;
}

static rmt_status add_fisher(rmt_table *out, const settings *s, const labels *l, const side *arm,
                             const side *reference, rmt_error *err)
{
    double p = (double)NAN;
    rmt_error why = {0};
    rmt_status st = add_row(out, s, l, "fisher_exact", "two-sided, sum of smaller probabilities",
                            arm, reference, err);
    if (st) return st;
    st = rmt_fisher_exact(&p, &arm->count, &reference->count, &why);
    return st ? degenerate(out, st, &why, err) : rmt_result_number(out, C_P, p, err);
}

static rmt_status add_contrast(rmt_table *out, const settings *s, const labels *l, const side *arm,
                               const side *reference, rmt_error *err)
{
    rmt_status st;
    if ((st = add_ratio(out, s, l, "risk_difference", "Newcombe hybrid score interval; score test",
                        rmt_risk_difference, arm, reference, err)))
        return st;
    if ((st = add_ratio(out, s, l, "risk_ratio", "log Wald interval", rmt_risk_ratio, arm,
                        reference, err)))
        return st;
    if ((st = add_ratio(out, s, l, "odds_ratio", "log Wald interval (Woolf)", rmt_odds_ratio, arm,
                        reference, err)))
        return st;
    if ((st = add_nnt(out, s, l, arm, reference, err))) return st;
    return add_fisher(out, s, l, arm, reference, err);
}

/* ---- participants
 * ---------------------------------------------------------------------------------- */

static size_t flag_column(const rmt_cells *c, size_t event)
{
    return event == E_RESPONSE ? c->respfl : event == E_REMISSION ? c->remfl : c->dxlossfl;
}

/* Who had a diagnosis at baseline: only they can lose it. Sorted by subject as the cells are. */
static bool had_diagnosis(const rmt_cells *c, const size_t *base_rows, size_t n_base,
                          const char *subject)
{
    size_t low = 0, high = n_base;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(rmt_table_text(c->t, c->subject, base_rows[middle]), subject);
        if (order == 0) return rmt_table_integer(c->t, c->dxfl, base_rows[middle]) == 1;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return false;
}

static void count_side(side *out, const rmt_cells *c, size_t param, size_t visit, size_t arm,
                       size_t event, size_t rule)
{
    size_t n, n_base = 0, column = flag_column(c, event);
    const size_t *rows = rmt_cells_rows(c, param, visit, arm, &n), *base_rows = NULL;
    for (size_t v = 0; v < c->n_visits; v++)
        if (c->visit_is_baseline[v]) base_rows = rmt_cells_rows(c, param, v, arm, &n_base);
    *out = (side){.name = c->arms[arm], .n_flagged = rmt_cells_flagged(c, param, visit, arm)};
    for (size_t i = 0; i < n; i++) {
        int32_t flag = rmt_table_integer(c->t, column, rows[i]);
        if (event == E_LOSS_OF_DIAGNOSIS &&
            !had_diagnosis(c, base_rows, n_base, rmt_table_text(c->t, c->subject, rows[i])))
            continue;
        bool missing = flag == RMT_INTEGER_MISSING;
        out->n_missing += missing;
        if (missing && rule == R_COMPLETER) continue;
        out->count.n++;
        out->count.events += flag == 1;
    }
}

/* The definition in force at this visit, "" when the parameter has no such event. */
static const char *definition_of(const rmt_cells *c, size_t param, size_t visit, size_t event)
{
    for (size_t a = 0; a < c->n_arms; a++) {
        size_t n;
        const size_t *rows = rmt_cells_rows(c, param, visit, a, &n);
        for (size_t i = 0; i < n; i++) {
            if (event == E_RESPONSE && *rmt_table_text(c->t, c->respdef, rows[i]))
                return rmt_table_text(c->t, c->respdef, rows[i]);
            if (event == E_REMISSION && *rmt_table_text(c->t, c->remdef, rows[i]))
                return rmt_table_text(c->t, c->remdef, rows[i]);
            if (event == E_LOSS_OF_DIAGNOSIS && !rmt_table_is_missing(c->t, c->dxlossfl, rows[i]))
                return "loss_of_diagnosis";
        }
    }
    return "";
}

static rmt_status analyse_event(rmt_table *out, const rmt_cells *c, const settings *s,
                                const char *study, size_t param, size_t visit, size_t event,
                                rmt_error *err)
{
    rmt_status st = RMT_OK;
    const char *definition = definition_of(c, param, visit, event);
    if (*definition == '\0') return RMT_OK;
    for (size_t rule = 0; rule < N_RULES; rule++) {
        if (!rmt_setting_holds(&s->missing, rules[rule])) continue;
        bool loss = event == E_LOSS_OF_DIAGNOSIS, all = rule == R_NONRESPONDER;
        const labels l = {.source = "participants",
                          .study = study,
                          .outcome = c->param_outcome[param],
                          .paramcd = c->params[param],
                          .visit = c->visits[visit],
                          .event = events[event],
                          .definition = definition,
                          .population = loss ? (all ? "randomised with diagnosis at baseline"
                                                    : "diagnosis at baseline, value at visit")
                                             : (all ? "all randomised" : "value at visit"),
                          .missing = rules[rule]};
        side reference, arm;
        count_side(&reference, c, param, visit, c->reference, event, rule);
        for (size_t a = 0; a < c->n_arms; a++) {
            count_side(&arm, c, param, visit, a, event, rule);
            if ((st = add_proportions(out, s, &l, &arm, err))) return st;
        }
        for (size_t a = 0; a < c->n_arms; a++) {
            if (a == c->reference) continue;
            count_side(&arm, c, param, visit, a, event, rule);
            if ((st = add_contrast(out, s, &l, &arm, &reference, err))) return st;
        }
    }
    return RMT_OK;
}

/* ---- the stage ------------------------------------------------------------------------------ */

static rmt_status begin(void **state, rmt_stage_run *run, const rmt_node *entry,
                        const rmt_selection *selection, rmt_error *err)
{
    settings *s = rmt_mem_array(1, sizeof *s, err);
    if (!s) return RMT_ERR_NOMEM;
    *state = s;
    s->level = selection->level;
    s->study = run->plan->study_id;
    return read_settings(s, run->options, entry, err);
}

static rmt_status add_cell(void *state, const rmt_cells *c, size_t param, size_t visit,
                           rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const settings *s = state;
    for (size_t e = 0; e < N_EVENTS && !st; e++)
        if (rmt_setting_holds(&s->events, events[e]))
            st = analyse_event(out, c, s, s->study, param, visit, e, err);
    return st;
}

static rmt_status add_published(void *state, const rmt_plan_summary *summary,
                                const rmt_comparison *k, bool *used, rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const settings *s = state;
    const labels l = {.source = summary->name,
                      .study = k->study,
                      .outcome = k->outcome,
                      .paramcd = "",
                      .visit = k->visit,
                      .event = "as published",
                      .definition = "as published",
                      .population = "as published",
                      .missing = "as published"};
    side both[2];
    *used = k->count[0].events >= 0 || k->count[1].events >= 0;
    if (!*used) return RMT_OK; /* a row of means */
    for (int a = 0; a < 2; a++)
        both[a] = (side){.name = k->arm[a], .count = k->count[a], .n_missing = -1};
    for (int a = 0; a < 2 && !st; a++)
        st = add_proportions(out, s, &l, &both[a], err);
    return st ? st : add_contrast(out, s, &l, &both[0], &both[1], err);
}

static bool has_counts(const rmt_plan_summary *summary)
{
    return summary->wide ? summary->events_w[0] != NULL : summary->events != NULL;
}

static rmt_status run_rates(rmt_stage_run *run, rmt_error *err)
{
    static const rmt_analysis analysis = {.stage = "rates",
                                          .path = "/results/rates",
                                          .title = "Response, remission and loss of diagnosis",
                                          .columns = columns,
                                          .n_columns = N_COLUMNS,
                                          .options = options,
                                          .n_options = sizeof options / sizeof options[0],
                                          .begin = begin,
                                          .end = rmt_mem_free,
                                          .add_cell = add_cell,
                                          .add_published = add_published,
                                          .has_numbers = has_counts};
    return rmt_analysis_run(&analysis, run, run->plan->rates, err);
}

const rmt_stage rmt_stage_rates = {
    .name = "rates",
    .summary = "response, remission and loss of diagnosis, per arm and compared",
    .description =
        "Counts the participants with each event per outcome, visit, arm and missing-data rule, "
        "from "
        "/outcomes and from published counts (the plan's `summaries`), and writes "
        "/results/rates.\n\n"
        "Per arm: the proportion with the Wilson and the Clopper-Pearson interval. Per contrast "
        "with the "
        "reference arm: risk difference (Newcombe's hybrid score interval without continuity "
        "correction, score "
        "test), risk ratio and odds ratio (Wald on the log scale; nothing is added to zero cells), "
        "number "
        "needed to treat (limits of the risk difference inverted), Fisher's exact test.\n\n"
        "The denominator stands in every row: with `nonresponder` everybody randomised, a missing "
        "value "
        "counting as no event; with `completer` those with a value. Loss of diagnosis counts only "
        "those who had "
        "the diagnosis at baseline.",
    .kind = RMT_STAGE_FILTER,
    .memory = "O(rows)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .needs = needs,
    .n_needs = sizeof needs / sizeof needs[0],
    .adds = adds,
    .n_adds = sizeof adds / sizeof adds[0],
    .needs_plan = true,
    .run = run_rates,
};
