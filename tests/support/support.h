/* support.h - what the tests share. Include this instead of cmocka.h. */
#ifndef TST_SUPPORT_H
#define TST_SUPPORT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rmt/status.h"

/* Compares as |got - want| <= atol + rtol |want|; NaN equals only NaN, infinities by sign. Never use
 * cmocka's assert_float_equal: it casts to float and passes for NaN. `id` names the row or case. */
#define tst_close(got, want, rtol, atol, id)                                                       \
    tst_close_at((got), (want), (rtol), (atol), (id), __FILE__, __LINE__)
void tst_close_at(double got, double want, double rtol, double atol, const char *id,
                  const char *file, int line);
/* The comparison alone, for testing the helper itself. */
int tst_is_close(double got, double want, double rtol, double atol);

/* The tolerance ladder: choose by the kind of number, never by what passes. */
#define TST_EPS 1.8e-15 /* closed forms: 8 epsilon */
#define TST_FUNC 1e-10  /* sums, variances, quantiles, special functions */

/* Asserts that st is RMT_OK, and prints err where not. */
#define tst_ok(st, err) tst_ok_at((st), (err), __FILE__, __LINE__)
void tst_ok_at(rmt_status st, const rmt_error *err, const char *file, int line);

/* Asserts the code and that the message contains `part`, and clears err for the next case. */
#define tst_fails(st, code, err, part) tst_fails_at((st), (code), (err), (part), __FILE__, __LINE__)
void tst_fails_at(rmt_status st, rmt_status code, rmt_error *err, const char *part,
                  const char *file, int line);

/* A seeded generator for property tests (splitmix64): the same numbers on every machine. */
typedef struct {
    uint64_t state;
} tst_rng;
uint64_t tst_rng_next(tst_rng *r);
double tst_rng_uniform(tst_rng *r);                    /* [0, 1) */
double tst_rng_normal(tst_rng *r);                     /* mean 0, sd 1 */
long tst_rng_between(tst_rng *r, long low, long high); /* inclusive */
/* Iterations of a property: `n` times RMT_TEST_MULT (default 1). */
size_t tst_iterations(size_t n);
#endif
