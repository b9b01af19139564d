"""Which tokenizers a command compares: names of baselines, bundled models and folders."""

from collections.abc import Sequence
from pathlib import Path

from genotok.analysis.vq_baselines import NAMES, baseline
from genotok.analysis.vq_features import Features, VQFeatures
from genotok.errors import ConfigError, InputError
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED


def open_features(text: str, *, bpe: str | None = None) -> Features:
    """Open a tokenizer by its name, a folder, or ``NAME=FOLDER``, which names it anew."""
    name, mark, place = text.partition("=")
    if not mark:
        found = baseline(text, bpe=bpe)
        if found is not None:
            return found
        name, place = Path(text).name or text, text
    if not name or not place:
        raise ConfigError(f"{text!r} names no tokenizer", hint="NAME=FOLDER")
    if place not in BUNDLED and not Path(place).is_dir():
        hint = f"a folder with a model, or {', '.join((*BUNDLED, *NAMES))}"
        raise InputError(f"no tokenizer {place!r}", hint=hint)
    return VQFeatures(name, VQTokenizer.from_pretrained(place))


def open_all(texts: Sequence[str], *, bpe: str | None = None) -> dict[str, Features]:
    """Open tokenizers by the texts that name them; two of one name can't be told apart in a table and are refused."""
    found = {text: open_features(text, bpe=bpe) for text in texts}
    names: set[str] = set()
    for each in found.values():
        if each.name in names:
            raise ConfigError(f"two tokenizers are called {each.name}", hint="call one NAME=FOLDER")
        names.add(each.name)
    return found
