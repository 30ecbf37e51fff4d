"""Balancing the days of cards whose interval is set anew long after their last answer, as Anki does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from repetita.collections.day_picking import FuzzedDays, Picked
from repetita.collections.due_counts import weekday_of_interval
from repetita.collections.official_cards import easy_loads
from repetita.reviews.anki.collection_days import CollectionDays
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.presets import Preset
from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.easy_days import easy_day_factors
from repetita.scheduling.fuzz import fuzz_bounds
from repetita.scheduling.load_balance import day_weights, weighted_place
from repetita.scheduling.single_precision import single

__all__ = ["BacklogBalancer"]

REVIEW_CARD, SUSPENDED, FILTERED = 2, -1, 3


class BacklogBalancer:
    """The cards of a preset that are due by day; what is overdue counts for today.

    Args:
        collection: The collection.
        days: Its days.
        preset: The preset, with the easy days that shall hold.
        moment: Unix millisecond.
        zone: See `repetita.collections.due_counts.weekday_of_interval`.
    """

    def __init__(
        self, collection: AnkiCollection, days: CollectionDays, preset: Preset, moment: int, zone: str | None
    ) -> None:
        cards, log = collection.cards, collection.revlog
        self._today = days.timing.today
        decks = [deck.id for deck in collection.decks.values() if deck.preset_id == preset.id]
        ours = np.isin(cards.home_deck_id, decks)
        counted = ours & (cards.type == REVIEW_CARD) & (cards.queue != SUSPENDED)
        due = np.where(cards.original_deck_id != 0, cards.original_due, cards.due)[counted]
        self._counts = Counter(due.tolist())
        self._due_today = int(np.count_nonzero(due <= self._today))
        begun = (days.timing.next_day_at - SECONDS_A_DAY) * 1000
        rows = (log.id > begun) & (log.id <= moment) & (log.ease > 0)
        rows &= (log.type < FILTERED) | (log.factor != 0)
        self._studied_today = len(np.intersect1d(log.card_id[rows], cards.id[ours]))
        self._loads = easy_loads(preset)
        self._weekday = weekday_of_interval(days, zone)

    def cards_on(self, days_ahead: int) -> int:
        """Cards due so many days from today; today has the backlog and what was studied already."""
        if days_ahead > 0:
            return self._counts[self._today + days_ahead]
        return self._due_today + self._studied_today

    def load_on(self, days_ahead: int) -> float:
        """Load of the weekday so many days from today."""
        return self._loads[self._weekday(days_ahead)]

    def move(self, before: int, after: int) -> None:
        """Counts a card on another day number."""
        self._counts[before] -= 1
        self._counts[after] += 1
        self._due_today += (after <= self._today) - (before <= self._today)

    def picker(self, fuzzed: FuzzedDays, elapsed_days: int) -> BacklogDays:
        """What picks the interval of a card.

        Args:
            fuzzed: Fuzz by the card's random number.
            elapsed_days: Whole days since its last answer.
        """
        return BacklogDays(self, fuzzed, elapsed_days)


@dataclass(frozen=True, slots=True)
class BacklogDays:
    """Prefers days with few cards due among those that are not over yet."""

    balancer: BacklogBalancer
    fuzz: FuzzedDays
    elapsed_days: int

    def pick(self, interval_days: float, minimum: int, maximum: int) -> Picked:
        """See `repetita.collections.day_picking.DayPicker.pick`."""
        lower, upper = fuzz_bounds(interval_days, minimum, maximum, rounded=single)
        if upper < self.elapsed_days:
            return self.fuzz.pick(interval_days, minimum, maximum)
        days = range(max(lower, self.elapsed_days), upper + 1)
        counts = [self.balancer.cards_on(day - self.elapsed_days) for day in days]
        loads = [self.balancer.load_on(day - self.elapsed_days) for day in days]
        easy = easy_day_factors(loads, counts, rounded=single)
        weights = day_weights(days, counts, easy_factors=easy, rounded=single)
        chosen = days[weighted_place(weights, self.fuzz.fraction, rounded=single)]
        return Picked(chosen, f"balanced among the days from {days[0]} to {upper}")
