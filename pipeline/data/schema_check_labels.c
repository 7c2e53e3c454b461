/* schema_check_labels.c - the columns of a table against the fields of its schema, by fieldsMatch. */
#include <string.h>

#include "schema_check_parts.h"

static rmt_status say_label(schema_reporter *r, rmt_severity severity, const char *code,
                            const char *column, const char *phrase, const char *tail)
{
    rmt_status st = schema_set_rule(r, "fields of the schema", "");

    if (st) return st;
    return schema_say(r, severity, code, SCHEMA_NO_ROW, column, "", phrase, tail);
}

/* fieldsMatch exact: the columns against the fields, one by one. */
static rmt_status check_order(schema_reporter *r, const rmt_schema *s)
{
    size_t n_labels = 0;
    rmt_status st;

    for (size_t i = 0; i < rmt_table_columns(r->table); i++) {
        const char *name = rmt_table_name(r->table, i);
        if (strcmp(name, RMT_LINE_COLUMN) == 0) continue;
        if (n_labels >= s->n_fields)
            st = say_label(r, RMT_SEVERITY_ERROR, "extra-label", name, "is not in the schema", "");
        else if (strcmp(name, s->fields[n_labels].name) != 0)
            st = say_label(r, RMT_SEVERITY_ERROR, "incorrect-label", name,
                           "stands in the place of the field ", s->fields[n_labels].name);
        else st = RMT_OK;
        if (st) return st;
        n_labels++;
    }
    for (size_t i = n_labels; i < s->n_fields; i++)
        if ((st = say_label(r, RMT_SEVERITY_ERROR, "missing-label", s->fields[i].name,
                            "is in the schema, but no column", "")))
            return st;
    return RMT_OK;
}

static bool in_primary_key(const rmt_schema *s, const char *name)
{
    for (size_t i = 0; i < s->n_primary_key; i++)
        if (strcmp(s->primary_key[i], name) == 0) return true;
    return false;
}

rmt_status schema_check_labels(schema_reporter *r, const rmt_schema *s,
                               const schema_column *columns)
{
    rmt_fields_match match = s->fields_match;
    bool may_have_more = match == RMT_FIELDS_SUBSET || match == RMT_FIELDS_PARTIAL;
    bool may_have_fewer = match == RMT_FIELDS_SUPERSET || match == RMT_FIELDS_PARTIAL;
    rmt_severity extra = match == RMT_FIELDS_UNSAID ? RMT_SEVERITY_WARNING : RMT_SEVERITY_ERROR;
    bool any = false;
    rmt_status st;

    if (match == RMT_FIELDS_EXACT) return check_order(r, s);
    for (size_t i = 0; i < rmt_table_columns(r->table); i++) {
        const char *name = rmt_table_name(r->table, i);
        any = any || columns[i].field;
        if (may_have_more || columns[i].field || strcmp(name, RMT_LINE_COLUMN) == 0) continue;
        if ((st = say_label(r, extra, "extra-label", name, "is not in the schema", ""))) return st;
    }
    if (match == RMT_FIELDS_PARTIAL && !any) {
        rmt_finding f = {.severity = RMT_SEVERITY_ERROR,
                         .code = "unmatched-header",
                         .table = r->name,
                         .column = "",
                         .subject = "",
                         .value = "",
                         .rule = "fields of the schema",
                         .message = "no column is a field of the schema"};
        if ((st = rmt_ledger_add(r->ledger, &f, r->err))) return st;
    }
    for (size_t i = 0; i < s->n_fields; i++) {
        const char *name = s->fields[i].name;
        if (rmt_table_find(r->table, name) != RMT_NO_COLUMN) continue;
        /* What every row must have is no column that may be absent. */
        if (may_have_fewer && !s->fields[i].required && !in_primary_key(s, name)) continue;
        if ((st = say_label(r, RMT_SEVERITY_ERROR, "missing-label", name,
                            "is in the schema, but no column", "")))
            return st;
    }
    return RMT_OK;
}
