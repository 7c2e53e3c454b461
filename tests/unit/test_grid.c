/* Text tables for a terminal: alignment, wrapping that loses nothing, numbers for people. */
#include "support.h"

#include "rmt/grid.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rmt_grid_column two[] = {{"name", false}, {"n", true}};

/* The table of one row of two cells, as text; the caller clears it. */
static rmt_text written(const char *a, const char *b, bool colour)
{
    rmt_error err = {0};
    rmt_grid *g = NULL;
    rmt_text out = {0};
    const char *cells[] = {a, b};
    tst_ok(rmt_grid_new(&g, two, 2, &err), &err);
    tst_ok(rmt_grid_add(g, cells, &err), &err);
    assert_int_equal(rmt_grid_rows(g), 1);
    tst_ok(rmt_grid_write(g, colour, &out, &err), &err);
    rmt_grid_free(g);
    return out;
}

static void writes(const char *a, const char *b, const char *want)
{
    rmt_text out = written(a, b, false);
    assert_string_equal(out.s, want);
    rmt_text_clear(&out);
}

static void columns_are_aligned(void **state)
{
    (void)state;
    writes("ab", "12345", "name      n\n----  -----\nab    12345\n");
    writes("abcdef", "7", "name    n\n------  -\nabcdef  7\n");
    writes("a", NULL, "name  n\n----  -\na\n"); /* no blanks at the end of a line */
    writes("\xC3\xA9t\xC3\xA9s!", "1", "name   n\n-----  -\n\xC3\xA9t\xC3\xA9s!  1\n");
    writes("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", "1", /* three characters of two columns */
           "name    n\n------  -\n\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E  1\n");
}

static void cells_are_copied(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_grid *g = NULL;
    rmt_text out = {0};
    char word[] = "abcd";
    const char *cells[] = {word, "1"};
    tst_ok(rmt_grid_new(&g, two, 2, &err), &err);
    tst_ok(rmt_grid_add(g, cells, &err), &err);
    memset(word, 'x', 4);
    tst_ok(rmt_grid_add(g, cells, &err), &err);
    tst_ok(rmt_grid_write(g, false, &out, &err), &err);
    assert_string_equal(out.s, "name  n\n----  -\nabcd  1\nxxxx  1\n");
    rmt_text_clear(&out);
    rmt_grid_free(g);
    rmt_grid_free(NULL);
}

static void a_grid_without_rows_is_its_heading(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_grid *g = NULL;
    rmt_text out = {0};
    tst_ok(rmt_grid_new(&g, two, 2, &err), &err);
    assert_int_equal(rmt_grid_rows(g), 0);
    tst_ok(rmt_grid_write(g, false, &out, &err), &err);
    assert_string_equal(out.s, "name  n\n----  -\n");
    rmt_text_clear(&out);
    rmt_grid_free(g);
}

/* Every line is within the width; without blanks and line ends the text is that of the cell. */
static void wraps_without_loss(const char *cell, size_t n_lines)
{
    rmt_text out = written(cell, "42", false);
    size_t lines = 0;
    char line[1024], got[4096] = "", want[4096] = "";
    for (const char *s = out.s; *s; lines++) {
        const size_t n = strcspn(s, "\n");
        assert_true(n > 0 && n < sizeof line);
        memcpy(line, s, n);
        line[n] = '\0';
        assert_true(rmt_text_utf8_width(line) <= RMT_GRID_WIDTH);
        s += n + 1;
        if (lines < 2) continue;
        if (lines == 2) { /* the number stands once, in the first line of its row */
            assert_string_equal(line + n - 4, "  42");
            line[n - 4] = '\0';
        }
        for (const char *c = line; *c; c++)
            if (*c != ' ') strncat(got, c, 1);
    }
    for (const char *c = cell; *c; c++)
        if (*c != ' ') strncat(want, c, 1);
    assert_string_equal(got, want);
    assert_int_equal(lines, 2 + n_lines);
    rmt_text_clear(&out);
}

