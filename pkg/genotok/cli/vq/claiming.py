"""The work of ``genotok vq claims``: figures out of files of results, verdicts, and the page."""

import json
import platform
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from genotok import __version__
from genotok.analysis.claimpage import claims_page
from genotok.analysis.claims import Figure, count_verdicts, judge_all
from genotok.analysis.vq_claims import HEAD, NOTE, TAIL, VQ_CLAIMS
from genotok.analysis.vq_figures import figures_of_evaluation, figures_of_lineages, figures_of_rates
from genotok.cli.report import say
from genotok.cli.vq.evaluating import write_text
from genotok.errors import ConfigError, InputError
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED
from genotok.train.vq_presets import NetworkConfig, preset_config

_CROP = 512  # bp that the paper counts operations at
_READERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Figure]]]] = {
    "evaluations": ("eval", figures_of_evaluation),
    "rates": ("rd", figures_of_rates),
    "lineages": ("lineages", figures_of_lineages),
}


def check_claims(options: Mapping[str, Any]) -> None:
    """Judge, and write the page and its numbers."""
    figures = figures_of_presets() | figures_of_models()
    for name, (command, read) in _READERS.items():
        for path in options[name]:
            figures = read_figures(path, command, read) | figures
    findings = judge_all(VQ_CLAIMS, figures)
    given = "".join(
        f" --{command} {Path(path).name}" for name, (command, _) in _READERS.items() for path in options[name]
    )
    made = {
        "command": f"genotok vq claims{given}",
        "date": date.today().isoformat(),
        "genotok": __version__,
        "machine": f"{platform.system()}, {platform.machine()}",
    }
    words = f"Made by `{made['command']}` (genotok {__version__}) on {made['date']}, {made['machine']}."
    told = {"made": made, "claims": [each.to_dict() for each in findings]}
    output = Path(options["output"])
    write_text(output, claims_page(findings, made=words, head=HEAD, place="", note=NOTE, tail=TAIL))
    write_text(output.with_suffix(".json"), json.dumps(told, indent=2) + "\n")
    counted = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(findings).items())
    say(f"{len(findings)} claims: {counted}")


def read_figures(path: str, command: str, read: Callable[[Mapping[str, Any]], dict[str, Figure]]) -> dict[str, Figure]:
    """Read the figures of a file of results; InputError for one of another command."""
    try:
        return read(json.loads(Path(path).read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        hint = f"give what genotok vq {command} --json printed"
        raise InputError(f"no results of {command}", path=path, hint=hint) from fault


def figures_of_presets() -> dict[str, Figure]:
    """Count the parameters of the preset that has the paper's sizes, and the work of its encoder."""
    command = "genotok vq train --preset paper --dry-run"
    found = {}
    for quantizer in ("flat", "hrq"):
        config = preset_config("paper", quantizer=quantizer)
        found[f"paper.{quantizer}.parameters"] = Figure(config.n_parameters, "the preset", command)
    operations = encoder_operations(preset_config("paper"), _CROP) / 1e9
    return found | {"paper.encoder_gmacs": Figure(operations, f"the preset, {_CROP} bp", command)}


def figures_of_models() -> dict[str, Figure]:
    """Tell, of each bundled model, the share of its codes that its corpus used: that of the level with the least."""
    found = {}
    for name in BUNDLED:
        with suppress(ConfigError):  # a wheel without it has no figure of it
            model = VQTokenizer.from_pretrained(name).model
            usage = min(float(np.count_nonzero(each)) / len(each) for each in model.usage)
            corpus = ", ".join(str(each["file"]) for each in model.card.get("corpus", ()))
            found[f"learnt.{name}.usage"] = Figure(usage, corpus or "its corpus", f"genotok vq info {name}")
    return found


def encoder_operations(config: NetworkConfig, length: int) -> int:
    """Count the multiply-adds of an encoder and its quantiser for so many bases."""
    width, inner = config.width, config.width * config.expansion
    stem = 4 * config.window * config.channels + config.channels * width * (config.channels != width)
    blocks = config.blocks * (7 * width + 2 * width * inner)
    codes = config.code_width * sum(config.levels)
    return (stem + blocks + codes) * -(-length // config.stride)
