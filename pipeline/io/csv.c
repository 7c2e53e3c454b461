/* csv.c - see rmt/csv.h. libcsv is given one physical line at a time, so that the line of every row
 * and fault is known; blank lines, widths and encodings are checked here because libcsv does not.
 */
#include "rmt/csv.h"

#include "csv_parts.h"
#include "rmt/mem.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = RMT_CSV_CHUNK };
#define ROW_MAX ((size_t)64 << 20)
/* Beyond these a wrong delimiter, or no table at all, is likelier than a table. */
enum { COLUMNS_MAX = RMT_TABLE_MAX_COLUMNS - 1, NAME_BYTES_MAX = 4096 }; /* one is source_line */
/* Stands in decoded text before a character of the other encoding; no valid UTF-8 holds it. */
enum { MIXED = 0xFE };

/* A row that has not as many cells as the header. */
typedef struct {
    size_t line, number, n_cells;
} odd_row;

typedef struct {
    const char *source;
    const rmt_csv_options *options;
    rmt_csv_facts *facts;
    rmt_problems *problems;
    rmt_error *err;
    rmt_status st; /* of the callbacks, which cannot stop the parse */
    rmt_decoder decoder;
    bool guess;          /* neither a name nor a mark says the encoding */
    size_t utf8_line;    /* then: the first with a character of UTF-8 beyond ASCII, 0 = none */
    size_t windows_line; /* the first that is not UTF-8: from here it is windows-1252 */
    bool mixed;          /* both are there, and reported */
    rmt_text recoded;    /* such a line as UTF-8 */

    rmt_text in;             /* decoded, not yet split from `at` on */
    size_t at;               /* start of the next line */
    size_t next_lf, next_cr; /* no LF or CR in [at, next); may be beyond the end */
    size_t line;             /* physical line being read, 1-based */

    struct csv_parser csv;
    bool csv_ready;
    bool row_open;     /* within a row, which a quoted line break may continue */
    size_t row_line;   /* line on which it begins */
    size_t row_errors; /* in problems when it begins */
    size_t cell_line;  /* line on which its current cell begins */
    size_t row_bytes;  /* its length so far */
    size_t n_cells;
    size_t last_bytes;  /* of its last cell */
    size_t n_swallowed; /* lines within its quotes that look like rows */
    size_t swallow_line,
        swallow_cell; /* the cell with the first of them: where it begins, and how many come before */
    rmt_text row;     /* its cells, each ended by a NUL */
    bool stop;        /* no point in reading on */

    bool header_done, width_known;
    bool cut;        /* no line break ends the last line */
    bool trailing;   /* the header ends with a delimiter, as every row then has to */
    rmt_text header; /* its cells as in the file, each ended by a NUL */
    odd_row *held;   /* rows of another width that may be a footer, oldest first */
    size_t n_held, held_cap;
    size_t short_run;   /* such rows without another between, up to here */
    size_t *last_lines; /* of the last footer_rows rows: row i at i modulo their number */
    char **names;
    size_t n_cols;
    rmt_text *cols; /* n_cols texts: all cells, each ended by a NUL */
    size_t *ends;   /* n_cols places in a line */
    int32_t *lines; /* of the rows stored */
    size_t n_rows, lines_cap;
    size_t errors_before; /* in problems, from other files */
} reader;

static bool is_faulty(const reader *r)
{
    return r->problems->n_errors > r->errors_before;
}

/* Name of field i (0-based); NULL = not known. */
static const char *field_name(const reader *r, size_t i)
{
    return i < r->n_cols && r->names[i][0] ? r->names[i] : NULL;
}

#define problem_at(r, at_line, field, ...)                                                         \
    rmt_problems_add((r)->problems, RMT_SEVERITY_ERROR, RMT_ERR_MALFORMED, (r)->source, (at_line), \
                     (field), __VA_ARGS__)

#define warning_at(r, at_line, field, ...)                                                         \
    rmt_problems_add((r)->problems, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, (r)->source,          \
                     (at_line), (field), __VA_ARGS__)

/* ---- rows ---------------------------------------------------------------------------------- */

static rmt_status check_names(reader *r)
{
    rmt_text_placed *sorted = rmt_mem_array(r->n_cols, sizeof *sorted, r->err);
    if (!sorted) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_cols; i++) {
        sorted[i] = (rmt_text_placed){r->names[i], i};
        size_t n = strlen(r->names[i]);
        if (n > NAME_BYTES_MAX)
            problem_at(r, r->row_line, NULL, "column %zu has a name of %zu bytes, more than %d",
                       i + 1, n, NAME_BYTES_MAX);
        if (!r->names[i][0]) problem_at(r, r->row_line, NULL, "column %zu has no name", i + 1);
        if (strcmp(r->names[i], RMT_LINE_COLUMN) == 0)
            problem_at(r, r->row_line, RMT_LINE_COLUMN, "column %zu has a reserved name", i + 1);
    }
    qsort(sorted, r->n_cols, sizeof *sorted, rmt_text_placed_order);
    for (size_t i = 1; i < r->n_cols; i++) {
        if (sorted[i].text[0] && strcmp(sorted[i].text, sorted[i - 1].text) == 0)
            problem_at(r, r->row_line, sorted[i].text, "column %zu has the name of column %zu",
                       sorted[i].place + 1, sorted[i - 1].place + 1);
    }
    rmt_mem_free(sorted);
    return RMT_OK;
}

