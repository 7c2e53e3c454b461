/* tst_memory.h - the heap's primitives, of which one call fails: the linker then leaves those of core/mem.c aside.
 * One test of a program includes it. */
#ifndef TST_MEMORY_H
#define TST_MEMORY_H
#include "rmt/mem.h"

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
#endif
