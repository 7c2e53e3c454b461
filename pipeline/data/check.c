/* check.c - a table against its schema, as findings.
 * Cells are looked at column by column, a block of rows at a time, and only those that may be at fault are examined: in
 * the order of lines, then of columns, so that findings come out ordered and nothing is kept back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "keys.h"
#include "rmt/checks.h"
#include "rmt/ledger.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/schema.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NO_ROW ((size_t)-1)

/* ---- findings -------------------------------------------------------------------------------- */

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

/* ---- saying it ------------------------------------------------------------------------------- */

typedef struct {
    rmt_ledger *ledger;
    const char *name;
    const rmt_table *table;
    size_t line_col;
    rmt_text rule, value, message, why; /* reused from finding to finding */
    rmt_error *err;
} reporter;

enum { SHOWN = 100, SHOWN_BUF = SHOWN + 4, PLACE_BUF = 32 };

static void reporter_init(reporter *r, rmt_ledger *ledger, const char *name, const rmt_table *t,
                          rmt_error *err)
{
    memset(r, 0, sizeof *r);
    r->ledger = ledger;
    r->name = name;
    r->table = t;
    r->line_col = rmt_line_column(t);
    r->err = err;
}

static void reporter_clear(reporter *r)
{
    rmt_text_clear(&r->rule);
    rmt_text_clear(&r->value);
    rmt_text_clear(&r->message);
    rmt_text_clear(&r->why);
}

static void empty(rmt_text *t)
{
    t->len = 0;
    if (t->s) t->s[0] = '\0';
}

static const char *text_of(const rmt_text *t)
{
    return t->s ? t->s : "";
}

/* A value as a message can bear it: one line, not too long. */
static const char *shown(char buf[SHOWN_BUF], const char *value)
{
    size_t n = strlen(value), keep = n;

    if (n == 0) return "an empty cell";
    if (n > SHOWN) {
        keep = SHOWN;
        while (keep > 0 && ((unsigned char)value[keep] & 0xc0) == 0x80)
            keep--;
    }
    for (size_t i = 0; i < keep; i++)
        buf[i] = (unsigned char)value[i] < 0x20 || value[i] == 0x7f ? '?' : value[i];
    memcpy(buf + keep, keep < n ? "..." : "", keep < n ? 4 : 1);
    return buf;
}

static const char *place(const reporter *r, size_t row, char buf[PLACE_BUF])
{
    size_t line = rmt_line_of(r->table, r->line_col, row);

    (void)snprintf(buf, PLACE_BUF, "%s %zu", line ? "line" : "row", line ? line : row + 1);
    return buf;
}

/* Where no more of a kind are listed the finding is entered without its words. */
static bool told_without_words(reporter *r, const char *code, size_t row, const char *column,
                               rmt_status *st)
{
    if (rmt_ledger_lists(r->ledger, code, r->name)) return false;
    const rmt_finding f = {.severity = RMT_SEVERITY_ERROR,
                           .code = code,
                           .table = r->name,
                           .line = row == NO_ROW ? 0 : rmt_line_of(r->table, r->line_col, row),
                           .record = row == NO_ROW ? 0 : row + 1,
                           .column = column};
    *st = rmt_ledger_add(r->ledger, &f, r->err);
    return true;
}

/* The rule of the next finding: a constraint's name and its value ("" = none). */
static rmt_status set_rule(reporter *r, const char *name, const char *value)
{
    empty(&r->rule);
    return rmt_text_addf(&r->rule, r->err, "%s%s%s", name, value[0] ? " " : "", value);
}

/* A finding about a value, whose message is "VALUE PHRASE TAIL"; row NO_ROW = the table as a whole.
 */
static rmt_status say(reporter *r, rmt_severity severity, const char *code, size_t row,
                      const char *column, const char *value, const char *phrase, const char *tail)
{
    char buf[SHOWN_BUF];
    rmt_finding f = {.severity = severity,
                     .code = code,
                     .table = r->name,
                     .column = column,
                     .subject = "",
                     .value = value,
                     .rule = text_of(&r->rule),
                     .message = ""};
    rmt_status st;

    if (row != NO_ROW) {
        f.line = rmt_line_of(r->table, r->line_col, row);
        f.record = row + 1;
    }
    empty(&r->message);
    if (rmt_ledger_lists(r->ledger, code, r->name)) {
        st = rmt_text_addf(&r->message, r->err, "%s %s%s",
                           shown(buf, row == NO_ROW ? column : value), phrase, tail);
        if (st) return st;
        f.message = text_of(&r->message);
    }
    return rmt_ledger_add(r->ledger, &f, r->err);
}

/* ---- one column ------------------------------------------------------------------------------ */

typedef struct {
    double number;
    char iso[32];
    const char *text; /* strings; NULL: iso */
} limit;

typedef struct {
    const char *name, *phrase;
    bool is_low, exclusive;
} range_rule;

