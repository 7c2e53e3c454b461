#include "rmt/draft.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A plan being written. Texts are appended until the first failure, which is kept. */
typedef struct {
    rmt_text *out, *missing;
    const rmt_recognised *r;
    rmt_error *err;
    rmt_status st;
} draft;

static void put(draft *d, const char *s)
{
    if (!d->st) d->st = rmt_text_add(d->out, s, d->err);
}

static void value(draft *d, const char *s)
{
    if (!d->st) d->st = rmt_yaml_add(d->out, s, d->err);
}

/* "  key: value" and a line end. */
static void key(draft *d, const char *before, const char *name, const char *s)
{
    put(d, before);
    put(d, name);
    put(d, ": ");
    value(d, s);
    put(d, "\n");
}

/* Each of the lines as a comment. */
static void checks(draft *d, const char *indent, const rmt_text *lines)
{
    for (const char *s = lines->s ? lines->s : ""; *s && !d->st;) {
        const size_t n = strcspn(s, "\n");
        put(d, indent);
        put(d, "# check: ");
        if (!d->st) d->st = rmt_text_add_bytes(d->out, s, n + 1, d->err);
        s += n + 1;
    }
}

/* Something a plan needs that the files do not show. */
static void lacks(draft *d, const char *what)
{
    put(d, " # check: ");
    put(d, what);
    put(d, "\n");
    if (!d->st) d->st = rmt_text_add(d->missing, what, d->err);
    if (!d->st) d->st = rmt_text_add(d->missing, "\n", d->err);
}

static const rmt_recognised_table *subject_table(const draft *d)
{
    return d->r->subjects == RMT_NO_COLUMN ? NULL : &d->r->tables[d->r->subjects];
}

/* ---- data ------------------------------------------------------------------------------------ */

/* A first column without a name, and a column that other tables call otherwise. */
static void put_names(draft *d, const rmt_recognised_table *t, const rmt_draft_file *f)
{
    char position[32];
    const bool renamed = t->renamed != RMT_NO_COLUMN, first = f->names_first && t->renamed != 0;
    if (!renamed && !first) return;
    if (first) put(d, "    # check: the first column has no name\n");
    put(d, "    names: {");
    if (first) put(d, renamed ? "1: row, " : "1: row");
    if (renamed) {
        snprintf(position, sizeof position, "%zu: ", t->renamed + 1);
        put(d, position);
        value(d, t->columns[t->renamed].name);
    }
    put(d, "}\n");
}

static void put_dialect(draft *d, const rmt_recognised_table *t, const rmt_draft_file *f)
{
    const char delimiter[] = {f->delimiter, '\0'};
    if (f->delimiter != ',') key(d, "    ", "delimiter", delimiter);
    if (f->decimal != '.') put(d, "    decimal: \",\"\n");
    if (f->skip_rows) {
        char lines[48];
        snprintf(lines, sizeof lines, "    skip_rows: %zu", f->skip_rows);
        put(d, lines);
        put(d, " # check: the lines above the header are taken to be a title\n");
    }
    if (f->label_rows && !d->st)
        d->st = rmt_text_addf(d->out, d->err,
                              "    # check: the row%s behind the header seem%s to be labels\n"
                              "    label_rows: %zu\n",
                              f->label_rows == 1 ? "" : "s", f->label_rows == 1 ? "s" : "",
                              f->label_rows);
    if (f->encoding) {
        put(d, "    # check: the file does not say its encoding, and is no UTF-8\n");
        key(d, "    ", "encoding", f->encoding);
    }
    if (f->pattern) {
        put(d, "    # check: the visits stand in the names of columns; the file is made long\n"
               "    long: {columns: ");
        value(d, f->pattern);
        put(d, "}\n");
    }
    if (f->footer_rows && !d->st)
        d->st = rmt_text_addf(d->out, d->err,
                              "    # check: the last row%s to be no record%s, but a footer\n"
                              "    footer_rows: %zu\n",
                              f->footer_rows == 1 ? " seems" : "s seem",
                              f->footer_rows == 1 ? "" : "s", f->footer_rows);
    put_names(d, t, f);
}

