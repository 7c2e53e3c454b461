/* check.c - a table against its schema, as findings.
 * Rows are taken in the order of their lines, so findings come out ordered and nothing is kept back. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/schema.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NO_ROW ((size_t)-1)

static const char unreadable_prefix[] = "unreadable: ";
enum { UNREADABLE_PREFIX = sizeof unreadable_prefix - 1 };

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

static const char *severity_name(rmt_severity severity)
{
    switch (severity) {
    case RMT_SEVERITY_INFO: return "info";
    case RMT_SEVERITY_WARNING: return "warning";
    case RMT_SEVERITY_ERROR: break;
    }
    return "error";
}

rmt_status rmt_findings_add(rmt_table *findings, const rmt_finding *f, rmt_error *err)
{
    const char *texts[COUNT(finding_columns)] = {NULL};
    size_t row = rmt_table_rows(findings);
    rmt_status st = RMT_OK;

    if (rmt_table_columns(findings) != COUNT(finding_columns))
        return rmt_fail(err, RMT_ERR_INTERNAL, "the table %s is not one of findings",
                        rmt_table_title(findings));
    texts[F_SEVERITY] = severity_name(f->severity);
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
    uint64_t hash;
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

/* Hashes make comparing cheap; equal hashes fall back on the cells, so crafted input stays O(n log n). */
static int item_compare(const key_columns *a, const key_item *x, const key_columns *b,
                        const key_item *y)
{
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return key_compare(a, x->row, b, y->row);
}

/* Stable merge sort. spare: as long as items. */
static void sort_items(key_item *items, key_item *spare, size_t n, const key_columns *k)
{
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
    key_item *spare = items ? rmt_mem_array(n, sizeof *spare, err) : NULL;
    size_t used = 0;

    if (!items || !spare) {
        rmt_mem_free(items);
        return RMT_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        if (key_missing(k, order[i]) > 0) continue;
        items[used].hash = key_hash(k, order[i]);
        items[used++].row = order[i];
    }
    sort_items(items, spare, used, k);
    rmt_mem_free(spare);
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
        if (item_compare(k, &items[start], k, &items[i]) == 0) first[items[i].row] = items[start].row;
        else start = i;
    }
    rmt_mem_free(items);
    *out = first;
    return RMT_OK;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static size_t line_column(const rmt_table *t)
{
    size_t col = rmt_table_find(t, "source_line");

    return col != RMT_NO_COLUMN && rmt_table_type(t, col) == RMT_TYPE_INTEGER ? col : RMT_NO_COLUMN;
}

static size_t line_of(const rmt_table *t, size_t col, size_t row)
{
    int32_t line = col == RMT_NO_COLUMN ? 0 : rmt_table_integer(t, col, row);

    return line > 0 ? (size_t)line : 0;
}

/* The rows in the order of their lines; without lines in their own. */
static rmt_status rows_by_line(size_t **out, const rmt_table *t, rmt_error *err)
{
    size_t n = rmt_table_rows(t), col = line_column(t);
    size_t *order = rmt_mem_array(n, sizeof *order, err);
    size_t *spare;

    if (!order) return RMT_ERR_NOMEM;
    if (!(spare = rmt_mem_array(n, sizeof *spare, err))) {
        rmt_mem_free(order);
        return RMT_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t mid = n - low > width ? low + width : n;
            size_t high = n - low > 2 * width ? low + 2 * width : n;
            size_t i = low, j = mid;
            for (size_t o = low; o < high; o++) {
                bool left = i < mid && (j == high || line_of(t, col, order[i]) <=
                                                         line_of(t, col, order[j]));
                spare[o] = left ? order[i++] : order[j++];
            }
        }
        memcpy(order, spare, n * sizeof *order);
    }
    rmt_mem_free(spare);
    *out = order;
    return RMT_OK;
}

/* ---- saying it ------------------------------------------------------------------------------- */

typedef struct {
    rmt_table *findings;
    const char *name;
    const rmt_table *table;
    size_t line_col;
    rmt_text rule, message, value; /* reused from finding to finding */
    rmt_error *err;
} reporter;

static void reporter_clear(reporter *r)
{
    rmt_text_clear(&r->rule);
    rmt_text_clear(&r->message);
    rmt_text_clear(&r->value);
}

static const char *text_of(const rmt_text *t)
{
    return t->s ? t->s : "";
}

/* A value as a message can bear it: one line, not too long. */
static const char *shown(char buf[128], const char *value)
{
    enum { SHOWN = 100 };
    size_t n = strlen(value), keep = n;

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

RMT_PRINTF(2, 3) static rmt_status say_rule(reporter *r, const char *fmt, ...)
{
    char buf[256];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(buf, sizeof buf, fmt, args);
    va_end(args);
    r->rule.len = 0;
    return rmt_text_add(&r->rule, buf, r->err);
}

/* Adds the finding with the message given; row NO_ROW = the table. The rule is in r->rule. */
RMT_PRINTF(7, 8)
static rmt_status say(reporter *r, rmt_severity severity, const char *code, size_t row,
                      const char *column, const char *value, const char *fmt, ...)
{
    char buf[1024];
    rmt_finding f = {severity, code, r->name, 0, column, "", value, text_of(&r->rule), buf};
    va_list args;

    if (row != NO_ROW) f.line = line_of(r->table, r->line_col, row);
    va_start(args, fmt);
    (void)vsnprintf(buf, sizeof buf, fmt, args);
    va_end(args);
    return rmt_findings_add(r->findings, &f, r->err);
}
