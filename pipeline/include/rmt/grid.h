/* grid.h - small text tables for a terminal of 80 columns, and numbers rounded for people.
 * Layer: stage. */
#ifndef RMT_GRID_H
#define RMT_GRID_H
#include "rmt/text.h"

typedef struct {
    const char *heading;
    bool right; /* right-aligned: numbers */
} rmt_grid_column;

typedef struct rmt_grid rmt_grid;

enum { RMT_GRID_WIDTH = 80 };

RMT_MUST_CHECK rmt_status rmt_grid_new(rmt_grid **out, const rmt_grid_column *columns, size_t n,
                                       rmt_error *err);
void rmt_grid_free(rmt_grid *g);
/* Adds one row of as many cells as there are columns; NULL = "". The texts are copied. */
RMT_MUST_CHECK rmt_status rmt_grid_add(rmt_grid *g, const char *const *cells, rmt_error *err);
size_t rmt_grid_rows(const rmt_grid *g);
/* Appends the table. Columns take their widest cell; when the line would exceed RMT_GRID_WIDTH the widest
 * left-aligned column is wrapped onto further lines, never cut. colour: bold headings. */
RMT_MUST_CHECK rmt_status rmt_grid_write(const rmt_grid *g, bool colour, rmt_text *out,
                                         rmt_error *err);

/* Colour is wanted: stdout is a terminal (or RMT_FAKE_TTY=1), and NO_COLOR is unset or empty. */
bool rmt_grid_colour_wanted(void);

/* For people. p: three decimals, "<0.001" below; "" for NaN. buf: RMT_NUM_BUF bytes. Return buf. */
const char *rmt_grid_p(char *buf, double p);
/* Fixed decimals; "" for NaN. */
const char *rmt_grid_fixed(char *buf, double x, int decimals);
#endif
