/* Published numbers as pairs of arms. */
#include "tst_study.h"

#include "rmt/summaries.h"

extern const rmt_stage rmt_stage_effects, rmt_stage_rates;

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
    assert_string_equal(err.source, "p.csv");
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
                   "S2 caps w1 pla Control 31 8 20 . .\n" /* another study */
                   "S1 caps w2 mid control 28 7 13 . .\n" /* another visit */
                   "S1 caps w1 mid control 30 6 14 1 15\n"
                   "S1 pcl w1 mid control 40 9 14 . .\n" /* another outcome */
                   "S1 caps w1 high TREATMENT 18 4 10 . .\n"
                   "S2 caps w1 emdr treatment 1 1 9 . .\n"
                   "S1 caps w2 ket treatment 1 1 9 . .\n"
                   "S1 pcl w1 ket treatment 1 1 9 . .",
                   &err),
           &err);
    assert_int_equal(rmt_comparisons_n(list), 5);
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
    assert_int_equal(k->count[0].n, -1);
    assert_int_equal(k->line, 7);
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
    assert_int_equal(k->summary[0].n, -1);
    assert_int_equal(k->count[1].events, -1);
    assert_int_equal(k->line, 3);
    rmt_comparisons_free(list);
    tst_study_close(&t);
}

static void a_control_is_needed_once(void **state)
{
    (void)state;
    refused(LONG, LONG_COLUMNS,
            "S1 caps w2 ket treatment 1 1 9 . .\nS1 caps w1 mid control 1 1 9 . .", 2, "r",
            "no control row of the same study");
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 ket treatment 1 1 9 . .\nS1 caps w1 mid control 1 1 9 . .\nS1 caps w1 "
            "pla control 1 1 9 . .",
            2, "r", "more than one control row");
}

static void every_row_has_a_role_and_a_partner(void **state)
{
    (void)state;
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 ket treatment 1 1 9 . .\nS1 caps w1 mid contrl 1 1 9 . .", 3, "r",
            "'contrl' is neither treatment nor control; did you mean 'control'?");
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 ket treatment 1 1 9 . .\nS1 caps w1 mid control 1 1 9 . .\n"
            "S1 caps w1 wl . 1 1 9 . .",
            4, "r", "'' is neither treatment nor control");
    refused(LONG, LONG_COLUMNS,
            "S1 caps w1 ket treatment 1 1 9 . .\nS1 caps w1 mid control 1 1 9 . .\n"
            "S2 caps w1 wl control 1 1 9 . .",
            4, "r", "this control row has no treatment row");
}

static void warned(const rmt_problems *notes, size_t i, size_t line, const char *column,
                   const char *message)
{
    assert_true(i < notes->n_kept);
    assert_string_equal(notes->kept[i].source, "p.csv");
    assert_int_equal(notes->kept[i].line, line);
    assert_string_equal(notes->kept[i].column, column);
    assert_string_equal(notes->kept[i].msg, message);
    assert_int_equal(notes->severity[i], RMT_SEVERITY_WARNING);
}

static void numbers_that_cannot_be_are_warned_of(void **state)
{
    (void)state;
    static const char yaml[] = LONG "analyses: {effects: [{measure: hedges_g, summaries: pub}, "
                                    "{measure: mean_difference_welch, summaries: pub}]}\n";
    tst_study t;
    rmt_error err = {0};
    tst_study_open(&t, yaml);
    tst_study_table(&t, "/tables/pub", LONG_COLUMNS,
                    "S1 caps w1 ket treatment 20 -5 11 13 12\n"
                    "S1 caps w1 mid control 30 0 0 1 0");
    tst_ok(tst_study_apply(&t, &rmt_stage_effects, "", &err), &err);
    assert_int_equal(t.notes.n_total, 3); /* once, though two analyses read them */
    warned(&t.notes, 0, 2, "d", "-5: an SD cannot be below 0");
    warned(&t.notes, 1, 3, "d", "0: an SD of 0 means that all people were alike");
    warned(&t.notes, 2, 3, "n", "0: nobody is in this arm");
    const rmt_table *e = tst_study_get(&t, "/results/effects");
    assert_string_equal(tst_text(e, 0, "note"), "n is 0");
    assert_string_equal(tst_text(e, 0, "n_reference"), "0");
    tst_ok(tst_study_apply(&t, &rmt_stage_rates, "", &err), &err);
    assert_int_equal(t.notes.n_total, 2);
    warned(&t.notes, 0, 2, "e", "13: more events than people");
    warned(&t.notes, 1, 3, "t", "0: nobody is in this arm");
    const rmt_table *r = tst_study_get(&t, "/results/rates");
    assert_string_equal(tst_text(r, 0, "note"), "events>n");
    assert_string_equal(tst_text(r, 2, "note"), "n is 0");
    tst_study_close(&t);
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
            "S1 o v ket treatment 1 1 9 1 9\nS1 o v mid control high 1 9 1 9", 3, "m",
            "'high' is no number, summaries 'pub' needs one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_rows_find_their_control),
                                       cmocka_unit_test(wide_rows_are_pairs),
                                       cmocka_unit_test(every_row_has_a_role_and_a_partner),
                                       cmocka_unit_test(numbers_that_cannot_be_are_warned_of),
                                       cmocka_unit_test(a_control_is_needed_once),
                                       cmocka_unit_test(counts_are_whole),
                                       cmocka_unit_test(columns_have_to_be_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
