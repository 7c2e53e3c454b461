/* Identities of the stats room on random inputs over a wide range. A failure prints seed and
 * inputs. */
#include "support.h"

#include <math.h>
#include <stdio.h>

#include "rmt/dist.h"
#include "rmt/effect.h"
#include "rmt/moments.h"
#include "rmt/proportion.h"
#include "rmt/regress.h"

enum { ITERATIONS = 400, N_MAX = 60 };
enum { ROOTS = 60 }; /* cases of a property with noncentral intervals, which take milliseconds */
static const uint64_t SEED = 20240917;

static char where[512]; /* the inputs of the current case, printed by the comparisons */

static double log_uniform(tst_rng *r, double low, double high)
{
    return exp(log(low) + tst_rng_uniform(r) * (log(high) - log(low)));
}

/* Arms of any scale; the difference a few SDs at most, rarely far more. */
static void random_arms(tst_rng *r, rmt_arm *t, rmt_arm *c, double *level)
{
    double scale = log_uniform(r, 1e-6, 1e6);
    double spread = tst_rng_uniform(r) < 0.1 ? 50.0 : 1.5;
    c->mean = scale * 10.0 * tst_rng_normal(r);
    c->sd = scale * log_uniform(r, 0.2, 5.0);
    t->mean = c->mean + c->sd * spread * tst_rng_normal(r);
    t->sd = tst_rng_uniform(r) < 0.05 ? 0.0 : scale * log_uniform(r, 0.2, 5.0);
    t->n = (long)log_uniform(r, 2.0, 20000.0);
    c->n = (long)log_uniform(r, 2.0, 20000.0);
    *level = tst_rng_uniform(r) < 0.5 ? 0.95 : 0.5 + 0.499 * tst_rng_uniform(r);
    snprintf(where, sizeof where, "seed %llu: {%.17g, %.17g, %ld} {%.17g, %.17g, %ld} level %.17g",
             (unsigned long long)SEED, t->mean, t->sd, t->n, c->mean, c->sd, c->n, *level);
}

static void random_counts(tst_rng *r, rmt_count *t, rmt_count *c, double *level)
{
    double top = tst_rng_uniform(r) < 0.2 ? 1e6 : 200.0;
    t->n = (long)log_uniform(r, 1.0, top);
    c->n = (long)log_uniform(r, 1.0, top);
    t->events = tst_rng_between(r, 0, t->n);
    c->events = tst_rng_between(r, 0, c->n);
    *level = tst_rng_uniform(r) < 0.5 ? 0.95 : 0.5 + 0.499 * tst_rng_uniform(r);
    snprintf(where, sizeof where, "seed %llu: %ld/%ld %ld/%ld level %.17g",
             (unsigned long long)SEED, t->events, t->n, c->events, c->n, *level);
}

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) fail_msg("%s: %s", #cond, where);                                             \
    } while (0)

/* Six ways to compare two arms, by number. */
enum { N_WAYS = 6, WELCH = 0, POOLED = 1, LARGE = 5 };

static rmt_status way(size_t i, rmt_estimate *e, const rmt_arm *t, const rmt_arm *c, double level,
                      rmt_error *err)
{
    rmt_hedges_options o = {.correction = i == 2 ? RMT_J_EXACT : RMT_J_APPROXIMATE,
                            .variance = i == 2 ? RMT_VAR_G_LS : RMT_VAR_D_LS,
                            .ci = i == LARGE ? RMT_CI_LARGE_SAMPLE : RMT_CI_NONCENTRAL_T,
                            .level = level};
    if (i == WELCH) return rmt_effect_mean_difference_welch(e, t, c, level, err);
    if (i == POOLED) return rmt_effect_mean_difference_pooled(e, t, c, level, err);
    if (i == 3) return rmt_effect_cohen_d(e, t, c, RMT_CI_NONCENTRAL_T, level, err);
    return rmt_effect_hedges_g(e, t, c, &o, err);
}

