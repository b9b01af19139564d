"""Folders of motif tokenizers: the same bytes for equal ones, nothing computed again, and every damage told."""

import json

import numpy as np
import pytest

from genotok import IntervalTokenizer, MotifTokenizer
from genotok.errors import BundleError, ConfigError, GenotokError, NotFittedError
from genotok.tokenizers import motif_model
from motif.worlds import bytes_of, fitted, subset_tokenizer, text_of


def test_a_folder_gives_the_tokenizer_back_without_any_work(tmp_path, monkeypatch):
    made = fitted().replace(special_tokens_pattern="cls_sep", model_max_length=9)
    paths = made.save_pretrained(tmp_path / "one", save_ids=True, tokenizer_json=True, remote_code=True)
    names = [
        "arrays.npz",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenization_genotok.py",
    ]
    assert [path.name for path in paths] == names
    monkeypatch.setattr(motif_model, "thresholds_of", None)
    opened = MotifTokenizer.from_pretrained(tmp_path / "one")
    assert opened == made
    assert opened.motifs.credit == made.motifs.credit
    assert np.array_equal(opened.fitted.ids_matrix, made.fitted.ids_matrix)
    assert np.array_equal(opened.thresholds.p_value, made.thresholds.p_value)
    assert opened.encode(text_of(end=2000)) == made.encode(text_of(end=2000))
    assert opened.describe(3) == made.describe(3)
    opened.save_pretrained(tmp_path / "two", save_ids=True, tokenizer_json=True, remote_code=True)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert MotifTokenizer.from_pretrained(str(tmp_path / "one")) == made
    made.save_pretrained(tmp_path / "one")
    assert MotifTokenizer.from_pretrained(tmp_path / "one").fitted.ids_matrix is None


def test_what_is_said_of_a_tokenizer_is_plain_json(tmp_path):
    fitted().save_pretrained(tmp_path)
    own = json.loads((tmp_path / "tokenizer_config.json").read_text())
    told = own["genotok"]
    assert own["tokenizer_class"] == "GenotokMotifTokenizer"
    assert (told["kind"], told["format"], told["n_features"], told["n_clusters"]) == ("motif", 1, 50, 38)
    assert (told["vocab_size"], told["bins"], told["gaps"]) == (136, 3399, 0)
    assert told["motif_digest"] == fitted().motifs.digest
    assert told["corpus"] == [{"name": "chr17_400000_450000", "length": 50_000, "sha256": ""}]
    assert "Castro-Mondragon" in told["credit"]


def saved(folder):
    fitted().save_pretrained(folder)
    return folder / "tokenizer_config.json", json.loads((folder / "tokenizer_config.json").read_text())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda own: own["genotok"].update(format=2), "genotok holds kind 'motif', format 2; this version reads"),
        (lambda own: own["genotok"].update(kind="interval"), "genotok holds kind 'interval', format 1"),
        (lambda own: own.pop("genotok"), "it describes no motif tokenizer"),
        (lambda own: own["genotok"].update(motif_digest="00ff"), "the motif set has the digest [0-9a-f]{64}, 00ff is"),
        (lambda own: own["genotok"].update(arrays_sha256="00ff"), "the arrays has the digest .*, 00ff is recorded"),
        (lambda own: own["genotok"].pop("bins"), "its parts do not agree"),
        (lambda own: own["genotok"]["config"].update(wide=3), "'wide' is no setting"),
        (lambda own: own["genotok"]["config"]["features"].update(cpg=False), "50 labels for 48 features"),
        (lambda own: own["genotok"]["config"]["scan"].update(pvalue=7), "pvalue is 7"),
    ],
)
def test_settings_that_do_not_fit_their_arrays_are_told(tmp_path, change, message):
    path, own = saved(tmp_path)
    change(own)
    path.write_text(json.dumps(own))
    with pytest.raises(BundleError, match=message):
        MotifTokenizer.from_pretrained(tmp_path)


def test_the_arrays_of_another_set_are_told_by_both_digests(tmp_path):
    saved(tmp_path / "one")
    other = subset_tokenizer(cpg=False)
    other = MotifTokenizer(other.motifs.subset(slice(0, 9)), other.config).fit({"x": text_of(end=9000)})
    other.save_pretrained(tmp_path / "two")
    (tmp_path / "one" / "arrays.npz").write_bytes((tmp_path / "two" / "arrays.npz").read_bytes())
    message = f"the motif set has the digest {other.motifs.digest}, {fitted().motifs.digest} is recorded"
    with pytest.raises(BundleError, match=message):
        MotifTokenizer.from_pretrained(tmp_path / "one")


def test_a_damaged_archive_never_gives_a_tokenizer(tmp_path):
    saved(tmp_path)
    path = tmp_path / "arrays.npz"
    data = path.read_bytes()
    random = np.random.default_rng(0)
    for turn in range(80):
        damaged = bytearray(data[: random.integers(0, len(data))] if turn % 4 == 0 else data)
        if turn % 4:
            damaged[random.integers(0, len(damaged))] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(damaged)
        with pytest.raises(GenotokError):
            MotifTokenizer.from_pretrained(tmp_path)


def test_what_is_no_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no tokenizer_config.json in the folder"):
        MotifTokenizer.from_pretrained(tmp_path)
    saved(tmp_path)
    (tmp_path / "arrays.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"no arrays.npz in the folder"):
        MotifTokenizer.from_pretrained(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder; check the path"):
        MotifTokenizer.from_pretrained(tmp_path / "absent")
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(BundleError, match="it describes no motif tokenizer"):
        MotifTokenizer.from_pretrained(tmp_path)
    with pytest.raises(NotFittedError, match="fit it first"):
        subset_tokenizer().save_pretrained(tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_no_kind_of_tokenizer_overwrites_another(tmp_path):
    """Files of both bear the same names; the folder stays as it was."""
    (tmp_path / "universe.bed").write_text("chr1\t10\t20\n")
    intervals = IntervalTokenizer.from_bed(tmp_path / "universe.bed")
    fitted().save_pretrained(tmp_path / "motifs")
    intervals.save_pretrained(tmp_path / "intervals")
    for tokenizer, folder, kinds in (
        (intervals, tmp_path / "motifs", ("motif", "interval")),
        (MotifTokenizer.from_pretrained(tmp_path / "motifs"), tmp_path / "intervals", ("interval", "motif")),
    ):
        before = bytes_of(folder)
        with pytest.raises(ConfigError, match='holds a tokenizer of kind "{}"; one of kind "{}" would'.format(*kinds)):
            tokenizer.save_pretrained(folder)
        assert bytes_of(folder) == before
    (tmp_path / "intervals/tokenizer_config.json").unlink()  # its settings lie in tokenizer.toml, too
    with pytest.raises(ConfigError, match='of kind "interval"'):
        MotifTokenizer.from_pretrained(tmp_path / "motifs").save_pretrained(tmp_path / "intervals")
