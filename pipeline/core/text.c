/* text.c - see rmt/text.h. */
#include "rmt/text.h"

#include "rmt/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- building ------------------------------------------------------------------------------ */

/* Makes room for n more bytes and the NUL. */
static rmt_status reserve(rmt_text *t, size_t n, rmt_error *err)
{
    if (n >= SIZE_MAX - t->len) return rmt_fail(err, RMT_ERR_NOMEM, "text too long");
    return rmt_mem_grow(&t->s, &t->cap, t->len + n + 1, 1, err);
}

void rmt_text_clear(rmt_text *t)
{
    rmt_mem_free(t->s);
    *t = (rmt_text){0};
}

void rmt_text_empty(rmt_text *t)
{
    t->len = 0;
    if (t->s) t->s[0] = '\0';
}

const char *rmt_text_str(const rmt_text *t)
{
    return t->s ? t->s : "";
}

rmt_status rmt_text_add_bytes(rmt_text *t, const char *s, size_t n, rmt_error *err)
{
    rmt_status st = reserve(t, n, err);
    if (st) return st;
    if (n > 0) memcpy(t->s + t->len, s, n);
    t->len += n;
    t->s[t->len] = '\0';
    return RMT_OK;
}

rmt_status rmt_text_add(rmt_text *t, const char *s, rmt_error *err)
{
    return rmt_text_add_bytes(t, s, strlen(s), err);
}

static rmt_status add_char(rmt_text *t, char c, rmt_error *err)
{
    return rmt_text_add_bytes(t, &c, 1, err);
}

rmt_status rmt_text_addf(rmt_text *t, rmt_error *err, const char *fmt, ...)
{
    rmt_status st;
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0) {
        st = rmt_fail(err, RMT_ERR_INTERNAL, "a text cannot be formatted as '%s'", fmt);
        goto done;
    }
    if ((st = reserve(t, (size_t)n, err))) goto done;
    vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
    t->len += (size_t)n;
done:
    va_end(again);
    va_end(args);
    return st;
}

/* The code point of the character at s where JSON allows it bare and YAML, which reads our JSON, does not: DEL and the
 * controls behind it, the line ends of Unicode, two that are no characters. 0 = none of them. */
static unsigned bare_in_json_only(const unsigned char *s)
{
    if (s[0] == 0x7F) return s[0];
    if (s[0] == 0xC2 && s[1] < 0xA0) return s[1];
    if (s[0] == 0xE2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9))
        return 0x2000U + s[2] - 0x80U;
    if (s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE) return 0xFFC0U + s[2] - 0x80U;
    return 0;
}

/* The JSON escape of the character at s in buf or static, or NULL where it stands for itself. */
static const char *json_escape(char buf[11], const char *s)
{
    const unsigned c = (unsigned char)*s;
    const unsigned shown = c < 0x20 ? c : bare_in_json_only((const unsigned char *)s);
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
    }
    if (!shown) return NULL;
    snprintf(buf, 11, "\\u%04x", shown);
    return buf;
}

rmt_status rmt_text_add_json(rmt_text *t, const char *s, rmt_error *err)
{
    rmt_status st = add_char(t, '"', err);
    while (!st && *s) {
        size_t n = 0;
        char buf[11];
        const char *escape = NULL;
        while (s[n] && !(escape = json_escape(buf, s + n)))
            n++;
        st = rmt_text_add_bytes(t, s, n, err);
        s += n;
        if (!st && escape) {
            st = rmt_text_add(t, escape, err);
            do
                s++;
            while (((unsigned char)*s & 0xC0) == 0x80); /* to the next character */
        }
    }
    if (!st) st = add_char(t, '"', err);
    return st;
}

rmt_status rmt_text_add_shell(rmt_text *t, const char *s, rmt_error *err)
{
    static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "_./:=,@%+-";
    if (s[0] && s[strspn(s, bare)] == '\0') return rmt_text_add(t, s, err);

    rmt_status st = add_char(t, '\'', err);
    while (!st && *s) {
        size_t n = strcspn(s, "'");
        st = rmt_text_add_bytes(t, s, n, err);
        s += n;
        if (!st && *s) {
            st = rmt_text_add(t, "'\\''", err);
            s++;
        }
    }
    if (!st) st = add_char(t, '\'', err);
    return st;
}

rmt_status rmt_text_add_csv(rmt_text *t, const char *s, char delimiter, rmt_error *err)
{
    const char special[] = {delimiter, '"', '\r', '\n', '\0'};
    if (s[strcspn(s, special)] == '\0') return rmt_text_add(t, s, err);

    rmt_status st = add_char(t, '"', err);
    while (!st && *s) {
        size_t n = strcspn(s, "\"");
        st = rmt_text_add_bytes(t, s, n, err);
        s += n;
        if (!st && *s) {
            st = rmt_text_add(t, "\"\"", err);
            s++;
        }
    }
    if (!st) st = add_char(t, '"', err);
    return st;
}

rmt_status rmt_text_add_utf8(rmt_text *t, uint32_t code_point, rmt_error *err)
{
    char b[4];
    size_t n;
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return rmt_fail(err, RMT_ERR_INTERNAL, "U+%04X is no Unicode character",
                        (unsigned)code_point);
    if (code_point < 0x80) {
        b[0] = (char)code_point;
        n = 1;
    } else if (code_point < 0x800) {
        b[0] = (char)(0xC0 | (code_point >> 6));
        b[1] = (char)(0x80 | (code_point & 0x3F));
        n = 2;
    } else if (code_point < 0x10000) {
        b[0] = (char)(0xE0 | (code_point >> 12));
        b[1] = (char)(0x80 | ((code_point >> 6) & 0x3F));
        b[2] = (char)(0x80 | (code_point & 0x3F));
        n = 3;
    } else {
        b[0] = (char)(0xF0 | (code_point >> 18));
        b[1] = (char)(0x80 | ((code_point >> 12) & 0x3F));
        b[2] = (char)(0x80 | ((code_point >> 6) & 0x3F));
        b[3] = (char)(0x80 | (code_point & 0x3F));
        n = 4;
    }
    return rmt_text_add_bytes(t, b, n, err);
}

