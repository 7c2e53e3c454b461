#include "rmt/option.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <assert.h>
#include <string.h>

typedef struct {
    const rmt_option *def;
    bool given;
    char *text; /* as written; of a list the whole, joined by commas. NULL = no value */
    double number;
    char **items; /* list members */
    size_t n_items, cap_items;
} option_value;

struct rmt_options {
    option_value *values; /* own first, then common */
    size_t n_values, n_own;
    const char **arguments;
    size_t n_arguments, cap_arguments;
};

/* ---- what an option takes ------------------------------------------------------------------ */

static bool has_limits(const rmt_option *def)
{
    return def->min < def->max;
}

static bool is_infinite(double x)
{
    return x > 1e308 || x < -1e308;
}

rmt_status rmt_option_domain(const rmt_option *def, rmt_text *out, rmt_error *err)
{
    rmt_status st;
    char low[RMT_NUM_BUF], high[RMT_NUM_BUF];
    switch (def->kind) {
    case RMT_OPTION_CHOICE:
    case RMT_OPTION_LIST:
        if (!def->choices) return RMT_OK;
        st = rmt_text_add(out, def->kind == RMT_OPTION_LIST ? "any of: " : "one of: ", err);
        for (const char *c = def->choices; !st && *c;) {
            size_t n = strcspn(c, "|");
            st = rmt_text_add_bytes(out, c, n, err);
            c += n;
            if (!st && *c == '|') {
                st = rmt_text_add(out, ", ", err);
                c++;
            }
        }
        return st;
    case RMT_OPTION_INTEGER:
    case RMT_OPTION_NUMBER: break;
    default: return RMT_OK;
    }

    const bool whole = def->kind == RMT_OPTION_INTEGER;
    if (!has_limits(def)) return whole ? rmt_text_add(out, "a whole number", err) : RMT_OK;
    rmt_num_print(low, def->min);
    rmt_num_print(high, def->max);
    if (whole && (st = rmt_text_add(out, "a whole number, ", err))) return st;
    if (is_infinite(def->max))
        return rmt_text_addf(out, err, def->open ? "above %s" : "%s or more", low);
    if (is_infinite(def->min))
        return rmt_text_addf(out, err, def->open ? "below %s" : "%s or less", high);
    return rmt_text_addf(out, err, def->open ? "above %s and below %s" : "from %s to %s", low,
                         high);
}

static bool is_choice(const char *choices, const char *s, size_t n)
{
    for (const char *c = choices; c;) {
        size_t nc = strcspn(c, "|");
        if (nc == n && memcmp(c, s, n) == 0) return true;
        c = c[nc] ? c + nc + 1 : NULL;
    }
    return false;
}

/* The choice nearest to `word`, in buf; "" when none is near. */
static void nearest_choice(const char *choices, const char *word, char *buf, size_t size)
{
    enum { MOST = 64, LONGEST = 64 };
    char names[MOST][LONGEST];
    const char *list[MOST];
    size_t n = 0;
    for (const char *c = choices; c && n < MOST;) {
        size_t nc = strcspn(c, "|");
        if (nc < LONGEST) {
            memcpy(names[n], c, nc);
            names[n][nc] = '\0';
            list[n] = names[n];
            n++;
        }
        c = c[nc] ? c + nc + 1 : NULL;
    }
    const char *near = rmt_text_nearest(word, list, n);
    buf[0] = '\0';
    if (near && strlen(near) < size) memcpy(buf, near, strlen(near) + 1);
}

static rmt_status refuse_choice(const rmt_option *def, const char *word, rmt_error *err)
{
    rmt_status st;
    rmt_text domain = {0};
    char near[64];
    nearest_choice(def->choices, word, near, sizeof near);
    if ((st = rmt_option_domain(def, &domain, err))) goto done;
    st = rmt_fail(err, RMT_ERR_USAGE, "option '--%s': '%s' is not %s%s%s%s", def->name, word,
                  domain.s, near[0] ? "; did you mean '" : "", near, near[0] ? "'?" : "");
done:
    rmt_text_clear(&domain);
    return st;
}

static rmt_status refuse_number(const rmt_option *def, const char *word, rmt_error *err)
{
    rmt_status st;
    rmt_text domain = {0};
    if ((st = rmt_option_domain(def, &domain, err))) goto done;
    const bool whole = def->kind == RMT_OPTION_INTEGER;
    st = rmt_fail(err, RMT_ERR_USAGE, "option '--%s': '%s' is not %s%s", def->name, word,
                  whole        ? ""
                  : domain.len ? "a number "
                               : "a number",
                  domain.len ? domain.s : "");
done:
    rmt_text_clear(&domain);
    return st;
}

