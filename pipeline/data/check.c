/* check.c - a table against its schema, as findings.
 * Rows are taken in the order of their lines, so findings come out ordered and nothing is kept
 * back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
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

/* ---- keys: which rows have the same cells ---------------------------------------------------- */

typedef struct {
    const rmt_table *table;
    const size_t *columns;
    size_t n;
} key_columns;

typedef struct {
    uint64_t hash; /* or a line, where rows are put in order */
    size_t row;
} key_item;

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

static uint64_t key_hash(const key_columns *k, size_t row)
{
    uint64_t h = UINT64_C(0x243f6a8885a308d3);

    for (size_t i = 0; i < k->n; i++) {
        if (rmt_type_is_text(rmt_table_type(k->table, k->columns[i]))) {
            const char *s = rmt_table_text(k->table, k->columns[i], row);
            for (; *s; s++)
                h = mix(h, (unsigned char)*s);
            h = mix(h, 0x100);
        } else {
            double x = rmt_table_number(k->table, k->columns[i], row) + 0.0; /* -0 is 0 */
            uint64_t bits;
            memcpy(&bits, &x, sizeof bits);
            h = mix(h, bits);
        }
    }
    return h;
}

/* Orders two rows by their cells; the columns of a and b are of the same kinds. */
static int key_compare(const key_columns *a, size_t row_a, const key_columns *b, size_t row_b)
{
    for (size_t i = 0; i < a->n; i++) {
        int order;
        if (rmt_type_is_text(rmt_table_type(a->table, a->columns[i]))) {
            order = strcmp(rmt_table_text(a->table, a->columns[i], row_a),
                           rmt_table_text(b->table, b->columns[i], row_b));
        } else {
            double x = rmt_table_number(a->table, a->columns[i], row_a);
            double y = rmt_table_number(b->table, b->columns[i], row_b);
            order = (x > y) - (x < y);
        }
        if (order) return order;
    }
    return 0;
}

/* Hashes make comparing cheap; equal hashes fall back on the cells, so crafted input stays O(n log
 * n). */
static int item_compare(const key_columns *a, const key_item *x, const key_columns *b,
                        const key_item *y)
{
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return a ? key_compare(a, x->row, b, y->row) : 0;
}

/* Stable merge sort: of keys by hash and cells, of lines (k NULL) by hash alone. */
static rmt_status sort_items(key_item *items, size_t n, const key_columns *k, rmt_error *err)
{
    bool sorted = true;
    key_item *spare;

    for (size_t i = 1; i < n && sorted; i++)
        sorted = item_compare(k, &items[i - 1], k, &items[i]) <= 0;
    if (sorted) return RMT_OK;
    if (!(spare = rmt_mem_array(n, sizeof *spare, err))) return RMT_ERR_NOMEM;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t mid = n - low > width ? low + width : n;
            size_t high = n - low > 2 * width ? low + 2 * width : n;
            size_t i = low, j = mid;
            for (size_t o = low; o < high; o++) {
                bool left = i < mid && (j == high || item_compare(k, &items[i], k, &items[j]) <= 0);
                spare[o] = left ? items[i++] : items[j++];
            }
        }
        memcpy(items, spare, n * sizeof *items);
    }
    rmt_mem_free(spare);
    return RMT_OK;
}

/* How many cells of the key are missing. */
static size_t key_missing(const key_columns *k, size_t row)
{
    size_t n = 0;

    for (size_t i = 0; i < k->n; i++)
        n += rmt_table_is_missing(k->table, k->columns[i], row) ? 1 : 0;
    return n;
}

