#include "rmt/dist.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#ifndef MATHLIB_STANDALONE
#define MATHLIB_STANDALONE
#endif
#include <Rmath.h>

#include "degenerate.h"

enum { LOWER = 1, UPPER = 0, PLAIN = 0 }; /* Rmath's lower_tail and log_p */

void rmt_stats_versions(char *buf, size_t size)
{
    snprintf(buf, size, "GSL %s, Rmath %s", gsl_version, R_VERSION_STRING);
}

void rmt_stats_init(void)
{
    (void)gsl_set_error_handler_off();
}

static rmt_status deliver(double *out, double value, rmt_error *err)
{
    if (!isfinite(value)) return rmt_degenerate(err, "not_finite");
    *out = value;
    return RMT_OK;
}

static rmt_status check_df(double df, rmt_error *err)
{
    if (!isfinite(df)) return rmt_degenerate(err, "not_finite");
    return df > 0.0 ? RMT_OK : rmt_degenerate(err, "df<=0");
}

static rmt_status check_open_probability(double p, rmt_error *err)
{
    return p > 0.0 && p < 1.0 ? RMT_OK : rmt_degenerate(err, "p_outside_0_1");
}

rmt_status rmt_normal_cdf(double *out, double x, rmt_error *err)
{
    if (isnan(x)) return rmt_degenerate(err, "not_finite");
    return deliver(out, pnorm(x, 0.0, 1.0, LOWER, PLAIN), err);
}

rmt_status rmt_normal_upper(double *out, double x, rmt_error *err)
{
    if (isnan(x)) return rmt_degenerate(err, "not_finite");
    return deliver(out, pnorm(x, 0.0, 1.0, UPPER, PLAIN), err);
}

rmt_status rmt_normal_quantile(double *out, double p, rmt_error *err)
{
    rmt_status st = check_open_probability(p, err);
    return st ? st : deliver(out, qnorm(p, 0.0, 1.0, LOWER, PLAIN), err);
}

static rmt_status student(double *out, double t, double df, int lower, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (isnan(t)) return rmt_degenerate(err, "not_finite");
    if ((st = check_df(df, err))) return st;
    return deliver(out, pt(t, df, lower, PLAIN), err);
}

rmt_status rmt_t_cdf(double *out, double t, double df, rmt_error *err)
{
    return student(out, t, df, LOWER, err);
}

rmt_status rmt_t_upper(double *out, double t, double df, rmt_error *err)
{
    return student(out, t, df, UPPER, err);
}

rmt_status rmt_t_quantile(double *out, double p, double df, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_open_probability(p, err))) return st;
    if ((st = check_df(df, err))) return st;
    return deliver(out, qt(p, df, LOWER, PLAIN), err);
}

rmt_status rmt_normal_two_sided_p(double *out, double z, rmt_error *err)
{
    if (isnan(z)) return rmt_degenerate(err, "not_finite");
    return deliver(out, fmin(1.0, 2.0 * pnorm(fabs(z), 0.0, 1.0, UPPER, PLAIN)), err);
}

rmt_status rmt_t_two_sided_p(double *out, double t, double df, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (isnan(t)) return rmt_degenerate(err, "not_finite");
    if ((st = check_df(df, err))) return st;
    return deliver(out, fmin(1.0, 2.0 * pt(fabs(t), df, UPPER, PLAIN)), err);
}

rmt_status rmt_normal_critical(double *out, double level, rmt_error *err)
{
    if (!(level > 0.0 && level < 1.0)) return rmt_degenerate(err, "level_outside_0_1");
    return deliver(out, qnorm((1.0 - level) / 2.0, 0.0, 1.0, UPPER, PLAIN), err);
}

rmt_status rmt_t_critical(double *out, double level, double df, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (!(level > 0.0 && level < 1.0)) return rmt_degenerate(err, "level_outside_0_1");
    if ((st = check_df(df, err))) return st;
    return deliver(out, qt((1.0 - level) / 2.0, df, UPPER, PLAIN), err);
}

/* ---- noncentral t --------------------------------------------------------------------------- */

