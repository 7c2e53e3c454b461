/* csv_input.c - the bytes of a file, unpacked when gzip has packed them (see csv_parts.h). */
#include "csv_parts.h"

#include "rmt/mem.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

struct rmt_unpacker {
    z_stream z;
    unsigned char raw[RMT_CSV_CHUNK];
    size_t n_raw;
    bool ready, within; /* of a member, whose end must come */
};

/* Fills the block unless the file ends. */
static rmt_status read_raw(rmt_csv_input *in, unsigned char *block, size_t *n, rmt_error *err)
{
    *n = 0;
    while (*n < RMT_CSV_CHUNK) {
        ssize_t got = read(in->fd, block + *n, RMT_CSV_CHUNK - *n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return rmt_fail_at(err, RMT_ERR_IO, in->source, 0, NULL, "cannot be read: %s",
                               strerror(errno));
        if (got == 0) break;
        *n += (size_t)got;
    }
    in->bytes += *n;
    rmt_status st = rmt_digest_add(in->digest, block, *n, err);
    return st || !in->other ? st : rmt_digest_add(in->other, block, *n, err);
}

static void *allocate(void *context, unsigned n, unsigned size)
{
    (void)context;
    return rmt_mem_resize(NULL, n, size, NULL);
}

static void release(void *context, void *p)
{
    (void)context;
    rmt_mem_free(p);
}

static rmt_status start_unpacking(rmt_csv_input *in, const unsigned char *block, size_t n,
                                  rmt_error *err)
{
    rmt_unpacker *u = in->unpacker = rmt_mem_array(1, sizeof *u, err);
    if (!u) return RMT_ERR_NOMEM;
    memcpy(u->raw, block, n);
    u->n_raw = n;
    u->z.zalloc = allocate;
    u->z.zfree = release;
    u->z.next_in = u->raw;
    u->z.avail_in = (unsigned)n;
    enum { GZIP_ONLY = 16 };
    if (inflateInit2(&u->z, GZIP_ONLY + MAX_WBITS) != Z_OK)
        return rmt_fail_at(err, RMT_ERR_NOMEM, in->source, 0, NULL, "no memory to unpack it");
    u->ready = u->within = true;
    return RMT_OK;
}

/* A file of several members is their texts one after the other. */
static rmt_status unpack(rmt_csv_input *in, unsigned char *block, size_t *n, rmt_error *err)
{
    rmt_unpacker *u = in->unpacker;
    u->z.next_out = block;
    u->z.avail_out = RMT_CSV_CHUNK;
    while (u->z.avail_out > 0) {
        if (u->z.avail_in == 0 && u->n_raw == RMT_CSV_CHUNK) {
            rmt_status st = read_raw(in, u->raw, &u->n_raw, err);
            if (st) return st;
            u->z.next_in = u->raw;
            u->z.avail_in = (unsigned)u->n_raw;
        }
        if (u->z.avail_in == 0 && !u->within) break;
        const int result = inflate(&u->z, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR)
            return rmt_fail_at(err, RMT_ERR_NOMEM, in->source, 0, NULL, "no memory to unpack it");
        if (result == Z_BUF_ERROR && u->z.avail_in == 0)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, in->source, 0, NULL,
                               "is cut: its gzip data end too early");
        if (result != Z_OK && result != Z_STREAM_END)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, in->source, 0, NULL,
                               "its gzip data are damaged: %s", u->z.msg ? u->z.msg : "no reason");
        u->within = result != Z_STREAM_END;
        if (!u->within && inflateReset(&u->z) != Z_OK)
            return rmt_fail_at(err, RMT_ERR_INTERNAL, in->source, 0, NULL, "zlib refuses to go on");
    }
    *n = RMT_CSV_CHUNK - u->z.avail_out;
    return RMT_OK;
}

rmt_status rmt_csv_input_next(rmt_csv_input *in, unsigned char *block, size_t *n, rmt_error *err)
{
    static const unsigned char gzip[] = {0x1F, 0x8B, 8}; /* 8: deflate, the one method there is */
    rmt_status st;
    if (in->unpacker) return unpack(in, block, n, err);
    const bool first = in->bytes == 0;
    if ((st = read_raw(in, block, n, err))) return st;
    if (!first || *n < sizeof gzip || memcmp(block, gzip, sizeof gzip) != 0) return RMT_OK;
    if ((st = start_unpacking(in, block, *n, err))) return st;
    return unpack(in, block, n, err);
}

void rmt_csv_input_clear(rmt_csv_input *in)
{
    if (in->unpacker && in->unpacker->ready) inflateEnd(&in->unpacker->z);
    rmt_mem_free(in->unpacker);
    in->unpacker = NULL;
}
