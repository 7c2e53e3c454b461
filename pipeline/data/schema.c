/* schema.c - a Table Schema from its configuration tree; what cannot be checked is refused. */
#include "rmt/schema.h"

#include <stdio.h>
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
    FOR_NUMBER = 1 << RMT_FIELD_NUMBER,
    FOR_INTEGER = 1 << RMT_FIELD_INTEGER,
    FOR_BOOLEAN = 1 << RMT_FIELD_BOOLEAN,
    FOR_STRING = 1 << RMT_FIELD_STRING,
    FOR_DURATION = 1 << RMT_FIELD_DURATION,
    FOR_LIST = 1 << RMT_FIELD_LIST,
    FOR_JSON = 1 << RMT_FIELD_OBJECT | 1 << RMT_FIELD_ARRAY,
    FOR_ORDERED = FOR_NUMBER | FOR_INTEGER | 1 << RMT_FIELD_DATE | 1 << RMT_FIELD_DATETIME |
                  1 << RMT_FIELD_TIME | 1 << RMT_FIELD_YEAR | 1 << RMT_FIELD_YEARMONTH,
    /* Texts that differ can be the same value: 1.0 and 1, P1Y and P12M. */
    NOT_COMPARED = FOR_DURATION | FOR_LIST | FOR_JSON | 1 << RMT_FIELD_GEOPOINT,
    FOR_COMPARED = ((1 << RMT_N_FIELD_TYPES) - 1) & ~NOT_COMPARED
};

static const char not_compared[] =
    "because values that are written differently may be the same, which remit cannot tell";
static const char no_order[] =
    "because a month has no fixed length, so that durations have no order";

static const struct {
    const char *key;
    int types;
    int refused;     /* types the standard has it for, and remit does not */
    const char *why; /* it is refused for them */
} only_for[] = {
    {"decimalChar", FOR_NUMBER, 0, NULL},
    {"groupChar", FOR_NUMBER | FOR_INTEGER, 0, NULL},
    {"bareNumber", FOR_NUMBER | FOR_INTEGER, 0, NULL},
    {"trueValues", FOR_BOOLEAN, 0, NULL},
    {"falseValues", FOR_BOOLEAN, 0, NULL},
    {"delimiter", FOR_LIST, 0, NULL},
    {"itemType", FOR_LIST, 0, NULL},
    {"categories", FOR_STRING | FOR_INTEGER, 0, NULL},
    {"categoriesOrdered", FOR_STRING | FOR_INTEGER, 0, NULL},
    {"minimum", FOR_ORDERED, FOR_DURATION, no_order},
    {"maximum", FOR_ORDERED, FOR_DURATION, no_order},
    {"exclusiveMinimum", FOR_ORDERED, FOR_DURATION, no_order},
    {"exclusiveMaximum", FOR_ORDERED, FOR_DURATION, no_order},
    {"pattern", FOR_STRING, 0, NULL},
    {"minLength", FOR_STRING | FOR_JSON, 0, NULL},
    {"maxLength", FOR_STRING | FOR_JSON, 0, NULL},
    {"enum", FOR_COMPARED, NOT_COMPARED, not_compared},
    {"unique", FOR_COMPARED, NOT_COMPARED, not_compared},
    {"jsonSchema", 0, FOR_JSON, "because remit does not evaluate JSON Schemas"},
};

/* Refuses the keys of map that mean nothing for the type. */
static rmt_status check_applicable(const rmt_node *map, rmt_field_type type, rmt_error *err)
{
    for (size_t k = 0; k < rmt_node_size(map); k++) {
        const char *key = rmt_node_key(map, k);
        size_t i = 0;
        while (i < CONFIG_COUNT(only_for) &&
               (key[0] != only_for[i].key[0] || strcmp(key, only_for[i].key) != 0))
            i++;
        if (i == CONFIG_COUNT(only_for) || only_for[i].types & 1 << (int)type) continue;
        if (only_for[i].refused & 1 << (int)type)
            return CONFIG_FAIL(err, rmt_node_at(map, k), key, "%s of type %s is refused, %s", key,
                               rmt_field_type_name(type), only_for[i].why);
        return CONFIG_FAIL(err, rmt_node_at(map, k), key, "%s does not apply to type %s", key,
                           rmt_field_type_name(type));
    }
    return RMT_OK;
}

