"""The lanes engine: many runs at once, compiled, with the events of the event engine.

cast      users, schedulers with settings, their combinations
rows      a plan as flat rows of numbers; known: cards that were learned before
lane      a run, as a text that a compiler takes; press, reviews, queues, sampling, sums, curves are
              parts of it
texts     the texts that are compiled: the lane once, and the roles of each world and scheduler
compiled  runs lanes on the processor; graphics: on a graphics processor
batches   lanes by batches and threads
result    one row a lane
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.simulation.lanes.cast import User as User
    from repetita.simulation.lanes.result import Lanes as Lanes
    from repetita.simulation.lanes.running import simulate_many as simulate_many

_HOMES = {"Lanes": "result", "User": "cast", "simulate_many": "running"}

__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
