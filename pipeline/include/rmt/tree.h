/* tree.h - reads YAML or JSON text into a configuration tree that knows its lines.
 * Layer: io (libyaml; JSON by io/json.c).
 * Errors: RMT_ERR_OPEN, RMT_ERR_IO, RMT_ERR_CONFIG with source and line (syntax, duplicate key,
 * anchors, aliases and tags, more than one document, nesting beyond 64, not UTF-8, a NUL character). */
#ifndef RMT_TREE_H
#define RMT_TREE_H
#include "rmt/node.h"

/* source: the name used in messages. Ownership: caller frees *out. */
RMT_MUST_CHECK rmt_status rmt_tree_parse(rmt_doc **out, const char *text, size_t n,
                                         const char *source, rmt_error *err);
/* The same of strict JSON (RFC 8259; a byte order mark is stepped over). Numbers and words keep their
 * text as written; only texts are quoted. What both accept gives the same tree, unless a text holds U+0085, U+2028
 * or U+2029, which break lines in YAML alone. */
RMT_MUST_CHECK rmt_status rmt_tree_parse_json(rmt_doc **out, const char *text, size_t n,
                                              const char *source, rmt_error *err);
/* Reads the whole file (at most 64 MiB), as JSON when its name ends in .json; path is also the source. */
RMT_MUST_CHECK rmt_status rmt_tree_read(rmt_doc **out, const char *path, rmt_error *err);
#endif
