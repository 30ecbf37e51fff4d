"""What somebody wants, and which setting serves it best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choice", "Goal", "Kind"]

Floats = NDArray[np.float64]
Kind: TypeAlias = Literal["minutes", "known", "deck"]

NEARLY = 0.01
"""Settings that serve a goal within so much of the best one are called as good."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The setting that serves a goal best.

    Attributes:
        place: Its place in the range.
        met: Whether what was wanted is reached with it.
        first: Place of the lowest setting next to it that is within 1 % of it.
        last: Place of the highest one.
    """

    place: int
    met: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted.

    Attributes:
        kind: "minutes": most cards known at the end with so many minutes a day in the mean. "known": so many
            cards known at the end with the fewest minutes. "deck": the fewest minutes for each card of a deck
            that is known at the end.
        amount: Minutes a day, or cards.

    Example:
        >>> minutes, known = np.array([5.0, 6.0, 9.0]), np.array([80.0, 90.0, 95.0])
        >>> Goal("known", 85).choose(minutes, known).place, Goal("deck", 100).choose(minutes, known).place
        (1, 0)
    """

    kind: Kind
    amount: float

    def within(self, figures: Floats) -> Floats:
        """Figures of fewer new cards a day where the time does not suffice for all, else as they are.

        Cards do not know of each other, so that so much less time is so many fewer cards.

        Args:
            figures: Minutes a day, and counts that go with them, along the first axis.
        """
        if self.kind != "minutes":
            return figures
        share = np.minimum(self.amount / np.maximum(figures[0], np.finfo(np.float64).tiny), 1.0)
        return np.asarray(figures * share)

    def choose(self, minutes: Floats, known: Floats) -> Choice:
        """The best setting of a range.

        Args:
            minutes: Minutes a day of each setting, shape (settings,), as `within` has them.
            known: Cards known at the end.
        """
        loss, met = self._losses(minutes, known)
        place = int(np.argmin(loss))
        good = loss <= loss[place] + NEARLY * abs(loss[place])
        first = last = place
        while first > 0 and good[first - 1]:
            first -= 1
        while last < len(good) - 1 and good[last + 1]:
            last += 1
        return Choice(place, met, first, last)

    def _losses(self, minutes: Floats, known: Floats) -> tuple[Floats, bool]:
        """What is to be as low as possible, and whether the goal can be reached."""
        if self.kind == "minutes":
            return -known, True
        if self.kind == "deck":
            return minutes / np.maximum(known, np.finfo(np.float64).tiny), True
        enough = known >= self.amount
        if not enough.any():
            return -known, False
        return np.where(enough, minutes, np.inf), True