/* The rows of `order` whose key is complete, sorted by key, equal ones in the order given. */
static rmt_status sorted_keys(key_item **out, size_t *n_out, const key_columns *k,
                              const size_t *order, size_t n, rmt_error *err)
{
    key_item *items = rmt_mem_array(n, sizeof *items, err);
    size_t used = 0;
    rmt_status st;

    if (!items) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        if (key_missing(k, order[i]) > 0) continue;
        items[used].hash = key_hash(k, order[i]);
        items[used++].row = order[i];
    }
    if ((st = sort_items(items, used, k, err))) {
        rmt_mem_free(items);
        return st;
    }
    *out = items;
    *n_out = used;
    return RMT_OK;
}

/* first[row] = the first row with the same key, where that is another one; NO_ROW elsewhere. */
static rmt_status find_repeats(size_t **out, const key_columns *k, const size_t *order, size_t n,
                               rmt_error *err)
{
    key_item *items = NULL;
    size_t n_items = 0;
    size_t *first = rmt_mem_array(n, sizeof *first, err);
    rmt_status st;

    if (!first) return RMT_ERR_NOMEM;
    if ((st = sorted_keys(&items, &n_items, k, order, n, err))) {
        rmt_mem_free(first);
        return st;
    }
    for (size_t i = 0; i < n; i++)
        first[i] = NO_ROW;
    for (size_t i = 1, start = 0; i < n_items; i++) {
        if (item_compare(k, &items[start], k, &items[i]) == 0)
            first[items[i].row] = items[start].row;
        else start = i;
    }
    rmt_mem_free(items);
    *out = first;
    return RMT_OK;
}

/* ---- rows in order ---------------------------------------------------------------------------- */

/* The rows in the order of their lines; without lines in their own. */
static rmt_status rows_by_line(size_t **out, const rmt_table *t, rmt_error *err)
{
    size_t n = rmt_table_rows(t), col = rmt_line_column(t);
    key_item *items = rmt_mem_array(n, sizeof *items, err);
    size_t *order = items ? rmt_mem_array(n, sizeof *order, err) : NULL;
    rmt_status st = order ? RMT_OK : RMT_ERR_NOMEM;

    for (size_t i = 0; i < n && !st; i++)
        items[i] = (key_item){rmt_line_of(t, col, i), i};
    if (!st) st = sort_items(items, n, NULL, err);
    for (size_t i = 0; i < n && !st; i++)
        order[i] = items[i].row;
    rmt_mem_free(items);
    if (st) rmt_mem_free(order);
    else *out = order;
    return st;
}

/* ---- saying it ------------------------------------------------------------------------------- */

typedef struct {
    rmt_ledger *ledger;
    const char *name;
    const rmt_table *table;
    size_t line_col;
    rmt_text rule, value, message; /* reused from finding to finding */
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
    rmt_finding f = {severity, code, r->name, 0, column, "", value, text_of(&r->rule), ""};
    rmt_status st;

    if (row != NO_ROW) f.line = rmt_line_of(r->table, r->line_col, row);
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

typedef struct {
    const rmt_field *field; /* NULL: the column is not in the schema */
    size_t col;
    bool is_text;
    range_end ends[4];
    size_t n_ends;
    limit *allowed; /* sorted */
    size_t n_allowed;
    rmt_text choices; /* of enum, for the rule */
    rmt_pattern_work *work;
    size_t *unique; /* as find_repeats gives it, or NULL */
    bool in_key;    /* the whole primary key is this column */
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
    rmt_mem_free(c->unique);
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
    return RMT_OK;
}

static rmt_status column_prepare(column_check *c, const rmt_table *t, const size_t *order,
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
    for (size_t i = 0; i < COUNT(range_rules); i++) {
        if (!texts[i]) continue;
        c->ends[c->n_ends] = (range_end){.rule = &range_rules[i], .text = texts[i]};
        limit_set(&c->ends[c->n_ends++].at, f, texts[i]);
    }
    if (f->allowed && (st = prepare_enum(c, err))) return st;
    if (f->compiled && (st = rmt_pattern_work_new(&c->work, f->compiled, err))) return st;
    if (f->unique) {
        key_columns key = {t, &c->col, 1};
        st = find_repeats(&c->unique, &key, order, rmt_table_rows(t), err);
    }
    return st;
}

static rmt_status check_unreadable(reporter *r, const column_check *c, size_t row,
                                   const char *value)
{
    const rmt_field *f = c->field;
    const char *type = rmt_field_type_name(f->declared);
    bool formatted = f->format && strcmp(f->format, "default") != 0;
    rmt_cell cell;
    rmt_status st;

    empty(&r->rule);
    st = rmt_text_addf(&r->rule, r->err, "type %s%s%s", type, formatted ? ", format " : "",
                       formatted ? f->format : "");
    if (st) return st;
    /* Read once more for the exact reason; the dialect's decimal sign is not known here. */
    rmt_field_read_cell(&cell, f, NULL, strchr(value, ',') ? ',' : '.', value, strlen(value));
    if (cell.kind == RMT_CELL_UNREADABLE && strncmp(cell.reason, "type ", 5) != 0)
        return say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value, "is ", cell.reason);
    return say(r, RMT_SEVERITY_ERROR, "type-error", row, f->name, value, "cannot be read as ",
               text_of(&r->rule));
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
    rmt_status st = set_rule(r, name, bound);

    if (st) return st;
    return say(r, RMT_SEVERITY_ERROR, "constraint-error", row, c->field->name, value, phrase,
               text_of(&r->rule));
}

