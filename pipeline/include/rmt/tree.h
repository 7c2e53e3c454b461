/* tree.h - reads YAML or JSON text into a configuration tree that knows its lines.
 * Layer: io (libyaml; JSON is read by the same parser, being a subset of YAML's flow style).
 * Errors: RMT_ERR_OPEN, RMT_ERR_IO, RMT_ERR_CONFIG with source and line (syntax, duplicate key,
 * anchors, aliases and tags, more than one document, nesting beyond 64, not UTF-8). */
#ifndef RMT_TREE_H
#define RMT_TREE_H
#include "rmt/node.h"

/* source: the name used in messages. Ownership: caller frees *out. */
RMT_MUST_CHECK rmt_status rmt_tree_parse(rmt_doc **out, const char *text, size_t n,
                                         const char *source, rmt_error *err);
/* Reads the whole file (at most 64 MiB); path is also the source. */
RMT_MUST_CHECK rmt_status rmt_tree_read(rmt_doc **out, const char *path, rmt_error *err);
#endif
