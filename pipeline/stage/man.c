#include "rmt/stage.h"

#include "rmt/life.h"

#include <string.h>

/* Text as roff: backslashes and hyphens escaped, a dot or quote at a line's begin made harmless, an
 * empty line a new paragraph. */
static rmt_status add_roff(rmt_text *out, const char *s, rmt_error *err)
{
    rmt_status st = RMT_OK;
    bool line_start = true;
    for (; !st && *s; s++) {
        if (line_start && (*s == '.' || *s == '\'')) st = rmt_text_add(out, "\\&", err);
        line_start = false;
        if (st) break;
        if (*s == '\\') {
            st = rmt_text_add(out, "\\e", err);
        } else if (*s == '-') {
            st = rmt_text_add(out, "\\-", err);
        } else if (*s == '\n') {
            const bool paragraph = s[1] == '\n';
            while (s[1] == '\n')
                s++;
            st = rmt_text_add(out, paragraph ? "\n.PP\n" : "\n", err);
            line_start = true;
        } else {
            st = rmt_text_add_bytes(out, s, 1, err);
        }
    }
    return st;
}

static rmt_status add_upper(rmt_text *out, const char *s, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (; !st && *s; s++) {
        const char c = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
        st = rmt_text_add_bytes(out, &c, 1, err);
    }
    return st;
}

/* No date: the page depends on the version alone. */
static rmt_status add_head(rmt_text *out, const char *page, const char *summary, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_text_add(out, ".TH ", err))) return st;
    if ((st = add_upper(out, page, err))) return st;
    if ((st = rmt_text_addf(out, err, " 1 \"\" \"remit %s\" \"remit manual\"\n.SH NAME\n",
                            rmt_version())))
        return st;
    if ((st = add_roff(out, page, err))) return st;
    if ((st = rmt_text_add(out, " \\- ", err))) return st;
    if ((st = add_roff(out, summary, err))) return st;
    return rmt_text_add(out, "\n", err);
}

static rmt_status add_option(rmt_text *out, const rmt_option *o, rmt_error *err)
{
    rmt_status st;
    rmt_text domain = {0};
    if ((st = rmt_text_add(out, ".TP\n", err))) goto done;
    if (o->letter && (st = rmt_text_addf(out, err, "\\fB\\-%c\\fR, ", o->letter))) goto done;
    if ((st = rmt_text_add(out, "\\fB\\-\\-", err))) goto done;
    if ((st = add_roff(out, o->name, err))) goto done;
    if ((st = rmt_text_add(out, "\\fR", err))) goto done;
    if (o->kind != RMT_OPTION_FLAG) {
        st = rmt_text_addf(out, err, "=\\fI%s\\fR%s", o->placeholder ? o->placeholder : "VALUE",
                           o->kind == RMT_OPTION_LIST ? ",..." : "");
        if (st) goto done;
    }
    if ((st = rmt_text_add(out, "\n", err))) goto done;
    if ((st = add_roff(out, o->help ? o->help : "", err))) goto done;
    if ((st = rmt_text_add(out, ".\n", err))) goto done;
    if ((st = rmt_option_domain(o, &domain, err))) goto done;
    if (domain.len) {
        if ((st = rmt_text_add(out, "Takes ", err))) goto done;
        if ((st = add_roff(out, domain.s, err))) goto done;
        if ((st = rmt_text_add(out, ".\n", err))) goto done;
    }
    if (o->initial) {
        if ((st = rmt_text_add(out, "Default: ", err))) goto done;
        if ((st = add_roff(out, o->initial, err))) goto done;
        st = rmt_text_add(out, ".\n", err);
    }
done:
    rmt_text_clear(&domain);
    return st;
}

static rmt_status add_paths(rmt_text *out, const char *heading, const char *const *paths, size_t n,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (n == 0) return RMT_OK;
    st = rmt_text_addf(out, err, ".SH %s\n", heading);
    for (size_t i = 0; !st && i < n; i++) {
        const size_t len = strlen(paths[i]);
        const bool optional = len > 0 && paths[i][len - 1] == '?';
        st = rmt_text_addf(out, err, "%s%.*s%s", i ? ", " : "", (int)(optional ? len - 1 : len),
                           paths[i], optional ? " (if there)" : "");
    }
    return st ? st : rmt_text_add(out, "\n", err);
}

