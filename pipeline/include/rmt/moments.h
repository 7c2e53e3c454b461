/* moments.h - means and standard deviations of samples.
 * Layer: stats. Pure: no I/O, no allocation, no global state; thread-safe.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md. */
#ifndef RMT_MOMENTS_H
#define RMT_MOMENTS_H
#include "rmt/status.h"

/* A trial arm as its summary: of participants by rmt_moments_of, or as published. */
typedef struct {
    double mean; /* instrument points                          */
    double sd;   /* instrument points, n-1 denominator, >= 0   */
    long n;      /* participants analysed, >= 2                */
} rmt_arm;

/* The arithmetic mean, sum(x)/n, corrected by the mean of the residuals.
 * Source:   [Chan1983].
 * Shapes:   values[0..n), n >= 1. Units: of the values. out is untouched on failure.
 * Errors:   RMT_ERR_DEGENERATE "n<1", "not_finite" (a value is NaN or infinite), "overflow".
 * Accuracy: 4 epsilon relative to max |x|. */
RMT_MUST_CHECK rmt_status rmt_mean_of(double *out, const double *values, size_t n, rmt_error *err);

/* Mean, standard deviation (n-1) and n of one arm, two passes with Chan's correction:
 *   sd = sqrt((sum (x-m)^2 - (sum (x-m))^2 / n) / (n-1))
 * Source:   [Chan1983], the corrected two-pass algorithm.
 * Shapes:   values[0..n), n >= 2. A constant sample has sd exactly 0. Units: of the values.
 * Errors:   RMT_ERR_DEGENERATE "n<2", "not_finite", "overflow". out untouched on failure.
 * Accuracy: FUNC against the values as stored; NIST NumAcc1-4 in tests/reference. */
RMT_MUST_CHECK rmt_status rmt_moments_of(rmt_arm *out, const double *values, size_t n,
                                         rmt_error *err);
#endif
