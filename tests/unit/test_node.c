#include "support.h"

#include "rmt/node.h"

#include <stdio.h>
#include <string.h>

static rmt_doc *doc;

static int setup(void **state)
{
    (void)state;
    return rmt_doc_new(&doc, "plan.yaml", NULL) == RMT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    rmt_doc_free(doc);
    doc = NULL;
    return 0;
}

static rmt_node *make(rmt_node_kind kind, size_t line)
{
    rmt_error err = {0};
    rmt_node *n = NULL;
    tst_ok(rmt_node_new(&n, doc, kind, line, &err), &err);
    return n;
}

static rmt_node *scalar(const char *text, bool quoted, size_t line)
{
    rmt_error err = {0};
    rmt_node *n = NULL;
    tst_ok(rmt_node_new_scalar(&n, doc, text, strlen(text), quoted, line, &err), &err);
    return n;
}

static void put(rmt_node *map, const char *key, rmt_node *value)
{
    rmt_error err = {0};
    tst_ok(rmt_node_map_add(map, key, value, &err), &err);
}

static void writes_as(const rmt_node *n, const char *want)
{
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(rmt_node_write_json(n, &t, &err), &err);
    assert_string_equal(t.s, want);
    rmt_text_clear(&t);
}

static void trees_are_read(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_node *map = make(RMT_NODE_MAP, 1), *list = make(RMT_NODE_LIST, 2);
    assert_null(rmt_doc_root(doc));
    rmt_doc_set_root(doc, map);
    assert_ptr_equal(rmt_doc_root(doc), map);
    assert_string_equal(rmt_doc_source(doc), "plan.yaml");
    put(map, "arms", list);
    tst_ok(rmt_node_list_add(list, scalar("PE", false, 3), &err), &err);
    tst_ok(rmt_node_list_add(list, scalar("WL", true, 4), &err), &err);
    const rmt_node *arms = rmt_node_get(map, "arms");
    assert_int_equal(rmt_node_kind_of(arms), RMT_NODE_LIST);
    assert_int_equal(rmt_node_size(arms), 2);
    assert_string_equal(rmt_node_text(rmt_node_at(arms, 1)), "WL");
    assert_int_equal(rmt_node_line(rmt_node_at(arms, 1)), 4);
    assert_true(rmt_node_is_quoted(rmt_node_at(arms, 1)));
    assert_string_equal(rmt_node_source(arms), "plan.yaml");
    assert_string_equal(rmt_node_key(map, 0), "arms");
    assert_null(rmt_node_key(map, 1));
    assert_null(rmt_node_key(arms, 0));
    assert_null(rmt_node_at(arms, 2));
    assert_null(rmt_node_get(map, "Arms"));
    assert_null(rmt_node_get(arms, "arms"));
    assert_null(rmt_node_text(arms));
}

static void absent_is_answered(void **state)
{
    (void)state;
    assert_int_equal(rmt_node_size(NULL), 0);
    assert_int_equal(rmt_node_line(NULL), 0);
    assert_string_equal(rmt_node_source(NULL), "");
    assert_null(rmt_node_at(NULL, 0));
    assert_null(rmt_node_key(NULL, 0));
    assert_null(rmt_node_get(NULL, "x"));
    assert_null(rmt_node_text(NULL));
    assert_false(rmt_node_is_quoted(NULL));
    assert_true(rmt_node_is_null(NULL));
    assert_true(rmt_node_is_null(scalar("null", false, 1)));
    assert_true(rmt_node_is_null(scalar("~", false, 1)));
    assert_true(rmt_node_is_null(scalar("", false, 1)));
    assert_false(rmt_node_is_null(scalar("", true, 1)));
    assert_false(rmt_node_is_null(scalar("null", true, 1)));
    assert_false(rmt_node_is_null(make(RMT_NODE_MAP, 1)));
    rmt_doc_free(NULL);
}

static void keys_are_unique(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_node *map = make(RMT_NODE_MAP, 1);
    put(map, "a", scalar("1", false, 2));
    put(map, "b", scalar("2", false, 3));
    assert_int_equal(rmt_node_map_add(map, "a", scalar("3", false, 9), &err), RMT_ERR_CONFIG);
    assert_string_equal(err.source, "plan.yaml");
    assert_int_equal(err.line, 9);
    assert_string_equal(err.column, "a");
    tst_fails(err.code, RMT_ERR_CONFIG, &err, "'a' is there already, in line 2");
    tst_ok(rmt_node_map_set(map, "a", scalar("4", false, 9), &err), &err);
    tst_ok(rmt_node_map_set(map, "c", scalar("5", false, 9), &err), &err);
    writes_as(map, "{\"a\":4,\"b\":2,\"c\":5}");
    rmt_node *n = NULL;
    tst_fails(rmt_node_new_scalar(&n, doc, "a\0b", 3, true, 5, &err), RMT_ERR_CONFIG, &err, "NUL");
    assert_null(n);
}

