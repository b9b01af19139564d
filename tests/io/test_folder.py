"""A saved tokenizer: few small files with fixed bytes, and a reading that never moves ids in silence."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import IntervalConfig, IntervalTokenizer, Regions, Universe
from genotok.errors import CapacityError, ConfigError, UniverseError, VocabularyError
from genotok.io import folder as saved
from strategies import universes

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)]
DIGEST = "4c921368ac49042a549bc1cde78e7f2cc8f2dd07f55e168b899526a283af71f3"  # sha256sum of the three BED lines

TOML = """\
universe = "universe.bed.gz"
tokenizer_type = "ailist"
special_tokens = [
  { name = "unk", token = "[U]" },
  { name = "pad", token = "<pad>" },
  { name = "mask", token = "<mask>" },
  { name = "cls", token = "<cls>" },
  { name = "eos", token = "<eos>" },
  { name = "bos", token = "<bos>" },
  { name = "sep", token = "<sep>" },
]

[genotok]
unmatched = "unk"
sort = false
invalid = "error"
special_tokens_pattern = "cls_sep"
model_max_length = 512
padding_side = "left"
truncation_side = "right"
"""
JSON = {
    "tokenizer_class": "GenotokIntervalTokenizer",
    "unk_token": "[U]",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
    "cls_token": "<cls>",
    "eos_token": "<eos>",
    "bos_token": "<bos>",
    "sep_token": "<sep>",
    "model_max_length": 512,
    "padding_side": "left",
    "truncation_side": "right",
    "special_tokens_pattern": "cls_sep",
    "genotok": {
        "kind": "interval",
        "format": 1,
        "engine": "ailist",
        "unmatched": "unk",
        "sort": False,
        "invalid": "error",
        "universe_sha256": DIGEST,
        "regions": 3,
        "vocab_size": 10,
    },
}


@pytest.fixture
def tokenizer():
    config = IntervalConfig(
        engine="ailist",
        unmatched="unk",
        special_tokens_pattern="cls_sep",
        model_max_length=512,
        padding_side="left",
    )
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)), {"unk": "[U]"}, config)


@pytest.fixture
def folder(tmp_path, tokenizer):
    tokenizer.save_pretrained(tmp_path / "saved")
    return tmp_path / "saved"


def test_the_files_are_golden(tmp_path, tokenizer):
    """Four files with fixed bytes, named in order; the gzip holds neither a name nor a time."""
    paths = tokenizer.save_pretrained(tmp_path / "a" / "b")
    names = ["universe.bed.gz", "tokenizer.toml", "tokenizer_config.json", "special_tokens_map.json"]
    assert [path.name for path in paths] == names
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(names)
    packed = paths[0].read_bytes()
    assert packed[3:8] == b"\0\0\0\0\0"
    assert gzip.decompress(packed) == b"chr1\t10\t20\nchr1\t15\t30\nchr2\t5\t9\n"
    assert paths[1].read_text() == TOML
    assert json.loads(paths[2].read_text()) == JSON
    assert list(json.loads(paths[2].read_text())) == list(JSON)
    assert json.loads(paths[3].read_text()) == tokenizer.special_tokens_map


def test_remote_code_is_an_import_and_an_entry(tmp_path, tokenizer):
    """One file of three lines and the key that names it; all else stays as it was."""
    paths = tokenizer.save_pretrained(tmp_path / "remote", remote_code=True)
    assert [path.name for path in paths][4:] == ["tokenization_genotok.py"]
    about, blank, code = paths[4].read_text().splitlines()
    assert (
        about
        == '"""Lets AutoTokenizer.from_pretrained(.., trust_remote_code=True) open this folder with genotok[hf]."""'
    )
    assert (blank, code) == ("", "from genotok.hf import GenotokIntervalTokenizer as GenotokIntervalTokenizer")
    table = json.loads(paths[2].read_text())
    assert table.pop("auto_map") == {"AutoTokenizer": ["tokenization_genotok.GenotokIntervalTokenizer", None]}
    assert table == JSON
    assert IntervalTokenizer(tmp_path / "remote") == tokenizer


def test_no_limit_in_the_words_of_transformers_is_none(folder, tokenizer):
    """It writes a number beyond all lengths, which is no limit here either."""
    table = json.loads((folder / "tokenizer_config.json").read_text())
    table["model_max_length"] = 1000000000000000019884624838656
    (folder / "tokenizer_config.json").write_text(json.dumps(table))
    (folder / "tokenizer.toml").unlink()
    assert IntervalTokenizer(folder) == tokenizer.replace(model_max_length=None)


def test_equal_tokenizers_give_equal_bytes(tmp_path, folder, tokenizer):
    """Saving again, after use, and after loading writes the same bytes."""
    tokenizer.encode([("chr1", 12, 16)])
    again = IntervalTokenizer(folder)
    for place, each in enumerate((tokenizer, again)):
        for path in each.save_pretrained(tmp_path / str(place), tokenizer_json=True)[:4]:
            assert path.read_bytes() == (folder / path.name).read_bytes()


@given(universes(kept=True), st.dictionaries(st.sampled_from(oracles.ROLES), st.sampled_from(["<s>", "<pad>", "[é]"])))
def test_what_is_saved_loads_equal(tmp_path_factory, rows, texts):
    """Universe, special tokens and settings come back equal; every token keeps its id."""
    config = IntervalConfig(invalid="keep", sort=True, truncation_side="left")
    before = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows, invalid="keep")), texts, config)
    folder = tmp_path_factory.mktemp("saved")
    before.save_pretrained(folder)
    for after in (IntervalTokenizer(folder), IntervalTokenizer.from_pretrained(str(folder))):
        assert after == before
        assert after.universe.digest == before.universe.digest
        assert dict(after.get_vocab()) == dict(before.get_vocab())


def test_texts_as_in_the_file_survive(tmp_path):
    """Coordinate texts that are no plain decimals are part of a token, and stay so."""
    path = tmp_path / "u.bed"
    path.write_text("chr1\t0010\t+20\nchr 2\t5\t9\n")
    before = IntervalTokenizer(path)
    before.save_pretrained(tmp_path / "saved")
    after = IntervalTokenizer(tmp_path / "saved")
    assert after.decode([0, 1]) == ["chr1:0010-+20", "chr 2:5-9"]
    assert after == before


def test_a_folder_with_only_a_universe_loads(tmp_path):
    """universe.bed alone is enough: default special tokens and settings."""
    (tmp_path / "universe.bed").write_text("chr1\t10\t20\n")
    tokenizer = IntervalTokenizer(tmp_path)
    assert (tokenizer.config, tokenizer.unk_token) == (IntervalConfig(), "<unk>")
    (tmp_path / "universe.bed.gz").write_bytes(gzip.compress(b"chr9\t1\t2\n"))
    assert IntervalTokenizer(tmp_path).decode(0) == ["chr9:1-2"], "the compressed one goes first"


def test_a_folder_without_a_universe_is_refused(tmp_path):
    """The error names the folder and the files looked for."""
    with pytest.raises(FileNotFoundError, match=r"no universe.bed.gz or universe.bed in the folder: '.*'"):
        IntervalTokenizer(tmp_path)
    (tmp_path / "arrays.npz").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"motif tokenizer; genotok motif and MotifTokenizer.from_pretrained"):
        IntervalTokenizer(tmp_path)


def test_a_foreign_json_moves_no_ids(folder):
    """tokenizer_config.json counts only with the key genotok, and after tokenizer.toml."""
    (folder / "tokenizer.toml").unlink()
    from_json = IntervalTokenizer(folder)
    assert (from_json.unk_token, from_json.config.unmatched, from_json.config.engine) == ("[U]", "unk", "ailist")
    assert from_json.config.model_max_length == 512
    foreign = {name: value for name, value in JSON.items() if name != "genotok"} | {"unk_token": "<pad>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(foreign))
    defaults = IntervalTokenizer(folder)
    assert (defaults.unk_token, defaults.config, defaults.vocab_size) == ("<unk>", IntervalConfig(), 10)
    (folder / "tokenizer_config.json").unlink()
    assert IntervalTokenizer(folder) == defaults


def test_tokens_that_transformers_wrote_as_objects_are_read(folder):
    """An AddedToken in tokenizer_config.json is its content."""
    (folder / "tokenizer.toml").unlink()
    token = {"__type": "AddedToken", "content": "[V]", "lstrip": False, "special": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(JSON | {"unk_token": token}))
    assert IntervalTokenizer(folder).unk_token == "[V]"


@pytest.mark.parametrize(
    "change", [b"chr1\t10\t21\nchr1\t15\t30\nchr2\t5\t9", b"chr1\t15\t30\nchr1\t10\t20\nchr2\t5\t9"]
)
def test_another_universe_is_refused(folder, change):
    """Changed or reordered rows would move ids: the recorded digest tells."""
    (folder / "universe.bed.gz").write_bytes(gzip.compress(change))
    for name in (folder, str(folder)):
        with pytest.raises(UniverseError, match=r"universe.bed.gz: its SHA-256 is \w{12}.., the recorded one \w{12}"):
            IntervalTokenizer(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"tokenizer_config.json: the file is not JSON \(.*\); restore it or remove it"),
        ("\udcff", r"tokenizer_config.json: the file is not JSON"),
        ("[" * 5_000, r"tokenizer_config.json: the file (nests too deeply|is not JSON)"),
        ('{"genotok": 1}', r"genotok holds kind null, format null; this version reads kind \"interval\", format 1"),
        ('{"genotok": {"kind": "motif", "format": 1}}', r"config.json: genotok holds kind \"motif\", format 1"),
        ('{"genotok": {"kind": "interval", "format": 2}}', r"genotok holds kind \"interval\", format 2"),
    ],
)
def test_a_damaged_or_later_json_is_refused(folder, text, message):
    """What can't be understood is not passed over, since it may decide ids."""
    (folder / "tokenizer_config.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError, match=message):
        IntervalTokenizer(folder)


def test_a_wrong_setting_in_the_json_names_the_file(folder):
    """Without tokenizer.toml the JSON's settings are checked like any others."""
    (folder / "tokenizer.toml").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps(JSON | {"padding_side": "up"}))
    with pytest.raises(ConfigError, match=r"tokenizer_config.json: padding_side is 'up'; one of 'right', 'left'"):
        IntervalTokenizer(folder)


