/* recognise_scales.c - which columns are the items or the total of a known instrument. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_NUMBER_MAX = 99 };

static size_t number_of_item(const char *id)
{
    size_t from = strlen(id);
    while (from > 0 && id[from - 1] >= '0' && id[from - 1] <= '9')
        from--;
    return rmt_small_number(id + from);
}

/* ---- items ----------------------------------------------------------------------------------- */

typedef struct {
    size_t columns[ITEM_NUMBER_MAX + 1]; /* by number; RMT_NO_COLUMN = none */
    size_t n_found;                      /* of the items of the total */
    size_t n_inexact, inexact; /* columns known by more than a name and a number, and the first */
    bool in_order;             /* without numbers: in the order of the columns */
} item_map;

static void clear_items(item_map *m)
{
    *m = (item_map){0};
    for (size_t i = 0; i <= ITEM_NUMBER_MAX; i++)
        m->columns[i] = RMT_NO_COLUMN;
}

static void count_items(item_map *m, const rmt_instrument *ins)
{
    for (size_t i = 0; i < ins->scales[0].n_items; i++) {
        const size_t number = number_of_item(ins->items[ins->scales[0].items[i]].id);
        m->n_found += number && m->columns[number] != RMT_NO_COLUMN;
    }
}

static void find_items(item_map *m, const rmt_recognised_table *t, const rmt_instrument *ins,
                       const rmt_alias_list *aliases, size_t which)
{
    clear_items(m);
    for (size_t i = 0; i < t->n_columns; i++) {
        bool exact;
        const rmt_column_facts *f = &t->columns[i];
        size_t number = rmt_item_of(&exact, f->name, aliases, which);
        if (!number) number = rmt_item_of(&exact, f->title, aliases, which), exact = false;
        /* Braces would be read as a pattern. */
        if (!number || m->columns[number] != RMT_NO_COLUMN || strpbrk(f->name, "{}")) continue;
        m->columns[number] = i;
        if (!exact && m->n_inexact++ == 0) m->inexact = i;
    }
    count_items(m, ins);
}

static bool is_of_alias(const rmt_column_facts *f, const char *alias)
{
    bool exact;
    const char *const texts[] = {f->name, f->title};
    if (!rmt_facts_is_number(f) || strpbrk(f->name, "{}")) return false;
    for (size_t i = 0; i < 2; i++)
        if (rmt_begins_with_alias(texts[i], alias) && !rmt_is_total_of(&exact, texts[i], alias))
            return true;
    return false;
}

/* As many columns side by side as there are items, each called by the instrument and some words. */
static void find_items_in_order(item_map *m, const rmt_recognised_table *t,
                                const rmt_instrument *ins, const char *alias)
{
    clear_items(m);
    for (size_t i = 0, n; i < t->n_columns; i += n ? n : 1) {
        for (n = 0; i + n < t->n_columns && is_of_alias(&t->columns[i + n], alias);)
            n++;
        if (n != ins->scales[0].n_items && n != ins->n_items) continue;
        for (size_t k = 0; k < n; k++) {
            const size_t number = number_of_item(ins->items[k].id);
            if (number) m->columns[number] = i + k;
        }
        m->n_inexact = n, m->inexact = i, m->in_order = true;
        break;
    }
    count_items(m, ins);
}

/* Values outside low..high, of all in the columns; what the first is. */
typedef struct {
    size_t n, n_numbers, n_outside;
    const rmt_column_facts *column;
    size_t row;
    double low, high; /* of the values */
} range_count;

static void count_range(range_count *c, const rmt_column_facts *f, double low, double high)
{
    for (size_t i = 0; i < f->n_levels; i++) {
        const char *text = f->levels[i].text;
        double x = f->levels[i].number;
        /* A column of numbers with a slip in it is read as text. */
        const bool number = !text || rmt_num_parse_double(text, strlen(text), &x);
        if (number && (c->n_numbers == 0 || x < c->low)) c->low = x;
        if (number && (c->n_numbers == 0 || x > c->high)) c->high = x;
        c->n += f->levels[i].n;
        c->n_numbers += number ? f->levels[i].n : 0;
        if (number && x >= low && x <= high) continue;
        if (c->n_outside == 0) c->column = f, c->row = f->levels[i].first;
        c->n_outside += f->levels[i].n;
    }
}

