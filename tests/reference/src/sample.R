# Recomputes the results of sample-data/ketamine-midazolam from its CSV files with R alone.
#   Rscript tests/reference/src/sample.R [CSV DIRECTORY [OUTPUT DIRECTORY]]
# Writes sample_outcomes.csv, sample_effects.csv, sample_rates.csv, sample_baseline.csv, sample_missingness.csv. No output of remit is read: the rules of scoring, the
# schedule and the selection of analyses are written down here a second time.
# Made with R 4.2, metafor and effectsize (the latter only as a check of the interval of g).
suppressPackageStartupMessages({
  library(metafor)
  library(effectsize)
})
options(digits = 17)
args <- commandArgs(trailingOnly = TRUE)
from <- if (length(args) >= 1) args[1] else "sample-data/ketamine-midazolam"
to <- if (length(args) >= 2) args[2] else "tests/reference"

read <- function(name)
  read.csv(file.path(from, paste0(name, ".csv")), na.strings = c("", "-99", "not done"), encoding = "UTF-8",
           stringsAsFactors = FALSE)
people <- read("participants")
people <- people[order(people$record_id), ]
treatment <- "ketamine"
control <- "midazolam"
infusions <- function(k) paste0("infusion", k, "_", c("pre", "40min", "2h"))
schedule <- c("baseline", infusions(1), "hour24", infusions(2), infusions(3), "week1", infusions(4), infusions(5),
              infusions(6), paste0("week", 2:8))

col <- function(stem, i) sprintf("%s_%02d", stem, as.integer(i))
clusters <- list(B = 1:5, C = 6:7, D = 8:14, E = 15:20)
need <- c(B = 1, C = 1, D = 2, E = 2) # symptoms of 2 or more

scales_of_20 <- function(stem, code) {
  s <- list(list(id = "total", cd = paste0(code, "TOT"), rule = "sum", items = col(stem, 1:20)))
  for (k in names(clusters))
    s <- c(s, list(list(id = k, cd = paste0(code, k), rule = "sum", items = col(stem, clusters[[k]]))))
  c(s, list(list(id = "count", cd = paste0(code, "CNT"), rule = "count", items = col(stem, 1:20))))
}
outcomes <- list(
  caps5 = list(scales = c(scales_of_20("caps5", "CAPS5"),
                          list(list(id = "dissociation", cd = "CAPS5DIS", rule = "sum", items = col("caps5", 29:30)))),
               max_missing = 0, dx = "caps5", response = "reduction30", remission = "loss_of_diagnosis"),
  pcl5 = list(scales = scales_of_20("pcl5", "PCL5"), max_missing = 2, dx = "pcl5", response = "drop10",
              remission = "score_le28"),
  madrs = list(scales = list(list(id = "total", cd = "MADRSTOT", rule = "sum", items = col("madrs", 1:10))),
               max_missing = 1, dx = NULL, response = "reduction50", remission = "score_le10"),
  cadss = list(scales = list(
    list(id = "total", cd = "CADSSTOT", rule = "sum", items = col("cadss", 1:23)),
    list(id = "depersonalisation", cd = "CADSSDEP", rule = "sum", items = col("cadss", c(3:7, 20, 23))),
    list(id = "derealisation", cd = "CADSSDER", rule = "sum", items = col("cadss", c(1:2, 8:13, 16:19, 21))),
    list(id = "amnesia", cd = "CADSSAMN", rule = "sum", items = col("cadss", c(14, 15, 22))),
    list(id = "cadss6", cd = "CADSS6", rule = "sum", items = col("cadss", c(1, 2, 6, 7, 15, 22)))),
    max_missing = 0, dx = NULL, response = "", remission = ""))

