#include "support.h"

#include "rmt/option.h"

#include <math.h>
#include <string.h>

static const rmt_option own[] = {
    {.name = "conf-level",
     .letter = 'c',
     .kind = RMT_OPTION_NUMBER,
     .placeholder = "LEVEL",
     .initial = "0.95",
     .min = 0,
     .max = 1,
     .open = true,
     .result = true,
     .help = "confidence level"},
    {.name = "variance",
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "KIND",
     .initial = "welch",
     .choices = "welch|pooled",
     .result = true,
     .help = "variance"},
    {.name = "seed",
     .kind = RMT_OPTION_INTEGER,
     .placeholder = "N",
     .min = 1,
     .max = HUGE_VAL,
     .result = true,
     .help = "seed"},
    {.name = "measure",
     .letter = 'm',
     .kind = RMT_OPTION_LIST,
     .placeholder = "NAME",
     .initial = "g,d",
     .choices = "g|d|or",
     .result = true,
     .help = "measures"},
    {.name = "adjust",
     .kind = RMT_OPTION_LIST,
     .placeholder = "COLUMN",
     .result = true,
     .help = "columns"},
    {.name = "all", .letter = 'a', .kind = RMT_OPTION_FLAG, .result = true, .help = "all"},
    {.name = "no-all", .kind = RMT_OPTION_FLAG, .result = true, .help = "not all"},
    {.name = "shift", .kind = RMT_OPTION_NUMBER, .help = "shift"},
};
static const rmt_option common[] = {
    {.name = "output", .letter = 'o', .kind = RMT_OPTION_TEXT, .initial = "-", .help = "output"},
    {.name = "quiet", .letter = 'q', .kind = RMT_OPTION_FLAG, .help = "quiet"},
    {.name = "help", .letter = 'h', .kind = RMT_OPTION_FLAG, .help = "help"},
};
enum { N_OWN = sizeof own / sizeof own[0], N_COMMON = sizeof common / sizeof common[0], MOST = 10 };

static rmt_status parse(rmt_options **o, rmt_error *err, const char *const *words)
{
    static char buf[MOST][64];
    char *argv[MOST];
    int argc = 0;
    for (; words[argc]; argc++) {
        assert_true(argc < MOST && strlen(words[argc]) < sizeof buf[0]);
        strcpy(buf[argc], words[argc]);
        argv[argc] = buf[argc];
    }
    return rmt_options_parse(o, own, N_OWN, common, N_COMMON, argc, argv, err);
}
#define PARSE(...) parse(&o, &err, (const char *const[]){"remit-x", __VA_ARGS__, NULL})

static void test_defaults(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(parse(&o, &err, (const char *const[]){"remit-x", NULL}), &err);
    tst_close(rmt_options_number(o, "conf-level"), 0.95, 0, 0, "default");
    assert_string_equal(rmt_options_text(o, "variance"), "welch");
    assert_string_equal(rmt_options_text(o, "output"), "-");
    assert_null(rmt_options_text(o, "seed"));
    assert_false(rmt_options_given(o, "conf-level"));
    assert_false(rmt_options_flag(o, "all"));
    assert_int_equal(rmt_options_list_size(o, "measure"), 2);
    assert_string_equal(rmt_options_list_at(o, "measure", 1), "d");
    assert_int_equal(rmt_options_n_arguments(o), 0);
    rmt_options_free(o);
}

static void test_forms(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(PARSE("-qac0.9", "--variance", "pooled", "--output=a b", "x", "-", "--", "--seed"),
           &err);
    assert_true(rmt_options_flag(o, "quiet"));
    assert_true(rmt_options_flag(o, "all"));
    tst_close(rmt_options_number(o, "conf-level"), 0.9, 0, 0, "letter");
    assert_true(rmt_options_given(o, "conf-level"));
    assert_string_equal(rmt_options_text(o, "variance"), "pooled");
    assert_string_equal(rmt_options_text(o, "output"), "a b");
    assert_int_equal(rmt_options_n_arguments(o), 3);
    assert_string_equal(rmt_options_argument(o, 1), "-");
    assert_string_equal(rmt_options_argument(o, 2), "--seed");
    rmt_options_free(o);
    tst_ok(PARSE("--shift", "-5", "--shift=-7.5"), &err);
    tst_close(rmt_options_number(o, "shift"), -7.5, 0, 0, "the last one counts");
    rmt_options_free(o);
}

static void test_letters(void **state)
{
    (void)state;
    static const char *const forms[][3] = {
        {"-ofile"}, {"-qofile"}, {"-o", "file"}, {"-qo", "file"}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        rmt_error err = {0};
        rmt_options *o = NULL;
        tst_ok(PARSE(forms[i][0], forms[i][1]), &err);
        assert_string_equal(rmt_options_text(o, "output"), "file");
        assert_int_equal(rmt_options_flag(o, "quiet"), i % 2 == 1);
        assert_int_equal(rmt_options_n_arguments(o), 0);
        rmt_options_free(o);
    }
}

