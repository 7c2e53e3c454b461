/* csv_lines.c - lines, and the characters of a line (see csv_reader.h). libcsv is given one physical line at a time, so that the
 * line of every row and fault is known; blank lines, widths and encodings are checked here because libcsv does not. */
#include "csv_reader.h"

#include "rmt/mem.h"

#include <stdio.h>
#include <string.h>

/* Stands in decoded text before a character of the other encoding; no valid UTF-8 holds it. */
enum { MIXED = 0xFE };

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

static void *resize(void *old, size_t n)
{
    return rmt_mem_resize(old, n, 1, NULL);
}

static rmt_status start_parser(rmt_csv_reader *r)
{
    if (csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL | CSV_APPEND_NULL) != 0)
        return rmt_fail(r->err, RMT_ERR_NOMEM, "libcsv cannot be started");
    csv_set_blk_size(&r->csv, 1 << 16); /* it grows a long cell by this much at a time */
    csv_set_realloc_func(&r->csv, resize);
    csv_set_free_func(&r->csv, rmt_mem_free);
    csv_set_space_func(&r->csv, never); /* blanks are part of a cell */
    csv_set_delim(&r->csv, (unsigned char)r->facts->delimiter);
    r->csv_ready = true;
    return RMT_OK;
}

/* The candidate that separates most names of the header s, outside quotes; the first of them when several do. */
static char sniff_delimiter(rmt_csv_reader *r, const char *s, size_t n)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t counts[sizeof candidates] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') quoted = !quoted;
        for (size_t k = 0; k < sizeof candidates && !quoted; k++)
            counts[k] += s[i] == candidates[k];
    }
    for (size_t k = 1; k < sizeof candidates; k++) {
        if (counts[k] > counts[best]) best = k;
    }
    for (size_t k = best + 1; k < sizeof candidates && counts[best] > 0; k++)
        if (counts[k] == counts[best])
            rmt_csv_warning(r, r->line, NULL,
                            "the header has as many '%s' as '%s', which is taken as the "
                            "delimiter; 'delimiter' in the plan settles it",
                            candidates[k] == '\t' ? "tab" : (char[]){candidates[k], '\0'},
                            candidates[best] == '\t' ? "tab" : (char[]){candidates[best], '\0'});
    return candidates[best];
}

/* Gives libcsv a part of the line. false: the rest of the line is not to be read. */
static bool feed(rmt_csv_reader *r, const char *s, size_t n)
{
    if (n == 0) return true;
    r->row_bytes += n;
    size_t done = csv_parse(&r->csv, s, n, rmt_csv_on_cell, rmt_csv_on_row, r);
    if (done == n) return r->st == RMT_OK;
    if (csv_error(&r->csv) != CSV_EPARSE) {
        if (!r->st)
            r->st = rmt_fail_at(r->err, RMT_ERR_NOMEM, r->source, r->line, NULL, "no memory");
        return false;
    }
    const char *rule = r->csv.quoted ? "text after the closing quote" : "a quote within the cell";
    if (r->cell_line == r->line)
        rmt_csv_problem(r, r->line, rmt_csv_field_name(r, r->n_cells), "field %zu: %s",
                        r->n_cells + 1, rule);
    else
        rmt_csv_problem(r, r->line, rmt_csv_field_name(r, r->n_cells),
                        "field %zu, begun on line %zu: %s", r->n_cells + 1, r->cell_line, rule);
    /* Start anew with the next line, to find what else is wrong. csv_fini would deliver half a row.
     */
    csv_free(&r->csv);
    r->csv_ready = false;
    rmt_csv_give_up_row(r);
    r->header_done = true;
    r->st = start_parser(r);
    return false;
}

