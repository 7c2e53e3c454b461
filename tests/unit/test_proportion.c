#include "support.h"

#include <math.h>

#include "rmt/dist.h"
#include "rmt/proportion.h"

static void intervals_end_exactly(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_proportion p = {0};
    const rmt_count none = {0, 17}, all = {17, 17};
    tst_ok(rmt_ci_wilson(&p, &none, 0.95, &err), &err);
    tst_close(p.ci_low, 0.0, 0.0, 0.0, "low");
    tst_ok(rmt_ci_wilson(&p, &all, 0.95, &err), &err);
    tst_close(p.ci_high, 1.0, 0.0, 0.0, "high");
    tst_ok(rmt_ci_clopper_pearson(&p, &none, 0.95, &err), &err);
    tst_close(p.ci_low, 0.0, 0.0, 0.0, "low");
    tst_close(p.ci_high, 1.0 - pow(0.025, 1.0 / 17.0), TST_FUNC, 0.0, "closed form");
    tst_ok(rmt_ci_clopper_pearson(&p, &all, 0.95, &err), &err);
    tst_close(p.ci_high, 1.0, 0.0, 0.0, "high");
    tst_close(p.ci_low, pow(0.025, 1.0 / 17.0), TST_FUNC, 0.0, "closed form");
}

static void risk_difference_without_variance(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {0};
    const rmt_count a = {0, 10}, b = {0, 20}, c = {10, 10};
    tst_ok(rmt_risk_difference(&e, &a, &b, 0.95, &err), &err);
    tst_close(e.p, 1.0, 0.0, 0.0, "p");
    tst_close(e.statistic, 0.0, 0.0, 0.0, "z");
    tst_close(e.se, 0.0, 0.0, 0.0, "Wald se");
    assert_true(isnan(e.df));
    assert_true(e.ci_low < 0.0 && e.ci_high > 0.0);
    tst_ok(rmt_risk_difference(&e, &c, &b, 0.95, &err), &err);
    tst_close(e.ci_high, 1.0, 0.0, 1e-15, "upper end");
}

static void nnt_on_one_side(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_nnt_result r = {0};
    rmt_estimate rd = {0};
    const rmt_count t = {56, 70}, c = {48, 80};
    tst_ok(rmt_risk_difference(&rd, &t, &c, 0.95, &err), &err);
    tst_ok(rmt_nnt(&r, &t, &c, RMT_EVENT_DESIRED, 0.95, &err), &err);
    tst_close(r.nnt.number, 5.0, TST_EPS, 0.0, "nnt");
    tst_close(r.worst.number, 1.0 / rd.ci_low, TST_EPS, 0.0, "worst");
    tst_close(r.best.number, 1.0 / rd.ci_high, TST_EPS, 0.0, "best");
    assert_true(r.nnt.benefit && r.worst.benefit && r.best.benefit && !r.spans_infinity);
    tst_ok(rmt_nnt(&r, &t, &c, RMT_EVENT_UNDESIRED, 0.95, &err), &err);
    assert_true(!r.nnt.benefit && !r.worst.benefit && !r.best.benefit && !r.spans_infinity);
    tst_close(r.worst.number, 1.0 / rd.ci_high, TST_EPS, 0.0, "most harm");
}

static void nnt_through_infinity(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_nnt_result r = {0};
    rmt_estimate rd = {0};
    const rmt_count t = {20, 64}, c = {18, 65};
    tst_ok(rmt_risk_difference(&rd, &t, &c, 0.95, &err), &err);
    tst_ok(rmt_nnt(&r, &t, &c, RMT_EVENT_DESIRED, 0.95, &err), &err);
    assert_true(r.spans_infinity && r.nnt.benefit && !r.worst.benefit && r.best.benefit);
    tst_close(r.worst.number, -1.0 / rd.ci_low, TST_EPS, 0.0, "harm");
    tst_close(r.best.number, 1.0 / rd.ci_high, TST_EPS, 0.0, "benefit");
    tst_ok(rmt_nnt(&r, &t, &c, RMT_EVENT_UNDESIRED, 0.95, &err), &err);
    assert_true(r.spans_infinity && !r.nnt.benefit && !r.worst.benefit && r.best.benefit);
    tst_close(r.worst.number, 1.0 / rd.ci_high, TST_EPS, 0.0, "harm");
}

