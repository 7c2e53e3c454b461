#include "rmt/draft.h"

#include <string.h>

rmt_status rmt_yaml_add(rmt_text *out, const char *s, rmt_error *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char others[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789./-";
    /* Words that some reader of YAML takes for something else than text. */
    static const char *const words[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};
    bool bare = s[0] && strchr(letters, s[0]) && s[strspn(s, others)] == '\0';
    for (size_t i = 0; bare && i < sizeof words / sizeof words[0]; i++)
        bare = !rmt_text_equal_nocase(s, words[i]);
    return bare ? rmt_text_add(out, s, err) : rmt_text_add_json(out, s, err);
}
