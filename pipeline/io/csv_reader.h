/* csv_reader.h - the state of one file being read, which the parts of the delimited text reader share (private to io).
 *
 *   csv.c         a file from its first byte to the table
 *   csv_lines.c   lines, and the characters of a line; what libcsv is given
 *   csv_rows.c    cells and rows: the header, the columns, whole rows and refused ones
 *   csv_typist.c  the thread that types one block of rows while the next is read
 *   csv_around.c  what stands in a file beside its rows: footers, headers repeated, quotes left open, other formats */
#ifndef RMT_CSV_READER_H
#define RMT_CSV_READER_H
#include "csv_parts.h"

#include <csv.h>

typedef struct rmt_csv_typist rmt_csv_typist;

#define RMT_CSV_ROW_MAX ((size_t)64 << 20)

/* A row that has not as many cells as the header. */
typedef struct {
    size_t line, number, n_cells;
    char first[RMT_FOOTER_TEXT]; /* its first cell, cut */
} rmt_csv_odd_row;

typedef struct {
    const char *source;
    const rmt_csv_options *options;
    rmt_csv_facts *facts;
    rmt_problems *problems; /* of this file alone */
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
    size_t surplus_cell;  /* the first with a value behind the columns that have a name; 0 = none */
    size_t last_bytes;    /* of its last cell */
    size_t n_swallowed;   /* lines within its quotes that look like rows */
    size_t swallow_width; /* of those, in cells */
    size_t swallow_line,
        swallow_cell; /* the cell with the first of them: where it begins, and how many come before */
    rmt_text row;     /* its cells, each ended by a NUL */
    bool stop;        /* no point in reading on */

    bool header_done, width_known;
    bool cut; /* no line break ends the last line */
    size_t
        trailing; /* columns without a name at the end of the header, whose cells have to be empty */
    rmt_text header;       /* its cells as in the file, each ended by a NUL */
    rmt_csv_odd_row *held; /* rows of another width that may be a footer, oldest first */
    size_t n_held, held_cap;
    size_t short_run;   /* such rows without another between, up to here */
    size_t *last_lines; /* of the last footer_rows rows: row i at i modulo their number */
    char **names;
    size_t n_cols;
    rmt_csv_block block; /* the rows not yet typed */
    size_t block_bytes;  /* of their lines, about */
    uint32_t *ends;      /* where the cells of a plain row end */
    rmt_csv_columns *columns;
    rmt_csv_typist *typist; /* NULL: all rows are in the first block */
} rmt_csv_reader;

static inline bool rmt_csv_is_faulty(const rmt_csv_reader *r)
{
    return r->problems->n_errors > 0;
}

/* Name of field i (0-based); NULL = not known. */
static inline const char *rmt_csv_field_name(const rmt_csv_reader *r, size_t i)
{
    return i < r->n_cols && r->names[i][0] ? r->names[i] : NULL;
}

/* Cells of a row that is as wide as the header. */
static inline size_t rmt_csv_width(const rmt_csv_reader *r)
{
    return r->n_cols + r->trailing;
}

#define rmt_csv_problem(r, at_line, field, ...)                                                    \
    rmt_problems_add((r)->problems, RMT_SEVERITY_ERROR, RMT_ERR_MALFORMED, (r)->source, (at_line), \
                     (field), __VA_ARGS__)

#define rmt_csv_warning(r, at_line, field, ...)                                                    \
    rmt_problems_add((r)->problems, RMT_SEVERITY_WARNING, RMT_ERR_MALFORMED, (r)->source,          \
                     (at_line), (field), __VA_ARGS__)

/* ---- csv_lines.c ---- */
/* Takes the whole lines that are in r->in; with `last` also one without a terminator. */
RMT_MUST_CHECK rmt_status rmt_csv_split_lines(rmt_csv_reader *r, bool last);

/* ---- csv_rows.c ---- */
/* A row begins on this line. */
void rmt_csv_open_row(rmt_csv_reader *r);
/* What libcsv calls; context is the reader, and r->st tells of failures. */
void rmt_csv_on_cell(void *s, size_t n, void *context);
void rmt_csv_on_row(int end, void *context);
/* The open row does not end: a problem has said why. Its last cell, of which the end is not known, counts. */
void rmt_csv_give_up_row(rmt_csv_reader *r);
/* The usual row, a line without quotes that is as wide as the header, goes straight to its columns.
 * False: it is no such row, libcsv shall read it. */
bool rmt_csv_take_plain_row(rmt_csv_reader *r, const char *s, size_t n);
/* The rows of the block get their types; those that may be a footer stay in it, unless `last`. */
RMT_MUST_CHECK rmt_status rmt_csv_end_block(rmt_csv_reader *r, bool last);
RMT_MUST_CHECK rmt_status rmt_csv_block_init(rmt_csv_block *b, size_t n_columns, rmt_error *err);
void rmt_csv_block_clear(rmt_csv_block *b, size_t n_columns);
/* Makes `to` the last n cells of `from`, which has at least so many. */
RMT_MUST_CHECK rmt_status rmt_csv_last_cells(rmt_text *to, const rmt_text *from, size_t n,
                                             rmt_error *err);
/* Takes the last row out of the block. */
void rmt_csv_drop_row(rmt_csv_reader *r);

/* ---- csv_typist.c ---- */
/* columns is its alone until it ends. Where the system has no thread to give the caller types: the table is the same. */
RMT_MUST_CHECK rmt_status rmt_csv_typist_new(rmt_csv_typist **out, rmt_csv_columns *columns,
                                             size_t n_columns, rmt_error *err);
/* Gives it the rows of the block but the last n_kept, which are in *block then. Fails with what went wrong before. */
RMT_MUST_CHECK rmt_status rmt_csv_typist_swap(rmt_csv_typist *t, rmt_csv_block *block,
                                              size_t n_kept, rmt_error *err);
/* All blocks are typed, and the thread is gone; NULL allowed. */
rmt_status rmt_csv_typist_end(rmt_csv_typist *t, rmt_error *err);

/* ---- csv_around.c ---- */
/* What a file is instead of text, by its first bytes; NULL = nothing known. */
const char *rmt_csv_other_format(const unsigned char *head, size_t n);
/* The row that ends is as wide as no other: a fault, unless it belongs to a footer, which is known at the end only. */
void rmt_csv_hold_row(rmt_csv_reader *r);
/* Row number facts->rows begins: what is held and too far from the end now is a fault. */
void rmt_csv_release_held(rmt_csv_reader *r);
bool rmt_csv_repeats_header(const rmt_csv_reader *r);
/* s[0..n), a line, begins and ends within one quoted cell, which began on line `began`. */
void rmt_csv_note_inner_line(rmt_csv_reader *r, const char *s, size_t n, size_t began);
/* A row ends that swallowed others, if it did. */
void rmt_csv_report_swallowed(rmt_csv_reader *r);
/* The file ends within a row. */
void rmt_csv_report_open_quote(rmt_csv_reader *r);
/* The rows at the end: a footer by the plan, or rows of a wrong width. */
void rmt_csv_end_rows(rmt_csv_reader *r);
#endif
