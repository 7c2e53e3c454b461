/* node.h - a configuration tree (plan, schema, instrument) that remembers its lines.
 * Layer: data. Read from YAML by io/tree.c, from JSON by io/json.c; written as canonical JSON here.
 * A document owns all its nodes and texts; nodes are borrowed and die with it. */
#ifndef RMT_NODE_H
#define RMT_NODE_H
#include "rmt/status.h"
#include "rmt/text.h"

typedef enum { RMT_NODE_SCALAR, RMT_NODE_LIST, RMT_NODE_MAP } rmt_node_kind;

typedef struct rmt_doc rmt_doc;
typedef struct rmt_node rmt_node;

RMT_MUST_CHECK rmt_status rmt_doc_new(rmt_doc **out, const char *source, rmt_error *err);
void rmt_doc_free(rmt_doc *doc);
const char *rmt_doc_source(const rmt_doc *doc);
rmt_node *rmt_doc_root(const rmt_doc *doc); /* NULL before set */
void rmt_doc_set_root(rmt_doc *doc, rmt_node *root);

/* Building. quoted: the scalar was written in quotes, so "5" stays text. */
RMT_MUST_CHECK rmt_status rmt_node_new(rmt_node **out, rmt_doc *doc, rmt_node_kind kind,
                                       size_t line, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_new_scalar(rmt_node **out, rmt_doc *doc, const char *text,
                                              size_t n, bool quoted, size_t line, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_list_add(rmt_node *list, rmt_node *item, rmt_error *err);
/* RMT_ERR_CONFIG when the key is there already, or the map is full: keys are looked for one by one, and a
 * file shall not take hours. */
enum { RMT_NODE_KEYS_MAX = 4096 };
RMT_MUST_CHECK rmt_status rmt_node_map_add(rmt_node *map, const char *key, rmt_node *value,
                                           rmt_error *err);
/* Adds or replaces. */
RMT_MUST_CHECK rmt_status rmt_node_map_set(rmt_node *map, const char *key, rmt_node *value,
                                           rmt_error *err);
/* A deep copy of `node` into `doc`; line numbers and sources are kept. */
RMT_MUST_CHECK rmt_status rmt_node_clone(rmt_node **out, rmt_doc *doc, const rmt_node *node,
                                         rmt_error *err);
/* Faults of n are told at the file and line of `as`, which may be of another document: n is made of it. */
RMT_MUST_CHECK rmt_status rmt_node_place(rmt_node *n, const rmt_node *as, rmt_error *err);

/* Reading; all accept NULL and then answer "absent". */
rmt_node_kind rmt_node_kind_of(const rmt_node *n);
size_t rmt_node_line(const rmt_node *n);
const char *rmt_node_source(const rmt_node *n); /* file it was read from */
size_t rmt_node_size(const rmt_node *n);        /* list or map entries; 0 otherwise */
/* list item or map value, in file order */
const rmt_node *rmt_node_at(const rmt_node *n, size_t i);
const char *rmt_node_key(const rmt_node *n, size_t i);              /* map key */
const rmt_node *rmt_node_get(const rmt_node *map, const char *key); /* NULL = absent */
const char *rmt_node_text(const rmt_node *n); /* scalar's text; NULL for others */
/* absent, or the plain scalar null or ~ or empty */
bool rmt_node_is_null(const rmt_node *n);
bool rmt_node_is_quoted(const rmt_node *n);

/* Typed reading with errors that name source, line and key (RMT_ERR_CONFIG). An absent key is an error
 * for the require_ forms; the others leave *out untouched when absent or null. */
RMT_MUST_CHECK rmt_status rmt_node_require_text(const rmt_node *map, const char *key,
                                                const char **out, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_read_text(const rmt_node *map, const char *key, const char **out,
                                             rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_read_number(const rmt_node *map, const char *key, double *out,
                                               rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_read_size(const rmt_node *map, const char *key, size_t *out,
                                             rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_node_read_bool(const rmt_node *map, const char *key, bool *out,
                                             rmt_error *err);
/* As a child of a given kind; *out = NULL when absent. */
RMT_MUST_CHECK rmt_status rmt_node_read_child(const rmt_node *map, const char *key,
                                              rmt_node_kind kind, const rmt_node **out,
                                              rmt_error *err);
/* RMT_ERR_CONFIG when n is no map, or has a key outside `allowed`; names the key, the line and the
 * nearest allowed key. what: "plan", "field", ... for the message. */
RMT_MUST_CHECK rmt_status rmt_node_check_keys(const rmt_node *n, const char *what,
                                              const char *const *allowed, size_t n_allowed,
                                              rmt_error *err);

/* s[0..n) is a number as JSON writes it (RFC 8259): no plus sign, no leading zero, digits on both sides
 * of a point. "007" is an identifier. */
bool rmt_node_is_json_number(const char *s, size_t n);
/* Canonical JSON: keys in file order, no blanks, numbers as written, plain true, false and null kept,
 * every other scalar a string. The same tree gives the same bytes; what is read of them is what was read of it. */
RMT_MUST_CHECK rmt_status rmt_node_write_json(const rmt_node *n, rmt_text *out, rmt_error *err);
#endif
