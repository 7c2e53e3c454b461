/* init_read.c - how a file is to be read, and its reading. See init_read.h. */
#include "init_read.h"

#include "rmt/csv.h"
#include "rmt/mem.h"
#include "rmt/missing_words.h"
#include "rmt/num.h"
#include "rmt/wide_file.h"

#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

/* A list of texts as a node. */
static rmt_status list_of(rmt_node **out, rmt_doc *doc, const char *const *texts, size_t n,
                          rmt_error *err)
{
    rmt_node *item;
    rmt_status st = rmt_node_new(out, doc, RMT_NODE_LIST, 0, err);
    for (size_t i = 0; !st && i < n; i++)
        if (!(st = rmt_node_new_scalar(&item, doc, texts[i], strlen(texts[i]), true, 0, err)))
            st = rmt_node_list_add(*out, item, err);
    return st;
}

/* {1: row}, for a first column without a name. */
static rmt_status first_name(rmt_node **out, rmt_doc *doc, rmt_error *err)
{
    rmt_node *name;
    rmt_status st = rmt_node_new(out, doc, RMT_NODE_MAP, 0, err);
    if (!st) st = rmt_node_new_scalar(&name, doc, "row", 3, true, 0, err);
    return st ? st : rmt_node_map_add(*out, "1", name, err);
}

/* "12,5" or "12": half the cells of a text column are, at least, and more have a comma than a point. */
static bool has_decimal_commas(const rmt_table *t, size_t col)
{
    size_t n = 0, n_whole = 0, n_commas = 0, n_points = 0;
    if (rmt_table_type(t, col) != RMT_TYPE_STRING) return false;
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        const char *s = rmt_table_text(t, col, row);
        if (!s[0] || rmt_missing_kind_of(s)) continue;
        n++;
        s += *s == '-';
        const size_t whole = strspn(s, "0123456789");
        const char sign = whole ? s[whole] : 'x';
        const bool tail = sign && strspn(s + whole + 1, "0123456789") == strlen(s + whole + 1);
        n_whole += sign == '\0';
        n_commas += sign == ',' && tail;
        n_points += sign == '.' && tail;
    }
    return n_commas > n_points && 2 * (n_whole + n_commas) >= n;
}

static bool any_decimal_commas(const rmt_table *t)
{
    for (size_t col = 0; col < rmt_table_columns(t); col++)
        if (has_decimal_commas(t, col)) return true;
    return false;
}

/* Rows of another width at the end that are no records: how many the plan has to pass over. f->read: NULL where there are
 * none. */
static rmt_status read_without_footer(rmt_init_file *f, rmt_csv_options *how, rmt_csv_facts *facts,
                                      rmt_problems *notes, rmt_error *err)
{
    rmt_error why = {0};
    for (size_t n = 1; n <= RMT_FOOTER_TEXTS && !f->read; n++) {
        rmt_table *t = NULL;
        rmt_problems_clear(notes);
        how->footer_rows = n;
        const rmt_status st = rmt_csv_read(&t, facts, f->path, f->path, how, notes, &why);
        if (st == RMT_ERR_NOMEM) {
            if (err) *err = why;
            return st;
        }
        if (st) continue;
        if (rmt_init_are_footers(facts, t)) {
            f->footer_rows = n;
            f->read = t;
            return RMT_OK;
        }
        rmt_table_free(t);
        break;
    }
    how->footer_rows = 0;
    rmt_problems_clear(notes);
    return RMT_OK;
}

static bool lacks_first_name(const rmt_problems *found)
{
    for (size_t i = 0; i < found->n_kept; i++)
        if (strcmp(found->kept[i].msg, "column 1 has no name") == 0) return true;
    return false;
}

