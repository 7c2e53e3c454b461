/* The study file: what goes in comes out, the bytes depend on the content alone, and every file
 * that is not right is refused with one line. */
#include "support.h"

#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "rmt/outfile.h"
#include "rmt/study.h"

static rmt_error err;

/* ---- making studies ------------------------------------------------------------------------ */

static void text(rmt_table *t, size_t col, size_t row, const char *s)
{
    tst_ok(rmt_table_set_text(t, col, row, s, strlen(s), &err), &err);
}

/* Every type, missing cells, reasons, names that need encoding. */
static rmt_table *all_types(void)
{
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "CAPS-5, Fragebögen", &err), &err);
    tst_ok(rmt_table_add_column(t, "usubjid", RMT_TYPE_STRING, "Participant", NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "total", RMT_TYPE_NUMBER, "Severity", "points", &err), &err);
    tst_ok(rmt_table_add_column(t, "item/1", RMT_TYPE_INTEGER, "Intrusions", "points", &err), &err);
    tst_ok(rmt_table_add_column(t, "50% down", RMT_TYPE_BOOLEAN, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, ".", RMT_TYPE_DATE, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "..", RMT_TYPE_DATETIME, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "total__missing", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "größe", RMT_TYPE_STRING, "日本語", "μg", &err), &err);
    tst_ok(rmt_table_add_column(t, "%2F", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 3, &err), &err);
    text(t, 0, 0, "S1");
    text(t, 0, 1, "S-0002");
    tst_ok(rmt_table_set_number(t, 1, 0, 0.1, &err), &err);
    tst_ok(rmt_table_set_number(t, 1, 2, -1e300, &err), &err);
    tst_ok(rmt_table_set_reason(t, 1, 1, "refused", &err), &err);
    rmt_table_set_integer(t, 2, 0, INT32_MAX);
    rmt_table_set_integer(t, 2, 1, INT32_MIN + 1);
    tst_ok(rmt_table_set_reason(t, 2, 2, "not döne", &err), &err);
    rmt_table_set_integer(t, 3, 0, 1);
    rmt_table_set_integer(t, 3, 1, 0);
    text(t, 4, 0, "2024-02-29");
    text(t, 5, 0, "2024-02-29T23:59:59Z");
    text(t, 6, 0, "mine");
    text(t, 7, 2, "naïve 😀");
    text(t, 8, 2, "percent");
    return t;
}

static rmt_table *small(const char *value, size_t rows)
{
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "stage", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "n", RMT_TYPE_NUMBER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, rows, &err), &err);
    for (size_t i = 0; i < rows; i++)
        text(t, 0, i, value);
    return t;
}

static void put(rmt_study *s, const char *path, rmt_table *t)
{
    tst_ok(rmt_study_put(s, path, &t, &err), &err);
    assert_null(t);
}

static rmt_table *without_columns(size_t rows)
{
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "nothing yet", &err), &err);
    tst_ok(rmt_table_add_rows(t, rows, &err), &err);
    return t;
}

static rmt_study *sample(bool is_reversed)
{
    static const char *const paths[] = {"/sources",       "/tables/caps5", "/tables/empty",
                                        "/tables/hollow", "/outcomes",     "/results/effects",
                                        "/extra/a/b/c",   "/provenance"};
    const size_t n = sizeof paths / sizeof *paths;
    rmt_study *s = NULL;
    tst_ok(rmt_study_new(&s, &err), &err);
    tst_ok(rmt_study_set_plan(s, "{\"trial\":\"Grün\"}", &err), &err);
    for (size_t i = 0; i < n; i++) {
        const char *path = paths[is_reversed ? n - 1 - i : i];
        if (strcmp(path, "/tables/caps5") == 0) put(s, path, all_types());
        else if (strcmp(path, "/tables/hollow") == 0) put(s, path, without_columns(7));
        else put(s, path, small(path, strcmp(path, "/tables/empty") == 0 ? 0 : 2));
    }
    return s;
}

typedef struct {
    unsigned char *bytes;
    size_t n;
} image;

static image image_of(rmt_study *s)
{
    image m = {0};
    void *bytes = NULL;
    tst_ok(rmt_study_image(&bytes, &m.n, s, &err), &err);
    m.bytes = bytes;
    return m;
}

static rmt_study *opened(image m)
{
    rmt_study *s = NULL;
    tst_ok(rmt_study_open_image(&s, m.bytes, m.n, "sample", &err), &err);
    return s;
}

static void assert_same(image a, image b)
{
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.bytes, b.bytes, a.n);
}

static void assert_same_table(const rmt_table *a, const rmt_table *b)
{
    char x[RMT_DIGEST_HEX], y[RMT_DIGEST_HEX];
    tst_ok(rmt_table_digest(a, x, &err), &err);
    tst_ok(rmt_table_digest(b, y, &err), &err);
    assert_string_equal(x, y);
}

static const rmt_table *get(rmt_study *s, const char *path)
{
    const rmt_table *t = NULL;
    tst_ok(rmt_study_get(&t, s, path, &err), &err);
    return t;
}

/* ---- what goes in comes out ---------------------------------------------------------------- */

