/* check_identifiers.c - columns that tell who somebody is, by their names and by e-mail addresses in them. See
 * check_parts.h. */
#include "check_parts.h"
#include "column_words.h"

#include <string.h>

/* Of the 18 kinds the US rule names, those that have a column of their own in trial exports: in English, German, French,
 * Spanish and Dutch, as rmt_column_words_join writes them. Each may have "number" behind it or in front. */
static const char *const identifiers[] = {
    /* names */
    "name", "firstname", "namefirst", "fname", "forename", "middlename", "lastname", "namelast",
    "lname", "surname", "familyname", "givenname", "fullname", "maidenname", "nickname", "ptname",
    "initials", "vorname", "nachname", "familienname", "geburtsname", "rufname", "initialen", "nom",
    "prenom", "nomprenom", "nomdefamille", "nomdenaissance", "initiales", "nombre", "nombres",
    "apellido", "apellidos", "primerapellido", "segundoapellido", "nombreapellidos",
    "nombreyapellidos", "iniciales", "naam", "voornaam", "achternaam", "familienaam",
    "tussenvoegsel", "voorletters",
    /* dates of birth, and parts of them but for the year */
    "dob", "dateofbirth", "datebirth", "birthdate", "birthdt", "birthdat", "birthday", "bday",
    "brthdat", "brthdt", "brthdtc", "dobdate", "datedob", "dobdt", "birthmonth", "monthofbirth",
    "geburtsdatum", "gebdatum", "gebdat", "geburtstag", "datedenaissance", "datenaissance", "ddn",
    "fechadenacimiento", "fechanacimiento", "fechanac", "geboortedatum", "geboortedag",
    /* numbers of people and of their records */
    "ssn", "socialsecurity", "nationalid", "nationalinsurance", "mrn", "emrn", "medicalrecord",
    "passport", "driverslicense", "driverslicence", "driverlicense", "drivinglicence",
    "licenseplate", "iban", "bankaccount", "bsn", "burgerservicenummer", "personnummer",
    "personalausweis", "fallnummer", "fallnr", "dni", "nif", "curp", "nhc", "historiaclinica",
    /* telephone and mail */
    "email", "emailaddress", "mailaddress", "phone", "telephone", "tel", "mobile", "mobilephone",
    "cellphone", "fax", "telefon", "emailadresse", "mailadresse", "courriel", "adresseemail",
    "telefono", "telefonomovil", "correo", "correoelectronico", "telefoon", "emailadres",
    "ipaddress",
    /* where somebody lives */
    "address", "addressline", "street", "streetaddress", "streetname", "postaladdress", "zip",
    "zipcode", "postcode", "postalcode", "latitude", "longitude", "gpscoordinates", "adresse",
    "anschrift", "strasse", "plz", "postleitzahl", "rue", "codepostal", "direccion", "domicilio",
    "calle", "codigopostal", "adres", "woonadres", "straat", "straatnaam"};
/* These are identifiers as numbers alone. */
static const char *const numbered[] = {"hospital",
                                       "hospitalrecord",
                                       "patientrecord",
                                       "record",
                                       "mr",
                                       "nhs",
                                       "nino",
                                       "chi",
                                       "chart",
                                       "insurance",
                                       "healthcard",
                                       "healthplan",
                                       "medicare",
                                       "medicaid",
                                       "account",
                                       "versicherung",
                                       "versicherungs",
                                       "versicherten",
                                       "krankenversicherung",
                                       "krankenversicherungs",
                                       "sozialversicherung",
                                       "sozialversicherungs",
                                       "krankenhaus",
                                       "ausweis",
                                       "handy",
                                       "mobil",
                                       "dossier",
                                       "secu",
                                       "secusociale",
                                       "securitesociale",
                                       "seguridadsocial",
                                       "movil",
                                       "burgerservice",
                                       "ziekenhuis",
                                       "mobiel",
                                       "house",
                                       "haus",
                                       "huis"};
static const char *const years[] = {
    "birthyear",     "yearofbirth",     "birthyr",     "yearborn",       "yob",
    "dobyear",       "geburtsjahr",     "gebjahr",     "anneenaissance", "anneedenaissance",
    "anonacimiento", "anodenacimiento", "geboortejaar"};
static const char *const number_words[] = {"number", "nummer", "numero", "num", "nr", "no"};
/* Whose it is, or which of several: no part of what it is. */
static const char *const whose[] = {
    "patient",  "patients",  "pat",      "pt",      "participant", "participants", "subject",
    "subjects", "subj",      "client",   "person",  "personal",    "proband",      "patienten",
    "paciente", "deelnemer", "home",     "private", "work",        "contact",      "emergency",
    "current",  "mother",    "mothers",  "father",  "fathers",     "parent",       "parents",
    "child",    "caregiver", "guardian", "partner", "spouse",      "of",           "the",
    "de",       "du",        "del",      "des",     "der",         "van"};
