"""Chromosome names as two files spell them: which renaming would make them meet."""

from collections.abc import Collection

_MITOCHONDRION = ("M", "MT")


def propose_renames(names: Collection[str], like: Collection[str]) -> dict[str, str]:
    """Propose, for each name that ``like`` lacks, the spelling that ``like`` has; names without one are left out.

    The spellings tried are ``1`` <-> ``chr1``, any case of ``chr``, and ``MT`` <-> ``chrM``.

    >>> propose_renames(["1", "MT", "GL000220.1"], ["chr1", "chr2", "chrM"])
    {'1': 'chr1', 'MT': 'chrM'}
    """
    known = set(like)
    proposals = {}
    for name in names:
        found = next((other for other in _spellings(name) if other in known), None)
        if name not in known and found is not None:
            proposals[name] = found
    return proposals


def _spellings(name: str) -> list[str]:
    """List other ways to write one chromosome's name, the likeliest first."""
    bare = name[3:] if name[:3].lower() == "chr" else name
    if bare.upper() in _MITOCHONDRION:
        return ["chrM", "MT", "chrMT", "M"]
    bares = [bare, bare.upper()] if len(bare) <= 2 else [bare]  # x -> X, but never hla -> HLA
    return [f"chr{each}" for each in bares] + bares
