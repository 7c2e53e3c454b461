/* datapackage.c - see rmt/datapackage.h. */
#include "rmt/datapackage.h"

#include "rmt/mem.h"
#include "rmt/stage_files.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FAIL(m, node, key, ...)                                                                    \
    rmt_fail_at((m)->err, RMT_ERR_CONFIG, rmt_node_source(node), rmt_node_line(node), (key),       \
                __VA_ARGS__)

/* What putting a package into a plan needs throughout. */
typedef struct {
    rmt_doc *doc; /* the plan with the package in it */
    rmt_doc *package;
    char *from_plan;              /* the package's folder, seen from the plan's */
    char *folder;                 /* the same, as it is opened */
    const char **names, **tables; /* of the resources, and what they are called as tables */
    size_t n;
    rmt_study *study;
    rmt_error *err;
} merger;

static void merger_clear(merger *m)
{
    rmt_doc_free(m->doc);
    rmt_doc_free(m->package);
    rmt_mem_free(m->from_plan);
    rmt_mem_free(m->folder);
    rmt_mem_free(m->names);
    rmt_mem_free(m->tables);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static rmt_status put_copy(const merger *m, rmt_node *map, const char *key, const rmt_node *value)
{
    rmt_node *copy = NULL;
    rmt_status st = rmt_node_clone(&copy, m->doc, value, m->err);
    return st ? st : rmt_node_map_set(map, key, copy, m->err);
}

/* A text that stands for what `as` says. quoted: it is no number. */
static rmt_status put_text(const merger *m, rmt_node *map, const char *key, const char *text,
                           bool quoted, const rmt_node *as)
{
    rmt_node *node = NULL;
    rmt_status st = rmt_node_new_scalar(&node, m->doc, text, strlen(text), quoted, 0, m->err);
    if (!st) st = rmt_node_place(node, as, m->err);
    return st ? st : rmt_node_map_set(map, key, node, m->err);
}

static rmt_status new_node(const merger *m, rmt_node **out, rmt_node_kind kind, const rmt_node *as)
{
    rmt_status st = rmt_node_new(out, m->doc, kind, 0, m->err);
    return st ? st : rmt_node_place(*out, as, m->err);
}

static bool is_list(const rmt_node *n)
{
    return n && rmt_node_kind_of(n) == RMT_NODE_LIST;
}

static bool is_map(const rmt_node *n)
{
    return n && rmt_node_kind_of(n) == RMT_NODE_MAP;
}

/* Keys outside `known`, but for null and those that begin with x-, are refused with the nearest. */
static rmt_status check_keys(const merger *m, const rmt_node *map, const char *what,
                             const char *const *known, size_t n)
{
    for (size_t i = 0; i < rmt_node_size(map); i++) {
        const char *key = rmt_node_key(map, i);
        const rmt_node *value = rmt_node_at(map, i);
        size_t k = 0;
        while (k < n && strcmp(known[k], key) != 0)
            k++;
        if (k < n || rmt_node_is_null(value) || strncmp(key, "x-", 2) == 0) continue;
        const char *near = rmt_text_nearest(key, known, n);
        return FAIL(m, value, key, "unknown key '%s' of %s%s%s%s", key, what,
                    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}

/* ---- files the package names ----------------------------------------------------------------- */

/* The standard allows paths below the package's folder and URLs; nothing is fetched here. */
static rmt_status check_path(const merger *m, const rmt_node *at, const char *key)
{
    const char *path = rmt_node_text(at);
    if (!path || !path[0]) return FAIL(m, at, key, "is no path of a file");
    if (strstr(path, "://"))
        return FAIL(m, at, key, "'%s' is remote: fetch the file and write its path", path);
    if (path[0] == '/')
        return FAIL(m, at, key, "'%s' is absolute; a path goes from the package's folder", path);
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
            return FAIL(m, at, key, "'%s' leaves the package's folder", path);
    }
    return RMT_OK;
}

/* A schema or dialect: the object itself, or what the file it names holds. *other: caller's, holds what was read. */
static rmt_status open_object(const merger *m, const rmt_node **out, rmt_doc **other,
                              const rmt_node *value, const char *key)
{
    char *path = NULL;
    rmt_status st = RMT_OK;
    *out = value;
    if (rmt_node_text(value)) {
        if ((st = check_path(m, value, key))) return st;
        st = rmt_stage_path_beside(&path, m->folder, rmt_node_text(value), m->err);
        if (!st) st = rmt_tree_read(other, path, m->err);
        if (!st && m->study) st = rmt_study_add_input(m->study, path, m->err);
        if (!st) *out = rmt_doc_root(*other);
    }
    if (!st && !is_map(*out))
        st = rmt_fail_at(m->err, RMT_ERR_CONFIG, path ? path : rmt_node_source(value),
                         path ? 1 : rmt_node_line(value), key, "a %s is a map of keys, this is not",
                         key);
    rmt_mem_free(path);
    return st;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The name of the table a resource becomes: caps-5 is caps_5, 2024.caps is t_2024_caps. */
static rmt_status table_name(const merger *m, rmt_text *out, const rmt_node *at)
{
    rmt_status st = RMT_OK;
    const char *name = rmt_node_text(at);
    out->len = 0;
    for (const char *p = name; *p && !st; p++) {
        const bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        const bool other = (*p >= '0' && *p <= '9') || strchr("_-. /", *p);
        if (!letter && !other)
            return FAIL(m, at, "name",
                        "resource '%s' cannot be a table's name: letters, digits, '-', '_' and '.' "
                        "can",
                        name);
        if (p == name && !letter) st = rmt_text_add(out, "t_", m->err);
        if (!st) st = rmt_text_add_bytes(out, strchr("-. /", *p) ? "_" : p, 1, m->err);
    }
    return st;
}

static size_t find_name(const char *const *names, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(names[i], name) != 0)
        i++;
    return i;
}

static rmt_status read_name(merger *m, const rmt_node *resource, rmt_text *buf)
{
    const rmt_node *at = rmt_node_get(resource, "name");
    const char *name = rmt_node_text(at);
    rmt_node *kept = NULL;
    rmt_status st;
    if (!is_map(resource)) return FAIL(m, resource, "resources", "a resource is a map of keys");
    if (!name || !name[0] || rmt_node_is_null(at))
        return FAIL(m, at ? at : resource, "name", "a resource needs a name");
    if ((st = table_name(m, buf, at))) return st;
    size_t same = find_name(m->tables, m->n, buf->s);
    if (same < m->n)
        return FAIL(m, at, "name", "resources '%s' and '%s' would both be table %s", m->names[same],
                    name, buf->s);
    if ((st = rmt_node_new_scalar(&kept, m->doc, buf->s, buf->len, true, 0, m->err))) return st;
    m->names[m->n] = name;
    m->tables[m->n++] = rmt_node_text(kept);
    return RMT_OK;
}

static rmt_status read_names(merger *m, const rmt_node *resources)
{
    const size_t n = rmt_node_size(resources);
    rmt_text buf = {0};
    rmt_status st = RMT_OK;
    m->names = rmt_mem_array(n, sizeof *m->names, m->err);
    m->tables = rmt_mem_array(n, sizeof *m->tables, m->err);
    if (!m->names || !m->tables) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++)
        st = read_name(m, rmt_node_at(resources, i), &buf);
    rmt_text_clear(&buf);
    return st;
}

/* ---- schema ---------------------------------------------------------------------------------- */

/* A foreign key, with the resource it refers to by the name of its table. */
static rmt_status put_foreign_key(const merger *m, rmt_node *list, const rmt_node *key)
{
    const rmt_node *reference = rmt_node_get(key, "reference");
    const rmt_node *resource = rmt_node_get(reference, "resource");
    const char *name = rmt_node_text(resource);
    rmt_node *copy = NULL, *inner = NULL;
    rmt_status st = rmt_node_clone(&copy, m->doc, key, m->err);
    if (!st && name && name[0] && is_map(key)) {
        const size_t i = find_name(m->names, m->n, name);
        const char *near = i < m->n ? NULL : rmt_text_nearest(name, m->names, m->n);
        if (i == m->n)
            return FAIL(m, resource, "resource", "'%s' is no resource of the package%s%s%s", name,
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        st = rmt_node_clone(&inner, m->doc, reference, m->err);
        if (!st) st = put_text(m, inner, "resource", m->tables[i], true, resource);
        if (!st) st = rmt_node_map_set(copy, "reference", inner, m->err);
    }
    return st ? st : rmt_node_list_add(list, copy, m->err);
}

static rmt_status put_schema(const merger *m, rmt_node *table, const rmt_node *value)
{
    const rmt_node *schema = NULL;
    rmt_doc *other = NULL;
    rmt_node *copy = NULL, *list = NULL;
    rmt_status st = open_object(m, &schema, &other, value, "schema");
    if (st) goto done;
    if ((st = rmt_node_clone(&copy, m->doc, schema, m->err))) goto done;
    const rmt_node *keys = rmt_node_get(schema, "foreignKeys");
    if (is_list(keys)) {
        if ((st = new_node(m, &list, RMT_NODE_LIST, keys))) goto done;
        for (size_t i = 0; i < rmt_node_size(keys); i++)
            if ((st = put_foreign_key(m, list, rmt_node_at(keys, i)))) goto done;
        if ((st = rmt_node_map_set(copy, "foreignKeys", list, m->err))) goto done;
    }
    st = rmt_node_map_set(table, "schema", copy, m->err);
done:
    rmt_doc_free(other);
    return st;
}

/* ---- dialect --------------------------------------------------------------------------------- */

/* Settings of the standard that must have the one value with which a file can be read here. */
static rmt_status check_fixed(const merger *m, const rmt_node *d)
{
    static const struct {
        const char *key, *value, *why;
    } fixed[] = {{"quoteChar", "\"", "cells are quoted by \""},
                 {"doubleQuote", "true", "a quote within quotes is doubled"},
                 {"skipInitialSpace", "false", "nothing is trimmed"},
                 {"header", "true", "a file needs its header"}};
    static const char *const never[] = {"escapeChar", "nullSequence", "property",  "itemType",
                                        "itemKeys",   "sheetNumber",  "sheetName", "table"};
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < COUNT(fixed); i++) {
        const rmt_node *n = rmt_node_get(d, fixed[i].key);
        const char *text = rmt_node_text(n);
        /* null is no default of these: it says that there is none */
        if (n && (!text || strcmp(text, fixed[i].value) != 0))
            return FAIL(m, n, fixed[i].key, "is not %s, which is all that is read: %s",
                        fixed[i].value, fixed[i].why);
    }
    for (size_t i = 0; i < COUNT(never); i++) {
        const rmt_node *n = rmt_node_get(d, never[i]);
        if (!rmt_node_is_null(n)) return FAIL(m, n, never[i], "is not read");
    }
    const rmt_node *end = rmt_node_get(d, "lineTerminator"), *rows = rmt_node_get(d, "commentRows");
    if (!rmt_node_is_null(end) &&
        (!rmt_node_text(end) || find_name(ends, COUNT(ends), rmt_node_text(end)) == COUNT(ends)))
        return FAIL(m, end, "lineTerminator", "lines end with LF, CRLF or CR");
    if (!rmt_node_is_null(rows) && !(is_list(rows) && rmt_node_size(rows) == 0))
        return FAIL(m, rows, "commentRows",
                    "comments are told by 'commentChar', lines before the header by 'headerRows'");
    return RMT_OK;
}

/* headerRows: [3] is skip_rows: 2. */
static rmt_status put_header_row(const merger *m, rmt_node *table, const rmt_node *rows)
{
    rmt_node *map = NULL;
    rmt_text skip = {0};
    size_t row = 0;
    rmt_status st;
    if (rmt_node_is_null(rows)) return RMT_OK;
    if (!is_list(rows) || rmt_node_size(rows) != 1)
        return FAIL(m, rows, "headerRows", "the header is one row, such as [1]");
    if ((st = new_node(m, &map, RMT_NODE_MAP, rows))) return st;
    if ((st = put_copy(m, map, "headerRows", rmt_node_at(rows, 0)))) return st;
    if ((st = rmt_node_read_size(map, "headerRows", &row, m->err))) return st;
    if (row == 0) return FAIL(m, rows, "headerRows", "rows are counted from 1");
    st = rmt_text_addf(&skip, m->err, "%zu", row - 1);
    if (!st) st = put_text(m, table, "skip_rows", skip.s, false, rows);
    rmt_text_clear(&skip);
    return st;
}

/* d: a dialect, or what frictionless-py nests in it under "csv". */
static rmt_status put_settings(const merger *m, rmt_node *table, const rmt_node *d)
{
    static const char *const known[] = {"delimiter",     "lineTerminator",
                                        "quoteChar",     "doubleQuote",
                                        "escapeChar",    "nullSequence",
                                        "header",        "skipInitialSpace",
                                        "headerRows",    "headerJoin",
                                        "commentRows",   "commentChar",
                                        "commentPrefix", "caseSensitiveHeader",
                                        "property",      "itemType",
                                        "itemKeys",      "sheetNumber",
                                        "sheetName",     "table",
                                        "$schema",       "title",
                                        "description",   "csvddfVersion",
                                        "csv",           "name",
                                        "type"};
    static const char *const comments[] = {"commentChar", "commentPrefix"};
    rmt_status st;
    if ((st = check_keys(m, d, "a dialect", known, COUNT(known)))) return st;
    if ((st = check_fixed(m, d))) return st;
    if ((st = put_header_row(m, table, rmt_node_get(d, "headerRows")))) return st;
    const rmt_node *delimiter = rmt_node_get(d, "delimiter");
    if (!rmt_node_is_null(delimiter) && (st = put_copy(m, table, "delimiter", delimiter)))
        return st;
    for (size_t i = 0; i < COUNT(comments); i++) {
        const rmt_node *comment = rmt_node_get(d, comments[i]);
        if (!rmt_node_is_null(comment) && (st = put_copy(m, table, "comment", comment))) return st;
    }
    return RMT_OK;
}

static rmt_status put_dialect(const merger *m, rmt_node *table, const rmt_node *value)
{
    const rmt_node *d = NULL;
    rmt_doc *other = NULL;
    rmt_status st = open_object(m, &d, &other, value, "dialect");
    if (!st) st = put_settings(m, table, d);
    const rmt_node *csv = rmt_node_get(d, "csv");
    if (!st && !rmt_node_is_null(csv)) {
        if (!is_map(csv)) st = FAIL(m, csv, "csv", "is a map of keys");
        else if (rmt_node_get(csv, "csv")) st = FAIL(m, csv, "csv", "'csv' within 'csv'");
        else st = put_settings(m, table, csv);
    }
    rmt_doc_free(other);
    return st;
}

static rmt_status put_encoding(const merger *m, rmt_node *table, const rmt_node *value)
{
    /* The names that packages use; the plan's own stand for themselves. */
    static const char *const names[][2] = {{"utf-8", "utf-8"},
                                           {"utf8", "utf-8"},
                                           {"utf-8-sig", "utf-8"},
                                           {"ascii", "utf-8"},
                                           {"us-ascii", "utf-8"},
                                           {"utf-16", "utf-16"},
                                           {"utf-16le", "utf-16le"},
                                           {"utf-16-le", "utf-16le"},
                                           {"utf-16be", "utf-16be"},
                                           {"utf-16-be", "utf-16be"},
                                           {"windows-1252", "windows-1252"},
                                           {"cp1252", "windows-1252"},
                                           {"iso-8859-1", "windows-1252"},
                                           {"iso8859-1", "windows-1252"},
                                           {"latin-1", "windows-1252"},
                                           {"latin1", "windows-1252"}};
    const char *text = rmt_node_text(value);
    for (size_t i = 0; text && i < COUNT(names); i++)
        if (rmt_text_equal_nocase(text, names[i][0]))
            return put_text(m, table, "encoding", names[i][1], true, value);
    return FAIL(m, value, "encoding",
                "'%s' is none of utf-8, utf-16, utf-16le, utf-16be, windows-1252",
                text ? text : "");
}

/* ---- a resource ------------------------------------------------------------------------------ */

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        if (rmt_text_equal_nocase(text, words[i])) return true;
    return false;
}

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), k = strlen(end);
    return n >= k && rmt_text_equal_nocase(s + n - k, end);
}

