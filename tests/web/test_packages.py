"""Packages that are loaded when they are needed: never before, once, and they work."""

import re

import pytest

from web import native
from web.app import App

ENGINE = "import(document.querySelector('script[src$=\"start.js\"]').src).then(({engine}) => engine)"
LOAD = f"""names => {ENGINE}.then((engine) => engine.call("load_packages", [names]))
  .then(() => "loaded", ({{failure: {{code, message}}}}) => `${{code}}: ${{message}}`)"""
PARQUET = f"""text => {ENGINE}.then(async (engine) => {{
  const {{value: {{handle}}}} = await engine.call("open_file", [new File([text], "q.bed"), {{}}]);
  const {{value: {{name, blob}}}} = await engine.call("export", [[handle], "parquet", {{}}, {{}}]);
  await engine.call("forget", [handle]);
  return [name, [...new Uint8Array(await blob.arrayBuffer())]];
}})"""
BUNDLE = re.compile(r"/arro3-[\d.]+\.zip\.xz$")


@pytest.fixture
def bare(browser, site):
    """The page in a new profile, ready, without its service worker."""
    app = App(browser.new_context(service_workers="block"), site).open().ready()
    app.expected.append("registration blocked")
    yield app
    troubles = app.troubles()
    app.close()
    assert troubles == []


def asked_for(app):
    return [url for url in app.requests if BUNDLE.search(url)]


def test_packages_come_when_they_are_asked_for(bare, tmp_path):
    """Nothing is fetched before, then one bundle once; and Arrow writes the bytes of the command line."""
    bare.drop(kept_bed=b"chr1\t5\t9\n").done("kept.bed")  # an engine with nothing to do might start anew in between
    assert asked_for(bare) == []
    assert bare.page.evaluate(LOAD, ["arro3-io"]) == "loaded"
    assert bare.page.evaluate(LOAD, ["arro3-core", "arro3-io"]) == "loaded"
    assert len(asked_for(bare)) == 1
    text = "".join(f"chr1\t{start}\t{start + 500}\n" for start in range(203_000_000, 203_500_000, 1000)).encode()
    (tmp_path / "q.bed").write_bytes(text)
    target = tmp_path / "q.bed.parquet"
    expected = native.run_cli(native.universe_file(tmp_path), tmp_path / "q.bed", target, "--format", "parquet")
    name, content = bare.page.evaluate(PARQUET, text.decode())
    assert (name, bytes(content)) == ("q.bed.parquet", expected)


def test_unknown_packages_are_refused(app):
    """A name that the build does not list is no reason to look elsewhere."""
    app.kept()  # until then the service worker gathers its files
    before = len(app.requests)
    assert app.page.evaluate(LOAD, ["pandas"]) == "InputError: This page has no package pandas"
    assert app.requests[before:] == []


def test_a_bundle_that_did_not_come_can_be_asked_for_again(bare):
    """A failed download is told, and the next call begins anew."""
    bare.expected.append("404")
    bare.context.route(BUNDLE, lambda route: route.fulfill(status=404, body=""))
    assert "damaged or missing: arro3" in bare.page.evaluate(LOAD, ["arro3-core"])
    bare.context.unroute(BUNDLE)
    assert bare.page.evaluate(LOAD, ["arro3-core"]) == "loaded"
