"""The luck of a run: random numbers of days and presses, by address or, for old traces, from one stream."""

from __future__ import annotations

from random import Random
from typing import Any, Protocol

import numpy as np

from repetita.addressed_random import PURPOSE_PRESS, address, uniform
from repetita.simulation.rules import NO_CARD, PURPOSE_DAY, PURPOSE_ORDER, PURPOSE_OWN

__all__ = ["AddressedLuck", "Luck", "StreamLuck"]

CARDS, ORDINALS = 32, 16  # of a block of numbers that is computed at once


class Luck(Protocol):
    """Random numbers in (0, 1) of the press, or the day, at hand."""

    def attendance(self, day: int) -> float:
        """Decides whether the person studies on a day."""

    def at(self, card: int, ordinal: int) -> None:
        """Turns to a press of a card; the ordinal counts its presses, 0 is the introduction."""

    def rating(self) -> float:
        """Decides about a first rating, or about Hard, Good, Easy after a success."""

    def answer(self, retrievability: float, lazy_good_bias: float) -> tuple[float, float, float]:
        """Numbers for recall, for the rating after a success, and for laziness."""

    def fuzz(self) -> float:
        """Decides about the fuzz of the interval."""

    def order(self, card: int, day: int) -> float:
        """Place of a card in a shuffled order of the day's reviews."""

    def more(self, purpose: int) -> float:
        """A further number of this press for uses of one's own, by a whole number from 0."""


class AddressedLuck:
    """Numbers that depend on seed, user, card and ordinal only.

    Blocks of neighbouring cards and ordinals are computed together, which changes no number.

    Args:
        seed: From 0 to 2^63 - 1.
        user: From 0 to 2^32 - 1.

    Example:
        >>> luck = AddressedLuck(42, 7)
        >>> luck.at(1, 0)
        >>> luck.answer(0.9, 0.0)[0]
        0.9987346398411319
    """

    def __init__(self, seed: int, user: int = 0) -> None:
        self.seed, self.user = seed, user
        self._blocks: dict[tuple[int, int], Any] = {}
        self._row: list[float] = []
        self._address = (0, 0)

    def attendance(self, day: int) -> float:
        """Word 0 of the day."""
        self._address = (NO_CARD, day)
        return uniform(address(self.seed, self.user, NO_CARD, day, PURPOSE_DAY)[0])

    def at(self, card: int, ordinal: int) -> None:
        """Turns to a press of a card."""
        place = card // CARDS, ordinal // ORDINALS
        block = self._blocks.get(place)
        if block is None:
            block = self._blocks[place] = self._block(*place)
        self._row = block[card % CARDS][ordinal % ORDINALS]
        self._address = card, ordinal

    def rating(self) -> float:
        """Word 1 of the press."""
        return self._row[1]

    def answer(self, retrievability: float, lazy_good_bias: float) -> tuple[float, float, float]:
        """Words 0, 1 and 2 of the press."""
        row = self._row
        return row[0], row[1], row[2]

    def fuzz(self) -> float:
        """Word 3 of the press."""
        return self._row[3]

    def order(self, card: int, day: int) -> float:
        """Word 0 of the card on that day."""
        return uniform(address(self.seed, self.user, card, day, PURPOSE_ORDER)[0])

    def more(self, purpose: int) -> float:
        """Word 0 at a purpose of one's own."""
        return uniform(address(self.seed, self.user, *self._address, PURPOSE_OWN + purpose)[0])

    def _block(self, cards: int, ordinals: int) -> list[list[list[float]]]:
        card = cards * CARDS + np.arange(CARDS, dtype=np.int64)[:, None]
        ordinal = ordinals * ORDINALS + np.arange(ORDINALS, dtype=np.int64)[None, :]
        places: Any = np.broadcast_arrays(card, ordinal)
        drawn = address(self.seed, self.user, places[0], places[1], PURPOSE_PRESS)
        stacked: Any = np.stack(drawn, axis=-1)
        numbers: list[list[list[float]]] = np.asarray(uniform(stacked)).tolist()
        return numbers


class StreamLuck:
    """Numbers of one stream of Python's generator, drawn in the order in which the reference asks for them.

    Args:
        seed: Of ``random.Random``.
    """

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed).random

    def attendance(self, day: int) -> float:
        """The next number, every day."""
        return self._draw()

    def at(self, card: int, ordinal: int) -> None:
        """Nothing: a stream has no places."""

    def rating(self) -> float:
        """The next number."""
        return self._draw()

    def answer(self, retrievability: float, lazy_good_bias: float) -> tuple[float, float, float]:
        """The next numbers: after a failure only the first, after laziness the first two are drawn."""
        recall = self._draw()
        if recall > retrievability:
            return recall, 0.0, 0.0
        lazy = self._draw()
        return recall, 0.0 if lazy < lazy_good_bias else self._draw(), lazy

    def fuzz(self) -> float:
        """The next number."""
        return self._draw()

    def order(self, card: int, day: int) -> float:
        """The next number."""
        return self._draw()

    def more(self, purpose: int) -> float:
        """The next number."""
        return self._draw()
