/* recognise.c - the guesses about a trial, joined. See rmt/recognise.h. */
#include "rmt/recognise.h"

#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/schema.h"
#include "rmt/subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns that are called as ids or visits are, or are told to be, hold names: their numbers are no codes. */
static bool holds_names(const char *name, const rmt_recognise_told *told)
{
    return (told->id && strcmp(name, told->id) == 0) ||
           (told->visit && strcmp(name, told->visit) == 0) || rmt_is_id_name(name) ||
           rmt_is_visit_name(name);
}

static rmt_status read_columns(rmt_recognised_table *t, const rmt_recognise_source *s,
                               const rmt_recognise_told *told, rmt_error *err)
{
    const size_t n = rmt_table_columns(s->read), line = rmt_line_column(s->read);
    t->source = s;
    t->n_rows = rmt_table_rows(s->read);
    t->id = t->visit = t->date = t->day = t->renamed = RMT_NO_COLUMN;
    if (!(t->columns = rmt_mem_array(n, sizeof *t->columns, err))) return RMT_ERR_NOMEM;
    for (size_t col = 0; col < n; col++) {
        if (col == line) continue;
        const char *name = rmt_table_name(s->read, col);
        rmt_column_facts *f = &t->columns[t->n_columns++];
        rmt_status st = rmt_column_facts_init(f, s, col, holds_names(name, told), err);
        if (st) return st;
        f->field = s->schema ? rmt_schema_field(s->schema, name) : NULL;
        f->title = f->field && f->field->title ? f->field->title : s->titles ? s->titles[col] : "";
    }
    t->summary = rmt_is_summary_table(t);
    return RMT_OK;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static rmt_status find_key(rmt_recognised_table *t, bool with_visit, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text texts = {0};
    rmt_text_placed *keys = rmt_mem_array(t->n_rows, sizeof *keys, err);
    size_t *at = rmt_mem_array(t->n_rows, sizeof *at, err), n_incomplete = 0, twice = 0;
    const rmt_column_facts *id = &t->columns[t->id],
                           *visit = with_visit ? &t->columns[t->visit] : NULL;
    if (!keys || !at) st = RMT_ERR_NOMEM;
    for (size_t row = 0; !st && row < t->n_rows; row++) {
        char a[RMT_LEVEL_BUF], b[RMT_LEVEL_BUF];
        const char *who = rmt_facts_cell(id, row, a),
                   *when = visit ? rmt_facts_cell(visit, row, b) : "-";
        n_incomplete += !who[0] || !when[0];
        at[row] = texts.len;
        st = rmt_text_addf(&texts, err, "%s%s%s", who, visit ? " at " : "", visit ? when : "");
        if (st) break;
        st = rmt_text_add_bytes(&texts, "", 1, err);
    }
    for (size_t row = 0; !st && row < t->n_rows; row++)
        keys[row] = (rmt_text_placed){texts.s + at[row], row};
    if (!st) qsort(keys, t->n_rows, sizeof *keys, rmt_text_placed_order);
    for (size_t i = 1; !st && i < t->n_rows && !twice; i++)
        if (strcmp(keys[i].text, keys[i - 1].text) == 0) twice = i;
    if (!st && !twice && n_incomplete == 0) t->n_key = with_visit ? 2 : 1;
    else if (!st && !t->source->described && (with_visit || t->visit == RMT_NO_COLUMN)) {
        char shown[SHOWN_BYTES + 4];
        if (twice)
            st = rmt_check_line(&t->checks, err, "no primaryKey: %s stands on lines %zu and %zu",
                                rmt_shown(shown, keys[twice].text),
                                rmt_facts_line(id, keys[twice - 1].place),
                                rmt_facts_line(id, keys[twice].place));
        else
            st = rmt_check_line(&t->checks, err,
                                "no primaryKey: %zu rows have no participant or no visit",
                                n_incomplete);
    }
    rmt_text_clear(&texts);
    rmt_mem_free(keys);
    rmt_mem_free(at);
    return st;
}

/* An id, without zeros before it where all are numbers. */
static const char *id_text(const rmt_recognised *r, const rmt_level *level, char buf[RMT_LEVEL_BUF])
{
    const char *text = rmt_level_text(level, buf);
    while (r->ids_are_numbers && text[0] == '0' && text[1])
        text++;
    return text;
}

/* Every id of t is one of the subject table's. */
static rmt_status find_reference(rmt_recognised *r, rmt_recognised_table *t, rmt_error *err)
{
    const rmt_recognised_table *subjects = &r->tables[r->subjects];
    const rmt_column_facts *own = &t->columns[t->id], *theirs = &subjects->columns[subjects->id];
    char(*texts)[RMT_LEVEL_BUF] = rmt_mem_array(theirs->n_levels, sizeof *texts, err);
    const char **known = rmt_mem_array(theirs->n_levels, sizeof *known, err);
    size_t n_unknown = 0, first = 0;
    rmt_status st = texts && known ? RMT_OK : RMT_ERR_NOMEM;
    for (size_t i = 0; !st && i < theirs->n_levels; i++)
        known[i] = id_text(r, &theirs->levels[i], texts[i]);
    if (!st) qsort(known, theirs->n_levels, sizeof *known, rmt_text_order);
    for (size_t i = 0; !st && i < own->n_levels; i++) {
        char buf[RMT_LEVEL_BUF];
        const char *id = id_text(r, &own->levels[i], buf);
        if (bsearch(&id, known, theirs->n_levels, sizeof *known, rmt_text_order)) continue;
        if (n_unknown++ == 0) first = i;
    }
    t->refers = n_unknown == 0;
    if (!st && n_unknown) {
        char buf[RMT_LEVEL_BUF], shown[SHOWN_BYTES + 4];
        st = rmt_check_line(&t->checks, err, "%zu id%s not in table %s, the first %s on line %zu",
                            n_unknown, n_unknown == 1 ? " is" : "s are", subjects->source->name,
                            rmt_shown(shown, rmt_level_text(&own->levels[first], buf)),
                            rmt_facts_line(own, own->levels[first].first));
    }
    rmt_mem_free(texts);
    rmt_mem_free(known);
    return st;
}

static rmt_status relate_tables(rmt_recognised *r, rmt_error *err)
{
    rmt_status st;
    if (r->id && r->subjects != RMT_NO_COLUMN && (st = rmt_recognise_id_numbers(r, err))) return st;
    for (size_t i = 0; i < r->n_tables; i++) {
        rmt_recognised_table *t = &r->tables[i];
        if (t->id == RMT_NO_COLUMN) continue;
        if ((st = find_key(t, false, err))) return st;
        if (t->n_key == 0 && t->visit != RMT_NO_COLUMN && (st = find_key(t, true, err))) return st;
        if (i != r->subjects && r->subjects != RMT_NO_COLUMN && (st = find_reference(r, t, err)))
            return st;
    }
    return RMT_OK;
}

/* ---- codes in words -------------------------------------------------------------------------- */

/* The code of another column that is the same as c; NULL = none. */
static const rmt_code_found *same_code(const rmt_column_facts *f, const rmt_code_found *c)
{
    for (size_t i = 0; i < f->n_codes; i++)
        if (f->codes[i].taken == c->taken && strcmp(f->codes[i].text, c->text) == 0)
            return &f->codes[i];
    return NULL;
}

/* One line for a code, at the first column that has it. */
static rmt_status tell_code(rmt_recognised_table *t, size_t col, const rmt_code_found *c,
                            rmt_error *err)
{
    size_t n_cells = 0, n_columns = 0;
    char name[SHOWN_BYTES + 4], more[64] = "";
    for (size_t i = 0; i < t->n_columns; i++) {
        const rmt_code_found *same = same_code(&t->columns[i], c);
        if (same && i < col) return RMT_OK;
        n_columns += same != NULL;
        n_cells += same ? same->n : 0;
    }
    if (n_columns > 1) snprintf(more, sizeof more, " of %zu columns", n_columns);
    return rmt_check_line(
        &t->checks, err, "'%s' in %zu cell%s%s, the first in %s on line %zu, %s", c->text, n_cells,
        n_cells == 1 ? "" : "s", more, rmt_shown(name, t->columns[col].name),
        rmt_facts_line(&t->columns[col], c->first),
        c->taken ? "is taken as missing" : "may mean missing and is kept as a value");
}

static rmt_status tell_codes(rmt_recognised_table *t, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < t->n_columns; i++) {
        const rmt_column_facts *f = &t->columns[i];
        char name[SHOWN_BYTES + 4];
        for (size_t k = 0; k < f->n_codes; k++)
            if ((st = tell_code(t, i, &f->codes[k], err))) return st;
        if (f->other_format &&
            (st = rmt_check_line(&t->checks, err, "%s: dates could be %s as well as %s",
                                 rmt_shown(name, f->name), f->other_format, f->format)))
            return st;
    }
    return RMT_OK;
}

