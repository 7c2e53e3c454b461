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

/* Published answers. Allard 2018 (and the tests of rsprite2): 18 scores, 3.44 (2.47), cannot be: the sum of squares would be
 * odd, the sum is even. rsprite2: 250 scores, 3.33 (1.234), can. Vignette of scrutiny: 12 scores, 7.3 (2.51), cannot; of
 * seven flying pigs 2.6 (2.05) cannot and five can. 8.9 (2.81), which it calls impossible, can be (sum 223, squares 2179):
 * the vignette itself warns that this test of it is at fault (its issue 80). */
static void sds_of_whole_numbers(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning summary/grimmer arms 2 s  2.47 | the SD of n whole numbers | 18 whole numbers "
        "with "
        "the mean 3.44 cannot have the SD 2.47: the nearest are 2.45 and 2.48",
        "warning summary/grimmer arms 4 s  2.51 | the SD of n whole numbers | 12 whole numbers "
        "with "
        "the mean 7.3 cannot have the SD 2.51: the nearest are 2.50 and 2.53",
        ("warning summary/grimmer arms 12 s  2.05 | the SD of n whole numbers | 25 whole numbers "
         "with the mean 2.6 cannot have the SD 2.05: the nearest are 2.04 and 2.06")};
    published(
        "[0, 20]",
        "x t 3.44 2.47 18\nx t 3.33 1.234 250\nx t 7.3 2.51 12\nx t 7.2 2.89 25\n"
        "x t 3.44 2.48 18\nx t 3.6 3.11 25\nx t 9.2 7.13 25\nx t 10.4 2.53 25\nx t 7.3 3.14 25\n"
        "x t 8.9 2.81 25\nx t 2.6 2.05 25",
        want, 3);
    /* Ten scores with the mean 2.5 are no two alike at least, and one score has no SD. */
    static const char *const least[] = {
        "warning summary/grimmer arms 2 s  0.1 | the SD of n whole numbers | 10 whole numbers with "
        "the mean 2.5 cannot have the SD 0.1: the nearest is 0.5"};
    published("[0, 20]", "x t 2.5 0.1 10\nx t 2 1 1\nx t 2 0 10\nx t . 1 9\nx t 2 . 9", least, 1);
}

/* Means of three items: the flying pigs of scrutiny's vignette, possible with three items, half of them not with one. */
static void means_of_items(void **state)
{
    (void)state;
    static const char pigs[] =
        "x t 5.9 2.19 40\nx t 5.71 1.42 40\nx t 3.5 1.81 40\nx t 3.82 2.43 40\nx t 4.61 1.92 40\n"
        "x t 5.24 2.51 40\n";
    char rows[256];
    static const char *const one[] = {
        "warning summary/grim arms 3 m  5.71 | the mean of n whole numbers | 40 whole numbers "
        "cannot have the mean 5.71: the nearest are 5.70 and 5.72",
        "warning summary/grim arms 6 m  4.61 | the mean of n whole numbers | 40 whole numbers "
        "cannot have the mean 4.61: the nearest are 4.60 and 4.62",
        "warning summary/grim arms 7 m  5.24 | the mean of n whole numbers | 40 whole numbers "
        "cannot have the mean 5.24: the nearest are 5.22 and 5.25"};
    published("[0, 20]", pigs, one, 3);
    published("[0, 20], items: 3", pigs, NULL, 0);
    snprintf(rows, sizeof rows, "%sy t 5.19 2 28\nx t 1.06 0.61 5", pigs);
    static const char *const three[] = {
        "warning summary/grim arms 8 m  5.19 | the mean of n whole numbers | 28 whole numbers "
        "cannot have the mean 5.19: the nearest are 5.18 and 5.21",
        "warning summary/grim arms 9 m  1.06 | the mean of n whole numbers | 5 means of 3 items "
        "cannot have the mean 1.06: the nearest are 1.00 and 1.07"};
    published("[0, 20], items: {x: 3}", rows, three, 2);
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
        cmocka_unit_test(sds_of_whole_numbers),
        cmocka_unit_test(means_of_items),
        cmocka_unit_test(means_and_sds_within_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
