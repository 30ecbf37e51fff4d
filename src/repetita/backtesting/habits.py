"""How a person learns, from their log: on which days, how many cards, which buttons, how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, inf, nan

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.daily import Daily, Sessions
from repetita.backtesting.past import Past
from repetita.backtesting.repeats import Repeats, repeats_of
from repetita.backtesting.waiting import Waiting
from repetita.simulation.behavior import DAYS_A_WEEK, Behavior
from repetita.simulation.cards import CardView
from repetita.simulation.cost import Cost
from repetita.simulation.luck import Luck
from repetita.simulation.short_term import ShortTerm

__all__ = [
    "Diary",
    "Habits",
    "SessionCost",
    "habits_of",
    "mean_seconds",
    "rating_counts",
    "usual_steps",
]

Floats = NDArray[np.float64]

BLOCK_WEEKS = 4
"""Past days are drawn in stretches of four weeks, so that streaks, breaks and weekdays stay together."""
HALF_LIFE_WEEKS = 4.0
"""A stretch that ended so much earlier is drawn half as often: people go on as they did of late."""
LEFT_OVER = 0.1
"""Waiting cards left over, as a share of the day's reviews, up to which a day counts as finished: what was
reviewed then is no limit."""
FEW_CARDS = 3.0  # that may be left over in any case
TYPICAL_SESSIONS = 5.0
"""Weight in sessions of the typical costs of a button that was rarely pressed."""
REPEATED = 0.5
"""Share of first sessions, or of lapses, with repeats on the same day from which steps are simulated."""
RATINGS = (1, 2, 3, 4)


@dataclass(frozen=True, kw_only=True)
class Diary(Behavior):
    """A person whose days are given one by one.

    Attributes:
        attended: Whether each day has any study.
        new_by_day: New cards of each day.
        reviews_by_day: Most reviews of each day.
        moods: How much better or worse than usual each day's recall is, added to its logit.
        repeats: How presses within steps are answered, where not by memory.
    """

    attended: Sequence[bool] = ()
    new_by_day: Sequence[float] = ()
    reviews_by_day: Sequence[float] = ()
    moods: Sequence[float] = ()
    repeats: Repeats = field(default_factory=Repeats)
    _mood: list[float] = field(default_factory=lambda: [0.0], init=False, repr=False, compare=False)

    def limits(self, day: int) -> tuple[float, float, float]:
        """New cards, reviews and seconds of a day."""
        return self.new_by_day[day], self.reviews_by_day[day], inf

    def start_day(self, day: int, luck: Luck) -> bool:
        """Whether there is any study on a day."""
        self._mood[0] = self.moods[day] if self.moods else 0.0
        return self.attended[day]

    def review_rating(self, retrievability: float, card: CardView, luck: Luck) -> int | None:
        """An answer, with recall as good as the day is; within steps as such presses were answered before."""
        if card.phase and (repeated := self.repeats.rating(card.phase, card.presses[-1][0], luck)):
            return repeated
        mood = self._mood[0]
        if mood and 0.0 < retrievability < 1.0:
            retrievability /= retrievability + (1.0 - retrievability) * exp(-mood)
        return super().review_rating(retrievability, card, luck)


@dataclass(frozen=True, kw_only=True)
class SessionCost(Cost):
    """Costs of whole sessions: the first press on a card pays for those that follow on the same day."""

    def review_seconds(self, retrievability: float, rating: int, card: CardView) -> float:
        """Seconds of the day's session with a card; 0 for its later presses."""
        return 0.0 if card.phase else super().review_seconds(retrievability, rating, card)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a person learned up to a day.

    Attributes:
        attended: Whether each past day had any study, shape (past days,).
        new_cards: New cards of each past day.
        reviews: Reviews of each past day.
        finished: Whether the cards that waited were as good as all reviewed on it.
        first_ratings: Shares of Again, Hard, Good, Easy for new cards.
        success_ratings: Shares of Hard, Good, Easy after a success.
        short_term: Presses within a day, or None.
        repeats: How these are answered.
        cost: What a session with a card takes.
        timed: Whether the log says how long answers took; else costs are those of typical people.
    """

    attended: NDArray[np.bool_]
    new_cards: Floats
    reviews: Floats
    finished: NDArray[np.bool_]
    first_ratings: tuple[float, ...]
    success_ratings: tuple[float, ...]
    short_term: ShortTerm | None
    repeats: Repeats
    cost: SessionCost
    timed: bool

    @property
    def attendance(self) -> float:
        """Share of the past days with any study."""
        return float(self.attended.mean())

    @property
    def new_cards_a_day(self) -> float:
        """Mean over all past days."""
        return float(self.new_cards.mean())

    def diary(self, days: int, random: np.random.Generator) -> Diary:
        """Days to come, drawn from those that were, in stretches of whole weeks that keep their weekday.

        Args:
            days: Number of days.
            random: Source of random numbers.
        """
        drawn = self._drawn_days(days, random)
        reviews = np.where(self.finished, inf, self.reviews)
        return self._diary(self.attended[drawn], self.new_cards[drawn], reviews[drawn])

    def diary_as_it_was(self, truth: Daily) -> Diary:
        """The days as they were: the same days of study and new cards, and as many reviews as there are.

        Args:
            truth: Counts of the days.
        """
        attended = (truth.reviews + truth.new_cards) > 0
        return self._diary(attended, truth.new_cards, np.full(truth.days, inf))

    def _diary(self, attended: NDArray[np.bool_], new_cards: Floats, reviews: Floats) -> Diary:
        return Diary(
            first_ratings=self.first_ratings,
            success_ratings=self.success_ratings,
            attended=attended.tolist(),
            new_by_day=new_cards.tolist(),
            reviews_by_day=reviews.tolist(),
            repeats=self.repeats,
        )

    def _drawn_days(self, days: int, random: np.random.Generator) -> NDArray[np.int64]:
        past = len(self.attended)
        weeks = past // DAYS_A_WEEK  # whole ones, counted back from the cut
        length = min(BLOCK_WEEKS, weeks)
        blocks = -(-days // (DAYS_A_WEEK * length))
        weeks_ago = np.arange(weeks - length + 1)
        weights = 0.5 ** (weeks_ago / HALF_LIFE_WEEKS)
        chosen = random.choice(weeks_ago, size=blocks, p=weights / weights.sum())
        starts = past - DAYS_A_WEEK * (chosen + length)
        drawn: NDArray[np.int64] = (starts[:, None] + np.arange(DAYS_A_WEEK * length)).ravel()[:days]
        return drawn


def habits_of(past: Past, waited: Waiting) -> Habits:
    """How a person learned up to the cut."""
    sessions, seen = past.sessions, past.seen
    new = sessions.new
    timed = bool(np.isfinite(sessions.seconds).any())
    first = rating_counts(sessions.rating[new])
    success = rating_counts(sessions.rating[~new])[1:]
    return Habits(
        attended=(seen.reviews + seen.new_cards) > 0,
        new_cards=seen.new_cards,
        reviews=seen.reviews,
        finished=_finished(past, waited),
        first_ratings=first if sum(first) else tuple(Behavior.first_ratings),
        success_ratings=success if sum(success) else tuple(Behavior.success_ratings),
        short_term=usual_steps(sessions),
        repeats=repeats_of(past),
        cost=_cost(past),
        timed=timed,
    )


def _finished(past: Past, waited: Waiting) -> NDArray[np.bool_]:
    """Past days on which as good as all cards that waited were reviewed.

    Where due dates are derived, cards that wait are as likely a sign of another scheduler as of a limit, so
    no day counts as limited.
    """
    if not np.isfinite(past.intervals).any():
        return np.ones(past.seen.days, dtype=np.bool_)
    return waited.due - waited.served <= np.maximum(LEFT_OVER * past.seen.reviews, FEW_CARDS)


def rating_counts(ratings: NDArray[np.int64]) -> tuple[float, ...]:
    """How often Again, Hard, Good and Easy were pressed."""
    return tuple(float(np.count_nonzero(ratings == rating)) for rating in RATINGS)


def usual_steps(sessions: Sessions) -> ShortTerm | None:
    """The usual steps, where the person repeated new or forgotten cards on the same day.

    Args:
        sessions: What was answered, by card and day.
    """
    repeated = sessions.last_row > sessions.first_row
    lapsed = ~sessions.new & (sessions.rating == 1)
    usual = ShortTerm()
    learning, relearning = (
        steps if chosen.any() and repeated[chosen].mean() >= REPEATED else ()
        for chosen, steps in ((sessions.new, usual.learning_steps), (lapsed, usual.relearning_steps))
    )
    if not (learning or relearning):
        return None
    return ShortTerm(learning_steps=learning, relearning_steps=relearning)


def _cost(past: Past) -> SessionCost:
    """Mean seconds of sessions by first rating."""
    sessions, typical = past.sessions, Cost()
    return SessionCost(
        learning=mean_seconds(
            sessions.rating[sessions.new], sessions.seconds[sessions.new], typical.learning
        ),
        review=mean_seconds(sessions.rating[~sessions.new], sessions.seconds[~sessions.new], typical.review),
    )


def mean_seconds(ratings: NDArray[np.int64], seconds: Floats, typical: Sequence[float]) -> tuple[float, ...]:
    """Mean seconds by rating, drawn to the typical ones (at the person's pace) where a rating is rare.

    Args:
        ratings: 1 to 4, shape (n,).
        seconds: Of each, NaN where unknown.
        typical: Usual seconds by rating; they are what is left without any known.

    Example:
        >>> mean_seconds(np.array([3, 3]), np.array([4.0, 4.0]), (20.0, 10.0, 8.0, 6.0))
        (10.0, 5.0, 4.0, 3.0)
    """
    known = np.isfinite(seconds)
    ratings, seconds, usual = ratings[known], seconds[known], np.array(typical)
    if not len(seconds):
        return tuple(typical)
    expected = usual[ratings - 1].sum()
    pace = seconds.sum() / expected if expected else nan
    sums = np.bincount(ratings, seconds, minlength=5)[1:]
    counts = np.bincount(ratings, minlength=5)[1:]
    means = (sums + TYPICAL_SESSIONS * pace * usual) / (counts + TYPICAL_SESSIONS)
    return tuple(means.tolist())
