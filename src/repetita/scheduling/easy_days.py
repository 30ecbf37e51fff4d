"""Days of the week on which fewer cards should fall due.

Each weekday has a percentage as a fraction: 1 is a normal day, 0 a day to keep free where possible, anything
else a day of about half the reviews. How many cards a reduced day takes is judged against the other days that
a card could go to, so it fills up in step with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from repetita.errors import UsageError
from repetita.scheduling.fuzz import Rounding

__all__ = [
    "MINIMUM_LOAD",
    "NORMAL_LOAD",
    "REDUCED_LOAD",
    "WEEK",
    "easy_day_factors",
    "easy_day_load",
    "weekday_loads",
]

NORMAL_LOAD, REDUCED_LOAD, MINIMUM_LOAD = 1.0, 0.5, 0.0001
WEEK = 7


def easy_day_load(percentage: float) -> float:
    """The load of a weekday, by its percentage as a fraction.

    Example:
        >>> [easy_day_load(percentage) for percentage in (1.0, 0.7, 0.0)]
        [1.0, 0.5, 0.0001]
    """
    if percentage == 1.0:
        return NORMAL_LOAD
    return MINIMUM_LOAD if percentage == 0.0 else REDUCED_LOAD


def weekday_loads(percentages: Sequence[float]) -> tuple[float, ...]:
    """The loads from Monday to Sunday; none given means seven normal days.

    Args:
        percentages: Seven fractions from 0 to 1, Monday first, or none.

    Raises:
        UsageError: Another number of them, or values beyond 0 to 1.

    Example:
        >>> weekday_loads([1, 1, 1, 1, 1, 0.5, 0])
        (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0001)
    """
    try:
        shares = [float(percentage) for percentage in percentages]
    except (TypeError, ValueError):
        shares = [-1.0]
    if not shares:
        return (NORMAL_LOAD,) * WEEK
    if len(shares) != WEEK or not all(0.0 <= share <= 1.0 for share in shares):
        raise UsageError(
            f"easy days are {percentages!r}, expected seven fractions from 0 to 1",
            hint="Monday to Sunday: 1 normal, 0.5 reduced, 0 minimum",
            where="easy_days",
        )
    return tuple(map(easy_day_load, shares))


def easy_day_factors(
    loads: Sequence[float], counts: Sequence[int], *, rounded: Rounding | None = None
) -> list[float]:
    """What the weight of each day is multiplied by because of its weekday.

    A reduced day is as good as a normal one until it holds more than half of what the other days hold for
    their loads; then it is as good as a day to keep free.

    Args:
        loads: Loads of the days that a card could go to.
        counts: Cards due on each of these days.
        rounded: Applied after every arithmetic step, see `repetita.scheduling.fuzz.fuzz_delta`.

    Example:
        >>> easy_day_factors([1.0, 0.5, 0.0001], [10, 4, 0])
        [1.0, 1.0, 0.0001]
        >>> easy_day_factors([1.0, 0.5, 0.0001], [10, 6, 0])
        [1.0, 0.0001, 0.0001]
    """
    to = rounded or float
    total_count, total_load = sum(counts), 0.0
    for load in loads:
        total_load = to(total_load + to(load))
    factors = []
    for load, count in zip(loads, counts, strict=True):
        if load != REDUCED_LOAD:
            factors.append(to(load))
            continue
        others_load = to(total_load - REDUCED_LOAD)
        # without another day with any load there is nothing to be fuller than
        full = others_load > 0.0 and to(count / REDUCED_LOAD) > to((total_count - count) / others_load)
        factors.append(to(MINIMUM_LOAD) if full else NORMAL_LOAD)
    return factors
