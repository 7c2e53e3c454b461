/* csv_rows.c - cells become rows, and rows columns (see csv_reader.h). */
#include "csv_reader.h"

#include "rmt/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond these a wrong delimiter, or no table at all, is likelier than a table. */
enum { COLUMNS_MAX = RMT_TABLE_MAX_COLUMNS - 1, NAME_BYTES_MAX = 4096 }; /* one is source_line */

static rmt_status check_names(rmt_csv_reader *r)
{
    rmt_text_placed *sorted = rmt_mem_array(r->n_cols, sizeof *sorted, r->err);
    if (!sorted) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_cols; i++) {
        sorted[i] = (rmt_text_placed){r->names[i], i};
        size_t n = strlen(r->names[i]);
        if (n > NAME_BYTES_MAX)
            rmt_csv_problem(r, r->row_line, NULL,
                            "column %zu has a name of %zu bytes, more than %d", i + 1, n,
                            NAME_BYTES_MAX);
        if (!r->names[i][0]) rmt_csv_problem(r, r->row_line, NULL, "column %zu has no name", i + 1);
        if (strcmp(r->names[i], RMT_LINE_COLUMN) == 0)
            rmt_csv_problem(r, r->row_line, RMT_LINE_COLUMN, "column %zu has a reserved name",
                            i + 1);
    }
    qsort(sorted, r->n_cols, sizeof *sorted, rmt_text_placed_order);
    for (size_t i = 1; i < r->n_cols; i++) {
        if (sorted[i].text[0] && strcmp(sorted[i].text, sorted[i - 1].text) == 0)
            rmt_csv_problem(r, r->row_line, sorted[i].text, "column %zu has the name of column %zu",
                            sorted[i].place + 1, sorted[i - 1].place + 1);
    }
    rmt_mem_free(sorted);
    return RMT_OK;
}

/* The cells of the header, or what the options make of them. */
static rmt_status header_names(const char ***out, rmt_csv_reader *r)
{
    rmt_status st = RMT_OK;
    const char **names = rmt_mem_array(r->n_cells, sizeof *names, r->err), *cell = r->row.s;
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_cells; i++) {
        names[i] = cell;
        cell += strlen(cell) + 1;
    }
    if (r->options->rename)
        st = r->options->rename(r->options->rename_context, names, r->n_cells, r->err);
    if (st) rmt_mem_free(names);
    else *out = names;
    return st;
}

rmt_status rmt_csv_block_init(rmt_csv_block *b, size_t n_columns, rmt_error *err)
{
    if (!(b->cells = rmt_mem_array(n_columns, sizeof *b->cells, err))) return RMT_ERR_NOMEM;
    b->lines = rmt_mem_resize(NULL, RMT_CSV_BLOCK_ROWS, sizeof *b->lines, err);
    return b->lines ? RMT_OK : RMT_ERR_NOMEM;
}

void rmt_csv_block_clear(rmt_csv_block *b, size_t n_columns)
{
    for (size_t i = 0; b->cells && i < n_columns; i++)
        rmt_text_clear(&b->cells[i]);
    rmt_mem_free(b->cells);
    rmt_mem_free(b->lines);
    *b = (rmt_csv_block){0};
}

enum { WORD_BYTES = 8, SHORT_CELL = 16 };

static rmt_status start_block(rmt_csv_reader *r)
{
    rmt_status st = rmt_csv_block_init(&r->block, r->n_cols, r->err);
    r->ends = rmt_mem_array(rmt_csv_width(r) + WORD_BYTES, sizeof *r->ends, r->err);
    if (!st && !r->ends) st = RMT_ERR_NOMEM;
    return st ? st : rmt_csv_columns_new(&r->columns, r->names, r->n_cols, r->options, r->err);
}