/* What the file is, as said by format, mediatype or type, else by its ending. Others than delimited text are refused. */
static rmt_status check_format(const merger *m, const rmt_node *resource, const char *table,
                               const rmt_node *path, bool *tab)
{
    static const char *const words[][4] = {
        {"csv", "tsv", "tab", NULL},
        {"text/csv", "text/tab-separated-values", "application/csv", "text/csv; charset=utf-8"},
        {"table", NULL, NULL, NULL},
        {"file", NULL, NULL, NULL},
        {"gz", "gzip", "no", NULL}};
    static const char *const keys[] = {"format", "mediatype", "type", "scheme", "compression"};
    static const char *const endings[] = {".csv",    ".tsv",    ".tab",    ".txt",
                                          ".csv.gz", ".tsv.gz", ".tab.gz", ".txt.gz"};
    const char *file = rmt_node_text(path), *name = rmt_node_text(rmt_node_get(resource, "name"));
    bool said = false;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const rmt_node *n = rmt_node_get(resource, keys[i]);
        size_t n_words = 0;
        if (rmt_node_is_null(n)) continue;
        while (n_words < COUNT(words[i]) && words[i][n_words])
            n_words++;
        if (!is_one_of(rmt_node_text(n), words[i], n_words))
            return FAIL(m, n, keys[i],
                        "resource '%s' is %s, not csv or tsv; '%s: null' in the plan's data leaves "
                        "it out",
                        name, rmt_node_text(n) ? rmt_node_text(n) : "no text", table);
        said = said || i < 2;
        *tab = *tab || (i < 2 && strstr(rmt_node_text(n), "tab")) ||
               strcmp(rmt_node_text(n), "tsv") == 0;
    }
    for (size_t i = 0; i < COUNT(endings) && !said; i++)
        if (ends_with(file, endings[i])) {
            said = true;
            *tab = endings[i][1] == 't' && endings[i][2] != 'x';
        }
    if (said) return RMT_OK;
    return FAIL(m, path, "path",
                "resource '%s' says no 'format', and '%s' does not end in .csv or .tsv; '%s: null' "
                "in the plan's data leaves it out",
                name, file, table);
}

