#include "rmt/numbers_in_text.h"

#include "rmt/schema.h"

#include <string.h>

static bool is_number(const char *s, char decimal, bool codes)
{
    rmt_field field;
    rmt_cell cell;
    const char *digits = s + (*s == '-');
    const bool code = *s == '+' || (digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9');
    if (code && !codes) return false;
    rmt_field_init(&field, "", RMT_TYPE_NUMBER);
    rmt_field_read_cell(&cell, &field, NULL, decimal, s, strlen(s));
    return cell.kind == RMT_CELL_VALUE;
}

void rmt_numbers_in_text_count(rmt_numbers_in_text *out, const rmt_table *t, size_t column,
                               char decimal, bool codes)
{
    const char own = decimal ? decimal : '.', other = own == '.' ? ',' : '.';
    *out = (rmt_numbers_in_text){.n_rows = rmt_table_rows(t), .first_other = rmt_table_rows(t)};
    for (size_t r = 0; r < out->n_rows; r++) {
        const char *s = rmt_table_text(t, column, r);
        if (*s == '\0') continue;
        const bool number = is_number(s, own, codes),
                   other_sign = !number && is_number(s, other, codes);
        out->n_values++;
        out->n_numbers += number || other_sign;
        if (number || out->first_other < out->n_rows) continue;
        out->first_other = r;
        out->is_other_sign = other_sign;
    }
}
