#include "tst_trial.h"

#include "rmt/score.h"

#include <math.h>

enum { MAX_ITEMS = 32 };

/* ---- every worked example ------------------------------------------------------------------- */

typedef struct {
    const char *id;
    size_t n;
    double answers[MAX_ITEMS];
    int32_t diagnosis; /* RMT_INTEGER_MISSING = the instrument has no rule */
    struct {
        const char *scale;
        double value;
    } want[8];
} example;

#define NO_RULE RMT_INTEGER_MISSING

static const example examples[] = {
    {"caps5",
     25,
     {3, 2, 1, 3, 2, 2, 3, 0, 2, 1, 3, 2, 2, 1, 2, 0, 3, 2, 2, 3, 2, 2, 1, 1, 2},
     1,
     {{"total", 39},
      {"B", 11},
      {"C", 5},
      {"D", 11},
      {"E", 12},
      {"count", 15},
      {"dissociation", 3}}},
    {"pcl5",
     20,
     {2, 3, 1, 3, 2, 3, 2, 0, 2, 2, 3, 1, 2, 1, 2, 0, 3, 3, 2, 3},
     1,
     {{"total", 40}, {"B", 11}, {"C", 5}, {"D", 11}, {"E", 13}}},
    {"madrs", 10, {4, 5, 3, 4, 2, 4, 4, 3, 3, 2}, NO_RULE, {{"total", 34}}},
    {"hamd17",
     17,
     {3, 2, 1, 2, 1, 1, 3, 1, 2, 2, 2, 1, 1, 1, 1, 0, 0},
     NO_RULE,
     {{"total", 24}, {"hamd6", 12}}},
    {"cadss23",
     23,
     {3, 3, 2, 1, 2, 2, 3, 1, 1, 2, 1, 3, 0, 1, 2, 2, 1, 2, 1, 1, 2, 1, 0},
     NO_RULE,
     {{"total", 37},
      {"depersonalisation", 11},
      {"derealisation", 22},
      {"amnesia", 4},
      {"cadss6", 14}}},
};

static size_t scale_index(const rmt_instrument *ins, const char *id)
{
    for (size_t i = 0; i < ins->n_scales; i++)
        if (strcmp(ins->scales[i].id, id) == 0) return i;
    print_error("%s has no scale %s\n", ins->id, id);
    fail();
    return 0;
}

static void scores_every_worked_example(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof examples / sizeof examples[0]; e++) {
        const example *x = &examples[e];
        rmt_doc *doc = NULL;
        rmt_instrument *ins = NULL;
        rmt_score s;
        tst_instrument(&doc, &ins, x->id);
        for (size_t i = 0; x->want[i].scale; i++) {
            rmt_score_scale(&s, ins, scale_index(ins, x->want[i].scale), x->answers, x->n, 0);
            tst_close(s.value, x->want[i].value, 0, 0, x->want[i].scale);
            assert_string_equal(s.reason, "");
            assert_false(s.prorated);
            assert_int_equal(s.n_missing, 0);
        }
        assert_int_equal(rmt_score_diagnosis(ins, x->answers, x->n), x->diagnosis);
        rmt_instrument_free(ins);
        rmt_doc_free(doc);
    }
}

/* ---- missing, prorated, out of range --------------------------------------------------------- */

typedef struct {
    rmt_doc *doc;
    rmt_instrument *ins;
    double items[MAX_ITEMS];
} caps;

static void caps_open(caps *c)
{
    *c = (caps){0};
    tst_instrument(&c->doc, &c->ins, "caps5");
    memcpy(c->items, examples[0].answers, sizeof c->items);
}

static void caps_close(caps *c)
{
    rmt_instrument_free(c->ins);
    rmt_doc_free(c->doc);
}

