#include "rmt/table_text.h"

#include "rmt/num.h"

#include <string.h>

static rmt_status add_separated(rmt_text *out, const rmt_table *t, char delimiter, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    const char separator[2] = {delimiter, '\0'};
    rmt_status st;
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        if (c && (st = rmt_text_add(out, separator, err))) return st;
        if ((st = rmt_text_add_csv(out, rmt_table_name(t, c), delimiter, err))) return st;
    }
    if ((st = rmt_text_add(out, "\n", err))) return st;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        for (size_t c = 0; c < rmt_table_columns(t); c++) {
            if (c && (st = rmt_text_add(out, separator, err))) return st;
            if ((st = rmt_text_add_csv(out, rmt_table_format(t, c, r, buf), delimiter, err)))
                return st;
        }
        if ((st = rmt_text_add(out, "\n", err))) return st;
    }
    return RMT_OK;
}

static rmt_status add_json_cell(rmt_text *out, const rmt_table *t, size_t c, size_t r,
                                rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    const char *cell = rmt_table_format(t, c, r, buf);
    if (rmt_table_is_missing(t, c, r)) return rmt_text_add(out, "null", err);
    if (rmt_type_is_text(rmt_table_type(t, c))) return rmt_text_add_json(out, cell, err);
    return rmt_text_add(out, cell, err);
}

static rmt_status add_json(rmt_text *out, const rmt_table *t, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_text_add(out, "[", err))) return st;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        if ((st = rmt_text_add(out, r ? ",\n {" : "\n {", err))) return st;
        for (size_t c = 0; c < rmt_table_columns(t); c++) {
            if (c && (st = rmt_text_add(out, ", ", err))) return st;
            if ((st = rmt_text_add_json(out, rmt_table_name(t, c), err))) return st;
            if ((st = rmt_text_add(out, ": ", err))) return st;
            if ((st = add_json_cell(out, t, c, r, err))) return st;
        }
        if ((st = rmt_text_add(out, "}", err))) return st;
    }
    return rmt_text_add(out, "\n]\n", err);
}

rmt_status rmt_table_write(rmt_text *out, const rmt_table *t, const char *format, rmt_error *err)
{
    if (strcmp(format, "json") == 0) return add_json(out, t, err);
    if (strcmp(format, "csv") == 0) return add_separated(out, t, ',', err);
    if (strcmp(format, "tsv") == 0) return add_separated(out, t, '\t', err);
    return rmt_fail(err, RMT_ERR_INTERNAL, "no table format '%s'", format);
}
