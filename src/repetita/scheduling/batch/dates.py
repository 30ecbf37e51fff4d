"""Dates of the calendar as day numbers of a deck."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from repetita.errors import UsageError
from repetita.scheduling.batch.deck import Deck, listed
from repetita.scheduling.day_rule import DayGrid

__all__ = ["date_of", "day_of", "read_dates"]


def date_of(deck: Deck, day: int) -> date:
    """The date on which a day begins, or on a grid without a zone: that of its noon in UTC."""
    rule = deck.scheduler.day_rule
    if isinstance(rule, DayGrid):
        return (rule.start(day) + timedelta(hours=12)).date()
    return date.fromordinal(day)


def read_dates(dates: Any) -> tuple[date, ...]:
    """Dates in order.

    Args:
        dates: Dates, or texts such as "2026-12-24".

    Raises:
        UsageError: Something that is no date.
    """
    return tuple(sorted(map(_date, listed(dates, "dates"))))


def day_of(deck: Deck, wanted: date) -> int:
    """Day number of a date, as the day rule of a deck counts."""
    return deck.today + (wanted - date_of(deck, deck.today)).days


def _date(value: object) -> date:
    if isinstance(value, datetime):
        raise _no_date(value)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _no_date(value) from None


def _no_date(value: object) -> UsageError:
    return UsageError(
        f'dates has {value!r}, expected dates such as date(2026, 12, 24) or "2026-12-24"', where="dates"
    )
