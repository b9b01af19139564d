"""Saved folders and repositories: opened by AutoTokenizer with genotok, without it, and through remote code."""

import gzip
import json
import shutil

import pytest
from transformers import AutoTokenizer, BertConfig

from genotok import IntervalTokenizer
from genotok.errors import UniverseError
from genotok.hf import GenotokIntervalConfig, GenotokIntervalTokenizer
from hf.worlds import BATCH, DOCUMENT, ROWS, interval, run, tokenizer
from hub.server import serve

BED = "".join("\t".join(map(str, row)) + "\n" for row in ROWS).encode()
PLAIN = """
import json, sys
from transformers import AutoTokenizer
folder, value, trust = json.loads(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust)
value = [tuple(row) for row in value] if isinstance(value, list) else value
ids = tokenizer(value, padding="max_length", max_length=6)["input_ids"]
special = tokenizer.get_special_tokens_mask(ids, None, True)
print(json.dumps([type(tokenizer).__name__, "genotok" in sys.modules, ids, special, tokenizer.decode(ids[:1])]))
"""


@pytest.fixture
def folder(tmp_path):
    """A folder as the core saves it."""
    saved = interval({"mask": "[M]"}, unmatched="unk", special_tokens_pattern="cls_sep", model_max_length=64)
    saved.save_pretrained(tmp_path / "core")
    return tmp_path / "core"


def test_auto_tokenizer_opens_what_either_saved(folder, tmp_path):
    """Folders of the core and of transformers open alike, through the class and through AutoTokenizer."""
    core = IntervalTokenizer(folder)
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "hf")
    for each in (folder, tmp_path / "hf"):
        for opened in (AutoTokenizer.from_pretrained(each), GenotokIntervalTokenizer.from_pretrained(str(each))):
            assert type(opened) is GenotokIntervalTokenizer
            assert opened.interval == core == IntervalTokenizer(each)
            assert opened(BATCH)["input_ids"] == core(BATCH)["input_ids"]
            assert opened.special_tokens_map == core.special_tokens_map
    assert AutoTokenizer.from_pretrained(tmp_path, subfolder="core").interval == core
    assert (tmp_path / "hf/tokenizer.toml").read_bytes() == (folder / "tokenizer.toml").read_bytes()
    assert (tmp_path / "hf/universe.bed.gz").read_bytes() == (folder / "universe.bed.gz").read_bytes()
    shutil.copy(tmp_path / "hf/tokenizer_config.json", folder)
    (folder / "tokenizer.toml").unlink()
    assert IntervalTokenizer(folder) == core  # from what transformers wrote alone


def test_a_caller_comes_before_the_files(folder):
    """Settings and roles given to from_pretrained win; no id moves."""
    opened = AutoTokenizer.from_pretrained(folder, unmatched="drop", padding_side="left", pad_token="<eos>")
    assert opened.interval == IntervalTokenizer(folder).replace(unmatched="drop", padding_side="left")
    assert opened.pad_token_id == opened.eos_token_id == IntervalTokenizer(folder).eos_token_id
    assert opened.convert_tokens_to_ids("<pad>") == IntervalTokenizer(folder).pad_token_id


def test_what_was_changed_is_saved(folder, tmp_path):
    """Sides, lengths, added tokens and moved roles come back; the core keeps its own special tokens."""
    opened = AutoTokenizer.from_pretrained(folder)
    opened.padding_side, opened.model_max_length = "left", 7
    opened.add_tokens(["<cell>"])
    opened.add_special_tokens({"sep_token": "[S]", "extra_special_tokens": ["<batch>"]})
    opened.pad_token = opened.eos_token
    opened.save_pretrained(tmp_path / "new")
    again = AutoTokenizer.from_pretrained(tmp_path / "new")
    assert again.get_vocab() == opened.get_vocab()
    assert again.special_tokens_map == opened.special_tokens_map
    assert again.pad_token_id == opened.pad_token_id == opened.eos_token_id
    assert (again.padding_side, again.model_max_length, again.extra_special_tokens) == ("left", 7, ["<batch>"])
    assert again(DOCUMENT)["input_ids"] == opened(DOCUMENT)["input_ids"]
    assert again(DOCUMENT)["input_ids"][-1] == again.sep_token_id == 12
    assert IntervalTokenizer(tmp_path / "new") == IntervalTokenizer(folder).replace(
        padding_side="left", model_max_length=7
    )


@pytest.mark.parametrize("by", ["core", "transformers"])
def test_a_process_without_genotok_has_the_words(by, tmp_path):
    """tokenizer.json alone: id and text, padding, masks; overlap needs genotok."""
    source = interval() if by == "core" else tokenizer()
    source.save_pretrained(tmp_path / "saved", tokenizer_json=True)
    pad = interval().pad_token_id
    name, has_genotok, ids, special, text = run(PLAIN, str(tmp_path / "saved"), "chr2:5-9 chr1:10-20 chrX:1-2", False)
    assert (name, has_genotok) == ("TokenizersBackend", False)
    assert ids == [2, 0, interval().unk_token_id, pad, pad, pad]
    assert special == [0, 0, 1, 1, 1, 1]
    assert text == "chr2:5-9"
    assert AutoTokenizer.from_pretrained(tmp_path / "saved")(DOCUMENT)["input_ids"] == [2, 0, 1]


