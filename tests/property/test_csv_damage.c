/* test_csv_damage.c - sample files with random damage: every row and cell is stored as it is written, or is
 * missing with its text as the reason, or the file is refused with a line. */
#include "rmt/csv.h"
#include "rmt/mem.h"
#include "rmt/tree.h"
#include "tst_written.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITERATIONS = 1000 };

static const char *const samples[] = {"caps5", "participants", "vitals"};
enum { N_SAMPLES = sizeof samples / sizeof *samples };

/* ---- what must hold -------------------------------------------------------------------------- */

static char path[] = "/tmp/rmt_csv_damage_XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static size_t load(char *s, size_t size, const char *name, const char *ending)
{
    char file[512];
    snprintf(file, sizeof file, "%s/../sample-data/ketamine-midazolam/%s%s", RMT_TEST_DIR, name,
             ending);
    FILE *f = fopen(file, "rb");
    assert_non_null(f);
    size_t n = fread(s, 1, size, f);
    fclose(f);
    return n;
}

static rmt_status read_bytes(rmt_table **out, rmt_csv_facts *facts, rmt_problems *problems,
                             const rmt_schema *schema, const char *s, size_t n, rmt_error *err)
{
    assert_int_equal(remove(path), 0); /* a file written anew is not flushed at once */
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    rmt_csv_options options = {.delimiter = ',', .schema = schema};
    return rmt_csv_read(out, facts, path, "in.csv", &options, problems, err);
}

/* No line, row or cell is unaccounted for, whether the file is taken or refused. */
static void check_accounts(const rmt_csv_facts *f, const rmt_problems *problems)
{
    /* a header line there is unless nothing but blank lines is */
    assert_int_equal(f->lines,
                     f->blank_lines + f->inner_lines + f->rows + (f->lines > f->blank_lines));
    assert_int_equal(f->rows, f->rows_stored + f->rows_refused + f->rows_set_aside);
    assert_int_equal(f->cells, f->cells_stored + f->cells_refused + f->cells_set_aside);
    assert_true(f->rows_refused <= problems->n_total || problems->n_errors > 0);
}

static void check_accepted(const rmt_table *t, const rmt_csv_facts *facts, const tst_written *w)
{
    const size_t n_cols = w->n_cols;
    assert_int_equal(rmt_table_rows(t), w->n_rows - 1);
    assert_int_equal(facts->rows, w->n_rows - 1 + w->n_repeats);
    assert_int_equal(facts->rows_stored, w->n_rows - 1);
    assert_int_equal(facts->cells_stored, (w->n_rows - 1) * n_cols);
    size_t n_missing = 0, n_unreadable = 0;
    for (size_t c = 0; c < n_cols; c++)
        for (size_t r = 0; r + 1 < w->n_rows; r++) {
            bool unreadable = rmt_unreadable_text(rmt_table_reason(t, c, r)) != NULL;
            n_unreadable += unreadable;
            n_missing += rmt_table_is_missing(t, c, r) && !unreadable;
        }
    assert_int_equal(facts->cells_missing, n_missing);
    assert_int_equal(facts->cells_unreadable, n_unreadable);
    assert_int_equal(rmt_table_columns(t), n_cols + 1);
    for (size_t c = 0; c < n_cols; c++)
        for (size_t r = 1; r < w->n_rows; r++)
            if (!tst_is_stored(t, c, r - 1, tst_cell_of(w, r, c)))
                fail_msg("row %zu, column %zu: '%s' is not what is stored", r, c + 1,
                         tst_cell_of(w, r, c));
    for (size_t r = 1; r < w->n_rows; r++)
        assert_int_equal(rmt_table_integer(t, n_cols, r - 1), w->lines[r]);
}

