/* h5_layout.c - see h5_layout.h. Section numbers are those of [HDF5Format], version 3.0. */
#include "h5_layout.h"

#include <string.h>

#include "rmt/mem.h"
#include "rmt/study.h"

/* Cells go to the file and come from it as they are in memory. */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a study file holds little-endian cells, and this code does not turn them"
#endif

#define NOWHERE UINT64_MAX

/* Messages of an object header (IV.A.2). */
enum {
    MESSAGE_DATASPACE = 0x0001,
    MESSAGE_LINK_INFO = 0x0002,
    MESSAGE_DATATYPE = 0x0003,
    MESSAGE_FILL_VALUE = 0x0005,
    MESSAGE_LINK = 0x0006,
    MESSAGE_LAYOUT = 0x0008,
    MESSAGE_GROUP_INFO = 0x000a,
    MESSAGE_ATTRIBUTE = 0x000c
};
enum { CONSTANT = 1 }; /* flag of a message: it never changes */

void rmt_h5_clear(rmt_h5_layout *l)
{
    rmt_mem_free(l->groups);
    rmt_mem_free(l->datasets);
    *l = (rmt_h5_layout){0};
}

/* ---- the tree ------------------------------------------------------------------------------ */

static rmt_status add_group(rmt_h5_layout *l, size_t above, const char *name, size_t n,
                            rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&l->groups, &l->cap_groups, l->n_groups + 1, sizeof *l->groups, err);
    if (st) return st;
    const size_t i = l->n_groups++;
    l->groups[i] = (rmt_h5_group){.name = name,
                                  .name_length = n,
                                  .above = above,
                                  .first = l->n_datasets,
                                  .title = "",
                                  .digest = ""};
    if (i == 0) return RMT_OK;
    rmt_h5_group *parent = &l->groups[above];
    l->groups[i].depth = parent->depth + 1;
    if (parent->child == 0) parent->child = i;
    else l->groups[parent->last_child].next = i;
    parent->last_child = i;
    if (parent->n + ++parent->n_children > RMT_H5_MAX_LINKS)
        return rmt_fail(err, RMT_ERR_SCHEMA, "a group holds more than %d objects",
                        (int)RMT_H5_MAX_LINKS);
    return RMT_OK;
}

rmt_status rmt_h5_add_table(rmt_h5_layout *l, const char *path, uint64_t rows, const char *title,
                            const char *digest, rmt_error *err)
{
    rmt_status st;
    if (l->n_groups == 0 && (st = add_group(l, 0, "", 0, err))) return st;
    if (strcmp(path, "/") == 0) return RMT_OK;
    size_t at = 0;
    for (const char *name = path + 1;;) {
        const size_t n = strcspn(name, "/");
        const size_t last = l->groups[at].last_child;
        if (last && l->groups[last].name_length == n && memcmp(l->groups[last].name, name, n) == 0)
            at = last;
        else {
            if ((st = add_group(l, at, name, n, err))) return st;
            at = l->n_groups - 1;
        }
        if (name[n] == '\0') break;
        name += n + 1;
    }
    rmt_h5_group *g = &l->groups[at];
    g->is_table = true;
    g->rows = rows;
    g->title = title;
    g->digest = digest;
    return RMT_OK;
}

rmt_status rmt_h5_add_dataset(rmt_h5_layout *l, const rmt_h5_dataset *d, rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&l->datasets, &l->cap_datasets, l->n_datasets + 1, sizeof *l->datasets, err);
    if (st) return st;
    if (++l->groups[l->n_groups - 1].n > RMT_H5_MAX_LINKS)
        return rmt_fail(err, RMT_ERR_SCHEMA, "a table has more than %d columns with their reasons",
                        (int)RMT_H5_MAX_LINKS);
    l->datasets[l->n_datasets++] = *d;
    return RMT_OK;
}

/* ---- bytes --------------------------------------------------------------------------------- */

/* Where bytes go; with `to` NULL they are only counted. One code says both how long a header is and
 * what it holds. */
typedef struct {
    unsigned char *to;
    uint64_t n;
} sink;

static void put_bytes(sink *s, const void *bytes, size_t n)
{
    if (s->to) memcpy(s->to + s->n, bytes, n);
    s->n += n;
}