static rmt_status take_header(reader *r)
{
    r->header_done = true;
    if (r->n_cells > COLUMNS_MAX) {
        problem_at(r, r->row_line, NULL, "the header has %zu cells, more than %d", r->n_cells,
                   COLUMNS_MAX);
        r->stop = true;
        return RMT_OK;
    }
    if (!(r->names = rmt_mem_array(r->n_cells, sizeof *r->names, r->err))) return RMT_ERR_NOMEM;
    if (!(r->cols = rmt_mem_array(r->n_cells, sizeof *r->cols, r->err))) return RMT_ERR_NOMEM;
    if (!(r->ends = rmt_mem_array(r->n_cells, sizeof *r->ends, r->err))) return RMT_ERR_NOMEM;
    const char *cell = r->row.s;
    for (size_t i = 0; i < r->n_cells; i++) {
        char position[24];
        const char *name = cell;
        if (!name[0]) {
            snprintf(position, sizeof position, "%zu", i + 1);
            const char *given = rmt_node_text(rmt_node_get(r->options->names, position));
            if (given) name = given;
            r->trailing = !given && i > 0 && i + 1 == r->n_cells;
            if (r->trailing) break;
        }
        r->names[i] = rmt_mem_text(name, strlen(name), r->err);
        if (!r->names[i]) return RMT_ERR_NOMEM;
        r->n_cols = i + 1;
        cell += strlen(cell) + 1;
    }
    r->width_known = true;
    if (r->trailing)
        warning_at(r, r->row_line, NULL,
                   "the header ends with a delimiter: column %zu has no name and is left out",
                   r->n_cells);
    r->header = r->row;
    r->row = (rmt_text){0};
    return check_names(r);
}

/* A row begins on row_line; its cells are to follow. */
static rmt_status note_row(reader *r)
{
    rmt_status st = rmt_mem_grow(&r->lines, &r->lines_cap, r->n_rows + 1, sizeof *r->lines, r->err);
    if (st) return st;
    if (r->row_line > INT32_MAX)
        return rmt_fail_at(r->err, RMT_ERR_NOMEM, r->source, 0, NULL, "more than %d lines",
                           INT32_MAX);
    r->lines[r->n_rows++] = (int32_t)r->row_line;
    return RMT_OK;
}

/* The row with n cells is whole, or a problem says why it is not. */
static void count_row(reader *r, size_t n, bool whole)
{
    r->facts->cells += n;
    if (whole) {
        r->facts->rows_stored++;
        r->facts->cells_stored += n;
    } else {
        r->facts->rows_refused++;
        r->facts->cells_refused += n;
    }
}

/* Appends s[0..n) and a NUL. */
static rmt_status store_cell(rmt_text *column, const char *s, size_t n, rmt_error *err)
{
    if (column->cap - column->len < n + 1) {
        rmt_status st = rmt_mem_grow(&column->s, &column->cap, column->len + n + 1, 1, err);
        if (st) return st;
    }
    memcpy(column->s + column->len, s, n);
    column->len += n + 1;
    column->s[column->len - 1] = '\0';
    return RMT_OK;
}

static rmt_status store_row(reader *r)
{
    rmt_status st = note_row(r);
    const char *cell = r->row.s;
    for (size_t i = 0; i < r->n_cols && !st; i++) {
        size_t n = strlen(cell);
        st = store_cell(&r->cols[i], cell, n, r->err);
        cell += n + 1;
    }
    return st;
}

static void on_cell(void *s, size_t n, void *context)
{
    reader *r = context;
    r->n_cells++;
    r->last_bytes = s ? n : 0;
    r->cell_line = r->line;
    if (r->st || (r->header_done && is_faulty(r))) return;
    /* CSV_APPEND_NULL: s[n] is NUL. An empty cell that is not quoted comes as NULL. */
    r->st = rmt_text_add_bytes(&r->row, s ? s : "", s ? n + 1 : 1, r->err);
}

static void forget_row(reader *r)
{
    r->row_open = false;
    r->row.len = 0;
    r->row_bytes = 0;
    r->n_cells = 0;
    r->n_swallowed = 0;
}

/* Cells of a row that is as wide as the header. */
static size_t width(const reader *r)
{
    return r->n_cols + r->trailing;
}

#define WIDTH_FAULT "row has %zu cell%s, the header has %zu"

