/* tree.c - see rmt/tree.h. */
#include "rmt/mem.h"
#include "tree_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#define FILE_MAX ((size_t)64 << 20)

/* The containers that are open, innermost last. */
typedef struct {
    rmt_node *node;
    char *key; /* of the map entry being read; NULL = a key is next */
} level;

typedef struct {
    yaml_parser_t yaml;
    const char *text, *source;
    size_t n;
    rmt_doc *doc;
    level open[RMT_TREE_DEPTH_MAX];
    size_t depth;
    size_t n_documents;
} reader;

static size_t line_at(const char *text, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    return line;
}

static rmt_status syntax_error(const reader *r, rmt_error *err)
{
    const yaml_parser_t *y = &r->yaml;
    const char *problem = y->problem ? y->problem : "cannot be read";
    if (y->error == YAML_MEMORY_ERROR) return rmt_fail(err, RMT_ERR_NOMEM, "out of memory");
    if (y->error == YAML_READER_ERROR) {
        size_t offset = y->problem_offset < r->n ? y->problem_offset : r->n;
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line_at(r->text, offset), NULL, "%s",
                           problem);
    }
    return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, y->problem_mark.line + 1, NULL, "%s%s%s",
                       y->context ? y->context : "", y->context ? ": " : "", problem);
}

/* Hangs a finished or just opened node where it belongs. */
static rmt_status attach(reader *r, rmt_node *node, rmt_error *err)
{
    rmt_status st;
    if (r->depth == 0) {
        rmt_doc_set_root(r->doc, node);
        return RMT_OK;
    }
    level *top = &r->open[r->depth - 1];
    if (rmt_node_kind_of(top->node) == RMT_NODE_LIST)
        return rmt_node_list_add(top->node, node, err);
    st = rmt_node_map_add(top->node, top->key, node, err);
    rmt_mem_free(top->key);
    top->key = NULL;
    return st;
}

static bool key_is_next(const reader *r)
{
    if (r->depth == 0) return false;
    const level *top = &r->open[r->depth - 1];
    return rmt_node_kind_of(top->node) == RMT_NODE_MAP && !top->key;
}

static rmt_status refuse_decoration(const reader *r, const yaml_char_t *anchor,
                                    const yaml_char_t *tag, size_t line, rmt_error *err)
{
    if (anchor)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "the anchor '&%s' is not allowed", (const char *)anchor);
    if (tag)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "the tag '%s' is not allowed", (const char *)tag);
    return RMT_OK;
}

static rmt_status on_scalar(reader *r, const yaml_event_t *e, size_t line, rmt_error *err)
{
    rmt_status st;
    const char *text = (const char *)e->data.scalar.value;
    size_t n = e->data.scalar.length;
    st = refuse_decoration(r, e->data.scalar.anchor, e->data.scalar.tag, line, err);
    if (st) return st;
    if (memchr(text, '\0', n))
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "a text holds a NUL character");
    if (key_is_next(r)) {
        level *top = &r->open[r->depth - 1];
        if (rmt_node_get(top->node, text))
            return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, text,
                               "the key is there already, on line %zu",
                               rmt_node_line(rmt_node_get(top->node, text)));
        top->key = rmt_mem_text(text, n, err);
        return top->key ? RMT_OK : RMT_ERR_NOMEM;
    }
    rmt_node *node = NULL;
    bool quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if ((st = rmt_node_new_scalar(&node, r->doc, text, n, quoted, line, err))) return st;
    return attach(r, node, err);
}

static rmt_status on_open(reader *r, rmt_node_kind kind, const yaml_char_t *anchor,
                          const yaml_char_t *tag, size_t line, rmt_error *err)
{
    rmt_status st;
    rmt_node *node = NULL;
    if ((st = refuse_decoration(r, anchor, tag, line, err))) return st;
    if (key_is_next(r))
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL, "a key must be a text");
    if (r->depth == RMT_TREE_DEPTH_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "nested more than %d levels deep", RMT_TREE_DEPTH_MAX);
    if ((st = rmt_node_new(&node, r->doc, kind, line, err))) return st;
    if ((st = attach(r, node, err))) return st;
    r->open[r->depth++] = (level){.node = node};
    return RMT_OK;
}

static rmt_status on_event(reader *r, const yaml_event_t *e, rmt_error *err)
{
    size_t line = e->start_mark.line + 1;
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->n_documents++ == 0) return RMT_OK;
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "a second document begins here; one is allowed");
    case YAML_ALIAS_EVENT:
        return rmt_fail_at(err, RMT_ERR_CONFIG, r->source, line, NULL,
                           "the alias '*%s' is not allowed", (const char *)e->data.alias.anchor);
    case YAML_SCALAR_EVENT: return on_scalar(r, e, line, err);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(r, RMT_NODE_LIST, e->data.sequence_start.anchor, e->data.sequence_start.tag,
                       line, err);
    case YAML_MAPPING_START_EVENT:
        return on_open(r, RMT_NODE_MAP, e->data.mapping_start.anchor, e->data.mapping_start.tag,
                       line, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: r->depth--; return RMT_OK;
    default: return RMT_OK;
    }
}

