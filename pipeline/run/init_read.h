/* init_read.h - what `remit init` reads: the files, and the instruments that ship.
 * Layer: run. */
#ifndef RMT_INIT_READ_H
#define RMT_INIT_READ_H
#include "rmt/csv.h"
#include "rmt/draft.h"
#include "rmt/node.h"
#include "rmt/status.h"

/* One CSV file, read up to three times (see rmt_recognise_source). */
typedef struct {
    char *path;       /* as given, or DIR/NAME */
    char *name;       /* of the table: the file's, as the plan can have it */
    bool packaged;    /* a resource of the data package, which describes it */
    const char *form; /* of a REDCap project: the name of the table is the form's; NULL = a file */
    rmt_table *read, *without_words, *without_codes;
    rmt_schema *schema; /* of a form or a resource, in a document of the input; NULL = none */
    char delimiter, decimal;
    size_t skip_rows;  /* a title above the header */
    size_t label_rows; /* behind the header */
    const char **
        titles; /* of the columns, the first of these rows, in a document of the input; NULL = none */
    bool windows_1252, names_first;
    size_t footer_rows;        /* rows at the end that sum up the others */
    rmt_recognised_wide *wide; /* the tables are the file made long; NULL = as it is */
} rmt_init_file;

typedef struct {
    rmt_init_file *files;
    size_t n_files, cap_files;
    bool from_directory; /* one of the arguments was one */
    char *package;       /* path of the datapackage.json; NULL = none */
    rmt_doc **docs;      /* of instruments, of the data package and of forms */
    rmt_instrument **instruments;
    size_t n_docs, n_instruments, cap_docs, cap_instruments;
} rmt_init_input;

/* Adds the file `path` (of a datapackage.json: its resources, which are read), or of the directory `path` the resources of the
 * datapackage.json in it, else the files *.csv, *.csv.gz and *.tsv in the order of their names.
 * RMT_ERR_OPEN: there is none. */
RMT_MUST_CHECK rmt_status rmt_init_add(rmt_init_input *in, const char *path, rmt_error *err);
/* Adds a table for a form, which is read already; the forms come last. */
RMT_MUST_CHECK rmt_status rmt_init_add_form(rmt_init_input *in, const char *path, const char *form,
                                            rmt_error *err);
void rmt_init_file_clear(rmt_init_file *f);
/* Reads all files; the reader's warnings are added to notes. Errors: as rmt_csv_read. */
RMT_MUST_CHECK rmt_status rmt_init_read(rmt_init_input *in, rmt_problems *notes, rmt_error *err);
/* Rows at the beginning that are labels: what else are columns of numbers has words there. */
size_t rmt_init_label_rows(const rmt_table *t);
/* Rows at the end of a file that sum up the others: their first cell is "Total", "Mittelwert", "N=36" or the like, or
 * alone has no digit, before nothing but numbers. */
size_t rmt_init_footer_rows(const rmt_table *t);
/* The rows of another width that the reader passed over at the end are no records of t by their first cells. */
bool rmt_init_are_footers(const rmt_csv_facts *facts, const rmt_table *t);
/* Reads the instruments in <directory>/instruments, then those that ship. */
RMT_MUST_CHECK rmt_status rmt_init_read_instruments(rmt_init_input *in, const char *directory,
                                                    rmt_error *err);
void rmt_init_clear(rmt_init_input *in);
/* The names in a directory for which `wanted` holds, sorted by bytes; none where it cannot be read. Ownership: caller,
 * each name and the list, rmt_mem_free. */
RMT_MUST_CHECK rmt_status rmt_init_list(char ***out, size_t *n, const char *directory,
                                        bool (*wanted)(const char *name), rmt_error *err);
#endif
