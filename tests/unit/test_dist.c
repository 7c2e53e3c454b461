#include "support.h"

#include <float.h>
#include <math.h>

#include "rmt/dist.h"

static const double untouched = -77.0;
#define ASSERT_UNTOUCHED(x) tst_close((x), untouched, 0.0, 0.0, "untouched")

static void cdf_and_upper_sum_to_one(void **state)
{
    (void)state;
    rmt_error err = {0};
    for (double x = -6.0; x <= 6.0; x += 0.37) {
        double a = 0.0, b = 0.0;
        tst_ok(rmt_normal_cdf(&a, x, &err), &err);
        tst_ok(rmt_normal_upper(&b, x, &err), &err);
        tst_close(a + b, 1.0, TST_EPS, 0.0, "normal");
        tst_ok(rmt_t_cdf(&a, x, 3.5, &err), &err);
        tst_ok(rmt_t_upper(&b, x, 3.5, &err), &err);
        tst_close(a + b, 1.0, TST_EPS, 0.0, "t");
        tst_ok(rmt_noncentral_t_cdf(&a, x, 7.0, 1.3, &err), &err);
        tst_ok(rmt_noncentral_t_upper(&b, x, 7.0, 1.3, &err), &err);
        tst_close(a + b, 1.0, 0.0, 1e-12, "noncentral t");
    }
}

static void infinite_arguments_have_limits(void **state)
{
    (void)state;
    rmt_error err = {0};
    double v = untouched;
    tst_ok(rmt_normal_cdf(&v, (double)INFINITY, &err), &err);
    tst_close(v, 1.0, 0.0, 0.0, "cdf(inf)");
    tst_ok(rmt_normal_upper(&v, (double)INFINITY, &err), &err);
    tst_close(v, 0.0, 0.0, 0.0, "upper(inf)");
    tst_ok(rmt_t_two_sided_p(&v, -(double)INFINITY, 4.0, &err), &err);
    tst_close(v, 0.0, 0.0, 0.0, "p(-inf)");
    tst_ok(rmt_t_cdf(&v, -(double)INFINITY, 4.0, &err), &err);
    tst_close(v, 0.0, 0.0, 0.0, "t cdf(-inf)");
}

static void two_sided_p_keeps_small_tails(void **state)
{
    (void)state;
    rmt_error err = {0};
    double p = 0.0;
    tst_ok(rmt_normal_two_sided_p(&p, -10.0, &err), &err);
    tst_close(p, 1.523970604832105213e-23, TST_FUNC, 0.0, "2 Phi(-10), mpmath");
    tst_ok(rmt_normal_two_sided_p(&p, 0.0, &err), &err);
    tst_close(p, 1.0, 0.0, 0.0, "p(0)");
    tst_ok(rmt_t_two_sided_p(&p, 0.0, 8.0, &err), &err);
    tst_close(p, 1.0, 0.0, 0.0, "p_t(0)");
}

static void critical_values_are_quantiles(void **state)
{
    (void)state;
    rmt_error err = {0};
    double a = 0.0, b = 0.0;
    tst_ok(rmt_normal_critical(&a, 0.95, &err), &err);
    tst_close(a, 1.959963984540054, TST_FUNC, 0.0, "z 95 %");
    tst_ok(rmt_t_critical(&a, 0.9, 12.0, &err), &err);
    tst_ok(rmt_t_quantile(&b, 0.95, 12.0, &err), &err);
    tst_close(a, b, TST_FUNC, 0.0, "t 90 %");
}

static void noncentral_t_with_zero_ncp_is_t(void **state)
{
    (void)state;
    rmt_error err = {0};
    static const double dfs[] = {1, 2, 3, 8, 60, 1000, 1e6};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        for (double t = -30.0; t <= 30.0; t += 4.3) {
            double a = 0.0, b = 0.0;
            tst_ok(rmt_noncentral_t_cdf(&a, t, dfs[i], 0.0, &err), &err);
            tst_ok(rmt_t_cdf(&b, t, dfs[i], &err), &err);
            tst_close(a, b, 0.0, 1e-12, "ncp 0");
        }
}

