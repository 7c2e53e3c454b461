/* test_cell_text.c - a cell is an object or array where the JSON reader of configuration files, written apart from it,
 * says so; nesting is limited; a time as it is stored reads as itself. */
#include "rmt/schema.h"
#include "rmt/tree.h"
#include "support.h"
#include "tst_json.h"

#include <stdio.h>
#include <string.h>

enum { ITERATIONS = 40000, TOKENS = 9 };

/* Short texts of JSON's tokens and some that are none. Keys do not repeat: the tree refuses those that do. */
static void random_text(tst_rng *rng, char out[256])
{
    static const char *const tokens[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         " ",
                                         "\t\n",
                                         "\"\"",
                                         "\"a\\n\"",
                                         "0",
                                         "-1.5e+3",
                                         "01",
                                         ".5",
                                         "1.",
                                         "+1",
                                         "true",
                                         "false",
                                         "null",
                                         "nul",
                                         "\"\\x\"",
                                         "\"\\u00e9\"",
                                         "\"\\u00g9\"",
                                         "\"\t\"",
                                         "\"open",
                                         "'a'",
                                         "\xc3\xa9",
                                         "1e",
                                         "\"\xc3\xa9\"",
                                         "-"};
    const long n_tokens = sizeof tokens / sizeof *tokens;
    bool map = tst_rng_between(rng, 0, 1) == 1;
    size_t n = 0;

    /* Half of them well formed but for what chance does: members, each with a key in an object. */
    n += (size_t)snprintf(out, 256, "%s", map ? "{" : "[");
    for (long i = 0, members = tst_rng_between(rng, 0, TOKENS); i < members; i++) {
        if (tst_rng_between(rng, 0, 15) == 0) {
            n += (size_t)snprintf(out + n, 256 - n, "%s",
                                  tokens[tst_rng_between(rng, 0, n_tokens - 1)]);
            continue;
        }
        n += (size_t)snprintf(out + n, 256 - n, "%s", i ? "," : "");
        if (map) n += (size_t)snprintf(out + n, 256 - n, "\"k%ld\":", i);
        n += (size_t)snprintf(out + n, 256 - n, "%s", tokens[tst_rng_between(rng, 8, 22)]);
    }
    (void)snprintf(out + n, 256 - n, "%s", map ? "}" : "]");
}

static bool is_value(const char *json, const char *cell)
{
    rmt_error err = {0};
    rmt_doc *doc = tst_json(json);
    rmt_schema *s = NULL;
    rmt_cell value;

    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    rmt_field_read_cell(&value, &s->fields[0], NULL, '.', cell, strlen(cell));
    rmt_schema_free(s);
    rmt_doc_free(doc);
    return value.kind == RMT_CELL_VALUE;
}

static void json_is_what_the_reader_says(void **state)
{
    tst_rng rng = {20240126};
    size_t n_good = 0, n = tst_iterations(ITERATIONS);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        char text[256];
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        random_text(&rng, text);
        bool read = rmt_tree_parse_json(&doc, text, strlen(text), "t", &err) == RMT_OK;
        rmt_node_kind kind = read ? rmt_node_kind_of(rmt_doc_root(doc)) : RMT_NODE_SCALAR;
        bool object = is_value("{'fields': [{'name': 'a', 'type': 'object'}]}", text);
        bool array = is_value("{'fields': [{'name': 'a', 'type': 'array'}]}", text);
        if (object != (read && kind == RMT_NODE_MAP) || array != (read && kind == RMT_NODE_LIST)) {
            print_error("seed 20240126, text %zu: object %d, array %d, but the reader %s: %s\n", i,
                        object, array, read ? "reads" : err.msg, text);
            fail();
        }
        n_good += read;
        rmt_doc_free(doc);
    }
    assert_true(n_good > n / 20 && n_good < n - n / 20);
}

/* One deeper than is read: a limit, not a crash. */
static void depth_is_limited(void **state)
{
    char text[200001];

    (void)state;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = '\0';
    assert_true(is_value("{'fields': [{'name': 'a', 'type': 'array'}]}", text));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = '\0';
    assert_false(is_value("{'fields': [{'name': 'a', 'type': 'array'}]}", text));
    memset(text, '[', 200000);
    text[200000] = '\0';
    assert_false(is_value("{'fields': [{'name': 'a', 'type': 'array'}]}", text));
}

/* Every second of a day, as %H:%M:%S with other signs between: the stored form reads back as itself. */
static void times_read_back(void **state)
{
    rmt_error err = {0};
    rmt_doc *doc = tst_json("{'fields': [{'name': 'a', 'type': 'time', 'format': '%M.%S.%H'},"
                            " {'name': 'b', 'type': 'time'}]}");
    rmt_schema *s = NULL;

    (void)state;
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    for (int t = 0; t < 24 * 60 * 60; t++) {
        char cell[32], iso[32];
        rmt_cell first, second;
        (void)snprintf(cell, sizeof cell, "%02d.%02d.%02d", t / 60 % 60, t % 60, t / 3600);
        (void)snprintf(iso, sizeof iso, "%02d:%02d:%02d", t / 3600, t / 60 % 60, t % 60);
        rmt_field_read_cell(&first, &s->fields[0], NULL, '.', cell, strlen(cell));
        assert_int_equal(first.kind, RMT_CELL_VALUE);
        assert_string_equal(first.text, iso);
        rmt_field_read_cell(&second, &s->fields[1], NULL, '.', first.text, strlen(first.text));
        assert_int_equal(second.kind, RMT_CELL_VALUE);
        assert_string_equal(second.text, iso);
    }
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_what_the_reader_says),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(times_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
