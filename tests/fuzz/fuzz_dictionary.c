/* Fuzzes REDCap's data dictionary and what it makes of an export. The input is two tables with tabs between the cells, parted by a
 * line "="; its first byte says whether the export is raw, labelled or to be recognised. Either all of it holds together,
 * or the place of what does not is named. */
#include "rmt/mem.h"
#include "rmt/redcap.h"
#include "rmt/tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CELLS_MAX = 256 };
static const char codes[] = "[\"-99\", {value: UNK, label: Unknown}]";

/* Cuts the line at *s into cells; 0 = no line is left. */
static size_t cut_line(char **s, const char *cells[CELLS_MAX])
{
    size_t n = 0;
    if (!**s) return 0;
    for (char *end = *s;; end++) {
        const char c = *end;
        if (c != '\t' && c != '\n' && c != '\0') continue;
        if (n < CELLS_MAX) cells[n++] = *s;
        *end = '\0';
        *s = c ? end + 1 : end;
        if (c != '\t') return n;
    }
}

/* NULL: no table, as its header has a name twice or none. */
static rmt_table *make_table(char *s, const char *const *names, size_t n_names)
{
    const char *cells[CELLS_MAX];
    rmt_error err = {0};
    rmt_table *t = NULL;
    if (rmt_table_new(&t, "", &err)) abort();
    for (size_t i = 0; i < n_names; i++)
        if (rmt_table_add_column(t, names[i], RMT_TYPE_STRING, NULL, NULL, &err)) goto none;
    if (rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER, NULL, NULL, &err)) goto none;
    for (size_t n, row = 0; (n = cut_line(&s, cells)) > 0; row++) {
        if (rmt_table_add_rows(t, 1, &err)) abort();
        rmt_table_set_integer(t, n_names, row, (int32_t)row + 2);
        for (size_t i = 0; i < n && i < n_names; i++)
            if (rmt_table_set_text(t, i, row, cells[i], strlen(cells[i]), &err)) abort();
    }
    return t;
none:
    rmt_table_free(t);
    return NULL;
}

static void check(bool holds)
{
    if (!holds) abort();
}

static rmt_redcap *read_dictionary(char *text)
{
    const char *names[CELLS_MAX];
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_doc *missing = NULL;
    rmt_redcap *r = NULL;
    const size_t n = cut_line(&text, names);
    rmt_table *t = make_table(text, names, n);
    if (!t) return NULL;
    check(!rmt_tree_parse(&missing, codes, sizeof codes - 1, "plan", &err));
    const rmt_status st = rmt_redcap_new(&r, t, "dictionary", rmt_doc_root(missing), &notes, &err);
    check(st == RMT_OK ? r != NULL : !r && st == RMT_ERR_CONFIG && err.code == st);
    if (st) check(strcmp(err.source, "dictionary") == 0 && err.line > 0 && err.msg[0]);
    check(notes.n_errors == 0);
    rmt_doc_free(missing);
    rmt_table_free(t);
    return r;
}

/* Whatever is a dictionary has a schema that can be read. */
static rmt_schema *schema_of(rmt_redcap *r, rmt_doc *doc, const size_t *forms)
{
    rmt_error err = {0};
    rmt_node *node = NULL;
    rmt_schema *schema = NULL;
    check(!rmt_redcap_schema(&node, doc, r, forms, r->n_forms, &err));
    check(!rmt_schema_parse(&schema, node, &err));
    return schema;
}

static void take_table(rmt_redcap *r, const rmt_redcap_data *d, const size_t *forms)
{
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap_counts n = {0};
    rmt_table *t = NULL, *found = NULL;
    rmt_doc *doc = NULL;
    check(!rmt_doc_new(&doc, "plan", &err));
    rmt_schema *schema = schema_of(r, doc, forms);
    const rmt_redcap_selection what = {forms, r->n_forms, NULL, 0, schema, "t"};
    check(!rmt_redcap_found_new(&found, &err));
    const rmt_status st = rmt_redcap_take(&t, &n, found, d, &what, &notes, &err);
    check(st == RMT_OK || (st == RMT_ERR_INCONSISTENT && err.line > 0));
    if (t) {
        const size_t n_rows = rmt_table_rows(t), n_cols = rmt_table_columns(t) - 1;
        size_t n_missing = 0;
        check(n.rows == n_rows + n.rows_set_aside);
        check(n.cells == n_rows * n_cols + n.cells_set_aside);
        for (size_t i = 0; i < n_rows * n_cols; i++)
            n_missing += rmt_table_is_missing(t, i % n_cols, i / n_cols);
        check(n_missing == n.cells_missing + n.cells_unreadable);
    }
    rmt_table_free(found);
    rmt_table_free(t);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
}

static void read_export(rmt_redcap *r, char *text, rmt_redcap_values values)
{
    const char *names[CELLS_MAX];
    rmt_error err = {0};
    rmt_problems notes = {0};
    const rmt_redcap_column **columns = NULL;
    rmt_redcap_data *d = NULL;
    const size_t n = cut_line(&text, names);
    size_t *forms = rmt_mem_array(r->n_forms, sizeof *forms, &err);
    bool *taken = rmt_mem_array(r->n_forms, sizeof *taken, &err);
    check(forms && taken);
    for (size_t i = 0; i < r->n_forms; i++)
        forms[i] = i;
    rmt_status st = rmt_redcap_match_header(&columns, r, names, n, "export", &notes, &err);
    check(st == RMT_OK || st == RMT_ERR_CONFIG);
    for (size_t i = 0; columns && i < n; i++)
        if (columns[i]) names[i] = columns[i]->name;
    rmt_table *t = st ? NULL : make_table(text, names, n);
    if (t) {
        st = rmt_redcap_data_new(&d, r, t, columns, values, "export", &notes, &err);
        check(st == RMT_OK || (st == RMT_ERR_INCONSISTENT && err.line > 0));
        if (!st) take_table(r, d, forms);
        if (!st) rmt_redcap_note_unread(d, taken, &notes);
    }
    rmt_redcap_data_free(d);
    rmt_table_free(t);
    rmt_mem_free(columns);
    rmt_mem_free(taken);
    rmt_mem_free(forms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || memchr(data, '\0', size) ||
        rmt_text_utf8_valid_prefix((const char *)data, size) < size)
        return 0; /* the reader of CSV lets none of these pass */
    char *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    char *export = strstr(text, "\n=\n");
    if (export) {
        *export = '\0';
        export += 3;
    }
    rmt_redcap *r = read_dictionary(text + 1);
    if (r && export) read_export(r, export, (rmt_redcap_values)((unsigned char)text[0] % 3));
    rmt_redcap_free(r);
    free(text);
    return 0;
}
