"""Checks of what a memory model is given: states, ratings, times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite
from typing import Any, TypeAlias

from repetita.equations import declared, equations
from repetita.errors import UsageError
from repetita.ratings import RATING_NAMES, RATINGS_IN_WORDS

__all__ = [
    "any_array", "checked_days", "checked_rating", "checked_state", "number", "positive_number",
    "state_entries",
]  # fmt: skip

State: TypeAlias = tuple[float, ...]


def checked_state(name: str, state: Sequence[Any]) -> State:
    """A state as floats.

    Args:
        name: Of a model whose state is a few numbers.
        state: One number for each of the model's ``STATE``.

    Raises:
        UsageError: Another number of entries, or one that is no finite number in the model's range.

    Example:
        >>> checked_state("fsrs6", (10, 5))
        (10.0, 5.0)
    """
    module = equations(name)
    entries = state_entries(name, state)
    values = []
    for label, entry, zero in zip(module.STATE, entries, declared(module).may_be_zero, strict=True):
        value = entry if type(entry) is float else number(label, entry)
        if not (0.0 < value < inf or (zero and value == 0.0)):
            least = "at least 0" if zero else "above 0"
            raise UsageError(f"{label} is {value}, expected a finite number {least}")
        values.append(value)
    return tuple(values)


def state_entries(name: str, state: Any) -> tuple[Any, ...]:
    """The entries of a state, as they were given; raises `UsageError` if there are more or fewer."""
    names = equations(name).STATE
    entries = tuple(state) if isinstance(state, Iterable) else (state,)
    if len(entries) != len(names):
        raise UsageError(f"a state of {name} is ({', '.join(names)}), got {len(entries)} numbers")
    return entries


def number(name: str, value: Any) -> float:
    """The value as a float; raises `UsageError` if it is none."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{name} is {value!r}, expected a number") from None


def positive_number(name: str, value: Any) -> float:
    """The value as a float; raises `UsageError` unless it is finite and above 0."""
    found = number(name, value)
    if not (isfinite(found) and found > 0.0):
        raise UsageError(f"{name} is {value!r}, expected a finite number above 0")
    return found


def checked_rating(rating: Any) -> int:
    """A rating as an int; raises `UsageError` unless it is 1 to 4."""
    try:
        known = rating in tuple(RATING_NAMES)
    except ValueError:  # an array
        known = False
    if not known:
        raise UsageError(f"rating is {rating!r}, expected {RATINGS_IN_WORDS}")
    return int(rating)


def checked_days(elapsed_days: Any) -> float:
    """Elapsed days as a float; raises `UsageError` unless they are finite and at least 0."""
    days = number("elapsed_days", elapsed_days)
    if not (isfinite(days) and days >= 0.0):
        raise UsageError(f"elapsed_days is {elapsed_days!r}, expected a finite number of days, at least 0")
    return days


def any_array(*values: Any) -> bool:
    """Whether any of the values is a list or an array of elements."""
    return any(isinstance(value, list) or getattr(value, "ndim", 0) > 0 for value in values)
