"""Reference values of the stats room to 20 digits, by other routes than the library: mpmath quadrature and
root finding at 40 digits, exact fractions. Run in this folder:
    python3 stats.py > stats.pyout
writes ../stats_mpmath.csv."""
from fractions import Fraction
from math import comb
import mpmath
from mpmath import mp, mpf, quad, sqrt, exp, log, gamma, erfc, betainc, findroot, inf, nstr, pi, loggamma

mp.dps = 40
SOURCE = "mpmath " + mpmath.__version__
rows = ["id,function,inputs,field,expected,class,source"]


def add(ident, function, inputs, field, value, cls, source=None):
    rows.append(f"{ident},{function},{' '.join(repr(i) for i in inputs)},{field},{nstr(value, 20)},{cls},{source or SOURCE}")


def phi_lower(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def t_upper(t, df):
    x = df / (df + t * t)
    half = betainc(df / mpf(2), mpf(1) / 2, 0, x, regularized=True) / 2
    return half if t >= 0 else 1 - half


def nct_lower(t, df, ncp):
    """P(T <= t) by quadrature over s = sqrt(chi2/df), in panels of its spread."""
    t, df, ncp = mpf(t), mpf(df), mpf(ncp)
    c = log(2) + df / 2 * log(df / 2) - loggamma(df / 2)
    f = lambda s: exp(c + (df - 1) * log(s) - df * s * s / 2) * phi_lower(t * s - ncp) if s > 0 else mpf(0)
    lo, hi = max(mpf(0), 1 - 12 / sqrt(df)), 1 + 12 / sqrt(df)
    cuts = [lo + (hi - lo) * i / 24 for i in range(25)]
    if t != 0:  # the step of Phi
        for k in (-8, -2, 0, 2, 8):
            x = (ncp + k) / t
            if lo < x < hi: cuts.append(x)
    return quad(f, sorted(set(cuts)))


def ncp_at(t, df, upper, low, high):
    mp.dps = 25
    f = lambda q: 1 - nct_lower(t, df, q) - mpf(upper)
    r = findroot(f, (mpf(low), mpf(high)), solver="anderson", tol=mpf(10) ** -20, verify=False)
    mp.dps = 40
    return r


for x in (-37.5, -8.0, -1.959963984540054, 0.3, 6.0):
    add(f"phi_{x}", "normal_cdf", [x], "value", phi_lower(mpf(x)), "FUNC")
for t, df in ((2.228138851964938, 10.0), (1.0, 1.0), (0.5, 2.5), (40.0, 3.0), (4.0, 1e6), (12.0, 25.0), (-2.0, 7.0)):
    add(f"t_{t}_{df}", "t_upper", [t, df], "value", t_upper(mpf(t), mpf(df)), "FUNC")
for t, df, ncp in ((0.0, 5.0, 1.0), (2.0, 2.0, 0.1), (3.0, 18.0, 2.5), (10.0, 4.0, 3.0), (-1.5, 30.0, 0.4), (60.0, 400.0, 58.0),
                   (250.0, 38.0, 230.0), (1e4, 38.0, 9e3), (45.0, 1e6, 44.5), (5.0, 3.0, -0.2), (1.0, 1.0, 0.5), (-60.0, 400.0, -61.0),
                   (1.5, 1.3, 4.0), (-2.0, 2.6, -6.5), (2.9, 4.3, 7.4), (5.2, 14.0, 9.0), (7.4, 28.0, 11.0)):
    add(f"nct_{t}_{df}_{ncp}", "noncentral_t_cdf", [t, df, ncp], "value", nct_lower(t, df, ncp), "FUNC")
ncps = {}
for t, df, upper, a, b in ((2.5, 18.0, 0.025, 0.0, 1.5), (2.5, 18.0, 0.975, 4.0, 5.0), (0.0, 10.0, 0.975, 1.9, 2.0),
                           (60.0, 400.0, 0.025, 55.0, 57.0), (60.0, 400.0, 0.975, 63.0, 66.0), (-3.0, 2.0, 0.025, -8.0, -5.0),
                           (-3.0, 2.0, 0.975, -0.5, 0.5), (250.0, 38.0, 0.025, 185.0, 200.0), (250.0, 38.0, 0.975, 300.0, 310.0),
                           (5.2, 14.0, 0.975, 7.0, 9.0), (5.2, 14.0, 0.0005, 0.5, 3.0), (-7.4, 28.0, 0.025, -11.0, -8.0)):
    add(f"ncp_{t}_{df}_{upper}", "noncentral_t_ncp", [t, df, upper], "value", ncp_at(t, df, upper, a, b), "ITER")
for m in (2, 3, 7, 99, 100, 101, 1000, 10**6, 10**9):
    value = exp(loggamma(mpf(m) / 2) - loggamma((mpf(m) - 1) / 2)) / sqrt(mpf(m) / 2)
    add(f"J_{m}", "small_sample_factor:exact", [m], "value", value, "FUNC")

# arms whose means dwarf their spread, and an effect far beyond anything seen
for name, a in (("offset", (100000001.0, 2.0, 40, 100000000.0, 3.0, 30)), ("enormous", (1000.0, 1.0, 20, 0.0, 1.0, 20)),
                ("tiny_sd", (1.0, 1e-200, 10, 2.0, 3e-200, 12))):
    m1, s1, n1, m2, s2, n2 = [mpf(v) for v in a]
    se = sqrt(s1**2 / n1 + s2**2 / n2)
    df = se**4 / ((s1**2 / n1)**2 / (n1 - 1) + (s2**2 / n2)**2 / (n2 - 1))
    inputs = list(a) + [0.95]
    add(f"{name}_se", "mean_difference_welch", inputs, "se", se, "FUNC")
    add(f"{name}_df", "mean_difference_welch", inputs, "df", df, "FUNC")
    add(f"{name}_t", "mean_difference_welch", inputs, "statistic", (m1 - m2) / se, "FUNC")
    sp = sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    add(f"{name}_pooled_se", "mean_difference_pooled", inputs, "se", sp * sqrt(1 / n1 + 1 / n2), "FUNC")
    add(f"{name}_d", "cohen_d:large_sample", inputs, "estimate", (m1 - m2) / sp, "FUNC")


def wilson(x, n, z):
    x, n = mpf(x), mpf(n)
    mid, half = 2 * x + z * z, z * sqrt(z * z + 4 * x * (1 - x / n))
    return (mid - half) / (2 * (n + z * z)), (mid + half) / (2 * (n + z * z))


z = sqrt(mpf(2)) * mpmath.erfinv(2 * (mpf(1) - (mpf(1) - mpf(0.95)) / 2) - 1)
for x, n in ((0, 20), (1, 29), (81, 263), (3, 10**9), (10**9 - 1, 10**9), (500, 1000)):
    lo, hi = wilson(x, n, z)
    add(f"wilson_lo_{x}_{n}", "wilson", [x, n, 0.95], "ci_low", 0 if x == 0 else lo, "FUNC")
    add(f"wilson_hi_{x}_{n}", "wilson", [x, n, 0.95], "ci_high", hi, "FUNC")

tail = (mpf(1) - mpf(0.95)) / 2
for x, n, lo, hi in ((1, 29, 0.0008, 0.18), (15, 148, 0.057, 0.162), (7, 9, 0.39, 0.98)):
    mp.dps = 30
    low = findroot(lambda q: betainc(x, n - x + 1, 0, q, regularized=True) - tail, (mpf(lo), mpf(lo) * 1.1))
    high = findroot(lambda q: betainc(n - x, x + 1, 0, 1 - q, regularized=True) - tail, (mpf(hi), mpf(hi) * 0.99))
    mp.dps = 40
    add(f"cp_lo_{x}_{n}", "clopper_pearson", [x, n, 0.95], "ci_low", low, "FUNC")
    add(f"cp_hi_{x}_{n}", "clopper_pearson", [x, n, 0.95], "ci_high", high, "FUNC")


def fisher(a, n1, c, n2):
    k = a + c
    weights = {i: comb(n1, i) * comb(n2, k - i) for i in range(max(0, k - n2), min(k, n1) + 1)}
    w = Fraction(sum(v for v in weights.values() if v <= weights[a]), sum(weights.values()))
    return mpf(w.numerator) / mpf(w.denominator)


for v in ((3, 4, 1, 4), (10, 10, 0, 20), (56, 70, 48, 80), (7, 9, 70, 90), (600, 1000, 400, 1000), (0, 5, 0, 6), (1000, 2000, 0, 1500)):
    add("fisher_" + "_".join(map(str, v)), "fisher_exact", list(v), "value", fisher(*v), "FUNC", "exact fractions")

z_or = log(mpf(1) / 999999**2) / sqrt(2 + mpf(2) / 999999)
add("OR_p_1_1000000_999999_1000000", "odds_ratio", [1, 1000000, 999999, 1000000, 0.95], "p", erfc(-z_or / sqrt(mpf(2))), "FUNC")

open("../stats_mpmath.csv", "w").write("\n".join(rows) + "\n")
print("\n".join(rows))
