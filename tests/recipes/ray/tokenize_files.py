"""Tokenize BED files with Ray Data: paths in, a Parquet data set of ``id`` and ``tokens`` out.

python tokenize_files.py universe.bed.gz tokens/ data/*.bed.gz

(Not called tokenize.py: Python puts a script's folder first, and its own tokenize would be hidden.)
"""

import sys
from pathlib import Path

import pyarrow as pa
import ray

from genotok import IntervalTokenizer


class Tokenize:
    """One actor: it opens the universe once and tokenizes one batch of files after the other."""

    def __init__(self, universe: str) -> None:
        self._tokenizer = IntervalTokenizer(universe)

    def __call__(self, batch: pa.Table) -> pa.Table:
        paths = batch["item"].to_pylist()
        tokens = [self._tokenizer.encode_rows(path).ids for path in paths]
        names = [Path(path).name for path in paths]
        return pa.table({"id": names, "tokens": pa.array(tokens, pa.list_(pa.int32()))})  # arrays would become tensors


def anywhere(place: str) -> str:
    """Return a path, or a URL as it is, as an actor that may stand in another folder finds it."""
    return place if "://" in place else str(Path(place).absolute())


def main(universe: str, output: str, *inputs: str) -> None:
    paths = [anywhere(path) for path in inputs]
    files = ray.data.from_items(paths, override_num_blocks=max(len(paths) // 8, 2))
    tokens = files.map_batches(
        Tokenize,
        fn_constructor_args=(anywhere(universe),),
        batch_size=8,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=16),
    )
    tokens.write_parquet(str(Path(output).absolute()))


if __name__ == "__main__":
    main(*sys.argv[1:])
