"""Inputs behind URLs: the same tokens as from files, names that stay apart, and errors that name the URL."""

import http.server
import json
import threading

import fsspec
import pytest

from cli.cellfiles import write_h5ad
from cli.desk import PEAKS
from genotok import IntervalTokenizer
from genotok.cli.inputs import name_documents
from genotok.io import remote
from genotok.io.gtu import write_gtu
from genotok.io.sources import iter_blocks

pytestmark = pytest.mark.native
FULL = ("tokenize", "-u", "u.bed", "-q")


@pytest.fixture
def memory():
    """An object store inside this process."""
    files = fsspec.filesystem("memory")
    yield files
    files.rm("/", recursive=True)


def test_a_url_gives_what_its_file_gives(desk, site):
    """Over HTTP the ids, the names and the manifest are those of local files."""
    names = desk.write_many(6)
    assert desk.here(*FULL, *names, "-o", "here").code == 0
    assert desk.here(*FULL, *(f"{site}/{name}" for name in names), "-o", "there").code == 0
    assert desk.tree("there") == desk.tree("here")
    assert desk.here(*FULL, *(f"file://{desk.folder}/{name}" for name in names), "-o", "file").code == 0
    assert desk.tree("file") == desk.tree("here")


@pytest.mark.parametrize("block", [1, 16, 49])
def test_a_server_that_gives_no_parts_is_read_through(desk, site, monkeypatch, block):
    """Not every server knows ranges; a file of several requests is then one stream, however it is cut."""
    monkeypatch.setattr(remote, "_FETCH_BYTES", block)
    url = f"{site}/q.bed"
    assert b"".join(iter_blocks(url, 7)) == PEAKS.encode()
    assert b"".join(iter_blocks(url)) == PEAKS.encode()


def test_a_universe_may_lie_behind_a_url(desk, site):
    """The tokenizer opened from a URL equals the one opened from the file."""
    assert IntervalTokenizer(f"{site}/u.bed") == IntervalTokenizer(desk.folder / "u.bed")


def test_a_command_takes_its_universe_from_a_url(desk, site):
    """As BED or compact, the output is that of the file, for one process, for several and for a cluster."""
    write_gtu(desk.folder / "u.gtu", IntervalTokenizer(desk.folder / "u.bed").universe, {})
    names = desk.write_many(3)
    args = ("tokenize", "-q", *names, "-o")
    assert desk.here(*args, "one", "-u", "u.bed").code == 0
    ways = {"bed": ("-u", f"{site}/u.bed"), "gtu": ("-u", f"{site}/u.gtu")}
    ways |= {"jobs": (*ways["gtu"], "--jobs", "2"), "dask": (*ways["gtu"], "--dask", "local")}
    for name, more in ways.items():
        found = desk.apart(*args, name, *more)
        assert (found.code, found.err) == (0, "")
        assert desk.tree(name) == desk.tree("one"), name


def test_what_needs_a_file_is_fetched(desk, site):
    """AnnData behind a URL gives what the file gives, and errors name the URL."""
    write_h5ad(desk.folder / "c.h5ad")
    args = (*FULL, "--kind", "h5ad")
    assert desk.here(*args, "c.h5ad", "-o", "one").code == 0
    assert desk.here(*args, f"{site}/c.h5ad", "-o", "many").code == 0
    assert desk.tree("many") == desk.tree("one")
    alone = desk.here("anndata", "-u", "u.bed", f"{site}/c.h5ad", "-o", "c.jsonl")
    assert (alone.code, alone.err.startswith(f"{site}/c.h5ad: ")) == (0, True)
    wrong = desk.here("anndata", "-u", "u.bed", f"{site}/q.bed", "-o", "c.jsonl")
    assert (wrong.code, wrong.err[:30]) == (1, f"error: {site}/q.bed: this is no .h5ad file"[:30])


