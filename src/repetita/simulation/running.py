"""`simulate`: one run, from names and numbers to its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from inspect import signature
from os import PathLike
from typing import TYPE_CHECKING, Any, overload

from repetita.arguments import whole_number
from repetita.equations import model_names
from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.simulation.behavior import Behavior
from repetita.simulation.cards import CardView
from repetita.simulation.cost import PRESS_COSTS, Cost
from repetita.simulation.engine import Engine
from repetita.simulation.luck import AddressedLuck, Luck, StreamLuck
from repetita.simulation.parts import Parts, roles_of_cards
from repetita.simulation.replicates import Replicates
from repetita.simulation.result import Simulation, simulation_of
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.specs import environment_of, follows_policy, scheduler_of, split_spec
from repetita.simulation.switches import Switches, switches_for

if TYPE_CHECKING:
    from repetita.simulation.start import Start

__all__ = ["Plan", "plan", "simulate"]

MOST_DAYS = 100_000
NEW_CARDS = 1000
MOST_CARDS = 10_000_000
LIMITS = ("new_limit", "review_limit", "minutes_limit")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a run needs but its seed.

    Attributes:
        environments: The world of each card.
        schedulers: The scheduler of each card.
        behavior: The person.
        cost: What presses cost.
        short_term: Presses within a day, or None.
        switches: What the reference does otherwise.
        fuzz: Whether intervals are fuzzed.
        days: Length of the run.
        user: Number of the user, part of the address of random numbers.
        leech_lapses: Lapses after which a card is suspended, or None.
        start: Cards that were learned before, the first of the deck, or None.
        shown: What `config` says of what is given by name.
    """

    environments: Sequence[Any]
    schedulers: Sequence[Any]
    behavior: Any
    cost: Any
    short_term: ShortTerm | None
    switches: Switches
    fuzz: bool
    days: int
    user: int
    leech_lapses: int | None
    start: Start | None
    shown: Mapping[str, Any]

    @property
    def config(self) -> dict[str, Any]:
        """What is simulated, JSON-safe, without the seed."""
        switches = {k: v for k, v in self.switches.to_dict().items() if v != getattr(Switches(), k)}
        return {
            **self.shown,
            "days": self.days,
            "deck": len(self.environments),
            "fuzz": self.fuzz,
            "short_term": plain(self.short_term),
            "leech_lapses": self.leech_lapses,
            "behavior": plain(self.behavior),
            "cost": plain(self.cost),
            "switches": switches,
            "user": self.user,
        }

    def engine(
        self, seed: int, *, events: bool = True, progress: Callable[[int], None] | None = None
    ) -> Engine:
        """An engine that is ready to run."""
        luck: Luck = AddressedLuck(seed, self.user)
        if self.switches.random == "stream":
            luck = StreamLuck(seed)
        parts = Parts(
            self.environments,
            self.schedulers,
            self.behavior,
            self.cost,
            self.short_term,
            luck,
            self.switches,
            self.fuzz,
            self.leech_lapses,
        )
        deck = len(self.environments)
        cards = [CardView(number) for number in range(deck)]
        memory: list[Any] = [None] * deck
        if self.start is not None:
            from repetita.simulation.start import place_cards

            place_cards(self.start, cards, memory, parts, roles_of_cards(parts, deck)[1])
        return Engine(parts, cards, memory, self.days, keep_events=events, progress=progress)

    def run(
        self, seed: int, *, events: bool = True, progress: Callable[[int], None] | None = None
    ) -> Simulation:
        """The outcome with a seed."""
        engine = self.engine(seed, events=events, progress=progress)
        engine.run()
        return simulation_of(engine, {**self.config, "seed": seed})


