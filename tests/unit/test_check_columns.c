/* Vital signs and identifiers, by the names of columns; arms by number. */
#include "tst_findings.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, more: {file: m.csv}}\n"                                         \
    "subjects: {table: people, id: id, arm: arm%s}\n"                                              \
    "arms: {reference: ctl, order: [ket, ctl]%s}\n"                                                \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}]}\n"                           \
    "outcomes: {x: {table: more, total: x}}\n"

static void findings(const char *head, const char *rows, const char *const *want, size_t n)
{
    char plan[1024];
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, "", "");
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    tst_trial_table(&t, "more", head, rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

static void impossible_vitals_are_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/limits more 3 Systolic_BP A 301 | 40..300 mmHg | 301 is outside what a "
        "body "
        "can have, 40..300 mmHg",
        "warning vitals/limits more 4 DBP B 9 | 10..200 mmHg | 9 is outside what a body can have, "
        "10..200 mmHg; in kPa it would be 67.5 mmHg",
        "warning vitals/limits more 4 hr B 19 | 20..300 1/min | 19 is outside what a body can "
        "have, "
        "20..300 1/min",
        "warning vitals/limits more 2 weight_kg A 7.5 | 20..400 kg | 7.5 is outside what a body "
        "can "
        "have, 20..400 kg",
        "warning vitals/pressure more 2 Systolic_BP A 70/110 | systolic above diastolic | systolic "
        "70 is not above diastolic 110",
        "warning vitals/pressure more 5 Systolic_BP B 90/90 | systolic above diastolic | systolic "
        "90 "
        "is not above diastolic 90"};
    findings("id visit x:n Systolic_BP:i DBP:i hr:i weight_kg:n temp:n weight:n",
             "A base . 70 110 20 7.5 98.6 9\nA . . 301 200 300 20 . .\n"
             "B . . 40 9 19 400 . .\nB . . 90 90 . . . .\nB . . . 90 . . . .",
             want, 6);
}

static void another_unit_is_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/limits more 2 temp_c A 98.6 | 25..45 \xc2\xb0\x43 | 98.6 is outside what a "
        "body can have, 25..45 \xc2\xb0\x43; in degrees F it would be 37.0 \xc2\xb0\x43",
        "warning vitals/limits more 2 height_cm A 1.75 | 100..250 cm | 1.75 is outside what a body "
        "can have, 100..250 cm; in m it would be 175.0 cm",
        "warning vitals/limits more 3 height_cm B 70 | 100..250 cm | 70 is outside what a body can "
        "have, 100..250 cm; in inches it would be 177.8 cm",
        "warning vitals/limits more 2 spo2 A 0.98 | 30..100 % | 0.98 is outside what a body can "
        "have, 30..100 %; in parts of 1 it would be 98.0 %",
        "warning vitals/limits more 3 spo2 B 130 | 30..100 % | 130 is outside what a body can "
        "have, 30..100 %"};
    findings("id visit x:n temp_c:n height_cm:n spo2:n", "A . . 98.6 1.75 0.98\nB . . 36.6 70 130",
             want, 5);
}

/* 100 pressures; of every ten, `round` end in 0. */
static void pressures(size_t n, int round, int spread, const char *const *want, size_t n_want)
{
    char rows[4096] = "";
    for (size_t i = 0; i < n; i++) {
        const size_t r = strlen(rows);
        const int last = (int)(i % 10) < round ? 0 : (int)(i % 10);
        snprintf(rows + r, sizeof rows - r, "A . . %d\n", 100 + spread * (int)(i / 10) + last);
    }
    findings("id visit x:n sbp:i", rows, want, n_want);
}

static void rounded_pressures_are_seen(void **state)
{
    (void)state;
    static const char *const want[] = {
        "info vitals/digit-preference more 0 sbp  50 of 100 | last digits that occur alike | 50 of "
        "100 values end in 0 (chi-square 200.0 with 9 degrees of freedom, above 27.877)"};
    pressures(100, 5, 10, want, 1);
    pressures(100, 2, 10, NULL, 0); /* chi-square 20 */
    pressures(90, 5, 10, NULL, 0);  /* too few */
    pressures(100, 5, 0, NULL, 0);  /* all within ten units */
}

