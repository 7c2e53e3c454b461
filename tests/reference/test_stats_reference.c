/* Every row of tests/reference/stats_*.csv against the library. A row: id, function, inputs (blank
 * between), field, expected, tolerance class, source. No row is skipped: an unknown function, field
 * or class fails. How the files were made: src/stats.R, src/stats.py, and stats_published.csv by
 * hand. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rmt/dist.h"
#include "rmt/effect.h"
#include "rmt/moments.h"
#include "rmt/proportion.h"
#include "rmt/regress.h"

enum { MAX_INPUTS = 32, MAX_CELLS = 2048, MAX_ROWS = 128 };

typedef struct {
    char function[64], dataset[32];
    double in[MAX_INPUTS];
    size_t n_in;
} call;

/* What a function gave; `value` is for those that return one number. */
typedef struct {
    rmt_estimate e;
    double value, mean, sd, sigma;
} answer;

static double field_of(const answer *a, const char *field, int *known)
{
    const struct {
        const char *name;
        double value;
    } fields[] = {
        {"value", a->value},
        {"mean", a->mean},
        {"sd", a->sd},
        {"sigma", a->sigma},
        {"estimate", a->e.estimate},
        {"se", a->e.se},
        {"df", a->e.df},
        {"statistic", a->e.statistic},
        {"p", a->e.p},
        {"ci_low", a->e.ci_low},
        {"ci_high", a->e.ci_high},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(field, fields[i].name) == 0) return fields[i].value;
    *known = 0;
    return 0.0;
}

/* data_<name>.csv: a header line, then numbers, the outcome first. */
static void load(const char *name, double *cells, size_t *n_rows, size_t *n_columns)
{
    char path[512], line[512];
    size_t n = 0;
    *n_rows = *n_columns = 0;
    snprintf(path, sizeof path, "%s/reference/data_%s.csv", RMT_TEST_DIR, name);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("cannot open %s", path);
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        size_t width = 0;
        for (char *s = line, *end = NULL; *s && *s != '\n'; s = *end == ',' ? end + 1 : end) {
            assert_true(n < MAX_CELLS);
            cells[n++] = strtod(s, &end);
            assert_true(end != s);
            width++;
        }
        assert_true(*n_columns == 0 || *n_columns == width);
        *n_columns = width;
        assert_true(++*n_rows <= MAX_ROWS);
    }
    assert_int_equal(fclose(f), 0);
}

/* ols: level, coefficient (0 = intercept) of the first column on an intercept and all others. */
static rmt_status run_ols(answer *a, const call *c, rmt_error *err)
{
    static double cells[MAX_CELLS], x[MAX_CELLS], y[MAX_ROWS];
    rmt_estimate b[MAX_INPUTS];
    rmt_ols_fit fit = {0};
    size_t n = 0, k = 0;
    load(c->dataset, cells, &n, &k);
    assert_true(k <= MAX_INPUTS);
    for (size_t i = 0; i < n; i++) {
        y[i] = cells[i * k];
        x[i * k] = 1.0;
        for (size_t j = 1; j < k; j++)
            x[i * k + j] = cells[i * k + j];
    }
    rmt_status st = rmt_ols(b, &fit, x, y, n, k, c->in[0], err);
    if (st) return st;
    a->e = b[(size_t)c->in[1]];
    a->sigma = fit.sigma;
    return RMT_OK;
}

/* ancova: level, number of covariates; columns outcome, arm, covariates. */
static rmt_status run_ancova(answer *a, const call *c, rmt_error *err)
{
    static double cells[MAX_CELLS], covariates[MAX_CELLS], y[MAX_ROWS];
    static bool arm[MAX_ROWS];
    size_t n = 0, k = 0, wanted = (size_t)c->in[1];
    load(c->dataset, cells, &n, &k);
    for (size_t i = 0; i < n; i++) {
        y[i] = cells[i * k];
        arm[i] = cells[i * k + 1] > 0.5;
        for (size_t j = 0; j < wanted; j++)
            covariates[i * wanted + j] = cells[i * k + 2 + j];
    }
    return rmt_ancova(&a->e, y, arm, wanted ? covariates : NULL, n, wanted, c->in[0], err);
}

