#include "support.h"

#include "rmt/mem.h"
#include "rmt/plan.h"
#include "rmt/tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One line of text each. */
/* clang-format off */
static const char *const base[] = {
    /*  1 */ "study: {id: KET-01, title: Ketamine, registry: NCT02397889}",
    /*  2 */ "data:",
    /*  3 */ "  people: {file: people.csv, missing: [\"\", NA]}",
    /*  4 */ "  caps5: {file: caps5.csv, delimiter: \";\", decimal: \",\", encoding: windows-1252}",
    /*  5 */ "  other: {file: other.csv, names: {1: row}, schema: {fields: [{name: row, type: integer}]}}",
    /*  6 */ "subjects: {table: people, id: id, arm: arm, one_row_per: record, strata: [site], covariates: age}",
    /*  7 */ "arms: {reference: midazolam, order: [ketamine, midazolam]}",
    /*  8 */ "visits:",
    /*  9 */ "  visit: visit",
    /* 10 */ "  schedule:",
    /* 11 */ "  - {name: base, value: \"0\", title: Baseline, day: 0, window: [-7, 0], baseline: true}",
    /* 12 */ "  - {name: hour24, hours: 24, window_hours: [18, 36]}",
    /* 13 */ "  - {name: week2, day: 14, window: [11, 20]}",
    /* 14 */ "outcomes:",
    /* 15 */ "  caps5: {table: caps5, instrument: demo, items: \"c_{09..11}\", role: primary, primary_visit: week2}",
    /* 16 */ "  madrs: {table: other, instrument: madrs, total: madrs, visit: when, title: Mood}",
    /* 17 */ "  bare: {table: other, total: x, baseline: x0, role: harm}",
    /* 18 */ "summaries:",
    /* 19 */ "  long: {table: other, study: s, outcome: o, visit: v, arm: a, role: r, mean: m, sd: d, n: n}",
    /* 20 */ "  wide: {table: other, treatment: {arm: a1, events: e1, total: t1}, control: {events: e2, total: t2}}",
    /* 21 */ "analyses:",
    /* 22 */ "  effects: [{outcome: [caps5, bare], visit: week2, measure: [hedges_g, ancova], adjust: [site, age], value: change, correction: exact, variance: g, ci: noncentral-t, direction: treatment-minus-reference, conf_level: 0.9, summaries: [long]}]",
    /* 23 */ "  rates: [{outcome: caps5, visit: [week2], event: [response, loss_of_diagnosis], missing: [nonresponder, completer], conf_level: 0.95, summaries: wide}]",
    /* 24 */ "instruments:",
    /* 25 */ "  demo: {id: demo, name: Demo, rater: self, recall: now, source: S, verified: false,",
    /* 26 */ "    items: [{id: a, label: A, min: 0, max: 4}, {id: b, label: B, min: 0, max: 4},",
    /* 27 */ "      {id: c, label: C, min: 0, max: 4}, {id: x, label: X, min: 0, max: 4}],",
    /* 28 */ "    scales: [{id: total, paramcd: DEMO, label: D, rule: sum, items: a..c, min: 0, max: 12}],",
    /* 29 */ "    diagnosis: {label: met, source: S, verified: false, criteria: [{name: X, items: a..c, min_count: 1, present_at: 2}]},",
    /* 30 */ "    response: [{id: half, label: H, source: S, verified: false, kind: percent_reduction, op: \">=\", value: 50}],",
    /* 31 */ "    remission: [{id: low, label: L, source: S, verified: false, kind: score, op: <, value: 3},",
    /* 32 */ "      {id: lost, label: L, source: S, verified: false, kind: no_diagnosis}],",
    /* 33 */ "    missing: {max_missing_items: 0, rule: none, source: none found, verified: false},",
    /* 34 */ "    worked_example: {answers: [1, 2, 3, 0], expected: {scales: {total: 6}}}}",
    /* 35 */ "seed: 1",
};
/* clang-format on */
enum { BASE_LINES = sizeof base / sizeof base[0] };

static rmt_status parse_text(const char *text, rmt_plan **plan, rmt_doc **doc, rmt_error *err)
{
    tst_ok(rmt_tree_parse(doc, text, strlen(text), "plan.yaml", err), err);
    return rmt_plan_parse(plan, rmt_doc_root(*doc), err);
}

/* line 0 = unchanged. */
static rmt_status parse_with(size_t line, const char *text, rmt_plan **plan, rmt_doc **doc,
                             rmt_error *err)
{
    static char all[16384];
    all[0] = '\0';
    for (size_t i = 0; i < BASE_LINES; i++) {
        strcat(all, i + 1 == line ? text : base[i]);
        strcat(all, "\n");
    }
    return parse_text(all, plan, doc, err);
}

