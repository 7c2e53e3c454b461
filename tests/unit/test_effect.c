#include "support.h"

#include <math.h>

#include "rmt/dist.h"
#include "rmt/effect.h"

static const rmt_arm T = {103, 5.5, 50}, C = {100, 4.5, 50};

static rmt_hedges_options options(rmt_j j, rmt_g_variance v, rmt_g_ci ci)
{
    return (rmt_hedges_options){.correction = j, .variance = v, .ci = ci, .level = 0.95};
}

static void mean_differences(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {0};
    tst_ok(rmt_effect_mean_difference_welch(&e, &T, &C, 0.95, &err), &err);
    tst_close(e.estimate, 3.0, 0.0, 0.0, "md");
    tst_close(e.se, sqrt(0.605 + 0.405), TST_EPS * 4, 0.0, "se");
    tst_ok(rmt_effect_mean_difference_pooled(&e, &T, &C, 0.95, &err), &err);
    tst_close(e.df, 98.0, 0.0, 0.0, "df");
    tst_close(e.se, sqrt(25.25 * 0.04), TST_EPS * 4, 0.0, "se");
}

static void one_constant_arm_has_the_other_arms_df(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {0};
    const rmt_arm constant = {10, 0, 12}, other = {8, 3, 15};
    tst_ok(rmt_effect_mean_difference_welch(&e, &constant, &other, 0.95, &err), &err);
    tst_close(e.df, 14.0, TST_EPS, 0.0, "df");
}

/* Two textbook variances of one g differ: which convention ran must show. */
static void conventions_differ_as_documented(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate g = {0}, d = {0}, by_d = {0};
    rmt_hedges_options o = options(RMT_J_EXACT, RMT_VAR_G_LS, RMT_CI_LARGE_SAMPLE);
    tst_ok(rmt_effect_hedges_g(&g, &T, &C, &o, &err), &err);
    tst_close(g.se * g.se, 0.04 + g.estimate * g.estimate / 200, TST_EPS * 4, 0.0, "var g");
    assert_true(isnan(g.df));
    o.variance = RMT_VAR_D_LS;
    tst_ok(rmt_effect_hedges_g(&by_d, &T, &C, &o, &err), &err);
    tst_ok(rmt_effect_cohen_d(&d, &T, &C, RMT_CI_LARGE_SAMPLE, 0.95, &err), &err);
    tst_close(by_d.se, d.se, 0.0, 0.0, "se of d");
    tst_close(by_d.estimate, g.estimate, 0.0, 0.0, "same g");
    assert_true(by_d.se > g.se);
    o.correction = RMT_J_APPROXIMATE;
    tst_ok(rmt_effect_hedges_g(&g, &T, &C, &o, &err), &err);
    tst_close(g.estimate, d.estimate * (1.0 - 3.0 / 391.0), TST_EPS, 0.0, "approximate J");
}

static void noncentral_interval_of_g_is_j_times_that_of_d(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate g = {0}, d = {0};
    rmt_hedges_options o = options(RMT_J_EXACT, RMT_VAR_G_LS, RMT_CI_NONCENTRAL_T);
    tst_ok(rmt_effect_hedges_g(&g, &T, &C, &o, &err), &err);
    tst_ok(rmt_effect_cohen_d(&d, &T, &C, RMT_CI_NONCENTRAL_T, 0.95, &err), &err);
    double j = g.estimate / d.estimate;
    tst_close(g.ci_low, j * d.ci_low, TST_FUNC, 0.0, "low");
    tst_close(g.ci_high, j * d.ci_high, TST_FUNC, 0.0, "high");
    tst_close(g.df, 98.0, 0.0, 0.0, "df");
    tst_close(g.p, d.p, 0.0, 0.0, "one test");
}

