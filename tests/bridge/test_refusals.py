import inspect
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import genotok.bridge
from bridge.tab import RESULT_ARRAYS, Tab, open_reply
from genotok import errors
from genotok.bridge import Session
from genotok.bridge.reply import operation, pack
from genotok.export.writers import FORMATS

TEXT = b"chr1\t10\t20\nchr1\t15\t30\nchr2\t5\t9\n"
SKIP, KEEP, DROP, UNK = {"invalid": "skip"}, {"invalid": "keep"}, {"unmatched": "drop"}, {"unmatched": "unk"}
EMPTY = {"allow_empty": True}
OTHERS = ("zip", "universe", "hf", "report", "comparison", "decoded")
OPERATIONS = {
    name: len(inspect.signature(method).parameters)
    for name, method in inspect.getmembers(Session(), inspect.ismethod)
    if hasattr(method, "__wrapped__")
}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
_KNOWN = [
    '{"sort": [["start", true]]}',
    '{"filter": {"hit": true, "text": "chr1:1"}}',
    '{"invalid": "keep"}',
    '{"unmatched": "error", "rename": "auto"}',
    '{"rename": {"chr1": "1"}}',
    '{"special_tokens": {"unk": "chr1:10-20"}}',
    '{"format": "npz", "rows": true}',
    "[1, 2]",
    "[2]",
    "[" * 3000,
    '{"a": 1e999}',
    "NaN",
    "{",
    "chr1:5-9",
    "chr1:10-20",
    "jsonl",
    "bed",
    "zip",
    "universe",
    "hf",
    "report",
    "comparison",
    "decoded",
    "gtok",
    '{"which": "both"}',
    '{"filter": {"regexp": "(["}}',
    '{"budget": 100}',
    '{"ids": [0, 2]}',
    '{"tokenizer_json": true}',
    "\ud800",
    "\0",
]
_ARRAYS = [
    np.array([0, 1, 2], np.int32),
    np.array([0, 1], np.int32),
    np.array([-1, 2**31 - 1], np.int32),
    np.array([0, 2**32 - 1], np.uint32),
    np.array([0, 2**40], np.int64),
    np.array([0.5, np.nan], np.float32),
    np.array([], np.int32),
    np.array([[1, 2]], np.int32),
    np.array([1, 2, 3], np.uint8),
    memoryview(b"abc"),
]
ARGUMENTS = (
    st.integers(-2, 6)
    | st.sampled_from([2**31, 2**53, 10**30, 1.0, 1.5, float("nan"), float("inf"), True, None, b"x", object()])
    | st.sampled_from(_KNOWN)
    | st.sampled_from(_ARRAYS)
    | _JSON.map(json.dumps)
    | _JSON
)


def make_tab():
    tab = Tab()
    tab.open_universe(TEXT)
    tab.tokenize(b"chr1\t12\t16\nchr9\t1\t2\n")
    tab.call("open_file", "half.bed", 9, "{}")
    tab.call("open_stream", "half.bed", 9, "jsonl", "{}")
    tab.call("compare", 2, 2)
    return tab


def test_the_table_lists_every_operation():
    """The documented calls are those that a session has, with the names of their arguments."""
    calls = dict(re.findall(r"^    ([a-z_]+)\(([^)]*)\) ->", genotok.bridge.__doc__, re.MULTILINE))
    signatures = {name: inspect.signature(getattr(Session(), name)).parameters for name in [*OPERATIONS, "staging"]}
    assert calls == {name: ", ".join(parameters) for name, parameters in signatures.items()}


@given(st.lists(st.tuples(st.sampled_from([*OPERATIONS, "staging"]), st.lists(ARGUMENTS, max_size=7)), max_size=8))
def test_no_argument_makes_an_exception(calls):
    """Whatever is asked, in any order: a reply, never a bug's; and afterwards the session still works."""
    tab = make_tab()
    for name, arguments in calls:
        if name in OPERATIONS:
            arguments = (arguments + [1] * OPERATIONS[name])[: OPERATIONS[name]]
            values, _ = open_reply(getattr(tab.session, name)(*arguments))
            assert "error" not in values or values["error"]["code"] != "engine", values["detail"]
        else:
            reply = tab.session.staging(*arguments[:1] or [0])
            assert isinstance(reply, np.ndarray) or "error" in open_reply(reply)[0]
    tab.open_universe(TEXT)
    assert tab.tokenize(b"chr1\t12\t16\n", invalid="error", unmatched="drop", sort=False)[1]["ids"].tolist() == [0, 1]


