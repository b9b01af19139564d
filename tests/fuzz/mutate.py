"""Damage valid files at random and read them: each must end in a result or in an error that was meant.

    python tests/fuzz/mutate.py --count 100000

prints a table: for each kind of file, how many were read, refused, and (which must be none) anything else: another
exception, more memory than the cap, more than ten seconds, or a compressed file accepted with other rows than it held.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from genotok import (
    GenotokError,
    IntervalTokenizer,
    Regions,
    Universe,
    read_bed,
    read_gtok,
    read_tokens,
    write_gtok,
    write_tokens,
)
from genotok.errors import UniverseWarning
from genotok.export.cells import read_matrix, write_matrix
from genotok.io.gtu import read_gtu, write_gtu
from packing import bgzip_of, gzip_of

MEMORY_CAP = 2**29  # bytes of address space beyond what is in use at the start
SECONDS_CAP = 10

BED = b"".join(
    b"chr%s\t%d\t%d\tpeak_%d\t%d\t.\n" % (name, 50 * row, 50 * row + 20 + row % 60, row, row % 1000)
    for row, name in enumerate([b"1", b"1", b"2", b"X", b"Un_GL000220v1"] * 16)
)
ODD_BED = (
    b"\xef\xbb\xbfbrowser hide all\r\ntrack name=x\r\n#chrom\tstart\tend\r\n\r\nchr1\t0010\t20\r\nchr1 30 40\r\n"
    b"chr2\t5\t5\tn\r\n chr2 \t7\t+9\r\nHLA-A*01:01\t1\t2147483647\r\nchr1\t1\t2"
)
FRAGMENTS = b"# id=x\n" + b"".join(
    b"chr%d\t%d\t%d\t%s-1\t%d\n" % (1 + row % 2, 9 * row, 9 * row + 20, b"ACGTTGCA"[row % 5 :], row % 7)
    for row in range(60)
)
TOML = b"""universe = "u.bed"   # beside this file
tokenizer_type = "ailist"
special_tokens = [{name = "unk", token = "[UNK]"}, {name = "pad", token = '[PAD]'}]

[genotok]
unmatched = "unk"
sort = true
model_max_length = 512
"""
_PIECES = [b"\t", b"\n", b"\r", b"\r\n", b" ", b"#", b"-", b"+", b".", b"0", b"-1", b"4294967296", b"9" * 30, b"\0"]
_PIECES += [b"\x1f\x8b", b"\xff\xfe", b"\xef\xbb\xbf", b"track ", b'"', b"[", b"]", b"=", b"{", b"}", b"\\u0000", b"\\"]
_PIECES += [b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x7f\xff\xff\xff", b"nan", b"null", b"1e999", b"true"]


class Kind(NamedTuple):
    """A kind of file: valid contents, its name, how it is read, and whether it carries a checksum of its content."""

    contents: list[bytes]
    name: str
    read: Callable[[Path, random.Random], object]
    sealed: bool = False


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Change one to four places: bits, bytes, pieces in, slices out, doubled, or swapped, the end cut off."""
    text = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        at = dice.randrange(len(text) + 1)
        end = min(at + dice.choice([1, 2, 5, 40]), len(text))
        match dice.randrange(7):
            case 0 if at < len(text):
                text[at] ^= 1 << dice.randrange(8)
            case 1 if at < len(text):
                text[at] = dice.randrange(256)
            case 2:
                text[at:at] = dice.choice(_PIECES)
            case 3:
                del text[at:end]
            case 4:
                text[at:at] = text[at:end]
            case 5:
                text[at:end] = dice.choice(_PIECES)
            case 6:
                del text[at:]
    return bytes(text)


def _tokenizer() -> IntervalTokenizer:
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 0, 900), ("chr2", 5, 99)])))


def _read_bed(path: Path, dice: random.Random) -> object:
    policy = dice.choice(["error", "skip", "keep"])
    if dice.random() < 0.5:
        tokenizer = IntervalTokenizer.from_bed(path, invalid=policy)
        return tokenizer.convert_tokens_to_ids(tokenizer.convert_ids_to_tokens(list(range(tokenizer.vocab_size))))
    return _tokenizer().replace(invalid=policy).encode_rows(path)


def _read_sealed(path: Path, _: random.Random) -> object:
    return read_bed(path).to_tuples()


def _read_fragments(path: Path, dice: random.Random) -> object:
    tokenizer = _tokenizer().replace(invalid=dice.choice(["error", "skip", "keep"]))
    if dice.random() < 0.5:
        return tokenizer.count_fragments(path, weight=dice.choice(["lines", "count"]))
    cells = tokenizer.tokenize_fragments(path, min_fragments=dice.randrange(4))
    return [*tokenizer.iter_fragments(path)], cells.counts().to_dense()


def _read_matrix(path: Path, _: random.Random) -> object:
    return read_matrix(path, _tokenizer()).barcodes.tolist()


def _read_toml(path: Path, _: random.Random) -> object:
    return IntervalTokenizer.from_config(path).encode([("chr1", 10, 20)])


def _read_json(path: Path, _: random.Random) -> object:
    return IntervalTokenizer.from_pretrained(path.parent).encode([("chr1", 10, 20)])


def _read_own_bed(path: Path, _: random.Random) -> object:
    return read_tokens(path, _tokenizer())


def _read_tokens(path: Path, _: random.Random) -> object:
    return read_tokens(path)


