"""Folders of learned tokenizers: equal bytes for equal ones, all that is damaged told by file and array."""

import gc
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import genotok
from genotok import IntervalTokenizer, Regions, Universe, VQTokenizer
from genotok.errors import BundleError, ConfigError, GenotokError, MissingExtraError
from genotok.io.safetensors import read_safetensors, write_safetensors
from genotok.io.zips import read_npz, write_npz
from genotok.tokenizers import vq_saving
from vq import models

SPECIALS = {"unk": "[UNK]", "mask": "[M]"}


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def saved(folder, model=None, **settings):
    """Save a tokenizer, by default a small tree, and return it."""
    made = models.tokenizer(models.tree_model() if model is None else model, SPECIALS, **settings)
    made.save_pretrained(folder)
    return made


def edit_json(folder, **changes):
    """Change values of the key ``genotok``; None removes."""
    path = folder / "tokenizer_config.json"
    table = json.loads(path.read_text())
    table["genotok"] = {name: value for name, value in (table["genotok"] | changes).items() if value is not ...}
    path.write_text(json.dumps(table))


def edit_arrays(folder, **changes):
    """Change arrays; Ellipsis removes."""
    path = folder / "model.npz"
    arrays = read_npz(BytesIO(path.read_bytes())) | changes
    with path.open("wb") as file:
        write_npz(file, {name: array for name, array in arrays.items() if array is not ...}, packed=True)


@pytest.mark.parametrize("made", models.every_kind(), ids=repr)
def test_a_folder_gives_the_tokenizer_back(made, tmp_path):
    """All parts come back, and what is saved again has the same bytes."""
    made = VQTokenizer(made.model, made.config.replace(model_max_length=99, unknown="drop"), SPECIALS)
    paths = made.save_pretrained(tmp_path / "one", remote_code=True)
    opened = VQTokenizer.from_pretrained(tmp_path / "one")
    assert opened == made
    assert hash(opened) == hash(made)
    assert opened.card == made.card
    assert opened.layout == made.layout
    assert [each.tolist() for each in opened.model.usage] == [each.tolist() for each in made.model.usage]
    assert opened.encode("ACGTTGCAACNGT") == made.encode("ACGTTGCAACNGT")
    opened.save_pretrained(str(tmp_path / "two"), remote_code=True)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert {path.name for path in paths} == set(bytes_of(tmp_path / "one"))


def test_a_network_may_be_saved_as_safetensors(tmp_path):
    """Weights as safetensors, counts beside them; a later save leaves one file of weights."""
    made = models.tokenizer(models.network_model())
    made.save_pretrained(tmp_path, weights="safetensors")
    assert not (tmp_path / "model.npz").exists()
    assert set(read_safetensors(tmp_path / "model.safetensors")) == {*made.model.network, "codebooks.0", "codebooks.1"}
    assert VQTokenizer.from_pretrained(tmp_path) == made
    made.save_pretrained(tmp_path)
    assert not (tmp_path / "model.safetensors").exists()
    assert VQTokenizer.from_pretrained(tmp_path) == made
    with pytest.raises(ConfigError, match="safetensors hold weights, and this model has codes; weights='npz'"):
        models.tokenizer(models.flat_model()).save_pretrained(tmp_path / "t", weights="safetensors")
    with pytest.raises(ConfigError, match="weights is 'pt'; 'npz' or 'safetensors'"):
        made.save_pretrained(tmp_path, weights="pt")