static void whole_plan(void **state)
{
    (void)state;
    rmt_plan *p = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_ok(parse_with(0, "", &p, &doc, &err), &err);
    assert_string_equal(p->study_id, "KET-01");
    assert_string_equal(p->registry, "NCT02397889");

    assert_int_equal(p->n_tables, 3);
    assert_int_equal(p->tables[0].delimiter, 0);
    assert_int_equal(p->tables[0].decimal, '.');
    assert_null(p->tables[0].encoding);
    assert_int_equal(p->tables[1].delimiter, ';');
    assert_int_equal(p->tables[1].decimal, ',');
    assert_string_equal(p->tables[1].encoding, "windows-1252");
    assert_int_equal(p->tables[0].skip_rows + p->tables[0].footer_rows, 0);
    assert_int_equal(p->tables[0].comment, 0);
    assert_int_equal(p->tables[1].line, 4);
    assert_int_equal(rmt_node_size(p->tables[0].missing), 2);
    assert_non_null(p->tables[2].schema);
    assert_ptr_equal(rmt_plan_find_table(p, "caps5"), &p->tables[1]);
    assert_null(rmt_plan_find_table(p, "caps4"));

    assert_false(p->one_row_per_subject);
    assert_int_equal(p->n_strata, 1);
    assert_string_equal(p->covariates[0], "age");
    assert_int_equal(p->n_arms, 2);
    assert_string_equal(p->reference_arm, "midazolam");

    assert_int_equal(p->visit_kind, RMT_VISIT_LABEL);
    assert_int_equal(p->n_visits, 3);
    assert_string_equal(p->visits[0].values[0], "0");
    assert_string_equal(p->visits[0].title, "Baseline");
    assert_true(p->visits[0].baseline);
    assert_string_equal(p->visits[1].values[0], "hour24");
    assert_true(p->visits[1].hours);
    tst_close(p->visits[1].at, 24, 0, 0, "hour24");
    tst_close(p->visits[2].low, 11, 0, 0, "week2");
    assert_false(p->visits[2].hours);
    assert_int_equal(rmt_plan_find_visit(p, "week2"), 2);
    assert_int_equal(rmt_plan_find_visit(p, "week3"), 3);

    assert_int_equal(p->n_outcomes, 3);
    const rmt_plan_outcome *o = rmt_plan_find_outcome(p, "caps5");
    assert_int_equal(o->n_items, 3);
    assert_string_equal(o->items[0], "c_09");
    assert_string_equal(o->items[2], "c_11");
    assert_string_equal(o->title, "Demo");
    assert_string_equal(o->role, "primary");
    assert_string_equal(o->visit, "visit");
    assert_string_equal(o->instrument->id, "demo");
    assert_int_equal(o->line, 15);
    o = rmt_plan_find_outcome(p, "madrs");
    assert_null(o->instrument);
    assert_string_equal(o->instrument_id, "madrs");
    assert_string_equal(o->role, "secondary");
    assert_string_equal(o->visit, "when");
    assert_string_equal(o->title, "Mood");
    o = rmt_plan_find_outcome(p, "bare");
    assert_null(o->items);
    assert_string_equal(o->baseline, "x0");
    assert_string_equal(o->title, "bare");
    assert_null(rmt_plan_find_outcome(p, "pcl5"));

    assert_int_equal(p->n_summaries, 2);
    assert_false(p->summaries[0].wide);
    assert_string_equal(p->summaries[0].sd, "d");
    assert_true(p->summaries[1].wide);
    assert_string_equal(p->summaries[1].events_w[1], "e2");
    assert_null(p->summaries[1].arm_w[1]);
    assert_int_equal(rmt_node_size(p->effects), 1);
    assert_int_equal(rmt_node_size(p->rates), 1);
    rmt_plan_free(p);
    rmt_plan_free(NULL);
    rmt_doc_free(doc);
}

static void small_plans(void **state)
{
    (void)state;
    rmt_plan *p = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_ok(parse_text("study: {id: S}\ndata: {t: {file: t.csv, delimiter: tab, skip_rows: 3, "
                      "label_rows: 1, footer_rows: 2, comment: '#'}}\n"
                      "summaries: {t: {table: t, role: r, events: e, total: n}}\n",
                      &p, &doc, &err),
           &err);
    assert_int_equal(p->tables[0].delimiter, '\t');
    assert_int_equal(p->tables[0].skip_rows, 3);
    assert_int_equal(p->tables[0].label_rows, 1);
    assert_int_equal(p->tables[0].footer_rows, 2);
    assert_int_equal(p->tables[0].comment, '#');
    assert_null(p->visit_column);
    rmt_plan_free(p);
    rmt_doc_free(doc);

    /* By day: a visit without a window is its day. No baseline visit, as the only outcome brings
     * its own. */
    tst_ok(parse_text(
               "study: {id: S}\ndata: {t: {file: t.csv}}\n"
               "subjects: {table: t, id: id, arm: arm}\narms: {reference: 1}\n"
               "visits: {day: day, schedule: [{name: w1, day: 7}, {name: w2, window: [8, 20]}]}\n"
               "outcomes: {h: {table: t, instrument: hamd17, items: [a, \"b{8..10}\"], total: s, "
               "baseline: b}}\n",
               &p, &doc, &err),
           &err);
    assert_true(p->one_row_per_subject);
    assert_int_equal(p->n_arms, 0);
    assert_int_equal(p->visit_kind, RMT_VISIT_DAY);
    tst_close(p->visits[0].low, 7, 0, 0, "low");
    tst_close(p->visits[0].high, 7, 0, 0, "high");
    assert_true(isnan(p->visits[1].at));
    assert_int_equal(p->outcomes[0].n_items, 4);
    assert_string_equal(p->outcomes[0].items[1], "b8");
    assert_string_equal(p->outcomes[0].items[3], "b10");
    rmt_plan_free(p);
    rmt_doc_free(doc);
}

typedef struct {
    size_t change;
    const char *text;
    size_t line; /* expected in the error; 0 = the changed one */
    const char *column, *message;
} fault;

