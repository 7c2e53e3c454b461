/* schema_check_say.c - what a check of a table against its schema found, in words. */
#include <stdio.h>
#include <string.h>

#include "schema_check_parts.h"

void schema_reporter_init(schema_reporter *r, rmt_ledger *ledger, const char *name,
                          const rmt_table *t, rmt_error *err)
{
    memset(r, 0, sizeof *r);
    r->ledger = ledger;
    r->name = name;
    r->table = t;
    r->line_col = rmt_line_column(t);
    r->err = err;
}

void schema_reporter_clear(schema_reporter *r)
{
    rmt_text_clear(&r->rule);
    rmt_text_clear(&r->value);
    rmt_text_clear(&r->message);
    rmt_text_clear(&r->why);
    rmt_text_clear(&r->why_value);
}

enum { SHOWN = 100, SHOWN_BUF = SHOWN + 4 };

/* A value as a message can bear it: one line, not too long. */
static const char *shown(char buf[SHOWN_BUF], const char *value)
{
    size_t n = strlen(value), keep = n;

    if (n == 0) return "an empty cell";
    if (n > SHOWN) {
        keep = SHOWN;
        while (keep > 0 && ((unsigned char)value[keep] & 0xc0) == 0x80)
            keep--;
    }
    for (size_t i = 0; i < keep; i++)
        buf[i] = (unsigned char)value[i] < 0x20 || value[i] == 0x7f ? '?' : value[i];
    memcpy(buf + keep, keep < n ? "..." : "", keep < n ? 4 : 1);
    return buf;
}

const char *schema_place(const schema_reporter *r, size_t row, char buf[SCHEMA_PLACE_BUF])
{
    size_t line = rmt_line_of(r->table, r->line_col, row);

    (void)snprintf(buf, SCHEMA_PLACE_BUF, "%s %zu", line ? "line" : "row", line ? line : row + 1);
    return buf;
}

bool schema_told_without_words(schema_reporter *r, const char *code, size_t row, const char *column,
                               rmt_status *st)
{
    if (rmt_ledger_lists(r->ledger, code, r->name)) return false;
    const rmt_finding f = {.severity = RMT_SEVERITY_ERROR,
                           .code = code,
                           .table = r->name,
                           .line =
                               row == SCHEMA_NO_ROW ? 0 : rmt_line_of(r->table, r->line_col, row),
                           .record = row == SCHEMA_NO_ROW ? 0 : row + 1,
                           .column = column};
    *st = rmt_ledger_add(r->ledger, &f, r->err);
    return true;
}

rmt_status schema_set_rule(schema_reporter *r, const char *name, const char *value)
{
    rmt_text_empty(&r->rule);
    return rmt_text_addf(&r->rule, r->err, "%s%s%s", name, value[0] ? " " : "", value);
}

rmt_status schema_say(schema_reporter *r, rmt_severity severity, const char *code, size_t row,
                      const char *column, const char *value, const char *phrase, const char *tail)
{
    char buf[SHOWN_BUF];
    rmt_finding f = {.severity = severity,
                     .code = code,
                     .table = r->name,
                     .column = column,
                     .subject = "",
                     .value = value,
                     .rule = rmt_text_str(&r->rule),
                     .message = ""};
    rmt_status st;

    if (row != SCHEMA_NO_ROW) {
        f.line = rmt_line_of(r->table, r->line_col, row);
        f.record = row + 1;
    }
    rmt_text_empty(&r->message);
    if (rmt_ledger_lists(r->ledger, code, r->name)) {
        st = rmt_text_addf(&r->message, r->err, "%s %s%s",
                           shown(buf, row == SCHEMA_NO_ROW ? column : value), phrase, tail);
        if (st) return st;
        f.message = rmt_text_str(&r->message);
    }
    return rmt_ledger_add(r->ledger, &f, r->err);
}
