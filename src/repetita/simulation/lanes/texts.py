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
from repetita.equations import declared, equations, source_name
from repetita.kernels.linking import linked_text, without_arguments
from repetita.simulation import rules
from repetita.simulation.lanes import curves, lane, nodes, places, press, queues, reviews, sampling, sums
from repetita.simulation.roles import RoleText, counts_in_windows, environment_text
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

SHOWN = ("remember", "add_power_curve", "binomial_series", "add_series", "series_at")
WORLD, BELIEF = ("env_init", "env_press"), ("sch_init", "sch_next", "sch_keys")
ROLES = WORLD + BELIEF
LANE_MODULES = (addressed_random, rules, places, nodes, queues, sampling, press, reviews, lane)

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

# the same for a model whose state is a ring of presses
WINDOWED_PRESS = Template(
    """
def remember(w, s, b, origin, begin, end, sums):
    for day in range(begin, end + 1):
        sums[$place] += env_recall(w, s, b, max(day - origin, 0.0))


def press_one(w, s, b, days, u_recall, u_rating, u_lazy, lazy, shares, origin, begin, end, sums):
    recalled = env_recall(w, s, b, days)
    rating = rate(recalled, u_recall, u_rating, u_lazy, lazy, w, shares)
    remember(w, s, b, origin, begin, end, sums)
    env_next(w, s, b, days, rating)
    sums[0] = recalled
    return rating

"""
)

# how recall since the last press is kept: `POWER_SUM`, `EXPONENTIAL_SUM` and `SUM` add it up over days,
# `POWER_CURVE` and `CURVE` add it to each day; on a day before the press no time has passed, and only
# curves without closed form may be below 1 even then
STARTED = """
    if begin < origin:
        sums[{place}] += 1.0
        begin += 1
        if begin > end:
            return
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
def remember(w, state, origin, begin, end, known, recalled, sums):
    total = 0.0
    for first in range(begin, end + 1, DAYS_AT_ONCE):
        since = first - origin
        for i in range(DAYS_AT_ONCE):
            value = fast_recall($vectors, state, max(since + i, 0.0))
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
def remember(w, state, origin, begin, end, known, recalled, sums):
    for first in range(begin, end + 1, DAYS_AT_ONCE):
        part, since, left = sums[first + 1 : first + 1 + DAYS_AT_ONCE], first - origin, end - first
        for i in range(DAYS_AT_ONCE):
            value = fast_recall($vectors, state, max(since + i, 0.0))
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
            w, cards, b + STATE, elapsed_days(now, last, calendar > 0), recall_draws[i], rating_draws[i],
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
        raw[i] = next_one(w, cards, b + belief, days, cards[b + INTERVAL], int(ratings[i]), phase, now)
"""

KEYS = """
def sch_keys(w, cards, size, belief, ready, count, now, mode, calendar, keys):
    for i in range(count):
        card = ready[i]
        b = card * size
        last = cards[b + LAST]
        days = elapsed_days(max(now, last), last, calendar > 0)
        keys[i] = sch_key(w, cards, b + belief, days, cards[b + INTERVAL], cards[b + DUE], mode, 0.0)
"""

BORROWED = """
def sch_init(w, s, b, rating, phase, now):
    return sch_interval(w, s, b, now)


def sch_next(w, s, b, days, previous, rating, phase, now):
    return sch_interval(w, s, b, now)
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


def world_role_text(model: str, daily: bool) -> Text:
    """The roles of a memory model as the world.

    Args:
        model: Name of a model that has a flat form.
        daily: Whether recall is summed for each day, or over all days.
    """
    kind = "daily" if daily else "summed"
    fast = "fast_recall = recall\n"
    module = declared(equations(model))
    if module.fitted and module.kind == "recursive":
        fast = f"from repetita.equations import {source_name(model)} as source\n\n"
        fast += '(fast_recall,) = compiled(source, "recall")\n'
    title = f"{model} as the world"
    body = _world_body(model, daily)
    return Text(f"world_{source_name(model)}_{kind}", _headed(title, _role_signatures(WORLD), body + fast))


def _world_body(model: str, daily: bool) -> str:
    module = equations(model)
    base = environment_text(model)
    at = places_of(module) | {"place": "day + 1" if daily else "1"}
    remembering = _remembering(module, daily)
    at["started"] = STARTED.format(place="begin + 1" if daily else "1").rstrip()
    texts = [PRESS.substitute(at), Template(remembering).substitute(at)]
    shown: tuple[str, ...] = SHOWN
    if counts_in_windows(module):
        texts, shown = [WINDOWED_PRESS.substitute(at)], ()
    return linked_text(
        (rules, sums, nodes, curves, places, sampling, *base.modules),
        texts=(base.source, *texts, PRESS_SEVERAL),
        decorators=dict.fromkeys(WORLD, "pointed") | dict.fromkeys(shown, "shown"),
    )


def _remembering(module: ModuleType, daily: bool) -> str:
    if hasattr(module, "power_curve"):
        return POWER_CURVE if daily else POWER_SUM
    if hasattr(module, "exponential_rate") and not daily:
        return EXPONENTIAL_SUM
    return CURVE if daily else SUM


def scheduler_role_text(name: str, text: RoleText, borrowed: bool) -> Text:
    """The roles of a scheduler.

    Args:
        name: What it is called; one name, one text.
        text: Of `repetita.simulation.roles.scheduler_text`.
        borrowed: Whether its belief is the state of the world, which the world keeps.
    """
    module = f"scheduler_{name}" + ("_borrowed" if borrowed else "")
    body = _scheduler_body(text, borrowed)
    return Text(module, _headed(f"{name} as the scheduler", _role_signatures(BELIEF), body))


def _scheduler_body(text: RoleText, borrowed: bool) -> str:
    source = _without(text.source, ("sch_init", "sch_next")) + BORROWED if borrowed else text.source
    return linked_text(
        (places, *dict.fromkeys((rules, *text.modules))),
        texts=(_renamed(source, {"sch_next": "next_one"}), NEXT_SEVERAL, KEYS),
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


def graphics_world_text(model: str, daily: bool) -> Text:
    """As `world_role_text`, without a head."""
    return Text(
        f"world_{source_name(model)}_{int(daily)}", _world_body(model, daily) + "fast_recall = recall\n"
    )


def graphics_scheduler_text(name: str, text: RoleText, borrowed: bool) -> Text:
    """As `scheduler_role_text`, without a head."""
    return Text(f"scheduler_{name}_{int(borrowed)}", _scheduler_body(text, borrowed))


@cache
def graphics_lane_text() -> Text:
    """The lane with its roles as names, and a kernel with one lane a thread."""
    body = without_arguments(linked_text(LANE_MODULES), ROLES)
    return Text("lane", body + GRAPHICS_KERNEL)