/* The resource's one file. */
static rmt_status find_file(const merger *m, const rmt_node **out, const rmt_node *resource)
{
    const rmt_node *path = rmt_node_get(resource, "path"), *data = rmt_node_get(resource, "data");
    if (!rmt_node_is_null(data))
        return FAIL(m, data, "data", "the rows of a resource are read from a file: write 'path'");
    if (rmt_node_is_null(path)) return FAIL(m, resource, "path", "a resource needs a 'path'");
    if (is_list(path) && rmt_node_size(path) != 1)
        return FAIL(m, path, "path", "a table is one file, this has %zu", rmt_node_size(path));
    *out = is_list(path) ? rmt_node_at(path, 0) : path;
    return check_path(m, *out, "path");
}

static rmt_status put_expected(const merger *m, rmt_node *table, const rmt_node *resource)
{
    static const char *const keys[][2] = {
        {"hash", "hash"}, {"bytes", "bytes"}, {"rows", "rows"}, {"fields", "columns"}};
    rmt_node *expect = NULL;
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < COUNT(keys) && !st; i++) {
        const rmt_node *n = rmt_node_get(resource, keys[i][0]);
        if (rmt_node_is_null(n)) continue;
        if (!expect) st = new_node(m, &expect, RMT_NODE_MAP, n);
        if (!st) st = put_copy(m, expect, keys[i][1], n);
    }
    return st || !expect ? st : rmt_node_map_set(table, "expect", expect, m->err);
}

