"""The interval tokenizer: ids by the definition, misses by policy, order on request, one state however it is used."""

import copy
import io
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import IntervalConfig, IntervalTokenizer, RaggedIds, Regions, Universe, read_bed
from genotok.errors import CapacityError, ConfigError, InputError, UnmatchedError
from genotok.tokenizers.outcome import count_unknown
from strategies import universes_and_queries

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr1", 30, 40), ("chr2", 5, 9)]
BED = "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in ROWS)
UNK = 4


def tokenizer_of(rows, **settings):
    universe = Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))
    return IntervalTokenizer(universe, config=IntervalConfig(**settings))


@pytest.fixture
def tokenizer():
    return tokenizer_of(ROWS)


def bed_of(rows):
    return io.BytesIO("".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in rows).encode())


@given(
    universes_and_queries(kept=True),
    st.sampled_from(["bits", "ailist"]),
    st.sampled_from(["drop", "unk"]),
    st.booleans(),
)
def test_rows_are_those_of_the_definition(case, engine, unmatched, sort):
    """Hits by the predicate, misses by policy, order by (chromosome, start) on request; flat is the rows joined."""
    universe, queries = case
    tokenizer = tokenizer_of(universe, engine=engine, unmatched=unmatched, sort=sort, invalid="keep")
    unk = len(universe)
    rows = [hits or [unk] * (unmatched == "unk") for hits in oracles.encode(universe, queries)]
    order = oracles.sorting_order(queries) if sort else list(range(len(queries)))
    rows = [rows[place] for place in order]
    flat = [token for row in rows for token in row] or [unk]
    index = [place for place, row in zip(order, rows, strict=True) for _ in row] or [-1]
    sources = [queries, Regions.from_tuples(queries, invalid="keep")] + ([bed_of(queries)] if queries else [])
    for source in sources:
        found = tokenizer.encode_rows(source)
        assert found.to_lists() == rows
        assert (found.order.tolist() if sort else found.order) == (order if sort else None)
        if isinstance(source, io.BytesIO):
            source.seek(0)
        assert tokenizer(source, return_offsets=True)["region_index"] == index
    assert tokenizer.encode(queries) == tokenizer(queries)["input_ids"] == flat
    assert tokenizer.convert_tokens_to_ids(tokenizer.tokenize(queries)) == flat


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ((9, 10), []),
        ((20, 21), [1]),
        ((40, 41), []),
        ((9, 11), [0]),
        ((19, 20), [0, 1]),
        ((20, 30), [1]),
        ((39, 40), [2]),
        ((12, 12), [0]),
        ((15, 15), [0]),
        ((20, 20), [1]),
        ((10, 10), []),
        ((30, 30), []),
        ((0, 0), []),
    ],
)
def test_borders(tokenizer, query, ids):
    """Touching is no overlap; an empty query hits what it stands inside of."""
    assert tokenizer.encode_rows([("chr1", *query)]).to_lists() == [ids]


def test_rows_without_hit_keep_their_place(tokenizer):
    """Three regions of which the second hits give three rows, and a flat answer of the hits alone."""
    queries = [("chr1", 0, 5), ("chr1", 10, 12), ("chr3", 1, 2)]
    assert tokenizer.encode_rows(queries).to_lists() == [[], [0], []]
    assert tokenizer.encode_rows(queries, unmatched="unk").to_lists() == [[UNK], [0], [UNK]]
    assert tokenizer.encode(queries) == [0]
    assert tokenizer.replace(unmatched="unk").encode(queries) == [UNK, 0, UNK]


def test_a_document_without_any_hit_is_unk(tokenizer):
    """Misses and nothing at all are ``[unk]`` in the flat view and no ids in the ragged one."""
    for queries, rows in (([("chr1", 0, 5), ("chrX", 1, 2)], [[], []]), ([], [])):
        assert tokenizer.encode_rows(queries).to_lists() == rows
        assert tokenizer.encode(queries) == [UNK]
        assert tokenizer.tokenize(queries) == ["<unk>"]
        assert tokenizer.flatten(tokenizer.encode_rows(queries)).tolist() == [UNK]


@pytest.mark.parametrize("name", ["chr9", "1", "CHR1", ""])
def test_unknown_chromosomes_hit_nothing(tokenizer, name):
    """Names match exactly."""
    assert tokenizer.encode_rows([(name, 10, 20)]).to_lists() == [[]]