@given(st.data())
def test_changed_words_and_arrays_of_a_result_make_no_exception(data):
    """What the page gives back may be damaged: it is taken, or refused in words, and then still answers."""
    tab = make_tab()
    said, arrays = tab.tokenize(b"chr1\t12\t16\nchr9\t1\t2\n")
    key = data.draw(st.sampled_from(list(said)))
    said[key] = data.draw(_JSON)
    columns = [arrays[each] for each in RESULT_ARRAYS]
    columns[data.draw(st.integers(0, 5))] = data.draw(st.sampled_from(_ARRAYS))
    values, _ = open_reply(tab.session.load_result(json.dumps(said), *columns))
    assert "error" not in values or values["error"]["code"] != "engine", values.get("detail")
    if "error" not in values:
        for call in (("summary", 5), ("overview", 5), ("rows", "{}", 0, 9), ("tokens", 0, 9), ("recipe", "tsv")):
            shown, _ = open_reply(getattr(tab.session, call[0])(values["handle"], *call[1:]))
            assert "error" not in shown or shown["error"]["code"] != "engine", shown["detail"]
        for kind in ("jsonl", "tsv", "npz", "gtok", "zip"):
            begun, _ = open_reply(tab.session.begin_export(f"[{values['handle']}]", kind, ""))
            part, _ = open_reply(tab.session.next_part(10**6))
            for reply in (begun, part):
                assert "error" not in reply or reply["error"]["code"] != "engine", reply["detail"]


@pytest.mark.parametrize(
    ("data", "options", "code", "line", "message", "buttons"),
    [
        (b"", {}, "EmptyFileError", None, "x.bed: no regions; 0 lines; give at least one row", [EMPTY]),
        (b"#a\n#b\n", {}, "EmptyFileError", None, "x.bed: no regions; 2 lines, all comment", [EMPTY]),
        (b"chr1\t1\t2\nchr1\t5.0\t9\n", {}, "BedError", 2, "x.bed:2: start '5.0' is not a whole number", [SKIP]),
        (b"chr1\t9\t5\n", {}, "IntervalError", 1, "x.bed:1: end 5 precedes start 9", [SKIP, KEEP]),
        (b"chr1\tx\ty\t1\t2\t.\t+\t.\n", {}, "BedError", None, "x.bed: the file is GFF or GTF; run: gzip -cdf", []),
        (b">chr1\nACGT\n", {}, "BedError", None, "x.bed: the file is FASTA: sequences, not regions", []),
        (b"chr1\t-9\t5\n", {}, "IntervalError", 1, "x.bed:1: start -9 is negative; clip to 0", [SKIP]),
        (b"chr1\t1\t3000000000\n", {}, "IntervalError", 1, "x.bed:1: end 3000000000", [SKIP, KEEP]),
        (b"chr1\t3000000000\t5000000000\n", {}, "IntervalError", 1, "x.bed:1: start 3000000000 exceeds", [SKIP]),
        (b"PK\x03\x04" + b"\0" * 3000, {}, "BedError", None, "x.bed: the file is a zip archive", []),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\0", {}, "BedError", None, "x.bed: the gzip stream is cut at byte 10", []),
        (b"chr9\t1\t2\n", {"unmatched": "error"}, "UnmatchedError", 1, "1 of 1 regions", [DROP, UNK]),
    ],
)
def test_bad_files_are_told_with_what_may_help(data, options, code, line, message, buttons):
    """The sentence of the terminal, the line, and the options that would let the file pass."""
    tab = make_tab()
    handle = tab.call("open_file", "x.bed", len(data), json.dumps(options))[0]["handle"]
    values, _ = open_reply(tab.session.feed(handle, tab.stage(data)))
    error = values.get("error") or tab.fail("close_file", handle)
    assert (error["code"], error["line"]) == (code, line)
    assert message in error["message"]
    assert [button["options"] for button in error["action"]] == buttons
    for button in error["action"]:  # they help
        tab.tokenize(data, **(EMPTY | options | button["options"]))


