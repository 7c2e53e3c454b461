/* Delimited text: every fault with its line, column and message; encodings; types. */
#include "rmt/csv.h"
#include "rmt/num.h"
#include "rmt/text.h"
#include "rmt/tree.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/rmt_csv_XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_bytes(const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static rmt_csv_facts facts;
static rmt_problems problems;

static rmt_status read_bytes(rmt_table **out, const char *bytes, size_t n,
                             const rmt_csv_options *options, rmt_error *err)
{
    problems = (rmt_problems){0};
    write_bytes(bytes, n);
    return rmt_csv_read(out, &facts, path, "in.csv", options, &problems, err);
}

static rmt_table *read_ok(const char *bytes, size_t n, const rmt_csv_options *options)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_status st = read_bytes(&t, bytes, n, options, &err);
    if (st && problems.n_kept) print_error("%s\n", problems.kept[0].msg);
    tst_ok(st, &err);
    assert_int_equal(problems.n_total, 0);
    return t;
}
#define READ(text, options) read_ok(text, sizeof(text) - 1, options)

static void is_cell(const rmt_table *t, const char *column, size_t row, const char *want)
{
    char buf[RMT_NUM_BUF];
    size_t col = rmt_table_find(t, column);
    assert_true(col != RMT_NO_COLUMN);
    assert_string_equal(rmt_table_format(t, col, row, buf), want);
}

static void is_reason(const rmt_table *t, const char *column, size_t row, const char *want)
{
    size_t col = rmt_table_find(t, column);
    assert_true(col != RMT_NO_COLUMN);
    assert_true(rmt_table_is_missing(t, col, row));
    assert_string_equal(rmt_table_reason(t, col, row), want);
}

static void is_type(const rmt_table *t, const char *column, rmt_type want)
{
    assert_string_equal(rmt_type_name(rmt_table_type(t, rmt_table_find(t, column))),
                        rmt_type_name(want));
}

/* Reads what is taken with warnings, one a line. */
static rmt_table *read_warned(const char *bytes, size_t n, const rmt_csv_options *options,
                              const char *want)
{
    rmt_error err = {0};
    rmt_table *t = NULL;
    char got[2048] = "";
    tst_ok(read_bytes(&t, bytes, n, options, &err), &err);
    assert_int_equal(problems.n_errors, 0);
    for (size_t i = 0; i < problems.n_kept; i++) {
        size_t len = strlen(got);
        assert_int_equal(problems.severity[i], RMT_SEVERITY_WARNING);
        if (i > 0) got[len++] = '\n';
        rmt_error_format(&problems.kept[i], got + len, sizeof got - len);
    }
    assert_string_equal(got, want);
    return t;
}
#define READ_WARNED(text, options, want) read_warned(text, sizeof(text) - 1, options, want)

/* ---- what is read -------------------------------------------------------------------------- */

static void test_types(void **state)
{
    (void)state;
    rmt_table *t =
        READ("id,i,x,d,t,s,e,big,long\n"
             "007,1,1.5,2024-02-29,2024-01-01T10:00:00, a,,2147483648,12345678901234567\n"
             "008,-2,2,2023-01-01,2024-01-01T10:00:00Z,b ,,1,1\n",
             NULL);
    is_type(t, "id", RMT_TYPE_STRING);
    is_type(t, "i", RMT_TYPE_INTEGER);
    is_type(t, "x", RMT_TYPE_NUMBER);
    is_type(t, "d", RMT_TYPE_DATE);
    is_type(t, "t", RMT_TYPE_DATETIME);
    is_type(t, "s", RMT_TYPE_STRING);
    is_type(t, "e", RMT_TYPE_STRING);
    is_type(t, "big", RMT_TYPE_NUMBER);
    is_type(t, "long", RMT_TYPE_STRING);
    is_cell(t, "id", 0, "007");
    is_cell(t, "i", 1, "-2");
    is_cell(t, "x", 0, "1.5");
    is_cell(t, "s", 0, " a");
    is_cell(t, "s", 1, "b ");
    is_cell(t, "big", 0, "2147483648");
    is_reason(t, "e", 0, "");
    assert_string_equal(rmt_table_name(t, rmt_table_columns(t) - 1), "source_line");
    is_cell(t, "source_line", 1, "3");
    assert_int_equal(facts.rows, 2);
    assert_string_equal(facts.encoding, "utf-8");
    rmt_table_free(t);
    /* Not dates: no such day, no such month. */
    t = READ("a,b\n2023-02-29,2023-13-01\n", NULL);
    is_type(t, "a", RMT_TYPE_STRING);
    is_type(t, "b", RMT_TYPE_STRING);
    rmt_table_free(t);
}

/* A column that the plan needs as numbers keeps its type for a few cells that are none; they are unreadable. */
static void test_columns_of_numbers(void **state)
{
    (void)state;
    const char *const numbers[] = {"total", "sd", "half", "words", "none", "absent"};
    const rmt_csv_options options = {.numbers = numbers, .n_numbers = 6};
    rmt_table *t =
        READ("total,sd,half,words,none,free\n3,1.5,1,a,,3\n3x,two,x,b,,3x\n4,2, y,7,,4\n,,2,,,\n",
             &options);
    is_type(t, "total", RMT_TYPE_INTEGER);
    is_cell(t, "total", 0, "3");
    is_reason(t, "total", 1, "unreadable: 3x");
    is_cell(t, "total", 2, "4");
    is_reason(t, "total", 3, "");
    is_type(t, "sd", RMT_TYPE_NUMBER);
    is_cell(t, "sd", 0, "1.5");
    is_reason(t, "sd", 1, "unreadable: two");
    is_type(t, "half", RMT_TYPE_INTEGER);
    is_reason(t, "half", 2, "unreadable:  y");
    is_type(t, "words",
            RMT_TYPE_STRING); /* most are no numbers: the plan, not the cells, is wrong */
    is_cell(t, "words", 2, "7");
    is_type(t, "none", RMT_TYPE_STRING);
    is_type(t, "free", RMT_TYPE_STRING);
    rmt_table_free(t);
}

