/* schema_check_parts.h - what the checks of a table against its schema share.
 * Layer: data, private to this folder. schema_check.c calls them row by row, schema_check_columns.c says which cells may be at
 * fault, schema_check_cells.c, _unreadable.c, _keys.c and _labels.c what is wrong, and schema_check_say.c says it. */
#ifndef RMT_DATA_SCHEMA_CHECK_PARTS_H
#define RMT_DATA_SCHEMA_CHECK_PARTS_H
#include "field.h"
#include "keys.h"
#include "rmt/ledger.h"
#include "rmt/num.h"

/* ---- schema_check_say.c ------------------------------------------------------------------------ */

/* Enters findings about one table. */
typedef struct {
    rmt_ledger *ledger;
    const char *name;
    const rmt_table *table;
    size_t line_col;
    rmt_text rule, value, message, why; /* reused from finding to finding */
    /* `why` is that of this cell of this field; NULL: of none */
    const rmt_field *why_field;
    rmt_text why_value;
    const char *why_begins;
    rmt_error *err;
} schema_reporter;

/* Borrows all; to be cleared. */
void schema_reporter_init(schema_reporter *r, rmt_ledger *ledger, const char *name,
                          const rmt_table *t, rmt_error *err);
void schema_reporter_clear(schema_reporter *r);

#define SCHEMA_NO_ROW ((size_t)-1)

/* The rule of the next finding: a constraint's name and its value ("" = none). */
RMT_MUST_CHECK rmt_status schema_set_rule(schema_reporter *r, const char *name, const char *value);
/* A finding about a value, whose message is "VALUE PHRASE TAIL"; row SCHEMA_NO_ROW = the table as a whole. */
RMT_MUST_CHECK rmt_status schema_say(schema_reporter *r, rmt_severity severity, const char *code,
                                     size_t row, const char *column, const char *value,
                                     const char *phrase, const char *tail);
/* Where no more of a kind are listed the finding is entered without its words: then true, with the status in *st. */
bool schema_told_without_words(schema_reporter *r, const char *code, size_t row, const char *column,
                               rmt_status *st);

enum { SCHEMA_PLACE_BUF = 32 };
/* "line 14", or "row 13" of a table without lines. */
const char *schema_place(const schema_reporter *r, size_t row, char buf[SCHEMA_PLACE_BUF]);

/* ---- schema_check_columns.c -------------------------------------------------------------------- */

typedef struct {
    double number;
    char iso[32];
    const char *text; /* strings; NULL: iso */
} schema_limit;

typedef struct {
    const char *name, *phrase;
    bool is_low, exclusive;
} schema_range_rule;

typedef struct {
    const schema_range_rule *rule;
    const char *text; /* as written */
    schema_limit at;
} schema_range_end;

/* What is asked of a column. */
typedef struct {
    const rmt_field *field; /* NULL: the column is not in the schema */
    size_t col;
    bool is_text;
    schema_range_end ends[4];
    size_t n_ends;
    schema_limit *allowed; /* sorted */
    size_t n_allowed;
    uint64_t choice_bits; /* of whole numbers choice_base + i; 0 = not all lie so near together */
    int32_t choice_base;
    rmt_text choices; /* of enum, for the rule */
    rmt_pattern_work *work;
    rmt_repeats unique;
    /* Of the primary key, where it is this column and no other; NULL = it is not. */
    const rmt_repeats *key;
    double low, high; /* numbers in here break no range */
    /* Texts of the table that were found in order, by a hash; NULL = none are asked for. */
    const char **clean;
    bool idle;           /* nothing is asked of it */
    unsigned date_forms; /* that read all its unreadable cells, see rmt_cell_why */
} schema_column;

/* c->field, c->col and c->key are set. To be cleared on failure too. Errors: RMT_ERR_NOMEM; RMT_ERR_INCONSISTENT when the
 * column's type is not its field's. */
RMT_MUST_CHECK rmt_status schema_column_init(schema_column *c, const rmt_table *t,
                                             const rmt_row_order *order, rmt_error *err);
void schema_column_clear(schema_column *c);

bool schema_is_beyond(const schema_range_end *e, const schema_limit *x);
bool schema_is_allowed(const schema_column *c, const schema_limit *x);
/* Code points of a string, members of an object or array. */
size_t schema_length(const rmt_field *f, const char *value);

enum { SCHEMA_WORD = 64 };
/* Sets bit i of bits (SCHEMA_WORD of them each), which come as 0, where the cell of row first + i of the order may be at fault,
 * i < n. Whether there is one. */
bool schema_column_doubt(const schema_column *c, const rmt_table *t, const rmt_row_order *order,
                         uint64_t *bits, size_t first, size_t n);

/* ---- schema_check_cells.c, schema_check_unreadable.c ------------------------------------------- */

/* All that is wrong with a cell, but for its key. */
RMT_MUST_CHECK rmt_status schema_check_cell(schema_reporter *r, const schema_column *c, size_t row);
/* A missing cell with a finding of schema_check_cell: that it is missing from the key too is no other fault. */
bool schema_missing_is_said(const schema_reporter *r, const schema_column *c, size_t row);

/* value: the unreadable cell. */
RMT_MUST_CHECK rmt_status schema_check_unreadable(schema_reporter *r, const schema_column *c,
                                                  size_t row, const char *value);
/* The ways of writing dates that all unreadable cells of a column share; of those that some of them share none counts. */
unsigned schema_common_date_forms(const rmt_table *t, size_t col);

/* ---- schema_check_keys.c ----------------------------------------------------------------------- */

/* The primary key or a unique key, whose missing cells are nobody's. */
typedef struct {
    const char **names;
    size_t n;
    bool is_primary;
    size_t *columns; /* NULL: no key, or one of its columns is absent */
    rmt_repeats repeats;
} schema_key;

/* names is borrowed; n = 0: no key. To be cleared on failure too. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status schema_key_init(schema_key *k, const char **names, size_t n,
                                          bool is_primary, const rmt_table *t,
                                          const rmt_row_order *order, rmt_error *err);
void schema_key_clear(schema_key *k);
/* Whether some row of the table has a finding of schema_check_key. */
bool schema_key_has_faults(const schema_key *k);
RMT_MUST_CHECK rmt_status schema_check_key(schema_reporter *r, const schema_key *k, size_t row);

/* ---- schema_check_labels.c --------------------------------------------------------------------- */

/* Columns of the table that the schema does not know, then fields that are absent. columns: one per column of the table. */
RMT_MUST_CHECK rmt_status schema_check_labels(schema_reporter *r, const rmt_schema *s,
                                              const schema_column *columns);
#endif
