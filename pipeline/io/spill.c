/* spill.c - see spill.h. A strand's place in the file is a few extents, each as long as all before it, at offsets that are
 * given out once: what is not written yet is a hole, which takes no room on the disk. */
#if defined(__linux__)
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#endif
#include "spill.h"

#include "rmt/mem.h"
#include "temporary.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_EXTENTS = 32 };
/* The first extents of all strands together, and the shortest: a multiple of any page. Far offsets meet `ulimit -f`, and
 * file systems without holes fill what lies before them. */
#define FIRST_EXTENTS ((uint64_t)1 << 27)
#define SHORTEST_EXTENT ((uint64_t)1 << 20)

typedef struct {
    size_t len;
    char *bytes; /* in memory */
    size_t cap;
    uint64_t *extents; /* offsets in the file, MAX_EXTENTS of them */
    size_t n_extents;
    void *mapped; /* as one piece */
    size_t n_mapped;
} strand;

struct rmt_spill {
    strand *strands;
    size_t n, in_memory, total;
    int fd;         /* -1: all are in memory */
    uint64_t next;  /* offset that no extent has yet */
    uint64_t first; /* length of a first extent */
    size_t page;
};

rmt_status rmt_spill_new(rmt_spill **out, size_t n, size_t in_memory, rmt_error *err)
{
    rmt_spill *s = rmt_mem_array(1, sizeof *s, err);
    if (!s) return RMT_ERR_NOMEM;
    *s = (rmt_spill){.n = n, .in_memory = in_memory, .fd = -1, .first = SHORTEST_EXTENT};
    s->page = (size_t)sysconf(_SC_PAGESIZE);
    while (s->first * 2 * n <= FIRST_EXTENTS)
        s->first *= 2;
    if (!(s->strands = rmt_mem_array(n, sizeof *s->strands, err))) {
        rmt_spill_free(s);
        return RMT_ERR_NOMEM;
    }
    *out = s;
    return RMT_OK;
}

void rmt_spill_free(rmt_spill *s)
{
    if (!s) return;
    for (size_t i = 0; s->strands && i < s->n; i++) {
        rmt_mem_free(s->strands[i].bytes);
        rmt_mem_free(s->strands[i].extents);
        if (s->strands[i].mapped) (void)munmap(s->strands[i].mapped, s->strands[i].n_mapped);
    }
    if (s->fd >= 0) (void)close(s->fd);
    rmt_mem_free(s->strands);
    rmt_mem_free(s);
}

/* ---- the file ------------------------------------------------------------------------------ */

/* Where byte `at` of a strand lies: the offset in the file, and how many bytes follow it there. */
static uint64_t place_of(const rmt_spill *s, const strand *x, size_t at, size_t *n)
{
    size_t i = 0;
    uint64_t begin = 0, end = s->first;
    while (at >= end) {
        begin = end;
        end *= 2;
        i++;
    }
    *n = (size_t)(end - at);
    return x->extents[i] + (at - begin);
}

/* Room for len bytes in all. */
static rmt_status reserve(rmt_spill *s, strand *x, size_t len, rmt_error *err)
{
    if (len > 0 && !x->extents &&
        !(x->extents = rmt_mem_array(MAX_EXTENTS, sizeof *x->extents, err)))
        return RMT_ERR_NOMEM;
    for (;;) {
        const size_t k = x->n_extents;
        const uint64_t room = k ? s->first << (k - 1) : 0; /* of the extents that are there */
        if (len <= room) return RMT_OK;
        if (k == MAX_EXTENTS) return rmt_fail(err, RMT_ERR_NOMEM, "a column is too long");
        x->extents[x->n_extents++] = s->next;
        s->next += k ? room : s->first;
    }
}

static rmt_status write_at(rmt_spill *s, strand *x, size_t at, const char *bytes, size_t n,
                           rmt_error *err)
{
    rmt_status st = reserve(s, x, at + n, err);
    for (size_t most; n > 0 && !st; n -= most) {
        const uint64_t to = place_of(s, x, at, &most);
        if (most > n) most = n;
        st = rmt_temporary_write(s->fd, to, bytes, most, err);
        at += most;
        bytes += most;
    }
    return st;
}

static rmt_status move_to_file(rmt_spill *s, rmt_error *err)
{
    rmt_status st = rmt_temporary_open(&s->fd, err);
    for (size_t i = 0; i < s->n && !st; i++) {
        strand *x = &s->strands[i];
        st = write_at(s, x, 0, x->bytes, x->len, err);
        rmt_mem_free(x->bytes);
        x->bytes = NULL;
        x->cap = 0;
    }
    return st;
}

