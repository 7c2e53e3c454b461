# Reference values of the stats room from R. Run in this folder:
#   Rscript stats.R > stats.Rout
# writes ../stats_{dist,moments,effect,regress,proportion}.csv and ../data_{longley,ancova}.csv.
# One expected number a row: id,function,inputs,field,expected,class,source
suppressPackageStartupMessages({library(metafor); library(effectsize); library(emmeans)})
cat(R.version.string, "\n")
for (p in c("metafor", "effectsize", "emmeans")) cat(p, as.character(packageVersion(p)), "\n")
num <- function(x) formatC(x, digits = 17, format = "g", width = 1)
rows <- list()
add <- function(id, fun, inputs, field, expected, class, source) {
  stopifnot(length(expected) == 1, is.finite(expected))
  rows[[length(rows) + 1]] <<- paste(id, fun, paste(sapply(inputs, function(v)
    if (is.character(v)) v else num(v)), collapse = " "), field, num(expected), class, source, sep = ",")
}
flush_to <- function(file) {
  lines <- c("id,function,inputs,field,expected,class,source", unlist(rows))
  writeLines(lines, file.path("..", file)); cat("\n#", file, "\n"); writeLines(lines)
  rows <<- list()
}

# ---- distributions ------------------------------------------------------------------------------
for (x in c(-37, -8.3, -1.96, -0.01, 0, 0.7, 1.6448536269514722, 5, 9, 37)) {
  add(paste0("pnorm_", x), "normal_cdf", x, "value", pnorm(x), "FUNC", "R pnorm")
  add(paste0("pnorm_up_", x), "normal_upper", x, "value", pnorm(x, lower.tail = FALSE), "FUNC", "R pnorm")
}
for (p in c(1e-300, 1e-20, 0.025, 0.4, 0.5, 0.975, 1 - 1e-9))
  add(paste0("qnorm_", p), "normal_quantile", p, "value", qnorm(p), "FUNC", "R qnorm")
for (df in c(1, 1.7, 2, 4.33, 10, 29.5, 120, 1e4, 1e7)) {
  for (t in c(-40, -2.2281388519649385, -0.5, 0, 1e-8, 1.3, 6)) {
    add(sprintf("pt_%g_%g", t, df), "t_cdf", c(t, df), "value", pt(t, df), "FUNC", "R pt")
    add(sprintf("pt_up_%g_%g", t, df), "t_upper", c(t, df), "value", pt(t, df, lower.tail = FALSE), "FUNC", "R pt")
    add(sprintf("pt_two_%g_%g", t, df), "t_two_sided_p", c(t, df), "value", 2 * pt(-abs(t), df), "FUNC", "R pt")
  }
  for (p in c(1e-12, 0.0005, 0.025, 0.5, 0.9, 0.975))
    add(sprintf("qt_%g_%g", p, df), "t_quantile", c(p, df), "value", qt(p, df), "FUNC", "R qt")
}
for (df in c(2, 5, 18, 98, 1000)) for (ncp in c(-3, 0, 0.7, 2.5, 10, 30)) for (t in c(-2, 0, 1.2, 4, 25)) {
  # pnt works to 1e-12 absolute: no use where the value is smaller than 1e-3
  v <- suppressWarnings(pt(t, df, ncp))
  if (v > 1e-3 && v < 1 - 1e-3)
    add(sprintf("pnt_%g_%g_%g", t, df, ncp), "noncentral_t_cdf", c(t, df, ncp), "value", v, "ITER", "R pt with ncp (AS 243; 1e-12 absolute)")
}
for (a in c(0.5, 1, 3, 81, 1500, 1e5)) for (b in c(0.5, 2, 183, 4e4)) for (p in c(0.0005, 0.025, 0.5, 0.975)) {
  add(sprintf("qbeta_%g_%g_%g", p, a, b), "beta_quantile", c(p, a, b), "value", qbeta(p, a, b), "FUNC", "R qbeta")
  add(sprintf("qbeta_up_%g_%g_%g", p, a, b), "beta_quantile_upper", c(p, a, b), "value", qbeta(p, a, b, lower.tail = FALSE), "FUNC", "R qbeta")
}
flush_to("stats_dist.csv")

