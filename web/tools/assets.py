"""Makes the bundled universes, samples and cytobands from their public sources, and checks what is there."""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent.parent
FOLDERS = ("assets", "samples")
NOTES = ("PROVENANCE.tsv", "NOTICE.txt")  # tell of the files beside them
_STAINED = "d7cf09b49f687c1403b67465820493bb82c7b449499e6a74a91e4c56412a2246"  # the table that tells stains
Row = dict[str, str]  # file name assembly rows columns source version path licence source_sha256 sha256


def read_provenance(folder: Path) -> list[Row]:
    """Read a folder's PROVENANCE.tsv, one row a file, in the order in which the page offers them."""
    return _rows_of((folder / "PROVENANCE.tsv").read_text(encoding="utf-8"))


def _rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(text.splitlines(), delimiter="\t", strict=True))


def provenance_faults(web: Path) -> list[str]:
    """List every file in assets/ and samples/ that PROVENANCE.tsv does not name, or names with another content."""
    faults: list[str] = []
    for kind in FOLDERS:
        rows = {row["file"]: row for row in read_provenance(web / kind)}
        held = {path.name: path for path in sorted((web / kind).iterdir()) if path.name not in NOTES}
        faults += [f"web/{kind}/{name}: not in PROVENANCE.tsv" for name in held.keys() - rows.keys()]
        faults += [f"web/{kind}/{name}: missing" for name in rows.keys() - held.keys()]
        for name in rows.keys() & held.keys():
            if hashlib.sha256(held[name].read_bytes()).hexdigest() != rows[name]["sha256"]:
                faults.append(f"web/{kind}/{name}: not the content that PROVENANCE.tsv lists")
    return sorted(faults)


def gtu_header(content: bytes) -> dict[str, Any]:
    """Read the JSON header of a compact universe without decoding it."""
    (length,) = struct.unpack("<i", content[4:8])
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    return header


