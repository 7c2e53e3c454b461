#include "plan_read.h"
#include "rmt/num.h"

#include <string.h>

/* In the order of the words of plan.checks. */
enum { SETTING_OFF, SETTING_ON, SETTING_INFO, SETTING_WARNING, SETTING_ERROR };

/* "off", "on", or how grave a finding is. */
static rmt_status parse_severity(rmt_check_setting *s, const rmt_node *map, const char *key,
                                 rmt_error *err)
{
    const rmt_plan_words *w = plan_value_words(PLAN_VALUES_CHECKS);
    const char *text = NULL;
    rmt_status st = config_text(map, key, &text, err);
    if (st != RMT_OK) return st;
    const size_t word = text ? config_find(text, w->words, w->n) : SETTING_ON;
    if (word == w->n)
        return CONFIG_FAIL(err, rmt_node_get(map, key), key,
                           "'%s' is no setting of a check: off, on, info, warning or error", text);
    s->off = word == SETTING_OFF;
    if (word == SETTING_INFO) s->severity = RMT_SEVERITY_INFO;
    if (word == SETTING_WARNING) s->severity = RMT_SEVERITY_WARNING;
    if (word == SETTING_ERROR) s->severity = RMT_SEVERITY_ERROR;
    return RMT_OK;
}

static rmt_status parse_parameter(double *out, const rmt_check_parameter *parameter,
                                  const rmt_node *at, rmt_error *err)
{
    const char *text = rmt_node_text(at);
    double x;
    if (!text || !rmt_num_parse_double(text, strlen(text), &x) || x < parameter->low ||
        x > parameter->high)
        return CONFIG_FAIL(err, at, parameter->name, "'%s' is no number from %g to %g",
                           text ? text : "", parameter->low, parameter->high);
    *out = x;
    return RMT_OK;
}

/* "{severity: error, p: 0.01}" */
static rmt_status parse_parameters(rmt_check_setting *s, const rmt_check *check,
                                   const rmt_node *map, rmt_error *err)
{
    const char *known[RMT_CHECK_PARAMETERS + 1] = {"severity"};
    size_t n = 1;
    while (n <= RMT_CHECK_PARAMETERS && check->parameters[n - 1].name) {
        known[n] = check->parameters[n - 1].name;
        n++;
    }
    rmt_status st = parse_severity(s, map, "severity", err);
    for (size_t i = 0; i < rmt_node_size(map) && !st; i++) {
        const char *key = rmt_node_key(map, i);
        const size_t at = config_find(key, known, n);
        if (at == n)
            return config_unknown(rmt_node_at(map, i), check->code, "parameter", key, known, n,
                                  err);
        if (at > 0)
            st = parse_parameter(&s->values[at - 1], &check->parameters[at - 1],
                                 rmt_node_at(map, i), err);
    }
    return st;
}

rmt_status plan_parse_checks(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    rmt_status st;
    rmt_check_settings_init(&p->checks);
    if ((st = rmt_node_read_child(root, "checks", RMT_NODE_MAP, &map, err))) return st;
    for (size_t i = 0; i < rmt_node_size(map); i++) {
        const char *code = rmt_node_key(map, i);
        size_t found = rmt_check_find(code);
        if (found == RMT_N_CHECKS) {
            const char *near = rmt_check_nearest(code);
            return CONFIG_FAIL(err, rmt_node_at(map, i), "checks", "unknown check '%s'; %s%s%s",
                               code,
                               near ? "did you mean '" : "'remit validate --list-checks' names",
                               near ? near : " them", near ? "'?" : "");
        }
        rmt_check_setting *s = &p->checks.of[found];
        st = rmt_node_kind_of(rmt_node_at(map, i)) == RMT_NODE_MAP
                 ? parse_parameters(s, &rmt_checks[found], rmt_node_at(map, i), err)
                 : parse_severity(s, map, code, err);
        if (st) return st;
    }
    return RMT_OK;
}