/* b is a with the sign flipped. tol: of the interval, which a root finder may have made. */
static void assert_mirrored(const rmt_estimate *a, const rmt_estimate *b, double tol)
{
    double size = fabs(a->estimate) + a->se;
    tst_close(b->estimate, -a->estimate, 0.0, TST_EPS * size, where);
    tst_close(b->se, a->se, TST_EPS, 0.0, where);
    tst_close(b->df, a->df, 1e-14, 0.0, where);
    tst_close(b->p, a->p, TST_FUNC, 1e-300, where);
    tst_close(b->ci_low, -a->ci_high, 0.0, tol * size, where);
    tst_close(b->ci_high, -a->ci_low, 0.0, tol * size, where);
}

static void swapping_arms_flips_the_sign(void **state)
{
    (void)state;
    tst_rng r = {SEED};
    for (size_t i = 0; i < tst_iterations(ROOTS); i++) {
        rmt_error err = {0};
        rmt_arm t, c;
        double level;
        random_arms(&r, &t, &c, &level);
        for (size_t w = 0; w < N_WAYS; w++) {
            rmt_estimate a, b;
            tst_ok(way(w, &a, &t, &c, level, &err), &err);
            tst_ok(way(w, &b, &c, &t, level, &err), &err);
            assert_mirrored(&a, &b, w <= POOLED ? 1e-13 : 1e-9);
        }
    }
}

static void test_and_interval_agree_and_hold_the_estimate(void **state)
{
    (void)state;
    tst_rng r = {SEED + 1};
    for (size_t i = 0; i < tst_iterations(ROOTS); i++) {
        rmt_error err = {0};
        rmt_arm t, c;
        double level;
        random_arms(&r, &t, &c, &level);
        for (size_t w = 0; w < N_WAYS; w++) {
            rmt_estimate e;
            tst_ok(way(w, &e, &t, &c, level, &err), &err);
            double alpha = 1.0 - level, size = fabs(e.estimate) + e.se;
            CHECK(e.p >= 0.0 && e.p <= 1.0 && e.se > 0.0);
            CHECK(e.ci_low < e.ci_high);
            /* the median of ncp lies beside d itself by its bias, so only wide intervals hold g */
            if (w <= POOLED || w == LARGE || level >= 0.9)
                CHECK(e.ci_low <= e.estimate && e.estimate <= e.ci_high);
            if (fabs(e.p - alpha) < 1e-9 * alpha) continue; /* a tie within the accuracy */
            bool excludes = e.ci_low > 1e-9 * size || e.ci_high < -1e-9 * size;
            CHECK((e.p < alpha) == excludes);
        }
    }
}

static void shift_and_scale(void **state)
{
    (void)state;
    tst_rng r = {SEED + 2};
    for (size_t i = 0; i < tst_iterations(ROOTS); i++) {
        rmt_error err = {0};
        rmt_arm t, c;
        double level, k = ldexp(1.0, (int)tst_rng_between(&r, -30, 30)); /* exact */
        random_arms(&r, &t, &c, &level);
        rmt_arm tk = {t.mean * k, t.sd * k, t.n}, ck = {c.mean * k, c.sd * k, c.n};
        for (size_t w = 0; w < N_WAYS; w++) {
            rmt_estimate a, b;
            double unit = w <= POOLED ? k : 1.0; /* standardised effects have no unit */
            tst_ok(way(w, &a, &t, &c, level, &err), &err);
            tst_ok(way(w, &b, &tk, &ck, level, &err), &err);
            tst_close(b.estimate, a.estimate * unit, TST_EPS, 0.0, where);
            tst_close(b.se, a.se * unit, TST_EPS, 0.0, where);
            tst_close(b.p, a.p, TST_FUNC, 1e-300, where);
            tst_close(b.ci_low, a.ci_low * unit, TST_FUNC, 1e-12 * unit * a.se, where);
        }
    }
}

