"""Rows laid out in two dimensions so that like ones are near each other, and grouped by who is whose neighbour."""

import random
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.errors import ConfigError, InputError, missing_extra

Layout: TypeAlias = Literal["umap+tsne", "umap", "tsne", "pca"]
Floats: TypeAlias = NDArray[np.float64]

_LEAST = 8  # rows
_PERPLEXITY = 30.0
_TINY = 1e-12
_MANY = 2000  # rows
_SHARE, _FEW = 10, 5


@dataclass(frozen=True)
class EmbeddingConfig:
    """How rows are laid out and grouped; the defaults are the paper's.

    Principal ``components`` are scaled to variance 1 and laid out by UMAP (cosine, ``near`` neighbours), from which
    t-SNE starts ('umap+tsne'); 'umap', 'tsne' and 'pca' stop at, or begin with, what they name. Louvain's communities
    of the graph of ``neighbours`` nearest are groups, those of ``subneighbours`` nearest inside each are subgroups.
    """

    layout: Layout = "umap+tsne"
    components: int = 180
    near: int = 15
    neighbours: int = 320
    subneighbours: int = 80
    seed: int = 0

    def __post_init__(self) -> None:
        if self.layout not in get_args(Layout):
            raise ConfigError(f"layout={self.layout!r}", hint=", ".join(get_args(Layout)))
        for name, least in (("components", 2), ("near", 2), ("neighbours", 1), ("subneighbours", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=f"{least} or more")


@dataclass(frozen=True, eq=False)
class Embedding:
    """Where n rows lie, float64 (n, 2), their ``groups`` and ``subgroups``, int32 (n,), the largest group first.

    Subgroups count within their group. ``modularity`` is that of the groups in the graph of neighbours: 0 for groups no
    denser than by chance. ``libraries`` are those that did it, with versions.
    """

    places: Floats
    groups: Ids
    subgroups: Ids
    modularity: float
    config: EmbeddingConfig
    libraries: dict[str, str]

    @property
    def sizes(self) -> list[int]:
        """How many rows each group has."""
        return [int(each) for each in np.bincount(self.groups).tolist()]

    def to_dict(self) -> dict[str, Any]:
        """Return what was done and found, without the rows."""
        subgroups = [int(self.subgroups[self.groups == each].max()) + 1 for each in range(len(self.sizes))]
        found = {"rows": len(self.groups), "groups": self.sizes, "subgroups": subgroups, "modularity": self.modularity}
        return found | {"settings": asdict(self.config), "libraries": self.libraries}


def embed(rows: NDArray[Any], config: EmbeddingConfig | None = None) -> Embedding:
    """Lay out n rows, (n, C), and group them (extra ``[motif]``); equal seeds and libraries give equal places.

    Rows that are all alike have nothing to be laid out by, and raise InputError, as fewer than 8 do.
    """
    config = config or EmbeddingConfig()
    if np.ndim(rows) != 2 or len(rows) < _LEAST:
        raise InputError(f"rows of {np.shape(rows)} are too few to lay out", hint=f"{_LEAST} at least; filter less")
    values = np.asarray(rows, dtype=np.float64)
    if not (values.std(axis=0) > _TINY).any():
        raise InputError("all rows are alike", hint="take more of them, or other settings")
    _load("igraph", "igraph")  # first, as all that is missing should be told before work is done
    with _load("threadpoolctl", "scikit-learn").threadpool_limits(1):  # more add numbers up in another order
        parts = _components(values, config)
        places, libraries = _lay_out(parts, config)
        groups, modularity = find_groups(parts, config.neighbours, seed=config.seed)
        subgroups = np.zeros(len(groups), dtype=np.int32)
        for each in range(int(groups.max()) + 1):
            inside = np.flatnonzero(groups == each)
            subgroups[inside], _ = find_groups(parts[inside], config.subneighbours, seed=config.seed)
    used = {name: version(name) for name in ("scikit-learn", *libraries, "igraph")}
    return Embedding(places, groups, subgroups, modularity, config, used)


def _components(values: Floats, config: EmbeddingConfig) -> Floats:
    """Return the leading principal components, each of variance 1."""
    decomposition: Any = _load("sklearn.decomposition", "scikit-learn")
    wanted = min(config.components, *values.shape, len(values) - 1)
    found = decomposition.PCA(wanted, svd_solver="full").fit_transform(values)
    spread = found.std(axis=0)
    kept: Floats = found[:, spread > _TINY * max(float(spread[0]), _TINY)]
    scaled: Floats = kept / kept.std(axis=0)
    return scaled


def _lay_out(parts: Floats, config: EmbeddingConfig) -> tuple[Floats, tuple[str, ...]]:
    """Return places in two dimensions, and the packages beside scikit-learn that made them."""
    if parts.shape[1] == 1:
        return np.concatenate([parts, np.zeros_like(parts)], axis=1), ()
    start, used = parts[:, :2], tuple[str, ...]()
    if "umap" in config.layout:
        start, used = _by_umap(parts, config), ("umap-learn",)
    if "tsne" in config.layout:
        start, used = _by_tsne(parts, start, config), (*used, "openTSNE")
    return np.asarray(start, dtype=np.float64), used


def _by_umap(parts: Floats, config: EmbeddingConfig) -> Floats:
    return lay_out_umap(parts, near=config.near, seed=config.seed)


def lay_out_umap(parts: Floats, *, near: int, seed: int, metric: Literal["cosine", "euclidean"] = "cosine") -> Floats:
    """Lay out n rows, (n, d), by UMAP, of ``near`` neighbours: float (n, 2); equal seeds give equal places."""
    library: Any = _load("umap", "umap-learn")
    near = min(near, len(parts) - 1)
    start = "spectral" if len(parts) > 4 * near else "pca"  # few rows have no spectrum to begin with
    layer = library.UMAP(n_neighbors=near, metric=metric, init=start, random_state=seed, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of the graph that do not meet, which groups tell
        found: Floats = layer.fit_transform(parts)
    return found


def _by_tsne(parts: Floats, start: Floats, config: EmbeddingConfig) -> Floats:
    library: Any = _load("openTSNE", "openTSNE")
    layer = library.TSNE(
        perplexity=min(_PERPLEXITY, (len(parts) - 1) / 3),
        initialization=start / max(float(start[:, 0].std()), _TINY) * 1e-4,  # as t-SNE wants what it starts from
        neighbors="exact",
        negative_gradient_method="fft" if len(parts) >= _MANY else "bh",  # the first costs the same for few rows
        random_state=config.seed,
        n_jobs=1,
    )
    return np.asarray(layer.fit(parts), dtype=np.float64)


def find_groups(values: Floats, neighbours: int, *, seed: int = 0) -> tuple[Ids, float]:
    """Return Louvain's communities of the graph of nearest neighbours, the largest first, and their modularity.

    Of few rows, n, at most n / 10 are neighbours, but 5: where all are each other's, there are no groups.
    """
    library: Any = _load("igraph", "igraph")
    neighbors: Any = _load("sklearn.neighbors", "scikit-learn")
    n = len(values)
    if n < 3:
        return np.zeros(n, dtype=np.int32), 0.0
    nearest = min(neighbours, max(n // _SHARE, _FEW), n - 1)
    search = neighbors.NearestNeighbors(n_neighbors=nearest).fit(values)
    near = search.kneighbors(return_distance=False)
    one, two = np.repeat(np.arange(n, dtype=np.int64), np.intp(nearest)), near.ravel().astype(np.int64)
    keys = np.unique(np.minimum(one, two) * n + np.maximum(one, two))  # each pair once
    edges = np.stack([keys // n, keys % n], axis=1)
    graph = library.Graph(n=n, edges=edges)
    library.set_random_number_generator(random.Random(seed))  # noqa: S311  # Louvain's order, no secret
    try:
        found = graph.community_multilevel()
    finally:
        library.set_random_number_generator(random)
    labels = np.array(found.membership, dtype=np.int32)
    sizes = np.bincount(labels).astype(np.int64)
    firsts = np.unique(labels, return_index=True)[1]
    ranks = np.empty(len(sizes), dtype=np.int32)
    ranks[np.lexsort((firsts, -sizes))] = np.arange(len(sizes), dtype=np.int32)
    return ranks[labels], float(found.modularity)


def leading_columns(rows: NDArray[Any], groups: Ids, *, most: int = 5) -> list[list[int]]:
    """List for each group the columns whose mean is furthest above that of all other rows, the furthest first."""
    values = np.asarray(rows, dtype=np.float64)
    total, found = values.sum(axis=0, dtype=np.float64), []
    for each in range(int(groups.max(initial=-1)) + 1):
        inside = groups == each
        own, n = values[inside].sum(axis=0, dtype=np.float64), int(np.count_nonzero(inside))
        above = own / n - (total - own) / max(len(values) - n, 1)
        order: Sequence[int] = np.argsort(-above, kind="stable")[:most].tolist()
        found.append([column for column in order if above[column] > 0])
    return found


def _load(name: str, package: str) -> Any:
    """Import a module of the extra; all that are asked for stand here."""
    try:
        match name:
            case "igraph":
                return import_module("igraph")
            case "umap":
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ImportWarning)  # of the parts that need another library
                    return import_module("umap")
            case "threadpoolctl":  # which scikit-learn itself needs
                return import_module("threadpoolctl")
            case "sklearn.decomposition":
                return import_module("sklearn.decomposition")
            case "openTSNE":
                return import_module("openTSNE")
            case _:
                return import_module("sklearn.neighbors")
    except ImportError:
        raise missing_extra("motif", package) from None
