"""What is timed and compared of learned tokenizers: the same lines here, in Pyodide under Node, and in a browser."""

import gc
import hashlib
import json
import time
from pathlib import Path

READ = 101  # bases of a short read


clock = time.perf_counter  # what `vq.py` may replace


def take_time(work):
    """Time one call; what it returns is freed after the clock stops."""
    gc.collect()
    began = clock()
    result = work()
    taken = clock() - began
    del result
    return taken


def take_times(work, rounds):
    """Call something once to warm up, then so many times; seconds of each."""
    return [take_time(work) for _ in range(rounds + 1)][1:]


def cut_reads(letters, number):
    """Cut short reads out of a sequence, one after the other, round and round."""
    size = len(letters) - READ
    return [letters[at % size : at % size + READ] for at in range(0, number * READ, READ)]


def speeds(folder, plan, target):
    """Time what a plan names, JSON ``[[row, model, bases, reads], ..]``; write seconds of each round.

    The sequence is the file ``letters`` of a folder. Row ``open`` is the opening of a model; ``reads`` above 0 are so
    many short ones instead of the whole.
    """
    from genotok import VQTokenizer

    letters = (Path(folder) / "letters").read_bytes()
    rounds, rows = json.loads(plan)
    told = {}
    for row, model, bases, reads in rows:
        if row.startswith("open"):
            told[row] = take_times(lambda model=model: VQTokenizer.from_pretrained(model), rounds)
            continue
        tokenizer = VQTokenizer.from_pretrained(model)
        if reads:
            some = cut_reads(letters, reads)
            told[row] = take_times(lambda some=some, one=tokenizer: one.encode_batch(some), rounds)
        else:
            text = letters[:bases]
            told[row] = take_times(lambda text=text, one=tokenizer: one.codes(text), rounds)
    Path(target).write_text(json.dumps(told))


def write_codes(folder, plan, target):
    """Encode the file ``letters`` by models, JSON ``[[model, bases], ..]``; SHA-256 of ids, and codes in files."""
    import numpy as np

    from genotok import VQTokenizer

    letters = (Path(folder) / "letters").read_bytes()
    told = {}
    for model, bases in json.loads(plan):
        tokenizer = VQTokenizer.from_pretrained(model)
        codes = tokenizer.codes(letters[:bases]).codes
        ids = tokenizer.vocabulary.ids_of_codes(codes)
        np.save(Path(target).with_name(f"{model}.npy"), codes)
        told[model] = {"tokens": codes.shape[1], "sha256": hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest()}
    Path(target).write_text(json.dumps(told))
