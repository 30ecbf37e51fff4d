"""Whether an answer is right, and if not, the first difference in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any, Literal, TypeAlias

from repetita.conformance.making import REFUSED
from repetita.conformance.vector import Tolerance, Vector

__all__ = ["Verdict", "judged", "largest_chi_square"]

Outcome: TypeAlias = Literal["passed", "failed", "unsupported"]

UNSUPPORTED: Outcome = "unsupported"
# normal quantile of one in a million
RARE = 4.7534


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one vector.

    Attributes:
        vector: The vector.
        outcome: "passed", "failed" or "unsupported".
        difference: Why it failed, in words; None otherwise.
        off: Largest difference of a number that was found, relative to the expected one; 0 without numbers.
    """

    vector: Vector
    outcome: Outcome
    difference: str | None = None
    off: float = 0.0


def judged(vector: Vector, answer: Mapping[str, Any], *, double: bool = False) -> Verdict:
    """The verdict on an answer.

    Args:
        vector: What was asked.
        answer: The program's answer, parsed.
        double: Hold numbers to double precision.

    Example:
        >>> from repetita.conformance.making import STATES
        >>> vector = Vector("a", {"op": "interval"}, {"interval_days": 10.0}, STATES)
        >>> judged(vector, {"ok": True, "interval_days": 10.001}).outcome
        'passed'
        >>> judged(vector, {"ok": True, "interval_days": 11}).difference
        'interval_days is 11, expected 10.0 (off by 0.1 of it, 0.0002 is allowed)'
    """
    if not isinstance(answer.get("ok"), bool):
        return Verdict(vector, "failed", "the answer has no field 'ok' that is true or false")
    if not answer["ok"]:
        error = answer.get("error")
        told = error if isinstance(error, Mapping) else {"message": error}
        if told.get("code") == UNSUPPORTED:
            return Verdict(vector, UNSUPPORTED)
        if vector.expected == REFUSED:
            return Verdict(vector, "passed")
        return Verdict(vector, "failed", f"it was refused: {told.get('message') or told.get('code')}")
    if vector.expected == REFUSED:
        return Verdict(vector, "failed", "it was answered, though it should be refused")
    if vector.expected.get("distribution") == "uniform":
        difference = _draws(vector, answer)
        return Verdict(vector, "failed" if difference else "passed", difference)
    return _figures(vector, answer, double)


def largest_chi_square(freedom: int) -> float:
    """The chi-square that chance exceeds once in a million times (Wilson and Hilferty's approximation).

    Args:
        freedom: Degrees of freedom, at least 1.

    Example:
        >>> round(largest_chi_square(4), 1)
        35.2
    """
    spread = 2.0 / (9.0 * freedom)
    return float(freedom * (1.0 - spread + RARE * sqrt(spread)) ** 3)


def _figures(vector: Vector, answer: Mapping[str, Any], double: bool) -> Verdict:
    off, worst = 0.0, None
    for name, expected in vector.expected.items():
        if name not in answer:
            return Verdict(vector, "failed", f"the answer has no field {name!r}")
        for place, want, got in _pairs(name, expected, answer[name]):
            if isinstance(want, str):
                return Verdict(vector, "failed", want)
            if not isinstance(got, int | float) or isinstance(got, bool) or not isfinite(got):
                return Verdict(vector, "failed", f"{place} is {_shown(got)}, expected {want!r}")
            distance = abs(got - want) / max(abs(want), 1e-12)
            off = max(off, distance if distance * abs(want) > _absolute(vector) else 0.0)
            if worst is None:
                worst = _too_far(place, want, got, vector.tolerance, double)
    return Verdict(vector, "failed" if worst else "passed", worst, off)


def _absolute(vector: Vector) -> float:
    return vector.tolerance.absolute if vector.tolerance else 0.0


def _too_far(place: str, want: float, got: float, tolerance: Tolerance | None, double: bool) -> str | None:
    """In words, a number that is not near enough to the expected one."""
    if tolerance is None:
        return None if got == want else f"{place} is {got!r}, expected {want!r}"
    allowed = tolerance.double if double else tolerance.single
    if abs(got - want) <= tolerance.absolute + allowed * abs(want):
        return None
    share = f"off by {abs(got - want) / abs(want):.2g} of it" if want else f"off by {abs(got):.2g}"
    return f"{place} is {got!r}, expected {want!r} ({share}, {allowed:g} is allowed)"


def _pairs(place: str, expected: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    """Numbers and what was found in their places; a text in place of a number says what is wrong."""
    if not isinstance(expected, list):
        yield place, expected, found
        return
    if not isinstance(found, list):
        yield place, f"{place} is {_shown(found)}, expected a list", found
        return
    for number, (want, got) in enumerate(zip(expected, found, strict=False)):
        yield from _pairs(f"{place}[{number}]", want, got)
    if len(expected) != len(found):
        yield place, f"{place} has {len(found)} entries, expected {len(expected)}", found


def _draws(vector: Vector, answer: Mapping[str, Any]) -> str | None:
    """What is wrong with draws that should be uniform, in words."""
    drawn, wanted = answer.get("days"), vector.request["draws"]
    lower, upper = vector.expected["lower"], vector.expected["upper"]
    if not isinstance(drawn, list) or len(drawn) != wanted:
        return f"days is {_shown(drawn)}, expected a list of {wanted} whole days"
    counts = dict.fromkeys(range(lower, upper + 1), 0)
    for day in drawn:
        if not isinstance(day, int | float) or isinstance(day, bool) or day != day // 1:
            return f"days holds {_shown(day)}, expected whole days"
        if day not in counts:
            times = drawn.count(day)
            return f"{day:g} days came out {times} times in {wanted}, the range is {lower} to {upper}"
        counts[int(day)] += 1
    if lower == upper:
        return None
    share = wanted / len(counts)
    chi_square = sum((count - share) ** 2 for count in counts.values()) / share
    if chi_square <= largest_chi_square(len(counts) - 1):
        return None
    shown = ", ".join(f"{day}: {count}" for day, count in counts.items())
    return f"days are not equally likely: {shown} of {wanted} draws, about {share:.0f} each expected"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