static void report_width(reader *r, const odd_row *row)
{
    problem_at(r, row->line, NULL, WIDTH_FAULT, row->n_cells, row->n_cells == 1 ? "" : "s",
               width(r));
}

/* The row that ends is as wide as no other: a fault, unless it belongs to a footer, which is known at the end only. */
static void hold_row(reader *r)
{
    if ((r->st = rmt_mem_grow(&r->held, &r->held_cap, r->n_held + 1, sizeof *r->held, r->err)))
        return;
    r->short_run = r->n_cells < width(r) ? r->short_run + 1 : 0;
    r->held[r->n_held++] = (odd_row){r->row_line, r->facts->rows, r->n_cells};
}

/* Row number facts->rows begins: what is held and too far from the end now is a fault. */
static void release_held(reader *r)
{
    const size_t last = r->options->footer_rows > 0 ? r->options->footer_rows : 1;
    size_t n = 0;
    while (n < r->n_held && r->held[n].number + last <= r->facts->rows)
        report_width(r, &r->held[n++]);
    r->n_held -= n;
    memmove(r->held, r->held + n, r->n_held * sizeof *r->held);
}

static bool repeats_header(const reader *r)
{
    return r->n_cols > 1 && r->n_cells == width(r) && r->row.len == r->header.len &&
           memcmp(r->row.s, r->header.s, r->row.len) == 0;
}

/* A line begins and ends within one quoted cell: is it a row, swallowed by a quote that was left open? Where rows have
 * few cells a sentence may have as many commas; two such lines are hardly chance. */
static void note_inner_line(reader *r, const char *s, size_t n, size_t began)
{
    size_t n_delimiters = 0;
    for (size_t i = 0; i < n; i++)
        n_delimiters += s[i] == r->facts->delimiter;
    if (!r->width_known || n_delimiters == 0 || n_delimiters + 1 != width(r)) return;
    if (r->n_swallowed++ > 0) return;
    r->swallow_line = began;
    r->swallow_cell = r->n_cells;
}

static bool swallows_rows(const reader *r)
{
    return r->n_swallowed > (width(r) < 5);
}

static void take_row(reader *r)
{
    bool whole = r->width_known && r->problems->n_errors == r->row_errors;
    bool odd = r->width_known && r->n_cells != width(r);
    if (swallows_rows(r))
        warning_at(r, r->swallow_line, field_name(r, r->swallow_cell),
                   "field %zu holds %zu line%s with the delimiters of a whole row; its quote may "
                   "have been "
                   "left open",
                   r->swallow_cell + 1, r->n_swallowed, r->n_swallowed == 1 ? "" : "s");
    if (!odd) r->short_run = 0;
    if (odd) {
        hold_row(r);
    } else if (whole && repeats_header(r)) {
        whole = false;
        warning_at(r, r->row_line, NULL, "the header once more, passed over");
    } else if (r->trailing && r->last_bytes > 0) {
        whole = false;
        problem_at(r, r->row_line, NULL, "column %zu has no name, but a cell that is not empty",
                   r->n_cells);
    } else if (!is_faulty(r)) {
        r->st = store_row(r);
    }
    count_row(r, r->n_cells - (!odd && r->trailing), whole && !odd);
}

static void on_row(int end, void *context)
{
    reader *r = context;
    (void)end;
    if (!r->st && !r->header_done) r->st = take_header(r);
    else if (!r->st) take_row(r);
    forget_row(r);
}

/* A row begins on this line. */
static void open_row(reader *r)
{
    const size_t n_footer = r->options->footer_rows;
    r->row_open = true;
    r->row_line = r->cell_line = r->line;
    if (r->header_done) {
        r->facts->rows++;
        if (n_footer > 0) r->last_lines[r->facts->rows % n_footer] = r->line;
        if (r->n_held) release_held(r);
    }
    r->row_errors = r->problems->n_errors;
}

/* The open row does not end: a problem has said why. Its last cell, of which the end is not known, counts. */
static void give_up_row(reader *r)
{
    if (r->header_done) count_row(r, r->n_cells + 1, false);
    r->short_run = 0;
    forget_row(r);
}

/* ---- lines --------------------------------------------------------------------------------- */

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

static void *resize(void *old, size_t n)
{
    return rmt_mem_resize(old, n, 1, NULL);
}

static rmt_status start_parser(reader *r)
{
    if (csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL | CSV_APPEND_NULL) != 0)
        return rmt_fail(r->err, RMT_ERR_NOMEM, "libcsv cannot be started");
    csv_set_blk_size(&r->csv, 1 << 16); /* it grows a long cell by this much at a time */
    csv_set_realloc_func(&r->csv, resize);
    csv_set_free_func(&r->csv, rmt_mem_free);
    csv_set_space_func(&r->csv, never); /* blanks are part of a cell */
    csv_set_delim(&r->csv, (unsigned char)r->facts->delimiter);
    r->csv_ready = true;
    return RMT_OK;
}

