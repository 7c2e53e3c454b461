#include "rmt/findings_compare.h"
#include "tst_findings.h"

#include <string.h>

#define PLAN                                                                                       \
    TST_PEOPLE                                                                                     \
    "visits: {visit: v, schedule: [{name: b, baseline: true}, {name: w}]}\n"                       \
    "outcomes: {x: {table: mini, total: x}}\n"

typedef struct {
    tst_trial trial;
    rmt_table *issues;
    rmt_findings_of of;
} side;

/* An export of one table, and findings about its column x: code, line and value. */
static void side_open(side *s, const char *rows, const char *const (*findings)[3], size_t n)
{
    rmt_error err = {0};
    tst_trial_open(&s->trial, PLAN);
    tst_trial_table(&s->trial, "mini", "id v x", rows);
    s->issues = NULL;
    tst_ok(rmt_findings_new(&s->issues, &err), &err);
    for (size_t i = 0; i < n; i++) {
        const rmt_finding f = {RMT_SEVERITY_ERROR,
                               findings[i][0],
                               "mini",
                               (size_t)atoi(findings[i][1]),
                               "x",
                               "",
                               findings[i][2],
                               "rule",
                               "m",
                               0};
        tst_ok(rmt_findings_add(s->issues, &f, &err), &err);
    }
    s->of = (rmt_findings_of){s->issues, NULL, s->trial.plan, s->trial.tables, s->trial.n, NULL};
}

static void side_close(side *s)
{
    rmt_table_free(s->issues);
    tst_trial_close(&s->trial);
}

/* "CODE:LINE:VALUE ..." of a table of findings. */
static void findings_are(const rmt_table *t, const char *want)
{
    char got[512] = "", buf[RMT_NUM_BUF];
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        const size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%s:%s:%s", r ? " " : "",
                 rmt_table_text(t, rmt_table_find(t, "code"), r),
                 rmt_table_format(t, rmt_table_find(t, "line"), r, buf),
                 rmt_table_text(t, rmt_table_find(t, "value"), r));
    }
    assert_string_equal(got, want);
}

static void lines_move_and_findings_stay(void **state)
{
    (void)state;
    static const char *const before[][3] = {{"type-error", "0", "whole"},
                                            {"type-error", "2", "1x"},
                                            {"type-error", "3", "1x"},
                                            {"type-error", "5", "4x"},
                                            {"unique-error", "5", "4x"}};
    static const char *const now[][3] = {{"unique-error", "2", "4x"},
                                         {"type-error", "2", "5x"},
                                         {"type-error", "3", "1x"},
                                         {"type-error", "4", "1x"},
                                         {"type-error", "0", "whole"}};
    side a, b;
    rmt_error err = {0};
    rmt_findings_change c = {0};
    side_open(&a, "A b 1x\nA w 1x\nB b 3\nB w 4x", before, 5);
    side_open(&b, "B w 5x\nC w 1x\nA w 1x", now, 5);
    tst_ok(rmt_findings_compare(&c, &a.of, &b.of, &err), &err);
    findings_are(c.fixed, "type-error:2:1x type-error:5:4x");
    findings_are(c.added, "type-error:2:5x type-error:3:1x");
    findings_are(c.staying, "unique-error:2:4x type-error:4:1x type-error:0:whole");
    rmt_findings_change_clear(&c);
    side_close(&a);
    side_close(&b);
}

static void of_several_alike_as_many_stay(void **state)
{
    (void)state;
    static const char *const before[][3] = {
        {"primary-key", "2", "A"}, {"primary-key", "3", "A"}, {"primary-key", "4", "A"}};
    side a, b;
    rmt_error err = {0};
    rmt_findings_change c = {0};
    rmt_text out = {0};
    side_open(&a, "A b 1\nA b 1\nA b 1", before, 3);
    side_open(&b, "A b 1\nA b 1", before, 2);
    tst_ok(rmt_findings_compare(&c, &a.of, &b.of, &err), &err);
    findings_are(c.fixed, "primary-key:4:A");
    findings_are(c.added, "");
    findings_are(c.staying, "primary-key:2:A primary-key:3:A");
    tst_ok(rmt_findings_change_write(&out, &c, a.of.plan, &b.of, "csv", &err), &err);
    assert_string_equal(out.s, "change,severity,code,table,line,column,subject,value,rule,message\n"
                               "fixed,error,primary-key,mini,4,x,,A,rule,m\n"
                               "stays,error,primary-key,mini,2,x,,A,rule,m\n"
                               "stays,error,primary-key,mini,3,x,,A,rule,m\n");
    rmt_text_clear(&out);
    rmt_findings_change_clear(&c);
    side_close(&a);
    side_close(&b);
}

/* /validation/issues of other software. */
static void another_table_is_refused(void **state)
{
    (void)state;
    side a, b;
    rmt_error err = {0};
    rmt_findings_change c = {0};
    side_open(&a, "", NULL, 0);
    side_open(&b, "", NULL, 0);
    rmt_table *other = tst_table("severity code table line:i column subject value rule", "");
    a.of.issues = other;
    tst_fails(rmt_findings_compare(&c, &a.of, &b.of, &err), RMT_ERR_MALFORMED, &err,
              "the table /validation/issues has no text column 'message'");
    assert_null(c.fixed);
    rmt_table_free(other);
    side_close(&a);
    side_close(&b);
}

static void a_cut_list_has_counts_alone(void **state)
{
    (void)state;
    static const char *const first[][3] = {{"type-error", "2", "1x"}, {"unique-error", "2", "1x"}};
    static const char *const last[][3] = {{"type-error", "3", "2x"}};
    side a, b;
    rmt_error err = {0};
    rmt_findings_change c = {0};
    rmt_table *counts = tst_table("severity code table column found:n listed:n",
                                  "error type-error mini v 1 0\nerror type-error mini x 9 1\n"
                                  "error unique-error mini x 1 1");
    rmt_table *other = tst_table("severity code table column found", "");
    side_open(&a, "A b 1x\nA w 2x", first, 2);
    side_open(&b, "A b 1x\nA w 2x", last, 1);
    a.of.counts = counts;
    tst_ok(rmt_findings_compare(&c, &a.of, &b.of, &err), &err);
    findings_are(c.fixed, "unique-error:2:1x");
    findings_are(c.added, "");
    findings_are(c.staying, "");
    findings_are(c.cut, "type-error:0:");
    assert_string_equal(rmt_table_text(c.cut, rmt_table_find(c.cut, "message"), 0),
                        "cut lists: 10 before, 1 now");
    rmt_findings_change_clear(&c);
    b.of.counts = other;
    tst_fails(rmt_findings_compare(&c, &a.of, &b.of, &err), RMT_ERR_INCONSISTENT, &err,
              "/validation/counts");
    rmt_table_free(counts);
    rmt_table_free(other);
    side_close(&a);
    side_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_move_and_findings_stay),
        cmocka_unit_test(of_several_alike_as_many_stay),
        cmocka_unit_test(another_table_is_refused),
        cmocka_unit_test(a_cut_list_has_counts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