/* ---- UTF-8 --------------------------------------------------------------------------------- */

/* Length of the valid sequence at s[0..n), its code point in *cp; 0 = not valid. */
static size_t decode(const unsigned char *s, size_t n, uint32_t *cp)
{
    size_t len;
    uint32_t least;
    if (s[0] < 0x80) {
        *cp = s[0];
        return 1;
    }
    if ((s[0] & 0xE0) == 0xC0) {
        len = 2;
        least = 0x80;
        *cp = s[0] & 0x1F;
    } else if ((s[0] & 0xF0) == 0xE0) {
        len = 3;
        least = 0x800;
        *cp = s[0] & 0x0F;
    } else if ((s[0] & 0xF8) == 0xF0) {
        len = 4;
        least = 0x10000;
        *cp = s[0] & 0x07;
    } else {
        return 0;
    }
    if (len > n) return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        *cp = *cp << 6 | (s[i] & 0x3F);
    }
    if (*cp < least || *cp > 0x10FFFF || (*cp >= 0xD800 && *cp <= 0xDFFF)) return 0;
    return len;
}

size_t rmt_text_utf8_valid_prefix(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint64_t eight;
        uint32_t cp;
        if (n - i >= sizeof eight) { /* ASCII, the usual case, in one look */
            memcpy(&eight, s + i, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        size_t len = decode((const unsigned char *)s + i, n - i, &cp);
        if (len == 0) return i;
        i += len;
    }
    return n;
}

size_t rmt_text_utf8_length(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

typedef struct {
    uint32_t first, last;
} span;

/* Blocks of combining marks and invisible joiners, and the marks of the scripts one meets in names;
 * ascending. A wrong width only shifts a column on a terminal. */
static const span zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x05C7, 0x05C7},   {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670},
    {0x06D6, 0x06DC}, {0x06DF, 0x06E4},   {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0900, 0x0902},
    {0x093A, 0x093A}, {0x093C, 0x093C},   {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x20D0, 0x20FF}, {0x302A, 0x302D},   {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

static const span double_width[] = {
    {0x1100, 0x115F},   {0x2329, 0x232A},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};

static bool in_spans(const span *spans, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n && spans[i].first <= cp; i++) {
        if (cp <= spans[i].last) return true;
    }
    return false;
}

size_t rmt_text_utf8_width(const char *s)
{
    size_t width = 0;
    size_t left = strlen(s);
    while (left > 0) {
        uint32_t cp = 0;
        size_t len = decode((const unsigned char *)s, left, &cp);
        if (len == 0) len = 1; /* not UTF-8 after all: show the byte as one column */
        if (in_spans(zero_width, sizeof zero_width / sizeof *zero_width, cp))
            ;
        else if (in_spans(double_width, sizeof double_width / sizeof *double_width, cp)) width += 2;
        else width++;
        s += len;
        left -= len;
    }
    return width;
}

/* ---- comparison ---------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int rmt_text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int rmt_text_placed_order(const void *a, const void *b)
{
    const rmt_text_placed *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

bool rmt_text_is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

bool rmt_text_equal_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

enum { LONGEST_WORD = 127 }; /* a longer word is no slip of a finger */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) between a and b, in bytes; both at most
 * LONGEST_WORD long. */
static size_t edits(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][LONGEST_WORD + 1];
    size_t *before = rows[0], *prev = rows[1], *cur = rows[2];
    for (size_t j = 0; j <= nb; j++)
        prev[j] = j;
    for (size_t i = 1; i <= na; i++) {
        cur[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            cur[j] = smaller(smaller(prev[j], cur[j - 1]) + 1, prev[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                cur[j] = smaller(cur[j], before[j - 2] + 1);
        }
        size_t *reuse = before;
        before = prev;
        prev = cur;
        cur = reuse;
    }
    return prev[nb];
}

const char *rmt_text_nearest(const char *word, const char *const *candidates, size_t n)
{
    size_t len = strlen(word);
    if (len > LONGEST_WORD) return NULL;
    /* A third rounded up: 'cofs' shall still find 'codes', as people do. */
    size_t limit = len / 3 + (len % 3 > 0);
    if (limit < 1) limit = 1;
    if (limit > 3) limit = 3;

    const char *best = NULL;
    size_t best_edits = limit + 1;
    for (size_t i = 0; i < n; i++) {
        size_t nc = strlen(candidates[i]);
        if (nc > LONGEST_WORD || nc > len + limit || len > nc + limit) continue;
        size_t d = edits(word, len, candidates[i], nc);
        if (d < best_edits) {
            best = candidates[i];
            best_edits = d;
        }
    }
    return best;
}

rmt_status rmt_text_add_visible(rmt_text *t, const char *s, rmt_error *err)
{
    size_t from = t->len;
    rmt_status st = rmt_text_add(t, s, err);
    if (st) return st;
    for (size_t i = from; i < t->len; i++) {
        unsigned char c = (unsigned char)t->s[i];
        bool c1 = c == 0xC2 && (unsigned char)t->s[i + 1] < 0xA0; /* U+0080 to U+009F */
        if (c < 0x20 || c == 0x7f) t->s[i] = '?';
        if (c1) t->s[i] = t->s[i + 1] = '?';
    }
    return RMT_OK;
}
