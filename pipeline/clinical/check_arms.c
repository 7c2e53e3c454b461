/* check_arms.c - how many are in each arm. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* P(X = k) of the binomial distribution. */
static double binomial(size_t k, size_t n, double p)
{
    const double x = (double)k, m = (double)n;
    return exp(lgamma(m + 1) - lgamma(x + 1) - lgamma(m - x + 1) + x * log(p) +
               (m - x) * log1p(-p));
}

/* Two-sided: the probability of everything no more likely than k. Outcomes as likely as k but for the last digits
 * count. */
static double binomial_two_sided(size_t k, size_t n, double p)
{
    const double limit = binomial(k, n, p) * (1 + 1e-7);
    double sum = 0;
    for (size_t i = 0; i <= n; i++) {
        const double q = binomial(i, n, p);
        if (q <= limit) sum += q;
    }
    return sum;
}

typedef struct {
    char *stratum; /* "site Boston, sex male" */
    size_t arm;
} member;

static int by_stratum(const void *a, const void *b)
{
    const member *x = a, *y = b;
    return strcmp(x->stratum, y->stratum);
}

static void check_counts(rmt_reporter *out, const rmt_plan *plan, const rmt_subjects *s,
                         const member *m, size_t n, const char *stratum)
{
    const double least = rmt_check_value(out->settings, "trial/arm-ratio", "p");
    double all = 0;
    char value[64], wanted[RMT_NUM_BUF], limit[RMT_NUM_BUF];
    rmt_num_print(limit, least);
    for (size_t a = 0; a < plan->n_arms; a++)
        all += plan->arm_ratio[a];
    /* Of two arms the second says what the first has said. */
    const size_t n_told = plan->n_arms == 2 ? 1 : plan->n_arms;
    for (size_t a = 0; a < n_told; a++) {
        const double p = plan->arm_ratio[a] / all;
        size_t k = 0;
        for (size_t i = 0; i < n; i++)
            if (m[i].arm == a) k++;
        if (!(binomial_two_sided(k, n, p) < least)) continue;
        snprintf(value, sizeof value, "%zu of %zu", k, n);
        rmt_num_print_fixed(wanted, p * (double)n, 1);
        rmt_finding f = {.code = "trial/arm-ratio",
                         .table = plan->subject_table,
                         .column = plan->subject_arm,
                         .value = value,
                         .rule = "arms.ratio, by an exact binomial test"};
        rmt_report(out, f, "arm %s has %s participants%s%s, %s were planned (p < %s)", s->arms[a],
                   value, *stratum ? " of stratum " : "", stratum, wanted, limit);
    }
}

/* The stratum of a participant as text; "" where one of its columns has no value. */
static rmt_status stratum_of(char **out, const rmt_plan *plan, const rmt_subjects *s,
                             size_t subject, const size_t *columns, rmt_error *err)
{
    rmt_text text = {0};
    char buf[RMT_NUM_BUF];
    rmt_status st = rmt_text_add(&text, "", err);
    for (size_t i = 0; i < plan->n_strata && !st; i++) {
        const char *value = rmt_subjects_text(s, subject, columns[i], buf, NULL);
        st = rmt_text_addf(&text, err, "%s%s %s", i ? ", " : "", plan->strata[i],
                           *value ? value : "missing");
    }
    if (st) rmt_text_clear(&text);
    else *out = text.s;
    return st;
}

rmt_status rmt_check_arm_ratio(rmt_reporter *out, const rmt_plan *plan, const rmt_subjects *s,
                               rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t *columns = NULL, n = 0;
    member *m = NULL;
    if (!plan->arm_ratio || !rmt_check_is_on(out->settings, "trial/arm-ratio")) return RMT_OK;
    m = rmt_mem_array(s->n, sizeof *m, err);
    columns = rmt_mem_array(plan->n_strata, sizeof *columns, err);
    if (!m || !columns) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t i = 0; i < plan->n_strata; i++)
        if ((st = rmt_named_table_column(&columns[i], s->table, plan->subject_table,
                                         plan->strata[i], err)))
            goto done;
    for (size_t i = 0; i < s->n; i++) {
        if (s->subjects[i].arm == RMT_NO_ARM) continue;
        if ((st = stratum_of(&m[n].stratum, plan, s, i, columns, err))) goto done;
        m[n++].arm = s->subjects[i].arm;
    }
    check_counts(out, plan, s, m, n, "");
    if (plan->n_strata > 0) qsort(m, n, sizeof *m, by_stratum);
    for (size_t i = 0, end = 0; i < n && plan->n_strata > 0; i = end) {
        while (end < n && strcmp(m[end].stratum, m[i].stratum) == 0)
            end++;
        check_counts(out, plan, s, m + i, end - i, m[i].stratum);
    }
    st = out->st;
done:
    for (size_t i = 0; m && i < n; i++)
        rmt_mem_free(m[i].stratum);
    rmt_mem_free(columns);
    rmt_mem_free(m);
    return st;
}
