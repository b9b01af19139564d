"""The work of ``genotok vq embed``: sequences some at a time through a model, their vectors into one file."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genotok.analysis.vq_sets import read_rows
from genotok.arrays import Ids
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count
from genotok.cli.vq.finetuning import documents_of
from genotok.cli.vq.reading import open_saved_reader
from genotok.export.vectors import DocumentVectors, write_vectors, writer_of
from genotok.io.sinks import atomic_write
from genotok.train.finetune_saving import HEAD, open_classifier, share_classes
from genotok.train.libraries import choose_device, load_torch, load_transformers
from genotok.train.mlm_saving import open_masked_model
from genotok.train.pooling import embed_documents
from genotok.train.vq_corpus import read_records

_CSV = (".csv", ".csv.gz")
_TOGETHER = 2**20  # bases that are tokenized at once
_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)


class Group(NamedTuple):
    """Some documents, and their classes where they have any."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Ids | None


def embed_source(source: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Embed all sequences of a file; returns what is told, and it as text."""
    path = Path(options["output"])
    load_transformers()
    writer_of(path.suffix.lower())  # before the work, not after it
    device = choose_device(options["device"])
    if options["threads"] is not None:
        load_torch().set_num_threads(options["threads"])
    model, head, told = _open(options["model"])
    reader, bert = open_saved_reader(options["model"], told), model.bert.to(device)
    longest = int(model.config.max_position_embeddings)
    parts = list[DocumentVectors]()
    with show_phases(wanted=not options["quiet"]) as progress:
        for group in _groups(source):
            documents = documents_of(reader, group.texts, longest)
            vectors, tokens = embed_documents(bert, documents, batch=options["batch"])
            shares = None if head is None else share_classes(head.to(device), vectors)
            parts.append(DocumentVectors(group.names, vectors, tokens, group.labels, shares))
            progress("sequences", sum(len(each.names) for each in parts), 0)
    whole = DocumentVectors(
        tuple(name for each in parts for name in each.names),
        np.concatenate([each.vectors for each in parts]),
        np.concatenate([each.tokens for each in parts]),
        None if parts[0].labels is None else np.concatenate([each.labels for each in parts if each.labels is not None]),
        None if head is None else np.concatenate([each.shares for each in parts if each.shares is not None]),
    )
    with atomic_write(path) as sink:
        write_vectors(sink, whole, path.suffix.lower())
    facts = {
        "sequences": len(whole.names),
        "without_tokens": int(np.count_nonzero(whole.tokens == 0)),
        "tokens": int(whole.tokens.sum(dtype=np.int64)),
        "width": whole.vectors.shape[1],
        "classes": 0 if whole.shares is None else whole.shares.shape[1],
        "tokenizer": told["tokenizer"],
        "output": str(path),
    }
    return facts, _lines(facts)


def _open(folder: str) -> tuple[Any, Any | None, dict[str, Any]]:
    """Open a pretrained model, or one that was fitted to classes, with its head."""
    if (Path(folder) / HEAD).is_file():
        return open_classifier(folder)
    model, told = open_masked_model(folder)
    return model, None, told


def _groups(source: str) -> Iterator[Group]:
    """Read a file: all rows of a CSV at once, records of FASTA some at a time."""
    if source.lower().endswith(_CSV):
        rows = read_rows(source)
        yield Group(tuple(map(str, range(len(rows)))), rows.texts, rows.labels)
        return
    names, texts, bases = list[str](), list[str](), 0
    for name, codes in read_records(sys.stdin.buffer if source == "-" else source):
        names.append(name)
        texts.append(_LETTERS[codes].tobytes().decode())
        bases += len(codes)
        if bases >= _TOGETHER:
            yield Group(tuple(names), tuple(texts), None)
            names, texts, bases = [], [], 0
    if names:
        yield Group(tuple(names), tuple(texts), None)


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    without = f", {facts['without_tokens']:,} of them without a token" if facts["without_tokens"] else ""
    yield f"{count(facts['sequences'], 'sequence')}{without}; {facts['tokens']:,} tokens of {facts['tokenizer']}"
    shares = f", and shares of {facts['classes']} classes," if facts["classes"] else ""
    yield f"vectors of {facts['width']} numbers{shares} written to {facts['output']}"
