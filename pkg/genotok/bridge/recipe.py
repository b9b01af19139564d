"""The same bytes elsewhere: a line for the shell, and a snippet of Python."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.bridge.desk import Labels
from genotok.bridge.formats import base_name, tell_of_names
from genotok.errors import InputError
from genotok.export.formats import FORMATS, ONE_DOCUMENT, WITH_ROWS
from genotok.export.manifest import output_name
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.bounds import find_invalid
from genotok.values.specials import SpecialTokens
from genotok.values.universe import Universe

_SETTINGS = ("engine", "unmatched", "sort", "invalid")
_FOLDER = "tokens/"
_TOML = "tokenizer.toml"


@dataclass(frozen=True)
class Recipe:
    """What made a file of tokens, or a folder of them: file names, and the choices that are not the default.

    ``report`` names the file for the account of the run, if that is what is wanted.
    """

    universe: str
    names: Sequence[str]
    kind: str
    settings: Mapping[str, Any]
    special_tokens: Mapping[str, str]
    renames: Any
    keep_empty: bool
    rows: bool
    folder: bool = False
    report: str = ""

    @property
    def output(self) -> str:
        """Name the file, or the folder, that is made."""
        if self.folder:
            return _FOLDER
        return output_name(base_name(self.names[0]) if len(self.names) == 1 else "tokens", self.kind)


def universe_file(labels: Labels, universe: Universe) -> str:
    """Name a file that gives the universe: the one it was read from, else the one that saving it makes."""
    base = labels.name and base_name(labels.name)
    return base if labels.verbatim and base else saved_universe(labels, universe)


def given_universe(labels: Labels, tokenizer: IntervalTokenizer) -> str:
    """Name the file that the command is given: the universe, or the settings that name it and the special tokens."""
    return _TOML if _changed_tokens(tokenizer) else universe_file(labels, tokenizer.universe)


def saved_universe(labels: Labels, universe: Universe) -> str:
    """Name the file that saving the universe makes: BED, or compact where rows were kept that BED readers refuse."""
    plain = re.sub(r"(\.(bed|gtu|gz|bgz))+$", "", labels.name and base_name(labels.name), flags=re.IGNORECASE)
    stem = re.sub(r"[^\w.-]+", "-", plain).strip("-.")
    regions = universe.regions
    kept = bool(np.any(find_invalid(starts=regions.starts, ends=regions.ends, invalid="error")))
    return f"{stem or 'universe'}-{universe.digest[:8]}.{'gtu' if kept else 'bed'}"


def write_recipe(
    words: Mapping[str, Any], labels: Labels, tokenizer: IntervalTokenizer, kind: str, *, rows: bool = False
) -> dict[str, Any]:
    """Return ``cli`` (one line), ``python``, ``universe`` (name and digest) and ``notes`` for a result's words."""
    return recipe_of_many([(base_name(words["name"]), words)], labels, tokenizer, kind, rows=rows)


def recipe_of_many(
    documents: Sequence[tuple[str, Mapping[str, Any]]],
    labels: Labels,
    tokenizer: IntervalTokenizer,
    kind: str,
    *,
    rows: bool = False,
    folder: bool = False,
    report: str = "",
) -> dict[str, Any]:
    """Return what `write_recipe` does for several results of one universe and one set of options.

    ``documents`` are names and words. They go into one file, or with ``folder`` into one file each and a manifest;
    ``report`` names a file for the account of the run.
    """
    if kind not in FORMATS:
        raise InputError(f"format {kind!r} is unknown", hint=f"one of {', '.join(FORMATS)}")
    if rows and kind not in WITH_ROWS:
        raise InputError(f"a .{kind} file has no choice of rows", hint=f"these have: {', '.join(WITH_ROWS)}")
    if kind in ONE_DOCUMENT and len(documents) > 1 and not folder:
        raise InputError(f"a .{kind} file holds one document, and {len(documents)} are selected", hint="take the zip")
    recipe = Recipe(
        universe=universe_file(labels, tokenizer.universe),
        names=[name for name, _ in documents],
        kind=kind,
        settings=_changed_settings(tokenizer),
        special_tokens=_changed_tokens(tokenizer),
        renames=documents[0][1]["options"].get("rename"),
        keep_empty=any(words["rows"] == 0 for _, words in documents),
        rows=rows,
        folder=folder,
        report=report,
    )
    by_command = folder or bool(report)
    return {
        "cli": write_shell(recipe),
        "python": write_python_command(recipe) if by_command else write_python(recipe),
        "universe": {"name": recipe.universe, "digest": tokenizer.universe.digest},
        "notes": tell_of_names([words["name"] for _, words in documents]),
    }


def recipe_of_tokenizer(labels: Labels, tokenizer: IntervalTokenizer, folder: str) -> dict[str, Any]:
    """Return what `write_recipe` does for a saved tokenizer; no command makes its folder, so Python does."""
    name = universe_file(labels, tokenizer.universe)
    opening = ", ".join(_opening(name, _changed_tokens(tokenizer), _changed_settings(tokenizer)))
    imports, call = "from genotok import IntervalTokenizer", f"IntervalTokenizer.from_bed({opening})"
    saving = f"save_pretrained({folder!r})"
    return {
        "cli": shlex.join(["python", "-c", f"{imports}; {call}.{saving}"]),
        "python": f"{imports}\n\ntokenizer = {call}\ntokenizer.{saving}\n",
        "universe": {"name": name, "digest": tokenizer.universe.digest},
        "notes": [],
    }


