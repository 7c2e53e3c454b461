/* study_seal.c - the user block in front of a study file: a line that says how many bytes follow
 * and what their SHA-256 is. It finds accidents (streams cut short, bad disks, editors), not
 * forgers: everybody can compute a seal. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "study_internal.h"

enum { PLAN_LOOK = 4096 };

#define SEAL_WORD RMT_STUDY_FORMAT " "

static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

void rmt_study_seal_make(unsigned char *block, const char hex[RMT_DIGEST_HEX], uint64_t n)
{
    memset(block, 0, RMT_STUDY_USER_BLOCK);
    (void)snprintf((char *)block, RMT_STUDY_USER_BLOCK,
                   SEAL_WORD "%d sha256:%s bytes:%" PRIu64 "\n", (int)RMT_STUDY_FORMAT_VERSION, hex,
                   n);
}

/* Digits at *p, at most 18 of them, no leading zero; moves *p behind them. */
static bool read_count(const char **p, uint64_t *out)
{
    const char *q = *p;
    uint64_t x = 0;
    while (*q >= '0' && *q <= '9' && q - *p < 18)
        x = x * 10 + (uint64_t)(*q++ - '0');
    if (q == *p || (**p == '0' && q - *p > 1)) return false;
    *p = q;
    *out = x;
    return true;
}

static bool read_word(const char **p, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*p, word, n) != 0) return false;
    *p += n;
    return true;
}

/* A block without the seal's first word that is a seal all the same: that word was damaged. */
static bool looks_sealed(const unsigned char *bytes, size_t n)
{
    static const char *const words[] = {" sha256:", " bytes:"};
    if (n > RMT_STUDY_USER_BLOCK) n = RMT_STUDY_USER_BLOCK;
    if (n >= sizeof signature && memcmp(bytes, signature, sizeof signature) == 0) return false;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        for (size_t at = 0; at + strlen(words[w]) <= n; at++)
            if (memcmp(bytes + at, words[w], strlen(words[w])) == 0) return true;
    return false;
}

/* Of all behind the user block. */
static rmt_status digest_of(const rmt_study *s, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    enum { PIECE = 1 << 22 };
    rmt_digest *d = NULL;
    rmt_status st = rmt_digest_new(&d, err);
    for (size_t at = RMT_STUDY_USER_BLOCK, n; at < s->n_bytes && !st; at += n) {
        n = s->n_bytes - at < PIECE ? s->n_bytes - at : PIECE;
        st = rmt_digest_add(d, s->bytes + at, n, err);
        rmt_study_rest(s, s->bytes + at, n);
    }
    if (!st) st = rmt_digest_end(d, hex, err);
    rmt_digest_free(d);
    return st;
}

/* Checks bytes that begin with the seal's first word. */
static rmt_status check_seal(const rmt_study *s, rmt_error *err)
{
    const unsigned char *bytes = s->bytes;
    size_t n = s->n_bytes;
    char block[RMT_STUDY_USER_BLOCK + 1];
    char want[RMT_DIGEST_HEX], got[RMT_DIGEST_HEX];
    const char *p = block + strlen(SEAL_WORD);
    uint64_t version, declared;

    if (n < RMT_STUDY_USER_BLOCK)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "cut short: a study file begins with %d bytes, %zu came",
                        (int)RMT_STUDY_USER_BLOCK, n);
    memcpy(block, bytes, RMT_STUDY_USER_BLOCK);
    block[RMT_STUDY_USER_BLOCK] = '\0';
    if (!read_count(&p, &version) || version == 0) goto broken;
    if (version > RMT_STUDY_FORMAT_VERSION)
        return rmt_fail(err, RMT_ERR_CONFIG,
                        "format_version %" PRIu64 " is newer than this program reads (%d)", version,
                        (int)RMT_STUDY_FORMAT_VERSION);
    if (!read_word(&p, " sha256:") || strspn(p, "0123456789abcdef") != RMT_DIGEST_HEX - 1)
        goto broken;
    memcpy(want, p, RMT_DIGEST_HEX - 1);
    want[RMT_DIGEST_HEX - 1] = '\0';
    p += RMT_DIGEST_HEX - 1;
    if (!read_word(&p, " bytes:") || !read_count(&p, &declared) || !read_word(&p, "\n"))
        goto broken;
    for (; p < block + RMT_STUDY_USER_BLOCK; p++)
        if (*p != '\0') goto broken;

    n -= RMT_STUDY_USER_BLOCK;
    if (n != declared)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: the seal says %" PRIu64 " bytes, %zu came",
                        n < declared ? "cut short" : "too long", declared, n);
    const rmt_status st = digest_of(s, got, err);
    if (st) return st;
    if (strcmp(want, got) != 0)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "the seal is broken: bytes were changed after writing");
    return RMT_OK;
broken:
    return rmt_fail(err, RMT_ERR_MALFORMED, "the seal is broken: its line cannot be read");
}

/* Whether one of the first lines begins with a key that every plan has, in YAML or JSON. */
static bool looks_like_plan(const unsigned char *bytes, size_t n)
{
    static const char *const keys[] = {"study:", "data:", "\"study\":", "\"data\":"};
    const size_t looked_at = n < PLAN_LOOK ? n : PLAN_LOOK;
    bool at_start = true;
    for (size_t i = 0; i < looked_at; i++) {
        for (size_t k = 0; at_start && k < sizeof keys / sizeof *keys; k++) {
            const size_t length = strlen(keys[k]);
            if (n - i >= length && memcmp(bytes + i, keys[k], length) == 0) return true;
        }
        at_start = bytes[i] == '\n' || (at_start && (bytes[i] == ' ' || bytes[i] == '{'));
    }
    return false;
}

rmt_status rmt_study_seal_check(bool *is_sealed, const rmt_study *s, bool is_stream, rmt_error *err)
{
    const unsigned char *bytes = s->bytes;
    const size_t n = s->n_bytes;
    size_t word = strlen(SEAL_WORD);

    *is_sealed = false;
    if (n == 0)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s",
                        is_stream ? "the stream is empty: the stage before wrote nothing"
                                  : "the file is empty");
    if (memcmp(bytes, SEAL_WORD, n < word ? n : word) == 0) {
        *is_sealed = true;
        return check_seal(s, err);
    }
    if (looks_sealed(bytes, n))
        return rmt_fail(err, RMT_ERR_MALFORMED, "the seal is broken: its line cannot be read");
    /* The library looks for its signature at 0, 512, 1024, 2048 ... */
    for (size_t at = 0; n >= sizeof signature && at <= n - sizeof signature; at = at ? at * 2 : 512)
        if (memcmp(bytes + at, signature, sizeof signature) == 0) return RMT_OK;
    return rmt_fail(err, RMT_ERR_MALFORMED, "not a study file%s",
                    looks_like_plan(bytes, n)
                        ? ": it looks like a plan, of which 'remit ingest' makes a study file"
                        : "");
}
