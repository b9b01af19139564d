"""Makes the tokenizers that come along, by the command that users have; or checks that it still makes what it did.

usage: ./build_wasm.sh models DATA [--only NAME] [--check]
DATA is a folder in which, at any depth, the files lie that the recipes name.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TOP = Path(__file__).resolve().parents[2]
MODELS = TOP / "pkg/genotok/models"
FILES = ("model.npz", "tokenizer_config.json", "special_tokens_map.json", "card.json", "model_card.md")
CORPUS = ("hg19_chr22_partial_N.fa.gz", "sacCer3.fa.gz", "NC_008253.fna.gz", "NC_045512.fasta@30")
HELD_OUT = ("human_chr17_0_1M.fa.gz",)  # beside the ends of long records, which train holds out itself
RECIPES = {
    "vq-fine": "--preset table --stride 1 --levels 512,4096 --quantizer tree --symmetric --seed 0",
    "vq-compact": "--preset table --stride 4 --levels 4096 --quantizer flat --stranded --seed 0",
    "vq-hrq": "--preset strided --seed 0 --device cpu --threads 1",
}
ALIKE = {
    "used_bits_per_token": 0.05,
    "used_bits_per_base": 0.05,
    "accuracy": 0.005,
}  # by how much cards of two machines may differ


def find(data: Path, name: str) -> str:
    """Return the path of a file below a folder, with the weight that its name may end in."""
    plain, mark, weight = name.partition("@")
    found = sorted(data.rglob(plain))
    if not found:
        sys.exit(f"models.py: there is no {plain} below {data}")
    return f"{found[0]}{mark}{weight}"


def train(name: str, data: Path, folder: Path) -> None:
    """Make a tokenizer in a folder."""
    words = [word for each in CORPUS for word in ("--fasta", find(data, each))]
    words += [word for each in HELD_OUT for word in ("--held-out", find(data, each))]
    recipe = RECIPES[name].split()
    subprocess.run(
        [sys.executable, "-m", "genotok", "vq", "train", *words, *recipe, "--name", name, "-o", str(folder)], check=True
    )


def differences(found: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """List what a new card tells otherwise than the one that is kept; rounding aside."""
    told = [f"{key}: {found[key]}, not {kept[key]}" for key in ("settings", "corpus") if found[key] != kept[key]]
    for key, value in kept["tokens"].items():
        told += _compare(key, found["tokens"].get(key), value)
    for rows in ("usage", "accuracy"):
        for mine, its in zip(found[rows], kept[rows], strict=True):
            names = ("used",) if rows == "usage" else ("accuracy",)
            told += [text for name in names for text in _compare(name, mine[name], its[name])]
    return told


def _compare(name: str, mine: Any, its: Any) -> list[str]:
    if name.startswith(("used_bits", "accuracy")):
        return (
            [] if abs(mine - its) <= ALIKE.get(name, ALIKE["used_bits_per_token"]) else [f"{name}: {mine}, not {its}"]
        )
    return [] if mine == its else [f"{name}: {mine}, not {its}"]


def main() -> None:
    """Make, or check, one tokenizer or all."""
    parser = argparse.ArgumentParser(prog="./build_wasm.sh models", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=RECIPES)
    parser.add_argument("--check", action="store_true", help="compare with those that are there, and change nothing")
    options = parser.parse_args()
    wrong = []
    for name in [options.only] if options.only else RECIPES:
        with TemporaryDirectory() as scratch:
            folder = Path(scratch) / name
            train(name, options.data, folder)
            if options.check:
                cards = [json.loads((place / "card.json").read_text()) for place in (folder, MODELS / name)]
                wrong += [f"{name}: {each}" for each in differences(*cards)]
                same = (folder / FILES[0]).read_bytes() == (MODELS / name / FILES[0]).read_bytes()
                print(f"{name}: {FILES[0]} has {'the same' if same else 'other'} bytes")
                continue
            (MODELS / name).mkdir(parents=True, exist_ok=True)
            for file in FILES:
                shutil.copyfile(folder / file, MODELS / name / file)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
