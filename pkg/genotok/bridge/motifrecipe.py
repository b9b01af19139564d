"""Bins of motifs elsewhere: the line for the shell and the snippet of Python that make what the page saves."""

import re
import shlex
from typing import Any

from genotok.bridge.formats import base_name
from genotok.bridge.motifresult import MotifResult

_ENDINGS = re.compile(r"(\.(fa|fasta|fna|gz|bgz))+$", re.IGNORECASE)
_MATRICES = ("counts", "continuous")
FIGURES = {"ranks": "zipf", "likeness": "coverage"}
FIGURE_OPTIONS = {"ranks": "--kmers 6", "likeness": "--tokens 500 --kmers 4"}
ENDINGS = {"counts": "counts.npz", "continuous": "continuous.npz", "ranks": "ranks.tsv", "likeness": "likeness.tsv"}


def write_motif_recipe(result: MotifResult, kind: str) -> dict[str, Any]:
    """Return ``cli`` (one line, None where no command writes it), ``python`` (None for figures) and ``notes``."""
    name = base_name(result.name)
    ending = ENDINGS.get(kind, kind)
    notes = [f"Save the pasted text as {name} first."] if result.pasted else []
    if result.pasted and list(result.sequences) == ["pasted"]:
        notes = [f"Save the pasted sequence as {name} first, below a line >pasted."]
    if result.model is not None:
        notes.append(f"{_folder_of(result, name)} is the folder with tokenizer_config.json and arrays.npz.")
    return {
        "cli": _line(result, name, kind, f"{name}.{ending}"),
        "python": _snippet(result, name, kind, f"{name}.{ending}"),
        "notes": notes,
    }


def _line(result: MotifResult, name: str, kind: str, output: str) -> str | None:
    """Say it to the shell: learn, then encode."""
    settings = result.settings
    if not result.tokenizer.is_fitted or kind == "counts":
        return None
    path, folder, target = shlex.quote(corpus_path(name)), shlex.quote(_folder_of(result, name)), _plain(output)
    wanted = f"--continuous {target}" if kind == "continuous" else f"--format {kind} -o {target}"
    use = f"genotok motif encode -t {folder} {path} {wanted}"
    if kind in FIGURES:
        drawn = _plain(output.removesuffix(".tsv") + ".svg")  # its numbers are written beside
        use = f"genotok motif {FIGURES[kind]} -t {folder} {path} {FIGURE_OPTIONS[kind]} --plot {drawn}"
    if result.model is not None:
        return use
    rules = [f"--{each} {settings[each]!r}" for each in ("relative", "pvalue") if settings.get(each) is not None]
    # of two rules the latter holds, and the command takes one
    words = [f"--preset {settings.get('preset') or 'paper'}", *rules[-1:], f"--min-count {settings['min_count']}"]
    return f"genotok motif fit {path} -o {folder} {' '.join(words)} && {use}"


def corpus_path(name: str) -> str:
    """Return how a file of this folder is named to the shell, which takes a leading dash for an option."""
    return f"./{name}" if name.startswith("-") else name


def _plain(path: str) -> str:
    return shlex.quote(corpus_path(path))


def _folder_of(result: MotifResult, name: str) -> str:
    if result.model is not None:
        return corpus_path(result.model.removesuffix(".zip"))
    return corpus_path(f"{_ENDINGS.sub('', name) or 'dna'}-motifs")


def _snippet(result: MotifResult, name: str, kind: str, output: str) -> str | None:
    if kind in FIGURES:
        return None  # these are the command's
    lines = [
        "from pathlib import Path",
        "from genotok import MotifTokenizer",
        f"from genotok.export.motif import {'write_csr' if kind in _MATRICES else 'write_motif_tokens'}",
        *(["from genotok.values.blocks import stack_rows"] if kind in _MATRICES else []),
        "",
        f"path = Path({name!r})",
        _made(result, name),
        "encodings = list(tokenizer.encode_sequences(path))",
        f"with Path({output!r}).open('wb') as sink:",
    ]
    if kind in _MATRICES:
        width = "n_features" if kind == "counts" else "n_clusters"
        lines.append(f"    write_csr(sink, stack_rows([each.{kind} for each in encodings], tokenizer.{width}))")
    else:
        lines.append(f"    write_motif_tokens(sink, encodings, tokenizer, {kind!r})")
    return "\n".join(lines) + "\n"


def _made(result: MotifResult, name: str) -> str:
    """Say how the tokenizer is made, of what ``path`` names."""
    if result.model is not None:
        return f"tokenizer = MotifTokenizer.from_pretrained({_folder_of(result, name)!r})"
    settings = result.settings
    chosen = {each: settings[each] for each in ("relative", "pvalue", "min_count") if settings.get(each) is not None}
    if "relative" in chosen:
        chosen.setdefault("pvalue", None)
    words = ", ".join([f"preset={settings.get('preset') or 'paper'!r}", *(f"{key}={chosen[key]!r}" for key in chosen)])
    return f"tokenizer = MotifTokenizer.from_jaspar({words})" + (".fit(path)" if result.tokenizer.is_fitted else "")