@pytest.mark.parametrize("by", ["core", "transformers"])
def test_remote_code_finds_genotok_by_itself(by, tmp_path):
    """A process that imports transformers alone has the whole tokenizer, once it trusts the folder's code."""
    source = interval() if by == "core" else tokenizer()
    source.save_pretrained(tmp_path / "saved", remote_code=True)
    home = {"HF_HOME": str(tmp_path / "home")}  # where transformers copies the code to
    name, has_genotok, ids, special, _ = run(PLAIN, str(tmp_path / "saved"), DOCUMENT, True, **home)
    assert (name, has_genotok) == ("GenotokIntervalTokenizer", True)
    assert (ids, special) == ([2, 0, 1, 5, 5, 5], [0, 0, 0, 1, 1, 1])
    opened = AutoTokenizer.from_pretrained(tmp_path / "saved")  # known here, so nothing need be trusted
    files = {file.rpartition("/")[2] for file in opened.save_pretrained(tmp_path / "again")}
    assert "tokenization_genotok.py" in files  # saving keeps it
    code = (tmp_path / "again/tokenization_genotok.py").read_text()
    assert len(code.strip().splitlines()) == 3
    compile(code, "tokenization_genotok.py", "exec")


def test_a_model_beside_the_tokenizer_changes_nothing(folder):
    """A folder with a model's config.json, of any type, opens as what tokenizer_config.json says."""
    for config in (BertConfig(), GenotokIntervalConfig()):
        config.save_pretrained(folder)
        assert type(AutoTokenizer.from_pretrained(folder)) is GenotokIntervalTokenizer


def test_a_config_alone_names_the_tokenizer(tmp_path):
    """A repository of a universe and a config.json of our model type needs no other file."""
    (tmp_path / "universe.bed").write_bytes(BED)
    GenotokIntervalConfig().save_pretrained(tmp_path)
    assert AutoTokenizer.from_pretrained(tmp_path)(DOCUMENT)["input_ids"] == [2, 0, 1]


def test_foreign_settings_move_no_id(tmp_path):
    """What another tokenizer left in its files is not ours; the universe decides."""
    (tmp_path / "universe.bed.gz").write_bytes(gzip.compress(BED))
    foreign = {
        "unk_token": "[UNK]",
        "model_max_length": 3,
        "added_tokens_decoder": {"0": {"content": "[PAD]", "special": True}, "77": {"content": "[Q]"}},
        "extra_special_tokens": ["<e>"],
    }
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(foreign))
    (tmp_path / "special_tokens_map.json").write_text(json.dumps({"mask_token": "[MASK]"}))
    opened = GenotokIntervalTokenizer.from_pretrained(tmp_path)
    assert opened.interval == IntervalTokenizer(tmp_path) == interval()
    assert opened.get_vocab() == dict(interval().get_vocab())


def test_a_changed_universe_is_refused(folder):
    """Ids that have moved are an error, and so is a folder without a universe."""
    (folder / "universe.bed.gz").write_bytes(gzip.compress(BED + b"chr3\t1\t2\n"))
    with pytest.raises(UniverseError, match="it was changed after saving, so ids have moved"):
        AutoTokenizer.from_pretrained(folder)
    (folder / "universe.bed.gz").unlink()
    with pytest.raises(UniverseError, match=r"no universe.bed.gz or universe.bed is there"):
        AutoTokenizer.from_pretrained(folder)


OPEN = """
import json, sys
from genotok.hf import GenotokIntervalTokenizer
from transformers import AutoTokenizer
name, auto = json.loads(sys.argv[1])
tokenizer = (AutoTokenizer if auto else GenotokIntervalTokenizer).from_pretrained(name)
print(json.dumps([tokenizer.get_vocab(), tokenizer.interval.config.unmatched]))
"""
PUSH = """
import json, sys
from genotok.hf import GenotokIntervalTokenizer
folder, name = json.loads(sys.argv[1])
tokenizer = GenotokIntervalTokenizer.from_pretrained(folder)
tokenizer.remote_code = True
tokenizer.push_to_hub(name, token="hf_good")
print("0")
"""


@pytest.fixture
def online(tmp_path):
    """A hub on this machine, and the settings of a process that knows no other."""
    with serve() as hub:
        home = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home")}
        yield hub, home | {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}


@pytest.mark.parametrize("universe", ["universe.bed.gz", "universe.bed"])
def test_repositories_as_databio_lays_them_out_open(universe, online):
    """A model repository with a universe of either name, and no word about tokenizers; also from the cache."""
    hub, settings = online
    content = gzip.compress(BED) if universe.endswith(".gz") else BED
    hub.repositories["databio/atac"] = {universe: content, "config.yaml": b"vocab_size: 4\n"}
    for offline in "01":
        vocabulary, unmatched = run(OPEN, "databio/atac", False, **settings | {"HF_HUB_OFFLINE": offline})
        assert (vocabulary, unmatched) == (dict(interval().get_vocab()), "drop")
    assert [path.rpartition("/")[2] for method, path in hub.asked if (method, path[-5:]) == ("GET", ".yaml")] == []


def test_what_is_pushed_opens_by_name(folder, online):
    """push_to_hub uploads all that the folder holds, and AutoTokenizer brings it back with its settings."""
    hub, settings = online
    run(PUSH, str(folder), "lab/peaks", **settings)
    files = hub.repositories["lab/peaks"]
    names = {"README.md", "tokenization_genotok.py", "tokenizer.toml", "tokenizer_config.json", "universe.bed.gz"}
    assert set(files) == names
    assert files["universe.bed.gz"] == (folder / "universe.bed.gz").read_bytes()
    vocabulary, unmatched = run(OPEN, "lab/peaks", True, **settings)
    assert (vocabulary, unmatched) == (dict(interval({"mask": "[M]"}).get_vocab()), "unk")
