/* test_ledger.c - limits cut the list, never the counts and never the lines with an error. */
#include "rmt/ledger.h"
#include "rmt/num.h"
#include "tst_trial.h"

#include <stdio.h>
#include <string.h>

static void add(rmt_ledger *l, rmt_severity severity, const char *code, const char *table,
                size_t line, const char *column)
{
    rmt_error err = {0};
    const rmt_finding f = {severity, code, table, line, column, "S", "v", "r", "m", 0};
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
}

static void is(const rmt_table *t, size_t row, const char *want)
{
    char got[256] = "", buf[RMT_NUM_BUF];
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        const size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%s", c ? "|" : "", rmt_table_format(t, c, row, buf));
    }
    assert_string_equal(got, want);
}

static void the_list_is_cut_and_the_counts_are_not(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    tst_ok(rmt_ledger_new(&l, 2, NULL, &err), &err);
    assert_true(rmt_ledger_lists(l, "type-error", "a"));
    for (size_t i = 0; i < 100; i++)
        add(l, RMT_SEVERITY_ERROR, "type-error", "a", 2 + i, i % 3 ? "x" : "y");
    add(l, RMT_SEVERITY_WARNING, "extra-label", "a", 0, "z");
    add(l, RMT_SEVERITY_ERROR, "type-error", "b", 9, "x");
    assert_false(rmt_ledger_lists(l, "type-error", "a"));
    assert_true(rmt_ledger_lists(l, "type-error", "b"));
    assert_int_equal(rmt_ledger_found(l), 102);
    assert_int_equal(rmt_ledger_errors(l), 101);
    assert_int_equal(rmt_ledger_listed(l), 4);
    assert_int_equal(rmt_table_rows(rmt_ledger_list(l)), 4);
    assert_int_equal(rmt_table_integer(rmt_ledger_list(l), 3, 1), 3); /* the first two of a */
    const rmt_table *counts = rmt_ledger_counts(l);
    assert_int_equal(rmt_table_rows(counts), 4);
    is(counts, 0, "error|type-error|a|y|34|1");
    is(counts, 1, "error|type-error|a|x|66|1");
    is(counts, 2, "warning|extra-label|a|z|1|1");
    is(counts, 3, "error|type-error|b|x|1|1");
    rmt_ledger_free(l);
}

static void nothing_is_listed_where_nothing_may_be(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    tst_ok(rmt_ledger_new(&l, 0, NULL, &err), &err);
    add(l, RMT_SEVERITY_ERROR, "type-error", "a", 2, NULL);
    assert_int_equal(rmt_table_rows(rmt_ledger_list(l)), 0);
    is(rmt_ledger_counts(l), 0, "error|type-error|a||1|0");
    rmt_ledger_free(l);
}

static void more_kinds_than_slots(void **state)
{
    (void)state;
    enum { COLUMNS = 5000 };
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    char name[16];
    tst_ok(rmt_ledger_new(&l, 10, NULL, &err), &err);
    for (size_t i = 0; i < 2 * COLUMNS; i++) {
        snprintf(name, sizeof name, "c%zu", i % COLUMNS);
        add(l, RMT_SEVERITY_ERROR, "constraint-error", "wide", 2 + i / COLUMNS, name);
    }
    assert_int_equal(rmt_table_rows(rmt_ledger_counts(l)), COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++)
        assert_true(rmt_table_number(rmt_ledger_counts(l), 4, i) > 1.5);
    rmt_ledger_free(l);
}

static void lines_are_ranges_whatever_was_listed(void **state)
{
    (void)state;
    enum { FAR = 1 << 20 };
    static const size_t lines[] = {9, 2, 3, 3, 4, 8, 0, 32767, 32768, 32769, FAR, SIZE_MAX};
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    rmt_table *t = NULL;
    tst_ok(rmt_ledger_new(&l, 1, NULL, &err), &err);
    add(l, RMT_SEVERITY_WARNING, "extra-label", "none", 5, "");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        add(l, RMT_SEVERITY_ERROR, "type-error", "b", lines[i], "");
    add(l, RMT_SEVERITY_WARNING, "trial/visit-order", "b", 6, "");
    add(l, RMT_SEVERITY_ERROR, "primary-key", "a", 1, "");
    tst_ok(rmt_ledger_lines(&t, l, &err), &err);
    assert_int_equal(rmt_table_rows(t), 6);
    is(t, 0, "b|2|4||");
    is(t, 1, "b|8|9||");
    is(t, 2, "b|32767|32769||");
    is(t, 3, "b|1048576|1048576||");
    is(t, 4, "b|2147483647|2147483647||");
    is(t, 5, "a|1|1||");
    rmt_table_free(t);
    rmt_ledger_free(l);
}

