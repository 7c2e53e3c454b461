/* num.h - numbers as text: strict in, shortest round-trip out.
 * Layer: core. No locale (the process never calls setlocale), no allocation; thread-safe. */
#ifndef RMT_NUM_H
#define RMT_NUM_H
#include "rmt/status.h"
#include <stdint.h>

/* Below it a double holds every whole number. */
#define RMT_NUM_EXACT 9007199254740992.0
enum { RMT_NUM_BUF = 40 }; /* enough for any number printed here */

/* s[0..n) as a decimal double: [+-] digits [. digits] [e[+-]digits], at least one digit, whole span used.
 * No blanks, no hex, no inf or nan, no digit separators. Correctly rounded: up to 15 digits by [Clinger1990],
 * the rest by glibc's strtod. Below 2.2e-308 the nearest subnormal is taken (fewer digits, but what
 * rmt_num_print writes reads back). Returns false, *out untouched, when it is no such number, would
 * overflow to infinity, or is not zero and would underflow to it. */
RMT_MUST_CHECK bool rmt_num_parse_double(const char *s, size_t n, double *out);
/* The same grammar alone: with rmt_num_parse_double false, the number is outside the range of a double. */
bool rmt_num_is_decimal(const char *s, size_t n);

/* s[0..n) as a decimal integer [+-]digits within int64. */
RMT_MUST_CHECK bool rmt_num_parse_int(const char *s, size_t n, int64_t *out);

/* The fewest of 15..17 significant digits that read back identically, "%g" style ("0.1", "1e-300", "80").
 * -0 prints as "0"; NaN as "" (missing); infinities as "Inf", "-Inf". Returns the length. */
size_t rmt_num_print(char buf[RMT_NUM_BUF], double x);

/* Fixed `decimals` (0..15) for people: round half to even of the exact binary value, as printf does;
 * never prints "-0.00". NaN as "". Returns the length. */
size_t rmt_num_print_fixed(char buf[RMT_NUM_BUF], double x, int decimals);

/* The same bits, or both NaN: exact equality stated on purpose (silences -Wfloat-equal in one place). */
bool rmt_num_same(double a, double b);
#endif
