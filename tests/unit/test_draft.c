/* Drafts of plans: what is written is read back as the same names, whatever they hold; missing codes and the order of visits. */
#include "rmt/draft.h"
#include "rmt/mem.h"
#include "rmt/schema.h"
#include "rmt/tree.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const nasty[] = {"plain",
                                    "caps5_01",
                                    "a: b",
                                    "a #b",
                                    "#a",
                                    "- a",
                                    "-",
                                    "--",
                                    "-1",
                                    "yes",
                                    "No",
                                    "on",
                                    "null",
                                    "~",
                                    "true",
                                    "1.10",
                                    "007",
                                    "1e3",
                                    ".5",
                                    "0x10",
                                    "?",
                                    "? a",
                                    "'",
                                    "\"",
                                    "a\"b",
                                    "it's",
                                    "a\\b",
                                    "{a}",
                                    "[a]",
                                    "a, b",
                                    "a]b",
                                    "&a",
                                    "*a",
                                    "!a",
                                    "|",
                                    ">",
                                    "%a",
                                    "@a",
                                    "`a",
                                    " a",
                                    "a ",
                                    "\t",
                                    "a\nb",
                                    "a\r\nb",
                                    ("a\x01"
                                     "b"),
                                    "\x7F",
                                    "\xC3\xA9t\xC3\xA9",
                                    "\xC2\x85",
                                    "\xE2\x80\xA8x",
                                    "\xE2\x80\xA9",
                                    "\xEF\xBB\xBFx",
                                    "\xEF\xBF\xBE",
                                    "\xF0\x9F\x98\x80",
                                    "=",
                                    "<<",
                                    "a:",
                                    ":a",
                                    "::",
                                    "...",
                                    "---",
                                    "2022-01-01",
                                    "12:30",
                                    "y",
                                    "n",
                                    "N",
                                    "caps5_{01..20}",
                                    "\xC2\xA0",
                                    "_",
                                    "a/b-c.csv",
                                    "../x.csv",
                                    "/"};
enum { N_NASTY = sizeof nasty / sizeof nasty[0] };

/* s as a scalar in a block, a list and a flow map, between others. */
static void check_scalar(const char *s)
{
    rmt_error err = {0};
    rmt_text out = {0};
    rmt_doc *doc = NULL;
    static const char *const before[] = {"a: ", "\nb: [1, ", ", 2]\nc: {x: ", ", y: 3}\n"};
    for (size_t i = 0; i < 4; i++) {
        tst_ok(rmt_text_add(&out, before[i], &err), &err);
        if (i < 3) tst_ok(rmt_yaml_add(&out, s, &err), &err);
    }
    tst_ok(rmt_tree_parse(&doc, out.s, out.len, "plan.yaml", &err), &err);
    const rmt_node *root = rmt_doc_root(doc);
    const rmt_node *read[] = {rmt_node_get(root, "a"), rmt_node_at(rmt_node_get(root, "b"), 1),
                              rmt_node_get(rmt_node_get(root, "c"), "x")};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(rmt_node_text(read[i]), s);
        assert_false(rmt_node_is_null(read[i]));
    }
    assert_string_equal(rmt_node_text(rmt_node_at(rmt_node_get(root, "b"), 2)), "2");
    rmt_doc_free(doc);
    rmt_text_clear(&out);
}

static void test_scalars(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NASTY; i++)
        check_scalar(nasty[i]);
}

/* Up to 12 characters that mean something to YAML, or to nobody. */
static void test_random_scalars(void **state)
{
    (void)state;
    static const char *const parts[] = {
        ":",        " ",    "#",           "-", "'", "\"",       "\\",
        "{",        "}",    "[",           "]", ",", "&",        "*",
        "!",        "|",    ">",           "%", "@", "\n",       "\t",
        "a",        "1",    ".",           "?", "~", "\xC2\x85", "\xE2\x80\xA8",
        "\xC3\xA9", "\x1B", "\xEF\xBB\xBF"};
    tst_rng rng = {20261124};
    for (size_t i = 0; i < tst_iterations(3000); i++) {
        char s[64] = "";
        for (long n = tst_rng_between(&rng, 1, 12); n > 0; n--)
            strcat(s, parts[tst_rng_between(&rng, 0, sizeof parts / sizeof parts[0] - 1)]);
        check_scalar(s);
    }
}

