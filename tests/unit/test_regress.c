#include "support.h"

#include <math.h>
#include <stdint.h>

#include "rmt/dist.h"
#include "rmt/regress.h"

enum { N = 8 };
static const double y[N] = {3.1, 4.9, 7.2, 8.8, 11.1, 12.7, 15.3, 16.8};
static const bool arm[N] = {true, false, true, false, true, true, false, false};

/* intercept, 1..N, and a third column by the test */
static void design(double *x, double (*third)(double))
{
    for (size_t i = 0; i < N; i++) {
        x[3 * i] = 1.0;
        x[3 * i + 1] = (double)i + 1.0;
        x[3 * i + 2] = third((double)i + 1.0);
    }
}

static double square(double v)
{
    return v * v;
}
static double affine(double v)
{
    return 3.0 * v - 0.1;
}
static double zero(double v)
{
    return v * 0.0;
}

static void a_line_by_hand(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate b[2];
    rmt_ols_fit fit = {0};
    static const double x[] = {1, 0, 1, 1, 1, 2, 1, 3}, v[] = {1, 3, 4, 8};
    tst_ok(rmt_ols(b, &fit, x, v, 4, 2, 0.95, &err), &err);
    tst_close(b[0].estimate, 0.7, TST_EPS * 8, 0.0, "b0"); /* sxy 11, sxx 5, means 1.5 and 4 */
    tst_close(b[1].estimate, 2.2, TST_EPS * 8, 0.0, "b1");
    tst_close(fit.rss, 1.8, TST_EPS * 64, 0.0, "rss");
    tst_close(fit.df, 2.0, 0.0, 0.0, "df");
    tst_close(fit.sigma, sqrt(0.9), TST_EPS * 64, 0.0, "sigma");
    tst_close(b[1].se, sqrt(0.9 / 5.0), TST_EPS * 64, 0.0, "se");
    tst_ok(rmt_ols(b, NULL, x, v, 4, 2, 0.95, &err), &err); /* fit may be NULL */
}

static void names_the_dependent_column(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate b[3] = {{.estimate = -7}};
    double x[3 * N];
    design(x, square);
    tst_ok(rmt_ols(b, NULL, x, y, N, 3, 0.95, &err), &err);
    b[0].estimate = -7;
    design(x, affine);
    tst_fails(rmt_ols(b, NULL, x, y, N, 3, 0.95, &err), RMT_ERR_DEGENERATE, &err,
              "rank_deficient_column_2");
    design(x, zero);
    tst_fails(rmt_ols(b, NULL, x, y, N, 3, 0.95, &err), RMT_ERR_DEGENERATE, &err,
              "rank_deficient_column_2");
    for (size_t i = 0; i < N; i++)
        x[3 * i + 1] = 5.0; /* a second intercept */
    design(x, square);
    for (size_t i = 0; i < N; i++)
        x[3 * i + 1] = 5.0;
    tst_fails(rmt_ols(b, NULL, x, y, N, 3, 0.95, &err), RMT_ERR_DEGENERATE, &err,
              "rank_deficient_column_1");
    tst_close(b[0].estimate, -7, 0.0, 0.0, "untouched");
}

