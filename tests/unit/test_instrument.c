#include "support.h"

#include "rmt/instrument.h"
#include "rmt/num.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <string.h>

/* ---- the files of schemas/instruments -------------------------------------------------------- */

typedef struct {
    const char *id;
    size_t n_items, n_total, n_scales, n_diagnosis, max_missing;
    double max;
    const char *paramcd, *response, *remission;
} shipped;

static const shipped files[] = {
    {"caps5", 25, 20, 7, 4, 0, 80, "CAPS5TOT", "reduction30", "score_lt12"},
    {"pcl5", 20, 20, 6, 4, 0, 80, "PCL5TOT", "drop10", "score_le28"},
    {"madrs", 10, 10, 1, 0, 1, 60, "MADRSTOT", "reduction50", "score_le10"},
    {"hamd17", 17, 17, 2, 0, 0, 52, "HAMD17T", "reduction50", "score_le7"},
    {"cadss23", 23, 23, 5, 0, 0, 92, "CADSSTOT", NULL, NULL},
};

static void open_shipped(rmt_doc **doc, rmt_instrument **ins, const char *id)
{
    char path[1024];
    rmt_error err = {0};
    snprintf(path, sizeof path, "%s/../schemas/instruments/%s.json", RMT_TEST_DIR, id);
    tst_ok(rmt_tree_read(doc, path, &err), &err);
    tst_ok(rmt_instrument_parse(ins, rmt_doc_root(*doc), &err), &err);
}

static void shipped_files_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        rmt_doc *doc = NULL;
        rmt_instrument *ins = NULL;
        const shipped *want = &files[i];
        open_shipped(&doc, &ins, want->id);
        assert_string_equal(ins->id, want->id);
        assert_int_equal(ins->n_items, want->n_items);
        assert_int_equal(ins->n_scales, want->n_scales);
        assert_int_equal(ins->scales[0].n_items, want->n_total);
        assert_string_equal(ins->scales[0].paramcd, want->paramcd);
        tst_close(ins->scales[0].max, want->max, 0, 0, want->id);
        assert_int_equal(ins->n_diagnosis, want->n_diagnosis);
        assert_int_equal(ins->max_missing_items, want->max_missing);
        if (want->response == NULL) {
            assert_int_equal(ins->n_response, 0);
            assert_int_equal(ins->n_remission, 0);
        } else {
            assert_string_equal(ins->response[0].id, want->response);
            assert_string_equal(ins->remission[0].id, want->remission);
        }
        rmt_instrument_free(ins);
        rmt_doc_free(doc);
    }
}

/* Plain sums, written a second time: a slip in an item list cannot hide. */
static void worked_examples_add_up(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        rmt_doc *doc = NULL;
        rmt_instrument *ins = NULL;
        rmt_error err = {0};
        open_shipped(&doc, &ins, files[f].id);
        const rmt_node *example = rmt_node_get(rmt_doc_root(doc), "worked_example");
        const rmt_node *answers = rmt_node_get(example, "answers");
        const rmt_node *want = rmt_node_get(rmt_node_get(example, "expected"), "scales");
        assert_int_equal(rmt_node_size(want), ins->n_scales);
        for (size_t s = 0; s < ins->n_scales; s++) {
            const rmt_scale *scale = &ins->scales[s];
            double got = 0, expected = -1;
            for (size_t i = 0; i < scale->n_items; i++) {
                const char *text = rmt_node_text(rmt_node_at(answers, scale->items[i]));
                double x = -1;
                assert_true(rmt_num_parse_double(text, strlen(text), &x));
                got += scale->rule == RMT_SCORE_SUM ? x : (x >= scale->threshold ? 1 : 0);
            }
            tst_ok(rmt_node_read_number(want, scale->id, &expected, &err), &err);
            tst_close(got, expected, 0, 0, scale->paramcd);
        }
        rmt_instrument_free(ins);
        rmt_doc_free(doc);
    }
}