/* ---- whole plans ----------------------------------------------------------------------------- */

static void set_text(rmt_table *t, size_t col, size_t row, const char *s)
{
    rmt_error err = {0};
    tst_ok(rmt_table_set_text(t, col, row, s, strlen(s), &err), &err);
}

static size_t add_column(rmt_table *t, const char *name, rmt_type type)
{
    rmt_error err = {0};
    tst_ok(rmt_table_add_column(t, name, type, NULL, NULL, &err), &err);
    return rmt_table_columns(t) - 1;
}

/* Two people in two arms at two visits with a score, all of them called badly. */
static rmt_table *bad_trial(const char *id, const char *arm, const char *visit, const char *score,
                            const char *arms[2], const char *visits[2])
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    const size_t columns[] = {
        add_column(t, id, RMT_TYPE_STRING), add_column(t, arm, RMT_TYPE_STRING),
        add_column(t, visit, RMT_TYPE_STRING), add_column(t, score, RMT_TYPE_INTEGER),
        add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER)};
    tst_ok(rmt_table_add_rows(t, 8, &err), &err);
    for (size_t row = 0; row < 8; row++) {
        char who[16];
        snprintf(who, sizeof who, "P%zu", row / 2);
        set_text(t, columns[0], row, who);
        set_text(t, columns[1], row, arms[row / 4]);
        set_text(t, columns[2], row, visits[row % 2]);
        rmt_table_set_integer(t, columns[3], row, (int32_t)(row * 3));
        rmt_table_set_integer(t, columns[4], row, (int32_t)row + 2);
    }
    return t;
}

static void check_bad_trial(size_t i)
{
    rmt_error err = {0};
    rmt_text out = {0}, missing = {0};
    rmt_recognised *r = NULL;
    rmt_doc *doc = NULL;
    rmt_schema *schema = NULL;
    char id[64], arm[64], visit[64], score[64];
    const char *bad = nasty[i], *arms[2] = {bad, "placebo"}, *visits[2] = {"baseline", bad};
    snprintf(id, sizeof id, "%s", bad);
    snprintf(arm, sizeof arm, "%s2", bad);
    snprintf(visit, sizeof visit, "%s3", bad);
    snprintf(score, sizeof score, "%stotal", bad);
    rmt_table *t = bad_trial(id, arm, visit, score, arms, visits);
    const rmt_recognise_source source = {.name = "t", .read = t};
    const rmt_recognise_told told = {id, arm, visit};
    const rmt_draft_file file = {.file = bad, .delimiter = ',', .decimal = '.'};
    tst_ok(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), &err);
    tst_ok(rmt_draft_plan(&out, &missing, r, &file, NULL, NULL, bad, &err), &err);
    assert_int_equal(missing.len, 0);
    tst_ok(rmt_tree_parse(&doc, out.s, out.len, "plan.yaml", &err), &err);
    const rmt_node *root = rmt_doc_root(doc);
    assert_string_equal(rmt_node_text(rmt_node_get(rmt_node_get(root, "study"), "id")), bad);
    const rmt_node *table = rmt_node_get(rmt_node_get(root, "data"), "t");
    assert_string_equal(rmt_node_text(rmt_node_get(table, "file")), bad);
    tst_ok(rmt_schema_parse(&schema, rmt_node_get(table, "schema"), &err), &err);
    assert_int_equal(schema->n_fields, 4);
    assert_string_equal(schema->fields[0].name, id);
    assert_string_equal(schema->fields[3].name, score);
    const rmt_node *subjects = rmt_node_get(root, "subjects");
    assert_string_equal(rmt_node_text(rmt_node_get(subjects, "id")), id);
    assert_string_equal(rmt_node_text(rmt_node_get(subjects, "arm")), arm);
    const rmt_node *order = rmt_node_get(rmt_node_get(root, "arms"), "order");
    assert_string_equal(rmt_node_text(rmt_node_at(order, 0)), bad);
    assert_string_equal(rmt_node_text(rmt_node_at(order, 1)), "placebo");
    const rmt_node *when = rmt_node_get(root, "visits");
    assert_string_equal(rmt_node_text(rmt_node_get(when, "visit")), visit);
    assert_string_equal(
        rmt_node_text(rmt_node_get(rmt_node_at(rmt_node_get(when, "schedule"), 1), "name")), bad);
    const rmt_node *outcome = rmt_node_at(rmt_node_get(root, "outcomes"), 0);
    assert_string_equal(rmt_node_text(rmt_node_get(outcome, "total")), score);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
    rmt_recognised_free(r);
    rmt_table_free(t);
    rmt_text_clear(&out);
    rmt_text_clear(&missing);
}

