/* wide_schema.c - the schema of a wide file and that of its long table (see rmt/wide.h). */
#include "config.h"
#include "rmt/mem.h"
#include "rmt/wide.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    rmt_doc *doc;
    const rmt_wide *w;
    const rmt_node *fields; /* of the file's schema */
    const char **names;     /* theirs */
    rmt_wide_map *m;
    rmt_node *unique_keys; /* of the long schema */
    rmt_error *err;
} translation;

static rmt_status new_text(rmt_node **out, const translation *t, const char *text, size_t line)
{
    return rmt_node_new_scalar(out, t->doc, text, strlen(text), true, line, t->err);
}

/* What the long table calls the file's column; a name the schema does not have stays. */
static const char *long_name(const translation *t, const char *column)
{
    for (size_t i = 0; i < t->m->n_columns; i++)
        if (strcmp(t->names[i], column) == 0)
            return t->m->name[i] == RMT_NO_COLUMN ? column : t->m->names[t->m->name[i]];
    return column;
}

static rmt_status add_name(const translation *t, rmt_node *list, const char *name, size_t line)
{
    rmt_node *item = NULL;
    for (size_t i = 0; i < rmt_node_size(list); i++)
        if (strcmp(rmt_node_text(rmt_node_at(list, i)), name) == 0) return RMT_OK;
    rmt_status st = new_text(&item, t, name, line);
    return st ? st : rmt_node_list_add(list, item, t->err);
}

/* A text or a list of texts, each by its name in the long table. What is neither is left to the schema's parser. */
static rmt_status rename_words(rmt_node **out, const translation *t, const rmt_node *words,
                               bool add_visit)
{
    rmt_status st = rmt_node_new(out, t->doc, RMT_NODE_LIST, rmt_node_line(words), t->err);
    const bool one = rmt_node_kind_of(words) == RMT_NODE_SCALAR;
    for (size_t i = 0; i < (one ? 1 : rmt_node_size(words)) && !st; i++) {
        const rmt_node *word = one ? words : rmt_node_at(words, i);
        if (!rmt_node_text(word)) return rmt_node_clone(out, t->doc, words, t->err);
        st = add_name(t, *out, long_name(t, rmt_node_text(word)), rmt_node_line(word));
    }
    return st || !add_visit ? st : add_name(t, *out, t->w->visit, rmt_node_line(words));
}

/* Of a field: whether this key is about the field's promises, not about its looks. */
static bool is_promise(const char *key)
{
    static const char *const looks[] = {"name", "title", "description", "example", "rdfType"};
    return config_find(key, looks, CONFIG_COUNT(looks)) == CONFIG_COUNT(looks);
}

/* Under `remit`: in REDCap each visit of a wide project may have its form and its own branching logic. */
static bool is_of_redcap(const char *key)
{
    return strcmp(key, "form") == 0 || strcmp(key, "branching") == 0;
}

/* The promises of a field, as text to compare. */
static rmt_status promises(rmt_text *out, const rmt_node *field, bool in_remit, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < rmt_node_size(field) && !st; i++) {
        const char *key = rmt_node_key(field, i);
        const rmt_node *value = rmt_node_at(field, i);
        if (in_remit ? is_of_redcap(key) : !is_promise(key)) continue;
        if (!in_remit && strcmp(key, "remit") == 0 && rmt_node_kind_of(value) == RMT_NODE_MAP) {
            st = promises(out, value, true, err);
            continue;
        }
        st = rmt_text_addf(out, err, "%s=", key);
        if (!st) st = rmt_node_write_json(value, out, err);
        if (!st) st = rmt_text_add(out, ";", err);
    }
    return st;
}

static rmt_status check_agree(const translation *t, size_t first, size_t other)
{
    rmt_text a = {0}, b = {0};
    const rmt_node *field = rmt_node_at(t->fields, other);
    rmt_status st = promises(&a, rmt_node_at(t->fields, first), false, t->err);
    if (!st) st = promises(&b, field, false, t->err);
    if (!st && strcmp(a.s ? a.s : "", b.s ? b.s : "") != 0)
        st = CONFIG_FAIL(t->err, field, "fields",
                         "fields '%s' and '%s' are one column of the long table, '%s', and promise "
                         "different things",
                         t->names[first], t->names[other], t->m->names[t->m->name[other]]);
    rmt_text_clear(&a);
    rmt_text_clear(&b);
    return st;
}