/* ---- storing values ------------------------------------------------------------------------ */

static void clear_items(option_value *v)
{
    for (size_t i = 0; i < v->n_items; i++)
        rmt_mem_free(v->items[i]);
    v->n_items = 0;
}

static rmt_status set_text(option_value *v, const char *s, size_t n, rmt_error *err)
{
    char *copy = rmt_mem_text(s, n, err);
    if (!copy) return RMT_ERR_NOMEM;
    rmt_mem_free(v->text);
    v->text = copy;
    return RMT_OK;
}

static rmt_status set_number(option_value *v, const char *s, rmt_error *err)
{
    enum { EXACT_BITS = 53 };
    const rmt_option *def = v->def;
    double x = 0;
    if (def->kind == RMT_OPTION_INTEGER) {
        const int64_t limit = INT64_C(1) << EXACT_BITS;
        int64_t i = 0;
        if (!rmt_num_parse_int(s, strlen(s), &i) || i > limit || i < -limit)
            return refuse_number(def, s, err);
        x = (double)i;
    } else if (!rmt_num_parse_double(s, strlen(s), &x)) {
        return refuse_number(def, s, err);
    }
    if (has_limits(def)) {
        const bool inside =
            def->open ? x > def->min && x < def->max : x >= def->min && x <= def->max;
        if (!inside) return refuse_number(def, s, err);
    }
    v->number = x;
    return set_text(v, s, strlen(s), err);
}

static rmt_status join_items(option_value *v, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text all = {0};
    for (size_t i = 0; !st && i < v->n_items; i++) {
        if (i) st = rmt_text_add(&all, ",", err);
        if (!st) st = rmt_text_add(&all, v->items[i], err);
    }
    if (!st) st = set_text(v, all.len ? all.s : "", all.len, err);
    rmt_text_clear(&all);
    return st;
}

static rmt_status add_items(option_value *v, const char *s, rmt_error *err)
{
    const rmt_option *def = v->def;
    for (;;) {
        size_t n = strcspn(s, ",");
        if (n == 0)
            return rmt_fail(err, RMT_ERR_USAGE, "option '--%s': empty value in the list",
                            def->name);
        rmt_status st =
            rmt_mem_grow(&v->items, &v->cap_items, v->n_items + 1, sizeof *v->items, err);
        if (st) return st;
        char *item = rmt_mem_text(s, n, err);
        if (!item) return RMT_ERR_NOMEM;
        v->items[v->n_items++] = item;
        if (def->choices && !is_choice(def->choices, s, n)) return refuse_choice(def, item, err);
        if (s[n] == '\0') break;
        s += n + 1;
    }
    return join_items(v, err);
}

static rmt_status set_value(option_value *v, const char *s, rmt_error *err)
{
    switch (v->def->kind) {
    case RMT_OPTION_CHOICE:
        if (!is_choice(v->def->choices, s, strlen(s))) return refuse_choice(v->def, s, err);
        return set_text(v, s, strlen(s), err);
    case RMT_OPTION_NUMBER:
    case RMT_OPTION_INTEGER: return set_number(v, s, err);
    case RMT_OPTION_LIST: return add_items(v, s, err);
    case RMT_OPTION_TEXT: return set_text(v, s, strlen(s), err);
    case RMT_OPTION_FLAG: break;
    }
    return RMT_OK;
}

/* A value from the command line: of a list the first one replaces the default, later ones are
 * added. */
static rmt_status give(option_value *v, const char *s, rmt_error *err)
{
    if (v->def->kind == RMT_OPTION_LIST && !v->given) clear_items(v);
    v->given = true;
    return set_value(v, s, err);
}

/* ---- the command line ---------------------------------------------------------------------- */

static option_value *find_name(rmt_options *o, const char *name, size_t n)
{
    for (size_t i = 0; i < o->n_values; i++)
        if (strlen(o->values[i].def->name) == n && memcmp(o->values[i].def->name, name, n) == 0)
            return &o->values[i];
    return NULL;
}

static option_value *find_letter(rmt_options *o, char letter)
{
    for (size_t i = 0; i < o->n_values; i++)
        if (o->values[i].def->letter == letter) return &o->values[i];
    return NULL;
}

