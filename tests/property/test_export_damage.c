/* test_export_damage.c - REDCap exports, wide files and data packages with random damage, through ingest and validate:
 * whatever is done to a file, each of its rows and cells is in a table as it is written, or missing for a reason that
 * tells its text and that validate lists, or told to be left out; or the file is refused with a line. What is written is
 * told by a plain reader (tst_written.h), never by the counts that are tested. */
#define TST_BYTES_MAX 24000
#include "tst_study.h"
#include "tst_written.h"

#include <ctype.h>
#include <unistd.h>

extern const rmt_stage rmt_stage_ingest, rmt_stage_validate;

enum { ITERATIONS = 250, NAMES_MAX = 128, NAME = 64 };

/* ---- files ----------------------------------------------------------------------------------- */

static char dir[] = "/tmp/rmt_export_damage_XXXXXX";
static const char *const files[] = {"dictionary.csv", "data.csv",  "people.csv",
                                    "madrs.csv",      "plan.yaml", "datapackage.json"};
enum { N_FILES = sizeof files / sizeof *files };

static const char *file_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FILES; i++)
        (void)remove(file_path(files[i]));
    return rmdir(dir);
}

static void write_bytes(const char *name, const char *s, size_t n)
{
    (void)remove(file_path(name)); /* a file written anew is not flushed at once */
    FILE *f = fopen(file_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static size_t load(char *s, size_t size, const char *name)
{
    char file[512];
    snprintf(file, sizeof file, "%s/../sample-data/%s", RMT_TEST_DIR, name);
    FILE *f = fopen(file, "rb");
    assert_non_null(f);
    const size_t n = fread(s, 1, size, f);
    fclose(f);
    assert_true(n > 0 && n < size);
    return n;
}

/* ---- what the data dictionary says, read here anew ------------------------------------------- */

typedef struct {
    const char *name, *form, *choices; /* of dictionary.w */
    bool is_choice, is_box, is_yesno;
} field;

static struct {
    tst_written w;
    field fields[NAMES_MAX];
    size_t n;
    const char *forms[16];
    size_t n_forms;
} dictionary;

static void read_dictionary(void)
{
    static char s[TST_BYTES_MAX];
    const size_t n = load(s, sizeof s, "redcap-export/SIMULATED_DataDictionary.csv");
    write_bytes("dictionary.csv", s, n);
    assert_true(tst_read_plainly(&dictionary.w, s, n));
    dictionary.n = dictionary.n_forms = 0;
    for (size_t i = 1; i < dictionary.w.n_rows; i++) {
        field *f = &dictionary.fields[dictionary.n++];
        const char *form = tst_cell_of(&dictionary.w, i, 1),
                   *type = tst_cell_of(&dictionary.w, i, 3);
        f->name = tst_cell_of(&dictionary.w, i, 0);
        f->form = form;
        f->choices = tst_cell_of(&dictionary.w, i, 5);
        f->is_box = strcmp(type, "checkbox") == 0;
        f->is_yesno = strcmp(type, "yesno") == 0;
        f->is_choice = f->is_yesno || strcmp(type, "radio") == 0 || strcmp(type, "dropdown") == 0;
        size_t known = 0;
        while (known < dictionary.n_forms && strcmp(dictionary.forms[known], form) != 0)
            known++;
        if (known == dictionary.n_forms) dictionary.forms[dictionary.n_forms++] = form;
    }
    assert_true(dictionary.n > 90 && dictionary.n_forms == 7);
}

typedef enum { RECORD, VALUE, BOX, MISSING_BOX, COMPLETE, TIMESTAMP } sort;

typedef struct {
    sort sort;
    const field *field;
    const char *form; /* NULL = of the whole record */
} meaning;

/* Of a column that exports have. */
static meaning meaning_of(const char *name)
{
    char base[NAME];
    snprintf(base, sizeof base, "%s", name);
    char *box = strstr(base, "___");
    const char *choice = name + (box ? box - base + 3 : 0);
    if (box) *box = '\0';
    if (strncmp(name, "redcap_", 7) == 0 || strcmp(name, "record_id") == 0)
        return (meaning){.sort = RECORD};
    for (size_t i = 0; i < dictionary.n; i++)
        if (strcmp(dictionary.fields[i].name, base) == 0)
            return (meaning){.sort = !box                                            ? VALUE
                                     : strcmp(choice, "_99") && strcmp(choice, "nd") ? BOX
                                                                                     : MISSING_BOX,
                             .field = &dictionary.fields[i],
                             .form = dictionary.fields[i].form};
    for (size_t i = 0; i < dictionary.n_forms; i++) {
        const char *form = dictionary.forms[i];
        const size_t n = strlen(form);
        if (strncmp(base, form, n) == 0)
            return (meaning){.sort = strcmp(base + n, "_complete") ? TIMESTAMP : COMPLETE,
                             .form = form};
    }
    fail_msg("%s is of no form", name);
    return (meaning){.sort = RECORD};
}

/* The code of a label among "1, Mild | 2, Severe", blanks around it left out; NULL = it is none. */
static const char *code_of(const field *f, const char *label, char code[NAME])
{
    label += strspn(label, " ");
    size_t length = strlen(label);
    while (length > 0 && label[length - 1] == ' ')
        length--;
    for (const char *at = f->choices; *at;) {
        const size_t n = strcspn(at, "|"), comma = strcspn(at, ",");
        const char *end = at + n, *begin = at + comma + 1;
        while (end > begin && end[-1] == ' ')
            end--;
        begin += strspn(begin, " ");
        if (comma < n && (size_t)(end - begin) == length && strncmp(begin, label, length) == 0) {
            at += strspn(at, " ");
            snprintf(code, NAME, "%.*s", (int)strcspn(at, ","), at);
            return code;
        }
        at += n + (at[n] == '|');
    }
    return NULL;
}

/* What a raw export has in place of a label; the label itself where it is none. */
static const char *raw_of(const meaning *m, const char *cell, char code[NAME])
{
    static const char *const pairs[][2] = {
        {"Incomplete", "0"}, {"Unverified", "1"}, {"Complete", "2"}};
    const char *raw = NULL;
    if (m->sort == RECORD || m->sort == TIMESTAMP || !cell[0]) return cell;
    if (m->sort == COMPLETE)
        for (size_t i = 0; i < 3; i++)
            if (strcmp(cell, pairs[i][0]) == 0) return pairs[i][1];
    if (m->sort == COMPLETE) return cell;
    if (m->sort != VALUE && strcmp(cell, "Checked") == 0) return "1";
    if (m->sort != VALUE && strcmp(cell, "Unchecked") == 0) return "0";
    if (strcmp(cell, "No answer") == 0) return "-99";
    if (strcmp(cell, "Not done") == 0) return "ND";
    if (m->field->is_yesno && strcmp(cell, "Yes") == 0) return "1";
    if (m->field->is_yesno && strcmp(cell, "No") == 0) return "0";
    if (m->sort == VALUE && m->field->is_choice) raw = code_of(m->field, cell, code);
    return raw ? raw : cell;
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* A few whole lines of the sample, with the header. */
static size_t some_lines(char *s, const char *whole, size_t n_whole, size_t n_lines, tst_rng *rng)
{
    size_t n = (size_t)((const char *)memchr(whole, '\n', n_whole) - whole) + 1;
    memcpy(s, whole, n);
    for (size_t run = 0; run < 2; run++) {
        size_t at = (size_t)tst_rng_between(rng, (long)n, (long)n_whole - 1);
        while (at > 0 && whole[at - 1] != '\n')
            at--;
        for (size_t k = 0; k < n_lines && at < n_whole; k++) {
            const char *end = memchr(whole + at, '\n', n_whole - at);
            const size_t length = end ? (size_t)(end - whole) + 1 - at : n_whole - at;
            if (n + length > TST_BYTES_MAX / 2) return n;
            memcpy(s + n, whole + at, length);
            n += length;
            at += length;
        }
    }
    return n;
}

static size_t line_start(const char *s, size_t n, size_t at)
{
    while (at > 0 && (at >= n || s[at - 1] != '\n'))
        at--;
    return at;
}

static size_t line_length(const char *s, size_t n, size_t at)
{
    const char *end = at < n ? memchr(s + at, '\n', n - at) : NULL;
    return end ? (size_t)(end - (s + at)) + 1 : n - at;
}

/* Whole rows are copied, deleted and swapped, cells blanked or copied, names changed, line ends others; then bytes. */
static size_t damage_rows(char *s, size_t n, tst_rng *rng)
{
    static char spare[TST_BYTES_MAX];
    for (long times = tst_rng_between(rng, 0, 3); times > 0; times--) {
        const size_t header = line_length(s, n, 0);
        if (n <= header + 1) break;
        const size_t a = line_start(s, n, (size_t)tst_rng_between(rng, (long)header, (long)n - 1));
        const size_t b = line_start(s, n, (size_t)tst_rng_between(rng, (long)header, (long)n - 1));
        const size_t la = line_length(s, n, a), lb = line_length(s, n, b);
        switch (tst_rng_between(rng, 0, 6)) {
        case 0: /* copied */
            if (n + la > TST_BYTES_MAX / 2 || s[a + la - 1] != '\n') break;
            memcpy(spare, s + a, la);
            memmove(s + b + la, s + b, n - b);
            memcpy(s + b, spare, la);
            n += la;
            break;
        case 1: /* deleted */
            memmove(s + a, s + a + la, n - a - la);
            n -= la;
            break;
        case 2: /* swapped */
            if (a >= b || a + la > b) break;
            memcpy(spare, s + b, lb);
            memcpy(spare + lb, s + a + la, b - a - la);
            memcpy(spare + lb + b - a - la, s + a, la);
            memcpy(s + a, spare, b + lb - a);
            break;
        case 3: /* a cell blanked */
        case 4: /* or put in the place of another */
        {
            const size_t cell = a + strcspn(s + a, ",\n") + 1,
                         end = cell + strcspn(s + cell, ",\n");
            const size_t other = (size_t)tst_rng_between(rng, (long)header, (long)n - 1);
            const size_t length = times % 2 ? 0 : strcspn(s + other, ",\n\"\r");
            if (cell >= n || end >= n || other + length > n || length > NAME) break;
            memcpy(spare, s + other, length);
            memmove(s + cell + length, s + end, n - end);
            memcpy(s + cell, spare, length);
            n = n + length - (end - cell);
            break;
        }
        case 5: /* a name changed */
        {
            const size_t at = (size_t)tst_rng_between(rng, 0, (long)header - 2);
            if (isalpha((unsigned char)s[at])) s[at] = s[at] == 'q' ? 'z' : 'q';
            break;
        }
        default: /* lines end otherwise */
            for (size_t i = 0; i < n && n < TST_BYTES_MAX / 2; i++) {
                if (s[i] != '\n' || (i > 0 && s[i - 1] == '\r')) continue;
                if (a % 2) s[i] = '\r';
                else {
                    memmove(s + i + 1, s + i, n++ - i);
                    s[i++] = '\r';
                }
            }
        }
        s[n] = '\0';
    }
    return tst_damage(s, n, rng);
}

/* ---- one study ------------------------------------------------------------------------------- */

typedef struct {
    tst_study t;
    const tst_written *w;
    const char *seed;
    bool labels; /* of REDCap */
    bool shares; /* tables of one file: a cell that several have is told of in the first */
    bool has_findings;
    size_t n_traced, n_unreadable, n_told;
} world;

#define LOST(x, r, c, why)                                                                         \
    fail_msg("%s: line %zu, column %s: '%s' %s", (x)->seed, (x)->w->lines[r],                      \
             tst_cell_of((x)->w, 0, c), tst_cell_of((x)->w, r, c), why)

static const rmt_table *table_of(world *x, const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "/tables/%s", name);
    return rmt_study_has(x->t.s, path) ? tst_study_get(&x->t, path) : NULL;
}

/* The first row of that line; SIZE_MAX = none. */
static size_t row_of_line(const rmt_table *t, size_t line)
{
    const size_t col = rmt_table_find(t, RMT_LINE_COLUMN);
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (rmt_table_integer(t, col, row) == (int32_t)line) return row;
    return SIZE_MAX;
}

/* Is there a warning of ingest, about that line (0 = any) and column ("" = any), that has the text? */
static bool is_told(world *x, size_t line, const char *column, const char *text)
{
    if (!rmt_study_has(x->t.s, "/source_notes")) return false;
    const rmt_table *notes = tst_study_get(&x->t, "/source_notes");
    for (size_t i = 0; i < rmt_table_rows(notes); i++) {
        const char *name = rmt_table_text(notes, 3, i);
        const size_t length = strlen(name);
        /* long ones are cut, with three dots */
        const size_t n = length > 3 && strcmp(name + length - 3, "...") == 0 ? length - 3 : length;
        if (line && rmt_table_integer(notes, 2, i) != (int32_t)line) continue;
        if (column[0] && (n == 0 || strncmp(name, column, n) != 0)) continue;
        if (strstr(rmt_table_text(notes, 4, i), text)) return ++x->n_told;
    }
    return false;
}

/* Is the unreadable cell a finding, with its line and value? */
static bool is_finding(world *x, const char *table, size_t line, const char *column,
                       const char *value)
{
    if (!x->has_findings) return true;
    const rmt_table *f = tst_study_get(&x->t, "/validation/issues");
    const size_t code = rmt_table_find(f, "code"), of = rmt_table_find(f, "table"),
                 at = rmt_table_find(f, "line"), named = rmt_table_find(f, "column"),
                 text = rmt_table_find(f, "value");
    for (size_t i = 0; i < rmt_table_rows(f); i++)
        if (rmt_table_integer(f, at, i) == (int32_t)line &&
            strcmp(rmt_table_text(f, code, i), "type-error") == 0 &&
            (x->shares || strcmp(rmt_table_text(f, of, i), table) == 0) &&
            strcmp(rmt_table_text(f, named, i), column) == 0 &&
            strncmp(rmt_table_text(f, text, i), value, 40) == 0)
            return true;
    return false;
}

/* A date with its time, which is stored with a T between and two digits each. */
static bool is_same_time(const rmt_table *t, size_t col, size_t row, const char *raw)
{
    if (rmt_table_type(t, col) != RMT_TYPE_DATETIME) return false;
    int a[6] = {0}, b[6] = {0};
    const int n = sscanf(raw, "%d-%d-%d %d:%d:%d", &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]);
    (void)sscanf(rmt_table_text(t, col, row), "%d-%d-%dT%d:%d:%d", &b[0], &b[1], &b[2], &b[3],
                 &b[4], &b[5]);
    return n >= 5 && memcmp(a, b, sizeof a) == 0;
}

/* Those that plans, the dictionary and REDCap itself have. */
static bool is_missing_code(const char *raw)
{
    static const char *const codes[] = {"-99", "ND", "not done", "[not completed]"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], raw) == 0) return true;
    return false;
}

