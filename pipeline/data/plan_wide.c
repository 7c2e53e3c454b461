/* plan_wide.c - the key long of a table: a wide file that is made long. */
#include "plan_read.h"
#include "rmt/mem.h"

#include <string.h>

static rmt_status parse_pattern(rmt_wide *w, const rmt_node *word, rmt_error *err)
{
    rmt_wide_pattern *pattern = &w->patterns[w->n_patterns++];
    const char *wrong = NULL;
    rmt_status st = rmt_wide_pattern_parse(pattern, rmt_node_text(word), &wrong, err);
    if (st) return st;
    pattern->line = rmt_node_line(word);
    if (wrong)
        return CONFIG_FAIL(err, word, "columns",
                           "'%s' %s; a pattern is such as \"{name}_wk{visit}\"",
                           rmt_node_text(word), wrong);
    if (!pattern->has_name && !w->value)
        return CONFIG_FAIL(err, word, "columns",
                           "'%s' has no {name}: 'value' says what its columns are called",
                           rmt_node_text(word));
    return RMT_OK;
}

rmt_status plan_parse_wide(rmt_plan_table *t, const rmt_node *map, rmt_error *err)
{
    const rmt_node *node = NULL, *words = NULL;
    rmt_status st = rmt_node_read_child(map, "long", RMT_NODE_MAP, &node, err);
    if (st != RMT_OK || node == NULL) return st;
    rmt_wide *w = t->wide = rmt_mem_array(1, sizeof *w, err);
    if (!w) return RMT_ERR_NOMEM;
    w->source = rmt_node_source(node);
    w->line = rmt_node_line(node);
    w->visit = "visit";
    if ((st = plan_check_keys(node, PLAN_KEYS_LONG, err)) ||
        (st = config_text(node, "visit", &w->visit, err)) ||
        (st = config_text(node, "value", &w->value, err)) ||
        (st = config_word_array(node, "keep", &w->keep, &w->n_keep, err)) ||
        (st = config_words(node, "columns", &words, err)))
        return st;
    const size_t n = config_n_words(words);
    if (n == 0)
        return CONFIG_FAIL(err, node, "columns",
                           "'long' needs 'columns', a pattern such as \"{name}_wk{visit}\"");
    if (!(w->patterns = rmt_mem_array(n, sizeof *w->patterns, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++)
        st = parse_pattern(w, config_word(words, i), err);
    return st;
}

/* The schema of a wide file as that of the table that is made of it. */
static rmt_status parse_schema(rmt_plan_table *t, rmt_error *err)
{
    rmt_node *node = NULL;
    rmt_status st;
    if (rmt_node_kind_of(t->schema_node) != RMT_NODE_MAP) return RMT_OK;
    if ((st = rmt_doc_new(&t->long_doc, rmt_node_source(t->schema_node), err))) return st;
    st = rmt_wide_long_schema(&node, t->long_doc, t->schema_node, t->wide, err);
    return st ? st : rmt_schema_parse(&t->schema, node ? node : t->schema_node, err);
}

/* What the visit column may hold. */
static rmt_status set_schedule(rmt_wide *w, const rmt_plan *p, rmt_error *err)
{
    size_t n = 0;
    for (size_t v = 0; v < p->n_visits; v++)
        n += p->visits[v].n_values;
    if (!(w->scheduled = rmt_mem_array(n, sizeof *w->scheduled, err))) return RMT_ERR_NOMEM;
    for (size_t v = 0; v < p->n_visits; v++)
        for (size_t i = 0; i < p->visits[v].n_values; i++)
            w->scheduled[w->n_scheduled++] = p->visits[v].values[i];
    return RMT_OK;
}

rmt_status plan_finish_wide(rmt_plan *p, rmt_error *err)
{
    for (size_t i = 0; i < p->n_tables; i++) {
        rmt_plan_table *t = &p->tables[i];
        rmt_wide *w = t->wide;
        rmt_status st;
        if (!w) continue;
        w->numbers = p->visit_kind != RMT_VISIT_LABEL && p->visit_column &&
                     strcmp(p->visit_column, w->visit) == 0;
        if (p->visit_kind == RMT_VISIT_LABEL && (st = set_schedule(w, p, err))) return st;
        if (t->schema_node && (st = parse_schema(t, err))) return st;
    }
    return RMT_OK;
}
