/* recognise_visits.c - which column tells visits apart, and which says when they were. See rmt/recognise.h. */
#include "recognise_parts.h"

#include <string.h>

/* Plain names, the best first. */
static const char *const visit_names[] = {"avisit",
                                          "visit",
                                          "visitname",
                                          "visitlabel",
                                          "redcapeventname",
                                          "eventname",
                                          "event",
                                          "timepoint",
                                          "visitcode",
                                          "visitnum",
                                          "visitno",
                                          "visitnumber",
                                          "visitid",
                                          "occasion",
                                          "assessment",
                                          "wave",
                                          "session",
                                          "week",
                                          "weeks",
                                          "month",
                                          "months",
                                          "time",
                                          "tp",
                                          "day",
                                          "studyday",
                                          "visite",
                                          "termin",
                                          "messzeitpunkt",
                                          "erhebungszeitpunkt",
                                          "zeitpunkt",
                                          "untersuchungszeitpunkt",
                                          "mzp",
                                          "woche",
                                          "monat",
                                          "tag",
                                          "moment",
                                          "semaine",
                                          "mois",
                                          "jour",
                                          "bezoek",
                                          "meetmoment",
                                          "tijdstip",
                                          "maand",
                                          "dag",
                                          "visita",
                                          "momento",
                                          "semana",
                                          "mes",
                                          "dia",

                                          NULL};
static const char *const date_names[] = {"visitdate",
                                         "date",
                                         "datevisit",
                                         "dateofvisit",
                                         "assessmentdate",
                                         "dateassessment",
                                         "visdt",
                                         "adt",
                                         "dat",
                                         "dov",
                                         "datum",
                                         "visitendatum",
                                         "besuchsdatum",
                                         "untersuchungsdatum",
                                         "erhebungsdatum",
                                         "datedevisite",
                                         "datevisite",
                                         "datebezoek",
                                         "bezoekdatum",
                                         "fecha",
                                         "fechavisita",
                                         "fechadevisita",
                                         NULL};
static const char *const day_names[] = {"reldays", "studyday",          "ady", "day", "days",
                                        "relday",  "dayssincebaseline", NULL};
enum { VISITS_MAX = 100 };

bool rmt_is_visit_name(const char *name)
{
    char plain[NAME_MAX_BYTES];
    rmt_plain_name(plain, name);
    return rmt_name_rank(plain, visit_names) > 0;
}

/* ---- columns --------------------------------------------------------------------------------- */

static bool can_be_visit(const rmt_recognised_table *t, size_t col)
{
    const rmt_column_facts *f = &t->columns[col];
    return col != t->id && f->n_levels > 0 && f->n_levels <= VISITS_MAX &&
           f->type != RMT_TYPE_DATE && f->type != RMT_TYPE_DATETIME && (f->type != RMT_TYPE_NUMBER);
}

/* Rows of one participant are told apart by something. */
static bool has_records(const rmt_recognised_table *t)
{
    return t->id != RMT_NO_COLUMN && t->columns[t->id].n_levels < t->n_rows;
}

/* Of one form: where day and month may be exchanged nothing is built on it. */
static bool is_date(const rmt_column_facts *f)
{
    return (f->type == RMT_TYPE_DATE || f->type == RMT_TYPE_DATETIME) && !f->other_format;
}

static size_t best_column(const rmt_recognised_table *t, const char *const *names, bool dates)
{
    size_t best = 0, at = RMT_NO_COLUMN;
    for (size_t i = 0; i < t->n_columns; i++) {
        char plain[NAME_MAX_BYTES];
        const rmt_column_facts *f = &t->columns[i];
        rmt_plain_name(plain, f->name);
        const size_t rank = rmt_name_rank(plain, names);
        const bool fits = dates ? is_date(f) : rmt_facts_is_number(f);
        if (rank > best && fits && f->n_values > 0 && i != t->visit) best = rank, at = i;
    }
    return at;
}

/* A date of the person, not of the record: called so, or in several records of each with fewer values than people. */
static bool is_date_of_person(const rmt_recognised_table *t, size_t col, const char *plain)
{
    static const char *const words[] = {"birth",  "dob",     "geburt", "geboort", "naissance",
                                        "nacim",  "consent", "random", "enrol",   "onset",
                                        "trauma", "withdr",  "death",  "diagn",   NULL};
    for (size_t i = 0; words[i]; i++)
        if (strstr(plain, words[i])) return true;
    return has_records(t) && t->columns[col].n_levels < t->columns[t->id].n_levels;
}