def test_what_is_saved_is_what_is_promised(tmp_path):
    """The settings file says all that the specification lists, and arrays have their names and types."""
    made = saved(tmp_path, ends="same")
    table = json.loads((tmp_path / "tokenizer_config.json").read_text())
    assert table["tokenizer_class"] == "GenotokVQTokenizer"
    assert (table["unk_token"], table["mask_token"], table["pad_token"]) == ("[UNK]", "[M]", "<pad>")
    own = table["genotok"]
    facts = {"kind": "vq", "format": 1, "quantizer": "tree", "levels": [3, 7], "window": 4, "stride": 1}
    facts |= {"code_width": 3, "strand_symmetric": True, "ends": "valid", "unknown_scope": "window", "layout": "fine"}
    assert own.items() >= facts.items()
    assert own["codebook_digest"] == made.codebook.digest
    assert own["table_sha256"] == hashlib.sha256(made.table.codes.astype("<u2").tobytes()).hexdigest()
    assert own["corpus"] == [{"file": "x.fa", "sha256": "00", "bases": 9}]
    assert own["config"]["ends"] == "same"
    assert json.loads((tmp_path / "special_tokens_map.json").read_text())["mask_token"] == "[M]"
    arrays = dict(np.load(tmp_path / "model.npz", allow_pickle=False))
    found = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    assert found == {
        "table_0": ("<u2", (256,)),
        "codebook_0": ("<f2", (3, 3)),
        "codebook_1": ("<f2", (7, 3)),
        "parents_0": ("<u2", (7,)),
        "usage_0": ("<u8", (3,)),
        "usage_1": ("<u8", (7,)),
    }
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        assert {(each.date_time, each.compress_type) for each in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 8)}
    assert json.loads((tmp_path / "card.json").read_text()) == models.CARD
    assert (tmp_path / "model_card.md").read_text().startswith("# toy\n")


def test_numbers_that_float16_does_not_hold_stay_float32(tmp_path):
    """Saving loses no digit."""
    made = models.tokenizer(models.network_model("hrq_tiny_s4"))
    made.save_pretrained(tmp_path)
    arrays = dict(np.load(tmp_path / "model.npz"))
    assert arrays["codebooks.0"].dtype == np.float32
    assert arrays["decoder.out.weight"].dtype == np.float16
    assert np.array_equal(arrays["decoder.out.weight"], made.model.network["decoder.out.weight"])


def test_files_stay_as_they_are(tmp_path):
    """A folder of an earlier day opens, and saving gives its very files; packed bytes differ between builds of zlib."""
    golden = models.GOLDEN / "tree_tiny"
    made = saved(tmp_path)
    assert VQTokenizer.from_pretrained(golden) == made
    wanted, found = bytes_of(golden), bytes_of(tmp_path)
    assert set(wanted) == set(found)
    arrays = [dict(np.load(folder / "model.npz")) for folder in (golden, tmp_path)]
    assert [(name, array.dtype, array.tolist()) for name, array in arrays[0].items()] == [
        (name, array.dtype, array.tolist()) for name, array in arrays[1].items()
    ]
    version = f'"genotok": "{genotok.__version__}"'.encode()
    for name in set(wanted) - {"model.npz"}:
        assert found[name].replace(version, b'"genotok": "0.1.0"') == wanted[name]


def test_settings_given_on_opening_come_first(tmp_path):
    """Fields of VQConfig change what was saved, others are told."""
    made = saved(tmp_path, unknown="drop")
    assert VQTokenizer.from_pretrained(tmp_path, layout="interleave").layout == "interleave"
    assert VQTokenizer.from_pretrained(tmp_path, unknown="unk") == made.replace(unknown="unk")
    with pytest.raises(ConfigError, match="'windows' is no setting"):
        VQTokenizer.from_pretrained(tmp_path, windows=3)
    with pytest.raises(ConfigError, match="backend='conv' needs a network"):
        VQTokenizer.from_pretrained(tmp_path, backend="conv")


def test_ids_mean_what_they_meant_when_they_were_saved(tmp_path):
    """A folder tells its layout, whatever this version would choose."""
    saved(tmp_path)
    edit_json(tmp_path, layout="interleave")
    assert VQTokenizer.from_pretrained(tmp_path).layout == "interleave"


def test_files_in_memory_open_as_a_folder_does(tmp_path):
    """The page has no disk."""
    made = saved(tmp_path)
    files = bytes_of(tmp_path)
    opened = VQTokenizer.from_files(files["tokenizer_config.json"], files["model.npz"], "x", card=files["card.json"])
    assert opened == made
    assert opened.card == made.card
    with pytest.raises(BundleError, match=r"x/tokenizer_config\.json: it describes no learned tokenizer"):
        VQTokenizer.from_files(b"{}", files["model.npz"], "x")


