"""The work of ``genotok universe``: every input is read once for its coverage, and once more to see how it fares."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from genotok.analysis.assessment import Fit, Fitter
from genotok.cli.document import Advance
from genotok.cli.holding import copy_bytes
from genotok.cli.inputs import Input, open_stdin
from genotok.io.bed import read_rows
from genotok.io.sources import open_path
from genotok.processes import open_pool, results_of
from genotok.tokenizers.consensus import ConsensusRules
from genotok.tokenizers.flexible import FlexibleRegions, Tracks, TracksSum, choose_flexible
from genotok.values.bounds import Invalid
from genotok.values.coverage import Coverage, CoverageSum
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class BedFile:
    """One input as it is read: the ``label`` that the user knows, where its bytes lie, and how to take bad rows."""

    label: str
    path: str
    size: int
    invalid: Invalid
    keep_empty: bool
    smooth: int | None  # of the tracks of a flexible universe; None asks for the coverage alone

    def read(self) -> Regions:
        """Read all rows."""
        return read_rows(self.path, invalid=self.invalid, allow_empty=self.keep_empty, keep_text=False, name=self.label)


@dataclass(frozen=True)
class Consensus:
    """A universe and where it comes from; ``fits`` is how each input fares with it, empty if nobody asked.

    ``flexible`` has the soft borders of the most likely regions, None for those of a cut-off.
    """

    rules: ConsensusRules
    files: Sequence[BedFile]
    loads: Sequence[LoadReport]
    coverage: Coverage
    universe: Universe
    flexible: FlexibleRegions | None
    fits: Sequence[Fit]


@contextmanager
def hold_inputs(
    inputs: Sequence[Input], *, invalid: Invalid, keep_empty: bool, smooth: int | None
) -> Iterator[list[BedFile]]:
    """Make inputs readable twice: what is no plain file, as standard input, a pipe or a URL, is copied.

    The copies are temporary files.
    """
    with TemporaryDirectory(prefix="genotok.") as folder:
        files = []
        for number, each in enumerate(inputs):
            path = each.path
            odd = Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
            if each.is_stdin or each.is_url or odd:
                path = str(Path(folder, str(number)))
                if each.is_stdin:
                    copy_bytes(open_stdin(), Path(path))
                else:
                    with open_path(each.path) as pipe:
                        copy_bytes(pipe, Path(path))
            files.append(BedFile(each.label, path, each.size, invalid, keep_empty, smooth))
        yield files


def make_consensus(
    files: Sequence[BedFile], rules: ConsensusRules, *, jobs: int, assess: bool, advance: Advance
) -> Consensus:
    """Read the coverage of all files and cut the universe out of it; the result is the same for every ``jobs``."""
    loads, total, tracks = [], CoverageSum(), TracksSum()
    for file, (found, load) in zip(files, _spread(_cover, files, jobs), strict=True):
        if isinstance(found, Tracks):
            tracks.add(found)
        else:
            total.add(found)
        loads.append(load)
        advance(file.size, load.rows)
    flexible = choose_flexible(tracks.total(), rules) if files[0].smooth is not None else None
    coverage = total.total() if flexible is None else tracks.total().cores
    universe = Universe.from_regions(rules.choose(coverage) if flexible is None else flexible.regions)
    fits = []
    if assess:
        for file, fit in zip(files, _spread(_fit, files, jobs, _Yardstick(universe, flexible)), strict=True):
            fits.append(fit)
            advance(file.size, fit.rows)
    return Consensus(rules, files, loads, coverage, universe, flexible, fits)


def _spread(
    work: Callable[[BedFile], _Result], files: Sequence[BedFile], jobs: int, yardstick: "_Yardstick | None" = None
) -> Iterator[_Result]:
    """Yield a result for each file, in order, worked out here or in several processes."""
    if jobs < 2 or len(files) < 2:
        _prepare(yardstick)
        yield from map(work, files)
        return
    with open_pool(min(jobs, len(files)), _prepare, (yardstick,)) as executor:
        yield from results_of(executor, work, files, jobs=jobs, in_order=True)


_fitter: Fitter | None = None  # global: the one way that a pool's tasks share what their process made


class _Yardstick(NamedTuple):
    """What every process makes a fitter of."""

    universe: Universe
    flexible: FlexibleRegions | None


def _prepare(yardstick: _Yardstick | None) -> None:
    global _fitter  # as above
    _fitter = None
    if yardstick is not None:
        found = yardstick.flexible
        _fitter = Fitter(yardstick.universe, None if found is None else (found.core_starts, found.core_ends))


def _cover(file: BedFile) -> tuple[Coverage | Tracks, LoadReport]:
    regions = file.read()
    assert regions.report is not None, "a reader reports"
    covered = Coverage.of(regions) if file.smooth is None else Tracks.of(regions, smooth=file.smooth)
    return covered, regions.report


def _fit(file: BedFile) -> Fit:
    assert _fitter is not None, "prepared before the first file"
    return _fitter.fit(file.read())
