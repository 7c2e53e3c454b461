/* cells.h - /outcomes cut into cells: the rows of one parameter at one visit in one arm.
 * Layer: clinical. Memory: O(rows). Safe to read from many threads.
 * Ownership: what a cell holds is borrowed from the table and the plan, which must outlive it. */
#ifndef RMT_CELLS_H
#define RMT_CELLS_H
#include "rmt/plan.h"
#include "rmt/table.h"

typedef struct {
    const rmt_table *t;   /* /outcomes, borrowed */
    const rmt_plan *plan; /* borrowed */
    /* columns; flagged, dtype and ablfl are RMT_NO_COLUMN where another program made the table without,
     * dtype where nothing is prorated, too */
    size_t subject, arm, paramcd, outcome, visit, aval, base, chg, dxfl, respfl, respdef, remfl,
        remdef, dxlossfl, flagged, dtype, ablfl;
    const char **params; /* PARAMCD in order of appearance: that of the plan */
    const char **param_outcome;
    size_t n_params;
    const char **visits; /* scheduled visits in order */
    bool *visit_is_baseline;
    size_t n_visits;
    const char **arms; /* the plan's order, else by bytes with the reference arm last */
    size_t n_arms, reference;
    size_t *rows;   /* row numbers, cell after cell, in the table's order within a cell */
    size_t *starts; /* n_params * n_visits * n_arms + 1 */
} rmt_cells;

/* Rows at no scheduled visit, or in no arm of the plan, are in no cell.
 * Errors:   RMT_ERR_INCONSISTENT a column is absent or of another type, nobody is in the reference
 *           arm (where the plan does not list the arms).
 * Ownership: caller, rmt_cells_free (NULL allowed). */
RMT_MUST_CHECK rmt_status rmt_cells_new(rmt_cells **out, const rmt_table *outcomes,
                                        const rmt_plan *plan, rmt_error *err);
void rmt_cells_free(rmt_cells *c);
/* Row numbers of a cell, *n of them; borrowed from c. O(1). */
const size_t *rmt_cells_rows(const rmt_cells *c, size_t param, size_t visit, size_t arm, size_t *n);
/* Rows in any cell; 0 = nobody's arm is known. */
size_t rmt_cells_in_arms(const rmt_cells *c);
/* The row has a value, and its record an error in /validation/issues (--keep-going). */
bool rmt_cells_is_flagged(const rmt_cells *c, size_t row);
/* Such rows of a cell. */
size_t rmt_cells_flagged(const rmt_cells *c, size_t param, size_t visit, size_t arm);
/* The row of a subject among rows[0..n) of a cell, or RMT_NO_ROW. O(log n) where remit made /outcomes: sorted
 * by subject. A table in another order gives the same answer, slower. */
#define RMT_NO_ROW ((size_t)-1)
size_t rmt_cells_find(const rmt_cells *c, const size_t *rows, size_t n, const char *subject);
/* The rows at the baseline visit; NULL, *n = 0 where the plan has none. */
const size_t *rmt_cells_baseline(const rmt_cells *c, size_t param, size_t arm, size_t *n);
/* The row's value is prorated, or with_baseline the one it is compared with. */
bool rmt_cells_is_prorated(const rmt_cells *c, size_t param, size_t arm, size_t row,
                           bool with_baseline);
/* Somebody has a value there. */
bool rmt_cells_observed(const rmt_cells *c, size_t param, size_t visit);
#endif
