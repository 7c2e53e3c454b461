/* outcomes.c - see rmt/outcomes.h. */
#include "rmt/outcomes.h"

#include "records.h"
#include "rmt/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum column {
    STUDYID,
    USUBJID,
    TRT01P,
    PARAMCD,
    PARAM,
    OUTCOME,
    SCALE,
    AVISIT,
    AVISITN,
    ADY,
    AVAL,
    BASE,
    CHG,
    PCHG,
    ABLFL,
    ANL01FL,
    DTYPE,
    NMISS,
    DXFL,
    RESPFL,
    RESPDEF,
    REMFL,
    REMDEF,
    DXLOSSFL,
    FLAGGED,
    SRCTABLE,
    SRCLINE,
    N_COLUMNS
};

const rmt_column_spec rmt_outcomes_columns[] = {
    [STUDYID] = {"STUDYID", RMT_TYPE_STRING, "Study identifier (plan: study.id)", NULL},
    [USUBJID] = {"USUBJID", RMT_TYPE_STRING, "Subject identifier, as in the subject table", NULL},
    [TRT01P] = {"TRT01P", RMT_TYPE_STRING, "Planned treatment: the arm", NULL},
    [PARAMCD] = {"PARAMCD", RMT_TYPE_STRING, "Parameter code of the scale", NULL},
    [PARAM] = {"PARAM", RMT_TYPE_STRING, "Parameter: the scale in words", NULL},
    [OUTCOME] = {"outcome", RMT_TYPE_STRING, "Outcome, as named in the plan", NULL},
    [SCALE] = {"scale", RMT_TYPE_STRING, "Scale of the instrument: total or a part of it", NULL},
    [AVISIT] = {"AVISIT", RMT_TYPE_STRING, "Analysis visit, as named in the plan", NULL},
    [AVISITN] = {"AVISITN", RMT_TYPE_INTEGER,
                 "Place of the visit in the schedule: baseline 0, before it negative", NULL},
    [ADY] = {"ADY", RMT_TYPE_NUMBER, "Study day of the record", "days"},
    [AVAL] = {"AVAL", RMT_TYPE_NUMBER, "Analysis value: the score", "points"},
    [BASE] = {"BASE", RMT_TYPE_NUMBER, "Baseline value of the score", "points"},
    [CHG] = {"CHG", RMT_TYPE_NUMBER, "Change from baseline: AVAL - BASE; after baseline", "points"},
    [PCHG] = {"PCHG", RMT_TYPE_NUMBER,
              "Percent change from baseline: 100 CHG / BASE, negative = lower; after baseline",
              "%"},
    [ABLFL] = {"ABLFL", RMT_TYPE_BOOLEAN, "The record is the baseline", NULL},
    [ANL01FL] = {"ANL01FL", RMT_TYPE_BOOLEAN,
                 "Used in analyses: after baseline, with a value, arm known", NULL},
    [DTYPE] = {"DTYPE", RMT_TYPE_STRING,
               "Derivation: PRORATED = mean of the items present x number of items", NULL},
    [NMISS] = {"NMISS", RMT_TYPE_INTEGER, "Items of the scale without a value", "items"},
    [DXFL] = {"DXFL", RMT_TYPE_BOOLEAN, "The instrument's diagnostic rule holds", NULL},
    [RESPFL] = {"RESPFL", RMT_TYPE_BOOLEAN, "Response by the definition in RESPDEF", NULL},
    [RESPDEF] = {"RESPDEF", RMT_TYPE_STRING, "Definition of response", NULL},
    [REMFL] = {"REMFL", RMT_TYPE_BOOLEAN, "Remission by the definition in REMDEF", NULL},
    [REMDEF] = {"REMDEF", RMT_TYPE_STRING, "Definition of remission", NULL},
    [DXLOSSFL] = {"DXLOSSFL", RMT_TYPE_BOOLEAN,
                  "Diagnosis at baseline and none now; missing without one at baseline", NULL},
    [FLAGGED] = {"FLAGGED", RMT_TYPE_BOOLEAN,
                 "An error found by validation refers to the source record", NULL},
    [SRCTABLE] = {"SRCTABLE", RMT_TYPE_STRING, "Table of the source record", NULL},
    [SRCLINE] = {"SRCLINE", RMT_TYPE_INTEGER, "Line of the source record in its file", NULL},
};
const size_t rmt_n_outcomes_columns = N_COLUMNS;

