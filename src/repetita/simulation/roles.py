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

import ast
from collections.abc import Callable, Iterable, Mapping
from inspect import getsource
from math import exp, inf, log, nan
from string import Template
from textwrap import dedent
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

from repetita import intervals
from repetita.equations import anki_sm2, declared, equations, layers, memrise
from repetita.simulation import rules, targets
from repetita.simulation.history_roles import CAPACITY, history_environment, history_scheduler, history_size
from repetita.simulation.network_roles import network_environment, network_scheduler

__all__ = ["RoleText", "environment_text", "linked", "places", "scheduler_text", "service_mode"]


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
    """$aim

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

# a constant retention where an interval is a product: its factor follows the retention in the row
SCALED = """
def sch_interval(w, s, b, now):
    return max(w[$policy], interval_unit($vectors, $state) * w[$factor])
"""

AIMED = """
def sch_interval(w, s, b, now):
    retention = $retention(w[$policy:], s[b + $stability], s[b + $difficulty], now)
    days = $interval
    return $days
"""

# A model of windows keeps the times of recent presses in a ring: where more of them are within the longest
# window than the ring holds, the counts are not known, and recall is not a number.
WINDOWED = """
def in_window(s, b, now, length, column):
    count = 0.0
    for i in range(int(s[b + 3])):
        if now - s[b + $head + i] <= length:
            count = count + (1.0 if column == 0 else s[b + $head + $ring + i])
    return count


def note_in_ring(s, b, now, rating):
    passed = 1.0 if rating > 1 else 0.0
    place = int(s[b + 4])
    if s[b + 3] >= $ring and now - s[b + $head + place] <= $longest:
        s[b] = nan
    s[b + $head + place] = now
    s[b + $head + $ring + place] = passed
    s[b + 4] = (place + 1) % $ring + 0.0
    s[b + 3] = min(s[b + 3] + 1.0, $ring + 0.0)
    s[b] = s[b] + 1.0
    s[b + 1] = s[b + 1] + passed
    s[b + 2] = now


def begin_ring(s, b, rating):
    for i in range(5):
        s[b + i] = 0.0
    note_in_ring(s, b, 0.0, rating)


def windowed_recall(w, s, b, days):
    now = s[b + 2] + days
    counts = ($counts, s[b], s[b + 1])
    return recall($vectors, counts)
"""
RING, RING_HEAD = 128, 5

WINDOWED_ENVIRONMENT = """
def env_init(w, s, b, rating):
    begin_ring(s, b, rating)


def env_recall(w, s, b, days):
    return windowed_recall(w, s, b, days)


def env_next(w, s, b, days, rating):
    note_in_ring(s, b, s[b + 2] + days, rating)
"""

WINDOWED_SCHEDULER = """
def sch_recall(w, s, b, days):
    return windowed_recall(w, s, b, days)


def sch_init(w, s, b, rating, phase, now):
    begin_ring(s, b, rating)
    return max(1.0, searched_interval(w, s, b, w[$policy]))


def sch_next(w, s, b, days, previous, rating, phase, now):
    note_in_ring(s, b, s[b + 2] + days, rating)
    return max(1.0, searched_interval(w, s, b, w[$policy]))


def sch_key(w, s, b, days, previous, due, mode, u):
    return service_key(mode, 0.0, 0.0, 0.0, previous, due, u)
