#include "rmt/stage_files.h"

#include "rmt/mem.h"
#include "rmt/redcap_files.h"
#include "rmt/schema_dir.h"
#include "rmt/tree.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

rmt_status rmt_stage_directory_of(char **out, const char *path, rmt_error *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash) *out = rmt_mem_text(".", 1, err);
    else *out = rmt_mem_text(path, slash == path ? 1 : (size_t)(slash - path), err);
    return *out ? RMT_OK : RMT_ERR_NOMEM;
}

rmt_status rmt_stage_path_beside(char **out, const char *directory, const char *file,
                                 rmt_error *err)
{
    rmt_text path = {0};
    rmt_status st;
    bool plain = file[0] == '/' || strcmp(directory, ".") == 0;
    if (plain) st = rmt_text_add(&path, file, err);
    else st = rmt_text_addf(&path, err, "%s/%s", directory, file);
    if (st) rmt_text_clear(&path);
    else *out = path.s; /* rmt_text is allocated by rmt_mem: the caller frees it as such */
    return st;
}

/* What resolving a plan needs throughout. */
typedef struct {
    rmt_doc *doc; /* the resolved plan */
    const char *directory;
    rmt_study *study;       /* told of every file read; NULL = nobody is */
    const rmt_node *redcap; /* the plan's key, NULL = none */
    rmt_redcap *dictionary; /* its dictionary, read for the first table of forms */
    rmt_error *err;
} resolver;

/* Reads a file and puts its tree into map. */
static rmt_status graft_file(const resolver *r, rmt_node *map, const char *key, const char *path)
{
    rmt_doc *other = NULL;
    rmt_node *copy = NULL;
    rmt_status st = rmt_tree_read(&other, path, r->err);
    if (!st) st = rmt_node_clone(&copy, r->doc, rmt_doc_root(other), r->err);
    if (!st) st = rmt_node_map_set(map, key, copy, r->err);
    if (!st && r->study) st = rmt_study_add_input(r->study, path, r->err);
    rmt_doc_free(other);
    return st;
}

static rmt_status copy_into(const resolver *r, rmt_node *map, const char *key,
                            const rmt_node *value)
{
    rmt_node *copy = NULL;
    rmt_status st = rmt_node_clone(&copy, r->doc, value, r->err);
    return st ? st : rmt_node_map_set(map, key, copy, r->err);
}

/* An absolute path under key is cut to its last part. */
static rmt_status cut_path(const resolver *r, rmt_node *map, const char *key)
{
    const rmt_node *node = rmt_node_get(map, key);
    const char *file = rmt_node_text(node);
    rmt_node *name = NULL;
    rmt_status st;
    if (!file || file[0] != '/') return RMT_OK;
    const char *last = strrchr(file, '/') + 1;
    if ((st = rmt_node_new_scalar(&name, r->doc, last, strlen(last), true, rmt_node_line(node),
                                  r->err)))
        return st;
    return rmt_node_map_set(map, key, name, r->err);
}

/* The dictionary's schema for a table of forms. What else is wrong with it the plan's parser says. */
static rmt_status resolve_forms(resolver *r, rmt_node *table)
{
    rmt_status st = RMT_OK;
    if (!rmt_node_is_null(rmt_node_get(table, "schema")))
        return rmt_fail_at(r->err, RMT_ERR_CONFIG, rmt_node_source(table),
                           rmt_node_line(rmt_node_get(table, "schema")), "schema",
                           "the schema of a table of forms is made of the data dictionary");
    if (!rmt_node_text(rmt_node_get(r->redcap, "dictionary"))) return RMT_OK;
    if (!r->dictionary)
        st = rmt_stage_redcap_dictionary(&r->dictionary, r->redcap, r->directory, r->study, NULL,
                                         r->err);
    return st ? st : rmt_stage_redcap_schema(r->doc, table, r->dictionary, r->err);
}

