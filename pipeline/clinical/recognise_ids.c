/* recognise_ids.c - whose a row is. See rmt/recognise.h. */
#include "recognise_parts.h"
#include "rmt/mem.h"
#include "rmt/subjects.h"

#include <stdlib.h>
#include <string.h>

/* Plain names, the best first. */
static const char *const id_names[] = {
    "usubjid", "subjid", "subjectid", "participantid", "patientid", "recordid", "subject",
    "participant", "patient", "record", "subjectno", "subjectnumber", "participantnumber",
    "patientnumber", "subjno", "patno", "patid", "partid", "ptid", "pid", "sid", "studyid",
    "randno", "randomisationnumber", "randomizationnumber", "screeningno", "caseid",
    /* German, French, Dutch, Spanish; without letters that are not ASCII */
    "patientennr", "patientennummer", "patnr", "patnummer", "patientenid", "patientencode",
    "probandennr", "probandennummer", "probandenid", "probandencode", "proband", "vpnr", "vpn",
    "teilnehmernr", "teilnehmernummer", "teilnehmerid", "teilnehmercode", "teilnehmer",
    "studiennummer", "fallnr", "npatient", "nopatient", "numeropatient", "numropatient",
    "idpatient", "codepatient", "sujet", "idsujet", "nosujet", "numerosujet", "numrosujet",
    "patintnr", "patintnummer", "patientnr", "patientnummer", "deelnemer", "deelnemernr",
    "deelnemernummer", "deelnemerid", "proefpersoon", "proefpersoonnr", "ppnr", "paciente",
    "idpaciente", "npaciente", "numeropaciente", "nmeropaciente", "codigopaciente", "cdigopaciente",
    "sujeto", "idsujeto", "participante", "idparticipante", "studysubjectid", "externalreference",
    "externaldatareference", "id", "code", NULL};
bool rmt_is_id_name(const char *name)
{
    char plain[NAME_MAX_BYTES];
    rmt_plain_name(plain, name);
    return rmt_name_rank(plain, id_names) > 0;
}

/* ---- ids ------------------------------------------------------------------------------------- */

bool rmt_is_unique_column(const rmt_recognised_table *t, size_t col)
{
    const rmt_column_facts *f = &t->columns[col];
    return f->n_levels == t->n_rows && f->n_values == t->n_rows && t->n_rows > 0;
}

typedef struct {
    const char *name;
    size_t n_tables, rank, n_unique;
} candidate;

static bool better_id(const candidate *a, const candidate *b)
{
    if (a->n_tables != b->n_tables) return a->n_tables > b->n_tables;
    if (a->rank != b->rank) return a->rank > b->rank;
    return a->n_unique > b->n_unique;
}

static candidate judge_id(const rmt_recognised *r, const char *name)
{
    char plain[NAME_MAX_BYTES];
    candidate c = {.name = name};
    rmt_plain_name(plain, name);
    c.rank = rmt_name_rank(plain, id_names);
    for (size_t i = 0; i < r->n_tables; i++) {
        const size_t col =
            r->tables[i].summary ? RMT_NO_COLUMN : rmt_column_of_table(&r->tables[i], name);
        if (col == RMT_NO_COLUMN) continue;
        c.n_tables++;
        c.n_unique += rmt_is_unique_column(&r->tables[i], col);
    }
    return c;
}

rmt_status rmt_need_told(const rmt_recognised *r, const char *option, const char *name,
                         rmt_error *err)
{
    for (size_t i = 0; name && i < r->n_tables; i++)
        if (rmt_column_of_table(&r->tables[i], name) != RMT_NO_COLUMN) return RMT_OK;
    return name ? rmt_fail(err, RMT_ERR_USAGE, "option '--%s': no file has a column '%s'", option,
                           name)
                : RMT_OK;
}

/* ---- ids written otherwise ------------------------------------------------------------------- */

