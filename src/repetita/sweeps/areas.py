"""Two frontiers over what both cover: minutes saved at the same memory, memory gained in the same minutes.

A frontier is read between its points by straight lines and never beyond them, so each figure comes with its
coverage: how much of the baseline's range it speaks of. A scheduler with one point covers no range. It is
compared at that point, with what the other frontier gives there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.sweeps.frontier import non_dominated, point_array

__all__ = ["AreaBetween", "memory_lift", "memory_lift_at_point", "time_saved", "time_saved_at_point"]

Floats = NDArray[np.float64]

SAME = 1e-6
"""Relative distance below which two places on an axis are one."""


@dataclass(frozen=True, slots=True)
class AreaBetween:
    """The mean advantage of a frontier over a baseline, over the range that both cover.

    Attributes:
        advantage: Mean over the covered range, positive where the candidate is better; None without any.
        baseline: Mean of the baseline over the same range; None without any.
        relative_percent: Advantage in percent of the baseline; None where that is 0.
        covered: Length of the covered range.
        total: Length of the baseline's range.
        covered_targets: Points of the baseline's frontier inside the covered range.
        targets: Points of the baseline's frontier.
    """

    advantage: float | None
    baseline: float | None
    relative_percent: float | None
    covered: float
    total: float
    covered_targets: int
    targets: int

    @property
    def coverage_percent(self) -> float | None:
        """Covered share of the baseline's range in percent; None where the baseline has no range."""
        return 100.0 * self.covered / self.total if self.total > 0.0 else None

    def to_dict(self) -> dict[str, float | int | None]:
        """JSON-safe form."""
        return asdict(self) | {"coverage_percent": self.coverage_percent}


def time_saved(baseline: ArrayLike, candidate: ArrayLike) -> AreaBetween:
    """Minutes a day that a candidate saves for the same memory, on average over the memory both reach.

    The mean over the overlap of both frontiers' memory ranges of t_baseline(m) - t_candidate(m), both read by
    linear interpolation; the trapezoidal sum over all their points is exact. Source: the coverage-aware
    figures of srs-simulator's policy portfolios (2026).

    Args:
        baseline: Shape (n, 2): remembered cards, minutes a day. Dominated points are left out.
        candidate: Likewise.

    Raises:
        UsageError: Points that are none.

    Example:
        >>> found = time_saved([(100, 10), (200, 20)], [(100, 8), (200, 18)])
        >>> found.advantage, found.baseline, round(found.relative_percent, 2)
        (2.0, 15.0, 13.33)
    """
    one, other = _frontier(baseline, along=0), _frontier(candidate, along=0)
    return _between(one, other, sign=-1.0)


def memory_lift(baseline: ArrayLike, candidate: ArrayLike) -> AreaBetween:
    """Cards that a candidate has remembered more in the same time, on average over the minutes both reach.

    As `time_saved` with the axes exchanged.

    Args:
        baseline: Shape (n, 2): remembered cards, minutes a day. Dominated points are left out.
        candidate: Likewise.

    Raises:
        UsageError: Points that are none.

    Example:
        >>> found = memory_lift([(100, 10), (200, 20)], [(110, 10), (210, 20)])
        >>> found.advantage, found.baseline, found.coverage_percent
        (10.0, 150.0, 100.0)
    """
    one, other = _frontier(baseline, along=1), _frontier(candidate, along=1)
    return _between(one, other, sign=1.0)


def time_saved_at_point(baseline: ArrayLike, candidate: ArrayLike) -> AreaBetween:
    """Minutes a day that a candidate saves for the same memory, where one of both is a single point.

    The frontier of the other is read at the memory of the point; there is nothing where it does not reach it.

    Args:
        baseline: Shape (n, 2): remembered cards, minutes a day. Dominated points are left out.
        candidate: Likewise. The frontier of one of both has one point, or there is no figure.

    Raises:
        UsageError: Points that are none.

    Example:
        >>> found = time_saved_at_point([(100, 10), (200, 20)], [(150, 12)])
        >>> found.advantage, found.baseline, found.relative_percent
        (3.0, 15.0, 20.0)
        >>> time_saved_at_point([(100, 10), (200, 20)], [(250, 12)]).advantage is None
        True
    """
    return _at_point(_frontier(baseline, along=0), _frontier(candidate, along=0), sign=-1.0)