static const range_rule range_rules[] = {
    {"minimum", "is below the ", true, false},
    {"exclusiveMinimum", "is not above the ", true, true},
    {"maximum", "is above the ", false, false},
    {"exclusiveMaximum", "is not below the ", false, true},
};

typedef struct {
    const range_rule *rule;
    const char *text; /* as written */
    limit at;
} range_end;

enum { CLEAN_TEXTS = 256 };

typedef struct {
    const rmt_field *field; /* NULL: the column is not in the schema */
    size_t col;
    bool is_text;
    range_end ends[4];
    size_t n_ends;
    limit *allowed; /* sorted */
    size_t n_allowed;
    uint64_t choice_bits; /* of whole numbers choice_base + i; 0 = not all lie so near together */
    int32_t choice_base;
    rmt_text choices; /* of enum, for the rule */
    rmt_pattern_work *work;
    rmt_repeats unique;
    const rmt_repeats
        *key; /* of the primary key, where it is this column and no other; NULL = it is not */
    double low, high; /* numbers in here break no range */
    const char **
        clean; /* texts of the table that were found in order, by a hash; NULL = none are asked for */
    bool idle;           /* nothing is asked of it */
    unsigned date_forms; /* that read all its unreadable cells, see rmt_cell_why */
} column_check;

static const char *limit_text(const limit *l)
{
    return l->text ? l->text : l->iso;
}

static void limit_set(limit *l, const rmt_field *f, const char *text)
{
    rmt_cell cell;

    rmt_field_read_limit(&cell, f, text);
    l->number = f->type == RMT_TYPE_NUMBER ? cell.number : cell.integer;
    memcpy(l->iso, cell.text, sizeof l->iso);
    l->text = f->type == RMT_TYPE_STRING && !cell.text[0] ? text : NULL;
}

static int limit_compare(const void *a, const void *b)
{
    const limit *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);

    return order ? order : strcmp(limit_text(x), limit_text(y));
}

static void column_clear(column_check *c)
{
    rmt_mem_free(c->allowed);
    rmt_text_clear(&c->choices);
    rmt_pattern_work_free(c->work);
    rmt_mem_free(c->clean);
    rmt_repeats_clear(&c->unique);
}

