/* study_own.c - reads the files that rmt_study_save writes, without libhdf5.
 *
 * First what the headers seem to say is collected, with no more trust than it takes not to leave the
 * bytes: names, kinds, widths, numbers of rows. From these alone the layout is made anew, as for
 * saving, and all its bytes are compared with the file's. When one differs, the file is not our own and
 * goes the way of all others. So no address, size or flag of the file is ever believed: those
 * used here are the ones computed. */
#include <string.h>

#include "h5_layout.h"
#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_internal.h"

/* The bytes behind the user block. */
typedef struct {
    const unsigned char *bytes;
    uint64_t n;
} image;

static uint64_t get(const unsigned char *p, size_t n)
{
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)p[i] << (8 * i);
    return x;
}

/* ---- object headers ------------------------------------------------------------------------ */

enum { HEADER = 16, MESSAGE = 8 }; /* bytes before the messages, and before a message's content */
enum { IS_DATASPACE = 1, IS_LINK_INFO = 2, IS_DATATYPE = 3, IS_LINK = 6, IS_ATTRIBUTE = 12 };

/* Goes over the messages of one header. */
typedef struct {
    const unsigned char *at, *end;
    unsigned type;
    const unsigned char *content;
    size_t n;
} messages;

static bool begin(messages *m, const image *f, uint64_t header)
{
    if (header > f->n || f->n - header < HEADER) return false;
    const unsigned char *p = f->bytes + header;
    const uint64_t n = get(p + 8, 4);
    if (n > f->n - header - HEADER) return false;
    *m = (messages){.at = p + HEADER, .end = p + HEADER + n};
    return true;
}

/* False at the end, and where the header makes no sense: the comparison finds that. */
static bool next(messages *m)
{
    if (m->end - m->at < MESSAGE) return false;
    m->type = (unsigned)get(m->at, 2);
    m->n = (size_t)get(m->at + 2, 2);
    m->content = m->at + MESSAGE;
    if ((size_t)(m->end - m->content) < m->n) return false;
    m->at = m->content + m->n;
    return true;
}

/* The value of an attribute, and its name, ended by NUL. */
static bool read_attribute(const messages *m, const char **name, const unsigned char **value,
                           size_t *n)
{
    if (m->n < 8) return false;
    const size_t n_name = (size_t)get(m->content + 2, 2), n_type = (size_t)get(m->content + 4, 2);
    const size_t n_space = (size_t)get(m->content + 6, 2);
    const size_t type = 8 + ((n_name + 7) & ~(size_t)7), space = type + ((n_type + 7) & ~(size_t)7);
    const size_t at = space + ((n_space + 7) & ~(size_t)7);
    if (at > m->n || n_name == 0 || n_type < 8 || m->content[8 + n_name - 1] != '\0') return false;
    *name = (const char *)m->content + 8;
    *value = m->content + at;
    *n = (size_t)get(m->content + type + 4, 4);
    return *n <= m->n - at;
}

static bool read_link(const messages *m, const char **name, size_t *n, uint64_t *address)
{
    const size_t lengths[] = {1, 2, 4, 8};
    if (m->n < 12) return false;
    const size_t n_length = lengths[m->content[1] & 3], at = 11 + n_length;
    if (m->n < at + 8) return false;
    const uint64_t length = get(m->content + 11, n_length);
    if (length > m->n - at - 8) return false;
    *name = (const char *)m->content + at;
    *n = (size_t)length;
    *address = get(m->content + at + length, 8);
    return true;
}

/* ---- what the file seems to hold ----------------------------------------------------------- */

typedef struct {
    image f;
    rmt_found found;
    uint64_t last; /* headers come in ascending order: nothing is visited twice */
    char *generator;
    rmt_found_dataset plan; /* link NULL = none */
    size_t *order;          /* tables as they come: index in found, or DICTIONARY */
    size_t n_order, cap_order;
} reading;

#define DICTIONARY SIZE_MAX

/* RMT_ERR_SCHEMA stands for "not our own" here; it is never shown. */
static rmt_status not_own(void)
{
    return RMT_ERR_SCHEMA;
}

static rmt_status copy_text(char **out, const void *s, size_t n, rmt_error *err)
{
    if (memchr(s, '\0', n) || rmt_text_utf8_valid_prefix(s, n) != n) return not_own();
    char *copy = rmt_mem_text(s, n, err);
    if (!copy) return RMT_ERR_NOMEM;
    rmt_mem_free(*out);
    *out = copy;
    return RMT_OK;
}