/* entry: the plan's, NULL = none. It counts where both say something. */
static rmt_status put_resource(const merger *m, rmt_node *data, const char *name,
                               const rmt_node *resource, const rmt_node *entry)
{
    static const char *const known[] = {
        "name",     "path",         "data",     "schema",      "dialect", "encoding", "format",
        "type",     "mediatype",    "scheme",   "compression", "hash",    "bytes",    "rows",
        "fields",   "profile",      "title",    "description", "sources", "$schema",  "licenses",
        "homepage", "contributors", "keywords", "created",     "version", "image",    "id"};
    const rmt_node *path = NULL;
    rmt_node *table = NULL;
    char *file = NULL;
    bool tab = false;
    rmt_status st;
    if ((st = check_keys(m, resource, "a resource", known, COUNT(known)))) return st;
    if ((st = find_file(m, &path, resource))) return st;
    if ((st = check_format(m, resource, name, path, &tab))) return st;
    if ((st = new_node(m, &table, RMT_NODE_MAP, resource))) return st;
    const char *text = rmt_node_text(path);
    while (strncmp(text, "./", 2) == 0)
        text += 2;
    if ((st = rmt_stage_path_beside(&file, m->from_plan, text, m->err))) return st;
    st = put_text(m, table, "file", file, true, path);
    rmt_mem_free(file);
    if (!st && tab) st = put_text(m, table, "delimiter", "tab", true, path);
    const rmt_node *schema = rmt_node_get(resource, "schema");
    const rmt_node *dialect = rmt_node_get(resource, "dialect");
    const rmt_node *encoding = rmt_node_get(resource, "encoding");
    if (!st && !rmt_node_is_null(schema)) st = put_schema(m, table, schema);
    if (!st && !rmt_node_is_null(dialect)) st = put_dialect(m, table, dialect);
    if (!st && !rmt_node_is_null(encoding)) st = put_encoding(m, table, encoding);
    /* What is declared of one file says nothing of the one that the plan puts in its place. */
    if (!st && rmt_node_is_null(rmt_node_get(entry, "file"))) st = put_expected(m, table, resource);
    for (size_t i = 0; i < rmt_node_size(entry) && !st; i++)
        st = put_copy(m, table, rmt_node_key(entry, i), rmt_node_at(entry, i));
    return st ? st : rmt_node_map_set(data, name, table, m->err);
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* Keys of a package may be anybody's own; one that is nearly the standard's is most likely meant to be that. */
static rmt_status check_package(const merger *m, const rmt_node *package)
{
    static const char *const known[] = {
        "resources", "name",    "id",      "title",    "description", "homepage",
        "version",   "created", "image",   "licenses", "keywords",    "contributors",
        "sources",   "profile", "$schema", "license",  "author"};
    const rmt_node *resources = rmt_node_get(package, "resources");
    if (!is_map(package))
        return rmt_fail_at(m->err, RMT_ERR_CONFIG, rmt_doc_source(m->package), 1, NULL,
                           "a data package is a map of keys, this is not");
    for (size_t i = 0; i < rmt_node_size(package); i++) {
        const char *key = rmt_node_key(package, i);
        const char *near = rmt_text_nearest(key, known, COUNT(known));
        if (near && find_name(known, COUNT(known), key) == COUNT(known))
            return FAIL(m, rmt_node_at(package, i), key,
                        "unknown key '%s' of a data package; did you mean '%s'?", key, near);
    }
    if (is_list(resources) && rmt_node_size(resources) > 0) return RMT_OK;
    return FAIL(m, resources ? resources : package, "resources",
                "a data package needs 'resources', a list of at least one");
}

static rmt_status put_data(const merger *m, rmt_node *root, const rmt_node *given)
{
    const rmt_node *resources = rmt_node_get(rmt_doc_root(m->package), "resources");
    rmt_node *data = NULL;
    rmt_status st = new_node(m, &data, RMT_NODE_MAP, rmt_node_is_null(given) ? resources : given);
    for (size_t i = 0; i < m->n && !st; i++) {
        const rmt_node *entry = rmt_node_get(given, m->tables[i]);
        if (entry && rmt_node_is_null(entry)) continue;
        if (entry && !is_map(entry)) st = put_copy(m, data, m->tables[i], entry);
        else st = put_resource(m, data, m->tables[i], rmt_node_at(resources, i), entry);
    }
    for (size_t i = 0; i < rmt_node_size(given) && !st; i++) {
        const char *key = rmt_node_key(given, i);
        if (find_name(m->tables, m->n, key) == m->n)
            st = put_copy(m, data, key, rmt_node_at(given, i));
    }
    return st ? st : rmt_node_map_set(root, "data", data, m->err);
}

static rmt_status open_package(merger *m, const rmt_node *named, const char *directory)
{
    char *path = NULL;
    const char *file = rmt_node_text(named);
    rmt_status st;
    if (!file || !file[0]) return FAIL(m, named, "datapackage", "is the path of a data package");
    if (strstr(file, "://"))
        return FAIL(m, named, "datapackage", "'%s' is remote: fetch the package and its files",
                    file);
    if ((st = rmt_stage_path_beside(&path, directory, file, m->err))) goto done;
    if ((st = rmt_tree_read(&m->package, path, m->err))) goto done;
    if (m->study && (st = rmt_study_add_input(m->study, path, m->err))) goto done;
    if ((st = rmt_stage_directory_of(&m->folder, path, m->err))) goto done;
    if ((st = rmt_stage_directory_of(&m->from_plan, file, m->err))) goto done;
    st = check_package(m, rmt_doc_root(m->package));
done:
    rmt_mem_free(path);
    return st;
}

/* The plan `read` with its package in it; the package's own name stays, without the folders of an absolute path. */
static rmt_status merge(merger *m, const rmt_doc *read, const rmt_node *named,
                        const char *directory)
{
    const rmt_node *plan = rmt_doc_root(read), *given = rmt_node_get(plan, "data");
    const char *file = rmt_node_text(named);
    rmt_node *root = NULL;
    rmt_status st;
    if ((st = rmt_doc_new(&m->doc, rmt_doc_source(read), m->err))) return st;
    if ((st = open_package(m, named, directory))) return st;
    if ((st = read_names(m, rmt_node_get(rmt_doc_root(m->package), "resources")))) return st;
    if ((st = new_node(m, &root, RMT_NODE_MAP, plan))) return st;
    for (size_t i = 0; i < rmt_node_size(plan) && !st; i++) {
        const rmt_node *value = rmt_node_at(plan, i);
        if (value == named && file[0] == '/')
            st = put_text(m, root, "datapackage", strrchr(file, '/') + 1, true, named);
        else st = put_copy(m, root, rmt_node_key(plan, i), value);
    }
    /* What is no map the plan's parser will refuse. */
    if (!st && (rmt_node_is_null(given) || is_map(given))) st = put_data(m, root, given);
    if (!st) rmt_doc_set_root(m->doc, root);
    return st;
}

rmt_status rmt_stage_join_package(rmt_doc **plan, const char *directory, rmt_study *study,
                                  rmt_error *err)
{
    merger m = {.study = study, .err = err};
    const rmt_node *named = rmt_node_get(rmt_doc_root(*plan), "datapackage");
    if (rmt_node_is_null(named)) return RMT_OK;
    const rmt_status st = merge(&m, *plan, named, directory);
    if (!st) {
        rmt_doc_free(*plan);
        *plan = m.doc;
        m.doc = NULL;
    }
    merger_clear(&m);
    return st;
}

rmt_status rmt_stage_read_plan(rmt_doc **out, const char *path, const char *directory,
                               rmt_study *study, rmt_error *err)
{
    rmt_doc *read = NULL;
    rmt_status st = rmt_tree_read(&read, path, err);
    if (!st) st = rmt_stage_join_package(&read, directory, study, err);
    if (st) rmt_doc_free(read);
    else *out = read;
    return st;
}

/* ---- files as a whole ------------------------------------------------------------------------ */

/* The file is another one than was declared. */
static rmt_status differs(const rmt_plan_table *pt, const char *key, const char *code,
                          const char *found, const char *declared, rmt_problems *notes,
                          rmt_error *err)
{
    const rmt_node *at = rmt_node_get(pt->expect, key);
    rmt_error one = {0};
    rmt_status st =
        rmt_fail_at(&one, RMT_ERR_INCONSISTENT, pt->file, 0, key, "%s: %s, but %s:%zu declares %s",
                    code, found, rmt_node_source(at), rmt_node_line(at), declared);
    rmt_problems_add(notes, RMT_SEVERITY_ERROR, st, one.source, 0, key, "%s", one.msg);
    return rmt_fail_at(err, st, one.source, 0, key, "%s", one.msg);
}

bool rmt_stage_expected_digest(rmt_digest_kind *kind, const char **digits, const rmt_plan_table *pt)
{
    static const rmt_digest_kind kinds[] = {RMT_DIGEST_MD5, RMT_DIGEST_SHA256, RMT_DIGEST_SHA512,
                                            RMT_DIGEST_SHA1};
    const char *hash = rmt_node_text(rmt_node_get(pt->expect, "hash"));
    if (!hash) return false;
    const char *colon = strchr(hash, ':');
    char prefix[8] = "";
    if (colon) snprintf(prefix, sizeof prefix, "%.*s", (int)(colon - hash), hash);
    *digits = colon ? colon + 1 : hash;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        *kind = kinds[i];
        if (colon ? rmt_text_equal_nocase(prefix, rmt_digest_name(kinds[i]))
                  : strlen(hash) == rmt_digest_digits(kinds[i]))
            return true;
    }
    return false;
}

