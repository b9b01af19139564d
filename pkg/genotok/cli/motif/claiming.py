"""The work of ``genotok motif claims``: a corpus, what is learnt of it, figures that are kept, and the page."""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from genotok import __version__
from genotok.analysis.claimpage import claims_page
from genotok.analysis.claims import Figure, count_verdicts, judge_all
from genotok.analysis.modelfigures import figures_of_models
from genotok.analysis.paperclaims import CLAIMS
from genotok.cli.motif import measuring
from genotok.cli.motif.measuring import Numbers
from genotok.cli.motif.opening import open_motifs, warnings_told
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import say
from genotok.errors import GenotokError, InputError, MissingExtraError
from genotok.io.fasta import FastaReader, read_fasta
from genotok.io.sinks import atomic_write
from genotok.io.tokenstore import STORE_FILE, TokenStore
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_config import MotifConfig
from genotok.values.sequences import Sequences

_GAP = b"N" * 40  # between stretches of known bases
_ITSELF = "genotok motif claims"
_ELSEWHERE = {"matrix.clusters": "genotok motif info model/", "motifs.features": "genotok motif info model/"}
_FIGURES = (
    'give what tests/benchmarks/models.py wrote, or {"figures": {NAME: {"value": .., "corpus": .., "command": ..}}}'
)
_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)


def check_claims(genome: Path, numbers: Path, options: Mapping[str, Any]) -> None:
    """Measure, judge, and write the page and its numbers."""
    given = {name: figure for path in options["models"] for name, figure in read_figures(path).items()}
    with _folder(options["work"]) as folder:
        bench = Bench(folder, genome, options)
        findings = judge_all(CLAIMS, bench.figures() | given)
    models = "".join(f" --models {Path(each).name}" for each in options["models"])
    made = {
        "command": f"genotok motif claims --genome {genome.name} --bases {options['bases'] or 'all'}{models}",
        "date": date.today().isoformat(),
        "genotok": __version__,
        "machine": f"{platform.system()}, {platform.machine()}",
        "motifs": options["motifs"],
        "corpus": bench.name,
        "seed": options["seed"],
    }
    words = f"Made by `{made['command']}` (genotok {made['genotok']}) on {made['date']}, {made['machine']}."
    told = {"made": made, "claims": [each.to_dict() for each in findings]}
    pages = {Path(options["output"]): claims_page(findings, made=words), numbers: json.dumps(told, indent=2) + "\n"}
    for path, text in pages.items():
        with atomic_write(path) as sink:
            sink.write(text.encode())
    counted = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(findings).items())
    say(f"{len(findings)} claims: {counted}")
    say(f"written to {options['output']}, the numbers to {numbers}")


