"""What a session holds of motifs: sequences that are read, and bins with all that a look at them needs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genotok.analysis.motiflook import count_members, lead_members, rank_leads
from genotok.arrays import Bytes, Ids
from genotok.bridge.dna import describe_letters
from genotok.bridge.motifwork import Cut, describe_cut
from genotok.tokenizers.motif import MotifTokenizer
from genotok.values.motifencoding import average_clusters
from genotok.values.motiffeatures import MotifFeatures
from genotok.values.sequences import Sequences

HUES = 8  # colours that are told apart
_TOGETHER = 2**13  # bins whose members are averaged at once


@dataclass(frozen=True)
class Model:
    """A tokenizer that was saved, and the name it came under."""

    name: str
    tokenizer: MotifTokenizer


@dataclass
class MotifResult:
    """Sequences with their bins; ``leads`` int32 (b,) are the strongest members of each bin, by sequence.

    ``model`` names the saved tokenizer that ids are of, None where they are learnt from the sequences.
    """

    name: str
    sequences: Sequences
    tokenizer: MotifTokenizer
    settings: dict[str, Any]
    cuts: list[Cut]
    pasted: bool = False
    notes: tuple[str, ...] = ()
    model: str | None = None
    leads: dict[int, "Leads"] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> MotifFeatures:
        """What bins are made of: clusters once they are learnt, else every feature by itself."""
        return self.tokenizer.members if self.tokenizer.is_fitted else self.tokenizer.single

    def features_of(self, member: int) -> list[str]:
        """Return the texts of the features in a member."""
        return [self.members.texts[each] for each in self.members.members(member).tolist()]

    def leads_of(self, number: int) -> "Leads":
        """Return who leads the bins of a sequence; made on first use."""
        if number not in self.leads:
            self.leads[number] = _lead(self, self.cuts[number])
        return self.leads[number]

    def name_of(self, member: int) -> str:
        """Name a member by the factors in it, a few at most."""
        names = dict(zip(self.tokenizer.motifs.ids, self.tokenizer.motifs.names, strict=True))
        told = list(dict.fromkeys(names.get(each[:-1], each[:-1]) for each in self.features_of(member)))
        more = f" and {len(told) - 3} more" if len(told) > 3 else ""
        return ", ".join(told[:3]) + more

    def describe(self) -> dict[str, Any]:
        """Say what was made of it."""
        fitted = self.tokenizer.fitted
        return {
            "name": self.name,
            "settings": self.settings,
            "model": self.model,
            "sequences": [describe_cut(each) for each in self.cuts],
            "letters": describe_letters(self.sequences),
            "notes": [*self.sequences.report.notes, *self.notes],
            "fitted": None
            if fitted is None
            else {
                "clusters": self.tokenizer.n_clusters,
                "vocab_size": self.tokenizer.vocab_size,
                "sets": self.tokenizer.vocab_size - len(self.tokenizer.vocabulary.special_ids),
                "unk_share": fitted.unk_share,
            },
        }


@dataclass(frozen=True)
class Leads:
    """Who leads each bin, int32 (b,), -1 for none; members in each bin, int32 (b,).

    ``ranked`` int32 (k,) are the leaders, the most frequent first; they have the hues 1 to HUES by turns, which are
    those of bins: uint8 (b,), 0 for none.
    """

    members: Ids
    active: Ids
    ranked: Ids
    hues: Bytes


def _lead(result: MotifResult, cut: Cut) -> Leads:
    members, counts = result.members, cut.encoding.counts
    least = result.tokenizer.config.vocabulary.active
    left_out = np.zeros(members.n_clusters, dtype=np.bool_)  # CpG is a number of bases, not a share
    cpg = [place for place, name in enumerate(members.texts) if name.startswith("CpG")]
    left_out[members.labels[cpg]] = True
    leads, active = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.int32)]
    for at in range(0, len(counts), _TOGETHER):
        values = average_clusters(counts.rows(slice(at, at + _TOGETHER)), members)
        leads.append(lead_members(values, least=least, left_out=left_out))
        active.append(count_members(values, least=least))
    joined = np.concatenate(leads)
    ranked = rank_leads(joined)
    hue_of = np.zeros(members.n_clusters + 1, dtype=np.uint8)  # the last is nobody's
    hue_of[ranked] = 1 + np.arange(len(ranked), dtype=np.int64) % HUES
    return Leads(joined, np.concatenate(active), ranked, hue_of[joined])
