/* test_csv_damage.c - sample files with random damage: every row and cell is stored as it is written, or is
 * missing with its text as the reason, or the file is refused with a line. A plain reader of RFC 4180, written for
 * clarity alone, says what is written. */
#include "rmt/csv.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"
#include "rmt/tree.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITERATIONS = 1000, BYTES_MAX = 6000, ROWS_MAX = BYTES_MAX, CELLS_MAX = 2 * BYTES_MAX };

static const char *const samples[] = {"caps5", "participants", "vitals"};
enum { N_SAMPLES = sizeof samples / sizeof *samples };

/* ---- the plain reader ------------------------------------------------------------------------ */

typedef struct {
    char text[2 * BYTES_MAX]; /* all cells, each ended by a NUL */
    size_t cells[CELLS_MAX];  /* where they begin */
    size_t n_cells;
    size_t rows[ROWS_MAX]; /* first cell of each row, the header among them */
    size_t lines[ROWS_MAX];
    size_t n_rows, n_cols;
    size_t n_repeats; /* of the header, among the rows of the file; not counted in n_rows */
} written;

/* Length of the line break at s[i], or 0. */
static size_t break_at(const char *s, size_t n, size_t i)
{
    if (i < n && s[i] == '\r') return i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
    return i < n && s[i] == '\n';
}

/* Makes s[0..*n) UTF-8 if it is not: windows-1252, unless a part of it is UTF-8 or none of both. */
static bool decode_plainly(char *s, size_t *n, size_t size)
{
    static const uint32_t high[] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    rmt_error err = {0};
    rmt_text out = {0};
    bool good = true;
    if (rmt_text_utf8_valid_prefix(s, *n) == *n) return true;
    for (size_t i = 0; i < *n && good; i++) {
        unsigned char c = (unsigned char)s[i];
        uint32_t point = c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
        good = c < 0x80 || (point && rmt_text_utf8_valid_prefix(s + i, *n - i) == 0);
        if (c < 0x80) tst_ok(rmt_text_add_bytes(&out, s + i, 1, &err), &err);
        else if (good) tst_ok(rmt_text_add_utf8(&out, point, &err), &err);
    }
    if (good) {
        assert_true(out.len <= size);
        memcpy(s, out.s, out.len);
        *n = out.len;
    }
    rmt_text_clear(&out);
    return good;
}

static const char *cell_of(const written *w, size_t row, size_t column)
{
    return w->text + w->cells[w->rows[row] + column];
}

/* Columns at the end of a header of so many cells that have no name. */
static size_t unnamed_at_end(const written *w, size_t width)
{
    size_t n = 0;
    while (n + 1 < width && !cell_of(w, 0, width - 1 - n)[0])
        n++;
    return n;
}

/* Leaves out rows that repeat the header, and last columns without a name or a cell. False: rows of other widths. */
static bool tidy(written *w)
{
    size_t width = w->n_rows > 1 ? w->rows[1] : w->n_cells, kept = 0;
    if (w->n_rows == 0) return false;
    const size_t trailing = unnamed_at_end(w, width);
    w->n_cols = width - trailing;
    for (size_t r = 0; r < w->n_rows; r++) {
        size_t end = r + 1 < w->n_rows ? w->rows[r + 1] : w->n_cells, n_same = 0;
        if (end - w->rows[r] != width) return false;
        for (size_t c = w->n_cols; c < width; c++)
            if (cell_of(w, r, c)[0]) return false;
        for (size_t c = 0; c < width; c++)
            n_same += strcmp(cell_of(w, r, c), cell_of(w, 0, c)) == 0;
        if (r > 0 && w->n_cols > 1 && n_same == width) {
            w->n_repeats++;
            continue;
        }
        w->rows[kept] = w->rows[r];
        w->lines[kept++] = w->lines[r];
    }
    w->n_rows = kept;
    return true;
}

/* The length of a line of delimiters alone, as many as the header has; 0 = it is none. */
static size_t empty_row(const written *w, const char *s, size_t n, size_t i)
{
    const size_t width = w->n_rows > 1 ? w->rows[1] : w->n_cells;
    size_t end = i;
    if (w->n_rows == 0 || width - unnamed_at_end(w, width) < 2) return 0;
    while (end < n && s[end] == ',')
        end++;
    return end - i + 1 == width && (end == n || break_at(s, n, end)) ? end - i : 0;
}

