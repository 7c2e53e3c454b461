/* recognise_schedule.c - the visits there are, their order in time, and the baseline. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool rmt_recognised_is_visit(const rmt_recognised_visit *v, const char *cell)
{
    bool is = strcmp(v->value, cell) == 0;
    for (size_t i = 0; i < v->n_others && !is; i++)
        is = strcmp(v->others[i], cell) == 0;
    return is;
}

/* ---- when a visit was ------------------------------------------------------------------------ */

typedef struct {
    const char *id; /* points into texts */
    double first;   /* the participant's earliest date, in days */
} start;

typedef struct {
    start *starts;
    size_t n;
    char **texts; /* one block of ids for each table */
    size_t n_texts;
} start_list;

static int by_id(const void *a, const void *b)
{
    return strcmp(((const start *)a)->id, ((const start *)b)->id);
}

static void clear_starts(start_list *s)
{
    for (size_t i = 0; i < s->n_texts; i++)
        rmt_mem_free(s->texts[i]);
    rmt_mem_free(s->texts);
    rmt_mem_free(s->starts);
}

static double date_at(const rmt_recognised_table *t, size_t row)
{
    char buf[RMT_LEVEL_BUF];
    rmt_field field;
    rmt_cell cell;
    const rmt_column_facts *f = &t->columns[t->date];
    const char *text = rmt_facts_cell(f, row, buf);
    if (!f->format) return rmt_days_of_date(text);
    rmt_field_init(&field, f->name, RMT_TYPE_DATE);
    field.format = f->format;
    rmt_field_read_cell(&cell, &field, NULL, '.', text, strlen(text));
    return cell.kind == RMT_CELL_VALUE ? rmt_days_of_date(cell.text) : (double)NAN;
}

static bool is_dated(const rmt_recognised_table *t)
{
    return t->id != RMT_NO_COLUMN && t->visit != RMT_NO_COLUMN && t->date != RMT_NO_COLUMN;
}

/* Each participant's earliest date in the tables of visits. */
static rmt_status find_starts(start_list *s, const rmt_recognised *r, rmt_error *err)
{
    size_t rows = 0, n = 0;
    for (size_t i = 0; i < r->n_tables; i++)
        rows += is_dated(&r->tables[i]) ? r->tables[i].n_rows : 0;
    s->starts = rmt_mem_array(rows, sizeof *s->starts, err);
    s->texts = rmt_mem_array(r->n_tables, sizeof *s->texts, err);
    if (!s->starts || !s->texts) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_tables; i++) {
        const rmt_recognised_table *t = &r->tables[i];
        if (!is_dated(t)) continue;
        char *block = rmt_mem_array(t->n_rows, RMT_LEVEL_BUF, err);
        if (!block) return RMT_ERR_NOMEM;
        s->texts[s->n_texts++] = block;
        for (size_t row = 0; row < t->n_rows; row++) {
            const char *id = rmt_facts_cell(&t->columns[t->id], row, block + row * RMT_LEVEL_BUF);
            const double day = date_at(t, row);
            if (id[0] && !isnan(day)) s->starts[n++] = (start){id, day};
        }
    }
    qsort(s->starts, n, sizeof *s->starts, by_id);
    for (size_t i = 0; i < n; i++) {
        if (s->n && strcmp(s->starts[s->n - 1].id, s->starts[i].id) == 0)
            s->starts[s->n - 1].first = fmin(s->starts[s->n - 1].first, s->starts[i].first);
        else s->starts[s->n++] = s->starts[i];
    }
    return RMT_OK;
}

