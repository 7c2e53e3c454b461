/* init_redcap.c - see init_redcap.h: which files are a REDCap project, its forms as tables, its missing data codes. */
#include "init_redcap.h"

#include "rmt/csv.h"
#include "rmt/mem.h"
#include "rmt/missing_words.h"
#include "rmt/redcap_files.h"
#include "rmt/text.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <string.h>

/* ---- which files ----------------------------------------------------------------------------- */

/* Names of a labelled export may repeat: once they were looked at, numbers take their place. */
static rmt_status number_names(char (**out)[24], const char **names, size_t n, rmt_error *err)
{
    if (!(*out = rmt_mem_array(n, sizeof **out, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        snprintf((*out)[i], sizeof(*out)[i], "%zu", i + 1);
        names[i] = (*out)[i];
    }
    return RMT_OK;
}

/* Lets `look` see the names of the columns. A file that cannot be read as a table is passed over: reading it will tell. */
static rmt_status read_names(const char *path,
                             rmt_status (*look)(void *, const char **, size_t, rmt_error *),
                             void *context, rmt_error *err)
{
    const rmt_csv_options how = {
        .header_only = true, .as_text = true, .rename = look, .rename_context = context};
    rmt_problems problems = {0};
    rmt_error why = {0};
    rmt_table *t = NULL;
    const rmt_status st = rmt_csv_read(&t, NULL, path, path, &how, &problems, &why);
    rmt_table_free(t);
    if (st != RMT_ERR_NOMEM) return RMT_OK;
    if (err) *err = why;
    return st;
}

/* What the names of a file's columns give away. */
typedef struct {
    const rmt_redcap_field *record; /* the dictionary's first field; NULL = not known yet */
    bool dictionary, events, is_export;
    bool raw, labels;  /* looks like an export, whatever its dictionary */
    size_t n_complete; /* columns that tell whether a form is */
    char (*numbers)[24];
} header_look;

/* What every export has: "caps5_complete" or "Complete?" for each form, and the columns of the project. */
static void look_for_export(header_look *h, const char **names, size_t n)
{
    static const char ending[] = "_complete";
    const size_t length = sizeof ending - 1;
    size_t n_raw = 0, n_labels = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t own = strlen(names[i]);
        n_raw += own > length && strcmp(names[i] + own - length, ending) == 0;
        n_labels += strcmp(names[i], "Complete?") == 0;
    }
    h->n_complete = n_raw + n_labels;
    h->raw = rmt_text_is_among("redcap_event_name", names, n) ||
             rmt_text_is_among("redcap_repeat_instrument", names, n) ||
             (n_raw > 0 && (n_raw > 1 || rmt_text_is_among("record_id", names, n)));
    h->labels = n_labels > 0;
}

static rmt_status look_at_names(void *context, const char **names, size_t n, rmt_error *err)
{
    header_look *h = context;
    h->dictionary =
        (rmt_text_is_among("Variable / Field Name", names, n) &&
         rmt_text_is_among("Form Name", names, n)) ||
        (rmt_text_is_among("field_name", names, n) && rmt_text_is_among("form_name", names, n));
    h->events = rmt_text_is_among("redcap_event_name", names, n) ||
                rmt_text_is_among("Event Name", names, n);
    h->is_export = h->events || (h->record && (rmt_text_is_among(h->record->name, names, n) ||
                                               rmt_text_is_among(h->record->label, names, n)));
    look_for_export(h, names, n);
    return number_names(&h->numbers, names, n, err);
}

static rmt_status look_at_header(header_look *h, const char *path, rmt_error *err)
{
    const rmt_status st = read_names(path, look_at_names, h, err);
    rmt_mem_free(h->numbers);
    h->numbers = NULL;
    return st;
}

/* Gives the path to *out and takes the file out of the list. */
static void take_out(rmt_init_input *in, size_t i, char **out)
{
    rmt_init_file *f = &in->files[i];
    *out = f->path;
    f->path = NULL;
    rmt_init_file_clear(f);
    memmove(f, f + 1, (in->n_files - i - 1) * sizeof *f);
    in->n_files--;
}

static rmt_status find_dictionary(rmt_init_redcap *r, rmt_init_input *in, rmt_error *err)
{
    for (size_t i = 0; i < in->n_files; i++) {
        header_look h = {0};
        rmt_status st = look_at_header(&h, in->files[i].path, err);
        if (st) return st;
        if (!h.dictionary) continue;
        take_out(in, i, &r->dictionary);
        return RMT_OK;
    }
    return RMT_OK;
}

/* "redcap: {...}" as a plan has it, read. */
static rmt_status plan_of(rmt_doc **out, const rmt_init_redcap *r, rmt_error *err)
{
    rmt_text text = {0};
    rmt_status st = rmt_text_add(&text, "redcap:\n  file: ", err);
    if (!st) st = rmt_yaml_add(&text, r->file ? r->file : r->dictionary, err);
    if (!st) st = rmt_text_add(&text, "\n  dictionary: ", err);
    if (!st) st = rmt_yaml_add(&text, r->dictionary, err);
    for (size_t i = 0; i < r->n_missing && !st; i++) {
        st = rmt_text_add(&text, i ? ", " : "\n  missing: [", err);
        if (!st) st = rmt_text_add_json(&text, r->missing[i], err);
    }
    if (!st) st = rmt_text_add(&text, r->n_missing ? "]\n" : "\n", err);
    if (!st) st = rmt_tree_parse(out, text.s, text.len, r->dictionary, err);
    rmt_text_clear(&text);
    return st;
}

static rmt_status read_dictionary(rmt_redcap **out, const rmt_doc *plan, rmt_error *err)
{
    rmt_problems notes = {0};
    return rmt_stage_redcap_dictionary(out, rmt_node_get(rmt_doc_root(plan), "redcap"), ".", NULL,
                                       &notes, err);
}

static rmt_status find_exports(rmt_init_redcap *r, rmt_init_input *in, const rmt_redcap *dictionary,
                               rmt_problems *notes, rmt_error *err)
{
    for (size_t i = 0; i < in->n_files;) {
        header_look h = {.record = &dictionary->fields[0]};
        char *path = NULL;
        rmt_status st = look_at_header(&h, in->files[i].path, err);
        if (st) return st;
        if (!h.is_export) {
            i++;
            continue;
        }
        if (!r->file) r->events = h.events;
        take_out(in, i, r->file ? &path : &r->file);
        if (path)
            rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, path, 0, NULL,
                             "is another export of the project; left out");
        rmt_mem_free(path);
    }
    return RMT_OK;
}

