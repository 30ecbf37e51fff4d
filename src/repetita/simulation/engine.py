"""The event engine: a run in plain Python, one press after the other, the reference for every faster one.

A day has three parts. First, at ``now = day``, the presses within steps that were left over from earlier
days. Then, at the same time, due reviews in the order of the scheduler and new cards, as the person chooses,
until neither is left or a limit is reached. Then the day's own presses within steps, by due time, with a
clock that jumps from one to the next. What is left over waits for the next day of study; elapsed time is
always measured from the last press.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heapify, heappop, heappush
from math import floor, inf
from typing import Any

from repetita.errors import UsageError
from repetita.scheduling.plain_rules import step_delay, step_left
from repetita.simulation import rules
from repetita.simulation.cards import CardView, Today, writers
from repetita.simulation.parts import Parts, Series, roles_of_cards
from repetita.simulation.rules import elapsed_days

__all__ = ["NEW", "Engine"]

NEW = 3
"""Phase of an introduction in the log of events; the others are those of `rules`."""

(
    set_due,
    set_interval,
    set_lapses,
    set_last_review,
    set_last_review_rating,
    set_phase,
    set_reps,
    set_state,
    set_steps_left,
    set_steps_today,
    set_suspended,
) = writers(
    "due",
    "interval",
    "lapses",
    "last_review",
    "last_review_rating",
    "phase",
    "reps",
    "state",
    "steps_left",
    "steps_today",
    "suspended",
)

YOUNG_OBJECTS = 100_000  # that may be made before cycles among them are looked for

# day, phase before, card, rating, retrievability or None, seconds, interval, due, time, elapsed
Event = tuple[int, int, int, int, float | None, float, float, float, float, float]
# state after a press, time it is remembered from, first and last day on which it is sampled
Span = tuple[Any, float, int, int]


class Engine:
    """One run. ``run`` goes through the days; the results are in the attributes.

    Args:
        parts: Environments, schedulers, person, costs and the rest.
        cards: The cards, numbered from 0; those with presses come first.
        memory: True memory states of the cards, None for new ones.
        days: Length of the run.
        keep_events: Whether the log of events is kept.
        progress: Called after each day with its number.

    Attributes:
        series: Counts of each day.
        events: The log, in order.
        worlds: The distinct environments.
        spans: For each of them, what was remembered from when to when.
    """

    def __init__(
        self,
        parts: Parts,
        cards: Sequence[CardView],
        memory: list[Any],
        days: int,
        *,
        keep_events: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.parts, self.cards, self.memory, self.days = parts, cards, memory, days
        # what is asked for at every press, kept near
        self.behavior, self.cost, self.luck = parts.behavior, parts.cost, parts.luck
        self.short_term, self.switches = parts.short_term, parts.switches
        self.series, self.events, self.keep_events = Series(days), list[Event](), keep_events
        self.progress = progress
        self.worlds, self.roles = roles_of_cards(parts, len(cards))
        self.spans: list[list[Span]] = [[] for _ in self.worlds]
        self.span_begins = [(-1, self._origin(card)) for card in cards]
        self.calendar: list[list[CardView]] = [[] for _ in range(days)]
        self.unseen = sum(card.reps > 0 for card in cards)
        self.waiting: list[CardView] = []
        self.steps: list[tuple[float, int, CardView]] = []
        self.stopped, self.loop_time = False, -inf
        for card in cards[: self.unseen]:
            if not card.suspended:
                self._put(card, max(floor(card.due), 0))

    def run(self) -> None:
        """Goes through all days; after an interruption the results are those of the days done by then."""
        done = 0
        try:
            with rare_collections():
                for day in range(self.days):
                    self.waiting += self.calendar[day]
                    self.calendar[day] = []
                    if self.behavior.start_day(day, self.luck):
                        self._study(day)
                    done = day + 1
                    if self.progress is not None:
                        self.progress(day)
        except KeyboardInterrupt:
            self._stop_after(done)
            raise
        finally:
            self._close_spans()

    def _stop_after(self, days: int) -> None:
        """Drops what is of a later day than the first so many."""
        self.days = days
        self.series.cut(days)
        self.events = [event for event in self.events if event[0] < days]
        self.spans = [
            [(state, origin, first, min(last, days)) for state, origin, first, last in spans if first <= days]
            for spans in self.spans
        ]

    def _study(self, day: int) -> None:
        """The parts of a day."""
        today = self.behavior.today(day)
        today.new_cards_wait = self.switches.new_cards_wait
        self.steps, self.stopped, self.loop_time = [], False, -inf
        ready = self._ready(day)
        self.waiting = []
        if self.switches.carried_steps == "first":
            self._press_steps(day, today, left_over=True)
            today.steps_wait = bool(self.steps) and self.steps[0][0] <= day
        self._reviews_and_new(day, today, ready)
        self._press_steps(day, today)
        self.waiting += [entry[3] for entry in ready]
        self.waiting += [entry[2] for entry in self.steps]

    def _ready(self, day: int) -> list[Any]:
        """Due reviews as a heap of (key, due, number, card); steps left over go to the steps of the day."""
        ready, now = [], float(day)
        apart = self.switches.carried_steps != "compete"
        for card in self.waiting:
            if card.phase == 0:
                ready.append(self._entry(card, now))
                continue
            set_steps_today(card, 0)
            if apart or card.due > now:
                self.steps.append((card.due, card.id, card))
            else:
                ready.append((card.due, card.id, card.id, card))
        heapify(ready)
        heapify(self.steps)
        return ready

    def _entry(self, card: CardView, now: float) -> tuple[Any, float, int, CardView]:
        """A due card with what it is sorted by."""
        key = self.roles[card.id].priority(card, now)
        if not self.switches.priority_exact:
            key = key + 1e-4 * card.due + 1e-8 * card.id
        return key, card.due, card.id, card

    def _reviews_and_new(self, day: int, today: Today, ready: list[Any]) -> None:
        """Everything at the start of the day."""
        now, choose = float(day), self.behavior.choose
        cards, deck = self.cards, len(self.cards)
        while not self.stopped:
            review = ready[0][3] if ready else None
            new = cards[self.unseen] if self.unseen < deck else None
            if review is None and new is None:
                return
            action = choose(today, review, new)
            if action is None:
                return
            if action == "learn" and new is not None:
                self._learn(new, now, today)
            elif action == "review" and review is not None:
                entry = heappop(ready)
                free = review.phase == 0 or self._in_loops(review, now, day)
                if not (free and self._review(review, now, today)):
                    heappush(ready, entry)
                    return
            else:
                raise UsageError(
                    f"the behavior chose {action!r} on day {day}, expected 'review' or 'learn' where there "
                    "is one, or None"
                )

    def _press_steps(self, day: int, today: Today, *, left_over: bool = False) -> None:
        """Presses within steps, of earlier days or of this one, by due time, while the person goes on."""
        steps, now, end = self.steps, float(day), day + 1.0
        counted = self.switches.step_limits
        while steps and steps[0][0] < end and not self.stopped:
            if left_over and steps[0][0] > day:
                return
            if not self.behavior.may_press_step(today, counted):
                return
            entry = heappop(steps)
            card, now = entry[2], max(now, entry[0])
            if not self._in_loops(card, now, day):
                self.waiting.append(card)
            elif not self._review(card, now, today):
                heappush(steps, entry)

    def _in_loops(self, card: CardView, now: float, day: int) -> bool:
        """Whether the limit of loops lets a card in steps be pressed; counts the loops of the day."""
        short, loops = self.short_term, self.series.short_loops
        if short is None or card.phase == 0:
            return True
        limit = inf if short.loops_limit is None else short.loops_limit
        if self.switches.loops_semantics == "sweep":
            if card.steps_today >= limit:
                return False
            set_steps_today(card, card.steps_today + 1)
            loops[day] = max(loops[day], card.steps_today)
            return True
        if now == self.loop_time:
            return True
        if loops[day] >= limit:
            self.stopped = True
            return False
        loops[day] += 1
        self.loop_time = now
        return True

    def _learn(self, card: CardView, now: float, today: Today) -> None:
        """The introduction of a card."""
        roles = self.roles[card.id]
        self.luck.at(card.id, 0)
        rating = _checked_rating(self.behavior.first_rating(card, self.luck))
        seconds = _checked_seconds(self.cost.learning_seconds(rating, card))
        raw, state = roles.schedule_first(card, rating, now)
        self.memory[card.id] = roles.first(rating)
        self.unseen += 1
        today.learned += 1
        today.spent += seconds
        self.series.new[today.day] += 1
        self.series.learning_seconds[today.day] += seconds
        self._place(card, NEW, raw, rating, now)
        self._press(card, NEW, rating, None, seconds, now, now, state, today.day)

    def _review(self, card: CardView, now: float, today: Today) -> bool:
        """A later press of a card; False if the person stops instead."""
        parts, roles, number = self.parts, self.roles[card.id], card.id
        last, phase, state = card.last_review, card.phase, self.memory[number]
        days = elapsed_days(now, last, roles.world_calendar)
        recalled = roles.recall(state, days)
        if not 0.0 <= recalled <= 1.0:
            raise UsageError(f"the environment's retrievability is {recalled!r} for card {number}")
        parts.luck.at(number, card.reps)
        answer = parts.behavior.review_rating(recalled, card, parts.luck)
        if answer is None:
            self.stopped = True
            return False
        rating = _checked_rating(answer)
        seconds = _checked_seconds(parts.cost.review_seconds(recalled, rating, card))
        if roles.days is not None and card.state == state:
            true = belief = roles.after(state, days, rating)
            raw = roles.days(belief, now)
        else:
            believed = days
            if roles.scheduler_calendar != roles.world_calendar:
                believed = elapsed_days(now, last, roles.scheduler_calendar)
            raw, belief = roles.schedule(card, believed, rating, now)
            true = roles.after(state, days, rating)
        self._end_span(card, today.day)
        self.memory[number] = true
        self._count(phase, rating, seconds, today)
        self._place(card, phase, raw, rating, now)
        if rating == 1:
            set_lapses(card, card.lapses + 1)
        if phase == 0:
            set_last_review_rating(card, rating)
        self._press(card, phase, rating, recalled, seconds, now, last, belief, today.day)
        return True

    def _count(self, phase: int, rating: int, seconds: float, today: Today) -> None:
        """Counts a review."""
        series, day, failed = self.series, today.day, rating == 1
        if phase == 0 or self.switches.step_limits:
            today.reviewed += 1
        today.spent += seconds
        series.reviews[day] += 1
        series.lapses[day] += failed
        series.review_seconds[day] += seconds
        if phase == 0:
            series.phase_reviews[day] += 1
            series.phase_lapses[day] += failed

    def _place(self, card: CardView, phase: int, raw: float, rating: int, now: float) -> None:
        """Sets phase, interval and due time of a card after a press."""
        if not (raw >= 0.0 and raw < inf):
            raise UsageError(
                f"scheduler {self.roles[card.id].name} gave an interval of {raw!r} days for card {card.id}"
            )
        seconds = -1.0 if self.short_term is None else self._short_term(card, phase, raw, rating)
        fuzz = self.parts.fuzz
        u = self.luck.fuzz() if fuzz else 0.0
        if seconds >= 0.0:
            interval = rules.step_interval(seconds, fuzz, u)
            due = now + interval
        else:
            interval = rules.settle(raw, fuzz, u, self.roles[card.id].maximum)
            due = floor(now) + interval
        set_interval(card, interval)
        set_due(card, due)

    def _short_term(self, card: CardView, phase: int, raw: float, rating: int) -> float:
        """Seconds until a card comes back within steps, or -1; sets phase and steps left."""
        short = self.short_term
        if short is None:
            return -1.0
        if short.source == "sched":
            if raw >= short.threshold_days:
                set_phase(card, rules.REVIEW)
                return -1.0
            self._enter(card, rules.short_phase(phase % NEW, phase == NEW), 0)
            return raw * rules.SECONDS_A_DAY
        if phase == rules.REVIEW and rating > 1:
            return -1.0
        target = rules.LEARNING if phase == NEW else max(phase, rules.RELEARNING) if phase == 0 else phase
        steps = short.seconds(target)
        left = len(steps) if phase in (NEW, rules.REVIEW) else card.steps_left
        seconds = step_delay(steps, 0, len(steps), left, rating)
        if seconds < 0.0:
            set_phase(card, rules.REVIEW)
        else:
            self._enter(card, target, step_left(len(steps), left, rating))
        return seconds

    def _enter(self, card: CardView, phase: int, left: int) -> None:
        """Puts a card into steps, or keeps it there."""
        if card.phase == 0:
            set_steps_today(card, 0)
        set_phase(card, phase)
        set_steps_left(card, left)

    def _press(
        self,
        card: CardView,
        phase: int,
        rating: int,
        recalled: float | None,
        seconds: float,
        now: float,
        last: float,
        state: Any,
        day: int,
    ) -> None:
        """Notes a press, on the card and in the log, and queues the card."""
        elapsed = now - last
        card.presses.append((rating, elapsed, now))
        set_reps(card, card.reps + 1)
        set_state(card, state)
        set_last_review(card, now)
        self.span_begins[card.id] = (day, self._origin(card))
        if self.keep_events:
            self.events.append(
                (day, phase, card.id, rating, recalled, seconds, card.interval, card.due, now, elapsed)
            )
        leech = self.parts.leech_lapses
        if leech is not None and rating == 1 and card.lapses >= leech:
            set_suspended(card, True)
        elif card.due < day + 1:
            heappush(self.steps, (card.due, card.id, card))
        else:
            self._put(card, floor(card.due))

    def _put(self, card: CardView, day: int) -> None:
        """Queues a card for a day, if the run lasts so long."""
        if day < self.days:
            self.calendar[day].append(card)

    def _origin(self, card: CardView) -> float:
        """The time from which the world counts the days since a card's last press."""
        last = card.last_review
        return floor(last) if self.roles[card.id].world_calendar else last

    def _end_span(self, card: CardView, day: int) -> None:
        """Notes what was remembered up to a press on a day."""
        begin, origin = self.span_begins[card.id]
        end = self.switches.memorized_sampling == "end"
        first, last = (max(begin, 0), day - 1) if end else (begin + 1, day)
        if last >= first:
            self.spans[self.roles[card.id].world].append((self.memory[card.id], origin, first, last))

    def _close_spans(self) -> None:
        """Notes what is remembered at the end of the run; its day is the last one sampled."""
        end = self.switches.memorized_sampling == "end"
        for card in self.cards[: self.unseen]:
            begin, origin = self.span_begins[card.id]
            first = max(begin, 0) if end else begin + 1
            if first <= self.days:
                self.spans[self.roles[card.id].world].append((self.memory[card.id], origin, first, self.days))


@contextmanager
def rare_collections() -> Iterator[None]:
    """The collector of cycles looks less often: a log is very many tuples, and not one cycle."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG_OBJECTS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _checked_seconds(seconds: float) -> float:
    if not 0.0 <= seconds < inf:
        raise UsageError(f"the cost of a press is {seconds!r}, expected seconds from 0", where="cost")
    return seconds


def _checked_rating(rating: Any) -> int:
    if rating not in (1, 2, 3, 4):
        raise UsageError(f"the behavior gave the rating {rating!r}, expected 1, 2, 3 or 4")
    return int(rating)
