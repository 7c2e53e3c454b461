/* tst_trial.h - a small trial from literals: a plan in YAML, tables as words. */
#ifndef TST_TRIAL_H
#define TST_TRIAL_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rmt/plan.h"
#include "rmt/subjects.h"
#include "rmt/table.h"
#include "rmt/tree.h"
#include "support.h"

typedef struct {
    rmt_doc *doc;
    rmt_plan *plan;
    rmt_named_table tables[8];
    rmt_table *owned[8];
    size_t n;
} tst_trial;

/* The shipped definition of an instrument. */
static inline void tst_instrument(rmt_doc **doc, rmt_instrument **ins, const char *id)
{
    char path[1024];
    rmt_error err = {0};
    snprintf(path, sizeof path, "%s/../schemas/instruments/%s.json", RMT_TEST_DIR, id);
    tst_ok(rmt_tree_read(doc, path, &err), &err);
    tst_ok(rmt_instrument_parse(ins, rmt_doc_root(*doc), &err), &err);
}

static inline void tst_trial_open(tst_trial *t, const char *yaml)
{
    rmt_error err = {0};
    *t = (tst_trial){0};
    tst_ok(rmt_tree_parse(&t->doc, yaml, strlen(yaml), "plan.yaml", &err), &err);
    tst_ok(rmt_plan_parse(&t->plan, rmt_doc_root(t->doc), &err), &err);
}

static inline void tst_table_cell(rmt_table *t, size_t col, size_t row, const char *word)
{
    rmt_error err = {0};
    if (strcmp(word, ".") == 0) return;
    if (word[0] == '?') { /* ?refused: missing for that reason */
        tst_ok(rmt_table_set_reason(t, col, row, word + 1, &err), &err);
    } else if (rmt_type_is_text(rmt_table_type(t, col))) {
        tst_ok(rmt_table_set_text(t, col, row, word, strlen(word), &err), &err);
    } else if (rmt_table_type(t, col) == RMT_TYPE_NUMBER) {
        tst_ok(rmt_table_set_number(t, col, row, strtod(word, NULL), &err), &err);
    } else {
        rmt_table_set_integer(t, col, row, (int32_t)strtol(word, NULL, 10));
    }
}

/* head: "id visit score:n" (:n number, :i integer, :d date, :t datetime, else text). body: one line per row, words in the
 * order of head, "." missing; line k of body becomes source_line k + 1, unless it starts with
 * "@line". */
static inline rmt_table *tst_table(const char *head, const char *body)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    char word[1024];
    int used;

    tst_ok(rmt_table_new(&t, "", &err), &err);
    for (const char *s = head; sscanf(s, "%1023s%n", word, &used) == 1; s += used) {
        char *colon = strchr(word, ':');
        rmt_type type = !colon            ? RMT_TYPE_STRING
                        : colon[1] == 'n' ? RMT_TYPE_NUMBER
                        : colon[1] == 'd' ? RMT_TYPE_DATE
                        : colon[1] == 't' ? RMT_TYPE_DATETIME
                                          : RMT_TYPE_INTEGER;
        if (colon) *colon = '\0';
        tst_ok(rmt_table_add_column(t, word, type, NULL, NULL, &err), &err);
    }
    size_t n_columns = rmt_table_columns(t), row = 0;
    tst_ok(rmt_table_add_column(t, "source_line", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    for (const char *s = body; *s; row++) {
        int32_t line = (int32_t)row + 2;
        tst_ok(rmt_table_add_rows(t, 1, &err), &err);
        if (*s == '@') {
            line = (int32_t)strtol(s + 1, NULL, 10);
            s += strcspn(s, " ");
        }
        rmt_table_set_integer(t, n_columns, row, line);
        for (size_t c = 0; c < n_columns; c++) {
            assert_int_equal(sscanf(s, "%1023s%n", word, &used), 1);
            tst_table_cell(t, c, row, word);
            s += used;
        }
        s += strspn(s, " ");
        assert_true(*s == '\n' || *s == '\0');
        if (*s) s++;
    }
    return t;
}

static inline void tst_trial_table(tst_trial *t, const char *name, const char *head,
                                   const char *body)
{
    t->owned[t->n] = tst_table(head, body);
    t->tables[t->n] = (rmt_named_table){name, t->owned[t->n]};
    t->n++;
}

static inline void tst_trial_close(tst_trial *t)
{
    for (size_t i = 0; i < t->n; i++)
        rmt_table_free(t->owned[i]);
    rmt_plan_free(t->plan);
    rmt_doc_free(t->doc);
}

/* An instrument of four items: total, P (items 1-2), Q (3-4), number of items at 2 or more. */
#define TST_MINI                                                                                   \
    "instruments:\n"                                                                               \
    "  mini:\n"                                                                                    \
    "    id: mini\n"                                                                               \
    "    name: Mini scale\n"                                                                       \
    "    source: made for tests\n"                                                                 \
    "    rater: clinician\n    recall: past week\n    verified: false\n"                           \
    "    items: [{id: m1, label: a, min: 0, max: 4}, {id: m2, label: b, min: 0, max: 4},\n"        \
    "            {id: m3, label: c, min: 0, max: 4}, {id: m4, label: d, min: 0, max: 40}]\n"       \
    "    scales:\n"                                                                                \
    "      - {id: total, paramcd: MINITOT, label: Mini total, rule: sum, items: [m1, m2, m3, "     \
    "m4], min: 0, max: 52}\n"                                                                      \
    "      - {id: P, paramcd: MINIP, label: Mini P, rule: sum, items: [m1, m2], min: 0, max: 8}\n" \
    "      - {id: Q, paramcd: MINIQ, label: Mini Q, rule: sum, items: [m3, m4], min: 0, max: "     \
    "44}\n"                                                                                        \
    "      - {id: count, paramcd: MINICNT, label: Mini count, rule: count_at_least, threshold: "   \
    "2, items: [m1, m2, m3, m4], min: 0, max: 4}\n"                                                \
    "    worked_example: {answers: [1, 2, 3, 4], expected: {scales: {total: 10, P: 3, Q: 7, "      \
    "count: 3}, criteria: {P: 1}, diagnosis: true}}\n"                                             \
    "    missing: {max_missing_items: 0, rule: none, source: made for tests, verified: false}\n"   \
    "    diagnosis:\n"                                                                             \
    "      label: rule\n"                                                                          \
    "      source: made for tests\n      verified: false\n"                                        \
    "      criteria: [{name: P, items: [m1, m2], min_count: 1, present_at: 2}]\n"                  \
    "    response:\n"                                                                              \
    "      - {id: reduction30, label: r, source: made for tests, verified: false, kind: "          \
    "percent_reduction, op: '>=', value: 30}\n"                                                    \
    "    remission:\n"                                                                             \
    "      - {id: loss, label: l, source: made for tests, verified: false, kind: no_diagnosis}\n"
#endif
