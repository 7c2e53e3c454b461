/* test_io_memory.c - each allocation of the readers and of outputs fails once: said, and nothing
 * leaks or is left behind. */
#include "rmt/csv.h"
#include "rmt/outfile.h"
#include "rmt/tree.h"
#include "support.h"
#include "tst_memory.h"

#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/rmt_mem_XXXXXX";

static rmt_status csv_once(void *of, rmt_error *err)
{
    (void)of;
    rmt_csv_facts facts;
    rmt_problems problems = {0};
    rmt_table *t = NULL;
    rmt_csv_options options = {.encoding = "windows-1252"};
    rmt_status st = rmt_csv_read(&t, &facts, path, "in.csv", &options, &problems, err);
    assert_int_equal(problems.n_total, 0);
    assert_true((t == NULL) == (st != RMT_OK));
    rmt_table_free(t);
    return st;
}

static void test_csv(void **state)
{
    (void)state;
    static const char text[] = "id,x,\"day\"\n1,2.5,2024-01-01\n\n2,\"\xE9\n\",2024-01-02\n3,,\n";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    tst_each_allocation_fails(csv_once, NULL, 20, 1);
    unlink(path);
}

static rmt_status tree_once(void *of, rmt_error *err)
{
    (void)of;
    static const char text[] = "{\"a\": [1, {\"b\": \"\\uD83D\\uDE00\"}], \"c\": null}";
    rmt_doc *doc = NULL;
    rmt_status st = rmt_tree_parse(&doc, text, sizeof text - 1, "x.json", err);
    assert_true((doc == NULL) == (st != RMT_OK));
    rmt_doc_free(doc);
    return st;
}

static rmt_status json_once(void *of, rmt_error *err)
{
    (void)of;
    static const char text[] = "{\"a\": [1, {\"\\u0062\": \"\\uD83D\\uDE00\"}], \"c\": null}";
    rmt_doc *doc = NULL;
    rmt_status st = rmt_tree_parse_json(&doc, text, sizeof text - 1, "x.json", err);
    assert_true((doc == NULL) == (st != RMT_OK));
    rmt_doc_free(doc);
    return st;
}

static void test_tree(void **state)
{
    (void)state;
    tst_each_allocation_fails(tree_once, NULL, 4, 0);
    tst_each_allocation_fails(json_once, NULL, 4, 0);
}

static rmt_status outfile_once(void *of, rmt_error *err)
{
    (void)of;
    rmt_outfile *f = NULL;
    rmt_status st = rmt_outfile_open(&f, path, NULL, err);
    if (!st) st = rmt_outfile_write(f, "x", 1, err);
    if (!st) st = rmt_outfile_commit(f, err);
    assert_int_equal(access(path, F_OK), st ? -1 : 0);
    return st;
}

static void test_outfile(void **state)
{
    (void)state;
    unlink(path);
    tst_each_allocation_fails(outfile_once, NULL, 4, 0);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_outfile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
