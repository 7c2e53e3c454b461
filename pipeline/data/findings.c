/* findings.c - the table of findings. */
#include <string.h>

#include "rmt/checks.h"
#include "rmt/schema.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const rmt_column_spec finding_columns[] = {
    {"severity", RMT_TYPE_STRING, "error, warning or info", NULL},
    {"code", RMT_TYPE_STRING, "Kind of problem: a Frictionless error type or one of remit's", NULL},
    {"table", RMT_TYPE_STRING, "Table in which it stands", NULL},
    {"line", RMT_TYPE_INTEGER, "Physical line of the source; 0 = the table as a whole", NULL},
    {"column", RMT_TYPE_STRING, "Column; empty = the row or the table", NULL},
    {"subject", RMT_TYPE_STRING, "Subject concerned; empty = unknown", NULL},
    {"value", RMT_TYPE_STRING, "The value as written", NULL},
    {"rule", RMT_TYPE_STRING, "The rule broken", NULL},
    {"message", RMT_TYPE_STRING, "The problem in words", NULL},
};
enum { F_SEVERITY, F_CODE, F_TABLE, F_LINE, F_COLUMN, F_SUBJECT, F_VALUE, F_RULE, F_MESSAGE };

rmt_status rmt_findings_new(rmt_table **out, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "Findings of the checks", err);

    if (st) return st;
    if ((st = rmt_table_add_columns(t, finding_columns, COUNT(finding_columns), err))) {
        rmt_table_free(t);
        return st;
    }
    *out = t;
    return RMT_OK;
}

rmt_status rmt_findings_add(rmt_table *findings, const rmt_finding *f, rmt_error *err)
{
    const char *texts[COUNT(finding_columns)] = {NULL};
    size_t row = rmt_table_rows(findings);
    rmt_status st = RMT_OK;

    if (rmt_table_columns(findings) != COUNT(finding_columns))
        return rmt_fail(err, RMT_ERR_INTERNAL, "the table %s is not one of findings",
                        rmt_table_title(findings));
    texts[F_SEVERITY] = rmt_severity_name(f->severity);
    texts[F_CODE] = f->code;
    texts[F_TABLE] = f->table;
    texts[F_COLUMN] = f->column;
    texts[F_SUBJECT] = f->subject;
    texts[F_VALUE] = f->value;
    texts[F_RULE] = f->rule;
    texts[F_MESSAGE] = f->message;
    if ((st = rmt_table_add_rows(findings, 1, err))) return st;
    rmt_table_set_integer(findings, F_LINE, row,
                          f->line > INT32_MAX ? INT32_MAX : (int32_t)f->line);
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (!texts[i] || texts[i][0] == '\0') continue;
        if ((st = rmt_table_set_text(findings, i, row, texts[i], strlen(texts[i]), err))) return st;
    }
    return RMT_OK;
}
