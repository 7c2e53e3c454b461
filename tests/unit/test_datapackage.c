/* A data package in a plan: what becomes of its resources, and each allocation failing once. What is refused, and that the
 * numbers are those of a plan that names the files itself, is in chain/datapackage.sh. */
#include "support.h"
#include "tst_memory.h"

#include "rmt/datapackage.h"
#include "rmt/mem.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static const char *const files[] = {"plan.yaml", "sub/datapackage.json", "sub/b.schema.json",
                                    "sub"};

static const char plan[] = "study: {id: T}\n"
                           "datapackage: sub/datapackage.json\n"
                           "data:\n"
                           "  own: {file: own.csv}\n"
                           "  notes: null\n"
                           "  a_1: {decimal: \",\", delimiter: \"|\"}\n"
                           "outcomes: {}\n";
static const char package[] =
    "{\"name\": \"p\", \"readme\": \"anybody's own\", \"resources\": [\n"
    " {\"name\": \"a-1\", \"path\": [\"./x/a.csv\"], \"bytes\": 12, \"fields\": 2,\n"
    "  \"dialect\": {\"delimiter\": \";\", \"headerRows\": [3], \"commentChar\": \"#\"}, "
    "\"encoding\": \"CP1252\"},\n"
    " {\"name\": \"notes\", \"path\": \"notes.md\"},\n"
    " {\"name\": \"2b\", \"path\": \"b.tsv\", \"schema\": \"b.schema.json\"}]}\n";
static const char schema[] =
    "{\"fields\": [{\"name\": \"id\"}], \"foreignKeys\": [\n"
    " {\"fields\": \"id\", \"reference\": {\"resource\": \"a-1\", \"fields\": \"id\"}},\n"
    " {\"fields\": \"id\", \"reference\": {\"resource\": \"\", \"fields\": \"id\"}}]}\n";

static const char *path_of(char buf[128], const char *name)
{
    snprintf(buf, 128, "%s/%s", folder, name);
    return buf;
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    FILE *f = fopen(path_of(path, name), "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    char path[128];
    (void)state;
    strcpy(folder, "/tmp/rmt_package_XXXXXX");
    if (!mkdtemp(folder) || mkdir(path_of(path, "sub"), 0700)) return -1;
    write_file(files[0], plan);
    write_file(files[1], package);
    write_file(files[2], schema);
    return 0;
}

static int tear_down(void **state)
{
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (remove(path_of(path, files[i]))) return -1;
    return rmdir(folder);
}

static rmt_status read_it(rmt_doc **out, rmt_error *err)
{
    char path[128];
    return rmt_stage_read_plan(out, path_of(path, "plan.yaml"), folder, NULL, err);
}

static void resources_become_tables(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_text json = {0};
    tst_ok(read_it(&doc, &err), &err);
    const rmt_node *data = rmt_node_get(rmt_doc_root(doc), "data");
    tst_ok(rmt_node_write_json(rmt_doc_root(doc), &json, &err), &err);
    assert_string_equal(
        json.s,
        "{\"study\":{\"id\":\"T\"},\"datapackage\":\"sub/datapackage.json\",\"data\":{"
        "\"a_1\":{\"file\":\"sub/x/a.csv\",\"skip_rows\":2,\"delimiter\":\"|\",\"comment\":\"#\","
        "\"encoding\":\"windows-1252\",\"expect\":{\"bytes\":12,\"columns\":2},\"decimal\":\",\"},"
        "\"t_2b\":{\"file\":\"sub/b.tsv\",\"delimiter\":\"tab\",\"schema\":{\"fields\":[{\"name\":"
        "\"id\"}],\"foreignKeys\":[{\"fields\":\"id\",\"reference\":{\"resource\":\"a_1\","
        "\"fields\":\"id\"}},{\"fields\":\"id\",\"reference\":{\"resource\":\"\",\"fields\":\"id\"}"
        "}]}},\"own\":{\"file\":\"own.csv\"}},\"outcomes\":{}}");
    /* A fault is told where it was written. */
    const rmt_node *file = rmt_node_get(rmt_node_get(data, "a_1"), "file");
    assert_non_null(strstr(rmt_node_source(file), "sub/datapackage.json"));
    assert_int_equal(rmt_node_line(file), 2);
    const rmt_node *decimal = rmt_node_get(rmt_node_get(data, "a_1"), "decimal");
    assert_non_null(strstr(rmt_node_source(decimal), "plan.yaml"));
    assert_int_equal(rmt_node_line(decimal), 6);
    rmt_text_clear(&json);
    rmt_doc_free(doc);
}

static rmt_status once(void *of, rmt_error *err)
{
    (void)of;
    rmt_doc *doc = NULL;
    const rmt_status st = read_it(&doc, err);
    assert_true((doc == NULL) == (st != RMT_OK));
    rmt_doc_free(doc);
    return st;
}

static void each_allocation_fails(void **state)
{
    (void)state;
    tst_each_allocation_fails(once, NULL, 20, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_become_tables),
        cmocka_unit_test(each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
