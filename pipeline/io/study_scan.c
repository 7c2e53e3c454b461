/* study_scan.c - the structure of a file of other software, checked before any cell is read: a tree of
 * groups by hard links alone, tables of equally long 1-D datasets of known types, sizes that the
 * file can hold. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_library.h"

typedef struct {
    rmt_found *found;
    rmt_study *s; /* takes the plan */
    size_t n_bytes;
    haddr_t *seen; /* open-addressing set of object addresses; HADDR_UNDEF = free */
    size_t n_seen, cap_seen;
} scan;

/* ---- small helpers ------------------------------------------------------------------------- */

static char *join(const char *path, const char *name, rmt_error *err)
{
    rmt_text t = {0};
    char *copy = NULL;
    if (rmt_text_addf(&t, err, "%s/%s", strcmp(path, "/") == 0 ? "" : path, name) == RMT_OK)
        copy = rmt_mem_text(t.s, t.len, err);
    rmt_text_clear(&t);
    return copy;
}

static size_t seen_slot(const haddr_t *set, size_t cap, haddr_t address)
{
    size_t i = (size_t)((uint64_t)address * UINT64_C(0x9e3779b97f4a7c15)) & (cap - 1);
    while (set[i] != HADDR_UNDEF && set[i] != address)
        i = (i + 1) & (cap - 1);
    return i;
}

/* Notes an object's address; an address seen before is a cycle or a second name. */
static rmt_status note_address(scan *k, haddr_t address, const char *path, const char *name,
                               rmt_error *err)
{
    if (2 * (k->n_seen + 1) > k->cap_seen) {
        size_t cap = k->cap_seen ? 2 * k->cap_seen : 256;
        haddr_t *set = rmt_mem_array(cap, sizeof *set, err);
        if (set == NULL) return RMT_ERR_NOMEM;
        for (size_t i = 0; i < cap; i++)
            set[i] = HADDR_UNDEF;
        for (size_t i = 0; i < k->cap_seen; i++)
            if (k->seen[i] != HADDR_UNDEF) set[seen_slot(set, cap, k->seen[i])] = k->seen[i];
        rmt_mem_free(k->seen);
        k->seen = set;
        k->cap_seen = cap;
    }
    size_t i = seen_slot(k->seen, k->cap_seen, address);
    if (k->seen[i] == address)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: '%s' is reached by two paths", path, name);
    k->seen[i] = address;
    k->n_seen++;
    return RMT_OK;
}

/* ---- attributes ---------------------------------------------------------------------------- */

/* Opens an attribute that must be one value of the class. *out is -1 when it is absent. */
static rmt_status open_attribute(hid_t *out, hid_t *type, hid_t object, const char *path,
                                 const char *name, H5T_class_t class, rmt_error *err)
{
    hid_t a = -1, t = -1, space = -1;
    htri_t exists = H5Aexists(object, name);
    bool is_right;

    *out = *type = -1;
    if (exists == 0) return RMT_OK;
    if (exists > 0 && (a = H5Aopen(object, name, H5P_DEFAULT)) >= 0) {
        t = H5Aget_type(a);
        space = H5Aget_space(a);
    }
    is_right = t >= 0 && space >= 0 && H5Tget_class(t) == class &&
               H5Sget_simple_extent_npoints(space) == 1;
    rmt_library_drop(space);
    if (!is_right) {
        rmt_library_drop(t);
        rmt_library_drop(a);
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: the attribute %s is not one %s", path, name,
                        class == H5T_STRING ? "text" : "integer");
    }
    *out = a;
    *type = t;
    return RMT_OK;
}

/* *out is NULL when the attribute is absent; the caller frees. Both kinds of strings are read,
 * because most software writes attributes with variable length. */
static rmt_status text_attribute(char **out, hid_t object, const char *path, const char *name,
                                 rmt_error *err)
{
    hid_t a, type, memory = -1;
    char *text = NULL, *variable = NULL;
    rmt_status st = open_attribute(&a, &type, object, path, name, H5T_STRING, err);

    *out = NULL;
    if (st || a < 0) return st;
    if (H5Tis_variable_str(type) > 0) {
        if (H5Aread(a, type, &variable) < 0) variable = NULL;
        if (variable != NULL && (text = rmt_mem_text(variable, strlen(variable), err)) == NULL)
            st = RMT_ERR_NOMEM;
        if (variable != NULL) (void)H5free_memory(variable);
    } else if ((text = rmt_mem_array(H5Tget_size(type) + 1, 1, err)) == NULL) {
        st = RMT_ERR_NOMEM;
    } else if ((memory = rmt_library_text_type(type)) < 0 || H5Aread(a, memory, text) < 0) {
        rmt_mem_free(text);
        text = NULL;
    }
    rmt_library_drop(memory);
    rmt_library_drop(type);
    rmt_library_drop(a);
    if (st) return st;
    if (text == NULL || rmt_text_utf8_valid_prefix(text, strlen(text)) != strlen(text)) {
        rmt_mem_free(text);
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: the attribute %s cannot be read", path, name);
    }
    *out = text;
    return RMT_OK;
}

