"""What is told of a pretrained language model: how it was made, what it learned, what it does not show."""

import platform
from collections.abc import Sequence
from os import cpu_count
from typing import Any

import numpy as np

from genotok import __version__
from genotok.train.libraries import load_torch, load_transformers
from genotok.train.mlm import chance_loss, count_parameters
from genotok.train.mlm_config import MlmConfig
from genotok.train.mlm_loop import Pretraining
from genotok.train.mlm_tokens import Reader
from genotok.train.vq_corpus import Corpus

FORMAT = 1
LIMITS = (
    "The paper's 500,000 steps on 8 GPUs are out of reach here.",
    "These presets show the pipeline and rank tokenizers at small scale, they do not reproduce the paper's Table 2.",
    "Losses of different tokenizers can't be compared: a token of one tells more than a token of another.",
)
_OVERLAP = "Windows overlap by {}: the tokens beside a hidden one tell most of it, so the loss falls far below chance."
_USE = """```python
{start}
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder)
logits = model(**tokenizer("ACGTACGTACGTACGTACGT", return_tensors="pt")).logits
```
"""


def make_facts(
    run: Pretraining,
    config: MlmConfig,
    reader: Reader,
    corpus: Corpus,
    *,
    name: str,
    command: str = "",
    device: str = "",
    overlap: int = 0,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what ``pretrain.json`` holds and the card renders; ``overlap`` of windows beside each other is in bp."""
    space, best, counted = reader.space, run.best, count_parameters(run.model)
    sizes = " + ".join(f"{size:,}" for size in space.sizes)
    layers, heads = (f"{n} {word}{'s' * (n > 1)}" for n, word in ((config.layers, "layer"), (config.heads, "head")))
    shape = f"{layers}, {config.hidden} wide, {heads}, {config.ffn} inside"
    is_held_out = any(len(each.codes) >= reader.bases_for(config.tokens) for each in corpus.held_out)
    known = sum(each.known - each.held_out for each in corpus.files)
    return {
        "format": FORMAT,
        "name": name,
        "summary": f"A BERT of {shape}, trained to fill in hidden tokens of {reader.name} in {known:,} bases.",
        "tokens": {
            "tokenizer": reader.name,
            "tokenizer_digest": reader.digest,
            "codes": sizes,
            "rows_of": f"{config.tokens:,} tokens, {reader.bases_for(config.tokens):,} bp",
            "hidden_share": config.share,
            "loss": best["loss"],
            "loss_of_chance": chance_loss(space),
            "losses": best["losses"],
            "accuracies": best["accuracies"],
            "measured_tokens": best["tokens"],
            "measured_on": "held-out crops" if is_held_out else "crops that were learned from too",
            "best_step": run.best_step,
            "ended_by": run.ended_by,
            "embedding_parameters": counted["embedding"],
            "other_parameters": counted["rest"],
        },
        "corpus": corpus.to_list(),
        "corpus_digest": corpus.digest,
        "balance": corpus.balance,
        "seed": config.seed,
        "settings": config.to_dict(),
        "steps": run.steps,
        "parameters": counted["embedding"] + counted["rest"],
        "wall_time_s": round(run.seconds, 1),
        "machine": f"{platform.machine()}, {cpu_count()} processors, on {device}",
        "versions": {
            "genotok": __version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "torch": str(load_torch().__version__),
            "transformers": str(load_transformers().__version__),
        },
        "command": command,
        "limits": [*LIMITS, *([_OVERLAP.format(f"{overlap} bp")] if overlap else [])],
        "notes": [*run.notes, *notes],
        "licence": "BSD-3-Clause, as genotok; learnt from the files above.",
    }


def tell_use(reader: Reader, *, is_ours: bool) -> str:
    """Return Markdown that shows how a folder is opened; ``is_ours`` if the tokenizer is a learned one."""
    if len(reader.space.sizes) > 1 and reader.space.words is None:
        return (
            "The model reads the sum of the embeddings of a token's ids, one for each level: "
            "`genotok.train.mlm.read_hidden`.\n"
        )
    start = "from transformers import AutoModelForMaskedLM, AutoTokenizer"
    start = f"import genotok.hf  # the tokenizer's class\n{start}" if is_ours else start
    return _USE.format(start=start)
