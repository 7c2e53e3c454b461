/* Columns of the subject table as columns of a design matrix. */
#include "tst_study.h"

#include "rmt/covariates.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm, strata: [wave, clinic]}\n"                        \
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
    tst_study_table(&f.t, "/tables/people",
                    "id arm site age:n sons:i one wave:i clinic na comma typo bands",
                    "A ket Rome 30.5 2 x 10 01 7 59,6 5 18-29\n"
                    "B ctl Bonn 41 0 x 2 02 NA 3 . 30-39\n"
                    "C ctl Ulm . 1 x 10 01 8 41,5 3O 30-39\n"
                    "D ket . 50 1 x 3 03 9 30 9 18-29\n"
                    "E ket Rome 20 3 . 2 02 1 12,25 8 7\n"
                    "F ctl Ulm 60 ?refused x . 01 2 8 05 8");
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

/* The design of the people in `who` ("ABE"), whose baselines are 100, 101, ...: rows of n_columns. */
static void design_is(fixture *f, const rmt_setting_names *names, const char *who,
                      const char *terms, size_t n_columns, const double *want)
{
    rmt_error err = {0};
    rmt_covariates *c = NULL;
    rmt_text text = {0};
    double values[24], *x = NULL;
    size_t n = 0, width = 0;
    rmt_stage_run run = {.study = f->t.s, .plan = f->plan};
    tst_ok(rmt_covariates_new(&c, &run, names, &err), &err);
    assert_int_equal(rmt_covariates_n(c), names->n);
    for (; who[n]; n++) {
        values[n * (1 + names->n)] = 100 + (double)n;
        assert_true(rmt_covariates_of(c, (char[]){who[n], 0}, values + n * (1 + names->n) + 1));
    }
    tst_ok(rmt_covariates_design(&x, &width, &text, c, values, n, &err), &err);
    assert_string_equal(text.s, terms);
    assert_int_equal(width, n_columns);
    for (size_t i = 0; i < n * width; i++)
        tst_close(x[i], want[i], 0, 0, terms);
    rmt_mem_free(x);
    rmt_text_clear(&text);
    rmt_covariates_free(c);
}

static void is_left_out(fixture *f, const char *column, const char *subject)
{
    rmt_error err = {0};
    rmt_covariates *c = NULL;
    double x;
    rmt_stage_run run = {.study = f->t.s, .plan = f->plan};
    const rmt_setting_names names = {.names = {column}, .n = 1};
    tst_ok(rmt_covariates_new(&c, &run, &names, &err), &err);
    assert_false(rmt_covariates_of(c, subject, &x));
    rmt_covariates_free(c);
}

static void text_becomes_indicators_of_all_but_the_first_level(void **state)
{
    const rmt_setting_names names = {.names = {"site"}, .n = 1};
    design_is(*state, &names, "ABCE", " + site (factor of 3 levels)", 3, /* Bonn | Rome, Ulm */
              (const double[]){100, 1, 0, 101, 0, 0, 102, 0, 1, 103, 1, 0});
    is_left_out(*state, "site", "D"); /* no site */
    is_left_out(*state, "site", "Z"); /* nobody */
    rmt_covariates_free(NULL);
}

static void a_level_nobody_analysed_is_in_gives_no_column(void **state)
{
    const rmt_setting_names names = {.names = {"site"}, .n = 1};
    design_is(*state, &names, "AC", " + site (factor of 2 levels)", 2, /* no Bonn: Rome | Ulm */
              (const double[]){100, 0, 101, 1});
    design_is(*state, &names, "AE", " + site (factor of 1 level)", 1, (const double[]){100, 101});
}

static void numbers_enter_as_they_are(void **state)
{
    const rmt_setting_names names = {.names = {"age", "sons"}, .n = 2};
    design_is(*state, &names, "AB", " + age + sons", 3, (const double[]){100, 30.5, 2, 101, 41, 0});
    is_left_out(*state, "age", "C");
    is_left_out(*state, "sons", "F"); /* refused */
}