/* A dataset: the message under m is its dataspace. */
static rmt_status read_dataset(rmt_found_dataset *d, messages *m, bool is_scalar)
{
    const size_t n_space = is_scalar ? 8 : 16;
    if (m->n != n_space) return not_own();
    d->rows = is_scalar ? 1 : get(m->content + 8, 8);
    if (d->rows > RMT_STUDY_MAX_ROWS) return not_own();
    if (!next(m) || m->type != IS_DATATYPE || m->n < 8) return not_own();
    d->raw.width = (size_t)get(m->content + 4, 4);
    switch (m->content[0] & 15) {
    case 0:
        d->kind = RMT_FOUND_INTEGER;
        return d->raw.width == sizeof(int32_t) ? RMT_OK : not_own();
    case 1: d->kind = RMT_FOUND_FLOAT; return d->raw.width == sizeof(double) ? RMT_OK : not_own();
    default: break;
    }
    d->kind = RMT_FOUND_TEXT;
    if (d->raw.width == 0 || (!is_scalar && d->raw.width > RMT_STUDY_MAX_WIDTH)) return not_own();
    return RMT_OK;
}

static rmt_status add_dataset(rmt_found_group *g, const char *name, size_t n, messages *m,
                              rmt_error *err)
{
    rmt_status st = rmt_mem_grow(&g->datasets, &g->cap, g->n + 1, sizeof *g->datasets, err);
    if (st) return st;
    rmt_found_dataset *d = &g->datasets[g->n];
    *d = (rmt_found_dataset){0};
    if ((st = copy_text(&d->link, name, n, err))) return st;
    g->n++;
    if ((st = read_dataset(d, m, false))) return st;
    return d->rows == g->rows ? RMT_OK : not_own();
}

static rmt_status take_attribute(rmt_found_group *g, const messages *m, rmt_error *err)
{
    const char *name;
    const unsigned char *value;
    size_t n;
    if (!read_attribute(m, &name, &value, &n)) return not_own();
    if (strcmp(name, "rows") == 0 && n == 8) {
        g->rows = get(value, 8);
        g->has_rows = true;
        return g->rows <= RMT_STUDY_MAX_ROWS ? RMT_OK : not_own();
    }
    if (strcmp(name, "title") == 0) return copy_text(&g->title, value, n, err);
    if (strcmp(name, "sha256") == 0 && n == RMT_DIGEST_HEX - 1) {
        for (size_t i = 0; i < n; i++)
            if (!strchr("0123456789abcdef", value[i])) return not_own();
        memcpy(g->digest, value, n);
        return RMT_OK;
    }
    return not_own();
}

static rmt_status keep_group(reading *r, rmt_found_group *g, rmt_error *err)
{
    rmt_status st = rmt_mem_grow(&r->order, &r->cap_order, r->n_order + 1, sizeof *r->order, err);
    if (st) return st;
    if (strcmp(g->path, "/dictionary") == 0) {
        if (r->found.has_dictionary) return not_own();
        r->found.dictionary = *g;
        r->found.has_dictionary = true;
        r->order[r->n_order++] = DICTIONARY;
    } else {
        st = rmt_mem_grow(&r->found.groups, &r->found.cap, r->found.n + 1, sizeof *g, err);
        if (st) return st;
        r->order[r->n_order++] = r->found.n;
        r->found.groups[r->found.n++] = *g;
    }
    *g = (rmt_found_group){0};
    return RMT_OK;
}

/* Moves on to the header at `address`, which must be that of a new object. */
static bool enter(reading *r, messages *m, uint64_t address)
{
    if (address <= r->last || !begin(m, &r->f, address) || !next(m)) return false;
    r->last = address;
    return true;
}

static rmt_status read_group(reading *r, messages *m, const char *path, int depth, rmt_error *err);

/* The object that a link of the group leads to. */
static rmt_status follow(reading *r, rmt_found_group *g, const messages *link, const char *path,
                         int depth, bool *is_group, rmt_error *err)
{
    const char *name;
    size_t n;
    uint64_t address;
    messages m;
    if (!read_link(link, &name, &n, &address) || n == 0 || memchr(name, '/', n) ||
        (n == 1 && *name == '.') || !enter(r, &m, address))
        return not_own();

    *is_group = m.type == IS_LINK_INFO;
    if (!*is_group && m.type != IS_DATASPACE) return not_own();
    if (!*is_group && depth > 0) return add_dataset(g, name, n, &m, err);
    if (!*is_group) {
        rmt_status st = r->plan.link ? not_own() : copy_text(&r->plan.link, name, n, err);
        return st ? st : read_dataset(&r->plan, &m, true);
    }
    if (depth == RMT_STUDY_MAX_DEPTH) return not_own();
    rmt_text below = {0};
    char *text = NULL;
    rmt_status st = copy_text(&text, name, n, err);
    if (!st) st = rmt_text_addf(&below, err, "%s/%s", path, text);
    if (!st) st = read_group(r, &m, below.s, depth + 1, err);
    rmt_text_clear(&below);
    rmt_mem_free(text);
    return st;
}

