/* cell.c - one cell's text into a value, strictly: nothing trimmed, nothing guessed. */
#include "field.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rmt/num.h"

enum {
    NUMBER_TEXT = 512
}; /* the longest number that needs rewriting; longer ones are unreadable */

static const char *const default_true[] = {"true", "True", "TRUE", "1"};
static const char *const default_false[] = {"false", "False", "FALSE", "0"};
enum { N_DEFAULT_WORDS = 4 };

static const char *const type_names[RMT_N_FIELD_TYPES] = {
    "number",    "integer",  "boolean",  "string", "date",  "datetime", "time", "year",
    "yearmonth", "duration", "geopoint", "object", "array", "list",     "any"};

const char *rmt_field_type_name(rmt_field_type t)
{
    return type_names[t];
}

void rmt_field_init_declared(rmt_field *f, const char *name, rmt_field_type declared)
{
    memset(f, 0, sizeof *f);
    f->name = name;
    f->title = "";
    f->unit = "";
    f->form = "";
    f->branching = "";
    f->declared = declared;
    f->type = declared <= RMT_FIELD_DATETIME ? (rmt_type)declared
              : declared == RMT_FIELD_YEAR   ? RMT_TYPE_INTEGER
                                             : RMT_TYPE_STRING;
    f->checked =
        f->type == RMT_TYPE_STRING && declared != RMT_FIELD_STRING && declared != RMT_FIELD_ANY;
    f->format = "default";
    f->bare_number = true;
    f->delimiter = ",";
    f->item_type = RMT_FIELD_STRING;
    f->max_length = SIZE_MAX;
}

