"""The texts that are compiled: the lane, and the roles of each world and scheduler it is given.

A lane takes five functions. Two are of the world: ``env_init`` and ``env_press`` (presses of some cards:
recall, rating, next state, and what was remembered since the press before). Three are of the scheduler:
``sch_init``, ``sch_next`` and ``sch_keys`` (both of some cards).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from string import Template
from types import ModuleType
from typing import NamedTuple

from repetita import addressed_random
from repetita.equations import declared, equations, layers, source_name
from repetita.kernels.linking import linked_text, without_arguments
from repetita.scheduling import plain_rules
from repetita.simulation import rules
from repetita.simulation.lanes import curves, lane, nodes, places, press, queues, reviews, sampling, sums
from repetita.simulation.lanes.row_text import read_from_row
from repetita.simulation.network_roles import network_places
from repetita.simulation.roles import RoleText, counts_in_windows, environment_text, is_network, keeps_history
from repetita.simulation.roles import places as places_of

__all__ = [
    "ROLES",
    "SIGNATURES",
    "Text",
    "graphics_lane_text",
    "graphics_scheduler_text",
    "graphics_world_text",
    "lane_text",
    "scheduler_role_text",
    "world_role_text",
]

SHOWN = ("remember", "add_power_curve", "add_series", "series_at", "polynomial")
WORLD, BELIEF = ("env_init", "env_press"), ("sch_init", "sch_next", "sch_keys")
ROLES = WORLD + BELIEF
RULES = (plain_rules, rules)
LANE_MODULES = (addressed_random, *RULES, places, nodes, queues, sampling, press, reviews, lane)

OWN_SUFFIX = "_by_card"

F, WHOLE = "float64[::1]", "int64"
SIGNATURES = {
    "env_init": f"void({F}, {F}, {WHOLE}, {WHOLE})",
    "env_press": f"void({F}, {F}, {WHOLE}, int32[::1], {WHOLE}, float64, {WHOLE}, {WHOLE}, {WHOLE}, float64,"
    f" {WHOLE}, {WHOLE}, {F}, {F}, {F}, {F})",
    "sch_init": f"float64({F}, {F}, {WHOLE}, {WHOLE}, {WHOLE}, float64)",
    "sch_next": f"void({F}, {F}, {WHOLE}, {WHOLE}, int32[::1], {WHOLE}, float64, {WHOLE}, {WHOLE}, {F}, {F})",
    "sch_keys": f"void({F}, {F}, {WHOLE}, {WHOLE}, int32[::1], {WHOLE}, float64, {WHOLE}, {WHOLE}, {F})",
}

HEADER = '''"""$title"""

from __future__ import annotations

from math import exp, expm1, floor, inf, log, nan, sqrt
from typing import NamedTuple

from numba import boolean, float64, int32, int64, types, void

from repetita.kernels.compiling import compiled
from repetita.kernels.mathematics import exp as fast_exp
from repetita.kernels.mathematics import log as fast_log
from repetita.kernels.network_text import compiled_network, shared_network
from repetita.kernels.strict import always_inlined, lane_kernel, linked, pointed, shown

'''

PRESS = Template(
    """
def press_one(w, s, b, days, u_recall, u_rating, u_lazy, lazy, shares, origin, begin, end, sums):
    state = $state
    recalled = recall($vectors, state, days)
    rating = rate(recalled, u_recall, u_rating, u_lazy, lazy, w, shares)
    $state = after($vectors, state, days, rating)
    sums[0] = recalled
    if end >= begin:
        remember(w, state, origin, begin, end, days, recalled, sums)
    return rating

"""
)

# the same for a model whose state stays where it is: a network, a ring of presses
PRESS_IN_PLACE = """
def press_one(w, s, b, days, u_recall, u_rating, u_lazy, lazy, shares, origin, begin, end, sums):
    recalled = env_recall(w, s, b, days)
    rating = rate(recalled, u_recall, u_rating, u_lazy, lazy, w, shares)
    if end >= begin:
        remember(w, s, b, origin, begin, end, days, recalled, sums)
    env_next(w, s, b, days, rating)
    sums[0] = recalled
    return rating

"""

# how recall since the last press is kept: `DAY_BY_DAY` from a state that stays in place and has no
# curve of its own; `POWER_SUM`, `EXPONENTIAL_SUM` and `SUM` add it up over days, `POWER_CURVE` and `CURVE`
# add it to each day; on a day before the press no time has passed, and only curves without closed form may
# be below 1 even then
STARTED = """
    if begin < origin:
        sums[{place}] += 1.0
        begin += 1
        if begin > end:
            return
