"""Tokenizes the first sample as the page would, so that a result is there before the engine is."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent.parent
UNIVERSE, SAMPLE = "hg38-ensembl-regulatory", "hg38-ctcf"
TOKENS, ROWS = 300, 256  # how far the precomputed lists reach
WIDTH_CLASSES, BINS = 24, 1200
_DIGITS = 12  # of shares and slopes: processors differ in the last ones
_STEP = 2**20


def make_sample_result(web: Path) -> bytes:
    """Return ``{universe, sample, result, answers}`` as JSON: what `genotok.bridge` replies about the first sample.

    ``answers`` holds the replies by operation: ``{"summary": {value, arrays: {name: {dtype, data}}}, ..}``, ``data``
    in base64, little-endian. The package is the one that can be imported; `wheel_first` chooses the page's own.
    """
    from genotok.bridge import Session  # lazy: which package is meant is the caller's choice

    session = Session()
    content = (web / f"assets/{UNIVERSE}.gtu").read_bytes()
    universe, _ = _open(session.open_asset(_stage(session, content), f"{UNIVERSE}.gtu"))
    bed = (web / f"samples/{SAMPLE}.bed.gz").read_bytes()
    handle = _open(session.open_file(f"{SAMPLE}.bed.gz", len(bed), "{}"))[0]["handle"]
    for at in range(0, len(bed), _STEP):
        _open(session.feed(handle, _stage(session, bed[at : at + _STEP])))
    result, _ = _open(session.close_file(handle))
    replies = {
        "summary": session.summary(handle, WIDTH_CLASSES),
        "overview": session.overview(handle, BINS),
        "tokens": session.tokens(handle, 0, TOKENS),
        "rows": session.rows(handle, "{}", 0, ROWS),
    }
    answers = {op: _packed(*_open(reply)) for op, reply in replies.items()}
    found = {"universe": universe, "sample": SAMPLE, "result": result, "answers": answers}
    return json.dumps(_rounded(found), ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _stage(session: Any, data: bytes) -> int:
    session.staging(len(data))[: len(data)] = memoryview(data)
    return len(data)


def _open(reply: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take a reply apart; one that speaks of a failure ends the build."""
    values: dict[str, Any] = json.loads(reply[0])
    if "error" in values:
        raise RuntimeError(values["detail"])
    return values, dict(zip(values.pop("arrays"), reply[1], strict=True))


def _packed(values: dict[str, Any], arrays: Mapping[str, Any]) -> dict[str, Any]:
    packed = {
        name: {
            "dtype": array.dtype.name,
            "data": base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode(),
        }
        for name, array in arrays.items()
    }
    return {"value": values, "arrays": packed}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


@contextmanager
def wheel_first(wheel: Path) -> Iterator[None]:
    """Import the package from a wheel, which Python reads as it is."""
    held = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] == "genotok"}
    sys.path.insert(0, str(wheel))
    try:
        yield
    finally:
        sys.path.remove(str(wheel))
        for name in [name for name in sys.modules if name.partition(".")[0] == "genotok"]:
            del sys.modules[name]
        sys.modules.update(held)


def main() -> int:
    """Print the result of the first sample, computed by the package in a wheel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    with wheel_first(parser.parse_args().wheel.resolve()):
        sys.stdout.buffer.write(make_sample_result(WEB))
    return 0


if __name__ == "__main__":
    sys.exit(main())
