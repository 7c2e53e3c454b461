/* check_redcap.c - values that REDCap's branching logic hides. See check_parts.h. */
#include "check_parts.h"
#include "rmt/condition.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_BUF = 64 };

/* A row of another table that belongs to a record and event as such, to no instance of a repeated form. */
typedef struct {
    const char *record, *event;
    size_t row;
} place;

/* One name in the logic: a column of the same table, or of another one in which its row is looked up. */
typedef struct {
    const rmt_table *t;
    size_t column;
    place *places; /* NULL = the same table */
    size_t n_places;
    bool whole; /* who has no row there has no value: all events are in the table */
    char text[VALUE_BUF];
} operand;

/* The logic of one column. */
typedef struct {
    rmt_condition *condition;
    operand *operands;
    rmt_value *values;
    size_t n;
} logic;

typedef struct {
    rmt_reporter *out;
    const rmt_plan *plan;
    const rmt_named_table *tables, *table; /* all, and the one that is checked */
    size_t n_tables, event_col;
    rmt_error *err;
} redcap_check;

/* ---- the row of another table ---------------------------------------------------------------- */

static int place_order(const void *a, const void *b)
{
    const place *x = a, *y = b;
    const int order = strcmp(x->record, y->record);
    return order ? order : strcmp(x->event, y->event);
}

static const char *text_or_none(const rmt_table *t, size_t col, size_t row)
{
    return col == RMT_NO_COLUMN ? "" : rmt_table_text(t, col, row);
}

static rmt_status list_places(operand *o, rmt_error *err)
{
    const size_t event = rmt_table_find(o->t, "redcap_event_name");
    const size_t instrument = rmt_table_find(o->t, "redcap_repeat_instrument");
    if (!(o->places = rmt_mem_array(rmt_table_rows(o->t), sizeof *o->places, err)))
        return RMT_ERR_NOMEM;
    for (size_t row = 0; row < rmt_table_rows(o->t); row++)
        if (!*text_or_none(o->t, instrument, row))
            o->places[o->n_places++] =
                (place){rmt_table_text(o->t, 0, row), text_or_none(o->t, event, row), row};
    qsort(o->places, o->n_places, sizeof *o->places, place_order);
    return RMT_OK;
}

/* ---- the logic ------------------------------------------------------------------------------- */

static void logic_clear(logic *l)
{
    for (size_t i = 0; l->operands && i < l->n; i++)
        rmt_mem_free(l->operands[i].places);
    rmt_condition_free(l->condition);
    rmt_mem_free(l->operands);
    rmt_mem_free(l->values);
}

/* *found false: no table of forms has such a column. */
static rmt_status find_operand(operand *o, const redcap_check *c, const char *name, bool *found)
{
    *o = (operand){.t = c->table->table, .column = rmt_table_find(c->table->table, name)};
    *found = o->column != RMT_NO_COLUMN;
    for (size_t i = 0; i < c->n_tables && !*found; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(c->plan, c->tables[i].name);
        const size_t column = rmt_table_find(c->tables[i].table, name);
        if (!pt || pt->n_forms == 0 || column == RMT_NO_COLUMN) continue;
        *o = (operand){.t = c->tables[i].table, .column = column, .whole = pt->n_events == 0};
        *found = true;
        return list_places(o, c->err);
    }
    return RMT_OK;
}

/* *complete false: the logic is not understood, which ingest has said, or asks for a field that no table has. */
static rmt_status logic_prepare(logic *l, const redcap_check *c, const rmt_field *f, bool *complete)
{
    rmt_error fault = {0};
    *complete = false;
    rmt_status st =
        rmt_condition_parse(&l->condition, f->branching, RMT_CONDITION_REDCAP, "", 0, &fault);
    if (st == RMT_ERR_CONFIG) return RMT_OK;
    if (st) return rmt_fail(c->err, st, "%s", fault.msg);
    l->n = rmt_condition_n_names(l->condition);
    if (!(l->operands = rmt_mem_array(l->n, sizeof *l->operands, c->err))) return RMT_ERR_NOMEM;
    if (!(l->values = rmt_mem_array(l->n, sizeof *l->values, c->err))) return RMT_ERR_NOMEM;
    *complete = true;
    for (size_t i = 0; i < l->n && *complete && !st; i++)
        st = find_operand(&l->operands[i], c, rmt_condition_name(l->condition, i), complete);
    return st;
}

