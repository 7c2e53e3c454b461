/* stage_files.h - finding and joining the files a plan names.
 * Layer: stage. */
#ifndef RMT_STAGE_FILES_H
#define RMT_STAGE_FILES_H
#include "rmt/node.h"
#include "rmt/study.h"

/* The directory part of path, "." when there is none. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_stage_directory_of(char **out, const char *path, rmt_error *err);
/* `file` as seen from `directory`; an absolute file stays. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_stage_path_beside(char **out, const char *directory, const char *file,
                                                rmt_error *err);
/* A copy of the plan `read` with the schemas and instrument definitions it names put into it, so that the tree needs no
 * other file: data.<table>.schema becomes the schema object, `instruments` maps id to definition (from
 * <directory>/instruments/ID.json, else <schema directory>/instruments/ID.json); a table of `forms` gets the schema that
 * the data dictionary of `redcap` makes of them. An absolute file name is cut to
 * its last part, as outputs hold no absolute path: read the files by the names in `read`.
 * study is told of every file read (rmt_study_add_input); NULL: nobody is.
 * Errors: as rmt_tree_read; RMT_ERR_CONFIG for an unknown instrument. */
RMT_MUST_CHECK rmt_status rmt_stage_resolve_plan(rmt_doc **out, const rmt_doc *read,
                                                 const char *directory, rmt_study *study,
                                                 rmt_error *err);
#endif
