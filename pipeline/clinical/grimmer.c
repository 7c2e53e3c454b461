/* grimmer.c - see rmt/grimmer.h. */
#include "rmt/grimmer.h"

#include <math.h>
#include <stdbool.h>

#define SUMS_MAX 1e5
#define SLACK 1e-9

/* One sum of the scores, counted in steps of 1 / items. */
typedef struct {
    double low, high; /* the SD's interval */
    double n;
} steps;

/* The least sum of squares that the SD allows, and whether it is one at all. */
static bool find_squares(double *squares, double *shift, const steps *s, double sum)
{
    const double r = sum - s->n * floor(sum / s->n);
    *shift = r * r / s->n;
    const double most = (s->n - 1) * s->high * s->high + *shift, slack = SLACK * fmax(1, most);
    double q = fmax(ceil((s->n - 1) * s->low * s->low + *shift - slack), r);
    if (fmod(q - r, 2) > 0.5) q++;
    *squares = q;
    return q <= most + slack;
}

rmt_grimmer rmt_grimmer_of(double nearest[2], const rmt_printed_scores *p)
{
    const double n = p->n, middle = p->mean * p->items * n, reach = p->half_mean * p->items * n;
    const double slack = SLACK * fmax(1, fabs(middle));
    const double first = ceil(middle - reach - slack), last = floor(middle + reach + slack);
    const steps s = {.low = fmax(0, p->sd - p->half_sd) * p->items,
                     .high = (p->sd + p->half_sd) * p->items,
                     .n = n};
    double below = (double)NAN, above = (double)NAN;
    if (!(n >= 2) || floor(n) < n || !(p->items >= 1) || !(p->sd >= 0) || !(s.high >= 0) ||
        !(last >= first) || last - first > SUMS_MAX)
        return RMT_GRIMMER_NOT_JUDGED;
    for (double sum = first; sum <= last; sum++) {
        double q, shift;
        if (find_squares(&q, &shift, &s, sum)) return RMT_GRIMMER_POSSIBLE;
        above = fmin(above, sqrt((q - shift) / (n - 1)) / p->items); /* NaN counts as none */
        const double r = sum - n * floor(sum / n);
        if (q - 2 >= r) below = fmax(below, sqrt((q - 2 - shift) / (n - 1)) / p->items);
    }
    nearest[0] = below;
    nearest[1] = above;
    return RMT_GRIMMER_IMPOSSIBLE;
}