"""

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


def environment_text(model: str, capacity: int = CAPACITY) -> RoleText:
    """The roles of a memory model as the world.

    Args:
        model: Name of a model of `repetita.equations`.
        capacity: Presses of a card for which there is room, where the state is its history.
    """
    module = equations(model)
    if is_network(module):
        return RoleText(network_environment(module), (layers, module), module.STATES)
    if counts_in_windows(module):
        return RoleText(_windowed(module) + WINDOWED_ENVIRONMENT, (module,), RING_HEAD + 2 * RING)
    if keeps_history(module):
        at = places(module)
        text = history_environment(module, at["vectors"], int(at["policy"]))
        return RoleText(text, (module,), history_size(module, capacity))
    return RoleText(ENVIRONMENT.substitute(places(module)), (module,), len(module.STATE))


def is_network(module: ModuleType) -> bool:
    """Whether a model is a network, whose text works on flat lists by itself."""
    return declared(module).kind == "network"


def keeps_history(module: ModuleType) -> bool:
    """Whether the state of a model is the presses of a card one by one."""
    return declared(module).kind in ("features", "pairs") and not counts_in_windows(module)


def counts_in_windows(module: ModuleType) -> bool:
    """Whether the features of a model are presses and passes in windows of time, the last unlimited."""
    windows: tuple[float, ...] = getattr(module, "WINDOWS", ())
    names = [name.partition("_")[0] for name in getattr(module, "FEATURES", ())]
    counted = names == ["reviews", "passes"] * len(windows) and not hasattr(module, "FADING")
    return bool(windows) and windows[-1] == inf and counted


def _windowed(module: ModuleType) -> str:
    """Text of the ring and the counts of a model of windows."""
    windows = module.WINDOWS[:-1]
    counts = [f"in_window(s, b, now, {length}, {column})" for length in windows for column in (0, 1)]
    return Template(WINDOWED).substitute(
        vectors=places(module)["vectors"],
        counts=", ".join(counts),
        head=RING_HEAD,
        ring=RING,
        longest=max(windows),
    )


def _asked_of_roles(function: Callable[..., Any]) -> str:
    """The text of a search of `repetita.intervals`, with the curve of ``sch_recall`` in place of an argument.

    So the search is written once: there it is called with a function, here it calls one by name. Constants of
    its module are put in as numbers.
    """
    tree = ast.parse(dedent(getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body = definition.body[1:]
    names = [ast.arg(name) for name in ("w", "s", "b", definition.args.args[1].arg)]
    definition.args.args, definition.returns = names, None
    _OfRoles(vars(intervals)).visit(tree)
    return "\n\n" + ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class _OfRoles(ast.NodeTransformer):
    """Calls of ``recall`` become calls of ``sch_recall``, names of constants their values."""

    def __init__(self, constants: Mapping[str, Any]) -> None:
        self.constants = constants

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "recall":
            state = [ast.Name(name, ast.Load()) for name in ("w", "s", "b")]
            return ast.Call(ast.Name("sch_recall", ast.Load()), [*state, *node.args], [])
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.constants.get(node.id)
        return ast.Constant(value) if isinstance(value, float) else node


def scheduler_text(kind: str, model: str | None = None, capacity: int = CAPACITY) -> RoleText:
    """The roles of a scheduler.

    Args:
        kind: "fixed", "anki_sm2", "memrise", or a key of `RETENTIONS`, which needs a belief.
        model: Name of the model that is the belief.
        capacity: As in `environment_text`.
    """
    if kind == "fixed":
        return RoleText(FIXED + WITHOUT_BELIEF, (rules,), 0)
    if kind == "anki_sm2":
        return RoleText(ANKI_SM2 + WITHOUT_BELIEF, (anki_sm2, rules), 2)
    if kind == "memrise":
        return RoleText(MEMRISE + WITHOUT_BELIEF, (memrise, rules), 0)
    assert model is not None
    module = equations(model)
    if is_network(module):
        search = intervals.searched_interval if declared(module).steps else intervals.solved_interval
        text = network_scheduler(module, search.__name__)
        searches = _asked_of_roles(search) + _asked_of_roles(intervals.whole_days_interval)
        return RoleText(searches + text, (rules, layers, module), module.STATES)
    at = places(module)
    if counts_in_windows(module):
        text = _windowed(module) + Template(WINDOWED_SCHEDULER).substitute(policy=f"{at['policy']} + 1")
        searched = _asked_of_roles(intervals.searched_interval)
        return RoleText(searched + text, (rules, module), RING_HEAD + 2 * RING)
    if keeps_history(module):
        search = intervals.searched_interval if declared(module).steps else intervals.solved_interval
        text = history_scheduler(module, at["vectors"], int(at["policy"]), search.__name__)
        return RoleText(_asked_of_roles(search) + text, (rules, module), history_size(module, capacity))
    closed = declared(module).closed_interval
    stability = f"s[b + {at['stability']}]"
    days = {
        "sspmmc": f"sspmmc_days(w[{at['policy']}:], {stability}, days)",
        "cost_adr_days": f"max(w[{at['policy']}], cost_adr_days(w[{at['policy']}:], {stability},"
        f" s[b + {at['difficulty']}]))",
    }
    found = "interval($vectors, $state, retention)" if closed else "solved_interval(w, s, b, retention)"
    if kind == "cost_adr_days":
        found = "retention"  # not used: the head gives the interval itself
    aim = SCALED if kind == "constant" and hasattr(module, "interval_factor") else AIMED
    aimed = Template(aim).substitute(
        at,
        retention=RETENTIONS[kind],
        interval=Template(found).substitute(at),
        days=days.get(kind, f"max(w[{at['policy']}], days)"),
        factor=int(at["policy"]) + 2,
    )
    text = BELIEF.substitute(at, aim=aimed)
    solved = "" if closed else _asked_of_roles(intervals.solved_interval)
    return RoleText(solved + text, (rules, targets, module), len(module.STATE))


def places(module: ModuleType) -> dict[str, str]:
    """Where a row holds the vectors of a model, and how its state is read and written."""
    options = next(iter(module.VARIANTS.values()))
    parameters = [p.default for p in module.PARAMETERS]
    counts = len(parameters), len(module.prepare(parameters, options)), len(options)
    ends = counts[0], counts[0] + counts[1], sum(counts)
    names = module.STATE
    return {
        # tuples, not slices: a compiler then reads what is used, and makes no views
        "vectors": ", ".join(
            _tuple(f"w[{i}]" for i in range(low, high))
            for low, high in ((0, ends[0]), (ends[0], ends[1]), (ends[1], ends[2]))
        ),
        "policy": str(ends[2]),
        "state": _tuple(f"s[b + {i}]" for i in range(len(names))),
        "stability": str(names.index("stability")) if "stability" in names else "0",
        "difficulty": str(names.index("difficulty")) if "difficulty" in names else "0",
    }


def _tuple(values: Iterable[str]) -> str:
    """The text of a tuple."""
    return "(" + "".join(f"{value}, " for value in values).rstrip() + ")"


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
    space: dict[str, Any] = {"__name__": __name__, "exp": exp, "log": log, "nan": nan} | replaced
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
