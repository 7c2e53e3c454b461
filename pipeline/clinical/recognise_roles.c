/* recognise_roles.c - which arm a participant is in, and what else is said of the person. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plain names, the best first. */
static const char *const arm_names[] = {"trt01p",
                                        "arm",
                                        "armcd",
                                        "treatmentarm",
                                        "studyarm",
                                        "actarm",
                                        "randomisedarm",
                                        "randomizedarm",
                                        "treatmentgroup",
                                        "treatment",
                                        "allocation",
                                        "randomisation",
                                        "randomization",
                                        "randomised",
                                        "randomized",
                                        "randgroup",
                                        "group",
                                        "grp",
                                        "studygroup",
                                        "trt",
                                        "treat",
                                        "therapy",
                                        "intervention",
                                        "condition",
                                        "cohort",
                                        "drug",
                                        "gruppe",
                                        "behandlung",
                                        "behandlungsgruppe",
                                        "behandlungsarm",
                                        "studienarm",
                                        "studiengruppe",
                                        "therapiegruppe",
                                        "therapiearm",
                                        "randomisierung",
                                        "bedingung",
                                        "groupe",
                                        "bras",
                                        "traitement",
                                        "groupedetraitement",
                                        "brasdetraitement",
                                        "groep",
                                        "behandeling",
                                        "behandelgroep",
                                        "behandelarm",
                                        "studiegroep",
                                        "conditie",
                                        "randomisatie",
                                        "grupo",
                                        "brazo",
                                        "tratamiento",
                                        "grupodetratamiento",
                                        "asignacion",
                                        "asignacin",
                                        NULL};
static const char *const arm_parts[] = {"arm", "treat", "alloc", "randomi", "group", "trt", NULL};
/* Plain names, so that a letter with an accent is no letter; what names a comparison best comes first. */
static const char *const reference_words[] = {"placebo",
                                              "plazebo",
                                              "pbo",
                                              "sham",
                                              "scheinbehandlung",
                                              "waitlist",
                                              "waitinglist",
                                              "wl",
                                              "wlc",
                                              "warteliste",
                                              "wartegruppe",
                                              "wartekontroll",
                                              "wachtlijst",
                                              "listedattente",
                                              "listadeespera",
                                              "listadattesa",
                                              "treatmentasusual",
                                              "tau",
                                              "usualcare",
                                              "careasusual",
                                              "cau",
                                              "standardcare",
                                              "standardofcare",
                                              "soc",
                                              "standardbehandlung",
                                              "routinebehandlung",
                                              "blichebehandlung",
                                              "standaardzorg",
                                              "gebruikelijkezorg",
                                              "gebruikelijkebehandeling",
                                              "soinshabituels",
                                              "soinsusuels",
                                              "soinscourants",
                                              "traitementhabituel",
                                              "tratamientohabitual",
                                              "cuidadoshabituales",
                                              "atencionhabitual",
                                              "atencinhabitual",
                                              "midazolam",
                                              "saline",
                                              "control",
                                              "kontroll",
                                              "contrle",
                                              "tmoin",
                                              "temoin",
                                              "ctl",
                                              "ctrl",
                                              "comparator",
                                              "inactive",
                                              "attention",
                                              NULL};
static const char *const strata_names[] = {
    "site",         "siteid",   "sitecode", "centre",  "center",  "centreid",       "centerid",
    "poolinv",      "siteno",   "stratum",  "strata",  "zentrum", "studienzentrum", "prfzentrum",
    "pruefzentrum", "standort", "klinik",   "centrum", "centro",  "sitio",          NULL};
static const char *const covariate_names[] = {
    "age",  "ageyears", "ageatconsent", "sex",  "gender", "alter", "geschlecht",
    "sexe", "leeftijd", "geslacht",     "edad", "sexo",   NULL};

bool rmt_recognise_holds_names(const char *column)
{
    char plain[NAME_MAX_BYTES];
    rmt_plain_name(plain, column);
    return rmt_name_rank(plain, arm_names) > 0 || rmt_name_rank(plain, strata_names) > 0 ||
           rmt_is_id_name(column) || rmt_is_visit_name(column);
}

/* ---- labels ---------------------------------------------------------------------------------- */

