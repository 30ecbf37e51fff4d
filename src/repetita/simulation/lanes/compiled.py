"""Runs lanes on the processor: the compiled lane, its roles, and the work space of a thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.source_cache import entry, entry_point
from repetita.simulation.lanes import places
from repetita.simulation.lanes.places import Queues
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.lanes.texts import ROLES, lane_text, scheduler_role_text, world_role_text

__all__ = ["LaneOutcome", "WorkSpace", "roles_of", "run_lane"]

Floats = NDArray[np.float64]


class WorkSpace(NamedTuple):
    """Arrays of one lane that runs; those of the next lane where they are large enough."""

    cards: Floats
    queues: Queues
    counts: NDArray[np.int64]
    amounts: Floats
    series: Floats
    curve: Floats

    @classmethod
    def of(cls, days: int, deck: int, size: int, *, daily: bool) -> WorkSpace:
        """Work space for lanes of so many days, cards, and floats a card."""
        small, wide = (lambda n: np.empty(n, dtype=np.int32)), (lambda n: np.empty(n))
        shown = days if daily else 1
        return cls(
            cards=wide(deck * size),
            queues=Queues(
                small(days),
                small(deck),
                small(deck),
                wide(deck),
                wide(deck),
                small(deck),
                wide(deck),
                small(deck),
            ),
            counts=np.empty(places.COUNTERS, dtype=np.int64),
            amounts=wide(places.AMOUNTS),
            series=wide(shown * places.SERIES),
            curve=wide(shown + 1),
        )


class LaneOutcome(NamedTuple):
    """What came of a lane.

    Attributes:
        status: 0, or why it failed.
        card: Where it failed.
        day: When it failed.
        presses: Presses, introductions included.
        series: Shape (days or 1, `places.SERIES`).
        curve: Remembered cards of each day, or summed over days; the last one is the end of the run.
        log: Shape (presses or 0, `places.EVENT_SIZE`).
    """

    status: int
    card: int
    day: int
    presses: int
    series: Floats
    curve: Floats
    log: Floats


@cache
def roles_of(
    model: str, scheduler: str, text: Any, borrowed: bool, daily: bool
) -> tuple[Callable[..., Any], ...]:
    """The compiled roles of a world and a scheduler."""
    world = world_role_text(model, daily)
    belief = scheduler_role_text(scheduler, text, borrowed)
    return (
        *(entry(*world, name) for name in ROLES[:3]),
        *(entry(*belief, name) for name in ROLES[3:]),
    )


def run_lane(rows: LaneRows, space: WorkSpace, *, events: bool = False) -> LaneOutcome:
    """Runs a lane.

    Args:
        rows: The lane.
        space: Large enough for it.
        events: Whether the log is kept; the lane then runs twice, once to know its length.
    """
    roles = roles_of(
        rows.model, rows.scheduler, rows.belief.text, rows.borrowed, bool(rows.numbers[places.DAILY])
    )
    run = entry_point(*lane_text(), "lane")
    log = np.empty(1)

    def once() -> None:
        run(*roles, rows.numbers, rows.floats, rows.world_row, rows.belief_row, *space, log)

    rows.numbers[places.EVENTS] = 0
    once()
    presses = int(space.counts[places.LOGGED])
    if events and not space.counts[places.STATUS]:
        log = np.empty(max(presses, 1) * places.EVENT_SIZE)
        rows.numbers[places.EVENTS] = presses
        once()
    shown = int(rows.numbers[places.DAYS]) if rows.numbers[places.DAILY] else 1
    status, card, day = (
        int(space.counts[place]) for place in (places.STATUS, places.STATUS_CARD, places.STATUS_DAY)
    )
    return LaneOutcome(
        status=status,
        card=card,
        day=day,
        presses=presses,
        series=space.series[: shown * places.SERIES].reshape(shown, places.SERIES).copy(),
        curve=space.curve[: shown + 1].copy(),
        log=log[: (presses if events else 0) * places.EVENT_SIZE].reshape(-1, places.EVENT_SIZE),
    )
