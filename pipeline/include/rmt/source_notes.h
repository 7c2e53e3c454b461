/* source_notes.h - what ingest warned of while it read a file, kept in the study: a row passed over or a character
 * guessed is found again as a finding of validate.
 * Layer: stage. */
#ifndef RMT_SOURCE_NOTES_H
#define RMT_SOURCE_NOTES_H
#include "rmt/ledger.h"
#include "rmt/plan.h"
#include "rmt/study.h"

#define RMT_SOURCE_NOTES "/source_notes"
/* Warnings about one file that are kept; the others are one row with their number. */
enum { RMT_SOURCE_NOTES_MOST = 10000 };

/* table, file, line, column, message. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_source_notes_new(rmt_table **out, rmt_error *err);
/* Hands what was said while the file of `table` was read on to `notes`, adds the warnings to t (but for those about
 * cells, RMT_ERR_SCHEMA: each of these is a finding by itself), and clears `said`. */
RMT_MUST_CHECK rmt_status rmt_source_notes_take(rmt_table *t, rmt_problems *said, const char *table,
                                                rmt_problems *notes, rmt_error *err);
/* Enters them as source/reading; a study without them has none. A place in another file than the table's own
 * ("d.csv:8") is the value, and stands in front of the message. */
RMT_MUST_CHECK rmt_status rmt_source_notes_check(rmt_ledger *ledger, rmt_study *study,
                                                 const rmt_plan *plan, rmt_error *err);
#endif
