/* Rows of a result table. */
#include "tst_study.h"

#include "rmt/result_rows.h"

static const rmt_column_spec columns[] = {{"what", RMT_TYPE_STRING, "text", NULL},
                                          {"x", RMT_TYPE_NUMBER, "number", "points"},
                                          {"n", RMT_TYPE_INTEGER, "count", NULL},
                                          {"note", RMT_TYPE_STRING, "note", NULL}};
enum { WHAT, X, N, NOTE };

static rmt_table *new_table(void)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "Results", &err), &err);
    tst_ok(rmt_table_add_columns(t, columns, 4, &err), &err);
    return t;
}

/* reason: why x is missing, NULL = it is there. */
static void add(rmt_table *t, const char *what, double x, long n, const char *reason)
{
    rmt_error err = {0};
    const rmt_error why = {.msg = "n<2"};
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    tst_ok(rmt_result_text(t, WHAT, what, &err), &err);
    tst_ok(rmt_result_integer(t, N, n, &err), &err);
    if (reason) {
        tst_ok(rmt_result_degenerate(t, X, NOTE, RMT_ERR_DEGENERATE, &why, &err), &err);
        tst_ok(rmt_table_set_reason(t, X, rmt_table_rows(t) - 1, reason, &err), &err);
    } else {
        tst_ok(rmt_result_number(t, X, x, &err), &err);
    }
}

static void equal_rows_stand_once(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = new_table();
    add(t, "a", 1.5, 3, NULL);
    add(t, "b", 1.5, 3, NULL);
    add(t, "a", 1.5, 3, NULL); /* again */
    add(t, "a", 1.5, 4, NULL);
    add(t, "a", 0, 4, "n<2");
    add(t, "a", 0, 4, "zero_sd"); /* another reason */
    add(t, "a", 0, 4, "n<2");     /* again */
    add(t, "a", 1.25, 3, NULL);
    tst_ok(rmt_result_distinct(&t, columns, 4, &err), &err);
    assert_int_equal(rmt_table_rows(t), 6);
    assert_string_equal(rmt_table_title(t), "Results");
    assert_string_equal(rmt_table_unit(t, X), "points");
    assert_string_equal(tst_text(t, 1, "what"), "b");
    assert_string_equal(tst_text(t, 2, "n"), "4");
    assert_string_equal(rmt_table_reason(t, X, 3), "n<2");
    assert_string_equal(rmt_table_reason(t, X, 4), "zero_sd");
    assert_string_equal(tst_text(t, 4, "note"), "n<2");
    tst_close(tst_number(t, 5, "x"), 1.25, 0, 0, "x");
    const rmt_table *same = t;
    tst_ok(rmt_result_distinct(&t, columns, 4, &err), &err);
    assert_ptr_equal(t, same); /* nothing to leave out */
    rmt_table_free(t);
}

static void many_rows_are_told_apart(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = new_table();
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < 500; i++)
            add(t, i % 2 ? "odd" : "even", i / 4, i % 8, NULL);
    tst_ok(rmt_result_distinct(&t, columns, 4, &err), &err);
    assert_int_equal(rmt_table_rows(t), 500);
    rmt_table_free(t);
}

static void a_count_is_not_cut_down(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = new_table();
    add(t, "a", 1, 2147483647L, NULL);
    assert_string_equal(tst_text(t, 0, "n"), "2147483647");
    tst_fails(rmt_result_integer(t, N, 2147483648L, &err), RMT_ERR_INTERNAL, &err,
              "2147483648 does not fit");
    tst_fails(rmt_result_integer(t, N, -2147483648L, &err), RMT_ERR_INTERNAL, &err,
              "does not fit"); /* that would be missing */
    assert_string_equal(tst_text(t, 0, "n"), "2147483647");
    rmt_table_free(t);
}

static void notes_are_joined(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = new_table();
    add(t, "a", 1, 1, NULL);
    tst_ok(rmt_result_note(t, NOTE, "", 0, 0, &err), &err);
    assert_string_equal(tst_text(t, 0, "note"), "");
    tst_ok(rmt_result_note(t, NOTE, "", 3, 0, &err), &err);
    assert_string_equal(tst_text(t, 0, "note"), "3 values of records with validation errors");
    tst_ok(rmt_result_note(t, NOTE, "2 left out", 0, 4, &err), &err);
    assert_string_equal(rmt_table_text(t, NOTE, 0),
                        "3 values of records with validation errors; 2 left out; "
                        "4 values from prorated scores");
    rmt_table_free(t);
}

static void other_failures_are_handed_on(void **state)
{
    (void)state;
    rmt_error err = {0};
    const rmt_error why = {.code = RMT_ERR_NOMEM, .msg = "no memory"};
    rmt_table *t = new_table();
    add(t, "a", 1, 1, NULL);
    tst_fails(rmt_result_degenerate(t, X, NOTE, RMT_ERR_NOMEM, &why, &err), RMT_ERR_NOMEM, &err,
              "no memory");
    assert_string_equal(tst_text(t, 0, "note"), "");
    rmt_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_rows_stand_once), cmocka_unit_test(many_rows_are_told_apart),
        cmocka_unit_test(a_count_is_not_cut_down), cmocka_unit_test(notes_are_joined),
        cmocka_unit_test(other_failures_are_handed_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
