/* study_internal.h - what the parts of the study file share. Not for use outside
 * pipeline/io/study*.c.
 *
 *   study.c         the map of path -> table, the plan
 *   study_seal.c    the 512-byte user block: its line, written and checked
 *   study_open.c    bytes from a path, a stream or memory; the trial in a child; the library's view
 * of them study_scan.c    the structure, checked before any cell is read; the dictionary
 *   study_pipe.c    room in the pipe of a stream
 *   study_column.c  cells of one column from the file; link names
 *   study_save.c    the one canonical writer */
#ifndef RMT_STUDY_INTERNAL_H
#define RMT_STUDY_INTERNAL_H
#include <hdf5.h>
#include <stdint.h>

#include "rmt/study.h"

#define RMT_STUDY_REASONS "__missing" /* ends the link name of a companion dataset */
#define RMT_STUDY_MAX_ROWS ((uint64_t)1 << 31)
#define RMT_STUDY_MAX_WIDTH ((size_t)1 << 24) /* bytes of one text cell: 16 MiB */
#define RMT_STUDY_MAX_TITLE                                                                        \
    ((size_t)60000)                      /* bytes; the library's limit on an attribute is 64 KiB */
#define RMT_STUDY_SLAB ((size_t)1 << 22) /* text is moved in pieces of this many bytes */
enum { RMT_STUDY_MAX_DEPTH = 4 };

/* Where the cells of a dataset lie in the bytes, as a table holds them: behind a seal, contiguous, and
 * float64, int32 or NUL-padded text in this machine's byte order. NULL: the library reads them. */
typedef struct {
    const unsigned char *cells;
    size_t width; /* bytes of one */
} rmt_study_raw;

/* One column of a table that is still in the file. */
typedef struct {
    char *name; /* true name */
    char *link; /* name of its dataset in the group */
    char *title;
    char *unit;
    rmt_type type;
    bool has_reasons;
    rmt_study_raw raw, raw_reasons;
} rmt_study_column;

typedef struct {
    char *path;
    rmt_table *table;            /* NULL: still in the file */
    char digest[RMT_DIGEST_HEX]; /* "" = not known */
    /* How it lies in the file; used while table is NULL. */
    rmt_study_column *columns;
    size_t n_columns;
    size_t rows;
    char *title;
} rmt_study_entry;

struct rmt_study {
    rmt_study_entry *entries; /* in saving order */
    size_t n, cap;
    char *plan; /* NULL = none */
    hid_t file; /* the library's view of bytes; -1 = none */
    const unsigned char *bytes;
    size_t n_bytes;
    void *heap;   /* bytes, when they came from a stream */
    void *mapped; /* bytes, when they are a mapped file */
    bool is_sealed;
    char **inputs; /* files its content came from: never to be written to. Not saved */
    size_t n_inputs, cap_inputs;
};

/* ---- study.c ---- */
/* Inserts an empty entry at its place in saving order; path must not be there yet. *out is valid
 * until the next insertion or removal. */
RMT_MUST_CHECK rmt_status rmt_study_insert(rmt_study_entry **out, rmt_study *s, const char *path,
                                           rmt_error *err);
/* The entry, or NULL. */
rmt_study_entry *rmt_study_entry_find(const rmt_study *s, const char *path);
void rmt_study_columns_free(rmt_study_column *columns, size_t n);
/* Makes e->digest known, reading the table when needed. */
RMT_MUST_CHECK rmt_status rmt_study_table_digest(rmt_study_entry *e, rmt_study *s, rmt_error *err);
/* Closes any identifier of the library; a negative one is ignored. */
void rmt_study_drop(hid_t id);

/* ---- study_seal.c ---- */
/* Fills block (RMT_STUDY_USER_BLOCK bytes) with the seal over bytes[0..n). */
RMT_MUST_CHECK rmt_status rmt_study_seal_make(unsigned char *block, const void *bytes, size_t n,
                                              rmt_error *err);
/* Judges a whole file. *is_sealed is false for a file of the library that carries no seal. */
RMT_MUST_CHECK rmt_status rmt_study_seal_check(bool *is_sealed, const unsigned char *bytes,
                                               size_t n, bool is_stream, rmt_error *err);

/* ---- study_pipe.c ---- */
/* Lets the pipe fd hold that many bytes, where the system can. */
void rmt_study_widen_pipe(int fd, int bytes);

/* ---- study_scan.c ---- */
/* The columns of /dictionary: one row per column of every table, in saving order; positions count
 * from 1. */
enum { RMT_STUDY_N_DICTIONARY = 6 };
extern const rmt_column_spec rmt_study_dictionary[RMT_STUDY_N_DICTIONARY];
/* Fills plan and entries from s->file. */
RMT_MUST_CHECK rmt_status rmt_study_scan(rmt_study *s, rmt_error *err);

/* ---- study_column.c ---- */
/* The dataset's name for a column: "/" and "%" percent-encoded, a sole "." too, and the first "_"
 * of a final
 * "__missing". Caller frees. */
RMT_MUST_CHECK char *rmt_study_link_of(const char *column, rmt_error *err);
/* The reverse, for a link that the dictionary does not know: the link itself when it is no such
 * code. */
RMT_MUST_CHECK char *rmt_study_column_of(const char *link, rmt_error *err);
/* What cells of a text type are read as: the same, padded with NUL. Caller drops; negative on
 * failure. */
hid_t rmt_study_text_type(hid_t type);
/* Adds column c to t, which has the table's rows, and fills it from the group. */
RMT_MUST_CHECK rmt_status rmt_study_column_read(rmt_table *t, hid_t group, const char *path,
                                                const rmt_study_column *c, rmt_error *err);
/* The whole table of an entry that is still in the file. */
RMT_MUST_CHECK rmt_status rmt_study_table_read(rmt_table **out, const rmt_study *s,
                                               const rmt_study_entry *e, rmt_error *err);
/* Every column of every entry once, one at a time. */
RMT_MUST_CHECK rmt_status rmt_study_read_all(const rmt_study *s, rmt_error *err);

#endif