/* ---- writing: the first failure is kept, what follows is skipped ---------------------------- */

typedef struct {
    rmt_table *t;
    double *numbers[N_COLUMNS]; /* the table's own storage; NULL for other types */
    int32_t *integers[N_COLUMNS];
    size_t per_subject, n_rows; /* the rows of a subject stand together */
    size_t row;
    rmt_status st;
    rmt_error *err;
} writer;

static void writer_start(writer *w)
{
    for (size_t c = 0; c < N_COLUMNS; c++) {
        w->numbers[c] = rmt_table_numbers_mutable(w->t, c);
        w->integers[c] = rmt_table_integers_mutable(w->t, c);
    }
}

static void put_text(writer *w, enum column c, const char *s)
{
    if (!w->st) w->st = rmt_table_set_text(w->t, (size_t)c, w->row, s, strlen(s), w->err);
}

/* The same text in rows [from, to). */
static void put_texts(writer *w, enum column c, size_t from, size_t to, const char *s)
{
    if (!w->st)
        w->st = rmt_table_fill_text(w->t, (size_t)c, from, 1, to - from, s, strlen(s), w->err);
}

/* The same text in rows [from, to) of every subject: neighbours in a column are stored once. */
static void put_texts_of_all(writer *w, enum column c, size_t from, size_t to, const char *s)
{
    const size_t n_subjects = w->n_rows ? w->n_rows / w->per_subject : 0;
    for (size_t i = from; i < to && !w->st; i++)
        w->st = rmt_table_fill_text(w->t, (size_t)c, i, w->per_subject, n_subjects, s, strlen(s),
                                    w->err);
}

static void put_reason(writer *w, enum column c, const char *reason)
{
    if (!w->st && *reason) w->st = rmt_table_set_reason(w->t, (size_t)c, w->row, reason, w->err);
}

/* The number, or why there is none. */
static void put_number(writer *w, enum column c, double x, const char *reason)
{
    if (isfinite(x)) w->numbers[c][w->row] = x;
    else if (isnan(x)) put_reason(w, c, reason);
    else if (!w->st) w->st = rmt_table_set_number(w->t, (size_t)c, w->row, x, w->err);
}

static void put_integer(writer *w, enum column c, int32_t x)
{
    w->integers[c][w->row] = x;
}

static void put_truth(writer *w, enum column c, rmt_truth t, const char *reason)
{
    if (t == RMT_UNKNOWN) put_reason(w, c, reason);
    else put_integer(w, c, t == RMT_TRUE);
}

/* ---- one outcome --------------------------------------------------------------------------- */

typedef struct {
    const char *id, *paramcd, *label;
    size_t scale; /* in the instrument */
    bool stored;  /* a stored total */
} parameter;

typedef struct {
    rmt_records r;
    rmt_slot *slots;
    bool *flagged; /* per slot */
    size_t *held;  /* visits with rows: somebody has a value, or an analysis rests on them */
    size_t n_held;
    size_t first_row; /* among the rows of a subject: parameter by parameter, visit by visit */
    parameter *parameters;
    size_t n_parameters;
    char paramcd[9]; /* of a bare total */
    const rmt_definition *response, *remission;
    size_t baseline_visit;
    double *items;     /* of one record */
    rmt_score *scores; /* of one subject: visit by visit, parameter by parameter */
    int32_t *diagnoses;
    rmt_score *bases; /* of one subject: per parameter */
} job;

static void job_clear(job *j)
{
    rmt_records_close(&j->r);
    rmt_mem_free(j->slots);
    rmt_mem_free(j->flagged);
    rmt_mem_free(j->held);
    rmt_mem_free(j->parameters);
    rmt_mem_free(j->items);
    rmt_mem_free(j->scores);
    rmt_mem_free(j->diagnoses);
    rmt_mem_free(j->bases);
}

/* "caps5 total" -> "CAPS5TOT": a PARAMCD for a total without an instrument. */
static void make_paramcd(char out[9], const char *name)
{
    size_t n = 0;
    for (; *name && n < 8; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 128 && isalnum(c)) out[n++] = (char)toupper(c);
    }
    out[n] = '\0';
}

static bool is_collected(const rmt_scale *s, size_t n_items)
{
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i] >= n_items) return false;
    return true;
}

