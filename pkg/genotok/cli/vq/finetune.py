"""``genotok vq finetune``: a pretrained model fitted to labelled DNA."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places


def learning_options(command: Any) -> Any:
    """Add how it is fitted."""
    numbers: tuple[tuple[str, Any, str, str], ...] = (
        ("--epochs", int, "N", "At most (10)."),
        ("--patience", int, "N", "Stop so many epochs after the best on dev rows (3)."),
        ("--batch", int, "N", "Rows a step (32)."),
        ("--lr", float, "RATE", "Of head and LoRA (1e-3)."),
        ("--full-lr", float, "RATE", "Of the model's own weights, with --tune full (5e-5)."),
        ("--dropout", float, "SHARE", "Of the head (0.1)."),
        ("--rank", int, "N", "Of LoRA (8)."),
        ("--alpha", float, "A", "Of LoRA: changes count A / rank times (16)."),
        ("--lora-dropout", float, "SHARE", "Of LoRA (0.05)."),
    )
    for name, kind, metavar, words in reversed(numbers):
        command = click.option(name, type=kind, metavar=metavar, help=words)(command)
    return command


@click.command(short_help="Fit a pretrained model to labelled DNA.")
@click.option("--model", required=True, type=click.Path(), metavar="DIR", help="What genotok vq pretrain wrote.")
@click.option("--train", required=True, type=click.Path(), metavar="CSV", help="Rows sequence,label to learn from.")
@click.option("--dev", required=True, type=click.Path(), metavar="CSV", help="Rows that choose the epoch.")
@click.option("--test", required=True, type=click.Path(), metavar="CSV", help="Rows that are read once, at the end.")
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False), metavar="DIR", help="For the results.")
@click.option(
    "--tune",
    type=click.Choice(["lora", "full", "head"]),
    default="lora",
    show_default=True,
    help="What is learned: small changes of attention, all weights, or a head on the model as it is.",
)
@learning_options
@click.option("--seeds", type=click.IntRange(min=1), default=5, metavar="N", help="Runs, of seeds 0, 1, .. (5).")
@click.option("--device", default="auto", metavar="auto|cpu|cuda", help="Where it is trained (auto).")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Of PyTorch on the processor.")
@report_options
def finetune(**options: Any) -> int:
    """Fit a pretrained language model to classes of DNA ([pretrain]).

    The mean of what the model makes of a sequence's tokens goes through a hidden layer to the classes. Each seed begins
    anew; the epoch of the highest correlation (MCC) on dev rows reads the test rows. Told are MCC, macro F1 and
    accuracy of each seed, their means, and 95 % intervals drawn over test rows and seeds. DIR gets finetune.json,
    predictions.csv, and the model of the seed that is best on dev, with LoRA merged into its weights.

    CSV files, gzipped or not, have the columns sequence and label: 0, 1, ..

    \b
    Examples:
      genotok vq finetune --model bert/ --train train.csv --dev dev.csv --test test.csv -o tuned/
      genotok vq finetune --model bert/ --train train.csv --dev dev.csv --test test.csv --tune head --seeds 3 -o probed/
    """  # noqa: D301  # click wants the character itself
    read = [(f"--{name}", options[name]) for name in ("model", "train", "dev", "test")]
    check_places(read, [("output", options["output"]), ("--report-file", options["report_file"])])
    if any(name == "-" for _, name in read):
        raise click.UsageError("finetune reads files and folders; name one instead of -")
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.finetuning import finetune_model

    told, lines = finetune_model(options)
    write_words(told, lines, options)
    return DONE