static void keys_are_bounded(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_node *map = make(RMT_NODE_MAP, 1);
    char key[16];
    for (int i = 0; i < RMT_NODE_KEYS_MAX; i++) {
        snprintf(key, sizeof key, "k%d", i);
        put(map, key, scalar("1", false, 2));
    }
    assert_int_equal(rmt_node_map_add(map, "one more", scalar("1", false, 3), &err),
                     RMT_ERR_CONFIG);
    assert_int_equal(err.line, 3);
    tst_fails(err.code, RMT_ERR_CONFIG, &err, "a map has more than 4096 keys");
    assert_int_equal(rmt_node_size(map), RMT_NODE_KEYS_MAX);
}

static void values_are_typed(void **state)
{
    (void)state;
    rmt_error err = {0};
    const char *text = "unset";
    double x = -7;
    size_t n = 77;
    bool yes = false;
    const rmt_node *child = NULL;
    rmt_node *map = make(RMT_NODE_MAP, 1);
    put(map, "text", scalar("yes", false, 2));
    put(map, "number", scalar("-2.5", false, 3));
    put(map, "size", scalar("12", false, 4));
    put(map, "on", scalar("true", false, 5));
    put(map, "off", scalar("false", false, 6));
    put(map, "quoted", scalar("5", true, 7));
    put(map, "quoted_true", scalar("true", true, 8));
    put(map, "list", make(RMT_NODE_LIST, 9));
    put(map, "null", scalar("null", false, 10));
    put(map, "point", scalar(".95", false, 11));
    put(map, "zeros", scalar("007", false, 12));

    tst_ok(rmt_node_read_text(map, "null", &text, &err), &err);
    tst_ok(rmt_node_read_text(map, "absent", &text, &err), &err);
    tst_ok(rmt_node_read_number(map, "null", &x, &err), &err);
    tst_ok(rmt_node_read_size(map, "absent", &n, &err), &err);
    tst_ok(rmt_node_read_bool(map, "null", &yes, &err), &err);
    assert_string_equal(text, "unset");
    tst_close(x, -7, 0, 0, "untouched");
    assert_int_equal(n, 77);

    tst_ok(rmt_node_require_text(map, "text", &text, &err), &err);
    assert_string_equal(text, "yes");
    tst_ok(rmt_node_read_text(map, "quoted", &text, &err), &err);
    assert_string_equal(text, "5");
    tst_ok(rmt_node_read_number(map, "number", &x, &err), &err);
    tst_close(x, -2.5, 0, 0, "number");
    tst_ok(rmt_node_read_size(map, "size", &n, &err), &err);
    assert_int_equal(n, 12);
    tst_ok(rmt_node_read_bool(map, "on", &yes, &err), &err);
    assert_true(yes);
    tst_ok(rmt_node_read_bool(map, "off", &yes, &err), &err);
    assert_false(yes);

    tst_fails(rmt_node_require_text(map, "absent", &text, &err), RMT_ERR_CONFIG, &err,
              "the key 'absent' is missing");
    tst_fails(rmt_node_require_text(map, "null", &text, &err), RMT_ERR_CONFIG, &err, "is missing");
    tst_fails(rmt_node_read_text(map, "list", &text, &err), RMT_ERR_CONFIG, &err,
              "a list where text should be");
    assert_int_equal(rmt_node_read_number(map, "text", &x, &err), RMT_ERR_CONFIG);
    assert_string_equal(err.source, "plan.yaml");
    assert_int_equal(err.line, 2);
    assert_string_equal(err.column, "text");
    tst_fails(err.code, RMT_ERR_CONFIG, &err, "'yes' is not a number");
    tst_fails(rmt_node_read_number(map, "quoted", &x, &err), RMT_ERR_CONFIG, &err, "not a number");
    tst_fails(rmt_node_read_number(map, "point", &x, &err), RMT_ERR_CONFIG, &err,
              "'.95' is not a number; write 0.95");
    tst_fails(rmt_node_read_size(map, "zeros", &n, &err), RMT_ERR_CONFIG, &err, "'007' is not");
    tst_fails(rmt_node_read_size(map, "number", &n, &err), RMT_ERR_CONFIG, &err, "whole number");
    tst_fails(rmt_node_read_bool(map, "text", &yes, &err), RMT_ERR_CONFIG, &err,
              "'yes' is not true or false");
    tst_fails(rmt_node_read_bool(map, "quoted_true", &yes, &err), RMT_ERR_CONFIG, &err, "true");

    tst_ok(rmt_node_read_child(map, "list", RMT_NODE_LIST, &child, &err), &err);
    assert_int_equal(rmt_node_line(child), 9);
    tst_fails(rmt_node_read_child(map, "text", RMT_NODE_MAP, &child, &err), RMT_ERR_CONFIG, &err,
              "'yes' is not a map");
    assert_int_equal(rmt_node_line(child), 9);
    tst_ok(rmt_node_read_child(map, "absent", RMT_NODE_MAP, &child, &err), &err);
    assert_null(child);
}

