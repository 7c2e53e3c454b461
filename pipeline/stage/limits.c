#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <stdint.h>
#include <string.h>

/* "500M" -> 524288000. False: no size. */
static bool read_size(const char *s, size_t *out)
{
    static const char units[] = "KMGT";
    size_t n = 0, digits = strspn(s, "0123456789");
    for (size_t i = 0; i < digits; i++) {
        const size_t digit = (size_t)(s[i] - '0');
        if (n > (SIZE_MAX - digit) / 10) return false;
        n = n * 10 + digit;
    }
    if (digits == 0 || n == 0) return false;
    if (s[digits] == '\0') {
        *out = n;
        return true;
    }
    const char *unit = strchr(units, s[digits]);
    if (!unit || s[digits + 1] != '\0') return false;
    const unsigned shift = 10 * (unsigned)(unit - units + 1);
    if (n > SIZE_MAX >> shift) return false;
    *out = n << shift;
    return true;
}

rmt_status rmt_limit_memory(const rmt_options *options, rmt_error *err)
{
    const char *text = rmt_options_text(options, "max-memory");
    size_t bytes = 0;
    if (!text) return RMT_OK;
    if (!read_size(text, &bytes))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "option '--max-memory': '%s' is not a size such as 500M or 2G", text);
    rmt_mem_limit(bytes, text);
    return RMT_OK;
}

rmt_status rmt_max_problems(size_t *out, const rmt_options *options, rmt_error *err)
{
    const char *text = rmt_options_text(options, "max-problems");
    int64_t n = 0;
    if (strcmp(text, "all") == 0) *out = SIZE_MAX;
    else if (rmt_num_parse_int(text, strlen(text), &n) && n > 0) *out = (size_t)n;
    else
        return rmt_fail(err, RMT_ERR_USAGE,
                        "option '--max-problems': '%s' is neither a whole number above 0 nor 'all'",
                        text);
    return RMT_OK;
}