void rmt_field_init(rmt_field *f, const char *name, rmt_type type)
{
    rmt_field_init_declared(f, name, (rmt_field_type)type);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void unreadable(rmt_cell *out, const char *rule)
{
    out->kind = RMT_CELL_UNREADABLE;
    out->reason = rule;
}

static const char *type_rule(rmt_field_type type)
{
    static const char *const rules[RMT_N_FIELD_TYPES] = {
        "type number",   "type integer", "type boolean", "type string",    "type date",
        "type datetime", "type time",    "type year",    "type yearmonth", "type duration",
        "type geopoint", "type object",  "type array",   "type list",      "type any"};

    return rules[type];
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool contains(const char *s, size_t n, const char *part)
{
    size_t m = strlen(part);

    for (size_t i = 0; i + m <= n; i++)
        if (memcmp(s + i, part, m) == 0) return true;
    return false;
}

/* Narrows *s, *n to the number within the text around it, for bareNumber false; *negative says that
 * a minus stood apart in front ("-$5"). False when that text may change the value. */
static bool strip_text(const char **s, size_t *n, char decimal, bool *negative)
{
    /* Signs and comparisons written otherwise: minus, en dash, less or equal, greater or equal,
     * about. */
    static const char *const telling[] = {"<",
                                          ">",
                                          "~",
                                          "(",
                                          "-",
                                          "+",
                                          "\xe2\x88\x92",
                                          "\xe2\x80\x93",
                                          "\xe2\x89\xa4",
                                          "\xe2\x89\xa5",
                                          "\xe2\x89\x88"};
    const char *t = *s;
    size_t first = 0, last = *n, around = 0;

    *negative = false;
    while (first < *n && !is_digit(t[first]))
        first++;
    if (first == *n) return false;
    while (!is_digit(t[last - 1]))
        last--;
    if (first > 0 && t[first - 1] == decimal) {
        first--;
        if (first > 0 && is_letter(t[first - 1])) return false; /* "ca.5" is no half */
    }
    if (first > 0 && (t[first - 1] == '-' || t[first - 1] == '+')) {
        first--;
        if (first > 0 && is_letter(t[first - 1])) return false; /* "Mar-22" is not -22 */
    } else if (first > 0 && (t[0] == '-' || t[0] == '+')) {
        *negative = t[0] == '-';
        around = 1;
    }
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (contains(t + around, first - around, telling[i])) return false;
    if (last < *n && (t[last] == '-' || t[last] == '+')) return false;
    *s = t + first;
    *n = last - first;
    return true;
}

/* Copies s without its group characters and with '.' for the decimal character; 0 = not well
 * formed. */
static size_t rewrite(char buf[NUMBER_TEXT], const char *s, size_t n, char decimal, char group)
{
    size_t len = 0, digits = 0;
    bool whole = true, grouped = false;

    if (n >= NUMBER_TEXT) return 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (whole && is_digit(c)) {
            digits++;
        } else if (group && c == group) {
            if (!whole || digits == 0 || digits > 3 || (grouped && digits != 3)) return 0;
            grouped = true;
            digits = 0;
            continue;
        } else if (c == decimal || c == 'e' || c == 'E') {
            if (whole && grouped && digits != 3) return 0;
            whole = false;
            if (c == decimal) c = '.';
        } else if (c == '.') {
            return 0;
        }
        buf[len++] = c;
    }
    if (whole && grouped && digits != 3) return 0;
    buf[len] = '\0';
    return len;
}

/* The standard's words for what is no number; in a column NaN would be a missing cell without a reason, and infinity
 * is never a measurement. */
static bool is_not_finite(const char *s, size_t n)
{
    static const char *const words[] = {"nan", "inf"};

    if (n == 4 && (s[0] == '-' || s[0] == '+')) {
        s++;
        n--;
    }
    for (size_t w = 0; n == 3 && w < sizeof words / sizeof *words; w++) {
        size_t i = 0;
        while (i < 3 && (s[i] | 0x20) == words[w][i])
            i++;
        if (i == 3) return true;
    }
    return false;
}

static void set_integer(rmt_cell *out, const char *s, size_t n)
{
    int64_t x = 0;
    size_t i = n > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;

    if (rmt_num_parse_int(s, n, &x)) {
        if (x > INT32_MAX || x < -(int64_t)INT32_MAX) {
            unreadable(out, "outside the range of integer");
            return;
        }
        out->integer = (int32_t)x;
        return;
    }
    if (i == n) {
        unreadable(out, "type integer");
        return;
    }
    while (i < n && is_digit(s[i]))
        i++;
    unreadable(out, i == n ? "outside the range of integer" : "type integer");
}

/* Digits only, of which a double does not keep each: identifiers that would become one another. */
static bool loses_digits(const char *s, size_t n, double x)
{
    char kept[32];
    size_t i = n > 0 && (s[0] == '-' || s[0] == '+');
    if (fabs(x) < RMT_NUM_EXACT) return false;
    while (i + 1 < n && s[i] == '0')
        i++;
    const char *digits = s + i;
    while (i < n && is_digit(s[i]))
        i++;
    if (i < n) return false;
    const size_t n_digits = (size_t)(s + n - digits);
    const int n_kept = snprintf(kept, sizeof kept, "%.0f", fabs(x));
    return n_kept < 0 || (size_t)n_kept != n_digits || n_digits >= sizeof kept ||
           memcmp(kept, digits, n_digits) != 0;
}

static void read_numeric(rmt_cell *out, const rmt_field *f, char decimal, const char *s, size_t n)
{
    char buf[NUMBER_TEXT];
    bool negative = false;

    if (!f->bare_number && !strip_text(&s, &n, decimal, &negative)) {
        unreadable(out, type_rule(f->declared));
        return;
    }
    if (f->group_char || (decimal != '.' && f->type == RMT_TYPE_NUMBER)) {
        /* A group character equal to the dialect's point leaves no way to tell: neither is
         * accepted. */
        n = decimal == f->group_char && contains(s, n, (char[]){decimal, '\0'})
                ? 0
                : rewrite(buf, s, n, decimal, f->group_char);
        s = buf;
    }
    if (f->type == RMT_TYPE_INTEGER) {
        set_integer(out, s, n);
        if (negative) out->integer = -out->integer;
    } else if (n == 0 || !rmt_num_parse_double(s, n, &out->number)) {
        unreadable(out, rmt_num_is_decimal(s, n) ? "outside the range of number"
                        : is_not_finite(s, n)    ? "no finite number"
                                                 : "type number");
    } else if (loses_digits(s, n, out->number)) {
        unreadable(out, "longer than the 15 digits that any number keeps");
    } else if (negative) {
        out->number = -out->number;
    }
}

/* ---- booleans -------------------------------------------------------------------------------- */

static bool is_word(const char *cell, const rmt_node *words, const char *const *defaults)
{
    if (!words) {
        for (size_t i = 0; i < N_DEFAULT_WORDS; i++)
            if (strcmp(cell, defaults[i]) == 0) return true;
        return false;
    }
    for (size_t i = 0; i < rmt_node_size(words); i++) {
        const char *word = rmt_node_text(rmt_node_at(words, i));
        if (word && strcmp(cell, word) == 0) return true;
    }
    return false;
}

static void read_boolean(rmt_cell *out, const rmt_field *f, const char *cell)
{
    if (is_word(cell, f->true_values, default_true)) out->integer = 1;
    else if (is_word(cell, f->false_values, default_false)) out->integer = 0;
    else unreadable(out, "type boolean");
}

/* ---- dates ----------------------------------------------------------------------------------- */

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

typedef struct {
    int year, month, day, hour, minute, second;
} when;

static bool in_calendar(const when *w)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (w->year % 4 == 0 && w->year % 100 != 0) || w->year % 400 == 0;

    if (w->year < 1 || w->month < 1 || w->month > 12) return false;
    return w->day >= 1 && w->day <= days[w->month - 1] + (leap && w->month == 2 ? 1 : 0);
}

