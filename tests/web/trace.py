"""How long the page's main thread was busy at a stretch, in processor time: other people's load does not count."""

from __future__ import annotations

from typing import Any

CATEGORIES = ["disabled-by-default-devtools.timeline", "blink.user_timing", "__metadata"]
TIMELINE = {"includedCategories": CATEGORIES, "excludedCategories": ["*"]}
MARK = "this is the page"  # the browser has pages of its own, whose tasks are not ours


class Trace:
    """A recording of Chromium's own task list."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.events: list[dict[str, Any]] = []
        self.complete = False
        self.session = page.context.browser.new_browser_cdp_session()
        self.session.on("Tracing.dataCollected", lambda part: self.events.extend(part["value"]))
        self.session.on("Tracing.tracingComplete", self._finish)
        self.session.send("Tracing.start", {"traceConfig": TIMELINE, "transferMode": "ReportEvents"})
        page.evaluate(f"performance.mark('{MARK}')")

    def _finish(self, _event: object) -> None:
        self.complete = True

    def stop(self) -> list[float]:
        """End the recording; processor milliseconds of the main thread's tasks, the longest first."""
        self.session.send("Tracing.end")
        while not self.complete:
            self.page.wait_for_timeout(10)
        self.session.detach()
        names = [event for event in self.events if event["name"] == "thread_name"]
        ours = {event["pid"] for event in self.events if event["name"] == MARK}
        assert ours, "the recording knows the page"
        main = {(e["pid"], e["tid"]) for e in names if e["args"]["name"] == "CrRendererMain" and e["pid"] in ours}
        tasks = [event for event in self.events if event["name"] == "RunTask" and (event["pid"], event["tid"]) in main]
        return sorted((event.get("tdur", event.get("dur", 0)) / 1000 for event in tasks), reverse=True)
