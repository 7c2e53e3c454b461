/* Tables joined by the participant: who is in one and not in the other. */
#include "tst_findings.h"

#define HEAD                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}, other: {file: o.csv}, vitals: {file: "     \
    "v.csv}, sites: {file: s.csv}}\n"                                                              \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}]}\n"
#define MINI "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n"
#define BOTH                                                                                       \
    "outcomes:\n"                                                                                  \
    "  mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}\n"                           \
    "  again: {table: mini, total: i1}\n"                                                          \
    "  other: {table: other, total: t}\n"
#define PEOPLE "P-1 ket\nP-2 ctl\nP-3 ket\nP-4 ctl"
#define ITEMS "id visit i1:i i2:i i3:i i4:i"

/* As tst_findings_are, and those of participants without any record too. */
static void findings_are(const tst_trial *t, const char *const *want, size_t n)
{
    rmt_table *f = tst_check(t);
    for (size_t i = 0; i < n && i < rmt_table_rows(f); i++)
        tst_finding_is(f, i, want[i]);
    assert_int_equal(rmt_table_rows(f), n);
    rmt_table_free(f);
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void tables_without_a_common_id_are_told_once(void **state)
{
    (void)state;
    static const char *const others[] = {
        "error trial/no-common-id mini 2 id KM7 KM7 | the tables name the same subjects | no id of "
        "table mini is in table people: 'KM7' here, 'P-1' there",
        "error trial/unknown-subject mini 4 id   | every record belongs to a subject of the "
        "subject "
        "table | the record does not say whose it is"};
    static const char *const spelt[] = {
        "error trial/no-common-id mini 2 id p002 p002 | the tables name the same subjects | no id "
        "of "
        "table mini is in table people: 'p002' here, 'P-2' there; are they written in two ways?"};
    tst_trial t;
    tst_trial_open(&t, HEAD BOTH TST_MINI);
    tst_trial_table(&t, "people", "id arm", PEOPLE);
    tst_trial_table(&t, "mini", ITEMS, "KM7 b 1 1 1 1\nKM8 b 1 1 1 1\n. b 1 1 1 1\nKM9 b 1 1 1 1");
    tst_trial_table(&t, "other", "id visit t:i",
                    "P-1 b 1\nP-2 b 1\nP-3 b 1\nP-4 b 1"); /* nobody is missed in mini */
    findings_are(&t, others, COUNT(others));
    tst_trial_close(&t);

    tst_trial_open(&t, HEAD MINI TST_MINI);
    tst_trial_table(&t, "people", "id arm", PEOPLE);
    tst_trial_table(&t, "mini", ITEMS, "p002 b 1 1 1 1\np001 b 1 1 1 1\np001 b . . . .");
    findings_are(&t, spelt, COUNT(spelt)); /* nor is anybody without a record */
    tst_trial_close(&t);
}

static void one_id_is_no_kind_of_id(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/unknown-subject mini 2 id P1 P1 | every record belongs to a subject of the "
        "subject table | 'P1' is not in table people; did you mean 'P-1'?",
        "warning trial/no-records people 2 id P-1 P-1 | every subject has a record of some outcome "
        "| no outcome's table has a record of this subject; line 2 of mini has an id much like it",
        "warning trial/no-records people 3 id P-2 P-2 | every subject has a record of some outcome "
        "| no outcome's table has a record of this subject"};
    tst_trial t;
    tst_trial_open(&t, HEAD MINI TST_MINI);
    tst_trial_table(&t, "people", "id arm", "P-1 ket\nP-2 ctl");
    tst_trial_table(&t, "mini", ITEMS, "P1 b 1 1 1 1");
    findings_are(&t, want, COUNT(want));
    tst_trial_close(&t);
}

static void who_is_in_one_outcome_and_not_in_another_is_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/unknown-subject other 4 id p03 p03 | every record belongs to a subject of the "
        "subject table | 'p03' is not in table people; did you mean 'P-3'?",
        "warning trial/no-records people 5 id P-4 P-4 | every subject has a record of some outcome "
        "| no outcome's table has a record of this subject",
        "warning trial/not-in-table people 2 id P-1 P-1 | every subject has a record in the table "
        "of "
        "each outcome | table mini has no record of this subject",
        "warning trial/not-in-table people 4 id P-3 P-3 | every subject has a record in the table "
        "of "
        "each outcome | table other has no record of this subject; line 4 of other has an id much "
        "like it"};
    static const char *const most[] = {
        "warning trial/not-in-table other 0 id   | every subject has a record in the table of each "
        "outcome | table other has no record of 3 of 4 subjects with records"};
    tst_trial t;
    tst_trial_open(&t, HEAD BOTH TST_MINI);
    tst_trial_table(&t, "people", "id arm", PEOPLE);
    tst_trial_table(&t, "mini", ITEMS, "P-2 b 1 1 1 1\nP-3 b 1 1 1 1");
    tst_trial_table(&t, "other", "id visit t:i", "P-1 b 1\nP-2 b 1\np03 b 1");
    findings_are(&t, want, COUNT(want));
    tst_trial_close(&t);

    tst_trial_open(&t, HEAD BOTH TST_MINI);
    tst_trial_table(&t, "people", "id arm", PEOPLE);
    tst_trial_table(&t, "mini", ITEMS,
                    "P-1 b 1 1 1 1\nP-2 b 1 1 1 1\nP-3 b 1 1 1 1\nP-4 b . . . .");
    tst_trial_table(&t, "other", "id visit t:i", "P-1 b 1");
    findings_are(&t, most, COUNT(most));
    tst_trial_close(&t);
}

