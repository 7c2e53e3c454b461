#include "support.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCORE, VISIT, DONE, ARM };
static const rmt_column_spec layout[] = {
    {"score", RMT_TYPE_NUMBER, "CAPS-5 total", "points"},
    {"visit", RMT_TYPE_INTEGER, "Visit number", NULL},
    {"done", RMT_TYPE_BOOLEAN, NULL, NULL},
    {"arm", RMT_TYPE_STRING, NULL, NULL},
};

static rmt_table *sample(size_t n_rows)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "Visits", &err), &err);
    tst_ok(rmt_table_add_columns(t, layout, 4, &err), &err);
    tst_ok(rmt_table_add_rows(t, n_rows, &err), &err);
    return t;
}

static void set_text(rmt_table *t, size_t col, size_t row, const char *s)
{
    rmt_error err = {0};
    tst_ok(rmt_table_set_text(t, col, row, s, strlen(s), &err), &err);
}

static void type_names(void **state)
{
    (void)state;
    for (int i = 0; i < RMT_N_TYPES; i++) {
        rmt_type back = RMT_N_TYPES;
        assert_true(rmt_type_from_name(rmt_type_name((rmt_type)i), &back));
        assert_int_equal(back, i);
        assert_int_equal(rmt_type_is_text((rmt_type)i), i >= RMT_TYPE_STRING);
    }
    rmt_type untouched = RMT_TYPE_DATE;
    assert_false(rmt_type_from_name("Number", &untouched));
    assert_int_equal(untouched, RMT_TYPE_DATE);
}

static void columns_are_described(void **state)
{
    (void)state;
    rmt_table *t = sample(0);
    assert_string_equal(rmt_table_title(t), "Visits");
    assert_int_equal(rmt_table_columns(t), 4);
    assert_int_equal(rmt_table_rows(t), 0);
    assert_int_equal(rmt_table_find(t, "arm"), ARM);
    assert_true(rmt_table_find(t, "Arm") == RMT_NO_COLUMN);
    assert_string_equal(rmt_table_name(t, VISIT), "visit");
    assert_int_equal(rmt_table_type(t, DONE), RMT_TYPE_BOOLEAN);
    assert_string_equal(rmt_table_column_title(t, SCORE), "CAPS-5 total");
    assert_string_equal(rmt_table_unit(t, SCORE), "points");
    assert_string_equal(rmt_table_unit(t, ARM), "");
    assert_string_equal(rmt_table_column_title(t, ARM), "");
    rmt_table_free(t);
    rmt_table_free(NULL);
}

static void names_are_unique(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(1);
    tst_fails(rmt_table_add_column(t, "arm", RMT_TYPE_DATE, NULL, NULL, &err), RMT_ERR_INTERNAL,
              &err, "table 'Visits' has this column already");
    tst_fails(rmt_table_add_column(t, "", RMT_TYPE_DATE, NULL, NULL, &err), RMT_ERR_INTERNAL, &err,
              "has no name");
    assert_int_equal(rmt_table_columns(t), 4);
    char name[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "item_%d", i);
        tst_ok(rmt_table_add_column(t, name, RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    }
    for (size_t i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "item_%zu", i);
        assert_int_equal(rmt_table_find(t, name), 4 + i);
    }
    assert_true(rmt_table_find(t, "item_1000") == RMT_NO_COLUMN);
    rmt_table_free(t);
}

static void cells_start_missing(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(2);
    char buf[RMT_NUM_BUF];
    tst_ok(rmt_table_add_rows(t, 0, &err), &err);
    tst_ok(rmt_table_add_rows(t, 100, &err), &err);
    tst_ok(rmt_table_add_column(t, "date", RMT_TYPE_DATE, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "late", RMT_TYPE_NUMBER, NULL, NULL, &err), &err);
    assert_int_equal(rmt_table_rows(t), 102);
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        assert_true(rmt_table_is_missing(t, c, 0));
        assert_true(rmt_table_is_missing(t, c, 101));
        assert_string_equal(rmt_table_format(t, c, 101, buf), "");
        assert_string_equal(rmt_table_reason(t, c, 101), "");
        assert_false(rmt_table_has_reasons(t, c));
    }
    assert_true(isnan(rmt_table_number(t, SCORE, 101)));
    assert_true(isnan(rmt_table_number(t, VISIT, 101)));
    assert_true(rmt_table_integer(t, DONE, 101) == RMT_INTEGER_MISSING);
    rmt_table_free(t);
}

