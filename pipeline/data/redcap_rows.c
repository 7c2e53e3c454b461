/* redcap_rows.c - see redcap_data.h: the rows of an export by their keys. */
#include "redcap_data.h"

#include "rmt/mem.h"

#include <string.h>

/* A row that is no instance has an empty cell there, which some write as the first instance. */
static const char *instance_of(const rmt_redcap_data *d, size_t row)
{
    const char *cell = redcap_cell(d, d->instance, row);
    return cell[0] ? cell : "1";
}

static int compare_events(const rmt_redcap_data *d, size_t a, size_t b)
{
    const int order = strcmp(redcap_cell(d, d->record, a), redcap_cell(d, d->record, b));
    return order ? order : strcmp(redcap_cell(d, d->event, a), redcap_cell(d, d->event, b));
}

static int compare_keys(const rmt_redcap_data *d, size_t a, size_t b)
{
    int order = compare_events(d, a, b);
    if (!order) order = strcmp(redcap_cell(d, d->instrument, a), redcap_cell(d, d->instrument, b));
    return order ? order : strcmp(instance_of(d, a), instance_of(d, b));
}

/* Merge sort, as qsort has no context. Runs that are in order are left as they are. */
rmt_status redcap_sort_rows(rmt_redcap_data *d, rmt_error *err)
{
    const size_t n = d->n_rows;
    size_t *spare = NULL;
    if (!(d->by_key = rmt_mem_array(n, sizeof *d->by_key, err))) return RMT_ERR_NOMEM;
    if (!(spare = rmt_mem_array(n, sizeof *spare, err))) return RMT_ERR_NOMEM;
    for (size_t row = 0; row < n; row++)
        d->by_key[row] = row;
    for (size_t width = 1; width < n; width *= 2)
        for (size_t low = 0; low < n && n - low > width; low += 2 * width) {
            const size_t mid = low + width, high = n - mid > width ? mid + width : n;
            size_t i = low, j = mid;
            if (compare_keys(d, d->by_key[mid - 1], d->by_key[mid]) <= 0) continue;
            for (size_t o = low; o < high; o++) {
                const bool left =
                    i < mid && (j == high || compare_keys(d, d->by_key[i], d->by_key[j]) <= 0);
                spare[o] = d->by_key[left ? i++ : j++];
            }
            memcpy(d->by_key + low, spare + low, (high - low) * sizeof *spare);
        }
    rmt_mem_free(spare);
    return RMT_OK;
}

size_t redcap_row_of_form(const rmt_redcap_data *d, size_t form, size_t own_form, size_t row)
{
    size_t low = 0, high = d->n_rows;
    if (form == own_form || form == RMT_REDCAP_NONE || !redcap_cell(d, d->instrument, row)[0] ||
        redcap_is_saved(d, form, row))
        return row;
    while (low < high) { /* the first of the record and event: no instrument sorts before all */
        const size_t mid = low + (high - low) / 2;
        if (compare_events(d, d->by_key[mid], row) < 0) low = mid + 1;
        else high = mid;
    }
    const size_t first = d->by_key[low];
    return redcap_cell(d, d->instrument, first)[0] ? row : first;
}

/* ---- rows that cannot be ------------------------------------------------------------------------- */

/* Of each row the first with the same key, which may be itself; who has no record id is nobody's copy. */
static void find_first(size_t *first, const rmt_redcap_data *d)
{
    for (size_t i = 0; i < d->n_rows; i++) {
        const size_t row = d->by_key[i];
        const bool same = i > 0 && redcap_cell(d, d->record, row)[0] &&
                          compare_keys(d, d->by_key[i - 1], row) == 0;
        first[row] = same ? first[d->by_key[i - 1]] : row;
    }
}

/* "week_2_arm_1, adverse_events, 2": what the row is told by besides its record. */
static rmt_status add_key(rmt_text *out, const rmt_redcap_data *d, size_t row, rmt_error *err)
{
    const char *const parts[] = {redcap_event_of(d, row), redcap_cell(d, d->instrument, row),
                                 redcap_cell(d, d->instance, row)};
    rmt_status st = rmt_text_add(out, "", err);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !st; i++)
        if (parts[i][0]) st = rmt_text_addf(out, err, "%s%s", out->len > 0 ? ", " : "", parts[i]);
    return st;
}

static rmt_status find_copy(rmt_table *found, const rmt_redcap_data *d, size_t row, size_t first,
                            rmt_error *err)
{
    rmt_text key = {0};
    rmt_status st = add_key(&key, d, row, err);
    const redcap_found f = {.code = RMT_REDCAP_COPIED_ROW,
                            .column = d->r->columns[0].name,
                            .subject = redcap_cell(d, d->record, row),
                            .value = key.s,
                            .line = redcap_line(d, row),
                            .first_line = redcap_line(d, first)};
    if (!st) st = redcap_found_add(found, &f, err);
    rmt_text_clear(&key);
    return st;
}

/* A labelled export names instruments by labels, which no dictionary has: there the form saved in the row tells. */
static rmt_status find_form(rmt_table *found, const rmt_redcap_data *d, size_t row, rmt_error *err)
{
    const char *form = redcap_cell(d, d->instrument, row);
    if (d->labels || !form[0] || rmt_redcap_form(d->r, form) != RMT_REDCAP_NONE) return RMT_OK;
    const redcap_found f = {.code = RMT_REDCAP_UNKNOWN_FORM,
                            .column = d->columns[d->instrument]->name,
                            .subject = redcap_cell(d, d->record, row),
                            .value = form,
                            .nearest = rmt_text_nearest(form, d->r->forms, d->r->n_forms),
                            .line = redcap_line(d, row)};
    return redcap_found_add(found, &f, err);
}

/* For each event of the file the one it was meant to be, or NULL. Only what looks like a slip: a project may have events that
 * no plan asks for. */
static rmt_status list_meant(const char ***out, const rmt_redcap_data *d, const char *const *known,
                             size_t n, rmt_error *err)
{
    if (!(*out = rmt_mem_array(d->events.n, sizeof **out, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < d->events.n; i++)
        (*out)[i] = redcap_meant_event(d->events.names[i], known, n);
    return RMT_OK;
}

/* meant: of list_meant. */
static rmt_status find_event(rmt_table *found, const rmt_redcap_data *d, size_t row,
                             const char *const *meant, rmt_error *err)
{
    const size_t event = redcap_event_place(&d->events, redcap_cell(d, d->event, row));
    if (event == d->events.n || !meant[event]) return RMT_OK;
    const redcap_found f = {.code = RMT_REDCAP_UNKNOWN_EVENT,
                            .column = d->columns[d->event]->name,
                            .subject = redcap_cell(d, d->record, row),
                            .value = d->events.names[event],
                            .nearest = meant[event],
                            .line = redcap_line(d, row)};
    return redcap_found_add(found, &f, err);
}

rmt_status rmt_redcap_find_rows(rmt_table *found, const rmt_redcap_data *d,
                                const char *const *events, size_t n_events, rmt_error *err)
{
    const char **meant = NULL;
    size_t *first = rmt_mem_array(d->n_rows, sizeof *first, err);
    rmt_status st = first ? list_meant(&meant, d, events, n_events, err) : RMT_ERR_NOMEM;
    if (!st) find_first(first, d);
    for (size_t row = 0; row < d->n_rows && !st; row++) {
        if (first[row] != row) st = find_copy(found, d, row, first[row], err);
        if (!st) st = find_form(found, d, row, err);
        if (!st) st = find_event(found, d, row, meant, err);
    }
    rmt_mem_free(meant);
    rmt_mem_free(first);
    return st;
}
