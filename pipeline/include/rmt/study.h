/* study.h - the study file: a plan and tables under HDF5 paths, sealed.
 * Layer: io. The format is written down in pipeline/FORMAT.md. One process, one thread at a time (HDF5).
 *
 * A study in memory is an ordered map from path ("/tables/caps5") to table, plus the plan. Tables of
 * an opened file are read when first asked for; saving writes every table in one fixed order, column
 * by column, into a fresh file: the bytes depend on the content alone. */
#ifndef RMT_STUDY_H
#define RMT_STUDY_H
#include "rmt/outfile.h"
#include "rmt/table.h"

#define RMT_STUDY_FORMAT "remit-study"
enum { RMT_STUDY_FORMAT_VERSION = 1, RMT_STUDY_USER_BLOCK = 512 };

typedef struct rmt_study rmt_study;

RMT_MUST_CHECK rmt_status rmt_study_new(rmt_study **out, rmt_error *err);
void rmt_study_free(rmt_study *s);

/* Opens a study file; a large one is looked at in place, and must not be changed until the study is freed (saving
 * refuses to end, RMT_ERR_IO, when it was; cutting it short is fatal). path "-" reads standard input to its end. Checks the seal first (SHA-256 over all
 * bytes behind the user block), then the whole structure: only groups, 1-D datasets of known types
 * and equal length, no links but hard links in a tree, sane sizes. A file without a seal (written by
 * other software) is first read in a child process with limits on memory and time.
 * Errors: RMT_ERR_OPEN, RMT_ERR_IO, RMT_ERR_MALFORMED (stream empty or cut short, seal broken, not HDF5,
 * structure), RMT_ERR_CONFIG (format_version newer than this program reads). One line each. */
RMT_MUST_CHECK rmt_status rmt_study_open(rmt_study **out, const char *path, rmt_error *err);
/* The same from bytes in memory, which must outlive the study. name is used in messages. */
RMT_MUST_CHECK rmt_status rmt_study_open_image(rmt_study **out, const void *bytes, size_t n,
                                               const char *name, rmt_error *err);

/* Writes the sealed file; the output is whole or absent. Saving does not change s.
 * rmt_study_image gives the same bytes in memory (caller frees with rmt_mem_free). */
RMT_MUST_CHECK rmt_status rmt_study_save(rmt_study *s, const char *path,
                                         const rmt_outfile_options *options, rmt_error *err);
/* A file the study's content came from: rmt_study_save refuses to replace it, as it does those of `options`. */
RMT_MUST_CHECK rmt_status rmt_study_add_input(rmt_study *s, const char *path, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_study_image(void **out, size_t *n, rmt_study *s, rmt_error *err);

/* The plan as canonical JSON text; NULL when the study has none. Borrowed. */
const char *rmt_study_plan(const rmt_study *s);
RMT_MUST_CHECK rmt_status rmt_study_set_plan(rmt_study *s, const char *json, rmt_error *err);

/* Tables. A path is "/" followed by 1..4 names joined by "/"; a name holds no "/", is not "." and not empty
 * (RMT_ERR_INTERNAL). get reads the table when needed; *out is borrowed until the study is freed or the table
 * is replaced. get of an absent path: RMT_ERR_INCONSISTENT "no table /outcomes in this study file". */
size_t rmt_study_size(const rmt_study *s);
const char *rmt_study_path(const rmt_study *s, size_t i); /* in saving order */
bool rmt_study_has(const rmt_study *s, const char *path);
RMT_MUST_CHECK rmt_status rmt_study_get(const rmt_table **out, rmt_study *s, const char *path,
                                        rmt_error *err);
/* Takes ownership of *t and sets it NULL, on success only. Replaces a table of the same path. */
RMT_MUST_CHECK rmt_status rmt_study_put(rmt_study *s, const char *path, rmt_table **t,
                                        rmt_error *err);
/* /dictionary as it is saved: table, position, column, type, title and unit of every column. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_study_describe(rmt_table **out, const rmt_study *s, rmt_error *err);
/* Removes the table at path and all below "path/". Absent: nothing. Returns how many were removed. */
size_t rmt_study_remove(rmt_study *s, const char *path);
/* RMT_ERR_IO when the file that was opened is no longer what it was: what was read of it may be of both. */
RMT_MUST_CHECK rmt_status rmt_study_check_unchanged(const rmt_study *s, rmt_error *err);
/* Content digest of all tables at or below the given paths plus the plan, in saving order: the "input" that
 * /provenance records. Independent of the file's bytes and of all other tables. */
RMT_MUST_CHECK rmt_status rmt_study_digest(rmt_study *s, const char *const *paths, size_t n,
                                           char hex[RMT_DIGEST_HEX], rmt_error *err);
/* Begins to digest the large tables of s, so that rmt_study_digest and saving need not: a thread reads them until then, or
 * until a table is put or removed. */
void rmt_study_digest_ahead(rmt_study *s);
/* "HDF5 1.10.8", the library that reads files of other software, into buf. */
void rmt_io_versions(char *buf, size_t size);
#endif