/* The cell (r, c) as the table has it, or its text as the reason; an unreadable one is a finding. */
static void check_cell(world *x, const rmt_table *t, const char *table, size_t col, size_t row,
                       size_t r, size_t c, const char *raw)
{
    const char *reason = rmt_table_reason(t, col, row), *unreadable = rmt_unreadable_text(reason);
    const size_t n = strlen(raw);
    x->n_traced++;
    if (unreadable) {
        if (strcmp(unreadable, raw) != 0) LOST(x, r, c, "is unreadable as another text");
        if (!is_finding(x, table, x->w->lines[r], tst_cell_of(x->w, 0, c), raw) &&
            !is_finding(x, table, x->w->lines[r], rmt_table_name(t, col), raw))
            LOST(x, r, c, "is unreadable, and no finding");
        x->n_unreadable++;
    } else if (rmt_table_is_missing(t, col, row)) {
        /* "" or a code, which may have its label behind it */
        if (strncmp(reason, raw, n) != 0 ||
            (n > 0 && reason[n] && strncmp(reason + n, " (", 2) != 0))
            LOST(x, r, c, "is missing for another reason");
        if (n > 0 && !is_missing_code(raw)) LOST(x, r, c, "is missing, and no missing code");
    } else if (!is_same_time(t, col, row, raw) && !tst_is_stored(t, col, row, raw))
        LOST(x, r, c, "is not what is stored");
}

