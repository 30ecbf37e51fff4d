"""What an engine is given and keeps: the parts of a run, counts of its days, functions of its cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, inf, isfinite
from typing import Any, NamedTuple

from repetita.simulation import rules
from repetita.simulation.behavior import PersonLike
from repetita.simulation.cards import CardView
from repetita.simulation.cost import CostLike
from repetita.simulation.environments import EnvironmentLike, ModelEnvironment
from repetita.simulation.luck import Luck
from repetita.simulation.reference import ReferenceEnvironment
from repetita.simulation.schedulers import ModelScheduler, SchedulerLike
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.switches import Switches

__all__ = ["Parts", "Roles", "Series", "longest_interval", "roles_of_cards"]


class Parts(NamedTuple):
    """What a run is made of.

    Attributes:
        environments: The world of each card.
        schedulers: The scheduler of each card.
        behavior: The person.
        cost: What presses cost.
        short_term: Presses within a day, or None.
        luck: Random numbers.
        switches: What the reference does otherwise.
        fuzz: Whether intervals are fuzzed.
        leech_lapses: Lapses after which a card is suspended, or None.
    """

    environments: Sequence[EnvironmentLike]
    schedulers: Sequence[SchedulerLike]
    behavior: PersonLike
    cost: CostLike
    short_term: ShortTerm | None
    luck: Luck
    switches: Switches
    fuzz: bool = False
    leech_lapses: int | None = None


class Series:
    """Counts of each day, as lists."""

    def __init__(self, days: int) -> None:
        self.reviews = [0] * days
        self.new = [0] * days
        self.lapses = [0] * days
        self.phase_reviews = [0] * days
        self.phase_lapses = [0] * days
        self.short_loops = [0] * days
        self.learning_seconds = [0.0] * days
        self.review_seconds = [0.0] * days

    def cut(self, days: int) -> None:
        """Keeps the first so many days."""
        for values in vars(self).values():
            del values[days:]


class Roles(NamedTuple):
    """The functions of a card's world and scheduler, and how they are told the time.

    ``days`` is there where the scheduler believes what is true: the interval for a state and a time. Where a
    card's belief is its true state, one step then serves both.
    """

    world: int
    first: Callable[..., Any]
    recall: Callable[..., float]
    after: Callable[..., Any]
    world_calendar: bool
    schedule_first: Callable[..., Any]
    schedule: Callable[..., Any]
    priority: Callable[[CardView, float], Any]
    scheduler_calendar: bool
    maximum: float
    name: str
    days: Callable[..., float] | None


def roles_of_cards(parts: Parts, deck: int) -> tuple[list[EnvironmentLike], list[Roles]]:
    """The distinct environments, and the functions of each card."""
    worlds: list[EnvironmentLike] = []
    made: dict[tuple[int, int], Roles] = {}
    for world, scheduler in zip(parts.environments, parts.schedulers, strict=True):
        key = id(world), id(scheduler)
        if key not in made:
            if not any(other is world for other in worlds):
                worlds.append(world)
            place = next(i for i, other in enumerate(worlds) if other is world)
            made[key] = _roles_of(place, world, scheduler, parts)
    pairs = zip(parts.environments, parts.schedulers, strict=True)
    return worlds, [made[id(world), id(scheduler)] for world, scheduler in pairs][:deck]


def _roles_of(place: int, world: EnvironmentLike, scheduler: SchedulerLike, parts: Parts) -> Roles:
    by_calendar = parts.switches.same_day_by_calendar
    priority: Any = getattr(scheduler, "priority", None) or (lambda card, now: card.due)
    if getattr(scheduler, "mode", None) == rules.SHUFFLED:
        priority = _shuffled(parts.luck)
    first, recall, after = world.first, world.retrievability, world.after
    if type(world) in (ModelEnvironment, ReferenceEnvironment):  # not where somebody overrides a method
        first, recall, after = world.functions()  # type: ignore[attr-defined]
    world_calendar = by_calendar and getattr(world, "calendar", True)
    scheduler_calendar = by_calendar and getattr(scheduler, "calendar", True)
    return Roles(
        world=place,
        first=first,
        recall=recall,
        after=after,
        world_calendar=world_calendar,
        schedule_first=scheduler.first,
        schedule=scheduler.after,
        priority=priority,
        scheduler_calendar=scheduler_calendar,
        maximum=longest_interval(scheduler, parts.switches, parts.fuzz),
        name=getattr(scheduler, "name", type(scheduler).__name__),
        days=_shared_days(world, scheduler) if world_calendar == scheduler_calendar else None,
    )


def _shared_days(world: EnvironmentLike, scheduler: SchedulerLike) -> Callable[..., float] | None:
    """The interval for a state, of a scheduler that takes the same step as the world."""
    # not where somebody overrides a method
    if type(world) is ModelEnvironment and type(scheduler) is ModelScheduler:
        truth, belief = world.memory, scheduler.memory
        if (
            truth.equations is belief.equations
            and (truth.parameters, truth.prepared) == (belief.parameters, belief.prepared)
            and world.options == scheduler.options
        ):
            return scheduler.days
    return None


def _shuffled(luck: Luck) -> Callable[[CardView, float], float]:
    return lambda card, now: luck.order(card.id, floor(now))


def longest_interval(scheduler: Any, switches: Switches, fuzz: bool) -> float:
    """Longest interval of a scheduler in days: its own ``max_interval`` if it has one, else the switches'."""
    if switches.max_interval_with_fuzz_only and not fuzz:
        return inf
    own = getattr(scheduler, "max_interval", None)
    return float(floor(own)) if own is not None and isfinite(own) and own > 0 else switches.max_interval
