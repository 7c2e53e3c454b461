/* Which files are our own: those that saving would write, byte for byte. Private parts of the room are used here, so
 * that no child process hides what the reader of our own files thinks. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "../../pipeline/io/study_internal.h"
#include "rmt/mem.h"

static rmt_error err;

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

/* Every type, reasons, an empty table, one without columns, one in the fourth group, a long name. */
static rmt_study *sample(void)
{
    static const rmt_column_spec columns[] = {{"USUBJID", RMT_TYPE_STRING, "Participant", NULL},
                                              {"AVAL", RMT_TYPE_NUMBER, "Severity", "points"},
                                              {"item/1", RMT_TYPE_INTEGER, NULL, "points"},
                                              {"RESPFL", RMT_TYPE_BOOLEAN, NULL, NULL},
                                              {"date", RMT_TYPE_DATE, NULL, NULL},
                                              {"when", RMT_TYPE_DATETIME, NULL, NULL},
                                              {"größe__missing", RMT_TYPE_STRING, "日本語", "μg"}};
    static const char *const paths[] = {"/sources", "/tables/caps5", "/tables/empty",
                                        "/results/effects", "/extra/a/b/c"};
    static const char *const ids[] = {"S1", "S-0002", "Ü3"};
    rmt_study *s = NULL;
    tst_ok(rmt_study_new(&s, &err), &err);
    tst_ok(rmt_study_set_plan(s, "{\"study\":{\"id\":\"Grün\"}}", &err), &err);
    for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
        const size_t n_rows = strcmp(paths[k], "/tables/empty") == 0 ? 0 : 3;
        char name[300];
        rmt_table *t = NULL;
        tst_ok(rmt_table_new(&t, k % 2 ? "Fragebögen" : "", &err), &err);
        if (k != 3) tst_ok(rmt_table_add_columns(t, columns, 7, &err), &err);
        if (k == 0) {
            memset(name, 'x', sizeof name - 1);
            name[sizeof name - 1] = '\0';
            tst_ok(rmt_table_add_column(t, name, RMT_TYPE_NUMBER, NULL, NULL, &err), &err);
        }
        tst_ok(rmt_table_add_rows(t, n_rows, &err), &err);
        for (size_t i = 0; i < n_rows && k != 3; i++) {
            tst_ok(rmt_table_set_text(t, 0, i, ids[i], strlen(ids[i]), &err), &err);
            if (i) tst_ok(rmt_table_set_number(t, 1, i, -1.5 * (double)i, &err), &err);
            else tst_ok(rmt_table_set_reason(t, 1, i, "not döne", &err), &err);
            rmt_table_set_integer(t, 2, i, (int32_t)i - 1);
            rmt_table_set_integer(t, 3, i, i == 1);
            tst_ok(rmt_table_set_text(t, 4, i, "2024-02-29", 10, &err), &err);
        }
        tst_ok(rmt_study_put(s, paths[k], &t, &err), &err);
    }
    return s;
}

/* 1 own and readable, 0 not own or refused. *s is the study that was made of the bytes. */
static int judge(rmt_study **s, const image *m)
{
    bool is_own = false;
    *s = NULL;
    tst_ok(rmt_study_new(s, &err), &err);
    (*s)->bytes = m->bytes;
    (*s)->n_bytes = m->n;
    rmt_status st = rmt_study_open_own(&is_own, *s, &err);
    for (size_t i = 0; st == RMT_OK && is_own && i < rmt_study_size(*s); i++) {
        const rmt_table *t;
        st = rmt_study_get(&t, *s, rmt_study_path(*s, i), &err);
    }
    if (st && err.msg[0] == '\0') fail_msg("status %d without a message", (int)st);
    rmt_error_clear(&err);
    return is_own && st == RMT_OK;
}

static unsigned char *find(const image *m, const char *text, size_t n)
{
    for (size_t at = RMT_STUDY_USER_BLOCK; at + n <= m->n; at++)
        if (memcmp(m->bytes + at, text, n) == 0) return m->bytes + at;
    fail_msg("not in the file: %s", text);
    return NULL;
}

static bool same_body(const image *a, const image *b)
{
    return memcmp(a->bytes + RMT_STUDY_USER_BLOCK, b->bytes + RMT_STUDY_USER_BLOCK,
                  a->n - RMT_STUDY_USER_BLOCK) == 0;
}

