/* Small exports (exports/TOPIC.txt) against all that ingest and validate make of them. A case is
 *
 *     == what the export is
 *     # the rule that says what is to come out, and its source
 *     read: delimiter: ";", decimal: ","           keys of the table in the plan
 *     field n: type: number, groupChar: "."        a field of its schema; without any the types are inferred
 *     schema: primaryKey: id                       further keys of the schema
 *     plan: checks: {id/alike: off}                further keys of the plan
 *     people                                       the export is the table of the participants (P1 and P2 among them)
 *     --- file crlf                                the file's lines, and how they are written
 *     id;n
 *     1;"1,5"
 *     --- cells                                    every column with its type, every row with its line, every cell
 *     line | id integer | n number
 *     2    | 1          | 1.5
 *     --- findings                                 line | column | code | value | rule | message
 *     --- notes                                    line | column | message: the warnings of ingest
 *     --- refused                                  line | column | message, instead of cells: the file is no table
 *     --- sources                                  what is not 0, ',' or utf-8 of the accounts
 *
 * A section that is left out is empty: nothing unsaid may be there. In cells "." is missing (". -99": with that reason)
 * and "? 3x" unreadable; text that begins so, holds '|' or cannot be seen stands in quotes. Escapes, also in files:
 * \t \r \n \\ \" \u2009 and \xFF (a byte as it is). How files are written: crlf, cr, open (no line break at the end), bom,
 * utf-16le, utf-16be, windows-1252, gzip, cut N (N bytes are missing at the end). */
#include "tst_study.h"

#include "rmt/num.h"
#include "rmt/text.h"

#include <glob.h>
#include <unistd.h>

extern const rmt_stage rmt_stage_ingest, rmt_stage_validate, rmt_stage_score;

enum { CELLS, FINDINGS, NOTES, REFUSED, SOURCES, N_SECTIONS, FILE_TEXT, HEAD };
static const char *const sections[N_SECTIONS] = {"cells", "findings", "notes", "refused",
                                                 "sources"};

typedef struct {
    char name[128], place[160];
    rmt_text read, fields, schema, plan, file, how;
    rmt_text want[N_SECTIONS];
    bool is_people; /* the table of the participants */
} export_case;

typedef struct {
    char folder[64];
    size_t n_cases, n_bad;
} runner;

enum { PATH_SIZE = 128 };
static void in_folder(char path[PATH_SIZE], const runner *r, const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", r->folder, name);
}

static void add(rmt_text *t, const char *s)
{
    rmt_error err = {0};
    tst_ok(rmt_text_add(t, s, &err), &err);
}

static void add_byte(rmt_text *t, unsigned byte)
{
    rmt_error err = {0};
    tst_ok(rmt_text_add_bytes(t, (char[]){(char)byte}, 1, &err), &err);
}

