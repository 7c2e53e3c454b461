/* test_schema.c - Table Schemas are read as the standard has them, and refused where they promise
 * nothing. */
#include "rmt/schema.h"
#include "support.h"
#include "tst_json.h"

#include <stdio.h>
#include <stdlib.h>

static void reads_everything(void **state)
{
    rmt_doc *doc = tst_json(
        "{'title': 'Visits', '$schema': 'x', 'x-any': {'a': 1},\n"
        " 'missingValues': ['', 'NA'], 'primaryKey': ['id', 'visit'],\n"
        " 'foreignKeys': [{'fields': 'id', 'reference': {'resource': 'participants', 'fields': "
        "'id'}},\n"
        "   {'fields': ['visit'], 'reference': {'fields': ['id']}}],\n"
        " 'fields': [\n"
        "  {'name': 'id', 'constraints': {'pattern': 'S[0-9]+', 'minLength': 2, 'maxLength': 5}},\n"
        "  {'name': 'visit', 'type': 'string', 'constraints': {'enum': ['a', 'b'], 'required': "
        "true}},\n"
        "  {'name': 'score', 'type': 'integer', 'title': 'Score', 'missingValues': ['-99'],\n"
        "   'constraints': {'minimum': 0, 'maximum': '80', 'unique': true},\n"
        "   'remit': {'unit': 'points', 'item': 'x', 'instrument': 'caps5', 'direction': "
        "'down'}},\n"
        "  {'name': 'dose', 'type': 'number', 'decimalChar': ',', 'groupChar': '.', 'bareNumber': "
        "false},\n"
        "  {'name': 'day', 'type': 'date', 'format': '%d/%m/%Y', 'constraints': {'minimum': "
        "'01/02/2020'}},\n"
        "  {'name': 'ok', 'type': 'boolean', 'trueValues': ['ja'], 'falseValues': ['nein']}]}");
    rmt_error err = {0};
    rmt_schema *s = NULL;
    const rmt_field *f;

    (void)state;
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    assert_int_equal(s->n_fields, 6);
    assert_int_equal(rmt_node_size(s->missing_values), 2);
    assert_int_equal(s->n_primary_key, 2);
    assert_string_equal(s->primary_key[1], "visit");
    assert_int_equal(s->n_foreign_keys, 2);
    assert_string_equal(s->foreign_keys[0].fields[0], "id");
    assert_string_equal(s->foreign_keys[0].resource, "participants");
    assert_string_equal(s->foreign_keys[0].reference[0], "id");
    assert_string_equal(s->foreign_keys[1].resource, "");
    f = rmt_schema_field(s, "id");
    assert_int_equal(f->type, RMT_TYPE_STRING);
    assert_string_equal(f->pattern, "S[0-9]+");
    assert_int_equal(f->min_length, 2);
    assert_int_equal(f->max_length, 5);
    assert_int_equal(f->line, 6);
    assert_false(f->required);
    assert_true(f->bare_number);
    f = rmt_schema_field(s, "visit");
    assert_true(f->required);
    assert_int_equal(rmt_node_size(f->allowed), 2);
    assert_true(f->max_length == SIZE_MAX);
    f = rmt_schema_field(s, "score");
    assert_string_equal(f->minimum, "0");
    assert_string_equal(f->maximum, "80");
    assert_string_equal(f->title, "Score");
    assert_string_equal(f->unit, "points");
    assert_true(f->unique);
    assert_int_equal(rmt_node_size(f->missing_values), 1);
    f = rmt_schema_field(s, "dose");
    assert_int_equal(f->decimal_char, ',');
    assert_int_equal(f->group_char, '.');
    assert_false(f->bare_number);
    f = rmt_schema_field(s, "day");
    assert_string_equal(f->format, "%d/%m/%Y");
    assert_string_equal(rmt_schema_field(s, "ok")->format, "default");
    assert_null(rmt_schema_field(s, "nothing"));
    rmt_schema_free(s);
    rmt_schema_free(NULL);
    rmt_doc_free(doc);
}

