/* csv_around.c - what stands in a file beside its rows (see csv_reader.h). */
#include "csv_reader.h"

#include "rmt/mem.h"

#include <string.h>

const char *rmt_csv_other_format(const unsigned char *head, size_t n)
{
    static const struct {
        const char *mark, *name;
    } formats[] = {{"\x89HDF\r\n\x1a\n", "an HDF5 file"},
                   {"PK\x03\x04", "an Excel workbook or another ZIP archive"},
                   {"\xd0\xcf\x11\xe0", "an old Excel workbook"},
                   {"\x1f\x8b", "compressed by gzip"},
                   {"$FL2", "an SPSS file"},
                   {"<stata_dta>", "a Stata file"}};
    static const size_t hdf5_places[] = {512, 1024, 2048}; /* behind a user block */
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t n_mark = strlen(formats[i].mark);
        if (n >= n_mark && memcmp(head, formats[i].mark, n_mark) == 0) return formats[i].name;
    }
    for (size_t i = 0; i < sizeof hdf5_places / sizeof *hdf5_places; i++)
        if (n >= hdf5_places[i] + 8 && memcmp(head + hdf5_places[i], formats[0].mark, 8) == 0)
            return formats[0].name;
    return NULL;
}

#define WIDTH_FAULT "row has %zu cell%s, the header has %zu"

static void report_width(rmt_csv_reader *r, const rmt_csv_odd_row *row)
{
    rmt_csv_problem(r, row->line, NULL, WIDTH_FAULT, row->n_cells, row->n_cells == 1 ? "" : "s",
                    rmt_csv_width(r));
}

void rmt_csv_hold_row(rmt_csv_reader *r)
{
    if ((r->st = rmt_mem_grow(&r->held, &r->held_cap, r->n_held + 1, sizeof *r->held, r->err)))
        return;
    r->short_run = r->n_cells < rmt_csv_width(r) ? r->short_run + 1 : 0;
    rmt_csv_odd_row *row = &r->held[r->n_held++];
    *row = (rmt_csv_odd_row){.line = r->row_line, .number = r->facts->rows, .n_cells = r->n_cells};
    const char *first = r->row.len ? r->row.s : ""; /* not kept once the file is at fault */
    const size_t length = strlen(first), most = sizeof row->first - 1;
    memcpy(row->first, first, length <= most ? length : rmt_text_utf8_valid_prefix(first, most));
}

void rmt_csv_release_held(rmt_csv_reader *r)
{
    const size_t last = r->options->footer_rows > 0 ? r->options->footer_rows : 1;
    size_t n = 0;
    while (n < r->n_held && r->held[n].number + last <= r->facts->rows)
        report_width(r, &r->held[n++]);
    r->n_held -= n;
    memmove(r->held, r->held + n, r->n_held * sizeof *r->held);
}

bool rmt_csv_repeats_header(const rmt_csv_reader *r)
{
    return r->n_cols > 1 && r->n_cells == rmt_csv_width(r) && r->row.len == r->header.len &&
           memcmp(r->row.s, r->header.s, r->row.len) == 0;
}

/* Is it a row, swallowed by a quote that was left open? */
void rmt_csv_note_inner_line(rmt_csv_reader *r, const char *s, size_t n, size_t began)
{
    size_t n_delimiters = 0;
    for (size_t i = 0; i < n; i++)
        n_delimiters += s[i] == r->facts->delimiter;
    if (!r->width_known || n_delimiters == 0 || n_delimiters + 1 != rmt_csv_width(r)) return;
    if (r->n_swallowed++ > 0) return;
    r->swallow_line = began;
    r->swallow_cell = r->n_cells;
}

/* Where rows have few cells a sentence may have as many commas; two such lines are hardly chance. */
static bool swallows_rows(const rmt_csv_reader *r)
{
    return r->n_swallowed > (rmt_csv_width(r) < 5);
}

void rmt_csv_report_swallowed(rmt_csv_reader *r)
{
    if (swallows_rows(r))
        rmt_csv_warning(
            r, r->swallow_line, rmt_csv_field_name(r, r->swallow_cell),
            "field %zu holds %zu line%s with the delimiters of a whole row; its quote may "
            "have been "
            "left open",
            r->swallow_cell + 1, r->n_swallowed, r->n_swallowed == 1 ? "" : "s");
}

void rmt_csv_report_open_quote(rmt_csv_reader *r)
{
    if (swallows_rows(r))
        rmt_csv_problem(
            r, r->cell_line, rmt_csv_field_name(r, r->n_cells),
            "field %zu: the quote is not closed; %zu line%s with the delimiters of a whole row "
            "follow%s",
            r->n_cells + 1, r->n_swallowed, r->n_swallowed == 1 ? "" : "s",
            r->n_swallowed == 1 ? "s" : "");
    else
        rmt_csv_problem(r, r->cell_line, rmt_csv_field_name(r, r->n_cells),
                        "field %zu: the quote is not closed", r->n_cells + 1);
}

void rmt_csv_end_rows(rmt_csv_reader *r)
{
    const size_t n = r->options->footer_rows;
    const size_t first = n > 0 && r->facts->rows >= n ? r->last_lines[(r->facts->rows + 1) % n] : 0;
    for (size_t i = 0; i < r->n_held; i++) {
        const rmt_csv_odd_row *row = &r->held[i];
        const char *plural = row->n_cells == 1 ? "" : "s";
        if (n > 0) {
            rmt_csv_warning(r, row->line, NULL, "row has %zu cell%s, passed over as a footer",
                            row->n_cells, plural);
            if (r->facts->n_footers < RMT_FOOTER_TEXTS)
                memcpy(r->facts->footers[r->facts->n_footers++], row->first, sizeof row->first);
        } else if (row->n_cells > rmt_csv_width(r)) report_width(r, row);
        else if (r->cut)
            rmt_csv_problem(
                r, row->line, NULL,
                "the file ends in the middle of a row: it has %zu cell%s, the header has %zu",
                row->n_cells, plural, rmt_csv_width(r));
        else
            rmt_csv_problem(r, row->line, NULL,
                            WIDTH_FAULT
                            "; if this is a footer, 'footer_rows: %zu' in the plan passes it over",
                            row->n_cells, plural, rmt_csv_width(r), r->short_run);
    }
    const rmt_csv_block *b = &r->block;
    while (n > 0 && !rmt_csv_is_faulty(r) && b->n_rows > 0 &&
           (size_t)b->lines[b->n_rows - 1] >= first) {
        rmt_csv_warning(r, (size_t)b->lines[b->n_rows - 1], NULL, "row passed over as a footer");
        rmt_csv_drop_row(r);
    }
}