static void moments_move_with_their_values(void **state)
{
    (void)state;
    tst_rng r = {SEED + 3};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        double v[N_MAX], moved[N_MAX], back[N_MAX];
        size_t n = (size_t)tst_rng_between(&r, 2, N_MAX);
        double shift = (double)tst_rng_between(&r, -1000000, 1000000);
        for (size_t j = 0; j < n; j++) {
            v[j] = (double)tst_rng_between(&r, 0, 80); /* whole numbers: shifting them is exact */
            moved[j] = -4.0 * v[j] + shift;
            back[n - 1 - j] = v[j];
        }
        rmt_arm a, b, c;
        tst_ok(rmt_moments_of(&a, v, n, &err), &err);
        tst_ok(rmt_moments_of(&b, moved, n, &err), &err);
        tst_ok(rmt_moments_of(&c, back, n, &err), &err);
        snprintf(where, sizeof where, "seed %llu + 3: case %zu, n %zu, shift %g",
                 (unsigned long long)SEED, i, n, shift);
        tst_close(b.sd, 4.0 * a.sd, TST_FUNC, 0.0, where);
        tst_close(b.mean, shift - 4.0 * a.mean, 0.0, TST_EPS * (fabs(shift) + 400.0), where);
        tst_close(c.mean, a.mean, TST_EPS, 0.0, where);
        tst_close(c.sd, a.sd, 1e-14, 0.0, where);
    }
}

static void proportions_and_their_complements(void **state)
{
    (void)state;
    tst_rng r = {SEED + 4};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        rmt_count t, c;
        rmt_proportion p, q;
        double level;
        random_counts(&r, &t, &c, &level);
        rmt_count non = {t.n - t.events, t.n};
        for (int exact = 0; exact < 2; exact++) {
            tst_ok((exact ? rmt_ci_clopper_pearson : rmt_ci_wilson)(&p, &t, level, &err), &err);
            tst_ok((exact ? rmt_ci_clopper_pearson : rmt_ci_wilson)(&q, &non, level, &err), &err);
            CHECK(0.0 <= p.ci_low && p.ci_low <= p.estimate);
            CHECK(p.estimate <= p.ci_high && p.ci_high <= 1.0);
            tst_close(p.estimate + q.estimate, 1.0, TST_EPS, 0.0, where);
            tst_close(p.ci_low, 1.0 - q.ci_high, 0.0, 1e-12, where);
            tst_close(p.ci_high, 1.0 - q.ci_low, 0.0, 1e-12, where);
        }
    }
}

static void risk_difference_mirrors(void **state)
{
    (void)state;
    tst_rng r = {SEED + 5};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        rmt_count t, c;
        rmt_estimate a, swapped, non;
        double level, p, p_swapped, p_non;
        random_counts(&r, &t, &c, &level);
        rmt_count tn = {t.n - t.events, t.n}, cn = {c.n - c.events, c.n};
        tst_ok(rmt_risk_difference(&a, &t, &c, level, &err), &err);
        tst_ok(rmt_risk_difference(&swapped, &c, &t, level, &err), &err);
        tst_ok(rmt_risk_difference(&non, &tn, &cn, level, &err), &err);
        CHECK(a.ci_low <= a.estimate && a.estimate <= a.ci_high);
        CHECK(a.ci_low >= -1.0 && a.ci_high <= 1.0 && a.p >= 0.0 && a.p <= 1.0);
        const rmt_estimate *mirrors[] = {&swapped, &non};
        for (size_t m = 0; m < 2; m++) {
            tst_close(mirrors[m]->estimate, -a.estimate, TST_EPS, 0.0, where);
            tst_close(mirrors[m]->ci_low, -a.ci_high, 0.0, 1e-13, where);
            tst_close(mirrors[m]->ci_high, -a.ci_low, 0.0, 1e-13, where);
            tst_close(mirrors[m]->p, a.p, 1e-9, 1e-300, where);
        }
        tst_ok(rmt_fisher_exact(&p, &t, &c, &err), &err);
        tst_ok(rmt_fisher_exact(&p_swapped, &c, &t, &err), &err);
        tst_ok(rmt_fisher_exact(&p_non, &tn, &cn, &err), &err);
        CHECK(p >= 0.0 && p <= 1.0);
        tst_close(p_swapped, p, 1e-9, 1e-280, where);
        tst_close(p_non, p, 1e-9, 1e-280, where);
    }
}

