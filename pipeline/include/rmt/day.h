/* day.h - when something happened, as the tables have it: ISO 8601 dates, with or without a time of day.
 * Layer: core. Pure. */
#ifndef RMT_DAY_H
#define RMT_DAY_H
#include <stdbool.h>

typedef struct {
    double days; /* since 1 March of the year 0, the hours as a part; NaN = nobody says */
    bool has_time;
} rmt_day;

/* A cell of a column of dates. What is no date of ISO 8601 in whole ("", "2022-02-30", "unknown") says nothing. */
rmt_day rmt_day_of(const char *cell);
/* a lies after b: by the time of day where both have one, else by the date. Of two days of which nobody says one: no. */
bool rmt_day_after(rmt_day a, rmt_day b);
#endif
