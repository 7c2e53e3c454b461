/* schema.c - a Table Schema from its configuration tree; what cannot be checked is refused. */
#include "rmt/schema.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "field.h"
#include "rmt/mem.h"

/* ---- errors and keys ------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0) return true;
    return false;
}

/* The map at node may have the keys given (those of no meaning to remit among them) and x-keys. */
static rmt_status check_keys(const rmt_node *node, const char *what, const char *const *keys,
                             size_t n_keys, rmt_error *err)
{
    if (!node || rmt_node_kind_of(node) != RMT_NODE_MAP)
        return CONFIG_FAIL(err, node, what, "a %s must be an object", what);
    for (size_t i = 0; i < rmt_node_size(node); i++) {
        const char *key = rmt_node_key(node, i);
        const char *near;
        if (strncmp(key, "x-", 2) == 0 || is_one_of(key, keys, n_keys)) continue;
        near = rmt_text_nearest(key, keys, n_keys);
        if (near)
            return CONFIG_FAIL(err, rmt_node_at(node, i), key, "unknown key of a %s; nearest: %s",
                               what, near);
        return CONFIG_FAIL(err, rmt_node_at(node, i), key, "unknown key of a %s", what);
    }
    return RMT_OK;
}

/* A list of texts without plain nulls; *out stays NULL when the key is absent. */
static rmt_status read_words(const rmt_node *map, const char *key, const rmt_node **out,
                             rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(map, key, RMT_NODE_LIST, &list, err);

    if (st || !list) return st;
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        const rmt_node *item = rmt_node_at(list, i);
        if (!rmt_node_text(item) || (rmt_node_is_null(item) && !rmt_node_is_quoted(item)))
            return CONFIG_FAIL(err, item, key, "item %zu is no text; quote it", i + 1);
    }
    *out = list;
    return RMT_OK;
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* Which types a property or constraint is for. */
enum {
    FOR_NUMBER = 1 << RMT_TYPE_NUMBER,
    FOR_INTEGER = 1 << RMT_TYPE_INTEGER,
    FOR_BOOLEAN = 1 << RMT_TYPE_BOOLEAN,
    FOR_STRING = 1 << RMT_TYPE_STRING,
    FOR_DATES = 1 << RMT_TYPE_DATE | 1 << RMT_TYPE_DATETIME,
    FOR_ORDERED = FOR_NUMBER | FOR_INTEGER | FOR_DATES
};

static const struct {
    const char *key;
    int types;
} only_for[] = {
    {"decimalChar", FOR_NUMBER},
    {"groupChar", FOR_NUMBER | FOR_INTEGER},
    {"bareNumber", FOR_NUMBER | FOR_INTEGER},
    {"trueValues", FOR_BOOLEAN},
    {"falseValues", FOR_BOOLEAN},
    {"minimum", FOR_ORDERED},
    {"maximum", FOR_ORDERED},
    {"pattern", FOR_STRING},
    {"minLength", FOR_STRING},
    {"maxLength", FOR_STRING},
};

/* Refuses the keys of map that mean nothing for the type. */
static rmt_status check_applicable(const rmt_node *map, rmt_type type, rmt_error *err)
{
    for (size_t i = 0; i < CONFIG_COUNT(only_for); i++) {
        const rmt_node *value = rmt_node_get(map, only_for[i].key);
        if (value && !(only_for[i].types & 1 << (int)type))
            return CONFIG_FAIL(err, value, only_for[i].key, "%s does not apply to type %s",
                               only_for[i].key, rmt_type_name(type));
    }
    return RMT_OK;
}

static rmt_status read_type(const rmt_node *node, rmt_type *out, rmt_error *err)
{
    const char *names[RMT_N_TYPES];
    const char *name = "string"; /* the standard's default */
    const char *near;
    rmt_status st = rmt_node_read_text(node, "type", &name, err);

    if (st) return st;
    if (rmt_type_from_name(name, out)) return RMT_OK;
    for (int i = 0; i < RMT_N_TYPES; i++)
        names[i] = rmt_type_name((rmt_type)i);
    near = rmt_text_nearest(name, names, RMT_N_TYPES);
    return CONFIG_FAIL(
        err, rmt_node_get(node, "type"), "type",
        "unknown type %s; known: number, integer, boolean, string, date, datetime%s%s", name,
        near ? "; nearest: " : "", near ? near : "");
}

