/* tst_redcap.h - a REDCap export of a few lines, as texts. */
#ifndef TST_REDCAP_H
#define TST_REDCAP_H
#include "rmt/csv.h"
#include "rmt/mem.h"
#include "rmt/redcap.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TST_REDCAP_HEADER                                                                          \
    "field_name,form_name,field_type,field_label,select_choices_or_calculations,"                  \
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,"          \
    "identifier,branching_logic,required_field\n"

typedef struct {
    rmt_redcap *r;
    const char *source;
    rmt_problems *notes;
    const rmt_redcap_column **columns;
} tst_redcap_header;

static inline rmt_status tst_redcap_rename(void *context, const char **names, size_t n,
                                           rmt_error *err)
{
    tst_redcap_header *h = context;
    rmt_status st = rmt_redcap_match_header(&h->columns, h->r, names, n, h->source, h->notes, err);
    for (size_t i = 0; i < n && !st; i++)
        if (h->columns[i]) names[i] = h->columns[i]->name;
    return st;
}

/* text as a table of texts; header NULL = of a dictionary. */
static inline rmt_status tst_redcap_read(rmt_table **out, const char *text, const char *source,
                                         tst_redcap_header *header, rmt_problems *notes,
                                         rmt_error *err)
{
    char path[] = "/tmp/rmt_redcap_XXXXXX";
    const rmt_csv_options options = {.as_text = true,
                                     .delimiter = ',',
                                     .rename = header ? tst_redcap_rename : NULL,
                                     .rename_context = header};
    const int fd = mkstemp(path);
    const size_t n = strlen(text);
    if (fd < 0 || write(fd, text, n) != (ssize_t)n || close(fd)) abort();
    const rmt_status st = rmt_csv_read(out, NULL, path, source, &options, notes, err);
    unlink(path);
    return st;
}

/* missing: as YAML, "[UNK]"; NULL = none. */
static inline rmt_status tst_redcap_new(rmt_redcap **out, const char *dictionary,
                                        const char *missing, rmt_problems *notes, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_doc *codes = NULL;
    rmt_status st = tst_redcap_read(&t, dictionary, "dictionary.csv", NULL, notes, err);
    if (!st && missing) st = rmt_tree_parse(&codes, missing, strlen(missing), "plan.yaml", err);
    if (!st)
        st = rmt_redcap_new(out, t, "dictionary.csv", missing ? rmt_doc_root(codes) : NULL, notes,
                            err);
    rmt_doc_free(codes);
    rmt_table_free(t);
    return st;
}

/* A table as text: a line per row, cells with | between, a missing one as its reason in brackets. */
static inline rmt_status tst_redcap_print(rmt_text *out, const rmt_table *t, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t row = 0; row < rmt_table_rows(t) && !st; row++)
        for (size_t col = 0; col < rmt_table_columns(t) && !st; col++) {
            char buf[64];
            const char *end = col + 1 < rmt_table_columns(t) ? "|" : "\n";
            if (rmt_table_is_missing(t, col, row))
                st = rmt_text_addf(out, err, "(%s)%s", rmt_table_reason(t, col, row), end);
            else st = rmt_text_addf(out, err, "%s%s", rmt_table_format(t, col, row, buf), end);
        }
    return st;
}

/* The table of some forms as text, called "t" in the plan; what is found goes to found (NULL = nobody asks). The counts
 * are in *counts. forms: by name, ended by NULL; events: NULL = all. out: caller's, rmt_text_clear. */
static inline rmt_status tst_redcap_find(rmt_text *out, rmt_table *found, rmt_redcap_counts *counts,
                                         rmt_redcap *r, const char *data, const char *const *forms,
                                         const char *event, rmt_redcap_values values,
                                         rmt_problems *notes, rmt_error *err)
{
    size_t indices[8], n_forms = 0;
    tst_redcap_header h = {.r = r, .source = "data.csv", .notes = notes};
    rmt_table *text = NULL, *t = NULL;
    rmt_doc *doc = NULL;
    rmt_node *node = NULL;
    rmt_schema *schema = NULL;
    rmt_redcap_data *d = NULL;
    rmt_status st;
    for (; forms[n_forms]; n_forms++)
        indices[n_forms] = rmt_redcap_form(r, forms[n_forms]);
    if ((st = tst_redcap_read(&text, data, "data.csv", &h, notes, err))) goto done;
    if ((st = rmt_doc_new(&doc, "plan.yaml", err))) goto done;
    if ((st = rmt_redcap_schema(&node, doc, r, indices, n_forms, err))) goto done;
    if ((st = rmt_schema_parse(&schema, node, err))) goto done;
    if ((st = rmt_redcap_data_new(&d, r, text, h.columns, values, "data.csv", notes, err)))
        goto done;
    const rmt_redcap_selection what = {indices, n_forms, &event, event ? 1 : 0, schema, "t"};
    if ((st = rmt_redcap_take(&t, counts, found, d, &what, notes, err))) goto done;
    st = tst_redcap_print(out, t, err);
done:
    rmt_table_free(t);
    rmt_redcap_data_free(d);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
    rmt_table_free(text);
    rmt_mem_free(h.columns);
    return st;
}

/* The same when nobody asks for what is found. */
static inline rmt_status tst_redcap_take(rmt_text *out, rmt_redcap_counts *counts, rmt_redcap *r,
                                         const char *data, const char *const *forms,
                                         const char *event, rmt_redcap_values values,
                                         rmt_problems *notes, rmt_error *err)
{
    return tst_redcap_find(out, NULL, counts, r, data, forms, event, values, notes, err);
}
#endif
