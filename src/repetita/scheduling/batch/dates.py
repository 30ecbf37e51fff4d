"""Dates of the calendar as day numbers of a deck."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from repetita.errors import UsageError
from repetita.scheduling.batch.deck import Deck
from repetita.scheduling.day_rule import DayGrid

__all__ = ["date_of", "date_texts", "day_numbers"]


def date_of(deck: Deck, day: int) -> date:
    """The date on which a day begins, or on a grid without a zone: that of its noon in UTC."""
    rule = deck.scheduler.day_rule
    if isinstance(rule, DayGrid):
        return (rule.start(day) + timedelta(hours=12)).date()
    return date.fromordinal(day)


def day_numbers(deck: Deck, dates: Iterable[date]) -> frozenset[int]:
    """Day numbers of dates.

    Args:
        deck: Whose day rule counts.
        dates: Dates, or texts such as "2026-12-24".

    Raises:
        UsageError: Something that is no date.
    """
    today = date_of(deck, deck.today)
    return frozenset(deck.today + (found - today).days for found in map(_date, _listed(dates)))


def date_texts(dates: Iterable[date]) -> list[str]:
    """Dates as texts, in order."""
    return sorted(found.isoformat() for found in map(_date, _listed(dates)))


def _listed(dates: Iterable[date]) -> list[date]:
    if isinstance(dates, str | date) or not isinstance(dates, Iterable):
        raise _no_date(dates)
    return list(dates)


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