static void cells_keep_their_values(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(2);
    char buf[RMT_NUM_BUF];
    tst_ok(rmt_table_set_number(t, SCORE, 1, 27.5, &err), &err);
    rmt_table_set_integer(t, VISIT, 1, -3);
    rmt_table_set_integer(t, DONE, 0, 0);
    rmt_table_set_integer(t, DONE, 1, 1);
    set_text(t, ARM, 1, "waitlist");
    tst_close(rmt_table_number(t, SCORE, 1), 27.5, 0, 0, "score");
    tst_close(rmt_table_number(t, VISIT, 1), -3, 0, 0, "visit");
    assert_int_equal(rmt_table_integer(t, VISIT, 1), -3);
    assert_string_equal(rmt_table_format(t, SCORE, 1, buf), "27.5");
    assert_string_equal(rmt_table_format(t, VISIT, 1, buf), "-3");
    assert_string_equal(rmt_table_format(t, DONE, 0, buf), "false");
    assert_string_equal(rmt_table_format(t, DONE, 1, buf), "true");
    assert_string_equal(rmt_table_format(t, ARM, 1, buf), "waitlist");
    assert_false(rmt_table_is_missing(t, DONE, 0));
    assert_false(rmt_table_is_missing(t, ARM, 1));
    tst_close(rmt_table_numbers(t, SCORE)[1], 27.5, 0, 0, "bulk");
    rmt_table_integers_mutable(t, VISIT)[0] = 9;
    assert_int_equal(rmt_table_integers(t, VISIT)[0], 9);
    rmt_table_numbers_mutable(t, SCORE)[0] = 4;
    tst_close(rmt_table_number(t, SCORE, 0), 4, 0, 0, "mutable");
    assert_null(rmt_table_numbers(t, VISIT));
    assert_null(rmt_table_integers(t, SCORE));
    assert_null(rmt_table_numbers(t, ARM));
    assert_null(rmt_table_integers(t, ARM));
    rmt_table_free(t);
}

static void impossible_values_are_refused(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(1);
    tst_ok(rmt_table_set_number(t, SCORE, 0, 5, &err), &err);
    assert_int_equal(rmt_table_set_number(t, SCORE, 0, -(double)INFINITY, &err), RMT_ERR_INTERNAL);
    assert_string_equal(err.column, "score");
    tst_fails(err.code, RMT_ERR_INTERNAL, &err, "an infinite number in row 1 of table 'Visits'");
    tst_close(rmt_table_number(t, SCORE, 0), 5, 0, 0, "kept");
    tst_ok(rmt_table_set_number(t, SCORE, 0, (double)NAN, &err), &err);
    assert_true(rmt_table_is_missing(t, SCORE, 0));
    assert_int_equal(rmt_table_set_text(t, ARM, 0, "a\0b", 3, &err), RMT_ERR_INTERNAL);
    assert_string_equal(err.column, "arm");
    tst_fails(err.code, RMT_ERR_INTERNAL, &err, "NUL");
    tst_fails(rmt_table_add_rows(t, SIZE_MAX, &err), RMT_ERR_NOMEM, &err, "more rows");
    tst_fails(rmt_table_add_rows(t, RMT_MEM_CAP / 2, &err), RMT_ERR_NOMEM, &err, "64 GiB");
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
}

