#include "rmt/moments.h"

#include <math.h>

#include "estimate.h"

/* One correction step: without it a large common offset costs the mean its last digits, and the sum
 * of squares below would carry n times the square of that error. Of equal values it restores the
 * value itself (their differences from the first mean are whole ulps), so that their sd is 0. */
static double corrected_mean(const double *values, size_t n)
{
    double sum = 0.0, rest = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        rest += values[i] - mean;
    return mean + rest / (double)n;
}

rmt_status rmt_mean_of(double *out, const double *values, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (n < 1) return rmt_degenerate(err, "n<1");
    if ((st = rmt_check_finite(values, n, err))) return st;
    double mean = corrected_mean(values, n);
    if (!isfinite(mean)) return rmt_degenerate(err, "overflow");
    *out = mean;
    return RMT_OK;
}

rmt_status rmt_moments_of(rmt_arm *out, const double *values, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (n < 2) return rmt_degenerate(err, "n<2");
    if ((st = rmt_check_finite(values, n, err))) return st;
    double mean = corrected_mean(values, n);
    double squares = 0.0, rest = 0.0;
    for (size_t i = 0; i < n; i++) {
        double d = values[i] - mean;
        squares += d * d;
        rest += d;
    }
    double sd = sqrt((squares - rest * rest / (double)n) / (double)(n - 1));
    if (!isfinite(mean) || !isfinite(sd)) return rmt_degenerate(err, "overflow");
    *out = (rmt_arm){.mean = mean, .sd = sd, .n = (long)n};
    return RMT_OK;
}