/* What is taken as our own is saved as the same bytes, whatever was done to it. */
static void own_means_the_same_bytes(void **state)
{
    (void)state;
    rmt_study *s = sample(), *o;
    image m = image_of(s);
    size_t n_own = 0;
    const unsigned char *generator = find(&m, "remit 0.", 8);
    assert_int_equal(judge(&o, &m), 1);
    rmt_study_free(o);
    for (size_t at = RMT_STUDY_USER_BLOCK; at < m.n; at++) {
        const unsigned char flip = (unsigned char)(1U << (at * 5 % 8)), was = m.bytes[at];
        m.bytes[at] ^= flip;
        if (judge(&o, &m)) {
            image again = image_of(o);
            n_own++;
            /* The name of the program that wrote it is for people; ours takes its place. */
            const bool is_generator = m.bytes + at >= generator && m.bytes + at < generator + 11;
            if (again.n != m.n || (!is_generator && !same_body(&again, &m)))
                fail_msg("byte %zu changed: taken as our own, and saved otherwise", at);
            rmt_mem_free(again.bytes);
        }
        rmt_study_free(o);
        m.bytes[at] = was;
    }
    assert_true(n_own > 100); /* cells and titles may hold anything */
    for (size_t cut = 1; cut < 200; cut += 7) {
        image shorter = {m.bytes, m.n - cut};
        assert_int_equal(judge(&o, &shorter), 0);
        rmt_study_free(o);
    }
    rmt_mem_free(m.bytes);
    rmt_study_free(s);
}

static void cells_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n, at;
        unsigned char put;
        const char *message;
    } cases[] = {
        {"S-0002\0Ü3", 10, 6, 'x', "/sources: row 2 has no end"},
        {"S-0002\0Ü3", 10, 7, 'x', "/sources: row 3 is not UTF-8"},
        {"not d\xc3\xb6ne", 9, 5, 0xff, "/sources: row 1 is not UTF-8"},
        {"\xff\xff\xff\xff\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1", 21, 20, 2,
         "/sources: row 2 is no boolean"},
        {"\0\0\0\0\0\0\xf8\xbf", 8, 6, 0, NULL}, /* -1.5 becomes another number: nobody can know */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_study *s = sample(), *o = NULL;
        image m = image_of(s);
        bool is_own = false;
        find(&m, cases[i].bytes, cases[i].n)[cases[i].at] = cases[i].put;
        tst_ok(rmt_study_new(&o, &err), &err);
        o->bytes = m.bytes;
        o->n_bytes = m.n;
        /* Every cell is looked at, whoever asks for which table. */
        rmt_status st = rmt_study_open_own(&is_own, o, &err);
        if (!is_own) fail_msg("case %zu is not taken as our own", i);
        if (cases[i].message) tst_fails(st, RMT_ERR_MALFORMED, &err, cases[i].message);
        else tst_ok(st, &err);
        rmt_error_clear(&err);
        rmt_study_free(o);
        rmt_mem_free(m.bytes);
        rmt_study_free(s);
    }
}

/* Format version 1 as it was first written. Where this fails, files of users are no longer our own: that is a new format
 * version, not a new file here. */
static void format_1_stays(void **state)
{
    (void)state;
    rmt_study *s = NULL, *made = sample();
    image m, old = {0};
    void *bytes = NULL;
    FILE *f = fopen(RMT_TEST_DIR "/reference/format_1.h5", "rb");
    assert_non_null(f);
    bytes = rmt_mem_array((size_t)1 << 20, 1, &err);
    assert_non_null(bytes);
    old.bytes = bytes;
    old.n = fread(bytes, 1, (size_t)1 << 20, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(judge(&s, &old), 1);
    m = image_of(made);
    if (m.n == old.n) { /* a program whose version is as long */
        const unsigned char *generator = find(&old, "remit 0.", 8);
        memcpy(m.bytes + (generator - old.bytes), generator, strlen("remit 0.1.0"));
        assert_true(same_body(&m, &old));
    }
    for (size_t i = 0; i < rmt_study_size(made); i++) {
        const char *path = rmt_study_path(made, i);
        char a[RMT_DIGEST_HEX], b[RMT_DIGEST_HEX];
        tst_ok(rmt_study_digest(made, &path, 1, a, &err), &err);
        tst_ok(rmt_study_digest(s, &path, 1, b, &err), &err);
        assert_string_equal(a, b);
    }
    rmt_mem_free(m.bytes);
    rmt_mem_free(bytes);
    rmt_study_free(made);
    rmt_study_free(s);
}

static void sparse_texts_are_refused(void **state)
{
    (void)state;
    enum { ROWS = 4000, LONG = 1 << 20 };
    rmt_study *s = NULL;
    rmt_table *t = NULL;
    void *bytes = NULL;
    size_t n = 0;
    char *note = rmt_mem_array(LONG, 1, &err);
    assert_non_null(note);
    memset(note, 'n', LONG);
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "note", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, ROWS, &err), &err);
    tst_ok(rmt_table_set_text(t, 0, 7, note, LONG, &err), &err);
    tst_ok(rmt_study_new(&s, &err), &err);
    tst_ok(rmt_study_put(s, "/tables/notes", &t, &err), &err);
    tst_fails(rmt_study_image(&bytes, &n, s, &err), RMT_ERR_SCHEMA, &err,
              "/tables/notes: row 8 has a text of 1048576 bytes");
    rmt_study_free(s);
    rmt_mem_free(note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_means_the_same_bytes), cmocka_unit_test(cells_are_checked),
        cmocka_unit_test(format_1_stays), cmocka_unit_test(sparse_texts_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