static void report_byte(rmt_csv_reader *r, unsigned char byte)
{
    size_t field = r->n_cells + 1;
    const char *name = rmt_csv_field_name(r, r->n_cells);
    rmt_encoding e = r->windows_line ? RMT_ENCODING_WINDOWS_1252 : r->decoder.encoding;
    if (byte == 0) rmt_csv_problem(r, r->line, name, "field %zu: NUL byte", field);
    else if (byte == MIXED && r->windows_line)
        rmt_csv_problem(
            r, r->line, name,
            "field %zu: a character of UTF-8, but line %zu is not UTF-8; 'encoding' in the "
            "plan settles it",
            field, r->windows_line);
    else if (r->mixed && !r->windows_line)
        rmt_csv_problem(
            r, r->line, name,
            "field %zu: byte 0x%02X is not valid UTF-8, but line %zu is; 'encoding' in the "
            "plan settles it",
            field, (unsigned)byte, r->utf8_line);
    else if (e == RMT_ENCODING_UTF8 || e == RMT_ENCODING_WINDOWS_1252)
        rmt_csv_problem(r, r->line, name, "field %zu: byte 0x%02X is not valid %s", field,
                        (unsigned)byte, e == RMT_ENCODING_UTF8 ? "UTF-8" : "windows-1252");
    else
        rmt_csv_problem(r, r->line, name, "field %zu: %s", field,
                        byte == RMT_HALF_UNIT ? "the last character is cut in half"
                                              : "half of a UTF-16 surrogate pair");
}

/* Offset of the first byte that is NUL or not ASCII, or n. */
static size_t ascii_prefix(const char *s, size_t n)
{
    static const uint64_t high = UINT64_C(0x8080808080808080), low = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, s + i, 8);
        if ((word | (word - low)) & high) break; /* a byte from 0x80 on, or (at least) one zero */
    }
    while (i < n && (unsigned char)(s[i] - 1) < 0x7F)
        i++;
    return i;
}

/* Offset of the first byte that is NUL or not UTF-8, or n. */
static size_t clean_prefix(const char *s, size_t n)
{
    const char *nul = memchr(s, '\0', n);
    return rmt_text_utf8_valid_prefix(s, nul ? (size_t)(nul - s) : n);
}

/* Offset of the first character beyond ASCII that is valid UTF-8, or n. */
static size_t find_utf8(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && ((unsigned char)s[i] < 0x80 ||
                     !rmt_text_utf8_valid_prefix(s + i, n - i < 4 ? n - i : 4)))
        i++;
    return i;
}

/* Puts '?' for every byte that is NUL or not UTF-8, in one pass over s[0..n). */
static void replace_bad(char *s, size_t n)
{
    while (n > 0) {
        const char *nul = memchr(s, '\0', n);
        size_t part = nul ? (size_t)(nul - s) : n;
        for (size_t at = 0; (at += rmt_text_utf8_valid_prefix(s + at, part - at)) < part;)
            s[at] = '?';
        if (nul) s[part++] = '?';
        s += part;
        n -= part;
    }
}

static rmt_status recode(rmt_csv_reader *r, const char *s, size_t n)
{
    rmt_decoder windows = {.encoding = RMT_ENCODING_WINDOWS_1252};
    return rmt_decoder_add(&windows, &r->recoded, (const unsigned char *)s, n, true, r->err);
}

/* Puts (*s)[0..*n) of windows-1252 as UTF-8 into r->recoded. Before a character that is UTF-8 already comes a byte
 * that will be reported: the file holds both, and one of them would become other characters. */
static rmt_status recode_line(rmt_csv_reader *r, char **s, size_t *n)
{
    size_t place = r->mixed ? *n : find_utf8(*s, *n);
    r->recoded.len = 0;
    rmt_status st = recode(r, *s, place);
    if (!st && place < *n) {
        r->mixed = true;
        st = rmt_text_add_bytes(&r->recoded, (char[]){(char)MIXED}, 1, r->err);
        if (!st) st = recode(r, *s + place, *n - place);
    }
    *s = r->recoded.s;
    *n = r->recoded.len;
    return st;
}