static void ols_refusals(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate b[3];
    double x[3 * N], line[N], bad[N];
    const rmt_status D = RMT_ERR_DEGENERATE;
    design(x, square);
    for (size_t i = 0; i < N; i++) {
        line[i] = 2.0 + 3.0 * x[3 * i + 1];
        bad[i] = i == 3 ? (double)NAN : 1.0;
    }
    tst_fails(rmt_ols(b, NULL, x, y, N, 0, 0.95, &err), D, &err, "no_columns");
    tst_fails(rmt_ols(b, NULL, x, y, 3, 3, 0.95, &err), D, &err, "df<1");
    tst_fails(rmt_ols(b, NULL, x, bad, N, 3, 0.95, &err), D, &err, "not_finite");
    tst_fails(rmt_ols(b, NULL, x, line, N, 3, 0.95, &err), D, &err, "zero_residual");
    tst_fails(rmt_ols(b, NULL, x, y, N, 3, 1.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_ols(b, NULL, x, y, SIZE_MAX / 2, 3, 0.95, &err), RMT_ERR_NOMEM, &err,
              "too large");
    x[4] = (double)INFINITY;
    tst_fails(rmt_ols(b, NULL, x, y, N, 3, 0.95, &err), D, &err, "not_finite");
    design(x, square);
    for (size_t i = 0; i < N; i++)
        line[i] = i % 2 ? 1.7e308 : -1.7e308;
    tst_fails(rmt_ols(b, NULL, x, line, N, 3, 0.95, &err), D, &err, "overflow");
}

static void ancova_without_covariates_is_the_pooled_difference(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate a = {0}, m = {0};
    rmt_arm t = {0}, c = {0};
    double vt[N], vc[N];
    size_t nt = 0, nc = 0;
    for (size_t i = 0; i < N; i++) {
        if (arm[i]) vt[nt++] = y[i];
        else vc[nc++] = y[i];
    }
    tst_ok(rmt_moments_of(&t, vt, nt, &err), &err);
    tst_ok(rmt_moments_of(&c, vc, nc, &err), &err);
    tst_ok(rmt_effect_mean_difference_pooled(&m, &t, &c, 0.95, &err), &err);
    tst_ok(rmt_ancova(&a, y, arm, NULL, N, 0, 0.95, &err), &err);
    tst_close(a.estimate, m.estimate, TST_FUNC, 0.0, "estimate");
    tst_close(a.se, m.se, TST_FUNC, 0.0, "se");
    tst_close(a.df, m.df, 0.0, 0.0, "df");
    tst_close(a.p, m.p, TST_FUNC, 0.0, "p");
    tst_close(a.ci_low, m.ci_low, TST_FUNC, 0.0, "low");
}

static void ancova_ignores_the_origin_of_a_covariate(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate a = {0}, b = {0};
    double near[N], far[N];
    for (size_t i = 0; i < N; i++) {
        near[i] = square((double)i - 2.0);
        far[i] = near[i] + 1e6;
    }
    tst_ok(rmt_ancova(&a, y, arm, near, N, 1, 0.95, &err), &err);
    tst_ok(rmt_ancova(&b, y, arm, far, N, 1, 0.95, &err), &err);
    tst_close(b.estimate, a.estimate, TST_FUNC, 0.0, "estimate");
    tst_close(b.se, a.se, TST_FUNC, 0.0, "se");
}

static void ancova_refusals(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {.estimate = -7};
    bool all[N];
    double covariates[2 * N], constant[N], rounding[N], nan[N], steps[N];
    const rmt_status D = RMT_ERR_DEGENERATE;
    for (size_t i = 0; i < N; i++) {
        all[i] = true;
        covariates[2 * i] = square((double)i);
        covariates[2 * i + 1] = arm[i] ? 3.0 : 7.0; /* the arm again */
        constant[i] = 0.1;
        rounding[i] = 1e10 + (i % 3 ? 2e-6 : 0.0); /* a constant but for its last bit */
        nan[i] = i ? 1.0 : (double)NAN;
        steps[i] = arm[i] ? 5.0 : 9.0;
    }
    tst_fails(rmt_ancova(&e, y, all, NULL, N, 0, 0.95, &err), D, &err, "one_arm");
    tst_fails(rmt_ancova(&e, y, all, NULL, 0, 0, 0.95, &err), D, &err, "one_arm");
    tst_fails(rmt_ancova(&e, y, arm, NULL, 2, 0, 0.95, &err), D, &err, "df<1");
    tst_fails(rmt_ancova(&e, y, arm, covariates, N, 2, 0.95, &err), D, &err,
              "rank_deficient_covariate_1");
    tst_fails(rmt_ancova(&e, y, arm, constant, N, 1, 0.95, &err), D, &err,
              "rank_deficient_covariate_0");
    tst_fails(rmt_ancova(&e, y, arm, rounding, N, 1, 0.95, &err), D, &err,
              "rank_deficient_covariate_0");
    tst_fails(rmt_ancova(&e, y, arm, nan, N, 1, 0.95, &err), D, &err, "not_finite");
    tst_fails(rmt_ancova(&e, nan, arm, NULL, N, 0, 0.95, &err), D, &err, "not_finite");
    tst_fails(rmt_ancova(&e, steps, arm, NULL, N, 0, 0.95, &err), D, &err, "zero_residual");
    tst_fails(rmt_ancova(&e, y, arm, NULL, N, 0, 0.0, &err), D, &err, "level_outside_0_1");
    tst_close(e.estimate, -7, 0.0, 0.0, "untouched");
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_by_hand),
        cmocka_unit_test(names_the_dependent_column),
        cmocka_unit_test(ols_refusals),
        cmocka_unit_test(ancova_without_covariates_is_the_pooled_difference),
        cmocka_unit_test(ancova_ignores_the_origin_of_a_covariate),
        cmocka_unit_test(ancova_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
