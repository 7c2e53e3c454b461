#include "rmt/instrument.h"

#include "config.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

static const char *const instrument_keys[] = {
    "id",
    "name",
    "construct",
    "rater",
    "recall",
    "source",
    "verified",
    "seen",
    "seen_in",
    "notes",
    "higher_is",
    "items",
    "scales",
    "diagnosis",
    "response",
    "remission",
    "missing",
    "severity_bands",
    "minimal_important_difference",
    "reliability",
    "traps",
    "worked_example",
};
static const char *const item_keys[] = {"id", "label", "min", "max"};
static const char *const scale_keys[] = {"id",    "paramcd", "label", "rule",   "threshold",
                                         "items", "min",     "max",   "source", "verified",
                                         "seen",  "seen_in", "notes"};
static const char *const diagnosis_keys[] = {"label", "criteria", "source", "verified",
                                             "seen",  "seen_in",  "notes"};
static const char *const criterion_keys[] = {"name", "items", "min_count", "present_at"};
static const char *const definition_keys[] = {"id",    "label",   "kind",   "op",
                                              "value", "parts",   "source", "verified",
                                              "seen",  "seen_in", "notes"};
static const char *const part_keys[] = {"kind", "op", "value"};
static const char *const missing_keys[] = {
    "max_missing_items", "rule", "source", "verified", "seen", "seen_in", "notes"};
static const char *const example_keys[] = {"answers", "expected", "notes"};
static const char *const expected_keys[] = {"scales", "criteria", "diagnosis"};

/* In the order of the enums. */
static const char *const rule_words[] = {"sum", "count_at_least"};
static const char *const kind_words[] = {"percent_reduction", "point_reduction", "score",
                                         "no_diagnosis", "all_of"};
static const char *const op_words[] = {"<", "<=", ">", ">="};

/* ---- sources --------------------------------------------------------------------------------- */

/* `verified` and `source` of a fact. Nothing counts as known because nobody said otherwise. */
static rmt_status read_source(const rmt_node *map, const char *what, const char **source,
                              bool *verified, rmt_error *err)
{
    static const char *const seen_words[] = {"primary", "secondary"};
    rmt_status st = config_need_text(map, what, "source", source, err);
    if (st != RMT_OK) return st;
    if (rmt_node_is_null(rmt_node_get(map, "verified")))
        return CONFIG_FAIL(err, map, "verified", "%s needs 'verified': true or false", what);
    if ((st = rmt_node_read_bool(map, "verified", verified, err))) return st;
    size_t seen = CONFIG_COUNT(seen_words);
    if ((st = config_choice(map, "seen", seen_words, CONFIG_COUNT(seen_words), &seen, err)))
        return st;
    if (seen < CONFIG_COUNT(seen_words) && !*verified)
        return CONFIG_FAIL(err, rmt_node_get(map, "seen"), "seen",
                           "'seen' says where a verified fact was read, but 'verified' is false");
    return RMT_OK;
}

/* ---- items ----------------------------------------------------------------------------------- */

static size_t find_item(const rmt_instrument *ins, const char *id, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(ins->items[i].id, id) != 0)
        i++;
    return i;
}

static rmt_status parse_items(rmt_instrument *ins, const rmt_node *node, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = config_need(node, "instrument", "items", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK) return st;
    size_t n = rmt_node_size(list);
    if (n == 0) return CONFIG_FAIL(err, list, "items", "an instrument has at least one item");
    if ((ins->items = rmt_mem_array(n, sizeof *ins->items, err)) == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *entry = rmt_node_at(list, i);
        rmt_item *item = &ins->items[i];
        if ((st = rmt_node_check_keys(entry, "item", item_keys, CONFIG_COUNT(item_keys), err)))
            return st;
        if ((st = config_need_text(entry, "item", "id", &item->id, err))) return st;
        if ((st = config_need_text(entry, "item", "label", &item->label, err))) return st;
        if ((st = config_need_int(entry, "item", "min", &item->min, err))) return st;
        if ((st = config_need_int(entry, "item", "max", &item->max, err))) return st;
        if (item->min >= item->max)
            return CONFIG_FAIL(err, entry, "max", "item '%s' ranges from %d to %d", item->id,
                               item->min, item->max);
        if (find_item(ins, item->id, i) < i)
            return CONFIG_FAIL(err, entry, "id", "two items are called '%s'", item->id);
        ins->n_items = i + 1;
    }
    return RMT_OK;
}