static void put_redcap(draft *d, const rmt_draft_redcap *r)
{
    put(d, "\n# A REDCap project: each table below is a form, described by the data "
           "dictionary.\nredcap:\n");
    key(d, "  ", "file", r->file);
    key(d, "  ", "dictionary", r->dictionary);
    checks(d, "  ", r->checks);
    if (r->n_missing == 0) return;
    put(d, "  # check: no file tells both code and label of these; as {value: \"-99\", label: No "
           "answer} "
           "raw and labelled\n  # exports give the same reasons beside cells\n"
           "  missing: [");
    for (size_t i = 0; i < r->n_missing; i++) {
        if (i) put(d, ", ");
        value(d, r->missing[i]);
    }
    put(d, "]\n");
}

static void put_data(draft *d, const rmt_draft_file *files, const char *package)
{
    bool begun = false;
    if (package) {
        put(d, "\n# The data package names the files and says what is in them.\n");
        key(d, "", "datapackage", package);
    }
    for (size_t i = 0; i < d->r->n_tables && !d->st; i++) {
        const rmt_recognised_table *t = &d->r->tables[i];
        if (files[i].packaged) continue;
        if (!begun)
            put(d, "\n# One entry for each file. What a schema says of a column is checked by "
                   "`remit validate`.\ndata:\n");
        begun = true;
        put(d, "  ");
        value(d, t->source->name);
        put(d, ":\n");
        checks(d, "    ", &t->checks);
        if (files[i].form) {
            put(d, "    forms: [");
            value(d, files[i].form);
            put(d, "]\n");
            continue;
        }
        key(d, "    ", "file", files[i].file);
        put_dialect(d, t, &files[i]);
        if (files[i].schema) {
            key(d, "    ", "schema", files[i].schema);
        } else {
            put(d, "    schema:\n");
            if (!d->st) d->st = rmt_draft_schema(d->out, d->r, i, 6, d->err);
        }
    }
}

/* ---- who and when ---------------------------------------------------------------------------- */

static void put_columns(draft *d, const char *name, const size_t *columns, size_t n,
                        const char *comment)
{
    if (n == 0) return;
    put(d, "  ");
    put(d, name);
    put(d, ": [");
    for (size_t i = 0; i < n; i++) {
        if (i) put(d, ", ");
        value(d, subject_table(d)->columns[columns[i]].name);
    }
    put(d, "]");
    put(d, comment);
}

/* By rmt_subject_date. */
static const char *const date_keys[RMT_N_SUBJECT_DATES] = {"consent", "randomised", "first_dose",
                                                           "withdrawal"};

static void put_subjects(draft *d)
{
    const rmt_recognised *r = d->r;
    const rmt_recognised_table *t = subject_table(d);
    put(d, "\n# Who is in the trial, and in which arm.\nsubjects:\n");
    checks(d, "  ", &r->subject_checks);
    if (t) key(d, "  ", "table", t->source->name);
    else put(d, "  table:\n");
    if (r->id) key(d, "  ", "id", r->id);
    else {
        put(d, "  id:");
        lacks(d, "no column tells participants apart (record_id, subject, usubjid, ...); name it "
                 "with --id");
    }
    if (r->arm) key(d, "  ", "arm", r->arm);
    else {
        put(d, "  arm:");
        lacks(d, "no column looks like the arm (arm, group, treatment, ...); name it with --arm");
    }
    put(d, r->one_row_per_subject ? "  one_row_per: subject\n" : "  one_row_per: record\n");
    put_columns(d, "strata", r->strata, r->n_strata,
                " # check: was randomisation stratified by it?\n");
    put_columns(d, "covariates", r->covariates, r->n_covariates, "\n");
    for (size_t i = 0; i < RMT_N_SUBJECT_DATES; i++)
        if (r->dates[i]) key(d, "  ", date_keys[i], r->dates[i]);
}

