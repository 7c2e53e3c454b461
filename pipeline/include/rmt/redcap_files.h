/* redcap_files.h - the files of a REDCap project that a plan names.
 * Layer: stage. */
#ifndef RMT_REDCAP_FILES_H
#define RMT_REDCAP_FILES_H
#include "rmt/csv.h"
#include "rmt/plan.h"
#include "rmt/study.h"

/* The data dictionary. redcap: the plan's key of that name as its author wrote it, a map with `dictionary`; directory: of
 * the plan. study is told of the file (NULL: nobody is). notes may be NULL.
 * Errors: as rmt_csv_read and rmt_redcap_new. Ownership: caller, rmt_redcap_free. */
RMT_MUST_CHECK rmt_status rmt_stage_redcap_dictionary(rmt_redcap **out, const rmt_node *redcap,
                                                      const char *directory, rmt_study *study,
                                                      rmt_problems *notes, rmt_error *err);
/* Puts into `table`, a table of the resolved plan in doc with `forms`, the schema that r gives it. RMT_ERR_CONFIG for an
 * unknown form. */
RMT_MUST_CHECK rmt_status rmt_stage_redcap_schema(rmt_doc *doc, rmt_node *table, rmt_redcap *r,
                                                  rmt_error *err);

/* The export, read once for all tables of its forms. */
typedef struct rmt_redcap_file rmt_redcap_file;
/* read: the plan as its author wrote it; plan: parsed. Says in notes what the file was taken for, and which forms no
 * table takes; adds rows that cannot be to found (as of rmt_redcap_find_rows; NULL = nobody asks). Errors: as
 * rmt_csv_read, rmt_redcap_new, rmt_redcap_match_header, rmt_redcap_data_new, rmt_redcap_check_events. */
RMT_MUST_CHECK rmt_status rmt_redcap_file_open(rmt_redcap_file **out, const rmt_node *read,
                                               const rmt_plan *plan, const char *directory,
                                               rmt_study *study, rmt_table *found,
                                               rmt_problems *notes, rmt_error *err);
void rmt_redcap_file_close(rmt_redcap_file *f);
/* What reading found, of the whole file; its columns. */
const rmt_csv_facts *rmt_redcap_file_facts(const rmt_redcap_file *f);
size_t rmt_redcap_file_columns(const rmt_redcap_file *f);
/* Adds where the columns of `table` stand in the export to places (of rmt_source_columns_new). t: the table; columns: as
 * of rmt_redcap_file_table, or NULL. */
RMT_MUST_CHECK rmt_status rmt_redcap_file_places(rmt_table *places, const rmt_redcap_file *f,
                                                 const char *table, const rmt_table *t,
                                                 const rmt_table *columns, rmt_error *err);
/* One table of forms, and the facts with what is set aside for it. With `long` in the plan the table is made long, and
 * *columns says which field each of its cells comes from (rmt_wide_columns_table); else columns may be NULL. found: as of
 * rmt_redcap_take. Errors: as rmt_redcap_take and rmt_wide_map_new. */
RMT_MUST_CHECK rmt_status rmt_redcap_file_table(rmt_table **out, rmt_table **columns,
                                                rmt_table *found, rmt_csv_facts *facts,
                                                const rmt_redcap_file *f, const rmt_plan_table *pt,
                                                rmt_problems *notes, rmt_error *err);
#endif
