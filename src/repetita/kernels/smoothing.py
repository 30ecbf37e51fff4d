"""Local straight lines through ordered points: the inner loop of a smoother."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["local_lines"]

FloatArray = NDArray[np.float64]


def local_lines(
    x: FloatArray, y: FloatArray, neighbours: int, step: float
) -> tuple[NDArray[np.int64], FloatArray]:
    """Points at some distance from each other, and the height of the local line at each.

    Args:
        x: Shape (n,), ascending, n at least 1.
        y: Shape (n,).
        neighbours: Nearest points that a line goes through, 1 to n. They weigh ``(1 - t^3)^3``, t their
            distance as a share of the farthest one's.
        step: Least distance from one fitted point to the next, unless points lie farther apart.

    Example:
        >>> places, heights = local_lines(np.arange(4.0), 2.0 * np.arange(4.0), 3, 0.0)
        >>> places.tolist(), heights.round(9).tolist()
        ([0, 1, 2, 3], [0.0, 2.0, 4.0, 6.0])
    """
    places, heights = np.empty(len(x), dtype=np.int64), np.empty(len(x))
    columns = (np.array(x, dtype=np.float64), np.array(y, dtype=np.float64))  # kernels write to arrays
    count = _kernel()(*columns, neighbours, float(step), places, heights, np.empty(6))
    return places[:count].copy(), heights[:count].copy()


@cache
def _kernel() -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("smoothing", fill("smoothing"), "local_lines")