static void caps5_in_detail(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_instrument *ins = NULL;
    open_shipped(&doc, &ins, "caps5");
    assert_string_equal(ins->diagnosis_label, "symptom criteria met (B-E)");
    assert_string_equal(ins->diagnosis[2].name, "D");
    assert_int_equal(ins->diagnosis[2].n_items, 7);
    assert_int_equal(ins->diagnosis[2].items[0], 7);
    assert_int_equal(ins->diagnosis[2].min_count, 2);
    assert_int_equal(ins->diagnosis[2].present_at, 2);

    const rmt_definition *d = rmt_instrument_response(ins, "reduction30");
    assert_non_null(d);
    assert_int_equal(d->kind, RMT_DEF_PERCENT_REDUCTION);
    assert_int_equal(d->op, RMT_OP_GE);
    tst_close(d->value, 30, 0, 0, "reduction30");
    assert_true(d->verified);
    d = rmt_instrument_remission(ins, "loss_strict");
    assert_non_null(d);
    assert_int_equal(d->kind, RMT_DEF_ALL_OF);
    assert_int_equal(d->n_parts, 3);
    assert_int_equal(d->parts[0].kind, RMT_DEF_POINT_REDUCTION);
    assert_int_equal(d->parts[1].kind, RMT_DEF_NO_DIAGNOSIS);
    assert_int_equal(d->parts[2].kind, RMT_DEF_SCORE);
    assert_int_equal(d->parts[2].op, RMT_OP_LT);
    assert_false(d->verified);
    assert_non_null(rmt_instrument_remission(ins, "loss_of_diagnosis"));
    assert_null(rmt_instrument_response(ins, "loss_of_diagnosis"));
    assert_null(rmt_instrument_remission(ins, "reduction30"));
    rmt_instrument_free(ins);
    rmt_instrument_free(NULL);
    rmt_doc_free(doc);
}

/* ---- faults ---------------------------------------------------------------------------------- */

/* A small instrument; each fault changes one line of it. */
/* One line of text each. */
/* clang-format off */
static const char *const base[] = {
    /*  1 */ "id: demo",
    /*  2 */ "name: Demo",
    /*  3 */ "rater: self",
    /*  4 */ "recall: past week",
    /*  5 */ "source: Somebody 2001",
    /*  6 */ "verified: true",
    /*  7 */ "items:",
    /*  8 */ "- {id: a, label: first, min: 0, max: 4}",
    /*  9 */ "- {id: b, label: second, min: 0, max: 4}",
    /* 10 */ "- {id: c, label: extra, min: 0, max: 2}",
    /* 11 */ "scales:",
    /* 12 */ "- {id: total, paramcd: DEMOTOT, label: Total, rule: sum, items: a..b, min: 0, max: 8}",
    /* 13 */ "- {id: n, paramcd: DEMON, label: N, rule: count_at_least, threshold: 2, items: [a, c], min: 0, max: 2}",
    /* 14 */ "diagnosis: {label: met, source: S, verified: true, criteria: [",
    /* 15 */ "  {name: X, items: [a, b], min_count: 1, present_at: 2}]}",
    /* 16 */ "response:",
    /* 17 */ "- {id: r, label: R, kind: percent_reduction, op: '>=', value: 30, source: S, verified: true}",
    /* 18 */ "remission:",
    /* 19 */ "- {id: m, label: M, kind: score, op: <, value: 3, source: S, verified: false}",
    /* 20 */ "- {id: l, label: L, source: S, verified: false, kind: all_of, parts: [{kind: no_diagnosis},",
    /* 21 */ "   {kind: point_reduction, op: '>', value: 2}]}",
    /* 22 */ "missing: {max_missing_items: 1, rule: one may be missing, source: S, verified: false}",
    /* 23 */ "worked_example:",
    /* 24 */ "  answers: [3, 1, 0]",
    /* 25 */ "  expected: {scales: {total: 4, n: 1}}",
};
/* clang-format on */
enum { BASE_LINES = sizeof base / sizeof base[0] };