def test_repeated_regions_repeat_their_ids(tokenizer):
    """The same region twice gives its ids twice."""
    assert tokenizer.encode([("chr1", 12, 16)] * 2) == [0, 1, 0, 1]


def test_files_keep_their_order_unless_sorted(tmp_path, tokenizer):
    """Input order by default, for files as for objects; ``sort=True`` is gtars' order of files."""
    queries = [("chr2", 5, 9), ("chr10", 1, 2), ("chr1", 30, 40), ("chr1", 0, 12)]
    path = tmp_path / "query.bed"
    path.write_bytes(bed_of(queries).read())
    for source in (path, queries):
        assert tokenizer.encode(source) == [3, 2, 0]
        assert tokenizer.replace(sort=True).encode(source) == [0, 2, 3]
        rows = tokenizer.encode_rows(source, sort=True)
        assert (rows.order.tolist(), rows.to_lists()) == ([3, 2, 1, 0], [[0], [2], [], [3]])
        assert rows.rows().tolist() == [3, 2, 0]


@pytest.mark.parametrize("engine", ["bits", "ailist"])
def test_ties_are_ordered_by_start_end_and_file(engine):
    """Hits of one row ascend by (start, end), equal ones by id, with either engine."""
    rows = [("chr1", 10, 30), ("chr1", 10, 20), ("chr1", 10, 25), ("chr1", 5, 50), ("chr1", 12, 13)]
    assert tokenizer_of(rows, engine=engine).encode([("chr1", 0, 100)]) == [3, 1, 2, 0, 4]


def test_both_strands_of_an_interval_are_one_token(tmp_path):
    """A repeated interval keeps its first id and moves no other; the load warns and counts."""
    path = tmp_path / "u.bed"
    path.write_text("chr1\t10\t20\ta\t0\t+\nchr1\t10\t20\tb\t0\t-\nchr1\t15\t30\tc\t0\t+\n")
    with pytest.warns(match=r"u.bed: 1 repeated row \(line 2\) keeps its first id"):
        tokenizer = IntervalTokenizer(path)
    assert tokenizer.tokenize([("chr1", 0, 99)]) == ["chr1:10-20", "chr1:15-30"]
    assert tokenizer.universe.report.duplicates == 1


def test_misses_are_errors_on_request(tokenizer):
    """'error' counts the misses and lists the first five with their place."""
    queries = [("chr1", 10, 12), *(("chr1", start, start + 1) for start in range(7))]
    message = (
        r"^row 1: 7 of 8 regions hit nothing \(row 1 chr1:0-1, row 2 chr1:1-2, row 3 chr1:2-3, row 4 chr1:3-4, "
        r"row 5 chr1:4-5, \.\.\); unmatched='drop' leaves them out, unmatched='unk' marks them$"
    )
    strict = tokenizer.replace(unmatched="error")
    for call in (strict.encode_rows, strict.encode, strict.tokenize, strict):
        with pytest.raises(UnmatchedError, match=message):
            call(queries)
    with pytest.raises(UnmatchedError, match=message) as caught:
        tokenizer.encode_rows(queries, unmatched="error")
    assert (caught.value.row, caught.value.line) == (1, None)
    assert strict.encode(queries[:1]) == [0]
    assert strict.encode([]) == [UNK]


def test_misses_in_a_file_are_named_by_line_across_pieces(tmp_path, tokenizer):
    """Line numbers count skipped lines, and the count runs over all pieces that a file is read in."""
    path = tmp_path / "peaks.bed"
    hit = "chr1\t10\t20\n"
    path.write_text("# peaks\n" + hit * 200_000 + "chr9\t1\t2\n" + hit * 100_000 + "\nchr9\t0003\t4\n")
    for sort in (False, True):
        with pytest.raises(UnmatchedError, match=r"peaks.bed:200002: 2 of 300,002 regions hit nothing") as caught:
            tokenizer.encode_rows(path, unmatched="error", sort=sort)
        assert (caught.value.line, caught.value.row) == (200_002, 200_000)
        assert str(caught.value).count("chr9") == 2
        assert "peaks.bed:300004 chr9:" in str(caught.value)