/* The group whose first message is under m. Attributes stand behind the links: a first turn reads them. */
static rmt_status read_group(reading *r, messages *m, const char *path, int depth, rmt_error *err)
{
    rmt_found_group g = {0};
    rmt_status st = RMT_OK;
    size_t n_groups = 0;

    if (!(g.path = rmt_mem_text(path, strlen(path), err))) return RMT_ERR_NOMEM;
    for (messages k = *m; next(&k);)
        if (depth > 0 && k.type == IS_ATTRIBUTE && (st = take_attribute(&g, &k, err))) goto done;
    for (messages k = *m; next(&k);) {
        bool is_group = false;
        if (k.type != IS_LINK) continue;
        if ((st = follow(r, &g, &k, path, depth, &is_group, err))) goto done;
        n_groups += is_group;
    }
    if (g.has_rows != (depth > 0 && n_groups == 0) || (g.n > 0 && n_groups > 0)) st = not_own();
    else if (g.has_rows) st = keep_group(r, &g, err);
done:
    rmt_found_group_clear(&g);
    return st;
}

static rmt_status read_root(reading *r, rmt_error *err)
{
    messages m;
    rmt_status st;
    if (!enter(r, &m, RMT_H5_SUPERBLOCK) || m.type != IS_LINK_INFO) return not_own();
    for (messages k = m; next(&k);) {
        const char *name;
        const unsigned char *value;
        size_t n;
        if (k.type != IS_ATTRIBUTE) continue;
        if (!read_attribute(&k, &name, &value, &n)) return not_own();
        if (strcmp(name, "generator") == 0 && (st = copy_text(&r->generator, value, n, err)))
            return st;
    }
    return r->generator ? read_group(r, &m, "", 0, err) : not_own();
}

/* ---- the comparison ------------------------------------------------------------------------ */

static const rmt_h5_kind kinds[] = {
    [RMT_FOUND_FLOAT] = RMT_H5_FLOAT64,
    [RMT_FOUND_INTEGER] = RMT_H5_INT32,
    [RMT_FOUND_TEXT] = RMT_H5_TEXT,
};

static rmt_found_group *group_at(reading *r, size_t i)
{
    return r->order[i] == DICTIONARY ? &r->found.dictionary : &r->found.groups[r->order[i]];
}

static rmt_status add_found(rmt_h5_layout *l, const rmt_found_dataset *d, bool is_scalar,
                            rmt_error *err)
{
    const rmt_h5_dataset made = {.name = d->link,
                                 .kind = kinds[d->kind],
                                 .is_scalar = is_scalar,
                                 .width = d->raw.width,
                                 .rows = d->rows};
    return rmt_h5_add_dataset(l, &made, err);
}

static rmt_status lay_out(rmt_h5_layout *l, reading *r, rmt_error *err)
{
    rmt_status st;
    uint64_t n = 0;
    const char *before = NULL;
    if ((st = rmt_h5_add_table(l, "/", 0, "", "", err))) return st;
    if (r->plan.link && (st = add_found(l, &r->plan, true, err))) return st;
    for (size_t i = 0; i < r->n_order; i++) {
        const rmt_found_group *g = group_at(r, i);
        if (r->order[i] != DICTIONARY) {
            if (before && rmt_study_compare_paths(before, g->path) >= 0) return not_own();
            before = g->path;
        } else if (i > 0) {
            return not_own();
        }
        st = rmt_h5_add_table(l, g->path, g->rows, g->title ? g->title : "", g->digest, err);
        for (size_t k = 0; k < g->n && !st; k++) {
            n += g->datasets[k].rows * g->datasets[k].raw.width;
            if (n > r->f.n) return not_own();
            st = add_found(l, &g->datasets[k], false, err);
        }
        if (st) return st;
    }
    return rmt_h5_place(l, err);
}

