"""The packages of the extras [train] and [pretrain], loaded when they are first needed: torch, transformers, .."""

from importlib import import_module
from typing import Any

from genotok.errors import ConfigError, missing_extra


def load_torch() -> Any:
    """Return the package torch; MissingExtraError where it is not installed."""
    try:
        return import_module("torch")
    except ImportError:
        raise missing_extra("train", "torch") from None


def load_captum() -> Any:
    """Return the part of captum that attributes outputs to inputs."""
    try:
        return import_module("captum.attr")
    except ImportError:
        raise missing_extra("train", "captum") from None


def load_tangermeme() -> Any:
    """Return the part of tangermeme that attributes outputs to bases."""
    try:
        return import_module("tangermeme.deep_lift_shap")
    except ImportError:
        raise missing_extra("train", "tangermeme") from None


def load_transformers() -> Any:
    """Return the package transformers, and torch with it; MissingExtraError where one of both is not installed."""
    for name in ("torch", "transformers"):
        try:
            found = import_module("torch") if name == "torch" else import_module("transformers")
        except ImportError:
            raise missing_extra("pretrain", name) from None
    return found


def choose_device(name: str = "auto") -> Any:
    """Return torch's device of a name; 'auto' is the first accelerator that is there, else the processor."""
    torch = load_torch()
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        return torch.zeros(0, device=name).device
    except (RuntimeError, AssertionError) as fault:
        raise ConfigError(f"device={name!r}: {str(fault).splitlines()[0]}", hint="--device cpu, or auto") from fault
