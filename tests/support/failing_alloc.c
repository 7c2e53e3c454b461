/* failing_alloc.c - linked with --wrap=rmt_mem_array,--wrap=rmt_mem_resize: one allocation fails.
 * RMT_TEST_FAIL_ALLOC=N     the Nth call fails, with the message of a real failure.
 * RMT_TEST_FAIL_TRACE=FILE  every call appends "N STACK CALLER" to FILE: digests of the 8 and of the 3 innermost
 *                           callers, the same in every run, so that a script can fail each kind of call once. */
#include "rmt/mem.h"

#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_rmt_mem_array(size_t n, size_t size, rmt_error *err);
void *__real_rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err);
void *__wrap_rmt_mem_array(size_t n, size_t size, rmt_error *err);
void *__wrap_rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err);

extern char __executable_start; /* from the linker */

enum { OWN = 2, CALLER = 3, STACK = 8 };

/* FNV-1a over addresses of the call stack, relative to the program. */
static uint64_t digest(void *const *frames, int n)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < n; i++) {
        hash ^= (uint64_t)((uintptr_t)frames[i] - (uintptr_t)&__executable_start);
        hash *= 1099511628211u;
    }
    return hash;
}

static bool fails(size_t n, size_t size, rmt_error *err)
{
    static unsigned long calls, wanted;
    static FILE *trace;
    if (calls++ == 0) {
        const char *which = getenv("RMT_TEST_FAIL_ALLOC"), *file = getenv("RMT_TEST_FAIL_TRACE");
        wanted = which ? strtoul(which, NULL, 10) : 0;
        trace = file ? fopen(file, "w") : NULL;
    }
    if (trace) {
        void *frames[STACK + OWN];
        const int depth = backtrace(frames, STACK + OWN) - OWN;
        fprintf(trace, "%lu %016llx %016llx\n", calls,
                (unsigned long long)digest(frames + OWN, depth),
                (unsigned long long)digest(frames + OWN, depth < CALLER ? depth : CALLER));
        fflush(trace);
    }
    if (calls != wanted) return false;
    (void)!rmt_fail(err, RMT_ERR_NOMEM, "out of memory (%zu bytes wanted)", n * size);
    return true;
}

void *__wrap_rmt_mem_array(size_t n, size_t size, rmt_error *err)
{
    return fails(n, size, err) ? NULL : __real_rmt_mem_array(n, size, err);
}

void *__wrap_rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err)
{
    return fails(n, size, err) ? NULL : __real_rmt_mem_resize(old, n, size, err);
}
