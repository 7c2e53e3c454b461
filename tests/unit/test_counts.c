/* Who is counted, and who has the event. */
#include "tst_study.h"

#include "rmt/counts.h"

/* TST_MINI's first remission is `loss`, by no_diagnosis; two more are added. */
#define PLAN(remission)                                                                            \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, {name: week1, "     \
    "value: '1'}]}\n"                                                                              \
    "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4], "                   \
    "remission: " remission "}}\n" TST_MINI                                                        \
    "      - {id: low, label: l, source: made for tests, verified: false, kind: score, op: '<', "  \
    "value: 9}\n"                                                                                  \
    "      - {id: strict, label: l, source: made for tests, verified: false, kind: all_of, "       \
    "parts: [{kind: score, op: '<', value: 9}, {kind: no_diagnosis}]}\n"

#define HEAD                                                                                       \
    "USUBJID TRT01P PARAMCD outcome AVISIT AVAL:n BASE:n CHG:n DXFL:i RESPFL:i RESPDEF REMFL:i "   \
    "REMDEF DXLOSSFL:i FLAGGED:i"
/*            DXFL RESP        REM            LOSS */
#define BASE(who, arm, dx) who " " arm " X mini base 20 . . " dx " . . . . . 0\n"
#define WEEK(who, value, dx, resp, rem, loss, flagged)                                             \
    who " ket X mini week1 " value " 20 . " dx " " resp " r30 " rem " REM " loss " " flagged "\n"

/* In ket: A had the diagnosis and lost it; B kept it; C had it and left; D never had it; E's was undecided
 * at baseline; F has no baseline record; G had it, and its week 1 record has an error. */
static const char rows[] = BASE("A", "ket", "1") WEEK("A", "8", "0", "1", "1", "1", "0")
    BASE("B", "ket", "1") WEEK("B", "18", "1", "0", "0", "0", "0") BASE("C", "ket", "1")
        WEEK("C", ".", ".", ".", ".", ".", "1") BASE("D", "ket", "0")
            WEEK("D", "7", "0", "1", "1", ".", "0") BASE("E", "ket", ".")
                WEEK("E", "7", "0", "1", "1", ".", "0") WEEK("F", "7", "0", ".", "1", ".", "0")
                    BASE("G", "ket", "1") WEEK("G", "8", "0", "1", "1", "1", "1")
                        BASE("Z", "ctl", "1");

typedef struct {
    rmt_doc *doc;
    rmt_plan *plan;
    rmt_table *t;
    rmt_cells *c;
} trial;

/* id replaces REM, the definition named in the rows. */
static void open_rows(trial *t, const char *yaml, const char *id, const char *lines)
{
    rmt_error err = {0};
    *t = (trial){0};
    tst_ok(rmt_tree_parse(&t->doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
    tst_ok(rmt_plan_parse(&t->plan, rmt_doc_root(t->doc), &err), &err);
    t->t = tst_table(HEAD, lines);
    const size_t remdef = rmt_table_find(t->t, "REMDEF");
    for (size_t r = 0; r < rmt_table_rows(t->t); r++)
        if (*rmt_table_text(t->t, remdef, r))
            tst_ok(rmt_table_set_text(t->t, remdef, r, id, strlen(id), &err), &err);
    tst_ok(rmt_cells_new(&t->c, t->t, t->plan, &err), &err);
}

static void open_trial(trial *t, const char *yaml, const char *id)
{
    open_rows(t, yaml, id, rows);
}

static void close_trial(trial *t)
{
    rmt_cells_free(t->c);
    rmt_table_free(t->t);
    rmt_plan_free(t->plan);
    rmt_doc_free(t->doc);
}

enum { KET, CTL, BASELINE = 0, WEEK1 = 1 };

static void count_is(const trial *t, rmt_event event, rmt_missing_rule rule, long events, long n,
                     long n_missing, size_t n_flagged)
{
    rmt_counting what;
    rmt_event_count k;
    assert_true(rmt_counting_find(&what, t->c, 0, WEEK1, event));
    rmt_count_arm(&k, &what, KET, rule);
    assert_int_equal(k.events, events);
    assert_int_equal(k.n, n);
    assert_int_equal(k.n_missing, n_missing);
    assert_int_equal(k.n_flagged, n_flagged);
}

static const char *population(const trial *t, rmt_event event, rmt_missing_rule rule)
{
    rmt_counting what;
    assert_true(rmt_counting_find(&what, t->c, 0, WEEK1, event));
    return rmt_counting_population(&what, rule);
}

static void response_counts_everybody_randomised(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, PLAN("low"), "low");
    count_is(&t, RMT_EVENT_RESPONSE, RMT_MISSING_NONRESPONDER, 4, 7, 2, 1);
    count_is(&t, RMT_EVENT_RESPONSE, RMT_MISSING_COMPLETER, 4, 5, 2, 1);
    assert_string_equal(population(&t, RMT_EVENT_RESPONSE, RMT_MISSING_NONRESPONDER),
                        "all randomised");
    assert_string_equal(population(&t, RMT_EVENT_RESPONSE, RMT_MISSING_COMPLETER),
                        "value at visit");
    close_trial(&t);
}

static void loss_of_diagnosis_needs_one_at_baseline(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, PLAN("low"), "low"); /* A, B, C, G; C is missing */
    count_is(&t, RMT_EVENT_LOSS_OF_DIAGNOSIS, RMT_MISSING_NONRESPONDER, 2, 4, 1, 1);
    count_is(&t, RMT_EVENT_LOSS_OF_DIAGNOSIS, RMT_MISSING_COMPLETER, 2, 3, 1, 1);
    assert_string_equal(population(&t, RMT_EVENT_LOSS_OF_DIAGNOSIS, RMT_MISSING_NONRESPONDER),
                        "randomised with diagnosis at baseline");
    assert_string_equal(population(&t, RMT_EVENT_LOSS_OF_DIAGNOSIS, RMT_MISSING_COMPLETER),
                        "diagnosis at baseline, value at visit");
    close_trial(&t);
}

