"""Whether torch, NumPy's network, a table and Pyodide give the same tokens, on a million of them and more.

A network of a short span is trained, compiled, and asked three ways; vq-hrq is asked by torch and by NumPy; then all
bundled models are asked here and in Pyodide. Where float sums decide, a token may differ if its margin is within
rounding, 1e-4 (1 + |z|^2), and one of 10^5 at most.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import CHECKOUT, ENVIRONMENT, GENOTOK, as_markdown, machine, use_checkout, version_of

use_checkout()

import numpy as np  # noqa: E402
import vqengines  # noqa: E402

from genotok import VQTokenizer  # noqa: E402  # found through use_checkout
from genotok.io.fasta import read_fasta  # noqa: E402
from genotok.kernels.draws import draw_below  # noqa: E402
from genotok.kernels.tables import UNKNOWN_CODE  # noqa: E402
from genotok.tokenizers.vq_backend import TableBackend  # noqa: E402
from genotok.tokenizers.vq_conv import ConvBackend  # noqa: E402

FILES = ("hg19_chr20_1M_2M.fa.gz", "human_chr17_0_1M.fa.gz", "NC_008253.fna.gz")
NEAR = 1e-4  # of 1 + |z|^2
SHORT = ("--preset", "strided", "--blocks", "0", "--window", "9", "--steps", "200", "--device", "cpu", "--threads", "1")


def main() -> None:
    options = _options()
    named = dict(_sequences(options))
    whole = np.concatenate(list(named.values()))
    print(f"{machine()}, torch {version_of('torch') or '-'}; {', '.join(named)}: {len(whole):,} bases\n")
    with TemporaryDirectory() as scratch:
        rows = list(_three_ways(_compile(options, Path(scratch)), whole))
    rows += list(_two_ways(VQTokenizer.from_pretrained("vq-hrq"), whole))
    if missing := "Pyodide was not asked for" if options.quick else vqengines.why_not():
        print(f"left out: {missing}\n")
    else:
        rows += list(_in_pyodide(options.work, whole, options.network))
    print(as_markdown(["genotok, compared", "tokens", "differ", "of them beyond rounding", "SHA-256 of ids"], rows))
    if wrong := [row[0] for row in rows if row[3] != "0"]:
        raise SystemExit(f"not equal: {', '.join(wrong)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder with {', '.join(FILES)}, at any depth")
    parser.add_argument("--network", type=int, default=4_100_000, help="bases of vq-hrq in Pyodide (4,100,000)")
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks")
    parser.add_argument("--quick", action="store_true", help="few drawn bases, no Pyodide, to see that it runs")
    options = parser.parse_args()
    options.work = options.work.absolute()
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def _sequences(options: argparse.Namespace) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the bases of each file, 4 where unknown."""
    found = [path for name in FILES for path in (sorted(options.data.rglob(name))[:1] if options.data else [])]
    if options.quick or not found:
        yield "drawn", draw_below(20_000, 4, 2).astype(np.uint8)
        return
    for path in found:
        yield path.name, np.concatenate([each.codes for each in read_fasta(path).values()])


def _compile(options: argparse.Namespace, folder: Path) -> VQTokenizer:
    """Train a network that sees 9 bp, and write it down as a table; it stays beside."""
    fasta, network, table = folder / "short.fa", folder / "network", folder / "table"
    letters = np.frombuffer(b"ACGT", np.uint8)[draw_below(200_000, 4, 3).astype(np.intp)].tobytes()
    fasta.write_bytes(b">drawn\n" + letters + b"\n")
    corpus = sorted(options.data.rglob(FILES[-1]))[:1] if options.data else []
    steps = ("--steps", "10") if options.quick else ()
    source = str(corpus[0] if corpus else fasta)
    for words in (["train", "--fasta", source, *SHORT, *steps, "-o", str(network)], ["compile", str(network)]):
        output = ["-o", str(table)] if words[0] == "compile" else []
        done = subprocess.run([*GENOTOK, "vq", *words, *output, "-q"], env=ENVIRONMENT, check=False)
        if done.returncode:
            raise SystemExit(f"genotok vq {words[0]} failed")
    return VQTokenizer.from_pretrained(table)


