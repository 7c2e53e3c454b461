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

static rmt_status parse_once(void *doc, rmt_error *err)
{
    rmt_schema *s = NULL;
    const rmt_status st = rmt_schema_parse(&s, rmt_doc_root(doc), err);

    assert_true((s == NULL) == (st != RMT_OK));
    rmt_schema_free(s);
    return st;
}

static void parsing(void **state)
{
    rmt_doc *doc = tst_json(schema);

    (void)state;
    tst_each_allocation_fails(parse_once, doc, 8, 0);
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

typedef struct {
    rmt_schema *s;
    rmt_table *t;
} sample;

static rmt_status check_once(void *of, rmt_error *err)
{
    const sample *x = of;
    rmt_ledger *l = NULL;
    rmt_status st = rmt_ledger_new(&l, SIZE_MAX, NULL, err);

    if (!st) st = rmt_schema_check(l, x->s, "t", x->t, err);
    if (!st) st = rmt_schema_check_foreign_key(l, &x->s->foreign_keys[0], "t", x->t, x->t, err);
    /* extra, absent; row 1: b, n; row 2: a twice, b, n, key; row 3: b, n twice, key; and three
     * references. */
    if (!st) assert_int_equal(rmt_ledger_found(l), 16);
    rmt_ledger_free(l);
    return st;
}

static void checking(void **state)
{
    rmt_doc *doc = tst_json(schema);
    sample x = {.t = rows()};
    rmt_error err = {0};

    (void)state;
    tst_ok(rmt_schema_parse(&x.s, rmt_doc_root(doc), &err), &err);
    tst_each_allocation_fails(check_once, &x, 30, 0);
    rmt_schema_free(x.s);
    rmt_table_free(x.t);
    rmt_doc_free(doc);
    assert_int_equal(n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parsing), cmocka_unit_test(checking)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
