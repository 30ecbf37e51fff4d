"""Schedulers: what they believe about a card, and when they want to see it again.

A scheduler sees a `CardView` and what the person pressed, never the true memory. Its belief is what it
returned at the last press and finds in ``card.state``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, Protocol, TypeAlias

from repetita.equations import anki_sm2, declared
from repetita.equations.memrise import LADDER, next_rung
from repetita.errors import UsageError
from repetita.intervals import searched_interval, solved_interval
from repetita.memory_model import MemoryModel
from repetita.simulation import rules, targets
from repetita.simulation.cards import CardView
from repetita.simulation.roles import service_mode

__all__ = [
    "AnkiSM2Scheduler",
    "FixedScheduler",
    "HistoryScheduler",
    "MemriseScheduler",
    "ModelScheduler",
    "SchedulerLike",
]

Answer: TypeAlias = tuple[float, Any]
Target: TypeAlias = Callable[[Sequence[float], float, float, float], float]


class SchedulerLike(Protocol):
    """What an engine asks of a scheduler. Intervals are days, not rounded; states are values.

    A method ``priority(card, now)`` may order due reviews: a number or a tuple, lower first; without it
    they come by due time. An attribute ``calendar`` (default True) is as in `EnvironmentLike`.
    """

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """Interval and state after the introduction of a card."""

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """Interval and state after a later press; the card is as it was before."""


class _Ordered:
    """Orders due reviews by a mode of `rules`, or by due time where the scheduler knows no better."""

    mode = rules.EARLY_DUE
    calendar = True

    def recalled(self, card: CardView, elapsed_days: float) -> float:
        """Believed probability of recall; 1 without a belief."""
        return 1.0

    def strength(self, card: CardView) -> tuple[float, float]:
        """Believed difficulty and stability; 0 without a belief."""
        return 0.0, 0.0

    def priority(self, card: CardView, now: float) -> float:
        """What due reviews are sorted by, lowest first; shuffling is the engine's."""
        mode, recalled = self.mode, 0.0
        if mode <= rules.HIGH_RETRIEVABILITY:
            recalled = self.recalled(
                card, rules.elapsed_days(max(now, card.last_review), card.last_review, self.calendar)
            )
        return rules.service_key(mode, recalled, *self.strength(card), card.interval, card.due, 0.0)


class ModelScheduler(_Ordered):
    """Believes a memory model and aims at a retention.

    Args:
        memory: The belief.
        name: How the scheduler is called.
        kind: Key of `repetita.simulation.roles.RETENTIONS`.
        policy: Row of numbers of the policy: the shortest interval in days, then what its kind says; for
            "constant" the desired retention.
        mode: Order of due reviews, a number of `rules`.
        options: Other options of the equations than those of the model's variant.
        search: How an interval is found where the model has no closed form, a function of
            `repetita.intervals`. Default: by whether the curve of the model may rise.

    Example:
        >>> from repetita import model
        >>> s = ModelScheduler(model("fsrs6"), policy=(1.0, 0.9))
        >>> s.first(CardView(0), 3, 0.0)[0]
        2.3065
    """

    def __init__(
        self,
        memory: MemoryModel,
        *,
        policy: Sequence[float],
        name: str | None = None,
        kind: str = "constant",
        mode: int = rules.LOW_RETRIEVABILITY,
        options: Sequence[float] | None = None,
        search: Callable[[Callable[[float], float], float], float] | None = None,
    ) -> None:
        module = memory.equations
        self.memory, self.name, self.kind = memory, name or memory.name, kind
        self.policy = tuple(policy)
        self.options = memory.options if options is None else tuple(options)
        self.calendar = module.UNIT == "days"
        self.mode = service_mode(mode, memory.name)
        self._vectors = memory.parameters, memory.prepared, self.options
        self._first, self._recall, self._after = module.first, module.recall, module.after
        self.max_interval: float | None = None
        self._closed: Any = module.interval if declared(module).closed_interval else None
        usual = searched_interval if declared(module).steps else solved_interval
        self.search = usual if search is None else search
        self._aim: Target | None = None if kind == "constant" else TARGETS[kind]
        names = module.STATE
        self._stability = names.index("stability") if "stability" in names else 0
        self._difficulty = names.index("difficulty") if "difficulty" in names else 0

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """Interval and state after the introduction of a card."""
        state = self._first(*self._vectors, rating)
        return self.days(state, now), state

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """Interval and state after a later press."""
        state = self._after(*self._vectors, card.state, elapsed_days, rating)
        return self.days(state, now), state

    def days(self, state: Sequence[float], now: float) -> float:
        """The interval the policy wants for a state."""
        policy, aim = self.policy, self._aim
        if aim is None:
            return max(policy[0], self._interval(state, policy[1]))
        stability, difficulty = state[self._stability], state[self._difficulty]
        if self.kind == "cost_adr_days":
            return max(policy[0], targets.cost_adr_days(policy, stability, difficulty))
        days = self._interval(state, aim(policy, stability, difficulty, now))
        return targets.sspmmc_days(policy, stability, days) if self.kind == "sspmmc" else max(policy[0], days)

    def _interval(self, state: Sequence[float], retention: float) -> float:
        if self._closed is not None:
            days: float = self._closed(*self._vectors, state, retention)
            return days
        return self.search(lambda days: self._recall(*self._vectors, state, days), retention)

    def priority(self, card: CardView, now: float) -> float:
        """What due reviews are sorted by, lowest first."""
        if self.mode != rules.LOW_RETRIEVABILITY:
            return super().priority(card, now)
        days = rules.elapsed_days(now, card.last_review, self.calendar)
        return self._recall(*self._vectors, card.state, days)  # type: ignore[no-any-return]

    def recalled(self, card: CardView, elapsed_days: float) -> float:
        """Believed probability of recall."""
        recalled: float = self._recall(*self._vectors, card.state, elapsed_days)
        return recalled

    def strength(self, card: CardView) -> tuple[float, float]:
        """Believed difficulty and stability."""
        return card.state[self._difficulty], card.state[self._stability]


