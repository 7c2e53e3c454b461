/* plan_columns.c - the columns a plan names, held against the tables once these are read. */
#include "plan_read.h"
#include "rmt/mem.h"

#include <string.h>

typedef struct {
    const rmt_plan *plan;
    const rmt_table *const *tables;
    rmt_error *err;
} checker;

/* at: where the plan names the column. */
static rmt_status need_column(const checker *c, const char *table, const char *column,
                              const rmt_node *at, const char *key)
{
    const rmt_table *t = c->tables[rmt_plan_find_table(c->plan, table) - c->plan->tables];
    if (t == NULL || rmt_table_find(t, column) != RMT_NO_COLUMN) return RMT_OK;
    size_t n = rmt_table_columns(t);
    const char **names = rmt_mem_array(n, sizeof *names, c->err);
    if (names == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_table_name(t, i);
    const char *near = rmt_text_nearest(column, names, n);
    rmt_mem_free(names);
    return CONFIG_FAIL(c->err, at, key, "table %s has no column %s%s%s%s", table, column,
                       near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                       near != NULL ? "?" : "");
}

/* The columns under some keys of a map; an absent key names none. */
static rmt_status need_keys(const checker *c, const char *table, const rmt_node *map,
                            const char *const *keys, size_t n)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && st == RMT_OK; i++) {
        const rmt_node *words = rmt_node_get(map, keys[i]);
        if (rmt_node_is_null(words)) continue;
        for (size_t k = 0; k < config_n_words(words) && st == RMT_OK; k++) {
            const rmt_node *word = config_word(words, k);
            st = need_column(c, table, rmt_node_text(word), word, keys[i]);
        }
    }
    return st;
}

static rmt_status check_outcome(const checker *c, const rmt_plan_outcome *o, const rmt_node *map,
                                const rmt_node *visits)
{
    static const char *const keys[] = {"visit", "total", "baseline"};
    static const char *const common[] = {"visit", "day", "hours"};
    const rmt_node *words = rmt_node_get(map, "items");
    rmt_status st =
        need_column(c, o->table, c->plan->subject_id, rmt_node_get(map, "table"), "table");
    if (st != RMT_OK) return st;
    if (rmt_node_is_null(rmt_node_get(map, "visit")) &&
        (st = need_keys(c, o->table, visits, common, CONFIG_COUNT(common))))
        return st;
    if ((st = need_keys(c, o->table, map, keys, CONFIG_COUNT(keys)))) return st;
    for (size_t i = 0; i < o->n_items && st == RMT_OK; i++) {
        const rmt_node *at = words;
        for (size_t k = 0; k < config_n_words(words); k++)
            if (strcmp(rmt_node_text(config_word(words, k)), o->items[i]) == 0)
                at = config_word(words, k);
        st = need_column(c, o->table, o->items[i], at, "items");
    }
    return st;
}

static rmt_status check_summary(const checker *c, const rmt_plan_summary *s, const rmt_node *map)
{
    static const char *const labels[] = {"study", "outcome", "visit", "role"};
    static const char *const numbers[] = {"arm", "mean", "sd", "n", "events", "total"};
    const rmt_node *arms[] = {map, rmt_node_get(map, "treatment"), rmt_node_get(map, "control")};
    rmt_status st = need_keys(c, s->table, map, labels, CONFIG_COUNT(labels));
    for (size_t i = 0; i < CONFIG_COUNT(arms) && st == RMT_OK; i++)
        st = need_keys(c, s->table, arms[i], numbers, CONFIG_COUNT(numbers));
    return st;
}

rmt_status rmt_plan_check_columns(const rmt_plan *p, const rmt_node *root,
                                  const rmt_table *const *tables, rmt_error *err)
{
    static const char *const subject_keys[] = {"id", "arm", "strata", "covariates"};
    const checker c = {p, tables, err};
    const rmt_node *outcomes = rmt_node_get(root, "outcomes");
    const rmt_node *summaries = rmt_node_get(root, "summaries");
    rmt_status st = RMT_OK;
    if (p->subject_table != NULL)
        st = need_keys(&c, p->subject_table, rmt_node_get(root, "subjects"), subject_keys,
                       CONFIG_COUNT(subject_keys));
    for (size_t i = 0; i < p->n_outcomes && st == RMT_OK; i++)
        st = check_outcome(&c, &p->outcomes[i], rmt_node_at(outcomes, i),
                           rmt_node_get(root, "visits"));
    for (size_t i = 0; i < p->n_summaries && st == RMT_OK; i++)
        st = check_summary(&c, &p->summaries[i], rmt_node_at(summaries, i));
    return st;
}
