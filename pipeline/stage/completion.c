#include "rmt/stage.h"

#include <string.h>

static rmt_status add_words(rmt_text *out, const rmt_option *o, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < n; i++) {
        st = rmt_text_addf(out, err, " --%s%s", o[i].name, o[i].kind == RMT_OPTION_FLAG ? "" : "=");
        if (!st && o[i].letter) st = rmt_text_addf(out, err, " -%c", o[i].letter);
    }
    return st;
}

static rmt_status add_choices(rmt_text *out, const char *choices, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (const char *c = choices; !st && *c; c++)
        st = rmt_text_add_bytes(out, *c == '|' ? " " : c, 1, err);
    return st;
}

static rmt_status add_names(rmt_text *out, const rmt_stage *const *commands, size_t n,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < n; i++)
        st = rmt_text_addf(out, err, "%s%s", i ? " " : "", commands[i]->name);
    return st;
}

/* ---- bash ---------------------------------------------------------------------------------- */

static const char bash_begin[] =
    "# bash completion of remit; made from its option tables\n"
    "_remit() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} stage options=\n"
    "    COMPREPLY=()\n"
    "    # bash cuts --name=value at the equals sign\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n"
    "    stage=${COMP_WORDS[0]##*/}\n"
    "    if [[ $stage == remit ]]; then\n"
    "        if (( COMP_CWORD == 1 )) || [[ ${COMP_WORDS[1]} == help ]]; then\n"
    "            COMPREPLY=($(compgen -W '";
static const char bash_middle[] = " help --help --version' -- \"$cur\"))\n"
                                  "            return\n"
                                  "        fi\n"
                                  "        stage=${COMP_WORDS[1]}\n"
                                  "    fi\n"
                                  "    stage=${stage#remit-}\n"
                                  "    case $stage:$prev in\n";
static const char bash_end[] =
    "    *) return ;;\n"
    "    esac\n"
    "    if [[ $cur == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
    "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
    "    else\n"
    "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
    "    fi\n"
    "}\n";

rmt_status rmt_stage_completion_bash(const rmt_stage *const *commands, size_t n, rmt_text *out,
                                     rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_text_add(out, bash_begin, err))) return st;
    if ((st = add_names(out, commands, n, err))) return st;
    if ((st = rmt_text_add(out, bash_middle, err))) return st;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < commands[i]->n_options; k++) {
            const rmt_option *o = &commands[i]->options[k];
            if (!o->choices) continue;
            st = rmt_text_addf(out, err, "    %s:--%s) COMPREPLY=($(compgen -W '",
                               commands[i]->name, o->name);
            if (!st) st = add_choices(out, o->choices, err);
            if (!st) st = rmt_text_add(out, "' -- \"$cur\")); return ;;\n", err);
            if (st) return st;
        }
    if ((st = rmt_text_add(out, "    esac\n    case $stage in\n", err))) return st;
    for (size_t i = 0; i < n; i++) {
        size_t n_common = 0;
        const rmt_option *common = rmt_stage_common(commands[i]->kind, &n_common);
        if ((st = rmt_text_addf(out, err, "    %s) options='", commands[i]->name))) return st;
        if ((st = add_words(out, commands[i]->options, commands[i]->n_options, err))) return st;
        if ((st = add_words(out, common, n_common, err))) return st;
        if ((st = rmt_text_add(out, "' ;;\n", err))) return st;
    }
    if ((st = rmt_text_add(out, bash_end, err))) return st;
    if ((st = rmt_text_add(out, "complete -F _remit remit", err))) return st;
    for (size_t i = 0; i < n; i++)
        if (commands[i]->kind != RMT_STAGE_COMMAND &&
            (st = rmt_text_addf(out, err, " remit-%s", commands[i]->name)))
            return st;
    return rmt_text_add(out, "\n", err);
}

/* ---- zsh ----------------------------------------------------------------------------------- */

