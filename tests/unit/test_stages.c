/* Every stage on a small trial in memory, against results computed by hand. */
#include "tst_study.h"

#include <unistd.h>

extern const rmt_stage rmt_stage_ingest, rmt_stage_validate, rmt_stage_score, rmt_stage_effects,
    rmt_stage_rates, rmt_stage_show, rmt_stage_export;

#define DATA "study: {id: T1, title: A trial}\ndata: {people: {file: p.csv}, mini: {file: m.csv}"
#define TRIAL                                                                                      \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, {name: week1, "     \
    "value: '1'}, {name: week2, value: '2'}]}\n"                                                   \
    "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n" TST_MINI
#define PLAN DATA "}\n" TRIAL

/* Totals: ket 40, 30, 20 -> 20, 16, 12; ctl 30, 20, 10 -> 26, 18, 10; G and H leave after baseline.
 */
static void open_trial(tst_study *t, const char *yaml)
{
    tst_study_open(t, yaml);
    tst_study_table(t, "/tables/people", "id arm",
                    "A ket\nB ket\nC ket\nD ctl\nE ctl\nF ctl\nG ket\nH ctl");
    tst_study_table(t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 0 0 0 40\nA 1 0 0 0 20\nB b 0 0 0 30\nB 1 0 0 0 16\n"
                    "C b 0 0 0 20\nC 1 0 0 0 12\nD b 0 0 0 30\nD 1 0 0 0 26\n"
                    "E b 0 0 0 20\nE 1 0 0 0 18\nF b 0 0 0 10\nF 1 0 0 0 10\n"
                    "G b 0 0 0 24\nH b 0 0 0 24");
}

static void apply_ok(tst_study *t, const rmt_stage *stage, const char *words)
{
    rmt_error err = {0};
    tst_ok(tst_study_apply(t, stage, words, &err), &err);
}

static void open_scored(tst_study *t, const char *yaml)
{
    open_trial(t, yaml);
    apply_ok(t, &rmt_stage_validate, "");
    assert_false(t->found);
    assert_false(t->withhold);
    assert_int_equal(t->notes.n_total, 0);
    apply_ok(t, &rmt_stage_score, "");
}

/* The row with these words in these columns; "" = any. */
static size_t row_of(const rmt_table *t, const char *first, const char *a, const char *second,
                     const char *b, const char *third, const char *c)
{
    for (size_t r = 0; r < rmt_table_rows(t); r++)
        if (strcmp(tst_text(t, r, first), a) == 0 && strcmp(tst_text(t, r, second), b) == 0 &&
            strcmp(tst_text(t, r, third), c) == 0)
            return r;
    print_error("no row %s %s %s\n", a, b, c);
    fail();
    return 0;
}

static const rmt_table *effects(tst_study *t, const char *words)
{
    apply_ok(t, &rmt_stage_effects, words);
    return tst_study_get(t, "/results/effects");
}

static size_t effect(const rmt_table *t, const char *measure)
{
    return row_of(t, "paramcd", "MINITOT", "visit", "week1", "measure", measure);
}

static void is(const rmt_table *t, size_t row, const char *column, double want)
{
    tst_close(tst_number(t, row, column), want, TST_FUNC, 0, column);
}

static void score_gives_change_and_response(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN);
    const rmt_table *o = tst_study_get(&t, "/outcomes");
    const size_t a = row_of(o, "USUBJID", "A", "PARAMCD", "MINITOT", "AVISIT", "week1");
    is(o, a, "AVAL", 20);
    is(o, a, "CHG", -20);
    assert_string_equal(tst_text(o, a, "RESPFL"), "true");
    const size_t g = row_of(o, "USUBJID", "G", "PARAMCD", "MINITOT", "AVISIT", "week1");
    is(o, g, "AVAL", (double)NAN);
    assert_string_equal(rmt_table_reason(o, rmt_table_find(o, "AVAL"), g), "no record");
    tst_study_close(&t);
}

static void effects_by_hand(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN);
    const rmt_table *e = effects(&t, "");
    /* Change: ket -20, -14, -8; ctl -4, -2, 0. */
    size_t r = effect(e, "mean_difference_welch");
    is(e, r, "estimate", -12);
    is(e, r, "se", sqrt(40.0 / 3));
    is(e, r, "df", 1600.0 / 656);
    is(e, r, "statistic", -12 / sqrt(40.0 / 3));
    is(e, r, "n_arm", 3);
    is(e, r, "mean_arm", -14);
    is(e, r, "sd_arm", 6);
    is(e, r, "n_reference", 3);
    is(e, r, "mean_reference", -2);
    is(e, r, "sd_reference", 2);
    is(e, r, "conf_level", 0.95);
    assert_string_equal(tst_text(e, r, "source"), "participants");
    assert_string_equal(tst_text(e, r, "arm"), "ket");
    assert_string_equal(tst_text(e, r, "reference"), "ctl");
    assert_string_equal(tst_text(e, r, "value"), "change");
    assert_string_equal(tst_text(e, r, "unit"), "points");
    /* g: pooled variance (36 + 4)/2 = 20, J of 4 df = Gamma(2)/(sqrt(2) Gamma(1.5)) = sqrt(2/pi).
     */
    r = effect(e, "hedges_g");
    const double d = -12 / sqrt(20.0), g = d * sqrt(2 / 3.14159265358979323846);
    is(e, r, "estimate", g);
    is(e, r, "se", sqrt(2.0 / 3 + g * g / 12));
    is(e, r, "statistic", d / sqrt(2.0 / 3));
    assert_string_equal(tst_text(e, r, "unit"), "SD");
    /* ancova: the common slope of change on baseline is -0.4, ket starts 10 higher: -12 + 4 = -8.
     * Residual sum of squares 16 with 3 df; se^2 = 16/3 (2/3 + 10^2/400) = 44/9. */
    r = effect(e, "ancova");
    is(e, r, "estimate", -8);
    is(e, r, "se", sqrt(44.0) / 3);
    is(e, r, "df", 3);
    is(e, r, "n_arm", 3);
    is(e, r, "mean_arm", -14);
    assert_string_equal(tst_text(e, r, "adjust"), "base");
    tst_study_close(&t);
}