static void identifiers_are_named_and_not_repeated(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning privacy/identifier more 2 Last_Name   | no name, date of birth, address or record "
        "number | column Last_Name looks like one that identifies a person",
        "warning privacy/identifier more 3 date-of-birth   | no name, date of birth, address or "
        "record number | column date-of-birth looks like one that identifies a person",
        "warning privacy/identifier more 3 remark   | no name, date of birth, address or record "
        "number | column remark holds e-mail addresses"};
    findings("id visit x:n Last_Name date-of-birth:d remark ssn arm_name",
             "A base . Doe . at@home . k\nB base . Roe 1970-01-01 x;j.roe@example.org . k", want,
             3);
    /* no participants in it */
    tst_trial t;
    char plan[1024];
    snprintf(plan, sizeof plan, PLAN, "", "");
    tst_trial_open(&t, plan);
    t.plan->outcomes[0].table = "people";
    tst_trial_table(&t, "people", "id arm visit x:n", "A ket base .\nB ctl base .");
    tst_trial_table(&t, "more", "site name", "1 Almere");
    tst_findings_are(&t, NULL, 0);
    tst_trial_close(&t);
}

/* How many findings of a code a column of this name and with this one cell has. */
static size_t n_found(const char *code, const char *column, const char *type, const char *cell)
{
    char plan[1024], head[256], rows[256];
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, "", "");
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", "A ket\nB ctl");
    snprintf(head, sizeof head, "id visit x:n %s:%s", column, type);
    snprintf(rows, sizeof rows, "A base . %s", cell);
    tst_trial_table(&t, "more", head, rows);
    rmt_table *f = tst_check(&t);
    size_t n = 0;
    for (size_t row = 0; row < rmt_table_rows(f); row++)
        n += strcmp(rmt_table_text(f, rmt_table_find(f, "code"), row), code) == 0;
    rmt_table_free(f);
    tst_trial_close(&t);
    return n;
}

