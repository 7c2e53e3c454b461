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
