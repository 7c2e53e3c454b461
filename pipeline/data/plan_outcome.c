#include "plan_read.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <stdint.h>
#include <string.h>

enum { MAX_EXPANSION = 1000 }; /* columns of one outcome: no scale comes near */

/* ---- items: "caps5_{01..20}" ----------------------------------------------------------------- */

typedef struct {
    size_t prefix; /* bytes before the brace */
    const char *suffix;
    long from, to;
    int width; /* digits to pad to; 0 = none */
} item_pattern;

static rmt_status read_pattern(item_pattern *out, const rmt_node *word, rmt_error *err)
{
    const char *text = rmt_node_text(word);
    const char *open = strchr(text, '{'), *close = strchr(text, '}');
    *out = (item_pattern){.prefix = strlen(text), .suffix = "", .from = 0, .to = -1};
    if (open == NULL && close == NULL) return RMT_OK;
    const char *dots = open != NULL ? strstr(open, "..") : NULL;
    int64_t from, to;
    if (dots == NULL || close == NULL || close < dots || strchr(open + 1, '{') != NULL ||
        strchr(close + 1, '}') != NULL ||
        !rmt_num_parse_int(open + 1, (size_t)(dots - open - 1), &from) ||
        !rmt_num_parse_int(dots + 2, (size_t)(close - dots - 2), &to) || from < 0 ||
        to > 1000000000)
        return CONFIG_FAIL(err, word, "items",
                           "'%s' is no pattern of columns; write it as \"name_{01..20}\"", text);
    if (to < from || to - from >= MAX_EXPANSION)
        return CONFIG_FAIL(err, word, "items", "'%s' does not run upwards over 1 to %d columns",
                           text, MAX_EXPANSION);
    out->prefix = (size_t)(open - text);
    out->suffix = close + 1;
    out->from = (long)from;
    out->to = (long)to;
    out->width = open[1] == '0' ? (int)(dots - open - 1) : 0;
    return RMT_OK;
}

/* Appends the word's columns to `text`, each with its NUL. */
static rmt_status expand_word(rmt_text *text, size_t *n, const rmt_node *word, rmt_error *err)
{
    item_pattern pattern;
    rmt_status st = read_pattern(&pattern, word, err);
    if (st != RMT_OK) return st;
    if (pattern.to < pattern.from) {
        (*n)++;
        return rmt_text_add_bytes(text, rmt_node_text(word), pattern.prefix + 1, err);
    }
    for (long i = pattern.from; i <= pattern.to; i++, (*n)++)
        if ((st = rmt_text_addf(text, err, "%.*s%0*ld%s", (int)pattern.prefix, rmt_node_text(word),
                                pattern.width, i, pattern.suffix)) ||
            (st = rmt_text_add_bytes(text, "", 1, err)))
            return st;
    return RMT_OK;
}

/* One block: the pointers, then the texts they point to. */
static rmt_status split_columns(rmt_plan_outcome *o, const rmt_text *text, size_t n, rmt_error *err)
{
    char *block = rmt_mem_array(n * sizeof(char *) + text->len, 1, err);
    if (block == NULL) return RMT_ERR_NOMEM;
    char *s = block + n * sizeof(char *);
    memcpy(s, text->s, text->len);
    o->items = (void *)block;
    o->n_items = n;
    for (size_t i = 0; i < n; i++) {
        o->items[i] = s;
        s += strlen(s) + 1;
    }
    return RMT_OK;
}

/* The word that an item's column comes from; its pattern in *pattern. */
static rmt_status find_word(const rmt_node **word, item_pattern *pattern, const rmt_node *words,
                            size_t item, rmt_error *err)
{
    for (size_t k = 0; k < config_n_words(words); k++) {
        *word = config_word(words, k);
        rmt_status st = read_pattern(pattern, *word, err);
        if (st != RMT_OK) return st;
        const size_t n =
            pattern->to < pattern->from ? 1 : (size_t)(pattern->to - pattern->from) + 1;
        if (item < n) return RMT_OK;
        item -= n;
    }
    return RMT_OK;
}

