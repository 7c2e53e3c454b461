/* check_vitals.c - vital signs, told by the names and units of columns. See check_parts.h. */
#include "check_parts.h"
#include "column_words.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what there is ----------------------------------------------------------------------------- */

typedef enum {
    SYSTOLIC,
    DIASTOLIC,
    HEART_RATE,
    RESPIRATION,
    SATURATION,
    TEMPERATURE,
    WEIGHT,
    HEIGHT,
    N_VITALS
} vital_sign;

enum { SCALES = 3, WRITTEN = 7, NAMES = 24 };

/* A unit and what lies within it. Beyond these limits a value is a slip of the pen or another unit, not a patient. */
typedef struct {
    double low, high;
    const char *unit, *called; /* "°F", "degrees F" */
    double factor, offset;     /* value x factor + offset is in the first unit of the vital sign */
    const char *written[WRITTEN]; /* in a schema or in a name, lower case */
} scale;

typedef enum {
    TOLD,   /* the name alone stands for the first unit */
    GUESSED /* without a unit beside it the values tell which one it is, if any */
} unit_rule;

/* Names as rmt_column_words_join writes them, without the words that only say when or how it was measured. Behind
 * PAIRED: those that mean much else, and count where both pressures are called so. */
#define PAIRED "|"
static const struct {
    unit_rule rule;
    bool
        no_guess; /* no value is taken for one of another unit: a weight in pounds is one in kg of somebody else */
    scale scales[SCALES];
    const char *names[NAMES];
} vitals[N_VITALS] = {
    [SYSTOLIC] = {TOLD,
                  false,
                  {{40, 300, "mmHg", "mmHg", 1, 0, {"mmhg", "mm hg", "mm[hg]"}},
                   {5.3, 40, "kPa", "kPa", 7.50062, 0, {"kpa"}}},
                  {"systolic",
                   "sbp",
                   "sysbp",
                   "bpsys",
                   "systbp",
                   "bpsyst",
                   "systolicbp",
                   "bpsystolic",
                   "systolicpressure",
                   "systolicbloodpressure",
                   "bloodpressuresystolic",
                   "bloodpressuresys",
                   "sysbloodpressure",
                   "rrsys",
                   "rrsyst",
                   "sysrr",
                   "rrsystolisch",
                   "systolisch",
                   "blutdrucksystolisch",
                   "sistolica",
                   "systolique",
                   PAIRED,
                   "sys",
                   "syst"}},
    [DIASTOLIC] = {TOLD,
                   false,
                   {{10, 200, "mmHg", "mmHg", 1, 0, {"mmhg", "mm hg", "mm[hg]"}},
                    {1.3, 26.7, "kPa", "kPa", 7.50062, 0, {"kpa"}}},
                   {"diastolic",
                    "dbp",
                    "diabp",
                    "bpdia",
                    "diastbp",
                    "bpdiast",
                    "diastolicbp",
                    "bpdiastolic",
                    "diastolicpressure",
                    "diastolicbloodpressure",
                    "bloodpressurediastolic",
                    "bloodpressuredia",
                    "diabloodpressure",
                    "rrdia",
                    "rrdiast",
                    "diarr",
                    "rrdiastolisch",
                    "diastolisch",
                    "blutdruckdiastolisch",
                    "diastolica",
                    "diastolique",
                    PAIRED,
                    "dia",
                    "diast"}},
    [HEART_RATE] =
        {TOLD,
         false,
         {{20, 300, "1/min", "1/min", 1, 0, {"/min", "1/min", "bpm", "beats/min", "min-1"}}},
         {"heartrate", "hr", "pulse", "pulserate", "hrpulse", "pulsehr", "puls", "herzfrequenz",
          "hartslag", "hartfrequentie", "frequencecardiaque", "frecuenciacardiaca"}},
    [RESPIRATION] =
        {TOLD,
         false,
         {{2, 80, "1/min", "1/min", 1, 0, {"/min", "1/min", "breaths/min", "min-1", "bpm"}}},
         {"respiratoryrate", "resprate", "respirationrate", "breathingrate", "atemfrequenz",
          "ademfrequentie", "frequencerespiratoire", "frecuenciarespiratoria"}},
    [SATURATION] = {TOLD,
                    false,
                    {{30, 100, "%", "%", 1, 0, {"%", "percent", "pct"}},
                     {0.3, 1, "1", "parts of 1", 100, 0, {"1", "fraction"}}},
                    {"spo2", "sao2", "o2sat", "o2saturation", "oxygensaturation", "oxysat",
                     "sauerstoffsattigung"}},
    [TEMPERATURE] = {GUESSED,
                     false,
                     {{25,
                       45,
                       "\xc2\xb0\x43",
                       "degrees C",
                       1,
                       0,
                       {"\xc2\xb0\x63", "c", "cel", "celsius", "degc", "degreesc"}},
                      {77,
                       113,
                       "\xc2\xb0\x46",
                       "degrees F",
                       1 / 1.8,
                       -32 / 1.8,
                       {"\xc2\xb0\x66", "f", "fahrenheit", "degf", "degreesf"}}},
                     {"temperature", "bodytemperature", "bodytemp", "temp", "temperatur",
                      "korpertemperatur", "temperatuur", "lichaamstemperatuur", "temperatura"}},
    [WEIGHT] = {GUESSED,
                true,
                {{20, 400, "kg", "kg", 1, 0, {"kg", "kgs", "kilograms", "kilogram"}},
                 {44, 880, "lb", "pounds", 0.45359237, 0, {"lb", "lbs", "pounds", "pound"}},
                 {20000, 400000, "g", "g", 0.001, 0, {"g", "grams"}}},
                {"weight", "bodyweight", "wt", "gewicht", "korpergewicht", "lichaamsgewicht",
                 "poids", "peso"}},
    [HEIGHT] = {GUESSED,
                false,
                {{100, 250, "cm", "cm", 1, 0, {"cm", "centimeters", "centimetres"}},
                 {1, 2.5, "m", "m", 100, 0, {"m", "meters", "metres"}},
                 {39, 98.5, "in", "inches", 2.54, 0, {"in", "inch", "inches"}}},
                {"height", "bodyheight", "grosse", "korpergrosse", "lichaamslengte", "taille",
                 "estatura"}},
};

