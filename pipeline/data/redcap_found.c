/* redcap_found.c - see rmt/redcap.h: what only the whole export tells, to be kept with its tables. */
#include "redcap_data.h"

#include <stdint.h>
#include <string.h>

static const rmt_column_spec columns[] = {
    {"code", RMT_TYPE_STRING, "what was found", NULL},
    {"table", RMT_TYPE_STRING, "table name in the plan; empty = the export as a whole", NULL},
    {"line", RMT_TYPE_INTEGER, "line of the export", NULL},
    {"first_line", RMT_TYPE_INTEGER, "of a row that stands there twice: the line of the first",
     NULL},
    {"column", RMT_TYPE_STRING, "column of the export; empty = the row", NULL},
    {"subject", RMT_TYPE_STRING, "record id", NULL},
    {"value", RMT_TYPE_STRING, "what stands there", NULL},
    {"nearest", RMT_TYPE_STRING, "what it may have been meant to be", NULL},
};
enum { F_CODE, F_TABLE, F_LINE, F_FIRST, F_COLUMN, F_SUBJECT, F_VALUE, F_NEAREST, N_COLUMNS };

rmt_status rmt_redcap_found_new(rmt_table **out, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "What was found while exports were read", err);
    if (!st) st = rmt_table_add_columns(t, columns, N_COLUMNS, err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

rmt_status redcap_found_add(rmt_table *t, const redcap_found *f, rmt_error *err)
{
    const char *const texts[N_COLUMNS] = {
        [F_CODE] = f->code,       [F_TABLE] = f->table, [F_COLUMN] = f->column,
        [F_SUBJECT] = f->subject, [F_VALUE] = f->value, [F_NEAREST] = f->nearest};
    const size_t row = rmt_table_rows(t);
    rmt_status st = rmt_table_add_rows(t, 1, err);
    for (size_t c = 0; c < N_COLUMNS && !st; c++)
        if (texts[c]) st = rmt_table_set_text(t, c, row, texts[c], strlen(texts[c]), err);
    if (st) return st;
    if (f->line <= INT32_MAX) rmt_table_set_integer(t, F_LINE, row, (int32_t)f->line);
    if (f->first_line > 0 && f->first_line <= INT32_MAX)
        rmt_table_set_integer(t, F_FIRST, row, (int32_t)f->first_line);
    return RMT_OK;
}
