"""Which runs have an exact expectation, and what their schedulers ask for in the form that the grid wants."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared
from repetita.equations.memrise import LADDER, next_rung
from repetita.errors import UsageError
from repetita.kernels import elementwise
from repetita.memory_model import MemoryModel
from repetita.simulation.behavior import Behavior
from repetita.simulation.cost import Cost
from repetita.simulation.environments import ModelEnvironment
from repetita.simulation.expectation_card import OneCard, Rounding
from repetita.simulation.parts import longest_interval
from repetita.simulation.running import Plan
from repetita.simulation.schedulers import FixedScheduler, MemriseScheduler, ModelScheduler
from repetita.simulation.switches import Switches

__all__ = ["one_card"]

FloatArray = NDArray[np.float64]

STATE = ("stability", "difficulty")
STEP = 1e-6  # of the desired retention, for the derivative of an interval
SEES_TIME = ("adr_time",)


class OfState:
    """A policy of stability and difficulty: one layer.

    Args:
        scheduler: The scheduler.
    """

    layers, smooth = 1, False

    def __init__(self, scheduler: ModelScheduler) -> None:
        self.scheduler = scheduler
        self.constant = scheduler.kind == "constant"
        ends = np.array([1.0, 10.0])
        # whether difficulty does not matter
        self.flat = self.constant and bool(np.ptp(self.days(0, np.full(2, 10.0), ends)) == 0.0)

    def days(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """Intervals, not rounded."""
        if self.constant:
            least, retention = self.scheduler.policy
            return np.maximum(least, self._interval(stability, difficulty, retention))
        asked, pairs = self.scheduler.days, zip(stability.tolist(), difficulty.tolist(), strict=True)
        return np.array([asked(pair, 0.0) for pair in pairs])

    def _interval(self, stability: FloatArray, difficulty: FloatArray, retention: float) -> FloatArray:
        return elementwise.interval(self.scheduler.memory, (stability, difficulty), retention)

    def slopes(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """Derivatives of the intervals by a constant desired retention; 0 where it does not matter."""
        if not self.constant:
            return np.zeros(len(stability))
        least, retention = self.scheduler.policy
        step = STEP * min(retention, 1.0 - retention)
        higher = self._interval(stability, difficulty, retention + step)
        lower = self._interval(stability, difficulty, retention - step)
        matters = 0.5 * (higher + lower) > least
        return np.where(matters, (higher - lower) / (2.0 * step), 0.0)

    def first_layer(self, rating: int) -> int:
        """The only one."""
        return 0

    def next_layer(self, layer: int, rating: int) -> int:
        """The only one."""
        return 0


class OfIntervals:
    """A rule of intervals: one layer for each interval that it can ask for.

    Args:
        first: Intervals after introductions, by rating.
        after: The interval after an interval and a rating.
    """

    flat, smooth = True, True

    def __init__(self, first: tuple[float, ...], after: Any) -> None:
        intervals = list(dict.fromkeys(first))
        for interval in intervals:  # grows as it is gone through
            found = dict.fromkeys(_successors(after, interval))
            intervals += [new for new in found if new not in intervals]
        self.intervals, self.layers = intervals, len(intervals)
        self._first = [intervals.index(interval) for interval in first]
        self._next = [
            [intervals.index(new) for new in _successors(after, interval)] for interval in intervals
        ]

    def days(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """Intervals, not rounded."""
        return np.full(len(stability), self.intervals[layer])

    def slopes(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """0: there is no desired retention."""
        return np.zeros(len(stability))

    def first_layer(self, rating: int) -> int:
        """The layer of the interval after an introduction."""
        return self._first[rating - 1]

    def next_layer(self, layer: int, rating: int) -> int:
        """The layer of the interval after a press."""
        return self._next[layer][rating - 1]


def _successors(after: Any, interval: float) -> list[float]:
    return [after(interval, rating) for rating in (1, 2, 3, 4)]


def one_card(plan: Plan, rounding: Rounding) -> OneCard:
    """The card that stands for all cards of a run.

    Args:
        plan: The run.
        rounding: Of intervals.

    Raises:
        UsageError: Cards of the run do not stand for each other, or their state is too much for a grid; it
            says what, and that the event engine has no such bounds.
    """
    world, scheduler = plan.environments[0], plan.schedulers[0]
    _check_run(plan)
    memory = _memory_of(world)
    person, cost = plan.behavior, plan.cost
    lazy = person.lazy_good_bias
    successes = tuple((1.0 - lazy) * share for share in person.success_table[:3])
    return OneCard(
        memory=memory,
        policy=_policy_of(scheduler, memory),
        first_ratings=person.first_table,
        success_ratings=(successes[0], successes[1] + lazy, successes[2]),
        cost=cost,
        days=plan.days,
        maximum=longest_interval(scheduler, plan.switches, plan.fuzz),
        rounding=rounding,
    )


def _check_run(plan: Plan) -> None:
    person = plan.behavior
    worlds, schedulers = (set(map(id, parts)) for parts in (plan.environments, plan.schedulers))
    _require(len(worlds) == len(schedulers) == 1, "cards with different environments or schedulers")
    _require(type(person) is Behavior, "a behavior of one's own", "behavior")
    _require(person.attendance == 1.0 and not person.vacations, "days without study", "behavior")
    _require(person.markov is None, "ratings that depend on the rating before", "behavior")
    _require(type(plan.cost) is Cost, "costs of one's own", "cost")
    _require(plan.short_term is None, "presses within a day", "short_term")
    _require(not plan.fuzz, "fuzzed intervals", "fuzz")
    _require(plan.leech_lapses is None, "leeches", "leech_lapses")
    _require(plan.start is None, "cards that were learned before", "start")
    _require(plan.switches == Switches(), "departures by switches", "switches")


def _memory_of(world: Any) -> MemoryModel:
    of_state = type(world) is ModelEnvironment and world.memory.equations.STATE == STATE
    named = getattr(world, "name", type(world).__name__)
    _require(
        of_state and world.calendar and declared(world.memory.equations).fitted,
        f"environment {named!r}, whose state is more than stability and difficulty by whole days",
        "environment",
    )
    memory: MemoryModel = world.memory
    return memory


def _policy_of(scheduler: Any, memory: MemoryModel) -> OfState | OfIntervals:
    if type(scheduler) is FixedScheduler:
        days = scheduler.interval_days
        return OfIntervals((days,) * 4, lambda previous, rating: days)
    if type(scheduler) is MemriseScheduler:
        first = tuple(next_rung(0.0, rating, LADDER) for rating in (1, 2, 3, 4))
        return OfIntervals(first, lambda previous, rating: next_rung(previous, rating, LADDER))
    named = getattr(scheduler, "name", type(scheduler).__name__)
    _require(
        type(scheduler) is ModelScheduler,
        f"scheduler {named!r}, whose state is not the environment's",
        "scheduler",
    )
    _require(
        scheduler.kind not in SEES_TIME,
        f"scheduler {named!r}, which sees how long the run lasts",
        "scheduler",
    )
    believed = scheduler.memory
    same = (believed.name, believed.parameters, scheduler.options) == (
        memory.name,
        memory.parameters,
        memory.options,
    )
    _require(
        same, f"scheduler {named!r}, whose belief is not the environment {memory.name!r} itself", "scheduler"
    )
    return OfState(scheduler)


def _require(met: bool, found: str, where: str | None = None) -> None:
    if not met:
        raise UsageError(
            f"no exact expectation with {found}", hint="use mode='engine', which simulates it", where=where
        )
