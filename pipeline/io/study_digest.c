/* study_digest.c - digests of the content of tables, on a thread while other work goes on. What comes out does not depend on it. */
#include <pthread.h>
#include <string.h>

#include "rmt/mem.h"
#include "study_internal.h"

/* Less is digested when it is wanted: a thread costs more. */
#ifdef RMT_SMALL_PIECES /* for tests */
enum { WORTH_A_THREAD = 16 };
#else
enum { WORTH_A_THREAD = 1 << 20 };
#endif

typedef struct {
    const rmt_table *table; /* the study's, which leaves it as it is until the thread has ended */
    char hex[RMT_DIGEST_HEX];
    rmt_status st;
} job;

struct rmt_study_ahead {
    pthread_t thread;
    size_t n;
    job jobs[];
};

static void *digest_tables(void *context)
{
    struct rmt_study_ahead *a = context;
    for (size_t i = 0; i < a->n; i++)
        a->jobs[i].st = rmt_table_digest(a->jobs[i].table, a->jobs[i].hex, NULL);
    return NULL;
}

static bool is_wanted(const rmt_study_entry *e)
{
    return e->table && e->digest[0] == '\0' && rmt_table_rows(e->table) > 0 &&
           rmt_table_columns(e->table) >= WORTH_A_THREAD / rmt_table_rows(e->table);
}

/* Without memory or a thread for it, and after a failure, digests are made, and failures told, when they are wanted. */
void rmt_study_digest_ahead(rmt_study *s)
{
    size_t n = 0;
    rmt_study_digest_await(s);
    for (size_t i = 0; i < s->n; i++)
        n += is_wanted(&s->entries[i]);
    if (n == 0) return;
    struct rmt_study_ahead *a = rmt_mem_array(1, sizeof *a + n * sizeof *a->jobs, NULL);
    if (!a) return;
    for (size_t i = 0; i < s->n; i++)
        if (is_wanted(&s->entries[i])) a->jobs[a->n++].table = s->entries[i].table;
    if (pthread_create(&a->thread, NULL, digest_tables, a) == 0) s->ahead = a;
    else rmt_mem_free(a);
}

void rmt_study_digest_await(rmt_study *s)
{
    struct rmt_study_ahead *a = s->ahead;
    if (!a) return;
    pthread_join(a->thread, NULL);
    s->ahead = NULL;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < a->n; k++)
            if (s->entries[i].table == a->jobs[k].table && a->jobs[k].st == RMT_OK)
                memcpy(s->entries[i].digest, a->jobs[k].hex, RMT_DIGEST_HEX);
    rmt_mem_free(a);
}

rmt_status rmt_study_table_digest(rmt_study_entry *e, rmt_study *s, rmt_error *err)
{
    const rmt_table *t;
    rmt_status st;
    if (e->digest[0] == '\0') rmt_study_digest_await(s);
    if (e->digest[0] != '\0') return RMT_OK;
    if ((st = rmt_study_get(&t, s, e->path, err))) return st;
    return rmt_table_digest(t, e->digest, err);
}

rmt_status rmt_study_digest(rmt_study *s, const char *const *paths, size_t n,
                            char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    rmt_digest *d = NULL;
    rmt_status st;

    if ((st = rmt_digest_new(&d, err))) goto done;
    if ((st = rmt_digest_add_text(d, s->plan ? s->plan : "", err))) goto done;
    for (size_t i = 0; i < s->n; i++) {
        rmt_study_entry *e = &s->entries[i];
        bool is_wanted = false;
        for (size_t k = 0; k < n && !is_wanted; k++)
            is_wanted = rmt_study_is_within(e->path, paths[k]);
        if (!is_wanted) continue;
        if ((st = rmt_study_table_digest(e, s, err))) goto done;
        if ((st = rmt_digest_add_text(d, e->path, err))) goto done;
        if ((st = rmt_digest_add_text(d, e->digest, err))) goto done;
    }
    st = rmt_digest_end(d, hex, err);
done:
    rmt_digest_free(d);
    return st;
}
