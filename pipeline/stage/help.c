#include "rmt/stage.h"

#include "rmt/mem.h"

#include <string.h>

enum { OPTION_COLUMN = 2, HELP_COLUMN = 26 };

static rmt_status add_blanks(rmt_text *out, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < n; i++)
        st = rmt_text_add(out, " ", err);
    return st;
}

/* Terminal columns of the first n bytes of a word; help texts are UTF-8. */
static size_t columns_of(const char *s, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)s[i] & 0xC0) != 0x80;
    return columns;
}

rmt_status rmt_help_wrap(rmt_text *out, const char *s, size_t indent, bool first, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t at = first ? 0 : indent;
    bool at_start = true; /* nothing but the indent on this line */
    while (!st && *s) {
        size_t n = strcspn(s, " \n");
        if (n > 0) {
            const size_t width = columns_of(s, n);
            if (!at_start && at + 1 + width > RMT_HELP_WIDTH) {
                st = rmt_text_add(out, "\n", err);
                at = 0;
                at_start = true;
            }
            if (!st && at_start && at < indent) {
                st = add_blanks(out, indent - at, err);
                at = indent;
            } else if (!st && !at_start) {
                st = rmt_text_add(out, " ", err);
                at++;
            }
            if (!st) st = rmt_text_add_bytes(out, s, n, err);
            at += width;
            at_start = false;
            s += n;
        } else if (s[0] == '\n') {
            st = rmt_text_add(out, "\n", err);
            s++;
            at = 0;
            at_start = true;
        } else {
            s++;
        }
    }
    return st ? st : rmt_text_add(out, "\n", err);
}

/* "one of: a, b; default: a" in brackets, where there is anything to say. */
static rmt_status add_facts(rmt_text *out, const rmt_option *o, rmt_error *err)
{
    rmt_status st;
    rmt_text domain = {0};
    if ((st = rmt_option_domain(o, &domain, err))) goto done;
    if (domain.len == 0 && !o->initial) goto done;
    if ((st = rmt_text_add(out, " [", err))) goto done;
    if (domain.len && (st = rmt_text_add(out, domain.s, err))) goto done;
    if (domain.len && o->initial && (st = rmt_text_add(out, "; ", err))) goto done;
    if (o->initial && (st = rmt_text_addf(out, err, "default: %s", o->initial))) goto done;
    st = rmt_text_add(out, "]", err);
done:
    rmt_text_clear(&domain);
    return st;
}

static rmt_status add_option(rmt_text *out, const rmt_option *o, rmt_error *err)
{
    rmt_status st;
    rmt_text help = {0};
    const size_t begin = out->len;
    const char letter[3] = {'-', o->letter, '\0'};
    const bool value = o->kind != RMT_OPTION_FLAG;
    st = rmt_text_addf(out, err, "%*s%s%s--%s%s%s%s", OPTION_COLUMN, "", o->letter ? letter : "  ",
                       o->letter ? ", " : "  ", o->name, value ? "=" : "",
                       value ? (o->placeholder ? o->placeholder : "VALUE") : "",
                       o->kind == RMT_OPTION_LIST ? ",..." : "");
    if (st) goto done;
    const size_t width = out->len - begin;
    if (width + 2 > HELP_COLUMN) {
        if ((st = rmt_text_add(out, "\n", err))) goto done;
    } else if ((st = add_blanks(out, HELP_COLUMN - width, err))) {
        goto done;
    }
    if ((st = rmt_text_add(&help, o->help ? o->help : "", err))) goto done;
    if ((st = add_facts(&help, o, err))) goto done;
    st = rmt_help_wrap(out, help.s, HELP_COLUMN, width + 2 > HELP_COLUMN, err);
done:
    rmt_text_clear(&help);
    return st;
}

static rmt_status add_options(rmt_text *out, const char *heading, const rmt_option *options,
                              size_t n, rmt_error *err)
{
    if (n == 0) return RMT_OK;
    rmt_status st = rmt_text_addf(out, err, "\n%s:\n", heading);
    for (size_t i = 0; !st && i < n; i++)
        st = add_option(out, &options[i], err);
    return st;
}

/* "Reads:    /tables, /outcomes" */
static rmt_status add_paths(rmt_text *out, const char *label, const char *const *paths, size_t n,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text list = {0};
    if (n == 0) return RMT_OK;
    for (size_t i = 0; !st && i < n; i++) {
        const size_t len = strlen(paths[i]);
        const bool optional = len > 0 && paths[i][len - 1] == '?';
        if (i) st = rmt_text_add(&list, ", ", err);
        if (!st) st = rmt_text_add_bytes(&list, paths[i], optional ? len - 1 : len, err);
        if (!st && optional) st = rmt_text_add(&list, " (if there)", err);
    }
    if (!st) st = rmt_text_addf(out, err, "%-8s", label);
    if (!st) st = rmt_help_wrap(out, list.s, 8, false, err);
    rmt_text_clear(&list);
    return st;
}

