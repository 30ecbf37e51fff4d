"""`flatten`: no day holds more than a limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from repetita.arguments import whole_number
from repetita.plurals import counted
from repetita.scheduling.batch.deck import Deck, Row
from repetita.scheduling.batch.plan import Plan, made_plan

__all__ = ["flatten"]


def flatten(deck: Deck, limit: int) -> Plan:
    """A plan after which no day has more than ``limit`` cards due, and the backlog is spread from today on.

    The overdue cards, the least stable first, then what each day holds beyond its limit fill the room that
    the days have from today on. So a card of a full day may also come earlier. The cards that a day keeps are
    its least stable ones. Cards answered today count against today.

    Args:
        deck: The cards.
        limit: Most cards on a day.

    Raises:
        UsageError: Not a whole number above 0.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now - timedelta(days=20))[0] for i in range(5)]
        >>> dict(flatten(Deck(cards, scheduler, now), 2).due_after)
        {-12: 2, 1: 2, 2: 1}
    """
    limit = whole_number(limit, "limit", low=1)
    today, answered = deck.today, deck.answered_today
    by_day: dict[int, list[Row]] = defaultdict(list)
    for row in deck.rows:
        by_day[max(row.due_day, today - 1)].append(row)
    for rows in by_day.values():
        rows.sort(key=lambda row: (row.order, row.place))
    waiting = by_day.pop(today - 1, [])
    room = {}
    for day in sorted(by_day):
        kept = max(limit - (answered if day == today else 0), 0)
        waiting.extend(by_day[day][kept:])
        room[day] = kept - min(len(by_day[day]), kept)
    room.setdefault(today, max(limit - answered, 0))
    days = _filled(waiting, room, limit, today)
    long = sum(days[row.place] - row.last_day > deck.longest for row in waiting)
    note = f"Later than the longest interval allows: {counted(long, 'card')}." if long else ""
    return made_plan(deck, "flatten", {"limit": limit}, days, notes=[note])


def _filled(waiting: Iterable[Row], room: dict[int, int], limit: int, today: int) -> dict[int, int]:
    """A day for each card: in their order the first one with room, but not the day of the last review."""
    days: dict[int, int] = {}
    onward: dict[int, int] = {}

    def first_with_room(day: int) -> int:
        # days that are full point to the next one that may have room
        passed = []
        while True:
            if day in onward:
                passed.append(day)
                day = onward[day]
            elif room.get(day, limit) <= 0:
                onward[day] = day + 1
            else:
                for full in passed:
                    onward[full] = day
                return day

    for row in waiting:
        day = first_with_room(max(today, row.last_day + 1))
        room[day] = room.get(day, limit) - 1
        days[row.place] = day
    return days