static void test_lines(void **state)
{
    (void)state;
    /* A quoted break, blank lines, CRLF and LF mixed, no break at the end. */
    rmt_table *t = READ("a,b\r\n\r\n1,\"x\n\ny\"\r\n\n2,\"say \"\"no\"\"\"\n3,z", NULL);
    assert_int_equal(rmt_table_rows(t), 3);
    assert_int_equal(facts.blank_lines, 2);
    is_cell(t, "b", 0, "x\n\ny");
    is_cell(t, "b", 1, "say \"no\"");
    is_cell(t, "source_line", 0, "3");
    is_cell(t, "source_line", 1, "7");
    is_cell(t, "source_line", 2, "8");
    rmt_table_free(t);
    t = READ("a,b\r1,2\r\r3,4\r", NULL);
    assert_int_equal(facts.blank_lines, 1);
    is_cell(t, "b", 1, "4");
    is_cell(t, "source_line", 1, "4");
    rmt_table_free(t);
    t = READ("a,b\n1,2\n3,4\r", NULL); /* a CR alone at the end makes one line of it, not of all */
    assert_int_equal(facts.lines, 3);
    is_cell(t, "source_line", 1, "3");
    rmt_table_free(t);
    t = READ("a\n1\n\n\"\"\n", NULL); /* one column: a blank line is no row, an empty cell is */
    assert_int_equal(rmt_table_rows(t), 2);
    assert_int_equal(facts.blank_lines, 1);
    rmt_table_free(t);
    t = READ("a,b\n", NULL);
    assert_int_equal(rmt_table_rows(t), 0);
    assert_int_equal(rmt_table_columns(t), 3);
    rmt_table_free(t);
}

/* What became of every line, row and cell, of a file that is taken and of one that is refused. */
static void test_accounts(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *schema = NULL;
    rmt_table *t = NULL;
    static const char json[] =
        "{\"fields\": [{\"name\": \"x\", \"type\": \"integer\"},"
        "{\"name\": \"s\", \"type\": \"string\"}], \"missingValues\": [\"NA\"]}";
    tst_ok(rmt_tree_parse(&doc, json, sizeof json - 1, "s.json", &err), &err);
    tst_ok(rmt_schema_parse(&schema, rmt_doc_root(doc), &err), &err);
    rmt_csv_options options = {.schema = schema};
    t = READ("x,s,free\n1,a,\n\n2x,,\"p\n\nq\"\nNA,NA,NA\n", &options);
    assert_int_equal(facts.lines, 7);
    assert_int_equal(facts.blank_lines, 1);
    assert_int_equal(facts.inner_lines, 2);
    assert_int_equal(facts.rows, 3);
    assert_int_equal(facts.rows_stored, 3);
    assert_int_equal(facts.rows_refused, 0);
    assert_int_equal(facts.cells, 9);
    assert_int_equal(facts.cells_stored, 9);
    assert_int_equal(facts.cells_missing, 5);
    assert_int_equal(facts.cells_unreadable, 1);
    rmt_table_free(t);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
    /* A ragged row, a bad quote after a line break, a NUL byte in a row that is ragged as well, and an open quote. */
    t = NULL;
    static const char bad[] = "a,b\n1,2\n3\n4,\"x\ny\"z\n5,6\n7,\0,8\n9,10\n\n11,\"x\n12\n";
    tst_fails(read_bytes(&t, bad, sizeof bad - 1, NULL, &err), RMT_ERR_MALFORMED, &err,
              "5 structural problems");
    assert_int_equal(facts.lines, 11);
    assert_int_equal(facts.blank_lines, 1);
    assert_int_equal(facts.inner_lines, 2);
    assert_int_equal(facts.rows, 7);
    assert_int_equal(facts.rows_stored, 3);
    assert_int_equal(facts.rows_refused, 4);
    assert_int_equal(facts.cells, 14);
    assert_int_equal(facts.cells_stored, 6);
    assert_int_equal(facts.cells_refused, 8);
}

static void are_rows(size_t n, size_t n_stored, size_t n_refused)
{
    assert_int_equal(facts.rows, n);
    assert_int_equal(facts.rows_stored, n_stored);
    assert_int_equal(facts.rows_refused, n_refused);
    assert_int_equal(facts.cells, facts.cells_stored + facts.cells_refused);
}

static void test_lines_passed_over(void **state)
{
    (void)state;
    rmt_csv_options options = {.skip_rows = 2, .comment = '#'};
    rmt_table *t = READ("Export of \"x\n\n#c\n\na,b\n1,\"p\n#q\"\n#\"1\n3,#\n", &options);
    assert_int_equal(rmt_table_rows(t), 2);
    assert_int_equal(facts.skipped_lines, 4);
    assert_int_equal(facts.blank_lines, 1);
    is_cell(t, "b", 0, "p\n#q");
    is_cell(t, "b", 1, "#");
    is_cell(t, "source_line", 1, "9");
    rmt_table_free(t);
}

static void test_trailing_delimiter(void **state)
{
    (void)state;
    static const char warning[] =
        "in.csv:1: the header ends with a delimiter: column 3 has no name and is left out";
    rmt_error err = {0};
    rmt_table *t = READ_WARNED("a,b,\n1,2,\n\"3\",4,\"\"\n", NULL, warning);
    assert_int_equal(rmt_table_columns(t), 3);
    is_cell(t, "b", 1, "4");
    are_rows(2, 2, 0);
    assert_int_equal(facts.cells, 4);
    rmt_table_free(t);
    t = NULL;
    static const char bad[] = "a,b,\n1,2,\n3,4,5\n6,7,\"8\"\n9,10\n";
    tst_fails(read_bytes(&t, bad, sizeof bad - 1, NULL, &err), RMT_ERR_MALFORMED, &err,
              "3 structural problems");
    are_rows(4, 1, 3);
    assert_string_equal(problems.kept[1].msg, "column 3 has no name, but a cell that is not empty");
    assert_int_equal(problems.kept[1].line, 3);
    assert_int_equal(problems.kept[2].line, 4);
    assert_int_equal(problems.kept[3].line, 5);
    rmt_doc *doc = NULL; /* the plan names it */
    static const char yaml[] = "names: {3: c}\n";
    tst_ok(rmt_tree_parse(&doc, yaml, sizeof yaml - 1, "plan.yaml", &err), &err);
    rmt_csv_options options = {.names = rmt_node_get(rmt_doc_root(doc), "names")};
    t = READ("a,b,\n1,2,\n", &options);
    assert_int_equal(rmt_table_columns(t), 4);
    rmt_table_free(t);
    rmt_doc_free(doc);
}

