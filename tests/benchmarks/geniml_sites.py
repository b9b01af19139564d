"""geniml's own call sites, from PyPI, on gtars and on genotok: what works, what is equal, what breaks by itself.

An environment of its own (Python 3.11 to 3.13), because geniml's full list of requirements holds transformers below 5:

    python -m venv .venv-geniml
    .venv-geniml/bin/pip install --no-deps geniml==0.8.4
    .venv-geniml/bin/pip install -r tests/benchmarks/requirements-geniml.txt
    .venv-geniml/bin/python tests/benchmarks/geniml_sites.py

Prints Markdown: a row a call site, and what came of it with either tokenizer.
"""

import contextlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from gzip import decompress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "pkg"))
os.environ |= {"WANDB_MODE": "disabled", "TOKENIZERS_PARALLELISM": "false"}
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402  # all below: after the settings above
import torch  # noqa: E402
from anndata import AnnData  # noqa: E402
from geniml import atacformer  # noqa: E402
from geniml.atacformer import training_utils  # noqa: E402
from geniml.region2vec import main as region2vec  # noqa: E402
from geniml.region2vec.utils import Region2VecDataset  # noqa: E402
from gtars.models import RegionSet  # noqa: E402
from gtars.tokenizers import Tokenizer  # noqa: E402
from transformers import AutoTokenizer, DataCollatorForLanguageModeling  # noqa: E402

from genotok import IntervalTokenizer, read_bed, write_tokens  # noqa: E402
from genotok.hf import GenotokIntervalTokenizer  # noqa: E402

PEAKS = ROOT / "tests/fixtures/overlaps"
NAMES = ("10x_agg_peaks.hg38.chr21-22.bed", "ctcf.hg38.chr21-22.bed", "test_big.hg38.chr21-22.bed")


@dataclass
class Side:
    """One library at geniml's call sites: what takes the place of gtars' Tokenizer, and of the training tokenizer."""

    kind: type
    training_kind: type
    folder: Path

    @property
    def universe(self) -> str:
        return str(self.folder / NAMES[0])

    @property
    def queries(self) -> list[str]:
        return [str(self.folder / name) for name in NAMES[1:]]

    def tokenizer(self) -> Any:
        return self.kind(self.universe)

    def training_tokenizer(self) -> Any:
        return self.training_kind(self.universe)

    def encodings(self) -> list[list[int]]:
        """Documents of up to 40 ids, by either library alike."""
        ids = IntervalTokenizer(self.universe).encode(self.queries[0])
        return [ids[at : at + 40] for at in range(0, 200, 33)]

    def model(self) -> Any:
        """Make a model with fixed weights, so that embeddings can be compared."""
        torch.manual_seed(1)
        return region2vec.Region2VecExModel(tokenizer=self.tokenizer(), embedding_dim=16)


def model_from_path(side: Side) -> Any:
    return len(region2vec.Region2VecExModel(tokenizer=side.universe).tokenizer)


def model_from_tokenizer(side: Side) -> Any:
    return side.model().model.projection.weight.shape


def later_tokenizer(side: Side) -> Any:
    model = region2vec.Region2VecExModel()
    model.add_tokenizer(side.tokenizer())
    return len(model.tokenizer)


def encode_region_set(side: Side) -> Any:
    return side.model().encode(RegionSet(side.queries[0]))


def encode_path(side: Side) -> Any:
    return side.model().encode(side.queries[0], pooling="max")


def train(side: Side) -> Any:
    """Train on a token file of genotok, as Region2VecDataset reads it; the embedding of each region comes back."""
    tokens = side.folder / "tokens.parquet"
    core = IntervalTokenizer(side.universe)
    write_tokens(tokens, {path: core.encode_rows(path) for path in side.queries}, core)
    model = side.model()
    model.train(Region2VecDataset(str(tokens), shuffle=False, convert_to_str=True), epochs=3, min_count=1)
    return model.encode(RegionSet(side.queries[1]))


def export_and_open(side: Side) -> Any:
    model = side.model()
    folder = side.folder / f"exported-{side.kind.__name__}"
    model.export(str(folder))
    again = region2vec.Region2VecExModel.from_pretrained(str(folder))
    return again.encode(RegionSet(side.queries[0]))


def export_beside_universe(side: Side) -> Any:
    """The same, once the universe is put beside what geniml exports."""
    model = side.model()
    folder = side.folder / f"whole-{side.kind.__name__}"
    model.export(str(folder))
    (folder / "universe.bed").write_bytes(Path(side.universe).read_bytes())
    again = region2vec.Region2VecExModel.from_pretrained(str(folder))
    return again.encode(RegionSet(side.queries[0]))


def language_modelling(side: Side) -> Any:
    tok = side.training_tokenizer()
    collator = DataCollatorForLanguageModeling(tok, mlm_probability=0.3, seed=5)
    return collator([{"input_ids": ids} for ids in side.encodings()])


def replaced_tokens(side: Side) -> Any:
    collator = atacformer.DataCollatorForReplacedTokenDetection(side.training_tokenizer(), seed=5)
    return collator([{"input_ids": ids} for ids in side.encodings()])


def batch_correction(side: Side) -> Any:
    collator = atacformer.DataCollatorForUnsupervisedBatchCorrection(side.training_tokenizer(), 30, seed=5)
    np.random.seed(1)  # noqa: NPY002  # the generator that geniml draws from
    return collator([{"input_ids": ids, "batch_id": at % 2} for at, ids in enumerate(side.encodings())])


