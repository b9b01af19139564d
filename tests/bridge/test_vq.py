"""DNA through the page's session to learned codes: codes, looks and files are those of the tokenizer itself."""

import gzip
import io
import json
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bridge.tab import Tab
from genotok.bridge.dna import MOST_BASES
from genotok.bridge.vqresult import MOST_NETWORK
from genotok.io.fasta import read_fasta
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED

pytestmark = pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")  # the page tells of short ones itself
GOLDEN = Path(__file__).parents[1] / "golden/golden.fa.gz"
KINDS = ("jsonl", "tsv", "bed", "npz")


def letters_of(name: str = "chr17_400000_450000", size: int = 1_500) -> str:
    return "".join("ACGTN"[code] for code in read_fasta(GOLDEN)[name].codes[:size])


def fasta(*records: tuple[str, str]) -> bytes:
    return "".join(f">{name} of a test\n{letters}\n" for name, letters in records).encode()


@pytest.fixture(scope="module")
def dna() -> bytes:
    """Two sequences, of which one has unknown bases at either end and inside."""
    two = "nn" + letters_of("chr22_20100000_20150000", 301) + "RYNNN" + letters_of(size=90).lower() + "N"
    return fasta(("one", letters_of()), ("two", two))


def run(tab: Tab, handle: int, milliseconds: int = 50) -> tuple[dict, list[tuple[str, int, int]]]:
    """Step until it is finished; the result, and what was told on the way."""
    told = []
    while True:
        step, _ = tab.call("vq_step", handle, milliseconds)
        told.append((step["phase"], step["done"], step["total"]))
        if step["finished"]:
            return step["result"], told


def taken(tab: Tab, *files: tuple[str, bytes]) -> list[int]:
    """Lay files on the desk."""
    handles = []
    for name, data in files:
        handles.append(tab.call("dna_open", name, len(data))[0]["handle"])
        for at in range(0, len(data), 2**22):
            tab.call("dna_feed", handles[-1], tab.stage(data[at : at + 2**22]))
    return handles


def coded(tab: Tab, data: bytes, model: object = "vq-fine", name: str = "x.fa") -> tuple[int, dict]:
    (handle,) = taken(tab, (name, data))
    tab.call("vq_close", handle, json.dumps({"model": model}))
    return handle, run(tab, handle)[0]


@pytest.fixture(scope="module", params=BUNDLED)
def known(request, dna) -> tuple[Tab, int, dict, VQTokenizer]:
    """The same file by each tokenizer of the wheel, packed."""
    tab = Tab()
    handle, result = coded(tab, gzip.compress(dna), request.param, "x.fa.gz")
    return tab, handle, result, VQTokenizer.from_pretrained(request.param)


def test_rows_are_those_of_the_tokenizer(known, dna):
    """Ids, codes of all levels and places of every token, and the counts that stand above them."""
    tab, handle, result, own = known
    for number, sequence in enumerate(read_fasta(io.BytesIO(dna)).values()):
        codes = own.codes(sequence)
        values, arrays = tab.call("vq_rows", handle, number, 0, 4096)
        told = result["sequences"][number]
        assert values["total"] == told["tokens"] == codes.n_tokens
        assert np.array_equal(np.stack([arrays["starts"], arrays["ends"]], axis=1), codes.offsets)
        assert np.array_equal(arrays["ids"], own.vocabulary.ids_of_codes(codes.codes))
        levels = arrays["codes"].reshape(len(own.levels), -1)
        assert np.array_equal(np.where(levels < 0, 65_535, levels), codes.codes)
        assert told["unknown"] == np.count_nonzero(codes.unknown)
        assert told["distinct"] == [len(set(each.tolist()) - {-1}) for each in levels]
        assert told["bases"] == len(sequence)
        assert told["known"] == np.count_nonzero(sequence.codes < 4)
    assert result["letters"] == {"lower": 92, "uracil": 0, "unknown": {"N": 6, "R": 1, "Y": 1}}


