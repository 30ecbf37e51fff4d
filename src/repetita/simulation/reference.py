"""Worlds and beliefs as srs-simulator has them where it departs from the trained models; for `Switches`.

Nothing is written anew: the equations of `repetita.equations` are called with other options and arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.intervals import whole_days_interval
from repetita.memory_model import MemoryModel
from repetita.simulation import rules
from repetita.simulation.cards import CardView
from repetita.simulation.environments import ModelEnvironment
from repetita.simulation.schedulers import Answer, HistoryScheduler, ModelScheduler
from repetita.simulation.switches import Switches

if TYPE_CHECKING:
    from repetita.simulation.environments import FloatArray

__all__ = ["environment_with", "history_scheduler_with", "options_with", "scheduler_with"]

EASY_DIFFICULTY = {"fsrs5": 2, "fsrs6": 3}  # place among the prepared numbers
REVERSION, DIFFICULTY_STEP = 5, 4  # places among the parameters of FSRS v3
DASH_HALVINGS, DASH_LONGEST = 24, 3650.0


def options_with(memory: MemoryModel, switches: Switches) -> tuple[float, ...]:
    """Options of a model's equations under the switches."""
    names, values = memory.equations.OPTIONS, list(memory.options)
    if switches.stability_bounds is not None and names[:2] == ("stability_min", "stability_max"):
        values[:2] = switches.stability_bounds
    if switches.same_day_hard_may_lower and "same_day_floor_rating" in names:
        values[names.index("same_day_floor_rating")] = 3.0
    return tuple(values)


def prepared_with(memory: MemoryModel, switches: Switches) -> tuple[float, ...]:
    """Prepared numbers of a model's equations under the switches."""
    values = list(memory.prepared)
    if switches.difficulty_target_clamped and memory.name in EASY_DIFFICULTY:
        place = EASY_DIFFICULTY[memory.name]
        values[place] = min(max(values[place], 1.0), 10.0)
    return tuple(values)


def adapted(memory: MemoryModel, switches: Switches) -> str | None:
    """Which adapter below a model needs under the switches."""
    if memory.name == "hlr" and not switches.hlr_roots:
        return "counts"
    if memory.name == "fsrs3" and not switches.fsrs3_correct:
        return "fsrs3"
    if "stability" in memory.state_names and not switches.init_s_clamp:
        return "unclamped"
    if switches.difficulty_target_clamped and memory.name in EASY_DIFFICULTY:
        return "target"
    return None


class _Bounds:
    """First states without bounds of stability; later ones are moved into them before they are used."""

    def __init__(self, memory: MemoryModel, options: tuple[float, ...]) -> None:
        module = memory.equations
        self.low, self.high = options[:2]
        self.unbounded = memory.parameters, memory.prepared, (0.0, inf, *options[2:])
        self.first_of, self.recall_of, self.after_of = module.first, module.recall, module.after

    def first(self, *arguments: Any) -> Any:
        return self.first_of(*self.unbounded, arguments[-1])

    def recall(self, w: Any, c: Any, o: Any, state: Any, days: float) -> float:
        recalled: float = self.recall_of(w, c, o, (max(state[0], self.low), *state[1:]), days)
        return recalled

    def after(self, w: Any, c: Any, o: Any, state: Any, days: float, rating: int) -> Any:
        inside = (min(max(state[0], self.low), self.high), *state[1:])
        return self.after_of(w, c, o, inside, days, rating)


def reference_fsrs3(memory: MemoryModel) -> MemoryModel:
    """FSRS v3 with a reversion of difficulty of one half."""
    values = list(memory.parameters)
    values[REVERSION] = 0.5
    return MemoryModel(memory.name, tuple(values), memory.variant)


class ReferenceEnvironment(ModelEnvironment):
    """A model as the world, with some of its functions adapted."""

    def __init__(self, memory: MemoryModel, switches: Switches) -> None:
        adapter = adapted(memory, switches)
        super().__init__(
            reference_fsrs3(memory) if adapter == "fsrs3" else memory, options_with(memory, switches)
        )
        self._vectors = self.memory.parameters, prepared_with(self.memory, switches), self.options
        self._least = self.options[0] if adapter == "unclamped" else 0.0
        if adapter == "counts":
            self._recall = squared(self.memory.equations.recall)
        elif adapter == "unclamped":
            bounds = _Bounds(memory, self.options)
            self._first, self._recall, self._after = bounds.first, bounds.recall, bounds.after

    def curve(self, states: Sequence[Any], elapsed_days: FloatArray) -> FloatArray:
        """Probability of recall for many states and times at once."""
        numbers = np.array(states, dtype=np.float64, order="K")
        if self.name == "hlr":
            return super().curve(numbers**2, elapsed_days)  # type: ignore[arg-type]
        numbers[:, 0] = np.maximum(numbers[:, 0], self._least)
        return super().curve(numbers, elapsed_days)  # type: ignore[arg-type]