static void round_trip(void **state)
{
    (void)state;
    rmt_study *a = sample(false);
    image m = image_of(a);
    rmt_study *b = opened(m);

    assert_string_equal(rmt_study_plan(b), "{\"trial\":\"Grün\"}");
    assert_int_equal(rmt_study_size(b), 8);
    for (size_t i = 0; i < rmt_study_size(a); i++) {
        assert_string_equal(rmt_study_path(a, i), rmt_study_path(b, i));
        assert_same_table(get(a, rmt_study_path(a, i)), get(b, rmt_study_path(b, i)));
    }
    const rmt_table *t = get(b, "/tables/caps5");
    assert_string_equal(rmt_table_title(t), "CAPS-5, Fragebögen");
    assert_int_equal(rmt_table_columns(t), 9);
    assert_string_equal(rmt_table_name(t, 2), "item/1");
    assert_string_equal(rmt_table_name(t, 4), ".");
    assert_string_equal(rmt_table_name(t, 8), "%2F");
    assert_string_equal(rmt_table_reason(t, 1, 1), "refused");
    assert_string_equal(rmt_table_reason(t, 2, 2), "not döne");
    assert_string_equal(rmt_table_text(t, 6, 0), "mine");
    assert_string_equal(rmt_table_text(t, 7, 2), "naïve 😀");
    assert_int_equal(rmt_table_type(t, 5), RMT_TYPE_DATETIME);
    tst_close(rmt_table_number(t, 1, 0), 0.1, 0, 0, "0.1");
    tst_close(rmt_table_number(t, 1, 1), (double)NAN, 0, 0, "missing");
    assert_int_equal(rmt_table_rows(get(b, "/tables/hollow")), 7);
    assert_int_equal(rmt_table_rows(get(b, "/tables/empty")), 0);
    assert_int_equal(rmt_table_columns(get(b, "/tables/empty")), 2);
    rmt_study_free(b);
    rmt_study_free(a);
    rmt_mem_free(m.bytes);
}

static void saving_order(void **state)
{
    (void)state;
    static const char *const want[] = {"/sources",       "/tables/caps5", "/tables/empty",
                                       "/tables/hollow", "/outcomes",     "/results/effects",
                                       "/extra/a/b/c",   "/provenance"};
    rmt_study *s = sample(true);
    for (size_t i = 0; i < rmt_study_size(s); i++)
        assert_string_equal(rmt_study_path(s, i), want[i]);
    rmt_study_free(s);
}

static void bytes_depend_on_content_alone(void **state)
{
    (void)state;
    rmt_study *a = sample(false), *b = sample(true);
    image m = image_of(a), n = image_of(b), again = image_of(a);
    assert_same(m, n);
    assert_same(m, again);
    rmt_study_free(a);
    rmt_study_free(b);
    rmt_mem_free(m.bytes);
    rmt_mem_free(n.bytes);
    rmt_mem_free(again.bytes);
}

static void saving_is_a_fixed_point(void **state)
{
    (void)state;
    rmt_study *a = sample(false);
    image first = image_of(a);
    rmt_study_free(a);

    rmt_study *b = opened(first); /* nothing loaded */
    image second = image_of(b);
    assert_same(first, second);
    rmt_mem_free(second.bytes);

    (void)get(b, "/tables/caps5"); /* some loaded */
    (void)get(b, "/provenance");
    second = image_of(b);
    assert_same(first, second);
    rmt_mem_free(second.bytes);

    rmt_table *keep = NULL; /* replaced: other bytes; put back: the same */
    tst_ok(rmt_table_clone(&keep, get(b, "/outcomes"), &err), &err);
    put(b, "/outcomes", small("other", 5));
    second = image_of(b);
    assert_true(second.n != first.n || memcmp(second.bytes, first.bytes, first.n) != 0);
    rmt_mem_free(second.bytes);
    put(b, "/outcomes", keep);
    second = image_of(b);
    assert_same(first, second);
    rmt_mem_free(second.bytes);

    put(b, "/zzz", small("more", 1)); /* added and removed */
    assert_int_equal(rmt_study_remove(b, "/zzz"), 1);
    second = image_of(b);
    assert_same(first, second);
    rmt_mem_free(second.bytes);
    rmt_study_free(b);
    rmt_mem_free(first.bytes);
}

static void numbers_have_one_pattern_of_bits(void **state)
{
    (void)state;
    image m[2];
    for (int i = 0; i < 2; i++) {
        rmt_study *s = NULL;
        rmt_table *t = NULL;
        tst_ok(rmt_study_new(&s, &err), &err);
        t = small("x", 2);
        rmt_table_numbers_mutable(t, 1)[0] = copysign((double)NAN, i ? -1.0 : 1.0);
        rmt_table_numbers_mutable(t, 1)[1] = i ? -0.0 : 0.0;
        put(s, "/t", t);
        m[i] = image_of(s);
        rmt_study_free(s);
    }
    assert_same(m[0], m[1]);
    rmt_mem_free(m[0].bytes);
    rmt_mem_free(m[1].bytes);
}