/* One of `types`. */
static rmt_status read_type(const rmt_node *node, const char *key, int types, rmt_field_type *out,
                            rmt_error *err)
{
    const char *names[RMT_N_FIELD_TYPES];
    const char *name = NULL;
    const char *near;
    size_t n = 0, len = 0;
    char known[160] = "";
    rmt_status st = rmt_node_read_text(node, key, &name, err);

    if (st || !name) return st;
    for (int i = 0; i < RMT_N_FIELD_TYPES; i++) {
        if (!(types & 1 << i)) continue;
        names[n++] = rmt_field_type_name((rmt_field_type)i);
        if (strcmp(names[n - 1], name) != 0) continue;
        *out = (rmt_field_type)i;
        return RMT_OK;
    }
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", i ? ", " : "", names[i]);
    near = rmt_text_nearest(name, names, n);
    return CONFIG_FAIL(err, rmt_node_get(node, key), key, "unknown type %s; known: %s%s%s", name,
                       known, near ? "; nearest: " : "", near ? near : "");
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
    const char *fault;
    bool of_time = f->declared == RMT_FIELD_DATE || f->declared == RMT_FIELD_DATETIME ||
                   f->declared == RMT_FIELD_TIME;
    rmt_status st = rmt_node_read_text(node, "format", &f->format, err);

    if (st) return st;
    /* The standard's version 0 wrote patterns so, and its later ones take it off. */
    if (of_time && strncmp(f->format, "fmt:", 4) == 0) f->format += 4;
    fault = rmt_field_format_fault(f->declared, f->format);
    if (fault)
        return CONFIG_FAIL(err, rmt_node_get(node, "format"), "format", "format %s: %s", f->format,
                           fault);
    if (f->declared == RMT_FIELD_STRING) f->checked = strcmp(f->format, "default") != 0;
    return RMT_OK;
}