def test_misses_in_a_batch_name_the_document(tmp_path, tokenizer):
    """The element is named for rows from memory; a file is named by itself."""
    strict = tokenizer.replace(unmatched="error")
    with pytest.raises(UnmatchedError, match=r"^element 1, row 0: 1 of 1 regions hit nothing"):
        strict([[("chr1", 10, 12)], [("chr9", 1, 2)]])
    path = tmp_path / "q.bed"
    path.write_text("chr9\t1\t2\n")
    with pytest.raises(UnmatchedError, match=r"^\S*q.bed:1: 1 of 1 regions hit nothing"):
        strict([path])
    with pytest.raises(UnmatchedError, match=r"^element 0, \S*q.bed:1: |^\S*q.bed:1: "):
        strict([read_bed(path)])


def test_policies_are_checked(tokenizer):
    """A policy that doesn't exist is refused before anything is read."""
    with pytest.raises(ConfigError, match=r"unmatched is 'none'; one of 'drop', 'unk', 'error'"):
        tokenizer.encode_rows("missing.bed", unmatched="none")
    with pytest.raises(ConfigError, match=r"sort is 'yes'; True or False"):
        tokenizer.encode_rows("missing.bed", sort="yes")


def test_encode_looks_up_what_is_tokens_already(tokenizer):
    """encode(tokenize(x)) is encode(x); a list with any other text is an error, never unk."""
    queries = [("chr1", 12, 16), ("chr2", 0, 9)]
    assert tokenizer.encode(tokenizer.tokenize(queries)) == tokenizer.encode(queries) == [0, 1, 3]
    assert tokenizer.encode("chr1:15-30") == [1]
    assert tokenizer.encode(("<pad>", "chr2:5-9")) == [5, 3]
    with pytest.raises(InputError, match=r"element 1: 'x' is no token of the vocabulary; convert_tokens_to_ids gives"):
        tokenizer.encode(["chr1:10-20", "x", "<pad>"])
    with pytest.raises(FileNotFoundError, match=r"chr1:15-31: no such file"):
        tokenizer.encode("chr1:15-31")


def test_a_file_of_many_pieces_is_one_document(tmp_path, tokenizer):
    """A file larger than any block gives the ids of its rows read at once, by every call."""
    rng = np.random.default_rng(5)
    starts = rng.integers(0, 60, 150_000)
    path = tmp_path / "large.bed"
    path.write_bytes(b"".join(b"chr%d\t%d\t%d\n" % (start % 3, start, start + 5) for start in starts.tolist()))
    whole = tokenizer.encode_rows(read_bed(path))
    assert tokenizer.encode_rows(path) == whole
    assert tokenizer.encode(path) == whole.ids.tolist()
    assert tokenizer(path, return_offsets=True)["region_index"] == whole.rows().tolist()
    assert tokenizer.encode_rows(path, sort=True) == tokenizer.encode_rows(read_bed(path), sort=True)
    assert tokenizer.report(path) == tokenizer.report(read_bed(path))


def test_sorting_rows_of_no_chromosome_puts_them_last(tokenizer):
    """Skipped rows stay, behind all others."""
    rows = tokenizer.replace(invalid="skip").encode_rows([("chr2", 9, 5), ("chr2", 5, 9), ("chr1", 10, 11)], sort=True)
    assert (rows.order.tolist(), rows.to_lists()) == ([2, 1, 0], [[0], [3], []])


def test_the_report_counts_rows_hits_and_unknown_names(tokenizer):
    """Unknown names are counted by row; a hint speaks only when no name at all is known."""
    report = tokenizer.report([("chr1", 12, 16), ("chr3", 1, 2), ("chr3", 1, 2), ("chr2", 20, 30)])
    assert report.to_dict() == {
        "regions": 4,
        "regions_hit": 1,
        "tokens": 2,
        "unmatched": "drop",
        "unknown_chroms": {"chr3": 2},
        "hint": None,
        "universe_sha256": tokenizer.universe.digest,
    }
    assert tokenizer.replace(unmatched="unk").report([("chr1", 12, 16), ("chr3", 1, 2)]).tokens == 3
    assert tokenizer.replace(unmatched="error").report([("chr3", 1, 2)]).regions_hit == 0
    assert tokenizer.report([[("chr1", 12, 16)], [("chr3", 1, 2)]]).regions == 2