/* Text that does not fit one piece of the writer, and more rows than one piece of the reader. */
static void long_texts(void **state)
{
    (void)state;
    rmt_study *s = NULL;
    rmt_table *t = small("short", 40);
    size_t n = ((size_t)1 << 22) + 5;
    char *cell = rmt_mem_array(n + 1, 1, &err);
    memset(cell, 'x', n / 10);
    tst_ok(rmt_table_set_text(t, 0, 3, cell, n / 10, &err), &err);
    tst_ok(rmt_study_new(&s, &err), &err);
    put(s, "/t", t);
    t = small("short", 2);
    memset(cell, 'y', n);
    tst_ok(rmt_table_set_text(t, 0, 1, cell, n, &err), &err);
    put(s, "/u", t);
    image m = image_of(s), again;
    rmt_study *b = opened(m);
    again = image_of(b);
    assert_same(m, again);
    assert_same_table(get(s, "/t"), get(b, "/t"));
    assert_same_table(get(s, "/u"), get(b, "/u"));
    rmt_study_free(s);
    rmt_study_free(b);
    rmt_mem_free(m.bytes);
    rmt_mem_free(again.bytes);
    rmt_mem_free(cell);
}

static void save_numbers(const char *path, size_t rows)
{
    rmt_study *s = NULL;
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "x", RMT_TYPE_NUMBER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, rows, &err), &err);
    tst_ok(rmt_study_new(&s, &err), &err);
    put(s, "/t", t);
    tst_ok(rmt_study_save(s, path, NULL, &err), &err);
    rmt_study_free(s);
}

/* A file so large that it is mapped: what happens to it while it is read is told. */
static void mapped_file_changes(void **state)
{
    (void)state;
    enum { ROWS = 5000000 };
    char path[] = "/tmp/rmt_mapped_XXXXXX";
    const int fd = mkstemp(path);
    rmt_study *s = NULL;
    const rmt_table *read = NULL;
    assert_true(fd >= 0);
    save_numbers(path, ROWS);

    const pid_t child = fork();
    if (child == 0) { /* cut short */
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        if (rmt_outfile_catch_signals(NULL) || rmt_study_open(&s, path, NULL) ||
            rmt_study_get(&read, s, "/t", NULL) || truncate(path, 4096) != 0)
            _exit(2);
        rmt_table_rest(read, 0);
        _exit(rmt_table_is_missing(read, 0, ROWS - 1) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), rmt_status_exit_code(RMT_ERR_IO));

    save_numbers(path, ROWS);
    tst_ok(rmt_study_open(&s, path, &err), &err);
    tst_ok(rmt_study_check_unchanged(s, &err), &err);
    const int other = open(path, O_WRONLY);
    assert_int_equal(pwrite(other, "x", 1, 1 << 20), 1);
    (void)close(other);
    tst_fails(rmt_study_check_unchanged(s, &err), RMT_ERR_IO, &err, "the input was changed");
    rmt_study_free(s);
    (void)close(fd);
    (void)unlink(path);
}

static void empty_study(void **state)
{
    (void)state;
    rmt_study *s = NULL;
    tst_ok(rmt_study_new(&s, &err), &err);
    image m = image_of(s);
    rmt_study *b = opened(m);
    assert_int_equal(rmt_study_size(b), 0);
    assert_null(rmt_study_plan(b));
    rmt_study_free(b);
    rmt_study_free(s);
    rmt_mem_free(m.bytes);
}

/* More columns than an attribute of 64 KiB could name. */
static void wide_table(void **state)
{
    (void)state;
    rmt_study *s = NULL;
    rmt_table *t = NULL;
    char name[64];
    tst_ok(rmt_table_new(&t, "", &err), &err);
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "a_rather_long_name_of_a_column_%d", 2999 - i);
        tst_ok(rmt_table_add_column(t, name, RMT_TYPE_INTEGER, name, NULL, &err), &err);
    }
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    tst_ok(rmt_study_new(&s, &err), &err);
    put(s, "/tables/wide", t);
    image m = image_of(s);
    rmt_study *b = opened(m);
    assert_same_table(get(s, "/tables/wide"), get(b, "/tables/wide"));
    rmt_study_free(b);
    rmt_study_free(s);
    rmt_mem_free(m.bytes);
}

/* ---- the map ------------------------------------------------------------------------------- */

static void paths_are_checked(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "/",     "tables",       "/a/",
                                      "//a",        "/a//b", "/.",           "/a/./b",
                                      "/a/b/c/d/e", "/plan", "/dictionary/x"};
    rmt_study *s = NULL;
    rmt_table *t = small("x", 1);
    const rmt_table *none = NULL;
    tst_ok(rmt_study_new(&s, &err), &err);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tst_fails(rmt_study_put(s, bad[i], &t, &err), RMT_ERR_INTERNAL, &err, "path");
        assert_non_null(t);
    }
    put(s, "/a/b", t);
    t = small("x", 1);
    tst_fails(rmt_study_put(s, "/a", &t, &err), RMT_ERR_INTERNAL, &err,
              "a table cannot hold tables");
    tst_fails(rmt_study_put(s, "/a/b/c", &t, &err), RMT_ERR_INTERNAL, &err, "cannot hold tables");
    rmt_table_free(t);
    tst_fails(rmt_study_get(&none, s, "/outcomes", &err), RMT_ERR_INCONSISTENT, &err,
              "no table /outcomes in this study file");
    assert_null(none);
    assert_true(rmt_study_has(s, "/a/b"));
    assert_false(rmt_study_has(s, "/a"));
    put(s, "/ab", small("x", 1));
    assert_int_equal(rmt_study_remove(s, "/absent"), 0);
    assert_int_equal(rmt_study_remove(s, "/a"), 1);
    assert_int_equal(rmt_study_size(s), 1);
    rmt_study_free(s);
    rmt_study_free(NULL);
}

