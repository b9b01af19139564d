"""Several workers: they change how long a queue takes and nothing else."""

import re
from contextlib import contextmanager

import numpy as np
import pytest

from web import native
from web.app import SCREEN, App

ONE = b"chr1\t203327425\t203327695\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two dozen different files, some with misses, unknown chromosomes and comments, of up to 4,000 rows."""
    folder = tmp_path_factory.mktemp("pool")
    regions = native.default_universe().regions
    seeds = np.random.default_rng(11)
    made = []
    for at in range(24):
        picks = seeds.integers(0, len(regions), 1 + at * at * 7)
        starts = np.maximum(0, regions.starts[picks] + seeds.integers(-900, 900, len(picks)))
        codes = np.where(seeds.random(len(picks)) < 0.02, -1, regions.codes[picks])
        names = np.array([*regions.chrom_names, "chrNew"])[codes]
        rows = "".join(map("{}\t{}\t{}\n".format, names.tolist(), starts.tolist(), (starts + 300).tolist()))
        made.append(folder / f"f{at:02}.bed")
        made[-1].write_text("# of a test\n" + rows)
    return made


@pytest.fixture
def crew(browser, site):
    """Open the page with some number of workers; it is watched as `app` is."""

    @contextmanager
    def start(workers):
        app = App(browser.new_context(viewport=SCREEN), f"{site}?workers={workers}")
        yield app.open().ready()
        troubles = app.troubles()
        app.close()
        assert troubles == []

    return start


def test_pool_size_changes_nothing(crew, files):
    """One, two and four workers give the same bytes for the same files, in the order of the files."""
    saved = {}
    for workers in (1, 2, 4):
        with crew(workers) as app:
            app.pick(*files).through(len(files))
            together = [app.save(label, "All files") for label in (".jsonl", ".npz")]
            saved[workers] = [*together, app.save(".gtok", "All files", packed=True)]
            assert len(app.page.workers) == workers
            app.select("f07.bed").page.get_by_role("heading", name="Tokens of f07.bed").wait_for()
            assert len(app.table()) > 5
    assert saved[2] == saved[1]
    assert saved[4] == saved[1]


def test_a_short_queue_brings_no_helper(crew, files):
    """Eight small files are left to the one worker that is there."""
    with crew(4) as app:
        app.pick(*files[:8]).through(8)
        assert len(app.page.workers) == 1


def test_500_files_keep_the_page_awake(app, tmp_path):
    """Five hundred files at once are worked off in order, the first result is shown at once, and no task is long."""
    paths = [tmp_path / f"f{at:03}.bed" for at in range(500)]
    for path in paths:
        path.write_bytes(ONE)
    app.pick(*paths).page.locator("h2").get_by_text("f000.bed").wait_for()
    app.through(500)
    app.until(lambda: len(app.names()) == 500)
    assert app.names() == [path.name for path in paths]


def test_more_results_than_the_engine_keeps_are_saved_together(app, files):
    """Results that were put aside come back for an output of all of them."""
    app.pick(*files[:7]).through(7)
    lines = app.save(".jsonl", "All files").splitlines()
    assert [re.search(rb'"([^"]+\.bed)"', line)[1].decode() for line in lines] == [path.name for path in files[:7]]
