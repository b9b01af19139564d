"""DNA through the page's session: bins, ids, looks and files are those of the tokenizer itself."""

import gzip
import io
import json
import shlex
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bridge.tab import Tab
from genotok.bridge.dna import MOST_BASES
from genotok.export.motif import write_csr, write_motif_tokens
from genotok.io.fasta import read_fasta
from genotok.tokenizers.motif import MotifTokenizer

pytestmark = pytest.mark.filterwarnings("ignore::genotok.errors.MotifWarning")  # sets are rare in short sequences
GOLDEN = Path(__file__).parents[1] / "golden/golden.fa.gz"
PIECE = 4_000  # bases: the motifs are all there, the bins few


def fasta(*records: tuple[str, str]) -> bytes:
    return "".join(f">{name}\n{letters}\n" for name, letters in records).encode()


def letters_of(name: str, size: int = PIECE) -> str:
    return "".join("ACGTN"[code] for code in read_fasta(GOLDEN)[name].codes[:size])


@pytest.fixture(scope="module")
def dna() -> bytes:
    return fasta(
        ("one", letters_of("chr17_400000_450000")), ("two", "n" * 70 + letters_of("chr22_20100000_20150000", 900))
    )


def run(tab: Tab, handle: int, milliseconds: int = 50) -> tuple[dict, list[tuple[str, int, int]]]:
    """Step until it is finished; the result, and what was told on the way."""
    told = []
    while True:
        step, _ = tab.call("motif_step", handle, milliseconds)
        told.append((step["phase"], step["done"], step["total"]))
        if step["finished"]:
            return step["result"], told


def bins_of(tab: Tab, data: bytes, name: str = "x.fa", step: int = 2**20, **options: object) -> tuple[int, dict]:
    handle = tab.call("dna_open", name, len(data))[0]["handle"]
    for at in range(0, len(data), step):
        tab.call("dna_feed", handle, tab.stage(data[at : at + step]))
    tab.call("motif_close", handle, json.dumps(options))
    return handle, run(tab, handle)[0]


@pytest.fixture(scope="module")
def native(dna: bytes) -> MotifTokenizer:
    return MotifTokenizer.from_jaspar()


@pytest.fixture(scope="module")
def own(native: MotifTokenizer, dna: bytes) -> MotifTokenizer:
    """Fitted on the same file, without the page."""
    return native.replace(min_count=2).fit(read_fasta(io.BytesIO(dna)))


@pytest.fixture(scope="module")
def known(dna: bytes) -> tuple[Tab, int, dict]:
    tab = Tab()
    return (tab, *bins_of(tab, gzip.compress(dna), "x.fa.gz", step=300))


@pytest.fixture(scope="module")
def fitted(dna: bytes) -> tuple[Tab, int, dict]:
    tab = Tab()
    handle, _ = bins_of(tab, dna)
    return tab, handle, tab.call("motif_fit", handle, json.dumps({"min_count": 2}), None)[0]["result"]


def test_bins_are_those_of_the_tokenizer(known, native, dna):
    """Several sequences searched together, in steps, give what each gives by itself."""
    tab, handle, result = known
    encodings = list(native.encode_sequences(read_fasta(io.BytesIO(dna))))
    for number, encoding in enumerate(encodings):
        values, arrays = tab.call("motif_rows", handle, number, 0, 4096)
        assert values["total"] == len(encoding) == result["sequences"][number]["bins"]
        assert np.array_equal(np.stack([arrays["starts"], arrays["ends"]], axis=1), encoding.offsets)
        assert result["sequences"][number]["entries"] == encoding.counts.nnz
        for name in ("hits", "gaps", "empty", "known"):
            assert result["sequences"][number][name] == getattr(encoding.report, name)
    assert result["letters"]["unknown"] == {"N": 70}


