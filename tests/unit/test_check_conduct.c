/* The conduct of a trial: dates, doses, monitoring, eligibility. */
#include "tst_findings.h"
#include "tst_ledger.h"

#define PLAN(subjects, visits, rest)                                                               \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}, doses: {file: d.csv}, vitals: {file: "     \
    "v.csv}}\n"                                                                                    \
    "subjects: {table: people, id: id, arm: arm" subjects "}\n"                                    \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: w1}, {name: "          \
    "w2}]" visits "}\n"                                                                            \
    "outcomes: {x: {table: mini, total: x}}\n" rest

typedef struct {
    const char *people, *people_rows, *mini, *mini_rows, *doses, *dose_rows, *vitals, *vital_rows;
} tables;

static void open_trial(tst_trial *t, const char *plan, const tables *x)
{
    tst_trial_open(t, plan);
    tst_trial_table(t, "people", x->people ? x->people : "id arm",
                    x->people_rows ? x->people_rows : "A ket\nB ctl\nC ctl");
    tst_trial_table(t, "mini", x->mini ? x->mini : "id visit x:n",
                    x->mini_rows ? x->mini_rows : "A base 1\nB base 1\nC base 1");
    if (x->doses) tst_trial_table(t, "doses", x->doses, x->dose_rows);
    if (x->vitals) tst_trial_table(t, "vitals", x->vitals, x->vital_rows);
}

static void findings(const char *plan, const tables *x, const char *const *want, size_t n)
{
    tst_trial t;
    open_trial(&t, plan, x);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

/* ---- dates --------------------------------------------------------------------------------- */

#define DATES ", consent: cons, randomised: rand, first_dose: dose, withdrawal: with"
static const char people_dates[] = "id arm cons:d rand:d dose:t with:d";

static void dates_in_order_give_none(void **state)
{
    (void)state;
    findings(PLAN(DATES, "", ""),
             &(tables){.people = people_dates,
                       .people_rows = "A ket 2024-01-01 2024-01-01 2024-01-01T09:00:00 2024-01-09\n"
                                      "B ctl 2000-01-01 2024-01-01 . .\nC ctl . . . .",
                       .mini = "id visit x:n date:d",
                       .mini_rows = "A base 1 2024-01-01\nA w1 1 2024-01-09\nB base 1 2000-01-01"},
             NULL, 0);
}

static void dates_out_of_order_are_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/date-order people 2 cons A 2024-01-03 | consent, randomisation, first dose, "
        "withdrawal | consent of subject A is dated after randomisation",
        "warning trial/date-order people 3 rand B 2024-02-03 | consent, randomisation, first dose, "
        "withdrawal | randomisation of subject B is dated after the first dose",
        "warning trial/date-order people 3 cons B 2024-02-02 | consent, randomisation, first dose, "
        "withdrawal | consent of subject B is dated after withdrawal",
        "warning trial/date-order people 4 cons C 2024-03-02 | consent, randomisation, first dose, "
        "withdrawal | consent of subject C is dated after the first dose"};
    findings(PLAN(DATES, "", ""),
             &(tables){.people = people_dates,
                       .people_rows = "A ket 2024-01-03 2024-01-02 . .\n"
                                      "B ctl 2024-02-02 2024-02-03 2024-02-01T10:00:00 2024-02-01\n"
                                      "C ctl 2024-03-02 . 2024-03-01T10:00:00 ."},
             want, 4);
}

static void records_stand_against_the_dates(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/before-consent mini 2 seen A 2023-12-31T23:59:59 | nothing before consent | "
        "2023-12-31T23:59:59 lies before the consent of subject A",
        "warning trial/baseline-after-dose mini 4 seen B 2024-02-01T10:00:01 | baseline at or "
        "before the first dose | the baseline of subject B is dated after the first dose",
        "warning trial/after-withdrawal mini 7 seen A 2024-01-10T00:00:00 | nothing after "
        "withdrawal | 2024-01-10T00:00:00 lies after the withdrawal of subject A",
        "warning trial/after-withdrawal doses 3 given A 2024-01-11 | nothing after withdrawal | "
        "2024-01-11 lies after the withdrawal of subject A"};
    findings(PLAN(DATES, ", date: seen", "doses: {table: doses, date: given}\n"),
             &(tables){.people = people_dates,
                       .people_rows =
                           "A ket 2024-01-01 . . 2024-01-09\n"
                           "B ctl 2024-01-01 . 2024-02-01T10:00:00 .\nC ctl 2024-01-01 . . .",
                       .mini = "id visit x:n seen:t",
                       .mini_rows = "A base 1 2023-12-31T23:59:59\nA w1 1 2024-01-09T15:00:00\n"
                                    "B base 1 2024-02-01T10:00:01\nB w1 1 2024-02-01T10:00:01\n"
                                    "C base 1 2024-01-01T00:00:00\nA w2 1 2024-01-10T00:00:00",
                       .doses = "id given:d",
                       .dose_rows = "A 2024-01-01\nA 2024-01-11\nB 2024-02-01"},
             want, 4);
}

