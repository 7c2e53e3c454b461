/* subjects.c - see rmt/subjects.h. */
#include "rmt/subjects.h"

#include "records.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const rmt_table *rmt_named_table_find(const rmt_named_table *tables, size_t n_tables,
                                      const char *name)
{
    for (size_t i = 0; i < n_tables; i++)
        if (strcmp(tables[i].name, name) == 0) return tables[i].table;
    return NULL;
}

/* ---- names that are nearly the same ---------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next character that tells names apart, lower case; NUL at the end. in_number: a digit that counts came before. */
static char next_telling(const char **s, bool *in_number)
{
    for (;; (*s)++) {
        char c = **s;
        if (c == ' ' || c == '\t' || c == '-' || c == '_') continue;
        if (c == '0' && !*in_number && is_digit((*s)[1])) continue;
        *in_number = is_digit(c) || c == '.'; /* after a point a zero counts */
        if (c) (*s)++;
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
}

static int compare_telling(const char *a, const char *b)
{
    bool in_a = false, in_b = false;
    for (;;) {
        unsigned char x = (unsigned char)next_telling(&a, &in_a);
        unsigned char y = (unsigned char)next_telling(&b, &in_b);
        if (x != y) return x < y ? -1 : 1;
        if (!x) return 0;
    }
}

static bool is_one_slip(const char *a, const char *b)
{
    enum { SHORTEST = 4 }; /* shorter names are codes, and any two of those are near */
    size_t na = strlen(a), nb = strlen(b), start = 0;
    if (na < SHORTEST || nb < SHORTEST) return false;
    while (a[start] && a[start] == b[start])
        start++;
    while (na > start && nb > start && a[na - 1] == b[nb - 1]) {
        na--;
        nb--;
    }
    for (size_t i = start; i < na; i++)
        if (is_digit(a[i])) return false;
    for (size_t i = start; i < nb; i++)
        if (is_digit(b[i])) return false;
    na -= start;
    nb -= start;
    if (na <= 1 && nb <= 1) return true;
    return na == 2 && nb == 2 && a[start] == b[start + 1] && a[start + 1] == b[start];
}

rmt_likeness rmt_names_likeness(const char *a, const char *b)
{
    if (compare_telling(a, b) == 0) return RMT_NAMES_ALIKE;
    return is_one_slip(a, b) ? RMT_NAMES_ONE_SLIP : RMT_NAMES_DIFFER;
}

/* ---- columns --------------------------------------------------------------------------------- */

rmt_status rmt_named_table_column(size_t *out, const rmt_table *t, const char *table,
                                  const char *column, rmt_error *err)
{
    size_t c = rmt_table_find(t, column);
    if (c != RMT_NO_COLUMN) {
        *out = c;
        return RMT_OK;
    }
    size_t n = rmt_table_columns(t);
    const char **names = rmt_mem_array(n, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_table_name(t, i);
    const char *near = rmt_text_nearest(column, names, n);
    rmt_status st =
        near ? rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, column,
                           "table %s has no column '%s'; did you mean '%s'?", table, column, near)
             : rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, column, "table %s has no column '%s'",
                           table, column);
    rmt_mem_free(names);
    return st;
}

/* ---- texts of a column that is not text ---------------------------------------------------- */

/* For a column of numbers: every cell as text, RMT_NUM_BUF bytes each; NULL for text columns. */
static rmt_status format_column(char **out, const rmt_table *t, size_t column, rmt_error *err)
{
    if (rmt_type_is_text(rmt_table_type(t, column))) return RMT_OK;
    size_t n = rmt_table_rows(t);
    char *block = rmt_mem_array(n, RMT_NUM_BUF, err);
    if (!block) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        char buf[RMT_NUM_BUF];
        const char *s = rmt_table_format(t, column, i, buf);
        memcpy(block + i * RMT_NUM_BUF, s, strlen(s) + 1);
    }
    *out = block;
    return RMT_OK;
}

static const char *cell(const rmt_table *t, size_t column, const char *block, size_t row)
{
    return block ? block + row * RMT_NUM_BUF : rmt_table_text(t, column, row);
}

/* ---- construction -------------------------------------------------------------------------- */

/* rows: in order of place, as they come in a file that was not sorted. */
static rmt_status sort_rows(uint32_t *rows, size_t n, const rmt_table *t, size_t column,
                            const char *block, rmt_error *err)
{
    rmt_text_placed *e = rmt_mem_array(n, sizeof *e, err);
    if (!e) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        e[i] = (rmt_text_placed){cell(t, column, block, rows[i]), rows[i]};
    qsort(e, n, sizeof *e, rmt_text_placed_order);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)e[i].place;
    rmt_mem_free(e);
    return RMT_OK;
}

