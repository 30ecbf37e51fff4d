"""The search of a fit: several starts, Gauss-Newton from each, a quasi-Newton polish.

On a long log the starts are tried on a sample of the cards, and what they lead to goes on to larger ones. The
solution of a sample lies within its noise from that of all cards, a distance that two or three steps over the
whole log make up. Where two starts ended in different valleys both go on, because a sample may be too small
to tell which one is deeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
from repetita.kernels.threads import thread_count

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]

STARTS = 3
STARTS_LONG = 2
LONG = 60_000  # reviews; up to here every start sees the whole log
SAMPLE = 30_000  # reviews in the smallest sample
SAMPLE_EFFECTIVE = 6_000  # and what they must at least amount to after weighting
SAMPLE_GROWTH = 16  # from one sample to the next
LARGEST_SAMPLE = 0.3  # above this share of the cards a sample saves little
CANDIDATES = 2  # valleys that go on to the next sample
APART = (
    10.0  # nats between the ends of two descents, in units of the promise they ended with, to be two valleys
)
CURVATURE_SAMPLE = 60_000  # reviews that the curvature is taken from on the whole log
CURVATURE_EFFECTIVE = 20_000

APPROACH = 0.3  # nats that a step must promise for Gauss-Newton to go on; then secants take over
BUDGET = 60  # passes that one descent may take
SAMPLE_BUDGET = 8  # and on a sample, where kinks are not worth the trouble

# Nats that the next step may still promise at the end, by review. A parameter is then at most a seventieth
# (a short log) to a seventh (a million reviews) of its standard error away from the solution.
TOLERANCE_A_REVIEW = 1e-8
TOLERANCES = (1e-4, 1e-2)


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
    center = problem.inside(problem.prior.mean)
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
    tolerance = min(max(reviews * TOLERANCE_A_REVIEW, TOLERANCES[0]), TOLERANCES[1])
    if reviews <= LONG:
        if initial is None and has_initial_stabilities(model.name):
            initial = fitted_initial_stabilities(model.name, log)
        places = starting_positions(problem, first=start, initial=initial, seed=seed, count=STARTS)
        ends = _descents(problem, places, tolerance, threads)
        return _found(min(ends, key=lambda end: end.value), ends, tolerance)
    places = starting_positions(problem, first=start, initial=initial, seed=seed, count=STARTS_LONG)
    tried: list[Point] = []
    for share in _shares(weighted):
        part = weighted.sample(share)
        rough = replace(problem, objective=part.objective(model, threads))
        noise = APPROACH * part.scale  # no closer than the sample is worth
        ends = _descents(rough, places, noise, threads, budget=SAMPLE_BUDGET)
        places = [end.position for end in valleys(ends, APART * noise)]
        tried += ends
    fraction = min(max(CURVATURE_SAMPLE / reviews, CURVATURE_EFFECTIVE / weighted.effective), 1.0)
    ends = [_descent(problem, place, tolerance, card_fraction=fraction) for place in places]
    return _found(min(ends, key=lambda end: end.value), [*tried, *ends], tolerance, starts=STARTS_LONG)


def valleys(ends: Sequence[Point], apart: float) -> list[Point]:
    """The deepest ends of descents that lie in different valleys, the best first.

    Args:
        ends: Where descents ended.
        apart: Nats that the value would rise from one to the other, were there one valley only.
    """
    best, *others = sorted(ends, key=lambda end: end.value)
    chosen = [best]
    for other in others:
        ways = [other.position - end.position for end in chosen]
        if all(0.5 * float(way @ best.curvature @ way) > apart for way in ways):
            chosen.append(other)
    return chosen[:CANDIDATES]


def _shares(weighted: WeightedLog) -> list[float]:
    """Shares of the cards in the samples that come before the whole log, growing."""
    share = max(SAMPLE / weighted.packed.reviews, SAMPLE_EFFECTIVE / weighted.effective)
    shares = []
    while share <= LARGEST_SAMPLE:
        shares.append(share)
        share *= SAMPLE_GROWTH
    return shares


def _descents(
    problem: Problem,
    places: Sequence[FloatArray],
    tolerance: float,
    threads: int | None,
    *,
    budget: int = BUDGET,
) -> list[Point]:
    """A descent from each place, side by side: one on a short log keeps a single thread busy."""
    with ThreadPoolExecutor(max_workers=min(thread_count(threads), len(places))) as pool:
        return list(pool.map(lambda place: _descent(problem, place, tolerance, budget=budget), places))


def _descent(
    problem: Problem,
    place: FloatArray,
    tolerance: float,
    *,
    card_fraction: float = 1.0,
    budget: int = BUDGET,
) -> Point:
    approach = max(APPROACH, tolerance)
    near = gauss_newton(problem, place, card_fraction=card_fraction, tolerance=approach, budget=budget)
    return polish(problem, near, tolerance=tolerance, budget=budget)


def _found(best: Point, ends: Sequence[Point], tolerance: float, *, starts: int | None = None) -> Found:
    evaluations = sum(end.evaluations for end in ends)
    return Found(best, starts or len(ends), evaluations, best.promised <= tolerance)
