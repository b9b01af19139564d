"""The work of ``genotok motif encode``: records of FASTA files, or blocks of a store, into token files."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np

from genotok.cli.folder import Folder
from genotok.cli.inputs import Input, Shard, open_stdin
from genotok.cli.motif.encodereport import EncodeReport
from genotok.cli.motif.progress import Progress
from genotok.cli.motif.scanning import tell_letters
from genotok.cli.report import count
from genotok.cli.targets import Target, open_sink
from genotok.cli.tasks import Task
from genotok.export.manifest import ManifestLine
from genotok.export.meta import canonical_json
from genotok.export.motif import describe_motif_tokens
from genotok.export.motifstream import CsrWriter, MotifTokenWriter, open_motif_writer, write_region_bed
from genotok.io.bed import read_bed
from genotok.io.fasta import FastaReader
from genotok.io.sinks import atomic_write
from genotok.io.sources import iter_blocks
from genotok.io.tokenstore import STORE_FILE, TokenStore
from genotok.kernels.bases import Codes
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_encode import count_known
from genotok.tokenizers.motif_stores import check_store
from genotok.values.bins import MotifBins
from genotok.values.blocks import BlockBins
from genotok.values.motifencoding import BinReport, MotifEncoding
from genotok.values.sequences import Sequence as Dna

_TOGETHER = 2**20  # bases of short records that are encoded at once
_WORTH_BYTES = 2**20  # of a file, from which on processes are started for it


@dataclass(frozen=True)
class Run:
    """Everything that a run is told; ``target`` is None if there are only continuous tokens to write."""

    tokenizer: MotifTokenizer
    inputs: Sequence[Input]
    target: Target | None
    progress: Progress
    jobs: int = 1
    shard: Shard | None = None
    resume: bool = False
    rows: bool = False
    continuous: str | None = None
    regions: str | None = None
    exact: bool = False
    cluster: str | None = None
    client: Any = None  # of the cluster, once it answers
    scratch: Path | None = None  # where its workers put bins

    @property
    def own_inputs(self) -> list[Input]:
        """The inputs of this shard."""
        return list(self.inputs) if self.shard is None else self.shard.take(self.inputs)


def encode_inputs(run: Run) -> EncodeReport:
    """Encode all inputs; the bytes written are the same for every number of jobs."""
    if run.cluster is not None and run.client is None:
        return _encode_on_cluster(run)
    places = [*([run.target.label] if run.target else []), *([run.continuous] if run.continuous else [])]
    report = EncodeReport(" and ".join(places))
    if run.regions is not None:
        _encode_regions(run, report)
    elif run.target is not None and run.target.kind == "folder":
        _fill_folder(run, report)
    else:
        with ExitStack() as stack:
            sink = None if run.target is None else stack.enter_context(open_sink(run.target))
            shares = None if run.continuous is None else stack.enter_context(atomic_write(run.continuous))
            _write_all(run, run.own_inputs, sink, shares, report)
    return report


def _encode_on_cluster(run: Run) -> EncodeReport:
    """Encode with bins that workers of a cluster put into a folder beside the output; it is gone in the end."""
    from genotok.cli.motif.spreading import client_for  # late: an extra

    assert run.cluster is not None, "there is one"
    output = run.continuous if run.target is None else run.target.path
    assert output is not None, "standard output was refused"
    beside = Path(output).absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix=".genotok.", dir=beside) as folder,
        client_for(run.cluster, run.jobs, Path(folder)) as it,
    ):
        return encode_inputs(replace(run, client=it, scratch=Path(folder)))


def _write_all(
    run: Run, inputs: Sequence[Input], sink: BinaryIO | None, shares: BinaryIO | None, report: EncodeReport
) -> None:
    """Write the sequences of some inputs into one token file, and one matrix."""
    tokens = None if sink is None or run.target is None else MotifTokenWriter(sink, run.tokenizer, run.target.format)
    matrix = None if shares is None else CsrWriter(shares, run.tokenizer.n_clusters)
    for source in inputs:
        name: str | None = None
        for piece, is_first in _pieces(run, source, report):
            if is_first:
                if tokens is not None and name is not None:
                    tokens.end()
                name = piece.name
                report.sequences += 1
                if tokens is not None:
                    tokens.begin(piece.name)
            if tokens is not None:
                tokens.write(piece)
            if matrix is not None:
                matrix.add(piece.continuous)
            report.add(piece.report)
        if tokens is not None and name is not None:
            tokens.end()
    for writer in (tokens, matrix):
        if writer is not None:
            writer.close()


def _pieces(run: Run, source: Input, report: EncodeReport) -> Iterator[tuple[MotifEncoding, bool]]:
    """Yield the sequences of an input in pieces, and whether a new one begins."""
    if Path(source.path, STORE_FILE).is_file():
        yield from read_store(run.tokenizer, TokenStore(source.path))
    elif run.client is not None or (run.jobs > 1 and source.size >= _WORTH_BYTES):
        with TemporaryDirectory(prefix="genotok.", dir=run.scratch) as folder:
            words: dict[str, Any] = {"jobs": run.jobs, "client": run.client, "progress": run.progress}
            store = run.tokenizer.encode_genome([source.path], folder, **words)
            yield from read_store(run.tokenizer, store)
    else:
        reader = FastaReader(open_stdin() if source.is_stdin else source.path)
        yield from _encode_records(run.tokenizer, reader, run.progress)
        report.notes += tell_letters(reader.report)


def _encode_records(
    tokenizer: MotifTokenizer, reader: FastaReader, progress: Progress
) -> Iterator[tuple[MotifEncoding, bool]]:
    """Encode record by record, short ones searched together, long ones named block by block; whether one begins."""
    waiting: list[Dna] = []
    done = 0
    for dna in _records(reader):
        if waiting and sum(map(len, waiting)) + len(dna) > _TOGETHER:
            yield from _encode_short(tokenizer, waiting)
            waiting = []
        if len(dna) > _TOGETHER:
            yield from _encode_long(tokenizer, dna, done, progress)
        else:
            waiting.append(dna)
        done += len(dna)
        progress("encode", done, 0)
    yield from _encode_short(tokenizer, waiting)


def _encode_short(tokenizer: MotifTokenizer, records: Sequence[Dna]) -> Iterator[tuple[MotifEncoding, bool]]:
    for each in tokenizer.encode_sequences(records):
        yield each, True


def _encode_long(
    tokenizer: MotifTokenizer, dna: Dna, done: int, progress: Progress
) -> Iterator[tuple[MotifEncoding, bool]]:
    cut = tokenizer.cutter.cut_contig(dna.codes, show_progress=lambda last, _: progress("encode", done + last, 0))
    for number, block in enumerate(cut):
        codes = dna.codes[block.boundaries[0] : block.boundaries[-1]]
        yield _name_block(tokenizer, dna.name, block, known=count_known(codes)), number == 0


def _records(reader: FastaReader) -> Iterator[Dna]:
    name: str | None = None
    parts: list[Codes] = []
    for piece in reader:
        if piece.start == 0 and not len(piece.codes):  # as every record begins
            if name is not None:
                yield Dna(np.concatenate([np.empty(0, np.uint8), *parts]), name)
            name, parts = piece.name, []
        else:
            parts.append(piece.codes)
    if name is not None:
        yield Dna(np.concatenate([np.empty(0, np.uint8), *parts]), name)


def read_store(tokenizer: MotifTokenizer, store: TokenStore) -> Iterator[tuple[MotifEncoding, bool]]:
    """Yield the contigs of a store block by block, with ids, and whether a new contig begins."""
    check_store(tokenizer, store)
    for contig in range(len(store.contigs)):
        held = store.contigs[contig]
        if not held.blocks:
            yield tokenizer.encode_sequence(Dna(np.empty(0, np.uint8), held.contig.name)), True
        for number in range(len(held.blocks)):
            yield _name_block(tokenizer, held.contig.name, store.read(contig, number)), number == 0


def _name_block(tokenizer: MotifTokenizer, name: str, block: BlockBins, *, known: int | None = None) -> MotifEncoding:
    start = int(block.boundaries[0])
    ids, missed = tokenizer.ids_of(block.counts, block.is_gap)
    n_missed = int(np.count_nonzero(missed))
    backs_off = tokenizer.config.vocabulary.unknown == "backoff"
    report = BinReport(
        bases=int(block.boundaries[-1]) - start,
        known=known,
        hits=block.hits,
        bins=len(ids),
        gaps=int(np.count_nonzero(block.is_gap)),
        empty=int(np.count_nonzero((np.diff(block.counts.indptr) == 0) & ~block.is_gap)),
        missed=n_missed,
        backed_off=n_missed if backs_off else 0,
    )
    bins = MotifBins(block.boundaries - start, block.is_gap)
    return MotifEncoding(bins, block.counts, tokenizer.clusters, ids, start, name, report)


def _encode_regions(run: Run, report: EncodeReport) -> None:
    """Write the ids of regions of a genome, a row for each."""
    assert run.regions is not None, "they were asked for"
    assert run.target is not None, "regions have no continuous tokens"
    source = run.inputs[0]
    regions = read_bed(run.regions)
    is_store = Path(source.path, STORE_FILE).is_file()
    genome: Any = TokenStore(source.path) if is_store else open_stdin() if source.is_stdin else source.path
    rows = run.tokenizer.encode_regions(genome, regions, exact=run.exact)
    report.regions = len(regions)
    report.bins = BinReport(bins=len(rows.ids))
    with open_sink(run.target) as sink:
        if run.target.format == "bed":
            write_region_bed(sink, regions, rows, run.tokenizer)
            return
        writer = open_motif_writer(sink, run.tokenizer, run.target.format, rows=run.rows)
        writer.begin(Path(run.regions).name)
        writer.write(regions, rows)
        writer.end()
        writer.close()


def _fill_folder(run: Run, report: EncodeReport) -> None:
    """Write a file for each input, and the manifest."""
    target = run.target
    assert target is not None, "a folder is a target"
    assert target.path is not None, "only standard output has no path"
    digest = _options_digest(run.tokenizer, target.format)
    folder = Folder(target.path, run.shard)
    tasks = folder.plan(run.own_inputs, target.format, digest, resume=run.resume)
    with folder.open(resume=run.resume):
        for done, task in enumerate(tasks):
            sha256 = _digest(task.source)
            if task.done is not None and task.output.is_file() and task.done.sha256 == sha256:
                folder.add(task.done)
                report.kept += 1
                continue
            try:
                folder.add(_write_one(run, task, report, digest, sha256, target.path))
            except BaseException as error:
                if done:
                    error.add_note(f"{done:,} of {count(len(tasks), 'output')} whole, --resume goes on from there")
                raise
        folder.finish(run.inputs)


def _write_one(run: Run, task: Task, report: EncodeReport, options: str, sha256: str, folder: Path) -> ManifestLine:
    before = report.bins.bins
    with atomic_write(task.output) as sink:
        _write_all(run, [task.source], sink, None, report)
    bins = report.bins.bins - before
    output = task.output.relative_to(folder).as_posix()
    return ManifestLine(task.source.document, task.source.size, sha256, options, output, bins, bins)


def _digest(source: Input) -> str:
    """Return the SHA-256 of an input's stored bytes; of a store, of what it says of itself."""
    if source.is_stdin:
        return ""
    path = Path(source.path, STORE_FILE)
    sha = hashlib.sha256()
    for block in iter_blocks(str(path) if path.is_file() else source.path):
        sha.update(block)
    return sha.hexdigest()


def _options_digest(tokenizer: MotifTokenizer, format: str) -> str:  # noqa: A002  # the users' word
    """Return SHA-256 hex of all that shapes an output besides its input."""
    fitted = tokenizer.fitted
    assert fitted is not None, "a saved one is fitted"
    sha = hashlib.sha256(canonical_json([format, describe_motif_tokens(tokenizer)]).encode())
    for array in (fitted.labels, *fitted.sets):
        sha.update(array.astype("<i8").tobytes())
    return sha.hexdigest()