static rmt_status resolve_table(resolver *r, rmt_node *map, const char *key, const rmt_node *table)
{
    rmt_status st;
    rmt_node *copy = NULL;
    if ((st = rmt_node_clone(&copy, r->doc, table, r->err))) return st;
    if ((st = cut_path(r, copy, "file"))) return st;
    if (!rmt_node_is_null(rmt_node_get(table, "forms"))) {
        st = resolve_forms(r, copy);
        return st ? st : rmt_node_map_set(map, key, copy, r->err);
    }
    const char *schema = rmt_node_text(rmt_node_get(table, "schema"));
    if (schema && !rmt_node_is_null(rmt_node_get(table, "schema"))) {
        char *path = NULL;
        st = rmt_stage_path_beside(&path, r->directory, schema, r->err);
        if (!st) st = graft_file(r, copy, "schema", path);
        if (!st && rmt_node_kind_of(rmt_node_get(copy, "schema")) != RMT_NODE_MAP)
            st = rmt_fail_at(r->err, RMT_ERR_CONFIG, path, 1, NULL,
                             "a schema is a map of keys, this is not");
        rmt_mem_free(path);
        if (st) return st;
    }
    return rmt_node_map_set(map, key, copy, r->err);
}

static rmt_status resolve_data(resolver *r, rmt_node *root, const rmt_node *data)
{
    rmt_status st;
    rmt_node *map = NULL;
    if ((st = rmt_node_new(&map, r->doc, RMT_NODE_MAP, rmt_node_line(data), r->err))) return st;
    for (size_t i = 0; i < rmt_node_size(data); i++) {
        const rmt_node *table = rmt_node_at(data, i);
        const char *key = rmt_node_key(data, i);
        /* What is no map the plan's parser will refuse. */
        st = rmt_node_kind_of(table) == RMT_NODE_MAP ? resolve_table(r, map, key, table)
                                                     : copy_into(r, map, key, table);
        if (st) return st;
    }
    return rmt_node_map_set(root, "data", map, r->err);
}

/* Of the files of the export the names alone. */
static rmt_status resolve_redcap(const resolver *r, rmt_node *root)
{
    rmt_node *copy = NULL;
    rmt_status st = rmt_node_clone(&copy, r->doc, r->redcap, r->err);
    if (!st) st = cut_path(r, copy, "file");
    if (!st) st = cut_path(r, copy, "dictionary");
    return st ? st : rmt_node_map_set(root, "redcap", copy, r->err);
}

/* "; did you mean 'caps5'?" for the shipped definition nearest to id, "" when none is near. */
static void suggest(char *out, size_t size, const char *directory, const char *id)
{
    enum { MAX_NAMES = 512, MAX_NAME = 64 };
    static const char ending[] = ".json";
    char names[MAX_NAMES][MAX_NAME];
    const char *list[MAX_NAMES];
    size_t n = 0;
    out[0] = '\0';
    DIR *dir = opendir(directory);
    if (!dir) return;
    for (struct dirent *e; n < MAX_NAMES && (e = readdir(dir));) {
        size_t length = strlen(e->d_name), tail = sizeof ending - 1;
        if (length <= tail || length >= MAX_NAME || strcmp(e->d_name + length - tail, ending) != 0)
            continue;
        memcpy(names[n], e->d_name, length - tail);
        names[n][length - tail] = '\0';
        list[n] = names[n];
        n++;
    }
    closedir(dir);
    const char *near = rmt_text_nearest(id, list, n);
    if (near) snprintf(out, size, "; did you mean '%s'?", near);
}