def test_a_settings_file_behind_a_url_names_what_lies_beside_it(desk, site):
    """Its universe is the file beside it, or a URL as it is; here and there the tokenizer is the same."""
    desk.write("t/one.toml", 'universe = "../u.bed"\n[genotok]\nsort = true\n')
    desk.write("t/two.toml", f'universe = "{site}/u.bed"\n[genotok]\nsort = true\n')
    expected = IntervalTokenizer(desk.folder / "t/one.toml")
    for place in (f"{site}/t/one.toml", f"{site}/t/one.toml?x=1", f"{site}/t/two.toml", desk.folder / "t/two.toml"):
        assert IntervalTokenizer(place) == expected
    assert desk.here("tokenize", "-q", "-u", f"{site}/t/one.toml", "q.bed").out
    desk.write("wrong.toml", "universe = 3\n")
    found = desk.here("info", f"{site}/wrong.toml")
    assert found.err == f"error: {site}/wrong.toml:1: universe is 3; it must be the path of a BED file\n"


@pytest.mark.parametrize("kind", ["jsonl", "bed", "npz", "parquet"])
def test_token_files_behind_urls_are_described_and_converted(desk, site, kind):
    """As files are; a damaged one is named by its URL."""
    assert desk.here("tokenize", "-q", "-u", "u.bed", "q.bed", "--rows", "-o", f"t.{kind}").code == 0
    url = f"{site}/t.{kind}"
    here, there = desk.here("info", f"t.{kind}").out.decode(), desk.here("info", url).out.decode()
    assert there == here.replace(f"t.{kind}", url, 1)
    assert desk.here("info", f"{site}/u.bed").out.startswith(f"{site}/u.bed: universe of 4 regions".encode())
    found = desk.here("convert", url, "again.gtok")
    assert (found.code, found.err) == (0, f"{url}: 1 document, 3 tokens; written to again.gtok\n")
    desk.write("x.npz", "PK")
    for args in (["info"], ["convert", "-q"]):
        found = desk.here(*args, f"{site}/x.npz", *(["y.jsonl"] if args[0] == "convert" else []))
        assert (found.code, found.err[: len(site) + 13]) == (1, f"error: {site}/x.npz:"[: len(site) + 13])


