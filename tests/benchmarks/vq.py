"""genotok's learned tokenizers beside DNABERT-2's byte pairs: letters to codes on one core, here and in Chromium.

One sequence for all, and one run. Natively contenders take turns; what Chromium and Node do is set against the byte
pairs of the same run. Then the page with a genome of SARS-CoV-2, and the command line with files.
"""

import argparse
import contextlib
import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

from measure import (  # threads are counted before NumPy begins
    CHECKOUT,
    GENOTOK,
    alternate,
    as_markdown,
    as_time,
    launch,
    machine,
    median_ratio,
    use_checkout,
    version_of,
)

use_checkout()

import numpy as np  # noqa: E402
import vqengines  # noqa: E402
import vqinside  # noqa: E402

from genotok import VQTokenizer  # noqa: E402  # found through use_checkout
from genotok.kernels.draws import draw_below  # noqa: E402

GENOME, VIRUS, PAIRS = "NC_008253.fna.gz", "NC_045512.fasta", "dnabert2_tokenizer.json"
_OTHER = bytes(set(range(256)) - set(b"ACGT"))
PIECE = 1000  # bases of a text of byte pairs


class Row(NamedTuple):
    """What is timed, and what it must reach: Mb/s here, in the engine of the page, and times as fast as byte pairs."""

    name: str
    model: str
    bases: int
    reads: int
    native: float
    engine: float | None
    ratio: float = 1.0


