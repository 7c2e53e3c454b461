/* Who has values, and the arms at baseline. */
#include "tst_findings.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm, strata: [site], covariates: [age, sex]}\n"        \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: w1}, {name: w2}]}\n"

/* A table as lines of CSV-like text: cells with commas between, rows with "; ". */
static void table_is(const rmt_table *t, const char *want)
{
    rmt_text got = {0};
    rmt_error err = {0};
    char buf[RMT_NUM_BUF];
    for (size_t r = 0; r < rmt_table_rows(t); r++)
        for (size_t c = 0; c < rmt_table_columns(t); c++)
            tst_ok(rmt_text_addf(&got, &err, "%s%s",
                                 c   ? ","
                                 : r ? "; "
                                     : "",
                                 rmt_table_format(t, c, r, buf)),
                   &err);
    assert_string_equal(got.s ? got.s : "", want);
    rmt_text_clear(&got);
}

static void overview_is(const char *plan, const char *head, const char *rows,
                        const char *missingness, const char *baseline)
{
    tst_trial t;
    rmt_error err = {0};
    rmt_trial_report r = {0};
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm site:i age:n sex",
                    "A ket 1 30 f\nB ket 2 40 m\nC ctl 1 50 f\nD ctl 1 . .\nE . 1 99 f");
    tst_trial_table(&t, "mini", head, rows);
    r.ledger = tst_ledger();
    tst_ok(rmt_missingness_new(&r.missingness, &err), &err);
    tst_ok(rmt_baseline_new(&r.baseline, &err), &err);
    tst_ok(rmt_trial_check(&r, t.plan, &t.plan->checks, t.tables, t.n, &err), &err);
    table_is(r.missingness, missingness);
    table_is(r.baseline, baseline);
    rmt_ledger_free(r.ledger);
    rmt_table_free(r.missingness);
    rmt_table_free(r.baseline);
    tst_trial_close(&t);
}

#define SUBJECTS                                                                                   \
    "site,1,ket,2,1,50,,; site,1,ctl,2,2,100,,; site,2,ket,2,1,50,,; site,2,ctl,2,0,0,,; "         \
    "age,,ket,2,,,35,7.0710678118654755; age,,ctl,1,,,50,; "                                       \
    "sex,f,ket,2,1,50,,; sex,f,ctl,1,1,100,,; sex,m,ket,2,1,50,,; sex,m,ctl,1,0,0,,; "

static void visits_and_arms_are_counted(void **state)
{
    (void)state;
    overview_is(PLAN
                "outcomes: {mini: {table: mini, instrument: mini, items: [a, b, c, d]}}\n" TST_MINI,
                "id visit a:i b:i c:i d:i",
                "A base 1 1 1 1\nA w1 1 1 1 .\nB base 2 2 2 2\nB w1 1 1 1 1\nB w1 1 1 1 1\n"
                "C base 3 3 3 3\nD w1 1 1 1 1\nD w2 . . . .\nE base 4 4 4 4\nA base . . . .",
                "mini,base,ket,2,2,2,0,0; mini,base,ctl,2,1,1,1,50; "
                "mini,w1,ket,2,2,0,2,100; mini,w1,ctl,2,1,1,1,50",
                SUBJECTS "mini,,ket,2,,,6,2.8284271247461903; mini,,ctl,1,,,12,");
}

static void a_baseline_column_counts(void **state)
{
    (void)state;
    overview_is(
        PLAN "outcomes: {x: {table: mini, instrument: mini, total: tot, baseline: bas}}\n" TST_MINI,
        "id visit tot:n bas:n", "A w1 3 20\nA w2 . 20\nB w1 60 21\nB w2 4 22\nC w1 5 30\nD w1 5 53",
        "x,w1,ket,2,2,1,1,50; x,w1,ctl,2,2,2,0,0; x,w2,ket,2,1,1,1,50; x,w2,ctl,2,0,0,2,100",
        SUBJECTS "x,,ket,1,,,20,; x,,ctl,1,,,30,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visits_and_arms_are_counted),
        cmocka_unit_test(a_baseline_column_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