static void identifiers_have_many_names(void **state)
{
    (void)state;
    static const char *const flagged[] = {"name",
                                          "Name",
                                          "patient_name",
                                          "PatientName",
                                          "name_of_patient",
                                          "first_name",
                                          "FirstName",
                                          "fname",
                                          "lname",
                                          "surname",
                                          "initials",
                                          "pt_initials",
                                          "Initials",
                                          "mother_name",
                                          "contact_name",
                                          "hospital_no",
                                          "HospitalNo",
                                          "hospital_number",
                                          "hospital-nr",
                                          "no_hospital",
                                          "hospital#",
                                          "medical_record",
                                          "medical_record_no",
                                          "MedicalRecordNumber",
                                          "mrn",
                                          "MRN",
                                          "mrn_no",
                                          "mrn1",
                                          "pt_mrn",
                                          "mr_no",
                                          "mr_number",
                                          "record_number",
                                          "chart_no",
                                          "nhs_number",
                                          "NHS_no",
                                          "nhsno",
                                          "nhs#",
                                          "chi_number",
                                          "ssn",
                                          "SSN",
                                          "social_security_number",
                                          "social_security",
                                          "insurance_no",
                                          "passport_no",
                                          "nino_number",
                                          "dob",
                                          "DOB",
                                          "dob_pt",
                                          "patient_dob",
                                          "child_dob",
                                          "date_birth",
                                          "date_of_birth",
                                          "dateOfBirth",
                                          "birth_date",
                                          "birthdt",
                                          "BRTHDTC",
                                          "birthday",
                                          "birth_month",
                                          "address",
                                          "home_address",
                                          "address_1",
                                          "address_line1",
                                          "Address2",
                                          "street",
                                          "street_name",
                                          "house_number",
                                          "postcode",
                                          "post_code",
                                          "zip",
                                          "zip_code",
                                          "ZIP",
                                          "zip5",
                                          "phone",
                                          "phone_no",
                                          "Phone1",
                                          "phone_2",
                                          "home_phone",
                                          "work_phone",
                                          "mobile_no",
                                          "tel",
                                          "tel_no",
                                          "telephone_number",
                                          "fax",
                                          "email",
                                          "e_mail",
                                          "email_address",
                                          "geburtsdatum",
                                          "Geb_Datum",
                                          "gebdat",
                                          "vorname",
                                          "Nachname",
                                          "Name_des_Patienten",
                                          "Stra\303\237e",
                                          "PLZ",
                                          "postleitzahl",
                                          "Telefonnummer",
                                          "telefon_nr",
                                          "Handynummer",
                                          "Versicherungsnummer",
                                          "Fallnummer",
                                          "Anschrift",
                                          "Initialen",
                                          "nom",
                                          "pr\303\251nom",
                                          "nom_de_famille",
                                          "date_de_naissance",
                                          "date_naissance",
                                          "code_postal",
                                          "num\303\251ro_de_t\303\251l\303\251phone",
                                          "num_tel",
                                          "no_dossier",
                                          "num\303\251ro_de_s\303\251curit\303\251_sociale",
                                          "adresse",
                                          "nombre",
                                          "apellidos",
                                          "fecha_nacimiento",
                                          "fecha_de_nacimiento",
                                          "tel\303\251fono",
                                          "c\303\263digo_postal",
                                          "direcci\303\263n",
                                          "DNI",
                                          "voornaam",
                                          "achternaam",
                                          "naam",
                                          "geboortedatum",
                                          "geboorte_datum",
                                          "BSN",
                                          "burgerservicenummer",
                                          "telefoonnummer",
                                          "huisnummer",
                                          "straatnaam",
                                          "woonadres"};
    static const char *const years[] = {"birth_year",
                                        "BirthYear",
                                        "year_of_birth",
                                        "yob",
                                        "YOB",
                                        "geburtsjahr",
                                        "ann\303\251e_naissance",
                                        "geboortejaar",
                                        "a\303\261o_nacimiento"};
    static const char *const fine[] = {"initial_dose",
                                       "initial",
                                       "initial_visit",
                                       "name_of_drug",
                                       "drug_name",
                                       "site_name",
                                       "visit_name",
                                       "form_name",
                                       "study_name",
                                       "test_name",
                                       "arm_name",
                                       "birth_control",
                                       "birth_weight",
                                       "birth_order",
                                       "phone_visit",
                                       "phone_call_done",
                                       "phone_use_hours",
                                       "zip_score",
                                       "zipf",
                                       "record_id",
                                       "record",
                                       "patient_id",
                                       "subject_no",
                                       "subject_number",
                                       "hospital",
                                       "hospital_id",
                                       "hospital_days",
                                       "hospitalised",
                                       "house",
                                       "housing",
                                       "address_changed",
                                       "mobile_app_use",
                                       "mobility",
                                       "email_sent",
                                       "tel_visit",
                                       "telmisartan",
                                       "house_income",
                                       "streets",
                                       "insurance",
                                       "medical_history",
                                       "medical_record_reviewed",
                                       "rater_initials",
                                       "investigator_name",
                                       "chart_review",
                                       "nominal",
                                       "numerosity",
                                       "number_of_falls",
                                       "fall_number",
                                       "account",
                                       "case_no",
                                       "no",
                                       "number",
                                       "n_o",
                                       "dossier",
                                       "handy",
                                       "gps",
                                       "nir",
                                       "nino",
                                       "contact",
                                       "home",
                                       "work",
                                       "mother",
                                       "person",
                                       "of",
                                       "age",
                                       "sex",
                                       "date",
                                       "visit_date",
                                       "dose_number",
                                       "nom_score",
                                       "named",
                                       "rename",
                                       "nameplate",
                                       "dobutamine",
                                       "mr",
                                       "nhs_trust"};
    for (size_t i = 0; i < sizeof flagged / sizeof *flagged; i++)
        if (n_found("privacy/identifier", flagged[i], "s", "x") != 1)
            fail_msg("%s is not flagged", flagged[i]);
    for (size_t i = 0; i < sizeof years / sizeof *years; i++)
        if (n_found("privacy/identifier", years[i], "i", "1970") != 1)
            fail_msg("%s is not flagged", years[i]);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (n_found("privacy/identifier", fine[i], "s", "x") != 0)
            fail_msg("%s is flagged", fine[i]);
    static const char *const want[] = {"warning privacy/identifier more 2 birth_year   | no name, "
                                       "date of birth, address or record "
                                       "number | column birth_year holds years of birth, which "
                                       "together with other columns may tell "
                                       "who somebody is"};
    findings("id visit x:n birth_year:i", "A base . 1970\nB base . 1971", want, 1);
}

