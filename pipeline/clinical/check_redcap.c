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

/* What a row is told by. Other software may have written the table: in another order, in other types. */
typedef struct {
    size_t record, event, instrument; /* the last two may be absent */
} keys;

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
    bool box;
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
    size_t n_tables;
    keys keys; /* of the one that is checked */
    rmt_error *err;
} redcap_check;

/* ---- the row of another table ---------------------------------------------------------------- */

static rmt_status find_optional(size_t *col, const rmt_table *t, const char *name, const char *path,
                                rmt_error *err)
{
    *col = RMT_NO_COLUMN;
    if (rmt_table_find(t, name) == RMT_NO_COLUMN) return RMT_OK;
    return rmt_table_need(col, t, name, RMT_KIND_TEXT, path, err);
}

/* The schema of a REDCap table begins with the record id. */
static rmt_status find_keys(keys *out, const rmt_named_table *table, const rmt_schema *schema,
                            rmt_error *err)
{
    const rmt_table *t = table->table;
    rmt_text path = {0};
    rmt_status st = rmt_text_addf(&path, err, "/tables/%s", table->name);
    if (!st)
        st = rmt_table_need(&out->record, t, schema->fields[0].name, RMT_KIND_TEXT, path.s, err);
    if (!st) st = find_optional(&out->event, t, "redcap_event_name", path.s, err);
    if (!st) st = find_optional(&out->instrument, t, "redcap_repeat_instrument", path.s, err);
    rmt_text_clear(&path);
    return st;
}

static int compare_places(const place *x, const place *y)
{
    const int order = strcmp(x->record, y->record);
    return order ? order : strcmp(x->event, y->event);
}

/* Of rows with the same record and event the first comes first, whatever the C library's sort does. */
static int place_order(const void *a, const void *b)
{
    const place *x = a, *y = b;
    const int order = compare_places(x, y);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static const char *text_or_none(const rmt_table *t, size_t col, size_t row)
{
    return col == RMT_NO_COLUMN ? "" : rmt_table_text(t, col, row);
}

static rmt_status list_places(operand *o, const rmt_named_table *table, const rmt_schema *schema,
                              rmt_error *err)
{
    keys k;
    rmt_status st = find_keys(&k, table, schema, err);
    if (st) return st;
    if (!(o->places = rmt_mem_array(rmt_table_rows(o->t), sizeof *o->places, err)))
        return RMT_ERR_NOMEM;
    for (size_t row = 0; row < rmt_table_rows(o->t); row++)
        if (!*text_or_none(o->t, k.instrument, row))
            o->places[o->n_places++] =
                (place){rmt_table_text(o->t, k.record, row), text_or_none(o->t, k.event, row), row};
    qsort(o->places, o->n_places, sizeof *o->places, place_order);
    return RMT_OK;
}

/* The first row of a record and event; NULL = there is none. */
static const place *find_place(const operand *o, const char *record, const char *event)
{
    const place wanted = {record, event, 0};
    size_t low = 0, high = o->n_places;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (compare_places(&o->places[mid], &wanted) < 0) low = mid + 1;
        else high = mid;
    }
    return low < o->n_places && compare_places(&o->places[low], &wanted) == 0 ? &o->places[low]
                                                                              : NULL;
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

static bool is_box(const rmt_plan_table *pt, const char *name)
{
    const rmt_field *f = rmt_schema_field(pt->schema, name);
    return f && f->box;
}

/* *found false: no table of forms has such a column. */
static rmt_status find_operand(operand *o, const redcap_check *c, const char *name, bool *found)
{
    *o = (operand){.t = c->table->table,
                   .column = rmt_table_find(c->table->table, name),
                   .box = is_box(rmt_plan_find_table(c->plan, c->table->name), name)};
    *found = o->column != RMT_NO_COLUMN;
    for (size_t i = 0; i < c->n_tables && !*found; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(c->plan, c->tables[i].name);
        const size_t column = rmt_table_find(c->tables[i].table, name);
        if (!pt || pt->n_forms == 0 || !pt->schema || column == RMT_NO_COLUMN) continue;
        *o = (operand){.t = c->tables[i].table,
                       .column = column,
                       .whole = pt->n_events == 0,
                       .box = is_box(pt, name)};
        *found = true;
        return list_places(o, &c->tables[i], pt->schema, c->err);
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
static const char *missing_text(operand *o, size_t row)
{
    const char *reason = rmt_table_reason(o->t, o->column, row);
    const char *unreadable = rmt_unreadable_text(reason);
    if (unreadable) return unreadable;
    if (strcmp(reason, RMT_REDCAP_NOT_SAVED) == 0 || strcmp(reason, RMT_REDCAP_NOT_APPLICABLE) == 0)
        return o->box ? "0" : "";
    const char *label = strstr(reason, " (");
    snprintf(o->text, VALUE_BUF, "%.*s", label ? (int)(label - reason) : VALUE_BUF, reason);
    return o->text;
}

/* The cell as a raw export has it. */
static const char *raw_text(operand *o, size_t row)
{
    const rmt_table *t = o->t;
    const size_t col = o->column;
    char number[RMT_NUM_BUF];
    if (rmt_table_is_missing(t, col, row)) return missing_text(o, row);
    if (rmt_type_is_text(rmt_table_type(t, col))) return rmt_table_text(t, col, row);
    if (rmt_table_type(t, col) == RMT_TYPE_NUMBER)
        snprintf(o->text, VALUE_BUF, "%s", rmt_table_format(t, col, row, number));
    else snprintf(o->text, VALUE_BUF, "%d", (int)rmt_table_integer(t, col, row));
    return o->text;
}

/* What the logic finds at this row; NULL = nobody can tell. */
static const char *operand_text(operand *o, const redcap_check *c, size_t row)
{
    if (!o->places) return raw_text(o, row);
    const rmt_table *t = c->table->table;
    const place *found =
        find_place(o, rmt_table_text(t, c->keys.record, row), text_or_none(t, c->keys.event, row));
    if (found) return raw_text(o, found->row);
    if (!o->whole) return NULL;
    return o->box ? "0" : "";
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
static bool has_value(const rmt_table *t, const rmt_field *f, size_t col, size_t row)
{
    if (rmt_table_is_missing(t, col, row)) return false;
    return !f->box || rmt_table_type(t, col) != RMT_TYPE_BOOLEAN ||
           rmt_table_integer(t, col, row) != 0;
}

static void check_column(const redcap_check *c, const rmt_field *f, size_t col, const logic *l)
{
    const rmt_table *t = c->table->table;
    const size_t line_col = rmt_line_column(t);
    char value[RMT_NUM_BUF];
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        if (!has_value(t, f, col, row) || !is_hidden(l, c, row)) continue;
        const rmt_finding finding = {.code = "redcap/hidden-value",
                                     .table = c->table->name,
                                     .line = rmt_line_of(t, line_col, row),
                                     .column = f->name,
                                     .subject = rmt_table_text(t, c->keys.record, row),
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
    redcap_check c = {.out = out,
                      .plan = plan,
                      .tables = tables,
                      .table = table,
                      .n_tables = n_tables,
                      .err = err};
    if (pt->n_forms == 0 || !pt->schema || !rmt_check_is_on(out->settings, "redcap/hidden-value"))
        return RMT_OK;
    rmt_status st = find_keys(&c.keys, table, pt->schema, err);
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