static double source_number(world *x, const char *table, const char *column)
{
    const rmt_table *s = tst_study_get(&x->t, "/sources");
    for (size_t i = 0; i < rmt_table_rows(s); i++)
        if (strcmp(rmt_table_text(s, rmt_table_find(s, "name"), i), table) == 0)
            return tst_number(s, i, column);
    fail_msg("%s is no source", table);
    return 0;
}

/* /sources against the file as it is written, and against the table. n_rows: of the file that the table has; n_columns:
 * of the file that it has. */
static void check_source(world *x, const char *table, size_t n_rows, size_t n_columns)
{
    const rmt_table *t = table_of(x, table);
    const size_t n_data = x->w->n_rows - 1, visits = n_rows ? rmt_table_rows(t) / n_rows : 1;
    size_t n_missing = 0, n_unreadable = 0;
    assert_int_equal(rmt_table_rows(t), n_rows * visits);
    const struct {
        const char *name;
        size_t n;
    } wanted[] = {{"rows", n_data + x->w->n_repeats},
                  {"rows_stored", n_rows},
                  {"rows_refused", x->w->n_repeats},
                  {"rows_set_aside", n_data - n_rows},
                  {"cells_stored", n_rows * n_columns},
                  {"cells_set_aside", n_data * x->w->n_cols - n_rows * n_columns},
                  {"columns", x->w->n_cols}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const double got = source_number(x, table, wanted[i].name);
        if (got < (double)wanted[i].n || got > (double)wanted[i].n)
            fail_msg("%s: %s of %s: %g, not %zu", x->seed, wanted[i].name, table, got, wanted[i].n);
    }
    const double cells = source_number(x, table, "cells");
    if (n_data + x->w->n_repeats >
        0) /* a delimiter at the end of every line is a cell of its own */
        assert_true(fmod(cells, (double)(n_data + x->w->n_repeats)) <= 0 &&
                    cells >= (double)((n_data + x->w->n_repeats) * x->w->n_cols));
    if (visits > 1) return; /* a row's own columns stand in it once a visit */
    for (size_t c = 0; c + 1 < rmt_table_columns(t); c++)
        for (size_t r = 0; r < rmt_table_rows(t); r++) {
            const bool unreadable = rmt_unreadable_text(rmt_table_reason(t, c, r)) != NULL;
            n_unreadable += unreadable;
            n_missing += rmt_table_is_missing(t, c, r) && !unreadable;
        }
    assert_int_equal(source_number(x, table, "cells_missing"), n_missing);
    assert_int_equal(source_number(x, table, "cells_unreadable"), n_unreadable);
}

