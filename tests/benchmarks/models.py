"""Networks on tokens beside networks on bases: trained on real signals with several seeds, judged on held-out DNA.

The networks, loss, optimiser, schedule and early stopping are the paper's; widths, windows and epochs are scaled to a
processor and to the signals at hand, which is printed and kept. Each finished network is kept in the file of results,
and a later run computes what is missing; one that was stopped goes on after its last epoch.

The JSON has, below ``signals``, for each signal:

- ``settings``: all that decides the figures; ``scaled``: sentences on what is smaller than in the paper
- ``data``: bins, clusters, windows of the parts
- ``runs``: by ``tokens/SEED`` and ``onehot/SEED``: ``parameters``, ``epochs``, ``best_epoch``, ``seconds``, ``history``
  (an epoch each), ``windows`` (Pearson's r of each test window on the grid) and ``scores``. These are ``units`` and
  ``grid`` (``window_pearson``, ``pearson``, ``spearman``; units are bins or 16 bp, the grid is 16 bp for both),
  ``peaks`` (``same`` and ``swept`` settings, each ``recall``, ``precision``, ``f1``, ``mcc``, ``peak_recall``,
  ``peak_precision``, ``auroc``, ``average_precision``), ``attribution`` (``input_x_gradient`` and ``deeplift``, each by
  what CTCF sites are told from: ``auc``, ``low``, ``high`` of a bootstrap over loci). What is not defined is null
- ``controls``: ridge regressions (``name``, ``pearson``, ``window_pearson`` ..) on bins; ``loci``: by what sites are
  told from, ``bound``, ``unbound``, and the areas ``best_pwm`` and ``token_value``
- ``summary``: ``tokens`` and ``onehot``, by the way down to a score (``grid.pearson``): ``mean``, ``low``, ``high``
  (95 % by Student's t over seeds), ``values``; ``difference``: tokens less bases in ``window_pearson`` on the grid,
  ``mean``, ``low``, ``high`` of a bootstrap over test windows, ``windows``
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from measure import as_time, machine, use_checkout

use_checkout()

from modelscores import attribution_scores, locus_controls, score_test  # noqa: E402  # through use_checkout
from modelsummary import KINDS, summarise, table_of  # noqa: E402
from modelworlds import WORLDS, World  # noqa: E402

from genotok.train.contigs import Scaling  # noqa: E402
from genotok.train.controls import run_controls  # noqa: E402
from genotok.train.dataset import WindowDataset  # noqa: E402
from genotok.train.loop import Training, train_model  # noqa: E402
from genotok.train.models import BASES_A_UNIT, ModelConfig, count_parameters  # noqa: E402
from genotok.train.settings import TrainConfig  # noqa: E402
from genotok.train.windows import WindowConfig, training_windows, windows_around  # noqa: E402

QUICK = {"scale": 32, "epochs": 2, "warmup": 1, "length": 150, "stride": 120, "few": 2, "batch": 4}


def main() -> None:
    options = read_options()
    work, out = options.work / options.signal, options.out or options.work / f"{options.signal}.json"
    settings, kept = settings_of(options), read_kept(out, options.signal)
    if kept.get("settings", settings) != settings:
        sys.exit(f"{out} has results of {options.signal} with other settings: {kept['settings']}; name another file")
    kept |= {"settings": settings, "scaled": scaled(settings, options.signal), "machine": machine()}
    print(f"{machine()}\n\ngenotok on {options.signal}, scaled:")
    print("\n".join(f"- {each}" for each in kept["scaled"]), flush=True)
    jobs = [name for name in job_names(options) if name not in kept.setdefault("runs", {}) and name not in kept]
    world_of(options.signal, options.data, work, settings.get("megabases", 0))  # once, before any process needs it
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), initializer=be_modest) as pool:
        futures = {pool.submit(run_job, name, options.signal, options.data, work, settings): name for name in jobs}
        for future in as_completed(futures):
            name, found = futures[future], future.result()
            (kept["runs"] if "/" in name else kept)[name] = found
            write_kept(out, options.signal, kept | {"summary": summarise(kept["runs"])})
            print(f"{name} done", file=sys.stderr, flush=True)
    print("\n" + table_of(read_kept(out, options.signal)))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with genomes, tracks and peaks")
    parser.add_argument("--signal", choices=tuple(WORLDS), default="yeast-atac")
    parser.add_argument("--out", type=Path, help="the JSON; default: SIGNAL.json in the working folder")
    parser.add_argument("--work", type=Path, default=Path(".benchmarks/models"), help="for tokens and weights")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scale", type=int, default=16, help="divides the widths of all layers")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--warmup", type=int, default=1)
    parser.add_argument("--patience", type=int, default=5)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--length", type=int, default=1250)
    parser.add_argument("--stride", type=int, default=1000)
    parser.add_argument("--few", type=int, default=15, help="loci of each kind that DeepLIFT is asked for")
    parser.add_argument("--megabases", type=int, default=10, help="of chr22, of the 21 that are known")
    parser.add_argument("--jobs", type=int, default=1, help="networks trained at once")
    parser.add_argument("--no-controls", action="store_true", help="leave the ridge regressions out")
    parser.add_argument("--quick", action="store_true", help="made-up DNA, tiny networks: to see that all of it works")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK, signal="made-up", seeds=2)
    elif options.data is None:
        parser.error("--data FOLDER is needed, or --quick")
    return options


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """Name what decides the figures of a seed; how many seeds there are does not."""
    names = ("scale", "epochs", "warmup", "patience", "batch", "rate", "length", "stride")
    more = {"yeast-atac": (), "ctcf-chr22": ("megabases", "few"), "made-up": ("few",)}[options.signal]
    return {name: getattr(options, name) for name in (*names, *more)}


def scaled(settings: dict[str, Any], signal: str) -> list[str]:
    """Say in sentences what is smaller than in the paper."""
    length, stride, epochs, warmup = (settings[name] for name in ("length", "stride", "epochs", "warmup"))
    said = [
        f"the widths of all layers are divided by {settings['scale']}",
        f"windows of {length} units every {stride} (paper: 1250 every 500), moved anew in each epoch",
        f"batches of {settings['batch']} (paper: 32) at a rate of {settings['rate']:g} (1e-4): few windows, few steps",
        f"at most {epochs} epochs (15), {warmup} of them to warm up (5), then falling linearly to 0",
    ]
    if signal == "ctcf-chr22":
        said.append(f"the first {settings['megabases']} Mb of the 21.6 Mb that are known of chr22")
        said.append("tokens of the preset strict, which are cheaper: p <= 1e-4, average linkage")
        said.append(f"DeepLIFT at {settings['few']} loci of each kind")
    return said


def job_names(options: argparse.Namespace) -> Iterator[str]:
    """Name all that is to be computed: first the networks, seed by seed."""
    for seed in range(options.seeds):
        yield from (f"{kind}/{seed}" for kind in KINDS)
    yield from ("data", "loci")
    if not options.no_controls:
        yield "controls"


def be_modest() -> None:
    """Compute in one thread, as others may be at work."""
    import torch

    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"


@cache
def world_of(signal: str, data: Path, work: Path, megabases: int) -> World:
    if signal == "made-up":
        from modelworlds import made_up

        return made_up(work / "world")
    return WORLDS[signal](data, work / (f"world-{megabases}" if megabases else "world"), megabases * 1_000_000)


def run_job(name: str, signal: str, data: Path, work: Path, settings: dict[str, Any]) -> Any:
    """Compute one part of the results; runs in a process of its own."""
    world = world_of(signal, data, work, settings.get("megabases", 0))
    windows = windows_of(settings)
    if name == "data":
        return describe(world, windows)
    if name == "loci":
        return locus_controls(world)
    if name == "controls":
        contigs, codes = list(world.tokens.values()), [world.genome[each].codes for each in world.tokens]
        return [row.to_dict() for row in run_controls(contigs, codes, world.split, windows=windows)]
    kind, seed = name.split("/")
    return run_network(kind, int(seed), world, work / "runs" / tag_of(settings) / f"{kind}-{seed}", settings)


def windows_of(settings: dict[str, Any]) -> WindowConfig:
    """Keep the paper's proportions of cropping and moving."""
    length = settings["length"]
    return WindowConfig(length, settings["stride"], crop=length // 10, shift=length // 5)


def tag_of(settings: dict[str, Any]) -> str:
    return "-".join(f"{name[0]}{value:g}" for name, value in settings.items() if name != "few")


def describe(world: World, windows: WindowConfig) -> dict[str, Any]:
    sizes = {part: [len(world.tokens[each]) for each in getattr(world.split, part)] for part in world.split._fields}
    return {
        "clusters": world.tokenizer.n_clusters,
        "motifs": len(world.tokenizer.motifs),
        "bins": {part: sum(each) for part, each in sizes.items()},
        "training_windows": len(training_windows(sizes["train"], windows).starts),
        "caller": world.caller.to_dict(),
    }


def run_network(kind: str, seed: int, world: World, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Train one network and judge it."""
    windows, began = windows_of(settings), time.monotonic()
    names = ("epochs", "warmup", "patience", "batch", "rate")
    config = TrainConfig(**{name: settings[name] for name in names}, seed=seed, device="cpu")
    model = ModelConfig(input=kind, channels=world.tokenizer.n_clusters, scale=settings["scale"])
    scaling = Scaling() if kind == "tokens" else None
    validation = WindowDataset.to_score(world.part(kind, "validation"), windows, scaling=scaling)
    training = train_model(
        model, training_set(kind, seed, world, windows), validation, folder, config=config, progress=tell(kind, seed)
    )
    print(f"{kind}/{seed}: {words_of(training)}, {as_time(time.monotonic() - began)}", file=sys.stderr, flush=True)
    scores, each = score_test(training.model, kind, world, windows)
    if world.loci:
        scores["attribution"] = attribution_scores(training.model, kind, world, windows, few=settings["few"])
    return {
        "parameters": count_parameters(training.model),
        "epochs": len(training.records),
        "best_epoch": training.best_epoch,
        "seconds": round(sum(record.seconds for record in training.records), 1),
        "history": [asdict(record) for record in training.records],
        "windows": [None if value != value else value for value in each],
        "scores": scores,
    }


def training_set(kind: str, seed: int, world: World, windows: WindowConfig) -> WindowDataset:
    """Lay the same windows over tokens and bases, as far as the resolution of both lets them be the same."""
    tokens = world.part("tokens", "train")
    laid = training_windows([len(each) for each in tokens], windows)
    words = {"length": windows.length, "shift": windows.shift, "seed": seed}
    if kind == "tokens":
        return WindowDataset(tokens, laid, scaling=Scaling(), **words)
    bases = world.part("onehot", "train")
    edges, sizes = [each.boundaries for each in tokens], [len(each) for each in bases]
    return WindowDataset(bases, windows_around(laid, edges, sizes, unit=BASES_A_UNIT), **words)


def words_of(training: Training) -> str:
    best = training.best
    return f"best epoch {best.epoch + 1} of {len(training.records)}, validation r {best.window_pearson or 0:.3f}"


def tell(kind: str, seed: int) -> Any:
    """Say each whole epoch."""
    began = time.monotonic()

    def progress(phase: str, done: int, total: int) -> None:
        if done == total:
            print(
                f"{kind}/{seed}: {phase}, {done:,} windows, {time.monotonic() - began:.0f} s",
                file=sys.stderr,
                flush=True,
            )

    return progress


def read_kept(path: Path, signal: str) -> dict[str, Any]:
    if not path.exists():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8"))["signals"].get(signal, {}))


def write_kept(path: Path, signal: str, kept: dict[str, Any]) -> None:
    """Write the results of one signal beside those of others, whole or not at all."""
    whole = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"program": "models.py", "signals": {}}
    whole["signals"][signal] = kept
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    main()
