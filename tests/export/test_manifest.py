from dataclasses import replace

from export.worlds import tokenizer
from genotok.export.manifest import ManifestLine, options_digest, output_name, read_manifest, render_manifest
from genotok.export.meta import describe_options

LINE = ManifestLine("d/ñ.bed.gz", 12, "ab", "cd", "d/ñ.bed.gz.gtok", 3, 4, {"comment": 1}, {"1": "chr1"})
GOLDEN = (
    b'{"input":"a.bed","size":12,"sha256":"ab","options":"cd","output":"d/\\u00f1.bed.gz.gtok","regions":3,"tokens":4,'
    b'"skipped":{"comment":1}}\n'
    b'{"input":"d/\\u00f1.bed.gz","size":12,"sha256":"ab","options":"cd","output":"d/\\u00f1.bed.gz.gtok","regions":3,'
    b'"tokens":4,"skipped":{"comment":1},"renamed":{"1":"chr1"}}\n'
)


def test_a_manifest_has_these_bytes_in_any_order(tmp_path):
    """Lines are sorted by input, so that the order of the work does not show; reading gives them back."""
    lines = [LINE, replace(LINE, input="a.bed", renamed={})]
    assert render_manifest(lines) == render_manifest(lines[::-1]) == GOLDEN
    (tmp_path / "manifest.jsonl").write_bytes(GOLDEN)
    assert read_manifest(tmp_path / "manifest.jsonl") == {"a.bed": lines[1], "d/ñ.bed.gz": LINE}


def test_a_torn_line_is_passed_over(tmp_path):
    """What a killed run left half written is work to do again, not an error."""
    (tmp_path / "m").write_bytes(GOLDEN[:-9] + b"\n7\n{}\n" + GOLDEN.splitlines(keepends=True)[0])
    assert list(read_manifest(tmp_path / "m")) == ["a.bed"]


def test_outputs_never_share_a_name():
    """The whole input name stays, so a.bed and a.narrowPeak do not meet."""
    assert output_name("x/a.bed", "gtok") == "x/a.bed.gtok"


def test_options_digest_changes_with_all_that_shapes_the_output():
    """Format, universe, special texts, policies and renaming count; the engine does not."""

    def digest(kind="gtok", tok=None, **options):
        tok = tok or tokenizer()
        return options_digest(kind, tok, describe_options(tok, **options))

    assert digest() == digest(tok=tokenizer(engine="ailist"))
    others = [
        digest("jsonl"),
        digest(tok=tokenizer(unmatched="unk")),
        digest(tok=tokenizer(sort=True)),
        digest(tok=tokenizer(invalid="skip")),
        digest(tok=type(tokenizer())(tokenizer().universe, {"unk": "[UNK]"})),
        digest(rows=True),
        digest(rename_chroms="auto"),
        digest(rename_chroms={"1": "chr1"}),
    ]
    assert len({digest(), *others}) == len(others) + 1
