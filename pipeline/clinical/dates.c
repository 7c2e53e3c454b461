/* dates.c - see dates.h. */
#include "dates.h"

#include "rmt/num.h"
#include "rmt/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Days since 1 March of the year 0, so that the leap day ends a year. */
static double day_number(int year, int month, int day)
{
    const int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
    return 365.0 * y + floor(y / 4.0) - floor(y / 100.0) + floor(y / 400.0) + (153 * m + 2) / 5 +
           day;
}

rmt_day rmt_day_of(const char *s)
{
    enum { DATE = 10, WITH_TIME = 19 };
    const size_t n = strlen(s);
    if (n < DATE) return (rmt_day){(double)NAN, false};
    rmt_day d = {day_number((int)strtol(s, NULL, 10), (int)strtol(s + 5, NULL, 10),
                            (int)strtol(s + 8, NULL, 10)),
                 n >= WITH_TIME};
    if (d.has_time)
        d.days += (double)(strtol(s + 11, NULL, 10) * 3600 + strtol(s + 14, NULL, 10) * 60 +
                           strtol(s + 17, NULL, 10)) /
                  86400;
    return d;
}

bool rmt_day_after(rmt_day a, rmt_day b)
{
    return a.has_time && b.has_time ? a.days > b.days : floor(a.days) > floor(b.days);
}

static bool is_date(const rmt_table *t, size_t column)
{
    const rmt_type type = rmt_table_type(t, column);
    return type == RMT_TYPE_DATE || type == RMT_TYPE_DATETIME;
}

rmt_status rmt_date_column(size_t *out, const rmt_table *t, const char *table, const char *column,
                           rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st = rmt_named_table_column(out, t, table, column, err);
    if (st || is_date(t, *out)) return st;
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (!rmt_table_is_missing(t, *out, row))
            return rmt_fail_at(
                err, RMT_ERR_SCHEMA, NULL, 0, column,
                "column %s of table %s must hold dates (YYYY-MM-DD, or as its schema "
                "says), but line %zu has '%s'",
                column, table, rmt_line_of(t, rmt_line_column(t), row),
                rmt_table_format(t, *out, row, buf));
    *out = RMT_NO_COLUMN;
    return RMT_OK;
}

size_t rmt_record_dates(const rmt_plan *plan, const rmt_table *t)
{
    static const char *const usual[] = {"date",          "visit_date",      "visitdate",
                                        "date_of_visit", "assessment_date", "date_of_assessment",
                                        "visdat"};
    if (plan->trial.visit_date) {
        const size_t c = rmt_table_find(t, plan->trial.visit_date);
        return c != RMT_NO_COLUMN && is_date(t, c) ? c : RMT_NO_COLUMN;
    }
    for (size_t c = 0; c < rmt_table_columns(t); c++)
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
            if (is_date(t, c) && rmt_text_equal_nocase(rmt_table_name(t, c), usual[i])) return c;
    return RMT_NO_COLUMN;
}