static rmt_status list_parameters(job *j, rmt_error *err)
{
    const rmt_plan_outcome *o = j->r.outcome;
    const rmt_instrument *ins = j->r.instrument;
    size_t n_scales = ins ? ins->n_scales : 0;

    j->parameters = rmt_mem_array(n_scales + 1, sizeof *j->parameters, err);
    if (!j->parameters) return RMT_ERR_NOMEM;
    if (o->total) {
        make_paramcd(j->paramcd, o->name);
        parameter *p = &j->parameters[j->n_parameters++];
        *p = (parameter){"total", j->paramcd, rmt_records_title(o), 0, true};
        if (n_scales > 0) {
            p->id = ins->scales[0].id;
            p->paramcd = ins->scales[0].paramcd;
        }
    }
    for (size_t i = o->total ? 1 : 0; i < n_scales; i++) {
        const rmt_scale *s = &ins->scales[i];
        if (j->r.n_items == 0 || !is_collected(s, j->r.n_items)) continue;
        j->parameters[j->n_parameters++] = (parameter){s->id, s->paramcd, s->label, i, false};
    }
    return RMT_OK;
}

static rmt_status find_definition(const rmt_definition **out, const job *j, const char *id,
                                  bool response, rmt_error *err)
{
    const rmt_instrument *ins = j->r.instrument;
    if (!ins) return RMT_OK;
    if (!id) {
        if (response) *out = ins->n_response ? &ins->response[0] : NULL;
        else *out = ins->n_remission ? &ins->remission[0] : NULL;
        return RMT_OK;
    }
    *out = response ? rmt_instrument_response(ins, id) : rmt_instrument_remission(ins, id);
    if (*out) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, response ? "response" : "remission",
                       "instrument %s has no definition %s (outcome %s)", ins->id, id,
                       j->r.outcome->name);
}

/* ---- flags from validation ----------------------------------------------------------------- */

typedef struct {
    size_t first, last;
} range;

typedef struct {
    range *of;
    size_t n;
} ranges;