static rmt_status unknown_item(const rmt_instrument *ins, const rmt_node *at, const char *id,
                               rmt_error *err)
{
    const char **known = rmt_mem_array(ins->n_items, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < ins->n_items; i++)
        known[i] = ins->items[i].id;
    rmt_status st = config_unknown(at, "items", "item", id, known, ins->n_items, err);
    rmt_mem_free(known);
    return st;
}

/* "first..last" in the order of the item list. */
static rmt_status item_range(const rmt_instrument *ins, const rmt_node *at, const char *dots,
                             size_t **items, size_t *n_items, rmt_error *err)
{
    const char *text = rmt_node_text(at);
    char *first_id = rmt_mem_text(text, (size_t)(dots - text), err);
    if (first_id == NULL) return RMT_ERR_NOMEM;
    rmt_status st = RMT_OK;
    size_t first = find_item(ins, first_id, ins->n_items);
    size_t last = find_item(ins, dots + 2, ins->n_items);
    if (first == ins->n_items) {
        st = unknown_item(ins, at, first_id, err);
    } else if (last == ins->n_items) {
        st = unknown_item(ins, at, dots + 2, err);
    } else if (last < first) {
        st = CONFIG_FAIL(err, at, "items", "'%s' runs backwards", text);
    } else if ((*items = rmt_mem_array(last - first + 1, sizeof **items, err)) == NULL) {
        st = RMT_ERR_NOMEM;
    } else {
        *n_items = last - first + 1;
        for (size_t i = 0; i < *n_items; i++)
            (*items)[i] = first + i;
    }
    rmt_mem_free(first_id);
    return st;
}

/* A list of item ids, one id, or a range. */
static rmt_status parse_item_refs(const rmt_instrument *ins, const rmt_node *map, const char *what,
                                  size_t **items, size_t *n_items, rmt_error *err)
{
    const rmt_node *words = NULL;
    rmt_status st = config_words(map, "items", &words, err);
    if (st != RMT_OK) return st;
    if (config_n_words(words) == 0) return CONFIG_FAIL(err, map, "items", "%s needs 'items'", what);
    if (rmt_node_kind_of(words) == RMT_NODE_SCALAR) {
        const char *dots = strstr(rmt_node_text(words), "..");
        if (dots != NULL) return item_range(ins, words, dots, items, n_items, err);
    }
    size_t n = config_n_words(words);
    if ((*items = rmt_mem_array(n, sizeof **items, err)) == NULL) return RMT_ERR_NOMEM;
    *n_items = n;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *word = config_word(words, i);
        (*items)[i] = find_item(ins, rmt_node_text(word), ins->n_items);
        if ((*items)[i] == ins->n_items) return unknown_item(ins, word, rmt_node_text(word), err);
    }
    return RMT_OK;
}

/* A threshold must tell some answers from others, in every item. */
static rmt_status check_threshold(const rmt_instrument *ins, const rmt_node *map, const char *key,
                                  int threshold, const size_t *items, size_t n, rmt_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const rmt_item *item = &ins->items[items[i]];
        if (threshold <= item->min || threshold > item->max)
            return CONFIG_FAIL(err, rmt_node_get(map, key), key,
                               "%d does not divide the range of '%s', %d to %d", threshold,
                               item->id, item->min, item->max);
    }
    return RMT_OK;
}

/* ---- scales ---------------------------------------------------------------------------------- */

