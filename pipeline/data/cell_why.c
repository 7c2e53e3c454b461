/* cell_why.c - why a cell cannot be read, in words that help to mend it (see field.h). Only cells with a fault come here. */
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "rmt/missing_words.h"
#include "rmt/num.h"

enum { DETAIL = 120, CELL_MAX = 64 };

/* The cell, and what the reason found in it, which follows the reason's words. */
typedef struct {
    const rmt_field *field;
    const char *cell;
    size_t n;
    rmt_missing_kind missing; /* what the cell is as a word for "missing" */
    unsigned forms;           /* of dates, that read it and as many of the others as can be */
    char detail[DETAIL];
} look;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* One more of the details, as far as there is room. */
static void add_detail(look *l, const char *between, const char *text)
{
    const size_t used = strlen(l->detail);
    (void)snprintf(l->detail + used, sizeof l->detail - used, "%s%s", used ? between : "", text);
}

/* Whether a field so declared reads the text. */
static bool reads(rmt_cell *out, const rmt_field *f, char decimal, const char *s)
{
    rmt_field_read_cell(out, f, NULL, decimal, s, strlen(s));
    return out->kind == RMT_CELL_VALUE;
}

static bool reads_as_it_is(const look *l, const char *s)
{
    rmt_cell cell;
    return reads(&cell, l->field, '.', s) || reads(&cell, l->field, ',', s);
}

/* ---- any type -------------------------------------------------------------------------------- */

static bool is_blank(look *l)
{
    return l->n > 0 && l->cell[strspn(l->cell, " \t\r\n")] == '\0';
}

static bool has_blanks_around(look *l)
{
    char inner[CELL_MAX];
    const size_t first = strspn(l->cell, " \t\r\n");
    size_t last = l->n;

    while (last > first && strchr(" \t\r\n", l->cell[last - 1]))
        last--;
    if (last - first == l->n || last - first >= sizeof inner) return false;
    memcpy(inner, l->cell + first, last - first);
    inner[last - first] = '\0';
    return reads_as_it_is(l, inner);
}

/* Characters that look like nothing or like others, by the first and last of a range. */
typedef struct {
    unsigned first, last;
} range;

static bool is_among(const range *ranges, size_t n, unsigned point)
{
    for (size_t i = 0; i < n; i++)
        if (point >= ranges[i].first && point <= ranges[i].last) return true;
    return false;
}

/* The character at *s, which goes behind it. */
static unsigned take_point(const char **s)
{
    const unsigned char *u = (const unsigned char *)*s;
    const size_t n = u[0] < 0x80 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    unsigned point = n == 1 ? u[0] : u[0] & (0x7Fu >> n);

    for (size_t i = 1; i < n; i++)
        point = point << 6 | (u[i] & 0x3Fu);
    *s += n;
    return point;
}

static bool holds(look *l, const range *ranges, size_t n)
{
    for (const char *s = l->cell; *s;) {
        const unsigned point = take_point(&s);
        if (!is_among(ranges, n, point)) continue;
        (void)snprintf(l->detail, sizeof l->detail, "U+%04X", point);
        return true;
    }
    return false;
}

#define HOLDS(l, ranges) holds(l, ranges, sizeof(ranges) / sizeof *(ranges))