/* The choices of an enum: sorted to be searched, and written out (the first ones) for the rule. */
static rmt_status prepare_enum(column_check *c, rmt_error *err)
{
    enum { WRITTEN = 200 };
    size_t n = rmt_node_size(c->field->allowed);
    bool cut = false;

    if (!(c->allowed = rmt_mem_array(n, sizeof *c->allowed, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *text = rmt_choice_text(rmt_node_at(c->field->allowed, i), NULL);
        rmt_status st = RMT_OK;
        limit_set(&c->allowed[i], c->field, text);
        if (!cut && i > 0 && c->choices.len + strlen(text) > WRITTEN) {
            cut = true;
            st = rmt_text_add(&c->choices, ", ...", err);
        } else if (!cut) {
            st = rmt_text_addf(&c->choices, err, "%s%s", i ? ", " : "", text);
        }
        if (st) return st;
    }
    c->n_allowed = n;
    qsort(c->allowed, n, sizeof *c->allowed, limit_compare);
    if (c->field->type != RMT_TYPE_NUMBER && !c->is_text && n > 0 &&
        c->allowed[n - 1].number - c->allowed[0].number < 64) {
        c->choice_base = (int32_t)c->allowed[0].number;
        for (size_t i = 0; i < n; i++)
            c->choice_bits |= UINT64_C(1) << (unsigned)(c->allowed[i].number - c->choice_base);
    }
    return RMT_OK;
}

/* The ways of writing dates that all unreadable cells of a column share; of those that some of them share none counts. */
static unsigned common_date_forms(const rmt_table *t, size_t col)
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

/* The ends of a range as the least and the greatest number that break none of them. */
static void narrow_range(column_check *c)
{
    c->low = -(double)INFINITY;
    c->high = (double)INFINITY;
    for (size_t i = 0; i < c->n_ends; i++) {
        const range_rule *rule = c->ends[i].rule;
        double end = c->ends[i].at.number;
        if (rule->exclusive) end = nextafter(end, rule->is_low ? c->high : c->low);
        if (rule->is_low && end > c->low) c->low = end;
        if (!rule->is_low && end < c->high) c->high = end;
    }
}

static rmt_status column_prepare(column_check *c, const rmt_table *t, const rmt_row_order *order,
                                 rmt_error *err)
{
    const rmt_field *f = c->field;
    const char *texts[] = {f->minimum, f->exclusive_minimum, f->maximum, f->exclusive_maximum};
    rmt_status st = RMT_OK;

    if (rmt_table_type(t, c->col) != f->type)
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, "", 0, f->name,
                           "the column is %s in the table and %s in the schema",
                           rmt_type_name(rmt_table_type(t, c->col)), rmt_type_name(f->type));
    c->is_text = rmt_type_is_text(f->type);
    if ((f->declared == RMT_FIELD_DATE || f->declared == RMT_FIELD_DATETIME) &&
        rmt_table_has_reasons(t, c->col))
        c->date_forms = common_date_forms(t, c->col);
    for (size_t i = 0; i < COUNT(range_rules); i++) {
        if (!texts[i]) continue;
        c->ends[c->n_ends] = (range_end){.rule = &range_rules[i], .text = texts[i]};
        limit_set(&c->ends[c->n_ends++].at, f, texts[i]);
    }
    if (f->allowed && (st = prepare_enum(c, err))) return st;
    if (f->compiled && (st = rmt_pattern_work_new(&c->work, f->compiled, err))) return st;
    if (f->unique) {
        const rmt_key key = {t, &c->col, 1};
        if ((st = rmt_key_repeats(&c->unique, &key, order, err))) return st;
    }
    narrow_range(c);
    const bool has_length = f->min_length > 0 || f->max_length != SIZE_MAX;
    const bool constrained =
        c->n_ends > 0 || c->allowed || f->compiled || (c->is_text && has_length);
    c->idle = !constrained && !f->required && !c->unique.first && !c->key &&
              !rmt_table_has_reasons(t, c->col);
    if (c->is_text && constrained &&
        !(c->clean = rmt_mem_array(CLEAN_TEXTS, sizeof *c->clean, err)))
        return RMT_ERR_NOMEM;
    return RMT_OK;
}

/* The labels of a field of REDCap, the first ones. */
static rmt_status set_labels(reporter *r, const rmt_field *f)
{
    enum { WRITTEN = 200 };
    rmt_status st = RMT_OK;
    size_t n = 0;

    empty(&r->rule);
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

static rmt_status check_unreadable(reporter *r, const column_check *c, size_t row,
                                   const char *value)
{
    const rmt_field *f = c->field;
    const char *type = rmt_field_type_name(f->declared);
    bool formatted = f->format && strcmp(f->format, "default") != 0;
    rmt_cell cell;
    rmt_status st;

    if (told_without_words(r, "type-error", row, f->name, &st)) return st;
    empty(&r->rule);
    st = rmt_text_addf(&r->rule, r->err, "type %s%s%s", type, formatted ? ", format " : "",
                       formatted ? f->format : "");
    if (st) return st;
    /* Read once more for the exact reason; the dialect's decimal sign is not known here. */
    rmt_field_read_cell(&cell, f, NULL, strchr(value, ',') ? ',' : '.', value, strlen(value));
    if (is_no_label(f, &cell)) {
        if ((st = set_labels(r, f))) return st;
        return say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value, "is none of the ",
                   text_of(&r->rule));
    }
    const bool known = cell.kind == RMT_CELL_UNREADABLE && strncmp(cell.reason, "type ", 5) != 0;
    empty(&r->why);
    if ((st = rmt_text_add(&r->why, known ? cell.reason : text_of(&r->rule), r->err))) return st;
    if ((st = rmt_cell_why(&r->why, f, c->date_forms, value, r->err))) return st;
    return say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value,
               known ? "is " : "cannot be read as ", text_of(&r->why));
}

/* In REDCap a missing data code answers a required field, and nobody is asked where the form was not saved or
 * branching logic hides the field: only a cell without any reason is a question left open. */
static bool is_answered(const rmt_field *f, const char *reason)
{
    return f->form[0] && reason[0];
}

static rmt_status check_missing(reporter *r, const column_check *c, size_t row)
{
    const char *reason = rmt_table_reason(r->table, c->col, row);
    const char *unreadable = rmt_unreadable_text(reason);
    rmt_status st;

    if (unreadable) {
        /* say() adds to another table than the one the reason lies in, but the value must outlive
         * it. */
        empty(&r->value);
        if ((st = rmt_text_add(&r->value, unreadable, r->err))) return st;
        return check_unreadable(r, c, row, text_of(&r->value));
    }
    if (!c->field->required || is_answered(c->field, reason)) return RMT_OK;
    if ((st = set_rule(r, "required", ""))) return st;
    return say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name, reason,
               "stands where a value is required", "");
}

/* A missing cell with a finding of check_missing: that it is missing from the key too is no other fault. */
static bool missing_is_said(const reporter *r, const column_check *c, size_t row)
{
    return rmt_table_is_missing(r->table, c->col, row) &&
           (c->field->required || rmt_unreadable_text(rmt_table_reason(r->table, c->col, row)));
}

/* A broken constraint; the rule is its name and value. */
static rmt_status broken(reporter *r, const column_check *c, size_t row, const char *value,
                         const char *phrase, const char *name, const char *bound)
{
    rmt_status st;

    if (told_without_words(r, "constraint-error", row, c->field->name, &st)) return st;
    if ((st = set_rule(r, name, bound))) return st;
    return say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name, value, phrase,
               text_of(&r->rule));
}

/* Code points of a string, members of an object or array. */
static size_t length_of(const rmt_field *f, const char *value)
{
    return f->declared == RMT_FIELD_STRING ? rmt_text_utf8_length(value)
                                           : rmt_cell_json_members(value);
}