/* Days since the participant's first record; NaN = not known. */
static double day_at(const rmt_recognised_table *t, size_t row, const start_list *s)
{
    char buf[RMT_LEVEL_BUF];
    if (t->day != RMT_NO_COLUMN)
        return rmt_table_number(t->columns[t->day].cells, t->columns[t->day].col, row);
    if (!is_dated(t)) return (double)NAN;
    const start key = {rmt_facts_cell(&t->columns[t->id], row, buf), 0};
    const start *of = bsearch(&key, s->starts, s->n, sizeof key, by_id);
    return of ? date_at(t, row) - of->first : (double)NAN;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static rmt_status median_day(double *out, const rmt_recognised *r, const rmt_recognised_visit *v,
                             const start_list *s, rmt_error *err)
{
    size_t rows = 0, n = 0;
    for (size_t i = 0; i < r->n_tables; i++)
        rows += r->tables[i].visit != RMT_NO_COLUMN ? r->tables[i].n_rows : 0;
    double *days = rmt_mem_array(rows, sizeof *days, err);
    if (!days) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_tables; i++) {
        const rmt_recognised_table *t = &r->tables[i];
        for (size_t row = 0; t->visit != RMT_NO_COLUMN && row < t->n_rows; row++) {
            char buf[RMT_LEVEL_BUF];
            if (!rmt_recognised_is_visit(v, rmt_facts_cell(&t->columns[t->visit], row, buf)))
                continue;
            const double day = day_at(t, row, s);
            if (!isnan(day)) days[n++] = day;
        }
    }
    qsort(days, n, sizeof *days, by_value);
    *out = n ? (days[(n - 1) / 2] + days[n / 2]) / 2 : (double)NAN;
    rmt_mem_free(days);
    return RMT_OK;
}

/* ---- the schedule ---------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const rmt_recognised_visit *x = a, *y = b;
    if (!isnan(x->place) && !isnan(y->place) && (x->place < y->place || x->place > y->place))
        return x->place < y->place ? -1 : 1;
    if (isnan(x->place) != isnan(y->place)) return isnan(x->place) ? 1 : -1;
    if (!isnan(x->place) && x->n_tables != y->n_tables) return x->n_tables > y->n_tables ? -1 : 1;
    return (x->seen > y->seen) - (x->seen < y->seen);
}

/* "visit4" for the 4 of a column VISIT, else the value itself. */
static rmt_status name_visit(rmt_recognised_visit *v, const char *column, bool number,
                             rmt_error *err)
{
    char plain[NAME_MAX_BYTES];
    rmt_text name = {0};
    rmt_plain_name(plain, column);
    const rmt_status st = rmt_text_addf(&name, err, "%s%s", number ? plain : "", v->value);
    if (st) rmt_text_clear(&name);
    v->name = name.s;
    return st;
}

static rmt_status add_visit(rmt_recognised *r, size_t *cap, const rmt_column_facts *f,
                            const rmt_level *level, size_t seen, rmt_error *err)
{
    char buf[RMT_LEVEL_BUF];
    const char *value = rmt_level_text(level, buf);
    for (size_t i = 0; i < r->n_visits; i++)
        if (strcmp(r->visits[i].value, value) == 0) {
            r->visits[i].n_tables++;
            if (seen < r->visits[i].seen) r->visits[i].seen = seen;
            return RMT_OK;
        }
    rmt_status st = rmt_mem_grow(&r->visits, cap, r->n_visits + 1, sizeof *r->visits, err);
    if (st) return st;
    rmt_recognised_visit *v = &r->visits[r->n_visits];
    *v = (rmt_recognised_visit){
        .day = (double)NAN, .place = (double)NAN, .n_tables = 1, .seen = seen};
    if (!(v->value = rmt_mem_text(value, strlen(value), err))) return RMT_ERR_NOMEM;
    r->n_visits++;
    return name_visit(v, f->name, !level->text, err);
}

static rmt_status collect_visits(rmt_recognised *r, rmt_error *err)
{
    size_t cap = 0, before = 0;
    for (size_t i = 0; i < r->n_tables; before += r->tables[i].n_rows, i++) {
        const rmt_recognised_table *t = &r->tables[i];
        for (size_t k = 0; t->visit != RMT_NO_COLUMN && k < t->columns[t->visit].n_levels; k++) {
            const rmt_level *level = &t->columns[t->visit].levels[k];
            rmt_status st =
                add_visit(r, &cap, &t->columns[t->visit], level, before + level->first, err);
            if (st) return st;
        }
    }
    return RMT_OK;
}

/* The length of "week_2" in "week_2_arm_1"; 0 = no event of a REDCap project. */
static size_t event_length(const char *name)
{
    static const char mark[] = "_arm_";
    size_t n = strlen(name);
    const size_t whole = n, length = sizeof mark - 1;
    while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
        n--;
    return n < whole && n > length && strncmp(name + n - length, mark, length) == 0 ? n - length
                                                                                    : 0;
}

/* Joins a visit to an earlier one of its name. */
static rmt_status join_event(rmt_recognised_visit *v, rmt_recognised_visit *gone, rmt_error *err)
{
    const rmt_status st =
        rmt_mem_grow(&v->others, &v->cap_others, v->n_others + 1, sizeof *v->others, err);
    if (st) return st;
    v->others[v->n_others++] = gone->value;
    if (gone->n_tables > v->n_tables) v->n_tables = gone->n_tables;
    if (gone->seen < v->seen) v->seen = gone->seen;
    rmt_mem_free(gone->name);
    *gone = (rmt_recognised_visit){0};
    return RMT_OK;
}

