"""How many cards of a collection are due on each of the next days, as Anki's load balancer counts them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.reviews.anki.collection_days import CollectionDays
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.day_timing import zone_offset
from repetita.scheduling.day_rule import SECONDS_A_DAY

__all__ = ["BALANCED_DAYS", "DueCounts", "weekday_of_interval"]

BALANCED_DAYS = 99
"""Days from today on that are counted: the longest balanced interval and its fuzz."""

THURSDAY = 3  # 1970-01-01, with Monday 0

Integers: TypeAlias = NDArray[np.int64]


class DueCounts:
    """Cards due by day, of each preset and of each note.

    Every card with a due number among the days counts, whatever its queue, as in Anki: suspended cards and
    positions of new cards too. Cards that sit in a filtered deck do not, since that has no preset.

    Args:
        collection: The collection.
        today: Day number.
    """

    def __init__(self, collection: AnkiCollection, today: int) -> None:
        cards = collection.cards
        normal = [deck.id for deck in collection.decks.values() if deck.preset_id is not None]
        chosen = np.isin(cards.deck_id, normal) & (cards.due >= today) & (cards.due < today + BALANCED_DAYS)
        day, note = cards.due[chosen] - today, cards.note_id[chosen]
        presets = collection.preset_ids_of(cards.deck_id[chosen])
        self._counts = {
            preset: np.bincount(day[presets == preset], minlength=BALANCED_DAYS).tolist()
            for preset in np.unique(presets).tolist()
        }
        order = np.argsort(note, kind="stable")
        self._notes, self._days = note[order], day[order]

    def of_preset(self, preset_id: int) -> list[int] | None:
        """Cards due by day from today on, None where the preset has none."""
        return self._counts.get(preset_id)

    def of_note(self, note_id: int) -> tuple[int, ...]:
        """Days from today on which cards of a note are due."""
        begin, end = np.searchsorted(self._notes, [note_id, note_id + 1])
        return tuple(np.unique(self._days[begin:end]).tolist())


def weekday_of_interval(days: CollectionDays, zone: str | None) -> Callable[[int], int]:
    """The weekday, Monday 0, on which an interval in days from today ends.

    Args:
        days: The collection's days.
        zone: IANA name of the zone whose offset on that day is meant; None: the offset that holds today.
    """
    next_day_at = days.timing.next_day_at

    @cache
    def weekday(interval_days: int) -> int:
        second = next_day_at + (interval_days - 1) * SECONDS_A_DAY
        offset = days.offset if zone is None else zone_offset(zone, second)
        return (THURSDAY + (second - 60 * offset) // SECONDS_A_DAY) % 7

    return weekday
