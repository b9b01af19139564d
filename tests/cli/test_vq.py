"""``genotok vq`` as a terminal's user meets it: what goes in, what comes out, and what each fault says."""

import gzip
import json
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from cli.desk import Desk, environment
from genotok import VQTokenizer
from genotok.cli.app import run
from genotok.cli.vq import COMMANDS
from genotok.export.tokens import read_tokens
from genotok.io.fasta import read_fasta
from genotok.kernels.draws import draw_below
from genotok.values.convweights import ConvShape
from genotok.values.vqmodel import VQModel
from vq.networks import draw_book, draw_weights

MINE = ("encode", "decode", "describe", "info", "mutations", "train", "compile")
READS = {"one": "ACGTACGTACGTTT", "short": "ACG", "N": "NNNNNNNNNNNN", "last": "GATTACAGATTACAGATTACA"}
PLAN = ConvShape(kernel=5, stride=2, channels=4, width=4, blocks=0, taps=(0,), decoder_blocks=1)


@pytest.fixture
def desk(tmp_path, capsysbinary):
    """A folder with a genome of two contigs, reads, a reference, variants of it, a table and a network."""
    shutil.copytree(made(), tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path, capsysbinary)


def letters(length, seed):
    return "".join("ACGT"[base] for base in draw_below(length, 4, seed))


def fasta(**records):
    return "".join(f">{name}\n{text}\n" for name, text in records.items())


@cache
def _holder():
    return TemporaryDirectory()


@cache
def made():
    folder = Path(_holder().name)
    (folder / "genome.fa.gz").write_bytes(gzip.compress(fasta(chrA=letters(9_000, 1), chrB=letters(4_000, 2)).encode()))
    (folder / "more.fa").write_text(fasta(extra=letters(2_000, 3) + "NNN" + letters(100, 4)))
    (folder / "reads.fa").write_text(fasta(**READS))
    reference = letters(1_500, 5)
    reference = f"{reference[:240]}C{reference[241:1402]}A{reference[1403:]}"
    variant = f"{reference[:240]}T{reference[241:]}"
    (folder / "reference.fa").write_text(fasta(reference=reference))
    (folder / "variants.fa").write_text(fasta(v1=variant, v2=reference))
    words = ("--window", "5", "--levels", "16,64", "-q")
    assert run(["vq", "train", "--fasta", str(folder / "genome.fa.gz"), "-o", str(folder / "model"), *words]) == 0
    book = draw_book(PLAN, (6,), kind="flat")
    weights = draw_weights(PLAN)
    network = VQModel(book, None, weights, window=5, stride=2, ends="same", unknown_scope="core")
    VQTokenizer(network).save_pretrained(folder / "network")
    return folder


def model(folder):
    return VQTokenizer.from_pretrained(folder / "model")


