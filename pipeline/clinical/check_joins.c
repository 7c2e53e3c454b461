/* check_joins.c - tables that are joined by the participant: who is in one and not in the other. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TWIN_BUF = 160 };

/* ---- ids of another kind ------------------------------------------------------------------------- */

/* Of a table in which nobody of the trial is, and more than one id: the first row with one; n_rows = it is no such table. */
static size_t first_stranger(const rmt_records *r, size_t n_subjects)
{
    size_t first = r->n_rows;
    bool several = false;
    char buf[RMT_NUM_BUF], first_buf[RMT_NUM_BUF];
    const char *first_id = "";
    for (size_t i = 0; i < r->n_rows; i++) {
        if (r->subject[i] < n_subjects) return r->n_rows;
        const char *id = rmt_table_format(r->table, r->id_column, i, *first_id ? buf : first_buf);
        if (!*id) continue;
        if (!*first_id) {
            first = i;
            first_id = id;
        }
        several = several || strcmp(id, first_id) != 0;
    }
    return several ? first : r->n_rows;
}

bool rmt_check_ids_apart(const rmt_conduct *c, const char *code, const char *table,
                         const rmt_records *r)
{
    const rmt_subjects *s = c->s;
    char buf[RMT_NUM_BUF];
    /* What is not told here each row has to tell. */
    if (s->n == 0 || !rmt_check_is_on(c->out->settings, code)) return false;
    const size_t row = first_stranger(r, s->n);
    if (row == r->n_rows) return false;
    const char *id = rmt_table_format(r->table, r->id_column, row, buf), *twin = NULL;
    for (size_t i = 0; i < s->n && !twin; i++)
        if (rmt_names_likeness(id, s->subjects[i].id) == RMT_NAMES_ALIKE) twin = s->subjects[i].id;
    rmt_finding f = rmt_row_finding(c, code, table, r, row, c->plan->subject_id);
    f.subject = f.value = id;
    f.rule = "the tables name the same subjects";
    rmt_report(c->out, f, "no id of table %s is in table %s: '%s' here, '%s' there%s", table,
               c->plan->subject_table, id, twin ? twin : s->subjects[0].id,
               twin ? "; are they written in two ways?" : "");
    return true;
}

/* ---- the tables of outcomes ---------------------------------------------------------------------- */

rmt_status rmt_joins_open(rmt_joins *j, const rmt_conduct *c, rmt_error *err)
{
    const size_t n = c->plan->n_outcomes;
    *j = (rmt_joins){.c = c};
    if (n > 0 && c->s->n > SIZE_MAX / n)
        return rmt_fail(err, RMT_ERR_NOMEM, "too many subjects and outcomes");
    j->in = rmt_mem_array(c->s->n * n, sizeof *j->in, err);
    j->apart = rmt_mem_array(n, sizeof *j->apart, err);
    j->twins = rmt_mem_array(c->s->n, sizeof *j->twins, err);
    return j->in && j->apart && j->twins ? RMT_OK : RMT_ERR_NOMEM;
}

void rmt_joins_close(rmt_joins *j)
{
    rmt_mem_free(j->in);
    rmt_mem_free(j->apart);
    rmt_mem_free(j->twins);
}

bool rmt_joins_add(rmt_joins *j, size_t first, const rmt_records *r, const char *const *ids)
{
    const rmt_subjects *s = j->c->s;
    const char *table = r->outcome->table;
    char buf[RMT_NUM_BUF];
    if (j->apart[first]) return true;
    for (size_t i = 0; i < r->n_rows; i++) {
        if (r->subject[i] < s->n) {
            j->in[first * s->n + r->subject[i]] = true;
            continue;
        }
        const char *id = rmt_table_format(r->table, r->id_column, i, buf);
        const char *meant = *id ? rmt_subjects_meant(ids, s->n, id) : NULL;
        if (!meant) continue;
        rmt_twin *twin = &j->twins[rmt_subjects_find(s, meant)];
        if (twin->outcome == 0)
            *twin = (rmt_twin){(uint32_t)first + 1, (uint32_t)rmt_records_line(r, i)};
    }
    j->apart[first] = rmt_check_ids_apart(j->c, "trial/no-common-id", table, r);
    return j->apart[first];
}

/* Where somebody of almost the same id is, to be put behind a message. table: NULL = any. */
static const char *told_twin(char buf[TWIN_BUF], const rmt_joins *j, size_t subject,
                             const char *table)
{
    const rmt_twin *twin = &j->twins[subject];
    buf[0] = '\0';
    if (twin->outcome == 0) return buf;
    const char *of = j->c->plan->outcomes[twin->outcome - 1].table;
    if (!table || strcmp(of, table) == 0)
        snprintf(buf, TWIN_BUF, "; line %" PRIu32 " of %s has an id much like it", twin->line, of);
    return buf;
}

static bool is_anywhere(const rmt_joins *j, size_t subject)
{
    for (size_t o = 0; o < j->c->plan->n_outcomes; o++)
        if (j->in[o * j->c->s->n + subject]) return true;
    return false;
}

static bool is_first(const rmt_plan *plan, size_t outcome)
{
    for (size_t i = 0; i < outcome; i++)
        if (strcmp(plan->outcomes[i].table, plan->outcomes[outcome].table) == 0) return false;
    return true;
}

static void report_nowhere(const rmt_joins *j, size_t subject)
{
    char twin[TWIN_BUF];
    rmt_finding f = rmt_subject_finding(j->c, "trial/no-records", subject, j->c->plan->subject_id);
    f.value = f.subject;
    f.rule = "every subject has a record of some outcome";
    rmt_report(j->c->out, f, "no outcome's table has a record of this subject%s",
               told_twin(twin, j, subject, NULL));
}

