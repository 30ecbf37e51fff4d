"""The buttons of a card of an Anki collection, as the official scheduler would offer them at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from repetita.collections.day_picking import BalancedDays, DayPicker, FuzzedDays, NearestDays
from repetita.collections.due_counts import DueCounts, weekday_of_interval
from repetita.collections.histories import histories_of, sm2_state, states_after
from repetita.collections.official_rules import ButtonContext, Outcome, after_buttons
from repetita.collections.official_states import NextStates, OfficialState
from repetita.collections.official_steps import OfficialSteps
from repetita.collections.single_model import single_precision_model
from repetita.collections.state_table import preset_model
from repetita.errors import CorruptInput, UnknownName, UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.reviews.anki.choosing import Moment, clock_ms, cut_from, moment_ms
from repetita.reviews.anki.collection_days import CollectionDays, collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.decks import Deck
from repetita.reviews.anki.presets import Preset
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.anki_random import AnkiRandom, anki_seed
from repetita.scheduling.day_rule import SECONDS_A_DAY, DayGrid
from repetita.scheduling.easy_days import NORMAL_LOAD, weekday_loads
from repetita.scheduling.fuzz import fuzzed_interval, learning_delay_end
from repetita.scheduling.single_precision import single

__all__ = ["FUZZ_MODES", "OfficialScheduler", "next_states", "require_fsrs", "short_term_allowed"]

FUZZ_MODES = ("anki",)
KINDS = ("new", "learning", "review", "relearning")
FILTERED_REVLOG = 3
BEYOND_ANY = 2.0**31  # days: where a desired retention near 0 leads
SAME_DAY_PARAMETERS = slice(17, 19)


class _Options(NamedTuple):
    """What the options of a preset mean for its cards."""

    preset: Preset
    model: MemoryModel
    learn_steps: OfficialSteps
    relearn_steps: OfficialSteps
    loads: tuple[float, ...]


class OfficialScheduler:
    """Anki's scheduler at one moment of a collection; nothing is ever written.

    Buttons are those of a card shown next: answers given earlier on the same day are in the collection.

    Args:
        collection: A collection, or an Anki file.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        fuzz: "anki" for the intervals that the user's own Anki will give, None for none.
        load_balance: Whether the days of few cards are preferred; None: as the collection has it. Needs
            fuzz.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such zone or fuzz mode.
        UsageError: FSRS is off in the collection, or load balancing is asked for without fuzz.

    Example:
        >>> OfficialScheduler("missing.colpkg")
        Traceback (most recent call last):
        ...
        repetita.errors.InputMissing: no such file: missing.colpkg
    """

    def __init__(
        self,
        collection: AnkiCollection | str | Path,
        *,
        now: Moment | None = None,
        zone: str | None = None,
        fuzz: str | None = "anki",
        load_balance: bool | None = None,
    ) -> None:
        if fuzz is not None and fuzz not in FUZZ_MODES:
            raise unknown_name("fuzz mode", fuzz, FUZZ_MODES)
        if load_balance and fuzz is None:
            raise UsageError("load_balance=True needs fuzz, got fuzz=None", hint="use fuzz='anki'")
        whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
        require_fsrs(whole)
        self.collection = whole
        self.now_ms = moment_ms(now) or clock_ms()
        self.zone = zone
        self.fuzz = fuzz
        self.balanced = fuzz is not None and (
            whole.settings.load_balancer if load_balance is None else load_balance
        )
        self.days: CollectionDays = collection_days(whole, self.now_ms // 1000, zone)
        self._options: dict[int, _Options] = {}

    def __repr__(self) -> str:
        spread = "load balanced" if self.balanced else f"fuzz {self.fuzz}" if self.fuzz else "no fuzz"
        return f"OfficialScheduler({self.collection.path!r}, day {self.days.timing.today}, {spread})"

    def next_states(self, card_id: int) -> NextStates:
        """Where a card stands, and where each button would take it.

        Raises:
            UnknownName: No such card.
            InvalidParameters: The card's preset holds parameters that are none.
        """
        place = self._place(card_id)
        deck = self.collection.decks.get(int(self.collection.cards.deck_id[place]))
        if deck is not None and deck.reschedule is False:
            return _previewed(card_id, deck)
        memory = self._memory(place)
        current = self._current(place, memory)
        after = after_buttons(self._context(place, current, memory))
        if deck is not None and deck.reschedule:
            # a review card goes home; one with a delay stays
            after = {r: s if s.kind == "review" else _kept(s) for r, s in after.items()}
            current = _kept(current)
        return NextStates(card_id, current, *(after[rating] for rating in (1, 2, 3, 4)))

    def fuzz_delta(self, card_id: int, interval_days: int) -> int:
        """Days that fuzz adds to an interval which a card's last answer gave, by its preset's maximum.

        Args:
            card_id: The card.
            interval_days: Whole days.

        Raises:
            UnknownName: No such card.
        """
        place = self._place(card_id)
        seed = anki_seed(card_id, int(self.collection.cards.reps[place]), rescheduled=True)
        longest = max(self._options_of(place).preset.maximum_review_interval, 1)
        fraction = AnkiRandom(seed).fraction() if self.fuzz else None
        days = float(interval_days)
        return fuzzed_interval(days, fraction, 1, longest, rounded=single) - interval_days

    def learning_delay(self, card_id: int, seconds: int) -> int:
        """The delay that a learning step gets when it is answered: up to a quarter longer, by chance.

        Args:
            card_id: The card.
            seconds: Delay of the step.

        Raises:
            UnknownName: No such card.
        """
        if self.fuzz is None:
            return seconds
        seed = anki_seed(card_id, int(self.collection.cards.reps[self._place(card_id)]))
        return AnkiRandom(seed).whole_number(seconds, learning_delay_end(seconds))

    @cached_property
    def _due_counts(self) -> DueCounts:
        return DueCounts(self.collection, self.days.timing.today)

    @cached_property
    def _weekday(self) -> Callable[[int], int]:
        return weekday_of_interval(self.days, self.zone)

    def _place(self, card_id: int) -> int:
        ids = self.collection.cards.id
        place = int(np.searchsorted(ids, card_id))
        if place == len(ids) or int(ids[place]) != card_id:
            raise UnknownName(f"no card has the id {card_id}", where="card_id")
        return place

    def _options_of(self, place: int) -> _Options:
        deck = self.collection.decks.get(int(self.collection.cards.home_deck_id[place]))
        wanted = deck.preset_id if deck is not None and deck.preset_id is not None else 1
        preset = self.collection.presets.get(wanted) or self.collection.presets.get(1)
        if preset is None:
            raise CorruptInput(f"{self.collection.path} has no preset 1, which every collection has")
        found = self._options.get(preset.id)
        if found is None:
            found = self._options[preset.id] = _Options(
                preset,
                single_precision_model(preset_model(preset)),
                OfficialSteps.of_minutes(preset.learn_steps),
                OfficialSteps.of_minutes(preset.relearn_steps),
                weekday_loads(preset.easy_days_percentages),
            )
        return found

    def _retention(self, place: int, preset: Preset) -> float:
        deck = self.collection.decks.get(int(self.collection.cards.home_deck_id[place]))
        own = None if deck is None else deck.desired_retention
        return single(preset.desired_retention if own is None else own)

    def _memory(self, place: int) -> tuple[float, ...] | None:
        """The state that Anki starts from: as stored, else from the log, else from the interval and ease."""
        cards = self.collection.cards
        stability, difficulty = float(cards.stability[place]), float(cards.difficulty[place])
        if stability > 0.0 and np.isfinite(difficulty):
            return single(stability), single(difficulty)
        if cards.type[place] == 0:
            return None
        preset, model = self._options_of(place)[:2]
        cut = np.full(len(cards), cut_from(preset.ignore_before_ms / 1000), dtype=np.int64)
        histories = histories_of(
            self.collection,
            grid=DayGrid(self.days.timing.next_day_at),
            latest_ms=self.now_ms,
            cut_ms=cut,
            card_id=int(cards.id[place]),
        )
        if len(histories):
            return tuple(states_after(model, histories, preset.historical_retention)[-1].tolist())
        interval, factor = int(cards.interval[place]), int(cards.factor[place])
        return sm2_state(model, interval, factor, preset.historical_retention) if interval > 0 else None

    def _elapsed_days(self, place: int) -> int:
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

    def _current(self, place: int, memory: tuple[float, ...] | None) -> OfficialState:
        cards = self.collection.cards
        kind = KINDS[int(cards.type[place])] if 0 <= cards.type[place] < len(KINDS) else "new"
        stability, difficulty = (None, None) if memory is None else memory
        if kind == "new":
            return OfficialState("new")
        left = int(cards.left[place]) % 1000
        options = self._options_of(place)
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

    def _context(self, place: int, current: OfficialState, memory: tuple[float, ...] | None) -> ButtonContext:
        options = self._options_of(place)
        preset = options.preset
        return ButtonContext(
            current=current,
            outcomes=_outcomes(
                options.model, memory, self._elapsed_days(place), self._retention(place, preset)
            ),
            learn_steps=options.learn_steps,
            relearn_steps=options.relearn_steps,
            initial_ease=single(preset.initial_ease),
            maximum=max(preset.maximum_review_interval, 1),
            leech_threshold=preset.leech_threshold,
            short_term=short_term_allowed(preset),
            short_term_with_steps=self.collection.settings.short_term_with_steps,
            seconds_to_rollover=self.days.timing.next_day_at - self.now_ms // 1000,
            days=self._picker(place, options),
        )

    def _picker(self, place: int, options: _Options) -> DayPicker:
        if self.fuzz is None:
            return NearestDays()
        cards = self.collection.cards
        fuzzed = FuzzedDays(anki_seed(int(cards.id[place]), max(int(cards.reps[place]), 0)))
        if not self.balanced:
            return fuzzed
        loads, preset = options.loads, options.preset
        plain = all(load == NORMAL_LOAD for load in loads)
        return BalancedDays(
            fuzzed,
            self._due_counts.of_preset(preset.id),
            None if plain else lambda days: loads[self._weekday(days)],
            self._due_counts.of_note(int(cards.note_id[place])) if preset.bury_reviews else (),
        )


def next_states(
    collection: AnkiCollection | str | Path,
    card_id: int,
    *,
    now: Moment | None = None,
    zone: str | None = None,
    fuzz: str | None = "anki",
    load_balance: bool | None = None,
) -> NextStates:
    """Where a card of an Anki collection stands, and where each button would take it.

    For many cards of one collection make one `OfficialScheduler` and ask that.

    Args:
        collection: A collection, or an Anki file.
        card_id: The card.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        fuzz: "anki" for the intervals that the user's own Anki will give, None for none.
        load_balance: Whether the days of few cards are preferred; None: as the collection has it.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such card, zone or fuzz mode.
        UsageError: FSRS is off in the collection, or load balancing is asked for without fuzz.
        InvalidParameters: The card's preset holds parameters that are none.
    """
    scheduler = OfficialScheduler(collection, now=now, zone=zone, fuzz=fuzz, load_balance=load_balance)
    return scheduler.next_states(card_id)


def require_fsrs(collection: AnkiCollection) -> None:
    """Raises `UsageError` unless FSRS is on in a collection."""
    if not collection.settings.fsrs:
        raise UsageError(
            f"FSRS is off in {collection.path}: its buttons are those of SM-2, which are not computed here",
            hint="turn FSRS on in Anki's deck options",
        )


def short_term_allowed(preset: Preset) -> bool:
    """Whether the parameters of a preset let FSRS set delays of less than a day."""
    listed = preset.parameters
    return not listed or (len(listed) >= SAME_DAY_PARAMETERS.stop and min(listed[SAME_DAY_PARAMETERS]) > 0.0)


def _outcomes(
    model: MemoryModel, memory: tuple[float, ...] | None, elapsed_days: int, retention: float
) -> dict[int, Outcome]:
    found = {}
    for rating in (1, 2, 3, 4):
        if memory is None:
            state = model.initial_state(rating)
        else:
            state = model.next_state(memory, float(elapsed_days), rating)
        stability, difficulty = state
        found[rating] = Outcome(
            float(stability), float(difficulty), min(float(model.interval(state, retention)), BEYOND_ANY)
        )
    return found


def _kept(state: OfficialState) -> OfficialState:
    return replace(state, filtered=True)


def _previewed(card_id: int, deck: Deck) -> NextStates:
    """The buttons of a filtered deck that leaves schedules alone: come again, or go back."""
    again, hard, good = deck.preview_seconds
    states = [_preview(again), _preview(hard), _preview(good), _preview(0)]
    return NextStates(card_id, OfficialState("preview", scheduled_seconds=again), *states)


def _preview(seconds: int) -> OfficialState:
    if seconds:
        return OfficialState("preview", scheduled_seconds=seconds, reason="shown again")
    return OfficialState("preview", finished=True, reason="back to its deck")
