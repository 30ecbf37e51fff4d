"""`disperse_siblings`: cards of one note as far apart as their ranges allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from repetita.plurals import counted
from repetita.scheduling.batch.deck import Deck, Row, chosen_ids
from repetita.scheduling.batch.gaps import widest_gap
from repetita.scheduling.batch.load import Load
from repetita.scheduling.batch.plan import Plan, given_options, made_plan
from repetita.scheduling.batch.ranges import allowed_days
from repetita.scheduling.card import CardId

__all__ = ["disperse_siblings"]


def disperse_siblings(
    deck: Deck, *, notes: Iterable[CardId] | None = None, most_per_day: int | None = None
) -> Plan:
    """A plan that keeps the cards of each note apart: the smallest gap between two of them is made largest.

    Each card moves within its fuzz and not before today; the newest review of a card of the note counts as a
    point to stay away from, too. With the gap found, every card goes as late as it allows.

    Args:
        deck: The cards; siblings share a ``note_id``.
        notes: Only these notes; None: all with two cards or more.
        most_per_day: Cards are not moved to days that hold so many.

    Raises:
        UsageError: A number out of range, or a note that no card has.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from repetita.scheduling import Card, Scheduler
        >>> scheduler, now = Scheduler(), datetime(2026, 11, 28, 9, tzinfo=timezone.utc)
        >>> cards = [scheduler.review(Card(card_id=i, note_id=1), 4, now)[0] for i in range(3)]
        >>> plan = disperse_siblings(Deck(cards, scheduler, now))
        >>> [(move.card_id, move.days_before, move.days_after) for move in plan.moves]
        [(0, 8, 6), (2, 8, 10)]
    """
    load = Load(deck, most_per_day)
    found: dict[int, int] = {}
    clashes = 0
    for rows in _notes(deck, notes):
        placed = _placed(deck, rows, load)
        clashes += len(set(placed)) < len(placed)
        for row, day in zip(rows, placed, strict=True):
            # two siblings that must meet may find room for one
            if day != max(row.due_day, deck.today) and load.has_room(day):
                load.remove(row.due_day)
                load.add(day)
                found[row.place] = day
    told = f"Two cards on one day still, their ranges leave no other: {counted(clashes, 'note')}."
    options = given_options(most_per_day=most_per_day)
    return made_plan(deck, "disperse_siblings", options, found, notes=[told] if clashes else [])


def _notes(deck: Deck, wanted: Iterable[CardId] | None) -> list[list[Row]]:
    by_note: dict[CardId, list[Row]] = defaultdict(list)
    for row in deck.rows:
        if row.card.note_id is not None:
            by_note[row.card.note_id].append(row)
    if wanted is not None:
        chosen = chosen_ids(wanted, "notes", "note", (card.note_id for card in deck.cards))
        by_note = {note: rows for note, rows in by_note.items() if note in chosen}
    return [rows for rows in by_note.values() if len(rows) > 1]


def _placed(deck: Deck, rows: Sequence[Row], load: Load) -> tuple[int, ...]:
    choices = []
    for row in rows:
        first, last = allowed_days(deck, row)
        own = max(row.due_day, deck.today)
        days = [day for day in range(first, last + 1) if day == own or load.has_room(day)]
        choices.append(days or [own])
    newest = max(row.last_day for row in rows)
    return widest_gap(choices, after=newest)
