"""Predictions in ascending order with their outcomes: what AUC and ICI are both made of, sorted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.evaluation.checks import checked
from repetita.frozen import freeze_arrays

__all__ = ["Ranked", "ranked"]

MANY = 1 << 13  # predictions from which on a compiled sort is worth loading
ONE = np.uint64(1)


@dataclass(frozen=True, eq=False, slots=True)
class Ranked:
    """Predictions from the lowest to the highest; equal ones with the forgotten reviews first.

    Attributes:
        predicted: Shape (n,), ascending, in [0, 1].
        recalled: Shape (n,), true where recalled.
    """

    predicted: NDArray[np.float64]
    recalled: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze_arrays(self)


def ranked(predicted: ArrayLike, recalled: ArrayLike) -> Ranked:
    """Predictions in order, with the outcomes that belong to them.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.

    Example:
        >>> found = ranked([0.9, 0.5, 0.7, 0.5], [1, 1, 0, 0])
        >>> found.predicted.tolist(), found.recalled.tolist()
        ([0.5, 0.5, 0.7, 0.9], [False, True, False, True])
    """
    p, y = checked(predicted, recalled)
    # Floats that are not negative are in the order of their bits, and up to 1 they leave the upper two free:
    # moved up by one, they have room for the outcome, and there is nothing to carry along. -0 becomes 0.
    keys = (p + 0.0).view(np.uint64)
    keys <<= ONE
    keys |= y
    if len(keys) >= MANY:
        from repetita.kernels.ranking import ascending

        keys = ascending(keys)
    else:
        keys.sort()
    outcome = (keys & ONE).astype(np.bool_)
    keys >>= ONE
    return Ranked(keys.view(np.float64), outcome)