static void test_header_repeated(void **state)
{
    (void)state;
    rmt_table *t = READ_WARNED("id,b\n1,2\nid,b\n3,4\nid,x\n\"id\",b\n", NULL,
                               "in.csv:3: the header once more, passed over\n"
                               "in.csv:6: the header once more, passed over");
    assert_int_equal(rmt_table_rows(t), 3);
    is_cell(t, "b", 2, "x");
    are_rows(5, 3, 2);
    rmt_table_free(t);
    t = READ("a\na\n", NULL); /* a single column may hold its own name */
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
}

static void test_footer(void **state)
{
    (void)state;
    rmt_csv_options options = {.footer_rows = 2};
    rmt_error err = {0};
    rmt_table *t = READ_WARNED("a,b\n1,2\n3,4\n,\nTotal: 2 rows\n", &options,
                               "in.csv:5: row has 1 cell, passed over as a footer\n"
                               "in.csv:4: row passed over as a footer");
    assert_int_equal(rmt_table_rows(t), 2);
    is_cell(t, "b", 1, "4");
    is_type(t, "a", RMT_TYPE_INTEGER);
    are_rows(4, 2, 2);
    rmt_table_free(t);
    t = READ_WARNED("a,b\n1,2\n", &options, "in.csv:2: row passed over as a footer");
    assert_int_equal(rmt_table_rows(t), 0);
    are_rows(1, 0, 1);
    rmt_table_free(t);
    t = NULL; /* too far from the end */
    static const char early[] = "a,b\n1\n3,4\n5,6\n7,8";
    tst_fails(read_bytes(&t, early, sizeof early - 1, &options, &err), RMT_ERR_MALFORMED, &err,
              "row has 1 cell, the header has 2");
    are_rows(4, 3, 1);
    static const char next[] = "a,b\n1\n3,4\n5,6\n";
    tst_fails(read_bytes(&t, next, sizeof next - 1, &options, &err), RMT_ERR_MALFORMED, &err,
              "row has 1 cell, the header has 2");
    options.footer_rows = 1;
    t = READ_WARNED("a,b\n1,2\n3,4\n5,6\n", &options, "in.csv:4: row passed over as a footer");
    are_rows(3, 2, 1);
    rmt_table_free(t);
    t = NULL;
    options.footer_rows = 1001;
    tst_fails(read_bytes(&t, "a\n", 2, &options, &err), RMT_ERR_CONFIG, &err, "at most 1000");
}

static void test_empty_columns(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = READ_WARNED("a,b,,\n1,2,,\n3,\"4\",,\n", NULL,
                               "in.csv:1: the header ends with 2 delimiters: columns 3 to 4 have "
                               "no name and are left out");
    assert_int_equal(rmt_table_columns(t), 3);
    assert_int_equal(rmt_table_rows(t), 2);
    is_type(t, "b", RMT_TYPE_INTEGER);
    rmt_table_free(t);
    t = NULL;
    static const char more[] = "a,b,,\n1,2,,\n3,4,x,\n";
    tst_fails(read_bytes(&t, more, sizeof more - 1, NULL, &err), RMT_ERR_MALFORMED, &err,
              "column 3 has no name, but a cell that is not empty");
}

static void test_labels(void **state)
{
    (void)state;
    const rmt_csv_options options = {.label_rows = 2, .footer_rows = 1};
    rmt_table *t = READ_WARNED("a,b\nLength,\"Weight\nof all\"\ncm\n1,2\n3,4\nsum,6\n", &options,
                               "in.csv:2: row passed over as labels of the columns\n"
                               "in.csv:4: row passed over as labels of the columns\n"
                               "in.csv:7: row passed over as a footer");
    assert_int_equal(rmt_table_rows(t), 2);
    is_type(t, "a", RMT_TYPE_INTEGER);
    is_cell(t, "b", 1, "4");
    are_rows(5, 2, 3);
    rmt_table_free(t);
}

/* A quote left open is closed by the next one, and the rows between are gone: seen by their delimiters. */
static void test_swallowed_rows(void **state)
{
    (void)state;
    rmt_table *t = READ_WARNED(
        "a,b,c\n1,x,\"open\n2,y,3\n4,z,5\n6,w,shut\"\n7,v,8\n", NULL,
        "in.csv:2: c: field 3 holds 2 lines with the delimiters of a whole row; its quote may have "
        "been left open");
    are_rows(2, 2, 0);
    assert_int_equal(facts.inner_lines, 3);
    rmt_table_free(t);
    t = READ_WARNED(
        "a,b,c,d,e\n\"p\nq\",2,\"3\n1,2,3,4,5\n3\",4,5\n", NULL,
        "in.csv:3: c: field 3 holds 1 line with the delimiters of a whole row; its quote "
        "may have been left open");
    rmt_table_free(t);
    /* One sentence with as many commas as a narrow table has is no row; neither are lines with more or fewer. */
    t = READ("a,b\n1,\"He came,\nsat down, and spoke\nfor long\"\n", NULL);
    rmt_table_free(t);
    t = READ("a,b,c,d,e\n1,\"p\nq\",2,3,\"r,\ns\"\n", NULL); /* not within one cell */
    rmt_table_free(t);
    t = READ("a,b\n1,\"p\nq,q\nr\"\n2,\"p\nq,q\nr\"\n", NULL); /* each row by itself */
    rmt_table_free(t);
    t = READ("a,b,c,d,e\n1,2,3,4,\"p\n1,2,3,4\n1,2,3,4,5,6\n\"\n", NULL);
    rmt_table_free(t);
}

static void test_delimiter(void **state)
{
    (void)state;
    rmt_table *t = READ("\"a,b,c,d\";x\n1;2,5\n", (&(rmt_csv_options){.decimal_char = ','}));
    assert_int_equal(facts.delimiter, ';');
    is_cell(t, "x", 0, "2.5");
    rmt_table_free(t);
    t = READ("a\tb\n1\t2\n", NULL);
    assert_int_equal(facts.delimiter, '\t');
    rmt_table_free(t);
    t = READ("a|b\n1|2\n", NULL);
    assert_int_equal(facts.delimiter, '|');
    rmt_table_free(t);
    t = READ("a;b\n1;2\n", (&(rmt_csv_options){.delimiter = ','}));
    is_cell(t, "a;b", 0, "1;2");
    rmt_table_free(t);
    t = READ_WARNED("a;b\tc\n1;2\t3\n", NULL,
                    "in.csv:1: the header has as many 'tab' as ';', which is taken as the "
                    "delimiter; 'delimiter' in the plan settles it");
    is_cell(t, "b\tc", 0, "2\t3");
    rmt_table_free(t);
}

