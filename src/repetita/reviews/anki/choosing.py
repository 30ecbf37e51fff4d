"""Which cards of a collection are meant, and from which day on their reviews are trusted."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.day_timing import as_unix_seconds

__all__ = ["cards_in_deck", "cards_with_preset", "cut_of_cards", "latest_moment_ms", "midnight_ms"]

SECONDS_A_DAY = 86_400

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


def cards_in_deck(collection: AnkiCollection, deck: str | int) -> Flags:
    """Which cards lie or belong in a deck or one nested in it, shape (cards,).

    Raises:
        UnknownName: No such deck.
    """
    return _in_decks(collection, collection.decks_below(collection.deck(deck)))


def cards_with_preset(collection: AnkiCollection, preset: str | int) -> Flags:
    """Which cards lie or belong in a deck that uses a preset, shape (cards,).

    Raises:
        UnknownName: No such preset.
    """
    return _in_decks(collection, collection.decks_with(collection.preset(preset)))


def cut_of_cards(collection: AnkiCollection, ignore_before: str | date | None) -> Integers:
    """Instant before which reviews are not trusted, shape (cards,), in milliseconds; 0 where all are.

    Args:
        collection: The collection.
        ignore_before: A date or "YYYY-MM-DD" (midnight UTC) for all cards, "preset" for the date that each
            card's preset names, or None.

    Raises:
        UsageError: Not a date.
    """
    cards = len(collection.cards)
    if ignore_before is None:
        return np.zeros(cards, dtype=np.int64)
    if ignore_before != "preset":
        return np.full(cards, midnight_ms(ignore_before), dtype=np.int64)
    cuts = np.zeros(cards, dtype=np.int64)
    preset_ids = collection.preset_ids_of(collection.cards.home_deck_id)
    for preset in collection.presets.values():
        cuts[preset_ids == preset.id] = preset.ignore_before_ms
    return cuts


def latest_moment_ms(now: datetime | float | None) -> int:
    """The last instant that is not the future, in milliseconds.

    Args:
        now: The moment given, or None for the clock, with a day of grace for clocks that disagree.
    """
    if now is None:
        return int((time.time() + SECONDS_A_DAY) * 1000)
    return int(as_unix_seconds(now) * 1000)


def midnight_ms(day: str | date) -> int:
    """Midnight UTC of a day in milliseconds.

    Raises:
        UsageError: Not a date.

    Example:
        >>> midnight_ms("2024-07-01")
        1719792000000
    """
    try:
        parsed = date.fromisoformat(day) if isinstance(day, str) else date(day.year, day.month, day.day)
    except (TypeError, ValueError, AttributeError):
        raise UsageError(
            f"ignore_before is {day!r}, expected a date, 'YYYY-MM-DD' or 'preset'", where="ignore_before"
        ) from None
    return int(datetime(parsed.year, parsed.month, parsed.day, tzinfo=UTC).timestamp()) * 1000


def _in_decks(collection: AnkiCollection, deck_ids: tuple[int, ...]) -> Flags:
    wanted = np.array(deck_ids, dtype=np.int64)
    cards = collection.cards
    return np.isin(cards.deck_id, wanted) | np.isin(cards.home_deck_id, wanted)
