"""The table of card states, and how its columns are filled in preset by preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.collections.histories import Histories, sm2_state, states_after
from repetita.frozen import freeze_arrays, read_only
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.presets import Preset
from repetita.scheduling.day_rule import MS_A_DAY

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CardStates", "StateColumns", "preset_model"]

COMPLETE, INCOMPLETE, INTERVAL, NONE = "complete", "incomplete", "interval", "none"

Reals: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CardStates:
    """Memory states of cards, one entry a card, by card id.

    Attributes:
        card_ids: Shape (cards,).
        note_ids: Shape (cards,).
        deck_ids: Shape (cards,), home decks.
        preset_ids: Shape (cards,).
        states: Name of each number in a state -> shape (cards,), NaN where the state is not known.
        elapsed_days: Shape (cards,), exact days from the last answer to ``now``, NaN without one.
        retrievability: Shape (cards,), probability of recall now, NaN where the state is not known.
        desired_retention: Shape (cards,), the deck's own or the preset's.
        sources: Shape (cards,): what the state follows from: "complete" history, "incomplete" history (taken
            up at an interval and ease), "interval" (the card's own interval and ease), "stored", or "none".
        now_ms: Unix millisecond at which the cards are looked at.
        day_words: When days turn over, in words.
    """

    card_ids: Integers
    note_ids: Integers
    deck_ids: Integers
    preset_ids: Integers
    states: Mapping[str, Reals]
    elapsed_days: Reals
    retrievability: Reals
    desired_retention: Reals
    sources: NDArray[np.str_]
    now_ms: int
    day_words: str

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.card_ids)

    def __repr__(self) -> str:
        known = int(np.count_nonzero(self.sources != NONE))
        return f"CardStates({len(self)} cards, {known} with a state)"

    @property
    def stability(self) -> Reals:
        """Shape (cards,), days, for models that have it."""
        return self.states["stability"]

    @property
    def difficulty(self) -> Reals:
        """Shape (cards,), 1 to 10, for models that have it."""
        return self.states["difficulty"]

    def columns(self) -> dict[str, NDArray[Any]]:
        """All columns by name."""
        return {
            "card_id": self.card_ids,
            "note_id": self.note_ids,
            "deck_id": self.deck_ids,
            "preset_id": self.preset_ids,
            **self.states,
            "elapsed_days": self.elapsed_days,
            "retrievability": self.retrievability,
            "desired_retention": self.desired_retention,
            "source": self.sources,
        }

    def to_frame(self) -> pl.DataFrame:
        """The table as a polars frame; what is not known is null."""
        import polars as pl

        frame = pl.DataFrame({name: values.tolist() for name, values in self.columns().items()})
        return frame.fill_nan(None)


@dataclass(slots=True, eq=False)
class StateColumns:
    """Columns over all cards of a collection, filled in preset by preset."""

    collection: AnkiCollection
    model: MemoryModel | None
    names: tuple[str, ...]
    preset_ids: Integers
    states: Reals
    elapsed_days: Reals
    retrievability: Reals
    sources: NDArray[np.str_]

    @classmethod
    def begin(cls, collection: AnkiCollection, model: MemoryModel | None) -> StateColumns:
        """Columns in which nothing is known yet."""
        cards = len(collection.cards)
        names = (model or memory_model("fsrs6")).state_names
        return cls(
            collection=collection,
            model=model,
            names=names,
            preset_ids=collection.preset_ids_of(collection.cards.home_deck_id),
            states=np.full((cards, len(names)), np.nan),
            elapsed_days=np.full(cards, np.nan),
            retrievability=np.full(cards, np.nan),
            sources=np.full(cards, NONE, dtype="<U10"),
        )

    def fill(self, histories: Histories, preset_id: int, moment: int, *, from_interval: bool) -> None:
        """States of the cards of one preset."""
        preset = self.collection.presets.get(preset_id)
        model = self.model or (memory_model("fsrs6") if preset is None else preset_model(preset))
        retention = preset.historical_retention if preset else 0.9
        place = np.searchsorted(self.collection.cards.id, histories.card_ids)
        ours = histories.of_cards(self.preset_ids[place] == preset_id)
        places = np.searchsorted(self.collection.cards.id, ours.card_ids)
        self.states[places] = states_after(model, ours, retention)[ours.offsets[1:] - 1]
        self.sources[places] = np.where(ours.complete, COMPLETE, INCOMPLETE)
        answered = self.collection.revlog.id[ours.rows[ours.offsets[1:] - 1]]
        self.elapsed_days[places] = (moment - answered) / MS_A_DAY
        if from_interval:
            self._fill_from_intervals(model, preset_id, retention, moment)
        self.sources[np.isnan(self.states[:, 0])] = NONE
        self._predict(model, np.flatnonzero((self.preset_ids == preset_id) & (self.sources != NONE)))

    def _fill_from_intervals(self, model: MemoryModel, preset_id: int, retention: float, moment: int) -> None:
        cards = self.collection.cards
        bare = (self.preset_ids == preset_id) & np.isnan(self.states[:, 0])
        for card in np.flatnonzero(bare & (cards.type != 0) & (cards.interval > 0)).tolist():
            state = sm2_state(model, int(cards.interval[card]), int(cards.factor[card]), retention)
            if state is None:
                return
            self.states[card] = state
            self.sources[card] = INTERVAL
            if cards.last_review[card] > 0:
                since = max(moment - int(cards.last_review[card]) * 1000, 0)
                self.elapsed_days[card] = since / MS_A_DAY

    def _predict(self, model: MemoryModel, places: Integers) -> None:
        recall = model.equations.recall
        w, c, o = model.parameters, model.prepared, model.options
        for place in places.tolist():
            days = float(self.elapsed_days[place])
            self.retrievability[place] = recall(w, c, o, tuple(self.states[place].tolist()), days)

    def table(self, wanted: Flags, moment: int, words: str) -> CardStates:
        """The finished table of some cards."""
        cards = self.collection.cards
        states = {name: read_only(self.states[wanted, place]) for place, name in enumerate(self.names)}
        return CardStates(
            card_ids=cards.id[wanted],
            note_ids=cards.note_id[wanted],
            deck_ids=cards.home_deck_id[wanted],
            preset_ids=self.preset_ids[wanted],
            states=MappingProxyType(states),
            elapsed_days=self.elapsed_days[wanted],
            retrievability=self.retrievability[wanted],
            desired_retention=_desired_retention(self.collection, self.preset_ids)[wanted],
            sources=self.sources[wanted],
            now_ms=moment,
            day_words=words,
        )


def preset_model(preset: Preset) -> MemoryModel:
    """FSRS-6 with a preset's active parameters, older versions migrated, the defaults where it has none.

    Raises:
        InvalidParameters: The preset holds a list of another length, or values that are not finite.
    """
    return memory_model("fsrs6", preset.parameters, clip=True)


def _desired_retention(collection: AnkiCollection, preset_ids: Integers) -> Reals:
    retention = np.full(len(preset_ids), 0.9)
    for preset in collection.presets.values():
        retention[preset_ids == preset.id] = preset.desired_retention
    for deck in collection.decks.values():
        if deck.desired_retention is not None:
            retention[collection.cards.home_deck_id == deck.id] = deck.desired_retention
    return retention
