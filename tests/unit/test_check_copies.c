/* Answers that are somebody else's, and published numbers that no data can have. */
#include "tst_findings.h"

/* ---- answers ------------------------------------------------------------------------------- */

enum { ITEMS = 10 };

/* An instrument of ten items from 0 to 4. */
static void add_instrument(char *yaml, const char *id, const char *code)
{
    char *s = yaml + strlen(yaml);
    s += sprintf(s,
                 "  %s:\n    id: %s\n    name: %s\n    source: made for tests\n    rater: self\n"
                 "    recall: now\n    verified: false\n    items: [",
                 id, id, id);
    for (int i = 0; i < ITEMS; i++)
        s += sprintf(s, "%s{id: i%d, label: i, min: 0, max: 4}", i ? ", " : "", i);
    sprintf(s,
            "]\n    scales: [{id: total, paramcd: %s, label: T, rule: sum, items: [i0, i1, i2, i3, "
            "i4, i5, i6, i7, i8, i9], min: 0, max: 40}]\n"
            "    worked_example: {answers: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], expected: {scales: "
            "{total: 10}}}\n"
            "    missing: {max_missing_items: 0, rule: none, source: none, verified: false}\n",
            code);
}

#define HEAD(x)                                                                                    \
    "id visit " x "0:i " x "1:i " x "2:i " x "3:i " x "4:i " x "5:i " x "6:i " x "7:i " x "8:i " x \
    "9:i"

static void answers(const char *subjects, const char *people, const char *a, const char *b,
                    const char *const *want, size_t n)
{
    static char yaml[8192];
    tst_trial t;
    snprintf(yaml, sizeof yaml,
             "study: {id: T1}\n"
             "data: {people: {file: p.csv}, ones: {file: a.csv}, twos: {file: b.csv}}\n"
             "subjects: {table: people, id: id, arm: arm%s}\n"
             "arms: {reference: ctl, order: [ket, ctl]}\n"
             "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: w1}]}\n"
             "outcomes:\n"
             "  one: {table: ones, instrument: first, items: \"a{0..9}\"}\n"
             "  again: {table: ones, instrument: first, items: \"a{0..9}\"}\n"
             "  two: {table: twos, instrument: second, items: \"b{0..9}\"}\n"
             "checks: {trial/no-baseline: off}\n"
             "instruments:\n",
             subjects);
    add_instrument(yaml, "first", "ONE");
    add_instrument(yaml, "second", "TWO");
    tst_trial_open(&t, yaml);
    tst_trial_table(&t, "people", "id arm site age:i", people);
    tst_trial_table(&t, "ones", HEAD("a"), a);
    tst_trial_table(&t, "twos", HEAD("b"), b);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

#define PEOPLE "A ket x 30\nB ctl x 30\nC ctl x 31\nD ket x ."

static void two_outcomes_alike_are_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/same-answers ones 3 id B B | answers of one's own | subject B has all the "
        "answers of subject A at visit w1: one, two"};
    answers(
        "", PEOPLE, "A w1 0 1 2 3 4 0 1 2 3 4\nB w1 0 1 2 3 4 0 1 2 3 4\nC w1 0 1 2 3 4 0 1 2 3 3",
        "C w1 4 3 2 1 0 4 3 2 1 0\nB w1 4 3 2 1 0 4 3 2 1 0\nA w1 4 3 2 1 0 4 3 2 1 0", want, 1);
}

static void one_outcome_needs_the_same_person(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/same-answers ones 3 id B B | answers of one's own | subject B has all the "
        "answers of subject A at visit base: one, and the same strata and covariates"};
    static const char rows[] = "A base 0 1 2 3 4 0 1 2 3 4\nB base 0 1 2 3 4 0 1 2 3 4\n"
                               "C base 0 1 2 3 4 0 1 2 3 4\nD base 0 1 2 3 4 0 1 2 3 4";
    static const char other[] = "A base 4 3 2 1 0 4 3 2 1 0";
    answers(", strata: [site], covariates: [age]", PEOPLE, rows, other, want, 1);
    answers(", covariates: [age]", PEOPLE, rows, other, NULL, 0); /* an age alone is nobody */
    answers("", PEOPLE, rows, other, NULL, 0);
}