/* When, where and how it was measured. Those of the second list have a number beside them. */
static const char *const occasions[] = {
    "pre",      "post",      "predose", "postdose", "before",  "after",    "during",   "start",
    "end",      "min",       "mins",    "minute",   "minutes", "hour",     "hours",    "hrs",
    "day",      "week",      "month",   "visit",    "bl",      "base",     "baseline", "scr",
    "screen",   "screening", "sitting", "seated",   "sit",     "standing", "stand",    "supine",
    "lying",    "left",      "right",   "first",    "second",  "third",    "mean",     "avg",
    "average",  "max",       "peak",    "lowest",   "highest", "rest",     "resting",  "manual",
    "auto",     "office",    "clinic",  "value",    "val",     "result",   "reading",  "measured",
    "infusion", "inf",       "vs",      "vitals",   "deg",     "degrees",  "vital",    "in"};
static const char *const counted[] = {"m",  "h", "hr", "s",  "sec", "d", "w",  "wk",
                                      "mo", "v", "t",  "tp", "r",   "n", "rep"};
#define IS_AMONG(name, list) rmt_text_is_among(name, list, sizeof(list) / sizeof *(list))

/* ---- what a column holds ------------------------------------------------------------------------- */

typedef struct {
    vital_sign vital; /* N_VITALS: none */
    bool paired;      /* counts with the other pressure alone */
    size_t scale;     /* SCALES: nobody says */
    char occasion[RMT_WORDS_TEXT + 2];
} vital_column;

/* "40min", "t1", "2", "pre": no part of what is measured. */
static bool is_occasion(const char *word)
{
    char letters[RMT_WORDS_TEXT];
    size_t n = 0;
    for (const char *s = word; *s; s++)
        if (*s < '0' || *s > '9') letters[n++] = *s;
    letters[n] = '\0';
    const bool has_number = word[n] != '\0';
    return n == 0 || IS_AMONG(letters, occasions) || (has_number && IS_AMONG(letters, counted));
}

