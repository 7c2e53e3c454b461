/* node.c - see rmt/node.h. */
#include "rmt/node.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *key; /* NULL in a list */
    rmt_node *node;
} entry;

struct rmt_node {
    rmt_node_kind kind;
    bool quoted;
    size_t line;
    rmt_doc *doc;
    const char *source;
    const char *text; /* scalar */
    entry *entries;   /* list items or map entries */
    size_t n, cap;
};

/* A plan has thousands of nodes, all of which go at once: they lie in a few pieces of memory. */
typedef struct piece {
    struct piece *next; /* older */
    size_t used, size;
    unsigned char bytes[]; /* aligned for pointers and sizes, as the header is */
} piece;

typedef struct origin {
    struct origin *next;
    const char *name;
} origin;

struct rmt_doc {
    const char *source;
    rmt_node *root;
    piece *pieces;
    origin *origins; /* other files that cloned nodes came from */
};

/* ---- document ------------------------------------------------------------------------------ */

/* n bytes of the document, not zeroed. */
static void *take(rmt_doc *doc, size_t n, rmt_error *err)
{
    enum { ALIGN = sizeof(size_t), FIRST = 1 << 11, LARGEST = 1 << 20 };
    piece *p = doc->pieces;
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (!p || n > p->size - p->used) {
        size_t size = !p ? FIRST : p->size < LARGEST ? 2 * p->size : LARGEST;
        if (size < n) size = n;
        if (!(p = rmt_mem_resize(NULL, sizeof *p + size, 1, err))) return NULL;
        *p = (piece){.next = doc->pieces, .size = size};
        doc->pieces = p;
    }
    p->used += n;
    return p->bytes + p->used - n;
}

