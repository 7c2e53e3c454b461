/* Damaged study files. As a fuzz target: LLVMFuzzerTestOneInput opens the bytes, as they are and behind a
 * true seal, and reads every table. Alone (CTest): damages one valid file in 100 seeded ways
 * (RMT_TEST_MULT scales), each opened in this process
 *   sealed    as damaged, the seal not renewed: must be refused by the seal;
 *   unsealed  without its user block: may be read or refused, and must not harm this process;
 *   resealed  with a new, true seal: the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rmt/digest.h"
#include "rmt/mem.h"
#include "rmt/study.h"
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* RMT_OK when the file opens and every table can be read. */
static rmt_status read_study(const uint8_t *bytes, size_t n, rmt_error *err)
{
    rmt_study *s = NULL;
    rmt_status st = rmt_study_open_image(&s, bytes, n, "fuzz", err);
    for (size_t i = 0; st == RMT_OK && i < rmt_study_size(s); i++) {
        const rmt_table *t = NULL;
        st = rmt_study_get(&t, s, rmt_study_path(s, i), err);
    }
    rmt_study_free(s);
    return st;
}

/* b[0..n) with a true seal over what is behind the user block. */
static rmt_status reseal(uint8_t *b, size_t n, rmt_error *err)
{
    char hex[RMT_DIGEST_HEX];
    rmt_status st = rmt_digest_bytes(b + RMT_STUDY_USER_BLOCK, n - RMT_STUDY_USER_BLOCK, hex, err);
    if (st) return st;
    memset(b, 0, RMT_STUDY_USER_BLOCK);
    (void)snprintf((char *)b, RMT_STUDY_USER_BLOCK, "remit-study 1 sha256:%s bytes:%zu\n", hex,
                   n - RMT_STUDY_USER_BLOCK);
    return RMT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    rmt_error err = {0};
    uint8_t *sealed = NULL;
    if (read_study(bytes, n, &err) != RMT_OK && err.msg[0] == '\0') abort();
    if (n <= RMT_STUDY_USER_BLOCK) return 0;
    rmt_error_clear(&err);
    if (!(sealed = rmt_mem_array(n, 1, &err))) return 0;
    memcpy(sealed, bytes, n);
    if (reseal(sealed, n, &err) == RMT_OK && read_study(sealed, n, &err) != RMT_OK &&
        err.msg[0] == '\0')
        abort();
    rmt_mem_free(sealed);
    return 0;
}

#ifndef RMT_LIBFUZZER

static rmt_error err;

static void add_table(rmt_study *s, const char *path, size_t rows)
{
    static const rmt_column_spec columns[] = {{"id", RMT_TYPE_STRING, "Participant", NULL},
                                              {"total", RMT_TYPE_NUMBER, "Severity", "points"},
                                              {"visit", RMT_TYPE_INTEGER, NULL, "weeks"},
                                              {"remission", RMT_TYPE_BOOLEAN, NULL, NULL}};
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, path, &err), &err);
    tst_ok(rmt_table_add_columns(t, columns, 4, &err), &err);
    tst_ok(rmt_table_add_rows(t, rows, &err), &err);
    for (size_t i = 0; i < rows; i++) {
        tst_ok(rmt_table_set_text(t, 0, i, "participant", 1 + i % 11, &err), &err);
        rmt_table_set_integer(t, 2, i, (int32_t)i);
        rmt_table_set_integer(t, 3, i, (int32_t)(i % 2));
        if (i % 3) tst_ok(rmt_table_set_number(t, 1, i, (double)i / 7, &err), &err);
    }
    if (rows) tst_ok(rmt_table_set_reason(t, 1, 0, "refused", &err), &err);
    tst_ok(rmt_study_put(s, path, &t, &err), &err);
}

