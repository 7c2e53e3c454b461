/* csv_typist.c - a thread that types one block of rows while the reader splits the next (see csv_reader.h). What comes out
 * does not depend on it: blocks are typed in order, one at a time. */
#include "csv_reader.h"

#include "rmt/mem.h"

#include <pthread.h>

struct rmt_csv_typist {
    pthread_t thread;
    pthread_mutex_t
        lock; /* of the three that follow; the rest is the thread's while it is busy, else the reader's */
    pthread_cond_t changed;
    bool is_busy, is_last;
    rmt_csv_columns *columns;
    rmt_csv_block block;
    size_t n_columns;
    bool is_alone; /* the system has no thread to give: the reader types */
    rmt_status st;
    rmt_error err;
};

static void *type_blocks(void *context)
{
    rmt_csv_typist *t = context;
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (!t->is_busy && !t->is_last)
            pthread_cond_wait(&t->changed, &t->lock);
        if (!t->is_busy) break;
        pthread_mutex_unlock(&t->lock);
        if (!t->st) t->st = rmt_csv_columns_add(t->columns, &t->block, &t->err);
        pthread_mutex_lock(&t->lock);
        t->is_busy = false;
        pthread_cond_signal(&t->changed);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static bool start_thread(rmt_csv_typist *t)
{
    if (pthread_mutex_init(&t->lock, NULL) != 0) return false;
    if (pthread_cond_init(&t->changed, NULL) == 0) {
        if (pthread_create(&t->thread, NULL, type_blocks, t) == 0) return true;
        pthread_cond_destroy(&t->changed);
    }
    pthread_mutex_destroy(&t->lock);
    return false;
}

rmt_status rmt_csv_typist_new(rmt_csv_typist **out, rmt_csv_columns *columns, size_t n_columns,
                              rmt_error *err)
{
    rmt_csv_typist *t = rmt_mem_array(1, sizeof *t, err);
    if (!t) return RMT_ERR_NOMEM;
    t->columns = columns;
    t->n_columns = n_columns;
    rmt_status st = rmt_csv_block_init(&t->block, n_columns, err);
    if (st) {
        rmt_csv_block_clear(&t->block, n_columns);
        rmt_mem_free(t);
        return st;
    }
    t->is_alone = !start_thread(t);
    *out = t;
    return RMT_OK;
}

/* The block before is typed; what went wrong with it is said. */
static rmt_status wait_for(rmt_csv_typist *t, rmt_error *err)
{
    if (!t->is_alone) {
        pthread_mutex_lock(&t->lock);
        while (t->is_busy)
            pthread_cond_wait(&t->changed, &t->lock);
        pthread_mutex_unlock(&t->lock);
    }
    if (t->st && err && !err->code) *err = t->err;
    return t->st;
}

rmt_status rmt_csv_typist_swap(rmt_csv_typist *t, rmt_csv_block *block, size_t n_kept,
                               rmt_error *err)
{
    rmt_status st = wait_for(t, err);
    rmt_csv_block empty = t->block;
    for (size_t i = 0; i < t->n_columns && !st; i++)
        st = rmt_csv_last_cells(&empty.cells[i], &block->cells[i], n_kept, err);
    if (st) return st;
    block->n_rows -= n_kept;
    for (size_t i = 0; i < n_kept; i++)
        empty.lines[i] = block->lines[block->n_rows + i];
    empty.n_rows = n_kept;
    empty.room = 0; /* not known */
    t->block = *block;
    *block = empty;
    if (t->is_alone) return t->st = rmt_csv_columns_add(t->columns, &t->block, err);
    pthread_mutex_lock(&t->lock);
    t->is_busy = true;
    pthread_cond_signal(&t->changed);
    pthread_mutex_unlock(&t->lock);
    return RMT_OK;
}

rmt_status rmt_csv_typist_end(rmt_csv_typist *t, rmt_error *err)
{
    if (!t) return RMT_OK;
    const rmt_status st = wait_for(t, err);
    if (!t->is_alone) {
        pthread_mutex_lock(&t->lock);
        t->is_last = true;
        pthread_cond_signal(&t->changed);
        pthread_mutex_unlock(&t->lock);
        pthread_join(t->thread, NULL);
        pthread_cond_destroy(&t->changed);
        pthread_mutex_destroy(&t->lock);
    }
    rmt_csv_block_clear(&t->block, t->n_columns);
    rmt_mem_free(t);
    return st;
}