/* One ASCII character that cannot be part of a number otherwise. */
static rmt_status read_char(const rmt_node *node, const char *key, char *out, rmt_error *err)
{
    const char *text = NULL;
    rmt_status st = rmt_node_read_text(node, key, &text, err);

    if (st || !text) return st;
    if (text[0] == '\0' && strcmp(key, "groupChar") == 0) return RMT_OK;
    if (text[0] == '\0' || text[1] != '\0' || text[0] < ' ' || text[0] > '~' ||
        strchr("0123456789+-eE", text[0]))
        return CONFIG_FAIL(err, rmt_node_get(node, key), key,
                           "%s is not one ASCII character other than digits, signs and e", text);
    *out = text[0];
    return RMT_OK;
}

static rmt_status read_format(const rmt_node *node, rmt_field *f, rmt_error *err)
{
    const char *fault = NULL;
    rmt_status st = rmt_node_read_text(node, "format", &f->format, err);

    if (st) return st;
    if (f->type == RMT_TYPE_DATE || f->type == RMT_TYPE_DATETIME)
        fault = rmt_field_format_fault(f->type, f->format);
    else if (strcmp(f->format, "default") != 0) fault = "only \"default\" is known for this type";
    if (fault)
        return CONFIG_FAIL(err, rmt_node_get(node, "format"), "format", "format %s: %s", f->format,
                           fault);
    return RMT_OK;
}

static rmt_status check_words_apart(const rmt_node *node, const rmt_field *f, rmt_error *err)
{
    /* A word of either list that the other list has too, the standard's words included. */
    for (int side = 0; side < 2; side++) {
        static const char *const defaults[2][4] = {{"true", "True", "TRUE", "1"},
                                                   {"false", "False", "FALSE", "0"}};
        const rmt_node *words = side ? f->false_values : f->true_values;
        const rmt_node *others = side ? f->true_values : f->false_values;
        const char *key = side ? "falseValues" : "trueValues";
        for (size_t i = 0; i < rmt_node_size(words); i++) {
            const char *word = rmt_node_text(rmt_node_at(words, i));
            bool both = !others && is_one_of(word, defaults[!side], 4);
            for (size_t j = 0; j < rmt_node_size(others); j++)
                both = both || strcmp(word, rmt_node_text(rmt_node_at(others, j))) == 0;
            if (both)
                return CONFIG_FAIL(err, rmt_node_get(node, key), key, "%s is both true and false",
                                   word);
        }
    }
    return RMT_OK;
}

static rmt_status read_limit(const rmt_node *map, const char *key, const rmt_field *f,
                             const char **out, rmt_cell *cell, rmt_error *err)
{
    rmt_status st = rmt_node_read_text(map, key, out, err);

    if (st || !*out) return st;
    rmt_field_read_limit(cell, f, *out);
    if (cell->kind == RMT_CELL_UNREADABLE)
        return CONFIG_FAIL(err, rmt_node_get(map, key), key, "%s %s cannot be read as %s", key,
                           *out, rmt_type_name(f->type));
    return RMT_OK;
}

static rmt_status read_enum(const rmt_node *map, rmt_field *f, rmt_error *err)
{
    rmt_status st = read_words(map, "enum", &f->allowed, err);

    if (st || !f->allowed) return st;
    if (rmt_node_size(f->allowed) == 0)
        return CONFIG_FAIL(err, f->allowed, "enum", "an empty list allows no value");
    for (size_t i = 0; i < rmt_node_size(f->allowed); i++) {
        const rmt_node *item = rmt_node_at(f->allowed, i);
        rmt_cell cell;
        rmt_field_read_limit(&cell, f, rmt_node_text(item));
        if (cell.kind == RMT_CELL_UNREADABLE)
            return CONFIG_FAIL(err, item, "enum", "enum value %s cannot be read as %s",
                               rmt_node_text(item), rmt_type_name(f->type));
    }
    return RMT_OK;
}