static const char *text_of(const rmt_text *t)
{
    return t->s ? t->s : "";
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool is_written(const export_case *c, const char *how)
{
    const size_t n = strlen(how);
    for (const char *s = text_of(&c->how); (s = strstr(s, how)); s += n)
        if (s[-1] == ' ' && (s[n] == ' ' || s[n] == '\0')) return true;
    return false;
}

static void add_unit(rmt_text *out, const export_case *c, unsigned unit)
{
    const bool little = is_written(c, "utf-16le");
    add_byte(out, little ? unit & 0xFF : unit >> 8);
    add_byte(out, little ? unit >> 8 : unit & 0xFF);
}

/* A character as the case has them written. */
static void add_character(rmt_text *out, const export_case *c, unsigned point)
{
    rmt_error err = {0};
    if (is_written(c, "utf-16le") || is_written(c, "utf-16be")) {
        if (point >= 0x10000) add_unit(out, c, 0xD800 + ((point - 0x10000) >> 10));
        add_unit(out, c, point >= 0x10000 ? 0xDC00 + ((point - 0x10000) & 0x3FF) : point);
    } else if (is_written(c, "windows-1252")) {
        assert_true(point < 0x80 || (point >= 0xA0 && point < 0x100)); /* others: as \xFF */
        add_byte(out, point);
    } else {
        tst_ok(rmt_text_add_utf8(out, point, &err), &err);
    }
}

/* The character at *s, which goes behind it; *raw: a byte that is no character. */
static unsigned take_character(const char **s, bool *raw)
{
    const unsigned char *u = (const unsigned char *)*s;
    const size_t n = u[0] < 0x80 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    unsigned point = n == 1 ? u[0] : u[0] & (0x7Fu >> n);
    *raw = false;
    if (u[0] == '\\') {
        static const char letters[] = "trn\\\"", meant[] = "\t\r\n\\\"";
        const char *at = u[1] ? strchr(letters, u[1]) : NULL;
        const int digits = u[1] == 'x' ? 2 : u[1] == 'u' ? 4 : 0;
        char hex[5] = "";
        assert_true(at || digits);
        memcpy(hex, u + 2, (size_t)digits);
        *raw = u[1] == 'x';
        *s += 2 + digits;
        return at ? (unsigned char)meant[at - letters] : (unsigned)strtoul(hex, NULL, 16);
    }
    for (size_t i = 1; i < n; i++)
        point = point << 6 | (u[i] & 0x3F);
    *s += n;
    return point;
}

/* As gzip does, without packing: one stored block. */
static void pack(rmt_text *out, const rmt_text *in)
{
    static const unsigned char head[] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1};
    const unsigned n = (unsigned)in->len;
    uint32_t crc = 0xFFFFFFFF;
    assert_true(n < 0xFFFF);
    for (size_t i = 0; i < sizeof head; i++)
        add_byte(out, head[i]);
    for (int i = 0; i < 4; i++)
        add_byte(out, (i < 2 ? n : ~n) >> 8 * (i % 2) & 0xFF);
    for (size_t i = 0; i < n; i++) {
        add_byte(out, (unsigned char)in->s[i]);
        crc ^= (unsigned char)in->s[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    for (int i = 0; i < 8; i++)
        add_byte(out, (i < 4 ? ~crc : n) >> 8 * (i % 4) & 0xFF);
}

static void make_file(rmt_text *out, const export_case *c)
{
    rmt_text plain = {0};
    const char *cut = strstr(text_of(&c->how), " cut ");
    if (is_written(c, "bom")) add_character(&plain, c, 0xFEFF);
    for (const char *s = text_of(&c->file); *s;) {
        bool raw, last = *s == '\n' && s[1] == '\0';
        unsigned point = *s == '\n' ? '\n' : take_character(&s, &raw);
        if (*s == '\n' && point == '\n') { /* the end of a line of the case */
            s++;
            if (last && is_written(c, "open")) break;
            if (is_written(c, "cr") || is_written(c, "crlf")) add_character(&plain, c, '\r');
            if (!is_written(c, "cr")) add_character(&plain, c, '\n');
        } else if (raw) {
            add_byte(&plain, point);
        } else {
            add_character(&plain, c, point);
        }
    }
    if (is_written(c, "gzip")) pack(out, &plain);
    else *out = plain, plain = (rmt_text){0};
    if (cut) out->len -= strtoul(cut + 5, NULL, 10);
    rmt_text_clear(&plain);
}

static void write_file(const char *path, const char *s, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    if (n > 0) assert_int_equal(fwrite(s, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* ---- what came out --------------------------------------------------------------------------- */

/* Must be written with escapes to be seen: controls, blanks other than ' ', marks without width. */
static bool is_unseen(unsigned point)
{
    return point < 0x20 || point == 0x7F || (point >= 0x80 && point <= 0xA0) || point == 0xAD ||
           (point >= 0x2000 && point <= 0x200F) || point == 0x202F || point == 0x2060 ||
           point == 0x3000 || point == 0xFEFF;
}

static void add_shown(rmt_text *out, const char *s)
{
    rmt_error err = {0};
    const size_t n = strlen(s);
    bool raw, quote = n > 0 && (s[0] == ' ' || s[n - 1] == ' ' || s[0] == '.' || s[0] == '?');
    for (const char *p = s; *p;) {
        const bool special = strchr("|\"\\", *p);
        const unsigned point = special ? (unsigned char)*p++ : take_character(&p, &raw);
        quote = quote || special || is_unseen(point);
    }
    if (!quote) {
        add(out, s);
        return;
    }
    add(out, "\"");
    for (const char *p = s; *p;) {
        const bool special = strchr("\"\\", *p);
        const unsigned point = special ? (unsigned char)*p++ : take_character(&p, &raw);
        const char *at = strchr("\n\t\r", (int)point);
        if (special) tst_ok(rmt_text_addf(out, &err, "\\%c", (char)point), &err);
        else if (point < 0x80 && at) add(out, *at == '\n' ? "\\n" : *at == '\t' ? "\\t" : "\\r");
        else if (is_unseen(point)) tst_ok(rmt_text_addf(out, &err, "\\u%04X", point), &err);
        else tst_ok(rmt_text_add_utf8(out, point, &err), &err);
    }
    add(out, "\"");
}

static void add_cell(rmt_text *out, const rmt_table *t, size_t col, size_t row)
{
    char buf[RMT_NUM_BUF];
    if (!rmt_table_is_missing(t, col, row)) {
        add_shown(out, rmt_table_format(t, col, row, buf));
        return;
    }
    const char *reason = rmt_table_reason(t, col, row), *text = rmt_unreadable_text(reason);
    add(out, text ? "?" : ".");
    if (*(text ? text : reason)) add(out, " ");
    add_shown(out, text ? text : reason);
}

static void add_line(rmt_text *out, long line)
{
    rmt_error err = {0};
    tst_ok(rmt_text_addf(out, &err, "%ld", line), &err);
}

static void got_cells(rmt_text *out, const rmt_table *t)
{
    const size_t n = rmt_table_columns(t) - 1;
    assert_string_equal(rmt_table_name(t, n), RMT_LINE_COLUMN);
    add(out, "line");
    for (size_t i = 0; i < n; i++) {
        add(out, " | ");
        add_shown(out, rmt_table_name(t, i));
        add(out, " ");
        add(out, rmt_type_name(rmt_table_type(t, i)));
    }
    add(out, "\n");
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        add_line(out, rmt_table_integer(t, n, row));
        for (size_t i = 0; i < n; i++) {
            add(out, " | ");
            add_cell(out, t, i, row);
        }
        add(out, "\n");
    }
}

static void got_findings(rmt_text *out, const rmt_table *f)
{
    static const char *const names[] = {"column", "code", "value", "rule", "message"};
    for (size_t row = 0; row < rmt_table_rows(f); row++) {
        const char *code = tst_text(f, row, "code"), *severity = tst_text(f, row, "severity");
        const size_t check = rmt_check_find(code);
        assert_string_equal(tst_text(f, row, "table"), "t");
        assert_true(check < RMT_N_CHECKS);
        if (strcmp(code, "source/reading") == 0) continue; /* these are the notes */
        add_line(out, rmt_table_integer(f, rmt_table_find(f, "line"), row));
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            add(out, " | ");
            add_shown(out, rmt_table_text(f, rmt_table_find(f, names[i]), row));
            if (i == 1 && strcmp(severity, rmt_severity_name(rmt_checks[check].severity)) != 0)
                add(out, severity);
        }
        add(out, "\n");
    }
}

static void add_problem(rmt_text *out, const rmt_error *e)
{
    add_line(out, (long)e->line);
    add(out, " | ");
    add_shown(out, e->column);
    add(out, " | ");
    add_shown(out, e->msg);
    add(out, "\n");
}

/* The warnings, or the errors, besides the two that only repeat what the accounts say; returns how many of these. */
static size_t got_notes(rmt_text *out, const rmt_problems *notes, rmt_severity severity)
{
    size_t n_counts = 0;
    assert_int_equal(notes->n_kept, notes->n_total);
    for (size_t i = 0; i < notes->n_kept; i++) {
        const rmt_error *e = &notes->kept[i];
        if (notes->severity[i] != severity) continue;
        assert_string_equal(e->source, "t.csv");
        if (strstr(e->msg, "passed over") && strstr(e->msg, "blank line")) n_counts++;
        else if (strstr(e->msg, "of the column's type")) n_counts++;
        else add_problem(out, e);
    }
    return n_counts;
}

static double account(const rmt_table *sources, const char *name)
{
    return tst_number(sources, 0, name);
}

/* What is unusual, and that the sums hold. */
static void got_accounts(rmt_text *out, const rmt_table *s, const rmt_table *t, size_t n_bytes,
                         size_t n_counts)
{
    static const char *const unusual[] = {"blank_lines", "skipped_lines", "inner_lines",
                                          "rows_refused"};
    const size_t n_columns = rmt_table_columns(t) - 1, n_rows = rmt_table_rows(t);
    size_t n_missing = 0, n_unreadable = 0;
    rmt_error err = {0};
    for (size_t i = 0; i < n_columns * n_rows; i++) {
        const size_t col = i % n_columns, row = i / n_columns;
        const bool unreadable = rmt_unreadable_text(rmt_table_reason(t, col, row)) != NULL;
        n_unreadable += unreadable;
        n_missing += rmt_table_is_missing(t, col, row) && !unreadable;
    }
    assert_string_equal(tst_text(s, 0, "name"), "t");
    assert_int_equal(account(s, "bytes"), n_bytes);
    assert_int_equal(account(s, "columns"), n_columns);
    assert_int_equal(account(s, "lines"), account(s, "blank_lines") + account(s, "skipped_lines") +
                                              account(s, "inner_lines") + 1 + account(s, "rows"));
    assert_int_equal(account(s, "rows"), account(s, "rows_stored") + account(s, "rows_refused"));
    assert_int_equal(account(s, "rows_stored"), n_rows);
    assert_int_equal(account(s, "cells_stored"), n_rows * n_columns);
    assert_true(account(s, "cells") >= account(s, "cells_stored"));
    assert_int_equal(account(s, "cells_missing"), n_missing);
    assert_int_equal(account(s, "cells_unreadable"), n_unreadable);
    assert_int_equal(n_counts, (n_unreadable > 0) + (account(s, "blank_lines") > 0));
    for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++)
        if (account(s, unusual[i]) > 0)
            tst_ok(rmt_text_addf(out, &err, "%s %g\n", unusual[i], account(s, unusual[i])), &err);
    if (strcmp(tst_text(s, 0, "delimiter"), ",") != 0) {
        add(out, "delimiter ");
        add_shown(out, tst_text(s, 0, "delimiter"));
        add(out, "\n");
    }
    if (strcmp(tst_text(s, 0, "encoding"), "utf-8") != 0)
        tst_ok(rmt_text_addf(out, &err, "encoding %s\n", tst_text(s, 0, "encoding")), &err);
}

/* ---- a case ---------------------------------------------------------------------------------- */

/* A clean trial around the export, whose participants are told by `id` there too. */
#define TRIAL(people)                                                                              \
    "people: {file: people.csv}, visits: {file: visits.csv}}\n"                                    \
    "subjects: {table: " people ", id: id, arm: arm}\n"                                            \
    "arms: {reference: b, order: [a, b]}\n"                                                        \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}, {name: end}]}\n"              \
    "outcomes: {total: {table: visits, total: total}}\n"
