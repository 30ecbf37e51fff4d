"""`ReviewLogEntry`: one answer, with what is needed to undo it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.frozen import draft_of
from repetita.model_arguments import checked_rating
from repetita.ratings import Rating
from repetita.scheduling.card import Card, CardId, State
from repetita.scheduling.day_rule import utc_to_the_millisecond
from repetita.scheduling.stored import described, instant_text, parsed, read_instant, rebuilt

__all__ = ["ReviewLogEntry", "described_entry"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReviewLogEntry:
    """One answer to a card, or (without a rating) a card forgotten by hand.

    Attributes:
        review_time: When, in UTC, to the millisecond.
        rating: The answer, or None where the card was forgotten.
        elapsed_days: Since the answer before, in the unit of the memory model: whole days by the scheduler's
            day rule, or exact time; 0 at a first answer.
        interval_days: Days until the card is due again: whole, or a part of one within the day.
        duration_ms: Time the answer took, or None.
        before: The card as it was before the answer; `Scheduler.rollback` gives it back.

    Raises:
        UsageError: Values of another kind or out of range.

    Example:
        >>> from datetime import datetime, timezone
        >>> from repetita.scheduling import Scheduler
        >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
        >>> card, entry = Scheduler().review(Card(card_id=7), Rating.GOOD, now)
        >>> entry.card_id, entry.rating, entry.interval_days * 24 * 60
        (7, <Rating.GOOD: 3>, 10.0)
        >>> entry.to_row()["review_time"]
        1795858200000
    """

    review_time: datetime
    rating: Rating | None
    elapsed_days: float
    interval_days: float
    before: Card
    duration_ms: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.before, Card):
            raise UsageError(f"before is {self.before!r}, expected a Card", where="before")
        object.__setattr__(self, "review_time", utc_to_the_millisecond(self.review_time))
        if self.rating is not None:
            object.__setattr__(self, "rating", Rating(checked_rating(self.rating)))
        for name in ("elapsed_days", "interval_days"):
            object.__setattr__(self, name, _days(name, getattr(self, name)))
        if self.duration_ms is not None:
            object.__setattr__(self, "duration_ms", whole_number(self.duration_ms, "duration_ms"))

    @property
    def card_id(self) -> CardId:
        """The card that was answered."""
        return self.before.card_id

    @property
    def state(self) -> State:
        """State of the card before the answer."""
        return self.before.state

    @property
    def review_time_ms(self) -> int:
        """The review time in milliseconds since 1970, as logs hold it."""
        return (self.review_time - EPOCH) // timedelta(milliseconds=1)

    def to_row(self) -> dict[str, Any]:
        """One row of a review log, in the column names of the ecosystem; `repetita.read_reviews` reads it.

        The state is Anki's type of a review: 0 learning, 1 review, 2 relearning, 4 forgotten by hand.
        """
        kind = 4 if self.rating is None else max(int(self.before.state) - 1, 0)
        return {
            "card_id": self.card_id,
            "review_time": self.review_time_ms,
            "rating": 0 if self.rating is None else int(self.rating),
            "state": kind,
            "duration_ms": self.duration_ms,
        }

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` reads back."""
        return described_entry(self, self.before.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReviewLogEntry:
        """The entry that `to_dict` described.

        Raises:
            CorruptInput: Not such a description, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        readers = {"review_time": read_instant, "before": Card.from_dict}
        return rebuilt(cls, "ReviewLogEntry", data, readers)

    def to_json(self, indent: int | str | None = None) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> ReviewLogEntry:
        """The entry that `to_json` wrote.

        Raises:
            CorruptInput: Not JSON, not an entry, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        return cls.from_dict(parsed("ReviewLogEntry", text))


EntryDraft = draft_of(ReviewLogEntry)


def described_entry(entry: ReviewLogEntry, before: Mapping[str, Any]) -> dict[str, Any]:
    """What `ReviewLogEntry.to_dict` gives, where the description of the card before is at hand."""
    return described(
        "ReviewLogEntry",
        {
            "review_time": instant_text(entry.review_time),
            "rating": None if entry.rating is None else int(entry.rating),
            "elapsed_days": entry.elapsed_days,
            "interval_days": entry.interval_days,
            "duration_ms": entry.duration_ms,
            "before": before,
        },
    )


def _days(name: str, value: Any) -> float:
    number = float(value) if isinstance(value, int | float) else -1.0
    if not (isfinite(number) and number >= 0.0):
        raise UsageError(f"{name} is {value!r}, expected a finite number, at least 0", where=name)
    return number
