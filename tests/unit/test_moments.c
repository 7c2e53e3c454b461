#include "support.h"

#include <float.h>
#include <math.h>

#include "rmt/moments.h"

static void small_samples_are_exact(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_arm a = {0};
    static const double v[] = {2, 4, 4, 4, 5, 5, 7, 9};
    tst_ok(rmt_moments_of(&a, v, 8, &err), &err);
    tst_close(a.mean, 5.0, 0.0, 0.0, "mean");
    tst_close(a.sd, sqrt(32.0 / 7.0), TST_EPS, 0.0, "sd");
    assert_int_equal(a.n, 8);
}

static void a_large_offset_costs_nothing(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_arm a = {0};
    static const double v[] = {1e8 + 1, 1e8 + 2, 1e8 + 3};
    tst_ok(rmt_moments_of(&a, v, 3, &err), &err);
    tst_close(a.sd, 1.0, 0.0, 0.0, "sd");
    tst_close(a.mean, 1e8 + 2, 0.0, 0.0, "mean");
}

/* NIST StRD NumAcc2, 3 and 4: certified mean x.2 and sd 0.1 (1001 values). The values are not exact
 * in binary, which limits the sd to |x| epsilon / 0.1. */
static void nist_numacc(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        double first, even, odd;
    } sets[] = {
        {"NumAcc2", 1.2, 1.1, 1.3},
        {"NumAcc3", 1000000.2, 1000000.1, 1000000.3},
        {"NumAcc4", 10000000.2, 10000000.1, 10000000.3},
    };
    for (size_t s = 0; s < 3; s++) {
        rmt_error err = {0};
        rmt_arm a = {0};
        double v[1001] = {sets[s].first};
        for (size_t i = 1; i < 1001; i++)
            v[i] = i % 2 ? sets[s].even : sets[s].odd;
        tst_ok(rmt_moments_of(&a, v, 1001, &err), &err);
        tst_close(a.mean, sets[s].first, TST_EPS, 0.0, sets[s].id);
        tst_close(a.sd, 0.1, 0.0, 4.0 * DBL_EPSILON * sets[s].first, sets[s].id);
    }
}

static void equal_values_have_no_spread(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_arm a = {0};
    double v[7];
    for (size_t n = 2; n <= 7; n++) {
        for (size_t i = 0; i < n; i++)
            v[i] = 0.1;
        tst_ok(rmt_moments_of(&a, v, n, &err), &err);
        tst_close(a.sd, 0.0, 0.0, 0.0, "sd");
        tst_close(a.mean, 0.1, 0.0, 0.0, "mean");
    }
}

static void mean_of_one(void **state)
{
    (void)state;
    rmt_error err = {0};
    double m = 0.0, v[] = {3.25};
    tst_ok(rmt_mean_of(&m, v, 1, &err), &err);
    tst_close(m, 3.25, 0.0, 0.0, "mean");
}

static void refusals(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_arm a = {.mean = -7, .sd = -7, .n = -7};
    double m = -7;
    static const double bad[] = {1, (double)NAN, 3}, inf[] = {1, (double)INFINITY},
                        big[] = {1e308, 1e308, 1e308};
    static const double apart[] = {-1e200, 1e200};
    const rmt_status D = RMT_ERR_DEGENERATE;
    tst_fails(rmt_moments_of(&a, bad, 0, &err), D, &err, "n<2");
    tst_fails(rmt_moments_of(&a, bad, 1, &err), D, &err, "n<2");
    tst_fails(rmt_moments_of(&a, bad, 3, &err), D, &err, "not_finite");
    tst_fails(rmt_moments_of(&a, inf, 2, &err), D, &err, "not_finite");
    tst_fails(rmt_moments_of(&a, apart, 2, &err), D, &err, "overflow");
    tst_fails(rmt_mean_of(&m, bad, 0, &err), D, &err, "n<1");
    tst_fails(rmt_mean_of(&m, bad, 3, &err), D, &err, "not_finite");
    tst_fails(rmt_mean_of(&m, big, 3, &err), D, &err, "overflow");
    assert_int_equal(a.n, -7);
    tst_close(m, -7, 0.0, 0.0, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_samples_are_exact),
        cmocka_unit_test(a_large_offset_costs_nothing),
        cmocka_unit_test(nist_numacc),
        cmocka_unit_test(equal_values_have_no_spread),
        cmocka_unit_test(mean_of_one),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