TARGETS: dict[str, Target] = {
    "adr": targets.adr_retention,
    "adr_time": targets.adr_time_retention,
    "cost_adr": targets.cost_adr_retention,
    "cost_adr_days": targets.constant_retention,  # not asked: the head gives the interval itself
    "sspmmc": targets.sspmmc_retention,
}


class HistoryScheduler(_Ordered):
    """Believes a memory model whose state is the history of a card, and aims at a retention.

    Args:
        memory: The belief, of kind "features" or "pairs".
        desired_retention: In (0, 1).
        mode: Order of due reviews; those by a state come by due time.
    """

    def __init__(self, memory: MemoryModel, desired_retention: float, *, mode: int = rules.EARLY_DUE) -> None:
        self.memory, self.name = memory, memory.name
        self.desired_retention = desired_retention
        self.calendar = memory.equations.UNIT == "days"
        self.mode = service_mode(mode, memory.name)

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """Interval and state after the introduction of a card."""
        state = ((0.0, rating),)
        return self.days(state), state

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """Interval and state after a later press."""
        state = (*card.state, (elapsed_days, rating))
        return self.days(state), state

    def recalled(self, card: CardView, elapsed_days: float) -> float:
        """Believed probability of recall."""
        recalled: float = self.memory.retrievability(card.state, elapsed_days)
        return recalled

    def days(self, state: Any) -> float:
        """The interval after a history."""
        search = searched_interval if declared(self.memory.equations).steps else solved_interval
        return max(1.0, search(lambda days: self.memory.retrievability(state, days), self.desired_retention))


class FixedScheduler(_Ordered):
    """The same interval after every press.

    Args:
        days: Above 0.
        mode: Order of due reviews.
    """

    def __init__(self, days: float = 1.0, *, mode: int = rules.EARLY_DUE) -> None:
        if not (isfinite(days) and days > 0.0):
            raise UsageError(f"fixed interval is {days!r} days, expected a number above 0", where="scheduler")
        self.interval_days, self.name = float(days), "fixed"
        self.mode = service_mode(mode, None)

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """The interval."""
        return self.interval_days, None

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """The interval."""
        return self.interval_days, None


class AnkiSM2Scheduler(_Ordered):
    """Anki's scheduler before FSRS; its state is the ease and the interval that waits behind steps.

    Presses in learning and relearning leave the ease alone: a new card starts at the starting ease and gets
    the graduating interval, a lapsed one the interval of its lapse.

    Args:
        settings: Deck options, as `repetita.equations.anki_sm2.Settings` has them.
        name: How the scheduler is called.
        learning_steps: Whether new cards go through steps that are not for this rule to see.
        hide_steps: Whether presses in steps are not for this rule to see.
        mode: Order of due reviews.
    """

    def __init__(
        self,
        settings: Sequence[float] = anki_sm2.Settings(),
        *,
        name: str = "anki_sm2",
        learning_steps: bool = False,
        hide_steps: bool = True,
        mode: int = rules.EARLY_DUE,
    ) -> None:
        self.settings, self.name = tuple(settings), name
        self.learning_steps, self.hide_steps = learning_steps and hide_steps, hide_steps
        self.mode = service_mode(mode, None)

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """Interval and state after the introduction of a card."""
        days, ease = anki_sm2.scheduled_first(self.settings, rating)
        return days, (self.settings[2] if self.learning_steps else ease, days)

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """Interval and state after a later press."""
        ease, days = card.state
        phase = card.phase if self.hide_steps else rules.REVIEW
        if phase == rules.LEARNING:
            days = anki_sm2.graduated(self.settings, rating)
        elif phase == rules.REVIEW:
            before = (card.interval, ease)
            days, ease = anki_sm2.scheduled(self.settings, before, elapsed_days, rating)
        return days, (ease, days)


class MemriseScheduler(_Ordered):
    """The ladder of Memrise; steps before it do not count as rungs.

    Args:
        hide_steps: Whether presses in steps are not for this rule to see.
        mode: Order of due reviews.
    """

    name = "memrise"

    def __init__(self, *, hide_steps: bool = True, mode: int = rules.EARLY_DUE) -> None:
        self.hide_steps = hide_steps
        self.mode = service_mode(mode, None)

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """The first rung."""
        return next_rung(0.0, rating, LADDER), None

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """The next rung, or the first after Again."""
        in_steps = self.hide_steps and card.phase != rules.REVIEW
        return next_rung(0.0 if in_steps else card.interval, rating, LADDER), None