static rmt_status check_length(reporter *r, const column_check *c, size_t row, const char *value)
{
    const rmt_field *f = c->field;
    size_t n = length_of(f, value);
    char bound[PLACE_BUF];
    rmt_status st;

    if (n < f->min_length) {
        (void)snprintf(bound, sizeof bound, "%zu", f->min_length);
        if ((st = broken(r, c, row, value, "is shorter than the ", "minLength", bound))) return st;
    }
    if (n <= f->max_length) return RMT_OK;
    (void)snprintf(bound, sizeof bound, "%zu", f->max_length);
    return broken(r, c, row, value, "is longer than the ", "maxLength", bound);
}

static rmt_status check_pattern(reporter *r, const column_check *c, size_t row, const char *value)
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

static bool is_beyond(const range_end *e, const limit *x)
{
    const int order = limit_compare(x, &e->at);

    return order == 0 ? e->rule->exclusive : (order < 0) == e->rule->is_low;
}

static rmt_status check_range(reporter *r, const column_check *c, size_t row, const limit *x)
{
    for (size_t i = 0; i < c->n_ends; i++) {
        const range_end *e = &c->ends[i];
        char buf[RMT_NUM_BUF];
        rmt_status st;
        if (!is_beyond(e, x)) continue;
        st = broken(r, c, row, rmt_table_format(r->table, c->col, row, buf), e->rule->phrase,
                    e->rule->name, e->text);
        if (st) return st;
    }
    return RMT_OK;
}

static bool is_allowed(const column_check *c, const limit *x)
{
    return bsearch(x, c->allowed, c->n_allowed, sizeof *x, limit_compare);
}

static rmt_status check_choice(reporter *r, const column_check *c, size_t row)
{
    char buf[RMT_NUM_BUF];
    rmt_status st;

    if (told_without_words(r, "constraint-error", row, c->field->name, &st)) return st;
    if ((st = set_rule(r, c->field->allowed_name, text_of(&c->choices)))) return st;
    return say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name,
               rmt_table_format(r->table, c->col, row, buf), "is not one of ",
               text_of(&c->choices));
}

static rmt_status check_cell(reporter *r, const column_check *c, size_t row)
{
    const rmt_field *f = c->field;
    char buf[RMT_NUM_BUF], at[PLACE_BUF];
    limit x = {0.0, "", NULL};
    rmt_status st;

    if (rmt_table_is_missing(r->table, c->col, row)) return check_missing(r, c, row);
    if (c->is_text) x.text = rmt_table_text(r->table, c->col, row);
    else x.number = rmt_table_number(r->table, c->col, row);
    if ((st = check_range(r, c, row, &x))) return st;
    if (c->allowed && !is_allowed(c, &x) && (st = check_choice(r, c, row))) return st;
    if (f->compiled && (st = check_pattern(r, c, row, x.text))) return st;
    if ((f->min_length > 0 || f->max_length != SIZE_MAX) && c->is_text &&
        (st = check_length(r, c, row, x.text)))
        return st;
    if (!c->unique.first || c->unique.first[row] == 0 ||
        told_without_words(r, "unique-error", row, f->name, &st))
        return st;
    if ((st = set_rule(r, "unique", ""))) return st;
    return say(r, RMT_SEVERITY_ERROR, "unique-error", row, f->name,
               rmt_table_format(r->table, c->col, row, buf), "stands already on ",
               place(r, c->unique.first[row] - 1, at));
}

/* ---- keys as findings ------------------------------------------------------------------------ */

/* The cells of a key, parted by ", ", into r->value. */
static rmt_status key_value(reporter *r, const size_t *columns, size_t n, size_t row)
{
    rmt_status st = RMT_OK;

    empty(&r->value);
    for (size_t i = 0; i < n && !st; i++) {
        char buf[RMT_NUM_BUF];
        bool missing = rmt_table_is_missing(r->table, columns[i], row);
        const char *cell =
            missing && n > 1 ? "(missing)" : rmt_table_format(r->table, columns[i], row, buf);
        st = rmt_text_addf(&r->value, r->err, "%s%s", i ? ", " : "", cell);
    }
    return st;
}

/* "primary key id, visit" */
static rmt_status key_rule(reporter *r, const char *what, const char **names, size_t n)
{
    rmt_status st;

    empty(&r->rule);
    st = rmt_text_add(&r->rule, what, r->err);
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_text_addf(&r->rule, r->err, "%s%s", i ? ", " : " ", names[i]);
    return st;
}

/* The primary key or a unique key, whose missing cells are nobody's. */
typedef struct {
    const char **names;
    size_t n;
    bool is_primary;
    size_t *columns; /* NULL: no key, or one of its columns is absent */
    rmt_repeats repeats;
} table_key;