/* ---- REDCap ---------------------------------------------------------------------------------- */

static const char *const taken[] = {"participants", "caps5", "pcl5", "madrs", "cadss", "vitals"};
enum { N_TAKEN = sizeof taken / sizeof *taken };

/* Blanks and line breaks within labels count as one blank, around them as none. */
static bool is_label(const char *cell, const char *label)
{
    for (cell += strspn(cell, " \r\n"); *label; label++) {
        if (*label != ' ' ? *cell != *label : !strchr(" \r\n", *cell)) return false;
        cell += *label == ' ' ? strspn(cell, " \r\n") : 1;
    }
    return !cell[strspn(cell, " \r\n")];
}

/* Names of the file's columns as a raw export has them; NULL = none. Those of the samples are in the same order. */
static void name_columns(const char **names, const tst_written *w, const tst_written *raw,
                         const tst_written *labels)
{
    size_t from = 0;
    for (size_t c = 0; c < w->n_cols; c++) {
        const char *cell = tst_cell_of(w, 0, c);
        names[c] = NULL;
        for (size_t k = 0; k < raw->n_cols && !names[c]; k++)
            if (strcmp(cell, tst_cell_of(raw, 0, k)) == 0) names[c] = tst_cell_of(raw, 0, k);
        for (size_t k = from; labels && k < raw->n_cols && !names[c]; k++) {
            if (!is_label(cell, tst_cell_of(labels, 0, k))) continue;
            names[c] = tst_cell_of(raw, 0, k);
            from = k + 1;
        }
    }
}

/* "Week 2" is week_2_arm_1. */
static bool is_event(const char *label, const char *name)
{
    for (; *label && strcmp(name, "_arm_1") != 0; label++) {
        if (!isalnum((unsigned char)*label)) continue;
        name += strspn(name, "_");
        if (tolower((unsigned char)*label) != *name++) return false;
    }
    while (strncmp(name, "__", 2) == 0) /* a sign that has no place in a name, behind a blank */
        name++;
    return strcmp(name, "_arm_1") == 0;
}

/* A row of the record itself: its cells stand beside those of every form in it. */
static void check_record_cell(world *x, const char *name, size_t n_saved, size_t r, size_t c)
{
    const char *cell = tst_cell_of(x->w, r, c);
    for (size_t i = 0; i < N_TAKEN; i++) {
        const rmt_table *t = table_of(x, taken[i]);
        const size_t row = row_of_line(t, x->w->lines[r]), col = rmt_table_find(t, name);
        if (row == SIZE_MAX) continue;
        assert_true(col != RMT_NO_COLUMN);
        if (x->labels && strcmp(name, "redcap_event_name") == 0 && cell[0]) {
            if (!is_event(cell, rmt_table_text(t, col, row))) LOST(x, r, c, "is another event");
        } else if (x->labels && strcmp(name, "redcap_repeat_instrument") == 0 && cell[0]) {
            /* the name of the form that alone stands in the row, as no file has it beside its label */
            if (strcmp(rmt_table_text(t, col, row), n_saved == 1 ? taken[i] : cell) != 0)
                LOST(x, r, c, "is another form");
        } else check_cell(x, t, taken[i], col, row, r, c, cell);
    }
}

/* The boxes of a field: those of the missing codes are told in the others. */
static void check_missing_box(world *x, const rmt_table *t, const meaning *m, const char *name,
                              size_t row, size_t r, size_t c, const char *raw)
{
    const char *code = strstr(name, "____99") ? "-99" : "ND";
    bool found = false;
    if (!raw[0] || strcmp(raw, "0") == 0) return;
    for (size_t col = 0; col < rmt_table_columns(t); col++) {
        const size_t n = strlen(m->field->name);
        if (strncmp(rmt_table_name(t, col), m->field->name, n) != 0 ||
            strncmp(rmt_table_name(t, col) + n, "___", 3) != 0)
            continue;
        const char *reason = rmt_table_reason(t, col, row),
                   *unreadable = rmt_unreadable_text(reason);
        found =
            found ||
            (strcmp(raw, "1") == 0 && (strncmp(reason, code, strlen(code)) == 0 || unreadable)) ||
            (unreadable && strcmp(unreadable, raw) == 0) || strncmp(reason, raw, strlen(raw)) == 0;
    }
    if (!found && !is_told(x, x->w->lines[r], name, "in the box of a missing code is not read"))
        LOST(x, r, c, "is the box of a missing code, and nowhere told");
}

static bool says_saved(const meaning *m, const char *raw)
{
    if (!raw[0] || m->sort == RECORD) return false;
    if (m->sort == VALUE) return true;
    return strcmp(raw, m->sort == TIMESTAMP ? "[not completed]" : "0") != 0;
}

