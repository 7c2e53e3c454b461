/* test_schema_check.c - every kind of finding, its words, its place and its order. */
#include "rmt/schema.h"
#include "support.h"
#include "tst_json.h"
#include "tst_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table read by the schema from cells in rows: lines of cells parted by '|', the first line the
 * names, a leading number the source line. Columns not in the schema are strings. */
static rmt_table *table_of(const rmt_schema *s, const char *text)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    size_t n_columns = 0, row = 0, lines;
    bool head = true;

    tst_ok(rmt_table_new(&t, "", &err), &err);
    while (*text) {
        size_t n = strcspn(text, "\n"), col = 0;
        for (size_t i = 0; i <= n;) {
            char cell[256], reason[300];
            size_t m = strcspn(text + i, "|\n");
            memcpy(cell, text + i, m);
            cell[m] = '\0';
            i += m + 1;
            if (head) {
                const rmt_field *f = rmt_schema_field(s, cell);
                rmt_type type = f ? f->type : RMT_TYPE_STRING;
                if (strcmp(cell, "source_line") == 0) type = RMT_TYPE_INTEGER;
                tst_ok(rmt_table_add_column(t, cell, type, NULL, NULL, &err), &err);
                n_columns++;
            } else {
                rmt_field plain;
                const rmt_field *f = rmt_schema_field(s, rmt_table_name(t, col));
                rmt_cell c;
                if (!f) rmt_field_init(&plain, "", rmt_table_type(t, col));
                if (col == 0) tst_ok(rmt_table_add_rows(t, 1, &err), &err);
                rmt_field_read_cell(&c, f ? f : &plain, s->missing_values, '.', cell, m);
                (void)snprintf(reason, sizeof reason, "%s%s",
                               c.kind == RMT_CELL_UNREADABLE ? "unreadable: " : "",
                               c.kind == RMT_CELL_UNREADABLE ? cell : c.reason);
                if (c.kind != RMT_CELL_VALUE)
                    tst_ok(rmt_table_set_reason(t, col, row, reason, &err), &err);
                else if (rmt_table_type(t, col) == RMT_TYPE_NUMBER)
                    tst_ok(rmt_table_set_number(t, col, row, c.number, &err), &err);
                else if (!rmt_type_is_text(rmt_table_type(t, col)))
                    rmt_table_set_integer(t, col, row, c.integer);
                else {
                    const char *as = c.text[0] ? c.text : cell;
                    tst_ok(rmt_table_set_text(t, col, row, as, strlen(as), &err), &err);
                }
            }
            col++;
        }
        assert_int_equal(col, n_columns);
        row += head ? 0 : 1;
        head = false;
        text += n + (text[n] ? 1 : 0);
    }
    lines = rmt_table_find(t, "source_line");
    if (lines == RMT_NO_COLUMN) {
        tst_ok(rmt_table_add_column(t, "source_line", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
        for (size_t i = 0; i < row; i++)
            rmt_table_set_integer(t, n_columns, i, (int32_t)i + 2);
    }
    return t;
}

/* The findings as lines "line|column|code|value|rule|message"; warnings begin with "~". */
static void findings_text(const rmt_table *f, char *buf, size_t size)
{
    static const char *const shown[] = {"line", "column", "code", "value", "rule", "message"};
    size_t o = 0;

    buf[0] = '\0';
    for (size_t row = 0; row < rmt_table_rows(f); row++) {
        const char *severity = rmt_table_text(f, rmt_table_find(f, "severity"), row);
        o += (size_t)snprintf(buf + o, size - o, "%s", strcmp(severity, "warning") == 0 ? "~" : "");
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
            char number[40];
            o += (size_t)snprintf(buf + o, size - o, "%s%s", i ? "|" : "",
                                  rmt_table_format(f, rmt_table_find(f, shown[i]), row, number));
        }
        o += (size_t)snprintf(buf + o, size - o, "\n");
        assert_true(o < size);
    }
}

static rmt_schema *schema_of(rmt_doc **doc, const char *json)
{
    rmt_error err = {0};
    rmt_schema *s = NULL;

    *doc = tst_json(json);
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(*doc), &err), &err);
    return s;
}

