"""`easy_days`: fewer cards on some weekdays, none on some dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.plurals import counted
from repetita.scheduling.batch.chance import checked_seed, range_fraction
from repetita.scheduling.batch.deck import Deck
from repetita.scheduling.batch.load import EasyDays, Load, pick_day
from repetita.scheduling.batch.plan import Plan, given_options, made_plan
from repetita.scheduling.batch.ranges import allowed_days

__all__ = ["easy_days"]

HORIZON_DAYS = 35


def easy_days(
    deck: Deck,
    percentages: Sequence[float] = (),
    *,
    dates: Iterable[date] = (),
    horizon_days: int = HORIZON_DAYS,
    most_per_day: int | None = None,
    seed: int = 0,
) -> Plan:
    """A plan that moves cards within their fuzz so that some days get fewer.

    With shares of weekdays all cards due in the horizon are placed anew; with dates alone only the cards that
    are due on them. A card all of whose days are closed is placed as if none were.

    Args:
        deck: The cards.
        percentages: Seven shares from Monday to Sunday: 1 normal, 0 free, between them fewer cards.
        dates: Days to keep free, such as ``date(2026, 12, 24)`` or "2026-12-24".
        horizon_days: Cards due up to so many days from today are placed.
        most_per_day: Days are filled up to so many cards.
        seed: Of the chance.

    Raises:
        UsageError: Neither shares nor dates, something that is none, or a number out of range.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now)[0] for i in range(4)]
        >>> plan = easy_days(Deck(cards, scheduler, now), dates=["2026-12-06"])
        >>> sorted(move.due.date().isoformat() for move in plan.moves)
        ['2026-12-04', '2026-12-05', '2026-12-07', '2026-12-08']
    """
    seed, load = checked_seed(seed), Load(deck, most_per_day)
    horizon = whole_number(horizon_days, "horizon_days", low=1)
    easy = EasyDays.of(deck, percentages, dates)
    if not easy.closed and not easy.by_weekday:
        raise UsageError("easy_days needs shares of weekdays, or dates", hint="e.g. [1, 1, 1, 1, 1, 0.5, 0]")
    last_day = deck.today + horizon
    days, kept = {}, 0
    for row in sorted(deck.rows, key=lambda row: (row.interval, row.place)):
        shown = max(row.due_day, deck.today)
        if not (shown in easy.closed or (easy.by_weekday and shown <= last_day)):
            continue
        first, last = allowed_days(deck, row)
        load.remove(row.due_day)
        day = pick_day(row, first, last, load, fraction=range_fraction(seed, row), easy=easy, balance=True)
        day = row.due_day if day is None else day
        load.add(day)
        kept += max(day, deck.today) in easy.closed
        days[row.place] = day
    note = f"On a closed date still, their ranges hold no other day: {counted(kept, 'card')}." if kept else ""
    options = given_options(**easy.told(), horizon_days=horizon_days, most_per_day=most_per_day, seed=seed)
    return made_plan(deck, "easy_days", options, days, notes=[note])