/* The export may be of other people. */
#define STRANGERS "checks: {trial/other-subject: off, trial/no-common-id: off}\n"
static const char people_csv[] = "id,arm\nP1,a\nP2,b\n";
static const char visits_csv[] = "id,visit,total\nP1,base,30\nP1,end,20\nP2,base,31\nP2,end,29\n";

static void write_plan(const char *path, const export_case *c)
{
    rmt_text plan = {0};
    rmt_error err = {0};
    tst_ok(rmt_text_addf(&plan, &err, "study: {id: T1}\ndata: {t: {file: t.csv%s%s",
                         c->read.len ? ", " : "", text_of(&c->read)),
           &err);
    if (c->fields.len)
        tst_ok(rmt_text_addf(&plan, &err, ", schema: {fields: [%s]%s%s}", text_of(&c->fields),
                             c->schema.len ? ", " : "", text_of(&c->schema)),
               &err);
    tst_ok(rmt_text_addf(&plan, &err, "}, %s%s",
                         c->is_people ? TRIAL("t") : TRIAL("people") STRANGERS, text_of(&c->plan)),
           &err);
    write_file(path, plan.s, plan.len);
    rmt_text_clear(&plan);
}

static void compare(runner *r, const export_case *c, const rmt_text *got)
{
    bool bad = false;
    for (size_t i = 0; i < N_SECTIONS; i++) {
        if (strcmp(text_of(&got[i]), text_of(&c->want[i])) == 0) continue;
        /* cmocka's own would cut what is longer than 1024 bytes */
        fprintf(stderr, "%s: %s: %s:\n%s--- but should be\n%s\n", c->place, c->name, sections[i],
                text_of(&got[i]), text_of(&c->want[i]));
        bad = true;
    }
    r->n_bad += bad;
}

