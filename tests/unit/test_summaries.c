/* Published numbers as pairs of arms. */
#include "tst_study.h"

#include "rmt/summaries.h"

#define HEAD                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {pub: {file: p.csv}}\n"
#define LONG                                                                                       \
    HEAD "summaries: {pub: {table: pub, study: s, outcome: o, visit: v, arm: a, role: r, mean: "   \
         "m, sd: d, n: n, events: e, total: t}}\n"
#define LONG_COLUMNS "s o v a r m:n d:n n:n e:n t:n"
#define WIDE                                                                                       \
    HEAD "summaries: {pub: {table: pub, study: s, treatment: {arm: a1, mean: m1, sd: d1, n: n1}, " \
         "control: {mean: m2, sd: d2, n: n2}}}\n"

/* The comparisons of plan and table; with a status other than RMT_OK none. */
static rmt_status compare(rmt_comparisons **out, tst_study *t, const char *yaml, const char *head,
                          const char *body, rmt_error *err)
{
    rmt_doc *doc = NULL;
    rmt_plan *plan = NULL;
    *out = NULL;
    tst_study_open(t, NULL);
    tst_study_table(t, "/tables/pub", head, body);
    tst_ok(rmt_tree_parse(&doc, yaml, strlen(yaml), "plan.yaml", err), err);
    tst_ok(rmt_plan_parse(&plan, rmt_doc_root(doc), err), err);
    rmt_stage_run run = {.study = t->s, .plan = plan};
    const rmt_status st = rmt_comparisons_new(out, &run, &plan->summaries[0], err);
    rmt_plan_free(plan); /* what is compared borrows from the table alone */
    rmt_doc_free(doc);
    return st;
}

static void refused(const char *yaml, const char *head, const char *body, size_t line,
                    const char *column, const char *part)
{
    tst_study t;
    rmt_error err = {0};
    rmt_comparisons *list = NULL;
    const rmt_status st = compare(&list, &t, yaml, head, body, &err);
    assert_null(list);
    assert_string_equal(err.source, "pub");
    assert_int_equal(err.line, line);
    assert_string_equal(err.column, column);
    tst_fails(st, RMT_ERR_INCONSISTENT, &err, part);
    tst_study_close(&t);
}

static void long_rows_find_their_control(void **state)
{
    (void)state;
    tst_study t;
    rmt_error err = {0};
    rmt_comparisons *list = NULL;
    tst_ok(compare(&list, &t, LONG, LONG_COLUMNS,
                   "S1 caps w1 ket treatment 20 5 11 3 12\n"
                   "S2 caps w1 pla control 31 8 20 . .\n" /* another study */
                   "S1 caps w2 mid control 28 7 13 . .\n" /* another visit */
                   "S1 caps w1 mid control 30 6 14 1 15\n"
                   "S1 pcl w1 mid control 40 9 14 . .\n" /* another outcome */
                   "S1 caps w1 wl other 50 9 9 . .\n"    /* another role */
                   "S1 caps w1 high treatment 18 4 10 . .",
                   &err),
           &err);
    assert_int_equal(rmt_comparisons_n(list), 2);
    const rmt_comparison *k = rmt_comparisons_at(list, 0);
    assert_string_equal(k->study, "S1");
    assert_string_equal(k->outcome, "caps");
    assert_string_equal(k->visit, "w1");
    assert_string_equal(k->arm[0], "ket");
    assert_string_equal(k->arm[1], "mid");
    tst_close(k->summary[0].mean, 20, 0, 0, "mean");
    tst_close(k->summary[1].mean, 30, 0, 0, "mean of control");
    tst_close(k->summary[0].sd, 5, 0, 0, "sd");
    tst_close(k->summary[1].sd, 6, 0, 0, "sd of control");
    assert_int_equal(k->summary[0].n, 11);
    assert_int_equal(k->summary[1].n, 14);
    assert_int_equal(k->count[0].events, 3);
    assert_int_equal(k->count[0].n, 12);
    assert_int_equal(k->count[1].events, 1);
    assert_int_equal(k->count[1].n, 15);
    assert_int_equal(k->line, 2);
    k = rmt_comparisons_at(list, 1);
    assert_string_equal(k->arm[0], "high");
    assert_string_equal(k->arm[1], "mid"); /* one control for two treatments */
    assert_int_equal(k->count[0].events, -1);
    assert_int_equal(k->count[0].n, 0);
    assert_int_equal(k->line, 8);
    rmt_comparisons_free(list);
    rmt_comparisons_free(NULL);
    tst_study_close(&t);
}

