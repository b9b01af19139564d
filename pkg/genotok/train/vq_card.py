"""What is told of a model: the run that made it, the codes it uses, the bases that come back; as plain values."""

import platform
from collections.abc import Mapping, Sequence
from os import cpu_count
from typing import Any

import numpy as np

from genotok import __version__
from genotok.kernels.nearest import entropy
from genotok.train.vq_corpus import Corpus
from genotok.values.vqmodel import VQModel

FORMAT = 1
LICENCE = "BSD-3-Clause, as genotok; learnt from public sequence (INSDC)."


def describe_tokens(model: VQModel, *, joint_bits: float | None = None) -> dict[str, Any]:
    """Say what a token is: ``tokens``, one line a fact, and ``usage``, a row for each level.

    ``joint_bits`` is the entropy of the codes of all levels together; where one level decides the others, it need not
    be given.
    """
    book = model.codebook
    used = joint_bits
    if used is None and model.usage and book.quantizer in ("flat", "fsq", "tree"):
        used = entropy(model.usage[-1])
    tokens: dict[str, Any] = {
        "quantizer": book.quantizer,
        "levels": list(book.levels),
        "window": model.window,
        "stride": model.stride,
        "ends": model.ends,
        "unknown_scope": model.unknown_scope,
        "strand_symmetric": model.strand_symmetric,
        "nominal_bits_per_token": round(book.nominal_bits, 4),
        "nominal_bits_per_base": round(book.nominal_bits / model.stride, 4),
    }
    if used is not None:
        tokens |= {"used_bits_per_token": round(used, 4), "used_bits_per_base": round(used / model.stride, 4)}
    return {"tokens": tokens, "usage": [_use(level, counts) for level, counts in enumerate(model.usage)]}


def _use(level: int, counts: Any) -> dict[str, Any]:
    bits = entropy(counts)
    used = int(np.count_nonzero(counts))
    return {
        "level": level + 1,
        "codes": len(counts),
        "used": used,
        "share": round(used / len(counts), 4),
        "perplexity": round(2**bits, 1),
        "used_bits": round(bits, 4),
    }


def make_card(
    model: VQModel,
    corpus: Corpus,
    *,
    name: str,
    settings: Mapping[str, Any],
    command: str = "",
    seconds: float | None = None,
    joint_bits: float | None = None,
    accuracy: Sequence[Mapping[str, Any]] = (),
    probe: Sequence[Mapping[str, Any]] = (),
    limits: Sequence[str] = (),
    notes: Sequence[str] = (),
    versions: Mapping[str, str] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Make the card of a model: what `card.json` holds, and `io.vqcard.render_card` renders.

    ``settings`` of the run, its seed among them · ``command`` that makes it again · ``seconds`` it took ·
    ``accuracy`` rows of `vq_judge` · ``versions`` of packages beside NumPy · ``facts`` (parameters, steps) as they are.
    """
    return {
        "format": FORMAT,
        "name": name,
        **describe_tokens(model, joint_bits=joint_bits),
        "accuracy": [dict(each) for each in accuracy],
        "probe": [dict(each) for each in probe],
        "corpus": corpus.to_list(),
        "corpus_digest": corpus.digest,
        "balance": corpus.balance,
        "seed": settings.get("seed"),
        "settings": dict(settings),
        "command": command,
        "wall_time_s": None if seconds is None else round(seconds, 1),
        "machine": f"{platform.machine()}, {cpu_count()} processors",
        "versions": {"genotok": __version__, "numpy": np.__version__, "python": platform.python_version()}
        | dict(versions or {}),
        **facts,
        "limits": [*limits_of(model), *limits],
        "notes": [*corpus.notes, *notes],
        "licence": LICENCE,
    }


def limits_of(model: VQModel) -> list[str]:
    """Say what the form of a model implies, whatever it was learnt from."""
    told = []
    if model.network is None:
        told.append(f"A token tells of {model.window} bp, and of nothing farther.")
    else:
        told.append(f"A token depends on {model.network.span} bp: one substitution may change all tokens that see it.")
    if model.stride < model.window and model.network is None:
        told.append(f"Windows overlap: {model.window / model.stride:.3g} tokens tell of each base.")
    if model.stride > 1:
        told.append(f"Tokens depend on where a sequence begins: {model.stride} phases give {model.stride} rows of ids.")
    if model.strand_symmetric:
        told.append("A token does not tell its strand: decoding finds it by the neighbours.")
    told.append("Genomes that are unlike the corpus use the codes less evenly, and come back with more errors.")
    return told