/* line 0 = unchanged. */
static rmt_status parse_with(size_t line, const char *text, rmt_instrument **ins, rmt_doc **doc,
                             rmt_error *err)
{
    char all[4096] = "";
    for (size_t i = 0; i < BASE_LINES; i++) {
        strcat(all, i + 1 == line ? text : base[i]);
        strcat(all, "\n");
    }
    tst_ok(rmt_tree_parse(doc, all, strlen(all), "demo.json", err), err);
    return rmt_instrument_parse(ins, rmt_doc_root(*doc), err);
}

typedef struct {
    size_t change;
    const char *text;
    size_t line; /* expected in the error; 0 = the changed one */
    const char *column, *message;
} fault;

static const fault faults[] = {
    {1, "id: 5demo", 0, "id", "not a letter followed by"},
    {2, "nmae: Demo", 0, "", "unknown key 'nmae' in instrument; did you mean 'name'?"},
    {2, "name: ''", 0, "name", "is empty"},
    {3, "construct: x", 1, "rater", "needs 'rater'"},
    {4, "construct: x", 1, "recall", "needs 'recall'"},
    {5, "construct: x", 1, "source", "needs 'source'"},
    {6, "construct: x", 1, "verified", "needs 'verified'"},
    {6, "verified: perhaps", 0, "verified", "perhaps"},
    {6, "verified: false\nseen: primary", 7, "seen", "'verified' is false"},
    {6, "verified: true\nseen: tertiary", 7, "seen", "unknown seen 'tertiary'"},
    {6, "verified: true\nhigher_is: better", 7, "higher_is", "unknown higher_is 'better'"},
    {8, "- {id: a, label: first, min: 0, max: 4, reverse: true}", 0, "",
     "unknown key 'reverse' in item"},
    {8, "- {id: a, min: 0, max: 4}", 0, "label", "item needs 'label'"},
    {8, "- {id: a, label: first, min: 0, max: 4.5}", 0, "max", "'4.5' is not a whole number"},
    {8, "- {id: a, label: first, min: 4, max: 4}", 0, "max", "item 'a' ranges from 4 to 4"},
    {9, "- {id: a, label: second, min: 0, max: 4}", 0, "id", "two items are called 'a'"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: a..d, min: 0, max: 8}", 0,
     "items", "unknown item 'd'"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: b..a, min: 0, max: 8}", 0,
     "items", "'b..a' runs backwards"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: [a, zebra], min: 0, max: 8}",
     0, "items", "unknown item 'zebra'; known: a, b, c"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: [a, a], min: 0, max: 8}", 0,
     "items", "'a' stands twice"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, min: 0, max: 8}", 0, "items",
     "scale needs 'items'"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: a..b, min: 0, max: 9}", 0,
     "max", "range from 0 to 9, its items give 0 to 8"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, items: b..c, min: 0, max: 6}", 0,
     "items", "'b' is out of place"},
    {12, "- {id: all, paramcd: DEMOTOT, label: T, rule: sum, items: a..b, min: 0, max: 8}", 0, "id",
     "is called 'total', not 'all'"},
    {12, "- {id: total, paramcd: DEMOTOTAL, label: T, rule: sum, items: a..b, min: 0, max: 8}", 0,
     "paramcd", "1 to 8 of A-Z"},
    {12, "- {id: total, paramcd: demo, label: T, rule: sum, items: a..b, min: 0, max: 8}", 0,
     "paramcd", "1 to 8 of A-Z"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, rule: mean, items: a..b, min: 0, max: 8}", 0,
     "rule", "unknown rule 'mean'"},
    {12, "- {id: total, paramcd: DEMOTOT, label: T, items: a..b, min: 0, max: 8}", 0, "rule",
     "scale needs 'rule'"},
    {12,
     "- {id: total, paramcd: DEMOTOT, label: T, rule: sum, threshold: 2, items: a..b, min: 0, max: "
     "8}",
     0, "threshold", "a sum has no threshold"},
    {13, "- {id: n, paramcd: DEMON, label: N, rule: count_at_least, items: [a, c], min: 0, max: 2}",
     0, "threshold", "needs 'threshold'"},
    {13,
     "- {id: n, paramcd: DEMON, label: N, rule: count_at_least, threshold: 3, items: [a, c], min: "
     "0, max: 2}",
     0, "threshold", "3 does not divide the range of 'c', 0 to 2"},
    {13, "- {id: n, paramcd: DEMON, label: N, rule: sum, items: [a, c], min: 0, max: 6, source: S}",
     0, "verified", "scale needs 'verified'"},
    {13, "- {id: total, paramcd: DEMON, label: N, rule: sum, items: [a, c], min: 0, max: 6}", 0,
     "id", "two scales are called 'total'"},
    {13, "- {id: n, paramcd: DEMOTOT, label: N, rule: sum, items: [a, c], min: 0, max: 6}", 0,
     "paramcd", "two scales have the code 'DEMOTOT'"},
    {14, "diagnosis: {label: met, verified: true, criteria: [", 0, "source",
     "diagnosis needs 'source'"},
    {14, "diagnosis: {source: S, verified: true, criteria: [", 0, "label",
     "diagnosis needs 'label'"},
    {15, "]}", 14, "criteria", "at least one criterion"},
    {15, "  {name: X, items: [a, b], min_count: 3, present_at: 2}]}", 0, "min_count",
     "3 of 2 items cannot be asked for"},
    {15, "  {name: X, items: [a, b], min_count: 1, present_at: 0}]}", 0, "present_at",
     "0 does not divide the range of 'a'"},
    {15, "  {name: X, items: [a, b], min_count: 1, present_at: 5}]}", 0, "present_at",
     "5 does not divide the range of 'a'"},
    {15,
     "  {name: X, items: [a], min_count: 1, present_at: 2}, {name: X, items: [b], min_count: 1, "
     "present_at: 2}]}",
     0, "name", "two criteria are called 'X'"},
    {17, "- {id: r, label: R, kind: percent_reduction, op: '>=', value: 30, verified: true}", 0,
     "source", "definition needs 'source'"},
    {17, "- {id: r, label: R, kind: percent_reduction, op: '>=', value: 30, source: S}", 0,
     "verified", "definition needs 'verified'"},
    {17,
     "- {id: r, label: R, kind: percent_reduction, op: '>=', value: 130, source: S, verified: "
     "true}",
     0, "value", "130 is outside 0 to 100"},
    {17,
     "- {id: r, label: R, kind: percent_reduction, op: '=', value: 30, source: S, verified: true}",
     0, "op", "unknown op '='"},
    {17, "- {id: r, label: R, kind: percent_reduction, value: 30, source: S, verified: true}", 0,
     "op", "needs 'op'"},
    {17, "- {id: r, label: R, kind: percent_reduction, op: '>=', source: S, verified: true}", 0,
     "value", "needs 'value'"},
    {17, "- {id: r, label: R, op: '>=', value: 30, source: S, verified: true}", 0, "kind",
     "needs 'kind'"},
    {17,
     "- {id: r, label: R, kind: point_reduction, op: '>=', value: 9, source: S, verified: true}", 0,
     "value", "9 is outside 0 to 8"},
    {19, "- {id: m, label: M, kind: scores, op: <, value: 3, source: S, verified: false}", 0,
     "kind", "unknown kind 'scores'; did you mean 'score'?"},
    {19, "- {id: m, label: M, kind: score, op: <, value: 13, source: S, verified: false}", 0,
     "value", "13 is outside 0 to 8"},
    {19, "- {id: l, label: M, kind: score, op: <, value: 3, source: S, verified: false}", 20, "id",
     "two definitions of remission are called 'l'"},
    {19, "- {id: m, label: M, kind: no_diagnosis, value: 3, source: S, verified: false}", 0,
     "value", "no_diagnosis has no 'value'"},
    {19, "- {id: m, label: M, kind: no_diagnosis, parts: [], source: S, verified: false}", 0,
     "parts", "only all_of has 'parts'"},
    {21, "   ]}", 20, "parts", "at least two 'parts'"},
    {21, "   {kind: all_of}]}", 0, "kind", "all_of cannot stand inside all_of"},
    {22, "construct: x", 1, "missing", "needs 'missing'"},
    {22, "missing: {max_missing_items: 2, rule: x, source: S, verified: false}", 0,
     "max_missing_items", "2 of 2 items cannot be missing"},
    {24, "  answers: [3, 1]", 0, "answers", "2 answers to 3 items"},
    {24, "  answers: [3, 1, 3]", 0, "answers", "'c' is not within 0 to 2"},
    {25, "  expected: {scales: {totl: 4}}", 0, "",
     "unknown key 'totl' in scales; did you mean 'total'?"},
};

