#include "rmt/effect.h"

#include <math.h>

#include "estimate.h"
#include "rmt/dist.h"

static rmt_status check_arms(const rmt_arm *treat, const rmt_arm *control, rmt_error *err)
{
    if (treat->n < 2 || control->n < 2) return rmt_degenerate(err, "n<2");
    if (!isfinite(treat->mean) || !isfinite(control->mean) || !isfinite(treat->sd) ||
        !isfinite(control->sd))
        return rmt_degenerate(err, "not_finite");
    if (treat->sd < 0.0 || control->sd < 0.0) return rmt_degenerate(err, "negative_sd");
    if (!(treat->sd > 0.0) && !(control->sd > 0.0)) return rmt_degenerate(err, "zero_sd");
    return RMT_OK;
}

/* Test and interval at `level`. */
static rmt_status by_t(rmt_estimate *out, double estimate, double se, double df, double level,
                       rmt_error *err)
{
    double critical = 0.0;
    rmt_status st = rmt_t_critical(&critical, level, df, err);
    return st ? st : rmt_estimate_by_t(out, estimate, se, df, critical, err);
}

/* The pooled SD. Scaled by the larger SD, so that neither square can overflow or vanish. */
static double pooled_sd(const rmt_arm *a, const rmt_arm *b)
{
    double scale = a->sd > b->sd ? a->sd : b->sd;
    double ra = a->sd / scale, rb = b->sd / scale;
    double fa = (double)a->n - 1.0, fb = (double)b->n - 1.0;
    return scale * sqrt((fa * ra * ra + fb * rb * rb) / (fa + fb));
}

rmt_status rmt_effect_mean_difference_welch(rmt_estimate *out, const rmt_arm *treat,
                                            const rmt_arm *control, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    double nt = (double)treat->n, nc = (double)control->n;
    double et = treat->sd / sqrt(nt), ec = control->sd / sqrt(nc);
    double se = hypot(et, ec);
    if (!(se > 0.0)) return rmt_degenerate(err, "overflow");
    double wt = (et / se) * (et / se), wc = (ec / se) * (ec / se); /* shares of the variance */
    double df = 1.0 / (wt * wt / (nt - 1.0) + wc * wc / (nc - 1.0));
    return by_t(out, treat->mean - control->mean, se, df, level, err);
}

rmt_status rmt_effect_mean_difference_pooled(rmt_estimate *out, const rmt_arm *treat,
                                             const rmt_arm *control, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    double nt = (double)treat->n, nc = (double)control->n;
    double se = pooled_sd(treat, control) * sqrt(1.0 / nt + 1.0 / nc);
    return by_t(out, treat->mean - control->mean, se, nt + nc - 2.0, level, err);
}

/* Gamma(x + 1/2) / (sqrt(x) Gamma(x)) = sum a_i x^-i; the first term left out is 4e-18 at x = 49.5.
 * [Tricomi1951] */
static double gamma_half_ratio(double x)
{
    static const double a[] = {1.0,
                               -1.0 / 8.0,
                               1.0 / 128.0,
                               5.0 / 1024.0,
                               -21.0 / 32768.0,
                               -399.0 / 262144.0,
                               869.0 / 4194304.0,
                               39325.0 / 33554432.0};
    double sum = 0.0;
    for (size_t i = sizeof a / sizeof *a; i-- > 0;)
        sum = sum / x + a[i];
    return sum;
}

rmt_status rmt_effect_small_sample_factor(double *out, double m, rmt_j correction, rmt_error *err)
{
    if (!isfinite(m)) return rmt_degenerate(err, "not_finite");
    if (m < 2.0) return rmt_degenerate(err, "df<2");
    if (correction == RMT_J_APPROXIMATE) *out = 1.0 - 3.0 / (4.0 * m - 1.0);
    else if (m < 100.0) *out = tgamma(m / 2.0) / (sqrt(m / 2.0) * tgamma((m - 1.0) / 2.0));
    else /* tgamma would overflow soon, and differences of lgamma lose digits with m */
        *out = gamma_half_ratio((m - 1.0) / 2.0) * sqrt((m - 1.0) / m);
    return RMT_OK;
}

/* d times J with test and interval; var_by_d: the variance takes d where it would take g. */
static rmt_status standardised(rmt_estimate *out, const rmt_arm *treat, const rmt_arm *control,
                               double j, bool var_by_d, rmt_g_ci ci, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    double nt = (double)treat->n, nc = (double)control->n;
    double d = (treat->mean - control->mean) / pooled_sd(treat, control);
    double h = sqrt(1.0 / nt + 1.0 / nc);
    rmt_estimate e = {.estimate = j * d};
    double v = var_by_d ? d : e.estimate;
    e.se = hypot(h, v / sqrt(2.0 * (nt + nc)));
    if (!isfinite(d) || !isfinite(e.se)) return rmt_degenerate(err, "overflow");
    double critical = 0.0;
    if ((st = rmt_normal_critical(&critical, level, err))) return st; /* checks level for both */
    if (ci == RMT_CI_LARGE_SAMPLE) {
        e.df = (double)NAN;
        e.statistic = e.estimate / e.se;
        if ((st = rmt_normal_two_sided_p(&e.p, e.statistic, err))) return st;
        e.ci_low = e.estimate - critical * e.se;
        e.ci_high = e.estimate + critical * e.se;
    } else {
        double low = 0.0, high = 0.0;
        e.df = nt + nc - 2.0;
        e.statistic = d / h;
        if ((st = rmt_t_two_sided_p(&e.p, e.statistic, e.df, err))) return st;
        if ((st = rmt_noncentral_t_interval(&low, &high, e.statistic, e.df, level, err))) return st;
        e.ci_low = j * h * low;
        e.ci_high = j * h * high;
    }
    return rmt_estimate_deliver(out, &e, err);
}

rmt_status rmt_effect_cohen_d(rmt_estimate *out, const rmt_arm *treat, const rmt_arm *control,
                              rmt_g_ci ci, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    return standardised(out, treat, control, 1.0, true, ci, level, err);
}

rmt_status rmt_effect_hedges_g(rmt_estimate *out, const rmt_arm *treat, const rmt_arm *control,
                               const rmt_hedges_options *options, rmt_error *err)
{
    rmt_status st = RMT_OK;
    double j = 0.0, m = (double)treat->n + (double)control->n - 2.0;
    if ((st = check_arms(treat, control, err))) return st;
    if ((st = rmt_effect_small_sample_factor(&j, m, options->correction, err))) return st;
    return standardised(out, treat, control, j, options->variance == RMT_VAR_D_LS, options->ci,
                        options->level, err);
}