/* libhdf5 finds in our files what we put there: read by it, they are saved as the same bytes. */
static void library_reads_the_same(void **state)
{
    (void)state;
    rmt_study *s = sample(false);
    image m = image_of(s);
    image bare = {m.bytes + RMT_STUDY_USER_BLOCK, m.n - RMT_STUDY_USER_BLOCK};
    rmt_study *o = opened(bare);
    image again = image_of(o);
    assert_int_equal(m.n, again.n);
    assert_memory_equal(m.bytes, again.bytes, m.n);
    rmt_mem_free(again.bytes);
    rmt_mem_free(m.bytes);
    rmt_study_free(o);
    rmt_study_free(s);
}

static void digest_of_parts(void **state)
{
    (void)state;
    const char *const tables[] = {"/tables"}, *const both[] = {"/tables", "/outcomes"};
    char a[RMT_DIGEST_HEX], b[RMT_DIGEST_HEX], c[RMT_DIGEST_HEX];
    rmt_study *s = sample(false);
    image m = image_of(s);
    rmt_study *o = opened(m);
    tst_ok(rmt_study_digest(s, tables, 1, a, &err), &err);
    tst_ok(rmt_study_digest(o, tables, 1, b, &err), &err);
    assert_string_equal(a, b);
    put(o, "/outcomes", small("other", 1));
    tst_ok(rmt_study_digest(o, tables, 1, b, &err), &err);
    assert_string_equal(a, b);
    tst_ok(rmt_study_digest(s, both, 2, b, &err), &err);
    tst_ok(rmt_study_digest(o, both, 2, c, &err), &err);
    assert_string_not_equal(b, c);
    assert_string_not_equal(a, b);
    tst_ok(rmt_study_set_plan(o, "{}", &err), &err);
    tst_ok(rmt_study_digest(o, tables, 1, b, &err), &err);
    assert_string_not_equal(a, b);
    rmt_study_free(o);
    rmt_study_free(s);
    rmt_mem_free(m.bytes);
}

/* ---- seals --------------------------------------------------------------------------------- */

static void refused(const void *bytes, size_t n, rmt_status code, const char *part)
{
    rmt_study *s = NULL;
    tst_fails(rmt_study_open_image(&s, bytes, n, "x", &err), code, &err, part);
    assert_null(s);
}

static void seal_is_checked(void **state)
{
    (void)state;
    rmt_study *s = sample(false);
    image m = image_of(s);
    unsigned char *b = rmt_mem_array(m.n + 1, 1, &err);
    char cut[128];

    memcpy(b, m.bytes, m.n);
    refused(b, 0, RMT_ERR_MALFORMED, "the stream is empty: the stage before wrote nothing");
    refused(b, 5, RMT_ERR_MALFORMED, "cut short: a study file begins with 512 bytes, 5 came");
    (void)snprintf(cut, sizeof cut, "cut short: the seal says %zu bytes, 88 came", m.n - 512);
    refused(b, 600, RMT_ERR_MALFORMED, cut);
    (void)snprintf(cut, sizeof cut, "too long: the seal says %zu bytes, %zu came", m.n - 512,
                   m.n - 511);
    refused(b, m.n + 1, RMT_ERR_MALFORMED, cut);
    b[m.n / 2] ^= 1;
    refused(b, m.n, RMT_ERR_MALFORMED, "the seal is broken: bytes were changed after writing");
    b[m.n / 2] ^= 1;
    b[511] = 1;
    refused(b, m.n, RMT_ERR_MALFORMED, "the seal is broken: its line cannot be read");
    b[511] = 0;
    b[12] = '2';
    refused(b, m.n, RMT_ERR_CONFIG, "format_version 2 is newer than this program reads (1)");
    b[12] = '0';
    refused(b, m.n, RMT_ERR_MALFORMED, "its line cannot be read");
    b[12] = 'x';
    refused(b, m.n, RMT_ERR_MALFORMED, "its line cannot be read");
    refused("usubjid,total\n1,2\n", 18, RMT_ERR_MALFORMED, "not a study file");
    static const char yaml[] = "# a trial\nstudy: {id: A}\n",
                      json[] = "{\n  \"study\": {\"id\": \"A\"}}\n", other[] = "case study: 1\n";
    refused(yaml, sizeof yaml - 1, RMT_ERR_MALFORMED,
            "not a study file: it looks like a plan, of which 'remit ingest' makes a study file");
    refused(json, sizeof json - 1, RMT_ERR_MALFORMED, "it looks like a plan");
    rmt_study *none = NULL;
    assert_int_equal(rmt_study_open_image(&none, other, sizeof other - 1, "x", &err),
                     RMT_ERR_MALFORMED);
    assert_string_equal(err.msg, "not a study file");
    rmt_error_clear(&err);
    refused("\x89HDF", 4, RMT_ERR_MALFORMED, "not a study file");
    refused("\x89HDF\r\n\x1a\n, and no more", 22, RMT_ERR_MALFORMED, "cannot open it");
    rmt_mem_free(b);
    rmt_mem_free(m.bytes);
    rmt_study_free(s);
}

