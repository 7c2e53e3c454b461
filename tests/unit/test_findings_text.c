#include "rmt/checks.h"
#include "rmt/findings_text.h"
#include "tst_findings.h"

#include <string.h>

static void add(rmt_table *t, rmt_severity severity, const char *code, size_t line,
                const char *column, const char *message)
{
    rmt_error err = {0};
    const rmt_finding f = {severity, code, "mini", line, column, "", "", "", message, 0};
    tst_ok(rmt_findings_add(t, &f, &err), &err);
}

static void text_is(rmt_table *t, const char *people, const char *lines)
{
    tst_trial trial;
    rmt_text out = {0};
    rmt_error err = {0};
    tst_trial_open(&trial, TST_PEOPLE "visits: {visit: v, schedule: [{name: b, baseline: true}]}\n"
                                      "outcomes: {x: {table: mini, total: x}}\n");
    tst_trial_table(&trial, "mini", "a c", "");
    tst_ok(rmt_findings_text(&out, t, NULL, trial.plan, &err), &err);
    assert_string_equal(out.s, people);
    rmt_text_clear(&out);
    tst_ok(rmt_findings_lines(&out, t, trial.plan, trial.tables, trial.n, NULL, &err), &err);
    assert_string_equal(out.s ? out.s : "", lines);
    rmt_text_clear(&out);
    tst_trial_close(&trial);
    rmt_table_free(t);
}

static rmt_table *new_findings(void)
{
    rmt_table *t = NULL;
    rmt_error err = {0};
    tst_ok(rmt_findings_new(&t, &err), &err);
    return t;
}

static void none_is_said_so(void **state)
{
    (void)state;
    text_is(new_findings(), "nothing was found\n", "");
}

static void the_gravest_come_first_and_the_rest_is_counted(void **state)
{
    (void)state;
    rmt_table *t = new_findings();
    add(t, RMT_SEVERITY_WARNING, "extra-label", 0, "c", "c is not in the schema");
    for (size_t i = 2; i < 9; i++)
        add(t, RMT_SEVERITY_ERROR, "trial/unknown-subject", i, "", "nobody\x1b[2J");
    add(t, RMT_SEVERITY_INFO, "score/floor-ceiling", 0, "gone", "a pile");
    text_is(t,
            "7 errors, 1 warning, 1 info\n"
            "\n"
            "trial/unknown-subject: a record of nobody in the trial, 7 errors\n"
            "  m.csv:2: nobody?[2J\n"
            "  m.csv:3: nobody?[2J\n"
            "  m.csv:4: nobody?[2J\n"
            "  m.csv:5: nobody?[2J\n"
            "  m.csv:6: nobody?[2J\n"
            "  and 2 more\n"
            "\n"
            "extra-label: a column the schema does not know, 1 warning\n"
            "  m.csv: c: c is not in the schema\n"
            "  -> describe the column in the schema, or leave it out of the export\n"
            "\n"
            "score/floor-ceiling: scores piling up at an end of the scale, 1 info\n"
            "  m.csv: gone: a pile\n"
            "\n"
            "'--format lines' lists every finding; 'remit validate --explain CODE' tells more of a "
            "check.\n",
            "m.csv:1:2: warning: c: c is not in the schema [extra-label]\n"
            "m.csv:2: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:3: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:4: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:5: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:6: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:7: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:8: error: nobody?[2J [trial/unknown-subject]\n"
            "m.csv:1: info: gone: a pile [score/floor-ceiling]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_said_so),
        cmocka_unit_test(the_gravest_come_first_and_the_rest_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
