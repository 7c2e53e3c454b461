/* The life of stages, with a small list of made-up ones: load -> sum -> report, other, print. */
#include "support.h"

#include "rmt/stage.h"

#include <string.h>

static const char *const tables[] = {"/tables"};
static const char *const sums[] = {"/sums"};
static const char *const reports[] = {"/results/report"};
static const char *const others[] = {"/results/other"};
static const char *const report_needs[] = {"/sums/all"};
static const char *const other_needs[] = {"/tables", "/extra?"};

static rmt_status put(rmt_study *s, const char *path, double x, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st;
    if ((st = rmt_table_new(&t, "made up", err))) goto done;
    if ((st = rmt_table_add_column(t, "x", RMT_TYPE_NUMBER, NULL, NULL, err))) goto done;
    if ((st = rmt_table_add_rows(t, 1, err))) goto done;
    if ((st = rmt_table_set_number(t, 0, 0, x, err))) goto done;
    st = rmt_study_put(s, path, &t, err);
done:
    rmt_table_free(t);
    return st;
}

static rmt_status run_load(rmt_stage_run *run, rmt_error *err)
{
    return put(run->study, "/tables/a", 1, err);
}

static rmt_status run_sum(rmt_stage_run *run, rmt_error *err)
{
    run->plan_keys[0] = "factor";
    run->n_plan_keys = 1;
    return put(run->study, "/sums/all", rmt_options_number(run->options, "factor"), err);
}

static rmt_status run_report(rmt_stage_run *run, rmt_error *err)
{
    return put(run->study, "/results/report", 3, err);
}

static rmt_status run_other(rmt_stage_run *run, rmt_error *err)
{
    return put(run->study, "/results/other", 4, err);
}

static rmt_status run_print(rmt_stage_run *run, rmt_error *err)
{
    return rmt_text_add(run->text, "printed\n", err);
}

static rmt_status run_silent(rmt_stage_run *run, rmt_error *err)
{
    (void)run;
    (void)err;
    return RMT_ERR_DEGENERATE;
}

static bool applies_never(const rmt_plan *plan)
{
    (void)plan;
    return false;
}

static const rmt_option sum_options[] = {
    {.name = "factor", .kind = RMT_OPTION_NUMBER, .initial = "2", .result = true, .help = "factor"},
    {.name = "seed",
     .kind = RMT_OPTION_INTEGER,
     .initial = "7",
     .min = 1,
     .max = 100,
     .result = true,
     .help = "seed"},
};

static const rmt_stage load = {.name = "load",
                               .summary = "load",
                               .kind = RMT_STAGE_SOURCE,
                               .adds = tables,
                               .n_adds = 1,
                               .run = run_load};
static const rmt_stage sum = {.name = "sum",
                              .summary = "sum",
                              .kind = RMT_STAGE_FILTER,
                              .options = sum_options,
                              .n_options = 2,
                              .needs = tables,
                              .n_needs = 1,
                              .adds = sums,
                              .n_adds = 1,
                              .run = run_sum};
static const rmt_stage report = {.name = "report",
                                 .summary = "report",
                                 .kind = RMT_STAGE_FILTER,
                                 .needs = report_needs,
                                 .n_needs = 1,
                                 .adds = reports,
                                 .n_adds = 1,
                                 .run = run_report};
static const rmt_stage other = {.name = "other",
                                .summary = "other",
                                .kind = RMT_STAGE_FILTER,
                                .needs = other_needs,
                                .n_needs = 2,
                                .adds = others,
                                .n_adds = 1,
                                .run = run_other};
static const rmt_stage print = {.name = "print",
                                .summary = "print",
                                .kind = RMT_STAGE_SINK,
                                .needs = tables,
                                .n_needs = 1,
                                .run = run_print};
static const rmt_stage silent = {
    .name = "silent", .summary = "silent", .kind = RMT_STAGE_FILTER, .run = run_silent};
static const rmt_stage never = {.name = "never",
                                .summary = "never",
                                .kind = RMT_STAGE_FILTER,
                                .needs = sums,
                                .n_needs = 1,
                                .applies = applies_never,
                                .run = run_silent};

