"""What networks learn from on the command line: a genome, the tokens or letters of its contigs, and signals."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genotok.cli.motif.progress import Progress
from genotok.errors import InputError, TrackError
from genotok.io.fasta import read_fasta
from genotok.io.tokenstore import TokenStore
from genotok.io.tracks import open_track
from genotok.kernels.bases import Codes
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_stores import check_store
from genotok.train.contigs import BaseContig, Contig, TokenContig
from genotok.train.sources import base_contigs, contig_of, contigs_of_store
from genotok.values.sequences import Sequence as Dna
from genotok.values.tracks import Signal, Track

_NONE = Track((), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True)
class Data:
    """A genome by contig, what turns it into tokens, a store of its bins if there is one, and the signals on it."""

    tokenizer: MotifTokenizer
    genome: Mapping[str, Dna]
    signals: tuple[Signal, ...]
    store: TokenStore | None
    progress: Progress

    def tokens(self, names: Iterable[str]) -> list[TokenContig]:
        """Return contigs with their tokens and targets; each is made once."""
        return [self._token_contig(name) for name in names]

    def bases(self, names: Iterable[str]) -> list[BaseContig]:
        """Return contigs with their letters and targets."""
        return base_contigs({name: self.genome[name] for name in names}, self.signals)

    def codes(self, names: Iterable[str]) -> list[Codes]:
        """Return the letters of contigs."""
        return [self.genome[name].codes for name in names]

    def contigs(self, names: Iterable[str], *, onehot: bool) -> Sequence[Contig]:
        """Return contigs as a network of a kind sees them."""
        return self.bases(names) if onehot else self.tokens(names)

    @cached_property
    def _made(self) -> dict[str, TokenContig]:
        return {}

    def _token_contig(self, name: str) -> TokenContig:
        if name not in self._made:
            self.progress(f"tokens {name}", 0, len(self.genome[name]))
            if self.store is not None:
                (made,) = contigs_of_store(self.store, self.tokenizer.clusters, self.signals, names=[name])
            else:
                made = contig_of(self.tokenizer.encode_sequence(self.genome[name]), self.signals)
            self._made[name] = made
            self.progress(f"tokens {name}", len(self.genome[name]), len(self.genome[name]))
        return self._made[name]


@contextmanager
def open_data(
    fasta: str,
    tokenizer: MotifTokenizer,
    tracks: Sequence[str],
    *,
    store: str | None = None,
    progress: Progress = lambda _phase, _done, _total: None,
) -> Iterator[Data]:
    """Yield a genome with its signals; without any track, targets are 0."""
    genome = {each.name: each for each in read_fasta(fasta).values()}
    lengths = {name: len(each) for name, each in genome.items()}
    held = None if store is None else _open_store(store, tokenizer, lengths)
    with ExitStack() as stack:
        signals = []
        for path in tracks:
            signal = open_track(path, lengths=lengths)
            if hasattr(signal, "close"):
                stack.callback(signal.close)
            if not set(signal.names) & set(lengths):
                raise TrackError(
                    f"no contig of the genome has a value in it; the genome has {_some(lengths)}",
                    path=path,
                    hint="are names spelled alike, as chr1 and 1? they must be of one assembly",
                )
            signals.append(signal)
        yield Data(tokenizer, genome, tuple(signals) or (_NONE,), held, progress)


def _open_store(path: str, tokenizer: MotifTokenizer, lengths: Mapping[str, int]) -> TokenStore:
    store = TokenStore(path)
    check_store(tokenizer, store)
    for each in store.contigs:
        if lengths.get(each.contig.name, each.contig.length) != each.contig.length:
            what = f"{each.contig.name} has {each.contig.length:,} bases in {path}, {lengths[each.contig.name]:,} here"
            raise InputError(what, hint="give the FASTA that the store was made of")
    return store


def check_signals(data: Data, paths: Sequence[str], names: Collection[str], purpose: str) -> list[str]:
    """Return warnings of contigs without a value; InputError if all contigs for a purpose have none."""
    told = []
    for path, signal in zip(paths, data.signals, strict=True):
        silent = [name for name in names if name not in signal.names]
        if len(silent) == len(names):
            what = f"no value on {_some(silent)}, which is all there is for {purpose}"
            raise TrackError(what, path=path, hint=f"it has {_some(signal.names)}")
        told += [f"warning: {path} has no value on {name}, whose targets are 0" for name in silent]
    return told


def wanted_contigs(data: Data, names: Iterable[str]) -> tuple[str, ...]:
    """Return names that are all contigs of the genome; InputError else."""
    wanted = tuple(names)
    for name in wanted:
        if name not in data.genome:
            raise InputError(f"no contig {name!r} in the genome", hint=f"it has {_some(data.genome)}")
    return wanted


def _some(names: Iterable[str]) -> str:
    known = list(names)
    return ", ".join(known[:5]) + (", .." if len(known) > 5 else "")


def plain(value: Any) -> Any:
    """Return numbers that JSON has: None for NaN, however deep."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and value != value else value