# ---- moments ------------------------------------------------------------------------------------
samples <- list(small = c(34, 28, 51, 19, 40), two = c(-1.5, 2.25), caps = c(0, 80, 33, 33, 47, 12, 5, 61),
                offset = 1e8 + c(1, 2, 3), tiny = c(1e-9, 3e-9, 2.5e-9), mixed = c(-1e6, 1e6, 3, 4, -5.5),
                sleep = sleep$extra, huge = c(1e150, 2e150, 4e150))
for (s in names(samples)) {
  v <- samples[[s]]
  add(paste0(s, "_mean"), "moments", v, "mean", mean(v), "FUNC", "R mean")
  add(paste0(s, "_sd"), "moments", v, "sd", sd(v), "FUNC", "R sd")
}
flush_to("stats_moments.csv")

# ---- effects ------------------------------------------------------------------------------------
exactly <- function(m, s, n) { # a sample with this very mean and sd
  if (s == 0) return(rep(m, n))
  x <- qnorm(ppoints(n)); m + s * (x - mean(x)) / sd(x)
}
arms <- list( # treatment m, sd, n; control m, sd, n
  borenstein = c(103, 5.5, 50, 100, 4.5, 50), symptoms = c(24.3, 12.1, 64, 31.9, 10.4, 65),
  smallest = c(1, 0.5, 2, 3, 0.7, 2), unbalanced = c(20.5, 9, 5, 26, 11, 500),
  one_zero_sd = c(10, 0, 12, 8, 3, 15), equal_means = c(30, 8, 20, 30, 9, 25),
  large = c(40.1, 11, 10000, 40.6, 12, 9000), strong = c(10, 3, 15, 25, 4, 14),
  unequal_sd = c(12, 1, 30, 13, 20, 8), fractions = c(-0.031, 0.012, 33, 0.004, 0.019, 41))