static rmt_status integer_attribute(bool *is_there, int64_t *out, hid_t object, const char *path,
                                    const char *name, rmt_error *err)
{
    hid_t a, type;
    rmt_status st = open_attribute(&a, &type, object, path, name, H5T_INTEGER, err);

    *is_there = false;
    if (st || a < 0) return st;
    if (H5Aread(a, H5T_NATIVE_INT64, out) < 0)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the attribute %s cannot be read", path, name);
    else *is_there = true;
    rmt_library_drop(type);
    rmt_library_drop(a);
    return st;
}

static rmt_status check_root_attributes(hid_t root, rmt_error *err)
{
    char *format = NULL, *generator = NULL;
    int64_t version = 0;
    bool is_there;
    rmt_status st;

    if ((st = text_attribute(&format, root, "/", "format", err))) goto done;
    if (format == NULL || strcmp(format, RMT_STUDY_FORMAT) != 0) {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "not a study file: the attribute format is not '%s'",
                      RMT_STUDY_FORMAT);
        goto done;
    }
    if ((st = integer_attribute(&is_there, &version, root, "/", "format_version", err))) goto done;
    if (!is_there || version < 1)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "not a study file: no format_version");
    else if (version > RMT_STUDY_FORMAT_VERSION)
        st = rmt_fail(err, RMT_ERR_CONFIG,
                      "format_version %" PRId64 " is newer than this program reads (%d)", version,
                      (int)RMT_STUDY_FORMAT_VERSION);
    else st = text_attribute(&generator, root, "/", "generator", err);
done:
    rmt_mem_free(format);
    rmt_mem_free(generator);
    return st;
}

static rmt_status read_group_attributes(rmt_found_group *g, hid_t id, rmt_error *err)
{
    rmt_status st;
    int64_t rows = 0;
    char *digest = NULL;

    if ((st = integer_attribute(&g->has_rows, &rows, id, g->path, "rows", err))) return st;
    if (g->has_rows && (rows < 0 || (uint64_t)rows > RMT_STUDY_MAX_ROWS))
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: %" PRId64 " rows are not possible", g->path,
                        rows);
    g->rows = (uint64_t)rows;
    if ((st = text_attribute(&g->title, id, g->path, "title", err))) return st;
    if ((st = text_attribute(&digest, id, g->path, "sha256", err)) || digest == NULL) return st;
    if (strlen(digest) != RMT_DIGEST_HEX - 1 ||
        strspn(digest, "0123456789abcdef") != RMT_DIGEST_HEX - 1)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the attribute sha256 is not one", g->path);
    else memcpy(g->digest, digest, RMT_DIGEST_HEX);
    rmt_mem_free(digest);
    return st;
}

/* ---- datasets ------------------------------------------------------------------------------ */

static bool is_known_type(hid_t type, rmt_found_kind *out)
{
    size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: *out = RMT_FOUND_FLOAT; return size <= 8;
    case H5T_INTEGER: *out = RMT_FOUND_INTEGER; return size <= 8;
    case H5T_ENUM: *out = RMT_FOUND_ENUMERATION; return size == 1;
    case H5T_STRING: *out = RMT_FOUND_TEXT; return H5Tis_variable_str(type) == 0 && size > 0;
    default: return false;
    }
}

/* A small file could declare very large tables. */
static rmt_status check_storage(const scan *k, hid_t dataset, uint64_t bytes, const char *path,
                                const char *name, rmt_error *err)
{
    hid_t plist = H5Dget_create_plist(dataset);
    const char *fault = NULL;

    switch (plist < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(plist)) {
    case H5D_CONTIGUOUS:
        if (H5Pget_external_count(plist) != 0) fault = "is kept in another file";
        else if (bytes > k->n_bytes) fault = "declares more bytes than the file has";
        else if (bytes > 0 && H5Dget_storage_size(dataset) < bytes) fault = "was never written";
        break;
    case H5D_COMPACT: break;
    case H5D_CHUNKED:
        if (bytes > RMT_MEM_CAP) fault = "is too large";
        break;
    case H5D_VIRTUAL: fault = "is kept in another file"; break;
    default: fault = "has a layout that is not known"; break;
    }
    rmt_library_drop(plist);
    if (fault == NULL) return RMT_OK;
    return rmt_fail(err, RMT_ERR_MALFORMED, "%s: the dataset '%s' %s", path, name, fault);
}