/* ---- files of other software --------------------------------------------------------------- */

/* A file made with the library alone, in memory. Without a seal it goes through the trial in a
 * child. */
typedef struct {
    hid_t file;
} craft;

static void attribute_text(hid_t at, const char *name, const char *value)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(value));
    hid_t a = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(a, type, value) >= 0);
    H5Aclose(a);
    H5Tclose(type);
    H5Sclose(space);
}

static void attribute_integer(hid_t at, const char *name, int64_t value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t a = H5Acreate2(at, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(a, H5T_NATIVE_INT64, &value) >= 0);
    H5Aclose(a);
    H5Sclose(space);
}

static craft craft_new(const char *format, int64_t version)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 65536, false);
    craft c = {H5Fcreate("/dev/null/craft", H5F_ACC_TRUNC, H5P_DEFAULT, access)};
    H5Pclose(access);
    assert_true(c.file >= 0);
    if (format) attribute_text(c.file, "format", format);
    if (version) attribute_integer(c.file, "format_version", version);
    return c;
}

static image craft_end(craft c)
{
    image m = {0};
    assert_true(H5Fflush(c.file, H5F_SCOPE_GLOBAL) >= 0);
    m.n = (size_t)H5Fget_file_image(c.file, NULL, 0);
    m.bytes = rmt_mem_array(m.n, 1, &err);
    assert_true(H5Fget_file_image(c.file, m.bytes, m.n) > 0);
    assert_true(H5Fclose(c.file) >= 0);
    return m;
}

