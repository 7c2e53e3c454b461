# The work of the chain ingest - validate - score - effects - rates on the simulated trial, as a statistician would write
# it in R: fread, vectorised scoring, t.test, effectsize, lm, prop.test, hdf5r. Same selection as the trial's plan.
#   Rscript chain.R CSV_DIRECTORY OUTPUT.h5
# Written to be fast enough to be fair: only the packages needed, no loop over people.
suppressPackageStartupMessages({
  library(data.table)
  library(effectsize)
  library(hdf5r)
})
args <- commandArgs(trailingOnly = TRUE)
stopifnot(length(args) == 2)
na <- c("", "-99", "not done")
read <- function(name) fread(file.path(args[1], paste0(name, ".csv")), na.strings = na)
tables <- sapply(c("participants", "caps5", "pcl5", "madrs", "cadss", "vitals"), read, simplify = FALSE)
people <- tables$participants

# ---- checks: keys, references, ranges ---------------------------------------------------------------------------
stopifnot(!anyDuplicated(people$record_id), people$arm %in% c("ketamine", "midazolam"),
          people$age >= 18, people$age <= 70)
top <- c(caps5 = 4, pcl5 = 4, madrs = 6, cadss = 4)
for (name in c(names(top), "vitals")) {
  d <- tables[[name]]
  stopifnot(d$record_id %in% people$record_id, !anyDuplicated(d[, .(record_id, visit)]))
  if (name %in% names(top)) {
    items <- as.matrix(d[, .SD, .SDcols = patterns(paste0("^", name, "_"))])
    stopifnot(items >= 0 | is.na(items), items <= top[[name]] | is.na(items))
  }
}

# ---- scores -----------------------------------------------------------------------------------------------------
cols <- function(stem, i) sprintf("%s_%02d", stem, as.integer(i))
clusters <- list(B = 1:5, C = 6:7, D = 8:14, E = 15:20)
twenty <- function(stem) c(list(total = cols(stem, 1:20)), lapply(clusters, function(i) cols(stem, i)))
scales <- list(
  caps5 = c(twenty("caps5"), list(dissociation = cols("caps5", 29:30))), pcl5 = twenty("pcl5"),
  madrs = list(total = cols("madrs", 1:10)),
  cadss = list(total = cols("cadss", 1:23), depersonalisation = cols("cadss", c(3:7, 20, 23)),
               derealisation = cols("cadss", c(1:2, 8:13, 16:19, 21)), amnesia = cols("cadss", c(14, 15, 22)),
               cadss6 = cols("cadss", c(1, 2, 6, 7, 15, 22))))
allowed <- c(caps5 = 0, pcl5 = 2, madrs = 1, cadss = 0)
score <- function(name) {
  d <- tables[[name]]
  long <- rbindlist(lapply(names(scales[[name]]), function(s) {
    x <- as.matrix(d[, scales[[name]][[s]], with = FALSE])
    missing <- rowSums(is.na(x))
    value <- rowSums(x, na.rm = TRUE) * ncol(x) / (ncol(x) - missing)
    value[missing > allowed[[name]] | missing == ncol(x)] <- NA
    data.table(outcome = name, scale = s, record_id = d$record_id, visit = d$visit, aval = value)
  }))
  if (name %in% c("caps5", "pcl5")) {
    x <- as.matrix(d[, cols(name, 1:20), with = FALSE])
    present <- x >= 2
    present[is.na(present)] <- FALSE
    long <- rbind(long, data.table(outcome = name, scale = "count", record_id = d$record_id, visit = d$visit,
                                   aval = as.numeric(rowSums(x >= 2))))
    unknown <- is.na(x)
    need <- c(B = 1, C = 1, D = 2, E = 2)
    sure <- sapply(names(need), function(k) rowSums(present[, clusters[[k]]]) >= need[[k]])
    never <- sapply(names(need), function(k)
      rowSums(present[, clusters[[k]]] | unknown[, clusters[[k]]]) < need[[k]])
    d[, dx := fifelse(rowSums(never) > 0, FALSE, fifelse(rowSums(sure) == 4, TRUE, NA))]
    long[d, on = .(record_id, visit), dx := i.dx]
  } else long[, dx := NA]
  grid <- CJ(record_id = people$record_id, visit = unique(d$visit), scale = unique(long$scale))
  long <- long[grid, on = .(record_id, visit, scale)][, outcome := name]
  long[long[visit == "baseline"], on = .(record_id, scale), `:=`(base = i.aval, base_dx = i.dx)]
  long[visit != "baseline", chg := aval - base]
  long[, pchg := 100 * chg / base]
}
outcomes <- rbindlist(lapply(names(scales), score), use.names = TRUE)
outcomes[people, on = "record_id", `:=`(arm = i.arm, site = i.site)]
outcomes[scale == "total" & visit != "baseline", response := fcase(
  outcome == "caps5", 100 * (base - aval) >= 30 * base, outcome == "pcl5", base - aval >= 10,
  outcome == "madrs", 100 * (base - aval) >= 50 * base)]