def test_work_is_told_in_steps(dna):
    """Each step ends soon, phases follow in order, and counts never fall."""
    tab = Tab()
    handle = tab.call("motif_text", dna.decode(), "{}")[0]["handle"]
    _, told = run(tab, handle, 0)
    assert [phase for at, (phase, _, _) in enumerate(told) if not at or told[at - 1][0] != phase] == [
        "motifs",
        "scan",
        "bins",
    ]
    assert len(told) > 10
    for phase in ("scan", "bins"):
        done = [each[1] for each in told if each[0] == phase]
        assert done == sorted(done)
        assert done[-1] == next(total for each, _, total in told if each == phase)


def test_cover_and_windows_agree_with_the_search(known, native, dna):
    """The window's letters, coverage and edges are those of the sequence; stretches sum them up."""
    tab, handle, _ = known
    dna_one = read_fasta(io.BytesIO(dna))["one"]
    search = native.cutter.search
    cover = search.count_cover(search.find(dna_one.codes), len(dna_one))
    values, arrays = tab.call("motif_window", handle, 0, 1000, 1300)
    assert np.array_equal(arrays["letters"], dna_one.codes[1000:1300])
    assert np.array_equal(arrays["cover"], cover[1000:1300])
    assert arrays["edges"][0] <= 1000 < arrays["edges"][1]
    assert arrays["edges"][-2] < 1300 <= arrays["edges"][-1]
    assert len(arrays["hues"]) == len(arrays["leads"]) == len(arrays["edges"]) - 1
    assert set(map(str, arrays["leads"][arrays["leads"] >= 0].tolist())) == set(values["texts"])
    _, stretches = tab.call("motif_cover", handle, 0, 100)
    assert np.allclose(stretches["means"], cover.reshape(100, -1).mean(axis=1))
    assert stretches["peaks"].max() == cover.max()


def test_a_bin_tells_its_motifs_by_share(known, native, dna):
    """Features come by falling share, which are covered bases over columns; CpG stands apart."""
    tab, handle, _ = known
    encoding = native.encode_sequence(read_fasta(io.BytesIO(dna))["one"])
    row = int(np.argmax(np.diff(encoding.counts.indptr)))
    values, arrays = tab.call("motif_bin", handle, 0, row)
    dense = encoding.counts.rows(slice(row, row + 1)).to_dense()[0]
    lengths = np.repeat(native.motifs.lengths, 2)
    shares = dense[: len(lengths)] / lengths
    assert values["total"] == np.count_nonzero(shares)
    assert np.allclose(arrays["shares"], np.sort(shares)[::-1][: len(arrays["shares"])])
    first = values["motifs"][0]
    assert shares[2 * first["row"] + (first["strand"] == "-")] == pytest.approx(shares.max())
    assert values["cpg"] == dense[-1]
    assert values["token"] is None
    logos, counts = tab.call("motif_logos", handle, json.dumps([first["row"]]))
    assert logos["names"] == [first["name"]]
    assert np.array_equal(counts["counts"].reshape(-1, 4), native.motifs.counts_of(first["row"]))


def test_the_legend_names_who_leads_most(known):
    """Hues go to the members that lead most bins; a bin's hue is that of its leader."""
    tab, handle, _ = known
    legend, _ = tab.call("motif_legend", handle, 0)
    assert legend["bins"] == sorted(legend["bins"], reverse=True)
    values, arrays = tab.call("motif_window", handle, 0, 0, PIECE)
    led = [values["texts"].get(str(each)) for each in arrays["leads"].tolist()]
    for text, hue in zip(led, arrays["hues"].tolist(), strict=True):
        assert (hue == 0) == (text is None)
        assert text not in legend["texts"] or hue == legend["texts"].index(text) + 1
    assert legend["leaders"] == len(set(led) - {None})
    assert legend["led"] == len(led) - led.count(None)
    assert [led.count(text) for text in legend["texts"]] == legend["bins"]