static const struct {
    const char *schema, *table, *want;
} cases[] = {
    /* nothing to say */
    {"{'fields': [{'name': 'a', 'type': 'integer', 'constraints': {'minimum': 0, 'maximum': 4, "
     "'required': true}}]}",
     "a\n0\n4\n", ""},
    {"{'fields': [{'name': 'a'}], 'primaryKey': 'a'}", "a\n", ""},
    /* type-error */
    {"{'fields': [{'name': 'a', 'type': 'integer', 'constraints': {'required': true, 'unique': "
     "true}},"
     " {'name': 'd', 'type': 'date'}, {'name': 'e', 'type': 'date', 'format': '%d/%m/%Y'}]}",
     "a|d|e\n12x|2023-02-29|1/2/99\n99999999999|2023-1-1|31/04/2020\n 12||\n",
     "2|a|type-error|12x|type integer|12x cannot be read as type integer: text behind the number\n"
     "2|d|type-error|2023-02-29|type date|2023-02-29 is no day of the calendar\n"
     "2|e|type-error|1/2/99|type date, format %d/%m/%Y|1/2/99 cannot be read as type date, format "
     "%d/%m/%Y: a year of two digits leaves the century open\n"
     "3|a|type-error|99999999999|type integer|99999999999 is outside the range of integer: type "
     "number reads 99999999999\n"
     "3|d|type-error|2023-1-1|type date|2023-1-1 cannot be read as type date: it is written as "
     "%Y-%m-%d\n"
     "3|e|type-error|31/04/2020|type date, format %d/%m/%Y|31/04/2020 is no day of the calendar\n"
     "4|a|type-error| 12|type integer| 12 cannot be read as type integer: blanks stand around "
     "it\n"},
    {"{'missingValues': ['NA'], 'fields': [{'name': 'a', 'type': 'number'}]}", "a\n\n",
     "2|a|type-error||type number|an empty cell cannot be read as type number\n"},
    /* what is kept as text */
    {"{'fields': [{'name': 'a', 'format': 'email'}, {'name': 'b', 'type': 'geopoint'},"
     " {'name': 'c', 'type': 'time'}, {'name': 'd', 'type': 'year'}]}",
     "a|b|c|d\nx@y.zz|1,2|06:00:00|2020\nx|181,2|06:00:00+01:00|20\n",
     "3|a|type-error|x|type string, format email|x cannot be read as type string, format email\n"
     "3|b|type-error|181,2|type geopoint|181,2 is outside longitude -180..180 or latitude -90..90\n"
     "3|c|type-error|06:00:00+01:00|type time|06:00:00+01:00 is in a time zone other than UTC\n"
     "3|d|type-error|20|type year|20 cannot be read as type year\n"},
    {"{'fields': [{'name': 'a', 'type': 'time', 'format': '%H:%M', 'constraints': "
     "{'exclusiveMinimum': '06:00', 'exclusiveMaximum': '20:00'}}]}",
     "a\n6:00\n6:01\n20:00\n",
     "2|a|constraint-error|06:00:00|exclusiveMinimum 06:00|06:00:00 is not above the "
     "exclusiveMinimum 06:00\n"
     "4|a|constraint-error|20:00:00|exclusiveMaximum 20:00|20:00:00 is not below the "
     "exclusiveMaximum 20:00\n"},
    {"{'fields': [{'name': 'a', 'type': 'integer', 'categories': [{'value': 0, 'label': 'no'}, "
     "{'value': 1, 'label': 'yes'}]}]}",
     "a\n0\n2\n", "3|a|constraint-error|2|categories 0, 1|2 is not one of 0, 1\n"},
    /* fieldsMatch: labels in another order, one too many, one too few */
    {"{'fieldsMatch': 'exact', 'fields': [{'name': 'id'}, {'name': 'name'}]}", "name|id\n",
     "0|name|incorrect-label||fields of the schema|name stands in the place of the field id\n"
     "0|id|incorrect-label||fields of the schema|id stands in the place of the field name\n"},
    {"{'fieldsMatch': 'exact', 'fields': [{'name': 'id'}, {'name': 'name'}]}", "id|name\n", ""},
    {"{'fieldsMatch': 'exact', 'fields': [{'name': 'name'}]}", "name|id\n",
     "0|id|extra-label||fields of the schema|id is not in the schema\n"},
    {"{'fieldsMatch': 'exact', 'fields': [{'name': 'name'}, {'name': 'id'}]}", "name\n",
     "0|id|missing-label||fields of the schema|id is in the schema, but no column\n"},
    {"{'fieldsMatch': 'equal', 'fields': [{'name': 'id'}, {'name': 'name'}]}", "name|id\n", ""},
    {"{'fieldsMatch': 'equal', 'fields': [{'name': 'name'}, {'name': 'more'}]}", "name|id\n",
     "0|id|extra-label||fields of the schema|id is not in the schema\n"
     "0|more|missing-label||fields of the schema|more is in the schema, but no column\n"},
    {"{'fieldsMatch': 'subset', 'fields': [{'name': 'name'}, {'name': 'more'}]}", "name|id\n",
     "0|more|missing-label||fields of the schema|more is in the schema, but no column\n"},
    {"{'fieldsMatch': 'superset', 'fields': [{'name': 'name'}, {'name': 'more'}]}", "name|id\n",
     "0|id|extra-label||fields of the schema|id is not in the schema\n"},
    {"{'fieldsMatch': 'partial', 'fields': [{'name': 'name'}, {'name': 'more'}]}", "name|id\n", ""},
    {"{'fieldsMatch': 'partial', 'fields': [{'name': 'NAME'}, {'name': 'more'}]}", "name|id\n",
     "0||unmatched-header||fields of the schema|no column is a field of the schema\n"},
    /* unique keys: by value, missing ones are nobody's */
    {"{'fields': [{'name': 'a'}, {'name': 'b', 'type': 'number'}], 'uniqueKeys': [['a'], ['a', "
     "'b']]}",
     "a|b\nx|1\nx|1.0\nx|\n|1\n|1\ny|1\n",
     "3|a|unique-error|x|unique key a|x is already the unique key of line 2\n"
     "3||unique-error|x, 1|unique key a, b|x, 1 is already the unique key of line 2\n"
     "4|a|unique-error|x|unique key a|x is already the unique key of line 2\n"},
    {"{'fields': [{'name': 'a'}, {'name': 'b'}], 'primaryKey': 'a', 'uniqueKeys': [['b', 'a']]}",
     "a\nx\nx\n",
     "0|b|missing-label||fields of the schema|b is in the schema, but no column\n"
     "3|a|primary-key|x|primary key a|x is already the primary key of line 2\n"},
    /* required */
    {"{'missingValues': ['', '-99'], 'fields': [{'name': 'a', 'type': 'number', 'constraints': "
     "{'required': true}},"
     " {'name': 'b', 'constraints': {'required': true}}]}",
     "a|b\n-99|x\n|\n",
     "2|a|constraint-error|-99|required|-99 stands where a value is required\n"
     "3|a|constraint-error||required|an empty cell stands where a value is required\n"
     "3|b|constraint-error||required|an empty cell stands where a value is required\n"},
    /* minimum and maximum at their boundaries, missing cells left alone */
    {"{'fields': [{'name': 'a', 'type': 'integer', 'constraints': {'minimum': 0, 'maximum': 4}}]}",
     "a\n0\n-1\n4\n94\n\n",
     "3|a|constraint-error|-1|minimum 0|-1 is below the minimum 0\n"
     "5|a|constraint-error|94|maximum 4|94 is above the maximum 4\n"},
    {"{'fields': [{'name': 'a', 'type': 'number', 'constraints': {'minimum': -0.5, 'maximum': "
     "10}}]}",
     "a\n-0.5\n-0.50001\n9\n10.5\n",
     "3|a|constraint-error|-0.50001|minimum -0.5|-0.50001 is below the minimum -0.5\n"
     "5|a|constraint-error|10.5|maximum 10|10.5 is above the maximum 10\n"},
    {"{'fields': [{'name': 'a', 'type': 'date', 'format': '%d.%m.%Y',"
     " 'constraints': {'minimum': '02.01.2020', 'maximum': '01.12.2020'}}]}",
     "a\n02.01.2020\n01.01.2020\n30.11.2020\n2.12.2020\n",
     "3|a|constraint-error|2020-01-01|minimum 02.01.2020|2020-01-01 is below the minimum "
     "02.01.2020\n"
     "5|a|constraint-error|2020-12-02|maximum 01.12.2020|2020-12-02 is above the maximum "
     "01.12.2020\n"},
    {"{'fields': [{'name': 'a', 'type': 'datetime', 'constraints': {'maximum': "
     "'2020-01-01T12:00:00'}}]}",
     "a\n2020-01-01T12:00:00\n2020-01-01T12:00:01\n",
     "3|a|constraint-error|2020-01-01T12:00:01|maximum 2020-01-01T12:00:00|"
     "2020-01-01T12:00:01 is above the maximum 2020-01-01T12:00:00\n"},
    /* enum by value, not by spelling */
    {"{'fields': [{'name': 'a', 'constraints': {'enum': ['mild', 'severe', 'moderate']}},"
     " {'name': 'n', 'type': 'number', 'constraints': {'enum': ['2.50', 1]}},"
     " {'name': 'd', 'type': 'date', 'format': '%d.%m.%Y', 'constraints': {'enum': ['1.2.2020']}},"
     " {'name': 'b', 'type': 'boolean', 'trueValues': ['ja'], 'constraints': {'enum': [true]}}]}",
     "a|n|d|b\nsevere|2.5|01.02.2020|ja\nMild|2|2.2.2020|0\n",
     "3|a|constraint-error|Mild|enum mild, severe, moderate|Mild is not one of mild, severe, "
     "moderate\n"
     "3|n|constraint-error|2|enum 2.50, 1|2 is not one of 2.50, 1\n"
     "3|d|constraint-error|2020-02-02|enum 1.2.2020|2020-02-02 is not one of 1.2.2020\n"
     "3|b|constraint-error|false|enum true|false is not one of true\n"},
    /* pattern: the whole cell, any letter */
    {"{'fields': [{'name': 'a', 'constraints': {'pattern': 'a|ab'}},"
     " {'name': 'b', 'constraints': {'pattern': '\\w+$'}}, {'name': 'c', 'constraints': "
     "{'pattern': '.'}}]}",
     "a|b|c\nab|Jos\xc3\xa9|\xc3\xa9\nabc|a b|ab\nxa||\n",
     "3|a|constraint-error|abc|pattern a|ab|abc does not match the pattern a|ab\n"
     "3|b|constraint-error|a b|pattern \\w+$|a b does not match the pattern \\w+$\n"
     "3|c|constraint-error|ab|pattern .|ab does not match the pattern .\n"
     "4|a|constraint-error|xa|pattern a|ab|xa does not match the pattern a|ab\n"},
    {"{'fields': [{'name': 'a', 'constraints': {'pattern': '(a+)+[bd]'}}]}",
     "a\naaab\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\n",
     "3|a|constraint-error|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac|pattern (a+)+[bd]|"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac exceeds the effort allowed for matching the "
     "pattern (a+)+[bd]\n"},
    /* lengths in code points */
    {"{'fields': [{'name': 'a', 'constraints': {'minLength': 2, 'maxLength': 3}}]}",
     "a\n\xc3\xa9\n\xc3\xa9\xc3\xa9\n\xc3\xa9\xc3\xa9\xc3\xa9\nabcd\n",
     "2|a|constraint-error|\xc3\xa9|minLength 2|\xc3\xa9 is shorter than the minLength 2\n"
     "5|a|constraint-error|abcd|maxLength 3|abcd is longer than the maxLength 3\n"},
    /* unique: by value; missing cells do not repeat one another */
    {"{'fields': [{'name': 'a', 'constraints': {'unique': true}},"
     " {'name': 'n', 'type': 'number', 'constraints': {'unique': true}}]}",
     "a|n\nx|1\ny|1.0\n|\n|\nx|0\nx|-0\n",
     "3|n|unique-error|1|unique|1 stands already on line 2\n"
     "6|a|unique-error|x|unique|x stands already on line 2\n"
     "7|a|unique-error|x|unique|x stands already on line 2\n"
     "7|n|unique-error|0|unique|0 stands already on line 6\n"},
    /* primary keys */
    {"{'primaryKey': 'a', 'fields': [{'name': 'a', 'type': 'integer'}, {'name': 'b', 'type': "
     "'integer'}]}",
     "a|b\n1|x\n1|1\n|1\nz|1\n",
     "2|b|type-error|x|type integer|x cannot be read as type integer\n"
     "3|a|primary-key|1|primary key a|1 is already the primary key of line 2\n"
     "4|a|primary-key||primary key a|an empty cell is incomplete as the primary key a\n"
     "5|a|type-error|z|type integer|z cannot be read as type integer\n"}, /* not as a key too */
    {"{'primaryKey': 'a', 'fields': [{'name': 'a', 'constraints': {'required': true}}, {'name': "
     "'b'}]}",
     "a|b\n|x\n",
     "2|a|constraint-error||required|an empty cell stands where a value is required\n"},
    {"{'primaryKey': ['a', 'b'], 'fields': [{'name': 'a'}, {'name': 'b', 'constraints': "
     "{'required': true}}]}",
     "a|b\nx|yz\nxy|z\nx|\nx|yz\n",
     "4|b|constraint-error||required|an empty cell stands where a value is required\n"
     "4||primary-key|x, (missing)|primary key a, b|x, (missing) is incomplete as the primary key "
     "a, b\n"
     "5||primary-key|x, yz|primary key a, b|x, yz is already the primary key of line 2\n"},
    /* labels */
    {"{'primaryKey': 'c', 'fields': [{'name': 'c', 'constraints': {'required': true}}, {'name': "
     "'a'}, {'name': 'd'}]}",
     "b|a|e\n1|2|3\n",
     "~0|b|extra-label||fields of the schema|b is not in the schema\n"
     "~0|e|extra-label||fields of the schema|e is not in the schema\n"
     "0|c|missing-label||fields of the schema|c is in the schema, but no column\n"
     "0|d|missing-label||fields of the schema|d is in the schema, but no column\n"},
    /* the order is that of lines and columns, whatever that of rows and fields; the first line is
       the first */
    {"{'fields': [{'name': 'b', 'type': 'integer'}, {'name': 'a', 'constraints': {'unique': "
     "true}}]}",
     "source_line|a|b\n9|x|y\n5|x|1\n7|x|q\n",
     "7|a|unique-error|x|unique|x stands already on line 5\n"
     "7|b|type-error|q|type integer|q cannot be read as type integer\n"
     "9|a|unique-error|x|unique|x stands already on line 5\n"
     "9|b|type-error|y|type integer|y cannot be read as type integer\n"},
};

