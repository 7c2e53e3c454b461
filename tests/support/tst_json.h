/* tst_json.h - a configuration tree from a literal, for tests of what lies below io.
 * JSON with single quotes for double ones, so that it reads well in C; no escapes. Asserts on
 * nonsense. */
#ifndef TST_JSON_H
#define TST_JSON_H
#include <string.h>

#include "rmt/node.h"
#include "support.h"

typedef struct {
    rmt_doc *doc;
    const char *s;
    size_t line;
} tst_json_reader;

static inline char tst_json_peek(tst_json_reader *r)
{
    for (; *r->s == ' ' || *r->s == '\n'; r->s++)
        if (*r->s == '\n') r->line++;
    return *r->s;
}

static inline void tst_json_expect(tst_json_reader *r, char c)
{
    if (tst_json_peek(r) != c) {
        print_error("expected %c before: %.40s\n", c, r->s);
        fail();
    }
    r->s++;
}

static inline void tst_json_scalar(tst_json_reader *r, char out[1024], bool *quoted)
{
    size_t n;

    *quoted = tst_json_peek(r) == '\'';
    if (*quoted) r->s++;
    n = strcspn(r->s, *quoted ? "'" : " ,]}\n");
    assert_true(n < 1024);
    memcpy(out, r->s, n);
    out[n] = '\0';
    r->s += n;
    if (*quoted) tst_json_expect(r, '\'');
}

static inline rmt_node *tst_json_value(tst_json_reader *r)
{
    rmt_error err = {0};
    rmt_node *node = NULL, *child;
    char text[1024];
    bool quoted = false, map = tst_json_peek(r) == '{';
    char end = map ? '}' : ']';

    if (!map && *r->s != '[') {
        tst_json_scalar(r, text, &quoted);
        tst_ok(rmt_node_new_scalar(&node, r->doc, text, strlen(text), quoted, r->line, &err), &err);
        return node;
    }
    tst_ok(rmt_node_new(&node, r->doc, map ? RMT_NODE_MAP : RMT_NODE_LIST, r->line, &err), &err);
    r->s++;
    while (tst_json_peek(r) != end) {
        if (map) {
            tst_json_scalar(r, text, &quoted);
            tst_json_expect(r, ':');
        }
        child = tst_json_value(r);
        if (map) tst_ok(rmt_node_map_add(node, text, child, &err), &err);
        else tst_ok(rmt_node_list_add(node, child, &err), &err);
        if (tst_json_peek(r) == ',') r->s++;
    }
    r->s++;
    return node;
}

/* Ownership: caller, rmt_doc_free. */
static inline rmt_doc *tst_json(const char *text)
{
    rmt_error err = {0};
    tst_json_reader r = {NULL, text, 1};

    tst_ok(rmt_doc_new(&r.doc, "test.json", &err), &err);
    rmt_doc_set_root(r.doc, tst_json_value(&r));
    return r.doc;
}
#endif
