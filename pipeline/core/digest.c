/* digest.c - see rmt/digest.h. Hashing a large file takes as long as half of what else is done with it: beyond some
 * megabytes a thread of the digest's own does it, piece by piece, while the caller makes the next one. */
#include "rmt/digest.h"

#include "rmt/mem.h"

#include <nettle/nettle-meta.h>
#include <pthread.h>
#include <string.h>

enum { ALONE = 1 << 22, PIECE = 1 << 17, PIECES = 8 };

/* Pieces in turn: some are hashed while others are filled, so that neither often waits, which costs as much as a piece. */
typedef struct {
    pthread_t thread;
    pthread_mutex_t lock; /* of `n_full` and `last` */
    pthread_cond_t changed;
    size_t n_full;   /* filled, and not yet hashed */
    bool last;       /* no piece follows the full ones */
    size_t at, used; /* the piece that is filled, and how far */
    unsigned char pieces[PIECES][PIECE];
} helper;

static const struct {
    const char *name;
    const struct nettle_hash *hash;
} kinds[] = {[RMT_DIGEST_SHA256] = {"sha256", &nettle_sha256},
             [RMT_DIGEST_SHA512] = {"sha512", &nettle_sha512},
             [RMT_DIGEST_SHA1] = {"sha1", &nettle_sha1},
             [RMT_DIGEST_MD5] = {"md5", &nettle_md5}};

struct rmt_digest {
    const struct nettle_hash *hash;
    void *state; /* of the hash; the helper's while there is one */
    size_t n;    /* bytes so far */
    helper *helper;
    bool ended;
};

static void *hash_pieces(void *context)
{
    rmt_digest *d = context;
    helper *h = d->helper;
    for (size_t i = 0;; i = (i + 1) % PIECES) {
        pthread_mutex_lock(&h->lock);
        while (h->n_full == 0 && !h->last)
            pthread_cond_wait(&h->changed, &h->lock);
        const bool full = h->n_full > 0;
        pthread_mutex_unlock(&h->lock);
        if (!full) return NULL;
        d->hash->update(d->state, PIECE, h->pieces[i]);
        pthread_mutex_lock(&h->lock);
        h->n_full--;
        pthread_cond_signal(&h->changed);
        pthread_mutex_unlock(&h->lock);
    }
}

/* Where the system has no thread left the caller goes on hashing: the digest is the same. */
static rmt_status start_helper(rmt_digest *d, rmt_error *err)
{
    helper *h = d->helper = rmt_mem_resize(NULL, 1, sizeof *h, err);
    if (!h) return RMT_ERR_NOMEM;
    h->last = false;
    h->n_full = h->at = h->used = 0;
    if (pthread_mutex_init(&h->lock, NULL) == 0) {
        if (pthread_cond_init(&h->changed, NULL) == 0) {
            if (pthread_create(&h->thread, NULL, hash_pieces, d) == 0) return RMT_OK;
            pthread_cond_destroy(&h->changed);
        }
        pthread_mutex_destroy(&h->lock);
    }
    rmt_mem_free(h);
    d->helper = NULL;
    return RMT_OK;
}

/* All pieces are hashed; what is left of the last one is in the caller's hands. */
static void stop_helper(rmt_digest *d)
{
    helper *h = d->helper;
    if (!h) return;
    pthread_mutex_lock(&h->lock);
    h->last = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    d->hash->update(d->state, h->used, h->pieces[h->at]);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    rmt_mem_free(h);
    d->helper = NULL;
}

static void help(helper *h, const unsigned char *bytes, size_t n)
{
    while (n > 0) {
        const size_t room = PIECE - h->used, part = n < room ? n : room;
        memcpy(h->pieces[h->at] + h->used, bytes, part);
        h->used += part;
        bytes += part;
        n -= part;
        if (h->used < PIECE) return;
        pthread_mutex_lock(&h->lock);
        h->n_full++;
        pthread_cond_signal(&h->changed);
        h->at = (h->at + 1) % PIECES;
        while (h->n_full == PIECES) /* the next is the oldest of them */
            pthread_cond_wait(&h->changed, &h->lock);
        pthread_mutex_unlock(&h->lock);
        h->used = 0;
    }
}

const char *rmt_digest_name(rmt_digest_kind kind)
{
    return kinds[kind].name;
}

size_t rmt_digest_digits(rmt_digest_kind kind)
{
    return 2 * kinds[kind].hash->digest_size;
}

rmt_status rmt_digest_new_of(rmt_digest **out, rmt_digest_kind kind, rmt_error *err)
{
    rmt_digest *d = rmt_mem_array(1, sizeof *d, err);
    if (!d) return RMT_ERR_NOMEM;
    d->hash = kinds[kind].hash;
    if (!(d->state = rmt_mem_array(1, d->hash->context_size, err))) {
        rmt_mem_free(d);
        return RMT_ERR_NOMEM;
    }
    d->hash->init(d->state);
    *out = d;
    return RMT_OK;
}

rmt_status rmt_digest_new(rmt_digest **out, rmt_error *err)
{
    return rmt_digest_new_of(out, RMT_DIGEST_SHA256, err);
}

void rmt_digest_free(rmt_digest *d)
{
    if (!d) return;
    stop_helper(d);
    rmt_mem_free(d->state);
    rmt_mem_free(d);
}

rmt_status rmt_digest_add(rmt_digest *d, const void *bytes, size_t n, rmt_error *err)
{
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    if (n == 0) return RMT_OK;
    if (d->n < ALONE && d->n + n >= ALONE) {
        rmt_status st = start_helper(d, err);
        if (st) return st;
    }
    d->n += n;
    if (d->helper) help(d->helper, bytes, n);
    else d->hash->update(d->state, n, bytes);
    return RMT_OK;
}

rmt_status rmt_digest_add_text(rmt_digest *d, const char *s, rmt_error *err)
{
    return rmt_digest_add(d, s, strlen(s) + 1, err);
}

static rmt_status end(rmt_digest *d, char *hex, rmt_error *err)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[(RMT_DIGEST_HEX_MOST - 1) / 2];
    const size_t n = d->hash->digest_size;
    if (d->ended) return rmt_fail(err, RMT_ERR_INTERNAL, "the digest has ended already");
    d->ended = true;
    stop_helper(d);
    d->hash->digest(d->state, n, raw);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[2 * n] = '\0';
    return RMT_OK;
}

rmt_status rmt_digest_end_of(rmt_digest *d, char hex[RMT_DIGEST_HEX_MOST], rmt_error *err)
{
    return end(d, hex, err);
}

rmt_status rmt_digest_end(rmt_digest *d, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    if (d->hash != kinds[RMT_DIGEST_SHA256].hash)
        return rmt_fail(err, RMT_ERR_INTERNAL, "a digest of %s has other digits", d->hash->name);
    return end(d, hex, err);
}

rmt_status rmt_digest_bytes(const void *bytes, size_t n, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    rmt_digest *d = NULL;
    rmt_status st = rmt_digest_new(&d, err);
    if (!st) d->hash->update(d->state, n, bytes); /* all there is: no thread could help */
    if (!st) st = rmt_digest_end(d, hex, err);
    rmt_digest_free(d);
    return st;
}
