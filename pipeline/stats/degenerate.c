#include "degenerate.h"

#include <math.h>

rmt_status rmt_degenerate(rmt_error *err, const char *reason)
{
    return rmt_fail(err, RMT_ERR_DEGENERATE, "%s", reason);
}

rmt_status rmt_check_finite(const double *values, size_t n, rmt_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i])) return rmt_degenerate(err, "not_finite");
    return RMT_OK;
}