static bool holds_unseen(look *l)
{
    static const range unseen[] = {{1, 0x1F},        {0x7F, 0xA0},     {0xAD, 0xAD},
                                   {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x2060},
                                   {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
    return HOLDS(l, unseen);
}

static bool holds_other_minus(look *l)
{
    static const range minus[] = {
        {0x2010, 0x2015}, {0x2212, 0x2212}, {0xFE63, 0xFE63}, {0xFF0D, 0xFF0D}};
    return HOLDS(l, minus);
}

static bool holds_other_digits(look *l)
{
    static const range digits[] = {{0xB2, 0xB3},     {0xB9, 0xB9},     {0xBC, 0xBE},
                                   {0x0660, 0x0669}, {0x06F0, 0x06F9}, {0x0966, 0x096F},
                                   {0x2070, 0x2079}, {0x2080, 0x2089}, {0xFF10, 0xFF19}};
    return HOLDS(l, digits);
}

static bool is_missing_word(look *l)
{
    return l->missing == RMT_MISSING_PLAIN || l->missing == RMT_MISSING_WORD;
}

static bool is_sheet_fault(look *l)
{
    return l->missing == RMT_MISSING_SHEET || (l->n > 2 && l->cell[strspn(l->cell, "#")] == '\0');
}

static bool is_formula(look *l)
{
    return l->n > 1 && l->cell[0] == '=';
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool begins_with(const char *s, const char *const *marks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(s, marks[i], strlen(marks[i])) == 0) return true;
    return false;
}

static bool is_comparison(look *l)
{
    static const char *const marks[] = {"<", ">", "=<", "=>", "\xe2\x89\xa4", "\xe2\x89\xa5"};
    return begins_with(l->cell, marks, sizeof marks / sizeof *marks);
}

static bool is_about(look *l)
{
    static const char *const marks[] = {"~",      "ca",    "Ca",           "about",
                                        "approx", "circa", "\xe2\x89\x88", "\xc2\xb1"};
    return begins_with(l->cell, marks, sizeof marks / sizeof *marks);
}

/* "10-12", "10 to 12", "10..12" */
static bool is_range(look *l)
{
    const char *s = l->cell;
    size_t n = strspn(s, "0123456789.,"), between;

    if (n == 0) return false;
    s += n;
    between = strspn(s, " -/.to");
    if (between == 0 || !strpbrk(s, "-to") || strcspn(s, "-to") >= between) return false;
    s += between;
    n = strspn(s, "0123456789.,");
    return n > 0 && s[n] == '\0';
}

/* Settings that read the number, each named where the number has its character. */
static bool needs_setting(look *l)
{
    static const struct {
        char decimal, group;
    } settings[] = {{'.', ','},  {',', '.'},  {'.', ' '}, {',', ' '},
                    {'.', '\''}, {',', '\''}, {',', 0},   {'.', 0}};
    l->detail[0] = '\0';
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char decimal = settings[i].decimal, group = settings[i].group;
        const bool has_decimal = strchr(l->cell, decimal) != NULL;
        rmt_field f = *l->field;
        rmt_cell cell;
        char number[RMT_NUM_BUF], text[96];
        f.decimal_char = decimal;
        f.group_char = group;
        if (group ? !strchr(l->cell, group) : !has_decimal) continue;
        /* As many names for one reading as there are characters; the point alone needs none. */
        if (!has_decimal && decimal == ',' && group != '.') continue;
        if (f.type != RMT_TYPE_NUMBER && has_decimal) continue;
        if (!reads(&cell, &f, decimal, l->cell)) continue;
        rmt_num_print(number, f.type == RMT_TYPE_NUMBER ? cell.number : cell.integer);
        if (group && has_decimal)
            (void)snprintf(text, sizeof text, "decimalChar \"%c\" and groupChar \"%c\" read %s",
                           decimal, group, number);
        else
            (void)snprintf(text, sizeof text, "%s \"%c\" reads %s",
                           group ? "groupChar" : "decimalChar", group ? group : decimal, number);
        add_detail(l, ", ", text);
    }
    return l->detail[0] != '\0';
}

/* A per cent sign, a currency or a unit, which the standard lets one strip; a remark is none of them. */
static bool has_unit(look *l)
{
    rmt_field f = *l->field;
    rmt_cell cell;
    const char *s = l->cell;
    size_t n_letters = 0;
    char number[RMT_NUM_BUF];

    /* "12x" and "3O" are no units. */
    if (l->n > 1 && is_letter(l->cell[l->n - 1]) && is_digit(l->cell[l->n - 2])) return false;
    for (; *s; s++) {
        if (strchr("?*()[]!:;\"'", *s)) return false;
        n_letters += is_letter(*s);
    }
    f.bare_number = false;
    if (l->n == 0 || is_letter(l->cell[0]) || n_letters > 6) return false;
    if (!reads(&cell, &f, '.', l->cell) && !reads(&cell, &f, ',', l->cell)) return false;
    rmt_num_print(number, f.type == RMT_TYPE_NUMBER ? cell.number : cell.integer);
    (void)snprintf(l->detail, sizeof l->detail, "%s", number);
    return true;
}

static bool is_fractional(look *l)
{
    rmt_cell cell;
    rmt_field number;
    char text[RMT_NUM_BUF];

    if (l->field->type != RMT_TYPE_INTEGER) return false;
    rmt_field_init(&number, l->field->name, RMT_TYPE_NUMBER);
    for (const char *decimal = ".,"; *decimal; decimal++) {
        if (!reads(&cell, &number, *decimal, l->cell)) continue;
        rmt_num_print(text, cell.number);
        (void)snprintf(l->detail, sizeof l->detail, "%sreads %s",
                       *decimal == ',' ? "with decimalChar \",\" " : "", text);
        return true;
    }
    return false;
}

/* "3-Jan", "Mar-22", "3/4/2024" */
static bool is_sheet_date(look *l)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    const char *s = l->cell;

    for (; *s; s++) {
        char low[4] = "";
        for (size_t i = 0; i < 3 && is_letter(s[i]); i++)
            low[i] = (char)(s[i] | 0x20);
        const char *at = strlen(low) == 3 ? strstr(months, low) : NULL;
        if (!at || (at - months) % 3 != 0) continue;
        return (s > l->cell + 1 && s[-1] == '-' && is_digit(s[-2])) ||
               (s[3] == '-' && is_digit(s[4]));
    }
    return false;
}

