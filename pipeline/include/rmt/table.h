/* table.h - a columnar table: what every CSV becomes and every result is.
 * Layer: data. Memory: O(cells). Not thread-safe while written; safe to read from many threads.
 *
 * A column is number (double), integer, boolean (int32) or text (string, date, datetime: UTF-8).
 * Missing is NaN for numbers, INT32_MIN for integer and boolean, "" for text. Why a cell is missing
 * can be kept beside it as a reason (a missing code as written, "unreadable: 12x", "n<2"). */
#ifndef RMT_TABLE_H
#define RMT_TABLE_H
#include "rmt/digest.h"
#include "rmt/status.h"
#include <stdint.h>

#define RMT_INTEGER_MISSING INT32_MIN
#define RMT_NO_COLUMN ((size_t)-1)
/* A study file keeps so many columns of one table, each with its reasons. */
enum { RMT_TABLE_MAX_COLUMNS = 32000 };

typedef enum {
    RMT_TYPE_NUMBER,
    RMT_TYPE_INTEGER,
    RMT_TYPE_BOOLEAN,
    RMT_TYPE_STRING,
    RMT_TYPE_DATE,     /* ISO 8601 YYYY-MM-DD */
    RMT_TYPE_DATETIME, /* ISO 8601 YYYY-MM-DDThh:mm:ss[Z] */
    RMT_N_TYPES
} rmt_type;

/* "number", "integer", "boolean", "string", "date", "datetime". */
const char *rmt_type_name(rmt_type t);
bool rmt_type_from_name(const char *name, rmt_type *out);
/* True for the types kept as text. */
bool rmt_type_is_text(rmt_type t);

typedef struct rmt_table rmt_table;

/* An empty table (no columns, no rows). title: what the table is, for people. */
RMT_MUST_CHECK rmt_status rmt_table_new(rmt_table **out, const char *title, rmt_error *err);
void rmt_table_free(rmt_table *t);
RMT_MUST_CHECK rmt_status rmt_table_clone(rmt_table **out, const rmt_table *t, rmt_error *err);
const char *rmt_table_title(const rmt_table *t);

/* Declares a column; existing rows become missing. Names are unique and not empty
 * (RMT_ERR_INTERNAL otherwise). title and unit may be NULL. The new column's index is its position. */
RMT_MUST_CHECK rmt_status rmt_table_add_column(rmt_table *t, const char *name, rmt_type type,
                                               const char *title, const char *unit, rmt_error *err);

/* Columns as data: the layout of a result table is one static array of these. */
typedef struct {
    const char *name;
    rmt_type type;
    const char *title; /* what it holds and how it is defined */
    const char *unit;  /* NULL = unitless or text */
} rmt_column_spec;
RMT_MUST_CHECK rmt_status rmt_table_add_columns(rmt_table *t, const rmt_column_spec *specs,
                                                size_t n, rmt_error *err);

size_t rmt_table_rows(const rmt_table *t);
size_t rmt_table_columns(const rmt_table *t);
/* Index by exact name, or RMT_NO_COLUMN. O(1) on average. */
size_t rmt_table_find(const rmt_table *t, const char *name);
/* The same for a table that other software may have written: a column that is absent or of another kind is refused,
 * RMT_ERR_INCONSISTENT, naming `path`. */
typedef enum {
    RMT_KIND_TEXT,   /* string, date, datetime */
    RMT_KIND_NUMBER, /* number, integer, boolean: rmt_table_number reads it */
    RMT_KIND_WHOLE   /* integer, boolean: rmt_table_integer reads it */
} rmt_column_kind;
RMT_MUST_CHECK rmt_status rmt_table_need(size_t *col, const rmt_table *t, const char *name,
                                         rmt_column_kind kind, const char *path, rmt_error *err);
const char *rmt_table_name(const rmt_table *t, size_t col);
rmt_type rmt_table_type(const rmt_table *t, size_t col);
const char *rmt_table_column_title(const rmt_table *t, size_t col); /* "" = none */
const char *rmt_table_unit(const rmt_table *t, size_t col);         /* "" = none */

/* Adds n rows, all cells missing. */
RMT_MUST_CHECK rmt_status rmt_table_add_rows(rmt_table *t, size_t n, rmt_error *err);

/* Setters: the column's type must fit (asserted). Numbers must be finite or NaN: an infinity is
 * refused with RMT_ERR_INTERNAL, because infinity is never a result. */
RMT_MUST_CHECK rmt_status rmt_table_set_number(rmt_table *t, size_t col, size_t row, double x,
                                               rmt_error *err);
/* integer or boolean */
void rmt_table_set_integer(rmt_table *t, size_t col, size_t row, int32_t x);
RMT_MUST_CHECK rmt_status rmt_table_set_text(rmt_table *t, size_t col, size_t row, const char *s,
                                             size_t n, rmt_error *err);