outcomes[scale == "total" & visit != "baseline", remission := fcase(
  outcome == "caps5", !dx, outcome == "pcl5", aval <= 28, outcome == "madrs", aval <= 10)]
outcomes[scale == "total" & visit != "baseline" & base_dx == TRUE, loss := !dx]

# ---- effects ----------------------------------------------------------------------------------------------------
one_effect <- function(d, measure, adjust) {
  x <- d$y[d$arm == "ketamine"]
  y <- d$y[d$arm == "midazolam"]
  e <- switch(measure,
    welch = {
      w <- t.test(x, y)
      c(mean(x) - mean(y), w$stderr, w$parameter, w$statistic, w$p.value, w$conf.int)
    },
    hedges = {
      g <- hedges_g(x, y, ci = 0.95)
      t <- t.test(x, y, var.equal = TRUE)
      n <- c(length(x), length(y))
      c(g$Hedges_g, sqrt(sum(1 / n) + g$Hedges_g^2 / (2 * sum(n))), t$parameter, t$statistic, t$p.value, g$CI_low, g$CI_high)
    },
    ancova = {
      d[, treated := as.numeric(arm == "ketamine")]
      m <- lm(if (adjust) y ~ treated + base + site else y ~ treated + base, d)
      c(coef(summary(m))["treated", 1:2], m$df.residual, coef(summary(m))["treated", 3:4], confint(m, "treated"))
    })
  data.table(measure = measure, estimate = e[1], se = e[2], df = e[3], statistic = e[4], p = e[5], ci_low = e[6],
             ci_high = e[7], n_arm = length(x), mean_arm = mean(x), sd_arm = sd(x), n_reference = length(y),
             mean_reference = mean(y), sd_reference = sd(y))
}
effects_of <- function(which, visits, measures, value = "chg", adjust = FALSE) {
  d <- outcomes[outcome %in% which & visit %in% visits]
  d[, y := get(value)]
  d[!is.na(y), rbindlist(lapply(measures, function(m) one_effect(copy(.SD), m, adjust))), by = .(outcome, scale, visit)]
}
three <- c("welch", "hedges", "ancova")
effects <- rbind(
  effects_of("caps5", c("week1", "week2", "week4"), three, adjust = TRUE),
  effects_of(c("pcl5", "madrs"), c("hour24", "week1", "week2"), three),
  effects_of("pcl5", paste0("week", 3:8), "hedges"),
  effects_of("cadss", c("infusion1_40min", "infusion1_2h", "infusion6_40min"), "welch", "aval"))

