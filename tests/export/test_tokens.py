import io
import re
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.worlds import KINDS, QUERIES, UNIVERSE, tokenizer
from genotok import IntervalTokenizer, RaggedIds, Regions, Universe, read_tokens, write_tokens
from genotok.errors import GenotokError, InputError, UniverseError, VocabularyError

REGIONS = Regions.from_tuples(QUERIES)


def documents(tok, names=("a.bed", "b/ñ.bed")):
    return {name: (REGIONS, tok.encode_rows(REGIONS)) for name in names}


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_round_trips(tmp_path, kind):
    """What is read is what was written: names, ids, and rows and regions where the format keeps them."""
    tok = tokenizer()
    path = tmp_path / "made" / f"t.{kind}"
    names = ("t",) if kind in ("gtok", "bed") else ("a.bed", "b/ñ.bed")
    write_tokens(path, documents(tok, names), tok, rows=True)
    found = read_tokens(path, tok)
    assert found.names == names
    for document in found:
        assert document.ids.tolist() == [0, 1, 3]
        assert (document.offsets is None) == (kind == "gtok")
        assert document.offsets is None or document.offsets.tolist() == [0, 2, 2, 3]
        assert (document.regions == REGIONS) == (kind in ("tsv", "bed"))
    if kind != "gtok":
        again = tmp_path / f"again.{kind}"
        write_tokens(again, found, tok, rows=True)
        assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("kind", ["jsonl", "npz"])
def test_documents_without_hits_stay_unk(tmp_path, kind, rows):
    """The [unk] of a document without hits is read back, belongs to no region, and needs no tokenizer to be written."""
    tok = tokenizer()
    path, again = tmp_path / f"t.{kind}", tmp_path / f"again.{kind}"
    far = Regions.from_tuples([("chr9", 1, 2), ("chr1", 90, 95)])
    write_tokens(path, {"far.bed": (far, tok.encode_rows(far)), "q.bed": documents(tok)["a.bed"]}, tok, rows=rows)
    found = read_tokens(path)
    assert [document.ids.tolist() for document in found] == [[4], [0, 1, 3]]
    assert found[0].loose == (4 if rows else None)
    assert found[0].rows.to_lists() == ([[], []] if rows else [[4]])
    write_tokens(again, found, rows=rows)
    assert again.read_bytes() == path.read_bytes()


@given(data=st.data())
def test_npz_keeps_any_documents(tmp_path_factory, data):
    """Names, ids and rows of any number of documents come back."""
    name = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
    row = st.lists(st.integers(0, 10), max_size=3)
    drawn = data.draw(st.dictionaries(name, st.lists(row, max_size=4), max_size=4))
    ragged = {}
    for each, rows in drawn.items():
        bounds = np.cumsum([0, *map(len, rows)], dtype=np.int64)
        ragged[each] = RaggedIds(np.array([value for row in rows for value in row], np.int32), bounds)
    path = tmp_path_factory.mktemp("npz") / "t.npz"
    write_tokens(path, ragged, tokenizer(), rows=True)
    assert {document.name: document.rows.to_lists() for document in read_tokens(path)} == drawn


def test_one_document_is_named_after_its_file(tmp_path):
    """Ids alone, or ragged ids alone, are one document."""
    write_tokens(tmp_path / "x.bed.jsonl", [3, 1])
    assert (tmp_path / "x.bed.jsonl").read_bytes() == b'{"id":"x.bed","input_ids":[3,1]}\n'
    write_tokens(tmp_path / "y.gtok", RaggedIds(np.array([3, 1], np.int32), np.array([0, 2], np.int64)))
    assert read_tokens(tmp_path / "y.gtok")[0].ids.tolist() == [3, 1]
    assert read_tokens(tmp_path / "y.gtok").names == ("y",)


def test_another_universe_is_refused(tmp_path):
    """An .npz file names its universe, a .bed file the texts; elsewhere only the range of ids can be checked."""
    other = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(UNIVERSE[::-1])))
    one = Universe.from_regions(Regions.from_tuples(UNIVERSE[:1]))
    small = IntervalTokenizer(one, {"pad": "<unk>", "mask": "<unk>"})
    tok = tokenizer()
    for kind in ("npz", "bed", "jsonl"):
        write_tokens(tmp_path / f"t.{kind}", documents(tok, ["t"]), tok)
    made = f"made with universe {tok.universe.digest[:12]}.., not with {other.universe.digest[:12]}.."
    with pytest.raises(UniverseError, match=re.escape(f"t.npz: {made}; give the universe that made it")):
        read_tokens(tmp_path / "t.npz", other)
    with pytest.raises(UniverseError, match=re.escape("t.bed:1: the texts are not those of this universe")):
        read_tokens(tmp_path / "t.bed", other)
    write_tokens(tmp_path / "t.jsonl", [0, 10], tok)
    assert read_tokens(tmp_path / "t.jsonl", tok)[0].ids.tolist() == [0, 10]
    with pytest.raises(VocabularyError, match=re.escape("new.npz: id 10 of 'new' is past the vocabulary of 6; give")):
        write_tokens(tmp_path / "new.npz", [0, 10], small)
    assert not (tmp_path / "new.npz").exists()
    with pytest.raises(InputError, match="str is no tokenizer of ours; pass an IntervalTokenizer"):
        write_tokens(tmp_path / "new.npz", [0], "bert")
    with pytest.raises(VocabularyError, match=re.escape("t.jsonl: id 10 of 't' is past the vocabulary of 6; give")):
        read_tokens(tmp_path / "t.jsonl", small)


