"""Points of remembered cards (more is better) and minutes a day (fewer are better), and their frontier.

A point dominates another if it remembers no less in no more time, and one of the two is strictly better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import UsageError

__all__ = ["MARGIN", "hypervolume", "non_dominated", "point_array", "reference_point"]

Floats = NDArray[np.float64]

MARGIN = 0.05
"""How far the reference point lies beyond the worst of the baseline, as a share of its range."""


def point_array(points: ArrayLike, name: str = "points") -> Floats:
    """The points as an array of shape (n, 2), if that is what they are.

    Args:
        points: Shape (n, 2), n may be 0: remembered cards, minutes a day.
        name: What they are called in a message.

    Raises:
        UsageError: Another shape, no numbers, or a number that is not finite.

    Example:
        >>> point_array([(100, float("nan"))])
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: points[0] is (100, nan), expected two finite numbers
    """
    try:
        array = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} are no numbers, expected pairs of them", where=name) from None
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise UsageError(f"{name} have shape {array.shape}, expected (n, 2)", where=name)
    wrong = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if wrong.size:
        row = wrong[0]
        shown = ", ".join(f"{value:.6g}" for value in array[row])
        raise UsageError(f"{name}[{row}] is ({shown}), expected two finite numbers", where=name)
    return array


def non_dominated(points: ArrayLike) -> NDArray[np.bool_]:
    """Which points no other point dominates; equal points stand or fall together.

    Args:
        points: Shape (n, 2): remembered cards, minutes a day.

    Returns:
        Shape (n,).

    Raises:
        UsageError: Points that are none.

    Example:
        >>> non_dominated([(100, 10), (200, 20), (150, 25)]).tolist()
        [True, True, False]
    """
    array = point_array(points)
    keep = np.zeros(len(array), dtype=bool)
    order = np.lexsort((array[:, 1], -array[:, 0]))
    memory, minutes = array[order, 0], array[order, 1]
    # the fewest minutes of all points with strictly more memory, and of those with the same
    first = np.searchsorted(-memory, -memory, side="left")
    fewest = np.concatenate([[np.inf], np.minimum.accumulate(minutes)])
    keep[order] = (minutes < fewest[first]) & (minutes == minutes[first]) if len(array) else False
    return keep


def reference_point(points: ArrayLike, *, margin: float = MARGIN) -> tuple[float, float]:
    """The corner from which areas are measured: a little worse than the worst of the points, on both axes.

    With lo and hi the ends of an axis (minutes taken negative), it is lo - margin max(hi - lo, |lo|, 1).
    Source: the reports of srs-simulator's policy portfolios (2026).

    Args:
        points: Shape (n, 2), n at least 1: those of the baseline.
        margin: Not negative.

    Returns:
        Remembered cards and minutes a day.

    Raises:
        UsageError: No points, or a margin that is negative or no number.

    Example:
        >>> reference_point([(100, 10), (200, 20)])
        (95.0, 21.0)
    """
    array = point_array(points)
    if not len(array):
        raise UsageError("there are no points to take a reference from", where="points")
    if not (isinstance(margin, int | float) and 0.0 <= margin < np.inf):
        raise UsageError(f"margin is {margin!r}, expected a number of at least 0", where="margin")
    axes = array * (1.0, -1.0)
    low, high = axes.min(axis=0), axes.max(axis=0)
    corner = low - margin * np.maximum(np.maximum(high - low, np.abs(low)), 1.0)
    return float(corner[0]), float(-corner[1])


def hypervolume(points: ArrayLike, reference: Any) -> float:
    """The area that points dominate, as far as it is better than a reference point; exact.

    Args:
        points: Shape (n, 2): remembered cards, minutes a day. Dominated points add nothing, nor do points
            that are not better than the reference on both axes.
        reference: Remembered cards and minutes a day, such as `repetita.sweeps.reference_point` gives.

    Returns:
        Area in cards times minutes a day.

    Raises:
        UsageError: Points or a reference that are none.

    Example:
        >>> import repetita as rp
        >>> rp.hypervolume([(100, 10), (200, 20)], (0, 30))
        3000.0
    """
    array = point_array(points)
    corner = point_array([reference], "reference")[0]
    better = array[(array[:, 0] > corner[0]) & (array[:, 1] < corner[1])]
    front = better[non_dominated(better)]
    front = front[np.argsort(front[:, 0], kind="stable")]
    widths = np.diff(front[:, 0], prepend=corner[0])
    return float(widths @ (corner[1] - front[:, 1]))
