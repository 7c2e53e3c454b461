/* Dates and days of visits: windows, order, sudden changes. */
#include "tst_findings.h"

#define TOTALS "outcomes: {x: {table: mini, total: x}}\n"
#define VISITS                                                                                     \
    "visits: {visit: visit, schedule: [{name: base, baseline: true, day: 0},\n"                    \
    "  {name: w1, day: 7, window: [5, 9]}, {name: w2, day: 14, window: [12, 16]}, {name: w3}]}\n"

static void findings(const char *plan, const char *head, const char *rows, const char *const *want,
                     size_t n)
{
    tst_trial t;
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ctl");
    tst_trial_table(&t, "mini", head, rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

static void visits_in_time_give_none(void **state)
{
    (void)state;
    findings(TST_PEOPLE VISITS TOTALS, "id visit x:n date:d",
             "A base 1 2024-02-27\nA w1 1 2024-03-03\nA w2 1 2024-03-14\nA w3 1 2024-03-14\n"
             "B base 1 .\nB w1 1 2030-01-01\nC w1 . 2024-12-28\nC base 1 2024-12-23\n"
             "C w2 1 2025-01-08",
             NULL, 0);
}

static void days_and_dates_have_windows(void **state)
{
    (void)state;
    static const char *const by_date[] = {
        "warning trial/visit-window mini 3 date A 2024-03-08 | day 5 to 9 | visit w1 is on day 10, "
        "outside its window of day 5 to 9",
        "warning trial/visit-window mini 6 date C 2025-01-09 | day 12 to 16 | visit w2 is on day "
        "17, outside its window of day 12 to 16"};
    static const char *const by_day[] = {
        "warning trial/visit-window mini 3 study_day A 4 | day 5 to 9 | visit w1 is on day 4, "
        "outside its window of day 5 to 9"};
    findings(TST_PEOPLE VISITS TOTALS, "id visit x:n date:d",
             "A base 1 2024-02-27\nA w1 1 2024-03-08\nA w2 1 2024-03-10\n"
             "C base 1 2024-12-23\nC w2 1 2025-01-09",
             by_date, 2);
    findings(TST_PEOPLE VISITS TOTALS, "id visit x:n study_day:i",
             "A base 1 0\nA w1 1 4\nA w2 1 16\nB base 1 0\nB w1 1 9", by_day, 1);
}

static void the_visit_out_of_order_is_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        /* a slip of the year at w1: baseline and w2 agree with each other */
        "warning trial/visit-order mini 3 day A 99 | visits in the order of the schedule | visit "
        "w1 "
        "(99) lies after visit w2 (14, line 4)",
        /* w2 before all the others */
        "warning trial/visit-order mini 8 day B 1 | visits in the order of the schedule | visit w2 "
        "(1) lies before visit w1 (7, line 7)",
        /* baseline after everything */
        "warning trial/visit-order mini 10 day C 90 | visits in the order of the schedule | visit "
        "base (90) lies after visit w1 (7, line 11)"};
    findings(TST_PEOPLE
             "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: w1}, {name: "
             "w2}, {name: w3}]}\n"
             "outcomes: {x: {table: mini, total: x}, y: {table: mini, total: x}}\n",
             "id visit x:n day:i",
             "A base 1 0\nA w1 1 99\nA w2 1 14\nA w3 1 21\n"
             "B base 1 2\nB w1 1 7\nB w2 1 1\nB w3 1 21\n"
             "C base 1 90\nC w1 1 7\nC w2 1 14",
             want, 3);
}

static void hours_count_in_the_order(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/visit-order mini 3 visit_date A 2024-02-27T09:30:00 | visits in the order "
        "of "
        "the schedule | visit w1 (2024-02-27T09:30:00) lies before visit base "
        "(2024-02-27T10:00:00, line 2)"};
    findings(
        TST_PEOPLE
        "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: w1}]}\n" TOTALS,
        "id visit x:n visit_date:t",
        "A base 1 2024-02-27T10:00:00\nA w1 1 2024-02-27T09:30:00\n"
        "B base 1 2024-02-27T10:00:00\nB w1 1 2024-02-27T10:00:00",
        want, 1);
}

