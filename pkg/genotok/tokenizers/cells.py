"""Single cells: the calls that turn fragment files and AnnData into the tokens of each cell."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from genotok.tokenizers.calls import Calls
from genotok.tokenizers.config import Unmatched, check_setting
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.reports import EncodeReport
from genotok.values.universe import Universe

if TYPE_CHECKING:  # a page that starts reads no cells, so that these load with the first call
    from genotok.io.sources import Source
    from genotok.tokenizers.fragments import Barcodes, CellLines, FragmentTokens, Renames, Weight
    from genotok.values.cells import CellMatrix, CellReport, CellTokens


class Cells(Calls, ABC):
    """A tokenizer's calls for single cells, on top of those for documents."""

    universe: Universe

    @abstractmethod
    def encode_rows(self, regions: Any, *, unmatched: Unmatched | None = None, sort: bool | None = None) -> RaggedIds:
        """Return a row of ids for each region; each tokenizer knows its own."""

    @abstractmethod
    def report_rows(self, regions: Regions, rows: RaggedIds) -> EncodeReport:
        """Count what `encode_rows` found."""

    def tokenize_fragments(
        self,
        path: "Source",
        *,
        unmatched: Unmatched | None = None,
        barcodes: "Barcodes | None" = None,
        min_fragments: int = 0,
        rename_chroms: "Renames | None" = None,
    ) -> "CellTokens":
        r"""Tokenize a fragment file (chrom, start, end, barcode[, count, ..]) into one row of ids for each cell.

        ``path`` is a path or a binary file, plain, gzip or bgzip by content. Cells stand by first appearance, ids in
        line order, repeats kept. ``unmatched`` as for `encode_rows` ('unk' gives gtars' lists, None the tokenizer's
        setting); ``barcodes`` keeps those of a collection, or of a text file with one a line: the rows then stand in
        its order, and a barcode without lines has an empty row. ``min_fragments`` leaves out cells with fewer lines.
        ``rename_chroms`` maps names to those of the universe, 'auto' finds how (``1`` -> ``chr1``). Faults raise
        FragmentError with their line.

        >>> from io import BytesIO
        >>> from genotok import IntervalTokenizer, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> lines = BytesIO(b"chr1\t5\t15\tAAAC-1\t1\nchr1\t40\t50\tAAAC-1\t2\nchr1\t19\t30\tCCGT-1\t1\n")
        >>> tokenizer.tokenize_fragments(lines).to_dict()
        {'AAAC-1': [0], 'CCGT-1': [0]}
        """
        from genotok.tokenizers.fragments import tokenize_fragments  # late: as above

        lines = self._lines(path, unmatched, barcodes=barcodes, rename_chroms=rename_chroms)
        return tokenize_fragments(lines, min_fragments=min_fragments, vocab_size=self.vocab_size)

    def iter_fragments(
        self, path: "Source", *, unmatched: Unmatched | None = None, block_bytes: int = 2**24
    ) -> "Iterator[FragmentTokens]":
        r"""Yield (barcodes, codes, tokens) of a fragment file block by block; memory does not grow with the file.

        ``barcodes`` (k,) are those of the block, ``codes`` int32 (n,) index them, ``tokens`` has a row for each line.

        >>> from io import BytesIO
        >>> from genotok import IntervalTokenizer, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> for block in tokenizer.iter_fragments(BytesIO(b"chr1\t5\t15\tAAAC-1\nchr1\t40\t50\tCCGT-1\n")):
        ...     block.barcodes.tolist(), block.codes.tolist(), block.tokens.to_lists()
        (['AAAC-1', 'CCGT-1'], [0, 1], [[0], []])
        """
        from genotok.tokenizers.fragments import iter_fragments  # late: as above

        return iter_fragments(self._lines(path, unmatched), block_bytes)

    def count_fragments(
        self,
        path: "Source",
        *,
        weight: "Weight" = "lines",
        barcodes: "Barcodes | None" = None,
        min_fragments: int = 0,
        rename_chroms: "Renames | None" = None,
    ) -> "CellMatrix":
        r"""Count how often each token occurs in each cell of a fragment file; lines without a hit count nowhere.

        ``weight='lines'`` (default) counts each line once, 'count' as often as its fifth column says. Memory grows with
        the non-zero counts, not with the file. The rest is as for `tokenize_fragments`.

        >>> from io import BytesIO
        >>> from genotok import IntervalTokenizer, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> lines = b"chr1\t5\t15\tAAAC-1\t3\nchr1\t12\t50\tAAAC-1\t2\n"
        >>> [tokenizer.count_fragments(BytesIO(lines), weight=each).data.tolist() for each in ("lines", "count")]
        [[2], [5]]
        """
        from genotok.tokenizers.fragments import check_weight, count_fragments  # late: as above

        check_weight(weight)
        counts = weight == "count"
        lines = self._lines(path, "drop", barcodes=barcodes, rename_chroms=rename_chroms, counts=counts)
        return count_fragments(lines, min_fragments=min_fragments, vocab_size=self.vocab_size)[0]

    def _lines(self, path: "Source", unmatched: Unmatched | None, **options: Any) -> "CellLines":
        from genotok.tokenizers.fragments import CellLines  # late: as above

        policy = self.config.unmatched if unmatched is None else unmatched
        check_setting("unmatched", policy)
        return CellLines(self, path, unmatched=policy, **options)

    def tokenize_anndata(
        self, adata: Any, *, layer: str | None = None, unmatched: Unmatched | None = None, unique: bool = False
    ) -> "CellTokens":
        """Tokenize the cells of an AnnData: a row of ids for each, those of its non-zero features in column order.

        Features are regions by the columns of ``var`` (named as those of a table), else by ``var_names``:
        ``chrom:start-end`` or ``chrom-start-end``, 0-based. Each is tokenized once. The matrix is X or a ``layer``:
        sparse, dense, or in a file (backed); its explicit zeros do not count. Repeats are kept unless ``unique``, which
        lists each token of a cell once, ascending. ``n_fragments`` of the result counts non-zero features.
        """
        from genotok.tokenizers.features import tokenize_anndata  # late: as above

        policy = self.config.unmatched if unmatched is None else unmatched
        return tokenize_anndata(self, adata, layer=layer, unmatched=policy, unique=unique)

    def count_anndata(self, adata: Any, *, layer: str | None = None) -> "CellMatrix":
        """Add up, for each cell and token, the values of the features that overlap the token's region.

        This is X · M, where M (features x tokens) is 1 where they overlap; a feature without a hit counts nowhere.
        Whole numbers are added up as int64, others in the type of X.
        """
        from genotok.tokenizers.features import count_anndata  # late: as above

        return count_anndata(self, adata, layer=layer)

    def report_anndata(self, adata: Any) -> "CellReport":
        """Count what tokenizing the features of an AnnData finds; misses never raise here."""
        from genotok.tokenizers.features import report_anndata  # late: as above

        return report_anndata(self, adata)
