#include "support.h"

#include <string.h>

static void first_writer_wins(void **state)
{
    (void)state;
    rmt_error err = {0};
    assert_int_equal(rmt_fail(&err, RMT_ERR_IO, "disk %d is full", 3), RMT_ERR_IO);
    assert_int_equal(rmt_fail(&err, RMT_ERR_USAGE, "later"), RMT_ERR_USAGE);
    assert_int_equal(rmt_fail_at(&err, RMT_ERR_USAGE, "f", 1, "c", "later"), RMT_ERR_USAGE);
    assert_int_equal(err.code, RMT_ERR_IO);
    assert_string_equal(err.msg, "disk 3 is full");
    assert_string_equal(err.source, "");
    rmt_error_clear(&err);
    assert_int_equal(err.code, RMT_OK);
    assert_string_equal(err.msg, "");
    assert_int_equal(rmt_fail(NULL, RMT_ERR_IO, "nobody listens"), RMT_ERR_IO);
    rmt_error_clear(NULL);
}

static void controls_are_hidden(void **state)
{
    (void)state;
    rmt_error err = {0};
    assert_int_equal(rmt_fail(&err, RMT_ERR_SCHEMA, "a\nb\x1b[31m\x7f\xc2\x9bm \xc3\xa4"),
                     RMT_ERR_SCHEMA);
    assert_string_equal(err.msg, "a?b?[31m???m \xc3\xa4");
    err.column[0] = '\t';
    char buf[64];
    rmt_error_format(&err, buf, sizeof buf);
    assert_string_equal(buf, "?: a?b?[31m???m \xc3\xa4");
}

static void long_messages_end_in_dots(void **state)
{
    (void)state;
    rmt_error err = {0};
    char long_text[600];
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof err.msg - 1] = '\0';
    assert_int_equal(rmt_fail(&err, RMT_ERR_IO, "%s", long_text), RMT_ERR_IO);
    assert_string_equal(err.msg, long_text); /* just fits */

    rmt_error_clear(&err);
    long_text[sizeof err.msg - 1] = 'x';
    long_text[sizeof long_text - 1] = '\0';
    memcpy(long_text + sizeof err.msg - 5, "\xc3\xa4", 2); /* the cut would split this one */
    assert_int_equal(rmt_fail_at(&err, RMT_ERR_IO, long_text, 1, long_text, "%s", long_text),
                     RMT_ERR_IO);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 2);
    assert_string_equal(err.msg + strlen(err.msg) - 4, "x...");
    assert_int_equal(strlen(err.source), sizeof err.source - 1);
    assert_string_equal(err.source + sizeof err.source - 4, "...");
    assert_int_equal(strlen(err.column), sizeof err.column - 1);
}

static void place_is_added_once(void **state)
{
    (void)state;
    rmt_error err = {0};
    assert_int_equal(rmt_error_locate(NULL, "a", 1, "c"), RMT_OK);
    assert_int_equal(rmt_error_locate(&err, "a", 1, "c"), RMT_OK);
    assert_string_equal(err.source, ""); /* nothing failed: nothing to place */

    assert_int_equal(rmt_fail(&err, RMT_ERR_SCHEMA, "bad"), RMT_ERR_SCHEMA);
    assert_int_equal(rmt_error_locate(&err, "a.csv", 0, NULL), RMT_ERR_SCHEMA);
    assert_int_equal(rmt_error_locate(&err, "plan.yaml", 9, NULL), RMT_ERR_SCHEMA);
    assert_int_equal(err.line, 0); /* not a line of a.csv */
    assert_int_equal(rmt_error_locate(&err, "a.csv", 7, "age"), RMT_ERR_SCHEMA);
    assert_int_equal(rmt_error_locate(&err, NULL, 8, "sex"), RMT_ERR_SCHEMA);
    assert_string_equal(err.source, "a.csv");
    assert_int_equal(err.line, 7);
    assert_string_equal(err.column, "age");
}

