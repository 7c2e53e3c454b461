/* test_keys.c - repeats and look-ups of keys against the naive answer, also where hashes were made to collide. */
#include "../../pipeline/data/keys.c" /* its hash, to make them collide */

#include "support.h"
#include <stdio.h>

enum { ROWS = 500 };

static rmt_table *new_table(rmt_type type, size_t n)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "a", type, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "b", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, n, &err), &err);
    return t;
}

static void set(rmt_table *t, size_t row, long a, long b)
{
    rmt_error err = {0};
    char text[32];
    snprintf(text, sizeof text, "subject-%03ld", a);
    if (rmt_table_type(t, 0) == RMT_TYPE_INTEGER) rmt_table_set_integer(t, 0, row, (int32_t)a);
    else tst_ok(rmt_table_set_text(t, 0, row, text, a < 0 ? 0 : strlen(text), &err), &err);
    rmt_table_set_integer(t, 1, row, (int32_t)b);
}

/* Every answer, by looking at all rows before. */
static void repeats_are_right(const rmt_table *t, const rmt_row_order *order)
{
    const size_t columns[] = {0, 1};
    const rmt_key key = {t, columns, 2};
    rmt_error err = {0};
    rmt_repeats r;
    rmt_key_index *index = NULL;
    bool any_missing = false;
    tst_ok(rmt_key_repeats(&r, &key, order, &err), &err);
    tst_ok(rmt_key_index_new(&index, &key, &err), &err);
    for (size_t i = 0; i < order->n; i++) {
        const size_t row = rmt_row_at(order, i);
        size_t first = 0;
        const bool missing = rmt_key_missing(&key, row) > 0;
        any_missing = any_missing || missing;
        while (first < i && (missing || rmt_key_missing(&key, rmt_row_at(order, first)) > 0 ||
                             !same_key(&key, row, &key, rmt_row_at(order, first))))
            first++;
        assert_int_equal(r.first ? r.first[row] : 0, first < i ? rmt_row_at(order, first) + 1 : 0);
        if (!missing) assert_true(rmt_key_index_has(index, &key, row));
    }
    assert_true(r.any_missing == any_missing);
    rmt_key_index_free(index);
    rmt_repeats_clear(&r);
}

static void in_any_order(void **state)
{
    (void)state;
    /* runs of a subject in order, runs too long, out of order, few keys, missing cells */
    static const struct {
        long subjects, visits, step, missing;
    } cases[] = {{ROWS, 4, 1, 0}, {ROWS, 40, 1, 0}, {ROWS, 4, 7, 0}, {9, 9, 1, 0}, {ROWS, 3, 1, 5}};
    for (size_t c = 0; c < 2 * sizeof cases / sizeof *cases; c++) {
        const size_t k = c / 2;
        rmt_table *t = new_table(c % 2 ? RMT_TYPE_STRING : RMT_TYPE_INTEGER, ROWS);
        for (long i = 0; i < ROWS; i++) {
            const bool missing = cases[k].missing && i % cases[k].missing == 0;
            set(t, (size_t)i, i / cases[k].visits * cases[k].step % cases[k].subjects,
                missing ? RMT_INTEGER_MISSING : i % cases[k].visits);
        }
        repeats_are_right(t, &(rmt_row_order){NULL, ROWS});
        if (k < 4)
            set(t, 7, 7 / cases[k].visits * cases[k].step % cases[k].subjects, 6 % cases[k].visits);
        repeats_are_right(t, &(rmt_row_order){NULL, ROWS}); /* two of a run are alike */
        if (k < 4) set(t, ROWS - 1, 0, 0);                  /* and one far away */
        repeats_are_right(t, &(rmt_row_order){NULL, ROWS});
        size_t backwards[ROWS];
        for (size_t i = 0; i < ROWS; i++)
            backwards[i] = ROWS - 1 - i;
        repeats_are_right(t, &(rmt_row_order){backwards, ROWS});
        rmt_table_free(t);
    }
}

/* All want the same slot: the table of hashes is given up for a sort. */
static void crafted_collisions(void **state)
{
    (void)state;
    enum { N = 600, SLOTS = 1024 };
    const size_t columns[] = {0, 1};
    rmt_error err = {0};
    rmt_table *t = new_table(RMT_TYPE_INTEGER, N);
    const rmt_key key = {t, columns, 2};
    long a = 0;
    for (size_t row = 0; row < N; row++, a++) {
        do
            set(t, row, ++a, 0);
        while (key_hash(&key, row) % SLOTS != 5);
    }
    for (size_t row = 0; row < N / 2; row++) { /* and out of order */
        const int32_t x = rmt_table_integer(t, 0, row);
        rmt_table_set_integer(t, 0, row, rmt_table_integer(t, 0, N - 1 - row));
        rmt_table_set_integer(t, 0, N - 1 - row, x);
    }
    rmt_table_set_integer(t, 0, N - 1, rmt_table_integer(t, 0, 3));
    rmt_key_index *index = NULL;
    tst_ok(rmt_key_index_new(&index, &key, &err), &err);
    assert_non_null(index->sorted);
    rmt_key_index_free(index);
    repeats_are_right(t, &(rmt_row_order){NULL, N});
    rmt_table_free(t);
}

/* Whole numbers and ids that count up spread over the slots. */
static void usual_keys_do_not_collide(void **state)
{
    (void)state;
    const size_t columns[] = {0};
    for (size_t c = 0; c < 2; c++) {
        rmt_error err = {0};
        rmt_table *t = new_table(c ? RMT_TYPE_STRING : RMT_TYPE_INTEGER, ROWS);
        const rmt_key key = {t, columns, 1};
        rmt_key_index *index = NULL;
        size_t steps = 0;
        for (long i = 0; i < ROWS; i++)
            set(t, (size_t)i, i, 0);
        tst_ok(rmt_key_index_new(&index, &key, &err), &err);
        for (size_t i = 0; i < ROWS; i++)
            assert_non_null(find_slot(index, &key, i, key_hash(&key, i), &steps));
        assert_true(steps < 2 * ROWS);
        rmt_key_index_free(index);
        rmt_table_free(t);
    }
}

static void lines_give_the_order(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = new_table(RMT_TYPE_INTEGER, 5);
    rmt_row_order o;
    static const int32_t lines[] = {2, 9, 4, 4, 3};
    static const size_t want[] = {0, 4, 2, 3, 1};
    tst_ok(rmt_row_order_init(&o, t, &err), &err);
    assert_null(o.at);
    tst_ok(rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    for (size_t i = 0; i < 5; i++)
        rmt_table_set_integer(t, 2, i, lines[i]);
    tst_ok(rmt_row_order_init(&o, t, &err), &err);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(rmt_row_at(&o, i), want[i]);
    rmt_row_order_clear(&o);
    rmt_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_any_order),
        cmocka_unit_test(crafted_collisions),
        cmocka_unit_test(usual_keys_do_not_collide),
        cmocka_unit_test(lines_give_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
