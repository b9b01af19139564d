"""Motifs from files and into files: JASPAR, MEME and TRANSFAC text, and npz, told apart by content."""

import warnings
from contextlib import redirect_stdout
from dataclasses import replace
from importlib import import_module, resources
from io import BytesIO, StringIO
from os import PathLike, fspath
from pathlib import PurePath
from typing import Literal, TypeAlias, get_args

import numpy as np

from genotok.errors import BundleError, ConfigError, InputError, MotifError, missing_extra
from genotok.io.jaspar import read_jaspar_text, write_jaspar_text
from genotok.io.meme import read_meme_text, write_meme_text
from genotok.io.motiftally import Invalid, Matrix, MotifTally, Versions
from genotok.io.plain import read_plain
from genotok.io.sinks import atomic_write, open_packed
from genotok.io.sniff import SNIFF_BYTES, foreign_kind
from genotok.io.sources import Source, name_of
from genotok.io.transfac import read_transfac_text, write_transfac_text
from genotok.io.zips import read_npz, write_npz
from genotok.values.motifs import UNIFORM, MotifReport, MotifSet

MotifFormat: TypeAlias = Literal["jaspar", "meme", "transfac", "npz"]
JASPAR_CREDIT = "JASPAR {} (CC BY 4.0)"
JASPAR_2022 = f"{JASPAR_CREDIT.format(2022)}: Castro-Mondragon et al., Nucleic Acids Research 50:D165 (2022)"

_TAXA = "taxa are fungi, insects, nematodes, plants, urochordates and vertebrates"
_BUNDLED = (2022, "CORE", "vertebrates")
_KEYS = ("ids", "names", "offsets", "counts", "scores")
_ZIP = b"PK\x03\x04"
_SUFFIXES = {".jaspar": "jaspar", ".pfm": "jaspar", ".meme": "meme", ".transfac": "transfac", ".npz": "npz"}


def read_motifs(
    source: Source,
    *,
    format: MotifFormat | None = None,  # noqa: A002  # the word people expect
    invalid: Invalid = "error",
    versions: Versions = "one",
) -> MotifSet:
    r"""Read motifs; the form is told by content unless ``format`` names it, gzip is unpacked.

    JASPAR (bracketed rows, or four plain ones), MEME minimal >= 4, TRANSFAC, and the npz of `write_motifs`. A bad motif
    is a MotifError with file and line; ``invalid='skip'`` leaves it out and counts it in the set's ``report``. Two
    versions of one id are refused unless ``versions='all'``.

    >>> from io import BytesIO
    >>> motifs = read_motifs(BytesIO(b">MA0004.1 Arnt\nA [4 19]\nC [16 0]\nG [0 1]\nT [0 0]\n"))
    >>> motifs.ids, motifs.counts.tolist()
    (('MA0004.1',), [[4.0, 16.0, 0.0, 0.0], [19.0, 0.0, 1.0, 0.0]])
    """
    if format is not None and format not in get_args(MotifFormat):
        raise InputError(f"format={format!r} is no form of motifs", hint=", ".join(get_args(MotifFormat)))
    path, data = name_of(source), read_plain(source, MotifError)
    if data.startswith(_ZIP) or format == "npz":
        return _read_npz(data, path)
    if found := foreign_kind(data[:SNIFF_BYTES]):
        raise MotifError(f"the file is {found[0]}", path=path, hint="JASPAR, MEME, TRANSFAC and npz are read")
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except UnicodeDecodeError:
        raise MotifError(
            "the file is no UTF-8 text", path=path, hint="JASPAR, MEME, TRANSFAC and npz are read"
        ) from None
    tally = MotifTally(path, invalid=invalid, versions=versions)
    form = format or _sniff(lines, path)
    if form == "meme":
        read_meme_text(lines, tally)
    elif form == "transfac":
        read_transfac_text(lines, tally)
    else:
        read_jaspar_text(lines, PurePath(path).stem, tally)
    return tally.finish(form)


def _sniff(lines: list[str], path: str) -> MotifFormat:
    text = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not text:
        raise MotifError("the file is empty", path=path, hint="give at least one motif")
    if any(line.startswith(("MEME version", "letter-probability matrix")) for line in text):
        return "meme"
    if any(line.startswith(("P0 ", "PO ", "P0\t", "PO\t", "//")) for line in text) or text[0][:3] in ("AC ", "VV "):
        return "transfac"
    if text[0].startswith(">") or text[0][0] in "ACGTacgt-+.0123456789":
        return "jaspar"
    raise MotifError("no form of motifs is like this file", path=path, hint="JASPAR, MEME, TRANSFAC and npz are read")


