/* wide.h - a wide table made long: caps5_total_wk2 becomes caps5_total of a row whose visit is "2".
 * Layer: data. Pure. Memory: O(cells).
 *
 * A pattern such as "{name}_wk{visit}" takes the names of columns apart. Where a name can be taken apart in several ways,
 * the one counts whose visit is of the plan's schedule; when that settles nothing the plan is refused. With a schedule a
 * column is of a pattern when its visit is scheduled, or when its {name} is one of those that a scheduled visit has: so
 * record_id is no "record" at visit "id", and caps5_total_wk99 does not hide. Every other column is kept: it
 * stands in each of the row's long rows. */
#ifndef RMT_WIDE_H
#define RMT_WIDE_H
#include "rmt/schema.h"

typedef struct {
    const char *text; /* as the plan has it */
    size_t line;
    /* before, first, between, second, after: the first is {name} unless visit_first */
    char *before, *between, *after; /* owned */
    bool has_name, visit_first;
} rmt_wide_pattern;

/* The key `long` of a table in the plan. */
typedef struct {
    rmt_wide_pattern *patterns;
    size_t n_patterns;
    const char *visit; /* name of the column made */
    const char *value; /* what columns of a pattern without {name} are called; NULL = none */
    const char **keep; /* columns no pattern applies to */
    size_t n_keep;
    bool numbers;           /* the plan reads the visit as days or hours */
    const char **scheduled; /* what the visit column holds for the visits of the schedule */
    size_t n_scheduled;
    const char *source; /* of the plan */
    size_t line;
} rmt_wide;

/* text: "{name}_wk{visit}". NULL when it is a pattern, else what is wrong with it (static storage). Ownership of what
 * *out points to: caller, rmt_wide_free. */
RMT_MUST_CHECK rmt_status rmt_wide_pattern_parse(rmt_wide_pattern *out, const char *text,
                                                 const char **wrong, rmt_error *err);
void rmt_wide_free(rmt_wide *w); /* NULL allowed */

/* What becomes of each column of a file. */
typedef struct {
    size_t n_columns;
    size_t *name;           /* per column: index into names, or RMT_NO_COLUMN: kept */
    size_t *visit;          /* per column that is not kept: index into visits */
    char **names, **visits; /* owned */
    size_t n_names, n_visits;
    size_t *at; /* n_names x n_visits: the column, or RMT_NO_COLUMN */
} rmt_wide_map;

/* columns[0..n): the file's, without source_line. Names come in the order of the file; visits in that of the schedule,
 * then of the file. RMT_ERR_CONFIG with the plan's line when a column can be taken apart in two ways, two columns are
 * the same cell, a name made is that of a column kept; with `whole` also when a pattern applies to no column (with a
 * column that is of none), `keep` names none (with the nearest), or visits that are to be numbers are none or the same;
 * those are then called as rmt_num_print has them. */
RMT_MUST_CHECK rmt_status rmt_wide_map_new(rmt_wide_map **out, const rmt_wide *w,
                                           const char *const *columns, size_t n, bool whole,
                                           rmt_error *err);
void rmt_wide_map_free(rmt_wide_map *m); /* NULL allowed */

/* The schema of a wide file as that of the long table, in doc: the fields of one name become one (their promises must
 * agree, only name, title, description and example may differ), keys name the long columns and the visit besides, and
 * what is unique in the file is so for each visit. *out = NULL: it is of the long table already, as it has
 * the visit, or no field of a pattern. RMT_ERR_CONFIG with the schema's line. */
RMT_MUST_CHECK rmt_status rmt_wide_long_schema(rmt_node **out, rmt_doc *doc, const rmt_node *schema,
                                               const rmt_wide *w, rmt_error *err);
/* The way back, to read the file by: the fields of the long table's schema under the names the file has. out borrows from
 * both; clear it with rmt_wide_file_schema_clear alone. */
RMT_MUST_CHECK rmt_status rmt_wide_file_schema(rmt_schema *out, const rmt_schema *schema,
                                               const rmt_wide_map *m, const char *const *columns,
                                               rmt_error *err);
void rmt_wide_file_schema_clear(rmt_schema *s);

/* Columns of one name that hold text at one visit and numbers at another: they are to be read as text again, so that
 * nothing changes its spelling. *n = 0 when there are none. names: borrowed from t; the caller frees the array. A column
 * without any value agrees with all. */
RMT_MUST_CHECK rmt_status rmt_wide_mixed(const char ***names, size_t *n, const rmt_wide_map *m,
                                         const rmt_table *t, rmt_error *err);

/* The long table: the columns kept, the visit, the names, source_line; a row for each row of t and each visit. A cell keeps
 * its value and its reason. Integers among numbers become numbers; other types that differ are a bug of the caller
 * (rmt_wide_mixed is asked first). */
RMT_MUST_CHECK rmt_status rmt_wide_make_long(rmt_table **out, const rmt_wide *w,
                                             const rmt_wide_map *m, const rmt_table *t,
                                             rmt_error *err);

/* name, visit, column: which column of the file each cell of a long row comes from. */
RMT_MUST_CHECK rmt_status rmt_wide_columns_table(rmt_table **out, const rmt_wide_map *m,
                                                 const char *const *columns, rmt_error *err);
#endif