static void test_encodings(void **state)
{
    (void)state;
    rmt_table *t = READ("\xEF\xBB\xBF"
                        "n\xC3\xA9,b\n1,\xF0\x9F\x98\x80\n",
                        NULL);
    is_cell(t, "n\xC3\xA9", 0, "1");
    is_cell(t, "b", 0, "\xF0\x9F\x98\x80");
    rmt_table_free(t);
    static const char le[] = "\xFF\xFE"
                             "a\0,\0b\0\n\0"
                             "1\0,\0\x3D\xD8\x00\xDE\n\0";
    t = read_ok(le, sizeof le - 1, NULL);
    assert_string_equal(facts.encoding, "utf-16le");
    is_cell(t, "b", 0, "\xF0\x9F\x98\x80");
    rmt_table_free(t);
    t = read_ok(le + 2, sizeof le - 3, &(rmt_csv_options){.encoding = "utf-16le"});
    is_cell(t, "a", 0, "1");
    rmt_table_free(t);
    t = read_ok(le + 2, sizeof le - 3, &(rmt_csv_options){.encoding = "UTF-16"});
    assert_string_equal(facts.encoding, "utf-16le");
    rmt_table_free(t);
    static const char be[] = "\xFE\xFF\0a\0,\0b\0\r\0\n\0"
                             "1\0,\0\xE9";
    t = read_ok(be, sizeof be - 1, NULL);
    assert_string_equal(facts.encoding, "utf-16be");
    is_cell(t, "b", 0, "\xC3\xA9");
    rmt_table_free(t);
    t = READ("a,b\n\x80,\xE9\n", (&(rmt_csv_options){.encoding = "windows-1252"}));
    is_cell(t, "a", 0, "\xE2\x82\xAC");
    is_cell(t, "b", 0, "\xC3\xA9");
    rmt_table_free(t);
}

/* Without a mark and a word of the plan: UTF-8 as far as it goes, then windows-1252, never both. */
static void test_guessed_encoding(void **state)
{
    (void)state;
    rmt_table *t = READ_WARNED("a,b\n1,x\n2,\"p\nq\x80\xE9t\xE9\"\n3,\x93z\x94\n", NULL,
                               "in.csv:4: b: field 2: no UTF-8: 0x80 0xE9; the file is read as "
                               "windows-1252, 'encoding' in the plan settles it");
    assert_string_equal(facts.encoding, "windows-1252");
    is_cell(t, "b", 1, "p\nq\xE2\x82\xAC\xC3\xA9t\xC3\xA9");
    is_cell(t, "b", 2, "\xE2\x80\x9Cz\xE2\x80\x9D");
    rmt_table_free(t);
    t = READ_WARNED("n\xE9,b\r\n1,2", NULL,
                    "in.csv:1: field 1: no UTF-8: 0xE9; the file is read as windows-1252, "
                    "'encoding' in the plan settles it");
    is_cell(t, "n\xC3\xA9", 0, "1");
    is_cell(t, "b", 0, "2");
    rmt_table_free(t);
    t = READ("a,b\n1,\xC3\xA9\n", NULL);
    assert_string_equal(facts.encoding, "utf-8");
    rmt_table_free(t);
}

static void test_missing_and_names(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    static const char yaml[] = "missing: ['', NA, '-99']\nnames: {2: score}\n";
    tst_ok(rmt_tree_parse(&doc, yaml, sizeof yaml - 1, "plan.yaml", &err), &err);
    rmt_csv_options options = {.missing = rmt_node_get(rmt_doc_root(doc), "missing"),
                               .names = rmt_node_get(rmt_doc_root(doc), "names")};
    rmt_table *t = READ("id,\n1,-99\n2,5\n3,NA\n4,\n", &options);
    is_type(t, "score", RMT_TYPE_INTEGER);
    is_reason(t, "score", 0, "-99");
    is_cell(t, "score", 1, "5");
    is_reason(t, "score", 2, "NA");
    is_reason(t, "score", 3, "");
    rmt_table_free(t);
    rmt_doc_free(doc);
}

static void test_schema(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_doc *doc = NULL;
    rmt_schema *schema = NULL;
    static const char json[] =
        "{\"fields\": [{\"name\": \"x\", \"type\": \"number\", \"title\": \"Score\"},"
        "{\"name\": \"d\", \"type\": \"date\"}, {\"name\": \"ok\", \"type\": \"boolean\"},"
        "{\"name\": \"absent\", \"type\": \"string\"}], \"missingValues\": [\"\", \"NA\"]}";
    tst_ok(rmt_tree_parse(&doc, json, sizeof json - 1, "s.json", &err), &err);
    tst_ok(rmt_schema_parse(&schema, rmt_doc_root(doc), &err), &err);
    rmt_csv_options options = {.schema = schema};
    rmt_table *t =
        READ("d,x,ok,extra\n2024-01-02,12x,true,1\nNA,3,maybe,NA\n2024-02-30,,FALSE,2\n", &options);
    assert_int_equal(rmt_table_find(t, "absent"), RMT_NO_COLUMN);
    is_cell(t, "d", 0, "2024-01-02");
    is_reason(t, "d", 1, "NA");
    is_reason(t, "d", 2, "unreadable: 2024-02-30");
    is_reason(t, "x", 0, "unreadable: 12x");
    is_cell(t, "x", 1, "3");
    is_reason(t, "x", 2, "");
    is_cell(t, "ok", 0, "true");
    is_reason(t, "ok", 1, "unreadable: maybe");
    is_cell(t, "ok", 2, "false");
    is_type(t, "extra", RMT_TYPE_INTEGER);
    is_reason(t, "extra", 1, "NA");
    assert_string_equal(rmt_table_column_title(t, rmt_table_find(t, "x")), "Score");
    rmt_table_free(t);
    rmt_schema_free(schema);
    rmt_doc_free(doc);
}