static void every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static char got[8192];
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        rmt_schema *s = schema_of(&doc, cases[i].schema);
        rmt_table *t = table_of(s, cases[i].table), *f = NULL;
        rmt_ledger *l = tst_ledger();
        tst_ok(rmt_schema_check(l, s, "visits", t, &err), &err);
        f = tst_listed(l);
        findings_text(f, got, sizeof got);
        if (strcmp(got, cases[i].want) != 0) {
            print_error("case %zu\ngot:\n%swant:\n%s", i, got, cases[i].want);
            fail();
        }
        for (size_t row = 0; row < rmt_table_rows(f); row++)
            assert_string_equal(rmt_table_text(f, rmt_table_find(f, "table"), row), "visits");
        rmt_table_free(f);
        rmt_table_free(t);
        rmt_schema_free(s);
        rmt_doc_free(doc);
    }
}

static const struct {
    const char *schema, *table, *target_schema, *target, *want;
} foreign[] = {
    {"{'fields': [{'name': 'id'}], 'foreignKeys': [{'fields': 'id', 'reference': {'resource': "
     "'people', 'fields': 'key'}}]}",
     "id\na\nb\n\nc\n", "{'fields': [{'name': 'key'}]}", "key\nc\na\n\n",
     "3|id|foreign-key|b|foreign key id|b is not in people\n"},
    {"{'fields': [{'name': 'id', 'type': 'integer'}, {'name': 'v'}], 'foreignKeys': [{'fields': "
     "['id', 'v'],"
     " 'reference': {'resource': 'people', 'fields': ['key', 'w']}}]}",
     "id|v\n1|a\n2|a\n1|\nx|a\n|\n",
     "{'fields': [{'name': 'key', 'type': 'number'}, {'name': 'w'}]}", "w|key\na|1\nb|2\n",
     "3||foreign-key|2, a|foreign key id, v|2, a is not in people\n"
     "4||foreign-key|1, (missing)|foreign key id, v|1, (missing) is incomplete as the foreign key "
     "id, v\n"},
    {"{'fields': [{'name': 'id'}, {'name': 'parent'}], 'foreignKeys': [{'fields': 'parent', "
     "'reference': {'fields': 'id'}}]}",
     "id|parent\na|b\nb|\nc|d\n", NULL, NULL,
     "4|parent|foreign-key|d|foreign key parent|d is not in visits\n"},
    {"{'fields': [{'name': 'id'}, {'name': 'v'}, {'name': 'z'}], 'foreignKeys': [{'fields': ['id', "
     "'v', 'z'],"
     " 'reference': {'resource': 'people', 'fields': ['key', 'w', 'z']}}]}",
     "id|v\na|b\n", "{'fields': [{'name': 'key', 'type': 'integer'}]}", "key\n1\n",
     "0|id|foreign-key||foreign key id, v, z|id differs in type from key\n"
     "0|v|foreign-key||foreign key id, v, z|v refers to an absent column, w\n"
     "0|z|foreign-key||foreign key id, v, z|z is in the foreign key, but no column\n"},
};

