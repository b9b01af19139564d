"""The page is there without a network, from any folder of any host, and a new version waits for the user."""

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from web.app import SCREEN, App
from web.conftest import ROOT, served
from web.host import Host

PEAK = b"chr1\t203327425\t203327695\n"
TOKENS = "2"  # on the default universe
OUTCOME = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  while (found.installing) await new Promise((resolve) => setTimeout(resolve, 20));
  return found.waiting ? "a version waits" : "nothing waits";
}"""
KEYS = """async () => {
  const found = {};
  for (const name of await caches.keys()) found[name] = (await (await caches.open(name)).keys()).map(({url}) => url);
  return found;
}"""

OTHER_FILE = """async () => {
  const app = document.querySelector("script[src$='app.js']").src;
  return (await fetch(app.replace("app.js", "assets/NOTICE.txt"))).ok;
}"""


class Tab(App):
    """A tab among several: long tasks, which the browser can watch in one tab only, are left to other tests."""

    def ready(self):
        self.page.get_by_text(re.compile("^Ready")).wait_for()
        self.page.get_by_role("definition").filter(has_text=re.compile(r"^[\d,]+ ids$")).wait_for()
        return self


@pytest.fixture
def host(dist, tmp_path):
    """A copy of the site that a test may change, on a server of its own."""
    folder = tmp_path / "host"
    shutil.copytree(dist, folder)
    host = Host(folder).start()
    yield host
    host.stop()


@pytest.fixture
def profile(browser):
    """A browser profile that keeps what it stores until the test ends."""
    context = browser.new_context(viewport=SCREEN)
    yield context
    context.close()


def tokenized(app):
    """Tokenize one peak with the page; give what its row says of tokens."""
    app.drop(q_bed=PEAK).done("q.bed")
    return app.listed("q.bed")["Tokens"]


def deploy(host, name="0123456789ab", heading="A newer page."):
    """Put another version in the place of the one that is served, as a deployment does."""
    (app,) = (host.root / "a").iterdir()
    for path in ("index.html", "sw.js", "manifest.webmanifest"):
        text = (host.root / path).read_text().replace(f"a/{app.name}", f"a/{name}")
        (host.root / path).write_text(re.sub(r'<h1 id="headline">.*?</h1>', f'<h1 id="headline">{heading}</h1>', text))
        for twin in (".gz", ".br"):
            (host.root / (path + twin)).unlink(missing_ok=True)
    app.rename(app.with_name(name))


def test_offline_second_visit(profile, host):
    """With the server switched off, the page opens again and tokenizes."""
    first = Tab(profile, host.url).open().ready().kept()
    assert first.troubles() == []
    first.page.close()
    host.stop()
    second = Tab(profile, host.url).open().ready()
    assert tokenized(second) == TOKENS
    assert second.troubles() == []
    second.page.reload()
    second.ready().drop(q_bed=PEAK).done("q.bed")


def test_only_files_of_the_build_are_kept(profile, host, dist):
    """The cache holds the page, its manifest and what the start needs of the build: nothing else, nothing later."""
    app = Tab(profile, host.url).open().ready().kept()
    tokenized(app)
    app.page.evaluate("fetch('manifest.json?x').then((response) => response.text())")
    manifest = json.loads((dist / "manifest.json").read_text())
    (build,) = dist.glob("a/*/build.json")
    files = json.loads(build.read_text())["files"]
    later = {Path(path).name for path, fact in files.items() if fact.get("later")}
    assert "hg19-blood-atac.gtu" in later
    assert "hg38-ctcf.bed.gz" in later
    assert "hg38-ensembl-regulatory.gtu" not in later
    ((name, urls),) = app.page.evaluate(KEYS).items()
    assert name == f"genotok {host.url} {manifest['app'].rstrip('/')}"
    paths = {url.removeprefix(host.url) for url in urls}
    wanted = {"", "manifest.webmanifest"}
    for path, fact in manifest["files"].items():
        if path.startswith(("a/", "e/")) and Path(path).name not in later:
            wanted.add(path + ".gz" * bool(fact.get("gzip")))
    assert paths == wanted


def test_everything_is_kept_when_asked(profile, host):
    """After Keep everything offline the other universe and the samples open without a network, too."""
    app = Tab(profile, host.url).open().ready().kept()
    app.offline_line().get_by_role("button", name="Keep everything offline").click()
    app.offline_line().filter(has_text="Everything is kept").wait_for()
    host.stop()
    app.page.reload()
    app.ready()
    app.page.get_by_role("radio", name=re.compile("hg19")).check()
    app.page.get_by_role("definition").filter(has_text=re.compile(r"^451,29\d ids$")).wait_for()
    assert tokenized(app) == "0"
    app.offline_line().filter(has_text="Everything is kept").wait_for()  # the wish is remembered, and fulfilled
    assert app.troubles() == []


def test_what_was_not_kept_says_that_it_needs_the_network(browser, site):
    """Without a network a sample or universe that was never used says so and changes nothing; with one, Retry helps."""
    context = browser.new_context(service_workers="block")
    app = App(context, site).open().ready()
    app.expected += ["registration blocked", "ERR_FAILED"]
    context.route("**/hg19-*", lambda route: route.abort())
    radio = app.page.get_by_role("radio", name=re.compile("hg19"))
    sample = app.page.get_by_role("button", name=re.compile("^Try CTCF peaks, skin"))
    sample.click()
    app.page.get_by_role("status").get_by_text(
        re.compile(r"^Not here yet: .*, which needs the network once\.")
    ).wait_for()
    assert not radio.is_checked()
    assert app.page.get_by_role("table", name="Files").count() == 0
    radio.click()
    alert = app.page.get_by_role("alert").filter(
        has_text="Not here yet: hg19-blood-atac.gtu, which needs the network once."
    )
    alert.get_by_text("To have everything without a network: About, Keep everything offline.").wait_for()
    alert.get_by_role("button", name="Retry").wait_for()
    app.page.get_by_role("radio", name=re.compile("Ensembl")).and_(app.page.locator(":checked")).wait_for()
    assert tokenized(app) == TOKENS
    context.unroute("**/hg19-*")
    alert.get_by_role("button", name="Retry").click()
    app.page.get_by_role("definition").filter(has_text=re.compile(r"^451,29\d ids$")).wait_for()
    sample.click()
    app.done("hg19-")
    assert app.page.get_by_text("Not here yet").count() == 0
    assert app.troubles() == []
    context.close()


def test_zip_under_plain_http_server(profile, dist, tmp_path):
    """The zip, unpacked below other pages and served by Python's own server, works there, and offline."""
    from stage import pack

    folder = tmp_path / "host/tools/genotok"
    with zipfile.ZipFile(pack(dist, tmp_path)) as archive:
        archive.extractall(folder)
    words = ("-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", tmp_path / "host")
    with served(*words) as url:
        app = Tab(profile, f"{url}tools/genotok/").open().ready().kept()
        assert tokenized(app) == TOKENS
        assert app.troubles() == []
        assert {request for request in app.requests if "/tools/genotok/" not in request} <= {app.url} | {
            request for request in app.requests if request.startswith("blob:")
        }
    app.page.reload()
    assert tokenized(app.ready()) == TOKENS


