/* grimmer.h - can whole numbers have a mean and a standard deviation as printed (GRIMMER)?
 * Layer: clinical. Pure: no I/O, no allocation, no global state; thread-safe.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md. */
#ifndef RMT_GRIMMER_H
#define RMT_GRIMMER_H

/* What was printed of one group. Units: mean, sd and their halves in points of the scale. */
typedef struct {
    double mean, sd;           /* as printed; sd is that of a sample, n - 1 */
    double half_mean, half_sd; /* half a unit of the last decimal of each */
    double n;                  /* scores, a whole number, 2 or more */
    double
        items; /* a score is a whole number divided by this: 1, or the items of a mean of items */
} rmt_printed_scores;

typedef enum { RMT_GRIMMER_POSSIBLE, RMT_GRIMMER_IMPOSSIBLE, RMT_GRIMMER_NOT_JUDGED } rmt_grimmer;

/* Whether some n scores have mean and SD that are printed so. With k scores' sum S (each S whose mean, rounded either way, is
 * the one printed) and, of x - floor(S / n), the sum r = S mod n and the sum of squares q:
 *   q is whole;  q = r (mod 2), as x^2 is even where x is;  q >= r;
 *   (n - 1) (sd - half)^2 + r^2 / n <= q <= (n - 1) (sd + half)^2 + r^2 / n
 * Source:    [Allard2018], tests 1 to 3, after [Anaya2016]; both ends of both intervals count, so that halves may have been rounded
 *            up, down or to even. Necessary, and from n = 5 on sufficient for scores without an end (brute force over all small
 *            samples, tests/reference/src/grimmer.py); for n below 5 some sums of squares that it lets pass are of no sample.
 * Shapes:    nearest: the SDs next to the one printed that the same sums allow, NaN = none; set where IMPOSSIBLE, else untouched.
 * Errors:    NOT_JUDGED: no sum has the mean (GRIM), n below 2 or no whole number, a NaN, an SD below 0, items below 1, more than
 *            100,000 sums.
 * Accuracy:  1e-9 relative to q in favour of POSSIBLE; where n is large against the decimals printed all is possible. */
rmt_grimmer rmt_grimmer_of(double nearest[2], const rmt_printed_scores *p);
#endif
