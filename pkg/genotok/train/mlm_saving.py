"""Pretrained language models as folders that transformers opens: the model, its tokenizer, a card; and back."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from genotok.errors import BundleError, InputError
from genotok.io.sinks import atomic_write, told_when_full
from genotok.io.vqcard import render_card
from genotok.train.libraries import load_torch, load_transformers
from genotok.train.mlm import is_of_tokens
from genotok.train.mlm_tokens import Reader, TokenSpace

FACTS, CARD = "pretrain.json", "README.md"
_HEAD = "---\nlibrary_name: transformers\npipeline_tag: fill-mask\ntags: [dna, genomics, genotok]\n---\n\n"
_HINT = "genotok vq pretrain writes such folders"


def fold_levels(model: Any, space: TokenSpace) -> Any:
    """Return a model of one level, with an id for each token of ``space.words``, that says the same.

    The embedding of a token is the sum of those of its levels. If the codes of the finest level are all tokens there
    are (a tree), its logits are that level's; else they are the sums over levels, as then the levels' shares multiply.
    """
    assert space.words is not None, "only what has one id a token is folded"
    torch = load_torch()
    ids = torch.from_numpy(space.words + space.starts)  # (V, N)
    specials = torch.arange(sum(space.sizes), space.rows, dtype=torch.int64)
    shape = model.config.to_dict() | {
        "vocab_size": len(ids) + len(specials),
        "pad_token_id": len(ids) + space.pad - sum(space.sizes),
        "tie_word_embeddings": False,
    }
    folded = load_transformers().BertForMaskedLM(load_transformers().BertConfig(**shape))
    kept = {name: value for name, value in model.state_dict().items() if not is_of_tokens(name)}
    folded.load_state_dict(kept, strict=False)
    answers = ids[:, -1:] if len(ids) == space.sizes[-1] else ids
    with torch.no_grad():
        table = model.bert.embeddings.word_embeddings.weight.cpu()
        words = table[ids].sum(dim=1, dtype=table.dtype)
        folded.bert.embeddings.word_embeddings.weight.copy_(torch.cat([words, table[specials] * len(space.sizes)]))
        heads, output = model.cls.predictions, folded.cls.predictions
        for its, targets in (
            (heads.decoder.weight, [output.decoder.weight]),
            (heads.bias, [output.bias, output.decoder.bias]),
        ):
            rows = torch.cat([its.cpu()[answers].sum(dim=1, dtype=its.dtype), its.cpu()[specials]])
            for target in targets:
                target.copy_(rows)
    return folded.eval()


def save_pretrained(
    folder: str | PathLike[str],
    model: Any,
    reader: Reader,
    facts: Mapping[str, Any],
    *,
    use: str = "",
    file: str = FACTS,
) -> None:
    """Write a model with its tokenizer: what transformers opens, a ``file`` of the ``facts``, and a card.

    ``use`` is Markdown that is put behind the facts.
    """
    folder, space = Path(folder), reader.space
    if len(space.sizes) > 1 and space.words is not None:
        model, space = fold_levels(model, space), replace(space, sizes=(len(space.words),))
    model.config.genotok = {"tokenizer": reader.name, "digest": reader.digest, "levels": list(space.sizes)}
    reader.save(folder)
    part = Path(mkdtemp(prefix=".model.", dir=folder))
    try:
        with told_when_full(folder), without_bars():
            model.save_pretrained(part)
        mode = (part / "config.json").stat().st_mode
        for path in sorted(part.iterdir()):
            path.chmod(mode)  # weights come readable for their owner alone
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    texts = {file: json.dumps(dict(facts), indent=1) + "\n", CARD: f"{_HEAD}{render_card(facts)}\n## Use\n{use}"}
    for name, text in texts.items():
        with atomic_write(folder / name) as sink:
            sink.write(text.encode())


def open_masked_model(folder: str | PathLike[str]) -> tuple[Any, dict[str, Any]]:
    """Open what `save_pretrained` wrote: a `BertForMaskedLM`, and what its settings say of tokens.

    They are ``tokenizer`` (a name), ``digest``, and ``levels``: several where the model reads an id for each of them.
    InputError for what is no such folder, BundleError for one that is damaged.
    """
    library, path = load_transformers(), Path(folder)
    if not path.is_dir():
        raise InputError("no such folder", path=str(folder), hint=_HINT)
    if not (path / "config.json").is_file():
        raise InputError("no config.json in it", path=str(folder), hint=_HINT)
    try:
        told = json.loads((path / "config.json").read_bytes())["genotok"]
        found = {"tokenizer": str(told["tokenizer"]), "digest": str(told["digest"]), "levels": list(told["levels"])}
    except (ValueError, LookupError, TypeError):
        raise InputError("its config.json is none of genotok", path=str(folder), hint=_HINT) from None
    try:
        with without_bars():
            model, loading = library.BertForMaskedLM.from_pretrained(
                path, local_files_only=True, use_safetensors=True, output_loading_info=True
            )  # nothing is unpickled
    except Exception as fault:  # whatever transformers and safetensors make of a damaged file
        raise _damaged(folder, str(fault).splitlines()[0]) from fault
    if missing := sorted(loading["missing_keys"]):
        raise _damaged(folder, f"no weight {missing[0]}")
    for name, each in model.named_parameters():
        if not bool(each.isfinite().all()):
            raise _damaged(folder, f"NaN or infinity in {name}")
    return model, found


def _damaged(folder: str | PathLike[str], what: str) -> BundleError:
    hint = "copy the folder again, or pretrain anew"
    return BundleError(f"the model is damaged ({what})", path=str(folder), hint=hint)


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep transformers from drawing a bar for each file, and from words other than errors."""
    logging = load_transformers().utils.logging
    had_bars, before = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if had_bars:
            logging.enable_progress_bar()
