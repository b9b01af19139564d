"""What must be of one version on all machines of a cluster, because the bytes of an output depend on it."""

from collections.abc import Mapping
from importlib import metadata

from genotok import __version__
from genotok.errors import GenotokError
from genotok.export.writers import Format

_WRITERS: Mapping[str, tuple[str, ...]] = {"parquet": ("arro3-core", "arro3-io")}  # the others are written here

Versions = Mapping[str, str | None]


def versions_for(format: Format) -> Versions:  # noqa: A002  # the users' word
    """Return the versions of genotok and of the packages that write a format; None for one that is not there."""
    return {"genotok": __version__, **{package: _version_of(package) for package in _WRITERS.get(format, ())}}


def _version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def check_versions(wanted: Versions, here: Versions, where: str) -> None:
    """Refuse work that other versions would do differently: ``wanted`` are those of the run, ``here`` the worker's."""
    for package, version in wanted.items():
        if here.get(package) != version:
            mine = f"{package} {here[package]}" if here.get(package) else f"no {package}"
            what = f"it has {mine}, and the run that asks it to work has {version or 'none'}"
            raise GenotokError(what, where=where, hint="install one version everywhere")
