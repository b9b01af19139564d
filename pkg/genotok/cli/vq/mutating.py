"""The work of ``genotok vq mutations``: substitutions found or given, and the codes that each changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from genotok.arrays import Bytes
from genotok.cli.report import count
from genotok.cli.vq.decoding import opened_output
from genotok.cli.vq.opening import open_tokenizer, short_sequences_told
from genotok.cli.vq.options import config_of
from genotok.errors import InputError
from genotok.io.fasta import FastaReader, read_fasta
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.kernels.walking import find_differences
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_mutate import MutationEffect
from genotok.values.sequences import encode_text

_CHANGE = re.compile(r"([ACGTUN])(\d{1,10})([ACGTUN])", re.IGNORECASE)
_LETTERS = "ACGTN"
_GAP = ord("-")
HEADER = "genome\tchange\tlevel\tcodes\told\tnew\n"


class Change(NamedTuple):
    """A substitution: ``place`` from 0, the letter there, and the new one."""

    place: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.old}{self.place + 1}{self.new}"


def read_change(text: str) -> Change | None:
    """Read a substitution, as C241T; None for what is none, or a file of this name.

    >>> read_change("C241T"), read_change("genome.fa")
    (Change(place=240, old='C', new='T'), None)
    """
    found = _CHANGE.fullmatch(text)
    if found is None or Path(text).exists():
        return None
    old, new = (each.upper().replace("U", "T") for each in (found[1], found[3]))
    return Change(int(found[2]) - 1, old, new)


class _Effects:
    """What changes do to the tokens of a reference, each looked up once."""

    def __init__(self, tokenizer: VQTokenizer, reference: Codes) -> None:
        self._tokenizer, self.reference = tokenizer, reference
        self._known: dict[tuple[int, str], MutationEffect] = {}

    @cached_property
    def _margin(self) -> int:
        """Bases around a change that decide all tokens that see it, in whole steps."""
        span, stride = self._tokenizer.receptive_span, self._tokenizer.stride
        return -(-2 * span // stride) * stride

    def of(self, change: Change) -> MutationEffect:
        """Return the tokens that change."""
        key = change.place, change.new
        if key not in self._known:
            start = change.place // self._tokenizer.stride * self._tokenizer.stride - self._margin
            start = max(start, 0)
            piece = self.reference[start : change.place + self._margin + 1]
            whole = piece if self._tokenizer.config.strand == "forward" else self.reference
            start = start if whole is piece else 0
            self._known[key] = self._tokenizer.mutate(whole, change.place - start, change.new)
        return self._known[key]


def list_changes(
    reference: str, genomes: Sequence[str], options: Mapping[str, Any]
) -> tuple[dict[str, Any], Iterator[str]]:
    """Write the table; returns what there is to tell, and it as text."""
    tokenizer = open_tokenizer(options["tokenizer"], **config_of(options))
    effects = _Effects(tokenizer, _read_reference(reference))
    told: dict[str, Any] = {"genomes": 0, "changes": 0, "inserted": 0, "deleted": 0, "not_alike": []}
    changed = np.zeros(len(tokenizer.levels), dtype=np.int64)
    with opened_output(options["output"]) as sink, short_sequences_told():
        sink.write(HEADER.encode())
        for genome, change in _changes(effects.reference, genomes, told):
            effect = effects.of(change)
            told["changes"] += 1
            changed += effect.levels.sum(axis=1, dtype=np.int64)
            sink.write("".join(_rows(genome, change, effect)).encode())
    told["mean_codes"] = [round(float(each), 4) for each in changed / max(told["changes"], 1)]
    return told | {"output": options["output"]}, _lines(told, options["output"])


def _read_reference(path: str) -> Codes:
    records = read_fasta(path)
    if len(records) != 1:
        raise InputError(f"{count(len(records), 'record')}", path=path, hint="a reference is one record")
    return next(iter(records.values())).codes


def _changes(reference: Codes, genomes: Sequence[str], told: dict[str, Any]) -> Iterator[tuple[str, Change]]:
    """Yield the changes that were given, and those of all genomes, by name."""
    for each in genomes:
        change = read_change(each)
        if change is not None:
            yield "given", _checked(change, reference)
            continue
        for name, codes in _genomes(each):
            found = find_differences(reference, codes)
            if found is None:
                told["not_alike"].append(name)
                continue
            told["genomes"] += 1
            told["inserted"], told["deleted"] = told["inserted"] + found.inserted, told["deleted"] + found.deleted
            for place, base in zip(found.places.tolist(), found.bases.tolist(), strict=True):
                yield name, Change(place, _LETTERS[int(reference[place])], _LETTERS[base])


def _genomes(path: str) -> Iterator[tuple[str, Codes]]:
    """Yield the records of a file one by one, without the gaps of an alignment that some have."""
    name, pieces = "", list[Codes]()
    for piece in FastaReader(path, encode=_without_gaps):
        if piece.name != name and pieces:
            yield name, np.concatenate(pieces)
            pieces = []
        name = piece.name
        pieces.append(piece.codes)
    yield name, np.concatenate(pieces)


def _without_gaps(text: Bytes, name: str, **place: Any) -> Codes:
    return encode_text(text[text != _GAP], name, **place)


def _checked(change: Change, reference: Codes) -> Change:
    """Refuse a change whose old letter is not the reference's."""
    if change.place < 0 or change.old == change.new:
        what = "there is no base 0" if change.place < 0 else "it changes nothing"
        raise click.UsageError(f"{change}: {what}; write C241T, places count from 1")
    if change.place >= len(reference):
        raise click.UsageError(f"{change}: the reference has {len(reference):,} bases")
    there = _LETTERS[int(reference[change.place])]
    if there != change.old and int(reference[change.place]) != UNKNOWN:
        raise click.UsageError(f"{change}: the reference has {there} there; places count from 1")
    return change


def _rows(genome: str, change: Change, effect: MutationEffect) -> Iterator[str]:
    for level, differs in enumerate(effect.levels):
        pairs = [
            ",".join("unk" if code == UNKNOWN_CODE else str(code) for code in codes[level, differs].tolist()) or "."
            for codes in (effect.old_codes, effect.new_codes)
        ]
        yield f"{genome}\t{change}\t{level + 1}\t{int(np.count_nonzero(differs))}\t{pairs[0]}\t{pairs[1]}\n"


def _lines(told: Mapping[str, Any], output: str) -> Iterator[str]:
    found = f"{count(told['changes'], 'substitution')} of {count(told['genomes'], 'genome')}"
    gaps = f"; {told['inserted']:,} bases inserted and {told['deleted']:,} deleted are left out"
    yield found + (gaps if told["inserted"] or told["deleted"] else "")
    means = ", ".join(f"level {level + 1} {mean:.2f}" for level, mean in enumerate(told["mean_codes"]))
    yield f"codes changed by one, on average: {means}"
    if told["not_alike"]:
        names = ", ".join(told["not_alike"][:5])
        yield f"note: {count(len(told['not_alike']), 'genome')} unlike the reference: {names}"
    yield f"written to {'standard output' if output == '-' else output}"
