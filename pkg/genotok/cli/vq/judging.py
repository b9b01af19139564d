"""Fits of tokenizers on sets, one task each, so that other processes can share them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from genotok.analysis.vq_cache import ResultCache
from genotok.analysis.vq_evaluation import run_kept
from genotok.analysis.vq_lineages import lineage_windows
from genotok.analysis.vq_probe import PROTOCOL, ProbeRun
from genotok.analysis.vq_sets import LabelledSet, read_sets
from genotok.cli.vq.choosing import open_features
from genotok.errors import InputError

Judging: TypeAlias = Literal["probe", "cnn", "transformer"]
Precision: TypeAlias = Literal["float32", "bfloat16"]

_FASTA = (".fa", ".fasta", ".fna", ".fa.gz", ".fasta.gz", ".fna.gz")


class Task(NamedTuple):
    """A tokenizer on a set, by what another process needs to open both."""

    tokenizer: str
    bpe: str | None
    folder: str
    name: str
    judge: Judging
    most: int | None
    seeds: tuple[int | None, ...]
    device: str
    cache: str | None
    epochs: int | None = None  # this one and the next are of networks
    precision: Precision = "float32"


class Group(NamedTuple):
    """Sets of one folder that stand in one table."""

    folder: str
    tasks: tuple[LabelledSet, ...]

    @property
    def name(self) -> str:
        """What the table is called."""
        return Path(self.folder).name

    @property
    def is_genomes(self) -> bool:
        """Whether its set was cut from genomes; it is scored by F1."""
        return is_fasta(self.folder)


def is_fasta(path: str) -> bool:
    """Tell a file of genomes from a folder of sets, by its name."""
    return path.lower().endswith(_FASTA)


def read_groups(folders: Sequence[str], only: Sequence[str] | None) -> list[Group]:
    """Read the sets of each folder, those that are learnt from dev apart from the others."""
    groups = []
    for folder in folders:
        tasks = (lineage_windows(folder),) if is_fasta(folder) else read_sets(folder)
        wanted = [each for each in tasks if only is None or each.name in only]
        for is_dev in (False, True):
            part = tuple(each for each in wanted if each.is_dev_trained == is_dev)
            groups += [Group(folder, part)] if part else []
    there = {each.name for group in groups for each in group.tasks}
    for name in only or ():
        if name not in there:
            raise InputError(f"no set {name!r}", hint="--only names sets of the folders")
    return groups


@lru_cache(maxsize=1)  # tasks come set by set, and reading one takes as long as fitting
def _open_set(folder: str, name: str) -> LabelledSet:
    return lineage_windows(folder) if is_fasta(folder) else read_sets(folder, [name])[0]


def perform(task: Task) -> tuple[Task, list[ProbeRun]]:
    """Fit one tokenizer on one set, seed by seed."""
    features, rows = open_features(task.tokenizer, bpe=task.bpe), _open_set(task.folder, task.name)
    kept = ResultCache(task.cache)
    if task.judge == "probe":
        return task, run_kept(features, rows, task.seeds, most=task.most, cache=kept)
    from genotok.cli.vq.networks import judge_by  # late: it needs torch

    judge, protocol = judge_by(task.judge, task.device, task.epochs, task.precision)
    return task, run_kept(features, rows, task.seeds, most=task.most, cache=kept, judge=judge, protocol=protocol)


def protocol_of(judge: Judging, *, epochs: int | None, precision: Precision) -> str:
    """Return the name of how a judge works."""
    if judge == "probe":
        return PROTOCOL
    from genotok.train.vq_networks import name_protocol  # late: with networks alone

    return name_protocol(judge, epochs=epochs, precision=precision)


def perform_all(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, list[ProbeRun]]]:
    """Perform tasks here, or in several processes; the order is that of their ends."""
    if jobs < 2 or len(tasks) < 2:
        yield from map(perform, tasks)
        return
    from genotok.processes import open_pool, results_of  # here, as it takes long to load

    with open_pool(min(jobs, len(tasks))) as executor:
        yield from results_of(executor, perform, tasks, jobs=jobs, in_order=False)