static const char *take_text(rmt_doc *doc, const char *s, size_t n, rmt_error *err)
{
    char *copy = take(doc, n + 1, err);
    if (!copy) return NULL;
    if (n > 0) memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

rmt_status rmt_doc_new(rmt_doc **out, const char *source, rmt_error *err)
{
    rmt_doc *doc = rmt_mem_array(1, sizeof *doc, err);
    if (!doc) return RMT_ERR_NOMEM;
    doc->source = take_text(doc, source, source ? strlen(source) : 0, err);
    if (!doc->source) {
        rmt_doc_free(doc);
        return RMT_ERR_NOMEM;
    }
    *out = doc;
    return RMT_OK;
}

void rmt_doc_free(rmt_doc *doc)
{
    if (!doc) return;
    for (piece *p = doc->pieces, *next; p; p = next) {
        next = p->next;
        rmt_mem_free(p);
    }
    rmt_mem_free(doc);
}

const char *rmt_doc_source(const rmt_doc *doc)
{
    return doc->source;
}

rmt_node *rmt_doc_root(const rmt_doc *doc)
{
    return doc->root;
}

void rmt_doc_set_root(rmt_doc *doc, rmt_node *root)
{
    doc->root = root;
}

/* The document's own copy of a source name. */
static const char *keep_source(rmt_doc *doc, const char *name, rmt_error *err)
{
    if (strcmp(name, doc->source) == 0) return doc->source;
    for (const origin *o = doc->origins; o; o = o->next)
        if (strcmp(name, o->name) == 0) return o->name;
    origin *kept = take(doc, sizeof *kept, err);
    const char *copy = kept ? take_text(doc, name, strlen(name), err) : NULL;
    if (!copy) return NULL;
    *kept = (origin){.next = doc->origins, .name = copy};
    doc->origins = kept;
    return copy;
}

/* ---- building ------------------------------------------------------------------------------ */

rmt_status rmt_node_new(rmt_node **out, rmt_doc *doc, rmt_node_kind kind, size_t line,
                        rmt_error *err)
{
    rmt_node *n = take(doc, sizeof *n, err);
    if (!n) return RMT_ERR_NOMEM;
    *n = (rmt_node){.kind = kind, .line = line, .doc = doc, .source = doc->source};
    *out = n;
    return RMT_OK;
}

rmt_status rmt_node_new_scalar(rmt_node **out, rmt_doc *doc, const char *text, size_t n,
                               bool quoted, size_t line, rmt_error *err)
{
    rmt_node *node = NULL;
    if (n > 0 && memchr(text, '\0', n))
        return rmt_fail_at(err, RMT_ERR_CONFIG, doc->source, line, NULL,
                           "a value cannot hold a NUL character");
    rmt_status st = rmt_node_new(&node, doc, RMT_NODE_SCALAR, line, err);
    if (st) return st;
    node->quoted = quoted;
    node->text = take_text(doc, text, n, err);
    if (!node->text) return RMT_ERR_NOMEM;
    *out = node;
    return RMT_OK;
}

static rmt_status push(rmt_node *n, const char *key, rmt_node *item, rmt_error *err)
{
    enum { FIRST = 4 };
    if (n->n == n->cap) {
        size_t cap = n->cap > 0 ? 2 * n->cap : FIRST;
        entry *grown = take(n->doc, cap * sizeof *grown, err);
        if (!grown) return RMT_ERR_NOMEM;
        if (n->n > 0) memcpy(grown, n->entries, n->n * sizeof *grown);
        n->entries = grown;
        n->cap = cap;
    }
    n->entries[n->n++] = (entry){key, item};
    return RMT_OK;
}

rmt_status rmt_node_list_add(rmt_node *list, rmt_node *item, rmt_error *err)
{
    assert(list->kind == RMT_NODE_LIST && item);
    return push(list, NULL, item, err);
}

/* Position of key in map, or map->n. */
static size_t find_key(const rmt_node *map, const char *key)
{
    size_t i = 0;
    /* Most keys differ in the first letter: a call for the others alone. */
    while (i < map->n &&
           (map->entries[i].key[0] != key[0] || strcmp(map->entries[i].key, key) != 0))
        i++;
    return i;
}

static rmt_status push_pair(rmt_node *map, const char *key, rmt_node *value, rmt_error *err)
{
    const char *copy = take_text(map->doc, key, strlen(key), err);
    return copy ? push(map, copy, value, err) : RMT_ERR_NOMEM;
}

rmt_status rmt_node_map_add(rmt_node *map, const char *key, rmt_node *value, rmt_error *err)
{
    assert(map->kind == RMT_NODE_MAP && value);
    size_t i = find_key(map, key);
    if (i < map->n)
        return rmt_fail_at(err, RMT_ERR_CONFIG, value->source, value->line, key,
                           "the key '%s' is there already, in line %zu", key,
                           map->entries[i].node->line);
    if (map->n == RMT_NODE_KEYS_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, value->source, value->line, NULL,
                           "a map has more than %d keys", RMT_NODE_KEYS_MAX);
    return push_pair(map, key, value, err);
}

rmt_status rmt_node_map_set(rmt_node *map, const char *key, rmt_node *value, rmt_error *err)
{
    assert(map->kind == RMT_NODE_MAP && value);
    size_t i = find_key(map, key);
    if (i == map->n) return push_pair(map, key, value, err);
    map->entries[i].node = value;
    return RMT_OK;
}

/* Recursive: the readers of YAML and JSON bound the depth. */
rmt_status rmt_node_clone(rmt_node **out, rmt_doc *doc, const rmt_node *node, rmt_error *err)
{
    rmt_status st;
    rmt_node *copy = NULL;
    const char *source = keep_source(doc, node->source, err);
    if (!source) return RMT_ERR_NOMEM;
    if (node->kind == RMT_NODE_SCALAR)
        st = rmt_node_new_scalar(&copy, doc, node->text, strlen(node->text), node->quoted,
                                 node->line, err);
    else st = rmt_node_new(&copy, doc, node->kind, node->line, err);
    if (st) return st;
    copy->source = source;
    size_t n = node->n; /* not its later size: a node may be cloned into its own tree */
    for (size_t i = 0; i < n; i++) {
        rmt_node *item = NULL;
        if ((st = rmt_node_clone(&item, doc, node->entries[i].node, err))) return st;
        st = node->kind == RMT_NODE_MAP ? push_pair(copy, node->entries[i].key, item, err)
                                        : push(copy, NULL, item, err);
        if (st) return st;
    }
    *out = copy;
    return RMT_OK;
}

rmt_status rmt_node_place(rmt_node *n, const rmt_node *as, rmt_error *err)
{
    const char *source = keep_source(n->doc, as->source, err);
    if (!source) return RMT_ERR_NOMEM;
    n->source = source;
    n->line = as->line;
    return RMT_OK;
}

/* ---- reading ------------------------------------------------------------------------------- */

rmt_node_kind rmt_node_kind_of(const rmt_node *n)
{
    return n ? n->kind : RMT_NODE_SCALAR; /* absent reads as a null scalar */
}

size_t rmt_node_line(const rmt_node *n)
{
    return n ? n->line : 0;
}

const char *rmt_node_source(const rmt_node *n)
{
    return n ? n->source : "";
}

size_t rmt_node_size(const rmt_node *n)
{
    return n ? n->n : 0;
}

const rmt_node *rmt_node_at(const rmt_node *n, size_t i)
{
    return n && i < n->n ? n->entries[i].node : NULL;
}

const char *rmt_node_key(const rmt_node *n, size_t i)
{
    return n && n->kind == RMT_NODE_MAP && i < n->n ? n->entries[i].key : NULL;
}

const rmt_node *rmt_node_get(const rmt_node *map, const char *key)
{
    if (!map || map->kind != RMT_NODE_MAP) return NULL;
    size_t i = find_key(map, key);
    return i < map->n ? map->entries[i].node : NULL;
}

const char *rmt_node_text(const rmt_node *n)
{
    return n ? n->text : NULL;
}

bool rmt_node_is_quoted(const rmt_node *n)
{
    return n && n->quoted;
}

static bool is_plain(const rmt_node *n, const char *word)
{
    return n->kind == RMT_NODE_SCALAR && !n->quoted && strcmp(n->text, word) == 0;
}

bool rmt_node_is_null(const rmt_node *n)
{
    return !n || is_plain(n, "null") || is_plain(n, "~") || is_plain(n, "");
}

static rmt_status wrong(const rmt_node *n, const char *key, const char *wanted, rmt_error *err)
{
    static const char *const kinds[] = {"", "a list", "a map"};
    if (n->kind == RMT_NODE_SCALAR)
        return rmt_fail_at(err, RMT_ERR_CONFIG, n->source, n->line, key, "'%s' is not %s", n->text,
                           wanted);
    return rmt_fail_at(err, RMT_ERR_CONFIG, n->source, n->line, key, "%s where %s should be",
                       kinds[n->kind], wanted);
}

rmt_status rmt_node_read_text(const rmt_node *map, const char *key, const char **out,
                              rmt_error *err)
{
    const rmt_node *n = rmt_node_get(map, key);
    if (rmt_node_is_null(n)) return RMT_OK;
    if (n->kind != RMT_NODE_SCALAR) return wrong(n, key, "text", err);
    *out = n->text;
    return RMT_OK;
}

rmt_status rmt_node_require_text(const rmt_node *map, const char *key, const char **out,
                                 rmt_error *err)
{
    if (rmt_node_is_null(rmt_node_get(map, key)))
        return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_node_source(map), rmt_node_line(map), key,
                           "the key '%s' is missing", key);
    return rmt_node_read_text(map, key, out, err);
}