static void run_case(runner *r, const export_case *c)
{
    char path[PATH_SIZE], plan[PATH_SIZE];
    rmt_text file = {0}, got[N_SECTIONS] = {0};
    rmt_error err = {0};
    tst_study t;
    in_folder(path, r, "t.csv");
    in_folder(plan, r, "plan.yaml");
    make_file(&file, c);
    write_file(path, file.s, file.len);
    write_plan(plan, c);
    tst_study_open(&t, NULL);
    const rmt_status st = tst_study_apply(&t, &rmt_stage_ingest, plan, &err);
    size_t n_counts = got_notes(&got[NOTES], &t.notes, RMT_SEVERITY_WARNING);
    got_notes(&got[REFUSED], &t.notes, RMT_SEVERITY_ERROR);
    if (st) {
        if (st != RMT_ERR_MALFORMED) add(&got[REFUSED], "not by its form: ");
        if (got[REFUSED].len == 0 || st != RMT_ERR_MALFORMED) add_problem(&got[REFUSED], &err);
    } else {
        const rmt_table *table = tst_study_get(&t, "/tables/t");
        assert_int_equal(got[REFUSED].len, 0);
        got_cells(&got[CELLS], table);
        got_accounts(&got[SOURCES], tst_study_get(&t, "/sources"), table, file.len, n_counts);
        tst_ok(tst_study_apply(&t, &rmt_stage_validate, "", &err), &err);
        got_findings(&got[FINDINGS], tst_study_get(&t, "/validation/issues"));
    }
    compare(r, c, got);
    tst_study_close(&t);
    rmt_text_clear(&file);
    for (size_t i = 0; i < N_SECTIONS; i++)
        rmt_text_clear(&got[i]);
    r->n_cases++;
}

