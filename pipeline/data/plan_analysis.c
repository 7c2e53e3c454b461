#include "plan_read.h"
#include "rmt/mem.h"

#include <string.h>

/* Every word of map[key] stands among `known`. */
static rmt_status check_words(const rmt_node *map, const char *key, const char *what,
                              const char *const *known, size_t n, rmt_error *err)
{
    const rmt_node *words = NULL;
    rmt_status st = config_words(map, key, &words, err);
    if (st != RMT_OK) return st;
    if (words != NULL && config_n_words(words) == 0)
        return CONFIG_FAIL(err, words, key, "'%s' is empty; leave it out to have all", key);
    for (size_t i = 0; i < config_n_words(words); i++) {
        const rmt_node *word = config_word(words, i);
        const char *text = rmt_node_text(word);
        if (config_find(text, known, n) == n)
            return config_unknown(word, key, what, text, known, n, err);
    }
    return RMT_OK;
}

static rmt_status check_values(const rmt_node *map, const char *key, plan_values which,
                               rmt_error *err)
{
    const rmt_plan_words *w = plan_value_words(which);
    return check_words(map, key, key, w->words, w->n, err);
}

/* Outcome, visit and summaries: the names an analysis takes from the plan. */
static rmt_status check_names(const rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    size_t most = p->n_outcomes > p->n_summaries ? p->n_outcomes : p->n_summaries;
    const char **known = rmt_mem_array(most, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    const rmt_node *visits = NULL;
    for (size_t i = 0; i < p->n_outcomes; i++)
        known[i] = p->outcomes[i].name;
    rmt_status st = check_words(map, "outcome", "outcome", known, p->n_outcomes, err);
    if (st != RMT_OK) goto done;
    for (size_t i = 0; i < p->n_summaries; i++)
        known[i] = p->summaries[i].name;
    if ((st = check_words(map, "summaries", "summary", known, p->n_summaries, err))) goto done;
    if ((st = config_words(map, "visit", &visits, err))) goto done;
    for (size_t i = 0; i < config_n_words(visits) && st == RMT_OK; i++)
        st = plan_check_visit(p, config_word(visits, i), "visit", err);
done:
    rmt_mem_free(known);
    return st;
}

static rmt_status check_conf_level(const rmt_node *map, rmt_error *err)
{
    double level = 0.95;
    rmt_status st = rmt_node_read_number(map, "conf_level", &level, err);
    if (st != RMT_OK) return st;
    if (!(level > 0.0 && level < 1.0))
        return CONFIG_FAIL(err, rmt_node_get(map, "conf_level"), "conf_level",
                           "%g is not between 0 and 1 (95%% is 0.95)", level);
    return RMT_OK;
}

/* The baseline is always in an ancova; adjust adds what subjects declares. */
static rmt_status check_adjust(const rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    size_t n = p->n_strata + p->n_covariates;
    const char **known = rmt_mem_array(n, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        known[i] = i < p->n_strata ? p->strata[i] : p->covariates[i - p->n_strata];
    rmt_status st = check_words(map, "adjust", "stratum or covariate", known, n, err);
    rmt_mem_free(known);
    return st;
}

static rmt_status check_effects(const rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    static const struct {
        const char *key;
        plan_values values;
    } choices[] = {{"value", PLAN_VALUES_EFFECTS_VALUE},
                   {"correction", PLAN_VALUES_CORRECTION},
                   {"variance", PLAN_VALUES_VARIANCE},
                   {"ci", PLAN_VALUES_CI},
                   {"direction", PLAN_VALUES_DIRECTION}};
    size_t ignored = 0;
    rmt_status st;
    if ((st = plan_check_keys(map, PLAN_KEYS_EFFECTS, err)) || (st = check_names(p, map, err)) ||
        (st = check_values(map, "measure", PLAN_VALUES_MEASURE, err)) ||
        (st = check_adjust(p, map, err)))
        return st;
    for (size_t i = 0; i < CONFIG_COUNT(choices); i++)
        if ((st = plan_choice(map, choices[i].key, choices[i].values, &ignored, err))) return st;
    return check_conf_level(map, err);
}

/* Can the outcome have the event, as far as the plan can tell? An instrument not resolved yet is
 * trusted. */
static bool can_have(const rmt_plan_outcome *o, const char *event)
{
    if (o->instrument_id == NULL) return false;
    if (strcmp(event, "loss_of_diagnosis") == 0 && o->items == NULL) return false;
    if (o->instrument == NULL) return true;
    if (strcmp(event, "response") == 0) return o->instrument->n_response > 0;
    if (strcmp(event, "remission") == 0) return o->instrument->n_remission > 0;
    return o->instrument->n_diagnosis > 0;
}

/* An event asked for by name must be possible for at least one of the outcomes asked for. */
static rmt_status check_events(const rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    const rmt_node *events = NULL, *outcomes = NULL;
    rmt_status st;
    if (p->n_outcomes == 0) return RMT_OK;
    if ((st = config_words(map, "event", &events, err)) ||
        (st = config_words(map, "outcome", &outcomes, err)))
        return st;
    for (size_t i = 0; i < config_n_words(events); i++) {
        const rmt_node *event = config_word(events, i);
        bool possible = false;
        for (size_t j = 0; j < p->n_outcomes; j++) {
            bool chosen = outcomes == NULL;
            for (size_t k = 0; k < config_n_words(outcomes); k++)
                chosen = chosen ||
                         strcmp(rmt_node_text(config_word(outcomes, k)), p->outcomes[j].name) == 0;
            possible = possible || (chosen && can_have(&p->outcomes[j], rmt_node_text(event)));
        }
        if (!possible)
            return CONFIG_FAIL(
                err, event, "event",
                "none of the outcomes can have '%s': it takes an instrument that "
                "defines it%s",
                rmt_node_text(event),
                strcmp(rmt_node_text(event), "loss_of_diagnosis") == 0 ? ", and its items" : "");
    }
    return RMT_OK;
}

static rmt_status check_rates(const rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    rmt_status st;
    if ((st = plan_check_keys(map, PLAN_KEYS_RATES, err)) || (st = check_names(p, map, err)) ||
        (st = check_values(map, "event", PLAN_VALUES_EVENT, err)) ||
        (st = check_values(map, "missing", PLAN_VALUES_MISSING, err)) ||
        (st = check_events(p, map, err)))
        return st;
    return check_conf_level(map, err);
}

rmt_status plan_parse_analyses(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    rmt_status st = rmt_node_read_child(root, "analyses", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_ANALYSES, err)) ||
        (st = rmt_node_read_child(map, "effects", RMT_NODE_LIST, &p->effects, err)) ||
        (st = rmt_node_read_child(map, "rates", RMT_NODE_LIST, &p->rates, err)))
        return st;
    for (size_t i = 0; i < rmt_node_size(p->effects); i++)
        if ((st = check_effects(p, rmt_node_at(p->effects, i), err))) return st;
    for (size_t i = 0; i < rmt_node_size(p->rates); i++)
        if ((st = check_rates(p, rmt_node_at(p->rates, i), err))) return st;
    return RMT_OK;
}