static void small_sample_factor(void **state)
{
    (void)state;
    rmt_error err = {0};
    double j = 0.0, before = 0.0;
    tst_ok(rmt_effect_small_sample_factor(&j, 2.0, RMT_J_EXACT, &err), &err);
    tst_close(j, 1.0 / sqrt(3.14159265358979323846), 1e-14, 0.0, "J(2) = 1/sqrt(pi)");
    tst_ok(rmt_effect_small_sample_factor(&j, 3.0, RMT_J_EXACT, &err), &err);
    tst_close(j, sqrt(3.14159265358979323846 / 6.0), 1e-14, 0.0, "J(3) = sqrt(pi/6)");
    for (double m = 3.0; m < 300.0; m += 1.0) { /* J(m) J(m-1) = (m-2)/sqrt(m (m-1)) */
        tst_ok(rmt_effect_small_sample_factor(&j, m, RMT_J_EXACT, &err), &err);
        tst_ok(rmt_effect_small_sample_factor(&before, m - 1.0, RMT_J_EXACT, &err), &err);
        tst_close(j * before, sqrt((m - 2.0) / (m - 1.0)) * sqrt((m - 2.0) / m), 2e-14, 0.0,
                  "recurrence");
    }
}

static void refusals(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {.estimate = -7};
    rmt_hedges_options o = options(RMT_J_EXACT, RMT_VAR_G_LS, RMT_CI_NONCENTRAL_T);
    const rmt_status D = RMT_ERR_DEGENERATE;
    static const struct {
        rmt_arm arm;
        const char *reason;
    } bad[] = {
        {{1, 1, 1}, "n<2"},
        {{1, 1, 0}, "n<2"},
        {{1, 1, -5}, "n<2"},
        {{(double)NAN, 1, 9}, "not_finite"},
        {{1, (double)INFINITY, 9}, "not_finite"},
        {{1, -1, 9}, "negative_sd"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const rmt_arm *b = &bad[i].arm;
        const char *why = bad[i].reason;
        tst_fails(rmt_effect_mean_difference_welch(&e, b, &C, 0.95, &err), D, &err, why);
        tst_fails(rmt_effect_mean_difference_welch(&e, &C, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_effect_mean_difference_pooled(&e, &C, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_effect_cohen_d(&e, b, &C, RMT_CI_NONCENTRAL_T, 0.95, &err), D, &err, why);
        tst_fails(rmt_effect_hedges_g(&e, &C, b, &o, &err), D, &err, why);
    }
    const rmt_arm still = {5, 0, 10}, stiller = {6, 0, 10}, far = {1e308, 1e-5, 9};
    tst_fails(rmt_effect_mean_difference_welch(&e, &still, &stiller, 0.95, &err), D, &err,
              "zero_sd");
    tst_fails(rmt_effect_mean_difference_pooled(&e, &still, &stiller, 0.95, &err), D, &err,
              "zero_sd");
    tst_fails(rmt_effect_cohen_d(&e, &still, &stiller, RMT_CI_LARGE_SAMPLE, 0.95, &err), D, &err,
              "zero_sd");
    tst_fails(rmt_effect_hedges_g(&e, &still, &stiller, &o, &err), D, &err, "zero_sd");
    tst_fails(rmt_effect_hedges_g(&e, &far, &still, &o, &err), D, &err, "overflow");
    tst_fails(rmt_effect_mean_difference_welch(&e, &far, &still, 0.95, &err), D, &err, "overflow");
    tst_fails(rmt_effect_mean_difference_welch(&e, &T, &C, 1.0, &err), D, &err,
              "level_outside_0_1");
    tst_fails(rmt_effect_mean_difference_pooled(&e, &T, &C, 0.0, &err), D, &err,
              "level_outside_0_1");
    o.level = (double)NAN;
    tst_fails(rmt_effect_hedges_g(&e, &T, &C, &o, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_effect_small_sample_factor(&e.se, 1.0, RMT_J_EXACT, &err), D, &err, "df<2");
    tst_fails(rmt_effect_small_sample_factor(&e.se, (double)NAN, RMT_J_EXACT, &err), D, &err,
              "not_finite");
    tst_close(e.estimate, -7, 0.0, 0.0, "untouched");
    tst_close(e.se, 0, 0.0, 0.0, "untouched");
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_differences),
        cmocka_unit_test(one_constant_arm_has_the_other_arms_df),
        cmocka_unit_test(conventions_differ_as_documented),
        cmocka_unit_test(noncentral_interval_of_g_is_j_times_that_of_d),
        cmocka_unit_test(small_sample_factor),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
