/* digest.c - see rmt/digest.h. */
#include "rmt/digest.h"

#include "rmt/mem.h"

#include <openssl/evp.h>
#include <string.h>

struct rmt_digest {
    EVP_MD_CTX *ctx;
    bool ended;
    size_t n_waiting;
    unsigned char waiting[4096]; /* short pieces, passed on together */
};

static rmt_status failed(rmt_error *err)
{
    return rmt_fail(err, RMT_ERR_INTERNAL, "SHA-256 is not available or failed in libcrypto");
}

rmt_status rmt_digest_new(rmt_digest **out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_digest *d = rmt_mem_array(1, sizeof *d, err);
    if (!d) return RMT_ERR_NOMEM;
    d->ctx = EVP_MD_CTX_new();
    if (!d->ctx) {
        st = rmt_fail(err, RMT_ERR_NOMEM, "out of memory (a digest)");
        goto done;
    }
    if (EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
        st = failed(err);
        goto done;
    }
    *out = d;
    d = NULL;
done:
    rmt_digest_free(d);
    return st;
}

void rmt_digest_free(rmt_digest *d)
{
    if (!d) return;
    EVP_MD_CTX_free(d->ctx);
    rmt_mem_free(d);
}

static rmt_status pass_on(rmt_digest *d, rmt_error *err)
{
    size_t n = d->n_waiting;
    d->n_waiting = 0;
    return EVP_DigestUpdate(d->ctx, d->waiting, n) == 1 ? RMT_OK : failed(err);
}

rmt_status rmt_digest_add(rmt_digest *d, const void *bytes, size_t n, rmt_error *err)
{
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    if (n == 0) return RMT_OK;
    if (n <= sizeof d->waiting - d->n_waiting) {
        memcpy(d->waiting + d->n_waiting, bytes, n);
        d->n_waiting += n;
        return RMT_OK;
    }
    rmt_status st = pass_on(d, err);
    if (st) return st;
    if (n < sizeof d->waiting) return rmt_digest_add(d, bytes, n, err);
    return EVP_DigestUpdate(d->ctx, bytes, n) == 1 ? RMT_OK : failed(err);
}

rmt_status rmt_digest_add_text(rmt_digest *d, const char *s, rmt_error *err)
{
    return rmt_digest_add(d, s, strlen(s) + 1, err);
}

rmt_status rmt_digest_end(rmt_digest *d, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    rmt_status st = pass_on(d, err);
    if (st) return st;
    d->ended = true;
    if (EVP_DigestFinal_ex(d->ctx, raw, &n) != 1 || 2 * n + 1 != RMT_DIGEST_HEX) return failed(err);
    for (unsigned i = 0; i < n; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[2 * n] = '\0';
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
