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
ROUNDING = 1e-9


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
            cards known at the end with the fewest minutes. "deck": the fewest minutes for each card that is
            known at the end thanks to them, with so many new cards.
        amount: Minutes a day, or cards.
        usual: Whether it was taken because none was given.

    Example:
        >>> minutes, known = np.array([5.0, 6.0, 9.0]), np.array([80.0, 90.0, 95.0])
        >>> Goal("known", 85).choose(minutes, known).place, Goal("deck", 100).choose(minutes, known).place
        (1, 0)
    """

    kind: Kind
    amount: float
    usual: bool = False

    def within(self, coming: Floats, having: Floats | None = None) -> Floats:
        """Figures of all cards: with fewer new ones a day where the time does not suffice for all.

        Cards do not know of each other, so that so much less time is so many fewer cards.

        Args:
            coming: Minutes a day, and counts that go with them, along the first axis: of new cards.
            having: The same of the cards there are, which take their time in any case; None: there are none.
        """
        before = np.zeros_like(coming) if having is None else having
        if self.kind != "minutes":
            return np.asarray(before + coming)
        left = np.maximum(self.amount - before[0], 0.0)
        share = np.minimum(left / np.maximum(coming[0], np.finfo(np.float64).tiny), 1.0)
        return np.asarray(before + coming * share)

    def choose(self, minutes: Floats, known: Floats, untouched: float = 0.0) -> Choice:
        """The best setting of a range.

        Args:
            minutes: Minutes a day of each setting, shape (settings,), as `within` has them.
            known: Cards known at the end.
            untouched: Those of them that would be known without any review.
        """
        loss, met = self._losses(minutes, known, untouched)
        place = int(np.argmin(loss))
        good = loss <= loss[place] + NEARLY * abs(loss[place])
        first = last = place
        while first > 0 and good[first - 1]:
            first -= 1
        while last < len(good) - 1 and good[last + 1]:
            last += 1
        return Choice(place, met, first, last)

    def _losses(self, minutes: Floats, known: Floats, untouched: float) -> tuple[Floats, bool]:
        """What is to be as low as possible, and whether the goal can be reached."""
        if self.kind == "minutes":
            enough = minutes <= self.amount * (1.0 + ROUNDING)
            return (np.where(enough, -known, np.inf), True) if enough.any() else (minutes, False)
        if self.kind == "deck":
            return minutes / np.maximum(known - untouched, np.finfo(np.float64).tiny), True
        enough = known >= self.amount
        if not enough.any():
            return -known, False
        return np.where(enough, minutes, np.inf), True