static void fisher_for_huge_trials(void **state)
{
    (void)state;
    rmt_error err = {0};
    double p = -7;
    const rmt_count half = {500000, 1000000}, same = {500000, 1000000};
    tst_ok(rmt_fisher_exact(&p, &half, &same, &err), &err);
    tst_close(p, 1.0, TST_FUNC, 0.0, "equal");
    const rmt_count none = {0, 1000000}, all = {1000000, 1000000};
    tst_ok(rmt_fisher_exact(&p, &none, &all, &err), &err);
    tst_close(p, 0.0, 0.0, 0.0, "underflows");
    tst_ok(rmt_fisher_exact(&p, &none, &none, &err), &err);
    tst_close(p, 1.0, 0.0, 0.0, "one table only");
    const rmt_count giant = {1000000000, 1000000000}, giant2 = {3, 1000000000};
    tst_ok(rmt_fisher_exact(&p, &giant, &giant2, &err), &err);
    tst_close(p, 0.0, 0.0, 0.0, "giant");
    tst_ok(rmt_fisher_exact(&p, &giant2, &giant2, &err), &err);
    tst_close(p, 1.0, TST_FUNC, 0.0, "giant, equal");
}

static void refuses_impossible_counts(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {.estimate = -7};
    rmt_proportion p = {.estimate = -7};
    rmt_nnt_result r = {.nnt = {.number = -7}};
    double f = -7;
    const rmt_status D = RMT_ERR_DEGENERATE;
    const rmt_count ok = {3, 9};
    static const struct {
        rmt_count count;
        const char *reason;
    } bad[] = {{{0, 0}, "n<1"},
               {{0, -4}, "n<1"},
               {{-1, 5}, "negative_events"},
               {{6, 5}, "events>n"},
               {{6, 1000000001}, "n>1e9"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const rmt_count *b = &bad[i].count;
        const char *why = bad[i].reason;
        tst_fails(rmt_ci_wilson(&p, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_ci_clopper_pearson(&p, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_risk_difference(&e, b, &ok, 0.95, &err), D, &err, why);
        tst_fails(rmt_risk_difference(&e, &ok, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_risk_ratio(&e, &ok, b, 0.95, &err), D, &err, why);
        tst_fails(rmt_odds_ratio(&e, b, &ok, 0.95, &err), D, &err, why);
        tst_fails(rmt_nnt(&r, &ok, b, RMT_EVENT_DESIRED, 0.95, &err), D, &err, why);
        tst_fails(rmt_fisher_exact(&f, &ok, b, &err), D, &err, why);
    }
    tst_fails(rmt_ci_wilson(&p, &ok, 1.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_ci_clopper_pearson(&p, &ok, (double)NAN, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_risk_difference(&e, &ok, &ok, -1.0, &err), D, &err, "level_outside_0_1");
    tst_fails(rmt_risk_ratio(&e, &ok, &ok, 2.0, &err), D, &err, "level_outside_0_1");
    tst_close(p.estimate, -7, 0.0, 0.0, "untouched");
    tst_close(e.estimate, -7, 0.0, 0.0, "untouched");
    tst_close(r.nnt.number, -7, 0.0, 0.0, "untouched");
    tst_close(f, -7, 0.0, 0.0, "untouched");
}

static void zero_cells_are_refused_not_filled(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_estimate e = {.estimate = -7};
    rmt_nnt_result r = {0};
    const rmt_status D = RMT_ERR_DEGENERATE;
    const rmt_count none = {0, 9}, some = {3, 9}, all = {9, 9}, third = {5, 15};
    tst_fails(rmt_risk_ratio(&e, &none, &some, 0.95, &err), D, &err, "zero_events");
    tst_fails(rmt_risk_ratio(&e, &some, &none, 0.95, &err), D, &err, "zero_events");
    tst_fails(rmt_risk_ratio(&e, &all, &all, 0.95, &err), D, &err, "zero_se");
    tst_fails(rmt_odds_ratio(&e, &none, &some, 0.95, &err), D, &err, "zero_events");
    tst_fails(rmt_odds_ratio(&e, &some, &none, 0.95, &err), D, &err, "zero_events");
    tst_fails(rmt_odds_ratio(&e, &all, &some, 0.95, &err), D, &err, "zero_non_events");
    tst_fails(rmt_odds_ratio(&e, &some, &all, 0.95, &err), D, &err, "zero_non_events");
    tst_fails(rmt_nnt(&r, &some, &third, RMT_EVENT_DESIRED, 0.95, &err), D, &err,
              "zero_difference");
    tst_close(e.estimate, -7, 0.0, 0.0, "untouched");
    tst_ok(rmt_risk_ratio(&e, &all, &some, 0.95, &err), &err);
    tst_close(e.estimate, 3.0, TST_EPS, 0.0, "everybody in one arm");
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_end_exactly),
        cmocka_unit_test(risk_difference_without_variance),
        cmocka_unit_test(nnt_on_one_side),
        cmocka_unit_test(nnt_through_infinity),
        cmocka_unit_test(fisher_for_huge_trials),
        cmocka_unit_test(refuses_impossible_counts),
        cmocka_unit_test(zero_cells_are_refused_not_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