def test_the_hint_proposes_the_names_that_would_match(tokenizer):
    """When all names are unknown the mapping is proposed, and applying it is left to the caller."""
    regions = Regions.from_tuples([("1", 12, 16), ("2", 0, 9)])
    hint = tokenizer.report(regions).hint
    assert "1 -> chr1, 2 -> chr2" in hint
    assert "Regions.rename('auto', like=universe.chrom_names), or --rename-chroms auto" in hint
    assert tokenizer.encode(regions.rename("auto", like=tokenizer.universe.chrom_names)) == [0, 1, 3]
    assert "chrA, chrB here, chr1, chr2 there" in tokenizer.report([("chrA", 1, 2), ("chrB", 1, 2)]).hint
    assert tokenizer.report([]).hint is None


def test_reports_of_pieces_add_up(tokenizer):
    """A stream's report is the sum over its pieces, and equals the report of the whole."""
    rows = [("chr1", 12, 16), ("chr3", 1, 2), ("chr2", 20, 30), ("chr2", 5, 6)]
    pieces = [Regions.from_tuples(rows[:1]), Regions.from_tuples(rows[1:])]
    reports = [tokenizer.report_rows(piece, tokenizer.encode_rows(piece)) for piece in pieces]
    assert reports[0] + reports[1] == tokenizer.report(rows)


@given(universes_and_queries())
def test_the_report_counts_what_the_definition_hits(case):
    """Hit rows and tokens are those of the oracle, under both policies and in any order."""
    universe, queries = case
    regions = Regions.from_tuples(queries)
    rows = oracles.encode(universe, queries)
    for unmatched in ("drop", "unk"):
        tokenizer = tokenizer_of(universe, unmatched=unmatched)
        report = tokenizer.report_rows(regions, tokenizer.encode_rows(regions, sort=True))
        assert (report.regions, report.regions_hit) == (len(queries), sum(map(bool, rows)))
        misses = sum(not row for row in rows) if unmatched == "unk" else 0
        assert report.tokens == sum(map(len, rows)) + misses


def test_special_tokens_stand_around_each_document(tokenizer):
    """The pattern names what stands before and after; counts and masks agree, and it can be left out."""
    bos, eos, cls, sep = (getattr(tokenizer, f"{role}_token_id") for role in ("bos", "eos", "cls", "sep"))
    around = {"none": ([], []), "cls_sep": ([cls], [sep]), "bos": ([bos], []), "eos": ([], [eos])}
    around["bos_eos"] = [bos], [eos]
    for pattern, (before, after) in around.items():
        other = tokenizer.replace(special_tokens_pattern=pattern)
        found = other([("chr1", 12, 16)], return_special_tokens_mask=True)
        assert found["input_ids"] == [*before, 0, 1, *after]
        assert found["special_tokens_mask"] == [1] * len(before) + [0, 0] + [1] * len(after)
        assert other([("chr1", 12, 16)], add_special_tokens=False)["input_ids"] == [0, 1]
        assert other.num_special_tokens_to_add() == len(before + after)
        assert other.get_special_tokens_mask([0, 1]) == found["special_tokens_mask"]


def test_calls_take_lengths_and_sides_from_the_settings(tokenizer):
    """model_max_length and the sides are defaults that a call may overrule."""
    other = tokenizer.replace(model_max_length=2, padding_side="left", truncation_side="left")
    query = [("chr1", 12, 31)]
    assert other(query, truncation=True)["input_ids"] == [1, 2]
    assert other(query, truncation=True, max_length=1)["input_ids"] == [2]
    assert other([query, [("chr2", 5, 6)]], padding=True)["input_ids"] == [[0, 1, 2], [5, 5, 3]]
    assert other([("chr2", 5, 6)], padding="max_length")["input_ids"] == [5, 3]
    assert other([("chr2", 5, 6)], padding="max_length", padding_side="right")["input_ids"] == [3, 5]
    assert other.pad([{"input_ids": [3]}, {"input_ids": [0, 1, 2]}])["input_ids"] == [[5, 5, 3], [0, 1, 2]]
    assert other.pad({"input_ids": [3]}, padding="max_length")["attention_mask"] == [0, 1]
    assert (other.model_max_length, other.padding_side, other.truncation_side) == (2, "left", "left")


