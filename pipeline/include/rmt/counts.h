/* counts.h - who got better: which participants are counted, and which of them have the event.
 * Layer: clinical. Pure: no allocation, no global state; thread-safe.
 *
 * An event is a flag of the row of /outcomes at the visit: 1 = it happened, 0 = it did not, missing =
 * not known (no record, no total, no baseline, an undecided diagnosis).
 *   response           RESPFL, by the definition in RESPDEF
 *   remission          REMFL, by the definition in REMDEF
 *   loss_of_diagnosis  DXLOSSFL: the diagnosis at baseline, none at the visit
 *
 * Who can have it. Everybody randomised; but a diagnosis can be lost only by who had it. So these
 * events count, in events and in the denominator, only participants whose diagnostic rule held at the
 * baseline visit (DXFL = 1; absent or undecided = left out):
 *   - loss_of_diagnosis
 *   - remission by a definition of which `no_diagnosis` is the whole or a part: remission is the end
 *     of an illness that was there. REMFL itself says only that the definition holds at the visit.
 * Remission by `no_diagnosis` alone is then the same as loss_of_diagnosis, person by person.
 *
 * Who is missing. Both rules take the same people and differ in those whose flag is missing:
 *   nonresponder  they are in the denominator, without the event
 *   completer     they are left out
 * n_missing counts them under either rule, so that n and n_missing give back the other. */
#ifndef RMT_COUNTS_H
#define RMT_COUNTS_H
#include "rmt/cells.h"

typedef enum {
    RMT_EVENT_RESPONSE,
    RMT_EVENT_REMISSION,
    RMT_EVENT_LOSS_OF_DIAGNOSIS,
    RMT_N_EVENTS
} rmt_event;

typedef enum { RMT_MISSING_NONRESPONDER, RMT_MISSING_COMPLETER, RMT_N_MISSING } rmt_missing_rule;

/* "response", "remission", "loss_of_diagnosis"; "nonresponder", "completer". */
extern const char *const rmt_event_names[RMT_N_EVENTS];
extern const char *const rmt_missing_rule_names[RMT_N_MISSING];

typedef struct {
    long events;       /* participants with the event, 0..n */
    long n;            /* the denominator */
    long n_missing;    /* flag missing, among those who can have the event */
    size_t n_flagged;  /* of n, values of records with validation errors */
    size_t n_prorated; /* of n, events decided by a prorated value or baseline */
} rmt_event_count;

/* What is counted at one parameter and visit. */
typedef struct {
    const rmt_cells *cells;
    size_t param, visit;
    rmt_event event;
    const char
        *definition;      /* its id, borrowed from /outcomes; "loss_of_diagnosis" for that event */
    bool needs_diagnosis; /* counts only who had the diagnosis at baseline */
    bool asks_value, asks_baseline; /* the definition looks at these; one not known: at both */
} rmt_counting;

/* False when the parameter has no such event there: no definition, or (loss of diagnosis) nobody with a
 * diagnosis at baseline and one way or the other now. The kind of a definition is that of the plan's
 * instrument; one that the plan does not know needs no diagnosis. */
bool rmt_counting_find(rmt_counting *out, const rmt_cells *cells, size_t param, size_t visit,
                       rmt_event event);
/* One arm. */
void rmt_count_arm(rmt_event_count *out, const rmt_counting *what, size_t arm,
                   rmt_missing_rule rule);
/* The denominator in words: "all randomised", "value at visit", "randomised with diagnosis at
 * baseline", "diagnosis at baseline, value at visit". Static text. */
const char *rmt_counting_population(const rmt_counting *what, rmt_missing_rule rule);
#endif
