"""Amounts at places of [0, 1] gathered on a grid, in one pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["on_grid"]

FloatArray: TypeAlias = NDArray[np.float64]


def on_grid(places: FloatArray, amounts: FloatArray, steps: int) -> FloatArray:
    """Sums of amounts, and numbers of places, at the points of an even grid.

    Each place is shared between the two grid points beside it, so that the mean place is kept.

    Args:
        places: Shape (n,), in [0, 1].
        amounts: Shape (n,).
        steps: Of the grid, at least 1.

    Returns:
        Shape (2, steps + 1): sums, then numbers.

    Example:
        >>> on_grid(np.array([0.0, 0.75, 1.0]), np.array([1.0, 4.0, 1.0]), 2).tolist()
        [[1.0, 2.0, 3.0], [1.0, 0.5, 1.5]]
    """
    made = np.zeros((2, steps + 1))
    _kernel()(np.ascontiguousarray(places), np.ascontiguousarray(amounts), steps, *made)
    return made


@cache
def _kernel() -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("gridding", fill("gridding"), "share_out")
