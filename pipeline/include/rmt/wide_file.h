/* wide_file.h - reads a wide file and makes it long.
 * Layer: stage. */
#ifndef RMT_WIDE_FILE_H
#define RMT_WIDE_FILE_H
#include "rmt/csv.h"
#include "rmt/plan.h"

/* The file of pt, which has `wide`, as the long table; columns: as of rmt_wide_columns_table. Where the file's columns stand is
 * added to places (of rmt_source_columns_new; NULL = nobody asks). facts and n_columns are of
 * the file as it is. options: as for the long table; labels, numbers and schema name its columns. The header is read
 * first; where a name holds text at one visit and numbers at another the file is read twice, or once more. A column that
 * no pattern takes, or that alone has its name, is a warning in notes where it resembles (rmt_names_likeness) one that
 * the patterns make of the other names and the visits.
 * Errors: as of rmt_csv_read and rmt_wide_map_new. Ownership: caller frees *out and *columns. */
RMT_MUST_CHECK rmt_status rmt_wide_file_read(rmt_table **out, rmt_table **columns,
                                             rmt_table *places, rmt_csv_facts *facts,
                                             size_t *n_columns, const char *path,
                                             const rmt_plan_table *pt,
                                             const rmt_csv_options *options, rmt_problems *notes,
                                             rmt_error *err);
#endif
