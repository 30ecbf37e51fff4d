"""What every measure asks of predictions, outcomes and weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import NoReviews, UsageError

__all__ = ["checked", "checked_weights"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def checked(predicted: ArrayLike, recalled: ArrayLike) -> tuple[Floats, Bools]:
    """Predictions as floats and outcomes as booleans, or a clear error.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true or 1 where recalled.

    Raises:
        UsageError: Different lengths, no numbers, or a prediction outside [0, 1].
        NoReviews: Nothing in them.

    Example:
        >>> checked([0.9, 1], [1, 0])
        (array([0.9, 1. ]), array([ True, False]))
    """
    try:
        p = np.asarray(predicted, dtype=np.float64)
        y = np.asarray(recalled)
        y = y if y.dtype == np.bool_ else y.astype(np.float64) > 0.5
    except (TypeError, ValueError) as error:
        raise UsageError(f"predictions and outcomes must be numbers: {error}") from None
    if p.ndim != 1 or p.shape != y.shape:
        raise UsageError(
            f"predictions have shape {p.shape}, outcomes {y.shape}; two lists of equal length are expected"
        )
    if p.size == 0:
        raise NoReviews("there are no reviews to score")
    if not (p.min() >= 0.0 and p.max() <= 1.0):
        worst = int(np.argmax(~((p >= 0.0) & (p <= 1.0))))
        raise UsageError(
            f"prediction {p[worst]} at position {worst} is not in [0, 1]",
            hint="first reviews of a card have no prediction: leave them out",
        )
    return p, y


def checked_weights(weights: ArrayLike, like: Floats) -> Floats:
    """Weights as floats, or a clear error.

    Args:
        weights: Shape (n,), at least 0.
        like: Of the shape expected.

    Raises:
        UsageError: Another length, negative, not finite, or 0 throughout.

    Example:
        >>> checked_weights([1, 2], np.zeros(2))
        array([1., 2.])
    """
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != like.shape:
        raise UsageError(f"weights have shape {w.shape}, expected {like.shape}")
    if not (np.isfinite(w).all() and w.min() >= 0.0 and w.sum() > 0.0):
        raise UsageError("weights must be finite, at least 0, and not all 0")
    return w
