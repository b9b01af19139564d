"""A saved learned tokenizer: two small JSON files that transformers knows too, its arrays, and its card."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from errno import ENOENT
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias

from genotok import __version__
from genotok.errors import BundleError, GenotokError
from genotok.io.folder import JSON_FILE, SPECIALS_FILE, refuse_other_kind
from genotok.io.jsontext import parse_json
from genotok.io.sinks import atomic_write
from genotok.io.vqarrays import VQPlan, pack_arrays, pack_safetensors, read_plan, unpack_arrays
from genotok.io.vqcard import render_card
from genotok.values.specials import ROLES
from genotok.values.vqmodel import VQModel

WeightsFormat: TypeAlias = Literal["npz", "safetensors"]

VQ_CLASS = "GenotokVQTokenizer"
VQ_CODE_FILE = "tokenization_genotok.py"
VQ_AUTO_MAP = {"AutoTokenizer": [f"{VQ_CODE_FILE.removesuffix('.py')}.{VQ_CLASS}", None]}
MODEL_FILES = ("model.npz", "model.safetensors")  # the first that is there counts
CARD_FILE, CARD_PAGE = "card.json", "model_card.md"
FORMAT = 1
_CODE = f'''"""Lets AutoTokenizer.from_pretrained(.., trust_remote_code=True) open this folder with genotok[hf]."""

from genotok.hf import {VQ_CLASS} as {VQ_CLASS}
'''
_CALLS = ("model_max_length", "padding_side", "truncation_side", "special_tokens_pattern")  # transformers' names
_NO_LIMIT = 10**20  # transformers writes "no limit" as a number beyond
_HINT = "save_pretrained makes such folders"


@dataclass(frozen=True)
class SavedVQ:
    """What a folder holds: a model, settings as a dictionary, special texts by role, and the layout of ids."""

    model: VQModel
    config: dict[str, Any]
    special_tokens: dict[str, str]
    layout: str


def write_vq_folder(
    folder: str | PathLike[str],
    saved: SavedVQ,
    *,
    weights: WeightsFormat = "npz",
    remote_code: bool = False,
    settings: bool = True,
) -> tuple[Path, ...]:
    """Write a learned tokenizer as a folder; return the files' paths. Equal tokenizers give equal bytes.

    Numbers that float16 holds exactly are stored as such. ``weights`` of a network may be safetensors.
    ``remote_code`` lets AutoTokenizer find genotok by itself. Without ``settings`` the two files are left out that
    transformers writes itself. A folder that holds a tokenizer of another kind is refused (ConfigError).
    """
    refuse_other_kind(folder, "vq")
    folder, specials = Path(folder), {f"{role}_token": saved.special_tokens[role] for role in ROLES}
    name, other = MODEL_FILES if weights == "npz" else MODEL_FILES[::-1]
    files = {name: pack_arrays(saved.model) if weights == "npz" else pack_safetensors(saved.model)}
    if settings:
        counts = {} if weights == "npz" else {"counts": [each.tolist() for each in saved.model.usage]}
        own = {
            "tokenizer_class": VQ_CLASS,
            **({"auto_map": VQ_AUTO_MAP} if remote_code else {}),
            **specials,
            **{name: saved.config[name] for name in _CALLS},
            "genotok": describe_vq_tokenizer(saved) | counts,
        }
        files |= {JSON_FILE: _json(own), SPECIALS_FILE: _json(specials)}
    if saved.model.card:
        files |= {CARD_FILE: _json(saved.model.card), CARD_PAGE: render_card(saved.model.card).encode()}
    if remote_code:
        files[VQ_CODE_FILE] = _CODE.encode()
    for name, data in files.items():
        with atomic_write(folder / name) as file:
            file.write(data)
    (folder / other).unlink(missing_ok=True)  # of an earlier save: only one is read
    return tuple(folder / name for name in files)


def describe_vq_tokenizer(saved: SavedVQ) -> dict[str, Any]:
    """Say what only genotok asks of ``tokenizer_config.json``: its key ``genotok``."""
    model = saved.model
    return {
        "kind": "vq",
        "format": FORMAT,
        **VQPlan.of(model).to_dict(),
        "ends": model.ends,
        "unknown_scope": model.unknown_scope,
        "layout": saved.layout,
        "codebook_digest": model.codebook.digest,
        "table_sha256": None if model.table is None else model.table.sha256,
        "network_sha256": None if model.network is None else model.network.digest,
        "corpus": _corpus_of(model.card),
        "versions": {"genotok": __version__},
        "config": saved.config,
    }


def _corpus_of(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Take files, digests and sizes out of a card."""
    rows = card.get("corpus")
    listed = [each for each in rows if isinstance(each, Mapping)] if isinstance(rows, (list, tuple)) else []
    return [{name: each.get(name) for name in ("file", "sha256", "bases")} for each in listed]


