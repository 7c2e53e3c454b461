/* h5_layout.h - the bytes of an HDF5 file that is a tree of groups with one-dimensional datasets.
 * Private to pipeline/io. Pure: no file, no library; thread-safe per object.
 *
 * A study file uses a small part of HDF5: superblock 0, object headers of version 1, groups with
 * compact links in creation order, contiguous datasets of float64, int32 and NUL-padded text. This
 * module knows that part to the byte, so that a file depends on its content alone and on no
 * version of the library, and so that a reader can tell our own files from all others by
 * comparing bytes, without interpreting a structure it does not expect.
 *
 *   [superblock] [headers, in the order of the tree] [cells, in the same order, 8-byte aligned]
 *
 * Source: [HDF5Format], the HDF5 File Format Specification. Addresses count from the superblock; the
 * user block in front of it (RMT_STUDY_USER_BLOCK bytes) is not part of what is made here. */
#ifndef RMT_H5_LAYOUT_H
#define RMT_H5_LAYOUT_H
#include <stdint.h>

#include "rmt/table.h"

enum {
    RMT_H5_SUPERBLOCK = 96,                       /* bytes; the root's header follows at once */
    RMT_H5_MAX_LINKS = 2 * RMT_TABLE_MAX_COLUMNS, /* a header counts its messages in 16 bits */
    RMT_H5_MAX_ATTRIBUTE = 65000
};

typedef enum { RMT_H5_FLOAT64, RMT_H5_INT32, RMT_H5_TEXT } rmt_h5_kind;

typedef struct {
    const char *name; /* of its link; borrowed */
    rmt_h5_kind kind;
    bool is_scalar; /* one value without a dimension; else a vector */
    uint64_t width; /* bytes of a cell, > 0 */
    uint64_t rows;
    uint64_t header, cells; /* addresses, once placed; cells: UINT64_MAX when there are none */
} rmt_h5_dataset;

typedef struct {
    const char *name; /* its name in the group above, "" for the root; borrowed */
    size_t name_length;
    size_t depth;       /* 0 for the root */
    size_t above;       /* index of the group above; the root's is 0 */
    size_t first, n;    /* its datasets */
    size_t child, next; /* first group below, next group beside; 0 = none */
    size_t last_child, n_children;
    bool is_table; /* has the attribute rows, and title and sha256 where not "" */
    uint64_t rows;
    const char *title, *digest; /* borrowed */
    uint64_t header;            /* address, once placed */
} rmt_h5_group;

typedef struct {
    const char *format, *generator; /* attributes of the root; borrowed */
    int32_t format_version;
    rmt_h5_group *groups; /* [0] is the root */
    size_t n_groups, cap_groups;
    rmt_h5_dataset *datasets;
    size_t n_datasets, cap_datasets;
    uint64_t n_head;  /* bytes of superblock and headers, a multiple of 8 */
    uint64_t n_bytes; /* bytes of the file behind the user block */
} rmt_h5_layout;      /* start as {0} with the root's attributes; rmt_h5_clear frees */

void rmt_h5_clear(rmt_h5_layout *l);
/* The group for the table at path ("/tables/caps5"), with the groups above it where they are not
 * there yet; "/" is the root. Tables of one group come one after the other. The datasets added next are
 * its own. path, title and digest are kept. */
RMT_MUST_CHECK rmt_status rmt_h5_add_table(rmt_h5_layout *l, const char *path, uint64_t rows,
                                           const char *title, const char *digest, rmt_error *err);
/* Errors: RMT_ERR_SCHEMA, too many columns for one group. */
RMT_MUST_CHECK rmt_status rmt_h5_add_dataset(rmt_h5_layout *l, const rmt_h5_dataset *d,
                                             rmt_error *err);
/* Gives every object its address, and n_head and n_bytes. rows and width are below 2^32 each.
 * Errors: RMT_ERR_SCHEMA where a title, a name, a group's header or the whole file is larger than HDF5 can say. */
RMT_MUST_CHECK rmt_status rmt_h5_place(rmt_h5_layout *l, rmt_error *err);
/* Writes the n_head first bytes of a placed layout. */
void rmt_h5_write_head(const rmt_h5_layout *l, unsigned char *to);
/* Address behind the cells of d, filled up to a multiple of 8. */
uint64_t rmt_h5_cells_end(const rmt_h5_dataset *d);
#endif