/* A level without zeros before its digits; NULL = it is no whole number of up to nine digits. */
static const char *without_zeros(const rmt_level *level, char buf[RMT_LEVEL_BUF])
{
    enum { DIGITS_MAX = 9 };
    const char *text = rmt_level_text(level, buf);
    const size_t n = strlen(text);
    if (n == 0 || text[strspn(text, "0123456789")]) return NULL;
    while (text[0] == '0' && text[1])
        text++;
    return strlen(text) <= DIGITS_MAX ? text : NULL;
}

typedef struct {
    char (*buf)[RMT_LEVEL_BUF];
    const char **texts; /* in order */
    size_t n;
    bool numbers; /* all are whole numbers, and differ also without zeros */
} id_list;

static void id_list_clear(id_list *l)
{
    rmt_mem_free(l->buf);
    rmt_mem_free(l->texts);
}

static rmt_status list_ids(id_list *l, const rmt_column_facts *f, bool zeros, rmt_error *err)
{
    *l = (id_list){.buf = rmt_mem_array(f->n_levels, sizeof *l->buf, err), .numbers = true};
    if (!l->buf || !(l->texts = rmt_mem_array(f->n_levels, sizeof *l->texts, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < f->n_levels; i++) {
        const char *bare = without_zeros(&f->levels[i], l->buf[i]);
        l->numbers = l->numbers && bare;
        l->texts[l->n++] = bare && !zeros ? bare : rmt_level_text(&f->levels[i], l->buf[i]);
    }
    qsort(l->texts, l->n, sizeof *l->texts, rmt_text_order);
    for (size_t i = 1; i < l->n; i++)
        l->numbers = l->numbers && strcmp(l->texts[i], l->texts[i - 1]) != 0;
    return RMT_OK;
}

/* How many ids of both columns are alike, and whether all are whole numbers. */
static rmt_status count_shared(size_t *n, bool *numbers, const rmt_column_facts *a,
                               const rmt_column_facts *b, bool zeros, rmt_error *err)
{
    id_list x = {0}, y = {0};
    rmt_status st = list_ids(&x, a, zeros, err);
    if (!st) st = list_ids(&y, b, zeros, err);
    *n = 0;
    *numbers = x.numbers && y.numbers;
    for (size_t i = 0; i < x.n && !st; i++)
        *n += bsearch(&x.texts[i], y.texts, y.n, sizeof *y.texts, rmt_text_order) != NULL;
    id_list_clear(&x);
    id_list_clear(&y);
    return st;
}

static const rmt_column_facts *first_id(const rmt_recognised *r)
{
    for (size_t i = 0; i < r->n_tables; i++) {
        const size_t col =
            r->tables[i].summary ? RMT_NO_COLUMN : rmt_column_of_table(&r->tables[i], r->id);
        if (col != RMT_NO_COLUMN) return &r->tables[i].columns[col];
    }
    return NULL;
}

/* A table without the column of ids may have them under another name: called as ids are, with mostly the same. */
static rmt_status take_other_name(rmt_recognised *r, size_t table, rmt_error *err)
{
    rmt_status st;
    rmt_recognised_table *t = &r->tables[table];
    const rmt_column_facts *ids = first_id(r);
    size_t best = 0, at = RMT_NO_COLUMN, n;
    bool numbers;
    char own[SHOWN_BYTES + 4], shared[SHOWN_BYTES + 4];
    if (!ids || t->summary || t->source->described ||
        rmt_column_of_table(t, r->id) != RMT_NO_COLUMN)
        return RMT_OK;
    for (size_t i = 0; i < t->n_columns; i++) {
        const rmt_column_facts *f = &t->columns[i];
        if (!rmt_is_id_name(f->name)) continue;
        if ((st = count_shared(&n, &numbers, f, ids, false, err))) return st;
        if (2 * n >= f->n_levels && n > best) best = n, at = i;
    }
    if (at == RMT_NO_COLUMN) return RMT_OK;
    rmt_shown(own, t->columns[at].name), rmt_shown(shared, r->id);
    if (t->source->made_long)
        return rmt_check_line(&t->checks, err,
                              "%s has the ids that other tables have in %s: "
                              "give it that name in the file",
                              own, shared);
    t->renamed = at;
    t->columns[at].name = r->id;
    return rmt_check_line(&t->checks, err,
                          "%s has the ids that other tables have in %s, and is called so here", own,
                          shared);
}

rmt_status rmt_recognise_id_numbers(rmt_recognised *r, rmt_error *err)
{
    rmt_status st;
    bool all = true, needed = false;
    size_t n_texts, n_bare, n = 0;
    const rmt_recognised_table *subjects = &r->tables[r->subjects];
    const rmt_column_facts *theirs = &subjects->columns[subjects->id];
    const char *other = NULL;
    for (size_t i = 0; i < r->n_tables; i++) {
        bool numbers;
        const rmt_recognised_table *t = &r->tables[i];
        if (t->id == RMT_NO_COLUMN || i == r->subjects) continue;
        if (t->source->described) return RMT_OK;
        const rmt_column_facts *own = &t->columns[t->id];
        if ((st = count_shared(&n_texts, &numbers, own, theirs, true, err)) ||
            (st = count_shared(&n_bare, &numbers, own, theirs, false, err)))
            return st;
        all = all && numbers;
        if (n_bare > n_texts) needed = true, n = n_bare - n_texts, other = t->source->name;
    }
    r->ids_are_numbers = all && needed;
    if (!r->ids_are_numbers) return RMT_OK;
    return rmt_check_line(&r->subject_checks, err,
                          "%zu ids of %s are those of %s but for zeros before them, which "
                          "spreadsheets drop: all are read as whole numbers",
                          n, other, subjects->source->name);
}

/* ---- the column of ids ----------------------------------------------------------------------- */

/* Every line of the file has a value of its own: of a wide one several rows are made. */
static bool tells_lines_apart(const rmt_recognised_table *t, size_t col)
{
    size_t n_lines = 0;
    const rmt_column_facts *f = &t->columns[col];
    if (!t->source->made_long) return rmt_is_unique_column(t, col);
    for (size_t row = 0; row < t->n_rows; row++)
        n_lines += row == 0 || rmt_facts_line(f, row) != rmt_facts_line(f, row - 1);
    return t->n_rows > 0 && f->n_levels == n_lines && f->n_values == t->n_rows;
}

rmt_status rmt_recognise_ids(rmt_recognised *r, const rmt_recognise_told *told, rmt_error *err)
{
    candidate best = {0};
    rmt_status st = rmt_need_told(r, "id", told->id, err);
    if (st) return st;
    for (size_t i = 0; i < r->n_tables && !told->id; i++)
        for (size_t k = 0; k < r->tables[i].n_columns && !r->tables[i].summary; k++) {
            const candidate c = judge_id(r, r->tables[i].columns[k].name);
            if (c.rank && (!best.name || better_id(&c, &best))) best = c;
        }
    /* Called as no id is: the first column of a file, where it tells all rows apart. */
    for (size_t i = 0; i < r->n_tables && !told->id && !best.name; i++) {
        const rmt_recognised_table *t = &r->tables[i];
        if (t->summary || t->n_columns == 0 || !tells_lines_apart(t, 0) ||
            t->columns[0].type == RMT_TYPE_NUMBER)
            continue;
        best = judge_id(r, t->columns[0].name);
        char shown[SHOWN_BYTES + 4];
        if ((st = rmt_check_line(
                 &r->subject_checks, err,
                 "no column is called as ids are; %s differs in every row and is taken",
                 rmt_shown(shown, best.name))))
            return st;
    }
    r->id = told->id ? told->id : best.name;
    for (size_t i = 0; i < r->n_tables && r->id; i++)
        if ((st = take_other_name(r, i, err))) return st;
    for (size_t i = 0; i < r->n_tables; i++)
        r->tables[i].id =
            r->tables[i].summary ? RMT_NO_COLUMN : rmt_column_of_table(&r->tables[i], r->id);
    return RMT_OK;
}
