/* REDCap's data dictionary as a schema, and its export as tables. */
#include "support.h"
#include "tst_redcap.h"

#define HEADER TST_REDCAP_HEADER

/* ---- the dictionary -------------------------------------------------------------------------- */

static void faults_have_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *column, *part;
        size_t line;
    } cases[] = {
        {"id,a,text,,,,,,,,\nx,a,tekst,,,,,,,,\n", "field_type",
         "field x has the unknown type 'tekst'; did you mean 'text'?", 3},
        {"id,a,text,,,,,,,,\nX y,a,text,,,,,,,,\n", "field_name", "'X y' is not a letter", 3},
        {"id,a,text,,,,,,,,\nx,,text,,,,,,,,\n", "form_name", "field x: the form ''", 3},
        {"id,a,text,,,,,,,,\nid,a,text,,,,,,,,\n", "field_name",
         "field id stands on line 2 already", 3},
        {"id,a,text,,,,,,,,\nx,a,radio,,,,,,,,\n", "select_choices_or_calculations",
         "field x has no choices", 3},
        {"id,a,text,,,,,,,,\nx,a,radio,,1 Yes | 2 No,,,,,,\n", "select_choices_or_calculations",
         "choice '1 Yes' is no 'code, label'", 3},
        {"id,a,text,,,,,,,,\nx,a,radio,,\", Yes\",,,,,,\n", "select_choices_or_calculations",
         "choice 'Yes' has no code", 3},
        {"id,a,text,,,,,,,,\n\nx,a,radio,,\"1, Yes | 1, No\",,,,,,\n",
         "select_choices_or_calculations", "the code '1' stands twice", 4},
        {"id,a,text,,,,,,,,\nx,a,text,,,,,,,,maybe\n", "required_field",
         "'maybe' is neither 'y' nor empty", 3},
        {"id,a,text,,,,,,q,,\n", "identifier", "'q' is neither", 2},
        {"id,a,text,,,,,,,,\nx,a,text,,,integer,9,1,,,\n", "text_validation_min",
         "the minimum 9 is above the maximum 1", 3},
        {"id,a,text,,,,,,,,\nx,a,checkbox,,\"a b, 1 | a_b, 2\",,,,,,\n", "field_name",
         "two columns of an export would be called x___a_b", 3},
        {"id,a,text,,,,,,,,\na_complete,a,text,,,,,,,,\n", "field_name",
         "two columns of an export would be called a_complete", 3},
        {"id,a,yesno,,,,,,,,\n", "field_type", "the record id and must be of type text", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        rmt_error err = {0};
        rmt_problems notes = {0};
        rmt_redcap *r = NULL;
        snprintf(text, sizeof text, "%s%s", HEADER, cases[i].rows);
        const rmt_status st = tst_redcap_new(&r, text, NULL, &notes, &err);
        assert_null(r);
        assert_string_equal(err.source, "dictionary.csv");
        if (err.line != cases[i].line) fail_msg("case %zu: line %zu", i, err.line);
        assert_string_equal(err.column, cases[i].column);
        tst_fails(st, RMT_ERR_CONFIG, &err, cases[i].part);
    }
}

static void not_a_dictionary(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    tst_fails(tst_redcap_new(&r, "id,arm\n1,2\n", NULL, &notes, &err), RMT_ERR_CONFIG, &err,
              "no data dictionary of REDCap: there is no column 'Variable / Field Name'");
    tst_fails(tst_redcap_new(&r, HEADER, NULL, &notes, &err), RMT_ERR_CONFIG, &err,
              "the dictionary has no field");
}

/* The field's schema as JSON. */
static void schema_is(const char *rows, const char *missing, const char *form, const char *want)
{
    char text[1024];
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_doc *doc = NULL;
    rmt_node *node = NULL;
    rmt_schema *schema = NULL;
    rmt_text json = {0};
    snprintf(text, sizeof text, "%sid,a,text,Id,,,,,,,\n%s", HEADER, rows);
    tst_ok(tst_redcap_new(&r, text, missing, &notes, &err), &err);
    const size_t index = rmt_redcap_form(r, form);
    assert_true(index != RMT_REDCAP_NONE);
    tst_ok(rmt_doc_new(&doc, "plan.yaml", &err), &err);
    tst_ok(rmt_redcap_schema(&node, doc, r, &index, 1, &err), &err);
    tst_ok(rmt_schema_parse(&schema, node, &err), &err);
    tst_ok(rmt_node_write_json(rmt_node_get(node, "fields"), &json, &err), &err);
    if (!strstr(json.s, want)) fail_msg("%s\nlacks\n%s", json.s, want);
    assert_string_equal(rmt_node_source(rmt_node_at(rmt_node_get(node, "fields"), 0)),
                        "dictionary.csv");
    rmt_text_clear(&json);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
    rmt_redcap_free(r);
}

