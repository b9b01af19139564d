"""What the bins of a store depend on, and whether a store is that of a tokenizer."""

from typing import Any

from genotok.errors import ConfigError
from genotok.io.tokenstore import TokenStore
from genotok.tokenizers.motif_model import MotifModel


def run_settings(tokenizer: MotifModel, *, hits: str | None = None) -> dict[str, Any]:
    """Say what the bins of a store depend on."""
    config = tokenizer.config
    whole = config.to_dict()
    kept = {name: whole[name] for name in ("scan", "bins", "block", "halo")}
    return {**kept, "cpg": config.features.cpg, "motif_digest": tokenizer.motifs.digest, "hits": hits}


def check_store(tokenizer: MotifModel, store: TokenStore) -> None:
    """Raise ConfigError, with the setting that differs, for bins that were cut by other settings or motifs.

    Hits that others found are taken as those of the motifs.
    """
    for name, mine in run_settings(tokenizer).items():
        its = store.settings.get(name)
        if name != "hits" and its != mine:
            what = f"{name} is {mine!r}, but {its!r} in the store"
            raise ConfigError(what, path=str(store.folder), hint="give the tokenizer that made it, or make it anew")