static void every_foreign_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        static char got[8192];
        rmt_error err = {0};
        rmt_doc *doc = NULL, *target_doc = NULL;
        rmt_schema *s = schema_of(&doc, foreign[i].schema), *target_schema = NULL;
        rmt_table *t = table_of(s, foreign[i].table), *target = NULL, *f = NULL;
        if (foreign[i].target) {
            target_schema = schema_of(&target_doc, foreign[i].target_schema);
            target = table_of(target_schema, foreign[i].target);
        }
        rmt_ledger *l = tst_ledger();
        tst_ok(rmt_schema_check_foreign_key(l, &s->foreign_keys[0], "visits", t,
                                            target ? target : t, &err),
               &err);
        f = tst_listed(l);
        findings_text(f, got, sizeof got);
        if (strcmp(got, foreign[i].want) != 0) {
            print_error("case %zu\ngot:\n%swant:\n%s", i, got, foreign[i].want);
            fail();
        }
        rmt_table_free(f);
        rmt_table_free(t);
        rmt_table_free(target);
        rmt_schema_free(s);
        rmt_schema_free(target_schema);
        rmt_doc_free(doc);
        rmt_doc_free(target_doc);
    }
}

static void a_table_read_otherwise_is_refused(void **state)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *s = schema_of(&doc, "{'fields': [{'name': 'a', 'type': 'integer'}]}");
    rmt_table *t = NULL, *f = NULL;

    (void)state;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "a", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    rmt_ledger *l = tst_ledger();
    tst_fails(rmt_schema_check(l, s, "t", t, &err), RMT_ERR_INCONSISTENT, &err,
              "the column is string in the table and integer in the schema");
    f = tst_listed(l);
    assert_int_equal(rmt_table_rows(f), 0);
    rmt_table_free(f);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