/* Every cell in quotes: the same table, but for the lines. */
static void check_quoted(const rmt_table *t, const rmt_schema *schema, const tst_written *w)
{
    rmt_error err = {0};
    rmt_text text = {0};
    rmt_table *quoted = NULL;
    rmt_csv_facts facts;
    rmt_problems problems = {0};
    const size_t n_cols = w->n_cols;
    for (size_t i = 0; i < w->n_rows * n_cols; i++) {
        tst_ok(rmt_text_add(&text, "\"", &err), &err);
        for (const char *c = tst_cell_of(w, i / n_cols, i % n_cols); *c; c++)
            tst_ok(rmt_text_addf(&text, &err, "%s%c", *c == '"' ? "\"" : "", *c), &err);
        tst_ok(rmt_text_add(&text, (i + 1) % n_cols ? "\"," : "\"\n", &err), &err);
    }
    tst_ok(read_bytes(&quoted, &facts, &problems, schema, text.s, text.len, &err), &err);
    for (size_t c = 0; c < n_cols; c++)
        for (size_t r = 0; r + 1 < w->n_rows; r++) {
            char a[RMT_NUM_BUF], b[RMT_NUM_BUF];
            assert_string_equal(rmt_table_format(t, c, r, a), rmt_table_format(quoted, c, r, b));
            assert_string_equal(rmt_table_reason(t, c, r), rmt_table_reason(quoted, c, r));
        }
    rmt_text_clear(&text);
    rmt_table_free(quoted);
}

static void damaged_samples(void **state)
{
    (void)state;
    static tst_written w;
    static char whole[200000], s[TST_BYTES_MAX + 200], decoded[2 * TST_BYTES_MAX];
    size_t n_read = 0, n_refused = 0, n_windows = 0, n_repeated = 0;
    for (size_t k = 0; k < N_SAMPLES; k++) {
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        rmt_schema *schema = NULL;
        size_t n = load(whole, sizeof whole, samples[k], ".schema.json");
        tst_ok(rmt_tree_parse(&doc, whole, n, "schema", &err), &err);
        tst_ok(rmt_schema_parse(&schema, rmt_doc_root(doc), &err), &err);
        size_t n_whole = load(whole, sizeof whole, samples[k], ".csv");
        for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
            tst_rng rng = {1000 * k + i};
            rmt_csv_facts facts;
            rmt_problems problems = {0};
            rmt_table *t = NULL;
            rmt_error fault = {0};
            const rmt_schema *by = i % 2 ? schema : NULL;
            size_t length = (size_t)tst_rng_between(&rng, 1, TST_BYTES_MAX / 3);
            while (length < n_whole && whole[length - 1] != '\n')
                length++;
            memcpy(s, whole, length);
            length = tst_damage(s, length, &rng);
            size_t n_decoded = length;
            memcpy(decoded, s, length);
            bool good = tst_decode_plainly(decoded, &n_decoded, sizeof decoded) &&
                        tst_read_plainly(&w, decoded, n_decoded) && tst_has_good_names(&w);
            rmt_status st = read_bytes(&t, &facts, &problems, by, s, length, &fault);
            n_windows += !st && strcmp(facts.encoding, "windows-1252") == 0;
            if (good != (st == RMT_OK)) {
                fwrite(s, 1, length, stderr);
                fail_msg("%s, seed %zu: %s, but: %s", samples[k], i, good ? "good" : "faulty",
                         fault.msg);
            }
            check_accounts(&facts, &problems);
            if (st) {
                assert_int_equal(st, RMT_ERR_MALFORMED);
                assert_true(problems.n_errors > 0);
                for (size_t p = 0; p < problems.n_kept; p++)
                    assert_true(problems.kept[p].line > 0);
                n_refused++;
            } else {
                check_accepted(t, &facts, &w);
                n_repeated += w.n_repeats > 0;
                check_quoted(t, by, &w);
                n_read++;
            }
            rmt_table_free(t);
        }
        rmt_schema_free(schema);
        rmt_doc_free(doc);
    }
    assert_true(n_read > N_SAMPLES * tst_iterations(ITERATIONS) / 5);
    assert_true(n_refused > N_SAMPLES * tst_iterations(ITERATIONS) / 5);
    assert_true(n_repeated > N_SAMPLES * tst_iterations(ITERATIONS) / 50);
    assert_true(n_windows > N_SAMPLES * tst_iterations(ITERATIONS) / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_samples)};
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
