"""What the features of a cell x feature table are as regions: by the columns of its annotation, or by their names."""

import re
from collections.abc import Iterable
from os import PathLike
from typing import Any

from genotok.errors import InputError
from genotok.values.bounds import Invalid
from genotok.values.frames import lacks_columns
from genotok.values.regions import Regions

_NAME = re.compile(r"(.+)[:-]([0-9]+)-([0-9]+)", re.DOTALL)
_HINT = "name features chrom:start-end or chrom-start-end, or give var the columns chrom, start and end"
_PEAKS = "keep the peaks: adata[:, adata.var['feature_types'] == 'Peaks']"  # as 10x calls them, beside genes


def is_anndata(value: object) -> bool:
    """Recognise AnnData, or what is like it, without importing it."""
    return all(hasattr(value, name) for name in ("obs_names", "var_names", "var", "X"))


def features_of(adata: Any, *, invalid: Invalid = "error") -> Regions:
    """Return the features of an AnnData as regions, 0-based half-open, in its order.

    Columns of ``var`` that name chromosome, start and end count first; else the names, ``chrom:start-end`` or
    ``chrom-start-end``, split from the right. A name that is no region raises InputError.
    """
    if not is_anndata(adata):
        file = isinstance(adata, (str, PathLike))
        cures = "of a MuData, give one modality: mdata['atac']", "anndata.read_h5ad(path, backed='r') opens it"
        raise InputError(f"{type(adata).__name__} is no AnnData", hint=cures[file])
    if not lacks_columns(adata.var):
        return Regions.from_frame(adata.var, invalid=invalid)
    kinds = set(adata.var["feature_types"]) if "feature_types" in adata.var else ()
    return _regions_of_names(adata.var_names, invalid, _PEAKS if len(kinds) > 1 and "Peaks" in kinds else _HINT)


def _regions_of_names(names: Iterable[Any], invalid: Invalid, hint: str) -> Regions:
    chroms, starts, ends = [], [], []
    for row, name in enumerate(names):
        found = _NAME.fullmatch(str(name))
        if found is None:
            raise InputError(f"the feature {str(name)[:60]!r} is no region", where=f"var_names[{row}]", hint=hint)
        chroms.append(found[1])
        starts.append(int(found[2]))
        ends.append(int(found[3]))
    return Regions.from_arrays(chroms, starts, ends, invalid=invalid)
