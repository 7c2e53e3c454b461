#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tst_is_close(double got, double want, double rtol, double atol)
{
    if (isnan(got) || isnan(want)) return isnan(got) && isnan(want);
    if (isinf(got) || isinf(want))
        return isinf(got) && isinf(want) && signbit(got) == signbit(want);
    return fabs(got - want) <= atol + rtol * fabs(want);
}

void tst_close_at(double got, double want, double rtol, double atol, const char *id,
                  const char *file, int line)
{
    if (tst_is_close(got, want, rtol, atol)) return;
    print_error("%s: got %.17g, want %.17g, difference %.3g, allowed %.3g\n", id, got, want,
                got - want, atol + rtol * fabs(want));
    _fail(file, line);
}

void tst_ok_at(rmt_status st, const rmt_error *err, const char *file, int line)
{
    if (st == RMT_OK) return;
    print_error("status %d: %s:%zu: %s: %s\n", (int)st, err ? err->source : "", err ? err->line : 0,
                err ? err->column : "", err ? err->msg : "");
    _fail(file, line);
}

void tst_fails_at(rmt_status st, rmt_status code, rmt_error *err, const char *part,
                  const char *file, int line)
{
    if (st != code || err->code != code || strstr(err->msg, part) == NULL || err->msg[0] == '\0') {
        print_error("got status %d (err %d) '%s', want %d '...%s...'\n", (int)st, (int)err->code,
                    err->msg, (int)code, part);
        _fail(file, line);
    }
    rmt_error_clear(err);
}

uint64_t tst_rng_next(tst_rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double tst_rng_uniform(tst_rng *r)
{
    return (double)(tst_rng_next(r) >> 11) * 0x1p-53;
}

double tst_rng_normal(tst_rng *r)
{
    double u = 1.0 - tst_rng_uniform(r);
    return sqrt(-2.0 * log(u)) * cos(2.0 * 3.14159265358979323846 * tst_rng_uniform(r));
}

long tst_rng_between(tst_rng *r, long low, long high)
{
    return low + (long)(tst_rng_next(r) % (uint64_t)(high - low + 1));
}

size_t tst_iterations(size_t n)
{
    const char *mult = getenv("RMT_TEST_MULT");
    long m = mult ? strtol(mult, NULL, 10) : 1;
    return n * (size_t)(m > 0 ? m : 1);
}
