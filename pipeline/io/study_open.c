/* study_open.c - from a path, a stream or bytes in memory to an opened study.
 * Memory: a stream, and a file up to READ_WHOLE, is held once: O(bytes). A larger file is mapped: what is used. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_internal.h"

/* ---- bytes --------------------------------------------------------------------------------- */

/* n: how much is likely to come; 0 = not known. */
static rmt_status read_stream(rmt_study *s, int fd, size_t likely, rmt_error *err)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    rmt_status st = rmt_study_read_stream(&bytes, &n, fd, likely, err);
    if (st) return st;
    s->heap = bytes;
    s->bytes = bytes;
    s->n_bytes = n;
    return RMT_OK;
}

/* Up to this size a file is read whole: what happens to it afterwards cannot touch us. */
enum { READ_WHOLE = 1 << 28 };

static rmt_status map_file(rmt_study *s, int fd, const struct stat *info, rmt_error *err)
{
    const size_t n = (size_t)info->st_size;
    if (n == 0) return RMT_OK;
    if (n <= READ_WHOLE) return read_stream(s, fd, n, err);
    void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
    s->watched = (rmt_study_watch){dup(fd), info->st_mtim, info->st_size};
    if (s->watched.fd < 0) {
        (void)munmap(bytes, n);
        return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
    }
    s->mapped = bytes;
    s->bytes = bytes;
    s->n_bytes = n;
    return RMT_OK;
}

/* *is_stream: what came was read to its end, from standard input or a named pipe. */
static rmt_status take_path(rmt_study *s, const char *path, bool *is_stream, rmt_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    rmt_status st;

    if (fd < 0) return rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    *is_stream = true;
    if (fstat(fd, &info) != 0)
        st = rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    else if (S_ISDIR(info.st_mode))
        st = rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: it is a directory");
    else if (is_stdin || !S_ISREG(info.st_mode)) st = read_stream(s, fd, 0, err);
    else {
        *is_stream = false;
        st = map_file(s, fd, &info, err);
    }
    if (!is_stdin) (void)close(fd);
    return st;
}

/* ---- opening ------------------------------------------------------------------------------- */

/* A seal alone proves nothing, everybody can make one: only bytes laid out as our own are read here, and all
 * others first become such. */
static rmt_status judge_and_open(rmt_study *s, bool is_stream, rmt_error *err)
{
    bool is_sealed, is_own = false;
    rmt_status st = rmt_study_seal_check(&is_sealed, s->bytes, s->n_bytes, is_stream, err);
    if (st) return st;
    if (is_sealed && ((st = rmt_study_open_own(&is_own, s, err)) || is_own)) return st;

    if ((st = rmt_study_convert(s, is_sealed, err))) return st;
    if ((st = rmt_study_seal_check(&is_sealed, s->bytes, s->n_bytes, true, err))) return st;
    if (is_sealed && ((st = rmt_study_open_own(&is_own, s, err)) || is_own)) return st;
    return rmt_fail(err, RMT_ERR_MALFORMED, "reading it on trial gave no study file");
}

rmt_status rmt_study_open(rmt_study **out, const char *path, rmt_error *err)
{
    rmt_study *s = NULL;
    bool is_stream = false;
    rmt_status st;

    if ((st = rmt_study_new(&s, err))) goto done;
    if ((st = take_path(s, path, &is_stream, err))) goto done;
    if ((st = judge_and_open(s, is_stream, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_study_free(s);
    if (st) (void)rmt_error_locate(err, strcmp(path, "-") == 0 ? "standard input" : path, 0, NULL);
    return st;
}

rmt_status rmt_study_open_image(rmt_study **out, const void *bytes, size_t n, const char *name,
                                rmt_error *err)
{
    rmt_study *s = NULL;
    rmt_status st;

    if ((st = rmt_study_new(&s, err))) goto done;
    s->bytes = bytes;
    s->n_bytes = n;
    if ((st = judge_and_open(s, true, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_study_free(s);
    if (st) (void)rmt_error_locate(err, name, 0, NULL);
    return st;
}