static const rmt_stage *const stages[] = {&load, &sum, &report, &other, &print};
static const rmt_stage_list list = {stages, sizeof stages / sizeof stages[0]};

static rmt_status apply(const rmt_stage *stage, rmt_study *s, const char *word, rmt_problems *notes,
                        rmt_text *text, rmt_error *err)
{
    char name[] = "x", argument[64] = "";
    char *argv[] = {name, argument};
    rmt_options *o = NULL;
    size_t n = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n);
    if (word) strcpy(argument, word);
    tst_ok(
        rmt_options_parse(&o, stage->options, stage->n_options, common, n, word ? 2 : 1, argv, err),
        err);
    rmt_stage_run run = {.list = &list, .study = s, .options = o, .notes = notes, .text = text};
    const rmt_status st = rmt_stage_apply(stage, &run, err);
    assert_null(run.plan);
    rmt_options_free(o);
    return st;
}
#define APPLY(stage) tst_ok(apply(&(stage), s, NULL, &notes, &text, &err), &err)

typedef struct {
    rmt_study *s;
    rmt_error err;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){0};
    if (rmt_study_new(&f.s, &f.err)) return -1;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    rmt_study_free(f->s);
    return 0;
}

static const rmt_table *provenance(rmt_study *s)
{
    rmt_error err = {0};
    const rmt_table *t = NULL;
    tst_ok(rmt_study_get(&t, s, "/provenance", &err), &err);
    return t;
}

/* "load sum report": the stages recorded, in order. */
static void assert_recorded(rmt_study *s, const char *want)
{
    char got[128] = "";
    const rmt_table *t = provenance(s);
    const size_t col = rmt_table_find(t, "stage");
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        if (row) strcat(got, " ");
        strcat(got, rmt_table_text(t, col, row));
    }
    assert_string_equal(got, want);
}

static const char *recorded(rmt_study *s, size_t row, const char *column)
{
    const rmt_table *t = provenance(s);
    return rmt_table_text(t, rmt_table_find(t, column), row);
}

static void test_needs(void **state)
{
    fixture *f = *state;
    rmt_study *s = f->s;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    tst_fails(apply(&report, s, NULL, &notes, &text, &err), RMT_ERR_INCONSISTENT, &err,
              "remit report needs /sums/all: run 'remit sum' first");
    tst_fails(apply(&print, s, NULL, &notes, &text, &err), RMT_ERR_INCONSISTENT, &err,
              "remit print needs /tables: run 'remit load' first");
    const rmt_stage_run run = {.list = &list, .study = s};
    tst_fails(rmt_stage_require("print", &run, "/moon", &err), RMT_ERR_INCONSISTENT, &err,
              "remit print needs /moon, which this study file lacks");
    assert_int_equal(rmt_study_size(s), 0);
}

static void test_chain_is_recorded_in_list_order(void **state)
{
    fixture *f = *state;
    rmt_study *s = f->s;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    APPLY(load);
    APPLY(other);
    APPLY(sum);
    APPLY(report);
    APPLY(print);
    assert_recorded(s, "load sum report other");
    assert_string_equal(recorded(s, 0, "command"), "remit load");
    assert_string_equal(recorded(s, 1, "command"), "remit sum --seed=7");
    assert_string_equal(recorded(s, 1, "seed"), "7");
    assert_string_equal(recorded(s, 2, "seed"), "");
    assert_int_equal(strlen(recorded(s, 1, "input_sha256")), 64);
    assert_non_null(strstr(recorded(s, 1, "libraries"), "GSL "));
    assert_null(strstr(recorded(s, 1, "libraries"), "HDF5")); /* moves no number and no byte */
    assert_string_equal(text.s, "printed\n");
    assert_int_equal(notes.n_total, 0);
    rmt_text_clear(&text);
}

