/* study_internal.h - what the parts of the study file share. Not for use outside
 * pipeline/io/study*.c.
 *
 *   study.c          the map of path -> table, the plan
 *   study_seal.c     the 512-byte user block: its line, written and checked
 *   study_bytes.c    where the bytes are: in memory while they are few, else mapped
 *   study_stream.c   a stream, read to its end
 *   study_open.c     bytes from a path, a stream or memory; whose file it is
 *   study_own.c      our own files: every byte of structure is compared with what we would write
 *   study_found.c    what a reader found, brought into agreement with the dictionary
 *   study_column.c   a table over the cells of our own file; link names
 *   study_foreign.c  all other files: read by libhdf5 in a child process, which writes them as our own
 *   study_scan.c     the structure of such a file, checked before any cell is read
 *   study_library.c  libhdf5 itself: started, bytes opened, cells read
 *   study_save.c     the one canonical writer
 *   h5_layout.c      the bytes of the part of HDF5 that we write */
#ifndef RMT_STUDY_INTERNAL_H
#define RMT_STUDY_INTERNAL_H
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "rmt/study.h"

#define RMT_STUDY_REASONS "__missing" /* ends the link name of a companion dataset */
#define RMT_STUDY_MAX_ROWS ((uint64_t)1 << 31)
#define RMT_STUDY_MAX_BARE_ROWS ((uint64_t)1 << 20) /* of a table without columns */
#define RMT_STUDY_MAX_WIDTH ((size_t)1 << 24)       /* bytes of one text cell: 16 MiB */
#define RMT_STUDY_MAX_TITLE ((size_t)60000)         /* bytes; an attribute holds 64 KiB */
enum { RMT_STUDY_MAX_DEPTH = 4 };

/* Where the cells of a dataset lie in our own file, as a table holds them: float64, int32 or texts that
 * end with NUL. */
typedef struct {
    const unsigned char *cells; /* NULL: no rows, or the file is not our own */
    size_t width;               /* bytes of one */
} rmt_study_raw;

/* One column of a table that lies in the file. */
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
    rmt_table *table;            /* NULL: not looked at yet */
    char digest[RMT_DIGEST_HEX]; /* "" = not known */
    /* How it lies in the file, from which it is saved as it is; NULL when the table was made here. */
    rmt_study_column *columns;
    size_t n_columns;
    size_t rows;
    char *title;
    bool is_in_file;
} rmt_study_entry;

typedef struct rmt_study_ahead rmt_study_ahead;

/* A mapped file as it was when its seal was checked. */
typedef struct {
    bool is_on; /* the file is somebody's, who may change it */
    int fd;
    struct timespec changed;
    off_t size;
} rmt_study_watch;

struct rmt_study {
    rmt_study_entry *entries; /* in saving order */
    size_t n, cap;
    rmt_study_ahead *ahead; /* digests on their way; NULL = none */
    char *plan;             /* NULL = none */
    const unsigned char *bytes;
    size_t n_bytes;
    void *heap;              /* bytes, when they came from a stream or a child */
    void *mapped;            /* bytes, when they are a mapped file, be it a temporary one */
    rmt_study_watch watched; /* of it */
    char **inputs;           /* files its content came from: never to be written to. Not saved */
    size_t n_inputs, cap_inputs;
};

/* ---- study.c ---- */
/* Inserts an empty entry at its place in saving order; path must not be there yet. *out is valid
 * until the next insertion or removal. */
RMT_MUST_CHECK rmt_status rmt_study_insert(rmt_study_entry **out, rmt_study *s, const char *path,
                                           rmt_error *err);
/* The entry, or NULL. */
rmt_study_entry *rmt_study_entry_find(const rmt_study *s, const char *path);
/* RMT_ERR_INTERNAL for what is no path of a table. */
RMT_MUST_CHECK rmt_status rmt_study_check_path(const char *path, rmt_error *err);
/* < 0 when the table at a is saved before that at b. */
int rmt_study_compare_paths(const char *a, const char *b);
void rmt_study_columns_free(rmt_study_column *columns, size_t n);
/* True when path is `above` or lies below it. */
bool rmt_study_is_within(const char *path, const char *above);

/* ---- study_digest.c ---- */
/* Makes e->digest known, looking at the table when needed. */
RMT_MUST_CHECK rmt_status rmt_study_table_digest(rmt_study_entry *e, rmt_study *s, rmt_error *err);
/* The digests that are on their way have arrived; before a table is replaced or freed. */
void rmt_study_digest_await(rmt_study *s);

/* ---- study_bytes.c ---- */
/* As many are held in memory; what comes out does not depend on it. */
#ifdef RMT_SMALL_PIECES /* for tests */
enum { RMT_STUDY_IN_MEMORY = 1 << 12 };
#else
enum { RMT_STUDY_IN_MEMORY = 1 << 25 };
#endif
/* What fd has to give: a file as large as it says, or a stream (is_file is false) to its end. */
RMT_MUST_CHECK rmt_status rmt_study_take_bytes(rmt_study *s, int fd, bool is_file, rmt_error *err);
/* The first n bytes of a file, mapped. */
RMT_MUST_CHECK rmt_status rmt_study_map(rmt_study *s, int fd, size_t n, rmt_error *err);
/* bytes[0..n) of the study have been read: those of a mapped file take no memory until they are read again. */
void rmt_study_rest(const rmt_study *s, const void *bytes, size_t n);
/* Forgets the bytes, wherever they are. */
void rmt_study_release_bytes(rmt_study *s);