BROKEN = {
    "a.txt": (b"", "a.txt: the name's ending tells no token format; one of .jsonl, .tsv, .bed, .parquet, .npz, .gtok"),
    "a.jsonl": (b'{"id":"x","input_ids":[1]}\n{"id":"x"}\n', "a.jsonl:2: this line is no tokens; each is"),
    "b.jsonl": (b'{"id":"x","input_ids":[1.5]}\n', "b.jsonl:1: this line is no tokens"),
    "c.jsonl": (b'{"id":"x","input_ids":[-1]}\n', "c.jsonl:1: -1 is no token id; ids are 0 to 2,147,483,647"),
    "d.jsonl": (b'{"id":"x","input_ids":[1,2],"offsets":[0,1]}\n', "d.jsonl:1: the offsets do not cut 2 ids"),
    "e.jsonl": (b'{"id":"x","input_ids":[true]}\n', "e.jsonl:1: this line is no tokens"),
    "f.jsonl": (b"[1,2]\n", "f.jsonl:1: this line is no tokens"),
    "g.jsonl": (b'{"id":"x","input_ids":[99999999999999999999999]}\n', "g.jsonl:1: this line is no tokens"),
    "a.tsv": (b"chr1\t1\t2\n", "a.tsv:1: this is no tokens; the first line is document chrom start end ids"),
    "b.tsv": (b"document\tchrom\tstart\tend\tids\nd\tc\t1\t2\n", "b.tsv:2: 4 columns where 5 belong"),
    "c.tsv": (b"document\tchrom\tstart\tend\tids\nd\tc\t1\t2\t7\nd\tc\t1\tx\t7\n", "c.tsv:3: 'x' is not a position"),
    "d.tsv": (b"document\tchrom\tstart\tend\tids\nd\tc\t1\t2\t7,,8\n", "d.tsv:2: '7,,8' is not ids"),
    "e.tsv": (b"document\tchrom\tstart\tend\tids\nd\tc\t.\t2\t7\n", "e.tsv:2: '.' is not a position"),
    "a.bed": (b"chr1\t1\t2\nchr1\t3\t4\n", "a.bed:1: this line does not end in ids and texts; genotok tokenize makes"),
    "c.bed": (b"chr1\t1\t2\tn\t0\t+\n", "c.bed:1: this line does not end in ids and texts"),
    "d.bed": (b"chr1\t1\t2\t0\tx:1-2\nchr1\t1\t2\t.\tx:1-2\n", "d.bed:2: this line does not end in ids and texts"),
    "b.bed": (b"chr1\t1\t2\t0\tx:1-2\nchr1\t1\t2\t0,x\tx:1-2\n", "b.bed:2: this line does not end in ids and texts"),
    "a.npz": (b"PK\x03\x04 nothing", "a.npz: this is no token file; genotok tokenize writes them"),
    "b.npz": (b"", "b.npz: this is no token file"),
    "a.gtok": (b"GTOK", "a.gtok: 4 bytes are too few"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_damage_names_the_line(tmp_path, name):
    """A file that is no tokens is refused with its place and what belongs there."""
    data, message = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GenotokError, match=re.escape(message)):
        read_tokens(tmp_path / name)


def test_a_newer_format_is_refused(tmp_path):
    """An .npz file of another format number is not guessed at."""
    tok = tokenizer()
    write_tokens(tmp_path / "t.npz", documents(tok), tok)
    data = (tmp_path / "t.npz").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(tmp_path / "t.npz", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"format":1', b'"format":2'))
    with pytest.raises(InputError, match=re.escape("format 2 is unknown; a newer genotok wrote it; update this one")):
        read_tokens(tmp_path / "t.npz")


def test_what_can_not_be_written_is_refused_and_leaves_no_file(tmp_path):
    """Missing regions, a missing tokenizer and ids of the wrong shape are named; nothing half-written stays."""
    tok = tokenizer()
    cases = [
        ("a.tsv", [1, 2], tok, "the regions of document 'a' are not known; a .tsv file lists them"),
        ("a.bed", {"a": (REGIONS, tok.encode_rows(REGIONS))}, None, "a .bed file of tokens holds their texts"),
        ("a.jsonl", [], None, "document 'a' has no token, and which id says so is not known; give the universe"),
        ("a.jsonl", [[1, 2], [3, 4]], tok, "the ids of document 'a' have 2 dimensions"),
        ("a.jsonl", [0.5], tok, "ids of type float64 are no token ids"),
        ("a.jsonl", {"a": (REGIONS, RaggedIds.concat([]))}, tok, "3 regions and 0 rows of ids in 'a'"),
    ]
    for name, tokens, given_tokenizer, message in cases:
        with pytest.raises(InputError, match=re.escape(message)):
            write_tokens(tmp_path / name, tokens, given_tokenizer)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_random_edits_end_in_a_result_or_a_genotok_error(tmp_path_factory, kind, data):
    """No edit of a valid file raises anything but a GenotokError."""
    tok = tokenizer()
    path = tmp_path_factory.mktemp("edits") / f"t.{kind}"
    write_tokens(path, documents(tok, ["t"]), tok, rows=True)
    valid = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(valid) - 1))
        valid[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        valid = valid or bytearray(b"x")
    path.write_bytes(valid)
    with suppress(GenotokError):
        found = read_tokens(path, tok)
        assert all(0 <= each < tok.vocab_size for document in found for each in document.ids.tolist())


def test_gtok_values_past_int32_are_no_ids(tmp_path):
    """The format holds them, a vocabulary never does."""
    (tmp_path / "t.gtok").write_bytes(b"GTOK\x02\xff\xff\xff\xff")
    with pytest.raises(VocabularyError, match="4294967295 is no token id"):
        read_tokens(tmp_path / "t.gtok")
    with pytest.raises(VocabularyError, match="-1 is no token id"):
        write_tokens(tmp_path / "u.gtok", RaggedIds(np.array([-1], np.int32), np.array([0, 1], np.int64)))