def kinds(folder: Path) -> dict[str, Kind]:
    """Make the valid files that are to be damaged."""
    tokenizer = _tokenizer()
    regions = Regions.from_tuples([("chr1", 1, 2), ("chr9", 1, 2), ("chr2", 0, 50)])
    made = {}
    for name in ("t.npz", "t.jsonl", "t.tsv", "t.bed", "narrow.gtok", "wide.gtok", "u.gtu"):
        path = folder / name
        if name.endswith(".gtok"):
            write_gtok(path, [1, 2, 65535] * 9 + [65536 * name.startswith("wide")])
        elif name == "u.gtu":
            write_gtu(path, tokenizer.universe, {"name": "two regions"})
        else:
            write_tokens(path, {"a.bed": (regions, tokenizer.encode_rows(regions))}, tokenizer, rows=True)
        made[name] = path.read_bytes()
        path.unlink()
    (folder / "f.tsv").write_bytes(FRAGMENTS)
    write_matrix(folder / "m.npz", tokenizer.count_fragments(folder / "f.tsv"), tokenizer)
    matrix = (folder / "m.npz").read_bytes()
    tokenizer.save_pretrained(folder)
    settings = (folder / "tokenizer_config.json").read_bytes()
    (folder / "u.bed").write_bytes(BED)
    return {
        "bed": Kind([BED, BED.replace(b"\n", b"\r\n"), BED.replace(b"\t", b" "), ODD_BED], "q.bed", _read_bed),
        "gz": Kind([gzip_of(BED)], "q.bed.gz", _read_sealed, sealed=True),
        "bgzip": Kind([bgzip_of(BED, 1_000)], "q.bed.gz", _read_sealed, sealed=True),
        "fragments": Kind([FRAGMENTS, FRAGMENTS.replace(b"\t", b" "), gzip_of(FRAGMENTS)], "f.tsv", _read_fragments),
        "matrix": Kind([matrix], "m.npz", _read_matrix),
        "toml": Kind([TOML], "t.toml", _read_toml),
        "json": Kind([settings], "tokenizer_config.json", _read_json),
        "gtok": Kind([made["narrow.gtok"], made["wide.gtok"]], "t.gtok", lambda path, _: read_gtok(path)),
        "gtu": Kind([made["u.gtu"]], "u.gtu", lambda path, _: read_gtu(path.read_bytes())),
        "npz": Kind([made["t.npz"]], "t.npz", _read_tokens),
        "jsonl": Kind([made["t.jsonl"]], "t.jsonl", _read_tokens),
        "tokens": Kind([made["t.bed"]], "t.bed", _read_own_bed),
        "tsv": Kind([made["t.tsv"]], "t.tsv", _read_tokens),
    }


class Slow(BaseException):
    """A case that takes too long; no reader may swallow it."""


def _ring(_: int, __: FrameType | None) -> None:
    raise Slow


def outcome_of(kind: Kind, path: Path, dice: random.Random, valid: bytes) -> str:
    """Read the damaged file at ``path``: 'read', the name of an error that was meant, or what should not be."""
    try:
        result = kind.read(path, dice)
    except (GenotokError, OSError) as error:
        return type(error).__name__
    except (Exception, Slow) as error:  # the finding itself
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"! {type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {str(error)[:80]}"
    if kind.sealed:
        path.write_bytes(valid)
        if result != kind.read(path, dice):
            return "! accepted with other rows"
    return "read"


def run(names: list[str], count: int, seed: int) -> Iterator[tuple[str, Counter[str], float, dict[str, bytes]]]:
    """Damage ``count`` files of each kind; yields outcomes, the slowest case (s), and the first of each finding."""
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", UniverseWarning)
    signal.signal(signal.SIGALRM, _ring)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind_name, kind in kinds(folder).items():
            if kind_name not in names:
                continue
            outcomes: Counter[str] = Counter()
            findings: dict[str, bytes] = {}
            slowest = 0.0
            dice = random.Random(f"{seed} {kind_name}")  # not for secrets
            for _ in range(count):
                valid = dice.choice(kind.contents)
                damaged = mutate(valid, dice)
                path = folder / kind.name
                path.write_bytes(damaged)
                begin = time.perf_counter()
                signal.alarm(SECONDS_CAP)
                outcome = outcome_of(kind, path, dice, valid)
                signal.alarm(0)
                slowest = max(slowest, time.perf_counter() - begin)
                outcomes[outcome] += 1
                if outcome.startswith("!"):
                    findings.setdefault(outcome, damaged)
            path.write_bytes(kind.contents[0])  # the next kind may read the whole folder
            yield kind_name, outcomes, slowest, findings


def cap_memory() -> None:
    """Let no reader take more than MEMORY_CAP: a claim in a damaged header must not be believed."""
    import resource  # not on Windows, where this script does not run

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_CAP, used + MEMORY_CAP))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="damaged files, over all kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default="bed,gz,bgzip,fragments,matrix,toml,json,gtok,gtu,npz,jsonl,tsv,tokens")
    options = parser.parse_args()
    names = options.kinds.split(",")
    if sys.platform == "linux":
        cap_memory()
    print(f"{'kind':9} {'files':>7} {'read':>7} {'refused':>7} {'other':>6} {'slowest':>8}  refused as")
    found = 0
    for name, outcomes, slowest, findings in run(names, options.count // len(names), options.seed):
        other = sum(number for outcome, number in outcomes.items() if outcome.startswith("!"))
        refused = Counter({kind: number for kind, number in outcomes.most_common() if kind[0] not in "!r"})
        numbers = f"{outcomes.total():7} {outcomes['read']:7} {refused.total():7} {other:6} {slowest * 1e3:5.0f} ms"
        print(f"{name:9} {numbers}  {', '.join(f'{kind} {number}' for kind, number in refused.items())}", flush=True)
        for outcome, damaged in findings.items():
            print(f"  {outcomes[outcome]} x {outcome}\n    {damaged[:300]!r}")
        found += other
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
