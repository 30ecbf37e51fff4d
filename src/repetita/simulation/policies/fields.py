"""Fields of policy files, checked one by one: what was found, where, and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from repetita.errors import CorruptInput

__all__ = ["Bounds", "number", "numbers", "pairs", "text"]


def wrong(name: str, value: object, expected: str) -> CorruptInput:
    """The error about a field."""
    return CorruptInput(f"policy: {name} is {value!r:.80}, expected {expected}", where=name)


def number(data: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """A finite number of a policy.

    Raises:
        CorruptInput: Missing without a default, or something else.
    """
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise wrong(name, value, "a finite number")
    return float(value)


def optional_number(data: Mapping[str, Any], name: str) -> float | None:
    """A finite number, or None where it is missing or null."""
    return None if data.get(name) is None else number(data, name)


def numbers(data: Mapping[str, Any], name: str, count: int) -> tuple[float, ...]:
    """A list of so many finite numbers.

    Raises:
        CorruptInput: Another length, or something else.
    """
    value = data.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise wrong(name, value, f"a list of {count} numbers")
    if len(value) != count:
        raise CorruptInput(f"policy: {name} has {len(value)} numbers, expected {count}", where=name)
    return tuple(number({f"{name}[{i}]": item}, f"{name}[{i}]") for i, item in enumerate(value))


def pairs(data: Mapping[str, Any], name: str, count: int) -> tuple[tuple[float, float], ...]:
    """A list of so many pairs of a low and a high bound."""
    value = data.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
        raise wrong(name, value, f"a list of {count} pairs")
    found = [numbers({f"{name}[{i}]": item}, f"{name}[{i}]", 2) for i, item in enumerate(value)]
    for i, (low, high) in enumerate(found):
        if high < low:
            raise wrong(f"{name}[{i}]", [low, high], "a low and a high bound")
    return tuple((low, high) for low, high in found)


def text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text that is not empty."""
    value = data.get(name, default)
    if not isinstance(value, str) or not value:
        raise wrong(name, value, "a text")
    return value


def inside(values: Sequence[float], bounds: Sequence[tuple[float, float]], name: str) -> None:
    """Checks that values are within bounds, up to 1e-6.

    Raises:
        CorruptInput: One is not.
    """
    for i, (value, (low, high)) in enumerate(zip(values, bounds, strict=True)):
        if not low - 1e-6 <= value <= high + 1e-6:
            raise wrong(f"{name}[{i}]", value, f"a number from {low:g} to {high:g}")


def retention(value: float | None, name: str) -> float | None:
    """A desired retention, checked; None passes."""
    if value is not None and not 0.0 < value < 1.0:
        raise wrong(name, value, "a number in (0, 1)")
    return value


@dataclass(frozen=True)
class Bounds:
    """Bounds on which stability and difficulty are scaled; coefficients belong to theirs.

    Attributes:
        s_min: Lowest stability in days.
        s_max: Highest stability in days.
        d_min: Lowest difficulty.
        d_max: Highest difficulty.
    """

    s_min: float = 0.1
    s_max: float = 9125.0
    d_min: float = 1.0
    d_max: float = 10.0

    def __post_init__(self) -> None:
        if not 0.0 < self.s_min < self.s_max or not self.d_min < self.d_max:
            raise wrong("bounds", self.to_dict(), "rising bounds, stability above 0")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Bounds:
        """The bounds of a policy, the usual ones where it has none."""
        given = data.get("bounds")
        if given is None:
            return cls()
        if not isinstance(given, Mapping):
            raise wrong("bounds", given, "an object")
        names = ("s_min", "s_max", "d_min", "d_max")
        return cls(*(number(given, name, getattr(cls, name)) for name in names))

    def to_dict(self) -> dict[str, float]:
        """As a policy file has them."""
        return {"s_min": self.s_min, "s_max": self.s_max, "d_min": self.d_min, "d_max": self.d_max}


def retention_bounds(low: float, high: float) -> None:
    """Checks the bounds between which a policy's retention moves."""
    if not 0.0 < low < high < 1.0:
        raise wrong("retention_min, retention_max", [low, high], "0 < min < max < 1")
