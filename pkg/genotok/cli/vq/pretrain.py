"""``genotok vq pretrain``: a masked language model on the tokens of a frozen tokenizer."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places
from genotok.cli.vq.train import parse_weighted

PRESETS = ("cpu", "h200")


def model_options(command: Any) -> Any:
    """Add the numbers of a preset that may be changed."""
    numbers: tuple[tuple[str, Any, str, str], ...] = (
        ("--layers", int, "N", "Of the model (2; h200: 8)."),
        ("--hidden", int, "N", "Numbers a token (128; h200: 512)."),
        ("--heads", int, "N", "Of attention (2; h200: 8)."),
        ("--ffn", int, "N", "Numbers inside a layer (512; h200: 2048)."),
        ("--tokens", int, "N", "Of a row (256; h200: 512)."),
        ("--batch", int, "N", "Rows a step (16; h200: 256)."),
        ("--steps", int, "N", "Of training (600; h200: until it ends otherwise)."),
        ("--minutes", float, "M", "End after so long (h200: 30)."),
        ("--patience", int, "N", "End after so many measures without a better one (h200: 3)."),
        ("--mask", float, "SHARE", "Of tokens that are hidden (0.25)."),
        ("--lr", float, "RATE", "Highest rate of AdamW (5e-4)."),
        ("--warmup", float, "SHARE", "Of the run in which the rate rises (0.05)."),
        ("--every", int, "STEPS", "Measure, and keep a checkpoint (100; h200: 500)."),
    )
    for name, kind, metavar, words in reversed(numbers):
        command = click.option(name, type=kind, metavar=metavar, help=words)(command)
    return command


@click.command(short_help="Pretrain a language model on tokens.")
@click.option(
    "--fasta",
    "sources",
    multiple=True,
    required=True,
    callback=parse_weighted,
    metavar="FILE[@WEIGHT]",
    help="What to learn from, may be repeated; with @30 each of its bases counts 30 times.",
)
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False), metavar="DIR", help="Of the model.")
@click.option(
    "-t",
    "--tokenizer",
    default="vq-fine",
    show_default=True,
    metavar="NAME|DIR",
    help="A learned one, or a rival: char, kmer3 .. kmer7, kmer6-step6, kmer7-merged, bpe.",
)
@click.option("--bpe", type=click.Path(), metavar="FILE", help="tokenizer.json of DNABERT-2, for -t bpe.")
@click.option("--preset", default="cpu", show_default=True, metavar="|".join(PRESETS), help="A small or a large model.")
@model_options
@click.option(
    "--rc/--no-rc", default=None, help="Read half of the crops from their other strand (default: symmetric tokenizers)."
)
@click.option(
    "--balance", type=float, default=1.0, metavar="B", help="Weigh files by bases^B: 1 all bases alike, 0 all files."
)
@click.option("--seed", type=int, default=0, metavar="N", help="Decides all that is drawn (0).")
@click.option("--device", default="auto", metavar="auto|cpu|cuda", help="Where the model is trained (auto).")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Of PyTorch on the processor.")
@click.option("--deterministic", is_flag=True, help="Ask CUDA for the same bytes each time, where it can.")
@click.option("--resume", is_flag=True, help="Go on after the last checkpoint in DIR.")
@click.option("--name", metavar="NAME", help="How the card calls it; default: the folder.")
@report_options
def pretrain(**options: Any) -> int:
    """Pretrain a masked language model, a BERT, on the tokens of a tokenizer that stays as it is ([pretrain]).

    A quarter of the tokens is hidden, and the model learns to fill them in. Of a tokenizer with levels it reads the sum
    of the levels' embeddings, and answers each level. Every tokenizer gets the very same model. The folder is what
    transformers opens, with the tokenizer and a card; genotok vq finetune and embed take it. The last tenth of each
    record of 100 kb or more is held out, and the best model on it is kept.

    \b
    Examples:
      genotok vq pretrain --fasta genome.fa.gz -o bert/
      genotok vq pretrain --fasta genome.fa.gz -t kmer6-step6 --layers 1 --tokens 64 --steps 30 -o rival/

    Ctrl-C keeps a checkpoint, and --resume goes on from there.
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    read = [*(("--fasta", name) for name, _ in options["sources"]), ("--bpe", options["bpe"])]
    check_places(read, [("output", output), ("--report-file", options["report_file"])])
    if any(name == "-" for _, name in read):
        raise click.UsageError("pretrain reads its input more than once; name a file instead of -")
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.pretraining import pretrain_model

    told, lines = pretrain_model(options)
    write_words(told, lines, options)
    return DONE