static void clear_case(export_case *c)
{
    rmt_text *const texts[] = {&c->read, &c->fields, &c->schema, &c->plan, &c->file, &c->how};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        rmt_text_clear(texts[i]);
    for (size_t i = 0; i < N_SECTIONS; i++)
        rmt_text_clear(&c->want[i]);
    *c = (export_case){.name = ""};
}

/* ---- the files of cases ---------------------------------------------------------------------- */

/* A line of an expected section, with one blank beside each '|' that stands outside quotes. */
static void add_wanted(rmt_text *out, const char *s)
{
    bool quoted = false;
    size_t from = out->len; /* of the field */
    for (; *s; s++) {
        if (*s == '"') quoted = !quoted;
        if (quoted && *s == '\\' && s[1]) add_byte(out, (unsigned char)*s++);
        if (*s == '|' && !quoted) {
            while (out->len > from && out->s[out->len - 1] == ' ')
                out->len--;
            add(out, " | ");
            from = out->len;
            while (s[1] == ' ')
                s++;
        } else {
            add_byte(out, (unsigned char)*s);
        }
    }
    add(out, "\n");
}

static const char *behind(const char *line, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(line, word, n) == 0 ? line + n : NULL;
}

static void take_head(export_case *c, const char *line)
{
    const char *rest;
    rmt_error err = {0};
    if (line[0] == '#' || line[0] == '\0') return;
    c->is_people = c->is_people || strcmp(line, "people") == 0;
    if (strcmp(line, "people") == 0) return;
    if ((rest = behind(line, "read: "))) {
        if (c->read.len) add(&c->read, ", ");
        add(&c->read, rest);
    } else if ((rest = behind(line, "schema: "))) {
        add(&c->schema, rest);
    } else if ((rest = behind(line, "plan: "))) {
        add(&c->plan, rest);
        add(&c->plan, "\n");
    } else if ((rest = behind(line, "field "))) {
        const size_t n = strcspn(rest, ":");
        assert_true(rest[n] == ':');
        tst_ok(rmt_text_addf(&c->fields, &err, "%s{name: %.*s, %s}", c->fields.len ? ", " : "",
                             (int)n, rest, rest + n + 1),
               &err);
    } else {
        print_error("%s: no line of a case: %s\n", c->place, line);
        fail();
    }
}