/* Longer than a chunk, so that lines, CRLF and characters are cut at its end. */
static void test_chunks(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text text = {0};
    tst_ok(rmt_text_add(&text, "id,name,x\r\n", &err), &err);
    enum { ROWS = 150000 };
    for (int i = 0; i < ROWS; i++)
        tst_ok(rmt_text_addf(&text, &err, "%d,\"\xC3\xA9t\xC3\xA9\r\n%d\",%d.5\r\n", i, i, i),
               &err);
    rmt_table *t = read_ok(text.s, text.len, NULL);
    assert_int_equal(rmt_table_rows(t), ROWS);
    assert_int_equal(facts.bytes, text.len);
    char hex[RMT_DIGEST_HEX], want[64];
    tst_ok(rmt_digest_bytes(text.s, text.len, hex, &err), &err);
    assert_string_equal(facts.sha256, hex);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(rmt_table_integer(t, 0, i), i);
        snprintf(want, sizeof want, "\xC3\xA9t\xC3\xA9\r\n%zu", i);
        assert_string_equal(rmt_table_text(t, 1, i), want);
        assert_int_equal(rmt_table_integer(t, 3, i), 2 + 2 * i);
    }
    rmt_table_free(t);
    rmt_text_clear(&text);
}

/* CRLF cut by the end of a chunk is one line break. */
static void test_cut_break(void **state)
{
    (void)state;
    enum { CHUNK = 1 << 20 };
    static char text[CHUNK + 5];
    memset(text, 'x', sizeof text);
    memcpy(text, "a\n", 2);
    memcpy(text + CHUNK - 1, "\r\ny\r\nz", 6);
    rmt_table *t = read_ok(text, sizeof text, NULL);
    assert_int_equal(rmt_table_rows(t), 3);
    assert_int_equal(facts.blank_lines, 0);
    is_cell(t, "source_line", 2, "4");
    rmt_table_free(t);
}

/* Cells written by rmt_text_add_csv come back as they were. */
static void test_round_trip(void **state)
{
    (void)state;
    static const char alphabet[] = "ab,;\"\n\r \t\xC3\xA9";
    tst_rng rng = {7};
    for (size_t k = 0; k < tst_iterations(200); k++) {
        rmt_error err = {0};
        rmt_text text = {0};
        char cells[20][24];
        tst_ok(rmt_text_add(&text, "a,b\n", &err), &err);
        for (size_t i = 0; i < 20; i++) {
            size_t n = 0;
            cells[i][n++] = 'x'; /* else it might be missing or a number */
            for (long left = tst_rng_between(&rng, 0, 10); left > 0; left--) {
                long c = tst_rng_between(&rng, 0, 9);
                cells[i][n++] = alphabet[c];
                if (c == 9) cells[i][n++] = alphabet[10];
            }
            cells[i][n] = '\0';
            tst_ok(rmt_text_add_csv(&text, cells[i], ',', &err), &err);
            tst_ok(rmt_text_add(&text, i % 2 ? "\n" : ",", &err), &err);
        }
        rmt_table *t = NULL; /* with a warning when a cell looks like rows */
        tst_ok(read_bytes(&t, text.s, text.len, NULL, &err), &err);
        assert_int_equal(rmt_table_rows(t), 10);
        for (size_t i = 0; i < 20; i++)
            assert_string_equal(rmt_table_text(t, i % 2, i / 2), cells[i]);
        rmt_table_free(t);
        rmt_text_clear(&text);
    }
}

/* ---- what is refused ----------------------------------------------------------------------- */

typedef struct {
    const char *bytes;
    size_t n;
    const char *encoding;
    const char *want; /* the problems, formatted, one a line */
} fault;
#define FAULT(bytes, encoding, want)                                                               \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, encoding, want                                                   \
    }

