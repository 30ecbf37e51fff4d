"""The days that a tool may give to a card: the FSRS Helper's ranges, from the table of `scheduling.fuzz`.

They differ from the ranges of an answer: the width comes from the interval before the cap, two days are the
least, and an interval that grows must grow.
"""

from __future__ import annotations

from repetita.scheduling.batch.deck import Deck, Row
from repetita.scheduling.fuzz import SHORTEST_FUZZED, fuzz_delta

__all__ = ["FAR_BEYOND", "allowed_days", "tool_bounds"]

FAR_BEYOND = 2
"""Days beyond its range from which a card's present interval is respected instead."""

LEAST_FUZZED = 2


def tool_bounds(interval_days: float, last_interval: int | None, maximum: int) -> tuple[int, int]:
    """Shortest and longest interval, both included, around one that is wished for.

    Args:
        interval_days: Interval wished for, in days.
        last_interval: The interval before it, or None where that is not known.
        maximum: Longest interval allowed.

    Example:
        >>> tool_bounds(10.0, None, 36500), tool_bounds(10.0, 9, 36500), tool_bounds(10.0, None, 9)
        ((8, 12), (10, 12), (8, 9))
        >>> tool_bounds(2.0, None, 36500), tool_bounds(3.0, None, 36500)
        ((2, 2), (2, 4))
    """
    if interval_days < SHORTEST_FUZZED:
        fixed = min(max(round(interval_days), 1), maximum)
        return fixed, fixed
    # beyond the cap the width no longer matters, and numbers stay small enough to round
    wished = min(interval_days, 2.0 * maximum + SHORTEST_FUZZED)
    delta = fuzz_delta(wished)
    low, high = max(round(wished - delta), LEAST_FUZZED), min(round(wished + delta), maximum)
    if last_interval is not None and interval_days > last_interval:
        low = max(low, last_interval + 1)
    return min(low, high), high


def allowed_days(deck: Deck, row: Row) -> tuple[int, int]:
    """First and last day on which a card may be due, not before today.

    The range around the interval that its memory asks for; around the present one where that lies more than
    `FAR_BEYOND` days outside, because someone moved the card on purpose.
    """
    last_interval = deck.last_intervals.get(row.card.card_id)
    low, high = tool_bounds(row.wish, last_interval, deck.longest)
    if not low - FAR_BEYOND <= row.interval <= high + FAR_BEYOND:
        low, high = tool_bounds(float(row.interval), last_interval, max(deck.longest, row.interval))
    first = max(row.last_day + low, deck.today)
    return first, max(row.last_day + high, first)