const char *rmt_level_label(const rmt_column_facts *f, const rmt_level *level)
{
    char buf[RMT_LEVEL_BUF];
    const rmt_node *choices = f->field ? f->field->allowed : NULL;
    const char *value = rmt_level_text(level, buf), *label = NULL;
    for (size_t i = 0; choices && i < rmt_node_size(choices); i++) {
        const char *choice = rmt_choice_text(rmt_node_at(choices, i), &label);
        if (choice && label && label[0] && strcmp(choice, value) == 0) return label;
    }
    return NULL;
}

/* ---- arms ------------------------------------------------------------------------------------ */

/* One value for each participant; a row in 20 may be a slip, which validate will name. */
static rmt_status is_constant(bool *out, const rmt_recognised_table *t, size_t col, rmt_error *err)
{
    enum { LEAST_ROWS = 2, SLIPS = 20 };
    size_t n_changes = 0;
    const rmt_column_facts *id = &t->columns[t->id];
    *out = true;
    if (id->n_levels == t->n_rows || t->n_rows < LEAST_ROWS) return RMT_OK;
    /* The first row of each id, found by sorting rows by id. */
    rmt_text_placed *rows = rmt_mem_array(t->n_rows, sizeof *rows, err);
    char *texts = rmt_mem_array(t->n_rows, RMT_LEVEL_BUF, err);
    if (rows && texts) {
        for (size_t row = 0; row < t->n_rows; row++)
            rows[row] =
                (rmt_text_placed){rmt_facts_cell(id, row, texts + row * RMT_LEVEL_BUF), row};
        qsort(rows, t->n_rows, sizeof *rows, rmt_text_placed_order);
        for (size_t i = 1; i < t->n_rows; i++) {
            char a[RMT_LEVEL_BUF], b[RMT_LEVEL_BUF];
            if (strcmp(rows[i].text, rows[i - 1].text) != 0 || !rows[i].text[0]) continue;
            n_changes += strcmp(rmt_facts_cell(&t->columns[col], rows[i].place, a),
                                rmt_facts_cell(&t->columns[col], rows[i - 1].place, b)) != 0;
        }
        *out = n_changes * SLIPS <= t->n_rows;
    }
    const bool made = rows && texts;
    rmt_mem_free(rows);
    rmt_mem_free(texts);
    return made ? RMT_OK : RMT_ERR_NOMEM;
}

/* What a level is called: its label, else itself. */
static const char *level_name(const rmt_column_facts *f, const rmt_level *level,
                              char buf[RMT_LEVEL_BUF])
{
    const char *label = rmt_level_label(f, level);
    return label ? label : rmt_level_text(level, buf);
}

/* How much a name sounds like a comparison; 0 = not at all. Within a longer name ("sham tDCS") a word says less. */
static size_t reference_rank(const char *name)
{
    enum { WHOLE = 1000, SHORTEST = 4 };
    char plain[NAME_MAX_BYTES];
    rmt_plain_name(plain, name);
    const size_t rank = rmt_name_rank(plain, reference_words);
    if (rank) return WHOLE + rank;
    for (size_t k = 0; reference_words[k]; k++)
        if (strlen(reference_words[k]) >= SHORTEST && strstr(plain, reference_words[k]))
            return rmt_name_rank(reference_words[k], reference_words);
    return 0;
}

/* Of two with the same word the shorter: "usual care" rather than "exposure and usual care". */
static size_t reference_level(const rmt_column_facts *f)
{
    size_t best = 0, length = 0, at = f->n_levels;
    for (size_t i = 0; i < f->n_levels; i++) {
        char buf[RMT_LEVEL_BUF];
        const char *name = level_name(f, &f->levels[i], buf);
        const size_t rank = reference_rank(name), own = strlen(name);
        if (rank > best || (rank && rank == best && own < length))
            best = rank, length = own, at = i;
    }
    return at;
}

