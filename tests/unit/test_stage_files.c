/* The files a plan names, put into it. */
#include "support.h"

#include "rmt/mem.h"
#include "rmt/plan.h"
#include "rmt/stage_files.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char dir[64], schemas[128];
} fixture;

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char *const files[] = {"instruments/own.json",
                                    "shipped/instruments/own.json",
                                    "shipped/instruments/other.json",
                                    "people.json",
                                    "broken.json",
                                    "nothing.json",
                                    "shipped/instruments",
                                    "shipped",
                                    "instruments"}; /* what is removed first stands first */
enum { FIRST_DIR = 6, N_FILES = 9 };

static int set_up(void **state)
{
    static fixture f;
    char path[256];
    strcpy(f.dir, "/tmp/rmt_files_XXXXXX");
    if (!mkdtemp(f.dir)) return -1;
    snprintf(f.schemas, sizeof f.schemas, "%s/shipped", f.dir);
    for (size_t i = N_FILES; i-- > FIRST_DIR;) {
        snprintf(path, sizeof path, "%s/%s", f.dir, files[i]);
        if (mkdir(path, 0700)) return -1;
    }
    write_file(f.dir, files[0], "{\"id\": \"own\", \"name\": \"beside the plan\"}");
    write_file(f.dir, files[1], "{\"id\": \"own\", \"name\": \"shipped\"}");
    write_file(f.dir, files[2], "{\"id\": \"other\", \"name\": \"shipped\"}");
    write_file(f.dir, files[3], "{\"fields\": [{\"name\": \"id\", \"type\": \"string\"}]}");
    write_file(f.dir, files[4], "{\"fields\": [");
    write_file(f.dir, files[5], "null");
    setenv("REMIT_SCHEMAS", f.schemas, 1);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    const fixture *f = *state;
    char path[256];
    for (size_t i = 0; i < N_FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
        if (remove(path)) return -1;
    }
    unsetenv("REMIT_SCHEMAS");
    return rmdir(f->dir);
}

static rmt_status resolve(rmt_doc **out, const char *yaml, const char *dir, rmt_error *err)
{
    rmt_doc *read = NULL;
    rmt_error parsed = {0};
    tst_ok(rmt_tree_parse(&read, yaml, strlen(yaml), "plan.yaml", &parsed), &parsed);
    rmt_status st = rmt_stage_resolve_plan(out, read, dir, NULL, err);
    rmt_doc_free(read); /* what is resolved lives alone */
    return st;
}

/* "data.people.file" in the resolved plan; NULL = not there. */
static const char *at(const rmt_doc *doc, const char *path)
{
    char buf[128], *save = NULL;
    const rmt_node *n = rmt_doc_root(doc);
    snprintf(buf, sizeof buf, "%s", path);
    for (char *key = strtok_r(buf, ".", &save); n && key; key = strtok_r(NULL, ".", &save))
        n = rmt_node_get(n, key);
    return n ? rmt_node_text(n) : NULL;
}

static void directories_and_paths(void **state)
{
    (void)state;
    static const char *const dirs[][2] = {
        {"plan.yaml", "."}, {"a/plan.yaml", "a"}, {"a/b/plan.yaml", "a/b"}, {"/plan.yaml", "/"}};
    static const char *const besides[][3] = {{"a", "x.csv", "a/x.csv"},
                                             {".", "x.csv", "x.csv"},
                                             {"a", "/b/x.csv", "/b/x.csv"},
                                             {"a", "../x.csv", "a/../x.csv"}};
    rmt_error err = {0};
    char *out = NULL;
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        tst_ok(rmt_stage_directory_of(&out, dirs[i][0], &err), &err);
        assert_string_equal(out, dirs[i][1]);
        rmt_mem_free(out);
    }
    for (size_t i = 0; i < sizeof besides / sizeof besides[0]; i++) {
        tst_ok(rmt_stage_path_beside(&out, besides[i][0], besides[i][1], &err), &err);
        assert_string_equal(out, besides[i][2]);
        rmt_mem_free(out);
    }
}