/* Events of a REDCap project: week_2_arm_1 and week_2_arm_2 are one visit, week_2. */
static rmt_status shorten_events(rmt_recognised *r, rmt_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_visits; i++)
        if (event_length(r->visits[i].name) == 0) return RMT_OK;
    for (size_t i = 0; i < r->n_visits; i++) {
        size_t same = 0;
        r->visits[i].name[event_length(r->visits[i].name)] = '\0';
        while (same < n && strcmp(r->visits[same].name, r->visits[i].name) != 0)
            same++;
        if (same == n) {
            const rmt_recognised_visit moved = r->visits[i];
            r->visits[i] = (rmt_recognised_visit){0};
            r->visits[n++] = moved;
            continue;
        }
        const rmt_status st = join_event(&r->visits[same], &r->visits[i], err);
        if (st) return st;
    }
    r->n_visits = n;
    return RMT_OK;
}

/* What the label of a visit tells, else its value. */
static rmt_label label_of(const rmt_recognised_visit *v)
{
    const rmt_label of_name = rmt_label_read(v->name), of_value = rmt_label_read(v->value);
    rmt_label l = of_name;
    if (of_value.baseline > l.baseline) l.baseline = of_value.baseline;
    if (of_value.baseline > of_name.baseline || l.phase == RMT_PHASE_UNKNOWN)
        l.phase = of_value.phase;
    return l;
}

/* Some table has records at both. */
static bool are_in_one_table(const rmt_recognised *r, const rmt_recognised_visit *a,
                             const rmt_recognised_visit *b)
{
    for (size_t i = 0; i < r->n_tables; i++) {
        const rmt_recognised_table *t = &r->tables[i];
        bool has_a = false, has_b = false;
        for (size_t k = 0; t->visit != RMT_NO_COLUMN && k < t->columns[t->visit].n_levels; k++) {
            char buf[RMT_LEVEL_BUF];
            const char *value = rmt_level_text(&t->columns[t->visit].levels[k], buf);
            has_a = has_a || rmt_recognised_is_visit(a, value);
            has_b = has_b || rmt_recognised_is_visit(b, value);
        }
        if (has_a && has_b) return true;
    }
    return false;
}

/* But for case, blanks and low lines. */
static bool is_spelled_alike(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == ' ' || *a == '_')
            a++;
        while (*b == ' ' || *b == '_')
            b++;
        const char x[] = {*a, '\0'}, y[] = {*b, '\0'};
        if (!*a || !*b) return *a == *b;
        if (!rmt_text_equal_nocase(x, y)) return false;
    }
}

/* "Week 4" and "week_4" anywhere; "BL" and "Baseline", "W4" and "Week 4" where no table has both. */
static bool are_one_visit(const rmt_recognised *r, const rmt_recognised_visit *a,
                          const rmt_recognised_visit *b)
{
    const rmt_label x = label_of(a), y = label_of(b);
    if (is_spelled_alike(a->name, b->name)) return true;
    const bool baselines = x.baseline == RMT_SIGN_NAME && y.baseline == RMT_SIGN_NAME;
    const bool timed = x.unit > 0 && y.unit > 0 && rmt_num_same(x.day, y.day) && x.phase == y.phase;
    return (baselines || timed) && !are_in_one_table(r, a, b);
}

/* Tables may call a visit differently: they are joined, and told. */
static rmt_status join_spellings(rmt_recognised *r, rmt_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_visits; i++) {
        char shown[SHOWN_BYTES + 4], other[SHOWN_BYTES + 4];
        size_t same = 0;
        while (same < n && !are_one_visit(r, &r->visits[same], &r->visits[i]))
            same++;
        if (same == n) {
            const rmt_recognised_visit moved = r->visits[i];
            r->visits[i] = (rmt_recognised_visit){0};
            r->visits[n++] = moved;
            continue;
        }
        rmt_status st = rmt_check_line(&r->visit_checks, err, "%s is taken as another name of %s",
                                       rmt_shown(shown, r->visits[i].value),
                                       rmt_shown(other, r->visits[same].value));
        if (!st) st = join_event(&r->visits[same], &r->visits[i], err);
        if (st) return st;
    }
    r->n_visits = n;
    return RMT_OK;
}