static void the_score_in_place_of_change(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN);
    const rmt_table *e = effects(&t, "--value=score");
    size_t r = effect(e, "mean_difference_welch"); /* ket 20, 16, 12; ctl 26, 18, 10 */
    is(e, r, "estimate", -2);
    is(e, r, "mean_arm", 16);
    is(e, r, "sd_reference", 8);
    is(e, r, "se", sqrt(80.0 / 3));
    assert_string_equal(tst_text(e, r, "value"), "score");
    r = effect(e, "ancova"); /* the same either way */
    is(e, r, "estimate", -8);
    is(e, r, "se", sqrt(44.0) / 3);
    tst_study_close(&t);
}

static void direction_flips_the_sign(void **state)
{
    (void)state;
    static const char *const measures[] = {"mean_difference_welch", "mean_difference_pooled",
                                           "hedges_g", "ancova"};
    tst_study t;
    double was[4][4];
    const char *const columns[] = {"estimate", "statistic", "ci_low", "ci_high"};
    const char *all = "--measure=mean_difference_welch,mean_difference_pooled,hedges_g,ancova";
    char words[160];
    open_scored(&t, PLAN);
    const rmt_table *e = effects(&t, all);
    for (size_t m = 0; m < 4; m++)
        for (size_t c = 0; c < 4; c++)
            was[m][c] = tst_number(e, effect(e, measures[m]), columns[c]);
    snprintf(words, sizeof words, "%s --direction=reference-minus-treatment", all);
    e = effects(&t, words);
    for (size_t m = 0; m < 4; m++) {
        const size_t r = effect(e, measures[m]);
        is(e, r, "estimate", -was[m][0]);
        is(e, r, "statistic", -was[m][1]);
        is(e, r, "ci_low", -was[m][3]);
        is(e, r, "ci_high", -was[m][2]);
        if (m < 3) is(e, r, "mean_arm", -14); /* the arms stay what they are */
        assert_string_equal(tst_text(e, r, "direction"), "reference-minus-treatment");
    }
    tst_study_close(&t);
}

static void a_contrast_without_an_answer_is_a_row(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN);
    const rmt_table *e = effects(&t, "");
    size_t r = row_of(e, "paramcd", "MINIP", "visit", "week1", "measure", "hedges_g");
    assert_string_equal(tst_text(e, r, "note"), "zero_sd"); /* nobody's P changes */
    is(e, r, "estimate", (double)NAN);
    assert_string_equal(rmt_table_reason(e, rmt_table_find(e, "estimate"), r), "zero_sd");
    is(e, r, "n_arm", 3);
    is(e, r, "sd_arm", 0);
    e = effects(&t, "--visit=week2"); /* asked for, and nobody was there */
    assert_int_equal(rmt_table_rows(e), 4 * 3);
    for (r = 0; r < rmt_table_rows(e); r++) {
        assert_string_equal(tst_text(e, r, "note"), "n<2");
        is(e, r, "n_reference", 0);
        is(e, r, "mean_reference", (double)NAN);
    }
    tst_study_close(&t);
}

static void names_are_checked(void **state)
{
    (void)state;
    tst_study t;
    rmt_error err = {0};
    open_scored(&t, PLAN);
    tst_fails(tst_study_apply(&t, &rmt_stage_effects, "--visit=wek2", &err), RMT_ERR_USAGE, &err,
              "no visit 'wek2' in this study; did you mean 'week2'?");
    tst_fails(tst_study_apply(&t, &rmt_stage_rates, "--outcome=minni", &err), RMT_ERR_USAGE, &err,
              "no outcome 'minni' in this study; did you mean 'mini'?");
    tst_study_close(&t);
}