/* Who has records, and none in the table of this outcome. */
static void report_absent(const rmt_joins *j, size_t outcome)
{
    const rmt_conduct *c = j->c;
    const size_t n = c->s->n;
    const char *table = c->plan->outcomes[outcome].table;
    const bool *in = &j->in[outcome * n];
    const double percent = rmt_check_value(c->out->settings, "trial/not-in-table", "percent");
    char twin[TWIN_BUF];
    size_t n_absent = 0, n_anywhere = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_anywhere(j, i)) continue;
        n_anywhere++;
        n_absent += !in[i];
    }
    rmt_finding f = {.code = "trial/not-in-table",
                     .table = table,
                     .column = c->plan->subject_id,
                     .rule = "every subject has a record in the table of each outcome"};
    if (100 * (double)n_absent > percent * (double)n_anywhere) {
        rmt_report(c->out, f, "table %s has no record of %zu of %zu subjects with records", table,
                   n_absent, n_anywhere);
        return;
    }
    for (size_t i = 0; i < n && n_absent > 0; i++) {
        if (in[i] || !is_anywhere(j, i)) continue;
        f = rmt_subject_finding(c, f.code, i, c->plan->subject_id);
        f.value = f.subject;
        f.rule = "every subject has a record in the table of each outcome";
        rmt_report(c->out, f, "table %s has no record of this subject%s", table,
                   told_twin(twin, j, i, table));
    }
}

void rmt_joins_report(const rmt_joins *j)
{
    const rmt_plan *plan = j->c->plan;
    bool anybody = false, apart = false;
    for (size_t o = 0; o < plan->n_outcomes; o++)
        apart = apart || j->apart[o];
    for (size_t i = 0; i < j->c->s->n && !anybody; i++)
        anybody = is_anywhere(j, i);
    /* Where nobody has a record because the ids are of another kind, that is said. */
    for (size_t i = 0; i < j->c->s->n && plan->n_outcomes > 0 && (anybody || !apart); i++)
        if (!is_anywhere(j, i)) report_nowhere(j, i);
    for (size_t o = 0; o < plan->n_outcomes && anybody; o++)
        if (is_first(plan, o) && !j->apart[o]) report_absent(j, o);
}

/* ---- other tables -------------------------------------------------------------------------------- */

/* A foreign key says of this table already what there is to say. */
static bool has_foreign_key(const rmt_plan *plan, const rmt_plan_table *pt)
{
    for (size_t i = 0; pt->schema && i < pt->schema->n_foreign_keys; i++) {
        const rmt_foreign_key *k = &pt->schema->foreign_keys[i];
        if (k->n == 1 && strcmp(k->fields[0], plan->subject_id) == 0 &&
            strcmp(k->resource, plan->subject_table) == 0)
            return true;
    }
    return false;
}

/* A table whose rows are of participants, as its columns say, and of which no other check tells whose they are. */
static bool is_further(const rmt_plan *plan, const rmt_plan_table *pt, const rmt_table *t)
{
    const char *doses = plan->trial.doses.table;
    if (!t || rmt_table_find(t, plan->subject_id) == RMT_NO_COLUMN) return false;
    if (strcmp(pt->name, plan->subject_table) == 0 || has_foreign_key(plan, pt)) return false;
    if (doses && strcmp(pt->name, doses) == 0) return false;
    for (size_t i = 0; i < plan->n_outcomes; i++)
        if (strcmp(plan->outcomes[i].table, pt->name) == 0) return false;
    for (size_t i = 0; i < plan->n_summaries; i++)
        if (strcmp(plan->summaries[i].table, pt->name) == 0) return false;
    return true;
}

static rmt_status check_further(const rmt_conduct *c, const char *table, rmt_error *err)
{
    rmt_records r = {0};
    const char **ids = NULL;
    char buf[RMT_NUM_BUF];
    const rmt_table *t = rmt_named_table_find(c->tables, c->n_tables, table);
    rmt_status st = rmt_records_place(&r, c->plan, c->s, t, table, NULL, err);
    if (st) goto done;
    size_t i = 0;
    while (i < r.n_rows && r.subject[i] < c->s->n)
        i++;
    if (i == r.n_rows || rmt_check_ids_apart(c, "trial/other-subject", table, &r)) goto done;
    if ((st = rmt_subjects_ids(&ids, c->s, err))) goto done;
    for (; i < r.n_rows; i++) {
        if (r.subject[i] < c->s->n) continue;
        const char *id = rmt_table_format(t, r.id_column, i, buf);
        const char *meant = *id ? rmt_subjects_meant(ids, c->s->n, id) : NULL;
        rmt_finding f =
            rmt_row_finding(c, "trial/other-subject", table, &r, i, c->plan->subject_id);
        f.subject = id;
        f.value = *id ? id : rmt_table_reason(t, r.id_column, i);
        f.rule = "every row belongs to a subject of the subject table";
        if (*id)
            rmt_report(c->out, f, "'%s' is not in table %s%s%s%s", id, c->plan->subject_table,
                       meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
        else rmt_report(c->out, f, "the row does not say whose it is");
    }
done:
    rmt_mem_free(ids);
    rmt_records_close(&r);
    return st;
}

rmt_status rmt_check_further_tables(const rmt_conduct *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < c->plan->n_tables && !st; i++) {
        const rmt_plan_table *pt = &c->plan->tables[i];
        const rmt_table *t = rmt_named_table_find(c->tables, c->n_tables, pt->name);
        if (is_further(c->plan, pt, t)) st = check_further(c, pt->name, err);
    }
    return st;
}
