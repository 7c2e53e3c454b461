/* plan_package.c - what a plan declares about files as a whole, itself or by a data package. */
#include "plan_read.h"

rmt_status plan_check_package(const rmt_node *root, rmt_error *err)
{
    const char *file = NULL;
    return config_text(root, "datapackage", &file, err);
}

rmt_status plan_parse_expect(rmt_plan_table *t, const rmt_node *map, rmt_error *err)
{
    static const char *const counts[] = {"bytes", "rows", "columns"};
    const char *hash = NULL;
    size_t count = 0;
    rmt_status st = rmt_node_read_child(map, "expect", RMT_NODE_MAP, &t->expect, err);
    if (st != RMT_OK || t->expect == NULL) return st;
    if ((st = plan_check_keys(t->expect, PLAN_KEYS_EXPECT, err)) ||
        (st = config_text(t->expect, "hash", &hash, err)))
        return st;
    for (size_t i = 0; i < CONFIG_COUNT(counts); i++)
        if ((st = rmt_node_read_size(t->expect, counts[i], &count, err))) return st;
    return RMT_OK;
}