static rmt_status run_dist(answer *a, const call *c, int *known, rmt_error *err)
{
    const char *f = c->function;
    const double *in = c->in;
    double *v = &a->value;
    if (!strcmp(f, "normal_cdf")) return rmt_normal_cdf(v, in[0], err);
    if (!strcmp(f, "normal_upper")) return rmt_normal_upper(v, in[0], err);
    if (!strcmp(f, "normal_quantile")) return rmt_normal_quantile(v, in[0], err);
    if (!strcmp(f, "t_cdf")) return rmt_t_cdf(v, in[0], in[1], err);
    if (!strcmp(f, "t_upper")) return rmt_t_upper(v, in[0], in[1], err);
    if (!strcmp(f, "t_two_sided_p")) return rmt_t_two_sided_p(v, in[0], in[1], err);
    if (!strcmp(f, "t_quantile")) return rmt_t_quantile(v, in[0], in[1], err);
    if (!strcmp(f, "noncentral_t_cdf")) return rmt_noncentral_t_cdf(v, in[0], in[1], in[2], err);
    if (!strcmp(f, "noncentral_t_ncp")) return rmt_noncentral_t_ncp(v, in[0], in[1], in[2], err);
    if (!strcmp(f, "beta_quantile")) return rmt_beta_quantile(v, in[0], in[1], in[2], err);
    if (!strcmp(f, "beta_quantile_upper"))
        return rmt_beta_quantile_upper(v, in[0], in[1], in[2], err);
    *known = 0;
    return RMT_OK;
}

/* "hedges_g:<J>:<variance>:<ci>" */
static rmt_status run_hedges(answer *a, const call *c, const rmt_arm arm[2], rmt_error *err)
{
    rmt_hedges_options o = {.level = c->in[6]};
    o.correction = strstr(c->function, ":exact:") ? RMT_J_EXACT : RMT_J_APPROXIMATE;
    o.variance = strstr(c->function, ":d_ls:") ? RMT_VAR_D_LS : RMT_VAR_G_LS;
    o.ci = strstr(c->function, ":noncentral_t") ? RMT_CI_NONCENTRAL_T : RMT_CI_LARGE_SAMPLE;
    return rmt_effect_hedges_g(&a->e, &arm[0], &arm[1], &o, err);
}

static rmt_status run_effect(answer *a, const call *c, int *known, rmt_error *err)
{
    const char *f = c->function;
    const double *in = c->in;
    rmt_arm arm[2] = {{in[0], in[1], (long)in[2]}, {in[3], in[4], (long)in[5]}};
    if (!strcmp(f, "small_sample_factor:exact"))
        return rmt_effect_small_sample_factor(&a->value, in[0], RMT_J_EXACT, err);
    if (!strcmp(f, "small_sample_factor:approximate"))
        return rmt_effect_small_sample_factor(&a->value, in[0], RMT_J_APPROXIMATE, err);
    if (!strcmp(f, "mean_difference_welch"))
        return rmt_effect_mean_difference_welch(&a->e, &arm[0], &arm[1], in[6], err);
    if (!strcmp(f, "mean_difference_pooled"))
        return rmt_effect_mean_difference_pooled(&a->e, &arm[0], &arm[1], in[6], err);
    if (!strcmp(f, "cohen_d:large_sample"))
        return rmt_effect_cohen_d(&a->e, &arm[0], &arm[1], RMT_CI_LARGE_SAMPLE, in[6], err);
    if (!strcmp(f, "cohen_d:noncentral_t"))
        return rmt_effect_cohen_d(&a->e, &arm[0], &arm[1], RMT_CI_NONCENTRAL_T, in[6], err);
    if (!strncmp(f, "hedges_g:", 9)) return run_hedges(a, c, arm, err);
    *known = 0;
    return RMT_OK;
}

static rmt_status run_proportion(answer *a, const call *c, int *known, rmt_error *err)
{
    const char *f = c->function;
    const double *in = c->in;
    rmt_count t = {(long)in[0], (long)in[1]}, k = {(long)in[2], (long)in[3]};
    rmt_proportion p = {0};
    rmt_status st = RMT_OK;
    if (!strcmp(f, "risk_difference")) return rmt_risk_difference(&a->e, &t, &k, in[4], err);
    if (!strcmp(f, "risk_ratio")) return rmt_risk_ratio(&a->e, &t, &k, in[4], err);
    if (!strcmp(f, "odds_ratio")) return rmt_odds_ratio(&a->e, &t, &k, in[4], err);
    if (!strcmp(f, "fisher_exact")) return rmt_fisher_exact(&a->value, &t, &k, err);
    if (!strcmp(f, "wilson")) st = rmt_ci_wilson(&p, &t, in[2], err);
    else if (!strcmp(f, "clopper_pearson")) st = rmt_ci_clopper_pearson(&p, &t, in[2], err);
    else *known = 0;
    a->e.estimate = p.estimate;
    a->e.ci_low = p.ci_low;
    a->e.ci_high = p.ci_high;
    return st;
}

static rmt_status run(answer *a, const call *c, int *known, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_arm arm = {0};
    if (!strcmp(c->function, "moments")) {
        st = rmt_moments_of(&arm, c->in, c->n_in, err);
        a->mean = arm.mean;
        a->sd = arm.sd;
        return st;
    }
    if (!strcmp(c->function, "ols")) return run_ols(a, c, err);
    if (!strcmp(c->function, "ancova")) return run_ancova(a, c, err);
    st = run_dist(a, c, known, err);
    if (*known) return st;
    *known = 1;
    st = run_effect(a, c, known, err);
    if (*known) return st;
    *known = 1;
    return run_proportion(a, c, known, err);
}

