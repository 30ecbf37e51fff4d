"""Where cards stand that are to be reviewed: in a collection, in a log, or as one says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.collections import stored_states
from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog
from repetita.reviews.anki.choosing import Moment, clock_ms, moment_ms
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.simulation.lanes.known import states_at_start
from repetita.simulation.start import NEW, SUSPENDED, start_of

__all__ = ["CardsAhead", "cards_ahead"]

Floats = NDArray[np.float64]

PREVIEWED = 4  # queue of cards that are shown early and go back
DAYS_OF_REVIEWS = (2, 3)  # queues whose due is a day


@dataclass(frozen=True, eq=False, kw_only=True)
class CardsAhead:
    """Cards with a state, and new ones. Arrays have shape (cards,); days are counted from today, 0.

    Attributes:
        stability: Days.
        difficulty: From 1 to 10.
        last: Day of the last review, at most 0.
        due: Day on which each is due; NaN: as the desired retention in question says.
        new_cards: Cards that are still to be learned.
    """

    stability: Floats
    difficulty: Floats
    last: Floats
    due: Floats
    new_cards: int = 0

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.stability)


def cards_ahead(
    source: Any, *, model: MemoryModel, now: Moment | None = None, zone: str | None = None
) -> CardsAhead:
    """Where the cards of a source stand.

    Args:
        source: As in `retention_workload`.
        model: For states of a log.
        now: Present moment of a collection.
        zone: Zone of a collection.

    Raises:
        UsageError: Another source.
    """
    if isinstance(source, CardsAhead):
        return source
    if isinstance(source, AnkiCollection):
        return _of_collection(source, now, zone)
    if isinstance(source, ReviewLog):
        start = start_of(source)
        states = states_at_start(start, model, calendar=model.equations.UNIT == "days")
        last = np.floor(start.times[start.offsets[1:] - 1])
        return CardsAhead(stability=states[:, 0], difficulty=states[:, 1], last=last, due=start.due)
    raise UsageError(
        f"source is {source!r:.60}, expected a collection, its path, a log, or CardsAhead", where="source"
    )


def _of_collection(collection: AnkiCollection, now: Moment | None, zone: str | None) -> CardsAhead:
    """Stored states of all cards that can come, as Anki's simulator takes them."""
    cards = collection.cards
    today = collection_days(collection, (moment_ms(now) or clock_ms()) // 1000, zone).timing.today
    states = stored_states(collection, now=now, zone=zone).states
    stability, difficulty = states["stability"], states["difficulty"]
    out = np.isin(cards.queue, (SUSPENDED, NEW, PREVIEWED)) | (cards.type == NEW)
    there = ~out & np.isfinite(stability)
    by_day = np.isin(cards.queue, DAYS_OF_REVIEWS)
    due = np.where(cards.original_deck_id != 0, cards.original_due, cards.due) - today
    due = np.where(by_day, due, 0).astype(np.float64)
    last = np.where(by_day, np.minimum(due - cards.interval, 0.0), 0.0)
    return CardsAhead(
        stability=stability[there],
        difficulty=difficulty[there],
        last=last[there],
        due=due[there],
        new_cards=int(np.count_nonzero(~there)),
    )