static void missing_items_leave_no_score(void **state)
{
    (void)state;
    caps c;
    rmt_score s;
    caps_open(&c);
    c.items[2] = c.items[3] = c.items[19] = (double)NAN;
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 0);
    assert_true(isnan(s.value));
    assert_string_equal(s.reason, "3 of 20 missing");
    assert_int_equal(s.n_missing, 3);
    /* Clusters without a gap are scored. */
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "C"), c.items, 20, 0);
    tst_close(s.value, 5, 0, 0, "C");
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "B"), c.items, 20, 0);
    assert_string_equal(s.reason, "2 of 5 missing");
    /* Extra items that were not collected are missing. */
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "dissociation"), c.items, 20, 5);
    assert_string_equal(s.reason, "2 of 2 missing");
    caps_close(&c);
}

static void prorates_up_to_the_limit(void **state)
{
    (void)state;
    caps c;
    rmt_score s;
    caps_open(&c);
    c.items[0] = c.items[6] = (double)NAN; /* 3 and 3 of 39 */
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 2);
    tst_close(s.value, 33.0 * 20 / 18, TST_EPS, 0, "two of two allowed");
    assert_true(s.prorated);
    assert_int_equal(s.n_missing, 2);
    assert_string_equal(s.reason, "");
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 1);
    assert_true(isnan(s.value) && !s.prorated);
    assert_string_equal(s.reason, "2 of 20 missing");
    /* A count is never prorated. */
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "count"), c.items, 20, 2);
    assert_string_equal(s.reason, "2 of 20 missing");
    /* C has one item left of two. */
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "C"), c.items, 20, 2);
    tst_close(s.value, 4, 0, 0, "C");
    /* Nothing is made of nothing. */
    for (size_t i = 0; i < MAX_ITEMS; i++)
        c.items[i] = (double)NAN;
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 20);
    assert_string_equal(s.reason, "20 of 20 missing");
    assert_true(isnan(s.value) && !s.prorated);
    caps_close(&c);
}

static void out_of_range_is_never_scored(void **state)
{
    (void)state;
    caps c;
    rmt_score s;
    char buf[RMT_REASON_BUF];
    caps_open(&c);
    c.items[6] = 7;
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 5);
    assert_true(isnan(s.value));
    assert_string_equal(s.reason, "bad caps5_07 = 7");
    rmt_score_scale(&s, c.ins, scale_index(c.ins, "B"), c.items, 20, 0);
    tst_close(s.value, 11, 0, 0, "B is untouched");
    c.items[6] = -1;
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 5);
    assert_string_equal(s.reason, "bad caps5_07 = -1");
    c.items[6] = 2.5;
    rmt_score_scale(&s, c.ins, 0, c.items, 20, 5);
    assert_string_equal(s.reason, "bad caps5_07 = 2.5");

    const rmt_item *item = &c.ins->items[6];
    assert_string_equal(rmt_score_item_problem(item, 4, buf), "");
    assert_string_equal(rmt_score_item_problem(item, (double)NAN, buf), "");
    assert_string_equal(rmt_score_item_problem(item, 5, buf), "caps5_07 = 5 is outside 0..4");
    assert_string_equal(rmt_score_item_problem(item, 0.5, buf),
                        "caps5_07 = 0.5 is no whole number");

    rmt_score_stored_total(&s, c.ins, 80);
    tst_close(s.value, 80, 0, 0, "stored");
    rmt_score_stored_total(&s, c.ins, 94);
    assert_string_equal(s.reason, "94 not in 0..80");
    rmt_score_stored_total(&s, c.ins, (double)NAN);
    assert_string_equal(s.reason, "total missing");
    rmt_score_stored_total(&s, NULL, 94);
    tst_close(s.value, 94, 0, 0, "no instrument, no range");
    caps_close(&c);
}

static void diagnosis_is_missing_unless_decided(void **state)
{
    (void)state;
    caps c;
    caps_open(&c);
    assert_int_equal(rmt_score_diagnosis(c.ins, c.items, 20), 1);
    c.items[0] = (double)NAN; /* B still has items 2, 4, 5 */
    assert_int_equal(rmt_score_diagnosis(c.ins, c.items, 20), 1);
    c.items[5] = (double)NAN;
    c.items[6] = 1; /* C hangs on item 6 */
    assert_int_equal(rmt_score_diagnosis(c.ins, c.items, 20), RMT_INTEGER_MISSING);
    c.items[6] = 9; /* out of range says nothing */
    assert_int_equal(rmt_score_diagnosis(c.ins, c.items, 20), RMT_INTEGER_MISSING);
    c.items[5] = c.items[6] = 1; /* C cannot hold, whatever B is */
    assert_int_equal(rmt_score_diagnosis(c.ins, c.items, 20), 0);
    caps_close(&c);
}

