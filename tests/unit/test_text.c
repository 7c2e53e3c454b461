#include "support.h"

#include "rmt/text.h"

#include <string.h>

typedef rmt_status adder(rmt_text *t, const char *s, rmt_error *err);

static rmt_status add_semicolon_csv(rmt_text *t, const char *s, rmt_error *err)
{
    return rmt_text_add_csv(t, s, ';', err);
}

static void adds_as(adder *add, const char *s, const char *want)
{
    rmt_error err = {0};
    rmt_text t = {0};
    tst_ok(add(&t, s, &err), &err);
    assert_string_equal(t.s, want);
    assert_int_equal(t.len, strlen(want));
    rmt_text_clear(&t);
    assert_null(t.s);
}

static void appends(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    rmt_text_empty(&t);
    assert_string_equal(rmt_text_str(&t), "");
    tst_ok(rmt_text_add(&t, "", &err), &err);
    assert_string_equal(t.s, "");
    tst_ok(rmt_text_add(&t, "ab", &err), &err);
    tst_ok(rmt_text_add_bytes(&t, "cdef", 2, &err), &err);
    tst_ok(rmt_text_addf(&t, &err, "-%d-%s", 7, "x"), &err);
    tst_ok(rmt_text_addf(&t, &err, "%060d", 0), &err);
    assert_int_equal(t.len, 68);
    assert_memory_equal(t.s, "abcd-7-x0000", 12);
    assert_int_equal(t.s[68], 0);
    tst_fails(rmt_text_add_bytes(&t, "x", SIZE_MAX, &err), RMT_ERR_NOMEM, &err, "too long");
    assert_int_equal(t.len, 68);
    rmt_text_empty(&t);
    assert_int_equal(t.len, 0);
    assert_string_equal(rmt_text_str(&t), "");
    tst_ok(rmt_text_add(&t, "gh", &err), &err);
    assert_string_equal(rmt_text_str(&t), "gh");
    rmt_text_clear(&t);
}

