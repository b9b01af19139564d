"""The interval tokenizer as transformers' own kind: Auto classes, collators, trainers and hubs take it as it is."""

from collections.abc import Mapping
from os import PathLike
from typing import Any, ClassVar, Self

from genotok.hf.opening import SETTINGS, SHARED, TEXTS, open_given, open_saved, settings_in
from genotok.hf.wrapping import Forgotten, WrappedTokenizer, causes_told, transformers
from genotok.io.folder import AUTO_MAP, TOML_FILE, UNIVERSE_FILES, describe_tokenizer, write_vocabulary
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.frames import lacks_columns


class GenotokIntervalConfig(transformers.PreTrainedConfig):  # type: ignore[misc]  # transformers may not be installed
    """The model type ``genotok-interval``, for a ``config.json`` that says no more than which tokenizer to take."""

    model_type: ClassVar[str] = "genotok-interval"


class GenotokIntervalTokenizer(WrappedTokenizer):
    """An `IntervalTokenizer` that transformers takes for one of its own; regions in, model inputs out.

    ``universe_file`` is whatever opens an IntervalTokenizer, or one. Special tokens (``mask_token="[M]"``, ..) and the
    settings of IntervalConfig may come with it: with a bare universe, these texts are its special tokens; with a
    saved tokenizer they are transformers' roles, which point to a token or add one at the end, so that no id moves.

    Calls take every input that IntervalTokenizer takes, also ids, and texts that are tokens of the vocabulary; padding,
    truncation and tensors are transformers' own and give the same ``input_ids`` and ``attention_mask``. What has no
    counterpart there (rows, regions of ids, reports, ``truncation='sample'``) is at ``interval``.

    >>> from genotok import Regions, Universe
    >>> rows = Regions.from_tuples([("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)])
    >>> tokenizer = GenotokIntervalTokenizer(Universe.from_regions(rows))
    >>> tokenizer([("chr1", 18, 19), ("chr2", 0, 6)])["input_ids"], tokenizer.decode([0, 2, 4])
    ([0, 1, 2], 'chr1:10-20 chr2:5-9 <pad>')
    >>> tokenizer([[("chr1", 18, 19)], [("chr2", 0, 6)]], padding=True)["attention_mask"]
    [[1, 1], [1, 0]]
    >>> len(tokenizer), tokenizer.vocab_size, tokenizer.mask_token_id
    (10, 10, 5)
    """

    vocab_files_names: ClassVar[dict[str, str]] = {
        "universe_file": UNIVERSE_FILES[0],
        "plain_universe_file": UNIVERSE_FILES[1],  # in older repositories
        "settings_file": TOML_FILE,
    }
    model_input_names: ClassVar[list[str]] = ["input_ids", "attention_mask"]
    no_offsets: ClassVar[tuple[str, str]] = (
        "regions have no offsets in a text",
        "interval(x, return_offsets=True) has their rows",
    )

    interval: IntervalTokenizer

    def __init__(self, universe_file: Any = None, plain_universe_file: Any = None, **kwargs: Any) -> None:
        """Open a universe or tokenizer; `from_pretrained` passes what transformers found beside it."""
        kwargs.pop("settings_file", None)  # read with its folder
        self.remote_code = kwargs.pop("auto_map", None) is not None
        self.tokenizer_json = kwargs.pop("tokenizer_file", None) is not None
        if "asked" in kwargs:
            asked = kwargs.pop("asked")
            parts = open_saved(universe_file or plain_universe_file, kwargs.get("name_or_path", ""), kwargs, asked)
        else:
            parts = open_given(universe_file, kwargs)
            kwargs = {name: value for name, value in kwargs.items() if name not in (*TEXTS, *SETTINGS)}
        self.interval = parts.interval
        self._added_tokens_decoder = {
            number: transformers.AddedToken(text, normalized=False, special=True)
            for text, number in zip(self.interval.all_special_tokens, self.interval.all_special_ids, strict=True)
        } | dict(parts.added)
        shared = {name: value for name, value in self.interval.config.to_dict().items() if name in SHARED}
        super().__init__(**{**self.interval.special_tokens_map, **parts.texts}, **shared, **kwargs)
        self.deprecation_warnings = Forgotten()
        self.init_kwargs |= {"genotok": None, "special_tokens_pattern": None}  # saved with the values of that time

    @property
    def core(self) -> IntervalTokenizer:
        """The tokenizer inside."""
        return self.interval

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], *inputs: Any, **kwargs: Any) -> Self:
        """Open a folder or a repository: one that was saved, or any with a ``universe.bed.gz`` or ``universe.bed``.

        Files are found as for all tokenizers of transformers, and mean what they mean to IntervalTokenizer. Special
        tokens and settings given here come before those of the files.
        """
        asked = {name: kwargs.pop(name) for name in (*TEXTS, *SETTINGS) if name in kwargs}
        with causes_told():
            opened: Self = super().from_pretrained(pretrained_model_name_or_path, *inputs, asked=asked, **kwargs)
        return opened

    def _plain(self, value: Any) -> Any:
        """Return rows of lists as one document of regions."""
        return _rows_of_lists(value) or value

    @property
    def genotok(self) -> dict[str, Any]:
        """What ``tokenizer_config.json`` says under this name."""
        return describe_tokenizer(self.interval.vocabulary, self._current().config.to_dict())

    @property
    def _auto_map(self) -> dict[str, list[str | None]] | None:
        return AUTO_MAP if self.remote_code else None

    def _current(self) -> IntervalTokenizer:
        """Return the interval tokenizer with the settings that were assigned since."""
        return self.interval.replace(**settings_in({name: getattr(self, name) for name in SHARED}))

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str, ...]:
        """Write the universe, the settings file, and what else saving is to add; return their paths."""
        current = self._current()
        paths = write_vocabulary(
            save_directory,
            current.vocabulary,
            current.config.to_dict(),
            tokenizer_json=self.tokenizer_json,
            remote_code=self.remote_code,
            prefix=f"{filename_prefix}-" if filename_prefix else "",
        )
        return tuple(map(str, paths))


def _rows_of_lists(value: Any) -> list[dict[str, Any]]:
    """Take apart what ``dataset.map(.., batched=True)`` gives of rows that hold a document each; none of all else."""
    if not isinstance(value, Mapping):
        return []
    columns = {name: column for name, column in value.items() if isinstance(column, list)}
    if lacks_columns(columns) or not all(isinstance(each, list) for column in columns.values() for each in column[:1]):
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


transformers.AutoConfig.register(GenotokIntervalConfig.model_type, GenotokIntervalConfig, exist_ok=True)
transformers.AutoTokenizer.register(GenotokIntervalConfig, GenotokIntervalTokenizer, exist_ok=True)
