/* config.h - reading configuration trees: what plan and instrument share.
 * Layer: data, private to this folder. Every failure is RMT_ERR_CONFIG with source, line and key.
 */
#ifndef RMT_DATA_CONFIG_H
#define RMT_DATA_CONFIG_H
#include "rmt/node.h"

/* A fault at a node. key may be NULL. */
#define CONFIG_FAIL(err, node, key, ...)                                                           \
    rmt_fail_at((err), RMT_ERR_CONFIG, rmt_node_source(node), rmt_node_line(node), (key),          \
                __VA_ARGS__)
#define CONFIG_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "unknown WHAT 'WORD'; did you mean 'X'?", or the known ones when none is near. */
RMT_MUST_CHECK rmt_status config_unknown(const rmt_node *at, const char *key, const char *what,
                                         const char *word, const char *const *known, size_t n,
                                         rmt_error *err);
/* Index of word in known, or n. */
size_t config_find(const char *word, const char *const *known, size_t n);

/* Where to point at what is missing: at the empty value where there is one, else at the whole map. */
const rmt_node *config_place(const rmt_node *map, const char *key);
/* The child of `kind` under key; its absence is a fault ("WHAT needs 'key'"). */
RMT_MUST_CHECK rmt_status config_need(const rmt_node *map, const char *what, const char *key,
                                      rmt_node_kind kind, const rmt_node **out, rmt_error *err);
/* A text that must be there and must not be empty. */
RMT_MUST_CHECK rmt_status config_need_text(const rmt_node *map, const char *what, const char *key,
                                           const char **out, rmt_error *err);
/* A text that may be absent (*out untouched) but must not be empty. */
RMT_MUST_CHECK rmt_status config_text(const rmt_node *map, const char *key, const char **out,
                                      rmt_error *err);
/* One of `known`; *out untouched when absent. */
RMT_MUST_CHECK rmt_status config_choice(const rmt_node *map, const char *key,
                                        const char *const *known, size_t n, size_t *out,
                                        rmt_error *err);
/* A whole number within int; its absence is a fault. */
RMT_MUST_CHECK rmt_status config_need_int(const rmt_node *map, const char *what, const char *key,
                                          int *out, rmt_error *err);
/* Looks for texts that stand twice: *again = the least position whose text stands at *first already, n = none.
 * O(n log n). */
RMT_MUST_CHECK rmt_status config_repeat(const char *const *texts, size_t n, size_t *first,
                                        size_t *again, rmt_error *err);
/* A scalar, or a list of scalars, without empty or repeated entries. Walk it with config_word. */
RMT_MUST_CHECK rmt_status config_words(const rmt_node *map, const char *key, const rmt_node **out,
                                       rmt_error *err);
size_t config_n_words(const rmt_node *words); /* 0 for NULL */
const rmt_node *config_word(const rmt_node *words, size_t i);
/* The same as an array of borrowed texts; the caller frees the array. */
RMT_MUST_CHECK rmt_status config_word_array(const rmt_node *map, const char *key, const char ***out,
                                            size_t *n, rmt_error *err);
/* [A-Za-z][A-Za-z0-9_]*: what becomes the name of a group in the study file. */
bool config_is_name(const char *s);
#endif