static size_t rate(const rmt_table *t, const char *event, const char *rule, const char *measure)
{
    for (size_t r = 0; r < rmt_table_rows(t); r++)
        if (strcmp(tst_text(t, r, "paramcd"), "MINITOT") == 0 &&
            strcmp(tst_text(t, r, "event"), event) == 0)
            if (strcmp(tst_text(t, r, "missing"), rule) == 0 &&
                strcmp(tst_text(t, r, "measure"), measure) == 0)
                return r;
    print_error("no row %s %s %s\n", event, rule, measure);
    fail();
    return 0;
}

static void rates_by_hand(void **state)
{
    (void)state;
    tst_study t;
    const double z2 = 1.959963984540054 * 1.959963984540054;
    open_scored(&t, PLAN);
    apply_ok(&t, &rmt_stage_rates, "");
    const rmt_table *o = tst_study_get(&t, "/results/rates");
    /* Responders: 3 of 3 with a value against 0 of 3; of all randomised 3 of 4 against 0 of 4. */
    size_t r = rate(o, "response", "completer", "proportion"); /* Wilson: 3/(3 + z^2) to 1 */
    assert_string_equal(tst_text(o, r, "arm"), "ket");
    assert_string_equal(tst_text(o, r, "definition"), "reduction30");
    is(o, r, "estimate", 1);
    is(o, r, "ci_low", 3 / (3 + z2));
    is(o, r, "ci_high", 1);
    is(o, r, "events_arm", 3);
    is(o, r, "n_arm", 3);
    is(o, r, "n_missing_arm", 1);
    /* Clopper-Pearson below: (alpha/2)^(1/3) */
    assert_non_null(strstr(tst_text(o, r + 1, "method"), "Clopper"));
    is(o, r + 1, "ci_low", cbrt(0.025));
    r = rate(o, "response", "completer", "risk_difference");
    is(o, r, "estimate", 1);
    is(o, r, "ci_low", 1 - sqrt(2.0) * z2 / (3 + z2)); /* Newcombe */
    is(o, r, "ci_high", 1);
    is(o, r, "statistic", sqrt(6.0));
    is(o, rate(o, "response", "completer", "fisher_exact"), "p", 0.1); /* 2 of C(6,3) = 20 */
    r = rate(o, "response", "nonresponder", "risk_difference");
    is(o, r, "estimate", 0.75);
    is(o, r, "n_arm", 4);
    is(o, r, "n_reference", 4);
    is(o, r, "n_missing_reference", 1);
    is(o, rate(o, "response", "nonresponder", "fisher_exact"), "p", 1.0 / 7); /* 8 of 56 */
    r = rate(o, "response", "nonresponder", "nnt");
    is(o, r, "estimate", 4.0 / 3);
    assert_string_equal(tst_text(o, r, "note"), "number needed to treat to benefit");
    assert_string_equal(tst_text(o, r, "nnt_direction"), "benefit");
    assert_true(tst_number(o, r, "ci_low") < 4.0 / 3 && tst_number(o, r, "ci_high") > 4.0 / 3);
    is(o, r, "nnt_benefit_limit", (double)NAN); /* one piece: it is in ci_low and ci_high */
    is(o, r, "nnt_harm_limit", (double)NAN);
    r = rate(o, "response", "nonresponder", "odds_ratio");
    is(o, r, "estimate", (double)NAN);
    assert_string_equal(tst_text(o, r, "note"), "zero_events");
    tst_study_close(&t);
}

/* Two analyses of the same outcome, told apart by what the command line may override. */
#define TWICE                                                                                      \
    "analyses: {effects: [{outcome: mini, measure: hedges_g}, {outcome: mini, measure: "           \
    "[hedges_g, "                                                                                  \
    "ancova]}], rates: [{missing: completer}, {missing: nonresponder, event: response}]}\n"

static void equal_rows_of_two_analyses_stand_once(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN TWICE);
    const rmt_table *e = effects(&t, "");
    const size_t n_scales = 4;
    assert_int_equal(rmt_table_rows(e), n_scales * 2); /* g of both entries, ancova of the second */
    e = effects(&t, "--measure=ancova");
    assert_int_equal(rmt_table_rows(e), n_scales);
    apply_ok(&t, &rmt_stage_rates, "");
    const size_t n_both = rmt_table_rows(tst_study_get(&t, "/results/rates"));
    apply_ok(&t, &rmt_stage_rates, "--event=response --missing=completer");
    const rmt_table *o = tst_study_get(&t, "/results/rates");
    const size_t n_one = rmt_table_rows(o);
    assert_int_equal(n_one, 9); /* two arms by two intervals, and five comparisons */
    assert_true(n_both > n_one);
    for (size_t a = 0; a < n_one; a++)
        for (size_t b = a + 1; b < n_one; b++)
            assert_false(strcmp(tst_text(o, a, "measure"), tst_text(o, b, "measure")) == 0 &&
                         strcmp(tst_text(o, a, "method"), tst_text(o, b, "method")) == 0 &&
                         strcmp(tst_text(o, a, "arm"), tst_text(o, b, "arm")) == 0);
    tst_study_close(&t);
}

static void warned_once(const tst_study *t, const char *words)
{
    assert_int_equal(t->notes.n_total, 1);
    assert_int_equal(t->notes.severity[0], RMT_SEVERITY_WARNING);
    if (!strstr(t->notes.kept[0].msg, words)) fail_msg("said: %s", t->notes.kept[0].msg);
}