static void findings_keep_what_they_are_given(void **state)
{
    const rmt_finding in = {RMT_SEVERITY_INFO, "trial/x", "t", 7, "c", "S1", "v", "r", "m", 0};
    const rmt_finding bare = {RMT_SEVERITY_ERROR, "x", "t", 0, NULL, NULL, NULL, NULL, NULL, 0};
    rmt_error err = {0};
    rmt_table *f = NULL, *other = NULL;
    char got[512];

    (void)state;
    tst_ok(rmt_findings_new(&f, &err), &err);
    assert_int_equal(rmt_table_columns(f), 9);
    tst_ok(rmt_findings_add(f, &in, &err), &err);
    tst_ok(rmt_findings_add(f, &bare, &err), &err);
    findings_text(f, got, sizeof got);
    assert_string_equal(got, "7|c|trial/x|v|r|m\n0||x|||\n");
    assert_string_equal(rmt_table_text(f, 0, 0), "info");
    assert_string_equal(rmt_table_text(f, rmt_table_find(f, "subject"), 0), "S1");
    assert_string_equal(rmt_table_text(f, 0, 1), "error");
    tst_ok(rmt_table_new(&other, "other", &err), &err);
    tst_fails(rmt_findings_add(other, &in, &err), RMT_ERR_INTERNAL, &err, "not one of findings");
    rmt_table_free(other);
    rmt_table_free(f);
}

