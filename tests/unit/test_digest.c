#include "support.h"

#include "rmt/digest.h"
#include "rmt/mem.h"

#include <string.h>

static void known_answers(void **state)
{
    (void)state;
    rmt_error err = {0};
    char hex[RMT_DIGEST_HEX];
    tst_ok(rmt_digest_bytes(NULL, 0, hex, &err), &err);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    tst_ok(rmt_digest_bytes("abc", 3, hex, &err), &err); /* FIPS 180-2, B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    tst_ok(rmt_digest_bytes(two_blocks, sizeof two_blocks - 1, hex, &err), &err); /* B.2 */
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    static char million[1000000];
    memset(million, 'a', sizeof million);
    tst_ok(rmt_digest_bytes(million, sizeof million, hex, &err), &err); /* B.3 */
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The answers for "abc": FIPS 180-2 (SHA-1, SHA-256, SHA-512) and RFC 1321 (MD5). */
static void other_kinds(void **state)
{
    (void)state;
    static const struct {
        rmt_digest_kind kind;
        const char *name, *hex;
    } cases[] = {{RMT_DIGEST_MD5, "md5", "900150983cd24fb0d6963f7d28e17f72"},
                 {RMT_DIGEST_SHA1, "sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
                 {RMT_DIGEST_SHA256, "sha256",
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                 {RMT_DIGEST_SHA512, "sha512",
                  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rmt_error err = {0};
        char hex[RMT_DIGEST_HEX_MOST];
        rmt_digest *d = NULL;
        tst_ok(rmt_digest_new_of(&d, cases[i].kind, &err), &err);
        tst_ok(rmt_digest_add(d, "abc", 3, &err), &err);
        if (cases[i].kind != RMT_DIGEST_SHA256)
            tst_fails(rmt_digest_end(d, hex, &err), RMT_ERR_INTERNAL, &err, "has other digits");
        rmt_error_clear(&err);
        tst_ok(rmt_digest_end_of(d, hex, &err), &err);
        assert_string_equal(hex, cases[i].hex);
        assert_string_equal(rmt_digest_name(cases[i].kind), cases[i].name);
        assert_int_equal(rmt_digest_digits(cases[i].kind), strlen(cases[i].hex));
        rmt_digest_free(d);
    }
}

static void pieces_equal_the_whole(void **state)
{
    (void)state;
    rmt_error err = {0};
    char hex[RMT_DIGEST_HEX], whole[RMT_DIGEST_HEX];
    rmt_digest *d = NULL;
    tst_ok(rmt_digest_new(&d, &err), &err);
    tst_ok(rmt_digest_add_text(d, "ab", &err), &err);
    tst_ok(rmt_digest_add(d, "c", 1, &err), &err);
    tst_ok(rmt_digest_end(d, hex, &err), &err);
    tst_ok(rmt_digest_bytes("ab\0c", 4, whole, &err), &err);
    assert_string_equal(hex, whole);
    rmt_digest_free(d);
}

static void any_split_gives_the_same(void **state)
{
    (void)state;
    rmt_error err = {0};
    char text[200], hex[RMT_DIGEST_HEX], whole[RMT_DIGEST_HEX];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    tst_ok(rmt_digest_bytes(text, sizeof text, whole, &err), &err);
    for (size_t step = 1; step <= sizeof text; step++) {
        rmt_digest *d = NULL;
        tst_ok(rmt_digest_new(&d, &err), &err);
        for (size_t i = 0; i < sizeof text; i += step) {
            const size_t n = step < sizeof text - i ? step : sizeof text - i;
            tst_ok(rmt_digest_add(d, text + i, n, &err), &err);
            tst_ok(rmt_digest_add(d, NULL, 0, &err), &err);
        }
        tst_ok(rmt_digest_end(d, hex, &err), &err);
        assert_string_equal(hex, whole);
        rmt_digest_free(d);
    }
}

/* Beyond some megabytes a thread hashes. */
static void long_pieces_equal_the_whole(void **state)
{
    (void)state;
    rmt_error err = {0};
    enum { N = 9 << 20 };
    char whole[RMT_DIGEST_HEX], hex[RMT_DIGEST_HEX];
    unsigned char *bytes = rmt_mem_array(N, 1, &err);
    assert_non_null(bytes);
    for (size_t i = 0; i < N; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    tst_ok(rmt_digest_bytes(bytes, N, whole, &err), &err);
    static const size_t steps[] = {1000003, 65536, N, N - 1};
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        rmt_digest *d = NULL;
        tst_ok(rmt_digest_new(&d, &err), &err);
        for (size_t i = 0; i < N; i += steps[k])
            tst_ok(rmt_digest_add(d, bytes + i, N - i < steps[k] ? N - i : steps[k], &err), &err);
        if (k != 1) tst_ok(rmt_digest_end(d, hex, &err), &err); /* one is given up */
        else strcpy(hex, whole);
        assert_string_equal(hex, whole);
        rmt_digest_free(d);
    }
    rmt_mem_free(bytes);
}

static void an_ended_digest_is_refused(void **state)
{
    (void)state;
    rmt_error err = {0};
    char hex[RMT_DIGEST_HEX], untouched[RMT_DIGEST_HEX] = "untouched";
    rmt_digest *d = NULL;
    tst_ok(rmt_digest_new(&d, &err), &err);
    tst_ok(rmt_digest_end(d, hex, &err), &err);
    tst_fails(rmt_digest_add(d, "x", 1, &err), RMT_ERR_INTERNAL, &err, "ended already");
    tst_fails(rmt_digest_end(d, untouched, &err), RMT_ERR_INTERNAL, &err, "ended already");
    assert_string_equal(untouched, "untouched");
    rmt_digest_free(d);
    rmt_digest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(other_kinds),
        cmocka_unit_test(pieces_equal_the_whole),
        cmocka_unit_test(any_split_gives_the_same),
        cmocka_unit_test(long_pieces_equal_the_whole),
        cmocka_unit_test(an_ended_digest_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
