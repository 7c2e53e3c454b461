/* tst_written.h - what a delimited text says, by a plain reader of RFC 4180 that is written for clarity alone; and random
 * damage to such texts. Define TST_BYTES_MAX before, where texts are longer. */
#ifndef TST_WRITTEN_H
#define TST_WRITTEN_H
#include "rmt/num.h"
#include "rmt/table.h"
#include "rmt/text.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TST_BYTES_MAX
#define TST_BYTES_MAX 6000
#endif
enum { TST_ROWS_MAX = TST_BYTES_MAX, TST_CELLS_MAX = 2 * TST_BYTES_MAX };

typedef struct {
    char text[2 * TST_BYTES_MAX]; /* all cells, each ended by a NUL */
    size_t cells[TST_CELLS_MAX];  /* where they begin */
    size_t n_cells;
    size_t rows[TST_ROWS_MAX]; /* first cell of each row, the header among them */
    size_t lines[TST_ROWS_MAX];
    size_t n_rows, n_cols;
    size_t n_repeats; /* of the header, among the rows of the file; not counted in n_rows */
} tst_written;

/* Length of the line break at s[i], or 0. */
static inline size_t tst_break_at(const char *s, size_t n, size_t i)
{
    if (i < n && s[i] == '\r') return i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
    return i < n && s[i] == '\n';
}

/* Makes s[0..*n) UTF-8 if it is not: windows-1252, unless a part of it is UTF-8 or none of both. */
static inline bool tst_decode_plainly(char *s, size_t *n, size_t size)
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

static inline const char *tst_cell_of(const tst_written *w, size_t row, size_t column)
{
    return w->text + w->cells[w->rows[row] + column];
}

/* Columns at the end of a header of so many cells that have no name. */
static inline size_t tst_unnamed_at_end(const tst_written *w, size_t width)
{
    size_t n = 0;
    while (n + 1 < width && !tst_cell_of(w, 0, width - 1 - n)[0])
        n++;
    return n;
}

/* Leaves out rows that repeat the header, and last columns without a name or a cell. False: rows of other widths. */
static inline bool tst_tidy(tst_written *w)
{
    size_t width = w->n_rows > 1 ? w->rows[1] : w->n_cells, kept = 0;
    if (w->n_rows == 0) return false;
    const size_t trailing = tst_unnamed_at_end(w, width);
    w->n_cols = width - trailing;
    for (size_t r = 0; r < w->n_rows; r++) {
        size_t end = r + 1 < w->n_rows ? w->rows[r + 1] : w->n_cells, n_same = 0;
        if (end - w->rows[r] != width) return false;
        for (size_t c = w->n_cols; c < width; c++)
            if (tst_cell_of(w, r, c)[0]) return false;
        for (size_t c = 0; c < width; c++)
            n_same += strcmp(tst_cell_of(w, r, c), tst_cell_of(w, 0, c)) == 0;
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

/* The length of a line of blanks and tabs alone, or of delimiters alone, as many as the header has; 0 = it is none. */
static inline size_t tst_empty_row(const tst_written *w, const char *s, size_t n, size_t i)
{
    const size_t width = w->n_rows > 1 ? w->rows[1] : w->n_cells;
    size_t end = i;
    while (end < n && (s[end] == ' ' || s[end] == '\t'))
        end++;
    const bool is_blank = end > i && (end == n || tst_break_at(s, n, end));
    if (w->n_rows == 0) return is_blank ? end - i : 0;
    if (width - tst_unnamed_at_end(w, width) < 2) return 0;
    if (is_blank) return end - i;
    end = i;
    while (end < n && s[end] == ',')
        end++;
    return end - i + 1 == width && (end == n || tst_break_at(s, n, end)) ? end - i : 0;
}

/* False: not well formed. */
static inline bool tst_read_plainly(tst_written *w, const char *s, size_t n)
{
    size_t i = 0, line = 1, used = 0;
    w->n_cells = w->n_rows = w->n_repeats = 0;
    if (memchr(s, '\0', n) || rmt_text_utf8_valid_prefix(s, n) < n) return false;
    while (i < n) {
        const size_t empty = tst_empty_row(w, s, n, i);
        size_t skip = tst_break_at(s, n, i + empty);
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
                    if (tst_break_at(s, n, i) == 1) line++; /* CRLF counts at its LF */
                    w->text[used++] = s[i];
                }
                if (i + 1 == n && s[i] == '"') i = n;
            } else {
                while (i < n && s[i] != ',' && !tst_break_at(s, n, i)) {
                    if (s[i] == '"') return false;
                    w->text[used++] = s[i++];
                }
            }
            w->text[used++] = '\0';
            more = i < n && s[i] == ',';
            if (more) i++;
            else if (i < n && !tst_break_at(s, n, i)) return false;
        }
        i += tst_break_at(s, n, i);
        line++;
    }
    return tst_tidy(w);
}

/* The header's names are there, each once, none reserved. */
static inline bool tst_has_good_names(const tst_written *w)
{
    for (size_t i = 0; i < w->n_cols; i++) {
        const char *name = tst_cell_of(w, 0, i);
        if (!name[0] || strcmp(name, RMT_LINE_COLUMN) == 0) return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, tst_cell_of(w, 0, k)) == 0) return false;
    }
    return true;
}

/* ---- damage ---------------------------------------------------------------------------------- */

static const char *const tst_inserts[] = {
    "\"",  "\"\"",  ",",      "\n",       "\r",       "\r\n",      "\n\n",       " ",   "x",
    "-99", "1e400", "1e-400", "\xC3\xA9", "\"a,b\"",  "\"a\nb\"",  "2147483648", "007", "+3",
    "-0",  ".5",    "\xFF",   ",,",       "\"\"\"\"", "\xE9t\xE9", "\x93z\x94",  "\x81"};

static inline const char *tst_some_insert(tst_rng *rng)
{
    return tst_inserts[tst_rng_between(rng, 0,
                                       (long)(sizeof tst_inserts / sizeof *tst_inserts) - 1)];
}

static inline size_t tst_damage(char *s, size_t n, tst_rng *rng)
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
            char cell[TST_BYTES_MAX + 3];
            int length = choice == 2
                             ? snprintf(cell, sizeof cell, "\"%.*s\"", (int)(end - at), s + at)
                             : snprintf(cell, sizeof cell, "%s", tst_some_insert(rng));
            if (n + (size_t)length > TST_BYTES_MAX) break;
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
            if (header > n || n + header > TST_BYTES_MAX) break;
            memmove(s + at + header, s + at, n - at);
            memcpy(s + at, s, header);
            n += header;
            break;
        }
        case 5: /* the end is cut, seldom */
            if (n > 0 && at % 8 == 0) n -= at % n % 40;
            break;
        case 6: /* every line ends with a delimiter */
            for (size_t i = 0; i < n && at % 4 == 0 && n < TST_BYTES_MAX; i++) {
                if (s[i] != '\n') continue;
                memmove(s + i + 1, s + i, n++ - i);
                s[i++] = ',';
            }
            break;
        default: {
            const char *what = tst_some_insert(rng);
            size_t length = strlen(what);
            if (n + length > TST_BYTES_MAX) break;
            memmove(s + at + length, s + at, n - at);
            memcpy(s + at, what, length);
            n += length;
        }
        }
    }
    return n;
}

/* Does the table hold the cell? */
static inline bool tst_is_stored(const rmt_table *t, size_t col, size_t row, const char *cell)
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
#endif
