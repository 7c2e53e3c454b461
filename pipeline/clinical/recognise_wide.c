/* recognise_wide.c - visits in the names of columns: caps5_total_wk2. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

/* What may stand before the number of a visit, and what is one without a number. A single d or h is a cluster of a
 * scale rather than a day or an hour. */
static const char *const numbered[] = {
    "wk",    "week",     "weeks", "w",    "t",         "v",       "visit", "m",    "mo",
    "month", "months",   "day",   "days", "hr",        "hour",    "hours", "yr",   "year",
    "fu",    "followup", "tp",    "time", "timepoint", "session", "post",  "wave", NULL};
static const char *const words[] = {
    "baseline",      "bl",      "base",     "pre",       "post",     "screening",
    "scr",           "fu",      "followup", "eot",       "endpoint", "pretreatment",
    "posttreatment", "pretest", "posttest", "discharge", NULL};

static bool is_visit_part(const char *part, size_t n)
{
    char text[NAME_MAX_BYTES], plain[NAME_MAX_BYTES];
    if (n == 0 || n >= NAME_MAX_BYTES) return false;
    memcpy(text, part, n);
    text[n] = '\0';
    rmt_plain_name(plain, text);
    if (strlen(plain) != n) return false; /* separators within */
    if (rmt_name_rank(plain, words)) return true;
    const size_t from = strcspn(plain, "0123456789");
    if (!plain[from] || plain[from + strspn(plain + from, "0123456789")]) return false;
    plain[from] = '\0';
    return rmt_name_rank(plain, numbered) > 0;
}

/* How a name is taken apart: at its last separator, the visit behind it, or at its first, the visit before it. */
typedef struct {
    char separator;
    bool visit_first;
} split;

/* The visit in a name, and what remains; false = it is taken apart otherwise. */
static bool take_apart(const char *name, split how, const char **visit, size_t *n_visit,
                       const char **stem, size_t *n_stem)
{
    const char *at = how.visit_first ? strchr(name, how.separator) : strrchr(name, how.separator);
    if (!at || at == name || !at[1]) return false;
    *visit = how.visit_first ? name : at + 1;
    *n_visit = how.visit_first ? (size_t)(at - name) : strlen(at + 1);
    *stem = how.visit_first ? at + 1 : name;
    *n_stem = how.visit_first ? strlen(at + 1) : (size_t)(at - name);
    return is_visit_part(*visit, *n_visit);
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
    static const split ways[] = {{'_', false}, {'.', false}, {'-', false},
                                 {' ', false}, {'_', true},  {'.', true}};
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
