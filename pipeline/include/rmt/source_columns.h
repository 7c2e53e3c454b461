/* source_columns.h - where in its file each column stands, of tables that are not in the order of their file: forms of a
 * REDCap export, wide files made long.
 * Layer: stage. */
#ifndef RMT_SOURCE_COLUMNS_H
#define RMT_SOURCE_COLUMNS_H
#include "rmt/table.h"

#define RMT_SOURCE_COLUMNS "/source_columns"

/* table, column, number. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_source_columns_new(rmt_table **out, rmt_error *err);
/* column: as the file, or the data dictionary, calls it; number: from 1. t NULL: nobody asks. */
RMT_MUST_CHECK rmt_status rmt_source_columns_add(rmt_table *t, const char *table,
                                                 const char *column, size_t number, rmt_error *err);

/* To look them up. */
typedef struct {
    const char *table, *column;
    size_t number;
} rmt_source_column;
typedef struct {
    rmt_source_column *columns; /* n, sorted; their texts are the table's */
    size_t n;
} rmt_source_columns; /* {0} = none are known */
/* t: of rmt_source_columns_new, or of a study; NULL = there is none. O(n log n). RMT_ERR_INCONSISTENT when it is none of that
 * kind. Ownership: caller, rmt_source_columns_close. */
RMT_MUST_CHECK rmt_status rmt_source_columns_open(rmt_source_columns *out, const rmt_table *t,
                                                  rmt_error *err);
void rmt_source_columns_close(rmt_source_columns *c);
/* 0 = not known. O(log n) */
size_t rmt_source_columns_number(const rmt_source_columns *c, const char *table,
                                 const char *column);
#endif