static rmt_status parse_once(rmt_doc **out, const char *text, size_t n, const char *source,
                             rmt_error *err)
{
    rmt_status st;
    bool done = false;
    reader r = {.text = text, .source = source, .n = n};

    if (!yaml_parser_initialize(&r.yaml)) return rmt_fail(err, RMT_ERR_NOMEM, "out of memory");
    if ((st = rmt_doc_new(&r.doc, source, err))) goto done;
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, n);
    while (!done) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r.yaml, &e)) {
            st = syntax_error(&r, err);
            goto done;
        }
        st = on_event(&r, &e, err);
        done = e.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
        if (st) goto done;
    }
    if (!rmt_doc_root(r.doc)) {
        st = rmt_fail_at(err, RMT_ERR_CONFIG, source, 1, NULL, "holds nothing");
        goto done;
    }
    *out = r.doc;
    r.doc = NULL;
done:
    for (size_t i = 0; i < r.depth; i++)
        rmt_mem_free(r.open[i].key);
    rmt_doc_free(r.doc);
    yaml_parser_delete(&r.yaml);
    return st;
}

bool rmt_tree_unit_at(uint32_t *out, const char *s, size_t n)
{
    uint32_t x = 0;
    if (n < 6 || s[0] != '\\' || s[1] != 'u') return false;
    for (int i = 2; i < 6; i++) {
        char c = s[i];
        uint32_t digit;
        if (c >= '0' && c <= '9') digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F') digit = (uint32_t)(c - 'A') + 10;
        else return false;
        x = x * 16 + digit;
    }
    *out = x;
    return true;
}

/* Writes each JSON pair \uD83D\uDE00 as YAML's \U0001F600, which libyaml can read. No line break
 * comes or goes. *n_pairs counts. */
static rmt_status combine_surrogates(rmt_text *out, size_t *n_pairs, const char *text, size_t n,
                                     rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t from = 0;
    *n_pairs = 0;
    for (size_t i = 0; i + 1 < n && !st;) {
        if (text[i] != '\\') {
            i++;
            continue;
        }
        uint32_t high = 0, low = 0;
        if (!rmt_tree_unit_at(&high, text + i, n - i) || high < 0xD800 || high > 0xDBFF ||
            !rmt_tree_unit_at(&low, text + i + 6, n - i - 6) || low < 0xDC00 || low > 0xDFFF) {
            i += 2; /* an escaped backslash escapes nothing further */
            continue;
        }
        st = rmt_text_add_bytes(out, text + from, i - from, err);
        if (!st)
            st = rmt_text_addf(out, err, "\\U%08X",
                               0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        from = i += 12;
        ++*n_pairs;
    }
    if (!st) st = rmt_text_add_bytes(out, text + from, n - from, err);
    return st;
}

rmt_status rmt_tree_begin(const char **text, size_t *n, const char *source, rmt_error *err)
{
    if (*n > FILE_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, 0, NULL, "is larger than 64 MiB");
    if (*n >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) *text += 3, *n -= 3;
    size_t valid = rmt_text_utf8_valid_prefix(*text, *n);
    if (valid == *n) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_CONFIG, source, line_at(*text, valid), NULL,
                       "byte 0x%02X is not valid UTF-8", (unsigned)(unsigned char)(*text)[valid]);
}

rmt_status rmt_tree_parse(rmt_doc **out, const char *text, size_t n, const char *source,
                          rmt_error *err)
{
    rmt_status st;
    rmt_error first = {0};
    rmt_text combined = {0};
    size_t n_pairs = 0;

    if ((st = rmt_tree_begin(&text, &n, source, err))) return st;

    /* Surrogates are combined only in a text that does not parse without, because outside double
     * quotes the same characters mean themselves. */
    st = parse_once(out, text, n, source, &first);
    if (st == RMT_ERR_CONFIG) {
        if ((st = combine_surrogates(&combined, &n_pairs, text, n, err))) goto done;
        if (n_pairs > 0) {
            rmt_error_clear(&first);
            st = parse_once(out, combined.s, combined.len, source, &first);
        } else {
            st = RMT_ERR_CONFIG;
        }
    }
    if (st) (void)rmt_fail_at(err, st, first.source, first.line, first.column, "%s", first.msg);
done:
    rmt_text_clear(&combined);
    return st;
}

rmt_status rmt_tree_read(rmt_doc **out, const char *path, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text text = {0};
    char *block = NULL;
    enum { BLOCK = 1 << 16 };
    struct stat info;

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return rmt_fail_at(err, RMT_ERR_OPEN, path, 0, NULL, "cannot be opened: %s",
                           strerror(errno));
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        st = rmt_fail_at(err, RMT_ERR_OPEN, path, 0, NULL, "is a directory");
        goto done;
    }
    if (!(block = rmt_mem_array(BLOCK, 1, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (;;) {
        ssize_t got = read(fd, block, BLOCK);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            st = rmt_fail_at(err, RMT_ERR_IO, path, 0, NULL, "cannot be read: %s", strerror(errno));
            goto done;
        }
        if (got == 0) break;
        if ((st = rmt_text_add_bytes(&text, block, (size_t)got, err))) goto done;
        if (text.len > FILE_MAX) break; /* refused by rmt_tree_begin */
    }
    const size_t n = strlen(path), n_json = strlen(".json");
    const bool json = n > n_json && rmt_text_equal_nocase(path + n - n_json, ".json");
    st = (json ? rmt_tree_parse_json : rmt_tree_parse)(out, text.s ? text.s : "", text.len, path,
                                                       err);
done:
    rmt_mem_free(block);
    rmt_text_clear(&text);
    close(fd);
    return st;
}
