/* findings_text.h - findings as text for people and for editors, and what changed between two lots of them.
 * Layer: stage. Findings: tables of rmt_findings_new, or /validation/issues of a study. */
#ifndef RMT_FINDINGS_TEXT_H
#define RMT_FINDINGS_TEXT_H
#include "rmt/plan.h"
#include "rmt/subjects.h"
#include "rmt/text.h"

/* For people: how many, then by check, the gravest first, the first few of each with what to do. counts: of
 * rmt_ledger_counts, where the list may have been cut; NULL = it is whole. */
enum { RMT_FINDINGS_SHOWN = 5 };
RMT_MUST_CHECK rmt_status rmt_findings_text(rmt_text *out, const rmt_table *issues,
                                            const rmt_table *counts, const rmt_plan *plan,
                                            rmt_error *err);
/* The same of a whole list, without the last paragraph, which says where there is more. */
RMT_MUST_CHECK rmt_status rmt_findings_groups(rmt_text *out, const rmt_table *issues,
                                              const rmt_plan *plan, rmt_error *err);
/* For editors and for grep, every finding of the list, as compilers write theirs:
 *   caps5.csv:14:9: error: caps5_07: 7 is above the maximum 4 [constraint-error]
 * The second number is that of the column in the file, left out where the finding has no column or the column is none
 * of the file's; the name stands before the message. A finding about a whole table is at line 1, its header. tables:
 * those of the study, to count columns in; NULL = none are known. places: of rmt_source_columns_new, for tables that are
 * not in the order of their file; NULL = none are known. */
RMT_MUST_CHECK rmt_status rmt_findings_lines(rmt_text *out, const rmt_table *issues,
                                             const rmt_plan *plan, const rmt_named_table *tables,
                                             size_t n_tables, const rmt_table *places,
                                             rmt_error *err);
#endif
