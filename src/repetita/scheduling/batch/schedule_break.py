"""`schedule_break`: some days without any reviews, the cards spread over the days after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.plurals import counted
from repetita.scheduling.batch.dates import date_of, day_of, read_dates
from repetita.scheduling.batch.deck import Deck, Row
from repetita.scheduling.batch.plan import Plan, given_options, made_plan

__all__ = ["schedule_break"]


def schedule_break(
    deck: Deck, days: int, spread_days: int, *, start: date | None = None, most_per_day: int | None = None
) -> Plan:
    """A plan that keeps days free and spreads their cards evenly over the days that follow.

    Each day of the spread may hold the cards that are due there anyway and an equal share of those of the
    break. In the order of their intervals, short ones first, cards take the nearest such day that is not
    before their own; a card that was due in the spread may so be pushed on a little.

    Args:
        deck: The cards.
        days: Length of the break.
        spread_days: Days after it over which its cards are spread.
        start: First day of the break; None: today. Cards overdue today count to a break that starts today.
        most_per_day: No day of the spread takes more than so many cards; where they do not fit, it grows.

    Raises:
        UsageError: A number out of range, or a break that starts in the past.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i), 4, now - timedelta(days=i))[0] for i in range(8)]
        >>> plan = schedule_break(Deck(cards, scheduler, now), 4, 2)
        >>> dict(plan.due_before)
        {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1}
        >>> dict(plan.due_after)
        {4: 3, 5: 2, 6: 1, 7: 1, 8: 1}
    """
    length, spread = whole_number(days, "days", low=1), whole_number(spread_days, "spread_days", low=1)
    cap = None if most_per_day is None else whole_number(most_per_day, "most_per_day", low=1)
    first = deck.today if start is None else _start(deck, start)
    after = first + length
    inside = [row for row in deck.rows if first <= _shown(deck, row) < after]
    due = Counter(row.due_day for row in deck.rows if row.due_day >= after)
    room = _targets(len(inside), due, range(after, after + spread), cap)
    window = [row for row in deck.rows if row.due_day in room]
    found, late = _placed([*inside, *window], room), 0
    for row in inside:
        late += found[row.place] - row.last_day > deck.longest
    notes = [f"Later than the longest interval allows: {counted(late, 'card')}."] if late else []
    if len(room) > spread:
        notes.append(f"The spread takes {counted(len(room), 'day')}, so that no day holds more than {cap:,}.")
    options = given_options(
        days=length,
        spread_days=spread,
        start=date_of(deck, first).isoformat(),
        most_per_day=most_per_day,
    )
    return made_plan(deck, "schedule_break", options, found, notes=notes)


def _start(deck: Deck, start: date) -> int:
    day = day_of(deck, read_dates([start])[0])
    if day < deck.today:
        raise UsageError(f"the break would start on {start}, which is over", where="start")
    return day


def _shown(deck: Deck, row: Row) -> int:
    """The day on which a card would be seen: an overdue one today."""
    return max(row.due_day, deck.today)


def _targets(count: int, due: Counter[int], spread: Iterable[int], cap: int | None) -> dict[int, int]:
    """How many cards each day of the spread may hold: those due there, and its share of the others."""
    days = list(spread)
    if cap is not None:
        # days are added until what they can still take is enough
        while sum(max(cap - due[day], 0) for day in days) < count:
            days.append(days[-1] + 1)
    targets, left = {}, count
    open_days = [day for day in days if cap is None or due[day] < cap]
    shares = dict.fromkeys(open_days, 0)
    while left:
        share, odd = divmod(left, len(open_days))
        for number, day in enumerate(open_days):
            wanted = share + (number < odd)
            given = wanted if cap is None else min(wanted, cap - due[day] - shares[day])
            shares[day] += given
            left -= given
        open_days = [day for day in open_days if cap is None or due[day] + shares[day] < cap]
    for day in days:
        targets[day] = due[day] + shares.get(day, 0)
    return targets


def _placed(rows: Iterable[Row], targets: dict[int, int]) -> dict[int, int]:
    """A day for each card, shortest interval first: the nearest with room, not before its own."""
    room, last = dict(targets), max(targets)
    found = {}
    onward = {day: day for day in [*targets, last + 1]}

    def with_room(day: int) -> int:
        while onward[day] != day:
            onward[day] = onward[onward[day]]
            day = onward[day]
        return day

    first = min(targets)
    for row in sorted(rows, key=lambda row: (row.interval, row.place)):
        # A card is only ever on a day after its own because all days of the spread before are full; and there
        # are as many places as cards. So there is a place left from its own day on.
        day = with_room(max(row.due_day, first))
        room[day] -= 1
        if room[day] == 0:
            onward[day] = day + 1
        found[row.place] = day
    return found
