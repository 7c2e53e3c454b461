/* field.h - what schema.c, cell.c and schema_check.c share; private to data. */
#ifndef RMT_DATA_FIELD_H
#define RMT_DATA_FIELD_H
#include "rmt/schema.h"
#include "rmt/text.h"

/* ---- pattern.c (PCRE2) -------------------------------------------------------------------------
 */

typedef struct rmt_pattern rmt_pattern;
typedef struct rmt_pattern_work rmt_pattern_work; /* one for a thread */

typedef enum { RMT_MATCH_NO, RMT_MATCH_YES, RMT_MATCH_LIMIT, RMT_MATCH_NO_MEMORY } rmt_match;

/* Compiles text to match whole cells: UTF-8, \d \w \s by Unicode (as Python, hence Frictionless,
 * has it). Errors: RMT_ERR_CONFIG with the fault and its offset (no place: the caller knows),
 * RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_pattern_new(rmt_pattern **out, const char *text, rmt_error *err);
void rmt_pattern_free(rmt_pattern *p);
RMT_MUST_CHECK rmt_status rmt_pattern_work_new(rmt_pattern_work **out, const rmt_pattern *p,
                                               rmt_error *err);
void rmt_pattern_work_free(rmt_pattern_work *w);
/* RMT_MATCH_LIMIT: the effort allowed for one cell (steps, depth, memory) did not settle the
 * question. RMT_MATCH_NO_MEMORY stays the answer once it was given. cell: valid UTF-8, as every text of a table is. */
rmt_match rmt_pattern_match(const rmt_pattern *p, rmt_pattern_work *w, const char *cell);

/* ---- cell.c ---------------------------------------------------------------------------------- */

/* As rmt_field_init, of any type a schema can declare. */
void rmt_field_init_declared(rmt_field *f, const char *name, rmt_field_type declared);

/* NULL when `format` can be read as one of the type, else what is wrong with it. */
const char *rmt_field_format_fault(rmt_field_type type, const char *format);

/* A minimum, maximum or enum value as the schema writes it: plain decimals whatever decimalChar
 * says, true and false besides the field's own words, dates in the field's format. No missing
 * codes. */
void rmt_field_read_limit(rmt_cell *out, const rmt_field *f, const char *text);

/* The cell's order against a limit of the same type: < 0, 0, > 0. Neither may be missing. */
int rmt_cell_compare(const rmt_field *f, const rmt_cell *a, const rmt_cell *b);

/* Whether format, a pattern of dates, reads the whole cell as a day of the calendar. */
bool rmt_field_fits_format(const char *cell, const char *format);

/* ---- cell_why.c ------------------------------------------------------------------------------ */

/* Appends ": REASON", why a cell cannot be read and which setting of the field would read it; nothing when no more is
 * known than its type. date_forms: the ways of writing dates that read the other unreadable cells of the column too, by
 * rmt_cell_date_forms of each (0 = none in common); where one of them reads the cell the others are not named. */
RMT_MUST_CHECK rmt_status rmt_cell_why(rmt_text *out, const rmt_field *f, unsigned date_forms,
                                       const char *cell, rmt_error *err);
/* The ways of writing dates that read a cell, as a set of bits. */
unsigned rmt_cell_date_forms(const char *cell);

/* ---- cell_text.c ----------------------------------------------------------------------------- */

/* Of a field that is `checked`, but for times and months: NULL, or the rule the cell breaks. */
const char *rmt_cell_text_fault(const rmt_field *f, const char *s);
/* How many members an object or array has, of which rmt_cell_text_fault has nothing to say. */
size_t rmt_cell_json_members(const char *s);
#endif
