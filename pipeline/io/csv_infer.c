/* csv_infer.c - what a cell is by its characters (see csv_parts.h). */
#include "csv_parts.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <string.h>

/* More digits than a double keeps: an identifier, not a number. */
enum { DIGITS_MAX = 15, NUMBER_MAX = 64 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- missing codes ------------------------------------------------------------------------- */

void rmt_csv_codes_clear(rmt_csv_codes *m)
{
    for (size_t i = 0; i < m->n; i++)
        rmt_mem_free(m->reasons[i]);
    rmt_mem_free(m->reasons);
    rmt_mem_free(m->codes);
    *m = (rmt_csv_codes){0};
}

/* Why a cell with the code is missing: the code, and its label where there is one, as "-99 (REFUSED)" or "(OMITTED)". */
static rmt_status reason_of(char **out, const char *code, const char *label, rmt_error *err)
{
    rmt_text reason = {0};
    rmt_status st = label ? rmt_text_addf(&reason, err, "%s%s(%s)", code, code[0] ? " " : "", label)
                          : rmt_text_add(&reason, code, err);
    if (st) rmt_text_clear(&reason);
    *out = reason.s;
    return st;
}

rmt_status rmt_csv_codes_init(rmt_csv_codes *m, const rmt_node *list, bool empty, rmt_error *err)
{
    const size_t n = list ? rmt_node_size(list) : 0;
    rmt_status st = RMT_OK;
    *m = (rmt_csv_codes){.begins[0] = empty || !list};
    if (!(m->codes = rmt_mem_array(n, sizeof *m->codes, err))) return RMT_ERR_NOMEM;
    if (!(m->reasons = rmt_mem_array(n, sizeof *m->reasons, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++) {
        const char *label, *code = rmt_choice_text(rmt_node_at(list, i), &label);
        if (!code) continue;
        if ((st = reason_of(&m->reasons[m->n], code, label, err))) break;
        m->begins[(unsigned char)code[0]] = true;
        m->codes[m->n++] = code;
    }
    return st;
}

const char *rmt_csv_missing(const rmt_csv_codes *m, const char *cell)
{
    if (!m->begins[(unsigned char)cell[0]]) return NULL;
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->codes[i], cell) == 0) return m->reasons[i];
    return cell[0] ? NULL : "";
}

/* ---- values -------------------------------------------------------------------------------- */

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

bool rmt_csv_as_number(const char *cell, size_t n, char decimal_char, double *x)
{
    char buf[NUMBER_MAX];
    const char *p = cell + (cell[0] == '-');
    size_t digits = 0;
    if (n >= NUMBER_MAX || cell[0] == '+') return false;
    if (p[0] == '0' && is_digit(p[1])) return false; /* 007 */
    while (is_digit(p[digits]))
        digits++;
    if (p[digits] == '\0' && digits > DIGITS_MAX) return false;
    if (decimal_char == '.') return rmt_num_parse_double(cell, n, x);
    memcpy(buf, cell, n + 1);
    for (char *q = buf; *q; q++) {
        if (*q == '.' && decimal_char != '.') return false;
        if (*q == decimal_char) *q = '.';
    }
    return rmt_num_parse_double(buf, n, x);
}

bool rmt_csv_as_integer(const char *cell, size_t n, int32_t *out)
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

int rmt_csv_kinds_of(const char *cell, size_t n, int kinds, char decimal_char)
{
    int fits = 0;
    int32_t whole;
    double x;
    if ((kinds & (RMT_CSV_IS_INTEGER | RMT_CSV_IS_NUMBER)) && rmt_csv_as_integer(cell, n, &whole))
        return kinds & (RMT_CSV_IS_INTEGER | RMT_CSV_IS_NUMBER);
    if ((kinds & RMT_CSV_IS_NUMBER) && rmt_csv_as_number(cell, n, decimal_char, &x))
        fits |= RMT_CSV_IS_NUMBER;
    if ((kinds & RMT_CSV_IS_DATE) && n == 10 && is_date(cell)) fits |= RMT_CSV_IS_DATE;
    if ((kinds & RMT_CSV_IS_DATETIME) && (n == 19 || (n == 20 && cell[19] == 'Z')) &&
        cell[10] == 'T' && is_date(cell) && is_time(cell + 11))
        fits |= RMT_CSV_IS_DATETIME;
    return fits;
}