static rmt_status read_pattern(const rmt_node *map, rmt_field *f, rmt_error *err)
{
    const rmt_node *at = rmt_node_get(map, "pattern");
    rmt_status st = rmt_node_read_text(map, "pattern", &f->pattern, err);

    if (st || !f->pattern) return st;
    if ((st = rmt_pattern_new(&f->compiled, f->pattern, err)))
        (void)rmt_error_locate(err, rmt_node_source(at), rmt_node_line(at), "pattern");
    return st;
}

static rmt_status read_constraints(const rmt_node *node, rmt_field *f, rmt_error *err)
{
    static const char *const keys[] = {"required", "unique",  "minimum",   "maximum",
                                       "enum",     "pattern", "minLength", "maxLength"};
    const rmt_node *map = NULL;
    rmt_cell low, high;
    rmt_status st = rmt_node_read_child(node, "constraints", RMT_NODE_MAP, &map, err);

    if (st || !map) return st;
    if ((st = check_keys(map, "constraints object", keys, CONFIG_COUNT(keys), err))) return st;
    if ((st = check_applicable(map, f->type, err))) return st;
    if ((st = rmt_node_read_bool(map, "required", &f->required, err))) return st;
    if ((st = rmt_node_read_bool(map, "unique", &f->unique, err))) return st;
    if ((st = read_limit(map, "minimum", f, &f->minimum, &low, err))) return st;
    if ((st = read_limit(map, "maximum", f, &f->maximum, &high, err))) return st;
    if (f->minimum && f->maximum && rmt_cell_compare(f, &low, &high) > 0)
        return CONFIG_FAIL(err, rmt_node_get(map, "minimum"), "minimum",
                           "minimum %s is above maximum %s", f->minimum, f->maximum);
    if ((st = read_enum(map, f, err))) return st;
    if ((st = read_pattern(map, f, err))) return st;
    if ((st = rmt_node_read_size(map, "minLength", &f->min_length, err))) return st;
    if ((st = rmt_node_read_size(map, "maxLength", &f->max_length, err))) return st;
    if (f->min_length > f->max_length)
        return CONFIG_FAIL(err, rmt_node_get(map, "minLength"), "minLength",
                           "minLength %zu is above maxLength %zu", f->min_length, f->max_length);
    return RMT_OK;
}

static rmt_status read_remit(const rmt_node *node, rmt_field *f, rmt_error *err)
{
    const rmt_node *map = NULL;
    const char *unused = NULL;
    rmt_status st = rmt_node_read_child(node, "remit", RMT_NODE_MAP, &map, err);

    if (st || !map) return st;
    if ((st = rmt_node_read_text(map, "unit", &f->unit, err))) return st;
    if ((st = rmt_node_read_text(map, "item", &unused, err))) return st;
    return rmt_node_read_text(map, "instrument", &unused, err);
}

static rmt_status read_field(rmt_field *f, const rmt_node *node, rmt_error *err)
{
    static const char *const keys[] = {"name",          "type",       "format",      "constraints",
                                       "missingValues", "trueValues", "falseValues", "decimalChar",
                                       "groupChar",     "bareNumber", "title",       "description",
                                       "example",       "rdfType",    "$schema",     "remit"};
    rmt_type type = RMT_TYPE_STRING;
    const char *name = NULL;
    rmt_status st = check_keys(node, "field", keys, CONFIG_COUNT(keys), err);

    if (st) return st;
    if ((st = rmt_node_require_text(node, "name", &name, err))) return st;
    if (name[0] == '\0')
        return CONFIG_FAIL(err, rmt_node_get(node, "name"), "name", "the name is empty");
    if ((st = read_type(node, &type, err))) return st;
    rmt_field_init(f, name, type);
    f->line = rmt_node_line(node);
    if ((st = check_applicable(node, type, err))) return st;
    if ((st = rmt_node_read_text(node, "title", &f->title, err))) return st;
    if ((st = read_format(node, f, err))) return st;
    if ((st = read_char(node, "decimalChar", &f->decimal_char, err))) return st;
    if ((st = read_char(node, "groupChar", &f->group_char, err))) return st;
    if (f->group_char && f->group_char == f->decimal_char)
        return CONFIG_FAIL(err, rmt_node_get(node, "groupChar"), "groupChar",
                           "groupChar and decimalChar are both %c", f->group_char);
    if ((st = rmt_node_read_bool(node, "bareNumber", &f->bare_number, err))) return st;
    if ((st = read_words(node, "trueValues", &f->true_values, err))) return st;
    if ((st = read_words(node, "falseValues", &f->false_values, err))) return st;
    if ((st = check_words_apart(node, f, err))) return st;
    if ((st = read_words(node, "missingValues", &f->missing_values, err))) return st;
    if ((st = read_constraints(node, f, err))) return st;
    return read_remit(node, f, err);
}