static hid_t group(hid_t at, const char *name)
{
    hid_t g = H5Gcreate2(at, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(g >= 0);
    return g;
}

static void dataset_with(hid_t at, const char *name, hid_t type, hsize_t n, const void *values,
                         hid_t create)
{
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t d = H5Dcreate2(at, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(d >= 0);
    if (values) assert_true(H5Dwrite(d, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(d);
    H5Sclose(space);
}

static void dataset(hid_t at, const char *name, hid_t type, hsize_t n, const void *values)
{
    dataset_with(at, name, type, n, values, H5P_DEFAULT);
}

static hid_t string_type(size_t n)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, n);
    return type;
}

/* Ends the craft; expects the refusal. */
static void craft_refused(craft c, rmt_status code, const char *part)
{
    image m = craft_end(c);
    refused(m.bytes, m.n, code, part);
    rmt_mem_free(m.bytes);
}

static void foreign_file_is_read(void **state)
{
    (void)state;
    const double x[] = {1.5, -2};
    const float f[] = {0.5F, 1};
    const int64_t wide[] = {7, INT32_MIN};
    const uint8_t bytes[] = {0, 255};
    const int8_t flags[] = {1, 0}, no = 0, yes = 1;
    craft c = craft_new("remit-study", 1);
    hid_t g = group(c.file, "mine"), s4 = string_type(4), flag = H5Tenum_create(H5T_NATIVE_INT8);
    hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk = 1;
    H5Pset_chunk(chunked, 1, &chunk);
    H5Pset_deflate(chunked, 6);
    H5Tenum_insert(flag, "FALSE", &no);
    H5Tenum_insert(flag, "TRUE", &yes);
    dataset_with(g, "x", H5T_NATIVE_DOUBLE, 2, x, chunked);
    dataset(g, "f", H5T_NATIVE_FLOAT, 2, f);
    dataset(g, "wide", H5T_NATIVE_INT64, 2, wide);
    dataset(g, "bytes", H5T_NATIVE_UINT8, 2, bytes);
    dataset(g, "flag", flag, 2, flags);
    dataset(g, "name", s4, 2, "ab\0\0wxyz");
    dataset(g, "x__missing", s4, 2, "\0\0\0\0lost");
    H5Tset_strpad(s4, H5T_STR_SPACEPAD);
    dataset(g, "z", s4, 2, "ab  cd e");
    H5Tset_strpad(s4, H5T_STR_NULLTERM);
    dataset(g, "y", H5T_STD_I16BE, 2, "\1\2\xff\xff");
    dataset(g, "a%2Fb", s4, 2, "1\0\0\0002\0\0\0");
    H5Gclose(g);
    H5Tclose(s4);
    H5Tclose(flag);
    H5Pclose(chunked);
    image m = craft_end(c);
    rmt_study *s = opened(m);
    const rmt_table *t = get(s, "/mine");
    static const char *const names[] = {"a/b", "bytes", "f", "flag", "name", "wide", "x", "y", "z"};
    assert_int_equal(rmt_table_columns(t), 9);
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(rmt_table_name(t, i), names[i]);
    assert_int_equal(rmt_table_integer(t, 1, 1), 255);
    tst_close(rmt_table_number(t, 2, 0), 0.5, 0, 0, "float");
    assert_int_equal(rmt_table_type(t, 3), RMT_TYPE_BOOLEAN);
    assert_int_equal(rmt_table_integer(t, 3, 0), 1);
    assert_string_equal(rmt_table_text(t, 4, 1), "wxyz");
    assert_int_equal(rmt_table_integer(t, 5, 0), 7);
    assert_true(rmt_table_is_missing(t, 5, 1));
    tst_close(rmt_table_number(t, 6, 1), -2, 0, 0, "compressed");
    assert_string_equal(rmt_table_reason(t, 6, 1), "lost");
    assert_int_equal(rmt_table_integer(t, 7, 0), 258);
    assert_int_equal(rmt_table_integer(t, 7, 1), -1);
    assert_string_equal(rmt_table_text(t, 8, 0), "ab");
    assert_string_equal(rmt_table_text(t, 8, 1), "cd e");
    image saved = image_of(s); /* and from here on it is one of ours */
    rmt_study *again = opened(saved);
    assert_same_table(t, get(again, "/mine"));
    rmt_study_free(again);
    rmt_study_free(s);
    rmt_mem_free(saved.bytes);
    rmt_mem_free(m.bytes);
}

static void foreign_root_is_checked(void **state)
{
    (void)state;
    craft c;
    craft_refused(craft_new(NULL, 1), RMT_ERR_MALFORMED, "not a study file: the attribute format");
    craft_refused(craft_new("other", 1), RMT_ERR_MALFORMED,
                  "not a study file: the attribute format");
    craft_refused(craft_new("remit-study", 0), RMT_ERR_MALFORMED, "no format_version");
    craft_refused(craft_new("remit-study", 2), RMT_ERR_CONFIG,
                  "format_version 2 is newer than this program reads (1)");
    c = craft_new("remit-study", 0);
    attribute_text(c.file, "format_version", "1");
    craft_refused(c, RMT_ERR_MALFORMED, "the attribute format_version is not one integer");
    c = craft_new(NULL, 1);
    attribute_integer(c.file, "format", 1);
    craft_refused(c, RMT_ERR_MALFORMED, "the attribute format is not one text");
}

static void foreign_structure_is_checked(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3};
    hid_t g, h, type;
    craft c = craft_new("remit-study", 1);
    H5Lcreate_soft("/a", c.file, "b", H5P_DEFAULT, H5P_DEFAULT);
    craft_refused(c, RMT_ERR_MALFORMED, "'b' is a link that is not hard");

    c = craft_new("remit-study", 1);
    H5Lcreate_external("other.h5", "/a", c.file, "b", H5P_DEFAULT, H5P_DEFAULT);
    craft_refused(c, RMT_ERR_MALFORMED, "'b' is a link that is not hard");

    c = craft_new("remit-study", 1); /* a cycle through the root */
    g = group(c.file, "a");
    H5Lcreate_hard(c.file, "/", g, "up", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(g);
    craft_refused(c, RMT_ERR_MALFORMED, "'up' is reached by two paths");

    c = craft_new("remit-study", 1); /* one dataset under two names */
    g = group(c.file, "a");
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    H5Lcreate_hard(g, "x", g, "y", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(g);
    craft_refused(c, RMT_ERR_MALFORMED, "'y' is reached by two paths");

    c = craft_new("remit-study", 1);
    g = group(c.file, "a");
    for (int depth = 2; depth <= 5; depth++) {
        h = group(g, "b");
        H5Gclose(g);
        g = h;
    }
    H5Gclose(g);
    craft_refused(c, RMT_ERR_MALFORMED, "lies too deep");

    c = craft_new("remit-study", 1);
    type = string_type(3);
    H5Tcommit2(c.file, "type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Tclose(type);
    craft_refused(c, RMT_ERR_MALFORMED, "'type' is nothing that a study file holds");

    c = craft_new("remit-study", 1);
    dataset(c.file, "x", H5T_NATIVE_DOUBLE, 3, x);
    craft_refused(c, RMT_ERR_MALFORMED, "'x' is nothing that a study file holds");

    c = craft_new("remit-study", 1);
    g = group(c.file, "a");
    h = group(g, "b");
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    H5Gclose(h);
    H5Gclose(g);
    craft_refused(c, RMT_ERR_MALFORMED, "/a: the group holds both columns and groups");
}

/* One dataset in /a, made by the caller of `finish`. */
static hid_t in_group(craft *c)
{
    *c = craft_new("remit-study", 1);
    return group(c->file, "a");
}

static void finish(craft c, hid_t g, const char *part)
{
    H5Gclose(g);
    craft_refused(c, RMT_ERR_MALFORMED, part);
}

static void foreign_datasets_are_checked(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3}, infinite[] = {1, (double)INFINITY};
    const int64_t big[] = {1, INT64_C(5000000000)};
    const uint32_t unsigned_big[] = {1, 4000000000U};
    hsize_t shape[] = {1, 3}, chunk = 16;
    hid_t space, type, create, source;
    craft c;
    hid_t g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    dataset(g, "y", H5T_NATIVE_DOUBLE, 2, x);
    finish(c, g, "/a: the dataset 'y' has 2 rows, the table 3");

    g = in_group(&c);
    attribute_integer(g, "rows", 4);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    finish(c, g, "/a: the dataset 'x' has 3 rows, the table 4");

    g = in_group(&c);
    attribute_integer(g, "rows", -1);
    finish(c, g, "/a: -1 rows are not possible");

    g = in_group(&c);
    attribute_text(g, "rows", "3");
    finish(c, g, "/a: the attribute rows is not one integer");

    g = in_group(&c);
    attribute_text(g, "sha256", "abc");
    finish(c, g, "/a: the attribute sha256 is not one");

    g = in_group(&c);
    space = H5Screate_simple(2, shape, NULL);
    H5Dclose(H5Dcreate2(g, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    finish(c, g, "/a: the dataset 'x' is not one-dimensional");

    g = in_group(&c);
    type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    dataset(g, "x", type, 3, NULL);
    H5Tclose(type);
    finish(c, g, "'x' is neither number, integer nor fixed-length text");

    g = in_group(&c);
    type = H5Tcreate(H5T_OPAQUE, 4);
    dataset(g, "x", type, 3, NULL);
    H5Tclose(type);
    finish(c, g, "'x' is neither number, integer nor fixed-length text");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, (hsize_t)1 << 32, NULL);
    finish(c, g, "4294967296 rows are not possible");

    g = in_group(&c);
    type = string_type(((size_t)1 << 24) + 1);
    dataset(g, "x", type, 1, NULL);
    H5Tclose(type);
    finish(c, g, "the texts of 'x' are 16777217 bytes wide");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 1 << 20, NULL);
    finish(c, g, "'x' declares more bytes than the file has");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, NULL);
    finish(c, g, "'x' was never written");

    g = in_group(&c);
    create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(create, "other.bin", 0, 24);
    dataset_with(g, "x", H5T_NATIVE_DOUBLE, 3, NULL, create);
    H5Pclose(create);
    finish(c, g, "'x' is kept in another file");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 1 << 20, NULL);
    finish(c, g, "'x' declares more bytes than the file has");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, NULL);
    finish(c, g, "'x' was never written");

    g = in_group(&c);
    create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(create, "other.bin", 0, 24);
    dataset_with(g, "x", H5T_NATIVE_DOUBLE, 3, NULL, create);
    H5Pclose(create);
    finish(c, g, "'x' is kept in another file");

    g = in_group(&c);
    create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 1, &chunk);
    type = string_type((size_t)1 << 24);
    dataset_with(g, "x", type, (hsize_t)1 << 20, NULL, create);
    H5Pclose(create);
    H5Tclose(type);
    finish(c, g, "'x' is too large");

    g = in_group(&c);
    space = H5Screate_simple(1, shape + 1, NULL);
    source = H5Screate_simple(1, shape + 1, NULL);
    create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_virtual(create, space, "other.h5", "/x", source);
    H5Dclose(H5Dcreate2(g, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, create, H5P_DEFAULT));
    H5Pclose(create);
    H5Sclose(space);
    H5Sclose(source);
    finish(c, g, "'x' is kept in another file");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 2, infinite);
    finish(c, g, "/a: row 2 holds an infinity");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_INT64, 2, big);
    finish(c, g, "/a: row 2: 5000000000 does not fit 32 bits");

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_UINT32, 2, unsigned_big);
    finish(c, g, "/a: row 2: 4000000000 does not fit 32 bits");

    g = in_group(&c);
    type = string_type(2);
    dataset(g, "x", type, 2, "ab\xff\xfe");
    H5Tclose(type);
    finish(c, g, "/a: row 2 is not UTF-8");
}

