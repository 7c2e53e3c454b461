/* redcap.c - see rmt/redcap.h: the data dictionary. */
#include "redcap_parts.h"

#include "config.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts ----------------------------------------------------------------------------------- */

const char *redcap_keep(rmt_redcap *r, const char *s, size_t n, rmt_error *err)
{
    if (rmt_mem_grow(&r->texts, &r->texts_cap, r->n_texts + 1, sizeof *r->texts, err)) return NULL;
    char *copy = rmt_mem_text(s, n, err);
    if (copy) r->texts[r->n_texts++] = copy;
    return copy;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(const char **s, size_t *n)
{
    while (*n > 0 && is_blank(**s)) {
        ++*s;
        --*n;
    }
    while (*n > 0 && is_blank((*s)[*n - 1]))
        --*n;
}

/* Length of the tag that begins at s, 0 = it is no tag: "<5" and "a < b" are text. */
static size_t tag_at(const char *s, size_t n)
{
    if (n < 3 || s[0] != '<') return 0;
    const char c = s[1];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!')) return 0;
    const char *end = memchr(s, '>', n);
    return end ? (size_t)(end - s) + 1 : 0;
}

/* A text as it is read plainly, byte by byte. */
typedef struct {
    const char *s, *end;
    bool begun, gap; /* a byte was given; a blank is due before the next */
} plain_reader;

/* The next byte; NUL = no more. */
static char plain_next(plain_reader *p)
{
    while (p->s < p->end) {
        const size_t tag = tag_at(p->s, (size_t)(p->end - p->s));
        if (tag > 0) p->s += tag;
        else if (is_blank(*p->s)) {
            p->gap = p->begun;
            p->s++;
        } else if (p->gap) {
            p->gap = false;
            return ' ';
        } else {
            p->begun = true;
            return *p->s++;
        }
    }
    return '\0';
}

rmt_status redcap_plain_text(rmt_text *out, const char *s, size_t n, rmt_error *err)
{
    plain_reader p = {.s = s, .end = s + n};
    out->len = 0;
    rmt_status st = rmt_text_add(out, "", err);
    for (char c; !st && (c = plain_next(&p));)
        st = rmt_text_add_bytes(out, &c, 1, err);
    return st;
}

bool redcap_is_plainly(const char *s, const char *plain)
{
    plain_reader p = {.s = s, .end = s + strlen(s)};
    for (;; plain++) {
        if (plain_next(&p) != *plain) return false;
        if (!*plain) return true;
    }
}

const char *redcap_plain(rmt_redcap *r, const char *s, size_t n, rmt_error *err)
{
    rmt_text plain = {0};
    const char *kept =
        redcap_plain_text(&plain, s, n, err) ? NULL : redcap_keep(r, plain.s, plain.len, err);
    rmt_text_clear(&plain);
    return kept;
}

rmt_status redcap_box_name(rmt_text *out, const char *field, const char *code, rmt_error *err)
{
    out->len = 0;
    rmt_status st = rmt_text_addf(out, err, "%s___", field);
    for (; *code && !st; code++) {
        char c = *code;
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '_';
        st = rmt_text_add_bytes(out, &c, 1, err);
    }
    return st;
}

bool redcap_is_whole(const char *code)
{
    const char *digits = code + (code[0] == '-');
    int64_t x;
    if (!digits[0] || (digits[0] == '0' && (digits[1] || digits > code))) return false;
    for (const char *p = digits; *p; p++)
        if (*p < '0' || *p > '9') return false;
    return rmt_num_parse_int(code, strlen(code), &x) && x <= INT32_MAX && x >= -INT32_MAX;
}

/* ---- the columns of a dictionary ------------------------------------------------------------- */

enum { D_NAME, D_FORM, D_TYPE, D_LABEL, D_CHOICES, D_VALIDATION, D_MINIMUM, D_MAXIMUM };
enum { D_IDENTIFIER = D_MAXIMUM + 1, D_BRANCHING, D_REQUIRED, N_COLUMNS_NEEDED };

/* As in the file that REDCap gives, and as in its API. */
static const char *const columns_needed[N_COLUMNS_NEEDED][2] = {
    [D_NAME] = {"Variable / Field Name", "field_name"},
    [D_FORM] = {"Form Name", "form_name"},
    [D_TYPE] = {"Field Type", "field_type"},
    [D_LABEL] = {"Field Label", "field_label"},
    [D_CHOICES] = {"Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"},
    [D_VALIDATION] = {"Text Validation Type OR Show Slider Number",
                      "text_validation_type_or_show_slider_number"},
    [D_MINIMUM] = {"Text Validation Min", "text_validation_min"},
    [D_MAXIMUM] = {"Text Validation Max", "text_validation_max"},
    [D_IDENTIFIER] = {"Identifier?", "identifier"},
    [D_BRANCHING] = {"Branching Logic (Show field only if...)", "branching_logic"},
    [D_REQUIRED] = {"Required Field?", "required_field"}};

typedef struct {
    rmt_redcap *r;
    const rmt_table *t;
    size_t col[N_COLUMNS_NEEDED], line_col;
    size_t row; /* being read */
    rmt_problems *notes;
    rmt_error *err;
} reader;

static rmt_status find_columns(reader *d)
{
    for (size_t i = 0; i < N_COLUMNS_NEEDED; i++) {
        d->col[i] = rmt_table_find(d->t, columns_needed[i][0]);
        if (d->col[i] == RMT_NO_COLUMN) d->col[i] = rmt_table_find(d->t, columns_needed[i][1]);
        if (d->col[i] == RMT_NO_COLUMN)
            return rmt_fail_at(d->err, RMT_ERR_CONFIG, d->r->source, 1, NULL,
                               "no data dictionary of REDCap: there is no column '%s'",
                               columns_needed[i][0]);
        if (rmt_table_type(d->t, d->col[i]) != RMT_TYPE_STRING)
            return rmt_fail_at(d->err, RMT_ERR_INTERNAL, d->r->source, 1,
                               rmt_table_name(d->t, d->col[i]),
                               "the dictionary is to be read as text");
    }
    d->line_col = rmt_line_column(d->t);
    return RMT_OK;
}

static size_t line_of(const reader *d)
{
    return rmt_line_of(d->t, d->line_col, d->row);
}

#define FAULT(d, which, ...)                                                                       \
    rmt_fail_at((d)->err, RMT_ERR_CONFIG, (d)->r->source, line_of(d),                              \
                rmt_table_name((d)->t, (d)->col[which]), __VA_ARGS__)
#define WARN(d, which, ...)                                                                        \
    rmt_problems_add((d)->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, (d)->r->source, line_of(d), \
                     rmt_table_name((d)->t, (d)->col[which]), __VA_ARGS__)

/* A cell of the row, without blanks around it. */
static rmt_status cell(const reader *d, int which, const char **out)
{
    const char *s = rmt_table_text(d->t, d->col[which], d->row);
    size_t n = strlen(s);
    trim(&s, &n);
    *out = redcap_keep(d->r, s, n, d->err);
    return *out ? RMT_OK : RMT_ERR_NOMEM;
}

/* ---- a field --------------------------------------------------------------------------------- */

static bool is_field_name(const char *s)
{
    if (!(s[0] >= 'a' && s[0] <= 'z')) return false;
    return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static rmt_status read_type(reader *d, rmt_redcap_field *f)
{
    static const char *const types[RMT_REDCAP_N_TYPES] = {
        "text",  "notes",     "dropdown", "radio", "checkbox",    "calc",
        "yesno", "truefalse", "slider",   "file",  "descriptive", "sql"};
    const char *word = NULL;
    rmt_status st = cell(d, D_TYPE, &word);
    if (st) return st;
    const size_t i = config_find(word, types, CONFIG_COUNT(types));
    if (i == CONFIG_COUNT(types)) {
        const char *near = rmt_text_nearest(word, types, CONFIG_COUNT(types));
        return FAULT(d, D_TYPE, "field %s has the unknown type '%s'%s%s%s", f->name, word,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    f->type = (rmt_redcap_type)i;
    return RMT_OK;
}

static rmt_status set_choices(reader *d, rmt_redcap_field *f, const rmt_redcap_choice *choices,
                              size_t n)
{
    if (!(f->choices = rmt_mem_array(n, sizeof *f->choices, d->err))) return RMT_ERR_NOMEM;
    memcpy(f->choices, choices, n * sizeof *choices);
    f->n_choices = n;
    return RMT_OK;
}

/* One of "1, Male | 2, Female": s[0..n). */
static rmt_status read_choice(reader *d, rmt_redcap_field *f, const char *s, size_t n)
{
    rmt_redcap_choice *c = &f->choices[f->n_choices];
    const char *comma = memchr(s, ',', n);
    if (!comma)
        return FAULT(d, D_CHOICES, "field %s: choice '%.*s' is no 'code, label'", f->name, (int)n,
                     s);
    size_t n_code = (size_t)(comma - s), n_label = n - n_code - 1;
    const char *label = comma + 1;
    trim(&s, &n_code);
    trim(&label, &n_label);
    if (n_code == 0)
        return FAULT(d, D_CHOICES, "field %s: choice '%.*s' has no code", f->name, (int)n_label,
                     label);
    if (!(c->code = redcap_keep(d->r, s, n_code, d->err))) return RMT_ERR_NOMEM;
    if (!(c->label = redcap_plain(d->r, label, n_label, d->err))) return RMT_ERR_NOMEM;
    f->n_choices++;
    return RMT_OK;
}

static rmt_status check_codes(reader *d, const rmt_redcap_field *f)
{
    size_t first = 0, again = f->n_choices;
    const char **codes = rmt_mem_array(f->n_choices, sizeof *codes, d->err);
    if (!codes) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < f->n_choices; i++)
        codes[i] = f->choices[i].code;
    rmt_status st = config_repeat(codes, f->n_choices, &first, &again, d->err);
    if (!st && again < f->n_choices)
        st = FAULT(d, D_CHOICES, "field %s: the code '%s' stands twice", f->name, codes[again]);
    rmt_mem_free(codes);
    return st;
}

static rmt_status read_choices(reader *d, rmt_redcap_field *f)
{
    enum { CHOICES_MAX = 4096 }; /* they are looked for one by one */
    static const rmt_redcap_choice yes_no[] = {{"1", "Yes"}, {"0", "No"}};
    static const rmt_redcap_choice true_false[] = {{"1", "True"}, {"0", "False"}};
    const char *s = rmt_table_text(d->t, d->col[D_CHOICES], d->row);
    size_t n = strlen(s), n_bars = 0;
    if (f->type == RMT_REDCAP_YESNO) return set_choices(d, f, yes_no, 2);
    if (f->type == RMT_REDCAP_TRUEFALSE) return set_choices(d, f, true_false, 2);
    if (f->type != RMT_REDCAP_RADIO && f->type != RMT_REDCAP_DROPDOWN &&
        f->type != RMT_REDCAP_CHECKBOX)
        return RMT_OK;
    trim(&s, &n);
    for (size_t i = 0; i < n; i++)
        n_bars += s[i] == '|';
    if (n_bars >= CHOICES_MAX)
        return FAULT(d, D_CHOICES, "field %s has more than %d choices", f->name, CHOICES_MAX);
    if (!(f->choices = rmt_mem_array(n_bars + 1, sizeof *f->choices, d->err))) return RMT_ERR_NOMEM;
    while (n > 0) {
        const char *bar = memchr(s, '|', n), *part = s;
        const size_t used = bar ? (size_t)(bar - s) : n;
        size_t n_part = used;
        trim(&part, &n_part);
        rmt_status st = n_part > 0 ? read_choice(d, f, part, n_part) : RMT_OK;
        if (st) return st;
        s += used + (bar != NULL);
        n -= used + (bar != NULL);
    }
    if (f->n_choices == 0) return FAULT(d, D_CHOICES, "field %s has no choices", f->name);
    return check_codes(d, f);
}

static rmt_status read_form(reader *d, rmt_redcap_field *f)
{
    const char *name = NULL;
    rmt_status st = cell(d, D_FORM, &name);
    if (st) return st;
    if (!is_field_name(name))
        return FAULT(d, D_FORM,
                     "field %s: the form '%s' is not a letter followed by letters, digits and _, "
                     "in lower case",
                     f->name, name);
    f->form = rmt_redcap_form(d->r, name);
    if (f->form != RMT_REDCAP_NONE) return RMT_OK;
    f->form = d->r->n_forms;
    d->r->forms[d->r->n_forms++] = name;
    return RMT_OK;
}

static rmt_status read_flag(reader *d, int which, const rmt_redcap_field *f, bool *out)
{
    const char *word = NULL;
    rmt_status st = cell(d, which, &word);
    if (st) return st;
    *out = rmt_text_equal_nocase(word, "y") || rmt_text_equal_nocase(word, "yes");
    if (*out || !word[0] || rmt_text_equal_nocase(word, "n") || rmt_text_equal_nocase(word, "no"))
        return RMT_OK;
    return FAULT(d, which, "field %s: '%s' is neither 'y' nor empty", f->name, word);
}

/* A limit that is none is let go with a warning: REDCap also takes "today" and other fields for limits. */
static rmt_status check_validation(reader *d, rmt_redcap_field *f)
{
    redcap_promise p;
    if (f->type == RMT_REDCAP_TEXT && f->validation[0] && !redcap_knows_validation(f->validation)) {
        WARN(d, D_VALIDATION, "field %s: the validation '%s' is not known%s not checked", f->name,
             f->validation, f->minimum[0] || f->maximum[0] ? "; it and the limits are" : " and");
        return RMT_OK;
    }
    rmt_status st = redcap_promise_of(&p, d->r, f, d->err);
    if (st) return st;
    if (f->minimum[0] && !p.minimum)
        WARN(d, D_MINIMUM, "field %s: the minimum '%s' is no value of type %s and not checked",
             f->name, f->minimum, rmt_field_type_name(p.type));
    if (f->maximum[0] && !p.maximum)
        WARN(d, D_MAXIMUM, "field %s: the maximum '%s' is no value of type %s and not checked",
             f->name, f->maximum, rmt_field_type_name(p.type));
    if (redcap_is_empty_range(&p))
        return FAULT(d, D_MINIMUM, "field %s: the minimum %s is above the maximum %s", f->name,
                     p.minimum, p.maximum);
    return RMT_OK;
}

static rmt_status read_field(reader *d)
{
    rmt_redcap_field *f = &d->r->fields[d->r->n_fields];
    rmt_status st;
    d->r->n_fields++; /* before the read: a half-read field is freed too */
    f->line = line_of(d);
    if ((st = cell(d, D_NAME, &f->name))) return st;
    if (!is_field_name(f->name))
        return FAULT(
            d, D_NAME,
            "'%s' is not a letter followed by letters, digits and _, in lower case: no field",
            f->name);
    if ((st = read_type(d, f)) || (st = read_form(d, f)) || (st = read_choices(d, f))) return st;
    const char *label = rmt_table_text(d->t, d->col[D_LABEL], d->row);
    if (!(f->label = redcap_plain(d->r, label, strlen(label), d->err))) return RMT_ERR_NOMEM;
    if ((st = cell(d, D_VALIDATION, &f->validation)) || (st = cell(d, D_MINIMUM, &f->minimum)) ||
        (st = cell(d, D_MAXIMUM, &f->maximum)) || (st = cell(d, D_BRANCHING, &f->branching)) ||
        (st = read_flag(d, D_IDENTIFIER, f, &f->identifier)))
        return st;
    if ((st = read_flag(d, D_REQUIRED, f, &f->required))) return st;
    return check_validation(d, f);
}

static rmt_status check_fields(reader *d)
{
    rmt_redcap *r = d->r;
    size_t first = 0, again = r->n_fields;
    const char **names = rmt_mem_array(r->n_fields, sizeof *names, d->err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_fields; i++)
        names[i] = r->fields[i].name;
    rmt_status st = config_repeat(names, r->n_fields, &first, &again, d->err);
    rmt_mem_free(names);
    if (st) return st;
    if (again < r->n_fields) {
        d->row = again;
        return FAULT(d, D_NAME, "field %s stands on line %zu already", r->fields[again].name,
                     r->fields[first].line);
    }
    d->row = 0;
    if (r->fields[0].type != RMT_REDCAP_TEXT)
        return FAULT(d, D_TYPE, "the first field, %s, is the record id and must be of type text",
                     r->fields[0].name);
    return RMT_OK;
}

/* ---- the columns of an export ---------------------------------------------------------------- */

/* The columns in the order of an export. With columns NULL they are only counted. */
typedef struct {
    reader *d;
    rmt_redcap_column *columns;
    size_t n;
} column_list;

static rmt_status add_column(column_list *l, const rmt_redcap_column *c, const char *name,
                             const char *label)
{
    rmt_redcap *r = l->d->r;
    if (l->columns) {
        rmt_redcap_column *to = &l->columns[l->n];
        *to = *c;
        if (!(to->name = redcap_keep(r, name, strlen(name), l->d->err))) return RMT_ERR_NOMEM;
        if (!(to->label = redcap_keep(r, label, strlen(label), l->d->err))) return RMT_ERR_NOMEM;
    }
    l->n++;
    return RMT_OK;
}

/* A missing code of the project that this field has among its choices has no box of its own. */
static bool is_choice_too(const rmt_redcap_field *f, const char *code)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (rmt_text_equal_nocase(f->choices[i].code, code)) return true;
    return false;
}

static rmt_status add_boxes(column_list *l, rmt_redcap_column c, const rmt_redcap_field *f)
{
    const rmt_redcap *r = l->d->r;
    rmt_text name = {0}, label = {0};
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < f->n_choices + r->n_missing && !st; i++) {
        const bool is_choice = i < f->n_choices;
        c.choice = is_choice ? i : i - f->n_choices;
        c.kind = is_choice ? RMT_REDCAP_COLUMN_BOX : RMT_REDCAP_COLUMN_MISSING_BOX;
        const rmt_redcap_choice *choice = is_choice ? &f->choices[i] : &r->missing[c.choice];
        label.len = 0;
        if (!is_choice && is_choice_too(f, choice->code)) continue;
        if ((st = redcap_box_name(&name, f->name, choice->code, l->d->err))) break;
        st = rmt_text_addf(&label, l->d->err, "%s (choice=%s)", f->label,
                           choice->label ? choice->label : choice->code);
        if (!st) st = add_column(l, &c, name.s, label.s);
    }
    rmt_text_clear(&name);
    rmt_text_clear(&label);
    return st;
}

static rmt_status add_form(column_list *l, size_t form)
{
    const rmt_redcap *r = l->d->r;
    rmt_redcap_column c = {
        .form = form, .field = RMT_REDCAP_NONE, .kind = RMT_REDCAP_COLUMN_TIMESTAMP};
    rmt_text name = {0};
    rmt_status st = rmt_text_addf(&name, l->d->err, "%s_timestamp", r->forms[form]);
    if (!st) st = add_column(l, &c, name.s, "Survey Timestamp");
    for (size_t i = 1; i < r->n_fields && !st; i++) {
        const rmt_redcap_field *f = &r->fields[i];
        if (f->form != form || f->type == RMT_REDCAP_DESCRIPTIVE) continue;
        c.field = i;
        c.kind = RMT_REDCAP_COLUMN_VALUE;
        st = f->type == RMT_REDCAP_CHECKBOX ? add_boxes(l, c, f)
                                            : add_column(l, &c, f->name, f->label);
    }
    c.field = RMT_REDCAP_NONE;
    c.kind = RMT_REDCAP_COLUMN_COMPLETE;
    name.len = 0;
    if (!st) st = rmt_text_addf(&name, l->d->err, "%s_complete", r->forms[form]);
    if (!st) st = add_column(l, &c, name.s, "Complete?");
    rmt_text_clear(&name);
    return st;
}

static rmt_status list_columns(column_list *l)
{
    static const struct {
        rmt_redcap_column_kind kind;
        const char *name, *label;
    } whole[] = {{RMT_REDCAP_COLUMN_EVENT, "redcap_event_name", "Event Name"},
                 {RMT_REDCAP_COLUMN_INSTRUMENT, "redcap_repeat_instrument", "Repeat Instrument"},
                 {RMT_REDCAP_COLUMN_INSTANCE, "redcap_repeat_instance", "Repeat Instance"},
                 {RMT_REDCAP_COLUMN_GROUP, "redcap_data_access_group", "Data Access Group"},
                 {RMT_REDCAP_COLUMN_SURVEY, "redcap_survey_identifier", "Survey Identifier"}};
    const rmt_redcap *r = l->d->r;
    rmt_redcap_column c = {.kind = RMT_REDCAP_COLUMN_RECORD, .form = RMT_REDCAP_NONE};
    rmt_status st = add_column(l, &c, r->fields[0].name, r->fields[0].label);
    c.field = RMT_REDCAP_NONE;
    for (size_t i = 0; i < CONFIG_COUNT(whole) && !st; i++) {
        c.kind = whole[i].kind;
        st = add_column(l, &c, whole[i].name, whole[i].label);
    }
    for (size_t i = 0; i < r->n_forms && !st; i++)
        st = add_form(l, i);
    return st;
}

static int by_name(const void *a, const void *b)
{
    const rmt_redcap_column *x = *(const rmt_redcap_column *const *)a;
    const rmt_redcap_column *y = *(const rmt_redcap_column *const *)b;
    const int order = strcmp(x->name, y->name);
    return order ? order : (x > y) - (x < y);
}

static rmt_status make_columns(reader *d)
{
    rmt_redcap *r = d->r;
    column_list l = {.d = d};
    rmt_status st = list_columns(&l); /* counts */
    if (st) return st;
    if (!(r->columns = rmt_mem_array(l.n, sizeof *r->columns, d->err))) return RMT_ERR_NOMEM;
    if (!(r->by_name = rmt_mem_array(l.n, sizeof *r->by_name, d->err))) return RMT_ERR_NOMEM;
    l = (column_list){.d = d, .columns = r->columns};
    if ((st = list_columns(&l))) return st;
    r->n_columns = l.n;
    for (size_t i = 0; i < l.n; i++)
        r->by_name[i] = &r->columns[i];
    qsort(r->by_name, l.n, sizeof *r->by_name, by_name);
    for (size_t i = 1; i < l.n; i++) {
        const rmt_redcap_column *c = r->by_name[i];
        if (strcmp(r->by_name[i - 1]->name, c->name) != 0) continue;
        const size_t field = c->field != RMT_REDCAP_NONE ? c->field : r->by_name[i - 1]->field;
        d->row = field != RMT_REDCAP_NONE ? field : 0;
        return FAULT(d, D_NAME, "two columns of an export would be called %s", c->name);
    }
    return RMT_OK;
}

/* ---- the dictionary -------------------------------------------------------------------------- */

static rmt_status read_missing(reader *d, const rmt_node *missing)
{
    rmt_redcap *r = d->r;
    const size_t n = rmt_node_size(missing);
    if (n == 0) return RMT_OK;
    if (!(r->missing = rmt_mem_array(n, sizeof *r->missing, d->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *label = NULL;
        const char *code = rmt_choice_text(rmt_node_at(missing, i), &label);
        if (!code || !code[0]) continue; /* an empty cell is missing anyhow */
        rmt_redcap_choice *c = &r->missing[r->n_missing];
        if (!(c->code = redcap_keep(r, code, strlen(code), d->err))) return RMT_ERR_NOMEM;
        if (label && !(c->label = redcap_plain(r, label, strlen(label), d->err)))
            return RMT_ERR_NOMEM;
        r->n_missing++;
    }
    return RMT_OK;
}

static rmt_status read_dictionary(reader *d, const char *source, const rmt_node *missing)
{
    rmt_redcap *r = d->r;
    const size_t n = rmt_table_rows(d->t);
    rmt_status st;
    if (!(r->source = redcap_keep(r, source, strlen(source), d->err))) return RMT_ERR_NOMEM;
    if ((st = find_columns(d)) || (st = read_missing(d, missing))) return st;
    if (n == 0)
        return rmt_fail_at(d->err, RMT_ERR_CONFIG, source, 1, NULL, "the dictionary has no field");
    if (!(r->fields = rmt_mem_array(n, sizeof *r->fields, d->err))) return RMT_ERR_NOMEM;
    if (!(r->forms = rmt_mem_array(n, sizeof *r->forms, d->err))) return RMT_ERR_NOMEM;
    for (d->row = 0; d->row < n; d->row++)
        if ((st = read_field(d))) return st;
    if ((st = check_fields(d))) return st;
    return make_columns(d);
}

rmt_status rmt_redcap_new(rmt_redcap **out, const rmt_table *dictionary, const char *source,
                          const rmt_node *missing, rmt_problems *notes, rmt_error *err)
{
    reader d = {.t = dictionary, .notes = notes, .err = err};
    if (!(d.r = rmt_mem_array(1, sizeof *d.r, err))) return RMT_ERR_NOMEM;
    rmt_status st = read_dictionary(&d, source, missing);
    if (st) rmt_redcap_free(d.r);
    else *out = d.r;
    return st;
}

void rmt_redcap_free(rmt_redcap *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_fields; i++)
        rmt_mem_free(r->fields[i].choices);
    for (size_t i = 0; i < r->n_texts; i++)
        rmt_mem_free(r->texts[i]);
    rmt_mem_free(r->texts);
    rmt_mem_free(r->fields);
    rmt_mem_free(r->forms);
    rmt_mem_free(r->columns);
    rmt_mem_free(r->by_name);
    rmt_mem_free(r->missing);
    rmt_mem_free(r);
}

size_t rmt_redcap_form(const rmt_redcap *r, const char *name)
{
    for (size_t i = 0; i < r->n_forms; i++)
        if (strcmp(r->forms[i], name) == 0) return i;
    return RMT_REDCAP_NONE;
}

const rmt_redcap_column *rmt_redcap_find(const rmt_redcap *r, const char *name)
{
    size_t low = 0, high = r->n_columns;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(name, r->by_name[mid]->name);
        if (order == 0) return r->by_name[mid];
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return NULL;
}
