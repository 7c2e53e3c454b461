#include "plan_read.h"

#include <string.h>

/* In the order of the words of plan.checks. */
enum { SETTING_OFF, SETTING_ON, SETTING_INFO, SETTING_WARNING, SETTING_ERROR };

static rmt_status parse_setting(rmt_check_setting *s, const rmt_node *map, const char *code,
                                rmt_error *err)
{
    const rmt_plan_words *w = plan_value_words(PLAN_VALUES_CHECKS);
    const char *text = NULL;
    rmt_status st = config_text(map, code, &text, err);
    if (st != RMT_OK) return st;
    const size_t word = text ? config_find(text, w->words, w->n) : SETTING_ON;
    if (word == w->n)
        return CONFIG_FAIL(err, rmt_node_get(map, code), code,
                           "'%s' is no setting of a check: off, on, info, warning or error", text);
    s->off = word == SETTING_OFF;
    if (word == SETTING_INFO) s->severity = RMT_SEVERITY_INFO;
    if (word == SETTING_WARNING) s->severity = RMT_SEVERITY_WARNING;
    if (word == SETTING_ERROR) s->severity = RMT_SEVERITY_ERROR;
    return RMT_OK;
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
        if ((st = parse_setting(&p->checks.of[found], map, code, err))) return st;
    }
    return RMT_OK;
}