def read_vq_folder(folder: str | PathLike[str] | Traversable) -> SavedVQ:
    """Read what `write_vq_folder` wrote, or a folder with its weights as safetensors; nothing is computed again.

    Raises BundleError for a file that is damaged, of another format, or whose arrays are not those that the settings
    tell of; FileNotFoundError for a folder without a file that it needs.
    """
    place = Path(folder) if isinstance(folder, (str, PathLike)) else folder
    name = next((each for each in MODEL_FILES if (place / each).is_file()), None)
    for needed in (JSON_FILE, name):
        if needed is None or not (place / needed).is_file():
            raise FileNotFoundError(ENOENT, f"no {needed or ' or '.join(MODEL_FILES)} in the folder", str(place))
    assert name is not None
    card = place / CARD_FILE
    return parse_vq_files(
        (place / JSON_FILE).read_bytes(),
        (place / name).read_bytes(),
        str(place),
        card=card.read_bytes() if card.is_file() else None,
        weights=name,
    )


def parse_vq_files(
    settings: bytes, arrays: bytes, name: str, *, card: bytes | None = None, weights: str = MODEL_FILES[0]
) -> SavedVQ:
    """Read the files of a saved tokenizer out of memory; ``name`` is that of the folder, for messages."""
    own = parse_vq_json(settings, f"{name}/{JSON_FILE}")
    told = own["genotok"]
    try:
        plan, usage = read_plan(told), {}
        if weights == MODEL_FILES[1]:
            plan, usage = replace(plan, usage=False), {"usage": tuple(told["counts"])}
        parts = unpack_arrays(arrays, plan, f"{name}/{weights}") | usage
        facts = {key: told[key] for key in ("ends", "unknown_scope", "strand_symmetric")}
        model = VQModel(**parts, window=plan.window, stride=plan.stride, **facts, card=_card_of(card, name))
        found = describe_vq_tokenizer(SavedVQ(model, {}, {}, ""))
        for key in ("codebook_digest", "table_sha256", "network_sha256"):
            _check_digest(key, found[key], told[key], name)
        config = dict(told["config"]) | {each: _limited(own[each]) for each in _CALLS if each in own}
        specials = {role: _text_of(own.get(f"{role}_token", f"<{role}>")) for role in ROLES}
        return SavedVQ(model, config, specials, str(told["layout"]))
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as fault:
        if isinstance(fault, GenotokError):
            if fault.where and fault.where.startswith(name):
                raise
            where = f"{name}, {fault.where}" if fault.where else name
            raise type(fault)(fault.what, where=where, hint=fault.hint) from None
        raise BundleError(f"its settings do not agree ({fault!r})", path=name, hint=_HINT) from None


def parse_vq_json(content: bytes, path: str) -> dict[str, Any]:
    """Read ``tokenizer_config.json`` of a learned tokenizer."""
    try:
        table = parse_json(content)
        told = table["genotok"]
        kind, number = told["kind"], told["format"]
    except (ValueError, KeyError, TypeError):
        raise BundleError("it describes no learned tokenizer", path=path, hint=_HINT) from None
    if kind == "vq" and isinstance(number, int) and number > FORMAT:
        versions = told.get("versions")
        writer = versions.get("genotok") if isinstance(versions, dict) else None
        what = f"format {number}, written by genotok {writer or 'of a later version'}"
        raise BundleError(what, path=path, hint=f"this version reads format {FORMAT}; upgrade genotok")
    if kind != "vq" or number != FORMAT:
        what = f"genotok holds kind {kind!r}, format {number!r}"
        raise BundleError(what, path=path, hint=f"this version reads kind 'vq', format {FORMAT}")
    return table  # type: ignore[no-any-return]  # a mapping, or there were no keys


def _card_of(content: bytes | None, name: str) -> dict[str, Any]:
    if content is None:
        return {}
    try:
        card = parse_json(content)
    except ValueError:
        card = None
    if not isinstance(card, dict):
        raise BundleError("it is no card", path=f"{name}/{CARD_FILE}", hint="restore it, or remove it")
    return card


def _check_digest(key: str, found: str | None, told: str | None, folder: str) -> None:
    if found != told:
        hint = "the folder's files do not belong together; save or copy it again"
        raise BundleError(f"{key} is {found}, expected {told}", path=folder, hint=hint)


def _json(table: Mapping[str, Any]) -> bytes:
    return (json.dumps(table, indent=2, ensure_ascii=False) + "\n").encode()


def _text_of(token: Any) -> Any:
    """Read the text of a token that transformers may have rewritten as an object."""
    return token.get("content") if isinstance(token, dict) else token


def _limited(value: Any) -> Any:
    """Read transformers' way to say that documents have no longest length."""
    return None if type(value) in (int, float) and value > _NO_LIMIT else value