class ReferenceScheduler(ModelScheduler):
    """A scheduler by a model, with some of its functions adapted."""

    def __init__(self, memory: MemoryModel, switches: Switches, **given: Any) -> None:
        adapter = adapted(memory, switches)
        super().__init__(
            reference_fsrs3(memory) if adapter == "fsrs3" else memory,
            options=options_with(memory, switches),
            **given,
        )
        self._vectors = self.memory.parameters, prepared_with(self.memory, switches), self.options
        if adapter == "counts":
            self._recall = squared(self.memory.equations.recall)
            self._closed = squared(self.memory.equations.interval)
        elif adapter == "unclamped":
            bounds = _Bounds(memory, self.options)
            self._first, self._recall, self._after = bounds.first, bounds.recall, bounds.after
        elif adapter == "fsrs3":
            self.mode = rules.LOW_RETRIEVABILITY
            self._after = self._after_with_old_difficulty
            values = list(self.memory.parameters)
            values[REVERSION] = values[DIFFICULTY_STEP] = 0.0  # so that difficulty stays where it was
            self._still = tuple(values)

    def _after_with_old_difficulty(
        self, w: Any, c: Any, o: Any, state: Any, days: float, rating: int
    ) -> tuple[float, float]:
        equations = self.memory.equations
        stability = equations.after(self._still, c, o, state, days, rating)[0]
        return stability, equations.after(w, c, o, state, days, rating)[1]


def squared(function: Any) -> Any:
    """A function of HLR that takes counts for what its equations take roots of."""

    def of_counts(w: Any, c: Any, o: Any, state: Any, *others: Any) -> Any:
        passes, fails = state
        return function(w, c, o, (passes * passes, fails * fails), *others)

    return of_counts


class ReferenceDashScheduler(HistoryScheduler):
    """DASH that does not know of the present review when it plans the next one."""

    def first(self, card: CardView, rating: int, now: float) -> Answer:
        """The shortest interval."""
        return 1.0, ((0.0, rating),)

    def after(self, card: CardView, elapsed_days: float, rating: int, now: float) -> Answer:
        """Interval by the history before the review."""
        state = (*card.state, (elapsed_days, rating))
        return self._halved(card.state, max(1.0, card.interval)), state

    def _halved(self, state: Any, high: float) -> float:
        low, recall = 1.0, self.memory.retrievability
        if recall(state, low) <= self.desired_retention:
            return low
        while recall(state, high) > self.desired_retention and high < DASH_LONGEST:
            high = min(2.0 * high, DASH_LONGEST)
        for _ in range(DASH_HALVINGS):
            middle = 0.5 * (low + high)
            if recall(state, middle) > self.desired_retention:
                low = middle
            else:
                high = middle
        return min(max(high, 1.0), DASH_LONGEST)


def environment_with(memory: MemoryModel, switches: Switches) -> ModelEnvironment:
    """A recursive model as the world under the switches."""
    if adapted(memory, switches) is None:
        return ModelEnvironment(memory, options_with(memory, switches))
    return ReferenceEnvironment(memory, switches)


def scheduler_with(memory: MemoryModel, switches: Switches, **given: Any) -> ModelScheduler:
    """A scheduler by a recursive model under the switches."""
    if memory.name == "lstm" and switches.lstm_whole_days and given["policy"][0] >= 1.0:
        made = ModelScheduler(
            memory, **given | {"mode": rules.LOW_RETRIEVABILITY}, search=whole_days_interval
        )
    elif adapted(memory, switches) is None:
        made = ModelScheduler(memory, options=options_with(memory, switches), **given)
    else:
        made = ReferenceScheduler(memory, switches, **given)
    made.calendar = made.calendar and switches.same_day_by_calendar
    return made


def history_scheduler_with(
    memory: MemoryModel, switches: Switches, desired_retention: float, mode: int
) -> HistoryScheduler:
    """A scheduler by a model of histories under the switches."""
    if memory.name == "dash" and not switches.dash_sees_newest:
        return ReferenceDashScheduler(memory, desired_retention, mode=mode)
    return HistoryScheduler(memory, desired_retention, mode=mode)
