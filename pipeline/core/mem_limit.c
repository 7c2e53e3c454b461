/* mem_limit.c - see rmt_mem_limit in rmt/mem.h. The heap belongs to the process, and so does its limit. */
#include "mem_limit.h"

#include "rmt/mem.h"

#include <stdatomic.h>
#include <stdio.h>

static size_t limit; /* 0 = none */
static char shown[32];
static atomic_size_t held; /* by blocks made since the limit was set */

void rmt_mem_limit(size_t bytes, const char *text)
{
    limit = bytes;
    snprintf(shown, sizeof shown, "%s", text);
    atomic_store(&held, 0);
}

bool rmt_mem_is_limited(void)
{
    return limit > 0;
}

rmt_status rmt_mem_admit(size_t gone, size_t wanted, rmt_error *err)
{
    const size_t now = atomic_load(&held), others = now > gone ? now - gone : 0;
    if (limit == 0 || (others <= limit && wanted <= limit - others)) return RMT_OK;
    return rmt_fail(err, RMT_ERR_NOMEM,
                    "out of memory: %zu bytes wanted, %zu held, and '--max-memory=%s' allows %zu",
                    wanted, others, shown, limit);
}

void rmt_mem_count(size_t gone, size_t wanted)
{
    size_t before = atomic_load(&held), after;
    do
        after = (before > gone ? before - gone : 0) + wanted;
    while (!atomic_compare_exchange_weak(&held, &before, after));
}