static void vitals_have_many_names(void **state)
{
    (void)state;
    static const char *const systolic[] = {"sbp",
                                           "SBP",
                                           "sys_bp",
                                           "bp_sys",
                                           "BPsys",
                                           "systolic",
                                           "systolic_bp",
                                           "SystolicBP",
                                           "blood_pressure_systolic",
                                           "systolic_blood_pressure",
                                           "rr_sys",
                                           "RRsys",
                                           "sbp_pre",
                                           "sbp_40min",
                                           "sbp_mmhg",
                                           "sbp_mmHg",
                                           "sbp_40min_mmhg",
                                           "pre_sbp",
                                           "sbp_t1",
                                           "sbp1",
                                           "sbp_2",
                                           "bp_sys_post",
                                           "sbp_sitting",
                                           "sbp_max",
                                           "mean_sbp",
                                           "vs_sbp",
                                           "sbp_week2",
                                           "blutdruck_systolisch"};
    static const char *const rates[] = {
        "hr",       "HR",         "heart_rate", "HeartRate", "pulse",        "pulse_rate", "hr_bpm",
        "hr_40min", "resting_hr", "hr2",        "puls",      "herzfrequenz", "hartslag"};
    static const char *const fine[] = {"dbp_change",
                                       "sbp_change",
                                       "change_sbp",
                                       "sbp_diff",
                                       "delta_sbp",
                                       "hr_ref",
                                       "hr_low",
                                       "sbp_sd",
                                       "sbp_grade",
                                       "sbp_flag",
                                       "sbp_target",
                                       "sbp_date",
                                       "sbp_n",
                                       "hrsd",
                                       "hrql",
                                       "hr_pct",
                                       "pulse_pressure",
                                       "sys",
                                       "dia",
                                       "systole",
                                       "temp_change",
                                       "weight_change",
                                       "weight_loss_kg",
                                       "height_lost",
                                       "heightened",
                                       "weighting",
                                       "temperament",
                                       "hrs",
                                       "hrv",
                                       "sbp_id",
                                       "spo2_drop",
                                       "rr",
                                       "map"};
    for (size_t i = 0; i < sizeof systolic / sizeof *systolic; i++)
        if (n_found("vitals/limits", systolic[i], "i", "1200") != 1)
            fail_msg("%s is not known", systolic[i]);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (n_found("vitals/limits", rates[i], "i", "1200") != 1)
            fail_msg("%s is not known", rates[i]);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (n_found("vitals/limits", fine[i], "n", "-9") != 0)
            fail_msg("%s is taken for a vital sign", fine[i]);
    static const struct {
        const char *column, *good, *bad;
    } units[] = {{"weight_kg", "70", "7"},         {"weight_lb", "700", "7"},
                 {"WeightKg", "70", "700"},        {"weight_lbs_pre", "700", "7"},
                 {"body_weight_g", "70000", "70"}, {"height_cm", "175", "70"},
                 {"height_m", "1.75", "175"},      {"height_in", "70", "175"},
                 {"height_in_cm", "175", "70"},    {"height_inches", "70", "175"},
                 {"temp_c", "37", "98.6"},         {"TempC", "37", "98.6"},
                 {"temp_f", "98.6", "37"},         {"temperature_degF_40min", "98.6", "37"},
                 {"sbp_kpa", "16", "120"},         {"spo2_pre", "98", "0.98"},
                 {"resp_rate", "16", "160"},       {"bodytemp_celsius", "37", "98.6"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (n_found("vitals/limits", units[i].column, "n", units[i].good) != 0 ||
            n_found("vitals/limits", units[i].column, "n", units[i].bad) != 1)
            fail_msg("%s does not tell %s from %s", units[i].column, units[i].good, units[i].bad);
}

/* Pressures are compared within an occasion, and sys and dia mean pressures as a pair alone. */
static void pressures_go_by_occasion(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/pressure more 3 sbp_pre B 70/80 | systolic above diastolic | systolic 70 "
        "is not above diastolic 80",
        "warning vitals/pressure more 2 sbp_40min A 80/120 | systolic above diastolic | systolic "
        "80 is not above diastolic 120"};
    findings("id visit x:n sbp_pre:i dbp_pre:i sbp_40min:i dbp_40min_mmhg:i dbp_80min:i",
             "A base . 120 80 80 120 150\nB base . 70 80 120 80 199", want, 2);
    static const char *const pair[] = {"warning vitals/pressure more 2 sys2 A 80/120 | systolic "
                                       "above diastolic | systolic 80 is not "
                                       "above diastolic 120"};
    findings("id visit x:n sys1:i dia1:i sys2:i dia_2:i dia:i", "A base . 120 80 80 120 3", pair,
             1);
}

/* Without a unit the values tell which one it is: what fits none is a slip, or another one. */
static void units_are_told_by_the_values(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning vitals/limits more 4 temp B 98.2 | 25..45 \xc2\xb0\x43 | 98.2 is outside what a "
        "body "
        "can have, 25..45 \xc2\xb0\x43; in degrees F it would be 36.8 \xc2\xb0\x43",
        "warning vitals/limits more 2 height A 1.7 | 39..98.5 in | 1.7 is outside what a body can "
        "have, 39..98.5 in; in m it would be 66.9 in",
        "warning vitals/limits more 3 weight B 8 | 20..880 kg or lb | 8 is outside what a body can "
        "have, 20..880 kg or lb"};
    findings("id visit x:n temp:n height:n weight:n",
             "A base . 36.8 1.7 70\nB base . 37.1 66 8\nB base . 98.2 70 160", want, 3);
    findings("id visit x:n temp:n height:n", "A base . 1 1000\nB base . 2 3\nB base . 36 1.7", NULL,
             0);
}

