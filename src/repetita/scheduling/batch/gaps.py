"""Days for some cards such that the smallest gap between any two is as large as can be.

For a given gap the question is whether jobs of equal length fit between their release and deadline on one
machine. Up to `EXACT_UP_TO` cards every order is looked at (by subsets: of all orders of the same cards the
one that ends first is best); beyond, cards go in the order of their last days, the usual good guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

__all__ = ["EXACT_UP_TO", "widest_gap"]

EXACT_UP_TO = 9
"""Cards of a note up to which the gap found is the largest there is."""

Days = Sequence[int]


def widest_gap(choices: Sequence[Days], *, after: int) -> tuple[int, ...]:
    """A day for each card: the smallest gap is largest, and then each comes as late as the gap allows.

    Args:
        choices: For each card its possible days, increasing, at least one.
        after: A day that the gap counts from, too; not after any possible day.

    Example:
        >>> widest_gap([range(6, 11), range(6, 11), range(6, 11)], after=0)
        (6, 8, 10)
        >>> widest_gap([range(5, 6), range(4, 9)], after=0)
        (5, 8)
    """
    low, high = 0, max(days[-1] for days in choices) - after
    best = _order(choices, 0, after)
    gap = 0
    while low < high:
        middle = (low + high + 1) // 2
        order = _order(choices, middle, after)
        if order is None:
            high = middle - 1
        else:
            low, best, gap = middle, order, middle
    assert best is not None
    return _as_late_as_possible(choices, best, gap)


def _order(choices: Sequence[Days], gap: int, after: int) -> Sequence[int] | None:
    """An order in which the cards can keep the gap, or None."""
    if len(choices) > EXACT_UP_TO:
        order = sorted(range(len(choices)), key=lambda i: (choices[i][-1], choices[i][0]))
        return order if _fits(choices, order, gap, after) else None
    return _best_order(choices, gap, after)


def _fits(choices: Sequence[Days], order: Sequence[int], gap: int, after: int) -> bool:
    day = after
    for card in order:
        found = _first_from(choices[card], day + gap)
        if found is None:
            return False
        day = found
    return True


def _best_order(choices: Sequence[Days], gap: int, after: int) -> Sequence[int] | None:
    """Of each set of cards, the earliest day on which the last of them can be; by sets of growing size."""
    count = len(choices)
    by_last_day = sorted(range(count), key=lambda card: choices[card][-1])
    ends: dict[int, tuple[int, int]] = {0: (after, -1)}  # by set: last day, last card
    for chosen in range(1, 1 << count):
        best: tuple[int, int] | None = None
        for card in by_last_day:
            if not chosen >> card & 1:
                continue
            before = ends.get(chosen & ~(1 << card))
            day = None if before is None else _first_from(choices[card], before[0] + gap)
            # of equal ends that whose last card can be moved on furthest
            if day is not None and (best is None or day <= best[0]):
                best = (day, card)
        if best is not None:
            ends[chosen] = best
    chosen, order = (1 << count) - 1, []
    if chosen not in ends:
        return None
    while chosen:
        card = ends[chosen][1]
        order.append(card)
        chosen &= ~(1 << card)
    return order[::-1]


def _as_late_as_possible(choices: Sequence[Days], order: Sequence[int], gap: int) -> tuple[int, ...]:
    found = [0] * len(order)
    limit: int | None = None
    for card in reversed(order):
        days = choices[card]
        place = len(days) if limit is None else bisect_right(days, limit)
        found[card] = days[place - 1]
        limit = found[card] - gap
    return tuple(found)


def _first_from(days: Days, day: int) -> int | None:
    place = bisect_left(days, day)
    return days[place] if place < len(days) else None