/* Checks one dataset: its number of dimensions (1, or 0 for the plan), type and sizes. */
static rmt_status check_dataset(const scan *k, rmt_found_kind *out_kind, uint64_t *out_rows,
                                hid_t dataset, int n_dimensions, const char *path, const char *name,
                                rmt_error *err)
{
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    hsize_t rows = 1;
    rmt_status st;

    if (type < 0 || space < 0)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the dataset '%s' cannot be read", path, name);
    else if (H5Sget_simple_extent_type(space) == H5S_NULL ||
             H5Sget_simple_extent_ndims(space) != n_dimensions ||
             (n_dimensions == 1 && H5Sget_simple_extent_dims(space, &rows, NULL) < 0))
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the dataset '%s' is not %s", path, name,
                      n_dimensions == 1 ? "one-dimensional" : "a single value");
    else if (!is_known_type(type, out_kind))
        st = rmt_fail(err, RMT_ERR_MALFORMED,
                      "%s: the dataset '%s' is neither number, integer nor fixed-length text", path,
                      name);
    else if (rows > RMT_STUDY_MAX_ROWS)
        st = rmt_fail(err, RMT_ERR_MALFORMED,
                      "%s: %"
                      "llu"
                      " rows are not possible",
                      path, rows);
    else if (n_dimensions == 1 && H5Tget_size(type) > RMT_STUDY_MAX_WIDTH)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the texts of '%s' are %zu bytes wide", path,
                      name, H5Tget_size(type));
    else st = check_storage(k, dataset, (uint64_t)rows * H5Tget_size(type), path, name, err);
    rmt_library_drop(space);
    rmt_library_drop(type);
    *out_rows = rows;
    return st;
}

static rmt_status add_dataset(const scan *k, rmt_found_group *g, hid_t dataset, const char *name,
                              rmt_error *err)
{
    rmt_found_dataset d = {0};
    rmt_status st = check_dataset(k, &d.kind, &d.rows, dataset, 1, g->path, name, err);

    if (st) return st;
    if (!g->has_rows && g->n == 0) g->rows = d.rows;
    if (d.rows != g->rows)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "%s: the dataset '%s' has %" PRIu64 " rows, the table %" PRIu64, g->path,
                        name, d.rows, g->rows);
    if ((st = rmt_mem_grow(&g->datasets, &g->cap, g->n + 1, sizeof *g->datasets, err))) return st;
    if ((d.link = rmt_mem_text(name, strlen(name), err)) == NULL) return RMT_ERR_NOMEM;
    g->datasets[g->n++] = d;
    return RMT_OK;
}

static rmt_status read_plan(scan *k, hid_t dataset, rmt_error *err)
{
    rmt_found_kind what = RMT_FOUND_TEXT;
    uint64_t rows;
    hid_t stored = -1, type = -1;
    char *plan = NULL;
    rmt_status st = check_dataset(k, &what, &rows, dataset, 0, "/", "plan", err);

    if (st == RMT_OK && what != RMT_FOUND_TEXT)
        st = rmt_fail(err, RMT_ERR_MALFORMED, "/: the dataset 'plan' is not text");
    if (st) return st;
    if ((stored = H5Dget_type(dataset)) >= 0) plan = rmt_mem_array(H5Tget_size(stored) + 1, 1, err);
    if (plan == NULL) st = RMT_ERR_NOMEM;
    else if ((type = rmt_library_text_type(stored)) < 0 ||
             H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, plan) < 0 ||
             rmt_text_utf8_valid_prefix(plan, strlen(plan)) != strlen(plan))
        st = rmt_fail(err, RMT_ERR_MALFORMED, "/: the plan cannot be read");
    else st = rmt_study_set_plan(k->s, plan, err);
    rmt_mem_free(plan);
    rmt_library_drop(type);
    rmt_library_drop(stored);
    return st;
}

/* ---- the walk ------------------------------------------------------------------------------ */

typedef struct {
    char **names;
    size_t n, cap;
    scan *k;
    const char *path;
    rmt_status st;
    rmt_error *err;
} link_list;

static herr_t list_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    link_list *l = data;
    (void)group;
    if (info->type != H5L_TYPE_HARD)
        l->st = rmt_fail(l->err, RMT_ERR_MALFORMED, "%s: '%s' is a link that is not hard", l->path,
                         name);
    else if (rmt_text_utf8_valid_prefix(name, strlen(name)) != strlen(name) || *name == '\0')
        l->st = rmt_fail(l->err, RMT_ERR_MALFORMED, "%s: a name is not UTF-8", l->path);
    else if ((l->st = note_address(l->k, info->u.address, l->path, name, l->err)) == RMT_OK)
        l->st = rmt_mem_grow(&l->names, &l->cap, l->n + 1, sizeof *l->names, l->err);
    if (l->st) return -1;
    if ((l->names[l->n] = rmt_mem_text(name, strlen(name), l->err)) == NULL) {
        l->st = RMT_ERR_NOMEM;
        return -1;
    }
    l->n++;
    return 0;
}

