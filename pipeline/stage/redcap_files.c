/* redcap_files.c - see rmt/redcap_files.h: the dictionary and the export that a plan names, read once for all its tables. */
#include "rmt/redcap_files.h"

#include "rmt/mem.h"
#include "rmt/source_columns.h"
#include "rmt/stage_files.h"

#include <string.h>

/* A file named in the plan's key redcap: where it is (caller's). It is an input: no output may take its place. */
static rmt_status find_file(char **out, const char **name, const rmt_node *redcap, const char *key,
                            const char *directory, rmt_study *study, rmt_error *err)
{
    rmt_status st = rmt_node_require_text(redcap, key, name, err);
    if (!st) st = rmt_stage_path_beside(out, directory, *name, err);
    if (!st && study) st = rmt_study_add_input(study, *out, err);
    return st;
}

/* Where nobody hears of each fault of a file, err has the first with its place, and their number. */
static void tell_first(rmt_error *err, const rmt_problems *problems)
{
    for (size_t i = 0; err && i < problems->n_kept && problems->n_errors > 1; i++) {
        const rmt_error *e = &problems->kept[i];
        if (problems->severity[i] != RMT_SEVERITY_ERROR) continue;
        *err = (rmt_error){0};
        (void)rmt_fail_at(err, e->code, e->source, e->line, e->column,
                          "%s; the first of %zu structural problems", e->msg, problems->n_errors);
        return;
    }
}

rmt_status rmt_stage_redcap_dictionary(rmt_redcap **out, const rmt_node *redcap,
                                       const char *directory, rmt_study *study, rmt_problems *notes,
                                       rmt_error *err)
{
    const rmt_csv_options options = {.as_text = true};
    rmt_problems own = {0};
    rmt_table *t = NULL;
    char *path = NULL;
    const char *name = NULL;
    rmt_status st = find_file(&path, &name, redcap, "dictionary", directory, study, err);
    if (!notes) notes = &own;
    if (!st) st = rmt_csv_read(&t, NULL, path, name, &options, notes, err);
    if (st == RMT_ERR_MALFORMED && notes == &own) tell_first(err, &own);
    if (!st) st = rmt_redcap_new(out, t, name, rmt_node_get(redcap, "missing"), notes, err);
    rmt_table_free(t);
    rmt_mem_free(path);
    return st;
}

/* The forms that words name, as indices (caller's). */
static rmt_status find_forms(size_t **out, const rmt_redcap *r, const char *const *words, size_t n,
                             const rmt_node *at, rmt_error *err)
{
    size_t *forms = rmt_mem_array(n, sizeof *forms, err);
    if (!forms) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        forms[i] = rmt_redcap_form(r, words[i]);
        if (forms[i] != RMT_REDCAP_NONE) continue;
        const char *near = rmt_text_nearest(words[i], r->forms, r->n_forms);
        rmt_mem_free(forms);
        return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_node_source(at), rmt_node_line(at), "forms",
                           "'%s' is no form of %s%s%s%s", words[i], r->source,
                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    *out = forms;
    return RMT_OK;
}

rmt_status rmt_stage_redcap_schema(rmt_doc *doc, rmt_node *table, rmt_redcap *r, rmt_error *err)
{
    const rmt_node *words = rmt_node_get(table, "forms");
    const bool single = rmt_node_kind_of(words) == RMT_NODE_SCALAR;
    const size_t n = single ? 1 : rmt_node_size(words);
    rmt_node *schema = NULL;
    size_t *forms = NULL;
    rmt_status st = RMT_OK;
    const char **names = rmt_mem_array(n, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        names[i] = rmt_node_text(single ? words : rmt_node_at(words, i));
        if (!names[i]) goto done; /* the plan's parser says so */
    }
    if ((st = find_forms(&forms, r, names, n, words, err))) goto done;
    if ((st = rmt_redcap_schema(&schema, doc, r, forms, n, err))) goto done;
    st = rmt_node_map_set(table, "schema", schema, err);
done:
    rmt_mem_free(forms);
    rmt_mem_free(names);
    return st;
}

/* ---- the export ------------------------------------------------------------------------------ */

struct rmt_redcap_file {
    rmt_redcap *dictionary;
    rmt_table *text;
    const rmt_redcap_column **columns;
    rmt_redcap_data *data;
    rmt_csv_facts facts;
    const char *source;
    rmt_problems *notes; /* while it is opened */
};

