/* A wide table made long keeps every cell: with its value, its reason and its line, once. And each allocation on the way
 * fails once: said, and nothing leaks. */
#include "rmt/num.h"
#include "rmt/wide.h"
#include "support.h"
#include "tst_memory.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 4, VISITS = 4, KEPT = 2, MOST = NAMES * VISITS + KEPT, ROWS = 6, NAME_BUF = 32 };

static void fill(tst_rng *rng, rmt_table *t, size_t col)
{
    static const char *const reasons[] = {"-99", RMT_UNREADABLE "12x"};
    char text[NAME_BUF];
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        const long kind = tst_rng_between(rng, 0, 5);
        const int x = (int)tst_rng_between(rng, -50, 50);
        rmt_status st = RMT_OK;
        if (kind == 0) continue;
        if (kind < 3) st = rmt_table_set_reason(t, col, r, reasons[kind - 1], NULL);
        else if (rmt_table_type(t, col) == RMT_TYPE_INTEGER) rmt_table_set_integer(t, col, r, x);
        else if (rmt_table_type(t, col) == RMT_TYPE_NUMBER)
            st = rmt_table_set_number(t, col, r, x / 8.0, NULL);
        else {
            (void)snprintf(text, sizeof text, "2026-01-%02d", 1 + (x + 50) % 28);
            st = rmt_table_set_text(t, col, r, text, strlen(text), NULL);
        }
        assert_int_equal(st, RMT_OK);
    }
}

/* Columns in a random order; for each name numbers, or texts, of types that differ by visit. */
static rmt_table *random_wide(tst_rng *rng, char names[MOST][NAME_BUF])
{
    static const rmt_type types[2][2] = {{RMT_TYPE_INTEGER, RMT_TYPE_NUMBER},
                                         {RMT_TYPE_DATE, RMT_TYPE_STRING}};
    rmt_table *t = NULL;
    size_t order[MOST];
    for (size_t i = 0; i < MOST; i++) {
        const size_t j = (size_t)tst_rng_between(rng, 0, (long)i);
        order[i] = order[j];
        order[j] = i;
    }
    tst_ok(rmt_table_new(&t, "wide", NULL), NULL);
    tst_ok(rmt_table_add_rows(t, (size_t)tst_rng_between(rng, 0, ROWS), NULL), NULL);
    for (size_t i = 0; i < MOST; i++) {
        const size_t which = order[i] / VISITS, visit = order[i] % VISITS;
        char *name = names[rmt_table_columns(t)];
        if (which == NAMES) (void)snprintf(name, NAME_BUF, "kept_%zu", visit);
        else (void)snprintf(name, NAME_BUF, "x_%zu_wk%zu", which, visit);
        if (which < NAMES && (which || visit) && tst_rng_between(rng, 0, 3) == 0) continue;
        const rmt_type type = types[which % 2][tst_rng_between(rng, 0, 1)];
        tst_ok(rmt_table_add_column(t, name, type, "", "", NULL), NULL);
        fill(rng, t, rmt_table_columns(t) - 1);
    }
    tst_ok(rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER, "", "", NULL), NULL);
    for (size_t r = 0; r < rmt_table_rows(t); r++)
        rmt_table_set_integer(t, rmt_table_columns(t) - 1, r, (int32_t)r + 2);
    return t;
}

static rmt_wide *new_wide(rmt_error *err)
{
    static const char *schedule[] = {"3", "1"};
    const char *wrong;
    rmt_wide *w = rmt_mem_array(1, sizeof *w, err);
    if (!w) return NULL;
    *w = (rmt_wide){.visit = "v", .source = "plan", .n_patterns = 1};
    if ((w->patterns = rmt_mem_array(1, sizeof *w->patterns, err)) &&
        (w->scheduled = rmt_mem_array(2, sizeof *w->scheduled, err)) &&
        !rmt_wide_pattern_parse(w->patterns, "{name}_wk{visit}", &wrong, err)) {
        memcpy(w->scheduled, schedule, sizeof schedule);
        w->n_scheduled = 2;
        return w;
    }
    if (!w->patterns) w->n_patterns = 0;
    rmt_wide_free(w);
    return NULL;
}

static void same_cell(const rmt_table *a, size_t ca, size_t ra, const rmt_table *b, size_t cb,
                      size_t rb)
{
    char x[RMT_NUM_BUF], y[RMT_NUM_BUF];
    assert_string_equal(rmt_table_format(a, ca, ra, x), rmt_table_format(b, cb, rb, y));
    assert_string_equal(rmt_table_reason(a, ca, ra), rmt_table_reason(b, cb, rb));
}

