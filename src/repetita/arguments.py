"""Checks of arguments that many functions take."""

from __future__ import annotations

from operator import index
from typing import Any

from repetita.errors import UsageError

__all__ = ["whole_number"]


def whole_number(value: Any, name: str, *, low: int = 0, high: int | None = None) -> int:
    """The value as an int, if it is a whole number in a range.

    Args:
        value: An integer of any type; True and False are none.
        name: What it is called in the message.
        low: Lowest value allowed.
        high: Highest value allowed, or None.

    Raises:
        UsageError: Anything else.

    Example:
        >>> whole_number(24, "rollover_hour", high=23)
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: rollover_hour is 24, expected a whole number from 0 to 23
    """
    if type(value) is int and value >= low and (high is None or value <= high):
        return value
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or number < low or (high is not None and number > high):
        wanted = f", at least {low}" if high is None else f" from {low} to {high}"
        raise UsageError(f"{name} is {value!r}, expected a whole number{wanted}", where=name)
    return number
