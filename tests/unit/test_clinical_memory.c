/* test_clinical_memory.c - each allocation of the outcomes and the findings fails once: said, and
 * nothing leaks. */
#include "tst_ledger.h"
#include "tst_memory.h"
#include "tst_trial.h"

#include "rmt/outcomes.h"
#include "rmt/schema.h"
#include "rmt/trialcheck.h"

typedef struct {
    tst_trial t;
    rmt_table *flagged;
} sample;

static rmt_status outcomes(void *of, rmt_error *err)
{
    const sample *x = of;
    rmt_table *out = NULL;
    rmt_outcomes_input in = {x->t.plan, x->t.tables, x->t.n, x->flagged};
    rmt_status st = rmt_outcomes_build(&out, &in, NULL, err);
    assert_true((out == NULL) == (st != RMT_OK));
    rmt_table_free(out);
    return st;
}

static rmt_status findings(void *of, rmt_error *err)
{
    const tst_trial *t = &((const sample *)of)->t;
    rmt_trial_report r = {0};
    rmt_status st = rmt_ledger_new(&r.ledger, 2, NULL, err);
    if (!st) st = rmt_missingness_new(&r.missingness, err);
    if (!st) st = rmt_baseline_new(&r.baseline, err);
    if (!st) st = rmt_trial_check(&r, t->plan, &t->plan->checks, t->tables, t->n, err);
    rmt_table_free(r.baseline);
    rmt_table_free(r.missingness);
    rmt_ledger_free(r.ledger);
    return st;
}

static void each_allocation_fails(rmt_status (*once)(void *of, rmt_error *err))
{
    sample x = {.flagged = NULL};
    rmt_error err = {0};
    rmt_ledger *l = tst_ledger();
    rmt_finding f = {RMT_SEVERITY_ERROR, "type-error", "mini", 3, "i1", "A", "x", "r", "m", 0};
    tst_trial_open(
        &x.t, "study: {id: T1}\n"
              "data: {people: {file: p.csv}, mini: {file: m.csv}, doses: {file: d.csv}, "
              "more: {file: o.csv}}\n"
              "subjects: {table: people, id: id, arm: arm, strata: [site], covariates: [age], "
              "consent: cons}\n"
              "arms: {reference: ctl, order: [ket, ctl], ratio: [2, 1]}\n"
              "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, "
              "{name: week1, value: '1'}]}\n"
              "outcomes:\n"
              "  items: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}\n"
              "  stored: {table: mini, total: i1, baseline: i4}\n"
              "doses: {table: doses, visit: visit, date: given, amount: mg, planned: {ket: 1}, at: "
              "week1}\n"
              "monitoring: [{outcome: items, at: [week1]}, {table: doses, columns: [mg], at: "
              "week1}]\n"
              "eligibility: [{condition: items > 3 and age > 3 and doses.mg > 3}]\n"
              "checks: {trial/same-answers: {items: 4, varied: 2}}\n" TST_MINI);
    tst_trial_table(&x.t, "people", "id:i arm site age:i cons:d",
                    "1 ket x 20 2024-01-02\n2 ctl x 30 .\n2 ket x 30 .\n3 . . 40 .");
    tst_trial_table(&x.t, "doses", "id:i visit given:d mg:n",
                    "1 1 2024-01-01 3\n3 1 . 3\n1 b 2024-01-01 3\n8 b . 3");
    tst_trial_table(&x.t, "more", "id:i", "1\n2\n9");
    tst_trial_table(&x.t, "mini", "id:i visit i1:i i2:i i3:i i4:i",
                    "1 b 1 1 2 2\n3 b 1 1 2 2\n1 1 9 1 1 1\n2 1 1 1 1 1\n2 1 1 1 1 2\n4 b 1 1 1 "
                    "1\n2 x 1 1 1 1");
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    tst_ok(rmt_ledger_lines(&x.flagged, l, &err), &err);
    rmt_ledger_free(l);
    tst_each_allocation_fails(once, &x, 20, 0);
    rmt_table_free(x.flagged);
    tst_trial_close(&x.t);
    assert_int_equal(n_live, 0);
}

static void of_the_outcomes(void **state)
{
    (void)state;
    each_allocation_fails(outcomes);
}

static void of_the_findings(void **state)
{
    (void)state;
    each_allocation_fails(findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_outcomes),
        cmocka_unit_test(of_the_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