static void put_arms(draft *d)
{
    const rmt_column_facts *arms = d->r->arms;
    char buf[RMT_LEVEL_BUF];
    if (!arms) {
        put(d, "arms:\n  reference:\n");
        return;
    }
    put(d, "arms:\n");
    checks(d, "  ", &d->r->arm_checks);
    key(d, "  ", "reference", rmt_level_text(&arms->levels[d->r->reference], buf));
    put(d, "  order: [");
    for (size_t i = 0; i < arms->n_levels; i++) {
        if (i == d->r->reference || d->r->spelled_as[i] != i) continue;
        value(d, rmt_level_text(&arms->levels[i], buf));
        put(d, ", ");
    }
    value(d, rmt_level_text(&arms->levels[d->r->reference], buf));
    put(d, "]");
    if (d->r->arm_labels.len) {
        put(d, " # ");
        put(d, d->r->arm_labels.s);
    }
    put(d, "\n");
}

/* No outcome brings its own column of baselines. */
static bool needs_baseline(const rmt_recognised *r)
{
    for (size_t i = 0; i < r->n_outcomes; i++)
        if (r->outcomes[i].baseline == RMT_NO_COLUMN) return true;
    return r->n_outcomes == 0;
}

/* The date of a record in the tables of visits; of another name in each of a REDCap project's forms. */
static const char *date_of(const rmt_recognised_table *t)
{
    return t->visit == RMT_NO_COLUMN || t->date == RMT_NO_COLUMN ? NULL : t->columns[t->date].name;
}

static bool is_new_date(const rmt_recognised *r, size_t table)
{
    const char *name = date_of(&r->tables[table]);
    for (size_t i = 0; i < table && name; i++)
        if (date_of(&r->tables[i]) && strcmp(date_of(&r->tables[i]), name) == 0) return false;
    return name;
}

static void put_dates(draft *d)
{
    const rmt_recognised *r = d->r;
    size_t n = 0, shown = 0;
    for (size_t i = 0; i < r->n_tables; i++)
        n += is_new_date(r, i);
    if (n == 0) return;
    put(d, n > 1 ? "  date: [" : "  date: ");
    for (size_t i = 0; i < r->n_tables; i++) {
        if (!is_new_date(r, i)) continue;
        if (shown++) put(d, ", ");
        value(d, date_of(&r->tables[i]));
    }
    put(d, n > 1 ? "]\n" : "\n");
}

/* Two tables have the same scale. */
static bool is_file_per_visit(const rmt_recognised *r)
{
    for (size_t i = 0; i < r->n_outcomes; i++)
        for (size_t k = 0; k < i; k++)
            if (r->outcomes[i].instrument &&
                r->outcomes[i].instrument == r->outcomes[k].instrument &&
                r->outcomes[i].table != r->outcomes[k].table)
                return true;
    return false;
}

static void put_visits(draft *d)
{
    const rmt_recognised *r = d->r;
    put(d, "\n# The visits, in the order of time.\nvisits:\n");
    checks(d, "  ", &r->visit_checks);
    if (r->n_visits == 0) {
        put(d, "  visit:");
        lacks(d, is_file_per_visit(r)
                     ? "no column tells visits apart; where each file is a visit, put them into "
                       "one with a column that says which"
                     : "no column tells visits apart (visit, timepoint, week, ...); name it with "
                       "--visit");
        return;
    }
    const char *column = r->visit;
    for (size_t i = 0; !column && i < r->n_tables; i++)
        if (r->tables[i].visit != RMT_NO_COLUMN)
            column = r->tables[i].columns[r->tables[i].visit].name;
    key(d, "  ", "visit", column);
    put_dates(d);
    put(d, "  schedule:\n");
    const bool baseline = needs_baseline(r);
    for (size_t i = 0; i < r->n_visits; i++) {
        const rmt_recognised_visit *v = &r->visits[i];
        put(d, "    - {name: ");
        value(d, v->name);
        if (strcmp(v->name, v->value) != 0 || v->n_others > 0) {
            put(d, v->n_others ? ", value: [" : ", value: ");
            value(d, v->value);
            for (size_t k = 0; k < v->n_others; k++) {
                put(d, ", ");
                value(d, v->others[k]);
            }
            if (v->n_others) put(d, "]");
        }
        put(d, v->baseline && baseline ? ", baseline: true}\n" : "}\n");
    }
}

