"""`postpone`: due cards that suffer least go to later days."""

from __future__ import annotations

from math import ceil

from repetita.plurals import counted
from repetita.scheduling.batch.chance import checked_seed, postponing_fraction
from repetita.scheduling.batch.deck import Deck, Row
from repetita.scheduling.batch.load import Load
from repetita.scheduling.batch.plan import Plan, given_options, made_plan
from repetita.scheduling.batch.urgency import first_cards, overdueness

__all__ = ["postpone"]

SAFE_BELOW = 0.15
EXPECTED_SHARE = 0.075
"""Share of its interval by which a postponed card will have waited longer, on average, when it is chosen."""
LEAST_SHARE, CHANCE_SHARE = 1.05, 0.05


def postpone(deck: Deck, count: int | None = None, *, most_per_day: int | None = None, seed: int = 0) -> Plan:
    """A plan that puts off due cards, those first that lose least by waiting.

    Cards are sorted by how far they will be beyond the interval that their memory asks for. A card gets an
    interval 5 to 10 % longer, and the days it is late on top.

    Args:
        deck: The cards.
        count: How many to put off; None: as many as is safe (less than 15 % beyond).
        most_per_day: Days are filled up to so many cards; further ones go to the next days with room.
        seed: Of the lengthening.

    Raises:
        UsageError: A number out of range.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now - timedelta(days=8))[0] for i in range(5)]
        >>> plan = postpone(Deck(cards, scheduler, now), 2)
        >>> [(move.days_before, move.days_after) for move in plan.moves]
        [(0, 1), (0, 1)]
    """
    seed = checked_seed(seed)
    load, today = Load(deck, most_per_day), deck.today

    def key(row: Row) -> float:
        return overdueness(row, today - row.last_day + EXPECTED_SHARE * row.interval)

    due = [row for row in deck.rows if row.due_day <= today]
    chosen, safe = first_cards(due, key, count, safe_below=SAFE_BELOW)
    days, stuck = {}, 0
    for row in chosen:
        longer = row.interval * (LEAST_SHARE + CHANCE_SHARE * postponing_fraction(seed, row))
        wanted = row.last_day + max(ceil(longer), 1) + today - row.due_day
        latest = row.last_day + deck.longest
        day = load.next_with_room(max(min(wanted, latest), today + 1), latest)
        if day is None:
            stuck += 1
            continue
        load.remove(row.due_day)
        load.add(day)
        days[row.place] = day
    note = f"Not moved, no later day has room within the longest interval: {counted(stuck, 'card')}."
    options = given_options(count=count, most_per_day=most_per_day, seed=seed)
    return made_plan(deck, "postpone", options, days, notes=[note] if stuck else [], safe=safe)
