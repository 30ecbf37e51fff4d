"""How a person answers repeats within a day: by what was pressed before, as the past has it.

A memory model says of a card that was answered ten minutes ago that it is remembered almost surely. People
fail such cards again and again, which costs little time, but lowers what the model says of the next day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.past import Past
from repetita.simulation.luck import Luck
from repetita.simulation.rules import LEARNING, RELEARNING, picked

__all__ = ["Repeats", "repeats_of"]

Floats = NDArray[np.float64]

RATINGS = 4
FEW = 5.0
"""Weight in presses of the shares after all ratings together, for those after one that is rare."""


@dataclass(frozen=True)
class Repeats:
    """Shares of ratings within a day.

    Attributes:
        learning: Sixteen shares, four ratings after each of four; empty where nothing was repeated.
        relearning: The same after a lapse.
    """

    learning: Sequence[float] = ()
    relearning: Sequence[float] = ()

    def rating(self, phase: int, previous: int, luck: Luck) -> int | None:
        """Rating of a press within steps, or None where memory has to decide.

        Args:
            phase: That of the card.
            previous: Its last rating, of the same day or of an earlier one.
            luck: Turned to the press.

        Example:
            >>> from repetita.simulation.luck import AddressedLuck
            >>> luck = AddressedLuck(42)
            >>> luck.at(0, 1)
            >>> Repeats((0, 0, 1, 0) * 4).rating(1, 1, luck)
            3
        """
        shares = {LEARNING: self.learning, RELEARNING: self.relearning}.get(phase, ())
        if not shares:
            return None
        return 1 + picked(luck.rating(), shares, RATINGS * (previous - 1), RATINGS)


def repeats_of(past: Past, day_weights: Floats | None = None) -> Repeats:
    """How repeats were answered before the cut.

    Args:
        past: The past.
        day_weights: Weight of each past day, the first one first; default: all the same.
    """
    sessions, log = past.sessions, past.log
    weights = np.ones(len(sessions))
    if day_weights is not None:
        weights = day_weights[sessions.day - sessions.day.min()]
    counts = sessions.last_row - sessions.first_row
    of = np.repeat(np.arange(len(sessions)), counts)
    row = np.repeat(sessions.first_row, counts) + 1 + np.arange(len(of))
    row -= np.repeat(np.cumsum(counts) - counts, counts)
    pair = RATINGS * (log.ratings[row - 1].astype(np.int64) - 1) + log.ratings[row] - 1
    lapsed = ~sessions.new & (sessions.rating == 1)
    learning, relearning = (
        _shares(np.bincount(pair[chosen[of]], weights[of][chosen[of]], minlength=RATINGS**2))
        for chosen in (sessions.new, lapsed)
    )
    return Repeats(learning, relearning)


def _shares(counts: NDArray[Any]) -> tuple[float, ...]:
    """Shares by the rating before, those of rare ones drawn to the shares of all together."""
    table = counts.reshape(RATINGS, RATINGS)
    if not table.any():
        return ()
    table = table + FEW * table.sum(axis=0) / table.sum()
    return tuple((table / table.sum(axis=1, keepdims=True)).ravel().tolist())
