"""How Anki picks the day of an interval: the nearest, one that fuzz allows, or one with few cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from repetita.scheduling.anki_random import AnkiRandom
from repetita.scheduling.easy_days import easy_day_factors
from repetita.scheduling.fuzz import fuzz_bounds, fuzzed_interval
from repetita.scheduling.load_balance import balanced_days, day_weights, weighted_place
from repetita.scheduling.siblings import sibling_factors
from repetita.scheduling.single_precision import single

__all__ = ["BalancedDays", "DayPicker", "FuzzedDays", "NearestDays", "Picked"]


class Picked(NamedTuple):
    """An interval in whole days, and how it was chosen, in words."""

    days: int
    words: str


class DayPicker(Protocol):
    """Picks whole days for an interval, between a minimum and a maximum."""

    def pick(self, interval_days: float, minimum: int, maximum: int) -> Picked:
        """The interval that a card gets.

        Args:
            interval_days: Interval wished for, in days, single precision.
            minimum: Shortest interval allowed.
            maximum: Longest interval allowed; it wins over the minimum.
        """


@dataclass(frozen=True, slots=True)
class NearestDays:
    """No fuzz: the nearest whole day."""

    def pick(self, interval_days: float, minimum: int, maximum: int) -> Picked:
        """See `DayPicker.pick`."""
        days = fuzzed_interval(interval_days, None, minimum, maximum)
        return Picked(days, _limits(days, interval_days, minimum, maximum))


@dataclass(frozen=True, slots=True)
class FuzzedDays:
    """Fuzz with the random number that Anki has for a card.

    Attributes:
        seed: See `repetita.scheduling.anki_random.anki_seed`.
        fraction: The number, by the seed.
    """

    seed: int
    fraction: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fraction", AnkiRandom(self.seed).fraction())

    def pick(self, interval_days: float, minimum: int, maximum: int) -> Picked:
        """See `DayPicker.pick`."""
        lower, upper = fuzz_bounds(interval_days, minimum, maximum, rounded=single)
        days = fuzzed_interval(interval_days, self.fraction, minimum, maximum, rounded=single)
        if lower == upper:
            return Picked(days, _limits(days, interval_days, minimum, maximum))
        return Picked(days, f"by chance from {lower} to {upper}")


@dataclass(frozen=True, slots=True)
class BalancedDays:
    """Fuzz that prefers days with few cards due, normal weekdays, and days far from siblings.

    Attributes:
        fuzz: What picks the days that balancing leaves alone, and the source of chance.
        counts: Cards due by day from today on, or None where nothing is known of the preset.
        loads: Load of the weekday of an interval, see `repetita.scheduling.easy_days`; None: all normal.
        sibling_days: Intervals at which cards of the same note are due.
    """

    fuzz: FuzzedDays
    counts: Sequence[int] | None
    loads: Callable[[int], float] | None = None
    sibling_days: Iterable[int] = ()

    def pick(self, interval_days: float, minimum: int, maximum: int) -> Picked:
        """See `DayPicker.pick`."""
        if self.counts is None or not balanced_days(interval_days, minimum):
            return self.fuzz.pick(interval_days, minimum, maximum)
        lower, upper = fuzz_bounds(interval_days, minimum, maximum, rounded=single)
        days = range(lower, upper + 1)
        counts = self.counts[lower : upper + 1]
        easy = None
        if self.loads is not None:
            easy = easy_day_factors([self.loads(day) for day in days], counts, rounded=single)
        siblings = sibling_factors(days, self.sibling_days, rounded=single) if self.sibling_days else None
        weights = day_weights(days, counts, easy_factors=easy, sibling_factors=siblings, rounded=single)
        chosen = days[weighted_place(weights, self.fuzz.fraction, rounded=single)]
        if lower == upper:
            return Picked(chosen, _limits(chosen, interval_days, minimum, maximum))
        return Picked(chosen, f"balanced among the days from {lower} to {upper}")


def _limits(days: int, interval_days: float, minimum: int, maximum: int) -> str:
    if days == maximum and interval_days >= maximum:
        return "the longest interval allowed"
    if days == minimum and interval_days < minimum:
        return "the shortest interval allowed here"
    return f"{interval_days:.1f} days, rounded"