static void fields_become_schema_fields(void **state)
{
    (void)state;
    static const struct {
        const char *row, *want;
    } cases[] = {
        {"x,a,radio,X,\"1, Yes | 2, No, never\",,,,,,y\n",
         "\"type\":\"integer\",\"categories\":[{\"value\":1,\"label\":\"Yes\"},{\"value\":2,"
         "\"label\":\"No, "
         "never\"}],\"constraints\":{\"required\":true},\"remit\":{\"form\":\"a\"}"},
        {"x,a,dropdown,X,\"1,Yes|2,No\",,,,,,\n",
         "\"categories\":[{\"value\":1,\"label\":\"Yes\"},{\"value\":2,\"label\":\"No\"}]"},
        {"x,a,radio,X,\"01, Yes | 2, No |\",,,,,,\n",
         "\"type\":\"string\",\"categories\":[{\"value\":\"01\",\"label\":\"Yes\"},"},
        {"x,a,radio,X,\"A, One | B, One\",,,,,,\n",
         "[{\"value\":\"A\",\"label\":\"One\"},{\"value\":\"B\"}]"},
        {"x,a,yesno,X,,,,,,,\n",
         "\"type\":\"boolean\",\"trueValues\":[\"1\"],\"falseValues\":[\"0\"]"},
        {"x,a,checkbox,<b>X</b>  of Y,\"-99, None | B, Bee\",,,,,,y\n",
         "{\"name\":\"x____99\",\"title\":\"X of Y (choice=None)\",\"type\":\"boolean\","
         "\"trueValues\":[\"1\"],\"falseValues\":[\"0\"],\"remit\":{\"form\":\"a\",\"box\":true}},{"
         "\"name\":"
         "\"x___b\",\"title\":\"X of Y (choice=Bee)\""},
        {"x,a,text,X,,integer,1,10,,,\n",
         "\"type\":\"integer\",\"constraints\":{\"minimum\":\"1\",\"maximum\":\"10\"}"},
        {"x,a,text,X,,number_2dp,,,,,\n", "\"type\":\"number\",\"remit\""},
        {"x,a,text,X,,number_comma_decimal,\"0,5\",,,,\n",
         "\"type\":\"number\",\"decimalChar\":\",\",\"constraints\":{\"minimum\":\"0.5\"}"},
        {"x,a,text,X,,date_mdy,12-31-2020,2024-01-31,,,\n",
         "\"type\":\"date\",\"constraints\":{\"minimum\":\"2020-12-31\",\"maximum\":\"2024-01-"
         "31\"}"},
        {"x,a,text,X,,date_dmy,31/12/2020,,,,\n", "{\"minimum\":\"2020-12-31\"}"},
        {"x,a,text,X,,datetime_dmy,,,,,\n", "\"type\":\"datetime\",\"format\":\"%Y-%m-%d %H:%M\""},
        {"x,a,text,X,,datetime_seconds_ymd,,,,,\n", "\"format\":\"%Y-%m-%d %H:%M:%S\""},
        {"x,a,text,X,,time,,,,,\n", "\"type\":\"time\",\"format\":\"%H:%M\""},
        {"x,a,text,X,,email,,,y,,y\n",
         "\"type\":\"string\",\"format\":\"email\",\"remit\":{\"form\":\"a\",\"identifier\":true}"},
        {"x,a,text,X,,,,,,[id] <> '',\n",
         "\"remit\":{\"form\":\"a\",\"branching\":\"[id] <> ''\"}"},
        {"x,a,slider,X,,,,,,,\n",
         "\"type\":\"integer\",\"constraints\":{\"minimum\":\"0\",\"maximum\":\"100\"}"},
        {"x,a,calc,X,[y]*2,,,,,,\n", "\"name\":\"x\",\"title\":\"X\",\"type\":\"number\""},
        {"x,a,descriptive,X,,,,,,,\n", "\"remit\":{\"form\":\"a\"}},{\"name\":\"a_complete\""},
        {"x,a,notes,X,,,,,,,\n",
         "{\"name\":\"a_complete\",\"title\":\"Complete?\",\"type\":\"integer\",\"missingValues\":"
         "[\"\"],\"categories\":[{\"value\":0,\"label\":\"Incomplete\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        schema_is(cases[i].row, NULL, "a", cases[i].want);
    schema_is("x,a,checkbox,X,\"1, A\",,,,,,\n", "[UNK]", "a", "\"name\":\"x___1\"");
}

static void odd_validations_are_warnings(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    tst_ok(tst_redcap_new(&r,
                          HEADER "id,a,text,,,,,,,,\nx,a,text,,,hospital_number,,,,,\n"
                                 "z,a,text,,,site_id,1,9,,,\n"
                                 "y,a,text,,,date_ymd,today,[x],,,\n",
                          NULL, &notes, &err),
           &err);
    assert_int_equal(notes.n_total, 4);
    assert_int_equal(notes.n_errors, 0);
    assert_string_equal(notes.kept[0].msg,
                        "field x: the validation 'hospital_number' is not known and not checked");
    assert_int_equal(notes.kept[0].line, 3);
    assert_string_equal(
        notes.kept[1].msg,
        "field z: the validation 'site_id' is not known; it and the limits are not checked");
    assert_string_equal(notes.kept[2].msg,
                        "field y: the minimum 'today' is no value of type date and not checked");
    assert_string_equal(notes.kept[3].column, "text_validation_max");
    rmt_redcap_free(r);
}

/* ---- the header ------------------------------------------------------------------------------ */

static const char two_forms[] = HEADER
    "record_id,a,text,Record,,,,,,,\n"
    "day,a,text,Date of visit,,date_ymd,,,,,\n"
    "pain,a,checkbox,\"Where, if\nanywhere\",\"1, Head | 2, <i>Back</i> | -9, Else, where\",,,,,,\n"
    "day_b,b,text,Date of visit,,date_ymd,,,,,\n"
    "note_b,b,notes,Notes,,,,,,,\n"
    "day_c,c,text,Date of visit,,date_ymd,,,,,\n";

/* The names that a header gets, with blanks between. */
static rmt_status matched(char *out, size_t size, const char *dictionary, const char *missing,
                          const char *const *cells, size_t n, rmt_problems *notes, rmt_error *err)
{
    rmt_redcap *r = NULL;
    const rmt_redcap_column **columns = NULL;
    rmt_error own = {0};
    size_t used = 0;
    tst_ok(tst_redcap_new(&r, dictionary, missing, notes, &own), &own);
    const rmt_status st = rmt_redcap_match_header(&columns, r, cells, n, "data.csv", notes, err);
    out[0] = '\0';
    for (size_t i = 0; i < n && !st; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
                                 columns[i] ? columns[i]->name : "-");
    rmt_mem_free(columns);
    rmt_redcap_free(r);
    return st;
}

#define MATCHES(missing, want, ...) MATCHES_OF(two_forms, missing, want, __VA_ARGS__)
#define MATCHES_OF(dictionary, missing, want, ...)                                                 \
    do {                                                                                           \
        static const char *const cells[] = {__VA_ARGS__};                                          \
        char got[256];                                                                             \
        rmt_error e = {0};                                                                         \
        rmt_problems notes = {0};                                                                  \
        tst_ok(matched(got, sizeof got, dictionary, missing, cells, sizeof cells / sizeof *cells,  \
                       &notes, &e),                                                                \
               &e);                                                                                \
        assert_string_equal(got, want);                                                            \
    } while (0)
#define REFUSED(part, ...)                                                                         \
    do {                                                                                           \
        static const char *const cells[] = {__VA_ARGS__};                                          \
        char got[256];                                                                             \
        rmt_error e = {0};                                                                         \
        rmt_problems notes = {0};                                                                  \
        tst_fails(matched(got, sizeof got, two_forms, NULL, cells, sizeof cells / sizeof *cells,   \
                          &notes, &e),                                                             \
                  RMT_ERR_CONFIG, &e, part);                                                       \
    } while (0)

static void headers_of_names(void **state)
{
    (void)state;
    MATCHES(NULL, "record_id redcap_event_name day pain___1 pain____9 a_complete - c_complete",
            "record_id", "redcap_event_name", "day", "pain___1", "pain____9", "a_complete", "else",
            "c_complete");
    MATCHES("[UNK]", "record_id pain___unk b_timestamp", "record_id", "pain___unk", "b_timestamp");
    REFUSED("neither names nor labels of fields of dictionary.csv", "a", "b");
}

static void headers_of_labels(void **state)
{
    (void)state;
    MATCHES(NULL,
            "record_id redcap_event_name redcap_repeat_instrument day pain___1 pain___2 pain____9 "
            "a_complete b_timestamp day_b note_b b_complete day_c c_complete",
            "Record", "Event Name", "Repeat Instrument", "Date of visit",
            "Where, if anywhere (choice=Head)", "Where, if <b>anywhere</b> (choice='Back')",
            "Where, if\nanywhere (choice=Else, where)", "Complete?", "Survey Timestamp",
            "Date of visit", "Notes", "Complete?", "Date of visit", "Complete?");
    /* Left out, but for labels that only one column has: told by their neighbours. */
    MATCHES(NULL, "record_id note_b b_complete day_c", "Record", "Notes", "Complete?",
            "Date of visit");
    MATCHES(NULL, "record_id day pain___1 - note_b", "Record", "Date of visit",
            "Where, if anywhere (choice=Head)", "Something else", "Notes");
    MATCHES("[{value: UNK, label: Unknown}]", "record_id pain____9 pain___unk", "Record",
            "Where, if anywhere (choice=Else, where)", "Where, if anywhere (choice=Unknown)");
    REFUSED("column 2 may be day or day_c, which have the same label", "Record", "Date of visit");
    REFUSED("column 3 stands after 'Notes', in the dictionary before it", "Record", "Notes",
            "Where, if anywhere (choice=Head)");
    REFUSED("column 4: no form is beside it", "Record", "Notes", "Complete?", "Complete?");
    /* The name of the same column behind it: no two cells are one column. */
    REFUSED("column 3: no form is beside it", "Record", "Notes", "Complete?", "b_complete");
    /* A record id whose label is its name, not in front, or twice: a name says nothing of the order. */
    static const char called_id[] = HEADER "id,a,text,id,,,,,,,\nday,a,text,Day,,,,,,,\n"
                                           "dose,a,text,Dose,,,,,,,\n";
    MATCHES_OF(called_id, NULL, "day id dose", "Day", "id", "Dose");
    MATCHES_OF(called_id, NULL, "id day id dose a_complete", "id", "Day", "id", "Dose",
               "Complete?");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static const char trial[] = HEADER "record_id,people,text,Record,,,,,,,\n"
                                   "sex,people,radio,Sex,\"1, Female | 2, Male\",,,,,,y\n"
                                   "ill,people,yesno,Ill,,,,,,,\n"
                                   "drug,people,text,Which drug,,,,,,[ill] = '1',y\n"
                                   "seen,people,checkbox,Seen,\"1, Red | B, Blue\",,,,,[ill] = 1,\n"
                                   "born,people,text,Born,,date_ymd,,,,,\n"
                                   "score,visit,text,Score,,integer,0,10,,,\n"
                                   "why,visit,text,Why so high,,,,,,[score] > 5,\n"
                                   "past,visit,text,Earlier,,,,,,[people_arm_1][score] > 5,\n"
                                   "ae,harm,text,Event,,,,,,[ill] = '1',\n";
static const char *const people[] = {"people", NULL}, *const visit[] = {"visit", NULL},
                         *const harm[] = {"harm", NULL}, *const both[] = {"people", "visit", NULL};

#define RAW                                                                                        \
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,ill,drug,"    \
    "seen___1,seen___b,seen___unk,born,people_complete,score,why,past,visit_complete,ae,harm_"     \
    "complete\n"                                                                                   \
    "01,base_arm_1,,,1,1,x,1,0,0,2000-01-02,2,3,,,2,,\n"                                           \
    "01,week_2_arm_1,,,,,,0,0,0,,0,7,,,1,,\n"                                                      \
    "02,base_arm_1,,,2,0,,0,0,0,UNK,1,,,,0,,\n"                                                    \
    "03,base_arm_1,,,UNK,UNK,,0,0,1,,2,-99,,,0,,\n"                                                \
    "04,base_arm_1,,,,,,0,0,0,,0,,,,0,,\n"                                                         \
    "05,base_arm_1,,,,1,,0,1,0,,0,,,,,,\n"                                                         \
    "05,base_arm_1,harm,1,,,,,,,,,,,,,,2\n"                                                        \
    "02,base_arm_1,harm,1,,,,,,,,,,,,,,2\n"
#define LABELLED                                                                                   \
    "Record,Event Name,Repeat Instrument,Repeat Instance,Sex,Ill,Which drug,Seen (choice=Red),"    \
    "Seen (choice=Blue),Seen (choice=Unknown),Born,Complete?,Score,Why so high,Earlier,Complete?," \
    "Event,Complete?\n"                                                                            \
    "01,Base,,,Female,Yes,x,Checked,Unchecked,Unchecked,2000-01-02,Complete,3,,,Complete,,\n"      \
    "01,Week 2,,,,,,Unchecked,Unchecked,Unchecked,,Incomplete,7,,,Unverified,,\n"                  \
    "02,Base,,,Male,No,,Unchecked,Unchecked,Unchecked,Unknown,Unverified,,,,Incomplete,,\n"        \
    "03,Base,,,Unknown,Unknown,,Unchecked,Unchecked,Checked,,Complete,-99,,,Incomplete,,\n"        \
    "04,Base,,,,,,Unchecked,Unchecked,Unchecked,,Incomplete,,,,Incomplete,,\n"                     \
    "05,Base,,,,Yes,,Unchecked,Checked,Unchecked,,Incomplete,,,,,,\n"                              \
    "05,Base,The Harm,1,,,,,,,,,,,,,,Complete\n"                                                   \
    "02,Base,The Harm,1,,,,,,,,,,,,,,Complete\n"
#define CODES "[\"-99\", {value: UNK, label: Unknown}]"

static void rows_are(const char *data, const char *const *forms, const char *event,
                     const char *want)
{
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text got = {0};
    rmt_redcap_counts n = {0};
    tst_ok(tst_redcap_new(&r, trial, CODES, &notes, &err), &err);
    tst_ok(tst_redcap_take(&got, &n, r, data, forms, event, RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s ? got.s : "", want);
    size_t n_rows = 0, n_cells = 0, n_missing = 0;
    for (size_t i = 0; i < got.len; i++) {
        n_rows += got.s[i] == '\n';
        n_cells += got.s[i] == '|'; /* source_line is no cell of the file */
        n_missing += got.s[i] == '(' && (i == 0 || strchr("|\n", got.s[i - 1])) &&
                     strncmp(got.s + i, "(unreadable", 11) != 0;
    }
    assert_int_equal(n.rows, 8);
    assert_int_equal(n.rows, n_rows + n.rows_set_aside);
    assert_int_equal(n.cells, n_cells + n.cells_set_aside);
    assert_int_equal(n.cells_missing, n_missing);
    rmt_text_clear(&got);
    rmt_redcap_free(r);
}

static void tables_of_forms(void **state)
{
    (void)state;
    static const char *const files[] = {RAW, LABELLED};
    for (size_t i = 0; i < 2; i++) {
        /* An unchecked box of a form never saved is no "no"; a missing code in one field leaves the others alone. */
        rows_are(files[i], people, NULL,
                 "01|base_arm_1|()|()|1|true|x|true|false|2000-01-02|2|2\n"
                 "02|base_arm_1|()|()|2|false|(not applicable)|(not applicable)|(not "
                 "applicable)|(UNK (Unknown))|1|4\n"
                 "03|base_arm_1|()|()|(UNK (Unknown))|(UNK (Unknown))|(not applicable)|(UNK "
                 "(Unknown))|(UNK (Unknown))|()|2|5\n"
                 "05|base_arm_1|()|()|()|true|()|false|true|()|0|7\n");
        rows_are(files[i], visit, NULL,
                 "01|base_arm_1|()|()|3|(not applicable)|()|2|2\n"
                 "01|week_2_arm_1|()|()|7|()|()|1|3\n"
                 "03|base_arm_1|()|()|(-99)|(not applicable)|()|0|5\n");
        rows_are(files[i], visit, "week_2_arm_1", "01|week_2_arm_1|()|()|7|()|()|1|3\n");
        /* The logic of a repeated form asks the row of the record and event itself. */
        rows_are(files[i], harm, NULL,
                 "05|base_arm_1|harm|1|()|2|8\n"
                 "02|base_arm_1|harm|1|(not applicable)|2|9\n");
        rows_are(files[i], both, "week_2_arm_1",
                 "01|week_2_arm_1|()|()|(form not saved)|(form not saved)|(form not saved)|(form "
                 "not saved)|(form not saved)|(form not saved)|(form not saved)|7|()|()|1|3\n");
    }
}

/* A value where the logic hides the field, be it a box or in a row of a repeated form. */
static void hidden_values_are_found(void **state)
{
    (void)state;
    static const char data[] =
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,ill,drug,"
        "seen___1,seen___b,seen___unk,people_complete,score,why,past,visit_complete,ae\n"
        "01,base_arm_1,,,1,x,1,0,0,2,7,a,b,2,\n"  /* all shown; the past nobody can judge */
        "02,base_arm_1,,,0,x,1,0,0,2,5,a,b,2,\n"  /* hidden: a text, a box that is checked */
        "03,base_arm_1,,,0,UNK,0,0,1,2,,,,2,\n"   /* a missing code is no value */
        "01,base_arm_1,harm,1,,,,,,,,,,,fall\n"   /* the record is ill */
        "02,base_arm_1,harm,1,,,,,,,,,,,fall\n"   /* it is not */
        "02,week_2_arm_1,harm,1,,,,,,,,,,,fall\n" /* nobody says so at this event: blank */
        "03,base_arm_1,harm,1,,,,,,,,,,,UNK\n";
    static const char *const all[] = {"people", "visit", "harm", NULL};
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text got = {0};
    rmt_redcap_counts n;
    rmt_table *found = NULL;
    tst_ok(tst_redcap_new(&r, trial, CODES, &notes, &err), &err);
    tst_ok(rmt_redcap_found_new(&found, &err), &err);
    tst_ok(tst_redcap_find(&got, found, &n, r, data, all, NULL, RMT_REDCAP_UNSAID, &notes, &err),
           &err);
    got.len = 0;
    tst_ok(tst_redcap_print(&got, found, &err), &err);
    assert_string_equal(got.s, "redcap/hidden-value|t|3|()|drug|02|x|()\n"
                               "redcap/hidden-value|t|3|()|seen___1|02|true|()\n"
                               "redcap/hidden-value|t|3|()|why|02|a|()\n"
                               "redcap/hidden-value|t|6|()|ae|02|fall|()\n"
                               "redcap/hidden-value|t|7|()|ae|02|fall|()\n");
    rmt_table_free(found);
    rmt_text_clear(&got);
    rmt_redcap_free(r);
}

/* An export as it is read from text. */
typedef struct {
    rmt_redcap *r;
    rmt_table *text;
    tst_redcap_header header;
    rmt_redcap_data *d;
    rmt_problems notes;
} export;

static void export_open(export *x, const char *data)
{
    rmt_error err = {0};
    *x = (export){0};
    tst_ok(tst_redcap_new(&x->r, trial, CODES, &x->notes, &err), &err);
    x->header = (tst_redcap_header){.r = x->r, .source = "data.csv", .notes = &x->notes};
    tst_ok(tst_redcap_read(&x->text, data, "data.csv", &x->header, &x->notes, &err), &err);
    tst_ok(rmt_redcap_data_new(&x->d, x->r, x->text, x->header.columns, RMT_REDCAP_UNSAID,
                               "data.csv", &x->notes, &err),
           &err);
}

static void export_close(export *x)
{
    rmt_redcap_data_free(x->d);
    rmt_mem_free(x->header.columns);
    rmt_table_free(x->text);
    rmt_redcap_free(x->r);
}

/* A row is told by record, event, repeat instrument and instance: no two are the same, and each is of something that
 * there is. */
static void rows_that_cannot_be(void **state)
{
    (void)state;
#define KEYS "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,ae\n"
    static const struct {
        const char *data, *want;
    } cases[] = {
        {KEYS "2,base_arm_1,,,1,\n1,base_arm_1,,,1,\n1,base_arm_1,harm,1,,a\n"
              "1,base_arm_1,harm,3,,a\n1,week_2_arm_1,harm,1,,a\n,base_arm_1,,,1,\n"
              ",base_arm_1,,,1,\n1,week_3_arm_1,harm,,,a\n1,other,,,1,\n",
         ""}, /* a gap among instances, another event; who has no id is nobody's copy */
        {KEYS "2,base_arm_1,,,1,\n1,base_arm_1,harm,,,a\n2,base_arm_1,,1,2,\n"
              "1,base_arm_1,harm,1,,b\n2,base_arm_1,,,,\n",
         "redcap/copied-row|()|4|2|record_id|2|base_arm_1, 1|()\n"
         "redcap/copied-row|()|5|3|record_id|1|base_arm_1, harm, 1|()\n"
         "redcap/copied-row|()|6|2|record_id|2|base_arm_1|()\n"},
        {"record_id,sex\n1,1\n2,1\n1,2\n", "redcap/copied-row|()|4|2|record_id|1|()|()\n"},
        {KEYS "1,base_arm_1,hram,1,1,\n1,base_arm_1,adverse,1,1,\n",
         "redcap/unknown-form|()|2|()|redcap_repeat_instrument|1|hram|harm\n"
         "redcap/unknown-form|()|3|()|redcap_repeat_instrument|1|adverse|()\n"},
        {"record_id,redcap_event_name,redcap_repeat_instrument,sex\n1,Base,The hram,Male\n", ""},
        {KEYS "1,bsae_arm_1,,,1,\n1,week2_arm_1,,,1,\n1,week_2_arm1,,,1,\n",
         "redcap/unknown-event|()|2|()|redcap_event_name|1|bsae_arm_1|base_arm_1\n"
         "redcap/unknown-event|()|3|()|redcap_event_name|1|week2_arm_1|week_2_arm_1\n"
         "redcap/unknown-event|()|4|()|redcap_event_name|1|week_2_arm1|week_2_arm_1\n"},
        {"record_id,redcap_event_name,sex\n1,Bsae,Male\n",
         "redcap/unknown-event|()|2|()|redcap_event_name|1|bsae_arm_1|base_arm_1\n"}};
    static const char *const events[] = {"base_arm_1", "week_2_arm_1"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        export x;
        rmt_error err = {0};
        rmt_table *found = NULL;
        rmt_text got = {0};
        export_open(&x, cases[i].data);
        tst_ok(rmt_redcap_found_new(&found, &err), &err);
        tst_ok(rmt_redcap_find_rows(found, x.d, events, 2, &err), &err);
        tst_ok(tst_redcap_print(&got, found, &err), &err);
        assert_string_equal(got.s ? got.s : "", cases[i].want);
        rmt_text_clear(&got);
        rmt_table_free(found);
        export_close(&x);
    }
}

static void events_that_a_plan_asks_for(void **state)
{
    (void)state;
    static const char data[] = "record_id,redcap_event_name,sex\n1,base_arm_1,1\n1,week_2_arm_1,\n";
    static const struct {
        const char *data, *events[2], *fault, *note;
        size_t n;
    } cases[] = {
        {data, {"week_2_arm_1", "base_arm_1"}, NULL, NULL, 2},
        {data,
         {"bse_arm_1", "week_2_arm_1"},
         "no row of data.csv is of the event 'bse_arm_1'; did you "
         "mean 'base_arm_1'? Its events are base_arm_1, week_2_arm_1",
         NULL,
         2},
        {data,
         {"end_arm_1"},
         NULL,
         "'end_arm_1' that the plan asks for; its events are base_arm_1, week_2_arm_1",
         1},
        /* not reached yet: no slip of another event, nor of one that is asked for besides */
        {data, {"base_arm_1", "week_3_arm_1"}, NULL, "no row is of the event 'week_3_arm_1'", 2},
        {data, {"base_arm_1", "bases_arm_1"}, NULL, "no row is of the event 'bases_arm_1'", 2},
        {"record_id,sex\n1,1\n",
         {"base_arm_1"},
         "data.csv has no column redcap_event_name",
         NULL,
         1},
        {"record_id,redcap_event_name,sex\n", {"base_arm_1"}, NULL, NULL, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        export x;
        rmt_error err = {0};
        export_open(&x, cases[i].data);
        x.notes = (rmt_problems){0};
        const rmt_status st =
            rmt_redcap_check_events(x.d, cases[i].events, cases[i].n, NULL, &x.notes, &err);
        if (cases[i].fault) tst_fails(st, RMT_ERR_CONFIG, &err, cases[i].fault);
        else tst_ok(st, &err);
        assert_int_equal(x.notes.n_total, cases[i].note ? 1 : 0);
        if (cases[i].note) assert_non_null(strstr(x.notes.kept[0].msg, cases[i].note));
        export_close(&x);
    }
}

/* One note for each logic that cannot be judged. */
static void logic_that_is_not_understood(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text got = {0};
    rmt_redcap_counts n;
    tst_ok(tst_redcap_new(&r, trial, CODES, &notes, &err), &err);
    tst_ok(tst_redcap_take(&got, &n, r, "record_id,why,past\n1,a,b\n", visit, NULL,
                           RMT_REDCAP_UNSAID, &notes, &err),
           &err);
    assert_string_equal(got.s, "1|a|b|2\n");
    size_t n_logics = 0;
    for (size_t i = 0; i < notes.n_kept; i++) {
        if (!strstr(notes.kept[i].msg, "the branching logic")) continue;
        n_logics++;
        assert_string_equal(notes.kept[i].source, "dictionary.csv");
        assert_true(notes.kept[i].line == 9 || notes.kept[i].line == 10);
    }
    assert_int_equal(n_logics, 2);
    rmt_text_clear(&got);
    rmt_redcap_free(r);
}

static rmt_status taken(rmt_text *got, const char *dictionary, const char *data,
                        rmt_redcap_values values, rmt_problems *notes, rmt_error *err)
{
    rmt_error own = {0};
    rmt_redcap *r = NULL;
    rmt_redcap_counts n;
    got->len = 0;
    tst_ok(tst_redcap_new(&r, dictionary, NULL, notes, &own), &own);
    const rmt_status st = tst_redcap_take(got, &n, r, data, people, NULL, values, notes, err);
    rmt_redcap_free(r);
    return st;
}

static void raw_or_labelled(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text got = {0};
    tst_ok(taken(&got, trial, "record_id,sex\n1,1\n2,3\n", RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s, "1|1|2\n2|3|3\n");
    /* Names in the header, labels in the cells. */
    tst_ok(taken(&got, trial, "record_id,sex\n1,Male\n2,1\n", RMT_REDCAP_LABELS, &notes, &err),
           &err);
    assert_string_equal(got.s, "1|2|2\n2|(unreadable: 1)|3\n");
    tst_ok(taken(&got, trial, "record_id,sex\n1,1\n2,Male\n", RMT_REDCAP_RAW, &notes, &err), &err);
    assert_string_equal(got.s, "1|1|2\n2|(unreadable: Male)|3\n");
    tst_fails(taken(&got, trial, "record_id,sex\n1,1\n2,Male\n", RMT_REDCAP_UNSAID, &notes, &err),
              RMT_ERR_INCONSISTENT, &err,
              "'Male' is a label, but '1' in sex on line 2 is a code (1 label, 1 code)");
    tst_fails(taken(&got, trial, "sex\n1\n", RMT_REDCAP_UNSAID, &notes, &err), RMT_ERR_INCONSISTENT,
              &err, "the record id, the first field of dictionary.csv, is no column");
    /* Labels that are codes of other choices: nothing tells, so they are codes. */
    static const char swapped[] =
        HEADER "id,people,text,,,,,,,,\nx,people,radio,X,\"0, 1 | 1, 0\",,,,,,\n"
               "y,people,radio,Y,\"1, Same | 2, Same | 3, Other\",,,,,,\n";
    tst_ok(taken(&got, swapped, "id,x,y\na,1,\n", RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s, "a|1|()|2\n");
    tst_ok(taken(&got, swapped, "id,x,y\na,1,Other\n", RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s, "a|0|3|2\n");
    tst_fails(taken(&got, swapped, "id,x,y\na,1,Same\n", RMT_REDCAP_UNSAID, &notes, &err),
              RMT_ERR_INCONSISTENT, &err, "'Same' is the label of 2 choices of this field");
    rmt_text_clear(&got);
}

static void event_labels(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Week 2", "week_2_arm_1"},
        {"Screening & Enrollment", "screening__enrollm_arm_1"},
        {"28-day follow-up (Arm 2: Drug (high))", "28day_followup_arm_2"},
        {"week_2_arm_1", "week_2_arm_1"},
        {"\xe5\x91\xa8", "\xe5\x91\xa8"},
    };
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text got = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char data[128], want[128];
        snprintf(data, sizeof data, "record_id,redcap_event_name,sex\n1,%s,Male\n", cases[i][0]);
        snprintf(want, sizeof want, "1|%s|2|2\n", cases[i][1]);
        tst_ok(taken(&got, trial, data, RMT_REDCAP_UNSAID, &notes, &err), &err);
        assert_string_equal(got.s, want);
    }
    tst_fails(taken(&got, trial,
                    "record_id,redcap_event_name,sex\n1,Week 2,Male\n1,Week (2),Male\n",
                    RMT_REDCAP_UNSAID, &notes, &err),
              RMT_ERR_INCONSISTENT, &err, "would both be called week_2_arm_1");
    rmt_text_clear(&got);
}

static void notes_about_the_file(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text got = {0};
    rmt_redcap_counts n;
    tst_ok(tst_redcap_new(&r, trial, CODES, &notes, &err), &err);
    static const char query[] =
        HEADER "id,people,text,,,,,,,,\nsex,people,yesno,,,,,,,,\nq,people,sql,,,,,,,,\n";
    notes = (rmt_problems){0};
    tst_ok(taken(&got, query, "id,sex,q\n1,Yes,Here\n", RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s, "1|true|Here|2\n");
    assert_string_equal(notes.kept[notes.n_kept - 1].column, "q");
    got.len = 0;
    notes = (rmt_problems){0};
    tst_ok(tst_redcap_take(&got, &n, r, "record_id,redcap_event_name,sex\n1,base_arm_1,1\n", people,
                           "end_arm_1", RMT_REDCAP_UNSAID, &notes, &err),
           &err);
    bool absent = false;
    for (size_t i = 0; i < notes.n_kept; i++)
        absent = absent || strstr(notes.kept[i].msg,
                                  "6 fields of people are not in the export: ill, drug, seen___1");
    assert_true(absent);
    assert_int_equal(n.rows_set_aside, 1);
    rmt_text_clear(&got);
    rmt_redcap_free(r);
}

/* What no column can tell is told in a note, or stays as it is. */
static void nothing_is_unheard(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text got = {0};
    rmt_redcap *r = NULL;
    rmt_redcap_counts n;
    tst_ok(tst_redcap_new(&r, trial, CODES, &notes, &err), &err);
    notes = (rmt_problems){0};
    tst_ok(tst_redcap_take(&got, &n, r,
                           "record_id,seen___1,seen___b,seen___unk\n1,1,1,1\n2,1,1,q\n3,1,0,1\n"
                           "4,1,0,q\n5,1,1,0\n6,1,0,-99\n",
                           people, NULL, RMT_REDCAP_RAW, &notes, &err),
           &err);
    assert_string_equal(got.s, "1|true|true|2\n2|true|true|3\n3|true|(UNK (Unknown))|4\n"
                               "4|true|(unreadable: q)|5\n5|true|true|6\n6|true|(-99)|7\n");
    size_t n_told = 0;
    for (size_t i = 0; i < notes.n_kept; i++) {
        if (strcmp(notes.kept[i].column, "seen___unk") != 0) continue;
        assert_int_equal(notes.kept[i].line, 2 + n_told);
        assert_non_null(strstr(notes.kept[i].msg, n_told++ ? "'q' in the box" : "'1' in the box"));
    }
    assert_int_equal(n_told, 2);
    /* The label of a repeated form is its name where that form stands alone in the row. */
    got.len = 0;
    tst_ok(tst_redcap_take(&got, &n, r,
                           "record_id,redcap_repeat_instrument,sex,score\n1,The People,Male,\n"
                           "2,The People,Male,3\n",
                           people, NULL, RMT_REDCAP_LABELS, &notes, &err),
           &err);
    assert_string_equal(got.s, "1|people|2|2\n2|The People|2|3\n");
    rmt_text_clear(&got);
    rmt_redcap_free(r);
}

/* Of a form whose name has no room in the note; of one column twice. */
static void notes_and_faults_of_files(void **state)
{
    (void)state;
    char text[1024], name[161] = "";
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_redcap_data *d = NULL;
    rmt_table *t = NULL;
    memset(name, 'f', sizeof name - 1);
    snprintf(text, sizeof text, "%sid,a,text,,,,,,,,\nx,%s,text,,,,,,,,\ny,b,text,,,,,,,,\n",
             HEADER, name);
    tst_ok(tst_redcap_new(&r, text, NULL, &notes, &err), &err);
    const rmt_redcap_column *columns[] = {rmt_redcap_find(r, "id"), rmt_redcap_find(r, "x"),
                                          rmt_redcap_find(r, "y")};
    const bool taken[3] = {true};
    tst_ok(tst_redcap_read(&t, "id,x,y\n1,2,\n", "data.csv", NULL, &notes, &err), &err);
    tst_ok(rmt_redcap_data_new(&d, r, t, columns, RMT_REDCAP_RAW, "data.csv", &notes, &err), &err);
    rmt_redcap_note_unread(d, taken, &notes);
    assert_string_equal(notes.kept[notes.n_kept - 1].msg,
                        "form ...: in no table of the plan, 1 value is not read");
    rmt_redcap_data_free(d);
    tst_ok(rmt_table_set_text(t, 2, 0, "3", 1, &err), &err);
    tst_ok(rmt_redcap_data_new(&d, r, t, columns, RMT_REDCAP_RAW, "data.csv", &notes, &err), &err);
    rmt_redcap_note_unread(d, taken, &notes);
    assert_string_equal(notes.kept[notes.n_kept - 1].msg,
                        "forms b, ...: in no table of the plan, 2 values are not read");
    rmt_redcap_data_free(d);
    columns[2] = columns[1];
    tst_fails(rmt_redcap_data_new(&d, r, t, columns, RMT_REDCAP_RAW, "data.csv", &notes, &err),
              RMT_ERR_INCONSISTENT, &err, "columns 2 and 3 of the export are both x");
    rmt_table_free(t);
    rmt_redcap_free(r);
}

/* Each row an event of its own, twice in turn: every one keeps its name, and the work does not grow with their square. */
static void many_events(void **state)
{
    (void)state;
    enum { N = 20000 };
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_text data = {0}, got = {0}, want = {0};
    tst_ok(rmt_text_add(&data, "record_id,redcap_event_name,sex\n", &err), &err);
    for (int i = 0; i < 2 * N; i++) {
        const int k = i % N * 7 % N; /* not in the order of their labels */
        tst_ok(rmt_text_addf(&data, &err, "1,Week %d,Male\n", k), &err);
        tst_ok(rmt_text_addf(&want, &err, "1|week_%d_arm_1|2|%d\n", k, i + 2), &err);
    }
    tst_ok(taken(&got, trial, data.s, RMT_REDCAP_UNSAID, &notes, &err), &err);
    assert_string_equal(got.s, want.s);
    /* The first in the file of two that would be called the same is named first. */
    tst_ok(rmt_text_add(&data, "1,week (3),Male\n", &err), &err);
    tst_fails(taken(&got, trial, data.s, RMT_REDCAP_UNSAID, &notes, &err), RMT_ERR_INCONSISTENT,
              &err, "the events 'Week 3' and 'week (3)' would both be called week_3_arm_1");
    rmt_text_clear(&data);
    rmt_text_clear(&got);
    rmt_text_clear(&want);
}

/* A header of many labels that nobody knows, behind one that is the last of the dictionary. */
static void many_unknown_labels(void **state)
{
    (void)state;
    enum { N = 20000 };
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text text = {0};
    const rmt_redcap_column **columns = NULL;
    static char labels[N][24];
    static const char *cells[N];
    tst_ok(rmt_text_add(&text, HEADER "id,a,text,Id,,,,,,,\n", &err), &err);
    for (int i = 0; i < N; i++) {
        snprintf(labels[i], sizeof labels[i], "Label %d", N + i);
        cells[i] = labels[i];
        tst_ok(rmt_text_addf(&text, &err, "f%d,a,text,Label %d,,,,,,,\n", i, i), &err);
    }
    cells[0] = "Id";
    cells[1] = "Label 19999";
    tst_ok(tst_redcap_new(&r, text.s, NULL, &notes, &err), &err);
    tst_ok(rmt_redcap_match_header(&columns, r, cells, N, "data.csv", &notes, &err), &err);
    assert_string_equal(columns[1]->name, "f19999");
    for (size_t i = 2; i < N; i++)
        assert_null(columns[i]);
    rmt_mem_free(columns);
    rmt_redcap_free(r);
    rmt_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_have_line_and_column),
        cmocka_unit_test(not_a_dictionary),
        cmocka_unit_test(fields_become_schema_fields),
        cmocka_unit_test(odd_validations_are_warnings),
        cmocka_unit_test(headers_of_names),
        cmocka_unit_test(headers_of_labels),
        cmocka_unit_test(tables_of_forms),
        cmocka_unit_test(hidden_values_are_found),
        cmocka_unit_test(rows_that_cannot_be),
        cmocka_unit_test(events_that_a_plan_asks_for),
        cmocka_unit_test(logic_that_is_not_understood),
        cmocka_unit_test(raw_or_labelled),
        cmocka_unit_test(event_labels),
        cmocka_unit_test(notes_about_the_file),
        cmocka_unit_test(nothing_is_unheard),
        cmocka_unit_test(notes_and_faults_of_files),
        cmocka_unit_test(many_events),
        cmocka_unit_test(many_unknown_labels),
    };
    return cmocka_run_group_tests_name("redcap", tests, NULL, NULL);
}
