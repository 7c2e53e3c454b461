/* keys.h - which rows of a table have the same cells, and which cells are those of a row elsewhere; private to data. */
#ifndef RMT_DATA_KEYS_H
#define RMT_DATA_KEYS_H
#include <stdint.h>

#include "rmt/table.h"

/* ---- rows in the order of their lines ---- */

typedef struct {
    size_t *at; /* NULL: the rows are in order as they are */
    size_t n;
} rmt_row_order;

/* Without lines the rows keep their own order. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_row_order_init(rmt_row_order *out, const rmt_table *t,
                                             rmt_error *err);
void rmt_row_order_clear(rmt_row_order *o);
size_t rmt_row_at(const rmt_row_order *o, size_t i);

/* ---- keys ---- */

/* Borrowed; compared as numbers or, where the columns are of text, by bytes. A key with a missing cell is nobody's. */
typedef struct {
    const rmt_table *table;
    const size_t *columns;
    size_t n;
} rmt_key;

/* How many cells of the key are missing. */
size_t rmt_key_missing(const rmt_key *k, size_t row);

typedef struct {
    uint32_t *
        first; /* per row: 1 + the first row with the same key, 0 = it is the first; NULL = none repeats */
    bool any_missing;
} rmt_repeats;

/* Rows in the order given; n < 2^32. Where the first column ascends, as in most exports, the rest is compared within its
 * runs and nothing is kept; else O(rows) and about 16 bytes for each, by hashes, or O(rows log rows) where those were
 * made to collide. Errors: RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_key_repeats(rmt_repeats *out, const rmt_key *k,
                                          const rmt_row_order *order, rmt_error *err);
void rmt_repeats_clear(rmt_repeats *r);

/* The keys of a table, to be asked for those of another; borrows k and its table. */
typedef struct rmt_key_index rmt_key_index;
RMT_MUST_CHECK rmt_status rmt_key_index_new(rmt_key_index **out, const rmt_key *k, rmt_error *err);
void rmt_key_index_free(rmt_key_index *x);
/* The columns of `here` are of the same kinds as those of the index. */
bool rmt_key_index_has(const rmt_key_index *x, const rmt_key *here, size_t row);
#endif