/* How the items of a list are parted, and their type. */
static rmt_status read_list(const rmt_node *node, rmt_field *f, rmt_error *err)
{
    enum {
        ITEMS = FOR_STRING | FOR_INTEGER | FOR_BOOLEAN | FOR_NUMBER | 1 << RMT_FIELD_DATETIME |
                1 << RMT_FIELD_DATE | 1 << RMT_FIELD_TIME
    };
    rmt_status st = rmt_node_read_text(node, "delimiter", &f->delimiter, err);

    if (st) return st;
    if (f->delimiter[0] == '\0')
        return CONFIG_FAIL(err, rmt_node_get(node, "delimiter"), "delimiter",
                           "an empty delimiter parts nothing");
    return read_type(node, "itemType", ITEMS, &f->item_type, err);
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

/* A bound of a range; 0 = absent. */
typedef struct {
    const char *key;
    bool is_low, exclusive;
    const char *text;
    rmt_cell cell;
} bound;

static rmt_status read_bounds(const rmt_node *map, rmt_field *f, rmt_error *err)
{
    bound bounds[] = {{.key = "minimum", .is_low = true},
                      {.key = "exclusiveMinimum", .is_low = true, .exclusive = true},
                      {.key = "maximum"},
                      {.key = "exclusiveMaximum", .exclusive = true}};

    for (size_t i = 0; i < CONFIG_COUNT(bounds); i++) {
        bound *b = &bounds[i];
        rmt_status st = rmt_node_read_text(map, b->key, &b->text, err);
        if (st) return st;
        if (!b->text) continue;
        rmt_field_read_limit(&b->cell, f, b->text);
        if (b->cell.kind == RMT_CELL_UNREADABLE)
            return CONFIG_FAIL(err, rmt_node_get(map, b->key), b->key, "%s %s cannot be read as %s",
                               b->key, b->text, rmt_field_type_name(f->declared));
        for (size_t j = 0; j < i && !b->is_low; j++) {
            const bound *low = &bounds[j];
            int order;
            if (!low->is_low || !low->text) continue;
            order = rmt_cell_compare(f, &low->cell, &b->cell);
            if (order > 0)
                return CONFIG_FAIL(err, rmt_node_get(map, low->key), low->key,
                                   "%s %s is above %s %s", low->key, low->text, b->key, b->text);
            if (order == 0 && (low->exclusive || b->exclusive))
                return CONFIG_FAIL(err, rmt_node_get(map, low->key), low->key,
                                   "no value lies between %s %s and %s %s", low->key, low->text,
                                   b->key, b->text);
        }
    }
    f->minimum = bounds[0].text;
    f->exclusive_minimum = bounds[1].text;
    f->maximum = bounds[2].text;
    f->exclusive_maximum = bounds[3].text;
    return RMT_OK;
}

/* A list of objects, each with a value and perhaps a label; neither stands twice. */
static rmt_status check_labelled(const rmt_node *list, const char *key, rmt_error *err)
{
    static const char *const keys[] = {"value", "label"};
    size_t n = rmt_node_size(list), n_labels = 0, first, again;
    const char **values = rmt_mem_array(2 * n, sizeof *values, err);
    const char **labels = values ? values + n : NULL;
    rmt_status st = values ? RMT_OK : RMT_ERR_NOMEM;

    for (size_t i = 0; i < n && !st; i++) {
        const rmt_node *item = rmt_node_at(list, i);
        const rmt_node *value = rmt_node_get(item, "value");
        if ((st = check_keys(item, "labelled value", keys, CONFIG_COUNT(keys), err))) break;
        values[i] = rmt_node_text(value);
        if (!values[i] || (rmt_node_is_null(value) && !rmt_node_is_quoted(value)))
            st = CONFIG_FAIL(err, item, key, "the value of item %zu is no text; quote it", i + 1);
        else if (rmt_node_get(item, "label"))
            st = rmt_node_require_text(item, "label", &labels[n_labels++], err);
    }
    if (!st && !(st = config_repeat(values, n, &first, &again, err)) && again < n)
        st = CONFIG_FAIL(err, rmt_node_at(list, again), key, "the value %s stands twice",
                         values[again]);
    if (!st && n_labels > 0 && !(st = config_repeat(labels, n_labels, &first, &again, err)) &&
        again < n_labels)
        st = CONFIG_FAIL(err, list, key, "the label %s stands twice", labels[again]);
    rmt_mem_free(values);
    return st;
}

/* Values as read_words has them, or as check_labelled. */
static rmt_status read_choices(const rmt_node *map, const char *key, const rmt_node **out,
                               rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(map, key, RMT_NODE_LIST, &list, err);

    if (st || !list) return st;
    if (rmt_node_size(list) == 0 || rmt_node_kind_of(rmt_node_at(list, 0)) != RMT_NODE_MAP)
        return read_words(map, key, out, err);
    if ((st = check_labelled(list, key, err))) return st;
    *out = list;
    return RMT_OK;
}

static rmt_status check_choices(const rmt_node *list, const char *key, const rmt_field *f,
                                rmt_error *err)
{
    if (rmt_node_size(list) == 0)
        return CONFIG_FAIL(err, list, key, "an empty list allows no value");
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        const char *text = rmt_choice_text(rmt_node_at(list, i), NULL);
        rmt_cell cell;
        rmt_field_read_limit(&cell, f, text);
        if (cell.kind == RMT_CELL_UNREADABLE)
            return CONFIG_FAIL(err, rmt_node_at(list, i), key, "%s value %s cannot be read as %s",
                               key, text, rmt_field_type_name(f->declared));
    }
    return RMT_OK;
}

static bool same_value(const rmt_field *f, const char *a, const char *b)
{
    rmt_cell x, y;

    if (f->type == RMT_TYPE_STRING) return strcmp(a, b) == 0;
    rmt_field_read_limit(&x, f, a);
    rmt_field_read_limit(&y, f, b);
    return rmt_cell_compare(f, &x, &y) == 0;
}

/* Categories, which are an enum with another name; the constraint may only narrow them. */
static rmt_status read_categories(const rmt_node *node, rmt_field *f, rmt_error *err)
{
    bool ordered = false;
    rmt_status st = rmt_node_read_bool(node, "categoriesOrdered", &ordered, err);

    if (st || (st = read_choices(node, "categories", &f->allowed, err)) || !f->allowed) return st;
    f->allowed_name = "categories";
    return check_choices(f->allowed, "categories", f, err);
}

