/* json.c - rmt_tree_parse_json of rmt/tree.h: RFC 8259, and nothing besides.
 * A reader of our own, because every stage of a chain reads some 50 KB of /plan, and libyaml takes 330 instructions
 * a byte; jansson is fast enough, but drops what a tree keeps: the text of a number, and the lines. */
#include "tree_parts.h"

#include <string.h>

typedef struct {
    const char *s, *end;
    size_t line;
    const char *source;
    rmt_doc *doc;
    rmt_text key, text; /* the key of the next value; a text that has escapes */
} reader;

/* The next character that is no blank; NUL at the end. */
static char next(reader *r)
{
    for (; r->s < r->end; r->s++) {
        const char c = *r->s;
        if (c == '\n' || (c == '\r' && !(r->end - r->s > 1 && r->s[1] == '\n'))) r->line++;
        else if (c != ' ' && c != '\t' && c != '\r') return c;
    }
    return '\0';
}

static rmt_status unexpected(const reader *r, const char *wanted, rmt_error *err)
{
    if (r->s == r->end)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "the end where %s should be", wanted);
    const unsigned char c = (unsigned char)*r->s;
    if (c < ' ')
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "byte 0x%02X where %s should be", (unsigned)c, wanted);
    int n = 1;
    while (n < r->end - r->s && (r->s[n] & 0xC0) == 0x80)
        n++;
    return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL, "'%.*s' where %s should be",
                       n, r->s, wanted);
}

static rmt_status read_escape(reader *r, rmt_text *out, rmt_error *err)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *letter = r->end - r->s > 1 ? memchr(letters, r->s[1], sizeof letters - 1) : NULL;
    uint32_t x = 0, low = 0;
    if (letter) {
        r->s += 2;
        return rmt_text_add_bytes(out, &meanings[letter - letters], 1, err);
    }
    if (!rmt_tree_unit_at(&x, r->s, (size_t)(r->end - r->s)))
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "after a backslash stands none of \" \\ / b f n r t and uXXXX");
    r->s += 6;
    if (x >= 0xD800 && x <= 0xDBFF && rmt_tree_unit_at(&low, r->s, (size_t)(r->end - r->s)) &&
        low >= 0xDC00 && low <= 0xDFFF) {
        r->s += 6;
        return rmt_text_add_utf8(out, 0x10000 + ((x - 0xD800) << 10) + (low - 0xDC00), err);
    }
    if (x >= 0xD800 && x <= 0xDFFF)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "the surrogate \\u%04X lacks its other half", (unsigned)x);
    if (x == 0)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "a text holds a NUL character");
    return rmt_text_add_utf8(out, x, err);
}

/* s[0..n) lies in the input, or in `unescaped` where there are escapes. */
static rmt_status read_string(reader *r, const char **s, size_t *n, rmt_text *unescaped,
                              rmt_error *err)
{
    rmt_status st;
    const char *from = ++r->s;
    unescaped->len = 0;
    for (;;) {
        while (r->s < r->end && *r->s != '"' && *r->s != '\\' && (unsigned char)*r->s >= ' ')
            r->s++;
        if (r->s == r->end)
            return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                               "a text has no closing quote");
        if ((unsigned char)*r->s < ' ')
            return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                               "byte 0x%02X in a text must be written as an escape",
                               (unsigned)(unsigned char)*r->s);
        const size_t plain = (size_t)(r->s - from);
        if (*r->s == '"' && unescaped->len == 0) {
            *s = from;
            *n = plain;
            break;
        }
        if ((st = rmt_text_add_bytes(unescaped, from, plain, err))) return st;
        if (*r->s == '"') {
            *s = unescaped->s;
            *n = unescaped->len;
            break;
        }
        if ((st = read_escape(r, unescaped, err))) return st;
        from = r->s;
    }
    r->s++;
    return RMT_OK;
}

static rmt_status read_key(reader *r, rmt_error *err)
{
    rmt_status st;
    const char *s = NULL;
    size_t n = 0;
    if (next(r) != '"') return unexpected(r, "a key in double quotes", err);
    if ((st = read_string(r, &s, &n, &r->key, err))) return st;
    if (s != r->key.s && (st = rmt_text_add_bytes(&r->key, s, n, err))) return st;
    if (next(r) != ':') return unexpected(r, "':'", err);
    r->s++;
    return RMT_OK;
}

