/* test_source_findings.c - what ingest found in a REDCap export is a finding of validate. */
#include "rmt/redcap.h"
#include "rmt/source_findings.h"
#include "tst_findings.h"
#include "tst_ledger.h"

#include <string.h>

#define PLAN                                                                                       \
    "study: {id: T1}\nredcap: {file: r.csv, dictionary: d.csv}\ndata:\n"                           \
    "  people: {forms: f, schema: {fieldsMatch: superset, fields: [{name: id}, {name: arm},\n"     \
    "    {name: why, remit: {form: f, branching: \"[ill] = '1'\"}}]}}\n"                           \
    "  visit: {forms: g, schema: {fieldsMatch: superset, fields: [{name: id}, {name: score,\n"     \
    "    type: number}]}}\n"                                                                       \
    "subjects: {table: people, id: id, arm: arm}\narms: {reference: ctl, order: [ket, ctl]}\n"     \
    "visits: {visit: redcap_event_name, schedule: [{name: base_arm_1, baseline: true}]}\n"         \
    "outcomes: {x: {table: visit, total: score}}\n"

/* A row for each line of `text`: cells of /source_findings with blanks between, . for none. */
static void put(rmt_study *study, const char *text)
{
    rmt_error err = {0};
    rmt_table *t = tst_table("code table line:i first_line:i column subject value nearest", text);
    tst_ok(rmt_study_put(study, RMT_SOURCE_FINDINGS, &t, &err), &err);
}

typedef struct {
    tst_trial trial;
    rmt_study *study;
    rmt_ledger *ledger;
} fixture;

static void open_fixture(fixture *f)
{
    rmt_error err = {0};
    f->study = NULL;
    tst_trial_open(&f->trial, PLAN);
    tst_ok(rmt_study_new(&f->study, &err), &err);
    f->ledger = tst_ledger();
    tst_ok(rmt_ledger_share_file(f->ledger, "people", &err), &err);
    tst_ok(rmt_ledger_share_file(f->ledger, "visit", &err), &err);
}

static void close_fixture(fixture *f)
{
    rmt_ledger_free(f->ledger);
    rmt_study_free(f->study);
    tst_trial_close(&f->trial);
}

static void hidden_values(void **state)
{
    (void)state;
    fixture f;
    rmt_error err = {0};
    open_fixture(&f);
    tst_ok(
        rmt_source_findings_check(f.ledger, f.study, f.trial.plan, f.trial.tables, f.trial.n, &err),
        &err); /* none */
    assert_int_equal(rmt_ledger_found(f.ledger), 0);
    put(f.study, "redcap/hidden-value people 3 . why A no .\n"
                 "redcap/hidden-value visit 4 . score_wk2 A 7 .");
    tst_ok(
        rmt_source_findings_check(f.ledger, f.study, f.trial.plan, f.trial.tables, f.trial.n, &err),
        &err);
    rmt_table *t = rmt_ledger_take_list(f.ledger);
    assert_int_equal(rmt_table_rows(t), 2);
    tst_finding_is(t, 0,
                   "warning redcap/hidden-value people 3 why A no | [ill] = '1' | a value where "
                   "the branching logic [ill] = '1' hides the field");
    /* Of a table made long the logic may differ from visit to visit: the schema does not tell it. */
    tst_finding_is(t, 1,
                   "warning redcap/hidden-value visit 4 score_wk2 A 7 |  | a value where the "
                   "branching logic hides the field");
    rmt_table_free(t);
    close_fixture(&f);
}