static rmt_status read_enum(const rmt_node *map, rmt_field *f, rmt_error *err)
{
    enum { PAIRS_MAX = 1000000 }; /* a file shall not take hours */
    const rmt_node *list = NULL;
    rmt_status st = read_words(map, "enum", &list, err);

    if (st || !list) return st;
    if ((st = check_choices(list, "enum", f, err))) return st;
    if (f->allowed && rmt_node_size(list) > PAIRS_MAX / rmt_node_size(f->allowed))
        return CONFIG_FAIL(err, list, "enum", "too long to be compared with the categories");
    for (size_t i = 0; f->allowed && i < rmt_node_size(list); i++) {
        const char *text = rmt_node_text(rmt_node_at(list, i));
        size_t j = 0, n = rmt_node_size(f->allowed);
        while (j < n && !same_value(f, text, rmt_choice_text(rmt_node_at(f->allowed, j), NULL)))
            j++;
        if (j == n)
            return CONFIG_FAIL(err, rmt_node_at(list, i), "enum",
                               "enum value %s is not among the categories", text);
    }
    f->allowed = list;
    f->allowed_name = "enum";
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
    static const char *const keys[] = {
        "required", "unique",  "minimum",   "maximum",   "exclusiveMinimum", "exclusiveMaximum",
        "enum",     "pattern", "minLength", "maxLength", "jsonSchema"};
    const rmt_node *map = NULL;
    rmt_status st = rmt_node_read_child(node, "constraints", RMT_NODE_MAP, &map, err);

    if (st || !map) return st;
    if ((st = check_keys(map, "constraints object", keys, CONFIG_COUNT(keys), err))) return st;
    if ((st = check_applicable(map, f->declared, err))) return st;
    if ((st = rmt_node_read_bool(map, "required", &f->required, err))) return st;
    if ((st = rmt_node_read_bool(map, "unique", &f->unique, err))) return st;
    if ((st = read_bounds(map, f, err))) return st;
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
    if ((st = rmt_node_read_text(map, "form", &f->form, err))) return st;
    if ((st = rmt_node_read_text(map, "branching", &f->branching, err))) return st;
    if ((st = rmt_node_read_bool(map, "identifier", &f->identifier, err))) return st;
    if ((st = rmt_node_read_bool(map, "box", &f->box, err))) return st;
    if ((st = rmt_node_read_text(map, "item", &unused, err))) return st;
    return rmt_node_read_text(map, "instrument", &unused, err);
}

