"""The options of commands that train networks or ask them; nothing here loads NumPy or torch."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def parse_names(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Read names, several in one word with commas between; None if the option is not given."""
    names = tuple(name for value in values for name in value.split(",") if name)
    return names if values else None


def track_option(*, required: bool) -> Callable[[Command], Command]:
    """Add the signals to predict."""
    return click.option(
        "--track",
        "tracks",
        multiple=True,
        required=required,
        type=click.Path(),
        metavar="FILE",
        help="The signal to predict: bedGraph or bigWig; several for several tracks.",
    )


def store_option(command: Command) -> Command:
    """Add where bins may lie already."""
    words = "Read the bins from a store of the same genome instead of cutting them again."
    return click.option("--store", type=click.Path(), metavar="DIR", help=words)(command)


def device_option(command: Command) -> Command:
    """Add what computes."""
    words = "cpu, cuda, cuda:1, mps; auto (default) is the first accelerator that is there, else the processor."
    return click.option("--device", default="auto", metavar="NAME", help=words)(command)


def run_argument(command: Command) -> Command:
    """Add the folder of a run."""
    return click.argument("run", metavar="RUN", type=click.Path())(command)


def window_options(command: Command) -> Command:
    """Add how contigs are cut into windows."""
    for option in (
        click.option("--shift", type=int, metavar="N", help="Windows move by up to so many bins (length / 5)."),
        click.option("--crop", type=int, metavar="N", help="Bins at either side that are not judged (length / 10)."),
        click.option("--stride", type=int, metavar="N", help="From one window to the next (2 / 5 of length)."),
        click.option("--length", type=int, default=1250, metavar="N", help="Bins of a window (1250, about 20 kb)."),
    ):
        command = option(command)
    return command


def network_options(command: Command) -> Command:
    """Add which network."""
    for option in (
        click.option(
            "--scale", type=int, default=1, metavar="N", help="Divide all widths by 2, 4 .. 32, for small machines."
        ),
        click.option(
            "--dropout", type=float, default=0.2, metavar="SHARE", help="Of what is left out while it learns (0.2)."
        ),
        click.option(
            "--final",
            type=click.Choice(["softplus", "relu"]),
            default="softplus",
            help="What keeps predictions above 0 (softplus); relu is the paper's code.",
        ),
        click.option("--pool", type=click.Choice(["max", "avg"]), default="max", help="How bases are halved (max)."),
        click.option(
            "--model",
            type=click.Choice(["conv", "transformer"]),
            default="conv",
            help="Convolutions alone (default), or attention.",
        ),
        click.option(
            "--input",
            "input_",
            type=click.Choice(["tokens", "onehot"]),
            default="tokens",
            help="Shares of clusters in bins (default), or the letters around the same windows.",
        ),
    ):
        command = option(command)
    return command


def schedule_options(command: Command) -> Command:
    """Add how it learns."""
    for option in (
        click.option("--autocast", is_flag=True, help="Compute in bfloat16 on an accelerator."),
        click.option("--workers", type=int, default=0, metavar="N", help="Processes that read windows (0)."),
        click.option("--seed", type=int, default=0, metavar="N", help="Draws weights, order, shifts, dropout (0)."),
        click.option("--patience", type=int, default=5, metavar="N", help="Stop so many epochs after the best (5)."),
        click.option(
            "--multinomial", type=float, default=4.0, metavar="W", help="Weight of that part of the loss (4)."
        ),
        click.option("--poisson", type=float, default=1.0, metavar="W", help="Weight of that part of the loss (1)."),
        click.option("--gamma", type=float, default=0.5, metavar="G", help="For step: times so much each 5 epochs."),
        click.option(
            "--schedule",
            type=click.Choice(["linear", "step"]),
            default="linear",
            help="How the rate falls after that (linear).",
        ),
        click.option("--warmup", type=int, metavar="N", help="Epochs in which the rate rises (a third)."),
        click.option("--rate", type=float, default=1e-4, metavar="R", help="Highest learning rate (0.0001)."),
        click.option("--batch", type=int, default=32, metavar="N", help="Windows at once (32)."),
        click.option("--epochs", type=int, default=15, metavar="N", help="At most (15)."),
    ):
        command = option(command)
    return command


def attribution_options(command: Command) -> Command:
    """Add how attributions are made."""
    for option in (
        click.option("--track", type=int, default=1, metavar="N", help="Which of the predicted tracks (1)."),
        click.option("--batch", type=click.IntRange(min=1), default=8, metavar="N", help="Windows at once (8)."),
        click.option(
            "--method",
            type=click.Choice(["gradient", "deeplift"]),
            default="gradient",
            help="Input times gradient (default), or DeepLIFT, for networks of convolutions.",
        ),
    ):
        command = option(command)
    return command