/* The file as it is; its first column gets a name where it has none. */
static rmt_status read_once(rmt_init_file *f, rmt_doc *doc, rmt_csv_options *how,
                            rmt_csv_facts *facts, rmt_problems *notes, rmt_error *err)
{
    rmt_problems found = {0}, found_again = {0};
    const rmt_problems *told = &found;
    rmt_error why = {0}, why_again = {0};
    rmt_node *names = NULL;
    rmt_status st = rmt_csv_read(&f->read, facts, f->path, f->path, how, &found, &why);
    if (st == RMT_ERR_MALFORMED && found.n_errors <= RMT_FOOTER_TEXTS) {
        const rmt_status tried = read_without_footer(f, how, facts, &found_again, err);
        if (tried) return tried;
        if (f->read) st = RMT_OK, told = &found_again;
    }
    if (st == RMT_ERR_MALFORMED && lacks_first_name(&found)) {
        if ((st = first_name(&names, doc, err))) return st;
        how->names = names;
        st = rmt_csv_read(&f->read, facts, f->path, f->path, how, &found_again, &why_again);
        f->names_first = st == RMT_OK;
        if (st == RMT_OK) told = &found_again;
        else if (st != RMT_ERR_NOMEM) st = RMT_ERR_MALFORMED; /* as it was without the name */
        else why = why_again;
    }
    for (size_t i = 0; i < told->n_kept && st == RMT_ERR_MALFORMED; i++) {
        const rmt_error *p = &told->kept[i];
        if (told->severity[i] == RMT_SEVERITY_ERROR)
            return rmt_fail_at(err, st, p->source, p->line, p->column, "%s", p->msg);
    }
    for (size_t i = 0; i < told->n_kept; i++) {
        const rmt_error *p = &told->kept[i];
        rmt_problems_add(notes, told->severity[i], p->code, p->source, p->line, p->column, "%s",
                         p->msg);
    }
    if (st && err) *err = why;
    return st;
}

/* ---- a title above the header ---------------------------------------------------------------- */

/* The first line behind those passed over, as a header: n = 0 where it is none. */
typedef struct {
    size_t n, n_unnamed;
    bool numbers; /* a name is a number: rather a row */
} header_look;

static rmt_status look_at_header(header_look *h, const char *path, size_t skip_rows, rmt_error *err)
{
    rmt_problems notes = {0};
    rmt_error why = {0};
    rmt_table *t = NULL;
    const rmt_csv_options how = {.decimal_char = '.', .skip_rows = skip_rows, .header_only = true};
    const rmt_status st = rmt_csv_read(&t, NULL, path, path, &how, &notes, &why);
    *h = (header_look){.n_unnamed = notes.n_errors};
    if (st == RMT_ERR_NOMEM && err) *err = why;
    if (st) return st == RMT_ERR_NOMEM ? st : RMT_OK;
    h->n = rmt_table_columns(t) - 1;
    for (size_t i = 0; i < h->n; i++) {
        double x;
        const char *name = rmt_table_name(t, i);
        h->numbers = h->numbers || rmt_num_parse_double(name, strlen(name), &x);
    }
    rmt_table_free(t);
    return RMT_OK;
}

/* Lines of a title before the header: none of them has more than half as many cells as it. 0 = the header is the first line. */
static rmt_status find_header(size_t *skip_rows, const char *path, rmt_error *err)
{
    enum { TITLE_LINES_MAX = 10 };
    header_look above[TITLE_LINES_MAX + 1];
    *skip_rows = 0;
    for (size_t i = 0; i <= TITLE_LINES_MAX; i++) {
        const rmt_status st = look_at_header(&above[i], path, i, err);
        if (st) return st;
        const size_t n = above[i].n;
        bool header = n > 1 && !above[i].numbers;
        for (size_t k = 0; k < i && header; k++) {
            const size_t unnamed = above[k].n_unnamed;
            const size_t named = above[k].n ? above[k].n : n > unnamed ? n - unnamed : 0;
            header = 2 * named <= n;
        }
        if (!header || i == 0) continue;
        *skip_rows = i;
        return RMT_OK;
    }
    return RMT_OK;
}

/* The file as it is, from its header on. */
static rmt_status read_from_header(rmt_init_file *f, rmt_doc *doc, rmt_csv_options *how,
                                   rmt_csv_facts *facts, rmt_problems *notes, rmt_error *err)
{
    enum { ONE_COLUMN = 2 }; /* and that of lines */
    rmt_error why = {0};
    rmt_status st = read_once(f, doc, how, facts, notes, &why);
    const bool doubtful =
        st == RMT_ERR_MALFORMED || (!st && rmt_table_columns(f->read) == ONE_COLUMN);
    size_t skip_rows = 0;
    if (doubtful) {
        const rmt_status found = find_header(&skip_rows, f->path, err);
        if (found) return found;
    }
    if (skip_rows) {
        rmt_table_free(f->read);
        f->read = NULL;
        f->names_first = false;
        how->names = NULL;
        f->skip_rows = how->skip_rows = skip_rows;
        return read_once(f, doc, how, facts, notes, err);
    }
    if (st == RMT_ERR_MALFORMED && why.line == 1)
        return rmt_fail_at(err, st, why.source, why.line, why.column,
                           "%s; where the header stands further down, the plan says how many lines "
                           "come before it (skip_rows)",
                           why.msg);
    if (st && err) *err = why;
    return st;
}