static const char exit_status[] =
    ".SH EXIT STATUS\n"
    "0 done; 1 done, and found what it looks for (violations, a difference);\n"
    "64 the command line is wrong; 65 data malformed, against their schema, or inconsistent;\n"
    "66 an input cannot be opened; 70 a bug in remit; 71 no memory, or the system refused;\n"
    "73 an output cannot be created; 74 reading or writing failed;\n"
    "78 plan, schema or instrument is wrong;\n"
    "80 a required quantity has no defined answer or did not converge.\n";

static rmt_status add_synopsis(rmt_text *out, const rmt_stage *stage, rmt_error *err)
{
    rmt_status st;
    const bool file = stage->kind == RMT_STAGE_FILTER || stage->kind == RMT_STAGE_SINK;
    st = rmt_text_addf(out, err, ".SH SYNOPSIS\n\\fBremit %s\\fR [\\fIOPTION\\fR]...", stage->name);
    if (!st && file) st = rmt_text_add(out, " [\\fIFILE\\fR]", err);
    if (!st && stage->argument) st = rmt_text_addf(out, err, " \\fI%s\\fR", stage->argument);
    return st ? st : rmt_text_add(out, "\n", err);
}

rmt_status rmt_stage_man(const rmt_stage *stage, rmt_text *out, rmt_error *err)
{
    rmt_status st;
    rmt_text page = {0};
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n_common);

    if ((st = rmt_text_addf(&page, err, "remit-%s", stage->name))) goto done;
    if ((st = add_head(out, page.s, stage->summary, err))) goto done;
    if ((st = add_synopsis(out, stage, err))) goto done;
    if ((st = rmt_text_add(out, ".SH DESCRIPTION\n", err))) goto done;
    if ((st = add_roff(out, stage->description ? stage->description : stage->summary, err)))
        goto done;
    if ((st = rmt_text_add(out, "\n.SH OPTIONS\n", err))) goto done;
    for (size_t i = 0; i < stage->n_options; i++)
        if ((st = add_option(out, &stage->options[i], err))) goto done;
    for (size_t i = 0; i < n_common; i++)
        if ((st = add_option(out, &common[i], err))) goto done;
    if ((st = add_paths(out, "NEEDS", stage->needs, stage->n_needs, err))) goto done;
    if ((st = add_paths(out, "ADDS", stage->adds, stage->n_adds, err))) goto done;
    if ((st = rmt_text_add(out, exit_status, err))) goto done;
    st = rmt_text_add(out, ".SH SEE ALSO\n\\fBremit\\fR(1)\n", err);
done:
    rmt_text_clear(&page);
    return st;
}

rmt_status rmt_stage_man_front(const rmt_stage *const *commands, size_t n, rmt_text *out,
                               rmt_error *err)
{
    rmt_status st;
    if ((st = add_head(out, "remit", "a pipeline for the outcomes of PTSD treatment trials", err)))
        return st;
    st = rmt_text_add(out,
                      ".SH SYNOPSIS\n\\fBremit\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n.br\n"
                      "\\fBremit help\\fR \\fICOMMAND\\fR\n.SH DESCRIPTION\n"
                      "Each stage is a filter over a study file; \\fBremit\\fR \\fISTAGE\\fR and\n"
                      "\\fBremit\\-\\fISTAGE\\fR are the same.\n.SH COMMANDS\n",
                      err);
    for (size_t i = 0; !st && i < n; i++) {
        st = rmt_text_addf(out, err, ".TP\n\\fB%s\\fR\n", commands[i]->name);
        if (!st) st = add_roff(out, commands[i]->summary, err);
        if (!st) st = rmt_text_add(out, "\n", err);
    }
    if (!st)
        st = rmt_text_add(
            out,
            ".SH ENVIRONMENT\n.TP\n\\fBREMIT_SCHEMAS\\fR\n"
            "The directory of table schemas and instrument definitions, in place of the one\n"
            "that came with the program.\n",
            err);
    return st ? st : rmt_text_add(out, exit_status, err);
}