/* The same text in n_cells cells of a column: rows first, first + step, ...; stored once. */
RMT_MUST_CHECK rmt_status rmt_table_fill_text(rmt_table *t, size_t col, size_t first, size_t step,
                                              size_t n_cells, const char *s, size_t n,
                                              rmt_error *err);
/* Why the cell is missing; "" removes. */
RMT_MUST_CHECK rmt_status rmt_table_set_reason(rmt_table *t, size_t col, size_t row,
                                               const char *reason, rmt_error *err);

/* Gives a column (its cells, if it is one of text, or its reasons) to texts that lie in memory of the caller: one per
 * row, `width` bytes apart, each UTF-8 and ended by NUL. That memory must outlive the table unchanged. What the column
 * held is forgotten; the first change of one of its texts copies them all. */
void rmt_table_borrow_texts(rmt_table *t, size_t col, const char *cells, size_t width);
void rmt_table_borrow_reasons(rmt_table *t, size_t col, const char *cells, size_t width);

/* Texts that lie one behind the other: row i's begins at bytes + at[i], and bytes[0] is the NUL of all rows without one. */
typedef struct {
    const size_t *at;  /* one per row; NULL = no row has a text */
    const char *bytes; /* UTF-8, each text ended by NUL */
    size_t n_bytes;
    size_t n_set;   /* rows that have a text */
    size_t longest; /* bytes of the longest, without its NUL */
} rmt_table_texts;
typedef struct {
    void *values; /* as many doubles (number) or int32 (integer, boolean) as there are rows */
    rmt_table_texts texts, reasons;
} rmt_table_borrowed;
/* As rmt_table_add_column, over cells that lie in memory of the caller, which must outlive the table, as must `from`. Texts
 * are copied before the first of them changes; the setters write to the values where they are. */
RMT_MUST_CHECK rmt_status rmt_table_add_borrowed(rmt_table *t, const char *name, rmt_type type,
                                                 const char *title, const char *unit,
                                                 const rmt_table_borrowed *from, rmt_error *err);

/* The memory that columns borrow from may be the table's to release, with it. rest: bytes[0..n) of it have been read and
 * can be had again from where they came, a file; NULL = they cannot. At most one such memory for a table. */
typedef struct {
    void *memory;
    void (*release)(void *memory);
    void (*rest)(void *memory, const void *bytes, size_t n);
} rmt_table_memory;
void rmt_table_keep(rmt_table *t, const rmt_table_memory *memory);
/* A column that lies in a file takes no memory until it is read again. Whoever reads long columns from end to end calls
 * this after every RMT_TABLE_PIECE rows; for all other columns it does nothing. */
enum { RMT_TABLE_PIECE = 1 << 18 };
void rmt_table_rest(const rmt_table *t, size_t col);

/* Getters. rmt_table_number also reads integer and boolean columns (missing becomes NaN). */
double rmt_table_number(const rmt_table *t, size_t col, size_t row);
int32_t rmt_table_integer(const rmt_table *t, size_t col, size_t row);
const char *rmt_table_text(const rmt_table *t, size_t col, size_t row); /* borrowed; "" = missing */
bool rmt_table_is_missing(const rmt_table *t, size_t col, size_t row);
const char *rmt_table_reason(const rmt_table *t, size_t col, size_t row); /* "" = none */
bool rmt_table_has_reasons(const rmt_table *t, size_t col);

/* Any cell as text: numbers by rmt_num_print, booleans "true"/"false", missing "". Text columns give the
 * borrowed cell, the others write into buf (RMT_NUM_BUF bytes). */
const char *rmt_table_format(const rmt_table *t, size_t col, size_t row, char *buf);

/* Borrowed column storage for bulk work: rows doubles or int32; NULL when of another type. */
const double *rmt_table_numbers(const rmt_table *t, size_t col);
const int32_t *rmt_table_integers(const rmt_table *t, size_t col);
double *rmt_table_numbers_mutable(rmt_table *t, size_t col);
int32_t *rmt_table_integers_mutable(rmt_table *t, size_t col);

/* The same for texts, or for the reasons of any column: bytes of the longest, and n of them from row `first` on, each
 * filled with NUL to `width` bytes, which is more than the longest has. */
size_t rmt_table_longest_text(const rmt_table *t, size_t col, bool is_reasons);
void rmt_table_copy_texts(const rmt_table *t, size_t col, bool is_reasons, size_t first, size_t n,
                          char *to, size_t width);

/* SHA-256 of the content: title, and per column name, type, title, unit, cells, reasons; little-endian.
 * Independent of any file format. */
RMT_MUST_CHECK rmt_status rmt_table_digest(const rmt_table *t, char hex[RMT_DIGEST_HEX],
                                           rmt_error *err);
#endif
