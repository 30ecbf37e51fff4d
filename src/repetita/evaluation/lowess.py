"""A local straight-line smoother, and the calibration index made with it.

Method: Cleveland (1979), locally weighted regression with tricube weights, without the robust repetitions.
Between points less than ``step`` apart the fit is interpolated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.evaluation.ranking import Ranked, ranked
from repetita.kernels.smoothing import local_lines

__all__ = ["ici", "ici_of_ranked", "lowess"]

Floats = NDArray[np.float64]
SPAN = 2.0 / 3.0
STEP_SHARE = 0.01


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
    return ici_of_ranked(ranked(predicted, recalled))


def ici_of_ranked(order: Ranked) -> float:
    """`ici` of predictions that are in order already.

    Args:
        order: Predictions in ascending order, and outcomes.

    Example:
        >>> round(ici_of_ranked(ranked([0.6, 0.6, 0.6, 0.9, 0.9, 0.9], [1, 0, 1, 1, 1, 1])), 4)
        0.0833
    """
    x = order.predicted
    smooth = lowess(x, order.recalled.astype(np.float64), span=SPAN, step=STEP_SHARE * float(x[-1] - x[0]))
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
    places, heights = local_lines(x, y, neighbours, step)
    return np.interp(x, x[places], heights)