static void wide_rows_are_pairs(void **state)
{
    (void)state;
    tst_study t;
    rmt_error err = {0};
    rmt_comparisons *list = NULL;
    tst_ok(compare(&list, &t, WIDE, "s a1 m1:n d1:n n1:n m2:n d2:n n2:n",
                   "S1 ket 20 5 11 30 6 14\nS2 emdr . 5 . 25 . 9", &err),
           &err);
    assert_int_equal(rmt_comparisons_n(list), 2);
    const rmt_comparison *k = rmt_comparisons_at(list, 0);
    assert_string_equal(k->arm[0], "ket");
    assert_string_equal(k->arm[1], ""); /* the plan names no column */
    assert_string_equal(k->visit, "");
    tst_close(k->summary[1].sd, 6, 0, 0, "sd of control");
    assert_int_equal(k->summary[1].n, 14);
    k = rmt_comparisons_at(list, 1); /* what is not printed */
    tst_close(k->summary[0].mean, (double)NAN, 0, 0, "no mean");
    tst_close(k->summary[1].sd, (double)NAN, 0, 0, "no sd");
    assert_int_equal(k->summary[0].n, 0);
    assert_int_equal(k->count[1].events, -1);
    assert_int_equal(k->line, 3);
    rmt_comparisons_free(list);
    tst_study_close(&t);
}

static void a_control_is_needed_once(void **state)
{
    (void)state;
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 mid control 1 1 9 . .\nS1 caps w2 ket treatment 1 1 9 . .", 3, "r",
            "no control row of the same study");
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 ket treatment 1 1 9 . .\nS1 caps w1 mid control 1 1 9 . .\nS1 caps w1 "
            "pla control 1 1 9 . .",
            2, "r", "more than one control row");
}

static void counts_are_whole(void **state)
{
    (void)state;
    static const char *const bad[][4] = {/* n, events, column, message */
                                         {"9.5", "1", "n", "9.5 is not a count of people"},
                                         {"-9", "1", "n", "-9 is not a count"},
                                         {"9", "0.5", "e", "0.5 is not a count"},
                                         {"9", "-1", "e", "-1 is not a count"},
                                         {"2e9", "1", "n", "2e+09 is not a count"}};
    char body[256];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(body, sizeof body,
                 "S1 o v mid control 1 1 9 1 9\nS1 o v ket treatment 1 1 %s %s 9", bad[i][0],
                 bad[i][1]);
        refused(LONG, LONG_COLUMNS, body, 3, bad[i][2], bad[i][3]);
    }
}

static void columns_have_to_be_there(void **state)
{
    (void)state;
    refused(LONG, "s o v a r m:n d:n n:n e:n", "S1 o v ket treatment 1 1 9 1", 0, "t",
            "summaries 'pub' names this column, the table has none");
    refused(WIDE, "s a1 m1:n d1:n n1:n m2:n n2:n", "S1 ket 1 1 9 1 9", 0, "d2",
            "the table has none");
    refused(LONG, "s o v a r m d:n n:n e:n t:n",
            "S1 o v ket treatment high 1 9 1 9\nS1 o v mid control 1 1 9 1 9", 0, "m",
            "needs numbers here, the column is text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_rows_find_their_control), cmocka_unit_test(wide_rows_are_pairs),
        cmocka_unit_test(a_control_is_needed_once), cmocka_unit_test(counts_are_whole),
        cmocka_unit_test(columns_have_to_be_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