def test_genotok_serve_takes_the_zip(dist, tmp_path):
    """What the build packs, an installed package checks file by file, keeps, and serves."""
    from stage import pack

    archive = pack(dist, tmp_path)
    digest, name = (tmp_path / f"{archive.name}.sha256").read_text().splitlines()[1].split()
    assert (digest, name) == (hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)
    environment = {"GENOTOK_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT / "pkg")}
    words = ("-m", "genotok", "serve", "--site", archive, "--port", "0", "--no-browser")
    with served(*words, **environment) as url, urlopen(url + "genotok.js") as reply:
        assert reply.read() == (dist / "genotok.js").read_bytes()
    (kept,) = (tmp_path / "cache").iterdir()
    assert (kept / "manifest.json").read_bytes() == (dist / "manifest.json").read_bytes()


def no_script(root):
    (root / "sw.js").unlink()
    (root / "sw.js.gz").unlink(missing_ok=True)
    (root / "sw.js.br").unlink(missing_ok=True)


def broken_script(root):
    no_script(root)
    (root / "sw.js").write_text("throw new Error('no');")


def damaged_file(root):
    (notice,) = root.glob("a/*/assets/NOTICE.txt")
    for path in notice.parent.glob("NOTICE.txt*"):
        path.unlink()
    notice.write_text("<p>Please log in</p>")


@pytest.mark.parametrize("fault", [no_script, broken_script, damaged_file])
def test_service_worker_failure_changes_nothing(profile, host, fault):
    """A missing or failing service worker, or a file that is not as built, costs only the offline visit."""
    fault(host.root)
    app = Tab(profile, host.url)
    app.expected += ["sw.js", "when fetching the script", "NOTICE.txt", "service worker", r"^error: no$"]
    app.open().ready()
    assert tokenized(app) == TOKENS
    app.offline_line().filter(has_text="Offline: no (").wait_for()
    assert app.page.get_by_role("alert").count() == 0
    assert app.troubles() == []
    app.page.reload()
    app.ready()


def test_without_service_workers_nothing_is_said(browser, host):
    """A browser without service workers has the page all the same."""
    context = browser.new_context(viewport=SCREEN)
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    app = Tab(context, host.url).open().ready()
    assert tokenized(app) == TOKENS
    assert app.offline_line().inner_text().strip() == "Offline: no."
    assert app.troubles() == []
    context.close()


def look_for_update(app):
    app.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => null)")


