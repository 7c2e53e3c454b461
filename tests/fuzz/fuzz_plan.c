/* Fuzzes plans, with instruments and schemas in them as in /plan; one that is accepted means the same as canonical JSON. */
#include "rmt/plan.h"
#include "rmt/tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const rmt_plan *plan)
{
    for (size_t i = 0; i < plan->n_tables; i++) {
        rmt_plan_uses uses = {0};
        const char *name = plan->tables[i].name;
        if (rmt_plan_find_table(plan, name) != &plan->tables[i]) abort();
        if (rmt_plan_column_uses(&uses, plan, name, NULL)) abort();
        rmt_plan_uses_clear(&uses);
    }
    for (size_t i = 0; i < plan->n_outcomes; i++)
        if (!rmt_plan_find_table(plan, plan->outcomes[i].table)) abort();
    for (size_t i = 0; i < plan->n_visits; i++)
        if (rmt_plan_find_visit(plan, plan->visits[i].name) != i) abort();
}

static void again(const rmt_plan *plan, const rmt_node *root)
{
    rmt_text json = {0};
    rmt_doc *doc = NULL;
    rmt_plan *same = NULL;
    if (rmt_node_write_json(root, &json, NULL)) abort();
    if (rmt_tree_parse_json(&doc, json.s, json.len, "json", NULL)) abort();
    if (rmt_plan_parse(&same, rmt_doc_root(doc), NULL)) abort();
    if (same->n_tables != plan->n_tables || same->n_outcomes != plan->n_outcomes ||
        same->n_visits != plan->n_visits || same->n_arms != plan->n_arms ||
        same->n_summaries != plan->n_summaries)
        abort();
    rmt_plan_free(same);
    rmt_doc_free(doc);
    rmt_text_clear(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rmt_doc *doc = NULL;
    rmt_plan *plan = NULL;
    rmt_error err = {0};
    if (rmt_tree_parse(&doc, (const char *)data, size, "fuzz", &err)) return 0;
    const rmt_status st = rmt_plan_parse(&plan, rmt_doc_root(doc), &err);
    if (st) {
        if (plan || st != RMT_ERR_CONFIG || err.code != st || !err.msg[0]) abort();
    } else {
        look_at(plan);
        again(plan, rmt_doc_root(doc));
    }
    rmt_plan_free(plan);
    rmt_doc_free(doc);
    return 0;
}
