/* keys.c - see keys.h. */
#include "keys.h"

#include <string.h>

#include "rmt/mem.h"
#include "rmt/schema.h"

/* ---- hashes and order ------------------------------------------------------------------------ */

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

static uint64_t mix_text(uint64_t h, const char *s)
{
    size_t n = strlen(s);
    h = mix(h, n);
    for (; n >= 8; n -= 8, s += 8) {
        uint64_t word;
        memcpy(&word, s, sizeof word);
        h = mix(h, word);
    }
    uint64_t rest = 0;
    memcpy(&rest, s, n);
    return mix(h, rest);
}

static uint64_t key_hash(const rmt_key *k, size_t row)
{
    uint64_t h = UINT64_C(0x243f6a8885a308d3);

    for (size_t i = 0; i < k->n; i++) {
        if (rmt_type_is_text(rmt_table_type(k->table, k->columns[i]))) {
            h = mix_text(h, rmt_table_text(k->table, k->columns[i], row));
        } else {
            double x = rmt_table_number(k->table, k->columns[i], row) + 0.0; /* -0 is 0 */
            uint64_t bits;
            memcpy(&bits, &x, sizeof bits);
            h = mix(h, bits);
        }
    }
    /* Whole numbers differ in the upper bits only: these must reach the lower ones. */
    h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    return h ^ (h >> 33);
}

/* Orders two rows by their cells from column `from` of the key on; the columns of a and b are of the same kinds. */
static int key_compare(const rmt_key *a, size_t row_a, const rmt_key *b, size_t row_b, size_t from,
                       size_t to)
{
    for (size_t i = from; i < to; i++) {
        int order;
        if (rmt_type_is_text(rmt_table_type(a->table, a->columns[i]))) {
            order = strcmp(rmt_table_text(a->table, a->columns[i], row_a),
                           rmt_table_text(b->table, b->columns[i], row_b));
        } else {
            double x = rmt_table_number(a->table, a->columns[i], row_a);
            double y = rmt_table_number(b->table, b->columns[i], row_b);
            order = (x > y) - (x < y);
        }
        if (order) return order;
    }
    return 0;
}

static bool same_key(const rmt_key *a, size_t row_a, const rmt_key *b, size_t row_b)
{
    return key_compare(a, row_a, b, row_b, 0, a->n) == 0;
}

size_t rmt_key_missing(const rmt_key *k, size_t row)
{
    size_t n = 0;

    for (size_t i = 0; i < k->n; i++)
        n += rmt_table_is_missing(k->table, k->columns[i], row) ? 1 : 0;
    return n;
}

/* ---- sorting --------------------------------------------------------------------------------- */

typedef struct {
    uint64_t hash; /* or a line, where rows are put in order */
    size_t row;
} key_item;

static int item_compare(const rmt_key *a, const key_item *x, const rmt_key *b, const key_item *y)
{
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return a ? key_compare(a, x->row, b, y->row, 0, a->n) : 0;
}

/* Stable merge sort: of keys by hash and cells, of lines (k NULL) by hash alone. */
static rmt_status sort_items(key_item *items, size_t n, const rmt_key *k, rmt_error *err)
{
    key_item *spare = rmt_mem_array(n, sizeof *spare, err);

    if (!spare) return RMT_ERR_NOMEM;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t mid = n - low > width ? low + width : n;
            size_t high = n - low > 2 * width ? low + 2 * width : n;
            size_t i = low, j = mid;
            for (size_t o = low; o < high; o++) {
                bool left = i < mid && (j == high || item_compare(k, &items[i], k, &items[j]) <= 0);
                spare[o] = left ? items[i++] : items[j++];
            }
        }
        memcpy(items, spare, n * sizeof *items);
    }
    rmt_mem_free(spare);
    return RMT_OK;
}