/* The record's date: called so, or the only one that is called a date of something ("caps5_date"), or the only one. */
static size_t date_column(const rmt_recognised_table *t)
{
    size_t n = 0, at = RMT_NO_COLUMN, n_called = 0, called = RMT_NO_COLUMN;
    const size_t named = best_column(t, date_names, true);
    if (named != RMT_NO_COLUMN) return named;
    for (size_t i = 0; i < t->n_columns; i++) {
        char plain[NAME_MAX_BYTES];
        if (!is_date(&t->columns[i]) || t->columns[i].n_values == 0) continue;
        rmt_plain_name(plain, t->columns[i].name);
        if (is_date_of_person(t, i, plain)) continue;
        n++, at = i;
        if (strstr(plain, "date")) n_called++, called = i;
    }
    return n_called == 1 ? called : n == 1 ? at : RMT_NO_COLUMN;
}

/* Every value is a time or a phase, one of them the baseline. */
static bool has_visit_labels(const rmt_recognised_table *t, size_t col)
{
    enum { MOST = 20 };
    bool baseline = false;
    const rmt_column_facts *f = &t->columns[col];
    if (f->type != RMT_TYPE_STRING || f->n_levels < 2 || f->n_levels > MOST ||
        !can_be_visit(t, col))
        return false;
    for (size_t i = 0; i < f->n_levels; i++) {
        const rmt_label l = rmt_label_read(f->levels[i].text);
        if (l.phase == RMT_PHASE_UNKNOWN && !(l.unit > 0)) return false;
        baseline = baseline || l.baseline >= RMT_SIGN_WORD;
    }
    return baseline;
}

/* Where no column is called as visits are: one that holds their labels. */
static rmt_status visit_by_labels(rmt_recognised *r, rmt_error *err)
{
    char shown[SHOWN_BYTES + 4];
    for (size_t i = 0; i < r->n_tables; i++)
        for (size_t k = 0; has_records(&r->tables[i]) && k < r->tables[i].n_columns; k++) {
            if (!has_visit_labels(&r->tables[i], k)) continue;
            r->visit = r->tables[i].columns[k].name;
            return rmt_check_line(&r->visit_checks, err,
                                  "no column is called as visits are; %s holds labels of visits, "
                                  "and is taken",
                                  rmt_shown(shown, r->visit));
        }
    return RMT_OK;
}

rmt_status rmt_recognise_visit_columns(rmt_recognised *r, const rmt_recognise_told *told,
                                       rmt_error *err)
{
    enum { TABLE = 1000 };
    size_t best = 0;
    bool known = false;
    for (size_t i = 0; i < r->n_tables && !told->visit; i++)
        for (size_t k = 0; k < r->tables[i].n_columns; k++) {
            char plain[NAME_MAX_BYTES];
            const char *name = r->tables[i].columns[k].name;
            rmt_plain_name(plain, name);
            const size_t rank = rmt_name_rank(plain, visit_names);
            size_t n = 0;
            for (size_t j = 0; rank && j < r->n_tables; j++) {
                const size_t col = rmt_column_of_table(&r->tables[j], name);
                n += col != RMT_NO_COLUMN && has_records(&r->tables[j]) &&
                     can_be_visit(&r->tables[j], col);
            }
            if (n && n * TABLE + rank > best) best = n * TABLE + rank, r->visit = name;
        }
    if (told->visit) r->visit = told->visit;
    rmt_status st = r->visit ? RMT_OK : visit_by_labels(r, err);
    if (st) return st;
    for (size_t i = 0; i < r->n_tables; i++) {
        rmt_recognised_table *t = &r->tables[i];
        t->visit = t->summary ? RMT_NO_COLUMN : rmt_column_of_table(t, r->visit);
        known = known || t->visit != RMT_NO_COLUMN;
        if (t->visit == RMT_NO_COLUMN && has_records(t)) {
            size_t rank = 0;
            for (size_t k = 0; k < t->n_columns; k++) {
                char plain[NAME_MAX_BYTES];
                rmt_plain_name(plain, t->columns[k].name);
                const size_t its = can_be_visit(t, k) ? rmt_name_rank(plain, visit_names) : 0;
                if (its > rank) rank = its, t->visit = k;
            }
        }
        t->date = date_column(t);
        t->day = best_column(t, day_names, false);
    }
    if (told->visit && !known)
        return rmt_fail(err, RMT_ERR_USAGE, "option '--visit': no file has a column '%s'",
                        told->visit);
    return RMT_OK;
}