static void texts_share_and_survive(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(5);
    set_text(t, ARM, 0, "active");
    set_text(t, ARM, 1, "active");
    assert_ptr_equal(rmt_table_text(t, ARM, 0), rmt_table_text(t, ARM, 1));
    set_text(t, ARM, 2, "act"); /* a prefix of the text before is another text */
    set_text(t, ARM, 3, "actor");
    assert_string_equal(rmt_table_text(t, ARM, 2), "act");
    assert_string_equal(rmt_table_text(t, ARM, 3), "actor");
    for (size_t i = 0; i < 200; i++) { /* the source lies in the column, which moves as it grows */
        tst_ok(
            rmt_table_set_text(t, ARM, i % 2 ? 4 : 2, rmt_table_text(t, ARM, 0), 4 + i % 3, &err),
            &err);
    }
    assert_string_equal(rmt_table_text(t, ARM, 4), "activ");
    assert_string_equal(rmt_table_text(t, ARM, 0), "active");
    set_text(t, ARM, 0, "");
    assert_true(rmt_table_is_missing(t, ARM, 0));
    rmt_table_free(t);
}

static void reasons_stand_beside(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(2);
    tst_ok(rmt_table_set_reason(t, SCORE, 0, "", &err), &err);
    assert_false(rmt_table_has_reasons(t, SCORE));
    tst_ok(rmt_table_set_reason(t, SCORE, 1, "n<2", &err), &err);
    tst_ok(rmt_table_add_rows(t, 50, &err), &err);
    assert_true(rmt_table_has_reasons(t, SCORE));
    assert_false(rmt_table_has_reasons(t, VISIT));
    assert_string_equal(rmt_table_reason(t, SCORE, 0), "");
    assert_string_equal(rmt_table_reason(t, SCORE, 1), "n<2");
    assert_string_equal(rmt_table_reason(t, SCORE, 51), "");
    tst_ok(rmt_table_set_reason(t, SCORE, 1, "", &err), &err);
    assert_false(rmt_table_has_reasons(t, SCORE));
    rmt_table_free(t);
}

static void digest_sees_everything(void **state)
{
    (void)state;
    rmt_error err = {0};
    char first[RMT_DIGEST_HEX], other[RMT_DIGEST_HEX];
    rmt_table *t = sample(3), *copy = NULL;
    tst_ok(rmt_table_set_number(t, SCORE, 0, 0.0, &err), &err);
    set_text(t, ARM, 0, "a");
    tst_ok(rmt_table_set_reason(t, SCORE, 2, "-99", &err), &err);
    tst_ok(rmt_table_digest(t, first, &err), &err);

    for (int change = 0; change < 9; change++) {
        tst_ok(rmt_table_clone(&copy, t, &err), &err);
        tst_ok(rmt_table_digest(copy, other, &err), &err);
        assert_string_equal(first, other);
        bool same = false;
        switch (change) {
        case 0: tst_ok(rmt_table_set_number(copy, SCORE, 0, 1, &err), &err); break;
        case 1: rmt_table_set_integer(copy, VISIT, 2, 0); break;
        case 2: rmt_table_set_integer(copy, DONE, 2, 0); break;
        case 3: set_text(copy, ARM, 1, "b"); break;
        case 4: tst_ok(rmt_table_set_reason(copy, SCORE, 1, "-99", &err), &err); break;
        case 5: tst_ok(rmt_table_set_reason(copy, SCORE, 2, "", &err), &err); break;
        case 6: tst_ok(rmt_table_add_rows(copy, 1, &err), &err); break;
        case 7:
            tst_ok(rmt_table_add_column(copy, "x", RMT_TYPE_DATE, NULL, NULL, &err), &err);
            break;
        default: /* what prints the same is the same */
            tst_ok(rmt_table_set_number(copy, SCORE, 0, -0.0, &err), &err);
            tst_ok(rmt_table_set_number(copy, SCORE, 1, -(double)NAN, &err), &err);
            same = true;
        }
        tst_ok(rmt_table_digest(copy, other, &err), &err);
        assert_int_equal(strcmp(first, other) == 0, same);
        rmt_table_free(copy);
        copy = NULL;
    }
    rmt_table_free(t);
}

