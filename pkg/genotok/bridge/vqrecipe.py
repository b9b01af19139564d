"""Learned codes elsewhere: the line for the shell and the snippet of Python that make what the page saves."""

import re
import shlex
from typing import Any

from genotok.bridge.dna import PASTED
from genotok.bridge.formats import base_name
from genotok.bridge.motifrecipe import corpus_path
from genotok.bridge.vqresult import Model, VQResult
from genotok.tokenizers.vq import VQTokenizer

DECODED = "fa"
ENDINGS = {DECODED: "decoded.fa"}
_SUFFIXES = re.compile(r"(\.(fa|fasta|fna|gz|bgz))+$", re.IGNORECASE)
_WRITE = """with Path({output!r}).open("wb") as sink:
    writer = VQTokenWriter(sink, tokenizer, {kind!r})
    for names, codes in tokenizer.iter_codes(path):
        writer.write(names, codes)
    writer.close()
"""
_DECODE = """ids = tokenizer.encode_batch(path)
names = [name for names, _ in tokenizer.iter_codes(path) for name in names]
with Path({output!r}).open("w", newline="\\n") as sink:
    for name, letters in zip(names, tokenizer.batch_decode(ids)):
        lines = [letters[at : at + 80] for at in range(0, len(letters), 80)]
        sink.write("\\n".join([f">{{name}}", *lines]) + "\\n")
"""
_DECODE_TILES = """with Path({output!r}).open("w", newline="\\n") as sink:
    for names, codes in tokenizer.iter_codes(path):
        for name, letters in zip(names, tokenizer.batch_decode(codes)):
            lines = [letters[at : at + 80] for at in range(0, len(letters), 80)]
            sink.write("\\n".join([f">{{name}}", *lines]) + "\\n")
"""


def tiles(tokenizer: VQTokenizer) -> bool:
    """Tell whether the cores of a sequence are all of it, so that it comes back as long as it was."""
    return (tokenizer.config.ends or tokenizer.model.ends) == "same"


def output_name(name: str, kind: str) -> str:
    """Return what a saved file is called."""
    return f"{base_name(name)}.{ENDINGS.get(kind, kind)}"


def folder_of(model: Model, name: str) -> str:
    """Return what names a tokenizer to the shell and to Python."""
    if model.learnt is not None:
        return corpus_path(f"{_SUFFIXES.sub('', base_name(name)) or 'dna'}-vq")
    return model.name if model.bundled else corpus_path(model.name.removesuffix(".zip"))


def write_vq_recipe(result: VQResult, kind: str) -> dict[str, Any]:
    """Return ``cli`` (one line), ``python`` and ``notes``."""
    name, model = base_name(result.name), result.model
    notes = [f"Save the pasted text as {name} first."] if result.pasted else []
    if result.pasted and list(result.sequences) == [PASTED]:
        notes = [f"Save the pasted sequence as {name} first, below a line >{PASTED}."]
    if not model.bundled and model.learnt is None:
        notes.append(f"{folder_of(model, name)} is the folder with tokenizer_config.json and model.npz.")
    return {"cli": _line(result, name, kind), "python": _snippet(result, name, kind), "notes": notes}


def _line(result: VQResult, name: str, kind: str) -> str:
    path, output = shlex.quote(corpus_path(name)), shlex.quote(corpus_path(output_name(name, kind)))
    model = shlex.quote(folder_of(result.model, name))
    tokens = shlex.quote(corpus_path(f"{name}.npz")) if kind == DECODED else output
    line = f"genotok vq encode -t {model} {path} -o {tokens}"
    if kind == DECODED:
        line += f" && genotok vq decode -t {model} {tokens} -o {output}"
    if result.model.learnt is None:
        return line
    words = " ".join(f"--{key} {value}" for key, value in result.model.learnt.items())
    return f"genotok vq train --fasta {path} --preset table {words} -o {model} && {line}"


def _snippet(result: VQResult, name: str, kind: str) -> str:
    lines = ["from pathlib import Path", "from genotok import VQTokenizer"]
    lines += [] if kind == DECODED else ["from genotok.export.vq import VQTokenWriter"]
    model = folder_of(result.model, name)
    lines += ["", f"path = Path({name!r})", f"tokenizer = VQTokenizer.from_pretrained({model!r})"]
    decode = _DECODE_TILES if tiles(result.tokenizer) else _DECODE
    body = (decode if kind == DECODED else _WRITE).format(output=output_name(name, kind), kind=kind)
    return "\n".join(lines) + "\n" + body
