#include "rmt/grid.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rmt_grid {
    const rmt_grid_column *columns;
    size_t n_columns, n_rows, cap;
    char **cells; /* n_rows * n_columns, owned */
};

rmt_status rmt_grid_new(rmt_grid **out, const rmt_grid_column *columns, size_t n, rmt_error *err)
{
    rmt_grid *g = rmt_mem_array(1, sizeof *g, err);
    if (!g) return RMT_ERR_NOMEM;
    g->columns = columns;
    g->n_columns = n;
    *out = g;
    return RMT_OK;
}

void rmt_grid_free(rmt_grid *g)
{
    if (!g) return;
    for (size_t i = 0; i < g->n_rows * g->n_columns; i++)
        rmt_mem_free(g->cells[i]);
    rmt_mem_free(g->cells);
    rmt_mem_free(g);
}

rmt_status rmt_grid_add(rmt_grid *g, const char *const *cells, rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&g->cells, &g->cap, (g->n_rows + 1) * g->n_columns, sizeof *g->cells, err);
    if (st) return st;
    char **row = g->cells + g->n_rows * g->n_columns;
    for (size_t i = 0; i < g->n_columns; i++) {
        rmt_text cell = {0};
        st = rmt_text_add_visible(&cell, cells[i] ? cells[i] : "", err);
        if (st) {
            rmt_text_clear(&cell);
            while (i-- > 0)
                rmt_mem_free(row[i]);
            return st;
        }
        row[i] = cell.s;
    }
    g->n_rows++;
    return RMT_OK;
}

size_t rmt_grid_rows(const rmt_grid *g)
{
    return g->n_rows;
}

/* Bytes of s that go onto a line of `width` terminal columns, broken after a blank where there is
 * one. A blank where the line is full goes with it: the caller does not print it. */
static size_t bytes_that_fit(const char *s, size_t width)
{
    size_t end = 0, blank = 0, used = 0;
    while (s[end]) {
        char one[5] = {s[end]}; /* the next character; at most four bytes */
        size_t n = 1;
        while (n < sizeof one - 1 && ((unsigned char)s[end + n] & 0xC0U) == 0x80U) {
            one[n] = s[end + n];
            n++;
        }
        used += rmt_text_utf8_width(one);
        if (used > width) break;
        if (s[end] == ' ') blank = end + 1;
        end += n;
    }
    if (s[end] == ' ') return end + 1;
    return s[end] && blank ? blank : end;
}

static rmt_status add_padded(rmt_text *out, const char *s, size_t n, size_t width, bool right,
                             rmt_error *err)
{
    rmt_status st = RMT_OK;
    char *piece = rmt_mem_text(s, n, err);
    if (!piece) return RMT_ERR_NOMEM;
    size_t used = rmt_text_utf8_width(piece);
    size_t pad = used < width ? width - used : 0;
    if (right && (st = rmt_text_addf(out, err, "%*s", (int)pad, ""))) goto done;
    if ((st = rmt_text_add(out, piece, err))) goto done;
    if (!right) st = rmt_text_addf(out, err, "%*s", (int)pad, "");
done:
    rmt_mem_free(piece);
    return st;
}

static void trim_line_end(rmt_text *out)
{
    while (out->len > 0 && out->s[out->len - 1] == ' ')
        out->s[--out->len] = '\0';
}

static rmt_status write_row(const rmt_grid *g, const char *const *cells, const size_t *widths,
                            const char **rest, rmt_text *out, rmt_error *err)
{
    rmt_status st;
    bool more = true;
    for (size_t c = 0; c < g->n_columns; c++)
        rest[c] = cells[c];
    while (more) {
        more = false;
        for (size_t c = 0; c < g->n_columns; c++) {
            size_t n = bytes_that_fit(rest[c], widths[c]);
            size_t shown = n;
            while (shown > 0 && rest[c][shown - 1] == ' ')
                shown--;
            if ((st = rmt_text_add(out, c ? "  " : "", err))) return st;
            if ((st = add_padded(out, rest[c], shown, widths[c], g->columns[c].right, err)))
                return st;
            rest[c] += n;
            if (*rest[c]) more = true;
        }
        trim_line_end(out);
        if ((st = rmt_text_add(out, "\n", err))) return st;
    }
    return RMT_OK;
}

rmt_status rmt_grid_write(const rmt_grid *g, bool colour, rmt_text *out, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t *widths = rmt_mem_array(g->n_columns, sizeof *widths, err);
    const char **rest = rmt_mem_array(2 * g->n_columns, sizeof *rest, err);
    if (!widths || !rest) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    const char **headings = rest + g->n_columns;
    size_t total = 2 * (g->n_columns ? g->n_columns - 1 : 0);
    for (size_t c = 0; c < g->n_columns; c++) {
        headings[c] = g->columns[c].heading;
        widths[c] = rmt_text_utf8_width(headings[c]);
        for (size_t r = 0; r < g->n_rows; r++) {
            size_t w = rmt_text_utf8_width(g->cells[r * g->n_columns + c]);
            if (w > widths[c]) widths[c] = w;
        }
        total += widths[c];
    }
    while (total > RMT_GRID_WIDTH) { /* narrow the widest text column, column by column */
        size_t widest = g->n_columns;
        for (size_t c = 0; c < g->n_columns; c++)
            if (!g->columns[c].right && (widest == g->n_columns || widths[c] > widths[widest]))
                widest = c;
        if (widest == g->n_columns || widths[widest] <= 8) break;
        widths[widest]--;
        total--;
    }
    if (colour && (st = rmt_text_add(out, "\033[1m", err))) goto done;
    if ((st = write_row(g, headings, widths, rest, out, err))) goto done;
    if (colour && (st = rmt_text_add(out, "\033[0m", err))) goto done;
    for (size_t c = 0; c < g->n_columns; c++) {
        if ((st = rmt_text_add(out, c ? "  " : "", err))) goto done;
        for (size_t i = 0; i < widths[c]; i++)
            if ((st = rmt_text_add(out, "-", err))) goto done;
    }
    if ((st = rmt_text_add(out, "\n", err))) goto done;
    for (size_t r = 0; r < g->n_rows; r++) {
        const char *const *cells = (const char *const *)(g->cells + r * g->n_columns);
        if ((st = write_row(g, cells, widths, rest, out, err))) goto done;
    }
done:
    rmt_mem_free(rest);
    rmt_mem_free(widths);
    return st;
}

bool rmt_grid_colour_wanted(void)
{
    const char *no_colour = getenv("NO_COLOR");
    if (no_colour && *no_colour) return false;
    const char *fake = getenv("RMT_FAKE_TTY");
    return (fake && strcmp(fake, "1") == 0) || isatty(STDOUT_FILENO);
}

const char *rmt_grid_p(char *buf, double p)
{
    if (!isnan(p) && p < 0.0005) return strcpy(buf, "<0.001");
    rmt_num_print_fixed(buf, p, 3);
    return buf;
}

const char *rmt_grid_fixed(char *buf, double x, int decimals)
{
    rmt_num_print_fixed(buf, x, decimals);
    return buf;
}