/* ---- outcomes -------------------------------------------------------------------------------- */

/* A trailing number of a name: where it begins, and what it is. */
typedef struct {
    size_t from, width;
    long number;
} tail;

static tail tail_of(const char *name)
{
    enum { DIGITS = 9 };
    tail t = {strlen(name), 0, 0};
    while (t.from > 0 && name[t.from - 1] >= '0' && name[t.from - 1] <= '9' && t.width < DIGITS)
        t.from--, t.width++;
    for (const char *s = name + t.from; *s; s++)
        t.number = t.number * 10 + (*s - '0');
    return t;
}

/* How many columns from i on are one pattern, "caps5_{01..20}". */
static size_t run_of(const rmt_recognised_table *t, const rmt_recognised_outcome *o, size_t i)
{
    const char *first = t->columns[o->items[i]].name;
    const tail a = tail_of(first);
    size_t n = 1;
    for (; a.width > 0 && i + n < o->n_items; n++) {
        const char *name = t->columns[o->items[i + n]].name;
        const tail b = tail_of(name);
        const bool padded = first[a.from] == '0' ? b.width == a.width : name[b.from] != '0';
        if (b.from != a.from || strncmp(name, first, a.from) != 0 ||
            b.number != a.number + (long)n || !padded)
            break;
    }
    return n;
}

static void put_items(draft *d, const rmt_recognised_outcome *o)
{
    enum { SHORTEST = 3 };
    const rmt_recognised_table *t = &d->r->tables[o->table];
    rmt_text pattern = {0};
    put(d, "    items: [");
    for (size_t i = 0, n; i < o->n_items && !d->st; i += n) {
        const char *first = t->columns[o->items[i]].name;
        if (i) put(d, ", ");
        n = run_of(t, o, i);
        if (n < SHORTEST) n = 1;
        pattern.len = 0;
        if (!d->st && n > 1)
            d->st = rmt_text_addf(&pattern, d->err, "%.*s{%s..%s}", (int)tail_of(first).from, first,
                                  first + tail_of(first).from,
                                  t->columns[o->items[i + n - 1]].name + tail_of(first).from);
        value(d, n > 1 && pattern.s ? pattern.s : first);
    }
    put(d, "]\n");
    rmt_text_clear(&pattern);
}

static void put_definitions(draft *d, const char *name, const rmt_definition *list, size_t n)
{
    if (n == 0) return;
    put(d, "    # ");
    put(d, name);
    put(d, ": ");
    for (size_t i = 0; i < n; i++) {
        if (i) put(d, ", ");
        put(d, list[i].id);
        if (i == 0) put(d, " (the default)");
    }
    put(d, "\n");
}

static bool is_live(const draft *d, const rmt_recognised_outcome *o)
{
    return d->r->tables[o->table].visit != RMT_NO_COLUMN;
}

