/* study_bytes.c - where the bytes of a study are: in memory while they are few, so that nothing which happens to the file
 * afterwards can touch us; else mapped, from their file or, of a stream, from a temporary one. Memory: what is few, and of
 * mapped bytes those that were read and did not go again (rmt_study_rest). */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* madvise */
#endif
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_internal.h"

rmt_status rmt_study_map(rmt_study *s, int fd, size_t n, rmt_error *err)
{
    void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
    s->mapped = bytes;
    s->bytes = bytes;
    s->n_bytes = n;
    return RMT_OK;
}

rmt_status rmt_study_take_bytes(rmt_study *s, int fd, bool is_file, rmt_error *err)
{
    struct stat info;
    if (!is_file) return rmt_study_take_stream(s, fd, 0, err);
    if (fstat(fd, &info) != 0)
        return rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    const size_t n = (size_t)info.st_size;
    if (n == 0) return RMT_OK;
    if (n <= RMT_STUDY_IN_MEMORY) return rmt_study_take_stream(s, fd, n, err);
    const rmt_status st = rmt_study_map(s, fd, n, err);
    if (st) return st;
    s->watched = (rmt_study_watch){true, dup(fd), info.st_mtim, info.st_size};
    return s->watched.fd >= 0 ? RMT_OK
                              : rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
}

void rmt_study_rest(const rmt_study *s, const void *bytes, size_t n)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t from = ((uintptr_t)bytes + page - 1) / page * page;
    const uintptr_t to = ((uintptr_t)bytes + n) / page * page;
    const uintptr_t begin = (uintptr_t)s->mapped;
    if (!s->mapped || from >= to || from < begin || to > begin + s->n_bytes) return;
    /* Refused, it only takes memory. */
    (void)madvise((char *)s->mapped + (from - begin), (size_t)(to - from), MADV_DONTNEED);
}

void rmt_study_release_bytes(rmt_study *s)
{
    if (s->mapped != NULL) (void)munmap(s->mapped, s->n_bytes);
    if (s->watched.is_on && s->watched.fd >= 0) (void)close(s->watched.fd);
    s->watched.is_on = false;
    rmt_mem_free(s->heap);
    s->mapped = s->heap = NULL;
    s->bytes = NULL;
    s->n_bytes = 0;
}

rmt_status rmt_study_check_unchanged(const rmt_study *s, rmt_error *err)
{
    struct stat now;
    const rmt_study_watch *w = &s->watched;
    if (!w->is_on) return RMT_OK;
    if (fstat(w->fd, &now) == 0 && now.st_size == w->size &&
        now.st_mtim.tv_sec == w->changed.tv_sec && now.st_mtim.tv_nsec == w->changed.tv_nsec)
        return RMT_OK;
    return rmt_fail(err, RMT_ERR_IO, "the input was changed while it was read");
}