static bool has_letter_for_digit(look *l)
{
    size_t n_digits = 0, n_letters = 0;

    for (const char *s = l->cell; *s; s++) {
        if (is_digit(*s)) n_digits++;
        else if (strchr("OolI", *s)) n_letters++;
        else return false;
    }
    return n_digits > 0 && n_letters > 0;
}

static bool has_text_behind(look *l)
{
    if (rmt_num_is_decimal(l->cell, l->n)) return false; /* too large, or too small */
    const char *s = l->cell + (l->cell[0] == '-' || l->cell[0] == '+');
    size_t n = strspn(s, "0123456789.,");

    return n > 0 && s[n] != '\0' && is_digit(s[0]);
}

static bool is_in_brackets(look *l)
{
    return l->n > 2 && l->cell[0] == '(' && l->cell[l->n - 1] == ')';
}

static bool has_text_before(look *l)
{
    return l->n > 0 && is_digit(l->cell[l->n - 1]) && !is_digit(l->cell[0]);
}

/* ---- dates ----------------------------------------------------------------------------------- */

static const char *const forms[] = {"%Y-%m-%d",          "%d/%m/%Y",          "%m/%d/%Y",
                                    "%d.%m.%Y",          "%d-%m-%Y",          "%m-%d-%Y",
                                    "%Y/%m/%d",          "%Y.%m.%d",          "%Y%m%d",
                                    "%d-%b-%Y",          "%d %b %Y",          "%d%b%Y",
                                    "%b %d, %Y",         "%Y-%m-%d %H:%M",    "%Y-%m-%d %H:%M:%S",
                                    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",    "%d/%m/%Y %H:%M",
                                    "%m/%d/%Y %H:%M",    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
                                    "%d.%m.%Y %H:%M",    "%d.%m.%Y %H:%M:%S", "%d-%b-%Y %H:%M",
                                    "%d%b%Y:%H:%M:%S"};
enum { N_FORMS = sizeof forms / sizeof *forms };

unsigned rmt_cell_date_forms(const char *cell)
{
    unsigned mask = 0;

    for (size_t i = 0; i < N_FORMS; i++)
        if (rmt_field_fits_format(cell, forms[i])) mask |= 1u << i;
    return mask;
}

static bool is_other_form(look *l)
{
    l->detail[0] = '\0';
    for (size_t i = 0; i < N_FORMS; i++)
        if (l->forms >> i & 1) add_detail(l, " or ", forms[i]);
    return l->detail[0] != '\0';
}

/* Day, month and a year of two digits, in any order. */
static bool has_short_year(look *l)
{
    size_t n_parts = 0, n = 0;

    for (const char *s = l->cell; *s; s += strspn(s, "./- ")) {
        n = strspn(s, "0123456789");
        if (n == 0 && n_parts == 1 && is_letter(*s))
            n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        else if (n > 2) return false;
        if (n == 0) return false;
        n_parts++;
        s += n;
    }
    return n_parts == 3 && n == 2;
}

