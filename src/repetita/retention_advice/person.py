"""How somebody learns, measured in their log; what the log does not say is taken as it usually is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.daily import Sessions, daily, sessions_of
from repetita.backtesting.habits import mean_seconds, rating_counts, usual_steps
from repetita.plurals import counted
from repetita.reviews import ReviewLog
from repetita.simulation.behavior import Behavior
from repetita.simulation.cost import PRESS_COSTS, Cost
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.start import days_of_log

__all__ = ["LearningHabits", "learning_habits"]

Floats = NDArray[np.float64]

ENOUGH = 30
"""Answers from which a share or a time is measured; below, the usual ones are taken."""
LONGEST_SESSION_SECONDS = 1200.0
"""Time with one card on one day above which somebody was away; fsrs-rs draws the line there, too."""
LATEST_DAYS = 90
"""Days before the end of a log from which new cards a day are measured."""
FEWEST_DAYS = 14
USUAL_NEW_CARDS = 10
REPEATS = (
    "You repeat new or forgotten cards within the day. The time of that is in the minutes, but not what it "
    "does to memory, so that minutes come out too high."
)


@dataclass(frozen=True, kw_only=True)
class LearningHabits:
    """How somebody learns.

    Attributes:
        new_per_day: New cards a day, at least 1.
        first_ratings: Shares or counts of Again, Hard, Good, Easy for new cards.
        success_ratings: Shares or counts of Hard, Good, Easy after a success.
        cost: Seconds of a press.
        short_term: Repeats within a day, or None where there are hardly any.
        minutes_per_day: Time spent a day of late, days off included; None where the log does not say.
        notes: What was not measured, in sentences.
    """

    new_per_day: int
    first_ratings: tuple[float, ...]
    success_ratings: tuple[float, ...]
    cost: Cost
    short_term: ShortTerm | None
    minutes_per_day: float | None = None
    notes: tuple[str, ...] = ()


def learning_habits(
    log: ReviewLog, *, new_per_day: int | None = None, repeats: bool = True
) -> LearningHabits:
    """How somebody learns, as far as their log says.

    Args:
        log: The log; times and durations may be missing.
        new_per_day: New cards a day, where they are not to be measured.
        repeats: Whether repeats within a day are to be simulated; otherwise a card's first answer of the day
            pays for them.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> habits = learning_habits(simulate_log(cards=80, days=60, seed=1))
        >>> habits.new_per_day, habits.cost.review[0] > habits.cost.review[2]
        (1, True)
    """
    notes: list[str] = []
    days = days_of_log(log)
    sessions = sessions_of(log, days)
    new = sessions.new
    usual = Behavior()
    first = _shares(sessions.rating[new], usual.first_ratings, "new cards", notes)
    success = _shares(
        sessions.rating[~new & (sessions.rating > 1)], usual.success_ratings, "remembered cards", notes
    )
    found = usual_steps(sessions) if np.count_nonzero(new) >= ENOUGH else None
    short_term = found if repeats else None
    if found is not None and not repeats:
        notes.append(REPEATS)
    return LearningHabits(
        new_per_day=new_per_day or _new_per_day(log, sessions, days, notes),
        first_ratings=first,
        success_ratings=success,
        cost=_cost(log, sessions, short_term, notes),
        short_term=short_term,
        minutes_per_day=_minutes_per_day(log, days),
        notes=tuple(notes),
    )


def _shares(
    ratings: NDArray[np.int64], usual: Sequence[float], what: str, notes: list[str]
) -> tuple[float, ...]:
    """Counts of ratings; the usual shares if there are too few. As many numbers as the usual ones."""
    shares = tuple(float(share) for share in usual)
    if len(ratings) < ENOUGH:
        notes.append(
            f"The log has only {counted(len(ratings), 'answer')} to {what}, so the usual shares of Hard, "
            "Good and Easy are taken."
        )
        return shares
    return rating_counts(ratings)[-len(shares) :]


def _new_per_day(log: ReviewLog, sessions: Sessions, days: NDArray[np.int64], notes: list[str]) -> int:
    if not log.timed:
        notes.append(f"The log has no times of day or date, so {USUAL_NEW_CARDS} new cards a day are taken.")
        return USUAL_NEW_CARDS
    first, end = (int(days.min()), int(days.max()) + 1) if len(days) else (0, 0)
    if end - first < FEWEST_DAYS:
        notes.append(
            f"The log is shorter than {FEWEST_DAYS} days, so {USUAL_NEW_CARDS} new cards a day are taken."
        )
        return USUAL_NEW_CARDS
    new = daily(sessions, first, end).new_cards
    latest = new[-LATEST_DAYS:].mean()
    return max(1, round(float(latest if latest > 0.0 else new.mean())))


def _minutes_per_day(log: ReviewLog, days: NDArray[np.int64]) -> float | None:
    """Mean over the days from which new cards are counted, too; None without times, or for a short log."""
    if not log.timed or log.durations_ms is None or not len(days):
        return None
    first, last = int(days.min()), int(days.max())
    if last + 1 - first < FEWEST_DAYS:
        return None
    begin = max(first, last + 1 - LATEST_DAYS)
    seconds = _plausible(log.durations_ms[days >= begin] / 1000.0)
    if np.count_nonzero(np.isfinite(seconds)) < ENOUGH:
        return None
    return float(np.nansum(seconds)) / 60.0 / (last + 1 - begin)


def _cost(log: ReviewLog, sessions: Sessions, short_term: ShortTerm | None, notes: list[str]) -> Cost:
    """Seconds by rating; with repeats within a day, a review pays for those that follow on its day."""
    new, seconds = sessions.new, _plausible(sessions.seconds)
    usual = Cost()
    learning = usual.learning if short_term is None else PRESS_COSTS.learning
    if np.count_nonzero(np.isfinite(seconds)) < ENOUGH:
        notes.append("The log hardly says how long answers took, so the usual times are taken.")
        return Cost(
            learning=learning,
            review=usual.review,
            relearning=usual.review if short_term is None else (0.0,) * 4,
        )
    review = mean_seconds(sessions.rating[~new], seconds[~new], usual.review)
    if short_term is None:
        return Cost(
            learning=mean_seconds(sessions.rating[new], seconds[new], learning),
            review=review,
            relearning=review,
        )
    ratings, pressed = _first_day_presses(log, sessions)
    return Cost(learning=mean_seconds(ratings, pressed, learning), review=review, relearning=(0.0,) * 4)


def _first_day_presses(log: ReviewLog, sessions: Sessions) -> tuple[NDArray[np.int64], Floats]:
    """Ratings and seconds of all presses on the day on which their card was new."""
    rows = sessions.last_row - sessions.first_row + 1
    chosen = np.repeat(sessions.new, rows)
    assert log.durations_ms is not None  # sessions have times
    return log.ratings[chosen].astype(np.int64), _plausible(log.durations_ms[chosen] / 1000.0)


def _plausible(seconds: Floats) -> Floats:
    """Times that an answer can have taken, NaN for others."""
    with np.errstate(invalid="ignore"):
        inside = (seconds > 0.0) & (seconds < LONGEST_SESSION_SECONDS)
    return np.where(inside, seconds, np.nan)