/* The candidate that separates most names of the header s, outside quotes; the first of them when several do. */
static char sniff_delimiter(reader *r, const char *s, size_t n)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t counts[sizeof candidates] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') quoted = !quoted;
        for (size_t k = 0; k < sizeof candidates && !quoted; k++)
            counts[k] += s[i] == candidates[k];
    }
    for (size_t k = 1; k < sizeof candidates; k++) {
        if (counts[k] > counts[best]) best = k;
    }
    for (size_t k = best + 1; k < sizeof candidates && counts[best] > 0; k++)
        if (counts[k] == counts[best])
            warning_at(r, r->line, NULL,
                       "the header has as many '%s' as '%s', which is taken as the "
                       "delimiter; 'delimiter' in the plan settles it",
                       candidates[k] == '\t' ? "tab" : (char[]){candidates[k], '\0'},
                       candidates[best] == '\t' ? "tab" : (char[]){candidates[best], '\0'});
    return candidates[best];
}

/* Gives libcsv a part of the line. false: the rest of the line is not to be read. */
static bool feed(reader *r, const char *s, size_t n)
{
    if (n == 0) return true;
    r->row_bytes += n;
    size_t done = csv_parse(&r->csv, s, n, on_cell, on_row, r);
    if (done == n) return r->st == RMT_OK;
    if (csv_error(&r->csv) != CSV_EPARSE) {
        if (!r->st)
            r->st = rmt_fail_at(r->err, RMT_ERR_NOMEM, r->source, r->line, NULL, "no memory");
        return false;
    }
    const char *rule = r->csv.quoted ? "text after the closing quote" : "a quote within the cell";
    if (r->cell_line == r->line)
        problem_at(r, r->line, field_name(r, r->n_cells), "field %zu: %s", r->n_cells + 1, rule);
    else
        problem_at(r, r->line, field_name(r, r->n_cells), "field %zu, begun on line %zu: %s",
                   r->n_cells + 1, r->cell_line, rule);
    /* Start anew with the next line, to find what else is wrong. csv_fini would deliver half a row.
     */
    csv_free(&r->csv);
    r->csv_ready = false;
    give_up_row(r);
    r->header_done = true;
    r->st = start_parser(r);
    return false;
}

static void report_byte(reader *r, unsigned char byte)
{
    size_t field = r->n_cells + 1;
    const char *name = field_name(r, r->n_cells);
    rmt_encoding e = r->windows_line ? RMT_ENCODING_WINDOWS_1252 : r->decoder.encoding;
    if (byte == 0) problem_at(r, r->line, name, "field %zu: NUL byte", field);
    else if (byte == MIXED && r->windows_line)
        problem_at(r, r->line, name,
                   "field %zu: a character of UTF-8, but line %zu is not UTF-8; 'encoding' in the "
                   "plan settles it",
                   field, r->windows_line);
    else if (r->mixed && !r->windows_line)
        problem_at(r, r->line, name,
                   "field %zu: byte 0x%02X is not valid UTF-8, but line %zu is; 'encoding' in the "
                   "plan settles it",
                   field, (unsigned)byte, r->utf8_line);
    else if (e == RMT_ENCODING_UTF8 || e == RMT_ENCODING_WINDOWS_1252)
        problem_at(r, r->line, name, "field %zu: byte 0x%02X is not valid %s", field,
                   (unsigned)byte, e == RMT_ENCODING_UTF8 ? "UTF-8" : "windows-1252");
    else
        problem_at(r, r->line, name, "field %zu: %s", field,
                   byte == RMT_HALF_UNIT ? "the last character is cut in half"
                                         : "half of a UTF-16 surrogate pair");
}

/* Offset of the first byte that is NUL or not ASCII, or n. */
static size_t ascii_prefix(const char *s, size_t n)
{
    static const uint64_t high = UINT64_C(0x8080808080808080), low = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, s + i, 8);
        if ((word | (word - low)) & high) break; /* a byte from 0x80 on, or (at least) one zero */
    }
    while (i < n && (unsigned char)(s[i] - 1) < 0x7F)
        i++;
    return i;
}

/* Offset of the first byte that is NUL or not UTF-8, or n. */
static size_t clean_prefix(const char *s, size_t n)
{
    const char *nul = memchr(s, '\0', n);
    return rmt_text_utf8_valid_prefix(s, nul ? (size_t)(nul - s) : n);
}

/* Offset of the first character beyond ASCII that is valid UTF-8, or n. */
static size_t find_utf8(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && ((unsigned char)s[i] < 0x80 ||
                     !rmt_text_utf8_valid_prefix(s + i, n - i < 4 ? n - i : 4)))
        i++;
    return i;
}