static void check_redcap(world *x, const char *const *names)
{
    static meaning of[NAMES_MAX];
    const tst_written *w = x->w;
    size_t n_rows[N_TAKEN] = {0}, n_columns[N_TAKEN] = {0}, event = SIZE_MAX;
    bool saved_at[16] = {0};
    char code[NAME];
    for (size_t c = 0; c < w->n_cols; c++) {
        if (names[c]) of[c] = meaning_of(names[c]);
        if (names[c] && strcmp(names[c], "redcap_event_name") == 0) event = c;
        if (!names[c] && !is_told(x, 1, tst_cell_of(w, 0, c), "is no field"))
            fail_msg("%s: column %zu '%s' is not told to be none", x->seed, c + 1,
                     tst_cell_of(w, 0, c));
        for (size_t i = 0; i < N_TAKEN; i++)
            n_columns[i] += names[c] && of[c].sort != MISSING_BOX &&
                            (!of[c].form || strcmp(of[c].form, taken[i]) == 0);
    }
    for (size_t r = 1; r < w->n_rows; r++) {
        size_t n_saved = 0;
        for (size_t f = 0; f < dictionary.n_forms; f++) {
            const char *form = dictionary.forms[f];
            const rmt_table *t = table_of(x, form);
            bool saved = false;
            for (size_t c = 0; c < w->n_cols; c++)
                if (names[c] && of[c].form && strcmp(of[c].form, form) == 0)
                    saved =
                        saved ||
                        says_saved(&of[c], x->labels ? raw_of(&of[c], tst_cell_of(w, r, c), code)
                                                     : tst_cell_of(w, r, c));
            saved_at[f] = saved;
            n_saved += saved;
            if (!saved) {
                if (t) assert_int_equal(row_of_line(t, w->lines[r]), SIZE_MAX);
                continue;
            }
            if (!t) {
                for (size_t c = 0; c < w->n_cols; c++)
                    if (names[c] && of[c].form && strcmp(of[c].form, form) == 0 &&
                        of[c].sort <= BOX && says_saved(&of[c], tst_cell_of(w, r, c)) &&
                        strcmp(tst_cell_of(w, r, c), "Unchecked") != 0 && !is_told(x, 0, "", form))
                        LOST(x, r, c, "is of a form that no table takes, and that is not told");
                continue;
            }
            const size_t row = row_of_line(t, w->lines[r]);
            if (row == SIZE_MAX) { /* participants are asked for at baseline alone */
                if (strcmp(form, "participants") != 0 || event == SIZE_MAX ||
                    strcmp(tst_cell_of(w, r, event), x->labels ? "Baseline" : "baseline_arm_1") ==
                        0)
                    LOST(x, r, 0, "is a row that is not in its table");
                if (!is_told(x, 0, "", "saved at another event"))
                    LOST(x, r, 0, "is at another event, and that is not told");
                continue;
            }
            for (size_t i = 0; i < N_TAKEN; i++)
                n_rows[i] += strcmp(taken[i], form) == 0;
        }
        if (!n_saved && !is_told(x, 0, "", "without any saved form"))
            LOST(x, r, 0, "is of no form, and that is not told");
        for (size_t c = 0; c < w->n_cols; c++) {
            if (!names[c]) continue;
            if (of[c].sort == RECORD) {
                check_record_cell(x, names[c], n_saved, r, c);
                continue;
            }
            size_t f = 0;
            while (strcmp(dictionary.forms[f], of[c].form) != 0)
                f++;
            const rmt_table *t = table_of(x, of[c].form);
            const size_t row = t ? row_of_line(t, w->lines[r]) : SIZE_MAX;
            if (row == SIZE_MAX || !saved_at[f]) continue;
            const char *cell = tst_cell_of(w, r, c),
                       *raw = x->labels ? raw_of(&of[c], cell, code) : cell;
            if (of[c].sort == MISSING_BOX) {
                check_missing_box(x, t, &of[c], names[c], row, r, c, raw);
                continue;
            }
            const size_t col = rmt_table_find(t, names[c]);
            assert_true(col != RMT_NO_COLUMN);
            /* what is blank, or a box unchecked, may be missing for a reason that stands elsewhere */
            if ((!raw[0] || (of[c].sort == BOX && strcmp(raw, "0") == 0)) &&
                rmt_table_is_missing(t, col, row))
                continue;
            check_cell(x, t, of[c].form, col, row, r, c, raw);
        }
    }
    for (size_t i = 0; i < N_TAKEN; i++)
        check_source(x, taken[i], n_rows[i], n_columns[i]);
}

#define REST                                                                                       \
    "arms: {reference: midazolam, order: [ketamine, midazolam]}\n"                                 \
    "outcomes: {madrs: {table: madrs, instrument: madrs, items: \"madrs_{01..10}\"}}\n"

static const char redcap_plan[] =
    "study: {id: SIMULATED}\n"
    "redcap:\n  file: data.csv\n  dictionary: dictionary.csv\n"
    "  missing: [{value: \"-99\", label: No answer}, {value: ND, label: Not done}]\n"
    "data:\n  participants: {forms: participants, events: baseline_arm_1}\n  caps5: {forms: "
    "caps5}\n"
    "  pcl5: {forms: pcl5}\n  madrs: {forms: madrs}\n  cadss: {forms: cadss}\n  vitals: {forms: "
    "vitals}\n"
    "subjects: {table: participants, id: record_id, arm: arm}\n"
    "visits: {visit: redcap_event_name, schedule: [{name: baseline, value: baseline_arm_1, "
    "baseline: true}, "
    "{name: hour24, value: hour_24_arm_1}, {name: week1, value: week_1_arm_1}]}\n" REST;

/* ---- the loop -------------------------------------------------------------------------------- */

typedef struct {
    size_t n_read, n_refused, n_bytes, n_traced, n_unreadable, n_told;
} tally;