def test_names_of_the_wheel_come_first_then_folders_then_the_hub(tmp_path, monkeypatch):
    """A bundled name is taken from the wheel even where a folder has it; an unknown one is told with the near ones."""
    package = tmp_path / "package"
    inside, beside = saved(package / "models/vq-fine"), saved(tmp_path / "vq-fine", models.flat_model())
    saved(tmp_path / "vq-hrq", models.toy_model())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(vq_saving.resources, "files", lambda _: package)
    assert VQTokenizer.from_pretrained() == VQTokenizer.from_pretrained("vq-fine") == inside
    assert VQTokenizer.from_pretrained("./vq-fine") == beside
    assert VQTokenizer.from_pretrained("vq-hrq").codebook.quantizer == "rvq"
    with pytest.raises(ConfigError, match=r"'vq-fin' is no tokenizer and no folder; the wheel has vq-fine, vq-"):
        VQTokenizer.from_pretrained("vq-fin")
    with pytest.raises(ConfigError, match=r"'vq-compac' .*; the wheel has vq-compact, "):
        VQTokenizer.from_pretrained("vq-compac")
    with pytest.raises(ConfigError, match="is no tokenizer and no folder"):
        VQTokenizer.from_pretrained(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="'file' is no tokenizer and no folder"):
        VQTokenizer.from_pretrained("file")


OPEN = """
import json, sys
from genotok import VQTokenizer
name, folder, *cache = sys.argv[1:]
try:
    opened = VQTokenizer.from_pretrained(name, cache_dir=cache[0])
    again = VQTokenizer.from_pretrained(name, cache_dir=cache[0], local_files_only=True)
    made = VQTokenizer.from_pretrained(folder)
    print(json.dumps([opened == made == again, opened.card == made.card]))
except Exception as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""


@pytest.mark.native
def test_repositories_of_the_hub_are_opened(tmp_path):
    """What a repository holds is the tokenizer that was saved; only files that are read are fetched."""
    from hub.server import serve  # here, so that Pyodide does without it

    saved(tmp_path / "one")
    home = {"HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
    source = {"PYTHONPATH": str(Path(genotok.__file__).parents[1]), "HF_HUB_DISABLE_TELEMETRY": "1"}
    with serve() as hub:
        hub.repositories["me/model"] = bytes_of(tmp_path / "one") | {"README.md": b"x"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        answers = []
        for name in ("me/model", "me/nothing"):
            words = [sys.executable, "-c", OPEN, name, str(tmp_path / "one"), str(tmp_path / "cache")]
            settings = clean | home | source | {"HF_ENDPOINT": hub.url}
            done = subprocess.run(words, env=settings, capture_output=True, text=True, timeout=120, check=True)
            answers.append(json.loads(done.stdout))
        fetched = {path.rpartition("/")[2] for method, path in hub.asked if method == "GET"}
    assert answers[0] == [True, True]
    assert answers[1][0] == "HubError"
    assert answers[1][1].startswith("me/nothing: the hub knows no such repository")
    assert fetched == {"model.npz", "tokenizer_config.json", "card.json"}


def test_the_hub_is_an_extra(monkeypatch):
    """Without its library the line says what to install."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genotok\[hub\]'"):
        VQTokenizer.from_pretrained("me/model")


def test_a_folder_of_another_kind_is_refused(tmp_path):
    """Saving overwrites no tokenizer of another kind, and opening one says what is there."""
    interval = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
    interval.save_pretrained(tmp_path / "i")
    with pytest.raises(ConfigError, match='holds a tokenizer of kind "interval"; one of kind "vq" would overwrite it'):
        saved(tmp_path / "i")
    saved(tmp_path / "v")
    with pytest.raises(ConfigError, match='holds a tokenizer of kind "vq"; one of kind "interval" would overwrite it'):
        interval.save_pretrained(tmp_path / "v")
    with pytest.raises(FileNotFoundError, match=r"no model\.npz or model\.safetensors in the folder"):
        VQTokenizer.from_pretrained(tmp_path / "i")


