#include "rmt/check_text.h"
#include "rmt/checks.h"
#include "rmt/plan.h"
#include "rmt/tree.h"
#include "support.h"

#include <math.h>
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
        for (size_t k = 0; k < RMT_CHECK_PARAMETERS && c->parameters[k].name; k++) {
            const rmt_check_parameter *p = &c->parameters[k];
            char placeholder[32];
            snprintf(placeholder, sizeof placeholder, "{%s}", p->name);
            if (!strstr(c->rule, placeholder)) fail_msg("%s: no %s in the rule", c->code, p->name);
            assert_true(p->low <= p->value && p->value <= p->high);
            assert_true(p->meaning && !strchr(p->meaning, ';'));
            assert_int_equal(rmt_check_find_parameter(c, p->name), k);
        }
        rmt_text rule = {0};
        rmt_error err = {0};
        tst_ok(rmt_check_rule(&rule, c, &err), &err);
        if (strchr(rule.s, '{')) fail_msg("%s: a parameter of the rule is not known", c->code);
        rmt_text_clear(&rule);
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
        for (size_t k = 0; k < RMT_CHECK_PARAMETERS && rmt_checks[i].parameters[k].name; k++)
            tst_close(rmt_check_value(&s, rmt_checks[i].code, rmt_checks[i].parameters[k].name),
                      rmt_checks[i].parameters[k].value, 0, 0, rmt_checks[i].code);
    }
    tst_close(rmt_check_value(&s, "trial/arm-ratio", "q"), (double)NAN, 0, 0, "no parameter");
    tst_close(rmt_check_value(&s, "trial/nothing", "p"), (double)NAN, 0, 0, "no check");
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
              "missing-label: info, trial/arm-ratio: {severity: error, p: 0.01}, "
              "score/implausible-change: {severity: on, days: 3}, score/flat-line: {severity: off}",
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
    assert_int_equal(s[rmt_check_find("trial/arm-ratio")].severity, RMT_SEVERITY_ERROR);
    tst_close(rmt_check_value(&p->checks, "trial/arm-ratio", "p"), 0.01, 0, 0, "p");
    assert_false(s[rmt_check_find("score/implausible-change")].off);
    tst_close(rmt_check_value(&p->checks, "score/implausible-change", "days"), 3, 0, 0, "days");
    tst_close(rmt_check_value(&p->checks, "score/implausible-change", "percent"), 50, 0, 0, "%");
    assert_true(s[rmt_check_find("score/flat-line")].off);
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
        {"trial/arm-ratio: {severty: error}", "plan.yaml:4: trial/arm-ratio: unknown parameter "
                                              "'severty'; did you mean 'severity'?"},
        {"score/implausible-change: {procent: 3}",
         "plan.yaml:4: score/implausible-change: unknown parameter 'procent'; did you mean "
         "'percent'?"},
        {"type-error: {p: 3}", "plan.yaml:4: type-error: unknown parameter 'p'; known: severity"},
        {"trial/arm-ratio: {p: 2}", "plan.yaml:4: p: '2' is no number from 0 to 1"},
        {"trial/arm-ratio: {p: x}", "plan.yaml:4: p: 'x' is no number from 0 to 1"},
        {"trial/arm-ratio: {p: [1]}", "plan.yaml:4: p: '' is no number from 0 to 1"},
        {"trial/arm-ratio: {severity: high}", "plan.yaml:4: severity: 'high' is no setting of a "
                                              "check: off, on, info, warning or error"},
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

/* schemas/plan.schema.json names the same codes; contract/checks holds the rest of it to the table. */
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
    out.len = 0;
    tst_ok(rmt_check_explain(&out, "trial/arm-ratio", &err), &err);
    assert_non_null(strstr(out.s, "0.001.\nWhy:"));
    assert_non_null(strstr(out.s, "Set:     p = 0.001 (0 to 1): least probability that"));
    assert_non_null(strstr(out.s, "checks: {trial/arm-ratio: {p: 0.001}}\n"));
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