/* The schema's foreign key tells of vitals; the ids of sites are those of sites. */
static void further_tables_are_looked_at(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/other-subject vitals 3 id P2 P2 | every row belongs to a subject of the "
        "subject table | 'P2' is not in table people; did you mean 'P-2'?",
        "warning trial/other-subject vitals 4 id   | every row belongs to a subject of the subject "
        "table | the row does not say whose it is"};
    static const char plan[] =
        "study: {id: T1}\n"
        "data: {people: {file: p.csv}, mini: {file: m.csv}, vitals: {file: v.csv%s}, plain: {file: "
        "s.csv}}\n"
        "subjects: {table: people, id: id, arm: arm}\n"
        "arms: {reference: ctl, order: [ket, ctl]}\n"
        "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}]}\n" MINI
            TST_MINI;
    static const char key[] = ", schema: {fields: [{name: id}], foreignKeys: [{fields: id, "
                              "reference: {resource: people, fields: id}}]}";
    char text[4096];
    for (int with_key = 0; with_key < 2; with_key++) {
        tst_trial t;
        assert_true(snprintf(text, sizeof text, plan, with_key ? key : "") < (int)sizeof text);
        tst_trial_open(&t, text);
        tst_trial_table(&t, "people", "id arm", "P-1 ket\nP-2 ctl");
        tst_trial_table(&t, "mini", ITEMS, "P-1 b 1 1 1 1\nP-2 b 1 1 1 1");
        tst_trial_table(&t, "vitals", "id", "P-1\nP2\n.\nP-1");
        tst_trial_table(&t, "plain", "site", "Z");
        findings_are(&t, want, with_key ? 0 : COUNT(want));
        tst_trial_close(&t);
    }
}

/* A column of that name may number adverse events: one warning. */
static void ids_of_something_else_are_told_once(void **state)
{
    (void)state;
    static const char *const want[] = {"warning trial/other-subject vitals 2 id 1 1 | the tables "
                                       "name the same subjects | no id of "
                                       "table vitals is in table people: '1' here, 'P-1' there"};
    tst_trial t;
    tst_trial_open(&t, HEAD MINI TST_MINI);
    tst_trial_table(&t, "people", "id arm", "P-1 ket\nP-2 ctl");
    tst_trial_table(&t, "mini", ITEMS, "P-1 b 1 1 1 1\nP-2 b 1 1 1 1");
    tst_trial_table(&t, "vitals", "id:i", "1\n2\n3\n4");
    findings_are(&t, want, COUNT(want));
    tst_trial_close(&t);
}

static void doses_of_other_people_are_told_once(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/no-common-id vitals 2 id X1 X1 | the tables name the same subjects | no id of "
        "table vitals is in table people: 'X1' here, 'P-1' there"};
    tst_trial t;
    tst_trial_open(&t, HEAD MINI "doses: {table: vitals}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "P-1 ket\nP-2 ctl");
    tst_trial_table(&t, "mini", ITEMS, "P-1 b 1 1 1 1\nP-2 b 1 1 1 1");
    tst_trial_table(&t, "vitals", "id visit", "X1 b\nX2 b\nX3 b");
    findings_are(&t, want, COUNT(want));
    tst_trial_close(&t);
}

/* Each row tells what the table no longer does. */
static void without_that_check_the_rows_are_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/unknown-subject mini 2 id K1 K1 | every record belongs to a subject of the "
        "subject table | 'K1' is not in table people",
        "error trial/unknown-subject mini 3 id K2 K2 | every record belongs to a subject of the "
        "subject table | 'K2' is not in table people",
        "warning trial/no-records people 2 id P-1 P-1 | every subject has a record of some outcome "
        "| no outcome's table has a record of this subject",
        "error trial/unknown-subject vitals 2 id X1 X1 | every dose belongs to a subject of the "
        "subject table | 'X1' has a dose and is not in table people",
        "error trial/unknown-subject vitals 3 id X2 X2 | every dose belongs to a subject of the "
        "subject table | 'X2' has a dose and is not in table people"};
    tst_trial t;
    tst_trial_open(&t, HEAD MINI
                   "doses: {table: vitals}\nchecks: {trial/no-common-id: off}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "P-1 ket");
    tst_trial_table(&t, "mini", ITEMS, "K1 b 1 1 1 1\nK2 b 1 1 1 1");
    tst_trial_table(&t, "vitals", "id visit", "X1 b\nX2 b");
    t.plan->checks.of[rmt_check_find("trial/empty-arm")].off = true;
    findings_are(&t, want, COUNT(want));
    tst_trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_without_a_common_id_are_told_once),
        cmocka_unit_test(one_id_is_no_kind_of_id),
        cmocka_unit_test(who_is_in_one_outcome_and_not_in_another_is_told),
        cmocka_unit_test(further_tables_are_looked_at),
        cmocka_unit_test(ids_of_something_else_are_told_once),
        cmocka_unit_test(doses_of_other_people_are_told_once),
        cmocka_unit_test(without_that_check_the_rows_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