def test_a_list_of_inputs_may_lie_behind_a_url(desk, site):
    """What it names is read from here."""
    desk.write("list.txt", "q.bed\n")
    found = desk.here(*FULL, "--from-file", f"{site}/list.txt")
    assert (found.code, found.out) == (0, b'{"id":"q.bed","input_ids":[0,1,3]}\n')


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "the server says 403 Forbidden; are there credentials for it?"),
        (404, "no such file; check the URL"),
        (503, "the server says 503 Service Unavailable; try again later, or ask whoever runs it"),
    ],
)
def test_what_a_server_answers_is_told(desk, status, words):
    """Not every refusal is a missing file."""

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(status)

        def do_HEAD(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/a.bed"
        found = desk.here(*FULL, url)
        server.shutdown()
        thread.join()
    assert (found.code, found.err) == (1, f"error: {url}: {words}\n")


def test_barcodes_may_lie_behind_a_url(desk, site):
    """Workers of a cluster find them too."""
    desk.write("f.tsv", "chr1\t18\t19\tAAA\t1\nchr2\t0\t6\tCCC\t1\n")
    desk.write("keep.txt", "CCC\n")
    args = (*FULL, "--kind", "fragments", "f.tsv", "--barcodes")
    assert desk.here(*args, "keep.txt", "-o", "one").code == 0
    assert desk.here(*args, f"{site}/keep.txt", "-o", "many", "--dask", "local").code == 0
    assert desk.tree("many") == desk.tree("one")


def test_resume_asks_the_server_again(desk, site):
    """What still fits is kept, what changed behind its URL is done again."""
    names = desk.write_many(3)
    urls = [f"{site}/{name}" for name in names]
    assert desk.here(*FULL, *urls, "-o", "out").code == 0
    desk.write(names[1], PEAKS)
    again = desk.here(*FULL[:-1], *urls, "-o", "out", "--resume", "--report", "json")
    assert json.loads(again.err)["kept"] == ["d0/f000.bed", "d2/f002.bed"]
    assert desk.here(*FULL, *names, "-o", "fresh").code == 0
    assert desk.tree("out") == desk.tree("fresh")


def test_a_star_stands_for_many(desk, memory):
    """A pattern gives the URLs that fit, sorted; one that fits none is a mistake of the command line."""
    for name in ("b.bed", "a.bed", "c.txt"):
        memory.pipe(f"/lab/{name}", PEAKS.encode())
    found = desk.here(*FULL, "memory://lab/*.bed")
    assert [json.loads(line)["id"] for line in found.out.splitlines()] == ["a.bed", "b.bed"]
    none = desk.here(*FULL, "memory://lab/*.narrowPeak")
    assert (none.code, none.err) == (2, "error: nothing fits memory://lab/*.narrowPeak; see genotok tokenize --help\n")


def test_fragments_may_lie_behind_a_url(desk, memory):
    """Cells come from a URL as from a file."""
    lines = "chr1\t18\t19\tAAA\t1\nchr2\t0\t6\tCCC\t1\n"
    memory.pipe("/lab/f.tsv", lines.encode())
    desk.write("f.tsv", lines)
    args = (*FULL, "--kind", "fragments")
    assert desk.here(*args, "memory://lab/f.tsv").out == desk.here(*args, "f.tsv").out != b""


@pytest.mark.parametrize(
    ("urls", "names"),
    [
        (["s3://b/x/a.bed", "s3://b/y/a.bed"], ["x/a.bed", "y/a.bed"]),
        (["s3://b/a.bed", "gs://b/a.bed"], ["s3/b/a.bed", "gs/b/a.bed"]),
        (["https://h/a%20b.bed?token=x/y"], ["a b.bed"]),
        (["http://h/a/../../../etc/b.bed", "http://h/c.bed"], ["etc/b.bed", "c.bed"]),
    ],
)
def test_documents_are_named_by_scheme_host_and_path(urls, names):
    """Names stay apart where URLs do, carry no query, and never climb out of the output folder."""
    assert [each.document for each in name_documents(urls)] == names


def test_a_missing_file_names_its_url(desk, site):
    """404 reads like a missing file; a server that is not there, and a scheme that nobody opens, say so."""
    missing = desk.here(*FULL, f"{site}/none.bed")
    assert (missing.code, missing.err) == (1, f"error: {site}/none.bed: no such file; check the URL\n")
    dead = desk.here(*FULL, "http://127.0.0.1:9/a.bed")
    assert dead.code == 1
    assert dead.err.startswith("error: http://127.0.0.1:9/a.bed: ")
    assert dead.err.endswith("; can this machine reach it?\n")
    odd = desk.here(*FULL, "gopher://h/a.bed")
    assert odd.code == 1
    assert odd.err.startswith("error: gopher://h/a.bed: Protocol not known: gopher")
    broken = desk.here(*FULL, "http://[h/a.bed")
    assert (broken.code, broken.err) == (1, "error: http://[h/a.bed: this is no URL (Invalid IPv6 URL); check it\n")


def test_without_fsspec_the_extra_is_named(desk, monkeypatch):
    """A URL without the extra is one line with the pip command and exit code 4."""
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    found = desk.here(*FULL, "s3://bucket/a.bed")
    message = "error: fsspec, which opens URLs, is not installed; pip install 'genotok[dask]'\n"
    assert (found.code, found.err) == (4, message)


def test_a_url_is_no_place_for_output(desk):
    """Nobody gets a local folder called s3:."""
    found = desk.here(*FULL, "q.bed", "-o", "s3://bucket/out/")
    assert found.code == 2
    assert found.err.startswith("error: s3://bucket/out/ is a URL, and output goes to files;")


@pytest.mark.parametrize("block_bytes", [1, 7, 2**20])
def test_blocks_of_a_url_join_to_its_bytes(memory, block_bytes):
    """Whatever the block, the bytes are those stored."""
    memory.pipe("/x", b"0123456789" * 9)
    assert b"".join(iter_blocks("memory://x", block_bytes)) == b"0123456789" * 9


def test_sizes_are_asked_for_together(memory):
    """The total is known where every server tells; one that fails makes it unknown, which is 0."""
    memory.pipe("/x", b"123")
    memory.pipe("/y", b"45")
    assert remote.total_size(["memory://x", "memory://y"]) == 5
    assert remote.total_size(["memory://x", "memory://none"]) == 0
    assert remote.size_of_url("memory://y") == 2