def test_what_comes_back_is_what_the_tokenizer_decodes(known, dna):
    """Decoded letters, the count of wrong ones and their places are those of `decode`, base by base."""
    tab, handle, result, own = known
    for number, sequence in enumerate(read_fasta(io.BytesIO(dna)).values()):
        decoded = own.decode(own.codes(sequence))
        values, arrays = tab.call("vq_window", handle, number, 0, 4096)
        assert values["size"] == len(sequence) == len(decoded)
        assert "".join("ACGTN"[code] for code in arrays["decoded"]) == decoded
        letters = "".join("ACGTN"[code] for code in sequence.codes)
        pairs = [(at, *pair) for at, pair in enumerate(zip(letters, decoded, strict=True)) if "N" not in pair]
        wrong = [(at, letter, found) for at, letter, found in pairs if letter != found]
        told = result["sequences"][number]
        assert (told["told"], told["wrong"]) == (len(pairs), len(wrong))
        listed, places = tab.call("vq_wrong", handle, number, 4096)
        assert listed["total"] == len(wrong)
        assert [
            (at, "ACGT"[letter], "ACGT"[found])
            for at, letter, found in zip(
                *(places[key].tolist() for key in ("places", "letters", "decoded")), strict=True
            )
        ] == wrong
        rows = tab.call("vq_rows", handle, number, 0, 4096)[1]
        for start, end, many in zip(*(rows[key].tolist() for key in ("starts", "ends", "wrong")), strict=True):
            assert many == sum(start <= at < end for at, _, _ in wrong)


def test_windows_are_pieces_of_the_whole(known):
    """Any window has the bases, tokens and hues that the whole sequence has there."""
    tab, handle, result, own = known
    size, levels = result["sequences"][0]["bases"], len(own.levels)
    whole, all_ = tab.call("vq_window", handle, 0, 0, size)
    assert whole["token"] == 0
    hues = all_["hues"].reshape(levels, -1)
    codes = all_["codes"].reshape(levels, -1)
    assert np.array_equal(hues == 0, codes < 0)
    assert hues.max() <= 8
    for first, last in ((0, 1), (1, 2), (700, 731), (702, 703), (size - 5, size), (size, size), (40, 40)):
        values, arrays = tab.call("vq_window", handle, 0, first, last)
        assert np.array_equal(arrays["letters"], all_["letters"][first:last])
        inside = np.flatnonzero((all_["starts"] < last) & (all_["ends"] > first)) if last > first else []
        assert arrays["starts"].tolist() == all_["starts"][inside].tolist() if len(inside) else True
        assert np.array_equal(
            arrays["codes"].reshape(levels, -1), codes[:, values["token"] :][:, : len(arrays["starts"])]
        )
        assert len(arrays["starts"]) == len(inside)
        for base in {first, max(first, last - 1)} - {size}:
            token = tab.call("vq_locate", handle, 0, base)[0]["token"]
            nearest = np.abs(np.clip(base, all_["starts"], all_["ends"] - 1) - base)
            assert nearest[token] == nearest.min()


def test_one_code_has_one_hue_and_the_legend_counts_them(known):
    """A hue belongs to the code, on every sequence; the legend counts tokens, and the bases that their cores hold."""
    tab, handle, result, own = known
    levels, met = len(own.levels), {}
    for number, each in enumerate(result["sequences"]):
        arrays = tab.call("vq_window", handle, number, 0, each["bases"])[1]
        hues, codes = arrays["hues"].reshape(levels, -1), arrays["codes"].reshape(levels, -1)
        for level in range(levels):
            for code, hue in zip(codes[level].tolist(), hues[level].tolist(), strict=True):
                assert met.setdefault((level, code), hue) == hue
        legend, summed = tab.call("vq_legend", handle, number)
        tokens, shares = summed["tokens"].reshape(levels, 8), summed["shares"].reshape(levels, 8, 4)
        for level in range(levels):
            assert tokens[level].tolist() == [int(np.count_nonzero(hues[level] == hue)) for hue in range(1, 9)]
            for hue in range(1, 9):
                spans = zip(arrays["starts"][hues[level] == hue], arrays["ends"][hues[level] == hue], strict=True)
                under = [code for start, end in spans for code in arrays["letters"][start:end].tolist() if code < 4]
                expected = [under.count(code) / max(len(under), 1) for code in range(4)]
                assert np.allclose(shares[level, hue - 1], expected, atol=1e-6)
        assert (legend["levels"], legend["hues"]) == (levels, 8)


