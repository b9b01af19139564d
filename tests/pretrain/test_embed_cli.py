"""genotok vq embed: the vectors it writes, in both forms, what it refuses, and its examples."""

import gzip
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import numpy as np
import pyarrow.parquet
import pytest

from cli.desk import Desk, environment
from genotok.cli.vq import vectors as embedding
from genotok.errors import InputError, MissingExtraError
from genotok.export import vectors as written
from genotok.export.vectors import DocumentVectors, write_vectors
from genotok.train import libraries, pooling
from genotok.train.mlm import build_masked_model
from genotok.train.mlm_saving import save_pretrained
from genotok.train.pooling import Documents, embed_documents
from pretrain.worlds import QUICK, dna, reader
from vq_eval.worlds import planted, write_csv

pytestmark = pytest.mark.native
TEXTS = {"a": dna(100, 1), "b": "AC", "c": dna(20, 2) + "NN" + dna(33, 3), "d": dna(40, 4)}


@pytest.fixture
def desk(tmp_path, capsysbinary):
    here = Desk(tmp_path, capsysbinary)
    (here.folder / "bert").mkdir()
    save_pretrained(here.folder / "bert", model(), reader("kmer3"), {"name": "bert"})
    fasta = "".join(f">{name} words\n{text}\n" for name, text in TEXTS.items())
    here.write("genome.fa.gz", gzip.compress(fasta.encode(), mtime=0))
    here.write("more.fa", fasta)
    write_csv(here.folder / "train.csv", *planted(9))
    return here


def model():
    return build_masked_model(replace(QUICK, tokens=32), reader("kmer3").space)


def vectors_of(texts):
    """Embed in this process, each alone."""
    mine, bert = reader("kmer3"), model().bert
    found = [embed_documents(bert, Documents(mine.read([text]), mine.space, 32)) for text in texts]
    return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])


def test_vectors_of_fasta_are_those_of_the_model(desk, monkeypatch):
    """By npz, in the order of the file; how many are read together changes nothing."""
    done = desk.here("vq", "embed", "genome.fa.gz", "--model", "bert", "-o", "one.npz", "--device", "cpu")
    assert done.code == 0, done.err
    monkeypatch.setattr(embedding, "_TOGETHER", 50)
    words = ["--model", "bert", "-o", "two.npz", "--batch", "1", "--device", "cpu", "-q"]
    assert desk.here("vq", "embed", "genome.fa.gz", *words).err == ""
    vectors, tokens = vectors_of(TEXTS.values())
    for name in ("one.npz", "two.npz"):
        with np.load(desk.folder / name) as found:
            assert set(found) == {"names", "vectors", "tokens"}
            assert found["names"].tolist() == list(TEXTS)
            assert found["vectors"].dtype == np.float32
            assert np.allclose(found["vectors"], vectors, atol=1e-5)
            assert found["tokens"].tolist() == tokens.tolist() == [98, 0, 49, 38]
    assert done.err.splitlines() == [
        "4 sequences, 1 of them without a token; 185 tokens of kmer3",
        "vectors of 32 numbers written to one.npz",
    ]


def test_vectors_of_csv_have_labels(desk):
    """By Parquet, as pyarrow reads it; and npz has the same."""
    for ending in ("parquet", "npz"):
        done = desk.here("vq", "embed", "train.csv", "--model", "bert", "-o", f"out.{ending}", "--device", "cpu")
        assert done.code == 0, done.err
    table = pyarrow.parquet.read_table(desk.folder / "out.parquet").to_pydict()
    with np.load(desk.folder / "out.npz") as found:
        assert table["id"] == found["names"].tolist() == [str(at) for at in range(9)]
        assert np.array_equal(np.array(table["vector"], np.float32), found["vectors"])
        assert table["tokens"] == found["tokens"].tolist()
        assert table["label"] == found["labels"].tolist() == planted(9)[1]
    assert np.allclose(found_vectors(desk), vectors_of(planted(9)[0])[0], atol=1e-5)


def found_vectors(desk, name="out.npz"):
    with np.load(desk.folder / name) as found:
        return found["vectors"]