/* Messages stay one line and short; the value itself is kept whole. */
static void long_values_are_cut_in_messages(void **state)
{
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *s = schema_of(&doc, "{'fields': [{'name': 'a', 'constraints': {'maxLength': 1}}]}");
    rmt_table *t = NULL, *f = NULL;
    char value[203], want[256];

    (void)state;
    value[0] = '\n';
    for (size_t i = 1; i < 201; i += 2)
        memcpy(value + i, "\xc3\xa9", 2);
    value[201] = '\0';
    (void)snprintf(want, sizeof want, "?%.98s... is longer than the maxLength 1", value + 1);
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "a", RMT_TYPE_STRING, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    tst_ok(rmt_table_set_text(t, 0, 0, value, 201, &err), &err);
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_schema_check(l, s, "t", t, &err), &err);
    f = tst_listed(l);
    assert_int_equal(rmt_table_rows(f), 1);
    assert_string_equal(rmt_table_text(f, rmt_table_find(f, "value"), 0), value);
    assert_string_equal(rmt_table_text(f, rmt_table_find(f, "message"), 0), want);
    assert_int_equal(rmt_table_integer(f, rmt_table_find(f, "line"), 0), 0); /* no source_line */
    rmt_table_free(f);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

/* Many rows, all repeating, against the naive answer. */
static void repeats_among_many(void **state)
{
    enum { ROWS = 20000, KEYS = 700 };
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *s =
        schema_of(&doc, "{'primaryKey': 'a', 'fields': [{'name': 'a', 'type': 'integer'}]}");
    rmt_table *t = NULL, *f = NULL;
    tst_rng rng = {5};
    size_t first[KEYS] = {0}, found = 0;

    (void)state;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_column(t, "a", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_column(t, "source_line", RMT_TYPE_INTEGER, NULL, NULL, &err), &err);
    tst_ok(rmt_table_add_rows(t, ROWS, &err), &err);
    for (size_t i = 0; i < ROWS; i++) {
        rmt_table_set_integer(t, 0, i, (int32_t)tst_rng_between(&rng, 0, KEYS - 1));
        rmt_table_set_integer(t, 1, i, (int32_t)i + 2);
    }
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_schema_check(l, s, "t", t, &err), &err);
    f = tst_listed(l);
    for (size_t i = 0; i < ROWS; i++) {
        int32_t key = rmt_table_integer(t, 0, i);
        char want[128];
        if (first[key] == 0) {
            first[key] = i + 2;
            continue;
        }
        (void)snprintf(want, sizeof want, "%ld is already the primary key of line %zu", (long)key,
                       first[key]);
        assert_string_equal(rmt_table_text(f, rmt_table_find(f, "message"), found), want);
        assert_int_equal(rmt_table_integer(f, rmt_table_find(f, "line"), found), (int32_t)i + 2);
        found++;
    }
    assert_int_equal(rmt_table_rows(f), found);
    rmt_table_free(f);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