rmt_status rmt_stage_check_expected(const rmt_plan_table *pt, const rmt_csv_facts *facts,
                                    size_t n_columns, rmt_problems *notes, rmt_error *err)
{
    static const char *const counts[][2] = {
        {"bytes", "byte-count"}, {"rows", "row-count"}, {"columns", "field-count"}};
    const size_t found[] = {facts->bytes, facts->rows_stored, n_columns};
    const char *hash = NULL, *digits = NULL;
    char has[32], wants[32], is[RMT_DIGEST_HEX_MOST + 8];
    rmt_digest_kind kind;
    rmt_status st = rmt_node_read_text(pt->expect, "hash", &hash, err), worst = RMT_OK;
    if (st) return st;
    if (hash && !rmt_stage_expected_digest(&kind, &digits, pt))
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_OK, pt->file, 0, "hash",
                         "'%s' is not checked: it is no md5, sha1, sha256 or sha512", hash);
    else if (hash && !rmt_text_equal_nocase(digits, facts->digest)) {
        snprintf(is, sizeof is, "%s%s%s", digits == hash ? "" : rmt_digest_name(kind),
                 digits == hash ? "" : ":", facts->digest);
        worst = differs(pt, "hash", "hash-count", is, hash, notes, err);
    }
    for (size_t i = 0; i < COUNT(counts); i++) {
        size_t declared = found[i];
        if ((st = rmt_node_read_size(pt->expect, counts[i][0], &declared, err))) return st;
        if (declared == found[i]) continue;
        snprintf(has, sizeof has, "%zu", found[i]);
        snprintf(wants, sizeof wants, "%zu", declared);
        worst = differs(pt, counts[i][0], counts[i][1], has, wants, notes, err);
    }
    return worst;
}