rmt_status rmt_row_order_init(rmt_row_order *out, const rmt_table *t, rmt_error *err)
{
    size_t n = rmt_table_rows(t), col = rmt_line_column(t), i = 1;
    key_item *items;
    rmt_status st;

    *out = (rmt_row_order){NULL, n};
    while (i < n && rmt_line_of(t, col, i - 1) <= rmt_line_of(t, col, i))
        i++;
    if (i >= n) return RMT_OK;
    if (!(items = rmt_mem_array(n, sizeof *items, err))) return RMT_ERR_NOMEM;
    for (i = 0; i < n; i++)
        items[i] = (key_item){rmt_line_of(t, col, i), i};
    if (!(st = sort_items(items, n, NULL, err)) &&
        !(out->at = rmt_mem_array(n, sizeof *out->at, err)))
        st = RMT_ERR_NOMEM;
    for (i = 0; i < n && !st; i++)
        out->at[i] = items[i].row;
    rmt_mem_free(items);
    return st;
}

void rmt_row_order_clear(rmt_row_order *o)
{
    rmt_mem_free(o->at);
    *o = (rmt_row_order){NULL, 0};
}

size_t rmt_row_at(const rmt_row_order *o, size_t i)
{
    return o->at ? o->at[i] : i;
}

/* ---- an index of keys ------------------------------------------------------------------------- */

typedef struct {
    uint32_t tag; /* half of the hash; the other half says where to look */
    uint32_t row; /* + 1; 0 = free */
} slot;

struct rmt_key_index {
    const rmt_key *k;
    slot *slots; /* open addressing */
    size_t n_slots;
    key_item *sorted; /* instead, where the hashes were made to collide */
    size_t n_sorted;
};

/* Steps for a key at which the table of hashes is given up; a good hash needs less than 2. */
enum { MOST_STEPS = 16, FREE_STEPS = 1 << 12 };

/* The slot of a key: free, or with a row that has it. */
static slot *find_slot(const rmt_key_index *x, const rmt_key *here, size_t row, uint64_t hash,
                       size_t *steps)
{
    const uint32_t tag = (uint32_t)(hash >> 32);
    size_t i = (size_t)hash & (x->n_slots - 1);

    for (;; i = (i + 1) & (x->n_slots - 1)) {
        slot *s = &x->slots[i];
        if (s->row == 0) return s;
        if (s->tag == tag && same_key(here, row, x->k, s->row - 1)) return s;
        ++*steps;
    }
}

static rmt_status keep_repeat(rmt_repeats *r, size_t n, size_t row, size_t first, rmt_error *err)
{
    if (!r->first && !(r->first = rmt_mem_array(n, sizeof *r->first, err))) return RMT_ERR_NOMEM;
    r->first[row] = (uint32_t)first + 1;
    return RMT_OK;
}

