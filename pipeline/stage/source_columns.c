#include "rmt/source_columns.h"

#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

static const rmt_column_spec columns[] = {
    {"table", RMT_TYPE_STRING, "table name in the plan", NULL},
    {"column", RMT_TYPE_STRING, "column of the file", NULL},
    {"number", RMT_TYPE_INTEGER, "its place in the file, from 1", NULL},
};
enum { P_TABLE, P_COLUMN, P_NUMBER, N_COLUMNS };

rmt_status rmt_source_columns_new(rmt_table **out, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "Where the columns of tables stand in their files", err);
    if (!st) st = rmt_table_add_columns(t, columns, N_COLUMNS, err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

rmt_status rmt_source_columns_add(rmt_table *t, const char *table, const char *column,
                                  size_t number, rmt_error *err)
{
    if (!t) return RMT_OK;
    const size_t row = rmt_table_rows(t);
    rmt_status st = rmt_table_add_rows(t, 1, err);
    if (!st) st = rmt_table_set_text(t, P_TABLE, row, table, strlen(table), err);
    if (!st) st = rmt_table_set_text(t, P_COLUMN, row, column, strlen(column), err);
    if (!st && number <= INT32_MAX) rmt_table_set_integer(t, P_NUMBER, row, (int32_t)number);
    return st;
}

static int by_name(const void *a, const void *b)
{
    const rmt_source_column *x = a, *y = b;
    const int order = strcmp(x->table, y->table);
    return order ? order : strcmp(x->column, y->column);
}

rmt_status rmt_source_columns_open(rmt_source_columns *out, const rmt_table *t, rmt_error *err)
{
    static const rmt_column_kind kinds[N_COLUMNS] = {RMT_KIND_TEXT, RMT_KIND_TEXT, RMT_KIND_WHOLE};
    size_t col[N_COLUMNS];
    rmt_status st;
    *out = (rmt_source_columns){0};
    if (!t) return RMT_OK;
    for (size_t c = 0; c < N_COLUMNS; c++)
        if ((st = rmt_table_need(&col[c], t, columns[c].name, kinds[c], RMT_SOURCE_COLUMNS, err)))
            return st;
    const size_t n = rmt_table_rows(t);
    if (!(out->columns = rmt_mem_array(n, sizeof *out->columns, err))) return RMT_ERR_NOMEM;
    for (size_t row = 0; row < n; row++) {
        const int32_t number = rmt_table_integer(t, col[P_NUMBER], row);
        if (number > 0)
            out->columns[out->n++] =
                (rmt_source_column){rmt_table_text(t, col[P_TABLE], row),
                                    rmt_table_text(t, col[P_COLUMN], row), (size_t)number};
    }
    qsort(out->columns, out->n, sizeof *out->columns, by_name);
    return RMT_OK;
}

void rmt_source_columns_close(rmt_source_columns *c)
{
    rmt_mem_free(c->columns);
    *c = (rmt_source_columns){0};
}

size_t rmt_source_columns_number(const rmt_source_columns *c, const char *table, const char *column)
{
    const rmt_source_column wanted = {table, column, 0};
    const rmt_source_column *found =
        c->n ? bsearch(&wanted, c->columns, c->n, sizeof wanted, by_name) : NULL;
    return found ? found->number : 0;
}