def test_a_token_tells_its_codes(known, dna):
    """Place, ids and text; each level's code with what `describe_code` says, and logos end to end."""
    tab, handle, _, own = known
    codes = own.codes(read_fasta(io.BytesIO(dna))["one"])
    for token in (0, 77, codes.n_tokens - 1):
        values, arrays = tab.call("vq_token", handle, 0, token)
        assert [values["start"], values["end"]] == codes.offsets[token].tolist()
        ids = own.vocabulary.ids_of_codes(codes.codes[:, token : token + 1]).tolist()
        assert (values["ids"], values["text"]) == (ids, " ".join(own.vocabulary.texts_of(ids)))
        at = 0
        logos = arrays["logos"].reshape(-1, 4)
        for level, said in enumerate(values["levels"]):
            code = int(codes.codes[level, token])
            told = own.describe_code(level + 1, code)
            assert (said["level"], said["code"], said["size"]) == (level + 1, code, own.levels[level])
            assert said["here"] == np.count_nonzero(codes.codes[level] == code)
            assert (said["usage"], said["rank"], said["windows"]) == (told.usage[0], told.rank[0], told.windows)
            assert [tuple(each) for each in said["parents"]] == list(told.parents)
            assert said["children"] == list(told.children)[:24]
            assert said["n_children"] == len(told.children)
            assert said["reverse"] == (told.reverse[0] if told.reverse else None)
            if own.table is not None:
                assert said["learnt"]
                assert said["consensus"] == told.consensus
                assert np.allclose(logos[at : at + said["columns"]], told.logo, atol=1e-6)
            at += said["columns"]
        if own.table is None:
            assert np.allclose(logos[at:], own.describe(ids[0]).logo, atol=1e-6)
            assert values["joint"]["consensus"] == own.describe(ids[0]).consensus
        else:
            assert (values["joint"], at) == (None, len(logos))


def test_codes_of_a_network_show_the_letters_they_are_met_over(dna):
    """Without a table a level's logo is made of the sequence itself: the letters around the cores with that code."""
    tab = Tab()
    handle, _ = coded(tab, dna, "vq-hrq")
    own = VQTokenizer.from_pretrained("vq-hrq")
    codes = own.codes(read_fasta(io.BytesIO(dna))["one"])
    values, arrays = tab.call("vq_token", handle, 0, 9)
    code = values["levels"][0]["code"]
    starts = codes.offsets[codes.codes[0] == code, 0]
    letters = letters_of()
    for place in range(10):
        under = [letters[at + place - 3] for at in starts.tolist() if 0 <= at + place - 3 < len(letters)]
        expected = [under.count(letter) / len(under) for letter in "ACGT"]
        assert np.allclose(arrays["logos"].reshape(-1, 4)[place], expected, atol=1e-6)
    assert not values["levels"][0]["learnt"]


def test_codes_are_found_by_id_text_and_level(known):
    """An id, its text, and the code of a level lead to the same code; what is none is refused."""
    tab, handle, _, own = known
    by_id, _ = tab.call("vq_describe", handle, 0, "17")
    by_text, _ = tab.call("vq_describe", handle, 0, f" {own.vocabulary.texts_of([17])[0]} ")
    assert by_id == by_text
    assert by_id["id"] == 17
    last = by_id["levels"][-1]
    alone, _ = tab.call("vq_describe", handle, 0, f"v{last['level']}:{last['code']}")
    assert (alone["id"], alone["levels"]) == (None, [last])
    assert tab.call("vq_describe", handle, 0, "<unk>")[0]["levels"] == []
    for wanted in (str(own.vocab_size), "v99999", "x"):
        assert tab.fail("vq_describe", handle, 0, wanted)["code"] == "VocabularyError"
    for wanted in ("v9:1", f"v1:{own.levels[0]}", "v0:0"):
        assert "level" in tab.fail("vq_describe", handle, 0, wanted)["message"]


def test_usage_ranks_the_codes_of_the_sequence(known, dna):
    """Codes come by falling use, with their rank in the corpus, which the model tells."""
    tab, handle, result, own = known
    codes = own.codes(read_fasta(io.BytesIO(dna))["one"])
    for level in range(len(own.levels)):
        counts = np.bincount(codes.codes[level][~codes.unknown], minlength=own.levels[level])
        values, arrays = tab.call("vq_usage", handle, 0, level, 0, 20)
        assert values["total"] == result["sequences"][0]["distinct"][level] == np.count_nonzero(counts)
        assert arrays["here"].tolist() == sorted(counts.tolist(), reverse=True)[: len(arrays["here"])]
        assert arrays["here"].tolist() == counts[arrays["codes"]].tolist()
        for code, rank, consensus in zip(
            arrays["codes"].tolist(), arrays["ranks"].tolist(), values["consensus"], strict=True
        ):
            told = own.describe_code(level + 1, code)
            assert rank == told.rank[0]
            assert own.table is None or consensus == told.consensus
        shares = counts[counts > 0] / counts.sum()
        assert values["bits"] == pytest.approx(float(-(shares * np.log2(shares)).sum()))
        rest, _ = tab.call("vq_usage", handle, 0, level, values["total"], 20)
        assert rest["consensus"] == []