static size_t find_scale(vital_sign v, const char *unit)
{
    for (size_t i = 0; i < SCALES && vitals[v].scales[i].unit; i++) {
        const scale *s = &vitals[v].scales[i];
        if (rmt_text_equal_nocase(unit, s->unit)) return i;
        for (size_t k = 0; k < WRITTEN && s->written[k]; k++)
            if (rmt_text_equal_nocase(unit, s->written[k])) return i;
    }
    return SCALES;
}

/* name is called as the vital sign is, perhaps with a unit right behind it ("weightkg"). */
static bool is_called(vital_column *c, vital_sign v, const char *name)
{
    bool paired = false;
    for (size_t i = 0; i < NAMES && vitals[v].names[i]; i++) {
        const char *known = vitals[v].names[i];
        const size_t n = strlen(known);
        if (strcmp(known, PAIRED) == 0) paired = true;
        else if (strncmp(name, known, n) == 0) {
            const size_t s = name[n] ? find_scale(v, name + n) : c->scale;
            if (name[n] && s == SCALES) continue;
            c->scale = s;
            c->paired = paired;
            return true;
        }
    }
    return false;
}

/* The words but for occasions and units are the name of a vital sign. */
static bool is_vital(vital_column *c, const rmt_column_words *words, vital_sign v)
{
    char name[RMT_WORDS_TEXT] = "";
    c->occasion[0] = '\0';
    c->scale = SCALES;
    for (size_t i = 0; i < words->n; i++) {
        const size_t unit = find_scale(v, words->word[i]);
        const bool is_digit = words->word[i][0] >= '0' && words->word[i][0] <= '9';
        if (unit < SCALES && !is_digit && i > 0) c->scale = unit;
        else if (words->n > 1 && is_occasion(words->word[i])) /* hr2 alone is a rate, no hour */
            strcat(strcat(c->occasion, words->word[i]), " ");
        else strcat(name, words->word[i]);
    }
    if (is_called(c, v, name)) return true;
    size_t n = strlen(name); /* sbp2 */
    while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
        n--;
    strcat(strcat(c->occasion, name + n), " ");
    name[n] = '\0';
    return is_called(c, v, name);
}

static vital_column vital_of(const rmt_table *t, size_t column)
{
    const vital_column none = {.vital = N_VITALS};
    const rmt_type type = rmt_table_type(t, column);
    const char *unit = rmt_table_unit(t, column);
    rmt_column_words words;
    vital_column c = none;
    if ((type != RMT_TYPE_INTEGER && type != RMT_TYPE_NUMBER) ||
        !rmt_column_words_read(&words, rmt_table_name(t, column)))
        return none;
    for (vital_sign v = SYSTOLIC; v < N_VITALS; v++) {
        if (!is_vital(&c, &words, v)) continue;
        c.vital = v;
        if (*unit && (c.scale = find_scale(v, unit)) == SCALES) return none;
        if (c.scale == SCALES && vitals[v].rule == TOLD) c.scale = 0;
        return c;
    }
    return none;
}

/* ---- limits -------------------------------------------------------------------------------------- */

typedef struct {
    rmt_reporter *out;
    const char *name;
    const rmt_table *t;
    size_t id_column, line_column;
} table_check;

static rmt_finding cell_finding(const table_check *c, const char *code, size_t row, size_t column,
                                char *id_buf)
{
    rmt_finding f = rmt_finding_of_row(code, c->name, rmt_line_of(c->t, c->line_column, row), row);
    f.column = rmt_table_name(c->t, column);
    if (c->id_column != RMT_NO_COLUMN)
        f.subject = rmt_table_format(c->t, c->id_column, row, id_buf);
    return f;
}

/* What a column must lie within: of one unit, or of two that cannot be told apart. */
typedef struct {
    double low, high;
    const scale *scale, *other; /* other: NULL = one */
} limits;

/* The numbers of a column, as they lie in it. */
typedef struct {
    const double *numbers; /* NULL: the other */
    const int32_t *integers;
} column_values;

static column_values values_of(const rmt_table *t, size_t column)
{
    return (column_values){rmt_table_numbers(t, column), rmt_table_integers(t, column)};
}