/* A row of the export is one finding, flagged in every table that has it. */
static void rows_of_several_tables(void **state)
{
    (void)state;
    static const struct {
        const char *want;
    } cases[] = {
        {"error redcap/copied-row people 4 id A base_arm_1 | one row for each record, event, "
         "repeat "
         "instrument and instance | record A (base_arm_1) stands on line 2 already: the row is a "
         "copy"},
        {"error redcap/copied-row visit 5 id B  | one row for each record, event, repeat "
         "instrument "
         "and instance | record B stands on line 3 already: the row is a copy"},
        {"error redcap/unknown-form people 9 redcap_repeat_instrument C hram | a form of the data "
         "dictionary | 'hram' is no form of the data dictionary"}, /* in no table */
        {"error redcap/unknown-event people 6 redcap_event_name D bsae_arm_1 | an event of the "
         "plan | "
         "'bsae_arm_1' is no event of the plan; did you mean 'base_arm_1'?"}};
    fixture f;
    rmt_error err = {0};
    open_fixture(&f);
    /* in the order of other software */
    rmt_table *owned[] = {tst_table("id", "A\nA\nD"), tst_table("id", "B\nA\nA\nE")};
    static const int32_t lines_of[2][4] = {{4, 2, 6}, {5, 4, 2, 7}};
    for (size_t i = 0; i < 2; i++)
        for (size_t row = 0; row < rmt_table_rows(owned[i]); row++)
            rmt_table_set_integer(owned[i], rmt_line_column(owned[i]), row, lines_of[i][row]);
    const rmt_named_table tables[] = {{"people", owned[0]}, {"visit", owned[1]}};
    put(f.study, "redcap/copied-row . 4 2 id A base_arm_1 .\n"
                 "redcap/copied-row . 5 3 id B . .\n"
                 "redcap/unknown-form . 9 . redcap_repeat_instrument C hram .\n"
                 "redcap/unknown-event . 6 . redcap_event_name D bsae_arm_1 base_arm_1\n"
                 /* a record of an outcome: trial/unknown-visit tells */
                 "redcap/unknown-event . 7 . redcap_event_name E bsae_arm_1 base_arm_1");
    tst_ok(rmt_source_findings_check(f.ledger, f.study, f.trial.plan, tables, 2, &err), &err);
    rmt_table *t = rmt_ledger_take_list(f.ledger), *lines = NULL;
    assert_int_equal(rmt_table_rows(t), 4);
    for (size_t i = 0; i < 4; i++)
        tst_finding_is(t, i, cases[i].want);
    rmt_table_free(t);
    tst_ok(rmt_ledger_lines(&lines, f.ledger, &err), &err);
    assert_int_equal(rmt_table_rows(lines), 4); /* people 4, 6, 9; visit 4-5 */
    assert_string_equal(rmt_table_text(lines, 0, 3), "visit");
    assert_int_equal(rmt_table_integer(lines, 1, 3), 4);
    assert_int_equal(rmt_table_integer(lines, 2, 3), 5);
    rmt_table_free(lines);
    for (size_t i = 0; i < 2; i++)
        rmt_table_free(owned[i]);
    close_fixture(&f);
}

static void tables_of_another_kind(void **state)
{
    (void)state;
    fixture f;
    rmt_error err = {0};
    open_fixture(&f);
    put(f.study, "redcap/hidden-valu people 3 . why A no .");
    tst_fails(
        rmt_source_findings_check(f.ledger, f.study, f.trial.plan, f.trial.tables, f.trial.n, &err),
        RMT_ERR_INCONSISTENT, &err, "'redcap/hidden-valu' is no check of an export");
    rmt_table *t = tst_table("code table:i", "x 1");
    err = (rmt_error){0};
    tst_ok(rmt_study_put(f.study, RMT_SOURCE_FINDINGS, &t, &err), &err);
    tst_fails(
        rmt_source_findings_check(f.ledger, f.study, f.trial.plan, f.trial.tables, f.trial.n, &err),
        RMT_ERR_INCONSISTENT, &err, "table");
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_values),
        cmocka_unit_test(rows_of_several_tables),
        cmocka_unit_test(tables_of_another_kind),
    };
    return cmocka_run_group_tests_name("source_findings", tests, NULL, NULL);
}
