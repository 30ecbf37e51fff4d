"""`Deck`: cards, the scheduler they belong to, and the moment from which their days are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import inf
from types import MappingProxyType
from typing import Any

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.scheduling.card import Card, CardId, Memory, State
from repetita.scheduling.day_rule import DayGrid, utc_to_the_millisecond
from repetita.scheduling.scheduler import Scheduler

__all__ = ["Deck", "Row", "by_id", "chosen_ids", "listed"]

NO_INTERVALS: Mapping[CardId, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A card that a tool may move: in review, not suspended.

    Attributes:
        place: Its number in the deck.
        card: The card.
        memory: Its memory state.
        last_day: Day number of its last review.
        due_day: Day number on which it is due.
        interval: Days from the one to the other, at least 1.
        wish: Days after which it will have faded to its desired retention, not rounded.
        order: What cards of equal urgency are sorted by: stability, or the wish where there is none.
    """

    place: int
    card: Card
    memory: Memory
    last_day: int
    due_day: int
    interval: int
    wish: float
    order: float


@dataclass(frozen=True, eq=False, repr=False)
class Deck:
    """Cards as the batch tools take them. Immutable; tools make plans and never change a card.

    Attributes:
        cards: The cards, each id once.
        scheduler: Whose model, desired retentions, day rule and limits hold.
        now: The present; its day is today.
        last_intervals: By card id, days of the interval *before* the present one, where it is known. An
            interval that grows then grows by a day at least, whatever a tool would choose.

    Raises:
        UsageError: Not cards, an id twice, a card of another model, a card answered after ``now``.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now - timedelta(days=i))[0] for i in range(12)]
        >>> deck = Deck(cards, scheduler, now + timedelta(days=1))
        >>> deck
        Deck(12 cards, 12 to plan with, 5 due)
    """

    cards: tuple[Card, ...]
    scheduler: Scheduler
    now: datetime
    last_intervals: Mapping[CardId, int] = field(default_factory=lambda: NO_INTERVALS)

    def __post_init__(self) -> None:
        if not isinstance(self.scheduler, Scheduler):
            raise UsageError(f"scheduler is {self.scheduler!r}, expected a Scheduler", where="scheduler")
        object.__setattr__(self, "cards", tuple(listed(self.cards, "cards")))
        object.__setattr__(self, "now", utc_to_the_millisecond(self.now))
        by_id(self.cards)
        if not isinstance(self.last_intervals, Mapping):
            raise UsageError(f"last_intervals is {self.last_intervals!r}, expected days by card id")
        intervals = dict(self.last_intervals)
        for card_id, days in intervals.items():
            whole_number(days, f"last_intervals[{card_id!r}]")
        object.__setattr__(self, "last_intervals", MappingProxyType(intervals))
        _ = self.rows  # says now what cannot be planned with

    def __repr__(self) -> str:
        due = sum(row.due_day <= self.today for row in self.rows)
        return f"Deck({len(self.cards)} cards, {len(self.rows)} to plan with, {due} due)"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The cards that may be moved, in the order of the deck."""
        return tuple(self._made())

    @cached_property
    def today(self) -> int:
        """Day number of the present."""
        return self.day(self.now)

    @cached_property
    def answered_today(self) -> int:
        """How many of the cards were answered today."""
        days = (self.day(card.last_review) for card in self.cards if card.last_review is not None)
        return sum(day == self.today for day in days)

    @property
    def longest(self) -> int:
        """The longest interval allowed."""
        return self.scheduler.maximum_interval

    def day(self, at: datetime) -> int:
        """Day number of an instant, past or future, by the scheduler's day rule."""
        rule = self.scheduler.day_rule
        if isinstance(rule, DayGrid):
            # the grid itself counts no day after its last one, but cards fall due there
            return (at - rule.start(0)) // timedelta(days=1)
        return rule.day(at)

    def due_on(self, row: Row, day: int) -> datetime:
        """The due time of a card that is due on a day."""
        if self.scheduler.due_at == "day":
            return self.scheduler.day_rule.start(day)
        assert row.card.last_review is not None
        return row.card.last_review + timedelta(days=day - row.last_day)

    def recall(self, row: Row, day: int) -> float:
        """Probability that a card is recalled on a day; on a day that is over: today."""
        return self.scheduler.model.retrievability(row.memory, float(max(day, self.today) - row.last_day))

    def wish(self, row: Row, desired_retention: float) -> float:
        """Days after which a card will have faded to a desired retention, not rounded."""
        return self._interval(row.memory, desired_retention)

    def rounded(self, days: float) -> int:
        """An interval in whole days within the limits; of two equally near ones the even one."""
        return min(max(round(min(days, self.longest)), 1), self.longest)

    def _made(self) -> Iterable[Row]:
        for place, card in enumerate(self.cards):
            if card.state is not State.REVIEW or card.suspended:
                continue
            assert card.last_review is not None
            assert card.due is not None
            assert card.memory is not None
            self._check(card, card.last_review)
            last, due = self.day(card.last_review), self.day(card.due)
            wish = self._interval(card.memory, self.scheduler.retention_of(card))
            stability = card.stability
            order = wish if stability is None else stability
            yield Row(place, card, card.memory, last, due, max(due - last, 1), wish, order)

    def _interval(self, memory: Memory, desired_retention: float) -> float:
        try:
            return self.scheduler.calls.interval(memory, desired_retention)
        except ArithmeticError:  # longer than any float
            return inf

    def _check(self, card: Card, last_review: datetime) -> None:
        if card.model != self.scheduler.model.name:
            raise UsageError(
                f"card {card.card_id!r} holds the memory of {card.model}, the scheduler is of "
                f"{self.scheduler.model.name}",
                hint="take the scheduler it belongs to, or reschedule it from its history with this one",
                where="cards",
            )
        if last_review > self.now:
            raise UsageError(
                f"card {card.card_id!r} was answered at {last_review.isoformat()}, after now "
                f"({self.now.isoformat()})",
                where="now",
            )


def listed(values: Any, name: str) -> list[Any]:
    """The values of an argument that is a sequence, or anything else that can be gone through.

    Raises:
        UsageError: It cannot, or is a text or mapping.
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise UsageError(f"{name} is {values!r:.60}, expected a list of them", where=name)
    return list(values)


def chosen_ids(values: Any, name: str, kind: str, known: Iterable[CardId | None]) -> set[CardId]:
    """Ids that were asked for.

    Raises:
        UsageError: Not a list, or one that no card has.
    """
    there = set(known)
    wanted = listed(values, name)
    for value in wanted:
        if not isinstance(value, int | str) or value not in there:
            raise UsageError(f"no card has the {kind} {value!r}", where=name)
    return set(wanted)


def by_id(cards: Iterable[Card]) -> dict[CardId, Card]:
    """Cards by their id.

    Raises:
        UsageError: Something else than a card, or an id twice.
    """
    found: dict[CardId, Card] = {}
    for number, card in enumerate(cards):
        if not isinstance(card, Card):
            raise UsageError(f"cards[{number}] is {card!r}, expected a Card", where="cards")
        found[card.card_id] = card
        if len(found) <= number:
            raise UsageError(
                f"card id {card.card_id!r} occurs twice", hint="give each card its own", where="cards"
            )
    return found