/* s inside single quotes, with the characters that _arguments reads escaped. */
static rmt_status add_spec(rmt_text *out, const char *s, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (; !st && *s; s++) {
        if (*s == '\'') {
            st = rmt_text_add(out, "'\\''", err);
            continue;
        }
        if (strchr("[]:\\", *s)) st = rmt_text_add(out, "\\", err);
        if (!st) st = rmt_text_add_bytes(out, s, 1, err);
    }
    return st;
}

/* '--name=[help]:VALUE:(a b)' */
static rmt_status add_zsh_option(rmt_text *out, const rmt_option *o, rmt_error *err)
{
    rmt_status st;
    const bool value = o->kind != RMT_OPTION_FLAG;
    const bool file = value && o->placeholder &&
                      (strcmp(o->placeholder, "FILE") == 0 || strcmp(o->placeholder, "DIR") == 0);
    for (int form = 0; form < (o->letter ? 2 : 1); form++) {
        if (form == 0) st = rmt_text_addf(out, err, "        '--%s%s[", o->name, value ? "=" : "");
        else st = rmt_text_addf(out, err, "        '-%c%s[", o->letter, value ? "+" : "");
        if (st || (st = add_spec(out, o->help ? o->help : "", err))) return st;
        if ((st = rmt_text_add(out, "]", err))) return st;
        if (value) {
            st = rmt_text_addf(out, err, ":%s:", o->placeholder ? o->placeholder : "VALUE");
            if (st) return st;
            if (file && (st = rmt_text_add(out, "_files", err))) return st;
            if (o->choices) {
                if ((st = rmt_text_add(out, "(", err))) return st;
                if ((st = add_choices(out, o->choices, err))) return st;
                if ((st = rmt_text_add(out, ")", err))) return st;
            }
        }
        if ((st = rmt_text_add(out, "' \\\n", err))) return st;
    }
    return RMT_OK;
}

static rmt_status add_zsh_stage(rmt_text *out, const rmt_stage *stage, rmt_error *err)
{
    rmt_status st;
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n_common);
    if ((st = rmt_text_addf(out, err, "    %s)\n        _arguments -S \\\n", stage->name)))
        return st;
    for (size_t i = 0; i < stage->n_options; i++)
        if ((st = add_zsh_option(out, &stage->options[i], err))) return st;
    for (size_t i = 0; i < n_common; i++)
        if ((st = add_zsh_option(out, &common[i], err))) return st;
    return rmt_text_add(out, "        '*:file:_files' ;;\n", err);
}

rmt_status rmt_stage_completion_zsh(const rmt_stage *const *commands, size_t n, rmt_text *out,
                                    rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_text_add(out, "#compdef remit", err))) return st;
    for (size_t i = 0; i < n; i++)
        if (commands[i]->kind != RMT_STAGE_COMMAND &&
            (st = rmt_text_addf(out, err, " remit-%s", commands[i]->name)))
            return st;
    st = rmt_text_add(out,
                      "\n# zsh completion of remit; made from its option tables\n"
                      "local stage=${words[1]:t}\n"
                      "if [[ $stage == remit ]]; then\n"
                      "    if (( CURRENT == 2 )); then\n"
                      "        local -a commands=(\n",
                      err);
    for (size_t i = 0; !st && i < n; i++) {
        st = rmt_text_addf(out, err, "            '%s:", commands[i]->name);
        if (!st) st = add_spec(out, commands[i]->summary, err);
        if (!st) st = rmt_text_add(out, "'\n", err);
    }
    if (!st)
        st = rmt_text_add(out,
                          "            'help:print the help of a command'\n"
                          "        )\n"
                          "        _describe command commands\n"
                          "        return\n"
                          "    fi\n"
                          "    shift words\n"
                          "    (( CURRENT-- ))\n"
                          "    stage=${words[1]}\n"
                          "fi\n"
                          "case ${stage#remit-} in\n",
                          err);
    if (st) return st;
    for (size_t i = 0; i < n; i++)
        if ((st = add_zsh_stage(out, commands[i], err))) return st;
    st = rmt_text_add(out, "    help)\n        _values command", err);
    for (size_t i = 0; !st && i < n; i++)
        st = rmt_text_addf(out, err, " %s", commands[i]->name);
    return st ? st : rmt_text_add(out, " ;;\nesac\n", err);
}