/* b is 1/a, on the ratio scale. */
static void assert_inverted(const rmt_estimate *a, const rmt_estimate *b)
{
    tst_close(b->estimate, 1.0 / a->estimate, 1e-14, 0.0, where);
    tst_close(b->se, a->se, TST_EPS, 0.0, where);
    tst_close(b->p, a->p, 1e-9, 1e-300, where);
    tst_close(b->ci_low, 1.0 / a->ci_high, 1e-12, 0.0, where);
    tst_close(b->ci_high, 1.0 / a->ci_low, 1e-12, 0.0, where);
}

static void ratios_invert(void **state)
{
    (void)state;
    tst_rng r = {SEED + 6};
    size_t n_defined = 0;
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        rmt_count t, c;
        rmt_estimate a, b;
        double level;
        random_counts(&r, &t, &c, &level);
        rmt_count tn = {t.n - t.events, t.n}, cn = {c.n - c.events, c.n};
        bool zero = t.events == 0 || c.events == 0, full = tn.events == 0 || cn.events == 0;
        if (rmt_odds_ratio(&a, &t, &c, level, &err)) {
            CHECK(err.code == RMT_ERR_DEGENERATE && (zero || full));
            rmt_error_clear(&err);
            CHECK(rmt_odds_ratio(&b, &c, &t, level, NULL) == RMT_ERR_DEGENERATE);
            continue;
        }
        n_defined++;
        CHECK(!zero && !full);
        CHECK(a.ci_low <= a.estimate && a.estimate <= a.ci_high);
        if (fabs(a.p - (1.0 - level)) > 1e-9)
            CHECK((a.p < 1.0 - level) == (a.ci_low > 1.0 || a.ci_high < 1.0));
        tst_ok(rmt_odds_ratio(&b, &c, &t, level, &err), &err);
        assert_inverted(&a, &b);
        tst_ok(rmt_odds_ratio(&b, &tn, &cn, level, &err), &err);
        assert_inverted(&a, &b);
        tst_ok(rmt_risk_ratio(&a, &t, &c, level, &err), &err);
        tst_ok(rmt_risk_ratio(&b, &c, &t, level, &err), &err);
        assert_inverted(&a, &b);
        if (fabs(a.p - (1.0 - level)) > 1e-9)
            CHECK((a.p < 1.0 - level) == (a.ci_low > 1.0 || a.ci_high < 1.0));
    }
    assert_true(n_defined > ITERATIONS / 2);
}

static void nnt_mirrors_and_inverts(void **state)
{
    (void)state;
    tst_rng r = {SEED + 7};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        rmt_count t, c;
        rmt_estimate rd;
        rmt_nnt_result a, b;
        double level;
        random_counts(&r, &t, &c, &level);
        tst_ok(rmt_risk_difference(&rd, &t, &c, level, &err), &err);
        rmt_status st = rmt_nnt(&a, &t, &c, RMT_EVENT_DESIRED, level, NULL);
        CHECK((st == RMT_ERR_DEGENERATE) == !(fabs(rd.estimate) > 0.0));
        if (st) continue;
        tst_close(a.nnt.number * fabs(rd.estimate), 1.0, TST_EPS, 0.0, where);
        CHECK(a.nnt.number >= 1.0 && a.best.number >= 1.0 && a.worst.number >= 1.0);
        CHECK(a.spans_infinity == (rd.ci_low <= 0.0 && rd.ci_high >= 0.0));
        CHECK(a.spans_infinity ||
              (a.worst.benefit == a.nnt.benefit && a.best.benefit == a.nnt.benefit));
        /* swapping the arms and the meaning of the event is the same question */
        tst_ok(rmt_nnt(&b, &c, &t, RMT_EVENT_UNDESIRED, level, &err), &err);
        tst_close(b.nnt.number, a.nnt.number, TST_EPS, 0.0, where);
        CHECK(b.nnt.benefit == a.nnt.benefit);
        if (isfinite(a.worst.number) && a.worst.number < 1e8)
            tst_close(b.worst.number, a.worst.number, 1e-6, 0.0, where);
    }
}

