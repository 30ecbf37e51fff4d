"""Cards that were learned before a run, as a lane keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared
from repetita.kernels import elementwise
from repetita.kernels.packing import PackedLog, pack_rows
from repetita.kernels.replay import packed_states
from repetita.memory_model import MemoryModel
from repetita.simulation.environments import HistoryEnvironment, ModelEnvironment
from repetita.simulation.flat import flat_environment
from repetita.simulation.lanes import places
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.parts import longest_interval
from repetita.simulation.roles import linked
from repetita.simulation.running import Plan
from repetita.simulation.schedulers import HistoryScheduler, ModelScheduler
from repetita.simulation.start import Start
from repetita.simulation.switches import Switches

__all__ = ["known_cards", "states_at_start"]

Floats = NDArray[np.float64]
KEPT = 4  # models whose states are kept: a world, and a belief that many worlds have in common


def known_cards(plan: Plan, rows: LaneRows) -> Floats:
    """The cards of a plan's start, shape (cards, floats): the world's memory, the scheduler's belief, lapses.

    Args:
        plan: With a start.
        rows: Its rows.
    """
    if _are_alike(plan):
        return _at_once(plan, rows)
    return _one_by_one(plan, rows)


def states_at_start(start: Start, memory: MemoryModel, *, calendar: bool) -> Floats:
    """The state of each card after its last press, shape (cards, numbers of a state).

    Args:
        start: The histories, each of a press at least.
        memory: A model whose state is some numbers.
        calendar: How it is told the time, see `repetita.simulation.rules.elapsed_days`.

    Example:
        >>> from repetita import model
        >>> from repetita.reviews import ReviewLog
        >>> from repetita.simulation.start import start_of
        >>> start = start_of(ReviewLog.from_histories([[(0, 3), (2, 3)], [(0, 1)]]))
        >>> states_at_start(start, model("fsrs6"), calendar=True)[:, 0].round(3).tolist()
        [10.964, 0.212]
    """
    return _states_at_start(start, memory, calendar)


@lru_cache(maxsize=KEPT)
def _states_at_start(start: Start, memory: MemoryModel, calendar: bool) -> Floats:
    states = packed_states(memory, _packed(start, calendar))[:, start.offsets[1:] - 1].T.copy()
    states.flags.writeable = False
    return states


@lru_cache(maxsize=KEPT)
def _packed(start: Start, calendar: bool) -> PackedLog:
    """The histories as kernels read them, with the times of `repetita.simulation.rules.elapsed_days`."""
    elapsed = np.diff(start.times, prepend=0.0)
    if calendar:
        days = np.diff(np.floor(start.times), prepend=0.0)
        elapsed = np.where(days >= 1.0, days, elapsed)
    elapsed[start.offsets[:-1]] = 0.0
    return pack_rows(start.ratings, elapsed, start.offsets[:-1], np.diff(start.offsets))


def _are_alike(plan: Plan) -> bool:
    """Whether one model of some numbers is the world of all cards, and one with one aim their belief."""
    assert plan.start is not None
    world, scheduler = plan.environments[0], plan.schedulers[0]
    if not (type(world) is ModelEnvironment and type(scheduler) is ModelScheduler):
        return False
    shared = all(one is world for one in plan.environments) and all(
        one is scheduler for one in plan.schedulers
    )
    models = world.memory, scheduler.memory
    plain = all(
        declared(one.equations).kind == "recursive" and declared(one.equations).fitted for one in models
    )
    own = (world.options, scheduler.options) == (world.memory.options, scheduler.memory.options)
    pressed = bool((np.diff(plan.start.offsets) > 0).all())
    return shared and plain and own and pressed and scheduler.kind == "constant"


def _at_once(plan: Plan, rows: LaneRows) -> Floats:
    """The cards of a plan whose cards are alike."""
    start, world, scheduler = plan.start, plan.environments[0], plan.schedulers[0]
    assert start is not None
    by_calendar = plan.switches.same_day_by_calendar
    size, belief = int(rows.numbers[places.CARD_SIZE]), int(rows.numbers[places.BELIEF])
    believed = states_at_start(start, scheduler.memory, calendar=by_calendar and scheduler.calendar)
    last = start.offsets[1:] - 1
    least, aim = scheduler.policy
    asked = np.maximum(least, elementwise.interval(scheduler.memory, tuple(believed.T), aim))
    settled = np.maximum(np.floor(asked + 0.5), 1.0)
    settled = np.minimum(settled, longest_interval(scheduler, plan.switches, plan.fuzz))
    records = np.zeros((len(start), size + places.RARE_SIZE))
    due = np.floor(start.times[last]) + settled
    records[:, : places.STATE] = np.stack(
        (
            start.times[last],
            np.where(np.isfinite(start.due), start.due, due),
            np.where(np.isfinite(start.intervals), start.intervals, settled),
            np.diff(start.offsets),
            np.zeros(len(start)),
            start.ratings[last],
        ),
        axis=1,
    )
    end = belief if belief > places.STATE else size
    records[:, places.STATE : end] = states_at_start(
        start, world.memory, calendar=by_calendar and world.calendar
    )
    if belief > places.STATE:
        records[:, belief:size] = believed
    lapsed = start.ratings == 1
    lapsed[start.offsets[:-1]] = False
    records[:, size + places.LAPSES] = np.add.reduceat(lapsed, start.offsets[:-1], dtype=np.float64)
    return records


def _one_by_one(plan: Plan, rows: LaneRows) -> Floats:
    """The cards of any plan, as the event engine has them."""
    engine = plan.engine(0)
    seen, size = engine.unseen, int(rows.numbers[places.CARD_SIZE])
    records = np.zeros((seen, size + places.RARE_SIZE))
    belief = int(rows.numbers[places.BELIEF])
    made: dict[int, Callable[[Any], Sequence[float]]] = {}

    def numbers_of(part: Any, state: Any) -> Sequence[float]:
        if id(part) not in made:
            made[id(part)] = _flattener(part, plan.switches, rows.capacity)
        return made[id(part)](state)

    for number, card in enumerate(engine.cards[:seen]):
        records[number, : places.STATE] = (
            card.last_review,
            card.due,
            card.interval,
            card.reps,
            card.phase,
            card.last_review_rating,
        )
        records[number, places.STATE : belief if belief > places.STATE else size] = numbers_of(
            plan.environments[number], engine.memory[number]
        )
        if belief > places.STATE and card.state is not None:
            records[number, belief:size] = numbers_of(plan.schedulers[number], card.state)
        records[number, size + places.LAPSES] = card.lapses
    return records


def _flattener(part: Any, switches: Switches, capacity: int) -> Callable[[Any], Sequence[float]]:
    """Turns states of a part into numbers: histories into what a lane keeps of them."""
    if not isinstance(part, HistoryEnvironment | HistoryScheduler):
        return lambda state: state
    flat = flat_environment(HistoryEnvironment(part.memory), switches, capacity)
    roles, row = linked(flat.text), np.array(flat.row)

    def numbers(history: Any) -> Sequence[float]:
        state = np.zeros(flat.text.state_size)
        roles["env_init"](row, state, 0, history[0][1])
        for days, rating in history[1:]:
            roles["env_next"](row, state, 0, days, rating)
        return state.tolist()

    return numbers
