/* dates.h - the columns of dates of a trial's tables.
 * Layer: clinical, inside the room. */
#ifndef RMT_DATES_H
#define RMT_DATES_H
#include "rmt/day.h"
#include "rmt/subjects.h"

#include <stdint.h>

/* The column, which must hold dates: typed so, or a text column in which one cell is a date (the others are findings of
 * trial/not-a-date). RMT_NO_COLUMN for one of another type without any value. RMT_ERR_SCHEMA with the first value of one
 * that holds no date. */
RMT_MUST_CHECK rmt_status rmt_date_column(size_t *out, const rmt_plan *plan, const rmt_table *t,
                                          const char *table, const char *column, rmt_error *err);
/* The plan names this column of a table as one of dates. */
bool rmt_is_planned_date(const rmt_plan *plan, const char *table, const char *column);
/* The nth column of dates of a table of records, from 0: those of visits.date that it has, else the one of a usual name;
 * RMT_NO_COLUMN = none. Windows and the order of visits go by the first. */
size_t rmt_record_dates(const rmt_plan *plan, const rmt_table *t, size_t nth);

/* What can be wrong with a date. */
typedef enum {
    RMT_DATE_OUT_OF_ORDER,
    RMT_DATE_OUT_OF_WINDOW,
    RMT_DATE_BEFORE_CONSENT,
    RMT_DATE_AFTER_WITHDRAWAL,
    RMT_DATE_BASELINE_AFTER_DOSE
} rmt_date_fault;

/* Cells of a REDCap export of which something was told: a form of dates may be part of several tables. Memory: O(what
 * was told). */
typedef struct {
    const char **columns; /* borrowed from tables */
    size_t n_columns, cap_columns;
    uint64_t *slots;
    size_t n, n_slots;
} rmt_told; /* start as {0} */
/* *already: this fault of the cell was told of another table of forms; else it counts as told now. Tables with a file of
 * their own share no cells, and of one made long a line is several rows. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_told_already(bool *already, rmt_told *t, const rmt_plan *plan,
                                           const char *table, const char *column, size_t line,
                                           rmt_date_fault fault, rmt_error *err);
void rmt_told_clear(rmt_told *t);
#endif