static void rows_of_wide_files_stand_for_themselves(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    rmt_table *t = NULL, *columns = NULL, *flagged = NULL;
    rmt_finding f = {.severity = RMT_SEVERITY_ERROR, .code = "type-error", .table = "wide"};
    tst_ok(rmt_ledger_new(&l, 9, NULL, &err), &err);
    tst_ok(rmt_table_new(&t, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 6, &err), &err);
    tst_ok(rmt_table_add_column(t, "visit", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_new(&columns, NULL, &err), &err);
    tst_ok(rmt_table_add_column(columns, "name", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(columns, "visit", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(columns, "column", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_ledger_name_columns(l, "wide", t, "visit", columns, &err), &err);
    f.subject = f.value = f.rule = f.message = f.column = "";
    f.line = 3;
    for (f.record = 4; f.record < 6; f.record++)
        tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.record = 0; /* of the line as a whole */
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.table = "plain";
    f.record = 2;
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    tst_ok(rmt_ledger_lines(&flagged, l, &err), &err);
    assert_int_equal(rmt_table_rows(flagged), 3);
    is(flagged, 0, "wide|||4|5");
    is(flagged, 1, "wide|3|3||");
    is(flagged, 2, "plain|3|3||");
    rmt_table_free(flagged);
    rmt_ledger_free(l);
    rmt_table_free(columns);
    rmt_table_free(t);
}

static void checks_are_weighed_as_the_settings_say(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    rmt_check_settings s;
    rmt_check_settings_init(&s);
    s.of[rmt_check_find("type-error")].off = true;
    s.of[rmt_check_find("primary-key")].severity = RMT_SEVERITY_INFO;
    tst_ok(rmt_ledger_new(&l, 9, &s, &err), &err);
    add(l, RMT_SEVERITY_ERROR, "type-error", "a", 2, "");
    add(l, RMT_SEVERITY_ERROR, "primary-key", "a", 2, "");
    add(l, RMT_SEVERITY_ERROR, "extra-label", "a", 0, ""); /* an error by fieldsMatch stays one */
    assert_int_equal(rmt_ledger_found(l), 2);
    assert_int_equal(rmt_ledger_errors(l), 1);
    assert_string_equal(rmt_table_text(rmt_ledger_list(l), 0, 0), "info");
    assert_string_equal(rmt_table_text(rmt_ledger_list(l), 0, 1), "error");
    rmt_ledger_free(l);
}

static void rows_say_whose_they_are(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    rmt_table *t = tst_table("id:i age:i", "7 1\n. 2");
    rmt_finding f = {.severity = RMT_SEVERITY_ERROR,
                     .code = "type-error",
                     .table = "a",
                     .line = 2,
                     .record = 1,
                     .subject = "",
                     .value = "",
                     .rule = "",
                     .message = ""};
    tst_ok(rmt_ledger_new(&l, 9, NULL, &err), &err);
    tst_ok(rmt_ledger_name_subjects(l, "a", t, 0, &err), &err);
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.subject = "8"; /* what the check says */
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.subject = NULL;
    f.record = 2; /* nobody's */
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.record = 0; /* the table's */
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.record = 1;
    f.table = "b"; /* not of participants */
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    static const char *const want[] = {"7", "8", "", "", ""};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(rmt_table_text(rmt_ledger_list(l), 5, i), want[i]);
    rmt_ledger_free(l);
    rmt_table_free(t);
}

/* What is said of a cell in one table is not said again in another of the same file, whatever is listed; an error flags the
 * line in both. */
static void cells_of_several_tables_are_told_once(void **state)
{
    (void)state;
    enum { LINES = 200 };
    for (size_t most = 0; most < 2; most++) {
        rmt_error err = {0};
        rmt_ledger *l = NULL;
        rmt_table *lines = NULL;
        tst_ok(rmt_ledger_new(&l, most, NULL, &err), &err);
        tst_ok(rmt_ledger_share_file(l, "a", &err), &err);
        tst_ok(rmt_ledger_share_file(l, "b", &err), &err);
        for (size_t line = 2; line < 2 + LINES; line++) {
            add(l, RMT_SEVERITY_ERROR, "type-error", "a", line, "x");
            add(l, RMT_SEVERITY_ERROR, "type-error", "a", line, "x"); /* another fault of it */
            add(l, RMT_SEVERITY_ERROR, "type-error", "b", line, "x"); /* the same cell */
        }
        add(l, RMT_SEVERITY_ERROR, "type-error", "b", 500, "x");     /* another line, */
        add(l, RMT_SEVERITY_ERROR, "type-error", "b", 2, "y");       /* column, */
        add(l, RMT_SEVERITY_ERROR, "constraint-error", "b", 2, "x"); /* check, */
        add(l, RMT_SEVERITY_ERROR, "type-error", "c", 2, "x");       /* file; */
        add(l, RMT_SEVERITY_ERROR, "type-error", "a", 3, NULL);      /* rows are no cells */
        add(l, RMT_SEVERITY_ERROR, "type-error", "b", 3, NULL);
        assert_int_equal(rmt_ledger_found(l), 2 * LINES + 6);
        tst_ok(rmt_ledger_lines(&lines, l, &err), &err);
        is(lines, 0, "a|2|201||");
        is(lines, 1, "b|2|201||");
        is(lines, 2, "b|500|500||");
        rmt_table_free(lines);
        rmt_ledger_free(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_cut_and_the_counts_are_not),
        cmocka_unit_test(nothing_is_listed_where_nothing_may_be),
        cmocka_unit_test(rows_say_whose_they_are),
        cmocka_unit_test(more_kinds_than_slots),
        cmocka_unit_test(lines_are_ranges_whatever_was_listed),
        cmocka_unit_test(rows_of_wide_files_stand_for_themselves),
        cmocka_unit_test(cells_of_several_tables_are_told_once),
        cmocka_unit_test(checks_are_weighed_as_the_settings_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