static rmt_status check_length(reporter *r, const column_check *c, size_t row, const char *value)
{
    const rmt_field *f = c->field;
    size_t n = f->declared == RMT_FIELD_STRING ? rmt_text_utf8_length(value)
                                               : rmt_cell_json_members(value);
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

static rmt_status check_range(reporter *r, const column_check *c, size_t row, const limit *x)
{
    for (size_t i = 0; i < c->n_ends; i++) {
        const range_end *e = &c->ends[i];
        char buf[RMT_NUM_BUF];
        int order = limit_compare(x, &e->at);
        rmt_status st;
        if (order == 0 ? !e->rule->exclusive : (order < 0) != e->rule->is_low) continue;
        st = broken(r, c, row, rmt_table_format(r->table, c->col, row, buf), e->rule->phrase,
                    e->rule->name, e->text);
        if (st) return st;
    }
    return RMT_OK;
}

static rmt_status check_cell(reporter *r, const column_check *c, size_t row)
{
    const rmt_field *f = c->field;
    char buf[RMT_NUM_BUF], at[PLACE_BUF];
    const char *value;
    limit x = {0.0, "", NULL};
    rmt_status st;

    if (rmt_table_is_missing(r->table, c->col, row)) return check_missing(r, c, row);
    if (c->is_text) x.text = rmt_table_text(r->table, c->col, row);
    else x.number = rmt_table_number(r->table, c->col, row);
    if ((st = check_range(r, c, row, &x))) return st;
    if (c->allowed && !bsearch(&x, c->allowed, c->n_allowed, sizeof x, limit_compare)) {
        value = rmt_table_format(r->table, c->col, row, buf);
        if ((st = set_rule(r, f->allowed_name, text_of(&c->choices)))) return st;
        st = say(r, RMT_SEVERITY_ERROR, "constraint-error", row, f->name, value, "is not one of ",
                 text_of(&c->choices));
        if (st) return st;
    }
    if (f->compiled && (st = check_pattern(r, c, row, x.text))) return st;
    if ((f->min_length > 0 || f->max_length != SIZE_MAX) && c->is_text &&
        (st = check_length(r, c, row, x.text)))
        return st;
    if (c->unique && c->unique[row] != NO_ROW) {
        value = rmt_table_format(r->table, c->col, row, buf);
        if ((st = set_rule(r, "unique", ""))) return st;
        return say(r, RMT_SEVERITY_ERROR, "unique-error", row, f->name, value, "stands already on ",
                   place(r, c->unique[row], at));
    }
    return RMT_OK;
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
    size_t *first;
} table_key;

static rmt_status table_key_prepare(table_key *k, const char **names, size_t n, bool is_primary,
                                    const rmt_table *t, const size_t *order, rmt_error *err)
{
    key_columns key = {t, NULL, n};

    *k = (table_key){.names = names, .n = n, .is_primary = is_primary};
    for (size_t i = 0; i < n; i++)
        if (rmt_table_find(t, names[i]) == RMT_NO_COLUMN) return RMT_OK; /* missing-label */
    if (n == 0) return RMT_OK;
    if (!(k->columns = rmt_mem_array(n, sizeof *k->columns, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        k->columns[i] = rmt_table_find(t, names[i]);
    key.columns = k->columns;
    return find_repeats(&k->first, &key, order, rmt_table_rows(t), err);
}

static void table_key_clear(table_key *k)
{
    rmt_mem_free(k->columns);
    rmt_mem_free(k->first);
}

static rmt_status check_key(reporter *r, const table_key *k, size_t row)
{
    const char *what = k->is_primary ? "primary key" : "unique key";
    const char *code = k->is_primary ? "primary-key" : "unique-error";
    const char *column = k->n == 1 ? k->names[0] : "";
    key_columns key = {r->table, k->columns, k->n};
    bool repeated = k->first[row] != NO_ROW;
    char at[PLACE_BUF];
    rmt_status st;

    if (!repeated && (!k->is_primary || key_missing(&key, row) == 0)) return RMT_OK;
    if ((st = key_rule(r, what, k->names, k->n))) return st;
    if ((st = key_value(r, k->columns, k->n, row))) return st;
    if (!repeated)
        return say(r, RMT_SEVERITY_ERROR, code, row, column, text_of(&r->value),
                   "is incomplete as the ", text_of(&r->rule));
    return say(r, RMT_SEVERITY_ERROR, code, row, column, text_of(&r->value),
               k->is_primary ? "is already the primary key of " : "is already the unique key of ",
               place(r, k->first[row], at));
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
        rmt_finding f = {RMT_SEVERITY_ERROR,
                         "unmatched-header",
                         r->name,
                         0,
                         "",
                         "",
                         "",
                         "fields of the schema",
                         "no column is a field of the schema"};
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
    size_t n_columns = rmt_table_columns(t), n_rows = rmt_table_rows(t);
    column_check *columns = rmt_mem_array(n_columns, sizeof *columns, err);
    table_key *keys = NULL; /* the primary one first */
    size_t *order = NULL;
    reporter r;
    rmt_status st = columns ? RMT_OK : RMT_ERR_NOMEM;

    reporter_init(&r, ledger, name, t, err);
    if (st || (st = rows_by_line(&order, t, err))) goto done;
    for (size_t i = 0; i < s->n_fields; i++) {
        size_t col = rmt_table_find(t, s->fields[i].name);
        if (col == RMT_NO_COLUMN) continue;
        columns[col].field = &s->fields[i];
        columns[col].col = col;
        columns[col].in_key =
            s->n_primary_key == 1 && strcmp(s->primary_key[0], s->fields[i].name) == 0;
        if ((st = column_prepare(&columns[col], t, order, err))) goto done;
    }
    st = RMT_ERR_NOMEM;
    if (!(keys = rmt_mem_array(1 + s->n_unique_keys, sizeof *keys, err))) goto done;
    st = table_key_prepare(&keys[0], s->primary_key, s->n_primary_key, true, t, order, err);
    for (size_t i = 0; i < s->n_unique_keys && !st; i++)
        st = table_key_prepare(&keys[i + 1], s->unique_keys[i].fields, s->unique_keys[i].n, false,
                               t, order, err);
    if (st) goto done;
    if ((st = check_labels(&r, s, columns))) goto done;
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t c = 0; c < n_columns; c++) {
            if (!columns[c].field) continue;
            if ((st = check_cell(&r, &columns[c], order[i]))) goto done;
            if (columns[c].in_key && !missing_is_said(&r, &columns[c], order[i]) &&
                (st = check_key(&r, &keys[0], order[i])))
                goto done;
        }
        for (size_t k = s->n_primary_key == 1 ? 1 : 0; k <= s->n_unique_keys; k++)
            if (keys[k].columns && (st = check_key(&r, &keys[k], order[i]))) goto done;
    }
done:
    for (size_t i = 0; columns && i < n_columns; i++)
        column_clear(&columns[i]);
    rmt_mem_free(columns);
    for (size_t i = 0; keys && i <= s->n_unique_keys; i++)
        table_key_clear(&keys[i]);
    rmt_mem_free(keys);
    rmt_mem_free(order);
    reporter_clear(&r);
    return st;
}

rmt_status rmt_unreadable_check(rmt_ledger *ledger, const rmt_schema *s, const char *name,
                                const rmt_table *t, rmt_error *err)
{
    size_t *order = NULL;
    reporter r;
    rmt_status st = RMT_OK;

    reporter_init(&r, ledger, name, t, err);
    for (size_t c = 0; c < rmt_table_columns(t) && !st; c++) {
        const char *column = rmt_table_name(t, c);
        if (!rmt_table_has_reasons(t, c) || (s && rmt_schema_field(s, column))) continue;
        if (!order && (st = rows_by_line(&order, t, err))) break;
        for (size_t i = 0; i < rmt_table_rows(t) && !st; i++) {
            const char *cell = rmt_unreadable_text(rmt_table_reason(t, c, order[i]));
            if (!cell) continue;
            if ((st = set_rule(&r, "type", rmt_type_name(rmt_table_type(t, c))))) break;
            empty(&r.value);
            if ((st = rmt_text_add(&r.value, cell, err))) break;
            st = say(&r, RMT_SEVERITY_ERROR, "type-error", order[i], column, text_of(&r.value),
                     "cannot be read as ", text_of(&r.rule));
        }
    }
    rmt_mem_free(order);
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

static bool has_key(const key_item *items, size_t n, const key_columns *there,
                    const key_columns *here, size_t row)
{
    key_item wanted = {key_hash(here, row), row};
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = item_compare(here, &wanted, there, &items[mid]);
        if (order == 0) return true;
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return false;
}

static rmt_status check_reference(reporter *r, const rmt_foreign_key *k, const key_columns *here,
                                  const key_columns *there, const key_item *items, size_t n_items,
                                  size_t row)
{
    const char *column = k->n == 1 ? k->fields[0] : "";
    size_t n_missing = key_missing(here, row);
    rmt_status st;

    if (n_missing == k->n) return RMT_OK; /* no reference is made */
    if (n_missing > 0 && any_unreadable(r->table, here->columns, k->n, row))
        return RMT_OK; /* a type-error already */
    if (n_missing == 0 && has_key(items, n_items, there, here, row)) return RMT_OK;
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
    size_t n = rmt_table_rows(t), n_items = 0;
    size_t *columns = NULL, *order = NULL, *target_order = NULL;
    key_item *items = NULL;
    key_columns here = {t, NULL, k->n}, there = {target, NULL, k->n};
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
    if ((st = rows_by_line(&order, t, err))) goto done;
    if ((st = rows_by_line(&target_order, target, err))) goto done;
    st = sorted_keys(&items, &n_items, &there, target_order, rmt_table_rows(target), err);
    for (size_t i = 0; i < n && !st; i++)
        st = check_reference(&r, k, &here, &there, items, n_items, order[i]);
done:
    rmt_mem_free(items);
    rmt_mem_free(target_order);
    rmt_mem_free(order);
    rmt_mem_free(columns);
    reporter_clear(&r);
    return st;
}
