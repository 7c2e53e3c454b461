/* ledger.c - see rmt/ledger.h. */
#include "rmt/ledger.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Lines of one table with an error, or its rows, one bit each, in pieces that are made when their first line is met: a line number
 * that a foreign file claims costs a piece, not all below it. */
enum { PIECE_LINES = 1 << 15, WORD = 64, PIECE_WORDS = PIECE_LINES / WORD };
typedef struct {
    char *table;
    bool rows;         /* not lines: rows of the table, from 1 */
    uint64_t **pieces; /* NULL = no line of it */
    size_t n, cap;
} line_set;

/* What the list has of one code in one table. */
typedef struct {
    char *code, *table;
    size_t listed;
} quota;

/* A column of a wide file: of the long table's column at a visit. */
typedef struct {
    const char *name, *visit, *column;
} wide_cell;

/* A long table, and the columns of the file it was made of, in order of name and visit. */
typedef struct {
    const char *table;
    const rmt_table *t;
    size_t visit; /* its column */
    wide_cell *cells;
    size_t n;
} wide_table;

/* A table whose column id tells whose its rows are. */
typedef struct {
    const char *table;
    const rmt_table *t;
    size_t id;
} owned_table;

/* A finding about a cell that other tables have, too: its code, column and table are those of a row of the counts. */
typedef struct {
    size_t line, kind; /* kind + 1; 0 = free */
} shared_cell;

struct rmt_ledger {
    size_t most;
    const rmt_check_settings *settings;
    rmt_table *list, *counts;
    size_t found, errors, listed;
    size_t *slots; /* open addressing over the rows of counts: row + 1, 0 = free */
    size_t n_slots;
    size_t last; /* the row counted last: neighbours are often of one kind */
    quota *quotas;
    size_t n_quotas, cap_quotas;
    line_set *lines;
    size_t n_lines, cap_lines;
    wide_table *wide;
    size_t n_wide, cap_wide;
    owned_table *owned;
    size_t n_owned, cap_owned;
    const char **sharing; /* tables of one file */
    size_t n_sharing, cap_sharing;
    shared_cell *cells; /* open addressing */
    size_t n_cells, n_cell_slots;
};

static const rmt_column_spec count_columns[] = {
    {"severity", RMT_TYPE_STRING, "error, warning or info", NULL},
    {"code", RMT_TYPE_STRING, "What was found", NULL},
    {"table", RMT_TYPE_STRING, "Table concerned", NULL},
    {"column", RMT_TYPE_STRING, "Column concerned; empty = the row or the table", NULL},
    {"found", RMT_TYPE_NUMBER, "Findings", NULL},
    {"listed", RMT_TYPE_NUMBER, "Findings of them that are in /validation/issues", NULL},
};
enum { C_SEVERITY, C_CODE, C_TABLE, C_COLUMN, C_FOUND, C_LISTED, N_COUNT_COLUMNS };
enum { N_KEYS = C_FOUND };

static const rmt_column_spec line_columns[] = {
    {"table", RMT_TYPE_STRING, "Table concerned", NULL},
    {"first_line", RMT_TYPE_INTEGER, "First of the lines with an error", NULL},
    {"last_line", RMT_TYPE_INTEGER, "Last of them; every line between has one", NULL},
    {"first_row", RMT_TYPE_INTEGER, "Instead of lines, where many rows are of one", NULL},
    {"last_row", RMT_TYPE_INTEGER, "Last of these rows", NULL},
};
enum { L_TABLE, L_FIRST, L_LAST, L_FIRST_ROW, L_LAST_ROW, N_LINE_COLUMNS };

rmt_status rmt_ledger_new(rmt_ledger **out, size_t most, const rmt_check_settings *settings,
                          rmt_error *err)
{
    rmt_status st;
    rmt_ledger *l = rmt_mem_array(1, sizeof *l, err);
    if (!l) return RMT_ERR_NOMEM;
    l->most = most;
    l->settings = settings;
    if ((st = rmt_findings_new(&l->list, err))) goto done;
    if ((st = rmt_table_new(&l->counts, "Findings by kind and column", err))) goto done;
    if ((st = rmt_table_add_columns(l->counts, count_columns, N_COUNT_COLUMNS, err))) goto done;
    *out = l;
    l = NULL;
done:
    rmt_ledger_free(l);
    return st;
}

