/* regress.h - ordinary least squares, and the analysis of covariance of a two-arm trial.
 * Layer: stats. No I/O, no global state; thread-safe. Memory O(rows * columns), freed before return.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md. Needs rmt_stats_init() once before.
 *
 * Ownership: the caller owns all arrays; what is written is untouched on failure.
 * Errors:    RMT_ERR_NOMEM; RMT_ERR_DEGENERATE "no_columns", "df<1" (rows <= columns), "not_finite",
 *            "level_outside_0_1", "overflow",
 *            "rank_deficient_column_J" (J from 0: the first column that is a linear combination of
 *            those before it),
 *            "zero_residual" (the fit is perfect, there is no error to test against). */
#ifndef RMT_REGRESS_H
#define RMT_REGRESS_H
#include "rmt/effect.h"
#include "rmt/status.h"

/* A column is dependent when less than this share of its length is left after projection on the
 * columns before it. R's lm uses 1e-7; Longley's worst column keeps 1e-5. */
#define RMT_OLS_RANK_TOLERANCE 1e-9

typedef struct {
    double df;    /* rows - columns                                      */
    double sigma; /* residual standard deviation, df denominator         */
    double rss;   /* residual sum of squares                             */
} rmt_ols_fit;

/* Least squares y = X b by Householder QR of the column-scaled X.
 *   se_j = sigma sqrt(((X'X)^-1)_jj), t = b_j/se_j with df = rows - columns, ci = b_j -/+ t_df se_j
 * Source:   [Golub2013] ch. 5; certified values [NIST-StRD].
 * Shapes:   x row-major, x[i*n_columns + j]; an intercept is a column of ones given by the caller.
 *           y[0..n_rows); coefficients[0..n_columns); fit may be NULL.
 * Units:    coefficient j in units of y per unit of column j; sigma in units of y, rss their square.
 * Accuracy: about condition number x epsilon; Longley to 1e-10. */
RMT_MUST_CHECK rmt_status rmt_ols(rmt_estimate *coefficients, rmt_ols_fit *fit, const double *x,
                                  const double *y, size_t n_rows, size_t n_columns, double level,
                                  rmt_error *err);

/* Analysis of covariance: the difference between the adjusted means of two arms.
 *   outcome ~ 1 + treatment + covariates; the estimate is the coefficient of treatment: treatment
 *   minus control at any common value of the covariates. Without covariates it is the pooled mean
 *   difference.
 * Outcome and covariates are centred first, which leaves the estimate alone and keeps its digits.
 * Source:   [Senn2006]; as R lm and emmeans pairs.
 * Shapes:   outcome[0..n); in_treatment[0..n), true = treatment arm; covariates row-major
 *           n x n_covariates, NULL when n_covariates = 0. Dummies for factors are the caller's.
 * Units:    of the outcome.
 * Errors:   as above, but "one_arm" when an arm is empty and "rank_deficient_covariate_J" (J from 0).
 * Accuracy: FUNC for usual data. */
RMT_MUST_CHECK rmt_status rmt_ancova(rmt_estimate *out, const double *outcome,
                                     const bool *in_treatment, const double *covariates, size_t n,
                                     size_t n_covariates, double level, rmt_error *err);
#endif