/* The same file behind a true seal: that makes it no file of ours. */
static void sealed_refused(craft c, hid_t g, const char *part)
{
    char hex[RMT_DIGEST_HEX];
    H5Gclose(g);
    image m = craft_end(c);
    unsigned char *b = rmt_mem_array(m.n + RMT_STUDY_USER_BLOCK, 1, &err);
    memcpy(b + RMT_STUDY_USER_BLOCK, m.bytes, m.n);
    tst_ok(rmt_digest_bytes(m.bytes, m.n, hex, &err), &err);
    (void)snprintf((char *)b, RMT_STUDY_USER_BLOCK, "remit-study 1 sha256:%s bytes:%zu\n", hex,
                   m.n);
    refused(b, m.n + RMT_STUDY_USER_BLOCK, RMT_ERR_MALFORMED, part);
    rmt_mem_free(b);
    rmt_mem_free(m.bytes);
}

static void sealed_structure_is_checked(void **state)
{
    (void)state;
    craft c;
    hid_t g = in_group(&c), create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(create, "other.bin", 0, 24);
    dataset_with(g, "x", H5T_NATIVE_DOUBLE, 3, NULL, create);
    sealed_refused(c, g, "'x' is kept in another file");
    H5Pclose(create);

    g = in_group(&c);
    dataset(g, "x", H5T_NATIVE_DOUBLE, 1 << 20, NULL);
    sealed_refused(c, g, "'x' declares more bytes than the file has");
}

