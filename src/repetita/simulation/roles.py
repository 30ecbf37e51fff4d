"""Memory models and schedulers in flat form: texts that a compiled engine links, from the equations.

An environment has three roles, a scheduler four. Their state is numbers in a flat list or array ``s`` from
the base ``b`` on; everything else about them is one row ``w`` of numbers: parameters, what depends on
parameters only, options of the equations, and the row of the policy. A text holds no formula: it calls
``first recall after interval`` of an equation file, a function of `repetita.simulation.targets`, and the
rules.

    env_init(w, s, b, rating)                     env_recall(w, s, b, days) -> R
    env_next(w, s, b, days, rating)
    sch_init(w, s, b, rating, phase, now) -> raw days
    sch_next(w, s, b, days, previous, rating, phase, now) -> raw days
    sch_recall(w, s, b, days) -> R                sch_key(w, s, b, days, previous, due, mode, u) -> key

``days`` is what `rules.elapsed_days` gives for the model's unit; ``previous`` the interval that led to this
press, ``phase`` the one before the press (0 review, 1 learning, 2 relearning; 0 always, where steps are not
to be hidden from rules that look at intervals), ``mode`` a number of `rules` that `service_mode` allows.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from string import Template
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

from repetita.equations import anki_sm2, declared, equations, memrise
from repetita.intervals import LONGEST, SHORTEST
from repetita.simulation import rules, targets

__all__ = ["RoleText", "environment_text", "linked", "scheduler_text", "service_mode"]


class RoleText(NamedTuple):
    """The text of some roles and what it needs.

    Attributes:
        source: Python text that defines the role functions.
        modules: Modules whose plain functions and constants the text calls, the nearest last.
        state_size: Numbers of a state.
    """

    source: str
    modules: tuple[ModuleType, ...]
    state_size: int


ENVIRONMENT = Template(
    """
def env_init(w, s, b, rating):
    $state = first($vectors, rating)


def env_recall(w, s, b, days):
    return recall($vectors, $state, days)


def env_next(w, s, b, days, rating):
    $state = after($vectors, $state, days, rating)
"""
)

BELIEF = Template(
    """
def sch_interval(w, s, b, now):
    retention = $retention(w[$policy:], s[b + $stability], s[b + $difficulty], now)
    days = $interval
    return $days


def sch_init(w, s, b, rating, phase, now):
    $state = first($vectors, rating)
    return sch_interval(w, s, b, now)


def sch_next(w, s, b, days, previous, rating, phase, now):
    $state = after($vectors, $state, days, rating)
    return sch_interval(w, s, b, now)


def sch_recall(w, s, b, days):
    return recall($vectors, $state, days)


def sch_key(w, s, b, days, previous, due, mode, u):
    recalled = recall($vectors, $state, days) if mode <= 1 else 0.0
    return service_key(mode, recalled, s[b + $difficulty], s[b + $stability], previous, due, u)
"""
)

SOLVED = Template(
    '''
def solved_days(w, s, b, retention):
    """As `repetita.intervals.solved_interval`."""
    if recall($vectors, $state, $longest) >= retention:
        return $longest
    low = 0.0
    high = 0.0
    while recall($vectors, $state, exp(low)) < retention:
        if low <= log($shortest):
            return $shortest if recall($vectors, $state, 0.0) >= retention else 0.0
        high = low
        low = max(low - log(4.0), log($shortest))
    while high <= low:
        raised = min(low + log(4.0), log($longest))
        if recall($vectors, $state, exp(raised)) < retention:
            high = raised
        else:
            low = raised
    while high - low > 1e-13 * max(1.0, abs(low)):
        middle = 0.5 * (low + high)
        if recall($vectors, $state, exp(middle)) < retention:
            high = middle
        else:
            low = middle
    return exp(0.5 * (low + high))
'''
)

WITHOUT_BELIEF = """
def sch_recall(w, s, b, days):
    return 1.0


def sch_key(w, s, b, days, previous, due, mode, u):
    return service_key(mode, 0.0, 0.0, 0.0, previous, due, u)
"""

FIXED = """
def sch_init(w, s, b, rating, phase, now):
    return w[0]


def sch_next(w, s, b, days, previous, rating, phase, now):
    return w[0]
"""

# learning and relearning presses leave the ease alone; the interval of a lapse waits in the state
ANKI_SM2 = """
def sch_init(w, s, b, rating, phase, now):
    days, ease = scheduled_first(w, rating)
    s[b] = ease if phase == 0 else w[2]
    s[b + 1] = days
    return days


def sch_next(w, s, b, days, previous, rating, phase, now):
    if phase == 1:
        s[b + 1] = graduated(w, rating)
    elif phase == 0:
        s[b + 1], s[b] = scheduled(w, (previous, s[b]), days, rating)
    return s[b + 1]
"""

MEMRISE = """
def sch_init(w, s, b, rating, phase, now):
    return next_rung(0.0, rating, LADDER)