static void put_outcome(draft *d, const rmt_recognised_outcome *o)
{
    const rmt_recognised_table *t = &d->r->tables[o->table];
    put(d, "  ");
    value(d, o->name);
    put(d, ":\n");
    checks(d, "    ", &o->checks);
    key(d, "    ", "table", t->source->name);
    if (o->instrument) key(d, "    ", "instrument", o->instrument->id);
    if (o->n_items) put_items(d, o);
    if (o->total != RMT_NO_COLUMN) key(d, "    ", "total", t->columns[o->total].name);
    if (o->baseline != RMT_NO_COLUMN) key(d, "    ", "baseline", t->columns[o->baseline].name);
    if (d->r->visit && strcmp(t->columns[t->visit].name, d->r->visit) != 0)
        key(d, "    ", "visit", t->columns[t->visit].name);
    if (!o->instrument) return;
    if (o->n_items)
        put(d, "    # max_missing_items: 0 (the default: one item missing, no total)\n");
    put_definitions(d, "response", o->instrument->response, o->instrument->n_response);
    put_definitions(d, "remission", o->instrument->remission, o->instrument->n_remission);
}

static size_t put_outcomes(draft *d)
{
    size_t n_live = 0;
    put(d, "\n# The scales. Another one is a file of its own: see schemas/README.md.\n");
    checks(d, "", &d->r->outcome_checks);
    put(d, "outcomes:");
    for (size_t i = 0; i < d->r->n_outcomes; i++)
        n_live += is_live(d, &d->r->outcomes[i]);
    if (n_live == 0) lacks(d, "no table with visits has the items or the total of a known scale");
    else put(d, "\n");
    for (size_t i = 0; i < d->r->n_outcomes; i++) {
        const rmt_recognised_outcome *o = &d->r->outcomes[i];
        if (is_live(d, o)) {
            put_outcome(d, o);
            continue;
        }
        put(d, "  # check: table ");
        put(d, d->r->tables[o->table].source->name);
        put(d, " has ");
        put(d, o->instrument ? o->instrument->id : o->name);
        put(d, ", but no column of visits\n");
    }
    return n_live;
}

static void put_analysis(draft *d, const rmt_recognised_outcome *o, const char *rest)
{
    put(d, "    - {outcome: ");
    value(d, o->name);
    if (o->last_visit != RMT_NO_COLUMN) {
        put(d, ", visit: ");
        value(d, d->r->visits[o->last_visit].name);
    }
    put(d, rest);
}

static bool has_events(const rmt_recognised_outcome *o)
{
    return o->instrument && o->instrument->n_response && o->instrument->n_remission;
}

static void put_analyses(draft *d)
{
    bool events = false;
    put(d,
        "\n# check: a modest default, the last visit of each scale; name what the protocol names.\n"
        "analyses:\n  effects:\n");
    for (size_t i = 0; i < d->r->n_outcomes; i++) {
        const rmt_recognised_outcome *o = &d->r->outcomes[i];
        if (is_live(d, o)) put_analysis(d, o, ", value: change, measure: [hedges_g, ancova]}\n");
        events = events || (is_live(d, o) && has_events(o));
    }
    if (events) put(d, "  rates:\n");
    for (size_t i = 0; i < d->r->n_outcomes; i++) {
        const rmt_recognised_outcome *o = &d->r->outcomes[i];
        if (is_live(d, o) && has_events(o)) put_analysis(d, o, ", event: [response, remission]}\n");
    }
}

/* ---- published numbers ----------------------------------------------------------------------- */

enum { LABELS = 3 };
static const char *const label_keys[LABELS] = {"study", "outcome", "visit"};
static const char *const label_names[LABELS][4] = {{"study", "studyid", "trial", NULL},
                                                   {"outcome", "instrument", "scale", "measure"},
                                                   {"visit", "time", "timepoint", "week"}};
static const char *const quantity_keys[RMT_N_QUANTITIES] = {"mean", "sd", "n", "events", "total"};

/* The column called as one of the names with the ending, letters and digits alone; NULL = none. */
static const char *called(const rmt_recognised_table *t, const char *const names[4],
                          const char *ending)
{
    for (size_t i = 0; i < 4 && names[i]; i++)
        for (size_t col = 0; col < t->n_columns; col++) {
            char wanted[64];
            size_t n = 0;
            snprintf(wanted, sizeof wanted, "%s%s", names[i], ending);
            const char *s = t->columns[col].name;
            for (; *s; s++) {
                const char c = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) continue;
                if (wanted[n] != c) break;
                n++;
            }
            if (*s == '\0' && wanted[n] == '\0') return t->columns[col].name;
        }
    return NULL;
}

