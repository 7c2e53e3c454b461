/* redcap_schema.c - see rmt/redcap.h: the dictionary as a Table Schema. */
#include "redcap_parts.h"

#include "config.h"
#include "field.h"
#include "rmt/mem.h"

#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

typedef enum { YEAR_FIRST, DAY_FIRST, MONTH_FIRST } date_order;

/* What REDCap's validations make of a text. In exports dates come year first; the limits in a dictionary may be written as the
 * form shows them. */
static const struct {
    const char *word;
    rmt_field_type type;
    const char *format;
    char decimal;
    date_order order;
} validations[] = {
    {"integer", RMT_FIELD_INTEGER, NULL, 0, 0},
    {"int", RMT_FIELD_INTEGER, NULL, 0, 0},
    {"number", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"float", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"number_1dp", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"number_2dp", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"number_3dp", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"number_4dp", RMT_FIELD_NUMBER, NULL, 0, 0},
    {"number_comma_decimal", RMT_FIELD_NUMBER, NULL, ',', 0},
    {"number_1dp_comma_decimal", RMT_FIELD_NUMBER, NULL, ',', 0},
    {"number_2dp_comma_decimal", RMT_FIELD_NUMBER, NULL, ',', 0},
    {"number_3dp_comma_decimal", RMT_FIELD_NUMBER, NULL, ',', 0},
    {"number_4dp_comma_decimal", RMT_FIELD_NUMBER, NULL, ',', 0},
    {"date", RMT_FIELD_DATE, NULL, 0, YEAR_FIRST},
    {"date_ymd", RMT_FIELD_DATE, NULL, 0, YEAR_FIRST},
    {"date_dmy", RMT_FIELD_DATE, NULL, 0, DAY_FIRST},
    {"date_mdy", RMT_FIELD_DATE, NULL, 0, MONTH_FIRST},
    {"datetime_ymd", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M", 0, YEAR_FIRST},
    {"datetime_dmy", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M", 0, DAY_FIRST},
    {"datetime_mdy", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M", 0, MONTH_FIRST},
    {"datetime_seconds_ymd", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M:%S", 0, YEAR_FIRST},
    {"datetime_seconds_dmy", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M:%S", 0, DAY_FIRST},
    {"datetime_seconds_mdy", RMT_FIELD_DATETIME, "%Y-%m-%d %H:%M:%S", 0, MONTH_FIRST},
    {"time", RMT_FIELD_TIME, "%H:%M", 0, 0},
    {"time_hh_mm_ss", RMT_FIELD_TIME, NULL, 0, 0},
    {"email", RMT_FIELD_STRING, "email", 0, 0},
    {"alpha_only", RMT_FIELD_STRING, NULL, 0, 0},
    {"phone", RMT_FIELD_STRING, NULL, 0, 0},
    {"phone_australia", RMT_FIELD_STRING, NULL, 0, 0},
    {"postalcode_australia", RMT_FIELD_STRING, NULL, 0, 0},
    {"postalcode_canada", RMT_FIELD_STRING, NULL, 0, 0},
    {"postalcode_french", RMT_FIELD_STRING, NULL, 0, 0},
    {"postalcode_germany", RMT_FIELD_STRING, NULL, 0, 0},
    {"mrn_10d", RMT_FIELD_STRING, NULL, 0, 0},
    {"mrn_generic", RMT_FIELD_STRING, NULL, 0, 0},
    {"ssn", RMT_FIELD_STRING, NULL, 0, 0},
    {"time_mm_ss", RMT_FIELD_STRING, NULL, 0, 0},
    {"vmrn", RMT_FIELD_STRING, NULL, 0, 0},
    {"zipcode", RMT_FIELD_STRING, NULL, 0, 0},
    {"signature", RMT_FIELD_STRING, NULL, 0, 0},
};
enum { N_VALIDATIONS = CONFIG_COUNT(validations) };

static size_t find_validation(const char *word)
{
    size_t i = 0;
    while (i < N_VALIDATIONS && strcmp(validations[i].word, word) != 0)
        i++;
    return i;
}

bool redcap_knows_validation(const char *word)
{
    return find_validation(word) < N_VALIDATIONS;
}

static rmt_field field_of(const redcap_promise *p)
{
    rmt_field f;
    rmt_field_init_declared(&f, "", p->type);
    if (p->format) f.format = p->format;
    return f;
}

static bool is_value(const redcap_promise *p, const char *text)
{
    const rmt_field f = field_of(p);
    rmt_cell cell;
    rmt_field_read_limit(&cell, &f, text);
    return cell.kind == RMT_CELL_VALUE;
}

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9') return false;
    return true;
}

/* "31-12-2024 08:00" as 2024-12-31 08:00; NULL when text is no such date. */
static const char *year_first(rmt_redcap *r, const char *text, date_order order, rmt_error *err)
{
    const size_t month = order == DAY_FIRST ? 3 : 0;
    char day[10];
    if (order == YEAR_FIRST || strlen(text) < 10 || !all_digits(text, 2) ||
        !all_digits(text + 3, 2) || !all_digits(text + 6, 4) || !strchr("-/.", text[2]) ||
        text[5] != text[2])
        return text;
    memcpy(day, text + 6, 4);
    day[4] = day[7] = '-';
    memcpy(day + 5, text + month, 2);
    memcpy(day + 8, text + 3 - month, 2);
    rmt_text whole = {0};
    const char *kept = NULL;
    if (!rmt_text_add_bytes(&whole, day, 10, err) && !rmt_text_add(&whole, text + 10, err))
        kept = redcap_keep(r, whole.s, whole.len, err);
    rmt_text_clear(&whole);
    return kept;
}

/* A limit as a schema writes it: *out NULL when it is none. */
static rmt_status read_limit(const char **out, const redcap_promise *p, rmt_redcap *r,
                             const char *text, date_order order, rmt_error *err)
{
    *out = NULL;
    if (!text[0] || p->type == RMT_FIELD_STRING) return RMT_OK;
    if (p->type == RMT_FIELD_DATE || p->type == RMT_FIELD_DATETIME)
        if (!(text = year_first(r, text, order, err))) return RMT_ERR_NOMEM;
    if (p->decimal == ',' && strchr(text, ',')) {
        char *point = rmt_mem_text(text, strlen(text), err);
        if (!point) return RMT_ERR_NOMEM;
        *strchr(point, ',') = '.';
        text = redcap_keep(r, point, strlen(point), err);
        rmt_mem_free(point);
        if (!text) return RMT_ERR_NOMEM;
    }
    if (is_value(p, text)) *out = text;
    return RMT_OK;
}

static bool has_whole_codes(const rmt_redcap_field *f)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (!redcap_is_whole(f->choices[i].code)) return false;
    return true;
}

rmt_status redcap_promise_of(redcap_promise *out, rmt_redcap *r, const rmt_redcap_field *f,
                             rmt_error *err)
{
    const size_t v = f->type == RMT_REDCAP_TEXT ? find_validation(f->validation) : N_VALIDATIONS;
    const bool slides = f->type == RMT_REDCAP_SLIDER;
    date_order order = YEAR_FIRST;
    rmt_status st;
    *out = (redcap_promise){.type = RMT_FIELD_STRING};
    switch (f->type) {
    case RMT_REDCAP_DROPDOWN:
    case RMT_REDCAP_RADIO:
        if (has_whole_codes(f)) out->type = RMT_FIELD_INTEGER;
        return RMT_OK;
    case RMT_REDCAP_CHECKBOX:
    case RMT_REDCAP_YESNO:
    case RMT_REDCAP_TRUEFALSE: out->type = RMT_FIELD_BOOLEAN; return RMT_OK;
    case RMT_REDCAP_CALC: out->type = RMT_FIELD_NUMBER; break;
    case RMT_REDCAP_SLIDER: out->type = RMT_FIELD_INTEGER; break;
    default:
        if (v == N_VALIDATIONS) return RMT_OK;
        out->type = validations[v].type;
        out->format = validations[v].format;
        out->decimal = validations[v].decimal;
        order = validations[v].order;
        break;
    }
    if ((st = read_limit(&out->minimum, out, r, f->minimum, order, err))) return st;
    if ((st = read_limit(&out->maximum, out, r, f->maximum, order, err))) return st;
    if (slides && !f->minimum[0]) out->minimum = "0";
    if (slides && !f->maximum[0]) out->maximum = "100";
    return RMT_OK;
}

bool redcap_is_empty_range(const redcap_promise *p)
{
    const rmt_field f = field_of(p);
    rmt_cell low, high;
    if (!p->minimum || !p->maximum) return false;
    rmt_field_read_limit(&low, &f, p->minimum);
    rmt_field_read_limit(&high, &f, p->maximum);
    return rmt_cell_compare(&f, &low, &high) > 0;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

typedef struct {
    rmt_doc *doc; /* of the dictionary: faults are told with its name and lines */
    rmt_redcap *r;
    size_t line;
    rmt_error *err;
} builder;

static rmt_status put_word(const builder *b, rmt_node *map, const char *key, const char *text,
                           bool quoted)
{
    rmt_node *node = NULL;
    rmt_status st = rmt_node_new_scalar(&node, b->doc, text, strlen(text), quoted, b->line, b->err);
    return st ? st : rmt_node_map_add(map, key, node, b->err);
}

static rmt_status put_text(const builder *b, rmt_node *map, const char *key, const char *text)
{
    return put_word(b, map, key, text, true);
}

/* A list or map under key (NULL: at the end of a list). */
static rmt_status put_node(const builder *b, rmt_node *to, const char *key, rmt_node_kind kind,
                           rmt_node **out)
{
    rmt_status st = rmt_node_new(out, b->doc, kind, b->line, b->err);
    if (st) return st;
    return key ? rmt_node_map_add(to, key, *out, b->err) : rmt_node_list_add(to, *out, b->err);
}

static rmt_status list_text(const builder *b, rmt_node *list, const char *text)
{
    rmt_node *node = NULL;
    rmt_status st = rmt_node_new_scalar(&node, b->doc, text, strlen(text), true, b->line, b->err);
    return st ? st : rmt_node_list_add(list, node, b->err);
}

/* {value, label}; a label that an earlier choice has too is left out, as the standard wants labels to differ. */
static rmt_status list_choice(const builder *b, rmt_node *list, const char *value,
                              const char *label, bool quoted)
{
    rmt_node *item = NULL;
    rmt_status st = put_node(b, list, NULL, RMT_NODE_MAP, &item);
    if (!st) st = put_word(b, item, "value", value, quoted);
    for (size_t i = 0; label && i + 1 < rmt_node_size(list); i++) {
        const char *other = rmt_node_text(rmt_node_get(rmt_node_at(list, i), "label"));
        if (other && strcmp(other, label) == 0) label = NULL;
    }
    if (!st && label && label[0]) st = put_text(b, item, "label", label);
    return st;
}

/* The words that make a cell missing: "", and those of the project unless only_empty; `also` may be NULL. */
static rmt_status put_missing(const builder *b, rmt_node *map, const char *also, bool only_empty)
{
    rmt_node *list = NULL;
    bool labelled = false;
    rmt_status st = put_node(b, map, "missingValues", RMT_NODE_LIST, &list);
    for (size_t i = 0; i < b->r->n_missing && !only_empty; i++)
        labelled = labelled || b->r->missing[i].label;
    if (!st) st = labelled ? list_choice(b, list, "", NULL, true) : list_text(b, list, "");
    for (size_t i = 0; i < b->r->n_missing && !st && !only_empty; i++) {
        const rmt_redcap_choice *c = &b->r->missing[i];
        st = labelled ? list_choice(b, list, c->code, c->label, true) : list_text(b, list, c->code);
    }
    if (st || !also) return st;
    return labelled ? list_choice(b, list, also, NULL, true) : list_text(b, list, also);
}

static rmt_status put_boolean(const builder *b, rmt_node *map)
{
    rmt_node *list = NULL;
    rmt_status st = put_text(b, map, "type", "boolean");
    if (!st) st = put_node(b, map, "trueValues", RMT_NODE_LIST, &list);
    if (!st) st = list_text(b, list, "1");
    if (!st) st = put_node(b, map, "falseValues", RMT_NODE_LIST, &list);
    return st ? st : list_text(b, list, "0");
}

static rmt_status put_categories(const builder *b, rmt_node *map, const rmt_redcap_choice *choices,
                                 size_t n, bool whole)
{
    rmt_node *list = NULL;
    rmt_status st = put_node(b, map, "categories", RMT_NODE_LIST, &list);
    for (size_t i = 0; i < n && !st; i++)
        st = list_choice(b, list, choices[i].code, choices[i].label, !whole);
    return st;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static rmt_status put_promise(const builder *b, rmt_node *map, const rmt_redcap_field *f)
{
    redcap_promise p;
    rmt_node *constraints = NULL;
    rmt_status st = redcap_promise_of(&p, b->r, f, b->err);
    if (st) return st;
    if (p.type == RMT_FIELD_BOOLEAN) st = put_boolean(b, map);
    else st = put_text(b, map, "type", rmt_field_type_name(p.type));
    if (!st && p.format) st = put_text(b, map, "format", p.format);
    if (!st && p.decimal) st = put_text(b, map, "decimalChar", (char[]){p.decimal, '\0'});
    if (!st && f->n_choices > 0 && p.type != RMT_FIELD_BOOLEAN)
        st = put_categories(b, map, f->choices, f->n_choices, p.type == RMT_FIELD_INTEGER);
    const bool required = f->required && !f->identifier && f->type != RMT_REDCAP_CHECKBOX;
    if (st || (!required && !p.minimum && !p.maximum)) return st;
    st = put_node(b, map, "constraints", RMT_NODE_MAP, &constraints);
    if (!st && required) st = put_word(b, constraints, "required", "true", false);
    if (!st && p.minimum) st = put_text(b, constraints, "minimum", p.minimum);
    if (!st && p.maximum) st = put_text(b, constraints, "maximum", p.maximum);
    return st;
}

static rmt_status put_remit(const builder *b, rmt_node *map, const rmt_redcap_column *c)
{
    const rmt_redcap_field *f = c->field == RMT_REDCAP_NONE ? NULL : &b->r->fields[c->field];
    rmt_node *remit = NULL;
    if (c->form == RMT_REDCAP_NONE && !(f && f->identifier)) return RMT_OK;
    rmt_status st = put_node(b, map, "remit", RMT_NODE_MAP, &remit);
    if (!st && c->form != RMT_REDCAP_NONE) st = put_text(b, remit, "form", b->r->forms[c->form]);
    if (!st && c->kind == RMT_REDCAP_COLUMN_BOX) st = put_word(b, remit, "box", "true", false);
    if (!st && f && f->branching[0]) st = put_text(b, remit, "branching", f->branching);
    if (!st && f && f->identifier) st = put_word(b, remit, "identifier", "true", false);
    return st;
}

static rmt_status put_kind(const builder *b, rmt_node *map, const rmt_redcap_column *c)
{
    static const rmt_redcap_choice states[] = {
        {"0", "Incomplete"}, {"1", "Unverified"}, {"2", "Complete"}};
    rmt_node *constraints = NULL;
    rmt_status st;
    switch (c->kind) {
    case RMT_REDCAP_COLUMN_VALUE:
    case RMT_REDCAP_COLUMN_BOX: return put_promise(b, map, &b->r->fields[c->field]);
    case RMT_REDCAP_COLUMN_TIMESTAMP:
        if ((st = put_text(b, map, "type", "datetime"))) return st;
        if ((st = put_text(b, map, "format", "%Y-%m-%d %H:%M:%S"))) return st;
        return put_missing(b, map, "[not completed]", true);
    case RMT_REDCAP_COLUMN_COMPLETE:
        if ((st = put_text(b, map, "type", "integer"))) return st;
        if ((st = put_missing(b, map, NULL, true))) return st;
        return put_categories(b, map, states, CONFIG_COUNT(states), true);
    case RMT_REDCAP_COLUMN_INSTANCE:
        if ((st = put_text(b, map, "type", "integer"))) return st;
        return put_missing(b, map, NULL, true);
    case RMT_REDCAP_COLUMN_RECORD:
        if ((st = put_text(b, map, "type", "string"))) return st;
        if ((st = put_missing(b, map, NULL, true))) return st;
        if ((st = put_node(b, map, "constraints", RMT_NODE_MAP, &constraints))) return st;
        return put_word(b, constraints, "required", "true", false);
    default:
        if ((st = put_text(b, map, "type", "string"))) return st;
        return put_missing(b, map, NULL, true);
    }
}

static rmt_status add_field(builder *b, rmt_node *list, const rmt_redcap_column *c)
{
    rmt_node *map = NULL;
    b->line = c->field == RMT_REDCAP_NONE ? 1 : b->r->fields[c->field].line;
    rmt_status st = put_node(b, list, NULL, RMT_NODE_MAP, &map);
    if (!st) st = put_text(b, map, "name", c->name);
    if (!st && c->label[0]) st = put_text(b, map, "title", c->label);
    if (!st) st = put_kind(b, map, c);
    return st ? st : put_remit(b, map, c);
}

static bool is_wanted(const rmt_redcap_column *c, const size_t *forms, size_t n_forms)
{
    if (c->kind == RMT_REDCAP_COLUMN_MISSING_BOX) return false;
    if (c->form == RMT_REDCAP_NONE) return true;
    for (size_t i = 0; i < n_forms; i++)
        if (forms[i] == c->form) return true;
    return false;
}

rmt_status rmt_redcap_schema(rmt_node **out, rmt_doc *doc, rmt_redcap *r, const size_t *forms,
                             size_t n_forms, rmt_error *err)
{
    builder b = {.r = r, .line = 1, .err = err};
    rmt_node *schema = NULL, *list = NULL;
    rmt_status st = rmt_doc_new(&b.doc, r->source, err);
    if (!st) st = rmt_node_new(&schema, b.doc, RMT_NODE_MAP, 1, err);
    if (!st) st = put_missing(&b, schema, NULL, false);
    if (!st) st = put_text(&b, schema, "fieldsMatch", "superset");
    if (!st) st = put_node(&b, schema, "fields", RMT_NODE_LIST, &list);
    for (size_t i = 0; i < r->n_columns && !st; i++)
        if (is_wanted(&r->columns[i], forms, n_forms)) st = add_field(&b, list, &r->columns[i]);
    if (!st) st = rmt_node_clone(out, doc, schema, err);
    rmt_doc_free(b.doc);
    return st;
}