/* ---- study_seal.c ---- */
/* Fills block (RMT_STUDY_USER_BLOCK bytes) with the seal of n bytes with that SHA-256. */
void rmt_study_seal_make(unsigned char *block, const char hex[RMT_DIGEST_HEX], uint64_t n);
/* Judges the bytes of a study. *is_sealed is false for a file of the library that carries no seal. */
RMT_MUST_CHECK rmt_status rmt_study_seal_check(bool *is_sealed, const rmt_study *s, bool is_stream,
                                               rmt_error *err);

/* ---- study_stream.c ---- */
/* Reads fd to its end; the caller frees *bytes. likely: how many bytes that will be, 0 = not known. */
RMT_MUST_CHECK rmt_status rmt_study_read_stream(unsigned char **bytes, size_t *n, int fd,
                                                size_t likely, rmt_error *err);
/* Reads fd to its end; more than RMT_STUDY_IN_MEMORY are mapped from a temporary file. */
RMT_MUST_CHECK rmt_status rmt_study_take_stream(rmt_study *s, int fd, size_t likely,
                                                rmt_error *err);

/* ---- study_found.c ---- */
typedef enum {
    RMT_FOUND_FLOAT,
    RMT_FOUND_INTEGER,
    RMT_FOUND_ENUMERATION, /* of one byte: other software's booleans */
    RMT_FOUND_TEXT
} rmt_found_kind;

typedef struct {
    char *link;
    rmt_found_kind kind;
    uint64_t rows;
    rmt_study_raw raw;
    bool is_used; /* matched with a column or as the companion of one */
} rmt_found_dataset;

typedef struct {
    char *path;
    rmt_found_dataset *datasets; /* sorted by link once all are found */
    size_t n, cap;
    bool has_rows; /* the attribute is there */
    uint64_t rows;
    char *title; /* NULL = none */
    char digest[RMT_DIGEST_HEX];
    rmt_study_column *columns; /* in the table's order, once the dictionary was read */
    size_t n_columns, cap_columns;
} rmt_found_group;

typedef struct {
    rmt_found_group *groups; /* the tables */
    size_t n, cap;
    rmt_found_group dictionary;
    bool has_dictionary;
} rmt_found;

void rmt_found_group_clear(rmt_found_group *g);
void rmt_found_clear(rmt_found *f);
/* The columns of /dictionary: one row per column of every table, in saving order; positions count
 * from 1. */
enum { RMT_STUDY_N_DICTIONARY = 6 };
extern const rmt_column_spec rmt_study_dictionary[RMT_STUDY_N_DICTIONARY];
/* Sorts what was found and gives the dictionary's own six datasets to *out, an entry that borrows from f: its
 * table is the next thing to read. */
RMT_MUST_CHECK rmt_status rmt_found_dictionary(rmt_study_entry *out, rmt_found *f, rmt_error *err);
/* Matches every dataset with the dictionary (NULL = the file has none) and moves the tables to s. is_own: the
 * dictionary must know all of them. */
RMT_MUST_CHECK rmt_status rmt_found_settle(rmt_found *f, const rmt_table *dictionary, rmt_study *s,
                                           bool is_own, rmt_error *err);

/* ---- study_own.c ---- */
/* Reads s->bytes, which carry a true seal. *is_own is false, and s unchanged, when they are not byte for byte
 * laid out as rmt_study_save does it: then they are a file of other software. */
RMT_MUST_CHECK rmt_status rmt_study_open_own(bool *is_own, rmt_study *s, rmt_error *err);

/* ---- study_foreign.c ---- */
/* Replaces s->bytes, a file that is not our own, by the same content in our own layout, which a child process
 * with limits on memory and time has made of it. Only the child gives the bytes to libhdf5. */
RMT_MUST_CHECK rmt_status rmt_study_convert(rmt_study *s, bool is_sealed, rmt_error *err);

/* ---- study_column.c ---- */
/* The dataset's name for a column: "/" and "%" percent-encoded, a sole "." too, and the first "_"
 * of a final "__missing". Caller frees. */
RMT_MUST_CHECK char *rmt_study_link_of(const char *column, rmt_error *err);
/* The reverse, for a link that the dictionary does not know: the link itself when it is no such
 * code. */
RMT_MUST_CHECK char *rmt_study_column_of(const char *link, rmt_error *err);
/* Looks at every cell of an entry of our own file: texts are UTF-8 and ended, numbers finite, booleans 0 or 1. */
RMT_MUST_CHECK rmt_status rmt_study_cells_check(const rmt_study *s, const rmt_study_entry *e,
                                                rmt_error *err);
/* A table over the cells of an entry of our own file, which it borrows from; they have been checked. */
RMT_MUST_CHECK rmt_status rmt_study_table_read(rmt_table **out, rmt_study *s,
                                               const rmt_study_entry *e, rmt_error *err);

#endif