static bool on_clock(const when *w)
{
    return w->hour <= 23 && w->minute <= 59 && w->second <= 59;
}

/* Takes least..most digits at *s. */
static bool take_digits(const char **s, int least, int most, int *out)
{
    int n = 0, x = 0;

    for (; n < most && is_digit(**s); n++)
        x = 10 * x + (*(*s)++ - '0');
    if (n < least) return false;
    *out = x;
    return true;
}

static bool take_month_name(const char **s, int *out)
{
    char low[3];

    for (int i = 0; i < 3; i++) {
        char c = (*s)[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c < 'a' || c > 'z') return false;
        low[i] = c;
    }
    for (int m = 0; m < 12; m++) {
        if (memcmp(low, months + 3 * m, 3) == 0) {
            *s += 3;
            *out = m + 1;
            return true;
        }
    }
    return false;
}

/* Reads s by format; the whole of both must be used. */
static bool take_format(const char *s, const char *format, when *w)
{
    bool after_digits = false;

    for (const char *f = format; *f; f++) {
        int least;
        bool ok;
        if (*f != '%') {
            if (*s != *f) return false;
            s++;
            after_digits = false;
            continue;
        }
        f++;
        /* Digits right after others must be complete: 2019111 could be two days. */
        least = after_digits ? 2 : 1;
        switch (*f) {
        case 'Y': ok = take_digits(&s, 4, 4, &w->year); break;
        case 'm': ok = take_digits(&s, least, 2, &w->month); break;
        case 'd': ok = take_digits(&s, least, 2, &w->day); break;
        case 'H': ok = take_digits(&s, least, 2, &w->hour); break;
        case 'M': ok = take_digits(&s, 2, 2, &w->minute); break;
        case 'S': ok = take_digits(&s, 2, 2, &w->second); break;
        case 'b': ok = take_month_name(&s, &w->month); break;
        default: ok = false; break;
        }
        if (!ok) return false;
        after_digits = *f != 'b';
    }
    return *s == '\0';
}

bool rmt_field_fits_format(const char *cell, const char *format)
{
    when w = {1, 1, 1, 0, 0, 0};

    return take_format(cell, format, &w) && in_calendar(&w) && on_clock(&w);
}

static const char *pattern_fault(rmt_field_type type, const char *format)
{
    static const char known[] = "YmdHMSb";
    int seen[sizeof known] = {0};
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MONTH_NAME };
    bool day;

    if (strcmp(format, "any") == 0) return "\"any\" is a guess: write the pattern";
    if (!strchr(format, '%')) return "neither \"default\" nor a pattern such as %d/%m/%Y";
    for (const char *f = format; *f; f++) {
        const char *at;
        if (*f != '%') continue;
        f++;
        at = *f ? strchr(known, *f) : NULL;
        if (*f == 'y') return "%y leaves the century open: write years with four digits, %Y";
        if (!at) return "a directive is none of %Y %m %d %H %M %S %b";
        if (seen[at - known]++) return "a directive stands twice";
    }
    if (seen[MONTH] && seen[MONTH_NAME]) return "the month stands twice";
    day = seen[YEAR] || seen[MONTH] || seen[MONTH_NAME] || seen[DAY];
    if (type == RMT_FIELD_TIME && day) return "a time of day has no date";
    if (type != RMT_FIELD_TIME && (!seen[YEAR] || !(seen[MONTH] || seen[MONTH_NAME]) || !seen[DAY]))
        return "year, month and day are all needed";
    if (type == RMT_FIELD_DATE && (seen[HOUR] || seen[MINUTE] || seen[SECOND]))
        return "a date has no time of day";
    if (type != RMT_FIELD_DATE && (!seen[HOUR] || !seen[MINUTE]))
        return "hour and minute are needed";
    return NULL;
}