static void every_fault_has_its_line(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const fault *f = &faults[i];
        rmt_instrument *ins = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_status st = parse_with(f->change, f->text, &ins, &doc, &err);
        size_t line = f->line > 0 ? f->line : f->change;
        if (st != RMT_ERR_CONFIG || err.line != line || strcmp(err.column, f->column) != 0 ||
            strcmp(err.source, "demo.json") != 0 || strstr(err.msg, f->message) == NULL) {
            print_error("'%s': got %d %s:%zu: %s: %s\nwant line %zu, %s: %s\n", f->text, (int)st,
                        err.source, err.line, err.column, err.msg, line, f->column, f->message);
            n_wrong++;
        }
        if (ins != NULL) n_wrong++;
        rmt_instrument_free(ins);
        rmt_doc_free(doc);
    }
    assert_int_equal(n_wrong, 0);
}

static void no_diagnosis_needs_a_diagnosis(void **state)
{
    (void)state;
    rmt_instrument *ins = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    static const char text[] =
        "{id: d, name: D, rater: self, recall: now, source: S, verified: false,\n"
        "items: [{id: a, label: A, min: 1, max: 7}],\n"
        "scales: [{id: total, paramcd: D, label: D, rule: sum, items: a, min: 1, max: 7}],\n"
        "remission: [{id: l, label: L, source: S, verified: false, kind: no_diagnosis}],\n"
        "missing: {max_missing_items: 0, rule: none, source: S, verified: false},\n"
        "worked_example: {answers: [2], expected: {scales: {total: 2}}}}\n";
    tst_ok(rmt_tree_parse(&doc, text, strlen(text), "d.json", &err), &err);
    tst_fails(rmt_instrument_parse(&ins, rmt_doc_root(doc), &err), RMT_ERR_CONFIG, &err,
              "'d' has no 'diagnosis'");
    rmt_doc_free(doc);
}

