/* problems.c - see rmt_problems in rmt/status.h. */
#include <string.h>

#include "rmt/mem.h"
#include "status_parts.h"

static bool grow(rmt_problems *p)
{
    const size_t cap = p->cap * 2;
    rmt_error *kept = rmt_mem_array(cap, sizeof *kept, NULL);
    rmt_severity *severity = rmt_mem_array(cap, sizeof *severity, NULL);
    if (!kept || !severity) {
        rmt_mem_free(kept);
        rmt_mem_free(severity);
        return false;
    }
    memcpy(kept, p->kept, p->n_kept * sizeof *kept);
    memcpy(severity, p->severity, p->n_kept * sizeof *severity);
    if (p->kept != p->first) {
        rmt_mem_free(p->kept);
        rmt_mem_free(p->severity);
    }
    p->kept = kept;
    p->severity = severity;
    p->cap = cap;
    return true;
}

/* The last that was kept of a severity; 0 = none, else its place from 1 on. */
static size_t last_of(const rmt_problems *p, rmt_severity severity)
{
    size_t i = p->n_kept;
    while (i > 0 && p->severity[i - 1] != severity)
        i--;
    return i;
}

/* The last fact that was kept goes, as mostly nobody asked to hear it; for the first error also the last warning. */
static bool make_room(rmt_problems *p, rmt_severity severity)
{
    size_t i = last_of(p, RMT_SEVERITY_INFO);
    if (i == 0 && severity == RMT_SEVERITY_ERROR && last_of(p, RMT_SEVERITY_ERROR) == 0)
        i = last_of(p, RMT_SEVERITY_WARNING);
    if (i == 0 || severity == RMT_SEVERITY_INFO) return false;
    memmove(&p->kept[i - 1], &p->kept[i], (p->n_kept - i) * sizeof *p->kept);
    memmove(&p->severity[i - 1], &p->severity[i], (p->n_kept - i) * sizeof *p->severity);
    p->n_kept--;
    return true;
}

/* Room for one more, as far as more are wanted and there is memory. */
static bool has_room(rmt_problems *p, rmt_severity severity)
{
    if (!p->kept) {
        p->kept = p->first;
        p->severity = p->first_severity;
        p->cap = RMT_PROBLEMS_KEPT;
    }
    if (p->n_kept == (p->most ? p->most : RMT_PROBLEMS_KEPT)) return make_room(p, severity);
    return p->n_kept < p->cap || grow(p) || make_room(p, severity);
}

void rmt_problems_add(rmt_problems *p, rmt_severity severity, rmt_status code, const char *source,
                      size_t line, const char *column, const char *fmt, ...)
{
    p->n_total++;
    if (severity == RMT_SEVERITY_ERROR) p->n_errors++;
    if (severity == RMT_SEVERITY_INFO) p->n_infos++;
    if (!has_room(p, severity)) return;
    va_list args;
    va_start(args, fmt);
    rmt_error_fill(&p->kept[p->n_kept], code, source, line, column, fmt, args);
    va_end(args);
    p->severity[p->n_kept++] = severity;
}

void rmt_problems_append(rmt_problems *to, const rmt_problems *from)
{
    const size_t n_total = to->n_total + from->n_total, n_errors = to->n_errors + from->n_errors;
    const size_t n_infos = to->n_infos + from->n_infos;
    for (size_t i = 0; i < from->n_kept; i++) {
        const rmt_error *e = &from->kept[i];
        rmt_problems_add(to, from->severity[i], e->code, e->source, e->line, e->column, "%s",
                         e->msg);
    }
    to->n_total = n_total; /* with those that `from` did not keep */
    to->n_errors = n_errors;
    to->n_infos = n_infos;
}

void rmt_problems_clear(rmt_problems *p)
{
    if (p->kept != p->first) {
        rmt_mem_free(p->kept);
        rmt_mem_free(p->severity);
    }
    *p = (rmt_problems){.most = p->most};
}
