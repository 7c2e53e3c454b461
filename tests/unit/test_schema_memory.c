/* test_schema_memory.c - each allocation of parsing and checking fails once: said, and nothing
 * leaks. */
#include "rmt/ledger.h"
#include "support.h"
#include "tst_json.h"
#include "tst_memory.h"

static const char schema[] =
    "{'primaryKey': ['a', 'n'], 'uniqueKeys': [['b'], ['a', 'b']],"
    " 'missingValues': [{'value': '', 'label': 'omitted'}, {'value': '-9', 'label': 'refused'}],"
    " 'foreignKeys': [{'fields': 'a', 'reference': {'fields': 'b'}}],"
    " 'fields': [{'name': 'a', 'constraints': {'pattern': '[a-z]+', 'enum': ['x', 'y']}},"
    "  {'name': 'b', 'categories': [{'value': 'long'}, {'value': 'r'}], 'constraints': "
    "{'maxLength': "
    "1, 'required': true}},"
    "  {'name': 'n', 'type': 'integer', 'constraints': {'unique': true, 'minimum': 0}},"
    "  {'name': 'absent'}]}";

static void parsing(void **state)
{
    rmt_doc *doc = tst_json(schema);
    size_t before = n_live, k = 0;
    rmt_status st = RMT_ERR_NOMEM;

    (void)state;
    while (st) {
        rmt_error err = {0};
        rmt_schema *s = NULL;
        n_until_failure = ++k;
        st = rmt_schema_parse(&s, rmt_doc_root(doc), &err);
        n_until_failure = 0;
        if (st) {
            assert_null(s);
            tst_fails(st, RMT_ERR_NOMEM, &err, "");
        }
        rmt_schema_free(s);
        assert_int_equal(n_live, before);
    }
    assert_true(k > 8);
    rmt_doc_free(doc);
    assert_int_equal(n_live, 0);
}

static rmt_table *rows(void)
{
    static const char *const a[] = {"x", "X1", "x"};
    rmt_error err = {0};
    rmt_table *t = NULL;

    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "a", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "b", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "n", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "extra", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 3, &err), &err);
    for (size_t i = 0; i < 3; i++)
        tst_ok(rmt_table_set_text(t, 0, i, a[i], strlen(a[i]), &err), &err);
    tst_ok(rmt_table_set_text(t, 1, 0, "long", 4, &err), &err);
    rmt_table_set_integer(t, 2, 0, -1);
    rmt_table_set_integer(t, 2, 2, -1);
    tst_ok(rmt_table_set_reason(t, 2, 1, "unreadable: z", &err), &err);
    return t;
}

static void checking(void **state)
{
    rmt_doc *doc = tst_json(schema);
    rmt_table *t = rows();
    rmt_schema *s = NULL;
    rmt_error err = {0};
    rmt_status st = RMT_ERR_NOMEM;
    size_t before, k = 0, n_found = 0;

    (void)state;
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    before = n_live;
    while (st) {
        rmt_ledger *l = NULL;
        n_until_failure = ++k;
        st = rmt_ledger_new(&l, SIZE_MAX, NULL, &err);
        if (!st) st = rmt_schema_check(l, s, "t", t, &err);
        if (!st) st = rmt_schema_check_foreign_key(l, &s->foreign_keys[0], "t", t, t, &err);
        n_until_failure = 0;
        if (st) tst_fails(st, RMT_ERR_NOMEM, &err, "");
        else n_found = rmt_ledger_found(l);
        rmt_ledger_free(l);
        assert_int_equal(n_live, before);
    }
    assert_true(k > 30);
    /* extra, absent; row 1: b, n; row 2: a twice, b, n, key; row 3: b, n twice, key; and three
     * references. */
    assert_int_equal(n_found, 16);
    rmt_schema_free(s);
    rmt_table_free(t);
    rmt_doc_free(doc);
    assert_int_equal(n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parsing), cmocka_unit_test(checking)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
