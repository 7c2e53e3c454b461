/* csv.h - delimited text in: from bytes of any common encoding to a typed table.
 * Layer: io (libcsv). Streams: rows get their types some megabyte at a time, and from 8 MiB of cells on they lie in a
 * temporary file without a name (in TMPDIR, else /var/tmp, else /tmp), which goes with the table; memory is then two blocks of
 * rows, whatever the file's length. One thread splits rows while another types those before. A row may be 64 MiB long.
 *
 * Structural faults (ragged row, bad quote, NUL byte, bytes that are not in the encoding, duplicate or
 * empty column name) are problems with file, line and column; the table is then not made. A cell that
 * does not fit its type is no structural fault: it becomes missing with reason "unreadable: CELL". A file that
 * gzip has packed is read as the text in it, a chunk at a time; one whose packed data are cut or damaged is refused with that
 * alone. A file that begins as HDF5, ZIP (Excel), SPSS or Stata files do is refused by that name; so are more than 31,999 columns and
 * names of more than 4096 bytes. The work grows with the bytes, whatever they are. */
#ifndef RMT_CSV_H
#define RMT_CSV_H
#include "rmt/schema.h"

enum { RMT_FOOTER_ROWS_MAX = 1000, RMT_FOOTER_TEXTS = 8, RMT_FOOTER_TEXT = 40 };

typedef struct {
    /* "utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252"; NULL = by BOM, else UTF-8, else windows-1252 */
    const char *encoding;
    char delimiter;          /* 0 = the most plausible of , ; tab | in the header line */
    char decimal_char;       /* '.' or ',' */
    size_t skip_rows;        /* lines before the header */
    size_t label_rows;       /* rows behind the header that are no data: labels, units */
    size_t footer_rows;      /* rows at the end that are no data, at most RMT_FOOTER_ROWS_MAX */
    bool header_only;        /* the names of the columns, and no row */
    char comment;            /* a line that begins with it is passed over; 0 = none */
    const rmt_node *missing; /* list of missing codes when there is no schema; NULL = [""] */
    /* map position (1-based) -> name, for columns without one or to be called otherwise; NULL = none */
    const rmt_node *names;
    /* Asked once with the cells of the header, borrowed: may put other names in their places, which it keeps until the
     * file is read. NULL = the names are those of the file */
    rmt_status (*rename)(void *context, const char **names, size_t n, rmt_error *err);
    void *rename_context;
    bool as_text;             /* every column is string, whatever its cells */
    const rmt_schema *schema; /* NULL: types are inferred from all cells */
    /* Columns without a field in the schema, of which something is known all the same. labels: cells are names (ids,
     * arms, visits), so that "1.10" and "2E1" stay as written. numbers: cells must be numbers; where at least half of
     * those with a value are, the others are unreadable. sure_numbers: those of them that are numbers even where fewer
     * are, as the plan or columns that belong together have it. */
    const char *const *labels, *const *numbers, *const *sure_numbers;
    size_t n_labels, n_numbers, n_sure_numbers;
    const rmt_digest_kind *digest; /* one that is made besides SHA-256; NULL = none */
} rmt_csv_options;

typedef struct {
    char encoding[16];
    char delimiter;
    size_t bytes;
    /* Every line is blank, passed over as the options say, the first of the header or of a data row, or within a row that goes on over several lines:
     * what a quote holds together. A line of blanks and tabs alone (also where tabs are delimiters), or of
     * delimiters alone, as many as the header's, is blank where there are two columns or more and no footer_rows; in
     * front of the header one of blanks and tabs is. */
    size_t lines, blank_lines, skipped_lines, inner_lines;
    /* Data rows: rows = rows_stored + rows_refused. A row is refused when a problem names its line, or when the header is
     * too bad for any row to be judged. With a warning (a header repeated, a footer) the others are stored; with an error
     * the file is refused whole, and rows_stored are its good ones. */
    size_t rows, rows_stored, rows_refused;
    /* 0 here. Of a file out of which several tables are taken: what is no part of this one; then
     * rows = rows_stored + rows_refused + rows_set_aside, cells likewise. */
    size_t rows_set_aside, cells_set_aside;
    /* Their cells: cells = cells_stored + cells_refused. Of those stored, cells_missing are empty or a declared code, and
     * cells_unreadable keep their text as the reason only; both are counted when the table is made. */
    size_t cells, cells_stored, cells_refused, cells_missing, cells_unreadable;
    /* The first cells, cut, of the first rows of another width that were passed over as a footer. */
    char footers[RMT_FOOTER_TEXTS][RMT_FOOTER_TEXT];
    size_t n_footers;
    char sha256[RMT_DIGEST_HEX];
    char digest[RMT_DIGEST_HEX_MOST]; /* as the options ask; "" = they do not */
} rmt_csv_facts;

/* path: the file; source: its name for messages and facts. The table gets the columns of the header in order,
 * then `source_line` (integer): the physical line on which the row begins. Inferred types: boolean never (0/1 are
 * integers), integer (no leading zeros, fits int32), number, date (ISO), datetime (ISO), else string; a column without a
 * value is string. A column of the schema that is absent is left out (validate reports it); a column not in the schema
 * is kept, inferred.
 * A cell written as identifiers are (007, +49, more than 15 digits), or a number no double holds (1e400, 1e-400), makes
 * the column string. An empty cell is missing in
 * every inferred column. The table has no title. LF, CRLF and CR end lines; the name source_line is reserved. "utf-16"
 * without a byte order mark is taken by its first character. When neither a name nor a mark says the encoding, the first
 * bytes that are not UTF-8 make the file windows-1252, with a warning at their place; a file that holds characters of both
 * is refused. A quoted cell that holds lines with the delimiters of whole rows (two of them in tables of less than five
 * columns) is a warning with the line where it begins. A delimiter at the end of every line, the header's and the rows', is passed over with a warning; so is a row that
 * repeats the header of two columns or more. Two delimiters that separate as many names are a warning. So is a
 * byte order mark at the beginning of a later line, as files put together have it: it is no part of the cell. A first
 * line "sep=;" is Excel's, which names the delimiter where the options do not, and is passed over. options, facts and problems may be NULL.
 * Errors: RMT_ERR_OPEN, RMT_ERR_IO, RMT_ERR_NOMEM; RMT_ERR_CONFIG for an unknown encoding or an impossible delimiter;
 * RMT_ERR_MALFORMED when this file added at least one error to problems, or none because it is refused unread (its byte
 * order mark contradicts the plan). */
RMT_MUST_CHECK rmt_status rmt_csv_read(rmt_table **out, rmt_csv_facts *facts, const char *path,
                                       const char *source, const rmt_csv_options *options,
                                       rmt_problems *problems, rmt_error *err);
#endif