/* A missing cell as REDCap has it: blank, an unchecked box, or a missing code without what the plan calls it. */
static const char *missing_text(const rmt_table *t, size_t col, size_t row, char *buf)
{
    const char *reason = rmt_table_reason(t, col, row), *unreadable = rmt_unreadable_text(reason);
    if (unreadable) return unreadable;
    if (strcmp(reason, RMT_REDCAP_NOT_SAVED) == 0 || strcmp(reason, RMT_REDCAP_NOT_APPLICABLE) == 0)
        return rmt_table_type(t, col) == RMT_TYPE_BOOLEAN ? "0" : "";
    const char *label = strstr(reason, " (");
    snprintf(buf, VALUE_BUF, "%.*s", label ? (int)(label - reason) : VALUE_BUF, reason);
    return buf;
}

/* The cell as a raw export has it. */
static const char *raw_text(const rmt_table *t, size_t col, size_t row, char *buf)
{
    char number[RMT_NUM_BUF];
    if (rmt_table_is_missing(t, col, row)) return missing_text(t, col, row, buf);
    if (rmt_type_is_text(rmt_table_type(t, col))) return rmt_table_text(t, col, row);
    if (rmt_table_type(t, col) == RMT_TYPE_NUMBER)
        snprintf(buf, VALUE_BUF, "%s", rmt_table_format(t, col, row, number));
    else snprintf(buf, VALUE_BUF, "%d", (int)rmt_table_integer(t, col, row));
    return buf;
}

/* What the logic finds at this row; NULL = nobody can tell. */
static const char *operand_text(operand *o, const redcap_check *c, size_t row)
{
    if (!o->places) return raw_text(o->t, o->column, row, o->text);
    const rmt_table *t = c->table->table;
    const place wanted = {rmt_table_text(t, 0, row), text_or_none(t, c->event_col, row), 0};
    const place *found = bsearch(&wanted, o->places, o->n_places, sizeof *o->places, place_order);
    if (found) return raw_text(o->t, o->column, found->row, o->text);
    if (!o->whole) return NULL;
    return rmt_table_type(o->t, o->column) == RMT_TYPE_BOOLEAN ? "0" : "";
}

static bool is_hidden(const logic *l, const redcap_check *c, size_t row)
{
    for (size_t i = 0; i < l->n; i++) {
        l->values[i] = (rmt_value){operand_text(&l->operands[i], c, row), (double)NAN};
        if (!l->values[i].text) return false;
    }
    return rmt_condition_eval(l->condition, l->values) == RMT_FALSE;
}

/* ---- the columns ----------------------------------------------------------------------------- */

/* An unchecked box is no value. */
static bool has_value(const rmt_table *t, size_t col, size_t row)
{
    if (rmt_table_is_missing(t, col, row)) return false;
    return !strstr(rmt_table_name(t, col), "___") || rmt_table_type(t, col) != RMT_TYPE_BOOLEAN ||
           rmt_table_integer(t, col, row) != 0;
}

static void check_column(const redcap_check *c, const rmt_field *f, size_t col, const logic *l)
{
    const rmt_table *t = c->table->table;
    const size_t line_col = rmt_line_column(t);
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF];
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        if (!has_value(t, col, row) || !is_hidden(l, c, row)) continue;
        const rmt_finding finding = {.code = "redcap/hidden-value",
                                     .table = c->table->name,
                                     .line = rmt_line_of(t, line_col, row),
                                     .column = f->name,
                                     .subject = rmt_table_format(t, 0, row, id_buf),
                                     .value = rmt_table_format(t, col, row, value),
                                     .rule = f->branching,
                                     .record = row + 1};
        rmt_report(c->out, finding, "a value where the branching logic %s hides the field",
                   f->branching);
    }
}

rmt_status rmt_check_redcap(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *tables,
                            size_t n_tables, const rmt_named_table *table, rmt_error *err)
{
    const rmt_plan_table *pt = rmt_plan_find_table(plan, table->name);
    const redcap_check c = {
        out, plan, tables, table, n_tables, rmt_table_find(table->table, "redcap_event_name"), err};
    rmt_status st = RMT_OK;
    if (pt->n_forms == 0 || !pt->schema || !rmt_check_is_on(out->settings, "redcap/hidden-value"))
        return RMT_OK;
    for (size_t i = 0; i < pt->schema->n_fields && !st; i++) {
        const rmt_field *f = &pt->schema->fields[i];
        const size_t col = rmt_table_find(table->table, f->name);
        logic l = {0};
        bool complete = false;
        if (!f->branching[0] || col == RMT_NO_COLUMN) continue;
        st = logic_prepare(&l, &c, f, &complete);
        if (!st && complete) check_column(&c, f, col, &l);
        logic_clear(&l);
    }
    return st;
}
