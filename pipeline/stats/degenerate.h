/* degenerate.h - data without an answer, told in one way. Private to stats.
 * Layer: stats. Pure: no I/O, no allocation, no global state; thread-safe. */
#ifndef RMT_STATS_DEGENERATE_H
#define RMT_STATS_DEGENERATE_H
#include "rmt/status.h"

#include <stddef.h>

/* RMT_ERR_DEGENERATE with the reason as its message. */
rmt_status rmt_degenerate(rmt_error *err, const char *reason);

/* "not_finite" when one of values[0..n) is NaN or infinite. */
RMT_MUST_CHECK rmt_status rmt_check_finite(const double *values, size_t n, rmt_error *err);
#endif