/* The example that schemas/README.md tells people to copy. */
static void readme_example_parses(void **state)
{
    (void)state;
    static char text[65536];
    rmt_instrument *ins = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    FILE *f = fopen(RMT_TEST_DIR "/../schemas/README.md", "rb");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    char *start = strstr(text, "```json\n");
    assert_non_null(start);
    start += strlen("```json\n");
    char *end = strstr(start, "```");
    assert_non_null(end);
    tst_ok(rmt_tree_parse(&doc, start, (size_t)(end - start), "README.md", &err), &err);
    tst_ok(rmt_instrument_parse(&ins, rmt_doc_root(doc), &err), &err);
    assert_string_equal(ins->id, "zz2");
    assert_int_equal(ins->n_remission, 2);
    rmt_instrument_free(ins);
    rmt_doc_free(doc);
}

static void base_is_sound(void **state)
{
    (void)state;
    rmt_instrument *ins = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_ok(parse_with(0, "", &ins, &doc, &err), &err);
    assert_int_equal(ins->scales[1].rule, RMT_SCORE_COUNT_AT_LEAST);
    assert_int_equal(ins->scales[1].threshold, 2);
    assert_int_equal(ins->scales[1].items[1], 2);
    rmt_instrument_free(ins);
    rmt_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_files_parse),
        cmocka_unit_test(worked_examples_add_up),
        cmocka_unit_test(caps5_in_detail),
        cmocka_unit_test(base_is_sound),
        cmocka_unit_test(every_fault_has_its_line),
        cmocka_unit_test(no_diagnosis_needs_a_diagnosis),
        cmocka_unit_test(readme_example_parses),
    };
    return cmocka_run_group_tests_name("instrument", tests, NULL, NULL);
}
