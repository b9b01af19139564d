"""``genotok fragments``: the cells of one fragment file as lists of ids, a count matrix, or AnnData."""

from typing import Any

import click

from genotok.cli.celloptions import common_options, run_cells
from genotok.cli.inputs import parse_renames


@click.command(short_help="Tokenize the cells of a fragment file.")
@click.argument("path", metavar="FRAGMENTS|-", type=click.Path(allow_dash=True))
@common_options
@click.option(
    "--barcodes", type=click.Path(), metavar="FILE", help="Keep these cells, in this order; one a line, plain or gzip."
)
@click.option("--min-fragments", type=click.IntRange(0), default=0, metavar="N", help="Leave out cells with fewer (0).")
@click.option(
    "--weight",
    type=click.Choice(["lines", "count"]),
    default="lines",
    help="In a matrix, count each line once (default), or as often as its fifth column says.",
)
@click.option(
    "--rename-chroms",
    multiple=True,
    callback=parse_renames,
    metavar="auto|OLD=NEW",
    help="Rename chromosomes as the universe spells them (1 to chr1, MT to chrM), or by pairs.",
)
@click.option("--keep-empty", is_flag=True, help="Take a file without any fragment for one without cells.")
def fragments(path: str, **options: Any) -> int:
    """Tokenize the cells of a fragment file with a universe.

    Its lines are chrom, start, end and barcode, mostly also a count; plain, gzip or bgzip; - is standard input. A cell
    becomes a document named by its barcode, in the order of appearance or of --barcodes.

    \b
    Examples:
      genotok fragments -u universe.bed.gz fragments.tsv.gz > cells.jsonl
      genotok fragments -u universe.bed.gz fragments.tsv.gz -o cells.parquet --barcodes barcodes.tsv.gz
      genotok fragments -u universe.bed.gz fragments.tsv.gz -o matrix.npz --matrix --min-fragments 500
      genotok fragments -u universe.bed.gz fragments.tsv.gz -o cells.h5ad --weight count

    Memory grows with the tokens of all cells, for a matrix with its non-zero entries. For many files see genotok
    tokenize --kind fragments.
    """  # noqa: D301  # click wants the character itself
    return run_cells(path, "fragments", **options)
