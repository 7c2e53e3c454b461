/* text.h - a growing byte string, and small questions about text.
 * Layer: core. No global state; thread-safe; no locale. */
#ifndef RMT_TEXT_H
#define RMT_TEXT_H
#include "rmt/status.h"
#include <stdint.h>

typedef struct {
    char *s;    /* NUL-terminated when len > 0 or after any append; NULL when never used */
    size_t len; /* bytes, without the NUL */
    size_t cap;
} rmt_text; /* start as {0}; rmt_text_clear frees */

void rmt_text_clear(rmt_text *t);
/* Takes its bytes away and keeps its room. */
void rmt_text_empty(rmt_text *t);
/* Its bytes, NUL-terminated; "" when it was never used. Borrowed until t is changed. */
const char *rmt_text_str(const rmt_text *t);
RMT_MUST_CHECK rmt_status rmt_text_add(rmt_text *t, const char *s, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_text_add_bytes(rmt_text *t, const char *s, size_t n, rmt_error *err);
RMT_PRINTF(3, 4)
RMT_MUST_CHECK rmt_status rmt_text_addf(rmt_text *t, rmt_error *err, const char *fmt, ...);
/* Appends s with every control character shown as '?', so that data cannot steer a terminal. */
RMT_MUST_CHECK rmt_status rmt_text_add_visible(rmt_text *t, const char *s, rmt_error *err);
/* Appends s as a JSON string with its quotes; s must be valid UTF-8. */
RMT_MUST_CHECK rmt_status rmt_text_add_json(rmt_text *t, const char *s, rmt_error *err);
/* Appends s quoted for a POSIX shell; words of [A-Za-z0-9_./:=,@%+-] stay bare. */
RMT_MUST_CHECK rmt_status rmt_text_add_shell(rmt_text *t, const char *s, rmt_error *err);
/* Appends s as one CSV cell (RFC 4180): quoted when it holds the delimiter, a quote, CR or LF. */
RMT_MUST_CHECK rmt_status rmt_text_add_csv(rmt_text *t, const char *s, char delimiter,
                                           rmt_error *err);
/* Appends one Unicode code point (0..0x10FFFF, no surrogates) as UTF-8. */
RMT_MUST_CHECK rmt_status rmt_text_add_utf8(rmt_text *t, uint32_t code_point, rmt_error *err);

/* Offset of the first byte that is not valid UTF-8 (overlong, surrogate, beyond U+10FFFF, cut), or n. */
size_t rmt_text_utf8_valid_prefix(const char *s, size_t n);
/* Number of code points in valid UTF-8 s (Table Schema counts these for minLength and maxLength). */
size_t rmt_text_utf8_length(const char *s);
/* Terminal columns of valid UTF-8 s: 2 for East Asian wide, 0 for combining marks, else 1. */
size_t rmt_text_utf8_width(const char *s);

/* Orders for qsort and bsearch: of texts (elements are const char *) by bytes, and of texts that keep their place
 * in a list by bytes, then by place. */
typedef struct {
    const char *text; /* borrowed */
    size_t place;
} rmt_text_placed;
int rmt_text_order(const void *a, const void *b);
int rmt_text_placed_order(const void *a, const void *b);

/* ASCII-only comparison without case. */
bool rmt_text_equal_nocase(const char *a, const char *b);

/* name is one of names[0..n), byte by byte. */
bool rmt_text_is_among(const char *name, const char *const *names, size_t n);

/* The candidate nearest to `word` (Damerau-Levenshtein, case-insensitive), or NULL when none is within
 * a third of the word's length (at least 1, at most 3 edits). Borrowed from candidates. */
const char *rmt_text_nearest(const char *word, const char *const *candidates, size_t n);
#endif
