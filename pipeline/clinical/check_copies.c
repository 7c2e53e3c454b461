/* check_copies.c - participants whose answers are those of somebody else. See check_parts.h.
 * Each record is hashed; only those whose hash was met twice are looked at closer. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t hash;
    size_t visit, subject, row;
} answers;

static int by_number(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_hash(const void *a, const void *b)
{
    const answers *x = a, *y = b;
    if (x->visit != y->visit) return by_number(x->visit, y->visit);
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return by_number(x->subject, y->subject);
}

static int by_people(const void *a, const void *b)
{
    const rmt_copy *x = a, *y = b;
    if (x->visit != y->visit) return by_number(x->visit, y->visit);
    if (x->first != y->first) return by_number(x->first, y->first);
    if (x->second != y->second) return by_number(x->second, y->second);
    return (x->outcome > y->outcome) - (x->outcome < y->outcome); /* in the order of the plan */
}

/* false = an answer is missing. FNV-1a over the values, mixed at the end (splitmix64). */
static bool hash_of(uint64_t *out, const rmt_records *r, size_t row, size_t visit)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ visit;
    for (size_t i = 0; i < r->n_items; i++) {
        const double x = rmt_records_item(r, i, row);
        uint64_t bits;
        if (isnan(x)) return false;
        memcpy(&bits, &x, sizeof bits);
        h = (h ^ (bits >> 32) ^ bits) * UINT64_C(0x100000001b3);
    }
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    *out = h ^ (h >> 31);
    return true;
}

/* At least so many answers differ from the most frequent one. */
static bool is_varied(const rmt_records *r, size_t row, double n_differ)
{
    for (size_t i = 0; i < r->n_items; i++) {
        const double x = rmt_records_item(r, i, row);
        size_t n = 0;
        for (size_t k = 0; k < r->n_items; k++)
            n += !rmt_num_same(rmt_records_item(r, k, row), x);
        if ((double)n < n_differ) return false;
    }
    return true;
}

static bool same_answers(const rmt_records *r, size_t a, size_t b)
{
    for (size_t i = 0; i < r->n_items; i++)
        if (!rmt_num_same(rmt_records_item(r, i, a), rmt_records_item(r, i, b))) return false;
    return true;
}

static rmt_status add_pair(rmt_copies *x, rmt_copy p, rmt_error *err)
{
    rmt_status st = rmt_mem_grow(&x->pairs, &x->cap, x->n + 1, sizeof *x->pairs, err);
    if (!st) x->pairs[x->n++] = p;
    return st;
}

/* Neighbours of one hash; of a crowd each with the few before it, so that the work stays linear. */
static rmt_status add_pairs(rmt_copies *x, const rmt_records *r, const answers *list, size_t n,
                            rmt_error *err)
{
    enum { NEIGHBOURS = 8 };
    rmt_status st = RMT_OK;
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k-- > 0 && i - k <= NEIGHBOURS && !st;) {
            if (list[k].visit != list[i].visit || list[k].hash != list[i].hash) break;
            if (!same_answers(r, list[k].row, list[i].row)) continue;
            st = add_pair(x,
                          (rmt_copy){r->outcome, list[i].visit, list[k].subject, list[i].subject,
                                     rmt_records_line(r, list[i].row)},
                          err);
        }
    return st;
}

enum { SEEN = 1, TWICE = 2 };

