/* check_columns.c - what the names of columns give away: vital signs, identifiers. See check_parts.h. */
#include "check_parts.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- vital signs --------------------------------------------------------------------------- */

enum { SYSTOLIC, DIASTOLIC, N_PRESSURES };
enum { SATURATION = 4, TEMPERATURE, WEIGHT, HEIGHT, N_VITALS, NAMES = 6, UNITS = 5 };

/* Beyond these limits a value is a slip of the pen or another unit, not a patient. Names are compared without case and
 * separators. */
static const struct {
    double low, high;
    const char *unit;
    const char *units[UNITS]; /* other ways to write it */
    bool unit_needed;         /* the name alone does not tell the unit */
    const char *names[NAMES];
} vitals[N_VITALS] = {
    [SYSTOLIC] = {40,
                  300,
                  "mmHg",
                  {"mm Hg", "mm[Hg]"},
                  false,
                  {"systolic", "sbp", "sysbp", "systolicbp", "bpsystolic"}},
    [DIASTOLIC] = {10,
                   200,
                   "mmHg",
                   {"mm Hg", "mm[Hg]"},
                   false,
                   {"diastolic", "dbp", "diabp", "diastolicbp", "bpdiastolic"}},
    {20,
     300,
     "1/min",
     {"/min", "bpm", "beats/min", "min-1"},
     false,
     {"heartrate", "hr", "pulse", "pulserate"}},
    {2,
     80,
     "1/min",
     {"/min", "breaths/min", "min-1"},
     false,
     {"respiratoryrate", "resprate", "respirationrate"}},
    {30, 100, "%", {"percent"}, false, {"spo2", "sao2", "oxygensaturation", "oxysat"}},
    {25,
     45,
     "\xc2\xb0\x43",
     {"C", "Cel", "degC"},
     true,
     {"temperature", "bodytemperature", "temp", "temperaturec", "tempc"}},
    {20, 400, "kg", {NULL}, true, {"weight", "bodyweight", "weightkg", "bodyweightkg"}},
    {100, 250, "cm", {NULL}, true, {"height", "bodyheight", "heightcm"}},
};

/* Units in which such a value would be one of a body: value x factor + offset is in the unit above. Pounds are not among
 * them: a weight in pounds is one in kilograms of somebody else. */
static const struct {
    size_t vital;
    const char *unit;
    double factor, offset;
} other_units[] = {{SYSTOLIC, "kPa", 7.50062, 0},
                   {DIASTOLIC, "kPa", 7.50062, 0},
                   {SATURATION, "parts of 1", 100, 0},
                   {TEMPERATURE, "degrees F", 1 / 1.8, -32 / 1.8},
                   {WEIGHT, "g", 0.001, 0},
                   {HEIGHT, "m", 100, 0},
                   {HEIGHT, "inches", 2.54, 0}};

/* "; in degrees F it would be 37.0 C", or nothing. */
static void say_other_unit(char *out, size_t size, size_t vital, double v)
{
    char value[RMT_NUM_BUF];
    *out = '\0';
    for (size_t i = 0; i < sizeof other_units / sizeof other_units[0]; i++) {
        const double x = v * other_units[i].factor + other_units[i].offset;
        if (other_units[i].vital != vital || x < vitals[vital].low || x > vitals[vital].high)
            continue;
        rmt_num_print_fixed(value, x, 1);
        snprintf(out, size, "; in %s it would be %s %s", other_units[i].unit, value,
                 vitals[vital].unit);
        return;
    }
}

/* "Visit_Date" and "visitdate" are one name. */
static bool same_name(const char *column, const char *name)
{
    for (;; column++) {
        if (*column == '_' || *column == '-' || *column == ' ' || *column == '.') continue;
        const char lower = *column >= 'A' && *column <= 'Z' ? (char)(*column + 32) : *column;
        if (lower != *name) return false;
        if (lower == '\0') return true;
        name++;
    }
}

static bool is_named(const char *column, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && names[i]; i++)
        if (same_name(column, names[i])) return true;
    return false;
}

/* weight_kg says it in its name */
static bool ends_with(const char *column, const char *unit)
{
    const size_t n = strlen(unit), m = strlen(column);
    return m > n && rmt_text_equal_nocase(column + m - n, unit);
}

static bool has_unit(const char *unit, size_t vital, const char *column)
{
    const bool in_name = *unit == '\0';
    if (in_name && !vitals[vital].unit_needed) return true;
    if (in_name ? ends_with(column, vitals[vital].unit)
                : rmt_text_equal_nocase(unit, vitals[vital].unit))
        return true;
    for (size_t i = 0; i < UNITS && vitals[vital].units[i]; i++)
        if (in_name ? ends_with(column, vitals[vital].units[i])
                    : rmt_text_equal_nocase(unit, vitals[vital].units[i]))
            return true;
    return false;
}

/* Index into vitals, or N_VITALS. */
static size_t vital_of(const rmt_table *t, size_t column)
{
    const rmt_type type = rmt_table_type(t, column);
    size_t i = 0;
    if (type != RMT_TYPE_INTEGER && type != RMT_TYPE_NUMBER) return N_VITALS;
    while (i < N_VITALS && !(is_named(rmt_table_name(t, column), vitals[i].names, NAMES) &&
                             has_unit(rmt_table_unit(t, column), i, rmt_table_name(t, column))))
        i++;
    return i;
}