/* The two integrals meet at |t| = sqrt(2 df): no step may show there. */
static void noncentral_t_is_smooth_at_the_seam(void **state)
{
    (void)state;
    rmt_error err = {0};
    static const double dfs[] = {1, 2, 5, 18, 98, 2000};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        for (double shift = -3.0; shift <= 3.0; shift += 1.0) {
            double t = sqrt(2.0 * dfs[i]), a = 0.0, b = 0.0;
            tst_ok(rmt_noncentral_t_cdf(&a, t * (1 - 1e-14), dfs[i], t + shift, &err), &err);
            tst_ok(rmt_noncentral_t_cdf(&b, t * (1 + 1e-14), dfs[i], t + shift, &err), &err);
            tst_close(a, b, 0.0, 2e-12, "seam");
        }
}

static void ncp_inverts_the_tail(void **state)
{
    (void)state;
    rmt_error err = {0};
    static const double ts[] = {-200, -4, -0.3, 0, 1e-9, 2.2, 37.6, 40, 1e5};
    static const double dfs[] = {2, 3, 20, 500, 1e5};
    static const double uppers[] = {0.0005, 0.025, 0.5, 0.975};
    for (size_t i = 0; i < sizeof ts / sizeof *ts; i++)
        for (size_t j = 0; j < sizeof dfs / sizeof *dfs; j++)
            for (size_t k = 0; k < sizeof uppers / sizeof *uppers; k++) {
                double ncp = 0.0, back = 0.0;
                tst_ok(rmt_noncentral_t_ncp(&ncp, ts[i], dfs[j], uppers[k], &err), &err);
                tst_ok(rmt_noncentral_t_upper(&back, ts[i], dfs[j], ncp, &err), &err);
                tst_close(back, uppers[k], 1e-9, 0.0, "upper(ncp(upper))");
            }
}

static void an_interval_is_its_two_limits(void **state)
{
    (void)state;
    rmt_error err = {0};
    static const double ts[] = {-40, -2.5, 0, 1.3, 7, 300}, dfs[] = {2, 3.5, 26, 900};
    for (size_t i = 0; i < sizeof ts / sizeof *ts; i++)
        for (size_t j = 0; j < sizeof dfs / sizeof *dfs; j++) {
            double low = 0.0, high = 0.0, a = 0.0, b = 0.0;
            tst_ok(rmt_noncentral_t_interval(&low, &high, ts[i], dfs[j], 0.9, &err), &err);
            tst_ok(rmt_noncentral_t_ncp(&a, ts[i], dfs[j], (1.0 - 0.9) / 2.0, &err), &err);
            tst_ok(rmt_noncentral_t_ncp(&b, ts[i], dfs[j], 1.0 - (1.0 - 0.9) / 2.0, &err), &err);
            tst_close(low, a, 0.0, 0.0, "low");
            tst_close(high, b, 0.0, 0.0, "high");
            assert_true(low < high);
        }
}

static void beta_quantiles_have_ends_and_mirror(void **state)
{
    (void)state;
    rmt_error err = {0};
    double a = 0.0, b = 0.0;
    tst_ok(rmt_beta_quantile(&a, 0.0, 2.0, 3.0, &err), &err);
    tst_close(a, 0.0, 0.0, 0.0, "p 0");
    tst_ok(rmt_beta_quantile(&a, 1.0, 2.0, 3.0, &err), &err);
    tst_close(a, 1.0, 0.0, 0.0, "p 1");
    tst_ok(rmt_beta_quantile(&a, 0.3, 2.0, 5.0, &err), &err);
    tst_ok(rmt_beta_quantile_upper(&b, 0.3, 5.0, 2.0, &err), &err);
    tst_close(a, 1.0 - b, TST_FUNC, 0.0, "mirror");
    tst_ok(rmt_beta_quantile(&a, 0.3, 1.0, 4.0, &err), &err);
    tst_close(a, 1.0 - pow(0.7, 0.25), TST_FUNC, 0.0, "closed form");
}