def test_a_folder_without_its_files(tmp_path):
    """The one that is missing is named; the card may be."""
    made = saved(tmp_path)
    (tmp_path / "card.json").unlink()
    assert VQTokenizer.from_pretrained(tmp_path) == made
    assert VQTokenizer.from_pretrained(tmp_path).card == {}
    settings = (tmp_path / "tokenizer_config.json").read_bytes()
    (tmp_path / "tokenizer_config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"no tokenizer_config\.json in the folder"):
        VQTokenizer.from_pretrained(tmp_path)
    (tmp_path / "tokenizer_config.json").write_bytes(settings)
    (tmp_path / "model.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"no model\.npz or model\.safetensors in the folder"):
        VQTokenizer.from_pretrained(tmp_path)


NAN = np.full((7, 3), np.nan, "<f4")
CODES = np.zeros(256, "<u2")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"table_0": ...}, r"model\.npz, array table_0: missing; expected by the settings"),
        ({"extra": CODES}, r"model\.npz, array extra: no array of this model"),
        ({"table_0": CODES[:64]}, r"model\.npz, array table_0: shape \(64,\); expected \(256,\)"),
        ({"table_0": CODES.astype("<i8")}, r"model\.npz, array table_0: type <i8; expected <u2"),
        ({"table_0": CODES.astype(">u2")}, r"model\.npz, array table_0: type >u2; expected <u2"),
        ({"table_0": CODES + np.uint16(7)}, r"model\.npz, array table_0: code 7; expected below 7"),
        ({"table_0": (np.arange(256) % 7).astype("<u2")}, r"model\.npz: a window and its reverse complement have"),
        ({"table_0": CODES}, r"table_sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}; the folder's files do not belong"),
        ({"codebook_1": NAN}, r"model\.npz, array codebook_1: holds NaN or infinity; expected finite numbers"),
        ({"codebook_1": NAN * 0 + np.inf}, r"model\.npz, array codebook_1: holds NaN or infinity"),
        ({"codebook_1": np.zeros((7, 3), "<f8")}, r"array codebook_1: type <f8; expected <f2 or <f4"),
        ({"codebook_1": np.zeros((7, 3), "<f4")}, r"codebook_digest is [0-9a-f]{64}, expected [0-9a-f]{64}"),
        ({"parents_0": np.full(7, 3, "<u2")}, r"model\.npz: parent 3 of level 1, expected below 3"),
        ({"usage_0": np.zeros(4, "<u8")}, r"array usage_0: shape \(4,\); expected \(3,\)"),
    ],
)
def test_arrays_that_are_wrong(changes, message, tmp_path):
    """File, array, what was found and what was expected."""
    saved(tmp_path)
    edit_arrays(tmp_path, **changes)
    with pytest.raises(BundleError, match=message) as caught:
        VQTokenizer.from_pretrained(tmp_path)
    assert str(caught.value).startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"format": 2, "versions": {"genotok": "9.1"}}, BundleError, r"format 2, written by genotok 9\.1; .*upgrade"),
        ({"format": 2, "versions": 3}, BundleError, r"format 2, written by genotok of a later version"),
        ({"format": "1"}, BundleError, r"genotok holds kind 'vq', format '1'; this version reads kind 'vq', format 1"),
        ({"kind": "motif"}, BundleError, r"genotok holds kind 'motif', format 1"),
        ({"quantizer": "flatt"}, ConfigError, r"quantizer is 'flatt'; one of flat, hrq, rvq, fsq, tree"),
        ({"levels": [1, 7]}, BundleError, r"a level is 1; expected a whole number from 2 to 65,534"),
        ({"levels": [3, 65_535]}, BundleError, r"a level is 65535; expected a whole number from 2 to 65,534"),
        ({"levels": []}, BundleError, r"levels are \[\]"),
        ({"levels": "37"}, BundleError, r"levels are '37'"),
        ({"levels": [3, 8]}, BundleError, r"array codebook_1: shape \(7, 3\); expected \(8, 3\)"),
        ({"window": 11}, ConfigError, r"a table of windows of 11 bp; compile needs a span <= 10, this model has 11"),
        ({"window": 0}, BundleError, r"window is 0; expected a whole number from 1"),
        ({"stride": 5}, BundleError, r"stride is 5; expected a whole number from 1 to 4"),
        ({"stride": 4.0}, BundleError, r"stride is 4\.0"),
        ({"code_width": 4}, BundleError, r"array codebook_0: shape \(3, 3\); expected \(3, 4\)"),
        ({"code_width": 10**9}, BundleError, r"code_width is 1000000000"),
        ({"ends": "both"}, ConfigError, r"ends='both' is no choice; valid or same"),
        ({"unknown_scope": 3}, ConfigError, r"unknown_scope=3 is no choice"),
        ({"strand_symmetric": 1}, BundleError, r"strand_symmetric is 1; true or false"),
        ({"table": False}, BundleError, r"there is neither a table nor a network"),
        ({"table": ...}, BundleError, r"its settings do not agree \(KeyError\('table'\)\)"),
        ({"codebook_digest": "00"}, BundleError, r"codebook_digest is [0-9a-f]{64}, expected 00"),
        ({"table_sha256": None}, BundleError, r"table_sha256 is [0-9a-f]{64}, expected None"),
        ({"network": {"taps": [1]}}, BundleError, r"its settings do not agree \(KeyError"),
        ({"network": 3}, BundleError, r"its settings do not agree"),
        ({"layout": "all"}, ConfigError, r"layout is 'all'"),
        ({"config": {"window": 4}}, BundleError, r"'window' is no setting"),
        ({"config": {"unknown": "all"}}, BundleError, r"unknown is 'all'"),
        ({"config": 3}, BundleError, r"its settings do not agree"),
    ],
)
def test_settings_that_are_wrong(changes, kind, message, tmp_path):
    """What the settings file says is checked before any memory is taken."""
    saved(tmp_path)
    edit_json(tmp_path, **changes)
    with pytest.raises(kind, match=message):
        VQTokenizer.from_pretrained(tmp_path)


