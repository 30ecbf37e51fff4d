"""Which cards of a collection are meant, and from which day on their reviews are trusted."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.times import instant_ms

__all__ = [
    "EARLIEST_MS",
    "LATEST_MS",
    "Moment",
    "cards_in_deck",
    "cards_with_preset",
    "clock_ms",
    "cut_from",
    "cut_of_cards",
    "moment_ms",
]

# 1980-01-01, before any program of this kind, and 2200-01-01
EARLIEST_MS, LATEST_MS = 315_532_800_000, 7_258_118_400_000

Moment: TypeAlias = datetime | date | str | float
Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]


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


def cut_of_cards(collection: AnkiCollection, ignore_before: Moment | None) -> Integers:
    """Instant before which reviews are not trusted, shape (cards,), in milliseconds; 0 where all are.

    Args:
        collection: The collection.
        ignore_before: A date or ISO date (midnight UTC), aware datetime or a Unix second for all cards,
            "preset" for the date that each card's preset names, or None.

    Raises:
        UsageError: None of these.
    """
    cards = len(collection.cards)
    if ignore_before is None:
        return np.zeros(cards, dtype=np.int64)
    if ignore_before != "preset":
        return np.full(cards, cut_from(ignore_before), dtype=np.int64)
    cuts = np.zeros(cards, dtype=np.int64)
    preset_ids = collection.preset_ids_of(collection.cards.home_deck_id)
    for preset in collection.presets.values():
        cuts[preset_ids == preset.id] = preset.ignore_before_ms
    return cuts


def cut_from(ignore_before: Moment) -> int:
    """A date before which reviews are not trusted, in Unix milliseconds.

    Raises:
        UsageError: Not a date.
    """
    return max(instant_ms(ignore_before, "ignore_before") or 0, 0)


def moment_ms(now: Moment | None) -> int | None:
    """A moment given by a user in Unix milliseconds, None where none was given.

    Args:
        now: An aware datetime, a date or ISO date (midnight UTC), or a Unix second.

    Raises:
        UsageError: Not such a moment, or one before 1980 or after 2199.

    Example:
        >>> moment_ms("2024-07-01")
        1719792000000
    """
    ms = instant_ms(now, "now")
    if ms is not None and not EARLIEST_MS <= ms < LATEST_MS:
        raise UsageError(
            f"now is {now}, expected a moment from 1980 to 2199",
            hint="a number is a Unix second",
            where="now",
        )
    return ms


def clock_ms() -> int:
    """This machine's clock in Unix milliseconds."""
    return int(time.time() * 1000)


def _in_decks(collection: AnkiCollection, deck_ids: tuple[int, ...]) -> Flags:
    wanted = np.array(deck_ids, dtype=np.int64)
    cards = collection.cards
    return np.isin(cards.deck_id, wanted) | np.isin(cards.home_deck_id, wanted)
