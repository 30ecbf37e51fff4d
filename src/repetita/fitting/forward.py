"""Fits on ever longer beginnings of one log, as forward folds need them.

What the fits have in common is done once: histories that cards share are found for the whole log, and a fit
starts where the one before it ended, since most of its reviews are the same. The first one looks for its
valley from several places; so do those of short logs, and one whose first step brings much less than it
promised. Every fit is of reviews before its end alone, and so is all that it starts from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.gauss_newton import Point, damped_step, gauss_newton
from repetita.fitting.polish import polish
from repetita.fitting.problem import Problem
from repetita.fitting.recipe import Recipe
from repetita.fitting.search import APART, APPROACH, BUDGET, TOLERANCES, valleys
from repetita.fitting.starts import starting_positions
from repetita.fitting.weights import is_given, weights_of_beginnings
from repetita.kernels.packing import PackedLog, pack_beginnings
from repetita.kernels.shared_histories import StagedHistories, TreeObjective, can_share, staged_histories
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["fit_forward", "fits_forward"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STARTS = 2
STARTS_SHORT = 3
TOLERANCE = 0.02  # nats that the last step may promise; it is taken unseen, and leaves some thousandths
PAYING = 0.5  # share of what it promised that a first step from the fit before must bring
SHORT = (
    4_000  # scored reviews up to which the curvature comes from all, and each part is searched as `fit` does
)
SAMPLED = 3  # beyond, it comes from every third card,
SAMPLE = 4_000  # or, if that leaves more scored reviews than these, from so few that it does not


def fits_forward(model: MemoryModel, recipe: Recipe) -> bool:
    """Whether `fit_forward` can do it: states that follow from whole days, and a recipe of rules."""
    plain = recipe.outliers is False and recipe.center == "defaults" and not is_given(recipe.weights)
    return plain and can_share(model)


def fit_forward(
    log: ReviewLog,
    model: MemoryModel,
    recipe: Recipe,
    *,
    scored: IntArray,
    ends: Sequence[int],
    seed: int = 0,
    staged: StagedHistories | None = None,
) -> list[MemoryModel]:
    """The model fitted to ever more reviews of a log.

    Minimizes what `repetita.fit` minimizes of each part. On longer logs the search ends a little earlier, and
    it starts from another place, so that parameters differ by some hundredths of their standard error.

    Args:
        log: A review log.
        model: A memory model with default parameters.
        recipe: What to minimize; as `fits_forward` has it.
        scored: Rows of the reviews to learn from, in order of time.
        ends: How many of them each fit learns from, at least 1, rising.
        seed: Of the random starting points.
        staged: The histories of these reviews for the model, if they are laid out already, with a stage for
            each end.
    """
    models = []
    if staged is None:
        staged = staged_histories(log, model.name, scored, ends)
    beginnings = _Beginnings(log, model, scored, staged)
    before: Point | None = None
    for stage, weights in enumerate(weights_of_beginnings(ends, recipe.weights)):
        strength = 1.0 + recipe.small_sample / float(weights.sum())
        problem = Problem(beginnings.objective(stage, weights), recipe.prior, strength)
        short = len(weights) <= SHORT
        found = None if before is None or short else _continued(problem, before)
        if found is None:
            places = starting_positions(problem, seed=seed, count=STARTS_SHORT if short else STARTS)
            if before is not None:
                places.append(problem.inside(before.position))
            found = _searched(problem, places) if short else _searched_long(problem, places)
        before = found
        values = problem.natural(before.position).tolist()
        models.append(memory_model(model.name, values, variant=model.variant))
    return models


def _continued(problem: Problem, before: Point) -> Point | None:
    """The end of a descent from where the fit before ended; None where the first step disappoints."""
    place = problem.inside(before.position)
    value, gradient = problem.evaluate(place)
    start = Point(place, value, gradient, problem.curvature(place), damping=0.0, evaluations=1)
    near = polish(problem, start, tolerance=TOLERANCE, budget=2)
    if start.value - near.value < PAYING * near.promised and near.promised > TOLERANCE:
        return None
    return _polished(problem, near)


def _searched(problem: Problem, places: Sequence[FloatArray]) -> Point:
    """The best end of descents from several places, each to the end."""
    ends = (gauss_newton(problem, place, tolerance=APPROACH, budget=BUDGET) for place in places)
    done = [polish(problem, end, tolerance=TOLERANCES[0], budget=BUDGET) for end in ends]
    return min(done, key=lambda end: end.value)


def _searched_long(problem: Problem, places: Sequence[FloatArray]) -> Point:
    """The same where a pass is dear: only different valleys are followed, and not as far."""
    ends = [gauss_newton(problem, place, tolerance=APPROACH, budget=BUDGET) for place in places]
    followed = [_polished(problem, end) for end in valleys(ends, APART * APPROACH)]
    return min(followed, key=lambda end: end.value)


def _polished(problem: Problem, near: Point) -> Point:
    """The end of secant steps: the point after the last one, with the value that this step promised."""
    end = polish(problem, near, tolerance=TOLERANCE, budget=BUDGET)
    if end.promised > TOLERANCE:
        return end
    position = problem.inside(end.position + damped_step(problem, end))
    return replace(end, position=position, value=end.value - end.promised)


@dataclass(frozen=True, eq=False)
class _Beginnings:
    """What the parts of a log have in common."""

    log: ReviewLog
    model: MemoryModel
    scored: IntArray
    staged: StagedHistories

    def objective(self, stage: int, weights: FloatArray) -> TreeObjective:
        """The loss of the first scored reviews, so many as a stage has and as there are weights."""
        sampled = self._sampled(len(weights))
        packed, packed_weights = self._packed(self.scored[sampled], weights[sampled])
        return TreeObjective(
            self.model.variant,
            self.staged,
            stage,
            weights,
            packed=packed,
            packed_weights=packed_weights,
            scale=float(weights.sum() / packed_weights.sum()),
        )

    def _sampled(self, end: int) -> IntArray:
        """Places among the first scored reviews that belong to a card that the curvature comes from."""
        if end > SHORT:
            every = max(SAMPLED, -(-end // SAMPLE))
            chosen = np.flatnonzero(self._cards[:end] % every == every // 2)
            if chosen.size:
                return chosen
        return np.arange(end)

    @cached_property
    def _cards(self) -> NDArray[np.int32]:
        """The card of each scored review."""
        return self.log.card_index[self.scored].astype(np.int32)

    def _packed(self, rows: IntArray, weights: FloatArray) -> tuple[PackedLog, FloatArray]:
        """The histories of cards up to their last row of these, packed, and what each review weighs."""
        log = self.log
        last = np.full(log.cards, -1)
        last[log.card_index[rows]] = rows  # rows of a card rise with time: the last one stays
        cards = np.flatnonzero(last >= 0)
        begins = log.offsets[cards]
        packed = pack_beginnings(log, self.model.equations.UNIT, begins, last[cards] + 1 - begins)
        by_row = np.zeros(len(log))
        by_row[rows] = weights
        return replace(packed, rows=np.arange(packed.reviews)), by_row[packed.rows]
