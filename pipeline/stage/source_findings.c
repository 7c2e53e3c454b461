#include "rmt/source_findings.h"

#include "rmt/redcap.h"
#include "rmt/text.h"

#include <string.h>

enum { F_CODE, F_TABLE, F_COLUMN, F_SUBJECT, F_VALUE, N_TEXTS };
static const char *const texts[N_TEXTS] = {"code", "table", "column", "subject", "value"};

typedef struct {
    rmt_ledger *ledger;
    const rmt_plan *plan;
    const rmt_table *t;
    size_t text[N_TEXTS], line;
    rmt_text message;
    rmt_error *err;
} reader;

static const char *text_of(const reader *r, size_t which, size_t row)
{
    return rmt_table_text(r->t, r->text[which], row);
}

static size_t line_of(const reader *r, size_t col, size_t row)
{
    const int32_t line = rmt_table_integer(r->t, col, row);
    return line > 0 ? (size_t)line : 0;
}

/* The schema tells the logic, but for a table made long out of fields whose logic differs. */
static rmt_status enter_hidden(reader *r, rmt_finding *f)
{
    const rmt_plan_table *pt = rmt_plan_find_table(r->plan, f->table);
    const rmt_field *field = pt && pt->schema ? rmt_schema_field(pt->schema, f->column) : NULL;
    f->rule = field ? field->branching : "";
    return rmt_text_addf(&r->message, r->err,
                         "a value where the branching logic %s%shides the field", f->rule,
                         *f->rule ? " " : "");
}

static rmt_status enter(reader *r, size_t row)
{
    const char *code = text_of(r, F_CODE, row);
    const size_t check = rmt_check_find(code);
    if (check == RMT_N_CHECKS)
        return rmt_fail_at(r->err, RMT_ERR_INCONSISTENT, RMT_SOURCE_FINDINGS, 0, "code",
                           "'%s' is no check", code);
    rmt_finding f = {.severity = rmt_checks[check].severity,
                     .code = rmt_checks[check].code,
                     .table = text_of(r, F_TABLE, row),
                     .line = line_of(r, r->line, row),
                     .column = text_of(r, F_COLUMN, row),
                     .subject = text_of(r, F_SUBJECT, row),
                     .value = text_of(r, F_VALUE, row)};
    r->message.len = 0;
    rmt_status st = enter_hidden(r, &f);
    if (st) return st;
    f.message = r->message.s;
    return rmt_ledger_add(r->ledger, &f, r->err);
}

rmt_status rmt_source_findings_check(rmt_ledger *ledger, rmt_study *study, const rmt_plan *plan,
                                     rmt_error *err)
{
    static const char path[] = RMT_SOURCE_FINDINGS;
    reader r = {.ledger = ledger, .plan = plan, .err = err};
    rmt_status st;
    if (!rmt_study_has(study, path)) return RMT_OK;
    if ((st = rmt_study_get(&r.t, study, path, err))) return st;
    for (size_t c = 0; c < N_TEXTS; c++)
        if ((st = rmt_table_need(&r.text[c], r.t, texts[c], RMT_KIND_TEXT, path, err))) return st;
    if ((st = rmt_table_need(&r.line, r.t, "line", RMT_KIND_WHOLE, path, err))) return st;
    for (size_t row = 0; row < rmt_table_rows(r.t) && !st; row++)
        st = enter(&r, row);
    rmt_text_clear(&r.message);
    return st;
}
