"""``genotok anndata``: the cells of one .h5ad file as lists of ids, a count matrix, or AnnData."""

from typing import Any

import click

from genotok.cli.celloptions import common_options, run_cells


@click.command(short_help="Tokenize the cells of an .h5ad file.")
@click.argument("path", metavar="H5AD", type=click.Path())
@common_options
@click.option("--layer", metavar="NAME", help="Take this layer instead of X.")
def anndata(path: str, **options: Any) -> int:
    """Tokenize the cells of an AnnData with a universe (extra [sc]).

    Features are regions by the columns chrom, start and end of var, else by their names, as chr1:100-200. A cell's ids
    are those of its non-zero features. The matrix stays on disk and is read some rows at a time.

    \b
    Examples:
      genotok anndata -u universe.bed.gz atac.h5ad --layer counts -o cells.parquet
      genotok anndata -u universe.bed.gz atac.h5ad -o matrix.h5ad

    With --matrix, or into an .h5ad file, the values of all features that overlap a token are added up. For many files
    see genotok tokenize --kind h5ad.
    """  # noqa: D301  # click wants the character itself
    return run_cells(path, "h5ad", **options)