@overload
def simulate(*, seeds: None = None, **options: Any) -> Simulation: ...
@overload
def simulate(*, seeds: Iterable[int], **options: Any) -> Replicates: ...
def simulate(
    *,
    environment: Any = "fsrs6",
    scheduler: Any = "fsrs6",
    desired_retention: float | Sequence[float] = 0.9,
    days: int = 365,
    deck: int | None = None,
    seed: int = 42,
    seeds: Iterable[int] | None = None,
    events: bool = True,
    progress: Callable[[int], None] | None = None,
    **options: Any,
) -> Any:
    """What happens when a person learns a deck of cards: the outcome of a run of the event engine.

    Args:
        environment: How cards are truly remembered: name of a memory model, a `MemoryModel`, or an object
            with the methods of `repetita.simulation.EnvironmentLike`; or a list of these, one a card.
        scheduler: Name of a scheduler such as "fsrs6", "anki_sm2" or "fixed@7", a `MemoryModel` as belief,
            or an object with the methods of `repetita.simulation.SchedulerLike`; or a list, one a card.
        desired_retention: In (0, 1), or a list, one a card.
        days: Length of the run, at least 1.
        deck: Number of new cards. Default: 1000; with a start those that it has.
        seed: Whole number from 0; the same one gives the same run.
        seeds: Seeds of several runs instead.
        events: Whether the log of all presses is kept.
        progress: Called after each day with its number.
        options: See `plan`.

    Returns:
        A `Simulation`, or `repetita.simulation.Replicates` with ``seeds``.

    Raises:
        UnknownName: A name that does not exist; the nearest one is suggested.
        UsageError: Something out of range, or parts that do not fit together.

    Example:
        >>> run = simulate(days=60, deck=100, seed=1)
        >>> run.total_new, float(run.memorized[0])
        (100, 0.0)
        >>> run.total_reviews == simulate(days=60, deck=100, seed=1).total_reviews
        True
    """
    check_options(options, (plan, simulate), "options")
    made = plan(
        environment=environment,
        scheduler=scheduler,
        desired_retention=desired_retention,
        days=days,
        deck=deck,
        **options,
    )
    if seeds is None:
        return made.run(whole_number(seed, "seed", high=2**63 - 1), events=events, progress=progress)
    several = tuple(whole_number(one, "seeds", high=2**63 - 1) for one in seeds)
    if not several:
        raise UsageError("seeds is empty", where="seeds")
    return Replicates(several, tuple(made.run(one, events=events, progress=progress) for one in several))


