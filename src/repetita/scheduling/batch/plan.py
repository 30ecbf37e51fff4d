"""`Plan`: what a batch tool would do to a deck, to be looked at before it is done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from repetita.arguments import whole_number
from repetita.errors import CorruptInput, UsageError
from repetita.plurals import counted
from repetita.scheduling.batch.deck import Deck, by_id, listed
from repetita.scheduling.card import Card, CardDraft, CardId
from repetita.scheduling.day_rule import utc_to_the_millisecond
from repetita.scheduling.stored import described, instant_text, parsed, read_instant, rebuilt

__all__ = ["Move", "Plan", "given_options", "made_plan"]


class Move(NamedTuple):
    """One card and its new due date.

    Attributes:
        before: The card as it is now.
        due: When it would be due.
        interval_before: Days from its last review until it is due now.
        interval_after: The same after the move.
        days_before: Days from today until it is due now; negative: overdue.
        days_after: The same after the move.
        recall_before: Probability of recall when it is due now, or today if it is overdue.
        recall_after: The same after the move.
    """

    before: Card
    due: datetime
    interval_before: int
    interval_after: int
    days_before: int
    days_after: int
    recall_before: float
    recall_after: float

    @property
    def card_id(self) -> CardId:
        """The card's id."""
        return self.before.card_id

    def after(self) -> Card:
        """The card as it would be."""
        made = CardDraft()
        for name in Card.__slots__:
            setattr(made, name, getattr(self.before, name))
        made.due, made.scheduled_days = self.due, self.interval_after
        made.__class__ = Card
        card: Card = made
        return card

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {**self._asdict(), "before": self.before.to_dict(), "due": instant_text(self.due)}


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """What a tool would do. Nothing has happened yet; `apply` makes new cards.

    Attributes:
        tool: Name of the tool.
        options: What it was told.
        now: The present it was made at.
        moves: The cards that would get another due date, in the order of the deck.
        due_before: Cards in review by days from today on which they are due; negative: overdue.
        due_after: The same after the moves.
        notes: What to know about cards that were not moved as asked, or that stay overdue.
        safe: How many cards the tool thinks it can move at little cost, or None where it has no opinion.
    """

    tool: str
    options: Mapping[str, Any]
    now: datetime
    moves: tuple[Move, ...]
    due_before: Mapping[int, int]
    due_after: Mapping[int, int]
    notes: tuple[str, ...] = ()
    safe: int | None = None

    def __len__(self) -> int:
        return len(self.moves)

    @cached_property
    def recall_before(self) -> float | None:
        """Mean probability of recall of the moved cards when they are due now; None without moves."""
        return _mean([move.recall_before for move in self.moves])

    @cached_property
    def recall_after(self) -> float | None:
        """The same when they would be due."""
        return _mean([move.recall_after for move in self.moves])

    @cached_property
    def peak_before(self) -> tuple[int, int] | None:
        """The fullest day in days from today, and its cards, the backlog as today's; None: no cards."""
        return _peak(self.due_before)

    @cached_property
    def peak_after(self) -> tuple[int, int] | None:
        """The same after the moves."""
        return _peak(self.due_after)

    @property
    def overdue_after(self) -> int:
        """Cards that stay overdue."""
        return sum(count for day, count in self.due_after.items() if day < 0)

    def apply(self, cards: Iterable[Card]) -> list[Card]:
        """The cards with the moves made: new cards in the same order, the others as they are.

        Args:
            cards: The cards that the plan was made from. Those that it does not move may have changed.

        Raises:
            UsageError: A card that it moves is missing or has changed, so also where the plan was applied
                already. Nothing is done then.
        """
        given = listed(cards, "cards")
        known = by_id(given)
        moved: dict[CardId, Card] = {}
        for move in self.moves:
            card = known.get(move.card_id)
            if card is None:
                raise UsageError(
                    f"card {move.card_id!r} is not among the cards, but the plan moves it",
                    hint="make a new plan from these cards",
                )
            if card != move.before:
                raise UsageError(
                    f"card {move.card_id!r} has changed since the plan was made", hint=_difference(card, move)
                )
            moved[move.card_id] = move.after()
        return [moved.get(card.card_id, card) for card in given]

    def summary(self) -> str:
        """What would move, the fullest day and the cost, in a few sentences."""
        if not self.moves:
            return "\n".join([f"{self.tool}: nothing to move.", *self.notes])
        later = sum(move.due > move.before.due for move in self.moves if move.before.due)
        lines = [
            f"{self.tool}: {counted(len(self.moves), 'card')} would move, {later:,} of them to a later day.",
            f"Fullest day: {_peak_words(self.peak_before)} now, {_peak_words(self.peak_after)} after.",
            f"Recall of the moved cards when due: {100.0 * (self.recall_before or 0.0):.1f} % now, "
            f"{100.0 * (self.recall_after or 0.0):.1f} % after.",
        ]
        return "\n".join([*lines, *self.notes])

    def to_rows(self) -> list[dict[str, Any]]:
        """One flat row a move, for a table."""
        return [
            {
                "card_id": move.card_id,
                "due_before": instant_text(move.before.due),
                "due_after": instant_text(move.due),
                **{name: getattr(move, name) for name in MOVE_NUMBERS},
            }
            for move in self.moves
        ]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` reads back: a patch that can be applied later."""
        body = {
            "tool": self.tool,
            "options": dict(self.options),
            "now": instant_text(self.now),
            "moves": [move.to_dict() for move in self.moves],
            "due_before": [list(pair) for pair in self.due_before.items()],
            "due_after": [list(pair) for pair in self.due_after.items()],
            "notes": list(self.notes),
            "safe": self.safe,
        }
        return described("Plan", body)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_dict` described.

        Raises:
            CorruptInput: Not such a description, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        return rebuilt(cls, "Plan", data, READERS)

    def to_json(self, indent: int | str | None = None) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """The plan that `to_json` wrote.

        Raises:
            CorruptInput: Not JSON, or not a plan.
            UnsupportedInput: Made by a newer version.
        """
        return cls.from_dict(parsed("Plan", text))

    def __repr__(self) -> str:
        return f"Plan({self.tool}: {counted(len(self.moves), 'move')})"


