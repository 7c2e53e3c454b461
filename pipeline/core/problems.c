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

/* Room for one more, as far as more are wanted and there is memory. */
static bool has_room(rmt_problems *p)
{
    if (!p->kept) {
        p->kept = p->first;
        p->severity = p->first_severity;
        p->cap = RMT_PROBLEMS_KEPT;
    }
    if (p->n_kept == (p->most ? p->most : RMT_PROBLEMS_KEPT)) return false;
    return p->n_kept < p->cap || grow(p);
}

void rmt_problems_add(rmt_problems *p, rmt_severity severity, rmt_status code, const char *source,
                      size_t line, const char *column, const char *fmt, ...)
{
    p->n_total++;
    if (severity == RMT_SEVERITY_ERROR) p->n_errors++;
    if (!has_room(p)) return;
    va_list args;
    va_start(args, fmt);
    rmt_error_fill(&p->kept[p->n_kept], code, source, line, column, fmt, args);
    va_end(args);
    p->severity[p->n_kept++] = severity;
}

void rmt_problems_clear(rmt_problems *p)
{
    if (p->kept != p->first) {
        rmt_mem_free(p->kept);
        rmt_mem_free(p->severity);
    }
    *p = (rmt_problems){.most = p->most};
}