rmt_status rmt_csv_last_cells(rmt_text *to, const rmt_text *from, size_t n, rmt_error *err)
{
    size_t at = from->len;
    for (; n > 0; n--)
        for (at--; at > 0 && from->s[at - 1];)
            at--;
    to->len = 0;
    return rmt_text_add_bytes(to, from->s + at, from->len - at, err);
}

rmt_status rmt_csv_end_block(rmt_csv_reader *r, bool last)
{
    const size_t n_kept = r->options->footer_rows;
    rmt_status st = RMT_OK;
    if (last) {
        st = rmt_csv_typist_end(r->typist, r->err);
        r->typist = NULL;
        return st ? st : rmt_csv_columns_add(r->columns, &r->block, r->err);
    }
    if (n_kept >= r->block.n_rows) return RMT_OK;
    if (!r->typist) st = rmt_csv_typist_new(&r->typist, r->columns, r->n_cols, r->err);
    if (st) return st;
    r->block_bytes = 0;
    return rmt_csv_typist_swap(r->typist, &r->block, n_kept, r->err);
}

static rmt_status take_header(rmt_csv_reader *r)
{
    rmt_status st;
    const char **names = NULL;
    r->header_done = true;
    rmt_csv_report_swallowed(r);
    if (r->n_cells > COLUMNS_MAX) {
        rmt_csv_problem(r, r->row_line, NULL, "the header has %zu cells, more than %d", r->n_cells,
                        COLUMNS_MAX);
        r->stop = true;
        return RMT_OK;
    }
    if (!(r->names = rmt_mem_array(r->n_cells, sizeof *r->names, r->err))) return RMT_ERR_NOMEM;
    if ((st = header_names(&names, r))) return st;
    for (size_t i = 0; i < r->n_cells; i++) {
        char position[24];
        snprintf(position, sizeof position, "%zu", i + 1);
        const char *given = rmt_node_text(rmt_node_get(r->options->names, position));
        if (given) names[i] = given;
        r->trailing = names[i][0] || i == 0 ? 0 : r->trailing + 1;
    }
    for (size_t i = 0; i + r->trailing < r->n_cells && !st; i++) {
        r->names[i] = rmt_mem_text(names[i], strlen(names[i]), r->err);
        if (!r->names[i]) st = RMT_ERR_NOMEM;
        else r->n_cols = i + 1;
    }
    rmt_mem_free(names);
    if (st) return st;
    r->width_known = true;
    if (r->trailing == 1)
        rmt_csv_warning(r, r->row_line, NULL,
                        "the header ends with a delimiter: column %zu has no name and is left out",
                        r->n_cells);
    else if (r->trailing)
        rmt_csv_warning(r, r->row_line, NULL,
                        "the header ends with %zu delimiters: columns %zu to %zu have no name and "
                        "are left out",
                        r->trailing, r->n_cols + 1, r->n_cells);
    r->header = r->row;
    r->row = (rmt_text){0};
    r->stop = r->options->header_only;
    if ((st = check_names(r)) || rmt_csv_is_faulty(r)) return st;
    return start_block(r);
}

static bool is_full(const rmt_csv_reader *r)
{
    return r->block.n_rows == RMT_CSV_BLOCK_ROWS ||
           (r->block_bytes > RMT_CSV_BLOCK_BYTES &&
            r->block_bytes > RMT_CSV_BLOCK_BYTES_OF_COLUMN * r->n_cols);
}

/* Room for n more bytes in each column of the block; rows are stored without asking until it is used up. */
static rmt_status make_room(rmt_csv_block *b, size_t n_columns, size_t n, rmt_error *err)
{
    b->room = SIZE_MAX;
    for (size_t i = 0; i < n_columns; i++) {
        rmt_text *x = &b->cells[i];
        rmt_status st = rmt_mem_grow(&x->s, &x->cap, x->len + n, 1, err);
        if (st) return st;
        if (x->cap - x->len < b->room) b->room = x->cap - x->len;
    }
    return RMT_OK;
}