enum { OUTSIDE = 10 }; /* one value in so many may lie outside */

static bool fits(const range_count *c)
{
    return c->n > 0 && c->n_outside * OUTSIDE <= c->n;
}

static rmt_status tell_outside(rmt_text *lines, const range_count *c, double low, double high,
                               rmt_error *err)
{
    char name[SHOWN_BYTES + 4];
    if (c->n_outside == 0) return RMT_OK;
    return rmt_check_line(
        lines, err, "%zu of %zu values lie outside %g to %g, the first in %s, line %zu",
        c->n_outside, c->n, low, high, c->column ? rmt_shown(name, c->column->name) : "a text",
        c->column ? rmt_facts_line(c->column, c->row) : 0);
}

/* Totals of whole items that are no whole numbers. */
static rmt_status tell_fractions(rmt_text *lines, const rmt_column_facts *f, rmt_error *err)
{
    size_t n = 0, first = SIZE_MAX;
    double x = 0;
    char number[RMT_NUM_BUF], name[SHOWN_BYTES + 4];
    for (size_t i = 0; f->type == RMT_TYPE_NUMBER && i < f->n_levels; i++) {
        const rmt_level *l = &f->levels[i];
        if (rmt_num_same(l->number, floor(l->number))) continue;
        n += l->n;
        if (l->first < first) first = l->first, x = l->number;
    }
    if (n == 0) return RMT_OK;
    rmt_num_print(number, x);
    return rmt_check_line(lines, err,
                          "%zu of %zu values of %s are no whole numbers, the first %s on line %zu: "
                          "were they prorated? validate will tell of them",
                          n, f->n_values, rmt_shown(name, f->name), number,
                          rmt_facts_line(f, first));
}

/* ---- totals ---------------------------------------------------------------------------------- */

/* items: columns that are items already, which "cadss_23" is for an instrument called cadss23. */
static size_t find_total(bool *exact, range_count *range, const rmt_recognised_table *t,
                         const rmt_instrument *ins, const rmt_alias_list *aliases,
                         const item_map *items)
{
    for (size_t a = 0; a < aliases->n; a++)
        for (size_t i = 0; i < t->n_columns; i++) {
            const rmt_column_facts *f = &t->columns[i];
            bool item = false, its = rmt_is_total_of(exact, f->name, aliases->at[a]);
            if (!its) its = rmt_is_total_of(exact, f->title, aliases->at[a]), *exact = false;
            /* One alone is none: the 5 of a total called "caps5". */
            for (size_t k = 1; items->n_found > 1 && k <= ITEM_NUMBER_MAX && !item; k++)
                item = items->columns[k] == i;
            *range = (range_count){0};
            if (item || !its || !rmt_facts_is_number(f)) continue;
            count_range(range, f, ins->scales[0].min, ins->scales[0].max);
            if (fits(range)) return i;
        }
    return RMT_NO_COLUMN;
}

static double value_at(const rmt_column_facts *f, size_t row)
{
    char buf[RMT_LEVEL_BUF];
    return rmt_facts_cell(f, row, buf)[0] ? rmt_table_number(f->cells, f->col, row) : (double)NAN;
}