static const fault faults[] = {
    FAULT("", NULL, "in.csv:1: there is no header line\n"),
    FAULT("\n\n", NULL, "in.csv:1: there is no header line\n"),
    FAULT("a,b\n1,2\n1,2,3\n\n1\n", NULL,
          "in.csv:3: row has 3 cells, the header has 2\nin.csv:5: row has 1 cell, the header has "
          "2; if this is a footer, 'footer_rows: 1' in the plan passes it over\n"),
    FAULT("a,,,b\n", NULL, "in.csv:1: column 2 has no name\nin.csv:1: column 3 has no name\n"),
    FAULT("a,b\n1,2\n3", NULL,
          "in.csv:3: the file ends in the middle of a row: it has 1 cell, the header has 2\n"),
    FAULT(
        "a,b,c\n1,2,3\n\nTotal: 1\nby me,me\n", NULL,
        "in.csv:4: row has 1 cell, the header has 3\n"
        "in.csv:5: row has 2 cells, the header has 3; if this is a footer, 'footer_rows: 2' in the "
        "plan passes it over\n"),
    FAULT("a,b\n1,2,3\n", NULL, "in.csv:2: row has 3 cells, the header has 2\n"),
    FAULT("\n\na,b,a,a\n", NULL,
          "in.csv:3: a: column 3 has the name of column 1\n"
          "in.csv:3: a: column 4 has the name of column 3\n"),
    FAULT("a,source_line\n", NULL, "in.csv:1: source_line: column 2 has a reserved name\n"),
    FAULT("a,b\n1,x\"y\n2,\"x\" \n3,4\n5\n", NULL,
          "in.csv:2: b: field 2: a quote within the cell\n"
          "in.csv:3: b: field 2: text after the closing quote\n"
          "in.csv:5: row has 1 cell, the header has 2; if this is a footer, 'footer_rows: 1' in "
          "the plan passes it over\n"),
    FAULT("a,b\n\n\"x\n\ny\"z,1\n2,3\n", NULL,
          "in.csv:5: a: field 1, begun on line 3: text after the closing quote\n"),
    FAULT("a,b\n1,2\n3\n4,\"x\ny\n", NULL,
          "in.csv:3: row has 1 cell, the header has 2\nin.csv:4: b: field 2: the quote is not "
          "closed\n"),
    FAULT(
        "a,b,c\n1,x,\"open\n2,y,3\n4,z,5\n", NULL,
        "in.csv:2: c: field 3: the quote is not closed; 2 lines with the delimiters of a whole row "
        "follow\n"),
    FAULT("a,b\n1,\"x", NULL, "in.csv:2: b: field 2: the quote is not closed\n"),
    FAULT("a\"x,b\n1,2\n", NULL, "in.csv:1: field 1: a quote within the cell\n"),
    FAULT("a,b\n1,x\0y\n2,3\n4\n", NULL,
          "in.csv:2: b: field 2: NUL byte\nin.csv:4: row has 1 cell, the header has 2; if this is "
          "a footer, 'footer_rows: 1' in the plan passes it over\n"),
    FAULT("a,b\n1,\0\xFF\0y\xFFz\n2\n", NULL,
          "in.csv:2: b: field 2: NUL byte\nin.csv:3: row has 1 cell, the header has 2; if this is "
          "a footer, 'footer_rows: 1' in the plan passes it over\n"),
    FAULT("a,b\n1,2\n3,\xE9t\xE9\n", "utf-8",
          "in.csv:3: b: field 2: byte 0xE9 is not valid UTF-8\n"),
    FAULT(
        "a,b\n\xC3\xA9,2\n3,\xE9\n\xFF\n", NULL,
        "in.csv:3: b: field 2: byte 0xE9 is not valid UTF-8, but line 2 is; 'encoding' in the plan "
        "settles it\n"
        "in.csv:4: a: field 1: byte 0xFF is not valid UTF-8, but line 2 is; 'encoding' in the plan "
        "settles it\n"
        "in.csv:4: row has 1 cell, the header has 2; if this is a footer, 'footer_rows: 1' in the "
        "plan passes it over\n"),
    FAULT("\xEF\xBB\xBF"
          "a,b\n1,\xE9\n",
          NULL, "in.csv:2: b: field 2: byte 0xE9 is not valid UTF-8\n"),
    FAULT("a,b\n\xC0\x80,2\n", "utf-8", "in.csv:2: a: field 1: byte 0xC0 is not valid UTF-8\n"),
    FAULT("a,\xFF\n1,2\n", "utf-8", "in.csv:1: field 2: byte 0xFF is not valid UTF-8\n"),
    FAULT("a,b\n1,\"x\ny\xE2\x82\"\n", "utf-8",
          "in.csv:3: b: field 2: byte 0xE2 is not valid UTF-8\n"),
    FAULT("a,b\n1,\x81\n", "windows-1252",
          "in.csv:2: b: field 2: byte 0x81 is not valid windows-1252\n"),
    FAULT("a\0\n\0\x00\xD8\n\0", "utf-16le",
          "in.csv:2: a: field 1: half of a UTF-16 surrogate pair\n"),
    FAULT("a\0\n\0"
          "1\0\n",
          "utf-16le", "in.csv:2: a: field 1: the last character is cut in half\n"),
    FAULT("a\0\n\0"
          "1\0\x00\xD8",
          "utf-16le", "in.csv:2: a: field 1: half of a UTF-16 surrogate pair\n"),
};

/* Refused after the warning that the file is read as windows-1252. */
static void test_mixed_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *want;
        size_t line;
    } files[] = {
        {"a,b\n1,\xE9\n2,3\n4,x\xC3\xA9\n5,\xC3\xA9\n",
         "field 2: a character of UTF-8, but line 2 is not UTF-8", 4},
        {"a,b\n1,\xE9 \xC3\xA9\n", "field 2: a character of UTF-8, but line 2 is not UTF-8", 2},
        {"a,b\n1,\xE9\n2,\xC3\x81\n", "field 2: a character of UTF-8, but line 2 is not UTF-8", 3},
        {"a,b\n1,\xE9\n2,\x81\n", "field 2: byte 0x81 is not valid windows-1252", 3},
        {"a,b\n1,\x81\n", "field 2: byte 0x81 is not valid windows-1252", 2},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        rmt_error err = {0};
        rmt_table *t = NULL;
        rmt_status st = read_bytes(&t, files[i].bytes, strlen(files[i].bytes), NULL, &err);
        assert_int_equal(problems.n_total, 2);
        assert_int_equal(problems.n_errors, 1);
        assert_int_equal(problems.kept[1].line, files[i].line);
        assert_string_equal(problems.kept[1].column, "b");
        tst_fails(st, RMT_ERR_MALFORMED, &err, files[i].want);
    }
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const fault *f = &faults[i];
        rmt_error err = {0};
        rmt_text got = {0};
        rmt_table *t = NULL;
        rmt_csv_options options = {.encoding = f->encoding};
        rmt_status st = read_bytes(&t, f->bytes, f->n, &options, &err);
        for (size_t k = 0; k < problems.n_kept; k++) {
            char line[1024];
            rmt_error where = {0};
            rmt_error_format(&problems.kept[k], line, sizeof line);
            tst_ok(rmt_text_addf(&got, &where, "%s\n", line), &where);
        }
        if (!got.s || strcmp(got.s, f->want) != 0)
            fail_msg("case %zu: got\n%swant\n%s", i, got.s ? got.s : "", f->want);
        assert_null(t);
        tst_fails(st, RMT_ERR_MALFORMED, &err, problems.n_errors == 1 ? "" : "structural problems");
        rmt_text_clear(&got);
    }
}

static void test_many_faults(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_text text = {0};
    tst_ok(rmt_text_add(&text, "a,b\n", &err), &err);
    for (int i = 0; i < 50; i++)
        tst_ok(rmt_text_add(&text, "1\n", &err), &err);
    rmt_status st = read_bytes(&t, text.s, text.len, NULL, &err);
    tst_fails(st, RMT_ERR_MALFORMED, &err, "50 structural problems");
    assert_int_equal(problems.n_kept, RMT_PROBLEMS_KEPT);
    assert_int_equal(problems.n_errors, 50);
    assert_int_equal(facts.rows, 50);
    rmt_text_clear(&text);
}

/* Binary data come as lines of any length: what they cost grows with them, not with their square
 * (a second look at every byte of this line would take longer than a test may). */
static void test_long_binary_lines(void **state)
{
    (void)state;
    enum { LENGTH = 8 << 20 };
    static const unsigned char fillers[] = {0, 0xFF, '"', ','};
    char *bytes = malloc(LENGTH);
    assert_non_null(bytes);
    for (size_t i = 0; i < sizeof fillers; i++) {
        rmt_error err = {0};
        rmt_table *t = NULL;
        memset(bytes, fillers[i], LENGTH);
        tst_fails(read_bytes(&t, bytes, LENGTH, NULL, &err), RMT_ERR_MALFORMED, &err, "");
        assert_in_range(problems.n_errors, 1, 2);
    }
    free(bytes);
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_text names = {0};
    for (int i = 0; i < 100001; i++)
        tst_ok(rmt_text_addf(&names, &err, "%sc%d", i ? "," : "", i), &err);
    tst_fails(read_bytes(&t, names.s, names.len, NULL, &err), RMT_ERR_MALFORMED, &err,
              "the header has 100001 cells, more than 31999");
    rmt_text_clear(&names);
}

