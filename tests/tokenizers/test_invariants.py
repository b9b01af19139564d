"""What must not matter does not: the form of the input, the engine, a save and a load."""

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import IntervalTokenizer, Regions, Universe
from strategies import universes, universes_and_queries


def tokenizer_of(rows, **config):
    universe = Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))
    return IntervalTokenizer(universe).replace(invalid="keep", **config)


@given(case=universes_and_queries(kept=True), unmatched=st.sampled_from(["drop", "unk"]))
def test_a_file_its_regions_a_table_and_triples_are_one_document(tmp_path_factory, case, unmatched):
    universe, queries = case
    if not queries:
        return
    tokenizer = tokenizer_of(universe, unmatched=unmatched)
    path = tmp_path_factory.mktemp("forms") / "q.bed"
    path.write_text("".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in queries))
    names, starts, ends = (list(column) for column in zip(*queries, strict=True))
    forms = [path, queries, Regions.from_tuples(queries, invalid="keep")]
    forms += [{"chrom": names, "start": np.array(starts), "end": ends}, (tuple(query) for query in queries)]
    unk = [[len(universe)]] if unmatched == "unk" else [[]]
    expected = [hits or unk[0] for hits in oracles.encode(universe, queries)]
    for form in forms:
        assert tokenizer.encode_rows(form).to_lists() == expected


@given(case=universes_and_queries(kept=True))
def test_the_flat_view_is_the_rows_joined_or_one_unk(case):
    universe, queries = case
    for engine in ("bits", "ailist"):
        tokenizer = tokenizer_of(universe, engine=engine)
        flat = [each for row in oracles.encode(universe, queries) for each in row]
        assert tokenizer.encode(queries) == (flat or [len(universe)])
        assert tokenizer.encode(tokenizer.tokenize(queries)) == tokenizer.encode(queries)


@given(case=universes_and_queries(kept=True))
def test_sorted_rows_are_the_rows_in_sorted_order(case):
    universe, queries = case
    rows = tokenizer_of(universe).encode_rows(queries, sort=True)
    order = oracles.sorting_order(queries)
    assert rows.order.tolist() == order
    assert rows.to_lists() == [oracles.hits(universe, queries[place]) for place in order]


special_texts = st.lists(st.sampled_from(["<s>", "</s>", "[X]", "<unk>", "pad"]), min_size=7, max_size=7)


@given(rows=universes(kept=True), texts=special_texts)
def test_the_vocabulary_is_that_of_the_definition(rows, texts):
    specials = dict(zip(oracles.ROLES, texts, strict=True))
    tokenizer = IntervalTokenizer(tokenizer_of(rows).universe, specials)
    labels = [f"{chrom}:{start}-{end}" for chrom, start, end in rows]
    expected = oracles.vocabulary(labels, specials)
    assert dict(tokenizer.get_vocab()) == expected
    assert list(tokenizer.get_vocab()) == list(expected)
    assert len(tokenizer) == len(expected)
    assert tokenizer.convert_tokens_to_ids(list(expected)) == list(expected.values())
    assert tokenizer.convert_ids_to_tokens(list(expected.values())) == list(expected)


@given(rows=universes(kept=True), engine=st.sampled_from(["bits", "ailist"]), sort=st.booleans())
def test_what_is_saved_loads_equal_to_the_byte(tmp_path_factory, rows, engine, sort):
    folder = tmp_path_factory.mktemp("saved")
    tokenizer = IntervalTokenizer(tokenizer_of(rows).universe, {"unk": "[UNK]"}).replace(
        invalid="keep", engine=engine, sort=sort
    )
    tokenizer.save_pretrained(folder)
    again = IntervalTokenizer.from_pretrained(folder)
    assert again == tokenizer
    assert again.config == tokenizer.config
    assert again.universe.digest == tokenizer.universe.digest
    assert pickle.dumps(again) == pickle.dumps(tokenizer)
    assert pickle.loads(pickle.dumps(again)) == tokenizer
