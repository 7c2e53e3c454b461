/* study_stream.c - a study file that comes through a pipe: read to its end, with room in the pipe for fewer turns
 * between two stages. Memory: O(bytes). */
#if defined(__linux__)
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_internal.h"

enum { STREAM_PIECE = 1 << 20 };

static void widen_pipe(int fd, int bytes)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, bytes); /* no pipe, or refused: only slower */
#else
    (void)fd, (void)bytes;
#endif
}

rmt_status rmt_study_read_stream(unsigned char **out, size_t *n, int fd, size_t likely,
                                 rmt_error *err)
{
    unsigned char *bytes = NULL;
    size_t cap = 0;

    *n = 0;
    widen_pipe(fd, STREAM_PIECE);
    for (;;) {
        rmt_status st;
        ssize_t got;
        /* One byte more than is likely, so that the end is met without growing. */
        const size_t need = cap > 0 ? *n + 1 : likely > 0 ? likely + 1 : STREAM_PIECE;
        if (*n == cap && (st = rmt_mem_grow(&bytes, &cap, need, 1, err))) {
            rmt_mem_free(bytes);
            return st;
        }
        got = read(fd, bytes + *n, cap - *n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            rmt_mem_free(bytes);
            return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
        }
        if (got == 0) break;
        *n += (size_t)got;
    }
    *out = bytes;
    return RMT_OK;
}
