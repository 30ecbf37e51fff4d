"""Fuzz and steps as plain numbers: one text, which CPython runs and compilers link into their own.

So it keeps to arithmetic, ``int``, ``floor``, comparisons and ``if``; arguments are numbers, and lists or
arrays read from an offset. `repetita.scheduling.fuzz` and `repetita.scheduling.steps` have these rules with
the rounding of other programs, simulations have them as they are. Comparisons stand in place of ``min`` and
``max``, which take most of the time of a decision in CPython.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import TypeVar

__all__ = [
    "fuzz_ends",
    "fuzz_reach",
    "fuzzed",
    "hard_delay",
    "nearest_interval",
    "rounded_half_up",
    "short_hard_delay",
    "step_delay",
    "step_left",
]

Number = TypeVar("Number", int, float)

DAY_SECONDS = 86_400

# From so many days on an interval may move by a day, and by these shares of its stretches.
SHORT_FROM, MIDDLE_FROM, LONG_FROM = 2.5, 7.0, 20.0
SHORT_SHARE, MIDDLE_SHARE, LONG_SHARE = 0.15, 0.1, 0.05
SHORT_REACH = 1.0
MIDDLE_REACH = SHORT_REACH + SHORT_SHARE * (MIDDLE_FROM - SHORT_FROM)
LONG_REACH = MIDDLE_REACH + MIDDLE_SHARE * (LONG_FROM - MIDDLE_FROM)

# Equal bounds above so many days are opened by one, so that no longer interval is ever fixed.
LONGEST_FIXED = 2


def rounded_half_up(x: float) -> int:
    """The whole number nearest to ``x``, the larger of two; Python's own ``round`` takes the even one.

    Args:
        x: At least 0; a number with a half must be exact, so below 2**52.

    Example:
        >>> rounded_half_up(2.5), rounded_half_up(3.5), rounded_half_up(0.49999999999999994)
        (3, 4, 0)
    """
    below = floor(x)
    return below + 1 if x - below >= 0.5 else below


def nearest_interval(interval_days: float, minimum: Number, maximum: Number) -> Number:
    """The whole days nearest to an interval, moved between a minimum and a maximum.

    Args:
        interval_days: Interval wished for, in days, not rounded.
        minimum: Shortest interval allowed, in days, at least 1.
        maximum: Longest interval allowed, in days; goes before the minimum.

    Example:
        >>> [nearest_interval(days, 1, 100) for days in (0.2, 2.5, 99.4, 1e9)]
        [1, 3, 99, 100]
    """
    # differs from `rounded_half_up` only for the number before a half, where the minimum holds
    nearest: Number = int(interval_days + 0.5)
    if nearest < minimum:
        nearest = minimum
    return nearest if nearest < maximum else maximum


def fuzz_reach(interval_days: float) -> float:
    """Days by which an interval may move to either side.

    Example:
        >>> [round(fuzz_reach(days), 3) for days in (2.0, 2.5, 7.0, 20.0, 100.0)]
        [0.0, 1.0, 1.675, 2.975, 6.975]
    """
    if interval_days < SHORT_FROM:
        return 0.0
    if interval_days > LONG_FROM:
        return LONG_REACH + LONG_SHARE * (interval_days - LONG_FROM)
    if interval_days > MIDDLE_FROM:
        return MIDDLE_REACH + MIDDLE_SHARE * (interval_days - MIDDLE_FROM)
    return SHORT_REACH + SHORT_SHARE * (interval_days - SHORT_FROM)


def fuzz_ends(interval_days: float, minimum: Number, maximum: Number) -> tuple[Number, Number]:
    """The shortest and longest interval that fuzz may give, both included.

    Args:
        interval_days: Interval wished for, in days; it is moved between the two others first.
        minimum: Shortest interval allowed, in days; not above the maximum.
        maximum: Longest interval allowed, in days.

    Example:
        >>> [fuzz_ends(days, 1, 36500) for days in (1.4, 2.5, 7.0, 100.0)]
        [(1, 1), (2, 4), (5, 9), (93, 107)]
    """
    within = minimum if interval_days < minimum else maximum if interval_days > maximum else interval_days
    lower: Number = rounded_half_up(within)
    upper: Number = lower
    if within >= SHORT_FROM:
        reach = fuzz_reach(within)
        # of numbers above 1 this is what `rounded_half_up` gives
        lower, upper = int(within - reach + 0.5), int(within + reach + 0.5)
    lower = minimum if lower < minimum else maximum if lower > maximum else lower
    upper = minimum if upper < minimum else maximum if upper > maximum else upper
    if lower == upper and upper > LONGEST_FIXED and upper < maximum:
        upper = upper + 1
    return lower, upper


def fuzzed(interval_days: float, fraction: float, minimum: Number, maximum: Number) -> Number:
    """The whole days that a fraction picks between the bounds of fuzz, each with equal probability.

    Args:
        interval_days: Interval wished for, in days.
        fraction: In [0, 1), the place between the bounds.
        minimum: As in `fuzz_ends`.
        maximum: As in `fuzz_ends`.

    Example:
        >>> [fuzzed(10.0, fraction, 1, 36500) for fraction in (0.0, 0.5, 0.999)]
        [8, 10, 12]
    """
    lower, upper = fuzz_ends(interval_days, minimum, maximum)
    day: Number = int(lower + fraction * (1 + upper - lower))
    return day if day < upper else upper


def step_left(count: int, left: int, rating: int) -> int:
    """Steps left after a press, of ``count``; 0 says that the card leaves the steps.

    Example:
        >>> [step_left(2, 2, rating) for rating in (1, 2, 3, 4)]
        [2, 2, 1, 0]
    """
    if rating == 1:
        return count
    if rating == 2:
        return max(left, 1) if count > 0 else 0
    if rating == 3:
        return max(count - (min(max(count - left, 0), max(count - 1, 0)) + 1), 0)
    return 0


def step_delay(steps: Sequence[Number], start: int, count: int, left: int, rating: int) -> Number:
    """Seconds until a card in steps comes back after a press, or -1 where it leaves the steps.

    Args:
        steps: Seconds of the steps, from ``start`` on.
        start: Place of the first step.
        count: Number of steps.
        left: Steps left before the press, ``count`` for a new card.
        rating: The press.

    Example:
        >>> [step_delay([60, 600], 0, 2, 2, rating) for rating in (1, 2, 3, 4)]
        [60, 330, 600, -1]
    """
    if count == 0 or rating == 4:
        return -1
    place = min(max(count - left, 0), count - 1)
    if rating == 1:
        return steps[start]
    if rating == 2:
        return hard_delay(steps, start, count, place)
    if place + 1 < count:
        return steps[start + place + 1]
    return -1


def hard_delay(steps: Sequence[Number], start: int, count: int, place: int) -> Number:
    """Seconds after Hard; a delay of more than a day after the first step is one of whole days.

    Args:
        steps: Seconds of the steps, from ``start`` on.
        start: Place of the first step.
        count: Number of steps, at least one.
        place: The step that the card is in, from 0.

    Example:
        >>> hard_delay([60, 600], 0, 2, 0), hard_delay([600], 0, 1, 0), hard_delay([172_800], 0, 1, 0)
        (330, 900, 259200)
    """
    delay = short_hard_delay(steps, start, count, place)
    if place > 0 or delay <= DAY_SECONDS:
        return delay
    return rounded_half_up(delay / DAY_SECONDS) * DAY_SECONDS


def short_hard_delay(steps: Sequence[Number], start: int, count: int, place: int) -> Number:
    """Seconds after Hard: on the first of several steps the mean of two, on the only one half more.

    Args:
        steps: As in `hard_delay`, and the others, too.
        start: Place of the first step.
        count: Number of steps.
        place: The step that the card is in.

    Example:
        >>> short_hard_delay([60, 600], 0, 2, 0), short_hard_delay([172_800], 0, 1, 0)
        (330, 259200)
    """
    if place > 0:
        return steps[start + place]
    first = steps[start]
    if count > 1:
        return (first + steps[start + 1]) // 2
    half_more = first * 3 // 2
    return half_more if half_more < first + DAY_SECONDS else first + DAY_SECONDS
