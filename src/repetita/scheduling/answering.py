"""What an answer does to a card: its next state, memory and interval. The rules are Anki's.

`Answering` knows one card at one moment. It works out one button, or all of them for a preview: the same text
either way, so that a preview is what a review will do. Nothing that a button does not need is computed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from repetita.ratings import Rating
from repetita.scheduling.addressed_fuzz import fuzz_fraction
from repetita.scheduling.calls import cannot_answer, no_state, not_a_card
from repetita.scheduling.card import Card, Memory, State
from repetita.scheduling.day_rule import SECONDS_A_DAY, utc_to_the_millisecond, whole_days
from repetita.scheduling.elapsed import time_between
from repetita.scheduling.fuzz import SHORTEST_FUZZED, fuzz_bounds, fuzzed_interval
from repetita.scheduling.leech import becomes_leech
from repetita.scheduling.single_precision import rounded_half_up
from repetita.scheduling.steps import Steps, hard_delay

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["LONGEST_RAW_DAYS", "SHORT_TERM_DAYS", "Answering", "Outcome"]

SHORT_TERM_DAYS = 0.5
"""Intervals that memory asks for below this may be given within the day."""

LONGEST_RAW_DAYS = 1e9
"""Longer wishes count as this: no calendar reaches it, and whole numbers stay exact."""

# members of an enumeration are looked up slowly
AGAIN, HARD, GOOD, EASY = Rating
LEARNING, REVIEW, RELEARNING = State.LEARNING, State.REVIEW, State.RELEARNING

Outcome: TypeAlias = tuple[str, State, int | None, datetime, float, int]
"""Where an answer leaves a card: the rule that decided ("step", "short term", "graduated", "passed" or
"lapsed"), state, learning step, due time, days until then (whole, or a part of one) and scheduled days."""


class Answering:
    """A card at the moment of an answer.

    Args:
        scheduler: Whose rules hold.
        card: Of the scheduler's model, or new.
        at: When; any aware datetime, not before the card's last answer.

    Raises:
        UsageError: A naive or earlier time, a card of another model, no card.
    """

    __slots__ = ("_fraction", "_memories", "card", "elapsed_days", "now", "reps", "scheduler", "today")

    def __init__(self, scheduler: Scheduler, card: Card, at: datetime) -> None:
        if card.__class__ is not Card:
            raise not_a_card(card)
        now, rule, last = utc_to_the_millisecond(at), scheduler.day_rule, card.last_review
        self.scheduler, self.card, self.now, self.reps = scheduler, card, now, card.reps
        self._memories: dict[int, Memory] = {}
        self._fraction: float | None = None
        self.today = today = rule.day_of_aware(now)
        if last is None:
            self.elapsed_days = 0.0
            return
        if now < last or card.model != scheduler.calls.model:
            raise cannot_answer(scheduler.calls.model, card, now)
        self.elapsed_days = time_between(scheduler.calls.unit, rule, last, now, later_day=today)

    def outcome(self, rating: Rating) -> Outcome:
        """What a button does."""
        state = self.card.state
        if state is REVIEW:
            if rating is AGAIN:
                return self._lapsed()
            return self._in_review("passed", self._passing_days(rating))
        if state is RELEARNING:
            return self._in_steps(rating, self.scheduler.relearning_steps, state)
        return self._in_steps(rating, self.scheduler.learning_steps, LEARNING)

    def memory(self, rating: Rating) -> Memory:
        """Memory state after a button."""
        memories = self._memories
        if rating in memories:
            return memories[rating]
        calls, before = self.scheduler.calls, self.card.memory
        try:
            after = calls.first(rating) if before is None else calls.after(before, self.elapsed_days, rating)
        except ArithmeticError as error:
            raise no_state(calls.model, self.card, error) from None
        memories[rating] = after
        return after

    def raw(self, rating: Rating) -> float:
        """Days that memory asks for after a button, not rounded."""
        return self._wish(self.memory(rating))

    def _wish(self, memory: Memory) -> float:
        scheduler, retention = self.scheduler, self.card.desired_retention
        if retention is None:
            retention = scheduler.desired_retention
            if scheduler.deck_retention:
                retention = scheduler.retention_of(self.card)
        try:
            days = scheduler.calls.interval(memory, retention)
        except ArithmeticError:  # longer than any float
            return LONGEST_RAW_DAYS
        return days if days < LONGEST_RAW_DAYS else LONGEST_RAW_DAYS

    # ------------------------------------------------------------------ learning and relearning
    def _in_steps(self, rating: Rating, steps: Steps, state: State) -> Outcome:
        if rating is EASY:
            return self._in_review("graduated", self._easy_days())
        step = min(self.card.step or 0, max(len(steps) - 1, 0))
        if rating is AGAIN:
            step = 0
        elif rating is GOOD:
            step += 1
        if step < len(steps):
            delay = hard_delay(steps, step) if rating is HARD else steps[step]
            return self._waiting("step", rating, state, step, delay)
        raw = self.raw(rating)
        if raw < SHORT_TERM_DAYS and self.scheduler.gives_short_term(steps):
            return self._waiting("short term", rating, state, max(len(steps) - 1, 0), _within_a_day(raw))
        return self._in_review("graduated", self._graduating_days(raw))

    def _graduating_days(self, raw: float) -> int:
        return self.chosen(float(max(rounded_half_up(raw), 1)), 1)

    def _easy_days(self) -> int:
        good = self.chosen(self.raw(GOOD), 1)
        return self.chosen(float(max(rounded_half_up(self.raw(EASY)), 1)), good + 1)

    def _waiting(self, rule: str, rating: Rating, state: State, step: int, delay: timedelta) -> Outcome:
        scheduled = self.card.scheduled_days
        if state is RELEARNING and rating is AGAIN:
            scheduled = self._lapse_days()
        return (rule, state, step, *self._after_delay(delay), scheduled)

    def _after_delay(self, delay: timedelta) -> tuple[datetime, float]:
        """When a card comes back after a delay, and how many days that is."""
        scheduler, due = self.scheduler, self.now + delay
        if scheduler.due_at == "day":
            then = scheduler.day_rule.day_of_aware(due)
            if then > self.today:
                return scheduler.day_rule.start(then), float(then - self.today)
        return due, delay.total_seconds() / SECONDS_A_DAY

    # ------------------------------------------------------------------ review
    def _passing_days(self, rating: Rating) -> int:
        scheduler, last = self.scheduler, self.card.scheduled_days
        raw = self._wish(self.memory(rating))
        # an interval longer than the last one grows by a day at least; one near the last does not shrink
        if raw >= last + 0.5:
            least = last + 1
        else:
            least = last if last <= fuzz_bounds(raw, 1, scheduler.maximum_interval)[1] else 1
        if rating is not HARD and scheduler.ordered and scheduler.buttons == 4:
            earlier = self._passing_days(HARD if rating is GOOD else GOOD)
            if least <= earlier:
                least = earlier + 1
        return self.chosen(raw, least)

    def _lapsed(self) -> Outcome:
        scheduler, scheduled = self.scheduler, self._lapse_days()
        if scheduler.relearning_steps:
            delay = scheduler.relearning_steps[0]
        elif scheduler.gives_short_term(()) and (raw := self.raw(AGAIN)) < SHORT_TERM_DAYS:
            delay = _within_a_day(raw)
        else:
            return self._in_review("lapsed", scheduled)
        return ("lapsed", RELEARNING, 0, *self._after_delay(delay), scheduled)

    def _lapse_days(self) -> int:
        """Whole days that a lapsed card gets, never fuzzed."""
        scheduler = self.scheduler
        days = max(rounded_half_up(self.raw(AGAIN)), scheduler.minimum_interval)
        return min(days, scheduler.maximum_interval)

    def lapses(self, rating: Rating) -> tuple[int, bool]:
        """Lapses after a button, and whether that reports a leech."""
        lapses = self.card.lapses
        if rating is not AGAIN or self.card.state is not REVIEW:
            return lapses, False
        return lapses + 1, becomes_leech(lapses + 1, self.scheduler.leech_threshold)

    # ------------------------------------------------------------------ days
    def chosen(self, days: float, minimum: int) -> int:
        """The whole days given for those wished for, fuzz and limits applied."""
        scheduler = self.scheduler
        if minimum < scheduler.minimum_interval:
            minimum = scheduler.minimum_interval
        if scheduler.fuzz is not None and (days >= SHORTEST_FUZZED or minimum >= SHORTEST_FUZZED):
            if self._fraction is None:
                self._fraction = fuzz_fraction(scheduler.seed, self.card.card_id, self.reps)
            return fuzzed_interval(days, self._fraction, minimum, scheduler.maximum_interval)
        return fuzzed_interval(days, None, minimum, scheduler.maximum_interval)

    def rescheduled(self, memory: Memory) -> tuple[datetime, int]:
        """Due time and days of a card in review whose last answer was at this moment."""
        self.reps -= 1  # the fuzz of the answer that led here
        days = self.chosen(self._wish(memory), 1)
        return self._due_in(days), days

    def _in_review(self, rule: str, days: int) -> Outcome:
        return rule, REVIEW, None, self._due_in(days), float(days), days

    def _due_in(self, days: int) -> datetime:
        """When a card is due that was given whole days."""
        scheduler = self.scheduler
        if scheduler.due_at == "day":
            return scheduler.day_rule.start(self.today + days)
        return self.now + whole_days(days)


def _within_a_day(raw: float) -> timedelta:
    return timedelta(seconds=max(int(raw * SECONDS_A_DAY), 1))