/* Each table with a date of its own. */
static void tables_with_dates_of_their_own(void **state)
{
    (void)state;
#define FORM(name) name ": {forms: " name ", schema: {fieldsMatch: superset, fields: [{name: id}]}}"
#define FORMS                                                                                      \
    "study: {id: T1}\nredcap: {file: r.csv, dictionary: d.csv}\ndata: {" FORM("people") ", " FORM( \
        "a") ", " FORM("b") "}\n"                                                                  \
                            "subjects: {table: people, id: id, arm: arm, consent: cons}\n"         \
                            "arms: {reference: ctl, order: [ket, ctl]}\n"                          \
                            "outcomes: {x: {table: a, total: x}, y: {table: b, total: y}}\n"       \
                            "visits: {visit: visit, date: [a_on, b_on], schedule: [{name: base, "  \
                            "baseline: "                                                           \
                            "true, day: 0},\n"                                                     \
                            "  {name: w1, day: 7, window: [5, 9]}, {name: w2, day: 14}]}\n"
#define WINDOW(table, column)                                                                      \
    "warning trial/visit-window " table " 3 " column                                               \
    " A 2024-03-20 | day 5 to 9 | visit w1 is on day 19, outside its window of day 5 to 9"
#define ORDER(table, column)                                                                       \
    "warning trial/visit-order " table " 3 " column                                                \
    " A 2024-03-20 | visits in the order of the schedule | visit w1 (2024-03-20) lies after "      \
    "visit w2 (2024-03-12, line 4)"
#define CONSENT(table, column)                                                                     \
    "warning trial/before-consent " table " 2 " column                                             \
    " A 2024-03-01 | nothing before consent | 2024-03-01 lies before the consent of subject A"
    static const char *const of_each[] = {WINDOW("a", "a_on"),  ORDER("a", "a_on"),
                                          WINDOW("b", "b_on"),  ORDER("b", "b_on"),
                                          CONSENT("a", "a_on"), CONSENT("b", "b_on")};
    static const char rows[] = "A base 1 2024-03-01\nA w1 1 2024-03-20\nA w2 1 2024-03-12";
    tst_trial t;
    tst_trial_open(&t, FORMS);
    tst_trial_table(&t, "people", "id arm cons:d", "A ket 2024-03-02\nB ctl .");
    tst_trial_table(&t, "a", "id visit x:n a_on:d", rows);
    tst_trial_table(&t, "b", "id visit y:n b_on:d", rows);
    tst_findings_are(&t, of_each, 6);
    tst_trial_close(&t);
}

static void a_leap_is_found_when_asked_for(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning score/implausible-change mini 3 x A 30 | at most 50 % of the range in 8 days | "
        "outcome x goes from 3 at visit base to 30 at visit w1"};
    static const char rows[] = "A base 3\nA w1 30\nA w2 4\nB base 3\nB w1 29\nC base 3\nC w3 40";
#define LEAP                                                                                       \
    TST_PEOPLE                                                                                     \
    "visits: {visit: visit, schedule: [{name: base, baseline: true, day: 0}, {name: w1, day: 8},"  \
    " {name: w2, day: 17}, {name: w3}]}\n"                                                         \
    "outcomes: {x: {table: mini, instrument: mini, total: x}}\n" TST_MINI
    findings(LEAP, "id visit x:n", rows, NULL, 0);
    findings(LEAP "checks: {score/implausible-change: on}\n", "id visit x:n", rows, want, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visits_in_time_give_none),
        cmocka_unit_test(days_and_dates_have_windows),
        cmocka_unit_test(the_visit_out_of_order_is_named),
        cmocka_unit_test(tables_with_dates_of_their_own),
        cmocka_unit_test(hours_count_in_the_order),
        cmocka_unit_test(a_leap_is_found_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