def sch_next(w, s, b, days, previous, rating, phase, now):
    return next_rung(previous if phase == 0 else 0.0, rating, LADDER)
"""

# scheduler kind -> the function that says at which retention a card is due
RETENTIONS = {
    "constant": "constant_retention",
    "adr": "adr_retention",
    "adr_time": "adr_time_retention",
    "cost_adr": "cost_adr_retention",
    "cost_adr_days": "constant_retention",
    "sspmmc": "sspmmc_retention",
}


def environment_text(model: str) -> RoleText:
    """The roles of a memory model as the world.

    Args:
        model: Name of a recursive model of `repetita.equations`.
    """
    module = equations(model)
    return RoleText(ENVIRONMENT.substitute(_places(module)), (module,), len(module.STATE))


def scheduler_text(kind: str, model: str | None = None) -> RoleText:
    """The roles of a scheduler.

    Args:
        kind: "fixed", "anki_sm2", "memrise", or a key of `RETENTIONS`, which needs a belief.
        model: Name of the recursive model that is the belief.
    """
    if kind == "fixed":
        return RoleText(FIXED + WITHOUT_BELIEF, (rules,), 0)
    if kind == "anki_sm2":
        return RoleText(ANKI_SM2 + WITHOUT_BELIEF, (anki_sm2, rules), 2)
    if kind == "memrise":
        return RoleText(MEMRISE + WITHOUT_BELIEF, (memrise, rules), 0)
    assert model is not None
    module = equations(model)
    places = _places(module)
    closed = declared(module).closed_interval
    stability = f"s[b + {places['stability']}]"
    days = {
        "sspmmc": f"sspmmc_days(w[{places['policy']}:], {stability}, days)",
        "cost_adr_days": f"max(w[{places['policy']}], cost_adr_days(w[{places['policy']}:], {stability},"
        f" s[b + {places['difficulty']}]))",
    }
    found = "interval($vectors, $state, retention)" if closed else "solved_days(w, s, b, retention)"
    if kind == "cost_adr_days":
        found = "retention"  # not used: the head gives the interval itself
    text = BELIEF.substitute(
        places,
        retention=RETENTIONS[kind],
        interval=Template(found).substitute(places),
        days=days.get(kind, f"max(w[{places['policy']}], days)"),
    )
    solved = "" if closed else SOLVED.substitute(places, longest=LONGEST, shortest=SHORTEST)
    return RoleText(solved + text, (rules, targets, module), len(module.STATE))


def _places(module: ModuleType) -> dict[str, str]:
    """Where a row holds the vectors of a model, and how its state is read and written."""
    options = next(iter(module.VARIANTS.values()))
    parameters = [p.default for p in module.PARAMETERS]
    counts = len(parameters), len(module.prepare(parameters, options)), len(options)
    ends = counts[0], counts[0] + counts[1], sum(counts)
    names = module.STATE
    state = [f"s[b + {i}]" for i in range(len(names))]
    return {
        "vectors": f"w[0:{ends[0]}], w[{ends[0]}:{ends[1]}], w[{ends[1]}:{ends[2]}]",
        "policy": str(ends[2]),
        "state": "(" + ", ".join(state) + ("," if len(state) == 1 else "") + ")",
        "stability": str(names.index("stability")) if "stability" in names else "0",
        "difficulty": str(names.index("difficulty")) if "difficulty" in names else "0",
    }


def service_mode(mode: int, model: str | None) -> int:
    """The mode that orders reviews: the asked one, or by due time where a scheduler does not have it.

    Args:
        mode: One of the numbers in `rules`.
        model: The belief, None without one.
    """
    if mode >= rules.SHORT_INTERVAL:
        return mode
    module = equations(model) if model else None
    names = module.STATE if module else ()
    if mode <= rules.HIGH_RETRIEVABILITY:
        has = "stability" in names or (module is not None and module.UNIT != "days")
    else:
        has = ("difficulty" if mode <= rules.HIGH_DIFFICULTY else "stability") in names
    return mode if has else rules.EARLY_DUE


def linked(text: RoleText, wrap: Callable[[Any], Any] = lambda f: f, **replaced: Any) -> dict[str, Any]:
    """The role functions, and all that they call, in one namespace.

    Args:
        text: Of `environment_text` or `scheduler_text`.
        wrap: Applied to every function: a compiler, or nothing for plain Python.
        replaced: Other values for names such as ``exp`` and ``log``.
    """
    space: dict[str, Any] = {"__name__": __name__, "exp": exp, "log": log} | replaced
    for module in text.modules:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                copy = FunctionType(value.__code__, space, name, value.__defaults__)
                space[name] = wrap(copy)
            elif isinstance(value, BuiltinFunctionType | int | float | tuple):
                space.setdefault(name, value)
    own: dict[str, Any] = {}
    exec(compile(text.source, "<roles>", "exec"), space, own)
    for name, value in own.items():
        space[name] = wrap(FunctionType(value.__code__, space, name))
    return space
