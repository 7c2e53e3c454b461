/* Tables as CSV, TSV and JSON. */
#include "tst_trial.h"

#include "rmt/table_text.h"

#include <math.h>

/* Text, number, integer and boolean, with the characters each format has to guard. */
static rmt_table *sample(void)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    static const char *const words[] = {"plain",      "a,b",  "say \"no\"",
                                        "two\nlines", "a\tb", "\x01\\"};
    tst_ok(rmt_table_new(&t, "sample", &err), &err);
    tst_ok(rmt_table_add_column(t, "a,\"x\"", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "x", RMT_TYPE_NUMBER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "n", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "yes", RMT_TYPE_BOOLEAN, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 7, &err), &err);
    for (size_t r = 0; r < 6; r++) {
        tst_ok(rmt_table_set_text(t, 0, r, words[r], strlen(words[r]), &err), &err);
        tst_ok(rmt_table_set_number(t, 1, r, 0.1 * (double)r, &err), &err);
        rmt_table_set_integer(t, 2, r, -(int32_t)r);
        rmt_table_set_integer(t, 3, r, r % 2 == 0);
    }
    tst_ok(rmt_table_set_reason(t, 1, 6, "not done", &err), &err); /* the last row is missing */
    return t;
}

static void writes(const rmt_table *t, const char *format, const char *want)
{
    rmt_error err = {0};
    rmt_text out = {0};
    tst_ok(rmt_table_write(&out, t, format, &err), &err);
    assert_string_equal(out.s, want);
    rmt_text_clear(&out);
}

static void csv_quotes_what_needs_it(void **state)
{
    (void)state;
    rmt_table *t = sample();
    writes(t, "csv",
           "\"a,\"\"x\"\"\",x,n,yes\n"
           "plain,0,0,true\n"
           "\"a,b\",0.1,-1,false\n"
           "\"say \"\"no\"\"\",0.2,-2,true\n"
           "\"two\nlines\",0.30000000000000004,-3,false\n"
           "a\tb,0.4,-4,true\n"
           "\x01\\,0.5,-5,false\n"
           ",,,\n");
    rmt_table_free(t);
}

static void tsv_quotes_tabs_and_not_commas(void **state)
{
    (void)state;
    rmt_table *t = sample();
    rmt_error err = {0};
    rmt_text out = {0};
    tst_ok(rmt_table_write(&out, t, "tsv", &err), &err);
    assert_non_null(strstr(out.s, "\na,b\t0.1\t-1\tfalse\n"));
    assert_non_null(strstr(out.s, "\n\"a\tb\"\t0.4\t-4\ttrue\n"));
    assert_non_null(strstr(out.s, "\n\t\t\t\n"));
    rmt_text_clear(&out);
    rmt_table_free(t);
}

static void json_has_null_and_escapes(void **state)
{
    (void)state;
    rmt_table *t = sample();
    writes(t, "json",
           "[\n {\"a,\\\"x\\\"\": \"plain\", \"x\": 0, \"n\": 0, \"yes\": true},\n"
           " {\"a,\\\"x\\\"\": \"a,b\", \"x\": 0.1, \"n\": -1, \"yes\": false},\n"
           " {\"a,\\\"x\\\"\": \"say \\\"no\\\"\", \"x\": 0.2, \"n\": -2, \"yes\": true},\n"
           " {\"a,\\\"x\\\"\": \"two\\nlines\", \"x\": 0.30000000000000004, \"n\": -3, \"yes\": "
           "false},\n"
           " {\"a,\\\"x\\\"\": \"a\\tb\", \"x\": 0.4, \"n\": -4, \"yes\": true},\n"
           " {\"a,\\\"x\\\"\": \"\\u0001\\\\\", \"x\": 0.5, \"n\": -5, \"yes\": false},\n"
           " {\"a,\\\"x\\\"\": null, \"x\": null, \"n\": null, \"yes\": null}\n]\n");
    rmt_table_free(t);
}

static void a_table_without_rows(void **state)
{
    (void)state;
    rmt_table *t = tst_table("id x:n", "");
    writes(t, "csv", "id,x,source_line\n");
    writes(t, "json", "[\n]\n");
    rmt_table_free(t);
}

static void another_format_is_refused(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text out = {0};
    rmt_table *t = tst_table("id", "A");
    tst_fails(rmt_table_write(&out, t, "xml", &err), RMT_ERR_INTERNAL, &err,
              "no table format 'xml'");
    assert_int_equal(out.len, 0);
    rmt_text_clear(&out);
    rmt_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(csv_quotes_what_needs_it),
                                       cmocka_unit_test(tsv_quotes_tabs_and_not_commas),
                                       cmocka_unit_test(json_has_null_and_escapes),
                                       cmocka_unit_test(a_table_without_rows),
                                       cmocka_unit_test(another_format_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
