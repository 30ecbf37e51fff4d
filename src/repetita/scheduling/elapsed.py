"""Time between two reviews in the unit of a memory model: the one text for logs and live answers.

Whole days are differences of day numbers (`repetita.scheduling.day_rule.days_between`); exact time is the
milliseconds that logs keep, in days.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from repetita.errors import unknown_name
from repetita.scheduling.day_rule import SECONDS_A_DAY

__all__ = ["counts_whole_days", "exact_days", "exact_days_between"]

UNITS = ("days", "fractional days")
MS_A_SECOND = 1000.0


def counts_whole_days(unit: str) -> bool:
    """Whether a unit counts whole days by a day rule, rather than exact time.

    Args:
        unit: As a model's ``UNIT`` says.

    Raises:
        UnknownName: Another unit.

    Example:
        >>> counts_whole_days("days"), counts_whole_days("fractional days")
        (True, False)
    """
    if unit not in UNITS:
        raise unknown_name("unit of elapsed time", unit, UNITS)
    return unit == UNITS[0]


def exact_days(seconds: Any) -> Any:
    """Days of some seconds; a number or an array.

    Example:
        >>> exact_days(21_600.0)
        0.25
    """
    return seconds / SECONDS_A_DAY


def exact_days_between(earlier: datetime, later: datetime) -> float:
    """Days from one instant to another, to the millisecond.

    Args:
        earlier: In UTC, to the millisecond.
        later: In UTC, to the millisecond, not before the other.

    Example:
        >>> evening, morning = (datetime.fromisoformat(f"2024-03-3{t}Z") for t in ("0T22:50", "1T06:50"))
        >>> round(exact_days_between(evening, morning), 3)
        0.333
    """
    since = later - earlier
    milliseconds = (since.days * SECONDS_A_DAY + since.seconds) * 1000 + since.microseconds // 1000
    return float(exact_days(milliseconds / MS_A_SECOND))