static void nobody_in_an_arm_is_said_once(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, PLAN TWICE);
    tst_study_table(&t, "/tables/people", "id arm", "A .\nB .\nC .");
    tst_study_table(&t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 0 0 0 40\nA 1 0 0 0 20\nB b 0 0 0 30\nB 1 0 0 0 16");
    apply_ok(&t, &rmt_stage_validate, "--keep-going");
    apply_ok(&t, &rmt_stage_score, "");
    const rmt_table *e = effects(&t, "");
    assert_int_equal(rmt_table_rows(e), 0);
    warned_once(&t, "nobody is in an arm of the plan: nothing can be compared");
    assert_string_equal(t.notes.kept[0].column, "TRT01P");
    apply_ok(&t, &rmt_stage_rates, "");
    warned_once(&t, "nobody is in an arm of the plan");
    tst_study_close(&t);
}

#define ONE_ENTRY(entry) PLAN "analyses: {rates: [{event: response}, " entry "]}\n"

static void an_analysis_without_a_row_is_said(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, ONE_ENTRY("{event: loss_of_diagnosis}")); /* nobody has a diagnosis */
    apply_ok(&t, &rmt_stage_rates, "");
    warned_once(&t, "entry 2 of analyses.rates gives no result: "
                    "no selected outcome defines the selected events");
    tst_study_close(&t);

    tst_study_open(&t, PLAN);
    tst_study_table(&t, "/tables/people", "id arm", "A ket\nB ctl");
    tst_study_table(&t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 0 0 0 40\nB b 0 0 0 30"); /* nobody came back */
    apply_ok(&t, &rmt_stage_validate, "--keep-going");
    apply_ok(&t, &rmt_stage_score, "");
    assert_int_equal(rmt_table_rows(effects(&t, "")), 0);
    warned_once(&t, "no result: no selected outcome has a value at a visit after baseline");
    tst_study_close(&t);

    tst_study_open(&t, "study: {id: T1}\ndata: {pub: {file: p.csv}}\n"
                       "summaries: {pub: {table: pub, arm: a, role: r, events: e, total: t}}\n");
    tst_study_table(&t, "/tables/pub", "a r e:n t:n", "cpt treatment 3 10\ntau control 2 10");
    assert_int_equal(rmt_table_rows(effects(&t, "")), 0);
    warned_once(&t, "no result: the plan has no outcome, and no summary for this stage");
    apply_ok(&t, &rmt_stage_rates, "");
    assert_int_equal(t.notes.n_total, 0);
    tst_study_close(&t);
}

static void effects_before_score_says_so(void **state)
{
    (void)state;
    tst_study t;
    rmt_error err = {0};
    open_trial(&t, PLAN);
    tst_fails(tst_study_apply(&t, &rmt_stage_effects, "", &err), RMT_ERR_INCONSISTENT, &err,
              "remit effects needs /outcomes: run 'remit score' first");
    tst_fails(tst_study_apply(&t, &rmt_stage_rates, "", &err), RMT_ERR_INCONSISTENT, &err,
              "run 'remit score' first");
    tst_fails(tst_study_apply(&t, &rmt_stage_score, "", &err), RMT_ERR_INCONSISTENT, &err,
              "run 'remit validate' first");
    /* validated by what did not know this table */
    apply_ok(&t, &rmt_stage_validate, "");
    assert_int_equal(rmt_study_remove(t.s, "/validation/flagged"), 1);
    tst_fails(tst_study_apply(&t, &rmt_stage_score, "", &err), RMT_ERR_INCONSISTENT, &err,
              "no table /validation/flagged in this study file: another version of remit, or other "
              "software, has validated it; run 'remit validate' again");
    tst_study_close(&t);
}

static void scoring_again_drops_the_results(void **state)
{
    (void)state;
    tst_study t;
    open_scored(&t, PLAN);
    apply_ok(&t, &rmt_stage_effects, "");
    apply_ok(&t, &rmt_stage_rates, "");
    apply_ok(&t, &rmt_stage_score, "");
    assert_false(rmt_study_has(t.s, "/results/effects"));
    assert_false(rmt_study_has(t.s, "/results/rates"));
    assert_true(rmt_study_has(t.s, "/outcomes"));
    assert_int_equal(t.notes.n_total, 2);
    assert_non_null(strstr(t.notes.kept[0].msg, "'remit effects' depended"));
    assert_non_null(strstr(t.notes.kept[1].msg, "'remit rates' depended"));
    tst_study_close(&t);
}

