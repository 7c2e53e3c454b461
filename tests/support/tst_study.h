/* tst_study.h - a small study in memory, and stages applied to it. */
#ifndef TST_STUDY_H
#define TST_STUDY_H
#include "tst_trial.h"

#include "rmt/dist.h"
#include "rmt/mem.h"
#include "rmt/stages.h"

#include <math.h>

typedef struct {
    rmt_study *s;
    rmt_problems notes;
    rmt_text text;
    bool found, withhold;
} tst_study;

/* yaml NULL: a study without a plan. */
static inline void tst_study_open(tst_study *t, const char *yaml)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_text json = {0};
    *t = (tst_study){0};
    rmt_stats_init();
    tst_ok(rmt_study_new(&t->s, &err), &err);
    if (!yaml) return;
    tst_ok(rmt_tree_parse(&doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
    tst_ok(rmt_node_write_json(rmt_doc_root(doc), &json, &err), &err);
    tst_ok(rmt_study_set_plan(t->s, json.s, &err), &err);
    rmt_text_clear(&json);
    rmt_doc_free(doc);
}

static inline void tst_study_close(tst_study *t)
{
    rmt_text_clear(&t->text);
    rmt_study_free(t->s);
}

/* head and body as for tst_table. */
static inline void tst_study_table(tst_study *t, const char *path, const char *head,
                                   const char *body)
{
    rmt_error err = {0};
    rmt_table *table = tst_table(head, body);
    tst_ok(rmt_study_put(t->s, path, &table, &err), &err);
}

/* words: the command line, parted by blanks; a word without '-' in front is the stage's argument.
 * Notes and text are those of this call alone. */
static inline rmt_status tst_study_apply(tst_study *t, const rmt_stage *stage, const char *words,
                                         rmt_error *err)
{
    char buf[512], *argv[16], *argument = NULL, *save = NULL;
    int argc = 1;
    rmt_options *o = NULL;
    size_t n = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n);
    char name[] = "x";
    argv[0] = name;
    snprintf(buf, sizeof buf, "%s", words);
    for (char *w = strtok_r(buf, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        if (*w != '-') argument = w;
        else if (argc < 16) argv[argc++] = w;
    }
    tst_ok(rmt_options_parse(&o, stage->options, stage->n_options, common, n, argc, argv, err),
           err);
    t->notes = (rmt_problems){0};
    rmt_text_clear(&t->text);
    rmt_stage_run run = {.list = &rmt_stages,
                         .study = t->s,
                         .options = o,
                         .argument = argument,
                         .notes = &t->notes,
                         .text = &t->text};
    const rmt_status st = rmt_stage_apply(stage, &run, err);
    t->found = run.found;
    t->withhold = run.withhold;
    rmt_options_free(o);
    return st;
}

static inline const rmt_table *tst_study_get(tst_study *t, const char *path)
{
    rmt_error err = {0};
    const rmt_table *table = NULL;
    tst_ok(rmt_study_get(&table, t->s, path, &err), &err);
    return table;
}

/* A cell of a table; the column has to be there. */
static inline const char *tst_text(const rmt_table *t, size_t row, const char *column)
{
    static char buf[4][64];
    static int turn;
    const size_t c = rmt_table_find(t, column);
    assert_true(c != RMT_NO_COLUMN);
    assert_true(row < rmt_table_rows(t));
    turn = (turn + 1) % 4;
    return rmt_table_format(t, c, row, buf[turn]);
}

static inline double tst_number(const rmt_table *t, size_t row, const char *column)
{
    const size_t c = rmt_table_find(t, column);
    assert_true(c != RMT_NO_COLUMN);
    assert_true(row < rmt_table_rows(t));
    if (rmt_table_is_missing(t, c, row)) return (double)NAN;
    return rmt_table_number(t, c, row);
}
#endif
