"""How cards waited for their reviews, and how many of those that wait will never come back.

A card that is suspended, deleted or avoided looks like one that is merely late. What tells them apart is how
long it waited, counted in days on which the person studied and passed it over. The share of cards that are
still waiting after so many of them is the estimate of Kaplan and Meier (1958); where it levels off are those
that never come back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.past import Past

__all__ = ["Waiting", "waiting", "waiting_shares"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LATE_DAYS, LATE_SHARE = 2.0, 0.25
"""A due date that is not known but derived counts as passed after two days and a quarter of the interval."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """How cards waited for their reviews before the cut.

    Attributes:
        due: Cards that waited at the beginning of each past day, beyond doubt and without those that are
            gone, shape (past days,).
        served: Those of them that were reviewed on it.
        due_day: By card: when it is due, relative to the cut.
        interval_days: By card: the interval it is in.
        gone: By card: probability that it is not studied any more.
        dropped: Probability that a session with a card is the last one ever.
    """

    due: Floats
    served: Floats
    due_day: Floats
    interval_days: Floats
    gone: Floats
    dropped: float


def waiting(past: Past, days: Floats) -> Waiting:
    """How cards waited, given the days until each session was due again."""
    sessions, past_days = past.sessions, past.seen.days
    derived = ~np.isfinite(past.intervals[sessions.last_row])
    due = sessions.day + days + np.where(derived, np.maximum(LATE_DAYS, np.ceil(LATE_SHARE * days)), 0.0)
    again = np.zeros(len(sessions))  # those that have not come back are watched up to the cut
    again[sessions.follows] = sessions.day[np.flatnonzero(sessions.follows) + 1]
    asked = due < 0  # before the cut, so that there was something to wait for
    studied = np.concatenate(([0], np.cumsum((past.seen.reviews + past.seen.new_cards) > 0)))
    place = np.clip(due + past_days, 0, past_days).astype(np.int64)
    end = np.clip(again + past_days, 0, past_days).astype(np.int64)
    passed_over = np.maximum(studied[end] - studied[place], 0)
    left = waiting_shares(passed_over[asked], sessions.follows[asked])
    # a card that was never passed over, or is not due yet, may have had its last session all the same
    gone = np.where(sessions.follows, 0.0, left[-1] / left[np.minimum(passed_over, len(left) - 1)])
    came = sessions.follows & asked & (again >= due)
    waits = came | (asked & ~sessions.follows)
    weights = (1.0 - gone)[waits]
    change = np.bincount(place[waits], weights, minlength=past_days + 1)
    # a card waits on the day of its review too, but not on the first day of the forecast
    change -= np.bincount(
        np.minimum(end + sessions.follows, past_days)[waits], weights, minlength=past_days + 1
    )
    ends = np.flatnonzero(~sessions.follows)
    return Waiting(
        due=np.cumsum(change)[:past_days].astype(np.float64),
        served=np.bincount(end[came], minlength=past_days)[:past_days].astype(np.float64),
        due_day=(sessions.day + days)[ends],
        interval_days=days[ends],
        gone=gone[ends],
        dropped=float(left[-1]),
    )


def waiting_shares(passed_over: Integers, came: NDArray[np.bool_]) -> Floats:
    """Share of cards still waiting after 0, 1, 2, ... chances to come back; the last are those that never do.

    Args:
        passed_over: Chances that each card let pass, shape (n,).
        came: Whether it took the next one; the others are not known to have had a next one.

    Example:
        >>> waiting_shares(np.array([0, 0, 1, 5]), np.array([True, True, True, False])).tolist()
        [1.0, 0.5, 0.25]
    """
    if not came.any():
        return np.ones(1)
    longest = int(passed_over[came].max())
    taken = np.bincount(passed_over[came], minlength=longest + 1)
    # a card that has not come back had no further chance after those it let pass
    counted = np.minimum(passed_over - ~came, longest)
    at_risk = np.bincount(counted[counted >= 0], minlength=longest + 1)[::-1].cumsum()[::-1]
    return np.concatenate(([1.0], np.cumprod(1.0 - taken / at_risk)))
