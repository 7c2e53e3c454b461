#include "rmt/stage_files.h"

#include "rmt/mem.h"
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

/* Reads a file beside the plan and copies its tree into doc. */
static rmt_status graft_file(rmt_node **out, rmt_doc *doc, const char *path, rmt_error *err)
{
    rmt_doc *other = NULL;
    rmt_status st = rmt_tree_read(&other, path, err);
    if (!st) st = rmt_node_clone(out, doc, rmt_doc_root(other), err);
    rmt_doc_free(other);
    return st;
}

static rmt_status copy_into(rmt_doc *doc, rmt_node *map, const char *key, const rmt_node *value,
                            rmt_error *err)
{
    rmt_node *copy = NULL;
    rmt_status st = rmt_node_clone(&copy, doc, value, err);
    return st ? st : rmt_node_map_set(map, key, copy, err);
}

static rmt_status resolve_table(rmt_node **out, rmt_doc *doc, const rmt_node *table,
                                const char *directory, rmt_error *err)
{
    rmt_status st;
    rmt_node *copy = NULL;
    if ((st = rmt_node_clone(&copy, doc, table, err))) return st;
    const char *file = rmt_node_text(rmt_node_get(table, "file"));
    if (file && file[0] == '/') {
        rmt_node *name = NULL;
        const char *last = strrchr(file, '/') + 1;
        if ((st = rmt_node_new_scalar(&name, doc, last, strlen(last), true,
                                      rmt_node_line(rmt_node_get(table, "file")), err)))
            return st;
        if ((st = rmt_node_map_set(copy, "file", name, err))) return st;
    }
    const char *schema = rmt_node_text(rmt_node_get(table, "schema"));
    if (schema && !rmt_node_is_null(rmt_node_get(table, "schema"))) {
        char *path = NULL;
        rmt_node *object = NULL;
        st = rmt_stage_path_beside(&path, directory, schema, err);
        if (!st) st = graft_file(&object, doc, path, err);
        if (!st) st = rmt_node_map_set(copy, "schema", object, err);
        rmt_mem_free(path);
        if (st) return st;
    }
    *out = copy;
    return RMT_OK;
}

static rmt_status resolve_data(rmt_node **out, rmt_doc *doc, const rmt_node *data,
                               const char *directory, rmt_error *err)
{
    rmt_status st;
    rmt_node *map = NULL;
    if ((st = rmt_node_new(&map, doc, RMT_NODE_MAP, rmt_node_line(data), err))) return st;
    for (size_t i = 0; i < rmt_node_size(data); i++) {
        const rmt_node *table = rmt_node_at(data, i);
        rmt_node *resolved = NULL;
        if (rmt_node_kind_of(table) == RMT_NODE_MAP)
            st = resolve_table(&resolved, doc, table, directory, err);
        else st = rmt_node_clone(&resolved, doc, table, err); /* the plan's parser will refuse it */
        if (!st) st = rmt_node_map_set(map, rmt_node_key(data, i), resolved, err);
        if (st) return st;
    }
    *out = map;
    return RMT_OK;
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

static rmt_status resolve_instruments(rmt_doc *doc, rmt_node *root, const rmt_node *plan,
                                      const char *directory, rmt_error *err)
{
    rmt_status st;
    rmt_node *map = NULL;
    const rmt_node *outcomes = rmt_node_get(plan, "outcomes");
    const rmt_node *own = rmt_node_get(plan, "instruments");
    if (rmt_node_kind_of(outcomes) != RMT_NODE_MAP || rmt_node_size(outcomes) == 0) return RMT_OK;
    if ((st = rmt_node_new(&map, doc, RMT_NODE_MAP, 0, err))) return st;
    for (size_t i = 0; i < rmt_node_size(own); i++)
        if ((st = copy_into(doc, map, rmt_node_key(own, i), rmt_node_at(own, i), err))) return st;
    for (size_t i = 0; i < rmt_node_size(outcomes); i++) {
        const rmt_node *named = rmt_node_get(rmt_node_at(outcomes, i), "instrument");
        const char *id = rmt_node_text(named);
        if (!id || rmt_node_is_null(named) || rmt_node_get(map, id)) continue;
        char *path = NULL;
        rmt_node *definition = NULL;
        st = find_instrument(&path, directory, id, err);
        if (st) rmt_error_locate(err, rmt_node_source(named), rmt_node_line(named), "instrument");
        if (!st) st = graft_file(&definition, doc, path, err);
        if (!st) st = rmt_node_map_set(map, id, definition, err);
        rmt_mem_free(path);
        if (st) return st;
    }
    if (rmt_node_size(map) == 0) return RMT_OK;
    return rmt_node_map_set(root, "instruments", map, err);
}

rmt_status rmt_stage_resolve_plan(rmt_doc **out, const rmt_doc *read, const char *directory,
                                  rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_doc *doc = NULL;
    rmt_node *root = NULL;
    const rmt_node *plan = rmt_doc_root(read);
    if (rmt_node_kind_of(plan) != RMT_NODE_MAP)
        return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_doc_source(read), 1, NULL,
                           "a plan is a map of keys, this is not");
    if ((st = rmt_doc_new(&doc, rmt_doc_source(read), err))) goto done;
    if ((st = rmt_node_new(&root, doc, RMT_NODE_MAP, rmt_node_line(plan), err))) goto done;
    for (size_t i = 0; i < rmt_node_size(plan); i++) {
        const char *key = rmt_node_key(plan, i);
        const rmt_node *value = rmt_node_at(plan, i);
        if (strcmp(key, "data") == 0 && rmt_node_kind_of(value) == RMT_NODE_MAP) {
            rmt_node *data = NULL;
            if ((st = resolve_data(&data, doc, value, directory, err))) goto done;
            st = rmt_node_map_set(root, key, data, err);
        } else st = copy_into(doc, root, key, value, err);
        if (st) goto done;
    }
    if ((st = resolve_instruments(doc, root, plan, directory, err))) goto done;
    rmt_doc_set_root(doc, root);
    *out = doc;
    doc = NULL;
done:
    rmt_doc_free(doc);
    return st;
}
