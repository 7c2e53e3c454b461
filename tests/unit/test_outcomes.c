#include "tst_ledger.h"
#include "tst_trial.h"

#include "rmt/outcomes.h"
#include "rmt/schema.h"

#include <math.h>

#define ARMS                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"
#define LABELS                                                                                     \
    "visits: {visit: visit, schedule: [{name: screening, value: s}, {name: base, value: b, "       \
    "baseline: true}, {name: week1, value: '1'}, {name: week2, value: '2'}]}\n"
#define ITEMS "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n"
#define HEAD "id visit i1:i i2:i i3:i i4:i"

static rmt_table *build(const tst_trial *t, const rmt_table *flagged, rmt_problems *notes)
{
    rmt_error err = {0};
    rmt_table *out = NULL;
    rmt_outcomes_input in = {t->plan, t->tables, t->n, flagged};
    tst_ok(rmt_outcomes_build(&out, &in, notes, &err), &err);
    return out;
}

static rmt_status fails(const tst_trial *t, rmt_error *err)
{
    rmt_table *out = NULL;
    rmt_outcomes_input in = {t->plan, t->tables, t->n, NULL};
    rmt_status st = rmt_outcomes_build(&out, &in, NULL, err);
    assert_null(out);
    return st;
}

static size_t col(const rmt_table *t, const char *name)
{
    size_t c = rmt_table_find(t, name);
    assert_true(c != RMT_NO_COLUMN);
    return c;
}

static size_t row_of(const rmt_table *t, const char *id, const char *scale, const char *visit)
{
    for (size_t i = 0; i < rmt_table_rows(t); i++)
        if (strcmp(rmt_table_text(t, col(t, "USUBJID"), i), id) == 0 &&
            strcmp(rmt_table_text(t, col(t, "scale"), i), scale) == 0 &&
            strcmp(rmt_table_text(t, col(t, "AVISIT"), i), visit) == 0)
            return i;
    return (size_t)-1;
}

/* A cell as text; a missing one as "(reason)". */
static const char *cell(const rmt_table *t, const char *id, const char *scale, const char *visit,
                        const char *column)
{
    static char out[256];
    char buf[64];
    size_t row = row_of(t, id, scale, visit), c = col(t, column);
    if (row == (size_t)-1) return "no row";
    const char *s = rmt_table_format(t, c, row, buf);
    if (*s) snprintf(out, sizeof out, "%s", s);
    else snprintf(out, sizeof out, "(%s)", rmt_table_reason(t, c, row));
    return out;
}
#define is(t, id, scale, visit, column, want)                                                      \
    assert_string_equal(cell(t, id, scale, visit, column), want)