#define IS_AMONG(name, list) rmt_text_is_among(name, list, sizeof(list) / sizeof *(list))

typedef enum { NO_IDENTIFIER, YEAR_OF_BIRTH, IDENTIFIER } identifier_kind;

/* The name without "number" at its beginning or end. */
static bool without_number(char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof number_words / sizeof *number_words; i++) {
        const size_t w = strlen(number_words[i]);
        if (n <= w) continue;
        if (strcmp(name + n - w, number_words[i]) == 0) {
            name[n - w] = '\0';
            return true;
        }
        if (strncmp(name, number_words[i], w) == 0) {
            const size_t of = strncmp(name + w, "de", 2) == 0 ? 2 : 0; /* numero de telefono */
            memmove(name, name + w + of, n - w - of + 1);
            return true;
        }
    }
    return false;
}

static identifier_kind kind_of_words(const rmt_column_words *words, size_t from, size_t to)
{
    char name[RMT_WORDS_TEXT];
    rmt_column_words_join(name, words, from, to);
    if (IS_AMONG(name, years)) return YEAR_OF_BIRTH;
    if (IS_AMONG(name, identifiers)) return IDENTIFIER;
    if (!without_number(name)) return NO_IDENTIFIER;
    return IS_AMONG(name, identifiers) || IS_AMONG(name, numbered) ? IDENTIFIER : NO_IDENTIFIER;
}

/* "patient_name" and "name_of_patient" are names, "site_name" and "name_of_drug" are not. */
static identifier_kind kind_of_name(const char *column)
{
    rmt_column_words words;
    if (!rmt_column_words_read(&words, column)) return NO_IDENTIFIER;
    size_t from = 0, to = words.n;
    char *last = words.text + (words.word[to - 1] - words.text);
    for (size_t n = strlen(last); n > 0 && last[n - 1] >= '0' && last[n - 1] <= '9'; n--)
        last[n - 1] = '\0'; /* phone1, phone_2 */
    identifier_kind kind = kind_of_words(&words, from, to);
    while (from < to && IS_AMONG(words.word[from], whose))
        from++;
    while (to > from && (!*words.word[to - 1] || IS_AMONG(words.word[to - 1], whose)))
        to--;
    return kind != NO_IDENTIFIER || from == to ? kind : kind_of_words(&words, from, to);
}

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
void rmt_check_identifiers(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *table)
{
    const rmt_table *t = table->table;
    const size_t n_rows = rmt_table_rows(t), line_column = rmt_line_column(t);
    const size_t id_column = rmt_table_find(t, plan->subject_id);
    const double most = rmt_check_value(out->settings, "privacy/identifier", "rows");
    const rmt_plan_table *pt = rmt_plan_find_table(plan, table->name);
    /* A table of sites has names, too. */
    if (id_column == RMT_NO_COLUMN || !rmt_check_is_on(out->settings, "privacy/identifier")) return;
    for (size_t column = 0; column < rmt_table_columns(t); column++) {
        const char *name = rmt_table_name(t, column);
        const rmt_field *field = pt && pt->schema ? rmt_schema_field(pt->schema, name) : NULL;
        const bool marked = field && field->identifier;
        const identifier_kind kind = column == id_column ? NO_IDENTIFIER : kind_of_name(name);
        const bool suspicious = marked || kind != NO_IDENTIFIER;
        const bool is_text = rmt_table_type(t, column) == RMT_TYPE_STRING;
        for (size_t row = 0; row < n_rows && (double)row < most; row++) {
            if (!suspicious && !is_text) break;
            if (rmt_table_is_missing(t, column, row)) continue;
            const bool email = is_text && holds_email(rmt_table_text(t, column, row));
            if (!suspicious && !email) continue;
            rmt_finding f = rmt_finding_of_row("privacy/identifier", table->name,
                                               rmt_line_of(t, line_column, row), row);
            f.column = name;
            f.rule = "no name, date of birth, address or record number";
            if (email) rmt_report(out, f, "column %s holds e-mail addresses", name);
            else if (marked)
                rmt_report(out, f, "column %s is marked as an identifier in its schema", name);
            else if (kind == YEAR_OF_BIRTH)
                rmt_report(out, f,
                           "column %s holds years of birth, which together with other columns may "
                           "tell who somebody is",
                           name);
            else rmt_report(out, f, "column %s looks like one that identifies a person", name);
            break;
        }
    }
}
