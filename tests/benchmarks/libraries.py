"""Every library's best way from a universe and a query file to the ids of the overlapped universe rows.

Run as a program, it is the process that is measured: ``cold`` does the whole job once, ``serve`` holds a universe.
Imports stand where they are needed, so that each process pays for its own tool only.
"""

import sys
from typing import Any


class Library:
    """A tool that lives in Python: load a universe, read queries, find the hits. Imports come with the first need.

    ``find`` returns whatever the tool gives at its fastest, and ``ids`` makes int32 bytes of its universe rows.
    """

    package = ""
    universe_columns = 4  # chrom, start, end, row number

    def load(self, universe: str) -> Any:
        raise NotImplementedError

    def read(self, queries: str) -> Any:
        raise NotImplementedError

    def find(self, loaded: Any, queries: Any) -> Any:
        raise NotImplementedError

    def ids(self, found: Any) -> bytes:
        raise NotImplementedError

    def find_in_file(self, loaded: Any, queries: str) -> Any:
        return self.find(loaded, self.read(queries))


class Genotok(Library):
    package = "genotok"

    def load(self, universe: str) -> Any:
        from genotok import IntervalTokenizer

        return IntervalTokenizer(universe)

    def read(self, queries: str) -> Any:
        from genotok import read_bed

        return read_bed(queries)

    def find(self, loaded: Any, queries: Any) -> Any:
        return loaded.encode_rows(queries)

    def ids(self, found: Any) -> bytes:
        return bytes(found.ids.tobytes())


class Gtars(Library):
    package = "gtars"
    universe_columns = 3  # it refuses a universe of four

    def load(self, universe: str) -> Any:
        from gtars.tokenizers import Tokenizer

        return Tokenizer(universe)

    def read(self, queries: str) -> Any:
        from gtars.models import RegionSet

        return RegionSet(queries)

    def find(self, loaded: Any, queries: Any) -> Any:
        return loaded(queries)["input_ids"]

    def ids(self, found: Any) -> bytes:
        from array import array

        return array("i", found).tobytes()

    def find_in_file(self, loaded: Any, queries: str) -> Any:
        return loaded(queries)["input_ids"]  # faster than by way of a RegionSet


class Bioframe(Library):
    package = "bioframe"

    def load(self, universe: str) -> Any:
        import bioframe

        return bioframe.read_table(universe, schema="bed4")

    def read(self, queries: str) -> Any:
        import bioframe

        return bioframe.read_table(queries, schema="bed3")

    def find(self, loaded: Any, queries: Any) -> Any:
        import bioframe

        return bioframe.overlap(queries, loaded, how="inner", return_input=False, return_index=True)

    def ids(self, found: Any) -> bytes:
        return bytes(found["index_"].to_numpy("int32").tobytes())


class Pyranges(Library):
    package = "pyranges"

    def load(self, universe: str) -> Any:
        import pyranges

        return pyranges.read_bed(universe)

    def read(self, queries: str) -> Any:
        import pyranges

        return pyranges.read_bed(queries)

    def find(self, loaded: Any, queries: Any) -> Any:
        return queries.join(loaded)

    def ids(self, found: Any) -> bytes:
        return found.Name.to_numpy("int32").tobytes() if len(found) else b""


class Pyranges1(Pyranges):
    package = "pyranges1"

    def load(self, universe: str) -> Any:
        import pyranges1

        return pyranges1.read_bed(universe)

    def read(self, queries: str) -> Any:
        import pyranges1

        return pyranges1.read_bed(queries)

    def find(self, loaded: Any, queries: Any) -> Any:
        return queries.join_overlaps(loaded)


class PolarsBio(Library):
    package = "polars-bio"

    def load(self, universe: str) -> Any:
        return self._frame(universe, ["chrom", "start", "end", "name"])

    def read(self, queries: str) -> Any:
        return self._frame(queries, ["chrom", "start", "end"])

    def find(self, loaded: Any, queries: Any) -> Any:
        import polars_bio

        return polars_bio.overlap(queries, loaded, output_type="polars.DataFrame")

    def ids(self, found: Any) -> bytes:
        return bytes(found["name_2"].to_numpy().astype("int32").tobytes())

    @staticmethod
    def _frame(path: str, columns: list[str]) -> Any:
        import polars

        # polars reads BED ten times faster than polars_bio.read_bed
        frame = polars.read_csv(path, separator="\t", has_header=False, new_columns=columns)
        import polars_bio  # noqa: F401  # adds config_meta to frames

        frame.config_meta.set(coordinate_system_zero_based=True)
        return frame


