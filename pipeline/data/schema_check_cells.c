/* schema_check_cells.c - a cell against its field, as findings: required, range, enum, pattern, length, unique. */
#include <stdio.h>

#include "schema_check_parts.h"

/* In REDCap a missing data code answers a required field, and nobody is asked where the form was not saved or
 * branching logic hides the field: only a cell without any reason is a question left open. */
static bool is_answered(const rmt_field *f, const char *reason)
{
    return f->form[0] && reason[0];
}

static rmt_status check_missing(schema_reporter *r, const schema_column *c, size_t row)
{
    const char *reason = rmt_table_reason(r->table, c->col, row);
    const char *unreadable = rmt_unreadable_text(reason);
    rmt_status st;

    if (unreadable) {
        /* Findings go to another table than the one the reason lies in, but the value must outlive them. */
        rmt_text_empty(&r->value);
        if ((st = rmt_text_add(&r->value, unreadable, r->err))) return st;
        return schema_check_unreadable(r, c, row, rmt_text_str(&r->value));
    }
    if (!c->field->required || is_answered(c->field, reason)) return RMT_OK;
    if ((st = schema_set_rule(r, "required", ""))) return st;
    return schema_say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name, reason,
                      "stands where a value is required", "");
}

bool schema_missing_is_said(const schema_reporter *r, const schema_column *c, size_t row)
{
    return rmt_table_is_missing(r->table, c->col, row) &&
           (c->field->required || rmt_unreadable_text(rmt_table_reason(r->table, c->col, row)));
}

/* A broken constraint; the rule is its name and value. */
static rmt_status broken(schema_reporter *r, const schema_column *c, size_t row, const char *value,
                         const char *phrase, const char *name, const char *bound)
{
    rmt_status st;

    if (schema_told_without_words(r, "constraint-error", row, c->field->name, &st)) return st;
    if ((st = schema_set_rule(r, name, bound))) return st;
    return schema_say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name, value, phrase,
                      rmt_text_str(&r->rule));
}

static rmt_status check_length(schema_reporter *r, const schema_column *c, size_t row,
                               const char *value)
{
    const rmt_field *f = c->field;
    size_t n = schema_length(f, value);
    char bound[SCHEMA_PLACE_BUF];
    rmt_status st;

    if (n < f->min_length) {
        (void)snprintf(bound, sizeof bound, "%zu", f->min_length);
        if ((st = broken(r, c, row, value, "is shorter than the ", "minLength", bound))) return st;
    }
    if (n <= f->max_length) return RMT_OK;
    (void)snprintf(bound, sizeof bound, "%zu", f->max_length);
    return broken(r, c, row, value, "is longer than the ", "maxLength", bound);
}

static rmt_status check_pattern(schema_reporter *r, const schema_column *c, size_t row,
                                const char *value)
{
    switch (rmt_pattern_match(c->field->compiled, c->work, value)) {
    case RMT_MATCH_YES: return RMT_OK;
    case RMT_MATCH_NO:
        return broken(r, c, row, value, "does not match the ", "pattern", c->field->pattern);
    case RMT_MATCH_NO_MEMORY:
        return rmt_fail(r->err, RMT_ERR_NOMEM, "no memory to match the pattern %s",
                        c->field->pattern);
    case RMT_MATCH_LIMIT: break;
    }
    return broken(r, c, row, value, "exceeds the effort allowed for matching the ", "pattern",
                  c->field->pattern);
}

static rmt_status check_range(schema_reporter *r, const schema_column *c, size_t row,
                              const schema_limit *x)
{
    for (size_t i = 0; i < c->n_ends; i++) {
        const schema_range_end *e = &c->ends[i];
        char buf[RMT_NUM_BUF];
        rmt_status st;
        if (!schema_is_beyond(e, x)) continue;
        st = broken(r, c, row, rmt_table_format(r->table, c->col, row, buf), e->rule->phrase,
                    e->rule->name, e->text);
        if (st) return st;
    }
    return RMT_OK;
}

static rmt_status check_choice(schema_reporter *r, const schema_column *c, size_t row)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;

    if (schema_told_without_words(r, "constraint-error", row, c->field->name, &st)) return st;
    if ((st = schema_set_rule(r, c->field->allowed_name, rmt_text_str(&c->choices)))) return st;
    return schema_say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name,
                      rmt_table_format(r->table, c->col, row, buf), "is not one of ",
                      rmt_text_str(&c->choices));
}

rmt_status schema_check_cell(schema_reporter *r, const schema_column *c, size_t row)
{
    const rmt_field *f = c->field;
    char buf[RMT_NUM_BUF], at[SCHEMA_PLACE_BUF];
    schema_limit x = {0.0, "", NULL};
    rmt_status st;

    if (rmt_table_is_missing(r->table, c->col, row)) return check_missing(r, c, row);
    if (c->is_text) x.text = rmt_table_text(r->table, c->col, row);
    else x.number = rmt_table_number(r->table, c->col, row);
    if ((st = check_range(r, c, row, &x))) return st;
    if (c->allowed && !schema_is_allowed(c, &x) && (st = check_choice(r, c, row))) return st;
    if (f->compiled && (st = check_pattern(r, c, row, x.text))) return st;
    if ((f->min_length > 0 || f->max_length != SIZE_MAX) && c->is_text &&
        (st = check_length(r, c, row, x.text)))
        return st;
    if (!c->unique.first || c->unique.first[row] == 0 ||
        schema_told_without_words(r, "unique-error", row, f->name, &st))
        return st;
    if ((st = schema_set_rule(r, "unique", ""))) return st;
    return schema_say(r, RMT_SEVERITY_ERROR, "unique-error", row, f->name,
                      rmt_table_format(r->table, c->col, row, buf), "stands already on ",
                      schema_place(r, c->unique.first[row] - 1, at));
}
