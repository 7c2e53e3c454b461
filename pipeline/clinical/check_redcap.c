/* check_redcap.c - values that REDCap's branching logic hides. See check_parts.h. */
#include "check_parts.h"
#include "rmt/condition.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_BUF = 64 };

/* The logic of one column, and where its operands stand in the table. */
typedef struct {
    rmt_condition *condition;
    size_t *columns;
    rmt_value *values;
    char (*texts)[VALUE_BUF];
    size_t n;
} logic;

static void logic_clear(logic *l)
{
    rmt_condition_free(l->condition);
    rmt_mem_free(l->columns);
    rmt_mem_free(l->values);
    rmt_mem_free(l->texts);
}

/* *complete false: the logic is not understood, which ingest has said, or asks for a field of another table. */
static rmt_status logic_prepare(logic *l, const rmt_field *f, const rmt_table *t, bool *complete,
                                rmt_error *err)
{
    rmt_error fault = {0};
    *complete = false;
    rmt_status st =
        rmt_condition_parse(&l->condition, f->branching, RMT_CONDITION_REDCAP, "", 0, &fault);
    if (st == RMT_ERR_CONFIG) return RMT_OK;
    if (st) return rmt_fail(err, st, "%s", fault.msg);
    l->n = rmt_condition_n_names(l->condition);
    if (!(l->columns = rmt_mem_array(l->n, sizeof *l->columns, err))) return RMT_ERR_NOMEM;
    if (!(l->values = rmt_mem_array(l->n, sizeof *l->values, err))) return RMT_ERR_NOMEM;
    if (!(l->texts = rmt_mem_array(l->n, sizeof *l->texts, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < l->n; i++) {
        l->columns[i] = rmt_table_find(t, rmt_condition_name(l->condition, i));
        if (l->columns[i] == RMT_NO_COLUMN) return RMT_OK;
    }
    *complete = true;
    return RMT_OK;
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

static bool is_hidden(const logic *l, const rmt_table *t, size_t row)
{
    for (size_t i = 0; i < l->n; i++)
        l->values[i] = (rmt_value){raw_text(t, l->columns[i], row, l->texts[i]), (double)NAN};
    return rmt_condition_eval(l->condition, l->values) == RMT_FALSE;
}

/* An unchecked box is no value. */
static bool has_value(const rmt_table *t, size_t col, size_t row)
{
    if (rmt_table_is_missing(t, col, row)) return false;
    return !strstr(rmt_table_name(t, col), "___") || rmt_table_type(t, col) != RMT_TYPE_BOOLEAN ||
           rmt_table_integer(t, col, row) != 0;
}

static void check_column(rmt_reporter *out, const rmt_named_table *table, const rmt_field *f,
                         size_t col, logic *l)
{
    const rmt_table *t = table->table;
    const size_t line_col = rmt_line_column(t);
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF];
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        if (!has_value(t, col, row) || !is_hidden(l, t, row)) continue;
        const rmt_finding finding = {.code = "redcap/hidden-value",
                                     .table = table->name,
                                     .line = rmt_line_of(t, line_col, row),
                                     .column = f->name,
                                     .subject = rmt_table_format(t, 0, row, id_buf),
                                     .value = rmt_table_format(t, col, row, value),
                                     .rule = f->branching};
        rmt_report(out, finding, "a value where the branching logic %s hides the field",
                   f->branching);
    }
}

rmt_status rmt_check_redcap(rmt_reporter *out, const rmt_plan_table *pt,
                            const rmt_named_table *table, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (!pt->schema || !rmt_check_is_on(out->settings, "redcap/hidden-value")) return RMT_OK;
    for (size_t i = 0; i < pt->schema->n_fields && !st; i++) {
        const rmt_field *f = &pt->schema->fields[i];
        const size_t col = rmt_table_find(table->table, f->name);
        logic l = {0};
        bool complete = false;
        if (!f->branching[0] || col == RMT_NO_COLUMN) continue;
        st = logic_prepare(&l, f, table->table, &complete, err);
        if (!st && complete) check_column(out, table, f, col, &l);
        logic_clear(&l);
    }
    return st;
}
