"""A log cut in two at a day: what was known then, what came after, and when cards were due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.daily import Daily, Sessions, daily, sessions_of
from repetita.errors import InputError, UsageError
from repetita.memory_model import MemoryModel
from repetita.plurals import counted
from repetita.reviews import ReviewLog
from repetita.reviews.anki.contents import AnkiCollection
from repetita.simulation.start import days_of_log

__all__ = ["Past", "cut", "estimated_retention", "review_intervals", "scheduled"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEWEST_PAST_DAYS = 14
"""Days before the cut from which habits can be learned: two of each weekday."""
SHORTEST_CHOSEN = 2
"""Days: the shortest interval that a scheduler chooses; one of a day may be forced on it."""
ENOUGH_SESSIONS = 50
LOWEST_RETENTION, HIGHEST_RETENTION = 0.7, 0.97  # what programs let people aim at


@dataclass(frozen=True, eq=False)
class Past:
    """What was known at a moment, and what came after it.

    Attributes:
        log: Reviews before the first day of the forecast.
        days: Day of each of them, negative: the forecast begins on day 0.
        intervals: Days until each was due again; NaN where that is not known.
        sessions: The same by card and day.
        seen: Counts of the days before.
        truth: Counts of the days of the forecast.
        first_ms: Moment within the first day of the forecast, Unix epoch.
    """

    log: ReviewLog
    days: Integers
    intervals: Floats
    sessions: Sessions
    seen: Daily
    truth: Daily
    first_ms: int


def cut(log: ReviewLog, days: int, intervals: Floats | None) -> Past:
    """A log cut so many days before the end of its last day.

    Raises:
        UsageError: The log is not longer than that, or too short before.
        InputError: The log has no review times, so that there is no calendar.
    """
    if not log.timed:
        raise InputError(
            f"{log.source} has no review times, so what happened on a day is not known",
            hint="a backtest needs a log with a time for every review",
        )
    all_days = days_of_log(log)
    last, first = int(all_days.max()), int(all_days.min())
    span = last - first + 1
    if span < days + FEWEST_PAST_DAYS:
        most = span - FEWEST_PAST_DAYS
        hint = f"at most {counted(most, 'day')} can be forecast from it" if most > 0 else None
        raise UsageError(
            f"{log.source} spans {counted(span, 'day')}; a forecast of {counted(days, 'day')} needs "
            f"{days + FEWEST_PAST_DAYS}, as habits are learned from at least {FEWEST_PAST_DAYS} days before",
            hint=hint,
            where="days",
        )
    begin = last + 1 - days
    relative = all_days - begin
    truth = daily(sessions_of(log, relative), 0, days)
    before = relative < 0
    known = np.full(len(log), np.nan) if intervals is None else _checked(intervals, len(log))
    past, past_days = log.take(before), relative[before]
    sessions = sessions_of(past, past_days)
    row = int(np.argmax(all_days == last))
    first_ms = int(log.review_times_ms[row]) - (days - 1) * 86_400_000
    return Past(
        log=past,
        days=past_days,
        intervals=known[before],
        sessions=sessions,
        seen=daily(sessions, first - begin, 0),
        truth=truth,
        first_ms=first_ms,
    )


def review_intervals(collection: AnkiCollection, log: ReviewLog) -> Floats:
    """Days until each review of a log was due again, as the collection it was read from noted them.

    Args:
        collection: The collection.
        log: Its reviews, or some of them.

    Returns:
        Shape (reviews,), in the log's row order; a step of less than a day counts as 0 days, NaN where the
        collection has no such row.
    """
    revlog = collection.revlog
    found = np.full(len(log), np.nan)
    if not len(revlog):
        return found
    place = np.minimum(np.searchsorted(revlog.id, log.review_ids), len(revlog) - 1)
    there = revlog.id[place] == log.review_ids
    found[there] = np.maximum(revlog.interval[place][there], 0)
    return found


def scheduled(past: Past, model: MemoryModel, desired_retention: float) -> Floats:
    """Days until the card of each session was due again: as noted, else as the model would have it."""
    rows = past.sessions.last_row
    state = _state_after(past, model, rows)
    believed = np.asarray(model.interval(state, np.full(len(rows), desired_retention)), dtype=np.float64)
    days = np.where(np.isfinite(past.intervals[rows]), past.intervals[rows], np.floor(believed + 0.5))
    return np.maximum(days, 1.0)


def estimated_retention(past: Past, model: MemoryModel) -> float | None:
    """The retention at which the person's program seems to have aimed; None if nothing says so.

    Where intervals are noted: the median probability of recall at their ends. Otherwise the median at
    reviews on days that follow a day of study, when few cards can have waited for long. Intervals of a day
    say nothing: there is no shorter one to be had, however low recall will be.
    """
    sessions = past.sessions
    rows = sessions.last_row
    noted = past.intervals[rows] >= SHORTEST_CHOSEN
    if noted.any():
        state = _state_after(past, model, rows[noted])
        ends = np.asarray(model.retrievability(state, past.intervals[rows[noted]]), dtype=np.float64)
        return _within(np.median(ends))
    recalled = model.predict(past.log)[sessions.first_row]
    studied = np.unique(sessions.day)
    reviewed = past.log.elapsed_days[sessions.first_row] >= SHORTEST_CHOSEN
    reviewed &= ~sessions.new & np.isfinite(recalled)
    prompt = reviewed & np.isin(sessions.day - 1, studied)
    for chosen in (prompt, reviewed):
        if np.count_nonzero(chosen) >= ENOUGH_SESSIONS:
            return _within(np.median(recalled[chosen]))
    return None


def _within(value: np.float64) -> float:
    return float(min(max(value, LOWEST_RETENTION), HIGHEST_RETENTION))


def _state_after(past: Past, model: MemoryModel, rows: Integers) -> tuple[Floats, ...]:
    after = past.log.derived(_replayed, model).after
    return tuple(after[name][rows] for name in model.state_names)


def _replayed(log: ReviewLog, model: MemoryModel) -> Any:
    return model.replay(log)


def _checked(intervals: Floats, rows: int) -> Floats:
    values = np.asarray(intervals, dtype=np.float64)
    if values.shape != (rows,):
        raise UsageError(
            f"intervals have shape {values.shape}, expected one a review: ({rows},)", where="intervals"
        )
    return values