/* Gauss-Legendre on [-1, 1], 16 points: the positive nodes and their weights. [Abramowitz1964] 25.4
 */
static const double NODES[8][2] = {
    {0.989400934991649933, 0.0271524594117540949}, {0.944575023073232576, 0.0622535239386478929},
    {0.865631202387831744, 0.0951585116824927848}, {0.755404408355003034, 0.124628971255533872},
    {0.617876244402643748, 0.149595988816576732},  {0.458016777657227386, 0.169156519395002538},
    {0.281603550779258913, 0.182603415044923589},  {0.0950125098376374402, 0.189450610455068496},
};

enum { PANELS = 12 }; /* each shorter than three standard deviations of the integrand */
static const double TAIL_SDS = 10.0; /* phi beyond weighs 1e-23 */

typedef struct {
    double t, df, ncp;
    int lower;
} noncentral;

/* The density of u = log s, s = sqrt(chi2_df/df), up to a factor: 1 at its peak u = 0. Free of
 * cancellation for large df. */
static double chi_weight(double u, double s, double df)
{
    double x = expm1(u);
    return exp(df * (fabs(x) < 0.5 ? log1pmx(x) - x * x / 2.0 : u - (s * s - 1.0) / 2.0));
}

/* The points s and their weights, which sum to 1. */
enum { CHI_POINTS = 1024 }; /* 764 at df = 1, 80 at df = 14, 58 for large df */
typedef struct {
    int n;
    double s[CHI_POINTS], w[CHI_POINTS];
} chi_rule;

/* For the average over s of a function that is no steeper than Phi(t s). The trapezoidal rule in
 * u = log s: the integrand is analytic around the real line and vanishes at both ends, so that the
 * error falls exponentially with 1/step [Trefethen2014]. Gauss-Legendre panels in s need three times
 * the points, and there a small df that is not whole is singular at s = 0. */
static void chi_rule_make(chi_rule *r, double t, double df)
{
    const double negligible = 1e-22; /* against the peak */
    /* A share of the narrowest width in the integrand; the cap holds the strip in which it is
     * analytic. Absolute error below 4e-16 for |t| <= sqrt(2 df). */
    const double step = fmin(0.07, 0.5 / sqrt(2.0 * df + t * t));
    double total = 0.0;
    r->n = 0;
    for (int side = -1; side <= 1; side += 2)
        for (int k = side < 0; r->n < CHI_POINTS; k++) {
            double u = side * k * step, s = exp(u), w = chi_weight(u, s, df);
            if (w < negligible) break;
            r->s[r->n] = s;
            r->w[r->n++] = w;
            total += w;
        }
    for (int i = 0; i < r->n; i++)
        r->w[i] /= total;
}

/* Averages Phi(t s - ncp) over s. */
static double over_chi(const noncentral *q)
{
    chi_rule r;
    double sum = 0.0;
    chi_rule_make(&r, q->t, q->df);
    for (int i = 0; i < r.n; i++)
        sum += r.w[i] * pnorm(q->t * r.s[i] - q->ncp, 0.0, 1.0, q->lower, PLAIN);
    return sum;
}

/* For t > 0: integrates P(s >= (z + ncp)/t), or its complement, over the normal z. Below z = -ncp
 * T is negative. */
static double over_normal(const noncentral *q)
{
    double from = fmax(-q->ncp, -TAIL_SDS), to = fmax(from, 0.0) + TAIL_SDS;
    double width = (to - from) / PANELS, sum = 0.0;
    for (int panel = 0; panel < PANELS; panel++) {
        double middle = from + (panel + 0.5) * width;
        for (int i = 0; i < 16; i++) {
            const double *node = NODES[i / 2];
            double z = middle + (i % 2 ? node[0] : -node[0]) * width / 2.0;
            double s = (z + q->ncp) / q->t;
            /* T <= t is s >= (z + ncp)/t: the lower tail of T is the upper one of s */
            double inner = pgamma(q->df * s * s / 2.0, q->df / 2.0, 1.0, !q->lower, PLAIN);
            sum += node[1] * width / 2.0 * dnorm(z, 0.0, 1.0, PLAIN) * inner;
        }
    }
    if (q->lower) sum += pnorm(-q->ncp, 0.0, 1.0, LOWER, PLAIN);
    return sum;
}

