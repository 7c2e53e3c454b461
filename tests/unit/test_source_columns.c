/* test_source_columns.c - where in their files the columns of tables stand that have another order. */
#include "rmt/findings_text.h"
#include "rmt/source_columns.h"
#include "tst_findings.h"

#include <string.h>

static void columns_are_found_again(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_source_columns c;
    tst_ok(rmt_source_columns_add(NULL, "a", "x", 1, &err), &err); /* nobody asks */
    tst_ok(rmt_source_columns_open(&c, NULL, &err), &err);
    assert_int_equal(rmt_source_columns_number(&c, "a", "x"), 0);
    rmt_source_columns_close(&c);
    tst_ok(rmt_source_columns_new(&t, &err), &err);
    tst_ok(rmt_source_columns_add(t, "b", "x", 7, &err), &err);
    tst_ok(rmt_source_columns_add(t, "a", "y", 3, &err), &err);
    tst_ok(rmt_source_columns_add(t, "a", "x", 2, &err), &err);
    tst_ok(rmt_source_columns_open(&c, t, &err), &err);
    assert_int_equal(rmt_source_columns_number(&c, "a", "x"), 2);
    assert_int_equal(rmt_source_columns_number(&c, "a", "y"), 3);
    assert_int_equal(rmt_source_columns_number(&c, "b", "x"), 7);
    assert_int_equal(rmt_source_columns_number(&c, "b", "y"), 0);
    rmt_source_columns_close(&c);
    rmt_table_free(t);
    t = tst_table("table column", "a x");
    tst_fails(rmt_source_columns_open(&c, t, &err), RMT_ERR_INCONSISTENT, &err, "number");
    rmt_table_free(t);
}

/* A wide file: its columns by their places there; one that was made has none. */
static void lines_have_the_places_of_the_file(void **state)
{
    (void)state;
    static const char *const want = "m.csv:2:5: error: x_wk2: bad [type-error]\n"
                                    "m.csv:2: error: visit: odd [type-error]\n"
                                    "d.csv:8: warning: x_wk2: strange [source/reading]\n";
    tst_trial t;
    rmt_error err = {0};
    rmt_table *issues = NULL, *places = NULL;
    rmt_text out = {0};
    const rmt_finding of_file = {
        RMT_SEVERITY_ERROR, "type-error", "mini", 2, "x_wk2", "", "", "", "bad", 1};
    const rmt_finding made = {
        RMT_SEVERITY_ERROR, "type-error", "mini", 2, "visit", "", "", "", "odd", 1};
    /* about a row of the data dictionary */
    const rmt_finding other = {RMT_SEVERITY_WARNING,
                               "source/reading",
                               "mini",
                               0,
                               "x_wk2",
                               "",
                               "d.csv:8",
                               "",
                               "d.csv:8: strange",
                               0};
    tst_trial_open(&t,
                   "study: {id: T1}\n"
                   "data: {people: {file: p.csv}, mini: {file: m.csv, long: {columns: "
                   "\"{name}_wk{visit}\"}}}\n"
                   "subjects: {table: people, id: id, arm: arm}\n"
                   "arms: {reference: ctl, order: [ket, ctl]}\n"
                   "visits: {visit: visit, schedule: [{name: b, value: \"2\", baseline: true}]}\n"
                   "outcomes: {x: {table: mini, total: x}}\n");
    tst_ok(rmt_findings_new(&issues, &err), &err);
    tst_ok(rmt_findings_add(issues, &of_file, &err), &err);
    tst_ok(rmt_findings_add(issues, &made, &err), &err);
    tst_ok(rmt_findings_add(issues, &other, &err), &err);
    tst_ok(rmt_source_columns_new(&places, &err), &err);
    tst_ok(rmt_source_columns_add(places, "mini", "x_wk2", 5, &err), &err);
    tst_ok(rmt_findings_lines(&out, issues, t.plan, NULL, 0, places, &err), &err);
    assert_string_equal(out.s, want);
    rmt_text_clear(&out);
    tst_ok(rmt_findings_text(&out, issues, NULL, t.plan, &err), &err);
    assert_non_null(strstr(out.s, "\n  d.csv:8: x_wk2: strange\n"));
    rmt_text_clear(&out);
    rmt_table_free(places);
    rmt_table_free(issues);
    tst_trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_again),
        cmocka_unit_test(lines_have_the_places_of_the_file),
    };
    return cmocka_run_group_tests_name("source_columns", tests, NULL, NULL);
}
