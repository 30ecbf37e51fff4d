"""The memory state of every card of a collection: computed from the log, or as Anki stored it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.collections.histories import Histories, histories_of, sm2_state, states_after
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.reviews.anki.choosing import (
    Moment,
    cards_in_deck,
    cards_with_preset,
    clock_ms,
    cut_of_cards,
    moment_ms,
)
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.presets import Preset
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import DayGrid

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CardStates", "card_states", "preset_model", "stored_states"]

MS_A_DAY = 86_400_000.0
# What Anki assumes of a card whose data do not say: the exponent of FSRS-4.5 and 5.
DECAY_WHERE_MISSING = 0.5
COMPLETE, INCOMPLETE, INTERVAL, STORED, NONE = "complete", "incomplete", "interval", "stored", "none"

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


def card_states(
    collection: AnkiCollection | str | Path,
    model: MemoryModel | str | None = None,
    *,
    deck: str | int | None = None,
    preset: str | int | None = None,
    now: Moment | None = None,
    zone: str | None = None,
    ignore_before: Moment | None = "preset",
    from_interval: bool = False,
) -> CardStates:
    """The memory state of every card, computed from the log as Anki does.

    A card with its whole history is run through the model from the start of learning. Where the log begins in
    the middle, or is not trusted before a date, the first row of at least a day's interval is turned into a
    state by its interval, its ease and the preset's historical retention, and the rest is run from there.

    Args:
        collection: A collection, or an Anki file.
        model: The memory model for all cards, by itself or by name; None: each preset's FSRS-6 parameters.
        deck: Name or id; decks nested in it are included. None: all cards.
        preset: Name or id: cards of the decks that use it.
        now: When the cards are looked at: aware datetime, ISO date (midnight UTC) or a Unix second;
            default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        ignore_before: Date before which the log is not trusted, "preset" for each preset's own, or None.
        from_interval: Give cards without any usable row a state from their own interval and ease. Anki does
            so only when such a card is answered; until then it shows none.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such deck, preset, model or zone.
        InvalidParameters: A preset holds parameters that are none.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    moment = moment_ms(now) or clock_ms()
    days = collection_days(whole, moment // 1000, zone)
    histories = histories_of(
        whole,
        grid=DayGrid(days.timing.next_day_at),
        latest_ms=moment,
        cut_ms=cut_of_cards(whole, ignore_before),
    )
    work = _Work.begin(whole, memory_model(model) if isinstance(model, str) else model)
    for preset_id in np.unique(work.preset_ids).tolist():
        work.fill(histories, preset_id, moment, from_interval=from_interval)
    return work.table(_wanted(whole, deck, preset), moment, days.words)


def stored_states(
    collection: AnkiCollection | str | Path,
    *,
    deck: str | int | None = None,
    preset: str | int | None = None,
    now: Moment | None = None,
    zone: str | None = None,
) -> CardStates:
    """The memory state of every card as Anki stored it in the card, rounded, with retrievability from it.

    Retrievability follows from the stored stability and exponent, with the time since the stored last answer
    in exact days, or, where that is not stored, the days since the card was last due minus its interval.

    Args:
        collection: A collection, or an Anki file.
        deck: Name or id; decks nested in it are included. None: all cards.
        preset: Name or id: cards of the decks that use it.
        now: When the cards are looked at: aware datetime, ISO date (midnight UTC) or a Unix second;
            default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such deck, preset or zone.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    moment = moment_ms(now) or clock_ms()
    days = collection_days(whole, moment // 1000, zone)
    cards = whole.cards
    known = (cards.stability > 0.0) & np.isfinite(cards.difficulty)
    stability = np.where(known, cards.stability, np.nan)
    due = np.where(cards.original_deck_id != 0, cards.original_due, cards.due)
    by_due = np.maximum(days.timing.today - (due - cards.interval), 0).astype(np.float64)
    by_answer = np.maximum(moment - cards.last_review * 1000, 0) / MS_A_DAY
    elapsed = np.where(cards.last_review > 0, by_answer, by_due)
    decay = np.where(cards.decay > 0.0, cards.decay, DECAY_WHERE_MISSING)
    work = _Work.begin(whole, None)
    work.states[:, 0] = stability
    work.states[:, 1] = np.where(known, cards.difficulty, np.nan)
    work.elapsed_days[known] = elapsed[known]
    work.retrievability[:] = power_curve(stability, decay, work.elapsed_days)
    work.sources[known] = STORED
    return work.table(_wanted(whole, deck, preset), moment, days.words)


def power_curve(stability: Reals, decay: Reals, elapsed_days: Reals) -> Reals:
    """Probability of recall by stability and the curve's exponent: 0.9 after one stability.

    Args:
        stability: Days.
        decay: Positive exponent.
        elapsed_days: Days since the last answer.

    Example:
        >>> power_curve(np.array([10.0]), np.array([0.5]), np.array([10.0])).round(6).tolist()
        [0.9]
    """
    factor = 0.9 ** (-1.0 / decay) - 1.0
    recalled: Reals = (1.0 + factor * elapsed_days / stability) ** -decay
    return recalled


def preset_model(preset: Preset) -> MemoryModel:
    """FSRS-6 with a preset's active parameters, older versions migrated, the defaults where it has none.

    Raises:
        InvalidParameters: The preset holds a list of another length, or values that are not finite.
    """
    return memory_model("fsrs6", preset.parameters, clip=True)


@dataclass(slots=True, eq=False)
class _Work:
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
    def begin(cls, collection: AnkiCollection, model: MemoryModel | None) -> _Work:
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
        states = {name: self.states[wanted, place] for place, name in enumerate(self.names)}
        table = CardStates(
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
        for column in table.columns().values():
            column.flags.writeable = False
        return table


def _wanted(collection: AnkiCollection, deck: str | int | None, preset: str | int | None) -> Flags:
    wanted = np.ones(len(collection.cards), dtype=np.bool_)
    if deck is not None:
        wanted &= cards_in_deck(collection, deck)
    if preset is not None:
        wanted &= cards_with_preset(collection, preset)
    return wanted


def _desired_retention(collection: AnkiCollection, preset_ids: Integers) -> Reals:
    retention = np.full(len(preset_ids), 0.9)
    for preset in collection.presets.values():
        retention[preset_ids == preset.id] = preset.desired_retention
    for deck in collection.decks.values():
        if deck.desired_retention is not None:
            retention[collection.cards.home_deck_id == deck.id] = deck.desired_retention
    return retention
