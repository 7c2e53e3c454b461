/* instrument.h - a rating scale as data: items, scores, diagnosis, definitions of getting better.
 * Layer: data. Format and a worked example: schemas/README.md. Texts are borrowed from the tree. */
#ifndef RMT_INSTRUMENT_H
#define RMT_INSTRUMENT_H
#include "rmt/node.h"

typedef struct {
    const char *id; /* "caps5_01" */
    const char *label;
    int min, max;
} rmt_item;

typedef enum { RMT_SCORE_SUM, RMT_SCORE_COUNT_AT_LEAST } rmt_score_rule;

typedef struct {
    const char *id;      /* "total", "B" */
    const char *paramcd; /* at most 8 characters, A-Z 0-9: CDISC PARAMCD */
    const char *label;   /* PARAM */
    rmt_score_rule rule;
    int threshold; /* count_at_least: item value from which it counts */
    size_t *items; /* indices into items */
    size_t n_items;
    double min, max; /* range of the score */
} rmt_scale;

typedef struct {
    const char *name; /* "B" */
    size_t *items;
    size_t n_items;
    size_t min_count; /* how many must be present */
    int present_at;   /* item value from which a symptom counts as present */
} rmt_criterion;      /* diagnosis: every criterion must hold */

typedef enum {
    RMT_DEF_PERCENT_REDUCTION, /* 100 (base - value) / base */
    RMT_DEF_POINT_REDUCTION,   /* base - value */
    RMT_DEF_SCORE,             /* the value itself */
    RMT_DEF_NO_DIAGNOSIS,      /* the diagnostic rule does not hold */
    RMT_DEF_ALL_OF
} rmt_definition_kind;
typedef enum { RMT_OP_LT, RMT_OP_LE, RMT_OP_GT, RMT_OP_GE } rmt_op;

typedef struct rmt_definition {
    const char *id; /* "reduction30" */
    const char *label;
    const char *source;
    bool verified;
    rmt_definition_kind kind;
    rmt_op op;
    double value;
    struct rmt_definition *parts; /* all_of */
    size_t n_parts;
} rmt_definition;

typedef struct {
    const char *id, *name, *source, *recall, *rater;
    rmt_item *items;
    size_t n_items; /* items of the total first, then extra items */
    rmt_scale *scales;
    size_t n_scales; /* scales[0] is the total */
    rmt_criterion *diagnosis;
    size_t n_diagnosis;          /* 0 = no diagnostic rule */
    const char *diagnosis_label; /* what a positive rule may be called */
    rmt_definition *response;
    size_t n_response; /* the first is the default */
    rmt_definition *remission;
    size_t n_remission;
    size_t max_missing_items; /* published proration rule; 0 = all items needed */
} rmt_instrument;

/* RMT_ERR_CONFIG with file, line and key for anything unknown, inconsistent (an item that does not exist, a range
 * that items cannot reach, two ids alike) or unsourced. */
RMT_MUST_CHECK rmt_status rmt_instrument_parse(rmt_instrument **out, const rmt_node *node,
                                               rmt_error *err);
void rmt_instrument_free(rmt_instrument *ins);
/* NULL = unknown. */
const rmt_definition *rmt_instrument_response(const rmt_instrument *ins, const char *id);
const rmt_definition *rmt_instrument_remission(const rmt_instrument *ins, const char *id);
#endif