/* s[0] is the first byte that is not UTF-8, of a file that does not say its encoding. */
static void begin_windows(rmt_csv_reader *r, const char *s, size_t n)
{
    char bytes[4 * sizeof " 0x00"] = "";
    for (size_t i = 0; i < n && i < 4 && (unsigned char)s[i] >= 0x80; i++)
        snprintf(bytes + 5 * i, sizeof bytes - 5 * i, " 0x%02X", (unsigned)(unsigned char)s[i]);
    r->windows_line = r->line;
    strcpy(r->facts->encoding, rmt_encoding_name(RMT_ENCODING_WINDOWS_1252));
    rmt_csv_warning(r, r->line, rmt_csv_field_name(r, r->n_cells),
                    "field %zu: no UTF-8:%s; the file is read as windows-1252, 'encoding' in the "
                    "plan settles it",
                    r->n_cells + 1, bytes);
}

/* Excel's own first line: "sep=;" */
static bool names_delimiter(rmt_csv_reader *r, const char *s, size_t n)
{
    if (r->line > 1 || n != 5 || memcmp(s, "sep=", 4) != 0 || !strchr(",;\t|", s[4])) return false;
    if (!r->facts->delimiter) r->facts->delimiter = s[4];
    return true;
}

/* A line of blanks alone, or of delimiters alone, as spreadsheets and people leave them behind. In a table of one column
 * blanks are its cell; a plan that counts the rows of a footer has counted them with it. */
static bool is_blank_line(const rmt_csv_reader *r, const char *s, size_t n)
{
    const char delimiter = r->facts->delimiter;
    size_t n_delimiters = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] == delimiter) n_delimiters++;
        else if (s[i] != ' ' && s[i] != '\t') return false;
    if (n == 0) return true;
    if (!r->width_known) return n_delimiters == 0 || delimiter == '\t';
    if (r->n_cols < 2 || r->options->footer_rows > 0) return false;
    return n_delimiters == 0 || delimiter == '\t' ||
           (n_delimiters == n && n + 1 == rmt_csv_width(r));
}

/* Before the header, a comment, or blank. */
static bool is_passed_over(rmt_csv_reader *r, const char *s, size_t n)
{
    const rmt_csv_options *o = r->options;
    if (r->row_open) return false;
    if (names_delimiter(r, s, n) || r->line <= o->skip_rows ||
        (o->comment && n > 0 && s[0] == o->comment))
        r->facts->skipped_lines++;
    else if (is_blank_line(r, s, n)) r->facts->blank_lines++;
    else return false;
    return true;
}

/* Makes (*s)[0..*n) UTF-8. *clean: so many bytes of it are. */
static rmt_status decode_line(size_t *clean, rmt_csv_reader *r, char **s, size_t *n)
{
    *clean = ascii_prefix(*s, *n);
    if (*clean == *n) return RMT_OK;
    if (r->windows_line) {
        rmt_status st = recode_line(r, s, n);
        if (st) return st;
        *clean = 0;
    }
    size_t n_utf8 = clean_prefix(*s + *clean, *n - *clean);
    if (n_utf8 > 0 && !r->windows_line && !r->utf8_line) r->utf8_line = r->line;
    *clean += n_utf8;
    return RMT_OK;
}

/* Gives libcsv the rest of a line, which begins with a byte that is NUL or not UTF-8. As feed. */
static bool feed_unclean(rmt_csv_reader *r, char *s, size_t n)
{
    if (*s && r->guess && !r->windows_line && !r->mixed) {
        r->mixed = r->utf8_line > 0;
        if (!r->mixed) {
            begin_windows(r, s, n);
            if ((r->st = recode_line(r, &s, &n))) return false;
            const size_t clean = clean_prefix(s, n);
            if (!feed(r, s, clean)) return false;
            s += clean;
            n -= clean;
        }
    }
    if (n == 0) return true;
    /* Reported once for the line; what cannot be read is replaced, so that the row can go on. */
    report_byte(r, (unsigned char)*s);
    replace_bad(s, n);
    return feed(r, s, n);
}