const char *rmt_field_format_fault(rmt_field_type type, const char *format)
{
    static const char *const of_strings[] = {"email", "uri", "binary", "uuid"};

    if (strcmp(format, "default") == 0) return NULL;
    switch (type) {
    case RMT_FIELD_DATE:
    case RMT_FIELD_DATETIME:
    case RMT_FIELD_TIME: return pattern_fault(type, format);
    case RMT_FIELD_STRING:
        for (size_t i = 0; i < sizeof of_strings / sizeof *of_strings; i++)
            if (strcmp(format, of_strings[i]) == 0) return NULL;
        return "none of \"default\", \"email\", \"uri\", \"binary\", \"uuid\"";
    case RMT_FIELD_GEOPOINT:
        if (strcmp(format, "array") == 0 || strcmp(format, "object") == 0) return NULL;
        return "none of \"default\", \"array\", \"object\"";
    default: return "only \"default\" is known for this type";
    }
}

static char *put_digits(char *s, int x, int width)
{
    for (int i = width; i-- > 0; x /= 10)
        s[i] = (char)('0' + x % 10);
    return s + width;
}

static void write_iso(char *s, const when *w, bool with_date, bool with_time, bool zulu)
{
    if (with_date) {
        s = put_digits(s, w->year, 4);
        *s++ = '-';
        s = put_digits(s, w->month, 2);
        *s++ = '-';
        s = put_digits(s, w->day, 2);
    }
    if (with_date && with_time) *s++ = 'T';
    if (with_time) {
        s = put_digits(s, w->hour, 2);
        *s++ = ':';
        s = put_digits(s, w->minute, 2);
        *s++ = ':';
        s = put_digits(s, w->second, 2);
        if (zulu) *s++ = 'Z';
    }
    *s = '\0';
}

/* Why a time that goes on after its seconds cannot be kept. */
static const char *time_rule(const rmt_field *f, const char *rest)
{
    if (*rest == '.' && is_digit(rest[1])) return "finer than a second";
    if ((*rest == '+' || *rest == '-') && is_digit(rest[1])) return "in a time zone other than UTC";
    return type_rule(f->declared);
}

