"""Which inputs a prediction rests on: gradients times inputs, or differences from a baseline (DeepLIFT)."""

import copy
import warnings
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError, InputError
from genotok.train.contigs import Contig
from genotok.train.dataset import WindowDataset
from genotok.train.libraries import choose_device, load_captum, load_tangermeme, load_torch
from genotok.train.models import knows_places, predict

Library: TypeAlias = Literal["auto", "captum", "tangermeme"]

BASELINE_SHIFTS = (-4000, -2000, 2000, 4000)  # units from a window to those that are its baseline
_EASE = 1e-3  # of the sum of attributions, relative to the difference they explain


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each input adds to the target, the mean prediction over the judged units of a window.

    ``values`` float32 (b, L, C), units of the prediction. ``targets`` float64 (b,) are f(x); with a baseline,
    ``baselines`` (b,) are f(baseline), and values add up to the difference of both.
    """

    values: NDArray[np.float32]
    targets: NDArray[np.float64]
    baselines: NDArray[np.float64] | None = None

    @property
    def errors(self) -> NDArray[np.float64]:
        """How far sums of values are from what they explain, relative to it: (b,); NaN without a baseline."""
        if self.baselines is None:
            return np.full(len(self.targets), np.nan)
        sums = self.values.sum(axis=(1, 2), dtype=np.float64)
        explained = self.targets - self.baselines
        scale = np.maximum(
            np.abs(explained), np.finfo(np.float32).eps * np.abs(self.values).sum(axis=(1, 2), dtype=np.float64)
        )
        errors: NDArray[np.float64] = np.abs(sums - explained) / np.maximum(scale, np.finfo(np.float64).tiny)
        return errors

    @property
    def is_complete(self) -> bool:
        """Tell whether all sums are what they should be, within 0.1 %."""
        return bool(np.all(self.errors <= _EASE))


def input_x_gradient(
    model: Any, inputs: Any, starts: Any = None, *, crop: int = 125, track: int = 0, device: str = "auto"
) -> Attribution:
    """Multiply inputs by the gradient of the target: any network; ``inputs`` (b, L, C), ``starts`` (b, units)."""
    torch, place = load_torch(), choose_device(device)
    model.to(place).eval()
    wanted = _tensor(inputs, place).requires_grad_(True)
    places = None if starts is None else _tensor(starts, place)
    if places is None and knows_places(model):
        raise InputError("this network wants the starts of units", hint="give starts, as the dataset's items have them")
    targets = _mean_of(predict(model, wanted, places)[:, :, track], crop)
    (gradient,) = torch.autograd.grad(targets.sum(dtype=targets.dtype), wanted)
    return Attribution(_array(gradient * wanted), _array(targets).astype(np.float64))


def deeplift(
    model: Any,
    inputs: Any,
    baseline: Any = None,
    *,
    crop: int = 125,
    track: int = 0,
    library: Library = "auto",
    device: str = "auto",
) -> Attribution:
    """Propagate the difference from a baseline back to the inputs: networks of convolutions alone.

    ``inputs`` and ``baseline`` are (b, L, C); no baseline is one of zeros. ``library`` 'auto' takes 'tangermeme' for
    networks with maximum pooling, where captum's rule loses a part (up to half of the difference, measured), else
    'captum'. Computed in float64 where the device has it, so that small differences add up too; the network stays as it
    is.
    """
    if library not in get_args(Library):
        raise ConfigError(f"library={library!r}", hint=", ".join(get_args(Library)))
    if knows_places(model):
        raise ConfigError("DeepLIFT has no rule for attention", hint="use input_x_gradient, or a 'conv' network")
    torch, place = load_torch(), choose_device(device)
    exact = torch.float32 if place.type == "mps" else torch.float64
    whole = _with_target(copy.deepcopy(model), crop).to(place, exact).eval()
    channels = _tensor(inputs, place, exact).transpose(1, 2).contiguous()
    given = torch.zeros_like(channels) if baseline is None else _tensor(baseline, place, exact).transpose(1, 2)
    other = given.expand_as(channels).contiguous()
    if library == "auto":
        has_maxima = any(isinstance(each, torch.nn.MaxPool1d) for each in whole.modules())
        library = "tangermeme" if has_maxima else "captum"
    values = (_by_captum if library == "captum" else _by_tangermeme)(whole, channels, other, track)
    with torch.no_grad():
        targets, baselines = (_array(whole(each)[:, track]).astype(np.float64) for each in (channels, other))
    return Attribution(_array(values.transpose(1, 2)).astype(np.float32), targets, baselines)


def baseline_of(dataset: WindowDataset, index: int) -> NDArray[np.float32]:
    """Average the inputs of the windows 2,000 and 4,000 units to both sides of one: float32 (L, C).

    Those beyond the ends of the contig are left out; with none there, InputError.
    """
    contig: Contig = dataset.contigs[int(dataset.windows.contigs[index])]
    start = int(dataset.windows.starts[index])
    around = [start + shift for shift in BASELINE_SHIFTS if 0 <= start + shift <= len(contig) - dataset.length]
    if not around:
        what = f"{contig.name} has no window within 4,000 units of {start:,}"
        raise InputError(what, hint="take a baseline of zeros")
    scaled = [dataset.scaled(contig.inputs(at, dataset.length)) for at in around]
    return np.asarray(np.mean(scaled, axis=0, dtype=np.float64), dtype=np.float32)


def _with_target(model: Any, crop: int) -> Any:
    """Put the mean over the judged units behind a network of (b, C, L): (b, tracks); each step is linear."""
    nn = load_torch().nn
    return nn.Sequential(*model, nn.ConstantPad1d(-crop, 0.0), nn.AdaptiveAvgPool1d(1), nn.Flatten())


def _mean_of(prediction: Any, crop: int) -> Any:
    return prediction[:, crop : prediction.shape[1] - crop].mean(dim=1)


def _by_captum(whole: Any, channels: Any, other: Any, track: int) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Setting forward, backward hooks", UserWarning)  # it removes them again
        return load_captum().DeepLift(whole).attribute(channels.requires_grad_(True), other, target=track).detach()


def _by_tangermeme(whole: Any, channels: Any, other: Any, track: int) -> Any:
    """Multiply the library's multipliers by the differences; its own products are meant for one-hot bases alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of inputs that are not one-hot, and of sums, which Attribution.errors tells
        multipliers = load_tangermeme().deep_lift_shap(
            whole,
            channels,
            target=track,
            references=other[:, None],
            device=str(channels.device),
            raw_outputs=True,
            only_warn=True,
        )
    return multipliers[:, 0].to(channels.device) * (channels - other)


def _tensor(values: Any, place: Any, kind: Any = None) -> Any:
    torch = load_torch()
    return torch.as_tensor(values, dtype=kind or torch.float32, device=place).detach().clone()


def _array(tensor: Any) -> NDArray[Any]:
    return np.asarray(tensor.detach().cpu().numpy())
