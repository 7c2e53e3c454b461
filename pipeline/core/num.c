/* num.c - see rmt/num.h. The grammar is checked by hand, because strtod alone would also take
 * blanks, hexadecimal, "inf" and "nan". */
#include "rmt/num.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT = 63,      /* longer spans go through parse_long */
    DIGITS = 800,    /* a double or the middle between two has at most 768 significant digits */
    FAR = 10000000,  /* beyond any exponent that matters; far from overflow of a long */
    EXACT = 15,      /* so many digits are a double exactly */
    EXACT_POWER = 22 /* and so high a power of ten */
};

typedef struct {
    bool negative;
    const char *mantissa; /* digits with at most one point */
    const char *mantissa_end;
    long exponent; /* after e; held within +-FAR */
} parts;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool split(parts *p, const char *s, const char *end)
{
    p->negative = s < end && *s == '-';
    if (s < end && (*s == '+' || *s == '-')) s++;

    size_t n_digits = 0;
    p->mantissa = s;
    for (; s < end && is_digit(*s); s++)
        n_digits++;
    if (s < end && *s == '.') s++;
    for (; s < end && is_digit(*s); s++)
        n_digits++;
    p->mantissa_end = s;
    p->exponent = 0;
    if (n_digits == 0) return false;
    if (s == end) return true;

    if (*s != 'e' && *s != 'E') return false;
    s++;
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '+' || *s == '-')) s++;
    if (s == end) return false;
    for (; s < end && is_digit(*s); s++) {
        if (p->exponent < FAR) p->exponent = p->exponent * 10 + (*s - '0');
    }
    if (negative) p->exponent = -p->exponent;
    return s == end;
}

/* A span of any length without allocation: the first DIGITS significant digits, a 1 for any that
 * are not zero behind them (so that rounding sees them), and the exponent put right. */
static double parse_long(const parts *p)
{
    char buf[DIGITS + 40];
    size_t n = 0;
    bool after_point = false, more = false;
    long long shift = 0;
    buf[n++] = p->negative ? '-' : '+';
    for (const char *s = p->mantissa; s < p->mantissa_end; s++) {
        if (*s == '.') {
            after_point = true;
            continue;
        }
        if (n == 1 && *s == '0') { /* leading zero */
            shift -= after_point;
        } else if (n <= DIGITS) {
            buf[n++] = *s;
            shift -= after_point;
        } else {
            more = more || *s != '0';
            shift += !after_point;
        }
    }
    if (n == 1) return p->negative ? -0.0 : 0.0;
    if (more) {
        buf[n++] = '1';
        shift--;
    }
    snprintf(buf + n, sizeof buf - n, "e%lld", shift + p->exponent);
    return strtod(buf, NULL);
}

/* Few digits and a small power of ten, as data have them: both are doubles exactly, and one division or
 * multiplication of these rounds correctly [Clinger1990]. False: not such a number. */
static bool parse_short(const parts *p, double *out)
{
    static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || p->mantissa_end - p->mantissa > EXACT + 1) return false;
    int64_t digits = 0;
    long power = p->exponent;
    int n_digits = 0;
    bool after_point = false;
    for (const char *s = p->mantissa; s < p->mantissa_end; s++) {
        if (*s == '.') {
            after_point = true;
            continue;
        }
        digits = digits * 10 + (*s - '0');
        power -= after_point;
        n_digits++;
    }
    if (n_digits > EXACT || power > EXACT_POWER || power < -EXACT_POWER) return false;
    double x = (double)digits;
    x = power < 0 ? x / powers[-power] : x * powers[power];
    *out = p->negative ? -x : x;
    return true;
}

static bool is_zero(const parts *p)
{
    const char *s = p->mantissa;
    while (s < p->mantissa_end && (*s == '0' || *s == '.'))
        s++;
    return s == p->mantissa_end;
}

bool rmt_num_is_decimal(const char *s, size_t n)
{
    parts p;
    return n > 0 && split(&p, s, s + n);
}

bool rmt_num_parse_double(const char *s, size_t n, double *out)
{
    parts p;
    if (n == 0 || !split(&p, s, s + n)) return false;
    if (parse_short(&p, out)) return true;
    double x;
    if (n <= SHORT) {
        char buf[SHORT + 1];
        memcpy(buf, s, n);
        buf[n] = '\0';
        x = strtod(buf, NULL);
    } else {
        x = parse_long(&p);
    }
    if (isinf(x) || (fpclassify(x) == FP_ZERO && !is_zero(&p))) return false;
    *out = x;
    return true;
}

bool rmt_num_parse_int(const char *s, size_t n, int64_t *out)
{
    const char *end = s + n;
    bool negative = n > 0 && *s == '-';
    if (n > 0 && (*s == '+' || *s == '-')) s++;
    if (s == end) return false;
    int64_t x = 0; /* minus the value: the negative side reaches one further */
    for (; s < end; s++) {
        if (!is_digit(*s)) return false;
        int digit = *s - '0';
        if (x < (INT64_MIN + digit) / 10) return false;
        x = x * 10 - digit;
    }
    if (!negative && x == INT64_MIN) return false;
    *out = negative ? x : -x;
    return true;
}

static size_t put(char buf[RMT_NUM_BUF], const char *s)
{
    size_t n = strlen(s);
    memcpy(buf, s, n + 1);
    return n;
}

/* A whole number of at most 15 digits, as "%.15g" writes it. */
static size_t print_whole(char buf[RMT_NUM_BUF], int64_t x)
{
    char digits[RMT_NUM_BUF];
    size_t n = 0, len = 0;
    if (x < 0) buf[len++] = '-';
    for (uint64_t rest = x < 0 ? (uint64_t)-x : (uint64_t)x; n == 0 || rest > 0; rest /= 10)
        digits[n++] = (char)('0' + rest % 10);
    while (n > 0)
        buf[len++] = digits[--n];
    buf[len] = '\0';
    return len;
}

size_t rmt_num_print(char buf[RMT_NUM_BUF], double x)
{
    if (isnan(x)) return put(buf, "");
    if (isinf(x)) return put(buf, x > 0 ? "Inf" : "-Inf");
    const double whole_below = 1e15;
    if (fabs(x) < whole_below && rmt_num_same(x, (double)(int64_t)x))
        return print_whole(buf, (int64_t)x);
    if (fpclassify(x) == FP_ZERO) return put(buf, "0"); /* -0 */
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(buf, RMT_NUM_BUF, "%.*g", digits, x);
        if (rmt_num_same(strtod(buf, NULL), x)) break;
    }
    return (size_t)n;
}

size_t rmt_num_print_fixed(char buf[RMT_NUM_BUF], double x, int decimals)
{
    assert(decimals >= 0 && decimals <= 15);
    if (!isfinite(x)) return rmt_num_print(buf, x);
    int n = snprintf(buf, RMT_NUM_BUF, "%.*f", decimals, x);
    if (n >= RMT_NUM_BUF) return rmt_num_print(buf, x); /* nobody reads 40 places */
    if (buf[0] == '-' && buf[1 + strspn(buf + 1, "0.")] == '\0') {
        memmove(buf, buf + 1, (size_t)n);
        n--;
    }
    return (size_t)n;
}

bool rmt_num_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}