/* The lines of a table with an error, as validate left them, or the rows: ranges in order. */
static rmt_status read_ranges(ranges *out, const rmt_table *flagged, const char *table,
                              const char *first_name, const char *last_name, rmt_error *err)
{
    static const char path[] = "/validation/flagged";
    size_t of_table, first, last;
    rmt_status st;
    if ((st = rmt_table_need(&of_table, flagged, "table", RMT_KIND_TEXT, path, err)) ||
        (st = rmt_table_need(&first, flagged, first_name, RMT_KIND_WHOLE, path, err)) ||
        (st = rmt_table_need(&last, flagged, last_name, RMT_KIND_WHOLE, path, err)))
        return st;
    const size_t n_rows = rmt_table_rows(flagged);
    if (!(out->of = rmt_mem_array(n_rows, sizeof *out->of, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n_rows; i++) {
        if (strcmp(rmt_table_text(flagged, of_table, i), table) != 0 ||
            rmt_table_is_missing(flagged, first, i))
            continue;
        const int32_t from = rmt_table_integer(flagged, first, i);
        const int32_t to = rmt_table_integer(flagged, last, i);
        if (from < 1 || to < from || (out->n > 0 && (size_t)from <= out->of[out->n - 1].last))
            return rmt_fail(err, RMT_ERR_INCONSISTENT,
                            "%s: row %zu is no range behind the one before", path, i + 1);
        out->of[out->n++] = (range){(size_t)from, (size_t)to};
    }
    return RMT_OK;
}

static bool is_in_ranges(const ranges *r, size_t x)
{
    size_t low = 0, high = r->n; /* the first range that does not end before x */
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (r->of[mid].last < x) low = mid + 1;
        else high = mid;
    }
    return low < r->n && r->of[low].first <= x;
}

static rmt_status find_flags(job *j, const rmt_table *flagged, rmt_error *err)
{
    const rmt_records *r = &j->r;
    const size_t n_visits = r->plan->n_visits;
    const char *table = r->outcome->table;
    ranges lines = {0}, rows = {0};

    j->flagged = rmt_mem_array(r->subjects->n * n_visits, sizeof *j->flagged, err);
    if (!j->flagged) return RMT_ERR_NOMEM;
    if (!flagged) return RMT_OK;
    rmt_status st = read_ranges(&lines, flagged, table, "first_line", "last_line", err);
    /* Studies of before wide files have lines alone. */
    if (!st && rmt_table_find(flagged, "first_row") != RMT_NO_COLUMN)
        st = read_ranges(&rows, flagged, table, "first_row", "last_row", err);
    for (size_t i = 0; i < r->n_rows && !st; i++) {
        if (r->subject[i] == r->subjects->n || r->visit[i] == n_visits) continue;
        size_t at = r->subject[i] * n_visits + r->visit[i];
        if (r->valued[i] != j->slots[at].valued) continue; /* a row left aside */
        if (is_in_ranges(&lines, rmt_records_line(r, i)) || is_in_ranges(&rows, i + 1))
            j->flagged[at] = true;
    }
    rmt_mem_free(lines.of);
    rmt_mem_free(rows.of);
    return st;
}

/* ---- scores of one subject ------------------------------------------------------------------ */

static void score_total(rmt_score *out, const rmt_records *r, size_t row)
{
    double total = rmt_records_number(r, r->total_column, row);
    rmt_score_stored_total(out, r->instrument, total);
    const char *reason = rmt_table_reason(r->table, r->total_column, row);
    if (!isnan(total) || !*reason) return;
    snprintf(out->reason, sizeof out->reason, "total: %.100s", reason);
    out->reason[rmt_text_utf8_valid_prefix(out->reason, strlen(out->reason))] = '\0';
}

static void score_slot(job *j, const rmt_slot *s, rmt_score *scores, int32_t *diagnosis)
{
    const rmt_records *r = &j->r;
    *diagnosis = RMT_INTEGER_MISSING;
    if (s->n == 1) {
        rmt_records_items(r, s->row, j->items);
        if (r->n_items > 0) *diagnosis = rmt_score_diagnosis(r->instrument, j->items, r->n_items);
    }
    for (size_t p = 0; p < j->n_parameters; p++) {
        rmt_score *out = &scores[p];
        if (s->n != 1) {
            *out = (rmt_score){.value = (double)NAN};
            if (s->n == 0) snprintf(out->reason, sizeof out->reason, "no record");
            else snprintf(out->reason, sizeof out->reason, "%zu records", (size_t)s->n);
        } else if (j->parameters[p].stored) {
            score_total(out, r, s->row);
        } else {
            rmt_score_scale(out, r->instrument, j->parameters[p].scale, j->items, r->n_items,
                            r->outcome->max_missing_items);
        }
    }
}

/* Baselines from a column, one per subject: the value all records agree on. `state` per subject: 0
 * nothing yet, 1 a value, 2 two values. */
typedef struct {
    double *value;
    unsigned char *state;
} base_column;

static rmt_status read_base_column(base_column *out, const rmt_records *r, rmt_error *err)
{
    out->value = rmt_mem_array(r->subjects->n, sizeof *out->value, err);
    out->state = rmt_mem_array(r->subjects->n, sizeof *out->state, err);
    if (!out->value || !out->state) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_rows; i++) {
        size_t s = r->subject[i];
        if (s == r->subjects->n) continue;
        double v = rmt_records_number(r, r->baseline_column, i);
        if (isnan(v)) continue;
        if (out->state[s] == 0) {
            out->value[s] = v;
            out->state[s] = 1;
        } else if (v < out->value[s] || v > out->value[s]) {
            out->state[s] = 2;
        }
    }
    return RMT_OK;
}

static void base_from_column(rmt_score *out, const job *j, const base_column *b, size_t subject)
{
    *out = (rmt_score){.value = (double)NAN};
    if (b->state[subject] == 0) {
        snprintf(out->reason, sizeof out->reason, "no baseline");
    } else if (b->state[subject] == 2) {
        snprintf(out->reason, sizeof out->reason, "baselines differ");
    } else {
        rmt_score_stored_total(out, j->r.instrument, b->value[subject]);
    }
}