static size_t column_of_file(const rmt_table *wide, const rmt_table *columns, const char *name,
                             const char *visit)
{
    for (size_t i = 0; i < rmt_table_rows(columns); i++)
        if (strcmp(rmt_table_text(columns, 0, i), name) == 0 &&
            strcmp(rmt_table_text(columns, 1, i), visit) == 0)
            return rmt_table_find(wide, rmt_table_text(columns, 2, i));
    return RMT_NO_COLUMN;
}

/* Every cell of the long table that comes from the file is there as it was; returns how many there are. */
static size_t check_long(const rmt_table *wide, const rmt_table *made, const rmt_table *columns)
{
    const size_t visit = rmt_table_find(made, "v");
    const size_t n_visits = rmt_table_rows(wide) ? rmt_table_rows(made) / rmt_table_rows(wide) : 0;
    size_t n = 0;
    for (size_t col = 0; col < rmt_table_columns(made); col++)
        for (size_t r = 0; r < rmt_table_rows(made) && col != visit; r++) {
            const char *name = rmt_table_name(made, col);
            size_t from = rmt_table_find(wide, name); /* kept */
            if (from == RMT_NO_COLUMN) {
                from = column_of_file(wide, columns, name, rmt_table_text(made, visit, r));
                if (from == RMT_NO_COLUMN) {
                    assert_true(rmt_table_is_missing(made, col, r));
                    assert_string_equal(rmt_table_reason(made, col, r), "");
                    continue;
                }
                n++;
            }
            same_cell(made, col, r, wide, from, r / n_visits);
        }
    return n;
}

/* Columns of the file that no pattern takes are columns of the long table: nothing is dropped. */
static size_t count_made_long(const rmt_wide_map *m, const char *const *names,
                              const rmt_table *made)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_columns; i++) {
        const bool kept = m->name[i] == RMT_NO_COLUMN;
        assert_true(kept == (rmt_table_find(made, names[i]) != RMT_NO_COLUMN));
        n += !kept;
    }
    assert_int_equal(rmt_table_columns(made), m->n_columns - n + 1 + m->n_names + 1);
    return n;
}

static rmt_status make(const rmt_table *wide, const char *const *names, rmt_error *err)
{
    rmt_table *made = NULL, *columns = NULL;
    rmt_wide_map *m = NULL;
    rmt_wide *w = new_wide(err);
    const size_t n_columns = rmt_table_columns(wide) - 1;
    rmt_status st = w ? rmt_wide_map_new(&m, w, names, n_columns, false, err) : RMT_ERR_NOMEM;
    if (!st) st = rmt_wide_columns_table(&columns, m, names, err);
    if (!st) st = rmt_wide_make_long(&made, w, m, wide, err);
    if (!st) {
        assert_int_equal(rmt_table_rows(made), rmt_table_rows(wide) * m->n_visits);
        assert_int_equal(check_long(wide, made, columns),
                         count_made_long(m, names, made) * rmt_table_rows(wide));
    }
    rmt_table_free(made);
    rmt_table_free(columns);
    rmt_wide_map_free(m);
    rmt_wide_free(w);
    return st;
}

static void every_cell_is_kept(void **state)
{
    tst_rng rng = {20261124};
    (void)state;
    for (size_t i = 0; i < tst_iterations(1000); i++) {
        char names[MOST + 1][NAME_BUF];
        const char *list[MOST + 1];
        rmt_error err = {0};
        rmt_table *wide = random_wide(&rng, names);
        for (size_t c = 0; c + 1 < rmt_table_columns(wide); c++)
            list[c] = rmt_table_name(wide, c);
        tst_ok(make(wide, list, &err), &err);
        rmt_table_free(wide);
    }
}

static void each_allocation_fails(void **state)
{
    tst_rng rng = {7};
    char names[MOST + 1][NAME_BUF];
    const char *list[MOST + 1];
    rmt_status st = RMT_ERR_NOMEM;
    rmt_table *wide = NULL;
    (void)state;
    while (!wide || rmt_table_rows(wide) < 3) {
        rmt_table_free(wide);
        wide = random_wide(&rng, names);
    }
    for (size_t c = 0; c + 1 < rmt_table_columns(wide); c++)
        list[c] = rmt_table_name(wide, c);
    const size_t n_before = n_live;
    for (size_t k = 1; st; k++) {
        rmt_error err = {0};
        n_until_failure = k;
        st = make(wide, list, &err);
        n_until_failure = 0;
        assert_int_equal(n_live, n_before);
        if (st) tst_fails(st, RMT_ERR_NOMEM, &err, "");
        else assert_true(k > 40);
    }
    rmt_table_free(wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell_is_kept),
                                       cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests_name("wide_long", tests, NULL, NULL);
}