def _three_ways(tokenizer: VQTokenizer, bases: np.ndarray) -> Iterator[list[str]]:
    """Compare where whole windows are known: elsewhere the three follow rules of their own."""
    model, rows = tokenizer.model, np.array([0, len(bases)], dtype=np.int64)
    words: dict[str, Any] = {"rows": rows, "ends": "same", "unknown": "unk"}
    table = TableBackend(model).codes(bases, unknown_scope="window", **words).codes
    assert model.network is not None, "compiling keeps it"
    conv = ConvBackend(model.codebook, model.network).codes(bases, unknown_scope="window", margins=True, **words)
    ours, norms = _by_torch(model, bases)
    known = (table[0] != UNKNOWN_CODE) & (conv.codes[0] != UNKNOWN_CODE)
    for name, one, other in (
        ("table, network in NumPy", table, conv.codes),
        ("network in NumPy, in torch", conv.codes, ours),
        ("table, torch", table, ours),
    ):
        levels = "x".join(map(str, model.codebook.levels))
        yield _compared(f"{levels} codes of 9 bp: {name}", one, other, known, conv.margins, norms)


def _two_ways(tokenizer: VQTokenizer, bases: np.ndarray) -> Iterator[list[str]]:
    model = tokenizer.model
    rows, scope = np.array([0, len(bases)], dtype=np.int64), model.unknown_scope
    assert model.network is not None, "it is a network"
    backend = ConvBackend(model.codebook, model.network)
    conv = backend.codes(bases, rows=rows, ends="same", unknown_scope=scope, margins=True)
    ours, norms = _by_torch(model, bases)
    known = conv.codes[0] != UNKNOWN_CODE
    yield _compared("vq-hrq: network in NumPy, in torch", conv.codes, ours, known, conv.margins, norms)


def _by_torch(model: Any, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ask torch for the codes of all tokens, (N, n), and for the largest square of what was quantised, (n,).

    Pieces overlap by more than a token sees, and what lies at a cut is left to the neighbour.
    """
    import torch

    from genotok.train.vq_freeze import open_network

    network, stride = open_network(model), model.stride
    n, piece, halo = -(-len(bases) // stride), 25_000, 64
    codes = np.full((len(model.codebook.sizes), n), UNKNOWN_CODE, dtype=np.uint16)
    norms = np.zeros(n)
    for first in range(0, n, piece):
        low, high = max(first - halo, 0), min(first + piece + halo, n)
        part = np.ascontiguousarray(bases[low * stride : high * stride])
        with torch.no_grad():
            taps, known = network.encode(torch.from_numpy(part)[None])
            found = network.quantiser(taps)
        places = low + np.flatnonzero(known[0].numpy())
        kept = (places >= first) & (places < first + piece)
        codes[:, places[kept]] = found.codes.numpy()[:, kept]
        squares = [np.square(each.numpy(), dtype=np.float64).sum(axis=1) for each in found.residuals or taps]
        norms[places[kept]] = np.max(squares, axis=0)[kept]
    return codes, norms


def _compared(name: str, one: Any, other: Any, known: Any, margins: Any, norms: Any) -> list[str]:
    wrong = known & (one != other).any(axis=0)
    far = wrong & (margins.min(axis=0) > NEAR * (1 + norms))
    tokens, differing = int(known.sum()), int(wrong.sum())
    beyond = int(far.sum()) + max(differing - int(far.sum()) - tokens // 100_000 - 1, 0)
    return [name, f"{tokens:,}", str(differing), str(beyond), "-"]


def _in_pyodide(work: Path, bases: np.ndarray, network: int) -> Iterator[list[str]]:
    folder = work / "vq-equal"
    folder.mkdir(parents=True, exist_ok=True)
    letters = np.frombuffer(b"ACGTN", np.uint8)[bases.astype(np.intp)].tobytes()
    (folder / "letters").write_bytes(letters)
    plan = json.dumps([["vq-fine", len(letters)], ["vq-compact", len(letters)], ["vq-hrq", network]])
    inside = vqengines.ask_node("write_codes", folder, plan)
    for name, told in inside.items():
        tokenizer = VQTokenizer.from_pretrained(name)
        text = letters[: network if name == "vq-hrq" else None]
        mine = tokenizer.codes(text, margins=name == "vq-hrq")
        ids = tokenizer.vocabulary.ids_of_codes(mine.codes)
        same = hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest() == told["sha256"]
        theirs = np.load(folder / f"{name}.npy")
        wrong = (mine.codes != theirs).any(axis=0)
        far = wrong
        if mine.margins is not None:
            norms = np.square(tokenizer.embed(mine), dtype=np.float64).sum(axis=1)
            far = wrong & (mine.margins.min(axis=0) > NEAR * (1 + norms))
        text = f"{told['sha256'][:12]}, {'the same' if same else 'another'}"
        yield [f"{name}: here, in Pyodide", f"{told['tokens']:,}", str(int(wrong.sum())), str(int(far.sum())), text]


if __name__ == "__main__":
    sys.exit(main())