/* t has every column from..to that is called as `like` is, whose number stands at start..end. */
static bool has_all(const rmt_table *t, const item_pattern *p, const char *like, size_t start,
                    size_t end, rmt_text *room, rmt_status *st, rmt_error *err)
{
    const int width = like[start] == '0' && end - start > 1 ? (int)(end - start) : 0;
    bool all = true;
    for (long i = p->from; i <= p->to && all && *st == RMT_OK; i++) {
        room->len = 0;
        *st = rmt_text_addf(room, err, "%.*s%0*ld%s", (int)start, like, width, i, like + end);
        all = *st == RMT_OK && rmt_table_find(t, room->s) != RMT_NO_COLUMN;
    }
    return all;
}

/* Whether two patterns are of one name but for case, '_' and '-': how their numbers are written is what differs. */
static bool is_one_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '_' || *a == '-' || *a == ' ')
            a++;
        while (*b == '_' || *b == '-' || *b == ' ')
            b++;
        const char x[] = {*a, '\0'}, y[] = {*b, '\0'};
        if (!rmt_text_equal_nocase(x, y)) return false;
        if (*a == '\0') return true;
    }
}

/* The patterns of columns that t has from the first number of p to the last: by one column each, of the first number. The
 * one of the same name, else the nearest, is written to out. */
static rmt_status nearest_pattern(rmt_text *out, const rmt_node *word, const item_pattern *p,
                                  const rmt_table *t, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text room = {0}, bare = {0}, wanted = {0};
    size_t best = SIZE_MAX;
    if ((st =
             rmt_text_addf(&wanted, err, "%.*s%s", (int)p->prefix, rmt_node_text(word), p->suffix)))
        goto done;
    for (size_t c = 0; c < rmt_table_columns(t) && best > 0; c++) {
        const char *name = rmt_table_name(t, c);
        for (size_t start = 0, end; name[start] != '\0'; start = end) {
            end = start + strspn(name + start, "0123456789");
            int64_t number;
            if (end == start) {
                end++;
                continue;
            }
            if (!rmt_num_parse_int(name + start, end - start, &number) || number != p->from ||
                !has_all(t, p, name, start, end, &room, &st, err))
                continue;
            bare.len = 0;
            if ((st = rmt_text_addf(&bare, err, "%.*s%s", (int)start, name, name + end))) goto done;
            const char *const candidates[] = {bare.s};
            const size_t far = is_one_name(bare.s, wanted.s)               ? 0
                               : rmt_text_nearest(wanted.s, candidates, 1) ? 1
                                                                           : SIZE_MAX;
            if (far >= best) continue;
            best = far;
            out->len = 0;
            const int width = name[start] == '0' && end - start > 1 ? (int)(end - start) : 0;
            st = rmt_text_addf(out, err, "%.*s{%0*ld..%0*ld}%s", (int)start, name, width, p->from,
                               width, p->to, name + end);
            if (st != RMT_OK) goto done;
        }
        if (st != RMT_OK) goto done;
    }
done:
    rmt_text_clear(&room);
    rmt_text_clear(&bare);
    rmt_text_clear(&wanted);
    return st;
}

rmt_status plan_suggest_items(rmt_text *out, const rmt_node **word, const rmt_node *words,
                              size_t item, const rmt_table *t, rmt_error *err)
{
    item_pattern pattern;
    rmt_status st = find_word(word, &pattern, words, item, err);
    if (st != RMT_OK || pattern.to < pattern.from) return st;
    return nearest_pattern(out, *word, &pattern, t, err);
}

static rmt_status parse_items(rmt_plan_outcome *o, const rmt_node *map, rmt_error *err)
{
    const rmt_node *words = NULL;
    rmt_text text = {0};
    size_t n = 0;
    rmt_status st = config_words(map, "items", &words, err);
    if (st != RMT_OK || words == NULL) return st;
    if (config_n_words(words) == 0)
        return CONFIG_FAIL(err, words, "items", "'items' names no column");
    for (size_t i = 0; i < config_n_words(words); i++)
        if ((st = expand_word(&text, &n, config_word(words, i), err))) goto done;
    if (n > MAX_EXPANSION) {
        st = CONFIG_FAIL(err, words, "items", "%zu columns are more than %d", n, MAX_EXPANSION);
        goto done;
    }
    if ((st = split_columns(o, &text, n, err))) goto done;
    size_t first = 0, again = n;
    if ((st = config_repeat(o->items, n, &first, &again, err))) goto done;
    if (again < n)
        st = CONFIG_FAIL(err, words, "items", "column '%s' stands for two items", o->items[again]);
done:
    rmt_text_clear(&text);
    return st;
}

