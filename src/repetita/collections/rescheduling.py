"""What a change of options with "reschedule cards on change" would do to a collection, as a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.collections.day_picking import DayPicker, FuzzedDays, NearestDays
from repetita.collections.histories import Histories, histories_of, states_after
from repetita.collections.official_cards import easy_loads
from repetita.collections.official_scheduler import FUZZ_MODES, require_fsrs
from repetita.collections.reschedule_balance import BacklogBalancer
from repetita.collections.single_model import single_precision_model
from repetita.collections.state_table import preset_model
from repetita.errors import UsageError, unknown_name
from repetita.parameter_lists import as_given
from repetita.reviews.anki.choosing import Moment, clock_ms, cut_of_cards, moment_ms
from repetita.reviews.anki.collection_days import CollectionDays, collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.presets import Preset
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.anki_random import anki_seed
from repetita.scheduling.day_rule import SECONDS_A_DAY, DayGrid
from repetita.scheduling.easy_days import weekday_loads
from repetita.scheduling.fuzz import fuzz_bounds, least_passed_interval
from repetita.scheduling.single_precision import rounded_half_up, single

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CardDue", "ReschedulePlan", "RescheduledCard", "reschedule_on_change"]

REVIEW_CARD, SUSPENDED = 2, -1

# Share by which an interval in double precision may be off that of Anki, several times what was ever seen.
DOUBT = 1e-4


class CardDue(NamedTuple):
    """When a card is due: its interval in days, and its day numbers here and in its home deck (or 0)."""

    interval: int
    due: int
    original_due: int


@dataclass(frozen=True, slots=True)
class RescheduledCard:
    """A card that a change of options reschedules.

    Attributes:
        card_id: The card.
        before: As it is.
        after: As it would be.
        reason: How the interval was chosen, in words.
    """

    card_id: int
    before: CardDue
    after: CardDue
    reason: str


@dataclass(frozen=True, slots=True)
class ReschedulePlan:
    """What a change of options would do; nothing is written.

    Attributes:
        preset: The changed preset.
        cards: The cards it reschedules, in the order in which Anki does so. Some keep their day.
        today: Day number of the collection.
        day_words: When days turn over, in words.
    """

    preset: Preset
    cards: tuple[RescheduledCard, ...]
    today: int
    day_words: str

    def __len__(self) -> int:
        return len(self.cards)

    def __iter__(self) -> Iterator[RescheduledCard]:
        return iter(self.cards)

    def __repr__(self) -> str:
        return f"ReschedulePlan({self.preset.name!r}, {len(self)} cards, {len(self.moved)} of them moved)"

    @property
    def moved(self) -> tuple[RescheduledCard, ...]:
        """The cards whose interval or day changes."""
        return tuple(card for card in self.cards if card.before != card.after)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        cards = [
            {**asdict(card), "before": card.before._asdict(), "after": card.after._asdict()}
            for card in self.cards
        ]
        return {"preset": self.preset.to_dict(), "today": self.today, "cards": cards}

    def to_frame(self) -> pl.DataFrame:
        """One row a card."""
        import polars as pl

        columns: dict[str, list[Any]] = {"card_id": [card.card_id for card in self.cards]}
        for name in CardDue._fields:
            columns[f"{name}_before"] = [getattr(card.before, name) for card in self.cards]
            columns[f"{name}_after"] = [getattr(card.after, name) for card in self.cards]
        columns["reason"] = [card.reason for card in self.cards]
        schema = {name: pl.String if name == "reason" else pl.Int64 for name in columns}
        return pl.DataFrame(columns, schema=schema)


def reschedule_on_change(
    collection: AnkiCollection | str | Path,
    preset: str | int,
    *,
    desired_retention: float | None = None,
    parameters: Sequence[float] | None = None,
    easy_days: Sequence[float] | None = None,
    now: Moment | None = None,
    zone: str | None = None,
    fuzz: str | None = "anki",
    load_balance: bool | None = None,
) -> ReschedulePlan:
    """What Anki would do on saving a preset with other options and "reschedule cards on change" on.

    New parameters and easy days concern every deck of the preset; another desired retention those without
    one of their own. Of these decks all review cards are rescheduled from their last answer on, suspended
    ones aside; their day may lie in the past.

    Args:
        collection: A collection, or an Anki file.
        preset: Name or id.
        desired_retention: In (0, 1), or None to leave it.
        parameters: 17, 19 or 21 FSRS parameters, an empty list for the defaults, or None to leave them.
        easy_days: Seven fractions from Monday to Sunday, or None to leave them.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        fuzz: "anki" for the intervals that the user's own Anki will give, None for none.
        load_balance: Whether the days of few cards are preferred; None: as the collection has it.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such preset, zone or fuzz mode.
        UsageError: FSRS is off, an option is out of range, or load balancing is asked for without fuzz.
        InvalidParameters: Not a list of FSRS parameters.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    require_fsrs(whole)
    if fuzz is not None and fuzz not in FUZZ_MODES:
        raise unknown_name("fuzz mode", fuzz, FUZZ_MODES)
    if load_balance and fuzz is None:
        raise UsageError("load_balance=True needs fuzz, got fuzz=None", hint="use fuzz='anki'")
    old = whole.preset(preset)
    new = _changed(old, desired_retention, parameters, easy_days)
    moment = moment_ms(now) or clock_ms()
    days = collection_days(whole, moment // 1000, zone)
    balanced = fuzz is not None and (whole.settings.load_balancer if load_balance is None else load_balance)
    balancer = BacklogBalancer(whole, days, new, moment, zone) if balanced else None
    work = _Rescheduler(whole, old, new, days, moment, fuzz is not None, balancer)
    return ReschedulePlan(new, work.cards(), days.timing.today, days.words)


def _changed(
    preset: Preset,
    desired_retention: float | None,
    parameters: Sequence[float] | None,
    easy_days: Sequence[float] | None,
) -> Preset:
    """The preset with the options that are not None in place of its own."""
    changed = preset
    if desired_retention is not None:
        try:
            retention = float(desired_retention)
        except (TypeError, ValueError):
            retention = 0.0
        if not 0.0 < retention < 1.0:
            raise UsageError(f"desired_retention is {desired_retention!r}, expected a number in (0, 1)")
        changed = replace(changed, desired_retention=retention)
    if parameters is not None:
        listed = as_given("fsrs6", parameters)
        changed = replace(changed, fsrs_params_4=(), fsrs_params_5=(), fsrs_params_6=listed)
    if easy_days is not None:
        weekday_loads(easy_days)
        changed = replace(changed, easy_days_percentages=tuple(float(share) for share in easy_days))
    return changed


class _Rescheduler:
    """Reschedules the cards of a preset one after the other."""

    def __init__(
        self,
        collection: AnkiCollection,
        old: Preset,
        new: Preset,
        days: CollectionDays,
        moment: int,
        fuzz: bool,
        balancer: BacklogBalancer | None,
    ) -> None:
        self.collection, self.old, self.new = collection, old, new
        self.days, self.moment = days, moment
        self.fuzz, self.balancer = fuzz, balancer
        self.model = preset_model(new)
        self.exact = single_precision_model(self.model)
        self.longest = max(new.maximum_review_interval, 1)

    def cards(self) -> tuple[RescheduledCard, ...]:
        """All cards that are rescheduled, those with short histories first."""
        cards = self.collection.cards
        wanted = np.isin(cards.home_deck_id, self._decks())
        histories = histories_of(
            self.collection,
            grid=DayGrid(self.days.timing.next_day_at),
            latest_ms=self.moment,
            cut_ms=cut_of_cards(self.collection, self.new.ignore_before_ms / 1000),
        )
        places = np.searchsorted(cards.id, histories.card_ids)
        movable = (cards.type == REVIEW_CARD) & (cards.queue != SUSPENDED) & wanted
        ours = histories.of_cards(movable[places])
        states = states_after(self.model, ours, self.new.historical_retention)
        lengths = np.diff(ours.offsets)
        # Anki's order among histories of one length is that of its sorting program, which is not repeated
        order = np.argsort(lengths, kind="stable").tolist()
        return tuple(self._rescheduled(ours, index, states[ours.offsets[index + 1] - 1]) for index in order)

    def _decks(self) -> list[int]:
        """Decks of the preset that the change concerns."""
        old, new = self.old, self.new
        decks = [deck for deck in self.collection.decks.values() if deck.preset_id == old.id]
        if old.parameters != new.parameters or easy_loads(old) != easy_loads(new):
            return [deck.id for deck in decks]
        if old.desired_retention == new.desired_retention:
            return []
        return [deck.id for deck in decks if deck.desired_retention is None]

    def _rescheduled(self, histories: Histories, index: int, state: NDArray[np.float64]) -> RescheduledCard:
        """One card, by its history and the state after it."""
        cards, log = self.collection.cards, self.collection.revlog
        place = int(np.searchsorted(cards.id, histories.card_ids[index]))
        last = int(histories.rows[histories.offsets[index + 1] - 1])
        elapsed = max((self.days.timing.next_day_at - int(log.id[last]) // 1000) // SECONDS_A_DAY, 0)
        passed = log.last_interval[last] >= 0 and log.ease[last] > 1
        previous = int(log.last_interval[last]) if passed else 0
        retention = self._retention(int(cards.home_deck_id[place]))
        interval = self._interval(histories, index, state, retention, previous)
        before = CardDue(*(int(column[place]) for column in (cards.interval, cards.due, cards.original_due)))
        picked = self._picker(place, elapsed).pick(interval, self._least(interval, previous), self.longest)
        day = self.days.timing.today - elapsed + picked.days
        away = before.original_due != 0
        after = CardDue(picked.days, before.due if away else day, day if away else 0)
        if self.balancer is not None:
            self.balancer.move(before.original_due if away else before.due, day)
        return RescheduledCard(int(cards.id[place]), before, after, picked.words)

    def _interval(
        self, histories: Histories, index: int, state: NDArray[np.float64], retention: float, previous: int
    ) -> float:
        """The interval in single precision, computed so from the start where the last digits decide."""
        interval = self.model.interval(state.tolist(), retention)
        low, high = (self._decided(interval * (1.0 + error), previous) for error in (-DOUBT, DOUBT))
        if low == high:
            return single(interval)
        exact = states_after(self.exact, histories.of_card(index), self.new.historical_retention)[-1]
        return single(self.exact.interval(exact.tolist(), retention))

    def _decided(self, interval: float, previous: int) -> tuple[int, ...]:
        """All that the day of a card follows from, whichever way it is picked."""
        least = self._least(interval, previous)
        return rounded_half_up(interval), least, *fuzz_bounds(interval, least, self.longest, rounded=single)

    def _least(self, interval: float, previous: int) -> int:
        return least_passed_interval(interval, previous, self.longest, rounded=single)

    def _retention(self, deck_id: int) -> float:
        own = self.collection.decks[deck_id].desired_retention
        return single(self.new.desired_retention if own is None else own)

    def _picker(self, place: int, elapsed_days: int) -> DayPicker:
        if not self.fuzz:
            return NearestDays()
        cards = self.collection.cards
        reps = max(int(cards.reps[place]), 0)
        fuzzed = FuzzedDays(anki_seed(int(cards.id[place]), reps, rescheduled=True))
        return fuzzed if self.balancer is None else self.balancer.picker(fuzzed, elapsed_days)
