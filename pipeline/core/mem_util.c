/* mem_util.c - the conveniences of rmt/mem.h, apart from the primitives (see mem.c). */
#include "rmt/mem.h"

#include <stdint.h>
#include <string.h>

char *rmt_mem_text(const char *s, size_t len, rmt_error *err)
{
    char *copy = rmt_mem_array(len < SIZE_MAX ? len + 1 : len, 1, err);
    if (copy && len > 0) memcpy(copy, s, len);
    return copy;
}

rmt_status rmt_mem_grow(void *block, size_t *cap, size_t need, size_t size, rmt_error *err)
{
    enum { FIRST = 8 };
    if (need <= *cap) return RMT_OK;

    size_t n = *cap > SIZE_MAX / 2 ? need : *cap * 2;
    if (n < FIRST) n = FIRST;
    /* Doubling must not refuse what the need alone would be granted. */
    size_t most = RMT_MEM_CAP / size;
    if (n > most) n = most;
    if (n < need) n = need;

    /* `block` is the address of a typed pointer; memcpy reads it without breaking aliasing. */
    void *old;
    memcpy(&old, block, sizeof old);
    void *grown = rmt_mem_resize(old, n, size, err);
    if (!grown) return RMT_ERR_NOMEM;
    memcpy(block, &grown, sizeof grown);
    *cap = n;
    return RMT_OK;
}
