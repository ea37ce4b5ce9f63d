# SPDX-License-Identifier: Apache-2.0
# Judges each line "a<TAB>b" of the file with R's numeric_version: <, = or >, ! when it refuses one.
lines <- strsplit(readLines(commandArgs(trailingOnly = TRUE)[1]), "\t")
versions <- numeric_version(vapply(lines, function(x) x[1], ""), strict = FALSE)
others <- numeric_version(vapply(lines, function(x) x[2], ""), strict = FALSE)
answers <- ifelse(is.na(versions) | is.na(others), "!",
                  ifelse(versions < others, "<", ifelse(versions > others, ">", "=")))
cat(answers, sep = "\n")
cat("\n")
