/* init_files.c - which files there are: CSV files of a folder, a data package, instruments. See init_read.h. */
#include "init_read.h"

#include "rmt/csv.h"
#include "rmt/datapackage.h"
#include "rmt/mem.h"
#include "rmt/schema_dir.h"
#include "rmt/stage_files.h"
#include "rmt/tree.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- directories ----------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), k = strlen(ending);
    return n > k && rmt_text_equal_nocase(name + n - k, ending);
}

static bool is_csv(const char *name)
{
    return ends_with(name, ".csv") || ends_with(name, ".csv.gz") || ends_with(name, ".tsv");
}

static bool is_json(const char *name)
{
    return ends_with(name, ".json");
}

static void free_list(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rmt_mem_free(list[i]);
    rmt_mem_free(list);
}

rmt_status rmt_init_list(char ***out, size_t *n, const char *directory,
                         bool (*wanted)(const char *name), rmt_error *err)
{
    rmt_status st = RMT_OK;
    char **list = NULL;
    size_t cap = 0;
    DIR *dir = opendir(directory);
    *n = 0;
    *out = NULL;
    for (struct dirent *e; !st && dir && (e = readdir(dir));) {
        if (e->d_name[0] == '.' || !wanted(e->d_name)) continue;
        if ((st = rmt_mem_grow(&list, &cap, *n + 1, sizeof *list, err))) break;
        if ((list[*n] = rmt_mem_text(e->d_name, strlen(e->d_name), err))) (*n)++;
        else st = RMT_ERR_NOMEM;
    }
    if (dir) closedir(dir);
    if (st) {
        free_list(list, *n);
        return st;
    }
    if (*n) qsort(list, *n, sizeof *list, rmt_text_order);
    *out = list;
    return RMT_OK;
}

/* ---- which files ----------------------------------------------------------------------------- */

/* "PCL-5 (week 2).csv" as PCL_5_week_2: a letter, then letters, digits and _. */
static rmt_status name_file(const rmt_init_input *in, rmt_init_file *f, rmt_error *err)
{
    rmt_text name = {0};
    rmt_status st = RMT_OK;
    const char *slash = strrchr(f->path, '/'), *s = slash && slash[1] ? slash + 1 : f->path;
    const size_t length = strcspn(s, ".") ? strcspn(s, ".") : strlen(s);
    for (size_t i = 0; !st && i < length; i++) {
        const char c = s[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool kept = letter || (c >= '0' && c <= '9');
        if (name.len == 0 && !letter) st = rmt_text_add(&name, "t", err);
        if (!st && kept) st = rmt_text_add_bytes(&name, &c, 1, err);
        else if (!st && name.s[name.len - 1] != '_') st = rmt_text_add(&name, "_", err);
    }
    while (name.len > 1 && name.s[name.len - 1] == '_')
        name.s[--name.len] = '\0';
    const size_t stem = name.len;
    for (size_t n = 2, i = 0; !st && i < in->n_files; i++) {
        if (&in->files[i] == f || strcmp(in->files[i].name, name.s) != 0) continue;
        name.len = stem;
        st = rmt_text_addf(&name, err, "_%zu", n++);
        i = (size_t)-1; /* from the first again */
    }
    f->name = name.s;
    return st;
}

static rmt_status add_file(rmt_init_input *in, const char *directory, const char *name,
                           rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&in->files, &in->cap_files, in->n_files + 1, sizeof *in->files, err);
    if (st) return st;
    rmt_init_file *f = &in->files[in->n_files++];
    *f = (rmt_init_file){.decimal = '.'};
    rmt_text path = {0};
    if (directory) {
        const bool ends = directory[strlen(directory) - 1] == '/';
        st = rmt_text_addf(&path, err, "%s%s%s", directory, ends ? "" : "/", name);
    } else {
        st = rmt_text_add(&path, name, err);
    }
    f->path = path.s;
    return st ? st : name_file(in, f, err);
}