static const fault faults[] = {
    {35, "outcome: {}", 1, "", "unknown key 'outcome' in plan; did you mean 'outcomes'?"},
    {35, "seed: -1", 0, "seed", "'-1' is not a whole number from 0"},
    {1, "study: {title: K}", 0, "id", "study needs 'id'"},
    {1, "study: {id: ''}", 0, "id", "'id' is empty"},
    {1, "study: {id: K, name: x}", 0, "", "unknown key 'name' in study"},
    {1, "", 2, "study", "plan needs 'study'"},
    /* data */
    {3, "  5people: {file: people.csv}", 0, "5people", "table name '5people' is not a letter"},
    {3, "  people: {fiel: people.csv}", 0, "", "unknown key 'fiel' in table; did you mean 'file'?"},
    {3, "  people: {schema: x}", 0, "file", "table needs 'file'"},
    {3, "  people: {file: p.csv, expect: 3}", 0, "expect", "'3' is not a map"},
    {3, "  people: {file: p.csv, expect: {byte: 3}}", 0, "", "did you mean 'bytes'"},
    {3, "  people: {file: p.csv, expect: {rows: -3}}", 0, "rows", "'-3' is not"},
    {3, "  people: {file: p.csv, expect: {hash: \"\"}}", 0, "hash", "empty"},
    {4, "  caps5: {file: c, delimiter: ab}", 0, "delimiter", "'ab' is none of"},
    {4, "  caps5: {file: c, delimiter: x}", 0, "delimiter", "'x' is none of"},
    {4, "  caps5: {file: c, delimiter: \",\", decimal: \",\"}", 0, "delimiter",
     "both the delimiter and"},
    {4, "  caps5: {file: c, decimal: ;}", 0, "decimal", "unknown decimal ';'"},
    {4, "  caps5: {file: c, skip_rows: -1}", 0, "skip_rows", "-1"},
    {4, "  caps5: {file: c, footer_rows: 1001}", 0, "footer_rows", "1001 rows are more than 1000"},
    {4, "  caps5: {file: c, comment: \"a\"}", 0, "comment", "'a' is none of"},
    {4, "  caps5: {file: c, comment: \"##\"}", 0, "comment", "'##' is none of"},
    {4, "  caps5: {file: c, delimiter: \";\", comment: \";\"}", 0, "comment",
     "both the delimiter and the comment"},
    {4, "  caps5: {file: c, encoding: utf8}", 0, "encoding", "did you mean 'utf-8'?"},
    {5, "  other: {file: o, missing: [[NA]]}", 0, "missing", "a missing code is a text"},
    {5, "  other: {file: o, names: {first: row}}", 0, "names", "'first' is not the position"},
    {5, "  other: {file: o, names: {1: ''}}", 0, "names", "column 1 gets no name"},
    {5, "  other: {file: o, schema: [a]}", 0, "schema", "a path or a Table Schema object"},
    /* subjects and arms */
    {6, "subjects: {table: poeple, id: id, arm: arm}", 0, "table",
     "unknown table 'poeple'; did you mean 'people'?"},
    {6, "subjects: {table: people, arm: arm}", 0, "id", "subjects needs 'id'"},
    {6, "subjects: {table: people, id: id}", 0, "arm", "subjects needs 'arm'"},
    {6, "subjects: {table: people, id: id, arm: arm, one_row_per: row}", 0, "one_row_per",
     "unknown one_row_per 'row'"},
    {6, "subjects: {table: people, id: id, arm: arm, strata: [a, a]}", 0, "strata",
     "'a' stands twice"},
    {6, "", 1, "subjects", "plan with outcomes needs 'subjects'"},
    {7, "", 1, "arms", "plan with outcomes needs 'arms'"},
    {7, "arms: {order: [a, b]}", 0, "reference", "arms needs 'reference'"},
    {7, "arms: {reference: midazolan, order: [ketamine, midazolam]}", 0, "reference",
     "unknown arm 'midazolan'; did you mean 'midazolam'?"},
    {7, "arms: {reference: a, order: [a]}", 0, "order", "one arm alone"},
    /* visits */
    {9, "  visit: visit\n  day: day", 9, "visits", "exactly one of 'visit', 'day' and 'hours'"},
    {9, "", 10, "visits", "exactly one of 'visit', 'day' and 'hours'"},
    {9, "  hours: h", 11, "base", "visits go by hours, but visit 'base' is given in days"},
    {9, "  day: d", 11, "value", "'value' is for visits told by a label"},
    {11, "  - {name: base, day: 0}", 11, "baseline", "no visit is the baseline of outcome 'caps5'"},
    {12, "  - {name: base, hours: 24}", 0, "name", "two visits are called 'base'"},
    {12, "  - {name: again, value: \"0\"}", 0, "value",
     "visits 'base' and 'again' have the same value '0'"},
    {12, "  - {name: hour24, hours: 24, day: 1}", 0, "hour24", "both in days and in hours"},
    {12, "  - {title: x}", 0, "name", "visit needs 'name'"},
    {12, "  - {name: hour24, hours: soon}", 0, "hours", "soon"},
    {13, "  - {name: week2, baseline: true}", 0, "baseline", "visit 'week2' is a second baseline"},
    {13, "  - {name: week2, day: 14, window: [0, 20]}", 0, "window",
     "the windows of 'base' (-7 to 0) and 'week2' (0 to 20) overlap"},
    {13, "  - {name: week2, day: 14, window: [20, 11]}", 0, "window", "from 20 to 11 is empty"},
    {13, "  - {name: week2, day: 4, window: [11, 20]}", 0, "window",
     "'week2' at 4 is outside its window"},
    {13, "  - {name: week2, day: 14, window: [11]}", 0, "window", "two numbers"},
    {13, "  - {name: week2, dya: 14}", 0, "", "unknown key 'dya' in visit; did you mean 'day'?"},
    /* outcomes */
    {15, "  caps5: {table: caps, total: x}", 0, "table",
     "unknown table 'caps'; did you mean 'caps5'?"},
    {15, "  caps5: {total: x}", 0, "table", "outcome needs 'table'"},
    {15, "  caps-5: {table: caps5, total: x}", 0, "caps-5",
     "outcome name 'caps-5' is not a letter"},
    {15, "  caps5: {table: caps5}", 0, "caps5", "needs 'items' or 'total'"},
    {15, "  caps5: {table: caps5, items: [a]}", 0, "items", "'items' needs 'instrument'"},
    {15, "  caps5: {table: caps5, total: x, response: r}", 0, "response",
     "'response' needs 'instrument'"},
    {15, "  caps5: {table: caps5, total: x, max_missing_items: 1}", 0, "max_missing_items",
     "needs 'items'"},
    {15, "  caps5: {table: caps5, instrument: demo, items: \"c_{01..02}\"}", 0, "items",
     "2 columns for the 3 items of 'demo' (4 with the extra ones)"},
    {15, "  caps5: {table: caps5, instrument: demo, items: \"c_{01-03}\"}", 0, "items",
     "no pattern of columns"},
    {15, "  caps5: {table: caps5, instrument: demo, items: \"c_{3..1}\"}", 0, "items",
     "does not run upwards"},
    {15, "  caps5: {table: caps5, instrument: demo, items: \"c_{1..100000}\"}", 0, "items",
     "does not run upwards"},
    {15, "  caps5: {table: caps5, instrument: demo, items: [\"c{1..2}\", c2]}", 0, "items",
     "'c2' stands for two items"},
    {15, "  caps5: {table: caps5, instrument: demo, items: []}", 0, "items", "names no column"},
    {15, "  caps5: {table: caps5, instrument: demo, items: [a, b, c], max_missing_items: 3}", 0,
     "max_missing_items", "3 of 3 items cannot be missing"},
    {15, "  caps5: {table: caps5, total: x, role: main}", 0, "role", "unknown role 'main'"},
    {15, "  caps5: {table: caps5, total: x, primary_visit: weak2}", 0, "primary_visit",
     "unknown visit 'weak2'; did you mean 'week2'?"},
    {15, "  caps5: {table: caps5, instrument: demo, total: x, response: hlaf}", 0, "response",
     "unknown response 'hlaf'; did you mean 'half'?"},
    {15, "  caps5: {table: caps5, instrument: demo, total: x, remission: half}", 0, "remission",
     "unknown remission 'half'; known: low, lost"},
    {15, "  caps5: {table: caps5, instrument: demo, total: x, remission: lost}", 0, "remission",
     "'lost' needs the items"},
    {25, "  demo: {id: demi, name: Demo, rater: self, recall: now, source: S, verified: false,", 0,
     "id", "instrument 'demi' stands under 'demo'"},
    {28,
     "    scales: [{id: total, paramcd: DEMO, label: D, rule: sum, items: a..c, min: 0, max: 13}],",
     0, "max", "its items give 0 to 12"},
    {5, "  other: {file: other.csv, missing: [NA], schema: other.json}", 0, "missing",
     "'missing' is for a table without a schema"},
    /* summaries */
    {19, "  long: {table: otter, role: r, events: e, total: t}", 0, "table",
     "unknown table 'otter'"},
    {19, "  long: {table: other, events: e, total: t}", 0, "role", "summary needs 'role'"},
    {19, "  long: {table: other, role: r}", 0, "mean", "or 'events' and 'total'"},
    {19, "  long: {table: other, role: r, mean: m, n: n}", 0, "mean", "go together"},
    {19, "  long: {table: other, role: r, events: e}", 0, "events", "go together"},
    {20, "  wide: {table: other, treatment: {events: e, total: t}}", 0, "control",
     "summary needs 'control'"},
    {20,
     "  wide: {table: other, mean: m, treatment: {events: e, total: t}, control: {events: e, "
     "total: t}}",
     0, "mean", "'mean' belongs under"},
    {20,
     "  wide: {table: other, treatment: {events: e, total: t}, control: {mean: m, sd: s, n: n}}", 0,
     "wide", "do not give the same quantities"},
    {20, "  wide: {table: other, treatment: {evnts: e}, control: {}}", 0, "",
     "unknown key 'evnts' in summary_arm"},
    /* the conduct of the trial */
    {19, "  long: {table: other, outcome: o, role: r, mean: m, sd: d, n: n, range: [0]}", 0,
     "range", "a range is two numbers, [lowest, highest]"},
    {19,
     "  long: {table: other, outcome: o, role: r, mean: m, sd: d, n: n, range: {caps5: [9, 0]}}", 0,
     "caps5", "the range from 9 to 0 is empty"},
    {19, "  long: {table: other, role: r, mean: m, sd: d, n: n, range: {caps5: [0, 9]}}", 0,
     "range", "ranges by outcome need 'outcome', the column"},
    {35, "doses: {table: othr}", 0, "table", "unknown table 'othr'; did you mean 'other'?"},
    {35, "doses: {table: other, planned: {ketamin: 0.5}}", 0, "planned",
     "unknown arm 'ketamin'; did you mean 'ketamine'?"},
    {35, "doses: {table: other, planned: {ketamine: much}}", 0, "ketamine",
     "'much' is no number from 0"},
    {35, "doses: {table: other, tolerance: 0.1}", 0, "tolerance",
     "'0.1' is no percentage, such as 10%"},
    {35, "doses: {table: other, visit: v, at: [week3]}", 0, "at",
     "unknown visit 'week3'; did you mean 'week2'?"},
    {35, "doses: {table: other, at: [week2]}", 0, "at", "'at' needs 'visit'"},
    {35, "monitoring: [{outcome: caps, at: week2}]", 0, "outcome",
     "unknown outcome 'caps'; did you mean 'caps5'?"},
    {35, "monitoring: [{outcome: caps5, table: other, at: week2}]", 0, "monitoring",
     "readings need one of 'outcome' and 'table'"},
    {35, "monitoring: [{outcome: caps5}]", 0, "at", "readings need 'at'"},
    {35, "monitoring: [{table: other, at: week2}]", 0, "columns",
     "'columns' and 'table' go together"},
    {35, "eligibility: [{name: x}]", 0, "condition", "eligibility needs 'condition'"},
    {35, "eligibility: [{condition: \"caps5 >\"}]", 0, "condition",
     "a value is missing at character 8 of 'caps5 >'"},
    {35, "eligibility: [{condition: caps5 > 3, visit: week}]", 0, "visit",
     "unknown visit 'week'; did you mean 'week2'?"},
    /* analyses */
    {22, "  efects: []", 22, "", "unknown key 'efects' in analyses; did you mean 'effects'?"},
    {22, "  effects: {outcome: caps5}", 0, "effects", "a map where a list should be"},
    {22, "  effects: [{outcome: caps}]", 0, "outcome",
     "unknown outcome 'caps'; did you mean 'caps5'?"},
    {22, "  effects: [{outcome: []}]", 0, "outcome",
     "'outcome' is empty; leave it out to have all"},
    {22, "  effects: [{visit: [week3]}]", 0, "visit",
     "unknown visit 'week3'; did you mean 'week2'?"},
    {22, "  effects: [{measure: [hedgesg]}]", 0, "measure", "did you mean 'hedges_g'?"},
    {22, "  effects: [{adjust: [sex]}]", 0, "adjust", "unknown stratum or covariate 'sex'"},
    {22, "  effects: [{value: changes}]", 0, "value", "did you mean 'change'?"},
    {22, "  effects: [{correction: none}]", 0, "correction",
     "unknown correction 'none'; known: exact, approximate"},
    {22, "  effects: [{variance: h}]", 0, "variance", "unknown variance 'h'"},
    {22, "  effects: [{ci: normal}]", 0, "ci", "unknown ci 'normal'"},
    {22, "  effects: [{direction: up}]", 0, "direction", "unknown direction 'up'"},
    {22, "  effects: [{conf_level: 95}]", 0, "conf_level",
     "95 is not between 0 and 1 (95% is 0.95)"},
    {22, "  effects: [{summaries: [lang]}]", 0, "summaries",
     "unknown summary 'lang'; did you mean 'long'?"},
    {22, "  effects: [{event: response}]", 0, "", "unknown key 'event' in effects"},
    {23, "  rates: [{event: [respond]}]", 0, "event", "unknown event 'respond'"},
    {23, "  rates: [{missing: locf}]", 0, "missing",
     "unknown missing 'locf'; known: nonresponder, completer"},
    {23, "  rates: [{outcome: bare, event: response}]", 0, "event",
     "none of the outcomes can have 'response'"},
    {23, "  rates: [{outcome: [bare, madrs], event: loss_of_diagnosis}]", 0, "event",
     "and its items"},
    {23, "  rates: [{conf_level: 0}]", 0, "conf_level", "0 is not between 0 and 1"},
};