/* <plan directory>/instruments/ID.json, else <schema directory>/instruments/ID.json. */
static rmt_status find_instrument(char **out, const char *directory, const char *id, rmt_error *err)
{
    char *places[2] = {NULL, NULL}, *shipped = NULL, hint[128];
    rmt_text name = {0};
    rmt_status st;
    if ((st = rmt_text_addf(&name, err, "instruments/%s.json", id))) goto done;
    if ((st = rmt_stage_path_beside(&places[0], directory, name.s, err))) goto done;
    if ((st = rmt_schema_dir(&shipped, err))) goto done;
    if ((st = rmt_stage_path_beside(&places[1], shipped, name.s, err))) goto done;
    for (int i = 0; i < 2; i++)
        if (access(places[i], F_OK) == 0) {
            *out = places[i];
            places[i] = NULL;
            goto done;
        }
    *strrchr(places[1], '/') = '\0';
    suggest(hint, sizeof hint, places[1], id);
    st = rmt_fail(err, RMT_ERR_CONFIG, "no definition of instrument '%s', neither %s nor shipped%s",
                  id, places[0], hint);
done:
    rmt_mem_free(places[0]);
    rmt_mem_free(places[1]);
    rmt_mem_free(shipped);
    rmt_text_clear(&name);
    return st;
}

static rmt_status resolve_instruments(const resolver *r, rmt_node *root, const rmt_node *plan)
{
    rmt_status st;
    rmt_node *map = NULL;
    const rmt_node *outcomes = rmt_node_get(plan, "outcomes");
    const rmt_node *own = rmt_node_get(plan, "instruments");
    if (rmt_node_kind_of(outcomes) != RMT_NODE_MAP || rmt_node_size(outcomes) == 0) return RMT_OK;
    if ((st = rmt_node_new(&map, r->doc, RMT_NODE_MAP, 0, r->err))) return st;
    for (size_t i = 0; i < rmt_node_size(own); i++)
        if ((st = copy_into(r, map, rmt_node_key(own, i), rmt_node_at(own, i)))) return st;
    for (size_t i = 0; i < rmt_node_size(outcomes); i++) {
        const rmt_node *named = rmt_node_get(rmt_node_at(outcomes, i), "instrument");
        const char *id = rmt_node_text(named);
        if (!id || rmt_node_is_null(named) || rmt_node_get(map, id)) continue;
        char *path = NULL;
        st = find_instrument(&path, r->directory, id, r->err);
        if (st)
            rmt_error_locate(r->err, rmt_node_source(named), rmt_node_line(named), "instrument");
        else st = graft_file(r, map, id, path);
        rmt_mem_free(path);
        if (st) return st;
    }
    if (rmt_node_size(map) == 0) return RMT_OK;
    return rmt_node_map_set(root, "instruments", map, r->err);
}

rmt_status rmt_stage_resolve_plan(rmt_doc **out, const rmt_doc *read, const char *directory,
                                  rmt_study *study, rmt_error *err)
{
    rmt_status st = RMT_OK;
    resolver r = {.directory = directory, .study = study, .err = err};
    rmt_node *root = NULL;
    const rmt_node *plan = rmt_doc_root(read);
    if (rmt_node_kind_of(plan) != RMT_NODE_MAP)
        return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_doc_source(read), 1, NULL,
                           "a plan is a map of keys, this is not");
    if ((st = rmt_doc_new(&r.doc, rmt_doc_source(read), err))) goto done;
    if ((st = rmt_node_new(&root, r.doc, RMT_NODE_MAP, rmt_node_line(plan), err))) goto done;
    r.redcap = rmt_node_get(plan, "redcap");
    for (size_t i = 0; i < rmt_node_size(plan); i++) {
        const char *key = rmt_node_key(plan, i);
        const rmt_node *value = rmt_node_at(plan, i);
        bool is_data = strcmp(key, "data") == 0 && rmt_node_kind_of(value) == RMT_NODE_MAP;
        st = is_data ? resolve_data(&r, root, value) : copy_into(&r, root, key, value);
        if (st) goto done;
    }
    if (rmt_node_kind_of(r.redcap) == RMT_NODE_MAP && (st = resolve_redcap(&r, root))) goto done;
    if ((st = resolve_instruments(&r, root, plan))) goto done;
    rmt_doc_set_root(r.doc, root);
    *out = r.doc;
    r.doc = NULL;
done:
    rmt_redcap_free(r.dictionary);
    rmt_doc_free(r.doc);
    return st;
}
