/* The reader of JSON: what is read, what is refused and on which line, and that it reads as libyaml does. */
#include "rmt/tree.h"
#include "support.h"
#include "tst_tree.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const rmt_node *root_of(rmt_doc **doc, const char *text)
{
    rmt_error err = {0};
    tst_ok(rmt_tree_parse_json(doc, text, strlen(text), "a.json", &err), &err);
    return rmt_doc_root(*doc);
}

static void test_values(void **state)
{
    (void)state;
    rmt_doc *doc = NULL;
    const rmt_node *root =
        root_of(&doc, "\xEF\xBB\xBF{\"a\":[0.950,-1E+2,true,false,null,\"1\"],\r\n"
                      "\t\"b\" :\r\"\xC3\xA9\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\",\n"
                      "\"\" : {} ,\"a longer key\\u0021\":[ ]\n}\n ");
    static const char *const words[] = {"0.950", "-1E+2", "true", "false", "null", "1"};
    const rmt_node *a = rmt_node_get(root, "a");
    assert_int_equal(rmt_node_size(a), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(rmt_node_text(rmt_node_at(a, i)), words[i]);
        assert_int_equal(rmt_node_is_quoted(rmt_node_at(a, i)), i == 5);
    }
    const rmt_node *b = rmt_node_get(root, "b");
    assert_string_equal(rmt_node_text(b), "\xC3\xA9\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80");
    assert_true(rmt_node_is_quoted(b));
    assert_int_equal(rmt_node_line(b), 3);
    assert_int_equal(rmt_node_kind_of(rmt_node_get(root, "")), RMT_NODE_MAP);
    assert_int_equal(rmt_node_line(rmt_node_get(root, "")), 4);
    assert_int_equal(rmt_node_kind_of(rmt_node_get(root, "a longer key!")), RMT_NODE_LIST);
    assert_string_equal(rmt_node_source(b), "a.json");
    rmt_doc_free(doc);
    doc = NULL;
    assert_string_equal(rmt_node_text(root_of(&doc, " 5")), "5");
    rmt_doc_free(doc);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *msg;
    } cases[] = {
        {"", 1, "holds nothing"},
        {" \n\n", 1, "holds nothing"},
        {"{\"a\":1,\n\n\"a\":2}", 3, "the key 'a' is there already, in line 1"},
        {"{\"a\":1}\n{}", 2, "'{' where the end should be"},
        {"{\"a\":1}\n\xC3\xA9", 2, "'\xC3\xA9' where the end should be"},
        {"[1,\n2", 2, "the end where ',' or ']' should be"},
        {"[1,\n2}", 2, "'}' where ',' or ']' should be"},
        {"[1\n2]", 2, "'2' where ',' or ']' should be"},
        {"[1,\n]", 2, "']' where a value should be"},
        {"[,]", 1, "',' where a value should be"},
        {"[\n# one\n1]", 2, "'#' where a value should be"},
        {"{\"a\":1\n\"b\":2}", 2, "'\"' where ',' or '}' should be"},
        {"{\"a\":1,\n}", 2, "'}' where a key in double quotes should be"},
        {"{a:1}", 1, "'a' where a key in double quotes should be"},
        {"{\"a\"\n1}", 2, "'1' where ':' should be"},
        {"{\"a\":}", 1, "'}' where a value should be"},
        {"{\"a\":", 1, "the end where a value should be"},
        {"[\x0B]", 1, "byte 0x0B where a value should be"},
        {"['a']", 1, "''' where a value should be"},
        {"[\n\"a\nb\"]", 2, "byte 0x0A in a text must be written as an escape"},
        {"[\"\t\"]", 1, "byte 0x09 in a text must be written as an escape"},
        {"[\n\"a]", 2, "a text has no closing quote"},
        {"[\"a\\", 1, "after a backslash stands none of \" \\ / b f n r t and uXXXX"},
        {"[\"\\x41\"]", 1, "after a backslash stands none of \" \\ / b f n r t and uXXXX"},
        {"[\"\\u12g4\"]", 1, "after a backslash stands none of \" \\ / b f n r t and uXXXX"},
        {"[\"\\u123", 1, "after a backslash stands none of \" \\ / b f n r t and uXXXX"},
        {"[\n\"\\uD83D\"]", 2, "the surrogate \\uD83D lacks its other half"},
        {"[\"\\uD83D\\u0041\"]", 1, "the surrogate \\uD83D lacks its other half"},
        {"[\"\\ude00\\ud83d\"]", 1, "the surrogate \\uDE00 lacks its other half"},
        {"[\"\\u0000\"]", 1, "a text holds a NUL character"},
        {"{\"\\u0000\":1}", 1, "a text holds a NUL character"},
        {"[\n\"\xC3\x28\"]", 2, "byte 0xC3 is not valid UTF-8"},
        {"[\"\xED\xA0\x80\"]", 1, "byte 0xED is not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        const char *text = cases[i].text;
        assert_int_equal(rmt_tree_parse_json(&doc, text, strlen(text), "a.json", &err),
                         RMT_ERR_CONFIG);
        assert_null(doc);
        if (err.line != cases[i].line || strcmp(err.msg, cases[i].msg) != 0)
            fail_msg("case %zu: line %zu: %s", i, err.line, err.msg);
        assert_string_equal(err.source, "a.json");
    }
    rmt_doc *doc = NULL;
    rmt_error err = {0};
    tst_fails(rmt_tree_parse_json(&doc, "[\n\0]", 4, "a.json", &err), RMT_ERR_CONFIG, &err,
              "byte 0x00 where a value should be");
    tst_fails(rmt_tree_parse_json(&doc, "1\n\0", 3, "a.json", &err), RMT_ERR_CONFIG, &err,
              "byte 0x00 where the end should be");
    assert_null(doc);
}