static void test_bad_names(void **state)
{
    (void)state;
    /* Those that are codes for missing, or called as a baseline is, are other tests. */
    static const char *const not_as_values[] = {"-", "--", "?", "null", "*", "placebo"};
    for (size_t i = 0; i < N_NASTY; i++) {
        bool skip = false;
        for (size_t k = 0; k < sizeof not_as_values / sizeof not_as_values[0]; k++)
            skip = skip || strcmp(nasty[i], not_as_values[k]) == 0;
        if (!skip) check_bad_trial(i);
    }
}

/* ---- codes and visits ------------------------------------------------------------------------ */

/* One column of numbers; what is taken as missing, separated by blanks, and what is only told with a question mark. */
static void check_codes(const double *numbers, size_t n, const char *want)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_recognised *r = NULL;
    char got[128] = "";
    tst_ok(rmt_table_new(&t, "", &err), &err);
    const size_t col = add_column(t, "x", RMT_TYPE_NUMBER);
    tst_ok(rmt_table_add_rows(t, n, &err), &err);
    for (size_t i = 0; i < n; i++)
        tst_ok(rmt_table_set_number(t, col, i, numbers[i], &err), &err);
    const rmt_recognise_source source = {.name = "t", .read = t};
    const rmt_recognise_told told = {0};
    tst_ok(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), &err);
    const rmt_column_facts *f = &r->tables[0].columns[0];
    for (size_t i = 0; i < f->n_codes; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%s", i ? " " : "",
                 f->codes[i].text, f->codes[i].taken ? "" : "?");
    assert_string_equal(got, want);
    rmt_recognised_free(r);
    rmt_table_free(t);
}
#define CODES(want, ...)                                                                           \
    check_codes((const double[]){__VA_ARGS__},                                                     \
                sizeof((const double[]){__VA_ARGS__}) / sizeof(double), want)

static void test_codes(void **state)
{
    (void)state;
    CODES("", 0, 1, 2, 3, 4);
    CODES("-9", 0, 1, 2, 3, 4, -9);
    CODES("-99 -9", 0, 4, -9, -99);
    CODES("99", 0, 1, 4, 99);
    CODES("", 0, 1, 4, 9); /* a rating of 9 is a slip, or 0 to 10 */
    CODES("", 0, 5, 9, 10);
    CODES("999", 60.5, 80, 120, 999); /* kilograms */
    CODES("99?", 20, 45, 70, 99);     /* years of age */
    CODES("", 20, 45, 99, 101);       /* among the values */
    CODES("", -12, -9, -3, 0, 4);     /* changes */
    CODES("-99", -12, -9, 0, 4, -99); /* far below them */
    CODES("-99?", -80, -9, 0, 40, -99);
    CODES("-99", -99, -99);
}

/* The order of visits told by labels alone. */
static void check_order(const char *const *labels, size_t n, const char *want)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_recognised *r = NULL;
    char got[256] = "";
    tst_ok(rmt_table_new(&t, "", &err), &err);
    const size_t id = add_column(t, "id", RMT_TYPE_STRING),
                 visit = add_column(t, "visit", RMT_TYPE_STRING);
    tst_ok(rmt_table_add_rows(t, n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        set_text(t, id, i, "P1");
        set_text(t, visit, i, labels[i]);
    }
    const rmt_recognise_source source = {.name = "t", .read = t};
    const rmt_recognise_told told = {0};
    tst_ok(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), &err);
    for (size_t i = 0; i < r->n_visits; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%s", i ? "|" : "",
                 r->visits[i].value, r->visits[i].baseline ? "*" : "");
    assert_string_equal(got, want);
    rmt_recognised_free(r);
    rmt_table_free(t);
}
#define ORDER(want, ...)                                                                           \
    check_order((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), want)

