#include "support.h"

#include "rmt/mem.h"

#include <string.h>

static void array_is_zeroed(void **state)
{
    (void)state;
    rmt_error err = {0};
    unsigned char *p = rmt_mem_array(1000, 3, &err);
    assert_non_null(p);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(p[i], 0);
    rmt_mem_free(p);
    void *empty = rmt_mem_array(0, 8, &err);
    assert_non_null(empty);
    rmt_mem_free(empty);
    rmt_mem_free(NULL);
}

static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    rmt_error err = {0};
    assert_null(rmt_mem_array(RMT_MEM_CAP / 8 + 1, 8, &err));
    tst_fails(err.code, RMT_ERR_NOMEM, &err, "8589934593 elements of 8 bytes");
    assert_null(rmt_mem_array(SIZE_MAX / 2, 4, &err)); /* the product wraps */
    tst_fails(err.code, RMT_ERR_NOMEM, &err, "64 GiB");
    assert_null(rmt_mem_array(SIZE_MAX, SIZE_MAX, NULL));
    assert_null(rmt_mem_text("x", SIZE_MAX, &err));
    tst_fails(err.code, RMT_ERR_NOMEM, &err, "64 GiB");

    char *p = rmt_mem_text("kept", 4, &err);
    assert_null(rmt_mem_resize(p, RMT_MEM_CAP + 1, 1, &err));
    tst_fails(err.code, RMT_ERR_NOMEM, &err, "64 GiB");
    assert_string_equal(p, "kept");
    rmt_mem_free(p);
}

static void resize_keeps_the_content(void **state)
{
    (void)state;
    rmt_error err = {0};
    char *p = rmt_mem_resize(NULL, 4, 1, &err);
    assert_non_null(p);
    memcpy(p, "abc", 4);
    p = rmt_mem_resize(p, 100000, 1, &err);
    assert_non_null(p);
    assert_string_equal(p, "abc");
    rmt_mem_free(p);
}

static void text_is_terminated(void **state)
{
    (void)state;
    rmt_error err = {0};
    char *p = rmt_mem_text("abcdef", 3, &err);
    assert_string_equal(p, "abc");
    rmt_mem_free(p);
    p = rmt_mem_text(NULL, 0, &err);
    assert_string_equal(p, "");
    rmt_mem_free(p);
}

static void growth_doubles(void **state)
{
    (void)state;
    rmt_error err = {0};
    int *rows = NULL;
    size_t cap = 0, n_moves = 0;
    for (size_t i = 0; i < 10000; i++) {
        size_t before = cap;
        tst_ok(rmt_mem_grow(&rows, &cap, i + 1, sizeof *rows, &err), &err);
        assert_true(cap > i);
        n_moves += cap != before;
        rows[i] = (int)i;
    }
    assert_true(n_moves < 15);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(rows[i], i);

    int *old = rows;
    size_t old_cap = cap;
    tst_fails(rmt_mem_grow(&rows, &cap, SIZE_MAX, sizeof *rows, &err), RMT_ERR_NOMEM, &err,
              "64 GiB");
    assert_ptr_equal(rows, old);
    assert_int_equal(cap, old_cap);
    rmt_mem_free(rows);
}

/* The last test: the limit stays with the process. */
static void a_limit_is_kept_and_named(void **state)
{
    (void)state;
    enum { LIMIT = 1 << 20, HALF = LIMIT / 2 };
    rmt_error err = {0};
    char *old = rmt_mem_text("made before", 11, &err);
    rmt_mem_limit(LIMIT, "1M");
    char *a = rmt_mem_array(HALF, 1, &err);
    assert_non_null(a);
    assert_null(rmt_mem_array(HALF + 1, 1, &err));
    tst_fails(err.code, RMT_ERR_NOMEM, &err, "'--max-memory=1M' allows 1048576");
    assert_null(rmt_mem_array(1, LIMIT + 1, NULL));
    a = rmt_mem_resize(a, LIMIT - LIMIT / 8, 1, &err); /* its own bytes do not count twice */
    assert_non_null(a);
    assert_null(rmt_mem_resize(a, LIMIT, 2, &err));
    rmt_mem_free(old); /* was never counted: nothing becomes free by it beyond what is held */
    rmt_mem_free(a);
    for (size_t i = 0; i < 1000; i++) { /* what is freed may be had again */
        a = rmt_mem_array(HALF, 1, &err);
        assert_non_null(a);
        rmt_mem_free(a);
    }
    rmt_mem_limit(0, "");
    a = rmt_mem_array(LIMIT, 2, &err);
    assert_non_null(a);
    rmt_mem_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(array_is_zeroed),          cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(resize_keeps_the_content), cmocka_unit_test(text_is_terminated),
        cmocka_unit_test(growth_doubles),           cmocka_unit_test(a_limit_is_kept_and_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