/* Ingest and validate; false = refused, which needs a reason. */
static bool run_study(world *x, bool good, bool other_header, tally *sum)
{
    rmt_error err = {0};
    tst_study_open(&x->t, NULL);
    char path[128];
    snprintf(path, sizeof path, "%s", file_path("plan.yaml"));
    const rmt_status st = tst_study_apply(&x->t, &rmt_stage_ingest, path, &err);
    if (st) {
        if (!err.msg[0] || !err.source[0])
            fail_msg("%s: refused without a word or a file", x->seed);
        const bool structural = st == RMT_ERR_MALFORMED;
        for (size_t i = 0; i < x->t.notes.n_kept; i++)
            if (x->t.notes.severity[i] == RMT_SEVERITY_ERROR && err.line == 0)
                err.line = x->t.notes.kept[i].line;
        if (err.line == 0) fail_msg("%s: refused without a line: %s", x->seed, err.msg);
        /* labels may contradict each other, and no row be left of the event that the plan asks for */
        const bool explained = (x->labels && st == RMT_ERR_INCONSISTENT) ||
                               strstr(err.msg, "no row of data.csv is of the event");
        if ((structural && good) || (good && !other_header && !explained))
            fail_msg("%s: %s, but: %s:%zu: %s: %s", x->seed, good ? "good" : "faulty", err.source,
                     err.line, err.column, err.msg);
        sum->n_refused++;
        return false;
    }
    if (!good) fail_msg("%s: faulty, but taken", x->seed);
    /* a column of the plan that holds hardly a number stops it, with a line: then there are no findings */
    x->has_findings = tst_study_apply(&x->t, &rmt_stage_validate, "--keep-going", &err) == RMT_OK;
    if (!x->has_findings && (err.line == 0 || !strstr(err.msg, "must hold numbers")))
        fail_msg("%s: validate: %s", x->seed, err.msg);
    sum->n_read++;
    return true;
}

static void add_up(tally *sum, const world *x, size_t n)
{
    sum->n_bytes += n;
    sum->n_traced += x->n_traced;
    sum->n_unreadable += x->n_unreadable;
    sum->n_told += x->n_told;
}

static char whole[400000], s[TST_BYTES_MAX + 400], decoded[2 * TST_BYTES_MAX];
static tst_written w, of_raw, of_labels;

/* What stands in s is written to the file; is it well formed? */
static bool put_damaged(const char *file, size_t n, const tst_written *header, bool *other_header,
                        bool repeated_names)
{
    size_t n_decoded = n;
    write_bytes(file, s, n);
    memcpy(decoded, s, n);
    bool good = tst_decode_plainly(decoded, &n_decoded, sizeof decoded) &&
                tst_read_plainly(&w, decoded, n_decoded) &&
                (repeated_names || tst_has_good_names(&w));
    for (size_t c = 0; good && repeated_names && c < w.n_cols; c++)
        good = tst_cell_of(&w, 0, c)[0] && strcmp(tst_cell_of(&w, 0, c), RMT_LINE_COLUMN) != 0;
    *other_header = !good || w.n_cols != header->n_cols;
    for (size_t c = 0; !*other_header && c < w.n_cols; c++)
        *other_header = strcmp(tst_cell_of(&w, 0, c), tst_cell_of(header, 0, c)) != 0;
    return good;
}

static void read_header(tst_written *out, const char *file)
{
    const size_t n = load(whole, sizeof whole, file);
    (void)n;
    assert_true(tst_read_plainly(out, whole, line_length(whole, n, 0)));
}

static void redcap(bool labels, tally *sum)
{
    static const char *names[TST_BYTES_MAX];
    read_dictionary();
    read_header(&of_raw, "redcap-export/SIMULATED_DATA.csv");
    read_header(&of_labels, "redcap-export/SIMULATED_DATA_LABELS.csv");
    assert_int_equal(of_raw.n_cols, of_labels.n_cols);
    write_bytes("plan.yaml", redcap_plan, strlen(redcap_plan));
    const size_t n_whole = load(whole, sizeof whole,
                                labels ? "redcap-export/SIMULATED_DATA_LABELS.csv"
                                       : "redcap-export/SIMULATED_DATA.csv");
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        tst_rng rng = {5000 + i};
        char seed[64];
        bool other_header;
        snprintf(seed, sizeof seed, "%s, seed %zu", labels ? "labels" : "raw", i);
        world x = {.w = &w, .seed = seed, .labels = labels, .shares = true};
        size_t n = some_lines(s, whole, n_whole, (size_t)tst_rng_between(&rng, 1, 14), &rng);
        n = damage_rows(s, n, &rng);
        const bool good =
            put_damaged("data.csv", n, labels ? &of_labels : &of_raw, &other_header, labels);
        if (run_study(&x, good, other_header, sum)) {
            name_columns(names, &w, &of_raw, labels ? &of_labels : NULL);
            check_redcap(&x, names);
        }
        add_up(sum, &x, n);
        tst_study_close(&x.t);
    }
}

/* A damaged data dictionary beside an export as it is. What its columns mean is another matter then, but each is in a table, or
 * told; and what stands in a row is in the table that has its column. */
static void check_by_name(world *x)
{
    for (size_t c = 0; c < x->w->n_cols; c++) {
        const char *name = tst_cell_of(x->w, 0, c);
        const bool missing_box = strstr(name, "____99") || strstr(name, "___nd");
        size_t n_tables = 0;
        for (size_t i = 0; i < N_TAKEN; i++)
            n_tables += rmt_table_find(table_of(x, taken[i]), name) != RMT_NO_COLUMN;
        if (n_tables == 0 && !missing_box && !is_told(x, 1, name, "is no field") &&
            !is_told(x, 0, "", "in no table of the plan")) {
            for (size_t r = 1; r < x->w->n_rows; r++)
                if (tst_cell_of(x->w, r, c)[0] && strcmp(tst_cell_of(x->w, r, c), "0") != 0)
                    LOST(x, r, c, "is in no table, and that is not told");
            continue;
        }
        for (size_t i = 0; i < N_TAKEN; i++) {
            const rmt_table *t = table_of(x, taken[i]);
            const size_t col = rmt_table_find(t, name);
            for (size_t r = 1; r < x->w->n_rows && col != RMT_NO_COLUMN; r++) {
                const char *cell = tst_cell_of(x->w, r, c);
                const size_t row = row_of_line(t, x->w->lines[r]);
                if (!cell[0] || strcmp(cell, "0") == 0 || strcmp(cell, "[not completed]") == 0)
                    continue;
                if (row != SIZE_MAX) check_cell(x, t, taken[i], col, row, r, c, cell);
                else if (n_tables == 1 && !is_told(x, 0, "", "saved at another event"))
                    LOST(x, r, c, "is of a row that is not in its table");
            }
        }
    }
}

