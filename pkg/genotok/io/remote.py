"""Inputs that lie elsewhere: URLs of whatever fsspec reads (http, s3, gs ..), through the ``[dask]`` extra."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from genotok.errors import InputError, MissingExtraError, missing_extra

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://.")  # two letters at least: C:// is a drive
_FETCH_BYTES = 2**22  # of one request, where a server gives parts
_SILENCE_SECONDS = 300


def is_url(text: str) -> bool:
    """Tell a URL from a path; a file whose name looks like a URL is still to be had as ``./s3://..``.

    >>> is_url("s3://bucket/peaks.bed"), is_url("data/peaks.bed"), is_url("chr1:5-9")
    (True, False, False)
    """
    return _URL.match(text) is not None


def is_web(url: str) -> bool:
    """Tell URLs of web servers from those of stores."""
    return url.lower().startswith(("http://", "https://"))


def place_of(url: str) -> str:
    """Return a URL as an absolute path that begins with its scheme and its host; of the web without what is secret.

    >>> place_of("https://me:word@host/a%20b/peaks.bed?token=1"), place_of("s3://bucket/a/peaks.bed")
    ('/https/host/a b/peaks.bed', '/s3/bucket/a/peaks.bed')
    """
    from posixpath import normpath  # these three here, because most runs see no URL
    from urllib.parse import unquote, urlsplit

    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if is_web(url):
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise InputError(f"this is no URL ({error})", path=url, hint="check it") from None
        host, path = parts.netloc.rpartition("@")[2], unquote(parts.path)
    return normpath(f"/{scheme.lower()}/{host}") + normpath(f"/{path.lstrip('/')}")  # no .. leads out of a host


def place_beside(place: str, name: str) -> str:
    """Return what ``name`` means in a file at ``place``: a URL as it is, else a path from the folder of that.

    >>> place_beside("https://host/a/t.toml?token=1", "u.bed"), place_beside("s3://b/t.toml", "https://host/u.bed")
    ('https://host/a/u.bed', 'https://host/u.bed')
    """
    from os.path import dirname, join  # here, as above

    if is_url(name):
        return name
    if not is_url(place):
        return join(dirname(place), name)  # noqa: PTH118, PTH120  # text in, text out
    start = place.partition("?")[0] if is_web(place) else place
    return f"{start.rpartition('/')[0]}/{name}"


def has_ending(place: str, ending: str) -> bool:
    """Tell if a path, or a URL whatever its query, ends in ``ending``, in lower case."""
    return (place_of(place) if is_url(place) else place).lower().endswith(ending)


def open_url(url: str) -> BinaryIO:
    """Open a URL for reading from its begin to its end.

    Raises FileNotFoundError or another OSError that names the URL, and MissingExtraError without what it needs.
    """
    with _told(url):
        files, path = _files(url)
        return cast(BinaryIO, _Reader(files.open(path, "rb", block_size=_FETCH_BYTES), url))


def size_of_url(url: str) -> int | None:
    """Return how many bytes stand behind a URL, None where its server does not say; errors as `open_url`."""
    with _told(url):
        files, path = _files(url)
        size: int | None = files.size(path)
        return size


def list_urls(pattern: str) -> list[str]:
    """Return the URLs that a pattern with ``*`` stands for, sorted; none where nothing fits. Errors as `open_url`."""
    with _told(pattern):
        files, path = _files(pattern)
        return sorted(files.unstrip_protocol(each) for each in files.glob(path))


def total_size(urls: Iterable[str]) -> int:
    """Return the bytes behind all URLs, asked for side by side; 0, which says not known, if one does not tell."""
    places: dict[int, tuple[Any, list[str]]] = {}
    for url in urls:
        with _told(url):
            files, path = _files(url)
        places.setdefault(id(files), (files, []))[1].append(path)
    try:
        sizes = [size for files, paths in places.values() for size in files.sizes(paths)]
    except Exception:  # whoever reads the input will say what is wrong with it
        return 0
    return 0 if None in sizes else sum(sizes)


class _Reader:
    """A remote file whose failures are OSErrors that name it.

    A web server may turn out to give no parts of a file, but the whole: it is then read as one stream.
    """

    def __init__(self, file: BinaryIO, url: str) -> None:
        self._file, self.name = file, url
        self._read = 0
        self._may_stream = is_web(url)

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes."""
        with _told(self.name):
            try:
                data = self._file.read(size)
            except ValueError:
                if not self._may_stream:
                    raise
                self._stream()
                data = self._file.read(size)
        self._read += len(data)
        return data

    def _stream(self) -> None:
        """Ask for the whole file, and go on behind what was read."""
        self._may_stream = False
        files, path = _files(self.name)
        patience = import_module("aiohttp").ClientTimeout(total=None, sock_read=_SILENCE_SECONDS)  # not 5 min in all
        chosen = {**files.storage_options, "client_kwargs": {**files.client_kwargs, "timeout": patience}}
        self._file.close()
        self._file = type(files)(**chosen).open(path, "rb", block_size=0)
        left = self._read
        while left:
            skipped = len(self._file.read(min(left, _FETCH_BYTES)))
            if not skipped:
                raise OSError("it is shorter than before")
            left -= skipped

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()


def _files(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the URL as that knows it."""
    try:
        core = import_module("fsspec.core")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("dask", "fsspec, which opens URLs,") from None
    files, path = core.url_to_fs(url)
    return files, str(path)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what fsspec and the libraries below it raise into errors that name the URL."""
    try:
        yield
    except MissingExtraError:
        raise
    except FileNotFoundError as error:
        if isinstance(error.__cause__, OSError):  # what fsspec says of a web server that is not there
            raise OSError(f"{url}: {_words(error.__cause__)}; can this machine reach it?") from None
        raise _refused(url, error.__cause__) from None
    except PermissionError as error:
        raise PermissionError(f"{url}: {_words(error)}; are there credentials for it?") from None
    except ImportError as error:  # fsspec says which package opens such URLs
        cure = "pip install 'genotok[dask]'" if url.startswith("http") else "pip install what it names"
        raise MissingExtraError(_words(error), where=url, hint=cure) from None
    except Exception as error:  # aiohttp and botocore have their own kinds; to a user all are a file not read
        raise OSError(f"{url}: {_words(error)}; can this machine reach it?") from None


def _refused(url: str, cause: BaseException | None) -> OSError:
    """Tell what a web server answered from what is not there: fsspec calls both a missing file."""
    status = getattr(cause, "status", 404)
    answer = f"{url}: the server says {status} {getattr(cause, 'message', '')}".rstrip()
    if status in (401, 403):
        return PermissionError(f"{answer}; are there credentials for it?")
    if status in (404, 410):
        return FileNotFoundError(f"{url}: no such file; check the URL")
    return OSError(f"{answer}; try again later, or ask whoever runs it")


def _words(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
