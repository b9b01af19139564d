"""Flat, hierarchical, residual, gridded and grouped codes of equal bits: one network, several seeds, several genomes.

The network of `genotok vq train --preset strided` is trained on *E. coli* with each quantiser, at nine nominal bits a
token every six and every eight bases, so that coding is compression. It is judged on the end of *E. coli* that was held
out, and on yeast, human and SARS-CoV-2, which it never saw. `tree` is `flat` with its codes grouped. A network that is
finished is kept, one line of JSON each, in the file of results; a later run computes what is missing.

A line has ``key`` (all that decides the figures), ``code``, ``stride``, ``seed``, ``seconds`` of processor time, and
``genomes``: for each ``accuracy``, ``loss`` (bits a base that are missing), ``used_bits``, ``level_bits`` and
``shared_bits`` of a token, ``told`` (bits of its own bases that each level, and then all of them, tell place by place)
and ``coarse`` (accuracy by the first level alone; null of one level). Beside it a JSON of the first stride has means
over seeds, as `genotok vq claims --rd` reads them.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from equaltables import points_of, tables_of
from measure import machine, use_checkout

use_checkout()

from genotok import VQTokenizer, __version__  # noqa: E402  # through use_checkout
from genotok.analysis.vq_rates import known_runs, measure_model  # noqa: E402
from genotok.kernels.bases import encode_letters  # noqa: E402
from genotok.kernels.nearest import entropy  # noqa: E402
from genotok.kernels.vqdecode import join_levels  # noqa: E402
from genotok.train.libraries import load_torch  # noqa: E402
from genotok.train.vq_corpus import Corpus, read_corpus, read_records  # noqa: E402
from genotok.train.vq_freeze import count_usage, freeze_model  # noqa: E402
from genotok.train.vq_loop import train_network  # noqa: E402
from genotok.train.vq_presets import NetworkConfig, preset_config  # noqa: E402
from genotok.train.vq_table import TableConfig, grow_tree  # noqa: E402
from genotok.values.codebook import Codebook  # noqa: E402
from genotok.values.vqmodel import VQModel  # noqa: E402

PROTOCOL = 1
TRAINED = "genomes/NC_008253.fna.gz"
GENOMES = {
    "E. coli, held out": TRAINED,
    "yeast chrI": "genomes/sacCer3_chrI.fa.gz",
    "human chr17": "genomes/human_chr17_0_1M.fa.gz",
    "SARS-CoV-2": "genomes/NC_045512.fasta",
}
QUICK = {"steps": 12, "batch": 8, "crop": 96, "blocks": 1, "width": 8, "channels": 8, "every": 12}
SMALL = {"flat": (32,), "hrq": (4, 8), "rvq": (4, 8), "fsq": (8, 4)}  # levels of tiny networks
COARSE = 16  # codes that `tree` groups those of `flat` into


@dataclass(frozen=True)
class Code:
    """A kind of code: its ``quantizer`` and ``levels``, and which settings ``changes`` of the preset's it has."""

    quantizer: str
    levels: tuple[int, ...]
    changes: dict[str, Any] = field(default_factory=dict)


