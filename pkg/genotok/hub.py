"""Saved tokenizers from the model hub: only the files that are read are fetched."""

from collections.abc import Callable
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

from genotok.errors import HubError, missing_extra
from genotok.io.folder import JSON_FILE, TOML_FILE, UNIVERSE_FILES


def fetch_folder(
    name: str,
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | PathLike[str] | None = None,
    local_files_only: bool = False,
) -> Path:
    """Fetch a saved interval tokenizer from the hub, or find it in the cache; return its folder there."""
    options = {"token": token, "cache_dir": cache_dir, "local_files_only": local_files_only}
    return fetch_files(name, UNIVERSE_FILES, (TOML_FILE, JSON_FILE), revision=revision, **options)


def fetch_files(
    name: str, one_of: tuple[str, ...], others: tuple[str, ...], *, revision: str | None = None, **options: Any
) -> Path:
    """Fetch the first of some files that a repository holds, and the others that it holds; return their folder.

    All files are of one commit, even if the repository changes meanwhile. A hub that can't be reached, a repository,
    revision or file that isn't there, and a missing permission raise HubError.
    """
    try:
        client: Any = import_module("huggingface_hub")  # an extra, and only repository names need it
        errors: Any = import_module("huggingface_hub.errors")
    except ImportError:
        raise missing_extra("hub", "huggingface_hub") from None

    def fetch(file: str, commit: str | None) -> Path | None:
        return _fetch(client, errors, name, file, commit, options)

    found = _first_of(one_of, fetch, revision)
    if found is None:
        raise HubError(f"the repository holds no {' or '.join(one_of)}", where=name, hint="check the name")
    commit = found.parent.name  # the cache keeps each commit in a folder of that name
    for file in others:
        fetch(file, commit)
    return found.parent


def _first_of(
    files: tuple[str, ...], fetch: Callable[[str, str | None], Path | None], revision: str | None
) -> Path | None:
    for file in files:
        path = fetch(file, revision)
        if path is not None:
            return path
    return None


def _fetch(
    client: Any, errors: Any, name: str, file: str, revision: str | None, options: dict[str, Any]
) -> Path | None:
    """Fetch one file; None if the repository is known not to hold it."""
    try:
        return Path(client.hf_hub_download(name, file, revision=revision, **options))
    except errors.LocalEntryNotFoundError as error:  # not reached, or not asked; also an EntryNotFoundError
        cached = client.try_to_load_from_cache(name, file, cache_dir=options["cache_dir"], revision=revision)
        if cached is not None and not isinstance(cached, str):
            return None  # the cache remembers that the file is absent
        hint = "connect once, or pass the path of a folder"
        what = f"{file} is not in the cache, and the hub was not reached"
        raise HubError(what, where=name, hint=hint) from error
    except errors.EntryNotFoundError:
        return None
    except errors.GatedRepoError as error:
        hint = "ask for access on its page, and pass token="
        raise HubError("the repository needs a permission", where=name, hint=hint) from error
    except errors.RepositoryNotFoundError as error:
        hint = "check the name; a private repository needs token="
        raise HubError("the hub knows no such repository", where=name, hint=hint) from error
    except errors.RevisionNotFoundError as error:
        raise HubError(f"there is no revision {revision!r}", where=name, hint="name a branch, tag or commit") from error
    except Exception as error:  # whatever its HTTP library, the cache's disk or a malformed name make of it
        first = str(error).strip().partition("\n")[0] or type(error).__name__
        raise HubError(f"{file} could not be fetched ({first})", where=name, hint="try again later") from error