static rmt_status list_links(link_list *l, hid_t group)
{
    hsize_t from = 0;
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &from, list_link, l) < 0 &&
        l->st == RMT_OK)
        l->st = rmt_fail(l->err, RMT_ERR_MALFORMED, "%s: the group cannot be read", l->path);
    if (l->st == RMT_OK && l->n > 0) qsort(l->names, l->n, sizeof *l->names, rmt_text_order);
    return l->st;
}

static void list_clear(link_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        rmt_mem_free(l->names[i]);
    rmt_mem_free(l->names);
}

static rmt_status walk(scan *k, hid_t group, const char *path, int depth, rmt_error *err);

/* Takes the object `name` of the group g (NULL: the root). */
static rmt_status take_object(scan *k, rmt_found_group *g, hid_t group, const char *path,
                              const char *name, int depth, bool *is_group, rmt_error *err)
{
    hid_t id = H5Oopen(group, name, H5P_DEFAULT);
    rmt_status st = RMT_OK;
    char *below = NULL;
    H5I_type_t what = id < 0 ? H5I_BADID : H5Iget_type(id);

    *is_group = what == H5I_GROUP;
    if (what == H5I_DATASET && g != NULL) {
        st = add_dataset(k, g, id, name, err);
    } else if (what == H5I_DATASET && strcmp(name, "plan") == 0) {
        st = read_plan(k, id, err);
    } else if (what == H5I_GROUP && depth < RMT_STUDY_MAX_DEPTH) {
        if ((below = join(path, name, err)) == NULL) st = RMT_ERR_NOMEM;
        else st = walk(k, id, below, depth + 1, err);
    } else if (what == H5I_GROUP) {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the group '%s' lies too deep", path, name);
    } else if (what == H5I_BADID) {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: '%s' cannot be read", path, name);
    } else {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: '%s' is nothing that a study file holds", path,
                      name);
    }
    rmt_mem_free(below);
    rmt_library_drop(id);
    return st;
}

/* Walks the group at path; depth is 0 for the root. A group of datasets alone is a table; a group
 * of groups is only a name; one of both is refused. */
static rmt_status walk(scan *k, hid_t group, const char *path, int depth, rmt_error *err)
{
    link_list l = {.k = k, .path = path, .err = err};
    rmt_found_group g = {0};
    size_t n_groups = 0;
    rmt_status st;

    if ((g.path = rmt_mem_text(path, strlen(path), err)) == NULL) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    if (depth > 0 && (st = read_group_attributes(&g, group, err))) goto done;
    if ((st = list_links(&l, group))) goto done;
    for (size_t i = 0; i < l.n; i++) {
        bool is_group;
        if ((st = take_object(k, depth > 0 ? &g : NULL, group, path, l.names[i], depth, &is_group,
                              err)))
            goto done;
        n_groups += is_group;
        if (g.n > 0 && n_groups > 0) {
            st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: the group holds both columns and groups",
                          path);
            goto done;
        }
    }
    if (strcmp(path, "/dictionary") == 0) {
        if (n_groups > 0) {
            st = rmt_fail(err, RMT_ERR_MALFORMED, "/dictionary: it holds groups");
            goto done;
        }
        k->found->dictionary = g;
        k->found->has_dictionary = true;
        g = (rmt_found_group){0};
    } else if (g.n > 0 || (depth > 0 && n_groups == 0 && g.has_rows)) {
        if (strcmp(path, "/plan") == 0) {
            st = rmt_fail(err, RMT_ERR_MALFORMED, "/: 'plan' is not text");
            goto done;
        }
        rmt_found *f = k->found;
        if ((st = rmt_mem_grow(&f->groups, &f->cap, f->n + 1, sizeof *f->groups, err))) goto done;
        f->groups[f->n++] = g;
        g = (rmt_found_group){0};
    }
done:
    rmt_found_group_clear(&g);
    list_clear(&l);
    return st;
}

/* ---- the file ------------------------------------------------------------------------------ */

rmt_status rmt_library_scan(rmt_found *out, rmt_study *s, hid_t file, size_t n_bytes,
                            rmt_error *err)
{
    scan k = {.found = out, .s = s, .n_bytes = n_bytes};
    H5O_info_t info;
    rmt_status st = RMT_OK;
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);

    if (root < 0 || H5Oget_info2(root, &info, H5O_INFO_BASIC) < 0) {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "/ cannot be read");
        goto done;
    }
    if ((st = note_address(&k, info.addr, "/", "/", err))) goto done;
    if ((st = check_root_attributes(root, err))) goto done;
    st = walk(&k, root, "/", 0, err);
done:
    rmt_mem_free(k.seen);
    rmt_library_drop(root);
    return st;
}