CODES = {
    "flat": Code("flat", (512,)),
    "hrq": Code("hrq", (16, 32)),
    "rvq": Code("rvq", (16, 32)),
    "fsq": Code("fsq", (8, 8, 8)),
}
TRIED = {  # at the same bits, but for the first, which is what the last level of hrq can do alone
    "flat 32": Code("flat", (32,)),
    "hrq 32, 16": Code("hrq", (32, 16)),
    "hrq 2, 256": Code("hrq", (2, 256)),
    "hrq, warm-up 0.3": Code("hrq", (16, 32), {"warmup": 0.3}),
    "hrq, commitment 1": Code("hrq", (16, 32), {"beta": 1.0}),
    "rvq 2, 256": Code("rvq", (2, 256)),
    "fsq 4, 4, 4, 8": Code("fsq", (4, 4, 4, 8)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with genomes/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--strides", type=int, nargs="+", default=[6, 8], help="bases a token")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--bases", type=int, default=200_000, help="of each genome that are judged")
    parser.add_argument("--tried", action="store_true", help="other hierarchies too, at the first stride")
    parser.add_argument(
        "--quick", action="store_true", help="tiny networks on drawn bases, to see that all of it works"
    )
    parser.add_argument("--work", type=Path, default=Path(".benchmarks"), help="folder of equalbits.jsonl")
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.strides, options.bases = 2, [6], 3000
        options.data = draw_genomes(options.work / "drawn")
    if options.data is None:
        parser.error("--data FOLDER names where genomes/ is")
    load_torch().set_num_threads(1)
    print(f"genotok {__version__} on {machine()}", flush=True)
    kept = options.work / "equalbits.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = read_kept(kept)
    found = []
    for seed in range(options.seeds):
        for stride in options.strides:
            names = [*CODES, *(TRIED if options.tried and stride == options.strides[0] else ())]
            for name in names:
                config = config_of(name, stride, seed, options)
                key = key_of(config, options)
                if key not in done:
                    started = time.process_time()
                    rows = run(name, config, options.data, options.bases)
                    done[key] = [{"key": key, "seconds": time.process_time() - started, **each} for each in rows]
                    with kept.open("a", encoding="utf-8") as file:
                        file.writelines(json.dumps(each) + "\n" for each in done[key])
                    print(f"{name}, stride {stride}, seed {seed} done", file=sys.stderr, flush=True)
                found += done[key]
    print("\n" + tables_of(found))
    made = {"command": "tests/benchmarks/equalbits.py --data FOLDER", "genotok": __version__}
    kept.with_suffix(".json").write_text(json.dumps({"made": made, **points_of(found)}, indent=1), encoding="utf-8")


def config_of(name: str, stride: int, seed: int, options: argparse.Namespace) -> NetworkConfig:
    """Return the settings of a network: the preset's, but for its codes."""
    code = (CODES | TRIED)[name]
    usual = QUICK if options.quick else {"steps": options.steps, "every": max(options.steps // 5, 1)}
    levels = SMALL[code.quantizer] if options.quick else code.levels
    own = {"quantizer": code.quantizer, "levels": levels, "stride": stride, "seed": seed}
    return preset_config("strided", **usual | own | code.changes)


def key_of(config: NetworkConfig, options: argparse.Namespace) -> str:
    """Return what names all that decides the figures of a network."""
    told = [PROTOCOL, config.to_dict(), options.bases, corpus_of(options.data).digest, COARSE]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def read_kept(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of the networks that are finished, by key."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        found.setdefault(row["key"], []).append(row)
    return found


@cache
def corpus_of(data: Path) -> Corpus:
    return read_corpus([data / TRAINED], crop=384)


@cache
def texts_of(data: Path, bases: int) -> dict[str, list[str]]:
    """Return the known bases of each genome that are judged."""
    found = {}
    for name, path in GENOMES.items():
        if path == TRAINED:
            parts = [each.codes for each in corpus_of(data).held_out]
        else:
            parts = [codes for _, codes in read_records(data / path)]
        texts, left = list[str](), bases
        for text in (run for codes in parts for run in known_runs(codes)):
            texts += [text[:left]] if left else []
            left -= len(texts[-1]) if left else 0
        found[name] = texts
    return found


def run(name: str, config: NetworkConfig, data: Path, bases: int) -> Iterator[dict[str, Any]]:
    """Train a network, and judge it; of a flat one also its codes in groups."""
    corpus = corpus_of(data)
    with tempfile.TemporaryDirectory() as folder:
        network = train_network(config, corpus, folder, device="cpu").network
    model = freeze_model(network)
    kinds = {config.quantizer: model}
    if name == "flat":
        (usage,), _ = count_usage(network, corpus, bases=min(1_000_000, corpus.bases))
        kinds["tree"] = group_codes(model, usage, config.seed)
    for kind, each in kinds.items():
        genomes = {genome: judge(each, texts, genome) for genome, texts in texts_of(data, bases).items()}
        told = {"quantizer": kind, "levels": list(each.codebook.levels), "nominal_bits": each.codebook.nominal_bits}
        yield {"code": "tree" if kind == "tree" else name, "stride": config.stride, "seed": config.seed, **told} | {
            "settings": {k: v for k, v in asdict(config).items() if k in ("steps", "batch", "crop", "warmup", "beta")},
            "genomes": genomes,
        }


def group_codes(model: VQModel, usage: Any, seed: int) -> VQModel:
    """Return a model of flat codes as one of a tree: the same codes, each within one of a few groups."""
    fine = model.codebook
    how = TableConfig(quantizer="tree", levels=(COARSE, *fine.levels), seed=seed)
    vectors, parents, _ = grow_tree(fine.vectors[0], usage.astype(np.float64), how)
    return replace(model, codebook=Codebook("tree", how.sizes, tuple(vectors), tuple(parents)))


def judge(model: VQModel, texts: Sequence[str], genome: str) -> dict[str, Any]:
    """Measure what a model makes of a genome, by the tokenizer that users have."""
    tokenizer = VQTokenizer(model)
    point = measure_model("", tokenizer, texts, genome)
    codes, letters, right, bases = [], [], 0, 0
    coarse = VQTokenizer(replace(model, codebook=coarse_book(model.codebook)))
    for text in texts:
        found = tokenizer.codes(text)
        truth = encode_letters(np.frombuffer(text.encode(), dtype=np.uint8))
        whole = len(truth) // model.stride
        codes.append(found.codes[:, :whole])
        letters.append(truth[: whole * model.stride].reshape(whole, model.stride))
        right += int(np.count_nonzero(coarse.decode_probabilities(found)[: len(truth)].argmax(axis=1) == truth))
        bases += len(truth)
    joined = np.concatenate(codes, axis=1)
    several = len(model.codebook.sizes) > 1
    levels = [*joined, join_levels(joined, model.codebook.sizes)] if several else list(joined)
    return {
        **{each: getattr(point, each) for each in ("accuracy", "loss", "used_bits", "level_bits", "shared_bits")},
        "told": [told_bits(each, np.concatenate(letters)) for each in levels],
        "coarse": right / bases if several else None,
    }


def coarse_book(book: Codebook) -> Codebook:
    """Return the codebook in which the first level alone says anything."""
    first, *rest = book.vectors or (None,)
    if first is None or not rest:
        return book
    if book.quantizer == "tree":
        return replace(book, vectors=(first, first[book.parents[0]]))
    share = len(book.levels) if book.quantizer == "hrq" else 1  # hrq is a mean over levels
    return replace(book, vectors=(first * share, *(np.zeros_like(each) for each in rest)))


def told_bits(codes: Any, letters: Any) -> float:
    """Return what codes (n,) tell of letters (n, S): mutual information in bits, added up place by place.

    Less the bias that few tokens give it (Miller and Madow).
    """
    classes, numbers = np.unique(codes, return_inverse=True)
    bias = (len(classes) - 1) * 3 / (2 * len(codes) * np.log(2))
    found = 0.0
    for place in letters.T:
        counts = np.bincount(numbers * 4 + place, minlength=4 * len(classes)).astype(np.int64).reshape(-1, 4)
        found += entropy(counts.sum(axis=0)) + entropy(counts.sum(axis=1)) - entropy(counts.ravel()) - bias
    return float(max(found, 0.0))


def draw_genomes(folder: Path) -> Path:
    """Write small genomes of random bases, under the names of the real ones."""
    (folder / "genomes").mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(GENOMES.values()):
        letters = np.random.default_rng(number).choice(list("ACGT"), 120_000)
        (folder / path).write_text(f">drawn{number}\n{''.join(letters)}\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
