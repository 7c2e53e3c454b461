/* cell_text.c - what a cell kept as text must look like: formats of strings, durations, points, JSON, lists. */
#include <string.h>

#include "field.h"
#include "rmt/node.h"
#include "rmt/num.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* ---- formats of strings ---------------------------------------------------------------------- */

/* The name of a host: labels of letters, digits and inner hyphens, at least two of them. */
static bool is_domain(const char *s)
{
    size_t n_labels = 0;

    for (;; s++) {
        size_t n = 0;
        while (is_letter(s[n]) || is_digit(s[n]) || s[n] == '-' || (unsigned char)s[n] >= 0x80)
            n++;
        if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-') return false;
        n_labels++;
        s += n;
        if (*s == '\0') return n_labels > 1;
        if (*s != '.') return false;
    }
}

/* Dot-atom at domain (RFC 5322, RFC 6531); quoted names and addresses in numbers are none. */
static bool is_email(const char *s)
{
    const char *at = strchr(s, '@');

    if (!at || at == s || at - s > 64 || strlen(s) > 254 || s[0] == '.' || at[-1] == '.')
        return false;
    for (const char *p = s; p < at; p++) {
        if (*p == '.' && p[1] == '.') return false;
        if (!is_letter(*p) && !is_digit(*p) && (unsigned char)*p < 0x80 &&
            !strchr(".!#$%&'*+-/=?^_`{|}~", *p))
            return false;
    }
    return is_domain(at + 1);
}

/* Scheme, colon and the characters of RFC 3986; brackets stand around a host in numbers only. */
static bool is_uri(const char *s)
{
    const char *p = s, *host_end;
    bool fragment = false;

    if (!is_letter(*p)) return false;
    while (is_letter(*p) || is_digit(*p) || *p == '+' || *p == '-' || *p == '.')
        p++;
    if (*p++ != ':') return false;
    host_end = strncmp(p, "//", 2) == 0 ? p + 2 + strcspn(p + 2, "/?#") : p;
    for (; *p; p++) {
        if (*p == '%') {
            if (!is_hex(p[1]) || !is_hex(p[2])) return false;
            p += 2;
        } else if (*p == '#') {
            if (fragment) return false;
            fragment = true;
        } else if (*p == '[' || *p == ']') {
            if (p >= host_end) return false;
        } else if (!is_letter(*p) && !is_digit(*p) && !strchr("-._~:/?@!$&'()*+,;=", *p)) {
            return false;
        }
    }
    return true;
}

/* Base64 in groups of four, the last one padded (RFC 4648). */
static bool is_base64(const char *s)
{
    size_t n = 0;

    while (is_letter(s[n]) || is_digit(s[n]) || s[n] == '+' || s[n] == '/')
        n++;
    for (int pads = 0; pads < 2 && n % 4 >= 2 && s[n] == '='; pads++)
        n++;
    return n % 4 == 0 && s[n] == '\0';
}

static bool is_uuid(const char *s)
{
    for (int i = 0; i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? s[i] != '-' : !is_hex(s[i])) return false;
    }
    return s[36] == '\0';
}

/* ---- durations ------------------------------------------------------------------------------- */

/* Numbers with these letters, in this order, each at most once; only a number of seconds has decimals. */
static bool take_parts(const char **s, const char *letters, size_t *n)
{
    const char *p = *s;

    while (is_digit(*p)) {
        const char *letter;
        bool decimals;
        while (is_digit(*p))
            p++;
        decimals = *p == '.';
        if (decimals && !is_digit(p[1])) return false;
        p += decimals ? 1 + strspn(p + 1, "0123456789") : 0;
        letter = *p ? strchr(letters, *p) : NULL;
        if (!letter || (decimals && *letter != 'S')) return false;
        letters = letter + 1;
        p++;
        ++*n;
    }
    *s = p;
    return true;
}

/* PnYnMnDTnHnMnS, as XML Schema has it: no weeks, a minus in front of the whole. */
static bool is_duration(const char *s)
{
    size_t n = 0, n_days;

    s += *s == '-' ? 1 : 0;
    if (*s++ != 'P' || !take_parts(&s, "YMD", &n)) return false;
    n_days = n;
    if (*s == 'T' && (s++, !take_parts(&s, "HMS", &n) || n == n_days)) return false;
    return n > 0 && *s == '\0';
}

/* ---- JSON (RFC 8259) ------------------------------------------------------------------------- */

enum { JSON_DEPTH = 64 };

typedef struct {
    const char *s;
    bool deep; /* nested deeper than JSON_DEPTH */
} json;

static bool json_take(json *j, char c)
{
    j->s += strspn(j->s, " \t\r\n");
    if (*j->s != c) return false;
    j->s++;
    return true;
}

static bool json_end(json *j)
{
    return json_take(j, '\0');
}

static bool json_string(json *j)
{
    if (!json_take(j, '"')) return false;
    for (; *j->s != '"'; j->s++) {
        if ((unsigned char)*j->s < 0x20) return false;
        if (*j->s != '\\') continue;
        j->s++;
        if (*j->s == 'u') {
            for (int i = 0; i < 4; i++)
                if (!is_hex(*++j->s)) return false;
        } else if (*j->s == '\0' || !strchr("\"\\/bfnrt", *j->s)) {
            return false;
        }
    }
    j->s++;
    return true;
}