/* One field, its faults. */
static const struct {
    const char *field; /* after the name */
    const char *column, *part;
} bad_fields[] = {
    {"'type': 'intger'", "type",
     "unknown type intger; known: number, integer, boolean, string, date, datetime, time, year, "
     "yearmonth, duration, geopoint, object, array, list, any; nearest: integer"},
    {"'type': 'geojson'", "type", "unknown type geojson"},
    {"'type': 'list', 'itemType': 'year'", "itemType",
     "unknown type year; known: number, integer, boolean, string, date, datetime, time"},
    {"'type': 'list', 'delimiter': ''", "delimiter", "an empty delimiter parts nothing"},
    {"'delimiter': ';'", "delimiter", "delimiter does not apply to type string"},
    {"'type': 'object', 'constraints': {'jsonSchema': {}}", "jsonSchema",
     "jsonSchema of type object is refused, because remit does not evaluate JSON Schemas"},
    {"'constraints': {'jsonSchema': {}}", "jsonSchema", "jsonSchema does not apply to type string"},
    {"'type': 'duration', 'constraints': {'minimum': 'P1D'}", "minimum",
     "minimum of type duration is refused, because a month has no fixed length"},
    {"'type': 'geopoint', 'constraints': {'unique': true}", "unique",
     "unique of type geopoint is refused, because values that are written differently may be the "
     "same"},
    {"'type': 'integer', 'constraints': {'exclusiveMinimum': 4, 'exclusiveMaximum': 4}",
     "exclusiveMinimum", "no value lies between exclusiveMinimum 4 and exclusiveMaximum 4"},
    {"'type': 'time', 'constraints': {'exclusiveMinimum': '06:00:01', 'maximum': '06:00:00'}",
     "exclusiveMinimum", "exclusiveMinimum 06:00:01 is above maximum 06:00:00"},
    {"'type': 'time', 'format': '%d %H:%M'", "format", "a time of day has no date"},
    {"'type': 'time', 'format': '%H'", "format", "hour and minute are needed"},
    {"'type': 'geopoint', 'format': 'pair'", "format", "none of"},
    {"'categories': [{'value': 'a', 'label': 'x'}, {'value': 'b', 'label': 'x'}]", "categories",
     "the label x stands twice"},
    {"'categories': [{'value': 'a'}, {'value': 'a'}]", "categories", "the value a stands twice"},
    {"'categories': [{'value': 'a', 'lable': 'x'}]", "lable", "nearest: label"},
    {"'categories': []", "categories", "an empty list allows no value"},
    {"'type': 'integer', 'categories': [1, 2], 'constraints': {'enum': [2, 3]}", "enum",
     "enum value 3 is not among the categories"},
    {"'missingValues': [{'value': null}]", "missingValues", "the value of item 1 is no text"},
    {"'missingValues': [{'value': 'a'}, 'b']", "labelled value", "must be an object"},
    {"'missingValues': ['a', {'value': 'b'}]", "missingValues", "item 2 is no text"},
    {"'typ': 'integer'", "typ", "unknown key of a field; nearest: type"},
    {"'qqqqqqqqq': 1", "qqqqqqqqq", "unknown key of a field"},
    {"'constraints': {'minimun': 1}", "minimun", "nearest: minimum"},
    {"'constraints': {'exclusiveRubbish': 1}", "exclusiveRubbish",
     "unknown key of a constraints object"},
    {"'constraints': 3", "constraints", ""},
    {"'type': 'string', 'constraints': {'minimum': 1}", "minimum",
     "minimum does not apply to type string"},
    {"'type': 'boolean', 'constraints': {'maximum': 1}", "maximum",
     "maximum does not apply to type boolean"},
    {"'type': 'integer', 'constraints': {'pattern': 'a'}", "pattern",
     "pattern does not apply to type integer"},
    {"'type': 'date', 'constraints': {'minLength': 1}", "minLength",
     "minLength does not apply to type date"},
    {"'type': 'number', 'constraints': {'maxLength': 1}", "maxLength",
     "maxLength does not apply to type number"},
    {"'type': 'integer', 'trueValues': ['a']", "trueValues",
     "trueValues does not apply to type integer"},
    {"'type': 'integer', 'decimalChar': ','", "decimalChar",
     "decimalChar does not apply to type integer"},
    {"'type': 'string', 'groupChar': ','", "groupChar", "groupChar does not apply to type string"},
    {"'type': 'date', 'bareNumber': false", "bareNumber", "bareNumber does not apply to type date"},
    {"'type': 'number', 'decimalChar': '5'", "decimalChar", "5 is not one ASCII character"},
    {"'type': 'number', 'decimalChar': ',,'", "decimalChar", "is not one ASCII character"},
    {"'type': 'number', 'decimalChar': ','  , 'groupChar': ','", "groupChar",
     "groupChar and decimalChar are both ,"},
    {"'type': 'integer', 'constraints': {'minimum': 1.5}", "minimum",
     "minimum 1.5 cannot be read as integer"},
    {"'type': 'number', 'constraints': {'maximum': 'x'}", "maximum",
     "maximum x cannot be read as number"},
    {"'type': 'date', 'constraints': {'minimum': '2023-02-29'}", "minimum",
     "minimum 2023-02-29 cannot be read as date"},
    {"'type': 'integer', 'constraints': {'minimum': 5, 'maximum': 4}", "minimum",
     "minimum 5 is above maximum 4"},
    {"'constraints': {'minLength': 5, 'maxLength': 4}", "minLength",
     "minLength 5 is above maxLength 4"},
    {"'type': 'integer', 'constraints': {'enum': [1, 'x']}", "enum",
     "enum value x cannot be read as integer"},
    {"'constraints': {'enum': []}", "enum", "an empty list allows no value"},
    {"'constraints': {'enum': ['a', null]}", "enum", "item 2 is no text; quote it"},
    {"'constraints': {'pattern': 'a(b'}", "pattern",
     "the pattern a(b is wrong at byte 3: missing closing parenthesis"},
    {"'constraints': {'required': 'maybe'}", "required", ""},
    {"'type': 'date', 'format': 'any'", "format", "format any: \"any\" is a guess"},
    {"'type': 'date', 'format': '%d/%m'", "format", "year, month and day are all needed"},
    {"'type': 'date', 'format': '%d/%m/%y'", "format", "%y leaves the century open"},
    {"'type': 'date', 'format': '%d/%m/%Y %j'", "format", "a directive is none of"},
    {"'type': 'date', 'format': '%d/%m/%Y%'", "format", "a directive is none of"},
    {"'type': 'date', 'format': '%d/%m/%Y %d'", "format", "a directive stands twice"},
    {"'type': 'date', 'format': '%d %b %m %Y'", "format", "the month stands twice"},
    {"'type': 'date', 'format': '%d/%m/%Y %H'", "format", "a date has no time of day"},
    {"'type': 'datetime', 'format': '%d/%m/%Y'", "format", "hour and minute are needed"},
    {"'type': 'date', 'format': 'iso'", "format", "neither"},
    {"'type': 'string', 'format': 'fmt:%d'", "format", "none of"},
    {"'type': 'integer', 'format': 'email'", "format", "only \"default\" is known"},
    {"'type': 'boolean', 'trueValues': ['j', 'x'], 'falseValues': ['n', 'x']", "trueValues",
     "x is both true and false"},
    {"'type': 'boolean', 'trueValues': ['0']", "trueValues", "0 is both true and false"},
    {"'type': 'boolean', 'falseValues': ['1']", "falseValues", "1 is both true and false"},
    {"'missingValues': ['', null]", "missingValues", "item 2 is no text; quote it"},
    {"'missingValues': 'NA'", "missingValues", ""},
    {"'remit': 'points'", "remit", ""},
};

