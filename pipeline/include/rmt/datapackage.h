/* datapackage.h - a plan whose files a Frictionless data package describes.
 * Layer: stage. Source: https://datapackage.org (Data Package, Data Resource, Table Dialect, version 2) and
 * https://specs.frictionlessdata.io (version 1). schemas/README.md says what is read, passed over and refused. */
#ifndef RMT_DATAPACKAGE_H
#define RMT_DATAPACKAGE_H
#include "rmt/csv.h"
#include "rmt/plan.h"
#include "rmt/study.h"

/* Reads the plan at path. The resources of the package that its key `datapackage` names become tables of its `data`, in
 * the order of the package and before the plan's own; files are seen from `directory`, the plan's. An entry of the same
 * name in `data` adds to a resource or overrides it; null leaves it out. Nodes tell the file and line they were written at.
 * study is told of the package and of the schemas and dialects it names (rmt_study_add_input); NULL: nobody is.
 * Errors: as rmt_tree_read; RMT_ERR_CONFIG with file, line and key. Ownership: caller, rmt_doc_free. */
RMT_MUST_CHECK rmt_status rmt_stage_read_plan(rmt_doc **out, const char *path,
                                              const char *directory, rmt_study *study,
                                              rmt_error *err);

/* The same of a plan that is read already, which is replaced; after a failure it is as it was. */
RMT_MUST_CHECK rmt_status rmt_stage_join_package(rmt_doc **plan, const char *directory,
                                                 rmt_study *study, rmt_error *err);

/* The digest of the file that pt->expect declares: "sha256:", "sha512:", "sha1:" or "md5:" and its hex digits, which
 * begin at *digits. Without a prefix, which the standard has for MD5 alone, their number tells the kind. False: none is
 * declared, or one of another kind. */
bool rmt_stage_expected_digest(rmt_digest_kind *kind, const char **digits,
                               const rmt_plan_table *pt);
/* A file as a whole against pt->expect; facts: read with that digest. Each difference is an error among notes, and a hash
 * that is none of the above a warning that it is not checked. n_columns: of the file. Errors: RMT_ERR_INCONSISTENT, told
 * of the first difference. */
RMT_MUST_CHECK rmt_status rmt_stage_check_expected(const rmt_plan_table *pt,
                                                   const rmt_csv_facts *facts, size_t n_columns,
                                                   rmt_problems *notes, rmt_error *err);
#endif