static int by_name(const void *a, const void *b)
{
    const rmt_field *x = *(const rmt_field *const *)a, *y = *(const rmt_field *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x > y) - (x < y); /* as they stand in the list */
}

/* The order by which fields are found; none is declared twice. */
static rmt_status order_fields(rmt_schema *s, const rmt_node *list, rmt_error *err)
{
    if (!(s->by_name = rmt_mem_array(s->n_fields, sizeof *s->by_name, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < s->n_fields; i++)
        s->by_name[i] = &s->fields[i];
    qsort(s->by_name, s->n_fields, sizeof *s->by_name, by_name);
    for (size_t i = 1; i < s->n_fields; i++) {
        const rmt_field *f = s->by_name[i];
        if (strcmp(s->by_name[i - 1]->name, f->name) == 0)
            return CONFIG_FAIL(err, rmt_node_at(list, (size_t)(f - s->fields)), f->name,
                               "the field is declared on line %zu already",
                               s->by_name[i - 1]->line);
    }
    return RMT_OK;
}

static rmt_status read_fields(rmt_schema *s, const rmt_node *node, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(node, "fields", RMT_NODE_LIST, &list, err);

    if (st) return st;
    if (!list || rmt_node_size(list) == 0)
        return CONFIG_FAIL(err, list ? list : node, "fields", "a schema needs at least one field");
    if (!(s->fields = rmt_mem_array(rmt_node_size(list), sizeof *s->fields, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        const rmt_node *item = rmt_node_at(list, i);
        rmt_field *f = &s->fields[i];
        s->n_fields = i + 1; /* before the read: a half-read field is freed too */
        if ((st = read_field(f, item, err))) return st;
    }
    return order_fields(s, list, err);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* A text or a list of texts, none twice. *out: caller's, NULL when the key is absent. */
static rmt_status read_names(const rmt_node *map, const char *key, const char ***out, size_t *n,
                             rmt_error *err)
{
    const rmt_node *value = rmt_node_get(map, key);
    bool single = rmt_node_text(value) != NULL;
    size_t count = single ? 1 : rmt_node_size(value);
    const char **names;

    if (!value || (rmt_node_is_null(value) && !rmt_node_is_quoted(value))) return RMT_OK;
    if (!single && (rmt_node_kind_of(value) != RMT_NODE_LIST || count == 0))
        return CONFIG_FAIL(err, value, key, "must be a field's name or a list of names");
    if (!(names = rmt_mem_array(count, sizeof *names, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const rmt_node *item = single ? value : rmt_node_at(value, i);
        const char *name = rmt_node_text(item);
        rmt_status st = RMT_OK;
        if (!name || name[0] == '\0')
            st = CONFIG_FAIL(err, item, key, "item %zu is no name", i + 1);
        else if (is_one_of(name, names, i))
            st = CONFIG_FAIL(err, item, key, "%s stands twice", name);
        if (st) {
            rmt_mem_free(names);
            return st;
        }
        names[i] = name;
    }
    *out = names;
    *n = count;
    return RMT_OK;
}

static rmt_status check_names_fields(const rmt_schema *s, const char **names, size_t n,
                                     const rmt_node *at, const char *key, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const char **known = NULL;

    for (size_t i = 0; i < n && !st; i++) {
        const char *near;
        if (rmt_schema_field(s, names[i])) continue;
        if (!(known = rmt_mem_array(s->n_fields, sizeof *known, err))) return RMT_ERR_NOMEM;
        for (size_t j = 0; j < s->n_fields; j++)
            known[j] = s->fields[j].name;
        near = rmt_text_nearest(names[i], known, s->n_fields);
        st = CONFIG_FAIL(err, at, key, "%s is no field of this schema%s%s", names[i],
                         near ? "; nearest: " : "", near ? near : "");
        rmt_mem_free(known);
    }
    return st;
}

static rmt_status read_foreign_key(rmt_schema *s, rmt_foreign_key *k, const rmt_node *node,
                                   rmt_error *err)
{
    static const char *const keys[] = {"fields", "reference", "title", "description", "remit"};
    static const char *const reference_keys[] = {"resource", "fields", "title", "description"};
    const rmt_node *reference = NULL;
    size_t n_reference = 0;
    rmt_status st = check_keys(node, "foreign key", keys, CONFIG_COUNT(keys), err);

    if (st) return st;
    if ((st = read_names(node, "fields", &k->fields, &k->n, err))) return st;
    if (!k->fields) return CONFIG_FAIL(err, node, "fields", "a foreign key needs its fields");
    if ((st = check_names_fields(s, k->fields, k->n, rmt_node_get(node, "fields"), "fields", err)))
        return st;
    if ((st = rmt_node_read_child(node, "reference", RMT_NODE_MAP, &reference, err))) return st;
    if (!reference) return CONFIG_FAIL(err, node, "reference", "a foreign key needs its reference");
    if ((st =
             check_keys(reference, "reference", reference_keys, CONFIG_COUNT(reference_keys), err)))
        return st;
    k->resource = "";
    if ((st = rmt_node_read_text(reference, "resource", &k->resource, err))) return st;
    if ((st = read_names(reference, "fields", &k->reference, &n_reference, err))) return st;
    if (n_reference != k->n)
        return CONFIG_FAIL(err, reference, "fields", "%zu fields refer to %zu", k->n, n_reference);
    if (k->resource[0] != '\0') return RMT_OK;
    return check_names_fields(s, k->reference, k->n, rmt_node_get(reference, "fields"), "fields",
                              err);
}

static rmt_status read_foreign_keys(rmt_schema *s, const rmt_node *node, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(node, "foreignKeys", RMT_NODE_LIST, &list, err);

    if (st || !list) return st;
    s->foreign_keys = rmt_mem_array(rmt_node_size(list), sizeof *s->foreign_keys, err);
    if (!s->foreign_keys) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        s->n_foreign_keys = i + 1;
        if ((st = read_foreign_key(s, &s->foreign_keys[i], rmt_node_at(list, i), err))) return st;
    }
    return RMT_OK;
}

/* ---- the schema ------------------------------------------------------------------------------ */

rmt_status rmt_schema_parse(rmt_schema **out, const rmt_node *node, rmt_error *err)
{
    static const char *const keys[] = {"fields",  "missingValues", "primaryKey", "foreignKeys",
                                       "title",   "description",   "example",    "rdfType",
                                       "$schema", "remit"};
    rmt_status st = RMT_OK;
    rmt_schema *s = NULL;

    if ((st = check_keys(node, "schema", keys, CONFIG_COUNT(keys), err))) return st;
    if (!(s = rmt_mem_array(1, sizeof *s, err))) return RMT_ERR_NOMEM;
    if ((st = read_fields(s, node, err))) goto done;
    if ((st = read_words(node, "missingValues", &s->missing_values, err))) goto done;
    if ((st = read_names(node, "primaryKey", &s->primary_key, &s->n_primary_key, err))) goto done;
    if ((st = check_names_fields(s, s->primary_key, s->n_primary_key,
                                 rmt_node_get(node, "primaryKey"), "primaryKey", err)))
        goto done;
    if ((st = read_foreign_keys(s, node, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_schema_free(s);
    return st;
}

void rmt_schema_free(rmt_schema *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n_fields; i++)
        rmt_pattern_free(s->fields[i].compiled);
    for (size_t i = 0; i < s->n_foreign_keys; i++) {
        rmt_mem_free(s->foreign_keys[i].fields);
        rmt_mem_free(s->foreign_keys[i].reference);
    }
    rmt_mem_free(s->fields);
    rmt_mem_free(s->by_name);
    rmt_mem_free(s->primary_key);
    rmt_mem_free(s->foreign_keys);
    rmt_mem_free(s);
}

const rmt_field *rmt_schema_field(const rmt_schema *s, const char *name)
{
    size_t low = 0, high = s->n_fields;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(name, s->by_name[mid]->name);
        if (order == 0) return s->by_name[mid];
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return NULL;
}