static double noncentral_t(double t, double df, double ncp, int lower)
{
    /* Each form where its integrand is no steeper than its weight. */
    noncentral q = {.t = t, .df = df, .ncp = ncp, .lower = lower};
    if (fabs(t) <= sqrt(2.0 * df)) return fmin(1.0, over_chi(&q));
    if (t < 0.0) q = (noncentral){.t = -t, .df = df, .ncp = -ncp, .lower = !lower};
    return fmin(1.0, over_normal(&q));
}

static rmt_status check_noncentral(double t, double df, rmt_error *err)
{
    if (!isfinite(t) || !isfinite(df)) return rmt_degenerate(err, "not_finite");
    return df >= 1.0 ? RMT_OK : rmt_degenerate(err, "df<1");
}

rmt_status rmt_noncentral_t_cdf(double *out, double t, double df, double ncp, rmt_error *err)
{
    rmt_status st = check_noncentral(t, df, err);
    if (st) return st;
    if (!isfinite(ncp)) return rmt_degenerate(err, "not_finite");
    return deliver(out, noncentral_t(t, df, ncp, LOWER), err);
}

rmt_status rmt_noncentral_t_upper(double *out, double t, double df, double ncp, rmt_error *err)
{
    rmt_status st = check_noncentral(t, df, err);
    if (st) return st;
    if (!isfinite(ncp)) return rmt_degenerate(err, "not_finite");
    return deliver(out, noncentral_t(t, df, ncp, UPPER), err);
}

/* How far the tail at ncp is from the one looked for, increasing in ncp; the smaller tail is
 * compared. */
static double pivot(double t, double df, double ncp, double upper)
{
    if (upper < 0.5) return noncentral_t(t, df, ncp, UPPER) - upper;
    return (1.0 - upper) - noncentral_t(t, df, ncp, LOWER);
}

/* Newton's method on the normal scale, where the tail is nearly a line in ncp. r: the points of t and
 * df. False when it does not settle. */
static bool ncp_by_newton(double *out, const chi_rule *r, double t, double df, double upper)
{
    enum { MAX_NEWTON = 12 };
    const double settled = 1e-9; /* a step this short leaves an error of its square */
    bool is_upper = upper < 0.5;
    double target = qnorm(upper, 0.0, 1.0, LOWER, PLAIN);
    double ncp = t * (1.0 - 0.25 / df) + target * sqrt(1.0 + t * t / (2.0 * df));

    for (int k = 0; k < MAX_NEWTON; k++) {
        double tail = 0.0, slope = 0.0; /* the smaller tail, and d upper / d ncp */
        for (int i = 0; i < r->n; i++) {
            double x = (t * r->s[i] - ncp) * M_SQRT1_2;
            tail += r->w[i] * erfc(is_upper ? x : -x);
            slope += r->w[i] * exp(-x * x);
        }
        double z = qnorm(tail / 2.0, 0.0, 1.0, is_upper ? LOWER : UPPER, PLAIN);
        double step = (target - z) * exp(-z * z / 2.0) / slope;
        if (!isfinite(step)) return false;
        ncp += step;
        if (fabs(step) <= settled * fmax(1.0, fabs(ncp))) {
            *out = ncp;
            return true;
        }
    }
    return false;
}

