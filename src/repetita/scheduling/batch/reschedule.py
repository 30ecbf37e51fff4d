"""`reschedule`: intervals anew from memory, desired retention and fuzz."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.plurals import counted
from repetita.scheduling.batch.chance import checked_seed, range_fraction
from repetita.scheduling.batch.deck import Deck, Row, chosen_ids
from repetita.scheduling.batch.load import EasyDays, Load, pick_day
from repetita.scheduling.batch.plan import Plan, given_options, made_plan
from repetita.scheduling.batch.ranges import tool_bounds
from repetita.scheduling.card import CardId

__all__ = ["reschedule"]


def reschedule(
    deck: Deck,
    *,
    answered_within: int | None = None,
    only: Iterable[CardId] | None = None,
    keep_within: float | None = None,
    balance: bool = True,
    percentages: Sequence[float] = (),
    dates: Iterable[date] = (),
    most_per_day: int | None = None,
    seed: int = 0,
) -> Plan:
    """A plan that gives cards the intervals that their memory asks for now.

    For after a change of parameters or of desired retention. The day is chosen by chance within the fuzz of
    the interval, emptier days more likely, never before today. A card whose whole range is over comes today;
    one that is overdue already, and would be, stays as it is.

    Args:
        deck: The cards.
        answered_within: Only cards answered in the last so many days, today being the first; None: all.
        only: Only cards with these ids; None: all.
        keep_within: Leave a card that is within this share of its desired retention, in odds; between 0 and
            1, or None.
        balance: Whether emptier days are more likely.
        percentages: Easy days: seven shares from Monday to Sunday, 1 normal, 0 free; none: all normal.
        dates: Days that should get no cards.
        most_per_day: Days are filled up to so many cards; further ones go to the next days with room.
        seed: Of the chance.

    Raises:
        UsageError: A number out of range, or an id that no card has.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> now = datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [Scheduler().review(Card(card_id=i), 4, now - timedelta(days=2))[0] for i in range(4)]
        >>> plan = reschedule(Deck(cards, Scheduler(desired_retention=0.8), now))
        >>> [(move.interval_before, move.interval_after) for move in plan.moves]
        [(8, 25), (8, 30), (8, 29), (8, 26)]
    """
    seed, load = checked_seed(seed), Load(deck, most_per_day)
    easy = EasyDays.of(deck, percentages, dates)
    rows = [row for row in _chosen(deck, answered_within, only) if not _near(deck, row, keep_within)]
    days: dict[int, int] = {}
    late = full = 0
    for row in sorted(rows, key=lambda row: (row.interval, row.place)):
        load.remove(row.due_day)
        low, high = _bounds(deck, row)
        if row.last_day + high < deck.today and row.due_day <= deck.today:
            late += 1
            day = None
        else:
            first = max(row.last_day + low, deck.today)
            last = max(row.last_day + high, first)
            fraction = range_fraction(seed, row)
            day = pick_day(row, first, last, load, fraction=fraction, easy=easy, balance=balance)
            if day is None:
                day = load.next_with_room(last, row.last_day + deck.longest)
            full += day is None
        days[row.place] = row.due_day if day is None else day
        load.add(days[row.place])
    options = given_options(
        answered_within=answered_within,
        cards=None if only is None else len(rows),
        keep_within=keep_within,
        balance=balance,
        **easy.told(),
        most_per_day=most_per_day,
        seed=seed,
    )
    return made_plan(deck, "reschedule", options, days, notes=_notes(late, full))


def _notes(late: int, full: int) -> list[str]:
    notes = []
    if late:
        notes.append(f"Due by the new intervals, too, and left as they are: {counted(late, 'card')}.")
    if full:
        notes.append(f"Not moved, no day has room within the longest interval: {counted(full, 'card')}.")
    return notes


def _chosen(deck: Deck, answered_within: int | None, only: Iterable[CardId] | None) -> list[Row]:
    rows: Collection[Row] = deck.rows
    if only is not None:
        chosen = chosen_ids(only, "only", "id", (card.card_id for card in deck.cards))
        rows = [row for row in rows if row.card.card_id in chosen]
    if answered_within is not None:
        span = whole_number(answered_within, "answered_within", low=1)
        rows = [row for row in rows if row.last_day > deck.today - span]
    return list(rows)


def _near(deck: Deck, row: Row, keep_within: float | None) -> bool:
    """Whether the present interval is near enough to the one that memory asks for."""
    if keep_within is None:
        return False
    if not (isinstance(keep_within, int | float) and 0.0 < keep_within < 1.0):
        raise UsageError(
            f"keep_within is {keep_within!r}, expected a number between 0 and 1", where="keep_within"
        )
    retention = deck.scheduler.retention_of(row.card)
    odds = retention / (1.0 - retention)
    shortest, longest = (
        deck.rounded(deck.wish(row, changed / (1.0 + changed)))
        for changed in ((1.0 + keep_within) * odds, (1.0 - keep_within) * odds)
    )
    return shortest <= row.interval <= longest


def _bounds(deck: Deck, row: Row) -> tuple[int, int]:
    wished = float(deck.rounded(row.wish))
    return tool_bounds(wished, deck.last_intervals.get(row.card.card_id), deck.longest)
