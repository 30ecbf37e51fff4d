"""Keeping the cards of one note apart in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from repetita.scheduling.fuzz import Rounding

__all__ = ["SIBLING_FACTORS", "sibling_factors"]

SIBLING_FACTORS = (1e-6, 0.2, 0.4, 0.6, 0.8)
"""What the weight of a day is multiplied by for a sibling that many days away, before or after."""


def sibling_factors(
    days: Sequence[int], sibling_days: Iterable[int], *, rounded: Rounding | None = None
) -> list[float]:
    """What the weight of each day is multiplied by because of siblings near it.

    Args:
        days: Days that a card could go to.
        sibling_days: Days on which other cards of its note are due; each day counts once.
        rounded: Applied after every arithmetic step, see `repetita.scheduling.fuzz.fuzz_delta`.

    Example:
        >>> [round(factor, 6) for factor in sibling_factors([3, 4, 5, 9], [4])]
        [0.2, 1e-06, 0.2, 1.0]
    """
    to = rounded or float
    factors = [1.0] * len(days)
    for sibling in sorted(set(sibling_days)):
        for place, day in enumerate(days):
            distance = abs(day - sibling)
            if distance < len(SIBLING_FACTORS):
                factors[place] = to(factors[place] * to(SIBLING_FACTORS[distance]))
    return factors
