/* study_library.h - files of other software as libhdf5 sees them. Private to study_foreign.c, study_library.c
 * and study_scan.c: they alone know the library, and it runs in a child process. */
#ifndef RMT_STUDY_LIBRARY_H
#define RMT_STUDY_LIBRARY_H
#include <hdf5.h>

#include "study_internal.h"

/* Closes any identifier of the library; a negative one is ignored. */
void rmt_library_drop(hid_t id);
/* What cells of a text type are read as: the same, padded with NUL. Caller drops; negative on
 * failure. */
hid_t rmt_library_text_type(hid_t type);
/* Starts the library, silent and without plug-ins. */
RMT_MUST_CHECK rmt_status rmt_library_start(rmt_error *err);
/* Bytes that the library looks at in place; it could write to them and does not. */
typedef struct {
    void *bytes;
    size_t n;
} rmt_library_view;
/* Opens them as a file; v must live as long as it. */
RMT_MUST_CHECK rmt_status rmt_library_open(hid_t *file, rmt_library_view *v, rmt_error *err);
/* The whole table of an entry whose columns were found in the file. */
RMT_MUST_CHECK rmt_status rmt_library_table(rmt_table **out, hid_t file, const rmt_study_entry *e,
                                            rmt_error *err);

/* ---- study_scan.c ---- */
/* Lists the tables of a file of n_bytes bytes, and gives s its plan. */
RMT_MUST_CHECK rmt_status rmt_library_scan(rmt_found *out, rmt_study *s, hid_t file, size_t n_bytes,
                                           rmt_error *err);
#endif