/* Puts '?' for every byte that is NUL or not UTF-8, in one pass over s[0..n). */
static void replace_bad(char *s, size_t n)
{
    while (n > 0) {
        const char *nul = memchr(s, '\0', n);
        size_t part = nul ? (size_t)(nul - s) : n;
        for (size_t at = 0; (at += rmt_text_utf8_valid_prefix(s + at, part - at)) < part;)
            s[at] = '?';
        if (nul) s[part++] = '?';
        s += part;
        n -= part;
    }
}

static rmt_status recode(reader *r, const char *s, size_t n)
{
    rmt_decoder windows = {.encoding = RMT_ENCODING_WINDOWS_1252};
    return rmt_decoder_add(&windows, &r->recoded, (const unsigned char *)s, n, true, r->err);
}

/* Puts (*s)[0..*n) of windows-1252 as UTF-8 into r->recoded. Before a character that is UTF-8 already comes a byte
 * that will be reported: the file holds both, and one of them would become other characters. */
static rmt_status recode_line(reader *r, char **s, size_t *n)
{
    size_t place = r->mixed ? *n : find_utf8(*s, *n);
    r->recoded.len = 0;
    rmt_status st = recode(r, *s, place);
    if (!st && place < *n) {
        r->mixed = true;
        st = rmt_text_add_bytes(&r->recoded, (char[]){(char)MIXED}, 1, r->err);
        if (!st) st = recode(r, *s + place, *n - place);
    }
    *s = r->recoded.s;
    *n = r->recoded.len;
    return st;
}

/* s[0] is the first byte that is not UTF-8, of a file that does not say its encoding. */
static void begin_windows(reader *r, const char *s, size_t n)
{
    char bytes[4 * sizeof " 0x00"] = "";
    for (size_t i = 0; i < n && i < 4 && (unsigned char)s[i] >= 0x80; i++)
        snprintf(bytes + 5 * i, sizeof bytes - 5 * i, " 0x%02X", (unsigned)(unsigned char)s[i]);
    r->windows_line = r->line;
    strcpy(r->facts->encoding, rmt_encoding_name(RMT_ENCODING_WINDOWS_1252));
    warning_at(r, r->line, field_name(r, r->n_cells),
               "field %zu: no UTF-8:%s; the file is read as windows-1252, 'encoding' in the "
               "plan settles it",
               r->n_cells + 1, bytes);
}

/* The usual row, a line without quotes that is as wide as the header, goes straight to its columns.
 * False: it is no such row, libcsv shall read it. */
static bool take_plain_row(reader *r, const char *s, size_t n)
{
    if (!r->width_known || r->row_open || r->n_held || is_faulty(r) || n > ROW_MAX ||
        memchr(s, '"', n))
        return false;
    if (n + 1 == r->header.len && memcmp(s, r->header.s, strlen(r->header.s)) == 0)
        return false; /* the header once more? */
    const char delimiter = r->facts->delimiter;
    const size_t n_cells = width(r);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != delimiter) continue;
        if (k + 1 == n_cells) return false;
        r->ends[k++] = i;
    }
    if (k + 1 != n_cells || (r->trailing && r->ends[k - 1] + 1 < n)) return false;
    r->ends[k] = n;
    open_row(r);
    r->row_open = false;
    r->short_run = 0;
    count_row(r, r->n_cols, true);
    r->st = note_row(r);
    for (size_t i = 0, from = 0; i < r->n_cols && !r->st; from = r->ends[i++] + 1)
        r->st = store_cell(&r->cols[i], s + from, r->ends[i] - from, r->err);
    return true;
}

/* One physical line with its terminator, if it has one. */
static rmt_status take_line(reader *r, char *s, size_t n, bool terminated)
{
    size_t content = n;
    while (terminated && content > 0 && (s[content - 1] == '\n' || s[content - 1] == '\r'))
        content--;
    if (!r->row_open && (r->line <= r->options->skip_rows ||
                         (r->options->comment && content > 0 && s[0] == r->options->comment))) {
        r->facts->skipped_lines++;
        return RMT_OK;
    }
    if (content == 0 && !r->row_open) {
        r->facts->blank_lines++;
        return RMT_OK;
    }
    if (!r->csv_ready) {
        if (!r->facts->delimiter) r->facts->delimiter = sniff_delimiter(r, s, content);
        if ((r->st = start_parser(r))) return r->st;
    }
    size_t clean = ascii_prefix(s, n), n_break = n - content;
    if (clean < n && r->windows_line) {
        if ((r->st = recode_line(r, &s, &n))) return r->st;
        clean = 0;
    }
    if (clean < n) {
        size_t n_utf8 = clean_prefix(s + clean, n - clean);
        if (n_utf8 > 0 && !r->windows_line && !r->utf8_line) r->utf8_line = r->line;
        clean += n_utf8;
    }
    if (clean == n && take_plain_row(r, s, n - n_break)) return r->st;
    const bool inner = r->row_open;
    const size_t n_before = r->n_cells, began = r->cell_line;
    if (inner) r->facts->inner_lines++;
    else open_row(r);
    if (!feed(r, s, clean)) return r->st;
    if (clean < n && s[clean] && r->guess && !r->windows_line && !r->mixed) {
        r->mixed = r->utf8_line > 0;
        if (!r->mixed) {
            begin_windows(r, s + clean, n - clean);
            s += clean;
            n -= clean;
            if ((r->st = recode_line(r, &s, &n))) return r->st;
            clean = clean_prefix(s, n);
            if (!feed(r, s, clean)) return r->st;
        }
    }
    if (clean < n) {
        /* Reported once for the line; what cannot be read is replaced, so that the row can go on.
         */
        report_byte(r, (unsigned char)s[clean]);
        replace_bad(s + clean, n - clean);
        if (!feed(r, s + clean, n - clean)) return r->st;
    }
    r->cut = !terminated;
    if (!terminated && !feed(r, "\n", 1)) return r->st;
    if (inner && r->row_open && r->n_cells == n_before) note_inner_line(r, s, n, began);
    if (r->row_bytes > ROW_MAX) {
        problem_at(r, r->row_line, NULL, "row is longer than %zu MiB; a quote may be open",
                   ROW_MAX >> 20);
        give_up_row(r);
        r->stop = true;
    }
    return r->st;
}

