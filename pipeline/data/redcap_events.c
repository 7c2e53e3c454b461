/* redcap_events.c - see redcap_parts.h: the events of an export, the unique names that REDCap makes of
 * labels, and those that a plan asks for. */
#include "redcap_data.h"

#include "config.h"
#include "rmt/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- unique names ---------------------------------------------------------------------------- */

rmt_status redcap_add_unique_name(rmt_text *out, const char *label, size_t n, rmt_error *err)
{
    enum { LONGEST = 18 };
    const size_t from = out->len;
    rmt_status st = rmt_text_add(out, "", err);
    for (size_t i = 0; i < n && out->len - from < LONGEST && !st; i++) {
        char c = label[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c == ' ') c = '_';
        if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) continue;
        st = rmt_text_add_bytes(out, &c, 1, err);
    }
    return st;
}

/* "Week 2 (Arm 2: Drug)": where the arm begins and its number; else the whole text, and arm 1. */
static size_t label_without_arm(const char *label, const char **arm, size_t *n_arm)
{
    static const char opening[] = " (Arm ";
    const size_t n = strlen(label);
    const char *at = NULL;
    for (const char *p = strstr(label, opening); p; p = strstr(p + 1, opening))
        at = p;
    if (at) {
        *arm = at + sizeof opening - 1;
        *n_arm = strspn(*arm, "0123456789");
        if (*n_arm > 0 && (*arm)[*n_arm] == ':' && label[n - 1] == ')') return (size_t)(at - label);
    }
    *arm = "1";
    *n_arm = 1;
    return n;
}

static bool is_unique_event_name(const char *s)
{
    const char *arm = strstr(s, "_arm_");
    return arm && arm[5] && arm[5 + strspn(arm + 5, "0123456789")] == '\0' &&
           s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static rmt_status event_name(rmt_text *out, const char *label, rmt_error *err)
{
    const char *arm;
    size_t n_arm;
    out->len = 0;
    if (is_unique_event_name(label)) return rmt_text_add(out, label, err);
    rmt_status st = redcap_add_unique_name(out, label, label_without_arm(label, &arm, &n_arm), err);
    if (st) return st;
    if (out->len == 0) return rmt_text_add(out, label, err); /* of another script: left as it is */
    return rmt_text_addf(out, err, "_arm_%.*s", (int)n_arm, arm);
}

/* ---- the events of a file -------------------------------------------------------------------- */

/* Labels and the rows in which they first stand: seen[0..n_sorted) sorted, each once; those behind are still to be. */
typedef struct {
    rmt_text_placed *seen;
    size_t n_sorted, n, cap;
} label_set;

static const rmt_text_placed *find_label(const rmt_text_placed *sorted, size_t n, const char *label)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(label, sorted[mid].text);
        if (order == 0) return &sorted[mid];
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return NULL;
}

static void sort_labels(label_set *s)
{
    size_t n = 0;
    if (s->n == s->n_sorted) return;
    qsort(s->seen, s->n, sizeof *s->seen, rmt_text_placed_order);
    for (size_t i = 0; i < s->n; i++)
        if (n == 0 || strcmp(s->seen[n - 1].text, s->seen[i].text) != 0) s->seen[n++] = s->seen[i];
    s->n = s->n_sorted = n;
}

/* Sorted when as many wait as were sorted before: however many events there are, each is moved a few times only. */
static rmt_status see_label(label_set *s, const char *label, size_t row, rmt_error *err)
{
    enum { LEAST = 64 };
    if (find_label(s->seen, s->n_sorted, label)) return RMT_OK;
    rmt_status st = rmt_mem_grow(&s->seen, &s->cap, s->n + 1, sizeof *s->seen, err);
    if (st) return st;
    s->seen[s->n++] = (rmt_text_placed){label, row};
    if (s->n - s->n_sorted >= s->n_sorted + LEAST) sort_labels(s);
    return RMT_OK;
}

