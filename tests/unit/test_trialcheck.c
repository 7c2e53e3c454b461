#include "tst_findings.h"

#define PEOPLE                                                                                     \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"
#define LABELS                                                                                     \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, {name: week1, "     \
    "value: '1'}, {name: week2, value: '2'}]}\n"
#define ITEMS "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n"
#define HEAD "id visit i1:i i2:i i3:n i4:i"

static void a_sound_trial_gives_none(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", HEAD, "A b 1 1 1 1\nA 1 4 . 1 40\nB b 0 0 0 0\nB zz . . . .");
    rmt_table *f = tst_check(&t);
    assert_int_equal(rmt_table_rows(f), 0);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void names_what_is_wrong_with_subjects(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm",
                    "A ket\nB ket\nA ket\nB ctl\nC ?withdrew\nD kte\n. ket");
    tst_trial_table(&t, "mini", HEAD, "");
    rmt_table *f = tst_check(&t);
    tst_finding_is(
        f, 0,
        "error trial/unknown-subject people 8 id   | every row names its subject | the row "
        "does not say whose it is");
    tst_finding_is(
        f, 1,
        "error trial/randomised-twice people 4 id A A | one row for a subject | subject A "
        "stands on line 2 already");
    tst_finding_is(
        f, 2,
        "error trial/randomised-twice people 5 arm B ctl | one arm for a subject | subject "
        "B is in arm ket and in arm ctl");
    tst_finding_is(f, 3,
                   "error trial/arm-missing people 6 arm C withdrew | every subject has an arm | "
                   "subject C has no arm");
    tst_finding_is(
        f, 4,
        "error trial/unknown-arm people 7 arm D kte | an arm of the plan | 'kte' is no arm of "
        "the plan ('ket', 'ctl'); did you mean 'ket'?");
    tst_finding_is(
        f, 5,
        "error trial/empty-arm people 0 arm  ctl | every arm has subjects | no subject is "
        "in arm 'ctl'");
    assert_int_equal(rmt_table_rows(f), 6 + 4); /* no records of A, B, C, D */
    rmt_table_free(f);
    tst_trial_close(&t);
}