def main() -> None:
    options = _options()
    letters, virus = _letters(options.data, GENOME), _letters(options.data, VIRUS)
    rows = _rows(options, len(letters))
    pairs = _byte_pairs(options.data)
    print(
        f"{machine()}, tokenizers {version_of('tokenizers') or '-'}, {options.rounds} rounds, medians; one core"
        f"{', processor time' if options.processor else ''}\n"
    )
    missing = vqengines.why_not() if options.engine else "the engine of the page was not asked for"
    for words in filter(None, ["" if pairs else f"no byte pairs: needs tokenizers, and {PAIRS} below --data", missing]):
        print(f"left out: {words}\n")
    table = [each for row in rows for each in _native(row, letters, pairs, options.rounds)]
    pairs_speed = None if pairs is None else _speed_of_pairs(pairs, letters, options.rounds)
    told: dict[str, Any] = {}
    if not missing:
        told = _engines(rows, letters, virus, options)
        for name in ("Chromium", "Node"):
            table += _in_engine(name, told[name], rows, len(letters), pairs_speed)
    header = ["letters to codes, Mb/s", "bases", "genotok", "target", "BPE", "ours / BPE", "target", "met"]
    print(as_markdown(header, table))
    if told:
        print(f"\nChromium {told['version']}; Node and Chromium run the built page's own engine.\n")
        print(as_markdown(["a SARS-CoV-2 genome in the page, pasted, to codes and back", "genotok"], told["page"]))
    print("\n### Opening a model\n")
    print(as_markdown(["", "native", *(["Chromium"] if told else []), "target"], _openings(told, options.rounds)))
    if options.files:
        print("\n### The command line, a fresh process each\n")
        print(as_markdown(["", "time", "Mb/s", "peak memory"], _files(options, letters)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder with {GENOME}, {VIRUS} and {PAIRS}, at any depth")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks")
    parser.add_argument("--engine", action=argparse.BooleanOptionalAction, help="the browser and Node, too")
    parser.add_argument("--files", action=argparse.BooleanOptionalAction, default=True, help="the command line, too")
    parser.add_argument("--processor", action="store_true", help="native processor time: on a machine that is busy")
    parser.add_argument("--quick", action="store_true", help="few bases, one round, no browser, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    if options.engine is None:
        options.engine = not options.quick
    if options.processor:
        vqinside.clock = time.process_time
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def _letters(data: Path | None, name: str) -> bytes:
    """Known bases of real DNA end to end; drawn ones if there is no data."""
    found = sorted(data.rglob(name)) if data else []
    if not found:
        return np.frombuffer(b"ACGT", np.uint8)[draw_below(200_000, 4, 1).astype(np.intp)].tobytes()
    content = found[0].read_bytes()
    text = gzip.decompress(content) if name.endswith(".gz") else content
    records = (record.partition(b"\n")[2] for record in text.upper().split(b">")[1:])
    return b"".join(records).translate(None, _OTHER)


def _rows(options: argparse.Namespace, size: int) -> list[Row]:
    reads, network = (2_000, 8_000) if options.quick else (100_000, 1_000_000)
    return [
        Row("vq-compact, table", "vq-compact", size, 0, 300, 100),
        Row("vq-fine, table", "vq-fine", size, 0, 150, 40),
        Row(f"vq-compact, {reads:,} reads of {vqinside.READ} bp", "vq-compact", 0, reads, 100, None, 20),
        Row("vq-hrq, network", "vq-hrq", min(network, size), 0, 1, 0.12, 0),
    ]


def _byte_pairs(data: Path | None) -> Callable[[list[str]], Any] | None:
    found = sorted(data.rglob(PAIRS)) if data else []
    if not found or version_of("tokenizers") is None:
        return None
    from tokenizers import Tokenizer

    return partial(Tokenizer.from_file(str(found[0])).encode_batch_fast, add_special_tokens=False)


def _pieces(letters: bytes) -> list[str]:
    return [letters[at : at + PIECE].decode() for at in range(0, len(letters), PIECE)]


def _speed_of_pairs(pairs: Callable[[list[str]], Any], letters: bytes, rounds: int) -> float:
    with _one_core():
        taken = vqinside.take_times(partial(pairs, _pieces(letters)), rounds)
    return len(letters) / median(taken) / 1e6


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process on one core."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


def _native(row: Row, letters: bytes, pairs: Callable[[list[str]], Any] | None, rounds: int) -> Iterator[list[str]]:
    tokenizer = VQTokenizer.from_pretrained(row.model)
    reads = vqinside.cut_reads(letters, row.reads) if row.reads else []
    bases = row.reads * vqinside.READ or row.bases
    contenders: dict[str, Callable[[], Any]] = {"genotok": partial(tokenizer.encode_batch, reads)}
    if not row.reads:
        contenders["genotok"] = partial(tokenizer.codes, letters[:bases])
    if pairs is not None:
        texts = [each.decode() for each in reads] or _pieces(letters[:bases])
        contenders["BPE"] = partial(pairs, texts)
    with _one_core():
        taken = alternate(contenders, rounds, lambda work: vqinside.take_time(work))
    own = bases / median(taken["genotok"]) / 1e6
    line = [f"{row.name}, native", f"{bases:,}", _rate(own), f"{row.native:g}"]
    if pairs is None:
        yield [*line, "-", "-", "-", _met(own >= row.native)]
        return
    ratio = median_ratio(taken["BPE"], taken["genotok"])
    wanted = f"{row.ratio:g}" if row.ratio else "-"
    met = own >= row.native and ratio >= row.ratio
    yield [*line, _rate(bases / median(taken["BPE"]) / 1e6), f"{ratio:.3g}", wanted, _met(met)]


def _engines(rows: list[Row], letters: bytes, virus: bytes, options: argparse.Namespace) -> dict[str, Any]:
    """Ask the engine of the page under Node and in Chromium, and the page itself."""
    folder = options.work / "vq-engine"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "letters").write_bytes(letters)
    names = list(dict.fromkeys(row.model for row in rows))
    asked = [[row.name, row.model, _engine_bases(row), 0] for row in rows if row.engine]
    asked += [[f"open {name}", name, 0, 0] for name in names]
    plan = json.dumps([options.rounds, asked])
    told: dict[str, Any] = {"Node": vqengines.ask_node("speeds", folder, plan)}
    with vqengines.chromium(folder) as browser:
        told |= {"version": browser.version, "Chromium": browser.ask("speeds", plan)}
        taken = {name: median(browser.run_page(virus.decode(), name, options.rounds)) for name in names}
    limits = {"vq-hrq": 0.5}
    told["page"] = [
        [f"{name}, {len(virus):,} bp, target {as_time(limits.get(name, 0.05))}", as_time(taken[name])] for name in names
    ]
    return told


def _engine_bases(row: Row) -> int:
    return row.bases if "table" in row.name else min(row.bases, 100_000)


def _in_engine(
    where: str, told: dict[str, list[float]], rows: list[Row], size: int, pairs: float | None
) -> Iterator[list[str]]:
    for row in rows:
        if row.engine:
            bases = min(_engine_bases(row), size)
            own = bases / median(told[row.name]) / 1e6
            line = [f"{row.name}, {where}", f"{bases:,}", _rate(own), f"{row.engine:g}"]
            beside = ["-", "-"] if pairs is None else [f"{_rate(pairs)} native", f"{own / pairs:.3g}"]
            yield [*line, *beside, "-", _met(own >= row.engine)]


def _openings(told: dict[str, Any], rounds: int) -> Iterator[list[str]]:
    for name in ("vq-compact", "vq-fine", "vq-hrq"):
        native = median(vqinside.take_times(partial(VQTokenizer.from_pretrained, name), rounds))
        inside = [as_time(median(told["Chromium"][f"open {name}"]))] if told else []
        yield [name, as_time(native), *inside, "20 ms, 100 ms in a browser"]


def _files(options: argparse.Namespace, letters: bytes) -> Iterator[list[str]]:
    """Encode files of short reads, and one long record."""
    reads, size = (2_000, 200_000) if options.quick else (1_000_000, 100_000_000)
    short, long = options.work / "vq-reads.fa", options.work / "vq-long.fa"
    with short.open("wb") as file:
        for number, read in enumerate(vqinside.cut_reads(letters, reads)):
            file.write(b">read%d\n%b\n" % (number, read[:100]))
    text = (letters * -(-size // len(letters)))[:size]
    with long.open("wb") as file:
        file.write(b">long\n")
        file.writelines(text[at : at + 60] + b"\n" for at in range(0, size, 60))
    for name, path, bases in ((f"{reads:,} reads of 100 bp", short, reads * 100), ("one record", long, size)):
        for model in ("vq-compact", "vq-fine"):
            target = options.work / "vq-tokens.npz"
            runs = [
                launch([*GENOTOK, "vq", "encode", "-t", model, str(path), "-o", str(target), "-q"])
                for _ in range(min(options.rounds, 3))
            ]
            seconds = median(run.seconds for run in runs)
            peak = max(run.peak_mib for run in runs)
            yield [f"{name}, {model}, to .npz", as_time(seconds), _rate(bases / seconds / 1e6), f"{peak:.0f} MiB"]
        path.unlink()


def _rate(speed: float) -> str:
    return f"{speed:.3g}"


def _met(met: bool) -> str:
    return "yes" if met else "no"


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("vq.py keeps itself on one core, as Linux can")
    main()
