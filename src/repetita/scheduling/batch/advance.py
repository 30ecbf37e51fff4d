"""`advance`: cards that are nearly due come today."""

from __future__ import annotations

from repetita.plurals import counted
from repetita.scheduling.batch.deck import Deck, Row
from repetita.scheduling.batch.load import Load
from repetita.scheduling.batch.plan import Plan, given_options, made_plan
from repetita.scheduling.batch.urgency import first_cards, overdueness

__all__ = ["advance"]

SAFE_BELOW = 0.13


def advance(deck: Deck, count: int | None = None, *, most_per_day: int | None = None) -> Plan:
    """A plan that brings cards forward to today, those first that are nearest to due in memory's terms.

    A card that was answered today cannot come again today, and is passed over.

    Args:
        deck: The cards.
        count: How many to bring; None: as many as is safe (less than 13 % of their interval ahead).
        most_per_day: Today is filled up to so many cards, those answered and due included.

    Raises:
        UsageError: A number out of range.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now - timedelta(days=i))[0] for i in range(9)]
        >>> [move.card_id for move in advance(Deck(cards, scheduler, now), 2).moves]
        [6, 7]
    """
    load, today = Load(deck, most_per_day), deck.today

    def key(row: Row) -> float:
        return -overdueness(row, today - row.last_day)

    ahead = [row for row in deck.rows if row.due_day > today > row.last_day]
    chosen, safe = first_cards(ahead, key, count, safe_below=SAFE_BELOW)
    days = {}
    for row in chosen:
        if load.has_room(today):
            load.remove(row.due_day)
            load.add(today)
            days[row.place] = today
    left = len(chosen) - len(days)
    note = f"Not moved, today has no more room: {counted(left, 'card')}." if left else ""
    options = given_options(count=count, most_per_day=most_per_day)
    return made_plan(deck, "advance", options, days, notes=[note], safe=safe)
