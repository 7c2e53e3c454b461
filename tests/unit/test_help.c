#include "support.h"

#include "rmt/stage.h"

#include <string.h>

static const rmt_option options[] = {
    {.name = "conf-level",
     .letter = 'c',
     .kind = RMT_OPTION_NUMBER,
     .placeholder = "LEVEL",
     .initial = "0.95",
     .min = 0,
     .max = 1,
     .open = true,
     .result = true,
     .help =
         "confidence level of every interval, which is a text long enough to need a second line"},
    {.name = "a-rather-long-name",
     .kind = RMT_OPTION_LIST,
     .placeholder = "COLUMN",
     .choices = "a|b",
     .help = "it's [odd]: back\\slash"},
};
static const char *const needs[] = {"/outcomes", "/tables?"};
static const char *const adds[] = {"/results/demo"};
static const rmt_stage demo = {
    .name = "demo",
    .summary = "a made-up stage",
    .description =
        "The first paragraph is long enough to be wrapped onto a second line, since it has "
        "more than eighty columns of text.\n\n.A second paragraph begins with a dot.",
    .kind = RMT_STAGE_FILTER,
    .memory = "O(rows)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .needs = needs,
    .n_needs = 2,
    .adds = adds,
    .n_adds = 1,
};
static const rmt_stage *const commands[] = {&demo};

static void assert_has(const rmt_text *t, const char *part)
{
    if (strstr(t->s, part)) return;
    print_error("missing: %s\nin:\n%s\n", part, t->s);
    fail();
}

static void test_help(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(rmt_stage_help(&demo, &t, &err), &err);
    assert_has(&t, "Usage: remit-demo [OPTION]... [FILE]\nA made-up stage.\n");
    assert_has(&t, "\n\n.A second paragraph");
    assert_has(&t, "  -c, --conf-level=LEVEL  confidence level");
    assert_has(&t, "[above 0 and below\n                          1; default: 0.95]");
    assert_has(&t, "\n      --a-rather-long-name=COLUMN,...\n                          it's [odd]");
    assert_has(&t, "Needs:  /outcomes, /tables (if there)\n");
    assert_has(&t, "Adds:   /results/demo\n");
    assert_has(&t, "  -V, --version");
    assert_has(&t, "      --in-place");
    assert_has(&t, "\n  64  the command line is wrong\n");
    assert_has(&t, "Example:\n  remit demo --in-place trial.h5\n");
    for (const char *line = t.s; *line;) {
        const size_t n = strcspn(line, "\n");
        if (n > RMT_HELP_WIDTH) print_error("too long: %.*s\n", (int)n, line);
        assert_true(n <= RMT_HELP_WIDTH);
        assert_true(n == 0 || line[n - 1] != ' ');
        assert_int_equal(line[n], '\n');
        line += n + 1;
    }
    rmt_text_clear(&t);
}

static void test_wrap(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(rmt_text_add(&t, "ab: ", &err), &err);
    tst_ok(rmt_help_wrap(&t, "one  two\n\nthree", 4, false, &err), &err);
    assert_string_equal(t.s, "ab: one two\n\n    three\n");
    rmt_text_clear(&t);
    char word[101];
    memset(word, 'x', 100);
    word[100] = '\0';
    tst_ok(rmt_help_wrap(&t, word, 2, true, &err), &err); /* too long for any line: not cut */
    assert_int_equal(t.len, 103);
    rmt_text_clear(&t);
}

static void test_man(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(rmt_stage_man(&demo, &t, &err), &err);
    assert_has(&t, ".TH REMIT-DEMO 1 \"\"");
    assert_has(&t, "remit\\-demo \\- a made\\-up stage\n");
    assert_has(&t, "\n.PP\n\\&.A second");
    assert_has(&t, "\\fB\\-c\\fR, \\fB\\-\\-conf\\-level\\fR=\\fILEVEL\\fR\n");
    assert_has(&t, "Default: 0.95.\n");
    assert_has(&t, "back\\eslash");
    assert_has(&t, "\\fB\\-\\-no\\-clobber\\fR");
    rmt_text_clear(&t);
    tst_ok(rmt_stage_man_front(commands, 1, &t, &err), &err);
    assert_has(&t, "\\fBdemo\\fR\na made\\-up stage\n");
    rmt_text_clear(&t);
}

static void test_completion(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(rmt_stage_completion_bash(commands, 1, &t, &err), &err);
    assert_has(&t, "demo:--a-rather-long-name) COMPREPLY=($(compgen -W 'a b' -- \"$cur\"))");
    assert_has(&t, "demo) options=' --conf-level= -c");
    assert_has(&t, "complete -F _remit remit remit-demo\n");
    rmt_text_clear(&t);
    tst_ok(rmt_stage_completion_zsh(commands, 1, &t, &err), &err);
    assert_has(&t, "#compdef remit remit-demo\n");
    assert_has(&t, "'--a-rather-long-name=[it'\\''s \\[odd\\]\\: back\\\\slash]:COLUMN:(a b)'");
    assert_has(&t, "'-o+[");
    rmt_text_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_man),
        cmocka_unit_test(test_completion),
    };
    return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
