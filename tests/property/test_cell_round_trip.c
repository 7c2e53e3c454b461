/* test_cell_round_trip.c - whatever is printed is read back as it was. */
#include "rmt/num.h"
#include "rmt/schema.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ITERATIONS = 20000 };

static void doubles(void **state)
{
    static const char points[] = {'.', ',', ';'};
    tst_rng rng = {20261123};
    rmt_field f;

    (void)state;
    rmt_field_init(&f, "x", RMT_TYPE_NUMBER);
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        uint64_t bits = tst_rng_next(&rng);
        char buf[RMT_NUM_BUF], *point;
        rmt_cell cell;
        double x;
        size_t n;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        n = rmt_num_print(buf, x);
        f.decimal_char = points[i % 3];
        f.bare_number = i % 2 == 0;
        if ((point = strchr(buf, '.'))) *point = f.decimal_char;
        rmt_field_read_cell(&cell, &f, NULL, '.', buf, n);
        if (cell.kind != RMT_CELL_VALUE || !rmt_num_same(cell.number, x)) {
            print_error("%.17g printed as %s is read as %.17g (kind %d)\n", x, buf, cell.number,
                        (int)cell.kind);
            fail();
        }
    }
}

/* n grouped into threes reads as n; so it does without. */
static void integers(void **state)
{
    tst_rng rng = {7};
    rmt_field f;

    (void)state;
    rmt_field_init(&f, "n", RMT_TYPE_INTEGER);
    f.group_char = '\'';
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        long x = tst_rng_between(&rng, -INT32_MAX, INT32_MAX) >> tst_rng_between(&rng, 0, 31);
        char plain[32], grouped[48];
        size_t n = (size_t)snprintf(plain, sizeof plain, "%ld", x), o = 0;
        size_t first = x < 0 ? 1 : 0;
        rmt_cell cell;
        for (size_t j = 0; j < n; j++) {
            if (j > first && (n - j) % 3 == 0) grouped[o++] = '\'';
            grouped[o++] = plain[j];
        }
        grouped[o] = '\0';
        for (int side = 0; side < 2; side++) {
            rmt_field_read_cell(&cell, &f, NULL, '.', side ? grouped : plain, side ? o : n);
            if (cell.kind != RMT_CELL_VALUE || cell.integer != x) {
                print_error("%s: read as %ld (kind %d)\n", side ? grouped : plain,
                            (long)cell.integer, (int)cell.kind);
                fail();
            }
        }
    }
}

/* Days since 1970-01-01 to a date, by counting from civil eras (an algorithm apart from the
 * reader's). */
static void date_of_day(long day, int *y, int *m, int *d)
{
    long z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400 + (*m <= 2 ? 1 : 0));
}

static void dates(void **state)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const formats[] = {"default", "%d.%m.%Y", "%b %d, %Y", "%m%d%Y"};
    tst_rng rng = {1582};
    rmt_field f;

    (void)state;
    rmt_field_init(&f, "day", RMT_TYPE_DATE);
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        int y, m, d;
        char iso[64], written[64];
        rmt_cell cell;
        date_of_day(tst_rng_between(&rng, -719162, 2932896), &y, &m,
                    &d); /* 0001-01-01..9999-12-31 */
        (void)snprintf(iso, sizeof iso, "%04d-%02d-%02d", y, m, d);
        switch (i % 4) {
        case 0: memcpy(written, iso, sizeof iso); break;
        case 1: (void)snprintf(written, sizeof written, "%d.%d.%04d", d, m, y); break;
        case 2: (void)snprintf(written, sizeof written, "%s %d, %04d", months[m - 1], d, y); break;
        default: (void)snprintf(written, sizeof written, "%02d%02d%04d", m, d, y); break;
        }
        f.format = formats[i % 4];
        rmt_field_read_cell(&cell, &f, NULL, '.', written, strlen(written));
        if (cell.kind != RMT_CELL_VALUE || strcmp(cell.text, iso) != 0) {
            print_error("%s by %s is read as '%s' (kind %d)\n", written, f.format, cell.text,
                        (int)cell.kind);
            fail();
        }
    }
}

/* Of the days 0..32 of every month of 800 years exactly those of the calendar are read. */
static void only_days_of_the_calendar(void **state)
{
    rmt_field f;
    long n = 0;

    (void)state;
    rmt_field_init(&f, "day", RMT_TYPE_DATE);
    for (int y = 1600; y < 2400; y++)
        for (int m = 0; m <= 13; m++)
            for (int d = 0; d <= 32; d++) {
                char buf[64];
                rmt_cell cell;
                (void)snprintf(buf, sizeof buf, "%04d-%02d-%02d", y, m, d);
                rmt_field_read_cell(&cell, &f, NULL, '.', buf, strlen(buf));
                n += cell.kind == RMT_CELL_VALUE ? 1 : 0;
            }
    assert_int_equal(n, 2 * 146097);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles),
        cmocka_unit_test(integers),
        cmocka_unit_test(dates),
        cmocka_unit_test(only_days_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
