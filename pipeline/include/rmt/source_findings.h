/* source_findings.h - what only a whole REDCap export tells, found by ingest and kept in the study: values that branching
 * logic hides, rows that cannot be. They are findings of validate.
 * Layer: stage. */
#ifndef RMT_SOURCE_FINDINGS_H
#define RMT_SOURCE_FINDINGS_H
#include "rmt/ledger.h"
#include "rmt/plan.h"
#include "rmt/study.h"
#include "rmt/subjects.h"

/* A table of rmt_redcap_found_new. */
#define RMT_SOURCE_FINDINGS "/source_findings"

/* Enters them; a study without them has none. A row of the export is a finding of each table that has it: the tables of
 * forms share a file (rmt_ledger_share_file). tables: the study's. Time: O(rows of the tables of forms + findings x tables x log rows).
 * RMT_ERR_INCONSISTENT when the table is none of that kind, or has a code that is no check of an export. */
RMT_MUST_CHECK rmt_status rmt_source_findings_check(rmt_ledger *ledger, rmt_study *study,
                                                    const rmt_plan *plan,
                                                    const rmt_named_table *tables, size_t n_tables,
                                                    rmt_error *err);
#endif
