/* recognise_labels.c - what the label of a visit tells: its time, its number, its phase. See recognise_parts.h. */
#include "recognise_parts.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

/* ---- times ----------------------------------------------------------------------------------- */

/* Units of time in labels. Those without a flag are whole words: the h of "month" is no hour. */
static const struct {
    double days;
    bool in_compounds; /* "studyday7", "4weekfu" */
    const char *words[16];
} units[] = {
    {1.0 / 1440, true, {"minutes", "minute", NULL}},
    {1.0 / 1440, false, {"min", "mins", "minuten", NULL}},
    {1.0 / 24, true, {"hours", "hour", NULL}},
    {1.0 / 24,
     false,
     {"h", "hr", "hrs", "stunde", "stunden", "uur", "heure", "heures", "hora", "horas", NULL}},
    {1, true, {"days", "day", NULL}},
    {1, false, {"d", "tag", "tage", "dag", "dagen", "jour", "jours", NULL}},
    {7, true, {"weeks", "week", NULL}},
    {7,
     false,
     {"w", "wk", "wks", "woche", "wochen", "weken", "semaine", "semaines", "semana", "semanas",
      NULL}},
    {30.4375, true, {"months", "month", NULL}},
    {30.4375,
     false,
     {"m", "mo", "mos", "mth", "mths", "mon", "monat", "monate", "maand", "maanden", "mois", "mes",
      "meses", NULL}},
    {365.25, true, {"years", "year", NULL}},
    {365.25, false, {"y", "yr", "yrs", "jahr", "jahre", "jaar", "an", "ans", "anno", NULL}}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of a word; bytes beyond ASCII are letters. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

/* What may stand between a number and its unit; a bracket begins something else. */
static bool is_between(char c)
{
    return c && strchr(" -_.:", c);
}

/* The unit that a word of n bytes before or behind a number is, in days; 0 = none. */
static double unit_of(const char *word, size_t n, bool behind)
{
    char plain[NAME_MAX_BYTES], text[NAME_MAX_BYTES];
    if (n == 0 || n >= sizeof text) return 0;
    memcpy(text, word, n);
    text[n] = '\0';
    rmt_plain_name(plain, text);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (size_t k = 0; units[u].words[k]; k++) {
            const char *unit = units[u].words[k];
            const size_t length = strlen(unit), own = strlen(plain);
            if (length > own || (length < own && !units[u].in_compounds)) continue;
            if (strncmp(behind ? plain : plain + own - length, unit, length) == 0)
                return units[u].days;
        }
    return 0;
}

/* The unit beside the number at label[from, to), the word before it first. */
static double unit_beside(const char *label, size_t from, size_t to)
{
    size_t end = from, begin, next = to, length = 0;
    while (end > 0 && is_between(label[end - 1]))
        end--;
    for (begin = end; begin > 0 && is_letter(label[begin - 1]);)
        begin--;
    const double before = unit_of(label + begin, end - begin, false);
    while (is_between(label[next]))
        next++;
    while (is_letter(label[next + length]))
        length++;
    return before > 0 ? before : unit_of(label + next, length, true);
}

/* "week 12", "wk12", "12 weeks", "visit 3 (week 4)", "t3", "4": days, or the number alone in a unit of its own, *unit 0. NaN =
 * neither, or several. */
static double day_of(const char *label, double *unit)
{
    size_t n_numbers = 0, n_units = 0;
    double day = (double)NAN;
    *unit = 0;
    for (size_t i = 0, n; label[i]; i += n) {
        double x;
        n = 1;
        if (!is_digit(label[i])) continue;
        while (is_digit(label[i + n]) || (label[i + n] == '.' && is_digit(label[i + n + 1])))
            n++;
        if (!rmt_num_parse_double(label + i, n, &x)) return (double)NAN;
        if (i > 1 && label[i - 1] == '-' && label[i - 2] == ' ') x = -x; /* "day -7" */
        const double its = unit_beside(label, i, i + n);
        n_numbers++;
        if (its > 0) n_units++, *unit = its;
        if (its > 0 || n_numbers == 1) day = its > 0 ? x * its : x;
    }
    return n_units == 1 || (n_units == 0 && n_numbers == 1) ? day : (double)NAN;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Whole labels, plain, that mean the baseline. */
static const char *const baseline_names[] = {"baseline",
                                             "baselinevisit",
                                             "bl",
                                             "base",
                                             "pretreatment",
                                             "pretest",
                                             "pre",
                                             "t0",
                                             "week0",
                                             "wk0",
                                             "w0",
                                             "day0",
                                             "d0",
                                             "month0",
                                             "m0",
                                             "visit0",
                                             "v0",
                                             "0",
                                             NULL};

typedef struct {
    rmt_phase phase;
    const char *words[28];
} phase_words;
/* In lower case; letters that are not ASCII as UTF-8. Where a label has several, the first of this list counts. */
static const phase_words phases[] = {
    {RMT_PHASE_OTHER,
     {"unscheduled", "unplanned", "early", "withdrawal", "dropout", "abbruch", "ungeplant", NULL}},
    {RMT_PHASE_BASELINE,
     {"baseline",
      "basline",
      "bl",
      "pretreatment",
      "pretest",
      "pre",
      "prae",
      "pr\xC3\xA4",
      "randomisation",
      "randomization",
      "randomised",
      "randomized",
      "randomisierung",
      "eingangsmessung",
      "eingang",
      "aufnahme",
      "vormessung",
      "ausgangswert",
      "basismessung",
      "nulmeting",
      "voormeting",
      "inclusion",
      "basal",
      "inicial",
      "enrolment",
      "enrollment",
      "intake",
      NULL}},
    {RMT_PHASE_SCREENING, {"screening", "screen", "scr", "voruntersuchung", "selection", NULL}},
    {RMT_PHASE_FOLLOW_UP,
     {"fu", "followup", "follow", "kat", "katamnese", "nachuntersuchung", "suivi", "seguimiento",
      "vervolgmeting", NULL}},
    {RMT_PHASE_TREATMENT, {"mid", "midtreatment", "during", "interim", "zwischenmessung", NULL}},
    {RMT_PHASE_END,
     {"post", "posttreatment", "posttest", "eot", "eos", "end", "endpoint", "discharge",
      "completion", "abschluss", "abschlussmessung", "entlassung", "nachmessung", "nameting", "fin",
      NULL}}};

/* The next word of letters at *s, in lower case, which goes behind it; "" = there is none. */
static void take_word(char out[NAME_MAX_BYTES], const char **s)
{
    size_t n = 0;
    while (**s && !is_letter(**s))
        ++*s;
    for (; is_letter(**s); ++*s)
        if (n + 1 < NAME_MAX_BYTES)
            out[n++] = **s >= 'A' && **s <= 'Z' ? (char)(**s - 'A' + 'a') : **s;
    out[n] = '\0';
}

static size_t phase_of_word(const char *word)
{
    size_t i = 0;
    while (i < sizeof phases / sizeof *phases && !rmt_name_rank(word, phases[i].words))
        i++;
    return i;
}

/* By the words of the label; "post session 4" is no end, "pre-screening" no baseline. */
static rmt_phase phase_of(const char *label)
{
    static const char *const counted[] = {"session", "sess",     "sitzung",   "dose",
                                          "dosing",  "infusion", "injection", NULL};
    size_t best = sizeof phases / sizeof *phases;
    char word[NAME_MAX_BYTES], next[NAME_MAX_BYTES];
    take_word(word, &label);
    while (word[0]) {
        take_word(next, &label);
        const size_t at = phase_of_word(word), after = phase_of_word(next);
        const bool beside = strcmp(word, "pre") == 0 && after < sizeof phases / sizeof *phases &&
                            phases[after].phase == RMT_PHASE_SCREENING;
        if (at < best && !beside && !rmt_name_rank(next, counted)) best = at;
        memcpy(word, next, sizeof word);
    }
    return best < sizeof phases / sizeof *phases ? phases[best].phase : RMT_PHASE_UNKNOWN;
}

/* "V1/Screening", "Visit 2 (Baseline)", "T0": the number of the visit; NaN = it does not begin with one. */
static double ordinal_of(const char *label)
{
    static const char *const words[] = {"v",      "visit",     "visite", "visita",    "t",
                                        "tp",     "timepoint", "time",   "zeitpunkt", "mzp",
                                        "termin", "wave",      "bezoek", NULL};
    char word[NAME_MAX_BYTES];
    double x;
    size_t n = 0;
    if (!is_letter(label[0])) return (double)NAN;
    take_word(word, &label);
    while (is_between(*label))
        label++;
    while (is_digit(label[n]) || (label[n] == '.' && is_digit(label[n + 1])))
        n++;
    return n && rmt_name_rank(word, words) && rmt_num_parse_double(label, n, &x) ? x : (double)NAN;
}

rmt_label rmt_label_read(const char *label)
{
    char plain[NAME_MAX_BYTES];
    rmt_label l = {.phase = phase_of(label), .ordinal = ordinal_of(label)};
    l.day = day_of(label, &l.unit);
    rmt_plain_name(plain, label);
    const bool named = rmt_name_rank(plain, baseline_names) > 0;
    const bool at_start = l.unit > 0 && rmt_num_same(l.day, 0);
    l.baseline = named                            ? RMT_SIGN_NAME
                 : l.phase == RMT_PHASE_BASELINE  ? RMT_SIGN_WORD
                 : at_start                       ? RMT_SIGN_WORD
                 : l.phase == RMT_PHASE_SCREENING ? RMT_SIGN_SCREENING
                                                  : RMT_SIGN_NONE;
    if (named) l.phase = RMT_PHASE_BASELINE;
    return l;
}
