/* test_cell.c - cells are read strictly: what is not exactly of its type is unreadable. */
#include "rmt/schema.h"
#include "support.h"
#include "tst_json.h"

#include <stdio.h>

typedef struct {
    const char *field; /* JSON after the name */
    const char *cell;
    rmt_cell_kind kind;
    const char *want; /* value as %.17g, integer or ISO text; the reason otherwise */
    char decimal;     /* the dialect's */
} row;

#define V RMT_CELL_VALUE
#define M RMT_CELL_MISSING
#define U RMT_CELL_UNREADABLE
#define NUM "'type': 'number'"
#define INT "'type': 'integer'"
#define DATE "'type': 'date'"
#define TIME "'type': 'datetime'"

static const row rows[] = {
    /* numbers */
    {NUM, "12", V, "12", '.'},
    {NUM, "-0.5", V, "-0.5", '.'},
    {NUM, "+1e3", V, "1000", 0},
    {NUM, " 12", U, "type number", '.'},
    {NUM, "12 ", U, "type number", '.'},
    {NUM,
     "\xc2\xa0"
     "12",
     U, "type number", '.'},
    {NUM, "1,5", U, "type number", '.'},
    {NUM, "1,5", V, "1.5", ','},
    {NUM, "1.5", U, "type number", ','},
    {NUM, "nan", U, "no finite number", '.'},
    {NUM, "INF", U, "no finite number", '.'},
    {NUM, "-Inf", U, "no finite number", '.'},
    {NUM, "info", U, "type number", '.'},
    {NUM, "0x10", U, "type number", '.'},
    {NUM, "1e999", U, "outside the range of number", '.'},
    {NUM, "-1e-400", U, "outside the range of number", '.'},
    {NUM, "12x", U, "type number", '.'},
    {NUM, "", M, "", '.'},
    {NUM ", 'decimalChar': ','", "-2,25", V, "-2.25", '.'},
    {NUM ", 'decimalChar': ','", "-2.25", U, "type number", '.'},
    {NUM ", 'decimalChar': ','", "1,2,3", U, "type number", '.'},
    {NUM ", 'decimalChar': ','", "1,5e2", V, "150", '.'},
    {NUM ", 'groupChar': ','", "1,234,567.5", V, "1234567.5", '.'},
    {NUM ", 'groupChar': ','", "-1,234", V, "-1234", '.'},
    {NUM ", 'groupChar': ','", "1234", V, "1234", '.'},
    {NUM ", 'groupChar': ','", "1,5", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1234,567", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1,23,456", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1,23.5", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1,234e2", V, "123400", '.'},
    {NUM ", 'groupChar': ','", ",123", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1,234,", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1,,234", U, "type number", '.'},
    {NUM ", 'groupChar': ','", "1.234,5", U, "type number", '.'},
    {NUM ", 'groupChar': '.', 'decimalChar': ','", "1.234,5", V, "1234.5", '.'},
    {NUM ", 'groupChar': '.'", "1.234", U, "type number", '.'},
    {NUM ", 'groupChar': ' '", "1 234", V, "1234", '.'},
    {NUM ", 'groupChar': ' '", " 234", U, "type number", '.'},
    /* text around numbers */
    {NUM ", 'bareNumber': false", "95%", V, "95", '.'},
    {NUM ", 'bareNumber': false", "$ 1.5", V, "1.5", '.'},
    {NUM ", 'bareNumber': false", "\xe2\x82\xac-5", V, "-5", '.'},
    {NUM ", 'bareNumber': false", "-$5", V, "-5", '.'},
    {NUM ", 'bareNumber': false", "$.5", V, "0.5", '.'},
    {NUM ", 'bareNumber': false", "12 mg", V, "12", '.'},
    {NUM ", 'bareNumber': false", "12", V, "12", '.'},
    {NUM ", 'bareNumber': false", "ca.5", U, "type number", '.'},
    {NUM ", 'bareNumber': false", "-a-5", U, "type number", '.'},
    {NUM ", 'bareNumber': false", "5-", U, "type number", '.'},
    {NUM ", 'bareNumber': false", "<5", U, "type number", '.'},
    {NUM ", 'bareNumber': false",
     "\xe2\x89\xa5"
     "5",
     U, "type number", '.'},
    {NUM ", 'bareNumber': false",
     "\xe2\x88\x92"
     "5",
     U, "type number", '.'},
    {NUM ", 'bareNumber': false", "(5)", U, "type number", '.'},
    {NUM ", 'bareNumber': false", "5 to 7", U, "type number", '.'},
    {NUM ", 'bareNumber': false", "none", U, "type number", '.'},
    {NUM ", 'bareNumber': false, 'groupChar': ','", "$1,200.50", V, "1200.5", '.'},
    {INT ", 'bareNumber': false", "-$5", V, "-5", '.'},
    /* integers */
    {INT, "0", V, "0", '.'},
    {INT, "+7", V, "7", '.'},
    {INT, "2147483647", V, "2147483647", '.'},
    {INT, "-2147483647", V, "-2147483647", '.'},
    {INT, "2147483648", U, "outside the range of integer", '.'},
    {INT, "-2147483648", U, "outside the range of integer", '.'},
    {INT, "99999999999999999999999", U, "outside the range of integer", '.'},
    {INT, "1.0", U, "type integer", '.'},
    {INT, "-", U, "type integer", '.'},
    {INT, "1e3", U, "type integer", '.'},
    {INT, " 1", U, "type integer", '.'},
    {INT ", 'groupChar': ','", "1,234", V, "1234", '.'},
    {INT ", 'groupChar': ','", "1,23", U, "type integer", '.'},
    /* booleans */
    {"'type': 'boolean'", "true", V, "1", '.'},
    {"'type': 'boolean'", "TRUE", V, "1", '.'},
    {"'type': 'boolean'", "0", V, "0", '.'},
    {"'type': 'boolean'", "False", V, "0", '.'},
    {"'type': 'boolean'", "yes", U, "type boolean", '.'},
    {"'type': 'boolean'", "tRUE", U, "type boolean", '.'},
    {"'type': 'boolean', 'trueValues': ['ja', 'j']", "j", V, "1", '.'},
    {"'type': 'boolean', 'trueValues': ['ja', 'j']", "true", U, "type boolean", '.'},
    {"'type': 'boolean', 'trueValues': ['ja', 'j']", "0", V, "0", '.'},
    {"'type': 'boolean', 'falseValues': ['nein']", "nein", V, "0", '.'},
    /* dates */
    {DATE, "2024-02-29", V, "2024-02-29", '.'},
    {DATE, "2000-02-29", V, "2000-02-29", '.'},
    {DATE, "1900-02-29", U, "no day of the calendar", '.'},
    {DATE, "2023-02-29", U, "no day of the calendar", '.'},
    {DATE, "2023-04-31", U, "no day of the calendar", '.'},
    {DATE, "2023-13-01", U, "no day of the calendar", '.'},
    {DATE, "2023-00-10", U, "no day of the calendar", '.'},
    {DATE, "2023-01-00", U, "no day of the calendar", '.'},
    {DATE, "0000-01-01", U, "no day of the calendar", '.'},
    {DATE, "2023-1-1", U, "type date", '.'},
    {DATE, "2023-01-01 ", U, "type date", '.'},
    {DATE, "20230101", U, "type date", '.'},
    {DATE, "2023-01-01T00:00:00", U, "type date", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "03/12/2021", V, "2021-12-03", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "3/1/2021", V, "2021-01-03", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "12/31/2021", U, "no day of the calendar", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "03/12/21", U, "type date", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "2021-12-03", U, "type date", '.'},
    {DATE ", 'format': '%d/%m/%Y'", "003/12/2021", U, "type date", '.'},
    {DATE ", 'format': '%Y%m%d'", "20210103", V, "2021-01-03", '.'},
    {DATE ", 'format': '%Y%m%d'", "2021113", U, "type date", '.'},
    {DATE ", 'format': '%d%m%Y'", "1132021", U, "type date", '.'},
    {DATE ", 'format': '%d%b%Y'", "1Jan2020", V, "2020-01-01", '.'},
    {DATE ", 'format': '%d-%b-%Y'", "01-JAN-2020", V, "2020-01-01", '.'},
    {DATE ", 'format': '%d-%b-%Y'", "1-dec-2020", V, "2020-12-01", '.'},
    {DATE ", 'format': '%d-%b-%Y'", "01-Dez-2020", U, "type date", '.'},
    {DATE ", 'format': '%d-%b-%Y'", "01-J", U, "type date", '.'},
    {DATE ", 'format': '%d-%b-%Y'", "01-ebm-2020", U, "type date", '.'},
    {TIME, "2020-01-02T03:04:05", V, "2020-01-02T03:04:05", '.'},
    {TIME, "2020-01-02T03:04:05Z", V, "2020-01-02T03:04:05Z", '.'},
    {TIME, "2020-01-02T24:00:00", U, "no time of day", '.'},
    {TIME, "2020-01-02T23:60:00", U, "no time of day", '.'},
    {TIME, "2020-01-02T23:59:60", U, "no time of day", '.'},
    {TIME, "2020-01-02T03:04:05+01:00", U, "in a time zone other than UTC", '.'},
    {TIME, "2020-01-02T03:04:05.5", U, "finer than a second", '.'},
    {TIME, "2020-01-02T03:04:05+", U, "type datetime", '.'},
    {TIME, "2020-01-02T03:04:05z", U, "type datetime", '.'},
    {TIME, "2020-01-02 03:04:05", U, "type datetime", '.'},
    {TIME, "2020-01-02", U, "type datetime", '.'},
    {TIME ", 'format': '%Y-%m-%d %H:%M'", "2020-01-02 3:04", V, "2020-01-02T03:04:00", '.'},
    {TIME ", 'format': '%Y-%m-%d %H:%M'", "2020-01-02 03:4", U, "type datetime", '.'},
    /* strings and missing codes */
    {"'type': 'string'", " a ", V, "", '.'},
    {"'type': 'string'", "", M, "", '.'},
    {"'missingValues': ['-99', 'NA']", "NA", M, "NA", '.'},
    {"'missingValues': ['-99', 'NA']", "", V, "", '.'},
    {"'missingValues': ['-99', 'NA']", "NA ", V, "", '.'},
    {INT ", 'missingValues': ['-99', 'NA']", "-99", M, "-99", '.'},
    {INT ", 'missingValues': ['-99', 'NA']", "", U, "type integer", '.'},
    {INT ", 'missingValues': []", "", U, "type integer", '.'},
};