static void wide_cells_wrap_and_are_never_cut(void **state)
{
    (void)state;
    char cell[512] = "";
    memset(cell, 'x', 200); /* one word: 76 columns are left beside "  42" */
    wraps_without_loss(cell, 3);
    memset(cell, 'x', 228); /* ends with the line */
    wraps_without_loss(cell, 3);
    cell[76] = cell[153] = ' '; /* words as wide as the column: no empty line between */
    cell[230] = '\0';
    memset(cell + 228, 'x', 2);
    wraps_without_loss(cell, 3);
    cell[0] = '\0';
    for (int i = 0; i < 30; i++)
        strcat(cell, "word \xC3\xA9\xE2\x82\xAC ");
    wraps_without_loss(cell, 4);
    cell[0] = '\0';
    for (int i = 0; i < 100; i++) /* 100 columns in 200 bytes */
        strcat(cell, "\xC3\xA9");
    wraps_without_loss(cell, 2);
}

static void a_cell_that_fits_is_not_wrapped(void **state)
{
    (void)state;
    char cell[256] = "";
    for (int i = 0; i < 70; i++)
        strcat(cell, "\xC3\xA9");
    wraps_without_loss(cell, 1);
}

static void wraps_at_blanks(void **state)
{
    (void)state;
    char first[80] = "", cell[128] = "";
    memset(first, 'a', 70);
    snprintf(cell, sizeof cell, "%s bbbbbbbbbb", first);
    rmt_text out = written(cell, "1", false);
    assert_non_null(strstr(out.s, "aaa         1\nbbbbbbbbbb\n"));
    rmt_text_clear(&out);
}

static void colour_is_for_the_heading_only(void **state)
{
    (void)state;
    rmt_text out = written("a", "1", true);
    assert_string_equal(out.s, "\033[1mname  n\n\033[0m----  -\na     1\n");
    rmt_text_clear(&out);
}

static void no_colour_wins(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    setenv("RMT_FAKE_TTY", "1", 1);
    assert_true(rmt_grid_colour_wanted());
    setenv("NO_COLOR", "", 1); /* set but empty: as if not set */
    assert_true(rmt_grid_colour_wanted());
    setenv("NO_COLOR", "1", 1);
    assert_false(rmt_grid_colour_wanted());
    setenv("NO_COLOR", "0", 1); /* any word */
    assert_false(rmt_grid_colour_wanted());
    unsetenv("NO_COLOR");
    unsetenv("RMT_FAKE_TTY");
}

static void numbers_for_people(void **state)
{
    (void)state;
    char buf[RMT_NUM_BUF];
    assert_string_equal(rmt_grid_p(buf, 0.0004999), "<0.001");
    assert_string_equal(rmt_grid_p(buf, 0.0), "<0.001");
    assert_string_equal(rmt_grid_p(buf, 0.00051), "0.001");
    assert_string_equal(rmt_grid_p(buf, 0.04951), "0.050");
    assert_string_equal(rmt_grid_p(buf, 1.0), "1.000");
    assert_string_equal(rmt_grid_p(buf, (double)NAN), "");
    assert_string_equal(rmt_grid_fixed(buf, -12.345, 1), "-12.3");
    assert_string_equal(rmt_grid_fixed(buf, 7, 2), "7.00");
    assert_string_equal(rmt_grid_fixed(buf, -0.001, 2), "0.00"); /* no negative nought */
    assert_string_equal(rmt_grid_fixed(buf, (double)NAN, 2), "");
    assert_ptr_equal(rmt_grid_fixed(buf, 1, 0), buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_are_aligned),
                                       cmocka_unit_test(cells_are_copied),
                                       cmocka_unit_test(a_grid_without_rows_is_its_heading),
                                       cmocka_unit_test(wide_cells_wrap_and_are_never_cut),
                                       cmocka_unit_test(a_cell_that_fits_is_not_wrapped),
                                       cmocka_unit_test(wraps_at_blanks),
                                       cmocka_unit_test(colour_is_for_the_heading_only),
                                       cmocka_unit_test(no_colour_wins),
                                       cmocka_unit_test(numbers_for_people)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