static void unknown_keys_are_named(void **state)
{
    (void)state;
    static const char *const allowed[] = {"name", "codes"};
    rmt_error err = {0};
    rmt_node *map = make(RMT_NODE_MAP, 1);
    put(map, "codes", scalar("x", false, 2));
    tst_ok(rmt_node_check_keys(map, "outcomes", allowed, 2, &err), &err);
    put(map, "cofs", scalar("x", false, 3));
    assert_int_equal(rmt_node_check_keys(map, "outcomes", allowed, 2, &err), RMT_ERR_CONFIG);
    assert_string_equal(err.msg, "unknown key 'cofs' in outcomes; did you mean 'codes'?");
    assert_string_equal(err.source, "plan.yaml");
    assert_int_equal(err.line, 3);
    rmt_error_clear(&err);
    assert_int_equal(rmt_node_check_keys(map, "arms", allowed, 0, &err), RMT_ERR_CONFIG);
    assert_string_equal(err.msg, "unknown key 'codes' in arms");
    rmt_error_clear(&err);
    tst_fails(rmt_node_check_keys(scalar("x", false, 4), "plan", allowed, 2, &err), RMT_ERR_CONFIG,
              &err, "plan is not a map");
    tst_fails(rmt_node_check_keys(NULL, "plan", allowed, 2, &err), RMT_ERR_CONFIG, &err,
              "plan is not a map");
}

static void json_is_canonical(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool quoted;
        const char *want;
    } cases[] = {
        {"true", false, "true"},       {"false", false, "false"},   {"null", false, "null"},
        {"~", false, "null"},          {"", false, "null"},         {"", true, "\"\""},
        {"true", true, "\"true\""},    {"yes", false, "\"yes\""},   {"True", false, "\"True\""},
        {"1.50", false, "1.50"},       {"1e2", false, "1e2"},       {"-0", false, "-0"},
        {"5", true, "\"5\""},          {"007", false, "\"007\""},   {"+5", false, "\"+5\""},
        {".5", false, "\".5\""},       {"5.", false, "\"5.\""},     {"1e", false, "\"1e\""},
        {"1e999", false, "\"1e999\""}, {"-", false, "\"-\""},       {"a\"b", false, "\"a\\\"b\""},
        {"0.1E+1", false, "0.1E+1"},   {"0x10", false, "\"0x10\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        writes_as(scalar(cases[i].text, cases[i].quoted, 1), cases[i].want);
    rmt_error err = {0};
    rmt_node *map = make(RMT_NODE_MAP, 1), *list = make(RMT_NODE_LIST, 1);
    writes_as(map, "{}");
    writes_as(list, "[]");
    writes_as(NULL, "null");
    tst_ok(rmt_node_list_add(list, scalar("1", false, 1), &err), &err);
    tst_ok(rmt_node_list_add(list, make(RMT_NODE_MAP, 1), &err), &err);
    put(map, "z\n", list);
    put(map, "a", scalar("x", false, 1));
    writes_as(map, "{\"z\\n\":[1,{}],\"a\":\"x\"}");
}

static void clones_keep_their_place(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_doc *other = NULL;
    rmt_node *copy = NULL, *list = make(RMT_NODE_LIST, 5), *map = make(RMT_NODE_MAP, 4);
    put(map, "items", list);
    tst_ok(rmt_node_list_add(list, scalar("7", true, 6), &err), &err);
    tst_ok(rmt_doc_new(&other, "run.json", &err), &err);
    tst_ok(rmt_node_clone(&copy, other, map, &err), &err);
    rmt_doc_free(doc);
    doc = NULL;
    writes_as(copy, "{\"items\":[\"7\"]}");
    const rmt_node *item = rmt_node_at(rmt_node_get(copy, "items"), 0);
    assert_int_equal(rmt_node_line(item), 6);
    assert_string_equal(rmt_node_source(item), "plan.yaml");
    rmt_doc_free(other);
}

#define NODE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NODE_TEST(trees_are_read),    NODE_TEST(absent_is_answered),
        NODE_TEST(keys_are_unique),   NODE_TEST(keys_are_bounded),
        NODE_TEST(values_are_typed),  NODE_TEST(unknown_keys_are_named),
        NODE_TEST(json_is_canonical), NODE_TEST(clones_keep_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
