/* recognise_wide.c - visits in the names of columns: caps5_total_wk2. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

/* What may stand before the number of a visit, and what is one without a number. A single d or h is a cluster of a
 * scale rather than a day or an hour. */
static const char *const numbered[] = {
    "wk",   "week",  "weeks",  "w",         "t",    "v",     "visit",     "m",
    "mo",   "month", "months", "day",       "days", "hr",    "hour",      "hours",
    "yr",   "year",  "fu",     "followup",  "tp",   "time",  "timepoint", "session",
    "post", "wave",  "kat",    "katamnese", "mzp",  "woche", "monat",     NULL};
static const char *const words[] = {
    "baseline", "bl",        "base", "pre",        "post",         "screening",     "scr",
    "fu",       "followup",  "eot",  "endpoint",   "pretreatment", "posttreatment", "pretest",
    "posttest", "discharge", "prae", "pr\xC3\xA4", "kat",          "katamnese",     NULL};

static bool is_separator(char c)
{
    return c && strchr("_.- ", c);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* In lower case, and "Week 4" as "week4": what stands between a word of two letters or more and its number. */
static void write_part(char out[NAME_MAX_BYTES], const char *part, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        const char c = part[i];
        const bool between = i > 1 && i + 1 < n && is_separator(c) && !is_digit(part[i - 1]) &&
                             !is_separator(part[i - 2]) && is_digit(part[i + 1]);
        if (!between) out[length++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[length] = '\0';
}

static bool is_visit_part(const char *part, size_t n)
{
    char text[NAME_MAX_BYTES];
    if (n == 0 || n >= NAME_MAX_BYTES) return false;
    write_part(text, part, n);
    if (rmt_name_rank(text, words)) return true;
    const size_t from = strcspn(text, "0123456789");
    if (!text[from] || text[from + strspn(text + from, "0123456789")]) return false;
    text[from] = '\0';
    return rmt_name_rank(text, numbered) > 0;
}

/* How a name is taken apart: at a separator, the visit behind it, or before it. */
typedef struct {
    char separator;
    bool visit_first;
} split;

/* The visit in a name, the longest that is one, and what remains; false = it is taken apart otherwise. */
static bool take_apart(const char *name, split how, const char **visit, size_t *n_visit,
                       const char **stem, size_t *n_stem)
{
    const size_t n = strlen(name);
    for (size_t i = 1; i + 1 < n; i++) {
        const size_t at = how.visit_first ? n - 1 - i : i;
        if (name[at] != how.separator) continue;
        *visit = how.visit_first ? name : name + at + 1;
        *n_visit = how.visit_first ? at : n - at - 1;
        *stem = how.visit_first ? name + at + 1 : name;
        *n_stem = how.visit_first ? n - at - 1 : at;
        if (is_visit_part(*visit, *n_visit)) return true;
    }
    return false;
}

typedef struct {
    const char *at;
    size_t n;
} stem_text;

static int by_stem(const void *a, const void *b)
{
    const stem_text *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return memcmp(x->at, y->at, x->n);
}

/* Columns whose stem stands at another visit as well. stems: room for n. */
static size_t count_repeated(const char *const *columns, size_t n, split how, stem_text *stems)
{
    size_t n_stems = 0, n_repeated = 0;
    for (size_t i = 0; i < n; i++) {
        const char *visit;
        size_t n_visit;
        stem_text *s = &stems[n_stems];
        n_stems += take_apart(columns[i], how, &visit, &n_visit, &s->at, &s->n);
    }
    qsort(stems, n_stems, sizeof *stems, by_stem);
    for (size_t i = 0; i < n_stems; i++)
        n_repeated += (i > 0 && by_stem(&stems[i], &stems[i - 1]) == 0) ||
                      (i + 1 < n_stems && by_stem(&stems[i], &stems[i + 1]) == 0);
    return n_repeated;
}

static rmt_status add_visit(rmt_recognised_wide *w, const char *visit, size_t n, rmt_error *err)
{
    for (size_t i = 0; i < w->n_visits; i++)
        if (strlen(w->visits[i]) == n && memcmp(w->visits[i], visit, n) == 0) return RMT_OK;
    if (!(w->visits[w->n_visits] = rmt_mem_text(visit, n, err))) return RMT_ERR_NOMEM;
    w->n_visits++;
    return RMT_OK;
}

rmt_status rmt_recognise_wide(rmt_recognised_wide **out, const char *const *columns, size_t n,
                              rmt_error *err)
{
    static const split ways[] = {{'_', false}, {'.', false}, {'-', false}, {' ', false},
                                 {'_', true},  {'.', true},  {' ', true}};
    size_t best = 0;
    split how = ways[0];
    *out = NULL;
    for (size_t i = 0; i < n; i++)
        if (rmt_is_visit_name(columns[i])) return RMT_OK; /* long already */
    stem_text *stems = rmt_mem_array(n, sizeof *stems, err);
    if (!stems) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const size_t count = count_repeated(columns, n, ways[i], stems);
        if (count > best) best = count, how = ways[i];
    }
    rmt_mem_free(stems);
    if (best == 0) return RMT_OK;
    rmt_recognised_wide *w = rmt_mem_array(1, sizeof *w, err);
    if (!w) return RMT_ERR_NOMEM;
    const char *mark = how.visit_first ? "{visit}" : "{name}";
    memcpy(w->pattern, mark, strlen(mark));
    w->pattern[strlen(mark)] = how.separator;
    strcat(w->pattern, how.visit_first ? "{name}" : "{visit}");
    rmt_status st = RMT_OK;
    if (!(w->visits = rmt_mem_array(n, sizeof *w->visits, err))) st = RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++) {
        const char *visit, *stem;
        size_t n_visit, n_stem;
        if (take_apart(columns[i], how, &visit, &n_visit, &stem, &n_stem))
            st = add_visit(w, visit, n_visit, err);
    }
    if (st) rmt_recognised_wide_free(w);
    else *out = w;
    return st;
}

void rmt_recognised_wide_free(rmt_recognised_wide *w)
{
    if (!w) return;
    for (size_t i = 0; i < w->n_visits; i++)
        rmt_mem_free(w->visits[i]);
    rmt_mem_free(w->visits);
    rmt_mem_free(w);
}
