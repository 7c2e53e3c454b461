/* table_texts.c - the texts of a column: its cells or its reasons. */
#include <string.h>

#include "rmt/mem.h"
#include "table_parts.h"

void column_texts_clear(column_texts *x)
{
    rmt_mem_free(x->at);
    rmt_mem_free(x->bytes);
    *x = (column_texts){0};
}

rmt_status column_texts_store(column_texts *x, const char *s, size_t n, size_t *offset,
                              rmt_error *err)
{
    if (n == 0) {
        *offset = 0;
        return RMT_OK;
    }
    if (memchr(s, '\0', n))
        return rmt_fail(err, RMT_ERR_INTERNAL, "a text cell cannot hold a NUL byte");
    if (x->last && strncmp(x->bytes + x->last, s, n) == 0 && x->bytes[x->last + n] == '\0') {
        *offset = x->last;
        return RMT_OK;
    }

    uintptr_t base = (uintptr_t)x->bytes;
    bool inside = x->bytes && (uintptr_t)s >= base && (uintptr_t)s < base + x->len;
    size_t from = inside ? (size_t)((uintptr_t)s - base) : 0;
    size_t start = x->len ? x->len : 1; /* byte 0 is the empty text */
    if (n >= SIZE_MAX - start) return rmt_fail(err, RMT_ERR_NOMEM, "text too long");
    rmt_status st = rmt_mem_grow(&x->bytes, &x->cap, start + n + 1, 1, err);
    if (st) return st;
    x->bytes[0] = '\0';
    memcpy(x->bytes + start, inside ? x->bytes + from : s, n);
    x->bytes[start + n] = '\0';
    x->len = start + n + 1;
    x->last = start;
    *offset = start;
    return RMT_OK;
}

rmt_status column_texts_set(column_texts *x, size_t row, const char *s, size_t n, rmt_error *err)
{
    size_t offset = 0;
    rmt_status st = column_texts_store(x, s, n, &offset, err);
    if (st) return st;
    if (x->at[row]) x->n_set--;
    if (offset) x->n_set++;
    x->at[row] = offset;
    return RMT_OK;
}

rmt_status column_texts_copy(column_texts *to, const column_texts *from, size_t n_rows,
                             rmt_error *err)
{
    if (from->n_set == 0) return RMT_OK;
    if (column_texts_are_borrowed(from)) {
        rmt_status st = RMT_OK;
        for (size_t i = 0; i < n_rows && !st; i++) {
            const char *s = column_texts_get(from, i);
            if (*s) st = column_texts_set(to, i, s, strlen(s), err);
        }
        return st;
    }
    to->bytes = rmt_mem_array(from->len, 1, err);
    if (!to->bytes) return RMT_ERR_NOMEM;
    memcpy(to->bytes, from->bytes, from->len);
    memcpy(to->at, from->at, n_rows * sizeof *to->at);
    to->len = to->cap = from->len;
    to->last = from->last;
    to->n_set = from->n_set;
    return RMT_OK;
}

rmt_status column_texts_own(column_texts *x, size_t n_rows, size_t cap, rmt_error *err)
{
    if (!column_texts_are_borrowed(x)) return RMT_OK;
    column_texts own = {.at = rmt_mem_array(cap, sizeof *own.at, err)};
    if (!own.at) return RMT_ERR_NOMEM;
    rmt_status st = column_texts_copy(&own, x, n_rows, err);
    if (st) column_texts_clear(&own);
    else *x = own;
    return st;
}

void column_texts_borrow(column_texts *x, const char *cells, size_t width, size_t n_rows)
{
    if (n_rows == 0) return; /* nothing to point at */
    column_texts_clear(x);
    x->borrowed = cells;
    x->width = width;
    for (size_t i = 0; i < n_rows; i++)
        x->n_set += cells[i * width] != '\0';
}
