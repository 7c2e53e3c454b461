/* table_digest.c - the digest of a table's content. */
#include <math.h>
#include <string.h>

#include "table_parts.h"

/* Small pieces are gathered: a digest takes long ones at a fraction of the cost. */
typedef struct {
    rmt_digest *digest;
    unsigned char block[8192];
    size_t used;
} gatherer;

static rmt_status flush(gatherer *g, rmt_error *err)
{
    rmt_status st = rmt_digest_add(g->digest, g->block, g->used, err);
    g->used = 0;
    return st;
}

static rmt_status gather(gatherer *g, const void *bytes, size_t n, rmt_error *err)
{
    if (n > sizeof g->block - g->used) {
        rmt_status st = flush(g, err);
        if (st) return st;
        if (n > sizeof g->block) return rmt_digest_add(g->digest, bytes, n, err);
    }
    memcpy(g->block + g->used, bytes, n);
    g->used += n;
    return RMT_OK;
}

/* With its NUL. */
static rmt_status gather_text(gatherer *g, const char *s, rmt_error *err)
{
    return gather(g, s, strlen(s) + 1, err);
}

static void put_little_endian(unsigned char *to, uint64_t x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(x >> (8 * i));
}

static rmt_status gather_count(gatherer *g, size_t n, rmt_error *err)
{
    unsigned char b[8];
    put_little_endian(b, n, sizeof b);
    return gather(g, b, sizeof b, err);
}

/* One bit pattern for each value that prints the same: there are many NaN, and two zeros. */
static uint64_t canonical_bits(double x)
{
    uint64_t bits;
    x = isnan(x) ? (double)NAN : x + 0.0; /* -0.0 + 0.0 is 0.0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Constant sizes: the compiler then stores a value at once. */
static rmt_status gather_numbers(gatherer *g, const double *x, size_t n, rmt_error *err)
{
    for (size_t first = 0, k; first < n; first += k) {
        rmt_status st = sizeof g->block - g->used < 8 ? flush(g, err) : RMT_OK;
        if (st) return st;
        unsigned char *at = g->block + g->used;
        k = (sizeof g->block - g->used) / 8;
        if (k > n - first) k = n - first;
        for (size_t i = 0; i < k; i++)
            put_little_endian(at + 8 * i, canonical_bits(x[first + i]), 8);
        g->used += k * 8;
    }
    return RMT_OK;
}

/* Where they lie little-endian already, as on nearly every machine, they are taken as they are. */
static rmt_status gather_integers(gatherer *g, const int32_t *x, size_t n, rmt_error *err)
{
    static const int32_t one = 1;
    unsigned char b[4];
    rmt_status st = RMT_OK;
    if (*(const unsigned char *)&one == 1) return gather(g, x, n * sizeof *x, err);
    for (size_t i = 0; i < n && !st; i++) {
        put_little_endian(b, (uint32_t)x[i], sizeof b);
        st = gather(g, b, sizeof b, err);
    }
    return st;
}

static rmt_status gather_values(gatherer *g, const table_column *c, size_t from, size_t to,
                                rmt_error *err)
{
    return c->numbers ? gather_numbers(g, c->numbers + from, to - from, err)
                      : gather_integers(g, c->integers + from, to - from, err);
}

static rmt_status gather_texts(gatherer *g, const column_texts *x, size_t from, size_t to,
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = from; i < to && !st; i++)
        st = gather_text(g, column_texts_get(x, i), err);
    return st;
}

/* Only the rows that have one, each with its row. */
static rmt_status gather_reasons(gatherer *g, const column_texts *x, size_t from, size_t to,
                                 rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = from; i < to && !st; i++) {
        if (*column_texts_get(x, i) == '\0') continue;
        st = gather_count(g, i, err);
        if (!st) st = gather_text(g, column_texts_get(x, i), err);
    }
    return st;
}

/* The cells of a column, then its reasons, some rows at a time: what is mapped of them goes again. */
static rmt_status gather_column(gatherer *g, const rmt_table *t, size_t col, rmt_error *err)
{
    const table_column *c = &t->cols[col];
    const size_t n = t->n_rows;
    rmt_status st = RMT_OK;
    for (size_t from = 0, to; from < n && !st; from = to) {
        to = n - from < RMT_TABLE_PIECE ? n : from + RMT_TABLE_PIECE;
        st = rmt_type_is_text(c->type) ? gather_texts(g, &c->cells, from, to, err)
                                       : gather_values(g, c, from, to, err);
        rmt_table_rest(t, col);
    }
    if (!st) st = gather_count(g, c->reasons.n_set, err);
    for (size_t from = 0, to; c->reasons.n_set > 0 && from < n && !st; from = to) {
        to = n - from < RMT_TABLE_PIECE ? n : from + RMT_TABLE_PIECE;
        st = gather_reasons(g, &c->reasons, from, to, err);
        rmt_table_rest(t, col);
    }
    return st;
}

rmt_status rmt_table_digest(const rmt_table *t, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    rmt_status st;
    gatherer g = {.used = 0};

    if ((st = rmt_digest_new(&g.digest, err))) goto done;
    if ((st = gather_text(&g, t->title, err))) goto done;
    if ((st = gather_count(&g, t->n_rows, err))) goto done;
    if ((st = gather_count(&g, t->n_cols, err))) goto done;
    for (size_t i = 0; i < t->n_cols; i++) {
        const table_column *c = &t->cols[i];
        if ((st = gather_text(&g, c->name, err))) goto done;
        if ((st = gather_text(&g, rmt_type_name(c->type), err))) goto done;
        if ((st = gather_text(&g, c->title, err))) goto done;
        if ((st = gather_text(&g, c->unit, err))) goto done;
        if ((st = gather_column(&g, t, i, err))) goto done;
    }
    if ((st = flush(&g, err))) goto done;
    st = rmt_digest_end(g.digest, hex, err);
done:
    rmt_digest_free(g.digest);
    return st;
}