/* A name that nobody has is the plan's slip, and the data's spelling the one to take. */
static void says_which_name_of_an_arm_has_to_change(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   "study: {id: T1}\n"
                   "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                   "subjects: {table: people, id: id, arm: arm}\n"
                   "arms: {reference: placebo, order: [drugg, placebo]}\n" LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A drug\nB placebo");
    tst_trial_table(&t, "mini", HEAD, "A b 1 1 1 1\nB b 1 1 1 1");
    rmt_table *f = tst_check(&t);
    tst_finding_is(
        f, 0,
        "error trial/unknown-arm people 2 arm A drug | an arm of the plan | 'drug' is no "
        "arm of the plan ('drugg', 'placebo'); nobody is in the plan's 'drugg': did it mean "
        "'drug'?");
    tst_finding_is(
        f, 1,
        "error trial/empty-arm people 0 arm  drugg | every arm has subjects | no subject is "
        "in arm 'drugg'; did the plan mean 'drug'?");
    assert_int_equal(rmt_table_rows(f), 2);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void without_an_order_no_spelling_becomes_an_arm_unsaid(void **state)
{
    (void)state;
    static const char plan[] = "study: {id: T1}\n"
                               "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                               "subjects: {table: people, id: id, arm: arm}\n"
                               "arms: {reference: Placebo}\n" LABELS ITEMS TST_MINI;
    static const char undeclared[] = "warning trial/arms-not-declared people 0 arm   | arms.order "
                                     "names the arms | the plan does not name the arms "
                                     "(arms.order); the data have: ";
    char want[512];
    tst_trial t;
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A drug\nB placebo");
    tst_trial_table(&t, "mini", HEAD, "A b 1 1 1 1\nB b 1 1 1 1");
    rmt_table *f = tst_check(&t);
    tst_finding_is(
        f, 0,
        "error trial/empty-arm people 0 arm  Placebo | every arm has subjects | no subject "
        "is in arm 'Placebo'; did the plan mean 'placebo'?");
    snprintf(want, sizeof want, "%s'drug', 'placebo'", undeclared);
    tst_finding_is(f, 1, want);
    assert_int_equal(rmt_table_rows(f), 2);
    rmt_table_free(f);
    tst_trial_close(&t);

    /* Four of one and one of another that differs in a letter; doses differ in a digit, codes are
     * short, and of two small arms none is a slip. */
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm",
                    "A Placebo\nB Placebo\nC Placebo\nD Placebo\nE Placibo\nF pla-cebo\nG d10\nH "
                    "d20\nI P\nJ Q\nK dose1\nL dose2\nM armA\nN armB");
    tst_trial_table(&t, "mini", HEAD, "");
    f = tst_check(&t);
    tst_finding_is(
        f, 0,
        "error trial/arms-alike people 0 arm  Placibo | arms of like names stand in "
        "arms.order | 'Placibo' (1 subject) looks like 'Placebo' (4): correct the data, or "
        "name both in arms.order");
    tst_finding_is(
        f, 1,
        "error trial/arms-alike people 0 arm  pla-cebo | arms of like names stand in "
        "arms.order | 'pla-cebo' (1 subject) looks like 'Placebo' (4): correct the data, or "
        "name both in arms.order");
    tst_finding_is(f, 3,
                   "warning trial/no-records people 2 id A A | every subject has a record of some "
                   "outcome | no outcome's table has a record of this subject");
    assert_int_equal(rmt_table_rows(f), 3 + 14);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void arms_of_one_name_in_the_order_are_told(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   "study: {id: T1}\n"
                   "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                   "subjects: {table: people, id: id, arm: arm}\n"
                   "arms: {reference: ctl, order: [Verum, Ver-um, 'verum ', ctl]}\n"
                   "checks: {trial/no-records: off, trial/empty-arm: off}\n" LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A Verum\nB ctl");
    tst_trial_table(&t, "mini", HEAD, "");
    rmt_table *f = tst_check(&t);
    tst_finding_is(f, 0,
                   "error trial/arms-alike people 0 arm  verum  | no arms differ by case and "
                   "blanks alone | 'Verum' and 'verum ' are two arms of arms.order and differ only "
                   "by case or blanks: correct the data, and name one");
    assert_int_equal(rmt_table_rows(f), 1);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void guesses_what_was_meant(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "P01 ket\nP-10 ctl");
    tst_trial_table(&t, "mini", HEAD,
                    "p1 b 1 1 1 1\nP10 b 1 1 1 1\nP0 b 1 1 1 1\nP01 B 1 1 1 1\nP-10 2.0 1 1 1 1\n"
                    "P-10 3 1 1 1 1");
    rmt_table *f = tst_check(&t);
    static const char *const meant[] = {"'p1' is not in table people; did you mean 'P01'?",
                                        "'P10' is not in table people; did you mean 'P-10'?",
                                        "'P0' is not in table people",
                                        "'B' is no visit of the schedule; did you mean 'b'?",
                                        "'2.0' is no visit of the schedule; did you mean '2'?",
                                        "'3' is no visit of the schedule"};
    const size_t n = sizeof meant / sizeof meant[0];
    for (size_t i = 0; i < n; i++)
        assert_string_equal(rmt_table_text(f, rmt_table_find(f, "message"), i), meant[i]);
    assert_int_equal(rmt_table_rows(f), n);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void names_that_are_nearly_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        rmt_likeness like;
    } pairs[] = {
        {"P05 ", "P05", RMT_NAMES_ALIKE},
        {"Week 4", "week4", RMT_NAMES_ALIKE},
        {"001", "1", RMT_NAMES_ALIKE},
        {"P-007", "p_7", RMT_NAMES_ALIKE},
        {"0", "00", RMT_NAMES_ALIKE},
        {"100", "10", RMT_NAMES_DIFFER},
        {"1.05", "1.5", RMT_NAMES_DIFFER},
        {"P105", "P15", RMT_NAMES_DIFFER},
        {"placebo", "placbeo", RMT_NAMES_ONE_SLIP},
        {"placebo", "plcebo", RMT_NAMES_ONE_SLIP},
        {"placebo", "placeboo", RMT_NAMES_ONE_SLIP},
        {"week1", "week2", RMT_NAMES_DIFFER},
        {"ket", "kat", RMT_NAMES_DIFFER},
        {"week12", "week1", RMT_NAMES_DIFFER},
        {"drug", "placebo", RMT_NAMES_DIFFER},
        {"aabb", "aabbcc", RMT_NAMES_DIFFER},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(rmt_names_likeness(pairs[i].a, pairs[i].b), pairs[i].like);
        assert_int_equal(rmt_names_likeness(pairs[i].b, pairs[i].a), pairs[i].like);
    }
}

