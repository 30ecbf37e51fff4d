"""When the cards of a run come back for the first time, drawn from how they came back before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.past import Past

__all__ = ["first_days"]

Floats = NDArray[np.float64]

ENOUGH = 30  # waits of intervals of similar length; with fewer, waits of all lengths are drawn from


def first_days(past: Past, intervals: Floats, random: np.random.Generator) -> Floats:
    """Day on which each card comes back, shape (cards,), from 0.

    A card was not due, or not chosen, on the last day of study. For how long that goes on is drawn from those
    past waits that, as multiples of the interval, lasted so long as well, among intervals of similar length
    (the same power of two). That holds late reviews, and how far the real intervals are from the given ones.
    A wait ends when the card might have come at the earliest or should have come, not with a later day of
    study: breaks of the past are not those to come. Where the real interval is known and not over, the card
    comes at its end.

    Args:
        past: The past.
        intervals: Days after which each session's card was due, or should have been.
        random: Source of random numbers.
    """
    sessions = past.sessions
    ends, came = np.flatnonzero(~sessions.follows), np.flatnonzero(sessions.follows)
    studied, seen, again = np.unique(sessions.day), sessions.day[came], sessions.day[came + 1]
    not_before = studied[np.searchsorted(studied, again) - 1] + 1  # after the last day that passed it over
    waits = np.clip(seen + intervals[came], not_before, again)
    waits = (waits - seen) / intervals[came]
    at_least = (studied[-1] + 1 - sessions.day[ends]).astype(np.float64)
    lengths = np.floor(np.log2(intervals)).astype(np.int64)
    luck, multiples = random.random(len(ends)), np.zeros(len(ends))
    for length in np.unique(lengths[ends]):
        chosen = lengths[ends] == length
        similar = waits[lengths[came] == length]
        pool = np.sort(similar if len(similar) >= ENOUGH else waits)
        first = np.searchsorted(pool, (at_least / intervals[ends])[chosen])
        place = first + np.floor(luck[chosen] * (len(pool) - first)).astype(np.int64)
        multiples[chosen] = np.append(pool, 0.0)[place]  # nothing lasted so long: it comes at once
    drawn = np.maximum(np.rint(multiples * intervals[ends]), at_least)
    known = np.isfinite(past.intervals[sessions.last_row[ends]]) & (intervals[ends] >= at_least)
    due = sessions.day[ends] + np.where(known, intervals[ends], drawn)
    return np.maximum(due, 0.0)
