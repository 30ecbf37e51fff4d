"""Steps of a descent inside a box."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["box_step"]

FloatArray = NDArray[np.float64]


def box_step(gradient: FloatArray, curvature: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Minimizer of ``g'd + d'Bd / 2`` over ``low <= d <= high``, B positive definite, by active sets.

    Args:
        gradient: Shape (k,).
        curvature: Shape (k, k).
        low: Lower bounds, at most 0.
        high: Upper bounds, at least 0.

    Example:
        >>> g, B = np.array([-1.0, 4.0]), np.array([[1.0, 0.5], [0.5, 1.0]])
        >>> box_step(g, B, np.array([-9.0, -2.0]), np.array([9.0, 2.0])).tolist()
        [2.0, -2.0]
    """
    size = len(gradient)
    given = [np.array(values, dtype=np.float64) for values in (gradient, curvature, low, high)]
    step, toward, factor = np.empty(size), np.empty(size), np.empty((size, size))
    _kernel()(*given, step, toward, np.empty(size, dtype=np.bool_), np.empty(size, dtype=np.int64), factor)
    return step


@cache
def _kernel() -> Callable[..., None]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("box", fill("box"), "minimize")