@pytest.mark.parametrize(
    ("data", "code", "message", "buttons"),
    [
        (b"", "EmptyFileError", "x.bed: no regions; 0 lines; give at least one row", []),
        (b"#a\n#b\n", "EmptyFileError", "x.bed: no regions; 2 lines, all comment; give at least one row", []),
        (b"chr1\t9\t5\nchr1\t1\t2\n", "IntervalError", "x.bed:1: end 5 precedes start 9", [SKIP, KEEP]),
    ],
)
def test_a_universe_is_offered_only_what_a_universe_may_be_read_with(data, code, message, buttons):
    """An empty universe can't be used, so nothing offers to take it; what is offered is known, and helps."""
    tab = make_tab()
    handle = tab.call("open_universe", "x.bed", len(data), "{}")[0]["handle"]
    values, _ = open_reply(tab.session.feed(handle, tab.stage(data)))
    error = values.get("error") or tab.fail("close_universe", handle)
    assert error["code"] == code
    assert message in error["message"]
    assert [button["options"] for button in error["action"]] == buttons
    for button in error["action"]:
        tab.open_universe(data, **button["options"])


class Failing:
    """A session with one operation that fails in a given way."""

    def __init__(self, error):
        self.error = error

    @operation
    def work(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (MemoryError(), "memory", "the tab has no memory left for this"),
        (FileNotFoundError(2, "No such file"), "OSError", "[Errno 2] No such file"),
        (KeyError("x"), "engine", "the engine failed (KeyError: 'x')"),
        (RecursionError("deep"), "engine", "the engine failed (RecursionError: deep)"),
        (errors.missing_extra("x", "y"), "MissingExtraError", "y is not installed; pip install 'genotok[x]'"),
    ],
)
def test_every_failure_has_a_code_and_a_sentence(error, code, message):
    """The trace is apart, for the About box."""
    values, arrays = open_reply(Failing(error).work())
    assert (values["error"]["code"], values["error"]["message"]) == (code, message)
    assert values["detail"].startswith("Traceback")
    assert arrays == {}


def test_the_codes_are_a_closed_list():
    """Every error of the package keeps its class name."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.GenotokError):
            assert open_reply(Failing(kind("x")).work())[0]["error"]["code"] == kind.__name__


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.float64, np.bool_, np.int16])
def test_wide_arrays_never_cross(dtype):
    """int64 would arrive as BigInt64Array; what would change its kind on the way is a bug, and is found here."""
    with pytest.raises(TypeError, match="would reach JavaScript as something else"):
        pack({}, {"column": np.zeros(3, dtype)})


def test_crossing_arrays_are_whole():
    """Slices are made contiguous, and uint32 keeps its bits."""
    columns = {"thinned": np.arange(6, dtype=np.int32)[::2], "far": np.array([2**32 - 1], np.uint32)}
    _, (thinned, far) = pack({}, columns)
    assert thinned.flags.c_contiguous
    assert thinned.tolist() == [0, 2, 4]
    assert (far.dtype, far.tolist()) == (np.int32, [-1])


def test_the_buffer_is_one_and_grows():
    """The same memory is given again while it suffices; more than 64 MiB is refused."""
    session = Session()
    first = session.staging(10)
    assert np.shares_memory(first, session.staging(2**16))
    assert len(session.staging(2**16 + 1)) > 2**16
    assert "error" in open_reply(session.staging(2**26 + 1))[0]


def test_hello_tells_versions_limits_and_formats():
    """What the page needs before anything else."""
    values, _ = Tab().call("hello")
    assert values["protocol"] == 1
    assert set(values["versions"]) == {"genotok", "python", "numpy"}
    assert [each["id"] for each in values["formats"]] == [*FORMATS, *OTHERS]
    packages = {each["id"]: each["packages"] for each in values["formats"] if each["packages"]}
    assert packages == {"parquet": ["arro3-core", "arro3-io"]}
    assert values["streamed"] == ["gtok", "jsonl", "tsv", "bed"]
    assert [each["id"] for each in values["formats"] if each["needs_input"]] == ["bed", "zip"]
