/* score.h - one record of a rating scale: scores, diagnosis, definitions of getting better.
 * Layer: clinical. Pure: no I/O, no allocation, no global state; thread-safe.
 * The rules come from the instrument alone; nothing here knows a particular scale. */
#ifndef RMT_SCORE_H
#define RMT_SCORE_H
#include "rmt/condition.h" /* rmt_truth */
#include "rmt/instrument.h"
#include "rmt/table.h"

enum { RMT_REASON_BUF = 160 };

typedef struct {
    double value;                /* points; NaN = missing, and then `reason` says why */
    bool prorated;               /* value = mean of the items present x number of items */
    size_t n_missing;            /* items of this scale without a value */
    char reason[RMT_REASON_BUF]; /* "" = scored; else "3 of 20 missing", ... */
} rmt_score;

/* One scale from a record.
 *   sum             sum of the items; with 1..max_missing of them missing
 *                   (sum of those present) x n / n_present, flagged prorated
 *   count_at_least  how many items are >= threshold; never prorated
 * An item outside its range, or no whole number, is never scored, clipped or prorated over: the
 * scale is missing and the first such item named. With every item missing there is no score.
 * Source:   the plan asks for it; the mean of the items answered, as the IES-R scores its parts.
 * Shapes:   items[n_items] in the order of ins->items, NaN = missing; n_items may be less than
 *           ins->n_items when the trial did not collect the extra items: those are missing.
 * Errors:   none; a score that cannot be had is missing, with a reason:
 *           "3 of 20 missing", or "bad caps5_07 = 7": out of the item's range, or no whole number.
 * Accuracy: exact without proration; correctly rounded with it. */
void rmt_score_scale(rmt_score *out, const rmt_instrument *ins, size_t scale, const double *items,
                     size_t n_items, size_t max_missing);

/* The same for many records at a time, item by item as they lie in columns: n cells of each item of the scale go into
 * tallies[n], which start as {0}. Items that did not are missing. */
typedef struct {
    const double *numbers; /* one of the two, or neither for a text column without a value */
    const int32_t *integers;
} rmt_item_cells;
typedef struct {
    double sum;         /* of the values in range */
    uint32_t n_present; /* of these */
    uint32_t n_bad;     /* outside the item's range, or no whole number */
    uint32_t n_at_least;
} rmt_tally;
/* first: the cell of tallies[0]. */
void rmt_score_add_item(rmt_tally *tallies, const rmt_scale *scale, const rmt_item *item,
                        const rmt_item_cells *cells, size_t first, size_t n);
/* rmt_score.value of a record: NaN = missing. */
double rmt_score_tallied(const rmt_tally *t, const rmt_scale *scale, size_t max_missing);

/* A stored total: missing when NaN ("total missing") or outside the range of scales[0]
 * ("94 not in 0..80"). ins may be NULL: then no range is known. */
void rmt_score_stored_total(rmt_score *out, const rmt_instrument *ins, double total);

/* "" when v is a whole number within the item's range or missing; else fills buf with
 * "caps5_07 = 7 is outside 0..4" or "caps5_07 = 2.5 is no whole number", and returns it. */
const char *rmt_score_item_problem(const rmt_item *item, double v, char buf[RMT_REASON_BUF]);

/* The diagnostic rule: 1 holds, 0 does not, RMT_INTEGER_MISSING = undecided or no rule.
 * Every criterion needs min_count items at or above present_at. With items missing or out of range
 * it is decided only when they cannot change the answer: every criterion is met by the items
 * present, or one is beyond reach even if all the others were present. */
int32_t rmt_score_diagnosis(const rmt_instrument *ins, const double *items, size_t n_items);

/* Does the definition hold?
 *   percent_reduction  100 (base - value) op d->value x base     (no division)
 *   point_reduction    base - value op d->value
 *   score              value op d->value
 *   no_diagnosis       diagnosis = 0
 *   all_of             false if one part is false, else unknown if one is unknown, else true
 * The two sides tie within 1e-9 relative, so that 40 -> 28 and 41 -> 28.7 are 30 % as on paper.
 * value, base: NaN = missing. diagnosis: 1, 0, RMT_INTEGER_MISSING.
 * *reason (NULL allowed): static text, "" unless unknown: "no value", "no baseline",
 * "baseline 0", "baseline < 0", "dx unknown". */
rmt_truth rmt_score_definition(const rmt_definition *d, double value, double base,
                               int32_t diagnosis, const char **reason);
#endif
