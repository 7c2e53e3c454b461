/* records.h - the records of one outcome: which row is whose, at which visit, and whether it says
 * anything. Layer: clinical, inside the room: what outcomes.c and trialcheck.c share. */
#ifndef RMT_RECORDS_H
#define RMT_RECORDS_H
#include "rmt/plan.h"
#include "rmt/score.h"
#include "rmt/subjects.h"

typedef struct {
    const rmt_plan *plan;
    const rmt_plan_outcome *outcome;
    const rmt_instrument *instrument; /* NULL = a bare total */
    const rmt_subjects *subjects;
    const rmt_table *table;
    const char *visit_name; /* the visit column's name */
    size_t id_column, visit_column, line_column;
    size_t total_column, baseline_column; /* RMT_NO_COLUMN = none */
    size_t *item_columns;
    rmt_item_cells *items;
    size_t n_items; /* items collected; 0 = none */
    size_t n_rows;
    uint32_t *subject; /* per row: index into subjects, or subjects->n */
    uint16_t *visit;   /* per row: index into plan->visits, or plan->n_visits */
    bool *valued; /* per row: an item or the total has a value, or a cell that could not be read */
} rmt_records;

/* The records at one subject and visit. */
typedef struct {
    uint32_t row;    /* the record; of several the one with the lowest line */
    uint32_t n : 31; /* records with values; 1 also for one or more without any; 0 = none */
    bool valued : 1;
} rmt_slot;

RMT_MUST_CHECK rmt_status rmt_records_open(rmt_records *out, const rmt_plan *plan,
                                           const rmt_plan_outcome *outcome,
                                           const rmt_subjects *subjects,
                                           const rmt_named_table *tables, size_t n_tables,
                                           rmt_error *err);
/* The rows of any table with the participants' ids: whose they are and, with a column `visit`, at which visit. Nothing
 * of an outcome is filled in. */
RMT_MUST_CHECK rmt_status rmt_records_place(rmt_records *out, const rmt_plan *plan,
                                            const rmt_subjects *subjects, const rmt_table *table,
                                            const char *name, const char *visit, rmt_error *err);
void rmt_records_close(rmt_records *r);

/* subjects->n x plan->n_visits slots, subject by subject. Ownership: caller, rmt_mem_free. */
RMT_MUST_CHECK rmt_status rmt_records_slots(rmt_slot **out, const rmt_records *r, rmt_error *err);

/* n columns (NULL: all) of a table whose first `rows` rows have been read: where they can be had again from a file they take
 * no memory. Called for each row, it acts now and then, and behind the last. RMT_NO_COLUMN among them is left out. */
void rmt_columns_rest_now(const rmt_table *t, const size_t *columns, size_t n, size_t rows);
enum { RMT_REST_ROWS = RMT_TABLE_PIECE / 8 };
static inline void rmt_columns_rest(const rmt_table *t, const size_t *columns, size_t n,
                                    size_t rows)
{
    if (rows % RMT_REST_ROWS == 0 || rows == rmt_table_rows(t))
        rmt_columns_rest_now(t, columns, n, rows);
}
/* Physical line of a row; 0 = the table keeps none. */
size_t rmt_records_line(const rmt_records *r, size_t row);
/* A cell of a numeric column; NaN for an empty text column. */
double rmt_records_number(const rmt_records *r, size_t column, size_t row);
/* An item of a row; NaN = missing. */
double rmt_records_item(const rmt_records *r, size_t item, size_t row);
/* The item values of a row: r->n_items doubles. */
void rmt_records_items(const rmt_records *r, size_t row, double *items);
/* Index of the baseline visit in plan->visits, or n_visits. */
size_t rmt_records_baseline_visit(const rmt_plan *plan);
/* The title of the outcome's total, for people and for PARAM. */
const char *rmt_records_title(const rmt_plan_outcome *o);
#endif