static void value_text(char buf[64], const rmt_field *f, const rmt_cell *c)
{
    if (c->kind != RMT_CELL_VALUE) (void)snprintf(buf, 64, "%s", c->reason);
    else if (f->type == RMT_TYPE_NUMBER) (void)snprintf(buf, 64, "%.17g", c->number);
    else if (f->type == RMT_TYPE_INTEGER || f->type == RMT_TYPE_BOOLEAN)
        (void)snprintf(buf, 64, "%ld", (long)c->integer);
    else (void)snprintf(buf, 64, "%s", c->text);
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        rmt_error err = {0};
        rmt_schema *s = NULL;
        rmt_cell cell;
        char json[256], got[64];
        rmt_doc *doc;
        (void)snprintf(json, sizeof json, "{'fields': [{'name': 'a', %s}]}", r->field);
        doc = tst_json(json);
        tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
        rmt_field_read_cell(&cell, &s->fields[0], s->missing_values, r->decimal, r->cell,
                            strlen(r->cell));
        value_text(got, &s->fields[0], &cell);
        if (cell.kind != r->kind || strcmp(got, r->want) != 0) {
            print_error("%s of '%s': got kind %d '%s', want %d '%s'\n", r->field, r->cell,
                        (int)cell.kind, got, (int)r->kind, r->want);
            fail();
        }
        rmt_schema_free(s);
        rmt_doc_free(doc);
    }
}

