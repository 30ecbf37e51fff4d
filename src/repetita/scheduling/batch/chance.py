"""The chance behind batch tools: a number belongs to seed, card and what it is for, never to an order."""

from __future__ import annotations

from repetita.addressed_random import address, uniform
from repetita.arguments import whole_number
from repetita.scheduling.addressed_fuzz import card_number, fuzz_fraction
from repetita.scheduling.batch.deck import Row

__all__ = ["checked_seed", "postponing_fraction", "range_fraction"]

HIGHEST_SEED = 2**64 - 1
MASK = 0xFFFFFFFF
PURPOSE_POSTPONE = 0x706F7374
"""Numbers that belong to one postponement of one card; apart from those of answers."""


def checked_seed(seed: object) -> int:
    """A seed as an int; raises `UsageError` unless it is a whole number from 0 to 2**64 - 1."""
    return whole_number(seed, "seed", high=HIGHEST_SEED)


def range_fraction(seed: int, row: Row) -> float:
    """Where in its range of days a card falls: as the fuzz of the answer that led here, if seeds agree."""
    return fuzz_fraction(seed, row.card.card_id, max(row.card.reps - 1, 0))


def postponing_fraction(seed: int, row: Row) -> float:
    """How far a card is postponed, by its id and interval."""
    number = card_number(row.card.card_id)
    return uniform(address(seed, (number >> 32) & MASK, number & MASK, row.interval, PURPOSE_POSTPONE)[0])