/* Files that look like an export, where nothing describes them. Names of labels that repeat are no table. */
static rmt_status ask_for_dictionary(const rmt_init_input *in, rmt_problems *notes, rmt_error *err)
{
    static const char looks[] = "looks like a REDCap export: give its data dictionary as well";
    for (size_t i = 0; i < in->n_files; i++) {
        header_look h = {0};
        const char *path = in->files[i].path;
        if (in->files[i].packaged) continue;
        rmt_status st = look_at_header(&h, path, err);
        if (st) return st;
        if (h.labels && h.n_complete > 1)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, path, 1, NULL,
                               "%s; without it the labels of its columns are double names", looks);
        if (h.raw || h.labels)
            rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, path, 0, NULL, "%s",
                             looks);
    }
    return RMT_OK;
}

rmt_status rmt_init_redcap_find(rmt_init_redcap *r, rmt_init_input *in, rmt_problems *notes,
                                rmt_error *err)
{
    rmt_doc *plan = NULL;
    rmt_redcap *dictionary = NULL;
    rmt_status st = find_dictionary(r, in, err);
    if (st) return st;
    if (!r->dictionary) return ask_for_dictionary(in, notes, err);
    if ((st = plan_of(&plan, r, err)) || (st = read_dictionary(&dictionary, plan, err)) ||
        (st = find_exports(r, in, dictionary, notes, err)))
        goto done;
    const char *record = dictionary->fields[0].name;
    if (!r->file)
        st = rmt_fail_at(err, RMT_ERR_OPEN, r->dictionary, 0, NULL,
                         "is a data dictionary of REDCap, but no file given is its export");
    else if (!(r->record = rmt_mem_text(record, strlen(record), err))) st = RMT_ERR_NOMEM;
done:
    rmt_redcap_free(dictionary);
    rmt_doc_free(plan);
    return st;
}