static void ratio(const char *arms, size_t n_ket, const char *const *want, size_t n_want)
{
    char plan[1024], people[2048] = "";
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, ", strata: [site]", arms);
    for (size_t i = 0; i < 60; i++) {
        const size_t p = strlen(people);
        snprintf(people + p, sizeof people - p, "S%zu %s %s\n", i, i < n_ket ? "ket" : "ctl",
                 i % 2 ? "here" : "there");
    }
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm site", people);
    tst_trial_table(&t, "more", "id visit x:n", "");
    tst_findings_are(&t, want, n_want);
    tst_trial_close(&t);
}

/* binom.test of R 4.2: 43 of 60 p = 0.001066, 44 of 60 p = 0.000394, 26 of 30 p = 5.9e-5; 50 of 60 against 2/3
 * p = 0.0057. */
static void arms_keep_the_planned_ratio(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning trial/arm-ratio people 0 arm  44 of 60 | arms.ratio, by an exact binomial test | "
        "arm ket has 44 of 60 participants, 30.0 were planned (p < 0.001)"};
    static const char *const strata[] = {
        "warning trial/arm-ratio people 0 arm  52 of 60 | arms.ratio, by an exact binomial test | "
        "arm ket has 52 of 60 participants, 30.0 were planned (p < 0.001)",
        "warning trial/arm-ratio people 0 arm  26 of 30 | arms.ratio, by an exact binomial test | "
        "arm ket has 26 of 30 participants of stratum site here, 15.0 were planned (p < 0.001)",
        "warning trial/arm-ratio people 0 arm  26 of 30 | arms.ratio, by an exact binomial test | "
        "arm ket has 26 of 30 participants of stratum site there, 15.0 were planned (p < 0.001)"};
    ratio("", 59, NULL, 0);
    ratio(", ratio: [1, 1]", 43, NULL, 0);
    ratio(", ratio: [1, 1]", 44, want, 1);
    ratio(", ratio: [1, 1]", 52, strata, 3);
    ratio(", ratio: [2, 1]", 50, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_vitals_are_named),
        cmocka_unit_test(another_unit_is_told),
        cmocka_unit_test(rounded_pressures_are_seen),
        cmocka_unit_test(identifiers_are_named_and_not_repeated),
        cmocka_unit_test(identifiers_have_many_names),
        cmocka_unit_test(vitals_have_many_names),
        cmocka_unit_test(pressures_go_by_occasion),
        cmocka_unit_test(units_are_told_by_the_values),
        cmocka_unit_test(arms_keep_the_planned_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