/* Faults far apart among many rows, on blocks' edges too, in lines up and down: each is found, in its place. */
static void faults_among_many(void **state)
{
    (void)state;
    enum { ROWS = 3 * 4096 + 5, COLUMNS = 6 };
    static const char fields[] =
        "{'fields': ["
        "{'name': 'i', 'type': 'integer', 'constraints': {'minimum': -1, 'exclusiveMaximum': 4}},"
        "{'name': 'e', 'type': 'integer', 'constraints': {'enum': ['-2', '0', '60']}},"
        "{'name': 'n', 'type': 'number', 'constraints': {'exclusiveMinimum': 0.1, 'maximum': 2}},"
        "{'name': 'w', 'type': 'number', 'constraints': {'enum': ['0.5', '900']}},"
        "{'name': 't', 'constraints': {'pattern': 'a+', 'required': true}},"
        "{'name': 'd', 'type': 'date', 'constraints': {'minimum': '2020-01-01'}}]}";
    static const char *const value[2][COLUMNS] = {{"3", "60", "2", "900", "aa", "2020-01-01"},
                                                  {"4", "59", "0.1", "9", "", "2019-12-31"}};
    for (int down = 0; down < 2; down++) {
        rmt_error err = {0};
        rmt_doc *doc = NULL;
        rmt_schema *s = schema_of(&doc, fields);
        rmt_table *t = table_of(s, "i|e|n|w|t|d|source_line"), *f = NULL;
        tst_ok(rmt_table_add_rows(t, ROWS, &err), &err);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t c = 0; c < COLUMNS; c++) {
                const char *x = value[i % 4095 == c || i == ROWS - 1][c];
                rmt_table_set_integer(t, COLUMNS, i, (int32_t)(down ? ROWS + 1 - i : i + 2));
                if (i % 7 == 6 && c < 4 && i != ROWS - 1) continue; /* missing, which is none */
                if (c < 2) rmt_table_set_integer(t, c, i, (int32_t)strtol(x, NULL, 10));
                else if (c < 4) tst_ok(rmt_table_set_number(t, c, i, strtod(x, NULL), &err), &err);
                else tst_ok(rmt_table_set_text(t, c, i, x, strlen(x), &err), &err);
            }
        rmt_ledger *l = tst_ledger();
        tst_ok(rmt_schema_check(l, s, "t", t, &err), &err);
        f = tst_listed(l);
        size_t found = 0;
        for (size_t k = 0; k < ROWS; k++) {
            const size_t i = down ? ROWS - 1 - k : k;
            for (size_t c = 0; c < COLUMNS; c++) {
                if (i % 4095 != c && i != ROWS - 1) continue;
                if (i % 7 == 6 && c < 4 && i != ROWS - 1) continue;
                assert_int_equal(rmt_table_integer(f, 3, found), (int32_t)k + 2);
                assert_string_equal(rmt_table_text(f, 4, found), rmt_table_name(t, c));
                assert_string_equal(rmt_table_text(f, 6, found), value[1][c]);
                found++;
            }
        }
        assert_int_equal(rmt_table_rows(f), found);
        assert_true(found > 20);
        rmt_table_free(f);
        rmt_table_free(t);
        rmt_schema_free(s);
        rmt_doc_free(doc);
    }
}

/* Columns that are no field: of the schema's own, rmt_schema_check speaks. */
static void unreadable_cells_of_other_columns(void **state)
{
    (void)state;
    static const rmt_column_spec columns[] = {{"a", RMT_TYPE_INTEGER, NULL, NULL},
                                              {"b", RMT_TYPE_NUMBER, NULL, NULL},
                                              {"source_line", RMT_TYPE_INTEGER, NULL, NULL}};
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *s = schema_of(&doc, "{'fields': [{'name': 'a', 'type': 'integer'}]}");
    rmt_table *t = NULL, *f = NULL;
    char text[512];
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_columns(t, columns, 3, &err), &err);
    tst_ok(rmt_table_add_rows(t, 2, &err), &err);
    for (size_t i = 0; i < 2; i++) { /* the later line first */
        rmt_table_set_integer(t, 2, i, 3 - (int32_t)i);
        tst_ok(rmt_table_set_reason(t, 0, i, "unreadable: 3x", &err), &err);
        tst_ok(rmt_table_set_reason(t, 1, i, i ? "unreadable: two" : "unreadable: 1,5", &err),
               &err);
    }
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_unreadable_check(l, s, "pcl", t, &err), &err);
    f = tst_listed(l);
    findings_text(f, text, sizeof text);
    assert_string_equal(text, "2|b|type-error|two|type number|two cannot be read as type number\n"
                              "3|b|type-error|1,5|type number|1,5 cannot be read as type number: "
                              "decimalChar \",\" reads 1.5\n");
    rmt_table_free(f);
    l = tst_ledger();
    tst_ok(rmt_unreadable_check(l, NULL, "pcl", t, &err), &err);
    f = tst_listed(l);
    assert_int_equal(rmt_table_rows(f), 4);
    rmt_table_free(f);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