static rmt_status table_key_prepare(table_key *k, const char **names, size_t n, bool is_primary,
                                    const rmt_table *t, const rmt_row_order *order, rmt_error *err)
{
    rmt_key key = {t, NULL, n};

    *k = (table_key){.names = names, .n = n, .is_primary = is_primary};
    for (size_t i = 0; i < n; i++)
        if (rmt_table_find(t, names[i]) == RMT_NO_COLUMN) return RMT_OK; /* missing-label */
    if (n == 0) return RMT_OK;
    if (!(k->columns = rmt_mem_array(n, sizeof *k->columns, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        k->columns[i] = rmt_table_find(t, names[i]);
    key.columns = k->columns;
    return rmt_key_repeats(&k->repeats, &key, order, err);
}

static void table_key_clear(table_key *k)
{
    rmt_mem_free(k->columns);
    rmt_repeats_clear(&k->repeats);
}

/* Whether check_key has something to say of a row. */
static bool is_key_fault(const table_key *k, const rmt_table *t, size_t row)
{
    const rmt_key key = {t, k->columns, k->n};

    if (k->repeats.first && k->repeats.first[row] > 0) return true;
    return k->is_primary && k->repeats.any_missing && rmt_key_missing(&key, row) > 0;
}

static rmt_status check_key(reporter *r, const table_key *k, size_t row)
{
    const char *what = k->is_primary ? "primary key" : "unique key";
    const char *code = k->is_primary ? "primary-key" : "unique-error";
    const char *column = k->n == 1 ? k->names[0] : "";
    char at[PLACE_BUF];
    rmt_status st;

    if (!is_key_fault(k, r->table, row)) return RMT_OK;
    if (told_without_words(r, code, row, column, &st)) return st;
    if ((st = key_rule(r, what, k->names, k->n))) return st;
    if ((st = key_value(r, k->columns, k->n, row))) return st;
    if (!k->repeats.first || k->repeats.first[row] == 0)
        return say(r, RMT_SEVERITY_ERROR, code, row, column, text_of(&r->value),
                   "is incomplete as the ", text_of(&r->rule));
    return say(r, RMT_SEVERITY_ERROR, code, row, column, text_of(&r->value),
               k->is_primary ? "is already the primary key of " : "is already the unique key of ",
               place(r, k->repeats.first[row] - 1, at));
}

bool rmt_field_admits(const rmt_field *f, double x)
{
    const char *texts[] = {f->minimum, f->exclusive_minimum, f->maximum, f->exclusive_maximum};
    const limit value = {.number = x};
    if (rmt_type_is_text(f->type)) return true;
    for (size_t i = 0; i < COUNT(range_rules); i++) {
        range_end end = {.rule = &range_rules[i], .text = texts[i]};
        if (!texts[i]) continue;
        limit_set(&end.at, f, texts[i]);
        if (is_beyond(&end, &value)) return false;
    }
    for (size_t i = 0; f->allowed && i < rmt_node_size(f->allowed); i++) {
        limit allowed;
        limit_set(&allowed, f, rmt_choice_text(rmt_node_at(f->allowed, i), NULL));
        if (!(allowed.number < x || allowed.number > x)) return true;
    }
    return !f->allowed;
}

/* ---- which cells to examine ------------------------------------------------------------------ */

enum { BLOCK = 4096, WORD = 64, BLOCK_WORDS = BLOCK / WORD };

/* A table against its schema, block of rows by block. */
typedef struct {
    reporter *r;
    column_check *columns; /* per column of the table */
    size_t *asked;         /* the columns of which something is asked */
    size_t n_asked;
    const table_key *keys;
    size_t n_keys;
    rmt_row_order order;
    uint64_t *doubt; /* per column asked BLOCK_WORDS, a bit for a row that may be at fault */
} examination;

/* A missing cell is no fault, unless it must not be or is one that could not be read. */
static bool is_missing_in_doubt(const reporter *r, const column_check *c, size_t row)
{
    if (c->field->required || c->key) return true;
    return rmt_unreadable_text(rmt_table_reason(r->table, c->col, row));
}

static bool is_repeated(const column_check *c, size_t row)
{
    return (c->unique.first && c->unique.first[row] > 0) ||
           (c->key && c->key->first && c->key->first[row] > 0);
}

static bool is_number_in_doubt(const column_check *c, double x)
{
    const limit as_limit = {x, "", NULL};

    return !(x >= c->low && x <= c->high) || (c->allowed && !is_allowed(c, &as_limit));
}

/* What check_cell would say of a text, without a word. */
static bool is_text_clean(const column_check *c, const char *s)
{
    const rmt_field *f = c->field;
    const limit x = {0.0, "", s};

    for (size_t i = 0; i < c->n_ends; i++)
        if (is_beyond(&c->ends[i], &x)) return false;
    if (c->allowed && !is_allowed(c, &x)) return false;
    if (f->compiled && rmt_pattern_match(f->compiled, c->work, s) != RMT_MATCH_YES) return false;
    if (f->min_length == 0 && f->max_length == SIZE_MAX) return true;
    const size_t n = length_of(f, s);
    return n >= f->min_length && n <= f->max_length;
}

/* The same few texts fill most columns: those found in order are known again. */
static bool is_text_in_doubt(const column_check *c, const char *s)
{
    size_t h = 0;

    if (!c->clean) return false;
    for (const char *p = s; *p; p++)
        h = h * 31 + (unsigned char)*p;
    const char **known = &c->clean[(h ^ (h >> 8)) % CLEAN_TEXTS];
    if (*known && strcmp(*known, s) == 0) return false;
    if (!is_text_clean(c, s)) return true;
    *known = s;
    return false;
}

static bool is_in_doubt(const reporter *r, const column_check *c, size_t row)
{
    if (rmt_table_is_missing(r->table, c->col, row)) return is_missing_in_doubt(r, c, row);
    if (is_repeated(c, row)) return true;
    if (c->is_text) return is_text_in_doubt(c, rmt_table_text(r->table, c->col, row));
    return is_number_in_doubt(c, rmt_table_number(r->table, c->col, row));
}

/* All n cells are there and within a range that is all that is asked: what most blocks of numbers are. */
static bool is_plainly_clean(const column_check *c, const rmt_table *t, size_t first, size_t n)
{
    const double *numbers = rmt_table_numbers(t, c->col);
    const int32_t *integers = rmt_table_integers(t, c->col);
    size_t n_out = 0;

    if (c->unique.first || (c->key && c->key->first) || (c->allowed && c->n_ends > 0)) return false;
    if (numbers && !c->allowed)
        for (size_t i = first; i < first + n; i++)
            n_out += !(numbers[i] >= c->low && numbers[i] <= c->high);
    else if (integers && c->choice_bits) {
        for (size_t i = first; i < first + n; i++) {
            const uint32_t at = (uint32_t)integers[i] - (uint32_t)c->choice_base;
            n_out += at >= WORD || !(c->choice_bits >> at % WORD & 1);
        }
    } else if (integers && !c->allowed) {
        const double low = c->low > INT32_MIN ? ceil(c->low) : INT32_MIN + 1.0;
        const double high = c->high < INT32_MAX ? floor(c->high) : INT32_MAX;
        if (!(low <= INT32_MAX && high > INT32_MIN)) return false;
        const int32_t from = (int32_t)low, to = (int32_t)high;
        for (size_t i = first; i < first + n; i++)
            n_out += integers[i] < from || integers[i] > to;
    } else return false;
    return n_out == 0;
}

/* Sets the bits of the rows [first, first + n) in which a column may be at fault. */
static bool doubt_column(const examination *x, const column_check *c, uint64_t *bits, size_t first,
                         size_t n)
{
    bool any = false;

    if (!x->order.at && is_plainly_clean(c, x->r->table, first, n)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_in_doubt(x->r, c, rmt_row_at(&x->order, first + i))) continue;
        bits[i / WORD] |= UINT64_C(1) << i % WORD;
        any = true;
    }
    return any;
}

static rmt_status examine_row(const examination *x, size_t i, size_t row)
{
    rmt_status st;

    for (size_t a = 0; a < x->n_asked; a++) {
        const column_check *c = &x->columns[x->asked[a]];
        if (!(x->doubt[a * BLOCK_WORDS + i / WORD] >> i % WORD & 1)) continue;
        if ((st = check_cell(x->r, c, row))) return st;
        if (c->key && !missing_is_said(x->r, c, row) && (st = check_key(x->r, &x->keys[0], row)))
            return st;
    }
    return RMT_OK;
}

/* The primary key of one column goes with its cell; the others come last in their row. */
static bool is_key_of_row(const examination *x, size_t k)
{
    return x->keys[k].columns && (k > 0 || x->keys[k].n > 1);
}

static rmt_status examine_keys(const examination *x, size_t row)
{
    rmt_status st = RMT_OK;

    for (size_t k = 0; k < x->n_keys && !st; k++)
        if (is_key_of_row(x, k)) st = check_key(x->r, &x->keys[k], row);
    return st;
}

/* Of those, one has a fault somewhere. */
static bool has_key_faults(const examination *x)
{
    for (size_t k = 0; k < x->n_keys; k++)
        if (is_key_of_row(x, k) &&
            (x->keys[k].repeats.first || (x->keys[k].is_primary && x->keys[k].repeats.any_missing)))
            return true;
    return false;
}

static rmt_status examine_block(const examination *x, size_t first, size_t n)
{
    const bool keys = has_key_faults(x);
    uint64_t any[BLOCK_WORDS] = {0};
    rmt_status st;

    for (size_t a = 0; a < x->n_asked; a++) {
        uint64_t *bits = &x->doubt[a * BLOCK_WORDS];
        memset(bits, 0, BLOCK_WORDS * sizeof *bits);
        if (!doubt_column(x, &x->columns[x->asked[a]], bits, first, n)) continue;
        for (size_t w = 0; w < BLOCK_WORDS; w++)
            any[w] |= bits[w];
    }
    for (size_t i = 0; i < n; i++) {
        const size_t row = rmt_row_at(&x->order, first + i);
        if (!keys && any[i / WORD] == 0) {
            i |= WORD - 1;
            continue;
        }
        if ((any[i / WORD] >> i % WORD & 1) && (st = examine_row(x, i, row))) return st;
        if (keys && (st = examine_keys(x, row))) return st;
    }
    return RMT_OK;
}

static rmt_status examine(examination *x, size_t n_columns, rmt_error *err)
{
    rmt_status st = RMT_OK;

    for (size_t c = 0; c < n_columns; c++)
        if (x->columns[c].field && !x->columns[c].idle) x->asked[x->n_asked++] = c;
    x->doubt = rmt_mem_array(x->n_asked, BLOCK_WORDS * sizeof *x->doubt, err);
    if (!x->doubt) return RMT_ERR_NOMEM;
    for (size_t first = 0; first < x->order.n && !st; first += BLOCK)
        st = examine_block(x, first, x->order.n - first < BLOCK ? x->order.n - first : BLOCK);
    return st;
}

/* ---- the checks ------------------------------------------------------------------------------ */

static rmt_status say_label(reporter *r, rmt_severity severity, const char *code,
                            const char *column, const char *phrase, const char *tail)
{
    rmt_status st = set_rule(r, "fields of the schema", "");

    if (st) return st;
    return say(r, severity, code, NO_ROW, column, "", phrase, tail);
}

/* fieldsMatch exact: the columns against the fields, one by one. */
static rmt_status check_order(reporter *r, const rmt_schema *s)
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

/* Findings about the labels: columns of the table that the schema does not know, then fields that
 * are absent. */
static rmt_status check_labels(reporter *r, const rmt_schema *s, const column_check *columns)
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

rmt_status rmt_schema_check(rmt_ledger *ledger, const rmt_schema *s, const char *name,
                            const rmt_table *t, rmt_error *err)
{
    const size_t n_columns = rmt_table_columns(t), n_keys = 1 + s->n_unique_keys;
    table_key *keys = NULL; /* the primary one first */
    reporter r;
    examination x = {.r = &r};
    rmt_status st = RMT_ERR_NOMEM;

    reporter_init(&r, ledger, name, t, err);
    if (!(x.columns = rmt_mem_array(n_columns, sizeof *x.columns, err))) goto done;
    if (!(x.asked = rmt_mem_array(n_columns, sizeof *x.asked, err))) goto done;
    if (!(keys = rmt_mem_array(n_keys, sizeof *keys, err))) goto done;
    x.keys = keys;
    x.n_keys = n_keys;
    if ((st = rmt_row_order_init(&x.order, t, err))) goto done;
    st = table_key_prepare(&keys[0], s->primary_key, s->n_primary_key, true, t, &x.order, err);
    for (size_t i = 0; i < s->n_unique_keys && !st; i++)
        st = table_key_prepare(&keys[i + 1], s->unique_keys[i].fields, s->unique_keys[i].n, false,
                               t, &x.order, err);
    for (size_t i = 0; i < s->n_fields && !st; i++) {
        const size_t col = rmt_table_find(t, s->fields[i].name);
        if (col == RMT_NO_COLUMN) continue;
        x.columns[col].field = &s->fields[i];
        x.columns[col].col = col;
        if (s->n_primary_key == 1 && strcmp(s->primary_key[0], s->fields[i].name) == 0)
            x.columns[col].key = &keys[0].repeats;
        st = column_prepare(&x.columns[col], t, &x.order, err);
    }
    if (st || (st = check_labels(&r, s, x.columns))) goto done;
    st = examine(&x, n_columns, err);
done:
    for (size_t i = 0; x.columns && i < n_columns; i++)
        column_clear(&x.columns[i]);
    for (size_t i = 0; keys && i < n_keys; i++)
        table_key_clear(&keys[i]);
    rmt_mem_free(x.columns);
    rmt_mem_free(x.asked);
    rmt_mem_free(x.doubt);
    rmt_mem_free(keys);
    rmt_row_order_clear(&x.order);
    reporter_clear(&r);
    return st;
}

rmt_status rmt_unreadable_check(rmt_ledger *ledger, const rmt_schema *s, const char *name,
                                const rmt_table *t, rmt_error *err)
{
    rmt_row_order order = {NULL, 0};
    reporter r;
    rmt_status st = RMT_OK;

    reporter_init(&r, ledger, name, t, err);
    for (size_t c = 0; c < rmt_table_columns(t) && !st; c++) {
        const char *column = rmt_table_name(t, c);
        if (!rmt_table_has_reasons(t, c) || (s && rmt_schema_field(s, column))) continue;
        if (order.n == 0 && (st = rmt_row_order_init(&order, t, err))) break;
        for (size_t i = 0; i < rmt_table_rows(t) && !st; i++) {
            const size_t row = rmt_row_at(&order, i);
            const char *cell = rmt_unreadable_text(rmt_table_reason(t, c, row));
            if (!cell || told_without_words(&r, "type-error", row, column, &st)) continue;
            if ((st = set_rule(&r, "type", rmt_type_name(rmt_table_type(t, c))))) break;
            rmt_field f;
            empty(&r.value);
            empty(&r.why);
            rmt_field_init(&f, column, rmt_table_type(t, c));
            if ((st = rmt_text_add(&r.value, cell, err))) break;
            if ((st = rmt_text_add(&r.why, text_of(&r.rule), err))) break;
            if ((st = rmt_cell_why(&r.why, &f, 0, text_of(&r.value), err))) break;
            st = say(&r, RMT_SEVERITY_ERROR, "type-error", row, column, text_of(&r.value),
                     "cannot be read as ", text_of(&r.why));
        }
    }
    rmt_row_order_clear(&order);
    reporter_clear(&r);
    return st;
}

/* Finds the columns of a foreign key; a side that lacks one, or two that cannot be compared, is
 * said and leaves *complete false. */
static rmt_status foreign_columns(reporter *r, const rmt_foreign_key *k, const rmt_table *target,
                                  size_t *here, size_t *there, bool *complete)
{
    rmt_status st;

    *complete = true;
    for (size_t i = 0; i < k->n; i++) {
        const char *fault = NULL;
        here[i] = rmt_table_find(r->table, k->fields[i]);
        there[i] = rmt_table_find(target, k->reference[i]);
        if (here[i] == RMT_NO_COLUMN) fault = "is in the foreign key, but no column";
        else if (there[i] == RMT_NO_COLUMN) fault = "refers to an absent column, ";
        else if (rmt_type_is_text(rmt_table_type(r->table, here[i])) !=
                 rmt_type_is_text(rmt_table_type(target, there[i])))
            fault = "differs in type from ";
        if (!fault) continue;
        *complete = false;
        st = say(r, RMT_SEVERITY_ERROR, "foreign-key", NO_ROW, k->fields[i], "", fault,
                 here[i] == RMT_NO_COLUMN ? "" : k->reference[i]);
        if (st) return st;
    }
    return RMT_OK;
}

static bool any_unreadable(const rmt_table *t, const size_t *columns, size_t n, size_t row)
{
    for (size_t i = 0; i < n; i++)
        if (rmt_unreadable_text(rmt_table_reason(t, columns[i], row))) return true;
    return false;
}

static rmt_status check_reference(reporter *r, const rmt_foreign_key *k, const rmt_key *here,
                                  const rmt_key_index *there, size_t row)
{
    const char *column = k->n == 1 ? k->fields[0] : "";
    size_t n_missing = rmt_key_missing(here, row);
    rmt_status st;

    if (n_missing == k->n) return RMT_OK; /* no reference is made */
    if (n_missing > 0 && any_unreadable(r->table, here->columns, k->n, row))
        return RMT_OK; /* a type-error already */
    if (n_missing == 0 && rmt_key_index_has(there, here, row)) return RMT_OK;
    if (told_without_words(r, "foreign-key", row, column, &st)) return st;
    if ((st = key_value(r, here->columns, k->n, row))) return st;
    if (n_missing > 0)
        return say(r, RMT_SEVERITY_ERROR, "foreign-key", row, column, text_of(&r->value),
                   "is incomplete as the ", text_of(&r->rule));
    return say(r, RMT_SEVERITY_ERROR, "foreign-key", row, column, text_of(&r->value), "is not in ",
               k->resource[0] ? k->resource : r->name);
}

rmt_status rmt_schema_check_foreign_key(rmt_ledger *ledger, const rmt_foreign_key *k,
                                        const char *name, const rmt_table *t,
                                        const rmt_table *target, rmt_error *err)
{
    size_t *columns = NULL;
    rmt_row_order order = {NULL, 0};
    rmt_key_index *index = NULL;
    rmt_key here = {t, NULL, k->n}, there = {target, NULL, k->n};
    bool complete = false;
    reporter r;
    rmt_status st = RMT_OK;

    reporter_init(&r, ledger, name, t, err);
    if (!(columns = rmt_mem_array(2 * k->n, sizeof *columns, err))) return RMT_ERR_NOMEM;
    here.columns = columns;
    there.columns = columns + k->n;
    if ((st = key_rule(&r, "foreign key", k->fields, k->n))) goto done;
    if ((st = foreign_columns(&r, k, target, columns, columns + k->n, &complete))) goto done;
    if (!complete) goto done;
    if ((st = rmt_row_order_init(&order, t, err))) goto done;
    st = rmt_key_index_new(&index, &there, err);
    for (size_t i = 0; i < order.n && !st; i++)
        st = check_reference(&r, k, &here, index, rmt_row_at(&order, i));
done:
    rmt_key_index_free(index);
    rmt_row_order_clear(&order);
    rmt_mem_free(columns);
    reporter_clear(&r);
    return st;
}
