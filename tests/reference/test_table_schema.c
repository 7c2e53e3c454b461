/* Every row of tests/reference/table_schema.csv against the reader and the checks. A row: type, format, further keys of
 * the field (JSON in single quotes), cell, expected, source, and where remit differs from the source, what that has and
 * why. Expected: "= VALUE" as stored, "missing" and its reason, "type-error", "constraint-error" and its rule (several
 * parted by "; "), or "schema-error". The cell goes through a file of one column. */
#include "rmt/csv.h"
#include "support.h"
#include "tst_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rmt/num.h"

enum { TYPE, FORMAT, CONSTRAINT, CELL, EXPECTED, SOURCE, DIFFERS, N_COLUMNS };
static const char *const columns[N_COLUMNS] = {"type",     "format", "constraint", "cell",
                                               "expected", "source", "differs"};

static void write_cell(const char *path, const char *cell)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_true(fputs("a\n\"", f) >= 0);
    for (const char *s = cell; *s; s++)
        assert_true(fputs(*s == '"' ? "\"\"" : (char[]){*s, '\0'}, f) >= 0);
    assert_true(fputs("\"\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* What the only cell of the table came to, in the words of `expected`. */
static void outcome(char *out, size_t size, const rmt_schema *s, const rmt_table *t)
{
    rmt_table *findings = NULL;
    rmt_error err = {0};
    char buf[RMT_NUM_BUF];
    size_t n = 0;

    tst_ok(rmt_findings_new(&findings, &err), &err);
    tst_ok(rmt_schema_check(findings, s, "t", t, &err), &err);
    out[0] = '\0';
    for (size_t i = 0; i < rmt_table_rows(findings); i++) {
        const char *code = rmt_table_text(findings, rmt_table_find(findings, "code"), i);
        const char *rule = rmt_table_text(findings, rmt_table_find(findings, "rule"), i);
        bool of_type = strcmp(code, "type-error") == 0;
        n += (size_t)snprintf(out + n, size - n, "%s%s%s%.*s", i ? "; " : "", code,
                              of_type ? "" : " ", of_type ? 0 : (int)strcspn(rule, " "), rule);
        assert_true(n < size);
    }
    rmt_table_free(findings);
    if (n > 0) return;
    if (rmt_table_is_missing(t, 0, 0) && s->fields[0].missing_values &&
        rmt_node_size(s->fields[0].missing_values) == 0) {
        (void)snprintf(out, size, "= "); /* an empty text, which no code makes missing */
    } else if (rmt_table_is_missing(t, 0, 0)) {
        const char *reason = rmt_table_reason(t, 0, 0);
        (void)snprintf(out, size, "missing%s%s", *reason ? " " : "", reason);
    } else {
        (void)snprintf(out, size, "= %s", rmt_table_format(t, 0, 0, buf));
    }
}

static void run_row(const rmt_table *rows, size_t row, const char *path, size_t *n_bad)
{
    const char *cell[N_COLUMNS];
    char json[1024], got[1024];
    rmt_error err = {0};
    rmt_schema *s = NULL;
    rmt_table *t = NULL;
    rmt_csv_options options = {.delimiter = ','};
    rmt_doc *doc;

    for (size_t i = 0; i < N_COLUMNS; i++)
        cell[i] = rmt_table_text(rows, i, row);
    assert_true(cell[SOURCE][0] != '\0');
    (void)snprintf(json, sizeof json, "{'fields': [{'name': 'a', 'type': '%s'%s%s%s%s%s}]}",
                   cell[TYPE], cell[FORMAT][0] ? ", 'format': '" : "", cell[FORMAT],
                   cell[FORMAT][0] ? "'" : "", cell[CONSTRAINT][0] ? ", " : "", cell[CONSTRAINT]);
    doc = tst_json(json);
    if (rmt_schema_parse(&s, rmt_doc_root(doc), &err)) {
        (void)snprintf(got, sizeof got, "schema-error");
        assert_int_equal(err.code, RMT_ERR_CONFIG);
        assert_int_equal(err.line, 1);
        assert_true(err.column[0] != '\0');
    } else {
        write_cell(path, cell[CELL]);
        options.schema = s;
        tst_ok(rmt_csv_read(&t, NULL, path, "cell.csv", &options, NULL, &err), &err);
        assert_int_equal(rmt_table_rows(t), 1);
        outcome(got, sizeof got, s, t);
    }
    if (strcmp(got, cell[EXPECTED]) != 0) {
        print_error("line %ld: %s of '%s': got '%s', want '%s' (%s) %s\n",
                    (long)rmt_table_integer(rows, N_COLUMNS, row), json, cell[CELL], got,
                    cell[EXPECTED], cell[SOURCE], err.msg);
        ++*n_bad;
    }
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

static void every_row(void **state)
{
    char source[512], path[] = "/tmp/remit-table-schema-XXXXXX";
    rmt_csv_options options = {.delimiter = ',', .labels = columns, .n_labels = N_COLUMNS};
    rmt_error err = {0};
    rmt_table *rows = NULL;
    size_t n_bad = 0;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    (void)snprintf(source, sizeof source, "%s/reference/table_schema.csv", RMT_TEST_DIR);
    tst_ok(rmt_csv_read(&rows, NULL, source, "table_schema.csv", &options, NULL, &err), &err);
    assert_int_equal(rmt_table_columns(rows), N_COLUMNS + 1);
    for (size_t i = 0; i < N_COLUMNS; i++)
        assert_string_equal(rmt_table_name(rows, i), columns[i]);
    assert_true(rmt_table_rows(rows) > 700);
    for (size_t i = 0; i < rmt_table_rows(rows); i++)
        run_row(rows, i, path, &n_bad);
    assert_int_equal(unlink(path), 0);
    rmt_table_free(rows);
    assert_int_equal(n_bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