/* The rows whose cell is not empty, sorted by the bytes of its text. */
static rmt_status sorted_rows(uint32_t **out, size_t *n_out, const rmt_table *t, size_t column,
                              const char *block, rmt_error *err)
{
    const size_t n_rows = rmt_table_rows(t);
    const char *last = "";
    bool sorted = true;
    size_t n = 0;
    if (n_rows > RMT_SUBJECT_ROWS)
        return rmt_fail(err, RMT_ERR_NOMEM, "%zu rows are more than a table of subjects may have",
                        n_rows);
    uint32_t *rows = rmt_mem_array(n_rows, sizeof *rows, err);
    if (!rows) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n_rows; i++) {
        const char *s = cell(t, column, block, i);
        rmt_columns_rest(t, &column, 1, i + 1);
        if (!*s) continue;
        sorted = sorted && (s == last || strcmp(last, s) <= 0);
        last = s;
        rows[n++] = (uint32_t)i;
    }
    const rmt_status st = sorted ? RMT_OK : sort_rows(rows, n, t, column, block, err);
    if (st) rmt_mem_free(rows);
    else *out = rows;
    *n_out = n;
    return st;
}

static uint32_t arm_index(const rmt_subjects *s, const char *name)
{
    for (uint32_t i = 0; i < s->n_arms; i++)
        if (strcmp(s->arms[i], name) == 0) return i;
    return RMT_NO_ARM;
}

static rmt_status list_arms(rmt_subjects *s, const rmt_plan *plan, rmt_error *err)
{
    rmt_status st = RMT_OK;
    uint32_t *rows = NULL;
    size_t n = 0, cap = 0;
    const char *reference = plan->reference_arm;

    for (size_t i = 0; i < plan->n_arms; i++) {
        if ((st = rmt_mem_grow(&s->arms, &cap, s->n_arms + 1, sizeof *s->arms, err))) goto done;
        s->arms[s->n_arms++] = plan->arms[i];
    }
    if (plan->n_arms == 0) {
        const char *last = "";
        if ((st = sorted_rows(&rows, &n, s->table, s->arm_column, s->arm_texts, err))) goto done;
        for (size_t i = 0; i < n; i++) {
            const char *arm = cell(s->table, s->arm_column, s->arm_texts, rows[i]);
            if (strcmp(arm, last) == 0) continue;
            last = arm;
            if (reference && strcmp(arm, reference) == 0) continue;
            if ((st = rmt_mem_grow(&s->arms, &cap, s->n_arms + 1, sizeof *s->arms, err))) goto done;
            s->arms[s->n_arms++] = arm;
        }
    }
    if (reference && arm_index(s, reference) == RMT_NO_ARM) {
        if ((st = rmt_mem_grow(&s->arms, &cap, s->n_arms + 1, sizeof *s->arms, err))) goto done;
        s->arms[s->n_arms++] = reference;
    }
    s->reference_arm = reference ? arm_index(s, reference) : RMT_NO_ARM;
done:
    rmt_mem_free(rows);
    return st;
}

enum { HAS_ARM, ARM_MISSING, UNKNOWN_ARM, SEVERAL_ARMS };
const char *const rmt_arm_reasons[] = {[HAS_ARM] = "",
                                       [ARM_MISSING] = "arm missing",
                                       [UNKNOWN_ARM] = "unknown arm",
                                       [SEVERAL_ARMS] = "several arms"};

static void assign_arm(const rmt_subjects *s, rmt_subject *subject)
{
    const char *arm = "";
    subject->arm = RMT_NO_ARM;
    for (size_t i = 0; i < subject->n_rows; i++) {
        const char *a = cell(s->table, s->arm_column, s->arm_texts, s->rows[subject->first + i]);
        if (!*a || a == arm) continue;
        if (*arm && strcmp(a, arm) != 0) {
            subject->arm_reason = SEVERAL_ARMS;
            return;
        }
        arm = a;
    }
    if (*arm) subject->arm = arm_index(s, arm);
    subject->arm_reason = !*arm ? ARM_MISSING : subject->arm == RMT_NO_ARM ? UNKNOWN_ARM : HAS_ARM;
}

static rmt_status list_subjects(rmt_subjects *s, rmt_error *err)
{
    size_t n = 0, cap = 0;
    const char *last = NULL;
    rmt_status st = sorted_rows(&s->rows, &n, s->table, s->id_column, s->ids, err);
    if (st) return st;
    for (uint32_t i = 0; i < n; i++, s->subjects[s->n - 1].n_rows++) {
        const char *id = cell(s->table, s->id_column, s->ids, s->rows[i]);
        if (id == last) continue;
        last = id;
        if (i == 0 || strcmp(id, s->subjects[s->n - 1].id) != 0) {
            if ((st = rmt_mem_grow(&s->subjects, &cap, s->n + 1, sizeof *s->subjects, err)))
                return st;
            s->subjects[s->n++] = (rmt_subject){.id = id, .first = i};
        }
    }
    for (size_t i = 0; i < s->n; i++)
        assign_arm(s, &s->subjects[i]);
    rmt_columns_rest(s->table, NULL, 0, rmt_table_rows(s->table));
    return RMT_OK;
}