/* 0 = no arm. */
static size_t judge_arm(const rmt_column_facts *f)
{
    enum { ARMS_MAX = 6, PART = 20, WORD = 40, NAMED = 50 };
    char plain[NAME_MAX_BYTES];
    if (f->n_levels < 2 || f->n_levels > ARMS_MAX) return 0;
    if (f->type != RMT_TYPE_STRING && f->type != RMT_TYPE_INTEGER && f->type != RMT_TYPE_BOOLEAN)
        return 0;
    if (f->type == RMT_TYPE_BOOLEAN && !f->levels[0].text) return 0;
    rmt_plain_name(plain, f->name);
    const size_t rank = rmt_name_rank(plain, arm_names);
    size_t score = rank ? NAMED + rank : 0;
    for (size_t k = 0; !rank && arm_parts[k]; k++)
        if (strstr(plain, arm_parts[k]) && !strstr(plain, "age")) score = PART;
    if (reference_level(f) < f->n_levels) score += WORD;
    return score;
}

/* Plain names, by rmt_subject_date. */
static const char *const subject_dates[RMT_N_SUBJECT_DATES][8] = {
    [RMT_DATE_CONSENT] = {"consentdate", "dateofconsent", "dateconsent", "informedconsentdate",
                          "icdate", "consentdt", "rficdtc", NULL},
    [RMT_DATE_RANDOMISED] = {"randomisationdate", "randomizationdate", "randomisedon",
                             "randomizedon", "dateofrandomisation", "dateofrandomization",
                             "randdate", NULL},
    [RMT_DATE_FIRST_DOSE] = {"firstdosedate", "dateoffirstdose", "firstdose", "rfxstdtc", "trtsdt",
                             "treatmentstartdate", NULL},
    [RMT_DATE_WITHDRAWAL] = {"withdrawaldate", "dateofwithdrawal", "consentwithdrawn",
                             "consentwithdrawaldate", NULL},
};

static void take_dates(rmt_recognised *r)
{
    const rmt_recognised_table *t = &r->tables[r->subjects];
    for (size_t d = 0; d < RMT_N_SUBJECT_DATES; d++) {
        size_t best = 0;
        for (size_t i = 0; i < t->n_columns; i++) {
            char plain[NAME_MAX_BYTES];
            const rmt_column_facts *f = &t->columns[i];
            rmt_plain_name(plain, f->name);
            const size_t rank = f->type == RMT_TYPE_DATE && f->n_values
                                    ? rmt_name_rank(plain, subject_dates[d])
                                    : 0;
            if (rank > best) best = rank, r->dates[d] = f->name;
        }
    }
}

/* Three codes or more of categories are no measure: as a number they would be a slope. */
static bool is_coded(const rmt_column_facts *f)
{
    char plain[NAME_MAX_BYTES];
    size_t n_labels = 0;
    rmt_plain_name(plain, f->name);
    for (size_t i = 0; i < f->n_levels; i++)
        n_labels += rmt_level_label(f, &f->levels[i]) != NULL;
    const bool sex = strcmp(plain, "sex") == 0 || strcmp(plain, "gender") == 0;
    return rmt_facts_is_number(f) && f->n_levels > 2 && (sex || n_labels > 0);
}

static rmt_status tell_coded(rmt_recognised *r, const rmt_column_facts *f, rmt_error *err)
{
    char shown[SHOWN_BYTES + 4];
    return rmt_check_line(
        &r->subject_checks, err,
        "%s has %zu codes of categories, which as a covariate would be a slope: it "
        "is left out; in 'strata' it is a factor that an ancova can adjust for",
        rmt_shown(shown, f->name), f->n_levels);
}

static rmt_status take_covariates(rmt_recognised *r, rmt_error *err)
{
    enum { SITES_MAX = 100 };
    const rmt_recognised_table *t = &r->tables[r->subjects];
    r->strata = rmt_mem_array(t->n_columns, sizeof *r->strata, err);
    r->covariates = rmt_mem_array(t->n_columns, sizeof *r->covariates, err);
    if (!r->strata || !r->covariates) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < t->n_columns; i++) {
        char plain[NAME_MAX_BYTES];
        bool constant = false;
        const rmt_column_facts *f = &t->columns[i];
        rmt_plain_name(plain, f->name);
        const bool stratum =
            rmt_name_rank(plain, strata_names) && f->n_levels > 1 && f->n_levels <= SITES_MAX;
        const bool covariate = rmt_name_rank(plain, covariate_names) && f->n_levels > 1;
        if (!stratum && !covariate) continue;
        rmt_status st = is_constant(&constant, t, i, err);
        if (st) return st;
        if (constant && !stratum && is_coded(f)) {
            if ((st = tell_coded(r, f, err))) return st;
            continue;
        }
        if (constant && stratum) r->strata[r->n_strata++] = i;
        else if (constant) r->covariates[r->n_covariates++] = i;
    }
    return RMT_OK;
}

