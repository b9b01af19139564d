"""The interval tokenizer: genomic regions in, the ids of the universe regions they overlap out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Self

from genotok.arrays import MAX_IDS
from genotok.errors import CapacityError, ConfigError, InputError, VocabularyError
from genotok.io.sources import Source
from genotok.tokenizers.cells import Cells
from genotok.tokenizers.config import IntervalConfig, Unmatched, check_setting
from genotok.tokenizers.inputs import Batch, Document, pieces_of, read_document, read_input
from genotok.tokenizers.lexicon import id_row
from genotok.tokenizers.opening import Parts, open_config, open_pretrained, open_settings, open_universe
from genotok.tokenizers.outcome import Misses, count_hits, count_unknown, fill_misses, hint_renaming, sorted_rows
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.reports import EncodeReport
from genotok.values.specials import ROLES, SpecialTokens
from genotok.values.universe import Universe
from genotok.values.vocabulary import Vocabulary

_DEFAULT = IntervalConfig()

_FIXED = (
    "universe",
    "config",
    "vocabulary",
    *IntervalConfig.__dataclass_fields__,
    *(f"{role}_token" for role in ROLES),
)


class IntervalTokenizer(Cells):
    """Maps genomic intervals to the ids of a fixed universe of regions; immutable, hence safe to share between threads.

    ``universe`` is a Universe, a BED file (a path of any name, or a binary file; gzip by content), a folder as
    `save_pretrained` writes it, or a ``.toml`` settings file. ``special_tokens`` are texts by role (unk, pad, mask,
    cls, eos, bos, sep). What takes regions takes a BED path or binary file, Regions, a table with chromosome, start
    and end columns, ``[("chr1", 10, 20), ..]``, one such triple, or objects with ``chr``, ``start``, ``end``.

    >>> from genotok import IntervalTokenizer, Regions, Universe
    >>> rows = Regions.from_tuples([("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)])
    >>> tokenizer = IntervalTokenizer(Universe.from_regions(rows))
    >>> tokenizer.encode([("chr1", 18, 19), ("chr2", 0, 6)]), tokenizer.tokenize([("chr2", 0, 6)])
    ([0, 1, 2], ['chr2:5-9'])
    >>> tokenizer.encode_rows([("chr1", 18, 19), ("chr1", 90, 95), ("chr2", 0, 6)]).to_lists()
    [[0, 1], [], [2]]
    >>> tokenizer([[("chr1", 18, 19)], [("chr2", 0, 6)]], padding=True)["attention_mask"]
    [[1, 1], [1, 0]]
    """

    universe: Universe
    vocabulary: Vocabulary

    def __init__(
        self,
        universe: Universe | Source,
        special_tokens: Mapping[str, str] | None = None,
        config: IntervalConfig = _DEFAULT,
    ) -> None:
        parts = open_settings(universe)
        if parts is not None and (special_tokens is not None or config is not _DEFAULT):
            raise ConfigError(
                f"{universe} brings its own special tokens and settings",
                hint="open it without, then replace(..) settings; or open its universe file",
            )
        if not isinstance(config, IntervalConfig):
            raise ConfigError(f"config is {type(config).__name__}", hint="pass IntervalConfig(..)")
        if parts is None:
            parts = Parts(open_universe(universe, config), special_tokens or {}, config)
        self._set(parts.universe, SpecialTokens.from_mapping(parts.special_tokens), parts.config)

    def _set(self, universe: Universe, specials: SpecialTokens, config: IntervalConfig) -> None:
        self.__dict__.update(universe=universe, config=config, vocabulary=Vocabulary(universe, specials))

    def __setattr__(self, name: str, value: object) -> None:
        if name in _FIXED:
            raise AttributeError(f"a tokenizer's {name} is fixed; replace(..) returns one with other settings")
        object.__setattr__(self, name, value)

    @classmethod
    def from_bed(cls, source: Source, special_tokens: Mapping[str, str] | None = None, **config_fields: Any) -> Self:
        """Open a BED file as the universe; ``config_fields`` are those of IntervalConfig."""
        config = IntervalConfig.from_dict(config_fields)
        return cls(open_universe(source, config), special_tokens, config)

    @classmethod
    def from_config(cls, path: str | PathLike[str]) -> Self:
        """Open a TOML settings file: gtars' keys, and a table ``[genotok]`` with the fields of IntervalConfig.

        ``universe`` is relative to the file's folder. Keys that mean nothing here are noted in the universe's report.
        A wrong name, type or value raises ConfigError with its line.
        """
        return cls._of(open_config(fspath(path)))

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | PathLike[str],
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | PathLike[str] | None = None,
        local_files_only: bool = False,
    ) -> Self:
        """Open a folder that `save_pretrained` wrote, else a repository of the model hub (extra ``[hub]``).

        Only the files needed are fetched. A universe other than the recorded one raises UniverseError, a hub that can't
        be reached or refuses HubError.
        """
        hub = {"revision": revision, "token": token, "cache_dir": cache_dir, "local_files_only": local_files_only}
        return cls._of(open_pretrained(name_or_path, **hub))

    @classmethod
    def _of(cls, parts: Parts) -> Self:
        return cls(parts.universe, parts.special_tokens, parts.config)

    def save_pretrained(
        self, folder: str | PathLike[str], tokenizer_json: bool = False, remote_code: bool = False
    ) -> tuple[Path, ...]:
        """Write the tokenizer as a folder and return the files' paths; equal tokenizers give equal bytes.

        ``tokenizer_json`` adds the words for plain transformers (id <-> text, padding, collators; no overlap).
        ``remote_code`` lets ``AutoTokenizer.from_pretrained(folder, trust_remote_code=True)`` import `genotok.hf`.
        """
        from genotok.io.folder import write_folder  # late: a page that starts writes none

        extras = {"tokenizer_json": tokenizer_json, "remote_code": remote_code}
        return write_folder(folder, self.vocabulary, self.config.to_dict(), **extras)

    def replace(self, **config_fields: Any) -> Self:
        """Return this tokenizer with other settings, on the same universe; nothing is read again.

        >>> from genotok import IntervalTokenizer, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> tokenizer.replace(unmatched="unk").encode_rows([("chr1", 0, 1), ("chr1", 0, 11)]).to_lists()
        [[1], [0]]
        """
        config = IntervalConfig.from_dict({**self.config.to_dict(), **config_fields})
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, config=config)
        return other

    @property
    def n_regions(self) -> int:
        """Number of regions of the universe, which have the ids 0 .. ``n_regions - 1``."""
        return len(self.universe)

    def _read(self, value: Any) -> Batch:
        return read_input(value, self.config.invalid)

    def encode_rows(self, regions: Any, *, unmatched: Unmatched | None = None, sort: bool | None = None) -> RaggedIds:
        """Return the exact answer for one document: a row of ids for each region, ordered by (start, end, id).

        Rows without hit are kept, empty ('drop') or as ``[unk]`` ('unk'), or raise UnmatchedError ('error'). ``sort``
        orders rows by (chromosome text, start), else they stand in input order. None takes the tokenizer's setting.
        """
        sort = self.config.sort if sort is None else sort
        unmatched = self.config.unmatched if unmatched is None else unmatched
        check_setting("unmatched", unmatched)
        check_setting("sort", sort)
        return self._encode(read_document(regions, self.config.invalid), unmatched, sort)

    def _rows_of(self, document: Document) -> RaggedIds:
        return self._encode(document, self.config.unmatched, self.config.sort)

    def _encode(self, document: Document, unmatched: Unmatched, sort: bool) -> RaggedIds:
        if sort:
            whole = Regions.concat(list(pieces_of(document, self.config.invalid)))
            return sorted_rows(whole, _joined(list(self._pieces(whole, unmatched))))
        return _joined(list(self._pieces(document, unmatched)))

    def _pieces(self, document: Document, unmatched: Unmatched) -> Iterator[RaggedIds]:
        """Encode a document piece by piece, rows in input order."""
        misses = Misses()
        for regions in pieces_of(document, self.config.invalid):
            offsets, ids = self.universe.encode(regions, engine=self.config.engine)
            if unmatched == "error":
                misses.add(regions, offsets)
            yield fill_misses(offsets, ids, self.unk_token_id) if unmatched == "unk" else RaggedIds(ids, offsets)
        misses.raise_if_any()

    def encode(self, regions: Any) -> list[int]:
        """Return the ids of one document, rows joined; a document without any hit is ``[unk]``.

        A text, or a list of texts, that is entirely tokens of the vocabulary is looked up instead, so that
        ``encode(tokenize(x))`` is ``encode(x)``. Any other text is a path.
        """
        known = self._look_up(regions)
        if known is not None:
            return known
        document = read_document(regions, self.config.invalid)
        if self.config.sort:
            return [*self.flatten(self._rows_of(document)).tolist()]
        ids: list[int] = []
        for rows in self._pieces(document, self.config.unmatched):
            ids += rows.ids.tolist()
        return ids or [self.unk_token_id]

    def _look_up(self, value: Any) -> list[int] | None:
        """Find the ids of what is tokens already; None if it isn't texts."""
        if isinstance(value, str):
            found = int(self.vocabulary.find([value])[0])
            return [found] if found >= 0 else None
        if not isinstance(value, (list, tuple)) or not value or not all(isinstance(each, str) for each in value):
            return None
        ids: list[int] = self.vocabulary.find(value).tolist()
        if min(ids) < 0:
            index = ids.index(-1)
            raise InputError(
                f"{value[index]!r} is no token of the vocabulary",
                where=f"element {index}",
                hint="convert_tokens_to_ids gives such texts the unk id; for several files call the tokenizer itself",
            )
        return ids

    def tokenize(self, regions: Any) -> list[str]:
        """Return the token texts of one document, rows joined."""
        rows = self._rows_of(read_document(regions, self.config.invalid))
        return self.vocabulary.texts_of(self.flatten(rows))

    def decode_regions(self, ids: Any) -> Regions:
        """Return the regions that ids stand for, in their order; special tokens are left out."""
        numbers = id_row(ids)
        if numbers.size and numbers.min() < 0:
            raise VocabularyError(f"{numbers.min()} is no id", hint=f"ids run from 0 to {self.vocab_size - 1}")
        return self.universe.regions.take(numbers[numbers < self.n_regions])

    def report(self, regions: Any) -> EncodeReport:
        """Count what encoding finds, over all documents of the input; misses never raise here."""
        policy: Unmatched = "unk" if self.config.unmatched == "unk" else "drop"
        total = self.report_rows(Regions.empty(), RaggedIds.concat([]))
        for document in self._read(regions):
            for piece in pieces_of(document, self.config.invalid):
                total += self.report_rows(piece, self._encode(piece, policy, sort=False))
        return total

    def report_rows(self, regions: Regions, rows: RaggedIds) -> EncodeReport:
        """Count what `encode_rows` found: ``rows`` are its answer for these regions, in any order."""
        unknown = count_unknown(regions, self.universe.chrom_names)
        all_unknown = 0 < len(regions) == sum(unknown.values())
        return EncodeReport(
            regions=len(regions),
            regions_hit=count_hits(rows, self.n_regions),
            tokens=len(rows.ids),
            unmatched=self.config.unmatched,
            unknown_chroms=unknown,
            hint=hint_renaming(unknown, self.universe.chrom_names) if all_unknown else None,
            universe_sha256=self.universe.digest,
        )

    def __getstate__(self) -> tuple[Universe, str]:
        """Return what makes the tokenizer: never caches nor the report, so its pickle stays the same after use."""
        settings = {"special_tokens": self.specials.by_role(), "config": self.config.to_dict()}
        return self.universe, json.dumps(settings)

    def __setstate__(self, state: tuple[Universe, str]) -> None:
        settings = json.loads(state[1])
        self._set(state[0], SpecialTokens(**settings["special_tokens"]), IntervalConfig(**settings["config"]))

    def _identity(self) -> tuple[Universe, SpecialTokens, IntervalConfig]:
        return self.universe, self.specials, replace(self.config, engine="bits")  # the engine changes no result

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IntervalTokenizer):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _repr_html_(self) -> str:
        from genotok.analysis.notebook import show_tokenizer  # upward: notebooks ask the noun itself

        return show_tokenizer(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_regions:,} regions, {self.vocab_size:,} tokens, {self.config})"


def _joined(pieces: list[RaggedIds]) -> RaggedIds:
    if len(pieces) == 1:
        return pieces[0]
    total = sum(len(piece.ids) for piece in pieces)
    if total > MAX_IDS:
        raise CapacityError(f"{total:,} tokens exceed 32-bit counts", hint="split the input")
    return RaggedIds.concat(pieces)


def interval_of(tokenizer: Any) -> IntervalTokenizer:
    """Return a tokenizer of ours, or the one that a tokenizer in transformers holds; InputError for all else."""
    found = getattr(tokenizer, "interval", tokenizer)
    if not isinstance(found, IntervalTokenizer):
        raise InputError(f"{type(tokenizer).__name__} is no tokenizer of ours", hint="pass an IntervalTokenizer")
    return found
