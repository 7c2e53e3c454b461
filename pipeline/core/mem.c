/* mem.c - see rmt/mem.h. Only the two primitives live here: everything else calls them from another
 * file, so that a test can put itself between with the linker's --wrap. */
#include "rmt/mem.h"

#include "mem_limit.h"

#include <malloc.h> /* malloc_usable_size: glibc, musl */
#include <stdlib.h>

/* n * size into *bytes (at least 1), or an error. */
static rmt_status request(size_t *bytes, size_t n, size_t size, rmt_error *err)
{
    if (size > 0 && n > RMT_MEM_CAP / size)
        return rmt_fail(err, RMT_ERR_NOMEM,
                        "%zu elements of %zu bytes are more memory than one request may ask for "
                        "(64 GiB)",
                        n, size);
    *bytes = n * size > 0 ? n * size : 1;
    return RMT_OK;
}

static rmt_status out_of_memory(size_t bytes, rmt_error *err)
{
    return rmt_fail(err, RMT_ERR_NOMEM, "out of memory (%zu bytes wanted)", bytes);
}

/* What a block holds, as far as anybody counts. */
static size_t size_of(void *p)
{
    return p && rmt_mem_is_limited() ? malloc_usable_size(p) : 0;
}

void *rmt_mem_array(size_t n, size_t size, rmt_error *err)
{
    size_t bytes = 0;
    if (request(&bytes, n, size, err) || rmt_mem_admit(0, bytes, err)) return NULL;
    void *p = calloc(bytes, 1);
    if (!p) out_of_memory(bytes, err);
    else if (rmt_mem_is_limited()) rmt_mem_count(0, size_of(p));
    return p;
}

void *rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err)
{
    size_t bytes = 0, before = size_of(old);
    if (request(&bytes, n, size, err) || rmt_mem_admit(before, bytes, err)) return NULL;
    void *p = realloc(old, bytes);
    if (!p) out_of_memory(bytes, err);
    else if (rmt_mem_is_limited()) rmt_mem_count(before, size_of(p));
    return p;
}

void rmt_mem_free(void *p)
{
    if (p && rmt_mem_is_limited()) rmt_mem_count(size_of(p), 0);
    free(p);
}
