#include "temporary.h"

#include "rmt/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

rmt_status rmt_temporary_open(int *fd, rmt_error *err)
{
    const char *places[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    rmt_text name = {0};
    rmt_status st = RMT_OK;
    int code = ENOENT, file = -1;
    for (size_t i = 0; i < 3 && file < 0 && !st; i++) {
        if (!places[i] || !places[i][0]) continue;
        name.len = 0;
        if ((st = rmt_text_addf(&name, err, "%s/remit.XXXXXX", places[i]))) break;
        file = mkstemp(name.s);
        code = errno;
        if (file >= 0) (void)unlink(name.s);
        else if (i == 0) break; /* TMPDIR is an order, not a proposal */
    }
    if (!st && file < 0)
        st = rmt_fail(err, RMT_ERR_CREATE, "no temporary file '%s' can be made: %s", name.s,
                      strerror(code));
    if (!st && fcntl(file, F_SETFD, FD_CLOEXEC) != 0)
        st = rmt_fail(err, RMT_ERR_INTERNAL, "a temporary file cannot be kept from children");
    rmt_text_clear(&name);
    if (!st) *fd = file;
    else if (file >= 0) (void)close(file);
    return st;
}

rmt_status rmt_temporary_write(int fd, uint64_t offset, const void *bytes, size_t n, rmt_error *err)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t done = pwrite(fd, p, n, (off_t)offset);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            return rmt_fail(err, RMT_ERR_IO, "the temporary file cannot be written: %s",
                            strerror(done < 0 ? errno : ENOSPC));
        offset += (uint64_t)done;
        p += done;
        n -= (size_t)done;
    }
    return RMT_OK;
}
