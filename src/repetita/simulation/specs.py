"""Environments and schedulers by name: what a word on the command line or in a call stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from repetita.equations import anki_sm2, known_model, model_names
from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.simulation import reference, rules
from repetita.simulation.environments import HistoryEnvironment, keeps_state
from repetita.simulation.schedulers import AnkiSM2Scheduler, FixedScheduler, MemriseScheduler
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.switches import Switches

if TYPE_CHECKING:
    from repetita.simulation.policies import Policy

__all__ = [
    "PRIORITIES",
    "aims_at_retention",
    "environment_names",
    "environment_of",
    "follows_policy",
    "scheduler_names",
    "scheduler_of",
    "split_spec",
]

DEFAULT = "_default"
RULES = ("anki_sm2", "memrise")
WITHOUT_RETENTION = ("fixed", *RULES)
POLICIES = (
    "sspmmc",
    "fsrs6_adr",
    "fsrs6_adr_time",
    "fsrs6_default_adr",
    "fsrs6_ap",
    "anki_sm2_ap",
    "fsrs6_cost_adr",
)
"""Schedulers that follow a policy."""

PRIORITIES = {
    "low_retrievability": rules.LOW_RETRIEVABILITY,
    "high_retrievability": rules.HIGH_RETRIEVABILITY,
    "low_difficulty": rules.LOW_DIFFICULTY,
    "high_difficulty": rules.HIGH_DIFFICULTY,
    "low_stability": rules.LOW_STABILITY,
    "high_stability": rules.HIGH_STABILITY,
    "short_interval": rules.SHORT_INTERVAL,
    "long_interval": rules.LONG_INTERVAL,
    "early_due": rules.EARLY_DUE,
    "late_due": rules.LATE_DUE,
    "shuffled": rules.SHUFFLED,
}
"""Orders of due reviews by name."""

DEFAULTS = ("fsrs6_default", "fsrs3_default")


def aims_at_retention(scheduler: str) -> bool:
    """Whether a desired retention means anything to a scheduler of this name.

    Example:
        >>> aims_at_retention("fsrs6"), aims_at_retention("sspmmc"), aims_at_retention("memrise")
        (True, True, False)
    """
    return scheduler not in (*WITHOUT_RETENTION, "anki_sm2_ap", "fsrs6_ap") and "adr" not in scheduler


def split_spec(scheduler: str) -> tuple[str, str | None]:
    """The name of a scheduler as it is registered, and what stands after ``@``, None without.

    Example:
        >>> split_spec("fsrs6-default"), split_spec("fixed@1e-1")
        (('fsrs6_default', None), ('fixed', '1e-1'))
    """
    name, at, value = scheduler.partition("@")
    return name.replace("-", "_"), value if at else None


def follows_policy(scheduler: str) -> bool:
    """Whether a scheduler of this name needs a policy.

    Example:
        >>> follows_policy("fsrs6-adr"), follows_policy("fsrs6")
        (True, False)
    """
    return split_spec(scheduler)[0] in POLICIES


def environment_names() -> tuple[str, ...]:
    """Names of environments: all memory models, those registered in this process included."""
    return (*model_names(), *DEFAULTS)


def scheduler_names() -> tuple[str, ...]:
    """Names of schedulers: memory models as beliefs, rules of intervals, and those that follow a policy."""
    beliefs = [name for name in model_names() if name not in RULES]
    return (*beliefs, *DEFAULTS, "fixed", *RULES, *POLICIES)


def environment_of(
    environment: Any, parameters: Sequence[float] | None, switches: Switches
) -> tuple[Any, MemoryModel | None]:
    """The world that a name, a model or an object stands for, and its memory model if it has one.

    Args:
        environment: A model's name, with ``_default`` to insist on the default parameters; a `MemoryModel`;
            or an object with the methods of `EnvironmentLike`.
        parameters: Parameters for a name.
        switches: Of the run.

    Raises:
        UnknownName: No such environment.
        UsageError: Parameters for something that has its own.

    Example:
        >>> environment_of("fsrs6", None, Switches())[0].name
        'fsrs6'
    """
    if isinstance(environment, str):
        name = environment.replace("-", "_")
        if name not in DEFAULTS and not known_model(name):
            raise unknown_name("environment", environment, environment_names())
        if name in DEFAULTS and parameters:
            raise UsageError(f"{name} has the default parameters, but others are given", where="parameters")
        memory = model_of(name.removesuffix(DEFAULT), parameters)
    elif parameters is not None:
        raise UsageError("parameters are given, but the environment has its own", where="parameters")
    elif isinstance(environment, MemoryModel):
        memory = environment
    else:
        _require(environment, "environment", ("first", "retrievability", "after"))
        return environment, None
    if not keeps_state(memory):
        return HistoryEnvironment(memory), memory
    return reference.environment_with(memory, switches), memory


def scheduler_of(
    scheduler: Any,
    *,
    desired_retention: float,
    belief: MemoryModel | None,
    policy: Policy | None,
    priority: str,
    short_term: ShortTerm | None,
    switches: Switches,
    days: int,
    cost_weight: float = 0.0,
) -> Any:
    """The scheduler that a name, a model or an object stands for.

    Args:
        scheduler: A name of `scheduler_names` or ``fixed@days``; a `MemoryModel` as belief; or an object
        with the
            methods of `SchedulerLike`.
        desired_retention: In (0, 1).
        belief: Parameters for a belief of the same model; None: the defaults.
        policy: For the schedulers of `POLICIES`.
        priority: A key of `PRIORITIES`.
        short_term: Presses within a day.
        switches: Of the run.
        days: Length of the run.
        cost_weight: For ``fsrs6_cost_adr``.

    Raises:
        UnknownName: No such scheduler or priority.
        UsageError: A retention out of range, a policy that is missing or does not fit.

    Example:
        >>> given = dict(belief=None, policy=None, short_term=None, switches=Switches(), days=9)
        >>> scheduler_of("fixed@7", desired_retention=0.9, priority="early_due", **given).interval_days
        7.0
    """
    if priority not in list(PRIORITIES):
        raise unknown_name("scheduler priority", priority, PRIORITIES)
    mode = PRIORITIES[priority]
    if not isinstance(scheduler, str | MemoryModel):
        _require(scheduler, "scheduler", ("first", "after"))
        return scheduler
    name, value = split_spec(scheduler) if isinstance(scheduler, str) else ("", None)
    if name == "fixed":
        return FixedScheduler(1.0 if value is None else _days(scheduler, value), mode=mode)
    if value is not None:
        raise UsageError(
            f"scheduler {scheduler!r}: only fixed takes a value, as in fixed@7", where="scheduler"
        )
    if isinstance(scheduler, str) and name not in scheduler_names() and not known_model(name):
        raise unknown_name("scheduler", scheduler, scheduler_names())
    if name in RULES:
        return rule_scheduler(name, anki_sm2.Settings(), mode, short_term, switches)
    if name in POLICIES:
        from repetita.simulation.policies import scheduler_with_policy

        return scheduler_with_policy(name, policy, belief, mode, short_term, switches, days, cost_weight)
    memory = scheduler if isinstance(scheduler, MemoryModel) else belief_model(name, belief)
    return belief_scheduler(
        memory, name or memory.name, checked_retention(desired_retention), mode, short_term, switches
    )


def rule_scheduler(
    name: str, settings: Sequence[float], mode: int, short_term: ShortTerm | None, switches: Switches
) -> Any:
    """Anki-SM-2, with whatever settings, or Memrise."""
    hide = switches.steps_hide_from_sm2
    if name == "memrise":
        return MemriseScheduler(hide_steps=hide, mode=mode)
    steps = short_term is not None and bool(short_term.learning_seconds)
    return AnkiSM2Scheduler(settings, name=name, learning_steps=steps, hide_steps=hide, mode=mode)


def belief_model(name: str, belief: MemoryModel | None) -> MemoryModel:
    """The model behind the name of a scheduler: with the given parameters if they are of this model."""
    wanted = name.removesuffix(DEFAULT)
    if belief is not None and belief.name == wanted and not name.endswith(DEFAULT):
        return belief
    return model_of(wanted)


def belief_scheduler(
    memory: MemoryModel,
    name: str,
    desired_retention: float,
    mode: int,
    short_term: ShortTerm | None,
    switches: Switches,
) -> Any:
    """A scheduler that believes a model and aims at a constant retention."""
    if not keeps_state(memory):
        return reference.history_scheduler_with(memory, switches, desired_retention, mode)
    least = shortest_interval(memory, short_term)
    return reference.scheduler_with(memory, switches, policy=(least, desired_retention), name=name, mode=mode)


def shortest_interval(memory: MemoryModel, short_term: ShortTerm | None) -> float:
    """Shortest interval in days that a belief may ask for: 0 where it decides about presses within a day.

    Raises:
        UsageError: It is to decide, but counts whole days.
    """
    if short_term is None or short_term.source != "sched":
        return 1.0
    if memory.equations.UNIT == "days":
        raise UsageError(
            f"short-term source 'sched' needs a scheduler whose model counts fractions of a day; "
            f"{memory.name} counts whole days",
            hint="e.g. fsrs7, or source 'steps'",
        )
    return 0.0


def checked_retention(value: Any) -> float:
    """A desired retention as a float.

    Raises:
        UsageError: Not a number in (0, 1).
    """
    if not isinstance(value, int | float) or not 0.0 < value < 1.0:
        raise UsageError(
            f"desired_retention is {value!r}, expected a number in (0, 1)", where="desired_retention"
        )
    return float(value)


def _days(scheduler: Any, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(f"scheduler {scheduler!r}: expected days after @, as in fixed@7") from None


def _require(part: Any, kind: str, methods: Sequence[str]) -> None:
    missing = [name for name in methods if not callable(getattr(part, name, None))]
    if missing:
        raise UsageError(
            f"{type(part).__name__} is no {kind}: method {missing[0]!r} is missing",
            hint=f"a {kind} has the methods {', '.join(methods)}, or is given by name",
            where=kind,
        )
