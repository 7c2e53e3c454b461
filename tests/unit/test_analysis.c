/* Settings of an analysis, and /outcomes cut into cells. */
#include "tst_study.h"

#include "rmt/analysis.h"

/* ---- settings ----------------------------------------------------------------------------------
 */

static const rmt_option options[] = {
    {.name = "conf-level",
     .kind = RMT_OPTION_NUMBER,
     .initial = "0.95",
     .max = 1,
     .result = true,
     .help = "level"},
    {.name = "value",
     .kind = RMT_OPTION_CHOICE,
     .initial = "change",
     .choices = "change|score|both",
     .result = true,
     .help = "value"},
    {.name = "measure",
     .kind = RMT_OPTION_LIST,
     .initial = "g,d",
     .choices = "g|d|or",
     .result = true,
     .help = "measures"},
    {.name = "adjust", .kind = RMT_OPTION_LIST, .result = true, .help = "columns"},
};
enum { N_OPTIONS = sizeof options / sizeof options[0] };

typedef struct {
    rmt_options *o;
    rmt_doc *doc;
} given;

/* word: one option of the command line, or NULL. yaml: the plan's entry. */
static given give(const char *word, const char *yaml)
{
    given g = {0};
    rmt_error err = {0};
    char name[] = "x", argument[64] = "";
    char *argv[] = {name, argument};
    if (word) strcpy(argument, word);
    tst_ok(rmt_options_parse(&g.o, options, N_OPTIONS, NULL, 0, word ? 2 : 1, argv, &err), &err);
    tst_ok(rmt_tree_parse(&g.doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
    return g;
}

static void take(given *g)
{
    rmt_options_free(g->o);
    rmt_doc_free(g->doc);
}

static void number_is(const char *word, const char *yaml, double want)
{
    rmt_error err = {0};
    double x = -1;
    given g = give(word, yaml);
    tst_ok(rmt_setting_number(&x, g.o, rmt_doc_root(g.doc), "conf-level", &err), &err);
    tst_close(x, want, 0, 0, yaml);
    take(&g);
}

static void text_is(const char *word, const char *yaml, const char *want)
{
    rmt_error err = {0};
    const char *s = NULL;
    given g = give(word, yaml);
    tst_ok(rmt_setting_text(&s, g.o, rmt_doc_root(g.doc), "value", &err), &err);
    assert_string_equal(s, want);
    take(&g);
}

static void list_is(const char *word, const char *yaml, const char *option, const char *want)
{
    rmt_error err = {0};
    rmt_setting_names names;
    char got[128] = "";
    given g = give(word, yaml);
    tst_ok(rmt_setting_list(&names, g.o, rmt_doc_root(g.doc), option, &err), &err);
    for (size_t i = 0; i < names.n; i++) {
        strcat(got, i ? " " : "");
        strcat(got, names.names[i]);
    }
    assert_string_equal(got, want);
    take(&g);
}

static void the_command_line_comes_before_the_plan_before_the_default(void **state)
{
    (void)state;
    number_is(NULL, "{}", 0.95);
    number_is(NULL, "{conf_level: 0.9}", 0.9);
    number_is("--conf-level=0.8", "{conf_level: 0.9}", 0.8);
    number_is("--conf-level=0.95", "{conf_level: 0.9}", 0.95); /* as the default, but given */
    number_is(NULL, "{conf_level: null}", 0.95);
    text_is(NULL, "{}", "change");
    text_is(NULL, "{value: score}", "score");
    text_is("--value=both", "{value: score}", "both");
    list_is(NULL, "{}", "measure", "g d");
    list_is(NULL, "{measure: [or, g]}", "measure", "or g");
    list_is(NULL, "{measure: or}", "measure", "or"); /* one name without a list */
    list_is("--measure=d", "{measure: [or, g]}", "measure", "d");
    list_is(NULL, "{measure: null}", "measure", "g d");
    list_is(NULL, "{}", "adjust", "");
}

static void an_entry_may_be_absent(void **state)
{
    (void)state;
    rmt_error err = {0};
    double x = -1;
    rmt_setting_names names;
    given g = give(NULL, "{effects: [{value: score}, {value: change}], none: []}");
    const rmt_node *effects = rmt_node_get(rmt_doc_root(g.doc), "effects");
    assert_int_equal(rmt_analysis_n_entries(effects), 2);
    assert_string_equal(rmt_node_text(rmt_node_get(rmt_analysis_entry(effects, 0), "value")),
                        "score");
    assert_int_equal(rmt_analysis_n_entries(NULL), 1);
    assert_null(rmt_analysis_entry(NULL, 0));
    assert_int_equal(rmt_analysis_n_entries(rmt_node_get(rmt_doc_root(g.doc), "none")), 1);
    tst_ok(rmt_setting_number(&x, g.o, NULL, "conf-level", &err), &err);
    tst_close(x, 0.95, 0, 0, "no entry");
    tst_ok(rmt_setting_list(&names, g.o, NULL, "measure", &err), &err);
    assert_int_equal(names.n, 2);
    take(&g);
}

static void a_list_holds_names(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_setting_names names;
    given g = give(NULL, "measure: [g, [d]]");
    const rmt_status st = rmt_setting_list(&names, g.o, rmt_doc_root(g.doc), "measure", &err);
    assert_string_equal(err.source, "plan.yaml");
    assert_int_equal(err.line, 1);
    tst_fails(st, RMT_ERR_CONFIG, &err, "a list of names is needed here");
    take(&g);

    rmt_text many = {0};
    tst_ok(rmt_text_add(&many, "adjust: [a", &err), &err);
    for (int i = 1; i < RMT_SETTING_MAX; i++)
        tst_ok(rmt_text_addf(&many, &err, ", a%d", i), &err);
    const size_t full = many.len;
    tst_ok(rmt_text_add(&many, "]", &err), &err);
    g = give(NULL, many.s);
    tst_ok(rmt_setting_list(&names, g.o, rmt_doc_root(g.doc), "adjust", &err), &err);
    assert_int_equal(names.n, RMT_SETTING_MAX);
    take(&g);
    many.len = full;
    tst_ok(rmt_text_add(&many, ", b]", &err), &err);
    g = give(NULL, many.s);
    tst_fails(rmt_setting_list(&names, g.o, rmt_doc_root(g.doc), "adjust", &err), RMT_ERR_USAGE,
              &err, "more than 256 names");
    take(&g);
    rmt_text_clear(&many);
}

static void unknown_names_suggest_the_nearest(void **state)
{
    (void)state;
    rmt_error err = {0};
    static const char *const valid[] = {"week1", "week2", "followup"};
    const rmt_setting_names good = {{"followup", "week1"}, 2}, none = {{NULL}, 0},
                            near = {{"week1", "wek2"}, 2}, far = {{"moon"}, 1};
    tst_ok(rmt_setting_check(&good, "visit", valid, 3, &err), &err);
    tst_ok(rmt_setting_check(&none, "visit", valid, 3, &err), &err);
    tst_fails(rmt_setting_check(&near, "visit", valid, 3, &err), RMT_ERR_CONFIG, &err,
              "no visit 'wek2' in this study; did you mean 'week2'?");
    const rmt_status st = rmt_setting_check(&far, "visit", valid, 3, &err);
    assert_null(strstr(err.msg, "did you mean"));
    tst_fails(st, RMT_ERR_CONFIG, &err, "no visit 'moon' in this study");
    assert_true(rmt_setting_holds(&good, "week1"));
    assert_false(rmt_setting_holds(&good, "week2"));
}

static void options_that_the_plan_sets_are_told(void **state)
{
    (void)state;
    rmt_stage_run run = {0};
    given g = give(NULL, "[{conf_level: 0.9}, {value: score, conf_level: 0.8}, {adjust: null}]");
    rmt_setting_note_plan_keys(&run, rmt_doc_root(g.doc), options, N_OPTIONS);
    assert_int_equal(run.n_plan_keys, 2); /* each once */
    assert_string_equal(run.plan_keys[0], "conf-level");
    assert_string_equal(run.plan_keys[1], "value");
    take(&g);
}

/* ---- cells -------------------------------------------------------------------------------------
 */

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
    assert_string_equal(c->param_scale[1], "y");
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
    rmt_cells_free(c);
    rmt_cells_free(NULL);
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
        cmocka_unit_test(the_command_line_comes_before_the_plan_before_the_default),
        cmocka_unit_test(an_entry_may_be_absent),
        cmocka_unit_test(a_list_holds_names),
        cmocka_unit_test(unknown_names_suggest_the_nearest),
        cmocka_unit_test(options_that_the_plan_sets_are_told),
        cmocka_unit_test(cells_are_by_parameter_visit_and_arm),
        cmocka_unit_test(arms_without_an_order_are_by_bytes_with_the_reference_last),
        cmocka_unit_test(what_cells_need)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
