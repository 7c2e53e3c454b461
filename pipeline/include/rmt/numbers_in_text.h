/* numbers_in_text.h - how much of a column of text is numbers, and where it is not.
 * Layer: stage. Pure: no allocation, no global state; thread-safe. O(rows). */
#ifndef RMT_NUMBERS_IN_TEXT_H
#define RMT_NUMBERS_IN_TEXT_H
#include "rmt/table.h"

typedef struct {
    size_t n_rows;
    size_t n_values;  /* cells that are not missing */
    size_t n_numbers; /* of them, numbers with a point or a comma */
    size_t
        first_other; /* row of the first that is no number with the file's own sign; n_rows = none */
    bool is_other_sign; /* which is one with the other sign */
} rmt_numbers_in_text;

/* column: one of text. decimal: the file's sign, 0 = '.'. codes: 007 is a number; without, it is not, as for
 * the types that ingest infers. */
void rmt_numbers_in_text_count(rmt_numbers_in_text *out, const rmt_table *t, size_t column,
                               char decimal, bool codes);
#endif