def test_learnt_tokens_are_those_of_fit(fitted, own, dna):
    """Ids, clusters and texts equal those of a tokenizer that is fitted on the same file."""
    tab, handle, result = fitted
    genome = read_fasta(io.BytesIO(dna))
    assert result["fitted"]["clusters"] == own.n_clusters
    assert result["fitted"]["vocab_size"] == own.vocab_size
    for number, sequence in enumerate(genome.values()):
        ids = own.encode_sequence(sequence).input_ids
        values, arrays = tab.call("motif_rows", handle, number, 0, 4096)
        assert np.array_equal(arrays["ids"], ids)
        assert values["texts"] == {str(each): own.vocabulary.texts_of([each])[0] for each in np.unique(ids).tolist()}
    assert any("too rare" in note for note in result["notes"])
    bin_ = tab.call("motif_bin", handle, 0, 3)[0]
    assert bin_["token"]["id"] == own.encode_sequence(genome["one"]).input_ids[3]


def saved(tab: Tab, handle: int, kind: str, limit: int = 1000) -> tuple[str, bytes]:
    name = tab.call("motif_save", handle, kind)[0]["name"]
    out, done = b"", False
    while not done:
        values, arrays = tab.call("motif_part", limit)
        out += arrays["part"].tobytes()
        done = values["done"]
    tab.call("motif_end")
    return name, out


@pytest.mark.parametrize("kind", ["bed", "jsonl", "tsv", "npz", "gtok"])
def test_saved_bytes_are_those_of_python(fitted, own, dna, kind):
    """What the page saves is what the export functions write for the same file."""
    tab, handle, _ = fitted
    if kind == "gtok":
        assert "one sequence" in tab.fail("motif_save", handle, kind)["message"]
        return
    sink = io.BytesIO()
    write_motif_tokens(sink, own.encode_sequences(read_fasta(io.BytesIO(dna))), own, kind)
    assert saved(tab, handle, kind) == (f"x.fa.{kind}", sink.getvalue())


@pytest.mark.native
@pytest.mark.parametrize("kind", ["counts", "continuous"])
def test_matrices_open_in_scipy(fitted, kind):
    """Both matrices are what scipy's load_npz reads, a row for each bin of all sequences."""
    sparse = pytest.importorskip("scipy.sparse", reason="an extra")
    tab, handle, result = fitted
    name, data = saved(tab, handle, kind, 2**20)
    matrix = sparse.load_npz(io.BytesIO(data))
    assert name == f"x.fa.{kind}.npz"
    assert matrix.shape[0] == sum(each["bins"] for each in result["sequences"])
    counts = result["sequences"][0]["entries"] + result["sequences"][1]["entries"]
    assert matrix.nnz == counts if kind == "counts" else matrix.nnz <= counts


def test_matrices_are_the_same_bytes_as_python_writes(known, native, dna):
    """Counts go through `write_csr`, with nothing of the clock or the platform."""
    tab, handle, _ = known
    encodings = list(native.encode_sequences(read_fasta(io.BytesIO(dna))))
    from genotok.values.blocks import stack_rows

    sink = io.BytesIO()
    write_csr(sink, stack_rows([each.counts for each in encodings], native.n_features))
    assert saved(tab, handle, "counts", 2**20)[1] == sink.getvalue()


@pytest.mark.native
@pytest.mark.parametrize("kind", ["bed", "counts", "npz", "continuous"])
def test_the_recipe_for_python_makes_the_same_bytes(fitted, dna, kind, tmp_path, monkeypatch):
    """The snippet, run as it is in a folder with the file, writes the very bytes that the page saves."""
    tab, handle, _ = fitted
    recipe, _ = tab.call("motif_recipe", handle, kind)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa").write_bytes(dna)
    exec(recipe["python"], {})
    name, data = saved(tab, handle, kind, 2**20)
    assert (tmp_path / name).read_bytes() == data


