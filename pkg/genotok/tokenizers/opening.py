"""Where an interval tokenizer comes from: a BED file, a settings file, a saved folder, or a hub repository."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from errno import ENOTDIR
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genotok.errors import ConfigError, InputError, UniverseError
from genotok.io.remote import has_ending
from genotok.io.sources import Source
from genotok.io.universes import open_universe_file
from genotok.tokenizers.config import IntervalConfig
from genotok.values.universe import Universe

if TYPE_CHECKING:
    from genotok.io.folder import SavedTokenizer

_REPOSITORY = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


@dataclass(frozen=True)
class Parts:
    """What an interval tokenizer is made of; ``special_tokens`` are texts by role, those left out are the defaults."""

    universe: Universe
    special_tokens: Mapping[str, str] = field(default_factory=dict)
    config: IntervalConfig = field(default_factory=IntervalConfig)


def open_settings(source: object) -> Parts | None:
    """Open a folder or a ``.toml`` file; None for everything else, which brings no settings of its own."""
    if not isinstance(source, (str, PathLike)):
        return None
    path = Path(source)
    if path.is_dir():
        return open_folder(path)
    return open_config(fspath(source)) if has_ending(fspath(source), ".toml") else None


def open_universe(source: Universe | Source, config: IntervalConfig) -> Universe:
    """Open a BED file or a compact universe, unless it is a universe already."""
    if isinstance(source, Universe):
        return source
    if not isinstance(source, (str, PathLike)) and not hasattr(source, "read"):
        hint = "give a path, a binary file, or Universe.from_regions(regions)"
        raise InputError(f"{type(source).__name__} is no universe", hint=hint)
    return open_universe_file(source, invalid=config.invalid)


def open_config(path: str) -> Parts:
    """Open a settings file or URL; keys that mean nothing here are noted in the universe's report."""
    from genotok.io.config import read_config  # late: a page opens neither settings nor folders

    file = read_config(path)
    config = _config_of(file.settings, file.fault_in)
    universe = open_universe_file(file.universe, invalid=config.invalid)
    if file.unknown:
        note = f"{path}: keys without a meaning here: {', '.join(file.unknown)}"
        report = universe.report
        universe = Universe(universe.regions, replace(report, notes=(*report.notes, note)))
    return Parts(universe, file.special_tokens, config)


def open_folder(folder: Path) -> Parts:
    """Open a saved folder; a universe that is not the one recorded there raises UniverseError."""
    from genotok.io.folder import read_folder  # late: as above

    saved = read_folder(folder)
    config = _config_of(saved.settings, _fault_maker(saved))
    universe = open_universe_file(saved.universe, invalid=config.invalid)
    if saved.digest is not None and saved.digest != universe.digest:
        raise UniverseError(
            f"its SHA-256 is {universe.digest[:12]}.., the recorded one {str(saved.digest)[:12]}..",
            path=str(saved.universe),
            hint="it was changed after saving, so ids have moved; restore it",
        )
    return Parts(universe, saved.special_tokens, config)


def open_pretrained(name_or_path: str | PathLike[str], **hub: Any) -> Parts:
    """Open a folder, else the hub repository of that name."""
    path = Path(name_or_path)
    if path.is_dir():
        return open_folder(path)
    if path.exists():
        raise NotADirectoryError(ENOTDIR, "is a file; open it with IntervalTokenizer(path)", str(path))
    if not isinstance(name_or_path, str) or not _REPOSITORY.fullmatch(name_or_path):
        raise FileNotFoundError(f"{name_or_path}: no such folder; check the path")
    from genotok.hub import fetch_folder  # upward and late: only repository names need the hub

    return open_folder(fetch_folder(name_or_path, **hub))


def _config_of(settings: Mapping[str, Any], fault: Callable[[str, str, str | None], ConfigError]) -> IntervalConfig:
    """Check settings from a file one by one, so that an error can name the place of the wrong one."""
    for name, value in settings.items():
        try:
            IntervalConfig.from_dict({name: value})
        except ConfigError as error:
            raise fault(name, error.what, error.hint) from None
    return IntervalConfig.from_dict(settings)


def _fault_maker(saved: "SavedTokenizer") -> Callable[[str, str, str | None], ConfigError]:
    if saved.config is not None:
        return saved.config.fault_in
    return lambda _, what, hint: ConfigError(what, path=str(saved.origin), hint=hint)