def test_masks_go_by_position_where_unk_and_pad_share_an_id():
    """A real token with the pad id is attended to; padding is not."""
    universe = Universe.from_regions(Regions.from_tuples(ROWS))
    tokenizer = IntervalTokenizer(universe, {"unk": "<pad>"}, IntervalConfig(unmatched="unk"))
    found = tokenizer([[("chr9", 1, 2)], [("chr1", 12, 16)]], padding=True, return_offsets=True)
    assert found["input_ids"] == [[4, 4], [0, 1]]
    assert found["attention_mask"] == [[1, 0], [1, 1]]
    assert found["region_index"] == [[0, -1], [0, 0]]


def test_unk_for_nothing_comes_from_no_row(tokenizer):
    """The unk of a document without hits has no region; the unk of a row under 'unk' has its row."""
    query = [("chr1", 12, 13), ("chr9", 1, 2)]
    assert tokenizer([query[1:]], return_offsets=True)["region_index"] == [[-1]]
    assert tokenizer.replace(unmatched="unk")(query, return_offsets=True)["region_index"] == [0, 1]


def test_other_keywords_are_refused(tokenizer):
    """A keyword that means nothing here is not swallowed."""
    with pytest.raises(TypeError, match="return_overflowing_tokens"):
        tokenizer(ROWS, return_overflowing_tokens=True)
    assert "region_index" in tokenizer(ROWS, return_offsets_mapping=True)


def test_sampling_keeps_rows_and_ids_together(tokenizer):
    """A sample is in order, of the wanted size, and each id keeps its row; one document draws as in a batch."""
    query = [("chr1", start, start + 1) for start in range(10, 40)]
    whole = tokenizer(query, return_offsets=True)
    found = tokenizer(query, truncation="sample", max_length=7, seed=3, return_offsets=True)
    pairs = list(zip(whole["region_index"], whole["input_ids"], strict=True))
    drawn = list(zip(found["region_index"], found["input_ids"], strict=True))
    assert len(drawn) == 7
    assert drawn == sorted(drawn)
    assert set(drawn) <= set(pairs)
    batch = tokenizer([query, query], truncation="sample", max_length=7, seed=3)
    assert batch["input_ids"] == [found["input_ids"]] * 2
    assert tokenizer(query, truncation="sample", max_length=7, seed=4)["input_ids"] != found["input_ids"]


def test_settings_are_replaced_on_the_same_universe(tokenizer):
    """replace reads nothing again, changes only what it is told, and checks it."""
    other = tokenizer.replace(unmatched="unk")
    assert other.universe is tokenizer.universe
    assert (other.config.unmatched, tokenizer.config.unmatched) == ("unk", "drop")
    with pytest.raises(ConfigError, match=r"'unmached' is no setting"):
        tokenizer.replace(unmached="unk")


def use(tokenizer):
    """Call everything that might leave something behind."""
    tokenizer.encode([("chr1", 12, 16)])
    tokenizer.encode_rows([("chr1", 12, 16)], sort=True)
    dict(tokenizer.get_vocab())
    tokenizer.encode("chr1:15-30")
    tokenizer.report([("chr1", 12, 16)])
    hash(tokenizer)
    tokenizer.replace(engine="ailist").encode([("chr1", 12, 16)])


def test_the_pickle_does_not_change_with_use(tmp_path):
    """Bytes before use, after use, after a round trip and after save and load are equal; so are the answers."""
    path = tmp_path / "u.bed"
    path.write_text("chr1\t0010\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n")
    tokenizer = IntervalTokenizer.from_bed(path, {"unk": "[U]"}, unmatched="unk", model_max_length=9)
    before = pickle.dumps(tokenizer)
    use(tokenizer)
    assert pickle.dumps(tokenizer) == before
    again = pickle.loads(before)
    use(again)
    assert pickle.dumps(again) == before
    tokenizer.save_pretrained(tmp_path / "saved")
    assert pickle.dumps(IntervalTokenizer(tmp_path / "saved")) == before
    assert pickle.dumps(copy.deepcopy(tokenizer)) == before
    assert again == copy.copy(again) == tokenizer
    assert again.tokenize([("chr1", 12, 16), ("chr9", 1, 2)]) == ["chr1:0010-20", "chr1:15-30", "[U]"]


class Child(IntervalTokenizer):
    """A subclass, which every way of opening and copying must keep."""


