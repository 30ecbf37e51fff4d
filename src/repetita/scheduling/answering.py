"""What an answer does to a card: its next state, memory and interval. The rules are Anki's.

`Answering` knows one card at one moment. It works out one button, or all of them for a preview: the same text
either way, so that a preview is what a review will do. Nothing that a button does not need is computed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from repetita.errors import UsageError
from repetita.ratings import Rating
from repetita.scheduling.calls import cannot_answer, no_state, not_a_card
from repetita.scheduling.card import Card, Memory, State
from repetita.scheduling.day_rule import SECONDS_A_DAY, days_between, utc_to_the_millisecond, whole_days
from repetita.scheduling.elapsed import exact_days_between
from repetita.scheduling.fuzz import (
    SHORTEST_FUZZED,
    fuzz_delta,
    fuzzed_interval,
    least_passed_interval,
    nearest_interval,
)
from repetita.scheduling.leech import becomes_leech
from repetita.scheduling.picking import balanced_pick, fraction_of, learning_delay, read_calendar
from repetita.scheduling.single_precision import rounded_half_up, single

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["LONGEST_RAW_DAYS", "SHORT_TERM_DAYS", "Answering", "Outcome"]

SHORT_TERM_DAYS = 0.5
"""Intervals that memory asks for below this may be given within the day."""

LONGEST_RAW_DAYS = 1e9
"""Longer wishes count as this: no calendar reaches it, and whole numbers stay exact."""

BOUND_ERROR = 1e-3
"""Days by which rounding may at most falsify a bound of up to a hundred years."""

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
        calendar: Cards due by day, for the load balancer; or None.

    Raises:
        UsageError: A naive or earlier time, a card of another model, no card.
    """

    __slots__ = (
        "_fraction", "_memories", "calendar", "card", "elapsed_days", "now", "reps", "scheduler", "today",
    )  # fmt: skip

    def __init__(self, scheduler: Scheduler, card: Card, at: datetime, calendar: Any = None) -> None:
        if card.__class__ is not Card:
            raise not_a_card(card)
        # most times are as they should be, and the call takes longer than to see that
        fits = at.__class__ is datetime and at.tzinfo is UTC and not at.microsecond % 1000
        now = at if fits else utc_to_the_millisecond(at)
        last, calls = card.last_review, scheduler.calls
        self.scheduler, self.card, self.now, self.reps = scheduler, card, now, card.reps
        self.calendar = None if calendar is None else read_calendar(calendar)
        self._memories: list[Memory | None] = [None, None, None, None, None]  # by rating
        self._fraction: float | None = None
        day_of = scheduler.day_rule.day_of_aware
        self.today = today = day_of(now)
        if last is None:
            self.elapsed_days = 0.0
            return
        if now < last or card.model != calls.model:
            raise cannot_answer(calls.model, card, now)
        if calls.whole_days:
            self.elapsed_days = days_between(day_of(last), today) + 0.0  # quicker than float
        else:
            self.elapsed_days = exact_days_between(last, now)

    def outcome(self, rating: Rating) -> Outcome:
        """What a button does.

        Raises:
            UsageError: The card would fall due after the year 9999.
        """
        state, rows = self.card.state, self.scheduler.learning_rows
        try:
            if state is REVIEW:
                if rating is AGAIN:
                    return self._lapsed()
                return self._in_review("passed", self._passing_days(rating))
            if state is RELEARNING:
                rows = self.scheduler.relearning_rows
            else:
                state = LEARNING
            step = self.card.step or 0
            planned = (rows[step] if step < len(rows) else rows[-1])[rating]
            if planned is None:
                return self._out_of_steps(rating, state, len(rows) - 1)
            return self._waiting("step", rating, state, planned)
        except OverflowError:
            raise UsageError(
                f"after {self.now.isoformat()} nothing falls due within the years 1 to 9999"
            ) from None

    def memory(self, rating: Rating) -> Memory:
        """Memory state after a button."""
        memories = self._memories
        known = memories[rating]
        if known is not None:
            return known
        calls, before = self.scheduler.calls, self.card.memory
        try:
            after: Memory = (
                calls.first[rating] if before is None else calls.after[rating](before, self.elapsed_days)
            )
        except (ArithmeticError, ValueError) as error:
            raise no_state(calls.model, self.card, error) from None
        memories[rating] = after
        return after

    def raw(self, rating: Rating) -> float:
        """Days that memory asks for after a button, not rounded."""
        return self.wish(self.memory(rating))

    def wish(self, memory: Memory) -> float:
        """Days that a memory state asks for, not rounded."""
        scheduler, card = self.scheduler, self.card
        try:
            if card.desired_retention is None and not scheduler.deck_retention:
                days = scheduler.calls.usual_interval(memory)
            else:
                days = scheduler.calls.interval(memory, scheduler.retention_of(card))
        except (ArithmeticError, ValueError):  # longer than any float
            return LONGEST_RAW_DAYS
        return days if days < LONGEST_RAW_DAYS else LONGEST_RAW_DAYS

    # ------------------------------------------------------------------ learning and relearning
    def _out_of_steps(self, rating: Rating, state: State, last_step: int) -> Outcome:
        """A button that leads to no step: on to review, or to a delay that memory asks for."""
        scheduler, raw = self.scheduler, self.raw(rating)
        if rating is EASY:
            least = self.chosen(self.raw(GOOD), 1) + 1 if scheduler.ordered else 1
            return self._in_review("graduated", self.chosen(_nearest(raw), least))
        if raw < SHORT_TERM_DAYS:
            steps = scheduler.relearning_steps if state is RELEARNING else scheduler.learning_steps
            if scheduler.gives_short_term(steps):
                return self._waiting("short term", rating, state, (last_step, *_within_a_day(raw)))
        return self._in_review("graduated", self.chosen(_nearest(raw), 1))

    def _waiting(
        self, rule: str, rating: Rating, state: State, planned: tuple[int, timedelta, float]
    ) -> Outcome:
        step, delay, days = planned
        scheduler, scheduled, due = self.scheduler, self.card.scheduled_days, self.now + delay
        if state is RELEARNING and rating is AGAIN:
            scheduled = self._lapse_days()
        if scheduler.due_at == "day":
            then = scheduler.day_rule.day_of_aware(due)
            if then > self.today:
                days = float(then - self.today)
                return rule, state, step, scheduler.day_rule.start(then), days, scheduled
        if scheduler.fuzz == "anki":
            delay = learning_delay(self.card, self.reps, delay)
            due, days = self.now + delay, delay.total_seconds() / SECONDS_A_DAY
        return rule, state, step, due, days, scheduled

    # ------------------------------------------------------------------ review
    def _passing_days(self, rating: Rating) -> int:
        scheduler, last = self.scheduler, self.card.scheduled_days
        memory = self.memory(rating)
        raw = self.wish(memory)
        least = least_passed_interval(raw, last, scheduler.maximum_interval)
        if rating is HARD or not scheduler.ordered or scheduler.buttons != 4:
            return self.chosen(raw, least)
        if rating is EASY or self._hard_may_reach(memory, raw):
            earlier = self._passing_days(HARD if rating is GOOD else GOOD)
            if least <= earlier:
                least = earlier + 1
        return self.chosen(raw, least)

    def _hard_may_reach(self, memory: Memory, raw: float) -> bool:
        """Whether Hard may come so late that Good has to come later than it would.

        A bound on Hard takes a quarter of the time of its days, and mostly settles it.

        Args:
            memory: After Good.
            raw: Days that it asks for.
        """
        scheduler, card = self.scheduler, self.card
        bound, least = scheduler.calls.hard_at_most, card.scheduled_days + 1
        if bound is None or self.elapsed_days < 1.0 or raw > scheduler.maximum_interval:
            return True
        if self.calendar is not None or scheduler.fuzz == "anki":
            return True  # days that the bounds of the fuzz do not settle, and rounded ones
        if least < scheduler.minimum_interval:
            least = scheduler.minimum_interval
        most = self.wish(bound(card.memory, memory))  # type: ignore[arg-type]
        if most < least:
            most = least
        if scheduler.fuzz is None:
            return raw < most + 1.0 + BOUND_ERROR  # a day apart they are so when rounded, too
        # the place of Hard between its bounds, which rounding moves by half a day, and Good's first day
        reach = fuzz_delta(most)
        begin, end = most - reach + 0.5, most + reach + 1.5
        if begin < least:
            begin = least
        latest = begin + self.fraction() * (end - begin)
        return raw - fuzz_delta(raw) - 0.5 < latest + 1.0 + BOUND_ERROR

    def _lapsed(self) -> Outcome:
        scheduler = self.scheduler
        planned = scheduler.relearning_rows[0][AGAIN]
        if planned is not None:
            return self._waiting("lapsed", AGAIN, RELEARNING, planned)
        if scheduler.gives_short_term(()) and (raw := self.raw(AGAIN)) < SHORT_TERM_DAYS:
            return self._waiting("lapsed", AGAIN, RELEARNING, (0, *_within_a_day(raw)))
        return self._in_review("lapsed", self._lapse_days())

    def _lapse_days(self) -> int:
        """Whole days that a lapsed card gets, never fuzzed."""
        scheduler = self.scheduler
        return nearest_interval(self.raw(AGAIN), scheduler.minimum_interval, scheduler.maximum_interval)

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
        if scheduler.fuzz is None or (days < SHORTEST_FUZZED and minimum < SHORTEST_FUZZED):
            return nearest_interval(days, minimum, scheduler.maximum_interval)
        fraction = self.fraction()
        if self.calendar is not None:
            wish = (days, minimum, fraction)
            if (picked := balanced_pick(scheduler, self.calendar, self.card, self.today, wish)) is not None:
                return picked
        if scheduler.fuzz == "anki":
            return fuzzed_interval(days, fraction, minimum, scheduler.maximum_interval, rounded=single)
        return fuzzed_interval(days, fraction, minimum, scheduler.maximum_interval)

    def fraction(self) -> float:
        """Where between its bounds any button of this answer falls, in [0, 1); for a scheduler with fuzz."""
        fraction = self._fraction
        if fraction is None:
            fraction = self._fraction = fraction_of(self.scheduler, self.card, self.reps)
        return fraction

    def rescheduled(self, memory: Memory) -> tuple[datetime, int]:
        """Due time and days of a card in review whose last answer was at this moment."""
        self.reps -= 1  # the fuzz of the answer that led here
        days = self.chosen(self.wish(memory), 1)
        return self._in_review("passed", days)[3], days

    def _in_review(self, rule: str, days: int) -> Outcome:
        scheduler = self.scheduler
        if scheduler.due_at == "day":
            due = scheduler.day_rule.start(self.today + days)
        else:
            due = self.now + whole_days(days)
        return rule, REVIEW, None, due, days + 0.0, days


def _nearest(raw: float) -> float:
    return float(rounded_half_up(raw)) if raw >= 1.0 else 1.0


def _within_a_day(raw: float) -> tuple[timedelta, float]:
    """A delay of whole seconds, and its days."""
    seconds = int(raw * SECONDS_A_DAY) or 1
    return timedelta(seconds=seconds), seconds / SECONDS_A_DAY