@dataclass(frozen=True)
class Bench:
    """A folder with a corpus, the tokenizer and bins of the paper's settings, and the figures of each step."""

    folder: Path
    genome: Path
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the corpus is called."""
        bases = self.options["bases"]
        return self.genome.name if bases is None else f"{self.genome.name}, first {bases:,} of its known stretches"

    @property
    def seed(self) -> int:
        """What draws."""
        return int(self.options["seed"])

    @cached_property
    def corpus(self) -> Path:
        """The FASTA file that is worked on."""
        bases = self.options["bases"]
        if bases is None:
            return self.genome
        path = self.folder / "corpus.fa"
        if not path.is_file():
            with atomic_write(path) as sink:
                sink.write(b">known\n" + join_known(self.genome, bases) + b"\n")
        return path

    @cached_property
    def sequences(self) -> Sequences:
        """The letters of the corpus."""
        return read_fasta(self.corpus)

    @cached_property
    def unfitted(self) -> MotifTokenizer:
        """Motifs and settings of the paper."""
        return MotifTokenizer(open_motifs(self.options["motifs"]), MotifConfig.preset("paper"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what all figures depend on: genome, motifs, settings of the command, version."""
        found = hashlib.sha256(f"{self.options['bases']} {self.options['seed']} {__version__} ".encode())
        found.update(self.unfitted.motifs.digest.encode())
        with self.genome.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        return found.hexdigest()

    @property
    def store_folder(self) -> Path:
        """Where the bins of the corpus lie."""
        return self.folder / "bins"

    @cached_property
    def tokenizer(self) -> MotifTokenizer:
        """What was learnt of the corpus, by an earlier run or now."""
        saved = self.folder / "model"
        if saved.is_dir() and (self.store_folder / STORE_FILE).is_file():
            return MotifTokenizer.from_pretrained(saved)
        jobs = self.options["jobs"]
        with _told("clusters and words"), show_phases(wanted=True) as progress, warnings_told(say):
            fitted = self.unfitted.fit(self.corpus, store=self.store_folder, jobs=jobs, progress=progress)
        fitted.save_pretrained(saved)
        return fitted

    @cached_property
    def store(self) -> TokenStore:
        """The bins of the corpus."""
        _ = self.tokenizer  # which makes them
        return TokenStore(self.store_folder)

    def claim_folder(self) -> None:
        """Mark the folder as that of this corpus; one of another is refused."""
        path = self.folder / "claims-of.json"
        if path.is_file():
            if json.loads(path.read_bytes()).get("sha256") != self.digest:
                raise click.UsageError(f"{self.folder} is of another corpus or other settings; name another --work")
            return
        with atomic_write(path) as sink:
            sink.write(json.dumps({"sha256": self.digest, "corpus": self.name}, indent=2).encode())

    def figures(self) -> dict[str, Figure]:
        """Measure everything, or read what was measured already."""
        self.claim_folder()
        corpus, store = self.corpus.name, str(self.store_folder)
        zipf, spelled = "genotok motif zipf -t model/", f"genotok motif coverage -t model/ {corpus} --kmers 6"
        steps: tuple[tuple[str, str, Callable[[], Numbers]], ...] = (
            ("motifs", "genotok motif list", lambda: measuring.measure_motifs(self.unfitted)),
            (
                "bins",
                _ITSELF,
                lambda: measuring.measure_bins(self.unfitted, self.sequences, self.store),
            ),
            ("matrix", _ITSELF, lambda: measuring.measure_matrix(self.tokenizer, self.store)),
            ("moved", _ITSELF, lambda: measuring.measure_moved(self.tokenizer, self.sequences)),
            ("sets", f"{zipf} bins/", lambda: measuring.measure_sets(self.tokenizer, store, self.options)),
            ("kmers", f"{zipf} {corpus} --kmers 3,4,5,6", lambda: measuring.measure_kmers(self.sequences)),
            ("bpe", f"{zipf} {corpus} --bpe 600,4096", lambda: measuring.measure_bpe(self.sequences, self.seed)),
            (
                "spelling",
                spelled,
                lambda: measuring.measure_spelling(self.tokenizer, self.sequences, store, self.options),
            ),
            (
                "spelling-bpe",
                f"{spelled} --bpe 4096",
                lambda: measuring.measure_spelling_bpe(self.tokenizer, self.sequences, self.seed),
            ),
        )
        found: dict[str, Figure] = {}
        for step, command, measure in steps:
            name = "JASPAR and its thresholds" if step == "motifs" else self.name
            for key, value in self._kept(step, measure).items():
                found.setdefault(key, Figure(value, name, _ELSEWHERE.get(key, command)))
        return found

    def _kept(self, step: str, measure: Callable[[], Numbers]) -> Numbers:
        """Return the figures of a step: those that are in the folder, or new ones."""
        path = self.folder / "figures" / f"{step}.json"
        if path.is_file():
            say(f"{step}: kept from an earlier run")
            return dict(json.loads(path.read_bytes()))
        try:
            with _told(step):
                found = measure()
        except MissingExtraError as error:
            say(f"{step}: left out: {error}")
            return {}
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as sink:
            sink.write(json.dumps(found, indent=2).encode())
        return found


def join_known(genome: Path, bases: int) -> bytes:
    """Lay the stretches of known bases of a genome end to end, 40 N behind each, up to so many letters in all."""
    parts: list[Codes] = []
    known, contig = 0, ""
    for piece in FastaReader(genome):
        parts += [piece.codes] if piece.name == contig else [np.full(1, UNKNOWN, dtype=np.uint8), piece.codes]
        known, contig = known + int(np.count_nonzero(piece.codes != UNKNOWN)), piece.name
        if known >= bases:
            break
    codes = np.concatenate([*parts, np.full(1, UNKNOWN, dtype=np.uint8)])
    edges = np.flatnonzero(np.diff((codes == UNKNOWN).astype(np.int8))) + 1
    if not len(edges):
        raise InputError(f"{genome.name} has no known base", hint="give a FASTA of DNA")
    letters = _LETTERS.take(codes)
    return b"".join(letters[start:end].tobytes() + _GAP for start, end in edges.reshape(-1, 2).tolist())[:bases]


def read_figures(path: str) -> dict[str, Figure]:
    """Read figures of trained networks; a file without any is refused."""
    try:
        found = figures_of_models(json.loads(Path(path).read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise GenotokError("no figures of networks", path=path, hint=_FIGURES) from fault
    if not found:
        raise GenotokError("no figures of networks", path=path, hint=_FIGURES)
    return found


@contextmanager
def _folder(work: str | None) -> Iterator[Path]:
    if work is not None:
        Path(work).mkdir(parents=True, exist_ok=True)
        yield Path(work)
        return
    with TemporaryDirectory(prefix="genotok.") as folder:
        yield Path(folder)


@contextmanager
def _told(step: str) -> Iterator[None]:
    """Say that a step begins, and how long it took."""
    started = time.perf_counter()
    say(f"{step} ..")
    yield
    say(f"{step}: {time.perf_counter() - started:.1f} s")
