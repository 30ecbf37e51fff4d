"""What is expected of one card, by its age, where nothing but its own memory decides about it.

The first presses are followed one by one; from there on the probability of the card's state lies on a
grid of stability and difficulty. No random numbers: what is not exact is the grid, and finer ones show by how
much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

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

FOLLOWED = 3  # reviews after an introduction that are followed one by one
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


class _States(NamedTuple):
    """States of cards: the layer of the policy, stability in days, difficulty."""

    layers: IntArray
    stability: FloatArray
    difficulty: FloatArray


class _Pressed(NamedTuple):
    """Next presses of states, as `Branches` has them; the chances of ratings, and the states after each."""

    cells: IntArray
    delays: IntArray
    shares: FloatArray
    slopes: FloatArray
    facts: FloatArray
    chances: list[FloatArray]
    after: list[_States]


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
        branches = self._branches(grid, layers)
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

    def _branches(self, grid: Grid, layers: IntArray) -> Branches:
        """Branches of the cells of a grid."""
        states = _States(layers, grid.stability, grid.difficulty)
        branches = self._pressed(states, grid.whole if self.rounding == "nearest" else None)
        count = len(branches.cells)
        runs = np.empty((count, RUNS), dtype=np.uint32)
        weights = np.empty((count, RUNS, RUN))
        for i, (chance, after) in enumerate(zip(branches.chances, branches.after, strict=True)):
            part = slice(RUN * i, RUN * (i + 1))
            first, spread = grid.placed(*after)
            runs[:, part], weights[:, part] = first, chance[:, None, None] * spread
        b = branches
        return Branches(b.cells, b.delays, b.shares, b.slopes, runs, weights, b.facts)

    def _pressed(self, states: _States, whole: IntArray | None) -> _Pressed:
        """The next presses of states; ``whole`` are their intervals in whole days, if these are known."""
        place, delays, shares, slopes = self._rounded(states, whole)
        s, d, days = states.stability[place], states.difficulty[place], delays.astype(np.float64)
        recalled = elementwise.retrievability(self.memory, (s, d), days)
        chances = [1.0 - recalled, *(recalled * share for share in self.success_ratings)]
        facts = np.zeros((len(s), FACTS))
        facts[:, REVIEWS], facts[:, LAPSES] = 1.0, chances[0]
        base = self.cost.base_seconds * (1.0 + self.cost.penalty * np.maximum(0.0, 1.0 - recalled))
        after = []
        for rating, chance in zip(RATINGS, chances, strict=True):
            seconds = base + self.cost.review[rating - 1]
            facts[:, SECONDS] += chance * seconds
            facts[:, SQUARES] += chance * seconds * seconds
            there = np.array([self.policy.next_layer(layer, rating) for layer in range(self.policy.layers)])
            after.append(_States(there[states.layers[place]], *self._after(s, d, days, rating)))
        return _Pressed(place, delays, shares, slopes, facts, chances, after)

    def _rounded(
        self, states: _States, whole: IntArray | None
    ) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Place, whole interval, share and its derivative of each branch."""
        layers, stability, difficulty = states
        count = len(stability)
        places = np.arange(count)
        if whole is not None:
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
        """The first presses after introductions, exactly; from there on mass lies on the grid.

        Early on a few states have all the mass, so that what a grid does to one of them does not even out.
        """
        layers = np.array([self.policy.first_layer(rating) for rating in RATINGS])
        states = _States(layers, *np.array(self._firsts(), dtype=np.float64).T)
        ages = np.zeros(len(RATINGS), dtype=np.int64)
        shares, slopes = np.array(self.first_ratings, dtype=np.float64), np.zeros(len(RATINGS))
        for _ in range(FOLLOWED):
            pressed = self._pressed(states, None)
            of, due = pressed.cells, ages[pressed.cells] + pressed.delays
            came, moved = (
                shares[of] * pressed.shares,
                slopes[of] * pressed.shares + shares[of] * pressed.slopes,
            )
            live = due < self.days
            for weight, (_, presses, curve) in ((came, values), (moved, moving))[: 1 + differentiate]:
                self._follow(curve, states, of, ages[of], pressed.delays, weight)
                np.add.at(presses, due[live], weight[live, None] * pressed.facts[live])
            chances = [chance[live] for chance in pressed.chances]
            columns = [np.stack(part)[:, live].ravel() for part in zip(*pressed.after, strict=True)]
            states = _States(columns[0].astype(np.int64), *columns[1:])
            ages = np.tile(due[live], len(RATINGS))
            shares, slopes = (np.concatenate([w[live] * chance for chance in chances]) for w in (came, moved))
        first, spread = grid.placed(*states)
        cells = first.astype(np.int64)[:, :, None] + np.arange(RUN)
        for weight, (mass, _, _) in ((shares, values), (slopes, moving))[: 1 + differentiate]:
            np.add.at(mass, (ages[:, None, None], cells), weight[:, None, None] * spread)

    def _follow(
        self,
        curve: FloatArray,
        states: _States,
        of: IntArray,
        ages: IntArray,
        delays: IntArray,
        weight: FloatArray,
    ) -> None:
        """Adds the recall of single states, from an age until their presses, to the curve."""
        spans = np.minimum(delays, self.days - ages)
        branch = np.repeat(np.arange(len(of)), spans)
        days = np.arange(len(branch)) - np.repeat(np.cumsum(spans) - spans, spans) + 1
        state = states.stability[of][branch], states.difficulty[of][branch]
        recalled = elementwise.retrievability(self.memory, state, days.astype(np.float64))
        curve += np.bincount(ages[branch] + days, weights=weight[branch] * recalled, minlength=len(curve))

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
