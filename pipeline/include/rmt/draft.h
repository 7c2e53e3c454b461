/* draft.h - guesses about a trial as the text of a plan and of Table Schemas.
 * Layer: stage. What is written is read back by the reader of plans as the same names, whatever characters they hold. */
#ifndef RMT_DRAFT_H
#define RMT_DRAFT_H
#include "rmt/recognise.h"

/* How a table's file is named and written. */
typedef struct {
    const char *file;        /* as the plan shall name it */
    const char *form;        /* of a REDCap project, which tells all the rest; NULL = a file */
    const char *schema;      /* likewise; NULL = the schema stands in the plan */
    char delimiter, decimal; /* ',' and '.' are left out */
    size_t skip_rows;        /* lines above the header; 0 is left out */
    const char *encoding;    /* NULL = left out */
    const char *pattern;     /* of a wide file, "{name}_{visit}"; NULL = long as it is */
    size_t label_rows;       /* rows behind the header; 0 = none */
    size_t footer_rows;      /* 0 = none */
    bool packaged;           /* the data package describes it: no entry in data */
    bool names_first;        /* the first column has no name and is called "row" */
} rmt_draft_file;

/* A REDCap project: its files as the plan shall name them, its missing data codes, and lines about these. */
typedef struct {
    const char *file, *dictionary;
    char *const *missing;
    size_t n_missing;
    const rmt_text *checks;
} rmt_draft_redcap;

/* Appends s as a scalar of YAML that is read back as the text s: bare where it can be taken for nothing else, else in
 * double quotes, which are JSON's. */
RMT_MUST_CHECK rmt_status rmt_yaml_add(rmt_text *out, const char *s, rmt_error *err);

/* Appends the Table Schema of a table as JSON, a field a line, every line after `indent` blanks: types, missing codes that no
 * other cell needs as a value, keys that hold, ranges of items and totals, the values of short lists. */
RMT_MUST_CHECK rmt_status rmt_draft_schema(rmt_text *out, const rmt_recognised *r, size_t table,
                                           size_t indent, rmt_error *err);
/* Appends the plan. files: one for each table of r; redcap: NULL = no table is a form; package: the datapackage.json, NULL = none. missing: lines that say what a plan needs and these files do not
 * show; without any the plan runs as it is written. */
RMT_MUST_CHECK rmt_status rmt_draft_plan(rmt_text *out, rmt_text *missing, const rmt_recognised *r,
                                         const rmt_draft_file *files,
                                         const rmt_draft_redcap *redcap, const char *package,
                                         const char *study, rmt_error *err);
#endif