@pytest.mark.native
def test_every_example_runs(desk):
    """Those of the pages that this file is about, one after the other: some use what others leave."""
    pages = [desk.here("vq", name, "--help").out.decode() for name in MINE] + [desk.here("vq").out.decode()]
    found = [line for page in pages for line in re.findall(r"^    ((?:cat .* )?genotok vq .*)$", page, re.MULTILINE)]
    assert len(set(found)) >= 20
    script = desk.write("bin/genotok", f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    script.chmod(0o755)
    variables = environment(PATH=f"{script.parent}:/usr/bin:/bin")
    for line in dict.fromkeys(found):
        if re.search("[|>]", line):
            words = ["bash", "-o", "pipefail", "-c", line]
            done = subprocess.run(words, cwd=desk.folder, env=variables, capture_output=True, timeout=60)
            assert done.returncode == 0, (line, done.stderr)
        else:
            result = desk.here(*shlex.split(line)[1:])
            assert result.code == 0, (line, result.err)


def test_all_commands_are_listed(desk):
    page = desk.here("vq", "--help").out.decode()
    assert set(MINE) <= set(COMMANDS)
    assert all(f"  {name} " in page for name in COMMANDS)


@pytest.mark.parametrize("ending", ["jsonl", "npz", "tsv"])
def test_encoding_gives_the_ids_of_the_library(desk, ending):
    assert desk.here("vq", "encode", "-t", "model", "genome.fa.gz", "more.fa", "-o", f"x.{ending}").code == 0
    found = {each.name: each.ids.tolist() for each in read_tokens(desk.folder / f"x.{ending}")}
    tokenizer = model(desk.folder)
    rows = [tokenizer.encode_batch(desk.folder / name) for name in ("genome.fa.gz", "more.fa")]
    assert list(found) == ["chrA", "chrB", "extra"]
    assert list(found.values()) == [row.tolist() for batch in rows for row in batch]


def test_sequences_without_tokens_are_documents_without_ids(desk):
    """They are counted: too short, and of unknown bases alone."""
    found = desk.here("vq", "encode", "-t", "model", "reads.fa", "--unknown", "drop", "--report", "json")
    assert [len(json.loads(line)["input_ids"]) for line in found.out.splitlines()] == [10, 0, 0, 17]
    told = json.loads(found.err)
    assert (told["documents"], told["too_short"], told["all_unknown"], told["dropped"]) == (4, 1, 1, 8)
    assert told["unknown_letters"] == {"N": 12}


def test_words_tell_what_was_met(desk):
    desk.write("rna.fa", ">r\nACGUACGUACGU\n>empty\n")
    err = desk.here("vq", "encode", "-t", "model", "rna.fa", "reads.fa", "-o", "x.npz").err
    assert "6 sequences, 62 bases, 43 tokens, 18.6 % unknown" in err
    assert "note: U was read as T, 3 times" in err
    assert "note: 1 sequence without bases" in err
    assert "note: 1 sequence too short for a token" in err
    assert err.endswith("written to x.npz\n")


@pytest.mark.native
def test_a_folder_gets_a_file_for_each_input_by_any_number_of_processes(desk):
    words = ("vq", "encode", "-t", "model", "genome.fa.gz", "more.fa", "reads.fa", "--format", "npz")
    assert desk.here(*words, "-o", "one/").code == 0
    assert desk.apart(*words, "-o", "two/", "--jobs", "2").code == 0
    assert desk.tree("one") == desk.tree("two")
    assert set(desk.tree("one")) == {"genome.fa.gz.npz", "more.fa.npz", "reads.fa.npz", "manifest.jsonl"}
    (desk.folder / "one/more.fa.npz").unlink()
    assert "2 inputs kept" in desk.here(*words, "-o", "one/", "--resume").err
    assert desk.tree("one") == desk.tree("two")


def test_settings_reach_the_tokenizer(desk):
    found = desk.here(
        "vq", "encode", "-t", "model", "more.fa", "--strand", "reverse", "--ends", "same", "--layout", "interleave"
    )
    tokenizer = model(desk.folder).replace(strand="reverse", ends="same", layout="interleave")
    assert json.loads(found.out)["input_ids"] == tokenizer.encode_batch(desk.folder / "more.fa").ids.tolist()


def test_what_was_encoded_is_decoded(desk):
    """By the model, the layout and the ends that the file tells of."""
    assert desk.here("vq", "encode", "more.fa", "-o", "x.npz", "--ends", "same").code == 0
    assert desk.here("vq", "decode", "x.npz", "-o", "back.fa", "-q").code == 0
    before, after = ("".join((desk.folder / name).read_text().splitlines()[1:]) for name in ("more.fa", "back.fa"))
    assert len(before) == len(after)
    assert np.mean([one == other for one, other in zip(before, after, strict=True)]) > 0.98


@pytest.mark.parametrize("ending", ["npz", "jsonl", "tsv"])
@pytest.mark.parametrize("phase", ["0", "3"])
def test_documents_come_back_as_long_as_they_were(desk, ending, phase):
    """Whatever is left of the last token's bases, and less those that were left out at the start."""
    texts = {f"r{length}": letters(length, length) for length in (1, 4, 37, 38, 39, 40, 401)}
    desk.write("reads.fa", fasta(**texts))
    words = ("-t", "vq-compact", "--ends", "same", "--phase", phase, "-o", f"x.{ending}", "-q")
    assert desk.here("vq", "encode", "reads.fa", *words).code == 0
    asked = ("--ends", "same") if ending == "tsv" and phase == "3" else ()  # else the file tells
    assert desk.here("vq", "decode", f"x.{ending}", "-t", "vq-compact", *asked, "-o", "back.fa", "-q").code == 0
    found = {name: len(each) for name, each in read_fasta(desk.folder / "back.fa").items()}
    left = {name: max(len(text) - int(phase), 0) for name, text in texts.items()}
    assert found == {name: length for name, length in left.items() if length or ending != "tsv"}


def test_a_file_tells_that_tokens_tile_their_documents(desk):
    """Also with a token for each base: jsonl by its bases, tsv by a token of the first base."""
    for ending in ("jsonl", "tsv"):
        desk.here("vq", "encode", "more.fa", "-t", "vq-fine", "--ends", "same", "-o", f"x.{ending}", "-q")
        assert desk.here("vq", "decode", f"x.{ending}", "-t", "vq-fine", "-o", "back.fa", "-q").code == 0
        before, after = ("".join((desk.folder / name).read_text().splitlines()[1:]) for name in ("more.fa", "back.fa"))
        assert len(before) == len(after)
        assert np.mean([one == other for one, other in zip(before, after, strict=True)]) > 0.98


def test_lengths_that_do_not_fit_are_refused(desk):
    """A file whose documents and lengths are of different files."""
    desk.here("vq", "encode", "reads.fa", "-t", "vq-compact", "--ends", "same", "-o", "x.npz", "-q")
    with np.load(desk.folder / "x.npz") as archive:
        arrays = dict(archive)
    meta = json.loads(arrays["meta"].tobytes())
    assert meta["lengths"] == [len(each) for each in READS.values()]
    meta["lengths"].pop()
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(desk.folder / "x.npz", **arrays)
    found = desk.here("vq", "decode", "x.npz", "-t", "vq-compact")
    assert found.code == 1
    assert "x.npz: its lengths are not those of its documents; is the file damaged?" in found.err


@pytest.mark.parametrize(
    ("line", "words", "match"),
    [
        ('{"id":"r","input_ids":[1,9999]}', (), r"x\.jsonl, r, id 1: 9999 is no id; ids of layout 'fine' run from 0"),
        ('{"id":"r","input_ids":[1,-2]}', (), r"x\.jsonl:1: -2 is no token id"),
        ('{"id":"r","input_ids":[1,2.5]}', (), r"x\.jsonl:1: this line is no tokens"),
        ('{"id":"r","input_ids":[1],"bases":"4"}', (), r"x\.jsonl:1: this line is no tokens"),
        (
            '{"id":"r","input_ids":[1,33,2]}',
            ("-t", "vq-hrq", "--layout", "interleave"),
            r"x\.jsonl, r: 3 ids are no whole tokens; in this layout a token has 2 ids",
        ),
        (
            '{"id":"a\\n>b","input_ids":[1]}',
            (),
            r"x\.jsonl: a document is called 'a\\n>b'; a record of FASTA has a name",
        ),
        ('{"id":"","input_ids":[1]}', (), r"x\.jsonl: a document is called ''"),
    ],
)
def test_tokens_that_stand_for_no_dna(desk, line, words, match):
    """Which document of which file, and nothing is left behind."""
    desk.write("x.jsonl", line + "\n")
    found = desk.here("vq", "decode", "x.jsonl", *words, "-o", "back.fa")
    assert found.code == 1
    assert re.search(match, found.err)
    assert found.err.count("\n") == 1
    assert not (desk.folder / "back.fa").exists()


def test_ids_of_another_model_are_not_decoded(desk):
    desk.here("vq", "encode", "more.fa", "-o", "x.npz", "-q")
    found = desk.here("vq", "decode", "x.npz", "-t", "model")
    assert found.code == 1
    assert re.search(r"x\.npz: it was made by model [0-9a-f]{12}, and this one is [0-9a-f]{12}; name", found.err)


@pytest.mark.parametrize(
    ("words", "code", "match"),
    [
        (("encode",), 2, "no input; name"),
        (("encode", "nowhere.fa"), 1, "nowhere.fa: no such file"),
        (("encode", "protein.fa"), 1, "protein.fa:2: letter 'E' at base 1 of 'p'; this looks like protein"),
        (("encode", "gaps.fa"), 1, "letter '-' at base 3 of 'g'; remove alignment gaps"),
        (("encode", "empty.fa"), 1, "there is no sequence in it"),
        (("encode", "more.fa", "-t", "vq-fien"), 1, "'vq-fien' is no tokenizer and no folder; the wheel has vq-fine"),
        (("encode", "more.fa", "-t", "./nowhere"), 1, r"\./nowhere: no such folder; check the path"),
        (("encode", "more.fa", "-t", "more.fa"), 1, "more.fa: is a file; name the folder"),
        (("encode", "more.fa", "-o", "more.fa"), 2, "more.fa"),
        (("encode", "more.fa", "-o", "x.gtok", "reads.fa"), 2, "a .gtok file holds one document"),
        (("encode", "more.fa", "--resume"), 2, "--resume needs an output folder"),
        (("encode", "more.fa", "--shard", "2/2"), 2, "shard 2 of 2 has no input"),
        (("encode", "more.fa", "--unknown", "error"), 1, "more.fa, extra: the base 2,001 is unknown"),
        (("encode", "more.fa", "--backend", "conv"), 1, "backend='conv' needs a network"),
        (("encode", "more.fa", "--phase", "1"), 1, "phase is 1; from 0 to 0"),
        (("encode", "more.fa", "-t", "network", "--unknown", "majority"), 1, "--unknown majority needs a table"),
        (("decode", "more.bed"), 1, "a .bed file of tokens is for looking at"),
        (("decode", "reads.fa"), 1, "the name's ending tells no token format"),
        (("describe", "v9999"), 2, "no token is called 'v9999'; give an id"),
        (("describe", "9999"), 1, "there is no id 9999; 0 to 4102"),
        (("describe", "3:1"), 1, "no code 1 in level 3; levels have 512, 4096 codes"),
        (("mutations", "reference.fa", "A241T"), 2, "A241T: the reference has C there; places count from 1"),
        (("mutations", "reference.fa", "A0T"), 2, "A0T: there is no base 0; write C241T, places count from 1"),
        (("mutations", "reference.fa", "C241C"), 2, "C241C: it changes nothing; write C241T"),
        (("mutations", "reference.fa", "C9241T"), 2, "C9241T: the reference has 1,500 bases"),
        (("mutations", "genome.fa.gz", "C241T"), 1, "genome.fa.gz: 2 records; a reference is one record"),
        (("compile", "vq-fine", "-o", "x"), 1, "this model has no network; it is a table already"),
        (("train", "--fasta", "more.fa"), 2, "no place for the tokenizer"),
        (("train", "--fasta", "more.fa", "-o", "x"), 1, "the corpus has 2,086 windows, 4,096 codes need 65,536"),
        (("train", "--fasta", "more.fa@y", "-o", "x"), 2, "'y' is no weight; write FILE@30"),
        (("train", "--fasta", "more.fa@0", "-o", "x"), 1, "weight 0 of more.fa; above 0"),
        (("train", "--fasta", "more.fa@inf", "-o", "x"), 1, "weight inf of more.fa; above 0, and finite"),
        (("train", "--fasta", "more.fa", "--balance", "nan", "-o", "x"), 1, "balance=nan; a number, as 1 for all"),
        (("train", "--fasta", "more.fa", "-o", "x", "--preset", "papr"), 2, "--preset papr is no choice; paper, table"),
        (("train", "--fasta", "more.fa", "-o", "x", "--levels", "9;8"), 2, "'9;8' is no list of numbers"),
        (("train", "--fasta", "more.fa", "-o", "x", "--quantizer", "fsq"), 2, "quantizer='fsq' of a table"),
        (
            ("train", "--fasta", "more.fa", "-o", "x", "--lr", "1"),
            2,
            "--lr is of the tuning of a table; name its",
        ),
        (("train", "--fasta", "-", "-o", "x"), 2, "train reads its input more than once"),
        (("train", "--fasta", "protein.fa", "-o", "x"), 1, "this looks like protein"),
    ],
)
def test_faults_are_told_in_one_line(desk, words, code, match):
    """Where, what, and what to do; nothing is left behind."""
    desk.write("protein.fa", ">p\nEKVLAQPWHHELLFIQ\n")
    desk.write("gaps.fa", ">g\nAC-GT\n")
    desk.write("empty.fa", "\n\n")
    before = set(desk.folder.rglob("*"))
    found = desk.here("vq", *words)
    assert found.code == code
    assert re.search(match, found.err)
    assert found.err.count("\n") == 1
    assert set(desk.folder.rglob("*")) == before


def test_a_token_is_described_as_the_library_does(desk):
    (told,) = json.loads(desk.here("vq", "describe", "17", "--json").out)
    known = VQTokenizer.from_pretrained("vq-fine").describe(17)
    assert (told["text"], told["consensus"], told["usage"]) == ("v17", known.consensus, list(known.usage))
    assert told["logo"] == np.round(known.logo, 4).tolist()
    text = desk.here("vq", "describe", "v17", "2:17", "1:3").out.decode()
    assert text.startswith(f"17  v17  {known.consensus}\n  usage     level 2, code 17: {known.usage[0]:,} windows")
    assert f"\nv2:17  {known.consensus}\n" in text
    assert "\n  below     " in text


def test_a_model_is_described_with_its_card(desk):
    told = json.loads(desk.here("vq", "info", "model", "--json").out)
    assert (told["quantizer"], told["levels"], told["window"]) == ("tree", [16, 64], 5)
    assert told["card"]["usage"][1]["codes"] == 64
    text = desk.here("vq", "info", "model").out.decode()
    assert "model: learned tokenizer, tree of 16 x 64 codes, as table\n" in text
    assert "\n## Codes in use\n" in text


def test_speed_is_measured_when_asked_for(desk):
    told = json.loads(desk.here("vq", "info", "network", "--bench", "--json").out)
    assert told["megabases_per_second"] > 0
    assert "megabases_per_second" not in json.loads(desk.here("vq", "info", "network", "--json").out)


def test_one_seed_gives_the_same_files_but_for_time(desk):
    """The model to the byte; the card tells the command that makes it again."""
    words = ("--fasta", "genome.fa.gz", "--fasta", "more.fa@3", "--window", "4", "--levels", "9,30", "--seed", "5")
    for name in ("one", "two"):
        assert desk.here("vq", "train", *words, "--name", "x", "-o", name).code == 0
    one, two = desk.tree("one"), desk.tree("two")
    assert one["model.npz"] == two["model.npz"]
    assert one["tokenizer_config.json"] == two["tokenizer_config.json"]
    card = json.loads(one["card.json"])
    assert card["command"] == (
        "genotok vq train --fasta genome.fa.gz --fasta more.fa@3 --preset table --levels 9,30 --window 4 --seed 5"
    )
    assert [each["weight"] for each in card["corpus"]] == [1.0, 3.0]


def test_training_tells_what_came_of_it(desk):
    """A file to judge by that was trained on is no proof, which is said."""
    found = desk.here(
        *("vq", "train", "--fasta", "genome.fa.gz", "--held-out", "more.fa", "--held-out", "genome.fa.gz"),
        *("--window", "5", "--levels", "16,64", "-o", "x"),
    )
    assert "13,000 bases of 1 file" in found.err
    assert "tree of 16 x 64 codes, window 5, stride 1" in found.err
    assert re.search(r"[0-9.]+ % of 2,100 bases come back: more.fa\n", found.err)
    assert "note: genome.fa.gz was trained on, and is no proof" in found.err
    assert "note: nothing is held out: no record has 100,000 bp" in found.err


def test_a_dry_run_trains_nothing(desk):
    words = ("--fasta", "genome.fa.gz", "--window", "5", "--levels", "16,64", "--dry-run")
    found = desk.here("vq", "train", *words).out.decode()
    assert "corpus: 13,000 known bases to train on, of 1 file" in found
    assert "6.00 bits a token, 6.00 a base" in found
    assert "1,600 parameters, 5 bp seen by a token" in found


def test_changes_are_listed_with_the_codes_of_each_level(desk):
    """As the library's `mutate` has them on the whole reference; found in a genome or given."""
    found = desk.here("vq", "mutations", "reference.fa", "variants.fa", "A1403G", "-t", "model")
    tokenizer = model(desk.folder)
    text = "".join((desk.folder / "reference.fa").read_text().splitlines()[1:])
    expected = ["genome\tchange\tlevel\tcodes\told\tnew"]
    for genome, place, base in (("v1", 240, "T"), ("given", 1402, "G")):
        effect = tokenizer.mutate(text, place, base)
        for level in range(2):
            differs = effect.levels[level]
            old, new = (
                ",".join(map(str, codes[level, differs].tolist())) or "."
                for codes in (effect.old_codes, effect.new_codes)
            )
            change = f"{text[place]}{place + 1}{base}"
            expected.append(f"{genome}\t{change}\t{level + 1}\t{differs.sum()}\t{old}\t{new}")
    assert found.out.decode().splitlines() == expected
    assert "2 substitutions of 2 genomes" in found.err


def test_a_network_is_written_down_as_a_table(desk):
    assert "499,998 tokens as the network's" in desk.here("vq", "compile", "network", "-o", "table").err
    words = ("vq", "encode", "more.fa", "--ends", "same", "--layout", "fine")
    slow, fast = (json.loads(desk.here(*words, "-t", name).out)["input_ids"] for name in ("network", "table"))
    assert len(slow) == len(fast)
    assert all(one == other for one, other in zip(slow, fast, strict=True) if other != 6)
    assert fast.count(6) < 10