def test_what_needs_tokens_says_so(known):
    """Without a fit there are no ids to save, and the words say what to do."""
    tab, handle, _ = known
    error = tab.fail("motif_save", handle, "tsv")
    assert error["code"] == "NotFittedError"
    assert "learn them first" in error["message"]
    assert saved(tab, handle, "bed")[1].startswith(b"one\t0\t")


BAD = {
    "protein": (b">sp|P1\nMKLVPEFILQ\n", "SequenceError", "this looks like protein"),
    "gap": (b">a\nACGT-ACGT\n", "SequenceError", "remove alignment gaps"),
    "digit": (b">a\nACGT1ACGT\n", "SequenceError", "letter '1' at base 5 of 'a'"),
    "empty": (b"", "EmptyFileError", "no sequence in it"),
    "blank": (b"\n \n", "EmptyFileError", "no sequence in it"),
    "no header": (b"ACGT\n", "FastaError", "text before the first >"),
    "no name": (b">\nACGT\n", "FastaError", "> without a name"),
    "twice": (b">a\nAC\n>a\nGT\n", "FastaError", "'a' stands at line 1 already"),
    "2bit": (b"\x1a\x41\x27\x43" + bytes(60), "FastaError", "twoBitToFa"),
    "BAM": (b"BAM\x01" + bytes(60), "FastaError", "samtools fasta"),
    "zip": (b"PK\x03\x04" + bytes(60), "FastaError", "unzip -p"),
    "UTF-16": (">a\nACGT\n".encode("utf-16"), "FastaError", "iconv"),
    "cut": (gzip.compress(b">a\n" + b"ACGT" * 900)[:-9], "FastaError", "x.fa"),
    "too long": (b">a\n" + b"A" * (MOST_BASES + 1), "CapacityError", "genotok motif fit"),
    "too many": (b"".join(b">%d\nA\n" % at for at in range(2001)), "CapacityError", "more than 2,000 sequences"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_says_what_and_where(kind):
    """Each is refused before any work, in one sentence with what to do."""
    data, code, words = BAD[kind]
    tab = Tab()
    handle = tab.call("dna_open", "x.fa", len(data))[0]["handle"]
    for at in range(0, len(data), 2**22):
        tab.call("dna_feed", handle, tab.stage(data[at : at + 2**22]))
    error = tab.fail("motif_close", handle, "{}")
    assert error["code"] == code
    assert words in error["message"]


@pytest.mark.parametrize("text", ["acgu nnry\nACGT", ">a\r\nACGT\r\n>b\n", "A", ">a\rNNNNNNNNNN", ">e\n"])
def test_odd_input_is_taken(text):
    """Lower case, U, blanks, any line end, one base, only N, and a record without any."""
    tab = Tab()
    handle = tab.call("motif_text", text, '{"preset": "strict"}')[0]["handle"]
    result, _ = run(tab, handle, 1000)
    for number, each in enumerate(result["sequences"]):
        assert (each["bins"] > 0) == (each["bases"] > 0)
        values, arrays = tab.call("motif_window", handle, number, 0, 100)
        assert len(arrays["letters"]) == each["bases"] == values["size"]
        tab.call("motif_legend", handle, number)
        tab.call("motif_cover", handle, number, 100)
        tab.call("motif_rows", handle, number, 0, 10)


def test_wrong_arguments_are_refused():
    """Handles, numbers and settings that are none give an error reply."""
    tab = Tab()
    assert tab.fail("motif_step", 7, 50)["code"] == "InputError"
    assert "preset" in tab.fail("motif_text", "ACGT", '{"preset": "loose"}')["message"]
    assert tab.fail("motif_text", "ACGT", '{"pvalue": 2}')["code"] == "ConfigError"
    assert tab.fail("motif_text", " ", "{}")["code"] == "InputError"
    assert tab.fail("dna_open", "big.fa", 2**31)["code"] == "CapacityError"
    handle = tab.call("motif_text", "ACGT" * 30, "{}")[0]["handle"]
    run(tab, handle, 1000)
    for name, arguments in {"motif_window": (5, 0, 9), "motif_bin": (0, 10**6), "motif_logos": ("[]",)}.items():
        assert tab.fail(name, handle, *arguments)["code"] == "InputError"
    assert "unknown" in tab.fail("motif_save", handle, "xlsx")["message"]


@pytest.fixture(scope="module")
def folder(own: MotifTokenizer, tmp_path_factory) -> Path:
    """What `genotok motif fit` writes."""
    place = tmp_path_factory.mktemp("saved") / "model"
    own.save_pretrained(place)
    return place


def taken(tab: Tab, *files: tuple[str, bytes]) -> list[int]:
    """Lay files on the desk."""
    handles = []
    for name, data in files:
        handles.append(tab.call("dna_open", name, len(data))[0]["handle"])
        tab.call("dna_feed", handles[-1], tab.stage(data))
    return handles


def zipped(folder: Path, inside: str = "model/") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, inside + path.name)
    return held.getvalue()


@pytest.mark.parametrize("way", ["files", "zip"])
def test_ids_come_from_a_saved_tokenizer(way, folder, own, dna):
    """Opened from its two files or a zip, it gives the ids that it gives in Python, and its line for the terminal."""
    tab = Tab()
    files = [(path.name, path.read_bytes()) for path in folder.iterdir() if path.suffix in (".json", ".npz")]
    parts = [each for each in files if each[0] in ("tokenizer_config.json", "arrays.npz")]
    handles = taken(tab, *(parts if way == "files" else [("model.zip", zipped(folder))]))
    model, _ = tab.call("motif_model", json.dumps(handles), "model" if way == "files" else "model.zip")
    assert (model["clusters"], model["vocab_size"]) == (own.n_clusters, own.vocab_size)
    assert model["contigs"] == 2
    handle, result = bins_of(tab, dna, model=model["handle"])
    assert result["model"] == model["name"]
    assert result["fitted"]["clusters"] == own.n_clusters
    for number, encoding in enumerate(own.encode_sequences(read_fasta(io.BytesIO(dna)))):
        assert np.array_equal(tab.call("motif_rows", handle, number, 0, 4096)[1]["ids"], encoding.input_ids)
    recipe, _ = tab.call("motif_recipe", handle, "bed")
    assert recipe["cli"] == "genotok motif encode -t model x.fa --format bed -o x.fa.bed"
    assert "from_pretrained('model')" in recipe["python"]
    assert "those of model" in tab.fail("motif_fit", handle, "{}", None)["message"]
    assert tab.fail("motif_model", json.dumps(handles), "again")["code"] == "InputError"  # they are off the desk


def test_what_is_no_saved_tokenizer_is_told(folder):
    """Missing, foreign and damaged files, and a zip of two."""
    arrays, settings = (folder / name for name in ("arrays.npz", "tokenizer_config.json"))
    two = io.BytesIO()
    with zipfile.ZipFile(two, "w") as archive:
        for place in ("a", "b"):
            archive.writestr(f"{place}/arrays.npz", b"")
    bad = {
        "InputError": [
            ([("arrays.npz", arrays.read_bytes())], "has no tokenizer_config.json"),
            ([("x.zip", two.getvalue())], "holds several tokenizers"),
        ],
        "BundleError": [
            ([("x.zip", b"no zip")], "no zip, or a damaged one"),
            ([("x.zip", zipped(folder)[:-30])], "no zip, or a damaged one"),
            ([("arrays.npz", arrays.read_bytes()), ("tokenizer_config.json", b"{}")], "describes no motif tokenizer"),
            ([("arrays.npz", arrays.read_bytes()[:-9]), (settings.name, settings.read_bytes())], "damaged or cut"),
        ],
    }
    tab = Tab()
    for code, cases in bad.items():
        for files, words in cases:
            error = tab.fail("motif_model", json.dumps(taken(tab, *files)), "given")
            assert (error["code"], words in error["message"]) == (code, True), error
    assert tab.fail("motif_text", "ACGT", '{"model": 99}')["code"] == "InputError"


def test_tokens_and_clusters_are_described(dna):
    """By id and by text, as `describe` says it; clusters with their motifs; what is none is refused."""
    tab = Tab()
    handle, _ = bins_of(tab, dna, preset="strict")
    assert tab.fail("motif_token", handle, "3")["code"] == "NotFittedError"
    tab.call("motif_fit", handle, '{"min_count": 2}', None)
    own = MotifTokenizer.from_jaspar(preset="strict", min_count=2).fit(read_fasta(io.BytesIO(dna)))
    told = own.describe(3)
    for token in ("3", told.text, " 3 "):
        found, _ = tab.call("motif_token", handle, token)
        assert (found["id"], found["text"], found["count"]) == (3, told.text, told.count)
        assert found["example"] == list(told.example)
        assert [each["text"] for each in found["members"]] == [each.text for each in told.members]
    member = found["members"][0]["member"]
    inside, _ = tab.call("motif_member", handle, member)
    assert [each["id"] + each["strand"] for each in inside["features"]] == list(told.members[0].features)[:60]
    assert inside["total"] + 2 * inside["cpg"] >= len(told.members[0].features)
    for token in (str(own.vocab_size), "c99999", "nonsense"):
        assert tab.fail("motif_token", handle, token)["code"] == "VocabularyError"
    assert tab.fail("motif_member", handle, 10**6)["code"] == "InputError"


@pytest.mark.native
def test_figures_are_those_of_the_terminal(fitted, folder, dna, tmp_path, monkeypatch):
    """The lines for the terminal write the very numbers that the page saves; curves and rows are drawn of them."""
    from genotok.cli.app import run as run_line

    tab, handle, _ = fitted
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa").write_bytes(dna)
    shutil.copytree(folder, tmp_path / "x-motifs")
    for kind in ("ranks", "likeness"):
        line = tab.call("motif_recipe", handle, kind)[0]["cli"].partition(" && ")[2]
        assert run_line(shlex.split(line)[1:]) == 0
        name, data = saved(tab, handle, kind, 2**20)
        assert name == f"x.fa.{kind}.tsv"
        assert (tmp_path / name).read_bytes() == data
    told, arrays = tab.call("motif_ranks", handle)
    assert sum(each["points"] for each in told["curves"]) == len(arrays["ranks"]) == len(arrays["frequencies"])
    assert len(told["curves"]) == 5
    assert told["curves"][0]["types"] == arrays["ranks"][told["curves"][0]["points"] - 1]
    scores, arrays = tab.call("motif_likeness", handle)
    means = arrays["scores"].reshape(4, scores["motifs"]).mean(axis=1)
    assert means == pytest.approx([each["mean"] for each in scores["rows"]], abs=1e-5)


@pytest.mark.native
@pytest.mark.parametrize("rule", [{"pvalue": 0.001}, {"preset": "strict", "relative": 0.85}])
def test_the_terminal_gives_the_same_bytes_for_other_thresholds(rule, dna, tmp_path, monkeypatch):
    """The line has the thresholds that were chosen."""
    from genotok.cli.app import run as run_line

    tab = Tab()
    short = dna[:900] + b"\n"
    handle, _ = bins_of(tab, short, **rule)
    tab.call("motif_fit", handle, "{}", None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa").write_bytes(short)
    name, data = saved(tab, handle, "bed", 2**20)
    for command in tab.call("motif_recipe", handle, "bed")[0]["cli"].split(" && "):
        assert run_line(shlex.split(command)[1:]) == 0
    assert (tmp_path / name).read_bytes() == data
