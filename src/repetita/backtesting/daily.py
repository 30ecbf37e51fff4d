"""What a log says of each day, in the units of a simulation: one review a card and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import nan

import numpy as np
from numpy.typing import NDArray

from repetita.frozen import freeze_arrays
from repetita.reviews import ReviewLog

__all__ = ["METRICS", "Daily", "Sessions", "daily", "sessions_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

METRICS = ("reviews", "new_cards", "minutes", "retention")
"""What is forecast, by day, by week and in all."""


@dataclass(frozen=True, eq=False)
class Daily:
    """Counts by day; the last axis of every array is the day, shape (days,) or (runs, days).

    Attributes:
        reviews: Cards reviewed that had been seen on an earlier day, each once a day.
        new_cards: Cards seen for the first time.
        passed: Those of the reviews whose first answer of the day was not Again.
        seconds: Time of all answers, repeats within the day included; NaN where it is not known.
    """

    reviews: Floats
    new_cards: Floats
    passed: Floats
    seconds: Floats

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def days(self) -> int:
        """Number of days."""
        return int(self.reviews.shape[-1])

    def over(self, days: slice) -> Mapping[str, Floats]:
        """The `METRICS` over some days: sums, and the share of passed reviews (NaN without any)."""
        sums = {field.name: getattr(self, field.name)[..., days].sum(axis=-1) for field in fields(self)}
        with np.errstate(invalid="ignore", divide="ignore"):
            retention = np.where(sums["reviews"] > 0, sums["passed"] / sums["reviews"], nan)
        return {
            "reviews": sums["reviews"],
            "new_cards": sums["new_cards"],
            "minutes": sums["seconds"] / 60.0,
            "retention": retention,
        }


@dataclass(frozen=True, eq=False)
class Sessions:
    """All answers to one card on one day, taken together; in the order of the log.

    Attributes:
        first_row: Row of the first answer, shape (sessions,).
        last_row: Row of the last one.
        card: Number of the card, from 0.
        day: Day, relative to the one from which days are counted.
        rating: First answer.
        new: Whether the card was seen for the first time.
        seconds: Time of all answers; NaN where that of any is missing.
        follows: Whether the next session is of the same card.
    """

    first_row: Integers
    last_row: Integers
    card: Integers
    day: Integers
    rating: Integers
    new: NDArray[np.bool_]
    seconds: Floats
    follows: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.day)


def sessions_of(log: ReviewLog, days: Integers) -> Sessions:
    """The answers of a log, gathered by card and day.

    Args:
        log: The log.
        days: Day of each row.
    """
    begins = np.array(log.first)
    begins[1:] |= days[1:] != days[:-1]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(log)) - 1
    card = log.card_index[first].astype(np.int64)
    follows = np.zeros(len(first), dtype=np.bool_)
    follows[:-1] = card[1:] == card[:-1]
    seconds = np.full(len(first), nan)
    if log.durations_ms is not None and len(first):
        spent = np.where(log.durations_ms < 0, nan, log.durations_ms / 1000.0)
        seconds = np.add.reduceat(spent, first)
    return Sessions(
        first_row=first,
        last_row=last,
        card=card,
        day=days[first],
        rating=log.ratings[first].astype(np.int64),
        new=np.array(log.first[first]),
        seconds=seconds,
        follows=follows,
    )


def daily(sessions: Sessions, begin: int, end: int) -> Daily:
    """Counts of the days from ``begin`` to before ``end``.

    A missing time counts as the mean of the known ones of its kind, new or not; without any, time is unknown.
    """
    seconds = np.array(sessions.seconds)
    for kind in (sessions.new, ~sessions.new):
        known = kind & np.isfinite(seconds)
        if known.any():
            seconds[kind & ~known] = seconds[known].mean()
    within = (sessions.day >= begin) & (sessions.day < end)
    day = sessions.day - begin

    def total(chosen: NDArray[np.bool_], weights: Floats | None = None) -> Floats:
        kept = within & chosen
        values = None if weights is None else weights[kept]
        return np.bincount(day[kept], values, minlength=end - begin).astype(np.float64)

    reviewed = ~sessions.new
    return Daily(
        reviews=total(reviewed),
        new_cards=total(sessions.new),
        passed=total(reviewed & (sessions.rating > 1)),
        seconds=total(np.ones(len(day), dtype=np.bool_), seconds)
        if np.isfinite(seconds).any()
        else np.full(end - begin, nan),
    )