static void schemas_are_put_in(void **state)
{
    const fixture *f = *state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    tst_ok(resolve(&doc,
                   "study: {id: T1}\ndata:\n  people: {file: p.csv, schema: people.json}\n"
                   "  plain: {file: q.csv}\n  none: {file: r.csv, schema: null}\n",
                   f->dir, &err),
           &err);
    const rmt_node *data = rmt_node_get(rmt_doc_root(doc), "data");
    const rmt_node *schema = rmt_node_get(rmt_node_get(data, "people"), "schema");
    const rmt_node *field = rmt_node_at(rmt_node_get(schema, "fields"), 0);
    assert_string_equal(rmt_node_text(rmt_node_get(field, "type")), "string");
    assert_string_equal(at(doc, "study.id"), "T1");
    assert_string_equal(at(doc, "data.people.file"), "p.csv");
    assert_null(rmt_node_get(rmt_node_get(data, "plain"), "schema"));
    assert_true(rmt_node_is_null(rmt_node_get(rmt_node_get(data, "none"), "schema")));
    assert_string_equal(rmt_node_key(data, 2), "none"); /* the plan's order */
    assert_null(rmt_node_get(rmt_doc_root(doc), "instruments"));
    rmt_doc_free(doc);
}

static void an_absolute_file_is_cut_to_its_name(void **state)
{
    const fixture *f = *state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    tst_ok(resolve(&doc,
                   "data:\n  a: {file: /some/where/a.csv}\n  b: {file: sub/b.csv}\n  c: {file: "
                   "../c.csv}\n",
                   f->dir, &err),
           &err);
    assert_string_equal(at(doc, "data.a.file"), "a.csv");
    assert_string_equal(at(doc, "data.b.file"), "sub/b.csv");
    assert_string_equal(at(doc, "data.c.file"), "../c.csv");
    rmt_doc_free(doc);
}

static void instruments_beside_the_plan_come_first(void **state)
{
    const fixture *f = *state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    tst_ok(resolve(&doc,
                   "outcomes:\n  a: {instrument: own}\n  b: {instrument: other}\n"
                   "  c: {instrument: inline}\n  d: {instrument: own}\n  e: {total: x}\n"
                   "instruments: {inline: {name: in the plan}}\n",
                   f->dir, &err),
           &err);
    assert_string_equal(at(doc, "instruments.own.name"), "beside the plan");
    assert_string_equal(at(doc, "instruments.other.name"), "shipped");
    assert_string_equal(at(doc, "instruments.inline.name"), "in the plan");
    assert_int_equal(rmt_node_size(rmt_node_get(rmt_doc_root(doc), "instruments")), 3);
    rmt_doc_free(doc);
}

static void what_is_not_there_is_named(void **state)
{
    const fixture *f = *state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_status st =
        resolve(&doc, "study: {id: T1}\noutcomes:\n  a: {instrument: moon}\n", f->dir, &err);
    assert_string_equal(err.source, "plan.yaml");
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.msg, "/instruments/moon.json nor shipped"));
    tst_fails(st, RMT_ERR_CONFIG, &err, "no definition of instrument 'moon', neither ");
    st = resolve(&doc, "data: {a: {file: a.csv, schema: absent.json}}", f->dir, &err);
    assert_int_equal(st, RMT_ERR_OPEN);
    assert_non_null(strstr(err.source, "absent.json"));
    rmt_error_clear(&err);
    st = resolve(&doc, "data: {a: {file: a.csv, schema: broken.json}}", f->dir, &err);
    assert_true(st != RMT_OK);
    assert_non_null(strstr(err.source, "broken.json"));
    rmt_error_clear(&err);
    tst_fails(resolve(&doc, "data: {a: {file: a.csv, schema: nothing.json}}", f->dir, &err),
              RMT_ERR_CONFIG, &err, "a schema is a map of keys, this is not");
    tst_fails(resolve(&doc, "[1, 2]", f->dir, &err), RMT_ERR_CONFIG, &err,
              "a plan is a map of keys");
    assert_null(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(directories_and_paths),
                                       cmocka_unit_test(schemas_are_put_in),
                                       cmocka_unit_test(an_absolute_file_is_cut_to_its_name),
                                       cmocka_unit_test(instruments_beside_the_plan_come_first),
                                       cmocka_unit_test(what_is_not_there_is_named)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