/* What the levels are called, where they are codes. */
static rmt_status label_arms(rmt_recognised *r, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < r->arms->n_levels && !st; i++) {
        char buf[RMT_LEVEL_BUF], code[SHOWN_BYTES + 4], shown[SHOWN_BYTES + 4];
        const char *label = rmt_level_label(r->arms, &r->arms->levels[i]);
        if (label)
            st = rmt_text_addf(&r->arm_labels, err, "%s%s = %s", r->arm_labels.len ? ", " : "",
                               rmt_shown(code, rmt_level_text(&r->arms->levels[i], buf)),
                               rmt_shown(shown, label));
    }
    return st;
}

/* Two levels whose names are alike: the rarer is a slip where three arms or more are told. */
static rmt_status tell_alike(rmt_recognised *r, size_t i, size_t k, rmt_error *err)
{
    char shown[SHOWN_BYTES + 4], other[SHOWN_BYTES + 4];
    const rmt_level *a = &r->arms->levels[i], *b = &r->arms->levels[k];
    const rmt_likeness likeness =
        a->text && b->text ? rmt_names_likeness(a->text, b->text) : RMT_NAMES_DIFFER;
    if (likeness == RMT_NAMES_DIFFER) return RMT_OK;
    rmt_shown(shown, a->text), rmt_shown(other, b->text);
    if (likeness == RMT_NAMES_ONE_SLIP || r->arms->n_levels < 3 || r->spelled_as[i] != i ||
        r->spelled_as[k] != k)
        return rmt_check_line(&r->arm_checks, err, "'%s' (%zu) and '%s' (%zu) look like one arm",
                              shown, a->n, other, b->n);
    const bool first = a->n >= b->n;
    r->spelled_as[first ? k : i] = first ? i : k;
    return rmt_check_line(
        &r->arm_checks, err,
        "'%s' (%zu) and '%s' (%zu) look like one arm; '%s' is not listed, so that "
        "`remit validate` names its rows",
        shown, a->n, other, b->n, first ? other : shown);
}

/* All rows of the level are of one participant. */
static bool is_of_one(const rmt_recognised *r, const rmt_level *level)
{
    const rmt_recognised_table *t = &r->tables[r->subjects];
    const rmt_column_facts *id = &t->columns[t->id];
    char first[RMT_LEVEL_BUF], buf[RMT_LEVEL_BUF], wanted[RMT_LEVEL_BUF];
    const char *who = rmt_facts_cell(id, level->first, first), *arm = rmt_level_text(level, wanted);
    for (size_t row = level->first; row < t->n_rows; row++) {
        if (strcmp(rmt_facts_cell(r->arms, row, buf), arm) != 0) continue;
        if (strcmp(rmt_facts_cell(id, row, buf), who) != 0) return false;
    }
    return true;
}