static const char *const exit_codes[] = {
    "0   done",
    "1   done, and found what it looks for (violations, a difference)",
    "64  the command line is wrong",
    "65  data malformed, against their schema, or inconsistent",
    "66  an input cannot be opened",
    "70  a bug in remit",
    "71  no memory, or the system refused",
    "73  an output cannot be created",
    "74  reading or writing failed",
    "78  plan, schema or instrument is wrong",
    "80  a required quantity has no defined answer or did not converge",
};

static rmt_status add_exit_codes(rmt_text *out, rmt_error *err)
{
    rmt_status st = rmt_text_add(out, "\nExit status:\n", err);
    for (size_t i = 0; !st && i < sizeof exit_codes / sizeof exit_codes[0]; i++)
        st = rmt_text_addf(out, err, "  %s\n", exit_codes[i]);
    return st;
}

static rmt_status add_example(const rmt_stage *stage, rmt_text *out, rmt_error *err)
{
    if (stage->example) return rmt_text_addf(out, err, "\nExample:\n  %s\n", stage->example);
    switch (stage->kind) {
    case RMT_STAGE_SOURCE:
        return rmt_text_addf(out, err, "\nExample:\n  remit %s plan.yaml -o trial.h5\n",
                             stage->name);
    case RMT_STAGE_FILTER:
        return rmt_text_addf(out, err, "\nExample:\n  remit %s --in-place trial.h5\n", stage->name);
    case RMT_STAGE_SINK:
        return rmt_text_addf(out, err, "\nExample:\n  remit %s trial.h5%s\n", stage->name,
                             stage->argument ? " /results/effects" : "");
    case RMT_STAGE_COMMAND: break;
    }
    return RMT_OK;
}

/* The summary as a sentence. */
static rmt_status add_summary(rmt_text *out, const char *summary, rmt_error *err)
{
    rmt_status st;
    rmt_text s = {0};
    st = rmt_text_addf(&s, err, "%s.", summary);
    if (!st && s.s[0] >= 'a' && s.s[0] <= 'z') s.s[0] = (char)(s.s[0] - 'a' + 'A');
    if (!st) st = rmt_help_wrap(out, s.s, 0, true, err);
    rmt_text_clear(&s);
    return st;
}

static rmt_status add_usage(const rmt_stage *stage, rmt_text *out, rmt_error *err)
{
    const bool command = stage->kind == RMT_STAGE_COMMAND;
    const bool file = stage->kind == RMT_STAGE_FILTER || stage->kind == RMT_STAGE_SINK;
    return rmt_text_addf(out, err, "Usage: remit%c%s [OPTION]...%s%s%s\n", command ? ' ' : '-',
                         stage->name, file ? " [FILE]" : "", stage->argument ? " " : "",
                         stage->argument ? stage->argument : "");
}

rmt_status rmt_stage_help(const rmt_stage *stage, rmt_text *out, rmt_error *err)
{
    rmt_status st;
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n_common);
    const bool file = stage->kind == RMT_STAGE_FILTER || stage->kind == RMT_STAGE_SINK;

    if ((st = add_usage(stage, out, err))) return st;
    if ((st = add_summary(out, stage->summary, err))) return st;
    if ((st = rmt_text_add(out, "\n", err))) return st;
    if (stage->description && (st = rmt_help_wrap(out, stage->description, 0, true, err)))
        return st;
    if (file && (st = rmt_text_add(out,
                                   "\nFILE is a study file; without it, or with -, standard input "
                                   "is read.\n",
                                   err)))
        return st;
    if ((stage->n_needs || stage->n_adds) && (st = rmt_text_add(out, "\n", err))) return st;
    if ((st = add_paths(out, "Needs:", stage->needs, stage->n_needs, err))) return st;
    if ((st = add_paths(out, "Adds:", stage->adds, stage->n_adds, err))) return st;
    if (stage->memory && (st = rmt_text_addf(out, err, "Memory: %s\n", stage->memory))) return st;
    if ((st = add_options(out, "Options", stage->options, stage->n_options, err))) return st;
    if ((st = add_options(out, stage->n_options ? "Common options" : "Options", common, n_common,
                          err)))
        return st;
    if ((st = add_exit_codes(out, err))) return st;
    return add_example(stage, out, err);
}
