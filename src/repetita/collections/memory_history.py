"""How the memory state of one card changed with every row of its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.collections.histories import histories_of, states_after
from repetita.collections.state_table import preset_model
from repetita.errors import UnknownName
from repetita.frozen import freeze_arrays, read_only
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.reviews.anki.choosing import Moment, clock_ms, cut_of_cards, moment_ms
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import DayGrid

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MemoryHistory", "memory_history"]

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class MemoryHistory:
    """The log of one card with the state after every row, oldest first.

    Attributes:
        card_id: The card.
        review_ids: Shape (n,), Unix milliseconds.
        kinds: Shape (n,): 0 learning, 1 review, 2 relearning, 3 filtered, 4 manual, 5 rescheduled.
        ratings: Shape (n,), 0 where no button was pressed.
        counted: Shape (n,): whether the row is an answer that the state follows from. Manual changes and
            cramming are not, nor is what lies before the history.
        states: Name of each number in a state -> shape (n,). A row that does not count has the state that the
            one before it left (Anki's card information shows that of the answer after it); rows before the
            history have none (NaN).
        complete: Whether the history that counts begins with the start of learning.
    """

    card_id: int
    review_ids: Integers
    kinds: Integers
    ratings: Integers
    counted: NDArray[np.bool_]
    states: Mapping[str, NDArray[np.float64]]
    complete: bool

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.review_ids)

    def to_frame(self) -> pl.DataFrame:
        """The table as a polars frame; what is not known is null."""
        import polars as pl

        rows = {"review_id": self.review_ids, "kind": self.kinds, "rating": self.ratings}
        return pl.DataFrame({**rows, "counted": self.counted, **self.states}).fill_nan(None)


def memory_history(
    collection: AnkiCollection | str | Path,
    card_id: int,
    model: MemoryModel | str | None = None,
    *,
    now: Moment | None = None,
    zone: str | None = None,
    ignore_before: Moment | None = "preset",
) -> MemoryHistory:
    """The log of one card with the memory state after every row.

    Args:
        collection: A collection, or an Anki file.
        card_id: The card.
        model: The memory model, by itself or by name; None: the parameters of the card's preset.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; later rows are left out. Default:
            the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        ignore_before: Date before which the log is not trusted, "preset" for the preset's own, or None.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such card, model or zone.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    place = int(np.searchsorted(whole.cards.id, card_id))
    if place == len(whole.cards) or int(whole.cards.id[place]) != card_id:
        raise UnknownName(f"no card has the id {card_id}", where="card_id")
    moment = moment_ms(now) or clock_ms()
    preset = whole.presets.get(int(whole.preset_ids_of(whole.cards.home_deck_id[place : place + 1])[0]))
    if model is None and preset is not None:
        chosen = preset_model(preset)
    else:
        chosen = model if isinstance(model, MemoryModel) else memory_model(model or "fsrs6")
    histories = histories_of(
        whole,
        grid=DayGrid(collection_days(whole, moment // 1000, zone).timing.next_day_at),
        latest_ms=moment,
        cut_ms=cut_of_cards(whole, ignore_before),
        card_id=card_id,
    )
    states = states_after(chosen, histories, preset.historical_retention if preset else 0.9)
    rows = np.flatnonzero((whole.revlog.card_id == card_id) & (whole.revlog.id <= moment))
    # each row shows the state after the last answer at or before it
    last = np.searchsorted(histories.rows, rows, side="right") - 1
    shown = np.vstack((states, np.full((1, states.shape[1]), np.nan)))[last]
    return MemoryHistory(
        card_id=card_id,
        review_ids=whole.revlog.id[rows],
        kinds=whole.revlog.type[rows],
        ratings=whole.revlog.ease[rows],
        counted=np.isin(rows, histories.rows),
        states=MappingProxyType({name: read_only(shown[:, i]) for i, name in enumerate(chosen.state_names)}),
        complete=bool(histories.complete[0]) if len(histories) else False,
    )
