#include "rmt/check_text.h"
#include "rmt/checks.h"
#include "rmt/plan.h"
#include "rmt/tree.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void every_check_says_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < RMT_N_CHECKS; i++) {
        const rmt_check *c = &rmt_checks[i];
        if (!c->code || !c->title || !c->rule || !c->why) fail_msg("check %zu is not described", i);
        if (rmt_check_find(c->code) != i) fail_msg("%s stands twice", c->code);
        assert_true(c->rule[strlen(c->rule) - 1] == '.' && c->why[strlen(c->why) - 1] == '.');
        assert_true(strlen(c->title) <= 42); /* a line of --list-checks */
    }
    assert_int_equal(rmt_check_find("trial/nothing"), RMT_N_CHECKS);
    assert_string_equal(rmt_check_nearest("trial/visit-windo"), "trial/visit-window");
    assert_null(rmt_check_nearest("zzz"));
}

static void settings_begin_as_the_table_has_them(void **state)
{
    (void)state;
    rmt_check_settings s;
    rmt_check_settings_init(&s);
    for (size_t i = 0; i < RMT_N_CHECKS; i++) {
        assert_int_equal(s.of[i].off, rmt_checks[i].off);
        assert_int_equal(s.of[i].severity, rmt_checks[i].severity);
        assert_int_equal(rmt_check_is_on(&s, rmt_checks[i].code), !rmt_checks[i].off);
    }
    assert_string_equal(rmt_severity_name(RMT_SEVERITY_INFO), "info");
    assert_string_equal(rmt_severity_name(RMT_SEVERITY_WARNING), "warning");
    assert_string_equal(rmt_severity_name(RMT_SEVERITY_ERROR), "error");
    for (int i = RMT_SEVERITY_INFO; i <= RMT_SEVERITY_ERROR; i++)
        assert_int_equal(rmt_severity_of(rmt_severity_name((rmt_severity)i)), i);
}

#define PLAN                                                                                       \
    "study: {id: T}\ndata: {a: {file: a.csv}}\n"                                                   \
    "summaries: {s: {table: a, arm: arm, role: role, mean: m, sd: s, n: n}}\n"

static rmt_status parse(rmt_plan **out, rmt_doc **doc, const char *checks, rmt_error *err)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml, "%schecks: {%s}\n", PLAN, checks);
    tst_ok(rmt_tree_parse(doc, yaml, strlen(yaml), "plan.yaml", err), err);
    return rmt_plan_parse(out, rmt_doc_root(*doc), err);
}

static void a_plan_sets_them(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_plan *p = NULL;
    rmt_error err = {0};
    tst_ok(
        parse(&p, &doc,
              "trial/no-baseline: off, extra-label: error, type-error: warning, primary-key: on, "
              "missing-label: info",
              &err),
        &err);
    const rmt_check_setting *s = p->checks.of;
    assert_true(s[rmt_check_find("trial/no-baseline")].off);
    assert_int_equal(s[rmt_check_find("extra-label")].severity, RMT_SEVERITY_ERROR);
    assert_int_equal(s[rmt_check_find("type-error")].severity, RMT_SEVERITY_WARNING);
    assert_int_equal(s[rmt_check_find("missing-label")].severity, RMT_SEVERITY_INFO);
    assert_int_equal(s[rmt_check_find("primary-key")].severity, RMT_SEVERITY_ERROR);
    assert_false(s[rmt_check_find("primary-key")].off);
    assert_false(s[rmt_check_find("foreign-key")].off);
    rmt_plan_free(p);
    rmt_doc_free(doc);
}

static void a_plan_that_misspells_one_is_told(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"trial/no-baselin: off", "plan.yaml:4: checks: unknown check 'trial/no-baselin'; did you "
                                  "mean 'trial/no-baseline'?"},
        {"something: off", "plan.yaml:4: checks: unknown check 'something'; 'remit validate "
                           "--list-checks' names them"},
        {"type-error: warn", "plan.yaml:4: type-error: 'warn' is no setting of a check: off, on, "
                             "info, warning or error"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_doc *doc = NULL;
        rmt_plan *p = NULL;
        rmt_error err = {0};
        char text[512];
        assert_int_equal(parse(&p, &doc, cases[i][0], &err), RMT_ERR_CONFIG);
        rmt_error_format(&err, text, sizeof text);
        assert_string_equal(text, cases[i][1]);
        assert_null(p);
        rmt_doc_free(doc);
    }
}

/* schemas/plan.schema.json names the same codes. */
static void the_schema_knows_every_code(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_ok(rmt_tree_read(&doc, RMT_TEST_DIR "/../schemas/plan.schema.json", &err), &err);
    const rmt_node *n = rmt_node_get(rmt_node_get(rmt_doc_root(doc), "properties"), "checks");
    const rmt_node *codes = rmt_node_get(rmt_node_get(n, "propertyNames"), "enum");
    assert_int_equal(rmt_node_size(codes), RMT_N_CHECKS);
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        assert_string_equal(rmt_node_text(rmt_node_at(codes, i)), rmt_checks[i].code);
    rmt_doc_free(doc);
}

static void one_is_explained(void **state)
{
    (void)state;
    rmt_text out = {0};
    rmt_error err = {0};
    tst_ok(rmt_check_explain(&out, "extra-label", &err), &err);
    assert_non_null(strstr(out.s, "extra-label (warning): a column the schema does not know\n"));
    assert_non_null(strstr(out.s, "Rule:    Every column of the file is a field of the schema.\n"));
    assert_non_null(strstr(out.s, "checks: {extra-label: off}"));
    tst_fails(rmt_check_explain(&out, "extra-lable", &err), RMT_ERR_USAGE, &err,
              "option '--explain': unknown check 'extra-lable'; did you mean 'extra-label'?");
    rmt_text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_says_what_it_is),
        cmocka_unit_test(settings_begin_as_the_table_has_them),
        cmocka_unit_test(a_plan_sets_them),
        cmocka_unit_test(a_plan_that_misspells_one_is_told),
        cmocka_unit_test(the_schema_knows_every_code),
        cmocka_unit_test(one_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
