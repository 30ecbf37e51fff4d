"""Of the reviews that were given 90 %, how many were recalled? In bins with intervals, and as a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.confidence import interval_ends, wilson
from repetita.evaluation.bootstrap import Resampling, numbered
from repetita.evaluation.checks import checked
from repetita.evaluation.metrics import UNIVERSAL_BINS, exponential_bins
from repetita.evaluation.smooth_ece import smece_and_width
from repetita.frozen import freeze_arrays

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Calibration", "calibration"]

Floats = NDArray[np.float64]
CURVE_POINTS = 101
# The curve is drawn where predictions are: all but the outermost half percent on either side.
OUTER_SHARE = 0.005
# SmoothECE may choose a narrower kernel; a curve that bends within a hundredth is noise to the eye.
NARROWEST_CURVE = 0.01
GRID_STEPS = 1000


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Calibration:
    """Predicted probabilities beside what happened. Bins without reviews are left out.

    Attributes:
        left: Shape (bins,), lower edge of each bin, narrow near 1.
        right: Shape (bins,), upper edge.
        predicted: Shape (bins,), mean prediction.
        actual: Shape (bins,), share recalled.
        low: Shape (bins,), lower end of the 95 % Wilson interval of that share.
        high: Shape (bins,), upper end.
        count: Shape (bins,), reviews.
        curve_predicted: Shape (points,), predictions along the smooth curve.
        curve_actual: Shape (points,), smoothed share recalled there.
        curve_low: Shape (points,), lower edge of the 95 % band, from resampled cards or days, the wider.
        curve_high: Shape (points,), upper edge; NaN, like the lower one, with one card and day only.
        width: Width of the smoothing kernel, as a probability.
    """

    left: Floats
    right: Floats
    predicted: Floats
    actual: Floats
    low: Floats
    high: Floats
    count: NDArray[np.int64]
    curve_predicted: Floats
    curve_actual: Floats
    curve_low: Floats
    curve_high: Floats
    width: float

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return f"Calibration({self.count.sum()} reviews in {self.count.size} bins)"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form: ``bins`` and ``curve`` as columns, ``width``."""
        named = {f.name: getattr(self, f.name) for f in fields(self)}
        lists = {name: _json(values) for name, values in named.items() if name != "width"}
        curve = {n.removeprefix("curve_"): v for n, v in lists.items() if n.startswith("curve_")}
        bins = {n: v for n, v in lists.items() if not n.startswith("curve_")}
        return {"bins": bins, "curve": curve, "width": self.width}

    def to_frame(self) -> pl.DataFrame:
        """The bins, one a row, as a polars frame."""
        import polars as pl

        return pl.DataFrame(self.to_dict()["bins"])


def calibration(
    predicted: ArrayLike, recalled: ArrayLike, resamplings: Sequence[Resampling] = ()
) -> Calibration:
    """Calibration bins and curve of some predictions.

    The bins are 20, ``min(floor(21 ** p) - 1, 19)``. The curve is the diagonal minus the smoothed difference
    of prediction and outcome, with the kernel of SmoothECE, so that it leaves the diagonal by as much as
    SmoothECE says.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.
        resamplings: Draws for the band.

    Example:
        >>> shown = calibration([0.9] * 8 + [0.5] * 2, [1] * 7 + [0, 1, 0])
        >>> shown.predicted.round(3).tolist(), shown.actual.tolist(), shown.count.tolist()
        ([0.5, 0.9], [0.5, 0.875], [2, 8])
    """
    p, y = checked(predicted, recalled)
    binned = _bins(p, y)
    width = max(smece_and_width(p, y)[1], NARROWEST_CURVE)
    tail = 100.0 * OUTER_SHARE
    first, last = np.percentile(p, (tail, 100.0 - tail))
    at = np.linspace(float(first), float(last), CURVE_POINTS)
    rounded = np.rint(p * GRID_STEPS).astype(np.int64)
    place = numbered(rounded)[1]
    smoother = _smoother(at, np.flatnonzero(np.bincount(rounded)) / GRID_STEPS, width)
    missed = p - y
    gap = (smoother @ np.bincount(place, missed)) / (smoother @ np.bincount(place))
    low, high = _band(gap, missed, place, smoother, resamplings)
    return Calibration(
        **binned,
        curve_predicted=at,
        curve_actual=np.clip(at - gap, 0.0, 1.0),
        curve_low=np.clip(at - high, 0.0, 1.0),
        curve_high=np.clip(at - low, 0.0, 1.0),
        width=width,
    )


def _bins(p: Floats, y: NDArray[np.bool_]) -> dict[str, Any]:
    place = exponential_bins(p)
    count = np.bincount(place, minlength=UNIVERSAL_BINS)
    used = np.flatnonzero(count)
    n = count[used]
    actual = np.bincount(place, y, UNIVERSAL_BINS)[used] / n
    edges = np.log(np.arange(1.0, UNIVERSAL_BINS + 2.0)) / np.log(UNIVERSAL_BINS + 1.0)
    low, high = wilson(actual, n)
    return {
        "left": edges[used],
        "right": edges[used + 1],
        "predicted": np.bincount(place, p, UNIVERSAL_BINS)[used] / n,
        "actual": actual,
        "low": low,
        "high": high,
        "count": n,
    }


def _smoother(at: Floats, places: Floats, width: float) -> Floats:
    """Gaussian weight of each place at each point, mirrored at 0 and 1: shape (points, places)."""
    images = [((at[:, None] - mirrored) / width) ** 2 for mirrored in (places, -places, 2.0 - places)]
    # relative to the nearest place, so that not all weights vanish in a gap between predictions
    nearest = images[0].min(axis=1, keepdims=True)
    weights: Floats = np.sum([np.exp(0.5 * (nearest - image)) for image in images], axis=0)
    return weights


def _band(
    gap: Floats, missed: Floats, place: NDArray[np.int64], smoother: Floats, resamplings: Sequence[Resampling]
) -> tuple[Floats, Floats]:
    """Ends of the band around ``gap``; at each point those of the resampling that spreads it more."""
    low, high = np.full_like(gap, np.nan), np.full_like(gap, np.nan)
    for resampling in resamplings:
        places = smoother.shape[1]
        total = resampling.draws @ (resampling.tables(missed, place, places) @ smoother.T)
        count = resampling.draws @ (resampling.tables(None, place, places) @ smoother.T)
        spread = total / np.maximum(count, np.finfo(np.float64).tiny)
        ends = interval_ends(gap, spread - spread.mean(axis=0) + gap, resampling.groups)
        wider = ~(ends[1] - ends[0] <= high - low)
        low[wider], high[wider] = ends[0][wider], ends[1][wider]
    return low, high


def _json(values: NDArray[Any]) -> list[Any]:
    return [None if value != value else value for value in values.tolist()]
