/* plan_names.c - names that a plan gives to tables, outcomes and visits, looked up; an unknown one is told
 * with the nearest that is known. */
#include "plan_read.h"
#include "rmt/mem.h"

#include <string.h>

const rmt_plan_table *rmt_plan_find_table(const rmt_plan *p, const char *name)
{
    for (size_t i = 0; i < p->n_tables; i++)
        if (strcmp(p->tables[i].name, name) == 0) return &p->tables[i];
    return NULL;
}

const rmt_plan_outcome *rmt_plan_find_outcome(const rmt_plan *p, const char *name)
{
    for (size_t i = 0; i < p->n_outcomes; i++)
        if (strcmp(p->outcomes[i].name, name) == 0) return &p->outcomes[i];
    return NULL;
}

size_t rmt_plan_find_visit(const rmt_plan *p, const char *name)
{
    size_t i = 0;
    while (i < p->n_visits && strcmp(p->visits[i].name, name) != 0)
        i++;
    return i;
}

rmt_status plan_need_table(const rmt_plan *p, const rmt_node *map, const char *what,
                           const char *key, const char **out, rmt_error *err)
{
    rmt_status st = config_need_text(map, what, key, out, err);
    if (st != RMT_OK || rmt_plan_find_table(p, *out) != NULL) return st;
    const char **known = rmt_mem_array(p->n_tables, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_tables; i++)
        known[i] = p->tables[i].name;
    st = config_unknown(rmt_node_get(map, key), key, "table", *out, known, p->n_tables, err);
    rmt_mem_free(known);
    return st;
}

rmt_status plan_check_visit(const rmt_plan *p, const rmt_node *word, const char *key,
                            rmt_error *err)
{
    const char *name = rmt_node_text(word);
    if (rmt_plan_find_visit(p, name) < p->n_visits) return RMT_OK;
    const char **known = rmt_mem_array(p->n_visits, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_visits; i++)
        known[i] = p->visits[i].name;
    rmt_status st = config_unknown(word, key, "visit", name, known, p->n_visits, err);
    rmt_mem_free(known);
    return st;
}