static void what_may_be_alike(void **state)
{
    (void)state;
    static const char same[] = ", strata: [site], covariates: [age]";
    static const char other[] = "A base 4 3 2 1 0 4 3 2 1 0";
    /* all but four answers are one value; an answer is missing; other visits */
    answers(same, PEOPLE, "A base 0 0 0 0 0 0 1 2 3 4\nB base 0 0 0 0 0 0 1 2 3 4", other, NULL, 0);
    answers(same, PEOPLE, "A base . 1 2 3 4 0 1 2 3 4\nB base . 1 2 3 4 0 1 2 3 4", other, NULL, 0);
    answers(same, PEOPLE, "A base 0 1 2 3 4 0 1 2 3 4\nB w1 0 1 2 3 4 0 1 2 3 4", other, NULL, 0);
    static const char *const want[] = {
        "warning trial/same-answers ones 3 id B B | answers of one's own | subject B has all the "
        "answers of subject A at visit base: one, and the same strata and covariates"};
    answers(same, PEOPLE, "A base 0 0 0 0 0 1 1 2 3 4\nB base 0 0 0 0 0 1 1 2 3 4", other, want, 1);
}

/* ---- summaries ----------------------------------------------------------------------------- */

static void published(const char *range, const char *rows, const char *const *want, size_t n)
{
    char yaml[1024];
    tst_trial t;
    snprintf(yaml, sizeof yaml,
             "study: {id: T1}\ndata: {arms: {file: a.csv}}\n"
             "summaries: {s: {table: arms, outcome: what, role: role, mean: m, sd: s, n: n, range: "
             "%s}}\n",
             range);
    tst_trial_open(&t, yaml);
    tst_trial_table(&t, "arms", "what role m:n s:n n:n", rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

/* The example of Brown and Heathers 2017: 28 whole numbers cannot have the mean 5.19. */
static void means_of_whole_numbers(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning summary/grim arms 2 m  5.19 | the mean of n whole numbers | 28 whole numbers "
        "cannot have the mean 5.19: the nearest are 5.18 and 5.21",
        "warning summary/grim arms 5 m  -1.34 | the mean of n whole numbers | 15 whole numbers "
        "cannot have the mean -1.34: the nearest are -1.40 and -1.33"};
    published("[-10, 80]",
              "x t 5.19 2 28\nx t 5.18 2 28\nx t 5.21 2 28\nx c -1.34 2 15\nx c -1.33 2 15\n"
              "x t 5.2 2 28\nx t 12.345 2 1000\nx t 0.5 . 2\nx t 5.19 . .\nx t . 2 28\n"
              "x t 2.5 2 40\nx t 0.13 1 8\nx t 0.12 1 8", /* 1/8 = 0.125 is rounded either way */
              want, 2);
}

static void means_and_sds_within_the_range(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning summary/mean-range arms 3 m  81 | 0..80 | a mean of 81 is outside the scale's "
        "range, 0..80",
        "warning summary/sd-range arms 5 s  28.4 | at most 28.28 | an SD of 28.4 is more than "
        "values in 0..40 with the mean 20 can have, at most 28.28"};
    /* 0 and 40: mean 20, SD 28.28; a mean of 20 with n = 2 may be any from 19.5 to 20.5 */
    published("{A: [0, 80], B: [0, 40]}",
              "A t 80 0 3\nA t 81 0 3\nB c 20 28.3 2\nB c 20 28.4 2\nC c 99 200 5\nB t 0 0 3\n"
              "B t 20 28.4 1",
              want, 2);
    static const char *const large[] = {
        "warning summary/mean-range arms 2 m  1234568 | 0..1234567 | a mean of 1234568 is outside "
        "the scale's range, 0..1234567"};
    published("[0, 1234567]", "A t 1234568 . .", large, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_outcomes_alike_are_told),
        cmocka_unit_test(one_outcome_needs_the_same_person),
        cmocka_unit_test(what_may_be_alike),
        cmocka_unit_test(means_of_whole_numbers),
        cmocka_unit_test(means_and_sds_within_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