@pytest.mark.parametrize("place", [0, 3, 404, 1_495, 1_499])
def test_a_changed_base_changes_what_mutate_says(known, dna, place):
    """Encoding only what is near, at the ends too, gives the tokens of the whole changed sequence."""
    tab, handle, _, own = known
    sequence = read_fasta(io.BytesIO(dna))["one"]
    old = "ACGT"[sequence.codes[place]]
    base = "ACGT"[(sequence.codes[place] + 1) % 4]
    effect = own.mutate(sequence, place, base)
    values, arrays = tab.call("vq_mutate", handle, 0, place, base.lower())
    assert (values["position"], values["old"], values["new"]) == (place, old, base)
    assert np.array_equal(arrays["tokens"], effect.tokens)
    assert np.array_equal(np.stack([arrays["starts"], arrays["ends"]], axis=1), effect.spans)
    levels = len(own.levels)
    assert np.array_equal(arrays["old"].reshape(levels, -1), effect.old_codes)
    assert np.array_equal(arrays["new"].reshape(levels, -1), effect.new_codes)
    assert values["levels"] == effect.levels.sum(axis=1).tolist()
    assert np.array_equal(arrays["hues"] > 0, np.ones(effect.new_codes.size, bool))
    same, nothing = tab.call("vq_mutate", handle, 0, place, old)
    assert (same["levels"], len(nothing["tokens"])) == ([0] * levels, 0)


def test_others_cut_the_same_bases(known, dna):
    """Counts of tokens, words and bits; what a changed base takes away, as two tokenizations differ."""
    tab, handle, _, own = known
    letters = letters_of()
    rows = {(each["name"], each["level"]): each for each in tab.call("vq_compare", handle, 0, -1, "")[0]["rows"]}
    words = [letters[at : at + 6] for at in range(0, len(letters) - 5, 6)]
    found = rows["6-mers, step 6", None]
    assert (found["tokens"], found["distinct"], found["size"]) == (len(words), len(set(words)), 4096)
    shares = np.array([words.count(each) for each in set(words)]) / len(words)
    assert found["bits"] == pytest.approx(float(-(shares * np.log2(shares)).sum()))
    assert found["bits_per_base"] == pytest.approx(found["bits"] * len(words) / len(letters))
    assert rows["3-mers", None]["tokens"] == len(letters) - 2
    assert rows["DNABERT-2 byte pairs", None]["size"] == 4096
    assert all(each["lost"] is None for each in rows.values())
    mine = [each for each in rows.values() if each["level"] is not None]
    assert [each["level"] for each in mine] == ([1, 2] if own.codebook.quantizer == "tree" else [0])
    assert {each["tokens"] for each in mine} == {own.codes(letters).n_tokens}
    base = "ACGT"[("ACGT".index(letters[300]) + 2) % 4]
    changed = letters[:300] + base + letters[301:]
    lost = {each["name"]: each["lost"] for each in tab.call("vq_compare", handle, 0, 300, base)[0]["rows"]}
    assert (lost["6-mers, step 6"], lost["6-mers"], lost["3-mers"]) == (1, 6, 3)
    effect = own.mutate(letters, 300, base)
    gone = [*effect.old_ids.tolist()]
    for each in effect.new_ids.tolist():
        if each in gone:
            gone.remove(each)
    assert lost[""] == len(gone)  # of a tree the last row, the finest level, has ids
    assert changed != letters