static bool is_paramcd(const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = strlen(s);
    return n >= 1 && n <= 8 && strchr(letters, s[0]) != NULL &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

static rmt_status check_scale_range(const rmt_instrument *ins, const rmt_node *entry,
                                    const rmt_scale *scale, rmt_error *err)
{
    double low = 0.0, high = 0.0;
    for (size_t i = 0; i < scale->n_items; i++) {
        bool sum = scale->rule == RMT_SCORE_SUM;
        low += sum ? ins->items[scale->items[i]].min : 0;
        high += sum ? ins->items[scale->items[i]].max : 1;
    }
    if (!rmt_num_same(scale->min, low) || !rmt_num_same(scale->max, high))
        return CONFIG_FAIL(err, entry, "max",
                           "scale '%s' is said to range from %g to %g, its items "
                           "give %g to %g",
                           scale->id, scale->min, scale->max, low, high);
    return RMT_OK;
}

static rmt_status parse_scale(rmt_instrument *ins, size_t index, const rmt_node *entry,
                              rmt_error *err)
{
    rmt_scale *scale = &ins->scales[index];
    size_t rule = CONFIG_COUNT(rule_words);
    int low = 0, high = 0;
    rmt_status st;
    if ((st = rmt_node_check_keys(entry, "scale", scale_keys, CONFIG_COUNT(scale_keys), err)) ||
        (st = config_need_text(entry, "scale", "id", &scale->id, err)) ||
        (st = config_need_text(entry, "scale", "paramcd", &scale->paramcd, err)) ||
        (st = config_need_text(entry, "scale", "label", &scale->label, err)) ||
        (st = config_choice(entry, "rule", rule_words, CONFIG_COUNT(rule_words), &rule, err)) ||
        (st = parse_item_refs(ins, entry, "scale", &scale->items, &scale->n_items, err)) ||
        (st = config_need_int(entry, "scale", "min", &low, err)) ||
        (st = config_need_int(entry, "scale", "max", &high, err)))
        return st;
    if (rule == CONFIG_COUNT(rule_words))
        return CONFIG_FAIL(err, entry, "rule", "scale needs 'rule': sum or count_at_least");
    scale->rule = (rmt_score_rule)rule;
    scale->min = low;
    scale->max = high;
    if (!is_paramcd(scale->paramcd))
        return CONFIG_FAIL(err, rmt_node_get(entry, "paramcd"), "paramcd",
                           "'%s' is not 1 to 8 of A-Z and 0-9, beginning with a letter",
                           scale->paramcd);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(ins->scales[i].id, scale->id) == 0)
            return CONFIG_FAIL(err, entry, "id", "two scales are called '%s'", scale->id);
        if (strcmp(ins->scales[i].paramcd, scale->paramcd) == 0)
            return CONFIG_FAIL(err, entry, "paramcd", "two scales have the code '%s'",
                               scale->paramcd);
    }
    if (scale->rule == RMT_SCORE_COUNT_AT_LEAST) {
        if ((st = config_need_int(entry, "count_at_least", "threshold", &scale->threshold, err)) ||
            (st = check_threshold(ins, entry, "threshold", scale->threshold, scale->items,
                                  scale->n_items, err)))
            return st;
    } else if (rmt_node_get(entry, "threshold") != NULL) {
        return CONFIG_FAIL(err, entry, "threshold", "a sum has no threshold");
    }
    if (rmt_node_get(entry, "source") != NULL || rmt_node_get(entry, "verified") != NULL) {
        const char *source = NULL;
        bool verified = false;
        if ((st = read_source(entry, "scale", &source, &verified, err))) return st;
    }
    return check_scale_range(ins, entry, scale, err);
}

static rmt_status parse_scales(rmt_instrument *ins, const rmt_node *node, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = config_need(node, "instrument", "scales", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK) return st;
    size_t n = rmt_node_size(list);
    if (n == 0) return CONFIG_FAIL(err, list, "scales", "an instrument has a total");
    if ((ins->scales = rmt_mem_array(n, sizeof *ins->scales, err)) == NULL) return RMT_ERR_NOMEM;
    ins->n_scales = n;
    for (size_t i = 0; i < n; i++)
        if ((st = parse_scale(ins, i, rmt_node_at(list, i), err))) return st;

    const rmt_scale *total = &ins->scales[0];
    if (strcmp(total->id, "total") != 0)
        return CONFIG_FAIL(err, rmt_node_at(list, 0), "id",
                           "the first scale is the total and is called 'total', not '%s'",
                           total->id);
    for (size_t i = 0; i < total->n_items; i++)
        if (total->items[i] != i)
            return CONFIG_FAIL(err, rmt_node_at(list, 0), "items",
                               "the items of the total come first in 'items', in their order; "
                               "'%s' is out of place",
                               ins->items[total->items[i]].id);
    return RMT_OK;
}

/* ---- diagnosis ------------------------------------------------------------------------------- */