/* ---- the forms ------------------------------------------------------------------------------- */

/* The table of one form, added to `in` when it has rows. */
static rmt_status read_form(rmt_init_input *in, rmt_doc *doc, rmt_redcap *dictionary,
                            const char *form, const rmt_redcap_file *file, const char *path,
                            rmt_error *err)
{
    rmt_status st;
    rmt_node *map = NULL, *name = NULL;
    rmt_schema *schema = NULL;
    rmt_table *t = NULL;
    rmt_csv_facts facts;
    rmt_problems notes = {0};
    if ((st = rmt_node_new(&map, doc, RMT_NODE_MAP, 0, err)) ||
        (st = rmt_node_new_scalar(&name, doc, form, strlen(form), true, 0, err)) ||
        (st = rmt_node_map_add(map, "forms", name, err)) ||
        (st = rmt_stage_redcap_schema(doc, map, dictionary, err)) ||
        (st = rmt_schema_parse(&schema, rmt_node_get(map, "schema"), err)))
        goto done;
    const rmt_plan_table pt = {
        .name = form, .file = path, .forms = &form, .n_forms = 1, .schema = schema};
    if ((st = rmt_redcap_file_table(&t, NULL, NULL, &facts, file, &pt, &notes, err))) goto done;
    if (rmt_table_rows(t) == 0) goto done;
    if ((st = rmt_init_add_form(in, path, form, err))) goto done;
    in->files[in->n_files - 1].read = t;
    in->files[in->n_files - 1].schema = schema;
    t = NULL;
    schema = NULL;
done:
    rmt_table_free(t);
    rmt_schema_free(schema);
    return st;
}

rmt_status rmt_init_redcap_read(const rmt_init_redcap *r, rmt_init_input *in, rmt_problems *notes,
                                rmt_error *err)
{
    rmt_status st;
    rmt_doc *plan = NULL;
    rmt_redcap *dictionary = NULL;
    rmt_redcap_file *file = NULL;
    rmt_problems own = {0};
    const rmt_plan parsed = {.redcap = {.file = r->file}};
    if ((st = rmt_mem_grow(&in->docs, &in->cap_docs, in->n_docs + 1, sizeof *in->docs, err)) ||
        (st = plan_of(&plan, r, err)))
        return st;
    in->docs[in->n_docs++] = plan; /* the schemas of the forms borrow from it */
    if ((st = read_dictionary(&dictionary, plan, err)) ||
        (st = rmt_redcap_file_open(&file, rmt_doc_root(plan), &parsed, ".", NULL, NULL, &own, err)))
        goto done;
    for (size_t i = 0; i < dictionary->n_forms && !st; i++)
        st = read_form(in, plan, dictionary, dictionary->forms[i], file, r->file, err);
    if (!st && in->n_files == 0)
        st = rmt_fail_at(err, RMT_ERR_MALFORMED, r->file, 0, NULL, "no form of %s was saved",
                         r->dictionary);
done:
    for (size_t i = 0; i < own.n_kept && st; i++) /* what made it fail; ingest tells the rest */
        rmt_problems_add(notes, own.severity[i], own.kept[i].code, own.kept[i].source,
                         own.kept[i].line, own.kept[i].column, "%s", own.kept[i].msg);
    rmt_redcap_file_close(file);
    rmt_redcap_free(dictionary);
    return st;
}

/* ---- missing codes --------------------------------------------------------------------------- */

static rmt_status add_code(rmt_init_redcap *r, const char *code, const char *column, size_t line,
                           rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < r->n_missing; i++)
        if (strcmp(r->missing[i], code) == 0) return RMT_OK;
    if ((st =
             rmt_mem_grow(&r->missing, &r->cap_missing, r->n_missing + 1, sizeof *r->missing, err)))
        return st;
    if (!(r->missing[r->n_missing] = rmt_mem_text(code, strlen(code), err))) return RMT_ERR_NOMEM;
    r->n_missing++;
    return rmt_text_addf(&r->checks, err,
                         "'%s' in %s on line %zu is taken as a missing data code of the project\n",
                         code, column, line);
}

