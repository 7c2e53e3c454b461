/* plan_redcap.c - the key redcap, and the tables that are forms of it. */
#include "plan_read.h"

rmt_status plan_parse_redcap(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    size_t values = PLAN_N_VALUES;
    rmt_status st = rmt_node_read_child(root, "redcap", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_REDCAP, err)) ||
        (st = config_need_text(map, "redcap", "file", &p->redcap.file, err)) ||
        (st = config_need_text(map, "redcap", "dictionary", &p->redcap.dictionary, err)) ||
        (st = rmt_node_read_child(map, "missing", RMT_NODE_LIST, &p->redcap.missing, err)) ||
        (st = plan_choice(map, "values", PLAN_VALUES_REDCAP_VALUES, &values, err)))
        return st;
    if (values == 0) p->redcap.values = RMT_REDCAP_RAW;
    if (values == 1) p->redcap.values = RMT_REDCAP_LABELS;
    for (size_t i = 0; i < rmt_node_size(p->redcap.missing); i++)
        if (rmt_choice_text(rmt_node_at(p->redcap.missing, i), NULL) == NULL)
            return CONFIG_FAIL(err, rmt_node_at(p->redcap.missing, i), "missing",
                               "a missing code is a text, such as UNK, or a map of value and "
                               "label");
    return RMT_OK;
}

rmt_status plan_parse_forms(rmt_plan_table *t, const rmt_plan *p, const rmt_node *map,
                            rmt_error *err)
{
    static const char *const own[] = {"forms", "events", "long", "schema"};
    rmt_status st;
    if (p->redcap.file == NULL)
        return CONFIG_FAIL(err, rmt_node_get(map, "forms"), "forms",
                           "'forms' are those of a REDCap export: the plan has no 'redcap'");
    for (size_t i = 0; i < rmt_node_size(map); i++)
        if (config_find(rmt_node_key(map, i), own, CONFIG_COUNT(own)) == CONFIG_COUNT(own))
            return CONFIG_FAIL(err, rmt_node_at(map, i), rmt_node_key(map, i),
                               "a table of forms is read from the REDCap export: '%s' is for a "
                               "table with a file of its own",
                               rmt_node_key(map, i));
    t->file = p->redcap.file;
    t->decimal = '.';
    if ((st = config_word_array(map, "forms", &t->forms, &t->n_forms, err)) ||
        (st = config_word_array(map, "events", &t->events, &t->n_events, err)))
        return st;
    if (t->n_forms == 0)
        return CONFIG_FAIL(err, rmt_node_get(map, "forms"), "forms", "'forms' names no form");
    const rmt_node *schema = rmt_node_get(map, "schema");
    if ((st = plan_parse_wide(t, map, err))) return st;
    if (rmt_node_is_null(schema)) return RMT_OK; /* not resolved yet */
    t->schema_node = schema;
    if (rmt_node_kind_of(t->schema_node) != RMT_NODE_MAP)
        return CONFIG_FAIL(err, t->schema_node, "schema",
                           "the schema of a table of forms is made of the data dictionary");
    return t->wide
               ? RMT_OK
               : rmt_schema_parse(&t->schema, schema, err); /* else once the schedule is known */
}
