/* reporter.c - see reporter.h. */
#include "reporter.h"

#include "rmt/mem.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT = 512 };

void rmt_report(rmt_reporter *r, rmt_finding f, const char *fmt, ...)
{
    char usual[TEXT], *longer = NULL;
    if (r->st) return;
    const size_t check = rmt_check_find(f.code);
    if (check == RMT_N_CHECKS) {
        r->st = rmt_fail(r->err, RMT_ERR_INTERNAL, "'%s' is not in the table of checks", f.code);
        return;
    }
    const rmt_check_setting *setting = &r->settings->of[check];
    if (setting->off) return;
    if (!rmt_ledger_lists(r->ledger, f.code, f.table)) { /* counted, and nobody reads it */
        f.severity = setting->severity;
        r->st = rmt_ledger_add(r->ledger, &f, r->err);
        return;
    }
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(usual, sizeof usual, fmt, args);
    if (n >= TEXT) {
        longer = rmt_mem_array((size_t)n + 1, 1, r->err);
        if (longer) vsnprintf(longer, (size_t)n + 1, fmt, again);
        else r->st = RMT_ERR_NOMEM;
    }
    va_end(again);
    va_end(args);
    if (r->st) return;
    f.severity = setting->severity;
    f.message = longer ? longer : usual;
    if (!f.column) f.column = "";
    if (!f.subject) f.subject = "";
    if (!f.value) f.value = "";
    r->st = rmt_ledger_add(r->ledger, &f, r->err);
    rmt_mem_free(longer);
}

const char *rmt_record_subject(const rmt_record_check *c, size_t row, char *buf)
{
    return rmt_table_format(c->r->table, c->r->id_column, row, buf);
}

rmt_finding rmt_finding_of_row(const char *code, const char *table, size_t line, size_t row)
{
    return (rmt_finding){.code = code, .table = table, .line = line, .record = row + 1};
}

rmt_finding rmt_record_finding(const rmt_record_check *c, const char *code, size_t row,
                               const char *column, const char *subject)
{
    rmt_finding f =
        rmt_finding_of_row(code, c->r->outcome->table, rmt_records_line(c->r, row), row);
    f.column = column;
    f.subject = subject;
    return f;
}
