/* csv_parts.h - the pieces of the delimited text reader (private to io).
 * csv_input.c reads and unpacks, csv_encoding.c turns bytes into UTF-8, csv_lines.c and csv_rows.c split them into cells (see
 * csv_reader.h), csv_infer.c gives cells a type. */
#ifndef RMT_CSV_PARTS_H
#define RMT_CSV_PARTS_H
#include "rmt/csv.h"
#include "rmt/text.h"

enum { RMT_CSV_CHUNK = 1 << 20 };

/* A file as it is read: its bytes, or the text that gzip packed into them. */
typedef struct rmt_unpacker rmt_unpacker;
typedef struct {
    int fd;
    const char *source;
    rmt_digest *digest; /* of the file as it is */
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

/* One column's cells, each ended by a NUL. */
typedef struct {
    const char *cells;
    size_t n_rows;
    const rmt_node *missing; /* list of codes, NULL = [""] */
    char decimal_char;
    size_t n_missing, n_unreadable; /* counted when the column is filled; start as 0 */
} rmt_raw_column;

/* The type all cells that are not missing agree on. */
RMT_MUST_CHECK rmt_status rmt_csv_infer(rmt_type *out, const rmt_raw_column *raw, rmt_error *err);
/* The same for a column that must hold numbers: integer or number when at least half of its values are such. */
RMT_MUST_CHECK rmt_status rmt_csv_infer_number(rmt_type *out, const rmt_raw_column *raw,
                                               rmt_error *err);
/* Fills column col of t, which has the inferred type; a cell that is not of it is unreadable. */
RMT_MUST_CHECK rmt_status rmt_csv_fill_inferred(rmt_table *t, size_t col, rmt_raw_column *raw,
                                                rmt_error *err);
/* Fills column col of t by the rules of f. */
RMT_MUST_CHECK rmt_status rmt_csv_fill_typed(rmt_table *t, size_t col, rmt_raw_column *raw,
                                             const rmt_field *f, rmt_error *err);
#endif