def test_update_waits_for_the_user(profile, host):
    """A deployment is announced, changes nothing by itself, and comes with Reload; the old tab keeps its files."""
    first = Tab(profile, host.url).open().ready().kept()
    first.page.reload()  # from now on the service worker answers
    first.ready()
    tokenized(first)
    other = Tab(profile, host.url).open().ready()
    old = first.page.get_by_role("heading", level=1).inner_text()
    deploy(host)
    look_for_update(first)
    notice = first.page.get_by_text("New version ready")
    notice.wait_for()
    other.page.get_by_text("New version ready").wait_for()
    assert first.page.get_by_role("heading", level=1).inner_text() == old
    assert first.row("q.bed").count() == 1
    third = Tab(profile, host.url).open().ready()  # a visit of someone who was not asked
    assert third.page.get_by_role("heading", level=1).inner_text() == old
    third.page.get_by_text("New version ready").wait_for()
    third.page.close()

    first.page.get_by_role("button", name="Reload").click()
    first.page.get_by_role("heading", level=1, name="A newer page.").wait_for()
    first.ready().kept()
    assert first.page.get_by_text("New version ready").count() == 0
    assert other.page.get_by_role("heading", level=1).inner_text() == old
    assert len(first.page.evaluate(KEYS)) == 2  # the other tab still has its version
    assert other.page.evaluate(OTHER_FILE)  # although the host has it no more
    assert tokenized(other) == TOKENS
    other.page.close()

    for _ in range(5):  # a tab's end takes a moment to be known, and each visit looks once
        first.page.reload()
        first.ready()
        if len(first.page.evaluate(KEYS)) == 1:
            break
    assert [name.split()[-1] for name in first.page.evaluate(KEYS)] == ["a/0123456789ab"]
    host.stop()
    first.page.reload()
    first.page.get_by_role("heading", level=1, name="A newer page.").wait_for()
    assert tokenized(first.ready()) == TOKENS


def test_half_a_deployment_is_not_taken(profile, host):
    """If only a part of a new version has arrived, the old one stays in force and no one is told of a new one."""
    app = Tab(profile, host.url).open().ready().kept()
    app.expected.append("service worker")
    page = (host.root / "index.html").read_bytes()
    deploy(host)
    (host.root / "index.html").write_bytes(page)
    look_for_update(app)
    assert app.page.evaluate(OUTCOME) == "nothing waits"
    assert app.page.get_by_text("New version ready").count() == 0
    assert app.offline_line().inner_text().startswith("Offline: yes")
    host.stop()
    app.page.reload()
    assert tokenized(app.ready()) == TOKENS


def test_page_can_be_installed(profile, host):
    """The browser finds nothing missing for an installation, and every icon has the size that it claims."""
    app = Tab(profile, host.url).open().ready().kept()
    app.page.reload()
    app.ready()
    session = profile.new_cdp_session(app.page)
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [problem["errorId"] for problem in problems if problem["errorId"] != "in-incognito"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    for icon in json.loads(manifest["data"])["icons"]:
        content = (host.root / icon["src"]).read_bytes()
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*(int.from_bytes(content[at : at + 4], "big") for at in (16, 20)))