static void format_leaves_out_what_is_absent(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        size_t line;
        const char *column, *want;
    } cases[] = {
        {"t.csv", 112, "caps5", "t.csv:112: caps5: 94 is too much"},
        {"t.csv", 0, "caps5", "t.csv: caps5: 94 is too much"},
        {"t.csv", 112, NULL, "t.csv:112: 94 is too much"},
        {NULL, 0, "caps5", "caps5: 94 is too much"},
        {"", 3, "", "line 3: 94 is too much"},
        {NULL, 0, NULL, "94 is too much"},
    };
    char buf[100];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_error err = {0};
        assert_int_equal(rmt_fail_at(&err, RMT_ERR_SCHEMA, cases[i].source, cases[i].line,
                                     cases[i].column, "%d is too much", 94),
                         RMT_ERR_SCHEMA);
        rmt_error_format(&err, buf, sizeof buf);
        assert_string_equal(buf, cases[i].want);
        char tight[8] = "unset..";
        rmt_error_format(&err, tight, 6);
        assert_int_equal(strlen(tight), 5);
        assert_memory_equal(tight, cases[i].want, 5);
        rmt_error_format(&err, tight, 0);
        assert_int_equal(strlen(tight), 5);
    }
    rmt_error_format(NULL, buf, sizeof buf);
    assert_string_equal(buf, "");
}

static void exit_codes(void **state)
{
    (void)state;
    static const int want[RMT_N_STATUS] = {0, 64, 66, 73, 74, 71, 65, 65, 65, 78, 80, 80, 70};
    for (int i = 0; i < RMT_N_STATUS; i++)
        assert_int_equal(rmt_status_exit_code((rmt_status)i), want[i]);
}

static void problems_are_kept_and_counted(void **state)
{
    (void)state;
    rmt_problems p = {0};
    for (int i = 0; i < 25; i++)
        rmt_problems_add(&p, i % 2 ? RMT_SEVERITY_ERROR : RMT_SEVERITY_WARNING, RMT_ERR_SCHEMA,
                         "a.csv", (size_t)i + 1, "age", "problem %d", i);
    assert_int_equal(p.n_total, 25);
    assert_int_equal(p.n_errors, 12);
    assert_int_equal(p.n_kept, RMT_PROBLEMS_KEPT);
    assert_string_equal(p.kept[19].msg, "problem 19");
    assert_int_equal(p.kept[19].line, 20);
    assert_int_equal(p.severity[19], RMT_SEVERITY_ERROR);
    assert_int_equal(p.severity[18], RMT_SEVERITY_WARNING);
}

static void problems_collected_apart_are_appended(void **state)
{
    (void)state;
    rmt_problems to = {0}, from = {.most = 2 * RMT_PROBLEMS_KEPT};
    rmt_problems_add(&to, RMT_SEVERITY_INFO, RMT_OK, "a", 0, NULL, "fact");
    rmt_problems_add(&to, RMT_SEVERITY_WARNING, RMT_ERR_IO, "a", 1, "x", "first");
    for (size_t i = 0; i < 3 * RMT_PROBLEMS_KEPT; i++)
        rmt_problems_add(&from, RMT_SEVERITY_ERROR, RMT_ERR_IO, "b", 2 + i, "y", "%s", "100%");
    rmt_problems_append(&to, &from);
    assert_int_equal(to.n_total, 3 * RMT_PROBLEMS_KEPT + 2);
    assert_int_equal(to.n_errors, 3 * RMT_PROBLEMS_KEPT);
    assert_int_equal(to.n_infos, 1);
    assert_int_equal(to.n_kept, RMT_PROBLEMS_KEPT);
    assert_string_equal(to.kept[0].msg, "first");
    assert_string_equal(to.kept[1].source, "b");
    assert_string_equal(to.kept[1].column, "y");
    assert_string_equal(to.kept[1].msg, "100%");
    assert_int_equal(to.kept[1].line, 2);
    rmt_problems_clear(&from);
}