/* Of --x and --no-x the later one counts. */
static void give_flag(rmt_options *o, option_value *v)
{
    const char *name = v->def->name;
    v->given = true;
    for (size_t i = 0; i < o->n_values; i++) {
        const char *other = o->values[i].def->name;
        const bool opposite = (strncmp(name, "no-", 3) == 0 && strcmp(name + 3, other) == 0) ||
                              (strncmp(other, "no-", 3) == 0 && strcmp(other + 3, name) == 0);
        if (opposite) o->values[i].given = false;
    }
}

static rmt_status unknown_option(const rmt_options *o, const char *name, size_t n, rmt_error *err)
{
    rmt_status st = RMT_ERR_NOMEM;
    char *word = rmt_mem_text(name, n, err);
    const char **names = rmt_mem_array(o->n_values, sizeof *names, err);
    if (!word || !names) goto done;
    for (size_t i = 0; i < o->n_values; i++)
        names[i] = o->values[i].def->name;
    const char *near = rmt_text_nearest(word, names, o->n_values);
    /* What looks like an abbreviation gets its long form named. */
    for (size_t i = 0; !near && n >= 3 && i < o->n_values; i++)
        if (strncmp(names[i], word, n) == 0) near = names[i];
    st = rmt_fail(err, RMT_ERR_USAGE, "unknown option '--%s'%s%s%s", word,
                  near ? "; did you mean '--" : "", near ? near : "", near ? "'?" : "");
done:
    rmt_mem_free(names);
    rmt_mem_free(word);
    return st;
}

/* True when nothing after this option matters. */
static bool ends_parsing(const rmt_option *def)
{
    return def->kind == RMT_OPTION_FLAG &&
           (strcmp(def->name, "help") == 0 || strcmp(def->name, "version") == 0);
}

/* One "--name", "--name=V" or "--name V" at argv[*i]. */
static rmt_status parse_long(rmt_options *o, int argc, char *const *argv, int *i, bool *end,
                             rmt_error *err)
{
    const char *name = argv[*i] + 2;
    const size_t n = strcspn(name, "=");
    const char *value = name[n] == '=' ? name + n + 1 : NULL;
    option_value *v = find_name(o, name, n);
    if (!v) return unknown_option(o, name, n, err);
    if (v->def->kind == RMT_OPTION_FLAG) {
        if (value)
            return rmt_fail(err, RMT_ERR_USAGE, "option '--%s' takes no value", v->def->name);
        *end = ends_parsing(v->def);
        give_flag(o, v);
        return RMT_OK;
    }
    if (!value) {
        if (*i + 1 >= argc)
            return rmt_fail(err, RMT_ERR_USAGE, "option '--%s' needs a value", v->def->name);
        value = argv[++*i];
    }
    return give(v, value, err);
}

/* A cluster "-qv", "-oFILE" or "-o FILE" at argv[*i]. */
static rmt_status parse_letters(rmt_options *o, int argc, char *const *argv, int *i, bool *end,
                                rmt_error *err)
{
    for (const char *s = argv[*i] + 1; *s && !*end; s++) {
        option_value *v = find_letter(o, *s);
        if (!v) return rmt_fail(err, RMT_ERR_USAGE, "unknown option '-%c'", *s);
        if (v->def->kind != RMT_OPTION_FLAG) {
            if (s[1]) return give(v, s + 1, err);
            if (*i + 1 >= argc)
                return rmt_fail(err, RMT_ERR_USAGE, "option '-%c' needs a value", *s);
            return give(v, argv[++*i], err);
        }
        give_flag(o, v);
        *end = ends_parsing(v->def);
    }
    return RMT_OK;
}