def _read_npz(data: bytes, path: str) -> MotifSet:
    """Trust the scores that an npz holds: they were made once and are the same everywhere."""
    try:
        arrays = read_npz(BytesIO(data))
    except (OSError, ValueError):
        raise BundleError("the archive is damaged or cut", path=path, hint="copy or download it again") from None
    missing = [key for key in _KEYS if key not in arrays]
    if missing:
        raise BundleError(f"the archive has no {missing[0]}", path=path, hint=f"keys are {' '.join(_KEYS)}")
    ids, names, offsets, counts, scores = (arrays[key] for key in _KEYS)
    credit = str(arrays["credit"]) if "credit" in arrays else ""
    background = arrays.get("background")
    id_texts, name_texts = (tuple(str(each) for each in np.ravel(column).tolist()) for column in (ids, names))
    report = MotifReport(path, "npz", len(id_texts))
    shares = np.array(UNIFORM) if background is None else background
    try:
        return MotifSet(id_texts, name_texts, offsets, counts, scores, shares, credit, report)
    except (MotifError, ValueError, TypeError) as fault:
        what = fault.what if isinstance(fault, MotifError) else "its arrays are no motifs"
        raise BundleError(what, path=path, hint="write_motifs makes such files") from None


def write_motifs(
    path: str | PathLike[str],
    motifs: MotifSet,
    *,
    format: MotifFormat | None = None,  # noqa: A002  # the word people expect
) -> None:
    """Write motifs in the form that the name's ending tells (.jaspar .meme .transfac .npz, text also with .gz).

    JASPAR, TRANSFAC and npz keep the counts as they are, npz the scores, names and credit too. MEME keeps shares and
    one number of sites, so that scores made of it may differ.
    """
    name = fspath(path)
    packed = name.endswith(".gz")
    form = format or _SUFFIXES.get(PurePath(name.removesuffix(".gz")).suffix.lower())
    if form is None or form not in get_args(MotifFormat):
        raise InputError(f"{name}: no form of motifs", hint="end the name with .jaspar, .meme, .transfac or .npz")
    with atomic_write(path) as raw, open_packed(raw, packed=packed and form != "npz") as file:
        if form == "npz":
            write_npz(file, _arrays_of(motifs))
        else:
            writers = {"jaspar": write_jaspar_text, "meme": write_meme_text, "transfac": write_transfac_text}
            writers[form](motifs, file)


def _arrays_of(motifs: MotifSet) -> dict[str, np.ndarray]:
    scores = motifs.scores.astype("<i2") if np.abs(motifs.scores).max() < 2**15 else motifs.scores.astype("<i4")
    return {
        "ids": np.array(motifs.ids),
        "names": np.array(motifs.names),
        "offsets": motifs.offsets.astype("<i4"),
        "counts": motifs.counts.astype("<f4"),
        "scores": scores,
        "background": motifs.background.astype("<f8"),
        "credit": np.array(motifs.credit),
    }


def read_jaspar(*, release: int, collection: str, taxon: str, versions: str) -> MotifSet:
    """Return a collection of JASPAR, from the wheel if it is there, else through pyjaspar (extra ``[motif]``)."""
    if versions not in ("latest", "all"):
        raise ConfigError(f"versions={versions!r}", hint="'latest' or 'all'")
    if (release, collection, taxon) == _BUNDLED and versions == "latest":
        file = resources.files("genotok") / "data" / "jaspar2022_core_vertebrates.npz"
        return replace(_read_npz(file.read_bytes(), file.name), credit=JASPAR_2022)
    try:
        library = import_module("pyjaspar")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("motif", "pyjaspar") from None
    wanted = {"collection": collection, "tax_group": [taxon], "all_versions": versions == "all"}
    place = f"JASPAR {release}"
    with redirect_stdout(StringIO()), warnings.catch_warnings():  # it prints what is wrong, and goes on
        warnings.simplefilter("ignore")
        database = library.jaspardb(release=place.replace(" ", ""))
        if not hasattr(database, "conn"):
            known = ", ".join(sorted(str(each).removeprefix("JASPAR") for each in database.get_releases()))
            raise ConfigError(f"{place} is no release that pyjaspar has", hint=f"it has {known}")
        found = database.fetch_motifs(**wanted)
    if not found:
        raise ConfigError(f"{place} has no {collection} motifs of {taxon}", hint=_TAXA)
    tally = MotifTally(place, invalid="error", versions="all" if versions == "all" else "one")
    for motif in found:
        columns = [[float(motif.counts[letter][at]) for letter in "ACGT"] for at in range(len(motif))]
        tally.add(Matrix(motif.matrix_id, motif.name, columns, 0))
    return tally.finish("pyjaspar", JASPAR_CREDIT.format(release))
