/* Columns of the subject table as columns of a design matrix. */
#include "tst_study.h"

#include "rmt/covariates.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl}\n"                                                                     \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}]}\n"                 \
    "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n" TST_MINI

typedef struct {
    tst_study t;
    rmt_doc *doc;
    rmt_plan *plan;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    rmt_error err = {0};
    tst_study_open(&f.t, NULL);
    tst_study_table(&f.t, "/tables/people", "id arm site age:n sons:i one",
                    "A ket Rome 30.5 2 x\n"
                    "B ctl Bonn 41 0 x\n"
                    "C ctl Ulm . 1 x\n"
                    "D ket . 50 1 x\n"
                    "E ket Rome 20 3 .\n"
                    "F ctl Ulm 60 ?refused x");
    if (rmt_tree_parse(&f.doc, PLAN, strlen(PLAN), "plan.yaml", &err)) return -1;
    if (rmt_plan_parse(&f.plan, rmt_doc_root(f.doc), &err)) return -1;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    rmt_plan_free(f->plan);
    rmt_doc_free(f->doc);
    tst_study_close(&f->t);
    return 0;
}

static rmt_covariates *covariates(fixture *f, const rmt_setting_names *names, size_t n_columns)
{
    rmt_error err = {0};
    rmt_covariates *c = NULL;
    rmt_stage_run run = {.study = f->t.s, .plan = f->plan};
    tst_ok(rmt_covariates_new(&c, &run, names, &err), &err);
    assert_int_equal(rmt_covariates_n(c), n_columns);
    return c;
}

static void row_is(const rmt_covariates *c, const char *subject, size_t n, const double *want)
{
    double x[4] = {-1, -1, -1, -1};
    assert_true(rmt_covariates_of(c, subject, x));
    for (size_t i = 0; i < 4; i++)
        tst_close(x[i], i < n ? want[i] : -1, 0, 0, subject);
}

static void text_becomes_indicators_of_all_but_the_first_level(void **state)
{
    const rmt_setting_names names = {.names = {"site"}, .n = 1};
    rmt_covariates *c = covariates(*state, &names, 2); /* Bonn | Rome, Ulm */
    double x[4];
    row_is(c, "A", 2, (const double[]){1, 0});
    row_is(c, "B", 2, (const double[]){0, 0});
    row_is(c, "C", 2, (const double[]){0, 1});
    row_is(c, "E", 2, (const double[]){1, 0});
    assert_false(rmt_covariates_of(c, "D", x)); /* no site */
    assert_false(rmt_covariates_of(c, "Z", x)); /* nobody */
    rmt_covariates_free(c);
    rmt_covariates_free(NULL);
}

static void numbers_enter_as_they_are(void **state)
{
    const rmt_setting_names names = {.names = {"age", "sons"}, .n = 2};
    rmt_covariates *c = covariates(*state, &names, 2);
    double x[4];
    row_is(c, "A", 2, (const double[]){30.5, 2});
    row_is(c, "B", 2, (const double[]){41, 0});
    assert_false(rmt_covariates_of(c, "C", x)); /* no age */
    assert_false(rmt_covariates_of(c, "F", x)); /* sons refused */
    rmt_covariates_free(c);
}

static void columns_stand_in_the_order_named(void **state)
{
    const rmt_setting_names names = {.names = {"sons", "site", "age"}, .n = 3};
    rmt_covariates *c = covariates(*state, &names, 4);
    row_is(c, "A", 4, (const double[]){2, 1, 0, 30.5});
    rmt_covariates_free(c);
}

static void one_level_gives_no_column_but_can_be_missing(void **state)
{
    const rmt_setting_names names = {.names = {"one"}, .n = 1};
    rmt_covariates *c = covariates(*state, &names, 0);
    double x[4];
    row_is(c, "A", 0, NULL);
    assert_false(rmt_covariates_of(c, "E", x));
    rmt_covariates_free(c);
}

static void an_unknown_column_is_named(void **state)
{
    fixture *f = *state;
    rmt_error err = {0};
    rmt_covariates *c = NULL;
    rmt_stage_run run = {.study = f->t.s, .plan = f->plan};
    const rmt_setting_names names = {.names = {"age", "sites"}, .n = 2};
    const rmt_status st = rmt_covariates_new(&c, &run, &names, &err);
    assert_null(c);
    tst_fails(st, RMT_ERR_CONFIG, &err, "table people has no column 'sites'; did you mean 'site'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_indicators_of_all_but_the_first_level),
        cmocka_unit_test(numbers_enter_as_they_are),
        cmocka_unit_test(columns_stand_in_the_order_named),
        cmocka_unit_test(one_level_gives_no_column_but_can_be_missing),
        cmocka_unit_test(an_unknown_column_is_named)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
