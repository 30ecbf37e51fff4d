"""Habits that the past leaves possible: shares of buttons, times and good days, drawn anew for each run.

The days of the past are weighted at random, independently and exponentially (the Bayesian bootstrap of Rubin
1981): what holds for a few days only is uncertain, however many answers they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.backtesting.habits import RATINGS, TYPICAL_SESSIONS, Habits, SessionCost
from repetita.backtesting.past import Past
from repetita.backtesting.repeats import repeats_of
from repetita.memory_model import MemoryModel
from repetita.simulation.cards import CardView

__all__ = ["DrawnCost", "day_effect", "redrawn"]

Floats = NDArray[np.float64]

TIMES = 500  # times that are drawn of each button, and then taken in turn


@dataclass(frozen=True, kw_only=True)
class DrawnCost(SessionCost):
    """Times of whole sessions, each that of a session of the past with the same first answer.

    Attributes:
        learning_times: Endless times of first sessions, by rating.
        review_times: The same of later sessions.
    """

    learning_times: Sequence[Any]
    review_times: Sequence[Any]

    def learning_seconds(self, rating: int, card: CardView) -> float:
        """Seconds of the first session with a card."""
        return float(next(self.learning_times[rating - 1]))

    def review_seconds(self, retrievability: float, rating: int, card: CardView) -> float:
        """Seconds of the day's session with a card; 0 for its later presses."""
        return 0.0 if card.phase else float(next(self.review_times[rating - 1]))


def redrawn(past: Past, habits: Habits, random: np.random.Generator) -> Habits:
    """Habits with other shares and times that the same past allows.

    Args:
        past: The past.
        habits: What it says as it is.
        random: Source of random numbers.
    """
    sessions = past.sessions
    days = sessions.day - sessions.day.min()
    day_weights = random.standard_exponential(int(days.max()) + 1)
    weights = day_weights[days]
    new = sessions.new
    first = np.bincount(sessions.rating[new], weights[new], minlength=5)[1:]
    later = np.bincount(sessions.rating[~new], weights[~new], minlength=5)[2:]
    times = []
    for chosen, means in ((new, habits.cost.learning), (~new, habits.cost.review)):
        known = chosen & np.isfinite(sessions.seconds)
        times.append(_times(sessions.rating[known], sessions.seconds[known], weights[known], means, random))
    return replace(
        habits,
        first_ratings=tuple(first.tolist()) if first.any() else habits.first_ratings,
        success_ratings=tuple(later.tolist()) if later.any() else habits.success_ratings,
        repeats=repeats_of(past, day_weights),
        cost=DrawnCost(
            learning=habits.cost.learning,
            review=habits.cost.review,
            learning_times=times[0],
            review_times=times[1],
        ),
    )


def _times(
    ratings: NDArray[np.int64],
    seconds: Floats,
    weights: Floats,
    means: Sequence[float],
    random: np.random.Generator,
) -> list[Any]:
    """For each button a cycle of past times; with the mean among them as long as the button is rare."""
    drawn = []
    for rating, mean in zip(RATINGS, means, strict=True):
        here = ratings == rating
        rare = TYPICAL_SESSIONS if np.count_nonzero(here) < TYPICAL_SESSIONS else 0.0
        chances = np.append(weights[here], rare)
        values = np.append(seconds[here], mean)
        drawn.append(cycle(random.choice(values, TIMES, p=chances / chances.sum()).tolist()))
    return drawn


def day_effect(past: Past, model: MemoryModel) -> float:
    """Standard deviation from day to day of the logit of recall, beyond chance; 0 if there is none.

    A shift of the logits of a day by ``d`` changes its successes by about ``v d``, where ``v`` is their
    variance by chance. The sum over days of the squared surprises exceeds that of ``v`` by that of
    ``v^2 d^2``, which is solved for the mean square of ``d``.
    """
    sessions = past.sessions
    recalled = model.predict(past.log)[sessions.first_row]
    counted = ~sessions.new & np.isfinite(recalled)
    if not counted.any():
        return 0.0
    day = sessions.day[counted] - sessions.day.min()
    chance = recalled[counted]
    surprise = np.bincount(day, (sessions.rating[counted] > 1) - chance)
    variance = np.bincount(day, chance * (1.0 - chance))
    excess = (surprise**2).sum() - variance.sum()
    return float(np.sqrt(max(excess, 0.0) / max((variance**2).sum(), 1e-9)))