static uint8_t *valid_file(size_t *n)
{
    static const char *const paths[] = {"/sources", "/tables/caps5", "/tables/empty", "/outcomes",
                                        "/results/effects"};
    rmt_study *s = NULL;
    void *bytes = NULL;
    tst_ok(rmt_study_new(&s, &err), &err);
    tst_ok(rmt_study_set_plan(s, "{\"trial\":\"X\"}", &err), &err);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        add_table(s, paths[i], i == 2 ? 0 : 5 + i);
    tst_ok(rmt_study_image(&bytes, n, s, &err), &err);
    rmt_study_free(s);
    return bytes;
}

/* Changes at least one byte of b[from..*n), or cuts it. */
static void damage(uint8_t *b, size_t from, size_t *n, tst_rng *r)
{
    long last = (long)*n - 1, start = (long)from, k = tst_rng_between(r, 1, 6);
    switch (tst_rng_between(r, 0, 9)) {
    case 0: *n = (size_t)tst_rng_between(r, start, last); return;
    case 1: /* a stretch of one value */
        for (long at = tst_rng_between(r, start, last), i = 0; i < 8 * k && at + i <= last; i++)
            b[at + i] = k % 2 ? 0xff : 0;
        break;
    case 2: { /* bytes of one place at another */
        long to = tst_rng_between(r, start, last - 64), of = tst_rng_between(r, start, last - 64);
        memmove(b + to, b + of, 64);
        break;
    }
    default:
        for (long i = 0; i < k; i++)
            b[tst_rng_between(r, start, last)] = (uint8_t)tst_rng_between(r, 0, 255);
    }
}

static void damaged_files(void **state)
{
    (void)state;
    size_t n = 0, n_ways = tst_iterations(100), n_read = 0, n_died = 0, n_resealed = 0;
    uint8_t *good = valid_file(&n), *b = rmt_mem_array(n, 1, &err);

    for (size_t seed = 0; seed < n_ways; seed++) {
        tst_rng r = {seed};
        size_t len = n;
        rmt_status st;
        memcpy(b, good, n);
        damage(b, RMT_STUDY_USER_BLOCK, &len, &r);
        if (len == n && memcmp(b, good, n) == 0) b[n - 1] ^= 0x55;

        st = read_study(b, len, &err);
        if (st != RMT_ERR_MALFORMED ||
            (!strstr(err.msg, "the seal is broken") && !strstr(err.msg, "cut short")))
            fail_msg("seed %zu: status %d '%s', not refused by the seal", seed, (int)st, err.msg);
        rmt_error_clear(&err);

        if (len == RMT_STUDY_USER_BLOCK) continue;
        st = read_study(b + RMT_STUDY_USER_BLOCK, len - RMT_STUDY_USER_BLOCK, &err);
        if (st != RMT_OK && err.msg[0] == '\0')
            fail_msg("seed %zu: status %d, no message", seed, (int)st);
        n_read += st == RMT_OK;
        n_died += strstr(err.msg, "reading it on trial failed") != NULL;
        rmt_error_clear(&err);

        tst_ok(reseal(b, len, &err), &err);
        st = read_study(b, len, &err);
        if (st != RMT_OK && err.msg[0] == '\0')
            fail_msg("seed %zu: resealed: status %d, no message", seed, (int)st);
        n_resealed += st == RMT_OK;
        rmt_error_clear(&err);
    }
    /* The user block itself: any change of it is found. */
    for (size_t seed = 0; seed < n_ways; seed++) {
        tst_rng r = {seed};
        memcpy(b, good, n);
        b[tst_rng_between(&r, 0, RMT_STUDY_USER_BLOCK - 1)] ^= (uint8_t)tst_rng_between(&r, 1, 255);
        if (memcmp(b, "remit-study ", 12) == 0 && read_study(b, n, &err) == RMT_OK)
            fail_msg("seed %zu: a changed seal is believed", seed);
        rmt_error_clear(&err);
    }
    print_message("unsealed: %zu read, %zu refused, of these %zu by the death of the child\n",
                  n_read, n_ways - n_read, n_died);
    print_message("resealed: %zu read, %zu refused\n", n_resealed, n_ways - n_resealed);
    rmt_mem_free(b);
    rmt_mem_free(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