def triplets(side: Side) -> Any:
    collator = atacformer.DataCollatorForTripletLoss(side.training_tokenizer(), 30)
    np.random.seed(1)  # noqa: NPY002  # the generator that geniml draws from
    names = ("input_ids_anchor", "input_ids_positive", "input_ids_negative")
    return collator([dict.fromkeys(names, ids) for ids in side.encodings()])


def cells(side: Side) -> Any:
    """Tokenize AnnData by atacformer's own loop, whose regions are gtars' own."""
    regions = read_bed(side.queries[0])
    adata = AnnData(np.eye(4, len(regions), dtype=np.float32))
    adata.var["chr"], adata.var["start"], adata.var["end"] = zip(*regions.to_tuples(), strict=True)
    return [each["input_ids"] for each in training_utils.tokenize_anndata(adata, side.tokenizer())]


def masked_language_model(side: Side) -> Any:
    """Give Atacformer a batch of the collator; loss and shape of the answer."""
    tok = side.training_tokenizer()
    torch.manual_seed(2)
    words = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = atacformer.AtacformerConfig(vocab_size=len(tok), pad_token_id=tok.pad_token_id, **words)
    model = atacformer.AtacformerForMaskedLM(config)
    batch = tok.pad([{"input_ids": ids} for ids in side.encodings()], return_tensors="pt")
    return model(**batch, labels=batch["input_ids"]).loss.detach()


def auto_tokenizer(side: Side) -> Any:
    """A repository with Atacformer's config.json and a universe, opened by AutoTokenizer."""
    folder = side.folder / f"repository-{side.kind.__name__}"
    side.training_tokenizer().save_pretrained(folder)
    atacformer.AtacformerConfig().save_pretrained(folder)
    (folder / "universe.bed").write_bytes(Path(side.universe).read_bytes())
    AutoTokenizer.register(atacformer.AtacformerConfig, side.training_kind, exist_ok=True)
    return AutoTokenizer.from_pretrained(folder)(RegionSet(side.queries[0]))["input_ids"]


SITES: dict[str, Callable[[Side], Any]] = {
    "`Region2VecExModel(tokenizer=path)`": model_from_path,
    "`Region2VecExModel(tokenizer=tokenizer)`": model_from_tokenizer,
    "`Region2VecExModel().add_tokenizer(tokenizer)`": later_tokenizer,
    "`Region2VecExModel.encode(RegionSet)`": encode_region_set,
    "`Region2VecExModel.encode(path)`": encode_path,
    "`Region2VecExModel.train(Region2VecDataset(parquet))`": train,
    "`Region2VecExModel.export`, `.from_pretrained`": export_and_open,
    "the same, with the universe put beside": export_beside_universe,
    "`DataCollatorForLanguageModeling` of transformers": language_modelling,
    "`atacformer.DataCollatorForReplacedTokenDetection`": replaced_tokens,
    "`atacformer.DataCollatorForUnsupervisedBatchCorrection`": batch_correction,
    "`atacformer.DataCollatorForTripletLoss`": triplets,
    "`atacformer.tokenize_anndata`": cells,
    "`atacformer.AtacformerForMaskedLM`": masked_language_model,
    "`AutoTokenizer` for a repository of Atacformer": auto_tokenizer,
}


def attempt(site: Callable[[Side], Any], side: Side) -> tuple[Any, str]:
    """Run a site; return what it gives, or its fault in one line."""
    silence = contextlib.ExitStack()
    with silence:
        for redirect in (contextlib.redirect_stdout, contextlib.redirect_stderr):
            silence.enter_context(redirect(io.StringIO()))
        silence.enter_context(mock.patch.object(region2vec, "Tokenizer", side.kind))
        try:
            return site(side), ""
        except Exception as error:
            first = str(error).strip().splitlines()[0].replace(str(side.folder), "..")
            return None, f"{type(error).__name__}: {first}"


def equal(one: Any, two: Any) -> bool:
    """Compare what sites give: arrays, tensors, mappings and lists of them, numbers."""
    if hasattr(one, "keys"):
        return set(one.keys()) == set(two.keys()) and all(equal(value, two[name]) for name, value in one.items())
    return bool(np.array_equal(np.asarray(one), np.asarray(two)))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in NAMES:
            (folder / file).write_bytes(decompress((PEAKS / f"{file}.gz").read_bytes()))
        sides = [
            Side(Tokenizer, atacformer.TrainingTokenizer, folder),
            Side(IntervalTokenizer, GenotokIntervalTokenizer, folder),
        ]
        packages = ("geniml", "gtars", "transformers", "torch", "gensim")
        print(", ".join(f"{package} {version(package)}" for package in packages) + "\n")
        print("| call site of geniml | on gtars | on genotok | results |\n|---|---|---|---|")
        for title, site in SITES.items():
            (theirs, their_fault), (ours, our_fault) = (attempt(site, side) for side in sides)
            both = "" if their_fault or our_fault else "equal" if equal(theirs, ours) else "**differ**"
            print(f"| {title} | {their_fault or 'works'} | {our_fault or 'works'} | {both} |", flush=True)


if __name__ == "__main__":
    main()
