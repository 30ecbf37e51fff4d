"""A table of states and days: what a review of each state costs with all that follows it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.kernels import elementwise
from repetita.kernels.expectation import Corners, value_from_the_end
from repetita.memory_model import MemoryModel
from repetita.retention_advice.cards_ahead import CardsAhead
from repetita.simulation.inputs import SimulatorConfig

__all__ = ["WorkloadTable"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RATINGS = (1, 2, 3, 4)
LOWEST_STABILITY, HIGHEST_STABILITY = 0.001, 365.0  # days
RATIO = np.log(2.0) / 14.0
"""Between neighbouring stabilities, on the log scale, where these are short."""
STEP_DAYS = 7.5
"""Between neighbouring stabilities where they are long."""
DIFFICULTIES = np.linspace(1.0, 10.0, 24)


class _Place(NamedTuple):
    """Where states lie between the nodes of the table: the lower cell, shares of the next ones."""

    first: Integers
    along: Floats
    across: Floats


class WorkloadTable:
    """The table of states and days for one person and one memory.

    Args:
        memory: The memory.
        person: How the person answers.
        days: Length of the run.
    """

    def __init__(self, memory: MemoryModel, person: SimulatorConfig, days: int) -> None:
        self.memory, self.person, self.days = memory, person, days
        self.stabilities, self.short = _stabilities()
        rows, columns = np.meshgrid(self.stabilities, DIFFICULTIES, indexing="ij")
        self.nodes: tuple[Floats, Floats] = rows.ravel(), columns.ravel()
        self.review = np.array(person.review_seconds)

    def workload(self, retention: float, cards: CardsAhead, new_per_day: int | None) -> float:
        """Expected seconds of all cards."""
        values = self._values(retention)
        return self._in_flight(values, retention, cards) + self._new(
            values, retention, cards.new_cards, new_per_day
        )

    def _values(self, retention: float) -> Floats:
        """What a review on a day costs with all that follows, shape (days + 1, cells)."""
        elapsed = self._delays(*self.nodes, retention).astype(np.float64)
        chances, after = self._reviewed(*self.nodes, elapsed)
        parts = [self._placed(*state) for state in after]
        corners = Corners(
            chances=chances,
            delays=np.stack([self._delays(*state, retention) for state in after]),
            first=np.stack([part.first for part in parts]),
            along=np.stack([part.along for part in parts]),
            across=np.stack([part.across for part in parts]),
            width=len(DIFFICULTIES),
        )
        return value_from_the_end(self.days, self.review @ chances, corners)

    def _reviewed(
        self, stability: Floats, difficulty: Floats, elapsed: Floats
    ) -> tuple[Floats, list[tuple[Floats, Floats]]]:
        """Chances of the ratings, shape (4, states), and the state after each."""
        recalled = elementwise.retrievability(self.memory, (stability, difficulty), elapsed)
        chances = np.stack([1.0 - recalled, *(recalled * share for share in self.person.success_ratings)])
        after = []
        for rating in RATINGS:
            new, hard = elementwise.next_states(self.memory, (stability, difficulty), elapsed, float(rating))
            # cards that were seen today are recalled for certain, which in the long run teaches nothing
            after.append((np.where(elapsed < 1.0, stability, new), hard))
        return chances, after

    def _delays(self, stability: Floats, difficulty: Floats, retention: float) -> Integers:
        days = elementwise.interval(self.memory, (stability, difficulty), retention)
        return np.floor(np.maximum(days, 1.0) + 0.5).astype(np.int64)

    def _placed(self, stability: Floats, difficulty: Floats) -> _Place:
        last = len(self.stabilities) - 1
        middle = self.stabilities[self.short - 1]
        logs = np.log(np.maximum(stability, LOWEST_STABILITY) / LOWEST_STABILITY) / RATIO
        position = np.where(stability <= middle, logs, self.short - 1 + (stability - middle) / STEP_DAYS)
        position = np.minimum(position, float(last))
        row = np.minimum(np.floor(position).astype(np.int64), last - 1)
        span = DIFFICULTIES[-1] - DIFFICULTIES[0]
        sideways = np.clip((difficulty - DIFFICULTIES[0]) / span, 0.0, 1.0) * (len(DIFFICULTIES) - 1)
        column = np.minimum(np.floor(sideways).astype(np.int64), len(DIFFICULTIES) - 2)
        return _Place(row * len(DIFFICULTIES) + column, position - row, sideways - column)

    def _looked_up(self, values: Floats, days: Integers, stability: Floats, difficulty: Floats) -> Floats:
        """What reviews of states on days cost with all that follows; 0 after the end."""
        place, width = self._placed(stability, difficulty), len(DIFFICULTIES)
        cells = place.first + np.array([[0], [1], [width], [width + 1]])
        of = values[np.minimum(days, self.days), cells]
        lower = (1.0 - place.across) * of[0] + place.across * of[1]
        upper = (1.0 - place.across) * of[2] + place.across * of[3]
        return np.asarray((1.0 - place.along) * lower + place.along * upper)

    def _in_flight(self, values: Floats, retention: float, cards: CardsAhead) -> float:
        """Of cards with a state: the first review of each as it is, all others by the table."""
        if not len(cards):
            return 0.0
        asked = cards.last + self._delays(cards.stability, cards.difficulty, retention)
        due = np.maximum(np.where(np.isfinite(cards.due), cards.due, asked), 0.0)
        chances, after = self._reviewed(cards.stability, cards.difficulty, due - cards.last)
        whole = due.astype(np.int64)
        total = np.zeros(len(cards))
        for chance, seconds, state in zip(chances, self.review, after, strict=True):
            following = self._looked_up(values, whole + self._delays(*state, retention), *state)
            total += chance * (seconds + following)
        return float(total[due <= self.days].sum())

    def _new(self, values: Floats, retention: float, count: int, per_day: int | None) -> float:
        """Of new cards."""
        if not count:
            return 0.0
        begun = np.bincount(np.arange(count) // (per_day or count))[: self.days + 1]
        days = np.arange(len(begun))
        total = np.zeros(len(begun))
        person = zip(self.person.first_ratings, self.person.learning_seconds, strict=True)
        for rating, (share, seconds) in zip(RATINGS, person, strict=True):
            stability, difficulty = (np.full(len(begun), part) for part in self.memory.initial_state(rating))
            due = days + self._delays(stability, difficulty, retention)
            following = self._looked_up(values, due, stability, difficulty)
            total += share * (seconds + following)
        return float(begun @ total)


def _stabilities() -> tuple[Floats, int]:
    """Stabilities of the table, even on the log scale at first; how many are, until a step has some days."""
    turn = np.log(min(STEP_DAYS / (1.0 - np.exp(-RATIO)), HIGHEST_STABILITY))
    lowest = np.log(LOWEST_STABILITY)
    short = np.exp(np.arange(lowest, turn, RATIO))
    steps = int(np.ceil((HIGHEST_STABILITY - short[-1]) / STEP_DAYS))
    return np.concatenate([short, short[-1] + STEP_DAYS * np.arange(1, steps)]), len(short)