for (a in names(arms)) for (level in c(0.95, 0.99)) {
  v <- arms[[a]]; x <- exactly(v[1], v[2], v[3]); y <- exactly(v[4], v[5], v[6])
  # a zero difference is exactly zero: the summaries say so, the built samples only nearly
  zero <- v[1] == v[4]; fix <- function(z) if (zero) 0 else z
  id <- paste0(a, "_", 100 * level); inputs <- c(v, level)
  for (type in c("welch", "pooled")) {
    r <- t.test(x, y, var.equal = type == "pooled", conf.level = level)
    fun <- paste0("mean_difference_", type); src <- "R t.test"
    add(paste0(id, "_", type, "_est"), fun, inputs, "estimate", v[1] - v[4], "FUNC", src)
    add(paste0(id, "_", type, "_se"), fun, inputs, "se", r$stderr, "FUNC", src)
    add(paste0(id, "_", type, "_df"), fun, inputs, "df", unname(r$parameter), "FUNC", src)
    add(paste0(id, "_", type, "_t"), fun, inputs, "statistic", fix(unname(r$statistic)), "FUNC", src)
    if (!zero) add(paste0(id, "_", type, "_p"), fun, inputs, "p", r$p.value, "FUNC", src)
    add(paste0(id, "_", type, "_lo"), fun, inputs, "ci_low", r$conf.int[1], "FUNC", src)
    add(paste0(id, "_", type, "_hi"), fun, inputs, "ci_high", r$conf.int[2], "FUNC", src)
  }
  for (j in c("exact", "approximate")) {
    m <- v[3] + v[6] - 2
    d <- (v[1] - v[4]) / sqrt(((v[3] - 1) * v[2]^2 + (v[6] - 1) * v[5]^2) / m)
    if (j == "exact") {
      e <- escalc("SMD", m1i = v[1], sd1i = v[2], n1i = v[3], m2i = v[4], sd2i = v[5], n2i = v[6], vtype = "LS")
      g <- as.numeric(e$yi); vi <- as.numeric(e$vi); src <- "R metafor escalc SMD LS"
    } else {
      g <- d * (1 - 3 / (4 * m - 1)); vi <- 1 / v[3] + 1 / v[6] + g^2 / (2 * (v[3] + v[6])); src <- "R formula"
    }
    z <- qnorm(1 - (1 - level) / 2)
    fun <- paste0("hedges_g:", j, ":g_ls:large_sample")
    k <- paste0(id, "_g_", j)
    add(paste0(k, "_est"), fun, inputs, "estimate", g, "FUNC", src)
    add(paste0(k, "_se"), fun, inputs, "se", sqrt(vi), "FUNC", src)
    add(paste0(k, "_z"), fun, inputs, "statistic", g / sqrt(vi), "FUNC", src)
    add(paste0(k, "_p"), fun, inputs, "p", 2 * pnorm(-abs(g) / sqrt(vi)), "FUNC", src)
    add(paste0(k, "_lo"), fun, inputs, "ci_low", g - z * sqrt(vi), "FUNC", src)
    add(paste0(k, "_hi"), fun, inputs, "ci_high", g + z * sqrt(vi), "FUNC", src)
    vd <- 1 / v[3] + 1 / v[6] + d^2 / (2 * (v[3] + v[6]))
    add(paste0(k, "_se_d"), paste0("hedges_g:", j, ":d_ls:large_sample"), inputs, "se", sqrt(vd), "FUNC", "R formula; Metapsy convention")
    if (j == "exact") {
      add(paste0(id, "_d_est"), "cohen_d:large_sample", inputs, "estimate", d, "FUNC", "R formula")
      add(paste0(id, "_d_se"), "cohen_d:large_sample", inputs, "se", sqrt(as.numeric(vd)), "FUNC", "R formula")
      h <- sqrt(1 / v[3] + 1 / v[6]); t <- d / h
      if (abs(t) < 30) { # pnt turns to an approximation at ncp 37.62
        solve <- function(p) suppressWarnings(uniroot(function(q) pt(t, m, q) - p, t + c(-1, 1) * (8 + abs(t)), tol = 1e-14, maxiter = 5000)$root)
        lo <- solve(1 - (1 - level) / 2); hi <- solve((1 - level) / 2)
        J <- g / d; if (zero) J <- exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2))
        src <- "R uniroot on pt with ncp"
        f <- "hedges_g:exact:g_ls:noncentral_t"
        add(paste0(id, "_nct_lo"), f, inputs, "ci_low", J * h * lo, "ITER", src)
        add(paste0(id, "_nct_hi"), f, inputs, "ci_high", J * h * hi, "ITER", src)
        add(paste0(id, "_nct_p"), f, inputs, "p", 2 * pt(-abs(t), m), "FUNC", "R pt")
        add(paste0(id, "_nct_d_lo"), "cohen_d:noncentral_t", inputs, "ci_low", h * lo, "ITER", src)
        add(paste0(id, "_nct_d_hi"), "cohen_d:noncentral_t", inputs, "ci_high", h * hi, "ITER", src)
        if (!zero && abs(t) < 10 && v[2] > 0) {
          # effectsize searches with Nelder-Mead: about 3 decimals
          r <- effectsize::hedges_g(x, y, ci = level)
          src <- "R effectsize hedges_g (Nelder-Mead)"
          add(paste0(id, "_es_g"), f, inputs, "estimate", r$Hedges_g, "FUNC", "R effectsize hedges_g")
          add(paste0(id, "_es_lo"), f, inputs, "ci_low", r$CI_low, "PRINTED3", src)
          add(paste0(id, "_es_hi"), f, inputs, "ci_high", r$CI_high, "PRINTED3", src)
        }
      }
    }
  }
}
for (m in c(2, 3, 4, 10, 57, 98, 99, 100, 101, 500, 1000))
  add(paste0("J_", m), "small_sample_factor:exact", m, "value", exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2)), "FUNC", "R lgamma")
