"""Where a card stands, and where each button would take it: what Anki calls its scheduling states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["NextStates", "OfficialState"]


@dataclass(frozen=True, slots=True)
class OfficialState:
    """Where a card stands or would stand.

    Attributes:
        kind: "new", "learning", "review", "relearning", or "preview" (in a filtered deck that leaves the
            card's schedule alone).
        filtered: Whether the card is, or stays, in a filtered deck that reschedules.
        scheduled_seconds: Delay of a learning step or preview, None for other kinds.
        delay_days: Whole days to the day on which such a delay ends, where that is a later one: the card
            then waits for that day. Else None.
        interval_days: Interval of a review card, or the one that a relearning card goes back to; else None.
        remaining_steps: Steps left, the present one included, while learning.
        lapses: How often the card was forgotten in review, None before its first review.
        leech: Whether this answer makes or keeps it a leech.
        ease: Ease of SM-2 that Anki goes on keeping, None where there is none.
        stability: Days, None for a new card.
        difficulty: 1 to 10, None for a new card.
        finished: Of a preview: whether the card goes back to its deck.
        reason: Why the card is shown then, in words.
    """

    kind: str
    filtered: bool = False
    scheduled_seconds: int | None = None
    delay_days: int | None = None
    interval_days: int | None = None
    remaining_steps: int | None = None
    lapses: int | None = None
    leech: bool = False
    ease: float | None = None
    stability: float | None = None
    difficulty: float | None = None
    finished: bool = False
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NextStates:
    """Where a card stands, and where each button would take it.

    Attributes:
        card_id: The card.
        current: Before the answer.
        again: After Again.
        hard: After Hard.
        good: After Good.
        easy: After Easy.
    """

    card_id: int
    current: OfficialState
    again: OfficialState
    hard: OfficialState
    good: OfficialState
    easy: OfficialState

    def __iter__(self) -> Iterator[OfficialState]:
        return iter((self.again, self.hard, self.good, self.easy))

    def __getitem__(self, rating: int) -> OfficialState:
        """The state after a button: 1 Again, 2 Hard, 3 Good, 4 Easy."""
        return {1: self.again, 2: self.hard, 3: self.good, 4: self.easy}[rating]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return asdict(self)
