/* rates: how many got better, per arm and compared.
 * Memory: O(rows). Reads: /outcomes (participants), /tables (published counts). Adds:
 * /results/rates. */
#include "rmt/analysis.h"
#include "rmt/counts.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/proportion.h"

#include <math.h>
#include <string.h>

static const char *const needs[] = {"/tables", "/outcomes?"};
static const char *const adds[] = {"/results/rates"};

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
             "only those with a value"},
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
    {"nnt_direction", RMT_TYPE_STRING,
     "of the number needed to treat, and of both its limits in ci_low and ci_high: benefit or "
     "harm; "
     "as published, more or fewer events",
     NULL},
    {"nnt_benefit_limit", RMT_TYPE_NUMBER,
     "of an interval that runs through infinity, the end in benefit (or more events); missing = "
     "infinity",
     NULL},
    {"nnt_harm_limit", RMT_TYPE_NUMBER,
     "of an interval that runs through infinity, the end in harm (or fewer events); missing = "
     "infinity",
     NULL},
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
    C_NNT_DIRECTION,
    C_NNT_BENEFIT_LIMIT,
    C_NNT_HARM_LIMIT,
    C_CONF_LEVEL,
    C_NOTE,
    N_COLUMNS
};

typedef struct {
    rmt_setting_names events, missing;
    double level;
    const char *study;
} settings;

/* What is counted: the labels of a result row. */
typedef struct {
    const char *source, *study, *outcome, *paramcd, *visit, *event, *definition, *population,
        *missing;
    bool published; /* counts as printed: whether the event is wanted is not known */
} labels;

typedef struct { /* one arm, counted */
    const char *name;
    rmt_count count;
    long n_missing;   /* -1 = not known */
    size_t n_flagged; /* values of records with validation errors */
    size_t n_prorated;
} side;

/* The rows of one comparison. */
typedef struct {
    rmt_table *out;
    const settings *s;
    const labels *l;
} writer;

static rmt_status read_settings(settings *s, const rmt_options *o, const rmt_node *entry,
                                rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_setting_list(&s->events, o, entry, "event", err))) return st;
    if ((st = rmt_setting_check(&s->events, "event", rmt_event_names, RMT_N_EVENTS, err)))
        return st;
    if ((st = rmt_setting_list(&s->missing, o, entry, "missing", err))) return st;
    return rmt_setting_check(&s->missing, "missing-data rule", rmt_missing_rule_names,
                             RMT_N_MISSING, err);
}

static rmt_status set_side(rmt_table *out, const side *x, size_t events_col, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (x->count.events >= 0) st = rmt_result_integer(out, events_col, x->count.events, err);
    if (!st && x->count.n >= 0) st = rmt_result_integer(out, events_col + 1, x->count.n, err);
    if (!st && x->n_missing >= 0) st = rmt_result_integer(out, events_col + 2, x->n_missing, err);
    return st;
}

