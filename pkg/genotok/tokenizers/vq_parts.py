"""What a learned tokenizer is made of: a model, settings, special tokens; and what they tell without any input."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from threading import local
from typing import Any, Self

from genotok.errors import ConfigError
from genotok.tokenizers.base import Base
from genotok.tokenizers.vq_backend import Backend, choose_backend, span_of
from genotok.tokenizers.vq_config import VQConfig
from genotok.tokenizers.vq_report import VQReport
from genotok.tokenizers.vq_stream import Settings
from genotok.values.codebook import Codebook
from genotok.values.codewords import CodeWords, Layout, choose_layout
from genotok.values.specials import SpecialTokens
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

_FIXED = ("model", "config", "vocabulary", "backend")


class VQParts(Base):
    """The parts of a learned tokenizer under their names; immutable."""

    model: VQModel
    config: VQConfig
    vocabulary: CodeWords
    backend: Backend
    _last: local  # the report of each thread's last call

    def __init__(
        self, model: VQModel, config: VQConfig | None = None, special_tokens: Mapping[str, str] | None = None
    ) -> None:
        """Take a model and settings; what does not fit it raises ConfigError."""
        config = VQConfig() if config is None else config
        if not isinstance(model, VQModel):
            hint = "VQTokenizer.from_pretrained('vq-fine') opens one"
            raise ConfigError(f"model is {type(model).__name__}, not a VQModel", hint=hint)
        if not isinstance(config, VQConfig):
            raise ConfigError(f"config is {type(config).__name__}", hint="pass VQConfig(..)")
        self._set(model, config, SpecialTokens.from_mapping(special_tokens))

    def _set(self, model: VQModel, config: VQConfig, specials: SpecialTokens) -> None:
        if config.phase >= model.stride:
            hint = f"from 0 to {model.stride - 1}, as tokens are {model.stride} bp apart"
            raise ConfigError(f"phase is {config.phase}", hint=hint)
        backend = choose_backend(model, config.backend)
        if config.unknown == "majority" and not backend.in_pieces:
            raise ConfigError("unknown='majority' needs a table", hint="a network reads unknown bases as they are")
        chosen = choose_layout(model.codebook.quantizer, model.codebook.sizes)
        layout = chosen if config.layout == "auto" else config.layout
        vocabulary = CodeWords(layout, model.codebook.sizes, specials)
        self.__dict__.update(model=model, config=config, vocabulary=vocabulary, backend=backend, _last=local())

    def __setattr__(self, name: str, value: object) -> None:
        if name in _FIXED:
            raise AttributeError(f"a tokenizer's {name} is fixed; replace(..) returns one with other settings")
        object.__setattr__(self, name, value)

    @property
    def _calls(self) -> VQConfig:
        return self.config

    @property
    def _settings(self) -> Settings:
        """How documents are read."""
        model, config = self.model, self.config
        return Settings(
            levels=len(self.levels),
            window=model.window,
            stride=model.stride,
            ends=config.ends or model.ends,
            unknown_scope="window" if self.backend.in_pieces else model.unknown_scope,
            unknown=config.unknown,
            strand=config.strand,
            phase=config.phase,
        )

    @property
    def layout(self) -> Layout:
        """How codes become ids: 'fine', 'joint' or 'interleave'."""
        return self.vocabulary.layout

    @property
    def codebook(self) -> Codebook:
        """The words that were learned."""
        return self.model.codebook

    @property
    def table(self) -> WindowTable | None:
        """The code of every window, if there is a table."""
        return self.model.table

    @property
    def window(self) -> int:
        """Bases that a token of a table sees; of a network, those that its first layer sees."""
        return self.model.window

    @property
    def stride(self) -> int:
        """Bases from one token to the next."""
        return self.model.stride

    @property
    def levels(self) -> tuple[int, ...]:
        """Codes of each level, coarse to fine."""
        return self.codebook.sizes

    @property
    def receptive_span(self) -> int:
        """Bases that have a say in one token."""
        return span_of(self.model)

    @property
    def strand_symmetric(self) -> bool:
        """Whether a window and its reverse complement have one code."""
        return self.model.strand_symmetric

    @property
    def card(self) -> dict[str, Any]:
        """How the model was made, and what it was measured to do; a copy."""
        return deepcopy(self.model.card)

    @property
    def report(self) -> VQReport:
        """What the last call of this thread met: letters, tokens, sequences without any."""
        report: VQReport = getattr(self._last, "report", VQReport())
        return report

    def replace(self, **settings: Any) -> Self:
        """Return this tokenizer with other settings, those of VQConfig."""
        return self._made(self.model, self.config.replace(**settings), self.specials)

    @classmethod
    def _made(cls, model: VQModel, config: VQConfig, specials: SpecialTokens) -> Self:
        made = object.__new__(cls)
        made._set(model, config, specials)
        return made

    def __getstate__(self) -> tuple[Any, ...]:
        """Return what makes the tokenizer: never caches, so that its pickle stays the same after use."""
        settings = {"special_tokens": self.specials.by_role(), "config": self.config.to_dict()}
        return tuple(getattr(self.model, each.name) for each in fields(VQModel)), json.dumps(settings)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        settings = json.loads(state[1])
        specials = SpecialTokens(**settings["special_tokens"])
        self._set(VQModel(*state[0]), VQConfig.from_dict(settings["config"]), specials)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VQParts):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in ("model", "config", "specials"))

    def __hash__(self) -> int:
        return hash((self.model, self.config, self.specials))

    def __repr__(self) -> str:
        book = self.codebook
        sizes = " x ".join(f"{size:,}" for size in book.sizes)
        places = f"window {self.window}, stride {self.stride}"
        return f"{type(self).__name__}({book.quantizer}, {sizes} codes, {places}, {self.vocab_size:,} ids)"
