"""Fields of other packages' JSON, read without trusting them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from repetita.equations import declared, equations
from repetita.errors import CorruptInput, UsageError
from repetita.scheduling.card import Card, CardId, State
from repetita.scheduling.stored import read_instant

__all__ = ["Fields", "require_two_numbers", "two_numbers"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TWO_NUMBERS = ("stability", "difficulty")


class Fields:
    """The fields of one object of another package.

    Args:
        data: What should be the object.
        what: What it is, for messages.
        required: Fields that it must have.

    Raises:
        CorruptInput: Not an object, or without one of the fields.
    """

    def __init__(self, data: Any, what: str, *required: str) -> None:
        if not isinstance(data, Mapping):
            raise CorruptInput(f"{what} is {type(data).__name__}, expected an object", where=what)
        self.data, self.what = data, what
        if missing := [name for name in required if name not in data]:
            raise CorruptInput(f"{what} has no {missing[0]!r}", where=missing[0])

    def number(self, name: str) -> float | None:
        """A number; None where it is null or missing."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self._wrong(name, value, "a number")
        return float(value)

    def whole(self, name: str, *, default: int = 0, low: int = 0, high: int | None = None) -> int:
        """A whole number in a range; the default where it is null or missing."""
        value = self.data.get(name)
        value = default if value is None else value
        number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not number or value != int(value) or value < low or (high is not None and value > high):
            wanted = f"at least {low}" if high is None else f"{low} to {high}"
            raise self._wrong(name, value, f"a whole number, {wanted}")
        return int(value)

    def instant(self, name: str) -> datetime | None:
        """A time in ISO 8601 or in milliseconds since 1970; None where it is null or missing."""
        value = self.data.get(name)
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return EPOCH + timedelta(milliseconds=value)
            at = read_instant(value)
        except (UsageError, OverflowError, ValueError):
            raise self._wrong(name, value, "a time such as 2026-11-28T09:30:00+00:00") from None
        if at is not None and at.utcoffset() is None:
            raise self._wrong(name, value, "a time with an offset from UTC")
        return at

    def needed(self, name: str) -> datetime:
        """A time that must be there."""
        at = self.instant(name)
        if at is None:
            raise self._wrong(name, None, "a time")
        return at

    def card_id(self, name: str) -> CardId:
        """An id."""
        value = self.data[name]
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self._wrong(name, value, "a whole number or a text")
        return value

    def card(self, **values: Any) -> Card:
        """A card of these values.

        Raises:
            CorruptInput: They make none.
        """
        try:
            return Card(**values)
        except UsageError as error:
            raise CorruptInput(f"{self.what} makes no card: {error.message}", hint=error.hint) from None

    def _wrong(self, name: str, value: Any, expected: str) -> CorruptInput:
        return CorruptInput(f"{name} of {self.what} is {value!r}, expected {expected}", where=name)


def require_two_numbers(model: str) -> None:
    """Nothing, if the states of a model are stability and difficulty, which is all that others' cards hold.

    Raises:
        UsageError: They are something else.
    """
    module = equations(model)
    if declared(module).kind != "recursive" or tuple(module.STATE) != TWO_NUMBERS:
        raise UsageError(
            f"a state of {model} is more than stability and difficulty, which is what other packages store",
            hint="take over the answers and reschedule(card, answers)",
            where="model",
        )


def two_numbers(card: Card) -> tuple[float | None, float | None]:
    """Stability and difficulty of a card; None for a new one.

    Raises:
        UsageError: Its model has other numbers.
    """
    if card.state is State.NEW or card.model is None or card.memory is None:
        return None, None
    require_two_numbers(card.model)
    return float(card.memory[0]), float(card.memory[1])