/* reference NULL: a row about one arm. */
static rmt_status add_row(const writer *w, const char *measure, const char *method, const side *arm,
                          const side *reference, rmt_error *err)
{
    const labels *l = w->l;
    const rmt_result_cell texts[] = {{C_SOURCE, l->source},
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
    if ((st = rmt_table_add_rows(w->out, 1, err))) return st;
    if ((st = rmt_result_texts(w->out, texts, sizeof texts / sizeof texts[0], err))) return st;
    if ((st = set_side(w->out, arm, C_EVENTS_ARM, err))) return st;
    if (reference && (st = set_side(w->out, reference, C_EVENTS_REFERENCE, err))) return st;
    const size_t n_flagged = arm->n_flagged + (reference ? reference->n_flagged : 0);
    const size_t n_prorated = arm->n_prorated + (reference ? reference->n_prorated : 0);
    if ((st = rmt_result_note(w->out, C_NOTE, "", n_flagged, n_prorated, err))) return st;
    return rmt_result_number(w->out, C_CONF_LEVEL, w->s->level, err);
}

/* A part of the counts was not printed. */
static bool is_printed(const side *x)
{
    return x->count.events >= 0 && x->count.n >= 0;
}

/* Ends a row without an estimate; for a published row the reason is what was not printed. */
static rmt_status degenerate(const writer *w, rmt_status st, const side *arm, const side *reference,
                             const rmt_error *why, rmt_error *err)
{
    const rmt_error unpublished = {.code = st, .msg = "events or total not published"},
                    empty = {.code = st, .msg = "n is 0"};
    const bool printed = is_printed(arm) && (!reference || is_printed(reference)),
               nobody = arm->count.n == 0 || (reference && reference->count.n == 0);
    if (w->l->published) why = !printed ? &unpublished : nobody ? &empty : why;
    return rmt_result_degenerate(w->out, C_ESTIMATE, C_NOTE, st, why, err);
}

static rmt_status set_interval(rmt_table *out, double estimate, double low, double high,
                               rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_result_number(out, C_ESTIMATE, estimate, err))) return st;
    if ((st = rmt_result_number(out, C_CI_LOW, low, err))) return st;
    return rmt_result_number(out, C_CI_HIGH, high, err);
}

static rmt_status add_proportions(const writer *w, const side *arm, rmt_error *err)
{
    typedef rmt_status interval(rmt_proportion *, const rmt_count *, double, rmt_error *);
    static const struct {
        const char *method;
        interval *f;
    } methods[] = {{"Wilson score interval", rmt_ci_wilson},
                   {RMT_METHOD_CLOPPER_PEARSON, rmt_ci_clopper_pearson}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < 2 && !st; i++) {
        rmt_proportion p = {0};
        rmt_error why = {0};
        if ((st = add_row(w, "proportion", methods[i].method, arm, NULL, err))) return st;
        st = methods[i].f(&p, &arm->count, w->s->level, &why);
        st = st ? degenerate(w, st, arm, NULL, &why, err)
                : set_interval(w->out, p.estimate, p.ci_low, p.ci_high, err);
    }
    return st;
}

typedef rmt_status comparison(rmt_estimate *, const rmt_count *, const rmt_count *, double,
                              rmt_error *);

static rmt_status add_comparison(const writer *w, const char *measure, const char *method,
                                 comparison *f, const side *arm, const side *reference,
                                 rmt_error *err)
{
    rmt_estimate e = {0};
    rmt_error why = {0};
    rmt_status st = add_row(w, measure, method, arm, reference, err);
    if (st) return st;
    st = f(&e, &arm->count, &reference->count, w->s->level, &why);
    if (st) return degenerate(w, st, arm, reference, &why, err);
    if ((st = set_interval(w->out, e.estimate, e.ci_low, e.ci_high, err))) return st;
    if ((st = rmt_result_number(w->out, C_SE, e.se, err))) return st;
    if ((st = rmt_result_number(w->out, C_STATISTIC, e.statistic, err))) return st;
    return rmt_result_number(w->out, C_P, e.p, err);
}

/* "number needed to treat to benefit", and the ends of an interval through infinity. */
static rmt_status note_nnt(const writer *w, const rmt_nnt_result *r, rmt_error *err)
{
    const char *benefit = w->l->published ? "for one event more" : "to benefit",
               *harm = w->l->published ? "for one event less" : "to harm";
    char worst[RMT_NUM_BUF] = "infinity", best[RMT_NUM_BUF] = "infinity";
    rmt_text note = {0};
    rmt_status st =
        rmt_text_addf(&note, err, "number needed to treat %s", r->nnt.benefit ? benefit : harm);
    if (isfinite(r->worst.number)) rmt_num_print_fixed(worst, r->worst.number, 1);
    if (isfinite(r->best.number)) rmt_num_print_fixed(best, r->best.number, 1);
    if (!st && r->spans_infinity)
        st = rmt_text_addf(&note, err, "; interval: %s %s, through infinity, %s %s", harm, worst,
                           benefit, best);
    if (!st) st = rmt_result_note(w->out, C_NOTE, note.s, 0, 0, err);
    rmt_text_clear(&note);
    return st;
}

