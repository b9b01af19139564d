"""A folder of BED files as a dataset of `datasets`: a row a file, in a cache that knows when a file has changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any
from warnings import warn

import numpy as np

from genotok import __version__
from genotok.errors import GenotokError, InputError, missing_extra
from genotok.io.bed import read_bed
from genotok.tokenizers.interval import IntervalTokenizer, interval_of
from genotok.values.regions import Regions

try:
    datasets: Any = import_module("datasets")  # an extra, and what this module is about
    arrow: Any = import_module("pyarrow")  # which datasets stores its columns in
except ImportError:
    raise missing_extra("hf", "datasets") from None

BED_FILES = ("*.bed", "*.narrowPeak", "*.broadPeak", "*.gappedPeak")  # each also with .gz, .bgz
_SPLITS = {  # what datasets, too, takes a folder's name for
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_SHOWN = 3


@dataclass
class BedFolderConfig(datasets.BuilderConfig):  # type: ignore[misc]  # datasets may not be installed
    """What a cached dataset depends on: (name, path, size, time of change) of each file by split, and who read it."""

    files: dict[str, list[tuple[str, str, int, int]]] = field(default_factory=dict)
    tokenizer: IntervalTokenizer | None = None
    version_of_genotok: str = ""


class _RefusedError(datasets.exceptions.DatasetGenerationError):  # type: ignore[misc]  # as above
    """Carries our error through the processes of datasets, which lets only its own kind pass."""


class BedFolder(datasets.ArrowBasedBuilder):  # type: ignore[misc]  # as above
    """Builds the dataset that `load_bed_folder` gives."""

    BUILDER_CONFIG_CLASS = BedFolderConfig
    streams = False  # then no process of datasets stands between an error and the caller

    def _info(self) -> Any:
        number, text = datasets.Value("int64"), datasets.Value("string")
        columns: dict[str, Any] = {"file": text}
        if self.config.tokenizer is None:
            columns |= {"chrom": datasets.List(text), "start": datasets.List(number), "end": datasets.List(number)}
        else:
            columns |= {"input_ids": datasets.List(datasets.Value("int32")), "regions": number, "regions_hit": number}
        return datasets.DatasetInfo(features=datasets.Features(columns))

    def _split_generators(self, _dl_manager: Any) -> list[Any]:
        return [
            datasets.SplitGenerator(name=split, gen_kwargs={"files": files})
            for split, files in self.config.files.items()
        ]

    def _generate_tables(self, files: list[tuple[str, str, int, int]]) -> Iterator[tuple[str, Any]]:
        for name, path, *_ in files:
            try:
                columns = {"file": arrow.array([name]), **self._columns(path)}
            except GenotokError as error:
                if self.streams:
                    raise
                raise _RefusedError(error) from error
            yield name, arrow.table(columns).cast(self.info.features.arrow_schema)

    def _columns(self, path: str) -> dict[str, Any]:
        """Read one file into columns of one row."""
        tokenizer = self.config.tokenizer
        if tokenizer is None:
            regions = read_bed(path)
            return {"chrom": _row(_names(regions)), "start": _row(regions.starts), "end": _row(regions.ends)}
        regions = read_bed(path, invalid=tokenizer.config.invalid)
        rows = tokenizer.encode_rows(regions)
        report = tokenizer.report_rows(regions, rows)
        return {
            "input_ids": _row(tokenizer.flatten(rows)),
            "regions": arrow.array([report.regions]),
            "regions_hit": arrow.array([report.regions_hit]),
        }


def load_bed_folder(
    folder: str | PathLike[str],
    tokenizer: Any = None,
    *,
    pattern: str | None = None,
    streaming: bool = False,
    cache_dir: str | PathLike[str] | None = None,
    num_proc: int | None = None,
) -> Any:
    r"""Load the BED files of a folder and the folders in it as a DatasetDict (``streaming``: an IterableDatasetDict).

    A row is a file: ``file``, its path in the folder, and ``chrom``, ``start``, ``end`` (0-based half-open), which a
    tokenizer takes as they are; or with a ``tokenizer`` (IntervalTokenizer or GenotokIntervalTokenizer) ``input_ids``
    (int32, of the whole file, without special tokens around) and the numbers of ``regions`` and ``regions_hit``. Files
    in folders ``train``, ``validation`` (``valid``, ``val``, ``dev``) and ``test`` (``eval``) are those splits, others
    are ``train``. ``pattern`` (``*.txt``) chooses by name; without one, what has no ending of BED is left out with a
    warning. Links are followed; names that begin with a dot are passed over. Rows are cached until a file, the
    tokenizer or genotok changes, and made by ``num_proc`` processes. A file that is no BED raises BedError.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.bed").write_text("chr1\t10\t20\nchr2\t5\t9\n")
    ...     list(load_bed_folder(folder, streaming=True, cache_dir=folder)["train"])
    [{'file': 'a.bed', 'chrom': ['chr1', 'chr2'], 'start': [10, 5], 'end': [20, 9]}]
    """
    interval = None if tokenizer is None else interval_of(tokenizer)
    files = _files_of(Path(folder), pattern)
    cache = None if cache_dir is None else str(cache_dir)
    builder = BedFolder(cache_dir=cache, files=files, tokenizer=interval, version_of_genotok=__version__)
    builder.streams = streaming
    if streaming:
        return builder.as_streaming_dataset()
    try:
        builder.download_and_prepare(num_proc=num_proc)
    except _RefusedError as error:
        raise error.args[0] from None
    return builder.as_dataset()


def _files_of(folder: Path, pattern: str | None) -> dict[str, list[tuple[str, str, int, int]]]:
    """List the files of each split by name, with what tells that one has changed."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; check the path")
    names = sorted(_walk(folder))
    if pattern:
        chosen = [name for name in names if fnmatchcase(name.name, pattern)]
    else:
        endings = [(each + pack).lower() for each in BED_FILES for pack in ("", ".gz", ".bgz")]
        chosen = [name for name in names if any(fnmatchcase(name.name.lower(), each) for each in endings)]
    others = sorted(map(str, {*names} - {*chosen}))
    told = ", ".join(others[:_SHOWN]) + (", .." if len(others) > _SHOWN else "")
    if not chosen:
        kind = "BED file" if pattern is None else f"file like {pattern!r}"
        what = f"no {kind} among its {_files(len(others))} ({told})" if others else "the folder is empty"
        hint = "pattern='*.txt' takes files of other names" if others else "check the path"
        raise InputError(what, where=str(folder), hint=hint)
    if others and pattern is None:
        were = "was" if len(others) == 1 else "were"
        warn(f"{folder}: {_files(len(others))} {were} left out by name ({told}); pattern='*' takes all", stacklevel=3)
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for name in chosen:
        path = folder.absolute() / name
        if not path.exists():
            raise FileNotFoundError(f"{path}: the link leads nowhere; mend or remove it")
        split = _SPLITS.get(name.parts[0].lower(), "train") if len(name.parts) > 1 else "train"
        found.setdefault(split, []).append((name.as_posix(), str(path), path.stat().st_size, path.stat().st_mtime_ns))
    return {split: found[split] for split in dict.fromkeys(_SPLITS.values()) if split in found}


def _walk(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield what is no folder, relative to ``folder``, through links too; a link to a folder above ends there."""
    here = folder.resolve()
    if here in above:
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from (Path(path.name, inner) for inner in _walk(path, above | {here}))
        elif path.is_file() or path.is_symlink():  # a link to nothing is no file, and told if it is chosen
            yield Path(path.name)


def _files(count: int) -> str:
    return f"{count:,} file{'s' * (count != 1)}"


def _row(values: Any) -> Any:
    """Make a list column of one row."""
    return arrow.LargeListArray.from_arrays(np.array([0, len(values)], dtype=np.int64), values)


def _names(regions: Regions) -> Any:
    """Render the chromosome of each region, without a Python string for each."""
    return arrow.DictionaryArray.from_arrays(regions.codes, list(regions.chrom_names)).cast(arrow.string())
