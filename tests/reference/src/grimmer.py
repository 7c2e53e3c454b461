#!/usr/bin/env python3
"""Which means and SDs samples of whole numbers have: by enumeration, with exact fractions. Standard library only.

    grimmer.py > tests/reference/grimmer.csv      (Python 3.11; half a minute)

For n of 2 to 12 every pair (sum, sum of squares) that n whole numbers of any sign can have is found by adding one number
at a time, up to a sum of squares of LIMIT; moving all numbers by one whole number changes neither the SD nor the fraction
of the mean, so that sums of 0 to n - 1 are all. A printed pair is possible when some pair lies within half a unit of both,
the ends included. A row: the mean as printed, 3 + a fraction, and for each SD from 0 on, in steps of its last decimal, 1
or 0. `items`: scores are means of so many items.
"""
from fractions import Fraction

LIMIT, SD_MOST = 120, 3


def pairs_of(n):
    values = [v for v in range(-LIMIT, LIMIT + 1) if v * v <= LIMIT]
    reached = {(0, 0)}
    for _ in range(n):
        reached = {(s + v, q + v * v) for s, q in reached for v in values if q + v * v <= LIMIT}
    return sorted(p for p in reached if 0 <= p[0] < n)


def main():
    print("n,items,mean,mean_digits,sd_digits,possible")
    for n in range(2, 13):
        pairs = pairs_of(n)
        for items, mean_digits, sd_digits in ((1, 2, 2), (1, 1, 1), (1, 1, 2), (3, 2, 2)):
            most = Fraction(SD_MOST, items)
            half, step = Fraction(1, 2 * 10**mean_digits), Fraction(1, 10**sd_digits)
            # every printed mean from 3 to 3 + 1 / items that some sum has
            first, last = 3 * 10**mean_digits, 3 * 10**mean_digits + 10**mean_digits // items
            for k in range(first, last + 1):
                mean = Fraction(k, 10**mean_digits)
                steps = Fraction(3 * items)  # the numbers are counted from here
                near = [(r, q) for r, q in pairs for w in (0, 1) if abs((steps + w + Fraction(r, n)) / items - mean) <= half]
                if not near:
                    continue
                squares = [(q - Fraction(r * r, n)) / (n - 1) / items**2 for r, q in near]
                bits = ""
                for j in range(int(most / step) + 1):
                    low, high = max(Fraction(0), j * step - step / 2), j * step + step / 2
                    assert (n - 1) * (high * items) ** 2 + n <= LIMIT  # the enumeration goes as far
                    bits += "1" if any(low * low <= v <= high * high for v in squares) else "0"
                print("%d,%d,%.*f,%d,%d,%s" % (n, items, mean_digits, mean, mean_digits, sd_digits, bits))


if __name__ == "__main__":
    main()