static void bad_fields_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_fields / sizeof *bad_fields; i++) {
        char text[512];
        rmt_error err = {0};
        rmt_schema *s = NULL, *before = s;
        rmt_doc *doc;
        rmt_status st;
        (void)snprintf(text, sizeof text, "{'fields': [\n\n{'name': 'a', %s}]}",
                       bad_fields[i].field);
        doc = tst_json(text);
        st = rmt_schema_parse(&s, rmt_doc_root(doc), &err);
        assert_ptr_equal(s, before);
        if (st != RMT_ERR_CONFIG || strcmp(err.source, "test.json") != 0 || err.line != 3 ||
            strcmp(err.column, bad_fields[i].column) != 0) {
            print_error("%s: status %d, %s:%zu: %s: %s\n", bad_fields[i].field, (int)st, err.source,
                        err.line, err.column, err.msg);
            fail();
        }
        tst_fails(st, RMT_ERR_CONFIG, &err, bad_fields[i].part);
        rmt_doc_free(doc);
    }
}

static const struct {
    const char *text, *part;
} bad_schemas[] = {
    {"[]", "a schema must be an object"},
    {"{}", "a schema needs at least one field"},
    {"{'fields': []}", "a schema needs at least one field"},
    {"{'fields': {'name': 'a'}}", ""},
    {"{'fields': ['a']}", "a field must be an object"},
    {"{'fields': [{'type': 'string'}]}", ""},
    {"{'fields': [{'name': ''}]}", "the name is empty"},
    {"{'field': [{'name': 'a'}]}", "unknown key of a schema; nearest: fields"},
    {"{'fields': [{'name': 'a'},\n {'name': 'b'}, {'name': 'a'}]}",
     "the field is declared on line 1 already"},
    {"{'fields': [{'name': 'alpha'}], 'primaryKey': 'alpa'}",
     "alpa is no field of this schema; nearest: alpha"},
    {"{'fields': [{'name': 'a'}], 'primaryKey': ['a', 'zzzz']}", "zzzz is no field of this schema"},
    {"{'fields': [{'name': 'a'}], 'primaryKey': ['a', 'a']}", "a stands twice"},
    {"{'fields': [{'name': 'a'}], 'primaryKey': []}", "must be a field's name or a list of names"},
    {"{'fields': [{'name': 'a'}], 'primaryKey': [['a']]}", "item 1 is no name"},
    {"{'fields': [{'name': 'a'}], 'uniqueKeys': []}", "needs at least one key"},
    {"{'fields': [{'name': 'a'}], 'uniqueKeys': ['a']}", "key 1 is no list of names"},
    {"{'fields': [{'name': 'a'}], 'uniqueKeys': [['a'], ['b']]}", "b is no field of this schema"},
    {"{'fields': [{'name': 'a'}], 'uniqueKeys': [['a', 'a']]}", "a stands twice"},
    {"{'fields': [{'name': 'a', 'type': 'array'}], 'primaryKey': 'a'}",
     "type array in a key is refused"},
    {"{'fields': [{'name': 'a'}], 'fieldsMatch': 'some'}", "unknown fieldsMatch"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'reference': {'fields': 'a'}}]}",
     "a foreign key needs its fields"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'fields': 'a'}]}",
     "a foreign key needs its reference"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'fields': 'b', 'reference': {'fields': 'a'}}]}",
     "b is no field of this schema"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'fields': 'a', 'reference': {'fields': 'b'}}]}",
     "b is no field of this schema"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'fields': 'a', 'reference': {'resource': 'p', "
     "'fields': ['b', 'c']}}]}",
     "1 fields refer to 2"},
    {"{'fields': [{'name': 'a'}], 'foreignKeys': [{'fields': 'a', 'reference': {'table': 'p'}}]}",
     "unknown key of a reference"},
};