/* The next place of c, from *next on. */
static size_t find(const rmt_text *in, size_t *next, size_t from, char c)
{
    if (*next < from) *next = from;
    if (*next < in->len && in->s[*next] != c) {
        const char *p = memchr(in->s + *next, c, in->len - *next);
        *next = p ? (size_t)(p - in->s) : in->len;
    }
    return *next < in->len ? *next : in->len;
}

/* Takes the whole lines that are there; with `last` also one without a terminator. */
static rmt_status split_lines(reader *r, bool last)
{
    while (r->at < r->in.len && !r->stop) {
        size_t len = r->in.len;
        size_t lf = find(&r->in, &r->next_lf, r->at, '\n');
        size_t cr = find(&r->in, &r->next_cr, r->at, '\r');
        size_t end = lf < len ? lf + 1 : len;
        bool terminated = lf < len;
        if (cr < len && cr + 1 < end) {
            if (r->in.s[cr + 1] != '\n') end = cr + 1, terminated = true; /* old Macintosh */
        } else if (!terminated && cr < len) {                             /* the last byte */
            if (!last) break;                                             /* is it CR or CRLF? */
            end = len, terminated = true;
        }
        if (!terminated && !last) {
            if (len - r->at <= ROW_MAX) break;
            problem_at(r, r->line + 1, NULL, "line is longer than %zu MiB", ROW_MAX >> 20);
            r->stop = true;
            break;
        }
        r->line++;
        r->facts->lines++;
        rmt_status st = take_line(r, r->in.s + r->at, end - r->at, terminated);
        if (st) return st;
        r->at = end;
    }
    /* Keep only what is left. */
    if (r->in.len > 0) memmove(r->in.s, r->in.s + r->at, r->in.len - r->at);
    r->in.len -= r->at;
    r->next_lf = r->next_lf > r->at ? r->next_lf - r->at : 0;
    r->next_cr = r->next_cr > r->at ? r->next_cr - r->at : 0;
    r->at = 0;
    return RMT_OK;
}

/* Takes the last row out of the columns. */
static void drop_row(reader *r)
{
    for (size_t i = 0; i < r->n_cols; i++) {
        rmt_text *column = &r->cols[i];
        column->len--;
        while (column->len > 0 && column->s[column->len - 1])
            column->len--;
    }
    r->n_rows--;
    r->facts->rows_stored--;
    r->facts->rows_refused++;
    r->facts->cells_stored -= r->n_cols;
    r->facts->cells_refused += r->n_cols;
}

/* The rows at the end: a footer by the plan, or rows of a wrong width. */
static void end_rows(reader *r)
{
    const size_t n = r->options->footer_rows;
    const size_t first = n > 0 && r->facts->rows >= n ? r->last_lines[(r->facts->rows + 1) % n] : 0;
    for (size_t i = 0; i < r->n_held; i++) {
        const odd_row *row = &r->held[i];
        const char *plural = row->n_cells == 1 ? "" : "s";
        if (n > 0)
            warning_at(r, row->line, NULL, "row has %zu cell%s, passed over as a footer",
                       row->n_cells, plural);
        else if (row->n_cells > width(r)) report_width(r, row);
        else if (r->cut)
            problem_at(
                r, row->line, NULL,
                "the file ends in the middle of a row: it has %zu cell%s, the header has %zu",
                row->n_cells, plural, width(r));
        else
            problem_at(r, row->line, NULL,
                       WIDTH_FAULT
                       "; if this is a footer, 'footer_rows: %zu' in the plan passes it over",
                       row->n_cells, plural, width(r), r->short_run);
    }
    while (n > 0 && !is_faulty(r) && r->n_rows > 0 && (size_t)r->lines[r->n_rows - 1] >= first) {
        warning_at(r, (size_t)r->lines[r->n_rows - 1], NULL, "row passed over as a footer");
        drop_row(r);
    }
}