static bool json_number(json *j, double *x)
{
    size_t n;

    j->s += strspn(j->s, " \t\r\n");
    n = strspn(j->s, "+-.0123456789eE");
    if (!rmt_node_is_json_number(j->s, n)) return false;
    if (x && !rmt_num_parse_double(j->s, n, x)) return false;
    j->s += n;
    return true;
}

static bool json_value(json *j, int depth);

/* An object or an array; *n = its members. */
static bool json_members(json *j, int depth, size_t *n)
{
    bool map = json_take(j, '{');
    char end = map ? '}' : ']';

    *n = 0;
    if (!map && !json_take(j, '[')) return false;
    if (depth >= JSON_DEPTH) {
        j->deep = true;
        return false;
    }
    if (json_take(j, end)) return true;
    do {
        if (map && (!json_string(j) || !json_take(j, ':'))) return false;
        if (!json_value(j, depth + 1)) return false;
        ++*n;
    } while (json_take(j, ','));
    return json_take(j, end);
}

static bool json_value(json *j, int depth)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t n;

    j->s += strspn(j->s, " \t\r\n");
    if (*j->s == '{' || *j->s == '[') return json_members(j, depth, &n);
    if (*j->s == '"') return json_string(j);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        n = strlen(words[i]);
        if (strncmp(j->s, words[i], n) != 0) continue;
        j->s += n;
        return true;
    }
    return json_number(j, NULL);
}

static const char *json_fault(const char *s, char opening, const char *rule)
{
    json j = {s, false};
    size_t n;

    if (s[strspn(s, " \t\r\n")] != opening) return rule;
    if (json_members(&j, 0, &n) && json_end(&j)) return NULL;
    return j.deep ? "nested more than 64 deep" : rule;
}

size_t rmt_cell_json_members(const char *s)
{
    json j = {s, false};
    size_t n;

    return json_members(&j, 0, &n) ? n : 0;
}

/* ---- points ---------------------------------------------------------------------------------- */

static bool take_pair(const char *s, double *lon, double *lat)
{
    size_t n = strcspn(s, ",");

    if (s[n] != ',' || !rmt_num_parse_double(s, n, lon)) return false;
    s += n + 1;
    s += strspn(s, " ");
    return rmt_num_parse_double(s, strlen(s), lat);
}

static bool take_array(json *j, double *lon, double *lat)
{
    return json_take(j, '[') && json_number(j, lon) && json_take(j, ',') && json_number(j, lat) &&
           json_take(j, ']') && json_end(j);
}

static bool take_object(json *j, double *lon, double *lat)
{
    bool seen[2] = {false, false};

    if (!json_take(j, '{')) return false;
    for (int i = 0; i < 2; i++) {
        bool is_lon;
        if (i == 1 && !json_take(j, ',')) return false;
        j->s += strspn(j->s, " \t\r\n");
        is_lon = strncmp(j->s, "\"lon\"", 5) == 0;
        if (seen[is_lon] || (!is_lon && strncmp(j->s, "\"lat\"", 5) != 0)) return false;
        seen[is_lon] = true;
        j->s += 5;
        if (!json_take(j, ':') || !json_number(j, is_lon ? lon : lat)) return false;
    }
    return json_take(j, '}') && json_end(j);
}

static const char *point_fault(const rmt_field *f, const char *s)
{
    double lon = 0.0, lat = 0.0;
    json j = {s, false};
    bool ok = strcmp(f->format, "array") == 0    ? take_array(&j, &lon, &lat)
              : strcmp(f->format, "object") == 0 ? take_object(&j, &lon, &lat)
                                                 : take_pair(s, &lon, &lat);

    if (!ok) return "type geopoint";
    return lon < -180 || lon > 180 || lat < -90 || lat > 90
               ? "outside longitude -180..180 or latitude -90..90"
               : NULL;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static const char *list_fault(const rmt_field *f, const char *s)
{
    enum { ITEM = 512 }; /* no number, date or boolean is longer */
    size_t skip = strlen(f->delimiter);
    const char *end;
    rmt_field item;

    if (f->item_type == RMT_FIELD_STRING) return NULL;
    rmt_field_init_declared(&item, f->name, f->item_type);
    do {
        char text[ITEM];
        rmt_cell cell;
        end = strstr(s, f->delimiter);
        size_t n = end ? (size_t)(end - s) : strlen(s);
        if (n >= ITEM) return "type list";
        memcpy(text, s, n);
        text[n] = '\0';
        rmt_field_read_limit(&cell, &item, text);
        if (cell.kind != RMT_CELL_VALUE) return "type list";
        s += n + skip;
    } while (end);
    return NULL;
}

/* ---- the cell -------------------------------------------------------------------------------- */

static bool fits_format(const char *format, const char *s)
{
    switch (format[0]) {
    case 'e': return is_email(s);
    case 'b': return is_base64(s);
    default: return format[1] == 'r' ? is_uri(s) : is_uuid(s);
    }
}

const char *rmt_cell_text_fault(const rmt_field *f, const char *s)
{
    switch (f->declared) {
    case RMT_FIELD_STRING: return fits_format(f->format, s) ? NULL : "type string";
    case RMT_FIELD_DURATION: return is_duration(s) ? NULL : "type duration";
    case RMT_FIELD_GEOPOINT: return point_fault(f, s);
    case RMT_FIELD_OBJECT: return json_fault(s, '{', "type object");
    case RMT_FIELD_ARRAY: return json_fault(s, '[', "type array");
    case RMT_FIELD_LIST: return list_fault(f, s);
    default: return NULL;
    }
}
