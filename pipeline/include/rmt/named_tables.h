/* named_tables.h - the study's tables by name, as the clinical room takes them.
 * Layer: stage. */
#ifndef RMT_NAMED_TABLES_H
#define RMT_NAMED_TABLES_H
#include "rmt/stage.h"
#include "rmt/subjects.h"

/* One entry per table of the plan that is in the study, under /tables. The array is the caller's (rmt_mem_free), the
 * tables are the study's. */
RMT_MUST_CHECK rmt_status rmt_stage_named_tables(rmt_named_table **out, size_t *n,
                                                 rmt_stage_run *run, rmt_error *err);
#endif
