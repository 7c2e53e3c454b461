/* Vital signs and identifiers, by the names of columns; arms by number. */
#include "tst_findings.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, more: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm%s}\n"                                              \
    "arms: {reference: ctl, order: [ket, ctl]%s}\n"                                                \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}]}\n"                           \
    "outcomes: {x: {table: more, total: x}}\n"

static void findings(const char *head, const char *rows, const char *const *want, size_t n)
{
    char plan[1024];
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, "", "");
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "more", head, rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

static void impossible_vitals_are_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/limits more 3 Systolic_BP A 301 | 40..300 mmHg | 301 is outside what a "
        "body "
        "can have, 40..300 mmHg",
        "warning vitals/limits more 4 DBP B 9 | 10..200 mmHg | 9 is outside what a body can have, "
        "10..200 mmHg; in kPa it would be 67.5 mmHg",
        "warning vitals/limits more 4 hr B 19 | 20..300 1/min | 19 is outside what a body can "
        "have, "
        "20..300 1/min",
        "warning vitals/limits more 2 weight_kg A 7.5 | 20..400 kg | 7.5 is outside what a body "
        "can "
        "have, 20..400 kg",
        "warning vitals/pressure more 2 Systolic_BP A 70/110 | systolic above diastolic | systolic "
        "70 is not above diastolic 110",
        "warning vitals/pressure more 5 Systolic_BP B 90/90 | systolic above diastolic | systolic "
        "90 "
        "is not above diastolic 90"};
    findings("id visit x:n Systolic_BP:i DBP:i hr:i weight_kg:n temp:n weight:n",
             "A base . 70 110 20 7.5 98.6 9\nA . . 301 200 300 20 . .\n"
             "B . . 40 9 19 400 . .\nB . . 90 90 . . . .\nB . . . 90 . . . .",
             want, 6);
}

static void another_unit_is_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/limits more 2 temp_c A 98.6 | 25..45 \xc2\xb0\x43 | 98.6 is outside what a "
        "body can have, 25..45 \xc2\xb0\x43; in degrees F it would be 37.0 \xc2\xb0\x43",
        "warning vitals/limits more 2 height_cm A 1.75 | 100..250 cm | 1.75 is outside what a body "
        "can have, 100..250 cm; in m it would be 175.0 cm",
        "warning vitals/limits more 3 height_cm B 70 | 100..250 cm | 70 is outside what a body can "
        "have, 100..250 cm; in inches it would be 177.8 cm",
        "warning vitals/limits more 2 spo2 A 0.98 | 30..100 % | 0.98 is outside what a body can "
        "have, 30..100 %; in parts of 1 it would be 98.0 %",
        "warning vitals/limits more 3 spo2 B 130 | 30..100 % | 130 is outside what a body can "
        "have, 30..100 %"};
    findings("id visit x:n temp_c:n height_cm:n spo2:n", "A . . 98.6 1.75 0.98\nB . . 36.6 70 130",
             want, 5);
}

/* 100 pressures; of every ten, `round` end in 0. */
static void pressures(size_t n, int round, int spread, const char *const *want, size_t n_want)
{
    char rows[4096] = "";
    for (size_t i = 0; i < n; i++) {
        const size_t r = strlen(rows);
        const int last = (int)(i % 10) < round ? 0 : (int)(i % 10);
        snprintf(rows + r, sizeof rows - r, "A . . %d\n", 100 + spread * (int)(i / 10) + last);
    }
    findings("id visit x:n sbp:i", rows, want, n_want);
}

static void rounded_pressures_are_seen(void **state)
{
    (void)state;
    static const char *const want[] = {
        "info vitals/digit-preference more 0 sbp  50 of 100 | last digits that occur alike | 50 of "
        "100 values end in 0 (chi-square 200.0 with 9 degrees of freedom, above 27.877)"};
    pressures(100, 5, 10, want, 1);
    pressures(100, 2, 10, NULL, 0); /* chi-square 20 */
    pressures(90, 5, 10, NULL, 0);  /* too few */
    pressures(100, 5, 0, NULL, 0);  /* all within ten units */
}

static void identifiers_are_named_and_not_repeated(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning privacy/identifier more 2 Last_Name   | no name, date of birth, address or record "
        "number | column Last_Name looks like one that identifies a person",
        "warning privacy/identifier more 3 date-of-birth   | no name, date of birth, address or "
        "record number | column date-of-birth looks like one that identifies a person",
        "warning privacy/identifier more 3 remark   | no name, date of birth, address or record "
        "number | column remark holds e-mail addresses"};
    findings("id visit x:n Last_Name date-of-birth:d remark ssn arm_name",
             "A base . Doe . at@home . k\nB base . Roe 1970-01-01 x;j.roe@example.org . k", want,
             3);
    /* no participants in it */
    tst_trial t;
    char plan[1024];
    snprintf(plan, sizeof plan, PLAN, "", "");
    tst_trial_open(&t, plan);
    t.plan->outcomes[0].table = "people";
    tst_trial_table(&t, "people", "id arm visit x:n", "A ket base .\nB ctl base .");
    tst_trial_table(&t, "more", "site name", "1 Almere");
    tst_findings_are(&t, NULL, 0);
    tst_trial_close(&t);
}

static void ratio(const char *arms, size_t n_ket, const char *const *want, size_t n_want)
{
    char plan[1024], people[2048] = "";
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, ", strata: [site]", arms);
    for (size_t i = 0; i < 60; i++) {
        const size_t p = strlen(people);
        snprintf(people + p, sizeof people - p, "S%zu %s %s\n", i, i < n_ket ? "ket" : "ctl",
                 i % 2 ? "here" : "there");
    }
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm site", people);
    tst_trial_table(&t, "more", "id visit x:n", "");
    tst_findings_are(&t, want, n_want);
    tst_trial_close(&t);
}

/* binom.test of R 4.2: 43 of 60 p = 0.001066, 44 of 60 p = 0.000394, 26 of 30 p = 5.9e-5; 50 of 60 against 2/3
 * p = 0.0057. */
static void arms_keep_the_planned_ratio(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/arm-ratio people 0 arm  44 of 60 | arms.ratio, by an exact binomial test | "
        "arm ket has 44 of 60 participants, 30.0 were planned (p < 0.001)"};
    static const char *const strata[] = {
        "warning trial/arm-ratio people 0 arm  52 of 60 | arms.ratio, by an exact binomial test | "
        "arm ket has 52 of 60 participants, 30.0 were planned (p < 0.001)",
        "warning trial/arm-ratio people 0 arm  26 of 30 | arms.ratio, by an exact binomial test | "
        "arm ket has 26 of 30 participants of stratum site here, 15.0 were planned (p < 0.001)",
        "warning trial/arm-ratio people 0 arm  26 of 30 | arms.ratio, by an exact binomial test | "
        "arm ket has 26 of 30 participants of stratum site there, 15.0 were planned (p < 0.001)"};
    ratio("", 59, NULL, 0);
    ratio(", ratio: [1, 1]", 43, NULL, 0);
    ratio(", ratio: [1, 1]", 44, want, 1);
    ratio(", ratio: [1, 1]", 52, strata, 3);
    ratio(", ratio: [2, 1]", 50, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_vitals_are_named),
        cmocka_unit_test(another_unit_is_told),
        cmocka_unit_test(rounded_pressures_are_seen),
        cmocka_unit_test(identifiers_are_named_and_not_repeated),
        cmocka_unit_test(arms_keep_the_planned_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
