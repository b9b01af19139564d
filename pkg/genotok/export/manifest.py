"""The ``manifest.jsonl`` of an output folder: what each file was made of, so that a stopped run can go on.

The terminal's output folder and the page's zip are laid out alike: one file an input, named by `output_name`, and a
manifest of `render_manifest`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from genotok.export.meta import canonical_json, describe_tokens
from genotok.tokenizers.interval import IntervalTokenizer

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True)
class ManifestLine:
    """One output file: ``input`` is the document name, ``size`` and ``sha256`` those of the input's stored bytes.

    ``options`` is `options_digest`, ``skipped`` counts input lines by reason, ``renamed`` maps the chromosome names
    that were changed.
    """

    input: str
    size: int
    sha256: str
    options: str
    output: str
    regions: int
    tokens: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Render as one line without its end: ASCII, no blanks; ``renamed`` only where a name was changed.

        >>> ManifestLine("a.bed", 9, "00", "11", "a.bed.gtok", 1, 2).to_json()
        '{"input":"a.bed","size":9,"sha256":"00","options":"11","output":"a.bed.gtok","regions":1,"tokens":2,"skipped":{}}'
        """
        record = asdict(self)
        if not self.renamed:
            del record["renamed"]
        return json.dumps(record, ensure_ascii=True, separators=(",", ":"))


def output_name(document: str, format: str) -> str:  # noqa: A002  # the word that --format and users know
    """Name the output of a document: its whole name and the format's ending, so that no two inputs share one."""
    return f"{document}.{format}"


def options_digest(
    format: str,  # noqa: A002  # as above
    tokenizer: IntervalTokenizer,
    options: Mapping[str, Any],
) -> str:
    """Return SHA-256 hex of all that shapes an output besides its input; ``options`` is `meta.describe_options`."""
    special_tokens = dict(tokenizer.vocabulary.special_tokens)
    choices = {"format": format, "tokens": describe_tokens(tokenizer, options), "special_tokens": special_tokens}
    return hashlib.sha256(canonical_json(choices).encode()).hexdigest()


def render_manifest(lines: Iterable[ManifestLine]) -> bytes:
    """Render a whole manifest: lines sorted by input, so that neither jobs nor shards nor a restart change it."""
    return "".join(f"{line.to_json()}\n" for line in sorted(lines, key=lambda line: line.input)).encode("ascii")


def read_manifest(path: Path) -> dict[str, ManifestLine]:
    """Read the lines of a manifest by input, later ones winning; a half-written line is passed over."""
    lines: dict[str, ManifestLine] = {}
    for text in path.read_bytes().split(b"\n"):
        try:
            line = ManifestLine(**json.loads(text))
        except (TypeError, ValueError):
            continue  # an unreadable line means that its input is tokenized again
        lines[line.input] = line
    return lines