/* Cells that their fields cannot hold, and that are written as codes are. */
static rmt_status add_unreadable(rmt_init_redcap *r, const rmt_table *t, rmt_error *err)
{
    const size_t line = rmt_line_column(t);
    for (size_t col = 0; col < rmt_table_columns(t); col++)
        for (size_t row = 0; rmt_table_has_reasons(t, col) && row < rmt_table_rows(t); row++) {
            const char *cell = rmt_unreadable_text(rmt_table_reason(t, col, row));
            if (!cell || rmt_missing_kind_of(cell) == RMT_MISSING_NOT) continue;
            rmt_status st =
                add_code(r, cell, rmt_table_name(t, col), rmt_line_of(t, line, row), err);
            if (st) return st;
        }
    return RMT_OK;
}

/* Checkboxes have a column for each missing code, "(choice=No answer)" or ___nd, in the order of the project. */
static bool is_box_of(const char *column, const char *code)
{
    char box[64] = "___", label[80];
    const size_t n = strlen(code), length = strlen(column);
    if (n + 4 > sizeof box) return false;
    for (size_t i = 0; i < n; i++) {
        const char c = code[i];
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        box[3 + i] = upper ? (char)(c - 'A' + 'a') : kept ? c : '_';
    }
    snprintf(label, sizeof label, "(choice=%s)", code);
    return strstr(column, label) || (length > n + 3 && strcmp(column + length - n - 3, box) == 0);
}

typedef struct {
    rmt_init_redcap *r;
    char (*numbers)[24];
} code_order;

/* Puts the codes into the order of their columns; those without one stay behind. */
static rmt_status order_by_names(void *context, const char **names, size_t n, rmt_error *err)
{
    code_order *o = context;
    size_t n_ordered = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = n_ordered; k < o->r->n_missing; k++)
            if (is_box_of(names[i], o->r->missing[k])) {
                char *code = o->r->missing[k];
                o->r->missing[k] = o->r->missing[n_ordered];
                o->r->missing[n_ordered++] = code;
                break;
            }
    return number_names(&o->numbers, names, n, err);
}

static rmt_status order_codes(rmt_init_redcap *r, rmt_error *err)
{
    code_order o = {.r = r};
    const rmt_status st = read_names(r->file, order_by_names, &o, err);
    rmt_mem_free(o.numbers);
    return st;
}

rmt_status rmt_init_redcap_codes(rmt_init_redcap *r, rmt_init_input *in,
                                 const rmt_recognised *found, bool *again, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t before = r->n_missing;
    for (size_t i = 0; i < in->n_files && !st; i++) {
        const rmt_recognised_table *t = &found->tables[i];
        if (!in->files[i].form) continue;
        st = add_unreadable(r, in->files[i].read, err);
        for (size_t k = 0; k < t->n_columns && !st; k++)
            for (size_t c = 0; c < t->columns[k].n_codes && !st; c++) {
                const rmt_code_found *code = &t->columns[k].codes[c];
                const size_t line = rmt_line_of(t->columns[k].cells,
                                                rmt_line_column(t->columns[k].cells), code->first);
                if (code->taken) st = add_code(r, code->text, t->columns[k].name, line, err);
            }
    }
    *again = !st && r->n_missing > before;
    if (*again) st = order_codes(r, err);
    for (size_t i = in->n_files; *again && i-- > 0;)
        if (in->files[i].form) rmt_init_file_clear(&in->files[i]), in->n_files--;
    return st;
}

void rmt_init_redcap_clear(rmt_init_redcap *r)
{
    for (size_t i = 0; i < r->n_missing; i++)
        rmt_mem_free(r->missing[i]);
    rmt_mem_free(r->missing);
    rmt_mem_free(r->file);
    rmt_mem_free(r->dictionary);
    rmt_mem_free(r->record);
    rmt_text_clear(&r->checks);
}
