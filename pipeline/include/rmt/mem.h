/* mem.h - the only door to the heap.
 * Layer: core. Thread-safe. Every allocation of remit's own goes through here, so that a test can
 * make each one fail once, and so that a size taken from an input is checked before it is used. */
#ifndef RMT_MEM_H
#define RMT_MEM_H
#include "rmt/status.h"

/* No single request may exceed this many bytes (64 GiB): a larger one is a damaged or hostile size. */
#define RMT_MEM_CAP ((size_t)1 << 36)

/* n * size zeroed bytes; never NULL for n = 0. NULL with err filled (RMT_ERR_NOMEM) when the product
 * overflows, exceeds the cap, or memory is out. Ownership: caller, rmt_mem_free. */
RMT_MUST_CHECK void *rmt_mem_array(size_t n, size_t size, rmt_error *err);

/* Resizes a block of rmt_mem_array to n * size bytes; new bytes are NOT zeroed. On failure NULL, and
 * `old` is unchanged and still owned by the caller. old = NULL allocates. */
RMT_MUST_CHECK void *rmt_mem_resize(void *old, size_t n, size_t size, rmt_error *err);

/* A copy of s[0..len), NUL-terminated. NULL with err filled on failure. Ownership: caller. */
RMT_MUST_CHECK char *rmt_mem_text(const char *s, size_t len, rmt_error *err);

/* Doubling growth: makes *block hold at least `need` elements, *cap follows. *block may be NULL with
 * *cap 0. On failure both are unchanged. Usage: rmt_mem_grow(&a->rows, &a->cap, n + 1, sizeof *a->rows, err) */
RMT_MUST_CHECK rmt_status rmt_mem_grow(void *block, size_t *cap, size_t need, size_t size,
                                       rmt_error *err);

/* From now on the blocks of rmt_mem_array and rmt_mem_resize may hold `bytes` together (as the C library rounds them; 0 =
 * no limit), those that are there already not counted. text: as the user wrote it; messages name it as --max-memory.
 * Memory that libraries take for themselves (libyaml for a plan, GSL for a regression, qsort) is not counted. Once in a
 * process, before its threads; a child inherits it. */
void rmt_mem_limit(size_t bytes, const char *text);

/* Once, before anything else of a program: lets the heap of a short-lived process start as one piece of
 * large pages. Changes speed alone; a system that cannot do it is left as it is. Not thread-safe. */
void rmt_mem_start(void);

/* What was freed goes back to the system, for who has just freed much and does not need it again. Changes no result; takes
 * some microseconds for each megabyte. */
void rmt_mem_trim(void);

/* Frees; NULL allowed. */
void rmt_mem_free(void *p);
#endif