static rmt_status parse_diagnosis(rmt_instrument *ins, const rmt_node *node, rmt_error *err)
{
    const rmt_node *map = NULL, *list = NULL;
    const char *source = NULL;
    bool verified = false;
    rmt_status st = rmt_node_read_child(node, "diagnosis", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = rmt_node_check_keys(map, "diagnosis", diagnosis_keys, CONFIG_COUNT(diagnosis_keys),
                                  err)) ||
        (st = config_need_text(map, "diagnosis", "label", &ins->diagnosis_label, err)) ||
        (st = read_source(map, "diagnosis", &source, &verified, err)) ||
        (st = config_need(map, "diagnosis", "criteria", RMT_NODE_LIST, &list, err)))
        return st;
    size_t n = rmt_node_size(list);
    if (n == 0) return CONFIG_FAIL(err, list, "criteria", "a diagnosis has at least one criterion");
    if ((ins->diagnosis = rmt_mem_array(n, sizeof *ins->diagnosis, err)) == NULL)
        return RMT_ERR_NOMEM;
    ins->n_diagnosis = n;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *entry = rmt_node_at(list, i);
        rmt_criterion *c = &ins->diagnosis[i];
        int min_count = 0;
        if ((st = rmt_node_check_keys(entry, "criterion", criterion_keys,
                                      CONFIG_COUNT(criterion_keys), err)) ||
            (st = config_need_text(entry, "criterion", "name", &c->name, err)) ||
            (st = parse_item_refs(ins, entry, "criterion", &c->items, &c->n_items, err)) ||
            (st = config_need_int(entry, "criterion", "min_count", &min_count, err)) ||
            (st = config_need_int(entry, "criterion", "present_at", &c->present_at, err)) ||
            (st = check_threshold(ins, entry, "present_at", c->present_at, c->items, c->n_items,
                                  err)))
            return st;
        if (min_count < 1 || (size_t)min_count > c->n_items)
            return CONFIG_FAIL(err, rmt_node_get(entry, "min_count"), "min_count",
                               "%d of %zu items cannot be asked for", min_count, c->n_items);
        c->min_count = (size_t)min_count;
        for (size_t j = 0; j < i; j++)
            if (strcmp(ins->diagnosis[j].name, c->name) == 0)
                return CONFIG_FAIL(err, entry, "name", "two criteria are called '%s'", c->name);
    }
    return RMT_OK;
}

/* ---- definitions ----------------------------------------------------------------------------- */

static rmt_status check_value(const rmt_instrument *ins, const rmt_node *entry,
                              const rmt_definition *d, rmt_error *err)
{
    const rmt_scale *total = &ins->scales[0];
    double low = 0.0, high = 100.0;
    if (d->kind == RMT_DEF_POINT_REDUCTION) high = total->max - total->min;
    if (d->kind == RMT_DEF_SCORE) {
        low = total->min;
        high = total->max;
    }
    if (!(d->value >= low && d->value <= high))
        return CONFIG_FAIL(err, rmt_node_get(entry, "value"), "value", "%g is outside %g to %g",
                           d->value, low, high);
    return RMT_OK;
}

static rmt_status parse_rule(rmt_definition *d, const rmt_instrument *ins, const rmt_node *entry,
                             bool is_part, rmt_error *err)
{
    size_t kind = CONFIG_COUNT(kind_words), op = CONFIG_COUNT(op_words);
    rmt_status st;
    if ((st = config_choice(entry, "kind", kind_words, CONFIG_COUNT(kind_words), &kind, err)) ||
        (st = config_choice(entry, "op", op_words, CONFIG_COUNT(op_words), &op, err)))
        return st;
    if (kind == CONFIG_COUNT(kind_words))
        return CONFIG_FAIL(err, entry, "kind", "definition needs 'kind'");
    d->kind = (rmt_definition_kind)kind;

    bool compares = d->kind != RMT_DEF_NO_DIAGNOSIS && d->kind != RMT_DEF_ALL_OF;
    const char *extra = rmt_node_get(entry, "op") != NULL      ? "op"
                        : rmt_node_get(entry, "value") != NULL ? "value"
                                                               : NULL;
    if (!compares && extra != NULL)
        return CONFIG_FAIL(err, entry, extra, "%s has no '%s'", kind_words[kind], extra);
    if (compares) {
        if (op == CONFIG_COUNT(op_words))
            return CONFIG_FAIL(err, entry, "op", "%s needs 'op': <, <=, > or >=", kind_words[kind]);
        d->op = (rmt_op)op;
        if (rmt_node_is_null(rmt_node_get(entry, "value")))
            return CONFIG_FAIL(err, entry, "value", "%s needs 'value'", kind_words[kind]);
        if ((st = rmt_node_read_number(entry, "value", &d->value, err))) return st;
        return check_value(ins, entry, d, err);
    }
    if (d->kind == RMT_DEF_NO_DIAGNOSIS && ins->n_diagnosis == 0)
        return CONFIG_FAIL(err, entry, "kind", "no_diagnosis, but '%s' has no 'diagnosis'",
                           ins->id);
    if (d->kind == RMT_DEF_ALL_OF && is_part)
        return CONFIG_FAIL(err, entry, "kind", "all_of cannot stand inside all_of");
    return RMT_OK;
}