/* A column that holds each participant's baseline; `sure` where a column is the total less it. */
static size_t find_baseline(bool *sure, const rmt_recognised_table *t, size_t total)
{
    static const char *const names[] = {"basval",        "baseline",      "baselinevalue",
                                        "base",          "blvalue",       "bl",
                                        "baselinescore", "baselinetotal", NULL};
    size_t best = 0, at = RMT_NO_COLUMN;
    *sure = false;
    for (size_t i = 0; i < t->n_columns; i++) {
        char plain[NAME_MAX_BYTES];
        rmt_plain_name(plain, t->columns[i].name);
        const size_t rank = rmt_facts_is_number(&t->columns[i]) ? rmt_name_rank(plain, names) : 0;
        if (rank > best) best = rank, at = i;
    }
    for (size_t i = 0; at != RMT_NO_COLUMN && i < t->n_columns && !*sure; i++) {
        size_t n = 0, n_agree = 0;
        if (!rmt_facts_is_number(&t->columns[i]) || i == at || i == total) continue;
        for (size_t row = 0; row < t->n_rows; row++) {
            const double change = value_at(&t->columns[i], row);
            const double difference =
                value_at(&t->columns[total], row) - value_at(&t->columns[at], row);
            if (isnan(change) || isnan(difference)) continue;
            n++;
            n_agree += fabs(change - difference) < 1e-9;
        }
        *sure = n > 1 && n == n_agree;
    }
    return at;
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static rmt_status name_outcome(rmt_recognised *r, rmt_recognised_outcome *o, const char *wanted,
                               rmt_error *err)
{
    rmt_text name = {0};
    size_t n = 0;
    for (bool taken = true; taken;) {
        name.len = 0;
        n++;
        rmt_status st = n == 1 ? rmt_text_add(&name, wanted, err)
                               : rmt_text_addf(&name, err, "%s_%zu", wanted, n);
        if (st) {
            rmt_text_clear(&name);
            return st;
        }
        taken = false;
        for (size_t i = 0; i < r->n_outcomes; i++)
            taken = taken || (r->outcomes + i != o && strcmp(r->outcomes[i].name, name.s) == 0);
    }
    o->name = name.s;
    return RMT_OK;
}

/* The last visit of the schedule at which a row of the outcome's table has a value. */
static size_t last_visit(const rmt_recognised *r, const rmt_recognised_outcome *o)
{
    const rmt_recognised_table *t = &r->tables[o->table];
    if (t->visit == RMT_NO_COLUMN) return RMT_NO_COLUMN;
    const rmt_column_facts *visit = &t->columns[t->visit];
    const rmt_column_facts *values =
        &t->columns[o->total != RMT_NO_COLUMN ? o->total : o->items[0]];
    for (size_t v = r->n_visits; v-- > 0;)
        for (size_t row = 0; row < t->n_rows; row++) {
            char buf[RMT_LEVEL_BUF];
            if (rmt_recognised_is_visit(&r->visits[v], rmt_facts_cell(visit, row, buf)) &&
                rmt_facts_cell(values, row, buf)[0])
                return v;
        }
    return RMT_NO_COLUMN;
}

static rmt_status set_items(rmt_recognised_outcome *o, const item_map *m, const rmt_instrument *ins,
                            rmt_error *err)
{
    size_t n = 0, n_total = ins->scales[0].n_items;
    for (size_t i = 0; i < ins->n_items; i++) {
        const size_t number = number_of_item(ins->items[i].id);
        n += number && m->columns[number] != RMT_NO_COLUMN;
    }
    o->n_items = n == ins->n_items ? n : n_total; /* all of them, or those of the total */
    if (!(o->items = rmt_mem_array(o->n_items, sizeof *o->items, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < o->n_items; i++)
        o->items[i] = m->columns[number_of_item(ins->items[i].id)];
    return RMT_OK;
}

static bool has_baseline_visit(const rmt_recognised *r, const rmt_recognised_table *t)
{
    for (size_t v = 0; t->visit != RMT_NO_COLUMN && v < r->n_visits; v++) {
        char plain[NAME_MAX_BYTES];
        rmt_plain_name(plain, r->visits[v].value);
        if (strstr(plain, "base")) return true;
    }
    return false;
}

static rmt_status add_outcome(rmt_recognised *r, size_t table, const rmt_instrument *ins,
                              const char *name, const item_map *items, size_t total,
                              const range_count *item_range, const range_count *total_range,
                              rmt_error *err)
{
    rmt_status st;
    bool sure = false;
    char shown[SHOWN_BYTES + 4];
    rmt_recognised_outcome *grown =
        rmt_mem_resize(r->outcomes, r->n_outcomes + 1, sizeof *grown, err);
    if (!grown) return RMT_ERR_NOMEM;
    r->outcomes = grown;
    rmt_recognised_outcome *o = &grown[r->n_outcomes++];
    const rmt_recognised_table *t = &r->tables[table];
    *o = (rmt_recognised_outcome){.table = table,
                                  .instrument = ins,
                                  .total = total,
                                  .baseline = RMT_NO_COLUMN,
                                  .last_visit = RMT_NO_COLUMN};
    if ((st = name_outcome(r, o, name, err))) return st;
    if (ins && strcmp(o->name, name) != 0 &&
        (st = rmt_check_line(&o->checks, err,
                             "%s stands in more than one table: which is analysed?", ins->id)))
        return st;
    if (items && (st = set_items(o, items, ins, err))) return st;
    if (items &&
        (st = tell_outside(&o->checks, item_range, ins->items[0].min, ins->items[0].max, err)))
        return st;
    if (ins && total != RMT_NO_COLUMN &&
        ((st =
              tell_outside(&o->checks, total_range, ins->scales[0].min, ins->scales[0].max, err)) ||
         (st = tell_fractions(&o->checks, &t->columns[total], err))))
        return st;
    o->last_visit = last_visit(r, o);
    if (total == RMT_NO_COLUMN || has_baseline_visit(r, t)) return RMT_OK;
    o->baseline = find_baseline(&sure, t, total);
    if (o->baseline == RMT_NO_COLUMN || sure) return RMT_OK;
    return rmt_check_line(&o->checks, err, "%s is taken as the column of baselines by its name",
                          rmt_shown(shown, t->columns[o->baseline].name));
}

/* Columns called as items are that cannot be taken as them. */
static rmt_status tell_part(rmt_recognised *r, const rmt_recognised_table *t,
                            const rmt_instrument *ins, const item_map *m, const range_count *range,
                            rmt_error *err)
{
    const size_t n = ins->scales[0].n_items;
    char name[SHOWN_BYTES + 4], column[SHOWN_BYTES + 4], word[SHOWN_BYTES + 4], buf[RMT_LEVEL_BUF];
    rmt_shown(name, t->source->name);
    if (m->n_found < n)
        return rmt_check_line(&r->outcome_checks, err,
                              "table %s: %zu columns are called as items of %s, which has %zu; "
                              "with values %g to %g; not taken",
                              name, m->n_found, ins->id, n, range->low, range->high);
    if (2 * range->n_numbers < range->n && range->column)
        return rmt_check_line(
            &r->outcome_checks, err,
            "table %s: columns are called as the items of %s, but have words where its items have "
            "%d to %d ('%s' in %s on line %zu); not taken: export the codes instead of the labels",
            name, ins->id, ins->items[0].min, ins->items[0].max,
            rmt_shown(word, rmt_facts_cell(range->column, range->row, buf)),
            rmt_shown(column, range->column->name), rmt_facts_line(range->column, range->row));
    return rmt_check_line(&r->outcome_checks, err,
                          "table %s: columns are called as the items of %s, but have values %g to "
                          "%g where its items have %d to %d; not taken",
                          name, ins->id, range->low, range->high, ins->items[0].min,
                          ins->items[0].max);
}

/* The words by which a column was known: its name, and its title where it has one. */
static void words_of(char out[2 * SHOWN_BYTES + 24], const rmt_column_facts *f)
{
    char name[SHOWN_BYTES + 4], title[SHOWN_BYTES + 4];
    snprintf(out, 2 * SHOWN_BYTES + 24, f->title[0] ? "%s ('%s')" : "%s", rmt_shown(name, f->name),
             rmt_shown(title, f->title));
}

static rmt_status tell_items_by_words(rmt_recognised_outcome *o, const rmt_recognised_table *t,
                                      const rmt_instrument *ins, const item_map *m, rmt_error *err)
{
    char words[2 * SHOWN_BYTES + 24];
    words_of(words, &t->columns[m->inexact]);
    if (m->in_order)
        return rmt_check_line(&o->checks, err,
                              "%zu columns from %s on are called as %s is, without numbers: taken "
                              "as its items in their order",
                              m->n_inexact, words, ins->id);
    return rmt_check_line(&o->checks, err,
                          "%zu columns are taken as items of %s by the words of their names or "
                          "titles, the first %s",
                          m->n_inexact, ins->id, words);
}

static rmt_status tell_total_by_words(rmt_recognised_outcome *o, const rmt_recognised_table *t,
                                      const rmt_instrument *ins, size_t total, rmt_error *err)
{
    char words[2 * SHOWN_BYTES + 24];
    words_of(words, &t->columns[total]);
    return rmt_check_line(&o->checks, err,
                          "%s is taken as the total of %s by the words of its name or title", words,
                          ins->id);
}

static rmt_status recognise_one(rmt_recognised *r, size_t table, const rmt_instrument *ins,
                                rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    const size_t n = ins->scales[0].n_items;
    rmt_alias_list aliases;
    item_map best, m;
    range_count item_range = {0}, total_range = {0};
    rmt_aliases_of(&aliases, ins);
    clear_items(&best);
    for (size_t a = 0; a < aliases.n; a++) {
        find_items(&m, t, ins, &aliases, a);
        if (m.n_found > best.n_found) best = m;
    }
    for (size_t a = 0; a < aliases.n && best.n_found < n; a++) {
        find_items_in_order(&m, t, ins, aliases.at[a]);
        if (m.n_found > best.n_found) best = m;
    }
    for (size_t i = 0; best.n_found && i < ins->n_items; i++) {
        const size_t number = number_of_item(ins->items[i].id);
        if (number && best.columns[number] != RMT_NO_COLUMN)
            count_range(&item_range, &t->columns[best.columns[number]], ins->items[i].min,
                        ins->items[i].max);
    }
    const bool complete = best.n_found == n && fits(&item_range);
    bool exact = true;
    rmt_status st;
    const size_t total = find_total(&exact, &total_range, t, ins, &aliases, &best);
    if (!complete && 2 * best.n_found >= n && item_range.n &&
        (st = tell_part(r, t, ins, &best, &item_range, err)))
        return st;
    if (!complete && total == RMT_NO_COLUMN) return RMT_OK;
    if ((st = add_outcome(r, table, ins, ins->id, complete ? &best : NULL, total, &item_range,
                          &total_range, err)))
        return st;
    rmt_recognised_outcome *o = &r->outcomes[r->n_outcomes - 1];
    if (complete && best.n_inexact && (st = tell_items_by_words(o, t, ins, &best, err))) return st;
    return total != RMT_NO_COLUMN && !exact ? tell_total_by_words(o, t, ins, total, err) : RMT_OK;
}

/* ---- what no instrument explains ------------------------------------------------------------- */

static bool is_used(const rmt_recognised *r, size_t table, size_t col)
{
    for (size_t i = 0; i < r->n_outcomes; i++) {
        const rmt_recognised_outcome *o = &r->outcomes[i];
        if (o->table != table) continue;
        if (o->total == col || o->baseline == col) return true;
        for (size_t k = 0; k < o->n_items; k++)
            if (o->items[k] == col) return true;
    }
    return false;
}

static bool sounds_like_score(const char *name)
{
    static const char *const words[] = {"total", "tot", "score", "sum"};
    char plain[NAME_MAX_BYTES];
    rmt_plain_name(plain, name);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(plain, words[i])) return true;
    return false;
}

/* A name the plan takes: letters, digits and _, a letter first. */
static void plan_name(char out[NAME_MAX_BYTES], const char *name)
{
    size_t n = 0;
    for (; *name && n + 8 < NAME_MAX_BYTES; name++) {
        const char c = *name;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (n == 0 && !letter) out[n++] = 'x';
        if (((unsigned char)c & 0xC0) == 0x80) continue;
        out[n++] = letter || (c >= '0' && c <= '9') ? c : '_';
    }
    out[n] = '\0';
}

static bool has_outcome(const rmt_recognised *r, size_t table)
{
    for (size_t i = 0; i < r->n_outcomes; i++)
        if (r->outcomes[i].table == table && r->outcomes[i].instrument) return true;
    return false;
}

/* Columns that are called as scores are become outcomes without an instrument, in a table with visits where no scale was
 * known. */
static rmt_status add_bare_totals(rmt_recognised *r, size_t table, rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    rmt_status st;
    for (size_t i = 0; i < t->n_columns; i++) {
        const rmt_column_facts *f = &t->columns[i];
        char name[NAME_MAX_BYTES];
        if (!rmt_facts_is_number(f) || f->n_levels < 2 || i == t->id || i == t->visit ||
            i == t->day || is_used(r, table, i) || !sounds_like_score(f->name))
            continue;
        if (has_outcome(r, table)) {
            char shown[SHOWN_BYTES + 4];
            st = rmt_check_line(&r->outcome_checks, err,
                                "table %s: %s is called as a score is, of no instrument known "
                                "here; left out",
                                t->source->name, rmt_shown(shown, f->name));
            if (st) return st;
            continue;
        }
        plan_name(name, f->name);
        if ((st = add_outcome(r, table, NULL, name, NULL, i, NULL, NULL, err))) return st;
        if ((st = rmt_check_line(&r->outcomes[r->n_outcomes - 1].checks, err,
                                 "called as a score is, of no instrument known here: nothing is "
                                 "known of its range, response and remission")))
            return st;
    }
    return RMT_OK;
}

/* Digits at the end of a name. */
static size_t number_width(const char *name)
{
    size_t from = strlen(name);
    while (from > 0 && name[from - 1] >= '0' && name[from - 1] <= '9')
        from--;
    return strlen(name) - from;
}

/* What to do about n columns with values of a range. */
static void advise(char out[256], const rmt_instrument *const *instruments, size_t n_instruments,
                   size_t n, const range_count *range)
{
    char like[96] = "";
    for (size_t i = 0; i < n_instruments; i++) {
        const rmt_instrument *ins = instruments[i];
        const size_t used = strlen(like);
        if (ins->scales[0].n_items == n && range->low >= ins->items[0].min &&
            range->high <= ins->items[0].max && used + strlen(ins->id) + 5 < sizeof like)
            snprintf(like + used, sizeof like - used, "%s%s", used ? " or " : "", ins->id);
    }
    if (like[0])
        snprintf(out, 256,
                 "if they are the items of %s, name them in their order in an outcome with "
                 "instrument and items: [...]",
                 like);
    else
        snprintf(out, 256, "describe the scale as schemas/README.md shows, or name a stored total");
}

/* Numbered as `name` is; the letter of a cluster may differ, caps_b5 and caps_c1. */
static bool is_numbered_as(const char *other, const char *name, size_t stem)
{
    const bool cluster = stem > 1 && name[stem - 2] == '_';
    return strncmp(other, name, cluster ? stem - 1 : stem) == 0 && number_width(other) > 0 &&
           strlen(other) - number_width(other) == stem;
}

/* "m1..m10, 10 columns of whole numbers 0 to 6": items to be named, or a scale to be described. */
static rmt_status tell_unknown_items(rmt_recognised *r, size_t table,
                                     const rmt_instrument *const *instruments, size_t n_instruments,
                                     rmt_error *err)
{
    enum { LEAST_ITEMS = 5, WIDEST = 10 };
    const rmt_recognised_table *t = &r->tables[table];
    for (size_t i = 0, n; i < t->n_columns; i += n) {
        const char *name = t->columns[i].name;
        const size_t stem = strlen(name) - number_width(name);
        range_count range = {0};
        char a[SHOWN_BYTES + 4], b[SHOWN_BYTES + 4], where[SHOWN_BYTES + 4];
        for (n = 0; i + n < t->n_columns; n++) {
            const rmt_column_facts *f = &t->columns[i + n];
            const bool numbered = is_numbered_as(f->name, name, stem);
            if (!numbered || f->type != RMT_TYPE_INTEGER || is_used(r, table, i + n)) break;
            count_range(&range, f, 0, 0);
        }
        const bool scale = n >= LEAST_ITEMS && stem > 0 && range.high - range.low <= WIDEST;
        n = n ? n : 1;
        if (!scale) continue;
        char advice[256];
        advise(advice, instruments, n_instruments, n, &range);
        rmt_status st = rmt_check_line(
            &r->outcome_checks, err,
            "table %s: %s to %s, %zu columns of whole numbers %g to %g, not taken as items of "
            "an instrument known here: %s",
            rmt_shown(where, t->source->name), rmt_shown(a, name),
            rmt_shown(b, t->columns[i + n - 1].name), n, range.low, range.high, advice);
        if (st) return st;
    }
    return RMT_OK;
}

rmt_status rmt_recognise_scales(rmt_recognised *r, const rmt_instrument *const *instruments,
                                size_t n, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < r->n_tables; i++)
        for (size_t k = 0; k < n && r->tables[i].id != RMT_NO_COLUMN; k++)
            if ((st = recognise_one(r, i, instruments[k], err))) return st;
    for (size_t i = 0; i < r->n_tables; i++) {
        if (r->tables[i].id == RMT_NO_COLUMN) continue;
        if (r->tables[i].visit != RMT_NO_COLUMN && (st = add_bare_totals(r, i, err))) return st;
        if ((st = tell_unknown_items(r, i, instruments, n, err))) return st;
    }
    return RMT_OK;
}
