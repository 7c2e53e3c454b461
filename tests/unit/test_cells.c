/* /outcomes cut into cells. */
#include "tst_study.h"

#include "rmt/cells.h"

#define PLAN(arms)                                                                                 \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {" arms "}\n"                                                                           \
    "visits: {visit: visit, schedule: [{name: base, value: b, baseline: true}, {name: week1, "     \
    "value: '1'}]}\n"                                                                              \
    "outcomes: {mini: {table: mini, instrument: mini, items: [i1, i2, i3, i4]}}\n" TST_MINI
#define HEAD                                                                                       \
    "USUBJID TRT01P PARAMCD outcome scale AVISIT AVISITN:n AVAL:n BASE:n CHG:n ABLFL:i DXFL:i "    \
    "RESPFL:i RESPDEF REMFL:i REMDEF DXLOSSFL:i"
#define TAIL " . . . . . . . . . .\n"
static const char rows[] =
    "A low X o x base 0" TAIL "A low X o x week1 1" TAIL "B ctl X o x base 0" TAIL
    "B ctl X o x week1 1" TAIL "C low X o x week1 1" TAIL "D Top X o x base 0" TAIL
    "E . X o x base 0" TAIL "F moon X o x base 0" TAIL "G low X o x other 0" TAIL
    "A low Y p y base 0 5 . . . . . . . . .\n"
    "B ctl Y p y base 0" TAIL;

typedef struct {
    rmt_doc *doc;
    rmt_plan *plan;
    rmt_table *t;
} source;

static rmt_status cut(rmt_cells **out, source *s, const char *yaml, const char *head,
                      const char *body, rmt_error *err)
{
    *out = NULL;
    tst_ok(rmt_tree_parse(&s->doc, yaml, strlen(yaml), "plan.yaml", err), err);
    tst_ok(rmt_plan_parse(&s->plan, rmt_doc_root(s->doc), err), err);
    s->t = tst_table(head, body);
    return rmt_cells_new(out, s->t, s->plan, err);
}

static void drop(source *s)
{
    rmt_table_free(s->t);
    rmt_plan_free(s->plan);
    rmt_doc_free(s->doc);
}

/* "A C": the subjects of a cell. */
static void cell_is(const rmt_cells *c, size_t param, size_t visit, size_t arm, const char *want)
{
    char got[64] = "";
    size_t n = 0;
    const size_t *r = rmt_cells_rows(c, param, visit, arm, &n);
    for (size_t i = 0; i < n; i++) {
        strcat(got, i ? " " : "");
        strcat(got, rmt_table_text(c->t, c->subject, r[i]));
        assert_string_equal(rmt_table_text(c->t, c->paramcd, r[i]), c->params[param]);
    }
    assert_string_equal(got, want);
}

static void cells_are_by_parameter_visit_and_arm(void **state)
{
    (void)state;
    rmt_error err = {0};
    source s = {0};
    rmt_cells *c = NULL;
    tst_ok(cut(&c, &s, PLAN("reference: ctl, order: [low, ctl, Top]"), HEAD, rows, &err), &err);
    assert_int_equal(c->n_params, 2);
    assert_string_equal(c->params[0], "X");
    assert_string_equal(c->param_outcome[1], "p");
    assert_int_equal(c->n_visits, 2);
    assert_true(c->visit_is_baseline[0]);
    assert_false(c->visit_is_baseline[1]);
    assert_int_equal(c->n_arms, 3);
    assert_string_equal(c->arms[0], "low"); /* the plan's order */
    assert_string_equal(c->arms[2], "Top");
    assert_int_equal(c->reference, 1);
    cell_is(c, 0, 0, 0, "A");
    cell_is(c, 0, 0, 1, "B");
    cell_is(c, 0, 0, 2, "D");
    cell_is(c, 0, 1, 0, "A C");
    cell_is(c, 0, 1, 1, "B");
    cell_is(c, 0, 1, 2, "");
    cell_is(c, 1, 0, 0, "A");
    cell_is(c, 1, 0, 1, "B");
    cell_is(c, 1, 1, 0, "");
    assert_false(rmt_cells_observed(c, 0, 0)); /* rows, but no value */
    assert_true(rmt_cells_observed(c, 1, 0));
    assert_false(rmt_cells_observed(c, 1, 1));
    assert_int_equal(rmt_cells_in_arms(c),
                     8); /* nobody's, another arm's, another visit's are not */
    rmt_cells_free(c);
    rmt_cells_free(NULL);
    drop(&s);
}

static void rows_in_any_order_find_their_cell(void **state)
{
    (void)state;
    rmt_error err = {0};
    source s = {0};
    rmt_cells *c = NULL;
    tst_ok(cut(&c, &s, PLAN("reference: ctl, order: [low, ctl, Top]"), HEAD,
               "D Top Y p y week1 1" TAIL "A low X o x week1 1" TAIL "B ctl Y p y base 0" TAIL
               "A low Y p y week1 1" TAIL "C low X o x base 0" TAIL "C low X p x base 0" TAIL,
               &err),
           &err);
    assert_int_equal(c->n_params, 3); /* X of o and X of p are two */
    cell_is(c, 0, 1, 0, "A");
    cell_is(c, 0, 1, 2, "D");
    cell_is(c, 0, 0, 1, "B");
    cell_is(c, 1, 1, 0, "A");
    cell_is(c, 1, 0, 0, "C");
    cell_is(c, 2, 0, 0, "C");
    rmt_cells_free(c);
    drop(&s);
}

static void arms_without_an_order_are_by_bytes_with_the_reference_last(void **state)
{
    (void)state;
    rmt_error err = {0};
    source s = {0};
    rmt_cells *c = NULL;
    tst_ok(cut(&c, &s, PLAN("reference: ctl"), HEAD, rows, &err), &err);
    assert_int_equal(c->n_arms, 4);
    assert_string_equal(c->arms[0], "Top");
    assert_string_equal(c->arms[1], "low");
    assert_string_equal(c->arms[2], "moon");
    assert_string_equal(c->arms[3], "ctl");
    assert_int_equal(c->reference, 3);
    cell_is(c, 0, 1, 1, "A C");
    cell_is(c, 0, 1, 3, "B");
    rmt_cells_free(c);
    drop(&s);
}

static void what_cells_need(void **state)
{
    (void)state;
    rmt_error err = {0};
    source s = {0};
    rmt_cells *c = NULL;
    tst_fails(cut(&c, &s, PLAN("reference: ctrl"), HEAD, rows, &err), RMT_ERR_INCONSISTENT, &err,
              "nobody is in the reference arm 'ctrl'");
    assert_null(c);
    drop(&s);
    tst_fails(cut(&c, &s, PLAN("reference: ctl"), "USUBJID TRT01P PARAMCD", "A ctl X", &err),
              RMT_ERR_INCONSISTENT, &err, "/outcomes has no column outcome");
    assert_null(c);
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_by_parameter_visit_and_arm),
        cmocka_unit_test(rows_in_any_order_find_their_cell),
        cmocka_unit_test(arms_without_an_order_are_by_bytes_with_the_reference_last),
        cmocka_unit_test(what_cells_need)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
