"""`Card`: what a scheduler knows of one card, as a frozen value.

The review log is the truth; a card is what the scheduler made of it, kept so that it need not be replayed at
every answer. Instants are kept in UTC and to the millisecond, as logs keep them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import IntEnum
from math import isfinite
from operator import attrgetter
from typing import Any, TypeAlias

from repetita.arguments import whole_number
from repetita.equations import declared, equations
from repetita.errors import UsageError
from repetita.frozen import draft_of
from repetita.model_arguments import checked_state
from repetita.scheduling.day_rule import utc_to_the_millisecond
from repetita.scheduling.stored import described, instant_text, parsed, read_instant, rebuilt

__all__ = ["Card", "CardId", "Memory", "State"]

CardId: TypeAlias = int | str
Memory: TypeAlias = tuple[Any, ...]


class State(IntEnum):
    """Where a card stands; members may also be written ``State.Review``, as other packages do.

    Example:
        >>> State.REVIEW == 2, State.Review is State.REVIEW
        (True, True)
    """

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3

    New = 0
    Learning = 1
    Review = 2
    Relearning = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One card. ``Card()`` is a new one; everything after that comes from a `Scheduler`.

    Attributes:
        card_id: Number or text. It seeds the card's fuzz, so give each card its own.
        note_id: What its siblings share, or None.
        deck_id: Its deck, or None.
        state: New, learning, review or relearning.
        step: Number of the learning step it is in, from 0; None outside the steps.
        model: Name of the memory model that `memory` belongs to; None for a new card.
        memory: The model's state after the last review; None for a new card.
        due: When it comes next: the moment its day begins, or an instant within a day. None: at once.
        last_review: When it was answered last.
        scheduled_days: Whole days of the last interval that ended in a review; 0 while learning. While a card
            is relearned: the days it would have got without the steps.
        reps: Answers so far.
        lapses: Answers "Again" to a card in review.
        desired_retention: The card's own, in (0, 1), in place of the deck's and the scheduler's; or None.
        suspended: Taken out of study. A scheduler sets it for leeches only, and only if told to.
        leech: Whether it lapsed so often that it should be reworded.

    Raises:
        UsageError: Values of another kind, out of range, or that contradict each other.

    Example:
        >>> card = Card(card_id=7)
        >>> card.state, card.memory, card.due
        (<State.NEW: 0>, None, None)
        >>> Card.from_json(card.to_json()) == card
        True
    """

    card_id: CardId = 0
    note_id: CardId | None = None
    deck_id: CardId | None = None
    state: State = State.NEW
    step: int | None = None
    model: str | None = None
    memory: Memory | None = None
    due: datetime | None = None
    last_review: datetime | None = None
    scheduled_days: int = 0
    reps: int = 0
    lapses: int = 0
    desired_retention: float | None = None
    suspended: bool = False
    leech: bool = False

    def __post_init__(self) -> None:
        for name, default, check in CHECKS:
            value = getattr(self, name)
            if value is not default:
                checked = check(name, value)
                if checked is not value:
                    object.__setattr__(self, name, checked)
        _check_consistency(self)

    @property
    def stability(self) -> float | None:
        """The stability among the memory state; None where the model has none, or the card is new."""
        return self._named("stability")

    @property
    def difficulty(self) -> float | None:
        """The difficulty among the memory state; None where the model has none, or the card is new."""
        return self._named("difficulty")

    def is_due(self, at: datetime) -> bool:
        """Whether the card should be shown by an instant; never while it is suspended.

        Args:
            at: Any aware datetime.

        Raises:
            UsageError: The datetime is naive.
        """
        return not self.suspended and (self.due is None or self.due <= utc_to_the_millisecond(at))

    def replaced(self, **changes: Any) -> Card:
        """The card with some fields changed, checked as a whole.

        Raises:
            UsageError: No such field, or a value that does not fit.

        Example:
            >>> Card(card_id=7).replaced(deck_id="Spanish").deck_id
            'Spanish'
        """
        try:
            return replace(self, **changes)
        except TypeError as error:
            raise UsageError(f"a card cannot be changed like this: {error}") from None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` reads back, the model's name in it."""
        body = described("Card", zip(self.__slots__, FIELDS(self), strict=True))
        body["state"], body["memory"] = int(self.state), _as_lists(self.memory)
        body["due"], body["last_review"] = instant_text(self.due), instant_text(self.last_review)
        return body

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Card:
        """The card that `to_dict` described.

        Raises:
            CorruptInput: Not such a description, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        return rebuilt(cls, "Card", data, READERS, build=_built)

    def to_json(self, indent: int | str | None = None) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Card:
        """The card that `to_json` wrote.

        Raises:
            CorruptInput: Not JSON, not a card, or a card with impossible values.
            UnsupportedInput: Made by a newer version.

        Example:
            >>> Card.from_json('{"schema": 1, "kind": "Card", "reps": -2}')
            Traceback (most recent call last):
            ...
            repetita.errors.CorruptInput: a stored Card cannot be read: reps is -2, expected a whole number, \
at least 0
        """
        return cls.from_dict(parsed("Card", text))

    def _named(self, name: str) -> float | None:
        if self.model is None or self.memory is None:
            return None
        names = equations(self.model).STATE
        return self.memory[names.index(name)] if name in names else None


CardDraft = draft_of(Card)
FIELDS = attrgetter(*Card.__slots__)


def _built(values: dict[str, Any]) -> Card:
    """What the constructor makes of some fields, in half the time."""
    draft = CardDraft()
    for name, default, check in CHECKS:
        value = values.get(name, default)
        setattr(draft, name, value if value is default else check(name, value))
    draft.__class__ = Card
    _check_consistency(draft)
    card: Card = draft
    return card


def _check_consistency(card: Card) -> None:
    if (card.step is not None) != (card.state in (State.LEARNING, State.RELEARNING)):
        raise UsageError(f"step is {card.step}, expected a number while learning and None otherwise")
    if card.state is State.NEW:
        if card.memory is not None or card.model is not None or card.last_review is not None:
            raise UsageError("a new card has no memory, model or last_review", hint="set its state, too")
        return
    for name in ("memory", "model", "last_review", "due"):
        if getattr(card, name) is None:
            raise UsageError(f"a card in {card.state.name.lower()} needs {name}", hint="or make it new")
    object.__setattr__(card, "memory", checked_memory(card.model, card.memory))


def _id(name: str, value: Any) -> CardId:
    if type(value) is int or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise UsageError(f"{name} is {value!r}, expected a whole number or a text", where=name)


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise UsageError(f"{name} is {value!r}, expected True or False", where=name)


def _count(name: str, value: Any) -> int:
    return whole_number(value, name)


def _instant(name: str, value: Any) -> datetime:
    return utc_to_the_millisecond(value)


STATES = {int(state): state for state in State}  # looked up faster than the enumeration does


def _state(name: str, value: Any) -> State:
    try:
        return STATES[value]
    except (KeyError, TypeError):
        raise UsageError(f"state is {value!r}, expected 0 (new), 1, 2 or 3", where=name) from None


def _model(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise UsageError(f"model is {value!r}, expected the name of a memory model", where=name)


def _retention(name: str, value: Any) -> float:
    return checked_retention(value)


def _as_it_is(name: str, value: Any) -> Any:
    return value  # checked with the model, when both are known


KINDS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("card_id", "note_id", "deck_id"), _id),
    **dict.fromkeys(("scheduled_days", "reps", "lapses", "step"), _count),
    **dict.fromkeys(("due", "last_review"), _instant),
    **dict.fromkeys(("suspended", "leech"), _flag),
    **{"state": _state, "model": _model, "memory": _as_it_is, "desired_retention": _retention},
}
CHECKS = tuple((field.name, field.default, KINDS[field.name]) for field in fields(Card))


def checked_retention(value: Any) -> float:
    """A desired retention as a float; raises `UsageError` unless it lies in (0, 1)."""
    number = float(value) if isinstance(value, int | float) else 0.0
    if not 0.0 < number < 1.0:
        raise UsageError(
            f"desired_retention is {value!r}, expected a number in (0, 1)", where="desired_retention"
        )
    return number


def checked_memory(model: Any, memory: Any) -> Memory:
    """A state of the named model.

    Raises:
        UsageError: No such model, or not a state of it.
    """
    kind = declared(equations(model)).kind
    if kind == "recursive":
        return checked_state(model, memory)
    if kind == "network":
        return _numbers(model, memory)
    from repetita.history_model import checked_history

    return checked_history(model, memory)


def _numbers(model: str, memory: Any) -> Memory:
    """A state of a network: how many numbers it has is a matter of its variant."""
    try:
        numbers = tuple(float(number) for number in memory)
    except (TypeError, ValueError, OverflowError):
        numbers = ()
    if not numbers or not all(map(isfinite, numbers)):
        raise UsageError(f"a state of {model} is finite numbers, got {memory!r}", where="memory")
    return numbers


def _as_lists(memory: Memory | None) -> list[Any] | None:
    if memory is None:
        return None
    return [list(entry) if isinstance(entry, tuple) else entry for entry in memory]


READERS = {"due": read_instant, "last_review": read_instant}