static void find_bases(job *j, const base_column *b, size_t subject)
{
    for (size_t p = 0; p < j->n_parameters; p++) {
        if (b->value && j->parameters[p].scale == 0) {
            base_from_column(&j->bases[p], j, b, subject);
            continue;
        }
        j->bases[p] = (rmt_score){.value = (double)NAN};
        if (j->baseline_visit < j->r.plan->n_visits)
            j->bases[p] = j->scores[j->baseline_visit * j->n_parameters + p];
        if (*j->bases[p].reason == '\0' || strcmp(j->bases[p].reason, "no record") == 0)
            if (isnan(j->bases[p].value))
                snprintf(j->bases[p].reason, sizeof j->bases[p].reason, "no baseline");
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int32_t visit_number(const job *j, size_t visit)
{
    size_t base = j->baseline_visit;
    if (base == j->r.plan->n_visits) return (int32_t)visit + 1;
    return (int32_t)visit - (int32_t)base;
}

static void write_change(writer *w, double value, const rmt_score *base)
{
    if (isnan(value) || isnan(base->value)) {
        const char *why = isnan(value) ? "no value" : "no baseline";
        put_reason(w, CHG, why);
        put_reason(w, PCHG, why);
        return;
    }
    put_number(w, CHG, value - base->value, "");
    if (base->value > 0) put_number(w, PCHG, 100 * (value - base->value) / base->value, "");
    else put_reason(w, PCHG, base->value < 0 ? "baseline < 0" : "baseline 0");
}

static void write_diagnosis(writer *w, const job *j, const rmt_slot *slot, const rmt_score *score,
                            size_t visit)
{
    const rmt_instrument *ins = j->r.instrument;
    if (!ins || ins->n_diagnosis == 0 || j->r.n_items == 0) return;
    int32_t now = j->diagnoses[visit];
    if (now != RMT_INTEGER_MISSING) put_integer(w, DXFL, now);
    else put_reason(w, DXFL, slot->n == 1 ? "undecided" : score->reason);
    if (visit_number(j, visit) <= 0) return;
    int32_t before = j->baseline_visit < j->r.plan->n_visits ? j->diagnoses[j->baseline_visit]
                                                             : RMT_INTEGER_MISSING;
    if (before == RMT_INTEGER_MISSING) put_reason(w, DXLOSSFL, "base dx unknown");
    else if (before == 0) put_reason(w, DXLOSSFL, "no baseline dx");
    else if (now == RMT_INTEGER_MISSING) put_reason(w, DXLOSSFL, "dx unknown");
    else put_integer(w, DXLOSSFL, now == 0);
}

static void write_definition(writer *w, const rmt_definition *d, enum column flag, double value,
                             double base, int32_t diagnosis)
{
    const char *reason = "";
    if (!d) return;
    rmt_truth t = rmt_score_definition(d, value, base, diagnosis, &reason);
    put_truth(w, flag, t, reason);
}

static void write_source(writer *w, const job *j, const rmt_slot *slot)
{
    if (slot->n == 0) return;
    put_text(w, SRCTABLE, j->r.outcome->table);
    size_t line = rmt_records_line(&j->r, slot->row);
    if (line > 0) put_integer(w, SRCLINE, (int32_t)line);
    if (slot->n == 1 && j->r.plan->visit_kind == RMT_VISIT_DAY)
        put_number(w, ADY, rmt_records_number(&j->r, j->r.visit_column, slot->row), "");
}

static void write_row(writer *w, const job *j, size_t subject, size_t p, size_t visit)
{
    const rmt_plan *plan = j->r.plan;
    const rmt_subject *s = &j->r.subjects->subjects[subject];
    const parameter *param = &j->parameters[p];
    const rmt_score *score = &j->scores[visit * j->n_parameters + p], *base = &j->bases[p];
    const rmt_slot *slot = &j->slots[subject * plan->n_visits + visit];
    int32_t number = visit_number(j, visit);
    bool has_value = !isnan(score->value), column_base = j->r.baseline_column != RMT_NO_COLUMN;

    if (s->arm == RMT_NO_ARM) put_reason(w, TRT01P, rmt_arm_reasons[s->arm_reason]);
    put_integer(w, AVISITN, number);
    put_number(w, AVAL, score->value, score->reason);
    put_number(w, BASE, base->value, base->reason);
    if (number > 0) write_change(w, score->value, base);
    put_integer(w, ABLFL,
                visit == j->baseline_visit && has_value && !(column_base && param->scale == 0));
    put_integer(w, ANL01FL, number > 0 && has_value && s->arm != RMT_NO_ARM);
    if (score->prorated) put_text(w, DTYPE, "PRORATED");
    if (slot->n == 1 && !param->stored) put_integer(w, NMISS, (int32_t)score->n_missing);
    if (param->scale == 0) {
        write_diagnosis(w, j, slot, score, visit);
        if (number > 0) {
            write_definition(w, j->response, RESPFL, score->value, base->value,
                             j->diagnoses[visit]);
            write_definition(w, j->remission, REMFL, score->value, base->value,
                             j->diagnoses[visit]);
        }
    }
    put_integer(w, FLAGGED, j->flagged[subject * plan->n_visits + visit]);
    write_source(w, j, slot);
}

/* What the rows have from their place alone, column by column. */
static void write_subject_names(writer *w, const rmt_plan *plan, const rmt_subjects *subjects)
{
    put_texts(w, STUDYID, 0, w->n_rows, plan->study_id ? plan->study_id : "");
    for (size_t i = 0; i < subjects->n && w->n_rows > 0; i++) {
        const rmt_subject *s = &subjects->subjects[i];
        const size_t from = i * w->per_subject, to = from + w->per_subject;
        put_texts(w, USUBJID, from, to, s->id);
        if (s->arm != RMT_NO_ARM) put_texts(w, TRT01P, from, to, subjects->arms[s->arm]);
    }
}

static void write_parameter_names(writer *w, const job *j)
{
    const rmt_plan_visit *visits = j->r.plan->visits;
    for (size_t p = 0; p < j->n_parameters; p++) {
        const parameter *param = &j->parameters[p];
        const size_t from = j->first_row + p * j->n_held, to = from + j->n_held;
        put_texts_of_all(w, PARAMCD, from, to, param->paramcd);
        put_texts_of_all(w, PARAM, from, to, param->label);
        put_texts_of_all(w, OUTCOME, from, to, j->r.outcome->name);
        put_texts_of_all(w, SCALE, from, to, param->id);
        for (size_t k = 0; k < j->n_held && param->scale == 0; k++) {
            if (visit_number(j, j->held[k]) <= 0) continue;
            if (j->response) put_texts_of_all(w, RESPDEF, from + k, from + k + 1, j->response->id);
            if (j->remission) put_texts_of_all(w, REMDEF, from + k, from + k + 1, j->remission->id);
        }
    }
    for (size_t k = 0; k < j->n_held; k++)
        for (size_t p = 0; p < j->n_parameters; p++) {
            const size_t at = j->first_row + p * j->n_held + k;
            put_texts_of_all(w, AVISIT, at, at + 1, visits[j->held[k]].name);
        }
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void note_left_out(const job *j, rmt_problems *notes)
{
    const rmt_records *r = &j->r;
    size_t n_visit = 0, n_subject = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        if (!r->valued[i]) continue;
        if (r->subject[i] == r->subjects->n) n_subject++;
        else if (r->visit[i] == r->plan->n_visits) n_visit++;
    }
    if (n_subject)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "outcome %s: %zu record%s in table %s of nobody in table %s left out",
                         r->outcome->name, n_subject, n_subject == 1 ? "" : "s", r->outcome->table,
                         r->plan->subject_table);
    if (n_visit)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "outcome %s: %zu record%s in table %s outside the schedule left out",
                         r->outcome->name, n_visit, n_visit == 1 ? "" : "s", r->outcome->table);
}