/* A number, true, false or null, as it is written. */
static rmt_status read_word(reader *r, const char **s, size_t *n, rmt_error *err)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._";
    *s = r->s;
    while (r->s < r->end && memchr(word, *r->s, sizeof word - 1))
        r->s++;
    *n = (size_t)(r->s - *s);
    if (*n == 0) return unexpected(r, "a value", err);
    if ((*n == 4 && (memcmp(*s, "true", 4) == 0 || memcmp(*s, "null", 4) == 0)) ||
        (*n == 5 && memcmp(*s, "false", 5) == 0) || rmt_node_is_json_number(*s, *n))
        return RMT_OK;
    enum { SHOWN = 40 };
    return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                       "'%.*s' is no number, true, false or null, and a text needs double quotes",
                       *n < SHOWN ? (int)*n : SHOWN, *s);
}

/* Hangs a finished scalar or an open list or map where it belongs. */
static rmt_status attach(reader *r, rmt_node *parent, rmt_node *node, rmt_error *err)
{
    if (!parent) rmt_doc_set_root(r->doc, node);
    else if (rmt_node_kind_of(parent) == RMT_NODE_LIST) return rmt_node_list_add(parent, node, err);
    else return rmt_node_map_add(parent, r->key.s, node, err);
    return RMT_OK;
}

static rmt_status read_container(reader *r, rmt_node *parent, size_t depth, rmt_error *err);

static rmt_status read_value(reader *r, rmt_node *parent, size_t depth, rmt_error *err)
{
    rmt_status st;
    rmt_node *node = NULL;
    const char *s = NULL;
    size_t n = 0;
    const char c = next(r);
    if (c == '{' || c == '[') return read_container(r, parent, depth, err);
    st = c == '"' ? read_string(r, &s, &n, &r->text, err) : read_word(r, &s, &n, err);
    if (st) return st;
    if ((st = rmt_node_new_scalar(&node, r->doc, s, n, c == '"', r->line, err))) return st;
    return attach(r, parent, node, err);
}

static rmt_status read_container(reader *r, rmt_node *parent, size_t depth, rmt_error *err)
{
    rmt_status st;
    rmt_node *node = NULL;
    const bool map = *r->s++ == '{';
    const char close = map ? '}' : ']';
    if (depth == RMT_TREE_DEPTH_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, r->line, NULL,
                           "nested more than %d levels deep", RMT_TREE_DEPTH_MAX);
    if ((st = rmt_node_new(&node, r->doc, map ? RMT_NODE_MAP : RMT_NODE_LIST, r->line, err)))
        return st;
    if ((st = attach(r, parent, node, err))) return st;
    for (bool first = true; next(r) != close || !first; first = false) {
        if (map && (st = read_key(r, err))) return st;
        if ((st = read_value(r, node, depth + 1, err))) return st;
        const char c = next(r);
        if (c == close) break;
        if (c != ',') return unexpected(r, map ? "',' or '}'" : "',' or ']'", err);
        r->s++;
    }
    r->s++;
    return RMT_OK;
}

rmt_status rmt_tree_parse_json(rmt_doc **out, const char *text, size_t n, const char *source,
                               rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_tree_begin(&text, &n, source, err))) return st;
    reader r = {.s = text, .end = text + n, .line = 1, .source = source};
    if ((st = rmt_doc_new(&r.doc, source, err))) goto done;
    if (next(&r) == '\0' && r.s == r.end) {
        st = rmt_fail_at(err, RMT_ERR_CONFIG, source, 1, NULL, "holds nothing");
        goto done;
    }
    if ((st = read_value(&r, NULL, 0, err))) goto done;
    if (next(&r) != '\0' || r.s < r.end) {
        st = unexpected(&r, "the end", err);
        goto done;
    }
    *out = r.doc;
    r.doc = NULL;
done:
    rmt_text_clear(&r.key);
    rmt_text_clear(&r.text);
    rmt_doc_free(r.doc);
    return st;
}