/* ---- the file ------------------------------------------------------------------------------ */

/* What a file is instead of text, by its first bytes; NULL = nothing known. */
static const char *other_format(const unsigned char *head, size_t n)
{
    static const struct {
        const char *mark, *name;
    } formats[] = {{"\x89HDF\r\n\x1a\n", "an HDF5 file"},
                   {"PK\x03\x04", "an Excel workbook or another ZIP archive"},
                   {"\xd0\xcf\x11\xe0", "an old Excel workbook"},
                   {"\x1f\x8b", "compressed by gzip"},
                   {"$FL2", "an SPSS file"},
                   {"<stata_dta>", "a Stata file"}};
    static const size_t hdf5_places[] = {512, 1024, 2048}; /* behind a user block */
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t n_mark = strlen(formats[i].mark);
        if (n >= n_mark && memcmp(head, formats[i].mark, n_mark) == 0) return formats[i].name;
    }
    for (size_t i = 0; i < sizeof hdf5_places / sizeof *hdf5_places; i++)
        if (n >= hdf5_places[i] + 8 && memcmp(head + hdf5_places[i], formats[0].mark, 8) == 0)
            return formats[0].name;
    return NULL;
}

static rmt_status read_all(reader *r, rmt_csv_input *in, unsigned char *block)
{
    const size_t n_kept = r->problems->n_kept, n_total = r->problems->n_total;
    rmt_status st;
    bool first = true;
    for (size_t n = CHUNK; n == CHUNK; first = false) {
        if ((st = rmt_csv_input_next(in, block, &n, r->err))) {
            /* What damaged data hold up to their damage is no news of the text. */
            *r->facts = (rmt_csv_facts){0};
            r->problems->n_kept = n_kept;
            r->problems->n_total = n_total;
            r->problems->n_errors = r->errors_before;
            return st;
        }
        size_t mark = 0;
        if (first) {
            const char *other = other_format(block, n);
            if (other)
                return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, 0, NULL,
                                   "is no delimited text, but %s", other);
            st = rmt_decoder_init(&r->decoder, &mark, r->options->encoding, block, n, r->err);
            if (st) return st;
            strcpy(r->facts->encoding, rmt_encoding_name(r->decoder.encoding));
            r->guess = (!r->options->encoding || !r->options->encoding[0]) && mark == 0 &&
                       r->decoder.encoding == RMT_ENCODING_UTF8;
        }
        r->facts->bytes = in->bytes;
        if (r->stop) continue; /* the digest is of the whole file */
        bool last = n < CHUNK;
        st = rmt_decoder_add(&r->decoder, &r->in, block + mark, n - mark, last, r->err);
        if (st) return st;
        if ((st = split_lines(r, last))) return st;
    }
    if (r->row_open) {
        if (swallows_rows(r))
            problem_at(
                r, r->cell_line, field_name(r, r->n_cells),
                "field %zu: the quote is not closed; %zu line%s with the delimiters of a whole row "
                "follow%s",
                r->n_cells + 1, r->n_swallowed, r->n_swallowed == 1 ? "" : "s",
                r->n_swallowed == 1 ? "s" : "");
        else
            problem_at(r, r->cell_line, field_name(r, r->n_cells),
                       "field %zu: the quote is not closed", r->n_cells + 1);
        give_up_row(r);
    } else if (!r->header_done && !is_faulty(r)) {
        problem_at(r, 1, NULL, "there is no header line");
    }
    if (r->st) return r->st;
    end_rows(r);
    return rmt_digest_end(in->digest, r->facts->sha256, r->err);
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* The type of a column that no schema knows. */
static rmt_status infer(rmt_type *out, const rmt_csv_options *o, const char *name,
                        const rmt_raw_column *raw, rmt_error *err)
{
    *out = RMT_TYPE_STRING;
    if (is_among(name, o->labels, o->n_labels)) return RMT_OK;
    if (is_among(name, o->numbers, o->n_numbers)) return rmt_csv_infer_number(out, raw, err);
    return rmt_csv_infer(out, raw, err);
}