def memory_lift_at_point(baseline: ArrayLike, candidate: ArrayLike) -> AreaBetween:
    """Cards that a candidate has remembered more in the same time, where one of both is a single point.

    As `time_saved_at_point` with the axes exchanged.

    Args:
        baseline: Shape (n, 2): remembered cards, minutes a day. Dominated points are left out.
        candidate: Likewise. The frontier of one of both has one point, or there is no figure.

    Raises:
        UsageError: Points that are none.

    Example:
        >>> memory_lift_at_point([(100, 10), (200, 20)], [(150, 12)]).advantage
        30.0
    """
    return _at_point(_frontier(baseline, along=1), _frontier(candidate, along=1), sign=1.0)


def _frontier(points: ArrayLike, *, along: int) -> Floats:
    """Shape (k, 2): place on the axis, value; places that are nearly equal are one, with the better value."""
    array = point_array(points)
    front = array[non_dominated(array)]
    front = front[np.argsort(front[:, along], kind="stable")]
    kept: list[tuple[float, float]] = []
    for row in front.tolist():
        place, value = row[along], row[1 - along]
        if kept and abs(place - kept[-1][0]) <= SAME * max(abs(place), abs(kept[-1][0]), 1.0):
            # along memory the value is minutes, fewer are better; along minutes it is memory
            kept[-1] = (kept[-1][0], (min, max)[along](kept[-1][1], value))
        else:
            kept.append((place, value))
    return np.array(kept).reshape(-1, 2)


def _nothing(one: Floats) -> AreaBetween:
    total = float(np.ptp(one[:, 0])) if len(one) else 0.0
    return AreaBetween(None, None, None, 0.0, total, 0, len(one))


def _at_point(one: Floats, other: Floats, *, sign: float) -> AreaBetween:
    nothing = _nothing(one)
    if min(len(one), len(other)) != 1 or (len(one) == len(other) and one[0, 0] != other[0, 0]):
        return nothing
    point, curve = (one, other) if len(one) == 1 else (other, one)
    place = point[0, 0]
    if not curve[0, 0] <= place <= curve[-1, 0]:
        return nothing
    base, ours = (float(np.interp(place, front[:, 0], front[:, 1])) for front in (one, other))
    advantage = sign * (ours - base)
    relative = 100.0 * advantage / base if base != 0.0 else None
    inside = int((one[:, 0] == place).sum())
    return AreaBetween(advantage, base, relative, 0.0, nothing.total, inside, len(one))


def _between(one: Floats, other: Floats, *, sign: float) -> AreaBetween:
    nothing = _nothing(one)
    if not len(one) or not len(other):
        return nothing
    low, high = max(one[0, 0], other[0, 0]), min(one[-1, 0], other[-1, 0])
    covered = float(high - low)
    if covered <= 0.0:
        return nothing
    places = np.concatenate([[low, high], one[:, 0], other[:, 0]])
    knots = np.unique(places[(places >= low) & (places <= high)])
    base = np.interp(knots, one[:, 0], one[:, 1])
    ours = np.interp(knots, other[:, 0], other[:, 1])
    advantage = float(np.trapezoid(sign * (ours - base), knots)) / covered
    baseline = float(np.trapezoid(base, knots)) / covered
    relative = 100.0 * advantage / baseline if baseline != 0.0 else None
    inside = int(((one[:, 0] >= low) & (one[:, 0] <= high)).sum())
    return AreaBetween(advantage, baseline, relative, covered, nothing.total, inside, len(one))
