/* tst_ledger.h - a ledger that lists whatever is found, and its list. */
#ifndef TST_LEDGER_H
#define TST_LEDGER_H
#include "rmt/ledger.h"
#include "support.h"

static inline rmt_ledger *tst_ledger(void)
{
    rmt_error err = {0};
    rmt_ledger *l = NULL;
    tst_ok(rmt_ledger_new(&l, SIZE_MAX, NULL, &err), &err);
    return l;
}

/* The list, which the caller frees; the ledger is gone. */
static inline rmt_table *tst_listed(rmt_ledger *l)
{
    rmt_table *list = rmt_ledger_take_list(l);
    rmt_ledger_free(l);
    return list;
}
#endif
