"""What ``genotok vq info`` and ``describe`` tell, as plain values and as text."""

import re
from collections.abc import Iterator, Mapping
from statistics import median
from time import perf_counter
from typing import Any

import click
import numpy as np

from genotok.cli.description import entry
from genotok.cli.report import count
from genotok.cli.vq.opening import open_tokenizer
from genotok.errors import VocabularyError
from genotok.io.vqcard import render_card
from genotok.kernels.draws import draw_below
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_backend import TableBackend

_CODE = re.compile(r"(\d{1,2}):(\d{1,6})")
_BENCH_BASES, _BENCH_TIMES = 4_000_000, 5
_NETWORK_BASES = 100_000  # of a network, which is slower
_CHILDREN = 12  # listed in the text


def describe_model(name: str, *, bench: bool = False) -> dict[str, Any]:
    """Return what there is to know of a tokenizer."""
    tokenizer = open_tokenizer(name)
    model = tokenizer.model
    told = {
        "name": name,
        "kind": "vq",
        "parts": [part for part in ("table", "network") if getattr(model, part) is not None],
        "quantizer": tokenizer.codebook.quantizer,
        "levels": list(tokenizer.levels),
        "window": tokenizer.window,
        "stride": tokenizer.stride,
        "receptive_span": tokenizer.receptive_span,
        "strand_symmetric": tokenizer.strand_symmetric,
        "layout": tokenizer.layout,
        "vocab_size": tokenizer.vocab_size,
        "special_ids": dict(tokenizer.vocabulary.special_ids),
        "nominal_bits": tokenizer.codebook.nominal_bits,
        "codebook_digest": tokenizer.codebook.digest,
        "model_digest": model.digest,
        "config": tokenizer.config.to_dict(),
        "card": tokenizer.card,
    }
    return told | ({"megabases_per_second": measure_speed(tokenizer)} if bench else {})


def measure_speed(tokenizer: VQTokenizer) -> float:
    """Return the megabases of text that are encoded in a second, the median of five times."""
    is_table = isinstance(tokenizer.backend, TableBackend)
    bases = draw_below(_BENCH_BASES if is_table else _NETWORK_BASES, 4, 0)
    text = np.frombuffer(b"ACGT", np.uint8)[bases].tobytes()
    times = []
    tokenizer.codes(text)  # warm
    for _ in range(_BENCH_TIMES):
        began = perf_counter()
        tokenizer.codes(text)
        times.append(perf_counter() - began)
    return round(len(text) / median(times) / 1e6, 3)


def render_model(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    sizes = " x ".join(f"{size:,}" for size in found["levels"])
    what = f"{found['quantizer']} of {sizes} codes, as {' and '.join(found['parts'])}"
    yield f"{found['name']}: learned tokenizer, {what}"
    symmetric = ", the same for both strands" if found["strand_symmetric"] else ""
    yield entry("tokens", f"every {found['stride']} bp, of {found['receptive_span']} bp{symmetric}")
    special = ", ".join(f"{role} {number}" for role, number in found["special_ids"].items())
    yield entry("ids", f"0 to {found['vocab_size'] - 1:,} ({found['layout']}); {special}")
    yield entry("codebook", found["codebook_digest"])
    yield entry("model", found["model_digest"])
    if "megabases_per_second" in found:
        yield entry("speed", f"{found['megabases_per_second']:,} Mb/s here, one process")
    if found["card"]:
        yield ""
        yield from render_card(found["card"]).splitlines()


def describe_token(tokenizer: VQTokenizer, token: str) -> dict[str, Any]:
    """Say what an id, a text, or a code of a level stands for; a text that no token has is refused."""
    level = _CODE.fullmatch(token)
    if level is not None:
        found = tokenizer.describe_code(int(level[1]), int(level[2]))
    elif token.isascii() and token.isdecimal():
        if int(token) >= tokenizer.vocab_size:
            raise VocabularyError(f"there is no id {token}", hint=f"0 to {tokenizer.vocab_size - 1}")
        found = tokenizer.describe(int(token))
    else:
        found = tokenizer.describe(token)
        if found.text != token:
            raise click.UsageError(f"no token is called {token!r}; give an id, a text as v17, or level:code as 1:3")
    return {
        "id": found.id,
        "text": found.text,
        "codes": [list(each) for each in found.codes],
        "windows": found.windows,
        "consensus": found.consensus,
        "logo": np.round(found.logo, 4).tolist(),
        "bits": np.round(found.bits, 4).tolist(),
        "parents": [list(each) for each in found.parents],
        "children": list(found.children),
        "reverse": list(found.reverse),
        "usage": list(found.usage),
        "rank": list(found.rank),
    }


def render_token(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the description of a token as text."""
    name = found["text"] if found["id"] is None else f"{found['id']}  {found['text']}"
    yield f"{name}  {found['consensus']}".rstrip()
    for (level, code), uses, rank in zip(found["codes"], found["usage"], found["rank"], strict=False):
        yield entry("usage", f"level {level}, code {code}: {count(uses, 'window')} of the corpus, rank {rank:,}")
    if found["windows"]:
        yield entry("windows", f"{found['windows']:,} of the table")
    if found["logo"]:
        yield entry("place", " ".join(f"{place:>5}" for place in range(1, len(found["logo"]) + 1)))
        for base, shares in zip("ACGT", zip(*found["logo"], strict=True), strict=True):
            yield entry(base, " ".join(f"{share:5.2f}" for share in shares))
        yield entry("bits", " ".join(f"{each:5.2f}" for each in found["bits"]))
    if found["parents"]:
        yield entry("above", ", ".join(f"{level}:{code}" for level, code in found["parents"]))
    if found["children"]:
        shown, more = found["children"][:_CHILDREN], len(found["children"]) - _CHILDREN
        yield entry("below", ", ".join(map(str, shown)) + (f", and {more:,} more" if more > 0 else ""))
    if found["reverse"]:
        yield entry("reverse", ", ".join(map(str, found["reverse"])))