static void a_clone_stands_alone(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = sample(1), *copy = NULL;
    set_text(t, ARM, 0, "first");
    tst_ok(rmt_table_set_reason(t, SCORE, 0, "lost", &err), &err);
    tst_ok(rmt_table_clone(&copy, t, &err), &err);
    rmt_table_free(t);
    assert_string_equal(rmt_table_text(copy, ARM, 0), "first");
    assert_string_equal(rmt_table_reason(copy, SCORE, 0), "lost");
    assert_string_equal(rmt_table_unit(copy, SCORE), "points");
    tst_ok(rmt_table_add_rows(copy, 1, &err), &err);
    set_text(copy, ARM, 1, "second");
    assert_string_equal(rmt_table_text(copy, ARM, 0), "first");
    assert_true(isnan(rmt_table_number(copy, SCORE, 1)));
    rmt_table_free(copy);
}

static size_t n_released, n_rested;

static void release(void *memory)
{
    (void)memory;
    n_released++;
}

static void rest(void *memory, const void *bytes, size_t n)
{
    (void)memory;
    assert_non_null(bytes);
    n_rested += n;
}

/* A table over cells elsewhere is the same table, and can be written to. */
static void borrowed_columns(void **state)
{
    (void)state;
    rmt_error err = {0};
    double scores[] = {1.5, (double)NAN};
    int32_t visits[] = {2, RMT_INTEGER_MISSING};
    static const size_t arms_at[] = {1, 0}, reasons_at[] = {0, 1};
    const rmt_table_borrowed from[] = {
        {.values = scores, .reasons = {reasons_at, "\0lost", 6, 1, 4}},
        {.values = visits},
        {.texts = {arms_at, "\0drug", 6, 1, 4}}};
    static const rmt_type types[] = {RMT_TYPE_NUMBER, RMT_TYPE_INTEGER, RMT_TYPE_STRING};
    static const char *const names[] = {"score", "visit", "arm"};
    char digests[2][RMT_DIGEST_HEX];
    rmt_table *t = NULL, *own = NULL;

    n_released = n_rested = 0;
    tst_ok(rmt_table_new(&t, "both", &err), &err);
    tst_ok(rmt_table_add_rows(t, 2, &err), &err);
    for (size_t i = 0; i < 3; i++)
        tst_ok(rmt_table_add_borrowed(t, names[i], types[i], NULL, NULL, &from[i], &err), &err);
    rmt_table_keep(t, &(rmt_table_memory){NULL, release, rest});
    tst_ok(rmt_table_clone(&own, t, &err), &err);
    tst_ok(rmt_table_digest(t, digests[0], &err), &err);
    tst_ok(rmt_table_digest(own, digests[1], &err), &err);
    assert_string_equal(digests[0], digests[1]);
    assert_true(n_rested > 0);
    assert_int_equal(rmt_table_longest_text(t, 2, false), 4);

    rmt_table_set_integer(t, 1, 1, 7);
    assert_int_equal(visits[1], 7);
    n_rested = 0;
    rmt_table_rest(t, 1); /* what was written is nowhere else */
    assert_int_equal(n_rested, 0);
    tst_ok(rmt_table_set_text(t, 2, 1, "none", 4, &err), &err);
    tst_ok(rmt_table_set_reason(t, 0, 0, "late", &err), &err);
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    rmt_table_set_integer(t, 1, 0, 9);
    assert_int_equal(visits[0], 2); /* more rows are the table's own */
    assert_int_equal(rmt_table_integer(t, 1, 1), 7);
    assert_string_equal(rmt_table_text(t, 2, 0), "drug");
    assert_string_equal(rmt_table_text(t, 2, 1), "none");
    assert_string_equal(rmt_table_reason(t, 0, 0), "late");
    assert_string_equal(rmt_table_reason(t, 0, 1), "lost");
    assert_true(rmt_table_is_missing(t, 0, 2));
    rmt_table_free(own);
    assert_int_equal(n_released, 0);
    rmt_table_free(t);
    assert_int_equal(n_released, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_names),
        cmocka_unit_test(columns_are_described),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(cells_start_missing),
        cmocka_unit_test(cells_keep_their_values),
        cmocka_unit_test(impossible_values_are_refused),
        cmocka_unit_test(texts_share_and_survive),
        cmocka_unit_test(reasons_stand_beside),
        cmocka_unit_test(digest_sees_everything),
        cmocka_unit_test(a_clone_stands_alone),
        cmocka_unit_test(borrowed_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
