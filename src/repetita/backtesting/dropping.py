"""A scheduler whose cards are sometimes dropped: suspended, deleted, or never opened again."""

from __future__ import annotations

import random
from typing import Any

from repetita.simulation.cards import CardView

__all__ = ["DroppingScheduler"]

NEVER_DAYS = 1e6


class DroppingScheduler:
    """Schedules as another one, but after some reviews the card does not come back.

    Args:
        inner: The scheduler.
        share: Probability that a session with a card is the last one.
        luck: Source of random numbers.
    """

    def __init__(self, inner: Any, share: float, luck: random.Random) -> None:
        self.inner, self.share, self.luck = inner, share, luck
        self.name = getattr(inner, "name", type(inner).__name__)
        self.calendar = getattr(inner, "calendar", True)
        self.max_interval = getattr(inner, "max_interval", None)

    def first(self, card: CardView, rating: int, now: float) -> tuple[float, Any]:
        """Interval in days and state after an introduction."""
        interval, state = self.inner.first(card, rating, now)
        return self._perhaps_never(interval, now), state

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> tuple[float, Any]:
        """Interval in days and state after a review."""
        interval, state = self.inner.after(card, elapsed_days, rating, now)
        return self._perhaps_never(interval, now), state

    def priority(self, card: CardView, now: float) -> Any:
        """What due reviews are sorted by, lowest first."""
        return self.inner.priority(card, now)

    def _perhaps_never(self, interval: float, now: float) -> float:
        # what happened before the run is known; an interval within steps is not used, so one draw counts
        return NEVER_DAYS if now >= 0.0 and self.luck.random() < self.share else interval
