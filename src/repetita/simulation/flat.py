"""Environments and schedulers as a text of roles and one row of numbers, for engines that compile them."""

from __future__ import annotations

from typing import Any, NamedTuple

from repetita.errors import UsageError
from repetita.intervals import whole_days_interval
from repetita.memory_model import MemoryModel
from repetita.simulation import rules
from repetita.simulation.environments import HistoryEnvironment, ModelEnvironment
from repetita.simulation.history_roles import CAPACITY, history_room
from repetita.simulation.parts import longest_interval
from repetita.simulation.roles import (
    RoleText,
    environment_text,
    is_network,
    keeps_history,
    scheduler_text,
)
from repetita.simulation.schedulers import (
    AnkiSM2Scheduler,
    FixedScheduler,
    HistoryScheduler,
    MemriseScheduler,
    ModelScheduler,
)
from repetita.simulation.switches import Switches

__all__ = ["FlatEnvironment", "FlatScheduler", "flat_environment", "flat_scheduler"]


class FlatEnvironment(NamedTuple):
    """A world in flat form.

    Attributes:
        text: Its roles.
        row: The numbers they read, ``w``.
        calendar: How it is told the time, see `rules.elapsed_days`.
    """

    text: RoleText
    row: tuple[float, ...]
    calendar: bool


class FlatScheduler(NamedTuple):
    """A scheduler in flat form.

    Attributes:
        text: Its roles.
        row: The numbers they read, ``w``.
        calendar: How it is told the time.
        mode: Order of due reviews, a number of `rules`.
        maximum: Longest interval in days.
        first_phase: The ``phase`` of ``sch_init``: 1 where steps follow that it is not to see.
        sees_phase: Whether the ``phase`` of ``sch_next`` is that of the card; otherwise it is 0 always.
    """

    text: RoleText
    row: tuple[float, ...]
    calendar: bool
    mode: int
    maximum: float
    first_phase: int
    sees_phase: bool


def flat_environment(world: Any, switches: Switches, capacity: int = CAPACITY) -> FlatEnvironment:
    """The flat form of an environment.

    Args:
        world: As `repetita.simulation.specs.environment_of` makes it.
        switches: Of the run.
        capacity: Presses of a card for which there is room, where the state is its history.

    Raises:
        UsageError: Only the event engine can run it.

    Example:
        >>> from repetita import model
        >>> flat = flat_environment(ModelEnvironment(model("fsrs6")), Switches())
        >>> flat.text.state_size, len(flat.row)
        (2, 28)
    """
    if type(world) not in (ModelEnvironment, HistoryEnvironment):
        raise _event_engine_only("environment", world)
    memory = world.memory
    row = network_row(memory) or (*memory.parameters, *memory.prepared, *world.options)
    if keeps_history(memory.equations):
        row = (*row, *history_room(memory.equations, capacity))
    return FlatEnvironment(
        environment_text(memory.name, capacity), row, world.calendar and switches.same_day_by_calendar
    )


def flat_scheduler(
    scheduler: Any, switches: Switches, *, fuzz: bool = False, capacity: int = CAPACITY
) -> FlatScheduler:
    """The flat form of a scheduler.

    Args:
        scheduler: As `repetita.simulation.specs.scheduler_of` makes it.
        switches: Of the run.
        fuzz: Whether intervals are fuzzed.
        capacity: As in `flat_environment`.

    Raises:
        UsageError: Only the event engine can run it.

    Example:
        >>> flat_scheduler(FixedScheduler(7.0), Switches()).row
        (7.0,)
    """
    first_phase, sees_phase = rules.REVIEW, False
    if type(scheduler) is HistoryScheduler:
        memory = scheduler.memory
        text = scheduler_text("constant", memory.name, capacity)
        row = (*memory.parameters, *memory.prepared, *memory.options, 1.0, scheduler.desired_retention)
        if keeps_history(memory.equations):
            row = (*row, *history_room(memory.equations, capacity))
    elif type(scheduler) is ModelScheduler:
        memory = scheduler.memory
        text = scheduler_text(scheduler.kind, memory.name)
        vectors = memory.parameters, memory.prepared, scheduler.options
        row = (*memory.parameters, *memory.prepared, *scheduler.options, *scheduler.policy)
        if is_network(memory.equations):
            whole = float(scheduler.search is whole_days_interval)
            row = (*network_row(memory), *scheduler.policy, whole)
        if scheduler.kind == "constant" and hasattr(memory.equations, "interval_factor"):
            row = (*row, memory.equations.interval_factor(*vectors, scheduler.policy[1]))
    elif isinstance(scheduler, FixedScheduler):
        text, row = scheduler_text("fixed"), (scheduler.interval_days,)
    elif isinstance(scheduler, AnkiSM2Scheduler):
        text, row = scheduler_text("anki_sm2"), scheduler.settings
        first_phase, sees_phase = int(scheduler.learning_steps), scheduler.hide_steps
    elif isinstance(scheduler, MemriseScheduler):
        text, row, sees_phase = scheduler_text("memrise"), (), scheduler.hide_steps
    else:
        raise _event_engine_only("scheduler", scheduler)
    return FlatScheduler(
        text=text,
        row=row,
        calendar=scheduler.calendar and switches.same_day_by_calendar,
        mode=scheduler.mode,
        maximum=longest_interval(scheduler, switches, fuzz),
        first_phase=first_phase,
        sees_phase=sees_phase,
    )


def network_row(memory: MemoryModel) -> tuple[float, ...]:
    """The constants of a network and room for what it computes, see `network_roles`; empty for others."""
    module = memory.equations
    return (*memory.prepared, *(0.0,) * module.ROOM) if is_network(module) else ()


def _event_engine_only(kind: str, part: Any) -> UsageError:
    name = getattr(part, "name", type(part).__name__)
    return UsageError(
        f"{kind} {name!r} runs in the event engine only",
        hint="simulate runs it, or --engine event",
        where=kind,
    )