static inline double value_at(const column_values *x, size_t row)
{
    if (x->numbers) return x->numbers[row];
    return x->integers[row] == RMT_INTEGER_MISSING ? (double)NAN : x->integers[row];
}

/* The unit within whose limits most of the values lie, half of them at least; false: there is none. */
static bool guess_limits(limits *out, const rmt_table *t, size_t column, vital_sign v)
{
    size_t n = 0, n_within[SCALES] = {0}, most = 0;
    const scale *scales = vitals[v].scales;
    const column_values values = values_of(t, column);
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        const double x = value_at(&values, row);
        if (isnan(x)) continue;
        n++;
        for (size_t i = 0; i < SCALES && scales[i].unit; i++)
            n_within[i] += x >= scales[i].low && x <= scales[i].high;
    }
    for (size_t i = 1; i < SCALES; i++)
        if (n_within[i] > n_within[most]) most = i;
    if (n_within[most] == 0 || 2 * n_within[most] < n) return false;
    *out = (limits){scales[most].low, scales[most].high, &scales[most], NULL};
    for (size_t i = most + 1; i < SCALES && scales[i].unit && !out->other; i++) {
        if (n_within[i] < n_within[most]) continue;
        out->other = &scales[i];
        out->low = fmin(out->low, scales[i].low);
        out->high = fmax(out->high, scales[i].high);
    }
    return true;
}

/* "; in degrees F it would be 37.0 C", or nothing. */
static void say_other_unit(char *out, size_t size, vital_sign vital, const limits *l, double v)
{
    char value[RMT_NUM_BUF];
    *out = '\0';
    for (size_t i = 0; i < SCALES && vitals[vital].scales[i].unit && !l->other; i++) {
        const scale *s = &vitals[vital].scales[i];
        /* Pounds and kilograms differ too little, grams do not. */
        if (s == l->scale || (vitals[vital].no_guess && s->factor > 0.1)) continue;
        const double x = (v * s->factor + s->offset - l->scale->offset) / l->scale->factor;
        if (x < l->low || x > l->high) continue;
        rmt_num_print_fixed(value, x, 1);
        snprintf(out, size, "; in %s it would be %s %s", s->called, value, l->scale->unit);
        return;
    }
}

static void check_limits(const table_check *c, size_t column, const vital_column *of)
{
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF], rule[96],
        other[96];
    limits l;
    if (of->scale < SCALES) {
        const scale *s = &vitals[of->vital].scales[of->scale];
        l = (limits){s->low, s->high, s, NULL};
    } else if (!guess_limits(&l, c->t, column, of->vital)) return;
    const column_values values = values_of(c->t, column);
    for (size_t row = 0, n = rmt_table_rows(c->t); row < n; row++) {
        const double v = value_at(&values, row);
        if (isnan(v) || (v >= l.low && v <= l.high)) continue;
        rmt_finding f = cell_finding(c, "vitals/limits", row, column, id_buf);
        rmt_num_print(value, v);
        rmt_num_print(low, l.low);
        rmt_num_print(high, l.high);
        snprintf(rule, sizeof rule, "%s..%s %s%s%s", low, high, l.scale->unit,
                 l.other ? " or " : "", l.other ? l.other->unit : "");
        f.value = value;
        f.rule = rule;
        say_other_unit(other, sizeof other, of->vital, &l, v);
        rmt_report(c->out, f, "%s is outside what a body can have, %s%s", value, rule, other);
    }
}

/* ---- pressures ----------------------------------------------------------------------------------- */

static void check_pressures(const table_check *c, size_t systolic_column, size_t diastolic_column)
{
    char id_buf[RMT_NUM_BUF], systolic[RMT_NUM_BUF], diastolic[RMT_NUM_BUF];
    char value[2 * RMT_NUM_BUF];
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        const double s = rmt_table_number(c->t, systolic_column, row);
        const double d = rmt_table_number(c->t, diastolic_column, row);
        if (!(s <= d)) continue;
        rmt_finding f = cell_finding(c, "vitals/pressure", row, systolic_column, id_buf);
        rmt_num_print(systolic, s);
        rmt_num_print(diastolic, d);
        snprintf(value, sizeof value, "%s/%s", systolic, diastolic);
        f.value = value;
        f.rule = "systolic above diastolic";
        rmt_report(c->out, f, "systolic %s is not above diastolic %s", systolic, diastolic);
    }
}

