"""The work of ``genotok vq decode``: documents of ids into records of FASTA."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from genotok.cli.report import count
from genotok.cli.vq.opening import open_tokenizer
from genotok.errors import InputError, VocabularyError
from genotok.export.documents import TokenDocument, TokenFile
from genotok.export.tokens import read_tokens
from genotok.export.writers import format_of
from genotok.io.sinks import atomic_write
from genotok.tokenizers.vq import VQTokenizer

_WIDTH = 80  # letters of a line


def decode_file(path: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Decode a token file; returns what there is to tell, and it as text."""
    if format_of(path) == "bed":
        raise InputError("a .bed file of tokens is for looking at", path=path, hint="decode a .jsonl, .tsv or .npz")
    found = read_tokens(path)
    settings = {name: options[name] for name in ("layout", "ends") if options[name] is not None}
    tokenizer = open_tokenizer(options["tokenizer"], **_told_by(found.meta, path), **settings)
    _check_model(found.meta, tokenizer, path)
    if found.meta is None and "ends" not in settings and _tiles(found, tokenizer):
        tokenizer = tokenizer.replace(ends="same")
    documents = bases = unknown = 0
    lengths = _lengths_of(found, path)
    with opened_output(options["output"]) as sink:
        for each, length in zip(found, lengths, strict=True):
            text = _decoded(tokenizer, each, length, path)
            documents, bases, unknown = documents + 1, bases + len(text), unknown + text.count("N")
            sink.write(f">{each.name}\n".encode())
            for at in range(0, len(text), _WIDTH):
                sink.write(f"{text[at : at + _WIDTH]}\n".encode())
    told = {"documents": documents, "bases": bases, "unknown": unknown, "target": options["output"]}
    return told, _lines(told)


def _tiles(found: TokenFile, tokenizer: VQTokenizer) -> bool:
    """Tell whether tokens reach over the ends of their documents: their file tells bases, or one begins at the first.

    Where windows end with the document, the first bases of one of R > S + 1 bp belong to no token.
    """
    starts = [each.regions.starts.min(initial=1) for each in found if each.regions is not None]
    overhang = tokenizer.window - tokenizer.stride > 1
    return any(each.bases is not None for each in found) or (overhang and 0 in starts)


def _lengths_of(found: TokenFile, path: str) -> list[int | None]:
    """Return the bases that the tokens of each document stand for, None where the file does not tell them."""
    if found.meta is not None and "lengths" in found.meta:
        lengths = found.meta["lengths"]
        if not isinstance(lengths, list) or len(lengths) != len(found) or {*map(type, lengths)} - {int}:
            raise InputError("its lengths are not those of its documents", path=path, hint="is the file damaged?")
        return list(lengths)
    return [_extent(each) if each.bases is None else each.bases for each in found]


def _extent(document: TokenDocument) -> int | None:
    """Return from where to where the tokens of lines reach."""
    regions = document.regions
    return int(regions.ends.max() - regions.starts.min()) if regions is not None and len(regions) else None


def _decoded(tokenizer: VQTokenizer, document: TokenDocument, length: int | None, path: str) -> str:
    """Decode a document to its own length, if its tokens are all there; a cut last one stands for fewer bases."""
    raw = document.name.encode("utf-8", "surrogatepass")
    if raw.split() != [raw]:
        what = f"a document is called {document.name!r}"
        raise InputError(what, path=path, hint="a record of FASTA has a name without white space; rename it")
    tokens = len(document.ids) // tokenizer.vocabulary.ids_per_token
    cut = (tokenizer.config.ends or tokenizer.model.ends) == "same"
    whole = cut and length is not None and -(-length // tokenizer.stride) == tokens
    try:
        return tokenizer.decode(document.ids, length=length if whole else None)
    except VocabularyError as fault:
        where = f"{path}, {document.name}" + (f", {fault.where}" if fault.where else "")
        raise VocabularyError(fault.what, where=where, hint=fault.hint) from None


def _told_by(meta: Mapping[str, Any] | None, path: str) -> dict[str, Any]:
    """Return the settings that a file says its ids were made with."""
    if meta is None:
        return {}
    if meta.get("kind") != "vq":
        raise VocabularyError("its ids are not of a learned tokenizer", path=path, hint="genotok vq encode makes such")
    return {"layout": meta["layout"], "ends": meta["config"]["ends"]}


def _check_model(meta: Mapping[str, Any] | None, tokenizer: VQTokenizer, path: str) -> None:
    if meta is not None and meta["model_digest"] != tokenizer.model.digest:
        what = f"it was made by model {meta['model_digest'][:12]}, and this one is {tokenizer.model.digest[:12]}"
        raise VocabularyError(what, path=path, hint="name the tokenizer that made it with --tokenizer")


@contextmanager
def opened_output(output: str) -> Iterator[BinaryIO]:
    """Open a file that appears when it is whole, or standard output for ``-``."""
    if output != "-":
        with atomic_write(output) as sink:
            yield sink
        return
    if sys.stdout is None:
        raise OSError("standard output is closed; name a file with -o")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    unknown = f", {told['unknown']:,} of them unknown" if told["unknown"] else ""
    yield f"{count(told['documents'], 'document')}, {count(told['bases'], 'base')}{unknown}"
    yield f"written to {'standard output' if told['target'] == '-' else told['target']}"
