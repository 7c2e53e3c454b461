#include "support.h"

#include "rmt/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void parses_doubles(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        double want;
    } cases[] = {
        {"0", 0},
        {"-0", -0.0},
        {"+80", 80},
        {"1.50", 1.5},
        {".5", 0.5},
        {"5.", 5},
        {"1e3", 1000},
        {"1E-2", .01},
        {"0.1", 0.1},
        {"0.000e-400", 0},
        {"2.2250738585072014e-308", DBL_MIN},
        {"1e-310", 1e-310}, /* subnormal */
        {"-1e+2", -100},
        {"123456789012345e22", 1.23456789012345e36},
        {"-0.00000000000012", -1.2e-13},
        {"999999999999999e-22", 9.99999999999999e-08},
        {"1e23", 1e23},
        {"1.7976931348623157e308", DBL_MAX},
        {"4.9e-324", 0x1p-1074},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x = -7;
        assert_true(rmt_num_parse_double(cases[i].s, strlen(cases[i].s), &x));
        assert_true(rmt_num_same(x, cases[i].want));
    }
    double x = 0;
    assert_true(rmt_num_parse_double("12345", 2, &x)); /* the span, not the text */
    assert_true(rmt_num_same(x, 12));
}

static void refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",       " 1",
        "1 ",     "+",
        "-",      ".",
        "e5",     "1e",
        "1e+",    "0x10",
        "inf",    "nan",
        "1_0",    "1,5",
        "--1",    "1.2.3",
        "1e5.0",  "1e999",
        "-1e999", "NA",
        "12x",    "1e99999999999999999999",
        "1e-400", "-0.001e-321",
        "2e-324",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double x = -7;
        assert_false(rmt_num_parse_double(bad[i], strlen(bad[i]), &x));
        assert_true(rmt_num_same(x, -7));
    }
    double x;
    assert_false(rmt_num_parse_double("1\0002", 3, &x));
}

/* The short way and strtod agree on every number, and range is told from grammar. */
static void parses_as_strtod_does(void **state)
{
    (void)state;
    uint64_t seed = 20;
    for (int i = 0; i < 200000; i++) {
        char s[64];
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        long long digits = (long long)(seed >> 14) % (i % 2 ? 1000000 : 10000000000000000);
        int n = snprintf(s, sizeof s, "%s%lld.%02de%d", seed & 1 ? "-" : "", digits,
                         (int)(seed >> 40 & 63), (int)(seed >> 50 & 63) - 32);
        double x = 0;
        assert_true(rmt_num_parse_double(s, (size_t)n, &x));
        if (!rmt_num_same(x, strtod(s, NULL))) fail_msg("%s: %.17g", s, x);
    }
    assert_true(rmt_num_is_decimal("1e-400", 6));
    assert_true(rmt_num_is_decimal("1e400", 5));
    assert_false(rmt_num_is_decimal("1e", 2));
}

static void parses_long_spans(void **state)
{
    (void)state;
    static char s[4000];
    double x = 0;
    /* 1 + 2^-53 lies in the middle of two doubles; a digit far behind decides. */
    const char *middle = "1.00000000000000011102230246251565404236316680908203125";
    int n = snprintf(s, sizeof s, "%s%0*d", middle, 2000, 0);
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, 1.0));
    s[n - 1] = '1';
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, 1.0 + DBL_EPSILON));

    n = snprintf(s, sizeof s, "-%0*d.25", 3000, 3); /* leading zeros */
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, -3.25));

    n = snprintf(s, sizeof s, "7%0*de-3000", 3000, 0); /* dropped digits before the point */
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, 7));

    n = snprintf(s, sizeof s, "0.%0*d5e1001", 1000, 0); /* zeros behind the point */
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, 5));

    n = snprintf(s, sizeof s, "-%0*d", 1000, 0);
    assert_true(rmt_num_parse_double(s, (size_t)n, &x));
    assert_true(rmt_num_same(x, -0.0));

    n = snprintf(s, sizeof s, "9%0*d", 400, 0);
    assert_false(rmt_num_parse_double(s, (size_t)n, &x));
}