class Ncls(Library):
    """The bare index takes arrays of one chromosome; polars reads and parts the files for it, in threads."""

    package = "ncls"

    def load(self, universe: str) -> Any:
        from ncls import NCLS

        return {name: NCLS(*columns) for name, columns in self.read(universe).items()}

    def read(self, queries: str) -> Any:
        import polars

        frame = polars.read_csv(
            queries,
            separator="\t",
            has_header=False,
            columns=[0, 1, 2],
            new_columns=["chrom", "start", "end"],
            schema_overrides={"column_1": polars.Categorical},
        ).with_columns(row=polars.int_range(polars.len(), dtype=polars.Int64))
        parts = frame.partition_by("chrom", as_dict=True)
        return {key[0]: tuple(part[name].to_numpy() for name in ("start", "end", "row")) for key, part in parts.items()}

    def find(self, loaded: Any, queries: Any) -> Any:
        return [loaded[name].all_overlaps_both(*columns) for name, columns in queries.items() if name in loaded]

    def ids(self, found: Any) -> bytes:
        import numpy

        return numpy.concatenate([universe for _, universe in found]).astype(numpy.int32).tobytes() if found else b""


class Superintervals(Ncls):
    """Closed intervals of one chromosome, values in lists."""

    package = "superintervals"

    def load(self, universe: str) -> Any:
        from superintervals import IntervalMap

        parts = super().read(universe).items()
        return {
            name: IntervalMap.from_arrays(starts.astype("int32"), (ends - 1).astype("int32"), rows.tolist())
            for name, (starts, ends, rows) in parts
        }

    def read(self, queries: str) -> Any:
        parts = super().read(queries).items()
        return {name: (starts.astype("int32"), (ends - 1).astype("int32")) for name, (starts, ends, _) in parts}

    def find(self, loaded: Any, queries: Any) -> Any:
        return [loaded[name].search_values_batch(*columns) for name, columns in queries.items() if name in loaded]

    def ids(self, found: Any) -> bytes:
        from array import array
        from itertools import chain

        return array("i", chain.from_iterable(chain.from_iterable(found))).tobytes()


LIBRARIES: dict[str, type[Library]] = {
    "genotok, in Python": Genotok,
    "gtars": Gtars,
    "bioframe": Bioframe,
    "pyranges": Pyranges,
    "pyranges1": Pyranges1,
    "ncls + polars": Ncls,
    "superintervals + polars": Superintervals,
    "polars-bio": PolarsBio,
}


def _cold(library: Library, universe: str, queries: str, out: str) -> None:
    with open(out, "wb") as sink:  # noqa: PTH123  # pathlib would be paid for by tools that do not use it
        sink.write(library.ids(library.find_in_file(library.load(universe), queries)))


def _serve(library: Library, universe: str) -> None:
    import json
    import os
    import time

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a library that prints does not disturb the answers
    loaded = library.load(universe)
    read: dict[str, Any] = {}
    for line in sys.stdin:
        kind, queries = json.loads(line)
        if kind == "memory" and queries not in read:
            read = {queries: library.read(queries)}
        started = time.perf_counter()
        found = library.find_in_file(loaded, queries) if kind == "file" else library.find(loaded, read[queries])
        seconds = time.perf_counter() - started
        answers.write(json.dumps({"seconds": seconds, "pairs": len(library.ids(found)) // 4}) + "\n")
        answers.flush()
        del found


if __name__ == "__main__":
    chosen = LIBRARIES[sys.argv[2]]()
    if sys.argv[1] == "cold":
        _cold(chosen, *sys.argv[3:6])
    else:
        _serve(chosen, sys.argv[3])