static int section_of(export_case *c, const char *name)
{
    if (behind(name, "file")) {
        add(&c->how, name + 4);
        return FILE_TEXT;
    }
    for (int i = 0; i < N_SECTIONS; i++)
        if (strcmp(name, sections[i]) == 0) return i;
    print_error("%s: no section of a case: %s\n", c->place, name);
    fail();
    return HEAD;
}

static void run_file(runner *r, const char *path)
{
    static char line[1 << 16];
    export_case c = {.name = ""};
    int section = HEAD;
    size_t number = 0;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *rest;
        number++;
        line[strcspn(line, "\n")] = '\0';
        if ((rest = behind(line, "== "))) {
            if (c.name[0]) run_case(r, &c);
            clear_case(&c);
            snprintf(c.name, sizeof c.name, "%s", rest);
            snprintf(c.place, sizeof c.place, "%s:%zu", strrchr(path, '/') + 1, number);
            section = HEAD;
        } else if (!c.name[0]) {
            assert_true(line[0] == '#' || line[0] == '\0');
        } else if ((rest = behind(line, "--- "))) {
            section = section_of(&c, rest);
        } else if (section == HEAD) {
            take_head(&c, line);
        } else if (section == FILE_TEXT) {
            add(&c.file, line);
            add(&c.file, "\n");
        } else if (line[0]) {
            add_wanted(&c.want[section], line);
        }
    }
    run_case(r, &c);
    clear_case(&c);
    assert_int_equal(fclose(f), 0);
}

static const char *const names[] = {"t.csv", "plan.yaml", "people.csv", "visits.csv"};

static void open_folder(runner *r, const char *visits)
{
    char path[PATH_SIZE];
    *r = (runner){.folder = "/tmp/remit-exports-XXXXXX"};
    assert_non_null(mkdtemp(r->folder));
    in_folder(path, r, "people.csv");
    write_file(path, people_csv, strlen(people_csv));
    in_folder(path, r, "visits.csv");
    write_file(path, visits, strlen(visits));
}

static void remove_folder(const runner *r)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        in_folder(path, r, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(r->folder), 0);
}

