"""Options that several commands on learned tokens have, spelled once; nothing here loads NumPy."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

CONFIG = ("layout", "ends", "unknown", "strand", "soft_mask", "phase", "backend")  # options that are settings


def model_option(command: Command) -> Command:
    """Add which tokenizer."""
    return click.option(
        "-t",
        "--tokenizer",
        default="vq-fine",
        metavar="MODEL",
        help="vq-fine (default), vq-compact, vq-hrq, a folder that train wrote, or its repository (owner/name).",
    )(command)


def config_options(command: Command) -> Command:
    """Add how sequences are read; what is not given is as the tokenizer was saved."""
    for option in (
        click.option("--backend", type=click.Choice(["auto", "table", "conv"]), help="What finds the codes."),
        click.option("--phase", type=click.IntRange(min=0), metavar="BP", help="Leave out so many bases at the start."),
        click.option("--soft-mask", type=click.Choice(["upper", "unknown"]), help="What lower case is read as."),
        click.option(
            "--strand",
            type=click.Choice(["forward", "reverse", "canonical"]),
            help="Which strand is read; canonical is the first of both in the alphabet.",
        ),
        click.option(
            "--unknown",
            type=click.Choice(["unk", "majority", "drop", "error"]),
            help="What becomes of tokens with unknown bases.",
        ),
        click.option(
            "--ends", type=click.Choice(["valid", "same"]), help="Whole windows alone, or a token for every base."
        ),
        click.option(
            "--layout",
            type=click.Choice(["auto", "fine", "joint", "interleave"]),
            help="Ids of the finest level, of all together, or one for each level.",
        ),
    ):
        command = option(command)
    return command


def config_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were given."""
    return {name: options[name] for name in CONFIG if options.get(name) is not None}