/* Another program may have made /outcomes. */
static void the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static const char shuffled[] = BASE("G", "ket", "1") WEEK("B", "18", "1", "0", "0", "0", "0")
        BASE("C", "ket", "1") WEEK("A", "8", "0", "1", "1", "1", "0") BASE("A", "ket", "1")
            WEEK("G", "8", "0", "1", "1", "1", "1") BASE("D", "ket", "0")
                WEEK("C", ".", ".", ".", ".", ".", "1") BASE("B", "ket", "1")
                    WEEK("D", "7", "0", "1", "1", ".", "0");
    trial t;
    open_rows(&t, PLAN("low"), "low", shuffled);
    count_is(&t, RMT_EVENT_LOSS_OF_DIAGNOSIS, RMT_MISSING_NONRESPONDER, 2, 4, 1, 1);
    close_trial(&t);
}

static void remission_by_score_counts_everybody(void **state)
{
    (void)state;
    trial t;
    open_trial(&t, PLAN("low"), "low");
    count_is(&t, RMT_EVENT_REMISSION, RMT_MISSING_NONRESPONDER, 5, 7, 1, 1);
    count_is(&t, RMT_EVENT_REMISSION, RMT_MISSING_COMPLETER, 5, 6, 1, 1);
    close_trial(&t);
}

/* Who never had the diagnosis does not remit from it. */
static void remission_by_no_diagnosis_needs_one_at_baseline(void **state)
{
    (void)state;
    static const char *const plans[] = {PLAN("loss"), PLAN("strict")};
    static const char *const ids[] = {"loss", "strict"}; /* the whole, and a part of all_of */
    for (int i = 0; i < 2; i++) {
        trial t;
        open_trial(&t, plans[i], ids[i]);
        count_is(&t, RMT_EVENT_REMISSION, RMT_MISSING_NONRESPONDER, 2, 4, 1, 1);
        count_is(&t, RMT_EVENT_REMISSION, RMT_MISSING_COMPLETER, 2, 3, 1, 1);
        assert_string_equal(population(&t, RMT_EVENT_REMISSION, RMT_MISSING_NONRESPONDER),
                            "randomised with diagnosis at baseline");
        close_trial(&t);
    }
}

static void what_is_not_defined_is_not_counted(void **state)
{
    (void)state;
    trial t;
    rmt_counting what;
    open_trial(&t, PLAN("low"), "of another program");
    assert_true(rmt_counting_find(&what, t.c, 0, WEEK1, RMT_EVENT_REMISSION));
    assert_string_equal(what.definition, "of another program");
    assert_false(what.needs_diagnosis);
    for (rmt_event e = 0; e < RMT_N_EVENTS; e++)
        assert_false(rmt_counting_find(&what, t.c, 0, BASELINE, e));
    assert_true(rmt_counting_find(&what, t.c, 0, WEEK1, RMT_EVENT_RESPONSE));
    rmt_event_count k;
    rmt_count_arm(&k, &what, CTL, RMT_MISSING_NONRESPONDER); /* nobody came */
    assert_int_equal(k.n, 0);
    close_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_counts_everybody_randomised),
        cmocka_unit_test(loss_of_diagnosis_needs_one_at_baseline),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(remission_by_score_counts_everybody),
        cmocka_unit_test(remission_by_no_diagnosis_needs_one_at_baseline),
        cmocka_unit_test(what_is_not_defined_is_not_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
