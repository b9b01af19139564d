"""The watch under which every test of the page stands sees what it is there to see."""

import re

BUSY = "setTimeout(() => { const end = performance.now() + 1500; while (performance.now() < end); })"


def test_a_long_task_is_a_trouble(fresh):
    """This one takes thirty times as long as it may."""
    fresh.ready().page.evaluate(BUSY)
    fresh.page.wait_for_timeout(2000)
    (trouble,) = fresh.troubles()
    assert re.match(r"main thread busy for \d{3,4} ms", trouble)


def test_an_error_and_a_request_to_a_stranger_are_troubles(fresh):
    """The policy stops the request; that, too, is told."""
    fresh.ready().page.evaluate("fetch('http://127.0.0.1:9/').catch(() => console.error('worn out'))")
    fresh.until(lambda: any("worn out" in text for text in fresh.complaints))
    troubles = "\n".join(fresh.troubles())
    assert "console: worn out" in troubles
    assert "connect-src" in troubles
    fresh.complaints.clear()
    fresh.requests.clear()
    fresh.page.evaluate("violations.length = 0")
