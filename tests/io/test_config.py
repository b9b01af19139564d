"""gtars' settings file: read with the line of every fault, written so that it reads back."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import IntervalConfig, IntervalTokenizer
from genotok.errors import ConfigError
from genotok.io.config import read_config, render_config
from genotok.io.tomllines import key_lines
from genotok.values.specials import ROLES

FULL = """\
# a universe of peaks
universe = "sub/peaks.bed"   # beside this file
tokenizer_type = "ailist"
special_tokens = [
  { name = "unk", token = "<U>" },
  { name = "pad", token = "#[P]=" },  # last wins
  { name = "unk", token = "<UNK>" },
]
colour = "blue"

[genotok]
unmatched = "unk"
model_max_length = 512

[other]
x = 1
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "tokenizer.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_all_keys_are_read(write):
    """The universe is beside the file, the last text of a role wins, unknown keys are listed."""
    path = write(FULL)
    found = read_config(path)
    assert found.universe == str(path.parent / "sub" / "peaks.bed")
    assert found.special_tokens == {"unk": "<UNK>", "pad": "#[P]="}
    assert found.settings == {"engine": "ailist", "unmatched": "unk", "model_max_length": 512}
    assert found.unknown == ("colour", "other")


def test_a_universe_is_all_it_needs(write):
    """Everything else has a default; an absolute path stays; BOM and CRLF are no matter."""
    for text in ('universe = "/data/u.bed"', b'\xef\xbb\xbfuniverse = "/data/u.bed"\r\n'):
        found = read_config(write(text))
        assert (str(found.universe), found.special_tokens, found.settings) == ("/data/u.bed", {}, {})


def test_special_tokens_may_be_tables(write):
    """An array of tables is an array of {name, token} too, as gtars reads it."""
    text = 'universe = "u.bed"\n[[special_tokens]]\nname = "pad"\ntoken = "P"\nnote = 1\n[genotok]\nsort = true\n'
    found = read_config(write(text))
    assert (found.special_tokens, found.settings) == ({"pad": "P"}, {"sort": True})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('tokenizer_type = "bits"', r'tokenizer.toml:1: no universe is named; add universe = "peaks.bed"'),
        ("universe = 3", r"tokenizer.toml:1: universe is 3; it must be the path of a BED file"),
        ('\nuniverse = ["u"]', r'tokenizer.toml:2: universe is \["u"\]; it must be the path'),
        ('universe = "u"\ntokenizer_type = "x"', r'tokenizer.toml:2: tokenizer_type is "x"; it must be "bits" or "a'),
        ('universe = "u"\n\ntokenizer_type = 1', r"tokenizer.toml:3: tokenizer_type is 1; it must be"),
        ('universe = "u"\nspecial_tokens = "x"', r"tokenizer.toml:2: special_tokens is \"x\"; it must be an array of"),
        ('universe = "u"\n[special_tokens]\nunk = "x"', r"tokenizer.toml:2: special_tokens is .*; it must be an array"),
        ('universe = "u"\nspecial_tokens = [\n 1]', r"tokenizer.toml:3: special_tokens is 1; it must be a table"),
        (
            'universe = "u"\nspecial_tokens = [\n {name="unk", token="a"},\n {name="foo", token="b"}]',
            r'tokenizer.toml:4: "foo" is no role of a special token; roles: unk, pad, mask, cls, eos, bos, sep',
        ),
        ('universe = "u"\nspecial_tokens = [{name="UNK", token="b"}]', r'tokenizer.toml:2: "UNK" is no role'),
        ('universe = "u"\nspecial_tokens = [\n{token="b"}]', r"tokenizer.toml:3: a special token has no name; write"),
        ('universe = "u"\n[[special_tokens]]\nname="unk"', r"tokenizer.toml:2: a special token has no token; write"),
        (
            'universe = "u"\n[[special_tokens]]\nname="unk"\ntoken=3',
            r"tokenizer.toml:4: special_tokens.token is 3; it must be text",
        ),
        ('universe = "u"\ngenotok = 1', r"tokenizer.toml:2: genotok is 1; it must be a table, \[genotok\]"),
        (
            'universe = "u"\ntokenizer_type = "bits"\n[genotok]\nengine = "ailist"',
            r"tokenizer.toml:4: the engine differs from tokenizer_type; keep one of them",
        ),
        ('universe = "u"\nuniverse = "v"', r"tokenizer.toml:2: Cannot overwrite a value; the file must be TOML"),
        ('universe = "u"\nx = "', r"tokenizer.toml:2: (Unterminated|Expected|Illegal).*; the file must be TOML"),
        ("universe", r"tokenizer.toml:1: Expected '=' after a key.*; the file must be TOML"),
        (b"universe = '\xff'", r"tokenizer.toml: the file is not UTF-8 text; save it as UTF-8"),
        ("universe = " + "[" * 5000 + "]" * 5000, r"tokenizer.toml(:1)?: .*; (settings are flat|the file must be)"),
    ],
)
def test_faults_are_named_by_line(write, text, message):
    """Each wrong name, type or value is one line that says where, what and what to do."""
    with pytest.raises(ConfigError, match=message):
        read_config(write(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[genotok]\nunmached = "unk"', r"tokenizer.toml:3: 'unmached' is no setting; settings: engine, unmatched"),
        ("[genotok]\n\nsort = 1", r"tokenizer.toml:4: sort is 1; True or False"),
        ('genotok.invalid = "x"', r"tokenizer.toml:2: invalid is 'x'; one of 'error', 'skip', 'keep'"),
        ('genotok = { engine = "x" }', r"tokenizer.toml:2: engine is 'x'; one of 'bits', 'ailist'"),
    ],
)
def test_settings_are_checked_at_their_line(write, text, message):
    """The values of ``[genotok]`` are those of IntervalConfig, and a wrong one is found where it stands."""
    path = write(f'universe = "u.bed"\n{text}\n')
    path.with_name("u.bed").write_text("chr1\t1\t2\n")
    with pytest.raises(ConfigError, match=message):
        IntervalTokenizer(path)


