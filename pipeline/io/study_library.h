/* study_library.h - files of other software as libhdf5 sees them. Private to study_foreign.c and
 * study_scan.c: they alone know the library, and it runs in a child process. */
#ifndef RMT_STUDY_LIBRARY_H
#define RMT_STUDY_LIBRARY_H
#include <hdf5.h>

#include "study_internal.h"

/* Closes any identifier of the library; a negative one is ignored. */
void rmt_library_drop(hid_t id);
/* What cells of a text type are read as: the same, padded with NUL. Caller drops; negative on
 * failure. */
hid_t rmt_library_text_type(hid_t type);
/* Lists the tables of a file of n_bytes bytes, and gives s its plan. */
RMT_MUST_CHECK rmt_status rmt_library_scan(rmt_found *out, rmt_study *s, hid_t file, size_t n_bytes,
                                           rmt_error *err);
#endif