static rmt_status job_open(job *j, const rmt_outcomes_input *in, const rmt_subjects *subjects,
                           const rmt_plan_outcome *o, rmt_error *err)
{
    rmt_status st;
    size_t n_visits = in->plan->n_visits;
    if ((st = rmt_records_open(&j->r, in->plan, o, subjects, in->tables, in->n_tables, err)))
        return st;
    if ((st = list_parameters(j, err))) return st;
    if ((st = find_definition(&j->response, j, o->response, true, err))) return st;
    if ((st = find_definition(&j->remission, j, o->remission, false, err))) return st;
    if ((st = rmt_records_slots(&j->slots, &j->r, err))) return st;
    if ((st = find_flags(j, in->flagged, err))) return st;
    j->baseline_visit = rmt_records_baseline_visit(in->plan);
    j->held = rmt_mem_array(n_visits, sizeof *j->held, err);
    j->items = rmt_mem_array(j->r.n_items, sizeof *j->items, err);
    j->scores = rmt_mem_array(n_visits * j->n_parameters, sizeof *j->scores, err);
    j->diagnoses = rmt_mem_array(n_visits, sizeof *j->diagnoses, err);
    j->bases = rmt_mem_array(j->n_parameters, sizeof *j->bases, err);
    if (!j->held || !j->items || !j->scores || !j->diagnoses || !j->bases) return RMT_ERR_NOMEM;
    /* The visits that the analysis rests on have rows even when nobody has a value there: an
     * outcome that was never measured shall not vanish. */
    for (size_t v = 0; v < n_visits; v++) {
        bool primary = o->primary_visit && strcmp(o->primary_visit, in->plan->visits[v].name) == 0;
        bool held = primary || (in->plan->visits[v].baseline && !o->baseline);
        for (size_t s = 0; s < subjects->n && !held; s++)
            held = j->slots[s * n_visits + v].valued;
        if (held) j->held[j->n_held++] = v;
    }
    return RMT_OK;
}