def plan(
    *,
    environment: Any = "fsrs6",
    scheduler: Any = "fsrs6",
    desired_retention: float | Sequence[float] = 0.9,
    days: int = 365,
    deck: int | None = None,
    start: Any = None,
    parameters: Sequence[float] | None = None,
    scheduler_parameters: Sequence[float] | MemoryModel | None = None,
    scheduler_priority: str = "low_retrievability",
    policy: Any = None,
    cost_weight: float = 0.0,
    behavior: Any = None,
    new_limit: Any = None,
    review_limit: Any = None,
    minutes_limit: Any = None,
    priority: Any = None,
    cost: Any = None,
    short_term: ShortTerm | str | None = None,
    fuzz: bool = False,
    leech_lapses: int | None = None,
    compat: str | None = None,
    switches: Switches | Mapping[str, Any] | None = None,
    user: int = 0,
) -> Plan:
    """A run that only lacks a seed.

    Args:
        environment: As in `simulate`.
        scheduler: As in `simulate`.
        desired_retention: As in `simulate`.
        days: As in `simulate`.
        deck: As in `simulate`.
        start: Where the run goes on from: a log, a collection, a path, or a `repetita.simulation.Start`.
        parameters: Parameters of the environment, for a name.
        scheduler_parameters: Parameters of the scheduler's belief, or a model of the same name. Default:
            those of the environment if it is the same model, else the published ones; a scheduler
            ``..._default`` has the published ones.
        scheduler_priority: Order of due reviews, a key of `repetita.simulation.specs.PRIORITIES`.
        policy: A policy, or the path of its file, for schedulers that need one.
        cost_weight: Weight of cost for ``fsrs6_cost_adr``, from 0 to 1024.
        behavior: The person; default: `Behavior` with the limits and priority below.
        new_limit: New cards a day.
        review_limit: Reviews a day.
        minutes_limit: Minutes a day.
        priority: "new-first", "review-first", or a function; see `Behavior`.
        cost: What presses cost; default: `Cost`, with steps `PRESS_COSTS`.
        short_term: Presses within a day: a `ShortTerm`, "steps", "sched", or None.
        fuzz: Whether intervals are fuzzed as Anki does.
        leech_lapses: Lapses after which a card is suspended; None: never.
        compat: "srs-simulator" to follow that program in everything, faults included.
        switches: Single departures by name, see `Switches`.
        user: Number of the user, part of the address of random numbers.

    Raises:
        UnknownName: A name that does not exist.
        UsageError: Something out of range, or parts that do not fit together.
    """
    days = whole_number(days, "days", low=1, high=MOST_DAYS)
    begin = _start(start)
    cards = _cards(deck, begin)
    user = whole_number(user, "user", high=2**32 - 1)
    chosen = switches_for(compat, switches)
    short = ShortTerm(source=short_term) if isinstance(short_term, str) else short_term  # type: ignore[arg-type]
    if leech_lapses is not None:
        leech_lapses = whole_number(leech_lapses, "leech_lapses", low=1)
    limits = {"new_limit": new_limit, "review_limit": review_limit, "minutes_limit": minutes_limit}
    person = _person(behavior, limits | {"priority": priority})
    seconds = default_cost(short, chosen) if cost is None else cost
    options = {
        "policy": _policy(policy),
        "priority": scheduler_priority,
        "short_term": short,
        "switches": chosen,
        "days": days,
        "cost_weight": cost_weight,
    }
    if policy is not None and isinstance(scheduler, str) and not follows_policy(scheduler):
        raise UsageError(f"scheduler {scheduler!r} follows no policy, but one is given", where="policy")
    columns = [
        _each(name, value, cards)
        for name, value in (
            ("environment", environment),
            ("scheduler", scheduler),
            ("desired_retention", desired_retention),
        )
    ]
    environments, schedulers = _parts_of_cards(columns, parameters, scheduler_parameters, options)
    shown = {
        "environment": _named(environment),
        "scheduler": _named(scheduler),
        "desired_retention": desired_retention if isinstance(desired_retention, int | float) else "per card",
        "scheduler_priority": scheduler_priority,
        "start": None if begin is None else repr(begin),
        "compat": compat,
    }
    return Plan(
        environments=environments,
        schedulers=schedulers,
        behavior=person,
        cost=seconds,
        short_term=short,
        switches=chosen,
        fuzz=bool(fuzz),
        days=days,
        user=user,
        leech_lapses=leech_lapses,
        start=begin,
        shown=shown,
    )


def check_options(options: Iterable[str], functions: Sequence[Callable[..., Any]], *but: str) -> None:
    """Refuses options that no function takes.

    Args:
        options: Their names.
        functions: The functions.
        but: Arguments of theirs that are no options here.

    Raises:
        UnknownName: The first of them that is not known.

    Example:
        >>> check_options(["new_limit"], [plan])
    """
    known = [name for one in functions for name in signature(one).parameters if name not in but]
    for name in options:
        if name not in known:
            raise unknown_name("option", name, known)


def _start(start: Any) -> Start | None:
    if start is None:
        return None
    from repetita.simulation.start import start_of

    return start_of(start)


def _cards(deck: int | None, start: Start | None) -> int:
    """Cards of the run: those of the start and the new ones."""
    if start is None:
        return whole_number(NEW_CARDS if deck is None else deck, "deck", low=1, high=MOST_CARDS)
    new = whole_number(start.new_cards if deck is None else deck, "deck", high=MOST_CARDS)
    if not len(start) + new:
        raise UsageError(f"there are no cards in {start.source}", hint="add new ones with deck", where="deck")
    return len(start) + new


