#include "rmt/source_notes.h"

#include "rmt/text.h"

#include <stdint.h>
#include <string.h>

static const rmt_column_spec columns[] = {
    {"table", RMT_TYPE_STRING, "table name in the plan", NULL},
    {"file", RMT_TYPE_STRING, "file as named in the plan", NULL},
    {"line", RMT_TYPE_INTEGER, "line of the file; 0 = the file as a whole", NULL},
    {"column", RMT_TYPE_STRING, "column concerned; empty = none", NULL},
    {"message", RMT_TYPE_STRING, "what was passed over, or read otherwise than it stands", NULL},
};
enum { N_TABLE, N_FILE, N_LINE, N_COLUMN, N_MESSAGE, N_COLUMNS };

rmt_status rmt_source_notes_new(rmt_table **out, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "What was said of the files while they were read", err);
    if (!st) st = rmt_table_add_columns(t, columns, N_COLUMNS, err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

static rmt_status add(rmt_table *t, const char *table, const rmt_error *note, rmt_error *err)
{
    const char *const texts[N_COLUMNS] = {[N_TABLE] = table,
                                          [N_FILE] = note->source,
                                          [N_COLUMN] = note->column,
                                          [N_MESSAGE] = note->msg};
    const size_t row = rmt_table_rows(t);
    rmt_status st = rmt_table_add_rows(t, 1, err);
    for (size_t c = 0; c < N_COLUMNS && !st; c++)
        if (texts[c]) st = rmt_table_set_text(t, c, row, texts[c], strlen(texts[c]), err);
    if (!st)
        rmt_table_set_integer(t, N_LINE, row,
                              note->line > INT32_MAX ? INT32_MAX : (int32_t)note->line);
    return st;
}

rmt_status rmt_source_notes_take(rmt_table *t, rmt_problems *said, const char *table,
                                 rmt_problems *notes, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n_kept[RMT_SEVERITY_ERROR + 1] = {0};
    const size_t others = said->n_infos + said->n_errors;
    const size_t n_warnings = said->n_total > others ? said->n_total - others : 0;
    const size_t n_found[] = {said->n_infos, n_warnings, said->n_errors};
    for (size_t i = 0; i < said->n_kept; i++) {
        const rmt_error *e = &said->kept[i];
        rmt_problems_add(notes, said->severity[i], e->code, e->source, e->line, e->column, "%s",
                         e->msg);
        n_kept[said->severity[i]]++;
        if (!st && said->severity[i] == RMT_SEVERITY_WARNING && e->code != RMT_ERR_SCHEMA)
            st = add(t, table, e, err);
    }
    for (size_t s = 0; s <= RMT_SEVERITY_ERROR; s++)
        for (size_t i = n_kept[s]; i < n_found[s]; i++) /* counted */
            rmt_problems_add(notes, (rmt_severity)s, RMT_ERR_MALFORMED, NULL, 0, NULL, "another");
    if (!st && n_warnings > n_kept[RMT_SEVERITY_WARNING]) {
        rmt_error rest = {0};
        (void)rmt_fail(&rest, RMT_ERR_MALFORMED, "and %zu more warnings like these",
                       n_warnings - n_kept[RMT_SEVERITY_WARNING]);
        st = add(t, table, &rest, err);
    }
    rmt_problems_clear(said);
    return st;
}

static rmt_status enter(rmt_ledger *ledger, const rmt_plan *plan, const rmt_table *t,
                        const size_t col[N_COLUMNS], size_t row, rmt_error *err)
{
    rmt_text message = {0}, place = {0};
    rmt_status st = RMT_OK;
    const char *file = rmt_table_text(t, col[N_FILE], row);
    const int32_t line = rmt_table_integer(t, col[N_LINE], row);
    rmt_finding f = {.severity = RMT_SEVERITY_WARNING,
                     .code = "source/reading",
                     .table = rmt_table_text(t, col[N_TABLE], row),
                     .column = rmt_table_text(t, col[N_COLUMN], row),
                     .rule = "the file is read as it stands",
                     .message = rmt_table_text(t, col[N_MESSAGE], row)};
    const rmt_plan_table *pt = rmt_plan_find_table(plan, f.table);
    const bool is_own = !*file || (pt && strcmp(pt->file, file) == 0);
    if (line > 0 && is_own) f.line = (size_t)line;
    if (!is_own) {
        st = rmt_text_add(&place, file, err);
        if (!st && line > 0) st = rmt_text_addf(&place, err, ":%d", (int)line);
        if (!st) st = rmt_text_addf(&message, err, "%s: %s", place.s, f.message);
        f.message = message.s;
        if (line > 0) f.value = place.s;
    }
    if (!st) st = rmt_ledger_add(ledger, &f, err);
    rmt_text_clear(&place);
    rmt_text_clear(&message);
    return st;
}

rmt_status rmt_source_notes_check(rmt_ledger *ledger, rmt_study *study, const rmt_plan *plan,
                                  rmt_error *err)
{
    rmt_status st;
    const rmt_table *t = NULL;
    size_t col[N_COLUMNS] = {0};
    if (!rmt_study_has(study, RMT_SOURCE_NOTES)) return RMT_OK;
    if ((st = rmt_study_get(&t, study, RMT_SOURCE_NOTES, err))) return st;
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const rmt_column_kind kind = c == N_LINE ? RMT_KIND_WHOLE : RMT_KIND_TEXT;
        if ((st = rmt_table_need(&col[c], t, columns[c].name, kind, RMT_SOURCE_NOTES, err)))
            return st;
    }
    for (size_t row = 0; row < rmt_table_rows(t) && !st; row++)
        st = enter(ledger, plan, t, col, row, err);
    return st;
}