static rmt_status read_field(rmt_field *f, const rmt_node *node, rmt_error *err)
{
    static const char *const keys[] = {
        "name",       "type",        "format",      "constraints", "missingValues",
        "trueValues", "falseValues", "decimalChar", "groupChar",   "bareNumber",
        "title",      "description", "example",     "rdfType",     "$schema",
        "remit",      "delimiter",   "itemType",    "categories",  "categoriesOrdered"};
    enum { EVERY = (1 << RMT_N_FIELD_TYPES) - 1 };
    rmt_field_type type = RMT_FIELD_STRING;
    const char *name = NULL;
    rmt_status st = check_keys(node, "field", keys, CONFIG_COUNT(keys), err);

    if (st) return st;
    if ((st = rmt_node_require_text(node, "name", &name, err))) return st;
    if (name[0] == '\0')
        return CONFIG_FAIL(err, rmt_node_get(node, "name"), "name", "the name is empty");
    if ((st = read_type(node, "type", EVERY, &type, err))) return st;
    rmt_field_init_declared(f, name, type);
    f->line = rmt_node_line(node);
    if ((st = check_applicable(node, type, err))) return st;
    if ((st = rmt_node_read_text(node, "title", &f->title, err))) return st;
    if ((st = read_format(node, f, err))) return st;
    if ((st = read_list(node, f, err))) return st;
    if ((st = read_char(node, "decimalChar", &f->decimal_char, err))) return st;
    if ((st = read_char(node, "groupChar", &f->group_char, err))) return st;
    if (f->group_char && f->group_char == f->decimal_char)
        return CONFIG_FAIL(err, rmt_node_get(node, "groupChar"), "groupChar",
                           "groupChar and decimalChar are both %c", f->group_char);
    if ((st = rmt_node_read_bool(node, "bareNumber", &f->bare_number, err))) return st;
    if ((st = read_words(node, "trueValues", &f->true_values, err))) return st;
    if ((st = read_words(node, "falseValues", &f->false_values, err))) return st;
    if ((st = check_words_apart(node, f, err))) return st;
    if ((st = read_choices(node, "missingValues", &f->missing_values, err))) return st;
    if ((st = read_categories(node, f, err))) return st;
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
static rmt_status read_name_list(const rmt_node *value, const char *key, const char ***out,
                                 size_t *n, rmt_error *err)
{
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

static rmt_status read_names(const rmt_node *map, const char *key, const char ***out, size_t *n,
                             rmt_error *err)
{
    return read_name_list(rmt_node_get(map, key), key, out, n, err);
}

static rmt_status check_names_fields(const rmt_schema *s, const char **names, size_t n,
                                     const rmt_node *at, const char *key, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const char **known = NULL;

    for (size_t i = 0; i < n && !st; i++) {
        const rmt_field *f = rmt_schema_field(s, names[i]);
        const char *near;
        if (f && NOT_COMPARED & 1 << (int)f->declared)
            st = CONFIG_FAIL(err, at, key, "type %s in a key is refused, %s",
                             rmt_field_type_name(f->declared), not_compared);
        if (f) continue;
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

static rmt_status read_unique_keys(rmt_schema *s, const rmt_node *node, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(node, "uniqueKeys", RMT_NODE_LIST, &list, err);

    if (st || !list) return st;
    if (rmt_node_size(list) == 0)
        return CONFIG_FAIL(err, list, "uniqueKeys", "needs at least one key");
    if (!(s->unique_keys = rmt_mem_array(rmt_node_size(list), sizeof *s->unique_keys, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < rmt_node_size(list); i++) {
        const rmt_node *item = rmt_node_at(list, i);
        rmt_unique_key *k = &s->unique_keys[i];
        if (rmt_node_kind_of(item) != RMT_NODE_LIST)
            return CONFIG_FAIL(err, item, "uniqueKeys", "key %zu is no list of names", i + 1);
        s->n_unique_keys = i + 1;
        if ((st = read_name_list(item, "uniqueKeys", &k->fields, &k->n, err))) return st;
        if ((st = check_names_fields(s, k->fields, k->n, item, "uniqueKeys", err))) return st;
    }
    return RMT_OK;
}

static rmt_status read_fields_match(rmt_schema *s, const rmt_node *node, rmt_error *err)
{
    static const char *const words[] = {"exact", "equal", "subset", "superset", "partial"};
    size_t i = CONFIG_COUNT(words);
    rmt_status st = config_choice(node, "fieldsMatch", words, CONFIG_COUNT(words), &i, err);

    if (!st && i < CONFIG_COUNT(words)) s->fields_match = (rmt_fields_match)(RMT_FIELDS_EXACT + i);
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
                                       "$schema", "remit",         "uniqueKeys", "fieldsMatch"};
    rmt_status st = RMT_OK;
    rmt_schema *s = NULL;

    if ((st = check_keys(node, "schema", keys, CONFIG_COUNT(keys), err))) return st;
    if (!(s = rmt_mem_array(1, sizeof *s, err))) return RMT_ERR_NOMEM;
    if ((st = read_fields(s, node, err))) goto done;
    if ((st = read_choices(node, "missingValues", &s->missing_values, err))) goto done;
    if ((st = read_names(node, "primaryKey", &s->primary_key, &s->n_primary_key, err))) goto done;
    if ((st = check_names_fields(s, s->primary_key, s->n_primary_key,
                                 rmt_node_get(node, "primaryKey"), "primaryKey", err)))
        goto done;
    if ((st = read_unique_keys(s, node, err))) goto done;
    if ((st = read_foreign_keys(s, node, err))) goto done;
    if ((st = read_fields_match(s, node, err))) goto done;
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
    for (size_t i = 0; i < s->n_unique_keys; i++)
        rmt_mem_free(s->unique_keys[i].fields);
    rmt_mem_free(s->unique_keys);
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
