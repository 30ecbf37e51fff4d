"""What the parts of a simulation see: a card from outside, and the counters of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from repetita.errors import UsageError

__all__ = ["NEVER", "CardView", "Press", "Today", "writers"]

NEVER = -1.0
"""Time of the last review of a new card."""


class Press(NamedTuple):
    """One entry of a card's history.

    Attributes:
        rating: 1 to 4.
        elapsed_days: Real time since the press before, 0 at the first.
        time: When, in days since the start of the run.
    """

    rating: int
    elapsed_days: float
    time: float


class CardView:
    """A card as schedulers, behaviours and costs see it. The true memory is not part of it; it is read only.

    Attributes:
        id: Number of the card, from 0.
        due: When it is due, in days since the start of the run; a float.
        last_review: When it was last pressed; `NEVER` for a new card.
        interval: The interval that was set at the last press, rounded and fuzzed, in days; 0 for a new card.
        reps: Presses so far.
        lapses: Presses of Again so far, introduction excepted.
        presses: All presses so far: rating, elapsed days, time; `history` has them as `Press`.
        state: What the scheduler returned last: its belief.
        phase: 0 review, 1 learning, 2 relearning.
        steps_left: Steps left in learning and relearning.
        last_review_rating: Rating of the last press in review phase, 0 before.
        steps_today: Presses within steps on the day of the last one.
        suspended: Whether the card is out of the run (a leech).
    """

    __slots__ = (
        "due",
        "id",
        "interval",
        "lapses",
        "last_review",
        "last_review_rating",
        "phase",
        "presses",
        "reps",
        "state",
        "steps_left",
        "steps_today",
        "suspended",
    )

    id: int
    due: float
    last_review: float
    interval: float
    reps: int
    lapses: int
    presses: list[tuple[int, float, float]]
    state: Any
    phase: int
    steps_left: int
    last_review_rating: int
    steps_today: int
    suspended: bool

    def __init__(self, card_id: int) -> None:
        values: tuple[object, ...] = (0.0, card_id, 0.0, 0, NEVER, 0, 0, [], 0, None, 0, 0, False)
        for name, value in zip(CardView.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise UsageError(f"a card is read only, {name} was set", hint="return a state instead")

    def __repr__(self) -> str:
        return f"CardView({self.id}, due={self.due:g}, reps={self.reps}, phase={self.phase})"

    @property
    def history(self) -> tuple[Press, ...]:
        """All presses so far."""
        return tuple(Press(*press) for press in self.presses)

    @property
    def is_new(self) -> bool:
        """Whether the card was never pressed: a placeholder for the next unseen card."""
        return self.reps == 0


def writers(*names: str) -> tuple[Any, ...]:
    """Functions that set attributes of a card; for engines only."""
    return tuple(CardView.__dict__[name].__set__ for name in names)


@dataclass(slots=True)
class Today:
    """Counters and limits of a day.

    Attributes:
        day: Number of the day, from 0.
        new_limit: Most new cards.
        review_limit: Most reviews, presses within steps included where they count.
        seconds_limit: No press begins once so many seconds are spent.
        learned: New cards so far.
        reviewed: Reviews so far, as the limit counts them.
        spent: Seconds so far.
        new_cards_wait: Whether new cards wait for reviews that a limit holds back, where reviews go first.
        steps_wait: Whether steps left over from earlier days wait.
    """

    day: int
    new_limit: float = float("inf")
    review_limit: float = float("inf")
    seconds_limit: float = float("inf")
    learned: int = 0
    reviewed: int = 0
    spent: float = 0.0
    new_cards_wait: bool = False
    steps_wait: bool = False
