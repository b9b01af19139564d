"""The ladder of rooms: imports point down, rooms on one floor do not meet, foreign packages have their few places."""

import ast
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import genotok

PACKAGE = Path(genotok.__file__).parent
FLOORS = {
    "errors": 0,
    "arrays": 0,
    "kernels": 1,
    "processes": 1,
    "values": 2,
    "io": 3,
    "encoding": 3,
    "tokenizers": 4,
    "hub": 5,
    "hf": 5,
    "export": 5,
    "train": 5,
    "analysis": 5,
    "cli": 6,
    "bridge": 6,
    "__main__": 6,
}
# (importer, imported): why; each stands inside a function and says so on its line
UPWARD = {
    ("values.universe", "io.bed"): "Universe.write_bed is the name people expect on the noun",
    ("values.universe", "io.universes"): "Universe.from_bed is the name people expect on the noun",
    ("values.motifs", "io.motifs"): "MotifSet.from_jaspar is the name people expect on the noun",
    ("encoding", "analysis.notebook"): "notebooks ask the noun itself for _repr_html_, and only then is it drawn",
    (
        "tokenizers.interval",
        "analysis.notebook",
    ): "notebooks ask the noun itself for _repr_html_, and only then is it drawn",
    ("values.ragged", "analysis.notebook"): "notebooks ask the noun itself for _repr_html_, and only then is it drawn",
    ("values.regions", "analysis.notebook"): "notebooks ask the noun itself for _repr_html_, and only then is it drawn",
    (
        "values.universe",
        "analysis.notebook",
    ): "notebooks ask the noun itself for _repr_html_, and only then is it drawn",
    ("tokenizers.opening", "hub"): "from_pretrained knows repositories by name, and only then needs the hub",
    ("tokenizers.motif_saving", "hub"): "as above",
    ("tokenizers.vq_saving", "hub"): "as above",
    ("__main__", "cli"): "python -m genotok is the command",
}
# importer -> packages: the places where other than NumPy and the standard library may be named
FOREIGN = {
    "io.remote": {"fsspec", "aiohttp"},  # an extra, for URLs
    "analysis.baselines": {"tokenizers"},  # an extra
    "analysis.embedding": {"sklearn", "threadpoolctl", "umap", "openTSNE", "igraph"},  # an extra
    "analysis.vq_baselines": {"tokenizers"},  # an extra
    "analysis.vq_probe": {"sklearn"},  # an extra
    "analysis.png": {"matplotlib"},  # an extra, for pictures that are no SVG
    "io.tracks": {"pybigtools"},  # an extra, for bigWig
    "io.motifs": {"pyjaspar"},  # an extra, for other collections than the wheel's
    "io.inflate": {"isal"},  # the same format, faster; zlib where it is absent
    "export.anndata": {"anndata", "scipy"},  # an extra
    "export.parquet": {"arro3"},  # an extra
    "export.vectors": {"arro3"},  # an extra
    "values.arrow": {"arro3"},  # an extra, for tables out
    "values.csr": {"scipy"},  # an extra, for CsrMatrix.to_scipy alone
    "values.cells": {"scipy"},  # an extra, for CellMatrix.to_scipy alone
    "values.frames": {"arro3", "pyarrow"},  # an extra, for streams of Arrow alone
    "values.columns": {"polars"},  # loaded already, if a value is its Series
    "encoding": {"torch"},  # an extra, for those who ask for its tensors
    "train.cells": {"torch"},  # an extra, for its tensors
    "train.libraries": {
        "torch",
        "captum",
        "tangermeme",
        "transformers",
    },  # extras; the one place of networks that names them
    "hub": {"huggingface_hub"},  # an extra
    "hf.wrapping": {"transformers"},  # an extra
    "hf.bedfolder": {"datasets", "pyarrow"},  # the same
    "cli": {"click", "rich", "dask", "distributed"},  # the terminal front; an extra, for --dask alone
}


class Import(NamedTuple):
    """One import statement: who, what, where, and if it runs with the module."""

    importer: str
    imported: str
    line: int
    is_inside_function: bool


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":  # the package itself names its public homes, lazily
            yield name, path


def imports_of(name, text):
    """List all imports of a module, those inside functions and those by `import_module` too."""
    tree = ast.parse(text)
    inside = {id(child) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for child in ast.walk(each)}
    for node in ast.walk(tree):
        for imported in _targets(node):
            yield Import(name, imported, node.lineno, id(node) in inside)


def _targets(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written out from the package's name"
        return [f"genotok.{alias.name}" for alias in node.names] if node.module == "genotok" else [node.module]
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
        first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
        return [first.value.rstrip(".")] if isinstance(first, ast.Constant) else []
    return []


def room_of(name):
    return name.split(".")[0]


def inner(imports):
    """Keep imports of our own modules, named without the package's name; its version is nobody's room."""
    for each in imports:
        head, _, rest = each.imported.partition(".")
        if head == "genotok" and rest not in ("", "__version__"):
            yield each._replace(imported=rest)


ALL = [each for name, path in modules() for each in imports_of(name, path.read_text())]


def test_every_room_has_a_floor():
    assert {room_of(name) for name, _ in modules()} == set(FLOORS)


def offends(each):
    here, there = room_of(each.importer), room_of(each.imported)
    return here != there and FLOORS[there] >= FLOORS[here]


def test_imports_point_down_and_rooms_on_one_floor_do_not_meet():
    offenders = {(each.importer, each.imported) for each in inner(ALL) if offends(each)}
    assert offenders == set(UPWARD)


def test_what_points_up_waits_for_its_call_and_gives_its_reason_on_the_line():
    for each in inner(ALL):
        if offends(each) and each.importer != "__main__":  # which is the front itself
            line = (PACKAGE / (each.importer.replace(".", "/") + ".py")).read_text().splitlines()[each.line - 1]
            assert each.is_inside_function, each
            assert "#" in line, f"{each} has no reason beside it"


def test_nobody_imports_names_from_the_package_itself():
    """They would load half of the rooms, whatever floor they stand on."""
    assert not [each for each in inner(ALL) if each.imported in genotok.__all__]


def test_only_numpy_and_the_standard_library_are_named_but_for_a_few_places():
    found = {}
    for each in ALL:
        package = each.imported.split(".")[0]
        if package not in sys.stdlib_module_names | {"numpy", "genotok"}:
            importer = "cli" if room_of(each.importer) == "cli" else each.importer
            found.setdefault(importer, set()).add(package)
    assert found == FOREIGN


def test_numpy_is_the_only_foreign_package_that_loads_with_a_module_below_the_fronts():
    """Kernels, values and io must work where nothing else is installed.

    A room that makes classes of someone else's library can't wait for a call; nobody below imports it.
    """
    named = {package for packages in FOREIGN.values() for package in packages}
    for each in ALL:
        if each.imported.split(".")[0] in named and room_of(each.importer) not in ("cli", "hf"):
            assert each.is_inside_function or each.importer == "io.inflate", each


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import genotok.io.bed", ["io.bed"]),
        ("from genotok.io import bed", ["io"]),
        ("from genotok import cli", ["cli"]),
        ("def f():\n    from genotok.cli.app import run", ["cli.app"]),
        ("from importlib import import_module\nimport_module('genotok.cli')", ["cli"]),
        ("import importlib\nimportlib.import_module(f'genotok.cli.{name}')", ["cli"]),
    ],
)
def test_an_import_is_seen_in_any_form(text, expected):
    assert [each.imported for each in inner(imports_of("values.x", text))] == expected
    assert all(offends(each) for each in inner(imports_of("values.x", text)))