static rmt_status parse_parts(rmt_definition *d, const rmt_instrument *ins, const rmt_node *entry,
                              rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(entry, "parts", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK) return st;
    if (d->kind != RMT_DEF_ALL_OF) {
        if (list == NULL) return RMT_OK;
        return CONFIG_FAIL(err, list, "parts", "only all_of has 'parts'");
    }
    size_t n = rmt_node_size(list);
    if (n < 2)
        return CONFIG_FAIL(err, list != NULL ? list : entry, "parts",
                           "all_of needs at least two 'parts'");
    if ((d->parts = rmt_mem_array(n, sizeof *d->parts, err)) == NULL) return RMT_ERR_NOMEM;
    d->n_parts = n;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *part = rmt_node_at(list, i);
        d->parts[i].id = d->id;
        d->parts[i].label = d->label;
        d->parts[i].source = d->source;
        d->parts[i].verified = d->verified;
        if ((st = rmt_node_check_keys(part, "part", part_keys, CONFIG_COUNT(part_keys), err)) ||
            (st = parse_rule(&d->parts[i], ins, part, true, err)))
            return st;
    }
    return RMT_OK;
}

static rmt_status parse_definitions(rmt_definition **out, size_t *n_out, const rmt_instrument *ins,
                                    const rmt_node *node, const char *key, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(node, key, RMT_NODE_LIST, &list, err);
    if (st != RMT_OK || list == NULL) return st;
    size_t n = rmt_node_size(list);
    if ((*out = rmt_mem_array(n, sizeof **out, err)) == NULL) return RMT_ERR_NOMEM;
    *n_out = n;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *entry = rmt_node_at(list, i);
        rmt_definition *d = &(*out)[i];
        if ((st = rmt_node_check_keys(entry, "definition", definition_keys,
                                      CONFIG_COUNT(definition_keys), err)) ||
            (st = config_need_text(entry, "definition", "id", &d->id, err)) ||
            (st = config_need_text(entry, "definition", "label", &d->label, err)) ||
            (st = read_source(entry, "definition", &d->source, &d->verified, err)) ||
            (st = parse_rule(d, ins, entry, false, err)) || (st = parse_parts(d, ins, entry, err)))
            return st;
        for (size_t j = 0; j < i; j++)
            if (strcmp((*out)[j].id, d->id) == 0)
                return CONFIG_FAIL(err, entry, "id", "two definitions of %s are called '%s'", key,
                                   d->id);
    }
    return RMT_OK;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static rmt_status parse_missing(rmt_instrument *ins, const rmt_node *node, rmt_error *err)
{
    const rmt_node *map = NULL;
    const char *source = NULL, *rule = NULL;
    bool verified = false;
    int n = 0;
    rmt_status st;
    if ((st = config_need(node, "instrument", "missing", RMT_NODE_MAP, &map, err)) ||
        (st = rmt_node_check_keys(map, "missing", missing_keys, CONFIG_COUNT(missing_keys), err)) ||
        (st = config_need_int(map, "missing", "max_missing_items", &n, err)) ||
        (st = config_need_text(map, "missing", "rule", &rule, err)) ||
        (st = read_source(map, "missing", &source, &verified, err)))
        return st;
    if (n < 0 || (size_t)n >= ins->scales[0].n_items)
        return CONFIG_FAIL(err, rmt_node_get(map, "max_missing_items"), "max_missing_items",
                           "%d of %zu items cannot be missing", n, ins->scales[0].n_items);
    ins->max_missing_items = (size_t)n;
    return RMT_OK;
}