/* Column by column; the text of a column goes when it has its type. */
static rmt_status make_table(rmt_table **out, reader *r)
{
    rmt_status st;
    rmt_table *t = NULL;
    const rmt_schema *schema = r->options->schema;
    char decimal = r->options->decimal_char ? r->options->decimal_char : '.';

    if ((st = rmt_table_new(&t, "", r->err))) goto done;
    if ((st = rmt_table_add_rows(t, r->n_rows, r->err))) goto done;
    for (size_t i = 0; i < r->n_cols; i++) {
        const rmt_field *f = schema ? rmt_schema_field(schema, r->names[i]) : NULL;
        rmt_raw_column raw = {.cells = r->cols[i].s,
                              .n_rows = r->n_rows,
                              .missing = schema ? schema->missing_values : r->options->missing,
                              .decimal_char = decimal};
        rmt_type type = f ? f->type : RMT_TYPE_STRING;
        if (!f && (st = infer(&type, r->options, r->names[i], &raw, r->err))) goto done;
        st = rmt_table_add_column(t, r->names[i], type, f ? f->title : NULL, f ? f->unit : NULL,
                                  r->err);
        if (st) goto done;
        st = f ? rmt_csv_fill_typed(t, i, &raw, f, r->err)
               : rmt_csv_fill_inferred(t, i, &raw, r->err);
        if (st) goto done;
        r->facts->cells_missing += raw.n_missing;
        r->facts->cells_unreadable += raw.n_unreadable;
        rmt_text_clear(&r->cols[i]);
    }
    st = rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER,
                              "Line of the file on which the row begins", NULL, r->err);
    if (st) goto done;
    for (size_t row = 0; row < r->n_rows; row++)
        rmt_table_set_integer(t, r->n_cols, row, r->lines[row]);
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    return st;
}

/* Says in err what is in problems. */
static rmt_status fail_malformed(const reader *r)
{
    const rmt_problems *p = r->problems;
    size_t n = p->n_errors - r->errors_before;
    for (size_t i = 0; i < p->n_kept && n == 1; i++) {
        const rmt_error *e = &p->kept[i];
        if (p->severity[i] == RMT_SEVERITY_ERROR && strcmp(e->source, r->source) == 0)
            return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, e->line, e->column, "%s",
                               e->msg);
    }
    return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, 0, NULL, "%zu structural problems", n);
}

static void reader_clear(reader *r)
{
    if (r->csv_ready) csv_free(&r->csv);
    for (size_t i = 0; i < r->n_cols; i++) {
        rmt_mem_free(r->names[i]);
        rmt_text_clear(&r->cols[i]);
    }
    rmt_mem_free(r->names);
    rmt_mem_free(r->cols);
    rmt_mem_free(r->ends);
    rmt_mem_free(r->lines);
    rmt_text_clear(&r->in);
    rmt_text_clear(&r->row);
    rmt_text_clear(&r->recoded);
    rmt_text_clear(&r->header);
    rmt_mem_free(r->held);
    rmt_mem_free(r->last_lines);
}

static rmt_status check_options(const rmt_csv_options *options, const char *source, rmt_error *err)
{
    unsigned char d = (unsigned char)options->delimiter;
    if (d == '"' || d == '\n' || d == '\r' || d >= 0x80)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, 0, NULL,
                           "a quote, a line break or a character outside ASCII is no delimiter");
    if (options->footer_rows > RMT_FOOTER_ROWS_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, 0, NULL, "a footer has at most %d rows",
                           RMT_FOOTER_ROWS_MAX);
    return RMT_OK;
}

rmt_status rmt_csv_read(rmt_table **out, rmt_csv_facts *facts, const char *path, const char *source,
                        const rmt_csv_options *options, rmt_problems *problems, rmt_error *err)
{
    static const rmt_csv_options defaults = {0};
    rmt_status st;
    rmt_csv_facts own_facts;
    rmt_problems own_problems = {0};
    unsigned char *block = NULL;
    rmt_csv_input input = {.fd = -1, .source = source};
    struct stat info;
    reader r = {.source = source,
                .options = options ? options : &defaults,
                .facts = facts ? facts : &own_facts,
                .problems = problems ? problems : &own_problems,
                .err = err};

    *r.facts = (rmt_csv_facts){.delimiter = r.options->delimiter};
    r.errors_before = r.problems->n_errors;
    if ((st = check_options(r.options, source, err))) goto done;
    if ((input.fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        st = rmt_fail_at(err, RMT_ERR_OPEN, source, 0, NULL, "cannot be opened: %s",
                         strerror(errno));
        goto done;
    }
    if (fstat(input.fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        st = rmt_fail_at(err, RMT_ERR_OPEN, source, 0, NULL, "is a directory");
        goto done;
    }
    st = RMT_ERR_NOMEM;
    if (!(block = rmt_mem_resize(NULL, CHUNK, 1, err))) goto done; /* not zeroed */
    if (r.options->footer_rows > 0 &&
        !(r.last_lines = rmt_mem_array(r.options->footer_rows, sizeof *r.last_lines, err)))
        goto done;
    if ((st = rmt_digest_new(&input.digest, err))) goto done;
    if ((st = read_all(&r, &input, block))) goto done;
    st = is_faulty(&r) ? fail_malformed(&r) : make_table(out, &r);
done:
    if (st) (void)rmt_error_locate(err, source, 0, NULL);
    rmt_digest_free(input.digest);
    rmt_csv_input_clear(&input);
    rmt_mem_free(block);
    reader_clear(&r);
    if (input.fd >= 0) close(input.fd);
    return st;
}