static void test_visits(void **state)
{
    (void)state;
    ORDER("baseline*|week 2|week 4|week 12", "week 12", "baseline", "week 2", "week 4");
    ORDER("baseline*|24 hours|day 7|2 weeks|3 months", "3 months", "2 weeks", "day 7", "24 hours",
          "baseline");
    ORDER("Baseline*|Week 4|Week 8|Month 6|Year 1", "Baseline", "Month 6", "Week 4", "Week 8",
          "Year 1");
    ORDER("Screening*|Day 7|Week 4|Month 3|Month 12", "Screening", "Month 3", "Month 12", "Day 7",
          "Week 4");
    ORDER("t0*|t1|t2|t10", "t10", "t2", "t1", "t0");
    ORDER("start*|end|later", "start", "end", "later"); /* as the file has them */
    ORDER("0*|1.5|2|10", "2", "10", "0", "1.5");
    ORDER("pre*|post|fu 3", "pre", "post", "fu 3");
    /* The number of the visit, and words beside it. */
    ORDER("V1/Screening|Visit 2 (Baseline)*|Visit 3 (Week 4)", "Visit 3 (Week 4)", "V1/Screening",
          "Visit 2 (Baseline)");
    ORDER("Visit 1|Visit 2 - Randomisation*|Visit 10", "Visit 10", "Visit 1",
          "Visit 2 - Randomisation");
    ORDER("Screening (Day -14)|Baseline (Day 0)*|Day 28", "Day 28", "Screening (Day -14)",
          "Baseline (Day 0)");
    /* Phases. */
    ORDER("BL*|Post treatment|Follow-up 3 months", "Follow-up 3 months", "BL", "Post treatment");
    ORDER("Eingangsmessung*|Woche 4|Woche 12", "Woche 12", "Woche 4", "Eingangsmessung");
    ORDER("Screening|Baseline*|Post|FU 1|FU 2", "FU 2", "Post", "FU 1", "Baseline", "Screening");
    ORDER("Pr\xC3\xA4*|Post|Katamnese 6 Monate", "Katamnese 6 Monate", "Post", "Pr\xC3\xA4");
    ORDER("baseline*|Post Session 4|Session 8|FU", "FU", "Post Session 4", "Session 8", "baseline");
    ORDER("Baseline*|Day 29|Early termination", "Early termination", "Day 29", "Baseline");
    /* Where the end is among the weeks nobody knows. */
    ORDER("Post|Baseline*|Week 26", "Post", "Baseline", "Week 26");
}

/* When a visit is by its label alone, to the nearest minute; NaN: no time is read. */
static void check_day(const char *label, double want)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_recognised *r = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    const size_t id = add_column(t, "id", RMT_TYPE_STRING),
                 visit = add_column(t, "visit", RMT_TYPE_STRING);
    tst_ok(rmt_table_add_rows(t, 2, &err), &err);
    for (size_t i = 0; i < 2; i++) {
        set_text(t, id, i, "P1");
        set_text(t, visit, i, i ? label : "baseline");
    }
    const rmt_recognise_source source = {.name = "t", .read = t};
    const rmt_recognise_told told = {0};
    tst_ok(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), &err);
    assert_int_equal(r->n_visits, 2);
    const double got = r->visits[strcmp(r->visits[0].value, label) == 0 ? 0 : 1].day;
    if (!(isnan(got) && isnan(want)) && !(fabs(got - want) < 0.5 / 1440))
        fail_msg("'%s': day %g instead of %g", label, got, want);
    rmt_recognised_free(r);
    rmt_table_free(t);
}