/* Little-endian. */
static void put(sink *s, uint64_t x, size_t n)
{
    if (s->to)
        for (size_t i = 0; i < n; i++)
            s->to[s->n + i] = (unsigned char)(x >> (8 * i));
    s->n += n;
}

static void put_zeros(sink *s, size_t n)
{
    if (s->to) memset(s->to + s->n, 0, n);
    s->n += n;
}

static size_t padding(uint64_t n)
{
    return (size_t)(-n & 7);
}

/* Text filled with NUL up to a multiple of 8. */
static void put_padded(sink *s, const void *bytes, size_t n)
{
    put_bytes(s, bytes, n);
    put_zeros(s, padding(n));
}

/* Header of a message with n bytes of content; the caller puts the content and ends it (IV.A.1.a). */
static void begin_message(sink *s, unsigned type, size_t n, unsigned flags)
{
    put(s, type, 2);
    put(s, n + padding(n), 2);
    put(s, flags, 1);
    put_zeros(s, 3);
}

static void begin_header(sink *s, size_t n_messages, uint64_t n_bytes)
{
    put(s, 1, 1); /* version */
    put_zeros(s, 1);
    put(s, n_messages, 2);
    put(s, 1, 4); /* one link leads here */
    put(s, n_bytes, 4);
    put_zeros(s, 4);
}

/* IV.A.2.b, version 1 */
static void put_dataspace(sink *s, bool is_scalar, uint64_t rows)
{
    put(s, 1, 1);
    put(s, is_scalar ? 0 : 1, 1);
    put_zeros(s, 6);
    if (!is_scalar) put(s, rows, 8);
}

static size_t dataspace_size(bool is_scalar)
{
    return is_scalar ? 8 : 16;
}

/* IV.A.2.d, version 1: fixed-point, little-endian, signed */
static void put_integer_type(sink *s, size_t size)
{
    put(s, 0x10, 1);
    put(s, 0x08, 3);
    put(s, size, 4);
    put(s, 0, 2);
    put(s, 8 * size, 2);
}

/* IEEE 754 binary64, little-endian */
static void put_float64_type(sink *s)
{
    put(s, 0x11, 1);
    put(s, 0x3f20, 3); /* the sign is bit 63; the leading bit of the mantissa is implied */
    put(s, 8, 4);
    put(s, 0, 2);
    put(s, 64, 2);
    put(s, 52, 1);
    put(s, 11, 1);
    put(s, 0, 1);
    put(s, 52, 1);
    put(s, 1023, 4);
}

/* fixed length, padded with NUL, UTF-8 */
static void put_text_type(sink *s, uint64_t width)
{
    put(s, 0x13, 1);
    put(s, 0x11, 3);
    put(s, width, 4);
}

enum { INTEGER_TYPE = 12, FLOAT64_TYPE = 20, TEXT_TYPE = 8 };

static size_t type_size(rmt_h5_kind kind)
{
    switch (kind) {
    case RMT_H5_FLOAT64: return FLOAT64_TYPE;
    case RMT_H5_INT32: return INTEGER_TYPE;
    default: return TEXT_TYPE;
    }
}

static void put_type(sink *s, rmt_h5_kind kind, uint64_t width)
{
    switch (kind) {
    case RMT_H5_FLOAT64: put_float64_type(s); break;
    case RMT_H5_INT32: put_integer_type(s, 4); break;
    default: put_text_type(s, width);
    }
    put_zeros(s, padding(type_size(kind)));
}

/* ---- attributes (IV.A.2.m, version 1) ------------------------------------------------------ */

static void begin_attribute(sink *s, const char *name, size_t n_type, size_t n_value)
{
    const size_t n = strlen(name) + 1, n_space = dataspace_size(true);
    begin_message(s, MESSAGE_ATTRIBUTE,
                  8 + n + padding(n) + n_type + padding(n_type) + n_space + n_value, 0);
    put(s, 1, 1);
    put_zeros(s, 1);
    put(s, n, 2);
    put(s, n_type, 2);
    put(s, n_space, 2);
    put_padded(s, name, n);
}

