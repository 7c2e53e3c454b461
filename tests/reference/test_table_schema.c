/* Every row of tests/reference/table_schema.csv and table_schema_tables.csv against the reader and the checks.
 * Of cells a row is: type, format, further keys of
 * the field (JSON in single quotes), cell, expected, source, and where remit differs from the source, what that has and
 * why. Expected: "= VALUE" as stored, "missing" and its reason, "type-error", "constraint-error" and its rule (several
 * parted by "; "), or "schema-error". The cell goes through a file of one column.
 * Of tables: schema, table, table referred to, findings as "LINE COLUMN CODE" parted by "; ", source, difference. */
#include "rmt/csv.h"
#include "support.h"
#include "tst_json.h"
#include "tst_ledger.h"

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

    rmt_ledger *ledger = tst_ledger();
    tst_ok(rmt_schema_check(ledger, s, "t", t, &err), &err);
    findings = tst_listed(ledger);
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

/* ---- tables ---------------------------------------------------------------------------------- */

enum { T_SCHEMA, T_TABLE, T_TARGET, T_EXPECTED, T_SOURCE, T_DIFFERS, T_N_COLUMNS };
static const char *const table_columns[T_N_COLUMNS] = {"schema",   "table",  "target",
                                                       "expected", "source", "differs"};

/* Cells parted by ';', lines by '/'. */
static rmt_table *table_of(const char *path, const char *text, const rmt_schema *s)
{
    rmt_csv_options options = {.delimiter = ';', .schema = s};
    rmt_error err = {0};
    rmt_table *t = NULL;
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    for (; *text; text++)
        assert_true(fputc(*text == '/' ? '\n' : *text, f) != EOF);
    assert_true(fputc('\n', f) != EOF);
    assert_int_equal(fclose(f), 0);
    tst_ok(rmt_csv_read(&t, NULL, path, "table.csv", &options, NULL, &err), &err);
    return t;
}

static void run_table(const rmt_table *rows, size_t row, const char *path, size_t *n_bad)
{
    const char *cell[T_N_COLUMNS];
    char json[1024], got[1024] = "";
    rmt_error err = {0};
    rmt_schema *s = NULL;
    rmt_table *t = NULL, *target = NULL, *findings = NULL;
    rmt_doc *doc;
    size_t n = 0;

    for (size_t i = 0; i < T_N_COLUMNS; i++)
        cell[i] = rmt_table_text(rows, i, row);
    assert_true(cell[T_SOURCE][0] != '\0');
    (void)snprintf(json, sizeof json, "{%s}", cell[T_SCHEMA]);
    doc = tst_json(json);
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    t = table_of(path, cell[T_TABLE], s);
    if (cell[T_TARGET][0]) target = table_of(path, cell[T_TARGET], NULL);
    rmt_ledger *ledger = tst_ledger();
    tst_ok(rmt_schema_check(ledger, s, "t", t, &err), &err);
    for (size_t i = 0; i < s->n_foreign_keys; i++) {
        const rmt_foreign_key *k = &s->foreign_keys[i];
        tst_ok(rmt_schema_check_foreign_key(ledger, k, "t", t, k->resource[0] ? target : t, &err),
               &err);
    }
    findings = tst_listed(ledger);
    for (size_t i = 0; i < rmt_table_rows(findings); i++) {
        const char *column = rmt_table_text(findings, rmt_table_find(findings, "column"), i);
        n += (size_t)snprintf(
            got + n, sizeof got - n, "%s%ld %s %s", i ? "; " : "",
            (long)rmt_table_integer(findings, rmt_table_find(findings, "line"), i),
            *column ? column : "-", rmt_table_text(findings, rmt_table_find(findings, "code"), i));
        assert_true(n < sizeof got);
    }
    if (strcmp(got, cell[T_EXPECTED]) != 0) {
        print_error("line %ld: %s of %s: got '%s', want '%s' (%s)\n",
                    (long)rmt_table_integer(rows, T_N_COLUMNS, row), json, cell[T_TABLE], got,
                    cell[T_EXPECTED], cell[T_SOURCE]);
        ++*n_bad;
    }
    rmt_table_free(findings);
    rmt_table_free(target);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

/* Every row of a file of cases, whose columns are `names`. */
static void run_file(const char *name, const char *const *names, size_t n_names, size_t least,
                     void (*run)(const rmt_table *rows, size_t row, const char *path,
                                 size_t *n_bad))
{
    char source[512], path[] = "/tmp/remit-table-schema-XXXXXX";
    rmt_csv_options options = {.delimiter = ',', .labels = names, .n_labels = n_names};
    rmt_error err = {0};
    rmt_table *rows = NULL;
    size_t n_bad = 0;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    (void)snprintf(source, sizeof source, "%s/reference/%s", RMT_TEST_DIR, name);
    tst_ok(rmt_csv_read(&rows, NULL, source, name, &options, NULL, &err), &err);
    assert_int_equal(rmt_table_columns(rows), n_names + 1);
    for (size_t i = 0; i < n_names; i++)
        assert_string_equal(rmt_table_name(rows, i), names[i]);
    assert_true(rmt_table_rows(rows) >= least);
    for (size_t i = 0; i < rmt_table_rows(rows); i++)
        run(rows, i, path, &n_bad);
    assert_int_equal(unlink(path), 0);
    rmt_table_free(rows);
    assert_int_equal(n_bad, 0);
}

static void every_cell(void **state)
{
    (void)state;
    run_file("table_schema.csv", columns, N_COLUMNS, 700, run_row);
}

static void every_table(void **state)
{
    (void)state;
    run_file("table_schema_tables.csv", table_columns, T_N_COLUMNS, 60, run_table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell), cmocka_unit_test(every_table)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
