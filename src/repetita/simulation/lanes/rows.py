"""A plan of a run as the flat rows of a lane."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.equations import source_name
from repetita.errors import UsageError
from repetita.simulation.behavior import DAYS_A_WEEK, Behavior
from repetita.simulation.cost import Cost
from repetita.simulation.flat import FlatEnvironment, FlatScheduler
from repetita.simulation.history_roles import CAPACITY
from repetita.simulation.lanes import places
from repetita.simulation.lanes.by_card import flat_parts, row_table, same_rows
from repetita.simulation.running import Plan
from repetita.simulation.schedulers import ModelScheduler
from repetita.simulation.short_term import ShortTerm

__all__ = ["LaneRows", "rows_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CARRIED = {
    "compete": places.AMONG_REVIEWS,
    "last": places.AFTER_NEW_CARDS,
    "first": places.BEFORE_ALL,
}


class LaneRows(NamedTuple):
    """What a lane is told, in flat form.

    Attributes:
        model: The world's memory model.
        scheduler: Name of the scheduler's text.
        believed: The scheduler's memory model, None without one.
        world: The world.
        belief: The scheduler.
        borrowed: Whether the belief is the state of the world.
        by_card: Whether each card has rows of its own, see `repetita.simulation.lanes.by_card`.
        capacity: Presses of a card for which there is room, where a state is its history.
        numbers: Whole numbers, see `repetita.simulation.lanes.places`.
        floats: Floats, see there.
        world_row: What the world's roles read; the shares of ratings after a success follow.
        belief_row: What the scheduler's roles read.
    """

    model: str
    scheduler: str
    believed: str | None
    world: FlatEnvironment
    belief: FlatScheduler
    borrowed: bool
    by_card: bool
    capacity: int
    numbers: Whole
    floats: Floats
    world_row: Floats
    belief_row: Floats


def rows_of(plan: Plan, *, deck: int, seed: int, daily: bool, capacity: int = CAPACITY) -> LaneRows:
    """The rows of a lane.

    Args:
        plan: With one world and one scheduler, or one a card of the same models.
        deck: Number of cards.
        seed: Whole number from 0.
        daily: Whether series have a place a day.
        capacity: Presses of a card for which there is room, where a state is its history.

    Raises:
        UsageError: Only the event engine can run it.
    """
    environment, scheduler = plan.environments[0], plan.schedulers[0]
    worlds, beliefs = flat_parts(plan, capacity)
    world, belief = worlds.flat[0], beliefs.flat[0]
    _check(plan)
    borrowed = isinstance(scheduler, ModelScheduler) and (
        scheduler.memory.name == environment.memory.name
        and same_rows(worlds, beliefs)
        and belief.calendar == world.calendar
    )
    by_card = len(worlds.flat) > 1 or len(beliefs.flat) > 1
    memory = getattr(scheduler, "memory", None)
    kind = getattr(scheduler, "kind", "constant")
    name = _rule_name(scheduler) if memory is None else f"{kind}_{source_name(memory.name)}"
    size = places.STATE + world.text.state_size + (0 if borrowed else belief.text.state_size)
    # a scheduler without a belief has its place within the card as well
    alone = not borrowed and belief.text.state_size > 0
    start = places.STATE + (world.text.state_size if alone else 0)
    success = plan.behavior.success_table
    rows = [[*row, *success] for row in worlds.rows], [row or (0.0,) for row in beliefs.rows]
    tables: tuple[Sequence[float], Sequence[float]] = rows[0][0], rows[1][0]
    if by_card:
        tables = row_table(rows[0], worlds.places, size), row_table(rows[1], beliefs.places, size)
    return LaneRows(
        model=environment.memory.name,
        scheduler=name,
        believed=None if memory is None else memory.name,
        world=world,
        belief=belief,
        borrowed=borrowed,
        by_card=by_card,
        capacity=capacity,
        numbers=_numbers(plan, world, belief, (seed, deck, size, start, int(daily))),
        floats=_floats(plan, belief),
        world_row=np.array(tables[0], dtype=np.float64),
        belief_row=np.array(tables[1], dtype=np.float64),
    )


def _rule_name(scheduler: Any) -> str:
    """Name of the text of a scheduler without a belief."""
    from repetita.simulation.schedulers import AnkiSM2Scheduler, FixedScheduler

    if isinstance(scheduler, FixedScheduler):
        return "fixed"
    return "anki_sm2" if isinstance(scheduler, AnkiSM2Scheduler) else "memrise"


def _check(plan: Plan) -> None:
    """Refuses what only the event engine can run."""
    behavior, cost = plan.behavior, plan.cost
    if type(behavior) is not Behavior or callable(behavior.priority):
        raise UsageError(
            "a behavior of one's own, or a priority function, runs in the event engine only",
            hint="simulate runs it, or --engine event",
            where="behavior",
        )
    if type(cost) is not Cost:
        raise UsageError(
            "costs of one's own run in the event engine only",
            hint="simulate runs them, or --engine event",
            where="cost",
        )
    if plan.switches.random != "addressed":
        raise UsageError(
            "lanes have addressed random numbers, not one stream",
            hint="use simulate (--engine event), or switches={'random': 'addressed'}",
            where="switches",
        )


def _numbers(
    plan: Plan, world: FlatEnvironment, belief: FlatScheduler, lane: tuple[int, int, int, int, int]
) -> Whole:
    seed, deck, size, start, daily = lane
    short, switches, behavior = plan.short_term, plan.switches, plan.behavior
    n = np.zeros(places.NUMBERS, dtype=np.int64)
    source = None if short is None else short.source
    values = {
        places.SEED: seed,
        places.USER: plan.user,
        places.DAYS: plan.days,
        places.DECK: deck,
        places.CARD_SIZE: size,
        places.BELIEF: start,
        places.MODE: belief.mode,
        places.FIRST_PHASE: belief.first_phase,
        places.SEES_PHASE: belief.sees_phase,
        places.WORLD_CALENDAR: world.calendar,
        places.BELIEF_CALENDAR: belief.calendar,
        places.FUZZ: plan.fuzz,
        places.SHORT_TERM: {None: places.NO_SHORT_TERM, "steps": places.BY_STEPS}.get(
            source, places.BY_SCHEDULER
        ),
        places.LEARNING_STEPS: len(_steps(short)[0]),
        places.RELEARNING_STEPS: len(_steps(short)[1]),
        places.STEP_LIMITS: switches.step_limits,
        places.SWEEPS: switches.loops_semantics == "sweep",
        places.CARRIED: CARRIED[switches.carried_steps],
        places.PRIORITY_EXACT: switches.priority_exact,
        places.SAMPLED_AT_END: switches.memorized_sampling == "end",
        places.NEW_FIRST: behavior.priority == "new-first",
        places.NEW_CARDS_WAIT: switches.new_cards_wait,
        places.MARKOV: behavior.markov is not None,
        places.LEECH_LAPSES: plan.leech_lapses or 0,
        places.VACATIONS: len(behavior.vacations),
        places.DAILY: daily,
        places.SUCCESS_SHARES: len(world.row),
    }
    for place, value in values.items():
        n[place] = value
    return n


def _steps(short: ShortTerm | None) -> tuple[Sequence[float], Sequence[float]]:
    return ((), ()) if short is None else (short.learning_seconds, short.relearning_seconds)


def _floats(plan: Plan, belief: FlatScheduler) -> Floats:
    behavior, cost, short = plan.behavior, plan.cost, plan.short_term
    loops = None if short is None else short.loops_limit
    learning, relearning = _steps(short)
    limits = [limit for day in range(DAYS_A_WEEK) for limit in behavior.limits(day)]
    vacations = [float(day) for pair in behavior.vacations for day in pair]
    return np.array(
        [
            behavior.attendance,
            behavior.lazy_good_bias,
            belief.maximum,
            0.0 if short is None else short.threshold_days,
            inf if loops is None else loops,
            cost.base_seconds,
            cost.penalty,
            *behavior.first_table,
            *cost.review,
            *cost.learning,
            *cost.relearning,
            *limits,
            *learning,
            *relearning,
            *vacations,
        ],
        dtype=np.float64,
    )
