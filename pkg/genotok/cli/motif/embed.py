"""``genotok motif embed``: bins, tokens or features as dots, like ones near each other, and their groups."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, json_option, plot_option, plot_places, tokenizer_option
from genotok.cli.places import check_places


@click.command(short_help="Lay out bins or tokens by likeness, and group them.")
@click.argument("corpus", required=False, metavar="[FASTA|DIR]", type=click.Path())
@tokenizer_option
@click.option(
    "--of",
    type=click.Choice(["bins", "tokens", "features"]),
    default="bins",
    help="Bins by the shares of clusters in them (default), tokens by the mean of their bins, or features by their "
    "dependence on each other, from fit --save-ids.",
)
@click.option("--min-count", type=int, metavar="N", help="Least frequency of a token that counts, as in zipf.")
@click.option("--max-count", type=int, metavar="N", help="Its largest frequency, as in zipf.")
@click.option("--sample", type=click.IntRange(min=8), default=8000, metavar="N", help="Rows at most, drawn (8000).")
@click.option(
    "--layout",
    type=click.Choice(["umap+tsne", "umap", "tsne", "pca"]),
    default="umap+tsne",
    help="t-SNE started from UMAP (default), one of them, or principal components alone.",
)
@click.option("--components", type=int, default=180, metavar="N", help="Principal components that are kept (180).")
@click.option("--neighbours", type=int, default=320, metavar="K", help="Of a row in the graph of groups (320).")
@click.option("--subneighbours", type=int, default=80, metavar="K", help="The same inside a group (80).")
@click.option("--seed", type=int, default=0, metavar="N", help="Draws rows, layout and groups (0).")
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True, dir_okay=False),
    metavar="FILE.tsv",
    help="The table; - is stdout (default).",
)
@plot_option
@jobs_option
@json_option
def embed(corpus: str | None, **options: Any) -> int:
    """Lay out bins, tokens or features in two dimensions, and group them by Louvain's communities ([motif]).

    Rows whose token passes the filter of zipf are drawn, reduced to principal components of variance 1, laid out, and
    grouped by the graph of their nearest neighbours, then once more inside each group. The table has a line for each
    row; which clusters a group is rich in, and the modularity, are told on stderr, or with --json on stdout.

    \b
    Examples:
      genotok motif embed -t paper/ bins/ --min-count 5 --layout pca
      genotok motif embed -t paper/ genome.fa.gz --of tokens --max-count 999 --layout pca -o places.tsv --plot x.svg
      genotok motif embed -t paper/ bins/ --min-count 5 --sample 200 --layout tsne --json -o places.tsv
    """  # noqa: D301  # click wants the character itself
    if options["as_json"] and options["output"] == "-":
        raise click.UsageError("--json goes to stdout; send the table elsewhere, as -o places.tsv")
    if corpus is None and options["of"] != "features":
        raise click.UsageError(f"{options['of']} are those of a corpus; name a FASTA, or a store")
    read = [("corpus", corpus), ("--tokenizer", options["tokenizer"])]
    drawn = [each for each in plot_places(options["plot"]) if each[1] != options["output"]]  # one table is the other
    check_places(read, [("output", options["output"]), *drawn])
    from genotok.cli.motif.embedding import embed_rows  # here, so that --help and usage errors need no NumPy

    told, lines = embed_rows(corpus, options)
    click.echo(json.dumps(told, indent=2) if options["as_json"] else "\n".join(lines), err=not options["as_json"])
    return DONE
