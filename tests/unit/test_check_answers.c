/* Items and totals as they were answered. */
#include "tst_findings.h"

#define LABELS                                                                                     \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, {name: w1}]}\n"
#define BOTH                                                                                       \
    "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4], total: tot}}\n"
#define HEAD "id visit i1:i i2:i i3:i i4:i tot:n"

static void findings(const char *plan, const char *head, const char *rows, const char *const *want,
                     size_t n)
{
    tst_trial t;
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", head, rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

static void a_total_is_the_sum_of_its_items(void **state)
{
    (void)state;
    static const char *const want[] = {
        "error trial/total-differs mini 3 tot A 11 | the sum of the items | the total is 11, the "
        "items add up to 10"};
    findings(TST_PEOPLE LABELS BOTH TST_MINI, HEAD,
             "A b 1 2 3 4 10\nA w1 1 2 3 4 11\nB b 1 2 3 . 11\nB w1 1 2 3 4 .", want, 1);
}

static void totals_are_whole_or_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/total-not-whole mini 3 tot A 8.5 | a whole number, as the items are | the "
        "total of outcome mini is 8.5, no whole number; 3 of its 4 items have a value",
        "warning trial/total-not-whole mini 4 tot B 12.25 | a whole number, as the items are | the "
        "total of outcome mini is 12.25, no whole number"};
    findings(TST_PEOPLE LABELS BOTH TST_MINI, HEAD,
             "A b 1 2 3 4 10\nA w1 1 2 3 . 8.5\nB b . . . . 12.25\nB w1 1 2 3 . 8", want, 2);
}

static void items_are_counted_when_asked_for(void **state)
{
    (void)state;
    static const char rows[] = "A b 1 2 . .\nA w1 1 2 3 .\nB b 1 2 3 4\nB w1 . . . .";
    static const char *const want[] = {
        "info trial/item-count mini 2  A 2 | at least 3 of 4 items | 2 of the 4 items of outcome "
        "mini have a value"};
#define ITEMS                                                                                      \
    TST_PEOPLE LABELS "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4], " \
                      "max_missing_items: 1}}\n" TST_MINI
    findings(ITEMS, "id visit i1:i i2:i i3:i i4:i", rows, NULL, 0);
    findings(ITEMS "checks: {trial/item-count: on}\n", "id visit i1:i i2:i i3:i i4:i", rows, want,
             1);
}

/* The MADRS has ten items from 0, the shortest scale that is looked at; the mini scale has four. */
static void flat_lines_are_seen_from_ten_items(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning score/flat-line mini 3  A 2 | answers that are not all alike | all 10 items of "
        "outcome madrs are 2"};
    tst_trial t;
    rmt_doc *doc = NULL;
    tst_trial_open(&t, TST_PEOPLE LABELS
                   "outcomes: {madrs: {table: mini, instrument: madrs, items: \"m{1..10}\"}}\n");
    tst_instrument(&doc, &t.plan->outcomes[0].instrument, "madrs");
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", "id visit m1:i m2:i m3:i m4:i m5:i m6:i m7:i m8:i m9:i m10:i",
                    "A b 0 0 0 0 0 0 0 0 0 0\nA w1 2 2 2 2 2 2 2 2 2 2\n"
                    "B b 2 2 2 2 2 2 2 2 2 3\nB w1 2 2 2 2 2 2 2 2 2 .");
    tst_findings_are(&t, want, 1);
    tst_trial_close(&t);
    rmt_doc_free(doc);
    findings(
        TST_PEOPLE LABELS
        "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n" TST_MINI,
        "id visit i1:i i2:i i3:i i4:i", "A b 1 1 1 1\nA w1 3 3 3 3", NULL, 0);
}

/* 50 participants, `low` of them with 0 and `high` with 52 at baseline. */
static void piles(size_t n, size_t low, size_t high, const char *const *want, size_t n_want)
{
    char people[1024] = "", rows[1024] = "";
    tst_trial t;
    for (size_t i = 0; i < n; i++) {
        const size_t p = strlen(people), r = strlen(rows);
        snprintf(people + p, sizeof people - p, "S%zu %s\n", i, i % 2 ? "ket" : "ctl");
        snprintf(rows + r, sizeof rows - r, "S%zu b %d\n", i,
                 i < low          ? 0
                 : i < low + high ? 52
                                  : 9);
    }
    tst_trial_open(&t, TST_PEOPLE LABELS
                   "outcomes: {mini: {table: mini, instrument: mini, total: tot}}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", people);
    tst_trial_table(&t, "mini", "id visit tot:n", rows);
    tst_findings_are(&t, want, n_want);
    tst_trial_close(&t);
}

static void scores_pile_up_at_the_ends(void **state)
{
    (void)state;
    static const char *const want[] = {
        "info score/floor-ceiling mini 0 tot  8 of 50 | few values at an end of the scale | 8 of "
        "50 "
        "values of outcome mini at visit base are 0, the lowest score",
        "info score/floor-ceiling mini 0 tot  9 of 50 | few values at an end of the scale | 9 of "
        "50 "
        "values of outcome mini at visit base are 52, the highest score"};
    piles(50, 8, 9, want, 2);
    piles(50, 7, 7, NULL, 0);   /* 14 % */
    piles(49, 20, 20, NULL, 0); /* too few to tell */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_total_is_the_sum_of_its_items),
        cmocka_unit_test(totals_are_whole_or_told),
        cmocka_unit_test(items_are_counted_when_asked_for),
        cmocka_unit_test(flat_lines_are_seen_from_ten_items),
        cmocka_unit_test(scores_pile_up_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
