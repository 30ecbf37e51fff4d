"""`Button`: what an answer would do, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from repetita.ratings import Rating
from repetita.scheduling.answering import Answering, Outcome
from repetita.scheduling.card import Card, State
from repetita.scheduling.changes import answered
from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.single_precision import rounded_half_up

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["Button", "button_of", "interval_text"]

DAYS_A_MONTH, DAYS_A_YEAR = 30.4375, 365.25
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Button:
    """What one answer would do. Made by `Scheduler.preview`.

    Attributes:
        rating: The answer.
        card: The card after it.
        interval_days: Days until it is due again: whole, or a part of one within the day.
        exact_days: Days that memory asks for, before rounding, limits and fuzz.
        reason: Why it is that interval, in words.
    """

    rating: Rating
    card: Card
    interval_days: float
    exact_days: float
    reason: str

    @property
    def due(self) -> datetime | None:
        """When the card would come next."""
        return self.card.due

    @property
    def state(self) -> State:
        """State of the card after the answer."""
        return self.card.state

    @property
    def interval(self) -> str:
        """The interval as a button shows it."""
        return interval_text(self.interval_days)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return {
            "rating": int(self.rating),
            "interval_days": self.interval_days,
            "interval": self.interval,
            "exact_days": self.exact_days,
            "reason": self.reason,
            "card": self.card.to_dict(),
        }


def button_of(scheduler: Scheduler, answering: Answering, rating: Rating) -> Button:
    """One button of a card at the moment of an answer."""
    outcome = answering.outcome(rating)
    reason = _reason(scheduler, answering, rating, outcome)
    if outcome.leech:
        reason += f"; leech after {outcome.lapses} lapses"
        reason += ", suspended" if scheduler.leech_action == "suspend" else ""
    card = answered(scheduler, answering, outcome)
    return Button(rating, card, outcome.interval_days, answering.raw(rating), reason)


def interval_text(days: float) -> str:
    """An interval in the largest unit that fits, as people read it.

    Args:
        days: At least 0.

    Example:
        >>> [interval_text(days) for days in (45 / 86400, 330 / 86400, 0.25, 1.0, 21.0, 45.0, 730.5)]
        ['45 s', '5.5 min', '6 h', '1 day', '21 days', '1.5 months', '2 years']
    """
    seconds = days * SECONDS_A_DAY
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{_short(seconds / MINUTE)} min"
    if days < 1.0:
        return f"{_short(seconds / HOUR)} h"
    for length, name in ((DAYS_A_YEAR, "year"), (DAYS_A_MONTH, "month")):
        if days >= length:
            return _counted(_short(days / length), name)
    return _counted(_short(days), "day")


def _reason(scheduler: Scheduler, answering: Answering, rating: Rating, outcome: Outcome) -> str:
    if outcome.rule == "step":
        return _step_reason(scheduler, rating, outcome)
    wish = f"recall falls to {100 * answering.retention:.4g} % after {_wished(answering.raw(rating))}"
    if outcome.rule == "short term":
        return f"no step left: {wish}"
    if outcome.rule == "lapsed":
        return f"lapsed: {_after_lapse(scheduler, outcome)}{wish}"
    nearest, given = max(rounded_half_up(answering.raw(rating)), 1), int(outcome.interval_days)
    return wish + _moved(scheduler, answering, rating, nearest, given)


def _step_reason(scheduler: Scheduler, rating: Rating, outcome: Outcome) -> str:
    relearning = outcome.state is State.RELEARNING
    steps = scheduler.relearning_steps if relearning else scheduler.learning_steps
    name = f"{'relearning' if relearning else 'learning'} step {(outcome.step or 0) + 1} of {len(steps)}"
    if rating != Rating.HARD:
        return name
    if outcome.step:
        return f"{name} again"
    return f"{name} again, " + ("between steps 1 and 2" if len(steps) > 1 else "half as long again")


def _after_lapse(scheduler: Scheduler, outcome: Outcome) -> str:
    if outcome.state is State.RELEARNING and scheduler.relearning_steps:
        days = _counted(str(outcome.scheduled_days), "day")
        return f"relearning step 1 of {len(scheduler.relearning_steps)}, {days} without it; "
    return ""


def _moved(scheduler: Scheduler, answering: Answering, rating: Rating, nearest: int, given: int) -> str:
    """What stands between the days memory asks for and the days given."""
    if given == nearest:
        return ""
    if given == scheduler.maximum_interval:
        return f"; {given} is the maximum"
    if given == scheduler.minimum_interval:
        return f"; {given} is the minimum"
    last, earlier = answering.card.scheduled_days, rating - 1 if scheduler.buttons == 4 else 0
    if earlier > Rating.AGAIN and given == answering.outcome(Rating(earlier)).interval_days + 1.0:
        return f"; a day after {Rating(earlier).name.capitalize()}"
    if answering.card.state is State.REVIEW and given in (last, last + 1):
        return f"; not below the last interval of {_counted(str(last), 'day')}"
    return f"; moved from {nearest} to {given} by chance"


def _wished(days: float) -> str:
    if days < 1.0:
        return interval_text(days)
    return _counted(f"{days:.1f}" if days < 100 else f"{days:.0f}", "day")


def _short(number: float) -> str:
    text = f"{number:.1f}"
    return text.removesuffix(".0")


def _counted(number: str, name: str) -> str:
    return f"{number} {name}" if number == "1" else f"{number} {name}s"
