# genotok from R, through reticulate: a BED file, GRanges or a data.frame in, token ids out.
#
#   RETICULATE_PYTHON=/path/to/python Rscript genotok.R universe.bed peaks.bed
#
# Needs a Python with genotok (pip install genotok). Source it for `regions_of`, `tokenize` and `ranges_of`.

needs <- function(package, debian) {
  if (nzchar(system.file(package = package))) return(invisible())
  stop(package, " is missing; on Debian: apt-get install ", debian, call. = FALSE)
}
needs("reticulate", "r-cran-reticulate")
suppressPackageStartupMessages(library(reticulate))
genotok <- tryCatch(import("genotok", convert = FALSE), error = function(e) {
  cure <- "; pip install genotok, and set RETICULATE_PYTHON to the python that has it"
  stop(trimws(conditionMessage(e)), cure, call. = FALSE)
})
np <- import("numpy", convert = FALSE)

# Numbers travel as bytes: any reticulate knows any NumPy so far, a million of them are quick, and one stays a vector.
to_numpy <- function(x) np$frombuffer(writeBin(as.integer(x), raw()), dtype = "int32")
from_numpy <- function(array) {
  bytes <- py_to_r(import_builtins(convert = FALSE)$bytearray(array$astype("float64")$tobytes()))
  as.integer(readBin(bytes, "double", length(bytes) / 8))
}
is_whole <- function(column) is.numeric(column) && isTRUE(all(abs(column) < 2^31 & column == trunc(column)))

# Regions of a GRanges, which is 1-based and closed, or of a data.frame, which is 0-based and half-open as BED is.
regions_of <- function(x) {
  if (inherits(x, "GRanges")) {
    chrom <- as.factor(GenomicRanges::seqnames(x))
    start <- GenomicRanges::start(x) - 1L
    end <- GenomicRanges::end(x)
  } else {
    stopifnot("x is a GRanges, or a data.frame with the columns chrom, start and end" =
                is.data.frame(x) && all(c("chrom", "start", "end") %in% names(x)))
    chrom <- x[["chrom"]]
    start <- x[["start"]]
    end <- x[["end"]]
    stopifnot("chrom names each row's chromosome" = !anyNA(chrom),
              "chrom holds texts: \"1\", not 1" = is.character(chrom) || is.factor(chrom) || nrow(x) == 0,
              "start and end are whole numbers" = is_whole(start) && is_whole(end))
    chrom <- as.factor(chrom)
  }
  genotok$Regions$from_codes(as.list(levels(chrom)), to_numpy(as.integer(chrom) - 1L), to_numpy(start), to_numpy(end))
}

# The ids of each row, as a list of integer vectors: tokenize(tokenizer, x)[[i]] are those of x[i]. Python reads a path.
tokenize <- function(tokenizer, x) {
  rows <- tokenizer$encode_rows(if (is.character(x) && length(x) == 1) x else regions_of(x))
  counts <- from_numpy(np$diff(rows$offsets))
  unname(split(from_numpy(rows$ids), factor(rep.int(seq_along(counts), counts), levels = seq_along(counts))))
}

# The regions of ids, as GRanges.
ranges_of <- function(tokenizer, ids) {
  needs("GenomicRanges", "r-bioc-genomicranges")
  stopifnot("ids are those of regions" =
              is.null(ids) || is_whole(ids) && all(ids >= 0 & ids < py_to_r(tokenizer$n_regions)))
  part <- tokenizer$universe$regions$take(to_numpy(ids))
  names <- as.character(unlist(py_to_r(part$chrom_names)))
  GenomicRanges::GRanges(
    names[from_numpy(part$codes) + 1L],
    IRanges::IRanges(from_numpy(part$starts) + 1L, from_numpy(part$ends))
  )
}

if (sys.nframe() == 0L && !interactive()) {
  paths <- commandArgs(trailingOnly = TRUE)
  if (length(paths) != 2) stop("give two files: Rscript genotok.R universe.bed peaks.bed", call. = FALSE)
  tokenizer <- genotok$IntervalTokenizer(paths[[1]])
  for (ids in tokenize(tokenizer, paths[[2]])) cat("[", paste(ids, collapse = " "), "]\n", sep = "")
}