static void the_first_dose_is_the_first_of_the_doses(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/baseline-after-dose mini 2 date A 2024-01-03 | baseline at or before the "
        "first dose | the baseline of subject A is dated after the first dose"};
    findings(PLAN("", "", "doses: {table: doses, date: given}\n"),
             &(tables){.mini = "id visit x:n date:d",
                       .mini_rows = "A base 1 2024-01-03\nB base 1 2024-01-03\nC base 1 2024-01-03",
                       .doses = "id given:d",
                       .dose_rows = "A 2024-01-04\nA 2024-01-02\nB 2024-01-03\nB ."},
             want, 1);
}

static void a_column_without_dates_is_refused(void **state)
{
    (void)state;
    tst_trial t;
    rmt_ledger *l = tst_ledger();
    rmt_error err = {0};
    open_trial(&t, PLAN(", consent: arm", "", ""), &(tables){0});
    tst_fails(rmt_trial_check(&(rmt_trial_report){.ledger = l}, t.plan, &t.plan->checks, t.tables,
                              t.n, &err),
              RMT_ERR_SCHEMA, &err,
              "column arm of table people must hold dates (YYYY-MM-DD, or as its schema says), "
              "and no cell is one: line 2 has 'ket'");
    rmt_ledger_free(l);
    tst_trial_close(&t);
    /* A column in which nobody has a value has no type. */
    findings(PLAN(", withdrawal: with", "", ""),
             &(tables){.people = "id arm with", .people_rows = "A ket .\nB ctl .\nC ctl ."}, NULL,
             0);
}

/* One bad cell makes a column text: the other dates are read all the same. */
static void a_cell_that_is_no_date_is_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/not-a-date people 3 cons B 2022-02-30 | date YYYY-MM-DD | 2022-02-30 is no "
        "date (YYYY-MM-DD); it counts as missing",
        "error trial/not-a-date people 4 cons C unknown | date YYYY-MM-DD | unknown is no date "
        "(YYYY-MM-DD); it counts as missing",
        "error trial/not-a-date mini 4 seen B 16.01.2022 | date YYYY-MM-DD | 16.01.2022 is no date "
        "(YYYY-MM-DD); it counts as missing",
        "warning trial/before-consent mini 2 seen A 2022-01-01 | nothing before consent | "
        "2022-01-01 lies before the consent of subject A"};
    findings(PLAN(", consent: cons", ", date: seen", ""),
             &(tables){.people = "id arm cons",
                       .people_rows = "A ket 2022-01-02\nB ctl 2022-02-30\nC ctl unknown",
                       .mini = "id visit x:n seen",
                       .mini_rows = "A base 1 2022-01-01\nA w1 1 2024-02-29T10:00:00\n"
                                    "B base 1 16.01.2022\nC base 1 ."},
             want, 4);
}

static void consent_without_a_date_is_told(void **state)
{
    (void)state;
    static const char *const want[] = {"warning trial/no-consent people 3 cons B  | a date of "
                                       "consent for everybody with records | "
                                       "subject B has records and no date of consent"};
    findings(PLAN(", consent: cons", "", ""),
             &(tables){.people = "id arm cons:d",
                       .people_rows = "A ket 2024-01-01\nB ctl .\nC ctl .",
                       .mini_rows = "A base 1\nB base 1"},
             want, 1);
}

/* ---- doses --------------------------------------------------------------------------------- */

#define DOSES                                                                                      \
    "doses: {table: doses, visit: visit, date: given, amount: mg, planned: {ket: 0.5}, at: [w1, "  \
    "w2]}\n"

