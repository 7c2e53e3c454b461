/* dates.h - the columns of dates of a trial's tables.
 * Layer: clinical, inside the room. */
#ifndef RMT_DATES_H
#define RMT_DATES_H
#include "rmt/day.h"
#include "rmt/subjects.h"

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
#endif