/* ---- the instrument -------------------------------------------------------------------------- */

static bool needs_diagnosis(const rmt_definition *d)
{
    if (d->kind == RMT_DEF_NO_DIAGNOSIS) return true;
    for (size_t i = 0; i < d->n_parts; i++)
        if (needs_diagnosis(&d->parts[i])) return true;
    return false;
}

static rmt_status check_definition(const rmt_plan_outcome *o, const rmt_node *map, const char *key,
                                   const char *id, const rmt_definition *list, size_t n,
                                   rmt_error *err)
{
    if (id == NULL) return RMT_OK;
    const rmt_node *at = rmt_node_get(map, key);
    if (n == 0)
        return CONFIG_FAIL(err, at, key, "instrument '%s' defines no %s", o->instrument_id, key);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].id, id) != 0) continue;
        if (needs_diagnosis(&list[i]) && o->items == NULL)
            return CONFIG_FAIL(err, at, key, "'%s' needs the items; outcome '%s' has a total alone",
                               id, o->name);
        return RMT_OK;
    }
    const char **known = rmt_mem_array(n, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        known[i] = list[i].id;
    rmt_status st = config_unknown(at, key, key, id, known, n, err);
    rmt_mem_free(known);
    return st;
}

static rmt_status resolve_instrument(rmt_plan_outcome *o, const rmt_node *map,
                                     const rmt_node *instruments, rmt_error *err)
{
    const rmt_node *node = rmt_node_get(instruments, o->instrument_id);
    rmt_status st;
    if (node == NULL) return RMT_OK;
    if ((st = rmt_instrument_parse(&o->instrument, node, err))) return st;
    const rmt_instrument *ins = o->instrument;
    size_t n_total = ins->scales[0].n_items;
    if (strcmp(ins->id, o->instrument_id) != 0)
        return CONFIG_FAIL(err, rmt_node_get(node, "id"), "id", "instrument '%s' stands under '%s'",
                           ins->id, o->instrument_id);
    if (o->items != NULL && o->n_items != n_total && o->n_items != ins->n_items) {
        if (n_total == ins->n_items)
            return CONFIG_FAIL(err, rmt_node_get(map, "items"), "items",
                               "%zu columns for the %zu items of '%s'", o->n_items, n_total,
                               ins->id);
        return CONFIG_FAIL(err, rmt_node_get(map, "items"), "items",
                           "%zu columns for the %zu items of '%s' (%zu with the extra ones)",
                           o->n_items, n_total, ins->id, ins->n_items);
    }
    if (o->max_missing_items >= n_total)
        return CONFIG_FAIL(err, rmt_node_get(map, "max_missing_items"), "max_missing_items",
                           "%zu of %zu items cannot be missing", o->max_missing_items, n_total);
    if ((st = check_definition(o, map, "response", o->response, ins->response, ins->n_response,
                               err)))
        return st;
    return check_definition(o, map, "remission", o->remission, ins->remission, ins->n_remission,
                            err);
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static rmt_status check_needs_instrument(const rmt_plan_outcome *o, const rmt_node *map,
                                         rmt_error *err)
{
    static const char *const keys[] = {"items", "response", "remission"};
    for (size_t i = 0; i < CONFIG_COUNT(keys); i++) {
        const rmt_node *at = rmt_node_get(map, keys[i]);
        if (o->instrument_id == NULL && !rmt_node_is_null(at))
            return CONFIG_FAIL(err, at, keys[i], "'%s' needs 'instrument'", keys[i]);
    }
    if (o->items == NULL && !rmt_node_is_null(rmt_node_get(map, "max_missing_items")))
        return CONFIG_FAIL(err, rmt_node_get(map, "max_missing_items"), "max_missing_items",
                           "'max_missing_items' needs 'items'");
    return RMT_OK;
}

static rmt_status parse_outcome(rmt_plan *p, rmt_plan_outcome *o, const char *name,
                                const rmt_node *map, const rmt_node *instruments, rmt_error *err)
{
    const rmt_plan_words *roles = plan_value_words(PLAN_VALUES_ROLE);
    size_t role = 1; /* secondary */
    rmt_status st;
    o->name = name;
    o->line = rmt_node_line(map);
    o->visit = p->visit_column;
    if (!config_is_name(name))
        return CONFIG_FAIL(err, map, name,
                           "outcome name '%s' is not a letter followed by letters, digits and _",
                           name);
    if ((st = plan_check_keys(map, PLAN_KEYS_OUTCOME, err)) ||
        (st = plan_need_table(p, map, "outcome", "table", &o->table, err)) ||
        (st = config_text(map, "instrument", &o->instrument_id, err)) ||
        (st = parse_items(o, map, err)) || (st = config_text(map, "total", &o->total, err)) ||
        (st = config_text(map, "baseline", &o->baseline, err)) ||
        (st = config_text(map, "visit", &o->visit, err)) ||
        (st = config_text(map, "title", &o->title, err)) ||
        (st = plan_choice(map, "role", PLAN_VALUES_ROLE, &role, err)) ||
        (st = config_text(map, "primary_visit", &o->primary_visit, err)) ||
        (st = config_text(map, "response", &o->response, err)) ||
        (st = config_text(map, "remission", &o->remission, err)) ||
        (st = rmt_node_read_size(map, "max_missing_items", &o->max_missing_items, err)) ||
        (st = check_needs_instrument(o, map, err)))
        return st;
    o->role = roles->words[role];
    if (o->items == NULL && o->total == NULL)
        return CONFIG_FAIL(err, map, name, "outcome '%s' needs 'items' or 'total'", name);
    if (o->primary_visit != NULL && p->visits != NULL &&
        (st = plan_check_visit(p, rmt_node_get(map, "primary_visit"), "primary_visit", err)))
        return st;
    if (o->instrument_id != NULL && (st = resolve_instrument(o, map, instruments, err))) return st;
    if (o->title == NULL) o->title = o->instrument != NULL ? o->instrument->name : o->name;
    return RMT_OK;
}

rmt_status plan_parse_outcomes(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL, *instruments = NULL;
    rmt_status st;
    if ((st = rmt_node_read_child(root, "instruments", RMT_NODE_MAP, &instruments, err)) ||
        (st = rmt_node_read_child(root, "outcomes", RMT_NODE_MAP, &map, err)) || map == NULL)
        return st;
    size_t n = rmt_node_size(map);
    if (n == 0) return CONFIG_FAIL(err, map, "outcomes", "'outcomes' names no outcome");
    if ((p->outcomes = rmt_mem_array(n, sizeof *p->outcomes, err)) == NULL) return RMT_ERR_NOMEM;
    p->n_outcomes = n;
    for (size_t i = 0; i < n; i++)
        if ((st = parse_outcome(p, &p->outcomes[i], rmt_node_key(map, i), rmt_node_at(map, i),
                                instruments, err)))
            return st;
    return RMT_OK;
}

/* ---- summaries ------------------------------------------------------------------------------- */

typedef struct {
    const char **arm, **mean, **sd, **n, **events, **total;
} arm_columns;

/* Means need an SD and a number, events a total. */
static rmt_status parse_arm_columns(const arm_columns *c, const rmt_node *map, rmt_error *err)
{
    rmt_status st;
    if ((st = config_text(map, "arm", c->arm, err)) ||
        (st = config_text(map, "mean", c->mean, err)) ||
        (st = config_text(map, "sd", c->sd, err)) || (st = config_text(map, "n", c->n, err)) ||
        (st = config_text(map, "events", c->events, err)) ||
        (st = config_text(map, "total", c->total, err)))
        return st;
    bool means = *c->mean != NULL || *c->sd != NULL || *c->n != NULL;
    bool events = *c->events != NULL || *c->total != NULL;
    if (!means && !events)
        return CONFIG_FAIL(err, map, "mean", "needs 'mean', 'sd' and 'n', or 'events' and 'total'");
    if (means && (*c->mean == NULL || *c->sd == NULL || *c->n == NULL))
        return CONFIG_FAIL(err, map, "mean", "'mean', 'sd' and 'n' go together");
    if (events && (*c->events == NULL || *c->total == NULL))
        return CONFIG_FAIL(err, map, "events", "'events' and 'total' go together");
    return RMT_OK;
}

static rmt_status parse_wide(rmt_plan_summary *s, const rmt_node *map, rmt_error *err)
{
    static const char *const sides[] = {"treatment", "control"};
    static const char *const long_keys[] = {"arm", "role", "mean", "sd", "n", "events", "total"};
    rmt_status st;
    for (size_t i = 0; i < CONFIG_COUNT(long_keys); i++)
        if (rmt_node_get(map, long_keys[i]) != NULL)
            return CONFIG_FAIL(err, rmt_node_get(map, long_keys[i]), long_keys[i],
                               "'%s' belongs under 'treatment' and 'control' when these are given",
                               long_keys[i]);
    s->wide = true;
    for (size_t i = 0; i < 2; i++) {
        const rmt_node *side = NULL;
        arm_columns columns = {&s->arm_w[i], &s->mean_w[i],   &s->sd_w[i],
                               &s->n_w[i],   &s->events_w[i], &s->total_w[i]};
        if ((st = config_need(map, "summary", sides[i], RMT_NODE_MAP, &side, err)) ||
            (st = plan_check_keys(side, PLAN_KEYS_SUMMARY_ARM, err)) ||
            (st = parse_arm_columns(&columns, side, err)))
            return st;
    }
    if ((s->mean_w[0] == NULL) != (s->mean_w[1] == NULL) ||
        (s->events_w[0] == NULL) != (s->events_w[1] == NULL))
        return CONFIG_FAIL(err, map, s->name,
                           "'treatment' and 'control' do not give the same quantities");
    return RMT_OK;
}

static rmt_status parse_summary(rmt_plan *p, rmt_plan_summary *s, const char *name,
                                const rmt_node *map, rmt_error *err)
{
    rmt_status st;
    s->name = name;
    if (!config_is_name(name))
        return CONFIG_FAIL(err, map, name,
                           "summary name '%s' is not a letter followed by letters, digits and _",
                           name);
    if ((st = plan_check_keys(map, PLAN_KEYS_SUMMARY, err)) ||
        (st = plan_need_table(p, map, "summary", "table", &s->table, err)) ||
        (st = config_text(map, "study", &s->study, err)) ||
        (st = config_text(map, "outcome", &s->outcome, err)) ||
        (st = config_text(map, "visit", &s->visit, err)) || (st = plan_parse_range(s, map, err)))
        return st;
    if (rmt_node_get(map, "treatment") != NULL || rmt_node_get(map, "control") != NULL)
        return parse_wide(s, map, err);
    arm_columns columns = {&s->arm, &s->mean, &s->sd, &s->n, &s->events, &s->total};
    if ((st = config_need_text(map, "summary", "role", &s->role, err))) return st;
    return parse_arm_columns(&columns, map, err);
}

rmt_status plan_parse_summaries(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    rmt_status st = rmt_node_read_child(root, "summaries", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    size_t n = rmt_node_size(map);
    if (n == 0) return CONFIG_FAIL(err, map, "summaries", "'summaries' names no summary");
    if ((p->summaries = rmt_mem_array(n, sizeof *p->summaries, err)) == NULL) return RMT_ERR_NOMEM;
    p->n_summaries = n;
    for (size_t i = 0; i < n; i++)
        if ((st = parse_summary(p, &p->summaries[i], rmt_node_key(map, i), rmt_node_at(map, i),
                                err)))
            return st;
    return RMT_OK;
}