static void warnings_do_not_crowd_out_the_first_error(void **state)
{
    (void)state;
    rmt_problems p = {0};
    for (size_t i = 0; i < 2 * RMT_PROBLEMS_KEPT; i++)
        rmt_problems_add(&p, RMT_SEVERITY_WARNING, RMT_OK, "a.csv", 1 + i, NULL, "w");
    for (size_t i = 0; i < 2; i++)
        rmt_problems_add(&p, RMT_SEVERITY_ERROR, RMT_ERR_MALFORMED, "a.csv", 100 + i, NULL, "e");
    assert_int_equal(p.n_kept, RMT_PROBLEMS_KEPT);
    assert_int_equal(p.n_total, 2 * RMT_PROBLEMS_KEPT + 2);
    assert_int_equal(p.kept[RMT_PROBLEMS_KEPT - 2].line, RMT_PROBLEMS_KEPT - 1);
    assert_int_equal(p.kept[RMT_PROBLEMS_KEPT - 1].line, 100); /* it says why nothing was made */
    assert_int_equal(p.severity[RMT_PROBLEMS_KEPT - 1], RMT_SEVERITY_ERROR);
}

static void more_problems_are_kept_when_asked_for(void **state)
{
    (void)state;
    enum { N = 1000, MOST = 777 };
    rmt_problems p = {.most = MOST};
    for (size_t i = 0; i < N; i++)
        rmt_problems_add(&p, i % 2 ? RMT_SEVERITY_ERROR : RMT_SEVERITY_WARNING, RMT_ERR_SCHEMA,
                         "a.csv", i, "c", "problem %zu", i);
    assert_int_equal(p.n_kept, MOST);
    assert_int_equal(p.n_total, N);
    assert_int_equal(p.n_errors, N / 2);
    for (size_t i = 0; i < MOST; i++) {
        assert_int_equal(p.kept[i].line, i);
        assert_int_equal(p.severity[i], i % 2 ? RMT_SEVERITY_ERROR : RMT_SEVERITY_WARNING);
    }
    rmt_problems_clear(&p);
    assert_int_equal(p.n_total, 0);
    p.most = 3; /* fewer than there is room for */
    for (size_t i = 0; i < 5; i++)
        rmt_problems_add(&p, RMT_SEVERITY_INFO, RMT_OK, NULL, 0, NULL, "x");
    assert_int_equal(p.n_kept, 3);
    /* warnings and errors take the place of the last fact, and the order stays */
    rmt_problems_add(&p, RMT_SEVERITY_ERROR, RMT_ERR_IO, NULL, 7, NULL, "e1");
    rmt_problems_add(&p, RMT_SEVERITY_WARNING, RMT_ERR_IO, NULL, 8, NULL, "w");
    rmt_problems_add(&p, RMT_SEVERITY_ERROR, RMT_ERR_IO, NULL, 9, NULL, "e2");
    rmt_problems_add(&p, RMT_SEVERITY_ERROR, RMT_ERR_IO, NULL, 10, NULL, "e3");
    rmt_problems_add(&p, RMT_SEVERITY_ERROR, RMT_ERR_IO, NULL, 11, NULL, "e4");
    assert_int_equal(p.n_kept, 3);
    assert_string_equal(p.kept[0].msg, "e1");
    assert_string_equal(p.kept[1].msg, "w");
    assert_string_equal(p.kept[2].msg, "e2");
    assert_int_equal(p.n_total, 10);
    assert_int_equal(p.n_errors, 4);
    assert_int_equal(p.n_infos, 5);
    rmt_problems_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_writer_wins),
        cmocka_unit_test(controls_are_hidden),
        cmocka_unit_test(long_messages_end_in_dots),
        cmocka_unit_test(place_is_added_once),
        cmocka_unit_test(format_leaves_out_what_is_absent),
        cmocka_unit_test(exit_codes),
        cmocka_unit_test(problems_are_kept_and_counted),
        cmocka_unit_test(problems_collected_apart_are_appended),
        cmocka_unit_test(warnings_do_not_crowd_out_the_first_error),
        cmocka_unit_test(more_problems_are_kept_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
