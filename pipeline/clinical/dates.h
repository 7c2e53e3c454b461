/* dates.h - when something happened, as the tables have it: ISO 8601 dates, with or without a time of day.
 * Layer: clinical, inside the room. */
#ifndef RMT_DATES_H
#define RMT_DATES_H
#include "rmt/subjects.h"

typedef struct {
    double days; /* since 1 March of the year 0, the hours as a part; NaN = nobody says */
    bool has_time;
} rmt_day;

/* A cell of a date or datetime column; "" = nobody says. */
rmt_day rmt_day_of(const char *cell);
/* a lies after b: by the time of day where both have one, else by the date. Of two days of which nobody says one: no. */
bool rmt_day_after(rmt_day a, rmt_day b);
/* The column, which must hold dates; RMT_NO_COLUMN for one of another type without any value. RMT_ERR_SCHEMA with the
 * first value that is none. */
RMT_MUST_CHECK rmt_status rmt_date_column(size_t *out, const rmt_table *t, const char *table,
                                          const char *column, rmt_error *err);
/* The column of dates of a table of records: visits.date, else one of a usual name; RMT_NO_COLUMN = none. */
size_t rmt_record_dates(const rmt_plan *plan, const rmt_table *t);
#endif