/* The few visits without a date stand last, a baseline first. */
static rmt_status tell_undated(rmt_recognised *r, rmt_error *err)
{
    rmt_status st = rmt_check_line(
        &r->visit_checks, err, "ordered by the median day since each participant's first record");
    for (size_t i = 0; i < r->n_visits && !st; i++) {
        char shown[SHOWN_BYTES + 4];
        rmt_recognised_visit *v = &r->visits[i];
        if (!isnan(v->day)) continue;
        if (label_of(v).baseline) v->place = -(double)INFINITY;
        st = rmt_check_line(&r->visit_checks, err, "no record at %s has a date: it is put %s",
                            rmt_shown(shown, v->value), isnan(v->place) ? "last" : "first");
    }
    return st;
}

/* Every label begins with the number of its visit: "V1/Screening", "Visit 2 (Baseline)". */
static bool time_by_ordinals(rmt_recognised *r)
{
    for (size_t i = 0; i < r->n_visits; i++)
        if (isnan(rmt_label_read(r->visits[i].name).ordinal)) return false;
    for (size_t i = 0; i < r->n_visits; i++)
        r->visits[i].place = rmt_label_read(r->visits[i].name).ordinal;
    return true;
}

/* Every label has a time, all or none a unit; those before treatment need none. */
static bool time_by_numbers(rmt_recognised *r, bool *mixed)
{
    size_t n_other = 0, n_timed = 0, n_units = 0;
    double first_unit = 0;
    *mixed = false;
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_label l = label_of(&r->visits[i]);
        if (l.baseline) continue;
        n_other++;
        n_timed += (size_t)!isnan(l.day);
        if (isnan(l.day) || !(l.unit > 0)) continue;
        *mixed = *mixed || (n_units && !rmt_num_same(l.unit, first_unit));
        if (n_units++ == 0) first_unit = l.unit;
    }
    if (n_timed != n_other || (n_units > 0 && n_units != n_timed)) return false;
    for (size_t i = 0; i < r->n_visits; i++) {
        enum { BEFORE = 1000000 };
        const rmt_label l = label_of(&r->visits[i]);
        const bool its = !isnan(l.day) && (!l.baseline || l.unit > 0 || n_units == 0);
        r->visits[i].place = its ? l.day : l.phase == RMT_PHASE_SCREENING ? -BEFORE - 1 : -BEFORE;
    }
    return true;
}

/* Within a phase by their times, where all have one in the same way; else as they were met. */
static double place_in_phase(const rmt_recognised *r, size_t visit, rmt_phase phase)
{
    bool timed = true, units = false, none = false;
    const rmt_label own = label_of(&r->visits[visit]);
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_label l = label_of(&r->visits[i]);
        if (l.phase != phase) continue;
        timed = timed && !isnan(l.day);
        units = units || l.unit > 0;
        none = none || !(l.unit > 0);
    }
    return timed && units != none ? own.day : (double)r->visits[visit].seen;
}

/* Screening, baseline, treatment, end, follow-up. An end without a time beside labels with one is somewhere among them. */
static bool time_by_phases(rmt_recognised *r)
{
    enum { APART = 1000000000 };
    bool known = true, timed = false, end = false;
    size_t n_phases = 0;
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_label l = label_of(&r->visits[i]);
        known = known && (l.phase != RMT_PHASE_UNKNOWN || !isnan(l.day));
        n_phases += l.phase != RMT_PHASE_UNKNOWN;
        timed = timed || (l.phase == RMT_PHASE_UNKNOWN && !isnan(l.day));
        end = end || (l.phase == RMT_PHASE_END && isnan(l.day));
    }
    if (!known || n_phases < 2 || (timed && end)) return false;
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_phase phase = label_of(&r->visits[i]).phase;
        r->visits[i].place = (double)phase * APART + place_in_phase(r, i, phase);
    }
    return true;
}

static rmt_status time_by_labels(rmt_recognised *r, rmt_error *err)
{
    bool mixed = false;
    const char *how =
        "there are no dates of all visits, and not all labels have a time: in the order in "
        "which the files have them";
    if (time_by_ordinals(r) || time_by_numbers(r, &mixed))
        how =
            mixed
                ? "ordered by the numbers in their labels, in several units: a week is taken as 7 "
                  "days, a month as 30.4, a year as 365.25"
                : "ordered by the numbers in their labels";
    else if (time_by_phases(r))
        how =
            "ordered by the words in their labels: screening, baseline, treatment, end, follow-up";
    for (size_t i = 0; i < r->n_visits; i++)
        r->visits[i].day = label_of(&r->visits[i]).day;
    return rmt_check_line(&r->visit_checks, err, "%s", how);
}

