"""A candidate's points against the baseline's, for one user: every figure that frontiers are compared by.

Hypervolume is a measure of curves: one point dominates less area than a curve by its nature, however good it
is. So a scheduler with one point (Memrise, Anki-SM-2) is compared by minutes at its memory, and memory in its
minutes, with what the other's frontier gives there; between curves these are means over what both reach.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from repetita.sweeps.areas import memory_lift, memory_lift_at_point, time_saved, time_saved_at_point
from repetita.sweeps.frontier import MARGIN, hypervolume, non_dominated, point_array, reference_point

__all__ = ["FIGURES", "Versus", "versus"]


@dataclass(frozen=True, slots=True)
class Versus:
    """Figures of a candidate against a baseline. Areas are in cards times minutes a day.

    Attributes:
        hypervolume: Area that the candidate's points alone dominate.
        baseline_hypervolume: The same of the baseline's points.
        hypervolume_delta: The first less the second; NaN where one of both has a single point.
        relative_hypervolume: That, as a share of the baseline's; NaN likewise.
        minutes_saved: Minutes a day saved at the same memory (`time_saved`, or `time_saved_at_point` where
            one of both has a single point); NaN without common memory.
        minutes_saved_baseline: The baseline's minutes over the same memory.
        minutes_saved_percent: The first in percent of the second.
        memory_covered: Cards over which frontiers overlap.
        memory_total: Range of the baseline's frontier in cards.
        memory_targets_covered: Points of the baseline's frontier in the overlap.
        memory_targets: All of them; nearly equal memories are one.
        cards_gained: Cards gained at the same minutes (`memory_lift`, or `memory_lift_at_point`); NaN without
            common minutes.
        cards_gained_baseline: The baseline's cards over the same minutes.
        cards_gained_percent: The first in percent of the second.
        minutes_covered: Minutes a day over which frontiers overlap.
        minutes_total: Range of the baseline's frontier in minutes a day.
        minutes_targets_covered: Points of the baseline's frontier in the overlap.
        minutes_targets: All of them; nearly equal minutes are one.
        frontier_points: Points of the candidate that its own points do not dominate.
        baseline_frontier_points: The same of the baseline.
        combined_frontier_points: Points of the candidate that no point of either dominates.
        baseline_combined_frontier_points: The same of the baseline.
    """

    hypervolume: float
    baseline_hypervolume: float
    hypervolume_delta: float
    relative_hypervolume: float
    minutes_saved: float
    minutes_saved_baseline: float
    minutes_saved_percent: float
    memory_covered: float
    memory_total: float
    memory_targets_covered: float
    memory_targets: float
    cards_gained: float
    cards_gained_baseline: float
    cards_gained_percent: float
    minutes_covered: float
    minutes_total: float
    minutes_targets_covered: float
    minutes_targets: float
    frontier_points: float
    baseline_frontier_points: float
    combined_frontier_points: float
    baseline_combined_frontier_points: float


FIGURES = tuple(field.name for field in fields(Versus))


def versus(baseline: ArrayLike, candidate: ArrayLike, *, margin: float = MARGIN) -> Versus:
    """Every figure of a candidate against a baseline.

    Args:
        baseline: Shape (n, 2), n at least 1: remembered cards, minutes a day.
        candidate: Likewise.
        margin: Of the reference point, see `repetita.sweeps.reference_point`.

    Raises:
        UsageError: Points that are none.

    Example:
        >>> found = versus([(100, 10), (200, 20)], [(100, 8), (200, 18)])
        >>> found.hypervolume_delta, found.minutes_saved, found.combined_frontier_points
        (210.0, 2.0, 2.0)
        >>> found = versus([(100, 10), (200, 20)], [(150, 12)])
        >>> found.hypervolume_delta, found.minutes_saved, found.cards_gained
        (nan, 3.0, 30.0)
    """
    ours, base = point_array(candidate, "candidate"), point_array(baseline, "baseline")
    corner = reference_point(base, margin=margin)
    area, base_area = hypervolume(ours, corner), hypervolume(base, corner)
    curves = len(ours) > 1 and len(base) > 1
    saved = (time_saved if curves else time_saved_at_point)(base, ours)
    lift = (memory_lift if curves else memory_lift_at_point)(base, ours)
    delta = area - base_area if curves else np.nan
    both = non_dominated(np.concatenate([ours, base]))
    return Versus(
        hypervolume=area,
        baseline_hypervolume=base_area,
        hypervolume_delta=delta,
        relative_hypervolume=delta / base_area if base_area > 0.0 else np.nan,
        minutes_saved=_or_nan(saved.advantage),
        minutes_saved_baseline=_or_nan(saved.baseline),
        minutes_saved_percent=_or_nan(saved.relative_percent),
        memory_covered=saved.covered,
        memory_total=saved.total,
        memory_targets_covered=float(saved.covered_targets),
        memory_targets=float(saved.targets),
        cards_gained=_or_nan(lift.advantage),
        cards_gained_baseline=_or_nan(lift.baseline),
        cards_gained_percent=_or_nan(lift.relative_percent),
        minutes_covered=lift.covered,
        minutes_total=lift.total,
        minutes_targets_covered=float(lift.covered_targets),
        minutes_targets=float(lift.targets),
        frontier_points=float(non_dominated(ours).sum()),
        baseline_frontier_points=float(non_dominated(base).sum()),
        combined_frontier_points=float(both[: len(ours)].sum()),
        baseline_combined_frontier_points=float(both[len(ours) :].sum()),
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
