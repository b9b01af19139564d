"""The same bytes elsewhere: a line for the shell, and one for Python."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from genotok.bridge.desk import Labels
from genotok.errors import InputError
from genotok.export.manifest import output_name
from genotok.export.writers import FORMATS
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.specials import SpecialTokens
from genotok.values.universe import Universe

_SETTINGS = ("engine", "unmatched", "sort", "invalid")


@dataclass(frozen=True)
class Recipe:
    """What made a file of tokens: file names, and the choices that are not the default."""

    universe: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    special_tokens: Mapping[str, str]
    renames: Any
    keep_empty: bool
    rows: bool

    @property
    def output(self) -> str:
        """Name the file that is made."""
        return output_name(self.name, self.kind)


def universe_file(labels: Labels, universe: Universe) -> str:
    """Name a file that gives the universe: the one it was read from, else the one that saving it makes."""
    base = PurePosixPath(labels.name.replace("\\", "/")).name
    return base if labels.verbatim and base else saved_universe(labels, universe)


def saved_universe(labels: Labels, universe: Universe) -> str:
    """Name the BED file that saving the universe makes."""
    base = PurePosixPath(labels.name.replace("\\", "/")).name
    plain = re.sub(r"(\.(bed|gtu|gz|bgz))+$", "", base, flags=re.IGNORECASE)
    stem = re.sub(r"[^\w.-]+", "-", plain).strip("-.")
    return f"{stem or 'universe'}-{universe.digest[:8]}.bed"


def write_recipe(
    words: Mapping[str, Any], labels: Labels, tokenizer: IntervalTokenizer, kind: str, *, rows: bool = False
) -> dict[str, Any]:
    """Return ``cli`` (one line), ``python`` and ``universe`` (name and digest) for a result's words."""
    if kind not in FORMATS:
        raise InputError(f"format {kind!r} is unknown", hint=f"one of {', '.join(FORMATS)}")
    if rows and kind not in ("jsonl", "npz"):
        raise InputError(f"a .{kind} file has no choice of rows", hint="jsonl and npz have")
    default, texts = IntervalConfig(), SpecialTokens().by_role()
    recipe = Recipe(
        universe=universe_file(labels, tokenizer.universe),
        name=PurePosixPath(words["name"].replace("\\", "/")).name,
        kind=kind,
        settings={
            key: getattr(tokenizer.config, key)
            for key in _SETTINGS
            if getattr(tokenizer.config, key) != getattr(default, key)
        },
        special_tokens={role: each for role, each in tokenizer.specials.by_role().items() if each != texts[role]},
        renames=words["options"].get("rename"),
        keep_empty=words["rows"] == 0,
        rows=rows,
    )
    digest = tokenizer.universe.digest
    return {
        "cli": write_shell(recipe),
        "python": write_python(recipe),
        "universe": {"name": recipe.universe, "digest": digest},
    }


def write_shell(recipe: Recipe) -> str:
    """Write the command; other special tokens than the default ones go through a settings file."""
    prepare, source = "", recipe.universe
    if recipe.special_tokens:
        source = "tokenizer.toml"
        lines = [f"universe = {_toml(recipe.universe)}"]
        for role, each in recipe.special_tokens.items():
            lines += ["[[special_tokens]]", f'name = "{role}"', f"token = {_toml(each)}"]
        prepare = f"printf '%s\\n' {shlex.join(lines)} > {source} && "
    words = ["genotok", "tokenize", "-u", _path(source), _path(recipe.name), "-o", _path(recipe.output)]
    for key, value in recipe.settings.items():
        words += [f"--{key}"] if value is True else [f"--{key}", value]
    if recipe.renames:
        pairs = recipe.renames if recipe.renames == "auto" else ",".join(map("=".join, recipe.renames.items()))
        words += ["--rename-chroms", pairs]
    words += ["--keep-empty"] * recipe.keep_empty + ["--rows"] * recipe.rows
    return prepare + shlex.join(words)


def write_python(recipe: Recipe) -> str:
    """Write a snippet that makes the file with the public API and the writers behind the command."""
    lines_kept = recipe.kind == "bed"
    opening = [repr(recipe.universe)]
    opening += [f"special_tokens={dict(recipe.special_tokens)!r}"] * bool(recipe.special_tokens)
    opening += [f"{key}={value!r}" for key, value in recipe.settings.items()]
    reading = [repr(recipe.name)]
    reading += [f"invalid={recipe.settings['invalid']!r}"] if "invalid" in recipe.settings else []
    reading += ["allow_empty=True"] * recipe.keep_empty + ["keep_lines=True"] * lines_kept
    call = "Regions.concat(list(iter_bed(%s)))" if lines_kept else "read_bed(%s)"
    regions = call % ", ".join(reading)
    options = ["tokenizer"] + ["rows=True"] * recipe.rows
    if recipe.renames:
        regions += f".rename({recipe.renames!r}, like=tokenizer.universe.chrom_names)"
        options.append(f"rename_chroms={recipe.renames!r}")
    kind = ", ".join([repr(recipe.kind), "sink", "tokenizer", *["rows=True"] * recipe.rows])
    return "\n".join(
        [
            f"from genotok import IntervalTokenizer, {'Regions' if lines_kept else 'read_bed'}",
            "from genotok.export.meta import describe_options",
            "from genotok.export.writers import open_writer",
            *["from genotok.io.bed import iter_bed"] * lines_kept,
            "",
            f"tokenizer = IntervalTokenizer.from_bed({', '.join(opening)})",
            f"regions = {regions}",
            "rows = tokenizer.encode_rows(regions)",
            f"with open({recipe.output!r}, 'w+b') as sink:",
            f"    writer = open_writer({kind}, options=describe_options({', '.join(options)}))",
            f"    writer.begin({recipe.name!r})",
            "    writer.write(regions, rows)",
            "    writer.end()",
            "    writer.close()",
            "",
        ]
    )


def _toml(value: str) -> str:
    """Quote a text for TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    signs = (sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}" for sign in escaped)
    return f'"{"".join(signs)}"'


def _path(name: str) -> str:
    """Keep a name that starts with a dash from being read as an option."""
    return f"./{name}" if name.startswith("-") else name