MOVE_NUMBERS = Move._fields[2:]
MOST_DAYS = 10**7


def made_plan(
    deck: Deck,
    tool: str,
    options: Mapping[str, Any],
    days: Mapping[int, int],
    *,
    notes: Iterable[str] = (),
    safe: int | None = None,
) -> Plan:
    """The plan that gives cards their new days.

    Args:
        deck: The cards.
        tool: Name of the tool.
        options: What it was told, JSON-safe.
        days: Day number by place in the deck. Where a card has it already, or is seen today either way, that
            is no move.
        notes: What to know.
        safe: See `Plan`.
    """
    today, before, after, moves = deck.today, Counter[int](), Counter[int](), []
    for row in deck.rows:
        day = days.get(row.place, row.due_day)
        if day <= today and row.due_day <= today:
            day = row.due_day  # seen today either way
        before[row.due_day - today] += 1
        after[day - today] += 1
        if day == row.due_day:
            continue
        moves.append(
            Move(
                before=row.card,
                due=deck.due_on(row, day),
                interval_before=row.due_day - row.last_day,
                interval_after=day - row.last_day,
                days_before=row.due_day - today,
                days_after=day - today,
                recall_before=deck.recall(row, row.due_day),
                recall_after=deck.recall(row, day),
            )
        )
    told = [note for note in notes if note]
    if overdue := sum(count for day, count in after.items() if day < 0):
        told.append(f"Left overdue, to be seen today: {counted(overdue, 'card')}.")
    return Plan(
        tool,
        MappingProxyType(dict(options)),
        deck.now,
        tuple(moves),
        MappingProxyType(dict(sorted(before.items()))),
        MappingProxyType(dict(sorted(after.items()))),
        tuple(told),
        safe,
    )


def given_options(**options: Any) -> dict[str, Any]:
    """The options of a tool that were given, for its plan."""
    return {name: value for name, value in options.items() if value is not None}


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _peak(due: Mapping[int, int]) -> tuple[int, int] | None:
    folded = Counter[int]()
    for day, count in due.items():
        folded[max(day, 0)] += count
    return max(folded.items(), key=lambda pair: (pair[1], -pair[0]), default=None)


def _peak_words(peak: tuple[int, int] | None) -> str:
    if peak is None:
        return "none"
    day, count = peak
    when = "today" if day == 0 else f"in {counted(day, 'day')}"
    return f"{counted(count, 'card')} {when}"


def _difference(card: Card, move: Move) -> str:
    names = [name for name in Card.__slots__ if getattr(card, name) != getattr(move.before, name)]
    if card == move.after():
        return "the plan was applied to it already"
    return f"its {names[0]} is another; make a new plan"


def _read_moves(data: Any) -> tuple[Move, ...]:
    moves = []
    for number, stored in enumerate(data):
        if not isinstance(stored, Mapping) or sorted(stored) != sorted(Move._fields):
            raise CorruptInput(f"move {number} of a stored Plan is not a move", where="moves")
        due = read_instant(stored["due"])
        if due is None:
            raise CorruptInput(f"move {number} of a stored Plan has no due time", where="moves")
        days = [whole_number(stored[name], name, low=-MOST_DAYS) for name in MOVE_NUMBERS[:4]]
        shares = [float(stored[name]) for name in MOVE_NUMBERS[4:]]
        moves.append(Move(Card.from_dict(stored["before"]), utc_to_the_millisecond(due), *days, *shares))
    return tuple(moves)


def _read_counts(data: Any) -> Mapping[int, int]:
    return MappingProxyType({int(day): int(count) for day, count in data})


def _read_now(data: Any) -> datetime:
    now = read_instant(data)
    if now is None:
        raise CorruptInput("a stored Plan has no time", where="now")
    return now


READERS: dict[str, Callable[[Any], Any]] = {
    "options": lambda data: MappingProxyType(dict(data)),
    "now": _read_now,
    "moves": _read_moves,
    "due_before": _read_counts,
    "due_after": _read_counts,
    "notes": tuple,
}
