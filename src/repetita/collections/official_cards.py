"""What Anki's scheduler knows of a card before it is answered: options, memory state, where it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from repetita.collections.histories import histories_of, sm2_state, states_after
from repetita.collections.official_rules import Outcome
from repetita.collections.official_states import OfficialState
from repetita.collections.official_steps import OfficialSteps
from repetita.collections.single_model import single_precision_model
from repetita.collections.state_table import preset_model
from repetita.errors import CorruptInput, UnknownName
from repetita.memory_model import MemoryModel
from repetita.reviews.anki.collection_days import CollectionDays
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.presets import Preset
from repetita.scheduling.day_rule import SECONDS_A_DAY, DayGrid
from repetita.scheduling.easy_days import WEEK, easy_day_load, weekday_loads
from repetita.scheduling.single_precision import single

__all__ = ["CardOptions", "OfficialCards", "easy_loads"]

KINDS = ("new", "learning", "review", "relearning")
FILTERED_REVLOG = 3
BEYOND_ANY = 2.0**31  # days: where a desired retention near 0 leads
SAME_DAY_PARAMETERS = slice(17, 19)


@dataclass(frozen=True, slots=True)
class CardOptions:
    """What the options of a preset mean for its cards.

    Attributes:
        preset: The preset.
        model: Its parameters, in single precision.
        learn_steps: Steps of new cards.
        relearn_steps: Steps after a lapse.
        loads: Loads of the days from Monday to Sunday.
        maximum: Longest interval in days.
        short_term: Whether the parameters let FSRS set delays of less than a day.
    """

    preset: Preset
    model: MemoryModel
    learn_steps: OfficialSteps
    relearn_steps: OfficialSteps
    loads: tuple[float, ...]
    maximum: int
    short_term: bool

    @classmethod
    def of_preset(cls, preset: Preset) -> CardOptions:
        """The options of a preset.

        Raises:
            InvalidParameters: It holds parameters that are none.
        """
        listed = preset.parameters
        same_day = len(listed) >= SAME_DAY_PARAMETERS.stop and min(listed[SAME_DAY_PARAMETERS]) > 0.0
        return cls(
            preset,
            single_precision_model(preset_model(preset)),
            OfficialSteps.of_minutes(preset.learn_steps),
            OfficialSteps.of_minutes(preset.relearn_steps),
            easy_loads(preset),
            max(preset.maximum_review_interval, 1),
            same_day or not listed,
        )


class OfficialCards:
    """The cards of a collection at a moment, by their place in its table.

    Args:
        collection: The collection.
        days: Its days.
        now_ms: Unix millisecond.
    """

    def __init__(self, collection: AnkiCollection, days: CollectionDays, now_ms: int) -> None:
        self.collection, self.days, self.now_ms = collection, days, now_ms
        self._options: dict[int, CardOptions] = {}

    def place(self, card_id: int) -> int:
        """The place of a card.

        Raises:
            UnknownName: No such card.
        """
        ids = self.collection.cards.id
        place = int(np.searchsorted(ids, card_id))
        if place == len(ids) or int(ids[place]) != card_id:
            raise UnknownName(f"no card has the id {card_id}", where="card_id")
        return place

    def options(self, place: int) -> CardOptions:
        """The options that hold for a card: those of its home deck.

        Raises:
            CorruptInput: The collection has no preset.
            InvalidParameters: The preset holds parameters that are none.
        """
        deck = self.collection.decks.get(int(self.collection.cards.home_deck_id[place]))
        wanted = deck.preset_id if deck is not None and deck.preset_id is not None else 1
        preset = self.collection.presets.get(wanted) or self.collection.presets.get(1)
        if preset is None:
            raise CorruptInput(f"{self.collection.path} has no preset 1, which every collection has")
        found = self._options.get(preset.id)
        if found is None:
            found = self._options[preset.id] = CardOptions.of_preset(preset)
        return found

    def desired_retention(self, place: int) -> float:
        """The desired retention of a card's home deck, else that of its preset."""
        deck = self.collection.decks.get(int(self.collection.cards.home_deck_id[place]))
        own = None if deck is None else deck.desired_retention
        return single(self.options(place).preset.desired_retention if own is None else own)

    def memory(self, place: int) -> tuple[float, ...] | None:
        """The state that Anki starts from: as stored, else from the log, else from the interval and ease."""
        cards = self.collection.cards
        stability, difficulty = float(cards.stability[place]), float(cards.difficulty[place])
        if stability > 0.0 and np.isfinite(difficulty):
            return single(stability), min(max(single(difficulty), 1.0), 10.0)
        if cards.type[place] == 0:
            return None
        options = self.options(place)
        preset, model = options.preset, options.model
        histories = histories_of(
            self.collection,
            grid=DayGrid(self.days.timing.next_day_at),
            latest_ms=self.now_ms,
            cut_ms=np.full(len(cards), preset.ignore_before_ms, dtype=np.int64),
            card_id=int(cards.id[place]),
        )
        if len(histories):
            return tuple(states_after(model, histories, preset.historical_retention)[-1].tolist())
        interval, factor = int(cards.interval[place]), int(cards.factor[place])
        return sm2_state(model, interval, factor, preset.historical_retention) if interval > 0 else None

    def elapsed_days(self, place: int) -> int:
        """Whole days since the last answer that counts, by the collection's days."""
        cards, log = self.collection.cards, self.collection.revlog
        answered = int(cards.last_review[place])
        if answered <= 0:
            rows = np.flatnonzero((log.card_id == cards.id[place]) & (log.ease >= 1))
            rows = rows[(log.type[rows] != FILTERED_REVLOG) | (log.factor[rows] != 0)]
            if not len(rows):
                return 0
            answered = int(log.id[rows[-1]]) // 1000
        return max((self.days.timing.next_day_at - answered) // SECONDS_A_DAY, 0)

    def outcomes(self, place: int, memory: tuple[float, ...] | None) -> dict[int, Outcome]:
        """What the memory model says of each button, by rating.

        Args:
            place: Of the card.
            memory: Its state, None for a new card.
        """
        model, retention = self.options(place).model, self.desired_retention(place)
        elapsed = float(self.elapsed_days(place))
        found = {}
        for rating in (1, 2, 3, 4):
            if memory is None:
                state = model.initial_state(rating)
            else:
                state = model.next_state(memory, elapsed, rating)
            interval = min(float(model.interval(state, retention)), BEYOND_ANY)
            found[rating] = Outcome(float(state[0]), float(state[1]), interval)
        return found

    def current(self, place: int, memory: tuple[float, ...] | None) -> OfficialState:
        """Where a card stands, filtered decks aside.

        Args:
            place: Of the card.
            memory: Its state, None for a new card.
        """
        cards = self.collection.cards
        kind = KINDS[int(cards.type[place])] if 0 <= cards.type[place] < len(KINDS) else "new"
        stability, difficulty = (None, None) if memory is None else memory
        if kind == "new":
            return OfficialState("new")
        left = int(cards.left[place]) % 1000
        options = self.options(place)
        steps = options.relearn_steps if kind == "relearning" else options.learn_steps
        reviewed = kind != "learning"
        return OfficialState(
            kind,
            scheduled_seconds=None if kind == "review" else steps.current(left),
            remaining_steps=None if kind == "review" else left,
            interval_days=int(cards.interval[place]) if reviewed else None,
            lapses=int(cards.lapses[place]) if reviewed else None,
            ease=single(single(float(cards.factor[place])) / 1000.0) if reviewed else None,
            stability=stability,
            difficulty=difficulty,
        )


def easy_loads(preset: Preset) -> tuple[float, ...]:
    """The loads of the days from Monday to Sunday; a list of another length counts as none."""
    listed = preset.easy_days_percentages
    return tuple(map(easy_day_load, listed)) if len(listed) == WEEK else weekday_loads(())
