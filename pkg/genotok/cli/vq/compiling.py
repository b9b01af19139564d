"""The work of ``genotok vq compile``, and what is told of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count, percent
from genotok.cli.vq.opening import open_tokenizer
from genotok.io.folder import refuse_other_kind
from genotok.kernels.bases import Codes
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.vq_compile import CHECKED, Compiled, compile_model
from genotok.train.vq_corpus import read_records, stretches_of


def compile_folder(name: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Compile a model into a folder; returns what there is to tell, and it as text."""
    refuse_other_kind(options["output"], "vq")
    tokenizer = open_tokenizer(name)
    bases = None if options["checked"] is None else _first_bases(options["checked"])
    with show_phases(wanted=not options["quiet"]) as progress:
        found = compile_model(tokenizer.model, bases=bases, progress=progress)
    VQTokenizer(found.model, special_tokens=tokenizer.specials.by_role()).save_pretrained(options["output"])
    told = {name: value for name, value in found._asdict().items() if name != "model"}
    return told | {"output": options["output"]}, _lines(found, options["output"])


def _first_bases(path: str) -> Codes:
    """Return the first megabase of a file."""
    held, size = list[Codes](), 0
    for _, codes in read_records(path):
        for _, stretch in stretches_of(codes):
            held.append(stretch[: CHECKED - size])
            size += len(held[-1])
        if size >= CHECKED:
            break
    return np.concatenate([np.empty(0, np.uint8), *held])


def _lines(found: Compiled, folder: str) -> Iterator[str]:
    model = found.model
    yield f"{count(4**model.window, 'window')} of {model.window} bp, stride {model.stride}"
    margins = ", ".join(f"{each:.1e}" for each in found.smallest_margins)
    close = percent(round(found.close * 10**6), 10**6)
    yield f"smallest margins of the levels: {margins}; {close} of the windows below 1e-6"
    yield f"{found.checked - found.differing:,} of {count(found.checked, 'token')} as the network's"
    yield f"written to {folder}"