rmt_status rmt_init_add_form(rmt_init_input *in, const char *path, const char *form, rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&in->files, &in->cap_files, in->n_files + 1, sizeof *in->files, err);
    if (st) return st;
    rmt_init_file *f = &in->files[in->n_files++];
    *f = (rmt_init_file){.delimiter = ',', .decimal = '.'};
    if (!(f->path = rmt_mem_text(path, strlen(path), err)) ||
        !(f->name = rmt_mem_text(form, strlen(form), err)))
        return RMT_ERR_NOMEM;
    f->form = f->name;
    return RMT_OK;
}

static const char *text_of(const rmt_node *entry, const char *key)
{
    const rmt_node *n = rmt_node_get(entry, key);
    return rmt_node_is_null(n) ? NULL : rmt_node_text(n);
}

/* A resource of a data package, as its entry in `data` describes it. */
static rmt_status read_resource(rmt_init_input *in, const char *name, const rmt_node *entry,
                                rmt_error *err)
{
    rmt_status st;
    rmt_schema *schema = NULL;
    rmt_problems notes = {0};
    const char *file = text_of(entry, "file"), *delimiter = text_of(entry, "delimiter");
    const char *decimal = text_of(entry, "decimal"), *comment = text_of(entry, "comment");
    const rmt_node *promised = rmt_node_get(entry, "schema");
    rmt_csv_options how = {.delimiter = delimiter ? delimiter[0] : '\0',
                           .decimal_char = decimal ? decimal[0] : '.',
                           .comment = comment ? comment[0] : '\0',
                           .encoding = text_of(entry, "encoding")};
    if ((st = rmt_node_read_size(entry, "skip_rows", &how.skip_rows, err))) return st;
    if (rmt_node_kind_of(promised) == RMT_NODE_MAP &&
        (st = rmt_schema_parse(&schema, promised, err)))
        return st;
    how.schema = schema;
    if ((st = rmt_init_add_form(in, file, name, err))) goto done;
    rmt_init_file *f = &in->files[in->n_files - 1];
    f->form = NULL;
    f->packaged = true;
    f->schema = schema;
    schema = NULL;
    st = rmt_csv_read(&f->read, NULL, file, file, &how, &notes, err);
    if (st == RMT_ERR_MALFORMED && notes.n_kept)
        st = rmt_fail_at(err, st, notes.kept[0].source, notes.kept[0].line, notes.kept[0].column,
                         "%s", notes.kept[0].msg);
done:
    rmt_schema_free(schema);
    return st;
}

static rmt_status add_package(rmt_init_input *in, const char *path, rmt_error *err)
{
    rmt_status st;
    rmt_text text = {0};
    rmt_doc *plan = NULL;
    if (in->package)
        return rmt_fail(err, RMT_ERR_USAGE, "two data packages, %s and %s, cannot be one trial",
                        in->package, path);
    if ((st = rmt_text_add(&text, "datapackage: ", err)) || (st = rmt_yaml_add(&text, path, err)) ||
        (st = rmt_text_add(&text, "\n", err)) ||
        (st = rmt_tree_parse(&plan, text.s, text.len, path, err)) ||
        (st = rmt_stage_join_package(&plan, ".", NULL, err)))
        goto done;
    if (!(in->package = rmt_mem_text(path, strlen(path), err))) st = RMT_ERR_NOMEM;
    if (st || (st = rmt_mem_grow(&in->docs, &in->cap_docs, in->n_docs + 1, sizeof *in->docs, err)))
        goto done;
    const rmt_node *data = rmt_node_get(rmt_doc_root(plan), "data");
    in->docs[in->n_docs++] = plan, plan = NULL; /* the schemas borrow from it */
    for (size_t i = 0; i < rmt_node_size(data) && !st; i++)
        st = read_resource(in, rmt_node_key(data, i), rmt_node_at(data, i), err);
done:
    rmt_text_clear(&text);
    rmt_doc_free(plan);
    return st;
}

/* The package of a directory; *out NULL where there is none. */
static rmt_status package_in(char **out, const char *directory, rmt_error *err)
{
    struct stat info;
    rmt_text path = {0};
    const bool ends = directory[strlen(directory) - 1] == '/';
    const bool here = strcmp(directory, ".") == 0;
    rmt_status st = rmt_text_addf(&path, err, "%s%sdatapackage.json", here ? "" : directory,
                                  ends || here ? "" : "/");
    if (!st && stat(path.s, &info) == 0) {
        *out = path.s;
        return RMT_OK;
    }
    rmt_text_clear(&path);
    return st;
}

