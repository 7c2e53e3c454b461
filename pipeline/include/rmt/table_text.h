/* table_text.h - a table as CSV, TSV or JSON text.
 * Layer: stage. */
#ifndef RMT_TABLE_TEXT_H
#define RMT_TABLE_TEXT_H
#include "rmt/table.h"
#include "rmt/text.h"

/* format: "csv" (RFC 4180, LF), "tsv", or "json" (a list of records). Numbers by rmt_num_print; a missing cell is
 * empty, null in JSON. Another format is RMT_ERR_INTERNAL. */
RMT_MUST_CHECK rmt_status rmt_table_write(rmt_text *out, const rmt_table *t, const char *format,
                                          rmt_error *err);
#endif
