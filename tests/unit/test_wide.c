/* test_wide.c - names of columns taken apart, and the schema of a wide file as that of the long table. The long table
 * itself: tests/property/test_wide_long.c. */
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/tree.h"
#include "rmt/wide.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 12 };

/* Lists end with NULL. */
typedef struct {
    const char *patterns[3], *value, *keep[3], *scheduled[4];
    bool numbers;
    const char *columns[MOST];
    const char *want; /* "column=name@visit ..." of those made long, or the message */
} mapping;

static size_t length(const char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

static rmt_wide *wide_of(const mapping *x)
{
    rmt_error err = {0};
    const char *wrong;
    rmt_wide *w = rmt_mem_array(1, sizeof *w, &err);
    assert_non_null(w);
    *w = (rmt_wide){.visit = "visit", .value = x->value, .numbers = x->numbers, .source = "plan"};
    w->line = 7;
    w->patterns = rmt_mem_array(3, sizeof *w->patterns, &err);
    w->keep = rmt_mem_array(3, sizeof *w->keep, &err);
    w->scheduled = rmt_mem_array(4, sizeof *w->scheduled, &err);
    for (; x->patterns[w->n_patterns]; w->n_patterns++) {
        tst_ok(rmt_wide_pattern_parse(&w->patterns[w->n_patterns], x->patterns[w->n_patterns],
                                      &wrong, &err),
               &err);
        assert_null(wrong);
        w->patterns[w->n_patterns].line = 8;
    }
    for (; x->keep[w->n_keep]; w->n_keep++)
        w->keep[w->n_keep] = x->keep[w->n_keep];
    for (; x->scheduled[w->n_scheduled]; w->n_scheduled++)
        w->scheduled[w->n_scheduled] = x->scheduled[w->n_scheduled];
    return w;
}

static void tell_map(char got[512], const rmt_wide_map *m, const char *const *columns)
{
    got[0] = '\0';
    for (size_t i = 0; i < m->n_columns; i++) {
        const size_t n = strlen(got);
        if (m->name[i] == RMT_NO_COLUMN) continue;
        assert_int_equal(m->at[m->name[i] * m->n_visits + m->visit[i]], i);
        snprintf(got + n, 512 - n, "%s%s=%s@%s", n ? " " : "", columns[i], m->names[m->name[i]],
                 m->visits[m->visit[i]]);
    }
}

static void check_mapping(const mapping *x)
{
    char got[512];
    rmt_error err = {0};
    rmt_wide *w = wide_of(x);
    rmt_wide_map *m = NULL;
    const rmt_status st = rmt_wide_map_new(&m, w, x->columns, length(x->columns), true, &err);
    if (st) {
        assert_int_equal(st, RMT_ERR_CONFIG);
        assert_string_equal(err.source, "plan");
        assert_true(err.line == 7 || err.line == 8);
        assert_string_equal(err.msg, x->want);
    } else {
        tell_map(got, m, x->columns);
        assert_string_equal(got, x->want);
    }
    rmt_wide_map_free(m);
    rmt_wide_free(w);
}

static void names_are_taken_apart(void **state)
{
    static const mapping cases[] = {
        {{"{name}_wk{visit}"},
         .columns = {"id", "a_wk2", "b_wk2", "a_wk4"},
         .want = "a_wk2=a@2 b_wk2=b@2 a_wk4=a@4"},
        {{"wk{visit}_{name}"}, .columns = {"id", "wk2_a", "wk4_a"}, .want = "wk2_a=a@2 wk4_a=a@4"},
        {{"{name}.{visit}(raw)"}, .columns = {"id", "a.2(raw)", "a.2"}, .want = "a.2(raw)=a@2"},
        /* nothing between, which the schedule tells */
        {{"{name}{visit}"},
         .scheduled = {"1", "2"},
         .columns = {"id", "pcl1", "pcl2"},
         .want = "pcl1=pcl@1 pcl2=pcl@2"},
        /* without {name} there is one way, however long the visit is */
        {{"wk{visit}"},
         .value = "score",
         .columns = {"id", "wkbase", "wk104"},
         .want = "wkbase=score@base wk104=score@104"},
        {{"{visit}"},
         .value = "score",
         .keep = {"id"},
         .scheduled = {"base", "104"},
         .columns = {"id", "base", "104"},
         .want = "base=score@base 104=score@104"},
        {{"a_{visit}", "{visit}_{name}"},
         .value = "a",
         .scheduled = {"x", "y"},
         .columns = {"id", "a_x", "y_b"},
         .want = "a_x=a@x y_b=b@y"},
        /* the schedule decides: record_id stays, a name it knows has other visits too */
        {{"{name}_{visit}"},
         .scheduled = {"base", "wk2"},
         .columns = {"record_id", "a_b_base", "a_b_wk2", "a_b_wk99", "other_wk99"},
         .want = "a_b_base=a_b@base a_b_wk2=a_b@wk2 a_b_wk99=a_b@wk99"},
        {{"{name}_{visit}"},
         .scheduled = {"wk_2"},
         .columns = {"id", "a_wk_2"},
         .want = "a_wk_2=a@wk_2"},
        /* what is neither matched nor kept by name stays, and what is kept by name is not taken apart */
        {{"{name}_wk{visit}"},
         .keep = {"age_wk0"},
         .columns = {"id", "age_wk0", "sex", "a_wk2"},
         .want = "a_wk2=a@2"},
        /* numbers are called as they are printed */
        {{"{name}_wk{visit}"},
         .numbers = true,
         .columns = {"id", "a_wk02", "b_wk02", "a_wk4.0"},
         .want = "a_wk02=a@2 b_wk02=b@2 a_wk4.0=a@4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_mapping(&cases[i]);
}

static void what_cannot_be_taken_apart_is_refused(void **state)
{
    static const mapping cases[] = {
        {{"{name}_{visit}"},
         .columns = {"a_b_c"},
         .want = "column 'a_b_c' is 'a' at visit 'b_c', or 'a_b' at visit 'c'; a narrower pattern, "
                 "the visits of the schedule or 'keep' settle it"},
        {{"{name}_{visit}", "{visit}_{name}"},
         .columns = {"a_b"},
         .want = "column 'a_b' is 'a' at visit 'b', or 'b' at visit 'a'; a narrower pattern, the "
                 "visits of the schedule or 'keep' settle it"},
        {{"{name}_wk{visit}", "{name}_w{visit}"},
         .scheduled = {"1"},
         .columns = {"a_wk1", "a_w1"},
         .want = "columns 'a_wk1' and 'a_w1' are both 'a' at visit '1'"},
        {{"{name}_wk{visit}"},
         .keep = {"id"},
         .columns = {"id", "a_w1", "note"},
         .want =
             "no column is of the pattern '{name}_wk{visit}'; a column that is of none is 'note'"},
        {{"{name}_wk{visit}"},
         .keep = {"id"},
         .scheduled = {"1"},
         .columns = {"id"},
         .want = "no column is of the pattern '{name}_wk{visit}' at a visit of the schedule"},
        {{"{name}_wk{visit}"},
         .keep = {"ago"},
         .columns = {"age", "a_wk1"},
         .want = "no column 'ago' in the file; did you mean 'age'?"},
        {{"{name}_wk{visit}"},
         .keep = {"elsewhere"},
         .columns = {"age", "a_wk1"},
         .want = "no column 'elsewhere' in the file"},
        {{"{name}_wk{visit}"},
         .columns = {"visit_wk1"},
         .want = "a pattern makes a column 'visit', which the long table has for something else"},
        {{"{name}_wk{visit}"},
         .columns = {"source_line_wk1"},
         .want = "a pattern makes a column 'source_line', which the long table has for something "
                 "else"},
        {{"{name}_wk{visit}"},
         .columns = {"a", "a_wk1"},
         .want = "the long table gets a column 'a', and the file has one as well"},
        {{"{name}_wk{visit}"},
         .columns = {"visit", "a_wk1"},
         .want = "the long table gets a column 'visit', and the file has one as well"},
        {{"{name}_wk{visit}"},
         .numbers = true,
         .columns = {"a_wk2", "a_wkend"},
         .want = "visit 'end' of a column's name is no number, and the plan has 'visit' as days or "
                 "hours"},
        {{"{name}_wk{visit}"},
         .numbers = true,
         .columns = {"a_wk2", "b_wk02"},
         .want = "visits '2' and '02' of the columns' names are the same number"},
        {{"{name}_wk{visit}"},
         .numbers = true,
         .columns = {"a_wk0", "a_wk-0"},
         .want = "visits '0' and '-0' of the columns' names are the same number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_mapping(&cases[i]);
}

static void what_is_no_pattern_is_told(void **state)
{
    static const char *const cases[][2] = {{"{name}_wk", "has no {visit}"},
                                           {"", "has no {visit}"},
                                           {"{visit}{visit}", "has the same part twice"},
                                           {"{name}{visit}{name}", "has the same part twice"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_wide_pattern pattern = {0};
        rmt_error err = {0};
        const char *wrong = NULL;
        tst_ok(rmt_wide_pattern_parse(&pattern, cases[i][0], &wrong, &err), &err);
        assert_string_equal(wrong, cases[i][1]);
    }
}

static void visits_come_in_the_order_of_the_schedule(void **state)
{
    static const mapping x = {{"{name}_{visit}"},
                              .scheduled = {"base", "wk2", "wk9", "base"},
                              .columns = {"a_wk7", "a_wk2", "a_base"}};
    rmt_error err = {0};
    (void)state;
    mapping first = x;
    first.scheduled[3] = NULL;
    rmt_wide *w = wide_of(&first);
    rmt_wide_map *m = NULL;
    tst_ok(rmt_wide_map_new(&m, w, x.columns, 3, true, &err), &err);
    assert_int_equal(m->n_visits, 3);
    assert_string_equal(m->visits[0], "base");
    assert_string_equal(m->visits[1], "wk2");
    assert_string_equal(m->visits[2], "wk7");
    rmt_wide_map_free(m);
    rmt_wide_free(w);
}

static void the_table_of_columns_has_visits_as_the_long_table(void **state)
{
    static const mapping x = {{"{name}_wk{visit}"}, .numbers = true, .columns = {"id", "a_wk02"}};
    char buf[RMT_NUM_BUF];
    rmt_error err = {0};
    rmt_table *columns = NULL, *t = NULL, *to = NULL;
    rmt_wide_map *m = NULL;
    (void)state;
    rmt_wide *w = wide_of(&x);
    tst_ok(rmt_wide_map_new(&m, w, x.columns, 2, true, &err), &err);
    tst_ok(rmt_wide_columns_table(&columns, m, x.columns, &err), &err);
    assert_string_equal(rmt_table_text(columns, 1, 0), "2");
    tst_ok(rmt_table_new(&t, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    tst_ok(rmt_table_add_column(t, "id", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "a_wk02", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_wide_make_long(&to, w, m, t, &err), &err);
    assert_string_equal(rmt_table_format(to, 1, 0, buf), "2");
    rmt_table_free(to);
    rmt_table_free(t);
    rmt_table_free(columns);
    rmt_wide_map_free(m);
    rmt_wide_free(w);
}

typedef struct {
    const char *schema, *want; /* want: the long schema, "" = it is that already, or the message */
} translation;

#define FIELDS(x) "{\"fields\":[{\"name\":\"id\"}," x "]"
#define LONG(x) "{\"fields\":[{\"name\":\"id\"},{\"name\":\"visit\",\"type\":\"string\"}," x "]"

static void check_translation(const translation *x)
{
    static const mapping plan = {.patterns = {"{name}_wk{visit}"}};
    rmt_error err = {0};
    rmt_doc *from = NULL, *to = NULL;
    rmt_node *made = NULL;
    rmt_text got = {0};
    rmt_wide *w = wide_of(&plan);
    tst_ok(rmt_tree_parse_json(&from, x->schema, strlen(x->schema), "s.json", &err), &err);
    tst_ok(rmt_doc_new(&to, "s.json", &err), &err);
    const rmt_status st = rmt_wide_long_schema(&made, to, rmt_doc_root(from), w, &err);
    if (st) {
        assert_int_equal(st, RMT_ERR_CONFIG);
        assert_string_equal(err.source, "s.json");
        assert_string_equal(err.msg, x->want);
    } else {
        if (made) tst_ok(rmt_node_write_json(made, &got, &err), &err);
        assert_string_equal(got.s ? got.s : "", x->want);
    }
    rmt_text_clear(&got);
    rmt_doc_free(to);
    rmt_doc_free(from);
    rmt_wide_free(w);
}

static void schemas_follow_the_table(void **state)
{
    static const translation cases[] = {
        /* one field of two that differ in looks alone */
        {FIELDS("{\"name\":\"a_wk1\",\"type\":\"integer\",\"title\":\"A\"},"
                "{\"name\":\"a_wk2\",\"type\":\"integer\"}") "}",
         LONG("{\"name\":\"a\",\"type\":\"integer\",\"title\":\"A\"}") "}"},
        {FIELDS("{\"name\":\"a_wk1\",\"type\":\"integer\"},"
                "{\"name\":\"a_wk2\",\"type\":\"number\"}") "}",
         "fields 'a_wk1' and 'a_wk2' are one column of the long table, 'a', and promise different "
         "things"},
        /* what is unique in the file is so at each visit */
        {FIELDS("{\"name\":\"a_wk1\",\"constraints\":{\"unique\":true,\"minimum\":0}}") "}",
         LONG("{\"name\":\"a\",\"constraints\":{\"minimum\":0}}") ",\"uniqueKeys\":[[\"a\","
                                                                  "\"visit\"]]}"},
        {FIELDS("{\"name\":\"a_wk1\"}") ",\"primaryKey\":\"id\"}",
         LONG("{\"name\":\"a\"}") ",\"primaryKey\":[\"id\",\"visit\"]}"},
        {FIELDS("{\"name\":\"a_wk1\"}") ",\"uniqueKeys\":[[\"id\",\"a_wk1\"]]}",
         LONG("{\"name\":\"a\"}") ",\"uniqueKeys\":[[\"id\",\"a\",\"visit\"]]}"},
        {FIELDS("{\"name\":\"a_wk1\"}") ",\"foreignKeys\":[{\"fields\":\"a_wk1\"}]}",
         LONG("{\"name\":\"a\"}") ",\"foreignKeys\":[{\"fields\":[\"a\"]}]}"},
        /* schemas of the long table stay */
        {FIELDS("{\"name\":\"visit\"},{\"name\":\"a_wk1\"}") "}", ""},
        {FIELDS("{\"name\":\"a\"}") "}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_translation(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_apart),
        cmocka_unit_test(what_cannot_be_taken_apart_is_refused),
        cmocka_unit_test(what_is_no_pattern_is_told),
        cmocka_unit_test(visits_come_in_the_order_of_the_schedule),
        cmocka_unit_test(the_table_of_columns_has_visits_as_the_long_table),
        cmocka_unit_test(schemas_follow_the_table),
    };
    return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