/* A row of n bytes begins on row_line; its cells are to follow, with no more bytes and a NUL each. */
static rmt_status note_row(rmt_csv_reader *r, size_t n)
{
    rmt_status st = is_full(r) ? rmt_csv_end_block(r, false) : RMT_OK;
    if (st) return st;
    if (r->row_line > INT32_MAX)
        return rmt_fail_at(r->err, RMT_ERR_NOMEM, r->source, 0, NULL, "more than %d lines",
                           INT32_MAX);
    const size_t most = n + 1 + SHORT_CELL; /* of one column */
    if (r->block.room < most && (st = make_room(&r->block, r->n_cols, most, r->err))) return st;
    r->block.room -= n + 1;
    r->block.lines[r->block.n_rows++] = (int32_t)r->row_line;
    r->block_bytes += n;
    return RMT_OK;
}

/* The row with n cells is whole, or a problem says why it is not. */
static void count_row(rmt_csv_reader *r, size_t n, bool whole)
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

/* Appends s[0..n) and a NUL; s has `readable` bytes. Nearly all cells are short: so many bytes are copied at once. */
static inline void store_cell(rmt_text *column, const char *s, size_t n, size_t readable)
{
    char *to = column->s + column->len;
    if (n <= SHORT_CELL && readable >= SHORT_CELL) memcpy(to, s, SHORT_CELL);
    else memcpy(to, s, n);
    to[n] = '\0';
    column->len += n + 1;
}

static rmt_status store_row(rmt_csv_reader *r)
{
    rmt_status st = note_row(r, r->row.len);
    const char *cell = r->row.s;
    for (size_t i = 0; i < r->n_cols && !st; i++) {
        size_t n = strlen(cell);
        store_cell(&r->block.cells[i], cell, n, n);
        cell += n + 1;
    }
    return st;
}

void rmt_csv_on_cell(void *s, size_t n, void *context)
{
    rmt_csv_reader *r = context;
    r->n_cells++;
    if (s && n > 0 && r->width_known && r->n_cells > r->n_cols && !r->surplus_cell)
        r->surplus_cell = r->n_cells;
    r->cell_line = r->line;
    if (r->st || (r->header_done && rmt_csv_is_faulty(r))) return;
    /* CSV_APPEND_NULL: s[n] is NUL. An empty cell that is not quoted comes as NULL. */
    r->st = rmt_text_add_bytes(&r->row, s ? s : "", s ? n + 1 : 1, r->err);
}

static void forget_row(rmt_csv_reader *r)
{
    r->row_open = false;
    r->row.len = 0;
    r->row_bytes = 0;
    r->n_cells = 0;
    r->surplus_cell = 0;
    r->n_swallowed = 0;
}

static void take_row(rmt_csv_reader *r)
{
    bool whole = r->width_known && r->problems->n_errors == r->row_errors;
    bool odd = r->width_known && r->n_cells != rmt_csv_width(r);
    rmt_csv_report_swallowed(r);
    if (!odd) r->short_run = 0;
    if (r->width_known && r->facts->rows <= r->options->label_rows) {
        whole = false;
        rmt_csv_warning(r, r->row_line, NULL, "row passed over as labels of the columns");
    } else if (odd) {
        rmt_csv_hold_row(r);
    } else if (whole && rmt_csv_repeats_header(r)) {
        whole = false;
        rmt_csv_warning(r, r->row_line, NULL, "the header once more, passed over");
    } else if (r->surplus_cell) {
        whole = false;
        rmt_csv_problem(r, r->row_line, NULL,
                        "column %zu has no name, but a cell that is not empty", r->surplus_cell);
    } else if (!rmt_csv_is_faulty(r)) {
        r->st = store_row(r);
    }
    count_row(r, r->n_cells - (odd ? 0 : r->trailing), whole && !odd);
}

