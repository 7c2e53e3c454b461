/* csv_parts.h - the pieces of the delimited text reader (private to io).
 * csv_input.c reads and unpacks, csv_encoding.c turns bytes into UTF-8, csv_lines.c and csv_rows.c split them into cells (see
 * csv_reader.h), csv_infer.c gives cells a type. */
#ifndef RMT_CSV_PARTS_H
#define RMT_CSV_PARTS_H
#include "rmt/csv.h"
#include "rmt/text.h"

/* Sizes of the pieces in which a file is read and its cells are kept; what is read does not depend on them. */
#ifdef RMT_SMALL_PIECES /* for tests: a file of a few lines has many of each */
enum {
    RMT_CSV_CHUNK = 1031, /* holds what tells other formats */
    RMT_CSV_BLOCK_ROWS = 5,
    RMT_CSV_PIECE_ROWS = 3,
    RMT_CSV_BLOCK_BYTES = 64,
    RMT_CSV_BLOCK_BYTES_OF_COLUMN = 1,
    RMT_CSV_IN_MEMORY = 1 << 10
};
#else
enum {
    RMT_CSV_CHUNK = 1 << 20,
    RMT_CSV_BLOCK_ROWS = 1 << 14,
    RMT_CSV_PIECE_ROWS = 1 << 12,  /* of a column that is read again, at most a block */
    RMT_CSV_BLOCK_BYTES = 1 << 22, /* and of a column so many: its part is worth a write */
    RMT_CSV_BLOCK_BYTES_OF_COLUMN = 1 << 12,
    RMT_CSV_IN_MEMORY = 1 << 23 /* more cells go to a temporary file */
};
#endif

/* A file as it is read: its bytes, or the text that gzip packed into them. */
typedef struct rmt_unpacker rmt_unpacker;
typedef struct {
    int fd;
    const char *source;
    rmt_digest *digest; /* of the file as it is */
    rmt_digest *other;  /* one of another kind, or NULL */
    size_t bytes;       /* read of it */
    rmt_unpacker *unpacker;
} rmt_csv_input;

/* The next RMT_CSV_CHUNK bytes; less (*n) only at the end. Memory: two chunks, whatever is packed.
 * Errors: RMT_ERR_IO, RMT_ERR_NOMEM, RMT_ERR_MALFORMED when gzip's data are damaged or cut. */
RMT_MUST_CHECK rmt_status rmt_csv_input_next(rmt_csv_input *in, unsigned char *block, size_t *n,
                                             rmt_error *err);
void rmt_csv_input_clear(rmt_csv_input *in);

typedef enum {
    RMT_ENCODING_UTF8,
    RMT_ENCODING_UTF16LE,
    RMT_ENCODING_UTF16BE,
    RMT_ENCODING_WINDOWS_1252
} rmt_encoding;

typedef struct {
    rmt_encoding encoding;
    unsigned char kept[4]; /* bytes of a character cut by the end of a block */
    size_t n_kept;
} rmt_decoder;

/* Bytes that cannot be decoded are left as bytes that no valid UTF-8 holds, so that the line they
 * stand on is known when they are reported: windows-1252's undefined bytes as themselves, and for
 * UTF-16 these. */
enum { RMT_LONE_SURROGATE = 0xFE, RMT_HALF_UNIT = 0xFF };

/* name: as in rmt_csv_options (NULL = by byte order mark). head: the first bytes of the file.
 * *n_mark: length of the byte order mark. Errors: RMT_ERR_CONFIG for an unknown name. */
RMT_MUST_CHECK rmt_status rmt_decoder_init(rmt_decoder *d, size_t *n_mark, const char *name,
                                           const unsigned char *head, size_t n, rmt_error *err);
const char *rmt_encoding_name(rmt_encoding e);
/* Appends bytes[0..n) to out as UTF-8; last: no byte follows. */
RMT_MUST_CHECK rmt_status rmt_decoder_add(rmt_decoder *d, rmt_text *out, const unsigned char *bytes,
                                          size_t n, bool last, rmt_error *err);

/* ---- csv_infer.c ---- */
/* The codes for a missing value. */
typedef struct {
    const char **codes; /* borrowed from their list */
    char **reasons;     /* why a cell with it is missing */
    size_t n;
    bool begins[256]; /* a code begins with this byte; [0]: an empty cell is missing */
} rmt_csv_codes;
/* list: of codes, NULL = the empty cell alone; empty: that one in any case. */
RMT_MUST_CHECK rmt_status rmt_csv_codes_init(rmt_csv_codes *m, const rmt_node *list, bool empty,
                                             rmt_error *err);
void rmt_csv_codes_clear(rmt_csv_codes *m);
/* Why the cell is missing, "" = it is empty; NULL: it has a value. */
const char *rmt_csv_missing(const rmt_csv_codes *m, const char *cell);

/* cell[0..n), ended by NUL, as a whole number, and as any; false when it is none, or is written as an identifier is. */
bool rmt_csv_as_integer(const char *cell, size_t n, int32_t *out);
bool rmt_csv_as_number(const char *cell, size_t n, char decimal_char, double *x);
enum {
    RMT_CSV_IS_INTEGER = 1,
    RMT_CSV_IS_NUMBER = 2,
    RMT_CSV_IS_DATE = 4,
    RMT_CSV_IS_DATETIME = 8,
    RMT_CSV_IS_ANY = 15
};
/* Which of `kinds` the cell can be. */
int rmt_csv_kinds_of(const char *cell, size_t n, int kinds, char decimal_char);

/* ---- csv_columns.c ---- */
/* Whole rows, column by column, as they are in the file. */
typedef struct {
    rmt_text *cells; /* one for each column: its cells, each ended by a NUL */
    int32_t *lines;  /* on which the rows begin; room for RMT_CSV_BLOCK_ROWS */
    size_t n_rows;
    size_t room; /* bytes that each column can take at least */
} rmt_csv_block;

/* The columns of a table as they come about: typed, in memory or in a temporary file (spill.h). A column without a field in
 * the schema is kept in the narrowest form that gives back all its cells, and gets its type when all are there. */
typedef struct rmt_csv_columns rmt_csv_columns;
/* names and options must outlive it. */
RMT_MUST_CHECK rmt_status rmt_csv_columns_new(rmt_csv_columns **out, char *const *names, size_t n,
                                              const rmt_csv_options *options, rmt_error *err);
void rmt_csv_columns_free(rmt_csv_columns *c);
RMT_MUST_CHECK rmt_status rmt_csv_columns_add(rmt_csv_columns *c, const rmt_csv_block *block,
                                              rmt_error *err);
/* Makes the table, which keeps the memory, and counts the cells that are missing and unreadable. */
RMT_MUST_CHECK rmt_status rmt_csv_columns_table(rmt_table **out, rmt_csv_columns *c,
                                                rmt_csv_facts *facts, rmt_error *err);
#endif
