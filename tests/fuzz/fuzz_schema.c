/* Fuzzes Table Schemas and what they say of cells: a schema as JSON, a line "---", and the CSV it describes. */
#include "rmt/csv.h"
#include "rmt/ledger.h"
#include "rmt/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A column holds what its type promises, and a cell without a value no value. */
static void look_at(const rmt_table *t)
{
    for (size_t col = 0; col < rmt_table_columns(t); col++)
        for (size_t row = 0; row < rmt_table_rows(t); row++) {
            const rmt_type type = rmt_table_type(t, col);
            const bool missing = rmt_table_is_missing(t, col, row);
            if (type == RMT_TYPE_NUMBER && isinf(rmt_table_number(t, col, row))) abort();
            if (rmt_type_is_text(type) && missing != !rmt_table_text(t, col, row)[0]) abort();
            if (!missing && rmt_table_reason(t, col, row)[0]) abort();
        }
}

static void read_through(const rmt_schema *schema, const char *csv, size_t n)
{
    char path[] = "/tmp/rmt_fuzz_XXXXXX";
    const int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f || fwrite(csv, 1, n, f) != n || fclose(f) != 0) abort();
    const rmt_csv_options options = {.schema = schema};
    rmt_csv_facts facts;
    rmt_problems problems = {0};
    rmt_error err = {0};
    rmt_table *table = NULL;
    rmt_ledger *ledger = NULL;
    const rmt_status st = rmt_csv_read(&table, &facts, path, "fuzz", &options, &problems, &err);
    unlink(path);
    if (st) {
        if (table || err.code != st || !err.msg[0]) abort();
        return;
    }
    look_at(table);
    if (rmt_ledger_new(&ledger, facts.cells + 1, NULL, &err)) abort();
    if (rmt_schema_check(ledger, schema, "fuzz", table, &err)) abort();
    const rmt_table *findings = rmt_ledger_list(ledger);
    size_t n_type = 0;
    const size_t code = rmt_table_find(findings, "code"), line = rmt_table_find(findings, "line");
    for (size_t row = 0; row < rmt_table_rows(findings); row++) {
        n_type += strcmp(rmt_table_text(findings, code, row), "type-error") == 0;
        if (rmt_table_number(findings, line, row) > (double)facts.lines) abort();
    }
    /* Columns the schema does not know are inferred, where nothing is unreadable. */
    if (n_type != facts.cells_unreadable) abort();
    rmt_ledger_free(ledger);
    rmt_table_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char part[] = "\n---\n";
    const char *text = (const char *)data, *csv = text + size;
    rmt_doc *doc = NULL;
    rmt_schema *schema = NULL;
    rmt_error err = {0};
    for (size_t i = 0; i + sizeof part - 1 <= size && csv == text + size; i++)
        if (memcmp(text + i, part, sizeof part - 1) == 0) csv = text + i + sizeof part - 1;
    const size_t n_csv = (size_t)(text + size - csv);
    const size_t n_schema = n_csv ? size - n_csv - (sizeof part - 1) : size;
    if (rmt_tree_parse_json(&doc, text, n_schema, "fuzz", &err)) return 0;
    const rmt_status st = rmt_schema_parse(&schema, rmt_doc_root(doc), &err);
    if (st && (schema || st != RMT_ERR_CONFIG || err.code != st || !err.msg[0])) abort();
    if (!st && n_csv > 0) read_through(schema, csv, n_csv);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
    return 0;
}