static void test_dependents_go(void **state)
{
    fixture *f = *state;
    rmt_study *s = f->s;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    APPLY(load);
    APPLY(sum);
    APPLY(report);
    APPLY(other);
    tst_ok(apply(&sum, s, "--factor=5", &notes, &text, &err), &err);
    assert_false(rmt_study_has(s, "/results/report"));
    assert_true(rmt_study_has(s, "/results/other"));
    assert_recorded(s, "load sum other");
    assert_string_equal(recorded(s, 1, "command"), "remit sum --factor=5 --seed=7");
    assert_int_equal(notes.n_total, 1);
    assert_non_null(strstr(notes.kept[0].msg, "results of 'remit report' depended"));
    APPLY(report);
    APPLY(load); /* a source on a study that has everything: all of it depends on the tables */
    assert_recorded(s, "load");
    assert_int_equal(notes.n_total, 4);
    assert_false(rmt_study_has(s, "/sums/all"));
    assert_false(rmt_study_has(s, "/results/report"));
}

static void test_twice_is_once(void **state)
{
    fixture *f = *state;
    rmt_study *s = f->s;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    char first[65];
    APPLY(load);
    APPLY(sum);
    strcpy(first, recorded(s, 1, "input_sha256"));
    APPLY(sum);
    assert_recorded(s, "load sum");
    assert_string_equal(recorded(s, 1, "input_sha256"), first);
    tst_ok(put(s, "/tables/a", 9, &err), &err);
    APPLY(sum);
    assert_string_not_equal(recorded(s, 1, "input_sha256"), first);
}

static void test_not_for_this_plan(void **state)
{
    fixture *f = *state;
    rmt_study *s = f->s;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    APPLY(never);
    assert_int_equal(rmt_study_size(s), 0);
    assert_int_equal(notes.severity[0], RMT_SEVERITY_INFO);
}

#define PLAN(id)                                                                                   \
    "{\"study\":{\"id\":\"" id "\"},\"data\":{\"t\":{\"file\":\"t.csv\"}},"                        \
    "\"summaries\":{\"t\":{\"table\":\"t\",\"role\":\"r\",\"events\":\"e\",\"total\":\"n\"}}}"

static void test_a_plan_is_parsed_again_only_when_it_changed(void **state)
{
    fixture *f = *state;
    rmt_error err = {0};
    rmt_stage_plan held = {0};
    tst_ok(rmt_stage_plan_follow(&held, f->s, &err), &err);
    assert_null(held.plan);
    tst_ok(rmt_study_set_plan(f->s, PLAN("A"), &err), &err);
    tst_ok(rmt_stage_plan_follow(&held, f->s, &err), &err);
    const rmt_plan *first = held.plan;
    assert_string_equal(first->study_id, "A");
    tst_ok(rmt_study_set_plan(f->s, PLAN("A"), &err), &err);
    tst_ok(rmt_stage_plan_follow(&held, f->s, &err), &err);
    assert_ptr_equal(held.plan, first);
    tst_ok(rmt_study_set_plan(f->s, PLAN("B"), &err), &err);
    tst_ok(rmt_stage_plan_follow(&held, f->s, &err), &err);
    assert_string_equal(held.plan->study_id, "B");
    tst_ok(rmt_study_set_plan(f->s, "{\"study\":", &err), &err);
    for (int i = 0; i < 2; i++) {
        rmt_error_clear(&err);
        assert_int_equal(rmt_stage_plan_follow(&held, f->s, &err), RMT_ERR_CONFIG);
        assert_string_equal(err.source, "/plan");
        assert_null(held.plan);
    }
    rmt_stage_plan_clear(&held);
}

static void test_failure_has_a_message(void **state)
{
    fixture *f = *state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text text = {0};
    tst_fails(apply(&silent, f->s, NULL, &notes, &text, &err), RMT_ERR_DEGENERATE, &err,
              "remit silent failed without saying why");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_needs),
        TEST(test_chain_is_recorded_in_list_order),
        TEST(test_dependents_go),
        TEST(test_twice_is_once),
        TEST(test_not_for_this_plan),
        TEST(test_a_plan_is_parsed_again_only_when_it_changed),
        TEST(test_failure_has_a_message),
    };
    return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
