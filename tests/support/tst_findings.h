/* tst_findings.h - the findings of a small trial, compared as one line each. */
#ifndef TST_FINDINGS_H
#define TST_FINDINGS_H
#include "rmt/num.h"
#include "rmt/schema.h"
#include "rmt/trialcheck.h"
#include "tst_ledger.h"
#include "tst_trial.h"

static inline rmt_table *tst_check(const tst_trial *t)
{
    rmt_error err = {0};
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_trial_check(&(rmt_trial_report){.ledger = l}, t->plan, &t->plan->checks, t->tables,
                           t->n, &err),
           &err);
    return tst_listed(l);
}

/* "severity code table line column subject value | rule | message" of a finding. */
static inline void tst_finding_is(const rmt_table *f, size_t row, const char *want)
{
    static const char *const names[] = {"severity", "code",  "table", "line",   "column",
                                        "subject",  "value", "rule",  "message"};
    char got[1024] = "", buf[RMT_NUM_BUF];
    assert_true(row < rmt_table_rows(f));
    for (size_t i = 0; i < 9; i++) {
        size_t used = strlen(got);
        const char *s = rmt_table_format(f, rmt_table_find(f, names[i]), row, buf);
        snprintf(got + used, sizeof got - used, "%s%s", i == 0 ? "" : i < 7 ? " " : " | ", s);
    }
    assert_string_equal(got, want);
}

/* The plan and its tables give exactly these findings, besides participants without a record, in all or in a table. */
static inline void tst_findings_are(const tst_trial *t, const char *const *want, size_t n)
{
    t->plan->checks.of[rmt_check_find("trial/no-records")].off = true;
    t->plan->checks.of[rmt_check_find("trial/not-in-table")].off = true;
    rmt_table *f = tst_check(t);
    for (size_t i = 0; i < n && i < rmt_table_rows(f); i++)
        tst_finding_is(f, i, want[i]);
    assert_int_equal(rmt_table_rows(f), n);
    rmt_table_free(f);
}

#define TST_PEOPLE                                                                                 \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, mini: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"
#endif