static void test_days_of_labels(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        double day;
    } rows[] = {{"Month 6", 182.625},
                {"month_12", 365.25},
                {"Months 3", 91.3125},
                {"3 months", 91.3125},
                {"6-month follow-up", 182.625},
                {"M3", 91.3125},
                {"3mo", 91.3125},
                {"6 mths", 182.625},
                {"Monat 6", 182.625},
                {"Mois 6", 182.625},
                {"Maand 6", 182.625},
                {"Year 1", 365.25},
                {"2 yrs", 730.5},
                {"Week 4", 28},
                {"wk12", 84},
                {"W8", 56},
                {"12 weeks", 84},
                {"4WeekFU", 28},
                {"Woche 4", 28},
                {"FU week 8 (end)", 56},
                {"Visit 3 (Week 4)", 28},
                {"Day 7", 7},
                {"D1", 1},
                {"studyday14", 14},
                {"Day -7", -7},
                {"day-7", 7},
                {"24 hours", 1},
                {"Hour 2", 2.0 / 24},
                {"40 min", 40.0 / 1440},
                {"h4", 4.0 / 24},
                {"Stage 2", 2},  /* no unit: "tage" is one only as a word */
                {"Branch 3", 3}, /* nor is the h at its end */
                {"1.5", 1.5},
                {"Week 2 Day 3", (double)NAN},
                {"V2 F4", (double)NAN},
                {"end", (double)NAN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_day(rows[i].label, rows[i].day);
}

/* Which of two arms is the comparison, by its name. */
static void check_reference(const char *first, const char *second, const char *want)
{
    rmt_error err = {0};
    const char *arms[2] = {first, second}, *visits[2] = {"base", "end"};
    rmt_table *t = bad_trial("id", "arm", "visit", "total", arms, visits);
    const rmt_recognise_source source = {.name = "t", .read = t};
    const rmt_recognise_told told = {0};
    rmt_recognised *r = NULL;
    char buf[RMT_LEVEL_BUF];
    tst_ok(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), &err);
    assert_string_equal(rmt_level_text(&r->arms->levels[r->reference], buf), want);
    assert_int_equal(r->arm_checks.len, 0);
    rmt_recognised_free(r);
    rmt_table_free(t);
}

static void test_references(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"EMDR", "Warteliste"},
                                           {"EMDR", "Wartelisten-Kontrollgruppe"},
                                           {"Exposition", "Standardbehandlung"},
                                           {"Behandlung", "Kontrolle"},
                                           {"EMDR", "Liste d'attente"},
                                           {"Intervention", "T\xC3\xA9moin"},
                                           {"Intervention", "Groupe contr\xC3\xB4le"},
                                           {"EMDR", "wachtlijst"},
                                           {"EMDR", "gebruikelijke zorg"},
                                           {"EMDR", "Lista de espera"},
                                           {"Active treatment", "Waiting list"},
                                           {"Active control", "Placebo tablets"},
                                           {"Exposure and usual care", "Usual care"},
                                           {"Attention bias modification", "Sham"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        check_reference(pairs[i][0], pairs[i][1], pairs[i][1]);
        check_reference(pairs[i][1], pairs[i][0], pairs[i][1]);
    }
}

/* One slip in a column that nothing explains is told with its line; told columns must be there. */
static void test_told(void **state)
{
    (void)state;
    rmt_error err = {0};
    const char *arms[2] = {"drug", "placebo"}, *visits[2] = {"base", "end"};
    rmt_table *t = bad_trial("code", "what", "when", "sum", arms, visits);
    const rmt_recognise_source source = {.name = "t", .read = t};
    rmt_recognised *r = NULL;
    rmt_recognise_told told = {.id = "cod"};
    tst_fails(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), RMT_ERR_USAGE, &err,
              "option '--id': no file has a column 'cod'");
    told = (rmt_recognise_told){.arm = "arm"};
    tst_fails(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), RMT_ERR_USAGE, &err,
              "option '--arm': no file has a column 'arm'");
    told = (rmt_recognise_told){.visit = "visit"};
    tst_fails(rmt_recognise(&r, &source, 1, NULL, 0, &told, &err), RMT_ERR_USAGE, &err,
              "option '--visit': no file has a column 'visit'");
    assert_null(r);
    rmt_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),        cmocka_unit_test(test_random_scalars),
        cmocka_unit_test(test_bad_names),      cmocka_unit_test(test_codes),
        cmocka_unit_test(test_visits),         cmocka_unit_test(test_told),
        cmocka_unit_test(test_days_of_labels), cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