def test_subclasses_stay_what_they_are(tmp_path):
    """Opening, replacing, copying and pickling give the class they were called on."""
    (tmp_path / "u.bed").write_text(BED)
    child = Child.from_bed(tmp_path / "u.bed")
    child.save_pretrained(tmp_path / "saved")
    others = [
        Child.from_pretrained(tmp_path / "saved"),
        Child.from_config(tmp_path / "saved" / "tokenizer.toml"),
        child.replace(sort=True),
        pickle.loads(pickle.dumps(child)),
        copy.deepcopy(child),
    ]
    assert all(type(other) is Child for other in others)


def test_equality_is_by_universe_special_tokens_and_settings_but_not_engine(tokenizer):
    """The engine is a speed choice and changes no answer, so it changes no identity."""
    same = [tokenizer_of(ROWS), tokenizer.replace(engine="ailist"), pickle.loads(pickle.dumps(tokenizer))]
    assert all(other == tokenizer and hash(other) == hash(tokenizer) for other in same)
    others = [
        tokenizer_of(ROWS[:3]),
        tokenizer_of(ROWS[::-1]),
        tokenizer.replace(unmatched="unk"),
        IntervalTokenizer(tokenizer.universe, {"unk": "[U]"}),
        "a tokenizer",
    ]
    assert all(other != tokenizer for other in others)
    assert len({tokenizer, *same, *others}) == 6


def test_a_tokenizer_is_immutable(tokenizer):
    """What decides ids can't be set; other attributes are a subclass's own business."""
    for name in ("universe", "config", "vocabulary", "unmatched", "sort", "model_max_length", "mask_token"):
        with pytest.raises(AttributeError, match=rf"a tokenizer's {name} is fixed; replace\(..\) returns one"):
            setattr(tokenizer, name, "unk")
    with pytest.raises(AttributeError, match="padding_side"):
        tokenizer.padding_side = "left"
    tokenizer.note = "mine"
    assert tokenizer.note == "mine"


@pytest.mark.native
def test_threads_may_share_a_tokenizer():
    """First use from many threads at once gives every thread the same answer."""
    rows = [("chr1", start, start + 50) for start in range(0, 20_000, 7)]
    for _ in range(3):
        tokenizer = tokenizer_of(rows)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _, each=tokenizer: each.encode([("chr1", 100, 5000)]), range(16)))
        assert all(answer == answers[0] for answer in answers)


def test_more_tokens_than_ids_can_count_are_refused(tokenizer, monkeypatch):
    """The sum over pieces is checked before they are joined."""
    monkeypatch.setattr("genotok.tokenizers.interval.MAX_IDS", 3)
    monkeypatch.setattr("genotok.tokenizers.interval.pieces_of", lambda document, _: iter([document, document]))
    with pytest.raises(CapacityError, match=r"4 tokens exceed 32-bit counts; split the input"):
        tokenizer.encode_rows(Regions.from_tuples([("chr1", 12, 16)]))


def test_decoded_regions_are_those_of_the_universe(tokenizer):
    """Ids become regions in their order, repeats too; special tokens are left out."""
    assert tokenizer.decode_regions([3, UNK, 0, 0, 99]).to_tuples() == [ROWS[3], ROWS[0], ROWS[0]]
    assert len(tokenizer.decode_regions([])) == 0
    assert tokenizer.encode(tokenizer.decode_regions([3, 2])) == [3, 2]


def test_it_says_what_it_is(tokenizer):
    """The representation names regions, tokens and settings."""
    assert repr(tokenizer).startswith("IntervalTokenizer(4 regions, 11 tokens, IntervalConfig(engine='bits',")
    assert isinstance(tokenizer.encode_rows(ROWS), RaggedIds)
    assert tokenizer.n_regions == 4
    assert tokenizer.model_input_names == ["input_ids", "attention_mask"]


def test_names_are_not_searched_one_by_one_for_the_report():
    """Assemblies in progress have many thousand names; each is looked up at once."""

    class Unsearchable(tuple):
        def __contains__(self, _name):
            raise AssertionError("a search through all names")

    regions = Regions.from_tuples([("contig_1", 1, 2), ("contig_2", 1, 2), ("contig_2", 3, 4)])
    assert count_unknown(regions, Unsearchable(["contig_1"])) == {"contig_2": 2}