static void every_export(void **state)
{
    (void)state;
    runner r;
    glob_t files;
    open_folder(&r, visits_csv);
    assert_int_equal(glob(RMT_TEST_DIR "/reference/exports/*.txt", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        run_file(&r, files.gl_pathv[i]);
    globfree(&files);
    remove_folder(&r);
    print_message("%zu exports\n", r.n_cases);
    assert_int_equal(r.n_bad, 0);
}

/* A case whose file is too large to be read by people. */
static void run_large(tst_study *t, runner *r, const rmt_text *file)
{
    export_case c = {.name = "generated"};
    char path[PATH_SIZE];
    rmt_error err = {0};
    open_folder(r, visits_csv);
    in_folder(path, r, "t.csv");
    write_file(path, file->s, file->len);
    in_folder(path, r, "plan.yaml");
    write_plan(path, &c);
    tst_study_open(t, NULL);
    tst_ok(tst_study_apply(t, &rmt_stage_ingest, path, &err), &err);
    tst_ok(tst_study_apply(t, &rmt_stage_validate, "", &err), &err);
    assert_int_equal(rmt_table_rows(tst_study_get(t, "/validation/issues")), 0);
    remove_folder(r);
}

static void five_thousand_columns(void **state)
{
    (void)state;
    enum { COLUMNS = 5000, ROWS = 3 };
    rmt_text file = {0};
    rmt_error err = {0};
    runner r;
    tst_study t;
    for (int row = 0; row <= ROWS; row++)
        for (int i = 0; i < COLUMNS; i++)
            tst_ok(rmt_text_addf(&file, &err, "%s%d%s", row == 0 ? "c" : "", row * COLUMNS + i,
                                 i + 1 < COLUMNS ? "," : "\n"),
                   &err);
    run_large(&t, &r, &file);
    const rmt_table *table = tst_study_get(&t, "/tables/t");
    assert_int_equal(rmt_table_columns(table), COLUMNS + 1);
    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t row = 0; row < ROWS; row++)
            assert_int_equal(rmt_table_integer(table, i, row), (row + 1) * COLUMNS + i);
    tst_study_close(&t);
    rmt_text_clear(&file);
}

static void a_cell_of_three_million_bytes(void **state)
{
    (void)state;
    enum { BYTES = 3000000 };
    rmt_text file = {0};
    runner r;
    tst_study t;
    add(&file, "id,note\nP1,\"");
    for (size_t i = 0; i < BYTES; i++)
        add_byte(&file, i % 1000 == 999 ? '\n' : 'x');
    add(&file, "\"\nP2,short\n");
    run_large(&t, &r, &file);
    const rmt_table *table = tst_study_get(&t, "/tables/t");
    const char *cell = rmt_table_text(table, 1, 0);
    assert_int_equal(rmt_table_rows(table), 2);
    assert_int_equal(strlen(cell), BYTES);
    assert_int_equal(strspn(cell + BYTES - 1000, "x"), 999);
    assert_string_equal(rmt_table_text(table, 1, 1), "short");
    assert_int_equal(rmt_table_integer(table, 2, 1), 3 + BYTES / 1000);
    tst_study_close(&t);
    rmt_text_clear(&file);
}

/* From the cell to /outcomes: no value, the reason, and the flag, whether the column has a schema or not. */
static void unreadable_cells_flag_their_records(void **state)
{
    (void)state;
    static const char visits[] = "id,visit,total\nP1,base,30\nP1,end,<5\nP2,base,31\nP2,end,29\n";
    static const char *const schemas[] = {
        "", ", schema: {fields: [{name: id}, {name: visit}, {name: total, type: number}]}"};
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        char path[PATH_SIZE];
        rmt_text plan = {0};
        rmt_error err = {0};
        runner r;
        tst_study t;
        open_folder(&r, visits);
        in_folder(path, &r, "t.csv");
        write_file(path, people_csv, strlen(people_csv));
        in_folder(path, &r, "plan.yaml");
        tst_ok(rmt_text_addf(&plan, &err,
                             "study: {id: T1}\ndata: {people: {file: people.csv}, visits: {file: "
                             "visits.csv%s}}\n%s",
                             schemas[i], strchr(TRIAL("people"), '\n') + 1),
               &err);
        write_file(path, plan.s, plan.len);
        tst_study_open(&t, NULL);
        tst_ok(tst_study_apply(&t, &rmt_stage_ingest, path, &err), &err);
        tst_ok(tst_study_apply(&t, &rmt_stage_validate, "--keep-going", &err), &err);
        const rmt_table *issues = tst_study_get(&t, "/validation/issues");
        assert_int_equal(rmt_table_rows(issues), 1);
        assert_string_equal(tst_text(issues, 0, "code"), "type-error");
        assert_string_equal(tst_text(issues, 0, "value"), "<5");
        tst_ok(tst_study_apply(&t, &rmt_stage_score, "", &err), &err);
        const rmt_table *o = tst_study_get(&t, "/outcomes");
        assert_int_equal(rmt_table_rows(o), 4);
        for (size_t row = 0; row < 4; row++) {
            const bool bad = strcmp(tst_text(o, row, "USUBJID"), "P1") == 0 &&
                             strcmp(tst_text(o, row, "AVISIT"), "end") == 0;
            const size_t aval = rmt_table_find(o, "AVAL");
            assert_string_equal(tst_text(o, row, "FLAGGED"), bad ? "true" : "false");
            assert_string_equal(rmt_table_reason(o, aval, row), bad ? "total: unreadable: <5" : "");
        }
        tst_study_close(&t);
        rmt_text_clear(&plan);
        remove_folder(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_export),
                                       cmocka_unit_test(five_thousand_columns),
                                       cmocka_unit_test(a_cell_of_three_million_bytes),
                                       cmocka_unit_test(unreadable_cells_flag_their_records)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