static void json(void **state)
{
    (void)state;
    adds_as(rmt_text_add_json, "", "\"\"");
    adds_as(rmt_text_add_json, "a/b \xc3\xa4", "\"a/b \xc3\xa4\"");
    adds_as(rmt_text_add_json, "\"\\\b\f\n\r\t\x01\x1f\x7f",
            "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"");
    adds_as(rmt_text_add_json,
            "\xc2\x85\xc2\xa0\xef\xbf\xbe\xef\xbf\xbd\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa",
            "\"\\u0085\xc2\xa0\\ufffe\xef\xbf\xbd\\u2028\\u2029\xe2\x80\xaa\"");
}

static void shell(void **state)
{
    (void)state;
    adds_as(rmt_text_add_shell, "--in=a/b_c.csv", "--in=a/b_c.csv");
    adds_as(rmt_text_add_shell, "", "''");
    adds_as(rmt_text_add_shell, "a b", "'a b'");
    adds_as(rmt_text_add_shell, "$x", "'$x'");
    adds_as(rmt_text_add_shell, "it's '", "'it'\\''s '\\'''");
    adds_as(rmt_text_add_shell, "\xc3\xa4", "'\xc3\xa4'");
}

static void csv(void **state)
{
    (void)state;
    adds_as(add_semicolon_csv, "", "");
    adds_as(add_semicolon_csv, "a,b c", "a,b c");
    adds_as(add_semicolon_csv, "a;b", "\"a;b\"");
    adds_as(add_semicolon_csv, "say \"x\"", "\"say \"\"x\"\"\"");
    adds_as(add_semicolon_csv, "a\r", "\"a\r\"");
    adds_as(add_semicolon_csv, "a\nb", "\"a\nb\"");
}

static void utf8_is_written(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text t = {0};
    static const uint32_t cps[] = {0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};
    for (size_t i = 0; i < sizeof cps / sizeof *cps; i++)
        tst_ok(rmt_text_add_utf8(&t, cps[i], &err), &err);
    assert_string_equal(t.s, "\x41\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"
                             "\xf4\x8f\xbf\xbf");
    assert_int_equal(rmt_text_utf8_valid_prefix(t.s, t.len), t.len);
    tst_fails(rmt_text_add_utf8(&t, 0x110000, &err), RMT_ERR_INTERNAL, &err, "U+110000");
    tst_fails(rmt_text_add_utf8(&t, 0xd800, &err), RMT_ERR_INTERNAL, &err, "U+D800");
    tst_fails(rmt_text_add_utf8(&t, 0xdfff, &err), RMT_ERR_INTERNAL, &err, "U+DFFF");
    rmt_text_clear(&t);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "ok\x80",             /* continuation alone */
        "ok\xc0\xaf",         /* overlong */
        "ok\xe0\x9f\xbf",     /* overlong */
        "ok\xf0\x8f\xbf\xbf", /* overlong */
        "ok\xed\xa0\x80",     /* surrogate */
        "ok\xf4\x90\x80\x80", /* beyond U+10FFFF */
        "ok\xf8\x88\x80\x80", /* five-byte form */
        "ok\xe2\x82",         /* cut */
        "ok\xc3(",            /* no continuation */
        "ok\xff",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(rmt_text_utf8_valid_prefix(bad[i], strlen(bad[i])), 2);
    assert_int_equal(rmt_text_utf8_valid_prefix("\xe2\x82\xac", 2), 0); /* never reads beyond n */
    assert_int_equal(rmt_text_utf8_valid_prefix("", 0), 0);
}

static void utf8_is_measured(void **state)
{
    (void)state;
    assert_int_equal(rmt_text_utf8_length("na\xc3\xafve\xe2\x82\xac\xf0\x9f\x98\x80"), 7);
    assert_int_equal(rmt_text_utf8_width("abc"), 3);
    assert_int_equal(rmt_text_utf8_width("e\xcc\x81"), 1);                /* combining acute */
    assert_int_equal(rmt_text_utf8_width("\xe6\xbc\xa2\xed\x95\x9c"), 4); /* Han, Hangul */
    assert_int_equal(rmt_text_utf8_width("\xef\xbd\xb1\xe2\x89\xa5"), 2); /* half-width, >= */
    assert_int_equal(rmt_text_utf8_width(""), 0);
}

static void compares_without_case(void **state)
{
    (void)state;
    assert_true(rmt_text_equal_nocase("PCL-5", "pcl-5"));
    assert_true(rmt_text_equal_nocase("", ""));
    assert_false(rmt_text_equal_nocase("pcl", "pcl5"));
    assert_false(rmt_text_equal_nocase("pcl5", "pcl"));
    assert_false(rmt_text_equal_nocase("\xc3\x84", "\xc3\xa4")); /* ASCII only */
    assert_false(rmt_text_equal_nocase("[", "{"));
}

static void finds_the_nearest(void **state)
{
    (void)state;
    static const char *const words[] = {"codes", "outcomes", "arm", "participant"};
    assert_string_equal(rmt_text_nearest("cofs", words, 4), "codes");
    assert_string_equal(rmt_text_nearest("codse", words, 4), "codes");
    assert_string_equal(rmt_text_nearest("ARMS", words, 4), "arm");
    assert_string_equal(rmt_text_nearest("paritcipnat", words, 4), "participant");
    assert_string_equal(rmt_text_nearest("outcme", words, 4), "outcomes");
    assert_null(rmt_text_nearest("otcme", words, 4)); /* three edits, two allowed */
    assert_null(rmt_text_nearest("weeks", words, 4));
    assert_null(rmt_text_nearest("codes", words, 0));
    char long_word[200];
    memset(long_word, 'x', sizeof long_word);
    long_word[sizeof long_word - 1] = '\0';
    assert_null(rmt_text_nearest(long_word, words, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),
        cmocka_unit_test(json),
        cmocka_unit_test(shell),
        cmocka_unit_test(csv),
        cmocka_unit_test(utf8_is_written),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(utf8_is_measured),
        cmocka_unit_test(compares_without_case),
        cmocka_unit_test(finds_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