static void dictionaries(tally *sum)
{
    static char all[TST_BYTES_MAX];
    static tst_written of_dictionary;
    const size_t n_all = load(all, sizeof all, "redcap-export/SIMULATED_DataDictionary.csv");
    const size_t n_whole = load(whole, sizeof whole, "redcap-export/SIMULATED_DATA.csv");
    assert_true(tst_read_plainly(&of_dictionary, all, line_length(all, n_all, 0)));
    write_bytes("plan.yaml", redcap_plan, strlen(redcap_plan));
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        tst_rng rng = {6000 + i};
        char seed[64];
        bool ignored;
        snprintf(seed, sizeof seed, "dictionary, seed %zu", i);
        world x = {.w = &w, .seed = seed, .shares = true};
        memcpy(s, all, n_all);
        size_t n = damage_rows(s, n_all, &rng);
        const bool good = put_damaged("dictionary.csv", n, &of_dictionary, &ignored, false);
        n = some_lines(s, whole, n_whole, (size_t)tst_rng_between(&rng, 1, 14), &rng);
        write_bytes("data.csv", s, n);
        if (run_study(&x, good, true, sum)) {
            assert_true(tst_read_plainly(&w, s, n));
            check_by_name(&x);
        }
        add_up(sum, &x, n);
        tst_study_close(&x.t);
    }
}

/* ---- wide files ------------------------------------------------------------------------------ */

static const char *const visits[] = {"baseline", "hour24", "week1", "week2"};
enum { N_VISITS = sizeof visits / sizeof *visits };

static const char wide_plan[] = "study: {id: SIMULATED}\n"
                                "data:\n  people: {file: people.csv}\n"
                                "  madrs: {file: data.csv, delimiter: \",\", missing: [\"\", "
                                "\"-99\", not done], long: {columns: \"{name}_{visit}\"}}\n"
                                "subjects: {table: people, id: record_id, arm: arm}\n"
                                "visits: {visit: visit, schedule: [{name: baseline, baseline: "
                                "true}, {name: hour24}, {name: week1}, {name: week2}]}\n" REST;

/* madrs.csv with a row for each person and a column for each item and visit. */
static size_t make_wide(char *out, size_t size)
{
    static tst_written l;
    const size_t n_long = load(whole, sizeof whole, "ketamine-midazolam/madrs.csv");
    size_t n = 0;
    assert_true(tst_read_plainly(&l, whole, n_long));
    n += (size_t)snprintf(out, size, "record_id,note");
    for (size_t v = 0; v < N_VISITS; v++)
        for (size_t c = 2; c < l.n_cols; c++)
            n += (size_t)snprintf(out + n, size - n, ",%s_%s", tst_cell_of(&l, 0, c), visits[v]);
    for (size_t r = 1; r < l.n_rows; r++) {
        const char *id = tst_cell_of(&l, r, 0);
        if (r > 1 && strcmp(id, tst_cell_of(&l, r - 1, 0)) == 0) continue;
        n += (size_t)snprintf(out + n, size - n, "\n%s,%s", id,
                              r % 3 ? "" : "\"came late, left early\"");
        for (size_t v = 0; v < N_VISITS; v++) {
            size_t at = r;
            while (at < l.n_rows && (strcmp(tst_cell_of(&l, at, 0), id) != 0 ||
                                     strcmp(tst_cell_of(&l, at, 1), visits[v]) != 0))
                at++;
            for (size_t c = 2; c < l.n_cols; c++)
                n += (size_t)snprintf(out + n, size - n, ",%s",
                                      at < l.n_rows ? tst_cell_of(&l, at, c) : "");
        }
    }
    n += (size_t)snprintf(out + n, size - n, "\n");
    assert_true(n < size);
    return n;
}

/* Where "madrs_01_week1" belongs: the visit, and the name in out; NULL = it is no such column. A name that scheduled
 * visits have may be at another visit as well. */
static const char *visit_of(const rmt_table *t, const char *column, char out[NAME])
{
    for (size_t v = 0; v < N_VISITS; v++) {
        const size_t n = strlen(column), length = strlen(visits[v]);
        if (n < length + 2 || n - length > NAME || column[n - length - 1] != '_' ||
            strcmp(column + n - length, visits[v]) != 0)
            continue;
        snprintf(out, NAME, "%.*s", (int)(n - length - 1), column);
        return visits[v];
    }
    for (const char *at = column; (at = strchr(at, '_')) != NULL; at++) {
        if (at == column || !at[1] || at - column >= NAME) continue;
        snprintf(out, NAME, "%.*s", (int)(at - column), column);
        if (rmt_table_find(t, column) == RMT_NO_COLUMN && rmt_table_find(t, out) != RMT_NO_COLUMN)
            return at + 1;
    }
    return NULL;
}

static void check_wide(world *x)
{
    const rmt_table *t = table_of(x, "madrs");
    const size_t visit_col = rmt_table_find(t, "visit"),
                 line_col = rmt_table_find(t, RMT_LINE_COLUMN);
    char name[NAME];
    assert_true(visit_col != RMT_NO_COLUMN);
    for (size_t r = 1; r < x->w->n_rows; r++)
        for (size_t c = 0; c < x->w->n_cols; c++) {
            const char *full = tst_cell_of(x->w, 0, c), *visit = visit_of(t, full, name);
            const size_t col = rmt_table_find(t, visit ? name : full);
            size_t n = 0;
            if (col == RMT_NO_COLUMN) LOST(x, r, c, "is in no column");
            for (size_t row = 0; row < rmt_table_rows(t); row++) {
                if (rmt_table_integer(t, line_col, row) != (int32_t)x->w->lines[r] ||
                    (visit && strcmp(rmt_table_text(t, visit_col, row), visit) != 0))
                    continue;
                check_cell(x, t, "madrs", col, row, r, c, tst_cell_of(x->w, r, c));
                n++;
            }
            if (visit ? n != 1 : n == 0) LOST(x, r, c, "is in no row, or in several");
        }
    check_source(x, "madrs", x->w->n_rows - 1, x->w->n_cols);
}