def test_a_folder_brings_its_own_settings(folder, tokenizer):
    """Settings beside a folder or a settings file are refused rather than lost; replace changes them."""
    for source in (folder, folder / "tokenizer.toml"):
        for keywords in ({"special_tokens": {}}, {"config": IntervalConfig()}):
            with pytest.raises(ConfigError, match=r"brings its own special tokens and settings; open it without"):
                IntervalTokenizer(source, **keywords)
    assert IntervalTokenizer(folder).replace(unmatched="drop") == tokenizer.replace(unmatched="drop")
    assert IntervalTokenizer(folder / "tokenizer.toml") == tokenizer


def test_words_for_transformers_are_the_vocabulary(tmp_path, tokenizer):
    """tokenizer.json lists every token with its id, and the special tokens once more."""
    path = tokenizer.save_pretrained(tmp_path, tokenizer_json=True)[-1]
    table = json.loads(path.read_text())
    assert path.name == "tokenizer.json"
    assert table["model"] == {"type": "WordLevel", "vocab": dict(tokenizer.get_vocab()), "unk_token": "[U]"}
    assert table["pre_tokenizer"] == {"type": "WhitespaceSplit"}
    assert [(token["id"], token["content"]) for token in table["added_tokens"]] == list(
        zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True)
    )


def test_words_that_can_not_be_are_refused_before_anything_is_written(tmp_path, tokenizer, monkeypatch):
    """White space in a name would split words; too many words would never open."""
    spaced = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr 1", 1, 2)])))
    with pytest.raises(VocabularyError, match=r"chromosome 'chr 1' holds white space, which tokenizer.json splits at"):
        spaced.save_pretrained(tmp_path / "saved", tokenizer_json=True)
    monkeypatch.setattr(saved, "MAX_WORDS", 2)
    with pytest.raises(CapacityError, match=r"3 regions are too many for tokenizer.json; it takes up to 2"):
        tokenizer.save_pretrained(tmp_path / "saved", tokenizer_json=True)
    assert not (tmp_path / "saved").exists()