static void one_row_per_subject_parameter_and_visit(void **state)
{
    (void)state;
    tst_trial t;
    rmt_problems notes = {0};
    tst_trial_open(&t, ARMS LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "B ctl\nA ket\nC ?withdrew");
    tst_trial_table(
        &t, "mini", HEAD,
        "B b 1 1 3 40\nB 1 1 0 3 27\nA 1 1 1 2 24\nA b 2 0 2 36\nC b 1 1 1 1\nC 1 1 1 1 1");
    rmt_table *o = build(&t, NULL, &notes);
    assert_int_equal(notes.n_total, 0);
    /* Two visits have records, four scales, three subjects; sorted by id. */
    assert_int_equal(rmt_table_rows(o), 2 * 4 * 3);
    assert_string_equal(rmt_table_text(o, col(o, "USUBJID"), 0), "A");
    assert_string_equal(rmt_table_text(o, col(o, "AVISIT"), 0), "base");
    assert_string_equal(rmt_table_text(o, col(o, "AVISIT"), 1), "week1");
    assert_string_equal(rmt_table_text(o, col(o, "scale"), 2), "P");

    is(o, "A", "total", "base", "STUDYID", "T1");
    is(o, "A", "total", "base", "TRT01P", "ket");
    is(o, "C", "total", "base", "TRT01P", "(arm missing)");
    is(o, "A", "total", "base", "PARAMCD", "MINITOT");
    is(o, "A", "P", "base", "PARAM", "Mini P");
    is(o, "A", "total", "base", "outcome", "mini");
    is(o, "A", "total", "base", "AVISITN", "0");
    is(o, "A", "total", "week1", "AVISITN", "1");
    is(o, "A", "total", "base", "AVAL", "40");
    is(o, "A", "total", "base", "BASE", "40");
    is(o, "A", "total", "base", "CHG", "()");
    is(o, "A", "total", "base", "ABLFL", "true");
    is(o, "A", "total", "base", "ANL01FL", "false");
    is(o, "A", "total", "base", "RESPFL", "()");
    is(o, "A", "total", "base", "RESPDEF", "()");
    is(o, "A", "total", "base", "SRCTABLE", "mini");
    is(o, "A", "total", "base", "SRCLINE", "5");
    is(o, "A", "total", "week1", "AVAL", "28");
    is(o, "A", "total", "week1", "CHG", "-12");
    is(o, "A", "total", "week1", "PCHG", "-30");
    is(o, "A", "total", "week1", "RESPFL", "true"); /* 40 -> 28 is 30 % */
    is(o, "A", "total", "week1", "RESPDEF", "reduction30");
    is(o, "A", "total", "week1", "REMDEF", "loss");
    is(o, "A", "total", "week1", "ANL01FL", "true");
    is(o, "A", "total", "week1", "ABLFL", "false");
    is(o, "A", "total", "week1", "NMISS", "0");
    is(o, "A", "total", "week1", "ADY", "()");
    is(o, "A", "total", "week1", "DTYPE", "()");
    is(o, "A", "total", "base", "DXFL", "true");
    is(o, "A", "total", "week1", "DXFL", "false");
    is(o, "A", "total", "week1", "DXLOSSFL", "true");
    is(o, "A", "total", "week1", "REMFL", "true");
    is(o, "A", "P", "week1", "DXFL", "()");
    is(o, "A", "P", "week1", "RESPFL", "()");
    is(o, "A", "P", "week1", "CHG", "0");
    is(o, "A", "count", "week1", "AVAL", "2");
    is(o, "B", "total", "week1", "RESPFL", "true");
    is(o, "B", "total", "week1", "DXLOSSFL", "(no baseline dx)");
    is(o, "C", "total", "week1", "ANL01FL", "false"); /* no arm */
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void missing_values_say_why(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, ARMS LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ctl\nD ket\nE ket");
    tst_trial_table(&t, "mini", HEAD,
                    "A b 0 0 0 0\nA 1 1 1 1 1\n" /* zero baseline */
                    "B 1 1 . 1 1\n"              /* no baseline, an item missing */
                    "C b 2 9 1 1\nC 1 1 1 1 1\n" /* out of range at baseline */
                    "D b 2 1 1 1\nD 1 2 1 1 1\nD 1 3 1 1 1\nD 2 . . . .");
    rmt_table *o = build(&t, NULL, NULL);
    is(o, "A", "total", "week1", "CHG", "4");
    is(o, "A", "total", "week1", "PCHG", "(baseline 0)");
    is(o, "A", "total", "week1", "RESPFL", "(baseline 0)");
    is(o, "B", "total", "base", "AVAL", "(no record)");
    is(o, "B", "total", "week1", "AVAL", "(1 of 4 missing)");
    is(o, "B", "total", "week1", "NMISS", "1");
    is(o, "B", "P", "week1", "AVAL", "(1 of 2 missing)");
    is(o, "B", "Q", "week1", "AVAL", "2");
    is(o, "B", "Q", "week1", "BASE", "(no baseline)");
    is(o, "B", "Q", "week1", "CHG", "(no baseline)");
    is(o, "B", "Q", "week1", "ANL01FL", "true");
    is(o, "B", "total", "week1", "ANL01FL", "false");
    is(o, "B", "total", "week1", "CHG", "(no value)");
    is(o, "B", "total", "week1", "DXFL", "(undecided)");
    is(o, "B", "total", "week1", "REMFL", "(dx unknown)");
    is(o, "B", "total", "week1", "DXLOSSFL", "(base dx unknown)");
    is(o, "C", "total", "base", "AVAL", "(bad m2 = 9)");
    is(o, "C", "total", "week1", "BASE", "(bad m2 = 9)");
    is(o, "C", "Q", "week1", "BASE", "2");
    is(o, "D", "total", "week1", "AVAL", "(2 records)");
    is(o, "D", "total", "week1", "SRCLINE", "8");
    is(o, "D", "total", "week1", "NMISS", "()");
    is(o, "D", "total", "week2", "AVAL", "no row"); /* nobody has a value at week 2 */
    is(o, "E", "total", "base", "AVAL", "(no record)");
    is(o, "E", "total", "base", "SRCTABLE", "()");
    is(o, "E", "total", "base", "FLAGGED", "false");
    is(o, "E", "total", "week1", "RESPFL", "(no value)");
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void prorates_when_the_plan_says_so(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t,
                   ARMS LABELS "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, "
                               "i3, i4], max_missing_items: 1}}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket");
    tst_trial_table(&t, "mini", HEAD, "A b 2 2 2 .\nA 1 . . 2 2\nA 2 . 1 1 1");
    rmt_table *o = build(&t, NULL, NULL);
    is(o, "A", "total", "base", "AVAL", "8");
    is(o, "A", "total", "base", "DTYPE", "PRORATED");
    is(o, "A", "total", "base", "NMISS", "1");
    is(o, "A", "P", "base", "DTYPE", "()");
    is(o, "A", "Q", "base", "AVAL", "4");
    is(o, "A", "count", "base", "AVAL", "(1 of 4 missing)");
    is(o, "A", "total", "week1", "AVAL", "(2 of 4 missing)");
    is(o, "A", "total", "week2", "AVAL", "4");
    is(o, "A", "total", "week2", "CHG", "-4");
    is(o, "A", "total", "week2", "RESPFL", "true");
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void stored_totals_and_a_baseline_column(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, ARMS LABELS
                   "outcomes:\n"
                   "  stored: {table: mini, instrument: mini, total: tot, baseline: bas}\n"
                   "  bare_total_2: {table: mini, total: tot, title: Bare}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ket\nD ctl");
    tst_trial_table(&t, "mini", "id visit tot:n bas:n",
                    "A 1 12 24\nA 2 6.5 24\nB 1 60 20\nB 2 ?refused 21\nC 1 4 .\nD 1 4 99");
    rmt_table *o = build(&t, NULL, NULL);
    /* only the totals; no baseline visit where a column holds the baseline, else it is there, empty */
    assert_int_equal(rmt_table_rows(o), 4 * 2 + 4 * 3);
    is(o, "A", "total", "week1", "BASE", "24");
    is(o, "A", "total", "week1", "PCHG", "-50");
    is(o, "A", "total", "week2", "AVAL", "6.5");
    is(o, "A", "total", "week1", "NMISS", "()");
    is(o, "A", "total", "week1", "DXFL", "()");
    is(o, "A", "total", "week1", "REMFL", "(dx unknown)");
    is(o, "B", "total", "week1", "AVAL", "(60 not in 0..52)");
    is(o, "B", "total", "week2", "AVAL", "(total: refused)");
    is(o, "B", "total", "week1", "BASE", "(baselines differ)");
    is(o, "C", "total", "week1", "BASE", "(no baseline)");
    is(o, "D", "total", "week1", "BASE", "(99 not in 0..52)");
    size_t bare = row_of(o, "A", "total", "week1") + 2;
    assert_string_equal(rmt_table_text(o, col(o, "outcome"), bare), "bare_total_2");
    assert_string_equal(rmt_table_text(o, col(o, "PARAMCD"), bare), "BARETOTA");
    assert_string_equal(rmt_table_text(o, col(o, "PARAM"), bare), "Bare");
    assert_true(rmt_table_is_missing(o, col(o, "RESPFL"), bare));
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void a_stored_total_beside_its_items(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, ARMS LABELS
                   "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, "
                   "i4], total: tot}}\n" TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket");
    tst_trial_table(&t, "mini", HEAD " tot:n", "A s 1 1 1 1 9\nA b 2 0 1 1 11\nA 1 . 3 1 1 7");
    rmt_table *o = build(&t, NULL, NULL);
    is(o, "A", "total", "base", "AVAL", "11");
    is(o, "A", "P", "base", "AVAL", "2");
    is(o, "A", "total", "base", "DXFL", "true");
    is(o, "A", "total", "week1", "AVAL", "7");
    is(o, "A", "total", "week1", "DXFL", "true"); /* decided without the first item */
    is(o, "A", "total", "week1", "REMFL", "false");
    is(o, "A", "P", "week1", "AVAL", "(1 of 2 missing)");
    /* Before baseline nothing changes and nobody responds. */
    is(o, "A", "total", "screening", "AVISITN", "-1");
    is(o, "A", "total", "screening", "CHG", "()");
    is(o, "A", "total", "screening", "RESPFL", "()");
    is(o, "A", "total", "screening", "ANL01FL", "false");
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void visits_by_day_and_what_is_left_out(void **state)
{
    (void)state;
    tst_trial t;
    rmt_problems notes = {0};
    tst_trial_open(&t, ARMS "visits: {day: day, schedule: [{name: base, day: 0, window: [-7, 0], "
                            "baseline: true}, {name: week2, day: 14, window: [11, 20]}]}\n"
                            "outcomes: {x: {table: mini, total: tot}}\n");
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "mini", "id day:n tot:n",
                    "A -7 10\nA 11 8\nA 21 1\nB 0.5 9\nB 20 9\nZ 0 3\nZ . .");
    rmt_table *o = build(&t, NULL, &notes);
    is(o, "A", "total", "base", "ADY", "-7");
    is(o, "A", "total", "week2", "ADY", "11");
    is(o, "B", "total", "base", "AVAL", "(no record)");
    is(o, "B", "total", "week2", "AVAL", "9");
    assert_int_equal(rmt_table_rows(o), 4);
    assert_int_equal(notes.n_total, 2);
    assert_string_equal(notes.kept[0].msg,
                        "outcome x: 1 record in table mini of nobody in table people left out");
    assert_string_equal(notes.kept[1].msg,
                        "outcome x: 2 records in table mini outside the schedule left out");
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void instruments_may_share_a_table(void **state)
{
    (void)state;
    tst_trial t;
    tst_trial_open(&t, ARMS LABELS
                   "outcomes: {x: {table: mini, total: x}, y: {table: mini, total: y}}\n");
    tst_trial_table(&t, "people", "id arm", "A ket");
    tst_trial_table(&t, "mini", "id visit x:n y:n", "A b 5 .\nA b . 7\nA 1 4 .\nA 2 . ?not_done");
    rmt_table *o = build(&t, NULL, NULL);
    assert_int_equal(rmt_table_rows(o), 3); /* x: base, week1; y: base */
    is(o, "A", "total", "base", "AVAL", "5");
    tst_close(rmt_table_number(o, col(o, "AVAL"), 2), 7, 0, 0, "y at base");
    rmt_table_free(o);
    tst_trial_close(&t);
}

static void error_findings_flag_their_record(void **state)
{
    (void)state;
    tst_trial t;
    rmt_error err = {0};
    rmt_table *flagged = NULL;
    rmt_ledger *l = tst_ledger();
    tst_trial_open(&t, ARMS LABELS ITEMS TST_MINI);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl\nC ctl");
    tst_trial_table(&t, "mini", HEAD,
                    "A b 1 1 1 1\nA 1 1 1 1 1\nB b 1 1 1 1\nB 1 1 1 1 1\nB 1 1 1 1 2\nC b . . . "
                    ".\nC 1 . . . .\nC 1 1 1 1 1");
    rmt_finding f = {RMT_SEVERITY_ERROR, "type-error", "mini", 3, "i1", "A", "x", "r", "m", 0};
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.line = 6;
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.line = 7;
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.line = 8;
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.line = 2;
    f.severity = RMT_SEVERITY_WARNING;
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    f.line = 4;
    f.severity = RMT_SEVERITY_ERROR;
    f.table = "people";
    tst_ok(rmt_ledger_add(l, &f, &err), &err);
    tst_ok(rmt_ledger_lines(&flagged, l, &err), &err);
    rmt_ledger_free(l);
    rmt_table *o = build(&t, flagged, NULL);
    is(o, "A", "total", "week1", "FLAGGED", "true");
    is(o, "A", "P", "week1", "FLAGGED", "true");
    is(o, "A", "total", "base", "FLAGGED", "false"); /* a warning */
    is(o, "B", "total", "base", "FLAGGED", "false"); /* another table */
    is(o, "B", "total", "week1", "FLAGGED", "true"); /* one of two records */
    is(o, "C", "total", "base", "FLAGGED", "true");  /* a record without values, but the only one */
    is(o, "C", "total", "week1", "FLAGGED", "false"); /* the record left aside */
    rmt_table_free(o);
    rmt_table_free(flagged);
    tst_trial_close(&t);
}

static void order_of_rows_is_free(void **state)
{
    (void)state;
    static const char *const people[] = {"@2 A ket\n@3 B ctl\n@4 C ket",
                                         "@4 C ket\n@2 A ket\n@3 B ctl"};
    static const char *const mini[] = {"@2 A b 1 1 1 1\n@3 A 1 1 1 1 0\n@4 B 1 2 2 2 2\n@5 B 1 2 2 "
                                       "2 3\n@6 C 2 1 1 1 .\n@7 C b . . . .",
                                       "@7 C b . . . .\n@5 B 1 2 2 2 3\n@3 A 1 1 1 1 0\n@6 C 2 1 1 "
                                       "1 .\n@4 B 1 2 2 2 2\n@2 A b 1 1 1 1"};
    char digest[2][RMT_DIGEST_HEX];
    for (size_t i = 0; i < 2; i++) {
        tst_trial t;
        rmt_error err = {0};
        tst_trial_open(&t, ARMS LABELS ITEMS TST_MINI);
        tst_trial_table(&t, "people", "id arm", people[i]);
        tst_trial_table(&t, "mini", HEAD, mini[i]);
        rmt_table *o = build(&t, NULL, NULL);
        tst_ok(rmt_table_digest(o, digest[i], &err), &err);
        rmt_table_free(o);
        tst_trial_close(&t);
    }
    assert_string_equal(digest[0], digest[1]);
}

static void columns_are_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < rmt_n_outcomes_columns; i++) {
        assert_non_null(rmt_outcomes_columns[i].name);
        assert_true(strlen(rmt_outcomes_columns[i].title) > 5);
    }
}

static void what_is_not_there_is_named(void **state)
{
    (void)state;
    tst_trial t;
    rmt_error err = {0};
    tst_trial_open(&t, ARMS LABELS ITEMS TST_MINI);
    tst_fails(fails(&t, &err), RMT_ERR_CONFIG, &err, "there is no table people");
    tst_trial_table(&t, "people", "id arm", "A ket");
    tst_fails(fails(&t, &err), RMT_ERR_CONFIG, &err, "outcome mini: there is no table mini");
    tst_trial_table(&t, "mini", "id visit i1:i i2:i i3:i j4:i", "A b 1 1 1 1");
    tst_fails(fails(&t, &err), RMT_ERR_CONFIG, &err,
              "table mini has no column 'i4'; did you mean 'id'?");
    rmt_table_free(t.owned[1]);
    t.n = 1;
    tst_trial_table(&t, "mini", "id visit i1:i i2:i i3 i4", "A b 1 1 . 1\nA 1 1 1 . x");
    assert_int_equal(fails(&t, &err), RMT_ERR_SCHEMA);
    char said[512];
    rmt_error_format(&err, said, sizeof said);
    assert_string_equal(said, "m.csv:3: i4: the column must hold numbers for outcome mini, and "
                              "here is 'x' (the plan can declare missing codes and the decimal "
                              "character)");
    rmt_error_clear(&err);
    tst_trial_close(&t);
}

static void subjects_have_arms_and_covariates(void **state)
{
    (void)state;
    tst_trial t;
    rmt_error err = {0};
    rmt_subjects *s = NULL;
    const char *why;
    char buf[64];
    tst_trial_open(&t,
                   "study: {id: T1}\n"
                   "data: {people: {file: p.csv}}\n"
                   "subjects: {table: people, id: id, arm: arm, one_row_per: record}\n"
                   "arms: {reference: a}\n" LABELS "outcomes: {x: {table: people, total: x}}\n");
    tst_trial_table(
        &t, "people", "id:i arm age:n site x:n",
        "10 b 30 s1 .\n9 a 40 . .\n10 b . s1 .\n9 a 41 s2 .\n11 c . s3 .\n11 b . s4 .\n12 . 1 s .");
    tst_ok(rmt_subjects_new(&s, t.plan, t.tables, t.n, &err), &err);
    assert_int_equal(s->n, 4); /* "10" < "11" < "12" < "9" by bytes */
    assert_int_equal(rmt_subjects_find(s, "9"), 3);
    assert_int_equal(rmt_subjects_find(s, "8"), 4);
    assert_int_equal(s->n_arms, 3); /* by bytes, the reference last */
    assert_string_equal(s->arms[0], "b");
    assert_string_equal(s->arms[2], "a");
    assert_int_equal(s->reference_arm, 2);
    assert_int_equal(s->subjects[0].arm, 0);
    assert_int_equal(s->subjects[0].n_rows, 2);
    assert_int_equal(s->subjects[3].arm, 2);
    assert_true(s->subjects[1].arm == RMT_NO_ARM);
    assert_string_equal(rmt_arm_reasons[s->subjects[1].arm_reason], "several arms");
    assert_string_equal(rmt_arm_reasons[s->subjects[2].arm_reason], "arm missing");
    tst_close(rmt_subjects_number(s, 0, 2, &why), 30, 0, 0, "age");
    assert_string_equal(why, "");
    assert_true(isnan(rmt_subjects_number(s, 3, 2, &why)));
    assert_string_equal(why, "not constant within the subject");
    assert_true(isnan(rmt_subjects_number(s, 1, 2, &why)));
    assert_string_equal(why, "missing");
    assert_string_equal(rmt_subjects_text(s, 3, 3, buf, &why), "s2");
    assert_string_equal(rmt_subjects_text(s, 0, 2, buf, NULL), "30");
    assert_string_equal(rmt_subjects_text(s, 1, 3, buf, &why), "");
    assert_string_equal(why, "not constant within the subject");
    rmt_subjects_free(s);
    tst_trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_per_subject_parameter_and_visit),
        cmocka_unit_test(missing_values_say_why),
        cmocka_unit_test(prorates_when_the_plan_says_so),
        cmocka_unit_test(stored_totals_and_a_baseline_column),
        cmocka_unit_test(a_stored_total_beside_its_items),
        cmocka_unit_test(visits_by_day_and_what_is_left_out),
        cmocka_unit_test(instruments_may_share_a_table),
        cmocka_unit_test(error_findings_flag_their_record),
        cmocka_unit_test(order_of_rows_is_free),
        cmocka_unit_test(columns_are_documented),
        cmocka_unit_test(what_is_not_there_is_named),
        cmocka_unit_test(subjects_have_arms_and_covariates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
