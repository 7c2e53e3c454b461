/* source_findings.h - what only the whole file of several tables tells, found by ingest and kept in the study: values
 * that the branching logic of a REDCap export hides. They are findings of validate.
 * Layer: stage. */
#ifndef RMT_SOURCE_FINDINGS_H
#define RMT_SOURCE_FINDINGS_H
#include "rmt/ledger.h"
#include "rmt/plan.h"
#include "rmt/study.h"

/* A table of rmt_redcap_found_new. */
#define RMT_SOURCE_FINDINGS "/source_findings"

/* Enters them; a study without them has none. RMT_ERR_INCONSISTENT when the table is none of that kind, or has a code
 * that is no check. */
RMT_MUST_CHECK rmt_status rmt_source_findings_check(rmt_ledger *ledger, rmt_study *study,
                                                    const rmt_plan *plan, rmt_error *err);
#endif
