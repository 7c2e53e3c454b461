/* csv_infer.c - text cells to typed columns (see csv_parts.h). */
#include "csv_parts.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <stdlib.h>
#include <string.h>

enum { IS_INTEGER = 1, IS_NUMBER = 2, IS_DATE = 4, IS_DATETIME = 8, IS_ANY = 15 };
/* More digits than a double keeps: an identifier, not a number. */
enum { DIGITS_MAX = 15, NUMBER_MAX = 64 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The codes of a column, taken out of their list once. */
typedef struct {
    const char **codes;
    const rmt_node *list;
    size_t n;
    bool empty; /* an empty cell is missing */
    bool labelled;
} missing_codes;

static rmt_status codes_of(missing_codes *m, const rmt_node *list, rmt_error *err)
{
    *m = (missing_codes){.list = list, .empty = !list};
    if (!list) return RMT_OK;
    if (!(m->codes = rmt_mem_array(rmt_node_size(list), sizeof *m->codes, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        const char *label, *code = rmt_choice_text(rmt_node_at(list, i), &label);
        m->labelled = m->labelled || label;
        if (code && !code[0]) m->empty = true;
        else if (code) m->codes[m->n++] = code;
    }
    return RMT_OK;
}

static bool is_missing(const missing_codes *m, const char *cell)
{
    if (cell[0] == '\0') return m->empty;
    for (size_t i = 0; i < m->n; i++)
        if (m->codes[i][0] == cell[0] && strcmp(m->codes[i], cell) == 0) return true;
    return false;
}

/* Why a cell is missing: its code, and the label of that where there is one, as "-99 (REFUSED)" or
 * "(OMITTED)". */
static rmt_status set_missing(rmt_table *t, size_t col, size_t row, const missing_codes *m,
                              const char *cell, rmt_text *scratch, rmt_error *err)
{
    const char *code, *label = NULL;
    rmt_status st;

    for (size_t i = 0; m->labelled && i < rmt_node_size(m->list); i++) {
        code = rmt_choice_text(rmt_node_at(m->list, i), &label);
        if (code && strcmp(code, cell) == 0) break;
        label = NULL;
    }
    if (!label) return cell[0] ? rmt_table_set_reason(t, col, row, cell, err) : RMT_OK;
    scratch->len = 0;
    if ((st = rmt_text_addf(scratch, err, "%s%s(%s)", cell, cell[0] ? " " : "", label))) return st;
    return rmt_table_set_reason(t, col, row, scratch->s, err);
}

/* s[0..n) digits as a number; -1 when one is none. */
static int two_or_four(const char *s, int n)
{
    int x = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(s[i])) return -1;
        x = x * 10 + (s[i] - '0');
    }
    return x;
}

static bool is_date(const char *s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = two_or_four(s, 4);
    if (year < 0 || s[4] != '-') return false;
    int month = two_or_four(s + 5, 2);
    if (month < 1 || month > 12 || s[7] != '-') return false;
    int day = two_or_four(s + 8, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool is_time(const char *s)
{
    int h = two_or_four(s, 2);
    if (h < 0 || h > 23 || s[2] != ':') return false;
    int m = two_or_four(s + 3, 2);
    if (m < 0 || m > 59 || s[5] != ':') return false;
    int sec = two_or_four(s + 6, 2);
    return sec >= 0 && sec <= 59;
}

/* The cell as a number with '.' in buf; false when it is none, or is written as an identifier is.
 */
static bool as_number(char buf[NUMBER_MAX], const char *cell, size_t n, char decimal_char,
                      double *x)
{
    const char *p = cell + (cell[0] == '-');
    size_t digits = 0;
    if (n >= NUMBER_MAX || cell[0] == '+') return false;
    if (p[0] == '0' && is_digit(p[1])) return false; /* 007 */
    while (is_digit(p[digits]))
        digits++;
    if (p[digits] == '\0' && digits > DIGITS_MAX) return false;
    memcpy(buf, cell, n + 1);
    for (char *q = buf; *q; q++) {
        if (*q == '.' && decimal_char != '.') return false;
        if (*q == decimal_char) *q = '.';
    }
    return rmt_num_parse_double(buf, n, x);
}

static bool as_integer(const char *cell, size_t n, int32_t *out)
{
    const char *p = cell + (cell[0] == '-');
    size_t digits = n - (size_t)(p - cell);
    int64_t x = 0;
    if (digits == 0 || digits > 10 || (p[0] == '0' && digits > 1)) return false;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(p[i])) return false;
        x = x * 10 + (p[i] - '0');
    }
    if (x > INT32_MAX) return false; /* INT32_MIN means missing */
    *out = (int32_t)(cell[0] == '-' ? -x : x);
    return true;
}

/* Which of `kinds` the cell can be. */
static int kinds_of(const char *cell, size_t n, int kinds, char decimal_char)
{
    int fits = 0;
    int32_t whole;
    double x;
    char buf[NUMBER_MAX];
    if ((kinds & (IS_INTEGER | IS_NUMBER)) && as_integer(cell, n, &whole))
        return kinds & (IS_INTEGER | IS_NUMBER);
    if ((kinds & IS_NUMBER) && as_number(buf, cell, n, decimal_char, &x)) fits |= IS_NUMBER;
    if ((kinds & IS_DATE) && n == 10 && is_date(cell)) fits |= IS_DATE;
    if ((kinds & IS_DATETIME) && (n == 19 || (n == 20 && cell[19] == 'Z')) && cell[10] == 'T' &&
        is_date(cell) && is_time(cell + 11))
        fits |= IS_DATETIME;
    return fits;
}

static rmt_type infer(const rmt_raw_column *raw, const missing_codes *missing)
{
    int kinds = IS_ANY;
    size_t n_values = 0;
    const char *cell = raw->cells;
    for (size_t row = 0; row < raw->n_rows && kinds; row++) {
        size_t n = strlen(cell);
        if (!is_missing(missing, cell)) {
            kinds &= kinds_of(cell, n, kinds, raw->decimal_char);
            n_values++;
        }
        cell += n + 1;
    }
    if (n_values == 0) return RMT_TYPE_STRING;
    if (kinds & IS_INTEGER) return RMT_TYPE_INTEGER;
    if (kinds & IS_NUMBER) return RMT_TYPE_NUMBER;
    if (kinds & IS_DATE) return RMT_TYPE_DATE;
    if (kinds & IS_DATETIME) return RMT_TYPE_DATETIME;
    return RMT_TYPE_STRING;
}

rmt_status rmt_csv_infer(rmt_type *out, const rmt_raw_column *raw, rmt_error *err)
{
    missing_codes missing;
    rmt_status st = codes_of(&missing, raw->missing, err);
    missing.empty = true;
    if (!st) *out = infer(raw, &missing);
    rmt_mem_free(missing.codes);
    return st;
}

static rmt_type infer_number(const rmt_raw_column *raw, const missing_codes *missing)
{
    size_t n_values = 0, n_numbers = 0, n_integers = 0;
    const char *cell = raw->cells;
    for (size_t row = 0; row < raw->n_rows; row++) {
        const size_t n = strlen(cell);
        if (!is_missing(missing, cell)) {
            const int kinds = kinds_of(cell, n, IS_INTEGER | IS_NUMBER, raw->decimal_char);
            n_values++;
            n_numbers += kinds != 0;
            n_integers += (kinds & IS_INTEGER) != 0;
        }
        cell += n + 1;
    }
    if (n_numbers == 0 || 2 * n_numbers < n_values) return infer(raw, missing);
    return n_integers == n_numbers ? RMT_TYPE_INTEGER : RMT_TYPE_NUMBER;
}

rmt_status rmt_csv_infer_number(rmt_type *out, const rmt_raw_column *raw, rmt_error *err)
{
    missing_codes missing;
    rmt_status st = codes_of(&missing, raw->missing, err);
    missing.empty = true;
    if (!st) *out = infer_number(raw, &missing);
    rmt_mem_free(missing.codes);
    return st;
}

/* Why: "unreadable: CELL". scratch keeps its memory between cells. */
static rmt_status set_unreadable(rmt_table *t, size_t col, size_t row, rmt_raw_column *raw,
                                 const char *cell, rmt_text *scratch, rmt_error *err)
{
    rmt_status st;
    raw->n_unreadable++;
    scratch->len = 0;
    if ((st = rmt_text_add(scratch, RMT_UNREADABLE, err))) return st;
    if ((st = rmt_text_add(scratch, cell, err))) return st;
    return rmt_table_set_reason(t, col, row, scratch->s, err);
}

rmt_status rmt_csv_fill_inferred(rmt_table *t, size_t col, rmt_raw_column *raw, rmt_error *err)
{
    missing_codes missing;
    rmt_text scratch = {0};
    rmt_type type = rmt_table_type(t, col);
    int32_t *integers = rmt_table_integers_mutable(t, col);
    double *numbers = rmt_table_numbers_mutable(t, col);
    const char *cell = raw->cells;
    rmt_status st = codes_of(&missing, raw->missing, err);
    missing.empty = true;
    for (size_t row = 0; row < raw->n_rows && !st; row++) {
        size_t n = strlen(cell);
        if (is_missing(&missing, cell)) {
            raw->n_missing++;
            st = set_missing(t, col, row, &missing, cell, &scratch, err);
        } else if (type == RMT_TYPE_INTEGER) {
            if (!as_integer(cell, n, &integers[row]))
                st = set_unreadable(t, col, row, raw, cell, &scratch, err);
        } else if (type == RMT_TYPE_NUMBER) {
            char buf[NUMBER_MAX];
            if (!as_number(buf, cell, n, raw->decimal_char, &numbers[row]))
                st = set_unreadable(t, col, row, raw, cell, &scratch, err);
        } else {
            st = rmt_table_set_text(t, col, row, cell, n, err);
        }
        cell += n + 1;
    }
    rmt_text_clear(&scratch);
    rmt_mem_free(missing.codes);
    return st;
}

static rmt_status set_value(rmt_table *t, size_t col, size_t row, const rmt_cell *value,
                            const char *cell, size_t n, rmt_error *err)
{
    switch (rmt_table_type(t, col)) {
    case RMT_TYPE_NUMBER: return rmt_table_set_number(t, col, row, value->number, err);
    case RMT_TYPE_INTEGER:
    case RMT_TYPE_BOOLEAN: rmt_table_set_integer(t, col, row, value->integer); return RMT_OK;
    case RMT_TYPE_DATE:
    case RMT_TYPE_DATETIME:
        return rmt_table_set_text(t, col, row, value->text, strlen(value->text), err);
    default: /* times in ISO form */
        if (value->text[0])
            return rmt_table_set_text(t, col, row, value->text, strlen(value->text), err);
        return rmt_table_set_text(t, col, row, cell, n, err);
    }
}

rmt_status rmt_csv_fill_typed(rmt_table *t, size_t col, rmt_raw_column *raw, const rmt_field *f,
                              rmt_error *err)
{
    missing_codes missing;
    rmt_text scratch = {0};
    const rmt_node *list = f->missing_values ? f->missing_values : raw->missing;
    const char *cell = raw->cells;
    char decimal = f->decimal_char ? f->decimal_char : raw->decimal_char;
    /* Nearly all cells of a number are plain: what these short ways cannot read, the field's rules can. */
    bool plain = f->bare_number && !f->group_char;
    int32_t *integers =
        plain && f->declared == RMT_FIELD_INTEGER ? rmt_table_integers_mutable(t, col) : NULL;
    double *numbers = plain && f->type == RMT_TYPE_NUMBER && decimal == '.'
                          ? rmt_table_numbers_mutable(t, col)
                          : NULL;
    rmt_status st = codes_of(&missing, list, err);
    for (size_t row = 0; row < raw->n_rows && !st; row++) {
        size_t n = strlen(cell);
        rmt_cell value;
        if (is_missing(&missing, cell)) {
            raw->n_missing++;
            st = set_missing(t, col, row, &missing, cell, &scratch, err);
        } else if (!(integers && as_integer(cell, n, &integers[row])) &&
                   !(numbers && rmt_num_parse_double(cell, n, &numbers[row]))) {
            rmt_field_read_cell(&value, f, raw->missing, decimal, cell, n);
            if (value.kind == RMT_CELL_UNREADABLE) {
                st = set_unreadable(t, col, row, raw, cell, &scratch, err);
            } else {
                raw->n_missing += n == 0; /* a text without characters is a missing one */
                st = set_value(t, col, row, &value, cell, n, err);
            }
        }
        cell += n + 1;
    }
    rmt_text_clear(&scratch);
    rmt_mem_free(missing.codes);
    return st;
}
