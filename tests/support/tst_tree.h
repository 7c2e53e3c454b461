/* tst_tree.h - two configuration trees are the same: kinds, texts, quotes, keys, lines. */
#ifndef TST_TREE_H
#define TST_TREE_H
#include "rmt/node.h"

#include <string.h>

static inline bool tst_same_tree(const rmt_node *a, const rmt_node *b)
{
    if (rmt_node_kind_of(a) != rmt_node_kind_of(b) || rmt_node_line(a) != rmt_node_line(b) ||
        rmt_node_size(a) != rmt_node_size(b) || rmt_node_is_quoted(a) != rmt_node_is_quoted(b) ||
        strcmp(rmt_node_source(a), rmt_node_source(b)) != 0)
        return false;
    if (rmt_node_kind_of(a) == RMT_NODE_SCALAR)
        return strcmp(rmt_node_text(a), rmt_node_text(b)) == 0;
    for (size_t i = 0; i < rmt_node_size(a); i++) {
        const char *key = rmt_node_key(a, i), *other = rmt_node_key(b, i);
        if (!key != !other || (key && strcmp(key, other) != 0)) return false;
        if (!tst_same_tree(rmt_node_at(a, i), rmt_node_at(b, i))) return false;
    }
    return true;
}
#endif