/* A study with an item above its maximum at A's week 1. */
static void open_bad(tst_study *t)
{
    tst_study_open(t, PLAN);
    tst_study_table(t, "/tables/people", "id arm", "A ket\nD ctl");
    tst_study_table(t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 0 0 0 40\nA 1 0 0 9 20\nD b 0 0 0 30\nD 1 0 0 0 26");
}

static void errors_withhold_the_study(void **state)
{
    (void)state;
    tst_study t;
    open_bad(&t);
    apply_ok(&t, &rmt_stage_validate, "");
    assert_true(t.found);
    assert_true(t.withhold);
    assert_int_equal(t.notes.n_errors, 1);
    assert_string_equal(t.notes.kept[0].source, "m.csv");
    assert_int_equal(t.notes.kept[0].line, 3);
    assert_string_equal(t.notes.kept[0].column, "i3");
    const rmt_table *summary = tst_study_get(&t, "/validation/summary");
    assert_int_equal(rmt_table_rows(summary), 1);
    assert_string_equal(tst_text(summary, 0, "severity"), "error");
    assert_string_equal(tst_text(summary, 0, "table"), "mini");
    is(summary, 0, "n", 1);
    apply_ok(&t, &rmt_stage_validate, "--format=text");
    assert_non_null(strstr(t.text.s, "m.csv:3: i3: "));
    assert_int_equal(t.notes.n_total, 0); /* said once */
    tst_study_close(&t);
}

static void one_cause_is_told_once(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, PLAN);
    tst_study_table(&t, "/tables/people", "id arm", "A ket\nD ctl\nE ctl");
    tst_study_table(&t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 0 0 0 40\nA Week1 0 0 0 20\nD b 0 0 0 30\nD Week1 0 0 0 26\n"
                    "1 b 0 0 0 0\n2 b 0 0 0 0\n3 b 0 0 0 0\n4 b 0 0 0 0\n5 b 0 0 0 0\n6 b 0 0 0 "
                    "0\n7 b 0 0 0 0\n1 1 0 0 0 0");
    apply_ok(&t, &rmt_stage_validate, "");
    static const struct {
        size_t line;
        const char *msg;
    } want[] = {
        {6, "'1' is not in table people (the first of 2) [trial/unknown-subject]"},
        {7, "'2' is not in table people [trial/unknown-subject]"},
        {8, "'3' is not in table people [trial/unknown-subject]"},
        {9, "'4' is not in table people [trial/unknown-subject]"},
        {10, "'5' is not in table people [trial/unknown-subject]"},
        {0, "and 2 more; 'remit validate --format lines' lists them [trial/unknown-subject]"},
        {3, "'Week1' is no visit of the schedule (the first of 2) [trial/unknown-visit]"},
        {4, "no outcome's table has a record of this subject [trial/no-records]"},
    };
    const size_t n = sizeof want / sizeof want[0];
    for (size_t i = 0; i < n && i < t.notes.n_kept; i++) {
        assert_string_equal(t.notes.kept[i].msg, want[i].msg);
        assert_int_equal(t.notes.kept[i].line, want[i].line);
    }
    assert_int_equal(t.notes.n_total, n);
    assert_int_equal(rmt_table_rows(tst_study_get(&t, "/validation/issues")), 8 + 2 + 1);
    tst_study_close(&t);
}

static void with_keep_going_the_records_are_flagged(void **state)
{
    (void)state;
    tst_study t;
    open_bad(&t);
    apply_ok(&t, &rmt_stage_validate, "--keep-going");
    assert_true(t.found);
    assert_false(t.withhold);
    apply_ok(&t, &rmt_stage_score, "");
    const rmt_table *o = tst_study_get(&t, "/outcomes");
    for (size_t r = 0; r < rmt_table_rows(o); r++) {
        const bool bad = strcmp(tst_text(o, r, "USUBJID"), "A") == 0 &&
                         strcmp(tst_text(o, r, "AVISIT"), "week1") == 0;
        assert_string_equal(tst_text(o, r, "FLAGGED"), bad ? "true" : "false");
    }
    const size_t a = row_of(o, "USUBJID", "A", "PARAMCD", "MINITOT", "AVISIT", "week1");
    is(o, a, "AVAL", (double)NAN);
    tst_study_close(&t);
}

#define PUBLISHED                                                                                  \
    "study: {id: T1}\ndata: {pub: {file: p.csv}}\n"                                                \
    "summaries: {pub: {table: pub, study: s, arm: a, role: r, mean: m, sd: d, n: n, events: e, "   \
    "total: t}}\n"

