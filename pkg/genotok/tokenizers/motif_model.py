"""What a motif tokenizer is made of, fitted or not: motifs, settings, clusters, sets with ids, and their meaning."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from genotok.arrays import Ids
from genotok.errors import ConfigError, InputError, MotifError, NotFittedError, VocabularyError
from genotok.tokenizers.base import Base
from genotok.tokenizers.lexicon import id_row
from genotok.tokenizers.motif_blocks import BlockCutter
from genotok.tokenizers.motif_config import CallConfig, MotifConfig
from genotok.values.fitted import Fitted
from genotok.values.motifencoding import FIT_IT, NOT_FITTED
from genotok.values.motiffeatures import CPG, MotifFeatures
from genotok.values.motifs import MotifSet
from genotok.values.ragged import RaggedIds
from genotok.values.search import MotifSearch
from genotok.values.setwords import JOINER, SetWords
from genotok.values.specials import SpecialTokens
from genotok.values.thresholds import Thresholds, thresholds_of


@dataclass(frozen=True)
class MemberDescription:
    """A member of a token's set: its text, the features in it, and the names of their factors."""

    text: str
    features: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class TokenDescription:
    """What one token stands for: its members, how often it was met in the corpus, and where first (contig, bp)."""

    id: int
    text: str
    count: int
    members: tuple[MemberDescription, ...]
    example: tuple[str, int, int] | None = None


_FIXED = ("motifs", "config", "thresholds", "specials", "fitted")