/* Packed by gzip, of one member and of two; cut, damaged, and packed twice. */
static void test_gzip(void **state)
{
    (void)state;
    static const char bytes[] = "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x4B\xD4\x49\xE2\x32\xD4"
                                "\xA9\xE0\x02\x00\xF4\xA0\x01\x00\x08\x00\x00\x00"
                                "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x33\xD2\xA9\xE4\x02\x00"
                                "\x13\x7B\x19\x54\x04\x00\x00\x00";
    enum { ONE = 28, BOTH = sizeof bytes - 1 };
    static const char twice[] =
        "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x93\xEF\xE6\x60\x00\x01\x26\x66\xEF\x27\x4C\x0C"
        "\xEC\x0B\x5F\xDD\x65\x02\xF2\x00\xA4\x02\x26\x25\x16\x00\x00\x00";
    rmt_error err = {0};
    rmt_table *t = read_ok(bytes, ONE, NULL);
    is_cell(t, "b", 0, "x");
    assert_int_equal(facts.bytes, ONE);
    rmt_table_free(t);
    t = read_ok(bytes, BOTH, NULL);
    assert_int_equal(rmt_table_rows(t), 2);
    is_cell(t, "b", 1, "y");
    is_cell(t, "source_line", 1, "3");
    rmt_table_free(t);
    char hex[RMT_DIGEST_HEX];
    tst_ok(rmt_digest_bytes(bytes, BOTH, hex, &err), &err);
    assert_string_equal(facts.sha256, hex); /* of the file as it is */
    t = NULL;
    for (size_t n = 3; n < BOTH; n++) {
        if (n == ONE) continue;
        rmt_status st = read_bytes(&t, bytes, n, NULL, &err);
        assert_int_equal(problems.n_total, 0);
        assert_string_equal(err.source, "in.csv");
        tst_fails(st, RMT_ERR_MALFORMED, &err, "is cut: its gzip data end too early");
    }
    char damaged[BOTH];
    memcpy(damaged, bytes, BOTH);
    damaged[ONE - 8] ^= 1; /* its check sum */
    tst_fails(read_bytes(&t, damaged, BOTH, NULL, &err), RMT_ERR_MALFORMED, &err,
              "its gzip data are damaged: incorrect data check");
    tst_fails(read_bytes(&t, twice, sizeof twice - 1, NULL, &err), RMT_ERR_MALFORMED, &err,
              "is no delimited text, but compressed by gzip");
}

/* What looks blank is, unless it is the cell of the only column or a row of a footer that the plan counts. */
static void test_lines_of_blanks(void **state)
{
    (void)state;
    rmt_table *t = READ("  \na,b,c\n  \n1,2,\"x\n  \ny\"\n\t\t\n \t \n4,5,6\n ", NULL);
    assert_int_equal(rmt_table_rows(t), 2);
    assert_int_equal(facts.lines, 10);
    assert_int_equal(facts.blank_lines, 5);
    assert_int_equal(facts.inner_lines, 2);
    are_rows(2, 2, 0);
    assert_int_equal(facts.cells, 6);
    is_cell(t, "c", 0, "x\n  \ny");
    is_cell(t, "source_line", 1, "9");
    rmt_table_free(t);
    t = READ("\t\na\tb\tc\n\t\n1\t2\t3\n\t\t\t\t\n \t \t \n  \n4\t\t\n", NULL); /* tabs part */
    assert_int_equal(rmt_table_rows(t), 2);
    assert_int_equal(facts.blank_lines, 5);
    assert_int_equal(facts.delimiter, '\t');
    is_cell(t, "a", 1, "4");
    rmt_table_free(t);
    t = READ("a\n1\n  \n\t\n", NULL);
    assert_int_equal(rmt_table_rows(t), 3);
    assert_int_equal(facts.blank_lines, 0);
    is_cell(t, "a", 1, "  ");
    rmt_table_free(t);
    t = READ_WARNED("a,b\n1,2\n  \nTotal\n", &(rmt_csv_options){.footer_rows = 2},
                    "in.csv:3: row has 1 cell, passed over as a footer\n"
                    "in.csv:4: row has 1 cell, passed over as a footer");
    assert_int_equal(rmt_table_rows(t), 1);
    assert_int_equal(facts.blank_lines, 0);
    are_rows(3, 1, 2);
    rmt_table_free(t);
    t = READ("a,b\n , \n", NULL); /* blanks that somebody parted */
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
}

/* Rows that a spreadsheet left behind the last. */
static void test_empty_rows(void **state)
{
    (void)state;
    rmt_table *t = READ("a;b;c\n1;;\n;;\n2;x;\n;;\n;;", NULL);
    assert_int_equal(rmt_table_rows(t), 2);
    is_cell(t, "a", 1, "2");
    is_cell(t, "source_line", 1, "4");
    assert_int_equal(facts.lines, 6);
    assert_int_equal(facts.blank_lines, 3);
    assert_int_equal(facts.rows, 2);
    assert_int_equal(facts.cells, 6);
    rmt_table_free(t);
    t = READ("a,b\n\"\",\"\"\n", NULL); /* cells that somebody wrote */
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
    t = READ("a\n\"\"\n", NULL);
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
    const rmt_csv_options footer = {.footer_rows = 2}; /* counted with it */
    rmt_error err = {0};
    static const char text[] = "a,b\n1,2\n,\nmade,here\n";
    tst_ok(read_bytes(&t, text, sizeof text - 1, &footer, &err), &err);
    assert_int_equal(rmt_table_rows(t), 1);
    rmt_table_free(t);
}