static void put_text_attribute(sink *s, const char *name, const char *value)
{
    const size_t n = strlen(value);
    begin_attribute(s, name, TEXT_TYPE, n);
    put_text_type(s, n);
    put_dataspace(s, true, 0);
    put_padded(s, value, n);
}

static void put_integer_attribute(sink *s, const char *name, uint64_t value, size_t size)
{
    begin_attribute(s, name, INTEGER_TYPE, size);
    put_integer_type(s, size);
    put_zeros(s, padding(INTEGER_TYPE));
    put_dataspace(s, true, 0);
    put(s, value, size);
    put_zeros(s, padding(size));
}

/* Returns their number. */
static size_t put_attributes(sink *s, const rmt_h5_layout *l, const rmt_h5_group *g)
{
    size_t n = 0;
    if (g->depth == 0) {
        put_text_attribute(s, "format", l->format);
        put_integer_attribute(s, "format_version", (uint64_t)l->format_version, 4);
        put_text_attribute(s, "generator", l->generator);
        return 3;
    }
    if (!g->is_table) return 0;
    put_integer_attribute(s, "rows", g->rows, 8), n++;
    if (*g->title) put_text_attribute(s, "title", g->title), n++;
    if (*g->digest) put_text_attribute(s, "sha256", g->digest), n++;
    return n;
}

/* ---- groups and datasets ------------------------------------------------------------------- */

/* IV.A.2.g: a hard link with its place in the order of creation, its name in UTF-8 */
static void put_link(sink *s, uint64_t order, const char *name, size_t n, uint64_t address)
{
    const size_t n_length = n < 256 ? 1 : n < 65536 ? 2 : 4;
    const size_t size = 2 + 8 + 1 + n_length + n + 8;
    begin_message(s, MESSAGE_LINK, size, 0);
    put(s, 1, 1);
    put(s, 0x14U | (n_length == 1 ? 0U : n_length == 2 ? 1U : 2U), 1);
    put(s, order, 8);
    put(s, 1, 1);
    put(s, n, n_length);
    put_bytes(s, name, n);
    put(s, address, 8);
    put_zeros(s, padding(size));
}

/* The messages of a group; returns their number. */
static size_t put_group_messages(sink *s, const rmt_h5_layout *l, const rmt_h5_group *g)
{
    enum { LINK_INFO = 26, GROUP_INFO = 2 };
    uint64_t order = 0;

    begin_message(s, MESSAGE_LINK_INFO, LINK_INFO, 0);
    put(s, 0, 1);
    put(s, 1, 1); /* the order of creation is kept */
    put(s, g->n + g->n_children, 8);
    put(s, NOWHERE, 8); /* links are here, not in a heap */
    put(s, NOWHERE, 8);
    put_zeros(s, padding(LINK_INFO));
    begin_message(s, MESSAGE_GROUP_INFO, GROUP_INFO, CONSTANT);
    put_zeros(s, GROUP_INFO + padding(GROUP_INFO));

    for (size_t i = 0; i < g->n; i++) {
        const rmt_h5_dataset *d = &l->datasets[g->first + i];
        put_link(s, order++, d->name, strlen(d->name), d->header);
    }
    for (size_t i = g->child; i != 0; i = l->groups[i].next)
        put_link(s, order++, l->groups[i].name, l->groups[i].name_length, l->groups[i].header);
    return 2 + (size_t)order + put_attributes(s, l, g);
}

static void put_group(sink *s, const rmt_h5_layout *l, const rmt_h5_group *g)
{
    sink count = {NULL, 0};
    const size_t n = put_group_messages(&count, l, g);
    begin_header(s, n, count.n);
    if (s->to) (void)put_group_messages(s, l, g);
    else s->n += count.n;
}

