/* Settings of an analysis. */
#include "tst_study.h"

#include "rmt/settings.h"

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
    text_is(NULL, "{valu: both, values: both}", "change"); /* the whole key */
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
    given g = give(NULL, "{}");
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
    const rmt_setting_names good = {.names = {"followup", "week1"}, .n = 2}, none = {.n = 0},
                            near = {.names = {"week1", "wek2"}, .n = 2},
                            far = {.names = {"moon"}, .n = 1, .from_option = true};
    tst_ok(rmt_setting_check(&good, "visit", valid, 3, &err), &err);
    tst_ok(rmt_setting_check(&none, "visit", valid, 3, &err), &err);
    tst_fails(rmt_setting_check(&near, "visit", valid, 3, &err), RMT_ERR_CONFIG, &err,
              "no visit 'wek2' in this study; did you mean 'week2'?");
    const rmt_status st = rmt_setting_check(&far, "visit", valid, 3, &err);
    assert_null(strstr(err.msg, "did you mean"));
    tst_fails(st, RMT_ERR_USAGE, &err, "no visit 'moon' in this study");
    assert_true(rmt_setting_holds(&good, "week1"));
    assert_false(rmt_setting_holds(&good, "week2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_comes_before_the_plan_before_the_default),
        cmocka_unit_test(an_entry_may_be_absent), cmocka_unit_test(a_list_holds_names),
        cmocka_unit_test(unknown_names_suggest_the_nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