static void doses_as_planned_give_none(void **state)
{
    (void)state;
    findings(
        PLAN("", "", DOSES),
        &(tables){.mini = "id visit x:n date:d",
                  .mini_rows = "A w1 1 2024-01-03\nA base 1 2024-01-01\nB base 1 .\nC base 1 .",
                  .doses = "id visit given:d mg:n",
                  .dose_rows = "A w1 2024-01-04 0.55\nA w2 2024-01-09 0.45\nB w1 . 0\n"
                               "B w2 . ."},
        NULL, 0);
}

static void doses_against_the_plan(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/dose-amount doses 2 mg A 0.56 | 0.5 within 10 % | subject A of arm ket got "
        "0.56, "
        "planned is 0.5 within 10 %",
        "warning trial/dose-date doses 2 given A 2024-01-05 | the dates of its visit's records | "
        "the dose of subject A at visit w1 is dated 2 days after its records",
        "warning trial/dose-arm doses 3 mg B 0.5 | doses in the arms that have one | subject B has "
        "a dose, and none is planned in arm ctl",
        "error trial/unknown-subject doses 4 id Z Z | every dose belongs to a subject of the "
        "subject table | 'Z' has a dose and is not in table people",
        "error trial/unknown-visit doses 5 visit A w9 | a visit of the schedule | the dose was "
        "given at 'w9', no visit of the schedule",
        "info trial/doses-missing people 2 id A 1 of 2 | a dose at each visit of doses.at | "
        "subject A has 1 of 2 doses, none at w2"};
    findings(
        PLAN("", "", DOSES),
        &(tables){.mini = "id visit x:n date:d",
                  .mini_rows = "A w1 1 2024-01-03\nA base 1 2024-01-01\nB base 1 .\nC base 1 .",
                  .doses = "id visit given:d mg:n",
                  .dose_rows = "A w1 2024-01-05 0.56\nB w1 . 0.5\nZ w1 . 0.5\nA w9 . 0.5"},
        want, 6);
}

/* A form that was opened and left blank is no dose, and an amount nobody wrote down is none as planned. */
static void blank_doses_are_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/dose-amount doses 2 mg A  | an amount for every dose | the dose of subject "
        "A "
        "has no amount",
        "info trial/doses-missing people 2 id A 1 of 2 | a dose at each visit of doses.at | "
        "subject A has 1 of 2 doses, none at w2"};
    const tables x = {.doses = "id visit given:d mg:n",
                      .dose_rows = "A w1 2024-01-04 .\nA w2 . .\nB w1 . ."};
    findings(PLAN("", "", DOSES), &x, want, 2);
    findings(PLAN("", "", "doses: {table: doses, amount: mg, planned: {ket: 0.5}}\n"),
             &(tables){.doses = "id given:d mg:n", .dose_rows = "A 2024-01-04 .\nB . ."}, want, 1);
}

/* A table that was made of a wide file: its findings name the columns of the file. */
static void a_wide_files_own_columns_are_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning column/odd-cell doses 3 note_2 A 2O | numbers, as the other cells of the column "
        "are | 2O is no number, but the column of 5 values is text because of it",
        "warning trial/dose-amount doses 3 mg_2 A 0.56 | 0.5 within 7 % | subject A of arm ket got "
        "0.56, planned is 0.5 within 7 %"};
    rmt_error err = {0};
    tst_trial t;
    tst_trial_open(&t, PLAN("", "",
                            "doses: {table: doses, visit: visit, amount: mg, planned: {ket: 0.5}, "
                            "tolerance: 7%}\n"
                            "checks: {trial/no-records: off}\n"));
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", "id visit x:n", "A base 1\nB base 1");
    tst_trial_table(&t, "doses", "id visit mg:n note",
                    "A w1 0.5 1\nA w2 0.56 2O\nB w1 . 3\nB w2 . 4\nB base . 5");
    rmt_table *columns = tst_table("name visit column", "mg w1 mg_1\nmg w2 mg_2\nnote w2 note_2");
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_ledger_name_columns(l, "doses", t.owned[2], "visit", columns, &err), &err);
    tst_ok(rmt_trial_check(&(rmt_trial_report){.ledger = l}, t.plan, &t.plan->checks, t.tables, t.n,
                           &err),
           &err);
    rmt_table *f = tst_listed(l);
    assert_int_equal(rmt_table_rows(f), 2);
    for (size_t i = 0; i < 2; i++)
        tst_finding_is(f, i, want[i]);
    rmt_table_free(f);
    rmt_table_free(columns);
    tst_trial_close(&t);
}

