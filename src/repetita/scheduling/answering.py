"""What an answer does to a card: its next state, memory and interval. The rules are Anki's.

`Answering` knows one card at one moment. It works out one button, or all of them for a preview: the same text
either way, so that a preview is what a review will do. Nothing that a button does not need is computed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from repetita.errors import UsageError
from repetita.ratings import Rating
from repetita.scheduling.addressed_fuzz import fuzz_fraction
from repetita.scheduling.calls import interval_days, memory_after
from repetita.scheduling.card import Card, Memory, State
from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.fuzz import SHORTEST_FUZZED, fuzz_bounds, fuzzed_interval
from repetita.scheduling.leech import becomes_leech
from repetita.scheduling.single_precision import rounded_half_up
from repetita.scheduling.steps import Steps, hard_delay

if TYPE_CHECKING:
    from datetime import datetime

    from repetita.scheduling.scheduler import Scheduler

__all__ = ["LONGEST_RAW_DAYS", "SHORT_TERM_DAYS", "Answering", "Outcome"]

SHORT_TERM_DAYS = 0.5
"""Intervals that memory asks for below this may be given within the day."""

LONGEST_RAW_DAYS = 1e9
"""Longer wishes count as this: no calendar reaches it, and whole numbers stay exact."""


class Outcome(NamedTuple):
    """Where an answer leaves a card.

    Attributes:
        rule: What decided: "step", "short term", "graduated", "passed" or "lapsed".
        state: State after the answer.
        step: Learning step after it, or None.
        memory: Memory state after it.
        due: When the card comes next.
        interval_days: Days until then: whole, or a part of one within the day.
        scheduled_days: As in `Card`.
        lapses: Lapses after it.
        leech: Whether this answer made the card a leech, or reported it again.
    """

    rule: str
    state: State
    step: int | None
    memory: Memory
    due: datetime
    interval_days: float
    scheduled_days: int
    lapses: int
    leech: bool


class Answering:
    """A card at the moment of an answer."""

    __slots__ = ("_fraction", "_memories", "_reps", "card", "elapsed_days", "now", "retention", "scheduler")

    def __init__(self, scheduler: Scheduler, card: Card, now: datetime, elapsed_days: float) -> None:
        self.scheduler, self.card, self.now, self.elapsed_days = scheduler, card, now, elapsed_days
        self.retention = scheduler.retention_of(card)
        self._reps = card.reps
        self._memories: dict[int, Memory] = {}
        self._fraction: float | None = None

    def outcome(self, rating: Rating) -> Outcome:
        """What a button does."""
        state = self.card.state
        if state is State.REVIEW:
            if rating == Rating.AGAIN:
                return self._lapsed()
            return self._in_review("passed", rating, self._passing_days(rating))
        if state is State.RELEARNING:
            return self._in_steps(rating, self.scheduler.relearning_steps, State.RELEARNING)
        return self._in_steps(rating, self.scheduler.learning_steps, State.LEARNING)

    def memory(self, rating: int) -> Memory:
        """Memory state after a button."""
        known = self._memories.get(rating)
        if known is None:
            known = memory_after(self.scheduler.model, self.card.memory, self.elapsed_days, rating)
            self._memories[rating] = known
        return known

    def raw(self, rating: int) -> float:
        """Days that memory asks for after a button, not rounded."""
        days = interval_days(self.scheduler.model, self.memory(rating), self.retention)
        return days if days < LONGEST_RAW_DAYS else LONGEST_RAW_DAYS

    # ------------------------------------------------------------------ learning and relearning
    def _in_steps(self, rating: Rating, steps: Steps, state: State) -> Outcome:
        if rating == Rating.EASY:
            return self._in_review("graduated", rating, self._easy_days())
        step = min(self.card.step or 0, max(len(steps) - 1, 0))
        if rating == Rating.AGAIN:
            step = 0
        elif rating == Rating.GOOD:
            step += 1
        if step < len(steps):
            delay = hard_delay(steps, step) if rating == Rating.HARD else steps[step]
            return self._waiting("step", rating, state, step, delay)
        raw = self.raw(rating)
        if self.scheduler.gives_short_term(steps) and raw < SHORT_TERM_DAYS:
            return self._waiting("short term", rating, state, max(len(steps) - 1, 0), _within_a_day(raw))
        return self._in_review("graduated", rating, self._graduating_days(raw))

    def _graduating_days(self, raw: float) -> int:
        return self.chosen(float(max(rounded_half_up(raw), 1)), self.scheduler.minimum_interval)

    def _easy_days(self) -> int:
        good = self.chosen(self.raw(Rating.GOOD), self.scheduler.minimum_interval)
        return self.chosen(float(max(rounded_half_up(self.raw(Rating.EASY)), 1)), good + 1)

    def _waiting(self, rule: str, rating: Rating, state: State, step: int, delay: timedelta) -> Outcome:
        scheduled = self.card.scheduled_days
        if state is State.RELEARNING and rating == Rating.AGAIN:
            scheduled = self.lapse_days()
        due, days = self._after_delay(delay)
        return Outcome(
            rule, state, step, self.memory(rating), due, days, scheduled, self.card.lapses, leech=False
        )

    def _after_delay(self, delay: timedelta) -> tuple[datetime, float]:
        """When a card comes back after a delay, and how many days that is."""
        scheduler, due = self.scheduler, self.now + delay
        if scheduler.due_at == "day":
            today, then = scheduler.day_rule.day(self.now), scheduler.day_rule.day(due)
            if then > today:
                return scheduler.day_rule.start(then), float(then - today)
        return due, delay.total_seconds() / SECONDS_A_DAY

    # ------------------------------------------------------------------ review
    def _passing_days(self, rating: Rating) -> int:
        raw = self.raw(rating)
        least = max(self._least_days(raw), self.scheduler.minimum_interval)
        if rating > Rating.HARD and self.scheduler.buttons == 4:
            least = max(least, self._passing_days(Rating(rating - 1)) + 1)
        return self.chosen(raw, least)

    def _least_days(self, raw: float) -> int:
        """A longer interval than the last one grows by a day at least; one near it does not shrink."""
        last = self.card.scheduled_days
        if rounded_half_up(raw) > last:
            return last + 1
        return last if last <= fuzz_bounds(raw, 1, self.scheduler.maximum_interval)[1] else 0

    def _lapsed(self) -> Outcome:
        scheduler, rating = self.scheduler, Rating.AGAIN
        lapses, scheduled = self.card.lapses + 1, self.lapse_days()
        leech = becomes_leech(lapses, scheduler.leech_threshold)
        if scheduler.relearning_steps:
            due, days = self._after_delay(scheduler.relearning_steps[0])
        elif scheduler.gives_short_term(()) and (raw := self.raw(rating)) < SHORT_TERM_DAYS:
            due, days = self._after_delay(_within_a_day(raw))
        else:
            return self._in_review("lapsed", rating, scheduled)._replace(lapses=lapses, leech=leech)
        memory = self.memory(rating)
        return Outcome("lapsed", State.RELEARNING, 0, memory, due, days, scheduled, lapses, leech)

    def lapse_days(self) -> int:
        """Whole days that a lapsed card gets, never fuzzed."""
        scheduler = self.scheduler
        days = max(rounded_half_up(self.raw(Rating.AGAIN)), scheduler.minimum_interval)
        return min(days, scheduler.maximum_interval)

    # ------------------------------------------------------------------ days
    def chosen(self, days: float, minimum: int) -> int:
        """The whole days given for those wished for, fuzz and limits applied."""
        scheduler = self.scheduler
        if self._fraction is None and scheduler.fuzz is not None and max(days, minimum) >= SHORTEST_FUZZED:
            self._fraction = fuzz_fraction(scheduler.seed, self.card.card_id, self._reps)
        return fuzzed_interval(days, self._fraction, minimum, scheduler.maximum_interval)

    def rescheduled(self, memory: Memory) -> tuple[datetime, int]:
        """Due time and days of a card in review whose last answer was at this moment."""
        raw = min(interval_days(self.scheduler.model, memory, self.retention), LONGEST_RAW_DAYS)
        self._reps -= 1  # the fuzz of the answer that led here
        days = self.chosen(raw, self.scheduler.minimum_interval)
        return self._due_in(days), days

    def _in_review(self, rule: str, rating: Rating, days: int) -> Outcome:
        memory, lapses = self.memory(rating), self.card.lapses
        due = self._due_in(days)
        return Outcome(rule, State.REVIEW, None, memory, due, float(days), days, lapses, leech=False)

    def _due_in(self, days: int) -> datetime:
        """When a card is due that was given whole days."""
        rule = self.scheduler.day_rule
        try:
            if self.scheduler.due_at == "day":
                return rule.start(rule.day(self.now) + days)
            return self.now + timedelta(days=days)
        except OverflowError:
            raise UsageError(f"{days} days after {self.now.isoformat()} no calendar reaches") from None


def _within_a_day(raw: float) -> timedelta:
    return timedelta(seconds=max(int(raw * SECONDS_A_DAY), 1))