static void test_the_last_one_counts(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(PARSE("--variance=welch", "-o", "a", "--variance", "pooled", "--output=b"), &err);
    assert_string_equal(rmt_options_text(o, "variance"), "pooled");
    assert_string_equal(rmt_options_text(o, "output"), "b");
    rmt_options_free(o);
    tst_ok(PARSE("--all", "--no-all"), &err);
    assert_false(rmt_options_flag(o, "all"));
    assert_true(rmt_options_flag(o, "no-all"));
    rmt_options_free(o);
    tst_ok(PARSE("--no-all", "-qa"), &err);
    assert_true(rmt_options_flag(o, "all"));
    assert_false(rmt_options_flag(o, "no-all"));
    rmt_options_free(o);
}

static void test_two_dashes_end_options(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(PARSE("--", "-q", "--", "--help"), &err);
    assert_false(rmt_options_flag(o, "quiet"));
    assert_int_equal(rmt_options_n_arguments(o), 3);
    assert_string_equal(rmt_options_argument(o, 1), "--");
    rmt_options_free(o);
    /* Where a value is due, it is one. */
    tst_ok(PARSE("-o", "--", "-q"), &err);
    assert_string_equal(rmt_options_text(o, "output"), "--");
    assert_true(rmt_options_flag(o, "quiet"));
    rmt_options_free(o);
}

static void test_lists(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(PARSE("--measure=or", "-m", "g,d", "--adjust", "age,site"), &err);
    assert_int_equal(rmt_options_list_size(o, "measure"), 3);
    assert_string_equal(rmt_options_list_at(o, "measure", 0), "or");
    assert_string_equal(rmt_options_text(o, "measure"), "or,g,d");
    assert_int_equal(rmt_options_list_size(o, "adjust"), 2);
    rmt_options_free(o);
}

static void test_help_ends_parsing(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    tst_ok(PARSE("--help", "--nonsense"), &err);
    assert_true(rmt_options_flag(o, "help"));
    rmt_options_free(o);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        const char *part;
    } cases[] = {
        {{"remit-x", "--conf-levl=1"},
         "unknown option '--conf-levl'; did you mean '--conf-level'?"},
        {{"remit-x", "--conf=0.9"}, "unknown option '--conf'; did you mean '--conf-level'?"},
        {{"remit-x", "--zzzzzz"}, "unknown option '--zzzzzz'"},
        {{"remit-x", "-z"}, "unknown option '-z'"},
        {{"remit-x", "-qz"}, "unknown option '-z'"},
        {{"remit-x", "-5"}, "unknown option '-5'"},
        {{"remit-x", "--no-al"}, "unknown option '--no-al'; did you mean '--no-all'?"},
        {{"remit-x", "--no-quiet"}, "unknown option '--no-quiet'"},
        {{"remit-x", "--ALL"}, "unknown option '--ALL'"},
        {{"remit-x", "--=1"}, "unknown option '--'"},
        {{"remit-x", "-c=0.9"}, "'=0.9' is not a number above 0"},
        {{"remit-x", "--all=1"}, "option '--all' takes no value"},
        {{"remit-x", "--seed"}, "option '--seed' needs a value"},
        {{"remit-x", "-c"}, "option '-c' needs a value"},
        {{"remit-x", "--seed=0"}, "option '--seed': '0' is not a whole number, 1 or more"},
        {{"remit-x", "--seed=1.5"}, "'1.5' is not a whole number"},
        {{"remit-x", "--seed=7x"}, "'7x' is not a whole number"},
        {{"remit-x", "--seed= 7"}, "' 7' is not a whole number"},
        {{"remit-x", "--seed=9007199254740993"}, "is not a whole number"},
        {{"remit-x", "--conf-level=1"}, "'1' is not a number above 0 and below 1"},
        {{"remit-x", "--conf-level=nan"}, "'nan' is not a number above 0"},
        {{"remit-x", "--conf-level=0x1p-1"}, "is not a number above 0"},
        {{"remit-x", "--conf-level=0.5 "}, "is not a number above 0"},
        {{"remit-x", "--conf-level="}, "'' is not a number above 0"},
        {{"remit-x", "--shift=inf"}, "'inf' is not a number"},
        {{"remit-x", "--variance=poold"},
         "'poold' is not one of: welch, pooled; did you mean 'pooled'?"},
        {{"remit-x", "--variance=welc"}, "did you mean 'welch'?"},
        {{"remit-x", "--variance=welch|pooled"}, "is not one of"},
        {{"remit-x", "--measure=g,x"}, "'x' is not any of: g, d, or"},
        {{"remit-x", "--adjust=a,,b"}, "option '--adjust': empty value in the list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_error err = {0};
        rmt_options *o = NULL;
        tst_fails(parse(&o, &err, cases[i].words), RMT_ERR_USAGE, &err, cases[i].part);
        assert_null(o);
    }
}

static void test_command(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_options *o = NULL;
    rmt_text out = {0};
    static const char *const skip[] = {"variance", "adjust"};
    tst_ok(PARSE("--adjust=a b,c", "-a", "-o", "secret", "file"), &err);
    tst_ok(rmt_options_command(o, "x", skip, 2, &out, &err), &err);
    assert_string_equal(out.s, "remit x --conf-level=0.95 --measure=g,d '--adjust=a b,c' --all");
    rmt_text_clear(&out);
    rmt_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_the_last_one_counts),
        cmocka_unit_test(test_two_dashes_end_options),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_help_ends_parsing),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_command),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
