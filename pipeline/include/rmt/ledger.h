/* ledger.h - where the checks enter what they find: every finding is counted, the first of each kind are listed, and no
 * line with an error is forgotten.
 * Layer: data. Memory: O(findings listed + kinds of findings + highest line / 8 + findings in tables that share a file). A million findings cost what the
 * first ones do: limits cut the list, never the counts and never the flags of /outcomes. */
#ifndef RMT_LEDGER_H
#define RMT_LEDGER_H
#include "rmt/checks.h"
#include "rmt/schema.h"

typedef struct rmt_ledger rmt_ledger;

/* Findings of one code in one table that are listed when nobody says otherwise. */
#define RMT_LEDGER_LISTED 100000

/* most: so many findings of one code in one table are listed. settings: checks that are off are not entered, those
 * that are weighed otherwise get that severity; borrowed; NULL = findings are entered as they are. */
RMT_MUST_CHECK rmt_status rmt_ledger_new(rmt_ledger **out, size_t most,
                                         const rmt_check_settings *settings, rmt_error *err);
void rmt_ledger_free(rmt_ledger *l);

/* Findings about rows of `table`, whose cells t has, name their columns as a wide file has them: columns (name, visit,
 * column; rmt_wide_columns_table) tells them by the column `visit` of the row. Both tables are borrowed. Before the
 * first of these findings. RMT_ERR_INCONSISTENT when one of them is not so. */
RMT_MUST_CHECK rmt_status rmt_ledger_name_columns(rmt_ledger *l, const char *table,
                                                  const rmt_table *t, const char *visit,
                                                  const rmt_table *columns, rmt_error *err);

/* Findings listed of rows of `table`, whose cells t has, that do not say whose they are have the participant of its column
 * id. t is borrowed. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_ledger_name_subjects(rmt_ledger *l, const char *table,
                                                   const rmt_table *t, size_t id, rmt_error *err);

/* This table has its rows, by line and column, from one file with all others named so: what is said of a cell in one of them is
 * not said again in another, but an error flags its line in each. The name is borrowed. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_ledger_share_file(rmt_ledger *l, const char *table, rmt_error *err);

/* Enters a finding. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_ledger_add(rmt_ledger *l, const rmt_finding *f, rmt_error *err);
/* Whether the next finding of this code in this table is listed. Where it is not, its subject, value, rule and message
 * need not be made: nobody reads them. */
bool rmt_ledger_lists(const rmt_ledger *l, const char *code, const char *table);

/* The findings listed, in the order in which they were entered (a table of rmt_findings_new). take gives it to the
 * caller, and the ledger is of no more use but to be counted and freed. */
const rmt_table *rmt_ledger_list(const rmt_ledger *l);
rmt_table *rmt_ledger_take_list(rmt_ledger *l);
/* Of all: how many, how many of them errors, how many listed. */
size_t rmt_ledger_found(const rmt_ledger *l);
size_t rmt_ledger_errors(const rmt_ledger *l);
size_t rmt_ledger_listed(const rmt_ledger *l);

/* severity, code, table, column, found, listed: one row for a kind, in the order of their first findings. take as
 * above. */
const rmt_table *rmt_ledger_counts(const rmt_ledger *l);
rmt_table *rmt_ledger_take_counts(rmt_ledger *l);
/* table, first_line, last_line, first_row, last_row: the lines on which an error was found, as ranges that neither touch
 * nor overlap, in order of table (of its first finding) and line. Of a table that rmt_ledger_name_columns was told of,
 * an error of one row is a range of rows (from 1) instead, and the lines are missing: each line of its file is a row at
 * every visit. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_ledger_lines(rmt_table **out, const rmt_ledger *l, rmt_error *err);
#endif
