"""What Anki's scheduler does at each button, for a card of any kind, with FSRS.

The rules know a card only by the numbers of `ButtonContext`; where they come from is the business of
`repetita.collections.official_scheduler`. Source: the scheduler of Anki 26, <https://github.com/ankitects/anki>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from repetita.collections.day_picking import DayPicker
from repetita.collections.official_states import OfficialState
from repetita.collections.official_steps import OfficialSteps, days_to_wait
from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.fuzz import least_passed_interval
from repetita.scheduling.leech import becomes_leech
from repetita.scheduling.single_precision import rounded_half_up, single

__all__ = ["ButtonContext", "Outcome", "after_buttons"]

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
EASE_CHANGE = {AGAIN: -0.2, HARD: -0.15, GOOD: 0.0, EASY: 0.15}
LEAST_EASE = 1.3
SHORTEST_REVIEW_DAYS = 0.5


class Outcome(NamedTuple):
    """What the memory model says of one button: the state that it leads to, and the interval after it."""

    stability: float
    difficulty: float
    interval_days: float


@dataclass(frozen=True, slots=True)
class ButtonContext:
    """A card and the options that hold for it.

    Attributes:
        current: Where it stands, filtered decks aside.
        outcomes: By rating.
        learn_steps: Steps of new cards.
        relearn_steps: Steps after a lapse.
        initial_ease: Ease of a card that graduates.
        maximum: Longest interval, in days.
        leech_threshold: Lapses that make a leech, 0 for none.
        short_term: Whether the parameters let FSRS set delays of less than a day.
        short_term_with_steps: Whether it may where there are steps, too.
        seconds_to_rollover: From now to the next day.
        days: Picks whole days.
    """

    current: OfficialState
    outcomes: Mapping[int, Outcome]
    learn_steps: OfficialSteps
    relearn_steps: OfficialSteps
    initial_ease: float
    maximum: int
    leech_threshold: int
    short_term: bool
    short_term_with_steps: bool
    seconds_to_rollover: int
    days: DayPicker


def after_buttons(context: ButtonContext) -> dict[int, OfficialState]:
    """Where each button takes a card.

    Returns:
        By rating, 1 to 4.
    """
    if context.current.kind == "review":
        return {AGAIN: _forgotten(context), **_passed(context)}
    states = {rating: _step(context, rating) for rating in (AGAIN, HARD, GOOD)}
    return {**states, EASY: _easy_while_learning(context)}


def _passed(context: ButtonContext) -> dict[int, OfficialState]:
    """Hard, Good and Easy on a review card, each a day after the one before at least."""
    states, least = {}, 1
    for rating in (HARD, GOOD, EASY):
        interval = context.outcomes[rating].interval_days
        previous = context.current.interval_days or 0
        minimum = least_passed_interval(interval, previous, context.maximum, rounded=single)
        state = _review(context, rating, interval, max(minimum, least))
        states[rating] = state
        least = (state.interval_days or 0) + 1
    return states


def _forgotten(context: ButtonContext) -> OfficialState:
    """Again on a review card."""
    current, raw = context.current, context.outcomes[AGAIN].interval_days
    lapses = (current.lapses or 0) + 1
    lapsed = replace(
        _with_memory(context, AGAIN),
        kind="review",
        interval_days=max(rounded_half_up(raw), 1),
        remaining_steps=None,
        lapses=lapses,
        leech=becomes_leech(lapses, context.leech_threshold),
        ease=_changed_ease(current.ease, AGAIN),
        reason=f"forgotten: {raw:.1f} days, rounded, without fuzz",
    )
    delay = context.relearn_steps.again
    if delay is not None:
        return _delayed(context, lapsed, "relearning", delay, len(context.relearn_steps.seconds), AGAIN)
    if _stays(context, context.relearn_steps, raw):
        return _delayed(context, lapsed, "relearning", _seconds(raw), 0, None)
    return lapsed


def _step(context: ButtonContext, rating: int) -> OfficialState:
    """Again, Hard or Good on a card in learning or relearning: the next step, or on to review."""
    current = context.current
    relearning = current.kind == "relearning"
    kind = "relearning" if relearning else "learning"
    steps = context.relearn_steps if relearning else context.learn_steps
    left = len(steps.seconds) if current.remaining_steps is None else current.remaining_steps
    if rating == AGAIN:
        delay, left = steps.again, len(steps.seconds)
    elif rating == HARD:
        delay = steps.hard(left)
    else:
        delay = steps.good(left)
    raw = context.outcomes[rating].interval_days
    waiting = _with_memory(context, rating)
    if relearning and rating == AGAIN:
        waiting = replace(waiting, interval_days=max(rounded_half_up(raw), 1))
    if rating == GOOD and (relearning or delay is not None):
        # a delay that FSRS sets in learning leaves the count of steps alone
        left = steps.remaining_after_good(left)
    if delay is not None:
        return _delayed(context, waiting, kind, delay, left, rating)
    if _stays(context, steps, raw):
        if relearning:
            waiting = replace(waiting, interval_days=_review(context, rating, 1.0, 1).interval_days)
        return _delayed(context, waiting, kind, _seconds(raw), left, None)
    return _review(context, rating, float(max(rounded_half_up(raw), 1)), 1)


def _easy_while_learning(context: ButtonContext) -> OfficialState:
    """Easy on a card in learning or relearning: on to review, at least a day after where Good leads."""
    good = context.days.pick(context.outcomes[GOOD].interval_days, 1, context.maximum).days
    raw = context.outcomes[EASY].interval_days
    return _review(context, EASY, float(max(rounded_half_up(raw), 1)), good + 1)


def _review(context: ButtonContext, rating: int, interval_days: float, minimum: int) -> OfficialState:
    """The card as a review card."""
    picked = context.days.pick(interval_days, min(minimum, context.maximum), context.maximum)
    current = context.current
    ease = context.initial_ease if current.kind in ("new", "learning") else current.ease
    return replace(
        _with_memory(context, rating),
        kind="review",
        scheduled_seconds=None,
        interval_days=picked.days,
        remaining_steps=None,
        lapses=current.lapses or 0,
        ease=_changed_ease(ease, rating) if current.kind == "review" else ease,
        reason=picked.words,
    )


def _delayed(
    context: ButtonContext, state: OfficialState, kind: str, seconds: int, left: int, step_of: int | None
) -> OfficialState:
    """The card with a delay; ``step_of`` is the rating whose step it is, None where FSRS set it."""
    return replace(
        state,
        kind=kind,
        scheduled_seconds=seconds,
        delay_days=days_to_wait(seconds, context.seconds_to_rollover),
        remaining_steps=left,
        ease=None if kind == "learning" else state.ease,
        reason="less than half a day, set by FSRS" if step_of is None else STEP_WORDS[step_of],
    )


STEP_WORDS = {AGAIN: "back to the first step", HARD: "the same step again", GOOD: "the next step"}


def _with_memory(context: ButtonContext, rating: int) -> OfficialState:
    outcome = context.outcomes[rating]
    return replace(
        context.current,
        scheduled_seconds=None,
        delay_days=None,
        stability=outcome.stability,
        difficulty=outcome.difficulty,
        leech=False,
        reason="",
    )


def _stays(context: ButtonContext, steps: OfficialSteps, interval_days: float) -> bool:
    """Whether FSRS sets a delay of less than a day in place of a step."""
    allowed = context.short_term and (context.short_term_with_steps or not steps.seconds)
    return allowed and interval_days < SHORTEST_REVIEW_DAYS


def _seconds(interval_days: float) -> int:
    return int(single(interval_days * SECONDS_A_DAY))


def _changed_ease(ease: float | None, rating: int) -> float | None:
    if ease is None or rating == GOOD:
        return ease
    return max(single(ease + single(EASE_CHANGE[rating])), single(LEAST_EASE))
