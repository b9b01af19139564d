"""Learned tokens in files: every format holds the ids of every document, the empty ones too."""

import io
import json

import numpy as np
import pytest

from genotok import VQConfig, VQTokenizer
from genotok.export import vq as export
from genotok.export.tokens import read_tokens
from genotok.export.vq import VQTokenWriter, describe_vq_tokens
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

DOCUMENTS = {"a|b": "ACGTACGTNACGT", "short": "AC", 'say "x"': "TTTTTTTTTTTTTTTTTTT", "none": "", "last": "GATTACA"}
pytestmark = pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")


def tokenizer(**settings):
    random = np.random.default_rng(0)
    book = Codebook("hrq", (4, 7), tuple(random.normal(size=(size, 2)).astype(np.float32) for size in (4, 7)))
    codes = np.stack([random.integers(0, size, 4**5) for size in (4, 7)]).astype(np.uint16)
    return VQTokenizer(VQModel(book, WindowTable(5, 2, codes), None, window=5, stride=2), VQConfig(**settings))


def written(made, kind, documents=DOCUMENTS):
    sink = io.BytesIO()
    writer = VQTokenWriter(sink, made, kind)
    for names, codes in made.iter_codes(documents):
        writer.write(names, codes)
    writer.close()
    return sink.getvalue()


@pytest.fixture(params=[2**17, 3])
def made(request, monkeypatch):
    """Written in one piece, and in pieces of three tokens."""
    monkeypatch.setattr(export, "_TOKENS", request.param)
    return tokenizer


@pytest.mark.parametrize("kind", ["jsonl", "npz", pytest.param("parquet", marks=pytest.mark.native)])
@pytest.mark.parametrize("layout", ["joint", "interleave"])
def test_rows_of_ids_come_back(made, tmp_path, kind, layout):
    words = made(layout=layout)
    (tmp_path / f"x.{kind}").write_bytes(written(words, kind))
    found = read_tokens(tmp_path / f"x.{kind}")
    expected = words.encode_batch(list(DOCUMENTS.values()))
    assert [each.name for each in found] == list(DOCUMENTS)
    assert [each.ids.tolist() for each in found] == [row.tolist() for row in expected]


def test_one_long_document_is_written_in_pieces(made):
    words, text = made(), {"x": "ACGT" * 30}
    assert json.loads(written(words, "jsonl", text)) == {"id": "x", "input_ids": words.encode("ACGT" * 30)}


@pytest.mark.parametrize("settings", [{}, {"unknown": "drop"}, {"strand": "reverse"}, {"layout": "interleave"}])
def test_lines_name_the_place_of_each_token(made, settings):
    """Document, contig, start, end of the core, ids; bed has the text before the ids."""
    words = made(**settings)
    expected = []
    for name, text in DOCUMENTS.items():
        codes = words.codes(text)
        ids = np.array(words.encode(text), int).reshape(codes.n_tokens, words.vocabulary.ids_per_token)
        for (start, end), row in zip(codes.offsets.tolist(), ids.tolist(), strict=True):
            texts = ",".join(words.convert_ids_to_tokens(row))
            expected.append((name, start, end, texts, ",".join(map(str, row))))
    tsv = written(words, "tsv").decode().splitlines()
    assert tsv[1:] == [f"{name}\t{name}\t{start}\t{end}\t{ids}" for name, start, end, _, ids in expected]
    bed = written(words, "bed").decode().splitlines()
    assert bed == [f"{name}\t{start}\t{end}\t{texts}\t{ids}" for name, start, end, texts, ids in expected]


def test_gtok_holds_one_document(tmp_path):
    words = tokenizer()
    (tmp_path / "x.gtok").write_bytes(written(words, "gtok", {"x": "ACGTACGT"}))
    assert read_tokens(tmp_path / "x.gtok").documents[0].ids.tolist() == words.encode("ACGTACGT")


def test_a_file_says_what_made_it(tmp_path):
    words = tokenizer(strand="canonical")
    (tmp_path / "x.npz").write_bytes(written(words, "npz"))
    meta = read_tokens(tmp_path / "x.npz").meta
    assert meta == json.loads(json.dumps(describe_vq_tokens(words)))
    assert meta["model_digest"] == words.model.digest
