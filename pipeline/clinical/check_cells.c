/* check_cells.c - cells unlike the rest of their column, and ids as a spreadsheet leaves them. See check_parts.h. */
#include "check_parts.h"
#include "dates.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 15 };  /* what a spreadsheet keeps of a number */
enum { NUMBER_MAX = 64 }; /* no number is written with so many characters */

typedef struct {
    rmt_reporter *out;
    const rmt_plan_table *plan;
    const rmt_table *t;
    size_t line_column, id_column;
} cell_check;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A finding about a text of the table. */
static rmt_finding finding_of(const cell_check *c, const char *code, size_t row, size_t column,
                              const char *rule)
{
    rmt_finding f =
        rmt_finding_of_row(code, c->plan->name, rmt_line_of(c->t, c->line_column, row), row);
    f.column = rmt_table_name(c->t, column);
    f.value = rmt_table_text(c->t, column, row);
    f.rule = rule;
    return f;
}

/* ---- cells unlike the rest of their column --------------------------------------------------- */

/* As types are inferred (io/csv_infer.c): what is written as identifiers are is no number. */
static bool is_number(const cell_check *c, const char *cell)
{
    const size_t n = strlen(cell);
    const char *digits = cell + (cell[0] == '-');
    rmt_field number;
    rmt_cell value;
    if (cell[0] == '+' || (digits[0] == '0' && is_digit(digits[1]))) return false;
    const size_t n_digits = strspn(digits, "0123456789");
    if (n >= NUMBER_MAX || (digits[n_digits] == '\0' && n_digits > ID_DIGITS)) return false;
    rmt_field_init(&number, "", RMT_TYPE_NUMBER);
    rmt_field_read_cell(&value, &number, NULL, c->plan->decimal, cell, n);
    return value.kind == RMT_CELL_VALUE;
}

static bool is_day(const cell_check *c, const char *cell)
{
    rmt_field date;
    rmt_cell value;
    (void)c;
    rmt_field_init(&date, "", RMT_TYPE_DATE);
    rmt_field_read_cell(&value, &date, NULL, 0, cell, strlen(cell));
    return value.kind == RMT_CELL_VALUE;
}

static const struct {
    bool (*fits)(const cell_check *c, const char *cell);
    const char *one, *rule;
} kinds[] = {{is_number, "number", "numbers, as the other cells of the column are"},
             {is_day, "date", "dates, as the other cells of the column are"}};

typedef struct {
    double part, values; /* of the check */
} few;

static bool are_few(few f, size_t n_odd, size_t n_values)
{
    return (double)n_odd <= f.part * (double)n_values ||
           (n_odd == 1 && (double)n_values >= f.values);
}

static void report_odd(const cell_check *c, size_t column, size_t kind, size_t n_values)
{
    const bool has_id = c->id_column != RMT_NO_COLUMN;
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        char id[RMT_NUM_BUF];
        const char *cell = rmt_table_text(c->t, column, row);
        if (rmt_table_is_missing(c->t, column, row) || kinds[kind].fits(c, cell)) continue;
        rmt_finding f = finding_of(c, "column/odd-cell", row, column, kinds[kind].rule);
        if (has_id) f.subject = rmt_table_format(c->t, c->id_column, row, id);
        rmt_report(c->out, f, "%.100s is no %s, but the column of %zu values is text because of it",
                   cell, kinds[kind].one, n_values);
    }
}

/* A column of texts whose type was inferred. */
static void check_odd(const cell_check *c, size_t column, few f)
{
    const size_t n_rows = rmt_table_rows(c->t), most = (size_t)(f.part * (double)n_rows) + 1;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        size_t n_odd = 0, n_values = 0;
        for (size_t row = 0; row < n_rows && n_odd <= most; row++) {
            if (rmt_table_is_missing(c->t, column, row)) continue;
            n_odd += !kinds[kind].fits(c, rmt_table_text(c->t, column, row));
            n_values++;
            rmt_columns_rest(c->t, &column, 1, row + 1);
        }
        if (n_odd > 0 && n_odd <= most && are_few(f, n_odd, n_values))
            report_odd(c, column, kind, n_values);
    }
}

