#include "estimate.h"

#include <math.h>

#include "rmt/dist.h"

rmt_status rmt_estimate_deliver(rmt_estimate *out, const rmt_estimate *e, rmt_error *err)
{
    if (!isfinite(e->estimate) || !isfinite(e->se) || !isfinite(e->statistic) || !isfinite(e->p) ||
        !isfinite(e->ci_low) || !isfinite(e->ci_high) || isinf(e->df))
        return rmt_degenerate(err, "overflow");
    *out = *e;
    return RMT_OK;
}

rmt_status rmt_estimate_by_t(rmt_estimate *out, double estimate, double se, double df,
                             double critical, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_estimate e = {.estimate = estimate, .se = se, .df = df};
    if (!(se > 0.0) || !isfinite(estimate) || !isfinite(se)) return rmt_degenerate(err, "overflow");
    e.statistic = estimate / se;
    if ((st = rmt_t_two_sided_p(&e.p, e.statistic, df, err))) return st;
    e.ci_low = estimate - critical * se;
    e.ci_high = estimate + critical * se;
    return rmt_estimate_deliver(out, &e, err);
}