/* Chi-square of the last digits of whole numbers against one tenth each. */
static void check_digits(const table_check *c, size_t column)
{
    size_t count[10] = {0}, n = 0, most = 0;
    double mean = 0, squares = 0, chi2 = 0;
    char value[RMT_NUM_BUF];
    const column_values values = values_of(c->t, column);
    for (size_t row = 0, rows = rmt_table_rows(c->t); row < rows; row++) {
        const double v = value_at(&values, row);
        if (isnan(v) || v < 0 || v > 1e6 || floor(v) < v) continue;
        count[(size_t)v % 10]++;
        n++;
        const double d = v - mean; /* Welford */
        mean += d / (double)n;
        squares += d * (v - mean);
    }
    /* Values that crowd within few units have uneven last digits by nature. */
    const rmt_check_settings *set = c->out->settings;
    const double spread = rmt_check_value(set, "vitals/digit-preference", "spread");
    if ((double)n < rmt_check_value(set, "vitals/digit-preference", "values") ||
        squares < (double)(n - 1) * spread * spread)
        return;
    for (size_t i = 0; i < 10; i++) {
        const double d = (double)count[i] - (double)n / 10;
        chi2 += d * d / ((double)n / 10);
        if (count[i] > count[most]) most = i;
    }
    const double most_chi2 = rmt_check_value(set, "vitals/digit-preference", "chi2");
    if (!(chi2 > most_chi2)) return;
    char limit[RMT_NUM_BUF];
    rmt_num_print(limit, most_chi2);
    snprintf(value, sizeof value, "%zu of %zu", count[most], n);
    rmt_finding f = {.code = "vitals/digit-preference",
                     .table = c->name,
                     .column = rmt_table_name(c->t, column),
                     .value = value,
                     .rule = "last digits that occur alike"};
    rmt_report(c->out, f,
               "%s values end in %zu (chi-square %.1f with 9 degrees of freedom, above %s)", value,
               most, chi2, limit);
}

/* The other pressure of the same occasion, in the same unit; n: there is none. */
static size_t other_pressure(const vital_column *of, size_t n, size_t column)
{
    const vital_sign other = of[column].vital == SYSTOLIC ? DIASTOLIC : SYSTOLIC;
    for (size_t i = 0; i < n; i++)
        if (of[i].vital == other && of[i].scale == of[column].scale &&
            of[i].paired == of[column].paired && strcmp(of[i].occasion, of[column].occasion) == 0)
            return i;
    return n;
}

rmt_status rmt_check_vitals(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *table,
                            rmt_error *err)
{
    const rmt_table *t = table->table;
    const table_check c = {out, table->name, t, rmt_table_find(t, plan->subject_id),
                           rmt_line_column(t)};
    const size_t n = rmt_table_columns(t);
    const bool limits_on = rmt_check_is_on(out->settings, "vitals/limits");
    const bool digits_on = rmt_check_is_on(out->settings, "vitals/digit-preference");
    vital_column *of = rmt_mem_array(n, sizeof *of, err);
    if (!of) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        of[i] = vital_of(t, i);
    for (size_t i = 0; i < n; i++) {
        if (of[i].vital == N_VITALS || (of[i].paired && other_pressure(of, n, i) == n)) continue;
        if (limits_on) check_limits(&c, i, &of[i]);
        if (digits_on && (of[i].vital == SYSTOLIC || of[i].vital == DIASTOLIC)) check_digits(&c, i);
    }
    for (size_t i = 0; i < n && rmt_check_is_on(out->settings, "vitals/pressure"); i++) {
        const size_t diastolic = of[i].vital == SYSTOLIC ? other_pressure(of, n, i) : n;
        if (diastolic < n) check_pressures(&c, i, diastolic);
    }
    rmt_mem_free(of);
    return RMT_OK;
}