# ---- scoring ----------------------------------------------------------------------------------------------------
score <- function(x, scale, max_missing) { # value, prorated?
  miss <- sum(is.na(x))
  n <- length(x)
  if (miss == 0) return(c(if (scale$rule == "sum") sum(x) else sum(x >= 2), 0))
  if (scale$rule == "sum" && miss < n && miss <= max_missing) return(c(sum(x, na.rm = TRUE) * n / (n - miss), 1))
  c(NA, 0)
}
diagnosis <- function(row, stem) { # NA = the missing items decide
  met <- sapply(names(clusters), function(k) {
    x <- unlist(row[col(stem, clusters[[k]])])
    present <- sum(x >= 2, na.rm = TRUE)
    if (present >= need[[k]]) TRUE else if (present + sum(is.na(x)) < need[[k]]) FALSE else NA
  })
  if (any(met %in% FALSE)) FALSE else if (all(met %in% TRUE)) TRUE else NA
}
tie <- function(a, b) abs(a - b) <= 1e-9 * max(abs(a), abs(b))
at_least <- function(a, b) if (is.na(a) || is.na(b)) NA else a > b || tie(a, b)
responded <- function(definition, value, base) switch(
  definition,
  reduction30 = if (is.na(base) || base <= 0) NA else at_least(100 * (base - value), 30 * base),
  reduction50 = if (is.na(base) || base <= 0) NA else at_least(100 * (base - value), 50 * base),
  drop10 = at_least(base - value, 10), NA)
remitted <- function(definition, value, dx) switch(
  definition, loss_of_diagnosis = !dx, score_le28 = at_least(28, value), score_le10 = at_least(10, value), NA)

build <- function(name) {
  o <- outcomes[[name]]
  d <- read(name)
  all_items <- unique(unlist(lapply(o$scales, `[[`, "items")))
  if (name == "caps5") all_items <- c(all_items, col("caps5", 23:25))
  seen <- rowSums(!is.na(d[all_items])) > 0
  visits <- schedule[schedule %in% d$visit[seen]]
  rows <- list()
  for (id in people$record_id) {
    get <- function(visit) {
      r <- d[d$record_id == id & d$visit == visit, ]
      if (nrow(r) == 1) r else NULL
    }
    first <- get("baseline")
    base_dx <- if (is.null(o$dx) || is.null(first)) NA else diagnosis(first, o$dx)
    for (s in o$scales) {
      base <- if (is.null(first)) NA else score(unlist(first[s$items]), s, o$max_missing)[1]
      for (v in visits) {
        r <- get(v)
        total <- s$id == "total"
        after <- v != "baseline"
        x <- if (is.null(r)) c(NA, 0) else score(unlist(r[s$items]), s, o$max_missing)
        dx <- if (!total || is.null(o$dx) || is.null(r)) NA else diagnosis(r, o$dx)
        chg <- if (after) x[1] - base else NA
        rows[[length(rows) + 1]] <- list(
          USUBJID = id, TRT01P = people$arm[people$record_id == id], outcome = name, scale = s$id, PARAMCD = s$cd,
          AVISIT = v, AVAL = as.numeric(x[1]), BASE = as.numeric(base), CHG = as.numeric(chg),
          PCHG = if (is.na(base) || base == 0) NA_real_ else as.numeric(100 * chg / base),
          ANL01FL = after && !is.na(x[1]), DTYPE = if (x[2] == 1) "PRORATED" else "",
          NMISS = if (is.null(r)) NA_real_ else as.numeric(sum(is.na(unlist(r[s$items])))), DXFL = dx,
          RESPFL = if (total && after) responded(o$response, x[1], base) else NA,
          REMFL = if (total && after) remitted(o$remission, x[1], dx) else NA,
          DXLOSSFL = if (total && after && base_dx %in% TRUE) !dx else NA)
      }
    }
  }
  as.data.frame(data.table::rbindlist(rows))
}
data <- do.call(rbind, lapply(names(outcomes), build))