rmt_status rmt_copies_read(rmt_copies *x, const rmt_record_check *c, rmt_error *err)
{
    const rmt_records *r = c->r;
    const rmt_check_settings *on = c->out->settings;
    const size_t n_visits = r->plan->n_visits, n_slots = r->subjects->n * n_visits;
    const double varied = rmt_check_value(on, "trial/same-answers", "varied");
    rmt_status st = RMT_OK;
    unsigned char *met = NULL; /* by hash */
    answers *list = NULL;
    size_t n = 0, cap = 0, size = 64;
    uint64_t hash;
    /* One outcome alone says nothing without a second, or something of the person. */
    if (r->plan->n_outcomes < 2 && r->plan->n_strata + r->plan->n_covariates < 2) return RMT_OK;
    if (!rmt_check_is_on(on, "trial/same-answers") ||
        (double)r->n_items < rmt_check_value(on, "trial/same-answers", "items"))
        return RMT_OK;
    while (size / 8 < r->n_rows)
        size *= 2;
    if (!(met = rmt_mem_array(size, 1, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n_slots; i++)
        if (c->slots[i].n == 1 && hash_of(&hash, r, c->slots[i].row, i % n_visits)) {
            unsigned char *m = &met[hash & (size - 1)];
            *m = *m ? TWICE : SEEN;
        }
    for (size_t i = 0; i < n_slots; i++) {
        const size_t row = c->slots[i].row;
        if (c->slots[i].n != 1 || !hash_of(&hash, r, row, i % n_visits) ||
            met[hash & (size - 1)] != TWICE || !is_varied(r, row, varied))
            continue;
        if ((st = rmt_mem_grow(&list, &cap, n + 1, sizeof *list, err))) goto done;
        list[n++] = (answers){hash, i % n_visits, i / n_visits, row};
    }
    if (n > 0) qsort(list, n, sizeof *list, by_hash);
    st = add_pairs(x, r, list, n, err);
done:
    rmt_mem_free(list);
    rmt_mem_free(met);
    return st;
}

static bool share_items(const rmt_plan_outcome *a, const rmt_plan_outcome *b)
{
    if (strcmp(a->table, b->table) != 0) return false;
    for (size_t i = 0; i < a->n_items; i++)
        for (size_t k = 0; k < b->n_items; k++)
            if (strcmp(a->items[i], b->items[k]) == 0) return true;
    return false;
}

/* Strata and covariates, two or more, all with a value. */
static bool same_person(const rmt_plan *plan, const rmt_subjects *s, size_t a, size_t b)
{
    char buf[2][RMT_NUM_BUF];
    const size_t n = plan->n_strata + plan->n_covariates;
    for (size_t i = 0; i < n; i++) {
        const char *name =
            i < plan->n_strata ? plan->strata[i] : plan->covariates[i - plan->n_strata];
        const size_t column = rmt_table_find(s->table, name);
        if (column == RMT_NO_COLUMN) return false;
        const char *x = rmt_subjects_text(s, a, column, buf[0], NULL);
        if (!*x || strcmp(x, rmt_subjects_text(s, b, column, buf[1], NULL)) != 0) return false;
    }
    return n >= 2;
}

/* n pairs of the same two people at a visit, one for each outcome. */
static rmt_status judge(rmt_reporter *out, const rmt_plan *plan, const rmt_subjects *s,
                        const rmt_copy *p, size_t n, rmt_error *err)
{
    rmt_text names = {0};
    rmt_status st = RMT_OK;
    size_t n_apart = 0;
    for (size_t i = 0; i < n && !st; i++) {
        bool apart = true;
        for (size_t k = 0; k < i && apart; k++)
            apart = !share_items(p[i].outcome, p[k].outcome);
        if (apart)
            st = rmt_text_addf(&names, err, "%s%s", n_apart++ ? ", " : "", p[i].outcome->name);
    }
    if (!st && (n_apart > 1 || same_person(plan, s, p->first, p->second))) {
        rmt_finding f = {.code = "trial/same-answers",
                         .table = p->outcome->table,
                         .line = p->line,
                         .column = plan->subject_id,
                         .subject = s->subjects[p->second].id,
                         .value = s->subjects[p->second].id,
                         .rule = "answers of one's own"};
        rmt_report(out, f, "subject %s has all the answers of subject %s at visit %s: %s%s",
                   f.subject, s->subjects[p->first].id, plan->visits[p->visit].name, names.s,
                   n_apart > 1 ? "" : ", and the same strata and covariates");
    }
    rmt_text_clear(&names);
    return st;
}

rmt_status rmt_copies_report(rmt_copies *x, rmt_reporter *out, const rmt_plan *plan,
                             const rmt_subjects *s, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (x->n > 0) qsort(x->pairs, x->n, sizeof *x->pairs, by_people);
    for (size_t i = 0, end = 0; i < x->n && !st; i = end) {
        const rmt_copy *p = &x->pairs[i];
        while (end < x->n && x->pairs[end].visit == p->visit && x->pairs[end].first == p->first &&
               x->pairs[end].second == p->second)
            end++;
        st = judge(out, plan, s, p, end - i, err);
    }
    return st ? st : out->st;
}

void rmt_copies_clear(rmt_copies *x)
{
    rmt_mem_free(x->pairs);
    *x = (rmt_copies){0};
}