static void test_other_formats(void **state)
{
    (void)state;
    static const struct {
        const char *head, *want;
        size_t at;
    } files[] = {{"PK\x03\x04", "is no delimited text, but an Excel workbook", 0},
                 {"\x1f\x8b", "is no delimited text, but compressed by gzip", 0},
                 {"\x89HDF\r\n\x1a\n", "is no delimited text, but an HDF5 file", 0},
                 {"\x89HDF\r\n\x1a\n", "is no delimited text, but an HDF5 file", 512}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char bytes[600] = {0};
        rmt_error err = {0};
        rmt_table *t = NULL;
        memset(bytes, ' ', files[i].at);
        memcpy(bytes + files[i].at, files[i].head, strlen(files[i].head));
        rmt_status st = read_bytes(&t, bytes, sizeof bytes, NULL, &err);
        assert_string_equal(err.source, "in.csv");
        tst_fails(st, RMT_ERR_MALFORMED, &err, files[i].want);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_table *t = NULL;
    rmt_status st = rmt_csv_read(&t, &facts, "/nowhere/x.csv", "x.csv", NULL, &problems, &err);
    assert_string_equal(err.source, "x.csv");
    tst_fails(st, RMT_ERR_OPEN, &err, "cannot be opened: No such file");
    st = rmt_csv_read(&t, &facts, "/", "x.csv", NULL, &problems, &err);
    tst_fails(st, RMT_ERR_OPEN, &err, "is a directory");
    st = read_bytes(&t, "a\n", 2, &(rmt_csv_options){.encoding = "latin-9"}, &err);
    tst_fails(st, RMT_ERR_CONFIG, &err, "the encoding 'latin-9' is none of");
    st = read_bytes(&t, "a\n", 2, &(rmt_csv_options){.delimiter = '"'}, &err);
    tst_fails(st, RMT_ERR_CONFIG, &err, "no delimiter");
    assert_null(t);
}

enum { LATE_ROWS = 200000 };

static void add_late_row(rmt_text *text, int row)
{
    rmt_error err = {0};
    const bool last = row == LATE_ROWS - 1;
    tst_ok(rmt_text_addf(text, &err, "P%d,%d,%s,%d.50,%s,%s,%s,%s\n", row / 4, row,
                         last      ? "x9"
                         : row % 7 ? "12"
                                   : "-99",
                         row % 10, last ? "-0" : "3", last ? "2.25" : "1", last ? "2023-01-01" : "",
                         last || row % 2 ? "4" : "<5"),
           &err);
}

/* Many rows, of which the last makes all that went before it another type. */
static void test_late_types(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text text = {0};
    rmt_table *t = NULL;
    rmt_doc *missing = NULL;
    static const char codes[] = "[\"-99\"]";
    static const char *const numbers[] = {"bounded"};
    tst_ok(rmt_tree_parse(&missing, codes, sizeof codes - 1, "codes", &err), &err);
    const rmt_csv_options options = {
        .missing = rmt_doc_root(missing), .numbers = numbers, .n_numbers = 1, .footer_rows = 2};
    tst_ok(rmt_text_add(&text, "id,n,text,number,zero,half,date,bounded\n", &err), &err);
    for (int row = 0; row < LATE_ROWS; row++)
        add_late_row(&text, row);
    tst_ok(rmt_text_add(&text, "of,a,footer,1,1,1,1,1\ntotal,1,1,1,1,1,1,1\n", &err), &err);
    tst_ok(read_bytes(&t, text.s, text.len, &options, &err), &err);

    static const rmt_type types[] = {RMT_TYPE_STRING, RMT_TYPE_INTEGER, RMT_TYPE_STRING,
                                     RMT_TYPE_NUMBER, RMT_TYPE_INTEGER, RMT_TYPE_NUMBER,
                                     RMT_TYPE_DATE,   RMT_TYPE_INTEGER};
    for (size_t c = 0; c < sizeof types / sizeof *types; c++)
        assert_int_equal(rmt_table_type(t, c), types[c]);
    assert_int_equal(rmt_table_rows(t), LATE_ROWS);
    for (size_t row = 0; row < LATE_ROWS; row++) {
        const bool last = row == LATE_ROWS - 1;
        assert_int_equal(rmt_table_integer(t, 1, row), row);
        assert_string_equal(rmt_table_text(t, 2, row), last ? "x9" : row % 7 ? "12" : "");
        assert_string_equal(rmt_table_reason(t, 2, row), last || row % 7 ? "" : "-99");
        assert_true(rmt_num_same(rmt_table_number(t, 3, row), (double)(row % 10) + 0.5));
        assert_int_equal(rmt_table_integer(t, 4, row), last ? 0 : 3);
        assert_true(rmt_num_same(rmt_table_number(t, 5, row), last ? 2.25 : 1));
        assert_string_equal(rmt_table_text(t, 6, row), last ? "2023-01-01" : "");
        assert_string_equal(rmt_table_reason(t, 7, row),
                            last || row % 2 ? "" : RMT_UNREADABLE "<5");
        assert_int_equal(rmt_table_integer(t, 8, row), row + 2);
    }
    assert_int_equal(facts.rows_refused, 2);
    assert_int_equal(facts.cells_unreadable, LATE_ROWS / 2);
    rmt_table_free(t);
    rmt_doc_free(missing);
    rmt_text_clear(&text);
}

/* What must not be begun is refused in one line: there is no room, or no place, for the rows. */
static void test_no_place(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_text text = {0};
    rmt_table *t = NULL;
    tst_ok(rmt_text_add(&text, "id,n,text,number,zero,half,date,bounded\n", &err), &err);
    for (int row = 0; row < LATE_ROWS; row++)
        add_late_row(&text, row);
    assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
    assert_int_equal(read_bytes(&t, text.s, text.len, NULL, &err), RMT_ERR_CREATE);
    assert_non_null(strstr(err.msg, "no temporary file '/nonexistent/remit."));
    assert_int_equal(unsetenv("TMPDIR"), 0);
    rmt_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_columns_of_numbers),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_lines_passed_over),
        cmocka_unit_test(test_trailing_delimiter),
        cmocka_unit_test(test_header_repeated),
        cmocka_unit_test(test_footer),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_empty_columns),
        cmocka_unit_test(test_swallowed_rows),
        cmocka_unit_test(test_delimiter),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_guessed_encoding),
        cmocka_unit_test(test_missing_and_names),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_cut_break),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_mixed_encodings),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_many_faults),
        cmocka_unit_test(test_long_binary_lines),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_lines_of_blanks),
        cmocka_unit_test(test_empty_rows),
        cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_late_types),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
