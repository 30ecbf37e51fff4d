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


def button_of(answering: Answering, rating: Rating) -> Button:
    """One button of a card at the moment of an answer."""
    outcome = answering.outcome(rating)
    reason = _reason(answering, rating, outcome)
    lapses, leech = answering.lapses(rating)
    if leech:
        reason += f"; leech after {_counted(str(lapses), 'lapse')}"
        reason += ", suspended" if answering.scheduler.leech_action == "suspend" else ""
    card = answered(answering, rating, outcome)
    return Button(rating, card, outcome[4], answering.raw(rating), reason)


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


def _reason(answering: Answering, rating: Rating, outcome: Outcome) -> str:
    rule, state, step, _, days, scheduled_days = outcome
    if rule == "step":
        return _step_reason(answering.scheduler, rating, state, step or 0)
    percent = 100.0 * answering.scheduler.retention_of(answering.card)
    wish = f"recall falls to {percent:.4g} % after {_wished(answering.raw(rating))}"
    if rule == "short term":
        return f"no step left: {wish}"
    if rule == "lapsed":
        steps = len(answering.scheduler.relearning_steps)
        without = _counted(str(scheduled_days), "day")
        waits = f"relearning step 1 of {steps}, {without} without it; " if steps else ""
        return f"lapsed: {waits}{wish}"
    return wish + _moved(answering, rating, int(days))


def _step_reason(scheduler: Scheduler, rating: Rating, state: State, step: int) -> str:
    relearning = state is State.RELEARNING
    steps = scheduler.relearning_steps if relearning else scheduler.learning_steps
    name = f"{'relearning' if relearning else 'learning'} step {step + 1} of {len(steps)}"
    if rating != Rating.HARD:
        return name
    if step:
        return f"{name} again"
    return f"{name} again, " + ("between steps 1 and 2" if len(steps) > 1 else "half as long again")


def _moved(answering: Answering, rating: Rating, given: int) -> str:
    """What stands between the days memory asks for and the days given."""
    scheduler, nearest = answering.scheduler, max(rounded_half_up(answering.raw(rating)), 1)
    if given == nearest:
        return ""
    if given == scheduler.maximum_interval:
        return f"; {given} is the maximum"
    if given == scheduler.minimum_interval:
        return f"; {given} is the minimum"
    last, ordered = answering.card.scheduled_days, scheduler.ordered and scheduler.buttons == 4
    if rating > Rating.HARD and ordered:
        earlier = Rating(rating - 1)
        if given == answering.outcome(earlier)[4] + 1.0:
            return f"; a day after {earlier.name.capitalize()}"
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
