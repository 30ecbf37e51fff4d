"""The search of a fit: Gauss-Newton from several starts, then the quasi-Newton polish of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from repetita.fitting.gauss_newton import Point, gauss_newton
from repetita.fitting.polish import polish
from repetita.fitting.problem import Problem
from repetita.fitting.starts import starting_positions

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

STARTS = 3
APPROACH_TOLERANCE = 0.3  # nats that a step must promise for Gauss-Newton to go on; then secants take over
TOLERANCE = 1e-5
BUDGET = 60


@dataclass(frozen=True, eq=False)
class Found:
    """The best point of a search.

    Attributes:
        best: Where the search ended.
        starts: Starting points tried.
        evaluations: Values with gradient computed, all starts together.
        converged: Whether the last step promised less than the tolerance.
    """

    best: Point
    starts: int
    evaluations: int
    converged: bool


def resting(problem: Problem) -> Found:
    """The center of the prior, where there is nothing to search for."""
    center = np.clip(problem.prior.mean, problem.low, problem.high)
    value, gradient = problem.evaluate(center)
    return Found(Point(center, value, gradient, problem.curvature(center), promised=0.0), 0, 0, True)


def search(
    problem: Problem,
    log: ReviewLog,
    *,
    start: Sequence[float] | None = None,
    seed: int = 0,
    initial: Sequence[float] | None = None,
) -> Found:
    """The best point that descents from several starts find.

    Args:
        problem: What to minimize.
        log: The log, for the starting point with fitted initial stabilities.
        start: Natural parameters of the first starting point; default: the center of the prior.
        seed: Of the random starting point.
        initial: Fitted initial stabilities, if they are known.
    """
    places = starting_positions(problem, log, first=start, seed=seed, count=STARTS, initial=initial)
    ends = []
    for place in places:
        near = gauss_newton(problem, place, tolerance=APPROACH_TOLERANCE, budget=BUDGET)
        ends.append(polish(problem, near, tolerance=TOLERANCE, budget=BUDGET))
    best = min(ends, key=lambda point: point.value)
    return Found(best, len(ends), sum(end.evaluations for end in ends), best.promised < TOLERANCE)