/* Excel counts days from 1900-01-01 = 1, and has a 29 February in 1900; the rest are Gregorian days. */
static bool is_day_number(look *l)
{
    static const int ends[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    long day = 0;
    int year = 1954, month = 0;

    if (l->n != 5 || strspn(l->cell, "0123456789") != 5) return false;
    for (size_t i = 0; i < 5; i++)
        day = 10 * day + (l->cell[i] - '0');
    if (day < 20000 || day > 60000) return false; /* 1954 to 2064 */
    day -= 19725;                                 /* 1954-01-01 */
    for (;; month++) {
        const bool leap = year % 4 == 0;
        const long length = ends[month % 12] + (leap && month % 12 == 1);
        if (day < length) break;
        day -= length;
        year += month % 12 == 11;
    }
    (void)snprintf(l->detail, sizeof l->detail, "%04d-%02d-%02ld", year, month % 12 + 1, day + 1);
    return true;
}

/* ---- the reasons ----------------------------------------------------------------------------- */

enum {
    NUMBERS = 1 << RMT_FIELD_NUMBER | 1 << RMT_FIELD_INTEGER,
    DATES = 1 << RMT_FIELD_DATE | 1 << RMT_FIELD_DATETIME,
    TRUTHS = 1 << RMT_FIELD_BOOLEAN,
    VALUES = NUMBERS | DATES | TRUTHS | 1 << RMT_FIELD_TIME | 1 << RMT_FIELD_YEAR |
             1 << RMT_FIELD_YEARMONTH
};

/* The first that fits is said. */
static const struct {
    int types;
    bool (*fits)(look *l);
    const char *words, *words_after; /* around the detail */
} reasons[] = {
    {VALUES, is_blank, "only blanks, which are not the same as an empty cell", ""},
    {VALUES, has_blanks_around, "blanks stand around it", ""},
    {VALUES, is_missing_word, "a word for missing that missingValues does not declare", ""},
    {VALUES, is_sheet_fault, "an error of the spreadsheet", ""},
    {VALUES, holds_other_digits, "the digit ", " is not one of 0 to 9"},
    {NUMBERS, holds_other_minus, "the minus is ", ", not '-'"},
    {NUMBERS, is_comparison,
     "a comparison is no number; record it as a missing code or a censored value", ""},
    {VALUES, is_formula, "a formula of the spreadsheet", ""},
    {VALUES, holds_unseen, "it holds a character that cannot be seen, ", ""},
    {NUMBERS, is_about, "about so much is no number", ""},
    {NUMBERS, needs_setting, "", ""},
    {NUMBERS, is_fractional, "type number ", ""},
    {NUMBERS, has_unit, "bareNumber false reads ", ""},
    {NUMBERS, is_range, "a range is no number", ""},
    {NUMBERS, is_sheet_date, "a date, as Excel makes of two numbers with a hyphen", ""},
    {NUMBERS, has_letter_for_digit, "a letter stands among the digits", ""},
    {NUMBERS, has_text_behind, "text behind the number", ""},
    {NUMBERS, is_in_brackets, "brackets around it may stand for a minus", ""},
    {NUMBERS, has_text_before, "text before the number", ""},
    {DATES, is_other_form, "it is written as ", ""},
    {DATES, has_short_year, "a year of two digits leaves the century open", ""},
    {DATES, is_day_number, "Excel's number of the day ", ""},
    {TRUTHS, NULL, "trueValues or falseValues would have to name it", ""},
};

rmt_status rmt_cell_why(rmt_text *out, const rmt_field *f, unsigned date_forms, const char *cell,
                        rmt_error *err)
{
    look l = {.field = f, .cell = cell, .n = strlen(cell), .missing = rmt_missing_kind_of(cell)};

    l.forms = (1 << f->declared) & DATES ? rmt_cell_date_forms(cell) : 0;
    if (l.forms & date_forms) l.forms &= date_forms;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (!(reasons[i].types >> f->declared & 1)) continue;
        l.detail[0] = '\0';
        if (reasons[i].fits && !reasons[i].fits(&l)) continue;
        return rmt_text_addf(out, err, ": %s%s%s", reasons[i].words, l.detail,
                             reasons[i].words_after);
    }
    return RMT_OK;
}
