/* Fuzzes conditions, in both syntaxes: one that is understood has an answer for every value, in REDCap's always yes or
 * no, and with nothing missing never another one for a second look. */
#include "rmt/condition.h"
#include "rmt/mem.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const rmt_condition *c, rmt_condition_syntax syntax)
{
    const rmt_value kinds[] = {{NULL, (double)NAN}, {"", (double)NAN},  {NULL, 1}, {NULL, -0.5},
                               {"1", (double)NAN},  {"x", (double)NAN}, {"2", 2}};
    const size_t n = rmt_condition_n_names(c), n_kinds = sizeof kinds / sizeof kinds[0];
    rmt_value *values = rmt_mem_array(n, sizeof *values, NULL);
    if (!values) abort();
    for (size_t k = 0; k < n_kinds; k++) {
        for (size_t i = 0; i < n; i++)
            values[i] = kinds[(k + i) % n_kinds];
        const rmt_truth t = rmt_condition_eval(c, values);
        if (t != RMT_FALSE && t != RMT_TRUE && t != RMT_UNKNOWN) abort();
        if (syntax == RMT_CONDITION_REDCAP && t == RMT_UNKNOWN) abort();
        if (rmt_condition_eval(c, values) != t) abort();
    }
    rmt_mem_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = rmt_mem_text((const char *)data, size, NULL);
    if (!text) abort();
    for (int k = 0; k < 2; k++) {
        const rmt_condition_syntax syntax = k ? RMT_CONDITION_REDCAP : RMT_CONDITION_PLAN;
        rmt_condition *c = NULL;
        rmt_error err = {0};
        const rmt_status st = rmt_condition_parse(&c, text, syntax, "fuzz", 1, &err);
        if (st != RMT_OK && (st != RMT_ERR_CONFIG || *err.msg == '\0' || c)) abort();
        if (c) {
            for (size_t i = 0; i < rmt_condition_n_names(c); i++)
                if (*rmt_condition_name(c, i) == '\0') abort();
            look_at(c, syntax);
        }
        rmt_condition_free(c);
    }
    rmt_mem_free(text);
    return 0;
}