static void put_dataset(sink *s, const rmt_h5_dataset *d)
{
    enum { FILL_VALUE = 4, LAYOUT = 18 };
    const size_t n_space = dataspace_size(d->is_scalar), n_type = type_size(d->kind);
    begin_header(s, 4,
                 4 * 8 + n_space + n_type + padding(n_type) + FILL_VALUE + padding(FILL_VALUE) +
                     LAYOUT + padding(LAYOUT));
    begin_message(s, MESSAGE_DATASPACE, n_space, 0);
    put_dataspace(s, d->is_scalar, d->rows);
    begin_message(s, MESSAGE_DATATYPE, n_type, CONSTANT);
    put_type(s, d->kind, d->width);
    begin_message(s, MESSAGE_FILL_VALUE, FILL_VALUE, CONSTANT); /* IV.A.2.f, version 2 */
    put(s, 2, 1);
    put(s, 2, 1); /* room is made when it is written to, */
    put(s, 1, 1); /* never filled, */
    put(s, 0, 1); /* and there is no fill value */
    put_zeros(s, padding(FILL_VALUE));
    begin_message(s, MESSAGE_LAYOUT, LAYOUT, 0); /* IV.A.2.i, version 3 */
    put(s, 3, 1);
    put(s, 1, 1); /* contiguous */
    put(s, d->cells, 8);
    put(s, d->rows * d->width, 8);
    put_zeros(s, padding(LAYOUT));
}

/* II.A, version 0 */
static void put_superblock(sink *s, const rmt_h5_layout *l)
{
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    put_bytes(s, signature, sizeof signature);
    put_zeros(s, 5); /* versions: superblock, free space, root; reserved; shared messages */
    put(s, 8, 1);    /* bytes of an address, */
    put(s, 8, 1);    /* and of a length */
    put_zeros(s, 1);
    put(s, 4, 2);  /* K of group leaves, */
    put(s, 16, 2); /* and of inner nodes: there are none, these are the library's defaults */
    put_zeros(s, 4);
    put(s, RMT_STUDY_USER_BLOCK, 8); /* addresses count from here */
    put(s, NOWHERE, 8);
    put(s, RMT_STUDY_USER_BLOCK + l->n_bytes, 8);
    put(s, NOWHERE, 8);
    put_zeros(s, 8); /* the root: no name, */
    put(s, RMT_H5_SUPERBLOCK, 8);
    put_zeros(s, 24); /* and nothing cached of it */
}

uint64_t rmt_h5_cells_end(const rmt_h5_dataset *d)
{
    const uint64_t n = d->rows * d->width;
    return d->cells + n + padding(n);
}

rmt_status rmt_h5_place(rmt_h5_layout *l, rmt_error *err)
{
    sink s = {NULL, RMT_H5_SUPERBLOCK};
    for (size_t i = 0; i < l->n_groups; i++) {
        rmt_h5_group *g = &l->groups[i];
        if (strlen(g->title) > RMT_H5_MAX_ATTRIBUTE)
            return rmt_fail(err, RMT_ERR_SCHEMA, "a title is longer than %d bytes",
                            (int)RMT_H5_MAX_ATTRIBUTE);
        g->header = s.n;
        put_group(&s, l, g);
        if (s.n - g->header > UINT32_MAX)
            return rmt_fail(err, RMT_ERR_SCHEMA, "the names in a group have more than 4 GiB");
        for (size_t k = 0; k < g->n; k++) {
            rmt_h5_dataset *d = &l->datasets[g->first + k];
            if (strlen(d->name) > RMT_H5_MAX_ATTRIBUTE)
                return rmt_fail(err, RMT_ERR_SCHEMA, "a column name is longer than %d bytes",
                                (int)RMT_H5_MAX_ATTRIBUTE);
            d->header = s.n;
            put_dataset(&s, d);
        }
    }
    l->n_head = l->n_bytes = s.n;
    for (size_t i = 0; i < l->n_datasets; i++) {
        rmt_h5_dataset *d = &l->datasets[i];
        d->cells = d->rows == 0 ? NOWHERE : l->n_bytes;
        if (d->rows > 0) l->n_bytes = rmt_h5_cells_end(d);
        if (l->n_bytes > UINT64_MAX / 4)
            return rmt_fail(err, RMT_ERR_SCHEMA, "the study file would have more than 2^62 bytes");
    }
    return RMT_OK;
}

void rmt_h5_write_head(const rmt_h5_layout *l, unsigned char *to)
{
    sink s = {to, 0};
    put_superblock(&s, l);
    for (size_t i = 0; i < l->n_groups; i++) {
        put_group(&s, l, &l->groups[i]);
        for (size_t k = 0; k < l->groups[i].n; k++)
            put_dataset(&s, &l->datasets[l->groups[i].first + k]);
    }
}
