#include "rmt/check_text.h"

#include "rmt/grid.h"
#include "rmt/stage.h"
#include "rmt/table.h"
#include "rmt/table_text.h"

#include <string.h>

static const rmt_column_spec list_columns[] = {
    {"code", RMT_TYPE_STRING, "what stands in the findings", NULL},
    {"severity", RMT_TYPE_STRING, "error, warning or info", NULL},
    {"default", RMT_TYPE_STRING, "on or off", NULL},
    {"title", RMT_TYPE_STRING, "what is found", NULL},
    {"rule", RMT_TYPE_STRING, "what must hold", NULL},
    {"why", RMT_TYPE_STRING, "what goes wrong when nobody looks", NULL},
    {"suggestion", RMT_TYPE_STRING, "what to do first", NULL},
    {"needs", RMT_TYPE_STRING, "what the plan or the data must have", NULL},
    {"citation", RMT_TYPE_STRING, "source", NULL},
    {"parameters", RMT_TYPE_STRING,
     "what a plan may set, each as NAME = DEFAULT (LOW to HIGH): MEANING", NULL},
};
enum { N_LIST_COLUMNS = sizeof list_columns / sizeof list_columns[0] };

/* "p = 0.001 (0 to 1): least probability that is no finding; ..." */
static rmt_status add_parameters(rmt_text *out, const rmt_check *c, rmt_error *err)
{
    rmt_status st = rmt_text_add(out, "", err);
    for (size_t i = 0; i < RMT_CHECK_PARAMETERS && c->parameters[i].name && !st; i++) {
        const rmt_check_parameter *p = &c->parameters[i];
        st = rmt_text_addf(out, err, "%s%s = %g (%g to %g): %s", i ? "; " : "", p->name, p->value,
                           p->low, p->high, p->meaning);
    }
    return st;
}

static rmt_status add_check(rmt_table *t, const rmt_check *c, rmt_error *err)
{
    rmt_text rule = {0}, parameters = {0};
    rmt_status st = rmt_check_rule(&rule, c, err);
    if (st || (st = add_parameters(&parameters, c, err))) goto done;
    const char *const cells[N_LIST_COLUMNS] = {c->code,
                                               rmt_severity_name(c->severity),
                                               c->off ? "off" : "on",
                                               c->title,
                                               rule.s,
                                               c->why,
                                               c->suggestion,
                                               c->needs,
                                               c->citation,
                                               parameters.s};
    const size_t row = rmt_table_rows(t);
    st = rmt_table_add_rows(t, 1, err);
    for (size_t i = 0; !st && i < N_LIST_COLUMNS; i++)
        if (cells[i]) st = rmt_table_set_text(t, i, row, cells[i], strlen(cells[i]), err);
done:
    rmt_text_clear(&parameters);
    rmt_text_clear(&rule);
    return st;
}

static rmt_status list_for_people(rmt_text *out, rmt_error *err)
{
    static const rmt_grid_column columns[] = {
        {"check", false}, {"finding", false}, {"what", false}};
    rmt_grid *g = NULL;
    rmt_status st = rmt_grid_new(&g, columns, 3, err);
    for (size_t i = 0; !st && i < RMT_N_CHECKS; i++) {
        const rmt_check *c = &rmt_checks[i];
        const char *const cells[] = {c->code, c->off ? "off" : rmt_severity_name(c->severity),
                                     c->title};
        st = rmt_grid_add(g, cells, err);
    }
    if (!st) st = rmt_grid_write(g, false, out, err);
    rmt_grid_free(g);
    return st;
}

rmt_status rmt_check_list(rmt_text *out, const char *format, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st;
    if (!format || (strcmp(format, "csv") != 0 && strcmp(format, "json") != 0))
        return list_for_people(out, err);
    if ((st = rmt_table_new(&t, "Checks", err))) goto done;
    if ((st = rmt_table_add_columns(t, list_columns, N_LIST_COLUMNS, err))) goto done;
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        if ((st = add_check(t, &rmt_checks[i], err))) goto done;
    st = rmt_table_write(out, t, format, err);
done:
    rmt_table_free(t);
    return st;
}

static rmt_status refuse(const char *option, const char *code, rmt_error *err)
{
    const char *near = rmt_check_nearest(code);
    return rmt_fail(err, RMT_ERR_USAGE, "option '--%s': unknown check '%s'; %s%s%s", option, code,
                    near ? "did you mean '" : "--list-checks names them", near ? near : "",
                    near ? "'?" : "");
}

static rmt_status add_part(rmt_text *out, const char *label, const char *s, rmt_error *err)
{
    enum { INDENT = 9 };
    if (!s || !*s) return RMT_OK;
    rmt_status st = rmt_text_addf(out, err, "%-*s", (int)INDENT, label);
    return st ? st : rmt_help_wrap(out, s, INDENT, false, err);
}

rmt_status rmt_check_explain(rmt_text *out, const char *code, rmt_error *err)
{
    rmt_status st;
    rmt_text rule = {0}, parameters = {0};
    const size_t i = rmt_check_find(code);
    if (i == RMT_N_CHECKS) return refuse("explain", code, err);
    const rmt_check *c = &rmt_checks[i];
    if ((st = rmt_check_rule(&rule, c, err)) || (st = add_parameters(&parameters, c, err)) ||
        (st = rmt_text_addf(out, err, "%s (%s%s): %s\n\n", c->code, rmt_severity_name(c->severity),
                            c->off ? ", off by default" : "", c->title)) ||
        (st = add_part(out, "Rule:", rule.s, err)) || (st = add_part(out, "Why:", c->why, err)) ||
        (st = add_part(out, "Do:", c->suggestion, err)) ||
        (st = add_part(out, "Needs:", c->needs, err)) ||
        (st = add_part(out, "Source:", c->citation, err)) ||
        (st = add_part(out, "Set:", parameters.s, err)))
        goto done;
    if (c->off)
        st = rmt_text_addf(out, err, "\nSwitch it on in the plan:  checks: {%s: on}\n", c->code);
    else
        st = rmt_text_addf(out, err,
                           "\nSwitch it off in the plan:  checks: {%s: off}\n"
                           "or for one run:             remit validate --disable %s\n",
                           c->code, c->code);
    if (!st && c->parameters[0].name)
        st = rmt_text_addf(out, err, "Set it in the plan:         checks: {%s: {%s: %g}}\n",
                           c->code, c->parameters[0].name, c->parameters[0].value);
done:
    rmt_text_clear(&parameters);
    rmt_text_clear(&rule);
    return st;
}

rmt_status rmt_check_disable(rmt_check_settings *s, const rmt_options *options, const char *name,
                             rmt_error *err)
{
    for (size_t i = 0; i < rmt_options_list_size(options, name); i++) {
        const char *code = rmt_options_list_at(options, name, i);
        const size_t found = rmt_check_find(code);
        if (found == RMT_N_CHECKS) return refuse(name, code, err);
        s->of[found].off = true;
    }
    return RMT_OK;
}