/* The two ends of an interval through infinity; one that is infinite itself stays missing. */
static rmt_status set_nnt_limits(rmt_table *out, const rmt_nnt_result *r, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (isfinite(r->best.number))
        st = rmt_result_number(out, C_NNT_BENEFIT_LIMIT, r->best.number, err);
    if (!st && isfinite(r->worst.number))
        st = rmt_result_number(out, C_NNT_HARM_LIMIT, r->worst.number, err);
    return st;
}

static rmt_status add_nnt(const writer *w, const side *arm, const side *reference, rmt_error *err)
{
    rmt_nnt_result r = {0};
    rmt_error why = {0};
    rmt_status st =
        add_row(w, "nnt", "1/|risk difference|, Newcombe's limits inverted", arm, reference, err);
    if (st) return st;
    st = rmt_nnt(&r, &arm->count, &reference->count, RMT_EVENT_DESIRED, w->s->level, &why);
    if (st) return degenerate(w, st, arm, reference, &why, err);
    const char *direction = w->l->published ? (r.nnt.benefit ? RMT_NNT_MORE : RMT_NNT_FEWER)
                                            : (r.nnt.benefit ? RMT_NNT_BENEFIT : RMT_NNT_HARM);
    if ((st = rmt_result_text(w->out, C_NNT_DIRECTION, direction, err))) return st;
    if ((st = note_nnt(w, &r, err))) return st;
    if ((st = rmt_result_number(w->out, C_ESTIMATE, r.nnt.number, err))) return st;
    if (r.spans_infinity) return set_nnt_limits(w->out, &r, err);
    return set_interval(w->out, r.nnt.number, fmin(r.worst.number, r.best.number),
                        fmax(r.worst.number, r.best.number), err);
}

static rmt_status add_fisher(const writer *w, const side *arm, const side *reference,
                             rmt_error *err)
{
    double p = (double)NAN;
    rmt_error why = {0};
    rmt_status st =
        add_row(w, "fisher_exact", "two-sided, sum of smaller probabilities", arm, reference, err);
    if (st) return st;
    st = rmt_fisher_exact(&p, &arm->count, &reference->count, &why);
    return st ? degenerate(w, st, arm, reference, &why, err)
              : rmt_result_number(w->out, C_P, p, err);
}

static rmt_status add_contrast(const writer *w, const side *arm, const side *reference,
                               rmt_error *err)
{
    static const struct {
        const char *measure, *method;
        comparison *f;
    } comparisons[] = {
        {"risk_difference", "Newcombe hybrid score interval; score test", rmt_risk_difference},
        {"risk_ratio", "log Wald interval", rmt_risk_ratio},
        {"odds_ratio", "log Wald interval (Woolf)", rmt_odds_ratio}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0] && !st; i++)
        st = add_comparison(w, comparisons[i].measure, comparisons[i].method, comparisons[i].f, arm,
                            reference, err);
    if (!st) st = add_nnt(w, arm, reference, err);
    return st ? st : add_fisher(w, arm, reference, err);
}

/* ---- participants --------------------------------------------------------------------------- */

static side count_side(const rmt_counting *what, size_t arm, rmt_missing_rule rule)
{
    rmt_event_count k;
    rmt_count_arm(&k, what, arm, rule);
    return (side){.name = what->cells->arms[arm],
                  .count = {.events = k.events, .n = k.n},
                  .n_missing = k.n_missing,
                  .n_flagged = k.n_flagged,
                  .n_prorated = k.n_prorated};
}

