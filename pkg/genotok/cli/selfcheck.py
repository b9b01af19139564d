"""Does this installation give the right ids? A small sample through every step, against recorded digests."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from genotok.cli.app import describe_error
from genotok.export.gtok import read_gtok, write_gtok
from genotok.io.bed import read_bed
from genotok.tokenizers.interval import IntervalTokenizer

SAMPLE = Path(__file__).parent / "sample"


class WrongAnswerError(Exception):
    """A step ended well with what it should not."""


def check_sample(sample: Path = SAMPLE) -> Iterator[dict[str, Any]]:
    """Do each step and yield how it ended: ``name``, ``ok``, ``seconds``, and ``problem`` where it is not ok."""
    with TemporaryDirectory(prefix="genotok.") as folder:
        check = _Check(sample, Path(folder))
        for name, step in check.steps.items():
            yield _try(name, step)


def _try(name: str, step: Callable[[], None]) -> dict[str, Any]:
    started = perf_counter()
    try:
        step()
        problem = None
    except WrongAnswerError as error:
        problem = str(error)
    except Exception as error:  # whatever it is, it is what the doctor is asked for
        problem = describe_error(error)
    return {"name": name, "ok": problem is None, "seconds": perf_counter() - started, "problem": problem}


class _Check:
    """The steps, each for itself: one that fails does not hide the next."""

    def __init__(self, sample: Path, folder: Path) -> None:
        self._sample, self._folder = sample, folder
        self.steps: dict[str, Callable[[], None]] = {
            "universe": self._read_universe,
            "ids": self._encode,
            "other engine": self._encode_with_ailist,
            "saved folder": self._save_and_open,
            "token file": self._write_and_read,
        }

    @property
    def _expected(self) -> dict[str, Any]:
        return dict(json.loads((self._sample / "expected.json").read_text(encoding="utf-8")))

    def _open(self, **config: Any) -> IntervalTokenizer:
        return IntervalTokenizer.from_bed(self._sample / "universe.bed", **config)

    def _read_universe(self) -> None:
        _compare("universe is", self._open().universe.digest, self._expected["universe_sha256"])

    def _encode(self) -> None:
        self._check_ids(self._open())

    def _encode_with_ailist(self) -> None:
        self._check_ids(self._open(engine="ailist"))

    def _save_and_open(self) -> None:
        self._open().save_pretrained(self._folder / "model")
        self._check_ids(IntervalTokenizer.from_pretrained(self._folder / "model"))

    def _check_ids(self, tokenizer: IntervalTokenizer) -> None:
        rows = tokenizer.encode_rows(read_bed(self._sample / "peaks.bed"))
        write_gtok(self._folder / "ids.gtok", rows.ids)
        found = hashlib.sha256((self._folder / "ids.gtok").read_bytes()).hexdigest()
        _compare("ids are", found, self._expected["gtok_sha256"])

    def _write_and_read(self) -> None:
        ids = self._open().encode_rows(read_bed(self._sample / "peaks.bed")).ids
        write_gtok(self._folder / "again.gtok", ids)
        _compare("ids of the file are", read_gtok(self._folder / "again.gtok").tolist(), ids.tolist())


def _compare(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise WrongAnswerError(f"the {what} {found}, and should be {expected}")
