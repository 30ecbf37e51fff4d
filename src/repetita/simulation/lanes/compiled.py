"""Runs lanes on the processor: the compiled lane, its roles, and the work space of a thread."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.equations import source_name
from repetita.errors import UsageError
from repetita.kernels.source_cache import Pointer, compilation_error, entry, entry_point
from repetita.simulation.lanes import places
from repetita.simulation.lanes.nodes import DAYS_AT_ONCE, TAIL, node_count
from repetita.simulation.lanes.places import Queues
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.lanes.texts import BELIEF, WORLD, lane_text, scheduler_role_text, world_role_text

__all__ = ["LaneOutcome", "WorkSpace", "compile_for", "run_lane"]

Floats = NDArray[np.float64]

CACHE_LINE = 64  # bytes


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
        shown = days if daily else 1
        return cls(
            cards=aligned(deck * (size + places.RARE_SIZE)),
            queues=Queues(
                head=np.empty(days, dtype=np.int32),
                link=np.empty(deck, dtype=np.int32),
                waiting=np.empty(deck, dtype=np.int32),
                keys=np.empty(deck),
                dues=np.empty(deck),
                ready=np.empty(deck, dtype=np.int32),
                step_dues=np.empty(deck),
                steps=np.empty(deck, dtype=np.int32),
                further=np.empty(deck),
                alone=np.empty(1, dtype=np.int32),
                draws=np.empty(4),
            ),
            counts=np.empty(places.COUNTERS, dtype=np.int64),
            amounts=np.empty(places.AMOUNTS),
            series=np.empty(shown * places.SERIES),
            curve=np.zeros(curve_floats(shown)),
        )

    @classmethod
    def for_lane(cls, rows: LaneRows, space: WorkSpace | None = None) -> WorkSpace:
        """Work space for a lane: the given one if it is large enough."""
        days, deck, size, daily = (
            int(rows.numbers[p]) for p in (places.DAYS, places.DECK, places.CARD_SIZE, places.DAILY)
        )
        shown = days if daily else 1
        if space is not None and (
            len(space.cards) >= deck * (size + places.RARE_SIZE)
            and len(space.queues.link) >= deck
            and len(space.queues.head) >= days
            and len(space.curve) >= curve_floats(shown)
        ):
            return space
        return cls.of(days, deck, size, daily=bool(daily))


def curve_floats(shown: int) -> int:
    """Floats of the curve of so many days: with room for vectors, nodes, a polynomial, where nodes begin."""
    days = places.CURVE + shown + DAYS_AT_ONCE
    return days + node_count(places.CURVE + shown) + DAYS_AT_ONCE + TAIL


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
    model: str,
    source: str,
    scheduler: str,
    text: Any,
    belief: str | None,
    borrowed: bool,
    by_card: bool,
    daily: bool,
) -> tuple[Pointer, ...]:
    """The compiled roles of a world, whose text has a name of its own, and a scheduler."""
    world = world_role_text(model, daily, by_card)
    rules = scheduler_role_text(scheduler, text, borrowed, belief, by_card)
    return (
        *(Pointer(entry(*world, name)) for name in WORLD),
        *(Pointer(entry(*rules, name)) for name in BELIEF),
    )


def compile_for(lanes: Iterable[LaneRows]) -> None:
    """Compiles, or loads from disk, what lanes need.

    Raises:
        UsageError: A model whose equations use more of Python than a compiler knows.
    """
    entry_point(*lane_text(), "lane")
    for rows in lanes:
        try:
            roles_for(rows)
        except compilation_error():
            raise UsageError(
                f"{rows.model} as the world with scheduler {rows.scheduler} runs in the event engine only",
                hint="simulate runs it, or --engine event",
            ) from None


def roles_for(rows: LaneRows) -> tuple[Pointer, ...]:
    """The compiled roles of a lane."""
    daily = bool(rows.numbers[places.DAILY])
    return roles_of(
        rows.model,
        source_name(rows.model),
        rows.scheduler,
        rows.belief.text,
        rows.believed,
        rows.borrowed,
        rows.by_card,
        daily,
    )


def run_lane(
    rows: LaneRows, space: WorkSpace, *, known: Floats | None = None, events: bool = False
) -> LaneOutcome:
    """Runs a lane.

    Args:
        rows: The lane.
        space: Large enough for it.
        known: Cards that were learned before, see `repetita.simulation.lanes.known`.
        events: Whether the log is kept; the lane then runs twice, once to know its length.
    """
    roles, run, log = roles_for(rows), entry_point(*lane_text(), "lane"), np.empty(1)
    numbers, counts = rows.numbers.copy(), space.counts

    def once() -> None:
        if known is not None:
            place_known(known, numbers, space.cards)
        run(*roles, numbers, rows.floats, rows.world_row, rows.belief_row, *space, log)

    once()
    presses = int(counts[places.LOGGED])
    if events and not counts[places.STATUS]:
        log = np.empty(max(presses, 1) * places.EVENT_SIZE)
        numbers[places.EVENTS] = presses
        once()
    shown = int(numbers[places.DAYS]) if numbers[places.DAILY] else 1
    return LaneOutcome(
        status=int(counts[places.STATUS]),
        card=int(counts[places.STATUS_CARD]),
        day=int(counts[places.STATUS_DAY]),
        presses=presses,
        series=space.series[: shown * places.SERIES].reshape(shown, places.SERIES).copy(),
        curve=space.curve[places.CURVE : places.CURVE + shown + 1].copy(),
        log=log[: int(numbers[places.EVENTS]) * places.EVENT_SIZE].reshape(-1, places.EVENT_SIZE),
    )


def place_known(known: Floats, numbers: NDArray[np.int64], cards: Floats) -> None:
    """Puts cards that were learned before into work space."""
    size, deck = int(numbers[places.CARD_SIZE]), int(numbers[places.DECK])
    frequent, rare = known[:, :size].ravel(), known[:, size:].ravel()
    cards[: len(frequent)] = frequent
    cards[deck * size : deck * size + len(rare)] = rare


def aligned(count: int) -> Floats:
    """So many floats that begin with a line of the cache."""
    room = np.empty(count + CACHE_LINE // 8)
    begin = -room.ctypes.data % CACHE_LINE // 8
    return room[begin : begin + count]