def test_a_settings_file_opens_a_tokenizer(write):
    """Engine, special tokens and settings arrive, and keys without a meaning are noted in the report."""
    path = write(FULL)
    (path.parent / "sub").mkdir()
    (path.parent / "sub" / "peaks.bed").write_text("chr1\t1\t2\n")
    for tokenizer in (IntervalTokenizer(path), IntervalTokenizer(str(path)), IntervalTokenizer.from_config(path)):
        assert tokenizer.config == IntervalConfig(engine="ailist", unmatched="unk", model_max_length=512)
        assert (tokenizer.unk_token, tokenizer.pad_token) == ("<UNK>", "#[P]=")
        notes = tokenizer.universe.report.notes
        assert notes == (f"{path}: keys without a meaning here: colour, other",)


def test_missing_files_are_not_found(tmp_path, write):
    """Neither a missing settings file nor a missing universe is anything else."""
    with pytest.raises(FileNotFoundError, match=r"none\.toml"):
        IntervalTokenizer(tmp_path / "none.toml")
    with pytest.raises(FileNotFoundError, match=r"u.bed: no such file"):
        IntervalTokenizer(write('universe = "u.bed"'))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)
SETTINGS = st.fixed_dictionaries(
    {
        "engine": st.sampled_from(["bits", "ailist"]),
        "unmatched": st.sampled_from(["drop", "unk", "error"]),
        "sort": st.booleans(),
        "model_max_length": st.none() | st.integers(1, 10**6),
    }
)


@given(TEXTS, st.dictionaries(st.sampled_from(ROLES), TEXTS), SETTINGS)
def test_what_is_written_reads_back(tmp_path_factory, universe, special_tokens, settings):
    """Any text survives: quotes, backslashes, controls, line ends, all of Unicode."""
    path = tmp_path_factory.mktemp("toml") / "tokenizer.toml"
    path.write_bytes(render_config(universe, special_tokens, settings).encode())
    table = tomllib.loads(path.read_bytes().decode())
    assert table["universe"] == universe
    found = read_config(path)
    assert found.special_tokens == special_tokens
    assert found.settings == {name: value for name, value in settings.items() if value is not None}


KEYS = st.sampled_from(["a", "b", "c-d", "x_1"])
VALUES = st.recursive(
    st.integers(-5, 5) | st.sampled_from(["x", "a = 1", "#", "]", '"', "'''"]) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_keys_are_found_at_their_lines(table, data):
    """Written over many lines, with comments that look like keys, every key and element is at its line."""
    lines, wanted = [], {}

    def put(text):
        lines[-1] += text

    def gap():
        lines.extend(data.draw(st.sampled_from([[], [], [""], ["# a = [1", ""]])))

    def write(path, value):
        wanted[path] = len(lines)
        if isinstance(value, list):
            put("[")
            for place, item in enumerate(value):
                gap()
                write((*path, place), item)
                put(", ")
            gap()
            put("]")
        elif isinstance(value, dict):
            put("{")
            for place, (key, item) in enumerate(value.items()):
                put(", " if place else " ")
                put(f"{key} = ")
                write((*path, key), item)
            put("}")
        else:
            put(render(value))

    for key, value in table.items():
        lines.append(f"{key} = ")
        write((key,), value)
    text = "\n".join(lines)
    assert tomllib.loads(text) == table
    assert dict(key_lines(text)) == wanted


def render(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return render_config(value, {}, {}).partition("\n")[0].removeprefix("universe = ")
    return str(value)


def test_every_way_to_write_a_key_is_known():
    """Headers, arrays of tables, dotted and quoted keys, multi-line texts and dates are stepped through."""
    text = '''\
# x = [
"a b" = """
x = 1
"""
d = 1979-05-27 07:32:00
one.two = 'y = 2'
[[rows]]
a = 1
[[rows]]
  a.b = [[1, 2], [
3]]
[rows.sub]
x = \'\'\'
]\'\'\'
[ e . "f.g" ]
x=1
'''
    tomllib.loads(text)
    found = key_lines(text)
    wanted = {
        ("a b",): 2,
        ("d",): 5,
        ("one",): 6,
        ("one", "two"): 6,
        ("rows", 0): 7,
        ("rows", 0, "a"): 8,
        ("rows", 1): 9,
        ("rows", 1, "a", "b"): 10,
        ("rows", 1, "a", "b", 1, 0): 11,
        ("e", "f.g", "x"): 16,
    }
    assert {path: found.get(path) for path in wanted} == wanted
