"""What is expected of one card, by its age, where nothing but its own memory decides about it.

The first two presses are followed one by one; from there on the probability of the card's state lies on a
grid of stability and difficulty. No random numbers: what is not exact is the grid, and finer ones show by how
much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.kernels import elementwise
from repetita.kernels.expectation import (
    FACTS,
    RUN,
    RUNS,
    Branches,
    pass_through,
    pass_through_twice,
    recall_by_age,
)
from repetita.memory_model import MemoryModel
from repetita.simulation.cost import Cost
from repetita.simulation.expectation_grid import Box, Grid, Policy, grid_of, reachable, whole_days

__all__ = ["CardExpectation", "OneCard", "Rounding"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Rounding: TypeAlias = Literal["nearest", "split"]

LEAST = 1e-11  # probability that is not followed any further
REVIEWS, LAPSES, SECONDS, SQUARES = range(FACTS)
RATINGS = (1, 2, 3, 4)


@dataclass(frozen=True, eq=False, slots=True)
class CardExpectation:
    """Expected values of one card by age; age 0 is the day of its introduction.

    Attributes:
        presses: Reviews, lapses, seconds of reviews and the squares of these, shape (days, 4).
        remembered: Probability that the card is remembered at the start of a day, shape (days + 1,).
        slopes: Derivatives of both by the desired retention, or None.
    """

    presses: FloatArray
    remembered: FloatArray
    slopes: tuple[FloatArray, FloatArray] | None


@dataclass(frozen=True, eq=False, slots=True)
class OneCard:
    """All that decides about a card.

    Attributes:
        memory: How it is remembered: a model of stability and difficulty.
        policy: When it is seen again.
        first_ratings: Shares of first ratings.
        success_ratings: Shares of Hard, Good and Easy after a success.
        cost: What presses cost.
        days: Length of the run.
        maximum: Longest interval in days.
        rounding: "nearest": intervals are rounded half up. "split": by chance, up or down, so that their mean
            stays.
    """

    memory: MemoryModel
    policy: Policy
    first_ratings: Sequence[float]
    success_ratings: Sequence[float]
    cost: Cost
    days: int
    maximum: float
    rounding: Rounding

    def box(self) -> Box:
        """Bounds of the states that it can reach."""
        return reachable(self.policy, self._after, self._firsts(), self.days, self.maximum)

    def expectation(
        self, box: Box, stabilities: int, difficulties: int, *, differentiate: bool
    ) -> CardExpectation:
        """What is expected, on a grid of so many nodes."""
        jumps = self.rounding == "nearest"
        grid = grid_of(self.policy, box, stabilities, difficulties, self.maximum, jumps=jumps)
        layers = np.repeat(np.arange(self.policy.layers), len(grid.difficulties))
        layers = np.repeat(layers, np.diff(grid.starts))
        cells = np.arange(len(grid.stability))
        branches = self._branches(grid, cells, layers, grid.stability, grid.difficulty, grid.whole)
        presses, curve = np.zeros((self.days, FACTS)), np.zeros(self.days + 1)
        moving, curve_moving = np.zeros((self.days, FACTS)), np.zeros(self.days + 1)
        mass = np.zeros((self.days, grid.cells))
        tangent = np.zeros(mass.shape if differentiate else (1, 1))
        self._begin(grid, (mass, presses, curve), (tangent, moving, curve_moving), differentiate)
        if differentiate:
            pass_through_twice(mass, tangent, presses, moving, branches, LEAST)
        else:
            pass_through(mass, presses, branches, LEAST)
        self._recall(grid, branches, mass, curve)
        slopes = None
        if differentiate:
            self._recall(grid, branches, mass, curve_moving, tangent)
            slopes = moving, curve_moving
        return CardExpectation(presses, curve, slopes)

    def _firsts(self) -> list[tuple[float, float]]:
        m = self.memory
        return [m.equations.first(m.parameters, m.prepared, m.options, rating) for rating in RATINGS]

    def _after(
        self, stability: FloatArray, difficulty: FloatArray, days: FloatArray, rating: int
    ) -> tuple[FloatArray, FloatArray]:
        after = elementwise.next_states(self.memory, (stability, difficulty), days, float(rating))
        return after[0], after[1]

    def _branches(
        self,
        grid: Grid,
        cells: IntArray,
        layers: IntArray,
        stability: FloatArray,
        difficulty: FloatArray,
        whole: IntArray | None,
    ) -> Branches:
        """Branches of states in cells."""
        place, delays, shares, slopes = self._rounded(layers, stability, difficulty, whole)
        s, d, days = stability[place], difficulty[place], delays.astype(np.float64)
        recalled = elementwise.retrievability(self.memory, (s, d), days)
        chances = [1.0 - recalled, *(recalled * share for share in self.success_ratings)]
        runs = np.empty((len(s), RUNS), dtype=np.uint32)
        weights = np.empty((len(s), RUNS, RUN))
        facts = np.zeros((len(s), FACTS))
        facts[:, REVIEWS], facts[:, LAPSES] = 1.0, chances[0]
        base = self.cost.base_seconds * (1.0 + self.cost.penalty * np.maximum(0.0, 1.0 - recalled))
        for rating, chance in zip(RATINGS, chances, strict=True):
            seconds = base + self.cost.review[rating - 1]
            facts[:, SECONDS] += chance * seconds
            facts[:, SQUARES] += chance * seconds * seconds
            part = slice(RUN * (rating - 1), RUN * rating)
            there = np.array([self.policy.next_layer(layer, rating) for layer in range(self.policy.layers)])
            s_after, d_after = self._after(s, d, days, rating)
            first, spread = grid.placed(there[layers[place]], s_after, d_after)
            runs[:, part], weights[:, part] = first, chance[:, None, None] * spread
        return Branches(cells[place], delays, shares, slopes, runs, weights, facts)

    def _rounded(
        self, layers: IntArray, stability: FloatArray, difficulty: FloatArray, whole: IntArray | None
    ) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Place, whole interval, share and its derivative of each branch."""
        count = len(stability)
        places = np.arange(count)
        if self.rounding == "nearest" and whole is not None:
            return places, whole, np.ones(count), np.zeros(count)
        days, slopes = np.empty(count), np.empty(count)
        for layer in range(self.policy.layers):
            of = layers == layer
            days[of] = self.policy.days(layer, stability[of], difficulty[of])
            slopes[of] = self.policy.slopes(layer, stability[of], difficulty[of])
        if self.rounding == "nearest":
            return places, whole_days(days, self.maximum), np.ones(count), np.zeros(count)
        inside = np.clip(days, 1.0, self.maximum)
        slopes = np.where(inside == days, slopes, 0.0)
        shorter = np.floor(inside)
        up = inside - shorter
        delays = np.concatenate([shorter, shorter + 1.0]).astype(np.int64)
        shares, moving = np.concatenate([1.0 - up, up]), np.concatenate([-slopes, slopes])
        return np.concatenate([places, places]), delays, shares, moving

    def _begin(
        self,
        grid: Grid,
        values: tuple[FloatArray, FloatArray, FloatArray],
        moving: tuple[FloatArray, FloatArray, FloatArray],
        differentiate: bool,
    ) -> None:
        """The first presses after introductions, exactly; from there on mass lies on the grid."""
        stability, difficulty = (
            np.array(column, dtype=np.float64) for column in zip(*self._firsts(), strict=True)
        )
        layers = np.array([self.policy.first_layer(rating) for rating in RATINGS])
        branches = self._branches(grid, np.arange(4), layers, stability, difficulty, None)
        shares = np.array(self.first_ratings)[branches.cells]
        sets = [(shares * branches.shares, *values)]
        if differentiate:
            sets.append((shares * branches.slopes, *moving))
        for came, mass, presses, curve in sets:
            for i, (delay, start) in enumerate(
                zip(branches.delays.tolist(), branches.cells.tolist(), strict=True)
            ):
                until = np.arange(1.0, min(delay, self.days) + 1.0)
                state = np.full(len(until), stability[start]), np.full(len(until), difficulty[start])
                curve[1 : len(until) + 1] += came[i] * elementwise.retrievability(self.memory, state, until)
                if delay < self.days:
                    presses[delay] += came[i] * branches.facts[i]
                    for run in range(RUNS):
                        first = int(branches.runs[i, run])
                        mass[delay, first : first + RUN] += came[i] * branches.weights[i, run]

    def _recall(
        self,
        grid: Grid,
        branches: Branches,
        mass: FloatArray,
        curve: FloatArray,
        tangent: FloatArray | None = None,
    ) -> None:
        """Adds what mass on the grid, or its derivative, contributes to the curve."""
        count = len(grid.stability)
        size, rows = int(grid.starts[1]), len(grid.starts) - 1
        alike = self.policy.flat and self.policy.layers == 1 and self._recall_is_of_stability(grid)
        # where rows differ in difficulty alone, their mass is remembered alike
        shape, kept = (
            ((self.days, rows, size), np.arange(size)) if alike else ((self.days, 1, count), np.arange(count))
        )
        parts = []
        for begin in range(0, len(branches.cells), count):
            of = slice(begin, begin + count)
            if tangent is not None:
                part = tangent[:, :count] * branches.shares[of] + mass[:, :count] * branches.slopes[of]
            elif self.rounding == "split":
                part = mass[:, :count] * branches.shares[of]
            else:
                part = mass[:, :count]
            parts.append(part.reshape(shape).sum(axis=1) if alike else part)
        arrivals = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
        place = np.concatenate([kept + begin for begin in range(0, len(branches.cells), count)])
        spans, s, d = branches.delays[place], grid.stability[place % count], grid.difficulty[place % count]
        seen = np.abs(arrivals).max(axis=0) > LEAST
        arrivals, spans = np.ascontiguousarray(arrivals[:, seen]), np.ascontiguousarray(spans[seen])
        ages = np.arange(self.days + 1, dtype=np.float64)
        recalled = elementwise.retrievability(self.memory, (s[seen, None], d[seen, None]), ages[None, :])
        recall_by_age(arrivals, spans, recalled, curve, LEAST)

    def _recall_is_of_stability(self, grid: Grid) -> bool:
        """Whether recall does not depend on difficulty."""
        rows = grid.difficulties
        ends = elementwise.retrievability(
            self.memory, (np.full(2, 10.0), rows[[0, -1]]), np.array([7.0, 7.0])
        )
        return bool(ends[0] == ends[1])
