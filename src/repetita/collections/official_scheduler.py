"""The buttons of a card of an Anki collection, as the official scheduler would offer them at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from repetita.collections.day_picking import BalancedDays, DayPicker, FuzzedDays, NearestDays
from repetita.collections.due_counts import DueCounts, weekday_of_interval
from repetita.collections.official_cards import CardOptions, OfficialCards
from repetita.collections.official_rules import ButtonContext, after_buttons
from repetita.collections.official_states import NextStates, OfficialState
from repetita.errors import UsageError, unknown_name
from repetita.reviews.anki.choosing import Moment, clock_ms, moment_ms
from repetita.reviews.anki.collection_days import CollectionDays, collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.decks import Deck
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.anki_random import AnkiRandom, anki_seed
from repetita.scheduling.easy_days import NORMAL_LOAD
from repetita.scheduling.fuzz import fuzzed_interval, learning_delay_end
from repetita.scheduling.single_precision import single

__all__ = ["FUZZ_MODES", "OfficialScheduler", "next_states", "require_fsrs"]

FUZZ_MODES = ("anki",)


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
        self._cards = OfficialCards(whole, self.days, self.now_ms)

    def __repr__(self) -> str:
        spread = "load balanced" if self.balanced else f"fuzz {self.fuzz}" if self.fuzz else "no fuzz"
        return f"OfficialScheduler({self.collection.path!r}, day {self.days.timing.today}, {spread})"

    def next_states(self, card_id: int) -> NextStates:
        """Where a card stands, and where each button would take it.

        Raises:
            UnknownName: No such card.
            InvalidParameters: The card's preset holds parameters that are none.
        """
        place = self._cards.place(card_id)
        deck = self.collection.decks.get(int(self.collection.cards.deck_id[place]))
        if deck is not None and deck.reschedule is False:
            return _previewed(card_id, deck)
        memory = self._cards.memory(place)
        current = self._cards.current(place, memory)
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
        place = self._cards.place(card_id)
        seed = anki_seed(card_id, self._reps(place), rescheduled=True)
        longest = self._cards.options(place).maximum
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
        seed = anki_seed(card_id, self._reps(self._cards.place(card_id)))
        return AnkiRandom(seed).whole_number(seconds, learning_delay_end(seconds))

    @cached_property
    def _due_counts(self) -> DueCounts:
        return DueCounts(self.collection, self.days.timing.today)

    @cached_property
    def _weekday(self) -> Callable[[int], int]:
        return weekday_of_interval(self.days, self.zone)

    def _reps(self, place: int) -> int:
        return max(int(self.collection.cards.reps[place]), 0)

    def _context(self, place: int, current: OfficialState, memory: tuple[float, ...] | None) -> ButtonContext:
        options = self._cards.options(place)
        return ButtonContext(
            current=current,
            outcomes=self._cards.outcomes(place, memory),
            learn_steps=options.learn_steps,
            relearn_steps=options.relearn_steps,
            initial_ease=single(options.preset.initial_ease),
            maximum=options.maximum,
            leech_threshold=options.preset.leech_threshold,
            short_term=options.short_term,
            short_term_with_steps=self.collection.settings.short_term_with_steps,
            seconds_to_rollover=self.days.timing.next_day_at - self.now_ms // 1000,
            days=self._picker(place, options),
        )

    def _picker(self, place: int, options: CardOptions) -> DayPicker:
        if self.fuzz is None:
            return NearestDays()
        cards = self.collection.cards
        fuzzed = FuzzedDays(anki_seed(int(cards.id[place]), self._reps(place)))
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