static void regression_is_equivariant(void **state)
{
    (void)state;
    tst_rng r = {SEED + 8};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        double y[N_MAX], y2[N_MAX], z[2 * N_MAX], z2[2 * N_MAX];
        bool arm[N_MAX], other[N_MAX];
        size_t n = (size_t)tst_rng_between(&r, 6, N_MAX);
        double scale = log_uniform(&r, 1e-4, 1e4), shift = 100.0 * tst_rng_normal(&r);
        snprintf(where, sizeof where, "seed %llu + 8: case %zu, n %zu, scale %.17g, shift %.17g",
                 (unsigned long long)SEED, i, n, scale, shift);
        for (size_t j = 0; j < n; j++) {
            arm[j] = j < 2 ? j == 0 : tst_rng_uniform(&r) < 0.5;
            other[j] = !arm[j];
            z[2 * j] = 40.0 + 9.0 * tst_rng_normal(&r);
            z[2 * j + 1] = tst_rng_normal(&r);
            /* covariates in other units, and one mixed into the other: the same model */
            z2[2 * j] = 0.1 * z[2 * j] - 7.0;
            z2[2 * j + 1] = z[2 * j + 1] + 0.5 * z[2 * j];
            y[j] = 0.5 * z[2 * j] - 3.0 * (arm[j] ? 1.0 : 0.0) + 6.0 * tst_rng_normal(&r);
            y2[j] = scale * y[j] + shift + 2.0 * z[2 * j];
        }
        rmt_estimate a, b;
        tst_ok(rmt_ancova(&a, y, arm, z, n, 2, 0.95, &err), &err);
        CHECK(a.ci_low < a.estimate && a.estimate < a.ci_high);
        CHECK(fabs(a.p - 0.05) < 1e-9 || (a.p < 0.05) == (a.ci_low > 0.0 || a.ci_high < 0.0));
        tst_ok(rmt_ancova(&b, y, other, z, n, 2, 0.95, &err), &err);
        tst_close(b.estimate, -a.estimate, 0.0, 1e-11 * a.se, where);
        tst_close(b.ci_low, -a.ci_high, 0.0, 1e-11 * (a.se + fabs(a.estimate)), where);
        tst_ok(rmt_ancova(&b, y, arm, z2, n, 2, 0.95, &err), &err);
        tst_close(b.estimate, a.estimate, 0.0, 1e-10 * a.se, where);
        tst_close(b.se, a.se, TST_FUNC, 0.0, where);
        tst_ok(rmt_ancova(&b, y2, arm, z, n, 2, 0.95, &err), &err);
        double noise = 1e-11 * (fabs(shift) + 100.0); /* y2 is rounded at its own size */
        tst_close(b.estimate, scale * a.estimate, 0.0, 1e-10 * scale * a.se + noise, where);
        tst_close(b.se, scale * a.se, TST_FUNC, noise, where);
    }
}

static void quantiles_invert_their_cdfs(void **state)
{
    (void)state;
    tst_rng r = {SEED + 9};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        rmt_error err = {0};
        double p = tst_rng_uniform(&r) < 0.5 ? log_uniform(&r, 1e-12, 0.5) : tst_rng_uniform(&r);
        double df = log_uniform(&r, 1.0, 1e6), x = 0.0, back = 0.0;
        if (!(p > 0.0)) continue;
        snprintf(where, sizeof where, "seed %llu + 9: p %.17g, df %.17g", (unsigned long long)SEED,
                 p, df);
        tst_ok(rmt_normal_quantile(&x, p, &err), &err);
        tst_ok(rmt_normal_cdf(&back, x, &err), &err);
        tst_close(back, p, TST_FUNC, 0.0, where);
        tst_ok(rmt_t_quantile(&x, p, df, &err), &err);
        tst_ok(rmt_t_cdf(&back, x, df, &err), &err);
        tst_close(back, p, TST_FUNC, 0.0, where);
    }
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swapping_arms_flips_the_sign),
        cmocka_unit_test(test_and_interval_agree_and_hold_the_estimate),
        cmocka_unit_test(shift_and_scale),
        cmocka_unit_test(moments_move_with_their_values),
        cmocka_unit_test(proportions_and_their_complements),
        cmocka_unit_test(risk_difference_mirrors),
        cmocka_unit_test(ratios_invert),
        cmocka_unit_test(nnt_mirrors_and_inverts),
        cmocka_unit_test(regression_is_equivariant),
        cmocka_unit_test(quantiles_invert_their_cdfs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
