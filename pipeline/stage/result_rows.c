#include "rmt/result_rows.h"

#include "rmt/mem.h"
#include "rmt/text.h"

#include <stdint.h>
#include <string.h>

rmt_status rmt_result_text(rmt_table *t, size_t col, const char *s, rmt_error *err)
{
    return rmt_table_set_text(t, col, rmt_table_rows(t) - 1, s ? s : "", s ? strlen(s) : 0, err);
}

rmt_status rmt_result_texts(rmt_table *t, const rmt_result_cell *cells, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_result_text(t, cells[i].col, cells[i].text, err);
    return st;
}

rmt_status rmt_result_number(rmt_table *t, size_t col, double x, rmt_error *err)
{
    return rmt_table_set_number(t, col, rmt_table_rows(t) - 1, x, err);
}

rmt_status rmt_result_integer(rmt_table *t, size_t col, long x, rmt_error *err)
{
    if (x <= INT32_MIN || x > INT32_MAX) /* the lowest means missing */
        return rmt_fail_at(err, RMT_ERR_INTERNAL, NULL, 0, rmt_table_name(t, col),
                           "%ld does not fit a column of whole numbers", x);
    rmt_table_set_integer(t, col, rmt_table_rows(t) - 1, (int32_t)x);
    return RMT_OK;
}

rmt_status rmt_result_degenerate(rmt_table *t, size_t estimate_col, size_t note_col, rmt_status st,
                                 const rmt_error *why, rmt_error *err)
{
    rmt_status set;
    if (st != RMT_ERR_DEGENERATE && st != RMT_ERR_NOCONV) {
        if (err) *err = *why;
        return st;
    }
    if ((set = rmt_result_text(t, note_col, why->msg, err))) return set;
    return rmt_table_set_reason(t, estimate_col, rmt_table_rows(t) - 1, why->msg, err);
}

rmt_status rmt_result_note(rmt_table *t, size_t note_col, const char *text, size_t n_flagged,
                           size_t n_prorated, rmt_error *err)
{
    rmt_text note = {0};
    const char *before = rmt_table_text(t, note_col, rmt_table_rows(t) - 1);
    rmt_status st = rmt_text_add(&note, before, err);
    if (!st && *text) st = rmt_text_addf(&note, err, "%s%s", note.len ? "; " : "", text);
    if (!st && n_flagged > 0)
        st = rmt_text_addf(&note, err, "%s%zu value%s of records with validation errors",
                           note.len ? "; " : "", n_flagged, n_flagged == 1 ? "" : "s");
    if (!st && n_prorated > 0)
        st = rmt_text_addf(&note, err, "%s%zu value%s " RMT_NOTE_PRORATED, note.len ? "; " : "",
                           n_prorated, n_prorated == 1 ? "" : "s");
    if (!st && note.len > 0) st = rmt_result_text(t, note_col, note.s, err);
    rmt_text_clear(&note);
    return st;
}

/* ---- rows that are there already ------------------------------------------------------------- */

/* FNV-1a over words, folded so that the low bits know of the high ones. */
static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(1099511628211);
    return h ^ (h >> 32);
}

/* Equal rows have equal hashes; -0.0 and 0.0 would be two, and both rows kept. */
static uint64_t hash_row(const rmt_table *t, size_t row)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        uint64_t word = 0;
        if (rmt_type_is_text(rmt_table_type(t, c))) {
            for (const char *s = rmt_table_text(t, c, row); *s; s++)
                h = mix(h, (unsigned char)*s);
        } else if (!rmt_table_is_missing(t, c, row)) {
            const double x = rmt_table_number(t, c, row);
            memcpy(&word, &x, sizeof word);
        }
        h = mix(h, word);
    }
    return h;
}

static bool same_row(const rmt_table *t, size_t a, size_t b)
{
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        if (strcmp(rmt_table_reason(t, c, a), rmt_table_reason(t, c, b)) != 0) return false;
        if (rmt_table_is_missing(t, c, a) != rmt_table_is_missing(t, c, b)) return false;
        if (rmt_table_is_missing(t, c, a)) continue;
        if (rmt_type_is_text(rmt_table_type(t, c))) {
            if (strcmp(rmt_table_text(t, c, a), rmt_table_text(t, c, b)) != 0) return false;
        } else {
            const double x = rmt_table_number(t, c, a), y = rmt_table_number(t, c, b);
            if (x < y || x > y) return false;
        }
    }
    return true;
}

static rmt_status copy_row(rmt_table *to, const rmt_table *from, size_t row, rmt_error *err)
{
    rmt_status st = rmt_table_add_rows(to, 1, err);
    const size_t at = rmt_table_rows(to) - 1;
    for (size_t c = 0; c < rmt_table_columns(from) && !st; c++) {
        if (rmt_type_is_text(rmt_table_type(from, c)))
            st = rmt_result_text(to, c, rmt_table_text(from, c, row), err);
        else if (rmt_table_type(from, c) == RMT_TYPE_NUMBER)
            st = rmt_result_number(to, c, rmt_table_number(from, c, row), err);
        else rmt_table_set_integer(to, c, at, rmt_table_integer(from, c, row));
        if (!st && *rmt_table_reason(from, c, row))
            st = rmt_table_set_reason(to, c, at, rmt_table_reason(from, c, row), err);
    }
    return st;
}

rmt_status rmt_result_distinct(rmt_table **t, const rmt_column_spec *columns, size_t n_columns,
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t n = rmt_table_rows(*t);
    size_t n_slots = 16, n_kept = 0;
    while (n_slots < 2 * n)
        n_slots *= 2;
    size_t *slots = rmt_mem_array(n_slots, sizeof *slots, err); /* row + 1; 0 = free */
    size_t *kept = rmt_mem_array(n, sizeof *kept, err);
    rmt_table *out = NULL;
    if (!slots || !kept) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t r = 0; r < n; r++) {
        size_t i = (size_t)hash_row(*t, r) & (n_slots - 1);
        while (slots[i] && !same_row(*t, slots[i] - 1, r))
            i = (i + 1) & (n_slots - 1);
        if (slots[i]) continue;
        slots[i] = r + 1;
        kept[n_kept++] = r;
    }
    if (n_kept == n) goto done;
    if ((st = rmt_table_new(&out, rmt_table_title(*t), err))) goto done;
    if ((st = rmt_table_add_columns(out, columns, n_columns, err))) goto done;
    for (size_t i = 0; i < n_kept; i++)
        if ((st = copy_row(out, *t, kept[i], err))) goto done;
    rmt_table_free(*t);
    *t = out;
    out = NULL;
done:
    rmt_table_free(out);
    rmt_mem_free(kept);
    rmt_mem_free(slots);
    return st;
}
