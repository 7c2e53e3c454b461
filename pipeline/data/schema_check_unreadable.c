/* schema_check_unreadable.c - cells that a reader could not read, with the reason and what would read them. */
#include <string.h>

#include "schema_check_parts.h"

unsigned schema_common_date_forms(const rmt_table *t, size_t col)
{
    unsigned common = 0;

    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        const char *cell = rmt_unreadable_text(rmt_table_reason(t, col, row));
        const unsigned forms = cell ? rmt_cell_date_forms(cell) : 0;
        if (forms == 0) continue;
        common = common == 0 ? forms : common & forms;
        if (common == 0) break;
    }
    return common;
}

/* The labels of a field of REDCap, the first ones. */
static rmt_status set_labels(schema_reporter *r, const rmt_field *f)
{
    enum { WRITTEN = 200 };
    rmt_status st = RMT_OK;
    size_t n = 0;

    rmt_text_empty(&r->rule);
    if (f->box) return rmt_text_add(&r->rule, "labels 'Checked', 'Unchecked'", r->err);
    for (size_t i = 0; i < rmt_node_size(f->allowed) && !st; i++) {
        const char *label = NULL;
        (void)rmt_choice_text(rmt_node_at(f->allowed, i), &label);
        if (!label) continue;
        if (n > 0 && r->rule.len + strlen(label) > WRITTEN)
            return rmt_text_add(&r->rule, ", ...", r->err);
        st = rmt_text_addf(&r->rule, r->err, "%s'%s'", n++ > 0 ? ", " : "labels ", label);
    }
    return st || n > 0 ? st : rmt_text_add(&r->rule, "labels of the field", r->err);
}

/* A cell that the field reads, and yet could not be read: it stands among labels and is none of them. */
static bool is_no_label(const rmt_field *f, const rmt_cell *cell)
{
    return f->form[0] && cell->kind == RMT_CELL_VALUE &&
           (f->allowed || f->type == RMT_TYPE_BOOLEAN);
}

rmt_status schema_check_unreadable(schema_reporter *r, const schema_column *c, size_t row,
                                   const char *value)
{
    const rmt_field *f = c->field;
    const char *type = rmt_field_type_name(f->declared);
    bool formatted = f->format && strcmp(f->format, "default") != 0;
    rmt_cell cell;
    rmt_status st;

    if (schema_told_without_words(r, "type-error", row, f->name, &st)) return st;
    rmt_text_empty(&r->rule);
    st = rmt_text_addf(&r->rule, r->err, "type %s%s%s", type, formatted ? ", format " : "",
                       formatted ? f->format : "");
    if (st) return st;
    /* The same word often stands in many cells. */
    if (r->why_field == f && strcmp(rmt_text_str(&r->why_value), value) == 0)
        return schema_say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value, r->why_begins,
                          rmt_text_str(&r->why));
    r->why_field = NULL;
    /* Read once more for the exact reason; the dialect's decimal sign is not known here. */
    rmt_field_read_cell(&cell, f, NULL, strchr(value, ',') ? ',' : '.', value, strlen(value));
    if (is_no_label(f, &cell)) {
        if ((st = set_labels(r, f))) return st;
        return schema_say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value,
                          "is none of the ", rmt_text_str(&r->rule));
    }
    const bool known = cell.kind == RMT_CELL_UNREADABLE && strncmp(cell.reason, "type ", 5) != 0;
    rmt_text_empty(&r->why);
    if ((st = rmt_text_add(&r->why, known ? cell.reason : rmt_text_str(&r->rule), r->err)))
        return st;
    if ((st = rmt_cell_why(&r->why, f, c->date_forms, value, r->err))) return st;
    r->why_begins = known ? "is " : "cannot be read as ";
    rmt_text_empty(&r->why_value);
    if ((st = rmt_text_add(&r->why_value, value, r->err))) return st;
    r->why_field = f;
    return schema_say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value, r->why_begins,
                      rmt_text_str(&r->why));
}

rmt_status rmt_unreadable_check(rmt_ledger *ledger, const rmt_schema *s, const char *name,
                                const rmt_table *t, rmt_error *err)
{
    rmt_row_order order = {NULL, 0};
    schema_reporter r;
    rmt_status st = RMT_OK;

    schema_reporter_init(&r, ledger, name, t, err);
    for (size_t c = 0; c < rmt_table_columns(t) && !st; c++) {
        const char *column = rmt_table_name(t, c);
        if (!rmt_table_has_reasons(t, c) || (s && rmt_schema_field(s, column))) continue;
        if (order.n == 0 && (st = rmt_row_order_init(&order, t, err))) break;
        for (size_t i = 0; i < rmt_table_rows(t) && !st; i++) {
            const size_t row = rmt_row_at(&order, i);
            const char *cell = rmt_unreadable_text(rmt_table_reason(t, c, row));
            if (!cell || schema_told_without_words(&r, "type-error", row, column, &st)) continue;
            if ((st = schema_set_rule(&r, "type", rmt_type_name(rmt_table_type(t, c))))) break;
            rmt_field f;
            rmt_text_empty(&r.value);
            rmt_text_empty(&r.why);
            rmt_field_init(&f, column, rmt_table_type(t, c));
            if ((st = rmt_text_add(&r.value, cell, err))) break;
            if ((st = rmt_text_add(&r.why, rmt_text_str(&r.rule), err))) break;
            if ((st = rmt_cell_why(&r.why, &f, 0, rmt_text_str(&r.value), err))) break;
            st = schema_say(&r, RMT_SEVERITY_ERROR, "type-error", row, column,
                            rmt_text_str(&r.value), "cannot be read as ", rmt_text_str(&r.why));
        }
    }
    rmt_row_order_clear(&order);
    schema_reporter_clear(&r);
    return st;
}
