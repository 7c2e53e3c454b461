/* digest.h - SHA-256 (libnettle), for seals, inputs and table contents; the other digests are for files that somebody else
 * has declared by them.
 * Layer: core. Thread-safe per object. A digest of more than 4 MiB has a thread of its own until it is ended or freed. */
#ifndef RMT_DIGEST_H
#define RMT_DIGEST_H
#include "rmt/status.h"
#include <stdint.h>

enum { RMT_DIGEST_HEX = 65 }; /* 64 lower-case hex digits and NUL */

typedef enum {
    RMT_DIGEST_SHA256,
    RMT_DIGEST_SHA512,
    RMT_DIGEST_SHA1,
    RMT_DIGEST_MD5
} rmt_digest_kind;
enum { RMT_DIGEST_HEX_MOST = 129 }; /* of all kinds */
/* "sha256", ..., in static storage, and the number of its hex digits. */
const char *rmt_digest_name(rmt_digest_kind kind);
size_t rmt_digest_digits(rmt_digest_kind kind);

typedef struct rmt_digest rmt_digest;

RMT_MUST_CHECK rmt_status rmt_digest_new(rmt_digest **out, rmt_error *err); /* SHA-256 */
RMT_MUST_CHECK rmt_status rmt_digest_new_of(rmt_digest **out, rmt_digest_kind kind, rmt_error *err);
void rmt_digest_free(rmt_digest *d);
RMT_MUST_CHECK rmt_status rmt_digest_add(rmt_digest *d, const void *bytes, size_t n,
                                         rmt_error *err);
/* Text with its terminating NUL, so that ("ab","c") and ("a","bc") differ. */
RMT_MUST_CHECK rmt_status rmt_digest_add_text(rmt_digest *d, const char *s, rmt_error *err);
/* Ends the digest, of SHA-256 or of any kind; d can only be freed afterwards. */
RMT_MUST_CHECK rmt_status rmt_digest_end(rmt_digest *d, char hex[RMT_DIGEST_HEX], rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_digest_end_of(rmt_digest *d, char hex[RMT_DIGEST_HEX_MOST],
                                            rmt_error *err);
/* One call for bytes in memory. */
RMT_MUST_CHECK rmt_status rmt_digest_bytes(const void *bytes, size_t n, char hex[RMT_DIGEST_HEX],
                                           rmt_error *err);
#endif
