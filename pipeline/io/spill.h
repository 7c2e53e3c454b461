/* spill.h - many byte strings that grow at their ends (private to io). While they are small they are in memory; beyond that
 * they go to one temporary file, which has no name any more and so leaves nothing behind. Not thread-safe. */
#ifndef RMT_SPILL_H
#define RMT_SPILL_H
#include "rmt/status.h"

typedef struct rmt_spill rmt_spill;

/* n empty strands. in_memory: when they hold more bytes than this together, they move to a file in TMPDIR, else /var/tmp,
 * else /tmp. Ownership: caller, rmt_spill_free. */
RMT_MUST_CHECK rmt_status rmt_spill_new(rmt_spill **out, size_t n, size_t in_memory,
                                        rmt_error *err);
void rmt_spill_free(rmt_spill *s);

/* Appends bytes[0..n), or n zero bytes. Errors: RMT_ERR_CREATE when there is no place for the file, RMT_ERR_IO when it
 * cannot be written (a full disk), RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_spill_add(rmt_spill *s, size_t strand, const void *bytes, size_t n,
                                        rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_spill_skip(rmt_spill *s, size_t strand, size_t n, rmt_error *err);
size_t rmt_spill_length(const rmt_spill *s, size_t strand);
/* Reads n bytes from `from` on, all of which are there. */
RMT_MUST_CHECK rmt_status rmt_spill_read(const rmt_spill *s, size_t strand, size_t from, void *to,
                                         size_t n, rmt_error *err);
/* Empties a strand. */
void rmt_spill_empty(rmt_spill *s, size_t strand);

/* The strand as one piece, aligned for any type, which lives as long as s; the strand is not to change any more. What is
 * written to it stays in memory. NULL when it is empty. */
RMT_MUST_CHECK rmt_status rmt_spill_get(void **out, rmt_spill *s, size_t strand, rmt_error *err);
/* bytes[0..n) of such a piece, unchanged, take no memory until they are read again. */
void rmt_spill_rest(rmt_spill *s, const void *bytes, size_t n);
#endif
