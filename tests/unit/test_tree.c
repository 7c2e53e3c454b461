/* Configuration trees from YAML and JSON: lines, kinds, and everything refused. */
#include "rmt/tree.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const rmt_node *root_of(rmt_doc **doc, const char *text)
{
    rmt_error err = {0};
    tst_ok(rmt_tree_parse(doc, text, strlen(text), "plan.yaml", &err), &err);
    return rmt_doc_root(*doc);
}

static void test_yaml(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    const rmt_node *root = root_of(&doc, "\xEF\xBB\xBF# plan\n"
                                         "study: trial 7\n"
                                         "sizes: [1, '2']\n"
                                         "arms:\n"
                                         "  - name: a\n"
                                         "    n:\n"
                                         "  - |\n"
                                         "    5\n");
    assert_string_equal(rmt_node_text(rmt_node_get(root, "study")), "trial 7");
    assert_int_equal(rmt_node_line(rmt_node_get(root, "study")), 2);
    assert_string_equal(rmt_node_source(root), "plan.yaml");
    const rmt_node *sizes = rmt_node_get(root, "sizes");
    assert_false(rmt_node_is_quoted(rmt_node_at(sizes, 0)));
    assert_true(rmt_node_is_quoted(rmt_node_at(sizes, 1)));
    const rmt_node *arms = rmt_node_get(root, "arms");
    assert_int_equal(rmt_node_size(arms), 2);
    assert_int_equal(rmt_node_line(rmt_node_at(arms, 0)), 5);
    assert_true(rmt_node_is_null(rmt_node_get(rmt_node_at(arms, 0), "n")));
    assert_string_equal(rmt_node_text(rmt_node_at(arms, 1)), "5\n");
    assert_true(rmt_node_is_quoted(rmt_node_at(arms, 1)));
    rmt_doc_free(doc);
}

static void test_json(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    rmt_text out = {0};
    const rmt_node *root = root_of(&doc, "{\"a\":[1,true,null,\"1\"],\n"
                                         "\t\"b\":\"x\\/\\u00e9\\n\",\n"
                                         "\t\"c\":\"\\uD83D\\uDE00 \\\\uD83D\",\n"
                                         "\t\"d\":{}}");
    assert_string_equal(rmt_node_text(rmt_node_get(root, "b")), "x/\xC3\xA9\n");
    assert_string_equal(rmt_node_text(rmt_node_get(root, "c")), "\xF0\x9F\x98\x80 \\uD83D");
    assert_int_equal(rmt_node_line(rmt_node_get(root, "c")), 3);
    assert_int_equal(rmt_node_line(rmt_node_get(root, "d")), 4);
    tst_ok(rmt_node_write_json(root, &out, &err), &err);
    assert_string_equal(out.s, "{\"a\":[1,true,null,\"1\"],\"b\":\"x/\xC3\xA9\\n\","
                               "\"c\":\"\xF0\x9F\x98\x80 \\\\uD83D\",\"d\":{}}");
    rmt_text_clear(&out);
    rmt_doc_free(doc);
    /* Outside double quotes nothing is an escape. */
    doc = NULL;
    root = root_of(&doc, "a: '\\uD83D\\uDE00'\n");
    assert_string_equal(rmt_node_text(rmt_node_get(root, "a")), "\\uD83D\\uDE00");
    rmt_doc_free(doc);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *part;
    } cases[] = {
        {"", 1, "holds nothing"},
        {"# only\n", 1, "holds nothing"},
        {"a: 1\nb: 2\na: 3\n", 3, "the key is there already, on line 1"},
        {"a: 1\nb: {c: 1,\n  c: 2}\n", 3, "there already, on line 2"},
        {"a: &x 1\n", 1, "the anchor '&x' is not allowed"},
        {"a: 1\nb: &l [1]\n", 2, "the anchor '&l' is not allowed"},
        {"a: 1\nb: *x\n", 2, "the alias '*x' is not allowed"},
        {"a: !!int 5\n", 1, "is not allowed"},
        {"a: 1\n---\nb: 2\n", 2, "a second document begins here"},
        {"[1]: 2\n", 1, "a key must be a text"},
        {"a: \"x\\0y\"\n", 1, "a text holds a NUL character"},
        {"a: 1\nb: [1,\n", 3, "expected"},
        {"a: 1\n b: 2\n", 2, "mapping values are not allowed"},
        {"a: 1\nb: \xE9\n", 2, "byte 0xE9 is not valid UTF-8"},
        {"a: 1\n\nb: \x01\n", 3, "control characters are not allowed"},
        {"\"a\\uD83D\"\n", 1, "invalid Unicode character escape code"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        rmt_status st =
            rmt_tree_parse(&doc, cases[i].text, strlen(cases[i].text), "plan.yaml", &err);
        assert_null(doc);
        if (err.line != cases[i].line)
            fail_msg("case %zu: line %zu, not %zu: %s", i, err.line, cases[i].line, err.msg);
        assert_string_equal(err.source, "plan.yaml");
        tst_fails(st, RMT_ERR_CONFIG, &err, cases[i].part);
    }
}

static void test_depth(void **state)
{
    (void)state;
    char text[131];
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        rmt_status st = rmt_tree_parse(&doc, text, 2 * depth, "deep", &err);
        if (depth == 64) tst_ok(st, &err);
        else tst_fails(st, RMT_ERR_CONFIG, &err, "nested more than 64 levels deep");
    }
    rmt_doc_free(doc);
}

static void test_read(void **state)
{
    (void)state;
    char path[] = "/tmp/rmt_tree_XXXXXX";
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: 1\n", 5), 5);
    close(fd);
    tst_ok(rmt_tree_read(&doc, path, &err), &err);
    assert_string_equal(rmt_doc_source(doc), path);
    assert_string_equal(rmt_node_text(rmt_node_get(rmt_doc_root(doc), "a")), "1");
    rmt_doc_free(doc);
    unlink(path);
    doc = NULL;
    tst_fails(rmt_tree_read(&doc, path, &err), RMT_ERR_OPEN, &err, "cannot be opened: No such");
    tst_fails(rmt_tree_read(&doc, "/", &err), RMT_ERR_OPEN, &err, "is a directory");
    assert_null(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml),  cmocka_unit_test(test_json), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth), cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
