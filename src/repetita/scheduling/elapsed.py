"""Time between two reviews in the unit of a memory model: the one text for logs and live answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from repetita.scheduling.day_rule import SECONDS_A_DAY, DayGrid, DayRule, days_between

__all__ = ["exact_days", "time_between"]

WHOLE_DAYS = "days"
MS_A_SECOND = 1000.0


def time_between(
    unit: str, rule: DayRule | DayGrid, earlier: datetime, later: datetime, *, later_day: int | None = None
) -> float:
    """Days from one review to the next: whole ones by a rule, or the exact time.

    Args:
        unit: "days" or "fractional days", as a model's ``UNIT`` says.
        rule: When a day begins.
        earlier: In UTC, to the millisecond.
        later: In UTC, to the millisecond, not before the other.
        later_day: Its day by the rule, if that is known.

    Example:
        >>> from repetita.scheduling import DayRule
        >>> night, morning = (datetime.fromisoformat(f"2024-03-3{t}Z") for t in ("0T22:50", "1T06:50"))
        >>> [round(time_between(unit, DayRule(), night, morning), 3) for unit in ("days", "fractional days")]
        [1.0, 0.333]
    """
    if unit == WHOLE_DAYS:
        day = rule.day_of_aware(later) if later_day is None else later_day
        return float(days_between(rule.day_of_aware(earlier), day))
    since = later - earlier
    milliseconds = (since.days * SECONDS_A_DAY + since.seconds) * 1000 + since.microseconds // 1000
    return float(exact_days(milliseconds / MS_A_SECOND))


def exact_days(seconds: Any) -> Any:
    """Days of some seconds; a number or an array.

    Example:
        >>> exact_days(21_600.0)
        0.25
    """
    return seconds / SECONDS_A_DAY