/* ---- strands ------------------------------------------------------------------------------- */

/* bytes NULL: zeros. */
static rmt_status append(rmt_spill *s, size_t i, const char *bytes, size_t n, rmt_error *err)
{
    strand *x = &s->strands[i];
    rmt_status st = RMT_OK;
    if (n == 0) return RMT_OK;
    if (s->fd < 0 && s->in_memory - s->total < n) st = move_to_file(s, err);
    if (st) return st;
    if (s->fd < 0) {
        if ((st = rmt_mem_grow(&x->bytes, &x->cap, x->len + n, 1, err))) return st;
        if (bytes) memcpy(x->bytes + x->len, bytes, n);
        else memset(x->bytes + x->len, 0, n);
    } else {
        st = bytes ? write_at(s, x, x->len, bytes, n, err) : reserve(s, x, x->len + n, err);
        if (st) return st;
    }
    x->len += n;
    s->total += n;
    return RMT_OK;
}

rmt_status rmt_spill_add(rmt_spill *s, size_t i, const void *bytes, size_t n, rmt_error *err)
{
    return append(s, i, bytes, n, err);
}

rmt_status rmt_spill_skip(rmt_spill *s, size_t i, size_t n, rmt_error *err)
{
    return append(s, i, NULL, n, err);
}

size_t rmt_spill_length(const rmt_spill *s, size_t i)
{
    return s->strands[i].len;
}

static rmt_status read_failed(int code, rmt_error *err)
{
    return rmt_fail(err, RMT_ERR_IO, "the temporary file cannot be read: %s", strerror(code));
}

rmt_status rmt_spill_read(const rmt_spill *s, size_t i, size_t from, void *to, size_t n,
                          rmt_error *err)
{
    const strand *x = &s->strands[i];
    char *p = to;
    if (s->fd < 0 && n > 0) memcpy(p, x->bytes + from, n);
    while (s->fd >= 0 && n > 0) {
        size_t most;
        const uint64_t at = place_of(s, x, from, &most);
        if (most > n) most = n;
        const ssize_t done = pread(s->fd, p, most, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return read_failed(errno, err);
        if (done == 0) memset(p, 0, most); /* zeros at the end of the file, never written */
        const size_t got = done == 0 ? most : (size_t)done;
        from += got;
        p += got;
        n -= got;
    }
    return RMT_OK;
}

/* Its extents are given up: they may hold what a hole must not. */
void rmt_spill_empty(rmt_spill *s, size_t i)
{
    strand *x = &s->strands[i];
    if (x->mapped) (void)munmap(x->mapped, x->n_mapped);
    rmt_mem_free(x->bytes);
    s->total -= x->len;
    *x = (strand){.extents = x->extents};
}

static rmt_status map_strand(rmt_spill *s, strand *x, rmt_error *err)
{
    const size_t n = (x->len + s->page - 1) / s->page * s->page;
    char *all = mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED)
        return rmt_fail(err, RMT_ERR_NOMEM, "no room for %zu bytes: %s", n, strerror(errno));
    x->mapped = all;
    x->n_mapped = n;
    for (size_t at = 0, most; at < n; at += most) {
        const uint64_t from = place_of(s, x, at, &most);
        if (most > n - at) most = n - at;
        if (mmap(all + at, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, s->fd,
                 (off_t)from) == MAP_FAILED)
            return read_failed(errno, err);
    }
    return RMT_OK;
}

rmt_status rmt_spill_get(void **out, rmt_spill *s, size_t i, rmt_error *err)
{
    strand *x = &s->strands[i];
    rmt_status st = RMT_OK;
    *out = NULL;
    if (x->len == 0) return RMT_OK;
    s->in_memory = SIZE_MAX; /* what is given out stays where it is */
    if (s->fd >= 0 && !x->mapped) {
        /* A hole at the end of the file is part of it: reading it must not end in SIGBUS. */
        if (ftruncate(s->fd, (off_t)s->next) != 0) return read_failed(errno, err);
        st = map_strand(s, x, err);
    }
    if (!st) *out = s->fd >= 0 ? x->mapped : x->bytes;
    return st;
}

void rmt_spill_rest(rmt_spill *s, const void *bytes, size_t n)
{
    const uintptr_t from = ((uintptr_t)bytes + s->page - 1) / s->page * s->page;
    const uintptr_t to = ((uintptr_t)bytes + n) / s->page * s->page;
    if (s->fd < 0 || from >= to) return;
    /* Refused, it only takes memory. */
    (void)madvise((char *)(uintptr_t)from, (size_t)(to - from), MADV_DONTNEED);
}