static int by_place(const void *a, const void *b)
{
    const rmt_text_placed *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* seen: n, in the order of the file. */
static rmt_status name_events(redcap_events *e, const rmt_text_placed *seen, size_t n, bool labels,
                              rmt_error *err)
{
    rmt_text name = {0};
    rmt_status st = RMT_OK;
    if (!(e->names = rmt_mem_array(n, sizeof *e->names, err))) return RMT_ERR_NOMEM;
    for (; e->n < n && !st; e->n += !st) {
        const char *label = seen[e->n].text;
        if (labels && (st = event_name(&name, label, err))) break;
        const char *text = labels ? name.s : label;
        if (!(e->names[e->n] = rmt_mem_text(text, strlen(text), err))) st = RMT_ERR_NOMEM;
    }
    rmt_text_clear(&name);
    return st;
}

static rmt_status check_names(const redcap_events *e, const rmt_text_placed *seen,
                              const rmt_table *text, size_t col, const char *source, rmt_error *err)
{
    size_t first = 0, again = e->n;
    rmt_status st = config_repeat((const char *const *)e->names, e->n, &first, &again, err);
    if (st || again == e->n) return st;
    return rmt_fail_at(
        err, RMT_ERR_INCONSISTENT, source,
        rmt_line_of(text, rmt_line_column(text), seen[again].place), rmt_table_name(text, col),
        "the events '%s' and '%s' would both be called %s; an export with raw values settles it",
        seen[first].text, seen[again].text, e->names[again]);
}

rmt_status redcap_events_list(redcap_events *out, const rmt_table *text, size_t col, bool labels,
                              const char *source, rmt_error *err)
{
    label_set s = {0};
    const char *before = "";
    rmt_status st = RMT_OK;
    for (size_t row = 0; row < rmt_table_rows(text) && !st; row++) {
        const char *label = rmt_table_text(text, col, row);
        if (!label[0] || strcmp(label, before) == 0) continue;
        st = see_label(&s, before = label, row, err);
    }
    if (st) goto done;
    sort_labels(&s);
    if (s.n == 0) goto done;
    qsort(s.seen, s.n, sizeof *s.seen, by_place);
    if ((st = name_events(out, s.seen, s.n, labels, err))) goto done;
    if ((st = check_names(out, s.seen, text, col, source, err))) goto done;
    for (size_t i = 0; i < s.n; i++)
        s.seen[i].place = i;
    qsort(s.seen, s.n, sizeof *s.seen, rmt_text_placed_order);
    out->by_label = s.seen;
    s.seen = NULL;
done:
    rmt_mem_free(s.seen);
    return st;
}

size_t redcap_event_place(const redcap_events *e, const char *label)
{
    const rmt_text_placed *found = e->by_label ? find_label(e->by_label, e->n, label) : NULL;
    return found ? found->place : e->n;
}

const char *redcap_event_name(const redcap_events *e, const char *label)
{
    const size_t place = redcap_event_place(e, label);
    return place < e->n ? e->names[place] : label;
}

/* ---- what the plan asks for ---------------------------------------------------------------------- */

static bool same_digits(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    for (;; a++, b++) {
        a += strcspn(a, digits);
        b += strcspn(b, digits);
        if (*a != *b) return false;
        if (!*a) return true;
    }
}

const char *redcap_meant_event(const char *event, const char *const *known, size_t n)
{
    if (config_find(event, known, n) < n) return NULL;
    const char *near = rmt_text_nearest(event, known, n);
    return near && same_digits(event, near) ? near : NULL;
}

/* As many as there is room for. */
static void list_names(char *out, size_t size, const redcap_events *e)
{
    size_t used = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (used + strlen(e->names[i]) + sizeof ", ..." >= size) {
            snprintf(out + used, size - used, ", ...");
            return;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", e->names[i]);
    }
}

rmt_status rmt_redcap_check_events(const rmt_redcap_data *d, const char *const *events, size_t n,
                                   const rmt_node *at, rmt_problems *notes, rmt_error *err)
{
    const char *const *known = (const char *const *)d->events.names;
    const char *const source = at ? rmt_node_source(at) : d->source;
    const size_t line = at ? rmt_node_line(at) : 1;
    char names[128] = "";
    if (n > 0 && d->event == RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, line, "events",
                           "the plan asks for events, but %s has no column redcap_event_name",
                           d->source);
    if (d->events.n == 0) return RMT_OK; /* no row, or none of an event */
    list_names(names, sizeof names, &d->events);
    for (size_t i = 0; i < n; i++) {
        if (config_find(events[i], known, d->events.n) < d->events.n) continue;
        const char *meant = redcap_meant_event(events[i], known, d->events.n);
        if (meant && config_find(meant, events, n) < n) meant = NULL; /* asked for besides */
        if (meant)
            return rmt_fail_at(err, RMT_ERR_CONFIG, source, line, "events",
                               "no row of %s is of the event '%s'; did you mean '%s'? Its events "
                               "are %s",
                               d->source, events[i], meant, names);
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, d->source, 0, NULL,
                         "no row is of the event '%s' that the plan asks for; its events are %s",
                         events[i], names);
    }
    return RMT_OK;
}

void redcap_events_clear(redcap_events *e)
{
    for (size_t i = 0; i < e->n; i++)
        rmt_mem_free(e->names[i]);
    rmt_mem_free(e->names);
    rmt_mem_free(e->by_label);
    *e = (redcap_events){0};
}
