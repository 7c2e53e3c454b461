#include "rmt/settings.h"

#include <string.h>

/* The plan's key is the option's name with '_' for '-'; "" when the entry does not have it. */
static const char *key_of(const rmt_node *entry, const char *option)
{
    for (size_t i = 0; i < rmt_node_size(entry); i++) {
        const char *key = rmt_node_key(entry, i);
        size_t k = 0;
        while (key[k] && (key[k] == option[k] || (key[k] == '_' && option[k] == '-')))
            k++;
        if (key[k] == option[k]) return key;
    }
    return "";
}

const rmt_node *rmt_setting_planned(const rmt_node *entry, const char *option)
{
    const rmt_node *n = rmt_node_get(entry, key_of(entry, option));
    return rmt_node_is_null(n) ? NULL : n;
}

rmt_status rmt_setting_text(const char **out, const rmt_options *options, const rmt_node *entry,
                            const char *option, rmt_error *err)
{
    *out = rmt_options_text(options, option);
    if (rmt_options_given(options, option)) return RMT_OK;
    return rmt_node_read_text(entry, key_of(entry, option), out, err);
}

rmt_status rmt_setting_number(double *out, const rmt_options *options, const rmt_node *entry,
                              const char *option, rmt_error *err)
{
    *out = rmt_options_number(options, option);
    if (rmt_options_given(options, option)) return RMT_OK;
    return rmt_node_read_number(entry, key_of(entry, option), out, err);
}

static rmt_status keep_name(rmt_setting_names *s, const char *name, rmt_error *err)
{
    if (s->n == RMT_SETTING_MAX)
        return rmt_fail(err, RMT_ERR_USAGE, "more than %d names in one list", RMT_SETTING_MAX);
    s->names[s->n++] = name;
    return RMT_OK;
}

rmt_status rmt_setting_list(rmt_setting_names *out, const rmt_options *options,
                            const rmt_node *entry, const char *option, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_node *n = rmt_setting_planned(entry, option);
    out->n = 0;
    out->from_option = rmt_options_given(options, option);
    if (n && !rmt_options_given(options, option)) {
        if (rmt_node_kind_of(n) == RMT_NODE_SCALAR) return keep_name(out, rmt_node_text(n), err);
        for (size_t i = 0; !st && i < rmt_node_size(n); i++) {
            const char *text = rmt_node_text(rmt_node_at(n, i));
            if (!text)
                return rmt_fail_at(err, RMT_ERR_CONFIG, rmt_node_source(n), rmt_node_line(n),
                                   option, "a list of names is needed here");
            st = keep_name(out, text, err);
        }
        return st;
    }
    for (size_t i = 0; !st && i < rmt_options_list_size(options, option); i++)
        st = keep_name(out, rmt_options_list_at(options, option, i), err);
    return st;
}

bool rmt_setting_holds(const rmt_setting_names *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0) return true;
    return false;
}

rmt_status rmt_setting_check(const rmt_setting_names *s, const char *what, const char *const *valid,
                             size_t n_valid, rmt_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        bool known = false;
        for (size_t k = 0; k < n_valid && !known; k++)
            known = strcmp(s->names[i], valid[k]) == 0;
        if (known) continue;
        const char *near = rmt_text_nearest(s->names[i], valid, n_valid);
        return rmt_fail(err, s->from_option ? RMT_ERR_USAGE : RMT_ERR_CONFIG,
                        "no %s '%s' in this study%s%s%s", what, s->names[i],
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}
