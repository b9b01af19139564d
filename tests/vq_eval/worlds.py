"""Small worlds to judge tokenizers in: sets of DNA whose classes differ by a word, written as the real ones are."""

import gzip

import numpy as np

LETTERS = np.array(list("ACGT"))


def dna(random, length):
    return "".join(LETTERS[random.integers(0, 4, length)])


def planted(n, *, length=60, words=("", "TTGACATA"), noise=0.0, seed=0):
    """Rows of DNA in turn of each class, the word of the class planted somewhere, and their labels."""
    random = np.random.default_rng(seed)
    rows, labels = [], []
    for at in range(n):
        kind = at % len(words)
        text, word = dna(random, length), words[kind]
        if word and random.random() >= noise:
            where = random.integers(0, length - len(word))
            text = text[:where] + word + text[where + len(word) :]
        rows.append(text)
        labels.append(kind)
    return rows, labels


def write_csv(path, rows, labels, head="sequence,label"):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [head, *(f"{row},{label}" for row, label in zip(rows, labels, strict=True))]
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def write_set(folder, *, n=(80, 30, 40), splits=("train", "dev", "test"), seed=0, **settings):
    """Write a set whose splits are drawn apart."""
    for number, (split, rows) in enumerate(zip(("train", "dev", "test"), n, strict=True)):
        if split in splits:
            write_csv(folder / f"{split}.csv.gz", *planted(rows, seed=10 * seed + number, **settings))
    return folder
