/* test_source_notes.c - what was said while a file was read: handed on, kept, and found again. */
#include "rmt/source_notes.h"
#include "tst_findings.h"
#include "tst_ledger.h"

#include <string.h>

static void warnings_are_kept_and_handed_on(void **state)
{
    (void)state;
    enum { MOST = 3 };
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_problems said = {.most = MOST}, notes = {0};
    tst_ok(rmt_source_notes_new(&t, &err), &err);
    rmt_problems_add(&said, RMT_SEVERITY_INFO, RMT_OK, "m.csv", 0, NULL, "a fact");
    rmt_problems_add(&said, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, "m.csv", 7, "x", "100%% odd");
    rmt_problems_add(&said, RMT_SEVERITY_WARNING, RMT_ERR_SCHEMA, "m.csv", 0, NULL, "cells");
    for (size_t i = 0; i < 5; i++)
        rmt_problems_add(&said, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, "m.csv", 9 + i, NULL, "w");
    tst_ok(rmt_source_notes_take(t, &said, "mini", &notes, &err), &err);
    assert_int_equal(said.n_total, 0);
    assert_int_equal(notes.n_total, 8);
    assert_int_equal(notes.n_infos, 1);
    assert_string_equal(notes.kept[0].msg, "100% odd");
    assert_int_equal(rmt_table_rows(t), 3);
    assert_string_equal(rmt_table_text(t, 0, 0), "mini");
    assert_string_equal(rmt_table_text(t, 1, 0), "m.csv");
    assert_int_equal(rmt_table_integer(t, 2, 0), 7);
    assert_string_equal(rmt_table_text(t, 3, 0), "x");
    assert_int_equal(rmt_table_integer(t, 2, 1), 9);
    assert_string_equal(rmt_table_text(t, 4, 2), "and 4 more warnings like these");
    rmt_problems_clear(&notes);
    rmt_table_free(t);
}

static void they_are_findings(void **state)
{
    (void)state;
    tst_trial trial;
    rmt_error err = {0};
    rmt_study *s = NULL;
    rmt_table *t = NULL;
    rmt_problems said = {0}, notes = {0};
    rmt_ledger *l = tst_ledger();
    tst_trial_open(&trial, TST_PEOPLE "visits: {visit: v, schedule: [{name: b, baseline: true}]}\n"
                                      "outcomes: {x: {table: mini, total: x}}\n");
    tst_ok(rmt_study_new(&s, &err), &err);
    tst_ok(rmt_source_notes_check(l, s, trial.plan, &err), &err); /* none */
    assert_int_equal(rmt_ledger_found(l), 0);
    tst_ok(rmt_source_notes_new(&t, &err), &err);
    rmt_problems_add(&said, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, "m.csv", 7, "x", "odd");
    rmt_problems_add(&said, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, "d.csv", 8, NULL, "odd");
    tst_ok(rmt_source_notes_take(t, &said, "mini", &notes, &err), &err);
    tst_ok(rmt_study_put(s, RMT_SOURCE_NOTES, &t, &err), &err);
    tst_ok(rmt_source_notes_check(l, s, trial.plan, &err), &err);
    t = tst_listed(l);
    assert_int_equal(rmt_table_rows(t), 2);
    tst_finding_is(t, 0, "warning source/reading mini 7 x   | the file is read as it stands | odd");
    tst_finding_is(
        t, 1,
        "warning source/reading mini 0   d.csv:8 | the file is read as it stands | d.csv:8: odd");
    rmt_table_free(t);
    rmt_study_free(s);
    tst_trial_close(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_are_kept_and_handed_on),
        cmocka_unit_test(they_are_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