def _parts_of_cards(
    columns: Sequence[Sequence[Any]],
    parameters: Sequence[float] | None,
    scheduler_parameters: Sequence[float] | MemoryModel | None,
    options: Mapping[str, Any],
) -> tuple[list[Any], list[Any]]:
    """World and scheduler of each card; equal ones are made once."""
    if all(len(set(map(id, column))) == 1 for column in columns) and len(columns[0]) > 1:
        # most often all cards are alike, and there may be a hundred thousand of them
        one = _parts_of_cards([column[:1] for column in columns], parameters, scheduler_parameters, options)
        return one[0] * len(columns[0]), one[1] * len(columns[0])
    worlds: dict[int, Any] = {}
    made: dict[Any, Any] = {}
    environments, schedulers = [], []
    for environment, scheduler, retention in zip(*columns, strict=True):
        if id(environment) not in worlds:
            worlds[id(environment)] = environment_of(environment, parameters, options["switches"])
        world, memory = worlds[id(environment)]
        key = id(environment), id(scheduler), retention
        if key not in made:
            belief = _belief(scheduler, scheduler_parameters, memory)
            made[key] = scheduler_of(scheduler, desired_retention=retention, belief=belief, **options)
        environments.append(world)
        schedulers.append(made[key])
    return environments, schedulers


def _each(name: str, value: Any, deck: int) -> Sequence[Any]:
    """One value a card."""
    if isinstance(value, list | tuple) or getattr(value, "ndim", 0) == 1:
        if len(value) != deck:
            raise UsageError(f"{name} has {len(value)} values for {deck} cards", where=name)
        values: Sequence[Any] = value.tolist() if hasattr(value, "tolist") else value
        return values
    return [value] * deck


def _belief(
    scheduler: Any, parameters: Sequence[float] | MemoryModel | None, memory: MemoryModel | None
) -> MemoryModel | None:
    """The model with which a scheduler of the same name begins."""
    if parameters is None:
        return memory
    if isinstance(parameters, MemoryModel):
        return parameters
    if not isinstance(scheduler, str):
        raise UsageError(
            "scheduler_parameters are given, but the scheduler has its own", where="scheduler_parameters"
        )
    name = split_spec(scheduler)[0]
    base = name if name in model_names() else name.split("_")[0]
    if name.endswith("_default") or "_default_" in name or base not in model_names():
        raise UsageError(
            f"scheduler {scheduler!r} takes no parameters of a belief", where="scheduler_parameters"
        )
    return model_of(base, parameters)


def _policy(policy: Any) -> Any:
    """A policy, read if a path is given."""
    if isinstance(policy, str | PathLike):
        from repetita.simulation.policies import read_policy

        return read_policy(policy)
    return policy


def _person(behavior: Any, given: Mapping[str, Any]) -> Any:
    """The person: as given, or the default one with limits."""
    named = {name: value for name, value in given.items() if value is not None}
    if behavior is None:
        return Behavior(**named)
    if named:
        raise UsageError(
            f"{next(iter(named))} is given beside a behavior",
            hint="give it to the behavior",
            where="behavior",
        )
    return behavior


def default_cost(short: ShortTerm | None, switches: Switches) -> Cost:
    """The default tables; those of single presses where presses within a day are simulated."""
    session = Cost()
    if short is None:
        return replace(session, relearning=session.review)
    return PRESS_COSTS if switches.cost_tables == "press" else replace(session, relearning=session.review)


def _named(part: Any) -> Any:
    """A part as it is shown in the configuration."""
    if isinstance(part, str):
        return part
    if isinstance(part, MemoryModel):
        return part.to_dict()
    if isinstance(part, list | tuple):
        return "per card"
    return getattr(part, "name", type(part).__name__)


def plain(part: Any) -> Any:
    """A value as JSON has it: fields of dataclasses, names of everything else."""
    if part is None:
        return None
    if not is_dataclass(part):
        return type(part).__name__
    shown = {field.name: getattr(part, field.name) for field in fields(part) if field.init}
    return {name: _listed(value) for name, value in shown.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return value
