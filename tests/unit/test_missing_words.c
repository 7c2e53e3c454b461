/* The one list of words for "missing": kinds, whatever their case, and numbers that are codes. */
#include "rmt/missing_words.h"
#include "support.h"

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        rmt_missing_kind kind;
    } cases[] = {
        {"NA", RMT_MISSING_PLAIN},       {"n/a", RMT_MISSING_PLAIN},
        {"Not Done", RMT_MISSING_PLAIN}, {".", RMT_MISSING_PLAIN},
        {"-", RMT_MISSING_WORD},         {"UNKNOWN", RMT_MISSING_WORD},
        {"k.A.", RMT_MISSING_WORD},      {"Fehlt", RMT_MISSING_WORD},
        {"#n/a", RMT_MISSING_SHEET},     {"#WERT!", RMT_MISSING_SHEET},
        {"Masked", RMT_MISSING_REDCAP},  {"oth", RMT_MISSING_REDCAP},
        {"-99", RMT_MISSING_NUMBER},     {"999", RMT_MISSING_NUMBER},
        {"88", RMT_MISSING_NOT},         {"", RMT_MISSING_NOT},
        {"not", RMT_MISSING_NOT},        {"not done.", RMT_MISSING_NOT},
        {"Nadine", RMT_MISSING_NOT},     {"0", RMT_MISSING_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (rmt_missing_kind_of(cases[i].cell) != cases[i].kind)
            fail_msg("'%s' is of another kind", cases[i].cell);
}

static void test_numbers(void **state)
{
    (void)state;
    bool below;
    assert_string_equal(rmt_missing_number(-99, &below), "-99");
    assert_true(below);
    assert_string_equal(rmt_missing_number(88, &below), "88");
    assert_false(below);
    assert_null(rmt_missing_number(-1, &below));
    assert_null(rmt_missing_number(9, &below));
    assert_null(rmt_missing_number(99.5, &below));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
