/* recognise_columns.c - what the cells of one column tell. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/missing_words.h"
#include "rmt/num.h"
#include "rmt/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names and texts ------------------------------------------------------------------------- */

void rmt_plain_name(char out[NAME_MAX_BYTES], const char *name)
{
    size_t n = 0;
    for (; *name && n + 1 < NAME_MAX_BYTES; name++) {
        if (*name >= 'A' && *name <= 'Z') out[n++] = (char)(*name - 'A' + 'a');
        else if ((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9')) out[n++] = *name;
    }
    out[n] = '\0';
}

size_t rmt_column_of_table(const rmt_recognised_table *t, const char *name)
{
    for (size_t i = 0; name && i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0) return i;
    return RMT_NO_COLUMN;
}

size_t rmt_name_rank(const char *name, const char *const *list)
{
    size_t n = 0, at = SIZE_MAX;
    for (; list[n]; n++)
        if (at == SIZE_MAX && strcmp(name, list[n]) == 0) at = n;
    return at == SIZE_MAX ? 0 : n - at;
}

const char *rmt_shown(char out[SHOWN_BYTES + 4], const char *text)
{
    size_t n = 0;
    while (text[n] && n < SHOWN_BYTES) {
        const unsigned char c = (unsigned char)text[n];
        const bool breaks = c < 0x20 || c == 0x7F ||
                            (c == 0xC2 && (unsigned char)text[n + 1] < 0xA0) ||
                            (c == 0xE2 && (unsigned char)text[n + 1] == 0x80) || c == 0xEF;
        out[n++] = breaks ? '?' : (char)c;
        if (breaks && c >= 0x80) /* the rest of the character */
            while (((unsigned char)text[n] & 0xC0) == 0x80 && n < SHOWN_BYTES)
                out[n++] = '?';
    }
    while (text[n] && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--; /* not within a character */
    strcpy(out + n, text[n] ? "..." : "");
    return out;
}

rmt_status rmt_check_line(rmt_text *lines, rmt_error *err, const char *fmt, ...)
{
    char line[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    const size_t whole = rmt_text_utf8_valid_prefix(line, strlen(line));
    rmt_status st = rmt_text_add_bytes(lines, line, whole, err);
    return st ? st : rmt_text_add(lines, "\n", err);
}

double rmt_days_of_date(const char *iso)
{
    int64_t year, month, day;
    if (strlen(iso) < 10 || !rmt_num_parse_int(iso, 4, &year) ||
        !rmt_num_parse_int(iso + 5, 2, &month) || !rmt_num_parse_int(iso + 8, 2, &day))
        return (double)NAN;
    int y = (int)year, m = (int)month, d = (int)day;
    /* The proleptic Gregorian calendar, years from March on. */
    y -= m <= 2;
    const int era = y / 400, of_era = y - era * 400;
    const int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097.0 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* ---- codes ----------------------------------------------------------------------------------- */

/* May be cut out of a column of numbers or dates. */
static bool is_word(const char *cell)
{
    const rmt_missing_kind kind = rmt_missing_kind_of(cell);
    return kind != RMT_MISSING_NOT && kind != RMT_MISSING_REDCAP;
}

rmt_status rmt_recognise_missing(const char ***out, size_t *n_words, size_t *n,
                                 const rmt_table *read, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const char **found = NULL;
    size_t cap = 0;
    *n = 0;
    for (int numbers = 0; numbers < 2 && !st; numbers++) {
        for (size_t col = 0; col < rmt_table_columns(read); col++)
            for (size_t row = 0;
                 !st && rmt_table_type(read, col) == RMT_TYPE_STRING && row < rmt_table_rows(read);
                 row++) {
                const char *cell = rmt_table_text(read, col, row);
                if (!is_word(cell) || rmt_text_is_among(cell, found, *n) ||
                    (rmt_missing_kind_of(cell) == RMT_MISSING_NUMBER) != (numbers == 1))
                    continue;
                if ((st = rmt_mem_grow(&found, &cap, *n + 1, sizeof *found, err))) break;
                found[(*n)++] = cell;
            }
        if (numbers == 0) *n_words = *n;
    }
    if (st) rmt_mem_free(found);
    else *out = found;
    return st;
}

bool rmt_recognise_mostly_numbers(const rmt_table *read, size_t col, char decimal)
{
    size_t n = 0, n_numbers = 0;
    const size_t rows = rmt_table_rows(read);
    if (rmt_table_type(read, col) != RMT_TYPE_STRING ||
        rmt_recognise_holds_names(rmt_table_name(read, col)))
        return false;
    for (size_t row = 0; row < rows; row++) {
        const char *cell = rmt_table_text(read, col, row);
        char buf[RMT_LEVEL_BUF];
        double x;
        if (!cell[0] || is_word(cell)) continue;
        n++;
        if (strlen(cell) >= sizeof buf) continue;
        strcpy(buf, cell);
        char *point = strchr(buf, decimal);
        if (point) *point = '.';
        n_numbers += rmt_num_parse_double(buf, strlen(buf), &x);
    }
    return n_numbers > 1 && 2 * n_numbers >= n;
}

static rmt_status add_code(rmt_column_facts *f, const char *text, size_t n, size_t first,
                           bool taken, rmt_error *err)
{
    const rmt_status st =
        rmt_mem_grow(&f->codes, &f->cap_codes, f->n_codes + 1, sizeof *f->codes, err);
    if (!st) f->codes[f->n_codes++] = (rmt_code_found){text, n, first, taken};
    return st;
}

/* ---- levels ---------------------------------------------------------------------------------- */

typedef struct {
    double number;
    size_t row;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    if (x->number < y->number || x->number > y->number) return x->number < y->number ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static rmt_status levels_of_numbers(rmt_column_facts *f, rmt_error *err)
{
    const size_t rows = rmt_table_rows(f->cells);
    size_t n = 0;
    numbered *sorted = rmt_mem_array(rows, sizeof *sorted, err);
    f->levels = rmt_mem_array(rows, sizeof *f->levels, err);
    for (size_t row = 0; sorted && f->levels && row < rows; row++)
        if (!rmt_table_is_missing(f->cells, f->col, row))
            sorted[n++] = (numbered){rmt_table_number(f->cells, f->col, row), row};
    if (sorted && f->levels) qsort(sorted, n, sizeof *sorted, by_number);
    for (size_t i = 0; sorted && f->levels && i < n; i++) {
        if (i == 0 || !rmt_num_same(sorted[i].number, sorted[i - 1].number))
            f->levels[f->n_levels++] =
                (rmt_level){.number = sorted[i].number, .first = sorted[i].row};
        f->levels[f->n_levels - 1].n++;
    }
    const bool made = sorted && f->levels;
    rmt_mem_free(sorted);
    return made ? RMT_OK : RMT_ERR_NOMEM;
}

static rmt_status levels_of_texts(rmt_column_facts *f, rmt_error *err)
{
    const size_t rows = rmt_table_rows(f->cells);
    size_t n = 0;
    rmt_text_placed *sorted = rmt_mem_array(rows, sizeof *sorted, err);
    f->levels = rmt_mem_array(rows, sizeof *f->levels, err);
    for (size_t row = 0; sorted && f->levels && row < rows; row++)
        if (!rmt_table_is_missing(f->cells, f->col, row))
            sorted[n++] = (rmt_text_placed){rmt_table_text(f->cells, f->col, row), row};
    if (sorted && f->levels) qsort(sorted, n, sizeof *sorted, rmt_text_placed_order);
    for (size_t i = 0; sorted && f->levels && i < n; i++) {
        if (i == 0 || strcmp(sorted[i].text, sorted[i - 1].text) != 0)
            f->levels[f->n_levels++] = (rmt_level){
                .text = sorted[i].text, .number = (double)NAN, .first = sorted[i].place};
        f->levels[f->n_levels - 1].n++;
    }
    const bool made = sorted && f->levels;
    rmt_mem_free(sorted);
    return made ? RMT_OK : RMT_ERR_NOMEM;
}

/* Takes the codes out of the levels. */
static void leave_out_codes(rmt_column_facts *f)
{
    size_t kept = 0;
    f->n_values = 0;
    for (size_t i = 0; i < f->n_levels; i++) {
        char buf[RMT_LEVEL_BUF];
        bool taken = false;
        for (size_t c = 0; c < f->n_codes && !taken; c++)
            taken = f->codes[c].taken &&
                    strcmp(f->codes[c].text, rmt_level_text(&f->levels[i], buf)) == 0;
        if (taken) continue;
        f->n_values += f->levels[i].n;
        f->levels[kept++] = f->levels[i];
    }
    f->n_levels = kept;
}

/* ---- finding codes --------------------------------------------------------------------------- */

/* Numbers that stand for "missing": see rmt_recognise. */
static rmt_status find_number_codes(rmt_column_facts *f, rmt_error *err)
{
    rmt_status st = RMT_OK;
    bool below;
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < f->n_levels; i++) {
        const double x = f->levels[i].number;
        if (rmt_missing_number(x, &below)) continue;
        if (x < low) low = x;
        if (x > high) high = x;
    }
    if (low > high) low = high = 0; /* codes alone */
    const double width = high > low ? high - low : 1;
    for (size_t i = 0; i < f->n_levels && !st; i++) {
        const rmt_level *l = &f->levels[i];
        const double x = l->number;
        const char *code = rmt_missing_number(x, &below);
        if (!code) continue;
        const bool taken = below ? low >= 0 || x < low - width : x > high + width;
        /* What lies among the values is one of them; beyond them it is worth a line. */
        const bool beyond = below ? x < low && x <= -77 : x > high;
        if (taken || beyond) st = add_code(f, code, l->n, l->first, taken, err);
    }
    return st;
}

/* Those that the second reading took out: a cell's reason is its code. */
static rmt_status find_word_codes(rmt_column_facts *f, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t row = 0; !st && row < rmt_table_rows(f->cells); row++) {
        const char *reason = rmt_table_reason(f->cells, f->col, row);
        size_t i = 0;
        if (!reason[0] || rmt_unreadable_text(reason)) continue;
        while (i < f->n_codes && strcmp(f->codes[i].text, reason) != 0)
            i++;
        if (i < f->n_codes) f->codes[i].n++;
        else st = add_code(f, reason, 1, row, true, err);
    }
    return st;
}

static rmt_status find_text_codes(rmt_column_facts *f, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < f->n_levels && !st; i++) {
        const rmt_level *l = &f->levels[i];
        const rmt_missing_kind kind = rmt_missing_kind_of(l->text);
        if (!is_word(l->text) || kind == RMT_MISSING_NUMBER)
            continue; /* a number may be the name of anything */
        st = add_code(f, l->text, l->n, l->first,
                      kind == RMT_MISSING_PLAIN || kind == RMT_MISSING_SHEET, err);
    }
    return st;
}

/* ---- kinds of text --------------------------------------------------------------------------- */

/* A text that does not fit. The first ones are kept, in the order of rows. */
static void add_odd(rmt_column_facts *f, const char *text, size_t n, size_t first)
{
    size_t at = 0;
    f->n_odd += n;
    for (size_t i = 0; i < f->n_odd_kept; i++)
        if (strcmp(f->odd[i].text, text) == 0) {
            f->odd[i].n += n;
            return;
        }
    while (at < f->n_odd_kept && f->odd[at].first < first)
        at++;
    if (at == RMT_ODD_KEPT) return;
    f->n_odd_kept += f->n_odd_kept < RMT_ODD_KEPT;
    for (size_t i = f->n_odd_kept - 1; i > at; i--)
        f->odd[i] = f->odd[i - 1];
    f->odd[at] = (rmt_odd_text){text, n, first};
}

static rmt_field date_field(const rmt_column_facts *f, const char *format)
{
    rmt_field field;
    rmt_field_init(&field, f->name, RMT_TYPE_DATE);
    if (format) field.format = format;
    return field;
}

static bool is_date(const rmt_field *field, const rmt_level *l)
{
    rmt_cell value;
    rmt_field_read_cell(&value, field, NULL, '.', l->text, strlen(l->text));
    return value.kind == RMT_CELL_VALUE;
}

static size_t count_dates(const rmt_column_facts *f, const char *format)
{
    size_t n = 0;
    const rmt_field field = date_field(f, format);
    for (size_t i = 0; i < f->n_levels; i++)
        n += is_date(&field, &f->levels[i]) ? f->levels[i].n : 0;
    return n;
}

/* The format of most values, and of at least half: what else is there are slips. */
static void find_dates(rmt_column_facts *f)
{
    static const char *const formats[] = {NULL /* ISO */, "%d/%m/%Y", "%m/%d/%Y",
                                          "%d.%m.%Y",     "%d-%m-%Y", "%Y/%m/%d",
                                          "%d-%b-%Y",     "%d %b %Y", "%d%b%Y"};
    size_t most = 0;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const size_t n = count_dates(f, formats[i]);
        const bool mostly = n > 0 && (n == f->n_values || (n > 1 && 2 * n >= f->n_values));
        if (!mostly || n < most) continue;
        if (n == most) {
            if (!f->other_format) f->other_format = formats[i];
            continue;
        }
        most = n;
        f->type = f->fits = RMT_TYPE_DATE;
        f->format = formats[i];
        f->other_format = NULL;
    }
    const rmt_field field = date_field(f, f->format);
    for (size_t i = 0; most && i < f->n_levels; i++)
        if (!is_date(&field, &f->levels[i]))
            add_odd(f, f->levels[i].text, f->levels[i].n, f->levels[i].first);
}

/* Cells that no number could be read from, where most are numbers. */
static void find_unreadable(rmt_column_facts *f)
{
    f->fits = f->type;
    for (size_t row = 0; row < rmt_table_rows(f->cells); row++) {
        const char *text = rmt_unreadable_text(rmt_table_reason(f->cells, f->col, row));
        if (text) add_odd(f, text, 1, row);
    }
}

/* Written with a decimal point or comma; *whole: without. */
static bool is_number(const char *cell, bool *whole)
{
    char buf[RMT_LEVEL_BUF];
    double x;
    if (strlen(cell) >= sizeof buf) return false;
    strcpy(buf, cell);
    char *comma = strchr(buf, ',');
    if (comma) *comma = '.';
    *whole = !strchr(buf, '.');
    return rmt_num_parse_double(buf, strlen(buf), &x);
}

/* A text in which numbers are fewer than half, but not few. */
static void find_numbers_in_text(rmt_column_facts *f)
{
    enum { FEW = 5 }; /* one cell in so many */
    size_t n = 0;
    bool all_whole = true, whole;
    for (size_t i = 0; i < f->n_levels; i++) {
        if (!is_number(f->levels[i].text, &whole)) continue;
        n += f->levels[i].n;
        all_whole = all_whole && whole;
    }
    if (n < 2 || n == f->n_values || n * FEW < f->n_values) return;
    f->fits = all_whole ? RMT_TYPE_INTEGER : RMT_TYPE_NUMBER;
    for (size_t i = 0; i < f->n_levels; i++)
        if (!is_number(f->levels[i].text, &whole))
            add_odd(f, f->levels[i].text, f->levels[i].n, f->levels[i].first);
}

static void find_yes_no(rmt_column_facts *f)
{
    static const char *const pairs[][2] = {{"no", "yes"}, {"false", "true"}, {"n", "y"}};
    char names[2][NAME_MAX_BYTES];
    if (f->n_levels != 2) return;
    for (size_t i = 0; i < 2; i++)
        rmt_plain_name(names[i], f->levels[i].text);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(names[0], pairs[i][0]) == 0 && strcmp(names[1], pairs[i][1]) == 0)
            f->type = RMT_TYPE_BOOLEAN;
}

/* ---- the column ------------------------------------------------------------------------------ */

static bool is_type_of(const rmt_table *t, size_t col, bool dates_alone)
{
    const rmt_type type = t ? rmt_table_type(t, col) : RMT_TYPE_STRING;
    return type == RMT_TYPE_DATE || type == RMT_TYPE_DATETIME ||
           (!dates_alone && type != RMT_TYPE_STRING);
}

rmt_status rmt_column_facts_init(rmt_column_facts *f, const rmt_recognise_source *s, size_t col,
                                 bool names, rmt_error *err)
{
    *f = (rmt_column_facts){.name = rmt_table_name(s->read, col), .cells = s->read, .col = col};
    if (rmt_table_type(s->read, col) == RMT_TYPE_STRING && !names) {
        if (is_type_of(s->without_words, col, false)) f->cells = s->without_words;
        else if (is_type_of(s->without_codes, col, true)) f->cells = s->without_codes;
    }
    f->type = rmt_table_type(f->cells, col);
    const bool number = !rmt_type_is_text(f->type);
    rmt_status st = number ? levels_of_numbers(f, err) : levels_of_texts(f, err);
    if (st) return st;
    if (f->cells != s->read) {
        if ((st = find_word_codes(f, err))) return st;
        find_unreadable(f);
    }
    if (rmt_facts_is_number(f) && !names && (st = find_number_codes(f, err))) return st;
    if (f->type == RMT_TYPE_STRING && (st = find_text_codes(f, err))) return st;
    leave_out_codes(f);
    /* Room for as many levels as there are rows is not kept. */
    rmt_level *levels = rmt_mem_resize(f->levels, f->n_levels, sizeof *levels, err);
    if (!levels) return RMT_ERR_NOMEM;
    f->levels = levels;
    if (f->type == RMT_TYPE_STRING && !names) {
        find_dates(f);
        find_yes_no(f);
        if (f->type == RMT_TYPE_STRING && !rmt_recognise_holds_names(f->name))
            find_numbers_in_text(f);
    }
    return RMT_OK;
}

void rmt_column_facts_clear(rmt_column_facts *f)
{
    rmt_mem_free(f->levels);
    rmt_mem_free(f->codes);
}

bool rmt_facts_is_number(const rmt_column_facts *f)
{
    return f->type == RMT_TYPE_INTEGER || f->type == RMT_TYPE_NUMBER;
}

const char *rmt_level_text(const rmt_level *level, char buf[RMT_LEVEL_BUF])
{
    if (level->text) return level->text;
    rmt_num_print(buf, level->number);
    return buf;
}

const char *rmt_facts_cell(const rmt_column_facts *f, size_t row, char *buf)
{
    const char *text = rmt_table_format(f->cells, f->col, row, buf);
    for (size_t i = 0; i < f->n_codes; i++)
        if (f->codes[i].taken && strcmp(f->codes[i].text, text) == 0) return "";
    return text;
}

size_t rmt_facts_line(const rmt_column_facts *f, size_t row)
{
    return rmt_line_of(f->cells, rmt_line_column(f->cells), row);
}