static rmt_status check_inferred(const cell_check *c, const rmt_plan *plan)
{
    static const char code[] = "column/odd-cell";
    const few f = {rmt_check_value(c->out->settings, code, "percent") / 100,
                   rmt_check_value(c->out->settings, code, "values")};
    rmt_plan_uses uses = {0};
    rmt_status st = rmt_plan_column_uses(&uses, plan, c->plan->name, c->out->err);
    for (size_t i = 0; i < rmt_table_columns(c->t) && !st; i++) {
        const char *name = rmt_table_name(c->t, i);
        if (rmt_table_type(c->t, i) != RMT_TYPE_STRING) continue;
        if (rmt_text_is_among(name, uses.labels, uses.n_labels)) continue;
        if (rmt_is_planned_date(plan, c->plan->name, name)) continue; /* trial/not-a-date */
        if (c->plan->schema && rmt_schema_field(c->plan->schema, name)) continue;
        check_odd(c, i, f);
    }
    rmt_plan_uses_clear(&uses);
    return st;
}

/* ---- ids ------------------------------------------------------------------------------------- */

static rmt_finding id_finding(const cell_check *c, const char *code, size_t row, const char *rule)
{
    rmt_finding f = finding_of(c, code, row, c->id_column, rule);
    f.subject = f.value;
    return f;
}

/* "1.23E+11", as Excel shows 12 digits and more; "12E3" may be an id. */
static bool is_scientific(const char *s)
{
    s += strspn(s, "0123456789.,");
    return (s[0] == 'E' || s[0] == 'e') && s[1] == '+' && is_digit(s[2]) &&
           s[2 + strspn(s + 2, "0123456789")] == '\0';
}

static void check_scientific(const cell_check *c)
{
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        const char *id = rmt_table_text(c->t, c->id_column, row);
        rmt_columns_rest(c->t, &c->id_column, 1, row + 1);
        if (!is_digit(id[0]) || !is_scientific(id)) continue;
        rmt_report(c->out, id_finding(c, "id/scientific", row, "every digit of an id is written"),
                   "%.100s is an id in scientific notation: its other digits are lost", id);
    }
}

/* An id's row, by the hash of what is left of it without its writing. */
typedef struct {
    uint64_t hash;
    size_t row;
    const char *id;
} id_item;