def test_equal_input_gives_equal_bytes(desk):
    """Of both forms."""
    for ending in ("parquet", "npz"):
        for name in ("one", "two"):
            words = ["--model", "bert", "-o", f"{name}.{ending}", "--device", "cpu"]
            assert desk.here("vq", "embed", "more.fa", *words).code == 0
        one, two = ((desk.folder / f"{name}.{ending}").read_bytes() for name in ("one", "two"))
        assert one == two


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["more.fa", "-o", "out.csv"], 2, "--output out.csv promises another format; end it in .npz or .parquet"),
        (["nothing.fa", "-o", "out.npz"], 1, "nothing.fa: no such file; check the path"),
        (["empty.fa", "-o", "out.npz"], 1, "empty.fa"),
        (["bad.csv", "-o", "out.npz"], 1, "bad.csv:2: letter '-' at base 2"),
        (["more.fa", "-o", "out.npz", "--model", "sets"], 1, "sets: no such folder; genotok vq pretrain writes such"),
        (["more.fa", "-o", "out.npz", "--device", "cuda:99"], 1, "device='cuda:99': "),
    ],
)
def test_what_cannot_be_embedded_is_told_in_one_line(desk, words, code, told):
    """What is wrong with files and names; nothing is written."""
    desk.write("empty.fa", "")
    desk.write("bad.csv", "sequence,label\nA-C,0\n")
    done = desk.here("vq", "embed", "--model", "bert", *words)
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert told in done.err
    assert not list(desk.folder.glob("out.*"))


def test_missing_packages_end_with_their_commands(desk, monkeypatch):
    """torch and transformers by [pretrain], Parquet by [arrow]; exit code 4."""

    def refuse(name):
        raise ImportError(name)

    with monkeypatch.context() as patch:
        patch.setattr(written, "import_module", refuse)
        patch.setattr(embedding, "open_masked_model", None)  # it is told before the work, not after it
        done = desk.here("vq", "embed", "more.fa", "--model", "bert", "-o", "out.parquet", "--device", "cpu")
        assert (done.code, done.err) == (4, "error: arro3 is not installed; pip install 'genotok[arrow]'\n")
        with pytest.raises(MissingExtraError, match="arro3 is not installed"):
            write_vectors(BytesIO(), DocumentVectors((), np.zeros((0, 2), "f4"), np.zeros(0, "i8")), ".parquet")
    monkeypatch.setattr(libraries, "import_module", refuse)
    done = desk.here("vq", "embed", "more.fa", "--model", "bert", "-o", "out.npz")
    assert (done.code, done.err) == (4, "error: torch is not installed; pip install 'genotok[pretrain]'\n")


def test_too_many_pieces_at_once_are_told_with_half_of_them(desk, monkeypatch):
    """In one line."""
    monkeypatch.setattr(pooling, "sum_known", lambda *_: (_ for _ in ()).throw(MemoryError()))
    done = desk.here("vq", "embed", "more.fa", "--model", "bert", "-o", "out.npz", "--batch", "8", "--device", "cpu")
    assert done.err == "error: a batch of 8 pieces of 32 tokens does not fit the memory; try a batch of 4\n"


def test_columns_that_do_not_agree_are_refused():
    """And forms that there are not."""
    with pytest.raises(InputError, match=r"columns of \[1, 2\] rows; one row for each document"):
        DocumentVectors(("a",), np.zeros((2, 3), "f4"), np.zeros(2, "i8"))
    with pytest.raises(InputError, match=r"vectors as \.txt; .npz or .parquet"):
        write_vectors(BytesIO(), DocumentVectors((), np.zeros((0, 2), "f4"), np.zeros(0, "i8")), ".txt")


def test_no_documents_are_a_table_too(tmp_path):
    """Of both forms, with all columns."""
    none = DocumentVectors((), np.zeros((0, 4), "f4"), np.zeros(0, "i8"), np.zeros(0, "i4"))
    for ending in (".npz", ".parquet"):
        with (tmp_path / f"out{ending}").open("wb") as sink:
            write_vectors(sink, none, ending)
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").column_names == ["id", "vector", "tokens", "label"]
    with np.load(tmp_path / "out.npz") as found:
        assert found["vectors"].shape == (0, 4)


def test_every_example_of_the_help_runs(desk):
    """As shown, in a shell."""
    lines = re.findall(r"^    ((?:cat|genotok) .*)$", desk.here("vq", "embed", "--help").out.decode(), re.MULTILINE)
    assert len(lines) == 3
    for line in lines[:2]:
        assert desk.here(*shlex.split(line)[1:]).code == 0
    command = lines[2].replace("genotok", f"{sys.executable} -m genotok")
    done = subprocess.run(["bash", "-c", command], cwd=desk.folder, env=environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert np.allclose(found_vectors(desk, "more.npz"), vectors_of(TEXTS.values())[0], atol=1e-5)
