"""Networks as the world and as a belief, in flat form: the texts of their roles.

A row ``w`` holds the constants of the network, then room for intermediate values, which every call uses
anew; a lane has rows of its own. The state is that of the network, 89 numbers of an LSTM.
"""

from __future__ import annotations

from string import Template
from types import ModuleType

from repetita.equations.layers import USUAL_DURATION_MS

__all__ = ["network_environment", "network_places", "network_scheduler"]

ENVIRONMENT = Template(
    """
def env_init(w, s, b, rating):
    start(w, s, b, w[$room:], $duration, rating)


def env_recall(w, s, b, days):
    return curve(w, s, b, w[$room:], days)


def env_next(w, s, b, days, rating):
    advance(w, s, b, w[$room:], days, $duration, rating)
"""
)

# the row goes on with the shortest interval, the desired retention, and whether an interval is whole days
SCHEDULER = Template(
    """
def sch_recall(w, s, b, days):
    return curve(w, s, b, w[$room:], days)


def sch_interval(w, s, b, now):
    if w[$policy + 2] > 0.0:
        return max(w[$policy], whole_days_interval(w, s, b, w[$policy + 1]))
    return max(w[$policy], $search(w, s, b, w[$policy + 1]))


def sch_init(w, s, b, rating, phase, now):
    start(w, s, b, w[$room:], $duration, rating)
    return sch_interval(w, s, b, now)


def sch_next(w, s, b, days, previous, rating, phase, now):
    advance(w, s, b, w[$room:], days, $duration, rating)
    return sch_interval(w, s, b, now)


def sch_key(w, s, b, days, previous, due, mode, u):
    recalled = sch_recall(w, s, b, days) if mode <= 1 else 0.0
    return service_key(mode, recalled, 0.0, 0.0, previous, due, u)
"""
)


def network_places(module: ModuleType) -> dict[str, int]:
    """Where a row of a network has its room, and where what follows begins.

    Args:
        module: An equation file of a network.
    """
    constants = len(module.prepare([p.default for p in module.PARAMETERS], _usual_options(module)))
    return {"room": constants, "policy": constants + module.ROOM}


def _usual_options(module: ModuleType) -> tuple[float, ...]:
    return (*next(iter(module.VARIANTS.values())), *module.STANDARDIZATION)


def network_environment(module: ModuleType) -> str:
    """The text of a network as the world."""
    return ENVIRONMENT.substitute(network_places(module), duration=USUAL_DURATION_MS)


def network_scheduler(module: ModuleType, search: str) -> str:
    """The text of a network as a belief.

    Args:
        module: An equation file of a network.
        search: Name of the function that finds intervals which are not whole days.
    """
    return SCHEDULER.substitute(network_places(module), duration=USUAL_DURATION_MS, search=search)
