"""Our answer to a recorded gtars case, in the shape in which the case records gtars' own."""

import base64
from pathlib import Path

from genotok import GenotokError, IntervalTokenizer, read_bed, read_gtok, write_gtok
from genotok.io.bed import iter_bed


def answer(case, folder):
    """Do what the case did with gtars, keeping reversed and far rows as gtars does; errors become answers too."""
    try:
        return _ANSWERS[case["op"]](case, Path(folder))
    except (GenotokError, OSError) as error:
        return {"error": type(error).__name__, "message": str(error).replace(f"{folder}/", "")}


def put(folder, file):
    """Write the file of a case; returns its path."""
    content = base64.b64decode(file["b64"]) if "b64" in file else file["text"].encode()
    path = folder / file["filename"]
    path.write_bytes(content)
    return path


def open_tokenizer(case, folder):
    """Open the universe of a case the way the case names, every row kept."""
    universe = case["universe"]
    path = put(folder, universe)
    if universe["config"] is None:
        return IntervalTokenizer.from_bed(path, invalid="keep")
    config = folder / "tokenizer.toml"
    config.write_text(universe["config"] + '\n[genotok]\ninvalid = "keep"\n')
    return IntervalTokenizer.from_config(config) if universe["via"] == "from_config" else IntervalTokenizer(config)


def _answer_vocab(case, folder):
    tokenizer = open_tokenizer(case, folder)
    texts = tokenizer.vocabulary.special_tokens
    return {
        "vocab": [[text, place] for text, place in tokenizer.get_vocab().items()],
        "size": tokenizer.vocab_size,
        "len": len(tokenizer),
        "specials": {role: [text, getattr(tokenizer, f"{role}_token_id")] for role, text in texts.items()},
        "special_tokens_map": dict(tokenizer.special_tokens_map),
        "id_to_token": tokenizer.convert_ids_to_tokens(list(range(tokenizer.vocab_size + 2))),
    }


def _answer_call(case, folder):
    tokenizer = open_tokenizer(case, folder)
    regions = [tuple(region) for region in case["query"]]
    return _encoded(tokenizer, regions) | {"per_region": [tokenizer.encode([region]) for region in regions]}


def _answer_call_path(case, folder):
    tokenizer = open_tokenizer(case, folder).replace(sort=True)  # gtars sorts the rows of files
    return _encoded(tokenizer, put(folder, case["query"]))


def _encoded(tokenizer, document):
    encoding = tokenizer(document)
    told = {"input_ids": encoding["input_ids"], "attention_mask": encoding["attention_mask"]}
    return {"tokens": tokenizer.tokenize(document), **told}


def _answer_texts(case, folder):
    """What gtars calls encode looks texts up, which is `convert_tokens_to_ids` here; its answer is always a list."""
    value = open_tokenizer(case, folder).convert_tokens_to_ids(case["query"])
    return {"value": value if isinstance(value, list) else [value]}


def _answer_method(name):
    return lambda case, folder: {"value": getattr(open_tokenizer(case, folder), name)(case["query"])}


def _answer_fragments(case, folder):
    """Fragments by cell: the rows of the file as regions, grouped by the text of column 4."""
    tokenizer, path = open_tokenizer(case, folder), put(folder, case["query"])
    rows = tokenizer.encode_rows(read_bed(path), unmatched="unk").to_lists()
    kept = [piece.line_bytes[row] for piece in iter_bed(path, keep_lines=True) for row in range(len(piece))]
    cells = {}
    for line, ids in zip(kept, rows, strict=True):
        cells.setdefault(line.split()[3].decode(), []).extend(ids)
    return {"value": cells}


def _answer_gtok_write(case, folder):
    path = folder / "t.gtok"
    write_gtok(path, case["query"])
    back = read_gtok(path).tolist()
    return {"hex": path.read_bytes().hex(), "read_back": back, "read_back_strings": [str(value) for value in back]}


def _answer_gtok_read(case, folder):
    return {"value": read_gtok(put(folder, case["query"])).tolist()}


_ANSWERS = {
    "vocab": _answer_vocab,
    "call": _answer_call,
    "call_path": _answer_call_path,
    "encode": _answer_texts,
    "decode": _answer_method("decode"),
    "convert_ids_to_tokens": _answer_method("convert_ids_to_tokens"),
    "convert_tokens_to_ids": _answer_method("convert_tokens_to_ids"),
    "special_tokens_mask": _answer_method("get_special_tokens_mask"),
    "fragments": _answer_fragments,
    "gtok_write": _answer_gtok_write,
    "gtok_read": _answer_gtok_read,
}


def agrees(case, ours):
    """Tell whether an answer is gtars' own: both refuse, or all that gtars recorded is the same.

    ``repr`` is not compared: it is no answer. Lists by gtars' `ailist` engine come in another order within a region.
    """
    theirs = case["expected"]
    if "error" in theirs or "error" in ours:
        return ("error" in theirs) == ("error" in ours)
    theirs = {name: value for name, value in theirs.items() if name != "repr"}
    if "ailist" in ((case["universe"] or {}).get("config") or "") and "per_region" in theirs:
        ours, theirs = (_without_order(value) for value in (ours, theirs))
    if "vocab" in theirs:
        theirs["vocab"] = sorted(theirs["vocab"], key=lambda entry: entry[1])
    return ours == theirs


def _without_order(told):
    return {
        "per_region": [sorted(ids) for ids in told["per_region"]],
        "input_ids": sorted(told["input_ids"]),
        "tokens": sorted(told["tokens"]),
        "attention_mask": told["attention_mask"],
    }