void rmt_ledger_free(rmt_ledger *l)
{
    if (!l) return;
    for (size_t i = 0; i < l->n_quotas; i++) {
        rmt_mem_free(l->quotas[i].code);
        rmt_mem_free(l->quotas[i].table);
    }
    for (size_t i = 0; i < l->n_lines; i++) {
        for (size_t p = 0; p < l->lines[i].n; p++)
            rmt_mem_free(l->lines[i].pieces[p]);
        rmt_mem_free(l->lines[i].pieces);
        rmt_mem_free(l->lines[i].table);
    }
    for (size_t i = 0; i < l->n_wide; i++)
        rmt_mem_free(l->wide[i].cells);
    rmt_mem_free(l->wide);
    rmt_mem_free(l->owned);
    rmt_mem_free(l->sharing);
    rmt_mem_free(l->cells);
    rmt_mem_free(l->lines);
    rmt_mem_free(l->quotas);
    rmt_mem_free(l->slots);
    rmt_table_free(l->list);
    rmt_table_free(l->counts);
    rmt_mem_free(l);
}

/* ---- counts -------------------------------------------------------------------------------------- */

/* FNV-1a over a text with its NUL. */
static uint64_t hash_text(uint64_t h, const char *s)
{
    for (;; s++) {
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
        if (!*s) return h;
    }
}

enum { HASH_SHIFT = 32 };
#define HASH_START UINT64_C(0xcbf29ce484222325)

static size_t hash_kind(const char *const key[N_KEYS])
{
    uint64_t h = HASH_START;
    for (size_t i = 0; i < N_KEYS; i++)
        h = hash_text(h, key[i]);
    return (size_t)(h ^ (h >> HASH_SHIFT));
}

static void kind_at(const rmt_ledger *l, size_t row, const char *key[N_KEYS])
{
    for (size_t i = 0; i < N_KEYS; i++)
        key[i] = rmt_table_text(l->counts, i, row);
}

static bool same_kind(const char *const a[N_KEYS], const char *const b[N_KEYS])
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (strcmp(a[i], b[i]) != 0) return false;
    return true;
}

static rmt_status more_slots(rmt_ledger *l, rmt_error *err)
{
    const size_t n = l->n_slots ? l->n_slots * 2 : 64;
    size_t *slots = rmt_mem_array(n, sizeof *slots, err);
    if (!slots) return RMT_ERR_NOMEM;
    for (size_t row = 0; row < rmt_table_rows(l->counts); row++) {
        const char *key[N_KEYS];
        kind_at(l, row, key);
        size_t i = hash_kind(key) & (n - 1);
        while (slots[i])
            i = (i + 1) & (n - 1);
        slots[i] = row + 1;
    }
    rmt_mem_free(l->slots);
    l->slots = slots;
    l->n_slots = n;
    return RMT_OK;
}

/* The row of counts for a kind, made if need be. */
static rmt_status count_row(size_t *out, rmt_ledger *l, const char *const key[N_KEYS],
                            rmt_error *err)
{
    const size_t n = rmt_table_rows(l->counts);
    const char *there[N_KEYS];
    rmt_status st;
    if (n > 0) {
        kind_at(l, l->last, there);
        *out = l->last;
        if (same_kind(key, there)) return RMT_OK;
    }
    if ((n + 1) * 2 > l->n_slots && (st = more_slots(l, err))) return st;
    size_t i = hash_kind(key) & (l->n_slots - 1);
    for (; l->slots[i]; i = (i + 1) & (l->n_slots - 1)) {
        kind_at(l, l->slots[i] - 1, there);
        if (!same_kind(key, there)) continue;
        *out = l->last = l->slots[i] - 1;
        return RMT_OK;
    }
    if ((st = rmt_table_add_rows(l->counts, 1, err))) return st;
    for (size_t k = 0; k < N_KEYS; k++)
        if ((st = rmt_table_set_text(l->counts, k, n, key[k], strlen(key[k]), err))) return st;
    if ((st = rmt_table_set_number(l->counts, C_FOUND, n, 0, err))) return st;
    if ((st = rmt_table_set_number(l->counts, C_LISTED, n, 0, err))) return st;
    l->slots[i] = n + 1;
    *out = l->last = n;
    return RMT_OK;
}

/* ---- the list ------------------------------------------------------------------------------------ */

/* The latest are the likeliest: a table is examined as a whole, for few codes. */
static quota *find_quota(const rmt_ledger *l, const char *code, const char *table)
{
    for (size_t i = l->n_quotas; i-- > 0;)
        if (strcmp(l->quotas[i].code, code) == 0 && strcmp(l->quotas[i].table, table) == 0)
            return &l->quotas[i];
    return NULL;
}

