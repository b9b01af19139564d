"""A saved motif tokenizer: two small JSON files that transformers knows too, and the arrays in one npz."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from errno import ENOENT
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok import __version__
from genotok.errors import BundleError, GenotokError
from genotok.io.blockfiles import load_arrays, read_arrays
from genotok.io.folder import ARRAYS_FILE as ARRAYS_FILE
from genotok.io.folder import JSON_FILE, SPECIALS_FILE, WORDS_FILE, refuse_other_kind
from genotok.io.jsontext import parse_json
from genotok.io.sinks import atomic_write
from genotok.io.zips import write_npz
from genotok.kernels.pwm import bounds_of
from genotok.kernels.sets import Sets
from genotok.values.fitted import Contig, Fitted
from genotok.values.motifs import MotifSet
from genotok.values.specials import ROLES
from genotok.values.thresholds import ThresholdRule, Thresholds

MOTIF_CLASS = "GenotokMotifTokenizer"
MOTIF_CODE_FILE = "tokenization_genotok.py"
MOTIF_AUTO_MAP = {"AutoTokenizer": [f"{MOTIF_CODE_FILE.removesuffix('.py')}.{MOTIF_CLASS}", None]}
FORMAT = 1
_CODE = f'''"""Lets AutoTokenizer.from_pretrained(.., trust_remote_code=True) open this folder with genotok[hf]."""

from genotok.hf import {MOTIF_CLASS} as {MOTIF_CLASS}
'''
_CALLS = ("model_max_length", "padding_side", "truncation_side", "special_tokens_pattern")  # transformers' names
_NO_LIMIT = 10**20  # transformers writes "no limit" as a number beyond


@dataclass(frozen=True)
class SavedMotifs:
    """What a folder holds: motifs with their thresholds, what was fitted, settings as a dictionary, special texts."""

    motifs: MotifSet
    thresholds: Thresholds
    fitted: Fitted
    config: dict[str, Any]
    special_tokens: dict[str, str]


def write_motif_folder(
    folder: str | PathLike[str],
    saved: SavedMotifs,
    texts: list[str],
    *,
    save_ids: bool = False,
    tokenizer_json: bool = False,
    remote_code: bool = False,
    settings: bool = True,
) -> tuple[Path, ...]:
    """Write a motif tokenizer as a folder; return the files' paths. Equal tokenizers give equal bytes.

    ``texts`` are those of all ids. ``save_ids`` adds the interdependence scores, if they are at hand;
    ``tokenizer_json`` the words for plain transformers; ``remote_code`` what lets AutoTokenizer find genotok by itself.
    Without ``settings`` the two files are left out that transformers writes itself. A folder that holds a tokenizer of
    another kind is refused (ConfigError).
    """
    refuse_other_kind(folder, "motif")
    folder = Path(folder)
    arrays = pack_arrays(saved, save_ids=save_ids)
    own = {
        "tokenizer_class": MOTIF_CLASS,
        **({"auto_map": MOTIF_AUTO_MAP} if remote_code else {}),
        **{f"{role}_token": saved.special_tokens[role] for role in ROLES},
        **{name: saved.config["calls"][name] for name in _CALLS},
        "genotok": describe_motif_tokenizer(saved, len(texts), arrays),
    }
    specials = {f"{role}_token": saved.special_tokens[role] for role in ROLES}
    files = {ARRAYS_FILE: arrays}
    if settings:
        files |= {JSON_FILE: _json(own), SPECIALS_FILE: _json(specials)}
    if tokenizer_json:
        files[WORDS_FILE] = _words(texts, saved)
    if remote_code:
        files[MOTIF_CODE_FILE] = _CODE.encode()
    for name, data in files.items():
        with atomic_write(folder / name) as file:
            file.write(data)
    return tuple(folder / name for name in files)


def describe_motif_tokenizer(saved: SavedMotifs, vocab_size: int, arrays: bytes) -> dict[str, Any]:
    """Say what only genotok asks of ``tokenizer_config.json``: its key ``genotok``."""
    fitted = saved.fitted
    return {
        "kind": "motif",
        "format": FORMAT,
        "config": saved.config,
        "motif_digest": saved.motifs.digest,
        "arrays_sha256": hashlib.sha256(arrays).hexdigest(),
        "n_features": len(fitted.labels),
        "n_clusters": int(fitted.labels.max(initial=-1)) + 1,
        "vocab_size": vocab_size,
        "corpus": [asdict(each) for each in fitted.corpus],
        "bins": fitted.bins,
        "gaps": fitted.gaps,
        "unk_share": fitted.unk_share,
        "credit": saved.motifs.credit,
        "versions": {"genotok": __version__},
    }


def pack_arrays(saved: SavedMotifs, *, save_ids: bool = False) -> bytes:
    """Return the bytes of ``arrays.npz``."""
    motifs, fitted = saved.motifs, saved.fitted
    small = not motifs.scores.size or int(np.abs(motifs.scores).max()) < 2**15
    arrays = {
        "motif_ids": np.array(motifs.ids, dtype=np.str_),
        "motif_names": np.array(motifs.names, dtype=np.str_),
        "motif_offsets": motifs.offsets.astype("<i8"),
        "motif_counts": motifs.counts.astype("<f4"),
        "motif_scores": motifs.scores.astype("<i2" if small else "<i4"),
        "thresholds": saved.thresholds.threshold.astype("<i4"),
        "p_values": saved.thresholds.p_value.astype("<f8"),
        "labels": fitted.labels.astype("<i4"),
        "support": fitted.support.astype("<i8"),
        "set_offsets": fitted.sets.offsets.astype("<i8"),
        "set_members": fitted.sets.members.astype("<i4"),
        "set_counts": fitted.counts.astype("<i8"),
        "set_examples": fitted.examples.astype("<i8"),
    }
    if save_ids and fitted.ids_matrix is not None:
        arrays["ids_matrix"] = fitted.ids_matrix.astype("<f4")
    file = BytesIO()
    write_npz(file, arrays)
    return file.getvalue()


def read_motif_folder(folder: str | PathLike[str]) -> SavedMotifs:
    """Read what `write_motif_folder` wrote; nothing is computed again.

    Raises BundleError for a file that is damaged, of another format, or whose arrays are not those that the settings
    name by their digests.
    """
    folder = Path(folder)
    own = read_motif_json(folder / JSON_FILE)
    path = folder / ARRAYS_FILE
    if not path.is_file():
        raise FileNotFoundError(ENOENT, f"no {ARRAYS_FILE} in the folder", str(folder))
    return _parse(own, read_arrays(path), path.read_bytes(), str(folder))


def parse_motif_files(settings: bytes, arrays: bytes, name: str) -> SavedMotifs:
    """Read the two files of a saved tokenizer out of memory; ``name`` is that of the folder, for messages."""
    own = _parse_json(settings, f"{name}/{JSON_FILE}")
    return _parse(own, load_arrays(BytesIO(arrays), f"{name}/{ARRAYS_FILE}"), arrays, name)


def _parse(own: dict[str, Any], arrays: Mapping[str, NDArray[Any]], packed: bytes, folder: str) -> SavedMotifs:
    told = own["genotok"]
    try:
        config = dict(told["config"])
        config["calls"] = {name: _limited(own.get(name, config["calls"][name])) for name in _CALLS}
        motifs = _motifs_of(arrays, config, str(told.get("credit", "")))
        _check_digest("motif set", motifs.digest, told["motif_digest"], folder)
        _check_digest("arrays", hashlib.sha256(packed).hexdigest(), told["arrays_sha256"], folder)
        specials = {role: _text_of(own.get(f"{role}_token", f"<{role}>")) for role in ROLES}
        return SavedMotifs(motifs, _thresholds_of(arrays, motifs, config), _fitted_of(arrays, told), config, specials)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        if isinstance(fault, BundleError):
            raise
        what = fault.what if isinstance(fault, GenotokError) else f"its parts do not agree ({fault})"
        raise BundleError(what, path=folder, hint="save_pretrained makes such folders") from fault


def read_motif_json(path: Path) -> dict[str, Any]:
    """Read ``tokenizer_config.json`` of a motif tokenizer."""
    if not path.is_file():
        raise FileNotFoundError(ENOENT, f"no {path.name} in the folder", str(path.parent))
    return _parse_json(path.read_bytes(), str(path))


def _parse_json(content: bytes, path: str) -> dict[str, Any]:
    try:
        table = parse_json(content)
        found = table["genotok"]["kind"], table["genotok"]["format"]
    except (ValueError, KeyError, TypeError):
        raise BundleError("it describes no motif tokenizer", path=path, hint="save_pretrained makes one") from None
    if found != ("motif", FORMAT):
        what = f"genotok holds kind {found[0]!r}, format {found[1]!r}"
        raise BundleError(what, path=path, hint=f"this version reads kind 'motif', format {FORMAT}")
    return table  # type: ignore[no-any-return]  # a mapping, or there were no keys


def _check_digest(what: str, found: str, told: str, folder: str) -> None:
    if found != told:
        hint = "the folder's files do not belong together; save or copy it again"
        raise BundleError(f"the {what} has the digest {found}, {told} is recorded", path=folder, hint=hint)


def _motifs_of(arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any], credit: str) -> MotifSet:
    ids, names = (tuple(str(each) for each in arrays[key].tolist()) for key in ("motif_ids", "motif_names"))
    background = np.array(config["scan"]["background"], dtype=np.float64)
    offsets, counts, scores = (arrays[f"motif_{key}"] for key in ("offsets", "counts", "scores"))
    return MotifSet(ids, names, offsets, counts, scores, background, credit)


def _thresholds_of(arrays: Mapping[str, NDArray[Any]], motifs: MotifSet, config: Mapping[str, Any]) -> Thresholds:
    scan = config["scan"]
    rule = ThresholdRule(scan["relative"], scan["p_max"], scan["pvalue"])
    least, most = bounds_of(motifs.scores, motifs.offsets)
    threshold = arrays["thresholds"].astype(np.int32)
    if threshold.shape != most.shape or arrays["p_values"].shape != most.shape:
        raise BundleError(f"{len(threshold):,} thresholds for {len(most):,} motifs", hint="save it again")
    return Thresholds(least, most, threshold, arrays["p_values"].astype(np.float64), threshold <= most, rule)


def _fitted_of(arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any]) -> Fitted:
    corpus = tuple(Contig(each["name"], each["length"], each["sha256"]) for each in told["corpus"])
    return Fitted(
        arrays["labels"],
        arrays["support"],
        Sets(arrays["set_offsets"], arrays["set_members"]),
        arrays["set_counts"],
        arrays["set_examples"],
        corpus,
        told["bins"],
        told["gaps"],
        told["unk_share"],
        arrays.get("ids_matrix"),
    )


def _json(table: Mapping[str, Any]) -> bytes:
    return (json.dumps(table, indent=2, ensure_ascii=False) + "\n").encode()


def _text_of(token: Any) -> Any:
    """Read the text of a token that transformers may have rewritten as an object."""
    return token.get("content") if isinstance(token, dict) else token


def _limited(value: Any) -> Any:
    """Read transformers' way to say that documents have no longest length."""
    return None if type(value) in (int, float) and value > _NO_LIMIT else value


def _words(texts: list[str], saved: SavedMotifs) -> bytes:
    """Render ``tokenizer.json``: each text a word, the special tokens added, split at white space."""
    first = len(texts) - len(dict.fromkeys(saved.special_tokens.values()))
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = [{"id": first + place, "content": text, **plain} for place, text in enumerate(texts[first:])]
    table = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {text: place for place, text in enumerate(texts)},
            "unk_token": saved.special_tokens["unk"],
        },
    }
    return (json.dumps(table, ensure_ascii=False) + "\n").encode()