/* False: not well formed. */
static bool read_plainly(written *w, const char *s, size_t n)
{
    size_t i = 0, line = 1, used = 0;
    w->n_cells = w->n_rows = w->n_repeats = 0;
    if (memchr(s, '\0', n) || rmt_text_utf8_valid_prefix(s, n) < n) return false;
    while (i < n) {
        const size_t empty = empty_row(w, s, n, i);
        size_t skip = break_at(s, n, i + empty);
        if (skip || empty) { /* a blank line */
            i += empty + skip;
            line++;
            continue;
        }
        w->rows[w->n_rows] = w->n_cells;
        w->lines[w->n_rows++] = line;
        for (bool more = true; more;) {
            w->cells[w->n_cells++] = used;
            if (i < n && s[i] == '"') {
                for (i++;; i++) {
                    if (i == n) return false;
                    if (s[i] == '"' && (i + 1 == n || s[++i] != '"')) break;
                    if (break_at(s, n, i) == 1) line++; /* CRLF counts at its LF */
                    w->text[used++] = s[i];
                }
                if (i + 1 == n && s[i] == '"') i = n;
            } else {
                while (i < n && s[i] != ',' && !break_at(s, n, i)) {
                    if (s[i] == '"') return false;
                    w->text[used++] = s[i++];
                }
            }
            w->text[used++] = '\0';
            more = i < n && s[i] == ',';
            if (more) i++;
            else if (i < n && !break_at(s, n, i)) return false;
        }
        i += break_at(s, n, i);
        line++;
    }
    return tidy(w);
}

/* The header's names are there, each once, none reserved. */
static bool has_good_names(const written *w)
{
    for (size_t i = 0; i < w->n_cols; i++) {
        const char *name = cell_of(w, 0, i);
        if (!name[0] || strcmp(name, RMT_LINE_COLUMN) == 0) return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, cell_of(w, 0, k)) == 0) return false;
    }
    return true;
}

/* ---- damage ---------------------------------------------------------------------------------- */

static const char *const inserts[] = {
    "\"",  "\"\"",  ",",      "\n",       "\r",       "\r\n",      "\n\n",       " ",   "x",
    "-99", "1e400", "1e-400", "\xC3\xA9", "\"a,b\"",  "\"a\nb\"",  "2147483648", "007", "+3",
    "-0",  ".5",    "\xFF",   ",,",       "\"\"\"\"", "\xE9t\xE9", "\x93z\x94",  "\x81"};

static const char *some_insert(tst_rng *rng)
{
    return inserts[tst_rng_between(rng, 0, (long)(sizeof inserts / sizeof *inserts) - 1)];
}

static size_t damage(char *s, size_t n, tst_rng *rng)
{
    long times = tst_rng_between(rng, 0, 4);
    for (long k = 0; k < times; k++) {
        size_t at = (size_t)tst_rng_between(rng, 0, (long)n);
        long choice = tst_rng_between(rng, 0, 8);
        switch (choice) {
        case 0: /* a part goes */
        {
            size_t part = (size_t)tst_rng_between(rng, 1, 3);
            if (at + part > n) break;
            memmove(s + at, s + at + part, n - at - part);
            n -= part;
            break;
        }
        case 1: /* one byte becomes another, which may be NUL */
            if (at < n) s[at] = (char)(s[at] ^ (1 << tst_rng_between(rng, 0, 7)));
            break;
        case 2: /* a cell is quoted as a whole */
        case 3: /* or becomes another */
        {
            size_t end = at;
            while (at > 0 && !strchr(",\n", s[at - 1]))
                at--;
            while (end < n && !strchr(",\n", s[end]))
                end++;
            char cell[BYTES_MAX + 3];
            int length = choice == 2
                             ? snprintf(cell, sizeof cell, "\"%.*s\"", (int)(end - at), s + at)
                             : snprintf(cell, sizeof cell, "%s", some_insert(rng));
            if (n + (size_t)length > BYTES_MAX) break;
            memmove(s + at + length, s + end, n - end);
            memcpy(s + at, cell, (size_t)length);
            n += (size_t)length - (end - at);
            break;
        }
        case 4: /* the header comes again */
        {
            size_t header = (size_t)((char *)memchr(s, '\n', n) - s) + 1;
            while (at < n && s[at] != '\n')
                at++;
            if (at < n) at++;
            if (header > n || n + header > BYTES_MAX) break;
            memmove(s + at + header, s + at, n - at);
            memcpy(s + at, s, header);
            n += header;
            break;
        }
        case 5: /* the end is cut, seldom */
            if (n > 0 && at % 8 == 0) n -= at % n % 40;
            break;
        case 6: /* every line ends with a delimiter */
            for (size_t i = 0; i < n && at % 4 == 0 && n < BYTES_MAX; i++) {
                if (s[i] != '\n') continue;
                memmove(s + i + 1, s + i, n++ - i);
                s[i++] = ',';
            }
            break;
        default: {
            const char *what = some_insert(rng);
            size_t length = strlen(what);
            if (n + length > BYTES_MAX) break;
            memmove(s + at + length, s + at, n - at);
            memcpy(s + at, what, length);
            n += length;
        }
        }
    }
    return n;
}

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

