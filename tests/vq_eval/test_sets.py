"""Sets of labelled DNA are read as they are written, and whatever is wrong is told with file and line."""

import re

import pytest

from genotok.analysis.vq_sets import read_rows, read_sets
from genotok.errors import InputError
from vq_eval.worlds import planted, write_csv, write_set


def test_a_folder_gives_its_sets_in_order(tmp_path):
    """Names in order, rows in the order of their files, classes counted on what is learnt from."""
    write_set(tmp_path / "b", n=(9, 6, 6))
    write_set(tmp_path / "a", n=(9, 6, 9), words=("", "AAAA", "CCCC"))
    (tmp_path / "notes").mkdir()
    one, two = read_sets(tmp_path)
    assert (one.name, two.name) == ("a", "b")
    assert (one.classes, two.classes) == (3, 2)
    rows, labels = planted(9, words=("", "AAAA", "CCCC"))
    assert one.train.texts == tuple(rows)
    assert one.train.labels.tolist() == labels
    assert [each.name for each in read_sets(tmp_path, ["b"])] == ["b"]


def test_the_digest_is_of_the_rows_alone(tmp_path):
    """A packed file and a plain one are one set; a changed label is another."""
    packed = write_set(tmp_path / "x" / "one")
    plain = tmp_path / "y" / "one"
    for number, (split, n) in enumerate({"train": 80, "dev": 30, "test": 40}.items()):
        write_csv(plain / f"{split}.csv", *planted(n, seed=number))
    digests = [read_sets(each.parent)[0].digest for each in (packed, plain)]
    assert digests[0] == digests[1]
    rows, labels = planted(40, seed=2)
    write_csv(plain / "test.csv", rows, [1 - labels[0], *labels[1:]])
    assert read_sets(plain.parent)[0].digest != digests[0]


def test_rows_that_are_listed_stay_out(tmp_path):
    """By set, split and row from 0; other sets keep theirs."""
    write_set(tmp_path / "a")
    write_set(tmp_path / "b")
    whole = read_sets(tmp_path)[0]
    (tmp_path / "exclude.tsv").write_text("set\tsplit\trow0\treason\na\ttest\t0\tx\na\ttest\t39\tx\na\tdev\t3\tx\n\n")
    one, two = read_sets(tmp_path)
    assert one.test.texts == whole.test.texts[1:-1]
    assert one.dev.texts == whole.dev.texts[:3] + whole.dev.texts[4:]
    assert (one.left_out, two.left_out, len(two.test)) == (3, 0, 40)


def test_letters_are_read_as_dna(tmp_path):
    """Lower case, U, N, a byte order mark, columns in another order and CRLF change nothing."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfname,Label,Sequence\r\n\r\nq,1,acguN\r\nr,0,TTR\r\n")
    rows = read_rows(path)
    assert rows.texts == ("ACGTN", "TTR")
    assert rows.labels.tolist() == [1, 0]
    assert rows.bases == 8


def test_a_set_without_train_is_learnt_from_dev(tmp_path):
    write_set(tmp_path / "a", splits=("dev", "test"))
    (task,) = read_sets(tmp_path)
    assert task.is_dev_trained
    assert task.taught.texts == task.dev.texts
    assert list(task.splits) == ["dev", "test"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("ACGT,1\nAC,0\n", r"train\.csv:1: the header is 'acgt,1'; name the columns: sequence,label"),
        ("", r"train\.csv:1: the header is ''"),
        ("sequence,label\n", r"train\.csv: no rows"),
        ("sequence,label\nACGT,0\n,1\n", r"train\.csv:3: a row without sequence; leave the row out"),
        ("sequence,label\nACGT\n", r"train\.csv:2: 1 cells; the header has 2"),
        ("sequence,label\nACGT,0\nAC,one\n", r"train\.csv:3: label 'one'; classes are 0, 1, 2"),
        ("sequence,label\nACGT,0\nAC,-1\n", r"train\.csv:3: label '-1'"),
        ("sequence,label\nACGT,0\nAC,2\nA,2\n", r"train\.csv:3: class 2, and no row is of class 1"),
        ("sequence,label\nACGT,1\nAC,2\n", r"train\.csv:2: class 1, and no row is of class 0"),
        ("sequence,label\nACGT,0\nAC,0\n", r"train\.csv:2: all rows are of one class"),
        ("sequence,label\nACGT,0\nACJT,1\n", r"train\.csv:3: letter 'J' at base 3"),
        ("sequence,label\nACGT,0\nAC-T,1\n", r"train\.csv:3: letter '-' at base 3"),
        ("sequence,label\nACGT,0\nACéT,1\n", r"train\.csv:3: letter 'É' at base 3"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path, content, told):
    write_set(tmp_path / "a", splits=("dev", "test"))
    (tmp_path / "a" / "train.csv").write_text(content)
    with pytest.raises(InputError, match=told):
        read_sets(tmp_path)


def test_what_other_splits_may_not_have(tmp_path):
    """A class that was never learnt, in dev or test, is no truth to be right about."""
    write_set(tmp_path / "a", splits=("train", "dev"))
    write_csv(tmp_path / "a" / "test.csv", ["ACGT", "AC"], [1, 2])
    with pytest.raises(InputError, match=r"test\.csv:3: class 2, which no row of train has; classes are 0 to 1"):
        read_sets(tmp_path)
    (tmp_path / "a" / "dev.csv.gz").unlink()
    with pytest.raises(InputError, match=r"a: no dev\.csv\.gz; settings are chosen on dev rows"):
        read_sets(tmp_path)


def test_a_wrong_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such folder; a folder for each set"):
        read_sets(tmp_path / "nowhere")
    with pytest.raises(InputError, match=re.escape(f"{tmp_path}: no sets in it")):
        read_sets(tmp_path)
    write_set(tmp_path / "a")
    with pytest.raises(InputError, match="no set 'c'; there are a"):
        read_sets(tmp_path, ["c"])
    (tmp_path / "a" / "dev.csv.gz").write_bytes((tmp_path / "a" / "dev.csv.gz").read_bytes()[:60])
    with pytest.raises(InputError, match=r"dev\.csv\.gz: the gzip stream is cut"):
        read_sets(tmp_path)
    (tmp_path / "a" / "dev.csv.gz").write_bytes(b"sequence,label\n\xff\xfe,0\n")
    with pytest.raises(InputError, match=r"dev\.csv\.gz: the file is not UTF-8 text"):
        read_sets(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("set\tsplit\trow\n", r"exclude\.tsv:1: the header lacks set, split or row0"),
        ("set\tsplit\trow0\na\ttest\n", r"exclude\.tsv:2: 2 cells"),
        ("set\tsplit\trow0\na\ttest\tx\n", r"exclude\.tsv:2: 'test', 'x'; a split, and its row from 0"),
        ("set\tsplit\trow0\na\tvalid\t1\n", r"exclude\.tsv:2: 'valid', '1'"),
        ("set\tsplit\trow0\na\tdev\t1\na\ttest\t40\n", r"exclude\.tsv:3: row 40 of a test, which has 40"),
    ],
)
def test_a_bad_list_of_rows_is_told_with_its_line(tmp_path, content, told):
    write_set(tmp_path / "a")
    (tmp_path / "exclude.tsv").write_text(content)
    with pytest.raises(InputError, match=told):
        read_sets(tmp_path)
