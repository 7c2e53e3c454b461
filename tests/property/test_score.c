#include "tst_trial.h"

#include "rmt/score.h"

#include <math.h>

enum { MAX_ITEMS = 32, ROUNDS = 2000 };
static const uint64_t seed = 20261123;
static const char *const ids[] = {"caps5", "pcl5", "madrs", "hamd17", "cadss23"};

typedef void (*property)(const rmt_instrument *ins, tst_rng *rng, double *items);

static void random_items(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    for (size_t i = 0; i < ins->n_items; i++)
        items[i] = (double)tst_rng_between(rng, ins->items[i].min, ins->items[i].max);
}

static void for_every_instrument(property holds)
{
    for (size_t k = 0; k < sizeof ids / sizeof ids[0]; k++) {
        rmt_doc *doc = NULL;
        rmt_instrument *ins = NULL;
        tst_rng rng = {seed + k};
        double items[MAX_ITEMS];
        tst_instrument(&doc, &ins, ids[k]);
        assert_true(ins->n_items <= MAX_ITEMS);
        for (size_t i = 0; i < tst_iterations(ROUNDS); i++) {
            random_items(ins, &rng, items);
            holds(ins, &rng, items);
        }
        rmt_instrument_free(ins);
        rmt_doc_free(doc);
    }
}

/* With nothing missing the limit makes no difference, and a sum is within its range. */
static void prorated_is_raw(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    size_t limit = (size_t)tst_rng_between(rng, 1, 5);
    for (size_t s = 0; s < ins->n_scales; s++) {
        rmt_score raw, prorated;
        rmt_score_scale(&raw, ins, s, items, ins->n_items, 0);
        rmt_score_scale(&prorated, ins, s, items, ins->n_items, limit);
        tst_close(prorated.value, raw.value, 0, 0, ins->scales[s].id);
        assert_false(prorated.prorated);
        assert_true(raw.value >= ins->scales[s].min && raw.value <= ins->scales[s].max);
    }
}

/* Swapping two items of a cluster with the same range changes no score of that cluster. */
static void order_in_a_scale_is_free(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    size_t s = (size_t)tst_rng_between(rng, 0, (long)ins->n_scales - 1);
    const rmt_scale *scale = &ins->scales[s];
    long last = (long)scale->n_items - 1;
    size_t a = scale->items[tst_rng_between(rng, 0, last)];
    size_t b = scale->items[tst_rng_between(rng, 0, last)];
    if (ins->items[a].max != ins->items[b].max) return;
    if (tst_rng_between(rng, 0, 3) == 0) items[a] = (double)NAN;
    rmt_score before, after;
    rmt_score_scale(&before, ins, s, items, ins->n_items, 2);
    double kept = items[a];
    items[a] = items[b];
    items[b] = kept;
    rmt_score_scale(&after, ins, s, items, ins->n_items, 2);
    tst_close(after.value, before.value, 0, 0, scale->id);
    assert_string_equal(after.reason, before.reason);
}

/* A decided diagnosis with items missing is the diagnosis for every way to fill them in. */
static void decided_diagnosis_stands(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    double gaps[MAX_ITEMS];
    memcpy(gaps, items, sizeof gaps);
    for (long k = tst_rng_between(rng, 0, 8); k > 0; k--)
        gaps[tst_rng_between(rng, 0, (long)ins->n_items - 1)] = (double)NAN;
    int32_t decided = rmt_score_diagnosis(ins, gaps, ins->n_items);
    if (decided == RMT_INTEGER_MISSING) return;
    assert_int_equal(rmt_score_diagnosis(ins, items, ins->n_items), decided);
}

/* Prorating what is missing at the mean of the rest: complete the record with that mean and the sum
 * agrees. */
static void prorated_is_the_mean_filled_in(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    size_t n = ins->scales[0].n_items, gap = (size_t)tst_rng_between(rng, 0, (long)n - 1);
    rmt_score s;
    double sum = 0;
    items[ins->scales[0].items[gap]] = (double)NAN;
    for (size_t i = 0; i < n; i++)
        if (i != gap) sum += items[ins->scales[0].items[i]];
    rmt_score_scale(&s, ins, 0, items, ins->n_items, 1);
    assert_true(s.prorated);
    tst_close(s.value, sum + sum / (double)(n - 1), TST_EPS, 0, ins->id);
}

/* Columns of answers, some missing, too high or no whole number, score as the records do one by one. */
static void columns_are_records(const rmt_instrument *ins, tst_rng *rng, double *items)
{
    enum { N = 5 };
    rmt_tally tallies[N] = {0};
    double records[N][MAX_ITEMS], numbers[N];
    int32_t integers[N];
    const size_t s = (size_t)tst_rng_between(rng, 0, (long)ins->n_scales - 1);
    const size_t limit = (size_t)tst_rng_between(rng, 0, 3);
    for (size_t k = 0; k < N; k++) {
        memcpy(records[k], items, sizeof records[k]);
        for (long odd = tst_rng_between(rng, 0, 2); odd > 0; odd--)
            records[k][tst_rng_between(rng, 0, (long)ins->n_items - 1)] =
                tst_rng_between(rng, 0, 3) ? (double)NAN : (double)tst_rng_between(rng, 8, 13) / 2;
    }
    for (size_t i = 0; i < ins->scales[s].n_items; i++) {
        const size_t item = ins->scales[s].items[i];
        bool whole = true;
        for (size_t k = 0; k < N; k++) {
            const double v = numbers[k] = records[k][item];
            whole = whole && !(floor(v) < v);
            integers[k] = isnan(v) ? RMT_INTEGER_MISSING : (int32_t)v;
        }
        /* in two blocks, as a table has many */
        const rmt_item_cells cells = {whole ? NULL : numbers, whole ? integers : NULL};
        rmt_score_add_item(tallies, &ins->scales[s], &ins->items[item], &cells, 0, 2);
        rmt_score_add_item(tallies + 2, &ins->scales[s], &ins->items[item], &cells, 2, N - 2);
    }
    for (size_t k = 0; k < N; k++) {
        rmt_score want;
        rmt_score_scale(&want, ins, s, records[k], ins->n_items, limit);
        tst_close(rmt_score_tallied(&tallies[k], &ins->scales[s], limit), want.value, 0, 0,
                  ins->scales[s].id);
    }
}

static void prorated_with_none_missing_is_raw(void **state)
{
    (void)state;
    for_every_instrument(prorated_is_raw);
}
static void items_of_a_scale_can_change_places(void **state)
{
    (void)state;
    for_every_instrument(order_in_a_scale_is_free);
}
static void a_decided_diagnosis_stands(void **state)
{
    (void)state;
    for_every_instrument(decided_diagnosis_stands);
}
static void prorating_fills_in_the_mean(void **state)
{
    (void)state;
    for_every_instrument(prorated_is_the_mean_filled_in);
}
static void columns_score_as_records_do(void **state)
{
    (void)state;
    for_every_instrument(columns_are_records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prorated_with_none_missing_is_raw),
        cmocka_unit_test(items_of_a_scale_can_change_places),
        cmocka_unit_test(a_decided_diagnosis_stands),
        cmocka_unit_test(prorating_fills_in_the_mean),
        cmocka_unit_test(columns_score_as_records_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