/* "'see note' on line 7 and 2 more, '3O' on line 9". */
static void show_odd(char *out, size_t size, const rmt_column_facts *f)
{
    size_t used = 0, told = 0;
    char text[SHOWN_BYTES + 4], more[32];
    out[0] = '\0';
    for (size_t i = 0; i < f->n_odd_kept; i++) {
        const rmt_odd_text *odd = &f->odd[i];
        more[0] = '\0';
        if (odd->n > 1) snprintf(more, sizeof more, " and %zu more", odd->n - 1);
        told += odd->n;
        snprintf(out + used, size - used, "%s'%s' on line %zu%s", i ? ", " : "",
                 rmt_shown(text, odd->text), rmt_facts_line(f, odd->first), more);
        used = strlen(out);
    }
    if (told < f->n_odd) snprintf(out + used, size - used, ", ...");
}

/* The same words again and again rather mean that there is no value. */
static bool are_words(const rmt_column_facts *f)
{
    size_t told = 0;
    for (size_t i = 0; i < f->n_odd_kept; i++) {
        told += f->odd[i].n;
        if (f->odd[i].text[strcspn(f->odd[i].text, "0123456789")]) return false;
    }
    return told == f->n_odd && f->n_odd > f->n_odd_kept;
}

/* The type is that of most cells, or a text that could be one of numbers: how many the others are, and the first. */
static rmt_status tell_odd(rmt_recognised_table *t, const rmt_column_facts *f, rmt_error *err)
{
    char name[SHOWN_BYTES + 4], odd[RMT_ODD_KEPT * 128], then[64];
    const bool number = f->fits != RMT_TYPE_DATE, kept = f->type == RMT_TYPE_STRING;
    /* An unreadable cell is no value of a column of numbers; a text is one of a column of dates. */
    const size_t n_fit = rmt_facts_is_number(f) ? f->n_values : f->n_values - f->n_odd;
    show_odd(odd, sizeof odd, f);
    if (kept) snprintf(then, sizeof then, "kept as text, else of type %s", rmt_type_name(f->fits));
    else
        snprintf(then, sizeof then, "validate will tell of %s",
                 f->n_odd == 1 ? "it" : "such cells");
    return rmt_check_line(&t->checks, err, "%s: %zu of %zu cells are %s, but not %s: %s%s",
                          rmt_shown(name, f->name), n_fit, n_fit + f->n_odd,
                          number ? "numbers" : "dates of one format", odd, then,
                          are_words(f) ? "; what means missing belongs into missingValues" : "");
}

