"""Predicted against observed recall: numbers behind the calibration figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from repetita.evaluation import Evaluation
    from repetita.evaluation.calibration import Calibration

HISTOGRAM_BINS = 50
# Few predictions far below all others would squeeze the picture; they count in the first bar.
OUTER_SHARE = 0.002
ASKED = 0.9


@dataclass(frozen=True, slots=True)
class CalibrationPoints:
    """What a calibration figure shows.

    Attributes:
        reviews: Reviews judged.
        predicted: Mean prediction a bin.
        actual: Share recalled a bin.
        low: Lower end of its 95 % interval.
        high: Upper end.
        count: Reviews a bin.
        curve_predicted: Predictions along the smooth curve.
        curve_actual: Smoothed share recalled.
        curve_low: Lower edge of the 95 % band; NaN where unknown.
        curve_high: Upper edge.
        edges: Edges of the histogram of predictions, one more than counts.
        histogram: Reviews by prediction; the first bar holds the few below it, too.
        ici: Mean distance of the smoothed share recalled from the prediction.
        mbe: Mean of prediction minus outcome.
    """

    reviews: int
    predicted: tuple[float, ...]
    actual: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    count: tuple[int, ...]
    curve_predicted: tuple[float, ...]
    curve_actual: tuple[float, ...]
    curve_low: tuple[float, ...]
    curve_high: tuple[float, ...]
    edges: tuple[float, ...]
    histogram: tuple[int, ...]
    ici: float
    mbe: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """What the figure says about these predictions."""
        parts = [self._at_target(), self._where_off()]
        return " ".join(part for part in parts if part)

    def _at_target(self) -> str:
        first, last = self.curve_predicted[0], self.curve_predicted[-1]
        asked = ASKED if first <= ASKED <= last else (first + last) / 2.0
        share, low, high = (
            float(np.interp(asked, self.curve_predicted, values))
            for values in (self.curve_actual, self.curve_low, self.curve_high)
        )
        interval = f" (95 % interval {low:.0%} to {high:.0%})" if isfinite(low) else ""
        return (
            f"Where a chance of {asked:.0%} was predicted, {share:.0%} were recalled{interval}; "
            f"over all {self.reviews:,} reviews the predictions are off by {100 * self.ici:.1f} points "
            "on average."
        )

    def _where_off(self) -> str:
        at, low, high = (np.array(v) for v in (self.curve_predicted, self.curve_low, self.curve_high))
        if not np.isfinite(low).all():
            return ""
        sure, unsure = at[high < at], at[low > at]
        if not sure.size and not unsure.size:
            return "The band holds the diagonal everywhere: no error that these reviews could show."
        said = []
        if sure.size:
            said.append(f"too sure (between {sure[0]:.0%} and {sure[-1]:.0%})")
        if unsure.size:
            said.append(f"not sure enough (between {unsure[0]:.0%} and {unsure[-1]:.0%})")
        return f"Where the diagonal leaves the band, the predictions are {' or '.join(said)}."


def calibration_points(evaluation: Evaluation) -> CalibrationPoints:
    """Predicted against observed recall of an evaluation."""
    return points_of(evaluation.calibration, evaluation.predictions, ici=evaluation.ici, mbe=evaluation.mbe)


def points_of(found: Calibration, predictions: ArrayLike, *, ici: float, mbe: float) -> CalibrationPoints:
    """What a calibration figure shows.

    Args:
        found: Bins and curve.
        predictions: Shape (n,), in [0, 1].
        ici: Integrated calibration index.
        mbe: Mean bias error.

    Example:
        >>> from repetita.evaluation.calibration import calibration
        >>> found = calibration([0.9] * 8 + [0.5] * 2, [1] * 7 + [0, 1, 0])
        >>> shown = points_of(found, [0.9] * 8 + [0.5] * 2, ici=0.02, mbe=0.02)
        >>> shown.reviews, sum(shown.histogram), shown.count
        (10, 10, (2, 8))
    """
    p = np.asarray(predictions, dtype=np.float64)
    lowest = min(float(np.quantile(p, OUTER_SHARE)), float(found.curve_predicted[0]), 0.95)
    edges = np.linspace(np.floor(10.0 * lowest) / 10.0, 1.0, HISTOGRAM_BINS + 1)
    counts, _ = np.histogram(np.maximum(p, edges[0]), edges)
    named = ("predicted", "actual", "low", "high", "count")
    curves = ("curve_predicted", "curve_actual", "curve_low", "curve_high")
    columns = {name: tuple(getattr(found, name).tolist()) for name in (*named, *curves)}
    return CalibrationPoints(
        reviews=int(p.size),
        edges=tuple(edges.tolist()),
        histogram=tuple(counts.tolist()),
        ici=float(ici),
        mbe=float(mbe),
        **columns,
    )