number <- function(x) {
  s <- formatC(x, digits = 17, format = "g", width = 1)
  s[is.na(x)] <- ""
  s
}
save <- function(d, name) {
  for (k in names(d)) {
    if (is.logical(d[[k]])) d[[k]] <- ifelse(is.na(d[[k]]), "", ifelse(d[[k]], "true", "false"))
    else if (is.numeric(d[[k]])) d[[k]] <- number(d[[k]])
    else d[[k]][is.na(d[[k]])] <- ""
  }
  write.csv(d, file.path(to, name), row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8", eol = "\n")
}
save(data, "sample_outcomes.csv")

# ---- effects ----------------------------------------------------------------------------------------------------
ncp_of <- function(t, df, p) { # the noncentrality that leaves p below t
  f <- function(x) pt(t, df, x) - p
  uniroot(f, c(t - 8, t + 8), tol = 1e-14, maxiter = 10000)$root
}
hedges <- function(x, y) {
  n1 <- length(x); n2 <- length(y); df <- n1 + n2 - 2
  e <- escalc("SMD", m1i = mean(x), sd1i = sd(x), n1i = n1, m2i = mean(y), sd2i = sd(y), n2i = n2, vtype = "LS")
  h <- sqrt(1 / n1 + 1 / n2)
  t <- unname(t.test(x, y, var.equal = TRUE)$statistic)
  J <- exp(lgamma(df / 2) - log(sqrt(df / 2)) - lgamma((df - 1) / 2))
  g <- J * t * h
  stopifnot(abs(g - as.numeric(e$yi)) < 1e-12)
  ci <- J * h * c(ncp_of(t, df, 0.975), ncp_of(t, df, 0.025))
  ref <- hedges_g(x, y, ci = 0.95)
  stopifnot(abs(ref$Hedges_g - g) < 1e-12, abs(ref$CI_low - ci[1]) < 1e-3, abs(ref$CI_high - ci[2]) < 1e-3)
  list(estimate = as.numeric(e$yi), se = sqrt(as.numeric(e$vi)), df = df, statistic = t,
       p = 2 * pt(-abs(t), df), low = ci[1], high = ci[2])
}
welch <- function(x, y) {
  w <- t.test(x, y)
  list(estimate = mean(x) - mean(y), se = w$stderr, df = unname(w$parameter), statistic = unname(w$statistic),
       p = w$p.value, low = w$conf.int[1], high = w$conf.int[2])
}
ancova <- function(d, adjust) {
  d$treated <- as.numeric(d$arm == treatment)
  d$site <- factor(d$site)
  m <- lm(if (adjust == "base") y ~ treated + BASE else y ~ treated + BASE + site, d)
  s <- summary(m)$coefficients["treated", ]
  ci <- confint(m)["treated", ]
  list(estimate = s[[1]], se = s[[2]], df = m$df.residual, statistic = s[[3]], p = s[[4]], low = ci[[1]], high = ci[[2]])
}
terms_of <- function(adjust, d) # how many levels a factor has among those analysed
  sub("site", sprintf("site (factor of %d levels)", nlevels(factor(d$site))), adjust)
effect_rows <- list()
effects <- function(outcome_names, visits, value, measures, adjust = "base") {
  for (o in outcome_names) for (s in outcomes[[o]]$scales) for (v in visits) {
    d <- data[data$outcome == o & data$PARAMCD == s$cd & data$AVISIT == v, ]
    d$y <- if (value == "change") d$CHG else d$AVAL
    d$arm <- d$TRT01P
    d$site <- people$site[match(d$USUBJID, people$record_id)]
    for (m in measures) {
      k <- d[!is.na(d$y) & (m != "ancova" | !is.na(d$BASE)), ]
      x <- k$y[k$arm == treatment]
      y <- k$y[k$arm == control]
      e <- tryCatch(switch(m, mean_difference_welch = welch(x, y), hedges_g = hedges(x, y), ancova = ancova(k, adjust)),
                    error = function(why) stop(o, " ", s$cd, " ", v, " ", m, ": ", conditionMessage(why)))
      effect_rows[[length(effect_rows) + 1]] <<- data.frame(
        outcome = o, paramcd = s$cd, visit = v, arm = treatment, reference = control, value = value, measure = m,
        adjust = if (m == "ancova") terms_of(adjust, k) else "", estimate = e$estimate, se = e$se, df = e$df,
        statistic = e$statistic, p = e$p, ci_low = e$low, ci_high = e$high, n_arm = length(x), mean_arm = mean(x),
        sd_arm = sd(x), n_reference = length(y), mean_reference = mean(y), sd_reference = sd(y))
    }
  }
}
three <- c("mean_difference_welch", "hedges_g", "ancova")
effects("caps5", c("week1", "week2", "week4"), "change", three, "base + site")
effects(c("pcl5", "madrs"), c("hour24", "week1", "week2"), "change", three)
effects("pcl5", paste0("week", 3:8), "change", "hedges_g")
effects("cadss", c("infusion1_40min", "infusion1_2h", "infusion6_40min"), "score", "mean_difference_welch")
save(do.call(rbind, effect_rows), "sample_effects.csv")

# ---- rates ------------------------------------------------------------------------------------------------------
wilson <- function(x, n) {
  ci <- as.numeric(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int)
  if (x == 0) ci[1] <- 0
  if (x == n) ci[2] <- 1
  ci
}
count <- function(o, v, event, rule, arm) {
  d <- data[data$outcome == o & data$scale == "total" & data$AVISIT == v & data$TRT01P == arm, ]
  # A diagnosis can be lost only by who had it: by the event of that name, and by remission so defined.
  if (event == "loss_of_diagnosis" || (event == "remission" && outcomes[[o]]$remission == "loss_of_diagnosis")) {
    b <- data[data$outcome == o & data$scale == "total" & data$AVISIT == "baseline", ]
    d <- d[d$USUBJID %in% b$USUBJID[b$DXFL %in% TRUE], ]
  }
  flag <- d[[c(response = "RESPFL", remission = "REMFL", loss_of_diagnosis = "DXLOSSFL")[[event]]]]
  list(x = sum(flag, na.rm = TRUE), n = if (rule == "completer") sum(!is.na(flag)) else length(flag),
       missing = sum(is.na(flag)))
}
rate_rows <- list()
rates <- function(o, visits, events, rules) {
  for (v in visits) for (event in events) for (rule in rules) {
    a <- count(o, v, event, rule, treatment)
    r <- count(o, v, event, rule, control)
    definition <- switch(event, response = outcomes[[o]]$response, remission = outcomes[[o]]$remission, event)
    add <- function(measure, method, arm, one, other, estimate = NA, se = NA, statistic = NA, p = NA,
                    ci = c(NA_real_, NA_real_), direction = "", benefit_limit = NA_real_, harm_limit = NA_real_) {
      rate_rows[[length(rate_rows) + 1]] <<- data.frame(
        outcome = o, paramcd = outcomes[[o]]$scales[[1]]$cd, visit = v, event = event, definition = definition,
        missing = rule, measure = measure, method = method, arm = arm, reference = if (is.null(other)) "" else control,
        events_arm = one$x, n_arm = one$n, n_missing_arm = one$missing,
        events_reference = if (is.null(other)) NA_real_ else other$x,
        n_reference = if (is.null(other)) NA_real_ else other$n,
        n_missing_reference = if (is.null(other)) NA_real_ else other$missing,
        estimate = as.numeric(estimate), se = as.numeric(se), statistic = as.numeric(statistic), p = as.numeric(p),
        ci_low = ci[1], ci_high = ci[2], nnt_direction = direction, nnt_benefit_limit = benefit_limit,
        nnt_harm_limit = harm_limit)
    }
    for (k in list(list(treatment, a), list(control, r))) {
      add("proportion", "Wilson score interval", k[[1]], k[[2]], NULL, k[[2]]$x / k[[2]]$n, ci = wilson(k[[2]]$x, k[[2]]$n))
      add("proportion", "Clopper-Pearson exact interval", k[[1]], k[[2]], NULL, k[[2]]$x / k[[2]]$n,
          ci = as.numeric(binom.test(k[[2]]$x, k[[2]]$n)$conf.int))
    }
    p1 <- a$x / a$n; p2 <- r$x / r$n; rd <- p1 - p2
    w1 <- wilson(a$x, a$n); w2 <- wilson(r$x, r$n)
    limits <- c(rd - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), rd + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
    pooled <- (a$x + r$x) / (a$n + r$n)
    z <- rd / sqrt(pooled * (1 - pooled) * (1 / a$n + 1 / r$n))
    if (is.nan(z)) z <- 0
    if (pooled > 0 && pooled < 1) {
      chi <- suppressWarnings(prop.test(c(a$x, r$x), c(a$n, r$n), correct = FALSE))
      stopifnot(abs(unname(chi$statistic) - z^2) < 1e-10)
    }
    add("risk_difference", "", treatment, a, r, rd, sqrt(p1 * (1 - p1) / a$n + p2 * (1 - p2) / r$n), z,
        2 * pnorm(-abs(z)), limits)
    for (m in c("risk_ratio", "odds_ratio")) {
      empty <- a$x == 0 || r$x == 0 || (m == "odds_ratio" && (a$x == a$n || r$x == r$n)) ||
        (a$x == a$n && r$x == r$n)
      if (empty) {
        add(m, "", treatment, a, r)
        next
      }
      e <- escalc(if (m == "risk_ratio") "RR" else "OR", ai = a$x, n1i = a$n, ci = r$x, n2i = r$n, to = "none")
      y <- as.numeric(e$yi); s <- sqrt(as.numeric(e$vi))
      add(m, "", treatment, a, r, exp(y), s, y / s, 2 * pnorm(-abs(y / s)), exp(y + c(-1, 1) * qnorm(0.975) * s))
    }
    if (rd == 0) add("nnt", "", treatment, a, r)
    else {
      way <- if (rd > 0) "benefit" else "harm" # all events here are wanted
      if (limits[1] <= 0 && limits[2] >= 0)
        add("nnt", "", treatment, a, r, 1 / abs(rd), direction = way,
            benefit_limit = if (limits[2] > 0) 1 / limits[2] else NA_real_,
            harm_limit = if (limits[1] < 0) -1 / limits[1] else NA_real_)
      else add("nnt", "", treatment, a, r, 1 / abs(rd), ci = sort(1 / abs(limits)), direction = way)
    }
    add("fisher_exact", "", treatment, a, r, p = fisher.test(matrix(c(a$x, a$n - a$x, r$x, r$n - r$x), 2))$p.value)
  }
}
both <- c("nonresponder", "completer")
rates("caps5", "week2", c("response", "remission", "loss_of_diagnosis"), both)
rates("caps5", c("week1", "week4"), "response", "nonresponder")
rates("madrs", c("hour24", "week2"), c("response", "remission"), "nonresponder")
rates("pcl5", c("hour24", "week1", "week2", "week4", "week6", "week8"), "response", "completer")
save(do.call(rbind, rate_rows), "sample_rates.csv")

# ---- the arms at baseline, and who has values -------------------------------------------------------------------
# Baseline: strata and texts by level, per arm the participants with a value (n), those of the level and 100 count / n;
# numbers and outcomes by mean and sample standard deviation (n - 1) of those with a value. Without standardised
# differences and tests. Missingness: at each visit at which anybody has a record with a value, per arm its
# participants (n), those with a record that holds a value, those with a total, and 100 (n - n_values) / n.
arms <- c(treatment, control)
baseline_rows <- list()
add_baseline <- function(...) baseline_rows[[length(baseline_rows) + 1]] <<- list(...)
add_means <- function(name, x, arm) for (a in arms) {
  y <- x[arm == a & !is.na(x)]
  add_baseline(variable = name, level = "", arm = a, n = length(y), count = NA_real_, percent = NA_real_, mean = mean(y),
               sd = sd(y))
}
add_levels <- function(name, x, arm) for (l in sort(unique(x), method = "radix")) for (a in arms) {
  y <- x[arm == a & !is.na(x)]
  share <- prop.table(table(factor(y, unique(x))))[[l]]
  add_baseline(variable = name, level = l, arm = a, n = length(y), count = sum(y == l), percent = 100 * share, mean = NA_real_,
               sd = NA_real_)
}
add_levels("site", people$site, people$arm)
add_means("age", people$age, people$arm)
add_levels("sex", people$sex, people$arm)
missing_rows <- list()
for (name in names(outcomes)) {
  o <- outcomes[[name]]
  total <- o$scales[[1]]
  stopifnot(total$id == "total")
  d <- merge(read(name), people[c("record_id", "arm")])
  items <- unique(c(unlist(lapply(o$scales, `[[`, "items")), if (name == "caps5") col("caps5", 23:25)))
  d$seen <- apply(!is.na(d[items]), 1, any)
  d$total <- apply(d[total$items], 1, function(x) score(x, total, o$max_missing)[1])
  first <- d[d$visit == "baseline", ]
  add_means(name, first$total, first$arm)
  for (v in schedule[schedule %in% d$visit[d$seen]]) for (a in arms) {
    here <- d[d$visit == v & d$arm == a, ]
    n <- sum(people$arm == a)
    values <- sum(!is.na(tapply(here$total, here$record_id, sum)))
    missing_rows[[length(missing_rows) + 1]] <- list(
      outcome = name, visit = v, arm = a, n = n, n_records = length(unique(here$record_id[here$seen])), n_values = values,
      n_missing = n - values, percent_missing = 100 * (1 - values / n))
  }
}
save(as.data.frame(data.table::rbindlist(baseline_rows)), "sample_baseline.csv")
save(as.data.frame(data.table::rbindlist(missing_rows)), "sample_missingness.csv")
cat(nrow(data), "outcome rows,", length(effect_rows), "effects,", length(rate_rows), "rates,", length(baseline_rows),
    "rows of baseline,", length(missing_rows), "of missingness\n")