/* Scored by the tests; here only that it speaks of this instrument. */
static rmt_status check_example(const rmt_instrument *ins, const rmt_node *node, rmt_error *err)
{
    const rmt_node *map = NULL, *answers = NULL, *expected = NULL, *scales = NULL;
    rmt_status st;
    if ((st = config_need(node, "instrument", "worked_example", RMT_NODE_MAP, &map, err)) ||
        (st = rmt_node_check_keys(map, "worked_example", example_keys, CONFIG_COUNT(example_keys),
                                  err)) ||
        (st = config_need(map, "worked_example", "answers", RMT_NODE_LIST, &answers, err)) ||
        (st = config_need(map, "worked_example", "expected", RMT_NODE_MAP, &expected, err)) ||
        (st = rmt_node_check_keys(expected, "expected", expected_keys, CONFIG_COUNT(expected_keys),
                                  err)) ||
        (st = config_need(expected, "expected", "scales", RMT_NODE_MAP, &scales, err)))
        return st;
    if (rmt_node_size(answers) != ins->n_items)
        return CONFIG_FAIL(err, answers, "answers", "%zu answers to %zu items",
                           rmt_node_size(answers), ins->n_items);
    for (size_t i = 0; i < ins->n_items; i++) {
        const rmt_node *answer = rmt_node_at(answers, i);
        const char *text = rmt_node_text(answer);
        int64_t value;
        if (text == NULL || !rmt_num_parse_int(text, strlen(text), &value) ||
            value < ins->items[i].min || value > ins->items[i].max)
            return CONFIG_FAIL(err, answer, "answers", "the answer to '%s' is not within %d to %d",
                               ins->items[i].id, ins->items[i].min, ins->items[i].max);
    }
    const char **ids = rmt_mem_array(ins->n_scales, sizeof *ids, err);
    if (ids == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < ins->n_scales; i++)
        ids[i] = ins->scales[i].id;
    st = rmt_node_check_keys(scales, "scales", ids, ins->n_scales, err);
    rmt_mem_free(ids);
    return st;
}

rmt_status rmt_instrument_parse(rmt_instrument **out, const rmt_node *node, rmt_error *err)
{
    static const char *const directions[] = {"worse"};
    bool verified = false;
    size_t direction = 0;
    rmt_status st = RMT_OK;
    rmt_instrument *ins = rmt_mem_array(1, sizeof *ins, err);
    if (ins == NULL) return RMT_ERR_NOMEM;

    if ((st = rmt_node_check_keys(node, "instrument", instrument_keys,
                                  CONFIG_COUNT(instrument_keys), err)) ||
        (st = config_need_text(node, "instrument", "id", &ins->id, err)) ||
        (st = config_need_text(node, "instrument", "name", &ins->name, err)) ||
        (st = config_need_text(node, "instrument", "rater", &ins->rater, err)) ||
        (st = config_need_text(node, "instrument", "recall", &ins->recall, err)) ||
        (st = read_source(node, "instrument", &ins->source, &verified, err)) ||
        (st = config_choice(node, "higher_is", directions, CONFIG_COUNT(directions), &direction,
                            err)))
        goto done;
    if (!config_is_name(ins->id)) {
        st = CONFIG_FAIL(err, rmt_node_get(node, "id"), "id",
                         "'%s' is not a letter followed by letters, digits and _", ins->id);
        goto done;
    }
    if ((st = parse_items(ins, node, err)) || (st = parse_scales(ins, node, err)) ||
        (st = parse_diagnosis(ins, node, err)) ||
        (st = parse_definitions(&ins->response, &ins->n_response, ins, node, "response", err)) ||
        (st = parse_definitions(&ins->remission, &ins->n_remission, ins, node, "remission", err)) ||
        (st = parse_missing(ins, node, err)) || (st = check_example(ins, node, err)))
        goto done;
    *out = ins;
    ins = NULL;
done:
    rmt_instrument_free(ins);
    return st;
}

static void free_definitions(rmt_definition *d, size_t n)
{
    for (size_t i = 0; d != NULL && i < n; i++)
        rmt_mem_free(d[i].parts);
    rmt_mem_free(d);
}

void rmt_instrument_free(rmt_instrument *ins)
{
    if (ins == NULL) return;
    for (size_t i = 0; i < ins->n_scales; i++)
        rmt_mem_free(ins->scales[i].items);
    for (size_t i = 0; i < ins->n_diagnosis; i++)
        rmt_mem_free(ins->diagnosis[i].items);
    free_definitions(ins->response, ins->n_response);
    free_definitions(ins->remission, ins->n_remission);
    rmt_mem_free(ins->diagnosis);
    rmt_mem_free(ins->scales);
    rmt_mem_free(ins->items);
    rmt_mem_free(ins);
}

static const rmt_definition *find_definition(const rmt_definition *d, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(d[i].id, id) == 0) return &d[i];
    return NULL;
}

const rmt_definition *rmt_instrument_response(const rmt_instrument *ins, const char *id)
{
    return find_definition(ins->response, ins->n_response, id);
}

const rmt_definition *rmt_instrument_remission(const rmt_instrument *ins, const char *id)
{
    return find_definition(ins->remission, ins->n_remission, id);
}
