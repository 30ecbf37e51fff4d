"""Spreading due dates: among the days that fuzz allows, fuller and later ones are less likely.

The weights are Anki's. A day without any due card has weight 1, whatever else is true of it; a day with
``n`` cards, ``t`` days away, has ``n**-2.15 * t**-3``, times a factor for its weekday and one for siblings.
"""

from __future__ import annotations

from collections.abc import Sequence

from repetita.scheduling.fuzz import Rounding

__all__ = ["LONGEST_BALANCED", "balanced_days", "day_weights", "weighted_place"]

LONGEST_BALANCED = 90
"""Days: longer intervals are not balanced, they meet too few cards."""

COUNT_POWER, DAY_POWER = 2.15, 3.0


def balanced_days(interval_days: float, minimum: int) -> bool:
    """Whether an interval is short enough to be balanced.

    Args:
        interval_days: Interval wished for, in days, not rounded.
        minimum: Shortest interval allowed, in days.
    """
    return int(interval_days) <= LONGEST_BALANCED and minimum <= LONGEST_BALANCED


def day_weights(
    days: Sequence[int],
    counts: Sequence[int],
    *,
    easy_factors: Sequence[float] | None = None,
    sibling_factors: Sequence[float] | None = None,
    rounded: Rounding | None = None,
) -> list[float]:
    """How likely each day should be, up to a common factor.

    Args:
        days: Intervals that a card could get, in days, at least 1.
        counts: Cards due on each of these days.
        easy_factors: From `repetita.scheduling.easy_days.easy_day_factors`, or None.
        sibling_factors: From `repetita.scheduling.siblings.sibling_factors`, or None.
        rounded: Applied after every arithmetic step, see `repetita.scheduling.fuzz.fuzz_delta`.

    Example:
        >>> [round(weight, 6) for weight in day_weights([4, 5, 6], [1, 0, 2])]
        [0.015625, 1.0, 0.001043]
    """
    to = rounded or float
    ones = (1.0,) * len(days)
    weights = []
    for day, count, sibling, easy in zip(
        days, counts, sibling_factors or ones, easy_factors or ones, strict=True
    ):
        if count == 0:
            weights.append(1.0)
            continue
        by_count = to(to(1.0 / count) ** to(COUNT_POWER))
        by_day = to(to(1.0 / day) ** DAY_POWER)
        weights.append(to(to(to(by_count * by_day) * sibling) * easy))
    return weights


def weighted_place(weights: Sequence[float], fraction: float, *, rounded: Rounding | None = None) -> int:
    """The place that a fraction picks among weights: the first whose running sum exceeds its share.

    Args:
        weights: At least one, none negative, not all 0.
        fraction: In [0, 1).
        rounded: Applied after every arithmetic step, see `repetita.scheduling.fuzz.fuzz_delta`.

    Example:
        >>> [weighted_place([1.0, 0.0, 3.0], fraction) for fraction in (0.0, 0.2, 0.25, 0.99)]
        [0, 0, 2, 2]
    """
    to = rounded or float
    total = 0.0
    for weight in weights:
        total = to(total + weight)
    wanted, running = to(fraction * total), 0.0
    for place, weight in enumerate(weights):
        running = to(running + weight)
        if running > wanted:
            return place
    return len(weights) - 1