static void every_fault_has_its_line(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const fault *f = &faults[i];
        rmt_plan *p = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_status st = parse_with(f->change, f->text, &p, &doc, &err);
        size_t line = f->line > 0 ? f->line : f->change;
        /* The line of an unknown key is the core's to tell: the key's own or its map's. */
        bool placed = err.line == line || (f->column[0] == '\0' && err.line == f->change);
        if (st != RMT_ERR_CONFIG || !placed || strcmp(err.column, f->column) != 0 ||
            strcmp(err.source, "plan.yaml") != 0 || strstr(err.msg, f->message) == NULL) {
            print_error("'%s': got %d %s:%zu: %s: %s\nwant line %zu, %s: %s\n", f->text, (int)st,
                        err.source, err.line, err.column, err.msg, line, f->column, f->message);
            n_wrong++;
        }
        if (p != NULL) n_wrong++;
        rmt_plan_free(p);
        rmt_doc_free(doc);
    }
    assert_int_equal(n_wrong, 0);
}

/* Tables that have every column of `base`, one of them renamed. */
static void column_faults_have_their_line(void **state)
{
    (void)state;
    static const char *const columns[] = {"id",   "arm",   "site", "age", "visit", "c_09", "c_10",
                                          "c_11", "madrs", "when", "x",   "x0",    "s",    "o",
                                          "v",    "a",     "r",    "m",   "d",     "n",    "a1",
                                          "e1",   "t1",    "e2",   "t2"};
    static const struct {
        const char *table, *renamed, *to, *want;
    } cases[] = {
        {"", "", "", ""},
        {"people", "id", "ID",
         "plan.yaml:6: id: table people has no column 'id'; did you mean 'ID'?"},
        {"people", "age", "years", "plan.yaml:6: covariates: table people has no column 'age'"},
        {"caps5", "id", "ident",
         "plan.yaml:15: table: table caps5 has no column 'id'; did you mean 'd'?"},
        {"caps5", "visit", "vist",
         "plan.yaml:9: visit: table caps5 has no column 'visit'; did you mean 'vist'?"},
        {"caps5", "c_10", "c10",
         "plan.yaml:15: items: table caps5 has no column 'c_10'; did you mean 'c10'?"},
        {"other", "visit", "visits", ""}, /* every outcome of this table has its own */
        {"other", "when", "whem",
         "plan.yaml:16: visit: table other has no column 'when'; did you "
         "mean 'whem'?"},
        {"other", "x0", "base",
         "plan.yaml:17: baseline: table other has no column 'x0'; did you "
         "mean 'x'?"},
        {"other", "m", "average",
         "plan.yaml:19: mean: table other has no column 'm'; did you mean 'x'?"},
        {"other", "e2", "events",
         "plan.yaml:20: events: table other has no column 'e2'; did you "
         "mean 'e1'?"},
    };
    rmt_plan *p = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_ok(
        parse_with(17, "  bare: {table: other, total: x, baseline: x0, visit: v}", &p, &doc, &err),
        &err);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_table *tables[3] = {NULL};
        char got[1024];
        assert_int_equal(p->n_tables, 3);
        for (size_t t = 0; t < 3; t++) {
            tst_ok(rmt_table_new(&tables[t], "", &err), &err);
            for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
                bool renamed = strcmp(cases[i].table, p->tables[t].name) == 0 &&
                               strcmp(cases[i].renamed, columns[k]) == 0;
                tst_ok(rmt_table_add_column(tables[t], renamed ? cases[i].to : columns[k],
                                            RMT_TYPE_NUMBER, NULL, NULL, &err),
                       &err);
            }
        }
        rmt_status st =
            rmt_plan_check_columns(p, rmt_doc_root(doc), (const rmt_table *const *)tables, &err);
        assert_int_equal(st, *cases[i].want ? RMT_ERR_CONFIG : RMT_OK);
        rmt_error_format(&err, got, sizeof got);
        assert_string_equal(got, cases[i].want);
        rmt_error_clear(&err);
        for (size_t t = 0; t < 3; t++)
            rmt_table_free(tables[t]);
    }
    rmt_plan_free(p);
    rmt_doc_free(doc);
}