static rmt_status need_quota(quota **out, rmt_ledger *l, const char *code, const char *table,
                             rmt_error *err)
{
    if ((*out = find_quota(l, code, table))) return RMT_OK;
    rmt_status st =
        rmt_mem_grow(&l->quotas, &l->cap_quotas, l->n_quotas + 1, sizeof *l->quotas, err);
    if (st) return st;
    quota *q = &l->quotas[l->n_quotas];
    *q = (quota){.code = rmt_mem_text(code, strlen(code), err)};
    if (q->code) q->table = rmt_mem_text(table, strlen(table), err);
    if (!q->table) {
        rmt_mem_free(q->code);
        return RMT_ERR_NOMEM;
    }
    l->n_quotas++;
    *out = q;
    return RMT_OK;
}

bool rmt_ledger_lists(const rmt_ledger *l, const char *code, const char *table)
{
    const quota *q = find_quota(l, code, table);
    return (q ? q->listed : 0) < l->most;
}

/* ---- lines --------------------------------------------------------------------------------------- */

static rmt_status need_lines(line_set **out, rmt_ledger *l, const char *table, bool rows,
                             rmt_error *err)
{
    for (size_t i = l->n_lines; i-- > 0;)
        if (l->lines[i].rows == rows && strcmp(l->lines[i].table, table) == 0) {
            *out = &l->lines[i];
            return RMT_OK;
        }
    rmt_status st = rmt_mem_grow(&l->lines, &l->cap_lines, l->n_lines + 1, sizeof *l->lines, err);
    if (st) return st;
    line_set *s = &l->lines[l->n_lines];
    *s = (line_set){.table = rmt_mem_text(table, strlen(table), err), .rows = rows};
    if (!s->table) return RMT_ERR_NOMEM;
    l->n_lines++;
    *out = s;
    return RMT_OK;
}

static rmt_status remember_line(rmt_ledger *l, const char *table, bool rows, size_t line,
                                rmt_error *err)
{
    line_set *s;
    rmt_status st = need_lines(&s, l, table, rows, err);
    const size_t p = line / PIECE_LINES, bit = line % PIECE_LINES;
    if (st || (st = rmt_mem_grow(&s->pieces, &s->cap, p + 1, sizeof *s->pieces, err))) return st;
    for (; s->n <= p; s->n++)
        s->pieces[s->n] = NULL;
    if (!s->pieces[p] && !(s->pieces[p] = rmt_mem_array(PIECE_WORDS, sizeof **s->pieces, err)))
        return RMT_ERR_NOMEM;
    s->pieces[p][bit / WORD] |= UINT64_C(1) << bit % WORD;
    return RMT_OK;
}

static bool has_line(const line_set *s, size_t line)
{
    const uint64_t *piece = s->pieces[line / PIECE_LINES];
    const size_t bit = line % PIECE_LINES;
    return piece && (piece[bit / WORD] >> bit % WORD & 1);
}

static rmt_status add_ranges(rmt_table *t, const line_set *s, rmt_error *err)
{
    const size_t end = s->n * PIECE_LINES;
    rmt_status st;
    for (size_t line = 0; line < end; line++) {
        if (line % PIECE_LINES == 0 && !s->pieces[line / PIECE_LINES]) line += PIECE_LINES - 1;
        else if (has_line(s, line)) {
            const size_t row = rmt_table_rows(t), first = line;
            while (line + 1 < end && has_line(s, line + 1))
                line++;
            if ((st = rmt_table_add_rows(t, 1, err))) return st;
            if ((st = rmt_table_set_text(t, L_TABLE, row, s->table, strlen(s->table), err)))
                return st;
            rmt_table_set_integer(t, s->rows ? L_FIRST_ROW : L_FIRST, row, (int32_t)first);
            rmt_table_set_integer(t, s->rows ? L_LAST_ROW : L_LAST, row, (int32_t)line);
        }
    }
    return RMT_OK;
}

rmt_status rmt_ledger_lines(rmt_table **out, const rmt_ledger *l, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "Lines with an error among the findings", err);
    if (!st) st = rmt_table_add_columns(t, line_columns, N_LINE_COLUMNS, err);
    for (size_t i = 0; i < l->n_lines && !st; i++)
        st = add_ranges(t, &l->lines[i], err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

static bool is_wide(const rmt_ledger *l, const char *table)
{
    for (size_t i = 0; i < l->n_wide; i++)
        if (strcmp(l->wide[i].table, table) == 0) return true;
    return false;
}

/* A line of a wide file is a row at each visit, and only one of them has the error. */
static rmt_status remember(rmt_ledger *l, const rmt_finding *f, rmt_error *err)
{
    if (f->record > 0 && f->record < INT32_MAX && is_wide(l, f->table))
        return remember_line(l, f->table, true, f->record, err);
    return f->line > 0 ? remember_line(l, f->table, false, f->line, err) : RMT_OK;
}

/* ---- wide files ---------------------------------------------------------------------------------- */

static int wide_cell_order(const void *a, const void *b)
{
    const wide_cell *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->visit, y->visit);
}

