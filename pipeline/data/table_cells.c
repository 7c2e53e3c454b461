/* table_cells.c - the cells of a table, set and asked for one by one or a column at a time. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rmt/num.h"
#include "table_parts.h"

/* ---- setters ------------------------------------------------------------------------------------ */

rmt_status rmt_table_set_number(rmt_table *t, size_t col, size_t row, double x, rmt_error *err)
{
    table_column *c = table_cell(t, col, row);
    assert(c->type == RMT_TYPE_NUMBER);
    if (isinf(x))
        return rmt_fail_at(err, RMT_ERR_INTERNAL, NULL, 0, c->name,
                           "an infinite number in row %zu of table '%s'", row + 1, t->title);
    c->numbers[row] = x;
    c->is_changed = true;
    return RMT_OK;
}

void rmt_table_set_integer(rmt_table *t, size_t col, size_t row, int32_t x)
{
    table_column *c = table_cell(t, col, row);
    assert(table_is_integral(c->type));
    c->integers[row] = x;
    c->is_changed = true;
}

rmt_status rmt_table_set_text(rmt_table *t, size_t col, size_t row, const char *s, size_t n,
                              rmt_error *err)
{
    table_column *c = table_cell(t, col, row);
    assert(rmt_type_is_text(c->type));
    rmt_status st = column_texts_own(&c->cells, t->n_rows, t->row_cap, err);
    if (!st) st = column_texts_set(&c->cells, row, s, n, err);
    if (st) rmt_error_locate(err, NULL, 0, c->name);
    return st;
}

rmt_status rmt_table_fill_text(rmt_table *t, size_t col, size_t first, size_t step, size_t n_cells,
                               const char *s, size_t n, rmt_error *err)
{
    if (n_cells == 0) return RMT_OK;
    table_column *c = table_cell(t, col, first + step * (n_cells - 1));
    assert(rmt_type_is_text(c->type));
    size_t offset = 0;
    rmt_status st = column_texts_own(&c->cells, t->n_rows, t->row_cap, err);
    if (!st) st = column_texts_store(&c->cells, s, n, &offset, err);
    if (st) {
        rmt_error_locate(err, NULL, 0, c->name);
        return st;
    }
    for (size_t i = 0; i < n_cells; i++) {
        size_t *at = &c->cells.at[first + i * step];
        if (*at) c->cells.n_set--;
        if (offset) c->cells.n_set++;
        *at = offset;
    }
    return RMT_OK;
}

rmt_status rmt_table_set_reason(rmt_table *t, size_t col, size_t row, const char *reason,
                                rmt_error *err)
{
    table_column *c = table_cell(t, col, row);
    if (!reason[0] && c->reasons.n_set == 0) return RMT_OK;
    rmt_status st = table_reasons_reserve(t, c, err);
    if (!st) st = column_texts_set(&c->reasons, row, reason, strlen(reason), err);
    if (st) rmt_error_locate(err, NULL, 0, c->name);
    return st;
}

/* ---- getters ------------------------------------------------------------------------------------ */

double rmt_table_number(const rmt_table *t, size_t col, size_t row)
{
    const table_column *c = table_cell(t, col, row);
    assert(!rmt_type_is_text(c->type));
    if (c->numbers) return c->numbers[row];
    return c->integers[row] == RMT_INTEGER_MISSING ? (double)NAN : c->integers[row];
}

int32_t rmt_table_integer(const rmt_table *t, size_t col, size_t row)
{
    const table_column *c = table_cell(t, col, row);
    assert(table_is_integral(c->type));
    return c->integers[row];
}

const char *rmt_table_text(const rmt_table *t, size_t col, size_t row)
{
    const table_column *c = table_cell(t, col, row);
    assert(rmt_type_is_text(c->type));
    return column_texts_get(&c->cells, row);
}

bool rmt_table_is_missing(const rmt_table *t, size_t col, size_t row)
{
    const table_column *c = table_cell(t, col, row);
    if (c->numbers) return isnan(c->numbers[row]);
    if (c->integers) return c->integers[row] == RMT_INTEGER_MISSING;
    return *column_texts_get(&c->cells, row) == '\0';
}

const char *rmt_table_reason(const rmt_table *t, size_t col, size_t row)
{
    return column_texts_get(&table_cell(t, col, row)->reasons, row);
}

bool rmt_table_has_reasons(const rmt_table *t, size_t col)
{
    return table_col(t, col)->reasons.n_set > 0;
}

const char *rmt_table_format(const rmt_table *t, size_t col, size_t row, char *buf)
{
    const table_column *c = table_cell(t, col, row);
    if (rmt_type_is_text(c->type)) return column_texts_get(&c->cells, row);
    if (c->type == RMT_TYPE_NUMBER) {
        rmt_num_print(buf, c->numbers[row]);
        return buf;
    }
    int32_t x = c->integers[row];
    if (x == RMT_INTEGER_MISSING) buf[0] = '\0';
    else if (c->type == RMT_TYPE_BOOLEAN) strcpy(buf, x ? "true" : "false");
    else snprintf(buf, RMT_NUM_BUF, "%" PRId32, x);
    return buf;
}

/* ---- a column at a time ------------------------------------------------------------------------- */

const double *rmt_table_numbers(const rmt_table *t, size_t col)
{
    return table_col(t, col)->numbers;
}

const int32_t *rmt_table_integers(const rmt_table *t, size_t col)
{
    return table_col(t, col)->integers;
}

double *rmt_table_numbers_mutable(rmt_table *t, size_t col)
{
    t->cols[col].is_changed = true;
    return table_col(t, col)->numbers;
}

int32_t *rmt_table_integers_mutable(rmt_table *t, size_t col)
{
    t->cols[col].is_changed = true;
    return table_col(t, col)->integers;
}

static const column_texts *texts_of(const rmt_table *t, size_t col, bool is_reasons)
{
    const table_column *c = table_col(t, col);
    return is_reasons ? &c->reasons : &c->cells;
}

size_t rmt_table_longest_text(const rmt_table *t, size_t col, bool is_reasons)
{
    const column_texts *x = texts_of(t, col, is_reasons);
    const char *last = "";
    size_t longest = 0;
    if (x->placed) return x->placed->longest;
    for (size_t i = 0; x->n_set > 0 && i < t->n_rows; i++) {
        const char *s = column_texts_get(x, i);
        if (s == last) continue; /* neighbours often agree */
        const size_t n = strlen(s);
        if (n > longest) longest = n;
        last = s;
    }
    return longest;
}

void rmt_table_copy_texts(const rmt_table *t, size_t col, bool is_reasons, size_t first, size_t n,
                          char *to, size_t width)
{
    const column_texts *x = texts_of(t, col, is_reasons);
    const char *last = NULL;
    for (size_t i = 0; i < n; i++, to += width) {
        const char *s = x->n_set > 0 ? column_texts_get(x, first + i) : "";
        if (s == last) {
            memcpy(to, to - width, width);
            continue;
        }
        strncpy(to, s, width); /* and zeros behind it; the longest leaves room for one */
        last = s;
    }
}
