/* study_stream.c - a study file that comes through a pipe: read to its end, with room in the pipe for fewer turns
 * between two stages. */
#if defined(__linux__)
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_internal.h"
#include "temporary.h"

enum { STREAM_PIECE = 1 << 20 };

static void widen_pipe(int fd, int bytes)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, bytes); /* no pipe, or refused: only slower */
#else
    (void)fd, (void)bytes;
#endif
}

/* At most `most` bytes; *ended: there are no more. likely: how many there will be, 0 = not known. */
static rmt_status read_stream(unsigned char **out, size_t *n, bool *ended, int fd, size_t likely,
                              size_t most, rmt_error *err)
{
    unsigned char *bytes = NULL;
    size_t cap = 0;

    *n = 0;
    widen_pipe(fd, STREAM_PIECE);
    for (*ended = false; *n < most;) {
        rmt_status st;
        ssize_t got;
        /* One byte more than is likely, so that the end is met without growing. */
        const size_t need = cap > 0 ? *n + 1 : likely > 0 ? likely + 1 : STREAM_PIECE;
        if (*n == cap && (st = rmt_mem_grow(&bytes, &cap, need, 1, err))) {
            rmt_mem_free(bytes);
            return st;
        }
        got = read(fd, bytes + *n, (cap < most ? cap : most) - *n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            rmt_mem_free(bytes);
            return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
        }
        if ((*ended = got == 0)) break;
        *n += (size_t)got;
    }
    *out = bytes;
    return RMT_OK;
}

rmt_status rmt_study_read_stream(unsigned char **out, size_t *n, int fd, size_t likely,
                                 rmt_error *err)
{
    bool ended;
    return read_stream(out, n, &ended, fd, likely, RMT_MEM_CAP, err);
}

/* From where fd is to its end, behind the n bytes that are in the file already; *n: all of them. */
static rmt_status copy_rest(int file, size_t *n, int fd, unsigned char *piece, size_t size,
                            rmt_error *err)
{
    for (;;) {
        const ssize_t got = read(fd, piece, size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
        if (got == 0) return RMT_OK;
        const rmt_status st = rmt_temporary_write(file, *n, piece, (size_t)got, err);
        if (st) return st;
        *n += (size_t)got;
    }
}

rmt_status rmt_study_take_stream(rmt_study *s, int fd, size_t likely, rmt_error *err)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    bool ended = false;
    int file = -1;
    rmt_status st = read_stream(&bytes, &n, &ended, fd, likely, RMT_STUDY_IN_MEMORY, err);
    if (st) return st;
    if (ended) {
        s->heap = bytes;
        s->bytes = bytes;
        s->n_bytes = n;
        return RMT_OK;
    }
    const size_t size = n;
    st = rmt_temporary_open(&file, err);
    if (!st) st = rmt_temporary_write(file, 0, bytes, n, err);
    if (!st) st = copy_rest(file, &n, fd, bytes, size, err);
    rmt_mem_free(bytes);
    if (!st) st = rmt_study_map(s, file, n, err);
    if (file >= 0) (void)close(file);
    return st;
}