/* One event under one rule: every arm, then every arm against the reference. */
static rmt_status add_event(rmt_table *out, const settings *s, const rmt_counting *what,
                            rmt_missing_rule rule, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_cells *c = what->cells;
    const labels l = {.source = RMT_SOURCE_PARTICIPANTS,
                      .study = s->study,
                      .outcome = c->param_outcome[what->param],
                      .paramcd = c->params[what->param],
                      .visit = c->visits[what->visit],
                      .event = rmt_event_names[what->event],
                      .definition = what->definition,
                      .population = rmt_counting_population(what, rule),
                      .missing = rmt_missing_rule_names[rule]};
    const writer w = {.out = out, .s = s, .l = &l};
    const side reference = count_side(what, c->reference, rule);
    for (size_t a = 0; a < c->n_arms && !st; a++) {
        const side arm = count_side(what, a, rule);
        st = add_proportions(&w, &arm, err);
    }
    for (size_t a = 0; a < c->n_arms && !st; a++) {
        if (a == c->reference) continue;
        const side arm = count_side(what, a, rule);
        st = add_contrast(&w, &arm, &reference, err);
    }
    return st;
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
    for (rmt_event e = 0; e < RMT_N_EVENTS; e++) {
        rmt_counting what;
        if (!rmt_setting_holds(&s->events, rmt_event_names[e])) continue;
        if (!rmt_counting_find(&what, c, param, visit, e)) continue;
        for (rmt_missing_rule rule = 0; rule < RMT_N_MISSING && !st; rule++)
            if (rmt_setting_holds(&s->missing, rmt_missing_rule_names[rule]))
                st = add_event(out, s, &what, rule, err);
    }
    return st;
}

static rmt_status add_published(void *state, const rmt_plan_summary *summary,
                                const rmt_comparison *k, bool *used, rmt_table *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const labels l = {.source = summary->name,
                      .study = k->study,
                      .outcome = k->outcome,
                      .paramcd = "",
                      .visit = k->visit,
                      .event = RMT_AS_PUBLISHED,
                      .definition = RMT_AS_PUBLISHED,
                      .population = RMT_AS_PUBLISHED,
                      .missing = RMT_AS_PUBLISHED,
                      .published = true};
    const writer w = {.out = out, .s = state, .l = &l};
    side both[2];
    *used = k->count[0].events >= 0 || k->count[1].events >= 0;
    if (!*used) return RMT_OK; /* a row of means */
    for (int a = 0; a < 2; a++)
        both[a] = (side){.name = k->arm[a], .count = k->count[a], .n_missing = -1};
    for (int a = 0; a < 2 && !st; a++)
        st = add_proportions(&w, &both[a], err);
    return st ? st : add_contrast(&w, &both[0], &both[1], err);
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
                                          .no_rows =
                                              "no selected outcome defines the selected events",
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
        "from /outcomes and from published counts (the plan's `summaries`), and writes "
        "/results/rates.\n\n"
        "Per arm: the proportion with the Wilson and the Clopper-Pearson interval. Per contrast "
        "with "
        "the reference arm: risk difference (Newcombe's hybrid score interval without continuity "
        "correction, score test), risk ratio and odds ratio (Wald on the log scale; nothing is "
        "added to zero cells), number needed to treat (limits of the risk difference inverted), "
        "Fisher's exact test.\n\n"
        "The number needed to treat is one to benefit (NNTB) or to harm (NNTH): nnt_direction says "
        "which. Where the interval of the risk difference holds 0 that of the number runs from "
        "nnt_benefit_limit through infinity to nnt_harm_limit, and ci_low and ci_high are "
        "empty.\n\n"
        "The denominator stands in every row: with `nonresponder` everybody randomised, a missing "
        "value counting as no event; with `completer` those with a value. Loss of diagnosis, and "
        "remission by a definition that asks for no diagnosis, count only those who had the "
        "diagnosis at baseline. Whether a diagnosis holds is the instrument's rule, which its "
        "items "
        "decide, with or without a total. `note` says how many values rest on prorated scores.\n\n"
        "The plan's analyses.rates gives these options per analysis; an option on the command line "
        "overrides the plan in every analysis. Rows that are equal in every column stand once.",
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