/* A job's rows of one subject. */
static void write_subject(writer *w, job *j, const base_column *b, size_t subject)
{
    size_t n_visits = j->r.plan->n_visits;
    for (size_t v = 0; v < n_visits; v++)
        score_slot(j, &j->slots[subject * n_visits + v], &j->scores[v * j->n_parameters],
                   &j->diagnoses[v]);
    find_bases(j, b, subject);
    for (size_t p = 0; p < j->n_parameters; p++)
        for (size_t k = 0; k < j->n_held; k++) {
            write_row(w, j, subject, p, j->held[k]);
            w->row++;
        }
}

rmt_status rmt_outcomes_build(rmt_table **out, const rmt_outcomes_input *in, rmt_problems *notes,
                              rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_plan *plan = in->plan;
    rmt_subjects *subjects = NULL;
    rmt_table *t = NULL;
    job *jobs = NULL;
    base_column *bases = NULL;
    size_t per_subject = 0;

    if ((st = rmt_subjects_new(&subjects, plan, in->tables, in->n_tables, err))) goto done;
    if ((st = rmt_table_new(&t, "Outcomes: one row per subject, parameter and visit", err)))
        goto done;
    if ((st = rmt_table_add_columns(t, rmt_outcomes_columns, N_COLUMNS, err))) goto done;
    jobs = rmt_mem_array(plan->n_outcomes, sizeof *jobs, err);
    bases = rmt_mem_array(plan->n_outcomes, sizeof *bases, err);
    if (!jobs || !bases) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t i = 0; i < plan->n_outcomes; i++) {
        if ((st = job_open(&jobs[i], in, subjects, &plan->outcomes[i], err))) goto done;
        if (jobs[i].r.baseline_column != RMT_NO_COLUMN &&
            (st = read_base_column(&bases[i], &jobs[i].r, err)))
            goto done;
        jobs[i].first_row = per_subject;
        per_subject += jobs[i].n_held * jobs[i].n_parameters;
        if (notes) note_left_out(&jobs[i], notes);
    }
    if (subjects->n > 0 && per_subject > RMT_MEM_CAP / subjects->n) {
        st = rmt_fail(err, RMT_ERR_NOMEM, "%zu subjects x %zu rows are too many", subjects->n,
                      per_subject);
        goto done;
    }
    if ((st = rmt_table_add_rows(t, subjects->n * per_subject, err))) goto done;
    writer w = {.t = t, .per_subject = per_subject, .n_rows = rmt_table_rows(t), .err = err};
    writer_start(&w);
    write_subject_names(&w, plan, subjects);
    for (size_t i = 0; i < plan->n_outcomes; i++)
        write_parameter_names(&w, &jobs[i]);
    for (size_t s = 0; s < subjects->n && !w.st; s++)
        for (size_t i = 0; i < plan->n_outcomes; i++)
            write_subject(&w, &jobs[i], &bases[i], s);
    if ((st = w.st)) goto done;
    *out = t;
    t = NULL;
done:
    for (size_t i = 0; jobs && i < plan->n_outcomes; i++)
        job_clear(&jobs[i]);
    for (size_t i = 0; bases && i < plan->n_outcomes; i++) {
        rmt_mem_free(bases[i].value);
        rmt_mem_free(bases[i].state);
    }
    rmt_mem_free(bases);
    rmt_mem_free(jobs);
    rmt_table_free(t);
    rmt_subjects_free(subjects);
    return st;
}