def _changed_settings(tokenizer: IntervalTokenizer) -> dict[str, Any]:
    """Return the settings that are not the default."""
    default = IntervalConfig()
    chosen = {key: getattr(tokenizer.config, key) for key in _SETTINGS}
    return {key: value for key, value in chosen.items() if value != getattr(default, key)}


def _changed_tokens(tokenizer: IntervalTokenizer) -> dict[str, str]:
    """Return the special tokens that are not the default, by role."""
    texts = SpecialTokens().by_role()
    return {role: each for role, each in tokenizer.specials.by_role().items() if each != texts[role]}


def _opening(universe: str, special_tokens: Mapping[str, str], settings: Mapping[str, Any]) -> list[str]:
    """List the arguments that open a tokenizer in Python."""
    specials = [f"special_tokens={dict(special_tokens)!r}"] * bool(special_tokens)
    return [repr(universe), *specials, *(f"{key}={value!r}" for key, value in settings.items())]


def write_shell(recipe: Recipe) -> str:
    """Write the command; other special tokens than the default ones go through a settings file."""
    prepare = ""
    if recipe.special_tokens:
        prepare = f"printf '%s\\n' {shlex.join(_toml_lines(recipe))} > {_TOML} && "
    return prepare + shlex.join(["genotok", *_arguments(recipe)])


def _arguments(recipe: Recipe) -> list[str]:
    """List the arguments of the command."""
    source = _TOML if recipe.special_tokens else recipe.universe
    words = ["tokenize", "-u", path_given(source), *map(path_given, recipe.names), "-o", path_given(recipe.output)]
    words += ["--format", recipe.kind] * recipe.folder
    for key, value in recipe.settings.items():
        words += [f"--{key}"] if value is True else [f"--{key}", value]
    if recipe.renames:
        pairs = ["auto"] if recipe.renames == "auto" else ["=".join(pair) for pair in recipe.renames.items()]
        words += ["--rename-chroms", ",".join(pairs)]
    words += ["--report", "json", "--report-file", path_given(recipe.report)] * bool(recipe.report)
    return words + ["--keep-empty"] * recipe.keep_empty + ["--rows"] * recipe.rows


def _toml_lines(recipe: Recipe) -> list[str]:
    """List the lines of a settings file that names the universe and the special tokens."""
    lines = [f"universe = {_toml(recipe.universe)}"]
    for role, each in recipe.special_tokens.items():
        lines += ["[[special_tokens]]", f'name = "{role}"', f"token = {_toml(each)}"]
    return lines


def write_python(recipe: Recipe) -> str:
    """Write a snippet that makes the file with the public API and the writers behind the command."""
    lines_kept, several = recipe.kind == "bed", len(recipe.names) > 1
    opening = _opening(recipe.universe, recipe.special_tokens, recipe.settings)
    reading = ["name" if several else repr(recipe.names[0])]
    reading += [f"invalid={recipe.settings['invalid']!r}"] if "invalid" in recipe.settings else []
    reading += ["allow_empty=True"] * recipe.keep_empty + ["keep_lines=True"] * lines_kept
    call = "Regions.concat(list(iter_bed(%s)))" if lines_kept else "read_bed(%s)"
    regions = call % ", ".join(reading)
    options = ["tokenizer"] + ["rows=True"] * recipe.rows
    if recipe.renames:
        regions += f".rename({recipe.renames!r}, like=tokenizer.universe.chrom_names)"
        options.append(f"rename_chroms={recipe.renames!r}")
    kind = ", ".join([repr(recipe.kind), "sink", "tokenizer", *["rows=True"] * recipe.rows])
    document = [
        f"regions = {regions}",
        f"writer.begin({reading[0]})",
        "writer.write(regions, tokenizer.encode_rows(regions))",
        "writer.end()",
    ]
    names = ", ".join(map(repr, recipe.names))
    body = [f"for name in [{names}]:", *(f"    {line}" for line in document)] if several else document
    return "\n".join(
        [
            f"from genotok import IntervalTokenizer, {'Regions' if lines_kept else 'read_bed'}",
            "from genotok.export.meta import describe_options",
            "from genotok.export.writers import open_writer",
            *["from genotok.io.bed import iter_bed"] * lines_kept,
            "",
            f"tokenizer = IntervalTokenizer.from_bed({', '.join(opening)})",
            f"with open({recipe.output!r}, 'w+b') as sink:",
            f"    writer = open_writer({kind}, options=describe_options({', '.join(options)}))",
            *(f"    {line}" for line in body),
            "    writer.close()",
            "",
        ]
    )


def write_python_command(recipe: Recipe) -> str:
    """Write a snippet that makes a folder, or a report: the command itself, called from Python."""
    prepare = []
    if recipe.special_tokens:
        lines = "".join(f"{line}\n" for line in _toml_lines(recipe))
        prepare = ["from pathlib import Path", "", f"Path({_TOML!r}).write_text({lines!r}, encoding='utf-8')"]
    return "\n".join(["from genotok.cli.app import run", *prepare, "", f"run({_arguments(recipe)!r})", ""])


def _toml(value: str) -> str:
    """Quote a text for TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    signs = (sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}" for sign in escaped)
    return f'"{"".join(signs)}"'


def path_given(name: str) -> str:
    """Keep a name that starts with a dash from being read as an option."""
    return f"./{name}" if name.startswith("-") else name