/* Slips among the arms: other spellings, and those of a single participant. */
static rmt_status judge_levels(rmt_recognised *r, rmt_error *err)
{
    rmt_status st = RMT_OK;
    enum { LEAST_PEOPLE = 6 }; /* of fewer nobody says that an arm is too small */
    const size_t n = r->arms->n_levels;
    const rmt_recognised_table *t = &r->tables[r->subjects];
    const bool enough = t->columns[t->id].n_levels >= LEAST_PEOPLE;
    char shown[SHOWN_BYTES + 4], buf[RMT_LEVEL_BUF];
    if (!(r->spelled_as = rmt_mem_array(n, sizeof *r->spelled_as, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        r->spelled_as[i] = i;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && !st; k++)
            st = tell_alike(r, i, k, err);
    for (size_t i = 0; i < n && enough && !st; i++)
        if (r->spelled_as[i] == i && is_of_one(r, &r->arms->levels[i]))
            st = rmt_check_line(&r->arm_checks, err,
                                "a single participant has the arm '%s': is it one?",
                                rmt_shown(shown, rmt_level_text(&r->arms->levels[i], buf)));
    return st;
}

static rmt_status choose_reference(rmt_recognised *r, rmt_error *err)
{
    char shown[SHOWN_BYTES + 4], buf[RMT_LEVEL_BUF];
    const size_t found = reference_level(r->arms);
    r->reference = r->spelled_as[found < r->arms->n_levels ? found : 0];
    for (size_t i = 0; i < r->arms->n_codes; i++) {
        rmt_status st = rmt_check_line(
            &r->arm_checks, err,
            "%zu participants or records have the arm '%s', which is taken as missing",
            r->arms->codes[i].n, rmt_shown(shown, r->arms->codes[i].text));
        if (st) return st;
    }
    if (found < r->arms->n_levels) return RMT_OK;
    return rmt_check_line(
        &r->arm_checks, err,
        "no arm sounds like placebo or control; the first, %s, is taken as the reference",
        rmt_shown(shown, level_name(r->arms, &r->arms->levels[r->reference], buf)));
}

/* Of a wide file several rows are made of one. */
static size_t rows_of_file(const rmt_recognised_table *t)
{
    const size_t col = rmt_line_column(t->source->read);
    size_t n = 0;
    for (size_t row = 0; row < t->n_rows; row++)
        if (row == 0 || rmt_line_of(t->source->read, col, row) == 0 ||
            rmt_line_of(t->source->read, col, row) != rmt_line_of(t->source->read, col, row - 1))
            n++;
    return n;
}

rmt_status rmt_recognise_arms(rmt_recognised *r, const rmt_recognise_told *told, rmt_error *err)
{
    enum { UNIQUE = 10 };
    size_t best = 0, best_col = RMT_NO_COLUMN, second = 0;
    const char *second_name = NULL;
    char shown[2][SHOWN_BYTES + 4];
    rmt_status st = rmt_need_told(r, "arm", told->arm, err);
    if (st) return st;
    r->subjects = RMT_NO_COLUMN;
    for (size_t i = 0; i < r->n_tables && r->id; i++) {
        const rmt_recognised_table *t = &r->tables[i];
        for (size_t k = 0; k < t->n_columns && t->id != RMT_NO_COLUMN; k++) {
            bool constant = false;
            const rmt_column_facts *f = &t->columns[k];
            size_t score = told->arm ? strcmp(f->name, told->arm) == 0 : judge_arm(f);
            if (k == t->id || score == 0 || f->n_levels == 0) continue;
            if ((st = is_constant(&constant, t, k, err))) return st;
            if (!constant && !told->arm) continue;
            if (rmt_is_unique_column(t, t->id)) score += UNIQUE;
            if (score > best) {
                if (best && strcmp(r->arm, f->name) != 0) second = best, second_name = r->arm;
                best = score, r->subjects = i, best_col = k, r->arm = f->name;
            } else if (score > second && strcmp(r->arm, f->name) != 0) {
                second = score, second_name = f->name;
            }
        }
    }
    if (r->subjects == RMT_NO_COLUMN) { /* without arms: the table that tells participants apart */
        for (size_t i = 0; i < r->n_tables; i++) {
            const rmt_recognised_table *t = &r->tables[i];
            if (t->id == RMT_NO_COLUMN) continue;
            if (r->subjects == RMT_NO_COLUMN ||
                (rmt_is_unique_column(t, t->id) &&
                 !rmt_is_unique_column(&r->tables[r->subjects], r->tables[r->subjects].id)))
                r->subjects = i;
        }
    } else {
        r->arms = &r->tables[r->subjects].columns[best_col];
        if (second_name && !told->arm &&
            (st = rmt_check_line(&r->subject_checks, err,
                                 "column %s could be the arm too; %s is taken",
                                 rmt_shown(shown[0], second_name), rmt_shown(shown[1], r->arm))))
            return st;
        if ((st = label_arms(r, err)) || (st = judge_levels(r, err)) ||
            (st = choose_reference(r, err)))
            return st;
    }
    if (r->subjects == RMT_NO_COLUMN) return RMT_OK;
    const rmt_recognised_table *t = &r->tables[r->subjects];
    /* A few double rows are slips too. */
    r->one_row_per_subject = t->columns[t->id].n_levels * 5 >= rows_of_file(t) * 4;
    take_dates(r);
    return take_covariates(r, err);
}
