#include "rmt/source_findings.h"

#include "rmt/mem.h"
#include "rmt/redcap.h"
#include "rmt/text.h"

#include <stdlib.h>
#include <string.h>

enum { F_CODE, F_TABLE, F_COLUMN, F_SUBJECT, F_VALUE, F_NEAREST, N_TEXTS };
static const char *const texts[N_TEXTS] = {"code",    "table", "column",
                                           "subject", "value", "nearest"};

/* A table of forms, and the lines of the export that it has. */
typedef struct {
    const char *name;
    size_t *lines, n; /* sorted */
    bool by_event;    /* an outcome's, whose visits are events: an unknown one is told there */
} form_table;

typedef struct {
    rmt_ledger *ledger;
    const rmt_plan *plan;
    const rmt_table *t;
    size_t text[N_TEXTS], line, first_line;
    form_table *forms;
    size_t n_forms;
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

/* ---- the lines of tables ------------------------------------------------------------------------- */

static int by_line(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static bool is_by_event(const rmt_plan *plan, const char *table)
{
    for (size_t i = 0; i < plan->n_outcomes; i++) {
        const rmt_plan_outcome *o = &plan->outcomes[i];
        const char *visit = o->visit ? o->visit : plan->visit_column;
        if (strcmp(o->table, table) == 0 && visit && strcmp(visit, "redcap_event_name") == 0)
            return true;
    }
    return false;
}

static rmt_status list_lines(reader *r, const rmt_named_table *tables, size_t n)
{
    if (!(r->forms = rmt_mem_array(n, sizeof *r->forms, r->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(r->plan, tables[i].name);
        const rmt_table *t = tables[i].table;
        const size_t line_col = rmt_line_column(t), n_rows = rmt_table_rows(t);
        if (!pt || pt->n_forms == 0) continue;
        form_table *f = &r->forms[r->n_forms];
        *f = (form_table){.name = pt->name, .by_event = is_by_event(r->plan, pt->name)};
        if (!(f->lines = rmt_mem_array(n_rows, sizeof *f->lines, r->err))) return RMT_ERR_NOMEM;
        r->n_forms++;
        bool sorted = true; /* as ingest leaves them */
        for (; f->n < n_rows; f->n++) {
            f->lines[f->n] = rmt_line_of(t, line_col, f->n);
            sorted = sorted && (f->n == 0 || f->lines[f->n - 1] <= f->lines[f->n]);
        }
        if (!sorted) qsort(f->lines, f->n, sizeof *f->lines, by_line);
    }
    return RMT_OK;
}

static bool has_line(const form_table *f, size_t line)
{
    return f->n > 0 && bsearch(&line, f->lines, f->n, sizeof line, by_line);
}

/* ---- findings ------------------------------------------------------------------------------------ */

/* The schema tells the logic, but for a table made long out of fields whose logic differs. */
static rmt_status say_hidden(reader *r, rmt_finding *f, size_t row)
{
    f->table = text_of(r, F_TABLE, row);
    const rmt_plan_table *pt = rmt_plan_find_table(r->plan, f->table);
    const rmt_field *field = pt && pt->schema ? rmt_schema_field(pt->schema, f->column) : NULL;
    f->rule = field ? field->branching : "";
    return rmt_text_addf(&r->message, r->err,
                         "a value where the branching logic %s%shides the field", f->rule,
                         *f->rule ? " " : "");
}

static rmt_status say_copy(reader *r, rmt_finding *f, size_t row)
{
    f->rule = "one row for each record, event, repeat instrument and instance";
    return rmt_text_addf(&r->message, r->err,
                         "record %s%s%s%s stands on line %zu already: the row is a copy",
                         f->subject, *f->value ? " (" : "", f->value, *f->value ? ")" : "",
                         line_of(r, r->first_line, row));
}

static rmt_status say_unknown(reader *r, rmt_finding *f, size_t row)
{
    const bool is_form = strcmp(f->code, RMT_REDCAP_UNKNOWN_FORM) == 0;
    const char *near = text_of(r, F_NEAREST, row);
    f->rule = is_form ? "a form of the data dictionary" : "an event of the plan";
    return rmt_text_addf(&r->message, r->err, "'%s' is no %s%s%s%s", f->value,
                         is_form ? "form of the data dictionary" : "event of the plan",
                         *near ? "; did you mean '" : "", near, *near ? "'?" : "");
}

/* In each table that has the row: the tables share the file, so that it is one finding, flagged in all of them. */
static rmt_status enter_row(reader *r, rmt_finding *f)
{
    rmt_status st = RMT_OK;
    bool entered = false;
    for (size_t i = 0; i < r->n_forms && !st; i++) {
        if (!has_line(&r->forms[i], f->line)) continue;
        f->table = r->forms[i].name;
        st = rmt_ledger_add(r->ledger, f, r->err);
        entered = true;
    }
    if (st || entered) return st;
    f->table = r->n_forms > 0 ? r->forms[0].name : "";
    return rmt_ledger_add(r->ledger, f, r->err);
}

static bool is_told_by_visit(const reader *r, const rmt_finding *f)
{
    if (strcmp(f->code, RMT_REDCAP_UNKNOWN_EVENT) != 0) return false;
    for (size_t i = 0; i < r->n_forms; i++)
        if (r->forms[i].by_event && has_line(&r->forms[i], f->line)) return true;
    return false;
}

static rmt_status enter(reader *r, size_t row)
{
    static const struct {
        const char *code;
        rmt_status (*say)(reader *r, rmt_finding *f, size_t row);
    } kinds[] = {{RMT_REDCAP_HIDDEN_VALUE, say_hidden},
                 {RMT_REDCAP_COPIED_ROW, say_copy},
                 {RMT_REDCAP_UNKNOWN_FORM, say_unknown},
                 {RMT_REDCAP_UNKNOWN_EVENT, say_unknown}};
    enum { N = sizeof kinds / sizeof *kinds };
    const char *code = text_of(r, F_CODE, row);
    size_t kind = 0;
    while (kind < N && strcmp(kinds[kind].code, code) != 0)
        kind++;
    if (kind == N)
        return rmt_fail_at(r->err, RMT_ERR_INCONSISTENT, RMT_SOURCE_FINDINGS, 0, "code",
                           "'%s' is no check of an export", code);
    rmt_finding f = {.severity = rmt_checks[rmt_check_find(code)].severity,
                     .code = kinds[kind].code,
                     .line = line_of(r, r->line, row),
                     .column = text_of(r, F_COLUMN, row),
                     .subject = text_of(r, F_SUBJECT, row),
                     .value = text_of(r, F_VALUE, row)};
    if (is_told_by_visit(r, &f)) return RMT_OK;
    r->message.len = 0;
    rmt_status st = kinds[kind].say(r, &f, row);
    if (st) return st;
    f.message = r->message.s;
    return kinds[kind].say == say_hidden ? rmt_ledger_add(r->ledger, &f, r->err) : enter_row(r, &f);
}

static rmt_status find_columns(reader *r, rmt_study *study)
{
    static const char path[] = RMT_SOURCE_FINDINGS;
    rmt_status st = rmt_study_get(&r->t, study, path, r->err);
    for (size_t c = 0; c < N_TEXTS && !st; c++)
        st = rmt_table_need(&r->text[c], r->t, texts[c], RMT_KIND_TEXT, path, r->err);
    if (!st) st = rmt_table_need(&r->line, r->t, "line", RMT_KIND_WHOLE, path, r->err);
    if (!st) st = rmt_table_need(&r->first_line, r->t, "first_line", RMT_KIND_WHOLE, path, r->err);
    return st;
}

rmt_status rmt_source_findings_check(rmt_ledger *ledger, rmt_study *study, const rmt_plan *plan,
                                     const rmt_named_table *tables, size_t n_tables, rmt_error *err)
{
    reader r = {.ledger = ledger, .plan = plan, .err = err};
    if (!rmt_study_has(study, RMT_SOURCE_FINDINGS)) return RMT_OK;
    rmt_status st = find_columns(&r, study);
    if (!st) st = list_lines(&r, tables, n_tables);
    for (size_t row = 0; !st && row < rmt_table_rows(r.t); row++)
        st = enter(&r, row);
    for (size_t i = 0; i < r.n_forms; i++)
        rmt_mem_free(r.forms[i].lines);
    rmt_mem_free(r.forms);
    rmt_text_clear(&r.message);
    return st;
}
