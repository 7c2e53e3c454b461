/* init_footer.c - rows at the end of a file that sum up the others. See init_read.h. */
#include "init_read.h"

#include <string.h>

/* Of the first cell, letters of ASCII in lower case. */
static const char *const words[] = {
    "total",    "totals",      "sum",     "summe",      "gesamt",     "insgesamt", "gesamtsumme",
    "mean",     "average",     "avg",     "mittelwert", "mittel",     "mw",        "durchschnitt",
    "median",   "sd",          "std",     "stdabw",     "min",        "max",       "count",
    "anzahl",   "somme",       "moyenne", "totaal",     "gemiddelde", "suma",      "media",
    "promedio", "grand total", "n"};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "Total", "Mittelwert:", "N=36", "n = 36", "Total: 30 rows". */
static bool is_footer_word(const char *cell)
{
    char word[32];
    size_t n = 0;
    while (is_blank(*cell))
        cell++;
    for (; *cell && n + 1 < sizeof word && !strchr(":=.(", *cell); cell++)
        word[n++] = *cell >= 'A' && *cell <= 'Z' ? (char)(*cell - 'A' + 'a') : *cell;
    while (n > 0 && is_blank(word[n - 1]))
        n--;
    word[n] = '\0';
    if (strcmp(word, "n") == 0 && *cell != '=') return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0) return true;
    return false;
}

static bool has_digit(const char *s)
{
    return s[strcspn(s, "0123456789")] != '\0';
}

/* Sums, means, or nothing. */
static bool sums_up(const rmt_table *t, size_t row)
{
    const size_t line = rmt_line_column(t);
    for (size_t col = 1; col < rmt_table_columns(t); col++) {
        if (col == line) continue;
        const rmt_type type = rmt_table_type(t, col);
        if (type == RMT_TYPE_NUMBER || type == RMT_TYPE_INTEGER) continue;
        if (type != RMT_TYPE_STRING) {
            if (!rmt_table_is_missing(t, col, row)) return false;
            continue;
        }
        const char *s = rmt_table_text(t, col, row);
        if (s[strspn(s, "0123456789.,+-% ")] != '\0') return false;
    }
    return true;
}

/* The last row's id alone has no digit, and what follows it is no record's. */
static bool is_unlike(const rmt_table *t)
{
    enum { LEAST_ROWS = 5 };
    const size_t n = rmt_table_rows(t);
    const char *last = rmt_table_text(t, 0, n - 1);
    if (n < LEAST_ROWS || last[0] == '\0' || has_digit(last)) return false;
    for (size_t row = 0; row + 1 < n; row++)
        if (!has_digit(rmt_table_text(t, 0, row))) return false;
    return sums_up(t, n - 1);
}

/* "S01" as "a9": runs of letters and of digits. */
static void shape_of(char out[RMT_FOOTER_TEXT], const char *s)
{
    size_t n = 0;
    for (; *s && n + 1 < RMT_FOOTER_TEXT; s++) {
        const bool digit = *s >= '0' && *s <= '9';
        const bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s & 0x80);
        const char c = digit ? '9' : letter ? 'a' : *s;
        if (n == 0 || out[n - 1] != c || !(digit || letter)) out[n++] = c;
    }
    out[n] = '\0';
}

/* The first cell of a row is shaped as that of one of the first n rows is, so that it is rather a record with cells too few. */
static bool is_like_record(const char *first, const rmt_table *t, size_t n)
{
    char shape[RMT_FOOTER_TEXT], other[RMT_FOOTER_TEXT], buf[RMT_FOOTER_TEXT];
    if (is_footer_word(first)) return false;
    shape_of(shape, first);
    for (size_t row = 0; row < n; row++) {
        const bool text = rmt_table_type(t, 0) == RMT_TYPE_STRING;
        const char *cell = text ? rmt_table_text(t, 0, row) : rmt_table_format(t, 0, row, buf);
        shape_of(other, cell);
        if (strcmp(shape, other) == 0) return true;
    }
    return false;
}

bool rmt_init_are_footers(const rmt_csv_facts *facts, const rmt_table *t)
{
    for (size_t i = 0; i < facts->n_footers; i++)
        if (is_like_record(facts->footers[i], t, rmt_table_rows(t))) return false;
    return facts->n_footers > 0;
}

/* From column `first` on. */
static bool is_empty_from(const rmt_table *t, size_t row, size_t first)
{
    const size_t line = rmt_line_column(t);
    for (size_t col = first; col < rmt_table_columns(t); col++)
        if (col != line && !rmt_table_is_missing(t, col, row)) return false;
    return true;
}

/* Rows of delimiters alone before a footer are blank lines, but rows where the rows of a footer are counted. */
static size_t empty_rows_before(const rmt_table *t, size_t n_footer)
{
    size_t n = 0;
    while (n_footer + n < rmt_table_rows(t) &&
           is_empty_from(t, rmt_table_rows(t) - 1 - n_footer - n, 0))
        n++;
    return n;
}

/* "Exported on 12.05.2023;;;;": words unlike the first cells of the records, and nothing behind them. */
static size_t remark_rows(const rmt_table *t, size_t most)
{
    size_t n = 0;
    const size_t rows = rmt_table_rows(t);
    while (n < most && n < rows && is_empty_from(t, rows - 1 - n, 1) &&
           strchr(rmt_table_text(t, 0, rows - 1 - n), ' '))
        n++;
    for (size_t row = rows - n; row < rows; row++)
        if (is_like_record(rmt_table_text(t, 0, row), t, rows - n)) return 0;
    return 2 * n < rows ? n : 0;
}

static size_t footer_rows(const rmt_table *t)
{
    enum { LEAST_ROWS = 3, MOST = 5 };
    size_t n_footer = 0, n_words = 0;
    const size_t n = rmt_table_rows(t);
    if (n < LEAST_ROWS || rmt_table_columns(t) < 2 || rmt_table_type(t, 0) != RMT_TYPE_STRING)
        return 0;
    while (n_footer < n && is_footer_word(rmt_table_text(t, 0, n - 1 - n_footer)))
        n_footer++;
    for (size_t row = 0; row < n; row++)
        n_words += is_footer_word(rmt_table_text(t, 0, row));
    if (n_footer > 0) /* the same words among the rows are what the column is about */
        return n_words == n_footer && n_footer <= MOST && 2 * n_footer < n ? n_footer : 0;
    const size_t n_remarks = remark_rows(t, MOST);
    return n_remarks > 0 ? n_remarks : is_unlike(t) ? 1 : 0;
}

size_t rmt_init_footer_rows(const rmt_table *t)
{
    const size_t n = footer_rows(t);
    return n + empty_rows_before(t, n);
}