/* Does the table hold the cell? */
static bool is_stored(const rmt_table *t, size_t col, size_t row, const char *cell)
{
    const char *reason = rmt_table_reason(t, col, row), *unreadable = rmt_unreadable_text(reason);
    int64_t whole;
    double x;
    if (rmt_table_is_missing(t, col, row))
        return strcmp(unreadable ? unreadable : reason, cell) == 0;
    if (reason[0]) return false;
    switch (rmt_table_type(t, col)) {
    case RMT_TYPE_NUMBER:
        x = rmt_table_number(t, col, row); /* 0 is not what is left of 1e-400 */
        return rmt_num_same(x, strtod(cell, NULL)) &&
               (fabs(x) > 0 || cell[strcspn(cell, "123456789")] == '\0');
    case RMT_TYPE_INTEGER:
        return rmt_num_parse_int(cell, strlen(cell), &whole) &&
               whole == rmt_table_integer(t, col, row);
    case RMT_TYPE_BOOLEAN:
        return rmt_table_integer(t, col, row) == (strchr("tT1yY", cell[0]) != NULL);
    default: return strcmp(rmt_table_text(t, col, row), cell) == 0;
    }
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

static void check_accepted(const rmt_table *t, const rmt_csv_facts *facts, const written *w)
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
            if (!is_stored(t, c, r - 1, cell_of(w, r, c)))
                fail_msg("row %zu, column %zu: '%s' is not what is stored", r, c + 1,
                         cell_of(w, r, c));
    for (size_t r = 1; r < w->n_rows; r++)
        assert_int_equal(rmt_table_integer(t, n_cols, r - 1), w->lines[r]);
}

/* Every cell in quotes: the same table, but for the lines. */
static void check_quoted(const rmt_table *t, const rmt_schema *schema, const written *w)
{
    rmt_error err = {0};
    rmt_text text = {0};
    rmt_table *quoted = NULL;
    rmt_csv_facts facts;
    rmt_problems problems = {0};
    const size_t n_cols = w->n_cols;
    for (size_t i = 0; i < w->n_rows * n_cols; i++) {
        tst_ok(rmt_text_add(&text, "\"", &err), &err);
        for (const char *c = cell_of(w, i / n_cols, i % n_cols); *c; c++)
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
    static written w;
    static char whole[200000], s[BYTES_MAX + 200], decoded[2 * BYTES_MAX];
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
            size_t length = (size_t)tst_rng_between(&rng, 1, BYTES_MAX / 3);
            while (length < n_whole && whole[length - 1] != '\n')
                length++;
            memcpy(s, whole, length);
            length = damage(s, length, &rng);
            size_t n_decoded = length;
            memcpy(decoded, s, length);
            bool good = decode_plainly(decoded, &n_decoded, sizeof decoded) &&
                        read_plainly(&w, decoded, n_decoded) && has_good_names(&w);
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