# ---- rates ------------------------------------------------------------------------------------------------------
rates_of <- function(which, visits, events, rules) {
  rbindlist(lapply(visits, function(v) rbindlist(lapply(events, function(e) rbindlist(lapply(rules, function(rule) {
    d <- outcomes[outcome == which & scale == "total" & visit == v]
    if (e == "loss" || (e == "remission" && which == "caps5")) d <- d[base_dx == TRUE]
    flag <- d[[e]]
    if (rule == "completer") d <- d[!is.na(flag)] else flag[is.na(flag)] <- FALSE
    flag <- flag[!is.na(flag)]
    x <- c(sum(flag[d$arm == "ketamine"]), sum(flag[d$arm == "midazolam"]))
    n <- c(sum(d$arm == "ketamine"), sum(d$arm == "midazolam"))
    p <- x / n
    w <- lapply(1:2, function(i) suppressWarnings(prop.test(x[i], n[i], correct = FALSE))$conf.int)
    cp <- lapply(1:2, function(i) binom.test(x[i], n[i])$conf.int)
    rd <- p[1] - p[2]
    limits <- c(rd - sqrt((p[1] - w[[1]][1])^2 + (w[[2]][2] - p[2])^2),
                rd + sqrt((w[[1]][2] - p[1])^2 + (p[2] - w[[2]][1])^2))
    test <- suppressWarnings(prop.test(x, n, correct = FALSE))
    z <- qnorm(0.975)
    rr <- log(p[1] / p[2]); rr_se <- sqrt(sum(1 / x - 1 / n))
    or <- log(x[1] * (n[2] - x[2]) / (x[2] * (n[1] - x[1]))); or_se <- sqrt(sum(1 / x + 1 / (n - x)))
    fisher <- fisher.test(rbind(x, n - x))$p.value
    data.table(outcome = which, visit = v, event = e, missing = rule,
      measure = c(rep("proportion", 4), "risk_difference", "risk_ratio", "odds_ratio", "nnt", "fisher_exact"),
      estimate = c(p[1], p[1], p[2], p[2], rd, exp(rr), exp(or), 1 / abs(rd), NA),
      p = c(rep(NA, 4), test$p.value, 2 * pnorm(-abs(rr / rr_se)), 2 * pnorm(-abs(or / or_se)), NA, fisher),
      ci_low = c(w[[1]][1], cp[[1]][1], w[[2]][1], cp[[2]][1], limits[1], exp(rr - z * rr_se), exp(or - z * or_se),
                 if (prod(limits) > 0) min(1 / abs(limits)) else NA, NA),
      ci_high = c(w[[1]][2], cp[[1]][2], w[[2]][2], cp[[2]][2], limits[2], exp(rr + z * rr_se), exp(or + z * or_se),
                  if (prod(limits) > 0) max(1 / abs(limits)) else NA, NA),
      events_arm = x[1], n_arm = n[1], events_reference = x[2], n_reference = n[2])
  }))))))
}
both <- c("nonresponder", "completer")
rates <- rbind(
  rates_of("caps5", "week2", c("response", "remission", "loss"), both),
  rates_of("caps5", c("week1", "week4"), "response", "nonresponder"),
  rates_of("madrs", c("hour24", "week2"), c("response", "remission"), "nonresponder"),
  rates_of("pcl5", c("hour24", "week1", "week2", "week4", "week6", "week8"), "response", "completer"))

# ---- the file ---------------------------------------------------------------------------------------------------
file <- H5File$new(args[2], "w")
put <- function(path, d) {
  group <- file$create_group(path)
  for (k in names(d)) {
    v <- d[[k]]
    if (inherits(v, "Date") || inherits(v, "IDate")) v <- as.character(v)
    if (is.logical(v)) v <- as.integer(v)
    if (is.character(v)) v[is.na(v)] <- ""
    group[[k]] <- v
  }
}
invisible(file$create_group("tables"))
for (name in names(tables)) put(paste0("tables/", name), tables[[name]])
put("outcomes", outcomes)
invisible(file$create_group("results"))
put("results/effects", effects)
put("results/rates", rates)
file$close_all()
if (interactive() || nzchar(Sys.getenv("CHAIN_COUNTS")))
  cat(nrow(outcomes), "outcome rows,", nrow(effects), "effects,", nrow(rates), "rates\n")