static void published_rows(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, PUBLISHED);
    tst_study_table(&t, "/tables/pub", "s a r m:n d:n n:n e:n t:n",
                    "S1 ket treatment -14 6 3 . .\nS1 mid control -2 2 3 . .\n"
                    "S2 emdr treatment 20 . 9 . .\nS2 wl control 30 6 9 . .\n"
                    "S3 cpt treatment . . . 3 10\nS3 tau control . . . 2 10");
    const rmt_table *e = effects(&t, "");
    assert_int_equal(rmt_table_rows(e), 4); /* two measures, no ancova, and S3 has no means */
    is(e, 0, "estimate", -12);
    is(e, 0, "se", sqrt(40.0 / 3));
    assert_string_equal(tst_text(e, 0, "source"), "pub");
    assert_string_equal(tst_text(e, 0, "study"), "S1");
    for (size_t r = 2; r < 4; r++) {
        is(e, r, "estimate", (double)NAN);
        assert_string_equal(tst_text(e, r, "note"), "mean, SD or n not published");
    }
    assert_int_equal(t.notes.n_total, 1);
    assert_non_null(
        strstr(t.notes.kept[0].msg, "1 of 3 comparisons hold no numbers for this stage"));
    apply_ok(&t, &rmt_stage_rates, "");
    const rmt_table *o = tst_study_get(&t, "/results/rates");
    size_t r = row_of(o, "study", "S3", "measure", "risk_ratio", "arm", "cpt");
    is(o, r, "estimate", 1.5);
    r = row_of(o, "study", "S3", "measure", "nnt", "arm", "cpt");
    is(o, r, "estimate", 10);
    is(o, r, "ci_low", (double)NAN); /* an interval over infinity has two ends of its own */
    const size_t d = row_of(o, "study", "S3", "measure", "risk_difference", "arm", "cpt");
    is(o, r, "nnt_benefit_limit", 1 / tst_number(o, d, "ci_high"));
    is(o, r, "nnt_harm_limit", -1 / tst_number(o, d, "ci_low"));
    assert_string_equal(tst_text(o, r, "nnt_direction"), "more events"); /* wanted or not? */
    assert_non_null(strstr(tst_text(o, r, "note"), "number needed to treat for one event more; "));
    const size_t c = rmt_table_find(o, "note");
    const char *note = rmt_table_text(o, c, r);
    assert_non_null(strstr(note, "interval: for one event less "));
    assert_non_null(strstr(note, ", through infinity, for one event more "));
    for (r = 0; r < rmt_table_rows(o); r++)
        assert_string_equal(tst_text(o, r, "study"), "S3");
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "more 10.0 (more 2.3 to inf to fewer 3.8)"));
    tst_study_close(&t);
}

static void what_was_not_published_is_not_nought(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, PUBLISHED);
    tst_study_table(&t, "/tables/pub", "s a r m:n d:n n:n e:n t:n",
                    "S1 ket treatment 1 1 . 3 10\nS1 mid control 1 1 9 . 10\n"
                    "S2 ket treatment 1 1 9 3 .\nS2 mid control 1 1 9 2 10");
    const rmt_table *e = effects(&t, "--measure=hedges_g");
    is(e, 0, "n_arm", (double)NAN);
    is(e, 0, "n_reference", 9);
    apply_ok(&t, &rmt_stage_rates, "");
    const rmt_table *o = tst_study_get(&t, "/results/rates");
    size_t r = row_of(o, "study", "S1", "measure", "risk_ratio", "arm", "ket");
    assert_string_equal(tst_text(o, r, "note"), "events or total not published");
    is(o, r, "events_reference", (double)NAN);
    is(o, r, "n_reference", 10);
    r = row_of(o, "study", "S2", "measure", "risk_difference", "arm", "ket");
    assert_string_equal(tst_text(o, r, "note"), "events or total not published");
    is(o, r, "n_arm", (double)NAN);
    is(o, r, "events_arm", 3);
    tst_study_close(&t);
}

/* Of A the baseline is prorated, of D the value at week1, of H both. */
static void results_say_how_many_values_are_prorated(void **state)
{
    (void)state;
    static const char yaml[] =
        DATA "}\n"
             "subjects: {table: people, id: id, arm: arm, covariates: [age]}\n"
             "arms: {reference: ctl, order: [ket, ctl]}\n"
             "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, "
             "{name: week1, value: '1'}]}\n"
             "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4], "
             "max_missing_items: 1}}\n" TST_MINI;
    tst_study t;
    tst_study_open(&t, yaml);
    tst_study_table(&t, "/tables/people", "id arm age:n",
                    "A ket 30\nB ket 40\nC ket 51\nD ctl 30\nE ctl 45\nF ctl 52\nH ctl .");
    tst_study_table(&t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b . 0 0 30\nA 1 0 0 0 20\nB b 0 0 0 30\nB 1 0 0 0 16\n"
                    "C b 0 0 0 20\nC 1 0 0 0 12\nD b 0 0 0 30\nD 1 0 . 0 21\n"
                    "E b 0 0 0 20\nE 1 0 0 0 18\nF b 0 0 0 10\nF 1 0 0 0 11\n"
                    "H b . 0 0 24\nH 1 . 0 0 21");
    apply_ok(&t, &rmt_stage_validate, "");
    apply_ok(&t, &rmt_stage_score, "");
    const rmt_table *e = effects(&t, "--adjust=age");
    assert_string_equal(tst_text(e, effect(e, "hedges_g"), "note"),
                        "3 values from prorated scores");
    assert_string_equal(tst_text(e, effect(e, "ancova"), "note"), /* H has no age */
                        "2 values from prorated scores; 1 left out: baseline or covariate missing");
    e = effects(&t, "--value=score --measure=hedges_g");
    assert_string_equal(tst_text(e, effect(e, "hedges_g"), "note"),
                        "2 values from prorated scores"); /* no baseline in a score */
    apply_ok(&t, &rmt_stage_rates, "--event=response --missing=completer");
    const rmt_table *r = tst_study_get(&t, "/results/rates");
    assert_string_equal(tst_text(r, 0, "arm"), "ket");
    assert_string_equal(tst_text(r, 0, "note"), "1 value from prorated scores");
    const size_t d = row_of(r, "measure", "risk_difference", "visit", "week1", "arm", "ket");
    assert_string_equal(tst_text(r, d, "note"), "3 values from prorated scores");
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "rest on scores prorated over missing items"));
    tst_study_close(&t);
}