static void conduct_columns_have_their_line(void **state)
{
    (void)state;
    static const char *const columns[] = {"id", "arm", "age", "date", "visit", "systolic"};
    static const struct {
        const char *rest, *want;
    } cases[] = {
        {"eligibility: [{condition: ages > 18}]",
         "plan.yaml:7: condition: table people has no column 'ages'; did you mean 'age'?"},
        {"eligibility: [{condition: mini.systolc < 140}]",
         "plan.yaml:7: condition: table mini has no column 'systolc'; did you mean 'systolic'?"},
        {"eligibility: [{condition: age > 18 and mini.systolic < 140 and x > 3}]", ""},
        {"eligibility: [{condition: arm = placebo}]",
         "plan.yaml:7: condition: table people has no column 'placebo'; a text stands in quotes"},
        {"eligibility: [{condition: minni.systolic > 3}]",
         "plan.yaml:7: condition: table people has no column 'minni.systolic', and no table is "
         "called "
         "so"},
        {"eligibility: [{condition: x > 3}, {condition: x = 'ill'}]",
         "plan.yaml:7: condition: x is a total and 'ill' is no number: they have no comparison in "
         "'x = 'ill''; compare x with a number"},
        {"doses: {table: mini, visit: vist}",
         "plan.yaml:7: visit: table mini has no column 'vist'; did you mean 'visit'?"},
        {"doses: {table: mini, visit: visit, date: date, amount: systolic}", ""},
        {"monitoring: [{table: mini, columns: [systolic, sistolic], at: base}]",
         "plan.yaml:7: columns: table mini has no column 'sistolic'; did you mean 'systolic'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_plan *p = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_table *table = NULL;
        char text[1024], got[1024];
        snprintf(text, sizeof text,
                 "study: {id: T}\ndata: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                 "subjects: {table: people, id: id, arm: arm, consent: date}\n"
                 "arms: {reference: c}\n"
                 "visits: {visit: visit, date: date, schedule: [{name: base, baseline: true}]}\n"
                 "outcomes: {x: {table: mini, total: age}}\n%s\n",
                 cases[i].rest);
        tst_ok(parse_text(text, &p, &doc, &err), &err);
        tst_ok(rmt_table_new(&table, "", &err), &err);
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            tst_ok(rmt_table_add_column(table, columns[k], RMT_TYPE_STRING, NULL, NULL, &err),
                   &err);
        const rmt_table *const tables[2] = {table, table};
        const rmt_status st = rmt_plan_check_columns(p, rmt_doc_root(doc), tables, &err);
        rmt_error_format(&err, got, sizeof got);
        assert_string_equal(got, cases[i].want);
        assert_int_equal(st, *cases[i].want ? RMT_ERR_CONFIG : RMT_OK);
        rmt_table_free(table);
        rmt_plan_free(p);
        rmt_doc_free(doc);
    }
}

/* Several dates: each in a table of the participants, the outcomes' or a further one. */
static void visit_dates_are_in_tables(void **state)
{
    (void)state;
    static const struct {
        const char *dates, *want;
    } cases[] = {
        {"seen_a", ""},
        {"[seen_a, seen_b, seen_c]", ""},
        {"seen_c", "plan.yaml:5: date: table a has no column 'seen_c'; did you mean 'seen_a'?"},
        {"[seen_a, sen_b]",
         "plan.yaml:5: date: table a has no column 'sen_b'; did you mean 'seen_a'?"},
        {"[seen_a, other]", "plan.yaml:5: date: table a has no column 'other'"},
        {"[seen_a, beside]",
         "plan.yaml:5: date: table b has no column 'beside'; did you mean 'besides'?"},
        {"[seen_a, lost]", "plan.yaml:5: date: table a has no column 'lost'"},
    };
    static const char *const columns[][4] = {{"id", "visit", "x", "seen_a"},
                                             {"id", "visit", "besides", "seen_b"},
                                             {"id", "seen_c", "y", "z"},
                                             {"nobody", "lost", "y", "z"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_plan *p = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_table *owned[4] = {NULL};
        char text[1024], got[1024];
        snprintf(text, sizeof text,
                 "study: {id: T}\ndata: {a: {file: a.csv}, b: {file: b.csv}, c: {file: c.csv}, d: "
                 "{file: d.csv}}\n"
                 "subjects: {table: a, id: id, arm: x}\narms: {reference: c}\n"
                 "visits: {visit: visit, date: %s, schedule: [{name: base, baseline: true}]}\n"
                 "outcomes: {x: {table: a, total: x}, y: {table: b, total: besides}}\n",
                 cases[i].dates);
        tst_ok(parse_text(text, &p, &doc, &err), &err);
        for (size_t t = 0; t < 4; t++) {
            tst_ok(rmt_table_new(&owned[t], "", &err), &err);
            for (size_t k = 0; k < 4; k++)
                tst_ok(rmt_table_add_column(owned[t], columns[t][k], RMT_TYPE_STRING, NULL, NULL,
                                            &err),
                       &err);
        }
        const rmt_table *const tables[] = {owned[0], owned[1], owned[2], owned[3]};
        const rmt_status st = rmt_plan_check_columns(p, rmt_doc_root(doc), tables, &err);
        rmt_error_format(&err, got, sizeof got);
        assert_string_equal(got, cases[i].want);
        assert_int_equal(st, *cases[i].want ? RMT_ERR_CONFIG : RMT_OK);
        for (size_t t = 0; t < 4; t++)
            rmt_table_free(owned[t]);
        rmt_plan_free(p);
        rmt_doc_free(doc);
    }
}

/* The columns of `items` that a table has are told as the pattern they are of. */
static void item_patterns_are_suggested(void **state)
{
    (void)state;
    static const struct {
        const char *items, *before;
        int width; /* of the columns' numbers; 0 = as they come */
        const char *after, *wanted;
    } cases[] = {
        {"[\"c{01..20}\"]", "c", 2, "", ""},
        {"[\"c{01..20}\"]", "c", 0, "", "'c01' of 'c{01..20}'; did you mean \"c{1..20}\"?"},
        {"[\"c{1..20}\"]", "c", 2, "", "'c1' of 'c{1..20}'; did you mean \"c{01..20}\"?"},
        {"[\"c{01..20}\"]", "c", 3, "", "'c01' of 'c{01..20}'; did you mean \"c{001..020}\"?"},
        {"[\"c{1..20}\"]", "C_", 0, "", "'c1' of 'c{1..20}'; did you mean \"C_{1..20}\"?"},
        {"[\"caps_{1..20}\"]", "cpas_", 0, "",
         "'caps_1' of 'caps_{1..20}'; did you mean \"cpas_{1..20}\"?"},
        {"[\"week2_c{1..20}\"]", "week2_c", 2, "", "did you mean \"week2_c{01..20}\"?"},
        {"[\"c{01..20}_w1\"]", "c", 0, "_w1", "did you mean \"c{1..20}_w1\"?"},
        {"[id, \"c{02..20}\"]", "c", 0, "", "'c02' of 'c{02..20}'; did you mean \"c{2..20}\"?"},
        {"[\"c{1..21}\"]", "c", 0, "",
         "no column 'c21'; did you mean 'c1'?"}, /* one is not there */
        {"[\"c{1..20}\"]", "question", 0, "", "no column 'c1'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_plan *p = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_table *t = NULL;
        char text[1024], got[1024], name[64];
        snprintf(text, sizeof text,
                 "study: {id: T}\ndata: {people: {file: p.csv}}\n"
                 "subjects: {table: people, id: id, arm: arm}\narms: {reference: c}\n"
                 "visits: {visit: visit, schedule: [{name: base, baseline: true}]}\n"
                 "outcomes:\n  x: {table: people,\n    instrument: caps5, items: %s}\n",
                 cases[i].items);
        tst_ok(parse_text(text, &p, &doc, &err), &err);
        tst_ok(rmt_table_new(&t, "", &err), &err);
        for (int k = -3; k <= 20; k++) {
            static const char *const others[] = {"id", "arm", "visit"};
            if (k == 0) continue;
            if (k < 0) snprintf(name, sizeof name, "%s", others[k + 3]);
            else
                snprintf(name, sizeof name, "%s%0*d%s", cases[i].before, cases[i].width, k,
                         cases[i].after);
            tst_ok(rmt_table_add_column(t, name, RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
        }
        const rmt_table *const tables[] = {t};
        const rmt_status st = rmt_plan_check_columns(p, rmt_doc_root(doc), tables, &err);
        rmt_error_format(&err, got, sizeof got);
        if (st != (*cases[i].wanted ? RMT_ERR_CONFIG : RMT_OK) || !strstr(got, cases[i].wanted) ||
            (st && strncmp(got, "plan.yaml:8: items: ", 20) != 0))
            fail_msg("%s: %s", cases[i].items, got);
        rmt_table_free(t);
        rmt_plan_free(p);
        rmt_doc_free(doc);
    }
}

/* What a condition can ask of a column comes from the column's type, its cells and its field. */
static void conditions_meet_the_columns(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        rmt_type type;
        const char *cells[2];
    } columns[] = {
        {"id", RMT_TYPE_STRING, {"p1", "p2"}},         {"arm", RMT_TYPE_STRING, {"c", "d"}},
        {"sex", RMT_TYPE_STRING, {"F", "M"}},          {"age", RMT_TYPE_STRING, {"3O", "41"}},
        {"note", RMT_TYPE_STRING, {"", ""}},           {"day", RMT_TYPE_DATE, {"2024-02-01", ""}},
        {"ill", RMT_TYPE_BOOLEAN, {"true", ""}},       {"site", RMT_TYPE_INTEGER, {"1", "2"}},
        {"born", RMT_TYPE_STRING, {"", "2001-02-03"}},
    };
    static const struct {
        const char *condition, *wanted;
    } cases[] = {
        {"sex = 'F' and age >= 18 and note > 3 and site in (1, 2) and ill = 'true'", ""},
        {"day - born > 6570 and note - day > 3", ""},
        {"id > 3", "id is text and 3 is a number"},
        {"ill = 1", "ill is a boolean and 1 is a number: they have no comparison in 'ill = 1'; "
                    "compare ill with 'true' or 'false'"},
        {"ill = 'yes'", "ill is never 'yes' in 'ill = 'yes''; its values are 'true', 'false'"},
        {"sex = 'female'", "sex is never 'female' in 'sex = 'female''; that is the label of 'F'"},
        {"site = 3", "site is never 3 in 'site = 3'; its values are '1', '2'"},
        {"sex <> 'x'", "'x' stands for a missing value of sex"},
        {"site in (1, 77)", "77 stands for a missing value of site"},
        {"day > 'soon'", "day is a date and 'soon' is no date"},
        {"day = '01/02/2024'", "day is a date and '01/02/2024' is no date"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_plan *p = NULL;
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_table *t = NULL;
        char text[1024], got[1024];
        snprintf(text, sizeof text,
                 "study: {id: T}\ndata:\n  people: {file: p.csv, schema: {fields: ["
                 "{name: sex, categories: [{value: F, label: female}, {value: M, label: male}]}, "
                 "{name: day, type: date, format: \"%%d/%%m/%%Y\", constraints: {enum: "
                 "[01/02/2024]}}, {name: site, type: integer, missingValues: ['77'], constraints: "
                 "{enum: [1, 2]}}], missingValues: ['', x]}}\n"
                 "subjects: {table: people, id: id, arm: arm}\narms: {reference: c}\n"
                 "visits: {visit: visit, schedule: [{name: base, baseline: true}]}\n"
                 "outcomes: {x: {table: people, total: site, visit: note}}\n"
                 "eligibility: [{condition: \"%s\"}]\n",
                 cases[i].condition);
        tst_ok(parse_text(text, &p, &doc, &err), &err);
        tst_ok(rmt_table_new(&t, "", &err), &err);
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            tst_ok(rmt_table_add_column(t, columns[k].name, columns[k].type, NULL, NULL, &err),
                   &err);
        tst_ok(rmt_table_add_rows(t, 2, &err), &err);
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            for (size_t row = 0; row < 2; row++)
                if (rmt_type_is_text(columns[k].type))
                    tst_ok(rmt_table_set_text(t, k, row, columns[k].cells[row],
                                              strlen(columns[k].cells[row]), &err),
                           &err);
        const rmt_table *const tables[] = {t};
        const rmt_status st = rmt_plan_check_columns(p, rmt_doc_root(doc), tables, &err);
        rmt_error_format(&err, got, sizeof got);
        if (st != (*cases[i].wanted ? RMT_ERR_CONFIG : RMT_OK) || !strstr(got, cases[i].wanted))
            fail_msg("%s: %s", cases[i].condition, got);
        rmt_table_free(t);
        rmt_plan_free(p);
        rmt_doc_free(doc);
    }
}

static void plan_needs_something_to_do(void **state)
{
    (void)state;
    rmt_plan *p = NULL;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    char line[700];
    rmt_status st = parse_text("study: {id: S}\ndata: {t: {file: t.csv}}\n", &p, &doc, &err);
    assert_int_equal(st, RMT_ERR_CONFIG);
    rmt_error_format(&err, line, sizeof line);
    assert_string_equal(line,
                        "plan.yaml:1: outcomes: plan needs 'outcomes' (with subjects, arms and "
                        "visits) or 'summaries'");
    rmt_doc_free(doc);
    rmt_error_clear(&err);
    /* the line of the key that has no value, not that of what it belongs to */
    st = parse_text("study: {id: S}\ndata: {t: {file: t.csv}}\noutcomes:\n", &p, &doc, &err);
    assert_int_equal(st, RMT_ERR_CONFIG);
    assert_int_equal(err.line, 3);
    rmt_doc_free(doc);
    rmt_error_clear(&err);
    st = parse_text("study:\n  title: T\n  id:\n", &p, &doc, &err);
    assert_int_equal(st, RMT_ERR_CONFIG);
    assert_int_equal(err.line, 3);
    rmt_doc_free(doc);
    rmt_error_clear(&err);
    tst_fails(parse_text("study: {id: S}\ndata: {}\n", &p, &doc, &err), RMT_ERR_CONFIG, &err,
              "'data' names no table");
    rmt_doc_free(doc);
    tst_fails(parse_text("study: {id: S}\n", &p, &doc, &err), RMT_ERR_CONFIG, &err,
              "plan needs 'data'");
    rmt_doc_free(doc);
    tst_fails(parse_text("[a, b]\n", &p, &doc, &err), RMT_ERR_CONFIG, &err, "plan");
    rmt_doc_free(doc);
}

/* ---- schemas/plan.schema.json and the parser know the same words ------------------------------
 */

static bool has_word(const rmt_plan_words *w, const char *word)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->words[i], word) == 0) return true;
    return false;
}

static const rmt_node *schema_of(const rmt_node *root, const char *name)
{
    return strcmp(name, "plan") == 0 ? root : rmt_node_get(rmt_node_get(root, "$defs"), name);
}

/* The first list under a key "enum", anywhere below. */
static const rmt_node *find_enum(const rmt_node *n)
{
    const rmt_node *found = rmt_node_get(n, "enum");
    for (size_t i = 0; found == NULL && i < rmt_node_size(n); i++)
        if (rmt_node_kind_of(rmt_node_at(n, i)) != RMT_NODE_SCALAR)
            found = find_enum(rmt_node_at(n, i));
    return found;
}

static void schema_has_the_same_keys(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    size_t n = 0, n_defs = 0;
    tst_ok(rmt_tree_read(&doc, RMT_TEST_DIR "/../schemas/plan.schema.json", &err), &err);
    const rmt_node *root = rmt_doc_root(doc);
    const rmt_plan_words *keys = rmt_plan_keys(&n);
    for (size_t i = 0; i < n; i++) {
        const rmt_node *schema = schema_of(root, keys[i].name);
        const rmt_node *properties = rmt_node_get(schema, "properties");
        if (rmt_node_size(properties) != keys[i].n)
            fail_msg("%s: schema has %zu keys, parser %zu", keys[i].name, rmt_node_size(properties),
                     keys[i].n);
        for (size_t j = 0; j < rmt_node_size(properties); j++) {
            const rmt_node *property = rmt_node_at(properties, j);
            const char *key = rmt_node_key(properties, j);
            if (!has_word(&keys[i], key)) fail_msg("%s: parser lacks '%s'", keys[i].name, key);
            if (rmt_node_get(property, "description") == NULL &&
                rmt_node_get(property, "$ref") == NULL)
                fail_msg("%s.%s has no description", keys[i].name, key);
        }
        assert_string_equal(rmt_node_text(rmt_node_get(schema, "additionalProperties")), "false");
        assert_non_null(rmt_node_get(schema, "description"));
        n_defs += schema == root ? 0 : 1;
    }
    assert_int_equal(rmt_node_size(rmt_node_get(root, "$defs")), n_defs);
    rmt_doc_free(doc);
}

static void schema_has_the_same_values(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    size_t n = 0;
    tst_ok(rmt_tree_read(&doc, RMT_TEST_DIR "/../schemas/plan.schema.json", &err), &err);
    const rmt_plan_words *values = rmt_plan_values(&n);
    for (size_t i = 0; i < n; i++) {
        char name[64];
        const char *dot = strchr(values[i].name, '.');
        snprintf(name, sizeof name, "%.*s", (int)(dot - values[i].name), values[i].name);
        const rmt_node *properties = rmt_node_get(schema_of(rmt_doc_root(doc), name), "properties");
        const rmt_node *list = find_enum(rmt_node_get(properties, dot + 1));
        if (rmt_node_size(list) != values[i].n)
            fail_msg("%s: schema has %zu values, parser %zu", values[i].name, rmt_node_size(list),
                     values[i].n);
        for (size_t j = 0; j < rmt_node_size(list); j++)
            if (!has_word(&values[i], rmt_node_text(rmt_node_at(list, j))))
                fail_msg("%s: parser lacks '%s'", values[i].name,
                         rmt_node_text(rmt_node_at(list, j)));
    }
    rmt_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_plan),
        cmocka_unit_test(small_plans),
        cmocka_unit_test(every_fault_has_its_line),
        cmocka_unit_test(column_faults_have_their_line),
        cmocka_unit_test(conduct_columns_have_their_line),
        cmocka_unit_test(visit_dates_are_in_tables),
        cmocka_unit_test(item_patterns_are_suggested),
        cmocka_unit_test(conditions_meet_the_columns),
        cmocka_unit_test(plan_needs_something_to_do),
        cmocka_unit_test(schema_has_the_same_keys),
        cmocka_unit_test(schema_has_the_same_values),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
