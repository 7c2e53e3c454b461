/* digest.c - see rmt/digest.h. */
#include "rmt/digest.h"

#include "rmt/mem.h"

#include <nettle/sha2.h>
#include <string.h>

struct rmt_digest {
    struct sha256_ctx sha;
    bool ended;
};

rmt_status rmt_digest_new(rmt_digest **out, rmt_error *err)
{
    rmt_digest *d = rmt_mem_array(1, sizeof *d, err);
    if (!d) return RMT_ERR_NOMEM;
    sha256_init(&d->sha);
    *out = d;
    return RMT_OK;
}

void rmt_digest_free(rmt_digest *d)
{
    rmt_mem_free(d);
}

rmt_status rmt_digest_add(rmt_digest *d, const void *bytes, size_t n, rmt_error *err)
{
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    if (n > 0) sha256_update(&d->sha, n, bytes);
    return RMT_OK;
}

rmt_status rmt_digest_add_text(rmt_digest *d, const char *s, rmt_error *err)
{
    return rmt_digest_add(d, s, strlen(s) + 1, err);
}

rmt_status rmt_digest_end(rmt_digest *d, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[SHA256_DIGEST_SIZE];
    _Static_assert(RMT_DIGEST_HEX == 2 * SHA256_DIGEST_SIZE + 1, "two digits a byte, and NUL");
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    d->ended = true;
    sha256_digest(&d->sha, sizeof raw, raw);
    for (size_t i = 0; i < sizeof raw; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[2 * sizeof raw] = '\0';
    return RMT_OK;
}

rmt_status rmt_digest_bytes(const void *bytes, size_t n, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    rmt_digest *d = NULL;
    rmt_status st = rmt_digest_new(&d, err);
    if (!st) st = rmt_digest_add(d, bytes, n, err);
    if (!st) st = rmt_digest_end(d, hex, err);
    rmt_digest_free(d);
    return st;
}