static rmt_status rename_columns(void *context, const char **names, size_t n, rmt_error *err)
{
    rmt_redcap_file *f = context;
    rmt_status st =
        rmt_redcap_match_header(&f->columns, f->dictionary, names, n, f->source, f->notes, err);
    for (size_t i = 0; i < n && !st; i++)
        if (f->columns[i]) names[i] = f->columns[i]->name;
    return st;
}

static rmt_status note_unread(const rmt_redcap_file *f, const rmt_plan *plan, rmt_error *err)
{
    bool *taken = rmt_mem_array(f->dictionary->n_forms, sizeof *taken, err);
    if (!taken) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < plan->n_tables; i++)
        for (size_t k = 0; k < plan->tables[i].n_forms; k++) {
            const size_t form = rmt_redcap_form(f->dictionary, plan->tables[i].forms[k]);
            if (form != RMT_REDCAP_NONE) taken[form] = true;
        }
    rmt_redcap_note_unread(f->data, taken, f->notes);
    rmt_mem_free(taken);
    return RMT_OK;
}

/* read: the plan as its author wrote it. */
static rmt_status check_events(const rmt_redcap_file *f, const rmt_plan *plan, const rmt_node *read,
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < plan->n_tables && !st; i++) {
        const rmt_plan_table *pt = &plan->tables[i];
        const rmt_node *table = rmt_node_get(rmt_node_get(read, "data"), pt->name);
        st = rmt_redcap_check_events(f->data, pt->events, pt->n_events,
                                     rmt_node_get(table, "events"), f->notes, err);
    }
    return st;
}