"""

DAY_BY_DAY = """
def remember(w, s, b, origin, begin, end, known, recalled, sums):
    for day in range(begin, end + 1):
        sums[$place] += env_recall(w, s, b, max(day - origin, 0.0))
"""

POWER_SUM = """
def remember(w, state, origin, begin, end, known, recalled, sums):$started
    rate, exponent = power_curve($vectors, state)
    sums[1] += power_sum(rate, exponent, begin - origin, end - begin + 1, known, recalled)
"""

EXPONENTIAL_SUM = """
def remember(w, state, origin, begin, end, known, recalled, sums):$started
    sums[1] += exponential_sum(exponential_rate($vectors, state), begin - origin, end - begin + 1)
"""

SUM = """
def remember(w, $state_of, origin, begin, end, known, recalled, sums):
    total = 0.0
    for first in range(begin, end + 1, DAYS_AT_ONCE):
        since = first - origin
        for i in range(DAYS_AT_ONCE):
            value = fast_recall($recalled_from, max(since + i, 0.0))
            total += value if first + i <= end else 0.0
    sums[1] += total
"""

POWER_CURVE = """
def remember(w, state, origin, begin, end, known, recalled, sums):$started
    if begin == end and end - origin == known:
        sums[end + 1] += recalled
        return
    rate, exponent = power_curve($vectors, state)
    add_power_curve(sums, begin + 1, rate, exponent, begin - origin, end - begin + 1)
"""

CURVE = """
def remember(w, $state_of, origin, begin, end, known, recalled, sums):
    for first in range(begin, end + 1, DAYS_AT_ONCE):
        part, since, left = sums[first + 1 : first + 1 + DAYS_AT_ONCE], first - origin, end - first
        for i in range(DAYS_AT_ONCE):
            value = fast_recall($recalled_from, max(since + i, 0.0))
            part[i] += value if i <= left else 0.0
"""

# presses of several cards, see `repetita.simulation.lanes.reviews`
PRESS_SEVERAL = """
def env_press(
    w, cards, size, ready, count, now, end, calendar, at_end, lazy, shares, markov, recall_draws,
    rating_draws, lazy_draws, sums
):
    for i in range(count):
        b = ready[i] * size
        last = cards[b + LAST]
        begin = floor(last)
        row = success_row(int(cards[b + PHASE]), markov > 0, int(cards[b + PREVIOUS]))
        rating = press_one(
            $row, cards, b + STATE, elapsed_days(now, last, calendar > 0), recall_draws[i], rating_draws[i],
            lazy_draws[i], lazy, shares + 3 * row, begin + 0.0 if calendar > 0 else last,
            first_sample(begin, at_end), end, sums
        )
        recall_draws[i] = rating
        rating_draws[i] = sums[0]
"""

NEXT_SEVERAL = """
def sch_next(w, cards, size, belief, ready, count, now, calendar, sees_phase, ratings, raw):
    for i in range(count):
        b = ready[i] * size
        days = elapsed_days(now, cards[b + LAST], calendar > 0)
        phase = int(cards[b + PHASE]) if sees_phase > 0 else 0
        raw[i] = next_one($row, cards, b + belief, days, cards[b + INTERVAL], int(ratings[i]), phase, now)
"""

KEYS = """
def sch_keys(w, cards, size, belief, ready, count, now, mode, calendar, keys):
    for i in range(count):
        card = ready[i]
        b = card * size
        last = cards[b + LAST]
        days = elapsed_days(max(now, last), last, calendar > 0)
        keys[i] = sch_key($row, cards, b + belief, days, cards[b + INTERVAL], cards[b + DUE], mode, 0.0)
"""

BORROWED = """
def sch_init(w, s, b, rating, phase, now):
    return sch_interval(w, s, b, now)


def sch_next(w, s, b, days, previous, rating, phase, now):
    return sch_interval(w, s, b, now)
