/* Fuzzes the reader of JSON; what it accepts survives canonical JSON, and means the same to libyaml. */
#include "../support/tst_tree.h"
#include "rmt/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Characters that break a line, or mark byte order, in YAML alone. */
static bool yaml_differs(const char *s, size_t n)
{
    static const char *const bytes[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof bytes / sizeof *bytes; k++)
            if (n - i >= strlen(bytes[k]) && memcmp(s + i, bytes[k], strlen(bytes[k])) == 0)
                return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL, *other = NULL;
    rmt_text json = {0}, second = {0};
    const char *text = (const char *)data;
    rmt_status st = rmt_tree_parse_json(&doc, text, size, "fuzz", &err);
    if (st) {
        if (doc || st != RMT_ERR_CONFIG || err.code != st || !err.msg[0] || !err.line) abort();
        return 0;
    }
    if (rmt_node_write_json(rmt_doc_root(doc), &json, &err)) abort();
    if (rmt_tree_parse_json(&other, json.s, json.len, "json", &err)) abort();
    if (rmt_node_write_json(rmt_doc_root(other), &second, &err)) abort();
    if (strcmp(json.s, second.s) != 0) abort();
    rmt_doc_free(other);
    other = NULL;
    if (!yaml_differs(text, size) && !rmt_tree_parse(&other, text, size, "fuzz", NULL) &&
        !tst_same_tree(rmt_doc_root(doc), rmt_doc_root(other)))
        abort();
    rmt_text_clear(&json);
    rmt_text_clear(&second);
    rmt_doc_free(doc);
    rmt_doc_free(other);
    return 0;
}
