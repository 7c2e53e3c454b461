/* result_rows.h - the rows of a result table, written one after the other.
 * Layer: stage. Every setter writes into the last row of t; what is missing stays missing. */
#ifndef RMT_RESULT_ROWS_H
#define RMT_RESULT_ROWS_H
#include "rmt/table.h"

/* What a reader of results may look for: `source` of rows from participants, the labels of rows from a
 * publication, the second method of every proportion, and `nnt_direction`. */
#define RMT_SOURCE_PARTICIPANTS "participants"
#define RMT_AS_PUBLISHED "as published"
#define RMT_METHOD_CLOPPER_PEARSON "Clopper-Pearson exact interval"
#define RMT_NNT_BENEFIT "benefit"
#define RMT_NNT_HARM "harm"
#define RMT_NNT_MORE "more events" /* as published: whether the event is wanted is not known */
#define RMT_NNT_FEWER "fewer events"

#define RMT_NOTE_PRORATED "from prorated scores"

/* s NULL or "": missing. */
RMT_MUST_CHECK rmt_status rmt_result_text(rmt_table *t, size_t col, const char *s, rmt_error *err);
/* NaN: missing. */
RMT_MUST_CHECK rmt_status rmt_result_number(rmt_table *t, size_t col, double x, rmt_error *err);
/* RMT_ERR_INTERNAL for what a whole-number column cannot hold. */
RMT_MUST_CHECK rmt_status rmt_result_integer(rmt_table *t, size_t col, long x, rmt_error *err);
/* Several texts at once: texts[i] into column i of col. */
typedef struct {
    size_t col;
    const char *text;
} rmt_result_cell;
RMT_MUST_CHECK rmt_status rmt_result_texts(rmt_table *t, const rmt_result_cell *cells, size_t n,
                                           rmt_error *err);
/* A degenerate estimate is a result: an empty estimate with its reason, and the note. Any other
 * failure is handed on with `why`. st != RMT_OK. */
RMT_MUST_CHECK rmt_status rmt_result_degenerate(rmt_table *t, size_t estimate_col, size_t note_col,
                                                rmt_status st, const rmt_error *why,
                                                rmt_error *err);
/* Adds to the note, "; " between: text (skipped when ""), then "3 values of records with validation
 * errors", then "2 values from prorated scores" (each skipped when its number is 0). */
RMT_MUST_CHECK rmt_status rmt_result_note(rmt_table *t, size_t note_col, const char *text,
                                          size_t n_flagged, size_t n_prorated, rmt_error *err);

/* Leaves one of rows that are equal in every cell and reason, the first. *t is replaced when there was
 * a second. O(rows) on average. */
RMT_MUST_CHECK rmt_status rmt_result_distinct(rmt_table **t, const rmt_column_spec *columns,
                                              size_t n_columns, rmt_error *err);
#endif