/* One physical line with its terminator, if it has one. */
static rmt_status take_line(rmt_csv_reader *r, char *s, size_t n, bool terminated)
{
    size_t content = n, clean = 0;
    while (terminated && content > 0 && (s[content - 1] == '\n' || s[content - 1] == '\r'))
        content--;
    if (!r->row_open && content >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
        rmt_csv_warning(r, r->line, NULL,
                        "a byte order mark within the file, passed over; were files put together?");
        s += 3;
        n -= 3;
        content -= 3;
    }
    if (is_passed_over(r, s, content)) return RMT_OK;
    if (!r->csv_ready) {
        if (!r->facts->delimiter) r->facts->delimiter = sniff_delimiter(r, s, content);
        if ((r->st = start_parser(r))) return r->st;
    }
    const size_t n_break = n - content;
    if ((r->st = decode_line(&clean, r, &s, &n))) return r->st;
    if (clean == n && rmt_csv_take_plain_row(r, s, n - n_break)) return r->st;
    const bool inner = r->row_open;
    const size_t n_before = r->n_cells, began = r->cell_line;
    if (inner) r->facts->inner_lines++;
    else rmt_csv_open_row(r);
    if (!feed(r, s, clean)) return r->st;
    if (clean < n && !feed_unclean(r, s + clean, n - clean)) return r->st;
    r->cut = !terminated;
    if (!terminated && !feed(r, "\n", 1)) return r->st;
    if (inner && r->row_open && r->n_cells == n_before) rmt_csv_note_inner_line(r, s, n, began);
    if (r->row_bytes > RMT_CSV_ROW_MAX) {
        rmt_csv_problem(r, r->row_line, NULL, "row is longer than %zu MiB; a quote may be open",
                        RMT_CSV_ROW_MAX >> 20);
        rmt_csv_give_up_row(r);
        r->stop = true;
    }
    return r->st;
}

/* The next place of c, from *next on. */
static size_t find(const rmt_text *in, size_t *next, size_t from, char c)
{
    if (*next < from) *next = from;
    if (*next < in->len && in->s[*next] != c) {
        const char *p = memchr(in->s + *next, c, in->len - *next);
        *next = p ? (size_t)(p - in->s) : in->len;
    }
    return *next < in->len ? *next : in->len;
}

rmt_status rmt_csv_split_lines(rmt_csv_reader *r, bool last)
{
    while (r->at < r->in.len && !r->stop) {
        size_t len = r->in.len;
        size_t lf = find(&r->in, &r->next_lf, r->at, '\n');
        size_t cr = find(&r->in, &r->next_cr, r->at, '\r');
        size_t end = lf < len ? lf + 1 : len;
        bool terminated = lf < len;
        if (cr < len && cr + 1 < end) {
            if (r->in.s[cr + 1] != '\n') end = cr + 1, terminated = true; /* old Macintosh */
        } else if (!terminated && cr < len) {                             /* the last byte */
            if (!last) break;                                             /* is it CR or CRLF? */
            end = len, terminated = true;
        }
        if (!terminated && !last) {
            if (len - r->at <= RMT_CSV_ROW_MAX) break;
            rmt_csv_problem(r, r->line + 1, NULL, "line is longer than %zu MiB",
                            RMT_CSV_ROW_MAX >> 20);
            r->stop = true;
            break;
        }
        r->line++;
        r->facts->lines++;
        rmt_status st = take_line(r, r->in.s + r->at, end - r->at, terminated);
        if (st) return st;
        r->at = end;
    }
    /* Keep only what is left. */
    if (r->in.len > 0) memmove(r->in.s, r->in.s + r->at, r->in.len - r->at);
    r->in.len -= r->at;
    r->next_lf = r->next_lf > r->at ? r->next_lf - r->at : 0;
    r->next_cr = r->next_cr > r->at ? r->next_cr - r->at : 0;
    r->at = 0;
    return RMT_OK;
}