rmt_status rmt_subjects_new(rmt_subjects **out, const rmt_plan *plan, const rmt_named_table *tables,
                            size_t n_tables, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_subjects *s = NULL;

    if (!plan->subject_table || !plan->subject_id || !plan->subject_arm)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, "subjects",
                           "the plan does not say who the subjects are");
    const rmt_table *t = rmt_named_table_find(tables, n_tables, plan->subject_table);
    if (!t)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, "subjects", "there is no table %s",
                           plan->subject_table);
    s = rmt_mem_array(1, sizeof *s, err);
    if (!s) return RMT_ERR_NOMEM;
    s->table = t;
    if ((st = rmt_named_table_column(&s->id_column, t, plan->subject_table, plan->subject_id, err)))
        goto done;
    if ((st = rmt_named_table_column(&s->arm_column, t, plan->subject_table, plan->subject_arm,
                                     err)))
        goto done;
    if ((st = format_column(&s->ids, t, s->id_column, err))) goto done;
    if ((st = format_column(&s->arm_texts, t, s->arm_column, err))) goto done;
    if ((st = list_arms(s, plan, err))) goto done;
    if ((st = list_subjects(s, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_subjects_free(s);
    return st;
}

void rmt_subjects_free(rmt_subjects *s)
{
    if (!s) return;
    rmt_mem_free(s->subjects);
    rmt_mem_free(s->rows);
    rmt_mem_free(s->arms);
    rmt_mem_free(s->ids);
    rmt_mem_free(s->arm_texts);
    rmt_mem_free(s);
}

size_t rmt_subjects_find(const rmt_subjects *s, const char *id)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = strcmp(s->subjects[mid].id, id);
        if (c == 0) return mid;
        if (c < 0) low = mid + 1;
        else high = mid;
    }
    return s->n;
}

static int by_likeness(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    int c = compare_telling(*x, *y);
    return c ? c : strcmp(*x, *y);
}

rmt_status rmt_subjects_ids(const char ***out, const rmt_subjects *s, rmt_error *err)
{
    const char **ids = rmt_mem_array(s->n, sizeof *ids, err);
    if (!ids) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < s->n; i++)
        ids[i] = s->subjects[i].id;
    qsort(ids, s->n, sizeof *ids, by_likeness);
    *out = ids;
    return RMT_OK;
}

const char *rmt_subjects_meant(const char *const *ids, size_t n, const char *id)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = compare_telling(ids[mid], id);
        if (c == 0) return ids[mid];
        if (c < 0) low = mid + 1;
        else high = mid;
    }
    return NULL;
}

void rmt_subjects_arms_seen(rmt_arms_seen *out, const rmt_subjects *s)
{
    out->n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const rmt_subject *x = &s->subjects[i];
        const char *arm = "";
        size_t k = 0;
        for (size_t j = 0; j < x->n_rows && !*arm; j++)
            arm = cell(s->table, s->arm_column, s->arm_texts, s->rows[x->first + j]);
        if (!*arm) continue;
        while (k < out->n && strcmp(out->names[k], arm) != 0)
            k++;
        if (k == RMT_ARMS_SEEN) continue;
        if (k == out->n) {
            out->names[out->n] = arm;
            out->n_subjects[out->n++] = 0;
        }
        out->n_subjects[k]++;
    }
}

/* ---- covariates ---------------------------------------------------------------------------- */

static const char *const none = "missing";
static const char *const differ = "not constant within the subject";

double rmt_subjects_number(const rmt_subjects *s, size_t subject, size_t column,
                           const char **reason)
{
    const rmt_subject *x = &s->subjects[subject];
    double value = (double)NAN;
    const char *why = none;
    for (size_t i = 0; i < x->n_rows; i++) {
        double v = rmt_table_number(s->table, column, s->rows[x->first + i]);
        if (isnan(v)) continue;
        if (!isnan(value) && (v < value || v > value)) {
            value = (double)NAN;
            why = differ;
            break;
        }
        value = v;
        why = "";
    }
    if (reason) *reason = why;
    return value;
}

const char *rmt_subjects_text(const rmt_subjects *s, size_t subject, size_t column, char *buf,
                              const char **reason)
{
    const rmt_subject *x = &s->subjects[subject];
    const char *value = "", *why = none;
    for (size_t i = 0; i < x->n_rows; i++) {
        char other[RMT_NUM_BUF];
        char *into = *value ? other : buf;
        const char *v = rmt_table_format(s->table, column, s->rows[x->first + i], into);
        if (!*v) continue;
        if (*value && strcmp(v, value) != 0) {
            value = "";
            why = differ;
            break;
        }
        if (!*value) value = v;
        why = "";
    }
    if (reason) *reason = why;
    return value;
}