void rmt_csv_on_row(int end, void *context)
{
    rmt_csv_reader *r = context;
    (void)end;
    if (!r->st && !r->header_done) r->st = take_header(r);
    else if (!r->st) take_row(r);
    forget_row(r);
}

void rmt_csv_open_row(rmt_csv_reader *r)
{
    const size_t n_footer = r->options->footer_rows;
    r->row_open = true;
    r->row_line = r->cell_line = r->line;
    if (r->header_done) {
        r->facts->rows++;
        if (n_footer > 0) r->last_lines[r->facts->rows % n_footer] = r->line;
        if (r->n_held) rmt_csv_release_held(r);
    }
    r->row_errors = r->problems->n_errors;
}

void rmt_csv_give_up_row(rmt_csv_reader *r)
{
    if (r->header_done) count_row(r, r->n_cells + 1, false);
    r->short_run = 0;
    forget_row(r);
}

/* s[0..8), the first byte lowest; a compiler makes one load of it where that is the machine's order. */
static inline uint64_t load_word(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

/* The highest bit of each byte of the word that is c. */
static inline uint64_t bytes_equal(uint64_t word, char c)
{
    const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);
    const uint64_t x = word ^ (UINT64_C(0x0101010101010101) * (unsigned char)c);
    return ~(((x & low) + low) | x | low);
}

/* Where the cells of s[0..n) end, eight bytes at a time: ends[0..width). False: it has not as many, or a quote. There is room
 * for as many more as a word can hold. */
static bool find_cells(uint32_t *ends, size_t width, const char *s, size_t n, char delimiter)
{
    uint64_t quotes = 0;
    size_t k = 0;
    for (size_t at = 0; at < n; at += WORD_BYTES) {
        char last[WORD_BYTES] = {0};
        if (n - at < WORD_BYTES) memcpy(last, s + at, n - at);
        const uint64_t word = load_word(n - at < WORD_BYTES ? last : s + at);
        quotes |= bytes_equal(word, '"');
        for (uint64_t found = bytes_equal(word, delimiter); found; found &= found - 1)
            ends[k++] = (uint32_t)(at + (size_t)__builtin_ctzll(found) / 8);
        if (k >= width) return false;
    }
    ends[k] = (uint32_t)n;
    return k + 1 == width && !quotes;
}

bool rmt_csv_take_plain_row(rmt_csv_reader *r, const char *s, size_t n)
{
    if (!r->width_known || r->row_open || r->n_held || rmt_csv_is_faulty(r) ||
        n > RMT_CSV_ROW_MAX || r->facts->rows < r->options->label_rows)
        return false;
    if (n + 1 == r->header.len && memcmp(s, r->header.s, strlen(r->header.s)) == 0)
        return false; /* the header once more? */
    const char delimiter = r->facts->delimiter;
    if (!find_cells(r->ends, rmt_csv_width(r), s, n, delimiter)) return false;
    for (size_t i = 0; i < r->trailing; i++)
        if (s[n - 1 - i] != delimiter) return false;
    rmt_csv_open_row(r);
    r->row_open = false;
    r->short_run = 0;
    count_row(r, r->n_cols, true);
    r->st = note_row(r, n);
    if (r->st) return true;
    const uint32_t *ends = r->ends;
    rmt_text *columns = r->block.cells;
    for (size_t i = 0, from = 0, n_cols = r->n_cols; i < n_cols; from = ends[i++] + 1)
        store_cell(&columns[i], s + from, ends[i] - from, n - from);
    return true;
}

void rmt_csv_drop_row(rmt_csv_reader *r)
{
    for (size_t i = 0; i < r->n_cols; i++) {
        rmt_text *column = &r->block.cells[i];
        column->len--;
        while (column->len > 0 && column->s[column->len - 1])
            column->len--;
    }
    r->block.n_rows--;
    r->facts->rows_stored--;
    r->facts->rows_refused++;
    r->facts->cells_stored -= r->n_cols;
    r->facts->cells_refused += r->n_cols;
}