static void schema_codes_yield_to_the_fields(void **state)
{
    rmt_doc *doc = tst_json("{'fields': [{'name': 'a', 'missingValues': ['x']}, {'name': 'b'}], "
                            "'missingValues': ['y']}");
    rmt_error err = {0};
    rmt_schema *s = NULL;
    rmt_cell cell;

    (void)state;
    tst_ok(rmt_schema_parse(&s, rmt_doc_root(doc), &err), &err);
    rmt_field_read_cell(&cell, &s->fields[0], s->missing_values, '.', "y", 1);
    assert_int_equal(cell.kind, RMT_CELL_VALUE);
    rmt_field_read_cell(&cell, &s->fields[0], s->missing_values, '.', "x", 1);
    assert_int_equal(cell.kind, RMT_CELL_MISSING);
    rmt_field_read_cell(&cell, &s->fields[1], s->missing_values, '.', "y", 1);
    assert_int_equal(cell.kind, RMT_CELL_MISSING);
    assert_string_equal(cell.reason, "y");
    rmt_schema_free(s);
    rmt_doc_free(doc);
}

static void long_numbers(void **state)
{
    rmt_field f;
    rmt_cell cell;
    char digits[2001];

    (void)state;
    memset(digits, '0', 2000);
    digits[2000] = '\0';
    rmt_field_init(&f, "a", RMT_TYPE_NUMBER);
    rmt_field_read_cell(&cell, &f, NULL, '.', digits, 2000);
    assert_int_equal(cell.kind, RMT_CELL_VALUE);
    rmt_field_read_cell(&cell, &f, NULL, ',', digits, 2000); /* would need rewriting */
    assert_int_equal(cell.kind, RMT_CELL_UNREADABLE);
    digits[511] = '\0';
    rmt_field_read_cell(&cell, &f, NULL, ',', digits, 511);
    assert_int_equal(cell.kind, RMT_CELL_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(schema_codes_yield_to_the_fields),
        cmocka_unit_test(long_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
