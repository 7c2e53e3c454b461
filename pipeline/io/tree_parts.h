/* tree_parts.h - what the readers of YAML and of JSON share. */
#ifndef RMT_TREE_PARTS_H
#define RMT_TREE_PARTS_H
#include "rmt/tree.h"

enum { RMT_TREE_DEPTH_MAX = 64 };

/* Refuses what is too large or not UTF-8, and steps over a byte order mark. */
RMT_MUST_CHECK rmt_status rmt_tree_begin(const char **text, size_t *n, const char *source,
                                         rmt_error *err);
/* The UTF-16 unit of \uXXXX at s[0..n); false where there is none. */
bool rmt_tree_unit_at(uint32_t *out, const char *s, size_t n);
#endif
