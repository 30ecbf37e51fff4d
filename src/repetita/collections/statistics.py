"""What Anki's statistics show of a collection: true retention, buttons, retrievability, difficulty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.collections.card_states import STORED, stored_states
from repetita.reviews.anki.choosing import Moment, clock_ms, moment_ms
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection, AnkiRevlog
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import MS_A_DAY, SECONDS_A_DAY

__all__ = [
    "Buttons",
    "MemorySummary",
    "Retention",
    "button_counts",
    "memory_summary",
    "true_retention",
]

MATURE_DAYS = 21
REVIEW, FILTERED = 1, 3
RETENTION_PERIODS = {"today": (0, 0), "yesterday": (1, 1), "week": (0, 6), "month": (0, 29), "year": (0, 364)}
BUTTON_PERIODS = {"one_month": 30, "three_months": 90, "one_year": 365}
ALL_TIME = "all_time"

Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Retention:
    """How often cards that had left learning were recalled; mature ones had an interval of 21 days or more.

    Attributes:
        young_passed: Hard, Good and Easy on young cards.
        young_failed: Again on young cards.
        mature_passed: Hard, Good and Easy on mature cards.
        mature_failed: Again on mature cards.
    """

    young_passed: int
    young_failed: int
    mature_passed: int
    mature_failed: int

    @property
    def young(self) -> float:
        """Share recalled of young cards, NaN without any review."""
        return _share(self.young_passed, self.young_failed)

    @property
    def mature(self) -> float:
        """Share recalled of mature cards, NaN without any review."""
        return _share(self.mature_passed, self.mature_failed)

    @property
    def total(self) -> float:
        """Share recalled of all, NaN without any review."""
        return _share(self.young_passed + self.mature_passed, self.young_failed + self.mature_failed)

    def to_dict(self) -> dict[str, int]:
        """JSON-safe description."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Buttons:
    """How often Again, Hard, Good and Easy were pressed, in this order.

    Attributes:
        learning: On cards in learning, relearning and filtered decks, cramming included.
        young: In review, on cards with an interval below 21 days.
        mature: In review, on cards with an interval of 21 days or more.
    """

    learning: tuple[int, int, int, int]
    young: tuple[int, int, int, int]
    mature: tuple[int, int, int, int]

    def to_dict(self) -> dict[str, list[int]]:
        """JSON-safe description."""
        return {name: list(counts) for name, counts in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class MemorySummary:
    """The stored memory states of a collection in a few figures.

    Attributes:
        cards: Cards with a state.
        average_retrievability: Mean probability of recall now over cards with a state, NaN without any.
        known_cards: Expected number of cards recalled if all were asked now.
        known_notes: Sum over notes of the mean over their cards, those without a state counted as 0.
        median_difficulty: From 1 to 10 over cards with a state, NaN without any.
    """

    cards: int
    average_retrievability: float
    known_cards: float
    known_notes: float
    median_difficulty: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description; what is not known is None."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def true_retention(
    collection: AnkiCollection | str | Path, *, now: Moment | None = None, zone: str | None = None
) -> Mapping[str, Retention]:
    """How often cards that had left learning were recalled, as in Anki's table of that name.

    Args:
        collection: A collection, or an Anki file.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.

    Returns:
        By period: "today", "yesterday", "week", "month", "year" (7, 30 and 365 days) and "all_time".

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such zone.
    """
    log, days_ago = _dated(collection, now, zone)
    last = log.last_interval
    cramming = (log.type == FILTERED) & (log.factor == 0)
    counted = (log.ease >= 1) & ~cramming
    counted &= (log.type == REVIEW) | (last >= 1) | (last <= -SECONDS_A_DAY)
    found = {}
    for period, (first, final) in RETENTION_PERIODS.items():
        found[period] = _retention(log, counted & (days_ago >= first) & (days_ago <= final))
    found[ALL_TIME] = _retention(log, counted & (days_ago >= 0))
    return MappingProxyType(found)


def button_counts(
    collection: AnkiCollection | str | Path, *, now: Moment | None = None, zone: str | None = None
) -> Mapping[str, Buttons]:
    """How often each button was pressed, as in Anki's graph of answer buttons.

    Args:
        collection: A collection, or an Anki file.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.

    Returns:
        By period: "one_month", "three_months", "one_year" (30, 90 and 365 days) and "all_time".

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such zone.
    """
    log, days_ago = _dated(collection, now, zone)
    answered = (log.ease >= 1) & (log.ease <= 4) & (days_ago >= 0) & (log.type <= FILTERED)
    found = {period: _buttons(log, answered & (days_ago < days)) for period, days in BUTTON_PERIODS.items()}
    found[ALL_TIME] = _buttons(log, answered)
    return MappingProxyType(found)


def memory_summary(
    collection: AnkiCollection | str | Path, *, now: Moment | None = None, zone: str | None = None
) -> MemorySummary:
    """What the collection is remembered by now, from the states stored in its cards.

    Args:
        collection: A collection, or an Anki file.
        now: Aware datetime, ISO date (midnight UTC) or a Unix second; default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such zone.
    """
    states = stored_states(collection, now=now, zone=zone)
    known = states.sources == STORED
    recalled = np.where(known, states.retrievability, 0.0)
    _, note = np.unique(states.note_ids, return_inverse=True)
    cards, sums = np.bincount(note), np.bincount(note, weights=recalled)
    some = bool(known.any())
    return MemorySummary(
        cards=int(np.count_nonzero(known)),
        average_retrievability=float(recalled[known].mean()) if some else np.nan,
        known_cards=float(recalled.sum()),
        known_notes=float((sums / cards).sum()),
        median_difficulty=float(np.median(states.difficulty[known])) if some else np.nan,
    )


def _dated(
    collection: AnkiCollection | str | Path, now: Moment | None, zone: str | None
) -> tuple[AnkiRevlog, Integers]:
    """The log, and how many days ago each row is; rows after now lie ahead, below 0."""
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    moment = moment_ms(now) or clock_ms()
    next_day_ms = collection_days(whole, moment // 1000, zone).timing.next_day_at * 1000
    days_ago = (next_day_ms - 1 - whole.revlog.id) // MS_A_DAY
    return whole.revlog, np.where(whole.revlog.id <= moment, days_ago, -1)


def _retention(log: AnkiRevlog, chosen: Flags) -> Retention:
    mature, passed = log.last_interval >= MATURE_DAYS, log.ease > 1
    young_passed, young_failed, mature_passed, mature_failed = (
        int(np.count_nonzero(chosen & kind & outcome))
        for kind in (~mature, mature)
        for outcome in (passed, ~passed)
    )
    return Retention(young_passed, young_failed, mature_passed, mature_failed)


def _buttons(log: AnkiRevlog, chosen: Flags) -> Buttons:
    review, mature = log.type == REVIEW, log.last_interval >= MATURE_DAYS
    return Buttons(*(_by_button(log, chosen & kind) for kind in (~review, review & ~mature, review & mature)))


def _by_button(log: AnkiRevlog, chosen: Flags) -> tuple[int, int, int, int]:
    again, hard, good, easy = np.bincount(log.ease[chosen], minlength=5)[1:5].tolist()
    return again, hard, good, easy


def _share(passed: int, failed: int) -> float:
    return passed / (passed + failed) if passed + failed else float("nan")
