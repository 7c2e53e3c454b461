/* init_labels.c - rows behind the header that say what the columns are. See init_read.h. */
#include "init_read.h"
#include "rmt/missing_words.h"
#include "rmt/num.h"

#include <string.h>

/* With a decimal point or comma. */
static bool is_number(const char *cell)
{
    char buf[RMT_LEVEL_BUF];
    double x;
    if (strlen(cell) >= sizeof buf) return false;
    strcpy(buf, cell);
    char *comma = strchr(buf, ',');
    if (comma) *comma = '.';
    return rmt_num_parse_double(buf, strlen(buf), &x);
}

/* Words in the first n rows, and numbers in all others that have a value. */
static bool is_labelled(const rmt_table *t, size_t col, size_t n)
{
    size_t n_numbers = 0;
    if (rmt_table_type(t, col) != RMT_TYPE_STRING) return false;
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        const char *cell = rmt_table_text(t, col, row);
        const bool number = is_number(cell);
        const bool missing = !cell[0] || rmt_missing_kind_of(cell) != RMT_MISSING_NOT;
        if (row < n ? number || missing : !number && !missing) return false;
        n_numbers += row >= n && number;
    }
    return n_numbers > 1;
}

size_t rmt_init_label_rows(const rmt_table *t)
{
    enum { MOST_ROWS = 3, LEAST_COLUMNS = 2 };
    for (size_t n = 1; n <= MOST_ROWS && n + 2 <= rmt_table_rows(t); n++) {
        size_t n_columns = 0;
        for (size_t col = 0; col < rmt_table_columns(t); col++)
            n_columns += is_labelled(t, col, n);
        if (n_columns >= LEAST_COLUMNS) return n;
    }
    return 0;
}