static void a_subject_per_record_keeps_one_arm(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   "study: {id: T1}\n"
                   "data: {mini: {file: m.csv}}\n"
                   "subjects: {table: mini, id: id, arm: arm, one_row_per: record}\n"
                   "arms: {reference: ctl}\n" LABELS "outcomes: {x: {table: mini, total: x}}\n");
    tst_trial_table(&t, "mini", "id arm visit x:n",
                    "A ket b 1\nA ket 1 1\nB ctl b 1\nB ket 1 1\nC ctl b 1\n. ctl b 1");
    rmt_table *f = tst_check(&t);
    tst_finding_is(
        f, 0,
        "error trial/unknown-subject mini 7 id   | every row names its subject | the row "
        "does not say whose it is");
    tst_finding_is(
        f, 1,
        "error trial/randomised-twice mini 5 arm B ket | one arm for a subject | subject B "
        "is in arm ctl and in arm ket");
    tst_finding_is(
        f, 2,
        "warning trial/arms-not-declared mini 0 arm   | arms.order names the arms | the plan "
        "does not name the arms (arms.order); the data have: 'ket', 'ctl'");
    assert_int_equal(rmt_table_rows(f), 3);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void names_what_is_wrong_with_records(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ctl");
    tst_trial_table(&t, "mini", HEAD,
                    "A b 1 1 1 1\nA 1 1 5 1 1\nA 1 1 1 0.5 1\nA b 1 1 1 1\n" /* lines 2-5 */
                    "B 1 1 1 1 1\nB week2 1 1 1 1\nB . 1 1 1 1\n"            /* 6-8 */
                    "Z b 1 1 1 1\nC b . . . .\nC 1 1 1 1 1");                /* 9-11 */
    rmt_table *f = tst_check(&t);
    size_t i = 0;
    tst_finding_is(
        f, i++,
        "error trial/unknown-subject mini 9 id Z Z | every record belongs to a subject of "
        "the subject table | 'Z' is not in table people");
    tst_finding_is(
        f, i++,
        "error trial/unknown-visit mini 7 visit B week2 | a visit of the schedule | 'week2' "
        "is no visit of the schedule");
    tst_finding_is(
        f, i++,
        "error trial/unknown-visit mini 8 visit B  | a visit of the schedule | the record "
        "does not say at which visit it was made");
    tst_finding_is(
        f, i++,
        "error trial/duplicate-visit mini 4 visit A 1 | one record for a subject, outcome "
        "and visit | outcome mini of subject A at visit week1 stands on line 3 already");
    tst_finding_is(
        f, i++,
        "error trial/two-baselines mini 5 visit A b | one baseline record for a subject "
        "and outcome | outcome mini of subject A at visit base stands on line 2 already");
    tst_finding_is(
        f, i++,
        "error trial/item-out-of-range mini 3 i2 A 5 | a whole number in 0..4 | m2 = 5 is "
        "outside 0..4");
    tst_finding_is(
        f, i++,
        "error trial/item-out-of-range mini 4 i3 A 0.5 | a whole number in 0..4 | m3 = 0.5 "
        "is no whole number");
    tst_finding_is(
        f, i++,
        "warning trial/no-baseline mini 6 visit B  | a baseline value for every subject "
        "and outcome | subject B has values of outcome mini after baseline but no baseline");
    tst_finding_is(
        f, i++,
        "warning trial/no-baseline mini 11 visit C  | a baseline value for every subject "
        "and outcome | subject C has values of outcome mini after baseline but no baseline");
    assert_int_equal(rmt_table_rows(f), i);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void names_totals_baselines_and_days(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   PEOPLE "visits: {day: day, schedule: [{name: week1, day: 7, window: [4, 10]}]}\n"
                          "outcomes: {mini: {table: mini, instrument: mini, total: tot, baseline: "
                          "bas}}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ket");
    tst_trial_table(&t, "mini", "id day:n tot:n bas:n",
                    "A 7 53 20\nA 12 5 21\nB 7 5 60\nB . . .\nC 4 0 .\nC . 1 .");
    rmt_table *f = tst_check(&t);
    size_t i = 0;
    tst_finding_is(
        f, i++,
        "warning trial/visit-window mini 3 day A 12 | within the window of a visit | day "
        "12 is outside the window of every visit: the record is left out");
    tst_finding_is(f, i++,
                   "error trial/unknown-visit mini 7 day C  | within the window of a visit | the "
                   "record does not say at which visit it was made");
    tst_finding_is(
        f, i++, "error trial/total-out-of-range mini 2 tot A 53 | in 0..52 | 53 is outside 0..52");
    tst_finding_is(
        f, i++, "error trial/total-out-of-range mini 4 bas B 60 | in 0..52 | 60 is outside 0..52");
    tst_finding_is(f, i++,
                   "error trial/two-baselines mini 3 bas A 21 | one baseline for a subject and "
                   "outcome | the baseline of outcome mini is 21 here and 20 on line 2");
    tst_finding_is(
        f, i++,
        "warning trial/no-baseline mini 6 bas C  | a baseline value for every subject and "
        "outcome | subject C has values of outcome mini after baseline but no baseline");
    assert_int_equal(rmt_table_rows(f), i);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void says_once_what_two_outcomes_share(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   PEOPLE LABELS "outcomes:\n"
                                 "  one: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}\n"
                                 "  two: {table: mini, instrument: mini, items: [i1, i2, i3, i4], "
                                 "max_missing_items: 1}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", HEAD, "A b 9 1 1 1\nA b 1 1 1 1\nY b 1 1 1 1\nB q 1 1 1 1");
    rmt_table *f = tst_check(&t);
    assert_int_equal(rmt_table_rows(f), 4);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void a_check_is_switched_off_or_weighed_otherwise(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI
                   "checks: {trial/unknown-visit: off, trial/no-baseline: error}\n");
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", HEAD, "A 1 1 1 1 1\nB never 1 1 1 1");
    rmt_table *f = tst_check(&t);
    assert_int_equal(rmt_table_rows(f), 1);
    tst_finding_is(f, 0,
                   "error trial/no-baseline mini 2 visit A  | a baseline value for every subject "
                   "and outcome | subject A has values of outcome mini after baseline but no "
                   "baseline");
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void long_names_are_told_whole(void **state)
{
    (void)state;
    char people[1200], wanted[600];
    tst_trial t;
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    snprintf(people, sizeof people, "A ket\nB ctl\n%0*d ket\n%0*d ket", 500, 7, 500, 7);
    snprintf(wanted, sizeof wanted, "subject %0*d stands on line 4 already", 500, 7);
    tst_trial_table(&t, "people", "id arm", people);
    tst_trial_table(&t, "mini", HEAD, "A b 1 1 1 1");
    rmt_table *f = tst_check(&t);
    bool found = false;
    for (size_t i = 0; i < rmt_table_rows(f); i++)
        found = found || strcmp(rmt_table_text(f, rmt_table_find(f, "message"), i), wanted) == 0;
    assert_true(found);
    rmt_table_free(f);
    tst_trial_close(&t);
}

static void what_is_not_there_is_a_failure(void **state)
{
    (void)state;
    tst_trial t;
    rmt_error err = {0};
    rmt_ledger *l = tst_ledger();
    tst_trial_open(&t, PEOPLE LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arn", "");
    tst_fails(rmt_trial_check(&(rmt_trial_report){.ledger = l}, t.plan, &t.plan->checks, t.tables,
                              t.n, &err),
              RMT_ERR_CONFIG, &err, "table people has no column 'arm'; did you mean 'arn'?");
    rmt_ledger_free(l);
    tst_trial_close(&t);
}

/* An event has a name in each arm of a project: a visit may have several values. */
static void a_visit_of_several_events(void **state)
{
    (void)state;
    static const char plan[] = "study: {id: T1}\n"
                               "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                               "subjects: {table: people, id: id, arm: arm}\n"
                               "arms: {reference: ctl, order: [ket, ctl]}\n"
                               "visits: {visit: visit, schedule: [\n"
                               "  {name: base, value: [base_arm_1, base_arm_2], baseline: true},\n"
                               "  {name: end, value: %s}]}\n"
                               "outcomes: {x: {table: mini, total: x}}\n";
    static const char *const want[] = {
        "error trial/unknown-visit mini 5 visit B BASE_ARM_2 | a visit of the schedule | "
        "'BASE_ARM_2' is no visit of the schedule; did you mean 'base_arm_2'?",
        "error trial/two-baselines mini 4 visit A base_arm_2 | one baseline record for a subject "
        "and outcome | outcome x of subject A at visit base stands on line 2 already"};
    static const char *const faults[][2] = {
        {"[a, base_arm_2]", "visits 'base' and 'end' have the same value 'base_arm_2'"},
        {"[]", "visit 'end' is told by no value"},
        {"[a, a]", "'a' stands twice in 'value'"}};
    char yaml[1024];
    tst_trial t;
    snprintf(yaml, sizeof yaml, plan, "[end_arm_2]");
    tst_trial_open(&t, yaml);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(
        &t, "mini", "id visit x:n",
        "A base_arm_1 5\nB base_arm_2 6\nA base_arm_2 7\nB BASE_ARM_2 3\nA end_arm_2 4");
    tst_findings_are(&t, want, 2);
    tst_trial_close(&t);
    for (size_t i = 0; i < 3; i++) {
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        rmt_plan *p = NULL;
        snprintf(yaml, sizeof yaml, plan, faults[i][0]);
        tst_ok(rmt_tree_parse(&doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
        tst_fails(rmt_plan_parse(&p, rmt_doc_root(doc), &err), RMT_ERR_CONFIG, &err, faults[i][1]);
        rmt_doc_free(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_trial_gives_none),
        cmocka_unit_test(names_what_is_wrong_with_subjects),
        cmocka_unit_test(says_which_name_of_an_arm_has_to_change),
        cmocka_unit_test(without_an_order_no_spelling_becomes_an_arm_unsaid),
        cmocka_unit_test(arms_of_one_name_in_the_order_are_told),
        cmocka_unit_test(guesses_what_was_meant),
        cmocka_unit_test(names_that_are_nearly_the_same),
        cmocka_unit_test(a_subject_per_record_keeps_one_arm),
        cmocka_unit_test(names_what_is_wrong_with_records),
        cmocka_unit_test(names_totals_baselines_and_days),
        cmocka_unit_test(says_once_what_two_outcomes_share),
        cmocka_unit_test(a_check_is_switched_off_or_weighed_otherwise),
        cmocka_unit_test(long_names_are_told_whole),
        cmocka_unit_test(what_is_not_there_is_a_failure),
        cmocka_unit_test(a_visit_of_several_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
