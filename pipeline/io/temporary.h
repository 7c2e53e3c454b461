/* temporary.h - a file for what is too much for memory (private to io). */
#ifndef RMT_TEMPORARY_H
#define RMT_TEMPORARY_H
#include "rmt/status.h"

#include <stdint.h>

/* An empty file in TMPDIR, else /var/tmp, else /tmp, open for reading and writing, without a name: it is gone when it is closed.
 * Children do not inherit it. Ownership of *fd: caller, close. RMT_ERR_CREATE when there is no place for it. */
RMT_MUST_CHECK rmt_status rmt_temporary_open(int *fd, rmt_error *err);
/* All of bytes[0..n) at that offset. RMT_ERR_IO: a full disk. */
RMT_MUST_CHECK rmt_status rmt_temporary_write(int fd, uint64_t offset, const void *bytes, size_t n,
                                              rmt_error *err);
#endif
