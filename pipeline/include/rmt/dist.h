/* dist.h - the probability distributions behind every interval and p value.
 * Layer: stats. Pure: no I/O, no allocation; thread-safe. The only door to Rmath's distributions.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md.
 *
 * Common to all: `out` is untouched on failure; arguments are checked before the library sees them
 * and results are checked to be finite after. Errors: RMT_ERR_DEGENERATE with one of "not_finite"
 * (a NaN or, where not allowed, an infinity), "df<=0", "df<1" (noncentral t), "shape<=0",
 * "p_outside_0_1", "level_outside_0_1". */
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
 * Source: [Cody1969] as in Rmath pnorm. Accuracy: 1e-14 relative, the small tail included. */
RMT_MUST_CHECK rmt_status rmt_normal_cdf(double *out, double x, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_normal_upper(double *out, double x, rmt_error *err);

/* Standard normal quantile: x with P(Z <= x) = p, 0 < p < 1.
 * Source: [Wichura1988] AS 241 as in Rmath qnorm. Accuracy: 1e-14 relative (absolute at p = 1/2).
 */
RMT_MUST_CHECK rmt_status rmt_normal_quantile(double *out, double p, rmt_error *err);

/* Student's t with df > 0 (need not be whole): P(T <= t) and P(T > t). t may be infinite.
 * Source: [DiDonato1992] TOMS 708 as in Rmath pt. Accuracy: 1e-12 relative, the small tail
 * included. */
RMT_MUST_CHECK rmt_status rmt_t_cdf(double *out, double t, double df, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_upper(double *out, double t, double df, rmt_error *err);

/* Student's t quantile: t with P(T <= t) = p, 0 < p < 1, df > 0.
 * Source: [Hill1970] with Taylor steps, as in Rmath qt. Accuracy: 1e-11 relative for df >= 1. */
RMT_MUST_CHECK rmt_status rmt_t_quantile(double *out, double p, double df, rmt_error *err);

/* Two-sided p values: P(|Z| >= |z|) and P(|T| >= |t|), from the upper tail, never as 1 - cdf. */
RMT_MUST_CHECK rmt_status rmt_normal_two_sided_p(double *out, double z, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_two_sided_p(double *out, double t, double df, rmt_error *err);

/* Half-widths of two-sided intervals: the quantile at 1 - (1 - level)/2, taken from the lower tail
 * so that levels near 1 keep their digits. 0 < level < 1. */
RMT_MUST_CHECK rmt_status rmt_normal_critical(double *out, double level, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_t_critical(double *out, double level, double df, rmt_error *err);

/* Noncentral t, T = (Z + ncp) / sqrt(chi2_df / df), df >= 1: P(T <= t) and P(T > t).
 *   P(T <= t) = Int Phi(t s - ncp) f(s) ds,  f the density of s = sqrt(chi2_df / df); where |t| is
 *   large against sqrt(2 df) the same probability as Int phi(z) P(s >= (z + ncp)/t) dz.
 * By Gauss-Legendre quadrature, not by Rmath's pnt [Lenth1989]: pnt prints on stdout when the
 * result nears 1 and changes to a rough approximation for |ncp| > 37.62 or df > 4e5. Source:
 * [Johnson1995] ch. 31, the definition. Accuracy: 1e-12 absolute, whatever ncp, for whole df; 1e-9
 * for df with a fraction below 5. */
RMT_MUST_CHECK rmt_status rmt_noncentral_t_cdf(double *out, double t, double df, double ncp,
                                               rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_noncentral_t_upper(double *out, double t, double df, double ncp,
                                                 rmt_error *err);

/* The pivot for noncentrality: ncp with P(T > t; df, ncp) = upper, 0 < upper < 1. Increasing in
 * upper. The equal-tailed interval of level 1 - a for the ncp behind an observed t runs from upper
 * = a/2 to upper = 1 - a/2. Source:   [Steiger1997] ("noncentrality interval estimation"). Errors:
 * also RMT_ERR_NOCONV "not_converged". Accuracy: 1e-10 relative or 1e-10 absolute, whichever is
 * larger (a bracketed root). */
RMT_MUST_CHECK rmt_status rmt_noncentral_t_ncp(double *out, double t, double df, double upper,
                                               rmt_error *err);

/* Beta quantiles: x with P(X <= x) = p, and x with P(X > x) = p, 0 <= p <= 1, shapes a, b > 0.
 * Source:   Rmath qbeta (AS 109, reworked in R 3.3).
 * Accuracy: 1e-10 relative for a, b in [0.5, 1e9] (checked by pbeta after). */
RMT_MUST_CHECK rmt_status rmt_beta_quantile(double *out, double p, double a, double b,
                                            rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_beta_quantile_upper(double *out, double p, double a, double b,
                                                  rmt_error *err);
#endif