flush_to("stats_effect.csv")

# ---- regression ---------------------------------------------------------------------------------
L <- data.frame(y = longley$Employed * 1000, x1 = longley$GNP.deflator, x2 = longley$GNP * 1000,
                x3 = longley$Unemployed * 10, x4 = longley$Armed.Forces * 10, x5 = longley$Population * 1000, x6 = longley$Year)
L[] <- lapply(L, function(v) round(v, 1))
write.csv(L, "../data_longley.csv", row.names = FALSE, quote = FALSE)
set.seed(20240229)
n <- 61
A <- data.frame(y = 0, arm = as.integer(runif(n) < 0.55), baseline = round(rnorm(n, 38, 9), 1), site2 = 0, age = round(rnorm(n, 41, 12)))
A$site2 <- as.integer(runif(n) < 0.4)
A$y <- round(0.6 * A$baseline - 6.5 * A$arm + 2 * A$site2 + rnorm(n, 3, 8), 1)
write.csv(A, "../data_ancova.csv", row.names = FALSE, quote = FALSE)
lin <- function(file, data, fit, level) {
  s <- summary(fit); ci <- confint(fit, level = level)
  for (j in seq_along(coef(fit))) for (f in 1:6)
    add(sprintf("%s_b%d_%g_%d", file, j - 1, 100 * level, f), "ols", list(file, level, j - 1),
        c("estimate", "se", "statistic", "p", "ci_low", "ci_high")[f],
        c(s$coefficients[j, ], ci[j, ])[f], "FUNC", "R lm")
  add(paste0(file, "_sigma_", 100 * level), "ols", list(file, level, 0), "sigma", s$sigma, "FUNC", "R lm")
}
print(summary(lm(y ~ ., L)), digits = 15)
lin("longley", L, lm(y ~ ., L), 0.95)
lin("ancova", A, lm(y ~ ., A), 0.9)
for (k in 0:3) {
  vars <- c("baseline", "site2", "age")[seq_len(k)]
  A$armf <- factor(A$arm)
  fit <- lm(reformulate(c("armf", vars), "y"), A)
  e <- as.data.frame(summary(pairs(emmeans(fit, "armf"), reverse = TRUE), infer = TRUE, level = 0.95))
  id <- paste0("ancova_", k); inputs <- list("ancova", 0.95, k)
  for (f in c("estimate", "SE", "df", "t.ratio", "p.value", "lower.CL", "upper.CL"))
    add(paste0(id, "_", f), "ancova", inputs, c(estimate = "estimate", SE = "se", df = "df", t.ratio = "statistic",
        p.value = "p", lower.CL = "ci_low", upper.CL = "ci_high")[[f]], e[[f]], "FUNC", "R emmeans pairs")
}
flush_to("stats_regress.csv")

# ---- proportions --------------------------------------------------------------------------------
single <- list(c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(29, 29), c(1, 1), c(0, 1), c(500000, 1000000), c(3, 1000000), c(999999, 1000000))
for (v in single) for (level in c(0.9, 0.95, 0.999)) {
  w <- suppressWarnings(prop.test(v[1], v[2], conf.level = level, correct = FALSE))
  b <- binom.test(v[1], v[2], conf.level = level); id <- paste(v[1], v[2], 100 * level, sep = "_"); inputs <- c(v, level)
  add(paste0("w_lo_", id), "wilson", inputs, "ci_low", w$conf.int[1], "FUNC", "R prop.test")
  add(paste0("w_hi_", id), "wilson", inputs, "ci_high", w$conf.int[2], "FUNC", "R prop.test")
  add(paste0("cp_lo_", id), "clopper_pearson", inputs, "ci_low", b$conf.int[1], "FUNC", "R binom.test")
  add(paste0("cp_hi_", id), "clopper_pearson", inputs, "ci_high", b$conf.int[2], "FUNC", "R binom.test")
}
pairs2 <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(29, 64, 20, 65), c(20, 64, 18, 65), c(6, 7, 2, 7), c(5, 56, 0, 29),
               c(0, 10, 0, 20), c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10), c(1, 1, 0, 1), c(3, 3, 2, 3),
               c(12345, 500000, 12000, 500000), c(500, 1000000, 900, 1000000), c(1, 1000000, 999999, 1000000),
               c(600, 1000, 400, 1000), c(7, 9, 70, 90), c(5, 9, 30, 40))