static void put_people(void)
{
    const size_t n = load(whole, sizeof whole, "ketamine-midazolam/participants.csv");
    write_bytes("people.csv", whole, n);
}

static void wide(tally *sum)
{
    static char made[TST_BYTES_MAX];
    put_people();
    write_bytes("plan.yaml", wide_plan, strlen(wide_plan));
    const size_t n_made = make_wide(made, sizeof made);
    assert_true(tst_read_plainly(&of_raw, made, line_length(made, n_made, 0)));
    for (size_t i = 0; i < tst_iterations(ITERATIONS); i++) {
        tst_rng rng = {7000 + i};
        char seed[64];
        bool other_header;
        snprintf(seed, sizeof seed, "wide, seed %zu", i);
        world x = {.w = &w, .seed = seed};
        size_t n = some_lines(s, made, n_made, (size_t)tst_rng_between(&rng, 1, 14), &rng);
        n = damage_rows(s, n, &rng);
        const bool good = put_damaged("data.csv", n, &of_raw, &other_header, false);
        if (run_study(&x, good, other_header, sum)) check_wide(&x);
        add_up(sum, &x, n);
        tst_study_close(&x.t);
    }
}

/* ---- data packages --------------------------------------------------------------------------- */

static const char package_plan[] = "study: {id: SIMULATED}\ndatapackage: datapackage.json\n"
                                   "subjects: {table: people, id: record_id, arm: arm}\n"
                                   "visits: {visit: visit, schedule: [{name: baseline, baseline: "
                                   "true}, {name: hour24}, {name: week1}, {name: week2}]}\n" REST;

/* Two resources: one without a word about its fields, one with the sample's schema and a dialect. */
static void put_package(void)
{
    static char json[20000], schema[10000];
    const size_t n = load(schema, sizeof schema, "ketamine-midazolam/madrs.schema.json");
    char *keys = strstr(schema, "\"foreignKeys\"");
    assert_non_null(
        keys); /* they name a resource of another name: another key of the same length is no key */
    memcpy(keys, "\"x-reignKeys\"", 13);
    const int length =
        snprintf(json, sizeof json,
                 "{\"name\": \"simulated\", \"resources\": [\n"
                 "{\"name\": \"people\", \"path\": \"people.csv\"},\n"
                 "{\"name\": \"madrs\", \"path\": \"madrs.csv\", \"dialect\": "
                 "{\"delimiter\": \",\", \"doubleQuote\": true}, \"schema\": %.*s}]}\n",
                 (int)n, schema);
    assert_true(length > 0 && (size_t)length < sizeof json);
    write_bytes("datapackage.json", json, (size_t)length);
    write_bytes("plan.yaml", package_plan, strlen(package_plan));
}

static void check_plain(world *x, const char *table)
{
    const rmt_table *t = table_of(x, table);
    assert_int_equal(rmt_table_rows(t), x->w->n_rows - 1);
    for (size_t r = 1; r < x->w->n_rows; r++)
        for (size_t c = 0; c < x->w->n_cols; c++)
            check_cell(x, t, table, c, r - 1, r, c, tst_cell_of(x->w, r, c));
    check_source(x, table, x->w->n_rows - 1, x->w->n_cols);
}

static void package(const char *table, tally *sum)
{
    const char *file = strcmp(table, "madrs") == 0 ? "madrs.csv" : "people.csv";
    const char *sample = strcmp(table, "madrs") == 0 ? "ketamine-midazolam/madrs.csv"
                                                     : "ketamine-midazolam/participants.csv";
    put_people();
    write_bytes("madrs.csv", whole, load(whole, sizeof whole, "ketamine-midazolam/madrs.csv"));
    put_package();
    read_header(&of_raw, sample);
    const size_t n_whole = load(whole, sizeof whole, sample);
    for (size_t i = 0; i < tst_iterations(ITERATIONS / 2); i++) {
        tst_rng rng = {9000 + i};
        char seed[64];
        bool other_header;
        snprintf(seed, sizeof seed, "%s, seed %zu", table, i);
        world x = {.w = &w, .seed = seed};
        size_t n = some_lines(s, whole, n_whole, (size_t)tst_rng_between(&rng, 1, 14), &rng);
        n = damage_rows(s, n, &rng);
        const bool good = put_damaged(file, n, &of_raw, &other_header, false);
        if (run_study(&x, good, other_header, sum)) check_plain(&x, table);
        add_up(sum, &x, n);
        tst_study_close(&x.t);
    }
}

static void tell(const char *what, const tally *sum, size_t n_unreadable)
{
    print_message(
        "%s: %zu files, %zu read, %zu refused; %zu cells traced, %zu unreadable, %zu times told\n",
        what, sum->n_read + sum->n_refused, sum->n_read, sum->n_refused, sum->n_traced,
        sum->n_unreadable, sum->n_told);
    assert_true(sum->n_read > tst_iterations(ITERATIONS) / 6);
    assert_true(sum->n_refused > tst_iterations(ITERATIONS) / 20);
    assert_true(sum->n_unreadable >= n_unreadable);
}

static void raw_exports(void **state)
{
    tally sum = {0};
    (void)state;
    redcap(false, &sum);
    tell("raw", &sum, ITERATIONS / 20);
}

static void labelled_exports(void **state)
{
    tally sum = {0};
    (void)state;
    redcap(true, &sum);
    tell("labels", &sum, ITERATIONS / 20);
}

static void data_dictionaries(void **state)
{
    tally sum = {0};
    (void)state;
    dictionaries(&sum);
    tell("dictionaries", &sum, 0);
}

static void wide_files(void **state)
{
    tally sum = {0};
    (void)state;
    wide(&sum);
    tell("wide", &sum, ITERATIONS / 20);
}

static void data_packages(void **state)
{
    tally sum = {0};
    (void)state;
    package("people", &sum);
    package("madrs", &sum);
    tell("packages", &sum, ITERATIONS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_exports), cmocka_unit_test(labelled_exports),
        cmocka_unit_test(data_dictionaries), cmocka_unit_test(wide_files),
        cmocka_unit_test(data_packages)};
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