static void refuses_what_is_outside_the_domain(void **state)
{
    (void)state;
    rmt_error err = {0};
    double v = untouched;
    const rmt_status D = RMT_ERR_DEGENERATE;
    tst_fails(rmt_normal_cdf(&v, (double)NAN, &err), D, &err, "not_finite");
    tst_fails(rmt_normal_upper(&v, (double)NAN, &err), D, &err, "not_finite");
    tst_fails(rmt_normal_two_sided_p(&v, (double)NAN, &err), D, &err, "not_finite");
    tst_fails(rmt_normal_quantile(&v, 0.0, &err), D, &err, "p_outside_0_1");
    tst_fails(rmt_normal_quantile(&v, 1.0, &err), D, &err, "p_outside_0_1");
    tst_fails(rmt_normal_quantile(&v, (double)NAN, &err), D, &err, "p_outside_0_1");
    tst_fails(rmt_t_cdf(&v, 1.0, 0.0, &err), D, &err, "df<=0");
    tst_fails(rmt_t_cdf(&v, (double)NAN, 1.0, &err), D, &err, "not_finite");
    tst_fails(rmt_t_upper(&v, 1.0, -1.0, &err), D, &err, "df<=0");
    tst_fails(rmt_t_two_sided_p(&v, 1.0, (double)NAN, &err), D, &err, "not_finite");
    tst_fails(rmt_t_two_sided_p(&v, (double)NAN, 3.0, &err), D, &err, "not_finite");
    tst_fails(rmt_t_quantile(&v, 1.5, 3.0, &err), D, &err, "p_outside_0_1");
    tst_fails(rmt_t_quantile(&v, 0.5, (double)INFINITY, &err), D, &err, "not_finite");
    tst_fails(rmt_t_critical(&v, 1.0, 3.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_t_critical(&v, 0.9, 0.0, &err), D, &err, "df<=0");
    tst_fails(rmt_normal_critical(&v, 0.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_noncentral_t_cdf(&v, 1.0, 0.5, 0.0, &err), D, &err, "df<1");
    tst_fails(rmt_noncentral_t_cdf(&v, (double)INFINITY, 5.0, 0.0, &err), D, &err, "not_finite");
    tst_fails(rmt_noncentral_t_upper(&v, 1.0, 5.0, (double)NAN, &err), D, &err, "not_finite");
    tst_fails(rmt_noncentral_t_ncp(&v, 1.0, 5.0, 1.0, &err), D, &err, "p_outside_0_1");
    tst_fails(rmt_noncentral_t_ncp(&v, (double)NAN, 5.0, 0.5, &err), D, &err, "not_finite");
    tst_fails(rmt_noncentral_t_interval(&v, &v, 1.0, 3.0, 1.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_noncentral_t_interval(&v, &v, 1.0, 0.5, 0.9, &err), D, &err, "df<1");
    tst_fails(rmt_beta_quantile(&v, 0.5, 0.0, 1.0, &err), D, &err, "shape<=0");
    tst_fails(rmt_beta_quantile(&v, (double)NAN, 1.0, 1.0, &err), D, &err, "not_finite");
    tst_fails(rmt_beta_quantile_upper(&v, -0.1, 1.0, 1.0, &err), D, &err, "p_outside_0_1");
    ASSERT_UNTOUCHED(v);
    assert_int_equal(rmt_normal_cdf(&v, (double)NAN, NULL), D); /* err may be NULL */
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdf_and_upper_sum_to_one),
        cmocka_unit_test(infinite_arguments_have_limits),
        cmocka_unit_test(two_sided_p_keeps_small_tails),
        cmocka_unit_test(critical_values_are_quantiles),
        cmocka_unit_test(noncentral_t_with_zero_ncp_is_t),
        cmocka_unit_test(noncentral_t_is_smooth_at_the_seam),
        cmocka_unit_test(ncp_inverts_the_tail),
        cmocka_unit_test(an_interval_is_its_two_limits),
        cmocka_unit_test(beta_quantiles_have_ends_and_mirror),
        cmocka_unit_test(refuses_what_is_outside_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