static int item_order(const void *a, const void *b)
{
    const id_item *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The next character of an id without blanks, without case and without the zeros in front of a number; NUL at the end. */
static char next_plain(const char **s, bool *in_digits)
{
    for (; **s; ++*s) {
        const char c = **s;
        if (c == ' ' || c == '\t') continue;
        if (!*in_digits && c == '0' && is_digit((*s)[1])) continue;
        *in_digits = is_digit(c);
        ++*s;
        return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return '\0';
}

/* FNV-1a: ids are short, and equal hashes are compared. */
static uint64_t plain_hash(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    bool in_digits = false;
    for (char c; (c = next_plain(&s, &in_digits));)
        h = (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
    return h;
}

static bool are_alike(const char *a, const char *b)
{
    bool a_in = false, b_in = false;
    for (;;) {
        const char c = next_plain(&a, &a_in);
        if (c != next_plain(&b, &b_in)) return false;
        if (!c) return true;
    }
}

/* Excel keeps 15 digits and puts 0 for those behind them; that many zeros are no chance where several ids have them. */
static void check_rounded(const cell_check *c, const rmt_subjects *s)
{
    size_t n_zeros = 0, first = 0, n_long = 0;
    for (size_t i = 0; i < s->n; i++) {
        const char *id = s->subjects[i].id;
        const size_t row = s->rows[s->subjects[i].first];
        const size_t length = strlen(id);
        if (length <= ID_DIGITS || strspn(id, "0123456789") != length) continue;
        if (strspn(id + ID_DIGITS, "0") != length - ID_DIGITS) return;
        n_zeros += length - ID_DIGITS;
        if (n_long++ == 0 || row < first) first = row;
    }
    if (n_long == 0 || (double)n_zeros < rmt_check_value(c->out->settings, "id/rounded", "zeros"))
        return;
    rmt_report(
        c->out, id_finding(c, "id/rounded", first, "every digit of an id is kept"),
        "%s has zeros behind its digit %d, as all %zu id%s so long: a spreadsheet has rounded",
        rmt_table_text(c->t, c->id_column, first), ID_DIGITS, n_long, n_long == 1 ? "" : "s");
}

static int row_order(const void *a, const void *b)
{
    const id_item *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* ids: sorted. found: room for n; there the hash is the row of the other one. */
static void report_alike(const cell_check *c, const id_item *ids, size_t n, id_item *found)
{
    size_t n_found = 0;
    for (size_t i = 1, group = 0; i < n; i++) {
        if (ids[i].hash != ids[group].hash) group = i;
        size_t k = group;
        while (k < i && !are_alike(ids[i].id, ids[k].id))
            k++;
        if (k < i) found[n_found++] = (id_item){ids[k].row, ids[i].row, ids[i].id};
    }
    qsort(found, n_found, sizeof *found, row_order);
    for (size_t i = 0; i < n_found; i++) {
        const size_t row = found[i].row, other = (size_t)found[i].hash;
        rmt_report(c->out, id_finding(c, "id/alike", row, "ids differ by more than their writing"),
                   "%.100s and %.100s (line %zu) differ only by leading zeros, case or blanks",
                   rmt_table_text(c->t, c->id_column, row),
                   rmt_table_text(c->t, c->id_column, other),
                   rmt_line_of(c->t, c->line_column, other));
    }
}

/* Only those whose hash is met twice, nearly, are looked at closer. */
static rmt_status check_alike(const cell_check *c, const rmt_subjects *s)
{
    enum { SEEN = 1, TWICE = 2 };
    rmt_status st = RMT_OK;
    id_item *ids = NULL, *found = NULL;
    size_t n = 0, cap = 0, size = 64;
    while (size / 8 < s->n)
        size *= 2;
    unsigned char *met = rmt_mem_array(size, 1, c->out->err); /* by hash */
    if (!met) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < s->n; i++) {
        unsigned char *m = &met[plain_hash(s->subjects[i].id) & (size - 1)];
        *m = *m ? TWICE : SEEN;
    }
    for (size_t i = 0; i < s->n && !st; i++) {
        const char *id = s->subjects[i].id;
        const uint64_t hash = plain_hash(id);
        if (met[hash & (size - 1)] != TWICE) continue;
        st = rmt_mem_grow(&ids, &cap, n + 1, sizeof *ids, c->out->err);
        if (!st) ids[n++] = (id_item){hash, s->rows[s->subjects[i].first], id};
    }
    if (!st && n > 0 && !(found = rmt_mem_array(n, sizeof *found, c->out->err))) st = RMT_ERR_NOMEM;
    if (found) {
        qsort(ids, n, sizeof *ids, item_order);
        report_alike(c, ids, n, found);
    }
    rmt_mem_free(found);
    rmt_mem_free(ids);
    rmt_mem_free(met);
    return st;
}

rmt_status rmt_check_cells(rmt_reporter *out, const rmt_plan *plan, const rmt_subjects *s,
                           const rmt_named_table *table)
{
    rmt_status st = RMT_OK;
    const cell_check c = {
        out, rmt_plan_find_table(plan, table->name), table->table, rmt_line_column(table->table),
        plan->subject_id ? rmt_table_find(table->table, plan->subject_id) : RMT_NO_COLUMN};
    if (rmt_check_is_on(out->settings, "column/odd-cell") && (st = check_inferred(&c, plan)))
        return st;
    if (c.id_column == RMT_NO_COLUMN || rmt_table_type(c.t, c.id_column) != RMT_TYPE_STRING)
        return RMT_OK;
    if (rmt_check_is_on(out->settings, "id/scientific")) check_scientific(&c);
    /* What other tables have that is no id of a participant is trial/unknown-subject. */
    if (!s || strcmp(table->name, plan->subject_table) != 0) return RMT_OK;
    if (rmt_check_is_on(out->settings, "id/rounded")) check_rounded(&c, s);
    return rmt_check_is_on(out->settings, "id/alike") ? check_alike(&c, s) : RMT_OK;
}