static void three_arms_have_a_heading_each(void **state)
{
    (void)state;
    static const char yaml[] =
        DATA "}\n"
             "subjects: {table: people, id: id, arm: arm}\n"
             "arms: {reference: ctl, order: [high, low, ctl]}\n"
             "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, "
             "{name: week1, value: '1'}, {name: week2, value: '2'}]}\n"
             "outcomes: {mini: {table: mini, instrument: mini, total: y}}\n" TST_MINI;
    tst_study t;
    setenv("NO_COLOR", "1", 1);
    tst_study_open(&t, yaml);
    tst_study_table(&t, "/tables/people", "id arm", "A high\nB high\nC low\nD low\nE ctl\nF ctl");
    tst_study_table(&t, "/tables/mini", "id visit y:i",
                    "A b 9\nA 1 7\nA 2 4\nB b 8\nB 1 5\nB 2 3\nC b 9\nC 1 8\nC 2 3\n"
                    "D b 7\nD 1 7\nD 2 1\nE b 8\nE 1 6\nE 2 6\nF b 6\nF 1 5\nF 2 3");
    apply_ok(&t, &rmt_stage_validate, "");
    apply_ok(&t, &rmt_stage_score, "");
    effects(&t, "--measure=mean_difference_welch");
    apply_ok(&t, &rmt_stage_show, "");
    const char *high = strstr(t.text.s, "Effects, T1: high against ctl\n"),
               *low = strstr(t.text.s, "Effects, T1: low against ctl\n");
    assert_true(high && low && high < low);
    assert_null(strstr(high + 1, "Effects, T1: high"));
    assert_null(strstr(low + 1, "Effects, T1: low"));
    const char *week2 = strstr(high, "week2");
    assert_true(week2 && week2 < low); /* both visits under the one heading */
    unsetenv("NO_COLOR");
    tst_study_close(&t);
}

static void show_says_what_a_diagnosis_is(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, PLAN);
    tst_study_table(&t, "/tables/people", "id arm", "A ket\nB ket\nC ctl\nD ctl");
    tst_study_table(&t, "/tables/mini", "id visit i1:i i2:i i3:i i4:i",
                    "A b 2 0 0 30\nA 1 0 0 . 20\nB b 2 0 0 30\nB 1 2 0 0 16\n" /* A: no total */
                    "C b 2 0 0 20\nC 1 2 0 0 12\nD b 2 0 0 30\nD 1 0 0 0 21");
    apply_ok(&t, &rmt_stage_validate, "");
    apply_ok(&t, &rmt_stage_score, "");
    apply_ok(&t, &rmt_stage_rates, "--event=loss_of_diagnosis --missing=completer");
    assert_int_equal(tst_number(tst_study_get(&t, "/results/rates"), 0, "n_arm"), 2);
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "Diagnosis of MINITOT is the rule of its instrument, rule: P "
                                     "1 of 2"));
    assert_non_null(strstr(t.text.s, "it needs no total"));
    tst_study_close(&t);
}

static void published_arms_without_a_name_are_called_by_their_role(void **state)
{
    (void)state;
    tst_study t;
    tst_study_open(&t, "study: {id: T1}\ndata: {w: {file: w.csv}}\nsummaries: {w: {table: w, "
                       "study: s, treatment: {mean: m1, sd: d1, n: n1}, control: {mean: m2, sd: "
                       "d2, n: n2}}}\n");
    tst_study_table(&t, "/tables/w", "s m1:n d1:n n1:n m2:n d2:n n2:n", "Smith 3 1 20 2 1 20");
    effects(&t, "");
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "Effects, Smith: treatment against control\n"));
    tst_study_close(&t);
}

