/* tst_memory.h - the heap's primitives, of which one call fails: the linker then leaves those of core/mem.c aside. And the
 * test that lets each call fail once.
 * One test of a program includes it. */
#ifndef TST_MEMORY_H
#define TST_MEMORY_H
#include "rmt/mem.h"
#include "support.h"

#include <stdlib.h>

static size_t n_live, n_until_failure; /* 0 = never */

static bool allocation_fails(rmt_error *err)
{
    if (n_until_failure == 0 || --n_until_failure > 0) return false;
    (void)rmt_fail(err, RMT_ERR_NOMEM, "the allocation fails for the test");
    return true;
}

void *rmt_mem_array(size_t n, size_t size, rmt_error *err)
{
    if (allocation_fails(err)) return NULL;
    n_live++;
    return calloc(n * size > 0 ? n * size : 1, 1);
}

void *rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err)
{
    if (allocation_fails(err)) return NULL;
    n_live += old ? 0 : 1;
    return realloc(old, n * size > 0 ? n * size : 1);
}

void rmt_mem_free(void *p)
{
    n_live -= p ? 1 : 0;
    free(p);
}

/* Calls once(of) with its first, second, ... allocation failing, until none is left to fail: every failure is said, and
 * nothing stays allocated. There are at least `least` of them; at most `recovered` do no harm (libcsv asks again for less when
 * its buffer cannot grow). */
static inline void tst_each_allocation_fails(rmt_status (*once)(void *of, rmt_error *err), void *of,
                                             size_t least, size_t recovered)
{
    const size_t before = n_live;
    size_t n = 0, n_recovered = 0;
    for (bool failed = true; failed; n += failed) {
        rmt_error err = {0};
        n_until_failure = n + 1;
        const rmt_status st = once(of, &err);
        failed = n_until_failure == 0;
        n_until_failure = 0;
        assert_int_equal(n_live, before);
        if (!failed) tst_ok(st, &err);
        else if (st) tst_fails(st, RMT_ERR_NOMEM, &err, "");
        else n_recovered++;
    }
    if (n < least) fail_msg("%zu allocations, at least %zu were expected", n, least);
    if (n_recovered > recovered) fail_msg("%zu failures were not told", n_recovered);
}
#endif
