"""The tool that finds programs asks for what the chosen tests need, and for nothing that is there."""

import pytest

BROWSERS = ["firefox-esr", "webkit2gtk-driver", "xvfb"]
PIPES = ["bedtools", "groff-base"]
R = ["r-base-core", "r-cran-reticulate", "r-bioc-genomicranges"]


@pytest.fixture
def programs(monkeypatch):
    """Decide which programs there are."""
    import find_programs

    there = {}
    monkeypatch.delenv("GENOTOK_CHROMIUM", raising=False)
    monkeypatch.setattr(find_programs.shutil, "which", there.get)
    return there


def test_only_what_is_missing_is_asked_for(programs, root, monkeypatch):
    """One of several names of a browser is enough."""
    from find_programs import missing_packages

    monkeypatch.chdir(root)
    assert missing_packages(["tests"]) == ["chromium", *BROWSERS, *PIPES, *R]
    programs.update({"google-chrome": "/opt/chrome", "firefox": "/snap/firefox"})
    assert missing_packages(["tests"]) == ["webkit2gtk-driver", "xvfb", *PIPES, *R]
    programs.update({"bedtools": "/usr/bin/bedtools", "groff": "/usr/bin/groff", "Rscript": "/usr/bin/Rscript"})
    programs.update({"WebKitWebDriver": "/usr/bin/WebKitWebDriver", "Xvfb": "/usr/bin/Xvfb"})
    assert missing_packages([]) == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], [*BROWSERS, *PIPES, *R]),
        (["-x", "tests"], [*BROWSERS, *PIPES, *R]),
        (["tests/browsers"], BROWSERS),
        (["tests/browsers/test_tour.py::test_looks_and_rooms"], BROWSERS),
        (["tests/cli"], PIPES),
        (["tests/r"], R),
        (["tests/docs"], ["bedtools"]),
        (["tests/cli/test_serve.py"], []),
        (["tests/web", "-k", "drop"], []),
        (["tests/kernels", "tests/web/test_drop.py"], []),
    ],
)
def test_other_programs_only_for_their_tests(programs, root, monkeypatch, words, wanted):
    """Firefox, WebKitGTK and bedtools are wanted by the whole suite and by their own tests, not by any other part."""
    from find_programs import missing_packages

    monkeypatch.chdir(root)
    programs["chromium"] = "/usr/bin/chromium"
    assert missing_packages(words) == wanted


def test_a_named_browser_comes_first(programs, monkeypatch):
    """`GENOTOK_CHROMIUM` beats what stands on the path."""
    from find_programs import find_chromium

    programs.update({"chromium": "/usr/bin/chromium", "/own/chrome": "/own/chrome"})
    assert find_chromium() == "/usr/bin/chromium"
    monkeypatch.setenv("GENOTOK_CHROMIUM", "/own/chrome")
    assert find_chromium() == "/own/chrome"