static bool all_zero(const unsigned char *p, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

/* The dictionary is made anew in saving: nothing may hide behind the end of its texts. */
static bool is_clean(const rmt_found_group *g)
{
    for (size_t i = 0; i < g->n; i++) {
        const rmt_found_dataset *d = &g->datasets[i];
        if (d->kind != RMT_FOUND_TEXT) continue;
        for (uint64_t row = 0; row < d->rows; row++) {
            const unsigned char *cell = d->raw.cells + row * d->raw.width;
            const unsigned char *end = memchr(cell, 0, d->raw.width);
            if (end && !all_zero(end, (uint64_t)(cell + d->raw.width - end))) return false;
        }
    }
    return true;
}

static rmt_status compare(const rmt_h5_layout *l, const image *f, rmt_error *err)
{
    if (l->n_bytes != f->n || l->n_head > f->n) return not_own();
    unsigned char *head = rmt_mem_array((size_t)l->n_head, 1, err);
    if (!head) return RMT_ERR_NOMEM;
    rmt_h5_write_head(l, head);
    const bool is_equal = memcmp(head, f->bytes, (size_t)l->n_head) == 0;
    rmt_mem_free(head);
    if (!is_equal) return not_own();
    for (size_t i = 0; i < l->n_datasets; i++) {
        const rmt_h5_dataset *d = &l->datasets[i];
        const uint64_t end = d->cells + d->rows * d->width;
        if (d->rows > 0 && !all_zero(f->bytes + end, rmt_h5_cells_end(d) - end)) return not_own();
    }
    return RMT_OK;
}

/* The addresses that were computed go to what was found: tables come in the layout in the same order. */
static void locate_cells(reading *r, const rmt_h5_layout *l)
{
    size_t at = 0;
    if (r->plan.link) r->plan.raw.cells = r->f.bytes + l->datasets[at++].cells;
    for (size_t i = 0; i < r->n_order; i++) {
        rmt_found_group *g = group_at(r, i);
        for (size_t k = 0; k < g->n; k++, at++)
            if (g->datasets[k].rows > 0)
                g->datasets[k].raw.cells = r->f.bytes + l->datasets[at].cells;
    }
}

static rmt_status take_plan(reading *r, rmt_study *s, rmt_error *err)
{
    char *plan = NULL;
    if (!r->plan.link) return RMT_OK;
    if (strcmp(r->plan.link, "plan") != 0 || r->plan.kind != RMT_FOUND_TEXT) return not_own();
    rmt_status st = copy_text(&plan, r->plan.raw.cells, r->plan.raw.width, err);
    if (!st) st = rmt_study_set_plan(s, plan, err);
    rmt_mem_free(plan);
    return st;
}

/* Not our own: RMT_ERR_SCHEMA, without a message. */
static rmt_status read_structure(reading *r, rmt_error *err)
{
    rmt_h5_layout l = {.format = RMT_STUDY_FORMAT, .format_version = RMT_STUDY_FORMAT_VERSION};
    rmt_error silent = {0};
    rmt_status st = read_root(r, &silent);
    l.generator = r->generator;
    if (!st) st = lay_out(&l, r, &silent);
    if (!st) st = compare(&l, &r->f, &silent);
    if (!st) locate_cells(r, &l);
    if (!st && !is_clean(&r->found.dictionary)) st = not_own();
    if (st == RMT_ERR_NOMEM) *err = silent;
    rmt_h5_clear(&l);
    return st;
}

rmt_status rmt_study_open_own(bool *is_own, rmt_study *s, rmt_error *err)
{
    reading r = {.f = {s->bytes + RMT_STUDY_USER_BLOCK, s->n_bytes - RMT_STUDY_USER_BLOCK}};
    rmt_study_entry entry = {0};
    rmt_table *dictionary = NULL;
    rmt_error local = {0};
    rmt_status st;

    if (!err) err = &local;
    *is_own = false;
    if ((st = read_structure(&r, err))) goto done;
    if ((st = take_plan(&r, s, err))) goto done;
    if ((st = rmt_found_dictionary(&entry, &r.found, err))) goto done;
    *is_own = true;
    if (r.found.has_dictionary && ((st = rmt_study_cells_check(s, &entry, err)) ||
                                   (st = rmt_study_table_read(&dictionary, s, &entry, err))))
        goto done;
    if ((st = rmt_found_settle(&r.found, dictionary, s, true, err))) goto done;
    for (size_t i = 0; i < s->n && !st; i++)
        st = rmt_study_cells_check(s, &s->entries[i], err);
done:
    if (st == RMT_ERR_SCHEMA) {
        *is_own = false;
        st = RMT_OK;
    }
    rmt_table_free(dictionary);
    rmt_found_clear(&r.found);
    rmt_mem_free(r.plan.link);
    rmt_mem_free(r.generator);
    rmt_mem_free(r.order);
    return st;
}