static void bad_schemas_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_schemas / sizeof *bad_schemas; i++) {
        rmt_error err = {0};
        rmt_schema *s = NULL;
        rmt_doc *doc = tst_json(bad_schemas[i].text);
        rmt_status st = rmt_schema_parse(&s, rmt_doc_root(doc), &err);
        if (st != RMT_ERR_CONFIG) print_error("%s\n", bad_schemas[i].text);
        tst_fails(st, RMT_ERR_CONFIG, &err, bad_schemas[i].part);
        assert_null(s);
        rmt_doc_free(doc);
    }
}

/* ---- schemas/README.md ----------------------------------------------------------------------- */

static char *slurp(const char *name)
{
    char path[512];
    FILE *f;
    char *text = NULL;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/../%s", RMT_TEST_DIR, name);
    assert_non_null(f = fopen(path, "rb"));
    assert_non_null(text = calloc(1, 1 << 20));
    n = fread(text, 1, (1 << 20) - 1, f);
    assert_true(n > 0 && n < (1 << 20) - 1);
    assert_int_equal(fclose(f), 0);
    return text;
}

static bool parses(const char *field)
{
    char json[512];
    rmt_error err = {0};
    rmt_schema *s = NULL;
    rmt_doc *doc;
    bool ok;

    (void)snprintf(json, sizeof json, "{'fields': [{'name': 'a', %s}]}", field);
    doc = tst_json(json);
    ok = rmt_schema_parse(&s, rmt_doc_root(doc), &err) == RMT_OK;
    rmt_schema_free(s);
    rmt_doc_free(doc);
    return ok;
}

/* A key of a field or of its constraints with a value that suits every type; %s is one of the type. */
static const struct {
    const char *key, *json;
} words[] = {
    {"email", "'format': 'email'"},
    {"uri", "'format': 'uri'"},
    {"binary", "'format': 'binary'"},
    {"uuid", "'format': 'uuid'"},
    {"array", "'format': 'array'"},
    {"object", "'format': 'object'"},
    {"any", "'format': 'any'"},
    {"wkt", "'format': 'wkt'"},
    {"decimalChar", "'decimalChar': ','"},
    {"groupChar", "'groupChar': ','"},
    {"bareNumber", "'bareNumber': false"},
    {"trueValues", "'trueValues': ['j']"},
    {"falseValues", "'falseValues': ['n']"},
    {"delimiter", "'delimiter': ';'"},
    {"itemType", "'itemType': 'integer'"},
    {"categories", "'categories': ['%s']"},
    {"categoriesOrdered", "'categoriesOrdered': true"},
    {"unique", "'constraints': {'unique': true}"},
    {"enum", "'constraints': {'enum': ['%s']}"},
    {"pattern", "'constraints': {'pattern': 'x'}"},
    {"minLength", "'constraints': {'minLength': 1}"},
    {"maxLength", "'constraints': {'maxLength': 1}"},
    {"minimum", "'constraints': {'minimum': '%s'}"},
    {"maximum", "'constraints': {'maximum': '%s'}"},
    {"exclusiveMinimum", "'constraints': {'exclusiveMinimum': '%s'}"},
    {"exclusiveMaximum", "'constraints': {'exclusiveMaximum': '%s'}"},
    {"jsonSchema", "'constraints': {'jsonSchema': {}}"},
};