def test_pieces_of_others_tile_the_bases(known):
    """In any window tokens follow each other without gap, and each knows its id."""
    tab, handle, _, _ = known
    values, arrays = tab.call("vq_cuts", handle, 0, 100, 161)
    assert values["names"] == ["DNABERT-2 byte pairs", "6-mers, step 6"]
    letters = letters_of()
    assert "".join("ACGTN"[code] for code in arrays["letters"]) == letters[100:161]
    at = 0
    for name, count in zip(values["names"], values["counts"], strict=True):
        starts, ends, ids = (arrays[key][at : at + count].tolist() for key in ("starts", "ends", "ids"))
        assert starts[0] <= 100 < ends[0]
        assert starts[-1] < 161 <= ends[-1]
        assert starts[1:] == ends[:-1]
        if name.startswith("6-mers"):
            words = [letters[start:end] for start, end in zip(starts, ends, strict=True)]
            assert ids == [int("".join(str("ACGT".index(each)) for each in word), 4) for word in words]
        at += count
    assert at == len(arrays["ids"])


def saved(tab: Tab, handle: int, kind: str, limit: int = 1000) -> tuple[str, bytes]:
    name = tab.call("vq_save", handle, kind)[0]["name"]
    out, done = b"", False
    while not done:
        values, arrays = tab.call("vq_part", limit)
        out += arrays["part"].tobytes()
        done = values["done"]
    tab.call("vq_end")
    return name, out


def follow(line: str, monkeypatch) -> None:
    """Do what a line for the shell says."""
    from genotok.cli.app import run as run_line

    for part in line.split(" && "):
        assert run_line([*shlex.split(part)[1:], "-q"]) == 0


@pytest.mark.native
@pytest.mark.parametrize("kind", [*KINDS, "fa"])
def test_saved_bytes_are_those_of_the_terminal_and_of_python(known, dna, kind, tmp_path, monkeypatch):
    """The line for the shell and the snippet, run in a folder with the file, write the bytes that the page saves."""
    tab, handle, _, _ = known
    name, data = saved(tab, handle, kind, 2**20)
    assert name == f"x.fa.gz.{'decoded.fa' if kind == 'fa' else kind}"
    recipe, _ = tab.call("vq_recipe", handle, kind)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa.gz").write_bytes(gzip.compress(dna))
    follow(recipe["cli"], monkeypatch)
    assert (tmp_path / name).read_bytes() == data
    (tmp_path / name).unlink()
    exec(recipe["python"], {})
    assert (tmp_path / name).read_bytes() == data
    assert recipe["notes"] == []


def test_parts_of_any_size_give_the_same_file(known):
    """A file taken in small parts is the file; .gtok, which holds one sequence, says so."""
    tab, handle, _, _ = known
    assert saved(tab, handle, "bed", 7) == saved(tab, handle, "bed", 2**22)
    assert "one sequence" in tab.fail("vq_save", handle, "gtok")["message"]
    assert "unknown" in tab.fail("vq_save", handle, "xlsx")["message"]


@pytest.mark.native
def test_pasted_dna_has_a_recipe_too(tmp_path, monkeypatch):
    """Pasted text is to be saved first, and under which name the notes say; .gtok holds the one sequence."""
    tab = Tab()
    handle = tab.call("vq_text", letters_of(size=200), '{"model": "vq-compact"}')[0]["handle"]
    result, _ = run(tab, handle)
    assert [each["name"] for each in result["sequences"]] == ["pasted"]
    recipe, _ = tab.call("vq_recipe", handle, "gtok")
    assert recipe["notes"] == ["Save the pasted sequence as pasted.fa first, below a line >pasted."]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pasted.fa").write_text(f">pasted\n{letters_of(size=200)}\n")
    follow(recipe["cli"], monkeypatch)
    assert (tmp_path / "pasted.fa.gtok").read_bytes() == saved(tab, handle, "gtok")[1]


def test_work_is_told_in_steps(dna):
    """Each step ends soon, phases follow in order, and counts never fall."""
    tab = Tab()
    handle = tab.call("vq_text", dna.decode(), "{}")[0]["handle"]
    _, told = run(tab, handle, 0)
    phases = [phase for at, (phase, _, _) in enumerate(told) if not at or told[at - 1][0] != phase]
    assert phases == ["encode", "decode"]
    for phase in phases:
        done = [each[1] for each in told if each[0] == phase]
        assert done == sorted(done)
        assert done[-1] == next(total for each, _, total in told if each == phase)