rmt_status rmt_ledger_name_columns(rmt_ledger *l, const char *table, const rmt_table *t,
                                   const char *visit, const rmt_table *columns, rmt_error *err)
{
    static const char *const names[] = {"name", "visit", "column"};
    size_t cols[3];
    rmt_status st = rmt_mem_grow(&l->wide, &l->cap_wide, l->n_wide + 1, sizeof *l->wide, err);
    if (st) return st;
    wide_table w = {.table = table, .t = t, .visit = rmt_table_find(t, visit)};
    if (w.visit == RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, table, 0, visit, "there is no such column");
    for (size_t i = 0; i < 3; i++)
        if ((st = rmt_table_need(&cols[i], columns, names[i], RMT_KIND_TEXT, table, err)))
            return st;
    w.n = rmt_table_rows(columns);
    if (!(w.cells = rmt_mem_array(w.n, sizeof *w.cells, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < w.n; i++)
        w.cells[i] =
            (wide_cell){rmt_table_text(columns, cols[0], i), rmt_table_text(columns, cols[1], i),
                        rmt_table_text(columns, cols[2], i)};
    qsort(w.cells, w.n, sizeof *w.cells, wide_cell_order);
    l->wide[l->n_wide++] = w;
    return RMT_OK;
}

/* The column as the file has it. */
static const char *column_of_file(const rmt_ledger *l, const rmt_finding *f)
{
    char buf[RMT_NUM_BUF];
    for (size_t i = 0; i < l->n_wide && f->record > 0 && f->column; i++) {
        const wide_table *w = &l->wide[i];
        if (strcmp(w->table, f->table) != 0) continue;
        const wide_cell key = {f->column, rmt_table_format(w->t, w->visit, f->record - 1, buf), ""};
        const wide_cell *found = bsearch(&key, w->cells, w->n, sizeof key, wide_cell_order);
        if (found) return found->column;
    }
    return f->column ? f->column : "";
}

/* ---- whose rows they are ------------------------------------------------------------------------- */

rmt_status rmt_ledger_name_subjects(rmt_ledger *l, const char *table, const rmt_table *t, size_t id,
                                    rmt_error *err)
{
    const rmt_status st =
        rmt_mem_grow(&l->owned, &l->cap_owned, l->n_owned + 1, sizeof *l->owned, err);
    if (!st) l->owned[l->n_owned++] = (owned_table){table, t, id};
    return st;
}

/* The participant of a finding; buf as of rmt_table_format. */
static const char *subject_of(const rmt_ledger *l, const rmt_finding *f, char *buf)
{
    if (f->subject && *f->subject) return f->subject;
    for (size_t i = 0; i < l->n_owned && f->record > 0; i++)
        if (strcmp(l->owned[i].table, f->table) == 0)
            return rmt_table_format(l->owned[i].t, l->owned[i].id, f->record - 1, buf);
    return "";
}

/* ---- cells that several tables have --------------------------------------------------------------- */

rmt_status rmt_ledger_share_file(rmt_ledger *l, const char *table, rmt_error *err)
{
    const rmt_status st =
        rmt_mem_grow(&l->sharing, &l->cap_sharing, l->n_sharing + 1, sizeof *l->sharing, err);
    if (!st) l->sharing[l->n_sharing++] = table;
    return st;
}

static bool is_shared(const rmt_ledger *l, const rmt_finding *f)
{
    return f->line > 0 && *f->column && rmt_text_is_among(f->table, l->sharing, l->n_sharing);
}

/* Where the finding about the cell is, or may be put. */
static shared_cell *find_cell(const rmt_ledger *l, const char *code, const char *column,
                              size_t line)
{
    uint64_t h = hash_text(hash_text(HASH_START, code), column);
    h = (h ^ line) * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(h >> HASH_SHIFT) & (l->n_cell_slots - 1);
    for (;; i = (i + 1) & (l->n_cell_slots - 1)) {
        shared_cell *c = &l->cells[i];
        if (c->kind == 0 ||
            (c->line == line && strcmp(rmt_table_text(l->counts, C_CODE, c->kind - 1), code) == 0 &&
             strcmp(rmt_table_text(l->counts, C_COLUMN, c->kind - 1), column) == 0))
            return c;
    }
}

/* Another table has told of this cell already. */
static bool is_told(const rmt_ledger *l, const rmt_finding *f)
{
    if (l->n_cell_slots == 0) return false;
    const shared_cell *c = find_cell(l, f->code, f->column, f->line);
    return c->kind > 0 && strcmp(rmt_table_text(l->counts, C_TABLE, c->kind - 1), f->table) != 0;
}

static rmt_status remember_cell(rmt_ledger *l, const rmt_finding *f, size_t kind, rmt_error *err)
{
    if (2 * (l->n_cells + 1) > l->n_cell_slots) {
        const size_t n = l->n_cell_slots;
        shared_cell *old = l->cells, *more = rmt_mem_array(n ? 2 * n : 64, sizeof *more, err);
        if (!more) return RMT_ERR_NOMEM;
        l->cells = more;
        l->n_cell_slots = n ? 2 * n : 64;
        for (size_t i = 0; i < n; i++)
            if (old[i].kind > 0)
                *find_cell(l, rmt_table_text(l->counts, C_CODE, old[i].kind - 1),
                           rmt_table_text(l->counts, C_COLUMN, old[i].kind - 1), old[i].line) =
                    old[i];
        rmt_mem_free(old);
    }
    shared_cell *c = find_cell(l, f->code, f->column, f->line);
    if (c->kind == 0) {
        *c = (shared_cell){f->line, kind + 1};
        l->n_cells++;
    }
    return RMT_OK;
}

/* ---- entries ------------------------------------------------------------------------------------- */

/* False: the check is switched off. Left as it is, an extra-label is an error where fieldsMatch makes it one. */
static bool weigh(const rmt_ledger *l, rmt_severity *severity, const char *code)
{
    const size_t i = l->settings ? rmt_check_find(code) : RMT_N_CHECKS;
    if (i == RMT_N_CHECKS) return true;
    const rmt_check_setting *s = &l->settings->of[i];
    if (s->severity != rmt_checks[i].severity) *severity = s->severity;
    return !s->off;
}

rmt_status rmt_ledger_add(rmt_ledger *l, const rmt_finding *f, rmt_error *err)
{
    rmt_finding entry = *f;
    rmt_status st;
    size_t row = 0;
    quota *q = NULL;
    if (!weigh(l, &entry.severity, f->code)) return RMT_OK;
    if (entry.line > INT32_MAX) entry.line = INT32_MAX;
    entry.column = column_of_file(l, f);
    const char *const key[N_KEYS] = {rmt_severity_name(entry.severity), f->code, f->table,
                                     entry.column};
    const bool is_error = entry.severity == RMT_SEVERITY_ERROR, shared = is_shared(l, &entry);
    if (shared && is_told(l, &entry)) return is_error ? remember(l, &entry, err) : RMT_OK;
    if ((st = count_row(&row, l, key, err))) return st;
    if (shared && (st = remember_cell(l, &entry, row, err))) return st;
    if ((st = need_quota(&q, l, f->code, f->table, err))) return st;
    if (is_error && (st = remember(l, &entry, err))) return st;
    double *found = rmt_table_numbers_mutable(l->counts, C_FOUND);
    double *listed = rmt_table_numbers_mutable(l->counts, C_LISTED);
    if (q->listed < l->most) {
        char buf[RMT_NUM_BUF];
        entry.subject = subject_of(l, f, buf);
        if ((st = rmt_findings_add(l->list, &entry, err))) return st;
        q->listed++;
        l->listed++;
        listed[row]++;
    }
    found[row]++;
    l->found++;
    if (is_error) l->errors++;
    return RMT_OK;
}

const rmt_table *rmt_ledger_list(const rmt_ledger *l)
{
    return l->list;
}

const rmt_table *rmt_ledger_counts(const rmt_ledger *l)
{
    return l->counts;
}

static rmt_table *take(rmt_table **t)
{
    rmt_table *taken = *t;
    *t = NULL;
    return taken;
}

rmt_table *rmt_ledger_take_list(rmt_ledger *l)
{
    return take(&l->list);
}

rmt_table *rmt_ledger_take_counts(rmt_ledger *l)
{
    return take(&l->counts);
}

size_t rmt_ledger_found(const rmt_ledger *l)
{
    return l->found;
}

size_t rmt_ledger_errors(const rmt_ledger *l)
{
    return l->errors;
}

size_t rmt_ledger_listed(const rmt_ledger *l)
{
    return l->listed;
}