/* A type's row has every word that is accepted for it, and no other. */
static void the_readme_knows_each_type(void **state)
{
    static const char *const samples[RMT_N_FIELD_TYPES] = {[RMT_FIELD_NUMBER] = "1",
                                                           [RMT_FIELD_INTEGER] = "1",
                                                           [RMT_FIELD_BOOLEAN] = "true",
                                                           [RMT_FIELD_STRING] = "x",
                                                           [RMT_FIELD_DATE] = "2024-01-26",
                                                           [RMT_FIELD_DATETIME] =
                                                               "2024-01-26T15:00:00",
                                                           [RMT_FIELD_TIME] = "15:00:00",
                                                           [RMT_FIELD_YEAR] = "2024",
                                                           [RMT_FIELD_YEARMONTH] = "2024-01",
                                                           [RMT_FIELD_DURATION] = "P1D",
                                                           [RMT_FIELD_GEOPOINT] = "1,2",
                                                           [RMT_FIELD_OBJECT] = "{}",
                                                           [RMT_FIELD_ARRAY] = "[]",
                                                           [RMT_FIELD_LIST] = "a",
                                                           [RMT_FIELD_ANY] = "x"};
    char *readme = slurp("schemas/README.md");
    const char *table = strstr(readme, "<!-- types -->"), *end = strstr(readme, "<!-- /types -->");
    size_t n_rows = 0, n_bad = 0;

    (void)state;
    assert_true(table && end && table < end);
    for (const char *p = table; (p = strstr(p, "\n| `")) && p < end; p++)
        n_rows++;
    assert_int_equal(n_rows, RMT_N_FIELD_TYPES + 1); /* and the heading */
    for (int t = 0; t < RMT_N_FIELD_TYPES; t++) {
        const char *type = rmt_field_type_name((rmt_field_type)t);
        char head[64], line[512], field[256];
        const char *row, *stored;
        bool temporal = t == RMT_FIELD_DATE || t == RMT_FIELD_DATETIME || t == RMT_FIELD_TIME;
        (void)snprintf(head, sizeof head, "\n| `%s` | ", type);
        row = strstr(table, head);
        assert_true(row && row < end);
        row += strlen(head);
        (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(row, "\n"), row);
        rmt_schema *s = NULL;
        rmt_error err = {0};
        (void)snprintf(field, sizeof field, "{'fields': [{'name': 'a', 'type': '%s'}]}", type);
        rmt_doc *doc = tst_json(field);
        tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
        stored = rmt_type_name(s->fields[0].type);
        assert_int_equal(strncmp(line, stored, strlen(stored)), 0);
        rmt_schema_free(s);
        rmt_doc_free(doc);
        assert_int_equal(strstr(line, "a pattern") != NULL, temporal);
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            char quoted[40];
            int n = snprintf(field, sizeof field, "'type': '%s', ", type);
            const char *gap = strstr(words[w].json, "%s");
            int before = gap ? (int)(gap - words[w].json) : (int)strlen(words[w].json);
            bool said, done;
            (void)snprintf(field + n, sizeof field - (size_t)n, "%.*s%s%s", before, words[w].json,
                           gap ? samples[t] : "", gap ? gap + 2 : "");
            (void)snprintf(quoted, sizeof quoted, "`%s`", words[w].key);
            said = strstr(line, quoted) != NULL;
            done = parses(field);
            if (said == done) continue;
            print_error("%s: %s %s, but the table %s\n", type, words[w].key,
                        done ? "is accepted" : "is refused", said ? "has it" : "has it not");
            n_bad++;
        }
    }
    free(readme);
    assert_int_equal(n_bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(bad_fields_are_refused),
        cmocka_unit_test(bad_schemas_are_refused),
        cmocka_unit_test(the_readme_knows_each_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