static rmt_status parse_arguments(rmt_options *o, int argc, char *const *argv, rmt_error *err)
{
    rmt_status st;
    bool only_arguments = false, end = false;
    for (int i = 1; i < argc && !end; i++) {
        const char *s = argv[i];
        if (!only_arguments && strcmp(s, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && s[0] == '-' && s[1] == '-') {
            if ((st = parse_long(o, argc, argv, &i, &end, err))) return st;
        } else if (!only_arguments && s[0] == '-' && s[1]) {
            if ((st = parse_letters(o, argc, argv, &i, &end, err))) return st;
        } else {
            st = rmt_mem_grow(&o->arguments, &o->cap_arguments, o->n_arguments + 1,
                              sizeof *o->arguments, err);
            if (st) return st;
            o->arguments[o->n_arguments++] = s;
        }
    }
    return RMT_OK;
}

rmt_status rmt_options_parse(rmt_options **out, const rmt_option *own, size_t n_own,
                             const rmt_option *common, size_t n_common, int argc, char *const *argv,
                             rmt_error *err)
{
    rmt_status st = RMT_ERR_NOMEM;
    rmt_options *o = rmt_mem_array(1, sizeof *o, err);
    if (!o) goto done;
    o->values = rmt_mem_array(n_own + n_common, sizeof *o->values, err);
    if (!o->values) goto done;
    o->n_own = n_own;
    o->n_values = n_own + n_common;
    for (size_t i = 0; i < o->n_values; i++)
        o->values[i].def = i < n_own ? &own[i] : &common[i - n_own];
    for (size_t i = 0; i < o->n_values; i++) {
        option_value *v = &o->values[i];
        if (v->def->initial && (st = set_value(v, v->def->initial, err))) goto done;
    }
    if ((st = parse_arguments(o, argc, argv, err))) goto done;
    *out = o;
    o = NULL;
done:
    rmt_options_free(o);
    return st;
}

void rmt_options_free(rmt_options *o)
{
    if (!o) return;
    for (size_t i = 0; o->values && i < o->n_values; i++) {
        clear_items(&o->values[i]);
        rmt_mem_free(o->values[i].items);
        rmt_mem_free(o->values[i].text);
    }
    rmt_mem_free(o->values);
    rmt_mem_free(o->arguments);
    rmt_mem_free(o);
}

/* ---- reading ------------------------------------------------------------------------------- */

static const option_value *value_of(const rmt_options *o, const char *name)
{
    for (size_t i = 0; i < o->n_values; i++)
        if (strcmp(o->values[i].def->name, name) == 0) return &o->values[i];
    assert(false && "an option of this name");
    return NULL;
}

bool rmt_options_flag(const rmt_options *o, const char *name)
{
    const option_value *v = value_of(o, name);
    assert(v && v->def->kind == RMT_OPTION_FLAG);
    return v && v->given;
}

const char *rmt_options_text(const rmt_options *o, const char *name)
{
    const option_value *v = value_of(o, name);
    return v ? v->text : NULL;
}

double rmt_options_number(const rmt_options *o, const char *name)
{
    const option_value *v = value_of(o, name);
    assert(v && (v->def->kind == RMT_OPTION_NUMBER || v->def->kind == RMT_OPTION_INTEGER));
    return v ? v->number : 0;
}

bool rmt_options_given(const rmt_options *o, const char *name)
{
    const option_value *v = value_of(o, name);
    return v && v->given;
}

size_t rmt_options_list_size(const rmt_options *o, const char *name)
{
    const option_value *v = value_of(o, name);
    assert(v && v->def->kind == RMT_OPTION_LIST);
    return v ? v->n_items : 0;
}

const char *rmt_options_list_at(const rmt_options *o, const char *name, size_t i)
{
    const option_value *v = value_of(o, name);
    assert(v && i < v->n_items);
    return v->items[i];
}

size_t rmt_options_n_arguments(const rmt_options *o)
{
    return o->n_arguments;
}

const char *rmt_options_argument(const rmt_options *o, size_t i)
{
    assert(i < o->n_arguments);
    return o->arguments[i];
}

static bool is_skipped(const char *name, const char *const *skip, size_t n_skip)
{
    for (size_t i = 0; i < n_skip; i++)
        if (strcmp(skip[i], name) == 0) return true;
    return false;
}

/* " --name=value", quoted as one word. */
static rmt_status add_option(rmt_text *out, const option_value *v, rmt_error *err)
{
    rmt_status st;
    rmt_text word = {0};
    if (v->def->kind == RMT_OPTION_FLAG) st = rmt_text_addf(&word, err, "--%s", v->def->name);
    else st = rmt_text_addf(&word, err, "--%s=%s", v->def->name, v->text);
    if (!st) st = rmt_text_add(out, " ", err);
    if (!st) st = rmt_text_add_shell(out, word.s, err);
    rmt_text_clear(&word);
    return st;
}

rmt_status rmt_options_command(const rmt_options *o, const char *stage, const char *const *skip,
                               size_t n_skip, rmt_text *out, rmt_error *err)
{
    rmt_status st = rmt_text_addf(out, err, "remit %s", stage);
    for (size_t i = 0; !st && i < o->n_values; i++) {
        const option_value *v = &o->values[i];
        const bool flag = v->def->kind == RMT_OPTION_FLAG;
        if (!v->def->result || (flag ? !v->given : !v->text)) continue;
        if (!v->given && is_skipped(v->def->name, skip, n_skip)) continue;
        st = add_option(out, v, err);
    }
    return st;
}
