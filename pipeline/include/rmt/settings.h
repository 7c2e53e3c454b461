/* settings.h - what an analysis is asked for: the command line, else the plan's entry, else the default.
 * Layer: stage. No allocation. Every text is borrowed from the options or the plan.
 * option: the long name, "conf-level"; the plan's key is the same with '_' for '-'. entry: a map of the
 * plan, or NULL. */
#ifndef RMT_SETTINGS_H
#define RMT_SETTINGS_H
#include "rmt/node.h"
#include "rmt/option.h"

/* One value. text: NULL when nowhere given. RMT_ERR_CONFIG when the plan's is of another kind. */
RMT_MUST_CHECK rmt_status rmt_setting_text(const char **out, const rmt_options *options,
                                           const rmt_node *entry, const char *option,
                                           rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_setting_number(double *out, const rmt_options *options,
                                             const rmt_node *entry, const char *option,
                                             rmt_error *err);

/* Several values: a list or a single scalar in the plan. */
enum { RMT_SETTING_MAX = 256 };
typedef struct {
    const char *names[RMT_SETTING_MAX];
    size_t n;         /* 0 = not given */
    bool from_option; /* given on the command line, not by the plan */
} rmt_setting_names;

/* RMT_ERR_USAGE for more than RMT_SETTING_MAX names, RMT_ERR_CONFIG for an entry that is no list of
 * names. */
RMT_MUST_CHECK rmt_status rmt_setting_list(rmt_setting_names *out, const rmt_options *options,
                                           const rmt_node *entry, const char *option,
                                           rmt_error *err);
bool rmt_setting_holds(const rmt_setting_names *s, const char *name);
/* The names must be among valid[0..n_valid): RMT_ERR_USAGE or RMT_ERR_CONFIG, by who gave them, naming
 * the nearest. what: "visit", for the message. */
RMT_MUST_CHECK rmt_status rmt_setting_check(const rmt_setting_names *s, const char *what,
                                            const char *const *valid, size_t n_valid,
                                            rmt_error *err);
/* What the entry says itself; NULL when absent or null. */
const rmt_node *rmt_setting_planned(const rmt_node *entry, const char *option);
#endif
