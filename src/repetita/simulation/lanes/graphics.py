"""Runs lanes on a graphics processor: the same text, one lane a thread, linked for each pair of models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from repetita.kernels.graphics import kernel_of, lanes_that_fit, launch
from repetita.simulation.lanes import places
from repetita.simulation.lanes.batches import Job, Outcomes, workspace_bytes
from repetita.simulation.lanes.compiled import LaneOutcome, WorkSpace, place_known
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.lanes.texts import (
    BELIEF,
    WORLD,
    graphics_lane_text,
    graphics_scheduler_text,
    graphics_world_text,
)

__all__ = ["fitting_batches", "lane_bytes", "run_on_device"]

# arguments of the kernel that come back
COUNTS, SERIES, CURVE, LOG = 16, 18, 19, 20


def lane_bytes(rows: LaneRows, *, presses: int = 0) -> int:
    """Bytes of a lane in the memory of the device.

    Args:
        rows: The lane.
        presses: Rows of its log.
    """
    n = rows.numbers
    own = sum(array.nbytes for array in (n, rows.floats, rows.world_row, rows.belief_row))
    space = workspace_bytes(
        int(n[places.DAYS]), int(n[places.DECK]), int(n[places.CARD_SIZE]), daily=bool(n[places.DAILY])
    )
    return own + space + 8 * max(presses * places.EVENT_SIZE, 1)


def fitting_batches(jobs: Iterable[Job], most: int | None) -> Iterator[list[Job]]:
    """Jobs in batches that fit into the memory of the device."""
    batch: list[Job] = []
    room = 0
    for job in jobs:
        if job.rows is not None and (not batch or room == 0):
            room = lanes_that_fit(lane_bytes(job.rows))
            room = room if most is None else min(room, most)
        batch.append(job)
        if room and len(batch) >= room:
            yield batch
            batch = []
    if batch:
        yield batch


def run_on_device(jobs: Sequence[Job], outcomes: Outcomes) -> None:
    """Runs jobs, pair by pair, and keeps what came of them."""

    def pair(job: Job) -> tuple[str, str, bool, bool, int]:
        rows = job.rows
        assert rows is not None
        return rows.model, rows.scheduler, rows.borrowed, rows.by_card, int(rows.numbers[places.DAILY])

    larger = []
    for _, group in groupby(sorted(jobs, key=pair), pair):
        alike = list(group)
        found = _run_alike(alike, [0] * len(alike))
        logged = [i for i, job in enumerate(alike) if job.logged and not found[i].status]
        if logged:
            # the first run says how long the logs are
            again = _run_alike([alike[i] for i in logged], [found[i].presses for i in logged])
            for i, outcome in zip(logged, again, strict=True):
                found[i] = outcome
        for job, outcome in zip(alike, found, strict=True):
            grown = job.grown if outcome.status == places.HISTORY_FULL else None
            if grown is not None:
                larger.append(grown)
            else:
                outcomes.put(job, outcome)
    if larger:
        run_on_device(larger, outcomes)


def _run_alike(jobs: Sequence[Job], presses: Sequence[int]) -> list[LaneOutcome]:
    """Runs lanes of one pair."""
    lanes = [job.rows for job in jobs if job.rows is not None]
    arrays = _arrays(jobs, lanes, presses)
    counts, series, curve, log = launch(_kernel(lanes[0]), arrays, (COUNTS, SERIES, CURVE, LOG), len(lanes))
    found = []
    for i, rows in enumerate(lanes):
        shown = int(rows.numbers[places.DAYS]) if rows.numbers[places.DAILY] else 1
        found.append(
            LaneOutcome(
                status=int(counts[i, places.STATUS]),
                card=int(counts[i, places.STATUS_CARD]),
                day=int(counts[i, places.STATUS_DAY]),
                presses=int(counts[i, places.LOGGED]),
                series=series[i, : shown * places.SERIES].reshape(shown, places.SERIES).copy(),
                curve=curve[i, places.CURVE : places.CURVE + shown + 1].copy(),
                log=log[i, : presses[i] * places.EVENT_SIZE].reshape(-1, places.EVENT_SIZE).copy(),
            )
        )
    return found


def _arrays(jobs: Sequence[Job], lanes: Sequence[LaneRows], presses: Sequence[int]) -> list[Any]:
    """Arguments of the kernel: each a table with a row a lane."""
    numbers = np.stack([rows.numbers for rows in lanes])
    numbers[:, places.EVENTS] = presses
    spaces = [WorkSpace.for_lane(rows) for rows in lanes]
    for job, rows, space in zip(jobs, lanes, spaces, strict=True):
        if job.known is not None:
            place_known(job.known, rows.numbers, space.cards)
    flat = [
        [space.cards, *space.queues, space.counts, space.amounts, space.series, space.curve]
        for space in spaces
    ]
    told = [[rows.floats, rows.world_row, rows.belief_row] for rows in lanes]
    tables = [_table(column) for column in (*zip(*told, strict=True), *zip(*flat, strict=True))]
    log = np.zeros((len(lanes), max(max(presses) * places.EVENT_SIZE, 1)))
    return [numbers, *tables, log]


def _table(rows: Sequence[Any]) -> Any:
    """Rows of different lengths as one table."""
    table = np.zeros((len(rows), max(len(row) for row in rows)), dtype=rows[0].dtype)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _kernel(rows: LaneRows) -> Any:
    daily = bool(rows.numbers[places.DAILY])
    world = graphics_world_text(rows.model, daily, rows.by_card)
    belief = graphics_scheduler_text(rows.scheduler, rows.belief.text, rows.borrowed, rows.by_card)
    given = dict.fromkeys(WORLD, (world.text, world.name))
    given |= dict.fromkeys(BELIEF, (belief.text, belief.name))
    lane = graphics_lane_text()
    return kernel_of(lane.text, lane.name, "run_lanes", given)