/* `unique` of the file is unique at each visit: it moves to uniqueKeys. */
static rmt_status move_unique(const translation *t, rmt_node *field, const char *name)
{
    const rmt_node *old = rmt_node_get(field, "constraints");
    rmt_node *rest = NULL, *key = NULL;
    rmt_status st;
    if (rmt_node_is_null(rmt_node_get(old, "unique"))) return RMT_OK;
    const char *unique = rmt_node_text(rmt_node_get(old, "unique"));
    if ((st = rmt_node_new(&rest, t->doc, RMT_NODE_MAP, rmt_node_line(old), t->err))) return st;
    for (size_t i = 0; i < rmt_node_size(old) && !st; i++) {
        rmt_node *copy = NULL;
        if (strcmp(rmt_node_key(old, i), "unique") == 0) continue;
        st = rmt_node_clone(&copy, t->doc, rmt_node_at(old, i), t->err);
        if (!st) st = rmt_node_map_set(rest, rmt_node_key(old, i), copy, t->err);
    }
    if (!st) st = rmt_node_map_set(field, "constraints", rest, t->err);
    if (st || !unique || strcmp(unique, "true") != 0) return st;
    if ((st = rmt_node_new(&key, t->doc, RMT_NODE_LIST, rmt_node_line(old), t->err)) ||
        (st = add_name(t, key, name, rmt_node_line(old))) ||
        (st = add_name(t, key, t->w->visit, rmt_node_line(old))))
        return st;
    return rmt_node_list_add(t->unique_keys, key, t->err);
}

static rmt_status add_field(const translation *t, rmt_node *list, size_t field, const char *name)
{
    rmt_node *copy = NULL, *text = NULL;
    const rmt_node *from = rmt_node_at(t->fields, field);
    rmt_status st = rmt_node_clone(&copy, t->doc, from, t->err);
    if (!st) st = new_text(&text, t, name, rmt_node_line(from));
    if (!st) st = rmt_node_map_set(copy, "name", text, t->err);
    if (!st) st = move_unique(t, copy, name);
    return st ? st : rmt_node_list_add(list, copy, t->err);
}

static const char *branching_of(const rmt_node *field)
{
    const char *text = rmt_node_text(rmt_node_get(rmt_node_get(field, "remit"), "branching"));
    return text ? text : "";
}

/* Of the field last added, made of this one and others: logic that they do not share holds for none of them. */
static rmt_status share_branching(const translation *t, rmt_node *list, size_t field)
{
    const rmt_node *from = rmt_node_at(t->fields, field);
    const rmt_node *old = rmt_node_get(from, "remit");
    rmt_node *remit = NULL;
    bool shared = true;
    for (size_t i = 0; i < t->m->n_columns; i++)
        if (t->m->name[i] == t->m->name[field] &&
            strcmp(branching_of(rmt_node_at(t->fields, i)), branching_of(from)) != 0)
            shared = false;
    if (shared || rmt_node_kind_of(old) != RMT_NODE_MAP) return RMT_OK;
    rmt_status st = rmt_node_new(&remit, t->doc, RMT_NODE_MAP, rmt_node_line(old), t->err);
    for (size_t i = 0; i < rmt_node_size(old) && !st; i++) {
        rmt_node *copy = NULL;
        if (strcmp(rmt_node_key(old, i), "branching") == 0) continue;
        st = rmt_node_clone(&copy, t->doc, rmt_node_at(old, i), t->err);
        if (!st) st = rmt_node_map_set(remit, rmt_node_key(old, i), copy, t->err);
    }
    rmt_node *added = (rmt_node *)(uintptr_t)rmt_node_at(list, rmt_node_size(list) - 1);
    return st ? st : rmt_node_map_set(added, "remit", remit, t->err);
}

static rmt_status add_visit(const translation *t, rmt_node *list)
{
    rmt_node *field = NULL, *name = NULL, *type = NULL;
    const size_t line = rmt_node_line(t->fields);
    rmt_status st = rmt_node_new(&field, t->doc, RMT_NODE_MAP, line, t->err);
    if (!st) st = new_text(&name, t, t->w->visit, line);
    if (!st) st = rmt_node_map_set(field, "name", name, t->err);
    if (!st) st = new_text(&type, t, t->w->numbers ? "number" : "string", line);
    if (!st) st = rmt_node_map_set(field, "type", type, t->err);
    return st ? st : rmt_node_list_add(list, field, t->err);
}

/* In the order of the long table's columns: those kept, the visit, the names. */
static rmt_status translate_fields(rmt_node **out, const translation *t)
{
    const rmt_wide_map *m = t->m;
    rmt_status st = rmt_node_new(out, t->doc, RMT_NODE_LIST, rmt_node_line(t->fields), t->err);
    for (size_t i = 0; i < m->n_columns && !st; i++)
        if (m->name[i] == RMT_NO_COLUMN) st = add_field(t, *out, i, t->names[i]);
    if (!st) st = add_visit(t, *out);
    for (size_t n = 0; n < m->n_names && !st; n++) {
        size_t first = RMT_NO_COLUMN;
        for (size_t i = 0; i < m->n_columns && !st; i++) {
            if (m->name[i] != n) continue;
            if (first != RMT_NO_COLUMN) st = check_agree(t, first, i);
            else if (!(st = add_field(t, *out, first = i, m->names[n])))
                st = share_branching(t, *out, i);
        }
    }
    return st;
}