/* ---- wide files ------------------------------------------------------------------------------ */

/* A wide file, made long as the plan will have it. */
static rmt_status read_long(rmt_table **out, const rmt_init_file *f, const rmt_csv_options *how,
                            rmt_error *err)
{
    const char *wrong;
    rmt_problems notes = {0};
    rmt_csv_facts facts;
    size_t n_columns;
    rmt_table *columns = NULL;
    rmt_wide *w = rmt_mem_array(1, sizeof *w, err);
    if (!w) return RMT_ERR_NOMEM;
    const rmt_plan_table pt = {.file = f->path, .wide = w};
    rmt_status st = RMT_OK;
    w->visit = "visit";
    w->source = f->path;
    w->patterns = rmt_mem_array(1, sizeof *w->patterns, err);
    w->scheduled = rmt_mem_array(f->wide->n_visits, sizeof *w->scheduled, err);
    if (!w->patterns || !w->scheduled) st = RMT_ERR_NOMEM;
    else st = rmt_wide_pattern_parse(&w->patterns[0], f->wide->pattern, &wrong, err);
    if (!st) w->n_patterns = 1;
    for (size_t i = 0; !st && i < f->wide->n_visits; i++)
        w->scheduled[w->n_scheduled++] = f->wide->visits[i];
    if (!st)
        st = rmt_wide_file_read(out, &columns, NULL, &facts, &n_columns, f->path, &pt, how, &notes,
                                err);
    rmt_table_free(columns);
    rmt_wide_free(w);
    return st;
}

/* One more reading, as the first was. */
static rmt_status read_again(rmt_table **out, const rmt_init_file *f, const rmt_csv_options *how,
                             rmt_error *err)
{
    rmt_problems notes = {0};
    rmt_table_free(*out);
    *out = NULL;
    return f->wide ? read_long(out, f, how, err)
                   : rmt_csv_read(out, NULL, f->path, f->path, how, &notes, err);
}