/* A code among labels of REDCap could be read, and yet is none of them: what is said does not contradict itself. */
static void codes_among_labels(void **state)
{
    (void)state;
    static const rmt_column_spec columns[] = {
        {"item", RMT_TYPE_INTEGER, NULL, NULL}, {"arm", RMT_TYPE_STRING, NULL, NULL},
        {"box", RMT_TYPE_BOOLEAN, NULL, NULL},  {"ill", RMT_TYPE_BOOLEAN, NULL, NULL},
        {"dose", RMT_TYPE_INTEGER, NULL, NULL}, {"source_line", RMT_TYPE_INTEGER, NULL, NULL}};
    static const char *const cells[] = {"5", "A", "1", "0", "1,5"};
    static const char wide[] = "'A label of so many words that the list of them ends behind the "
                               "third, however many there are'";
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    char schema[2048];
    snprintf(
        schema, sizeof schema,
        "{'fields': [{'name': 'item', 'type': 'integer', 'remit': {'form': 'f'}, 'categories': "
        "[{'value': 0, 'label': 'Not at all'}, {'value': 5}, {'value': 6, 'label': %s}, "
        "{'value': 7, 'label': 'x%s}, {'value': 8, 'label': 'More'}]},"
        "{'name': 'arm', 'remit': {'form': 'f'}, 'categories': [{'value': 'A', 'label': 'Drug'}]},"
        "{'name': 'box', 'type': 'boolean', 'remit': {'form': 'f', 'box': true}},"
        "{'name': 'ill', 'type': 'boolean', 'remit': {'form': 'f'}},"
        "{'name': 'dose', 'type': 'integer', 'remit': {'form': 'f'}}]}",
        wide, wide + 1);
    rmt_schema *s = schema_of(&doc, schema);
    rmt_table *t = NULL;
    tst_ok(rmt_table_new(&t, "", &err), &err);
    tst_ok(rmt_table_add_columns(t, columns, 6, &err), &err);
    tst_ok(rmt_table_add_rows(t, 1, &err), &err);
    for (size_t i = 0; i < 5; i++) {
        char reason[32];
        snprintf(reason, sizeof reason, "%s%s", RMT_UNREADABLE, cells[i]);
        tst_ok(rmt_table_set_reason(t, i, 0, reason, &err), &err);
    }
    rmt_ledger *l = tst_ledger();
    tst_ok(rmt_schema_check(l, s, "f", t, &err), &err);
    rmt_table *f = tst_listed(l);
    const size_t message = rmt_table_find(f, "message"), rule = rmt_table_find(f, "rule");
    assert_int_equal(rmt_table_rows(f), 5);
    assert_int_equal(strncmp(rmt_table_text(f, message, 0),
                             "5 is none of the labels 'Not at all', 'A label of so", 51),
                     0);
    assert_non_null(strstr(rmt_table_text(f, message, 0), "there are', ..."));
    assert_null(strstr(rmt_table_text(f, message, 0), "More"));
    assert_string_equal(rmt_table_text(f, message, 1), "A is none of the labels 'Drug'");
    assert_string_equal(rmt_table_text(f, rule, 1), "labels 'Drug'");
    assert_string_equal(rmt_table_text(f, message, 2),
                        "1 is none of the labels 'Checked', 'Unchecked'");
    assert_string_equal(rmt_table_text(f, message, 3), "0 is none of the labels of the field");
    assert_string_equal(rmt_table_text(f, rule, 4), "type integer");
    rmt_table_free(f);
    rmt_table_free(t);
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(unreadable_cells_of_other_columns),
        cmocka_unit_test(codes_among_labels),
        cmocka_unit_test(every_foreign_key),
        cmocka_unit_test(a_table_read_otherwise_is_refused),
        cmocka_unit_test(findings_keep_what_they_are_given),
        cmocka_unit_test(long_values_are_cut_in_messages),
        cmocka_unit_test(repeats_among_many),
        cmocka_unit_test(faults_among_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