/* A column that would be of numbers but for a few cells. */
static rmt_status tell_slips(const rmt_recognised *r, rmt_recognised_table *t, rmt_error *err)
{
    enum { SLIPS = 10 };
    for (size_t i = 0; i < t->n_columns; i++) {
        const rmt_column_facts *f = &t->columns[i];
        rmt_status st;
        size_t n = 0, at = f->n_levels;
        if (f->n_odd) {
            const bool names = i == t->id || i == t->visit || f == r->arms;
            if (!names && (st = tell_odd(t, f, err))) return st;
            continue;
        }
        for (size_t k = 0; f->type == RMT_TYPE_STRING && i != t->id && k < f->n_levels; k++) {
            const char *s = f->levels[k].text;
            if (s[0] && s[strspn(s, "0123456789.-")] == '\0') n += f->levels[k].n;
            else if (at == f->n_levels || f->levels[k].first < f->levels[at].first) at = k;
        }
        if (at == f->n_levels || (f->n_values - n) * SLIPS > f->n_values) continue;
        char name[SHOWN_BYTES + 4], text[SHOWN_BYTES + 4];
        st = rmt_check_line(
            &t->checks, err,
            "%s: %zu of %zu cells look like numbers or dates, but not '%s' on line %zu",
            rmt_shown(name, f->name), n, f->n_values, rmt_shown(text, f->levels[at].text),
            rmt_facts_line(f, f->levels[at].first));
        if (st) return st;
    }
    return RMT_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

rmt_status rmt_recognise(rmt_recognised **out, const rmt_recognise_source *sources,
                         size_t n_sources, const rmt_instrument *const *instruments,
                         size_t n_instruments, const rmt_recognise_told *told, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_recognised *r = rmt_mem_array(1, sizeof *r, err);
    if (!r) return RMT_ERR_NOMEM;
    r->subjects = RMT_NO_COLUMN;
    if (!(r->tables = rmt_mem_array(n_sources, sizeof *r->tables, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t i = 0; i < n_sources; i++)
        if ((st = read_columns(&r->tables[r->n_tables++], &sources[i], told, err))) goto done;
    if ((st = rmt_recognise_ids(r, told, err)) || (st = rmt_recognise_arms(r, told, err)) ||
        (st = rmt_recognise_visit_columns(r, told, err)) || (st = relate_tables(r, err)) ||
        (st = rmt_recognise_visits(r, err)) ||
        (st = rmt_recognise_scales(r, instruments, n_instruments, err)) ||
        (st = rmt_recognise_baseline(r, err)))
        goto done;
    for (size_t i = 0; i < r->n_tables; i++)
        if (!r->tables[i].source->described &&
            ((st = tell_codes(&r->tables[i], err)) || (st = tell_slips(r, &r->tables[i], err))))
            goto done;
    *out = r;
    r = NULL;
done:
    rmt_recognised_free(r);
    return st;
}

void rmt_recognised_free(rmt_recognised *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_tables; i++) {
        for (size_t k = 0; k < r->tables[i].n_columns; k++)
            rmt_column_facts_clear(&r->tables[i].columns[k]);
        rmt_mem_free(r->tables[i].columns);
        rmt_text_clear(&r->tables[i].checks);
    }
    for (size_t i = 0; i < r->n_visits; i++) {
        rmt_mem_free(r->visits[i].name);
        rmt_mem_free(r->visits[i].value);
        for (size_t k = 0; k < r->visits[i].n_others; k++)
            rmt_mem_free(r->visits[i].others[k]);
        rmt_mem_free(r->visits[i].others);
    }
    for (size_t i = 0; i < r->n_outcomes; i++) {
        rmt_mem_free(r->outcomes[i].name);
        rmt_mem_free(r->outcomes[i].items);
        rmt_text_clear(&r->outcomes[i].checks);
    }
    rmt_mem_free(r->tables);
    rmt_mem_free(r->visits);
    rmt_mem_free(r->outcomes);
    rmt_mem_free(r->strata);
    rmt_mem_free(r->spelled_as);
    rmt_mem_free(r->covariates);
    rmt_text_clear(&r->subject_checks);
    rmt_text_clear(&r->arm_checks);
    rmt_text_clear(&r->arm_labels);
    rmt_text_clear(&r->visit_checks);
    rmt_text_clear(&r->outcome_checks);
    rmt_mem_free(r);
}