static rmt_status ncp_by_bracket(double *out, double t, double df, double upper, rmt_error *err)
{
    enum { MAX_DOUBLINGS = 60, MAX_STEPS = 200 };
    const double tolerance = 1e-14; /* of the width, relative to the scale of ncp */

    /* Bracket: ncp lies around t, with the spread of t itself. */
    double step = 1.0 + fabs(t) / sqrt(2.0 * df), low = t, high = t;
    double f_low = pivot(t, df, t, upper), f_high = f_low;
    for (int i = 0; f_low > 0.0 && i < MAX_DOUBLINGS; i++, step *= 2.0) {
        high = low;
        f_high = f_low;
        low -= step;
        f_low = pivot(t, df, low, upper);
    }
    for (int i = 0; f_high < 0.0 && i < MAX_DOUBLINGS; i++, step *= 2.0) {
        low = high;
        f_low = f_high;
        high += step;
        f_high = pivot(t, df, high, upper);
    }
    if (!(f_low <= 0.0 && f_high >= 0.0)) return rmt_fail(err, RMT_ERR_NOCONV, "not_converged");

    /* Regula falsi in the Illinois form, with a bisection every third step against slow ends. */
    double scale = fmax(1.0, fmax(fabs(low), fabs(high)));
    int side = 0;
    for (int i = 0; i < MAX_STEPS && high - low > tolerance * scale; i++) {
        double x = low + (high - low) / 2.0;
        if (i % 3 != 2 && f_high > f_low) {
            double guess = low + (high - low) * (-f_low / (f_high - f_low));
            if (guess > low && guess < high) x = guess;
        }
        double f = pivot(t, df, x, upper);
        if (f < 0.0) {
            low = x;
            f_low = f;
            if (side == -1) f_high /= 2.0;
            side = -1;
        } else if (f > 0.0) {
            high = x;
            f_high = f;
            if (side == 1) f_low /= 2.0;
            side = 1;
        } else {
            low = high = x;
        }
    }
    if (high - low > 1e-11 * scale) return rmt_fail(err, RMT_ERR_NOCONV, "not_converged");
    return deliver(out, low + (high - low) / 2.0, err);
}

/* One limit after the other; the points of the average over s serve for all. */
static rmt_status ncps(double *out, const double *uppers, int n, double t, double df,
                       rmt_error *err)
{
    rmt_status st = check_noncentral(t, df, err);
    const bool by_rule = !st && fabs(t) <= sqrt(2.0 * df);
    chi_rule r;
    if (by_rule) chi_rule_make(&r, t, df);
    for (int i = 0; i < n && !st; i++) {
        if ((st = check_open_probability(uppers[i], err))) break;
        if (!by_rule || !ncp_by_newton(&out[i], &r, t, df, uppers[i]))
            st = ncp_by_bracket(&out[i], t, df, uppers[i], err);
    }
    return st;
}

rmt_status rmt_noncentral_t_ncp(double *out, double t, double df, double upper, rmt_error *err)
{
    double ncp = 0.0;
    rmt_status st = ncps(&ncp, &upper, 1, t, df, err);
    if (!st) *out = ncp;
    return st;
}

rmt_status rmt_noncentral_t_interval(double *low, double *high, double t, double df, double level,
                                     rmt_error *err)
{
    if (!(level > 0.0 && level < 1.0)) return rmt_degenerate(err, "level_outside_0_1");
    const double tail = (1.0 - level) / 2.0, uppers[2] = {tail, 1.0 - tail};
    double both[2] = {0.0, 0.0};
    rmt_status st = ncps(both, uppers, 2, t, df, err);
    if (st) return st;
    *low = both[0];
    *high = both[1];
    return RMT_OK;
}

/* ---- beta ----------------------------------------------------------------------------------- */

static rmt_status beta_quantile(double *out, double p, double a, double b, int lower,
                                rmt_error *err)
{
    if (!isfinite(p) || !isfinite(a) || !isfinite(b)) return rmt_degenerate(err, "not_finite");
    if (!(a > 0.0 && b > 0.0)) return rmt_degenerate(err, "shape<=0");
    if (!(p >= 0.0 && p <= 1.0)) return rmt_degenerate(err, "p_outside_0_1");
    return deliver(out, qbeta(p, a, b, lower, PLAIN), err);
}

rmt_status rmt_beta_quantile(double *out, double p, double a, double b, rmt_error *err)
{
    return beta_quantile(out, p, a, b, LOWER, err);
}

rmt_status rmt_beta_quantile_upper(double *out, double p, double a, double b, rmt_error *err)
{
    return beta_quantile(out, p, a, b, UPPER, err);
}