/* Names of columns that hold visits: then the tables are of the file made long, if it can be. */
static rmt_status look_for_visits(rmt_init_file *f, const rmt_csv_options *how, rmt_error *err)
{
    const size_t n = rmt_table_columns(f->read) - 1;
    rmt_error why = {0};
    rmt_table *made = NULL;
    const char **names = rmt_mem_array(n, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_table_name(f->read, i);
    rmt_status st = rmt_recognise_wide(&f->wide, names, n, err);
    rmt_mem_free(names);
    if (st || !f->wide) return st;
    st = read_long(&made, f, how, &why);
    if (st == RMT_OK) {
        rmt_table_free(f->read);
        f->read = made;
        rmt_mem_free(f->titles); /* of the file's columns */
        f->titles = NULL;
        return RMT_OK;
    }
    if (st == RMT_ERR_NOMEM) {
        if (err) *err = why;
        return st;
    }
    rmt_recognised_wide_free(f->wide); /* a name that two columns would have, or the like */
    f->wide = NULL;
    return RMT_OK;
}

/* Columns of names that were read as decimal numbers are read as text. labels: caller's, also while `how` is used. */
static rmt_status keep_names(const char ***labels, rmt_init_file *f, rmt_doc *doc,
                             rmt_csv_options *how, rmt_error *err)
{
    const size_t n = rmt_table_columns(f->read);
    if (!(*labels = rmt_mem_array(n, sizeof **labels, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *name = rmt_table_name(f->read, i);
        rmt_node *kept; /* the table is read again: the name lives in doc */
        if (rmt_table_type(f->read, i) != RMT_TYPE_NUMBER || !rmt_recognise_holds_names(name))
            continue;
        rmt_status st = rmt_node_new_scalar(&kept, doc, name, strlen(name), true, 0, err);
        if (st) return st;
        (*labels)[how->n_labels++] = rmt_node_text(kept);
    }
    how->labels = *labels;
    return how->n_labels ? read_again(&f->read, f, how, err) : RMT_OK;
}

/* Columns of which most cells are numbers are read as such from now on, and words for "missing" as missing. numbers:
 * caller's, also while `how` is used. */
static rmt_status read_codes(const char ***numbers, rmt_init_file *f, rmt_doc *doc,
                             rmt_csv_options *how, rmt_error *err)
{
    rmt_status st;
    rmt_node *codes = NULL;
    size_t n_words, n_all;
    const char **words = NULL;
    const size_t n = rmt_table_columns(f->read);
    if (!(*numbers = rmt_mem_array(n, sizeof **numbers, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (rmt_recognise_mostly_numbers(f->read, i, f->decimal))
            (*numbers)[how->n_numbers++] = rmt_table_name(f->read, i);
    how->numbers = *numbers;
    if ((st = rmt_recognise_missing(&words, &n_words, &n_all, f->read, err))) return st;
    if (how->n_numbers == 0 && n_all == 0) goto done;
    if ((st = list_of(&codes, doc, words, n_words, err))) goto done;
    how->missing = codes;
    if ((st = read_again(&f->without_words, f, how, err)) ||
        (st = list_of(&codes, doc, words, n_all, err)))
        goto done;
    how->missing = codes;
    st = read_again(&f->without_codes, f, how, err);
done:
    rmt_mem_free(words);
    return st;
}

/* Rows of labels behind the header are passed over from now on; the first of them gives the titles. */
static rmt_status look_for_labels(rmt_init_input *in, rmt_init_file *f, rmt_csv_options *how,
                                  rmt_error *err)
{
    rmt_status st;
    rmt_doc *doc = NULL;
    const size_t n = rmt_table_columns(f->read), rows = rmt_init_label_rows(f->read);
    if (rows == 0) return RMT_OK;
    if ((st = rmt_mem_grow(&in->docs, &in->cap_docs, in->n_docs + 1, sizeof *in->docs, err)) ||
        (st = rmt_doc_new(&doc, f->path, err)))
        return st;
    in->docs[in->n_docs++] = doc;
    if (!(f->titles = rmt_mem_array(n, sizeof *f->titles, err))) return RMT_ERR_NOMEM;
    for (size_t col = 0; col < n; col++) {
        rmt_node *title;
        const bool text = rmt_table_type(f->read, col) == RMT_TYPE_STRING;
        const char *cell = text ? rmt_table_text(f->read, col, 0) : "";
        if ((st = rmt_node_new_scalar(&title, doc, cell, strlen(cell), true, 0, err))) return st;
        f->titles[col] = rmt_node_text(title);
    }
    f->label_rows = how->label_rows = rows;
    return read_again(&f->read, f, how, err);
}

static rmt_status read_file(rmt_init_input *in, rmt_init_file *f, rmt_problems *notes,
                            rmt_error *err)
{
    rmt_status st;
    rmt_doc *doc = NULL;
    const char **labels = NULL, **numbers = NULL;
    rmt_csv_options how = {.decimal_char = '.'};
    rmt_csv_facts facts;
    if ((st = rmt_doc_new(&doc, f->path, err))) return st;
    if ((st = read_from_header(f, doc, &how, &facts, notes, err))) goto done;
    f->delimiter = how.delimiter = facts.delimiter;
    f->windows_1252 = strcmp(facts.encoding, "windows-1252") == 0;
    how.encoding = f->windows_1252 ? facts.encoding : NULL;
    if ((st = look_for_labels(in, f, &how, err))) goto done;
    const size_t more = rmt_init_footer_rows(f->read);
    how.footer_rows = f->footer_rows += more;
    if (more && (st = read_again(&f->read, f, &how, err))) goto done;
    if (f->delimiter != ',' && any_decimal_commas(f->read)) {
        f->decimal = how.decimal_char = ',';
        if ((st = read_again(&f->read, f, &how, err))) goto done;
    }
    if ((st = keep_names(&labels, f, doc, &how, err)) || (st = look_for_visits(f, &how, err)))
        goto done;
    st = read_codes(&numbers, f, doc, &how, err);
done:
    rmt_mem_free(labels);
    rmt_mem_free(numbers);
    rmt_doc_free(doc);
    return st;
}

rmt_status rmt_init_read(rmt_init_input *in, rmt_problems *notes, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < in->n_files && !st; i++)
        if (!in->files[i].read) st = read_file(in, &in->files[i], notes, err);
    return st;
}
