/* test_grimmer.c - GRIMMER against the enumeration of all small samples (src/grimmer.py, grimmer.csv); then thousands of
 * samples, each of which has to pass as it would be printed. */
#include "rmt/grimmer.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static rmt_printed_scores printed(double mean, int mean_digits, double sd, int sd_digits, double n,
                                  double items)
{
    return (rmt_printed_scores){.mean = mean,
                                .sd = sd,
                                .half_mean = 0.5 * pow(10, -mean_digits),
                                .half_sd = 0.5 * pow(10, -sd_digits),
                                .n = n,
                                .items = items};
}

/* From 5 scores on the rule is exact; below it lets some pass. It never calls a sample impossible. */
static void as_enumerated(void **state)
{
    (void)state;
    char path[512], bits[400];
    int n, items, mean_digits, sd_digits, used = 0;
    double mean;
    size_t n_possible = 0, n_impossible = 0, n_passed = 0;
    snprintf(path, sizeof path, "%s/reference/grimmer.csv", RMT_TEST_DIR);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(bits, sizeof bits, f));
    while (fscanf(f, "%d,%d,%lf,%d,%d,%399s%n", &n, &items, &mean, &mean_digits, &sd_digits, bits,
                  &used) == 6)
        for (size_t i = 0; bits[i]; i++) {
            double nearest[2] = {0, 0};
            const double sd = (double)i * pow(10, -sd_digits);
            const rmt_printed_scores p = printed(mean, mean_digits, sd, sd_digits, n, items);
            const rmt_grimmer got = rmt_grimmer_of(nearest, &p);
            const bool possible = bits[i] == '1';
            if (got == RMT_GRIMMER_NOT_JUDGED || (possible && got != RMT_GRIMMER_POSSIBLE) ||
                (!possible && got == RMT_GRIMMER_POSSIBLE && n >= 5))
                fail_msg("n %d, items %d, mean %.*f, SD %.*f: %d", n, items, mean_digits, mean,
                         sd_digits, sd, (int)got);
            n_possible += possible;
            n_impossible += got == RMT_GRIMMER_IMPOSSIBLE;
            n_passed += !possible && got == RMT_GRIMMER_POSSIBLE;
            if (got != RMT_GRIMMER_IMPOSSIBLE) continue;
            assert_false(nearest[0] > sd - p.half_sd); /* NaN = none */
            assert_true(nearest[1] > sd + p.half_sd);
        }
    fclose(f);
    assert_true(n_possible > 10000 && n_impossible > 50000);
    assert_true(n_passed > 0 && n_passed < n_impossible / 20); /* of 2 to 4 scores */
}

/* Rounded to so many decimals: the nearest, and of a half either. */
static double rounded(double x, int digits, bool down)
{
    const double unit = pow(10, digits), scaled = x * unit, whole = floor(scaled);
    if (fabs(scaled - whole - 0.5) < 1e-9) return (down ? whole : whole + 1) / unit;
    return round(scaled) / unit;
}

static void every_sample_passes(void **state)
{
    (void)state;
    tst_rng rng = {20261124};
    for (size_t k = 0; k < tst_iterations(20000); k++) {
        enum { MOST = 400 };
        double x[MOST], sum = 0, squares = 0, nearest[2];
        const long n = tst_rng_between(&rng, 2, k % 10 ? 60 : MOST);
        const long items = k % 3 ? 1 : tst_rng_between(&rng, 2, 25);
        const long width = tst_rng_between(&rng, 1, k % 7 ? 80 : 3),
                   low = tst_rng_between(&rng, -40, 40);
        const int mean_digits = (int)tst_rng_between(&rng, 0, 3),
                  sd_digits = (int)tst_rng_between(&rng, 0, 3);
        for (long i = 0; i < n; i++) {
            x[i] = (double)(low + tst_rng_between(&rng, 0, width)) / (double)items;
            sum += x[i];
        }
        for (long i = 0; i < n; i++)
            squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
        const double mean = rounded(sum / (double)n, mean_digits, k % 2);
        const double sd = rounded(sqrt(squares / (double)(n - 1)), sd_digits, k / 2 % 2);
        const rmt_printed_scores p =
            printed(mean, mean_digits, sd, sd_digits, (double)n, (double)items);
        if (rmt_grimmer_of(nearest, &p) != RMT_GRIMMER_POSSIBLE)
            fail_msg("case %zu: n %ld, items %ld, mean %.*f, SD %.*f", k, n, items, mean_digits,
                     mean, sd_digits, sd);
    }
}

/* What cannot be judged; and a large n, at which all is possible, or not looked at. */
static void limits(void **state)
{
    (void)state;
    double nearest[2] = {-1, -1};
    static const struct {
        double mean, sd, n, items;
        rmt_grimmer want;
    } cases[] = {
        {5.19, 1.5, 28, 1, RMT_GRIMMER_NOT_JUDGED}, /* GRIM */
        {5.18, 1.5, 1, 1, RMT_GRIMMER_NOT_JUDGED},  /* no SD */
        {5.18, 1.5, 28.5, 1, RMT_GRIMMER_NOT_JUDGED},
        {(double)NAN, 1, 9, 1, RMT_GRIMMER_NOT_JUDGED},
        {3, (double)NAN, 9, 1, RMT_GRIMMER_NOT_JUDGED},
        {3, 1, (double)NAN, 1, RMT_GRIMMER_NOT_JUDGED},
        {3, -1, 9, 1, RMT_GRIMMER_NOT_JUDGED},
        {3, 1, 9, 0, RMT_GRIMMER_NOT_JUDGED},
        {3, 1, 1e12, 1, RMT_GRIMMER_NOT_JUDGED},
        {3, 1, (double)INFINITY, 1, RMT_GRIMMER_NOT_JUDGED},
        {3.14, 1.23, 1e6, 1, RMT_GRIMMER_POSSIBLE},
        {1e9 + 0.5, 1.5, 1000, 1, RMT_GRIMMER_POSSIBLE},
        {3.44, 2.47, 18, 1, RMT_GRIMMER_IMPOSSIBLE},
        {-3.44, 2.47, 18, 1, RMT_GRIMMER_IMPOSSIBLE},
        {1003.44, 2.47, 18, 1, RMT_GRIMMER_IMPOSSIBLE},
        {3.44 / 2, 2.48 / 2, 18, 2, RMT_GRIMMER_POSSIBLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const rmt_printed_scores p =
            printed(cases[i].mean, 2, cases[i].sd, 2, cases[i].n, cases[i].items);
        nearest[0] = nearest[1] = -1;
        if (rmt_grimmer_of(nearest, &p) != cases[i].want) fail_msg("case %zu", i);
        if (cases[i].want == RMT_GRIMMER_IMPOSSIBLE) { /* 106 and 108 in the place of 107 */
            tst_close(nearest[0], sqrt((106 - 64.0 / 18) / 17), TST_FUNC, 0, "below");
            tst_close(nearest[1], sqrt((108 - 64.0 / 18) / 17), TST_FUNC, 0, "above");
        } else tst_close(nearest[0] + nearest[1], -2, 0, 0, "untouched");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_enumerated),
                                       cmocka_unit_test(every_sample_passes),
                                       cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