/* The ladder of STYLE 2.6. ITER: 10 times the 1e-10 that the root finders promise. */
static int tolerance(const char *class, double *rtol, double *atol)
{
    *rtol = *atol = 0.0;
    if (!strcmp(class, "EXACT")) return 1;
    if (!strcmp(class, "EPS")) return *rtol = TST_EPS, 1;
    if (!strcmp(class, "FUNC")) return *rtol = TST_FUNC, 1;
    if (!strcmp(class, "ITER")) return *rtol = *atol = 1e-9, 1;
    if (!strncmp(class, "PRINTED", 7)) return *atol = 0.5 * pow(10.0, -atof(class + 7)), 1;
    return 0;
}

static void parse_inputs(call *c, char *text, const char *id)
{
    for (char *s = strtok(text, " "); s; s = strtok(NULL, " ")) {
        char *end = NULL;
        double x = strtod(s, &end);
        if (*end == '\0') {
            if (c->n_in == MAX_INPUTS) fail_msg("%s: too many inputs", id);
            c->in[c->n_in++] = x;
        } else {
            snprintf(c->dataset, sizeof c->dataset, "%s", s);
        }
    }
}

/* Returns 1 where the row holds. */
static int row_holds(char *line)
{
    enum { ID, FUNCTION, INPUTS, FIELD, EXPECTED, CLASS, SOURCE, N_FIELDS };
    char *cell[N_FIELDS] = {line};
    size_t n = 1;
    for (char *s = line; *s && n < N_FIELDS; s++)
        if (*s == ',') {
            *s = '\0';
            cell[n++] = s + 1;
        }
    if (n != N_FIELDS || strlen(cell[SOURCE]) < 2) fail_msg("a row without all fields: %s", line);

    call c = {0};
    answer a = {0};
    rmt_error err = {0};
    int known = 1;
    double rtol = 0.0, atol = 0.0, want = strtod(cell[EXPECTED], NULL);
    snprintf(c.function, sizeof c.function, "%s", cell[FUNCTION]);
    parse_inputs(&c, cell[INPUTS], cell[ID]);
    rmt_status st = run(&a, &c, &known, &err);
    if (st || !known) {
        print_error("%s: %s\n", cell[ID], known ? err.msg : "unknown function");
        return 0;
    }
    double got = field_of(&a, cell[FIELD], &known);
    if (!known || !tolerance(cell[CLASS], &rtol, &atol)) {
        print_error("%s: unknown field or class\n", cell[ID]);
        return 0;
    }
    if (tst_is_close(got, want, rtol, atol)) return 1;
    print_error("%s: got %.17g, want %.17g, difference %.3g, relative %.3g (%s)\n", cell[ID], got,
                want, got - want, (got - want) / (fabs(want) > 0.0 ? want : 1.0), cell[CLASS]);
    return 0;
}

static void compare_file(const char *name, size_t at_least)
{
    char path[512], line[1024];
    size_t n = 0, n_bad = 0;
    snprintf(path, sizeof path, "%s/reference/%s", RMT_TEST_DIR, name);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("cannot open %s", path);
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, "id,function,inputs,field,expected,class,source\n");
    while (fgets(line, sizeof line, f)) {
        n++;
        if (!row_holds(line)) n_bad++;
    }
    assert_int_equal(fclose(f), 0);
    if (n_bad) fail_msg("%s: %zu of %zu rows differ", name, n_bad, n);
    if (n < at_least) fail_msg("%s: %zu rows, at least %zu were there", name, n, at_least);
}

static void published(void **state)
{
    (void)state;
    compare_file("stats_published.csv", 70);
}
static void dist(void **state)
{
    (void)state;
    compare_file("stats_dist.csv", 500);
}
static void moments(void **state)
{
    (void)state;
    compare_file("stats_moments.csv", 16);
}
static void effect(void **state)
{
    (void)state;
    compare_file("stats_effect.csv", 700);
}
static void regress(void **state)
{
    (void)state;
    compare_file("stats_regress.csv", 100);
}
static void proportion(void **state)
{
    (void)state;
    compare_file("stats_proportion.csv", 350);
}
static void multiprecision(void **state)
{
    (void)state;
    compare_file("stats_mpmath.csv", 80);
}

int main(void)
{
    rmt_stats_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),      cmocka_unit_test(dist),    cmocka_unit_test(moments),
        cmocka_unit_test(effect),         cmocka_unit_test(regress), cmocka_unit_test(proportion),
        cmocka_unit_test(multiprecision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