/* Times by date and study day; what is left has its label alone. */
static rmt_status time_visits(rmt_recognised *r, rmt_error *err)
{
    rmt_status st;
    start_list starts = {0};
    size_t n_known = 0;
    if (r->n_visits == 0) return RMT_OK;
    if ((st = find_starts(&starts, r, err))) goto done;
    for (size_t i = 0; i < r->n_visits; i++) {
        if ((st = median_day(&r->visits[i].day, r, &r->visits[i], &starts, err))) goto done;
        n_known += (size_t)!isnan(r->visits[i].day);
    }
    if (2 * n_known > r->n_visits) {
        for (size_t i = 0; i < r->n_visits; i++)
            r->visits[i].place = r->visits[i].day;
        st = tell_undated(r, err);
        goto done;
    }
    st = time_by_labels(r, err);
done:
    clear_starts(&starts);
    return st;
}

/* How the baseline was told, where that is not certain. */
static rmt_status tell_baseline(rmt_recognised *r, size_t at, size_t same, rmt_sign sign,
                                rmt_error *err)
{
    char shown[SHOWN_BYTES + 4], other[SHOWN_BYTES + 4];
    rmt_shown(shown, r->visits[at].value);
    if (same < r->n_visits && sign != RMT_SIGN_NONE)
        return rmt_check_line(&r->visit_checks, err,
                              "%s could be the baseline as well as %s, which is taken",
                              rmt_shown(other, r->visits[same].value), shown);
    if (sign == RMT_SIGN_WORD)
        return rmt_check_line(&r->visit_checks, err,
                              "%s is taken as the baseline by a word in its label", shown);
    if (sign == RMT_SIGN_SCREENING)
        return rmt_check_line(
            &r->visit_checks, err,
            "no visit is called as a baseline is; the screening, %s, is taken as it", shown);
    if (sign == RMT_SIGN_NONE)
        return rmt_check_line(&r->visit_checks, err,
                              "no visit is called as a baseline is; the first, %s, is taken as it",
                              shown);
    return RMT_OK;
}

rmt_status rmt_recognise_baseline(rmt_recognised *r, rmt_error *err)
{
    rmt_sign best = RMT_SIGN_NONE;
    size_t at = 0, same = r->n_visits;
    if (r->n_visits == 0) return RMT_OK;
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_sign sign = label_of(&r->visits[i]).baseline;
        if (sign > best) best = sign, at = i, same = r->n_visits;
        else if (sign == best && same == r->n_visits && i != at) same = i;
    }
    r->visits[at].baseline = true;
    bool needed = r->n_outcomes == 0;
    for (size_t i = 0; i < r->n_outcomes; i++)
        needed = needed || r->outcomes[i].baseline == RMT_NO_COLUMN;
    return needed ? tell_baseline(r, at, same, best, err) : RMT_OK;
}

static rmt_status tell_ties(rmt_recognised *r, rmt_error *err)
{
    size_t n = 0;
    char a[SHOWN_BYTES + 4], b[SHOWN_BYTES + 4];
    for (size_t i = 1; i < r->n_visits; i++) {
        const rmt_recognised_visit *v = &r->visits[i], *w = &r->visits[i - 1];
        if (isnan(v->place) || !rmt_num_same(v->place, w->place)) continue;
        if (n++ == 0) rmt_shown(a, w->value), rmt_shown(b, v->value);
    }
    if (n == 0) return RMT_OK;
    return rmt_check_line(
        &r->visit_checks, err,
        "visits of one day (%zu, from %s and %s on) stand in the order of those in "
        "most tables, then as the files have them",
        n + 1, a, b);
}

rmt_status rmt_recognise_visits(rmt_recognised *r, rmt_error *err)
{
    rmt_status st;
    if ((st = collect_visits(r, err))) return st;
    if ((st = shorten_events(r, err)) || (st = join_spellings(r, err)) ||
        (st = time_visits(r, err)))
        return st;
    if (r->n_visits) qsort(r->visits, r->n_visits, sizeof *r->visits, by_place);
    return tell_ties(r, err);
}
