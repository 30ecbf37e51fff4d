"""What presses cost, in seconds: by phase and rating, with a penalty for answers that come hard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from repetita.errors import UsageError
from repetita.simulation import rules
from repetita.simulation.cards import CardView

__all__ = ["PRESS_COSTS", "Cost", "CostLike"]


class CostLike(Protocol):
    """What an engine asks about costs."""

    def learning_seconds(self, rating: int, card: CardView) -> float:
        """Seconds of the introduction of a card."""

    def review_seconds(self, retrievability: float, rating: int, card: CardView) -> float:
        """Seconds of a review; the card is as it was before, its phase included."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of a press by phase and rating.

    Attributes:
        learning: For an introduction, and for presses in learning steps, by rating.
        review: For presses in review, by rating.
        relearning: For presses in relearning steps, by rating.
        base_seconds: A time that every review takes in addition.
        penalty: How much longer that time is at retrievability 0, as a factor.

    Raises:
        UsageError: Tables of another length than 4, negative numbers.

    Example:
        >>> Cost().review[0]
        23.0
    """

    learning: Sequence[float] = (33.79, 24.3, 13.68, 6.5)
    review: Sequence[float] = (23.0, 11.68, 7.33, 5.6)
    relearning: Sequence[float] = (16.44, 15.25, 12.32, 8.03)
    base_seconds: float = 0.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        for name in ("learning", "review", "relearning"):
            table = tuple(getattr(self, name))
            if len(table) != 4:
                raise UsageError(f"costs of {name} have {len(table)} numbers, expected 4", where=name)
            self._check(name, table)
            object.__setattr__(self, name, table)
        self._check("base_seconds", (self.base_seconds,))
        self._check("penalty", (self.penalty,))

    @staticmethod
    def _check(name: str, values: tuple[float, ...]) -> None:
        for value in values:
            if not (isinstance(value, int | float) and isfinite(value) and value >= 0.0):
                raise UsageError(f"costs: {name} is {value!r}, expected seconds from 0", where=name)

    def learning_seconds(self, rating: int, card: CardView) -> float:
        """Seconds of the introduction of a card; no base time."""
        return self.learning[rating - 1]

    def review_seconds(self, retrievability: float, rating: int, card: CardView) -> float:
        """Seconds of a review."""
        table = (self.review, self.learning, self.relearning)[card.phase]
        return rules.press_seconds(table[rating - 1], retrievability, self.base_seconds, self.penalty)


PRESS_COSTS = Cost(learning=(19.58, 18.79, 13.78, 10.71), review=(19.38, 17.59, 12.38, 8.94))
"""Mean seconds of one press by state (figures of fsrs-rs), where `Cost` has those of a whole session."""