static void put_quantities(draft *d, const rmt_recognised_table *t, const char *indent,
                           const char *side)
{
    for (rmt_summary_quantity i = 0; i < RMT_N_QUANTITIES; i++) {
        /* Means need an SD and a number, events a total. */
        const bool of_mean = i <= RMT_SUMMARY_N;
        const rmt_summary_quantity first = of_mean ? RMT_SUMMARY_MEAN : RMT_SUMMARY_EVENTS,
                                   last = of_mean ? RMT_SUMMARY_N : RMT_SUMMARY_TOTAL;
        bool whole = true;
        for (rmt_summary_quantity k = first; k <= last; k++)
            whole = whole && rmt_recognised_quantity(t, k, side);
        if (whole) key(d, indent, quantity_keys[i], rmt_recognised_quantity(t, i, side));
    }
}

static void put_summary(draft *d, const rmt_recognised_table *t)
{
    static const char *const sides[2] = {"treatment", "control"};
    static const char *const arm_names[4] = {"arm", "condition", "group", "treatment"};
    static const char *const role_names[4] = {"role", "armrole", NULL, NULL};
    put(d, "  ");
    value(d, t->source->name);
    put(d, ":\n");
    key(d, "    ", "table", t->source->name);
    for (size_t i = 0; i < LABELS; i++) {
        const char *column = called(t, label_names[i], "");
        if (column) key(d, "    ", label_keys[i], column);
    }
    if (t->sides[0]) {
        put(d, "    # check: the columns with '");
        put(d, t->sides[0]);
        put(d, "' are taken as those of the treatment, with '");
        put(d, t->sides[1]);
        put(d, "' as those of the control\n");
        for (size_t side = 0; side < 2; side++) {
            const char *arm = called(t, arm_names, t->sides[side]);
            put(d, "    ");
            put(d, sides[side]);
            put(d, ":\n");
            if (arm) key(d, "      ", "arm", arm);
            put_quantities(d, t, "      ", t->sides[side]);
        }
        return;
    }
    const char *arm = called(t, arm_names, ""), *role = called(t, role_names, "");
    if (arm) key(d, "    ", "arm", arm);
    if (role) key(d, "    ", "role", role);
    else {
        put(d, "    role:");
        lacks(d, "no column says with 'treatment' and 'control' which row is which: add one to the "
                 "file, and name it");
    }
    put_quantities(d, t, "    ", "");
}

static bool put_summaries(draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->r->n_tables; i++) {
        if (!d->r->tables[i].summary) continue;
        if (n++ == 0)
            put(d, "\n# Numbers as published, one row for each arm or comparison.\nsummaries:\n");
        put_summary(d, &d->r->tables[i]);
    }
    return n > 0 && n == d->r->n_tables;
}

/* ---- the whole ------------------------------------------------------------------------------- */

rmt_status rmt_draft_plan(rmt_text *out, rmt_text *missing, const rmt_recognised *r,
                          const rmt_draft_file *files, const rmt_draft_redcap *redcap,
                          const char *package, const char *study, rmt_error *err)
{
    draft d = {.out = out, .missing = missing, .r = r, .err = err};
    put(&d, "# A draft by `remit init`, from the names and values of the columns alone. What is "
            "not certain is marked\n"
            "# \"check:\". Files are named as seen from the folder of this plan.\n"
            "study:\n  # check: the trial's name, for tables and file names\n");
    key(&d, "  ", "id", study);
    if (redcap) put_redcap(&d, redcap);
    put_data(&d, files, package);
    if (!put_summaries(&d)) {
        put_subjects(&d);
        put_arms(&d);
        put_visits(&d);
        if (put_outcomes(&d)) put_analyses(&d);
    }
    return d.st;
}