static void read_date(rmt_cell *out, const rmt_field *f, const char *cell)
{
    static const char *const iso_formats[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%H:%M:%S"};
    static const size_t iso_lengths[] = {10, 19, 8};
    when w = {1, 1, 1, 0, 0, 0};
    bool has_date = f->declared != RMT_FIELD_TIME, has_time = f->declared != RMT_FIELD_DATE;
    size_t iso = !has_date ? 2 : has_time ? 1 : 0;
    bool ok, zulu = false;

    if (strcmp(f->format, "default") != 0) {
        ok = take_format(cell, f->format, &w);
    } else {
        /* Fixed widths, so the length tells the rest. */
        size_t n = strlen(cell), want = iso_lengths[iso];
        char buf[24];
        zulu = has_time && n == want + 1 && cell[want] == 'Z';
        ok = n >= want;
        if (ok) {
            memcpy(buf, cell, want);
            buf[want] = '\0';
            ok = take_format(buf, iso_formats[iso], &w);
        }
        if (ok && n > want && !zulu) {
            unreadable(out, has_time ? time_rule(f, cell + want) : type_rule(f->declared));
            return;
        }
    }
    if (!ok) {
        unreadable(out, type_rule(f->declared));
        return;
    }
    if (!in_calendar(&w)) {
        unreadable(out, "no day of the calendar");
        return;
    }
    if (!on_clock(&w)) {
        unreadable(out, "no time of day");
        return;
    }
    write_iso(out->text, &w, has_date, has_time, zulu);
}

/* Years as dates have them: four digits, 0001..9999. */
static void read_year(rmt_cell *out, const char *cell)
{
    int year = 0;

    if (take_digits(&cell, 4, 4, &year) && *cell == '\0' && year > 0) out->integer = year;
    else unreadable(out, "type year");
}

static void read_month(rmt_cell *out, const char *cell)
{
    when w = {0, 0, 1, 0, 0, 0};

    if (strlen(cell) != 7 || !take_format(cell, "%Y-%m", &w)) unreadable(out, "type yearmonth");
    else if (!in_calendar(&w)) unreadable(out, "no month of the calendar");
    else memcpy(out->text, cell, 8);
}

/* ---- the cell -------------------------------------------------------------------------------- */

static void read_value(rmt_cell *out, const rmt_field *f, char decimal, const char *cell, size_t n)
{
    const char *fault = NULL;

    out->kind = RMT_CELL_VALUE;
    switch (f->declared) {
    case RMT_FIELD_NUMBER:
    case RMT_FIELD_INTEGER: read_numeric(out, f, decimal, cell, n); break;
    case RMT_FIELD_BOOLEAN: read_boolean(out, f, cell); break;
    case RMT_FIELD_DATE:
    case RMT_FIELD_DATETIME:
    case RMT_FIELD_TIME: read_date(out, f, cell); break;
    case RMT_FIELD_YEAR: read_year(out, cell); break;
    case RMT_FIELD_YEARMONTH: read_month(out, cell); break;
    default:
        if (f->checked) fault = rmt_cell_text_fault(f, cell);
        if (fault) unreadable(out, fault);
        break;
    }
}

static const rmt_cell empty_cell = {RMT_CELL_VALUE, 0.0, 0, "", "", NULL};

const char *rmt_choice_text(const rmt_node *item, const char **label)
{
    bool is_map = rmt_node_kind_of(item) == RMT_NODE_MAP;

    if (label) *label = is_map ? rmt_node_text(rmt_node_get(item, "label")) : NULL;
    return rmt_node_text(is_map ? rmt_node_get(item, "value") : item);
}

void rmt_field_read_cell(rmt_cell *out, const rmt_field *f, const rmt_node *schema_missing,
                         char decimal_char, const char *cell, size_t n)
{
    const rmt_node *missing = f->missing_values ? f->missing_values : schema_missing;
    char decimal = f->decimal_char ? f->decimal_char : decimal_char;

    assert(cell[n] == '\0');
    *out = empty_cell;
    if (!missing && n == 0) {
        out->kind = RMT_CELL_MISSING;
        return;
    }
    for (size_t i = 0; i < rmt_node_size(missing); i++) {
        const char *label, *code = rmt_choice_text(rmt_node_at(missing, i), &label);
        if (code && strcmp(code, cell) == 0) {
            out->kind = RMT_CELL_MISSING;
            out->reason = code;
            out->label = label;
            return;
        }
    }
    read_value(out, f, decimal ? decimal : '.', cell, n);
}

void rmt_field_read_limit(rmt_cell *out, const rmt_field *f, const char *text)
{
    rmt_field plain = *f;

    plain.bare_number = true;
    plain.group_char = 0;
    *out = empty_cell;
    if (f->type == RMT_TYPE_BOOLEAN && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        out->integer = text[0] == 't';
        return;
    }
    read_value(out, &plain, '.', text, strlen(text));
}

int rmt_cell_compare(const rmt_field *f, const rmt_cell *a, const rmt_cell *b)
{
    switch (f->type) {
    case RMT_TYPE_NUMBER: return (a->number > b->number) - (a->number < b->number);
    case RMT_TYPE_INTEGER:
    case RMT_TYPE_BOOLEAN: return (a->integer > b->integer) - (a->integer < b->integer);
    case RMT_TYPE_STRING:
    case RMT_TYPE_DATE:
    case RMT_TYPE_DATETIME: return strcmp(a->text, b->text);
    case RMT_N_TYPES: break;
    }
    return 0;
}

/* ---- lines and reasons ------------------------------------------------------------------------ */

size_t rmt_line_column(const rmt_table *t)
{
    size_t col = rmt_table_find(t, RMT_LINE_COLUMN);

    return col != RMT_NO_COLUMN && rmt_table_type(t, col) == RMT_TYPE_INTEGER ? col : RMT_NO_COLUMN;
}

size_t rmt_line_of(const rmt_table *t, size_t col, size_t row)
{
    int32_t line = col == RMT_NO_COLUMN ? 0 : rmt_table_integer(t, col, row);

    return line > 0 ? (size_t)line : 0;
}

const char *rmt_unreadable_text(const char *reason)
{
    size_t n = sizeof RMT_UNREADABLE - 1;

    return strncmp(reason, RMT_UNREADABLE, n) == 0 ? reason + n : NULL;
}
