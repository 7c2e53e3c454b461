/* pattern.c - the pattern constraint, by PCRE2 with limits on its effort. */
#include "field.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rmt/mem.h"

/* A pattern such as (a+)+b needs time exponential in the cell; these bound one cell to about a
 * millisecond. */
enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 100000, HEAP_LIMIT_KIB = 65536 };

struct rmt_pattern {
    pcre2_general_context *memory;
    pcre2_code *code;
};

struct rmt_pattern_work {
    pcre2_match_data *data;
    pcre2_match_context *limits;
    bool exhausted; /* memory was out once: whoever asks again hears the same */
};

static void *take(PCRE2_SIZE n, void *unused)
{
    (void)unused;
    return rmt_mem_array(1, n, NULL);
}

static void give(void *p, void *unused)
{
    (void)unused;
    rmt_mem_free(p);
}

void rmt_pattern_free(rmt_pattern *p)
{
    if (!p) return;
    pcre2_code_free(p->code);
    pcre2_general_context_free(p->memory);
    rmt_mem_free(p);
}

rmt_status rmt_pattern_new(rmt_pattern **out, const char *text, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_pattern *p = rmt_mem_array(1, sizeof *p, err);
    pcre2_compile_context *compile = NULL;
    int fault = 0;
    PCRE2_SIZE offset = 0;

    if (!p) return RMT_ERR_NOMEM;
    p->memory = pcre2_general_context_create(take, give, NULL);
    compile = p->memory ? pcre2_compile_context_create(p->memory) : NULL;
    if (!compile) {
        st = rmt_fail(err, RMT_ERR_NOMEM, "no memory for the pattern %s", text);
        goto done;
    }
    p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                            PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
                                PCRE2_NEVER_BACKSLASH_C,
                            &fault, &offset, compile);
    if (!p->code && fault == PCRE2_ERROR_HEAP_FAILED) {
        st = rmt_fail(err, RMT_ERR_NOMEM, "no memory for the pattern %s", text);
    } else if (!p->code) {
        unsigned char why[160] = "";
        (void)pcre2_get_error_message(fault, why, sizeof why);
        st = rmt_fail(err, RMT_ERR_CONFIG, "the pattern %s is wrong at byte %zu: %s", text, offset,
                      (const char *)why);
    } else {
        *out = p;
        p = NULL;
    }
done:
    pcre2_compile_context_free(compile);
    rmt_pattern_free(p);
    return st;
}

void rmt_pattern_work_free(rmt_pattern_work *w)
{
    if (!w) return;
    pcre2_match_data_free(w->data);
    pcre2_match_context_free(w->limits);
    rmt_mem_free(w);
}

rmt_status rmt_pattern_work_new(rmt_pattern_work **out, const rmt_pattern *p, rmt_error *err)
{
    rmt_pattern_work *w = rmt_mem_array(1, sizeof *w, err);

    if (!w) return RMT_ERR_NOMEM;
    w->data = pcre2_match_data_create(1, p->memory); /* whether, not where */
    w->limits = pcre2_match_context_create(p->memory);
    if (!w->data || !w->limits) {
        rmt_pattern_work_free(w);
        return rmt_fail(err, RMT_ERR_NOMEM, "no memory to match a pattern");
    }
    (void)pcre2_set_match_limit(w->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(w->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(w->limits, HEAP_LIMIT_KIB);
    *out = w;
    return RMT_OK;
}

rmt_match rmt_pattern_match(const rmt_pattern *p, rmt_pattern_work *w, const char *cell)
{
    if (w->exhausted) return RMT_MATCH_NO_MEMORY;
    int rc = pcre2_match(p->code, (PCRE2_SPTR)cell, PCRE2_ZERO_TERMINATED, 0, PCRE2_NO_UTF_CHECK,
                         w->data, w->limits);

    if (rc >= 0) return RMT_MATCH_YES;
    if (rc == PCRE2_ERROR_NOMEMORY) {
        w->exhausted = true;
        return RMT_MATCH_NO_MEMORY;
    }
    return rc == PCRE2_ERROR_NOMATCH ? RMT_MATCH_NO : RMT_MATCH_LIMIT;
}