static rmt_status add_unique_keys(const translation *t, const rmt_node *keys)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < rmt_node_size(keys) && !st; i++) {
        rmt_node *key = NULL;
        st = rename_words(&key, t, rmt_node_at(keys, i), true);
        if (!st) st = rmt_node_list_add(t->unique_keys, key, t->err);
    }
    return st;
}

static rmt_status translate_foreign_keys(rmt_node **out, const translation *t, const rmt_node *keys)
{
    rmt_status st = rmt_node_clone(out, t->doc, keys, t->err);
    for (size_t i = 0; i < rmt_node_size(*out) && !st; i++) {
        rmt_node *words = NULL;
        rmt_node *key = (rmt_node *)(uintptr_t)rmt_node_at(*out, i); /* of our own copy */
        if (rmt_node_kind_of(key) != RMT_NODE_MAP) continue;
        st = rename_words(&words, t, rmt_node_get(key, "fields"), false);
        if (!st) st = rmt_node_map_set(key, "fields", words, t->err);
    }
    return st;
}

static rmt_status translate_key(rmt_node **out, const translation *t, const char *key,
                                const rmt_node *value)
{
    if (strcmp(key, "fields") == 0) return translate_fields(out, t);
    if (strcmp(key, "primaryKey") == 0) return rename_words(out, t, value, true);
    if (strcmp(key, "foreignKeys") == 0) return translate_foreign_keys(out, t, value);
    return rmt_node_clone(out, t->doc, value, t->err);
}

static rmt_status translate(rmt_node **out, translation *t, const rmt_node *schema)
{
    rmt_status st = rmt_node_new(out, t->doc, RMT_NODE_MAP, rmt_node_line(schema), t->err);
    if (!st)
        st = rmt_node_new(&t->unique_keys, t->doc, RMT_NODE_LIST, rmt_node_line(schema), t->err);
    for (size_t i = 0; i < rmt_node_size(schema) && !st; i++) {
        const char *key = rmt_node_key(schema, i);
        rmt_node *value = NULL;
        if (strcmp(key, "uniqueKeys") == 0) {
            st = add_unique_keys(t, rmt_node_at(schema, i));
            continue;
        }
        st = translate_key(&value, t, key, rmt_node_at(schema, i));
        if (!st) st = rmt_node_map_add(*out, key, value, t->err);
    }
    if (!st && rmt_node_size(t->unique_keys) > 0)
        st = rmt_node_map_add(*out, "uniqueKeys", t->unique_keys, t->err);
    return st;
}

rmt_status rmt_wide_long_schema(rmt_node **out, rmt_doc *doc, const rmt_node *schema,
                                const rmt_wide *w, rmt_error *err)
{
    translation t = {.doc = doc, .w = w, .fields = rmt_node_get(schema, "fields"), .err = err};
    const size_t n = rmt_node_size(t.fields);
    rmt_status st = RMT_ERR_NOMEM;
    *out = NULL;
    if (!(t.names = rmt_mem_array(n, sizeof *t.names, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *name = rmt_node_text(rmt_node_get(rmt_node_at(t.fields, i), "name"));
        t.names[i] = name ? name : "";
    }
    if (config_find(w->visit, t.names, n) < n) st = RMT_OK; /* of the long table */
    else st = rmt_wide_map_new(&t.m, w, t.names, n, false, err);
    if (!st && t.m && t.m->n_names > 0) st = translate(out, &t, schema);
    rmt_wide_map_free(t.m);
    rmt_mem_free(t.names);
    return st;
}

/* ---- back to the file ---------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const rmt_field *x = *(const rmt_field *const *)a, *y = *(const rmt_field *const *)b;
    return strcmp(x->name, y->name);
}

rmt_status rmt_wide_file_schema(rmt_schema *out, const rmt_schema *schema, const rmt_wide_map *m,
                                const char *const *columns, rmt_error *err)
{
    *out = (rmt_schema){.missing_values = schema->missing_values};
    if (!(out->fields = rmt_mem_array(m->n_columns, sizeof *out->fields, err)) ||
        !(out->by_name = rmt_mem_array(m->n_columns, sizeof *out->by_name, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < m->n_columns; i++) {
        const bool kept = m->name[i] == RMT_NO_COLUMN;
        const rmt_field *f = rmt_schema_field(schema, kept ? columns[i] : m->names[m->name[i]]);
        if (!f) continue;
        out->fields[out->n_fields] = *f;
        out->fields[out->n_fields].name = columns[i];
        out->by_name[out->n_fields] = &out->fields[out->n_fields];
        out->n_fields++;
    }
    qsort(out->by_name, out->n_fields, sizeof *out->by_name, by_name);
    return RMT_OK;
}

void rmt_wide_file_schema_clear(rmt_schema *s)
{
    rmt_mem_free(s->fields);
    rmt_mem_free(s->by_name);
    *s = (rmt_schema){0};
}