static void show_and_export(void **state)
{
    (void)state;
    tst_study t;
    rmt_error err = {0};
    setenv("NO_COLOR", "1", 1);
    open_scored(&t, PLAN);
    effects(&t, "--measure=mean_difference_welch");
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "T1  A trial\n"));
    assert_non_null(strstr(t.text.s, "\nEffects, T1: ket against ctl\n"));
    assert_non_null(strstr(t.text.s, "MINITOT  week1  3+3  difference  -12.00 ("));
    assert_null(strstr(t.text.s, "MINIP"));
    assert_non_null(strstr(t.text.s, "1 of 4 result rows: totals at primary visits"));
    assert_non_null(strstr(t.text.s, "--measure=mean_difference_welch"));
    apply_ok(&t, &rmt_stage_show, "--all");
    assert_non_null(strstr(t.text.s, "MINIP"));
    assert_null(strstr(t.text.s, "result rows:"));
    apply_ok(&t, &rmt_stage_rates, "");
    apply_ok(&t, &rmt_stage_show, "");
    assert_non_null(strstr(t.text.s, "NNTB 1.3 ("));
    assert_null(strstr(t.text.s, "Clopper"));
    apply_ok(&t, &rmt_stage_export, "/tables/people");
    assert_int_equal(strncmp(t.text.s, "id,arm,source_line\nA,ket,2\n", 26), 0);
    apply_ok(&t, &rmt_stage_export, "/tables/people --format=json");
    assert_int_equal(strncmp(t.text.s, "[\n {\"id\": \"A\", ", 15), 0);
    apply_ok(&t, &rmt_stage_export, "/plan");
    assert_int_equal(strncmp(t.text.s, "{\"study\":{\"id\":\"T1\"", 19), 0);
    tst_fails(tst_study_apply(&t, &rmt_stage_export, "/outcome", &err), RMT_ERR_USAGE, &err,
              "no table /outcome in this study file; did you mean /outcomes?");
    unsetenv("NO_COLOR");
    tst_study_close(&t);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void ingest_reads_plan_and_tables(void **state)
{
    (void)state;
    char dir[] = "/tmp/rmt_stages_XXXXXX", path[3][64];
    static const char *const names[] = {"plan.yaml", "p.csv", "m.csv"};
    static const char *const texts[] = {PLAN, "id,arm\nA,ket\n\nD,ctl\n",
                                        "id,visit,i1,i2,i3,i4\nA,b,0,0,0,40\nD,b,1,,0,30\n"};
    tst_study t;
    rmt_error err = {0};
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", dir, names[i]);
        write_file(path[i], texts[i]);
    }
    tst_study_open(&t, NULL);
    apply_ok(&t, &rmt_stage_ingest, path[0]);
    const rmt_table *sources = tst_study_get(&t, "/sources");
    assert_int_equal(rmt_table_rows(sources), 2);
    assert_string_equal(tst_text(sources, 0, "file"), "p.csv");
    is(sources, 0, "rows", 2);
    is(sources, 0, "blank_lines", 1);
    is(sources, 0, "lines", 4);
    is(sources, 0, "rows_stored", 2);
    is(sources, 0, "rows_refused", 0);
    is(sources, 1, "cells", 12);
    is(sources, 1, "cells_stored", 12);
    is(sources, 1, "cells_missing", 1);
    is(sources, 1, "cells_unreadable", 0);
    is(sources, 0, "columns", 2);
    assert_string_equal(tst_text(sources, 0, "types"), "inferred");
    const rmt_table *mini = tst_study_get(&t, "/tables/mini");
    is(mini, 0, "i4", 40);
    is(mini, 1, "i2", (double)NAN);
    is(mini, 1, "source_line", 3);
    assert_null(strstr(rmt_study_plan(t.s), dir)); /* outputs hold no path of the machine */
    assert_int_equal(t.notes.n_errors, 0);
    assert_int_equal(t.notes.n_total, 5); /* two tables without a schema and a delimiter */
    bool blank = false;
    for (size_t i = 0; i < t.notes.n_kept; i++)
        blank = blank || strstr(t.notes.kept[i].msg, "1 blank line passed over") != NULL;
    assert_true(blank);
    apply_ok(&t, &rmt_stage_validate, "");
    apply_ok(&t, &rmt_stage_score, "");
    tst_study_close(&t);

    assert_int_equal(remove(path[2]), 0);
    tst_study_open(&t, NULL);
    assert_int_equal(tst_study_apply(&t, &rmt_stage_ingest, path[0], &err), RMT_ERR_OPEN);
    assert_non_null(strstr(err.source, "m.csv"));
    tst_study_close(&t);
    assert_int_equal(remove(path[1]), 0);
    assert_int_equal(remove(path[0]), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(score_gives_change_and_response),
        cmocka_unit_test(effects_by_hand),
        cmocka_unit_test(the_score_in_place_of_change),
        cmocka_unit_test(direction_flips_the_sign),
        cmocka_unit_test(a_contrast_without_an_answer_is_a_row),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(rates_by_hand),
        cmocka_unit_test(equal_rows_of_two_analyses_stand_once),
        cmocka_unit_test(nobody_in_an_arm_is_said_once),
        cmocka_unit_test(an_analysis_without_a_row_is_said),
        cmocka_unit_test(effects_before_score_says_so),
        cmocka_unit_test(scoring_again_drops_the_results),
        cmocka_unit_test(errors_withhold_the_study),
        cmocka_unit_test(one_cause_is_told_once),
        cmocka_unit_test(with_keep_going_the_records_are_flagged),
        cmocka_unit_test(published_rows),
        cmocka_unit_test(results_say_how_many_values_are_prorated),
        cmocka_unit_test(three_arms_have_a_heading_each),
        cmocka_unit_test(show_says_what_a_diagnosis_is),
        cmocka_unit_test(published_arms_without_a_name_are_called_by_their_role),
        cmocka_unit_test(what_was_not_published_is_not_nought),
        cmocka_unit_test(show_and_export),
        cmocka_unit_test(ingest_reads_plan_and_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
