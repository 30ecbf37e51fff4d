"""How far an interval may be moved by chance, so that cards learned together drift apart.

The ranges are those of Anki and of the schedulers of its family. An interval below 2.5 days stays as it is;
above, it may move to either side by a day and a share of its length that falls as the interval grows.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor, inf
from typing import TypeAlias

from repetita.scheduling.plain_rules import (
    LONG_FROM,
    LONG_SHARE,
    LONGEST_FIXED,
    MIDDLE_FROM,
    MIDDLE_SHARE,
    SHORT_FROM,
    SHORT_REACH,
    SHORT_SHARE,
    fuzz_ends,
    fuzz_reach,
    fuzzed,
    nearest_interval,
    rounded_half_up,
)

__all__ = [
    "FUZZ_RANGES",
    "SHORTEST_FUZZED",
    "Rounding",
    "fuzz_bounds",
    "fuzz_delta",
    "fuzzed_interval",
    "learning_delay_end",
    "least_passed_interval",
    "nearest_interval",
]

Rounding: TypeAlias = Callable[[float], float]

SHORTEST_FUZZED = SHORT_FROM
"""Days: shorter intervals are not fuzzed."""

FUZZ_RANGES = (
    (SHORT_FROM, MIDDLE_FROM, SHORT_SHARE),
    (MIDDLE_FROM, LONG_FROM, MIDDLE_SHARE),
    (LONG_FROM, inf, LONG_SHARE),
)
"""From days, to days, share of that stretch of the interval by which it may move to either side."""

LEARNING_SHARE, LONGEST_LEARNING_EXTRA = 0.25, 300
"""Share of a learning delay, and seconds, by which it may be made longer."""


def fuzz_delta(interval_days: float, *, rounded: Rounding | None = None) -> float:
    """Days by which an interval may move to either side.

    Args:
        interval_days: Interval, at least 0.
        rounded: Applied after every arithmetic step; `repetita.scheduling.single_precision.single` gives the
            32-bit arithmetic of Anki. None: double precision.

    Example:
        >>> [round(fuzz_delta(days), 3) for days in (2.0, 2.5, 7.0, 20.0, 100.0)]
        [0.0, 1.0, 1.675, 2.975, 6.975]
    """
    if rounded is None:
        return fuzz_reach(interval_days)
    if interval_days < SHORTEST_FUZZED:
        return 0.0
    delta = SHORT_REACH
    for begin, end, share in FUZZ_RANGES:
        if interval_days <= begin:
            break
        stretch = min(interval_days, end) - begin
        delta = rounded(delta + rounded(rounded(share) * rounded(stretch)))
    return delta


def fuzz_bounds(
    interval_days: float, minimum: int, maximum: int, *, rounded: Rounding | None = None
) -> tuple[int, int]:
    """The shortest and longest interval that fuzz may give, both included.

    The interval is moved between minimum and maximum first. Equal bounds of more than two days are opened by
    a day where the maximum allows it.

    Args:
        interval_days: Interval wished for, in days, not rounded.
        minimum: Shortest interval allowed, in days; counts as the maximum where it is larger.
        maximum: Longest interval allowed, in days.
        rounded: As in `fuzz_delta`.

    Example:
        >>> [fuzz_bounds(days, 1, 36500) for days in (2.5, 7.0, 17.0, 37.0, 100.0)]
        [(2, 4), (5, 9), (14, 20), (33, 41), (93, 107)]
        >>> fuzz_bounds(10.0, 12, 12), fuzz_bounds(10.0, 15, 36500)
        ((12, 12), (15, 17))
    """
    if minimum > maximum:
        minimum = maximum
    if rounded is None:
        return fuzz_ends(interval_days, minimum, maximum)
    within = min(max(interval_days, minimum), maximum)
    delta = fuzz_delta(within, rounded=rounded)
    lower, upper = rounded_half_up(rounded(within - delta)), rounded_half_up(rounded(within + delta))
    lower, upper = (min(max(end, minimum), maximum) for end in (lower, upper))
    if lower == upper and LONGEST_FIXED < upper < maximum:
        upper += 1
    return lower, upper


def fuzzed_interval(
    interval_days: float,
    fraction: float | None,
    minimum: int,
    maximum: int,
    *,
    rounded: Rounding | None = None,
) -> int:
    """The whole days that a fraction picks between the bounds, each with equal probability.

    Args:
        interval_days: Interval wished for, in days, not rounded.
        fraction: In [0, 1), the place between the bounds; None: no fuzz, the nearest whole day.
        minimum: Shortest interval allowed, in days.
        maximum: Longest interval allowed, in days.
        rounded: As in `fuzz_delta`. In single precision a fraction within 1e-6 of 1 can come out a day beyond
            the upper bound, as it does in Anki; in double precision the bounds always hold.

    Example:
        >>> [fuzzed_interval(10.0, fraction, 1, 36500) for fraction in (None, 0.0, 0.5, 0.999)]
        [10, 8, 10, 12]
    """
    if fraction is None:
        return nearest_interval(interval_days, minimum, maximum)
    if rounded is None:
        return fuzzed(interval_days, fraction, minimum if minimum < maximum else maximum, maximum)
    lower, upper = fuzz_bounds(interval_days, minimum, maximum, rounded=rounded)
    width = 1 + upper - lower
    return floor(rounded(lower + rounded(fraction * width)))


def least_passed_interval(
    interval_days: float, previous_days: int, maximum: int, *, rounded: Rounding | None = None
) -> int:
    """The shortest interval after a review that was passed: none shrinks without a reason.

    One longer than the last grows by a day at least; one that fuzz could make as long as the last is as long.

    Args:
        interval_days: Interval wished for, in days, not rounded.
        previous_days: Interval before, whole days.
        maximum: Longest interval allowed, in days.
        rounded: As in `fuzz_delta`.

    Example:
        >>> [least_passed_interval(days, 10, 36500) for days in (12.0, 9.0, 4.0)]
        [11, 10, 1]
        >>> least_passed_interval(9.0, 10, 8)
        1
    """
    if interval_days >= previous_days + 0.5:
        return previous_days + 1
    if rounded is None:
        longest = fuzz_bounds(interval_days, 1, maximum)[1]
    else:
        longest = fuzz_bounds(interval_days, 1, maximum, rounded=rounded)[1]
    return previous_days if 0 < previous_days <= longest else 1


def learning_delay_end(seconds: int) -> int:
    """End of the delays that a learning step may get by chance, in seconds and itself not among them.

    Learning delays are only ever made longer, so that cards learned together come in another order.

    Args:
        seconds: Delay of the step.

    Example:
        >>> learning_delay_end(60), learning_delay_end(600), learning_delay_end(86_400), learning_delay_end(3)
        (75, 750, 86700, 3)
    """
    return seconds + min(int(seconds * LEARNING_SHARE), LONGEST_LEARNING_EXTRA)
