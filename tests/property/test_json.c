/* test_json.c - what is JSON reads as libyaml reads it; what is read can be written and read again; damage is refused
 * or is JSON again. */
#include "rmt/tree.h"
#include "support.h"
#include "tst_tree.h"

#include <string.h>

enum { ITERATIONS = 3000, DEEPEST = 5 };

typedef struct {
    tst_rng rng;
    rmt_text out;
    size_t n_keys;
} writer;

static void add(writer *w, const char *s)
{
    assert_int_equal(rmt_text_add(&w->out, s, NULL), RMT_OK);
}

static const char *pick(writer *w, const char *const *words, size_t n)
{
    return words[tst_rng_between(&w->rng, 0, (long)n - 1)];
}
#define PICK(w, words) pick(w, words, sizeof(words) / sizeof *(words))

/* Line breaks only where libyaml, which reads a key and its colon on one line, allows them. */
static void add_blank(writer *w, bool line_break)
{
    static const char *const blanks[] = {"", "", "", " ", "  ", "\t", " \n", "\n\t ", "\r\n", "\r"};
    add(w, pick(w, blanks, line_break ? 10 : 6));
}

static void add_string(writer *w, bool key)
{
    static const char *const parts[] = {"a",
                                        "B",
                                        " ",
                                        "x y",
                                        "\xC3\xA9",
                                        "\xF0\x9F\x98\x80",
                                        "\\n",
                                        "\\\\",
                                        "\\/",
                                        "\\\"",
                                        "\\t",
                                        "\\u00e9",
                                        "\\uD83D\\uDE00",
                                        "\\b\\f\\r",
                                        "#",
                                        ": ",
                                        "- ",
                                        "'",
                                        "{",
                                        "null",
                                        "5"};
    add(w, "\"");
    for (long n = tst_rng_between(&w->rng, 0, 6); n > 0; n--)
        add(w, PICK(w, parts));
    if (key) assert_int_equal(rmt_text_addf(&w->out, NULL, "%zu", w->n_keys++), RMT_OK);
    add(w, "\"");
}

static void add_value(writer *w, int depth)
{
    static const char *const words[] = {"true", "false", "null",    "0",   "-0",
                                        "12",   "0.950", "-1.5E+3", "2e-7"};
    const long kind = tst_rng_between(&w->rng, depth < DEEPEST ? 0 : 2, 3);
    if (kind == 2) add_string(w, false);
    if (kind == 3) add(w, PICK(w, words));
    if (kind > 1) return;
    const bool map = kind == 0;
    add(w, map ? "{" : "[");
    for (long n = tst_rng_between(&w->rng, 0, 5), i = 0; i < n; i++) {
        if (i > 0) add(w, ",");
        add_blank(w, true);
        if (map) {
            add_string(w, true);
            add_blank(w, false);
            add(w, ":");
            add_blank(w, true);
        }
        add_value(w, depth + 1);
        add_blank(w, true);
    }
    add(w, map ? "}" : "]");
}

static rmt_doc *read_json(const rmt_text *t)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    if (!rmt_tree_parse_json(&doc, t->s, t->len, "x", &err)) return doc;
    assert_null(doc);
    assert_int_equal(err.code, RMT_ERR_CONFIG);
    assert_true(err.line > 0 && err.msg[0]);
    return NULL;
}

static rmt_doc *read_yaml(const rmt_text *t)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    if (rmt_tree_parse(&doc, t->s, t->len, "x", &err)) assert_null(doc);
    return doc;
}

static void is_written_and_read_again(const rmt_doc *doc)
{
    rmt_text first = {0}, second = {0};
    assert_int_equal(rmt_node_write_json(rmt_doc_root(doc), &first, NULL), RMT_OK);
    rmt_doc *again = read_json(&first);
    assert_non_null(again);
    assert_int_equal(rmt_node_write_json(rmt_doc_root(again), &second, NULL), RMT_OK);
    assert_string_equal(first.s, second.s);
    rmt_doc_free(again);
    rmt_text_clear(&first);
    rmt_text_clear(&second);
}

static void both_readers_agree(void **state)
{
    (void)state;
    writer w = {.rng = {20261124}};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        w.out.len = 0;
        add_value(&w, 0);
        rmt_doc *json = read_json(&w.out), *yaml = read_yaml(&w.out);
        if (!json || !yaml || !tst_same_tree(rmt_doc_root(json), rmt_doc_root(yaml)))
            fail_msg("case %zu: %s %s: %s", i, json ? "" : "refused",
                     yaml ? "" : "refused by libyaml", w.out.s);
        is_written_and_read_again(json);
        rmt_doc_free(json);
        rmt_doc_free(yaml);
    }
    rmt_text_clear(&w.out);
}

/* The text is cut, or one byte of it dropped or changed. What is still JSON means the same to libyaml. */
static void damage_is_refused_or_harmless(void **state)
{
    (void)state;
    static const char bytes[] = "{}[],:\"\\ \n0-.e+tu/a#'&\x01\x7F\xC3";
    size_t n_read = 0, n_refused = 0;
    writer w = {.rng = {77}};
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        w.out.len = 0;
        add_value(&w, 1);
        const size_t at = (size_t)tst_rng_between(&w.rng, 0, (long)w.out.len - 1);
        const long how = tst_rng_between(&w.rng, 0, 3);
        if (how == 0) w.out.len = at;
        else if (how == 1) memmove(w.out.s + at, w.out.s + at + 1, w.out.len-- - at);
        else w.out.s[at] = bytes[tst_rng_between(&w.rng, 0, (long)sizeof bytes - 2)];
        w.out.s[w.out.len] = '\0';
        rmt_doc *json = read_json(&w.out), *yaml = json ? read_yaml(&w.out) : NULL;
        n_read += json != NULL;
        n_refused += json == NULL;
        /* libyaml refuses some JSON: a DEL in a text, a line break between a key and its colon. */
        if (yaml && !tst_same_tree(rmt_doc_root(json), rmt_doc_root(yaml)))
            fail_msg("case %zu: read otherwise by libyaml: %s", i, w.out.s);
        if (json) is_written_and_read_again(json);
        rmt_doc_free(json);
        rmt_doc_free(yaml);
    }
    assert_true(n_read > ITERATIONS / 20 && n_refused > ITERATIONS / 2);
    rmt_text_clear(&w.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_readers_agree),
        cmocka_unit_test(damage_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