static void a_stratum_is_a_factor_even_of_numbers(void **state)
{
    const rmt_setting_names names = {.names = {"wave"}, .n = 1};
    design_is(*state, &names, "ABDE", " + wave (factor of 3 levels)", 3, /* 2 | 3, 10 */
              (const double[]){100, 0, 1, 101, 0, 0, 102, 1, 0, 103, 0, 0});
    is_left_out(*state, "wave", "F");
    const rmt_setting_names codes = {.names = {"clinic"}, .n = 1};
    design_is(*state, &codes, "AB", " + clinic (factor of 2 levels)", 2,
              (const double[]){100, 0, 101, 1});
}

static void columns_stand_in_the_order_named(void **state)
{
    const rmt_setting_names names = {.names = {"sons", "site", "age"}, .n = 3};
    design_is(*state, &names, "AB", " + sons + site (factor of 2 levels) + age", 4,
              (const double[]){100, 2, 1, 30.5, 101, 0, 0, 41});
}

static void one_level_gives_no_column_but_can_be_missing(void **state)
{
    const rmt_setting_names names = {.names = {"one"}, .n = 1};
    design_is(*state, &names, "A", " + one (factor of 1 level)", 1, (const double[]){100});
    is_left_out(*state, "one", "E");
}

static void a_stray_cell_makes_no_factor_of_numbers(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *column;
        size_t line;
        const char *part;
    } bad[] = {{"na", 3, "'NA' is no number, though 5 of 6 values are"},
               {"comma", 2, "'59,6' is no number with the decimal sign '.'"},
               {"typo", 4, "'3O' is no number, though 3 of 5 values are"}};
    rmt_stage_run run = {.study = f->t.s, .plan = f->plan};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rmt_error err = {0};
        rmt_covariates *c = NULL;
        const rmt_setting_names names = {.names = {bad[i].column}, .n = 1};
        const rmt_status st = rmt_covariates_new(&c, &run, &names, &err);
        assert_null(c);
        assert_string_equal(err.source, "p.csv");
        assert_int_equal(err.line, bad[i].line);
        assert_string_equal(err.column, bad[i].column);
        tst_fails(st, RMT_ERR_INCONSISTENT, &err, bad[i].part);
    }
    const rmt_setting_names bands = {.names = {"bands"}, .n = 1}; /* few are numbers: a factor */
    design_is(f, &bands, "AB", " + bands (factor of 2 levels)", 2,
              (const double[]){100, 0, 101, 1});
}

static void a_schema_makes_text_a_factor(void **state)
{
    fixture *f = *state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_plan *plan = NULL;
    rmt_covariates *c = NULL;
    static const char yaml[] =
        "study: {id: T1}\n"
        "data: {people: {file: p.csv, schema: {fields: [{name: na, type: string}]}}}\n"
        "subjects: {table: people, id: id, arm: arm}\n"
        "arms: {reference: ctl}\n"
        "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}]}\n"
        "outcomes: {mini: {table: people, total: na}}\n";
    const rmt_setting_names names = {.names = {"na"}, .n = 1};
    tst_ok(rmt_tree_parse(&doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
    tst_ok(rmt_plan_parse(&plan, rmt_doc_root(doc), &err), &err);
    rmt_stage_run run = {.study = f->t.s, .plan = plan};
    tst_ok(rmt_covariates_new(&c, &run, &names, &err), &err);
    rmt_covariates_free(c);
    rmt_plan_free(plan);
    rmt_doc_free(doc);
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
        cmocka_unit_test(a_level_nobody_analysed_is_in_gives_no_column),
        cmocka_unit_test(a_stratum_is_a_factor_even_of_numbers),
        cmocka_unit_test(a_stray_cell_makes_no_factor_of_numbers),
        cmocka_unit_test(a_schema_makes_text_a_factor),
        cmocka_unit_test(numbers_enter_as_they_are),
        cmocka_unit_test(columns_stand_in_the_order_named),
        cmocka_unit_test(one_level_gives_no_column_but_can_be_missing),
        cmocka_unit_test(an_unknown_column_is_named)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