def listed_universes(app: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Describe the bundled universes for the manifest; the first is the page's default."""
    listed = []
    for row in _assets(app, ".gtu"):
        content = app[f"assets/{row['file']}"]
        header = gtu_header(content)
        listed.append(
            {
                "id": row["file"].removesuffix(".gtu"),
                "file": f"assets/{row['file']}",
                "bytes": len(content),
                **{key: header[key] for key in ("name", "assembly", "n", "digest", "licence", "source")},
            }
        )
    return listed


def listed_cytobands(app: Mapping[str, bytes]) -> dict[str, str]:
    """Name the file of each assembly's cytobands for the manifest."""
    return {row["assembly"]: f"assets/{row['file']}" for row in _assets(app, ".json")}


def _assets(app: Mapping[str, bytes], ending: str) -> list[Row]:
    rows = _rows_of(app["assets/PROVENANCE.tsv"].decode())
    return [row for row in rows if row["file"].endswith(ending)]


def listed_samples(app: Mapping[str, bytes], ending: str = ".bed.gz") -> list[dict[str, Any]]:
    """Describe the sample files of one kind for the manifest."""
    return [
        {
            "id": row["file"].removesuffix(ending),
            "file": f"samples/{row['file']}",
            "bytes": len(app[f"samples/{row['file']}"]),
            "rows": int(row["rows"]),
            **{key: row[key] for key in ("name", "assembly", "licence", "source")},
        }
        for row in _rows_of(app["samples/PROVENANCE.tsv"].decode())
        if row["file"].endswith(ending)
    ]


def make_universe(source: Path, row: Row) -> bytes:
    """Encode a BED file as a compact universe; a fourth column, where it is kept, is the class of each row."""
    from genotok.io.gtu import encode_gtu  # lazy: checking and listing must work without the package
    from genotok.values.universe import Universe

    universe = Universe.from_bed(source)
    origin = f"{row['source']} {row['version']} {row['path']}"
    header = {"name": row["name"], "assembly": row["assembly"], "licence": row["licence"], "source": origin}
    classes = [line.split("\t")[3] for line in _lines(source)] if int(row["columns"]) > 3 else None
    return encode_gtu(universe, header, classes=classes)


def make_sample(source: Path, row: Row) -> bytes:
    """Keep a sample's bytes if all columns are kept, else its first columns, compressed without date or name."""
    lines = _lines(source)
    columns = int(row["columns"])
    if all(line.count("\t") < columns for line in lines):
        return source.read_bytes()
    text = "".join("\t".join(line.split("\t")[:columns]) + "\n" for line in lines)
    return gzip.compress(text.encode(), 9, mtime=0)


def make_sequence(source: Path, row: Row) -> bytes:
    """Keep one record of a FASTA file, whose name may have a version behind that of the row's file, compressed."""
    wanted = row["file"].removesuffix(".fa.gz")
    content = source.read_bytes()
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
    (one,) = [each for each in text.split(">") if (each.split(None, 1) or [""])[0].partition(".")[0] == wanted]
    return gzip.compress(f">{one}".encode(), 9, mtime=0)


def make_cytobands(source: Path, row: Row, stained: Path) -> bytes:
    """Turn a table of NCBI's ideograms into ``{assembly, chroms: [[name, size, [[end, stain, band], ..]], ..]}``.

    The older table does not tell how dark a band is (gpos25 to gpos100); it is taken, by band, from ``stained``.
    """
    columns = [line.split("\t") for line in stained.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    stains = {tuple(each[:3]): each[7] + each[8] for each in columns}
    chroms: dict[str, list[list[Any]]] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        if line[0] != "#":
            name, arm, band, _, _, _, end = line.split("\t")[:7]
            chroms.setdefault(f"chr{name}", []).append([int(end), stains[name, arm, band], arm + band])
    listed = [[name, bands[-1][0], bands] for name, bands in chroms.items()]
    return json.dumps({"assembly": row["assembly"], "chroms": listed}, separators=(",", ":")).encode() + b"\n"


def _lines(source: Path) -> list[str]:
    return gzip.decompress(source.read_bytes()).decode().splitlines()


def make(sources: Sequence[Path], web: Path) -> list[str]:
    """Make every listed file whose source is among ``sources`` (known by SHA-256) and note its rows and hash."""
    made: list[str] = []
    known = {hashlib.sha256(source.read_bytes()).hexdigest(): source for source in sources}
    for kind in FOLDERS:
        rows = read_provenance(web / kind)
        for row in rows:
            source = known.get(row["source_sha256"])
            if source:
                content, count = _make_one(source, row, known)
                (web / kind / row["file"]).write_bytes(content)
                row |= {"rows": str(count), "sha256": hashlib.sha256(content).hexdigest()}
                made.append(f"web/{kind}/{row['file']}: {len(content)} bytes")
        with (web / kind / "PROVENANCE.tsv").open("w", encoding="utf-8", newline="") as sink:
            writer = csv.DictWriter(sink, list(rows[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return made


def _make_one(source: Path, row: Row, known: Mapping[str, Path]) -> tuple[bytes, int]:
    """Make the bytes of one file by its ending; the second value is the number of its rows."""
    if row["file"].endswith(".fa.gz"):
        return make_sequence(source, row), 1
    if row["file"].endswith(".json"):
        content = make_cytobands(source, row, known[_STAINED])
        return content, sum(len(bands) for _, _, bands in json.loads(content)["chroms"])
    maker = make_universe if row["file"].endswith(".gtu") else make_sample
    return maker(source, row), len(_lines(source))


def main() -> int:
    """Make assets from source files given by path, in any order, or check what is there when none is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, nargs="*", help="a source file that PROVENANCE.tsv names by its SHA-256")
    for line in make(parser.parse_args().sources, WEB):
        print(line)
    faults = provenance_faults(WEB)
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
