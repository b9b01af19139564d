"""``genotok motif coverage``: how well tokens spell motifs, beside random cuts of the same lengths."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, json_option, plot_option, plot_places, tokenizer_option
from genotok.cli.motif.zipf import parse_lengths
from genotok.cli.places import check_places


@click.command(short_help="Score how well tokens spell motifs.")
@click.argument("fasta", metavar="FASTA", type=click.Path())
@tokenizer_option
@click.option(
    "--tokens",
    type=click.IntRange(min=1),
    default=4096,
    metavar="N",
    help="Bins that are drawn, at most so many (4096).",
)
@click.option("--kmers", callback=parse_lengths, default="3,4,5,6", metavar="K,K", help="Words of K letters (3,4,5,6).")
@click.option("--bpe", callback=parse_lengths, metavar="V,V", help="Byte-pair encodings of V tokens ([motif]).")
@click.option("--seed", type=int, default=0, metavar="N", help="Draws bins and random cuts (0).")
@plot_option
@jobs_option
@json_option
def coverage(fasta: str, **options: Any) -> int:
    """Score each motif with the token that is most like it, for bins, words of k letters and byte pairs.

    The likeness is the cosine of a token's letters and the motif's shares, both less a quarter, at the best offset. A
    longer token, and a larger vocabulary, is like more motifs by chance alone: so each row is followed by as many
    random cuts of the same lengths, and only these two compare.

    \b
    Examples:
      genotok motif coverage -t model/ genome.fa.gz --tokens 500 --kmers 3,4
      genotok motif coverage -t model/ genome.fa.gz --tokens 200 --kmers 4 --plot likeness.svg --json
    """  # noqa: D301  # click wants the character itself
    plot = options["plot"]
    check_places([("input", fasta), ("--tokenizer", options["tokenizer"])], plot_places(plot))
    from genotok.analysis.coverage import compare_coverage  # here, so that --help needs no NumPy
    from genotok.analysis.likenesspicture import draw_likeness, likeness_table
    from genotok.analysis.motifcorpus import join_codes
    from genotok.cli.motif.counting import read_letters
    from genotok.cli.motif.opening import open_tokenizer
    from genotok.cli.motif.pictures import write_picture
    from genotok.cli.motif.vocabularies import vocabularies_of

    tokenizer = open_tokenizer(options["tokenizer"])
    sequences = read_letters(fasta)
    vocabularies = vocabularies_of(tokenizer, sequences, fasta, options)
    table = compare_coverage(vocabularies, tokenizer.motifs, join_codes(sequences), seed=options["seed"])
    if plot is not None:
        write_picture(
            plot,
            draw_likeness(table, title="How well tokens spell motifs"),
            likeness_table(table, tokenizer.motifs.ids),
        )
    told = {"corpus": fasta, "motifs": len(tokenizer.motifs), "seed": options["seed"]} | table.to_dict()
    if options["as_json"]:
        click.echo(json.dumps(told, indent=2))
        return DONE
    click.echo(f"{fasta}, {len(tokenizer.motifs):,} motifs, seed {options['seed']}")
    click.echo(str(table))
    return DONE