/* ---- monitoring ---------------------------------------------------------------------------- */

static void readings_that_are_due(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/monitoring-missing mini 6  B w1 | readings at each visit of 'at' at which "
        "somebody was seen | subject B was seen at visit w1 and has no x",
        "warning trial/monitoring-missing vitals 2 dia A w1 | readings at each visit of 'at' at "
        "which somebody was seen | subject A was seen at visit w1 and has no dia",
        "warning trial/monitoring-missing mini 7  C w1 | readings at each visit of 'at' at "
        "which somebody was seen | subject C was seen at visit w1 and has no dia"};
    findings(PLAN("", "",
                  "doses: {table: doses, visit: visit}\n"
                  "monitoring: [{outcome: x, at: [w1, w2]}, {table: vitals, columns: [dia], at: "
                  "w1}]\n"),
             &(tables){.mini_rows = "A base 1\nB base 1\nC base 1\nA w1 3\nB w1 .\nC w1 0\nA w2 .",
                       .doses = "id visit",
                       .dose_rows = "A w1",
                       .vitals = "id visit sys:n dia:n",
                       .vital_rows = "A w1 120 .\nB w1 . 80\nC base 120 80"},
             want, 3);
}

/* ---- eligibility --------------------------------------------------------------------------- */

static void eligibility_is_judged(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/ineligible people 3  B x 29, age 40 | x >= 30 and age >= 18 | subject B "
        "does not meet 'ill adults': x 29, age 40",
        "info trial/eligibility-unknown people 4  C x missing, age 40 | x >= 30 and age >= 18 | "
        "whether subject C meets 'ill adults' is not known: x missing, age 40",
        "warning trial/ineligible people 5  D x missing, age 17 | x >= 30 and age >= 18 | subject "
        "D does not meet 'ill adults': x missing, age 17",
        "warning trial/ineligible people 3  B vitals.sys 150 | vitals.sys < 140 | subject B does "
        "not meet 'vitals.sys < 140': vitals.sys 150",
        "info trial/eligibility-unknown people 4  C vitals.sys missing | vitals.sys < 140 | "
        "whether subject C meets 'vitals.sys < 140' is not known: vitals.sys missing",
        "info trial/eligibility-unknown people 5  D vitals.sys missing | vitals.sys < 140 | "
        "whether subject D meets 'vitals.sys < 140' is not known: vitals.sys missing",
        "info trial/eligibility-unknown people 5  D sex missing | sex in ('f', 'm') | whether "
        "subject D meets 'sex in ('f', 'm')' is not known: sex missing"};
    findings(PLAN("", "",
                  "eligibility:\n"
                  "- {name: ill adults, condition: x >= 30 and age >= 18}\n"
                  "- {condition: vitals.sys < 140, visit: w1}\n"
                  "- {condition: \"sex in ('f', 'm')\"}\n"),
             &(tables){.people = "id arm age:i sex",
                       .people_rows = "A ket 30 f\nB ctl 40 m\nC ctl 40 f\nD ket 17 .",
                       .mini_rows = "A base 30\nA w1 3\nB base 29\nC base .",
                       .vitals = "id visit sys:n",
                       .vital_rows = "A w1 139\nB w1 150\nC base 100\nD w1 120\nD w1 121"},
             want, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_in_order_give_none),
        cmocka_unit_test(dates_out_of_order_are_named),
        cmocka_unit_test(records_stand_against_the_dates),
        cmocka_unit_test(the_first_dose_is_the_first_of_the_doses),
        cmocka_unit_test(a_column_without_dates_is_refused),
        cmocka_unit_test(a_cell_that_is_no_date_is_named),
        cmocka_unit_test(consent_without_a_date_is_told),
        cmocka_unit_test(doses_as_planned_give_none),
        cmocka_unit_test(doses_against_the_plan),
        cmocka_unit_test(blank_doses_are_told),
        cmocka_unit_test(a_wide_files_own_columns_are_named),
        cmocka_unit_test(readings_that_are_due),
        cmocka_unit_test(eligibility_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
