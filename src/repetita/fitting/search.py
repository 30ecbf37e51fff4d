"""The search of a fit: several starts, Gauss-Newton from each, a quasi-Newton polish.

On a long log the starts are tried on a sample of the cards. Its solution lies within the noise of the sample
from that of all cards, a distance that one or two steps over the whole log make up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.gauss_newton import Point, gauss_newton
from repetita.fitting.initial_stability import fitted_initial_stabilities
from repetita.fitting.polish import polish
from repetita.fitting.problem import Problem
from repetita.fitting.starts import has_initial_stabilities, starting_positions
from repetita.fitting.weighted_log import WeightedLog

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]

STARTS = 3
LONG = 60_000  # reviews; below, every start sees the whole log
SAMPLE = 30_000  # reviews in a sample
SAMPLE_EFFECTIVE = 6_000  # and what they must at least amount to after weighting
LARGEST_SAMPLE = 0.25  # above this share of the cards a sample saves little
CURVATURE_SAMPLE = 100_000  # reviews that the curvature is taken from
CURVATURE_EFFECTIVE = 20_000

APPROACH = 0.3  # nats that a step must promise for Gauss-Newton to go on; then secants take over
TOLERANCE = 1e-4  # nats that the next step may still promise at the end
TOLERANCE_LONG = 1e-3
BUDGET = 60


@dataclass(frozen=True, eq=False)
class Found:
    """The best point of a search.

    Attributes:
        best: Where the search ended.
        starts: Starting points tried.
        evaluations: Values with gradient computed, all starts and samples together.
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
    weighted: WeightedLog,
    model: MemoryModel,
    log: ReviewLog,
    *,
    start: Sequence[float] | None = None,
    seed: int = 0,
    initial: Sequence[float] | None = None,
    threads: int | None = None,
) -> Found:
    """The best point that descents from several starts find.

    Args:
        problem: What to minimize.
        weighted: What the objective of the problem is summed over.
        model: The memory model.
        log: The log, for the starting point with fitted initial stabilities.
        start: Natural parameters of the first starting point; default: the center of the prior.
        seed: Of the random starting points.
        initial: Fitted initial stabilities, if they are known.
        threads: Most threads to use.
    """
    reviews = weighted.packed.reviews
    if reviews <= LONG:
        if initial is None and has_initial_stabilities(model.name):
            initial = fitted_initial_stabilities(model.name, log)
        places = starting_positions(problem, first=start, initial=initial, seed=seed, count=STARTS)
        ends = [_descent(problem, place, TOLERANCE) for place in places]
        return _found(min(ends, key=lambda end: end.value), ends, STARTS, TOLERANCE)
    share = max(SAMPLE / reviews, SAMPLE_EFFECTIVE / weighted.effective)
    starts = STARTS if share <= LARGEST_SAMPLE else 1
    places = starting_positions(problem, first=start, initial=initial, seed=seed, count=starts)
    ends = []
    if starts > 1:
        rough = replace(problem, objective=weighted.sample(share).objective(model, threads))
        ends = [_descent(rough, place, APPROACH) for place in places]
    near = min(ends, key=lambda end: end.value).position if ends else places[0]
    fraction = min(max(CURVATURE_SAMPLE / reviews, CURVATURE_EFFECTIVE / weighted.effective), 1.0)
    end = _descent(problem, near, TOLERANCE_LONG, card_fraction=fraction)
    return _found(end, [*ends, end], starts, TOLERANCE_LONG)


def _descent(problem: Problem, place: FloatArray, tolerance: float, *, card_fraction: float = 1.0) -> Point:
    near = gauss_newton(problem, place, card_fraction=card_fraction, tolerance=APPROACH, budget=BUDGET)
    return polish(problem, near, tolerance=tolerance, budget=BUDGET)


def _found(best: Point, ends: Sequence[Point], starts: int, tolerance: float) -> Found:
    return Found(best, starts, sum(end.evaluations for end in ends), best.promised <= tolerance)
