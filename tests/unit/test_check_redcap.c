/* Values that REDCap's branching logic hides; each failing allocation of the check. */
#include "tst_findings.h"
#include "tst_memory.h"

#define FIELD(name, type, logic)                                                                   \
    "{name: " name ", type: " type ", remit: {form: f, branching: \"" logic "\"}}"
#define BOX "type: boolean, trueValues: [\"1\"], falseValues: [\"0\"], remit: {form: f, box: true"
#define PLAN                                                                                                                                                                                                  \
    "study: {id: T1}\nredcap: {file: r.csv, dictionary: d.csv}\n"                                                                                                                                             \
    "data:\n"                                                                                                                                                                                                 \
    "  people: {forms: f, events: base_arm_1, schema: {fieldsMatch: superset, fields: [\n"                                                                                                                    \
    "    {name: id}, {name: redcap_event_name}, {name: arm}, {name: age, type: integer},\n"                                                                                                                   \
    "    {name: box___1, " BOX "}},\n"                                                                                                                                                                        \
    "    {name: box___2, " BOX ", branching: \"[age] > 50\"}},\n"                                                                                                                                             \
    "    " FIELD(                                                                                                                                                                                             \
        "why", "string",                                                                                                                                                                                      \
        "[box(1)] = '1'") ",\n"                                                                                                                                                                               \
                          "    " FIELD(                                                                                                                                                                       \
                              "odd", "string",                                                                                                                                                                \
                              "datediff([age], 1) > 2") "]}}\n"                                                                                                                                               \
                                                        "  visit: {forms: [g], schema: "                                                                                                                      \
                                                        "{fieldsMatch: superset, fields: [\n"                                                                                                                 \
                                                        "    {name: id}, {name: "                                                                                                                             \
                                                        "redcap_event_name}, {name: "                                                                                                                         \
                                                        "redcap_repeat_instrument},\n"                                                                                                                        \
                                                        "    {name: score, type: number},\n"                                                                                                                  \
                                                        "    " FIELD(                                                                                                                                         \
                                                            "high", "string",                                                                                                                                 \
                                                            "[score] > 5") ",\n"                                                                                                                              \
                                                                           "    " FIELD(                                                                                                                      \
                                                                               "old", "string",                                                                                                               \
                                                                               "[age] >= 50") ","                                                                                                             \
                                                                                              "\n"                                                                                                            \
                                                                                              "  "                                                                                                            \
                                                                                              " "                                                                                                             \
                                                                                              " " FIELD(                                                                                                      \
                                                                                                  "mild",                                                                                                     \
                                                                                                  "string",                                                                                                   \
                                                                                                  "[grade] = '1'") "]}}\n"                                                                                    \
                                                                                                                   "  harm: {forms: h, schema: {fieldsMatch: superset, fields: [\n"                           \
                                                                                                                   "    {name: id}, {name: redcap_event_name}, {name: redcap_repeat_instrument},\n"           \
                                                                                                                   "    {name: grade, type: integer}]}}\n"                                                    \
                                                                                                                   "subjects: {table: people, id: id, arm: arm}\narms: {reference: ctl, order: [ket, ctl]}\n" \
                                                                                                                   "visits: {visit: redcap_event_name, schedule: [{name: base_arm_1, baseline: true}]}\n"     \
                                                                                                                   "outcomes: {x: {table: visit, total: score}}\n"                                            \
                                                                                                                   "checks: {trial/unknown-visit: off, trial/no-records: off, trial/duplicate-visit: off}\n"

/* Booleans are set by hand: words know none. */
static void set_boxes(const tst_trial *t, const int boxes[][2], size_t n)
{
    rmt_table *people = t->owned[0];
    for (size_t k = 0; k < 2; k++) {
        rmt_error err = {0};
        const char *const names[] = {"box___1", "box___2"};
        tst_ok(rmt_table_add_column(people, names[k], RMT_TYPE_BOOLEAN, NULL, NULL, &err), &err);
        for (size_t row = 0; row < n; row++)
            rmt_table_set_integer(people, rmt_table_find(people, names[k]), row, boxes[row][k]);
    }
}

static void open_trial(tst_trial *t)
{
    static const int boxes[][2] = {{1, 0}, {0, 1}, {0, 1}};
    tst_trial_open(t, PLAN);
    tst_trial_table(
        t, "people", "id redcap_event_name arm age:i why odd",
        "A base_arm_1 ket 60 yes x\nB base_arm_1 ctl ?-99 no x\nC base_arm_1 ctl 51 . .");
    set_boxes(t, boxes, 3);
    tst_trial_table(t, "visit",
                    "id redcap_event_name redcap_repeat_instrument score:n high old mild",
                    "A base_arm_1 . 7.5 up yes bad\nB base_arm_1 . 5 up yes .\n"
                    "A end_arm_1 . . up yes .\nC base_arm_1 . . . . ok\nC base_arm_1 g 2 . yes .");
    tst_trial_table(t, "harm", "id redcap_event_name redcap_repeat_instrument grade:i",
                    "A base_arm_1 harm 1\nC base_arm_1 . 1");
}

