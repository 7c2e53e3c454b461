/* dist.h - the probability distributions behind every interval and p value.
 * Layer: stats. Pure: no I/O, no allocation; thread-safe. The only door to Rmath's distributions.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md.
 *
 * Shapes:    scalars throughout. Units: all arguments and results are unitless.
 * Ownership: the caller owns everything; `out` is untouched on failure.
 * Errors:    RMT_ERR_DEGENERATE with one of "not_finite" (a NaN or, where not allowed, an infinity),
 *            "df<=0", "df<1" (noncentral t), "shape<=0", "p_outside_0_1", "level_outside_0_1".
 *            Arguments are checked before the library sees them, results to be finite after. */
#ifndef RMT_DIST_H
#define RMT_DIST_H
#include "rmt/status.h"

/* Makes GSL report errors by code instead of aborting. Call once, before any thread starts.
 * The only function of this layer with a global effect. */
void rmt_stats_init(void);
/* "GSL 2.7.1, Rmath 4.2.2": the libraries that numbers depend on (GSL as it runs, Rmath as it was compiled
 * against: it does not tell at run time). */
void rmt_stats_versions(char *buf, size_t size);

/* Standard normal: P(Z <= x) and P(Z > x). x may be infinite.
 * Source:   [Cody1969] as in Rmath pnorm.
 * Accuracy: 1e-14 relative, the small tail included. */
RMT_MUST_CHECK rmt_status rmt_normal_cdf(double *out, double x, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_normal_upper(double *out, double x, rmt_error *err);

/* Standard normal quantile: x with P(Z <= x) = p, 0 < p < 1.
 * Source:   [Wichura1988] AS 241 as in Rmath qnorm.
 * Accuracy: 1e-14 relative (absolute at p = 1/2). */
RMT_MUST_CHECK rmt_status rmt_normal_quantile(double *out, double p, rmt_error *err);

/* Student's t with df > 0 (need not be whole): P(T <= t) and P(T > t). t may be infinite.
 * Source:   [DiDonato1992] TOMS 708 as in Rmath pt.
 * Accuracy: 1e-12 relative, the small tail included. */
RMT_MUST_CHECK rmt_status rmt_t_cdf(double *out, double t, double df, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_upper(double *out, double t, double df, rmt_error *err);

/* Student's t quantile: t with P(T <= t) = p, 0 < p < 1, df > 0.
 * Source:   [Hill1970] with Taylor steps, as in Rmath qt.
 * Accuracy: 1e-11 relative for df >= 1. */
RMT_MUST_CHECK rmt_status rmt_t_quantile(double *out, double p, double df, rmt_error *err);

/* Two-sided p values, from the upper tail, never as 1 - cdf.
 *   P(|Z| >= |z|) and P(|T| >= |t|)
 * Source and accuracy as of the upper tails above. */
RMT_MUST_CHECK rmt_status rmt_normal_two_sided_p(double *out, double z, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_two_sided_p(double *out, double t, double df, rmt_error *err);

/* Half-widths of two-sided intervals, in standard errors.
 *   the quantile at 1 - (1 - level)/2, 0 < level < 1, taken from the lower tail so that levels near
 *   1 keep their digits
 * Source and accuracy as of the quantiles above. */
RMT_MUST_CHECK rmt_status rmt_normal_critical(double *out, double level, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_critical(double *out, double level, double df, rmt_error *err);

/* Noncentral t, T = (Z + ncp) / sqrt(chi2_df / df), df >= 1: P(T <= t) and P(T > t).
 *   P(T <= t) = Int Phi(t s - ncp) f(s) ds,  f the density of s = sqrt(chi2_df / df)
 *   where |t| > sqrt(2 df) the same probability as Int phi(z) P(s >= (z + ncp)/t) dz
 * The first by the trapezoidal rule in log s [Trefethen2014], the second by Gauss-Legendre panels;
 * not by Rmath's pnt [Lenth1989], which prints on stdout when the result nears 1 and changes to a
 * rough approximation for |ncp| > 37.62 or df > 4e5.
 * Source:   [Johnson1995] ch. 31, the definition.
 * Accuracy: 1e-12 absolute, whatever ncp; 1e-9 for |t| > sqrt(2 df) and a df below 5 that is not
 *           whole. */
RMT_MUST_CHECK rmt_status rmt_noncentral_t_cdf(double *out, double t, double df, double ncp,
                                               rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_noncentral_t_upper(double *out, double t, double df, double ncp,
                                                 rmt_error *err);

/* The pivot for noncentrality: ncp with P(T > t; df, ncp) = upper, 0 < upper < 1.
 *   increasing in upper: the equal-tailed interval of level 1 - a for the ncp behind an observed t
 *   runs from upper = a/2 to upper = 1 - a/2
 * Source:   [Steiger1997] ("noncentrality interval estimation").
 * Errors:   also RMT_ERR_NOCONV "not_converged".
 * Accuracy: 1e-10 relative or 1e-10 absolute, whichever is larger (a bracketed root). */
RMT_MUST_CHECK rmt_status rmt_noncentral_t_ncp(double *out, double t, double df, double upper,
                                               rmt_error *err);

/* Its equal-tailed interval: the two limits above at once, for less than the price of both.
 *   low at upper = (1 - level)/2, high at upper = 1 - (1 - level)/2, 0 < level < 1
 * Source, errors and accuracy as of rmt_noncentral_t_ncp; either limit fails, both are untouched. */
RMT_MUST_CHECK rmt_status rmt_noncentral_t_interval(double *low, double *high, double t, double df,
                                                    double level, rmt_error *err);

/* Beta quantiles: x with P(X <= x) = p, and x with P(X > x) = p, 0 <= p <= 1, shapes a, b > 0.
 * Source:   Rmath qbeta (AS 109, reworked in R 3.3).
 * Accuracy: 1e-10 relative for a, b in [0.5, 1e9] (tests/reference against R and mpmath). */
RMT_MUST_CHECK rmt_status rmt_beta_quantile(double *out, double p, double a, double b,
                                            rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_beta_quantile_upper(double *out, double p, double a, double b,
                                                  rmt_error *err);
#endif
