/* estimate.h - what the estimators of this room share. Private to stats.
 * Layer: stats. Pure: no I/O, no allocation, no global state; thread-safe.
 * Ownership: the caller owns everything; `out` is untouched on failure. */
#ifndef RMT_STATS_ESTIMATE_H
#define RMT_STATS_ESTIMATE_H
#include "degenerate.h"
#include "rmt/effect.h"

/* The last gate: nothing but finite numbers leaves ("overflow"); df may be NaN, the normal law. */
RMT_MUST_CHECK rmt_status rmt_estimate_deliver(rmt_estimate *out, const rmt_estimate *e,
                                               rmt_error *err);

/* Test and interval of an estimate by Student's t.
 *   t = estimate/se, two-sided p; ci = estimate -/+ critical se
 * Units:    critical is a number of standard errors (rmt_t_critical).
 * Errors:   "overflow" when se is 0 or anything is not finite. */
RMT_MUST_CHECK rmt_status rmt_estimate_by_t(rmt_estimate *out, double estimate, double se,
                                            double df, double critical, rmt_error *err);
#endif