/* ---- definitions ----------------------------------------------------------------------------- */

static void definitions_hold_or_say_why_not(void **state)
{
    (void)state;
    const char *why;
    rmt_definition d = {.kind = RMT_DEF_PERCENT_REDUCTION, .op = RMT_OP_GE, .value = 30};
    assert_int_equal(rmt_score_definition(&d, 28, 40, 0, &why), RMT_TRUE);
    assert_string_equal(why, "");
    assert_int_equal(rmt_score_definition(&d, 29, 40, 0, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&d, 28.7, 41, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&d, 50, 40, 0, NULL), RMT_FALSE);
    for (int base = 10; base <= 80; base += 10) /* 30 % is a whole number */
        assert_int_equal(rmt_score_definition(&d, base * 7 / 10, base, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&d, 28, (double)NAN, 0, &why), RMT_UNKNOWN);
    assert_string_equal(why, "no baseline");
    assert_int_equal(rmt_score_definition(&d, (double)NAN, 40, 0, &why), RMT_UNKNOWN);
    assert_string_equal(why, "no value");
    assert_int_equal(rmt_score_definition(&d, 0, 0, 0, &why), RMT_UNKNOWN);
    assert_string_equal(why, "baseline 0");
    assert_int_equal(rmt_score_definition(&d, 0, -1, 0, &why), RMT_UNKNOWN);
    assert_string_equal(why, "baseline < 0");
    d.op = RMT_OP_GT;
    assert_int_equal(rmt_score_definition(&d, 28, 40, 0, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&d, 27, 40, 0, &why), RMT_TRUE);

    d = (rmt_definition){.kind = RMT_DEF_POINT_REDUCTION, .op = RMT_OP_GE, .value = 10};
    assert_int_equal(rmt_score_definition(&d, 30, 40, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&d, 31, 40, 0, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&d, 0, 0, 0, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&d, 31, (double)NAN, 0, &why), RMT_UNKNOWN);

    rmt_definition score = {.kind = RMT_DEF_SCORE, .op = RMT_OP_LT, .value = 12};
    assert_int_equal(rmt_score_definition(&score, 11, (double)NAN, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&score, 12, (double)NAN, 0, &why), RMT_FALSE);
    score.op = RMT_OP_LE;
    assert_int_equal(rmt_score_definition(&score, 12, (double)NAN, 0, &why), RMT_TRUE);

    rmt_definition none = {.kind = RMT_DEF_NO_DIAGNOSIS};
    assert_int_equal(rmt_score_definition(&none, (double)NAN, (double)NAN, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&none, 0, 0, 1, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&none, 0, 0, RMT_INTEGER_MISSING, &why), RMT_UNKNOWN);
    assert_string_equal(why, "dx unknown");

    rmt_definition parts[] = {d, none};
    rmt_definition all = {.kind = RMT_DEF_ALL_OF, .parts = parts, .n_parts = 2};
    assert_int_equal(rmt_score_definition(&all, 30, 40, 0, &why), RMT_TRUE);
    assert_int_equal(rmt_score_definition(&all, 30, 40, 1, &why), RMT_FALSE);
    assert_int_equal(rmt_score_definition(&all, 30, (double)NAN, 1, &why), RMT_FALSE);
    assert_string_equal(why, "");
    assert_int_equal(rmt_score_definition(&all, 30, (double)NAN, 0, &why), RMT_UNKNOWN);
    assert_string_equal(why, "no baseline");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_every_worked_example),
        cmocka_unit_test(missing_items_leave_no_score),
        cmocka_unit_test(prorates_up_to_the_limit),
        cmocka_unit_test(out_of_range_is_never_scored),
        cmocka_unit_test(diagnosis_is_missing_unless_decided),
        cmocka_unit_test(definitions_hold_or_say_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