def _cut(data):
    return data[: len(data) // 2]


def _pickled(_):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = BytesIO()
        np.lib.format.write_array(member, np.array([{}], dtype=object))
        archive.writestr("table_0.npy", member.getvalue())
    return file.getvalue()


def _bomb(_):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("table_0.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<u2", "fortran_order": False, "shape": (256,)})
        for _ in range(200):
            member.write(bytes(2**21))
    return file.getvalue()


def _twice(data):
    file = BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("table_0.npy", archive.read("table_0.npy"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_cut, r"model\.npz: the archive is damaged or cut"),
        (lambda _: b"", r"model\.npz: the archive is damaged or cut"),
        (lambda _: b"\x93NUMPY", r"model\.npz: the archive is damaged or cut"),
        (_pickled, r"model\.npz: the archive is damaged or cut \(table_0\.npy holds objects, not numbers\)"),
        (_bomb, r"model\.npz: the archive is damaged or cut"),
        (_twice, r"model\.npz, array table_0: twice in the file"),
    ],
)
def test_archives_that_are_wrong(damage, message, tmp_path):
    """Nothing is unpickled, and no more memory is taken than the settings ask for."""
    saved(tmp_path)
    path = tmp_path / "model.npz"
    path.write_bytes(damage(path.read_bytes()))
    tracemalloc.start()
    with pytest.raises(BundleError, match=message):
        VQTokenizer.from_pretrained(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * path.stat().st_size + 2**20


def test_weights_that_are_wrong(tmp_path):
    """A network's arrays are checked as those of a table are, in either kind of file."""
    made = models.tokenizer(models.network_model())
    for weights, name in (("npz", "model.npz"), ("safetensors", "model.safetensors")):
        folder = tmp_path / weights
        made.save_pretrained(folder, weights=weights)
        path = folder / name
        whole = path.read_bytes()
        arrays = read_safetensors(whole) if weights == "safetensors" else read_npz(BytesIO(whole))
        stem = arrays["stem.conv.weight"]
        for changes, message in [
            ({"stem.conv.weight": stem[:2]}, r"array stem\.conv\.weight: shape \(2, 4, 5\); expected \(6, 4, 5\)"),
            ({"stem.conv.weight": stem * np.float32(np.nan)}, r"array stem\.conv\.weight: nan among its numbers"),
            ({"stem.norm.bias": ...}, r"array stem\.norm\.bias: missing"),
            ({"stem.more": stem}, r"array stem\.more: no array of this model"),
            ({"codebooks.0": arrays["codebooks.0"] * 0}, r"codebook_digest is"),
            ({"stem.conv.weight": stem * 0}, r"network_sha256 is [0-9a-f]{64}, expected"),
        ]:
            changed = {each: array for each, array in (arrays | changes).items() if array is not ...}
            with path.open("wb") as file:
                if weights == "npz":
                    write_npz(file, changed)
                else:
                    file.write(write_safetensors(changed))
            with pytest.raises(BundleError, match=message) as caught:
                VQTokenizer.from_pretrained(folder)
            assert str(caught.value).startswith(str(folder))
        path.write_bytes(whole[:-9])
        with pytest.raises(BundleError, match=re.escape(name)):
            VQTokenizer.from_pretrained(folder)


def test_plans_of_networks_that_are_wrong(tmp_path):
    """A plan that no network has is told before its names are made."""
    models.tokenizer(models.network_model()).save_pretrained(tmp_path)
    plan = json.loads((tmp_path / "tokenizer_config.json").read_text())["genotok"]["network"]
    for changes, message in [
        ({"blocks": 10**6}, r"blocks is 1000000; expected a whole number from 0 to 1,000"),
        ({"decoder_blocks": "1"}, r"decoder_blocks is '1'"),
        ({"taps": [6, 3]}, r"taps after blocks \(6, 3\)"),
        ({"width": 9}, r"array stem\.proj\.weight: shape \(8, 6\); expected \(9, 6\)"),
        ({"kernel": 10**9}, r"kernel of a network is 1000000000"),
        ({"more": 1}, r"its settings do not agree \(TypeError"),
    ]:
        edit_json(tmp_path, network=plan | changes)
        with pytest.raises((BundleError, ConfigError), match=message):
            VQTokenizer.from_pretrained(tmp_path)


def test_usage_beside_safetensors_is_checked(tmp_path):
    """Counts in the settings file are as many as there are codes."""
    models.tokenizer(models.network_model()).save_pretrained(tmp_path, weights="safetensors")
    for counts, message in [([[1], [2]], "usage of"), ([["a"], []], "do not agree"), (..., "do not agree")]:
        edit_json(tmp_path, counts=counts)
        with pytest.raises(BundleError, match=message):
            VQTokenizer.from_pretrained(tmp_path)


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b"[" * 10**5])
def test_json_that_is_wrong(content, tmp_path):
    """Both JSON files are told by name."""
    saved(tmp_path)
    whole = (tmp_path / "card.json").read_bytes()
    (tmp_path / "card.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"card\.json: it is no card; restore it, or remove it"):
        VQTokenizer.from_pretrained(tmp_path)
    (tmp_path / "card.json").write_bytes(whole)
    (tmp_path / "tokenizer_config.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"tokenizer_config\.json: it describes no learned tokenizer"):
        VQTokenizer.from_pretrained(tmp_path)


def _damaged(data, dice):
    """Change, cut, repeat or insert a few bytes."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at, many = dice.randrange(len(data) + 1), dice.choice([1, 1, 2, 9])
        way = dice.random()
        if way < 0.6 and at < len(data):
            data[at] = dice.randrange(256)
        elif way < 0.75:
            del data[at : at + many]
        elif way < 0.9:
            data[at:at] = data[at : at + many] or b"9"
        else:
            data[at:at] = dice.randbytes(many)
    return bytes(data)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("name", ["model.npz", "model.safetensors", "tokenizer_config.json", "card.json"])
def test_random_damage_ends_in_a_tokenizer_or_an_error_of_ours(name, tmp_path):
    """No other exception, and no more memory than four times the files and a little."""
    model = models.network_model() if name == "model.safetensors" else models.tree_model()
    made = models.tokenizer(model)
    made.save_pretrained(tmp_path, weights="safetensors" if name == "model.safetensors" else "npz")
    path, dice = tmp_path / name, random.Random(name)
    whole, room = path.read_bytes(), 4 * sum(map(len, bytes_of(tmp_path).values())) + 2**20
    refused = 0
    VQTokenizer.from_pretrained(tmp_path).encode("ACGTTGCA")  # what is imported and kept is none of the files'
    tracemalloc.start()
    for turn in range(400):
        path.write_bytes(_damaged(whole, dice))
        if turn % 50 == 0:
            gc.collect()  # NumPy's reader of headers leaves cycles, which newer Pythons collect seldom
        tracemalloc.reset_peak()
        try:
            opened = VQTokenizer.from_pretrained(tmp_path)
        except GenotokError:
            refused += 1
        else:
            assert len(opened.encode("ACGTTGCA")) == len(made.encode("ACGTTGCA"))
        assert tracemalloc.get_traced_memory()[1] < room
    tracemalloc.stop()
    assert refused > 20


def test_opening_computes_nothing_again(tmp_path, monkeypatch):
    """What codes mean is made when it is first asked for, not on opening."""
    saved(tmp_path)
    monkeypatch.setattr("genotok.tokenizers.vq_decode.TableMeaning", None)
    assert VQTokenizer.from_pretrained(tmp_path).encode("ACGTT") != []
