/* Fuzzes the reader of configuration trees; what it accepts must survive canonical JSON. */
#include "rmt/tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL, *again = NULL;
    rmt_text json = {0}, second = {0};
    rmt_status st = rmt_tree_parse(&doc, (const char *)data, size, "fuzz", &err);
    if (st) {
        if (doc || st != RMT_ERR_CONFIG || err.code != st || !err.msg[0]) abort();
        return 0;
    }
    if (rmt_node_write_json(rmt_doc_root(doc), &json, &err)) abort();
    if (rmt_tree_parse_json(&again, json.s, json.len, "json", &err)) abort();
    if (rmt_node_write_json(rmt_doc_root(again), &second, &err)) abort();
    if (strcmp(json.s, second.s) != 0) abort();
    rmt_text_clear(&json);
    rmt_text_clear(&second);
    rmt_doc_free(doc);
    rmt_doc_free(again);
    return 0;
}
