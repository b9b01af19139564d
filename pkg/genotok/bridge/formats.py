"""What can be saved: the formats, what each takes, and the names of documents and files."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from genotok.export.formats import FORMATS, ONE_DOCUMENT

ZIP, UNIVERSE, TOKENIZER, REPORT, COMPARISON, DECODED = "zip", "universe", "hf", "report", "comparison", "decoded"
_MIME = {
    "jsonl": "application/jsonl",
    "tsv": "text/tab-separated-values",
    "bed": "text/plain",
    "parquet": "application/vnd.apache.parquet",
    "npz": "application/octet-stream",
    "gtok": "application/octet-stream",
}
_ARROW = ("arro3-core", "arro3-io")

Streamed: TypeAlias = Literal["gtok", "jsonl", "tsv", "bed"]
STREAMED: tuple[Streamed, ...] = get_args(Streamed)  # the formats that a file can be tokenized straight into


class OutputFormat(NamedTuple):
    """One format: ``documents`` tells which handles it takes, ``packages`` what must be loaded for it.

    ``needs_input`` tells that the files must be read again. ``many`` results, ``one`` of them, ``none``, or a
    ``comparison``.
    """

    id: str
    extension: str
    mime: str
    documents: Literal["one", "many", "none", "comparison"] = "many"
    needs_input: bool = False
    packages: tuple[str, ...] = ()


OUTPUTS: dict[str, OutputFormat] = {
    each.id: each
    for each in (
        *(
            OutputFormat(
                kind,
                kind,
                _MIME[kind],
                "one" if kind in ONE_DOCUMENT else "many",
                needs_input=kind == "bed",
                packages=_ARROW if kind == "parquet" else (),
            )
            for kind in FORMATS
        ),
        OutputFormat(ZIP, "zip", "application/zip", needs_input=True),
        OutputFormat(UNIVERSE, "bed", "text/plain", "none"),
        OutputFormat(TOKENIZER, "zip", "application/zip", "none"),
        OutputFormat(REPORT, "json", "application/json"),
        OutputFormat(COMPARISON, "tsv", "text/tab-separated-values", "comparison"),
        OutputFormat(DECODED, "bed", "text/plain", "none"),
    )
}


def describe_formats() -> list[dict[str, Any]]:
    """List the formats as plain values."""
    return [{**each._asdict(), "packages": list(each.packages)} for each in OUTPUTS.values()]


def name_documents(names: Sequence[str]) -> list[str]:
    """Name documents as the terminal does, by their path below the folder that all share; no two are called alike.

    >>> name_documents(["run/../a.bed", "run/a.bed", "run/x/a.bed"])
    ['a.bed', 'a.bed (2)', 'x/a.bed']
    """
    taken: set[str] = set()
    return [_apart(path, taken) for path in _paths_in(names)[1]]


def tell_of_names(names: Sequence[str]) -> list[str]:
    """Say what a command needs before it finds files by the names of their documents.

    >>> tell_of_names(["run/a.bed", "run/a.bed", "run/x/a.bed"])
    ['Run it in the folder run.', 'a.bed (2) is another a.bed; rename it first.']
    """
    folder, paths = _paths_in(names)
    documents = zip(name_documents(names), paths, strict=True)
    doubles = [f"{name} is another {path}; rename it first." for name, path in documents if name != path]
    return [f"Run it in the folder {folder}."] * bool(folder) + doubles


def _paths_in(names: Sequence[str]) -> tuple[str, list[str]]:
    """Return the folder that all files share, and their paths below it."""
    paths = [_plain_parts(name) for name in names]
    shared = _shared_folders([path[:-1] for path in paths])
    return "/".join(paths[0][:shared] if paths else ()), ["/".join(path[shared:]) for path in paths]


def _plain_parts(name: str) -> list[str]:
    """Cut a path into parts that lead nowhere else."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")] or ["unnamed"]


def _shared_folders(folders: Sequence[list[str]]) -> int:
    """Count the folders with which all paths begin."""
    shared = 0
    while folders and all(len(folder) > shared and folder[shared] == folders[0][shared] for folder in folders):
        shared += 1
    return shared


def _apart(name: str, taken: set[str]) -> str:
    count = 1
    found = name
    while found in taken:
        count += 1
        found = f"{name} ({count})"
    taken.add(found)
    return found


def base_name(name: str) -> str:
    """Return the last part of a path, whatever system it comes from."""
    return PurePosixPath(name.replace("\\", "/")).name or "unnamed"