static void parses_integers(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        int64_t want;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"+12", 12},
        {"-007", -7},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    static const char *const bad[] = {
        "",
        "+",
        "-",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "0x1",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999",
    };
    int64_t x;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        x = 99;
        assert_true(rmt_num_parse_int(cases[i].s, strlen(cases[i].s), &x));
        assert_true(x == cases[i].want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        x = 99;
        assert_false(rmt_num_parse_int(bad[i], strlen(bad[i]), &x));
        assert_true(x == 99);
    }
}

static void prints(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *want;
    } cases[] = {
        {80, "80"},
        {0.1, "0.1"},
        {1e-300, "1e-300"},
        {-0.0, "0"},
        {(double)NAN, ""},
        {(double)INFINITY, "Inf"},
        {-(double)INFINITY, "-Inf"},
        {-2.5, "-2.5"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {-DBL_MAX, "-1.7976931348623157e+308"},
        {123456789, "123456789"},
    };
    char buf[RMT_NUM_BUF];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(rmt_num_print(buf, cases[i].x), strlen(cases[i].want));
        assert_string_equal(buf, cases[i].want);
    }
    tst_rng r = {1};
    for (size_t i = 0; i < tst_iterations(10000); i++) {
        uint64_t bits = tst_rng_next(&r);
        double x, back;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        size_t n = rmt_num_print(buf, x);
        assert_true(rmt_num_parse_double(buf, n, &back));
        assert_true(rmt_num_same(x, back));
    }
}

/* They take a way of their own, up to 15 digits. */
static void prints_whole_numbers_as_printf_does(void **state)
{
    (void)state;
    tst_rng rng = {3};
    double x = 1;
    for (size_t i = 0; i < 4000; i++) {
        char got[RMT_NUM_BUF], want[RMT_NUM_BUF];
        const double y = floor(x) * (i % 2 ? 1 : -1);
        const size_t n = rmt_num_print(got, y);
        snprintf(want, sizeof want, "%.15g", y);
        assert_string_equal(got, want);
        assert_int_equal(n, strlen(want));
        x = i % 50 < 49 ? x * 2.1 + (double)tst_rng_between(&rng, 0, 9) : 1;
        if (x > 1e15) x = 1e15 - (double)(i % 3);
    }
}

static void prints_fixed(void **state)
{
    (void)state;
    static const struct {
        double x;
        int decimals;
        const char *want;
    } cases[] = {
        {1.005, 2, "1.00"},
        {0.125, 2, "0.12"},
        {0.375, 2, "0.38"},
        {-0.001, 2, "0.00"},
        {-0.0, 0, "0"},
        {-0.5, 0, "0"},
        {-1.5, 0, "-2"},
        {(double)NAN, 3, ""},
        {12, 3, "12.000"},
        {1e300, 2, "1e+300"},
        {0.1, 15, "0.100000000000000"},
        {-0.01, 2, "-0.01"},
    };
    char buf[RMT_NUM_BUF];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = rmt_num_print_fixed(buf, cases[i].x, cases[i].decimals);
        assert_string_equal(buf, cases[i].want);
        assert_int_equal(n, strlen(cases[i].want));
    }
}

static void same_means_the_bits(void **state)
{
    (void)state;
    assert_true(rmt_num_same((double)NAN, -(double)NAN));
    assert_true(rmt_num_same(1.5, 1.5));
    assert_false(rmt_num_same(0.0, -0.0));
    assert_false(rmt_num_same(1.0, 1.0 + DBL_EPSILON));
    assert_false(rmt_num_same((double)NAN, 1.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_doubles),
        cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(parses_as_strtod_does),
        cmocka_unit_test(parses_long_spans),
        cmocka_unit_test(parses_integers),
        cmocka_unit_test(prints),
        cmocka_unit_test(prints_whole_numbers_as_printf_does),
        cmocka_unit_test(prints_fixed),
        cmocka_unit_test(same_means_the_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
