"""The report of a command on motifs, as text or JSON, to stderr or to a file."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from genotok.cli.report import say
from genotok.io.sinks import atomic_write


def write_words(told: Mapping[str, Any], lines: Iterable[str], options: Mapping[str, Any]) -> None:
    """Write what a command has to tell, as ``--report``, ``--report-file`` and ``--quiet`` ask for."""
    file = options["report_file"]
    form = options["report"] or ("json" if file and file.endswith(".json") else "text")
    if form == "none" or (options["quiet"] and file is None):
        return
    text = json.dumps(told, indent=2) if form == "json" else "\n".join(lines)
    if file is None:
        say(text)
        return
    with atomic_write(Path(file)) as sink:
        sink.write(f"{text}\n".encode())