class MotifModel(Base):
    """The parts of a motif tokenizer under their names; immutable."""

    motifs: MotifSet
    config: MotifConfig
    thresholds: Thresholds
    fitted: Fitted | None

    def __init__(
        self,
        motifs: MotifSet,
        config: MotifConfig | None = None,
        special_tokens: Mapping[str, str] | None = None,
        *,
        thresholds: Thresholds | None = None,
        fitted: Fitted | None = None,
    ) -> None:
        """Take motifs and settings; ``thresholds`` and what was ``fitted`` are those of a saved tokenizer."""
        config = MotifConfig() if config is None else config
        if not isinstance(motifs, MotifSet):
            hint = "read_motifs(path) or MotifSet.from_jaspar() makes one"
            raise ConfigError(f"motifs are {type(motifs).__name__}, not a MotifSet", hint=hint)
        if not isinstance(config, MotifConfig):
            raise ConfigError(f"config is {type(config).__name__}", hint="pass MotifConfig(..), or preset='strict'")
        motifs = motifs.against(config.scan.background)
        _refuse_names(motifs, cpg=config.features.cpg)
        n_features = 2 * (len(motifs) + config.features.cpg)
        if fitted is not None and len(fitted.labels) != n_features:
            what = f"{len(fitted.labels):,} labels for {n_features:,} features"
            raise ConfigError(what, hint="give their own motifs")
        found = thresholds_of(motifs, config.scan.rule) if thresholds is None else thresholds
        self._set(motifs, config, SpecialTokens.from_mapping(special_tokens), found, fitted)

    def _set(
        self,
        motifs: MotifSet,
        config: MotifConfig,
        specials: SpecialTokens,
        thresholds: Thresholds,
        fitted: Fitted | None,
    ) -> None:
        self.__dict__.update(motifs=motifs, config=config, thresholds=thresholds, _specials=specials, fitted=fitted)
        if fitted is not None:
            _ = self.vocabulary  # which refuses special texts that are also those of sets

    def __setattr__(self, name: str, value: object) -> None:
        if name in _FIXED:
            raise AttributeError(f"a tokenizer's {name} is fixed; replace(..) returns one with other settings")
        object.__setattr__(self, name, value)

    @property
    def _calls(self) -> CallConfig:
        return self.config.calls

    @property
    def specials(self) -> SpecialTokens:
        """The special tokens by role."""
        return self._specials  # type: ignore[attr-defined,no-any-return]  # set with the other parts

    @property
    def is_fitted(self) -> bool:
        """Whether there are clusters and a vocabulary."""
        return self.fitted is not None

    def _learnt(self) -> Fitted:
        if self.fitted is None:
            raise NotFittedError(NOT_FITTED, hint=FIT_IT)
        return self.fitted

    @property
    def labels(self) -> Ids:
        """The cluster of each feature: int32 (F,)."""
        return self._learnt().labels

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The texts of the features, the columns of ``counts``."""
        return self.single.texts

    @property
    def n_features(self) -> int:
        """Number of features: two for each motif, and two for CpG."""
        return len(self.features)

    @property
    def n_clusters(self) -> int:
        """Number of clusters, the columns of continuous tokens."""
        return self.clusters.n_clusters

    @cached_property
    def single(self) -> MotifFeatures:
        """The features, each by itself."""
        return MotifFeatures.of(self.motifs, cpg=self.config.features.cpg)

    @cached_property
    def clusters(self) -> MotifFeatures:
        """The features with their clusters."""
        return self.single.labelled(self.labels)

    @property
    def members(self) -> MotifFeatures:
        """What sets are made of: the clusters, or each feature by itself where ``discrete_on='motifs'``."""
        return self.clusters if self.config.vocabulary.discrete_on == "clusters" else self.single

    @cached_property
    def vocabulary(self) -> SetWords:  # type: ignore[override]  # made of what was fitted, once it is asked for
        """The sets that have ids, and the special tokens behind."""
        fitted = self._learnt()
        return SetWords(fitted.sets, fitted.counts, self.members.cluster_texts, self.specials)

    @cached_property
    def cutter(self) -> BlockCutter:
        """What turns bases into bins."""
        return BlockCutter(MotifSearch(self.motifs, thresholds=self.thresholds), self.config)

    def replace(self, **settings: Any) -> Self:
        """Return this tokenizer with other settings, by their names as for `MotifConfig.replace`.

        One that is fitted may change only how unknown sets are named, and its calls: anything else moves clusters or
        ids, and raises ConfigError.
        """
        config = self.config.replace(**settings)
        if self.fitted is not None:
            for name in ("scan", "bins", "features", "block", "halo", "seed"):
                if getattr(config, name) != getattr(self.config, name):
                    raise ConfigError(f"{name} was fitted with {getattr(self.config, name)}", hint="fit another one")
            if config.vocabulary != self.config.replace(unknown=config.vocabulary.unknown).vocabulary:
                raise ConfigError("the vocabulary is fitted; only unknown= can change", hint="fit another one")
            return self._made(self.motifs, config, self.specials, self.thresholds, self.fitted)
        motifs = self.motifs.against(config.scan.background)
        same = config.scan == self.config.scan
        thresholds = self.thresholds if same else thresholds_of(motifs, config.scan.rule)
        return self._made(motifs, config, self.specials, thresholds, None)

    @classmethod
    def _made(cls, *parts: Any) -> Self:
        """Make a tokenizer of parts that are known to agree."""
        made = object.__new__(cls)
        made._set(*parts)
        return made

    def decode_sets(self, ids: Any) -> RaggedIds:
        """Return the member clusters of each id, ascending; none for the empty set, the gap and special tokens."""
        return self.vocabulary.members_of(id_row(ids))

    def describe(self, token: int | str) -> TokenDescription:
        """Say what a token, by id or text, stands for.

        An id that is none raises VocabularyError, a text that no token has is described as the unk token.
        """
        words, fitted = self.vocabulary, self._learnt()
        number = self.convert_tokens_to_ids(token) if isinstance(token, str) else _one_id(token)
        if not 0 <= number < words.vocab_size:
            raise VocabularyError(f"{token} is no id", hint=f"ids run from 0 to {words.vocab_size - 1}")
        members = tuple(self._describe_member(each) for each in words.members_of([number]).ids.tolist())
        row = number - 1 if number > 1 else 0
        if number == 1 or number >= words.n_content:
            count, example = fitted.gaps if number == 1 else 0, None
        else:
            count, place = int(fitted.counts[row]), fitted.examples[row].tolist()
            example = (fitted.corpus[place[0]].name, place[1], place[2]) if place[0] >= 0 else None
        return TokenDescription(number, words.texts_of([number])[0], count, members, example)

    def _describe_member(self, member: int) -> MemberDescription:
        features = tuple(self.features[each] for each in self.members.members(member).tolist())
        names = dict(zip(self.motifs.ids, self.motifs.names, strict=True))
        told = dict.fromkeys(names.get(each[:-1], each[:-1]) for each in features)
        return MemberDescription(self.members.cluster_texts[member], features, tuple(told))

    def __getstate__(self) -> tuple[Any, ...]:
        """Return what makes the tokenizer: never caches, so that its pickle stays the same after use."""
        settings = {"special_tokens": self.specials.by_role(), "config": self.config.to_dict()}
        return self.motifs, self.thresholds, self.fitted, json.dumps(settings)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        settings = json.loads(state[3])
        specials = SpecialTokens(**settings["special_tokens"])
        self._set(state[0], MotifConfig.from_dict(settings["config"]), specials, state[1], state[2])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifModel):
            return NotImplemented
        parts = ("motifs", "config", "thresholds", "specials", "fitted")
        return all(getattr(self, name) == getattr(other, name) for name in parts)

    def __hash__(self) -> int:
        return hash((self.motifs.digest, self.config, self.specials))

    def __bool__(self) -> bool:
        return True  # also where there is no vocabulary to have a length

    def __repr__(self) -> str:
        learnt = f"{self.n_clusters:,} clusters, {self.vocab_size:,} tokens" if self.is_fitted else "not fitted"
        return f"{type(self).__name__}({len(self.motifs):,} motifs, {learnt})"


def _one_id(token: Any) -> int:
    """Take a whole number, as an int, array or tensor."""
    row = id_row(token)
    if row.shape != (1,):
        raise InputError(f"{len(row)} ids", hint="describe takes one at a time")
    return int(row[0])


def _refuse_names(motifs: MotifSet, *, cpg: bool) -> None:
    """Raise MotifError for ids that would make no texts of tokens, which are joined by ``&`` and split at blanks."""
    for each in motifs.ids:
        if JOINER in each or any(letter.isspace() for letter in each):
            what = f"the motif id {each!r} holds white space or {JOINER}"
            raise MotifError(what, hint="texts of tokens are joined by them; rename it")
        if cpg and each == CPG:
            raise MotifError(f"a motif has the id {each}", hint="CpG is a feature of its own; rename it, or cpg=False")