def test_models_are_described():
    """The wheel's tokenizers with what the page says of each."""
    models = {each["name"]: each for each in Tab().call("vq_models")[0]["models"]}
    assert list(models) == list(BUNDLED)
    assert (models["vq-fine"]["levels"], models["vq-fine"]["stride"]) == ([512, 4096], 1)
    assert (models["vq-compact"]["window"], models["vq-compact"]["stride"]) == (8, 4)
    assert (models["vq-hrq"]["network"], models["vq-hrq"]["levels"]) == (True, [32, 64])
    assert all(each["used_bits"] and each["corpus"] and each["bundled"] for each in models.values())


BAD = {
    "protein": (b">sp|P1\nMKLVPEFILQ\n", "SequenceError", "this looks like protein"),
    "X": (b">a\nACGTXACGT\n", "SequenceError", "letter 'X' at base 5 of 'a'"),
    "gap": (b">a\nACGT-ACGT\n", "SequenceError", "remove alignment gaps"),
    "empty": (b"", "EmptyFileError", "no sequence in it"),
    "no header": (b"ACGT\n", "FastaError", "text before the first >"),
    "twice": (b">a\nAC\n>a\nGT\n", "FastaError", "'a' stands at line 1 already"),
    "2bit": (b"\x1a\x41\x27\x43" + bytes(60), "FastaError", "twoBitToFa"),
    "cut": (gzip.compress(b">a\n" + b"ACGT" * 900)[:-9], "FastaError", "x.fa"),
    "too long": (b">a\n" + b"A" * (MOST_BASES + 1), "CapacityError", "genotok vq encode"),
    "too many": (b"".join(b">%d\nA\n" % at for at in range(2001)), "CapacityError", "more than 2,000 sequences"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_says_what_and_where(kind):
    """Each is refused before any work, in one sentence with what to do."""
    data, code, words = BAD[kind]
    tab = Tab()
    (handle,) = taken(tab, ("x.fa", data))
    error = tab.fail("vq_close", handle, "{}")
    assert error["code"] == code
    assert words in error["message"]


def test_a_network_takes_less_than_a_table():
    """What is too much for a network in a tab is told with what takes it."""
    tab = Tab()
    (handle,) = taken(tab, ("x.fa", b">a\n" + b"ACGT" * (MOST_NETWORK // 4) + b"A\n"))
    error = tab.fail("vq_close", handle, '{"model": "vq-hrq"}')
    assert error["code"] == "CapacityError"
    assert "more than 200,000 bases" in error["message"]
    assert "take a model with a table" in error["hint"]


@pytest.mark.parametrize("model", BUNDLED)
@pytest.mark.parametrize(
    "text", ["acgu nnry\nACGT", ">a\r\nACGT\r\n>b\n", "A", ">a\rNNNNNNNNNN", ">e\n", ">n\nACGTACGTN"]
)
def test_odd_input_is_taken(text, model):
    """Lower case, U, blanks, any line end, one base, only N, and a record without any."""
    tab = Tab()
    handle = tab.call("vq_text", text, json.dumps({"model": model}))[0]["handle"]
    result, _ = run(tab, handle, 1000)
    own = VQTokenizer.from_pretrained(model)
    for number, each in enumerate(result["sequences"]):
        values, arrays = tab.call("vq_window", handle, number, 0, 100)
        assert len(arrays["letters"]) == each["bases"] == values["size"]
        assert len(arrays["starts"]) == each["tokens"]
        tab.call("vq_legend", handle, number)
        tab.call("vq_rows", handle, number, 0, 10)
        tab.call("vq_usage", handle, number, len(own.levels) - 1, 0, 10)
        tab.call("vq_compare", handle, number, -1, "")
        tab.call("vq_cuts", handle, number, 0, 100)
        assert tab.call("vq_locate", handle, number, 0)[0]["token"] == (0 if each["tokens"] else -1)
        if each["tokens"]:
            tab.call("vq_token", handle, number, each["tokens"] - 1)
        else:
            assert "too short" in tab.fail("vq_token", handle, number, 0)["message"]
        if each["bases"]:
            tab.call("vq_mutate", handle, number, each["bases"] - 1, "C")
    short = [each for each in result["sequences"] if each["bases"] and not each["tokens"]]
    assert any("too short for a token" in note for note in result["notes"]) == bool(short)


def test_wrong_arguments_are_refused():
    """Handles, numbers and settings that are none give an error reply."""
    tab = Tab()
    assert tab.fail("vq_step", 7, 50)["code"] == "InputError"
    assert "vq-fine, vq-compact, vq-hrq" in tab.fail("vq_text", "ACGT", '{"model": "vq-best"}')["hint"]
    assert tab.fail("vq_text", "ACGT", '{"model": 99}')["code"] == "InputError"
    assert tab.fail("vq_text", " ", "{}")["code"] == "InputError"
    handle = tab.call("vq_text", letters_of(size=120), "{}")[0]["handle"]
    run(tab, handle, 1000)
    for name, arguments in {
        "vq_window": (5, 0, 9),
        "vq_token": (0, 10**6),
        "vq_usage": (0, 2, 0, 9),
        "vq_mutate": (0, 120, "A"),
        "vq_rows": (0, 0, 10**6),
    }.items():
        assert tab.fail(name, handle, *arguments)["code"] == "InputError"
    for base in ("N", "AC", ""):
        assert tab.fail("vq_mutate", handle, 0, 1, base)["code"] == "SequenceError"


def zipped(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"model/{path.name}")
    return held.getvalue()


@pytest.mark.native
@pytest.mark.parametrize("way", ["files", "zip"])
def test_codes_come_from_a_saved_tokenizer(way, dna, tmp_path, monkeypatch):
    """Opened from its two files or a zip, it gives the ids that it gives in Python, and its line for the terminal."""
    folder = tmp_path / "model"
    own = VQTokenizer.from_pretrained("vq-compact", unknown="majority")
    own.save_pretrained(folder)
    tab = Tab()
    parts = [(name, (folder / name).read_bytes()) for name in ("tokenizer_config.json", "model.npz")]
    handles = taken(tab, *(parts if way == "files" else [("model.zip", zipped(folder))]))
    model, _ = tab.call("vq_model", json.dumps(handles), "model" if way == "files" else "model.zip")
    handle, result = coded(tab, dna, model["handle"])
    assert (result["model"]["name"], result["model"]["bundled"]) == (model["name"], False)
    for number, sequence in enumerate(read_fasta(io.BytesIO(dna)).values()):
        assert tab.call("vq_rows", handle, number, 0, 4096)[1]["ids"].tolist() == own.encode(sequence)
    recipe, _ = tab.call("vq_recipe", handle, "tsv")
    assert recipe["notes"] == ["model is the folder with tokenizer_config.json and model.npz."]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa").write_bytes(dna)
    follow(recipe["cli"], monkeypatch)
    assert (tmp_path / "x.fa.tsv").read_bytes() == saved(tab, handle, "tsv")[1]


def test_what_is_no_saved_tokenizer_is_told():
    """A missing file, a foreign one, and what is no zip."""
    tab = Tab()
    for files, words in (
        ([("model.npz", b"")], "has no tokenizer_config.json"),
        ([("x.zip", b"no zip")], "no zip, or a damaged one"),
        ([("model.npz", b""), ("tokenizer_config.json", b"{}")], "given"),
    ):
        error = tab.fail("vq_model", json.dumps(taken(tab, *files)), "given")
        assert words in error["message"]
        assert error["code"] in ("InputError", "BundleError")


@pytest.mark.native
def test_learnt_codes_are_those_of_the_terminal(tmp_path, monkeypatch):
    """Learning in the page and by the line for the shell gives the same tokens; progress is told on the way."""
    letters = letters_of(size=6_000)
    data, told = fasta(("one", letters[:5_000]), ("two", letters[5_000:])), []
    tab = Tab()
    handle, _ = coded(tab, data, "vq-compact")
    result = tab.call("vq_fit", handle, '{"codes": 32, "stride": 4}', lambda *step: told.append(step))[0]["result"]
    assert result["model"]["levels"] == [32]
    assert result["model"]["learnt"] == {"quantizer": "flat", "levels": 32, "stride": 4, "seed": 0}
    assert {phase for phase, _, _ in told} >= {"codes", "encode", "decode"}
    recipe, _ = tab.call("vq_recipe", handle, "npz")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.fa").write_bytes(data)
    follow(recipe["cli"], monkeypatch)
    assert (tmp_path / "x.fa.npz").read_bytes() == saved(tab, handle, "npz")[1]
    assert tab.fail("vq_fit", handle, '{"codes": 513}', None)["code"] == "InputError"
    few = tab.fail("vq_fit", handle, '{"codes": 512}', None)
    assert (few["code"], "512 codes need 8,192" in few["message"]) == ("ConfigError", True)