/* Enters every complete key; r (NULL = not asked for) gets those that are there already. *crafted: too many collide. */
static rmt_status enter_all(rmt_key_index *x, rmt_repeats *r, const rmt_row_order *order,
                            bool *crafted, rmt_error *err)
{
    size_t steps = 0;
    rmt_status st;

    for (x->n_slots = 16; x->n_slots < order->n + order->n / 2;)
        x->n_slots *= 2;
    if (!(x->slots = rmt_mem_array(x->n_slots, sizeof *x->slots, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < order->n; i++) {
        const size_t row = rmt_row_at(order, i);
        if (rmt_key_missing(x->k, row) > 0) continue;
        const uint64_t hash = key_hash(x->k, row);
        slot *s = find_slot(x, x->k, row, hash, &steps);
        if (s->row == 0) *s = (slot){(uint32_t)(hash >> 32), (uint32_t)row + 1};
        else if (r && (st = keep_repeat(r, order->n, row, s->row - 1, err))) return st;
        if (steps > FREE_STEPS + MOST_STEPS * i) {
            *crafted = true;
            return RMT_OK;
        }
    }
    return RMT_OK;
}

/* The same by sorting: equal hashes are told apart by their cells, so that crafted input stays O(n log n). */
static rmt_status sort_all(rmt_key_index *x, rmt_repeats *r, const rmt_row_order *order,
                           rmt_error *err)
{
    rmt_status st;

    rmt_mem_free(x->slots);
    x->slots = NULL;
    if (!(x->sorted = rmt_mem_array(order->n, sizeof *x->sorted, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < order->n; i++) {
        const size_t row = rmt_row_at(order, i);
        if (rmt_key_missing(x->k, row) > 0) continue;
        x->sorted[x->n_sorted++] = (key_item){key_hash(x->k, row), row};
    }
    if ((st = sort_items(x->sorted, x->n_sorted, x->k, err)) || !r) return st;
    for (size_t i = 1, start = 0; i < x->n_sorted; i++) {
        if (item_compare(x->k, &x->sorted[start], x->k, &x->sorted[i]) != 0) start = i;
        else if ((st = keep_repeat(r, order->n, x->sorted[i].row, x->sorted[start].row, err)))
            return st;
    }
    return RMT_OK;
}

static rmt_status build(rmt_key_index **out, rmt_repeats *r, const rmt_key *k,
                        const rmt_row_order *order, rmt_error *err)
{
    rmt_key_index *x = rmt_mem_array(1, sizeof *x, err);
    bool crafted = false;
    rmt_status st;

    if (!x) return RMT_ERR_NOMEM;
    x->k = k;
    st = enter_all(x, r, order, &crafted, err);
    if (!st && crafted) st = sort_all(x, r, order, err);
    if (st) rmt_key_index_free(x);
    else *out = x;
    return st;
}

void rmt_key_index_free(rmt_key_index *x)
{
    if (!x) return;
    rmt_mem_free(x->slots);
    rmt_mem_free(x->sorted);
    rmt_mem_free(x);
}

rmt_status rmt_key_index_new(rmt_key_index **out, const rmt_key *k, rmt_error *err)
{
    const rmt_row_order as_they_are = {NULL, rmt_table_rows(k->table)};

    return build(out, NULL, k, &as_they_are, err);
}

bool rmt_key_index_has(const rmt_key_index *x, const rmt_key *here, size_t row)
{
    const key_item wanted = {key_hash(here, row), row};
    size_t low = 0, high = x->n_sorted, steps = 0;

    if (x->slots) return find_slot(x, here, row, wanted.hash, &steps)->row > 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = item_compare(here, &wanted, x->k, &x->sorted[mid]);
        if (order == 0) return true;
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return false;
}

/* ---- repeats ---------------------------------------------------------------------------------- */

/* The last row of a run is like one of those before it. */
static bool repeats_in_run(const rmt_key *k, const size_t *run, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (key_compare(k, run[i], k, run[n - 1], 1, k->n) == 0) return true;
    return false;
}

/* True: the first column ascends in short runs, and no key repeats. False: not known. */
static bool no_repeat_in_order(const rmt_key *k, const rmt_row_order *order)
{
    enum { LONGEST = 16 };
    size_t run[LONGEST], n = 0;

    for (size_t i = 0; i < order->n; i++) {
        const size_t row = rmt_row_at(order, i);
        if (rmt_key_missing(k, row) > 0) continue;
        const int step = n > 0 ? key_compare(k, run[n - 1], k, row, 0, 1) : -1;
        if (step > 0) return false;
        if (step < 0) n = 0;
        if (n == LONGEST) return false;
        run[n++] = row;
        if (repeats_in_run(k, run, n)) return false;
    }
    return true;
}

rmt_status rmt_key_repeats(rmt_repeats *out, const rmt_key *k, const rmt_row_order *order,
                           rmt_error *err)
{
    rmt_repeats r = {NULL, false};
    rmt_key_index *x = NULL;
    rmt_status st = RMT_OK;

    for (size_t row = 0; row < order->n && !r.any_missing; row++)
        r.any_missing = rmt_key_missing(k, row) > 0;
    if (!no_repeat_in_order(k, order)) st = build(&x, &r, k, order, err);
    rmt_key_index_free(x);
    if (st) rmt_repeats_clear(&r);
    else *out = r;
    return st;
}

void rmt_repeats_clear(rmt_repeats *r)
{
    rmt_mem_free(r->first);
    *r = (rmt_repeats){NULL, false};
}