typedef struct {
    rmt_reporter *out;
    const rmt_plan *plan;
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

static void check_limits(const table_check *c, size_t column, size_t vital)
{
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF], rule[96],
        other[96];
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        const double v = rmt_table_number(c->t, column, row);
        if (isnan(v) || (v >= vitals[vital].low && v <= vitals[vital].high)) continue;
        rmt_finding f = cell_finding(c, "vitals/limits", row, column, id_buf);
        rmt_num_print(value, v);
        rmt_num_print(low, vitals[vital].low);
        rmt_num_print(high, vitals[vital].high);
        snprintf(rule, sizeof rule, "%s..%s %s", low, high, vitals[vital].unit);
        f.value = value;
        f.rule = rule;
        say_other_unit(other, sizeof other, vital, v);
        rmt_report(c->out, f, "%s is outside what a body can have, %s%s", value, rule, other);
    }
}

static void check_pressures(const table_check *c, const size_t columns[N_PRESSURES])
{
    char id_buf[RMT_NUM_BUF], systolic[RMT_NUM_BUF], diastolic[RMT_NUM_BUF];
    char value[2 * RMT_NUM_BUF];
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        const double s = rmt_table_number(c->t, columns[SYSTOLIC], row);
        const double d = rmt_table_number(c->t, columns[DIASTOLIC], row);
        if (!(s <= d)) continue;
        rmt_finding f = cell_finding(c, "vitals/pressure", row, columns[SYSTOLIC], id_buf);
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
    for (size_t row = 0; row < rmt_table_rows(c->t); row++) {
        const double v = rmt_table_number(c->t, column, row);
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

static void check_vitals(const table_check *c)
{
    size_t pressures[N_PRESSURES] = {RMT_NO_COLUMN, RMT_NO_COLUMN};
    for (size_t column = 0; column < rmt_table_columns(c->t); column++) {
        const size_t vital = vital_of(c->t, column);
        if (vital == N_VITALS) continue;
        if (rmt_check_is_on(c->out->settings, "vitals/limits")) check_limits(c, column, vital);
        if (vital >= N_PRESSURES) continue;
        if (rmt_check_is_on(c->out->settings, "vitals/digit-preference")) check_digits(c, column);
        if (pressures[vital] == RMT_NO_COLUMN) pressures[vital] = column;
    }
    if (pressures[SYSTOLIC] != RMT_NO_COLUMN && pressures[DIASTOLIC] != RMT_NO_COLUMN &&
        rmt_check_is_on(c->out->settings, "vitals/pressure"))
        check_pressures(c, pressures);
}

/* ---- identifiers --------------------------------------------------------------------------- */

/* Of the 18 kinds the US rule names, those that have a column of their own in trial exports. */
static const char *const identifiers[] = {
    "name",        "firstname",       "lastname",      "surname",
    "familyname",  "givenname",       "fullname",      "maidenname",
    "patientname", "participantname", "ssn",           "socialsecuritynumber",
    "bsn",         "nhsnumber",       "mrn",           "medicalrecordnumber",
    "passport",    "passportnumber",  "dob",           "dateofbirth",
    "birthdate",   "birthday",        "email",         "emailaddress",
    "phone",       "phonenumber",     "telephone",     "mobile",
    "address",     "street",          "streetaddress", "homeaddress",
    "zip",         "zipcode",         "postcode",      "postalcode",
    "ipaddress"};

/* Something@host.tld, the whole cell or within it. */
static bool holds_email(const char *s)
{
    for (const char *at = strchr(s, '@'); at; at = strchr(at + 1, '@')) {
        const size_t host = strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789-.");
        size_t dot = host;
        while (dot > 0 && at[dot] != '.')
            dot--;
        if (at > s && at[-1] != ' ' && dot > 1 && host - dot >= 2) return true;
    }
    return false;
}

/* The value is not repeated: the finding goes further than the file may. */
static void check_identifiers(const table_check *c)
{
    const size_t n_rows = rmt_table_rows(c->t);
    const double most = rmt_check_value(c->out->settings, "privacy/identifier", "rows");
    const rmt_plan_table *pt = rmt_plan_find_table(c->plan, c->name);
    char id_buf[RMT_NUM_BUF];
    for (size_t column = 0; column < rmt_table_columns(c->t); column++) {
        const char *name = rmt_table_name(c->t, column);
        const rmt_field *field = pt && pt->schema ? rmt_schema_field(pt->schema, name) : NULL;
        const bool marked = field && field->identifier;
        const bool suspicious =
            marked || (column != c->id_column &&
                       is_named(name, identifiers, sizeof identifiers / sizeof *identifiers));
        const bool is_text = rmt_table_type(c->t, column) == RMT_TYPE_STRING;
        for (size_t row = 0; row < n_rows && (double)row < most; row++) {
            if (!suspicious && !is_text) break;
            if (rmt_table_is_missing(c->t, column, row)) continue;
            const bool email = is_text && holds_email(rmt_table_text(c->t, column, row));
            if (!suspicious && !email) continue;
            rmt_finding f = cell_finding(c, "privacy/identifier", row, column, id_buf);
            f.subject = NULL;
            f.rule = "no name, date of birth, address or record number";
            if (email) rmt_report(c->out, f, "column %s holds e-mail addresses", name);
            else if (marked)
                rmt_report(c->out, f, "column %s is marked as an identifier in its schema", name);
            else rmt_report(c->out, f, "column %s looks like one that identifies a person", name);
            break;
        }
    }
}

void rmt_check_columns(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *table)
{
    const table_check c = {out,
                           plan,
                           table->name,
                           table->table,
                           rmt_table_find(table->table, plan->subject_id),
                           rmt_line_column(table->table)};
    check_vitals(&c);
    /* A table of sites has names, too. */
    if (c.id_column != RMT_NO_COLUMN && rmt_check_is_on(out->settings, "privacy/identifier"))
        check_identifiers(&c);
}
