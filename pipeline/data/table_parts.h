/* table_parts.h - what lies in a table.
 * Layer: data, private to this folder. table.c has its columns and rows, table_cells.c the cells, table_texts.c those of text,
 * table_digest.c the digest of all. */
#ifndef RMT_DATA_TABLE_PARTS_H
#define RMT_DATA_TABLE_PARTS_H
#include "rmt/table.h"

#include <assert.h>

/* ---- table_texts.c ----------------------------------------------------------------------------- */

/* One text per row as an offset into one block of bytes: no allocation per cell. Offset 0 is "".
 * Overwritten texts stay in the block; a table is filled once. Or, as long as nobody changes them,
 * texts that lie in memory of somebody else: at equal distances, or placed as our own are. */
typedef struct {
    const char *borrowed; /* NULL: own. Row i begins at borrowed + i * width */
    size_t width;
    const rmt_table_texts *placed; /* NULL: own, or at equal distances */
    size_t *at;                    /* row_cap offsets; NULL = all "" */
    char *bytes;                   /* NULL until the first text */
    size_t len, cap;
    size_t last;  /* offset of the text stored last: neighbours often agree */
    size_t n_set; /* rows that are not "" */
} column_texts;

static inline const char *column_texts_get(const column_texts *x, size_t row)
{
    if (x->borrowed) return x->borrowed + row * x->width;
    if (x->placed) return x->placed->bytes + x->placed->at[row];
    return x->at && x->at[row] ? x->bytes + x->at[row] : "";
}

static inline bool column_texts_are_borrowed(const column_texts *x)
{
    return x->borrowed || x->placed;
}

void column_texts_clear(column_texts *x);
/* The offset of s[0..n), stored if need be. s may lie in x itself. x is the table's own. */
RMT_MUST_CHECK rmt_status column_texts_store(column_texts *x, const char *s, size_t n,
                                             size_t *offset, rmt_error *err);
RMT_MUST_CHECK rmt_status column_texts_set(column_texts *x, size_t row, const char *s, size_t n,
                                           rmt_error *err);
/* Copies `from`, n_rows long, into the empty `to`, whose `at` has room for them where from has texts. */
RMT_MUST_CHECK rmt_status column_texts_copy(column_texts *to, const column_texts *from,
                                            size_t n_rows, rmt_error *err);
/* Makes borrowed texts the table's own, with room for `cap` rows: they are about to change. */
RMT_MUST_CHECK rmt_status column_texts_own(column_texts *x, size_t n_rows, size_t cap,
                                           rmt_error *err);
/* Forgets its own for those of cells, `width` apart. */
void column_texts_borrow(column_texts *x, const char *cells, size_t width, size_t n_rows);

/* ---- table.c ----------------------------------------------------------------------------------- */

typedef struct {
    char *name, *title, *unit;
    rmt_type type;
    double *numbers;      /* number */
    int32_t *integers;    /* integer, boolean */
    bool is_borrowed;     /* numbers or integers are not ours to free */
    bool is_changed;      /* and have been written to */
    column_texts cells;   /* string, date, datetime */
    column_texts reasons; /* `at` is allocated with the first reason */
} table_column;

struct rmt_table {
    char *title;
    table_column *cols;
    size_t n_cols, cols_cap;
    size_t n_rows, row_cap; /* every column has room for row_cap rows */
    size_t *slots;          /* open addressing over names: column + 1, 0 = free */
    size_t n_slots;         /* a power of two, at least twice n_cols */
    rmt_table_memory kept;  /* what columns borrow from */
};

static inline bool table_is_integral(rmt_type t)
{
    return t == RMT_TYPE_INTEGER || t == RMT_TYPE_BOOLEAN;
}

static inline table_column *table_col(const rmt_table *t, size_t col)
{
    assert(col < t->n_cols);
    return &t->cols[col];
}

static inline table_column *table_cell(const rmt_table *t, size_t col, size_t row)
{
    assert(col < t->n_cols && row < t->n_rows);
    (void)row;
    return &t->cols[col];
}

/* Room for the reasons of a column, which are the table's own from here on. */
RMT_MUST_CHECK rmt_status table_reasons_reserve(const rmt_table *t, table_column *c,
                                                rmt_error *err);
#endif