"""


# where each card has a row of its own: `repetita.simulation.lanes.by_card` says how they lie
OWN_ROW = """
def own_row(w, b):
    return int(w[1 + b // int(w[0])])
"""

OWN = "w[own_row(w, b) :]"

OWN_WORLD = """
def env_init(w, s, b, rating):
    init_one(w[own_row(w, b) :], s, b, rating)
"""

OWN_BELIEF = """
def sch_init(w, s, b, rating, phase, now):
    return init_belief(w[own_row(w, b) :], s, b, rating, phase, now)
"""


class Text(NamedTuple):
    """A text to compile.

    Attributes:
        name: Its name as a module.
        text: All of it.
    """

    name: str
    text: str


def _headed(title: str, signatures: str, body: str) -> str:
    return HEADER.replace("$title", title) + signatures + "\n" + body


def _role_signatures(names: tuple[str, ...]) -> str:
    lines = "".join(f'    "{name}": "{SIGNATURES[name]}",\n' for name in names)
    return "SIGNATURES = {\n" + lines + "}\n"


def world_role_text(model: str, daily: bool, by_card: bool = False) -> Text:
    """The roles of a memory model as the world.

    Args:
        model: Name of a model that has a flat form.
        daily: Whether recall is summed for each day, or over all days.
        by_card: Whether each card has a row of its own.
    """
    kind = ("daily" if daily else "summed") + OWN_SUFFIX * by_card
    module = declared(equations(model))
    fast = _plain_curve(model)
    if module.kind == "network" or (module.fitted and module.kind == "recursive"):
        fast = f"from repetita.equations import {source_name(model)} as source\n\n"
        fast += "(fast_recall,) = "
        fast += (
            'compiled_network(source, "curve")\n'
            if module.kind == "network"
            else 'compiled(source, "recall")\n'
        )
    title = f"{model} as the world"
    body = _shared(model) + _world_body(model, daily, by_card, shared=True)
    return Text(f"world_{source_name(model)}_{kind}", _headed(title, _role_signatures(WORLD), body + fast))


def _shared(model: str | None) -> str:
    """Functions of a network that all texts share, in place of their own copies."""
    if model is None or not is_network(equations(model)):
        return ""
    return f'start, advance, curve = shared_network("{model}")\n\n'


def _modules_of(text: RoleText, model: str | None, shared: bool) -> tuple[ModuleType, ...]:
    """What a text is linked from, without that of a shared network."""
    if not shared or model is None or not is_network(equations(model)):
        return text.modules
    return tuple(module for module in text.modules if module not in (layers, equations(model)))


def _world_body(model: str, daily: bool, by_card: bool, *, shared: bool = False) -> str:
    module = equations(model)
    base = environment_text(model)
    remembering, at = _remembering(module, daily), {"place": "day + 1" if daily else "1"}
    if is_network(module):
        press, room = PRESS_IN_PLACE, network_places(module)["room"]
        at |= {"state_of": "s, b", "recalled_from": f"w, s, b, w[{room}:]"}
    elif keeps_history(module) or counts_in_windows(module):
        press = PRESS_IN_PLACE
    else:
        at |= places_of(module)
        press = PRESS.substitute(at)
        at |= {"state_of": "state", "recalled_from": f"{at['vectors']}, state"}
    at["started"] = STARTED.format(place="begin + 1" if daily else "1").rstrip()
    shown = () if remembering == DAY_BY_DAY else SHOWN
    several = Template(PRESS_SEVERAL).substitute(row=OWN if by_card else "w")
    own, roles = [Template(remembering).substitute(at), several], base.source
    if by_card:
        own += [OWN_ROW, OWN_WORLD]
        roles = _renamed(roles, {"env_init": "init_one"})
    return linked_text(
        (*RULES, sums, nodes, curves, places, sampling, *_modules_of(base, model, shared)),
        texts=(roles, press, *own),
        decorators=dict.fromkeys(WORLD, "pointed") | dict.fromkeys(shown, "shown"),
    )


def _plain_curve(model: str) -> str:
    """What shown numbers are computed by where there is nothing faster than what decides."""
    kind = declared(equations(model)).kind
    names = {"network": "curve", "recursive": "recall"}
    return f"fast_recall = {names[kind]}\n" if kind in names else ""


def _remembering(module: ModuleType, daily: bool) -> str:
    kind = declared(module)
    if kind.kind in ("features", "pairs") or (kind.kind == "network" and kind.steps):
        return DAY_BY_DAY
    if hasattr(module, "power_curve"):
        return POWER_CURVE if daily else POWER_SUM
    if hasattr(module, "exponential_rate") and not daily:
        return EXPONENTIAL_SUM
    return CURVE if daily else SUM


def scheduler_role_text(
    name: str, text: RoleText, borrowed: bool, model: str | None = None, by_card: bool = False
) -> Text:
    """The roles of a scheduler.

    Args:
        name: What it is called; one name, one text.
        text: Of `repetita.simulation.roles.scheduler_text`.
        borrowed: Whether its belief is the state of the world, which the world keeps.
        model: The belief.
        by_card: Whether each card has a row of its own.
    """
    module = f"scheduler_{name}" + ("_borrowed" if borrowed else "") + OWN_SUFFIX * by_card
    body = _scheduler_body(text, borrowed, model, by_card, shared=True)
    if model is not None and not is_network(equations(model)):
        body = read_from_row(body, equations(model), BELIEF)
    body = _shared(model) + body
    return Text(module, _headed(f"{name} as the scheduler", _role_signatures(BELIEF), body))


def _scheduler_body(
    text: RoleText, borrowed: bool, model: str | None, by_card: bool, *, shared: bool = False
) -> str:
    source = _without(text.source, ("sch_init", "sch_next")) + BORROWED if borrowed else text.source
    row = OWN if by_card else "w"
    names, own = {"sch_next": "next_one"}, [Template(one).substitute(row=row) for one in (NEXT_SEVERAL, KEYS)]
    if by_card:
        names |= {"sch_init": "init_belief"}
        own += [OWN_ROW, OWN_BELIEF]
    return linked_text(
        (places, *dict.fromkeys((*RULES, *_modules_of(text, model, shared)))),
        texts=(_renamed(source, names), *own),
        decorators=dict.fromkeys(BELIEF, "pointed"),
    )


def _renamed(source: str, names: Mapping[str, str]) -> str:
    """A text of functions, some of them by other names."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.name = names.get(node.name, node.name)
    return ast.unparse(tree)


def _without(source: str, names: tuple[str, ...]) -> str:
    """A text of functions without some of them."""
    tree = ast.parse(source)
    tree.body = [n for n in tree.body if not (isinstance(n, ast.FunctionDef) and n.name in names)]
    return ast.unparse(tree)


@cache
def lane_text() -> Text:
    """The lane, with roles as arguments."""
    roles = ", ".join(f"types.FunctionType({SIGNATURES[name]})" for name in ROLES)
    body = linked_text(LANE_MODULES, decorators={"lane": "lane_kernel"}, default="always_inlined")
    tail = (
        "\nQUEUES = types.NamedTuple((int32[::1],) * 3 + (float64[::1],) * 2 + (int32[::1], float64[::1],"
        " int32[::1], float64[::1], int32[::1], float64[::1]), Queues)\n"
        f"SIGNATURES['lane'] = types.void({roles}, int64[::1], {F}, {F}, {F}, {F}, QUEUES, int64[::1], {F},"
        f" {F}, {F}, {F})\n"
    )
    return Text("lane", _headed("A lane of simulations", "SIGNATURES = {}\n\n", body + tail))


GRAPHICS_KERNEL = """
@cuda.jit
def run_lanes(
    numbers, floats, world_rows, belief_rows, cards, head, link, waiting, keys, dues, ready, step_dues, steps,
    further, alone, draws, counts, amounts, series, curve, log
):
    i = cuda.grid(1)
    if i < numbers.shape[0]:
        queues = Queues(
            head[i], link[i], waiting[i], keys[i], dues[i], ready[i], step_dues[i], steps[i],
            further[i], alone[i], draws[i]
        )
        lane(
            numbers[i], floats[i], world_rows[i], belief_rows[i], cards[i], queues, counts[i], amounts[i],
            series[i], curve[i], log[i]
        )
"""


def graphics_world_text(model: str, daily: bool, by_card: bool) -> Text:
    """As `world_role_text`, without a head."""
    return Text(
        f"world_{source_name(model)}_{int(daily)}" + OWN_SUFFIX * by_card,
        _world_body(model, daily, by_card) + _plain_curve(model),
    )


def graphics_scheduler_text(name: str, text: RoleText, borrowed: bool, by_card: bool) -> Text:
    """As `scheduler_role_text`, without a head."""
    own = OWN_SUFFIX * by_card
    return Text(f"scheduler_{name}_{int(borrowed)}{own}", _scheduler_body(text, borrowed, None, by_card))


@cache
def graphics_lane_text() -> Text:
    """The lane with its roles as names, and a kernel with one lane a thread."""
    body = without_arguments(linked_text(LANE_MODULES), ROLES)
    return Text("lane", body + GRAPHICS_KERNEL)
