"""The loss of a predicted track: how high it is (Poisson), and where in the window it is high (multinomial)."""

from typing import Any

from genotok.train.libraries import load_torch

_EASE = 1e-8  # beside the logarithm of a height
_EASE_OF_SHARES = 1e-6


def poisson_loss(prediction: Any, target: Any) -> Any:
    """Return the mean of ``p - y log(p + 1e-8)``: the negative log-likelihood less what does not depend on p."""
    torch = load_torch()
    return (prediction - target * torch.log(prediction + _EASE)).mean()


def multinomial_loss(prediction: Any, target: Any) -> Any:
    """Return the mean over windows and tracks of the cross-entropy of shares of the whole; both (b, units, tracks).

    A window whose target is 0 everywhere has no shares and adds nothing; so does a prediction of 0 everywhere, whose
    shares are taken for 0.
    """
    torch = load_torch()
    shares, true_shares = _shares(prediction), _shares(target)
    crossed = true_shares * torch.log(shares + _EASE_OF_SHARES)
    return -crossed.sum(dim=1, dtype=crossed.dtype).mean()


def _shares(values: Any) -> Any:
    """Divide by the sum over units, which may be 0."""
    tiny = load_torch().finfo(values.dtype).tiny
    return values / values.sum(dim=1, keepdim=True, dtype=values.dtype).clamp_min(tiny)


def track_loss(prediction: Any, target: Any, *, poisson: float = 1.0, multinomial: float = 4.0) -> Any:
    """Return the weighted sum of both; one of the scripts of the paper's code weighs the shares by 3."""
    return poisson * poisson_loss(prediction, target) + multinomial * multinomial_loss(prediction, target)