/* Written as JSON writes it: /plan can hold it as a number then. .9 and 007 would come back as texts. */
static bool plain_number(const rmt_node *n, double *out)
{
    return n->kind == RMT_NODE_SCALAR && !n->quoted &&
           rmt_node_is_json_number(n->text, strlen(n->text)) &&
           rmt_num_parse_double(n->text, strlen(n->text), out);
}

rmt_status rmt_node_read_number(const rmt_node *map, const char *key, double *out, rmt_error *err)
{
    const rmt_node *n = rmt_node_get(map, key);
    double x;
    char buf[RMT_NUM_BUF], wanted[RMT_NUM_BUF + sizeof "a number; write "];
    if (rmt_node_is_null(n) || plain_number(n, out)) return RMT_OK;
    if (n->kind != RMT_NODE_SCALAR || n->quoted ||
        !rmt_num_parse_double(n->text, strlen(n->text), &x))
        return wrong(n, key, "a number", err);
    rmt_num_print(buf, x);
    snprintf(wanted, sizeof wanted, "a number; write %s", buf);
    return wrong(n, key, wanted, err);
}

rmt_status rmt_node_read_size(const rmt_node *map, const char *key, size_t *out, rmt_error *err)
{
    const rmt_node *n = rmt_node_get(map, key);
    int64_t x;
    double number;
    if (rmt_node_is_null(n)) return RMT_OK;
    if (!plain_number(n, &number) || !rmt_num_parse_int(n->text, strlen(n->text), &x) || x < 0)
        return wrong(n, key, "a whole number of 0 or more", err);
    *out = (size_t)x;
    return RMT_OK;
}