newcombe <- function(v, level) {
  w <- function(x, n) as.numeric(suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int)
  t <- w(v[1], v[2]); c <- w(v[3], v[4]); p <- v[1] / v[2]; q <- v[3] / v[4]
  p - q + c(-sqrt((p - t[1])^2 + (c[2] - q)^2), sqrt((t[2] - p)^2 + (q - c[1])^2))
}
for (v in pairs2) {
  id <- paste(v, collapse = "_"); inputs <- c(v, 0.95); ci <- newcombe(v, 0.95); rd <- v[1] / v[2] - v[3] / v[4]
  add(paste0("rd_", id), "risk_difference", inputs, "estimate", rd, "FUNC", "R")
  add(paste0("rd_lo_", id), "risk_difference", inputs, "ci_low", ci[1], "FUNC", "R prop.test limits combined")
  add(paste0("rd_hi_", id), "risk_difference", inputs, "ci_high", ci[2], "FUNC", "R prop.test limits combined")
  add(paste0("rd_se_", id), "risk_difference", inputs, "se", sqrt(as.numeric(escalc("RD", ai = v[1], n1i = v[2], ci = v[3], n2i = v[4], add = 0)$vi)), "FUNC", "R metafor escalc RD")
  if (v[1] + v[3] > 0 && v[1] + v[3] < v[2] + v[4]) {
    x <- suppressWarnings(prop.test(v[c(1, 3)], v[c(2, 4)], correct = FALSE))
    if (x$p.value > 1e-200)
      add(paste0("rd_p_", id), "risk_difference", inputs, "p", x$p.value, "FUNC", "R prop.test")
  }
  add(paste0("fisher_", id), "fisher_exact", v, "value", fisher.test(matrix(c(v[1], v[2] - v[1], v[3], v[4] - v[3]), 2))$p.value,
      "FUNC", "R fisher.test")
  for (m in c("RR", "OR")) {
    if (min(v[1], v[3]) == 0 || (m == "OR" && (v[1] == v[2] || v[3] == v[4]))) next
    e <- escalc(m, ai = v[1], n1i = v[2], ci = v[3], n2i = v[4], add = 0); s <- summary(e)
    fun <- c(RR = "risk_ratio", OR = "odds_ratio")[[m]]; src <- paste("R metafor escalc", m)
    add(paste0(m, "_", id), fun, inputs, "estimate", exp(as.numeric(e$yi)), "FUNC", src)
    add(paste0(m, "_se_", id), fun, inputs, "se", sqrt(as.numeric(e$vi)), "FUNC", src)
    add(paste0(m, "_z_", id), fun, inputs, "statistic", as.numeric(s$zi), "FUNC", src)
    # metafor takes 1 - p for non-events, which costs 5 digits of 1/1e6: that p is in stats_mpmath.csv
    if (!(m == "OR" && v[3] == 999999)) add(paste0(m, "_p_", id), fun, inputs, "p", 2 * pnorm(-abs(as.numeric(s$zi))), "FUNC", src)
    add(paste0(m, "_lo_", id), fun, inputs, "ci_low", exp(s$ci.lb), "FUNC", src)
    add(paste0(m, "_hi_", id), fun, inputs, "ci_high", exp(s$ci.ub), "FUNC", src)
  }
}
flush_to("stats_proportion.csv")