/* The events that the plan knows: those of its tables, and of its visits where events are visits. */
static rmt_status known_events(const char ***out, size_t *n, const rmt_plan *plan, rmt_error *err)
{
    const bool visits = plan->visit_kind == RMT_VISIT_LABEL && plan->visit_column &&
                        strcmp(plan->visit_column, "redcap_event_name") == 0;
    size_t most = 0;
    *n = 0;
    for (size_t i = 0; i < plan->n_tables; i++)
        most += plan->tables[i].n_events;
    for (size_t i = 0; i < plan->n_visits && visits; i++)
        most += plan->visits[i].n_values;
    if (!(*out = rmt_mem_array(most, sizeof **out, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < plan->n_tables; i++)
        for (size_t k = 0; k < plan->tables[i].n_events; k++)
            (*out)[(*n)++] = plan->tables[i].events[k];
    for (size_t i = 0; i < plan->n_visits && visits; i++)
        for (size_t k = 0; k < plan->visits[i].n_values; k++)
            (*out)[(*n)++] = plan->visits[i].values[k];
    return RMT_OK;
}

static rmt_status find_rows(rmt_table *found, const rmt_redcap_file *f, const rmt_plan *plan,
                            rmt_error *err)
{
    const char **events = NULL;
    size_t n = 0;
    rmt_status st = known_events(&events, &n, plan, err);
    if (!st) st = rmt_redcap_find_rows(found, f->data, events, n, err);
    rmt_mem_free(events);
    return st;
}

rmt_status rmt_redcap_file_open(rmt_redcap_file **out, const rmt_node *read, const rmt_plan *plan,
                                const char *directory, rmt_study *study, rmt_table *found,
                                rmt_problems *notes, rmt_error *err)
{
    const rmt_node *redcap = rmt_node_get(read, "redcap");
    char *path = NULL;
    const char *name = NULL;
    rmt_status st;
    rmt_redcap_file *f = rmt_mem_array(1, sizeof *f, err);
    if (!f) return RMT_ERR_NOMEM;
    const rmt_csv_options options = {
        .as_text = true, .rename = rename_columns, .rename_context = f};
    f->notes = notes;
    f->source = plan->redcap.file;
    st = rmt_stage_redcap_dictionary(&f->dictionary, redcap, directory, study, notes, err);
    if (!st) st = find_file(&path, &name, redcap, "file", directory, study, err);
    if (!st) st = rmt_csv_read(&f->text, &f->facts, path, f->source, &options, notes, err);
    if (!st)
        st = rmt_redcap_data_new(&f->data, f->dictionary, f->text, f->columns, plan->redcap.values,
                                 f->source, notes, err);
    if (!st) st = check_events(f, plan, read, err);
    if (!st) st = note_unread(f, plan, err);
    if (!st && found) st = find_rows(found, f, plan, err);
    rmt_mem_free(path);
    if (st) rmt_redcap_file_close(f);
    else *out = f;
    return st;
}

void rmt_redcap_file_close(rmt_redcap_file *f)
{
    if (!f) return;
    rmt_redcap_data_free(f->data);
    rmt_mem_free(f->columns);
    rmt_table_free(f->text);
    rmt_redcap_free(f->dictionary);
    rmt_mem_free(f);
}

const rmt_csv_facts *rmt_redcap_file_facts(const rmt_redcap_file *f)
{
    return &f->facts;
}

size_t rmt_redcap_file_columns(const rmt_redcap_file *f)
{
    return rmt_table_columns(f->text) - 1;
}

static void count(rmt_csv_facts *facts, const rmt_redcap_file *f, const rmt_redcap_counts *counts)
{
    *facts = f->facts;
    facts->rows_set_aside = counts->rows_set_aside;
    facts->rows_stored -= counts->rows_set_aside;
    facts->cells_set_aside = counts->cells_set_aside;
    facts->cells_stored -= counts->cells_set_aside;
    facts->cells_missing = counts->cells_missing;
    facts->cells_unreadable = counts->cells_unreadable;
}

/* A project without events has a field for each visit: the table made long. */
static rmt_status make_long(rmt_table **out, rmt_table **columns, const rmt_table *t,
                            const rmt_wide *w, rmt_error *err)
{
    const size_t n = rmt_table_columns(t) - 1;
    rmt_wide_map *map = NULL;
    const char **names = rmt_mem_array(n, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_table_name(t, i);
    rmt_status st = rmt_wide_map_new(&map, w, names, n, true, err);
    if (!st) st = rmt_wide_columns_table(columns, map, names, err);
    if (!st) st = rmt_wide_make_long(out, w, map, t, err);
    rmt_wide_map_free(map);
    rmt_mem_free(names);
    return st;
}

rmt_status rmt_redcap_file_table(rmt_table **out, rmt_table **columns, rmt_table *found,
                                 rmt_csv_facts *facts, const rmt_redcap_file *f,
                                 const rmt_plan_table *pt, rmt_problems *notes, rmt_error *err)
{
    rmt_redcap_counts counts;
    size_t *forms = NULL;
    rmt_schema *of_file = NULL; /* a wide table has another, of the long one */
    rmt_table *t = NULL;
    rmt_status st = find_forms(&forms, f->dictionary, pt->forms, pt->n_forms, NULL, err);
    if (!st && pt->wide) st = rmt_schema_parse(&of_file, pt->schema_node, err);
    if (st) goto done;
    const rmt_redcap_selection what = {.forms = forms,
                                       .n_forms = pt->n_forms,
                                       .events = pt->events,
                                       .n_events = pt->n_events,
                                       .schema = pt->wide ? of_file : pt->schema,
                                       .table = pt->name};
    if ((st = rmt_redcap_take(&t, &counts, found, f->data, &what, notes, err))) goto done;
    if (pt->wide && (st = make_long(out, columns, t, pt->wide, err))) goto done;
    if (!pt->wide) {
        *out = t;
        t = NULL;
    }
    count(facts, f, &counts);
done:
    rmt_table_free(t);
    rmt_schema_free(of_file);
    rmt_mem_free(forms);
    return st;
}

rmt_status rmt_redcap_file_places(rmt_table *places, const rmt_redcap_file *f, const char *table,
                                  const rmt_table *t, const rmt_table *columns, rmt_error *err)
{
    const size_t of_file = columns ? rmt_table_find(columns, "column") : RMT_NO_COLUMN;
    const size_t n = rmt_table_columns(t), n_long = columns ? rmt_table_rows(columns) : 0;
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n + n_long && !st; i++) {
        const char *name = i < n ? rmt_table_name(t, i) : rmt_table_text(columns, of_file, i - n);
        const size_t place = rmt_redcap_place(f->data, name);
        if (place > 0) st = rmt_source_columns_add(places, table, name, place, err);
    }
    return st;
}