static void test_words(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "+1",  "01",       "-",         "-01",  "1.",  ".5",    "1e",     "1e+", "0x10",  "1_0",
        "NaN", "Infinity", "-Infinity", "True", "nul", "nulll", "falsee", "yes", "a text"};
    static const char *const right[] = {"0",      "-0",   "10",    "0.0", "-1.50e-007",
                                        "1E9999", "true", "false", "null"};
    rmt_error err = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rmt_doc *doc = NULL;
        assert_int_equal(rmt_tree_parse_json(&doc, wrong[i], strlen(wrong[i]), "a.json", &err),
                         RMT_ERR_CONFIG);
        tst_fails(err.code, RMT_ERR_CONFIG, &err,
                  "' is no number, true, false or null, and a text needs double quotes");
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        rmt_doc *doc = NULL;
        assert_string_equal(rmt_node_text(root_of(&doc, right[i])), right[i]);
        rmt_doc_free(doc);
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
        rmt_status st = rmt_tree_parse_json(&doc, text, 2 * depth, "deep", &err);
        if (depth == 64) tst_ok(st, &err);
        else tst_fails(st, RMT_ERR_CONFIG, &err, "nested more than 64 levels deep");
    }
    rmt_doc_free(doc);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
}

/* A file's name says how it is read. */
static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"a.json", "b.JSON", "c.yaml", ".json"};
    char dir[] = "/tmp/rmt_json_XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rmt_doc *doc = NULL;
        rmt_error err = {0};
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        write_file(path, "{a: 1}");
        rmt_status st = rmt_tree_read(&doc, path, &err);
        if (i == 2) tst_ok(st, &err);
        else tst_fails(st, RMT_ERR_CONFIG, &err, "where a key in double quotes should be");
        rmt_doc_free(doc);
        unlink(path);
    }
    rmdir(dir);
}

static void test_shipped_files_read_as_yaml_reads_them(void **state)
{
    (void)state;
    glob_t found = {0};
    static const char *const patterns[] = {RMT_TEST_DIR "/../schemas/*.json",
                                           RMT_TEST_DIR "/../schemas/*/*.json",
                                           RMT_TEST_DIR "/../sample-data/*/*.json"};
    for (size_t i = 0; i < 3; i++)
        if (glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found)) fail_msg("no %s", patterns[i]);
    assert_true(found.gl_pathc >= 12);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        rmt_error err = {0};
        rmt_doc *ours = NULL, *yaml = NULL;
        static char text[1 << 20];
        FILE *f = fopen(found.gl_pathv[i], "r");
        assert_non_null(f);
        const size_t n = fread(text, 1, sizeof text, f);
        assert_true(n > 0 && n < sizeof text);
        fclose(f);
        tst_ok(rmt_tree_read(&ours, found.gl_pathv[i], &err), &err);
        tst_ok(rmt_tree_parse(&yaml, text, n, found.gl_pathv[i], &err), &err);
        if (!tst_same_tree(rmt_doc_root(ours), rmt_doc_root(yaml)))
            fail_msg("%s", found.gl_pathv[i]);
        rmt_doc_free(ours);
        rmt_doc_free(yaml);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_words),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_shipped_files_read_as_yaml_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
