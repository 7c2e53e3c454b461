/* study_open.c - from a path, a stream or bytes in memory to an opened study. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "study_internal.h"

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
    else {
        *is_stream = is_stdin || !S_ISREG(info.st_mode);
        st = rmt_study_take_bytes(s, fd, !*is_stream, err);
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
    rmt_status st = rmt_study_seal_check(&is_sealed, s, is_stream, err);
    if (st) return st;
    if (is_sealed && ((st = rmt_study_open_own(&is_own, s, err)) || is_own)) return st;

    if ((st = rmt_study_convert(s, is_sealed, err))) return st;
    if ((st = rmt_study_seal_check(&is_sealed, s, true, err))) return st;
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