rmt_status rmt_node_read_bool(const rmt_node *map, const char *key, bool *out, rmt_error *err)
{
    const rmt_node *n = rmt_node_get(map, key);
    if (rmt_node_is_null(n)) return RMT_OK;
    bool yes = is_plain(n, "true");
    if (!yes && !is_plain(n, "false")) return wrong(n, key, "true or false", err);
    *out = yes;
    return RMT_OK;
}

rmt_status rmt_node_read_child(const rmt_node *map, const char *key, rmt_node_kind kind,
                               const rmt_node **out, rmt_error *err)
{
    static const char *const kinds[] = {"a single value", "a list", "a map"};
    const rmt_node *n = rmt_node_get(map, key);
    if (!rmt_node_is_null(n) && n->kind != kind) return wrong(n, key, kinds[kind], err);
    *out = rmt_node_is_null(n) ? NULL : n;
    return RMT_OK;
}

rmt_status rmt_node_check_keys(const rmt_node *n, const char *what, const char *const *allowed,
                               size_t n_allowed, rmt_error *err)
{
    if (!n || n->kind != RMT_NODE_MAP)
        return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_node_source(n), rmt_node_line(n), NULL,
                           "%s is not a map of keys and values", what);
    for (size_t i = 0; i < n->n; i++) {
        const char *key = n->entries[i].key;
        size_t k = 0;
        while (k < n_allowed && strcmp(key, allowed[k]) != 0)
            k++;
        if (k < n_allowed) continue;
        const char *nearest = rmt_text_nearest(key, allowed, n_allowed);
        /* The value's line: that of the key, but for a block that begins below it. */
        return rmt_fail_at(err, RMT_ERR_CONFIG, n->entries[i].node->source,
                           n->entries[i].node->line, NULL, "unknown key '%s' in %s%s%s%s", key,
                           what, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
    }
    return RMT_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Steps over digits; false where there are none. */
static bool digits(const char **s, const char *end)
{
    const char *from = *s;
    while (*s < end && **s >= '0' && **s <= '9')
        ++*s;
    return *s > from;
}

bool rmt_node_is_json_number(const char *s, size_t n)
{
    const char *end = s + n;
    if (s < end && *s == '-') s++;
    const char *from = s;
    if (!digits(&s, end) || (*from == '0' && s - from > 1)) return false;
    if (s < end && *s == '.') {
        s++;
        if (!digits(&s, end)) return false;
    }
    if (s < end && (*s == 'e' || *s == 'E')) {
        s++;
        if (s < end && (*s == '+' || *s == '-')) s++;
        if (!digits(&s, end)) return false;
    }
    return s == end;
}

static rmt_status write_scalar(const rmt_node *n, rmt_text *out, rmt_error *err)
{
    double x;
    if (rmt_node_is_null(n)) return rmt_text_add(out, "null", err);
    /* A number as it is written: it may be meant as a text, a visit called 1.10. */
    if (is_plain(n, "true") || is_plain(n, "false") || plain_number(n, &x))
        return rmt_text_add(out, n->text, err);
    return rmt_text_add_json(out, n->text, err);
}

rmt_status rmt_node_write_json(const rmt_node *n, rmt_text *out, rmt_error *err)
{
    if (!n || n->kind == RMT_NODE_SCALAR) return write_scalar(n, out, err);
    bool is_map = n->kind == RMT_NODE_MAP;
    rmt_status st = rmt_text_add(out, is_map ? "{" : "[", err);
    for (size_t i = 0; i < n->n && !st; i++) {
        if (i > 0) st = rmt_text_add(out, ",", err);
        if (!st && is_map) st = rmt_text_add_json(out, n->entries[i].key, err);
        if (!st && is_map) st = rmt_text_add(out, ":", err);
        if (!st) st = rmt_node_write_json(n->entries[i].node, out, err);
    }
    if (!st) st = rmt_text_add(out, is_map ? "}" : "]", err);
    return st;
}
