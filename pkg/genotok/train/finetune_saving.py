"""A fine-tuned model as a folder: the language model it became, its tokenizer, the head; and what it says of DNA."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import BundleError, InputError
from genotok.io.safetensors import read_safetensors, write_safetensors
from genotok.io.sinks import atomic_write
from genotok.train.finetune import FinetuneRun, build_head
from genotok.train.libraries import load_torch
from genotok.train.mlm_saving import open_masked_model, save_pretrained
from genotok.train.mlm_tokens import Reader
from genotok.train.pooling import Documents, embed_documents

HEAD, FACTS = "classifier.safetensors", "finetune.json"
_USE = """```sh
genotok vq embed more.fa --model FOLDER -o more.npz  # vectors, and the shares of the classes
```
"""


def save_classifier(folder: str | PathLike[str], run: FinetuneRun, reader: Reader, facts: Mapping[str, Any]) -> None:
    """Write what a seed has learned: all that `save_pretrained` writes, and ``classifier.safetensors``."""
    save_pretrained(folder, run.model.cpu(), reader, facts, use=_USE, file=FACTS)
    arrays = {name: np.asarray(value.numpy()) for name, value in run.head.items()}
    with atomic_write(Path(folder) / HEAD) as file:
        file.write(write_safetensors(arrays))


def open_classifier(folder: str | PathLike[str]) -> tuple[Any, Any, dict[str, Any]]:
    """Open what `save_classifier` wrote: the language model, the head, and what is told of the tokenizer."""
    path = Path(folder) / HEAD
    model, told = open_masked_model(folder)
    if not path.is_file():
        hint = "genotok vq finetune writes such folders"
        raise InputError(f"no {HEAD} in it", path=str(folder), hint=hint)
    torch, arrays = load_torch(), read_safetensors(path)
    try:
        head = build_head(int(model.config.hidden_size), len(arrays["3.bias"]))
        head.load_state_dict({name: torch.from_numpy(each.copy()) for name, each in arrays.items()})
    except (KeyError, RuntimeError) as fault:
        hint = "its files belong to different models"
        raise BundleError("the head does not fit the model", path=str(path), hint=hint) from fault
    return model.eval(), head.eval(), told


def predict_shares(model: Any, head: Any, documents: Documents) -> NDArray[np.float32]:
    """Return the shares of the classes of each document: float32 (n, classes)."""
    vectors, _ = embed_documents(model.bert, documents)
    return share_classes(head, vectors)


def share_classes(head: Any, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a head makes of vectors (n, D): the shares of the classes, float32 (n, classes)."""
    torch = load_torch()
    with torch.no_grad():
        logits = head(torch.from_numpy(vectors).to(next(head.parameters()).device))
    shares: NDArray[np.float32] = logits.softmax(dim=1).cpu().numpy()
    return shares