/* ---- the dictionary ------------------------------------------------------------------------ */

typedef struct {
    const char *table, *column, *type;
    int32_t position;
} entry;

static void dictionary_texts(hid_t g, const char *name, const char *value)
{
    hid_t type = string_type(strlen(value) > 0 ? strlen(value) : 1);
    dataset(g, name, type, 1, *value ? value : "\0");
    H5Tclose(type);
}

/* /a with one number x and a dictionary of one row. */
static void dictionary_refused(entry e, const char *part)
{
    const double x[] = {1, 2, 3};
    craft c;
    hid_t g = in_group(&c), d = group(c.file, "dictionary");
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    dictionary_texts(d, "table", e.table);
    dictionary_texts(d, "column", e.column);
    dictionary_texts(d, "type", e.type);
    dictionary_texts(d, "title", "");
    dictionary_texts(d, "unit", "");
    dataset(d, "position", H5T_NATIVE_INT32, 1, &e.position);
    H5Gclose(d);
    finish(c, g, part);
}

static void dictionary_is_checked(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3};
    craft c;
    hid_t g, d;
    dictionary_refused((entry){"/b", "x", "number", 1}, "names a table that is not there: /b");
    dictionary_refused((entry){"/a", "y", "number", 1}, "names a column that is not there");
    dictionary_refused((entry){"/a", "x", "integer", 1}, "not of the type integer");
    dictionary_refused((entry){"/a", "x", "colour", 1}, "the dictionary says type 'colour'");
    dictionary_refused((entry){"/a", "x", "number", 2},
                       "the dictionary says position 2 for column 1");

    g = in_group(&c);
    d = group(c.file, "dictionary");
    dataset(g, "x", H5T_NATIVE_DOUBLE, 3, x);
    dataset(d, "table", H5T_NATIVE_DOUBLE, 3, x);
    H5Gclose(d);
    finish(c, g, "/dictionary: the dataset is not of the type string");
}

/* ---- paths --------------------------------------------------------------------------------- */

static void paths_are_opened(void **state)
{
    (void)state;
    char path[] = "/tmp/rmt-study-XXXXXX";
    int fd = mkstemp(path), saved, ends[2];
    rmt_study *s = sample(false), *b = NULL;
    image m = image_of(s), again;

    assert_true(fd >= 0);
    tst_fails(rmt_study_open(&b, path, &err), RMT_ERR_MALFORMED, &err, "the file is empty");
    close(fd);
    tst_ok(rmt_study_save(s, path, NULL, &err), &err);
    tst_ok(rmt_study_open(&b, path, &err), &err);
    assert_int_equal(unlink(path), 0); /* an opened study does not need its name */
    again = image_of(b);
    assert_same(m, again);
    rmt_mem_free(again.bytes);
    rmt_study_free(b);

    b = NULL;
    tst_fails(rmt_study_save(s, "/nowhere/x.h5", NULL, &err), RMT_ERR_CREATE, &err, "");
    tst_fails(rmt_study_open(&b, path, &err), RMT_ERR_OPEN, &err, "cannot be opened: No such file");
    tst_fails(rmt_study_open(&b, "/tmp", &err), RMT_ERR_OPEN, &err, "it is a directory");
    assert_int_equal(rmt_study_open(&b, path, &err), RMT_ERR_OPEN);
    assert_string_equal(err.source, path);
    rmt_error_clear(&err);

    assert_int_equal(pipe(ends), 0); /* standard input, from a pipe */
    saved = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], m.bytes, 1000), 1000);
    close(ends[1]);
    tst_fails(rmt_study_open(&b, "-", &err), RMT_ERR_MALFORMED, &err, "488 came");
    dup2(saved, 0);
    close(saved);
    rmt_study_free(s);
    rmt_mem_free(m.bytes);
}

static void versions(void **state)
{
    (void)state;
    char buf[32];
    rmt_io_versions(buf, sizeof buf);
    assert_memory_equal(buf, "HDF5 1.", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(saving_order),
        cmocka_unit_test(bytes_depend_on_content_alone),
        cmocka_unit_test(saving_is_a_fixed_point),
        cmocka_unit_test(numbers_have_one_pattern_of_bits),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(mapped_file_changes),
        cmocka_unit_test(empty_study),
        cmocka_unit_test(wide_table),
        cmocka_unit_test(paths_are_checked),
        cmocka_unit_test(library_reads_the_same),
        cmocka_unit_test(digest_of_parts),
        cmocka_unit_test(seal_is_checked),
        cmocka_unit_test(foreign_file_is_read),
        cmocka_unit_test(foreign_root_is_checked),
        cmocka_unit_test(foreign_structure_is_checked),
        cmocka_unit_test(foreign_datasets_are_checked),
        cmocka_unit_test(sealed_structure_is_checked),
        cmocka_unit_test(dictionary_is_checked),
        cmocka_unit_test(paths_are_opened),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