static void hidden_values_are_named(void **state)
{
    (void)state;
#define RULE(rule) " | " rule " | a value where the branching logic " rule " hides the field"
    static const char *const want[] = {
        "warning redcap/hidden-value people 3 box___2 B true" RULE("[age] > 50"),
        "warning redcap/hidden-value people 3 why B no" RULE("[box(1)] = '1'"),
        "warning redcap/hidden-value visit 3 high B up" RULE("[score] > 5"),
        "warning redcap/hidden-value visit 4 high A up" RULE("[score] > 5"),
        /* age of another table, by record and event; A at the end: only the baseline is there, so nobody can tell */
        "warning redcap/hidden-value visit 3 old B yes" RULE("[age] >= 50"),
        /* a row of an instance is none of the record's own */
        "warning redcap/hidden-value visit 2 mild A bad" RULE("[grade] = '1'")};
    tst_trial t;
    open_trial(&t);
    tst_findings_are(&t, want, sizeof want / sizeof *want);
    tst_trial_close(&t);
}

/* An event has a name in each arm of a project: a visit may have several values. */
static void a_visit_of_several_events(void **state)
{
    (void)state;
    static const char plan[] = "study: {id: T1}\n"
                               "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"
                               "subjects: {table: people, id: id, arm: arm}\n"
                               "arms: {reference: ctl, order: [ket, ctl]}\n"
                               "visits: {visit: visit, schedule: [\n"
                               "  {name: base, value: [base_arm_1, base_arm_2], baseline: true},\n"
                               "  {name: end, value: %s}]}\n"
                               "outcomes: {x: {table: mini, total: x}}\n";
    static const char *const want[] = {
        "error trial/unknown-visit mini 5 visit B BASE_ARM_2 | a visit of the schedule | "
        "'BASE_ARM_2' is no visit of the schedule; did you mean 'base_arm_2'?",
        "error trial/two-baselines mini 4 visit A base_arm_2 | one baseline record for a subject "
        "and outcome | outcome x of subject A at visit base stands on line 2 already"};
    static const char *const faults[][2] = {
        {"[a, base_arm_2]", "visits 'base' and 'end' have the same value 'base_arm_2'"},
        {"[]", "visit 'end' is told by no value"},
        {"[a, a]", "'a' stands twice in 'value'"}};
    char yaml[1024];
    tst_trial t;
    snprintf(yaml, sizeof yaml, plan, "[end_arm_2]");
    tst_trial_open(&t, yaml);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(
        &t, "mini", "id visit x:n",
        "A base_arm_1 5\nB base_arm_2 6\nA base_arm_2 7\nB BASE_ARM_2 3\nA end_arm_2 4");
    tst_findings_are(&t, want, 2);
    tst_trial_close(&t);
    for (size_t i = 0; i < 3; i++) {
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        rmt_plan *p = NULL;
        snprintf(yaml, sizeof yaml, plan, faults[i][0]);
        tst_ok(rmt_tree_parse(&doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
        tst_fails(rmt_plan_parse(&p, rmt_doc_root(doc), &err), RMT_ERR_CONFIG, &err, faults[i][1]);
        rmt_doc_free(doc);
    }
    assert_int_equal(n_live, 0);
}

/* As other software may have written the tables: columns in another order and of other types, a row twice, names that
 * look like those of boxes. */
static void open_foreign(tst_trial *t, const char *people, const char *visit)
{
    tst_trial_open(
        t, "study: {id: T1}\nredcap: {file: r.csv, dictionary: d.csv}\n"
           "data:\n"
           "  people: {forms: f, events: base_arm_1, schema: {fieldsMatch: superset, fields: [\n"
           "    {name: id}, {name: redcap_event_name}, {name: arm}, {name: age, type: integer},\n"
           "    {name: y___1, type: boolean, remit: {form: f, branching: \"[age] > 50\"}},\n"
           "    {name: ill, type: boolean, remit: {form: f}}]}}\n"
           "  visit: {forms: [g], schema: {fieldsMatch: superset, fields: [\n"
           "    {name: id}, {name: redcap_event_name}, {name: score, type: number},\n"
           "    {name: old, remit: {form: g, branching: \"[age] >= 50\"}},\n"
           "    {name: why, remit: {form: g, branching: \"[ill] = ''\"}}]}}\n"
           "subjects: {table: people, id: id, arm: arm}\n"
           "arms: {reference: ctl, order: [ket, ctl]}\n"
           "visits: {visit: redcap_event_name, schedule: [{name: base_arm_1, baseline: true}]}\n"
           "outcomes: {x: {table: visit, total: score}}\n"
           "checks: {trial/duplicate-visit: off}\n");
    tst_trial_table(t, "people", people, "60 ket A base_arm_1\n40 ctl B base_arm_1");
    tst_trial_table(t, "visit", visit, "5 yes base_arm_1 A .\n5 yes base_arm_1 B x");
}

static void tables_of_other_software(void **state)
{
    (void)state;
    static const char *const want[] = {
        /* no box, whatever its name: false is an answer */
        "warning redcap/hidden-value people 3 y___1 B false" RULE("[age] > 50"),
        "warning redcap/hidden-value visit 3 old B yes" RULE("[age] >= 50")};
    tst_trial t;
    rmt_error err = {0};
    open_foreign(&t, "age:i arm id redcap_event_name", "score:n old redcap_event_name id why");
    rmt_table *people = t.owned[0];
    tst_ok(rmt_table_add_column(people, "y___1", RMT_TYPE_BOOLEAN, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(people, "ill", RMT_TYPE_BOOLEAN, NULL, NULL, &err), &err);
    for (size_t row = 0; row < 2; row++) {
        rmt_table_set_integer(people, rmt_table_find(people, "y___1"), row, 0);
        /* A question without an answer is blank; only a box is 0. */
        tst_ok(rmt_table_set_reason(people, rmt_table_find(people, "ill"), row,
                                    RMT_REDCAP_NOT_APPLICABLE, &err),
               &err);
    }
    tst_findings_are(&t, want, 2);
    tst_trial_close(&t);
    static const struct {
        const char *people, *visit, *part;
    } faults[] = {{"age:i arm id redcap_event_name:i", "score:n old redcap_event_name id why",
                   "redcap_event_name"},
                  {"age:i arm id redcap_event_name", "score:n old redcap_event_name:i id why",
                   "redcap_event_name"}};
    for (size_t i = 0; i < 2; i++) {
        rmt_trial_report report = {.ledger = tst_ledger()};
        open_foreign(&t, faults[i].people, faults[i].visit);
        const rmt_status st =
            rmt_trial_check(&report, t.plan, &t.plan->checks, t.tables, t.n, &err);
        tst_fails(st, RMT_ERR_INCONSISTENT, &err, faults[i].part);
        err = (rmt_error){0};
        rmt_ledger_free(report.ledger);
        tst_trial_close(&t);
    }
}

/* Of many rows of one record and event the first is asked, whatever the C library makes of equals. */
static void the_first_of_equal_rows(void **state)
{
    (void)state;
    enum { N = 50 };
    char rows[N * 32];
    size_t used = (size_t)snprintf(rows, sizeof rows, "60 ket A base_arm_1");
    tst_trial t;
    open_foreign(&t, "age:i arm id redcap_event_name", "score:n old redcap_event_name id why");
    for (size_t i = 1; i < N; i++)
        used += (size_t)snprintf(rows + used, sizeof rows - used, "\n40 ket A base_arm_1");
    rmt_table *many = tst_table("age:i arm id redcap_event_name", rows);
    t.tables[0].table = many;
    rmt_table *f = tst_check(&t);
    for (size_t row = 0; row < rmt_table_rows(f); row++)
        assert_string_not_equal(rmt_table_text(f, rmt_table_find(f, "column"), row), "old");
    rmt_table_free(f);
    rmt_table_free(many);
    tst_trial_close(&t);
}

static void each_allocation_fails(void **state)
{
    (void)state;
    tst_trial t;
    open_trial(&t);
    const size_t live = n_live;
    rmt_status st = RMT_ERR_NOMEM;
    size_t k = 0;
    while (st) {
        rmt_error err = {0};
        rmt_trial_report report = {0};
        rmt_check_settings settings = t.plan->checks;
        report.ledger = tst_ledger();
        n_until_failure = ++k;
        st = rmt_trial_check(&report, t.plan, &settings, t.tables, t.n, &err);
        n_until_failure = 0;
        rmt_ledger_free(report.ledger);
        assert_int_equal(n_live, live);
        if (st) tst_fails(st, RMT_ERR_NOMEM, &err, "");
    }
    assert_true(k > 60);
    tst_trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_values_are_named), cmocka_unit_test(tables_of_other_software),
        cmocka_unit_test(the_first_of_equal_rows), cmocka_unit_test(a_visit_of_several_events),
        cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests_name("check_redcap", tests, NULL, NULL);
}
