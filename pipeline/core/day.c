/* day.c - see rmt/day.h. */
#include "rmt/day.h"

#include <math.h>
#include <string.h>

/* Days since 1 March of the year 0, so that the leap day ends a year. */
static double day_number(int year, int month, int day)
{
    /* From a year that is not negative, 400 years or 97 leap days before. */
    const int y = (month > 2 ? year : year - 1) + 400, m = month > 2 ? month - 3 : month + 9;
    return 365 * (y - 400) + y / 4 - y / 100 + y / 400 - 97 + (153 * m + 2) / 5 + day;
}

/* The number that the digits of a pattern ("dd") stand for; -1 = there are none. */
static int digits(const char *s, size_t n)
{
    int x = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return -1;
        x = 10 * x + (s[i] - '0');
    }
    return x;
}

static bool is_day_of_month(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 0 || month < 1 || month > 12 || day < 1) return false;
    const bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + leap;
}

rmt_day rmt_day_of(const char *s)
{
    enum { DATE = 10, WITH_TIME = 19 };
    const rmt_day none = {(double)NAN, false};
    int year, month, day;
    if ((year = digits(s, 4)) < 0 || s[4] != '-') return none;
    if ((month = digits(s + 5, 2)) < 0 || s[7] != '-') return none;
    if ((day = digits(s + 8, 2)) < 0 || !is_day_of_month(year, month, day)) return none;
    const size_t n = s[DATE] ? strlen(s) : DATE;
    rmt_day d = {day_number(year, month, day), n >= WITH_TIME};
    if (n == DATE) return d;
    if (!d.has_time || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' || s[16] != ':') return none;
    const int hour = digits(s + 11, 2), minute = digits(s + 14, 2), second = digits(s + 17, 2);
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return none;
    d.days += (double)(hour * 3600 + minute * 60 + second) / 86400;
    return d;
}

bool rmt_day_after(rmt_day a, rmt_day b)
{
    return a.has_time && b.has_time ? a.days > b.days : floor(a.days) > floor(b.days);
}
