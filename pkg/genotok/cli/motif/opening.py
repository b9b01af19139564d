"""What the words of a command line stand for: motif sets, backgrounds, tokenizers, each with the warnings it gave."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import ENOENT, ENOTDIR
from pathlib import Path
from typing import Any

import click
import numpy as np

from genotok.cli.app import spell_options
from genotok.cli.report import count
from genotok.errors import MotifWarning
from genotok.io.fasta import FastaReader
from genotok.io.motifs import read_motifs
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_config import MotifConfig
from genotok.values.motifs import UNIFORM, MotifSet
from genotok.values.thresholds import ThresholdRule

_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_JASPAR = re.compile(r"jaspar(\d{4})(?:-(\w+))?", re.IGNORECASE)


def open_motifs(name: str, *, format: Any = None, invalid: Any = "error", versions: Any = "one") -> MotifSet:  # noqa: A002  # the users' word
    """Read a file of motifs, or a CORE collection of JASPAR by its year: ``jaspar2022``, ``jaspar2024-plants``."""
    found = _JASPAR.fullmatch(name)
    if found is None or Path(name).exists():
        return read_motifs(name, format=format, invalid=invalid, versions=versions)
    each = "all" if versions == "all" else "latest"
    return MotifSet.from_jaspar(release=int(found[1]), taxon=found[2] or "vertebrates", versions=each)


def tell_motifs(motifs: MotifSet) -> list[str]:
    """Say what is worth knowing of the motifs of a file that was read."""
    return [
        *motifs.report.notes,
        *(f"{count(number, 'motif')} left out: {why}" for why, number in motifs.report.skipped.items()),
    ]


def read_background(text: str | None, paths: Sequence[str]) -> tuple[float, ...]:
    """Return the shares of A, C, G and T: uniform if nothing is said, four numbers, or ``genome``: of the files."""
    if text is None:
        return UNIFORM
    if text == "genome":
        return count_background(paths)
    try:
        shares = tuple(float(each) for each in text.split(","))
    except ValueError:
        shares = ()
    if len(shares) != 4:
        raise click.UsageError(f"--background {text!r} is neither genome nor four shares, as 0.3,0.2,0.2,0.3")
    return shares


def count_background(paths: Sequence[str]) -> tuple[float, ...]:
    """Count the letters of FASTA files, both strands together, as shares of A, C, G and T."""
    counts = np.zeros(5, dtype=np.int64)
    for path in paths:
        for piece in FastaReader(path):
            counts += np.bincount(piece.codes, minlength=5).astype(np.int64)
    weak, strong = int(counts[0] + counts[3]), int(counts[1] + counts[2])
    if not (weak and strong):
        raise click.UsageError("--background genome: the input has no A and T, or no C and G")
    at, gc = weak / (2 * (weak + strong)), strong / (2 * (weak + strong))
    return at, gc, gc, at


def rule_of(pvalue: float | None, relative: float | None) -> ThresholdRule:
    """Return when a window is a hit."""
    if pvalue is not None and relative is not None:
        raise click.UsageError("--pvalue and --relative are two rules; give one")
    return ThresholdRule(pvalue=pvalue) if relative is None else ThresholdRule(relative=relative)


def config_of(preset: str, **settings: Any) -> MotifConfig:
    """Return the settings of a preset with those changed that are given, i.e. not None."""
    if settings.get("pvalue") is not None and settings.get("relative") is not None:
        raise click.UsageError("--pvalue and --relative are two rules; give one")
    chosen = {name: value for name, value in settings.items() if value is not None}
    if "relative" in chosen:
        chosen["pvalue"] = None  # a preset may have set it
    return MotifConfig.preset(preset, **chosen)  # type: ignore[arg-type]  # one of the choices


def open_tokenizer(name: str) -> MotifTokenizer:
    """Open what fit wrote, here or in a repository (owner/name)."""
    if Path(name).is_file():
        raise NotADirectoryError(ENOTDIR, "is a file; name the folder that genotok motif fit wrote", name)
    if not Path(name).is_dir() and (not _REPOSITORY.fullmatch(name) or Path(name).parent.is_dir()):
        raise FileNotFoundError(ENOENT, "no such folder; check the path", name)
    return MotifTokenizer.from_pretrained(name)


@contextmanager
def warnings_told(say: Callable[[str], None]) -> Iterator[None]:
    """Pass on what the library warns of, as words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MotifWarning)
        try:
            yield
        finally:
            for each in caught:
                if issubclass(each.category, MotifWarning):
                    say(f"warning: {spell_options(str(each.message))}")
