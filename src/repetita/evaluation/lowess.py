"""A local straight-line smoother, and the calibration index made with it.

Method: Cleveland (1979), locally weighted regression with tricube weights, without the robust repetitions.
Between points less than ``step`` apart the fit is interpolated, which makes the cost linear in the number of
reviews.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ici", "lowess"]

Floats = NDArray[np.float64]
SPAN = 2.0 / 3.0
STEP_SHARE = 0.01
# A neighbourhood narrower than this has no slope; a weight below it does not count as a point.
TINY = 1e-12


def ici(predicted: ArrayLike, recalled: ArrayLike) -> float:
    """Integrated calibration index: mean distance between predictions and the smoothed share recalled.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.

    Returns:
        A probability; 0 is perfect. Smoothed with `lowess`, span two thirds, interpolated over a hundredth of
        the range of the predictions. (Austin and Steyerberg 2019.)

    Example:
        >>> round(ici([0.9, 0.9, 0.9, 0.6, 0.6, 0.6], [1, 1, 1, 1, 0, 1]), 4)
        0.0833
    """
    x = np.asarray(predicted, dtype=np.float64)
    y = np.asarray(recalled, dtype=np.float64)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    smooth = lowess(x, y, span=SPAN, step=STEP_SHARE * float(x[-1] - x[0]))
    return float(np.mean(np.abs(smooth - x)))


def lowess(x: Floats, y: Floats, *, span: float, step: float = 0.0) -> Floats:
    """Smoothed ``y`` at every ``x``.

    Args:
        x: Shape (n,), ascending.
        y: Shape (n,).
        span: Share of all points that takes part in each local fit, in (0, 1].
        step: Points closer than this to the last fitted one are interpolated.

    Returns:
        Shape (n,). Where a whole neighbourhood lies on one spot, the mean there.

    Example:
        >>> line = np.arange(5.0)
        >>> lowess(line, 2 * line + 1, span=0.8).round(6).tolist()
        [1.0, 3.0, 5.0, 7.0, 9.0]
    """
    n = x.size
    neighbours = min(max(int(span * n + 1e-10), 2), n)
    at: list[int] = []
    fits: list[float] = []
    i = left = 0
    while True:
        left = _first_neighbour(x, float(x[i]), left, neighbours)
        at.append(i)
        fits.append(_local_fit(x, y, i, left, left + neighbours))
        last = int(np.searchsorted(x, x[i], side="right")) - 1
        if last >= n - 1:
            break
        beyond = int(np.searchsorted(x, x[i] + step, side="right"))
        i = max(min(beyond, n - 1) - 1, last + 1)
    return np.interp(x, x[at], fits)


def _first_neighbour(x: Floats, at: float, left: int, neighbours: int) -> int:
    """Start of the window of nearest points; it only moves right as ``at`` does."""
    high = x.size - neighbours
    low = left
    while low < high:
        middle = (low + high) // 2
        if at > (x[middle] + x[middle + neighbours]) / 2.0:
            low = middle + 1
        else:
            high = middle
    return low


def _local_fit(x: Floats, y: Floats, i: int, left: int, right: int) -> float:
    """Value at ``x[i]`` of the weighted straight line through the points ``left`` to ``right``."""
    at = x[i]
    near, values = x[left:right], y[left:right]
    radius = max(at - near[0], near[-1] - at)
    if radius == 0.0:
        tied = slice(int(np.searchsorted(x, at)), int(np.searchsorted(x, at, side="right")))
        return float(np.mean(y[tied]))
    weight = np.abs(near - at) / radius
    weight = 1.0 - weight * weight * weight
    weight = weight * weight * weight
    if np.count_nonzero(weight > TINY) < 2:
        return float(y[i])
    weight /= np.sum(weight)
    center = weight @ near
    from_center = near - center
    slope_scale = max(float(weight @ (from_center * from_center)), TINY)
    return float(weight @ values + (at - center) / slope_scale * ((weight * from_center) @ values))