rmt_status rmt_init_add(rmt_init_input *in, const char *path, rmt_error *err)
{
    struct stat info;
    char **names = NULL;
    size_t n = 0;
    if (path[0] == '\0') return rmt_fail(err, RMT_ERR_USAGE, "an empty name is no DIR or FILE");
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return is_json(path) ? add_package(in, path, err) : add_file(in, NULL, path, err);
    char *package = NULL;
    rmt_status st = package_in(&package, path, err);
    if (st || package) {
        in->from_directory = true;
        if (!st) st = add_package(in, package, err);
        rmt_mem_free(package);
        return st;
    }
    st = rmt_init_list(&names, &n, path, is_csv, err);
    in->from_directory = true;
    if (!st && n == 0)
        st = rmt_fail_at(err, RMT_ERR_OPEN, path, 0, NULL,
                         "no file in it ends in .csv, .csv.gz or .tsv");
    for (size_t i = 0; !st && i < n; i++)
        st = add_file(in, path, names[i], err);
    free_list(names, n);
    return st;
}

/* ---- instruments ----------------------------------------------------------------------------- */

static rmt_status read_instrument(rmt_init_input *in, const char *path, rmt_error *err)
{
    rmt_status st;
    rmt_doc *doc = NULL;
    rmt_instrument *ins = NULL;
    if ((st = rmt_mem_grow(&in->docs, &in->cap_docs, in->n_docs + 1, sizeof *in->docs, err)) ||
        (st = rmt_mem_grow(&in->instruments, &in->cap_instruments, in->n_instruments + 1,
                           sizeof *in->instruments, err)) ||
        (st = rmt_tree_read(&doc, path, err)))
        return st;
    in->docs[in->n_docs++] = doc;
    if ((st = rmt_instrument_parse(&ins, rmt_doc_root(doc), err))) return st;
    for (size_t i = 0; i < in->n_instruments; i++)
        if (strcmp(in->instruments[i]->id, ins->id) == 0) {
            rmt_instrument_free(ins); /* the plan's own comes first */
            return RMT_OK;
        }
    in->instruments[in->n_instruments++] = ins;
    return RMT_OK;
}

static rmt_status read_all(rmt_init_input *in, const char *directory, rmt_error *err)
{
    char **names = NULL, *folder = NULL;
    size_t n = 0;
    rmt_status st = rmt_stage_path_beside(&folder, directory, "instruments", err);
    if (!st) st = rmt_init_list(&names, &n, folder, is_json, err);
    for (size_t i = 0; !st && i < n; i++) {
        char *path = NULL;
        st = rmt_stage_path_beside(&path, folder, names[i], err);
        if (!st) st = read_instrument(in, path, err);
        rmt_mem_free(path);
    }
    free_list(names, n);
    rmt_mem_free(folder);
    return st;
}

rmt_status rmt_init_read_instruments(rmt_init_input *in, const char *directory, rmt_error *err)
{
    char *shipped = NULL;
    rmt_status st = read_all(in, directory, err);
    if (!st) st = rmt_schema_dir(&shipped, err);
    if (!st) st = read_all(in, shipped, err);
    rmt_mem_free(shipped);
    return st;
}

void rmt_init_file_clear(rmt_init_file *f)
{
    rmt_table_free(f->read);
    rmt_table_free(f->without_words);
    rmt_table_free(f->without_codes);
    rmt_schema_free(f->schema);
    rmt_recognised_wide_free(f->wide);
    rmt_mem_free(f->titles);
    rmt_mem_free(f->path);
    rmt_mem_free(f->name);
}

void rmt_init_clear(rmt_init_input *in)
{
    for (size_t i = 0; i < in->n_files; i++)
        rmt_init_file_clear(&in->files[i]);
    for (size_t i = 0; i < in->n_instruments; i++)
        rmt_instrument_free(in->instruments[i]);
    for (size_t i = 0; i < in->n_docs; i++)
        rmt_doc_free(in->docs[i]);
    rmt_mem_free(in->files);
    rmt_mem_free(in->package);
    rmt_mem_free(in->instruments);
    rmt_mem_free(in->docs);
}
